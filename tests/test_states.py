"""States told once and alike: an event told by two rows, texts and places of an earlier edition,
what is over. All rows are made up and worked by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date
from types import SimpleNamespace

import pandas as pd
import pytest
from notebook_texts import read_notebook

from analysis.collect.new_year import prepare_year
from analysis.collect.proposals import find_order
from analysis.collect.requests import list_questions
from analysis.collect.snapshot import Snapshot
from analysis.compute.changes.change_words import describe_entry
from analysis.compute.changes.programme import compare_programme
from analysis.compute.indicators import load_edition
from analysis.model.followups import find_twins, list_overdue
from analysis.model.partial_dates import YEAR, PartialDate
from analysis.model.references import MONEY
from analysis.model.store import to_records
from analysis.show.maps.commune_sheets import describe_age
from analysis.show.pages import display
from analysis.show.pages.chapter_page import compose_action, compose_decisions, open_chapter
from analysis.show.tables import tabulate_planned
from analysis.show.tables.news import _name_many
from analysis.show.tables.value_rows import describe_period
from analysis.words import prose
from analysis.words.hidden_markup import strip_marks

LAST, YEAR_NOW = 2030, 2031
HEADER = "id,state,new_due,note,source,locator,proposed_text,proposed_dates"


def append(path, *lines):
    path.write_text(path.read_text("utf-8") + "".join(f"{line}\n" for line in lines), "utf-8")


def plain(text):
    return strip_marks(text).replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def told_twice(dossier_copy):
    """The made-up dossier of the next year; a milestone tells the date of a short-term action."""
    append(
        dossier_copy.raw_year(LAST) / "milestones.csv",
        "reseau-fini,eau,reseau,Fin du diagnostic,,2031-06-30,prévu,rapport-invente,l. 60 ; l. 41",
    )
    prepare_year(dossier_copy, YEAR_NOW)
    return dossier_copy


def answer(dossier, *lines, year=YEAR_NOW):
    text = "\n".join((HEADER, *lines)) + "\n"
    (dossier.raw_year(year) / "followups.csv").write_text(text, "utf-8")
    return load_edition(dossier, year)


def find(frame, id):
    return next(row for row in to_records(frame) if row["id"] == id)


# --- one event, told twice ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, True),
        ({"locator": "l. 41"}, True),
        ({"locator": "l. 4"}, False),
        ({"chapter": "air"}, False),
        ({"source": "autre"}, False),
        ({"date_end": date(2031, 7, 1)}, False),
        ({"date_end": None, "date_start": date(2031, 1, 1)}, False),
        ({"date_end": None}, False),  # no date at all is the date of nothing
    ],
)
def test_a_milestone_tells_the_date_of_a_short_term_action(cells, expected):
    row = {"id": "jalon", "chapter": "eau", "date_start": None, "date_end": date(2031, 6, 30),
           "source": "rapport", "locator": "l. 60 ; l. 41"}  # fmt: skip
    due = None if cells == {"date_end": None} else date(2031, 6, 30)
    planned = {"id": "prevu", "chapter": "eau", "due_start": None, "due_end": due,
               "source": "rapport", "locator": "l. 41"}  # fmt: skip
    tables = {"planned": pd.DataFrame([planned]), "milestones": pd.DataFrame([row | cells])}
    assert find_twins([tables]) == ({"jalon": "prevu"} if expected else {})


def test_one_question_for_both(told_twice):
    now, last = load_edition(told_twice, YEAR_NOW), load_edition(told_twice, LAST)
    assert find(last.milestones, "reseau-fini")["planned"] == "prevu-reseau"
    asked = [question.id for question in list_questions(now, last)]
    assert "prevu-reseau" in asked
    assert "reseau-fini" not in asked


@pytest.mark.parametrize("asked", ["prevu-reseau", "reseau-fini"])
@pytest.mark.parametrize(
    ("said", "status", "due", "standing"),
    [
        ("faite,", "fait", date(2031, 6, 30), "faite, d’après les réponses de 2031"),
        ("abandonnée,", "abandonné", date(2031, 6, 30), "abandonnée, d’après les réponses"),
        ("en cours,", "en cours", date(2031, 6, 30), "en cours, d’après les réponses de 2031"),
        ("reportée,2033", "prévu", date(2033, 12, 31), "reportée, d’après les réponses de 2031"),
    ],
)
def test_an_answer_to_either_is_that_of_both(told_twice, asked, said, status, due, standing):
    edition = answer(told_twice, f"{asked},{said},,rapport-invente,l. 1,,")
    milestone, action = (
        find(edition.milestones, "reseau-fini"),
        find(edition.planned, "prevu-reseau"),
    )
    state = said.partition(",")[0]
    assert (milestone["status"], milestone["date_end"]) == (status, due)
    assert milestone["followup"] == action["followup"] == state
    assert action["due_end"] == due
    assert list_overdue(edition) == []
    table = " ".join(plain(tabulate_planned(edition, "eau")).split())
    assert standing in table
    assert "sans confirmation" not in table
    assert "non confirmée" not in prose.describe_milestones(edition, "reseau")


def test_where_both_were_answered_the_short_term_action_is_believed(told_twice):
    edition = answer(
        told_twice,
        "reseau-fini,faite,,,rapport-invente,l. 1,,",
        "prevu-reseau,reportée,2033,,rapport-invente,l. 2,,",
    )
    milestone = find(edition.milestones, "reseau-fini")
    assert (milestone["status"], milestone["date_end"]) == ("prévu", date(2033, 12, 31))
    assert milestone["followup"] == "reportée"


def test_what_was_answered_of_the_one_is_carried_over_for_both(told_twice):
    answer(told_twice, "prevu-reseau,reportée,2033,,rapport-invente,l. 2,,")
    prepare_year(told_twice, 2032)
    later = load_edition(told_twice, 2032)
    assert find(later.milestones, "reseau-fini")["date_end"] == date(2033, 12, 31)
    assert find(later.planned, "prevu-reseau")["due_end"] == date(2033, 12, 31)
    answer(told_twice, "prevu-reseau,abandonnée,,,rapport-invente,l. 2,,", year=2032)
    done = prepare_year(told_twice, 2033)
    assert done.dropped["milestones"] == ["reseau-fini"]


# --- texts and places of an earlier edition -------------------------------------------------------


def test_a_text_that_nobody_said_is_exact_is_told_as_that_of_its_edition(told_twice):
    edition = answer(
        told_twice,
        "plantations,se poursuit,,,rapport-invente,l. 1,exact,",
        "velo,achevée,,,rapport-invente,l. 1,,",
    )
    texts = {row["id"]: row["text_from"] for row in to_records(edition.actions)}
    assert pd.isna(texts["plantations"]), "its service confirmed it"
    assert texts["velo"] == LAST
    page = open_chapter(edition, "air", "finalité")
    actions = {row["id"]: row for _, row in edition.actions.iterrows()}
    intro = f"*Texte de l’édition {LAST} :*"
    assert intro in [plain(str(block)) for block in compose_action(page, actions["velo"], {})]
    blocks = [plain(str(block)) for block in compose_action(page, actions["plantations"], {})]
    assert not any("Texte de l’édition" in block for block in blocks)
    assert "contenu repris de l’édition 2030" in plain(tabulate_planned(edition, "eau"))
    first = load_edition(told_twice, LAST)
    assert first.actions["text_from"].isna().all()
    assert "repris" not in tabulate_planned(first, "eau")


def test_a_text_said_exact_in_one_edition_is_of_that_edition_in_the_next(told_twice):
    answer(told_twice, "plantations,se poursuit,,,rapport-invente,l. 1,exact,")
    prepare_year(told_twice, 2032)
    texts = dict(
        load_edition(told_twice, 2032).actions[["id", "text_from"]].itertuples(index=False)
    )
    assert (texts["plantations"], texts["renovation"]) == (YEAR_NOW, LAST)


def test_places_say_from_when_their_states_are(told_twice):
    edition = load_edition(told_twice, YEAR_NOW)
    assert set(edition.places["carried_from"]) == {LAST}
    assert describe_age(edition.places) == "États relevés dans l’édition 2030."
    append(
        told_twice.raw_year(YEAR_NOW) / "places.csv",
        "velo,99001,nature,Piste,réalisé,rapport-invente,l. 16,",
    )
    places = load_edition(told_twice, YEAR_NOW).places
    assert "sauf ceux des lieux ajoutés ou revus depuis" in describe_age(places)
    silent = places[places["status"] == ""]
    assert describe_age(silent) == describe_age(load_edition(told_twice, LAST).places) == ""


# --- what is over, what was put off ---------------------------------------------------------------


def test_what_is_over_is_counted_and_named_as_such(told_twice):
    edition = answer(
        told_twice,
        "velo,achevée,,,rapport-invente,l. 1,,",
        "renovation,abandonnée,,,rapport-invente,l. 1,,",
        "piste-arbres,reportée,2033-06,,rapport-invente,l. 1,,",
    )
    total = len(edition.actions)
    words = ("actions", "action engagée", "actions engagées")
    expected = f"{total} actions (dont 1 achevée et 1 abandonnée)"
    assert plain(display.count_entries(edition, *words)) == expected
    last = load_edition(told_twice, LAST)
    assert plain(display.count_entries(last, *words)) == f"{len(last.actions)} actions engagées"
    summary = plain(read_notebook("summary", edition))
    titles = dict(edition.actions[["id", "title"]].itertuples(index=False))
    assert f"{titles['velo']} (achevée)" in summary
    assert f"{titles['renovation']} (abandonnée)" in summary
    page = open_chapter(edition, "air", "finalité")
    blocks = plain("\n".join(map(str, compose_decisions(page))))
    assert "proposée en 2030, reportée (nouvelle échéance : juin 2033)" in blocks
    programme = compare_programme(last, edition)
    row = next(row for row in to_records(programme) if row["id"] == "piste-arbres")
    assert "(nouvelle échéance : juin 2033, " in plain(describe_entry(edition, row))


@pytest.mark.parametrize(
    ("start", "end", "unit", "said"),
    [
        (date(2031, 1, 1), date(2031, 3, 31), "halle", ", prévision, échéance passée"),
        (date(2031, 1, 1), PartialDate(2031, 12, 31, YEAR), "halle", ", prévision"),
        (date(2032, 1, 1), date(2032, 3, 31), "halle", ", prévision"),
        (date(2031, 1, 1), date(2031, 3, 31), MONEY, ", prévision"),
        # Five years, as foreseen in 2030: no due date.
        (None, PartialDate(2030, 12, 31, YEAR), "an", ", prévision"),
    ],
)
def test_a_forecast_of_the_past_is_no_forecast(start, end, unit, said):
    cells = {"period_start": start, "period_end": end, "missing": "", "status": "prévisionnel",
             "origin": "observed", "unit": unit}  # fmt: skip
    row = SimpleNamespace(**cells, _asdict=lambda: cells)
    words = describe_period(SimpleNamespace(year=YEAR_NOW), row).replace("\u00a0", " ")
    assert words.endswith(said)
    assert ("échéance" in words) == ("échéance" in said)


def test_verdicts_agree_with_their_number():
    assert _name_many("non atteint") == "non atteints"
    assert _name_many("échéance passée, non atteint") == "échéance passée, non atteints"
    assert _name_many("s’éloigne de l’objectif") == "s’éloignent de l’objectif"
    assert _name_many("en bonne voie") == "en bonne voie"


def test_new_rows_of_a_chapter_are_numbered_one_after_the_other():
    entries = {"a": [("actions", 2030, 2, {"chapter": "air", "order": 4.0})],
               "b": [("actions", 2030, 3, {"chapter": "eau", "order": 9.0})],
               "c": [("planned", 2030, 2, {"chapter": "air", "order": 7.0})]}  # fmt: skip
    snapshot = Snapshot(2031, "territoire", entries=entries)
    assert [find_order("actions", "air", snapshot) for _ in range(3)] == [5, 6, 7]
    assert find_order("actions", "eau", snapshot) == 10
    assert find_order("planned", "suivi", snapshot) == 1
    assert snapshot.proposed == Counter(
        {("actions", "air"): 3, ("actions", "eau"): 1, ("planned", "suivi"): 1}
    )
