"""CSV: how tables and rows are written, how our own files and those of spreadsheets are read."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.lists import join_list

#: Characters of a cell; the limit that Python's csv has by itself.
LONGEST = 131_072

#: Where a spreadsheet that splits at commas, semicolons or tabs would begin a cell with what it
#: takes for a formula, whatever spaces or quotation marks stand before it; the first cell may begin
#: with a tab or a line end too.
_SIGNS = "=+\\-@＝＋－＠"
_LEADING = r"""(?:[^\S\t\r\n]|["'\ufeff\u200b])*+"""
_BARE, _GUARDED = (
    re.compile(
        rf"^{mark}(?={_LEADING}[{_SIGNS}\t\r\n])|(?<=[,;\t\r\n]){mark}(?={_LEADING}[{_SIGNS}])"
    )
    for mark in ("", "'")
)
#: Neither a number nor a sign alone is a formula.
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d+)?([eE][+-]?\d+)?|INF)?")


def guard_text(text: str) -> str:
    """A text that no spreadsheet takes for a formula: « =1+1 » becomes « '=1+1 », with a straight
    apostrophe, which ``restore_text`` takes away. A number or a sign stays as it is."""
    return text if _NUMBER.fullmatch(text) else _BARE.sub("'", text)


def restore_text(text: str) -> str:
    """What ``guard_text`` was given."""
    return _GUARDED.sub("", text) if "'" in text else text


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
    """The rows of a CSV text as lists of cells, as typed or given to ``format_row``. Raises
    EndlessCell."""
    others = csv.field_size_limit(LONGEST)  # the whole process's, which a library may have raised
    rows: list[list[str]] = []
    start = end = 0  # lines of the last row
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for row in reader:
            rows.append([restore_text(cell) for cell in row])
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
    """One row as a line of CSV with its line end; no text is a formula (see ``guard_text``)."""
    line = io.StringIO()
    csv.writer(
        line,
        delimiter=separator,
        lineterminator="\r\n",  # so that any line end in a cell is put in quotation marks
        quoting=csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL,
    ).writerow([guard_text(cell) if isinstance(cell, str) else cell for cell in cells])
    return line.getvalue().removesuffix("\r\n") + newline


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
    return restore_texts(pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8"))


def restore_texts(table: pd.DataFrame) -> pd.DataFrame:
    """A table that pandas read, its texts as they were given to ``format_csv``."""
    for name in table.select_dtypes("str"):
        if table[name].str.contains("'", regex=False).any():
            table[name] = table[name].map(restore_text, na_action="ignore")
    return table
