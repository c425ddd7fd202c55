"""Returned workbooks: opened safely, their sheets, columns and rows found again."""

from __future__ import annotations

import contextlib
import io
import zipfile

import openpyxl
import pytest
from form_example import (
    NOTE,
    QUALIFIER,
    ROW,
    SAVED,
    SHEETS,
    VALUE,
    YEAR,
    change_parts,
    make_form,
    save,
)

from analysis.collect import safe_opening
from analysis.collect.form_reader import read_form
from analysis.collect.received_files import UnreadableForm

ANSWERS = {"arbres-plantes": {"value": 7000, "qualifier": "environ", "note": "à vérifier"},
           "logements-renoves": 120}  # fmt: skip


@pytest.fixture
def book():
    return make_form(values=ANSWERS)


def read_values(path) -> dict[str, object]:
    """Value of each code of the sheet of indicators."""
    content = read_form(path).contents["indicators"]
    return {row.code: row.get("value").value for row in content.rows if row.get("value").filled}


EXPECTED = {"arbres-plantes": 7000, "logements-renoves": 120}


def test_a_form_is_read_with_its_names(book, tmp_path):
    form = read_form(save(book, tmp_path / "n’importe quoi.xlsx"))
    assert (form.service, form.year) == ("environnement", str(YEAR))
    assert form.modified == SAVED
    assert set(form.contents) == set(SHEETS)
    assert form.notices == form.missing == []
    cells = form.contents["indicators"].rows[0].cells
    assert [cells[key].ref for key in ("value", "qualifier", "note")] == ["G2", "H2", "M2"]


# --- what services do to a form -------------------------------------------------------------------


