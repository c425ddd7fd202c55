"""What changed from one made-up edition to the next; every result is known beforehand."""

import dataclasses
import re
import shutil
from datetime import date

import pandas as pd
import pytest
from conftest import add_later_edition
from notebook_texts import read_notebook

from analysis.base.paths import PROJECT, Dossier
from analysis.compute.changes import (
    change_lines,
    change_words,
    compare_editions,
    describe_changes,
    read_changes,
    write_changes,
)
from analysis.compute.changes.change_frames import CAUSES
from analysis.compute.changes.changed_values import find_revised
from analysis.compute.indicators import load_edition
from analysis.model.followups import find_twins
from analysis.model.partial_dates import set_precision
from analysis.model.schema.processed_tables import CHANGES
from analysis.model.store import RECONSTITUTED, read_edition, to_records, write_edition
from analysis.publish.opendata import write_package
from analysis.show.pages.changes_page import compose_moves
from analysis.words.hidden_markup import find_marks, strip_marks, write_spans
from analysis.words.lineage import read_trail

EARLIER, LATER = 2030, 2031


@pytest.fixture(scope="module")
def earlier(later_dossier):
    return load_edition(later_dossier, EARLIER)


@pytest.fixture(scope="module")
def changes(earlier, later_edition, later_dossier):
    return compare_editions(earlier, later_edition, later_dossier)


@pytest.fixture(scope="module")
def values(changes):
    own = changes.values[changes.values["territory"] == "val-exemple"]
    return {row["indicator"]: row for row in to_records(own)}


@pytest.fixture(scope="module")
def states(changes):
    return {(row["table"], row["id"]): row for row in to_records(changes.programme)}


def test_columns_are_those_declared(changes):
    for name, table in CHANGES.items():
        frame = getattr(changes, name)
        assert {column: str(dtype) for column, dtype in frame.dtypes.items()} == table.types


# Values -------------------------------------------------------------------------------------------


def test_values_stand_side_by_side_with_their_growth(values):
    row = values["logements-renoves"]
    assert (row["state"], row["then"], row["now"]) == ("suivi", 100, 120)
    assert row["growth_pct"] == pytest.approx(20)
    assert row["difference"] == 20
    assert (row["then_reference"], row["reference"]) == (
        "logements-renoves:precedent",
        "logements-renoves",
    )


def test_ten_months_have_no_growth_against_twelve(values):
    row = values["visiteurs-accueil"]
    assert (row["then"], row["then_status"], row["now"]) == (4752, "provisoire", 7000)
    assert not row["comparable"]
    assert row["growth_pct"] is None
    assert row["difference"] is None
    assert row["reason"] == "périodes non comparables : 10 mois contre 12 mois"


def test_a_rate_differs_in_points_from_the_value_as_revised(values):
    row = values["part-femmes"]
    assert row["then"] == pytest.approx(52.5), "as the earlier edition gave it"
    assert row["then_kept"] == pytest.approx(100 * 84 / 161)
    assert row["growth_pct"] is None
    assert row["difference"] == pytest.approx(100 * 88 / 165 - 100 * 84 / 161)


def test_growth_starts_from_the_revised_value(values):
    row = values["agents"]
    assert (row["then"], row["then_kept"], row["now"]) == (160, 161, 165)
    assert row["growth_pct"] == pytest.approx(100 * 4 / 161)


def test_what_came_and_what_went(values):
    new = {name for name, row in values.items() if row["state"] == "nouveau"}
    assert new == {"bornes-installees", "surface-zones-humides-ha"}
    gone = {name for name, row in values.items() if row["state"] == "sans valeur plus récente"}
    assert {"agents-handicapes", "surface-zones-humides", "communes-diagnostiquees"} <= gone
    assert values["agents-handicapes"]["then"] == 7, "the service did not answer: the last is kept"


def test_revised_values_are_found_whether_declared_or_not(changes):
    rows = {(row["indicator"], row["period_end"].year): row for row in to_records(changes.revised)}
    typed = {key for key, row in rows.items() if row["origin"] == "observé"}
    assert typed == {("logements-renoves", 2029), ("agents", 2030)}
    housing, agents = rows["logements-renoves", 2029], rows["agents", 2030]
    assert (housing["former_value"], housing["value"], housing["declared"]) == (80, 82, True)
    assert housing["former_file"] == "2029/observations.csv"
    assert (agents["former_value"], agents["value"], agents["declared"]) == (160, 161, False)
    assert set(rows) - typed == {("part-femmes", 2030)}, "the share of women follows the agents"


@pytest.mark.parametrize(
    ("indicator", "expected"),
    [
        ("agents", {
            "state": "suivi", "unit": "agent", "measure": "stock", "chapter": "suivi",
            "action": "formation", "origin": "observé", "title": "Agents",
            "then": 160, "then_qualifier": "exact", "then_status": "définitif",
            "then_start": None, "then_end": date(2030, 12, 31), "then_kept": 161,
            "now": 165, "now_qualifier": "exact", "now_status": "définitif", "now_start": None,
            "now_end": date(2031, 12, 31), "comparable": True, "reason": "", "reservation": "",
            "growth_pct": pytest.approx(100 * 4 / 161), "difference": 4, "reference": "agents",
            "then_reference": "agents:precedent",
        }),
        ("agents-handicapes", {
            "state": "sans valeur plus récente", "then": 7, "then_kept": 7, "now": 7,
            "then_end": date(2030, 12, 31), "now_end": date(2030, 12, 31), "comparable": False,
            "reason": "", "growth_pct": None, "difference": None,
            "reference": "agents-handicapes", "then_reference": "agents-handicapes",
        }),
        ("bornes-installees", {
            "state": "nouveau", "then": None, "then_qualifier": "", "then_status": "",
            "then_start": None, "then_end": None, "then_kept": None, "now": 4,
            "now_end": date(2031, 12, 31), "comparable": False, "reason": "", "growth_pct": None,
            "difference": None, "reference": "bornes-installees", "then_reference": "",
        }),
    ],
)  # fmt: skip
def test_a_row_of_values_whole(values, indicator, expected):
    row = values[indicator]
    assert {name: row[name] for name in expected} == expected


