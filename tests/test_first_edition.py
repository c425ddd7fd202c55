"""The collection of a first edition, from the forms to those of the year after."""

import random
import shutil
import subprocess
import sys
from datetime import date

import openpyxl
import pytest
from first_edition import ASKED, YEAR, make_first, read_table, write_table

from analysis.__main__ import main
from analysis.base.paths import PROJECT
from analysis.collect import form_contract
from analysis.collect.collecting import collect_forms
from analysis.collect.descriptions import fold_commune
from analysis.collect.forms import write_forms
from analysis.collect.new_year import prepare_year, request_first
from analysis.collect.requests import list_questions, list_requests
from analysis.collect.status import describe_status, find_followed, name_state, read_status
from analysis.collect.status_page import format_page
from analysis.compute.dossier import InvalidDossier, read_dossier
from analysis.compute.indicators import load_edition
from analysis.model.schema import TABLES

SERVICES = ("direction-generale", "environnement", "finances", "syndicat-eau")
SOURCE = f"formulaire-{YEAR}-environnement"
KEYS = {sheet.title: [c.key for c in sheet.columns] for sheet in form_contract.FIRST_SHEETS}

HEDGES = {
    "title": "Planter des haies",
    "chapter": "Air",
    "state": "en cours",
    "summary": "Le service plante avec les écoles : 300 mètres de haie en tout.",
    "partners": "Écoles ; Région d’Exemple",
    "communes": "Aubépine, bruyère",
    "place": "nature",
    "date": date(YEAR + 2, 12, 31),
}
METRES = {
    "action": "Planter des haies",
    "title": "Haies plantées",
    "value": 300,
    "unit": "mètres de haie",
    "period_start": date(YEAR, 1, 1),
    "period_end": date(YEAR, 12, 31),
    "target": 1000,
    "target_date": str(YEAR + 4),
}
GRANT = {
    "action": "planter des haies",
    "title": "Plantation des haies",
    "amount": "50 k€",
    "nature": "subvention",
    "stage": "obtenu",
    "payer": "État",
    "fiscal_year": str(YEAR),
}


@pytest.fixture
def dossier(tmp_path):
    return make_first(tmp_path / "Pays d’Été")


@pytest.fixture
def asked(dossier):
    request_first(dossier, load_edition(dossier, YEAR))
    return dossier


@pytest.fixture
def sent(asked):
    """The dossier with its forms written."""
    list(write_forms(asked, load_edition(asked, YEAR), None))
    return asked


def open_form(dossier, service="environnement"):
    folder = dossier.report(YEAR) / form_contract.FORMS
    return openpyxl.load_workbook(folder / form_contract.name_form(service, YEAR))


def type_line(book, sheet, row, **cells):
    """Fill in a line as a service does: below the heading of each column."""
    for key, value in cells.items():
        book[sheet].cell(row, KEYS[sheet].index(key) + 1).value = value


def find_row(book, sheet, code):
    return next(row for row in range(2, 90) if book[sheet].cell(row, 1).value == code)


@pytest.fixture
def collect(sent, tmp_path):
    """Fill in the form of a service, sheet by sheet, and read it: its outcome."""

    def run(*lines, service="environnement", name="retour.xlsx", also=None):
        book, numbers = open_form(sent, service), {}
        for sheet, cells in lines:
            start = find_row(book, sheet, cells["code"]) if cells.get("code") else None
            row = start or numbers.setdefault(sheet, 3 if sheet == "Montants" else 2)
            if not start:
                numbers[sheet] += 1
            type_line(book, sheet, row, **{k: v for k, v in cells.items() if k != "code"})
        if also:
            also(book)
        folder = tmp_path / "reçus"
        folder.mkdir(exist_ok=True)
        book.save(folder / name)
        done = collect_forms(sent, YEAR, folder)
        return next(outcome for outcome in done.outcomes if outcome.file == name)

    return run


