"""Where a territory stands: a strip for each indicator.

Behind, in light, how all the territories of France are spread (a ridge); a dot for each of those
that it is compared with, with their quartiles and median; the territory itself as a line that
names its value. A scale whose values span several powers of ten is logarithmic, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from analysis.model.references import PERCENT
from analysis.model.schema import PORTRAIT
from analysis.model.store import Edition, to_records
from analysis.show import theme
from analysis.show.charts.canvas import Canvas, Hotspot
from analysis.show.charts.drawing import Draft, Drawing
from analysis.show.charts.facts import write_source_line
from analysis.show.charts.text_fitting import line_height, measure
from analysis.words import prose
from analysis.words.hidden_markup import strip_marks
from analysis.words.lineage import name_table
from analysis.words.standing_words import describe_rank, write_number

#: Inches: the words beside the strips, a strip's height, between two, a dot.
WORDS, HEIGHT, GAP, DOT = 1.95, 0.36, 0.06, 0.045
#: How far from the middle of a strip a dot may be put, half of its height being 1.
SWARM = 0.4
#: Shares of all the territories that a scale leaves out at either end, unless they are compared.
TAIL = 0.01
#: Times the tenth of the values that the ninth tenth must be for a scale to be logarithmic.
_LOGARITHMIC = 8


@dataclass(frozen=True)
class Strip:
    """One indicator: the rows of ``standing`` by group, the values of all and of the peers."""

    rows: Mapping[str, Mapping]
    every: np.ndarray
    peers: np.ndarray

    @property
    def main(self) -> Mapping:
        """The row of the peers where there are any, else of all."""
        row = self.rows["comparables"]
        return row if row["median"] is not None else self.rows["toutes"]

    @cached_property
    def is_logarithmic(self) -> bool:
        """Whether values span several powers of ten; a share keeps its own scale."""
        low, high = np.quantile(self.every, [0.1, 0.9])
        wide = self.every.min() > 0 and high / low > _LOGARITHMIC
        return bool(wide and self.main["unit"] != PERCENT)

    def scale(self, numbers: np.ndarray) -> np.ndarray:
        """Where numbers stand on the strip's scale."""
        return np.log10(numbers) if self.is_logarithmic else np.asarray(numbers, dtype="float64")


def list_strips(standing: pd.DataFrame, positions: pd.DataFrame) -> list[Strip]:
    """A strip for each indicator of ``standing``, in its order."""
    strips = []
    for indicator in dict.fromkeys(standing["indicator"]):
        rows = to_records(standing[standing["indicator"] == indicator])
        if rows[0]["value"] is None:
            continue
        known = positions[positions["indicator"] == indicator]
        peers = known.loc[known["group"] == "comparables", "value"]
        every = known["value"].to_numpy()
        strips.append(Strip({r["compared_with"]: r for r in rows}, every, peers.to_numpy()))
    return strips


def draw_positions(
    edition: Edition, positions: pd.DataFrame, finding: str, sources: Sequence[str]
) -> Drawing | None:
    """The strips of the edition's standing; ``finding`` is what they show. None where the national
    reference says nothing of the territory."""
    strips = list_strips(edition.standing, positions)
    if not strips:
        return None
    with theme.style():
        drawing = _draw(edition, strips, finding, theme.WIDTH)
        drawing = drawing.with_narrow(_draw(edition, strips, finding, theme.NARROW))
    return replace(drawing, source_line=write_source_line(sources, len(sources)))


