"""Returned forms into the raw files: what is imported, refused, revised, told; never twice."""

from __future__ import annotations

import csv
import io
import json
import ntpath
import os
import shutil
import subprocess
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest
from form_example import (
    ASKED,
    ROW,
    SAVED,
    YEAR,
    change_parts,
    make_form,
    prepare,
    save,
)

from analysis.__main__ import main
from analysis.base.journal import write_together
from analysis.base.paths import relate
from analysis.collect import form_contract
from analysis.collect.collecting import collect_forms
from analysis.collect.raw_edits import CsvFile
from analysis.compute.dossier import InvalidDossier, collect_faults
from analysis.compute.dossier.typed_tables import read_table
from analysis.model.schema import TABLES

SOURCE = f"formulaire-{YEAR}-environnement"


@pytest.fixture
def dossier(dossier_copy):
    return prepare(dossier_copy)


@pytest.fixture
def back(tmp_path):
    """The folder in which the analyst keeps what the services returned."""
    folder = tmp_path / "retournés"
    folder.mkdir()
    return folder


@pytest.fixture
def collect(dossier, back):
    """Collect the folder; the outcome of its only file, or of the one named."""

    def run(name: str | None = None, **options):
        done = collect_forms(dossier, YEAR, back, **options)
        if name is None:
            assert len(done.outcomes) == 1
            return done.outcomes[0]
        return next(outcome for outcome in done.outcomes if outcome.file == name)

    return run


def rows(dossier, name: str, year: int = YEAR) -> list[dict[str, str]]:
    path = dossier.raw_year(year) / f"{name}.csv"
    if not path.exists():
        return []
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"), newline="")))


def observed(dossier) -> dict[str, str]:
    return {row["indicator"]: row["value"] for row in rows(dossier, "observations")}


def raw_bytes(dossier) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in dossier.raw.rglob("*") if path.is_file()}


def texts(remarks) -> str:
    return "\n".join(f"{remark.cell} {remark.message}" for remark in remarks)


# --- what is right --------------------------------------------------------------------------------


def test_a_value_is_imported_with_its_provenance(dossier, back, collect):
    values = {"arbres-plantes": {"value": "env. 7 000", "note": "chiffre de l’automne",
                                 "document": "bilan.pdf", "status": "Provisoire"}}  # fmt: skip
    save(make_form(values=values), back / "n’importe.xlsx")
    outcome = collect()
    assert rows(dossier, "observations") == [
        {
            "indicator": "arbres-plantes", "territory": "val-exemple",
            "period_start": "2026-01-01", "period_end": "2031-12-31", "value": "7000",
            "unit": "arbre", "qualifier": "environ", "status": "provisoire", "source": SOURCE,
            "locator": "feuille Indicateurs, cellule G2",
            "note": "chiffre de l’automne ; document : bilan.pdf",
        }
    ]  # fmt: skip
    assert _source(dossier) == {
        "id": SOURCE, "file": "", "title": f"Formulaire {YEAR} : Environnement",
        "producer": "Environnement", "publication": "", "licence": "",
        "accessed": SAVED.date().isoformat(),
        "remark": f"n’importe.xlsx (SHA-256 : {outcome.sha256})",
    }  # fmt: skip
    assert [remark.code for remark in outcome.imported] == ["arbres-plantes"]
    assert collect_faults(dossier, YEAR)[1] == []


@pytest.mark.parametrize("note", ["RAS.", "R.A.S.", "Néant", "idem", "-", "/", "ok"])
def test_a_remark_that_says_nothing_is_no_note(dossier, back, collect, note):
    save(make_form(values={"arbres-plantes": {"value": 7000, "note": note}}), back / "f.xlsx")
    outcome = collect()
    (row,) = rows(dossier, "observations")
    assert (row["note"], row["status"]) == ("", "définitif")
    assert outcome.lost == 0


def test_a_remark_that_holds_the_number_back_makes_it_provisional(dossier, back, collect):
    note = "Chiffre provisoire du service"
    save(make_form(values={"arbres-plantes": {"value": 7000, "note": note}}), back / "f.xlsx")
    outcome = collect()
    (row,) = rows(dossier, "observations")
    assert (row["note"], row["status"]) == (note, "provisoire")
    assert "État lu « provisoire »" in texts(outcome.flagged)


def _source(dossier, id: str = SOURCE) -> dict[str, str]:
    text = (dossier.raw / "sources.csv").read_text("utf-8")
    return next(row for row in csv.DictReader(io.StringIO(text)) if row["id"] == id)


def test_an_amount_goes_to_budget_as_its_last_row_says(dossier, back, collect):
    save(make_form(values={"depenses-air": "1,3 M€"}), back / "f.xlsx")
    collect()
    assert rows(dossier, "budget") == [
        {
            "indicator": "depenses-air", "action": "plantations", "policy": "air",
            "nature": "crédits de paiement", "stage": "réalisé", "amount_eur": "1300000",
            "qualifier": "exact", "payer": "val-exemple", "fiscal_year": str(YEAR),
            "fiscal_year_end": "", "source": SOURCE,
            "locator": "feuille Indicateurs, cellule G4", "note": "",
        }
    ]  # fmt: skip
    assert collect_faults(dossier, YEAR)[1] == []


def test_days_and_status_of_an_amount_stand_in_its_note(dossier, back, collect):
    answer = {"value": 1_250_000, "period_end": "31/10/2031", "status": "provisoire"}
    save(make_form(values={"depenses-air": answer}), back / "f.xlsx")
    collect()
    row = rows(dossier, "budget")[0]
    assert (row["fiscal_year"], row["fiscal_year_end"]) == (str(YEAR), "")
    assert row["note"] == "provisoire ; de janvier à octobre 2031"


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ({}, ("2031-01-01", "2031-12-31")),
        ({"period_end": datetime(2031, 10, 31)}, ("2031-01-01", "2031-10-31")),
        ({"period_end": "31 octobre 2031"}, ("2031-01-01", "2031-10-31")),
        ({"period_end": 48152}, ("2031-01-01", "2031-10-31")),
        ({"period_start": "2031", "period_end": 2031}, ("2031-01-01", "2031-12-31")),
        ({"period_start": "mars 2031", "period_end": "mai 2031"}, ("2031-03-01", "2031-05-31")),
    ],
)
def test_the_period_is_what_the_service_wrote(dossier, back, collect, written, period):
    save(make_form(values={"logements-renoves": {"value": 120, **written}}), back / "f.xlsx")
    outcome = collect()
    row = rows(dossier, "observations")[0]
    assert (row["period_start"], row["period_end"]) == period
    asked = period == ("2031-01-01", "2031-12-31")
    assert ("Période écrite" in texts(outcome.flagged)) != asked
    assert collect_faults(dossier, YEAR)[1] == []


