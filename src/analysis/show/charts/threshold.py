"""« seuil »: a value against the minimum asked for, or against all there are; one dot for each unit
where they can be counted. Dots are drawn for other kinds too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import GAP, draw_rows, row_of
from analysis.show.charts.drawing import Drawing, Plate, begin, say
from analysis.show.charts.facts import Fact, read_fact, round_alike
from analysis.show.charts.registry import register
from analysis.show.charts.sheet import Sheet, measure

#: Above this number a value is drawn as a bar, up to it as one dot for each unit.
MAX_DOTS = 40
#: Distance of dots from centre to centre: never so near that they cannot be counted.
WIDEST, NARROWEST = 0.34, 0.165


def are_countable(*facts: Fact | None) -> bool:
    """Whether each number is whole and small enough to be drawn as dots."""
    numbers = [fact.number for fact in facts if fact]
    return all(n is not None and float(n).is_integer() and 0 <= n <= MAX_DOTS for n in numbers)


@dataclass(frozen=True)
class Dots:
    """A grid of dots filled row by row: where it stands, how it is spaced."""

    top: float
    pitch: float
    each_row: int
    count: int

    @property
    def bottom(self) -> float:
        return self.top + self.pitch * -(-self.count // self.each_row)

    @property
    def radius(self) -> float:
        return self.pitch * 0.38

    def place(self, number: int) -> tuple[float, float]:
        """The centre of a dot, counted from zero."""
        row, column = divmod(number, self.each_row)
        return self.pitch * (column + 0.5), self.top + self.pitch * (row + 0.5)


def arrange_dots(sheet: Sheet, top: float, count: int) -> Dots:
    """One row where the dots stay large enough, else as few rows of one length as that takes."""
    count = max(count, 1)
    rows = 1
    while sheet.width / -(-count // rows) < NARROWEST:
        rows += 1
    each_row = -(-count // rows)
    return Dots(top, min(WIDEST, sheet.width / each_row), each_row, count)


@register("seuil", required=("value", "threshold"), optional=("missing",))
def build_threshold(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Dots, or two bars."""
    names = [name for name in ("value", "threshold", "missing") if spec.get(name)]
    facts = round_alike(edition, [read_fact(edition, spec[name]) for name in names])
    value, threshold, missing = [*facts, None][:3]
    plate = begin(edition, spec, facts, width)
    if are_countable(value, threshold):
        _draw_dots(plate, value, threshold, missing)
        kind = "Rangée de points, un par unité"
    else:
        rows = [row_of(value), row_of(threshold, look="target")]
        plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent)
        kind = "Diagramme en barres horizontales"
    return plate.complete(kind, [say(fact) for fact in facts])


def _draw_dots(plate: Plate, value: Fact, threshold: Fact, missing: Fact | None) -> None:
    sheet, count, needed = plate.sheet, int(value.number), int(threshold.number)
    above = f"{value.label} : {value.display}"
    below = f"{threshold.label} : {threshold.display}"
    y = plate.y
    y += sheet.write(
        0, y, above, weight="bold", colour=plate.accent, anchor="top", width=sheet.width
    )
    dots = arrange_dots(sheet, y + 0.03, max(count, needed))
    for number in range(dots.count):
        if number < count:
            sheet.dot(*dots.place(number), dots.radius, plate.accent)
        else:
            sheet.dot(*dots.place(number), dots.radius, theme.PAPER, edge=theme.TARGET)
    sheet.mark(value.reference, count, count * dots.pitch)
    sheet.mark(threshold.reference, needed, needed * dots.pitch)
    one_row = dots.each_row >= dots.count
    if missing and missing.number and dots.count > count:
        lack = f"{missing.label} : {missing.display}"
        x = dots.place(dots.count - 1)[0] + dots.pitch / 2 + GAP
        if one_row and measure(lack, theme.BODY) <= sheet.width - x:
            sheet.write(x, dots.place(0)[1], lack)
        else:
            below = f"{below} ; {lack[:1].lower()}{lack[1:]}"
    y = dots.bottom + 0.04
    if one_row:
        end = dots.pitch * needed
        sheet.line([0.01, 0.01, end, end], [y - 0.05, y, y, y - 0.05], theme.TARGET, width=1.0)
    plate.y = y + 0.02 + sheet.write(0, y + 0.02, below, anchor="top", width=sheet.width)
