"""The kinds of charts: what each reads, how it is drawn, one entry for each kind.

A builder module registers itself when it is imported by ``charts``; ``charts.yml`` names kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analysis.model.store import Edition
from analysis.show.charts.chart_rows import ChartRows, Selector, select_items
from analysis.show.charts.drawing import Drawing

#: An edition, a specification, the rows of the chart, the width of the picture in inches.
Builder = Callable[[Edition, Mapping, ChartRows, float], Drawing]


@dataclass(frozen=True)
class ChartKind:
    """A kind of chart: how its rows are read and drawn, the keys its specification must or may
    have."""

    name: str
    select: Selector
    build: Builder
    required: frozenset[str]
    optional: frozenset[str]


KINDS: dict[str, ChartKind] = {}


def register(
    name: str,
    *,
    select: Selector = select_items,
    required: tuple[str, ...] = ("items",),
    optional: tuple[str, ...] = (),
) -> Callable[[Builder], Builder]:
    """Enter a builder under the name that ``kind:`` gives in charts.yml."""

    def enter(build: Builder) -> Builder:
        fields = frozenset(required), frozenset(optional)
        KINDS[name] = ChartKind(name, select, build, *fields)
        return build

    return enter