def test_a_stock_has_one_date(dossier, back, collect):
    values = {"agents": {"value": 165, "period_start": "30/06/2031", "period_end": "30/06/2031"},
              "femmes": {"value": 90, "period_start": "01/01/2031"}}  # fmt: skip
    save(make_form("direction-generale", values), back / "f.xlsx")
    outcome = collect()
    assert [(r["indicator"], r["period_start"], r["period_end"])
            for r in rows(dossier, "observations")] == [("agents", "", "2031-06-30")]  # fmt: skip
    assert "état à une date" in texts(outcome.errors)
    assert outcome.errors[0].cell == "J4"


def test_shares_typed_in_a_spreadsheet_are_read(dossier, back, collect):
    book = make_form("direction-generale", {"taux-obligation-emploi": 0.06})
    book["Indicateurs"]["G5"].number_format = "0%"
    save(book, back / "f.xlsx")
    collect()
    assert observed(dossier) == {"taux-obligation-emploi": "6"}


def test_an_absence_is_told_and_counts_as_an_answer(dossier, back, collect):
    values = {"arbres-plantes": {"value": "nd", "note": "comptage en mars"},
              "logements-renoves": "Non disponible"}  # fmt: skip
    save(make_form(values=values), back / "f.xlsx")
    before = raw_bytes(dossier)
    outcome = collect()
    assert raw_bytes(dossier) == before
    assert [remark.code for remark in outcome.absent] == ["arbres-plantes", "logements-renoves"]
    assert "comptage en mars" in outcome.absent[0].message
    reading = json.loads(_returns(dossier, f"{SOURCE}.json").read_text("utf-8"))
    assert [remark["code"] for remark in reading["absent"]] == [
        "arbres-plantes", "logements-renoves",
    ]  # fmt: skip


def _returns(dossier, name: str):
    return dossier.report(YEAR) / form_contract.RETURNS / name


def test_followups_are_imported(dossier, back, collect):
    form = make_form(
        actions={"plantations": {"state": "SE POURSUIT", "news": "Deux écoles.", "note": "bien"}},
        due={"prevu-pcaet": {"state": "reporté", "new_due": "fin 2032"}},
        decisions={"piste-arbres": "fait"},
    )
    save(form, back / "f.xlsx")
    collect()
    found = [tuple(row.values()) for row in rows(dossier, "followups")]
    assert found == [
        ("plantations", "se poursuit", "", "Deux écoles. ; bien", SOURCE,
         "feuille Actions, cellule D2", "", ""),
        ("prevu-pcaet", "reportée", "2032-12-31", "", SOURCE, "feuille Échéances, cellule D2",
         "", ""),
        ("piste-arbres", "faite", "", "", SOURCE, "feuille Pistes, cellule D2", "", ""),
    ]  # fmt: skip
    assert collect_faults(dossier, YEAR)[1] == []


def test_news_are_told_with_rows_to_paste_and_not_imported(dossier, back, collect):
    news = [
        {"nature": "indicateur", "title": "Haies plantées", "unit": "km", "value": 3,
         "description": "Longueur, en km"},
        {"nature": "action", "title": "Ouvrir l’atelier vélo"},
    ]  # fmt: skip
    save(make_form(news=news), back / "f.xlsx")
    before = raw_bytes(dossier)
    outcome = collect()
    changed = {name for name, content in raw_bytes(dossier).items() if content != before[name]}
    assert changed == {str(dossier.raw / "sources.csv")}, "the source that the rows name"
    files = [[file for file, _ in item.rows] for item in outcome.news]
    assert files == [
        ["reference/units.csv", "reference/indicators.csv", f"{YEAR}/observations.csv"],
        [f"{YEAR}/actions.csv"],
    ]  # fmt: skip
    report = _returns(dossier, "rapport-de-collecte.md").read_text("utf-8")
    for item in outcome.news:
        for _, row in item.rows:
            assert f"      {row}\n" in report
    assert outcome.news[0].rows[1][1].startswith("haies-plantees,Haies plantées,km,")


# --- what is wrong --------------------------------------------------------------------------------

WRONG = {
    "formula": ("arbres-plantes", {"value": "=G3*2"}, "G2", "Formule : coller la valeur"),
    "error": ("arbres-plantes", {"value": "#DIV/0!"}, "G2", "Erreur de calcul"),
    "unit": ("arbres-plantes", {"value": "12 k€"}, "G2", "en arbres"),
    "words": ("arbres-plantes", {"value": "beaucoup"}, "G2", "nombre seul"),
    "date": ("arbres-plantes", {"value": datetime(2031, 2, 1)}, "G2", "lu une date"),
    "negative": ("arbres-plantes", {"value": -5}, "G2", "Attendu : une valeur positive ou nulle"),
    "qualifier": ("arbres-plantes", {"value": 5, "qualifier": "bof"}, "H2", "« au plus »"),
    "contradiction": (
        "arbres-plantes", {"value": "plus de 5", "qualifier": "environ"}, "G2", "une seule",
    ),
    "status": ("arbres-plantes", {"value": 5, "status": "sûr"}, "I2", "« définitif »"),
    "day": ("arbres-plantes", {"value": 5, "period_start": "31/02/2031"}, "J2", "n’existe pas"),
    "formula in a date": (
        "arbres-plantes", {"value": 5, "period_end": "=TODAY()"}, "K2", "Formule",
    ),
    "backwards": (
        "logements-renoves",
        {"value": 5, "period_start": "01/05/2031", "period_end": "01/02/2031"}, "J3",
        "avant de commencer",
    ),
    "too late": (
        "logements-renoves", {"value": 5, "period_end": "31/03/2032"}, "K3", "après l’édition 2031",
    ),
    "amount too late": (
        "depenses-air", {"value": 1e6, "period_end": "31/12/2032"}, "K4", "après l’édition 2031",
    ),
    "unit of the row": ("arbres-plantes", {"value": 5, "unit": "hectares"}, "D2", "« hectares »"),
}  # fmt: skip


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_answer_is_refused_where_it_stands(dossier, back, collect, fault):
    code, answer, cell, said = WRONG[fault]
    other = "plantation-cout"
    save(make_form(values={code: answer, other: 120_000}), back / "f.xlsx")
    outcome = collect()
    assert [(remark.cell, remark.code) for remark in outcome.errors] == [(cell, code)]
    assert said in outcome.errors[0].message
    assert observed(dossier) == {}
    assert [row["indicator"] for row in rows(dossier, "budget")] == [other], "the others go in"