def move_columns(book):
    sheet = book["Indicateurs"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    sheet.delete_cols(1, 20)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(reversed(row), 3):
            sheet.cell(number, column).value = value


def insert_a_column(book):
    book["Indicateurs"].insert_cols(4)


def insert_titles(book):
    sheet = book["Indicateurs"]
    sheet.insert_rows(1, 4)
    sheet["A1"] = "Ville nouvelle : indicateurs de l’année"
    sheet.merge_cells("A1:M2")


def insert_rows_between(book):
    book["Indicateurs"].insert_rows(3, 5)
    book["Indicateurs"]["B4"] = "sous-titre"


def sort_rows(book):
    sheet = book["Indicateurs"]
    first, second = ([cell.value for cell in sheet[row]] for row in (2, 3))
    for row, values in ((2, second), (3, first)):
        for column, value in enumerate(values, 1):
            sheet.cell(row, column).value = value


def write_headings_otherwise(book):
    sheet = book["Indicateurs"]
    for cell in sheet[1]:
        cell.value = f" {cell.value.upper().replace('É', 'E')}\u00a0 "
    sheet["G1"] = "Votre\nvaleur (2031)"


def write_codes_in_capitals(book):
    for row in book["Indicateurs"].iter_rows(min_row=2, max_col=1):
        row[0].value = f" {row[0].value.upper()} "


def rename_the_sheet(book):
    book["Indicateurs"].title = "Chiffres 2031"


def rename_the_sheet_otherwise(book):
    book["Indicateurs"].title = " INDICATEURS "


def merge_with_the_next_column(book):
    book["Indicateurs"].merge_cells("G3:H3")


def merge_headings(book):
    sheet = book["Indicateurs"]
    sheet.insert_cols(8)
    sheet.merge_cells("G1:H1")
    sheet["H3"], sheet["G3"] = sheet["G3"].value, None


def merge_with_a_blank_row(book):
    sheet = book["Indicateurs"]
    sheet.insert_rows(4)
    sheet.merge_cells("G3:G4")


def drop_optional_columns(book):
    book["Indicateurs"].delete_cols(8, 4)


def hide_everything(book):
    book["Indicateurs"].sheet_state = "hidden"


@pytest.mark.parametrize(
    "spoil",
    [
        move_columns, insert_a_column, insert_titles, insert_rows_between, sort_rows,
        write_headings_otherwise, write_codes_in_capitals, rename_the_sheet,
        rename_the_sheet_otherwise, merge_with_the_next_column, merge_headings,
        merge_with_a_blank_row, drop_optional_columns, hide_everything,
    ],
)  # fmt: skip
def test_answers_are_found_wherever_they_stand(book, tmp_path, spoil):
    spoil(book)
    assert read_values(save(book, tmp_path / "f.xlsx")) == EXPECTED


def test_a_renamed_sheet_is_said(book, tmp_path):
    rename_the_sheet(book)
    form = read_form(save(book, tmp_path / "f.xlsx"))
    assert form.notices == ["Feuille « Indicateurs » lue sous le nom « Chiffres 2031 »."]


def test_a_copied_sheet_is_left_aside(book, tmp_path):
    book.copy_worksheet(book["Indicateurs"])["G2"] = 1
    form = read_form(save(book, tmp_path / "f.xlsx"))
    assert form.contents["indicators"].title == "Indicateurs"
    assert form.notices == [
        "Feuille « Indicateurs Copy » laissée de côté : une autre tient ce rôle."
    ]


@pytest.mark.parametrize("key", SHEETS)
def test_a_deleted_sheet_is_said_and_the_others_are_read(book, tmp_path, key):
    del book[SHEETS[key].title]
    form = read_form(save(book, tmp_path / "f.xlsx"))
    assert set(form.contents) == set(SHEETS) - {key}
    assert form.missing == [
        f"Feuille « {SHEETS[key].title} » absente : ses réponses ne sont pas lues."
    ]


def test_lost_columns_are_named(book, tmp_path):
    drop_optional_columns(book)
    form = read_form(save(book, tmp_path / "f.xlsx"))
    assert form.contents["indicators"].missing == ["Précision", "État", "Du", "Au"]


def test_one_number_merged_over_two_questions_is_nobody_s(book, tmp_path):
    book["Indicateurs"].merge_cells("G2:G3")
    rows = read_form(save(book, tmp_path / "f.xlsx")).contents["indicators"].rows
    cells = [row.get("value") for row in rows[:2]]
    assert [(cell.kind, cell.range) for cell in cells] == [("shared", "G2:G3")] * 2


def test_two_answers_under_a_merged_heading_are_not_chosen_from(book, tmp_path):
    merge_headings(book)
    book["Indicateurs"]["G3"] = 121
    cell = read_form(save(book, tmp_path / "f.xlsx")).contents["indicators"].rows[1].get("value")
    assert (cell.kind, cell.range) == ("several", "G3:H3")


def test_a_remark_merged_over_two_rows_is_of_both(book, tmp_path):
    book["Indicateurs"].merge_cells("M2:M3")
    rows = read_form(save(book, tmp_path / "f.xlsx")).contents["indicators"].rows
    assert [row.get("note").value for row in rows[:2]] == ["à vérifier", "à vérifier"]


def test_a_value_swallowed_by_its_neighbour_is_not_read_as_empty(book, tmp_path):
    book["Indicateurs"].merge_cells("F2:G2")
    cell = read_form(save(book, tmp_path / "f.xlsx")).contents["indicators"].rows[0].get("value")
    assert cell.kind == "shared"


def test_formulas_and_errors_are_told_apart(book, tmp_path):
    sheet = book["Indicateurs"]
    sheet["G2"], sheet["G3"], sheet["G4"] = "=SUM(A1:A9)", "#N/A", "=texte"
    sheet["G4"].data_type = "s"
    sheet["G5"] = openpyxl.worksheet.formula.ArrayFormula("G5", "=A1*2")
    rows = read_form(save(book, tmp_path / "f.xlsx")).contents["indicators"].rows
    assert [row.get("value").kind for row in rows] == ["formula", "error", "", "formula"]


def test_the_service_may_be_a_constant_or_have_gone(book, tmp_path):
    from openpyxl.workbook.defined_name import DefinedName

    name = "service_destinataire"
    book.defined_names[name] = DefinedName(name, attr_text='"finances"')
    assert read_form(save(book, tmp_path / "a.xlsx")).service == "finances"
    book.defined_names[name] = DefinedName(name, attr_text="'Nulle part'!$A$1")
    assert read_form(save(book, tmp_path / "b.xlsx")).service == "environnement", "by its label"
    del book["Lisez-moi"]
    assert read_form(save(book, tmp_path / "b.xlsx")).service == ""
    del book.defined_names[name]
    assert read_form(save(book, tmp_path / "c.xlsx")).service == ""


# --- traps ----------------------------------------------------------------------------------------


def refused(path) -> str:
    with pytest.raises(UnreadableForm) as error:
        read_form(path)
    return str(error.value)


def test_openpyxl_parses_through_defusedxml():
    from openpyxl import DEFUSEDXML
    from openpyxl.worksheet import _reader

    assert DEFUSEDXML
    assert _reader.iterparse.__module__.startswith("defusedxml")


def _sheet(path) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read("xl/worksheets/sheet2.xml").decode()


LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE, "<!DOCTYPE x>"])
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet2.xml", "xl/workbook.xml", "xl/styles.xml", "docProps/core.xml",
             "[Content_Types].xml", "_rels/.rels"],
)  # fmt: skip
def test_xml_traps_are_refused_in_every_part(book, tmp_path, part, doctype):
    path = save(book, tmp_path / "f.xlsx")
    with zipfile.ZipFile(path) as archive:
        text = archive.read(part).decode()
    prologue, mark, body = text.rpartition("?>")
    change_parts(path, {part: f"{prologue}{mark}{doctype}{body}".encode()})
    assert "piégé" in refused(path)


