"""The population of the communes as circles, and beside it its growth in classes.

Two maps of one outline and one scale: how many live where, and where they become more or fewer. A
class is told by a sign as well as by its colour.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.model.store import Edition
from analysis.show import colours, theme
from analysis.show.charts.drawing import Drawing, Plate, UndrawableChart
from analysis.show.charts.sheet import Sheet, line_height, measure
from analysis.show.maps.commune_names import Name, write_around, write_names, write_sign
from analysis.show.maps.map_sources import fill, name_map_sources, note_lacking
from analysis.show.maps.outlines import Map, add_shape, add_unknown, lay_out, read_outlines
from analysis.words import french
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table

#: Inches: the names' column and the map's box where two maps share the sheet, and where one has it.
NAMES, GAP, ROW_GAP = 1.08, 0.12, 0.3
PAIR_MAP, LONE_MAP = (1.9, 2.9), (3.0, 4.2)
#: Radius of the largest circle, as a share of the map's width.
LARGEST = 0.085
DEFAULT_LABELS = 7
#: Upper bounds of the classes of growth, % a year, and how many communes are named at either end.
DEFAULT_CLASSES, DEFAULT_EXTREMES = (-1, -0.2, 0.2, 1), 3
#: Round numbers that a legend may show, times a power of ten.
_ROUND = (5, 2, 1)
_FILES = ("reference/population.csv", "reference/communes.csv")


def draw_population(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Population of the member communes. ``spec``: ``column`` (municipal or total), ``labels`` (how
    many communes are named), ``change`` (``finding``, ``classes``, ``labels``: the second map).

    What is not known is hatched, named in a note, and never estimated; where no vintage is old
    enough for a growth, a note says so and the first map stands alone.
    """
    column = spec.get("column", "municipal")
    table = edition.inhabitants
    table = table.assign(inhabitants=table[column], name=table["name"].map(french.typeset))
    known = table.dropna(subset=["inhabitants"])
    if len(known) < 2:
        raise UndrawableChart(
            f"Carte « {spec['id']} » : population connue pour {len(known)} commune, il en faut "
            "au moins deux."
        )
    growth = _read_growth(table, spec.get("change"))
    plate = Plate(edition, _with_finding(spec, table, growth), [], Sheet(width))
    plate.write_unit_line()
    outlines = read_outlines(edition.communes_geojson, table["insee"])
    note_lacking(plate, dict(zip(table["insee"], table["name"], strict=True)), outlines)
    if outlines:
        bottom = _draw_circles(plate, known, outlines, plate.y, alone=growth is None)
        if growth:
            below = bottom + ROW_GAP if plate.sheet.narrow else plate.y
            bottom = max(bottom, _draw_classes(plate, growth, outlines, below))
        plate.y = bottom + 0.08
    _note_lacking_numbers(plate, table, growth, asked="change" in spec)
    drawing = plate.complete(
        "Carte des communes, un cercle par commune, d’aire proportionnelle à sa population"
        + (
            " ; seconde carte, chaque commune dans une classe selon l’évolution de sa population"
            if growth
            else ""
        ),
        [*_say_communes(table, growth), *(_say_classes(growth) if growth else ())],
        _tabulate(table, growth),
        _list_data(table, growth),
    )
    return name_map_sources(edition, drawing, None, _FILES)


# --- classes of growth ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Growth:
    """Growth by commune with its class: ``bounds`` part the classes, ``middle`` is the neutral
    one; ``word``, ``sign`` and ``fill`` tell one apart."""

    table: pd.DataFrame
    bounds: Sequence[float]
    middle: int
    labels: int

    @property
    def vintage(self) -> int:
        return int(self.table["vintage"].iloc[0])

    @property
    def since(self) -> int:
        return int(self.table["since"].iloc[0])

    @property
    def classes(self) -> range:
        return range(len(self.bounds) + 1)

    def word(self, rank: int) -> str:
        if rank == 0:
            return f"moins de {_percent(self.bounds[0])}"
        if rank == len(self.bounds):
            return f"{_percent(self.bounds[-1])} et plus"
        low, high = self.bounds[rank - 1 : rank + 1]
        return f"de {_percent(low)} à {_percent(high)}"

    def sign(self, rank: int) -> str:
        return ("−" if rank < self.middle else "+") * abs(rank - self.middle)

    def fill(self, rank: int) -> str:
        if rank == self.middle:
            return theme.TRACK
        hue = theme.FALL if rank < self.middle else theme.RISE
        steps = self.middle if rank < self.middle else len(self.bounds) - self.middle
        return colours.sequential(hue, steps)[abs(rank - self.middle) - 1]

    def count(self, rank: int) -> int:
        return int((self.table["class"] == rank).sum())

    @property
    def extremes(self) -> pd.DataFrame:
        """The communes at either end, the strongest growth first; only those outside the middle."""
        ordered = self.table.sort_values(["growth_pct_per_year", "name"], ascending=[False, True])
        first = ordered[ordered["class"] > self.middle].head(self.labels)
        last = ordered[ordered["class"] < self.middle].tail(self.labels)
        return pd.concat([first, last])


