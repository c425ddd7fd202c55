"""Typed values that look wrong: a number of another size than its neighbours, one figure typed
under two indicators, a count that falls.

*Size*, about a thousand or a million times off: k€ for €, trees for thousands.
Neighbours of a typed value: the same indicator and territory at its other periods; the other parts
of a breakdown whose parts add up (« égale », « au plus »), at the same period, and then their whole
too. Parts that overlap (« aucune ») are of any size, and are none.

The alert: the value is at least ``FAR`` times beyond the nearest neighbour, and divided (or
multiplied) by a thousand or a million it comes to lie among them, within ``SPREAD`` times the
least and the greatest. Both are needed: a number may be large, and may be small, without being in
the wrong unit. Shares are left to their bounds; zero has no size.

*Doubles.* The alert: same source and line, same territory, unit, period and value, for a number of
at least three digits. Small numbers meet by chance on a line (« 4 en construction, 4 en projet »),
and the parts of one breakdown may be equal: neither is an alert. The same indicator typed twice is
a fault, found when the tables are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analysis.compute.audit.findings import (
    ALERT,
    CONFORM,
    Finding,
    Values,
    describe,
    describe_period,
    is_typed,
    suffix,
)
from analysis.compute.audit.wholes import OVERLAPPING
from analysis.model.references import FALLING_COUNT, PERCENT, Row, Value, judge_pair
from analysis.model.store import Edition

SCALE = "échelle des nombres"
FACTORS = (1_000, 1_000_000)
FAR, SPREAD = 100, 5


def list_siblings(edition: Edition) -> dict[str, list[str]]:
    """For each part of a breakdown that adds up: the other parts, and the whole after them."""
    siblings: dict[str, dict[str, None]] = {}
    parts = edition.parts[edition.parts["addition"] != OVERLAPPING]
    for (whole, _), rows in parts.groupby(["whole", "breakdown"], sort=False):
        names = list(rows["part"])
        if len(names) < 2:
            continue
        for name in names:
            known = siblings.setdefault(name, {})
            known |= dict.fromkeys([*(other for other in names if other != name), whole])
    return {name: list(others) for name, others in siblings.items()}


def control_scales(edition: Edition, values: Values) -> Iterator[Finding]:
    """One finding for each typed value that has neighbours."""
    siblings = list_siblings(edition)
    for row in values.rows:
        if not is_typed(row) or row["unit"] == PERCENT or (row["value"] or 0) <= 0:
            continue
        neighbours = _find_neighbours(values, row, siblings.get(row["indicator"], []))
        if neighbours:
            yield _control_scale(edition, values, row, neighbours)


def _find_neighbours(values: Values, row: Row, siblings: list[str]) -> list[Row]:
    indicator, territory = row["indicator"], row["territory"]
    others = [other for other in values.known(indicator, territory) if other is not row]
    for sibling in siblings:
        other = values.at(sibling, territory, row)
        if other is None and row["rank"] == 0:
            other = values.reference(sibling, territory)
        others += [] if other is None else [other]
    return [other for other in others if (other["value"] or 0) > 0]


def find_factor(value: float, neighbours: list[float]) -> float | None:
    """By what a value is too large (more than 1) or too small (less than 1); None where it is
    neither."""
    least, greatest = min(neighbours), max(neighbours)
    for factor in FACTORS:
        if value >= FAR * greatest and least / SPREAD <= value / factor <= greatest * SPREAD:
            return float(factor)
        if value <= least / FAR and least / SPREAD <= value * factor <= greatest * SPREAD:
            return 1 / factor
    return None


def _control_scale(edition: Edition, values: Values, row: Row, neighbours: list[Row]) -> Finding:
    id = f"echelle:{row['indicator']}{suffix(values, row)}"
    factor = find_factor(row["value"], [other["value"] for other in neighbours])
    said = _describe_neighbours(edition, neighbours)
    value = describe(edition, row)
    if factor is None:
        return Finding.of(id, SCALE, row, CONFORM, f"{value}, à côté de {said}.")
    times = "1 000 fois" if factor in (FACTORS[0], 1 / FACTORS[0]) else "un million de fois"
    message = (
        f"Environ {times} trop {'grand' if factor > 1 else 'petit'} : {value}, à côté de"
        f" {said}. Attendu : le même ordre de grandeur ; vérifier l’unité (euros ou milliers"
        " d’euros, unités ou milliers)."
    )
    return Finding.of(id, SCALE, row, ALERT, message)


def _describe_neighbours(edition: Edition, neighbours: list[Row]) -> str:
    """The neighbour with its title and period, or between what and what they lie."""
    least, *_, greatest = sorted([*neighbours, neighbours[0]], key=lambda row: row["value"])
    if len(neighbours) == 1:
        return f"{describe(edition, least)} (« {least['title']} », {describe_period(least)})"
    low, high = (f"{describe(edition, row)} (« {row['title']} »)" for row in (least, greatest))
    return f"{len(neighbours)} valeurs comprises entre {low} et {high}"


# --- one figure under two indicators --------------------------------------------------------------

DOUBLE = "doublon"
#: From this number on, meeting by chance is unlikely.
LEAST = 100


def control_doubles(edition: Edition, values: Values) -> Iterator[Finding]:
    """One finding for each typed number large enough; the second of two bears the alert."""
    siblings = list_siblings(edition)
    seen: dict[tuple[Any, ...], list[Row]] = {}
    for row in values.rows:
        if not is_typed(row) or row["value"] is None or abs(row["value"]) < LEAST:
            continue
        key = tuple(row[name] for name in ("source", "locator", "territory", "unit", "value",
                                           "period_start", "period_end"))  # fmt: skip
        parts = siblings.get(row["indicator"], [])
        before = next((r for r in seen.get(key, []) if r["indicator"] not in parts), None)
        seen.setdefault(key, []).append(row)
        message = f"{describe(edition, row)} ({describe_period(row)})"
        if before is None:
            message += f", {row['locator']}."
        else:
            message = (
                f"Doublon probable de « {before['title']} » : même valeur, {message}, même ligne"
                f" ({row['locator']}). Attendu : un seul indicateur pour un chiffre de la source."
            )
        id = f"doublon:{row['indicator']}{suffix(values, row)}"
        yield Finding.of(id, DOUBLE, row, CONFORM if before is None else ALERT, message)


# --- a count of the same thing since the same day can but grow ------------------------------------

CUMULATED = "cumul qui diminue"


def control_cumulated(edition: Edition, values: Values) -> Iterator[Finding]:
    """One finding for each typed count that an earlier one, begun on the same day, precedes."""
    for row in values.rows:
        if is_typed(row) and row["value"] is not None and row["measure"] == "flux":
            before = _find_before(values, row)
            if before is not None:
                yield _control_count(edition, values, row, before)


def _find_before(values: Values, row: Row) -> Row | None:
    """The last count of before, from the same day on."""
    earlier = [
        other
        for other in values.known(row["indicator"], row["territory"])
        if None not in (row["period_start"], row["period_end"], other["period_end"])
        and other["period_start"] == row["period_start"]
        and other["period_end"] < row["period_end"]
    ]
    return max(earlier, key=lambda other: other["period_end"], default=None)


def _control_count(edition: Edition, values: Values, row: Row, before: Row) -> Finding:
    falls = judge_pair(Value.from_row(row), Value.from_row(before)).reason == FALLING_COUNT
    now, then = (f"{describe(edition, r)} ({describe_period(r)})" for r in (row, before))
    message = f"{now}, après {then}"
    if falls:
        message = (
            f"Compté depuis le même jour, le nombre diminue : {message}. Attendu : au moins"
            " autant ; corriger l’une des deux valeurs, ou la période de la seconde si ce n’est"
            " pas un cumul"
        )
    id, verdict = f"cumul:{row['indicator']}{suffix(values, row)}", ALERT if falls else CONFORM
    return Finding.of(id, CUMULATED, row, verdict, f"{message}.", before)
