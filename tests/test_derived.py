"""Derived values on a few rows worked out by hand: which periods, what is missing and why."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.compute.indicators.derived import derive_values, explain_missing
from analysis.compute.indicators.observed import blank_row
from analysis.model.references import Ledger

STOCK = {"unit": "agent", "measure": "stock"}
MONEY = {"unit": "eur", "measure": "flux"}
PART = "100 * {femmes} / {agents}"


def describe(id, formula="", **changes):
    """A row of the catalogue."""
    return {
        "id": id, "title": id.capitalize(), "unit": "agent", "kind": "moyens", "measure": "stock",
        "direction": "hausse", "chapter": "suivi", "action": "formation", "precision": 1,
        "formula": formula,
    } | changes  # fmt: skip


def state(id, year, value, rank=0, territory="ici", **changes):
    """A value on 31 December of a year."""
    return blank_row(describe(id), territory) | {
        "value": value, "period_end": date(year, 12, 31), "rank": rank, "qualifier": "exact",
        "status": "définitif", "source": "bilan", "locator": f"p. {year - 2000}",
        "missing": "" if value is not None else "pas répondu",
    } | changes  # fmt: skip


def amount(id, year, value, rank=0, **changes):
    """An amount of a fiscal year."""
    content = MONEY | {"period_start": date(year, 1, 1), "stage": "réalisé", "payer": "ici"}
    return state(id, year, value, rank, **(content | changes))


def derive(rows, *entries, targets=None):
    """Rows derived from others, and the faults."""
    known = {row["indicator"]: describe(row["indicator"], unit=row["unit"]) for row in rows}
    catalogue = known | {entry["id"]: entry for entry in entries}
    ledger = Ledger(2030, "ici", catalogue, targets or {}, rows)
    return derive_values(catalogue, ledger, 2030)


def share(*rows, formula=PART, **changes):
    """The rows of one share, and no fault."""
    found, faults = derive(rows, describe("part", formula, unit="pourcent", **changes))
    assert faults == []
    return found


def test_a_share_takes_over_what_its_terms_say():
    (row,) = share(
        state("femmes", 2030, 84, qualifier="plus de", source="paie", locator="l. 3"),
        state("agents", 2030, 160, status="provisoire"),
    )
    assert row == {
        "indicator": "part", "title": "Part", "territory": "ici", "unit": "pourcent",
        "kind": "moyens", "measure": "stock", "direction": "hausse", "chapter": "suivi",
        "action": "formation", "precision": 1, "formula": PART, "origin": "dérivé", "rank": 0,
        "edition": 2030, "terms": "femmes | agents", "value": 52.5, "qualifier": "plus de",
        "status": "provisoire", "period_start": None, "period_end": date(2030, 12, 31),
        "source": "paie | bilan", "locator": "l. 3 | p. 30", "missing": "", "stage": "",
        "payer": "", "nature": "", "policy": "", "note": "", "file": "", "line": 0,
    }  # fmt: skip


def test_a_share_of_each_earlier_date_of_which_both_terms_are_known():
    rows = share(
        *(state("agents", year, 100, 2030 - year) for year in (2030, 2029, 2028, 2027)),
        state("femmes", 2030, 50),
        state("femmes", 2028, 45, 1, qualifier="environ", status="provisoire"),
        state("femmes", 2027, 40, 2),
        state("femmes", 2026, 30, 3),
    )
    assert [(row["rank"], row["period_end"].year, row["value"]) for row in rows] == [
        (0, 2030, 50), (1, 2028, 45), (2, 2027, 40)
    ]  # fmt: skip
    assert (rows[1]["qualifier"], rows[1]["status"], rows[1]["locator"]) == (
        "environ", "provisoire", "p. 28",
    )  # fmt: skip
    assert {row["edition"] for row in rows} == {2030}
    assert [row["missing"] for row in rows] == ["", "", ""]


def test_what_names_a_year_is_not_computed_for_earlier_ones():
    rows = share(
        state("agents", 2030, 100), state("agents", 2029, 90, 1),
        state("femmes", 2030, 50), state("femmes", 2029, 45, 1),
        formula="100 * {femmes:N} / {agents:N}",
    )  # fmt: skip
    assert [row["value"] for row in rows] == [50]


def test_an_earlier_value_that_cannot_be_computed_is_left_out():
    """In 2029 nobody was there; in 2028 the one amount is planned, the other spent."""
    rows = share(
        state("agents", 2030, 100), state("agents", 2029, 0, 1), state("agents", 2028, 80, 2),
        state("femmes", 2030, 50), state("femmes", 2029, 0, 1), state("femmes", 2028, 20, 2),
    )  # fmt: skip
    assert [(row["rank"], row["value"]) for row in rows] == [(0, 50), (1, 25)]
    rows, faults = derive(
        [amount("total", 2030, 100), amount("air", 2030, 60), amount("total", 2029, 90, 1),
         amount("air", 2029, 50, 1, stage="prévu"), amount("total", 2028, 80, 2),
         amount("air", 2028, 30, 2)],
        describe("reste", "{total} - {air}", **MONEY),
    )  # fmt: skip
    assert faults == []
    assert [(row["rank"], row["period_end"].year, row["value"]) for row in rows] == [
        (0, 2030, 40), (1, 2028, 50)
    ]  # fmt: skip
    assert (rows[0]["stage"], rows[0]["payer"]) == ("réalisé", "ici")


def test_the_same_period_is_computed_once():
    """A value of the same day again, after it was published otherwise."""
    rows = share(
        state("agents", 2030, 100), state("agents", 2029, 90, 1),
        state("femmes", 2030, 50), state("femmes", 2029, 45, 1), state("femmes", 2029, 44, 2),
    )  # fmt: skip
    assert [row["value"] for row in rows] == [50, 50]


@pytest.mark.parametrize(
    ("rows", "formula", "reason"),
    [
        ([state("agents", 2030, 9), state("femmes", 2030, None)], PART, "« Femmes » : pas répondu"),
        ([state("agents", 2030, None), state("femmes", 2030, 9)], PART, "« Agents » : pas répondu"),
        ([state("agents", 2030, 0), state("femmes", 2030, 9)], PART, "division par zéro"),
        ([state("agents", 2029, 9), state("femmes", 2030, 9)], PART,
         "années différentes : 2029 et 2030"),
        ([state("agents", 2030, 9), state("femmes", 2030, 9)], "100 * {femmes:N-1} / {agents:N-1}",
         "« Femmes » : aucune valeur pour 2029"),
    ],
)  # fmt: skip
def test_what_is_missing_says_why(rows, formula, reason):
    (row,) = share(*rows, formula=formula)
    assert (row["value"], row["qualifier"], row["missing"]) == (None, "", reason)
    assert row["terms"] == formula.replace("100 * {", "").replace("} / {", " | ").rstrip("}")


def test_the_reason_at_the_root_is_not_wrapped_again():
    rows, _ = derive(
        [state("agents", 2030, 9), state("femmes", 2030, None)],
        describe("hommes", "{agents} - {femmes}"),
        describe("part", "100 * {hommes} / {agents}", unit="pourcent"),
        describe("suite", "{part:N} / 2", unit="pourcent"),
    )
    assert {row["indicator"]: row["missing"] for row in rows} == {
        "hommes": "« Femmes » : pas répondu",
        "part": "« Femmes » : pas répondu",
        "suite": "« Part » : aucune valeur pour 2030",  # a year that is asked for by name
    }


def test_terms_are_computed_before_what_needs_them():
    rows, faults = derive(
        [state("agents", 2030, 160), state("femmes", 2030, 84)],
        describe("a-part", "100 * {z-hommes} / {agents}", unit="pourcent"),
        describe("z-hommes", "{agents} - {femmes}"),
    )
    assert faults == []
    assert {row["indicator"]: row["value"] for row in rows} == {"z-hommes": 76, "a-part": 47.5}


def test_a_formula_that_breaks_a_rule_gives_its_fault_and_no_value():
    rows, faults = derive(
        [amount("total", 2030, 100), state("agents", 2030, 9)],
        describe("somme", "{total} + {agents}", **MONEY),
    )
    ((indicator, fault),) = faults
    assert indicator == "somme"
    assert fault.problem == "somme d’unités différentes : eur et agent"
    assert fault.expected.startswith("On n’additionne")
    (row,) = rows
    assert (row["indicator"], row["territory"], row["value"]) == ("somme", "ici", None)
    assert (row["missing"], row["rank"], row["origin"]) == ("formule non valide", 0, "dérivé")
    assert row["edition"] == 2030


def test_a_formula_that_names_nothing_gives_its_fault():
    _, ((_, fault),) = derive([state("agents", 2030, 9)], describe("part", "{agents} / {agent}"))
    assert fault.problem == "agent, indicateur inconnu"
    assert fault.expected == "Vouliez-vous dire « agents » ?"
    rows, ((_, fault),) = derive(
        [state("agents", 2030, 9)], describe("part", "2 * {agents@voisin}")
    )
    assert "pour le territoire « voisin »" in fault.problem
    assert [row["missing"] for row in rows] == ["formule non valide"]


def test_amounts_of_two_years_are_a_fault_only_where_the_formula_names_them():
    rows = [amount("total", 2030, 100), amount("air", 2029, 60), amount("total", 2029, 90, 1)]
    found, faults = derive(rows, describe("reste", "{total} - {air}", **MONEY))
    assert faults == [], "the amount of 2030 will come"
    assert found[0]["missing"] == "années différentes : 2029 et 2030"
    assert [row["value"] for row in found] == [None, 30], "and that of 2029 is known"
    _, faults = derive(rows, describe("reste", "{total:N} - {total:N-1}", **MONEY))
    assert "exercices différents" in faults[0][1].problem
    _, faults = derive(rows, describe("reste", "{total} - {total:precedent}", **MONEY))
    assert "exercices différents : 2030 et 2029" in faults[0][1].problem


@pytest.mark.parametrize(
    "formula",
    ["{agents} - {agents:N-1}", "100 * {femmes:N-1} / {agents}", "{agents:N} / {femmes:precedent}",
     "{agents} - {femmes} - {femmes:N-2}"],
)  # fmt: skip
def test_a_term_of_the_editions_year_stands_beside_none_that_has_its_own(formula):
    """Where nobody answers in 2030, « agents » is that of 2029, and N − 1 is 2029, too."""
    rows = [state("agents", 2030, 9), state("agents", 2029, 8, 1), state("femmes", 2030, 4),
            state("femmes", 2029, 3, 1)]  # fmt: skip
    _, faults = derive(rows, describe("mixte", formula))
    assert "suit l’année de l’édition" in faults[0][1].problem
    assert ":precedent" in faults[0][1].expected


# --- periods ----------------------------------------------------------------------------------

FLOW = {"unit": "aide", "measure": "flux"}


def counted(id, start, end, value, rank=0, **changes):
    """What was counted from one day to another."""
    return state(id, end.year, value, rank, **(FLOW | {
        "period_start": start, "period_end": end} | changes))  # fmt: skip


TEN = counted("aides", date(2030, 1, 1), date(2030, 10, 31), 100)
TWELVE = counted("aides", date(2029, 1, 1), date(2029, 12, 31), 132, 1)


def test_means_by_month_count_the_months_of_each_period():
    """A hundred in ten months, 132 in twelve: 10 and 11 a month."""
    rows, faults = derive(
        [TEN, TWELVE],
        describe("rythme", "{aides:par-mois}", measure="taux"),
        describe("avant", "{aides:precedent} / mois({aides:precedent})", measure="taux"),
    )
    assert faults == []
    assert [(row["indicator"], row["rank"], row["value"]) for row in rows] == [
        ("avant", 0, 11), ("rythme", 0, 10),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "formula",
    ["{aides} - {aides:precedent}", "{aides:precedent} - {aides}", "{aides:N} - {aides:N-1}",
     "100 * ({aides} - {aides:precedent}) / {aides:precedent}",
     "100 * ({aides} / {aides:precedent} - 1)"],
)  # fmt: skip
def test_ten_months_are_not_taken_from_twelve(formula):
    unit = "pourcent" if "100" in formula else "aide"
    (row,), faults = derive([TEN, TWELVE], describe("ecart", formula, unit=unit, measure="flux"))
    assert faults == [], "in another year both may be whole"
    assert (row["value"], row["missing"]) == (
        None, "périodes non comparables : 12 mois contre 10 mois"
    )  # fmt: skip


def test_the_period_of_a_difference_is_that_of_both_its_terms():
    whole = counted("aides", date(2030, 1, 1), date(2030, 12, 31), 100)
    (row,), _ = derive([whole, TWELVE], describe("reste", "{aides:precedent} - {aides}", **FLOW))
    assert row["value"] == 32
    assert (row["period_start"], row["period_end"]) == (date(2029, 1, 1), date(2030, 12, 31))
    (row,), _ = derive(
        [state("agents", 2030, 9), state("agents", 2029, 12, 1)],
        describe("partis", "{agents:precedent} - {agents}"),
    )
    assert row["value"] == 3
    assert (row["period_start"], row["period_end"]) == (date(2029, 12, 31), date(2030, 12, 31))


def test_terms_are_of_the_year_of_what_leads():
    """What was spent in 2029, by the agents of 2029, though those of 2030 are known."""
    rows, faults = derive(
        [amount("total", 2029, 900), amount("total", 2028, 700, 1),
         state("agents", 2030, 10), state("agents", 2029, 9, 1)],
        describe("cout", "{total} / {agents}", unit="eur-par-agent", measure="taux"),
    )  # fmt: skip
    assert faults == []
    assert [(row["period_end"].year, row["value"]) for row in rows] == [(2029, 100)]


# --- the population in force -----------------------------------------------------------------

PEOPLE = {"unit": "habitant", "measure": "stock"}
VINTAGES = {2027: 80, 2028: 90, 2029: 100, 2030: 125}


def people():
    """The population in force in each year, as ``read_population`` gives it."""
    return [
        state("population-municipale", year, value, -1, period_start=date(year, 1, 1), **PEOPLE)
        for year, value in VINTAGES.items()
    ]


BY_HEAD = {"unit": "eur-par-habitant", "measure": "taux"}
HEADS = "{total} / {population-municipale:en-vigueur}"


def test_an_amount_is_divided_by_the_population_in_force_in_its_year():
    rows, faults = derive(
        [*people(), amount("total", 2029, 900), amount("total", 2028, 720, 1)],
        describe("par-tete", HEADS, **BY_HEAD),
    )
    assert faults == []
    assert [(row["rank"], row["period_end"].year, row["value"]) for row in rows] == [
        (0, 2029, 9), (1, 2028, 8),
    ]  # fmt: skip


@pytest.mark.parametrize("edition", [2027, 2030])
def test_what_nobody_dated_goes_with_the_edition_that_gave_it(edition):
    undated = {"period_start": None, "period_end": None, "edition": edition}
    rows, _ = derive(
        [*people(), amount("total", 2030, 1000, **undated)], describe("par-tete", HEADS, **BY_HEAD)
    )
    (row,) = rows
    assert (row["value"], row["period_end"]) == (1000 / VINTAGES[edition], None)
    assert row["edition"] == edition


def test_beside_a_threshold_the_population_is_that_of_the_edition():
    threshold = state("seuil", 2020, 50, **(PEOPLE | {"measure": "taux"}))
    (row,), faults = derive(
        [*people(), threshold],
        describe("fois", "{population-municipale:en-vigueur} / {seuil}", unit="fois"),
    )
    assert faults == []
    assert (row["value"], row["period_start"]) == (2.5, date(2030, 1, 1))
    (row, before), _ = derive(
        [*people(), state("agents", 2029, 10), state("agents", 2028, 9, 1)],
        describe(
            "par-agent", "{population-municipale:en-vigueur} / {agents}", unit="hab-par-agent"
        ),
    )
    assert (row["value"], before["value"]) == (10, 10), "of 2029 and of 2028: 100 by 10, 90 by 9"


def test_without_a_population_in_force_there_is_no_value():
    (row,), _ = derive(
        [*people(), amount("total", 2026, 900)], describe("par-tete", HEADS, **BY_HEAD)
    )
    assert row["value"] is None
    assert row["missing"].endswith("aucune population en vigueur connue pour 2026")


def test_only_a_population_is_in_force():
    _, faults = derive([state("agents", 2030, 9)], describe("double", "2 * {agents:en-vigueur}"))
    assert "ne se dit que de la population" in faults[0][1].problem


def test_opposite_bounds_leave_no_result():
    (row,) = share(
        state("femmes", 2030, 50, qualifier="plus de"),
        state("agents", 2030, 100, qualifier="au moins"),
    )
    assert (row["value"], row["qualifier"]) == (None, "")
    assert row["missing"].startswith("bornes de sens contraires")


def test_formulas_that_cannot_be_read_or_go_in_circles_are_left_to_the_validation():
    rows, faults = derive(
        [state("agents", 2030, 9)],
        describe("faux", "{agents} +"), describe("mot", "{agents:suivant}"),
        describe("a", "{b}"), describe("b", "{a}"), describe("bon", "2 * {agents}"),
    )  # fmt: skip
    assert faults == []
    assert [(row["indicator"], row["value"]) for row in rows] == [("bon", 18)]


def test_a_target_makes_a_result_neither_late_nor_provisional():
    goal = {"value": 100, "qualifier": "au moins", "date": date(2034, 12, 31)}
    rows, _ = derive(
        [state("arbres", 2030, 60, qualifier="environ")],
        describe("restants", "{arbres:cible} - {arbres}"),
        targets={"arbres": [goal]},
    )
    (row,) = rows
    assert (row["value"], row["status"], row["qualifier"]) == (40, "définitif", "environ")
    assert row["period_end"] == date(2030, 12, 31)


def test_the_result_is_of_the_territory_of_what_leads():
    rows, _ = derive(
        [state("agents", 2030, 50, territory="voisin"), state("agents", 2030, 80)],
        describe("double", "2 * {agents@voisin}"),
    )
    assert [(row["territory"], row["value"]) for row in rows] == [("voisin", 100)]


def test_earlier_values_are_of_the_territory_that_is_named():
    there = {"territory": "voisin"}
    rows = share(
        state("femmes", 2030, 50), state("femmes", 2029, 40, 1),
        state("femmes", 2030, 5, **there), state("femmes", 2029, 2, 1, **there),
        state("agents", 2030, 100), state("agents", 2029, 80, 1),
        formula="100 * {femmes@voisin} / {agents}",
    )  # fmt: skip
    assert [(row["value"], row["territory"]) for row in rows] == [(5, "voisin"), (2.5, "voisin")]


def test_sources_and_locators_of_all_terms_once_each():
    (row,) = share(
        state("femmes", 2030, 5, source="paie | bilan", locator="l. 3 ; l. 4 | p. 1"),
        state("agents", 2030, 10, source="bilan | paie", locator="p. 2 | l. 3"),
    )
    assert (row["source"], row["locator"]) == ("paie | bilan", "l. 3 ; l. 4 | p. 1 ; p. 2")
    (row,) = share(
        state("femmes", 2030, 5, source="", locator=""),
        state("agents", 2030, 10, source="bilan | paie", locator=" | l. 3"),
    )
    assert (row["source"], row["locator"]) == ("bilan | paie", " | l. 3"), "each in its place"


def test_amounts_of_one_stage_and_of_two_payers():
    rows, faults = derive(
        [amount("total", 2030, 100, payer="ensemble"), amount("air", 2030, 60, payer="état")],
        describe("reste", "{total} - {air}", **MONEY),
    )
    assert faults == []
    assert [(row["stage"], row["payer"]) for row in rows] == [("réalisé", "")]


def test_a_missing_observed_value_is_named():
    ledger = Ledger(2030, "ici", {"agents": describe("agents")}, {}, [state("agents", 2030, None)])
    assert explain_missing(ledger.resolve("agents"), ledger) == "« Agents » : pas répondu"
