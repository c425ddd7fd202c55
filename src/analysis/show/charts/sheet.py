"""A sheet measured in inches, on which every chart is laid out.

One axes covers the whole figure; x grows rightwards and y downwards, both in inches, and the
height is only fixed at the end. Words are measured before they are placed, hence wrapped or moved
instead of overlapping. A bar's length is ``value × scale``: it is recorded as a ``Mark``, so that a
test can hold drawn lengths against values.
knows nothing of the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from analysis.show import theme
from analysis.words import french

#: Line spacing, as a multiple of the type size.
LEADING = 1.28

#: Left free on both sides: what stands at 0 or at the sheet's width is never cut.
MARGIN = 0.02

_MEASURE = RendererAgg(1, 1, 720)  # ten times the printed resolution: hinting does not blur widths
#: The tallest letters, the capitals without accent, and those that go deepest.
_TALLEST, _CAPITALS, _DEEPEST = "ÉÂ", "HN", "gjpqy"


def _extent(text: str, size: float, weight: str = "normal") -> tuple[float, float, float]:
    """Width, height and depth of the ink of ``text``, in inches."""
    font = FontProperties(family=theme.FONT, size=size, weight=weight)
    width, height, depth = _MEASURE.get_text_width_height_descent(text, font, ismath=False)
    return width / 720, (height - depth) / 720, depth / 720


@lru_cache(maxsize=4096)
def measure(text: str, size: float, weight: str = "normal") -> float:
    """Width of one line of ``text`` in inches."""
    return _extent(text, size, weight)[0]


@lru_cache
def rise(size: float) -> float:
    """How far a line's ink may go above its baseline, in inches."""
    return _extent(_TALLEST, size)[1]


@lru_cache
def depth(size: float) -> float:
    """How far a line's ink may go below its baseline, in inches."""
    return _extent(_DEEPEST, size)[2]


@lru_cache
def capital(size: float) -> float:
    """Height of a capital or a figure, in inches: what the eye centres on a bar."""
    return _extent(_CAPITALS, size)[1]


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