def test_a_share_over_a_hundred_is_refused(dossier, back, collect):
    save(make_form("direction-generale", {"taux-obligation-emploi": "106 %"}), back / "f.xlsx")
    assert "Part supérieure à 100 % (106,0" in texts(collect().errors).replace("\u202f", " ")
    assert observed(dossier) == {}


def test_a_wrong_remark_does_not_hold_back_a_right_number(dossier, back, collect):
    answer = {"value": 7000, "document": "=HYPERLINK(1)", "note": "vu"}
    save(make_form(values={"arbres-plantes": answer}), back / "f.xlsx")
    outcome = collect()
    assert [remark.cell for remark in outcome.errors] == ["L2"]
    assert [(row["value"], row["note"]) for row in rows(dossier, "observations")] == [
        ("7000", "vu")
    ]
    answer["document"] = "bilan.pdf"
    save(make_form(values={"arbres-plantes": answer}), back / "f.xlsx")
    assert "remarque changée" in texts(collect().revised)
    assert rows(dossier, "observations")[0]["note"] == "vu ; document : bilan.pdf"
    before = raw_bytes(dossier)
    assert len(collect().unchanged) == 1
    assert raw_bytes(dossier) == before


def test_all_errors_of_a_file_are_told_at_once_in_a_copy(dossier, back, collect):
    form = make_form(
        values={"arbres-plantes": {"value": "=1+1", "status": "sûr"}, "logements-renoves": "10-15",
                "plantation-cout": 120_000},
        actions={"plantations": {"news": "Deux écoles."}, "renovation": "finie"},
    )  # fmt: skip
    save(form, back / "sous dossier" / "Mon formulaire.xlsx")
    outcome = collect()
    cells = {(remark.sheet, remark.cell) for remark in outcome.errors}
    assert cells == {
        ("Indicateurs", "G2"), ("Indicateurs", "I2"), ("Indicateurs", "G3"), ("Actions", "D2"),
        ("Actions", "D3"),
    }  # fmt: skip
    copy = openpyxl.load_workbook(_returns(dossier, "Mon formulaire.xlsx"))
    for sheet, cell in cells:
        assert copy[sheet][cell].comment.text.startswith("À corriger. ")
        assert copy[sheet][cell].fill.fgColor.rgb == "FFF4B6A6"
    assert copy["Indicateurs"]["G2"].value == "=1+1"
    assert copy["Indicateurs"]["G5"].comment is None
    reading = json.loads(_returns(dossier, f"{SOURCE}.json").read_text("utf-8"))
    assert list(reading)[:9] == [
        "service", "file", "sha256", "imported", "unchanged", "revised", "flagged", "absent",
        "errors",
    ]  # fmt: skip
    assert reading["file"] == "sous dossier/Mon formulaire.xlsx"
    assert {(error["sheet"], error["cell"]) for error in reading["errors"]} == cells


def test_a_corrected_copy_can_be_collected_and_loses_its_marks(dossier, back, collect):
    save(make_form(values={"arbres-plantes": "=1", "logements-renoves": "?"}), back / "f.xlsx")
    collect()
    book = openpyxl.load_workbook(_returns(dossier, "f.xlsx"))
    book["Indicateurs"]["G2"] = 7000
    book.save(back / "f.xlsx")
    outcome = collect()
    assert observed(dossier) == {"arbres-plantes": "7000"}
    assert [remark.cell for remark in outcome.errors] == ["G3"]
    sheet = openpyxl.load_workbook(_returns(dossier, "f.xlsx"))["Indicateurs"]
    assert sheet["G2"].comment is None
    assert sheet["G2"].fill.fill_type is None
    assert sheet["G3"].comment.text.count("À corriger") == 1
    book["Indicateurs"]["G3"] = 120
    book.save(back / "f.xlsx")
    assert collect().errors == []
    assert not _returns(dossier, "f.xlsx").exists(), "nothing is wrong any more"


def test_a_number_over_two_questions_is_refused_for_both(dossier, back, collect):
    book = make_form(values={"arbres-plantes": 5000, "logements-renoves": None})
    book["Indicateurs"].merge_cells("G2:G3")
    save(book, back / "f.xlsx")
    outcome = collect()
    assert [remark.cell for remark in outcome.errors] == ["G2", "G3"]
    assert "fusionnées (G2:G3)" in outcome.errors[0].message
    assert _returns(dossier, "f.xlsx").exists()
    assert observed(dossier) == {}


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("", "ligne sans code"),
        ("arbres-plante", "« arbres-plante » n’est pas demandé"),
        ("agents", "un autre service (Direction générale)"),
        ("surface-zones-humides", "n’est pas demandé"),
    ],
)
def test_an_answer_to_no_question_is_told(dossier, back, collect, code, said):
    book = make_form()
    book["Indicateurs"].append([code, "?", "", "", "", "", 12])
    save(book, back / "f.xlsx")
    outcome = collect()
    assert said in texts(outcome.errors)
    assert observed(dossier) == {}


def test_a_row_copied_twice_counts_once_if_it_says_the_same(dossier, back, collect):
    book = make_form(values={"arbres-plantes": 5000, "logements-renoves": 120})
    sheet = book["Indicateurs"]
    for row, value in ((2, 5000), (3, 130)):
        cells = [cell.value for cell in sheet[row]]
        cells[6] = value
        sheet.append(cells)
    save(book, back / "f.xlsx")
    outcome = collect()
    assert observed(dossier) == {"arbres-plantes": "5000"}
    assert [remark.cell for remark in outcome.errors] == ["G3", "G7"]


