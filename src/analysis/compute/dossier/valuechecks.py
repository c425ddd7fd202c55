"""Checks of the typed values themselves: plausible bounds, values typed twice, silent revisions.

A value stands between the bounds that indicators.csv gives (``minimum``, ``maximum``). Where they
are blank nothing is negative, and a share in % is at most a hundred.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pandas as pd

from analysis.base.csvtext import write_cell
from analysis.compute.dossier.crosschecks import Loaded, TypedRow
from analysis.model.references import PERCENT
from analysis.model.schema import TABLES, Fault

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
    bounds = {
        id: find_bounds(entry["unit"], entry["minimum"], entry["maximum"])
        for id, entry in loaded.read_catalogue().items()
        if not entry["minimum"] > entry["maximum"]  # a fault of the catalogue, not of the values
    }
    for name, column in VALUE_COLUMNS.items():
        for row in loaded.rows(name):
            if row["indicator"] in bounds and pd.notna(row[column]):
                breach = _describe_breach(row[column], bounds[row["indicator"]], row["indicator"])
                if breach:
                    yield row.fault(column, *breach, write_number(row[column]))


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
        (row.indicator, *_name_exercise(row.fiscal_year, row.fiscal_year_end)): row
        for row in loaded.tables["budget"].itertuples()
    }
    for row in loaded.tables["observations"].itertuples():
        period = (
            "" if pd.isna(day) else str(day.date()) for day in (row.period_start, row.period_end)
        )
        amount = amounts.get((row.indicator, *period))
        if amount and row.indicator and row.territory == own:
            place = f"{amount.file}, ligne {amount.Index}"
            problem = f"valeur déjà saisie pour la même période ({place})"
            expected = "Une valeur n’est saisie qu’une fois : garder une seule des deux lignes."
            yield Fault(row.file, row.Index, "indicator", row.indicator, problem, expected)


def _name_exercise(first: Any, last: Any) -> tuple[str, str]:
    """First and last day of an amount's fiscal years, as texts; empty where there is none."""
    if pd.isna(first):
        return "", ""
    return f"{first}-01-01", f"{first if pd.isna(last) else last}-12-31"


def check_revisions(loaded: Loaded) -> Iterator[Fault]:
    """A value that a later folder gives again, otherwise: a revision is said, or is a slip.

    The later row stands for the earlier one. Who prepares a year by copying the one before and
    leaves a date as it was would so rewrite the past without a word: the note must say why, and
    be another than the one copied.
    """
    for name in ("observations", "budget"):
        column = VALUE_COLUMNS[name]
        known: dict[tuple[str, ...], TypedRow] = {}
        for row in loaded.rows(name):
            key = tuple(write_cell(row[part]) for part in TABLES[name].key)
            before, known[key] = known.get(key), row
            if before is None or before.file == row.file or row[column] == before[column]:
                continue
            if pd.isna(row[column]) or pd.isna(before[column]):
                continue  # a cell that could not be read is reported as such
            if row["note"] and row["note"] != before["note"]:
                continue
            yield row.fault(
                column,
                f"valeur différente de celle de la même période dans {before.file}, ligne"
                f" {before.number} ({write_number(before[column])})",
                "Corriger la période ou la valeur ; si c’est une révision, le dire dans « note ».",
                write_number(row[column]),
            )
