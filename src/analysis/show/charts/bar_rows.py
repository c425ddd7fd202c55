"""Horizontal bars with their labels: the engine behind most kinds.

Every bar starts at zero; bars of one ``scale`` share one length unit. Labels stand left of the
bars, or above them on a narrow sheet where they would take too much of it; numbers stand right of
the bars. All are measured first, so that nothing overlaps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.show import colours, theme
from analysis.show.charts.facts import Fact
from analysis.show.charts.sheet import Sheet, line_height, measure, wrap, wrap_evenly
from analysis.words import french

THICKNESS = 0.19
GAP = 0.07
COLUMN_GAP = 0.16
LABEL_SHARE = 0.38  # of the sheet's width, at most, for the labels
BADGE = 0.19  # side of a numbered square beside a label


@dataclass(frozen=True)
class Row:
    """One bar.

    ``look`` is accent, soft, previous, remainder, partial or target; ``colour`` stands for the
    accent. ``whole`` draws the whole behind the part; ``aside`` is said after the number in quieter
    words, ``columns`` in columns at the sheet's right, one below the other; ``badge`` is a number
    on a square of its colour, in a column of its own. ``bar=False`` writes the number alone, where
    nothing stands on the same scale to compare it with.
    """

    reference: str
    label: str
    number: float | None
    display: str
    look: str = "accent"
    aside: str = ""
    columns: tuple[str, ...] = ()
    whole: float | None = None
    scale: str = "x"
    bar: bool = True
    colour: str = ""
    badge: tuple[str, str] | None = None

    @property
    def extent(self) -> float:
        """The longest thing drawn, in the value's unit."""
        return max(abs(self.number or 0.0), self.whole or 0.0) if self.bar else 0.0

    @property
    def is_quiet(self) -> bool:
        return self.look == "remainder" or self.number is None


def row_of(fact: Fact, **changes: object) -> Row:
    """The row of a fact: one second number beside its own, several in columns; ``changes`` set
    other fields."""
    details = tuple(detail.text for detail in fact.details)
    options = {
        "reference": fact.reference,
        "label": fact.label,
        "number": fact.number,
        "display": fact.display if fact.number is not None else french.MISSING,
        "aside": details[0] if len(details) == 1 else "",
        "columns": details if len(details) > 1 else (),
    } | changes
    return Row(**options)


@dataclass(frozen=True)
class Layout:
    """Where rows stand: their bars from ``start`` on, their labels ``above`` or left of them, the
    right edges of their ``columns``, inches for one unit of each scale."""

    start: float
    above: bool
    columns: tuple[float, ...]
    scales: Mapping[str, float]
    indent: float = 0.0

    @property
    def room(self) -> float:
        """Width for the labels at the left."""
        return self.start - self.indent - GAP + 0.01


def _words_width(row: Row) -> float:
    width = measure(row.display, theme.BODY, "normal" if row.is_quiet else "bold")
    return width + (GAP + measure(row.aside, theme.SMALL) if row.aside else 0)


def _lead(row: Row) -> float:
    """What stands beside the words of a label."""
    return BADGE + GAP if row.badge else 0.0


def _label_column(rows: Sequence[Row], width: float) -> float:
    """Width of the label column: the longest label, wrapped beyond ``LABEL_SHARE``."""
    limit = width * LABEL_SHARE
    widest = 0.0
    for row in rows:
        lines = wrap(row.label, limit - _lead(row), theme.BODY)
        widest = max(widest, *(measure(line, theme.BODY) + _lead(row) for line in lines))
    return min(widest, limit * 1.15)


def _must_stand_above(rows: Sequence[Row], width: float) -> bool:
    """Whether a label would be cut in more than two lines, or leave its bar too little room."""
    limit = width * LABEL_SHARE
    return any(
        row.columns
        or len(wrap(row.label, limit - _lead(row), theme.BODY)) > 2
        or measure(row.label, theme.BODY) + _lead(row) > 1.6 * limit
        for row in rows
    )


def plan_rows(sheet: Sheet, rows: Sequence[Row], indent: float = 0.0) -> Layout:
    """The layout that all ``rows`` share, drawn at once or in several calls."""
    above = sheet.narrow and _must_stand_above(rows, sheet.width - indent)
    start = indent if above else indent + _label_column(rows, sheet.width - indent) + GAP
    count = max((len(row.columns) for row in rows), default=0)
    widths = [
        max(measure(row.columns[n], theme.SMALL) for row in rows if len(row.columns) > n)
        for n in range(count)
    ]
    edges, right = [], sheet.width
    for width in reversed(widths):
        edges.insert(0, right)
        right -= width + COLUMN_GAP
    names = dict.fromkeys(row.scale for row in rows)
    scales = {
        name: _find_scale([row for row in rows if row.scale == name], start, right)
        for name in names
    }
    return Layout(start, above, tuple(edges), scales, indent)


