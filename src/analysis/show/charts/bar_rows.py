"""Horizontal bars with their labels: the engine behind most kinds.

Every bar starts at zero, a negative one to its left; bars of one ``scale`` share one length unit.
Labels stand left of the bars, or above them on a narrow canvas where they would take too much of
it; numbers stand right of the bars and of zero. All are measured first, so that nothing overlaps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.show import colours, theme
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.drawing import Draft
from analysis.show.charts.facts import Fact
from analysis.show.charts.text_fitting import line_height, measure, wrap, wrap_evenly
from analysis.words import french

THICKNESS = 0.19
GAP = 0.07
COLUMN_GAP = 0.16
LABEL_SHARE = 0.38  # of the canvas's width, at most, for the labels


@dataclass(frozen=True)
class BarRow:
    """One bar.

    ``look`` is accent, soft, previous, remainder or partial. ``whole`` draws the whole behind the
    part; ``aside`` is said after the number in quieter words, ``columns`` in columns at the
    canvas's right, one below the other. ``bar=False`` writes the number alone, where nothing stands
    on the same scale to compare it with. ``fact`` is whose number it is,
    ``remark`` what is said with it where it stands alone.
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
    fact: Fact | None = None
    remark: str = ""

    @property
    def extent(self) -> float:
        """The longest thing drawn right of zero, in the value's unit."""
        return max(self.number or 0.0, self.whole or 0.0, 0.0) if self.bar else 0.0

    @property
    def depth(self) -> float:
        """The same left of zero."""
        return max(-(self.number or 0.0), 0.0) if self.bar else 0.0

    @property
    def is_quiet(self) -> bool:
        return self.look == "remainder" or self.number is None


def row_of(fact: Fact, **changes: object) -> BarRow:
    """The row of a fact: one second number beside its own, several in columns; ``changes`` set
    other fields."""
    details = tuple(detail.quantity for detail in fact.known_details)
    options = {
        "reference": fact.reference,
        "label": fact.label,
        "number": fact.number,
        "display": fact.display if fact.number is not None else french.MISSING,
        "aside": details[0] if len(details) == 1 else "",
        "columns": details if len(details) > 1 else (),
        "fact": fact,
    } | changes
    return BarRow(**options)


@dataclass(frozen=True)
class RowLayout:
    """Where rows stand: their bars from ``start`` on, ``zero`` further right where some are
    negative, their labels ``above`` or left of them, the right edges of their ``columns``, inches
    for one unit of each scale."""

    start: float
    zero: float
    above: bool
    columns: tuple[float, ...]
    scales: Mapping[str, float]

    @property
    def room(self) -> float:
        """Width for the labels at the left."""
        return self.start - GAP + 0.01


def _words_width(row: BarRow) -> float:
    width = measure(row.display, theme.BODY, "normal" if row.is_quiet else "bold")
    return width + (GAP + measure(row.aside, theme.SMALL) if row.aside else 0)


def _label_column(rows: Sequence[BarRow], width: float) -> float:
    """Width of the label column: the longest label, wrapped beyond ``LABEL_SHARE``."""
    limit = width * LABEL_SHARE
    widest = 0.0
    for row in rows:
        lines = wrap(row.label, limit, theme.BODY)
        widest = max(widest, *(measure(line, theme.BODY) for line in lines))
    return min(widest, limit * 1.15)


def _must_stand_above(rows: Sequence[BarRow], width: float) -> bool:
    """Whether a label would be cut in more than two lines, or leave its bar too little room."""
    limit = width * LABEL_SHARE
    return any(
        row.columns
        or len(wrap(row.label, limit, theme.BODY)) > 2
        or measure(row.label, theme.BODY) > 1.6 * limit
        for row in rows
    )


