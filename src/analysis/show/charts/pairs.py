"""An indicator before and after: both values, whether they compare, their change in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analysis.model.store import Edition
from analysis.show.charts.facts import Fact, read_fact
from analysis.words.hidden_markup import mark, strip_marks
from analysis.words.prose import describe_rates

NOT_COMPARABLE = "périodes non comparables"


@dataclass(frozen=True)
class BeforeAfter:
    """The value before, the value after, and whether they may be compared."""

    before: Fact
    after: Fact
    growth: Fact
    comparable: bool = False
    reservation: str = ""
    monthly: tuple[float, float] | None = None  # means by month, where neither is zero

    @property
    def label(self) -> str:
        return self.after.label

    @property
    def facts(self) -> tuple[Fact, Fact]:
        return self.before, self.after

    @property
    def marked_change(self) -> str:
        """« +5,2 % » with its reference, or that there is none to show."""
        if self.comparable:
            return self.growth.marked_quantity if self.growth.number is not None else ""
        return NOT_COMPARABLE

    @property
    def change(self) -> str:
        return strip_marks(self.marked_change)

    @property
    def marked_verdict(self) -> str:
        """The change, or that there is none to show and the monthly rates (« 2,8 par mois, puis
        11,9 par mois »: what two lengths of time allow to compare), with their references."""
        if self.comparable or not self.monthly:
            return self.marked_change
        rates = [
            mark(rate, fact.trace) + " par mois"
            for fact, rate in zip(self.facts, self.rates, strict=True)
        ]
        return f"{self.marked_change} ; {', puis '.join(rates)}"

    @property
    def verdict(self) -> str:
        return strip_marks(self.marked_verdict)

    @property
    def rates(self) -> list[str]:
        """Both monthly rates in words."""
        return describe_rates([fact.value for fact in self.facts], self.monthly)


def read_pair(edition: Edition, item: Mapping | str) -> BeforeAfter:
    """The latest value and the one before of an item, with the verdict of ``comparisons``."""
    item = {"indicator": item} if isinstance(item, str) else dict(item)
    reference = item["indicator"]
    after = read_fact(edition, item)
    before = read_fact(edition, item | {"indicator": f"{reference}:precedent"})
    growth = read_fact(edition, f"{reference}:evolution")
    growth = replace(growth, label=after.label, marked_label=after.marked_label)
    pair = BeforeAfter(before, after, growth)
    rows = edition.rows(
        "comparisons", indicator=after.value.indicator, territory=after.value.territory
    )
    if rows.empty:
        return pair
    row = rows.iloc[0]
    rates = (row["monthly_precedent"], row["monthly_latest"])
    known = all(rate and not pd.isna(rate) for rate in rates)
    return replace(
        pair,
        comparable=bool(row["comparable"]),
        reservation=row.get("reservation", ""),
        monthly=tuple(map(float, rates)) if known else None,
    )