def test_lost_sheets_and_columns_are_told_and_the_rest_is_read(dossier, back, collect):
    book = make_form(values={"arbres-plantes": 5000})
    del book["Actions"]
    book["Indicateurs"].delete_cols(9)
    save(book, back / "f.xlsx")
    outcome = collect()
    assert observed(dossier) == {"arbres-plantes": "5000"}
    assert "Feuille « Actions » absente" in texts(outcome.errors)
    assert "Colonne « État » absente" in texts(outcome.errors)


def test_doubts_are_imported_and_flagged_with_both_values(dossier, back, collect):
    values = {"logements-renoves": 1000, "depenses-air": 1200, "plantation-cout": 99_000}
    save(make_form(values=values), back / "f.xlsx")
    outcome = collect()
    assert observed(dossier) == {"logements-renoves": "1000"}
    assert len(rows(dossier, "budget")) == 2
    flags = {}
    for remark in outcome.flagged:  # with an earlier year, with its neighbours: two remarks
        said = remark.message.replace("\u202f", " ").replace("\u00a0", " ")
        flags[remark.code] = flags.get(remark.code, "") + said
    assert set(flags) == {"logements-renoves", "depenses-air"}
    assert "1 000 logements rénovés, en 2031, contre 100" in flags["logements-renoves"]
    assert "au moins dix fois plus" in flags["logements-renoves"]
    assert "1 200 €, en 2031, contre 1 200 000 €, en 2029" in flags["depenses-air"]
    assert "k€ pour des €" in flags["depenses-air"]


@pytest.mark.parametrize(
    ("value", "flagged"), [(999, False), (1000, True), (10, True), (11, False)]
)
def test_ten_times_is_the_bound(dossier, back, collect, value, flagged):
    save(make_form(values={"logements-renoves": value}), back / "f.xlsx")
    assert bool(collect().flagged) == flagged


def test_a_remark_alone_is_for_the_analyst(dossier, back, collect):
    save(make_form(values={"arbres-plantes": {"note": "2030 était faux"}}), back / "f.xlsx")
    outcome = collect()
    assert "Remarque sans valeur : 2030 était faux" in texts(outcome.flagged)
    assert outcome.errors == []


def test_a_blank_form_changes_nothing(dossier, back, collect):
    save(make_form(), back / "f.xlsx")
    before = raw_bytes(dossier)
    outcome = collect()
    assert raw_bytes(dossier) == before
    assert (outcome.errors, outcome.flagged, outcome.imported) == ([], [], [])


# --- whose form -----------------------------------------------------------------------------------


def test_without_a_name_the_codes_say_whose_it_is(dossier, back, collect):
    book = make_form("direction-generale", {"agents": 165})
    del book.defined_names[form_contract.SERVICE_NAME]
    book["Lisez-moi"]["B5"] = None
    save(book, back / "f.xlsx")
    assert collect().service == "direction-generale"
    assert observed(dossier) == {"agents": "165"}


def test_an_unknown_form_is_told_and_not_imported(dossier, back, collect):
    book = make_form(values={})
    del book.defined_names[form_contract.SERVICE_NAME]
    book["Lisez-moi"]["B5"] = None
    for sheet in book.worksheets[1:-1]:
        sheet.delete_rows(2, 50)
    save(book, back / "f.xlsx")
    assert "Service non reconnu" in texts(collect().errors)
    assert _returns(dossier, "f.json").exists()


def test_a_workbook_of_something_else_is_told(back, collect):
    openpyxl.Workbook().save(back / "budget.xlsx")
    assert "Aucune feuille de formulaire" in texts(collect().errors)


def test_a_form_of_another_edition_is_not_read(dossier, back, collect):
    save(make_form(values={"arbres-plantes": 1}, year=YEAR - 1), back / "f.xlsx")
    assert f"de l’édition {YEAR - 1}" in texts(collect().errors)
    assert observed(dossier) == {}


def test_bad_files_do_not_stop_the_good_ones(dossier, back):
    save(make_form(values={"arbres-plantes": 5000}), back / "b.xlsx")
    (back / "a.xlsx").write_bytes(b"%PDF")
    (back / "c.pdf").write_bytes(b"%PDF")
    (back / "~$b.xlsx").write_bytes(b"lock")
    os.symlink("/etc/hostname", back / "d.xlsx")
    (back / "e.xlsx").mkdir()
    done = collect_forms(dossier, YEAR, back)
    assert observed(dossier) == {"arbres-plantes": "5000"}
    assert [(o.file, bool(o.errors)) for o in done.outcomes] == [
        ("a.xlsx", True),
        ("b.xlsx", False),
    ]
    assert [name for name, _ in done.skipped] == ["c.pdf", "d.xlsx"]
    assert "c.pdf : non lu, un PDF : recopier ses réponses" in done.text


def test_macros_are_left_aside_and_the_copy_is_a_plain_workbook(dossier, back, collect):
    path = save(make_form(values={"arbres-plantes": "?", "logements-renoves": 120}),
                back / "f.xlsm")  # fmt: skip
    change_parts(path, {"xl/vbaProject.bin": b"macro"})
    outcome = collect()
    assert "macros" in outcome.notices[0]
    assert observed(dossier) == {"logements-renoves": "120"}
    assert _returns(dossier, "f.xlsx").exists()


def test_the_folder_of_copies_is_not_collected(dossier, back):
    save(make_form(values={"arbres-plantes": "?"}), back / "f.xlsx")
    collect_forms(dossier, YEAR, back)
    with pytest.raises(FileNotFoundError, match="copies annotées"):
        collect_forms(dossier, YEAR, _returns(dossier, ""))
    done = collect_forms(dossier, YEAR, dossier.root)
    assert done.outcomes == [], "copies within the folder are passed over"


# --- never twice, never silently ------------------------------------------------------------------


def full_form(**changes):
    values = {"arbres-plantes": {"value": "env. 7 000", "note": "=HYPERLINK(\"x\")"},
              "logements-renoves": 120, "depenses-air": "1,3 M€"} | changes  # fmt: skip
    book = make_form(values=values, actions={"plantations": {"state": "achevée", "news": "- oui"}},
                     due={"prevu-pcaet": {"state": "reportée", "new_due": 2032}})  # fmt: skip
    book["Indicateurs"]["M2"].data_type = "s"  # a text that only looks like a formula
    return book


def test_collecting_again_changes_nothing(dossier, back, collect):
    save(full_form(), back / "f.xlsx")
    collect()
    before = raw_bytes(dossier)
    outcome = collect()
    assert raw_bytes(dossier) == before
    assert (outcome.imported, outcome.revised, outcome.errors) == ([], [], [])
    assert len(outcome.unchanged) == 5