def pick(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def list_words(outcome, kind):
    return " / ".join(message.message for message in getattr(outcome, kind))


# --- what is asked --------------------------------------------------------------------------------


def test_requests_come_from_the_catalogue_alone(dossier):
    rows = list_requests(load_edition(dossier, YEAR), YEAR)
    found = {row.indicator: (row.service, str(row.period_end.date())) for row in rows.itertuples()}
    assert set(found) == {id for id, (often, *_) in ASKED.items() if often != "jamais"}
    assert found["arbres-plantes"] == ("environnement", f"{YEAR}-12-31")
    assert found["depenses-totales"] == ("environnement", f"{YEAR - 1}-12-31")


def test_a_question_without_a_service_goes_to_a_supposed_one_and_says_why(dossier):
    rows = list_requests(load_edition(dossier, YEAR), YEAR).set_index("indicator")
    guess = rows.at["communes-diagnostiquees", "guess"]
    assert rows.at["communes-diagnostiquees", "service"] == "syndicat-eau"
    assert "le catalogue lui demande le plus de valeurs du chapitre « Eau »" in guess
    assert "dernière valeur" not in rows.at["logements-renoves", "guess"]


def test_what_is_known_already_is_not_asked(dossier):
    value = {"indicator": "arbres-plantes", "territory": "val-exemple", "value": "5",
             "period_start": f"{YEAR}-01-01", "period_end": f"{YEAR}-12-31", "unit": "arbre",
             "qualifier": "exact", "status": "définitif", "source": "rapport-invente",
             "locator": "l. 1"}  # fmt: skip
    write_table(dossier, "observations", [value])
    rows = list_requests(load_edition(dossier, YEAR), YEAR)
    assert "arbres-plantes" not in set(rows["indicator"])
    assert "logements-renoves" in set(rows["indicator"])


def test_nothing_is_followed_up_in_a_first_edition(dossier):
    assert list_questions(load_edition(dossier, YEAR), None) == []


def test_a_service_that_is_gone_while_something_is_asked_of_it_is_a_fault(dossier):
    kept = [row for row in read_table(dossier, "services") if row["id"] != "syndicat-eau"]
    write_table(dossier, "services", kept)
    with pytest.raises(InvalidDossier) as error:
        read_dossier(dossier, YEAR)
    assert "asked_of" in str(error.value)
    assert "syndicat-eau" in str(error.value)


def test_forms_write_the_requests_once_and_never_again(dossier, capsys):
    assert main(["forms", "--dossier", str(dossier.root)]) == 0
    said = capsys.readouterr().out
    assert f"raw/{YEAR}/requests.csv écrit d’après le catalogue" in said
    assert f'make collect YEAR={YEAR} FROM=recus DOSSIER="{dossier.root}"' in said
    path = dossier.raw_year(YEAR) / "requests.csv"
    path.write_text(path.read_text("utf-8").replace("direction-generale", "finances"), "utf-8")
    assert main(["forms", "--dossier", str(dossier.root)]) == 0
    assert "écrit d’après le catalogue" not in capsys.readouterr().out
    assert "finances" in path.read_text("utf-8")


def test_requests_have_their_provenance(dossier):
    sources = read_table(dossier, "sources")
    write_table(dossier, "sources", [
        row | {"file": "|".join(f"{YEAR}/{n}" for n in ("actions.csv", "budget.csv",
        "observations.csv", "targets.csv", "planned.csv", "improvements.csv", "milestones.csv",
        "statements.csv", "gaps.csv", "discrepancies.csv", "texts/*")).replace("|", " | ")}
        if row["file"] == "20??/*" else row for row in sources])  # fmt: skip
    request_first(dossier, load_edition(dossier, YEAR))
    read_dossier(dossier, YEAR)
    assert read_table(dossier, "sources")[-1]["remark"].startswith("Première édition")


def test_nothing_is_asked_for_a_reconstituted_edition(dossier, capsys):
    (dossier.raw_year(YEAR) / "edition.yml").write_text(
        "kind: reconstituée\nnote: Édition refaite après coup.\n", "utf-8"
    )
    assert main(["forms", "--dossier", str(dossier.root)]) == 1
    assert "reconstituée" in capsys.readouterr().err
    assert not (dossier.raw_year(YEAR) / "requests.csv").exists()


# --- forms ----------------------------------------------------------------------------------------


def test_every_service_has_a_form_even_if_nothing_is_asked_of_it(sent):
    for service in SERVICES:
        book = open_form(sent, service)
        assert book.sheetnames[:5] == ["Lisez-moi", *KEYS]
        assert "Dernière valeur connue" not in [cell.value for cell in book["Indicateurs"][1]]
    assert "vos actions à décrire" in open_form(sent, "finances")["Lisez-moi"]["B6"].value


def test_a_meeting_of_elected_members_describes_nothing(dossier):
    rows = read_table(dossier, "services")
    rows.append({"id": "bureau", "name": "Bureau", "kind": "instance", "parent": ""})
    write_table(dossier, "services", rows)
    request_first(dossier, load_edition(dossier, YEAR))
    written = list(write_forms(dossier, load_edition(dossier, YEAR), None))
    assert [form.service for form in written] == list(SERVICES)


def test_amounts_are_asked_where_their_stage_and_payer_are(sent):
    book = open_form(sent)
    assert find_row(book, "Montants", "depenses-totales") == 2
    with pytest.raises(StopIteration):
        find_row(book, "Indicateurs", "depenses-totales")


def test_the_dossiers_own_lists_are_offered(sent):
    book = open_form(sent)
    assert book["Listes"].sheet_state == "hidden"
    assert [cell.value for cell in book["Listes"]["A"]][:3] == ["Air", "Eau", "Suivi"]
    rules = {str(r.sqref): r for r in book["Vos actions"].data_validations.dataValidation}
    assert rules["B2:B21"].formula1 == "Listes!$A$1:$A$3"
    offered = book["Chiffres"].data_validations.dataValidation
    free = next(rule for rule in offered if "Vos actions" in (rule.formula1 or ""))
    assert not free.showErrorMessage  # an action of the dossier may be named too


def test_a_form_is_filled_from_the_first_word_that_a_service_writes(sent):
    edition = load_edition(sent, YEAR)
    again = list(write_forms(sent, edition, None))
    assert {form.outcome for form in again} == {"inchangé"}
    book = open_form(sent, "finances")
    type_line(book, "Vos actions", 2, title="Voter un budget vert")
    book.save(sent.report(YEAR) / "formulaires" / form_contract.name_form("finances", YEAR))
    write_table(sent, "payers", [{"id": "etat", "name": "État"}])
    outcomes = {f.service: f.outcome for f in write_forms(sent, load_edition(sent, YEAR), None)}
    assert outcomes == dict.fromkeys(SERVICES, "refait") | {"finances": "gardé"}


def test_a_blank_form_changes_nothing(collect):
    outcome = collect()
    assert not outcome.list_messages()
    assert outcome.typed == outcome.lost == 0


# --- what services describe -----------------------------------------------------------------------


def test_an_action_its_figures_and_its_amounts_become_rows(sent, collect):
    outcome = collect(("Vos actions", HEDGES), ("Chiffres", METRES), ("Montants", GRANT))
    assert not outcome.errors
    assert outcome.lost == 0
    names = ("id", "chapter", "section", "services", "partners", "summary", "source", "locator")
    assert pick(read_table(sent, "actions"), *names) == [(
        "planter-haies", "air", "politiques", "environnement", "Écoles | Région d’Exemple",
        "Le service plante avec les écoles : {{haies-plantees}} en tout.", SOURCE,
        "feuille Vos actions, cellule A2",
    )]  # fmt: skip
    assert pick(read_table(sent, "places"), "action", "insee", "kind", "status") == [
        ("planter-haies", "99001", "nature", "en cours"),
        ("planter-haies", "99002", "nature", "en cours"),
    ]
    assert pick(read_table(sent, "milestones"), "action", "date_end", "status") == [
        ("planter-haies", f"{YEAR + 2}-12-31", "prévu")
    ]
    values = pick(read_table(sent, "observations"), "indicator", "value", "unit", "source")
    assert values == [("haies-plantees", "300", "metres-haie", SOURCE)]
    assert pick(read_table(sent, "targets"), "indicator", "value", "date") == [
        ("haies-plantees", "1000", str(YEAR + 4))
    ]
    names = ("indicator", "action", "nature", "stage", "amount_eur", "payer", "fiscal_year")
    assert pick(read_table(sent, "budget"), *names) == [(
        "plantation-haies-obtenu-etat", "planter-haies", "subvention", "obtenu", "50000", "etat",
        str(YEAR),
    )]  # fmt: skip
    entries = {row["id"]: row for row in read_table(sent, "indicators")}
    entry = entries["haies-plantees"]
    assert (entry["action"], entry["chapter"], entry["direction"]) == (
        "planter-haies",
        "air",
        "hausse",
    )
    assert (entry["asked"], entry["asked_of"], entry["asked_period"]) == (
        "chaque année", "environnement", "N",
    )  # fmt: skip
    edition = load_edition(sent, YEAR)
    assert edition.value("haies-plantees:cible").value == 1000
    assert edition.value("plantation-haies-obtenu-etat").value == 50_000


@pytest.mark.parametrize(
    ("state", "table"),
    [("prévue", "planned"), ("à étudier", "improvements"), ("réalisée", "actions")],
)
def test_where_an_action_stands_says_which_table_takes_it(sent, collect, state, table):
    line = {
        "title": "Écrire le plan",
        "chapter": "Suivi",
        "state": state,
        "summary": "Tout écrire.",
    }
    assert not collect(("Vos actions", line)).errors
    assert pick(read_table(sent, table), "id", "source") == [("ecrire-plan", SOURCE)]
    edition = load_edition(sent, YEAR)
    assert len(getattr(edition, table)) == 1
    assert list(edition.followups["state"]) == (["achevée"] if state == "réalisée" else [])


def test_a_date_is_no_more_precise_than_it_is_written(sent, collect):
    line = {"title": "Écrire le plan", "chapter": "Air", "state": "prévue", "date": str(YEAR + 1)}
    collect(("Vos actions", line))
    row = read_table(sent, "planned")[0]
    assert (row["due_start"], row["due_end"]) == (str(YEAR + 1), str(YEAR + 1))


def test_an_amount_that_is_asked_takes_its_stage_and_payer_from_the_service(sent, collect):
    amount = {"code": "depenses-totales", "amount": "1,2 M€", "nature": "total",
              "stage": "réalisé", "payer": "Le Val d’Exemple", "fiscal_year": YEAR - 1}  # fmt: skip
    outcome = collect(("Montants", amount))
    assert not outcome.errors
    names = ("indicator", "amount_eur", "stage", "payer", "fiscal_year")
    assert pick(read_table(sent, "budget"), *names) == [
        ("depenses-totales", "1200000", "réalisé", "val-exemple", str(YEAR - 1))
    ]
    status = read_status(sent, load_edition(sent, YEAR), None, date(YEAR, 12, 1))
    own = next(row for row in status.services if row.id == "environnement")
    assert own.values.done == 1


def test_a_sentence_with_a_number_that_is_no_figure_is_left_out_and_told(sent, collect):
    line = HEDGES | {"summary": "Le service plante des haies. Il a 12 bénévoles."}
    outcome = collect(("Vos actions", line))
    assert "Il a 12 bénévoles." in list_words(outcome, "flagged")
    assert read_table(sent, "actions")[0]["summary"] == "Le service plante des haies."
    load_edition(sent, YEAR)


def test_a_remark_that_no_table_takes_is_told_at_each_reading(collect):
    for _ in range(2):
        outcome = collect(("Vos actions", HEDGES | {"note": "Voir avec la Région"}))
        assert "Voir avec la Région" in list_words(outcome, "flagged")


WRONG = [
    ("Vos actions", HEDGES | {"title": "Planter 100 arbres"}, "porte un nombre"),
    ("Vos actions", HEDGES | {"chapter": "Jardinage"}, "Chapitre inconnu"),
    ("Vos actions", HEDGES | {"chapter": None}, "Attendu : le chapitre"),
    ("Vos actions", HEDGES | {"state": None}, "Attendu : où en est l’action"),
    ("Vos actions", HEDGES | {"state": "réalisée"}, "dire « en cours »"),
    ("Vos actions", HEDGES | {"title": None}, "Attendu : un intitulé"),
    ("Chiffres", METRES | {"action": "Autre chose"}, "Action inconnue"),
    ("Chiffres", METRES | {"value": None}, "Attendu : la valeur d’aujourd’hui"),
    ("Chiffres", METRES | {"unit": "€"}, "feuille « Montants »"),
    ("Chiffres", METRES | {"unit": None}, "Attendu : ce qui se compte"),
    ("Chiffres", METRES | {"value": "douze environ ou plus"}, "(lu : "),
    ("Montants", GRANT | {"stage": None}, "Attendu : l’étape"),
    ("Montants", GRANT | {"nature": "don"}, "Choix inconnu"),
    ("Montants", GRANT | {"amount": -5}, "négative"),
    ("Montants", GRANT | {"stage": "réalisé", "fiscal_year": YEAR + 1}, "postérieur"),
    ("Montants", GRANT | {"fiscal_year_end": YEAR - 1}, "précède le premier"),
]


@pytest.mark.parametrize(("sheet", "cells", "said"), WRONG)
def test_what_is_wrong_in_a_line_is_told_there_and_nothing_of_it_imported(
    sent, collect, sheet, cells, said
):
    lines = [] if sheet == "Vos actions" else [("Vos actions", HEDGES)]
    outcome = collect(*lines, (sheet, cells))
    assert said in list_words(outcome, "errors")
    assert {message.sheet for message in outcome.errors} == {sheet}
    assert outcome.lost == 0
    table = {"Vos actions": "actions", "Chiffres": "observations", "Montants": "budget"}[sheet]
    assert read_table(sent, table) == []
    read_dossier(sent, YEAR)


INCOMPLETE = [
    ({"place": None}, "G2", "ce qui se trouve", "sans ses lieux", "places"),
    ({"communes": "Aubépine ; Nulle Part"}, "F2", "Pas une commune", "sans ses lieux", "places"),
    ({"date": "bientôt"}, "H2", "date", "sans sa date", "milestones"),
]


@pytest.mark.parametrize(("cells", "place", "said", "without", "table"), INCOMPLETE)
def test_an_action_is_imported_without_the_part_that_is_wrong(
    sent, collect, cells, place, said, without, table
):
    lines = ("Chiffres", METRES), ("Montants", GRANT)
    outcome = collect(("Vos actions", HEDGES | cells), *lines)
    (error,) = outcome.errors
    assert error.cell == place
    assert said in error.message
    assert f"importée {without}" in error.message
    full = {"actions": 1, "observations": 1, "budget": 1, "places": 2, "milestones": 1}
    files = {name: sent.raw / TABLES[name].file(YEAR) for name in full}
    found = {name: path.is_file() and len(read_table(sent, name)) for name, path in files.items()}
    assert found == full | {table: 0}
    outcome = collect(("Vos actions", HEDGES), *lines)  # completed
    assert not outcome.errors
    assert f"complétée ({table}.csv)" in list_words(outcome, "revised")
    assert len(read_table(sent, table)) == full[table]


def test_a_figure_is_imported_without_a_target_that_is_wrong(sent, collect):
    outcome = collect(("Vos actions", HEDGES), ("Chiffres", METRES | {"target": "beaucoup"}))
    assert "importée sans son objectif" in list_words(outcome, "errors")
    assert pick(read_table(sent, "observations"), "value") == [("300",)]
    assert read_table(sent, "targets") == []


def test_a_line_of_ideas_needs_no_kind_of_place(sent, collect):
    line = {"title": "Écrire", "chapter": "Air", "state": "à étudier", "communes": "Aubépine"}
    assert not collect(("Vos actions", line)).errors


def test_communes_are_known_without_accents_or_hyphens():
    names = ("Pointe-à-Pitre", "pointe a pitre", "POINTE À PITRE", "Pointe–à Pitre")
    assert {fold_commune(name) for name in names} == {"pointe a pitre"}
    assert fold_commune("St Denis") == fold_commune("Saint-Denis")
    assert fold_commune("L’Haÿ-les-Roses") == fold_commune("L'Hay les Roses")


def test_what_a_line_cannot_do_without_waits_once_it_is_begun(sent):
    book = open_form(sent)
    waiting = {
        title: {str(area.sqref): [rule.formula[0] for rule in area.rules]
                for area in book[title].conditional_formatting}
        for title in ("Vos actions", "Chiffres", "Montants")
    }  # fmt: skip
    assert waiting["Vos actions"]["B2:B21"] == ["AND(COUNTA($A2:$I2)>0,LEN(TRIM(B2))=0)"]
    place = 'AND(AND(LEN(TRIM($F2))>0,NOT(LOWER(TRIM($F2))="n.d.")),LEN(TRIM(G2))=0)'
    assert waiting["Vos actions"]["G2:G21"] == [place]
    assert {area[0] for area in waiting["Vos actions"]} == set("ABCG")
    assert {area[0] for area in waiting["Chiffres"]} == set("ABCD")
    assert {area[0] for area in waiting["Montants"]} == set("BCDFG")
    said = " ".join(str(cell.value) for cell in book["Lisez-moi"]["B"])
    assert "celles qui sont obligatoires deviennent jaunes" in said
    assert "n’est perdu" in said


def test_a_share_that_cannot_be_is_told_where_its_terms_were_given(sent, collect):
    known = read_table(sent, "indicators")
    for row in known:
        row["unit"] = "arbre" if row["id"] == "visiteurs-accueil" else row["unit"]
    share = {"id": "part-diagnostiquees", "title": "Part des communes", "unit": "pourcent",
             "kind": "résultat", "measure": "taux", "direction": "hausse", "chapter": "eau",
             "definition": "Communes par arbre.", "producer": "Calcul", "precision": "0.1",
             "formula": "100 * {arbres-plantes} / {visiteurs-accueil}"}  # fmt: skip
    write_table(sent, "indicators", [*known, share])
    list(write_forms(sent, load_edition(sent, YEAR), None))
    lines = [("Indicateurs", {"code": "arbres-plantes", "value": 210_000}),
             ("Indicateurs", {"code": "visiteurs-accueil", "value": 1_950})]  # fmt: skip
    for _ in range(2):  # at each reading
        outcome = collect(*lines)
        assert not outcome.errors
        told = {message.code: message.message for message in outcome.flagged}
        assert set(told) == {"arbres-plantes", "visiteurs-accueil"}
        assert "part supérieure à 100 %" in told["arbres-plantes"]
        assert "10\u202f769,2" in told["arbres-plantes"]
        assert "indicators.csv" not in told["arbres-plantes"]
    copy = sent.report(YEAR) / form_contract.RETURNS / "retour.xlsx"
    sheet = openpyxl.load_workbook(copy)["Indicateurs"]
    comments = [cell.comment.text for row in sheet for cell in row if cell.comment]
    assert sum("part supérieure à 100 %" in text for text in comments) == 2


def test_a_day_that_has_gone_by_is_put_off_and_a_typed_one_is_said(dossier, capsys):
    options = ["--dossier", str(dossier.root), "--today", f"{YEAR + 1}-11-29"]
    assert main(["forms", *options]) == 0
    assert "déjà passée" not in capsys.readouterr().out
    assert {row["due"] for row in read_table(dossier, "requests")} == {f"{YEAR + 1}-12-29"}
    assert main(["forms", "--dossier", str(dossier.root), "--today", f"{YEAR + 2}-01-01"]) == 0
    assert "Date de réponse déjà passée" in capsys.readouterr().out
    edition = load_edition(dossier, YEAR)
    rows = list_requests(edition, YEAR, today=date(YEAR, 12, 1))
    days = {row.indicator: str(row.due.date()) for row in rows.itertuples()}
    assert days["depenses-totales"] == f"{YEAR}-12-31"  # was 31 October
    assert days["arbres-plantes"] == f"{YEAR + 1}-01-31"


def test_a_service_that_answered_with_errors_is_to_correct_and_not_late(sent, collect):
    collect(("Indicateurs", {"code": "arbres-plantes", "value": "beaucoup"}))
    status = read_status(sent, load_edition(sent, YEAR), None, date(YEAR + 3, 1, 1))
    states = {row.id: (row.late, name_state(row)) for row in status.services}
    assert states["environnement"] == (False, "à corriger")
    assert states["finances"] == (True, "en retard")


def test_a_figure_waits_for_its_action(sent, collect):
    outcome = collect(("Vos actions", HEDGES | {"chapter": None}), ("Chiffres", METRES))
    assert "qui n’a rien à corriger" in list_words(outcome, "errors")
    assert read_table(sent, "observations") == []
    assert read_table(sent, "units")[-1]["id"] != "metres-haie"


def test_collecting_again_changes_nothing(sent, collect):
    lines = (("Vos actions", HEDGES), ("Chiffres", METRES), ("Montants", GRANT))
    collect(*lines)
    before = {path: path.read_bytes() for path in sent.raw.rglob("*.csv")}
    outcome = collect(*lines)
    assert not outcome.imported
    assert {path: path.read_bytes() for path in sent.raw.rglob("*.csv")} == before


def test_a_corrected_line_changes_its_row_and_says_what_it_was(sent, collect):
    collect(("Vos actions", HEDGES), ("Chiffres", METRES))
    actions = read_table(sent, "actions")
    write_table(sent, "actions", [row | {"section": "interne"} for row in actions])
    outcome = collect(
        ("Vos actions", HEDGES | {"partners": "Écoles"}), ("Chiffres", METRES | {"value": 350})
    )
    assert "avant : « Écoles | Région d’Exemple »" in list_words(outcome, "revised")
    (row,) = read_table(sent, "actions")
    assert (row["partners"], row["section"]) == ("Écoles", "interne")  # the analyst's section
    assert pick(read_table(sent, "observations"), "value") == [("350",)]


def test_another_title_on_the_same_line_is_another_action_and_is_told(sent, collect):
    collect(("Vos actions", HEDGES))
    outcome = collect(("Vos actions", HEDGES | {"title": "Planter des arbres"}))
    assert "avait donné « Planter des haies »" in list_words(outcome, "flagged")
    assert len(read_table(sent, "actions")) == 2


def test_what_the_analyst_typed_is_never_replaced(sent, collect):
    typed = {"id": "planter-haies", "chapter": "air", "section": "interne", "order": "1",
             "title": "Planter des haies", "summary": "Déjà dit.", "source": "rapport-invente",
             "locator": "l. 3"}  # fmt: skip
    write_table(sent, "actions", [typed])
    outcome = collect(("Vos actions", HEDGES))
    assert "l’analyste tranche" in list_words(outcome, "errors")
    assert pick(read_table(sent, "actions"), "summary") == [("Déjà dit.",)]


def test_two_services_that_describe_one_action_are_not_arbitrated(sent, collect):
    collect(("Vos actions", HEDGES))
    outcome = collect(("Vos actions", HEDGES), service="finances", name="finances.xlsx")
    assert "Conflit" in list_words(outcome, "errors")
    assert pick(read_table(sent, "actions"), "services") == [("environnement",)]


def test_a_unit_that_is_not_the_catalogues_is_refused(sent, collect):
    collect(("Vos actions", HEDGES), ("Chiffres", METRES))
    last = {"period_start": date(YEAR - 1, 1, 1), "period_end": date(YEAR - 1, 12, 31)}
    line = METRES | last | {"unit": "arbres"}
    outcome = collect(("Chiffres", line), service="finances", name="z.xlsx")
    assert "avec « metres-haie » et non « arbre »" in list_words(outcome, "errors")


def test_a_figure_may_be_of_an_action_that_another_service_describes(sent, collect):
    line = METRES | {"action": "Planter des haies"}
    outcome = collect(("Chiffres", line), service="finances", name="a.xlsx")
    assert "Action inconnue" in list_words(outcome, "errors")
    collect(("Vos actions", HEDGES), name="b.xlsx")  # reads both
    assert pick(read_table(sent, "observations"), "source") == [(f"formulaire-{YEAR}-finances",)]


def test_what_is_asked_is_given_where_it_is_asked(sent, collect):
    line = METRES | {"title": "Arbres plantés", "unit": "arbres"}
    outcome = collect(("Vos actions", HEDGES), ("Chiffres", line))
    assert "est demandé au service « Environnement »" in list_words(outcome, "errors")
    assert read_table(sent, "observations") == []


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ({}, (f"{YEAR}-01-01", f"{YEAR}-12-31")),
        ({"period_end": date(YEAR, 6, 30)}, ("", f"{YEAR}-06-30")),
        ({"period_start": f"T2 {YEAR}"}, (f"{YEAR}-04-01", f"{YEAR}-06-30")),
        ({"period_end": f"1er semestre {YEAR}"}, (f"{YEAR}-01-01", f"{YEAR}-06-30")),
    ],
)
def test_the_period_of_a_figure_is_what_the_service_wrote(sent, collect, written, period):
    line = METRES | {"period_start": None, "period_end": None} | written
    outcome = collect(("Vos actions", HEDGES), ("Chiffres", line))
    assert not outcome.errors
    assert ("Période non dite" in list_words(outcome, "flagged")) == (not written)
    assert pick(read_table(sent, "observations"), "period_start", "period_end") == [period]
    load_edition(sent, YEAR)


