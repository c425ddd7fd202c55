"""Frames as lists of dicts, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from analysis.model.schema import ProcessedTable


def to_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts with ``datetime.date`` and None in place of timestamps and missing numbers."""
    columns = {}
    for name in frame.columns:
        series = frame[name]
        if pd.api.types.is_datetime64_any_dtype(series.dtype):
            columns[name] = [None if pd.isna(day) else day.date() for day in series]
        elif pd.api.types.is_float_dtype(series.dtype):
            columns[name] = [None if pd.isna(number) else float(number) for number in series]
        else:
            columns[name] = series.tolist()
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def from_records(rows: Iterable[Mapping[str, Any]], table: ProcessedTable) -> pd.DataFrame:
    """A frame of exactly the columns of ``table``, typed, from rows as dicts."""
    records = list(rows)
    return pd.DataFrame(
        {
            name: pd.Series([_plain(row[name]) for row in records], dtype=dtype)
            for name, dtype in table.types.items()
        }
    )


def _plain(cell: Any) -> Any:
    return pd.Timestamp(cell) if isinstance(cell, date) else cell
