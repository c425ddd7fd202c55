"""The kinds of charts: one builder signature, one entry for each kind.

A builder module registers itself when it is imported by ``charts``; ``charts.yml`` names kinds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from analysis.model.store import Edition
from analysis.show.charts.drawing import Drawing

#: An edition, a specification, the width of the picture in inches.
Builder = Callable[[Edition, Mapping, float], Drawing]


@dataclass(frozen=True)
class ChartKind:
    """A kind of chart: its builder and the keys its specification must or may have."""

    name: str
    builder: Builder
    required: frozenset[str]
    optional: frozenset[str]
    counts_items: bool  # whether its numbers are the references of its specification


KINDS: dict[str, ChartKind] = {}


def register(
    name: str,
    *,
    required: tuple[str, ...] = ("items",),
    optional: tuple[str, ...] = (),
    counts_items: bool = True,
) -> Callable[[Builder], Builder]:
    """Enter a builder under the name that ``kind:`` gives in charts.yml."""

    def enter(builder: Builder) -> Builder:
        KINDS[name] = ChartKind(
            name, builder, frozenset(required), frozenset(optional), counts_items
        )
        return builder

    return enter