def test_a_trap_in_utf_16_is_refused(book, tmp_path):
    path = save(book, tmp_path / "f.xlsx")
    text = f'<?xml version="1.0" encoding="utf-16"?>{LAUGHS}<worksheet>&b;</worksheet>'
    change_parts(path, {"xl/worksheets/sheet2.xml": text.encode("utf-16")})
    assert "piégé" in refused(path)


def test_a_trap_under_another_name_is_refused(book, tmp_path):
    path = save(book, tmp_path / "f.xlsx")
    text = f"<?xml version='1.0'?>{LAUGHS}<worksheet>&b;</worksheet>".encode()
    with zipfile.ZipFile(path) as archive:
        rels = archive.read("xl/_rels/workbook.xml.rels").replace(b"sheet2.xml", b"sheet2.png")
    parts = {"xl/_rels/workbook.xml.rels": rels, "xl/worksheets/sheet2.png": text}
    assert "piégé" in refused(change_parts(path, parts))


def test_a_zip_bomb_is_refused_before_anything_is_parsed(book, tmp_path, monkeypatch):
    path = save(book, tmp_path / "f.xlsx")
    change_parts(path, {"xl/worksheets/sheet9.xml": b" " * (50 * 2**20)})
    monkeypatch.setattr(safe_opening, "_parse", lambda *_: pytest.fail("parsed"))
    assert "comprimé de façon anormale" in refused(path)


def test_too_much_to_decompress_is_refused(book, tmp_path, monkeypatch):
    monkeypatch.setattr(safe_opening, "MAX_TOTAL", 5000)
    assert "une fois décompressé" in refused(save(book, tmp_path / "f.xlsx"))


def test_too_many_parts_or_too_large_a_file_is_refused(book, tmp_path, monkeypatch):
    path = save(book, tmp_path / "f.xlsx")
    change_parts(path, {f"xl/media/{n}.txt": b"x" for n in range(safe_opening.MAX_ENTRIES)})
    assert "parties" in refused(path)
    monkeypatch.setattr(safe_opening, "MAX_FILE", 1000)
    assert "Mo" in refused(path)


def test_a_part_twice_is_refused(book, tmp_path):
    path = save(book, tmp_path / "f.xlsx")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", b"<workbook/>")
    assert "même nom" in refused(path)


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def corrupt(content: bytes) -> bytes:
    middle = len(content) // 3
    return (
        content[:middle]
        + bytes(255 - byte for byte in content[middle : middle + 400])
        + (content[middle + 400 :])
    )


