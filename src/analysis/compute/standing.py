"""Where the territory stands among those like it and among all: what official data know of each.

One row for each context indicator and each group that it is set against. Ranks are those of values
rounded as they are printed: what is equal to the reader shares a rank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from analysis.base.lists import join_list
from analysis.base.rounding import round_to_step
from analysis.compute.national import (
    PeersRule,
    choose_peers,
    choose_vintages,
    compute_context,
    list_context,
    read_national,
)
from analysis.compute.ranking import rank_among, summarise
from analysis.model.schema.processed_tables import STANDING
from analysis.model.store import find_source, from_records

PEERS, ALL = "comparables", "toutes"
#: The files of ``data/france`` that the indicators are computed from, by what they count.
FILES = {
    "population": ("populations.csv.xz", "populations-intercommunales.csv", "appartenance.csv.xz"),
    "census": ("recensement.csv.xz", "appartenance.csv.xz"),
}


def read_rule(territory: Mapping[str, Any]) -> PeersRule:
    """The rule of ``peers:`` in territory.yml; what it does not say is as in ``PeersRule``."""
    said = territory.get("peers") or {}
    usual = PeersRule()
    return PeersRule(
        same_nature=said.get("nature", "même") == "même",
        same_region=said.get("region", "toutes") == "même",
        smallest=float(said.get("smallest", usual.smallest)),
        largest=float(said.get("largest", usual.largest)),
    )


def find_siren(territory: Mapping[str, Any]) -> str:
    """The territory's number; '' where the national reference does not know it."""
    siren = str(territory.get("siren") or "")
    return siren if siren and siren in set(read_national("territories")["siren"]) else ""


def list_positions(territory: Mapping[str, Any], year: int) -> pd.DataFrame:
    """The value of each context indicator in every territory known: indicator, siren, value, and
    ``group`` (« territoire », ``PEERS``, ``ALL``: the others)."""
    siren = find_siren(territory)
    peers = set(choose_peers(siren, year, read_rule(territory))["siren"]) if siren else set()
    context = compute_context(year)
    groups = {**dict.fromkeys(peers, PEERS), siren: "territoire"}
    return context.assign(group=context["siren"].map(groups).fillna(ALL))


def compute_standing(territory: Mapping[str, Any], year: int) -> pd.DataFrame:
    """The columns are those of ``STANDING``; no row where the national reference does not know the
    territory. An indicator whose value is not known of the territory has none either."""
    rows = _stand(territory, year) if find_siren(territory) else []
    return from_records(list(rows), STANDING)


def _stand(territory: Mapping[str, Any], year: int) -> Iterator[dict[str, Any]]:
    positions, vintages = list_positions(territory, year), choose_vintages(year)
    for entry in list_context().itertuples():
        known = positions[positions["indicator"] == entry.id]
        own = known.loc[known["group"] == "territoire", "value"]
        if own.empty:
            continue
        rounded = known["value"].map(lambda v, step=entry.precision: round_to_step(v, step))
        vintage = vintages.census if entry.counts == "census" else vintages.population
        for group in (PEERS, ALL):
            within = rounded[(known["group"] != ALL) | (group == ALL)]
            place = rank_among(within, rounded[own.index[0]])
            spread = summarise(known.loc[within.index, "value"].drop(own.index))
            yield {
                "indicator": entry.id,
                "compared_with": group,
                "title": entry.title,
                "unit": entry.unit,
                "precision": float(entry.precision),
                "value": float(own.iloc[0]),
                "others": len(within) - 1,
                "rank": place.place if place else 0,
                "equals": place.equals if place else 0,
                "perimeter": vintages.perimeter,
                "vintage": vintage,
                "since": vintages.earlier if entry.measure == "rythme" else vintage,
                "source": join_list(name_sources(entry.counts)),
                **{name: getattr(spread, name) if spread else None for name in _SPREAD},
            }


_SPREAD = ("lowest", "first_quartile", "median", "third_quartile", "highest")


def name_sources(counts: str) -> list[str]:
    """Ids of the national reference's sources for what ``counts`` names (population, census)."""
    sources = read_national("sources")
    found = (find_source(sources, name) for name in FILES[counts])
    return list(dict.fromkeys(filter(None, found)))
