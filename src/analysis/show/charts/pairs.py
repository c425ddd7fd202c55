"""An indicator before and after: both values, whether they compare, their change in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analysis.model.references import find_monthly_step
from analysis.model.store import Edition
from analysis.show.charts.chart_rows import (
    ITEMS,
    ChartRows,
    Row,
    select_item,
    select_reference,
    select_value,
)
from analysis.show.charts.facts import Fact, read_label
from analysis.words.hidden_markup import mark, strip_marks

NOT_COMPARABLE = "périodes non comparables"
_MONTHLY = "par-mois"


@dataclass(frozen=True)
class BeforeAfter:
    """The value before, the value after, their change, the rates of a month where they do not
    compare; those that the frame has. The change's remark says whether they compare."""

    before: Fact | None
    after: Fact | None
    growth: Fact | None
    rates: tuple[Fact, ...]

    @property
    def facts(self) -> list[Fact]:
        return [fact for fact in (self.before, self.after) if fact]

    @property
    def known(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.number is not None]

    @property
    def label(self) -> str:
        return self.facts[-1].label

    @property
    def reservation(self) -> str:
        return self.growth.row["remark"] if self.growth else ""

    @property
    def comparable(self) -> bool:
        both = len(self.known) == 2
        return both and self.growth is not None and self.reservation != NOT_COMPARABLE

    @property
    def marked_change(self) -> str:
        """« +5,2 % » with its reference, or that there is none to show."""
        if self.comparable:
            return self.growth.marked_quantity if self.growth.number is not None else ""
        return NOT_COMPARABLE if self.growth else ""

    @property
    def change(self) -> str:
        return strip_marks(self.marked_change)

    @property
    def marked_verdict(self) -> str:
        """The change, or that there is none to show and the monthly rates (« 2,8 par mois, puis
        11,9 par mois »: what two lengths of time allow to compare), with their references."""
        if self.comparable or not self.rates:
            return self.marked_change
        rates = [mark(rate.display, rate.trace) + " par mois" for rate in self.rates]
        return f"{self.marked_change} ; {', puis '.join(rates)}"

    @property
    def verdict(self) -> str:
        return strip_marks(self.marked_verdict)

    def find_counted(self, rate: Fact) -> Fact:
        """The value of which a rate is the mean by month."""
        return next((fact for fact in self.facts if fact.reference == rate.reference), rate)


def select_pairs(edition: Edition, spec: Mapping) -> Iterator[Row]:
    """The value before, the latest and their change for each item, with the verdict of
    ``comparisons``; the rates of a month where the two do not compare and neither is zero."""
    for item in spec["items"]:
        item = {"indicator": item} if isinstance(item, str) else dict(item)
        name = item["indicator"]
        yield from select_item(
            edition, "before", item | {"indicator": f"{name}:precedent"}, of=name
        )
        yield from select_item(edition, ITEMS, item)
        latest = edition.value(name)
        compared = edition.rows(
            "comparisons", indicator=latest.indicator, territory=latest.territory
        )
        comparable = not compared.empty and compared["comparable"].iloc[0]
        yield select_reference(
            edition,
            "growth",
            f"{name}:evolution",
            of=name,
            label=read_label(edition, item.get("label"), latest.title),
            remark=compared["reservation"].iloc[0] if comparable else NOT_COMPARABLE,
        )
        if not compared.empty and not comparable:
            yield from _select_rates(edition, item, compared.iloc[0])


def _select_rates(edition: Edition, item: Mapping, compared: pd.Series) -> Iterator[Row]:
    """Means by month, both rounded as ``:par-mois`` is, by the latest."""
    rates = [compared["monthly_precedent"], compared["monthly_latest"]]
    if not all(rate and not pd.isna(rate) for rate in rates):
        return
    name = item["indicator"]
    step = find_monthly_step(rates[-1], edition.value(name).precision)
    for reference, rate in zip((f"{name}:precedent", name), rates, strict=True):
        row = select_reference(edition, "rate", reference, of=name)
        mean = replace(
            edition.value(reference), value=float(rate), precision=step, modifier=_MONTHLY
        )
        label = read_label(edition, item.get("label"), row["title"])
        yield row | select_value(mean, label=label, calculated=True)


def read_pairs(rows: ChartRows) -> list[BeforeAfter]:
    """The pairs of a chart's rows, those that have a value left."""
    pairs = []
    for facts in rows.group().values():
        by_role = {fact.role: fact for fact in facts}
        rates = tuple(fact for fact in facts if fact.role == "rate")
        pairs.append(BeforeAfter(*map(by_role.get, ("before", ITEMS, "growth")), rates))
    return [pair for pair in pairs if pair.facts]
