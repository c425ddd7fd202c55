"""Slopes: small multiples of pairs that compare, each on its own scale from zero."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.show import theme
from analysis.show.charts.drawing import Plate
from analysis.show.charts.facts import Fact
from analysis.show.charts.sheet import line_height, wrap, wrap_evenly

PLOT_HEIGHT = 0.85
MAX_COLUMNS = 3
GUTTER = 0.3


@dataclass(frozen=True)
class Slope:
    """A pair under its name, with its change in words."""

    label: str
    change: str
    before: Fact
    after: Fact


def draw_slopes(plate: Plate, pairs: Sequence[Slope]) -> None:
    """Panels side by side, two or three a row."""
    columns = min(2 if plate.sheet.narrow else MAX_COLUMNS, max(len(pairs), 2))
    if len(pairs) == 4:
        columns = 2
    width = (plate.sheet.width - GUTTER * (columns - 1)) / columns
    for first in range(0, len(pairs), columns):
        group = pairs[first : first + columns]
        heads = [wrap_evenly(pair.label, width, theme.BODY, "bold") for pair in group]
        room = max(len(head) for head in heads) * line_height(theme.BODY)
        bottoms = [
            _draw_slope(plate, pair, index * (width + GUTTER), width, head, room)
            for index, (pair, head) in enumerate(zip(group, heads, strict=True))
        ]
        plate.y = max(bottoms) + 0.12


def _draw_slope(
    plate: Plate, pair: Slope, left: float, width: float, head: list[str], room: float
) -> float:
    """One panel; its scale goes from zero (the lower rule) to the larger value."""
    sheet, accent = plate.sheet, plate.accent
    y = plate.y
    y += room
    sheet.write(left, y, "\n".join(head), weight="bold", anchor="bottom")
    sheet.write(left, y, pair.change, anchor="top", colour=theme.QUIET)
    y += line_height(theme.BODY) * 2 + 0.1
    base = y + PLOT_HEIGHT
    numbers = (pair.before.number, pair.after.number)
    scale = PLOT_HEIGHT / (max(numbers) or 1)
    inset = min(width * 0.22, 0.5)
    xs = (left + inset, left + width - inset)
    ys = tuple(base - number * scale for number in numbers)
    sheet.line([left, left + width], [base, base], theme.RULE)
    for x in xs:
        sheet.line([x, x], [base, y - 0.02], theme.TRACK)
    sheet.line(xs, ys, accent, width=2.0, layer=3)
    rising = numbers[1] >= numbers[0]
    looks = ((theme.PREVIOUS, theme.INK), (accent, accent))
    bottom = base
    for index, (fact, x, dot_y) in enumerate(zip((pair.before, pair.after), xs, ys, strict=True)):
        fill, ink = looks[index]
        sheet.dot(x, dot_y, 0.055, fill, layer=5)
        sheet.mark(fact.reference, fact.number, base - dot_y, scale=pair.after.reference)
        # Below the lower end of the line, above the higher one: the line never crosses a number.
        above = (index == 1) == rising or base - dot_y < line_height(theme.BODY) + 0.12
        sheet.write(
            x,
            dot_y - 0.07 if above else dot_y + 0.07,
            fact.display,
            weight="bold",
            colour=ink,
            align="center",
            anchor="bottom" if above else "top",
        )
        period = wrap(fact.period, width / 2 - 0.06, theme.SMALL)
        foot = sheet.write(
            x,
            base + 0.03,
            "\n".join(period),
            size=theme.SMALL,
            colour=theme.QUIET,
            align="center",
            anchor="top",
        )
        bottom = max(bottom, base + 0.03 + foot)
    return bottom
