"""The forms: what stands in them, what may be typed where, and that no answer is overwritten."""

from __future__ import annotations

import io
import re
import shutil
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from analysis.__main__ import main
from analysis.base.paths import PROJECT, Dossier
from analysis.base.rawfiles import list_editions
from analysis.collect import form_contract, form_styles
from analysis.collect.form_writer import Band, BlankForm, format_form
from analysis.collect.forms import compose_forms, describe_last, is_filled, write_forms
from analysis.collect.new_year import prepare_year
from analysis.collect.requests import list_questions, list_services
from analysis.collect.tool_sheets import TOOL_SHEETS
from analysis.compute.indicators import load_edition
from analysis.show import colours, identity

MADE_UP = Path(__file__).parent / "dossiers" / "invente"
LAST, NEXT = 2030, 2031
TOOLS = {sheet.title for sheet in TOOL_SHEETS}
BY_TITLE = {sheet.title: sheet for sheet in form_contract.FOLLOWING_SHEETS}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """A made-up dossier with the next edition prepared, and both editions computed."""
    root = tmp_path_factory.mktemp("formulaires") / "invente"
    shutil.copytree(MADE_UP, root)
    dossier = Dossier(root)
    prepare_year(dossier, NEXT)
    return dossier, load_edition(dossier, NEXT), load_edition(dossier, LAST)


@pytest.fixture(scope="module")
def forms(prepared):
    return {form.service: form for form in compose_forms(*prepared[1:])}


@pytest.fixture(scope="module")
def books(forms):
    return {
        service: openpyxl.load_workbook(io.BytesIO(format_form(form)), rich_text=False)
        for service, form in forms.items()
    }


@pytest.fixture
def sent(prepared, tmp_path):
    """A copy of the prepared dossier whose forms have just been written."""
    root = tmp_path / "invente"
    shutil.copytree(prepared[0].root, root)
    dossier = Dossier(root)
    written = list(write_forms(dossier, *prepared[1:]))
    return dossier, prepared[1], prepared[2], written


def read_codes(book, title: str) -> list[str]:
    return [cell.value for cell in book[title]["A"][1:] if cell.value]


def find_column(sheet, key: str) -> int:
    column = next(c for c in BY_TITLE[sheet.title].columns if c.key == key)
    return next(cell.column for cell in sheet[1] if cell.value == column.heading)


def find_cell(sheet, code: str, key: str):
    row = next(cell.row for cell in sheet["A"] if cell.value == code)
    return sheet.cell(row, find_column(sheet, key))


# --- who is asked what ----------------------------------------------------------------------------


def test_every_request_and_every_follow_up_is_asked_once(prepared, books):
    _, edition, previous = prepared
    asked = {title: [] for title in BY_TITLE}
    for book in books.values():
        for title in ("Indicateurs", "Actions", "Échéances", "Pistes"):
            asked[title] += read_codes(book, title)
    assert sorted(asked["Indicateurs"]) == sorted(edition.requests["indicator"])
    assert sorted(asked["Actions"]) == sorted(previous.actions["id"])
    assert sorted(asked["Échéances"]) == sorted(previous.planned["id"])
    assert sorted(asked["Pistes"]) == sorted(previous.improvements["id"])


def test_a_service_without_questions_has_no_form(prepared, forms):
    _, edition, _ = prepared
    assert set(forms) == {"direction-generale", "environnement", "finances", "syndicat-eau"}
    extra = edition.services.iloc[:1].assign(id="archives", name="Archives")
    more = replace(edition, services=pd.concat([edition.services, extra], ignore_index=True))
    assert "archives" not in {form.service for form in compose_forms(more, prepared[2])}


def test_last_value_is_that_of_the_previous_edition_with_its_period(books, prepared):
    sheet = books["environnement"]["Indicateurs"]
    narrow, space = "\u202f", "\u00a0"
    assert find_cell(sheet, "arbres-plantes", "previous").value == (
        f"environ 6{narrow}000{space}arbres de 2026 à 2030"
    )
    assert find_cell(sheet, "arbres-plantes", "asked").value == "De 2026 à 2031"
    assert find_cell(sheet, "logements-renoves", "asked").value == "Année 2031"
    sheet = books["direction-generale"]["Indicateurs"]
    assert find_cell(sheet, "agents", "previous").value == f"160{space}agents, fin 2030"
    assert find_cell(sheet, "agents", "asked").value == "Fin 2031"
    assert find_cell(sheet, "visiteurs-accueil", "previous").value.endswith(" (provisoire)")
    assert describe_last(prepared[2], "agents", "pays-exemple") == "aucune"


