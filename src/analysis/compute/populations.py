"""The population of the communes that are members on a day, by a vintage, or the one in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from analysis.compute.national.reference_files import IN_FORCE_AFTER
from analysis.model.store import list_members

Row = dict[str, Any]


def compute_population(
    communes: pd.DataFrame,
    population: pd.DataFrame,
    day: date,
    column: str,
    vintage: int | None = None,
) -> tuple[float | None, str]:
    """Inhabitants of the communes that are members on ``day``, by a vintage (that of the day's
    year where None).

    Returns the sum of ``column`` (municipal, total), or None and the French reason when the
    population of a member is not known for that vintage: a partial sum is no population.
    """
    members = list_members(communes, day)
    if not members:
        return None, f"aucune commune membre au 1er janvier {day.year}"
    vintage = vintage or day.year
    rows = population[population["vintage"] == vintage]
    known = rows.drop_duplicates("insee").set_index("insee")[column].reindex(members)
    lacking = int(known.isna().sum())
    if lacking:
        return None, (
            f"population {vintage} non connue pour {lacking} des {len(members)} communes membres"
        )
    return float(known.sum()), ""


def settle(value: float | None) -> Row:
    """What a row of values says of a number that is known, or is not."""
    known = value is not None
    return {
        "value": value,
        "qualifier": "exact" if known else "",
        "status": "définitif" if known else "",
    }


def sum_in_force(communes: pd.DataFrame, population: pd.DataFrame, day: date, column: str) -> Row:
    """The population that applies on ``day`` to the members of that day: the newest vintage that
    was then in force and is known for them all. Which edition asks makes no difference."""
    due = day.year - IN_FORCE_AFTER
    missing = f"aucune population en vigueur connue pour {day.year}"
    vintages = sorted(map(int, population["vintage"].dropna().unique()), reverse=True)
    for vintage in (v for v in vintages if v <= due):
        value, reason = compute_population(communes, population, day, column, vintage)
        if value is None:
            missing = reason if vintage == due else missing
            continue
        lacking = range(vintage + 1, due + 1)
        return settle(value) | {
            "locator": f"population légale {vintage}, en vigueur depuis {vintage + IN_FORCE_AFTER}",
            "note": f"{_name_vintages(lacking)} : population non connue" if lacking else "",
        }
    return settle(None) | {"missing": missing}


def _name_vintages(years: Sequence[int]) -> str:
    if len(years) == 1:
        return f"millésime {years[0]}"
    return f"millésimes {years[0]} {'et' if len(years) == 2 else 'à'} {years[-1]}"