def test_the_own_territory_stands_first_and_the_catalogue_gives_the_order(changes, later_edition):
    order = list(later_edition.indicators["id"])
    places = [order.index(id) for id in changes.values["indicator"]]
    assert places == sorted(places)
    diagnosed = changes.values[changes.values["indicator"] == "communes-diagnostiquees"]
    assert list(diagnosed["territory"]) == ["val-exemple", "99001"]


def test_an_indicator_that_has_no_value_any_more_says_why(earlier, later_edition, later_dossier):
    gone = later_edition.values["indicator"] == "agents-handicapes"
    values = later_edition.values.assign(
        value=later_edition.values["value"].mask(gone),
        missing=later_edition.values["missing"].mask(gone, "pas répondu"),
    )
    later = dataclasses.replace(later_edition, values=values)
    rows = compare_editions(earlier, later, later_dossier).values
    (row,) = to_records(rows[rows["indicator"] == "agents-handicapes"])
    assert (row["state"], row["now"], row["then"]) == ("sans valeur plus récente", None, 7)
    assert (row["reason"], row["reference"]) == ("pas répondu", "")


def test_a_row_of_revised_values_whole(changes):
    (row,) = [row for row in to_records(changes.revised) if row["indicator"] == "logements-renoves"]
    assert row == {
        "indicator": "logements-renoves", "territory": "val-exemple",
        "title": "Logements rénovés", "unit": "logement", "chapter": "air", "origin": "observé",
        "period_start": date(2029, 1, 1), "period_end": date(2029, 12, 31), "former_value": 80,
        "former_qualifier": "exact", "former_status": "définitif",
        "former_source": "rapport-invente", "former_locator": "l. 13",
        "former_file": "2029/observations.csv", "former_line": 2, "value": 82,
        "qualifier": "exact", "status": "définitif", "source": "rapport-suite",
        "locator": "l. 13", "file": "2031/observations.csv", "line": 3, "declared": True,
        "cause": "révision", "reference": "logements-renoves:N-2",
    }  # fmt: skip


