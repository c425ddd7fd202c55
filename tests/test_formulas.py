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


@pytest.mark.parametrize("number", ["4", "6", "7", "10", "12", "24", "52", "365", "365.25", "2017"])
def test_a_length_of_time_or_a_figure_is_not_written_in_a_formula(number):
    with pytest.raises(FormulaError, match=f"constante {number} écrite") as refused:
        parse_formula(f"floor({{a}} / {number})")
    assert "{id:par-mois}" in refused.value.expected
    assert "mois({id})" in refused.value.expected


def test_constants_that_convert_a_unit_are_written():
    assert parse_formula("0 + 1 * 2 * {a} * 60 / 3600 / 100 * 1000 / 1000000").references == ["a"]


def test_months_of_a_period_are_counted():
    formula = parse_formula("{a} / mois({a}) - {b} / mois({b})")
    # 4 752 in ten months, 6 000 in twelve: 475,2 and 500 a month.
    numbers, months = {"a": 4752.0, "b": 6000.0}, {"a": 10.0, "b": 12.0}
    assert evaluate_formula(formula, numbers, months) == pytest.approx(-24.8)
    with pytest.raises(FormulaError, match="durée de la période non précisée : mois non comptés"):
        evaluate_formula(formula, numbers, {"a": 10.0, "b": None})


@pytest.mark.parametrize("text", ["mois(2 * {a})", "mois(1)", "mois({a}, {b})", "mois({a} + {b})"])
def test_months_are_those_of_one_value(text):
    with pytest.raises(FormulaError) as refused:
        parse_formula(text)
    assert refused.value.expected, "and it is said what would do"


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
TEN_MONTHS = term(unit="arbre", period_end=date(2016, 10, 31))
MONTHLY = term(unit="arbre", modifier="par-mois")
STATE = term(unit="arbre", measure="stock", period_start=None)
GOAL_TREES = term(unit="arbre", modifier="cible")
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
        ("{a} - 100", (MONEY,), "eur", "différence d’unités différentes : eur et constante"),
        ("100 - {a}", (MONEY,), "eur", "différence d’unités différentes : constante et eur"),
        ("{a} - 2 * 100", (MONEY,), "eur", "eur et constante"),
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
        # A target times, or over, a constant is a target still; over a rate, too.
        ("2 * {a} - {b}", (GOAL, MONEY), "eur", None),
        ("{a} / 2 - {b}", (GOAL, MONEY), "eur", None),
        ("{b} - {a} / 100", (GOAL, MONEY), "eur", None),
        ("{a} * 2 - {b} + {c}", (GOAL, PLANNED, MONEY), "eur", "étapes différentes"),
        ("{a} * {b} - {c}", (GOAL, RATE, PLANNED), "eur", None),
        ("100 * {a} + {b}", (PLANNED, MONEY), "eur", "étapes différentes"),
        # Flows are subtracted, and divided by their like, where their periods compare.
        ("{a} - {b}", (TREES, TEN_MONTHS), "arbre", "10 mois contre 12 mois"),
        ("{b} - {a}", (TREES, TEN_MONTHS), "arbre", "10 mois contre 12 mois"),
        ("100 * ({b} - {a}) / {a}", (TREES, TEN_MONTHS), "pourcent", "10 mois contre 12 mois"),
        ("100 * {a} / {b}", (TREES, TEN_MONTHS), "pourcent", "10 mois contre 12 mois"),
        ("{a} - {b}", (TREES, term(unit="arbre", year=2017)), "arbre", None),
        ("100 * {a} / {b}", (TREES, term(unit="arbre", year=2017)), "pourcent", None),
        ("{a} + {b}", (TREES, TEN_MONTHS), "arbre", None),  # twenty-two months, and said so
        ("{a} - {b}", (STATE, TEN_MONTHS), "arbre", None),
        ("{a} - {b}", (GOAL_TREES, TEN_MONTHS), "arbre", None),
        ("{a} / {b}", (AGENTS, TEN_MONTHS), "agent-par-arbre", None),
        # What is divided by the months of its period is a pace, whatever the period.
        ("{a} / mois({a}) - {b} / mois({b})", (TREES, TEN_MONTHS), "arbre-par-mois", None),
        ("{a} - {b} / mois({b})", (TREES, TEN_MONTHS), "arbre", "arbre et arbre mois^-1"),
        ("{a} - {b}", (TREES, MONTHLY), "arbre", "arbre et arbre mois^-1"),
        ("{a} / mois({a}) - {b}", (TREES, MONTHLY), "arbre-par-mois", None),
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
    people = term(unit="habitant", measure="stock", modifier="en-vigueur")
    floor = term(unit="habitant", measure="taux", period_start=None, period_end=None)
    values = {"a": term(), "b": term(), "rate": rate, "goal": goal, "people": people,
              "floor": floor}  # fmt: skip

    def lead(text):
        formula = parse_formula(text)
        return find_leading_terms(formula, {name: values[name] for name in formula.references})

    assert lead("100 * {a} / {b}") == ["a"]
    assert lead("({a} + {b}) / {rate}") == ["a", "b"]
    assert lead("floor({rate} / 100 * {a})") == ["a"]
    assert lead("{goal} - {a}") == ["a"]
    assert lead("{a} - {b}") == ["a", "b"], "a difference is said of both"
    assert lead("{a} / {people}") == lead("{people} / {a}") == ["a"]
    assert lead("{people} / {floor}") == ["people"], "a threshold has no year of its own"
    assert lead("{people} / {rate}") == ["rate"]
    assert lead("100 * {rate}") == ["rate"]
    assert lead("{rate} + {a}") == ["a"]
    assert lead("{b} / mois({a})") == ["b"]
    assert lead("-{b} + {a}") == ["b", "a"]
    assert lead("max({b}, {a})") == ["b", "a"]
    assert lead("round({a}, 2)") == ["a"]