def test_saved_again_with_the_same_answers_nothing_changes(dossier, back, collect):
    save(full_form(), back / "f.xlsx")
    collect()
    before = raw_bytes(dossier)
    openpyxl.load_workbook(back / "f.xlsx").save(back / "f.xlsx")
    assert len(collect().unchanged) == 5
    assert raw_bytes(dossier) == before


def test_a_remark_never_becomes_a_formula(dossier, back, collect):
    save(full_form(), back / "f.xlsx")
    collect()
    assert rows(dossier, "observations")[0]["note"] == '\'=HYPERLINK("x")'
    assert rows(dossier, "followups")[0]["note"] == "'- oui"
    for name, letters in (("observations", '=HYPERLINK("x")'), ("followups", "- oui")):
        table = TABLES[name]
        read, _ = read_table(dossier.raw / table.file(YEAR), table, name)
        assert read["note"].iloc[0] == letters, "read as the service wrote it"


def test_a_changed_answer_is_a_revision_that_keeps_the_former_value(dossier, back, collect):
    save(full_form(), back / "f.xlsx")
    collect()
    book = full_form(**{"logements-renoves": {"value": 130, "note": "recompté"},
                        "depenses-air": 1_400_000})  # fmt: skip
    book["Indicateurs"].insert_rows(2, 3)
    book.properties.modified = SAVED + timedelta(days=3)
    save(book, back / "f.xlsx")
    outcome = collect()
    assert [remark.code for remark in outcome.revised] == ["logements-renoves", "depenses-air"]
    row = next(r for r in rows(dossier, "observations") if r["indicator"] == "logements-renoves")
    assert (row["value"], row["note"], row["locator"]) == (
        "130", "recompté", "feuille Indicateurs, cellule G6",
    )  # fmt: skip
    assert [tuple(row.values()) for row in rows(dossier, "revisions")] == [
        ("logements-renoves", "val-exemple", "2031-01-01", "2031-12-31", "120", "130", SOURCE,
         "feuille Indicateurs, cellule G3", SOURCE, "feuille Indicateurs, cellule G6"),
        ("depenses-air", "val-exemple", "2031-01-01", "2031-12-31", "1300000", "1400000", SOURCE,
         "feuille Indicateurs, cellule G4", SOURCE, "feuille Indicateurs, cellule G7"),
    ]  # fmt: skip
    source = _source(dossier)
    assert source["remark"].count("SHA-256") == 2
    assert source["accessed"] == (SAVED + timedelta(days=3)).date().isoformat()
    assert len(rows(dossier, "observations")) == 2
    assert collect_faults(dossier, YEAR)[1] == []
    before = raw_bytes(dossier)
    collect()
    assert raw_bytes(dossier) == before


def test_a_changed_qualifier_or_status_alone_is_a_revision(dossier, back, collect):
    save(make_form(values={"logements-renoves": 120}), back / "f.xlsx")
    collect()
    for answer in ({"qualifier": "environ"}, {"qualifier": "environ", "status": "provisoire"}):
        save(make_form(values={"logements-renoves": {"value": 120, **answer}}), back / "f.xlsx")
        assert [message.code for message in collect().revised] == ["logements-renoves"]
        (row,) = rows(dossier, "observations")
        assert {name: row[name] for name in answer} == answer
    assert rows(dossier, "revisions") == [], "the value itself has not changed"


def test_an_older_file_collected_again_does_not_undo_a_revision(dossier, back, collect):
    save(full_form(), back / "f.xlsx")
    old = (back / "f.xlsx").read_bytes()
    collect()
    save(full_form(**{"logements-renoves": 130}), back / "f.xlsx")
    collect()
    before = raw_bytes(dossier)
    (back / "f.xlsx").write_bytes(old)
    outcome = collect()
    assert raw_bytes(dossier) == before
    assert "remplacée depuis" in texts(outcome.unchanged)


def test_revised_twice_the_first_value_stays_the_former_one(dossier, back, collect):
    for value in (120, 130, 140):
        save(full_form(**{"logements-renoves": value}), back / "f.xlsx")
        collect()
    row = rows(dossier, "revisions")[0]
    assert (row["former_value"], row["value"]) == ("120", "140")
    assert len(rows(dossier, "revisions")) == 1
    assert collect_faults(dossier, YEAR)[1] == []


def test_a_service_may_revise_what_it_said_in_an_earlier_edition(dossier, back, collect):
    path = dossier.raw_year(YEAR - 1) / "observations.csv"
    earlier = f"formulaire-{YEAR - 1}-environnement"
    path.write_text(path.read_text("utf-8").replace(
        "100,logement,exact,définitif,rapport-invente", f"100,logement,exact,définitif,{earlier}"),
        "utf-8")  # fmt: skip
    sources = dossier.raw / "sources.csv"
    sources.write_text(sources.read_text("utf-8") + f"{earlier},,F,E,,,,\n", "utf-8")
    before = path.read_bytes()
    answer = {"value": 110, "period_start": "2030", "period_end": "2030"}
    save(make_form(values={"logements-renoves": answer}), back / "f.xlsx")
    outcome = collect()
    assert len(outcome.revised) == 1
    assert path.read_bytes() == before, "an edition already published stays as it is"
    assert observed(dossier) == {"logements-renoves": "110"}
    assert "révise la valeur de l’édition 2030" in rows(dossier, "observations")[0]["note"]
    assert rows(dossier, "revisions")[0]["former_source"] == earlier
    assert collect_faults(dossier, YEAR)[1] == []


def test_what_the_analyst_typed_is_never_replaced(dossier, back, collect):
    path = dossier.raw_year(YEAR) / "observations.csv"
    row = "logements-renoves,val-exemple,2031-01-01,2031-12-31,99,logement,exact,définitif"
    path.write_text(path.read_text("utf-8") + f"{row},rapport-invente,l. 1,\n", "utf-8")
    before = path.read_bytes()
    save(make_form(values={"logements-renoves": 120}), back / "f.xlsx")
    outcome = collect()
    assert path.read_bytes() == before
    assert "Conflit : le dossier a déjà 99" in texts(outcome.errors)
    save(make_form(values={"logements-renoves": 99}), back / "f.xlsx")
    assert len(collect().unchanged) == 1
    assert path.read_bytes() == before


