"""The context indicators of ``data/france/context.csv`` as indicators of an edition.

Those that the territory's own tables (communes, population, census) know enter its catalogue and
its values, under the chapter ``PORTRAIT``: the counts that they are made of, added up over the
communes that are members on 1 January of the edition's year, then the indicators, as formulas of
those counts. Nothing is of a later year than the edition.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analysis.compute.national import list_context, read_national
from analysis.compute.national.context import SHORTEST_SPAN, SPAN
from analysis.compute.national.reference_files import IN_FORCE_AFTER
from analysis.model.partial_dates import YEAR, set_precision
from analysis.model.references import PERCENT, find_in_formula
from analysis.model.schema import PORTRAIT
from analysis.model.store import list_members
from analysis.words import french

_COMMUNES, _POPULATION, _CENSUS = (
    f"reference/{name}.csv" for name in ("communes", "population", "census")
)
_GROWTH = "earlier"
#: Inhabitants and dwellings of a commune below which a change or a share of them says little: it is
#: drawn, but no title and no label names it.
SMALLEST, SMALLEST_DWELLINGS = 200, 100


@dataclass(frozen=True)
class Count:
    """A count of the members, ``column`` as ``counts.csv`` names it: of each (``cells``, by INSEE
    code), and of all, None where one of them is not known."""

    column: str
    cells: pd.Series
    value: float | None
    period_start: date | None
    period_end: date | None
    file: str
    locator: str
    note: str = ""


def compute_counts(tables: Mapping[str, pd.DataFrame], year: int) -> dict[str, Count]:
    """What the tables know of the members of 1 January of ``year``, by column; ``earlier`` is the
    yearly growth in % between the vintage in force and one ``SHORTEST_SPAN`` to ``SPAN`` years
    older. Nothing is of a later year than ``year``."""
    members = list_members(tables["communes"], date(year, 1, 1))
    if not members:
        return {}
    counts = [*_add_population(tables, members, year), *_add_census(tables, members, year)]
    areas = _take(tables["communes"], members, "area_km2")
    if areas.notna().any():
        where = f"superficies des {len(members)} communes membres"
        counts.append(Count("area_km2", areas, _add_up(areas), None, None, _COMMUNES, where))
    return {count.column: count for count in counts}


def _take(rows: pd.DataFrame, members: list[str], column: str) -> pd.Series:
    cells = rows.drop_duplicates("insee").set_index("insee")[column]
    return cells.reindex(members).astype("float64")


def _add_up(cells: pd.Series) -> float | None:
    return None if cells.isna().any() else float(cells.sum())


def _add_population(
    tables: Mapping[str, pd.DataFrame], members: list[str], year: int
) -> Iterator[Count]:
    rows = tables["population"].dropna(subset=["vintage"])
    cells = {int(v): _take(group, members, "municipal") for v, group in rows.groupby("vintage")}
    sums = {vintage: _add_up(known) for vintage, known in cells.items()}
    due = year - IN_FORCE_AFTER
    known = [vintage for vintage in sums if sums[vintage] is not None]
    older = max((vintage for vintage in known if vintage <= due), default=None)
    newest = next((v for v in (due, year, older) if v in known), None)
    if newest is None:
        return
    now: tuple[date | None, date] = None, date(year, 1, 1)
    said, note = f"millésime {year}", ""
    if newest != year:
        now = set_precision(date(year, 1, 1), YEAR), set_precision(date(year, 12, 31), YEAR)
        said = f"population légale {newest}, en vigueur depuis {newest + IN_FORCE_AFTER}"
        note = f"populations légales de {newest + 1} à {due} non connues" if newest < due else ""
    yield Count("municipal", cells[newest], sums[newest], *now, _POPULATION, said, note)
    spans = range(newest - SPAN, newest - SHORTEST_SPAN + 1)
    if oldest := min((v for v in spans if sums.get(v)), default=None):
        rates = compute_growth(cells[oldest], cells[newest], newest - oldest)
        rate = compute_growth(sums[oldest], sums[newest], newest - oldest)
        then = set_precision(date(oldest, 1, 1), YEAR), set_precision(date(newest, 12, 31), YEAR)
        before, after = (french.format_number(sums[v] or 0) for v in (oldest, newest))
        said = (
            f"de {before} habitants en {oldest} à {after} en {newest} : taux composé de"
            f" {newest - oldest} années, sur les communes membres en {year}"
        )
        yield Count(_GROWTH, rates, rate, *then, _POPULATION, said)


def compute_growth(before: Any, after: Any, years: int) -> Any:
    """Mean growth by year in %, compounded."""
    return 100 * ((after / before) ** (1 / years) - 1)


def _add_census(
    tables: Mapping[str, pd.DataFrame], members: list[str], year: int
) -> Iterator[Count]:
    rows = tables["census"].dropna(subset=["vintage"])
    vintage = max((int(v) for v in rows["vintage"] if v <= year), default=None)
    if vintage is None:
        return
    of_vintage = rows[rows["vintage"] == vintage]
    for column in list_counts()["column"]:
        if column in of_vintage and (cells := _take(of_vintage, members, column)).notna().any():
            said = f"recensement {vintage}"
            yield Count(column, cells, _add_up(cells), None, date(vintage, 1, 1), _CENSUS, said)


def list_counts() -> pd.DataFrame:
    """The catalogue of the counts (``data/france/counts.csv``): column, id, title, unit, precision,
    definition."""
    return read_national("counts")


def list_entries(known: Mapping[str, Count]) -> list[dict[str, Any]]:
    """Rows of the catalogue of indicators for what these counts make known: the indicators, then
    the counts that they are made of."""
    named = list_counts().set_index("column")["id"]
    summed = {column for column, count in known.items() if count.value is not None}
    entries = []
    for row in list_context().itertuples():
        terms = [row.numerator, *filter(None, [row.denominator])]
        if not set(terms) <= summed:
            continue
        formula = ""
        if row.measure == "rapport":
            factor = f"{row.factor:.0f} * " if row.factor != 1 else ""
            formula = f"{factor}{{{named[row.numerator]}}} / {{{named[row.denominator]}}}"
        # « taux », of what is no share, is said of what holds beyond its year.
        entries.append(_describe(row, formula, "taux" if row.unit == PERCENT else "stock"))
    taken = {entry["id"] for entry in entries}
    cited = {term for entry in entries for term in find_in_formula(entry["formula"])} - taken
    counts = list_counts()
    counts = counts[counts["id"].isin(cited)]
    entries += [_describe(row, "", "taux" if row.column == "area_km2" else "stock")
                for row in counts.itertuples()]  # fmt: skip
    return entries


def _describe(row: Any, formula: str, measure: str) -> dict[str, Any]:
    return {
        "id": row.id, "title": row.title, "unit": row.unit, "kind": "contexte", "measure": measure,
        "direction": getattr(row, "direction", "neutre"), "chapter": PORTRAIT, "action": "",
        "definition": " ".join(filter(None, [row.definition, getattr(row, "caution", "")])),
        "producer": "INSEE", "precision": float(row.precision), "formula": formula,
        "estimate": "", "minimum": None, "maximum": None, "asked": "", "asked_of": "",
        "asked_period": "",
    }  # fmt: skip


def name_columns() -> dict[str, str]:
    """The column of each indicator that is no formula, by its id."""
    columns = dict(list_counts()[["id", "column"]].itertuples(index=False))
    growth = list_context().query("measure == 'rythme'")
    return columns | dict.fromkeys(growth["id"], _GROWTH)


def add_to_catalogue(
    tables: Mapping[str, pd.DataFrame], year: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The catalogue of indicators and the units of a dossier, with those of its context; an
    indicator that the dossier defines itself stays its own."""
    catalogue, units = tables["indicators"], tables["units"]
    entries = list_entries(compute_counts(tables, year))
    entries = [entry for entry in entries if entry["id"] not in set(catalogue["id"])]
    if not entries:
        return catalogue, units
    added = pd.DataFrame(entries).reindex(columns=catalogue.columns).astype(catalogue.dtypes)
    standard = read_national("units")
    used = standard["id"].isin({entry["unit"] for entry in entries} - set(units["id"]))
    more = standard[used].reindex(columns=units.columns).astype(units.dtypes)
    return pd.concat([catalogue, added]), pd.concat([units, more])