#: What is said of the terms: 100 trees each, but for a share of 50 %.
SAID = {
    "more": "plus de", "least": "au moins", "less": "moins de", "most": "au plus",
    "about": "environ", "near": "près de", "exact": "exact",
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [
        # Which way the result goes.
        ("{more} + {exact}", "plus de"),
        ("{exact} + {more}", "plus de"),
        ("{exact} - {more}", "moins de"),
        ("{exact} / {more}", "moins de"),
        ("{exact} - ({exact} - {more})", "plus de"),
        ("100 - ({exact} - {more})", "plus de"),
        ("-{more}", "moins de"),
        ("+{more}", "plus de"),
        ("floor({more} * {exact})", "plus de"),
        ("max({exact}, {more})", "plus de"),
        ("{most} / {exact}", "au plus"),
        ("{exact} / {most}", "au moins"),
        ("{least} - {exact}", "au moins"),
        # A share of a whole grows with its part, though the part is in the whole, too.
        ("100 * {more} / ({more} + {exact})", "plus de"),
        ("100 * ({more} - {exact}) / {exact}", "plus de"),
        ("(0 - {exact}) * {more}", "moins de"),  # and a loss with what is lost
        ("min({exact}, {more})", "exact"),  # more than a hundred, of which at most a hundred count
        # A bound beside what is only about right stays a bound, without « not quite ».
        ("{most} / {about}", "au plus"),
        ("{less} / {about}", "au plus"),
        ("{more} * {about}", "au moins"),
        ("{exact} / {most} + {about}", "au moins"),
        ("{most} / {near}", "au plus"),
        ("{less} + {near}", "moins de"),  # both from below
        ("{more} + {near}", "au moins"),
        # Bounds of one side stay one.
        ("{most} / {least}", "au plus"),
        ("{less} / {more}", "moins de"),
        ("{less} + {most}", "au plus"),
        # What comes close from below.
        ("100 * {near} / {exact}", "près de"),
        ("{near} + {near}", "près de"),
        ("{exact} / {near}", "environ"),
        ("{exact} - {near}", "environ"),
        ("{near} + {about}", "environ"),
        ("{about} / {about}", "environ"),
        # Bounds of both sides: nothing follows.
        ("{more} / {least}", None),
        ("{most} - {less}", None),
        ("{more} + {most}", None),
        ("abs({more} - 2 * {exact})", None),
    ],
)
def test_a_bound_follows_the_way_in_which_the_result_goes(text, qualifier):
    formula = parse_formula(text)
    terms = {name: term(qualifier=SAID[name]) for name in formula.references}
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
    before, undated = Period(None, date(2016, 12, 31)), Period(None, None)
    assert join_periods([day, before]) == day
    # How one thing moved is said of both its dates.
    assert join_periods([day, before], change=True) == Period(before.end, day.end)
    assert join_periods([second, first], change=True) == year_period(2016, 2017)
    assert join_periods([day, undated], change=True) == day


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
        ("round({a}) / 100", ("a", "b"), []),
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
