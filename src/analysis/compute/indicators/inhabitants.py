"""The inhabitants of each member commune, and how their number changes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from analysis.compute.national.reference_files import IN_FORCE_AFTER
from analysis.model.schema.processed_tables import INHABITANTS
from analysis.model.store import from_records, list_members, name_communes, to_records

#: Years between two vintages that may be compared: the census takes that long to go round all the
#: communes, so that two vintages less far apart rest in part on the same returns.
ROUND_YEARS = 5


def compute_inhabitants(
    communes: pd.DataFrame, population: pd.DataFrame, year: int
) -> pd.DataFrame:
    """One row for each commune that is a member on 1 January of ``year``, the most peopled first;
    the columns are those of ``INHABITANTS``.

    The vintage is the one in force in ``year`` where growth can be counted up to it, else the
    newest not after ``year``; growth is counted from the newest that is at least ``ROUND_YEARS``
    older, whoever was a member then. What is not known stays empty, with the French reason in
    ``missing``.
    """
    vintages = sorted(population.loc[population["municipal"].notna(), "vintage"].astype(int))
    vintage = max((v for v in vintages if v <= year), default=year)
    due = year - IN_FORCE_AFTER
    if due in vintages and min(vintages) <= due - ROUND_YEARS:
        vintage = due
    since = max((v for v in vintages if v <= vintage - ROUND_YEARS), default=vintage)
    known = {
        (row["insee"], int(row["vintage"])): row
        for row in to_records(population)
        if row["vintage"] in (vintage, since)
    }
    day = date(year, 1, 1)
    known_names = name_communes(communes, year)
    names = {insee: known_names[insee] for insee in list_members(communes, day)}
    rows: list[dict[str, Any]] = []
    for insee, name in names.items():
        now = known.get((insee, vintage), {})
        before = known.get((insee, since), {}) if since < vintage else {}
        number, former = now.get("municipal"), before.get("municipal")
        rows.append(
            {
                "insee": insee,
                "name": name,
                "vintage": vintage,
                "in_force": date(vintage + IN_FORCE_AFTER, 1, 1),
                "municipal": number,
                "total": now.get("total"),
                "since": since,
                "former": former,
                "growth_pct_per_year": compute_yearly_growth(former, number, vintage - since),
                "missing": _explain(number, former, vintage, since),
            }
        )
    rows.sort(key=lambda row: (row["municipal"] is None, -(row["municipal"] or 0), row["name"]))
    return from_records(rows, INHABITANTS)


def compute_yearly_growth(former: float | None, latest: float | None, years: int) -> float | None:
    """Mean growth by year in %, compounded: repeated ``years`` times, it leads from ``former`` to
    ``latest``. None where one of them is not known, or was nothing."""
    if not former or latest is None or years <= 0:
        return None
    return ((latest / former) ** (1 / years) - 1) * 100


def _explain(number: float | None, former: float | None, vintage: int, since: int) -> str:
    if number is None:
        return f"population {vintage} non connue"
    if since == vintage:
        return f"aucune population connue {ROUND_YEARS} ans avant {vintage}"
    return "" if former else f"population {since} non connue"