def test_two_periods_of_a_figure_are_two_values(sent, collect):
    last = {"period_start": date(YEAR - 1, 1, 1), "period_end": date(YEAR - 1, 12, 31)}
    before = METRES | last | {"value": 200, "target": None, "target_date": None}
    outcome = collect(("Vos actions", HEDGES), ("Chiffres", METRES), ("Chiffres", before))
    assert not outcome.errors
    assert sorted(pick(read_table(sent, "observations"), "value")) == [("200",), ("300",)]


def test_sheets_that_are_gone_are_told(sent, collect):
    def keep_one(book):
        for title in ("Vos actions", "Chiffres", "Montants"):
            del book[title]

    outcome = collect(also=keep_one)
    assert "Feuilles « Vos actions », « Chiffres », « Montants » absentes" in list_words(
        outcome, "errors"
    )
    assert "Échéances" not in list_words(outcome, "errors")


def test_what_stands_outside_the_cells_is_told(collect):
    def scribble(book):
        book["Chiffres"]["Z9"] = "et 12 autres"
        book["Vos actions"]["A30"] = "Une action sous les lignes"

    outcome = collect(also=scribble)
    assert outcome.lost == 0
    assert "et 12 autres" in list_words(outcome, "errors")
    assert "feuille « Vos actions »" in list_words(outcome, "errors")