def test_an_amount_says_its_stage_and_its_payer(books):
    definition = find_cell(books["environnement"]["Indicateurs"], "plantation-etat", "definition")
    assert "Montant " in definition.value
    assert "financeur" in definition.value


def test_no_reference_and_no_mark_is_left_in_a_text(books):
    for book in books.values():
        for sheet in book:
            for row in sheet.iter_rows(values_only=True):
                for cell in row:
                    assert not re.search(r"\{\{|[\ue000-\uf8ff]", str(cell or "")), cell


# --- the workbook ---------------------------------------------------------------------------------


def test_sheets_and_headings_are_the_contracts(books):
    for service, book in books.items():
        tools = [sheet.title for sheet in TOOL_SHEETS if sheet.title in book.sheetnames]
        shown = [name for name in book.sheetnames if book[name].sheet_state == "visible"]
        assert shown == ["Lisez-moi", *BY_TITLE, *tools]
        assert book[form_contract.SENT].sheet_state == "veryHidden"
        for title, spec in BY_TITLE.items():
            assert [cell.value for cell in book[title][1]] == [h.heading for h in spec.columns]
        names = {}
        for name, label in form_contract.LABELS.items():
            ((title, place),) = book.defined_names[name].destinations
            names[name] = book[title][place.replace("$", "")].value
            assert book[title][place.replace("$", "").replace("B", "A")].value == label
        assert names == {
            form_contract.SERVICE_NAME: service, form_contract.YEAR_NAME: NEXT,
            form_contract.TERRITORY_NAME: "val-exemple",
        }  # fmt: skip


def test_answers_alone_are_unlocked(books):
    for book in books.values():
        for sheet in book:
            assert sheet.protection.sheet
            assert not sheet.protection.password
            if sheet.title in TOOLS:
                continue  # see ``test_tool_sheets``
            spec = BY_TITLE.get(sheet.title)
            answers = {h.heading for h in spec.columns if h.answer} if spec else set()
            for column in sheet.iter_cols():
                for cell in column[1:]:
                    asks = spec and (spec.free_rows or sheet.cell(cell.row, 1).value)
                    is_open = bool(asks) and column[0].value in answers
                    assert cell.protection.locked is not is_open, (sheet.title, cell.coordinate)


def test_lists_offer_the_contracts_choices(books):
    for sheet in books["environnement"]:
        spec = BY_TITLE.get(sheet.title)
        if sheet.title in TOOLS:
            continue  # those of the dossier: see ``test_tool_sheets``
        lists = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
        offered = {
            sheet.cell(1, next(iter(v.sqref.ranges)).min_col).value: v.formula1 for v in lists
        }
        expected = {h.heading: h.choices for h in spec.columns if h.choices} if spec else {}
        assert offered == {text: f'"{",".join(c)}"' for text, c in expected.items()}


def test_checks_of_answers_keep_within_what_excel_reads(books):
    for book in books.values():
        for sheet in book:
            for rule in sheet.data_validations.dataValidation:
                assert len(rule.error) <= 225
                assert len(rule.errorTitle) <= 31
                assert len(rule.formula1) <= 255
            assert len(sheet.title) <= 31


def test_a_number_may_also_be_said_not_to_be_available(books):
    sheet = books["environnement"]["Indicateurs"]
    (rule,) = (v for v in sheet.data_validations.dataValidation if v.type == "custom")
    column = openpyxl.utils.get_column_letter(find_column(sheet, "value"))
    assert rule.formula1 == f'OR(ISNUMBER({column}2),LOWER(TRIM({column}2))="n.d.")'
    assert str(rule.sqref).startswith(f"{column}2:")


def test_a_chapter_stands_above_its_rows_in_its_colour(prepared, books):
    sheet = books["environnement"]["Indicateurs"]
    assert (sheet["A2"].value, sheet["B2"].value) == (None, "1. Protection de l’air")
    colour = identity.colour_chapters(prepared[1].chapters)["air"]
    assert sheet["A2"].fill.fgColor.rgb == f"00{colour[1:]}"


def test_what_still_waits_is_shown(books):
    sheet = books["environnement"]["Indicateurs"]
    formulas = [rule.formula[0] for area in sheet.conditional_formatting for rule in area.rules]
    assert any(formula.startswith("AND(LEN($A2)>0,LEN(TRIM(") for formula in formulas)


