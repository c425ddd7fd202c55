"""Checks of the typed values themselves: plausible bounds, values typed twice, silent revisions.

Every check takes
the typed tables and yields faults; none changes anything.

A value stands between the bounds that indicators.csv gives (``minimum``, ``maximum``). Where they
are blank nothing is negative, and a share in % is at most a hundred.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from analysis.compute.dossier.crosschecks import Loaded
from analysis.model.references import PERCENT
from analysis.model.schema import Fault

#: Bounds that hold where the catalogue says nothing.
LOWEST, HIGHEST_SHARE = 0.0, 100.0
#: Tables of typed values, with the column that holds them.
VALUE_COLUMNS = {"observations": "value", "budget": "amount_eur", "targets": "value"}


class Bounds(NamedTuple):
    """Between which numbers a value is plausible, and the unit they are in."""

    low: float
    high: float | None
    unit: str


def write_number(number: float) -> str:
    """« -2,5 », « 1538000 »: as the analyst types it."""
    return f"{number:.12g}".replace(".", ",")


def find_bounds(unit: str, minimum: float, maximum: float) -> Bounds:
    """The bounds of an indicator's typed values: those given, else the rules of the module."""
    low = LOWEST if pd.isna(minimum) else float(minimum)
    high = HIGHEST_SHARE if unit == PERCENT else None
    return Bounds(low, high if pd.isna(maximum) else float(maximum), unit)


def check_bounds(loaded: Loaded) -> Iterator[Fault]:
    """Values that the catalogue's bounds, or the rules that hold without them, do not admit."""
    if "indicators" in loaded.unread:
        return
    catalogue = loaded.tables["indicators"]
    bounds = {
        row.id: find_bounds(row.unit, row.minimum, row.maximum)
        for row in catalogue.itertuples()
        if not row.minimum > row.maximum  # a fault of the catalogue, not of the values
    }
    for name, column in VALUE_COLUMNS.items():
        for file, frame in loaded.files(name):
            known = frame[frame["indicator"].isin(list(bounds)) & frame[column].notna()]
            for row, indicator, value in zip(
                known.index, known["indicator"], known[column], strict=True
            ):
                if words := _describe_breach(value, bounds[indicator], indicator):
                    yield Fault(file, row, column, write_number(value), *words)


def _describe_breach(value: float, bounds: Bounds, indicator: str) -> tuple[str, str] | None:
    """Problem and expectation of a value out of its bounds; None within them."""
    if value < bounds.low:
        low = write_number(bounds.low)
        problem = (
            "valeur négative"
            if bounds.low == LOWEST
            else f"valeur inférieure à la borne basse {low}"
        )
        allow = "Si une valeur plus basse a un sens pour"
        column, expected = "minimum", f"Attendu : au moins {low}."
    elif bounds.high is not None and value > bounds.high:
        high = write_number(bounds.high)
        problem = (
            "part supérieure à 100 %"
            if (bounds.unit, bounds.high) == (PERCENT, HIGHEST_SHARE)
            else f"valeur supérieure à la borne haute {high}"
        )
        allow = "Si une valeur plus haute a un sens pour"
        column, expected = "maximum", f"Attendu : au plus {high}."
    else:
        return None
    return problem, f"{expected} {allow} « {indicator} », remplir « {column} » dans indicators.csv."


def check_double_entries(loaded: Loaded) -> Iterator[Fault]:
    """The same indicator and period typed both as an observation of the territory and as an
    amount: no key sees it, and only one of the two values would be read."""
    own = loaded.territory.get("id")
    if loaded.unread & {"observations", "budget"} or not own:
        return
    amounts = {
        (row.indicator, *_name_exercise(row)): (row.file, row.Index)
        for row in loaded.tables["budget"].itertuples()
    }
    for row in loaded.tables["observations"].itertuples():
        period = tuple(
            "" if pd.isna(day) else str(day.date()) for day in (row.period_start, row.period_end)
        )
        place = amounts.get((row.indicator, *period))
        if place and row.indicator and row.territory == own:
            yield Fault(
                row.file, row.Index, "indicator", row.indicator,
                f"valeur déjà saisie pour la même période ({place[0]}, ligne {place[1]})",
                "Une valeur n’est saisie qu’une fois : garder une seule des deux lignes.",
            )  # fmt: skip


def _name_exercise(row) -> tuple[str, str]:
    """First and last day of an amount's fiscal years, as texts; empty where there is none."""
    if pd.isna(row.fiscal_year):
        return "", ""
    last = row.fiscal_year if pd.isna(row.fiscal_year_end) else row.fiscal_year_end
    return f"{row.fiscal_year}-01-01", f"{last}-12-31"


def check_revisions(loaded: Loaded) -> Iterator[Fault]:
    """A value that a later folder gives again, otherwise: a revision is said, or is a slip.

    The later row stands for the earlier one. Who prepares a year by copying the one before and
    leaves a date as it was would so rewrite the past without a word: the note must say why, and
    be another than the one copied.
    """
    for name in ("observations", "budget"):
        column = VALUE_COLUMNS[name]
        known: dict[tuple, tuple[str, int, float, str]] = {}
        for table, file, frame in loaded.parts:
            if table.name != name:
                continue
            keys = frame[list(table.key)].astype("object").where(frame[list(table.key)].notna(), "")
            for row, key, value, note in zip(
                frame.index, map(tuple, keys.to_numpy()), frame[column], frame["note"], strict=True
            ):
                before = known.get(key)
                known[key] = (file, row, value, note)
                if before is None or before[0] == file or value == before[2]:
                    continue
                if pd.isna(value) or pd.isna(before[2]):
                    continue  # a cell that could not be read is reported as such
                if note and note != before[3]:
                    continue
                yield Fault(
                    file, row, column, write_number(value),
                    f"valeur différente de celle de la même période dans {before[0]},"
                    f" ligne {before[1]} ({write_number(before[2])})",
                    "Corriger la période ou la valeur ; si c’est une révision, le dire dans"
                    " « note ».",
                )  # fmt: skip