TYPED = [
    *(140, 12.5, -3, 0, "4,2 M€", "env. 30", "n.d.", "RAS", "-", "x", "=1+1", "#REF!", True),
    *(
        "Air",
        "eau",
        "en cours",
        "réalisée",
        "prévue",
        "à étudier",
        "nature",
        "Aubépine ; Nulle part",
    ),
    *(
        "Planter des haies",
        "Un *plan* [sans] fin",
        "12 vélos en 2029.",
        "2031",
        "été 2030",
        "arbres",
    ),
    *("€", "%", "réalisé", "obtenu", "subvention", "État", "Un mécène", date(YEAR, 5, 4), "km"),
    *(
        "{{arbres-plantes}}",
        "{{rien}}",
        "Une phrase. Une autre, de 3 mots.",
        "T1 2030",
        "plus de 9",
    ),
]


def scribble(book, random_):
    """Fill in whole lines well or nearly so, then cells here and there with anything."""
    typed = 0
    for sheet, cells, first in (
        *(("Vos actions", HEDGES, 2), ("Chiffres", METRES, 2), ("Montants", GRANT, 3)),
    ):
        for row in range(first, first + random_.randint(0, 4)):
            for key, value in cells.items():
                if random_.random() < 0.85:
                    type_line(book, sheet, row, **{key: value})
                if random_.random() < 0.2:
                    type_line(book, sheet, row, **{key: random_.choice(TYPED)})
        for _ in range(random_.randint(0, 6)):
            place = (random_.randint(2, 9), random_.randint(1, 13))
            book[sheet].cell(*place).value = random_.choice(TYPED)
            typed += 1
    return typed