def test_printing_repeats_the_headings_on_a4_landscape(books):
    for title in BY_TITLE:
        sheet = books["environnement"][title]
        assert sheet.print_title_rows == "$1:$1"
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert sheet.freeze_panes in ("C2", "A2")


def test_words_can_be_read_on_their_fills():
    pairs = [
        ("FFFFFF", form_styles.MAIN),
        ("FFFFFF", form_styles.GIVEN),
        (form_styles.INK, form_styles.LOCKED),
        (form_styles.QUIET, form_styles.LOCKED),
        (form_styles.INK, form_styles.TO_FILL),
        (form_styles.QUIET, form_styles.NOT_AVAILABLE),
    ]
    for word, ground in pairs:
        assert colours.contrast(f"#{word}", f"#{ground}") >= colours.TEXT_CONTRAST, (word, ground)
    for colour in ("#FFFF00", "#0674A9", "#000000", "#FFFFFF"):
        pale, ink = form_styles.tint(colour)
        assert colours.contrast(ink, pale) >= colours.TEXT_CONTRAST


def test_a_row_is_high_enough_for_its_words():
    assert form_styles.count_lines("mot", 20, 10) == 1
    assert form_styles.count_lines("un\ndeux", 20, 10) == 2
    assert form_styles.count_lines("mot " * 60, 24, 10) >= 8


def test_a_text_that_looks_like_a_formula_stays_a_text(forms):
    line = {"code": "a", "title": "=1+1\n=2+2", "definition": "=HYPERLINK(1)", "unit": "+3",
            "asked": "-1", "previous": "a\x00b\x0bc"}  # fmt: skip
    form = replace(forms["finances"], lines={"indicators": [Band("=A1", "#123456"), line]})
    content = format_form(form)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Indicateurs"]
    assert sheet["C3"].value == "=HYPERLINK(1)"
    assert {cell.data_type for row in sheet["A2:F3"] for cell in row if cell.value} == {"s"}
    assert sheet["F3"].value == "a b c"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet2.xml")


# --- the same bytes -------------------------------------------------------------------------------


def test_same_form_same_bytes_without_the_hour(forms, monkeypatch):
    form = forms["environnement"]
    first = format_form(form)
    monkeypatch.setattr("time.time", lambda: 4102444800.0)
    assert format_form(form) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(NEXT, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    stamps = re.findall(r"<dcterms:(?:created|modified)[^>]*>([^<]*)<", core)
    assert stamps == [f"{NEXT}-01-01T00:00:00Z"] * 2


def test_forms_do_not_depend_on_answers_already_entered(prepared, forms):
    """A form asked for again after some answers came in is still the one that was sent."""
    dossier, _, previous = prepared
    root = dossier.root.parent / "rentre"
    shutil.copytree(dossier.root, root)
    line = "agents,val-exemple,,2031-12-31,171,agent,exact,définitif,rapport-invente,l. 1,\n"
    with (root / f"raw/{NEXT}/observations.csv").open("a", encoding="utf-8") as stream:
        stream.write(line)
    later = compose_forms(load_edition(Dossier(root), NEXT), previous)
    assert {form.service: form for form in later} == forms


# --- files already there --------------------------------------------------------------------------


def test_forms_are_written_once(sent):
    dossier, edition, previous, written = sent
    folder = dossier.report(NEXT) / "formulaires"
    assert {form.outcome for form in written} == {"nouveau"}
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        form_contract.name_form(form.service, NEXT) for form in written
    )
    again = list(write_forms(dossier, edition, previous))
    assert {form.outcome for form in again} == {"inchangé"}


def fill_in(path, value=12) -> bytes:
    book = openpyxl.load_workbook(path)
    sheet = book["Indicateurs"]
    find_cell(sheet, "arbres-plantes", "value").value = value
    book.save(path)
    return path.read_bytes()


@pytest.mark.parametrize("value", [12, 0, "n.d.", datetime(2031, 1, 1)])
def test_any_answer_makes_a_form_filled(sent, value):
    path = next(form.path for form in sent[3] if form.service == "environnement")
    assert not is_filled(path)
    fill_in(path, value)
    assert is_filled(path)


