"""What is known of the communes in classes, each told by lightness alone and by its bounds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from analysis.base.rounding import round_to_step
from analysis.compute.context_indicators import SMALLEST
from analysis.compute.national import list_context
from analysis.model.references import PERCENT
from analysis.model.store import Edition, to_records
from analysis.words import french, prose

#: Classes of a map, and communes for each below which there are fewer classes.
CLASSES, FEWEST = 5, 3
#: Bounds of the class of growth that is called stable, % a year, and of all its classes.
STABLE = (-0.2, 0.2)
GROWTH_BOUNDS = (-1.0, *STABLE, 1.0)
GROWTH, ACTIONS = "evolution-population", "actions"


@dataclass(frozen=True)
class CommuneClasses:
    """An indicator of the communes (``values`` by INSEE code, those known) in classes: ``bounds``
    part them, a value at a bound belongs to the class above; ``named``: the values of those that
    are not too small to be named for it; ``source``: the table that its numbers are from."""

    id: str
    title: str
    unit: str
    step: float
    values: pd.Series
    bounds: Sequence[float]
    named: pd.Series
    source: str = "population"

    @property
    def ranks(self) -> dict[str, int]:
        """The class of each commune, 0 the lowest."""
        return {
            code: sum(round_to_step(value, self.step) >= bound for bound in self.bounds)
            for code, value in self.values.items()
        }

    def write(self, edition: Edition, value: float) -> str:
        """A value with its unit; a growth with its sign."""
        if self.id == ACTIONS:
            return french.format_count(int(value), "action", "actions")
        if self.id == GROWTH:
            return french.format_percentage(value, self.step, signed=True)
        return prose.format_measure(edition, value, self.unit, self.step)

    def describe(self, edition: Edition, rank: int) -> str:
        """« de 0,2 % à 1 % »: what a class holds; of things counted, « 2 à 3 »."""
        low = self.bounds[rank - 1] if rank else None
        high = self.bounds[rank] if rank < len(self.bounds) else None
        if self.id == ACTIONS:
            last = None if high is None else int(high) - 1
            first = int(low or 0)
            said = str(first) if first == last else f"{first} à {last}"
            said = f"{first} et plus" if last is None else said
            return "aucune action" if last == 0 else said
        ends = [self.write_bound(edition, end) for end in (low, high) if end is not None]
        if low is None or high is None:
            alone = f"moins de {ends[0]}" if low is None else f"{ends[0]} et plus"
            return alone if ends else "valeur connue"
        return f"de {ends[0]} à {ends[1]}"

    def write_bound(self, edition: Edition, bound: float) -> str:
        """A bound with its unit."""
        return prose.format_measure(edition, bound, self.unit, self.bound_step)

    @property
    def bound_step(self) -> float:
        """How bounds are rounded: to whole numbers where all of them are."""
        return 1 if all(float(one).is_integer() for one in self.bounds) else self.step


def choose_bounds(values: pd.Series, step: float) -> list[float]:
    """Bounds of at most ``CLASSES`` classes with as many communes in each as rounding allows: the
    quantiles, at the coarsest of the steps 1, 2, 5 × 10ⁿ that keeps them apart, never finer than
    ``step``; no class is empty."""
    rounded = values.map(lambda value: round_to_step(value, step))
    number = min(CLASSES, len(values) // FEWEST, rounded.nunique())
    if number < 2:
        return []
    quantiles = rounded.quantile([rank / number for rank in range(1, number)]).tolist()
    closest = min((b - a for a, b in pairwise(quantiles) if b > a),
                  default=(rounded.max() - rounded.min()) / 2)  # fmt: skip
    coarse = _round_step(closest / 2, step)
    bounds = sorted({round_to_step(bound, coarse) for bound in quantiles})
    return [b for b in bounds if rounded.min() < b <= rounded.max()]


def _round_step(most: float, least: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ that is not above ``most``, nor below ``least``."""
    if most <= least:
        return least
    power = 10.0 ** math.floor(math.log10(most))
    return max(least, next(s * power for s in (5, 2, 1) if s * power <= most * (1 + 1e-9)))


def list_classes(edition: Edition, communes: pd.DataFrame) -> list[CommuneClasses]:
    """In classes: how many actions name each member, the growth of its population, the context
    indicators of ``communes`` (see ``Portrait.communes``); each of which more than one commune is
    known."""
    members = edition.inhabitants.sort_values("insee").set_index("insee")
    actions = edition.places.groupby("insee")["action"].nunique()
    found = []
    if actions.reindex(members.index).notna().any():
        counts = actions.reindex(members.index).fillna(0).astype("float64")
        bounds = [1.0, *choose_bounds(counts[counts > 0], 1)]
        title = "Actions qui nomment la commune"
        found.append(CommuneClasses(ACTIONS, title, "", 1, counts, bounds, counts, "places"))
    entries = list_context()
    growth = members["growth_pct_per_year"].dropna()
    if growth.nunique() > 1:
        (entry,) = to_records(entries[entries["id"] == GROWTH])
        named = growth[members["municipal"].reindex(growth.index) >= SMALLEST]
        bounds = [b for b in GROWTH_BOUNDS if growth.min() < b <= growth.max()]
        found.append(CommuneClasses(GROWTH, entry["title"], PERCENT, 0.1, growth, bounds, named))
    known = communes.dropna(subset=["value"]).set_index("insee")
    for entry in entries[entries["id"].isin(known["indicator"])].itertuples():
        rows = known[known["indicator"] == entry.id]
        if len(rows) > 1:
            values, step = rows["value"], entry.precision
            limits = choose_bounds(values, step), values[~rows["small"].astype(bool)]
            found.append(CommuneClasses(entry.id, entry.title, entry.unit, step, values, *limits))
    return found
