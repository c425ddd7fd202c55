"""Names set beside a map, each led to its commune by a line: no name hides a commune, none overlaps
another, no two lines cross.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from matplotlib.colors import to_hex
from matplotlib.patches import Circle, PathPatch

from analysis.show import colours, theme
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.text_fitting import (
    line_height,
    measure,
    place_apart,
    wrap,
    wrap_evenly,
)
from analysis.show.maps.outlines import CommuneMap, Point

#: Inches between two names, between a name and its line, and of the line that runs level.
_GAP, _SPACE, _LEVEL = 0.07, 0.05, 0.1
_DOT = 0.027
#: Where a line, its dot and what stands over them are drawn: over the map, under every word (3).
_HALO, _LINE, _OVER = 2.5, 2.6, 2.7


@dataclass(frozen=True)
class NameLabel:
    """What is written beside the map for the commune whose middle is ``point``: its name in bold,
    below it what is said of it. Each is one line, or several once it is wrapped."""

    point: Point
    title: tuple[str, ...]
    details: tuple[str, ...] = ()

    @property
    def height(self) -> float:
        titles, details = len(self.title), len(self.details)
        return titles * line_height(theme.BODY) + details * line_height(theme.SMALL)

    @property
    def width(self) -> float:
        """Inches that the label needs if nothing is to be wrapped."""
        widths = [measure(line, theme.BODY, "bold") for line in self.title]
        return max(widths + [measure(line, theme.SMALL) for line in self.details]) + 0.01

    def wrap(self, width: float) -> NameLabel:
        """A name that is too wide is broken after a hyphen too: « Saint-Amand- »."""
        open_up = " ".join(self.title).replace("-", "- ")
        lines = wrap_evenly(open_up, width, theme.BODY, "bold")
        title = tuple(line.replace("- ", "-") for line in lines)
        details = [line for text in self.details for line in wrap(text, width, theme.SMALL)]
        return NameLabel(self.point, title, tuple(details))


def label_communes(
    area: CommuneMap, entries: Iterable[tuple[str, str, Sequence[str]]]
) -> list[NameLabel]:
    """Labels of communes (INSEE code, name, what is said of each) that the map has an outline
    of."""
    return [
        NameLabel(area.middles[code], (name,), tuple(details))
        for code, name, details in entries
        if code in area.middles
    ]


def measure_height(names: Sequence[NameLabel], width: float) -> float:
    """Height in inches of the names one under another."""
    return sum(name.wrap(width).height for name in names) + _GAP * max(len(names) - 1, 0)


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two segments cross."""

    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    (a, b), (c, d) = one, other
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def arrange_names(
    names: Sequence[NameLabel], end: float, low: float, high: float
) -> list[tuple[NameLabel, float]]:
    """Wrapped names with their tops, from the highest: in the order of their communes, then
    exchanged until no two lines cross. They go on below ``high`` where they do not fit."""
    order = sorted(names, key=lambda name: (name.point[1], name.point[0], name.title))
    for _ in range(len(order) ** 2 + 1):
        wanted = [name.point[1] - name.height / 2 for name in order]
        sizes = [name.height for name in order]
        lowest = max(high, low + sum(sizes) + _GAP * (len(sizes) - 1))
        tops = place_apart(wanted, sizes, _GAP, low, lowest)
        lines = [
            (name.point, (end, top + line_height(theme.BODY) / 2))
            for name, top in zip(order, tops, strict=True)
        ]
        pairs = (p for p in combinations(range(len(order)), 2) if _cross(*(lines[i] for i in p)))
        first, second = next(pairs, (None, None))
        if first is None:
            break
        order[first], order[second] = order[second], order[first]
    return list(zip(order, tops, strict=True))


def write_names(
    canvas: Canvas,
    names: Sequence[NameLabel],
    x: float,
    width: float,
    low: float,
    high: float,
    *,
    leftwards: bool = False,
) -> float:
    """Write names from ``x`` rightwards (from ``x`` leftwards, aligned on it, where asked), and the
    line that leads from each to its commune. Returns how low they go."""
    away = -1 if leftwards else 1
    end = x - away * (_SPACE + _LEVEL)
    style = {"anchor": "top", "align": "right" if leftwards else "left"}
    bottom = low
    for name, top in arrange_names([name.wrap(width) for name in names], end, low, high):
        first = top + line_height(theme.BODY) / 2
        line = [name.point[0], end, x - away * _SPACE], [name.point[1], first, first]
        canvas.line(*line, theme.PAPER, width=2.2, layer=_HALO)
        canvas.line(*line, theme.INK, width=0.6, layer=_LINE)
        canvas.dot(*name.point, _DOT + 0.012, theme.PAPER, layer=_LINE)
        canvas.dot(*name.point, _DOT, theme.INK, layer=_OVER)
        for line in name.title:
            top += canvas.write(x, top, line, weight="bold", **style)
        for line in name.details:
            top += canvas.write_small(x, top, line, **style)
        bottom = max(bottom, top)
    return bottom


def write_beside(
    canvas: Canvas,
    names: Sequence[NameLabel],
    area: CommuneMap,
    space: float,
    edge: float | None = None,
) -> float:
    """Write names at the right of a map, up to ``edge`` (by default the canvas's). Returns how low
    they go."""
    x = area.right + space
    width = (canvas.width if edge is None else edge) - x
    return write_names(canvas, names, x, width, area.top, area.bottom)


def write_around(
    canvas: Canvas, names: Sequence[NameLabel], area: CommuneMap, space: float
) -> float:
    """Write names on both sides of a map that stands in the middle of the canvas: those of the west
    on the left, those of the east on the right, as many lines on either. Returns how low they
    go."""
    left, right = area.left - space, area.right + space
    width = min(left, canvas.width - right)
    ordered = sorted(names, key=lambda name: name.point)
    half = measure_height(ordered, width) / 2
    west = [
        name
        for rank, name in enumerate(ordered)
        if measure_height(ordered[: rank + 1], width) <= half + 0.01
    ]
    east = ordered[len(west) :]
    return max(
        write_names(canvas, west, left, width, area.top, area.bottom, leftwards=True),
        write_names(canvas, east, right, width, area.top, area.bottom),
    )


def write_sign(canvas: Canvas, shape: PathPatch, point: Point, sign: str) -> None:
    """A sign or a number in its commune, in the ink that reads best there; a line that passes goes
    behind it."""
    ground = to_hex(shape.get_facecolor())
    ink = colours.choose_ink(ground, theme.INK)
    half = measure(sign, theme.NOTE, "bold") / 2
    behind = Circle(point, half + 0.015, facecolor=ground, edgecolor="none", zorder=_OVER)
    canvas.axes.add_artist(behind)
    behind.set_clip_path(shape)
    canvas.write(*point, sign, size=theme.NOTE, colour=ink, weight="bold", align="center")