def _draw(edition: Edition, strips: Sequence[Strip], finding: str, width: float) -> Drawing:
    dots = any(len(strip.peers) for strip in strips)
    unit = "En fond, la répartition de toutes les intercommunalités"
    unit += " ; un point par intercommunalité comparable" if dots else ""
    whose = "des comparables" if strips[0].main["compared_with"] == "comparables" else "de toutes"
    unit += f" ; trait épais : quartiles {whose} ; trait de couleur : le territoire"
    spec = {"id": "situation", "kind": "situation", "chapter": PORTRAIT, "finding": finding,
            "unit": unit}  # fmt: skip
    draft = Draft(edition, spec, [], Canvas(width))
    for strip in strips:
        _draw_strip(draft, strip)
    beyond = sum(_count_beyond(strip) for strip in strips)
    if beyond:
        draft.note(
            "Chaque échelle laisse de côté les valeurs extrêmes de toutes les intercommunalités"
            " (un centième à chaque bout), sauf celles des comparables."
        )
    said = [_say_strip(edition, strip) for strip in strips]
    kind = f"{len(strips)} bandes, une par indicateur, où le territoire est repéré parmi les autres"
    return draft.complete(kind, said, pd.DataFrame(), pd.DataFrame())


def _find_span(strip: Strip) -> tuple[float, float]:
    """The ends of a strip's scale."""
    low, high = np.quantile(strip.every, [TAIL, 1 - TAIL])
    shown = [strip.main["value"], *strip.peers]
    return min(low, *shown), max(high, *shown)


def _count_beyond(strip: Strip) -> int:
    low, high = _find_span(strip)
    return int(((strip.every < low) | (strip.every > high)).sum())


def _draw_strip(draft: Draft, strip: Strip) -> None:
    """Words, ridge, dots, quartiles, the territory; moves the cursor below."""
    canvas, row, top = draft.canvas, strip.main, draft.y
    value = write_number(row, "value")
    title = row["title"] + (" (échelle logarithmique)" if strip.is_logarithmic else "")
    if canvas.narrow:
        left = 0.0
        top += canvas.write(0, top, title, anchor="top", width=canvas.width, size=theme.SMALL)
    else:
        left = WORDS + 0.15
        canvas.write(0, top, title, anchor="top", width=WORDS, size=theme.SMALL)
    top += line_height(theme.SMALL) + 0.03  # the territory's value stands above the strip
    base = top + HEIGHT
    low, high = map(float, strip.scale(np.array(_find_span(strip))))
    margin = (high - low or 1.0) * 0.02
    low, high = low - margin, high + margin
    axes = _add_axes(canvas, left, base, low, high)
    _draw_groups(axes, strip, low, high, canvas.width - left)
    across = (canvas.width - left) / (high - low)

    def place(number: float) -> float:
        return left + (float(strip.scale(np.array(number))) - low) * across

    canvas.line([left, canvas.width], [base, base], theme.RULE)
    if row["median"] is not None:
        _draw_quartiles(draft, row, place, base)
    x = place(row["value"])
    canvas.line([x, x], [top - 0.02, base + 0.05], draft.accent, width=2.2, layer=5)
    room = measure(value, theme.SMALL, "bold") / 2
    middle = min(max(x, left + room), canvas.width - room)
    canvas.write(middle, top - 0.03, value, size=theme.SMALL, weight="bold", align="center",
                 colour=draft.accent, anchor="bottom")  # fmt: skip
    said = _say_strip(draft.edition, strip).partition(" : ")[2]
    if rank := strip_marks(describe_rank(row)):
        said += f" ; {rank}"
    trace, box = name_table("standing"), (left, top, canvas.width, base)
    canvas.hotspots.append(Hotspot(row["title"], said, str(row["vintage"]), (), trace, box))
    draft.y = base + 0.1 + line_height(theme.NOTE) + GAP


def _draw_quartiles(draft: Draft, row: Mapping, place: object, base: float) -> None:
    """A thick line from quartile to quartile, a tick at the median with its value below."""
    canvas = draft.canvas
    ends = [place(row[name]) for name in ("first_quartile", "third_quartile")]
    canvas.line(ends, [base, base], theme.QUIET, width=3.2, layer=4)
    x = place(row["median"])
    canvas.line([x, x], [base - 0.05, base + 0.06], theme.INK, width=1.4, layer=4.5)
    words = f"médiane {write_number(row, 'median')}"
    room = measure(words, theme.NOTE) / 2
    middle = min(max(x, room), canvas.width - room)
    style = {"size": theme.NOTE, "colour": theme.QUIET, "align": "center", "anchor": "top"}
    canvas.write(middle, base + 0.07, words, **style)


