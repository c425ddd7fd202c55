"""Horizontal bars with their labels: the engine behind most kinds.

Every bar starts at zero; bars of one ``scale`` share one length unit. Labels stand left of the
bars, numbers right of them, both measured first so that nothing overlaps.
May import colours, theme, facts and sheet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis import colours, french, theme
from analysis.charts.facts import Fact
from analysis.charts.sheet import Sheet, line_height, measure, wrap, wrap_evenly

THICKNESS = 0.19
GAP = 0.07
LABEL_SHARE = 0.36  # of the sheet's width, at most, for the labels


@dataclass(frozen=True)
class Row:
    """One bar. ``look`` is accent, soft, previous, remainder or partial; ``whole`` draws the whole
    behind the part; ``aside`` is said after the number in quieter words; ``bar=False`` writes the
    number alone, where nothing stands on the same scale to compare it with."""

    reference: str
    label: str
    number: float | None
    display: str
    look: str = "accent"
    aside: str = ""
    whole: float | None = None
    scale: str = "x"
    bar: bool = True

    @property
    def extent(self) -> float:
        """The longest thing drawn, in the value's unit."""
        return max(abs(self.number or 0.0), self.whole or 0.0) if self.bar else 0.0


def row_of(fact: Fact, **changes: object) -> Row:
    """The row of a fact, its second number beside it; ``changes`` set other fields."""
    options = {
        "reference": fact.reference,
        "label": fact.label,
        "number": fact.number,
        "display": fact.display if fact.number is not None else french.MISSING,
        "aside": fact.detail,
    } | changes
    return Row(**options)


def _words_width(row: Row) -> float:
    width = measure(row.display, theme.BODY, "bold")
    return width + (GAP + measure(row.aside, theme.SMALL) if row.aside else 0)


def label_column(rows: Sequence[Row], width: float, share: float = LABEL_SHARE) -> float:
    """Width of the label column: the longest label, wrapped beyond ``share`` of the sheet."""
    limit = width * share
    widest = 0.0
    for row in rows:
        lines = wrap(row.label, limit, theme.BODY)
        widest = max(widest, *(measure(line, theme.BODY) for line in lines))
    return min(widest, limit * 1.15)


def scale_of(rows: Sequence[Row], start: float, width: float) -> float:
    """Inches for one unit: the longest that leaves every number room at the right."""
    candidates = [
        (width - start - GAP - _words_width(row)) / row.extent for row in rows if row.extent
    ]
    return max(min(candidates, default=0.0), 0.0)


def find_scales(rows: Sequence[Row], start: float, width: float) -> dict[str, float]:
    """``scale_of`` for each scale named by the rows."""
    names = dict.fromkeys(row.scale for row in rows)
    return {
        name: scale_of([row for row in rows if row.scale == name], start, width) for name in names
    }


def _paint(look: str, accent: str) -> tuple[str, str | None, str | None]:
    """Fill, hatch and edge of a look."""
    return {
        "accent": (accent, None, None),
        "soft": (colours.lighten(accent, 0.5), None, None),
        "previous": (theme.PREVIOUS, None, None),
        "remainder": (theme.REMAINDER, theme.HATCH_REMAINDER, theme.PREVIOUS),
        "partial": (colours.lighten(accent, 0.75), theme.HATCH_REMAINDER, accent),
        "target": (theme.PAPER, None, theme.TARGET),
    }[look]


def draw_rows(
    sheet: Sheet,
    y: float,
    rows: Sequence[Row],
    accent: str,
    *,
    start: float | None = None,
    indent: float = 0.0,
    scales: Mapping[str, float] | None = None,
) -> float:
    """Draw ``rows`` from ``y`` down and return the y below.

    ``start`` is where bars begin; ``scales`` (inches for one unit) is given where several calls
    share one scale.
    """
    if start is None:
        start = indent + label_column(rows, sheet.width) + GAP
    if scales is None:
        scales = find_scales(rows, start, sheet.width)
    step = line_height(theme.BODY)
    top = y
    for row in rows:
        room = start - indent - GAP + 0.01
        lines = wrap_evenly(row.label, room, theme.BODY)
        height = max(THICKNESS + 0.09, step * len(lines) + 0.05)
        middle = y + height / 2
        quiet = row.look == "remainder" or row.number is None
        sheet.write(
            start - GAP,
            middle,
            "\n".join(lines),
            align="right",
            colour=theme.QUIET if quiet else theme.INK,
        )
        x = start
        if row.number is not None and row.bar:
            scale = scales[row.scale]
            length = abs(row.number) * scale
            if row.whole:
                sheet.bar(
                    start,
                    middle,
                    row.whole * scale,
                    THICKNESS,
                    theme.TRACK,
                    layer=1,
                    edge=theme.RULE,
                )
                x = start + row.whole * scale
            fill, hatch, edge = _paint(row.look, accent)
            sheet.bar(start, middle, length, THICKNESS, fill, hatch=hatch, edge=edge)
            sheet.mark(row.reference, abs(row.number), length, row.scale)
            x = max(x, start + length)
        x += GAP
        weight, ink = ("normal", theme.QUIET) if quiet else ("bold", theme.INK)
        sheet.write(x, middle, row.display, weight=weight, colour=ink)
        if row.aside:
            shift = measure(row.display, theme.BODY, weight) + GAP
            sheet.write(x + shift, middle, row.aside, size=theme.SMALL, colour=theme.QUIET)
        y += height
    sheet.line([start, start], [top, y], theme.INK, width=0.7, layer=4)
    return y
