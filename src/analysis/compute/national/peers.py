"""Which territories one is compared with: a stated rule that the analyst can change in data."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analysis.compute.national.context import count_territories
from analysis.compute.national.reference_files import read_national


@dataclass(frozen=True)
class PeersRule:
    """Same nature and same region or not; ``smallest`` and ``largest``: times the population."""

    same_nature: bool = True
    same_region: bool = False
    smallest: float = 0.5
    largest: float = 2.0


def choose_peers(siren: str, year: int, rule: PeersRule) -> pd.DataFrame:
    """Territories like one, without itself, by name: rows of ``read_national('territories')`` with
    ``municipal`` (inhabitants). Empty where its own population is not known."""
    counts = count_territories(year)["municipal"]
    if siren not in counts or pd.isna(counts[siren]):
        return read_national("territories").iloc[:0].assign(municipal=[])
    own = counts[siren]
    known = read_national("territories").join(counts.dropna(), on="siren", how="inner")
    itself = known[known["siren"] == siren].iloc[0]
    near = known["municipal"].between(rule.smallest * own, rule.largest * own)
    like = near & known["siren"].ne(siren)
    if rule.same_nature:
        like &= known["nature"] == itself["nature"]
    if rule.same_region:
        like &= known["region"] == itself["region"]
    return known[like].sort_values("name")