def test_a_new_population_revises_nothing(made_up_dossier, tmp_path):
    """The edition 2031 knows the vintage 2031, and one more commune: what was spent in 2029 is
    still divided by those who counted then."""
    root = tmp_path / "invente"
    shutil.copytree(made_up_dossier, root)
    dossier = add_later_edition(root)
    with (root / "raw/reference/communes.csv").open("a", encoding="utf-8") as file:
        file.write("99004,Droséra,2031-01-01,,7\n")
    with (root / "raw/reference/population.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"9900{rank},2031,{rank}000,{rank}010\n" for rank in range(1, 5))
    earlier, later = (load_edition(dossier, year) for year in (2030, 2031))
    names = {"logements-renoves", "agents"}  # typed otherwise in 2031, whatever the population
    assert set(find_revised(earlier, later, {})["indicator"]) == names | {"part-femmes"}
    head = "depenses-par-habitant"
    then = earlier.value(head)
    rows = later.ledger.rows(head)
    kept = next(row for row in rows if row["period_end"] == then.period_end)
    assert (then.value, kept["value"]) == (2000, 2000), "3 M€ by 1 500"
    now = [edition.value("population-municipale").value for edition in (earlier, later)]
    assert now == [1760, 10_000]


@pytest.mark.parametrize(
    ("factor", "qualifier", "revised"),
    [(1, "exact", False), (1 + 1e-10, "exact", False), (1 + 1e-8, "exact", True),
     (1, "environ", True)],
)  # fmt: skip
def test_another_number_or_another_qualifier_is_a_revision(
    earlier, later_edition, later_dossier, factor, qualifier, revised
):
    same = (later_edition.values["indicator"] == "femmes") & (later_edition.values["rank"] == 1)
    number = later_edition.values["value"]
    values = later_edition.values.assign(
        value=number.mask(same, number * factor),
        qualifier=later_edition.values["qualifier"].mask(same, qualifier),
    )
    later = dataclasses.replace(later_edition, values=values)
    found = compare_editions(earlier, later, later_dossier).revised
    assert ("femmes" in set(found["indicator"])) is revised


# Which way it moved -------------------------------------------------------------------------------


@pytest.fixture
def follow(earlier, later_edition, later_dossier):
    """The row of « logements-renoves », 100 in 2030 and 120 in 2031, with other cells ``then`` and
    ``now``, another catalogue entry; its words."""

    def follow(then=None, now=None, **entry):
        def change(edition, **ranks):
            values = edition.values.copy()
            for rank, cells in ranks.items():
                mine = (values["indicator"] == "logements-renoves") & (
                    values["rank"] == int(rank[-1])
                )
                for column, cell in (entry | (cells or {})).items():
                    if column in values:
                        cell = pd.Timestamp(cell) if column.startswith("period") else cell
                        values.loc[mine, column] = cell
            catalogue = edition.indicators.copy()
            catalogue.loc[catalogue["id"] == "logements-renoves", list(entry)] = list(
                entry.values()
            )
            return dataclasses.replace(edition, values=values, indicators=catalogue)

        later = change(later_edition, rank0=now, rank1=then)
        changes = compare_editions(change(earlier, rank0=then), later, later_dossier)
        mine = changes.values["indicator"] == "logements-renoves"
        (row,) = to_records(changes.values[mine])
        words = strip_marks(change_words.describe_change(later, row))
        movement = strip_marks(change_words.describe_movement(later, row))
        return row, *(
            text.replace("\u00a0", " ").replace("\u202f", " ") for text in (words, movement)
        )

    return follow


SINCE = {"period_start": "2026-01-01"}


@pytest.mark.parametrize(
    ("then", "now", "entry", "trend", "words"),
    [
        (100, 120, {}, "progrès", "+ 20,0 %"),
        (100, 80, {}, "recul", "− 20,0 %"),
        (100, 80, {"direction": "baisse"}, "progrès", "− 20,0 %"),
        (100, 120, {"direction": "baisse"}, "recul", "+ 20,0 %"),
        (100, 120, {"direction": "neutre"}, "hausse", "+ 20,0 %"),
        (100, 80, {"direction": "neutre"}, "baisse", "− 20,0 %"),
        (100, 100, {}, "stable", "stable"),
        (100, 100.4, {}, "stable", "stable"),  # both are printed 100
        # Too little for one decimal, but not the same number.
        (10_000, 10_001, {}, "hausse", "+ 1 logement rénové"),
        # A few, more than twice as many, none left: the numbers themselves.
        (1, 15, {}, "progrès", "+ 14 logements rénovés"),
        # What is counted moves by its square root from one year to the next: no progress yet.
        (15, 16, {}, "hausse", "+ 1 logement rénové"),
        (20, 21, {}, "hausse", "+ 5,0 %"),
        (25, 30, {}, "hausse", "+ 20,0 %"),
        (25, 31, {}, "progrès", "+ 24,0 %"),
        (883, 844, {}, "recul", "− 4,4 %"),
        (883, 854, {}, "baisse", "− 3,3 %"),
        # What there is of a thing does not.
        (15, 16, {"measure": "stock"}, "progrès", "+ 1 logement rénové"),
        (100, 200, {}, "progrès", "+ 100,0 %"),
        (100, 201, {}, "progrès", "+ 101 logements rénovés"),
        (100, 0, {}, "recul", "− 100 logements rénovés"),
        (0, 3, {}, "progrès", "+ 3 logements rénovés"),
        # A rate is no count, an amount neither; a share moves in points (1,9 is printed 2).
        (10, 12, {"measure": "taux"}, "progrès", "+ 20,0 %"),
        (10, 12, {"unit": "eur"}, "progrès", "+ 20,0 %"),
        (10, 11.9, {"unit": "pourcent"}, "progrès", "+ 2 points"),
        # By one step of rounding, it may not have moved.
        (10, 9, {"unit": "pourcent"}, "baisse", "− 1 point"),
        (10, 8, {"unit": "pourcent"}, "recul", "− 2 points"),
    ],
)  # fmt: skip
def test_which_way_a_value_moved_and_by_how_much(follow, then, now, entry, trend, words):
    row, said, _ = follow({"value": then}, {"value": now}, **entry)
    assert (row["trend"], said) == (trend, words)


@pytest.mark.parametrize(
    ("then", "now", "trend", "words"),
    [
        (("plus de", 80), ("exact", 85), "", ""),
        (("plus de", 80), ("exact", 75), "baisse", "en baisse"),
        (("plus de", 80), ("exact", 70), "recul", "en baisse"),
        (("exact", 80), ("plus de", 85), "hausse", "en hausse"),
        (("exact", 80), ("plus de", 90), "progrès", "en hausse"),
        (("exact", 80), ("plus de", 75), "", ""),
        (("plus de", 80), ("plus de", 80), "", ""),
        (("exact", 80), ("au plus", 70), "recul", "en baisse"),
        (("environ", 80), ("exact", 100), "progrès", "environ + 25,0 %"),
        (("environ", 80), ("exact", 80), "stable", "stable"),
    ],
)
def test_a_bound_is_no_number(follow, then, now, trend, words):
    sides = ({"qualifier": qualifier, "value": value} for qualifier, value in (then, now))
    row, said, _ = follow(*sides)
    assert (row["trend"], said) == (trend, words)


def test_a_cumulated_count_compares_with_its_earlier_count(follow):
    row, said, movement = follow(SINCE | {"value": 60}, SINCE | {"value": 68})
    assert (row["cumulative"], row["growth_pct"], row["difference"]) == (True, None, 8)
    assert (row["trend"], said) == ("progrès", "+ 8 logements rénovés")
    assert movement == (
        "Logements rénovés : + 8 logements rénovés, 68 logements rénovés (2026–2031) contre"
        " 60 logements rénovés (2026–2030)"
    )
    row, *_ = follow(SINCE | {"value": 60}, SINCE | {"value": 68}, direction="baisse")
    assert row["trend"] == "hausse", "it can but grow: no decline"
    row, said, _ = follow(SINCE | {"value": 68}, SINCE | {"value": 60})
    assert not row["comparable"]
    assert "la plus récente est pourtant la plus petite" in row["reason"]


@pytest.mark.parametrize(
    ("then", "now", "words"),
    [
        ({"value": 1}, {"value": 15}, "de 1 logement rénové (2030) à 15 logements rénovés (2031)"),
        (
            {"value": 12, "qualifier": "environ"}, {"value": 15},
            "d’environ 12 logements rénovés (2030) à 15 logements rénovés (2031)",
        ),
        (
            {}, {"value": 90},
            "− 10,0 %, 90 logements rénovés (2031) contre 100 logements rénovés (2030)",
        ),
    ],
)  # fmt: skip
def test_a_movement_in_words(follow, then, now, words):
    assert follow(then, now)[2] == f"Logements rénovés : {words}"


def test_a_constant_is_not_listed_unless_it_changed(later_edition, changes):
    listed = change_words.list_followed(later_edition, changes, "suivi")
    assert [row["indicator"] for row in listed] == ["agents", "femmes", "part-femmes"]
    never = dataclasses.replace(
        later_edition, indicators=later_edition.indicators.assign(asked="jamais")
    )
    assert change_words.list_followed(never, changes, "suivi") == listed, "they changed"
    same = dataclasses.replace(changes, values=changes.values.assign(then=changes.values["now"]))
    assert change_words.list_followed(later_edition, same, "suivi")
    assert change_words.list_followed(never, same, "suivi") == []
    assert change_words.list_new(later_edition, changes, "air")
    assert change_words.list_new(never, changes, "air") == []
    assert change_words.count_unrenewed(never, changes) == 0


def test_a_calculated_value_does_not_say_its_terms_again(later_edition, changes):
    """Women 84 → 88 among agents 161 → 165: their share moved because they did."""
    rows = dataclasses.replace(changes, values=changes.values.assign(trend="progrès"))
    listed = {row["indicator"] for row in change_words.list_trend(later_edition, rows, "progrès")}
    assert {"agents", "femmes"} <= listed
    assert "part-femmes" not in listed


# Revisions: one truth -----------------------------------------------------------------------------


def test_the_page_and_the_terminal_tell_the_same_revisions(later_edition, changes, text):
    told = [
        strip_marks(change_words.describe_revision(later_edition, row))
        for cause in CAUSES
        for row in change_words.list_revised(changes, cause)
    ]
    assert len(told) == len(changes.revised) == 3
    page = flatten(text)
    terminal = flatten(describe_changes(changes, later_edition))
    for words in map(flatten, told):
        assert words in terminal
        title, _, rest = words.partition(" (")
        former, present = re.search(r": (.*), devenu (.*)", rest).groups()
        row = f"| {title} | {rest.partition(')')[0]} | {former} | {present} |"
        assert words in page or row in page


def test_the_page_and_the_terminal_tell_the_same_of_all_else(later_edition, changes, text):
    page, terminal = flatten(text), flatten(describe_changes(changes, later_edition))
    moved = [
        row
        for trend in ("progrès", "recul")
        for row in change_words.list_trend(later_edition, changes, trend)
    ]
    assert moved
    for row in moved:  # a line of the table in the page, a sentence in the terminal
        assert flatten(change_words.describe_movement(later_edition, row)) in terminal
        for cell in change_words.describe_row(later_edition, changes, row):
            assert flatten(cell) in page
    told = [
        *(change_words.describe_deadline(later_edition, r) for r in to_records(changes.deadlines)),
        *(change_words.describe_entry(later_edition, r) for r in to_records(changes.programme)),
    ]
    assert len(told) > 15
    for words in map(flatten, told):
        assert words in terminal
        assert re.sub(r" \(\[-@sec-[a-z-]+\]\)", "", page).count(words), words


def flatten(text):
    return " ".join(strip_marks(text).split())


def test_why_a_past_value_is_another_one(changes):
    causes = {(row["indicator"], row["cause"]) for row in to_records(changes.revised)}
    assert causes == {
        ("logements-renoves", "révision"),
        ("agents", "révision"),
        ("part-femmes", "conséquence d’une révision"),
    }


def test_a_calculated_value_that_prints_the_same_is_not_another_one(
    earlier, later_edition, later_dossier
):
    mine = later_edition.values["indicator"] == "part-femmes"
    kept = mine & (later_edition.values["rank"] == 1)
    number = later_edition.values["value"].mask(kept, 52.54)  # 52,5 % as before
    later = dataclasses.replace(later_edition, values=later_edition.values.assign(value=number))
    revised = compare_editions(earlier, later, later_dossier).revised
    assert "part-femmes" not in set(revised["indicator"])


def test_another_formula_is_a_cause(earlier, later_edition, later_dossier, tmp_path):
    dossier = Dossier(tmp_path)
    write_package(earlier, later_dossier, EARLIER, dossier.report(EARLIER))
    catalogue = later_edition.indicators.copy()
    mine = catalogue["id"] == "part-femmes"
    catalogue.loc[mine, "formula"] = "100 * {femmes} / ({agents} + 0)"
    later = dataclasses.replace(later_edition, indicators=catalogue)
    rows = compare_editions(earlier, later, dossier).revised
    assert dict(zip(rows["indicator"], rows["cause"], strict=True))["part-femmes"] == (
        "formule changée"
    )


# Targets and dates --------------------------------------------------------------------------------


def test_targets_with_what_was_concluded_and_what_is(changes):
    rows = {row["indicator"]: row for row in to_records(changes.targets)}
    trees = rows["arbres-plantes"]
    assert (trees["former_verdict"], trees["verdict"]) == ("en bonne voie", "en bonne voie")
    assert (trees["former_target"], trees["target_value"]) == (10_000, 10_000)
    assert not trees["renewed"], "nobody counted since"
    assert rows["communes-diagnostiquees"]["verdict"] == "", "no target of this edition"


def test_a_target_whose_date_was_moved_is_the_same_target(earlier, later_edition, later_dossier):
    moved = later_edition.progress.assign(target_date=pd.Timestamp("2036-12-31"))
    later = dataclasses.replace(later_edition, progress=moved)
    rows = to_records(compare_editions(earlier, later, later_dossier).targets)
    (row,) = [row for row in rows if row["indicator"] == "arbres-plantes"]
    assert (row["target_date"].year, row["former_date"].year) == (2036, 2034)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({}, "en bonne voie (il manque environ 4 000 arbres), comme dans l’édition 2030"),
        ({"former_verdict": "rythme insuffisant"},
         "en bonne voie (il manque environ 4 000 arbres) ; rythme insuffisant dans l’édition 2030"),
        ({"former_verdict": ""},
         "en bonne voie (il manque environ 4 000 arbres) ; objectif nouveau"),
        ({"verdict": ""}, "en bonne voie ; cette édition ne reprend pas cet objectif"),
        ({"renewed": False},
         "en bonne voie (il manque environ 4 000 arbres) ; pas de valeur plus récente que celle de "
         "l’édition 2030"),
        ({"value": None, "verdict": "sans valeur", "renewed": False},
         "sans valeur ; en bonne voie dans l’édition 2030"),
        ({"observed_pace_per_year": 1_500, "required_pace_per_year": 1_000},
         "en bonne voie (le rythme moyen depuis 2026, 1 500 arbres par an, y suffit : il faut "
         "1 000 arbres par an), comme dans l’édition 2030"),
        ({"former_target": 8_000},
         "en bonne voie (il manque environ 4 000 arbres), comme dans l’édition 2030 ; dans "
         "l’édition 2030, objectif : 8 000 arbres fin 2034"),
    ],
)  # fmt: skip
def test_what_is_concluded_of_a_target(later_edition, changes, cells, words):
    (row,) = to_records(changes.targets[changes.targets["indicator"] == "arbres-plantes"])
    plain = {"renewed": True, "observed_pace_per_year": None, "required_pace_per_year": None}
    said = change_words.describe_target(later_edition, changes, {**row, **plain, **cells})
    assert flatten(said[3]) == words
    assert flatten(said[1]) == "objectif : 10 000 arbres fin 2034"