def _read_growth(table: pd.DataFrame, change: Mapping | None) -> Growth | None:
    """What the second map shows; None where it is not asked for, or known for fewer than two."""
    known = table.dropna(subset=["growth_pct_per_year"])
    if change is None or len(known) < 2:
        return None
    bounds = [float(bound) for bound in change.get("classes") or DEFAULT_CLASSES]
    ranks = [sum(number >= bound for bound in bounds) for number in known["growth_pct_per_year"]]
    middle = sum(bound <= 0 for bound in bounds)
    labels = int(change.get("labels", DEFAULT_EXTREMES))
    return Growth(known.assign(**{"class": ranks}), bounds, middle, labels)


# --- words ----------------------------------------------------------------------------------------


def _percent(number: float, *, signed: bool = False) -> str:
    return french.format_percentage(number, 0.1 if number % 1 else 1, signed=signed)


def _growth_words(number: float) -> str:
    """« +2,3 % », « −0,4 % », « 0,0 % »."""
    return french.format_percentage(number, 0.1, signed=True)


def _with_finding(spec: Mapping, table: pd.DataFrame, growth: Growth | None) -> dict:
    """The specification with its own marks replaced, the finding of the second map added."""
    first = table.iloc[0]
    source = name_table("population")
    vintage = int(first["vintage"])
    said = {
        "[premiere]": str(first["name"]),
        "[premiere|nombre]": mark(
            f"{french.format_number(first['inhabitants'])} habitants", source
        ),
        "[communes]": mark(french.format_number(len(table)), name_table("communes")),
        "[millesime]": str(vintage),
    }
    filled = dict(spec)
    vintages = str(vintage)
    if growth:
        vintages = f"{growth.since} et {vintage}"
        ordered = growth.table.sort_values("growth_pct_per_year")
        counts = {
            "[decroissantes]": sum(growth.count(rank) for rank in range(growth.middle)),
            "[stables]": growth.count(growth.middle),
            "[croissantes]": sum(
                growth.count(rank) for rank in growth.classes if rank > growth.middle
            ),
        }
        said |= {
            "[depuis]": str(growth.since),
            "[plus-faible]": str(ordered["name"].iloc[0]),
            "[plus-forte]": str(ordered["name"].iloc[-1]),
            **{name: mark(french.format_number(count), source) for name, count in counts.items()},
        }
        if words := spec["change"].get("finding"):
            filled["finding"] = f"{spec['finding'].rstrip('.')} ; {words}"
    filled.setdefault("unit", f"Population municipale légale, {vintages}")
    for key in ("finding", "unit", "note"):
        if key in filled:
            filled[key] = fill(filled[key], said)
    return filled


def _note_lacking_numbers(
    plate: Plate, table: pd.DataFrame, growth: Growth | None, *, asked: bool
) -> None:
    edition, first = plate.edition, table.iloc[0]
    for row in table[table["inhabitants"].isna()].itertuples():
        plate.note(f"{row.name} : population {french.MISSING}.")
    if growth:
        for row in table[table["growth_pct_per_year"].isna()].itertuples():
            plate.note(f"{row.name} : évolution {french.MISSING} ({row.missing}).")
    elif asked:
        plate.note(f"Évolution {french.MISSING} : {first['missing'] or 'population non connue'}.")
    if first["in_force"].year > edition.year + 1:
        day = french.format_date(first["in_force"].date())
        plate.note(
            f"La population légale de {first['vintage']} n’est en vigueur que depuis le {day} : "
            "elle n’était pas connue à la fin de l’année de l’édition."
        )


