"""Formulas: what they may hold, what they may add, what they give, in which order."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.model.formulas import (
    FormulaError,
    check_rules,
    evaluate_formula,
    find_cycles,
    find_forbidden,
    find_leading_terms,
    join_periods,
    order_formulas,
    parse_formula,
    propagate_qualifier,
)
from analysis.model.periods import Period, year_period
from analysis.model.references import Value, parse_reference


def term(unit="eur", value=100.0, stage="réalisé", payer="a", year=2016, **changes) -> Value:
    content = {
        "indicator": "x", "title": "X", "value": value, "unit": unit, "measure": "flux",
        "qualifier": "exact", "status": "définitif", "period_start": date(year, 1, 1),
        "period_end": date(year, 12, 31), "precision": 1, "stage": stage, "payer": payer,
        "missing": "", "modifier": "",
    }  # fmt: skip
    return Value(**(content | changes))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("100 * {a} / {b}", 250),
        ("{a} - {b} - {b}", 2),
        ("max(0, {b} - {a})", 0),
        ("round({a} / {c}, 1)", 1.7),
        ("round({c} / {b})", 2),  # 1,5 goes up
        ("round({a} / {b})", 3),  # and so does 2,5
        ("-round({a} / {b}) + +{c}", 3),
        ("abs({b} - {a}) / min({b}, {c})", 1.5),
    ],
)
def test_arithmetic(text, expected):
    numbers = {"a": 10.0, "b": 4.0, "c": 6.0}
    assert evaluate_formula(parse_formula(text), numbers) == pytest.approx(expected)


def test_only_constants_of_nature_are_written_in_a_formula():
    with pytest.raises(FormulaError, match="constante 6 écrite"):
        parse_formula("floor({a} * 6 / 100)")
    assert parse_formula("{a} * 365.25 / 12 / 1000").references == ["a"]


@pytest.mark.parametrize(
    ("rate", "number", "floor"),
    [
        (29.0, 100.0, 29),  # 29 / 100 * 100 is 28.999999999999996 in binary
        (6.0, 450.0, 27),
        (6.0, 199.9, 11),  # 11,994 stays below 12
    ],
)
def test_floor_forgives_binary_dust(rate, number, floor):
    formula = parse_formula("floor({rate} / 100 * {number})")
    assert evaluate_formula(formula, {"rate": rate, "number": number}) == floor


@pytest.mark.parametrize(
    "text",
    [
        "{a} ** 2", "__import__('os')", "{a}.real", "{a} if {b} else 0", "sum([{a}])", "100",
        "{a} / ", "{{a}}", "2017 * {a}", "'a' * {b}", "lambda: {a}", "{a} // {b}", "{a} > {b}",
        "round(number={a})", "{a}.conjugate()", "{a", "a}", "~{a}", "True * {a}", "{a} + b",
    ],
)  # fmt: skip
def test_anything_but_arithmetic_is_refused(text):
    with pytest.raises(FormulaError) as refused:
        parse_formula(text)
    assert refused.value.expected, "and it is said what would do"


def test_a_function_that_is_none_of_ours_is_refused_as_a_call():
    with pytest.raises(FormulaError, match="appel non admis"):
        parse_formula("sum({a}, {b})")


def test_division_by_zero_is_said():
    with pytest.raises(FormulaError, match="division par zéro"):
        evaluate_formula(parse_formula("{a} / {b}"), {"a": 1.0, "b": 0.0})


MONEY, RATE, TREES = term(), term(unit="pourcent", stage="", payer=""), term(unit="arbre")
GOAL = term(modifier="cible", stage="", payer="")
GOAL_RATE = term(unit="pourcent", modifier="cible", stage="", payer="")
AGENTS, PLANNED = term(unit="agent"), term(stage="prévu")
ALL, OTHER = term(payer="ensemble"), term(payer="b")


@pytest.mark.parametrize(
    ("text", "terms", "unit", "problem"),
    [
        # Amounts of money: one payer, one stage, one year.
        ("{a} + {b}", (MONEY, MONEY), "eur", None),
        ("{a} - {b}", (MONEY, MONEY), "eur", None),
        ("{a} + {b}", (MONEY, OTHER), "eur", "somme de montants de financeurs différents : a et b"),
        ("{a} - {b}", (MONEY, OTHER), "eur",
         "différence de montants de financeurs différents : a et b"),
        ("{a} + {b}", (MONEY, PLANNED), "eur",
         "somme de montants d’étapes différentes : réalisé et prévu"),
        ("{a} - {b}", (MONEY, PLANNED), "eur",
         "différence de montants d’étapes différentes : réalisé et prévu"),
        ("{a} - {b}", (MONEY, term(year=2017)), "eur",
         "différence de montants d’exercices différents : 2016 et 2017"),
        ("{a} + {b}", (term(period_end=date(2018, 12, 31)), term(period_start=None)), "eur",
         "somme de montants d’exercices différents : 2016-2018 et 2016"),
        ("{a} + {b}", (term(period_start=None, period_end=None), MONEY), "eur",
         "somme de montants d’exercices différents : non précisé et 2016"),
        # Parts may be taken from the total of all payers, one after the other; nothing else.
        ("{a} - {b}", (ALL, OTHER), "eur", None),
        ("{a} - {b} - {c}", (ALL, MONEY, OTHER), "eur", None),
        ("{a} + {b}", (ALL, OTHER), "eur", "financeurs différents : ensemble et b"),
        ("{a} + {b}", (OTHER, ALL), "eur", "financeurs différents : b et ensemble"),
        ("{a} - {b}", (OTHER, ALL), "eur", "financeurs différents : b et ensemble"),
        ("{a} - ({b} + {c})", (ALL, MONEY, OTHER), "eur", "financeurs différents : a et b"),
        # Quantities: of one unit; the year is the numbers' own business.
        ("{a} + {b}", (TREES, AGENTS), "arbre", "somme d’unités différentes : arbre et agent"),
        ("{a} + {b}", (term(unit="arbre", year=2017), TREES), "arbre", None),
        ("-{a} + {b}", (TREES, TREES), "arbre", None),
        ("-{a} + {b}", (TREES, AGENTS), "arbre", "somme d’unités différentes : arbre et agent"),
        ("-({a} + {b})", (TREES, AGENTS), "arbre", "somme d’unités différentes"),
        ("{c} * ({a} + {b})", (TREES, AGENTS, RATE), "arbre", "somme d’unités différentes"),
        ("({a} + {b}) / {c}", (TREES, AGENTS, RATE), "arbre", "somme d’unités différentes"),
        ("{a} - 12", (MONEY,), "eur", "différence d’unités différentes : eur et constante"),
        ("12 - {a}", (MONEY,), "eur", "différence d’unités différentes : constante et eur"),
        ("{a} - 2 * 12", (MONEY,), "eur", "eur et constante"),
        ("{a} - (1 + {b})", (MONEY, RATE), "eur", "eur et sans unité"),
        ("{a} - ({b} + 1)", (MONEY, RATE), "eur", "eur et sans unité"),
        ("{a} / {b} + {c}", (MONEY, AGENTS, MONEY), "eur", "agent^-1 eur et eur"),
        # min and max set alike against alike; a constant bounds anything.
        ("min({a}, {b})", (TREES, AGENTS), "arbre", "min() d’unités différentes : arbre et agent"),
        ("max({a}, {b}, {c})", (TREES, TREES, AGENTS), "arbre", "max() d’unités différentes"),
        ("max({a}, {b})", (TREES, TREES), "arbre", None),
        ("max(0, {a} - {b})", (MONEY, MONEY), "eur", None),
        ("100 * max(0, {a}) / {b}", (TREES, TREES), "pourcent", None),
        ("floor({a} + {b})", (TREES, AGENTS), "arbre", "somme d’unités différentes"),
        ("floor({a}) + {b}", (TREES, AGENTS), "arbre", "somme d’unités différentes"),
        ("round({a}, 1) + {b}", (TREES, TREES), "arbre", None),
        ("round({a}, 1) + {b}", (MONEY, PLANNED), "eur", "étapes différentes"),
        # A product keeps the stage, the payer and the year of its amount.
        ("2 * {a} + {b}", (MONEY, MONEY), "eur", None),
        ("{a} / 100 * {b} + {c}", (RATE, MONEY, MONEY), "eur", None),
        ("{a} / 100 * {b} + {c}", (RATE, PLANNED, MONEY), "eur", "étapes différentes"),
        # A share divides like by like.
        ("100 * {a} / {b}", (TREES, AGENTS), "pourcent",
         "part en % entre unités différentes (agent, arbre)"),
        ("100 * {a} / {b}", (AGENTS, AGENTS), "pourcent", None),
        ("100 * {a} * {b} / ({a} * {b})", (AGENTS, AGENTS), "pourcent", None),
        ("100 * (1 - {a} / {b})", (MONEY, MONEY), "pourcent", None),
        ("{a} / {b}", (MONEY, AGENTS), "eur-agent", None),
        # A target has no stage: it fits with any amount, and what it meets counts from then on.
        ("{a} - {b}", (GOAL, MONEY), "eur", None),
        ("{a} - {b}", (MONEY, GOAL), "eur", None),
        ("{a} - {b}", (MONEY, term(value=None, stage="", payer="")), "eur", None),
        ("{a} - {b} + {c}", (GOAL, PLANNED, MONEY), "eur", "étapes différentes : prévu et réalisé"),
        ("{a} - {b} + {c}", (PLANNED, GOAL, MONEY), "eur", "étapes différentes : prévu et réalisé"),
        ("{a} * {b} - {c}", (GOAL_RATE, GOAL, MONEY), "eur", None),
        ("{a} * {b} / 100 + {c}", (PLANNED, GOAL_RATE, MONEY), "eur", "étapes différentes"),
    ],
)  # fmt: skip
def test_rules_of_meaning(text, terms, unit, problem):
    formula = parse_formula(text)
    values = dict(zip("abc", terms, strict=False))
    faults = check_rules(formula, {name: values[name] for name in formula.references}, unit)
    assert [problem in fault.problem for fault in faults] == ([True] if problem else [])


def test_leading_terms():
    rate = term(unit="pourcent", measure="taux")
    goal = term(modifier="cible")
    values = {"a": term(), "b": term(), "rate": rate, "goal": goal}

    def lead(text):
        formula = parse_formula(text)
        return find_leading_terms(formula, {name: values[name] for name in formula.references})

    assert lead("100 * {a} / {b}") == ["a"]
    assert lead("({a} + {b}) / {rate}") == ["a", "b"]
    assert lead("floor({rate} / 100 * {a})") == ["a"]
    assert lead("{goal} - {a}") == ["a"]
    assert lead("{a} - {b}") == ["a"]
    assert lead("100 * {rate}") == ["rate"]
    assert lead("{rate} + {a}") == ["a"]
    assert lead("-{b} + {a}") == ["b", "a"]
    assert lead("max({b}, {a})") == ["b", "a"]
    assert lead("round({a}, {b})") == ["a"]


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        ("{more} + {exact}", "plus de"),
        ("{exact} + {more}", "plus de"),
        ("{exact} - {more}", "moins de"),
        ("{exact} / {more}", "moins de"),
        ("{exact} - ({exact} - {more})", "plus de"),
        ("100 - ({exact} - {more})", "plus de"),
        ("{more} / ({more} + {exact})", "environ"),
        ("-{more}", "moins de"),
        ("+{more}", "plus de"),
        ("floor({more} * {exact})", "plus de"),
        ("max({exact}, {more})", "plus de"),
        ("abs({more} - {exact})", "environ"),
    ],
)
def test_a_bound_follows_the_sign_with_which_its_term_enters(text, qualifier):
    formula = parse_formula(text)
    values = {"more": term(qualifier="plus de"), "exact": term()}
    terms = {name: values[name] for name in formula.references}
    assert propagate_qualifier(formula, terms) == qualifier


def test_order_and_cycles():
    order = order_formulas({"c": {"b"}, "b": {"a"}, "d": set()})
    assert sorted(order) == ["b", "c", "d"], "« a » has no formula"
    assert order.index("b") < order.index("c")
    assert find_cycles({"a": {"b"}, "b": {"a"}, "c": {"a"}}) == {
        "a": ["a", "b", "a"],
        "b": ["a", "b", "a"],
    }
    two = {"a": {"b"}, "b": {"a"}, "c": {"d"}, "d": {"c"}}
    assert set(find_cycles(two)) == set("abcd")


def test_a_circle_cannot_be_ordered():
    with pytest.raises(FormulaError, match="en cercle : "):
        order_formulas({"a": {"b"}, "b": {"a"}})


def test_periods_of_several_terms():
    first, second = year_period(2016), year_period(2017)
    day = Period(None, date(2017, 6, 30))
    assert join_periods([first, first]) == first
    assert join_periods([second, first]) == year_period(2016, 2017)
    assert join_periods([first, day]) == day


@pytest.mark.parametrize(
    ("formula", "pair", "found"),
    [
        ("{a} - {b}", ("a", "b"), [("a", "b")]),
        ("{b} + {a}", ("a", "b"), [("b", "a")]),
        ("100 * {a} / {b}", ("b", "a"), [("a", "b")]),
        ("{c} - {d} - {b} + {a}", ("a", "b"), [("b", "a")]),
        ("({a} * {c}) / (1 + {b} / 100)", ("a", "b"), [("a", "b")]),
        ("max({a}, {b})", ("a", "b"), [("a", "b")]),
        ("{a} * {b} / 100", ("a", "b"), []),  # a product converts
        ("round({a}) / 12", ("a", "b"), []),
        ("{a} - {a:N-1}", ("a", "b"), []),
        ("{a} / {b:N-1}", ("a", "b:N-1"), [("a", "b:N-1")]),
        ("{a} / {b}", ("a", "b:N-1"), []),  # only that period is listed
        ("{a} / {b:N-1}", ("a", "b"), [("a", "b:N-1")]),  # every period is
        ("{a} / {b@france}", ("a@nord", "b"), []),
    ],
)
def test_values_not_to_be_compared_are_found_in_a_formula(formula, pair, found):
    pairs = [tuple(map(parse_reference, pair))]
    assert find_forbidden(parse_formula(formula), pairs) == found
