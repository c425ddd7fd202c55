"""How a form looks: fonts, fills, borders, widths; colours by their meaning.

Sizes in points, widths in
characters.
"""

from __future__ import annotations

import textwrap

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

#: Width of each column of a sheet, by the key of its heading.
WIDTHS = {
    "indicators": {
        "code": 11, "title": 25, "definition": 33, "unit": 13, "asked": 12.5, "previous": 19,
        "value": 12.5, "qualifier": 10.5, "status": 11.5, "period_start": 11, "period_end": 11,
        "document": 19, "note": 21,
    },
    "actions": {"code": 11, "title": 32, "summary": 56, "state": 15, "news": 52, "note": 28},
    "due": {"code": 11, "title": 66, "due": 24, "state": 15, "new_due": 15, "note": 42},
    "news": {
        "nature": 12, "title": 34, "description": 52, "unit": 13, "value": 13, "period_start": 12,
        "period_end": 12, "document": 28,
    },
}  # fmt: skip

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
    """A plain fill; ``colour`` as RRGGBB, with or without #."""
    return PatternFill("solid", fgColor=colour.lstrip("#").upper())


def font(size: float = 10, colour: str = INK, **more: bool) -> Font:
    """The form's font."""
    return Font(name=FONT, size=size, color=colour.lstrip("#").upper(), **more)


def waiting() -> DifferentialStyle:
    """A cell that waits for an answer."""
    # A conditional fill is read from bgColor, unlike a plain one.
    return DifferentialStyle(fill=PatternFill("solid", bgColor=TO_FILL))


def declined() -> DifferentialStyle:
    """A cell in which the service says that it has no value."""
    return DifferentialStyle(
        font=Font(italic=True, color=QUIET), fill=PatternFill("solid", bgColor=NOT_AVAILABLE)
    )


def band(colour: str) -> tuple[PatternFill, PatternFill, Font]:
    """A chapter's row: fill of its first cell, fill of the others, font readable on the latter."""
    pale = colours.lighten(colour, 0.86)
    ink = colours.darken_until_readable(colour, pale, 7)
    return fill(colour), fill(pale), font(10.5, ink, bold=True)


def count_lines(text: str, width: float, size: float) -> int:
    """How many lines a text takes in a column of ``width`` characters (of size 11, as spreadsheets
    count them): letters are a little narrower than the figures that widths are counted in."""
    across = max(4, int(width * 11 / size * 1.08))
    return sum(len(textwrap.wrap(line, across)) or 1 for line in text.split("\n"))
