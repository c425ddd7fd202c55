"""Widths and heights of words in inches, known before anything is drawn: words are wrapped or moved
so that they do not overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from matplotlib.backends.backend_agg import RendererAgg
from matplotlib.font_manager import FontProperties

from analysis.show import theme

#: Line spacing, as a multiple of the type size.
LEADING = 1.28

_MEASURE = RendererAgg(1, 1, 720)  # ten times the printed resolution: hinting does not blur widths


def _extent(text: str, size: float, weight: str = "normal") -> tuple[float, float, float]:
    """Width, height above the baseline and depth below it of the ink of ``text``, in inches."""
    font = FontProperties(family=theme.FONT, size=size, weight=weight)
    width, height, depth = _MEASURE.get_text_width_height_descent(text, font, ismath=False)
    return width / 720, (height - depth) / 720, depth / 720


@lru_cache(maxsize=4096)
def measure(text: str, size: float, weight: str = "normal") -> float:
    """Width of one line of ``text`` in inches."""
    return _extent(text, size, weight)[0]


@lru_cache
def capital(size: float) -> float:
    """Height of a capital or a figure, in inches: what the eye centres on a bar."""
    return _extent("HN", size)[1]


def line_height(size: float) -> float:
    """Distance between two lines of type in inches."""
    return size * LEADING / 72


def wrap(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """Lines of ``text`` no wider than ``width`` inches; breaks at plain spaces only, so that a
    number stays with its unit (no-break spaces) and a longer word stands alone."""
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer, size, weight) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines or [""]


def wrap_evenly(text: str, width: float, size: float, weight: str = "normal") -> list[str]:
    """``wrap``, then the narrowest width that keeps the number of lines: no orphan word."""
    lines = wrap(text, width, size, weight)
    narrow = width
    while len(lines) > 1 and narrow > 0.3:
        narrow -= 0.05
        tighter = wrap(text, narrow, size, weight)
        if len(tighter) > len(lines) or any(
            measure(line, size, weight) > width for line in tighter
        ):
            break
        lines = tighter
    return lines


def place_apart(
    starts: Sequence[float], sizes: Sequence[float], gap: float, low: float, high: float
) -> list[float]:
    """Starts of blocks in a row or a column, each as near the wanted one as its neighbours allow:
    ``gap`` apart, in their order, from ``low`` on and up to ``high``."""
    placed = list(starts)
    for index, size in enumerate(sizes):
        placed[index] = max(placed[index], low)
        low = placed[index] + size + gap
    for index in reversed(range(len(sizes))):
        placed[index] = min(placed[index], high - sizes[index])
        high = placed[index] - gap
    return placed