def test_dates_that_have_passed(changes):
    rows = [(row["id"], row["outcome"]) for row in to_records(changes.deadlines)]
    assert rows == [
        ("prevu-bornes", "fait"),
        ("prevu-reseau", "échéance passée, sans nouvelle"),
        ("prevu-charte", "fait"),  # it became an action
        ("prevu-pcaet", "reporté"),
    ]


MILESTONE = {
    "id": "jalon", "chapter": "air", "action": "", "title": "Ouvrir", "status": "prévu",
    "date_start": "2031-04-01", "date_end": "2031-06-30", "source": "rapport-invente",
    "locator": "l. 70",
}  # fmt: skip


@pytest.mark.parametrize(
    ("then", "now", "followup", "expected"),
    [
        ({}, {}, None, ("échéance passée, sans nouvelle", None)),
        ({}, None, None, ("échéance passée, sans nouvelle", None)),
        ({}, {"status": "fait"}, None, ("fait", None)),
        ({}, {"status": "fait", "date_end": "2031-09-30"}, None,
         ("fait plus tard que prévu", None)),
        ({}, {"date_end": "2032-06-30"}, None, ("reporté", date(2032, 6, 30))),
        ({}, {"status": "en cours"}, None, ("en cours", None)),
        ({}, {}, {"state": "faite"}, ("fait", None)),
        ({}, {}, {"state": "abandonnée"}, ("abandonné", None)),
        ({}, {}, {"state": "reportée", "new_due": "2033-01-31"}, ("reporté", date(2033, 1, 31))),
        ({"status": "fait"}, {}, None, None),
        ({"date_end": "2032-01-01"}, {}, None, None),  # ahead
        ({"date_end": None}, {}, None, ("échéance passée, sans nouvelle", None)),
        ({"date_end": None, "date_start": None}, {}, None, None),
        ({"date_end": None, "status": "en cours"}, {}, None, None),  # it has begun
        # The date of a short-term action, from the same line: told with it.
        ({"date_start": None, "date_end": "2031-03-31", "locator": "l. 42"}, {}, None, None),
    ],
)  # fmt: skip
def test_what_became_of_a_milestone(
    earlier, later_edition, later_dossier, then, now, followup, expected
):
    def add(edition, cells):
        row = {**MILESTONE, **(cells or {})}
        for name in ("date_start", "date_end"):
            row[name] = pd.Timestamp(row[name])
        frame = pd.DataFrame([row] if cells is not None else [], columns=list(MILESTONE))
        twins = find_twins([{"planned": edition.planned, "milestones": frame}])
        frame["planned"] = frame["id"].map(lambda id: twins.get(id, ""))
        return dataclasses.replace(edition, milestones=frame)

    later = add(later_edition, None if now is None else {**then, **now})
    if followup:
        blank = {
            "id": "jalon",
            "new_due": None,
            "new_due_precision": "",
            "note": "",
            "source": "",
            "locator": "",
        }
        row = pd.DataFrame([blank | followup])
        row["new_due"] = pd.to_datetime(row["new_due"])
        later = dataclasses.replace(
            later, followups=pd.concat([later.followups, row], ignore_index=True)
        )
    changes = compare_editions(add(earlier, then), later, later_dossier)
    rows = to_records(changes.deadlines[changes.deadlines["id"] == "jalon"])
    assert [(row["outcome"], row["new_due"]) for row in rows] == ([expected] if expected else [])


