"""One small map of the communes for each indicator, in classes of equal numbers of communes.

A class is told by lightness alone, so that every eye and a grey print tell them apart, and by the
bounds below; what is not known is hatched.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from analysis.base.rounding import round_to_step
from analysis.model.store import Edition
from analysis.show import colours, theme
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.drawing import Draft, Drawing
from analysis.show.charts.facts import write_source_line
from analysis.show.charts.text_fitting import line_height
from analysis.show.maps.map_drafts import note_lacking
from analysis.show.maps.outlines import (
    Rings,
    add_shape,
    add_unknown,
    lay_out,
    read_outlines,
    shrink,
)
from analysis.words import french, prose
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table

#: Classes of a map, and communes for each below which there are fewer classes.
CLASSES, FEWEST = 5, 3
#: Inches: the height of a map's box, and between maps.
HEIGHT, GAP = 1.55, 0.22
#: Maps side by side on paper, and on a telephone.
ACROSS = {False: 3, True: 2}


@dataclass(frozen=True)
class CommuneClasses:
    """An indicator of the communes (``values`` by INSEE code, those known) in classes: ``bounds``
    part them, a value at a bound belongs to the class above; ``named``: the values of those that
    are not too small to be named for it."""

    title: str
    unit: str
    step: float
    values: pd.Series
    bounds: Sequence[float]
    named: pd.Series

    @property
    def ranks(self) -> dict[str, int]:
        """The class of each commune, 0 the lowest."""
        return {
            code: sum(round_to_step(value, self.step) >= bound for bound in self.bounds)
            for code, value in self.values.items()
        }


def choose_bounds(values: pd.Series, step: float) -> list[float]:
    """Bounds of at most ``CLASSES`` classes with as many communes in each as rounding allows: the
    quantiles, at the coarsest of the steps 1, 2, 5 × 10ⁿ that keeps them apart, never finer than
    ``step``; no class is empty."""
    rounded = values.map(lambda value: round_to_step(value, step))
    number = min(CLASSES, len(values) // FEWEST, rounded.nunique())
    if number < 2:
        return []
    quantiles = rounded.quantile([rank / number for rank in range(1, number)]).tolist()
    closest = min((b - a for a, b in pairwise(quantiles) if b > a),
                  default=(rounded.max() - rounded.min()) / 2)  # fmt: skip
    coarse = _round_step(closest / 2, step)
    bounds = sorted({round_to_step(bound, coarse) for bound in quantiles})
    return [b for b in bounds if rounded.min() < b <= rounded.max()]


def _round_step(most: float, least: float) -> float:
    """The largest of 1, 2, 5 × 10ⁿ that is not above ``most``, nor below ``least``."""
    if most <= least:
        return least
    power = 10.0 ** math.floor(math.log10(most))
    return max(least, next(s * power for s in (5, 2, 1) if s * power <= most * (1 + 1e-9)))


def classify(rows: pd.DataFrame, title: str, unit: str, step: float) -> CommuneClasses:
    """The classes of one indicator's rows (insee, value, small)."""
    rows = rows.dropna(subset=["value"]).set_index("insee")
    bounds, named = choose_bounds(rows["value"], step), rows.loc[~rows["small"], "value"]
    return CommuneClasses(title, unit, step, rows["value"], bounds, named)


def draw_choropleths(
    edition: Edition, communes: pd.DataFrame, entries: pd.DataFrame, sources: Sequence[str]
) -> Drawing | None:
    """One map for each indicator of ``entries`` (rows of the catalogue) of which ``communes``
    (indicator, insee, name, value, small) knows more than one commune; None where there is none,
    or no outline."""
    names = dict(communes.sort_values("insee")[["insee", "name"]].itertuples(index=False))
    outlines = read_outlines(edition.communes_geojson, names)
    maps = []
    for entry in entries.itertuples():
        rows = communes[communes["indicator"] == entry.id]
        if rows["value"].notna().sum() > 1:
            maps.append(classify(rows, entry.title, entry.unit, entry.precision))
    if not maps or len(outlines) < 2:
        return None
    with theme.style():
        drawing = _draw(edition, maps, names, outlines, theme.WIDTH)
        narrow = _draw(edition, maps, names, outlines, theme.NARROW).figure
    data = communes.assign(value=communes["value"].astype("float64"))
    line = write_source_line(sources, len(sources))
    return replace(drawing, narrow=narrow, source_line=line, data=data)


def _draw(
    edition: Edition,
    maps: Sequence[CommuneClasses],
    names: Mapping[str, str],
    outlines: Mapping[str, Rings],
    width: float,
) -> Drawing:
    spec = {
        "id": "communes-contexte", "kind": "carte-classes", "chapter": "portrait",
        "finding": _say_range(edition, maps[0]),
        "unit": "Autant de communes dans chaque classe, aux arrondis et aux égalités près",
    }  # fmt: skip
    draft = Draft(edition, spec, [], Canvas(width))
    note_lacking(draft, names, outlines)
    across = ACROSS[draft.canvas.narrow]
    if len(maps) < across:
        across = max(len(maps), 2)
    side = (draft.canvas.width - (across - 1) * GAP) / across
    for start in range(0, len(maps), across):
        bottoms = [
            _draw_map(draft, one, outlines, column * (side + GAP), side)
            for column, one in enumerate(maps[start : start + across])
        ]
        draft.y = max(bottoms) + GAP
    for name in _list_unknown(maps, names):
        draft.note(name)
    if any(len(one.named) < len(one.values) for one in maps):
        draft.note(
            "Dans une commune de moins de deux cents habitants ou de moins de cent logements,"
            " quelques personnes ou logements suffisent à changer la classe : aucune n’est nommée"
            " pour sa valeur."
        )
    said = [_say_map(edition, one, names) for one in maps]
    kind = f"{len(maps)} cartes des communes, chacune dans une classe"
    return draft.complete(kind, said, _tabulate(edition, maps, names), pd.DataFrame())