def test_a_followup_of_the_analyst_is_never_replaced(dossier, back, collect):
    path = dossier.raw_year(YEAR) / "followups.csv"
    path.write_text("id,state,new_due,note,source,locator\n"
                    "plantations,se poursuit,,,rapport-invente,l. 9\n", "utf-8")  # fmt: skip
    before = path.read_bytes()
    save(make_form(actions={"plantations": "achevée"}), back / "f.xlsx")
    assert "Conflit" in texts(collect().errors)
    assert path.read_bytes() == before


def test_a_followup_that_changes_is_told_with_what_it_was(dossier, back, collect):
    for state in ("se poursuit", "achevée"):
        save(make_form(actions={"plantations": state}), back / "f.xlsx")
        outcome = collect()
    assert "achevée (avant : se poursuit" in texts(outcome.revised)
    assert [row["state"] for row in rows(dossier, "followups")] == ["achevée"]


# --- several copies -------------------------------------------------------------------------------


def test_two_halves_of_a_form_are_put_together(dossier, back, collect):
    save(make_form(values={"arbres-plantes": 5000}), back / "a.xlsx")
    save(make_form(values={"arbres-plantes": 5000, "logements-renoves": 120}), back / "b.xlsx")
    assert collect("b.xlsx").errors == []
    assert observed(dossier) == {"arbres-plantes": "5000", "logements-renoves": "120"}
    assert _source(dossier)["remark"].count("SHA-256") == 2


def test_copies_that_differ_are_both_told_and_nothing_is_taken(dossier, back):
    save(make_form(values={"arbres-plantes": 5000, "logements-renoves": 120}), back / "a.xlsx")
    save(make_form(values={"arbres-plantes": 6000, "logements-renoves": 120},
                   saved=SAVED + timedelta(days=1)), back / "b.xlsx")  # fmt: skip
    done = collect_forms(dossier, YEAR, back)
    assert observed(dossier) == {"logements-renoves": "120"}
    for outcome, other in zip(done.outcomes, ("b.xlsx (G2)", "a.xlsx (G2)"), strict=True):
        assert other in texts(outcome.errors)
    before = raw_bytes(dossier)
    done = collect_forms(dossier, YEAR, back, newest=True)
    assert observed(dossier)["arbres-plantes"] == "6000"
    assert "plus récent" in texts(done.outcomes[0].flagged)
    assert before != raw_bytes(dossier)


def test_an_answer_kept_back_by_a_conflict_is_taken_once_it_is_settled(dossier, back):
    """The corrected copy came while the first one still lay there: its other answers went in."""
    save(make_form(values={"arbres-plantes": 5000}), back / "a.xlsx")
    collect_forms(dossier, YEAR, back)
    save(make_form(values={"arbres-plantes": 6000, "logements-renoves": 120},
                   saved=SAVED + timedelta(days=1)), back / "b.xlsx")  # fmt: skip
    collect_forms(dossier, YEAR, back)
    assert observed(dossier) == {"arbres-plantes": "5000", "logements-renoves": "120"}
    assert "réponses en attente" in _source(dossier)["remark"]
    collect_forms(dossier, YEAR, back, newest=True)
    assert observed(dossier) == {"arbres-plantes": "6000", "logements-renoves": "120"}
    (row,) = rows(dossier, "revisions")
    assert (row["former_value"], row["value"]) == ("5000", "6000")
    assert "en attente" not in _source(dossier)["remark"]
    before = raw_bytes(dossier)
    collect_forms(dossier, YEAR, back, newest=True)
    assert raw_bytes(dossier) == before


def test_a_corrected_copy_collected_alone_settles_it_too(dossier, back):
    save(make_form(values={"arbres-plantes": 5000}), back / "a.xlsx")
    collect_forms(dossier, YEAR, back)
    save(make_form(values={"arbres-plantes": 6000, "logements-renoves": 120}), back / "b.xlsx")
    collect_forms(dossier, YEAR, back)
    (back / "a.xlsx").unlink()
    collect_forms(dossier, YEAR, back)
    assert observed(dossier)["arbres-plantes"] == "6000"


def test_the_newest_copy_wins_only_when_both_say_their_day(dossier, back):
    save(make_form(values={"arbres-plantes": 5000}), back / "a.xlsx")
    path = save(make_form(values={"arbres-plantes": 6000}), back / "b.xlsx")
    done = collect_forms(dossier, YEAR, back, newest=True)
    assert [len(outcome.errors) for outcome in done.outcomes] == [1, 1], "same day"
    change_parts(path, {"docProps/core.xml": None})
    done = collect_forms(dossier, YEAR, back, newest=True)
    assert [len(outcome.errors) for outcome in done.outcomes] == [1, 1], "no day"
    assert observed(dossier) == {}


def test_the_same_file_twice_counts_once(dossier, back):
    save(make_form(values={"arbres-plantes": "?"}), back / "a.xlsx")
    shutil.copy(back / "a.xlsx", back / "b.xlsx")
    done = collect_forms(dossier, YEAR, back)
    assert done.outcomes[1].notices == ["Copie identique de a.xlsx."]
    assert len(done.outcomes[0].errors) == 1
    assert done.outcomes[1].errors == []


def test_one_name_in_two_folders_gives_two_copies(dossier, back):
    for folder, service in (("a", "environnement"), ("b", "direction-generale")):
        code = ASKED[service][0][0]
        save(make_form(service, {code: "?"}), back / folder / "form.xlsx")
    collect_forms(dossier, YEAR, back)
    assert _returns(dossier, "form.xlsx").exists()
    assert _returns(dossier, "b - form.xlsx").exists()


# --- the raw files --------------------------------------------------------------------------------


def excel(text: str) -> bytes:
    """As a French Excel saves: semicolons, decimal commas, CRLF."""
    table = list(csv.reader(io.StringIO(text)))
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(
        [cell.replace(".", ",") if cell.replace(".", "").isdigit() else cell for cell in row]
        for row in table
    )
    return out.getvalue().encode("cp1252")


TYPED = (
    "indicator,territory,period_start,period_end,value,unit,qualifier,status,source,locator,note\n"
    'femmes,99001,,2031-12-31,84.5,agent,exact,définitif,rapport-invente,l. 3,"été, ""deux""\n'
    'lignes"\n'
)


