"""A sparkline: the shape of a series in the height of a line of text, without a word in it.

Each has its own scale, which spans at least a fifth of its largest value: what hardly moves looks
so. The last point is filled, an estimate is a ring.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.chart_rows import COLUMNS
from analysis.show.charts.facts import Fact, tell_row
from analysis.show.charts.series import find_points, find_spec
from analysis.show.charts.series_drawing import ESTIMATE, select_points
from analysis.words import french

WIDTH, HEIGHT, DOT = 0.8, 0.22, 0.03
#: Share of the largest value that the scale spans at least.
LEAST = 0.2


@dataclass(frozen=True)
class Sparkline:
    """The picture, and what it shows in words."""

    figure: Figure
    alt: str
    has_estimate: bool


def draw_sparkline(edition: Edition, indicator: str) -> Sparkline | None:
    """The comparable dated values of an indicator, two or more, as its chart shows them; None where
    there are fewer."""
    spec = find_spec(edition, indicator) or {"indicator": indicator}
    points = find_points(edition, spec, fewest=2)
    facts = [tell_row(edition, COLUMNS | row) for row in select_points(edition, spec, points)]
    if not facts:
        return None
    told = [f"{fact.display} ({fact.period}{_say_role(fact)})" for fact in facts]
    with theme.style():
        figure = _draw(facts)
    is_estimated = any(fact.role == ESTIMATE for fact in facts)
    return Sparkline(figure, french.typeset(f"Tracé : {', '.join(told)}"), is_estimated)


def _say_role(fact: Fact) -> str:
    return ", estimation" if fact.role == ESTIMATE else ""


def _draw(facts: Sequence[Fact]) -> Figure:
    canvas = Canvas(WIDTH)
    days = [fact.value.period_end.toordinal() for fact in facts]
    numbers = [fact.number for fact in facts]
    low, high = min(numbers), max(numbers)
    span = max(high - low, LEAST * max(abs(low), abs(high))) or 1.0
    middle = (low + high) / 2
    room, left = HEIGHT - 4 * DOT, 2 * DOT
    pitch = (canvas.width - 2 * left) / (days[-1] - days[0])
    xs = [left + (day - days[0]) * pitch for day in days]
    ys = [HEIGHT / 2 - (number - middle) / span * room for number in numbers]
    canvas.line(xs, ys, theme.QUIET, width=1.2)
    for fact, x, y in zip(facts, xs, ys, strict=True):
        hollow = fact.role == ESTIMATE or fact.is_partial
        fill = theme.PAPER if hollow else theme.INK if fact is facts[-1] else theme.QUIET
        canvas.dot(x, y, DOT * (1.4 if fact is facts[-1] else 1), fill, edge=theme.QUIET)
    return canvas.finish(HEIGHT)
