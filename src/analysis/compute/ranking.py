"""Where a value stands among others: rank, median, quartiles. Plain arithmetic; French is said
elsewhere.

*Rank.* Rank 1 is the highest value. Equal values share the better rank and the next one is left
out: 1, 2, 2, 4. Two values are equal when they differ by no more than the noise of floating-point
arithmetic; whoever ranks values as they are printed rounds them first.

*Quartiles.* With n values in order, the share p lies at place 1 + p × (n − 1), between its two
neighbours in proportion (the default of R, numpy, pandas and Excel's QUARTILE.INC).

Values that are not known count nowhere. Fewer than ``LEAST`` known values are neither ranked nor
summarised: the second of two is but the lower one.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

#: Known values below which there is no rank, median or quartile.
LEAST = 3
#: Significant digits that are compared: beyond them lies the noise of floating-point arithmetic.
_DIGITS = 12


@dataclass(frozen=True)
class Rank:
    """``place`` 1 is the best of ``count`` known values; ``equals``: other values just as high."""

    place: int
    count: int
    equals: int = 0


@dataclass(frozen=True)
class Summary:
    """How ``count`` known values are spread."""

    count: int
    lowest: float
    first_quartile: float
    median: float
    third_quartile: float
    highest: float

    def find_quarter(self, value: float) -> int:
        """1 to 4, the quarter in which ``value`` lies, from the lowest: a value that is a quartile
        belongs to the quarter below it."""
        bounds = (self.first_quartile, self.median, self.third_quartile)
        return 1 + sum(_clean(value) > _clean(bound) for bound in bounds)


def _clean(value: float) -> float:
    return float(f"{value:.{_DIGITS}g}")


def rank_values(values: pd.Series) -> pd.Series:
    """The rank of each value, as nullable integers, on the same index; empty where the value is not
    known, and everywhere where fewer than ``LEAST`` are."""
    cleaned = values.astype("Float64").map(_clean, na_action="ignore")
    if cleaned.count() < LEAST:
        return pd.Series(pd.NA, index=values.index, dtype="Int64")
    return cleaned.rank(method="min", ascending=False).astype("Int64")


def rank_among(values: pd.Series, own: float) -> Rank | None:
    """Where ``own``, which is one of ``values``, stands among them; None where fewer than ``LEAST``
    are known, or ``own`` itself is not. Raises ValueError where it is none of them."""
    known = values.dropna().astype(float).map(_clean)
    if len(known) < LEAST or pd.isna(own):
        return None
    own = _clean(own)
    same = int((known == own).sum())
    if not same:
        raise ValueError(f"{own} is none of the values among which it is to be ranked")
    return Rank(1 + int((known > own).sum()), len(known), same - 1)


def summarise(values: pd.Series) -> Summary | None:
    """Lowest and highest value, median and quartiles; None where fewer than ``LEAST`` are known."""
    known = values.dropna().astype(float)
    if len(known) < LEAST:
        return None
    lowest, first, median, third, highest = map(float, known.quantile([0, 0.25, 0.5, 0.75, 1]))
    return Summary(len(known), lowest, first, median, third, highest)