ENCRYPTED = (
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500 + "EncryptedPackage".encode("utf-16-le")
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "vide"),
        (b"%PDF-1.4", "pas un classeur"),
        (b"<html><table/></html>", "pas un classeur"),
        (b"code;valeur\n", "pas un classeur"),
        (b"PK\x03\x04" + b"\0" * 50, "abîmé"),
        (ENCRYPTED, "mot de passe"),
        (ENCRYPTED[:300], "abîmé"),
        (ENCRYPTED[:300] + "__substg1.0_".encode("utf-16-le"), "message (.msg)"),
        (ENCRYPTED[:300] + "WordDocument".encode("utf-16-le"), "document Word"),
        (cut, "abîmé"),
        (corrupt, "abîmé"),
    ],
)
def test_what_is_no_workbook_is_said(book, tmp_path, content, said):
    path = save(book, tmp_path / "f.xlsx")
    path.write_bytes(content(path.read_bytes()) if callable(content) else content)
    assert said in refused(path)


@pytest.mark.parametrize(
    "parts",
    [
        {"xl/workbook.xml": None},
        {"[Content_Types].xml": None},
        {"xl/workbook.xml": b"<workbook"},
        {"xl/worksheets/sheet2.xml": b"<html/>" * 2},
        {"xl/styles.xml": b"<styleSheet xmlns='x'><cellXfs count='z'/>"},
        {"xl/sharedStrings.xml": b""},
        {"xl/_rels/workbook.xml.rels": None},
    ],
)
def test_a_workbook_with_broken_parts_is_said_never_traced(book, tmp_path, parts):
    path = change_parts(save(book, tmp_path / "f.xlsx"), parts)
    assert "abîmé" in refused(path)


@pytest.mark.parametrize(
    ("part", "content", "said"),
    [
        ("mimetype", "application/vnd.oasis.opendocument.text", "OpenDocument"),
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet", "abîmé"),
        ("META-INF/manifest.xml", "<m><encryption-data/></m>", "mot de passe"),
        ("word/document.xml", "<d/>", "document Word"),
        ("xl/workbook.bin", "", ".xlsb"),
        ("Index/Document.iwa", "", "Numbers"),
    ],
)
def test_other_archives_under_the_name_of_a_workbook_are_said(tmp_path, part, content, said):
    path = tmp_path / "f.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        if part.startswith("META"):
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(part, content)
    assert said in refused(path)


def test_a_comment_that_covers_a_sheet_is_refused(book, tmp_path):
    from openpyxl.comments import Comment

    book["Indicateurs"]["G2"].comment = Comment("?", "x")
    path = save(book, tmp_path / "f.xlsx")
    with zipfile.ZipFile(path) as archive:
        name = next(name for name in archive.namelist() if "comment" in name and ".xml" in name)
        text = archive.read(name)
    change_parts(path, {name: text.replace(b'ref="G2"', b'ref="A1:XFD1048576"')})
    assert "commentaire" in refused(path)


def test_names_that_lead_elsewhere_write_nothing(book, tmp_path):
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    path = save(book, folder / "f.xlsx")
    change_parts(
        path, {"../../evil.xml": b"<x/>", "/abs.xml": b"<x/>", "xl\\..\\..\\w.xml": b"<x/>"}
    )
    before = sorted(tmp_path.rglob("*"))
    assert read_values(path) == EXPECTED
    assert sorted(tmp_path.rglob("*")) == before


def test_macros_links_and_connections_are_left_aside(book, tmp_path):
    path = change_parts(
        save(book, tmp_path / "f.xlsm"),
        {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0macro", "xl/connections.xml": b"<connections/>",
         "xl/externalLinks/externalLink1.xml": b"<externalLink/>"},
    )  # fmt: skip
    form = read_form(path)
    assert [notice.split(" : ")[0] for notice in form.notices] == [
        "Le classeur contient des macros",
        "Le classeur a des liens vers d’autres fichiers",
        "Le classeur a des connexions à des données",
    ]
    assert form.workbook.vba_archive is None
    out = io.BytesIO()
    form.workbook.save(out)
    with zipfile.ZipFile(out) as archive:
        assert not [name for name in archive.namelist() if "vba" in name or "external" in name]