@pytest.mark.parametrize(
    "write",
    [
        lambda text: text.encode(),
        lambda text: text.rstrip("\n").encode() if text.endswith('e"\n') else text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
        lambda text: b"\xff\xfe" + text.encode("utf-16-le"),
        excel,
    ],
    ids=["plain", "no last line end", "mark", "crlf", "utf-16", "excel"],
)
def test_other_lines_stay_byte_for_byte(dossier, back, collect, write):
    path = dossier.raw_year(YEAR) / "observations.csv"
    path.write_bytes(write(TYPED))
    before = path.read_bytes()
    asked = "direction-generale", "taux-obligation-emploi"
    values = {asked[1]: {"value": "env. 5,5", "note": "pluie ; neige"}}
    save(make_form(asked[0], values), back / "f.xlsx")
    collect()
    assert path.read_bytes().startswith(before)
    assert collect_faults(dossier, YEAR)[1] == []
    data, _ = collect_faults(dossier, YEAR)
    found = data["observations"].query("indicator == @asked[1] and edition == @YEAR")
    assert (found["value"].tolist(), found["note"].tolist()) == ([5.5], ["pluie ; neige"])
    once = path.read_bytes()
    save(make_form(asked[0], {asked[1]: "env. 5,6"}), back / "f.xlsx")
    collect()
    changed = path.read_bytes()
    assert changed.startswith(before)
    assert changed != once
    assert collect_faults(dossier, YEAR)[1] == []


def test_a_replaced_line_leaves_the_others(tmp_path):
    content = b'a,"b",c\r\n1,"x\r\ny",3\r\n4,"5",6\r\n"7",8,9'
    file = CsvFile(content, ["a", "b", "c"])
    file.replace(3, {"b": "é, à"})
    assert file.content == 'a,"b",c\r\n1,"x\r\ny",3\r\n4,"é, à",6\r\n"7",8,9'.encode()
    file.replace(4, {"c": 9.5})
    assert file.content.endswith(b"\r\n7,8,9.5")
    assert CsvFile(content, []).content == content


def test_a_file_with_faults_is_refused_before_anything(dossier, back, collect):
    path = dossier.raw_year(YEAR) / "budget.csv"
    path.write_text(path.read_text("utf-8") + "depenses-air,,,\n", "utf-8")
    save(make_form(values={"arbres-plantes": 5000}), back / "f.xlsx")
    before = raw_bytes(dossier)
    with pytest.raises(InvalidDossier, match="cellules au lieu de"):
        collect()
    assert raw_bytes(dossier) == before


def test_an_edition_of_which_nothing_was_asked_is_told(dossier, back, collect):
    (dossier.raw_year(YEAR) / "requests.csv").unlink()
    with pytest.raises(FileNotFoundError, match="Rien n’a été demandé"):
        collect()


def test_tables_that_are_not_there_are_made_and_declared(dossier, back, collect):
    """Provenance by file names: what no pattern covers is put to the form's own account."""
    sources = dossier.raw / "sources.csv"
    year = dossier.raw_year(YEAR)
    names = " | ".join(["20[0-2]?/*", "2030/*", *(f"{YEAR}/{path.name}" for path in year.iterdir()
                        if path.is_file()), f"{YEAR}/texts/*"])  # fmt: skip
    text = sources.read_text("utf-8").replace("20??/*", names)
    sources.write_text(text, "utf-8")
    save(make_form(actions={"plantations": "achevée"}), back / "f.xlsx")
    collect()
    assert _source(dossier)["file"] == f"{YEAR}/followups.csv"
    assert collect_faults(dossier, YEAR)[1] == []


@pytest.mark.parametrize("failing", range(1, 6))
def test_a_crash_midway_leaves_everything_as_it_was(dossier, back, collect, monkeypatch, failing):
    save(full_form(), back / "f.xlsx")
    before = raw_bytes(dossier)
    real, calls = os.replace, []

    def replace(source, target):
        calls.append(target)
        if len(calls) == failing:
            raise OSError("disque plein")
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    with pytest.raises(OSError, match="disque plein"):
        collect()
    assert len(calls) >= failing
    assert raw_bytes(dossier) == before
    monkeypatch.undo()
    collect()
    assert len(rows(dossier, "observations")) == 2


def test_reports_on_another_disk_are_written_with_the_data(tmp_path, monkeypatch):
    """From one disk of Windows no relative path leads to another."""
    home, disk = tmp_path / "c" / "raw", tmp_path / "d"
    for folder in (home, disk):
        folder.mkdir(parents=True)
    real = os.path.relpath

    def relpath(path, start=os.curdir):
        if (disk in Path(path).parents) != (disk in Path(start).parents):
            raise ValueError("path is on mount 'D:', start on mount 'C:'")
        return real(path, start)

    monkeypatch.setattr(os.path, "relpath", relpath)
    write_together(home, {home / "a.csv": b"a", disk / "b.csv": b"b"})
    assert [path.read_bytes() for path in (home / "a.csv", disk / "b.csv")] == [b"a", b"b"]


def test_relative_paths_end_at_the_disk(monkeypatch):
    monkeypatch.setattr(os.path, "relpath", ntpath.relpath)
    assert relate("C:\\projet\\raw\\a.csv", "C:\\projet") == "raw\\a.csv"
    assert relate("D:\\raw\\a.csv", "C:\\projet") == "D:\\raw\\a.csv"


def test_nothing_is_renamed_before_all_is_written(tmp_path):
    home = tmp_path / "raw"
    home.mkdir()
    first = home / "a.csv"
    first.write_bytes(b"former")
    (home / "b").write_bytes(b"a file where a folder should be")
    with pytest.raises(OSError, match="b"):
        write_together(home, {first: b"new", home / "b" / "c.csv": b"x"})
    assert first.read_bytes() == b"former"
    assert sorted(path.name for path in home.iterdir()) == ["a.csv", "b"]


