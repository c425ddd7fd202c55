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
        ("floor({a} * 6 / 100)", None),
        ("max(0, {b} - {a})", 0),
        ("round({a} / {c}, 1)", 1.7),
        ("round({c} / {b})", 2),  # 1,5 goes up
    ],
)
def test_arithmetic(text, expected):
    numbers = {"a": 10.0, "b": 4.0, "c": 6.0}
    if expected is None:  # 6 is no constant of nature
        with pytest.raises(FormulaError, match="constante 6"):
            parse_formula(text)
        return
    formula = parse_formula(text)
    assert evaluate_formula(formula, numbers) == pytest.approx(expected)


def test_floor_forgives_binary_dust():
    formula = parse_formula("floor({taux} / 100 * {effectif})")
    assert evaluate_formula(formula, {"taux": 6.0, "effectif": 450.0}) == 27
    assert evaluate_formula(formula, {"taux": 6.0, "effectif": 190.0}) == 11


@pytest.mark.parametrize(
    "text",
    [
        "{a} ** 2", "__import__('os')", "{a}.real", "{a} if {b} else 0", "sum([{a}])", "100",
        "{a} / ", "{{a}}", "2017 * {a}", "'a' * {b}", "lambda: {a}", "{a} // {b}", "{a} > {b}",
        "round(number={a})",
    ],
)  # fmt: skip
def test_anything_but_arithmetic_is_refused(text):
    with pytest.raises(FormulaError):
        parse_formula(text)


def test_division_by_zero_is_said():
    with pytest.raises(FormulaError, match="division par zéro"):
        evaluate_formula(parse_formula("{a} / {b}"), {"a": 1.0, "b": 0.0})


@pytest.mark.parametrize(
    ("text", "terms", "unit", "problem"),
    [
        ("{a} + {b}", (term(), term()), "eur", None),
        ("{a} + {b}", (term(), term(payer="b")), "eur", "financeurs différents"),
        ("{a} - {b}", (term(payer="ensemble"), term(payer="b")), "eur", None),
        ("{a} - {b}", (term(payer="a"), term(payer="ensemble")), "eur", "financeurs différents"),
        ("{a} + {b}", (term(), term(stage="prévu")), "eur", "étapes différentes"),
        ("{a} - {b}", (term(), term(year=2017)), "eur", "exercices différents"),
        ("{a} + {b}", (term(unit="arbre"), term(unit="agent")), "arbre", "unités différentes"),
        ("{a} + {b}", (term(unit="arbre", year=2016), term(unit="arbre")), "arbre", None),
        ("100 * {a} / {b}", (term(unit="arbre"), term(unit="agent")), "pourcent", "part en %"),
        ("100 * {a} / {b}", (term(unit="agent"), term(unit="agent")), "pourcent", None),
        ("{a} / {b}", (term(), term(unit="agent")), "eur-agent", None),
        ("100 * (1 - {a} / {b})", (term(), term()), "pourcent", None),
        ("{a} - 12", (term(), term()), "eur", "unités différentes"),
        ("max(0, {a} - {b})", (term(), term()), "eur", None),
        ("{a} - {b}", (term(modifier="cible", stage="", payer=""), term()), "eur", None),
    ],
)
def test_rules_of_meaning(text, terms, unit, problem):
    formula = parse_formula(text)
    values = dict(zip("ab", terms, strict=True))
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


def test_qualifier_of_a_difference_and_of_a_share_of_a_sum():
    more = term(qualifier="plus de")
    formula = parse_formula("{a} - {b}")
    assert propagate_qualifier(formula, {"a": term(), "b": more}) == "moins de"
    formula = parse_formula("{a} / ({a} + {b})")
    assert propagate_qualifier(formula, {"a": more, "b": term()}) == "environ"


def test_order_and_cycles():
    order = order_formulas({"c": {"b"}, "b": {"a"}, "d": set()})
    assert sorted(order) == ["b", "c", "d"], "« a » has no formula"
    assert order.index("b") < order.index("c")
    assert find_cycles({"a": {"b"}, "b": {"a"}, "c": {"a"}}) == {
        "a": ["a", "b", "a"],
        "b": ["a", "b", "a"],
    }


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