def test_the_new_date_is_as_precise_as_it_was_given(later_edition):
    row = {"title": "Ouvrir", "table": "milestones", "due_start": None, "source": "",
           "due_end": date(2031, 12, 31), "new_start": date(2032, 4, 1),
           "new_due": date(2032, 6, 30)}  # fmt: skip
    words = flatten(change_words.describe_deadline(later_edition, row))
    assert words == "Ouvrir (fin 2031, nouvelle échéance : 2e trimestre 2032)"
    since = row | {
        "due_start": set_precision(date(2031, 1, 1), "année"),
        "due_end": None,
        "new_due": None,
    }
    assert flatten(change_words.describe_deadline(later_edition, since)) == (
        "Ouvrir (à partir de 2031)"
    )


# What nobody confirmed, and what a service wrote --------------------------------------------------


@pytest.mark.parametrize(
    ("table", "id"), [("actions", "plantations"), ("improvements", "piste-eau")]
)
def test_what_is_only_carried_over_is_not_known_to_go_on(
    earlier, later_edition, later_dossier, table, id
):
    """The same words of the same source: nobody said anything since."""
    frame = getattr(later_edition, table).copy()
    frame.loc[frame["id"] == id, "followup"] = "reprise sans confirmation"  # as ``follow_up`` finds
    later = dataclasses.replace(later_edition, **{table: frame})
    changes = compare_editions(earlier, later, later_dossier)
    states = {(row["table"], row["id"]): row["state"] for row in to_records(changes.programme)}
    assert states[table, id] == "reprise sans confirmation"
    assert states["actions", "renovation"] == "se poursuit", "the new report tells of it"
    assert states["actions", "velo"] == "abandonnée"
    words = read_notebook("changes", later, changes)
    assert ("sans que leur service l’ait confirmé" in words) == (table == "actions")


