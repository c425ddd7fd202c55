"""Where a territory stands among its peers, those of its region and all: each context indicator.

Values are rounded as the catalogue says before they are ranked, as they are printed. The territory
is ranked among the others; median and quartiles are those of the others alone (``compute.ranking``
says how they are found)."""

from __future__ import annotations

import pandas as pd

from analysis.base.rounding import round_to_step
from analysis.compute.national.context import (
    Vintages,
    choose_vintages,
    compute_context,
    count_territories,
)
from analysis.compute.national.explanations import explain_missing
from analysis.compute.national.peers import PeersRule, choose_peers
from analysis.compute.national.reference_files import read_national
from analysis.compute.ranking import rank_among, summarise

#: Other territories below which there are no quartiles.
LEAST_FOR_QUARTILES = 5
#: Among whom: a territory's peers, all of its region, all.
GROUPS = ("peers", "region", "all")
#: The one for which the lowest value ranks first.
_LOWEST_FIRST = "baisse"


def name_vintage(row: pd.Series, vintages: Vintages) -> str:
    """Which year's data an indicator shows (a row of ``list_context``); '' when none may be."""
    if row["counts"] == "census":
        return f"recensement de {vintages.census}" if vintages.census else ""
    if vintages.population is None:
        return ""
    if row["measure"] == "rythme":
        return f"de {vintages.earlier} à {vintages.population}" if vintages.earlier else ""
    in_force = f", en vigueur en {vintages.year}" if vintages.in_force else ""
    return f"population légale de {vintages.population}{in_force}"


def _place(own: float, others: pd.Series, step: float, lowest_first: bool) -> dict[str, object]:
    """Rank of one value among others, and how those are spread."""
    if pd.isna(own):
        return {"count": len(others)}
    everyone = pd.concat([others, pd.Series([own])])
    rank = rank_among(everyone, own, lowest_first=lowest_first)
    found: dict[str, object] = {"count": len(others)}
    if rank is not None:
        found |= {"rank": rank.place, "ranked": rank.count, "equals": rank.equals}
    spread = summarise(others) if len(others) >= LEAST_FOR_QUARTILES else None
    if spread is None:
        return found | {"remark": "Trop peu de territoires connus : ni médiane, ni quartiles."}
    quartiles = (spread.first_quartile, spread.median, spread.third_quartile)
    named = zip(("q1", "median", "q3"), quartiles, strict=True)
    found |= {name: round_to_step(value, step) for name, value in named}
    return found | {"below": 100 * float((others < own).mean())}


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

    ``indicator``, ``title``, ``unit``, ``precision``, ``lowest_first``, ``value`` (rounded),
    ``vintage`` (French), ``reason`` (French: why the value is missing or special, else ''); then,
    for each of GROUPS: ``peers_count`` (others whose value is known), ``peers_rank`` among
    ``peers_ranked`` (it included), ``peers_equals`` (others just as high), ``peers_q1``,
    ``peers_median``, ``peers_q3`` (rounded), ``peers_below`` (share of the others whose value is
    lower, in %), ``peers_remark`` (French: why there are no quartiles, else '').
    """
    vintages, reasons = choose_vintages(year), explain_missing(siren, year)
    values = list_values(year)
    territories = read_national("territories").set_index("siren")
    region = territories["region"].reindex(values.index)
    groups = {
        "peers": choose_peers(siren, year, rule)["siren"],
        "region": region.index[region == territories["region"].get(siren)],
        "all": values.index,
    }
    rows = []
    for entry in read_national("context").to_dict("records"):
        id, step = entry["id"], entry["precision"]
        lowest_first = entry["direction"] == _LOWEST_FIRST
        own = values[id].get(siren, float("nan"))
        row = {
            **{name: entry[name] for name in ("title", "unit", "precision")},
            "indicator": id,
            "lowest_first": lowest_first,
            "value": own,
            "vintage": name_vintage(pd.Series(entry), vintages),
            "reason": reasons.get(id, ""),
        }
        for name in GROUPS:
            others = values[id].reindex(groups[name]).drop(siren, errors="ignore").dropna()
            placed = _place(own, others, step, lowest_first)
            row |= {f"{name}_{key}": value for key, value in placed.items()}
        rows.append(row)
    columns = ("count", "rank", "ranked", "equals", "q1", "median", "q3", "below", "remark")
    head = "indicator,title,unit,precision,lowest_first,value,vintage,reason".split(",")
    table = pd.DataFrame(rows).reindex(
        columns=[*head, *(f"{group}_{column}" for group in GROUPS for column in columns)]
    )
    whole = [f"{g}_{c}" for g in GROUPS for c in ("count", "rank", "ranked", "equals")]
    said = [f"{group}_remark" for group in GROUPS]
    for column in said:
        table[column] = table[column].astype("str").fillna("")
    return table.astype(dict.fromkeys(whole, "Int64"))