def _say_communes(table: pd.DataFrame, growth: Growth | None) -> list[str]:
    """One commune after the other, all its numbers with their class."""
    ranks = dict(zip(growth.table["insee"], growth.table["class"], strict=True)) if growth else {}
    said = []
    for row in table.itertuples():
        known = pd.notna(row.inhabitants)
        words = f"{french.format_number(row.inhabitants)} habitants" if known else french.MISSING
        if growth and row.insee in ranks:
            words += (
                f", {_growth_words(row.growth_pct_per_year)} par an "
                f"(classe {growth.word(ranks[row.insee])})"
            )
        said.append(f"{row.name} : {words}")
    return said


def _say_classes(growth: Growth) -> list[str]:
    """« classes d’évolution par an : moins de −1 %, 3 communes ; … »"""
    said = [f"{growth.word(rank)}, {_communes(growth.count(rank))}" for rank in growth.classes]
    return [f"classes d’évolution par an : {said[0]}", *said[1:]]


def _communes(count: int) -> str:
    return f"{french.format_number(count)} {french.choose_form(count, 'commune', 'communes')}"


def _tabulate(table: pd.DataFrame, growth: Growth | None) -> pd.DataFrame:
    source = name_table("population")

    def show(numbers: pd.Series, write: Callable[[float], str]) -> list[str]:
        return [
            french.MISSING if pd.isna(number) else mark(write(number), source) for number in numbers
        ]

    columns = {"Commune": list(table["name"])}
    if growth is None:
        shown = show(table["inhabitants"], french.format_number)
        return pd.DataFrame(columns | {"Habitants": shown})
    return pd.DataFrame(
        columns
        | {
            f"Habitants en {growth.vintage}": show(table["inhabitants"], french.format_number),
            f"Habitants en {growth.since}": show(table["former"], french.format_number),
            "Évolution par an": show(table["growth_pct_per_year"], _growth_words),
        }
    )


def _list_data(table: pd.DataFrame, growth: Growth | None) -> pd.DataFrame:
    data = table[["insee", "name", "inhabitants", "vintage"]]
    if growth is None:
        return data
    words = {
        insee: growth.word(rank)
        for insee, rank in zip(growth.table["insee"], growth.table["class"], strict=True)
    }
    return data.assign(
        since=table["since"],
        former=table["former"],
        growth_pct_per_year=table["growth_pct_per_year"],
        growth_class=table["insee"].map(words).fillna(""),
    )


# --- the two maps ---------------------------------------------------------------------------------


def _write_heading(plate: Plate, x: float, top: float, text: str) -> float:
    """The name of one of the two maps; returns where its map begins."""
    return top + plate.sheet.write(x, top, text, weight="bold", anchor="top") + 0.06


def find_round_numbers(most: float) -> list[int]:
    """Up to three round numbers of inhabitants, from large to small, for a legend of circles."""
    found: list[int] = []
    for share in (1, 4, 20):
        number = most / share
        power = 10 ** math.floor(math.log10(number)) if number >= 1 else 1
        round_number = next((step * power for step in _ROUND if step * power <= number), power)
        if int(round_number) not in found:
            found.append(int(round_number))
    return found


def _draw_circles(
    plate: Plate, known: pd.DataFrame, outlines: Mapping, top: float, *, alone: bool
) -> float:
    """Circles over the outlines, the largest first so that none is hidden, and their scale."""
    sheet = plate.sheet
    box = LONE_MAP if alone and not sheet.narrow else PAIR_MAP
    left = (sheet.width - box[0]) / 2 if alone else NAMES + GAP
    if sheet.narrow:
        left = 0.0
    if not alone:
        top = _write_heading(plate, 0, top, f"Habitants en {known['vintage'].iloc[0]}")
    area = lay_out(outlines, left, top, *box)
    numbers = dict(zip(known["insee"], known["inhabitants"], strict=True))
    most = known["inhabitants"].max()
    for code, rings in area.rings.items():
        if code in numbers:
            add_shape(sheet, rings, theme.TRACK)
        else:
            add_unknown(sheet, rings)

    def radius(number: float) -> float:
        return LARGEST * box[0] * math.sqrt(number / most)

    shown = [row for row in known.itertuples() if row.insee in area.middles]
    for row in shown:
        size = radius(row.inhabitants)
        sheet.dot(*area.middles[row.insee], size, plate.accent, edge=theme.PAPER, layer=2.3)
        sheet.mark(row.insee, row.inhabitants, math.pi * size**2, "aire")
    names = [
        Name(
            area.middles[row.insee],
            row.name,
            (f"{french.format_number(row.inhabitants)}{french.NO_BREAK}hab.",),
        )
        for row in shown[: int(plate.spec.get("labels", DEFAULT_LABELS))]
    ]
    if sheet.narrow:
        bottom = _write_at_right(plate, names, area)
    elif alone:
        bottom = write_around(sheet, names, area, 2 * GAP)
    else:
        bottom = write_names(sheet, names, left - GAP, NAMES, top, area.bottom, leftwards=True)
    return _draw_circle_scale(plate, most, radius, max(bottom, area.bottom) + 0.1)