def test_the_reader_sees_whose_answer_it_is_the_analyst_where_it_stands(later_edition):
    form = {"id": "formulaire-2031-environnement", "producer": "Service Environnement",
            "accessed": "2031-11-05", "title": "Formulaire 2031"}  # fmt: skip
    sources = pd.concat([later_edition.sources, pd.DataFrame([form])]).fillna("")
    edition = dataclasses.replace(later_edition, sources=sources)
    row = {"table": "actions", "id": "plantations", "title": "Planter", "due_end": None,
           "state": "se poursuit", "note": "(RAS…)", "source": form["id"], "new_due": None,
           "locator": "environnement.xlsx, Suites!C5"}  # fmt: skip
    said = flatten(change_words.describe_entry(edition, row))
    assert said == "Planter (réponse du service « Service Environnement », 5 novembre 2031)"
    told = change_lines._describe_entry(edition, "Actions", row)
    assert "environnement.xlsx, Suites!C5 ; (RAS…)" in told
    document = row | {"source": "rapport-suite", "locator": "l. 60", "note": "Rendu."}
    assert flatten(change_words.describe_entry(edition, document)) == (
        "Planter (Rendu, Rapport inventé de l’année suivante, l. 60)"
    )


# Actions and plans --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "id", "state"),
    [
        ("actions", "bornes", "nouvelle"),
        ("actions", "plantations", "se poursuit"),
        ("actions", "budget-vert", "achevée"),
        ("actions", "velo", "abandonnée"),
        ("actions", "reseau", "sans suite connue"),
        ("planned", "prevu-bornes", "faite"),
        ("planned", "prevu-pcaet", "reportée"),
        ("planned", "prevu-panneaux", "reportée"),
        ("planned", "prevu-charte", "devenue une action"),
        ("planned", "prevu-reseau", "sans suite connue"),
        ("planned", "piste-suivi", "nouvelle"),
        ("improvements", "piste-arbres", "faite"),
        ("improvements", "piste-haies", "abandonnée"),
        ("improvements", "piste-suivi", "devenue une action à court terme"),
        ("improvements", "piste-eau", "toujours proposée"),
        ("improvements", "piste-lumiere", "sans suite connue"),
        ("improvements", "piste-sols", "nouvelle"),
    ],
)
def test_what_became_of_it(states, table, id, state):
    assert states[table, id]["state"] == state


def test_dates_of_what_was_planned(states):
    late = {id for (table, id), row in states.items() if table == "planned" and row["overdue"]}
    assert late == {"prevu-pcaet", "prevu-reseau", "prevu-bornes", "prevu-charte"}
    assert str(states["planned", "prevu-pcaet"]["new_due"]) == "2032-06-30", "the follow-up says so"
    assert str(states["planned", "prevu-panneaux"]["new_due"]) == "2033-12-31", "the table shows it"


@pytest.mark.parametrize(
    ("table", "id", "expected"),
    [
        ("planned", "prevu-pcaet", {
            "chapter": "air", "title": "Écrire le plan climat", "due_start": date(2031, 1, 1),
            "due_end": date(2031, 12, 31), "overdue": True, "state": "reportée",
            "new_due": date(2032, 6, 30), "note": "L’étude a pris du retard.",
            "source": "rapport-suite", "locator": "l. 62", "described": False,
        }),
        ("planned", "prevu-panneaux", {
            "due_start": None, "due_end": date(2032, 12, 31), "overdue": False,
            "state": "reportée", "new_due": date(2033, 12, 31), "note": "", "source": "",
            "locator": "", "described": True,
        }),
        ("planned", "piste-suivi", {
            "due_end": date(2032, 12, 31), "overdue": False, "new_due": None, "described": True,
        }),
        ("actions", "velo", {
            "chapter": "air", "title": "Aller au travail à vélo", "due_start": None,
            "due_end": None, "overdue": False, "new_due": None, "source": "rapport-suite",
            "locator": "l. 60", "described": False,
        }),
    ],
)  # fmt: skip
def test_a_row_of_the_programme_whole(states, table, id, expected):
    assert {name: states[table, id][name] for name in expected} == expected


