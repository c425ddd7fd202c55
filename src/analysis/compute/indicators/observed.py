"""Measured values: observations, amounts, population, as rows of ``values``.

Adds nothing up
but the population over the member communes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd

from analysis.compute.context_indicators import compute_counts, name_columns
from analysis.compute.populations import compute_population, settle, sum_in_force
from analysis.model.periods import year_period
from analysis.model.references import APPROXIMATE
from analysis.model.schema import MEMBERS_INDICATOR, POPULATION_INDICATORS, PORTRAIT, TABLES
from analysis.model.schema.processed_tables import VALUES
from analysis.model.store import OBSERVED, find_source, list_members, to_records

Row = dict[str, Any]

#: Status that a stage implies.
_STATUS_OF_STAGE = {"prévu": "prévisionnel", "sollicité": "prévisionnel"}
_POPULATION_FILE = "reference/population.csv"
_COMMUNES_FILE = "reference/communes.csv"


def blank_row(entry: Mapping[str, Any], territory: str) -> Row:
    """A row of ``values`` with what the catalogue knows of the indicator, and no value."""
    row: Row = dict.fromkeys(VALUES.header, "") | {"line": 0}
    del row["period_precision"]  # the dates themselves know it
    row |= {
        name: entry[name]
        for name in ("title", "unit", "kind", "measure", "direction", "chapter", "action",
                     "precision", "formula")
    }  # fmt: skip
    return row | {
        "indicator": entry["id"],
        "estimate": entry.get("estimate", ""),
        "territory": territory,
        "origin": OBSERVED,
        "value": None,
        "period_start": None,
        "period_end": None,
        "rank": -1,
    }


def _with_lines(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a raw table with the line of the file on which each stands."""
    return to_records(frame.assign(line=frame.index))


def read_observations(frame: pd.DataFrame, catalogue: Mapping[str, Mapping]) -> Iterator[Row]:
    """Rows of observations.csv; those of unknown indicators are left to the validation."""
    for line in _with_lines(frame):
        if line["indicator"] not in catalogue:
            continue
        row = blank_row(catalogue[line["indicator"]], line["territory"])
        copied = ("value", "qualifier", "status", "period_start", "period_end", "basis", "source",
                  "locator", "note", "edition", "file", "line")  # fmt: skip
        yield row | {name: line[name] for name in copied}


def find_rough_step(amount: float) -> float:
    """The step at which an amount has three significant digits: « environ 982 162 € » says more
    than is known."""
    return 10.0 ** (math.floor(math.log10(abs(amount))) - 2) if amount else 1


def read_budget(
    frame: pd.DataFrame, catalogue: Mapping[str, Mapping], territory: str
) -> Iterator[Row]:
    """Rows of budget.csv: an amount's period is its fiscal year or years."""
    for line in _with_lines(frame):
        if line["indicator"] not in catalogue:
            continue
        row = blank_row(catalogue[line["indicator"]], territory)
        copied = ("qualifier", "stage", "payer", "nature", "policy", "basis", "source", "locator",
                  "note", "edition", "file", "line")  # fmt: skip
        row |= {name: line[name] for name in copied}
        row["value"] = line["amount_eur"]
        if row["qualifier"] in APPROXIMATE:  # known by its size only
            row["precision"] = max(row["precision"], find_rough_step(row["value"]))
        row["action"] = line["action"] or row["action"]
        row["status"] = _STATUS_OF_STAGE.get(line["stage"], "définitif")
        if not pd.isna(line["fiscal_year"]):
            last = None if pd.isna(line["fiscal_year_end"]) else int(line["fiscal_year_end"])
            period = year_period(int(line["fiscal_year"]), last)
            row |= {"period_start": period.start, "period_end": period.end}
        yield row


def read_breakdowns(
    tables: Mapping[str, pd.DataFrame], catalogue: Mapping[str, Mapping], territory: str, year: int
) -> Iterator[Row]:
    """The shares of published breakdowns that are values of an indicator."""
    for line in _with_lines(tables["cost_breakdowns"]):
        if line["indicator"] in catalogue:
            row = blank_row(catalogue[line["indicator"]], line["territory"] or territory)
            row |= {
                name: line[name] for name in ("period_end", "source", "locator", "note", "line")
            }
            row |= {"edition": year, "file": TABLES["cost_breakdowns"].file()}
            yield row | settle(line["share_pct"])


def read_members(
    tables: Mapping[str, pd.DataFrame], catalogue: Mapping[str, Mapping], territory: str, year: int
) -> Iterator[Row]:
    """The number of member communes, a state at the end of the edition's year."""
    day = date(year, 12, 31)
    members = list_members(tables["communes"], day)
    if MEMBERS_INDICATOR in catalogue and members:
        yield blank_row(catalogue[MEMBERS_INDICATOR], territory) | {
            "value": float(len(members)),
            "qualifier": "exact",
            "status": "définitif",
            "period_end": day,
            "source": find_source(tables["sources"], _COMMUNES_FILE),
            "locator": f"communes membres au 31 décembre {year}",
            "edition": year,
            "file": _COMMUNES_FILE,
        }


def read_context(
    tables: Mapping[str, pd.DataFrame], catalogue: Mapping[str, Mapping], territory: str, year: int
) -> Iterator[Row]:
    """The counts that context indicators are made of, and the growth of the population."""
    counts = compute_counts(tables, year)
    for indicator, column in name_columns().items():
        entry = catalogue.get(indicator)
        if entry and entry["chapter"] == PORTRAIT and (count := counts.get(column)):
            yield (
                blank_row(entry, territory)
                | settle(count.value)
                | {
                    "period_start": count.period_start,
                    "period_end": count.period_end,
                    "source": find_source(tables["sources"], count.file),
                    "locator": count.locator,
                    "edition": year,
                    "file": count.file,
                }
            )


def read_population(
    tables: Mapping[str, pd.DataFrame],
    catalogue: Mapping[str, Mapping],
    territory: str,
    year: int,
    years: Iterable[int] = (),
) -> Iterator[Row]:
    """The population indicators: a state on 1 January of each vintage up to the edition (of the
    earlier ones, those when the territory had a member); then the population in force in the
    edition's year and in each of ``years``, those in which values end."""
    communes, population = tables["communes"], tables["population"]
    source = find_source(tables["sources"], _POPULATION_FILE)
    vintages = sorted(int(v) for v in population["vintage"].dropna().unique())
    for indicator, column in POPULATION_INDICATORS.items():
        if indicator not in catalogue:
            continue
        blank = blank_row(catalogue[indicator], territory) | {
            "source": source, "edition": year, "file": _POPULATION_FILE,
        }  # fmt: skip
        for vintage in (v for v in vintages if v <= year):
            day = date(vintage, 1, 1)
            if vintage < year and not list_members(communes, day):
                continue
            value, missing = compute_population(communes, population, day, column)
            words = {"locator": f"millésime {vintage}", "missing": missing}
            yield blank | settle(value) | {"period_end": day} | words
        for one in sorted({*years, year}):
            found = sum_in_force(communes, population, date(one, 1, 1), column)
            period = year_period(one)
            if found["value"] is not None or one == year:
                yield blank | found | {"period_start": period.start, "period_end": period.end}