def _write_at_right(plate: Plate, names: Sequence[Name], area: Map) -> float:
    x = area.right + GAP
    return write_names(plate.sheet, names, x, plate.sheet.width - x, area.top, area.bottom)


def _draw_circle_scale(
    plate: Plate, most: float, radius: Callable[[float], float], top: float
) -> float:
    """Circles of round numbers side by side, each with its number."""
    sheet = plate.sheet
    sizes = find_round_numbers(most)
    highest = radius(sizes[0])
    x, middle = 0.0, top + max(highest, line_height(theme.SMALL) / 2)
    for number in sizes:
        size = radius(number)
        words = french.format_number(number)
        sheet.dot(x + size, middle, size, plate.accent, edge=theme.PAPER)
        sheet.write(x + 2 * size + 0.05, middle, words, size=theme.SMALL, colour=theme.QUIET)
        x += 2 * size + 0.05 + measure(words, theme.SMALL) + 0.14
    sheet.write(x - 0.04, middle, "habitants", size=theme.SMALL, colour=theme.QUIET)
    return middle + max(highest, line_height(theme.SMALL) / 2)


def _draw_classes(plate: Plate, growth: Growth, outlines: Mapping, top: float) -> float:
    """The second map: classes, their signs, the strongest changes named, and the scale."""
    sheet = plate.sheet
    left = 0.0 if sheet.narrow else sheet.width - NAMES - GAP - PAIR_MAP[0]
    heading = f"Évolution par an, {growth.since}-{growth.vintage}"
    top = _write_heading(plate, left, top, heading)
    area = lay_out(outlines, left, top, *PAIR_MAP)
    ranks = dict(zip(growth.table["insee"], growth.table["class"], strict=True))
    extremes = growth.extremes
    named = set(extremes["insee"])
    for code, rings in area.rings.items():
        if code not in ranks:
            add_unknown(sheet, rings)
            continue
        shape = add_shape(sheet, rings, growth.fill(ranks[code]))
        sign = growth.sign(ranks[code])
        if sign and code not in named:  # the line to its name stands there, and says its growth
            write_sign(sheet, shape, area.middles[code], sign)
    names = [
        Name(area.middles[row.insee], row.name, (_growth_words(row.growth_pct_per_year),))
        for row in extremes.itertuples()
        if row.insee in area.middles
    ]
    bottom = _write_at_right(plate, names, area)
    return _draw_class_scale(plate, growth, left, max(bottom, area.bottom) + 0.1)


def _draw_class_scale(plate: Plate, growth: Growth, left: float, top: float) -> float:
    """Boxes side by side: the sign in each, its bounds below, how many communes above."""
    sheet = plate.sheet
    count = len(growth.classes)
    side = (sheet.width - left) / count
    small = line_height(theme.SMALL)
    counts, boxes, words = top + small / 2, top + small + 0.1, top + small + 0.28
    for rank in growth.classes:
        x = left + rank * side
        middle = x + side / 2
        said = _communes(growth.count(rank)) if rank == 0 else str(growth.count(rank))
        sheet.write(middle, counts, said, size=theme.SMALL, colour=theme.QUIET, align="center")
        ground = growth.fill(rank)
        sheet.bar(x, boxes, side, 0.17, ground, edge=theme.PAPER)
        ink = colours.choose_ink(ground, theme.INK)
        word = growth.sign(rank) or "stable"
        weight = "bold" if growth.sign(rank) else "normal"
        sheet.write(middle, boxes, word, size=theme.NOTE, colour=ink, weight=weight, align="center")
    for rank, bound in enumerate(growth.bounds, start=1):
        sheet.write(left + rank * side, words, _percent(bound), size=theme.SMALL, align="center")
    return words + small / 2
