"""What is asked, what is known: the catalogue's requests, dates due, guesses, what nobody answered,
what services say of texts and dates."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date

import openpyxl
import pandas as pd
import pytest
from form_example import YEAR, make_form, prepare, save

from analysis.base.paths import PROJECT
from analysis.collect import form_contract
from analysis.collect.collecting import collect_forms
from analysis.collect.followup_effects import restore_references
from analysis.collect.forms import compose_forms, write_forms
from analysis.collect.new_year import describe_preparation, prepare_year
from analysis.collect.requests import choose_due, list_questions, list_requests
from analysis.collect.status import describe_followed, describe_status, read_status
from analysis.compute.audit.audit_lines import describe_unanswered
from analysis.compute.dossier import collect_faults
from analysis.compute.dossier.asked_periods import EXPECTED, parse_asked_period
from analysis.compute.indicators import load_edition
from analysis.model.followups import mark_carried, trace_carried
from analysis.model.milestones import is_overdue
from analysis.model.periods import Period
from analysis.model.schema import COMPUTED_INDICATORS, UNCONFIRMED
from analysis.show.pages.chapter_page import compose_decisions, describe_actors, open_chapter
from analysis.show.pages.display import say_unconfirmed
from analysis.show.tables import tabulate_forbidden_pairs, tabulate_unanswered
from analysis.words.hidden_markup import strip_marks

LAST = YEAR - 1
SOURCE = f"formulaire-{YEAR}-environnement"


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def rows(path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))


def describe(done) -> str:
    return describe_preparation(done).replace("\u00a0", " ")


def ask(dossier, **asked: tuple[str, str, str]) -> None:
    """Say in the catalogue what is asked: ``asked``, ``asked_of``, ``asked_period`` by indicator
    (hyphens as underscores)."""
    path = dossier.reference / "indicators.csv"
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    for place, name in enumerate(("asked", "asked_of", "asked_period")):
        said = {id.replace("_", "-"): cells[place] for id, cells in asked.items()}
        frame[name] = frame["id"].map(said).fillna("")
    frame.to_csv(path, index=False)


# --- the grammar of periods -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("N", "2018-01-01", "2018-12-31"),
        ("N-1", "2017-01-01", "2017-12-31"),
        ("fin N", "", "2018-12-31"),
        ("fin N-2", "", "2016-12-31"),
        ("T3 N", "2018-07-01", "2018-09-30"),
        ("T1 N", "2018-01-01", "2018-03-31"),
        ("avril N", "2018-04-01", "2018-04-30"),
        ("février N", "2018-02-01", "2018-02-28"),
        ("saison N-1/N", "2017-09-01", "2018-08-31"),
        ("hiver N-1/N", "2017-12-21", "2018-03-20"),
        ("depuis 2011", "2011-01-01", "2018-12-31"),
        ("N, tous les 2 ans depuis 2016", "2018-01-01", "2018-12-31"),
    ],
)
def test_a_period_is_written_relative_to_the_edition(text, start, end):
    assert parse_asked_period(text).find(2018) == Period(day(start), day(end))


def test_what_happens_every_other_year_is_not_asked_between():
    asked = parse_asked_period("avril N, tous les 2 ans depuis 2017")
    assert asked.find(2018) is None
    assert asked.find(2019) == Period(date(2019, 4, 1), date(2019, 4, 30))


@pytest.mark.parametrize(
    "text", ["n", "N+1", "2018", "fin 2018", "T5 N", "germinal N", "N, tous les 1 ans depuis 2017"]
)
def test_any_other_writing_is_refused(text):
    with pytest.raises(ValueError, match="Attendu : N, N-1") as refused:
        parse_asked_period(text)
    assert str(refused.value) == EXPECTED


@pytest.mark.parametrize(
    ("id", "asked", "column", "problem"),
    [
        ("part-femmes", ("jamais", "", ""), "asked", "demande d’un indicateur calculé"),
        ("population-totale", ("jamais", "", ""), "asked", "demande d’un indicateur calculé"),
        ("agents", ("jamais", "finances", ""), "asked_of", "précision d’une valeur qui n’est pas"),
        ("agents", ("", "", "fin N"), "asked_period", "précision d’une valeur qui n’est pas"),
        ("agents", ("parfois", "", ""), "asked", "valeur inconnue"),
        ("agents", ("une fois", "financs", ""), "asked_of", "code absent de services.csv"),
        ("agents", ("chaque année", "", "fin 2030"), "asked_period", "période demandée illisible"),
        ("agents", ("chaque année", "", "N"), "asked_period", "durée demandée pour un stock"),
        ("depenses-air", ("chaque année", "", "fin N"), "asked_period", "date demandée pour un fl"),
    ],
)
def test_what_the_catalogue_cannot_ask_is_a_located_fault(dossier_copy, id, asked, column, problem):
    ask(dossier_copy, **{id: asked})
    (fault,) = collect_faults(dossier_copy, LAST)[1]
    catalogue = pd.read_csv(dossier_copy.reference / "indicators.csv")
    assert (fault.file, fault.column) == ("reference/indicators.csv", column)
    assert fault.row == list(catalogue["id"]).index(id) + 2
    assert fault.problem.startswith(problem)


def test_a_catalogue_from_before_is_right(dossier_copy):
    header = (dossier_copy.reference / "indicators.csv").read_text("utf-8").splitlines()[0]
    assert "asked" not in header
    assert collect_faults(dossier_copy, LAST)[1] == []


# --- what is asked, for when ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("end", "due"),
    [
        ("2017-12-31", "2018-10-31"),  # accounts of the year before
        ("2018-08-31", "2018-10-31"),  # a school year
        ("2018-09-30", "2018-10-31"),
        ("2018-10-01", "2019-01-31"),
        ("2018-12-31", "2019-01-31"),
        ("2022-12-31", "2019-01-31"),  # what is foreseen beyond
        ("", "2019-01-31"),
    ],
)
def test_an_answer_is_due_after_its_period_has_ended(end, due):
    assert choose_due(day(end), 2018) == day(due)


def test_the_catalogue_says_what_is_asked_of_whom_for_when(dossier_copy):
    ask(
        dossier_copy,
        agents=("chaque année", "finances", "fin N"),
        depenses_air=("chaque année", "", "N-1"),
        visiteurs_accueil=("chaque année", "", "N, tous les 2 ans depuis 2030"),
        logements_renoves=("jamais", "", ""),
    )
    asked = list_requests(load_edition(dossier_copy, LAST), YEAR).set_index("indicator")
    assert not {"logements-renoves", "visiteurs-accueil"} & set(asked.index)
    assert asked.loc["agents", "service"] == "finances"
    assert asked.loc["agents", "due"] == pd.Timestamp(2032, 1, 31)
    assert asked.loc["depenses-air", "service"] == "environnement", "the action's"
    assert asked.loc["depenses-air", "period_end"] == pd.Timestamp(2030, 12, 31)
    assert asked.loc["depenses-air", "due"] == pd.Timestamp(2031, 10, 31)
    assert (asked.loc[["agents", "depenses-air"], "guess"] == "").all()
    assert asked.loc["femmes", "guess"] == (
        "asked vide au catalogue : période supposée d’après la dernière valeur"
    )


@pytest.mark.parametrize(
    ("status", "end", "asked"),
    [
        ("définitif", pd.Timestamp(2030, 12, 31), False),
        ("définitif", pd.NaT, True),
        ("provisoire", pd.Timestamp(2030, 12, 31), True),
        ("prévisionnel", pd.Timestamp(2030, 12, 31), True),
    ],
)
def test_once_is_until_it_is_known_for_good_with_its_date(dossier_copy, status, end, asked):
    ask(dossier_copy, agents=("une fois", "", "fin N"))
    edition = load_edition(dossier_copy, LAST)
    values = edition.values.copy()
    last = (values["indicator"] == "agents") & (values["rank"] == 0)
    values.loc[last, ["status", "period_end"]] = status, end
    requests = list_requests(replace(edition, values=values), YEAR)
    assert ("agents" in set(requests["indicator"])) == asked


def test_one_day_for_all_is_told_where_it_comes_too_early(dossier_copy):
    done = prepare_year(dossier_copy, YEAR, due=date(YEAR, 10, 31))
    assert 0 < done.early < done.requests
    assert f"ATTENTION : {done.early} valeurs à rendre avant la fin" in describe(done)


def test_no_answer_is_due_before_its_period_ends(dossier_copy):
    done = prepare_year(dossier_copy, YEAR)
    assert done.early == 0
    asked = rows(dossier_copy.raw_year(YEAR) / "requests.csv")
    assert asked
    assert all(row["period_end"] < row["due"] for row in asked)
    assert "à rendre : " in describe(done)


def test_an_action_without_a_service_is_told_with_the_guess(dossier_copy):
    path = dossier_copy.raw_year(LAST) / "actions.csv"
    text = path.read_text("utf-8")
    path.write_text(text.replace("Aller au travail à vélo,direction-generale", "À vélo,"), "utf-8")
    done = prepare_year(dossier_copy, YEAR)
    said = describe(done)
    assert "À attribuer" in said
    assert "1 action (velo) → Environnement : aucun service connu ; supposé" in said
    asked = {row["indicator"]: row for row in rows(dossier_copy.raw_year(YEAR) / "requests.csv")}
    assert asked["visiteurs-accueil"]["guess"].startswith("l’action « velo » n’a pas de service")
    edition, previous = load_edition(dossier_copy, YEAR), load_edition(dossier_copy, LAST)
    form = next(f for f in compose_forms(edition, previous) if f.service == "environnement")
    shown = {line["code"]: line["title"] for line in form.lines["actions"] if type(line) is dict}
    assert "Pas pour vous" in shown["velo"]
    assert "Pas pour vous" not in shown["plantations"]


def test_the_real_catalogue_says_it_of_every_measured_indicator():
    catalogue = rows(PROJECT / "data" / "raw" / "reference" / "indicators.csv")
    for row in catalogue:
        measured = not row["formula"] and row["id"] not in COMPUTED_INDICATORS
        assert bool(row["asked"]) == measured, row["id"]
        assert bool(row["asked_period"]) == (row["asked"] in ("chaque année", "une fois"))
    said = {row["id"]: (row["asked"], row["asked_of"], row["asked_period"]) for row in catalogue}
    assert said["depenses-culture"] == ("chaque année", "finances", "N-1")
    assert said["cis-enfants"] == ("chaque année", "", "saison N-1/N")
    assert said["seuil-pcaet"][0] == said["cis-age-minimal"][0] == "jamais"


def test_member_communes_are_counted_on_the_last_day_of_the_year(edition, dossier_copy):
    path = dossier_copy.reference / "indicators.csv"
    path.write_text(
        path.read_text("utf-8")
        + "communes-membres,Communes,commune,contexte,stock,neutre,suivi,,Communes.,,1,,,\n",
        "utf-8",
    )
    communes = dossier_copy.reference / "communes.csv"
    communes.write_text(
        communes.read_text("utf-8").replace("Bruyère,2027-01-01,", "Bruyère,2027-01-01,2030-06-30"),
        "utf-8",
    )
    value = load_edition(dossier_copy, LAST).value("communes-membres")
    assert (value.value, value.period_end) == (2, date(2030, 12, 31)), "of three, one has left"
    observations = dossier_copy.raw_year(LAST) / "observations.csv"
    line = (
        "communes-membres,val-exemple,,2030-12-31,2,commune,exact,définitif,rapport-invente,l. 1,"
    )
    observations.write_text(observations.read_text("utf-8") + line + "\n", "utf-8")
    (fault,) = collect_faults(dossier_copy, LAST)[1]
    assert fault.problem == "nombre de communes membres saisi à la main"


# --- what nobody answered -------------------------------------------------------------------------


def test_an_entry_is_carried_from_the_edition_that_last_said_something_of_it():
    first, other = ("rapport", "l. 1"), ("rapport", "l. 9")
    folders = [
        (2016, {"a": first, "b": first, "c": first}, set()),
        (2017, {"a": first, "b": other, "c": first, "d": first}, {"c"}),
        (2018, {"a": first, "b": other, "c": first}, set()),
    ]
    assert trace_carried(folders) == {
        "a": (2016, first),  # untouched since
        "b": (2017, other),  # described anew
        "c": (2017, first),  # confirmed by a service
        "d": (2017, first),
    }


def test_a_row_is_confirmed_described_anew_new_or_carried_unconfirmed():
    table = pd.DataFrame(
        [("a", "r", "1"), ("b", "r", "2"), ("c", "r", "3"), ("d", "r", "4")],
        columns=["id", "source", "locator"],
    )
    carried = {"a": (2016, ("r", "1")), "b": (2016, ("r", "1")), "d": (2017, ("r", "4"))}
    followups = pd.DataFrame([("d", "achevée")], columns=["id", "state"])
    marked = mark_carried(table, carried, followups)
    assert marked["followup"].tolist() == [UNCONFIRMED, "", "", "achevée"]
    assert marked["carried_from"].fillna(0).tolist() == [2016, 0, 0, 2017]


def test_the_reason_of_an_earlier_edition_is_said_as_such(dossier_copy):
    prepare_year(dossier_copy, YEAR)
    edition = load_edition(dossier_copy, YEAR)
    assert edition.not_comparable["carried_from"].tolist() == [LAST]
    said = strip_marks(tabulate_forbidden_pairs(edition, edition.not_comparable)).replace(
        "\u00a0", " "
    )
    assert "Raison de l’édition 2030, périodes à jour : Les arbres sont un cumul" in said
    undated = edition.values["indicator"].eq("visiteurs-accueil") & edition.values["rank"].gt(0)
    values = edition.values.assign(period_end=edition.values["period_end"].mask(undated))
    told = "\n".join(describe_unanswered(replace(edition, values=values)))
    assert "Couples de not_comparable.csv repris" in told
    assert "« Visiteurs accueillis" in told.rpartition("à relire")[2]
    path = dossier_copy.raw_year(YEAR) / "not_comparable.csv"
    path.write_text(path.read_text("utf-8").replace("Les arbres", "Ceux-là"), "utf-8")
    edition = load_edition(dossier_copy, YEAR)
    assert "Raison de l’édition" not in tabulate_forbidden_pairs(edition, edition.not_comparable), (
        "written anew"
    )


def test_what_was_asked_and_not_given_is_listed_with_the_last_value_known(dossier_copy):
    prepare_year(dossier_copy, YEAR)
    requests = rows(dossier_copy.raw_year(YEAR) / "requests.csv")
    with (dossier_copy.raw_year(YEAR) / "observations.csv").open("a", encoding="utf-8") as file:
        file.write(f"agents,val-exemple,,{YEAR}-12-31,161,agent,exact,définitif,"
                   "rapport-invente,l. 2,\n")  # fmt: skip
    edition = load_edition(dossier_copy, YEAR)
    said = strip_marks(tabulate_unanswered(edition)).replace("\u00a0", " ").replace("\u202f", " ")
    assert "agents" in {row["indicator"] for row in requests}
    assert "| Agents |" not in said, "given"
    lines = [line for line in said.splitlines()[2:] if line.startswith("|")]
    assert len(lines) == len({row["indicator"] for row in requests} - {"agents"})
    services = [line.split(" | ")[0].strip("| ") for line in lines]
    assert len(named := [name for name in services if name]) == len(set(named)), "grouped"
    assert re.search(
        r"\| Arbres plantés \| 2026–2031 \| [^|]+ \| environ 6 000 arbres \(2026–2030\) \|", said
    )
    assert tabulate_unanswered(load_edition(dossier_copy, LAST)) == "", "nothing was asked"


@pytest.fixture
def answered(dossier_copy):
    """The made-up dossier of the next year: two actions answered for, the others not."""
    prepare_year(dossier_copy, YEAR)
    lines = [
        "id,state,new_due,note,source,locator",
        "plantations,se poursuit,,,rapport-invente,l. 1",
        "velo,abandonnée,,,rapport-invente,l. 1",
    ]
    path = dossier_copy.raw_year(YEAR) / "followups.csv"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return dossier_copy


def test_unanswered_is_neither_confirmed_nor_given_up(answered):
    edition, previous = load_edition(answered, YEAR), load_edition(answered, LAST)
    states, before = (
        {
            id: state
            for table in (one.actions, one.planned, one.improvements)
            for id, state in zip(table["id"], table["followup"], strict=True)
        }
        for one in (edition, previous)
    )
    assert states["plantations"] == "se poursuit"
    assert states["velo"] == "abandonnée"
    assert states["renovation"] == states["piste-eau"] == states["prevu-pcaet"] == UNCONFIRMED
    assert set(before.values()) == {""}, "new in that edition"


def test_the_pages_say_what_nobody_confirmed(answered):
    edition = load_edition(answered, YEAR)
    actions = edition.actions.set_index("id", drop=False)
    said = {
        id: strip_marks(describe_actors(edition, actions.loc[id]))
        for id in ("plantations", "renovation", "velo")
    }
    assert "se poursuit, d’après les réponses de 2031" in said["plantations"]
    assert "abandonnée, d’après les réponses de 2031" in said["velo"]
    assert "reprise de l’édition 2030, sans confirmation du service" in said["renovation"]
    words = ("piste", "pistes")
    assert strip_marks(say_unconfirmed(edition, "improvements", words)) == (
        "3 pistes sont reprises de l’édition 2030, sans confirmation des services."
    ).replace("3 pistes", "3\u00a0pistes")
    actions_said = strip_marks(say_unconfirmed(edition, "actions", ("action", "actions")))
    assert actions_said.startswith("5\u00a0actions sont reprises")
    told = "\n".join(map(str, compose_decisions(open_chapter(edition, "air", "finalité"))))
    assert strip_marks(told).count("suite inconnue en 2031") == 1, "once for all of a chapter's"
    followups = answered.raw_year(YEAR) / "followups.csv"
    followups.write_text(
        followups.read_text("utf-8") + "piste-eau,en cours,,,rapport-invente,l. 1\n", "utf-8"
    )
    water = open_chapter(load_edition(answered, YEAR), "eau", "finalité")
    told = strip_marks("\n".join(map(str, compose_decisions(water))))
    assert "proposée en 2030, en cours (réponse de 2031)" in told
    assert "suite inconnue" not in told
    first = load_edition(answered, LAST)
    assert say_unconfirmed(first, "actions", ("action", "actions")) == ""


def test_status_and_check_tell_them_apart(answered):
    edition, previous = load_edition(answered, YEAR), load_edition(answered, LAST)
    status = read_status(answered, edition, previous, date(YEAR, 11, 15))
    assert status.followed == {"confirmed": 1, "given up": 1, "": 10}
    said = describe_followed(status).replace("\u00a0", " ")
    assert "1 confirmée par son service, 1 abandonnée, 10 sans réponse" in said
    assert UNCONFIRMED in said
    lines = [line.replace("\u00a0", " ") for line in describe_unanswered(edition)]
    assert lines == [
        "Reprises sans confirmation d’un service : 5 actions, 2 actions à court terme et 3 pistes."
    ]


# --- dates that have passed -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "start", "end", "overdue"),
    [
        ("prévu", "2030-01-01", "2031-12-31", True),
        ("en cours", "2030-01-01", "2031-12-31", True),
        ("fait", "2030-01-01", "2031-12-31", False),
        ("abandonné", "2030-01-01", "2031-12-31", False),
        ("prévu", "2031-01-01", "2032-01-01", False),
        ("prévu", "2031-01-01", "", True),
        ("en cours", "2031-01-01", "", False),
        ("prévu", "2032-01-01", "", False),
        ("prévu", "", "", False),
    ],
)
def test_a_date_is_overdue_when_it_has_come_and_is_still_awaited(status, start, end, overdue):
    milestone = {"status": status, "date_start": day(start), "date_end": day(end)}
    assert is_overdue(milestone, date(2031, 12, 31)) == overdue


@pytest.fixture
def late(dossier_copy):
    """The made-up dossier of the next year, one date of which has passed."""
    path = dossier_copy.raw_year(LAST) / "milestones.csv"
    path.write_text(
        path.read_text("utf-8").replace("2034-12-01,2034-12-31", "2031-03-01,2031-03-31"), "utf-8"
    )
    return prepare(dossier_copy)


def test_a_date_that_has_passed_is_asked_and_named(late):
    edition, previous = load_edition(late, YEAR), load_edition(late, LAST)
    (question,) = [q for q in list_questions(edition, previous) if q.kind == "milestone"]
    assert (question.id, question.service) == ("fin-plantations", "environnement")
    (path,) = [form.path for form in write_forms(late, edition, previous)
               if form.service == "environnement"]  # fmt: skip
    sheet = openpyxl.load_workbook(path)["Échéances"]
    shown = {row[0]: row[1:3] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert shown["fin-plantations"] == (
        "Fin du programme\nÉchéance de l’action «\u00a0Planter des arbres\u00a0»", "Mars 2031",
    )  # fmt: skip
    lines = describe_status(read_status(late, edition, previous, date(YEAR, 4, 1))).splitlines()
    assert "  Fin du programme (mars 2031)" in lines
    early = describe_status(read_status(late, edition, previous, date(YEAR, 3, 30)))
    assert "Fin du programme" not in early
    assert describe_unanswered(edition)[-1] == "  - Fin du programme (mars 2031)"


# --- answers on texts and dates -------------------------------------------------------------------


def collect(dossier, tmp_path, **answers):
    folder = tmp_path / "retours"
    folder.mkdir(exist_ok=True)
    save(make_form(**answers), folder / "f.xlsx")
    (outcome,) = collect_forms(dossier, YEAR, folder).outcomes
    assert outcome.errors == []
    assert collect_faults(dossier, YEAR)[1] == []
    return outcome


def find(dossier, table: str, id: str) -> dict[str, str]:
    return next(row for row in rows(dossier.raw_year(YEAR) / f"{table}.csv") if row["id"] == id)


@pytest.mark.parametrize(
    ("state", "new_due", "cells"),
    [
        ("faite", None, ("2031-03-01", "2031-03-31", "fait")),
        ("faite", "12/03/2031", ("2031-03-12", "2031-03-12", "fait")),
        ("en cours", None, ("2031-03-01", "2031-03-31", "en cours")),
        ("reportée", "30/06/2032", ("", "2032-06-30", "prévu")),
        ("reportée", None, ("2031-03-01", "2031-03-31", "prévu")),
        ("abandonnée", None, ("2031-03-01", "2031-03-31", "abandonné")),
    ],
)
def test_an_answer_on_a_date_returns_to_it(late, tmp_path, monkeypatch, state, new_due, cells):
    monkeypatch.setitem(
        __import__("form_example").DUE, "environnement", ["prevu-pcaet", "fin-plantations"]
    )
    outcome = collect(late, tmp_path, due={"fin-plantations": {"state": state, "new_due": new_due}})
    row = find(late, "milestones", "fin-plantations")
    assert (row["date_start"], row["date_end"], row["status"]) == cells
    assert row["source"] == SOURCE
    assert row["locator"] == "feuille Échéances, cellule D3 ; avant : rapport-invente, l. 10"
    assert find(late, "followups", "fin-plantations")["state"] == state
    told = any("sans nouvelle date" in message.message for message in outcome.flagged)
    assert told == (state == "reportée" and not new_due)
    assert "fin-plantations" in {
        q.id for q in list_questions(load_edition(late, YEAR), load_edition(late, LAST))
    }, "a question that was answered stays one"


def test_a_short_term_action_put_off_is_announced_again(late, tmp_path):
    path = late.raw_year(YEAR) / "planned.csv"
    kept = [line for line in path.read_text("utf-8").splitlines() if "prevu-pcaet" not in line]
    path.write_text("\n".join(kept) + "\n", "utf-8")
    collect(late, tmp_path, due={"prevu-pcaet": {"state": "reportée", "new_due": "31/12/2033"}})
    row = find(late, "planned", "prevu-pcaet")
    assert (row["title"], row["due_start"], row["due_end"]) == (
        "Écrire le plan climat", "", "2033-12-31",
    )  # fmt: skip
    assert (row["order"], row["source"]) == ("1", SOURCE)


SHOWN = "Le service plante des arbres avec les écoles\u00a0: 6\u00a0000 arbres en 2030."


def test_a_corrected_text_keeps_its_references(late, tmp_path):
    text = "Le service et les communes plantent des arbres : 6 000 arbres en 2030."
    answer = {"state": "se poursuit", "summary": SHOWN, "proposed_text": text}
    outcome = collect(late, tmp_path, actions={"plantations": answer})
    row = find(late, "actions", "plantations")
    assert row["summary"] == (
        "Le service et les communes plantent des arbres :"
        " {{arbres-plantes}} {{arbres-plantes|periode}}."
    )
    assert row["source"] == SOURCE
    assert row["locator"] == "feuille Actions, cellule D2 ; avant : rapport-invente, l. 10"
    assert find(late, "followups", "plantations")["proposed_text"] == text
    assert any("à relire" in message.message for message in outcome.flagged)
    assert load_edition(late, YEAR).actions.set_index("id").loc["plantations", "followup"]


def test_a_number_that_a_service_typed_is_the_analysts_to_cite(late, tmp_path):
    text = "Le service plante des arbres : 8 500 cette année."
    answer = {"state": "se poursuit", "summary": SHOWN, "proposed_text": text,
              "proposed_dates": "jusqu’en 2033"}  # fmt: skip
    before = find(late, "actions", "plantations")
    outcome = collect(late, tmp_path, actions={"plantations": answer})
    assert find(late, "actions", "plantations") == before
    followup = find(late, "followups", "plantations")
    assert (followup["proposed_text"], followup["proposed_dates"]) == (text, "jusqu’en 2033")
    told = "\n".join(message.message for message in outcome.flagged)
    assert "Texte corrigé à reprendre à la main dans actions.csv, chaque nombre par un" in told
    assert f"« {text} »" in told
    assert "Dates à corriger à la main dans milestones.csv : « jusqu’en 2033 »." in told


@pytest.mark.parametrize("word", ["exact", "Exacte.", "OK", "inchangé"])
def test_a_text_that_still_holds_is_confirmed(late, tmp_path, word):
    before = find(late, "actions", "plantations")
    answer = {"state": "se poursuit", "summary": SHOWN, "proposed_text": word}
    collect(late, tmp_path, actions={"plantations": answer})
    assert find(late, "actions", "plantations") == before
    assert find(late, "followups", "plantations")["proposed_text"] == form_contract.STILL_RIGHT


def test_a_correction_without_a_state_is_asked_back_not_lost(late, tmp_path):
    folder = tmp_path / "retours"
    folder.mkdir()
    save(make_form(actions={"plantations": {"proposed_text": "Tout a changé."}}), folder / "f.xlsx")
    (outcome,) = collect_forms(late, YEAR, folder).outcomes
    (error,) = outcome.errors
    assert error.message.startswith("Attendu : où en est-elle ?")


def test_follow_ups_kept_from_before_take_the_new_columns(late, tmp_path):
    path = late.raw_year(YEAR) / "followups.csv"
    path.write_text(
        "id;state;new_due;note;source;locator\r\nvelo;achevée;;;rapport-invente;l. 1\r\n", "utf-8"
    )
    answer = {"state": "se poursuit", "proposed_text": "exact"}
    collect(late, tmp_path, actions={"plantations": answer})
    assert path.read_bytes().decode() == (
        "id;state;new_due;note;source;locator;proposed_text\r\n"
        "velo;achevée;;;rapport-invente;l. 1;\r\n"
        f"plantations;se poursuit;;;{SOURCE};feuille Actions, cellule D2;exact\r\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Aide 20 communes, pas plus.", "Aide {{a}}, pas plus."),
        ("Aide 20 communes et encore 20 communes.", "Aide 20 communes et encore 20 communes."),
        ("Aide 21 communes.", "Aide 21 communes."),
    ],
)
def test_references_are_restored_where_their_words_stand_once(text, expected):
    shown = "L’agglomération aide 20\u00a0communes\u202f; elle finance."
    assert restore_references(text, "L'agglomération aide {{a}} ; elle finance.", shown) == expected
    assert restore_references(text, "Autre texte {{a}}.", shown) == text
