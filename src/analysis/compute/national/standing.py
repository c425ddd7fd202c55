"""Where a territory stands among its peers and among all: each context indicator.

Values are rounded as the catalogue says before they are ranked, as they are printed. The territory
is ranked among the others; median and quartiles are those of the others alone (``compute.ranking``
says how they are found)."""

from __future__ import annotations

import pandas as pd

from analysis.base.rounding import round_to_step
from analysis.compute.national.context import compute_context, count_territories
from analysis.compute.national.explanations import explain_missing
from analysis.compute.national.peers import PeersRule, choose_peers
from analysis.compute.national.reference_files import read_national
from analysis.compute.ranking import rank_among, summarise

#: Other territories below which there are no quartiles.
LEAST_FOR_QUARTILES = 5
#: Among whom: a territory's peers, all.
GROUPS = ("peers", "all")
#: The indicator that peers are chosen by.
POPULATION = "population-en-vigueur"


def _place(own: float, others: pd.Series, step: float, ranked: bool) -> dict[str, object]:
    """Rank of one value among others, where it is ``ranked``, and how those are spread."""
    found: dict[str, object] = {"count": len(others)}
    if pd.isna(own):
        return found
    if ranked and (rank := rank_among(pd.concat([others, pd.Series([own])]), own)):
        found |= {"rank": rank.place, "ranked": rank.count, "equals": rank.equals}
    if len(others) >= LEAST_FOR_QUARTILES and (spread := summarise(others)):
        quartiles = (spread.first_quartile, spread.median, spread.third_quartile)
        named = zip(("q1", "median", "q3"), quartiles, strict=True)
        found |= {name: round_to_step(value, step) for name, value in named}
    return found


def list_values(year: int) -> pd.DataFrame:
    """The context indicators of every territory for an edition, rounded as they are printed: a row
    for each siren, a column for each indicator."""
    table = compute_context(year).pivot(index="siren", columns="indicator", values="value")
    catalogue = read_national("context").set_index("id")
    for id in table:
        step = catalogue.loc[id, "precision"]
        table[id] = table[id].map(lambda v, s=step: round_to_step(v, s), na_action="ignore")
    return table.reindex(index=count_territories(year).index, columns=catalogue.index)


def stand(siren: str, year: int, rule: PeersRule) -> pd.DataFrame:
    """Where a territory stands in an edition: a row for each context indicator, in the order of the
    catalogue.

    ``indicator``, ``title``, ``unit``, ``precision``, ``value`` (rounded), ``reason`` (French: why
    the value is missing or special, else ''); then, for each of GROUPS: ``peers_count`` (others
    whose value is known), ``peers_rank`` among ``peers_ranked`` (it included), the highest first,
    ``peers_equals`` (others just as high), ``peers_q1``, ``peers_median``, ``peers_q3`` (rounded).
    By the population that they are chosen for, a territory has no rank among its peers.
    """
    reasons, values = explain_missing(siren, year), list_values(year)
    groups = {"peers": choose_peers(siren, year, rule)["siren"], "all": values.index}
    rows = []
    for entry in read_national("context").to_dict("records"):
        id, step = entry["id"], entry["precision"]
        own = values[id].get(siren, float("nan"))
        row = {name: entry[name] for name in ("title", "unit", "precision")}
        row |= {"indicator": id, "value": own, "reason": reasons.get(id, "")}
        for name, members in groups.items():
            others = values[id].reindex(members).drop(siren, errors="ignore").dropna()
            placed = _place(own, others, step, name == "all" or id != POPULATION)
            row |= {f"{name}_{key}": value for key, value in placed.items()}
        rows.append(row)
    columns = ("count", "rank", "ranked", "equals", "q1", "median", "q3")
    head = ["indicator", "title", "unit", "precision", "value", "reason"]
    named = [f"{group}_{column}" for group in GROUPS for column in columns]
    whole = [f"{g}_{c}" for g in GROUPS for c in columns[:4]]
    table = pd.DataFrame(rows).reindex(columns=[*head, *named])
    return table.astype(dict.fromkeys(whole, "Int64"))