@pytest.mark.parametrize("seed", range(25))
def test_whatever_is_typed_nothing_is_lost_and_the_dossier_stays_right(sent, collect, seed):
    """A line that could make the dossier wrong is refused, wherever it is wrong."""
    outcome = collect(also=lambda book: scribble(book, random.Random(seed)))
    assert outcome.lost == 0
    load_edition(sent, YEAR)
    again = collect(also=lambda book: scribble(book, random.Random(seed)))
    assert not again.imported


# --- status, the year after -----------------------------------------------------------------------


def test_status_counts_what_is_described(sent, collect):
    day = date(YEAR + 1, 3, 1)
    status = read_status(sent, load_edition(sent, YEAR), None, day)
    assert {name_state(row) for row in status.services} == {"en retard"}
    collect(("Vos actions", HEDGES), service="finances")
    status = read_status(sent, load_edition(sent, YEAR), None, day)
    states = {row.id: (name_state(row), find_followed(row)) for row in status.services}
    assert states["finances"] == ("complet", 1)
    assert states["syndicat-eau"] == ("en retard", 0)
    assert "Actions" in describe_status(status)
    assert "Suites" not in describe_status(status) + format_page(status)


def test_the_year_after_follows_what_the_first_one_collected(sent, collect):
    done = {"title": "Ouvrir la maison du vélo", "chapter": "Air", "state": "réalisée"}
    idea = {"title": "Partager les données", "chapter": "Eau", "state": "à étudier"}
    collect(
        *(("Vos actions", line) for line in (HEDGES, done, idea)),
        ("Chiffres", METRES),
        ("Montants", GRANT),
    )
    prepare_year(sent, YEAR + 1)
    edition, first = load_edition(sent, YEAR + 1), load_edition(sent, YEAR)
    questions = {q.id: (q.kind, q.service, q.guess) for q in list_questions(edition, first)}
    assert questions == {
        "planter-haies": ("action", "environnement", ""),
        "partager-donnees": ("improvement", "environnement", ""),
    }
    requests = edition.requests.set_index("indicator")
    assert requests.at["haies-plantees", "service"] == "environnement"
    assert requests.at["haies-plantees", "guess"] == ""
    assert requests.at["communes-diagnostiquees", "service"] == "syndicat-eau"  # as the year before
    list(write_forms(sent, edition, first))
    path = (
        sent.report(YEAR + 1) / "formulaires" / form_contract.name_form("environnement", YEAR + 1)
    )
    book = openpyxl.load_workbook(path)
    cells = [cell.value for row in book["Indicateurs"].iter_rows() for cell in row if cell.value]
    assert any("300" in str(cell) and "haie" in str(cell) for cell in cells)


