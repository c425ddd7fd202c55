"""How every picture is drawn: the identity's fonts, sizes and colours as matplotlib takes them.

Pictures are drawn at the size they are read (an A4 text column), so the sizes below are those of
the printed page. No global setting is touched: everything is drawn and saved inside ``style()``.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.font_manager import fontManager

from analysis.base.paths import DRAWN_VARIABLE
from analysis.show.dark_ground import add_dark_ground
from analysis.show.identity import read_identity

_IDENTITY = read_identity()

#: Width of the A4 text column, and of a telephone's screen without its margins, inches.
WIDTH, NARROW = 6.3, 3.4

#: The font that the project ships: the same letters, hence the same bytes, on every machine.
FONT = _IDENTITY.fonts["sans"].family

#: Type sizes in points: value labels, row labels, secondary words, notes.
STRONG, BODY, SMALL, NOTE = (
    _IDENTITY.type[name] for name in ("chart-strong", "chart", "chart-small", "chart-note")
)

PAPER = _IDENTITY.light["paper"]
INK = _IDENTITY.light["ink"]  # words that must be read first
QUIET = _IDENTITY.light["quiet"]  # secondary words
RULE = _IDENTITY.light["rule"]  # axes and leader lines
TRACK = _IDENTITY.light["track"]  # the whole behind a part
PREVIOUS = _IDENTITY.light["previous"]  # the period before
REMAINDER = _IDENTITY.light["remainder"]  # what the source does not detail (always hatched)
TARGET = INK  # an objective or a legal minimum (always an outline, never a filled mark)

#: Hatches say without colour what is estimated or not comparable, or not detailed.
HATCH_REMAINDER = "////"

_RC = {
    "font.family": [FONT],
    "font.size": BODY,
    "text.color": INK,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.8,
    "hatch.color": PREVIOUS,
    "hatch.linewidth": 0.6,
    "figure.facecolor": PAPER,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "path",  # the same shape everywhere, whatever fonts a reader has
    "svg.hashsalt": "analysis",  # the same ids, hence the same bytes, at each run
    "text.hinting": "none",  # a PNG's letters are as wide as they were measured
    "text.parse_math": False,  # a dollar or an underscore in a title is no formula
}


def _register_fonts() -> None:
    for style in _IDENTITY.fonts["sans"].files:
        fontManager.addfont(_IDENTITY.fonts["sans"].file(style))


_register_fonts()


@contextmanager
def style() -> Iterator[None]:
    """Everything drawn or saved inside has the report's style; nothing remains afterwards."""
    with mpl.rc_context(_RC):
        yield


def save_figure(figure: Figure, path: Path) -> Path:
    """Write ``figure`` as the suffix of ``path`` says (.svg, .png), same bytes at each run.

    The folder must exist. No date and no software name is written into the file. An SVG follows
    the reader's setting where the screen is dark. Where ``DRAWN_VARIABLE`` names a folder that has
    this figure, it is taken from there.
    """
    if drawn := os.environ.get(DRAWN_VARIABLE):
        with suppress(FileNotFoundError):
            path.write_bytes(Path(drawn, path.name).read_bytes())
            return path
    if path.suffix == ".svg":
        path.write_text(compose_svg(figure), encoding="utf-8", newline="")
    else:
        with style():
            figure.savefig(path, metadata={"Software": None}, dpi=200)
    return path


def compose_svg(figure: Figure) -> str:
    """``figure`` as an SVG that follows the reader's setting where the screen is dark."""
    content = io.StringIO(newline="")
    with style():
        figure.savefig(content, format="svg", metadata={"Date": None, "Creator": None}, dpi=200)
    return add_dark_ground(content.getvalue(), _IDENTITY)
