"""What the law asks of an edition: conditions read, verdicts held, what is certain or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from conftest import MADE_UP_YEAR
from test_dossier import append, faults_of

from analysis.base.csvtext import read_csv
from analysis.base.paths import PROJECT
from analysis.compute.law import (
    LACKING,
    MET,
    UNTOLD,
    count_inhabitants,
    describe_law,
    frame_requirements,
    list_elsewhen,
    list_failing,
    list_requirements,
    name_law,
    needs_digital,
)
from analysis.execute import plan_jobs
from analysis.model.formulas import FormulaError
from analysis.model.requirement_tests import parse_tests
from analysis.model.schema import BESIDE, ON_REPORT, PAGE_ANCHORS, TABLES, TEXT_READ
from analysis.publish.book_texts import compose_duty
from analysis.run.arguments import parse_arguments
from analysis.show.pages.law_page import compose_digital, compose_law
from analysis.show.tables import (
    count_documents,
    list_other_budgets,
    tabulate_documents_used,
    tabulate_law,
)
from analysis.words.hidden_markup import strip_marks

#: The real requirements, that every territory gets.
CATALOGUE = read_csv(PROJECT / "data" / "raw" / "reference" / "legal.csv")
WHOLE = ("order", "inhabitants", "budget_from", "budget_to", "read_to")


def make_rows(name: str, *rows: dict) -> pd.DataFrame:
    """Rows of a raw table as an edition has them."""
    frame = pd.DataFrame([*rows], columns=TABLES[name].header)
    for column in frame.columns:
        if column in WHOLE:
            frame[column] = pd.to_numeric(frame[column]).astype("Int64")
        else:
            frame[column] = frame[column].astype("object").fillna("").astype("str")
    return frame


def plain(text: str) -> str:
    """Words without marks, escapes and no-break spaces."""
    return strip_marks(text).replace("\u00a0", " ").replace("\u202f", " ").replace("\\", "")


def require(met: str, **cells) -> dict:
    """A row of legal.csv whose text was read."""
    row = {"id": "a", "order": 1, "kind": ON_REPORT, "title": "Dire", "certainty": TEXT_READ}
    return row | {"met": met} | cells


def judge(edition, met: str, **cells):
    (found,) = list_requirements(replace(edition, legal=make_rows("legal", require(met, **cells))),
                                 ON_REPORT)  # fmt: skip
    return found


def with_catalogue(edition, budget: int, **council):
    """The edition under the real requirements, for a budget."""
    rows = CATALOGUE.to_dict("records")
    blank = [{k: v or None for k, v in row.items()} for row in rows]
    known = edition.council | {"budget_year": budget} | council
    return replace(edition, legal=make_rows("legal", *blank), council=known)


# --- conditions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("lignes de action", "table inconnue"),
        ("lignes de actions où couleur = bleue", "« couleur » ne dit rien de la table"),
        ("lignes de actions pour chaque couleur", "condition non reconnue"),
        ("lignes de statements pour chaque finalité", "« finalité » ne dit rien"),
        ("texte de chaque couleur", "condition non reconnue"),
        ("séance lundi", "« lundi » n’est pas dans council.yml"),
        ("séance chair avant session_on", "« chair » n’est pas dans council.yml"),
        ("édition et rien", "condition non reconnue « rien »"),
    ],
)
def test_a_condition_that_cannot_be_held_is_refused(text, said):
    with pytest.raises(FormulaError, match=said):
        parse_tests(text)


def test_every_condition_of_the_catalogue_is_read():
    assert not parse_tests("")
    forms = {test.form for met in CATALOGUE["met"] for test in parse_tests(met)}
    assert forms == {"édition", "lignes", "texte", "séance"}


# --- verdicts, by hand ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("met", "verdict", "reason"),
    [
        ("", UNTOLD, "rien dans le dossier ne permet de le dire"),
        ("édition", MET, "c’est ce rapport"),
        ("lignes de planned où title = Introuvable", LACKING, "(Introuvable) » : aucune ligne"),
        ("lignes de documents_used", LACKING, "utilisés » : aucune ligne"),
        ("édition et lignes de documents_used", LACKING, "utilisés » : aucune ligne"),
        ("édition et séance chair", UNTOLD, "à préciser : présidence de la séance"),
        ("séance chair et lignes de documents_used", LACKING, "aucune ligne"),
        ("séance session_on", UNTOLD, "à préciser : séance (date)"),
        ("séance chair et séance session_on", UNTOLD,
         "à préciser : présidence de la séance et séance (date)"),
    ],
)  # fmt: skip
def test_the_worst_condition_decides(edition, met, verdict, reason):
    found = judge(edition, met)
    assert found.verdict == verdict
    assert reason in found.reason


def test_a_row_for_each_chapter(edition):
    lines = edition.actions["chapter"]
    kinds = dict(zip(edition.chapters["id"], edition.chapters["kind"], strict=True))
    finalities = [id for id, kind in kinds.items() if kind == "finalité"]
    there = [id for id in finalities if id in set(lines)]
    found = judge(edition, "lignes de actions pour chaque finalité")
    assert found.verdict == (MET if there == finalities else LACKING)
    assert there == finalities
    rows = sum(lines.isin(finalities))  # those of the approach are not looked at
    assert rows < len(lines)
    assert f"« Actions » : {rows} lignes, dans " in plain(found.reason)
    bare = replace(edition, actions=edition.actions[lines != there[0]])
    found = judge(bare, "lignes de actions pour chaque finalité")
    titles = dict(zip(edition.chapters["id"], edition.chapters["short_title"], strict=True))
    assert found.verdict == LACKING
    assert titles[there[0]] in found.reason


def test_the_analysis_of_each_chapter(edition):
    ids = edition.chapters.loc[edition.chapters["kind"] == "démarche", "id"]
    texts = {id: {"Analyse": "Écrite."} for id in ids}
    assert judge(replace(edition, texts=texts), "texte de chaque démarche").verdict == MET
    texts = texts | {ids.iloc[0]: {"Analyse": " \n"}}
    found = judge(replace(edition, texts=texts), "texte de chaque démarche")
    assert found.verdict == LACKING
    assert found.reason.startswith("analyse à écrire : ")


@pytest.mark.parametrize(
    ("presented", "debated", "verdict"),
    [
        (date(2030, 12, 1), date(2030, 12, 2), MET),
        (date(2030, 12, 2), date(2030, 12, 1), LACKING),
        (date(2030, 12, 1), date(2030, 12, 1), UNTOLD),
        (None, date(2030, 12, 1), UNTOLD),
        (date(2030, 12, 1), None, UNTOLD),
    ],
)
def test_presented_before_the_debate(edition, presented, debated, verdict):
    known = edition.council | {"presented_on": presented, "orientation_debate_on": debated}
    told = replace(edition, council=known)
    assert judge(told, "séance presented_on avant orientation_debate_on").verdict == verdict


def test_of_an_edition_never_published_what_is_absent_is_unknown(edition):
    about = {"kind": "reconstituée", "note": "Pour l’exemple."}
    found = judge(replace(edition, about=about), "lignes de documents_used")
    assert found.verdict == UNTOLD


def test_of_another_paper_what_the_dossier_does_not_hold_is_unknown(edition):
    row = require("lignes de documents_used", kind=BESIDE)
    (found,) = list_requirements(replace(edition, legal=make_rows("legal", row)), BESIDE)
    assert found.verdict == UNTOLD
    assert "aucune ligne" in found.reason


def test_a_day_typed_proves_no_delay(edition):
    """The debate's day alone does not say how long before the budget's vote it was."""
    told = with_catalogue(edition, 2018, orientation_debate_on=date(2017, 12, 1))
    (found,) = [one for one in list_requirements(told, BESIDE)
                if one.row["id"] == "orientations-budgetaires"]  # fmt: skip
    assert found.verdict == UNTOLD


@pytest.mark.parametrize(
    ("first", "last", "holds"),
    [(None, None, True), (2031, None, True), (2032, None, False), (None, 2031, True),
     (None, 2030, False), (2031, 2031, True), (2030, 2030, False)],
)  # fmt: skip
def test_a_requirement_bears_on_its_budgets(edition, first, last, holds):
    """The budget debated after the edition of 2030 is that of 2031."""
    row = require("édition", budget_from=first, budget_to=last)
    told = replace(edition, legal=make_rows("legal", row))
    assert len(list_requirements(told, ON_REPORT)) == holds
    assert len(list_elsewhen(told, ON_REPORT)) == (not holds)


def test_a_smaller_territory_is_not_asked(edition):
    """Three communes of a hundred inhabitants each, in force on 1 January."""
    people = edition.population.assign(vintage=2027, total=100.0).drop_duplicates("insee")
    members = count_inhabitants(replace(edition, population=people))["value"]
    assert members
    assert members % 100 == 0
    for threshold, asked in ((members - 1, True), (members, False)):
        row = require("édition", inhabitants=int(threshold))
        told = replace(edition, population=people, legal=make_rows("legal", row))
        assert bool(list_requirements(told, ON_REPORT)) == asked
    nobody = replace(told, population=people.iloc[:0])
    assert list_requirements(nobody, ON_REPORT)  # unknown is no reason to leave out


# --- what is certain ------------------------------------------------------------------------------


def test_a_lack_fails_only_where_the_text_was_read(edition):
    def list_of(**cells):
        row = require("lignes de documents_used", **cells)
        return list_failing(replace(edition, legal=make_rows("legal", row)))

    assert list_of() == ["Dire"]
    assert list_of(read_to=2031) == ["Dire"]
    assert list_of(read_to=2030) == []  # read for earlier budgets alone
    for certainty in ("source secondaire", "déduit", "de mémoire"):
        assert list_of(certainty=certainty) == []
    assert list_of(kind=BESIDE) == []  # another paper is not of the report


def test_a_number_that_is_not_read_is_not_printed(edition):
    later = with_catalogue(edition, 2031)
    said = [name_law(one) for one in list_requirements(later, ON_REPORT)]
    table = strip_marks(tabulate_law(later, ON_REPORT, "Loi", "loi"))
    assert "1612" not in " ".join([table, *said, *describe_law(later)])
    assert any("article à vérifier" in words for words in said)
    assert "L. 2311-1-1" not in " ".join(said)  # read for the budgets before
    then = with_catalogue(edition, 2018)
    said = [name_law(one) for one in list_requirements(then, ON_REPORT)]
    assert "code général des collectivités territoriales, article L. 2311-1-1" in said
    assert "budget 2026" in strip_marks(list_other_budgets(then, ON_REPORT))


def test_check_says_each_requirement_once(edition):
    later = with_catalogue(edition, 2031)
    first, *lines = describe_law(later)
    assert first.startswith("Ce que la loi demande, budget 2031 : ")
    assert len(lines) == len(frame_requirements(later))
    assert all("à vérifier" in line for line in lines if "(numerique)" in line)
    assert not list(describe_law(replace(edition, legal=make_rows("legal"))))


@pytest.mark.parametrize(
    ("year", "budget", "said", "unsaid"),
    [
        (2013, 2014, ["La loi demande ce rapport", "L. 2311-1-1 et D. 2311-15", "cinq finalités"],
         ["engagements", "à vérifier", "Agenda"]),
        (2015, 2016, ["dites « engagements » dans le code de l’environnement depuis août 2015"],
         ["à vérifier", "Agenda"]),
        (2021, 2022, ["à vérifier", "Agenda 2030", "(source secondaire)"], ["numérique"]),
        (2024, 2025, ["Agenda 2030", "stratégie numérique responsable", "(déduit)"], ["demandait"]),
        (2025, 2026, ["La loi demandait ce rapport", "jusqu’au budget 2025",
                      "ce qui vaut pour le budget 2026 est à vérifier", "ordonnance de 2025"],
         ["1612"]),
    ],
)  # fmt: skip
def test_the_foreword_states_the_law_of_its_year(published, year, budget, said, unsaid):
    told = replace(published, year=year, council=published.council | {"budget_year": budget})
    text = plain(compose_duty(told))
    for words in said:
        assert words in text, words
    for words in unsaid:
        assert words not in text, words


def test_the_foreword_tells_the_session(edition):
    told = with_catalogue(edition, 2031, presented_on=date(2031, 1, 15))
    said = plain(compose_duty(told))
    assert "Présenté au conseil le 15 janvier 2031. À préciser : délibération." in said
    told = with_catalogue(edition, 2031, deliberation_number="12", deliberation_on=date(2031, 2, 1))
    assert "Délibération n° 12 du 1er février 2031." in plain(compose_duty(told))


# --- documents, the digital strategy --------------------------------------------------------------


def test_documents_are_counted(edition):
    def count(*obligations):
        rows = [{"id": str(n), "obligation": one} for n, one in enumerate(obligations)]
        frame = make_rows("documents_used", *rows)
        return plain(count_documents(replace(edition, documents_used=frame)))

    assert count() == ""
    assert count("") == "1 évaluation, document ou bilan"
    assert count("prescrit", "", "volontaire", "prescrit") == (
        "4 évaluations, documents et bilans, dont 2 prescrits et 1 volontaire"
    )


def test_a_document_whose_obligation_is_not_told_says_so(published):
    table = strip_marks(tabulate_documents_used(published))
    assert "non dit" in table
    assert "prescrit" in table


def test_the_digital_page_is_there_where_it_is_asked_or_told(edition):
    def pages(told):
        return [job.name for job in plan_jobs(told)]

    bare = replace(edition, digital=make_rows("digital"))
    assert "digital" not in pages(with_catalogue(bare, 2024))
    asked = pages(with_catalogue(bare, 2026))
    assert asked[asked.index("digital") - 1] == edition.chapters["id"].iloc[-1]
    told = {"id": "a", "order": 1, "block": "mesure", "title": "Réemploi"}
    told = replace(edition, digital=make_rows("digital", told))
    assert needs_digital(with_catalogue(told, 2024))


def test_without_a_row_the_digital_page_says_what_is_asked(edition):
    bare = with_catalogue(replace(edition, digital=make_rows("digital")), 2026)
    said = plain("\n".join(map(str, compose_digital(bare))))
    assert "à vérifier (source secondaire)" in said
    assert "Aucun texte lu n’en donne le contenu" in said
    for part in ("Indicateurs", "Mesures", "Moyens", "Écarts", "Année suivante"):
        assert part in said


def test_the_page_opens_on_counts(edition):
    (said,) = compose_law(replace(edition, legal=make_rows("legal", require("édition"))))
    assert "1 exigence porte sur le rapport" in plain(said)
    assert "à vérifier" not in said
    assert not list(compose_law(replace(edition, legal=make_rows("legal"))))


def test_anchors_are_those_of_the_notebooks():
    for anchor, page in PAGE_ANCHORS.items():
        text = (PROJECT / "notebooks" / f"{page}.ipynb").read_text("utf-8")
        assert f"{{#{anchor}" in text


# --- typed wrong ----------------------------------------------------------------------------------

LAW = ",".join(TABLES["legal"].header)


@pytest.mark.parametrize(
    ("cells", "column", "problem"),
    [
        ({"met": "lignes de tout"}, "met", "table inconnue « tout »"),
        ({"anchor": "sec-ailleurs"}, "anchor", "passage inconnu du rapport"),
        ({"certainty": "déduit", "read_to": 2030}, "read_to", "le texte n’a pas été lu"),
        ({"certainty": "déduit", "verified_on": "2030-01-02"}, "verified_on", "n’a pas été lu"),
        ({"budget_from": 2031, "budget_to": 2030}, "budget_from", ""),
        ({"certainty": "sûr"}, "certainty", ""),
    ],
)
def test_a_requirement_typed_wrong_is_told(dossier_copy, cells, column, problem):
    row = require("édition", budget_from=2012) | cells
    path = dossier_copy.raw / "reference" / "legal.csv"
    path.write_text(LAW + "\n", "utf-8")
    append(dossier_copy, "reference/legal.csv",
           ",".join(str(row.get(name) or "") for name in TABLES["legal"].header))  # fmt: skip
    (fault,) = faults_of(dossier_copy)
    assert (fault.file, fault.row, fault.column) == ("reference/legal.csv", 2, column)
    assert problem in fault.problem


@pytest.mark.parametrize(("block", "indicator"), [("indicateur", ""), ("mesure", "arbres")])
def test_a_measure_has_its_indicator(dossier_copy, block, indicator):
    catalogue = read_csv(dossier_copy.raw / "reference" / "indicators.csv")["id"]
    known = catalogue.iloc[0] if indicator else ""
    path = dossier_copy.raw / str(MADE_UP_YEAR) / "digital.csv"
    row = {"id": "a", "order": 1, "block": block, "title": "Réemploi", "indicator": known}
    row |= {"source": "rapport-invente", "locator": "l. 1"}
    header = TABLES["digital"].header
    cells = ",".join(str(row.get(name, "")) for name in header)
    path.write_text(f"{','.join(header)}\n{cells}\n", "utf-8")
    (fault,) = faults_of(dossier_copy)
    assert (fault.column, fault.row) == ("indicator", 2)


def test_strict_is_an_option_of_check():
    assert parse_arguments(["check", "--strict"]).strict
    assert not parse_arguments(["check"]).strict
