"""Frames as lists of dicts, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from analysis.model.partial_dates import restore_precision, write_precisions
from analysis.model.schema import COLUMNS, ProcessedTable


def to_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts with ``datetime.date`` and None in place of timestamps and missing numbers; a
    date knows how precisely it is known, in place of the column that says so."""
    columns: dict[str, list[Any]] = {}
    precisions = {COLUMNS[name].precision for name in frame.columns if name in COLUMNS}
    for name in frame.columns.difference(precisions, sort=False):
        series = frame[name]
        if pd.api.types.is_datetime64_any_dtype(series.dtype):
            columns[name] = _read_dates(frame, name)
        elif pd.api.types.is_float_dtype(series.dtype):
            columns[name] = [None if pd.isna(number) else float(number) for number in series]
        else:
            columns[name] = series.tolist()
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def _read_dates(frame: pd.DataFrame, name: str) -> list[date | None]:
    days = [None if pd.isna(day) else day.date() for day in frame[name]]
    column = COLUMNS.get(name)
    if column is None or column.precision not in frame.columns:
        return days
    precisions = frame[column.precision]
    return [
        day and restore_precision(day, precision, column.starts)
        for day, precision in zip(days, precisions, strict=True)
    ]


def write_dates(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its dates as they are typed: as texts, no more precise than they are known."""
    typed = {
        name: [day.isoformat() if day else "" for day in _read_dates(frame, name)]
        for name in frame.columns
        if name in COLUMNS and COLUMNS[name].precision in frame.columns
    }
    return frame.assign(**typed)


def from_records(rows: Iterable[Mapping[str, Any]], table: ProcessedTable) -> pd.DataFrame:
    """A frame of exactly the columns of ``table``, typed, from rows as dicts."""
    dates: dict[str, list[str]] = {}
    for column in table.columns:
        if column.precision:
            dates.setdefault(column.precision, []).append(column.name)
    records = [
        {**row, **{name: write_precisions(*map(row.get, days)) for name, days in dates.items()}}
        for row in rows
    ]
    return pd.DataFrame(
        {
            name: pd.Series([_plain(row[name]) for row in records], dtype=dtype)
            for name, dtype in table.types.items()
        }
    )


def _plain(cell: Any) -> Any:
    return pd.Timestamp(cell) if isinstance(cell, date) else cell
