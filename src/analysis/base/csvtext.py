"""A table as CSV text for whoever uses the data again: the same text for the same table."""

from __future__ import annotations

import csv
import io
import math
from datetime import date, datetime
from typing import Any

import pandas as pd

from analysis.base.lists import join_list


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


def format_csv(table: pd.DataFrame) -> str:
    """A table of any grain as CSV text, the same for the same table: that of a chart, for example.

    Comma, dot decimals, ISO dates, ``true``/``false``, an empty cell for what is missing, « \\n »
    at the end of each line; the index is left out. Units are those of the table's columns.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([str(name) for name in table.columns])
    columns = [[write_cell(cell) for cell in table.iloc[:, n]] for n in range(table.shape[1])]
    writer.writerows(zip(*columns, strict=True))
    return text.getvalue()