def _draw_map(
    draft: Draft, one: CommuneClasses, outlines: Mapping[str, Rings], left: float, side: float
) -> float:
    """A map under its title, and the scale of its classes; returns how low it goes."""
    canvas, top = draft.canvas, draft.y
    canvas.write(left, top, one.title, weight="bold", anchor="top", width=side, size=theme.SMALL)
    top += 2 * line_height(theme.SMALL) + 0.05
    area = lay_out(outlines, left, top, side, HEIGHT)
    fills = colours.sequential(draft.accent, len(one.bounds) + 1) if one.bounds else [draft.accent]
    ranks = one.ranks
    width = 0.5 * shrink(len(outlines))
    for code, rings in area.rings.items():
        if code in ranks:
            add_shape(canvas, rings, fills[ranks[code]]).set_linewidth(width)
        else:
            add_unknown(canvas, rings)
    return _draw_scale(draft, one, fills, left, top + HEIGHT + 0.08, side)


def _draw_scale(
    draft: Draft,
    one: CommuneClasses,
    fills: Sequence[str],
    left: float,
    top: float,
    side: float,
) -> float:
    """Boxes side by side from the lightest, the bounds below them."""
    canvas, box = draft.canvas, side / len(fills)
    for rank, fill in enumerate(fills):
        canvas.bar(left + rank * box, top + 0.05, box, 0.1, fill, edge=theme.PAPER)
    below = top + 0.12 + line_height(theme.SMALL) / 2
    unit = "%" if one.unit == "pourcent" else ""
    for rank, bound in enumerate(one.bounds, start=1):
        words = french.format_number(bound, _find_step(one)) + (unit and french.NARROW + unit)
        x = left + rank * box
        canvas.write(x, below, words, size=theme.NOTE, align="center", colour=theme.QUIET)
    return below + line_height(theme.NOTE) / 2


def _find_step(one: CommuneClasses) -> float:
    """1 where all bounds are whole numbers, else the indicator's own step."""
    return 1 if all(float(bound).is_integer() for bound in one.bounds) else one.step


def _list_unknown(maps: Sequence[CommuneClasses], names: Mapping[str, str]) -> list[str]:
    """« Ville : valeur non disponible (deux cartes). », hatched."""
    lacking: dict[str, int] = {}
    for one in maps:
        for code in names:
            if code not in one.values.index:
                lacking[code] = lacking.get(code, 0) + 1
    if len(lacking) > 5:
        count = french.format_count(len(lacking), "commune hachurée", "communes hachurées")
        return [f"{count} : valeur {french.MISSING}."]
    return [f"{names[code]} (hachurée) : valeur {french.MISSING}." for code in lacking]


# --- words ----------------------------------------------------------------------------------------


def _write(edition: Edition, one: CommuneClasses, value: float) -> str:
    return prose.format_measure(edition, value, one.unit, one.step)


def _say_range(edition: Edition, one: CommuneClasses) -> str:
    title = one.title[:1].lower() + one.title[1:]
    if one.named.nunique() < 2:
        return f"D’une commune à l’autre, {title}"
    ends = (one.named.min(), one.named.max())
    low, high = (mark(_write(edition, one, end), name_table("population")) for end in ends)
    among = " de deux cents habitants et plus" if len(one.named) < len(one.values) else ""
    return f"D’une commune{among} à l’autre, {title} : de {low} à {high}"


def _say_map(edition: Edition, one: CommuneClasses, names: Mapping[str, str]) -> str:
    """« Part des logements vacants, de 3,2 % (Ville) à 13,8 % (Bourg), classes parties à … »"""
    said = one.title
    if one.named.nunique() > 1:
        ends = (one.named.idxmin(), one.named.idxmax())
        low, high = (f"{_write(edition, one, one.named[end])} ({names[end]})" for end in ends)
        said += f", de {low} à {high}"
    bounds = [_write(edition, one, bound) for bound in one.bounds]
    return f"{said}, classes séparées à {french.join_list(bounds)}" if bounds else said


def _tabulate(
    edition: Edition, maps: Sequence[CommuneClasses], names: Mapping[str, str]
) -> pd.DataFrame:
    table = {"Commune": [french.typeset(name) for name in names.values()]}
    for one in maps:
        table[one.title] = [
            mark(_write(edition, one, one.values[code]), name_table("population"))
            if code in one.values.index
            else french.MISSING
            for code in names
        ]
    return pd.DataFrame(table)