def test_a_form_filled_in_is_kept_unless_forced(sent):
    dossier, edition, previous, written = sent
    path = next(form.path for form in written if form.service == "environnement")
    template = path.read_bytes()
    filled = fill_in(path, 12)
    outcomes = {f.service: f.outcome for f in write_forms(dossier, edition, previous)}
    assert outcomes.pop("environnement") == "gardé"
    assert set(outcomes.values()) == {"inchangé"}
    assert path.read_bytes() == filled
    list(write_forms(dossier, edition, previous, force=True))
    assert path.read_bytes() == template
    assert path.with_name(path.name + ".ancien").read_bytes() == filled
    filled_again = fill_in(path, 13)
    list(write_forms(dossier, edition, previous, force=True))
    assert path.with_name(path.name + ".ancien").read_bytes() == filled
    assert path.with_name(path.name + ".ancien-2").read_bytes() == filled_again


def test_a_form_without_answers_follows_what_is_asked(sent):
    dossier, edition, previous, _ = sent
    requests = edition.requests
    fewer = replace(edition, requests=requests[requests["indicator"] != "arbres-plantes"])
    outcomes = {f.service: f.outcome for f in write_forms(dossier, fewer, previous)}
    assert outcomes["environnement"] == "refait"
    assert outcomes["finances"] == "inchangé"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 tronc", b"ceci n'est pas un classeur"])
def test_a_file_that_is_no_form_is_kept(sent, content):
    dossier, edition, previous, written = sent
    path = written[0].path
    path.write_bytes(content)
    assert is_filled(path)
    assert next(write_forms(dossier, edition, previous)).outcome == "gardé"
    assert path.read_bytes() == content


def test_a_workbook_with_other_sheets_is_kept(tmp_path):
    book = openpyxl.Workbook()
    book.save(tmp_path / "autre.xlsx")
    assert is_filled(tmp_path / "autre.xlsx")


# --- the command ----------------------------------------------------------------------------------


def test_command_writes_and_says(sent, capsys):
    dossier, *_, written = sent
    fill_in(next(form.path for form in written if form.service == "environnement"))
    assert main(["forms", "--year", str(NEXT), "--dossier", str(dossier.root)]) == 0
    said = capsys.readouterr().out
    assert f"formulaire-{NEXT}-environnement.xlsx : gardé" in said
    assert f"make forms YEAR={NEXT} FORCE=1" in said


def test_an_edition_not_prepared_is_said(dossier_copy, capsys):
    root = str(dossier_copy.root)
    assert main(["forms", "--year", str(NEXT), "--dossier", root]) == 1
    command = f'lancer « make new-year YEAR={NEXT} DOSSIER="{root}" »'
    assert command in capsys.readouterr().err


def test_no_due_date_is_said_plainly():
    form = BlankForm("s", "Service & Cie", "Val", NEXT, (), {})
    sheet = openpyxl.load_workbook(io.BytesIO(format_form(form)))["Lisez-moi"]
    words = " ".join(str(cell.value) for row in sheet for cell in row if cell.value)
    assert "non précisé" in words
    assert "None" not in words
    assert "Service && Cie" in sheet.oddFooter.left.text
    dated = replace(form, due=(date(NEXT, 10, 31),))
    sheet = openpyxl.load_workbook(io.BytesIO(format_form(dated)))["Lisez-moi"]
    assert "31\u00a0octobre 2031" in str(sheet["B5"].value)


@pytest.mark.slow
def test_the_real_dossier_has_its_forms(tmp_path, capsys):
    shutil.copytree(PROJECT / "data" / "raw", tmp_path / "reel" / "raw")
    dossier = Dossier(tmp_path / "reel")
    year = max(list_editions(dossier)) + 1
    prepare_year(dossier, year)
    options = ["--year", str(year), "--dossier", str(dossier.root)]
    assert main(["forms", *options]) == 0
    assert main(["status", *options, "--today", f"{year + 1}-02-01"]) == 0
    said = capsys.readouterr().out
    folder = dossier.report(year) / form_contract.FORMS
    services = {path.stem.removeprefix(f"formulaire-{year}-") for path in folder.iterdir()}
    assert {"sport", "habitat", "finances"} <= services
    edition, previous = load_edition(dossier, year), load_edition(dossier, year - 1)
    questions = list_questions(edition, previous)
    asked = list_services(edition, previous, questions)  # others are asked by tools alone
    assert services > {*asked}
    assert f"0 service sur {len(asked)} a répondu, {len(asked)} en retard" in said
    asked = []
    for path in folder.iterdir():
        assert path.stat().st_size < 100_000
        assert not is_filled(path)
        asked += read_codes(openpyxl.load_workbook(path), "Indicateurs")
    assert len(asked) == len(set(asked)) == len(edition.requests)
