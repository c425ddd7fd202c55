"""Sheets, columns and rows of a returned workbook found again, wherever a service moved them.

Columns are known by their headings, rows by
their codes, sheets by their tabs or else by their headings; what has gone is said in French.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from analysis.collect.answers import EPOCH, EPOCH_MAC, clean, fold, is_empty
from analysis.collect.form_contract import SERVICE_NAME, SHEETS, YEAR_NAME, Sheet
from analysis.collect.safe_opening import open_workbook

#: What is read of a sheet; a form has some hundreds of rows.
MAX_ROWS, MAX_COLUMNS = 5_000, 80
_HEADER_ROWS = 40
_ONE_CELL = re.compile(r"[A-Z]{1,3}\d{1,7}")


@dataclass(frozen=True)
class Cell:
    """What a cell holds. ``kind``: '' (a plain value), « formula », « error », « shared » (it is
    part of a merged range that begins elsewhere, or that covers several rows), « several » (the
    heading stands above several cells that are filled)."""

    sheet: str
    ref: str
    value: Any = None
    number_format: str = "General"
    kind: str = ""
    range: str = ""

    @property
    def filled(self) -> bool:
        """Whether something stands there to be read."""
        return bool(self.kind) or not is_empty(self.value)


@dataclass(frozen=True)
class Row:
    """A row below the headings: its number, the code it holds ('' if none), cells by heading."""

    number: int
    code: str
    cells: dict[str, Cell]

    def get(self, key: str) -> Cell | None:
        """The cell of a heading; None when the column has gone."""
        return self.cells.get(key)


@dataclass(frozen=True)
class Content:
    """A sheet of the contract as found: its tab, its rows, the headings that have gone."""

    sheet: Sheet
    title: str
    rows: list[Row]
    missing: list[str]


@dataclass
class Form:
    """A returned workbook. ``service`` and ``year``: as its defined names say ('' if they have
    gone). ``notices``: what was left aside or not found (French)."""

    path: Path
    sha256: str
    workbook: Workbook
    modified: datetime | None
    service: str = ""
    year: str = ""
    contents: dict[str, Content] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def epoch(self) -> date:
        """Day 0 of its dates."""
        return EPOCH_MAC if self.workbook.epoch == MAC_EPOCH else EPOCH


def read_form(path: Path) -> Form:
    """Open a workbook and find its sheets, columns and rows again.

    Raises
    ------
    UnreadableForm
        when it cannot be opened (see ``archives``).
    """
    opened = open_workbook(path)
    book = opened.workbook
    form = Form(path, opened.sha256, book, opened.modified, notices=list(opened.notices))
    form.service = _read_name(book, SERVICE_NAME)
    form.year = _read_name(book, YEAR_NAME)
    _find_contents(form)
    return form


def _read_name(workbook: Workbook, name: str) -> str:
    """Text of a defined name, be it a constant or a cell; '' when it has gone."""
    found = {key.casefold(): value for key, value in workbook.defined_names.items()}
    defined = found.get(name.casefold())
    if defined is None or not defined.attr_text:
        return ""
    text = defined.attr_text.strip().lstrip("=")
    if text.startswith('"'):
        return clean(text.strip('"').replace('""', '"'))
    if "!" not in text:
        return clean(text)
    title, _, ref = text.rpartition("!")
    title = title.strip("'").replace("''", "'")
    ref = ref.replace("$", "")
    if title not in {sheet.title for sheet in workbook.worksheets} or not _ONE_CELL.fullmatch(ref):
        return ""
    value = workbook[title][ref].value
    return "" if value is None else clean(str(value))


def _find_contents(form: Form) -> None:
    sheets = form.workbook.worksheets
    taken: set[str] = set()
    for wanted in SHEETS:
        by_title = [ws for ws in sheets if fold(ws.title) == fold(wanted.title)]
        by_headings = [ws for ws in sheets if fold(ws.title) not in _TITLES]
        for worksheet in (*by_title, *by_headings):
            if worksheet.title in taken:
                continue
            header = _find_header(worksheet, wanted)
            if header is None:
                continue
            taken.add(worksheet.title)
            form.contents[wanted.key] = _read_rows(worksheet, wanted, *header)
            if worksheet not in by_title:
                form.notices.append(
                    f"Feuille « {wanted.title} » lue sous le nom « {clean(worksheet.title)} »."
                )
            break
        else:
            form.missing.append(
                f"Feuille « {wanted.title} » sans en-tête reconnaissable : elle n’est pas lue."
                if by_title
                else f"Feuille « {wanted.title} » absente : ses réponses ne sont pas lues."
            )
    for worksheet in sheets:
        if worksheet.title not in taken and any(
            _find_header(worksheet, wanted) for wanted in SHEETS
        ):
            form.notices.append(
                f"Feuille « {clean(worksheet.title)} » laissée de côté : une autre tient ce rôle."
            )


_TITLES = {fold(sheet.title) for sheet in SHEETS}


def _words(text: Any) -> str:
    """A heading as words alone: no punctuation, no accent, no case."""
    return " ".join(re.findall(r"[a-z0-9]+", fold(str(text)))) if text is not None else ""


def _find_header(worksheet: Worksheet, wanted: Sheet) -> tuple[int, dict[str, list[int]]] | None:
    """Row of the headings and the columns of each: the first row where most of them stand."""
    best: tuple[int, dict[str, list[int]]] | None = None
    for number in range(1, min(worksheet.max_row, _HEADER_ROWS) + 1):
        columns = _match_headings(worksheet, number, wanted)
        if best is None or len(columns) > len(best[1]):
            best = (number, columns)
    if best is None or len(best[1]) * 2 <= len(wanted.headings):
        return None
    keys = {heading.key for heading in wanted.headings}
    return None if "code" in keys and "code" not in best[1] else best


def _match_headings(worksheet: Worksheet, number: int, wanted: Sheet) -> dict[str, list[int]]:
    spans = _merged_at(worksheet)
    texts = {
        column: words
        for column in range(1, min(worksheet.max_column, MAX_COLUMNS) + 1)
        if (words := _words(worksheet.cell(number, column).value))
    }
    found: dict[str, list[int]] = {}
    for exact in (True, False):
        for heading in wanted.headings:
            words = _words(heading.text)
            if heading.key in found or (not exact and len(words) < 5):
                continue
            for column, text in texts.items():
                if any(column in columns for columns in found.values()):
                    continue
                if text == words or (not exact and text.startswith(words + " ")):
                    span = spans.get((number, column))
                    last = span[3] if span else column
                    found[heading.key] = list(range(column, last + 1))
                    break
    return found


def _merged_at(worksheet: Worksheet) -> dict[tuple[int, int], tuple[int, int, int, int, str]]:
    """Merged range (top, left, bottom, right, name) of each cell that is part of one."""
    spans = {}
    for merged in worksheet.merged_cells.ranges:
        bounds = (merged.min_row, merged.min_col, merged.max_row, merged.max_col, merged.coord)
        for row in range(merged.min_row, min(merged.max_row, MAX_ROWS) + 1):
            for column in range(merged.min_col, min(merged.max_col, MAX_COLUMNS) + 1):
                spans[row, column] = bounds
    return spans


def _read_rows(
    worksheet: Worksheet, wanted: Sheet, header: int, columns: dict[str, list[int]]
) -> Content:
    spans = _merged_at(worksheet)
    last = min(worksheet.max_row, header + MAX_ROWS)
    code_columns = columns.get("code", [])
    codes = {
        number: code
        for number in range(header + 1, last + 1)
        if (code := _read_code(worksheet, number, code_columns))
    }
    rows = []
    for number in range(header + 1, last + 1):
        cells = {
            heading.key: _read_cell(worksheet, number, columns[heading.key], heading.key, spans,
                                    codes)
            for heading in wanted.headings
            if heading.key in columns
        }  # fmt: skip
        if any(cell.filled for cell in cells.values()):
            rows.append(Row(number, codes.get(number, ""), cells))
    missing = [heading.text for heading in wanted.headings
               if heading.answer and heading.key not in columns]  # fmt: skip
    return Content(wanted, worksheet.title, rows, missing)


def _read_code(worksheet: Worksheet, number: int, columns: list[int]) -> str:
    for column in columns:
        value = worksheet.cell(number, column).value
        if isinstance(value, str) and not value.startswith("=") and clean(value):
            return clean(value).casefold()
    return ""


def _read_cell(
    worksheet: Worksheet,
    number: int,
    columns: list[int],
    key: str,
    spans: dict[tuple[int, int], tuple[int, int, int, int, str]],
    codes: dict[int, str],
) -> Cell:
    """The cell of a heading in a row; the first filled one where the heading covers several."""
    read = [_read_one(worksheet, number, column, key, spans, codes) for column in columns]
    filled = [cell for cell in read if cell.filled]
    if len(filled) > 1:
        ends = f"{filled[0].ref}:{filled[-1].ref}"
        return Cell(worksheet.title, filled[0].ref, filled[0].value, kind="several", range=ends)
    return filled[0] if filled else read[0]


def _read_one(worksheet, number, column, key, spans, codes) -> Cell:
    ref = f"{get_column_letter(column)}{number}"
    top, left, bottom, _, name = spans.get((number, column), (number, column, number, column, ""))
    shared = [row for row in range(top, bottom + 1) if row in codes]
    if len(shared) > 1 and key == "value" and number in codes:
        origin = worksheet.cell(top, left)
        # One number for two questions: whose is it?
        return Cell(worksheet.title, ref, origin.value, kind="shared", range=name)
    if (top, left) != (number, column):
        if left != column or number not in codes:  # what is read stands in another column or row
            kind = "shared" if key == "value" and left != column and number in codes else ""
            return Cell(worksheet.title, ref, None, kind=kind, range=name)
        cell = worksheet.cell(top, left)
    else:
        cell = worksheet.cell(number, column)
    kind = {"f": "formula", "e": "error"}.get(cell.data_type, "")
    return Cell(worksheet.title, ref, cell.value, cell.number_format, kind, name)