# --- wherever the dossier is ----------------------------------------------------------------------


def run_from(folder, *arguments):
    command = [sys.executable, "-m", "analysis", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_a_dossier_outside_the_project_by_a_relative_path_with_spaces_and_accents(dossier):
    parent = dossier.root.parent
    done = run_from(parent, "forms", "--dossier", "Pays d’Été")
    assert done.returncode == 0, done.stderr
    assert f'make status YEAR={YEAR} DOSSIER="Pays d’Été"' in done.stdout
    done = run_from(PROJECT, "status", "--dossier", str(dossier.root))
    assert done.returncode == 0, done.stderr
    assert "0 service sur 4 a répondu" in done.stdout
    done = run_from(parent, "diff", "--dossier", f"./{dossier.root.name}")
    assert "est la première de ce dossier" in done.stderr
    done = run_from(parent, "new-year", "--year", str(YEAR + 1), "--dossier=Pays d’Été")
    assert done.returncode == 0, done.stderr
    assert f'make forms YEAR={YEAR + 1} DOSSIER="Pays d’Été"' in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not there")
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_libreoffice_keeps_what_a_service_describes(sent, tmp_path, kind):
    book = open_form(sent)
    type_line(book, "Vos actions", 2, **HEDGES)
    type_line(book, "Chiffres", 2, **METRES)
    type_line(book, "Montants", 3, **GRANT)
    filled, back = tmp_path / "rempli.xlsx", tmp_path / "reçus"
    book.save(filled)
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profil",
         "--convert-to", kind, "--outdir", str(back), str(filled)],
        check=True, capture_output=True,
    )  # fmt: skip
    (outcome,) = collect_forms(sent, YEAR, back).outcomes
    assert not outcome.errors
    assert outcome.lost == 0
    for table in ("actions", "observations", "budget", "targets", "places"):
        assert read_table(sent, table)
    load_edition(sent, YEAR)
