"""One small map of the communes for each thing known of them, in classes.

A class is told by lightness alone, so that every eye and a grey print tell them apart, and by the
bounds below; what is not known is hatched.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.base.rounding import round_to_step
from analysis.model.references import PERCENT
from analysis.model.store import Edition
from analysis.show import colours, theme
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.drawing import Draft, Drawing
from analysis.show.charts.text_fitting import line_height, measure
from analysis.show.maps.commune_classes import GROWTH, STABLE, CommuneClasses
from analysis.show.maps.outlines import CommuneMap, Rings, add_shape, add_unknown, lay_out, shrink
from analysis.words import french, prose
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table

#: Inches: the height of a map’s box, between maps, the room of names beside one; how many names.
HEIGHT, GAP, LABELS, _LARGEST = 1.75, 0.22, 0.72, 4
#: Maps side by side on paper, and on a telephone.
ACROSS = {False: 3, True: 2}
#: Communes hatched, or without outline, that are named one by one.
_NAMED = 5


def draw_choropleths(
    edition: Edition,
    maps: Sequence[CommuneClasses],
    names: Mapping[str, str],
    outlines: Mapping[str, Rings],
    finding: str,
    source_line: str,
) -> Drawing:
    """The maps side by side; ``names`` of all communes by code, those without outline too;
    ``finding``: what they show, else how far the first one spreads."""
    finding = finding or _say_range(edition, maps[0])
    with theme.style():
        wide, narrow = (
            _draw(edition, maps, names, outlines, finding, width)
            for width in (theme.WIDTH, theme.NARROW)
        )
    return replace(wide.with_narrow(narrow), source_line=source_line)


def _draw(
    edition: Edition,
    maps: Sequence[CommuneClasses],
    names: Mapping[str, str],
    outlines: Mapping[str, Rings],
    finding: str,
    width: float,
) -> Drawing:
    spec = {
        "id": "communes", "kind": "carte", "chapter": "portrait", "finding": finding,
        "unit": "Une carte par indicateur ; plus la teinte est foncée, plus la valeur est élevée",
    }  # fmt: skip
    draft = Draft(edition, spec, [], Canvas(width))
    across = max(min(ACROSS[draft.canvas.narrow], len(maps)), 2)
    side = (draft.canvas.width - (across - 1) * GAP) / across
    for start in range(0, len(maps), across):
        bottoms = [
            _draw_map(draft, one, outlines, column * (side + GAP), side)
            for column, one in enumerate(maps[start : start + across])
        ]
        draft.y = max(bottoms) + GAP
    draft.note(_say_lacking([name for code, name in names.items() if code not in outlines],
                            ("sans contour", "sans contour"), "contour"))  # fmt: skip
    known = [set(one.values.index) for one in maps]
    lacking = [names[code] for code in outlines if any(code not in codes for codes in known)]
    draft.note(_say_lacking(lacking, ("hachurée", "hachurées"), "valeur"))
    if any(len(one.named) < len(one.values) for one in maps):
        draft.note(
            "Dans une commune de moins de deux cents habitants ou de moins de cent logements,"
            " quelques personnes ou logements suffisent à changer la classe : aucune n’est nommée"
            " pour sa valeur."
        )
    said = [_say_map(edition, one, names) for one in maps]
    count = french.format_count(len(maps), "carte", "cartes")
    kind = f"{count} des communes, chacune dans une classe"
    table = _tabulate(edition, maps, names)
    data = pd.DataFrame({"insee": list(names), "name": list(names.values())})
    data = data.assign(**{one.id: data["insee"].map(one.values) for one in maps})
    return draft.complete(kind, said, table, data)


def _draw_map(
    draft: Draft, one: CommuneClasses, outlines: Mapping[str, Rings], left: float, side: float
) -> float:
    """A map under its title, and the scale of its classes; returns how low it goes."""
    canvas, top = draft.canvas, draft.y
    unit = prose.format_measure(draft.edition, 0, one.unit, 1).removeprefix("0").strip()
    title = one.title if one.unit in ("", PERCENT) else f"{one.title} ({unit})"
    canvas.write(left, top, title, weight="bold", anchor="top", width=side, size=theme.SMALL)
    top += 2 * line_height(theme.SMALL) + 0.05
    area = lay_out(outlines, left, top, side - LABELS, HEIGHT)
    fills = colours.sequential(draft.accent, len(one.bounds) + 1) if one.bounds else [draft.accent]
    ranks = one.ranks
    width = 0.5 * shrink(len(outlines))
    for code, rings in area.rings.items():
        if code in ranks:
            add_shape(canvas, rings, fills[ranks[code]]).set_linewidth(width)
        else:
            add_unknown(canvas, rings)
    _name_largest(draft, area)
    return _draw_scale(draft, one, fills, left, top + area.height + 0.08, side)


def _name_largest(draft: Draft, area: CommuneMap) -> None:
    """The communes with most inhabitants by name at the right of the map, from the north, each with
    a thin line from its middle."""
    canvas, known = draft.canvas, draft.edition.inhabitants.set_index("insee")
    largest = known.loc[known.index.isin(area.rings), "municipal"].dropna().nlargest(_LARGEST)
    left, step = area.left + area.width + 0.06, line_height(theme.NOTE)
    middles = {}
    for code in largest.index:
        points = np.array(max(area.rings[code], key=len))
        middles[code] = (points.min(axis=0) + points.max(axis=0)) / 2
    low = -math.inf
    for code, (x, y) in sorted(middles.items(), key=lambda pair: pair[1][1]):
        lines = _cut(known.at[code, "name"])
        at = max(y, low + step * len(lines) / 2)
        canvas.line([x, left - 0.03], [y, at], theme.INK, width=0.5, layer=5)
        low = at + canvas.write(left, at, lines, size=theme.NOTE) / 2


def _cut(name: str) -> list[str]:
    """A name on two lines, after the hyphen next to its middle, where it is too wide for one."""
    spots = [place + 1 for place, sign in enumerate(name) if sign in "- "]
    if not spots or measure(name, theme.NOTE) <= LABELS:
        return [name]
    spot = min(spots, key=lambda spot: abs(2 * spot - len(name)))
    return [name[:spot].strip(), name[spot:]]


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
    for rank, bound in enumerate(one.bounds, start=1):
        write = french.format_percentage if one.unit == PERCENT else french.format_number
        words = write(bound, one.bound_step)
        x = left + rank * box
        canvas.write(x, below, words, size=theme.NOTE, align="center", colour=theme.QUIET)
    return below + line_height(theme.NOTE) / 2


def _say_lacking(lacking: Sequence[str], form: tuple[str, str], what: str) -> str:
    """« Ville (hachurée) : valeur non disponible. », or how many communes there are."""
    if not lacking:
        return ""
    one, many = (f"{noun} {word}" for noun, word in zip(("commune", "communes"), form, strict=True))
    who = f"{french.join_list(lacking)} ({form[len(lacking) > 1]})"
    if len(lacking) > _NAMED:
        who = french.format_count(len(lacking), one, many)
    return f"{who} : {what} {french.MISSING}."


# --- words ----------------------------------------------------------------------------------------


def _say_range(edition: Edition, one: CommuneClasses) -> str:
    title = french.lower_initial(one.title)
    if one.named.nunique() < 2:
        return f"D’une commune à l’autre, {title}"
    ends = (one.named.min(), one.named.max())
    low, high = (mark(one.write(edition, end), name_table(one.source)) for end in ends)
    among = " de deux cents habitants et plus" if len(one.named) < len(one.values) else ""
    return f"D’une commune{among} à l’autre, {title} : de {low} à {high}"


def _say_map(edition: Edition, one: CommuneClasses, names: Mapping[str, str]) -> str:
    """« Part des logements vacants, de 3,2 % (Ville) à 13,8 % (Bourg), classes séparées à … »; an
    end that several share has no name."""
    said = one.title
    if one.named.nunique() > 1:
        ends = []
        for end in (one.named.min(), one.named.max()):
            alike = one.named.index[one.named == end]
            name = f" ({names[alike[0]]})" if len(alike) == 1 else ""
            ends.append((one.write(edition, end) if end else "zéro") + name)
        said += f", de {ends[0]} à {ends[1]}"
    bounds = [one.write_bound(edition, bound) for bound in one.bounds]
    return f"{said}, classes séparées à {french.join_list(bounds)}" if bounds else said


def _tabulate(
    edition: Edition, maps: Sequence[CommuneClasses], names: Mapping[str, str]
) -> pd.DataFrame:
    table: dict[str, list[str]] = {"Commune": list(names.values())}
    for one in maps:
        table[one.title] = [
            mark(one.write(edition, one.values[code]), name_table(one.source))
            if code in one.values.index
            else french.MISSING
            for code in names
        ]
    return pd.DataFrame(table)


def say_growth(edition: Edition, maps: Sequence[CommuneClasses]) -> str:
    """« de 2012 à 2017, 25 communes croissent, 9 restent stables et 12 déclinent »; '' where no
    growth is known; the communes of the classes below, of and above ``STABLE`` are counted."""
    growth = next((one for one in maps if one.id == GROWTH), None)
    if growth is None:
        return ""
    rounded = growth.values.map(lambda value: round_to_step(value, growth.step))
    least, most = STABLE
    moves = (
        (rounded >= most, "croît", "croissent"),
        ((rounded >= least) & (rounded < most), "reste stable", "restent stables"),
        (rounded < least, "décline", "déclinent"),
    )
    said = []
    for chosen, one, many in moves:
        if number := int(chosen.sum()):
            noun = "" if said else f" {french.choose_form(number, 'commune', 'communes')}"
            count = mark(french.format_number(number), name_table("population"))
            said.append(f"{count}{noun} {french.choose_form(number, one, many)}")
    row = edition.inhabitants.dropna(subset=["growth_pct_per_year"]).iloc[0]
    return f"de {int(row['since'])} à {int(row['vintage'])}, {french.join_list(said)}"
