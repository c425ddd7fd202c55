"""Returned forms in other formats than Excel's own, as openpyxl workbooks: .ods, old .xls.

Keeps what an answer is made of: values, the formats that carry a unit, formulas, comments, merged
cells, defined names. Looks are lost: the copy that goes back is a plain .xlsx.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import xlrd
from lxml import etree
from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from analysis.base.characters import decode
from analysis.base.csvtext import find_separator, split_csv
from analysis.collect.cell_answers import fold
from analysis.collect.form_contract import CONTROL, HIDDEN, REMARKS
from analysis.collect.received_files import (
    LOCKED,
    MAX_FILLED,
    MAX_SHEETS,
    MAX_TEXTS,
    NoRemarks,
    UnreadableForm,
    check_amount,
)

#: Rows and columns beyond which nothing of a form stands; a comment is not lost for want of a cell.
_LAST_ROW, _LAST_COLUMN = 20_000, 500
_ERROR = "#VALUE!"
#: Suffixes under which reviewers save a table as text.
TEXTS = (".csv", ".tsv", ".txt")
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"
_DC = "http://purl.org/dc/elements/1.1/"
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
#: A text, an address, what parts arguments in an OpenDocument formula.
_ADDRESS = re.compile(r'"[^"]*"|\[\$?([^\]\[.]*)\.([^\]\[]+)\]|;')
_FORMATS = {"percentage": "0.00%", "currency": '#,##0.00 "€"', "date": "DD/MM/YYYY"}


def _start(titles: list[str]) -> tuple[Workbook, list[Worksheet]]:
    check_amount(len(titles), "feuilles", MAX_SHEETS)
    book = Workbook()
    book.remove(book.active)
    sheets = [book.create_sheet(title[:31]) for title in titles]
    for sheet in sheets:
        for number in range(1, 30):  # the copy that goes back must be legible
            sheet.column_dimensions[get_column_letter(number)].width = 22
        if sheet.title in HIDDEN:
            sheet.sheet_state = "veryHidden"
    return book, sheets


#: Headings that people give to a table of remarks of their own (folded), by those of the workbook.
_OWN_HEADINGS = {"nom": "reviewer", "relecteur": "reviewer", "relectrice": "reviewer"}


def read_remark_table(content: bytes) -> Workbook:
    """A reviewer's remarks in a CSV file, as the workbook that they might have come in. Raises
    NoRemarks where it is no table of remarks."""
    try:
        text = decode(content)
        header, *rows = split_csv(text, find_separator(text)) or [[]]
    except (ValueError, csv.Error):
        raise NoRemarks from None
    headings = {column.key: column.heading for column in REMARKS.columns}
    header = [headings.get(_OWN_HEADINGS.get(fold(cell), ""), cell) for cell in header]
    folded = set(map(fold, header))
    if not {fold(headings[key]) for key in REMARKS.known_by} <= folded:
        raise NoRemarks
    return _write_texts(REMARKS.title, [header, *rows])


def read_text_table(content: bytes) -> Workbook:
    """Any CSV file as a workbook of texts; a title may stand above its table. Raises ValueError,
    csv.Error."""
    text = decode(content)
    lines = text.splitlines()[:100]
    separator = max(";\t,", key=lambda sign: sum(line.count(sign) > 1 for line in lines))
    return _write_texts("CSV", split_csv(text, separator))


def _write_texts(title: str, rows: list[list[str]]) -> Workbook:
    check_amount(sum(map(len, rows)), "cellules")
    book = Workbook()
    book.active.title = title
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row, 1):
            _make_cell(book.active, number, column).value = CONTROL.sub(" ", cell) or None
            book.active.cell(number, column).data_type = "s"
    return book


def _make_cell(sheet: Worksheet, row: int, column: int) -> Cell:
    cell = sheet.cell(row, column)
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


# --- OpenDocument ---------------------------------------------------------------------------------


def read_opendocument(archive: zipfile.ZipFile) -> tuple[Workbook, datetime | None]:
    """The workbook of an .ods, and when it says it was saved. To be given what ``safe_opening`` has
    looked at."""
    names = archive.namelist()
    if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read(
        "META-INF/manifest.xml"
    ):
        raise UnreadableForm(LOCKED)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    root = etree.fromstring(archive.read("content.xml"), parser)
    tables = list(root.iter(f"{{{_TABLE}}}table"))
    book, sheets = _start([table.get(f"{{{_TABLE}}}name", "") for table in tables])
    filled = text = 0
    for table, sheet in zip(tables, sheets, strict=True):
        for row, column, cell in _list_cells(table):
            filled += 1
            check_amount(filled, "cellules remplies")
            _copy_cell(sheet, row, column, cell)
            text += len(str(sheet.cell(row, column).value))
            check_amount(text, "caractères", MAX_TEXTS)
    for name in root.iter(f"{{{_TABLE}}}named-range"):
        address = name.get(f"{{{_TABLE}}}cell-range-address", "").lstrip("$")
        title, _, ref = address.rpartition(".")
        id = name.get(f"{{{_TABLE}}}name", "")
        book.defined_names[id] = DefinedName(id, attr_text=f"{title}!{ref}")
    return book, _read_saved(archive, parser)


def _read_saved(archive: zipfile.ZipFile, parser: etree.XMLParser) -> datetime | None:
    if "meta.xml" not in archive.namelist():
        return None
    for element in etree.fromstring(archive.read("meta.xml"), parser).iter(f"{{{_DC}}}date"):
        try:
            saved = datetime.fromisoformat((element.text or "").rstrip("Z")[:26])
        except ValueError:
            return None
        return saved.replace(tzinfo=None)
    return None


def _list_cells(table: etree._Element) -> Iterator[tuple[int, int, etree._Element]]:
    """Row, column and element of each cell that holds something, those that repeat one by one."""
    row = 0
    for line in table.iter(f"{{{_TABLE}}}table-row"):
        repeated = int(line.get(f"{{{_TABLE}}}number-rows-repeated", 1))
        cells, column = [], 0
        for cell in line:
            if cell.tag not in (f"{{{_TABLE}}}table-cell", f"{{{_TABLE}}}covered-table-cell"):
                continue
            times = int(cell.get(f"{{{_TABLE}}}number-columns-repeated", 1))
            if len(cell) or cell.get(f"{{{_OFFICE}}}value-type"):
                last = min(column + times, _LAST_COLUMN)
                cells += [(number, cell) for number in range(column + 1, last + 1)]
            column += times
        if cells:
            for number in range(row + 1, min(row + repeated, _LAST_ROW) + 1):
                yield from ((number, column, cell) for column, cell in cells)
        row += repeated


def _read_text(element: etree._Element) -> str:
    """The paragraphs of a cell or a comment, with their spaces and line ends."""
    parts = []
    for paragraph in element.findall(f"{{{_TEXT}}}p"):
        text = paragraph.text or ""
        for node in paragraph.iterdescendants():
            if node.tag == f"{{{_TEXT}}}s":
                text += " " * min(int(node.get(f"{{{_TEXT}}}c", 1)), 100)
            elif node.tag in (f"{{{_TEXT}}}tab", f"{{{_TEXT}}}line-break"):
                text += "\n" if node.tag.endswith("break") else "\t"
            else:
                text += node.text or ""
            text += node.tail or ""
        parts.append(text)
    return "\n".join(parts)


def _read_typed(element: etree._Element, kind: str) -> Any:
    """The value of a cell by its type."""
    value = element.get(f"{{{_OFFICE}}}value")
    if kind in ("float", "percentage", "currency") and value:
        return float(value)
    if kind == "date":
        day = element.get(f"{{{_OFFICE}}}date-value", "")
        try:
            return datetime.fromisoformat(day)
        except ValueError:  # before year 1, a time zone: as it is shown
            return _read_text(element)
    if kind == "boolean":
        return element.get(f"{{{_OFFICE}}}boolean-value") == "true"
    return _read_text(element) or None


def _write_address(found: re.Match[str]) -> str:
    """« [$Contenu.$E$3:.$E$9] » of a formula as Excel has it, which would call the copy broken; the
    signs between arguments too."""
    if found[0].startswith('"'):
        return found[0]
    if found[0] == ";":
        return ","
    sheet, ref = found[1] or "", found[2].replace(":.", ":")
    return f"{sheet}!{ref}" if sheet else ref


def _copy_cell(sheet: Worksheet, row: int, column: int, element: etree._Element) -> None:
    kind = element.get(f"{{{_OFFICE}}}value-type", "")
    cell = _make_cell(sheet, row, column)
    formula = element.get(f"{{{_TABLE}}}formula")
    if element.get(f"{{{_CALC}}}value-type") == "error":
        cell.value = _ERROR
    elif formula:
        cell.value = "=" + _ADDRESS.sub(_write_address, formula.partition("=")[2])
    else:
        cell.value = _read_typed(element, kind)
        if isinstance(cell.value, str):
            cell.data_type = "s"
        cell.number_format = _FORMATS.get(kind, "General")
    note = element.find(f"{{{_OFFICE}}}annotation")
    if note is not None and (text := _read_text(note)):
        author = note.findtext(f"{{{_DC}}}creator") or ""
        cell.comment = Comment(text, author)
    across = int(element.get(f"{{{_TABLE}}}number-columns-spanned", 1))
    down = int(element.get(f"{{{_TABLE}}}number-rows-spanned", 1))
    _merge(sheet, row, column, row + down - 1, column + across - 1)


def _merge(sheet: Worksheet, top: int, left: int, bottom: int, right: int) -> None:
    """Merge a range, of which openpyxl makes an object a cell; one that covers a sheet says
    nothing."""
    if 1 < (bottom - top + 1) * (right - left + 1) < MAX_FILLED:
        sheet.merge_cells(start_row=top, start_column=left, end_row=bottom, end_column=right)
        check_amount(len(sheet._cells), "cellules fusionnées ou remplies", 2 * MAX_FILLED)


# --- Excel 97 to 2003 -----------------------------------------------------------------------------


def read_old_excel(content: bytes) -> Workbook:
    """The workbook of an .xls. A formula comes as the value that it showed: the file does not tell
    them apart here."""
    try:
        # Ragged: a lone cell at the end of a sheet fills no row.
        former = xlrd.open_workbook(
            file_contents=content, formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
    except xlrd.XLRDError as error:
        if "encrypted" in str(error):
            raise UnreadableForm(LOCKED) from None
        raise
    book, sheets = _start(former.sheet_names())
    for source, sheet in zip(former.sheets(), sheets, strict=True):
        for row in range(source.nrows):
            for column in range(source.row_len(row)):
                _copy_old_cell(former, source.cell(row, column), sheet, row + 1, column + 1)
            check_amount(sum(len(each._cells) for each in sheets), "cellules")
        for (row, column), note in source.cell_note_map.items():
            sheet.cell(row + 1, column + 1).comment = Comment(note.text, note.author or "")
        for top, bottom, left, right in source.merged_cells:
            _merge(sheet, top + 1, left + 1, bottom, right)
    return book


def _copy_old_cell(
    former: xlrd.Book, source: xlrd.sheet.Cell, sheet: Worksheet, row: int, column: int
) -> None:
    if source.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return
    cell, value = _make_cell(sheet, row, column), source.value
    if source.ctype == xlrd.XL_CELL_ERROR:
        cell.value = _ERROR
        return
    if source.ctype == xlrd.XL_CELL_BOOLEAN:
        value = bool(value)
    elif source.ctype == xlrd.XL_CELL_DATE:
        value = xlrd.xldate_as_datetime(value, former.datemode)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    shown = former.format_map.get(former.xf_list[source.xf_index].format_key)
    if shown is not None and source.ctype != xlrd.XL_CELL_TEXT:
        cell.number_format = shown.format_str
