"""Computations on the made-up dossier, each number worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analysis.base.paths import Dossier
from analysis.compute.dossier import InvalidDossier, read_dossier
from analysis.compute.indicators import (
    compute_edition,
    compute_population,
    load_edition,
)
from analysis.compute.indicators.derived import find_years
from analysis.model.store import list_members, to_records

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
        ["1", "finalité", "air"],
        ["2", "finalité", "eau"],
        ["3", "démarche", "suivi"],
    ]


def test_chapters_ratings_and_targets_whole(edition):
    chapters = edition.chapters.to_dict("records")
    assert chapters[0] == {
        "id": "air", "order": 1, "number": "1", "kind": "finalité",
        "title": "Protection de l’air", "short_title": "Air", "elements": "",
    }  # fmt: skip
    assert chapters[2]["elements"] == "évaluation | amélioration continue"
    assert [row["order"] for row in chapters] == [1, 2, 3]
    first = edition.ratings.iloc[0][["subject", "criterion", "moment", "rating", "reason"]]
    assert list(first) == [
        *("plantations", "air", "", "favorable", "Les arbres captent le carbone."),
    ]
    targets = edition.targets[["indicator", "file", "line"]].to_numpy().tolist()
    assert targets == [
        ["arbres-plantes", "2030/targets.csv", 2],
        ["communes-diagnostiquees", "2030/targets.csv", 3],
    ]


def test_values_stand_in_the_order_of_the_catalogue(edition):
    order = list(edition.indicators["id"])
    keys = [
        (order.index(row.indicator), row.territory != "val-exemple", row.rank < 0, row.rank)
        for row in edition.values.itertuples()
    ]
    assert keys == sorted(keys)
    assert set(edition.values["indicator"]) == set(order)


def test_an_indicator_without_any_value_yet_has_a_row_that_says_so(dossier_copy):
    """Measured by a later folder: until then, missing."""
    path = dossier_copy.reference / "indicators.csv"
    row = "haies,Haies,arbre,réalisation,stock,hausse,air,plantations,Inventé.,Service,1,,,"
    path.write_text(path.read_text("utf-8") + row + "\n", "utf-8")
    later = dossier_copy.raw / "2031"
    later.mkdir()
    header = (dossier_copy.raw_year(2030) / "observations.csv").read_text("utf-8").splitlines()[0]
    row = "haies,val-exemple,,2031-12-31,5,arbre,exact,définitif,rapport-invente,l. 1,"
    (later / "observations.csv").write_text(f"{header}\n{row}\n", "utf-8")
    edition = load_edition(dossier_copy, 2030)
    (row,) = to_records(edition.rows("values", indicator="haies"))
    assert (row["value"], row["rank"], row["missing"]) == (
        None, 0, "aucune valeur jusqu’à l’édition 2030",
    )  # fmt: skip


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
    assert list_members(COMMUNES, date(year, 1, 1)) == members


def test_population_adds_the_members_of_the_vintage():
    assert compute_population(COMMUNES, POPULATION, date(2019, 1, 1), "municipal") == (123, "")
    assert compute_population(COMMUNES, POPULATION, date(2018, 1, 1), "municipal") == (92, "")


def test_a_partial_sum_is_no_population():
    value, reason = compute_population(COMMUNES, POPULATION, date(2019, 1, 1), "total")
    assert value is None
    assert reason == "population 2019 non connue pour 1 des 3 communes membres"


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
    with pytest.raises(InvalidDossier, match="étapes différentes") as error:
        compute_edition(read_dossier(dossier_copy, 2030), 2030)
    (fault,) = [fault for fault in error.value.faults if "étapes" in fault.problem]
    assert (fault.file, fault.column) == ("reference/indicators.csv", "formula")
    line = path.read_text("utf-8").splitlines()[fault.row - 1]
    assert line.startswith("depenses-non-detaillees,")
    assert fault.value in line
    assert fault.expected.startswith("On ne réunit que des montants de même étape")
    with pytest.raises(InvalidDossier, match="étapes différentes"):
        load_edition(dossier_copy, 2030)


def test_amounts_known_for_different_years_so_far_give_no_sum_and_stop_nothing(dossier_copy):
    """A new edition's figures come one after the other: the others must not wait."""
    path = dossier_copy.reference / "indicators.csv"
    text = path.read_text("utf-8")
    old, new = "{depenses-totales} - {depenses-air}", "{depenses-totales} - {aide-renovation}"
    path.write_text(text.replace(f"{old} - {{depenses-eau}}", new), "utf-8")
    values = compute_edition(read_dossier(dossier_copy, 2030), 2030).values
    (row,) = values[(values["formula"] == new) & (values["rank"] == 0)].itertuples()
    assert row.missing == "années différentes : 2029 et 2030"
    assert values["value"].isna().sum() < len(values) / 4


def test_another_year_than_the_data_is_refused(made_up_dossier):
    with pytest.raises(ValueError, match="2030"):
        compute_edition(read_dossier(Dossier(made_up_dossier), 2030), 2029)


def test_latest_values_of_different_years_are_not_mixed(dossier_copy):
    """A service that did not answer leaves an older value: the share stays that of its year, and no
    share is made of two years."""
    path = dossier_copy.raw_year(2030) / "observations.csv"
    lines = path.read_text("utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("femmes,")]
    assert len(kept) == len(lines) - 1
    path.write_text("\n".join(kept) + "\n", "utf-8")
    edition = compute_edition(read_dossier(dossier_copy, 2030), 2030)
    assert edition.value("femmes").period_end == date(2029, 12, 31)
    share = edition.value("part-femmes")
    assert (share.value, share.period_end) == (50, date(2029, 12, 31)), "half of the agents of 2029"


@pytest.mark.parametrize(
    ("unit", "measure", "years"),
    [
        ("pourcent", "taux", [2029, 2030]),  # a share is that of its year
        ("eur-par-habitant", "taux", [2029, 2030]),
        ("an", "taux", [2030]),  # a duration, a threshold hold on
        ("agent", "stock", [2029, 2030]),
    ],
)
def test_a_share_of_another_year_does_not_go_with_a_value(edition, unit, measure, years):
    value = edition.value("agents")
    other = replace(value, unit=unit, measure=measure, period_end=date(2029, 12, 31))
    assert find_years({"agents": value, "autre": other}) == years