def test_the_programme_stands_in_the_order_of_the_report(changes):
    rows = [(row["table"], row["chapter"]) for row in to_records(changes.programme)]
    tables, chapters = ("actions", "planned", "improvements"), ("air", "eau", "suivi")
    assert rows == sorted(rows, key=lambda r: (tables.index(r[0]), chapters.index(r[1])))


@pytest.mark.parametrize(
    ("due", "state", "overdue"),
    [
        ("2033-12-31", "reportée", False),
        ("2032-12-31", "toujours programmée", False),  # as it was
        ("2032-06-30", "toujours programmée", False),
        (None, "toujours programmée", False),
    ],
)
def test_a_later_date_is_a_postponement(earlier, later_edition, later_dossier, due, state, overdue):
    mine = later_edition.planned["id"] == "prevu-panneaux"
    planned = later_edition.planned.assign(
        due_end=later_edition.planned["due_end"].mask(mine, pd.Timestamp(due))
    )
    later = dataclasses.replace(later_edition, planned=planned)
    rows = compare_editions(earlier, later, later_dossier).programme
    (row,) = to_records(rows[rows["id"] == "prevu-panneaux"])
    assert (row["state"], row["overdue"]) == (state, overdue)
    assert row["new_due"] == (date(2033, 12, 31) if state == "reportée" else None)
    assert row["due_end"] == date(2032, 12, 31), "as it was announced"


def test_without_a_follow_up_nothing_is_guessed(earlier, later_edition, later_dossier):
    none = dataclasses.replace(later_edition, followups=later_edition.followups.head(0))
    rows = compare_editions(earlier, none, later_dossier).programme.set_index("id")["state"]
    for id in ("velo", "budget-vert", "prevu-pcaet", "piste-arbres"):
        assert rows[id] == "sans suite connue"


# Definitions --------------------------------------------------------------------------------------


def test_definitions_are_not_known_without_what_was_published(changes):
    assert changes.definitions.empty
    assert "ne sont pas à disposition" in changes.unknown["definitions"]
    assert set(changes.unknown) == {"definitions"}, "all else is known"


def test_changed_definitions_titles_and_units(earlier, later_edition, later_dossier, tmp_path):
    dossier = Dossier(tmp_path)
    write_package(earlier, later_dossier, EARLIER, dossier.report(EARLIER))
    catalogue = later_edition.indicators.copy()
    row = catalogue.index[catalogue["id"] == "agents"][0]
    catalogue.loc[row, ["title", "unit", "definition"]] = ["Personnel", "habitant", "Autre."]
    later = dataclasses.replace(later_edition, indicators=catalogue)
    changes = compare_editions(earlier, later, dossier)
    assert "definitions" not in changes.unknown
    found = {
        row["field"]: (row["former"], row["present"]) for row in to_records(changes.definitions)
    }
    assert found == {
        "intitulé": ("Agents", "Personnel"),
        "unité": ("agent", "habitant"),
        "définition": ("Agents, donnée inventée.", "Autre."),
    }


# A reconstituted edition --------------------------------------------------------------------------


def test_what_a_reconstituted_edition_does_not_hold_is_unknown(
    earlier, later_edition, later_dossier
):
    unknown = dataclasses.replace(
        earlier,
        about={"kind": RECONSTITUTED, "note": "Jamais publiée."},
        **{name: getattr(earlier, name).head(0) for name in ("actions", "planned", "improvements")},
    )
    changes = compare_editions(unknown, later_edition, later_dossier)
    assert changes.programme.empty, "no action is called new"
    assert not (changes.values["state"] == "nouveau").any()
    assert set(changes.unknown) == {"programme", "indicators", "definitions"}
    assert changes.unknown["programme"] == (
        "les actions, les actions à court terme et les pistes d’amélioration de 2030 ne sont pas"
        " connues"
    )
    assert (changes.against_kind, changes.against_note) == (RECONSTITUTED, "Jamais publiée.")
    some = dataclasses.replace(unknown, actions=earlier.actions)
    changes = compare_editions(some, later_edition, later_dossier)
    assert set(changes.programme["table"]) == {"actions"}
    none = dataclasses.replace(unknown, planned=earlier.planned)
    changes = compare_editions(none, later_edition, later_dossier)
    assert set(changes.programme["table"]) == {"planned"}
    changes = compare_editions(some, later_edition, later_dossier)
    assert "les actions " not in changes.unknown["programme"].replace("actions à court", "")


def test_the_first_real_edition_against_what_is_known_of_the_year_before():
    dossier = Dossier(PROJECT / "data")
    earlier, later = load_edition(dossier, 2016), load_edition(dossier, 2017)
    changes = compare_editions(earlier, later, dossier)
    rows = {row["indicator"]: row for row in to_records(changes.values)}
    assert rows["personnes-sensibilisees-eie"]["growth_pct"] == pytest.approx(-4.4, abs=0.05)
    assert rows["logements-sociaux-finances"]["growth_pct"] is None
    assert changes.programme.empty
    assert changes.revised.empty


def test_an_edition_is_compared_with_an_earlier_one_only(earlier, later_edition, later_dossier):
    with pytest.raises(ValueError, match="antérieure"):
        compare_editions(later_edition, earlier, later_dossier)


# Kept and shown -----------------------------------------------------------------------------------


def test_kept_and_read_again(changes, tmp_path):
    dossier = Dossier(tmp_path)
    assert write_changes(changes, dossier) == dossier.processed_year(LATER) / "changes"
    again = read_changes(LATER, dossier)
    assert (again.year, again.against, again.unknown) == (LATER, EARLIER, changes.unknown)
    for name in ("values", "revised", "programme", "definitions"):
        pd.testing.assert_frame_equal(getattr(again, name), getattr(changes, name))
    with pytest.raises(FileNotFoundError, match="comparée à aucune autre"):
        read_changes(EARLIER, dossier)


