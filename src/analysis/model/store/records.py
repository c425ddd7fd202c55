"""Frames as lists of dicts, and back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd


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


def from_records(rows: list[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """A frame of exactly these columns and types (see ``VALUES``) from rows as dicts."""
    return pd.DataFrame(
        {
            name: pd.Series([_plain(row[name]) for row in rows], dtype=dtype)
            for name, dtype in columns.items()
        }
    )


def _plain(cell: Any) -> Any:
    return pd.Timestamp(cell) if isinstance(cell, date) else cell
