"""Growth of the communes' population in classes: each told by a colour, a sign and words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.compute.context_indicators import SMALLEST
from analysis.show import colours, theme
from analysis.words import french

#: Upper bounds of the classes of growth, % a year, and how many communes are named at either end.
DEFAULT_CLASSES, DEFAULT_EXTREMES = (-1, -0.2, 0.2, 1), 3


@dataclass(frozen=True)
class GrowthClasses:
    """Growth by commune (columns insee, name, growth_pct_per_year, vintage, since) with its
    ``class``: ``bounds`` part the classes, ``middle`` is the neutral one."""

    table: pd.DataFrame
    bounds: Sequence[float]
    middle: int
    labels: int

    @property
    def vintage(self) -> int:
        return int(self.table["vintage"].iloc[0])

    @property
    def since(self) -> int:
        return int(self.table["since"].iloc[0])

    @property
    def ranks(self) -> range:
        """The classes, from the strongest decrease."""
        return range(len(self.bounds) + 1)

    @property
    def rank_of(self) -> dict[str, int]:
        """The class of each commune by its INSEE code."""
        return dict(zip(self.table["insee"], self.table["class"], strict=True))

    def describe(self, rank: int) -> str:
        """« de 0,2 % à 1 % »."""
        if rank == 0:
            return f"moins de {format_bound(self.bounds[0])}"
        if rank == len(self.bounds):
            return f"{format_bound(self.bounds[-1])} et plus"
        low, high = self.bounds[rank - 1 : rank + 1]
        return f"de {format_bound(low)} à {format_bound(high)}"

    def sign(self, rank: int) -> str:
        return ("−" if rank < self.middle else "+") * abs(rank - self.middle)

    def fill(self, rank: int) -> str:
        if rank == self.middle:
            return theme.TRACK
        hue = theme.FALL if rank < self.middle else theme.RISE
        steps = self.middle if rank < self.middle else len(self.bounds) - self.middle
        return colours.sequential(hue, steps)[abs(rank - self.middle) - 1]

    def count(self, *ranks: int) -> int:
        """How many communes are in these classes."""
        return int(self.table["class"].isin(ranks).sum())

    @property
    def extremes(self) -> pd.DataFrame:
        """The communes at either end, the strongest growth first; only those outside the middle,
        and none so small that a few inhabitants move it."""
        large = self.table[self.table["inhabitants"] >= SMALLEST]
        ordered = large.sort_values(["growth_pct_per_year", "name"], ascending=[False, True])
        first = ordered[ordered["class"] > self.middle].head(self.labels)
        last = ordered[ordered["class"] < self.middle].tail(self.labels)
        return pd.concat([first, last])


def classify_growth(table: pd.DataFrame, change: Mapping | None) -> GrowthClasses | None:
    """Growth in the classes of a specification's ``change``; None where it is not asked for, or
    known for fewer than two communes."""
    known = table.dropna(subset=["growth_pct_per_year"])
    if change is None or len(known) < 2:
        return None
    bounds = [float(bound) for bound in change.get("classes") or DEFAULT_CLASSES]
    ranks = [sum(number >= bound for bound in bounds) for number in known["growth_pct_per_year"]]
    middle = sum(bound <= 0 for bound in bounds)
    labels = int(change.get("labels", DEFAULT_EXTREMES))
    return GrowthClasses(known.assign(**{"class": ranks}), bounds, middle, labels)


def format_bound(number: float) -> str:
    """« −0,2 % », « 1 % »."""
    return french.format_percentage(number, 0.1 if number % 1 else 1)


def format_growth(number: float) -> str:
    """« +2,3 % », « −0,4 % », « 0,0 % »."""
    return french.format_percentage(number, 0.1, signed=True)


def count_communes(count: int) -> str:
    return f"{french.format_number(count)} {french.choose_form(count, 'commune', 'communes')}"