def _find_scale(rows: Sequence[Row], start: float, right: float) -> float:
    """Inches for one unit: the longest that leaves every number room at the right."""
    candidates = [
        (right - start - GAP - _words_width(row)) / row.extent for row in rows if row.extent
    ]
    return max(min(candidates, default=0.0), 0.0)


def paint(look: str, accent: str) -> tuple[str, str | None, str | None]:
    """Fill, hatch and edge of a look."""
    return {
        "accent": (accent, None, None),
        "soft": (colours.lighten(accent, 0.5), None, None),
        "previous": (theme.PREVIOUS, None, None),
        "track": (theme.TRACK, None, theme.RULE),
        "remainder": (theme.REMAINDER, theme.HATCH_REMAINDER, theme.PREVIOUS),
        "partial": (colours.lighten(accent, 0.75), theme.HATCH_REMAINDER, accent),
        "target": (theme.PAPER, None, theme.TARGET),
    }[look]


def draw_rows(
    sheet: Sheet, y: float, rows: Sequence[Row], accent: str, layout: Layout | None = None
) -> float:
    """Draw ``rows`` from ``y`` down and return the y below. ``layout`` is given where several calls
    share one."""
    layout = layout or plan_rows(sheet, rows)
    step = line_height(theme.BODY)
    top = y
    for row in rows:
        if layout.above:
            room = sheet.width - layout.indent - _lead(row)
            lines = wrap(row.label, room, theme.BODY)
            words = max(step * len(lines), BADGE + 0.03 if row.badge else 0)
            middle = y + words + THICKNESS / 2 + 0.01
            height = words + THICKNESS + 0.11
            x = layout.indent + _lead(row)
            sheet.write(x, y + words / 2, "\n".join(lines), colour=_ink(row))
            _draw_badge(sheet, row, layout.indent, y + words / 2)
        else:
            lines = wrap_evenly(row.label, layout.room - _lead(row), theme.BODY)
            height = max(THICKNESS + 0.09, step * len(lines) + 0.05)
            middle = y + height / 2
            x = layout.start - GAP - _lead(row)
            sheet.write(x, middle, "\n".join(lines), align="right", colour=_ink(row))
            _draw_badge(sheet, row, x + GAP, middle)
        _draw_bar(sheet, row, middle, accent, layout)
        y += height
        if layout.above:  # under each label, from zero
            sheet.line(
                [layout.start] * 2,
                [middle - THICKNESS / 2 - 0.015, middle + THICKNESS / 2 + 0.015],
                theme.INK,
                width=0.7,
                layer=4,
            )
    if not layout.above:
        sheet.line([layout.start, layout.start], [top, y], theme.INK, width=0.7, layer=4)
    return y


def _ink(row: Row) -> str:
    return theme.QUIET if row.is_quiet else theme.INK


def _draw_badge(sheet: Sheet, row: Row, left: float, middle: float) -> None:
    if not row.badge:
        return
    number, colour = row.badge
    sheet.bar(left, middle, BADGE, BADGE, colour)
    sheet.write(
        left + BADGE / 2,
        middle,
        number,
        size=theme.NOTE,
        weight="bold",
        align="center",
        colour=colours.choose_ink(colour, theme.INK_ON_SDG, theme.PAPER_ON_SDG),
    )


def _draw_bar(sheet: Sheet, row: Row, middle: float, accent: str, layout: Layout) -> None:
    start = x = layout.start
    if row.number is not None and row.bar:
        scale = layout.scales[row.scale]
        length = abs(row.number) * scale
        if row.whole:
            whole = row.whole * scale
            sheet.bar(start, middle, whole, THICKNESS, theme.TRACK, layer=1, edge=theme.RULE)
            x = start + whole
        fill, hatch, edge = paint(row.look, row.colour or accent)
        sheet.bar(start, middle, length, THICKNESS, fill, hatch=hatch, edge=edge)
        sheet.mark(row.reference, abs(row.number), length, row.scale)
        x = max(x, start + length)
    x += GAP
    weight = "normal" if row.is_quiet else "bold"
    sheet.write(x, middle, row.display, weight=weight, colour=_ink(row))
    if row.aside:
        shift = measure(row.display, theme.BODY, weight) + GAP
        sheet.write(x + shift, middle, row.aside, size=theme.SMALL, colour=theme.QUIET)
    for edge, words in zip(layout.columns, row.columns, strict=False):
        sheet.write(edge, middle, words, size=theme.SMALL, colour=theme.QUIET, align="right")
