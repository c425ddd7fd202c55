"""How growth is spread over the communes: a dot for each, in the colour of its class."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.transforms import Affine2D

from analysis.show import theme
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.text_fitting import line_height, measure
from analysis.show.maps.growth_classes import GrowthClasses, format_bound, format_growth
from analysis.show.maps.outlines import shrink

#: Height of the swarm and diameter of a dot, in inches.
HEIGHT, DOT = 0.42, 0.075


def draw_distribution(canvas: Canvas, growth: GrowthClasses, left: float, top: float) -> float:
    """One dot for each commune along the scale of growth, from ``left`` to the canvas's edge; the
    smallest and the largest growth are named below, and zero where it has room. Returns how low
    it goes."""
    import seaborn as sns  # slow to load, and needed for this map alone

    top += canvas.write_small(left, top, "Un point par commune", anchor="top") + 0.06
    numbers = growth.table["growth_pct_per_year"]
    base = top + HEIGHT
    axes = _add_axes(canvas, left, base)
    low, high = numbers.min(), numbers.max()
    margin = (high - low or 1.0) * 0.03
    axes.set_xlim(low - margin, high + margin)
    sns.swarmplot(
        x=numbers,
        hue=growth.table["class"],
        palette={rank: growth.fill(rank) for rank in growth.ranks},
        size=DOT * 72 * shrink(len(numbers)),
        linewidth=0.5,
        edgecolor=theme.QUIET,
        legend=False,
        warn_thresh=1,
        ax=axes,
    )
    axes.set(xlabel="", xticks=[], yticks=[])
    scale = (canvas.width - left) / (high - low + 2 * margin)

    def place(number: float) -> float:
        return left + (number - low + margin) * scale

    canvas.line([left, canvas.width], [base, base], theme.RULE)
    ends = [format_growth(number) for number in (low, high)]
    canvas.write_small(left, base + 0.05, ends[0], anchor="top")
    canvas.write_small(canvas.width, base + 0.05, ends[1], align="right", anchor="top")
    zero, room = place(0), 0.3 + max(measure(words, theme.SMALL) for words in ends)
    if left + room < zero < canvas.width - room:
        canvas.line([zero, zero], [top, base + 0.04], theme.RULE)
        canvas.write_small(zero, base + 0.05, format_bound(0), align="center", anchor="top")
    return base + 0.05 + line_height(theme.SMALL)


def _add_axes(canvas: Canvas, left: float, base: float) -> Axes:
    """Axes inside of the canvas, without frame or ticks, that stand on ``base``."""
    upwards = Affine2D().scale(1, -1) + canvas.axes.transData  # the canvas counts downwards
    bounds = (left, -base, canvas.width - left, HEIGHT)
    axes = canvas.axes.inset_axes(bounds, transform=upwards, zorder=3)
    axes.set_axis_off()
    return axes
