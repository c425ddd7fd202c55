"""Slopes: small multiples of pairs that compare, each on its own scale from zero."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.show import theme
from analysis.show.charts.drawing import Draft
from analysis.show.charts.pairs import BeforeAfter
from analysis.show.charts.text_fitting import line_height, wrap, wrap_evenly

PLOT_HEIGHT = 0.85
MAX_COLUMNS = 3
GUTTER = 0.3


def draw_slopes(draft: Draft, pairs: Sequence[BeforeAfter]) -> None:
    """Panels side by side, two or three a row."""
    columns = min(2 if draft.canvas.narrow else MAX_COLUMNS, max(len(pairs), 2))
    if len(pairs) == 4:
        columns = 2
    width = (draft.canvas.width - GUTTER * (columns - 1)) / columns
    for first in range(0, len(pairs), columns):
        row = pairs[first : first + columns]
        heads = [wrap_evenly(pair.label, width, theme.BODY, "bold") for pair in row]
        top = draft.y + max(len(head) for head in heads) * line_height(theme.BODY)
        bottoms = []
        for index, (pair, head) in enumerate(zip(row, heads, strict=True)):
            left = index * (width + GUTTER)
            draft.canvas.write(left, top, head, weight="bold", anchor="bottom")
            draft.canvas.write(left, top, pair.change, anchor="top", colour=theme.QUIET)
            bottoms.append(_draw_slope(draft, pair, left, top, width))
        draft.y = max(bottoms) + 0.12


def _draw_slope(draft: Draft, pair: BeforeAfter, left: float, top: float, width: float) -> float:
    """One panel below its name and its change; its scale goes from zero (a rule), or from the
    lowest negative value, to the highest. Returns the y below."""
    canvas, accent = draft.canvas, draft.accent
    top += line_height(theme.BODY) * 2 + 0.1
    numbers = [fact.number for fact in pair.facts]
    highest, lowest = max(0.0, *numbers), min(0.0, *numbers)
    scale = PLOT_HEIGHT / ((highest - lowest) or 1)
    base = top + highest * scale
    foot = top + PLOT_HEIGHT + (line_height(theme.BODY) + 0.07 if lowest < 0 else 0)
    inset = min(width * 0.22, 0.5)
    xs = (left + inset, left + width - inset)
    ys = [base - number * scale for number in numbers]
    canvas.line([left, left + width], [base, base], theme.RULE)
    if lowest < 0:  # else the rule that they stand on is known to be zero
        canvas.write_small(left, base - 0.01, "0", anchor="bottom")
    for x in xs:
        canvas.line([x, x], [top + PLOT_HEIGHT, top - 0.02], theme.TRACK)
    canvas.line(xs, ys, accent, width=2.0, layer=3)
    rising = numbers[1] >= numbers[0]
    bottom = foot
    inks = ((theme.PREVIOUS, theme.INK), (accent, accent))
    for fact, x, y, (fill, ink) in zip(pair.facts, xs, ys, inks, strict=True):
        canvas.dot(x, y, 0.055, fill, layer=5)
        spot = fact.spot(x - 0.055, y - 0.055, x + 0.055, y + 0.055)
        canvas.record(fact.reference, fact.number, base - y, pair.after.reference, spot=spot)
        # Below the lower end of the line, above the higher one: the line never crosses a number.
        higher = (fact is pair.after) == rising
        above = higher or (lowest == 0 and base - y < line_height(theme.BODY) + 0.12)
        place = {"anchor": "bottom" if above else "top", "align": "center"}
        canvas.write(
            x, y + (-0.07 if above else 0.07), fact.display, weight="bold", colour=ink, **place
        )
        period = wrap(fact.period, width / 2 - 0.06, theme.SMALL)
        height = canvas.write_small(x, foot + 0.03, period, align="center", anchor="top")
        bottom = max(bottom, foot + 0.03 + height)
    return bottom
