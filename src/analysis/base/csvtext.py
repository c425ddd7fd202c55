"""CSV: how tables and rows are written, how our own files and those of spreadsheets are read."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.lists import join_list

#: Characters of a cell; the limit that Python's csv has by itself.
LONGEST = 131_072


def _write_number(number: float) -> str:
    """Shortest decimal that reads back the same: « 60000 », « 0.1 »; never « -0 »."""
    if math.isinf(number):
        return "INF" if number > 0 else "-INF"
    return repr(float(number) + 0.0).removesuffix(".0")


def write_cell(cell: Any) -> str:
    """One cell as it stands in the file; '' for what is missing."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, (list, tuple)):
        return join_list(map(write_cell, cell))
    if cell is None or pd.isna(cell):
        return ""
    if isinstance(cell, datetime):  # a Timestamp is one
        moment = cell.isoformat()
        return moment.removesuffix("T00:00:00")
    if isinstance(cell, date):
        return cell.isoformat()
    if pd.api.types.is_bool(cell):
        return "true" if cell else "false"
    if pd.api.types.is_float(cell):
        return _write_number(cell)
    return str(cell)


def find_separator(text: str) -> str:
    """The separator of a CSV text: comma, semicolon or tab, whichever its first line has most."""
    first = text.lstrip("\ufeff\r\n").split("\n", 1)[0]
    return max(",;\t", key=first.count)


class EndlessCell(csv.Error):
    """A cell longer than ``LONGEST``, or whose quotation mark nothing closes; its argument is the
    row in which it begins, the header being 1."""


def split_csv(text: str, separator: str) -> list[list[str]]:
    """The rows of a CSV text as lists of cells, as typed. Raises EndlessCell."""
    others = csv.field_size_limit(LONGEST)  # the whole process's, which a library may have raised
    rows: list[list[str]] = []
    start = end = 0  # lines of the last row
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for row in reader:
            rows.append(row)
            start, end = end, reader.line_num
    except csv.Error:
        raise EndlessCell(len(rows) + 1) from None
    finally:
        csv.field_size_limit(others)
    if end - start > 1:  # what nothing closes holds the rest of the file
        last = io.StringIO("\n".join(text.split("\n")[start:]), newline="")
        try:
            list(csv.reader(last, delimiter=separator, strict=True))
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise EndlessCell(len(rows)) from None
    return rows


def format_row(
    cells: Iterable[object], separator: str = ",", newline: str = "\n", quote_all: bool = False
) -> str:
    """One row as a line of CSV with its line end."""
    line = io.StringIO()
    csv.writer(
        line,
        delimiter=separator,
        lineterminator=newline,
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    ).writerow(cells)
    return line.getvalue()


def format_csv(table: pd.DataFrame) -> str:
    """A table as CSV text, the same for the same table.

    Comma, dot decimals, ISO dates, ``true``/``false``, an empty cell for what is missing, « \\n »
    at the end of each line; the index is left out.
    """
    columns = [[write_cell(cell) for cell in table.iloc[:, n]] for n in range(table.shape[1])]
    rows = [[str(name) for name in table.columns], *zip(*columns, strict=True)]
    return "".join(map(format_row, rows))


def read_csv(path: Path) -> pd.DataFrame:
    """What ``format_csv`` wrote, every cell as text."""
    return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")
