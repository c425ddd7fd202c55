"""Between which numbers a value may lie: its qualifier, and how it was rounded."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isinf

from analysis.model.references import MONEY, Row

#: By how much a value said « environ » or « près de » may miss, as a share of itself.
APPROXIMATION = 0.1
#: Binary dust of sums of decimals.
_NOISE = 1e-9


@dataclass(frozen=True)
class Interval:
    """From ``low`` to ``high``; an open end is not reached."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False

    def exceeds(self, other: Interval) -> bool:
        """Whether everything in it is larger than everything in the other."""
        if isinf(self.low) or isinf(other.high):
            return False  # nothing bounds one of them on that side
        noise = _NOISE * max(1.0, abs(self.low))
        if abs(self.low - other.high) <= noise:
            return self.low_open or other.high_open
        return self.low > other.high


def add(intervals: Iterable[Interval]) -> Interval:
    """Where a sum lies."""
    terms = list(intervals)
    return Interval(
        sum(term.low for term in terms),
        sum(term.high for term in terms),
        any(term.low_open for term in terms),
        any(term.high_open for term in terms),
    )


def find_rounding(row: Row) -> float:
    """Half the step to which a value is rounded; nothing where things were counted one by one.

    A whole number of trees or of communes is what it says: adding up to one more is an error, not
    a rounding. An amount, a measure with decimals, a share and a number rounded to the hundred may
    each miss by half their step.
    """
    counted = (
        row["precision"] == 1
        and row["measure"] != "taux"
        and row["unit"] != MONEY
        and float(row["value"]).is_integer()
    )
    return 0.0 if counted else row["precision"] / 2


def read_interval(row: Row) -> Interval:
    """Where the true value lies, by the typed one, its qualifier and its precision."""
    value, half = float(row["value"]), find_rounding(row)
    qualifier = row["qualifier"]
    if qualifier in ("plus de", "au moins"):
        return Interval(value - half, float("inf"), low_open=qualifier == "plus de")
    if qualifier in ("moins de", "au plus"):
        return Interval(float("-inf"), value + half, high_open=qualifier == "moins de")
    slack = APPROXIMATION * abs(value)
    if qualifier == "environ":
        return Interval(value - max(half, slack), value + max(half, slack))
    if qualifier == "près de":  # said of what comes close from below
        return Interval(value - max(half, slack), value + half)
    return Interval(value - half, value + half)
