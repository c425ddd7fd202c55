"""Where the territory of an edition stands among those like it and among all, as a table of the
edition: one row for each context indicator and each group that it is set against.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.base.lists import join_list, split_list
from analysis.compute.national import (
    choose_peers,
    choose_vintages,
    list_context,
    list_values,
    read_national,
    read_rule,
    stand,
)
from analysis.model.schema.processed_tables import STANDING
from analysis.model.store import from_records

#: The groups, as ``national.stand`` names them, and their French codes.
GROUPS = {"peers": "comparables", "all": "toutes"}
OWN = "territoire"
#: What the sources of the reference are called in a dossier's own list.
PREFIX = "france-"


def find_siren(territory: Mapping[str, Any]) -> str:
    """The territory's number; '' where the national reference does not know it."""
    siren = str(territory.get("siren") or "")
    return siren if siren and siren in set(read_national("territories")["siren"]) else ""


def list_positions(territory: Mapping[str, Any], year: int) -> pd.DataFrame:
    """The value of each context indicator in every territory known, as it is printed: indicator,
    siren, value, and ``group`` (``OWN``, « comparables », « toutes »: the others); no row where the
    reference does not know the territory."""
    siren = find_siren(territory)
    values = list_values(year) if siren else list_values(year).iloc[:0]
    rows = values.rename_axis(index="siren", columns="indicator").stack().rename("value")
    rows = rows.dropna().reset_index()
    groups = dict.fromkeys(choose_peers(siren, year, read_rule(territory))["siren"],
                           GROUPS["peers"]) if siren else {}  # fmt: skip
    groups[siren] = OWN
    return rows.assign(group=rows["siren"].map(groups).fillna(GROUPS["all"]))


def compute_standing(territory: Mapping[str, Any], year: int) -> pd.DataFrame:
    """The columns are those of ``STANDING``; no row where the national reference does not know the
    territory."""
    siren = find_siren(territory)
    table = stand(siren, year, read_rule(territory)) if siren else pd.DataFrame()
    return from_records([*_list_rows(table, year)], STANDING)


def _list_rows(table: pd.DataFrame, year: int) -> Iterator[dict[str, Any]]:
    vintages, catalogue = choose_vintages(year), list_context().set_index("id")
    for row in table.to_dict("records"):
        entry = catalogue.loc[row["indicator"]]
        vintage = vintages.census if entry["counts"] == "census" else vintages.population
        known = not pd.isna(row["value"])
        sources = [PREFIX + id for id in split_list(entry["source"])]
        for group, code in GROUPS.items():
            yield {
                **{name: row[name] for name in ("indicator", "title", "unit", "reason")},
                "compared_with": code,
                "value": row["value"] if known else None,
                "precision": float(row["precision"]),
                **{name: _count(row[f"{group}_{column}"]) for name, column in _COUNTS.items()},
                **{name: row[f"{group}_{column}"] for name, column in _SPREAD.items()},
                "perimeter": vintages.perimeter,
                "vintage": vintage or 0,
                "since": (vintages.earlier if entry["measure"] == "rythme" else vintage) or 0,
                "source": join_list(sources if known else ()),
            }


_COUNTS = {"others": "count", "rank": "rank", "ranked": "ranked", "equals": "equals"}
_SPREAD = {"first_quartile": "q1", "median": "median", "third_quartile": "q3"}


def _count(cell: Any) -> int:
    return 0 if pd.isna(cell) else int(cell)


def list_national_sources() -> pd.DataFrame:
    """The sources of the reference under the ids that they have in an edition. Readers are told who
    produced the data; through which packages they came stands in the reference alone."""
    sources = read_national("sources")
    plain = {
        column: sources[column].str.replace(
            r"(?: pour les données)? ; (?:paquet|code) .*", "", regex=True
        )
        for column in ("producer", "licence")
    }
    return sources.assign(id=PREFIX + sources["id"], **plain)
