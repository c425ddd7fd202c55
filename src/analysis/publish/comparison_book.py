"""What several dossiers have in common as a workbook that an analyst sorts and filters."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analysis.collect import form_styles as looks
from analysis.collect.form_writer import date_opening, put_cell, save_workbook
from analysis.compute.comparison import Comparison
from analysis.model.partial_dates import DAY, read_precision
from analysis.publish.comparison_tables import (
    REFUSALS,
    VALUES,
    Field,
    tabulate_refusals,
    tabulate_values,
)

_MIDDLE = Alignment(vertical="center", wrap_text=True, indent=1)
_HEADING = looks.style(colour="FFFFFF", alignment=_MIDDLE, bold=True) | {
    "fill": looks.fill(looks.MAIN)
}
#: Characters that a cell may hold.
_LONGEST = 32_000
#: How numbers are shown; a decimal is shown where there is one.
_FORMATS = {"value": "#,##0.###", "inhabitants": "#,##0", "ratio": "#,##0.00##"}
_DAY_FORMAT = "dd/mm/yyyy"
#: Columns that stay in sight, and rows.
_FROZEN = "C2"
_HEADING_HEIGHT = 30


def format_comparison_book(comparison: Comparison) -> bytes:
    """The workbook: the same bytes for the same comparison."""
    book = Workbook()
    book._fonts[0] = Font(name=looks.FONT, size=10)  # of every cell that has none of its own
    _write(book.active, "Valeurs comparées", VALUES, tabulate_values(comparison))
    _write(book.create_sheet(), "Refusés", REFUSALS, tabulate_refusals(comparison))
    opening = date_opening(max(year for side in comparison.sides for year in side.years))
    book.properties.title = "Indicateurs communs à plusieurs territoires"
    book.properties.creator = ""
    book.properties.language = "fr-FR"
    book.properties.created = opening
    return save_workbook(book, opening, opening)


def _write(sheet: Worksheet, title: str, fields: Sequence[Field], table: pd.DataFrame) -> None:
    sheet.title = title
    for number, field in enumerate(fields, 1):
        put_cell(sheet, 1, number, field.heading, **_HEADING)
        sheet.column_dimensions[get_column_letter(number)].width = field.width
    sheet.row_dimensions[1].height = _HEADING_HEIGHT
    for row, cells in enumerate(table.itertuples(index=False), 2):
        for number, (field, cell) in enumerate(zip(fields, cells, strict=True), 1):
            if cell is not None and cell != "":
                _put(sheet, row, number, field, cell)
    sheet.freeze_panes = _FROZEN
    last = f"{get_column_letter(len(fields))}{len(table) + 1}"
    sheet.auto_filter.ref = f"A1:{last}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:B"


def _put(sheet: Worksheet, row: int, number: int, field: Field, cell: Any) -> None:
    """A cell in the workbook's own style: hundreds of thousands of styles take minutes."""
    if isinstance(cell, date) and read_precision(cell) == DAY:
        day = date(cell.year, cell.month, cell.day)
        put_cell(sheet, row, number, day, number_format=_DAY_FORMAT)
    elif isinstance(cell, date | str):  # of a date no day may be known
        put_cell(sheet, row, number, str(cell)[:_LONGEST])
    elif field.name in _FORMATS:
        put_cell(sheet, row, number, cell, number_format=_FORMATS[field.name])
    else:
        put_cell(sheet, row, number, cell)