def plan_rows(canvas: Canvas, rows: Sequence[BarRow]) -> RowLayout:
    """The layout that all ``rows`` share, drawn at once or in several calls."""
    above = canvas.narrow and _must_stand_above(rows, canvas.width)
    start = 0.0 if above else _label_column(rows, canvas.width) + GAP
    count = max((len(row.columns) for row in rows), default=0)
    widths = [
        max(measure(row.columns[n], theme.SMALL) for row in rows if len(row.columns) > n)
        for n in range(count)
    ]
    edges, right = [], canvas.width
    for width in reversed(widths):
        edges.insert(0, right)
        right -= width + COLUMN_GAP
    groups = {
        name: [row for row in rows if row.scale == name]
        for name in dict.fromkeys(row.scale for row in rows)
    }
    depths = {name: max(row.depth for row in group) for name, group in groups.items()}
    scales = {
        name: _find_scale(group, depths[name], right - start) for name, group in groups.items()
    }
    # All bars begin at one line: as far right as the scale with the longest negative bar wants.
    below = max((depths[name] * scale for name, scale in scales.items()), default=0.0)
    scales = {
        name: min(scale, _find_scale(groups[name], 0.0, right - start - below))
        if any(row.extent for row in groups[name])
        else scale
        for name, scale in scales.items()
    }
    return RowLayout(start, start + below, above, tuple(edges), scales)


def _find_scale(rows: Sequence[BarRow], depth: float, room: float) -> float:
    """Inches for one unit: the longest that leaves every number its room right of the bars, and of
    zero where ``depth`` units lie left of it."""
    candidates = [
        (room - GAP - _words_width(row)) / (depth + row.extent)
        for row in rows
        if depth + row.extent
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


def draw_rows(draft: Draft, rows: Sequence[BarRow], layout: RowLayout | None = None) -> None:
    """Draw ``rows`` from the cursor down. ``layout`` is given where several calls share one."""
    canvas, top = draft.canvas, draft.y
    layout = layout or plan_rows(canvas, rows)
    for row in rows:
        middle, height = _write_label(canvas, row, draft.y, layout)
        _draw_bar(canvas, row, middle, draft.accent, layout)
        if layout.above:
            half = THICKNESS / 2 + 0.015
            _draw_zero(canvas, layout.zero, middle - half, middle + half)
        draft.y += height
    if not layout.above:
        _draw_zero(canvas, layout.zero, top, draft.y)


def _draw_zero(canvas: Canvas, x: float, top: float, bottom: float) -> None:
    """The line from which bars begin."""
    canvas.line([x, x], [top, bottom], theme.INK, width=0.7, layer=4)


def _write_label(canvas: Canvas, row: BarRow, y: float, layout: RowLayout) -> tuple[float, float]:
    """A row's label; returns the middle of its bar and the height of the row."""
    step, ink = line_height(theme.BODY), _ink(row)
    if layout.above:
        lines = wrap(row.label, canvas.width, theme.BODY)
        words = step * len(lines)
        canvas.write(0, y + words / 2, lines, colour=ink)
        return y + words + THICKNESS / 2 + 0.01, words + THICKNESS + 0.11
    lines = wrap_evenly(row.label, layout.room, theme.BODY)
    height = max(THICKNESS + 0.09, step * len(lines) + 0.05)
    middle = y + height / 2
    canvas.write(layout.start - GAP, middle, lines, align="right", colour=ink)
    return middle, height


def _ink(row: BarRow) -> str:
    return theme.QUIET if row.is_quiet else theme.INK


def _draw_bar(canvas: Canvas, row: BarRow, middle: float, accent: str, layout: RowLayout) -> None:
    """A row's bar, on the track of its whole, then its number and what is said after it."""
    start = x = layout.zero
    if row.number is not None and row.bar:
        scale = layout.scales[row.scale]
        length = row.number * scale
        if row.whole:
            whole = row.whole * scale
            canvas.bar(start, middle, whole, THICKNESS, theme.TRACK, layer=1, edge=theme.RULE)
            x = start + whole
        fill, hatch, edge = paint(row.look, accent)
        canvas.bar(start, middle, length, THICKNESS, fill, hatch=hatch, edge=edge)
        edges = (start, middle - THICKNESS / 2, start + length, middle + THICKNESS / 2)
        spot = row.fact.spot(*edges, row.remark) if row.fact else None
        canvas.record(row.reference, row.number, length, row.scale, spot=spot)
        x = max(x, start + length)
    x += GAP
    weight = "normal" if row.is_quiet else "bold"
    canvas.write(x, middle, row.display, weight=weight, colour=_ink(row))
    if row.aside:
        shift = measure(row.display, theme.BODY, weight) + GAP
        canvas.write_small(x + shift, middle, row.aside)
    for edge, words in zip(layout.columns, row.columns, strict=False):
        canvas.write_small(edge, middle, words, align="right")