def test_the_same_forms_give_the_same_bytes(dossier, back, collect, tmp_path):
    save(full_form(**{"plantation-cout": "?"}), back / "f.xlsx")
    collect()
    first = {path.name: path.read_bytes() for path in _returns(dossier, "").iterdir()}
    with zipfile.ZipFile(_returns(dossier, "f.xlsx")) as copy:
        assert {entry.date_time for entry in copy.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    saved = openpyxl.load_workbook(_returns(dossier, "f.xlsx")).properties.modified
    assert saved == SAVED, "when the service saved it, not when it was marked"
    raw = {path.name: path.read_bytes() for path in dossier.raw_year(YEAR).glob("*.csv")}
    shutil.rmtree(dossier.raw)
    shutil.rmtree(dossier.root / "reports")
    from conftest import MADE_UP

    shutil.copytree(MADE_UP / "raw", dossier.raw)
    prepare(dossier)
    collect()
    assert {p.name: p.read_bytes() for p in _returns(dossier, "").iterdir()} == first
    assert {p.name: p.read_bytes() for p in dossier.raw_year(YEAR).glob("*.csv")} == raw


def test_somebody_else_s_words_stay_text(dossier, back, collect, capsys):
    values = {"arbres-plantes": {"value": "\x1b[31m# <script>|", "note": "x"}}
    book = make_form()
    for code, cells in values.items():
        book["Indicateurs"].cell(ROW[code], 7).value = cells["value"].replace("\x1b", "")
    save(book, back / "a\x1b[31m`b.xlsx")
    collect()
    report = _returns(dossier, "rapport-de-collecte.md").read_text("utf-8")
    assert "\x1b" not in report
    assert "<script>" not in report
    run_command(dossier, back)
    assert "\x1b" not in capsys.readouterr().out


# --- the command ----------------------------------------------------------------------------------


def run_command(dossier, back, *more) -> int:
    return main(["collect", "--dossier", str(dossier.root), "--from", str(back), *more])


def test_the_command_says_what_was_done(dossier, back, capsys):
    save(make_form(values={"arbres-plantes": 5000, "logements-renoves": "?"}), back / "f.xlsx")
    assert run_command(dossier, back, "--year", str(YEAR)) == 0
    said = capsys.readouterr().out
    assert "f.xlsx (Environnement) : 1 importé, 1 à regarder, 1 à corriger." in said
    assert "à corriger Indicateurs G3 (logements-renoves) : " in said
    assert f"Fichiers changés : {YEAR}/observations.csv, sources.csv" in said
    assert run_command(dossier, back) == 0
    assert "Rien n’a changé." in capsys.readouterr().out


def test_the_command_tells_the_faults_of_the_dossier_afterwards(dossier, back, capsys):
    (dossier.raw_year(YEAR) / "texts" / "air.md").unlink()
    save(make_form(values={"arbres-plantes": 5000}), back / "f.xlsx")
    assert run_command(dossier, back) == 1
    said = capsys.readouterr()
    assert "1 importé" in said.out
    assert "il manque le texte du chapitre « air »" in said.err
    assert observed(dossier) == {"arbres-plantes": "5000"}


def test_the_command_says_that_a_folder_is_missing(dossier, tmp_path, capsys):
    assert run_command(dossier, tmp_path / "absent") == 1
    assert "introuvable" in capsys.readouterr().err


# --- real forms, real spreadsheets ----------------------------------------------------------------


@pytest.fixture
def real_forms(dossier_copy):
    """The forms that the project itself sends for 2031, and the dossier prepared."""
    from analysis.collect.forms import write_forms
    from analysis.collect.new_year import prepare_year
    from analysis.compute.indicators import load_edition

    prepare_year(dossier_copy, YEAR)
    edition, previous = (load_edition(dossier_copy, year) for year in (YEAR, YEAR - 1))
    written = [form.path for form in write_forms(dossier_copy, edition, previous)]
    return dossier_copy, written


def test_forms_sent_filled_and_returned(real_forms, back):
    dossier, paths = real_forms
    asked = {row["indicator"] for row in rows(dossier, "requests")}
    for path in paths:
        book = openpyxl.load_workbook(path)
        fill(book)
        book.save(back / f"Re {path.name}")
    done = collect_forms(dossier, YEAR, back)
    assert [remark.message for outcome in done.outcomes for remark in outcome.errors] == []
    found = {row["indicator"] for name in ("observations", "budget") for row in rows(dossier, name)}
    assert found == asked
    assert {row["id"] for row in rows(dossier, "followups")} >= {"plantations", "piste-eau"}
    assert collect_faults(dossier, YEAR)[1] == []
    before = raw_bytes(dossier)
    assert collect_forms(dossier, YEAR, back).written == []
    assert raw_bytes(dossier) == before


def fill(book) -> None:
    """An answer on every row of a form."""
    for title, heading, answer in (
        ("Indicateurs", "Votre valeur", 50), ("Actions", "Où en est-elle ?", "se poursuit"),
        ("Échéances", "Où en est-elle ?", "en cours"), ("Pistes", "Où en est-elle ?", "proposée"),
    ):  # fmt: skip
        sheet = book[title]
        column = next(cell.column for cell in sheet[1] if cell.value == heading)
        for row in range(2, sheet.max_row + 1):
            if sheet.cell(row, 1).value:
                sheet.cell(row, column).value = answer


def test_forms_as_sent_hold_no_answer(real_forms):
    dossier, paths = real_forms
    done = collect_forms(dossier, YEAR, paths[0].parent)
    assert done.written == []
    assert all(not o.errors and not o.imported and o.service for o in done.outcomes)


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_libreoffice_saves_what_is_collected(real_forms, back, tmp_path):
    dossier, paths = real_forms
    path = next(path for path in paths if "environnement" in path.name)
    book = openpyxl.load_workbook(path)
    fill(book)
    sheet = book["Indicateurs"]
    column = {cell.value: cell.column for cell in sheet[1]}
    row = next(r for r in range(2, sheet.max_row) if sheet.cell(r, 1).value == "logements-renoves")
    sheet.cell(row, column["Votre valeur"]).value = "=40+2"
    sheet.cell(row + 1, column["Au"]).value = date(YEAR, 10, 31)
    source = tmp_path / path.name
    book.save(source)
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
         "--convert-to", "xlsx", "--outdir", str(back), str(source)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    if not list(back.glob("*.xlsx")):
        pytest.skip("this LibreOffice has no spreadsheets")  # Writer alone was installed
    done = collect_forms(dossier, YEAR, back)
    outcome = done.outcomes[0]
    assert outcome.service == "environnement"
    assert [remark.code for remark in outcome.errors] == ["logements-renoves"]
    assert "Formule" in outcome.errors[0].message
    assert len(observed(dossier)) + len(rows(dossier, "budget")) == 6
    assert collect_faults(dossier, YEAR)[1] == []
