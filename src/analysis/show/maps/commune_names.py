"""Names set beside a map, each led to its commune by a line: no name hides a commune, none overlaps
another, no two lines cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from matplotlib.colors import to_hex
from matplotlib.patches import Circle, PathPatch

from analysis.show import colours, theme
from analysis.show.charts.sheet import Sheet, line_height, measure, wrap, wrap_evenly
from analysis.show.maps.outlines import Map, Point

#: Inches between two names, between a name and its line, and of the line that runs level.
_GAP, _SPACE, _LEVEL = 0.07, 0.05, 0.1
_DOT = 0.027
#: Where a line, its dot and what stands over them are drawn: over the map, under every word (3).
_HALO, _LINE, _OVER = 2.5, 2.6, 2.7


@dataclass(frozen=True)
class Name:
    """What is written beside the map for the commune whose middle is ``point``: its name in bold,
    below it what is said of it."""

    point: Point
    title: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Block:
    """A name wrapped into lines."""

    point: Point
    title: list[str]
    details: list[str]

    @property
    def height(self) -> float:
        return len(self.title) * line_height(theme.BODY) + len(self.details) * line_height(
            theme.SMALL
        )


def _wrap_title(text: str, width: float) -> list[str]:
    """Lines of a name; one that is too wide is broken after a hyphen: « Saint-Amand- »."""
    open_up = text.replace("-", "-\u200b").replace("\u200b", " ")
    return [line.replace("- ", "-") for line in wrap_evenly(open_up, width, theme.BODY, "bold")]


def _shape(name: Name, width: float) -> _Block:
    details = [line for text in name.details for line in wrap(text, width, theme.SMALL)]
    return _Block(name.point, _wrap_title(name.title, width), details)


def measure_width(names: Sequence[Name]) -> float:
    """Width in inches that the names need if nothing is to be wrapped."""
    widths = [measure(name.title, theme.BODY, "bold") for name in names]
    widths += [measure(text, theme.SMALL) for name in names for text in name.details]
    return max(widths, default=0) + 0.01


def measure_names(names: Sequence[Name], width: float) -> float:
    """Height in inches of the names one under another."""
    blocks = [_shape(name, width) for name in names]
    return sum(block.height for block in blocks) + _GAP * max(len(blocks) - 1, 0)


def stack(
    middles: Sequence[float], heights: Sequence[float], low: float, high: float
) -> list[float]:
    """Tops of blocks in their order, each as near its middle as the others allow, inside
    ``low``…``high``; below ``high`` where they do not fit."""
    tops: list[float] = []
    floor = low
    for middle, height in zip(middles, heights, strict=True):
        tops.append(max(middle - height / 2, floor))
        floor = tops[-1] + height + _GAP
    ceiling = max(high, low + sum(heights) + _GAP * (len(heights) - 1))
    for index in reversed(range(len(tops))):
        tops[index] = min(tops[index], ceiling - heights[index])
        ceiling = tops[index] - _GAP
    return tops


def _cross(one: tuple[Point, Point], other: tuple[Point, Point]) -> bool:
    """Whether two segments cross."""

    def side(a: Point, b: Point, c: Point) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    (a, b), (c, d) = one, other
    return side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0


def order_blocks(
    blocks: Sequence[_Block], end: float, low: float, high: float
) -> list[tuple[_Block, float]]:
    """Blocks with their tops, from the highest: in the order of their communes, then exchanged
    until no two lines cross."""
    order = sorted(blocks, key=lambda block: (block.point[1], block.point[0], block.title))
    for _ in range(len(order) ** 2 + 1):
        tops = stack(
            [block.point[1] for block in order], [block.height for block in order], low, high
        )
        lines = [
            (block.point, (end, top + line_height(theme.BODY) / 2))
            for block, top in zip(order, tops, strict=True)
        ]
        pairs = [
            (i, j) for i, j in combinations(range(len(order)), 2) if _cross(lines[i], lines[j])
        ]
        if not pairs:
            break
        first, second = pairs[0]
        order[first], order[second] = order[second], order[first]
    return list(zip(order, tops, strict=True))


def write_names(
    sheet: Sheet,
    names: Sequence[Name],
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
    bottom = low
    for block, top in order_blocks([_shape(name, width) for name in names], end, low, high):
        first = top + line_height(theme.BODY) / 2
        xs, ys = [block.point[0], end, x - away * _SPACE], [block.point[1], first, first]
        sheet.line(xs, ys, theme.PAPER, width=2.2, layer=_HALO)
        sheet.line(xs, ys, theme.INK, width=0.6, layer=_LINE)
        sheet.dot(*block.point, _DOT + 0.012, theme.PAPER, layer=_LINE)
        sheet.dot(*block.point, _DOT, theme.INK, layer=_OVER)
        for lines, size, colour, weight in (
            (block.title, theme.BODY, theme.INK, "bold"),
            (block.details, theme.SMALL, theme.QUIET, "normal"),
        ):
            for line in lines:
                top += sheet.write(
                    x, top, line, size=size, colour=colour, weight=weight, anchor="top",
                    align="right" if leftwards else "left",
                )  # fmt: skip
        bottom = max(bottom, top)
    return bottom


def write_around(sheet: Sheet, names: Sequence[Name], area: Map, space: float) -> float:
    """Write names on both sides of a map that stands in the middle of the sheet: those of the west
    on the left, those of the east on the right, as many lines on either. Returns how low they
    go."""
    left, right = area.left - space, area.right + space
    width = min(left, sheet.width - right)
    ordered = sorted(names, key=lambda name: name.point)
    half = measure_names(ordered, width) / 2
    west = [
        name
        for rank, name in enumerate(ordered)
        if measure_names(ordered[: rank + 1], width) <= half + 0.01
    ]
    east = ordered[len(west) :]
    return max(
        write_names(sheet, west, left, width, area.top, area.bottom, leftwards=True),
        write_names(sheet, east, right, width, area.top, area.bottom),
    )


def write_sign(sheet: Sheet, shape: PathPatch, point: Point, sign: str) -> None:
    """A sign or a number in its commune, in the ink that reads best there; a line that passes goes
    behind it."""
    ground = to_hex(shape.get_facecolor())
    ink = colours.choose_ink(ground, theme.INK)
    half = measure(sign, theme.NOTE, "bold") / 2
    behind = Circle(point, half + 0.015, facecolor=ground, edgecolor="none", zorder=_OVER)
    sheet.axes.add_patch(behind)
    behind.set_clip_path(shape)
    sheet.write(*point, sign, size=theme.NOTE, colour=ink, weight="bold", align="center")
