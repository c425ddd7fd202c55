"""Indicators that official data know of every territory, each computed alike for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import pandas as pd

from analysis.compute.national.perimeters import (
    choose_perimeter,
    find_in_force,
    list_populations,
    read_censuses,
)
from analysis.compute.national.reference_files import read_national

#: A growth is told over this many years, or as many as are known, but not over fewer than least.
SPAN, SHORTEST_SPAN = 5, 3


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


def choose_vintages(year: int) -> Vintages:
    """The years of official data for an edition: none later than the edition's own."""
    known = sorted(read_national("territory_populations")["vintage"].unique())
    wanted = find_in_force(year)
    if wanted in known:
        population = wanted
    elif year in known:
        population = year
    else:
        population = known[-1] if wanted > known[-1] else None
    earlier = None
    if population is not None:
        before = [v for v in known if population - SPAN <= v <= population - SHORTEST_SPAN]
        earlier = min(before, default=None)
    census = [v for v in read_national("census")["vintage"].unique() if v <= year]
    return Vintages(
        year,
        choose_perimeter(year),
        None if population is None else int(population),
        None if earlier is None else int(earlier),
        int(max(census)) if census else None,
        bool(population == wanted),
    )


def list_context() -> pd.DataFrame:
    """The catalogue of these indicators (``data/france/context.csv``)."""
    return read_national("context")


@cache
def count_territories(year: int) -> pd.DataFrame:
    """Counts of each territory within its limits of the edition's year: index siren; municipal,
    earlier (inhabitants), area_km2, and the census counts. Missing where a part is not known, or
    where a commune of today covers parts of two territories of then."""
    vintages = choose_vintages(year)
    rows = read_national("memberships")
    rows = rows[
        rows["first_edition"].le(vintages.perimeter) & rows["last_edition"].ge(vintages.perimeter)
    ][["insee", "siren"]]
    communes = read_national("communes").set_index("insee")
    rows = rows.assign(
        current=rows["insee"].map(communes["current"]),
        area_km2=rows["insee"].map(communes["area_km2"]),
    )
    counts = rows.groupby("siren")[["area_km2"]].sum(min_count=1)
    counts = counts.where(~rows["area_km2"].isna().groupby(rows["siren"]).any())
    shared = rows.groupby("current")["siren"].transform("nunique").gt(1)
    unsure = set(rows.loc[shared, "siren"])
    whole = rows.drop_duplicates(["siren", "current"])[["siren", "current"]]

    def add(table: pd.DataFrame) -> pd.DataFrame:
        """Sums of a table by commune of today (index), over the communes of each territory."""
        joined = whole.join(table, on="current")
        sums = joined.groupby("siren")[list(table)].sum(min_count=1)
        known = ~joined[list(table)].isna().groupby(joined["siren"]).any()
        return sums.where(known).loc[lambda frame: ~frame.index.isin(unsure)]

    populations = list_populations(whole["current"])
    for column, vintage in (("municipal", vintages.population), ("earlier", vintages.earlier)):
        if vintage is not None:
            of_vintage = populations[populations["vintage"] == vintage].set_index("insee")
            counts = counts.join(add(of_vintage[["municipal"]]).set_axis([column], axis=1))
        else:
            counts[column] = float("nan")
    published = read_national("territory_populations").set_index(["siren", "vintage"])["municipal"]
    if vintages.in_force and vintages.population is not None:
        # What is published for these very limits, sums of which some part was not known included.
        own = published.xs(vintages.population, level="vintage")
        counts["municipal"] = own.reindex(counts.index).fillna(counts["municipal"])
    census = read_censuses(whole["current"]).query("vintage == @vintages.census")
    return counts.join(add(census.set_index("insee").drop(columns="vintage")))


@cache
def compute_context(year: int) -> pd.DataFrame:
    """The context indicators of every territory for an edition: siren, indicator, value (in the
    unit of the catalogue, not rounded); missing values have no row."""
    vintages, counts = choose_vintages(year), count_territories(year)
    frames = []
    for row in list_context().itertuples():
        if row.counts == "census" and vintages.census is None:
            continue
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
