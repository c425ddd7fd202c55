"""Measured values, ranks, comparisons and inhabitants, on small tables worked out by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analysis.compute.indicators import compute_inhabitants, compute_population
from analysis.compute.indicators.assembly import rank_rows
from analysis.compute.indicators.comparisons import compute_all_progress, compute_comparisons
from analysis.compute.indicators.inhabitants import compute_yearly_growth
from analysis.compute.indicators.observed import (
    blank_row,
    find_rough_step,
    read_budget,
    read_observations,
    read_population,
)
from analysis.model.references import Ledger, is_in_force
from analysis.model.schema.processed_tables import VALUES
from analysis.model.store import from_records, list_members, name_communes, to_records

ENTRY = {
    "id": "arbres", "title": "Arbres", "unit": "arbre", "kind": "résultat", "measure": "flux",
    "direction": "hausse", "chapter": "air", "action": "plantations", "precision": 1, "formula": "",
}  # fmt: skip
YEAR = (date(2030, 1, 1), date(2030, 12, 31))
BEFORE = (date(2029, 1, 1), date(2029, 12, 31))


def days(*cells):
    return pd.to_datetime(pd.Series(cells, dtype="object"))


def value(number, span, rank=0, **changes):
    return blank_row(ENTRY, "ici") | {
        "value": number, "period_start": span[0], "period_end": span[1], "rank": rank,
        "qualifier": "exact", "status": "définitif",
    } | changes  # fmt: skip


# --- rows of the tables ---------------------------------------------------------------------------


def test_an_observation_keeps_its_line_and_what_the_catalogue_says():
    frame = pd.DataFrame(
        {"indicator": ["eau", "arbres"], "territory": "voisin", "value": [1.0, 5.0],
         "period_start": pd.to_datetime(["2030-01-01"] * 2),
         "period_end": pd.to_datetime(["2030-12-31"] * 2), "qualifier": "environ",
         "status": "provisoire", "basis": "déduit", "source": "bilan", "locator": "p. 1",
         "note": "n", "edition": 2030, "file": "2030/observations.csv"},
        index=[2, 3],
    )  # fmt: skip
    (row,) = read_observations(frame, {"arbres": ENTRY})
    assert row == {
        **{name: ENTRY[name] for name in ENTRY if name != "id"},
        "indicator": "arbres", "territory": "voisin", "origin": "observé", "rank": -1,
        "value": 5.0, "period_start": YEAR[0], "period_end": YEAR[1], "qualifier": "environ",
        "status": "provisoire", "source": "bilan", "locator": "p. 1", "note": "n", "line": 3,
        "edition": 2030, "file": "2030/observations.csv", "stage": "", "payer": "", "nature": "",
        "policy": "", "terms": "", "missing": "", "estimate": "", "basis": "déduit",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, {"status": "définitif", "period_start": YEAR[0], "period_end": YEAR[1]}),
        ({"fiscal_year_end": 2032}, {"period_start": YEAR[0], "period_end": date(2032, 12, 31)}),
        ({"fiscal_year": None}, {"period_start": None, "period_end": None}),
        ({"stage": "prévu"}, {"status": "prévisionnel", "stage": "prévu"}),
        ({"stage": "sollicité"}, {"status": "prévisionnel", "stage": "sollicité"}),
        ({"stage": "engagé"}, {"status": "définitif", "stage": "engagé"}),
        ({"action": ""}, {"action": "plantations"}),  # the catalogue's
        ({"action": "velo"}, {"action": "velo"}),
        ({"indicator": "eau"}, None),
    ],
)
def test_an_amount_is_of_its_fiscal_years(cells, expected):
    row = {
        "indicator": "arbres", "action": "", "policy": "air", "nature": "coût",
        "stage": "réalisé", "amount_eur": 900.0, "qualifier": "exact", "payer": "ici",
        "fiscal_year": 2030, "fiscal_year_end": None, "basis": "", "source": "bilan",
        "locator": "p. 1",
        "note": "n", "edition": 2030, "file": "2030/budget.csv",
    } | cells  # fmt: skip
    frame = pd.DataFrame([row], index=[7]).astype(
        {"fiscal_year": "Int64", "fiscal_year_end": "Int64"}
    )
    found = list(read_budget(frame, {"arbres": ENTRY}, "ici"))
    if expected is None:
        assert found == []
        return
    (read,) = found
    fixed = {"territory": "ici", "value": 900, "payer": "ici", "policy": "air", "line": 7,
             "nature": "coût", "qualifier": "exact", "source": "bilan", "locator": "p. 1",
             "note": "n", "edition": 2030, "file": "2030/budget.csv"}  # fmt: skip
    assert {name: read[name] for name in fixed | expected} == fixed | expected


@pytest.mark.parametrize(
    ("amount", "step"), [(982_162, 1_000), (6_000, 10), (1_080_378, 10_000), (45, 0.1), (0, 1)]
)
def test_a_rough_amount_has_three_significant_digits(amount, step):
    assert find_rough_step(amount) == pytest.approx(step)


COMMUNES = pd.DataFrame(
    {
        "insee": ["1", "2", "3"],
        "name": ["Aune", "Bouleau", "Charme"],
        "member_from": days("2025-01-01", "2028-01-01", "2030-01-01"),
        "member_to": days(None, None, None),
    }
)
POPULATION = pd.DataFrame(
    [("1", 2024, 80, 81), ("1", 2025, 90, 91), ("1", 2030, 100, 102), ("2", 2025, 40, 40),
     ("2", 2030, 20, 21), ("3", 2030, 300, None), ("1", 2031, 110, 111)],
    columns=["insee", "vintage", "municipal", "total"],
).astype({"vintage": "Int64", "municipal": "float64", "total": "float64"})  # fmt: skip


def test_population_of_each_vintage_up_to_the_edition():
    """2024: no member yet. 2025: one. 2030: three, of which one has no total. 2031: not yet."""
    catalogue = {
        name: ENTRY | {"id": name} for name in ("population-municipale", "population-totale")
    }
    sources = pd.DataFrame({"id": ["insee"], "file": ["reference/population.csv"]})
    tables = {"communes": COMMUNES, "population": POPULATION, "sources": sources}
    rows = [row for row in read_population(tables, catalogue, "ici", 2030) if not is_in_force(row)]
    assert [
        (row["indicator"][11:], row["period_end"], row["value"], row["qualifier"], row["status"])
        for row in rows
    ] == [
        ("municipale", date(2025, 1, 1), 90, "exact", "définitif"),
        ("municipale", date(2030, 1, 1), 420, "exact", "définitif"),
        ("totale", date(2025, 1, 1), 91, "exact", "définitif"),
        ("totale", date(2030, 1, 1), None, "", ""),
    ]
    assert [row["missing"] for row in rows] == [
        "", "", "", "population 2030 non connue pour 1 des 3 communes membres"
    ]  # fmt: skip
    assert {(row["period_start"], row["edition"], row["territory"]) for row in rows} == {
        (None, 2030, "ici")
    }
    assert {(row["locator"], row["file"]) for row in rows} == {
        ("millésime 2025", "reference/population.csv"),
        ("millésime 2030", "reference/population.csv"),
    }
    assert {row["source"] for row in rows} == {"insee"}
    assert list(read_population(tables, {}, "ici", 2030)) == []
    row, _ = read_population(tables, {"population-totale": ENTRY}, "ici", 2024)
    assert row["missing"] == "aucune commune membre au 1er janvier 2024"


@pytest.mark.parametrize(
    ("year", "municipal", "total", "vintage", "note"),
    [
        (2027, 80, 81, 2024, ""),  # one member, the vintage that has just come into force
        (2028, 130, 131, 2025, ""),  # the second member, counted where it was not one yet
        (2029, 130, 131, 2025, "millésime 2026 : population non connue"),
        (2030, None, None, 2025, ""),  # of the third nothing is known so early
        (2033, 420, None, 2030, ""),
        (2034, 420, None, 2030, ""),  # 2031 is known of one alone
        (2036, 420, None, 2030, "millésimes 2031 à 2033 : population non connue"),
    ],
)
@pytest.mark.parametrize("edition", [2028, 2040])
def test_the_population_in_force_is_the_same_in_every_edition(
    edition, year, municipal, total, vintage, note
):
    """The newest vintage of three years before or earlier that is known for all who are members."""
    names = ("population-municipale", "population-totale")
    catalogue = {name: ENTRY | {"id": name} for name in names}
    sources = pd.DataFrame({"id": ["insee"], "file": ["reference/population.csv"]})
    tables = {"communes": COMMUNES, "population": POPULATION, "sources": sources}
    found = {
        row["indicator"]: row
        for row in read_population(tables, catalogue, "ici", edition, [year])
        if is_in_force(row) and row["period_end"].year == year
    }
    for name, number in zip(names, (municipal, total), strict=True):
        assert (name in found) == (number is not None)
        if number is None:
            continue
        row = found[name]
        assert (row["value"], row["period_start"]) == (number, date(year, 1, 1))
        assert row["locator"] == (f"population légale {vintage}, en vigueur depuis {vintage + 3}")
        if year != 2034:
            assert row["note"] == note


def test_a_population_that_is_not_known_in_the_editions_year_says_so():
    catalogue = {"population-totale": ENTRY | {"id": "population-totale"}}
    tables = {
        "communes": COMMUNES, "population": POPULATION,
        "sources": pd.DataFrame({"id": [], "file": []}),
    }  # fmt: skip
    for year, reason in (
        (2030, "aucune population en vigueur connue pour 2030"),
        (2033, "population 2030 non connue pour 1 des 3 communes membres"),
    ):
        row = list(read_population(tables, catalogue, "ici", year))[-1]
        assert (row["value"], row["status"], row["missing"]) == (None, "", reason)


def test_without_a_member_there_is_no_population():
    assert compute_population(COMMUNES, POPULATION, date(2020, 1, 1), "municipal") == (
        None, "aucune commune membre au 1er janvier 2020",
    )  # fmt: skip


# --- ranks ----------------------------------------------------------------------------------------


def test_ranks_by_indicator_and_territory():
    rows = [
        value(1, BEFORE), value(2, YEAR), value(None, (date(2030, 7, 1), YEAR[1])),
        value(3, (date(2031, 1, 1), date(2031, 12, 31))),  # foreseen
        value(None, YEAR, territory="voisin"), value(None, BEFORE, territory="voisin"),
        value(9, YEAR, indicator="eau"),
    ]  # fmt: skip
    ranked = rank_rows(rows, 2030)
    assert [row["rank"] for row in ranked] == [1, 0, -1, -1, 0, 1, 0]
    assert [row["value"] for row in ranked] == [row["value"] for row in rows]


# --- comparisons and progress ---------------------------------------------------------------------


def compare(*rows):
    ledger = Ledger(2030, "ici", {"arbres": ENTRY}, {}, rows)
    return to_records(compute_comparisons(from_records(list(rows), VALUES), ledger))


def test_a_comparison_says_both_values_and_what_lies_between():
    rows = [value(120, YEAR, qualifier="plus de", status="provisoire", edition=2030),
            value(60, BEFORE, 1, edition=2029), value(1, YEAR, 2, edition=2029)]  # fmt: skip
    assert compare(*rows) == [
        {
            "indicator": "arbres", "territory": "ici", "title": "Arbres", "unit": "arbre",
            "measure": "flux", "chapter": "air", "action": "plantations",
            "latest": 120, "latest_start": YEAR[0], "latest_end": YEAR[1],
            "latest_qualifier": "plus de", "latest_status": "provisoire",
            "precedent": 60, "precedent_start": BEFORE[0], "precedent_end": BEFORE[1],
            "precedent_qualifier": "exact", "precedent_status": "définitif",
            "comparable": True, "reason": "l’une des valeurs est une borne", "reservation": "",
            "growth_pct": None, "difference": None, "monthly_latest": 10, "monthly_precedent": 5,
        }
    ]  # fmt: skip


def test_what_does_not_compare_still_has_its_months():
    """5 months of 2030 against 12 of 2029: 20 and 5 a month."""
    cut = (date(2030, 1, 1), date(2030, 5, 31))
    (row,) = compare(value(100, cut, edition=2030), value(60, BEFORE, 1, edition=2029))
    assert (row["comparable"], row["growth_pct"], row["difference"]) == (False, None, None)
    assert (row["monthly_latest"], row["monthly_precedent"]) == (20, 5)
    assert row["reason"] == "périodes non comparables : 12 mois contre 5 mois"


@pytest.mark.parametrize(
    ("changes", "spans", "monthly"),
    [
        ({"measure": "stock"}, (YEAR, BEFORE), (None, None)),
        ({}, ((None, YEAR[1]), BEFORE), (None, 5)),
        ({}, (YEAR, (None, None)), (10, None)),
    ],
)
def test_only_a_flow_of_known_length_has_months(changes, spans, monthly):
    rows = (value(120, spans[0], edition=2030, **changes),
            value(60, spans[1], 1, edition=2029, **changes))  # fmt: skip
    (row,) = compare(*rows)
    assert (row["monthly_latest"], row["monthly_precedent"]) == monthly


def test_one_value_is_compared_with_nothing():
    alone = value(120, YEAR, edition=2030)
    assert compare(alone) == []
    assert compare(alone, value(None, BEFORE, 1, edition=2029)) == []
    assert compare(alone, value(7, BEFORE, 1, edition=2029, territory="voisin")) == []


def test_progress_towards_each_target():
    """6 000 in 2 years (2029 and 2030): 3 000 a year; 3 000 to go in one."""
    goals = pd.DataFrame(
        {"indicator": ["arbres", "eau", "arbres"], "value": [9000.0, 1, 5000],
         "qualifier": "au moins", "date": pd.to_datetime(["2031-12-31"] * 3), "entry": "",
         "kind": "", "duration_years": None, "counted": "", "source": "plan",
         "locator": ["p. 1", "p. 2", "p. 3"]},
    )  # fmt: skip
    catalogue = {"arbres": ENTRY}
    rows = [
        value(1, (None, date(2035, 12, 31)), -1),
        value(2, BEFORE, 1),
        value(6000, (BEFORE[0], YEAR[1]), qualifier="environ"),
    ]
    ledger = Ledger(2030, "ici", catalogue, {}, rows)
    first, last = to_records(compute_all_progress(goals, catalogue, ledger, {}))
    assert first == {
        "indicator": "arbres", "title": "Arbres", "unit": "arbre", "chapter": "air",
        "action": "plantations", "target_value": 9000, "target_qualifier": "au moins",
        "target_date": date(2031, 12, 31), "value": 6000, "qualifier": "environ",
        "value_date": date(2030, 12, 31), "source": "plan", "locator": "p. 1", "distance": 3000,
        "attained_pct": pytest.approx(100 * 6 / 9), "observed_pace_per_year": 3000,
        "required_pace_per_year": 3000, "verdict": "en bonne voie",
        "reason": "d’après des valeurs approchées", "aim": "plancher", "baseline": None,
        "baseline_date": None, "entry": "", "kind": "objectif", "duration_years": None,
        "counted": "", "years_left": pytest.approx(1), "expected_value": pytest.approx(9000),
    }  # fmt: skip
    assert (last["locator"], last["distance"], last["verdict"]) == ("p. 3", -1000, "atteint")


def test_a_target_without_value_says_why():
    goal = pd.DataFrame(
        {"indicator": ["arbres"], "value": [9.0], "qualifier": "exact",
         "date": pd.to_datetime([None]), "entry": "", "kind": "", "duration_years": None,
         "counted": "", "source": "", "locator": ""},
    )  # fmt: skip
    ledger = Ledger(2030, "ici", {"arbres": ENTRY}, {}, [value(None, YEAR, missing="pas répondu")])
    (row,) = to_records(compute_all_progress(goal, {"arbres": ENTRY}, ledger, {}))
    assert (row["verdict"], row["reason"]) == ("sans valeur", "pas répondu")


# --- inhabitants ----------------------------------------------------------------------------------


def test_inhabitants_of_the_members_and_their_growth():
    """From 2025 to 2030: 90 → 100 and 40 → 20 in 5 years; nobody was counted at Charme."""
    rows = to_records(compute_inhabitants(COMMUNES, POPULATION, 2030))
    assert [(row["name"], row["municipal"], row["former"], row["missing"]) for row in rows] == [
        ("Charme", 300, None, "population 2025 non connue"),
        ("Aune", 100, 90, ""),
        ("Bouleau", 20, 40, ""),
    ]
    assert {(row["vintage"], row["since"], row["in_force"]) for row in rows} == {
        (2030, 2025, date(2033, 1, 1))
    }
    assert [row["insee"] for row in rows] == ["3", "1", "2"]
    assert [row["total"] for row in rows] == [None, 102, 21]
    assert [row["growth_pct_per_year"] for row in rows] == [
        None, pytest.approx(2.1295, abs=1e-4), pytest.approx(-12.9449, abs=1e-4)
    ]  # fmt: skip


def test_growth_is_counted_over_five_years_at_least():
    rows = to_records(compute_inhabitants(COMMUNES, POPULATION, 2029))
    assert [(row["name"], row["municipal"], row["since"]) for row in rows] == [
        ("Aune", 90, 2025), ("Bouleau", 40, 2025)
    ]  # fmt: skip
    assert {(row["growth_pct_per_year"], row["missing"]) for row in rows} == {
        (None, "aucune population connue 5 ans avant 2025")
    }
    rows = to_records(compute_inhabitants(COMMUNES, POPULATION, 2031))
    assert [(row["name"], row["municipal"], row["missing"]) for row in rows] == [
        ("Aune", 110, ""),
        ("Bouleau", None, "population 2031 non connue"),  # last, then by name
        ("Charme", None, "population 2031 non connue"),
    ]
    assert rows[0]["since"] == 2025


def test_inhabitants_of_equal_number_stand_by_name():
    same = POPULATION.assign(municipal=50.0)
    rows = to_records(compute_inhabitants(COMMUNES, same, 2030))
    assert [row["name"] for row in rows] == ["Aune", "Bouleau", "Charme"]
    nobody = same.assign(municipal=[0.0, 0, 0, 1, 1, 2, 0])
    rows = to_records(compute_inhabitants(COMMUNES, nobody, 2030))
    assert [row["municipal"] for row in rows] == [2, 1, 0]


@pytest.mark.parametrize(
    ("former", "latest", "years", "growth"),
    [
        (100, 121, 2, 10),  # 100, 110, 121
        (100, 50, 1, -50),
        (100, 0, 1, -100),
        (100, 200, 0, None),
        (0, 200, 5, None),
        (None, 200, 5, None),
        (100, None, 5, None),
    ],
)
def test_mean_growth_by_year(former, latest, years, growth):
    found = compute_yearly_growth(former, latest, years)
    assert found == (growth if growth is None else pytest.approx(growth))


# --- names of communes ---------------------------------------------------------------------------


RENAMED = pd.DataFrame(
    {
        "insee": ["1", "2", "2", "3"],
        "name": ["Aune", "Bouleau", "Bouleau-la-Forêt", "Charme"],
        "member_from": days("2025-01-01", "2028-01-01", "2029-07-01", "2032-01-01"),
        "member_to": days(None, "2029-06-30", None, None),
    }
)


@pytest.mark.parametrize(
    ("year", "name"),
    [
        (2027, "Bouleau"),  # yet to join
        (2028, "Bouleau"),
        (2029, "Bouleau-la-Forêt"),  # in the course of the year
        (2030, "Bouleau-la-Forêt"),
    ],
)
def test_a_commune_bears_the_name_of_the_year(year, name):
    assert name_communes(RENAMED, year) == {"1": "Aune", "2": name, "3": "Charme"}
    members = compute_inhabitants(RENAMED, POPULATION, year)
    assert set(members["name"]) == ({"Aune", name} if year >= 2028 else {"Aune"})
    assert list_members(RENAMED, date(year, 1, 1)) == ["1", "2"][: 1 + (year >= 2028)]
