"""A number about a thousand or a million times off its neighbours: k€ for €, trees for thousands.

Neighbours of a typed value: the same indicator and territory at its other periods; the other parts
of a breakdown whose parts add up (« égale », « au plus »), at the same period, and then their whole
too. Parts that overlap (« aucune ») are of any size, and are none.

The alert: the value is at least ``FAR`` times beyond the nearest neighbour, and divided (or
multiplied) by a thousand or a million it comes to lie among them, within ``SPREAD`` times the
least and the greatest. Both are needed: a number may be large, and may be small, without being in
the wrong unit. Shares are left to their bounds; zero has no size.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.compute.audit.findings import (
    ALERT,
    CONFORM,
    Finding,
    Values,
    describe,
    describe_period,
    is_typed,
    locate,
    suffix,
)
from analysis.compute.audit.wholes import OVERLAPPING
from analysis.model.references import PERCENT, Row
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
    fixed = {
        "control": SCALE,
        "indicator": row["indicator"],
        "title": row["title"],
        "place": locate(row),
        "rows": (row,),
    }
    if factor is None:
        return Finding(id, verdict=CONFORM, message=f"{value}, à côté de {said}.", **fixed)
    times = "1 000 fois" if factor in (FACTORS[0], 1 / FACTORS[0]) else "un million de fois"
    return Finding(
        id,
        verdict=ALERT,
        message=f"Environ {times} trop {'grand' if factor > 1 else 'petit'} : {value}, à côté de"
        f" {said}. Attendu : le même ordre de grandeur ; vérifier l’unité (euros ou milliers"
        " d’euros, unités ou milliers).",
        **fixed,
    )


def _describe_neighbours(edition: Edition, neighbours: list[Row]) -> str:
    """The neighbour with its title and period, or between what and what they lie."""
    least, *_, greatest = sorted([*neighbours, neighbours[0]], key=lambda row: row["value"])
    if len(neighbours) == 1:
        return f"{describe(edition, least)} (« {least['title']} », {describe_period(least)})"
    low, high = (f"{describe(edition, row)} (« {row['title']} »)" for row in (least, greatest))
    return f"{len(neighbours)} valeurs comprises entre {low} et {high}"