def spread(positions: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """``positions`` moved as little as needed for neighbours to stand ``gap`` apart inside
    ``low``…``high``; the order is kept."""
    order = sorted(range(len(positions)), key=lambda index: positions[index])
    placed = [0.0] * len(positions)
    floor = low
    for index in order:
        placed[index] = max(positions[index], floor)
        floor = placed[index] + gap
    ceiling = high
    for index in reversed(order):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    return placed


@dataclass(frozen=True)
class Mark:
    """A drawn length: ``length`` inches stand for ``value``; marks of one ``scale`` compare."""

    reference: str
    value: float
    length: float
    scale: str = "x"


#: A sheet less wide than this is laid out for the screen of a telephone.
NARROW = 4.5


class Sheet:
    """See the module. ``finish`` gives the figure its height and returns it."""

    def __init__(self, width: float = theme.WIDTH) -> None:
        self.width = width - 2 * MARGIN
        self.narrow = width < NARROW
        self.marks: list[Mark] = []
        self.figure = Figure(figsize=(width, 1.0))
        FigureCanvasAgg(self.figure)
        self.axes: Axes = self.figure.add_axes((0, 0, 1, 1))
        self.axes.set_axis_off()
        self.axes.set_xlim(-MARGIN, width - MARGIN)

    def write(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = theme.BODY,
        colour: str = theme.INK,
        weight: str = "normal",
        align: str = "left",
        width: float | None = None,
        anchor: str = "middle",
        halo: bool = False,
    ) -> float:
        """Write ``text`` and return the height it takes.

        ``y`` is the middle of the block (``anchor='middle'``), its top or its bottom. ``width``
        wraps. ``align`` is left, right or center. A ``halo`` keeps words readable on a line. The
        capitals and figures of a line stand in the middle of its height, whatever room the font's
        own metrics leave above and below.
        """
        text = french.typeset(text)
        lines = wrap(text, width, size, weight) if width else text.split("\n")
        step = line_height(size)
        height = step * len(lines)
        top = {"middle": y - height / 2, "top": y, "bottom": y - height}[anchor]
        effects = [withStroke(linewidth=2.4, foreground=theme.PAPER)] if halo else None
        for index, line in enumerate(lines):
            self.axes.add_artist(
                Text(
                    x,
                    top + step * (index + 0.5) + capital(size) / 2,
                    line,
                    transform=self.axes.transData,
                    fontsize=size,
                    color=colour,
                    fontweight=weight,
                    fontfamily=theme.FONT,
                    ha=align,
                    va="baseline",
                    parse_math=False,
                    path_effects=effects,
                    zorder=7 if halo else 3,
                )
            )
        return height

    def bar(
        self,
        x: float,
        y: float,
        length: float,
        thickness: float,
        colour: str,
        *,
        hatch: str | None = None,
        edge: str | None = None,
        layer: float = 2,
    ) -> None:
        """A bar from ``x``, centred on ``y``."""
        self.axes.add_patch(
            Rectangle(
                (x, y - thickness / 2),
                length,
                thickness,
                facecolor=colour,
                edgecolor=edge or "none",
                linewidth=0.8 if edge else 0,
                hatch=hatch,
                zorder=layer,
            )
        )

    def mark(self, reference: str, value: float, length: float, scale: str = "x") -> None:
        self.marks.append(Mark(reference, value, length, scale))

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        colour: str = theme.RULE,
        *,
        width: float = 0.8,
        dashes: tuple[float, float] | None = None,
        layer: float = 1,
    ) -> None:
        style = (0, dashes) if dashes else "-"
        self.axes.add_line(
            Line2D(
                xs,
                ys,
                color=colour,
                linewidth=width,
                linestyle=style,
                zorder=layer,
                solid_capstyle="butt",
            )
        )

    def area(self, xs: Sequence[float], ys: Sequence[float], base: float, colour: str) -> None:
        """What lies between a line and its base."""
        points = [(xs[0], base), *zip(xs, ys, strict=True), (xs[-1], base)]
        self.axes.add_patch(Polygon(points, closed=True, facecolor=colour, linewidth=0, zorder=0.5))

    def dot(
        self,
        x: float,
        y: float,
        radius: float,
        colour: str,
        *,
        edge: str | None = None,
        layer: float = 3,
    ) -> None:
        self.axes.add_patch(
            Circle(
                (x, y),
                radius,
                facecolor=colour,
                edgecolor=edge or "none",
                linewidth=1.1 if edge else 0,
                zorder=layer,
            )
        )

    def finish(self, height: float) -> Figure:
        """Fix the height in inches and return the figure."""
        self.figure.set_size_inches(self.width + 2 * MARGIN, height)
        self.axes.set_ylim(height, 0)
        return self.figure


def _ink_box(artist: Text, renderer: RendererAgg) -> Bbox:
    """Where a line's ink may be, in pixels: from its deepest letter to its tallest capital. (The
    font's own line box, which ``get_window_extent`` gives, is a third taller.)"""
    box = artist.get_window_extent(renderer)
    _, baseline = artist.get_transform().transform(artist.get_unitless_position())
    size, dpi = artist.get_fontsize(), artist.figure.dpi
    return Bbox.from_extents(
        box.x0, baseline - depth(size) * dpi, box.x1, baseline + rise(size) * dpi
    )


def find_overlaps(figure: Figure) -> list[str]:
    """What a test refuses: words that overlap or leave the figure (French sentences)."""
    canvas = FigureCanvasAgg(figure)
    renderer = canvas.get_renderer()
    texts = [
        artist
        for artist in figure.findobj(Text)
        if artist.get_text().strip() and artist.get_visible()
    ]
    with theme.style():  # letters as wide as those that are saved
        boxes = [(artist.get_text(), _ink_box(artist, renderer)) for artist in texts]
    width, height = canvas.get_width_height()
    problems = [
        f"« {text} » sort de la figure."
        for text, box in boxes
        if box.x0 < -0.5 or box.y0 < -0.5 or box.x1 > width + 0.5 or box.y1 > height + 0.5
    ]
    for index, (text, box) in enumerate(boxes):
        for other, other_box in boxes[index + 1 :]:
            overlap_x = min(box.x1, other_box.x1) - max(box.x0, other_box.x0)
            overlap_y = min(box.y1, other_box.y1) - max(box.y0, other_box.y0)
            if overlap_x > 1 and overlap_y > 1:
                problems.append(f"« {text} » recouvre « {other} ».")
    return problems