# --- sheets that weigh ----------------------------------------------------------------------------


def check_light(path):
    """What is read is right, and no more of the sheet is parsed than holds something."""
    assert read_values(path) == EXPECTED
    workbook = safe_opening.open_workbook(path).workbook
    assert max(len(sheet._cells) for sheet in workbook) < 1000


def test_hundreds_of_thousands_of_empty_rows_do_not_hang(book, tmp_path):
    path = save(book, tmp_path / "f.xlsx")
    rows = "".join(f'<row r="{n}" ht="15" customHeight="1"/>' for n in range(100, 200_000))
    text = _sheet(path).replace("</sheetData>", rows + "</sheetData>")
    change_parts(path, {"xl/worksheets/sheet2.xml": text.encode()})
    check_light(path)


def test_hundreds_of_thousands_of_styled_cells_do_not_hang(book, tmp_path):
    path = save(book, tmp_path / "f.xlsx")
    rows = "".join(
        f'<row r="{n}">' + "".join(f'<c r="{c}{n}" s="0"/>' for c in "ABCDEFGHIJ") + "</row>"
        for n in range(100, 20_000)
    )
    text = _sheet(path).replace("</sheetData>", rows + "</sheetData>")
    change_parts(path, {"xl/worksheets/sheet2.xml": text.encode()})
    check_light(path)


@pytest.mark.parametrize(
    "after",
    [
        '<mergeCells count="1"><mergeCell ref="A9:XFD1048576"/></mergeCells>',
        '<mergeCells count="1"><mergeCell ref="N:XFD"/></mergeCells>',
        '<hyperlinks><hyperlink ref="A9:XFD1048576" location="A1"/></hyperlinks>',
    ],
)
def test_ranges_that_cover_a_sheet_do_not_hang(book, tmp_path, after):
    path = save(book, tmp_path / "f.xlsx")
    text = _sheet(path).replace("</sheetData>", "</sheetData>" + after)
    change_parts(path, {"xl/worksheets/sheet2.xml": text.encode()})
    check_light(path)


def test_a_lone_cell_at_the_end_of_the_sheet_does_not_hang(book, tmp_path):
    book["Indicateurs"]["XFD1048576"] = "?"
    check_light(save(book, tmp_path / "f.xlsx"))


def test_too_many_filled_cells_are_refused(book, tmp_path, monkeypatch):
    monkeypatch.setitem(safe_opening.LIMITS, "cellules remplies", 10)
    assert "remplies" in refused(save(book, tmp_path / "f.xlsx"))


def test_a_lightened_sheet_keeps_what_it_says(book, tmp_path, monkeypatch):
    """All that is dropped is empty: texts, formats, merged cells and checks stay."""
    sheet = book["Indicateurs"]
    sheet["M2"] = "été <b> & « guillemets » \u2009"
    sheet["G3"].number_format = "0%"
    sheet.merge_cells("A8:B8")
    path = save(book, tmp_path / "f.xlsx")
    monkeypatch.setattr(safe_opening, "HEAVY_CELLS", 0)
    form = read_form(path)
    row = form.contents["indicators"].rows[0]
    assert row.get("note").value == sheet["M2"].value
    assert row.get("qualifier").ref == f"{QUALIFIER}{ROW['arbres-plantes']}"
    assert form.contents["indicators"].rows[1].get("value").number_format == "0%"
    assert [merged.coord for merged in form.workbook["Indicateurs"].merged_cells.ranges] == [
        "A8:B8"
    ]
    assert (VALUE, NOTE) == ("G", "M")


def test_random_damage_never_escapes(book, tmp_path):
    """A byte changed anywhere: read, or refused in French; never another exception."""
    content = save(book, tmp_path / "f.xlsx").read_bytes()
    path = tmp_path / "g.xlsx"
    for position in range(0, len(content), max(1, len(content) // 60)):
        path.write_bytes(content[:position] + bytes([content[position] ^ 0x5A]) +
                         content[position + 1 :])  # fmt: skip
        with contextlib.suppress(UnreadableForm):
            read_form(path)
