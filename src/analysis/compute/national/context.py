"""Indicators that official data know of every territory, each computed alike for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import pandas as pd

from analysis.compute.national.perimeters import (
    choose_perimeter,
    find_census_edition,
    find_current,
    find_in_force,
    group_communes,
    list_editions_known,
    sum_census,
    sum_populations,
)
from analysis.compute.national.reference_files import IN_FORCE_AFTER, read_national

#: A growth is told over this many years, or as many as are known, but not over fewer than least.
SPAN, SHORTEST_SPAN = 5, 3
#: Why a count of a territory is not known, or not what it seems: a commune of today covers parts of
#: two territories of then; it was one with a commune of another territory; its figure is unknown;
#: its figure only repeats that of an earlier census.
SHARED, JOINED, UNKNOWN, REPEATED = "shared", "joined", "unknown", "repeated"


@dataclass(frozen=True)
class Vintages:
    """Which years of the official data an edition shows.

    ``perimeter``: of the territories' limits; ``population``, ``earlier``, ``census``: vintages,
    None where none may be shown. ``in_force``: whether that population is the one in force in the
    edition's year (else it is that of the year itself, published since, or the newest known).
    """

    year: int
    perimeter: int
    population: int | None
    earlier: int | None
    census: int | None
    in_force: bool


class Counts(NamedTuple):
    """``values``: a row for each territory (index siren); ``gaps``: siren, count (``municipal``,
    ``earlier``, ``area_km2`` or ``census``), commune (code of today), why (as SHARED…)."""

    values: pd.DataFrame
    gaps: pd.DataFrame


def choose_vintages(year: int) -> Vintages:
    """The years of official data for an edition: none later than the edition's own."""
    known = sorted(map(int, read_national("territory_populations")["vintage"].unique()))
    wanted = find_in_force(year)
    population: int | None = None
    if wanted in known:
        population = wanted
    elif year in known:
        population = year
    elif wanted > known[-1]:
        population = known[-1]
    earlier = None
    if population is not None:
        before = [v for v in known if population - SPAN <= v <= population - SHORTEST_SPAN]
        earlier = min(before, default=None)
    census = [v for v in read_national("census")["vintage"].unique() if v <= year]
    return Vintages(
        year,
        choose_perimeter(year),
        population,
        earlier,
        int(max(census)) if census else None,
        population == wanted,
    )


def list_context() -> pd.DataFrame:
    """The catalogue of these indicators (``data/france/context.csv``)."""
    return read_national("context")


@cache
def list_extents(perimeter: int) -> pd.DataFrame:
    """The communes of today that each territory of an edition covered: siren, commune, shared
    (whether another territory covered a part of it)."""
    rows = read_national("memberships")
    rows = rows[rows["first_edition"].le(perimeter) & rows["last_edition"].ge(perimeter)]
    held = rows.assign(group=rows["insee"].map(find_current()))[["siren", "group"]]
    # A commune re-established since was then a part of the one that it left.
    groups = group_communes(perimeter).rename("group").rename_axis("commune").reset_index()
    extents = held.drop_duplicates().merge(groups, on="group")[["siren", "commune"]]
    return extents.assign(shared=extents.duplicated("commune", keep=False))


def _add(extents: pd.DataFrame, sums: pd.DataFrame, edition: int) -> Counts:
    """Sums for each territory of what is known by commune of today as it was in an edition (index);
    unknown where a part is."""
    groups = group_communes(edition)
    parts = extents.assign(group=extents["commune"].map(groups))
    held = parts.groupby(["siren", "group"])["commune"].transform("size")
    parts["joined"] = held < parts["group"].map(groups.value_counts())
    parts = parts.drop_duplicates(["siren", "group"]).join(sums, on="group")
    parts["unknown"] = parts[list(sums)].isna().any(axis=1)
    reasons = parts[["shared", "joined", "unknown"]]
    parts["why"] = reasons.idxmax(axis=1).where(reasons.any(axis=1))
    gaps = parts.loc[parts["why"].notna(), ["siren", "group", "why"]]
    values = parts.groupby("siren")[list(sums)].sum(min_count=1)
    values.loc[values.index.isin(gaps["siren"])] = float("nan")
    return Counts(values, gaps.rename(columns={"group": "commune"}))


@cache
def count_with_gaps(year: int) -> Counts:
    """Counts of each territory within its limits of the edition's year, and what is not known."""
    vintages = choose_vintages(year)
    extents = list_extents(vintages.perimeter)
    area = read_national("communes").set_index("insee")[["area_km2"]]
    counted = {"area_km2": _add(extents, area, list_editions_known()[-1])}
    for column, vintage in (("municipal", vintages.population), ("earlier", vintages.earlier)):
        if vintage is not None:
            sums = sum_populations(vintage)
            found = _add(extents, sums[["municipal"]], vintage + IN_FORCE_AFTER)
            repeated = extents[extents["commune"].map(sums["repeats"]).fillna(0).gt(0)]
            gaps = pd.concat([found.gaps, repeated[["siren", "commune"]].assign(why=REPEATED)])
            counted[column] = Counts(found.values.set_axis([column], axis=1), gaps)
    if vintages.census is not None:
        edition = find_census_edition(vintages.census)
        counted["census"] = _add(extents, sum_census(vintages.census), edition)
    values = pd.concat([found.values for found in counted.values()], axis=1)
    named = ["municipal", "earlier", *_list_census_counts()]
    values = values.reindex(columns=[*dict.fromkeys(["area_km2", *named])])
    gaps = pd.concat([found.gaps.assign(count=name) for name, found in counted.items()])
    if vintages.in_force and vintages.population is not None:
        # What is published for these very limits, sums of which some part was not known included.
        published = read_national("territory_populations").set_index(["vintage", "siren"])
        own = published["municipal"].loc[vintages.population]
        values["municipal"] = own.reindex(values.index).fillna(values["municipal"])
    # No change is computed from a figure to the same one repeated.
    unmoved = gaps.loc[gaps["why"] == REPEATED, "siren"]
    values.loc[values.index.isin(unmoved), "earlier"] = float("nan")
    return Counts(values, gaps[["siren", "count", "commune", "why"]].reset_index(drop=True))


def _list_census_counts() -> list[str]:
    columns = read_national("census").columns
    return [c for c in columns if c not in ("insee", "vintage", "edition")]


def count_territories(year: int) -> pd.DataFrame:
    """Counts of each territory within its limits of the edition's year: index siren; municipal,
    earlier (inhabitants), area_km2, and the census counts. Missing where a part is not known
    (``explain_missing`` says why)."""
    return count_with_gaps(year).values


@cache
def compute_context(year: int) -> pd.DataFrame:
    """The context indicators of every territory for an edition: siren, indicator, value (in the
    unit of the catalogue, not rounded); missing values have no row."""
    vintages, counts = choose_vintages(year), count_territories(year)
    frames = []
    for row in list_context().itertuples():
        values = counts[row.numerator]
        if row.measure == "rapport":
            values = row.factor * values / counts[row.denominator]
        elif row.measure == "rythme":
            if vintages.earlier is None or vintages.population is None:
                continue
            years = vintages.population - vintages.earlier
            values = row.factor * ((values / counts[row.denominator]) ** (1 / years) - 1)
        frames.append(values.dropna().rename("value").reset_index().assign(indicator=row.id))
    return pd.concat(frames)[["siren", "indicator", "value"]].reset_index(drop=True)
