"""Sheets, columns and rows of a returned workbook found again, wherever a service moved them.

Columns are known by their headings, rows by their codes, sheets by their tabs or else by their
headings; what has gone is said in French.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl.cell import Cell
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.workbook import Workbook
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.worksheet import Worksheet

from analysis.base.characters import mask_bad_characters
from analysis.collect.cell_answers import EPOCH, EPOCH_MAC, clean, fold, is_empty, parse_text
from analysis.collect.form_contract import (
    CHAPTER_NAME,
    CONTENT,
    DESCRIBING,
    HIDDEN,
    LABELS,
    README,
    REMARKS,
    REVIEW_LABELS,
    REVIEW_SHEETS,
    SENT,
    SERVICE_NAME,
    SHEETS,
    TERRITORY_NAME,
    YEAR_NAME,
    FormSheet,
    choose_sheets,
    fingerprint,
    name_place,
)
from analysis.collect.received_files import TOO_BIG, open_reader
from analysis.collect.safe_opening import SECONDS, OpenedWorkbook, open_workbook
from analysis.collect.tool_sheets import TOOL_SHEETS

#: What is read of a sheet; a form has some hundreds of rows.
MAX_ROWS, MAX_COLUMNS = 5_000, 80
_HEADER_ROWS = 40
_ONE_CELL = re.compile(r"[A-Z]{1,3}\d{1,7}")
_TITLES = {fold(sheet.title) for sheet in (*SHEETS, *REVIEW_SHEETS, *TOOL_SHEETS)}


@dataclass(frozen=True)
class ReturnedCell:
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

    @property
    def locator(self) -> str:
        """« feuille Indicateurs, cellule G12 »; a service may have renamed the sheet."""
        return f"feuille {mask_bad_characters(clean(self.sheet))}, cellule {self.ref}"


@dataclass(frozen=True)
class ReturnedRow:
    """A row below the headings: its number, the code it holds ('' if none), its cells by key of
    column."""

    number: int
    code: str
    cells: dict[str, ReturnedCell]

    def get(self, key: str) -> ReturnedCell | None:
        """The cell of a column; None when the column has gone."""
        return self.cells.get(key)


@dataclass(frozen=True)
class ReturnedSheet:
    """A sheet of the contract as found: its tab, its rows, the headings that have gone.

    ``header``: row of the headings; ``columns``: key of the column of each number; ``codes``: by
    row, also where nothing is answered.
    """

    spec: FormSheet
    title: str
    rows: list[ReturnedRow]
    missing: list[str]
    header: int
    columns: dict[int, str]
    codes: dict[int, str]

    def find(self, number: int) -> ReturnedRow | None:
        """The row of a number; None when it holds nothing."""
        return next((row for row in self.rows if row.number == number), None)


@dataclass
class ReturnedForm(OpenedWorkbook):
    """A returned workbook. ``service``, ``year``, ``territory``, ``chapter`` (of a reviewer's): as
    its defined names or its first sheet say ('' if they have gone). ``missing``: which sheets were
    not found (French). ``sent``: fingerprints of what it held when it was sent. ``settled``: sheet
    and reference of each cell that has been read or spoken of."""

    service: str = ""
    year: str = ""
    territory: str = ""
    chapter: str = ""
    sent: set[str] = field(default_factory=set)
    settled: set[tuple[str, str]] = field(default_factory=set)
    contents: dict[str, ReturnedSheet] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    @property
    def is_review(self) -> bool:
        """Whether it holds a reviewer's remarks, not a service's answers."""
        return (
            bool(self.chapter) or CONTENT in self.workbook.sheetnames or "remarks" in self.contents
        )

    @property
    def epoch(self) -> date:
        """Day 0 of its dates."""
        return EPOCH_MAC if self.workbook.epoch == MAC_EPOCH else EPOCH

    def settle(self, cell: ReturnedCell) -> None:
        """This cell, and those merged or counted with it, need nothing more to be said."""
        self.settled.add((cell.sheet, cell.ref))
        if cell.range and (cell.sheet, cell.range) not in self.settled:  # each once
            self.settled.add((cell.sheet, cell.range))
            for row, column in CellRange(cell.range).cells:
                self.settled.add((cell.sheet, f"{get_column_letter(column)}{row}"))

    def was_sent(self, value: Any, place: str = "") -> bool:
        """Whether a text stood in the form when it was sent, on the row of a code or at a place
        (see ``form_contract.name_place``)."""
        return fingerprint(value, place) in self.sent


def list_cells(worksheet: Worksheet) -> list[Cell]:
    """The cells that are there, row by row: a lone one at the end of a sheet makes no others."""
    return [cell for _, cell in sorted(worksheet._cells.items())]


def read_apart() -> AbstractContextManager[Callable[[Path], ReturnedForm]]:
    """``read_form`` of files from outside, in another process."""
    return open_reader(read_form, SECONDS, TOO_BIG)


def read_form(path: Path) -> ReturnedForm:
    """Open a workbook and find its sheets, columns and rows again. Raises UnreadableForm when it
    cannot be opened (see ``safe_opening``)."""
    form = ReturnedForm(**vars(open_workbook(path)))
    labels = LABELS | REVIEW_LABELS
    form.service, form.year, form.territory, form.chapter = (
        _read_name(form.workbook, name) or _read_label(form.workbook, labels[name])
        for name in (SERVICE_NAME, YEAR_NAME, TERRITORY_NAME, CHAPTER_NAME)
    )
    if SENT in form.workbook.sheetnames:
        form.sent = {clean(str(cell.value)) for cell in form.workbook[SENT]["A"]}
    if form.is_review or _holds(form, REMARKS):
        _find_contents(form, REVIEW_SHEETS)
    else:
        first = _holds(form, *DESCRIBING)
        _find_contents(form, (*choose_sheets(first), *TOOL_SHEETS))
    if not (form.contents or form.is_review):
        form.workbook = Workbook()  # somebody else's: nothing more of it is looked at
    return form


def _holds(form: ReturnedForm, *specs: FormSheet) -> bool:
    """Whether a sheet of the workbook is one of these."""
    return any(
        _SheetReader(sheet, spec).columns for sheet in form.workbook.worksheets for spec in specs
    )


def _read_label(workbook: Workbook, label: str) -> str:
    """What stands beside a label of the first sheet; '' when it has gone."""
    if README in workbook.sheetnames:
        for row in workbook[README].iter_rows(max_row=_HEADER_ROWS, max_col=2):
            if len(row) == 2 and fold(str(row[0].value or "")) == fold(label):
                return parse_text(row[1].value)
    return ""


def _read_name(workbook: Workbook, name: str) -> str:
    """Text of a defined name, be it a constant or a cell; '' when it has gone."""
    names = {key.casefold(): value for key, value in workbook.defined_names.items()}
    defined = names.get(name.casefold())
    if defined is None or not defined.attr_text:
        return ""
    text = defined.attr_text.strip().lstrip("=")
    if text.startswith('"'):
        return clean(text.strip('"').replace('""', '"'))
    if "!" not in text:
        return clean(text)
    title, _, ref = text.rpartition("!")
    title, ref = title.strip("'").replace("''", "'"), ref.replace("$", "")
    if title not in {sheet.title for sheet in workbook.worksheets} or not _ONE_CELL.fullmatch(ref):
        return ""
    value = workbook[title][ref].value
    return "" if value is None else clean(str(value))


def _find_contents(form: ReturnedForm, specs: tuple[FormSheet, ...]) -> None:
    sheets = [sheet for sheet in form.workbook.worksheets if sheet.title not in HIDDEN]
    taken: set[str] = set()
    for spec in specs:
        by_title = [ws for ws in sheets if fold(ws.title) == fold(spec.title)]
        by_headings = [ws for ws in sheets if fold(ws.title) not in _TITLES]
        for worksheet in (*by_title, *by_headings):
            if worksheet.title in taken:
                continue
            reader = _SheetReader(worksheet, spec)
            if not reader.columns:
                continue
            taken.add(worksheet.title)
            form.contents[spec.key] = reader.read()
            if worksheet not in by_title:
                form.notices.append(
                    f"Feuille « {spec.title} » lue sous le nom « {clean(worksheet.title)} »."
                )
            break
        else:
            place = name_place(spec.key, spec.expected)
            heading = next((c.heading for c in spec.columns if c.key == spec.expected), "")
            if spec in TOOL_SHEETS and not form.was_sent(heading, place):
                continue  # not every service gets it
            form.missing.append(
                f"Feuille « {spec.title} » sans en-tête reconnaissable : elle n’est pas lue."
                if by_title
                else f"Feuille « {spec.title} » absente : ses réponses ne sont pas lues."
            )
    for worksheet in sheets:
        if worksheet.title not in taken and any(_SheetReader(worksheet, s).columns for s in specs):
            form.notices.append(
                f"Feuille « {clean(worksheet.title)} » laissée de côté : une autre tient ce rôle."
            )


def _normalize(heading: Any) -> str:
    """A heading as words alone: no punctuation, no accent, no case."""
    return "" if heading is None else " ".join(re.findall(r"[a-z0-9]+", fold(str(heading))))


class _SheetReader:
    """Reads a worksheet as a sheet of the contract.

    ``columns``: numbers of the columns below each heading, by key; empty where the worksheet is
    not that sheet. ``codes``: by row. ``spans``: merged range of each cell that is part of one.
    """

    def __init__(self, worksheet: Worksheet, spec: FormSheet):
        self.worksheet, self.spec = worksheet, spec
        self.spans = _list_spans(worksheet)
        self.header, self.columns = self._find_header()
        self.codes: dict[int, str] = {}

    def _find_header(self) -> tuple[int, dict[str, list[int]]]:
        """Row of the headings and the columns of each: the first row where most of them stand."""
        rows = range(1, min(self.worksheet.max_row, _HEADER_ROWS) + 1)
        found = {number: self._match_headings(number) for number in rows}
        best = max(found, key=lambda number: len(found[number]))
        columns = found[best]
        has_code = "code" in columns or all(column.key != "code" for column in self.spec.columns)
        is_sheet = len(columns) * 2 > len(self.spec.columns) and has_code
        if known := self.spec.known_by:
            is_sheet = set(known) <= set(columns)
        return best, columns if is_sheet else {}

    def _match_headings(self, number: int) -> dict[str, list[int]]:
        last = min(self.worksheet.max_column, MAX_COLUMNS)
        texts = {n: _normalize(self.worksheet.cell(number, n).value) for n in range(1, last + 1)}
        found: dict[str, list[int]] = {}
        for exact in (True, False):
            for column in self.spec.columns:
                words = _normalize(column.heading)
                if column.key in found or (not exact and len(words) < 5):
                    continue
                for n, text in texts.items():
                    if text == words or (not exact and text.startswith(words + " ")):
                        span = self.spans.get((number, n))
                        found[column.key] = list(range(n, (span.max_col if span else n) + 1))
                        texts = {n: t for n, t in texts.items() if n not in found[column.key]}
                        break
        return {
            column.key: found[column.key] for column in self.spec.columns if column.key in found
        }

    def read(self) -> ReturnedSheet:
        """The rows below the headings that hold something."""
        below = range(self.header + 1, self.header + MAX_ROWS + 1)
        numbers = sorted({row for row, _ in self.worksheet._cells if row in below})
        self.codes = {number: code for number in numbers if (code := self._read_code(number))}
        rows = []
        for number in numbers:
            cells = {key: self._read_cell(number, key) for key in self.columns}
            if any(cell.filled for cell in cells.values()):
                rows.append(ReturnedRow(number, self.codes.get(number, ""), cells))
        missing = [
            column.heading
            for column in self.spec.columns
            if column.answer and column.key not in self.columns
        ]
        keys = {number: key for key, numbers in self.columns.items() for number in numbers}
        return ReturnedSheet(
            self.spec, self.worksheet.title, rows, missing, self.header, keys, self.codes
        )

    def _read_code(self, number: int) -> str:
        for column in self.columns.get("code", []):
            value = self.worksheet.cell(number, column).value
            if isinstance(value, str) and not value.startswith("=") and clean(value):
                return clean(value).casefold()
        return ""

    def _read_cell(self, number: int, key: str) -> ReturnedCell:
        """The cell of a row under a heading; the first filled one where it covers several."""
        cells = [self._read_one(number, column, key) for column in self.columns[key]]
        filled = [cell for cell in cells if cell.filled]
        if len(filled) > 1:
            first, ends = filled[0], f"{filled[0].ref}:{filled[-1].ref}"
            return ReturnedCell(first.sheet, first.ref, first.value, kind="several", range=ends)
        return filled[0] if filled else cells[0]

    def _read_one(self, number: int, column: int, key: str) -> ReturnedCell:
        title, ref = self.worksheet.title, f"{get_column_letter(column)}{number}"
        span = self.spans.get((number, column))
        if span is None:
            return _describe_cell(title, ref, self.worksheet.cell(number, column))
        origin = self.worksheet.cell(span.min_row, span.min_col)
        is_question = key == "value" and number in self.codes
        questions = sum(span.min_row <= row <= span.max_row for row in self.codes)
        if is_question and questions > 1:  # one number for two questions: whose is it?
            return ReturnedCell(title, ref, origin.value, kind="shared", range=span.coord)
        begins_here = (span.min_row, span.min_col) == (number, column)
        if not begins_here and (span.min_col != column or number not in self.codes):
            # What is read stands in another column or row.
            kind = "shared" if is_question and span.min_col != column else ""
            return ReturnedCell(title, ref, kind=kind, range=span.coord)
        return _describe_cell(title, ref, origin, span.coord)


def _describe_cell(title: str, ref: str, cell: Cell, merged: str = "") -> ReturnedCell:
    kind = {"f": "formula", "e": "error"}.get(cell.data_type, "")
    return ReturnedCell(title, ref, cell.value, cell.number_format, kind, merged)


def _list_spans(worksheet: Worksheet) -> dict[tuple[int, int], CellRange]:
    """Merged range of each cell, by row and column, that is part of one."""
    return {
        (row, column): merged
        for merged in worksheet.merged_cells.ranges
        for row in range(merged.min_row, min(merged.max_row, MAX_ROWS) + 1)
        for column in range(merged.min_col, min(merged.max_col, MAX_COLUMNS) + 1)
    }
