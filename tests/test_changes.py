"""What changed from one made-up edition to the next; every result is known beforehand."""

import dataclasses
import re
import shutil
from datetime import date

import pandas as pd
import pytest
from conftest import add_later_edition

from analysis.base.paths import PROJECT, Dossier
from analysis.compute.changes import compare_editions, read_changes, write_changes
from analysis.compute.changes.changed_values import find_revised
from analysis.compute.indicators import load_edition
from analysis.model.schema.processed_tables import CHANGES
from analysis.model.store import RECONSTITUTED, read_edition, to_records, write_edition
from analysis.publish.opendata import write_package
from analysis.show.pages.changes_page import compose_changes
from analysis.words.hidden_markup import find_marks, strip_marks
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
    assert set(rows) == typed, "the share of women follows the agents: it is no revision"


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
        "reference": "logements-renoves:N-2",
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
    assert set(find_revised(earlier, later)["indicator"]) == names
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
    return "\n\n".join(compose_changes(later_edition, changes))


def test_every_number_shown_has_a_trail(text, later_edition):
    found = find_marks(text)
    assert len(found) > 15
    for words, reference in found:
        assert read_trail(later_edition, reference).reference, words
    former = {words.replace("\u00a0", " "): reference for words, reference in found}
    assert former["80 logements rénovés"] == "table:2029/observations"
    assert former["160 agents"] == "table:2030/observations"


def test_the_chapter_says_what_became_of_each(text):
    shown = strip_marks(text)
    assert "**Actions abandonnées\u00a0:** Aller au travail à vélo (Les vélos, 12 au total" in shown
    assert "**Actions sans suite connue\u00a0:** Surveiller le réseau." in shown
    assert "échéance\u00a0: 2031, échue, reportée au 30\u00a0juin 2032" in shown
    assert "| +\u202f20,0\u202f%" in shown
    assert "10 mois contre 12 mois" in shown
    assert "+\u202f1,2\u00a0point" in shown


def test_no_heading_stands_empty(text):
    lines = [line for line in text.splitlines() if line.strip()]
    for line, following in zip(lines, [*lines[1:], "#"], strict=True):
        assert not (line.startswith("#") and following.startswith("#")), line
    headings = re.findall(r"^## (.*?) \{", text, re.MULTILINE)
    assert headings == [
        "Protection de l’air",
        "Préservation de l’eau",
        "Suivi et évaluation",
        "Révisions et définitions",
    ]