def _draw_groups(axes: Axes, strip: Strip, low: float, high: float, width: float) -> None:
    """The ridge of all, and the swarm of the peers on axes ``width`` inches wide."""
    import seaborn as sns  # slow to load

    every = strip.scale(strip.every)
    within = every[(every >= low) & (every <= high)]
    if len(np.unique(within)) > 2:
        sns.kdeplot(x=within, fill=True, color=theme.TRACK, alpha=1, linewidth=0, ax=axes,
                    clip=(low, high))  # fmt: skip
        axes.set_ylim(0, axes.get_ylim()[1])
    if len(strip.peers):
        xs, ys = _place_swarm(strip.scale(strip.peers), low, high, width)
        dots = axes.inset_axes((0, 0, 1, 1))
        dots.set_axis_off()
        dots.add_patch(_draw_dots(xs, ys, (high - low) / (width * 72)))
        dots.set_xlim(low, high)
        dots.set_ylim(-1, 1)
    axes.set(xlabel="", ylabel="", xticks=[], yticks=[])
    axes.set_xlim(low, high)


def _draw_dots(xs: np.ndarray, ys: np.ndarray, point: float) -> PathPatch:
    """All dots as one shape, each a stroke too short to be seen but for its round ends: in a file,
    a quarter of as many circles. ``point``: how much of the scale one takes."""
    ends = np.column_stack([xs, ys, xs + point / 100, ys]).reshape(-1, 2)
    codes = np.tile([Path.MOVETO, Path.LINETO], len(xs))
    return PathPatch(Path(ends, codes), facecolor="none", edgecolor=theme.PREVIOUS,
                     linewidth=DOT * 72, capstyle="round")  # fmt: skip


def _place_swarm(
    numbers: np.ndarray, low: float, high: float, width: float
) -> tuple[np.ndarray, np.ndarray]:
    """Where seaborn puts the dots of a swarm on axes from -1 to 1. Its own function to place them
    is called alone: through a figure it takes four times as long."""
    from seaborn.categorical import Beeswarm

    points = np.zeros((len(numbers), 3))  # across, along, radius, in points of type
    points[:, 1] = (numbers - low) * width * 72 / (high - low)
    points[:, 2] = DOT * 72 / 2
    order = np.argsort(points[:, 1], kind="stable")
    points[order] = Beeswarm().beeswarm(points[order])
    return numbers, np.clip(points[:, 0] / (HEIGHT * 72 / 2), -SWARM, SWARM)


def _add_axes(canvas: Canvas, left: float, base: float, low: float, high: float) -> Axes:
    """Axes inside of the canvas, without frame or ticks, that stand on ``base``."""
    upwards = Affine2D().scale(1, -1) + canvas.axes.transData  # the canvas counts downwards
    bounds = (left, -base, canvas.width - left, HEIGHT)
    axes = canvas.axes.inset_axes(bounds, transform=upwards, zorder=3)
    axes.set_axis_off()
    axes.set_xlim(low, high)
    return axes


# --- words ----------------------------------------------------------------------------------------


def _say_strip(edition: Edition, strip: Strip) -> str:
    """« Densité de population : 424,9 hab./km² ; médiane des comparables 258,4 hab./km² ; … »"""

    def write(row: Mapping, name: str) -> str:
        return prose.format_measure(edition, row[name], row["unit"], row["precision"])

    said = [f"{strip.main['title']} : {write(strip.main, 'value')}"]
    for group, row in strip.rows.items():
        if row["median"] is not None:
            name = {"comparables": "des comparables", "toutes": "de toutes"}[group]
            said.append(f"médiane {name} {write(row, 'median')}")
    return " ; ".join(said)
