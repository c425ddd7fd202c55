"""Computations on the made-up dossier, each number worked out by hand; formulas, their rules."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.dossier import InvalidDossier, read_dossier
from analysis.formulas import (
    FormulaError,
    check_rules,
    evaluate_formula,
    find_cycles,
    find_leading_terms,
    order_formulas,
    parse_formula,
    propagate_qualifier,
)
from analysis.indicators import compute_edition, compute_population, find_members
from analysis.indicators.assembly import write_roman
from analysis.paths import Dossier
from analysis.references import Value

HAND_CHECKED = {
    "population-municipale": 1010 + 490 + 260,  # three members in 2030
    "population-municipale:precedent": 1000 + 500,  # two in 2029
    "depenses-par-habitant": 3_000_000 / 1500,
    "part-depenses-air": 40,
    "part-depenses-eau": 20,
    "depenses-non-detaillees": 3_000_000 - 1_200_000 - 600_000,
    "plantation-reste": 100_000 - 50_000 - 20_000,
    "plantation-taux-aide": 70,
    "part-femmes": 100 * 84 / 160,
    "part-femmes:precedent": 50,
    "obligation-emploi": 9,  # 9,6 rounded down, as the law does
    "arbres-restants": 4000,
    "aide-par-logement": 2500,
    "visiteurs-par-mois": 475.2,
    "evolution-logements": 25,
}


@pytest.mark.parametrize(("reference", "expected"), HAND_CHECKED.items())
def test_hand_checked_values(edition, reference, expected):
    assert edition.value(reference).value == pytest.approx(expected)


def test_a_missing_term_makes_a_missing_result_with_its_reason(edition):
    value = edition.value("evolution-visiteurs")
    assert value.value is None
    assert value.missing == (
        "« Visiteurs accueillis » : périodes non comparables : 12 mois contre 10 mois"
    )


def test_period_status_qualifier_of_derived_values(edition):
    assert edition.value("part-depenses-air").period_end == date(2029, 12, 31)
    assert edition.value("obligation-emploi").period_end == date(2030, 12, 31)  # not the rate's
    assert edition.value("arbres-restants").period_end == date(2030, 12, 31)  # not the target's
    assert edition.value("arbres-restants").qualifier == "environ"
    assert edition.value("visiteurs-par-mois").status == "provisoire"
    assert edition.value("plantation-reste").stage == "prévu"


def test_derived_values_keep_their_trace(edition):
    row = edition.values.set_index("indicator").loc["part-depenses-air"]
    assert row["terms"] == "depenses-air | depenses-totales"
    assert (row["source"], row["locator"]) == ("rapport-invente", "l. 33")


def test_comparisons(edition):
    table = edition.comparisons.set_index("indicator")
    assert table.loc["logements-renoves", "growth_pct"] == pytest.approx(25)
    visitors = table.loc["visiteurs-accueil"]
    assert not visitors["comparable"]
    assert pd.isna(visitors["growth_pct"])
    assert pd.isna(visitors["difference"])
    assert (visitors["monthly_latest"], visitors["monthly_precedent"]) == (475.2, 500)
    wetlands = table.loc["surface-zones-humides"]
    assert wetlands["comparable"]
    assert wetlands["reservation"] == "date antérieure non précisée"
    assert table.loc["part-femmes", "difference"] == pytest.approx(2.5)


def test_chapters_are_numbered_finalities_first(edition):
    columns = ["number", "kind", "id"]
    assert edition.chapters[columns].values.tolist() == [
        ["I", "finalité", "air"],
        ["II", "finalité", "eau"],
        ["III", "démarche", "suivi"],
    ]
    assert [write_roman(n) for n in (4, 8, 9, 14)] == ["IV", "VIII", "IX", "XIV"]


def test_effects_are_completed(edition):
    effects = edition.effects
    assert len(effects) == len(edition.actions) * 2
    silent = effects[(effects["action"] == "velo") & (effects["finality"] == "eau")].iloc[0]
    assert (silent["effect"], silent["reason"]) == ("0", "sans effet signalé")


def test_actions_stand_in_the_order_of_the_report(edition):
    assert edition.actions["id"].tolist() == [
        "plantations", "renovation", "velo", "zones-humides", "reseau", "formation", "budget-vert",
    ]  # fmt: skip


# --- population -----------------------------------------------------------------------------------

COMMUNES = pd.DataFrame(
    {
        "insee": ["1", "2", "2", "3"],
        "member_from": pd.to_datetime([None, "2019-01-01", "2024-01-01", "2014-01-01"]),
        "member_to": pd.to_datetime([None, "2022-06-30", None, None]),
    }
)
POPULATION = pd.DataFrame(
    {
        "insee": ["1", "2", "3", "1", "3"],
        "vintage": [2019, 2019, 2019, 2018, 2018],
        "municipal": [100.0, 20.0, 3.0, 90.0, 2.0],
        "total": [101.0, None, 4.0, 91.0, 3.0],
    }
)


@pytest.mark.parametrize(
    ("year", "members"),
    [(2013, ["1"]), (2018, ["1", "3"]), (2019, ["1", "2", "3"]), (2023, ["1", "3"]),
     (2024, ["1", "2", "3"])],
)  # fmt: skip
def test_members_on_the_first_of_january(year, members):
    assert find_members(COMMUNES, date(year, 1, 1)) == members


def test_population_adds_the_members_of_the_vintage():
    assert compute_population(COMMUNES, POPULATION, date(2019, 1, 1), "municipal") == (123, "")
    assert compute_population(COMMUNES, POPULATION, date(2018, 1, 1), "municipal") == (92, "")


def test_a_partial_sum_is_no_population():
    value, reason = compute_population(COMMUNES, POPULATION, date(2019, 1, 1), "total")
    assert value is None
    assert reason == "population 2019 non connue pour 1 des 3 communes membres"


# --- formulas -------------------------------------------------------------------------------------


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
    assert order_formulas({"c": {"b"}, "b": {"a"}, "d": set()}) in (
        ["b", "d", "c"], ["d", "b", "c"], ["b", "c", "d"],
    )  # fmt: skip
    assert find_cycles({"a": {"b"}, "b": {"a"}, "c": {"a"}}) == {
        "a": ["a", "b", "a"],
        "b": ["a", "b", "a"],
    }


# --- the whole ------------------------------------------------------------------------------------


def test_computing_twice_gives_the_same(made_up_dossier):
    data = read_dossier(Dossier(made_up_dossier), 2030)
    first, second = (compute_edition(data, 2030).values for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_a_formula_against_the_rules_stops_the_computation(dossier_copy):
    path = dossier_copy.reference / "indicators.csv"
    text = path.read_text("utf-8")
    path.write_text(
        text.replace(
            "{depenses-totales} - {depenses-air}", "{depenses-totales} - {plantation-cout}"
        ),
        "utf-8",
    )
    with pytest.raises(InvalidDossier, match="exercices différents"):
        compute_edition(read_dossier(dossier_copy, 2030), 2030)


def test_another_year_than_the_data_is_refused(made_up_dossier):
    with pytest.raises(ValueError, match="2030"):
        compute_edition(read_dossier(Dossier(made_up_dossier), 2030), 2029)
