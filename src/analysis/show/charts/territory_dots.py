"""One dot for each territory along the scale of an indicator: a row for each where they are few, a
swarm where they are many; the middle half shaded, the median marked."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D

from analysis.compute.ranking import Summary
from analysis.show import theme
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.text_fitting import line_height, measure

#: Territories up to which each has a row with its name and its number.
NAMED = 12
#: Width of the picture: read beside words on a screen, and across a telephone's.
WIDTH = 3.6
#: Height of a row, of the swarm, and the diameter of a dot, inches.
ROW, SWARM, DOT = 0.23, 0.62, 0.085
#: The share of the width that names may take.
_NAMES = 0.42


def draw_territories(
    names: Sequence[str],
    numbers: Sequence[float],
    summary: Summary,
    write: Callable[[float], str],
) -> Figure:
    """The dots of territories, the highest first; ``write``: a number in words, without unit."""
    import seaborn as sns  # slow to load

    table = pd.DataFrame({"name": names, "number": numbers})
    table = table.sort_values("number", ascending=False, kind="stable", ignore_index=True)
    with theme.style():
        canvas = Canvas(WIDTH)
        if len(table) <= NAMED:
            left, right, bottom = _write_rows(canvas, table, write)
            axes = _add_axes(canvas, left, right, bottom)
            axes.set_ylim(len(table) - 0.5, -0.5)
            options = {"y": table.index, "orient": "h", "native_scale": True, "jitter": False}
            draw = sns.stripplot
        else:
            left, right, bottom = 0.1, canvas.width - 0.1, SWARM
            axes = _add_axes(canvas, left, right, bottom)
            options = {"warn_thresh": 1}
            draw = sns.swarmplot
        place = _set_scale(axes, summary, left, right)
        draw(x=table["number"], color=theme.DEFAULT_ACCENT, size=DOT * 72, ax=axes, **options)
        axes.set(xlabel="", ylabel="", xticks=[], yticks=[])
        axes.axvspan(summary.first_quartile, summary.third_quartile, color=theme.TRACK, zorder=0)
        axes.axvline(summary.median, color=theme.INK, linewidth=1.2, zorder=1)
        canvas.line([left, right], [bottom, bottom], theme.RULE)
        ends = len(table) > NAMED
        return canvas.finish(_write_scale(canvas, summary, write, place, bottom, ends=ends))


def _write_rows(
    canvas: Canvas, table: pd.DataFrame, write: Callable[[float], str]
) -> tuple[float, float, float]:
    """Names before, numbers behind each row; where the scale begins, ends and stands."""
    cut = [_shorten(name, _NAMES * canvas.width) for name in table["name"]]
    words = [write(number) for number in table["number"]]
    left = max(measure(name, theme.SMALL) for name in cut) + 0.12
    right = canvas.width - max(measure(word, theme.SMALL) for word in words) - 0.12
    for rank, (name, word) in enumerate(zip(cut, words, strict=True)):
        middle = ROW * (rank + 0.5)
        canvas.write_small(0, middle, name, colour=theme.INK)
        canvas.write_small(canvas.width, middle, word, align="right")
        canvas.line([left, right], [middle, middle], theme.TRACK, layer=0.5)
    return left, right, ROW * len(table)


def _shorten(name: str, width: float) -> str:
    if measure(name, theme.SMALL) <= width:
        return name
    while measure(f"{name}…", theme.SMALL) > width:
        name = name[:-1]
    return f"{name.rstrip()}…"


def _add_axes(canvas: Canvas, left: float, right: float, bottom: float) -> Axes:
    """Axes inside of the canvas, without frame or ticks, from its top down to ``bottom``."""
    upwards = Affine2D().scale(1, -1) + canvas.axes.transData  # the canvas counts downwards
    bounds = (left, -bottom, right - left, bottom)
    axes = canvas.axes.inset_axes(bounds, transform=upwards, zorder=2)
    axes.set(xticks=[], yticks=[])  # before anything is drawn: ticks take most of the time
    axes.set_axis_off()
    return axes


def _set_scale(axes: Axes, summary: Summary, left: float, right: float) -> Callable[[float], float]:
    """The scale, with a margin for the dots; returns where on the canvas a number stands."""
    margin = (summary.highest - summary.lowest or abs(summary.median) or 1.0) * 0.06
    low, high = summary.lowest - margin, summary.highest + margin
    axes.set_xlim(low, high)
    return lambda number: left + (number - low) / (high - low) * (right - left)


def _write_scale(
    canvas: Canvas,
    summary: Summary,
    write: Callable[[float], str],
    place: Callable[[float], float],
    bottom: float,
    *,
    ends: bool,
) -> float:
    """Below the scale: the median, and (``ends``) the lowest and the highest where they have room
    beside it; returns the height."""
    top = bottom + 0.06
    words = f"médiane {write(summary.median)}"
    half = measure(words, theme.SMALL, "bold") / 2
    middle = min(max(place(summary.median), half), canvas.width - half)
    canvas.write_small(
        middle, top, words, align="center", anchor="top", colour=theme.INK, weight="bold"
    )
    for number, side in ((summary.lowest, -1), (summary.highest, 1)) if ends else ():
        end = write(number)
        half_end = measure(end, theme.SMALL) / 2
        spot = min(max(place(number), half_end), canvas.width - half_end)
        if abs(spot - middle) > half + half_end + 0.1 and (spot - middle) * side > 0:
            canvas.write_small(spot, top, end, align="center", anchor="top")
    return top + line_height(theme.SMALL) + 0.04
