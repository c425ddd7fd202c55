"""How a form looks: fonts, fills, borders; sizes in points, colours as RRGGBB with or without #."""

from __future__ import annotations

import textwrap
from typing import Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.styles.differential import DifferentialStyle

from analysis.show import colours
from analysis.show.identity import read_identity

FONT = "Calibri"
INK, QUIET, RULE, MAIN = (
    read_identity().light[name].lstrip("#") for name in ("ink", "quiet", "rule", "main")
)
GIVEN = QUIET  # headings of what is not to be filled in
LOCKED = "F3F5F6"  # what the form says
TO_FILL = "FFF3C4"  # what still waits for an answer
NOT_AVAILABLE = "E4E8EA"

#: Height of a line of text by size of font, and the least height of a row, points.
LINE_HEIGHT = {8: 11, 10: 13.2, 11: 14.6}
LEAST_HEIGHT = 30

_LINE = Side(style="thin", color=RULE)
BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
TOP_LEFT = Alignment(vertical="top", horizontal="left", wrap_text=True)
TOP_RIGHT = Alignment(vertical="top", horizontal="right", wrap_text=True)
MIDDLE = Alignment(vertical="center", horizontal="left", wrap_text=True)
ON_ONE_LINE = Alignment(vertical="center", horizontal="left")
TOP_ON_ONE_LINE = Alignment(vertical="top", horizontal="left")
OPEN = Protection(locked=False)


def fill(colour: str) -> PatternFill:
    """A plain fill."""
    return PatternFill("solid", fgColor=colour.lstrip("#").upper())


def style(
    size: float = 10,
    colour: str = INK,
    alignment: Alignment | None = TOP_LEFT,
    ground: str = "",
    **font: bool,
) -> dict[str, Any]:
    """The styles of a cell by openpyxl's names; cells with a ground have a border too."""
    own = Font(name=FONT, size=size, color=colour.lstrip("#").upper(), **font)
    styles: dict[str, Any] = {"font": own}
    if alignment:
        styles["alignment"] = alignment
    if ground:
        styles |= {"fill": fill(ground), "border": BORDER}
    return styles


def answer(kind: str) -> dict[str, Any]:
    """The styles of a cell to fill in; numbers and dates stand to the right."""
    alignment = TOP_RIGHT if kind in ("number", "date") else TOP_LEFT
    return style(alignment=alignment) | {"border": BORDER, "protection": OPEN}


#: A cell that waits for an answer. A conditional fill is read from bgColor, unlike a plain one.
WAITING = DifferentialStyle(fill=PatternFill("solid", bgColor=TO_FILL))
#: A cell in which the service says that it has no value.
DECLINED = DifferentialStyle(
    font=Font(italic=True, color=QUIET), fill=PatternFill("solid", bgColor=NOT_AVAILABLE)
)


def tint(colour: str) -> tuple[str, str]:
    """A chapter's pale colour, and the same hue dark enough to be read on it."""
    pale = colours.lighten(colour, 0.86)
    return pale, colours.darken_until_readable(colour, pale, 7)


def count_lines(text: str, width: float, size: float) -> int:
    """How many lines a text takes in a column of ``width`` characters (of size 11, as spreadsheets
    count them): letters are a little narrower than the figures that widths are counted in."""
    across = max(4, int(width * 11 / size * 1.08))
    return sum(len(textwrap.wrap(line, across)) or 1 for line in text.split("\n"))