def test_editions_know_the_one_before(earlier, later_edition, tmp_path):
    assert (earlier.earlier, later_edition.earlier) == (None, EARLIER)
    write_edition(later_edition, Dossier(tmp_path))
    assert read_edition(LATER, Dossier(tmp_path)).earlier == EARLIER


@pytest.fixture(scope="module")
def text(changes, later_edition):
    return read_notebook("changes", later_edition, changes)


def test_an_evolution_that_is_not_now_minus_before_stops_the_page(changes, later_edition):
    values = changes.values.copy()
    place = values.index[values["comparable"] & values["difference"].notna()][0]
    values.loc[place, "difference"] += 1
    wrong = dataclasses.replace(changes, values=values)
    with pytest.raises(AssertionError, match=values.loc[place, "indicator"]):
        read_notebook("changes", later_edition, wrong)


def test_every_number_shown_has_a_trail(text, later_edition):
    found = find_marks(text)
    assert len(found) > 15
    for words, reference in found:
        assert read_trail(later_edition, reference).reference, words
    former = {words.replace("\u00a0", " "): reference for words, reference in found}
    assert former["80 logements rénovés"] == "table:2029/observations"
    assert former["160 agents"] == "table:2030/observations"


def keep_rows(changes, *indicators):
    kept = changes.values["indicator"].isin(indicators)
    return dataclasses.replace(changes, values=changes.values[kept])


def test_what_moved_opens_the_page_as_a_table(later_edition, changes):
    heading, table, note = compose_moves(later_edition, changes)
    assert heading.startswith("## Progrès et reculs")
    lines = strip_marks(table.text).replace("\u00a0", " ").splitlines()[2:]
    told = change_words.list_told(later_edition, changes)
    compared = [row for row in told if row["comparable"]]
    assert len(lines) == len(compared) > 2
    verdicts = [re.search(r", (progrès|recul) *\|$", line) for line in lines]
    found = [match[1] for match in verdicts if match]
    assert found == sorted(found), "progress first, then what declines"
    assert all(verdicts[: len(found)]), "then what is neither"
    assert table.pictures
    for name in table.pictures:
        assert f"(image-de-{name})" in write_spans(table.text)
    assert note == "Chaque tracé a sa propre échelle."


def test_one_value_that_moved_is_a_sentence_and_none_is_said(later_edition, changes):
    one = [*compose_moves(later_edition, keep_rows(changes, "logements-renoves"))]
    assert all(isinstance(block, str) and "|" not in block for block in one)
    assert "contre" in strip_marks(one[-1])
    none = [*compose_moves(later_edition, keep_rows(changes, "visiteurs-accueil"))]
    assert none[1:] == [
        "Aucune valeur qui se compare n’a progressé vers ce qui est voulu, ni reculé."
    ]


def test_the_chapter_says_what_became_of_each(text):
    shown = strip_marks(text)
    assert "**Actions abandonnées\u00a0:** Aller au travail à vélo (Les vélos, 12 au total" in shown
    assert "**Actions sans suite connue\u00a0:** Surveiller le réseau." in shown
    assert "échéance\u00a0: 2031, échue, nouvelle échéance\u00a0: 30\u00a0juin 2032" in shown
    assert "| +\u202f20,0\u202f%" in shown
    assert "10 mois contre 12 mois" in shown
    assert "+\u202f1,1\u00a0point" in shown


def test_no_heading_stands_empty(text):
    lines = [line for line in text.splitlines() if line.strip()]
    for line, following in zip(lines, [*lines[1:], "#"], strict=True):
        assert not (line.startswith("#") and following.startswith("#")), line
    headings = re.findall(r"^## (.*?) \{", text, re.MULTILINE)
    assert headings == [
        "Progrès et reculs",
        "Où en sont les objectifs",
        "Dates annoncées",
        "Protection de l’air",
        "Préservation de l’eau",
        "Suivi et évaluation",
        "Révisions et définitions",
        "Ce qui n’est pas connu",
    ]


def test_what_the_earlier_edition_told_of_as_over_is_not_told_again(
    earlier, later_edition, later_dossier
):
    told = {"id": "prevu-reseau", "state": "faite", "new_due": None, "new_due_precision": "",
            "note": "", "source": "rapport-invente", "locator": "l. 1"}  # fmt: skip
    row = pd.DataFrame([told]).astype({"new_due": "datetime64[s]"})
    followups = pd.concat([earlier.followups, row], ignore_index=True).fillna(
        {"proposed_text": "", "proposed_dates": ""}
    )
    closed = dataclasses.replace(earlier, followups=followups)
    before, now = (compare_editions(e, later_edition, later_dossier) for e in (earlier, closed))
    assert "prevu-reseau" in set(before.programme["id"])
    assert "prevu-reseau" not in set(now.programme["id"])
    assert "prevu-reseau" not in set(now.deadlines["id"])
    assert len(before.programme) == len(now.programme) + 1


@pytest.mark.parametrize(
    ("qualifier", "trend", "said"),
    [("plus de", "hausse", "en hausse"), ("moins de", "baisse", "en baisse"),
     ("au moins", "", "")],
)  # fmt: skip
def test_a_bound_on_the_number_of_before_is_a_move(later_edition, qualifier, trend, said):
    """6.7, then more than 6.7: it rose."""
    row = {"indicator": "depenses-air", "territory": "val-exemple", "comparable": True,
           "trend": trend, "change_qualifier": qualifier, "difference": None}  # fmt: skip
    assert change_words.describe_change(later_edition, row) == said
