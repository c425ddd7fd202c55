"""A new edition's folder: what is carried over, what is asked of whom, and nothing overwritten."""

from __future__ import annotations

import csv
import os
import shutil
from datetime import date

import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.base.paths import PROJECT, Dossier
from analysis.base.rawfiles import list_editions
from analysis.collect.new_year import describe_preparation, prepare_year
from analysis.collect.requests import (
    Addressee,
    Directory,
    choose_period,
    list_questions,
    list_requests,
)
from analysis.compute.dossier import InvalidDossier, collect_faults
from analysis.compute.indicators import check_formulas, load_edition
from analysis.model.periods import Period
from analysis.model.schema import TABLES
from analysis.show.tables import tabulate_planned
from analysis.words.hidden_markup import strip_marks

LAST, NEXT = 2030, 2031


def read_tree(root) -> dict[str, bytes]:
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def read_rows(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def change(path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def real_copy(tmp_path) -> Dossier:
    """The project's own data, to be added to."""
    shutil.copytree(PROJECT / "data" / "raw", tmp_path / "reel" / "raw")
    return Dossier(tmp_path / "reel")


# --- the period asked -----------------------------------------------------------------------------

PROGRAMME = Period(date(2026, 1, 1), date(2034, 12, 31))
A_YEAR = Period(date(2031, 1, 1), date(2031, 12, 31))


@pytest.mark.parametrize(
    ("measure", "start", "end", "asked"),
    [
        ("flux", date(2030, 1, 1), date(2030, 12, 31), A_YEAR),
        ("flux", date(2030, 1, 1), date(2030, 10, 31), A_YEAR),
        ("flux", date(2029, 4, 1), date(2029, 4, 30), A_YEAR),
        ("flux", date(2029, 12, 21), date(2030, 3, 20), A_YEAR),
        ("flux", None, None, A_YEAR),
        ("taux", None, None, A_YEAR),
        ("stock", None, None, Period(None, date(2031, 12, 31))),
        ("stock", None, date(2030, 10, 31), Period(None, date(2031, 10, 31))),
        ("stock", None, date(2028, 2, 29), Period(None, date(2031, 2, 28))),
        ("taux", None, date(2030, 12, 31), Period(None, date(2031, 12, 31))),
        # a school year, a programme that goes on, one that is foreseen beyond
        ("flux", date(2029, 9, 1), date(2030, 8, 31), Period(date(2030, 9, 1), date(2031, 8, 31))),
        ("flux", date(2026, 1, 1), date(2030, 12, 31), Period(date(2026, 1, 1), A_YEAR.end)),
        ("flux", PROGRAMME.start, PROGRAMME.end, PROGRAMME),
    ],
)  # fmt: skip
def test_period_asked(measure, start, end, asked):
    assert choose_period(measure, Period(start, end), NEXT) == asked


# --- who is asked ---------------------------------------------------------------------------------


def test_an_indicator_is_asked_of_the_first_service_of_its_action(edition):
    directory = Directory(edition)
    assert directory.of_indicator("renovation", "Finances", "air") == Addressee("environnement")
    assert directory.of_indicator("prevu-reseau", "", "air") == Addressee("syndicat-eau")


def test_else_of_the_service_that_bears_the_producers_name(edition):
    directory = Directory(edition)
    for name in ("Syndicat de l'eau ", "SYNDICAT DE  L’EAU"):
        assert directory.of_indicator("", name, "air") == Addressee("syndicat-eau")


def test_else_of_the_service_that_carries_most_actions_of_the_chapter_which_is_a_guess(edition):
    directory = Directory(edition)
    asked = directory.of_indicator("", "Inconnu", "air")
    assert asked.service == "environnement"
    assert asked.guess == (
        "aucune action ; supposé : il porte le plus d’actions du chapitre « Air »"
    )
    asked = directory.of_indicator("orpheline", "Inconnu", "suivi")
    assert asked.service == "direction-generale", "first at a tie"
    assert asked.guess.startswith("l’action « orpheline » n’a pas de service ; supposé")
    assert directory.of_indicator("", "Inconnu", "ailleurs").service == "environnement"


def test_the_catalogue_names_who_is_asked_before_the_action_does(edition):
    directory = Directory(edition)
    assert directory.of_indicator("renovation", "", "air", "finances") == Addressee("finances")


def test_elected_members_are_asked_only_where_nobody_else_is_named(edition):
    from dataclasses import replace

    kinds = edition.services["kind"].mask(edition.services["id"] == "finances", "instance")
    directory = Directory(replace(edition, services=edition.services.assign(kind=kinds)))
    assert directory.choose("finances | environnement") == "environnement"
    assert directory.choose("finances") == "finances"
    assert directory.choose("") == ""


def test_a_dossier_without_services_can_ask_nobody(edition):
    from dataclasses import replace

    with pytest.raises(ValueError, match=r"Aucun service"):
        Directory(replace(edition, services=edition.services.iloc[:0]))


def test_requests_are_of_measured_values_of_the_own_territory(edition):
    requests = list_requests(edition, NEXT, date(NEXT, 10, 31)).set_index("indicator")
    assert requests.index.is_unique
    assert set(requests["territory"]) == {"val-exemple"}
    asked = set(requests.index)
    assert {"agents", "arbres-plantes", "depenses-totales"} <= asked, "amounts too"
    derived = set(edition.indicators.loc[edition.indicators["formula"] != "", "id"])
    assert not asked & (derived | {"population-municipale", "population-totale"})
    assert requests.loc["agents", "period_end"] == pd.Timestamp(NEXT, 12, 31)
    assert pd.isna(requests.loc["agents", "period_start"])
    assert requests.loc["visiteurs-accueil", "period_start"] == pd.Timestamp(NEXT, 1, 1)


def test_what_was_last_known_long_ago_is_not_asked(edition):
    from dataclasses import replace

    values = edition.values.copy()
    values.loc[values["indicator"] == "agents", "edition"] = 2020
    older = replace(edition, values=values)
    assert "agents" not in set(list_requests(older, NEXT, date(NEXT, 1, 1))["indicator"])


# --- the folder -----------------------------------------------------------------------------------


@pytest.mark.parametrize("year", [NEXT, NEXT + 3])
def test_the_new_folder_is_a_valid_edition(dossier_copy, year):
    done = prepare_year(dossier_copy, year)
    assert done.kept == []
    assert collect_faults(dossier_copy, year, [check_formulas])[1] == []
    assert collect_faults(dossier_copy, LAST, [check_formulas])[1] == []
    edition = load_edition(dossier_copy, year)
    value = edition.value("logements-renoves")
    assert (value.value, value.period_end) == (100, date(2030, 12, 31)), "the last one known"


def test_the_real_dossier_goes_on(real_copy):
    last = max(list_editions(real_copy))
    year = last + 1
    before = read_tree(real_copy.raw)
    done = prepare_year(real_copy, year)
    for edition in (year, last):
        assert main(["data", "--year", str(edition), "--dossier", str(real_copy.root)]) == 0
    after = read_tree(real_copy.raw)
    changed = {name for name, content in before.items() if after[name] != content}
    assert changed == {"sources.csv"}
    assert after["sources.csv"].startswith(before["sources.csv"])
    assert after["sources.csv"].count(b"\n") == before["sources.csv"].count(b"\n") + 1
    assert done.source == f"donnees-{year}"
    planned = read_rows(real_copy.raw_year(last) / "planned.csv")
    past = {row["id"] for row in planned if "" < row["due_end"][:4] < str(year)}
    assert past
    assert past <= {row["id"] for row in read_rows(real_copy.raw_year(year) / "planned.csv")}
    requests = read_rows(real_copy.raw_year(year) / "requests.csv")
    assert len(requests) == done.requests > 100
    asked = {row["indicator"]: row for row in requests}
    assert asked["arbres-plantes"]["period_start"] == "2011", "a cumulated figure"
    assert asked["cis-enfants"]["period_end"] == f"{year}-08", "a school year"
    assert asked["halles-realisees"]["period_end"] == f"{year}-12-31", "of which the year is known"
    assert asked["marches-publics"]["service"] == "commande-publique"
    assert "part-emissions-patrimoine-collectivites" not in asked, "a figure of France"


def test_what_lasts_is_carried_byte_for_byte(dossier_copy):
    prepare_year(dossier_copy, NEXT)
    old, new = dossier_copy.raw_year(LAST), dossier_copy.raw_year(NEXT)
    for name in (
        *("actions", "ratings", "improvements", "targets", "milestones", "planned", "places"),
    ):
        assert (new / f"{name}.csv").read_bytes() == (old / f"{name}.csv").read_bytes(), name
    for name in ("observations", "budget", "statements", "gaps", "discrepancies"):
        assert (new / f"{name}.csv").read_text("utf-8") == ",".join(TABLES[name].header) + "\n"
    for chapter in ("air", "eau", "suivi"):
        text = (new / f"texts/{chapter}.md").read_text("utf-8")
        assert text == "## Enjeu\n\n## Analyse\n\n## Synthèse\n"


def test_twice_changes_nothing(dossier_copy):
    prepare_year(dossier_copy, NEXT)
    before = read_tree(dossier_copy.raw)
    done = prepare_year(dossier_copy, NEXT, due=date(NEXT, 1, 2))
    assert (done.made, done.source) == ([], "")
    assert read_tree(dossier_copy.raw) == before
    assert "rien n’a été changé" in describe_preparation(done)


def test_what_is_there_is_left_alone_and_said(dossier_copy):
    folder = dossier_copy.raw_year(NEXT)
    (folder / "texts").mkdir(parents=True)
    (folder / "actions.csv").write_text("travail en cours", "utf-8")
    (folder / "texts/air.md").write_text("déjà écrit", "utf-8")
    done = prepare_year(dossier_copy, NEXT)
    assert (folder / "actions.csv").read_text("utf-8") == "travail en cours"
    assert (folder / "texts/air.md").read_text("utf-8") == "déjà écrit"
    assert set(done.kept) == {f"{NEXT}/actions.csv", f"{NEXT}/texts/air.md"}
    assert f"laissés tels quels : {NEXT}/actions.csv" in describe_preparation(done)
    assert not list(dossier_copy.raw.rglob("*.tmp"))


def test_an_interrupted_preparation_leaves_nothing(real_copy, monkeypatch):
    year = max(list_editions(real_copy)) + 1
    replace, count = os.replace, iter(range(100))

    def fail_at_the_fifth(source, target):
        if next(count) == 5:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", fail_at_the_fifth)
    with pytest.raises(KeyboardInterrupt):
        prepare_year(real_copy, year)
    monkeypatch.undo()
    assert not real_copy.raw_year(year).exists()
    done = prepare_year(real_copy, year)
    assert not done.kept
    assert collect_faults(real_copy, year, [check_formulas])[1] == []


def test_a_target_whose_date_has_passed_is_named(dossier_copy):
    change(dossier_copy.raw_year(LAST) / "targets.csv", "2034-12-31", f"{LAST}-12-31")
    done = prepare_year(dossier_copy, NEXT)
    assert done.past == [f"Arbres plantés (fin {LAST})"]
    assert "nouvelle échéance se saisit dans targets.csv" in describe_preparation(done)


def test_a_step_that_is_over_is_no_target_any_more(dossier_copy):
    """Its own row is not carried over: the target would name nothing."""
    folder = dossier_copy.raw_year(LAST)
    header = "indicator,entry,kind,value,qualifier,date,baseline,baseline_date,source,locator,note"
    rows = [
        f",{id},programme,,,,,,rapport-invente,l. 40," for id in ("prevu-pcaet", "prevu-reseau")
    ]
    (folder / "targets.csv").write_text("\n".join([header, *rows]) + "\n", "utf-8")
    (folder / "followups.csv").write_text(
        "id,state,new_due,note,source,locator\nprevu-reseau,faite,,,rapport-invente,l. 41\n",
        "utf-8",
    )
    done = prepare_year(dossier_copy, NEXT)
    assert done.dropped["targets"] == ["prevu-reseau"]
    kept = read_rows(dossier_copy.raw_year(NEXT) / "targets.csv")
    assert [row["entry"] for row in kept] == ["prevu-pcaet"]
    assert collect_faults(dossier_copy, NEXT, [check_formulas])[1] == []


def test_short_term_actions_fallen_due_go_on_until_a_service_answers(dossier_copy):
    path = dossier_copy.raw_year(LAST) / "planned.csv"
    change(path, ",2031-06-30,", ",2030-12-31,")
    done = prepare_year(dossier_copy, NEXT)
    assert done.dropped == {}
    assert read_rows(dossier_copy.raw_year(NEXT) / "planned.csv") == read_rows(path)
    table = strip_marks(tabulate_planned(load_edition(dossier_copy, NEXT), "eau"))
    assert "en cours, échéance passée" in table
    questions = list_questions(load_edition(dossier_copy, NEXT), load_edition(dossier_copy, LAST))
    assert {q.id: q.service for q in questions if q.kind != "action"} == {
        "prevu-pcaet": "environnement", "prevu-reseau": "syndicat-eau",
        "piste-arbres": "environnement", "piste-eau": "syndicat-eau",
        "piste-suivi": "direction-generale",
    }  # fmt: skip


def test_what_is_over_is_neither_carried_nor_asked(dossier_copy):
    lines = [
        "id,state,new_due,note,source,locator",
        "velo,achevée,,,rapport-invente,l. 1",
        "piste-eau,abandonnée,,,rapport-invente,l. 1",
        "prevu-reseau,reportée,2034-06-30,,rapport-invente,l. 1",
    ]
    folder = dossier_copy.raw_year(LAST)
    (folder / "followups.csv").write_text("\n".join(lines) + "\n", "utf-8")
    done = prepare_year(dossier_copy, NEXT + 2)
    assert done.dropped == {
        "actions": ["velo"], "ratings": ["velo"], "improvements": ["piste-eau"],
    }  # fmt: skip
    assert collect_faults(dossier_copy, NEXT + 2, [check_formulas])[1] == []
    now, last = load_edition(dossier_copy, NEXT + 2), load_edition(dossier_copy, LAST)
    asked = {question.id for question in list_questions(now, last)}
    assert "prevu-pcaet" in asked
    assert not asked & {"velo", "piste-eau"}


# --- provenance -----------------------------------------------------------------------------------


def test_no_row_is_added_where_one_covers_the_files(dossier_copy):
    before = (dossier_copy.raw / "sources.csv").read_bytes()
    assert prepare_year(dossier_copy, NEXT).source == ""
    assert (dossier_copy.raw / "sources.csv").read_bytes() == before


@pytest.mark.parametrize(
    ("encoding", "separator", "newline"),
    [
        ("utf-8", ",", "\n"), ("cp1252", ";", "\r\n"), ("utf-16", ";", "\r\n"),
        ("utf-8-sig", ";", "\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("ended", [True, False])
def test_the_row_is_added_as_the_file_is_written(dossier_copy, encoding, separator, newline, ended):
    path = dossier_copy.raw / "sources.csv"
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame["file"] = frame["file"].replace("20??/*", "2029/* | 2030/*")
    frame = frame[[*frame.columns[::-1]]]  # columns may stand in any order
    text = frame.to_csv(index=False, sep=separator, lineterminator=newline)
    path.write_bytes((text if ended else text.removesuffix(newline)).encode(encoding))
    before = path.read_bytes()
    assert prepare_year(dossier_copy, NEXT).source == f"donnees-{NEXT}"
    assert path.read_bytes().startswith(before)
    assert collect_faults(dossier_copy, NEXT, [check_formulas])[1] == []


def test_only_what_is_not_covered_is_declared_under_a_free_id(dossier_copy):
    path = dossier_copy.raw / "sources.csv"
    change(path, "editions-inventees,20??/*", f"donnees-{NEXT},20??/*.csv | 2030/texts/*")
    assert prepare_year(dossier_copy, NEXT).source == f"donnees-{NEXT}-suite"
    assert read_rows(path)[-1]["file"] == f"{NEXT}/texts/*.md"
    assert collect_faults(dossier_copy, NEXT, [check_formulas])[1] == []


# --- the command ----------------------------------------------------------------------------------


def test_command_says_what_it_made_and_what_comes_next(dossier_copy, capsys):
    root = str(dossier_copy.root)
    assert main(["new-year", "--year", str(NEXT), "--due", "2031-09-15", "--dossier", root]) == 0
    said = capsys.readouterr().out
    assert said.startswith(f"Édition {NEXT} préparée d’après l’édition {LAST} :\n")
    assert f"make forms YEAR={NEXT}" in said
    rows = read_rows(dossier_copy.raw_year(NEXT) / "requests.csv")
    assert {row["due"] for row in rows} == {"2031-09-15"}


def test_no_earlier_edition_is_said(dossier_copy, capsys):
    root = str(dossier_copy.root)
    assert main(["new-year", "--year", "2030", "--dossier", root]) == 1
    assert "Aucune édition avant 2030" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--year", "18"], ["--year", "2031", "--due", "31/10"]])
def test_a_wrong_year_or_date_is_refused(dossier_copy, capsys, arguments):
    with pytest.raises(SystemExit):
        main(["new-year", *arguments, "--dossier", str(dossier_copy.root)])
    assert "n’est pas une" in capsys.readouterr().err


def test_a_faulty_edition_is_not_taken_up(dossier_copy):
    change(dossier_copy.raw_year(LAST) / "observations.csv", "environ", "enviton")
    with pytest.raises(InvalidDossier):
        prepare_year(dossier_copy, NEXT)
    assert not dossier_copy.raw_year(NEXT).exists()
