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
#: The same without the width: the specification with its own placeholders (« [communes] ») filled.
Filler = Callable[[Edition, Mapping, ChartRows], Mapping]


@dataclass(frozen=True)
class ChartKind:
    """A kind of chart: how its rows are read and drawn, the keys its specification must or may
    have."""

    name: str
    select: Selector
    fill: Filler
    build: Builder
    required: frozenset[str]
    optional: frozenset[str]
    counts_items: bool  # whether its numbers are the references of its specification

    @property
    def is_map(self) -> bool:
        return self.name.startswith("carte")


KINDS: dict[str, ChartKind] = {}


def keep_spec(edition: Edition, spec: Mapping, rows: ChartRows) -> Mapping:
    """A specification without placeholders, as it is."""
    return spec


def register(
    name: str,
    *,
    select: Selector = select_items,
    fill: Filler = keep_spec,
    required: tuple[str, ...] = ("items",),
    optional: tuple[str, ...] = (),
    counts_items: bool = True,
) -> Callable[[Builder], Builder]:
    """Enter a builder under the name that ``kind:`` gives in charts.yml."""

    def enter(build: Builder) -> Builder:
        fields = frozenset(required), frozenset(optional)
        KINDS[name] = ChartKind(name, select, fill, build, *fields, counts_items)
        return build

    return enter
