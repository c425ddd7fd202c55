"""A canvas measured in inches, on which every chart and map is laid out.

One axes covers the whole figure; x grows rightwards and y downwards, both in inches, and the
height is only fixed at the end. A bar's length is ``value × scale``: it is recorded as a
``DrawnLength``, so that a test can hold drawn lengths against values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, Polygon, Rectangle
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from analysis.show import theme
from analysis.show.charts.text_fitting import capital, line_height, wrap
from analysis.words import french

#: Left free on both sides: what stands at 0 or at the canvas's width is never cut.
MARGIN = 0.02
#: A canvas less wide than this is laid out for the screen of a telephone.
NARROW = 4.5


@dataclass(frozen=True)
class DrawnLength:
    """``length`` inches (square inches for an area) stand for ``value``, both negative on the other
    side of zero; those of one ``scale`` compare."""

    reference: str
    value: float
    length: float
    scale: str = "x"


@dataclass(frozen=True)
class Hotspot:
    """What is said where the pointer or the keyboard stands on a picture; ``references`` are what
    its source is named from, ``trace`` is what its number leads to. ``box``: left, top, right and
    bottom on the canvas, in inches."""

    label: str
    value: str
    period: str
    references: tuple[str, ...]
    trace: str
    box: tuple[float, float, float, float]


class Canvas:
    """A figure to write and draw on in inches, ``width`` wide without its margins; ``finish`` gives
    it its height."""

    def __init__(self, width: float = theme.WIDTH) -> None:
        self.width = width - 2 * MARGIN
        self.narrow = width < NARROW
        self.lengths: list[DrawnLength] = []
        self.hotspots: list[Hotspot] = []
        self.figure = Figure(figsize=(width, 1.0))
        FigureCanvasAgg(self.figure)
        self.axes: Axes = self.figure.add_axes((0, 0, 1, 1))
        # Its limits are ours: shapes are added as artists, which no limits are worked out from.
        self.axes.set_axis_off()
        self.axes.set_xlim(-MARGIN, width - MARGIN)

    def write(
        self,
        x: float,
        y: float,
        text: str | Sequence[str],
        *,
        size: float = theme.BODY,
        colour: str = theme.INK,
        weight: str = "normal",
        align: str = "left",
        width: float | None = None,
        anchor: str = "middle",
        halo: bool = False,
    ) -> float:
        """Write ``text``, or lines of it, and return the height it takes.

        ``y`` is the middle of the block (``anchor='middle'``), its top or its bottom. ``width``
        wraps. ``align`` is left, right or center. A ``halo`` keeps words readable on a line. The
        capitals and figures of a line stand in the middle of its height, whatever room the font's
        own metrics leave above and below.
        """
        text = french.typeset(text if isinstance(text, str) else "\n".join(text))
        lines = wrap(text, width, size, weight) if width else text.split("\n")
        step = line_height(size)
        height = step * len(lines)
        top = {"middle": y - height / 2, "top": y, "bottom": y - height}[anchor]
        style = {
            "transform": self.axes.transData,
            "fontsize": size,
            "color": colour,
            "fontweight": weight,
            "fontfamily": theme.FONT,
            "ha": align,
            "va": "baseline",
            "parse_math": False,
            "zorder": 7 if halo else 3,
        }
        if halo:
            style["path_effects"] = [withStroke(linewidth=2.4, foreground=theme.PAPER)]
        for index, line in enumerate(lines):
            baseline = top + step * (index + 0.5) + capital(size) / 2
            self.axes.add_artist(Text(x, baseline, french.draw_ordinals(line), **style))
        return height

    def write_small(
        self, x: float, y: float, text: str | Sequence[str], **options: object
    ) -> float:
        """``write`` for secondary words: small and grey."""
        return self.write(x, y, text, **{"size": theme.SMALL, "colour": theme.QUIET} | options)

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
        """A bar from ``x`` on, or back from it where its length is negative, centred on ``y``."""
        style = {"edgecolor": edge or "none", "linewidth": 0.8 if edge else 0, "zorder": layer}
        corner = (x, y - thickness / 2)
        self.axes.add_artist(
            Rectangle(corner, length, thickness, facecolor=colour, hatch=hatch, **style)
        )

    def say(self, spot: Hotspot) -> None:
        """What the picture says there."""
        self.hotspots.append(spot)

    def record(
        self,
        reference: str,
        value: float,
        length: float,
        scale: str = "x",
        *,
        spot: Hotspot | None = None,
    ) -> None:
        """Note the length just drawn for a value, and where the picture says it."""
        self.lengths.append(DrawnLength(reference, value, length, scale))
        if spot:
            self.say(spot)

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
        line = Line2D(xs, ys, color=colour, linewidth=width, zorder=layer, solid_capstyle="butt")
        line.set_linestyle((0, dashes) if dashes else "-")
        self.axes.add_artist(line)

    def area(self, xs: Sequence[float], ys: Sequence[float], base: float, colour: str) -> None:
        """What lies between a line and its base."""
        points = [(xs[0], base), *zip(xs, ys, strict=True), (xs[-1], base)]
        self.axes.add_artist(
            Polygon(points, closed=True, facecolor=colour, linewidth=0, zorder=0.5)
        )

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
        style = {"edgecolor": edge or "none", "linewidth": 1.1 if edge else 0, "zorder": layer}
        self.axes.add_artist(Circle((x, y), radius, facecolor=colour, **style))

    def finish(self, height: float) -> Figure:
        """Fix the height in inches and return the figure."""
        self.figure.set_size_inches(self.width + 2 * MARGIN, height)
        self.axes.set_ylim(height, 0)
        return self.figure
