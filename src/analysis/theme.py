"""Fonts, sizes and colours of every picture, in one place; colours are named by their meaning.

Pictures are drawn at the size they are read (an A4 text column), so the sizes below are those of
the printed page. No global setting is touched: everything is drawn and saved inside ``style()``.
Imports matplotlib and seaborn, nothing of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
import seaborn as sns
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure

#: Width of the A4 text column, inches.
WIDTH = 6.3

#: The font that matplotlib ships: the same letters, hence the same bytes, on every machine.
FONT = "DejaVu Sans"

#: Type sizes in points: value labels, row labels, secondary words, notes.
STRONG, BODY, SMALL, NOTE = 9.0, 8.6, 7.8, 7.2

PAPER = "#ffffff"
INK = "#1f2a30"  # words that must be read first
QUIET = "#55626a"  # secondary words: 6.2:1 on paper
RULE = "#b7c0c5"  # axes and leader lines
TRACK = "#e9edef"  # the whole behind a part
PREVIOUS = "#8b989f"  # the period before
REMAINDER = "#dfe4e7"  # what the source does not detail (always hatched)
TARGET = INK  # an objective or a legal minimum (always an outline, never a filled mark)
DEFAULT_ACCENT = "#1d5b79"  # where no chapter gives its colour

#: Hatches say without colour what is estimated or not comparable, or not detailed.
HATCH_REMAINDER = "////"

#: Contrasts asked for by WCAG 2: words, and marks that carry meaning.
TEXT_CONTRAST, MARK_CONTRAST = 4.5, 3.0

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
    "text.parse_math": False,  # a dollar or an underscore in a title is no formula
}


@contextmanager
def style() -> Iterator[None]:
    """Everything drawn or saved inside has the report's style; nothing remains afterwards."""
    with mpl.rc_context(), sns.axes_style("white"):
        mpl.rcParams.update(_RC)
        yield


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2, 0 (black) to 1 (white)."""
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2 between two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def darken_until_readable(colour: str, against: str = PAPER, ratio: float = TEXT_CONTRAST) -> str:
    """``colour``, darkened by small steps until its contrast with ``against`` reaches ``ratio``."""
    red, green, blue = to_rgb(colour)
    for step in range(100):
        keep = 1 - step / 100
        shade = to_hex((red * keep, green * keep, blue * keep))
        if contrast(shade, against) >= ratio:
            return shade
    return to_hex((0, 0, 0))


def shade(colour: str, count: int) -> list[str]:
    """``count`` shades of one hue, from ``colour`` to light: they differ by lightness alone, so
    that every form of colour blindness, and a grey print, tells them apart."""
    if count <= 1:
        return [to_hex(colour)]
    lightest = 0.55 if count == 2 else 0.72
    red, green, blue = to_rgb(colour)
    shades = []
    for index in range(count):
        mix = lightest * index / (count - 1)
        shades.append(to_hex(tuple(c + (1 - c) * mix for c in (red, green, blue))))
    return shades


def sequential(colour: str, count: int) -> list[str]:
    """``count`` colours from light to ``colour`` for ordered classes (a map's legend)."""
    return list(reversed(shade(colour, count)))


def lighten(colour: str, mix: float) -> str:
    """``colour`` mixed with white; ``mix`` 0 leaves it, 1 gives white."""
    return to_hex(tuple(c + (1 - c) * mix for c in to_rgb(colour)))


def save_figure(figure: Figure, path: Path) -> Path:
    """Write ``figure`` as the suffix of ``path`` says (.svg, .png), same bytes at each run.

    The folder must exist. No date and no software name is written into the file.
    """
    metadata = {"Date": None, "Creator": None} if path.suffix == ".svg" else {"Software": None}
    with style():
        figure.savefig(path, metadata=metadata, dpi=200)
    return path
