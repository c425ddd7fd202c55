"""One dot for each unit where units can be counted: a grid filled row by row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from analysis.show.charts.canvas import Canvas
from analysis.show.charts.facts import Fact

#: Above this number a value is drawn as a bar, up to it as one dot for each unit.
MAX_DOTS = 40
#: Distance of dots from centre to centre: never so near that they cannot be counted.
WIDEST, NARROWEST = 0.34, 0.165


def are_countable(*facts: Fact) -> bool:
    """Whether each number is whole and small enough to be drawn as dots."""
    numbers = [fact.number for fact in facts]
    return all(n is not None and float(n).is_integer() and 0 <= n <= MAX_DOTS for n in numbers)


@dataclass(frozen=True)
class DotGrid:
    """Where dots stand: their distance, in inches, and how many there are in a row."""

    top: float
    pitch: float
    each_row: int
    count: int

    @property
    def has_one_row(self) -> bool:
        return self.each_row >= self.count

    @property
    def bottom(self) -> float:
        return self.top + self.pitch * -(-self.count // self.each_row)

    def place(self, number: int) -> tuple[float, float]:
        """The centre of a dot, counted from zero."""
        row, column = divmod(number, self.each_row)
        return self.pitch * (column + 0.5), self.top + self.pitch * (row + 0.5)

    def surround(self, numbers: range) -> tuple[float, float, float, float]:
        """The box of dots that follow each other: left, top, right, bottom; of several rows, whole
        rows."""
        half = self.pitch / 2
        (left, top), (right, bottom) = self.place(numbers[0]), self.place(numbers[-1])
        if top != bottom:
            left, right = self.place(0)[0], self.place(self.each_row - 1)[0]
        return left - half, top - half, right + half, bottom + half

    def draw(self, canvas: Canvas, numbers: Iterable[int], fill: str, edge: str | None) -> None:
        for number in numbers:
            canvas.dot(*self.place(number), self.pitch * 0.38, fill, edge=edge)


def arrange_dots(canvas: Canvas, top: float, count: int) -> DotGrid:
    """One row where the dots stay large enough, else as few rows of one length as that takes."""
    count = max(count, 1)
    rows = 1
    while canvas.width / -(-count // rows) < NARROWEST:
        rows += 1
    each_row = -(-count // rows)
    return DotGrid(top, min(WIDEST, canvas.width / each_row), each_row, count)
