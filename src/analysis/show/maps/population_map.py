"""The population of the communes as circles, and beside it its growth in classes.

Two maps of one outline and one scale: how many live where, and where they become more or fewer. A
class is told by a sign as well as by its colour. Below the second, how growth is spread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date

import pandas as pd

from analysis.model.partial_dates import YEAR, set_precision
from analysis.model.store import Edition
from analysis.show import colours, theme
from analysis.show.charts.chart_rows import ChartRows, Row
from analysis.show.charts.drawing import Draft, Drawing, UndrawableChart, fill_placeholders
from analysis.show.charts.registry import register
from analysis.show.charts.sentences import choose_sentence
from analysis.show.charts.text_fitting import line_height, measure
from analysis.show.maps.commune_names import (
    label_communes,
    write_around,
    write_beside,
    write_names,
    write_sign,
)
from analysis.show.maps.growth_classes import (
    GrowthClasses,
    classify_growth,
    count_communes,
    format_bound,
    format_growth,
)
from analysis.show.maps.growth_distribution import draw_distribution
from analysis.show.maps.map_drafts import (
    COMMUNES_FILE,
    begin_map,
    mark_number,
    name_map_sources,
    note_lacking,
)
from analysis.show.maps.outlines import add_shape, add_unknown, lay_out
from analysis.words import french
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table
from analysis.words.smallmarkdown import write_plain

#: Inches: the names' column and the map's box where two maps share the canvas, and where one has
#: it.
NAMES, GAP, ROW_GAP = 1.08, 0.12, 0.3
PAIR_MAP, LONE_MAP = (1.9, 2.25), (3.0, 4.2)
#: Radius of the largest circle, as a share of the map's width.
LARGEST = 0.085
DEFAULT_LABELS = 7
#: Round numbers that a legend may show, times a power of ten.
_ROUND = (5, 2, 1)
_FILES = ("reference/population.csv", COMMUNES_FILE)


#: Role of a number of a commune → its column in the table that is drawn, and the column of the
#: edition that dates it.
_NUMBERS = {
    "population": ("inhabitants", "vintage"),
    "former": ("former", "since"),
    "change": ("growth_pct_per_year", "vintage"),
}


def select_population(edition: Edition, spec: Mapping) -> Iterator[Row]:
    """Inhabitants of each member commune (``column``: municipal or total), those of an earlier
    vintage and the growth between the two where a second map shows it, or why it is not known."""
    table = edition.inhabitants
    table = table.assign(inhabitants=table[spec.get("column", "municipal")])
    for row in table.to_dict("records"):
        for role, (column, dated) in _NUMBERS.items():
            if role != "population" and "change" not in spec:
                continue
            yield {
                "role": role,
                "reference": name_table("population"),
                "of": row["insee"],
                "label": french.typeset(row["name"]),
                "value": row[column],
                "precision": 0.1 if role == "change" else 1.0,
                "qualifier": "exact",
                "period_start": _date_year(row["since"] if role == "change" else row[dated], 1, 1),
                "period_end": _date_year(row[dated], 12, 31),
                "missing": row["missing"] if role == "change" else "",
            }


def _date_year(year: int, month: int, day: int) -> date | None:
    return set_precision(date(int(year), month, day), YEAR) if year > 0 else None


def _read_table(rows: ChartRows) -> pd.DataFrame:
    """A row for each commune, the largest first; ``vintage`` and ``since`` are years."""
    table = []
    for code, facts in rows.group().items():
        found = {fact.role: fact for fact in facts}
        if "population" not in found:
            continue
        row = {"insee": code, "name": found["population"].label, "missing": ""}
        for role, (column, dated) in _NUMBERS.items():
            end = found[role].value.period_end if role in found else None
            row |= {column: found[role].number if role in found else None}
            row |= {dated: end.year if end else row.get(dated, 0)}
        if "change" in found:
            row["missing"] = found["change"].value.missing
        table.append(row)
    numbers = {column: "float64" for column, _ in _NUMBERS.values()}
    table = pd.DataFrame(table, columns=["insee", "name", "missing", "vintage", "since", *numbers])
    order = {"ascending": False, "kind": "stable", "ignore_index": True}
    return table.astype(numbers).sort_values("inhabitants", **order)


def fill_population(edition: Edition, spec: Mapping, rows: ChartRows) -> Mapping:
    """The specification with its default unit, the finding of the second map added, and what both
    count."""
    table = _read_table(rows)
    known = table.dropna(subset=["inhabitants"])
    if len(known) < 2:
        raise UndrawableChart(
            spec,
            f"population connue pour {len(known)} commune, il en faut au moins deux.",
        )
    growth = classify_growth(table, spec.get("change"))
    most = known["inhabitants"].nlargest(2)
    alone = bool(most.iloc[0] > most.iloc[1])
    spec = _complete_spec(edition, spec, growth, alone=alone)
    return fill_placeholders(edition, spec, _list_placeholders(table, growth), alone=alone)


@register(
    "carte",
    select=select_population,
    fill=fill_population,
    required=(),
    optional=("column", "labels", "change"),
    counts_items=False,
)
def build_population(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """Population of the member communes. ``spec``: ``column``, ``labels`` (how many communes are
    named), ``change`` (``finding``, ``classes``, ``labels``: the second map).

    What is not known is hatched, named in a note, and never estimated; where no vintage is old
    enough for a growth, a note says so and the first map stands alone.
    """
    table = _read_table(rows)
    known = table.dropna(subset=["inhabitants"])
    growth = classify_growth(table, spec.get("change"))
    names = dict(zip(table["insee"], table["name"], strict=True))
    draft, outlines = begin_map(edition, spec, names, width)
    note_lacking(draft, names, outlines)
    if outlines:
        bottom = _draw_circles(draft, known, outlines, draft.y, alone=growth is None)
        if growth:
            below = bottom + ROW_GAP if draft.canvas.narrow else draft.y
            bottom = max(bottom, _draw_classes(draft, growth, outlines, below))
        draft.y = bottom + 0.08
    _note_lacking_numbers(draft, table, growth)
    kind = "Carte des communes, un cercle par commune, d’aire proportionnelle à sa population"
    if growth:
        kind += (
            " ; seconde carte, chaque commune dans une classe selon l’évolution de sa population"
        )
    drawing = draft.complete(
        kind, _say_communes(table, growth), _tabulate(table, growth), _list_data(table, growth)
    )
    return name_map_sources(edition, drawing, None, _FILES)


# --- words ----------------------------------------------------------------------------------------


def _complete_spec(
    edition: Edition, spec: Mapping, growth: GrowthClasses | None, *, alone: bool
) -> dict:
    """The specification with its default unit, and the finding of the second map added."""
    vintages = f"{growth.since} et [millesime]" if growth else "[millesime]"
    spec = {"unit": f"Population municipale légale, {vintages}", **spec}
    if growth and (words := choose_sentence(edition, spec["change"])):
        finding = choose_sentence(edition, spec, alone=alone)
        spec["finding"] = f"{finding.rstrip('.')} ; {words}"
    return spec


def _list_placeholders(table: pd.DataFrame, growth: GrowthClasses | None) -> dict[str, str]:
    first = table.iloc[0]
    most = f"{french.format_number(first['inhabitants'])} habitants"
    placeholders = {
        "[premiere]": write_plain(first["name"]),
        "[premiere|nombre]": mark(most, name_table("population")),
        "[communes]": mark_number(len(table), "communes"),
        "[millesime]": str(int(first["vintage"])),
    }
    if not growth:
        return placeholders
    ordered = growth.table.sort_values("growth_pct_per_year")["name"]
    middle, ranks = growth.middle, growth.ranks
    return placeholders | {
        "[depuis]": str(growth.since),
        "[plus-faible]": write_plain(ordered.iloc[0]),
        "[plus-forte]": write_plain(ordered.iloc[-1]),
        "[decroissantes]": mark_number(growth.count(*ranks[:middle]), "population"),
        "[stables]": mark_number(growth.count(middle), "population"),
        "[croissantes]": mark_number(growth.count(*ranks[middle + 1 :]), "population"),
    }


def _note_lacking_numbers(draft: Draft, table: pd.DataFrame, growth: GrowthClasses | None) -> None:
    first = table.iloc[0]
    for row in table[table["inhabitants"].isna()].itertuples():
        draft.note(f"{row.name} : population {french.MISSING}.")
    if growth:
        for row in table[table["growth_pct_per_year"].isna()].itertuples():
            reason = f" ({row.missing})" if row.missing else ""
            draft.note(f"{row.name} : évolution {french.MISSING}{reason}.")
    elif "change" in draft.spec:
        draft.note(f"Évolution {french.MISSING} : {first['missing'] or 'population non connue'}.")
    in_force = draft.edition.inhabitants["in_force"].iloc[0].date()
    if in_force.year > draft.edition.year + 1:
        day = french.format_date(in_force)
        draft.note(
            f"La population légale de {first['vintage']} n’est en vigueur que depuis le {day} : "
            "elle n’était pas connue à la fin de l’année de l’édition."
        )


def _say_communes(table: pd.DataFrame, growth: GrowthClasses | None) -> list[str]:
    """One commune after the other, all its numbers with their class, then the classes: « classes
    d’évolution par an : moins de −1 %, 3 communes ; … »"""
    ranks = growth.rank_of if growth else {}
    said = []
    for row in table.itertuples():
        known = pd.notna(row.inhabitants)
        words = f"{french.format_number(row.inhabitants)} habitants" if known else french.MISSING
        if row.insee in ranks:
            name = growth.describe(ranks[row.insee])
            words += f", {format_growth(row.growth_pct_per_year)} par an (classe {name})"
        said.append(f"{row.name} : {words}")
    if not growth:
        return said
    classes = [f"{growth.describe(r)}, {count_communes(growth.count(r))}" for r in growth.ranks]
    return [*said, f"classes d’évolution par an : {classes[0]}", *classes[1:]]


def _tabulate(table: pd.DataFrame, growth: GrowthClasses | None) -> pd.DataFrame:
    source = name_table("population")

    def show(numbers: pd.Series, write: Callable[[float], str]) -> list[str]:
        return [
            french.MISSING if pd.isna(number) else mark(write(number), source) for number in numbers
        ]

    inhabitants = show(table["inhabitants"], french.format_number)
    if growth is None:
        return pd.DataFrame({"Commune": list(table["name"]), "Habitants": inhabitants})
    return pd.DataFrame(
        {
            "Commune": list(table["name"]),
            f"Habitants en {growth.vintage}": inhabitants,
            f"Habitants en {growth.since}": show(table["former"], french.format_number),
            "Évolution par an": show(table["growth_pct_per_year"], format_growth),
        }
    )


def _list_data(table: pd.DataFrame, growth: GrowthClasses | None) -> pd.DataFrame:
    data = table[["insee", "name", "inhabitants", "vintage"]]
    if growth is None:
        return data
    classes = {code: growth.describe(rank) for code, rank in growth.rank_of.items()}
    return data.assign(
        since=table["since"],
        former=table["former"],
        growth_pct_per_year=table["growth_pct_per_year"],
        growth_class=table["insee"].map(classes).fillna(""),
    )


# --- the two maps ---------------------------------------------------------------------------------


def _write_heading(draft: Draft, x: float, top: float, text: str) -> float:
    """The name of one of the two maps; returns where its map begins."""
    return top + draft.canvas.write(x, top, text, weight="bold", anchor="top") + 0.06


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
    draft: Draft, known: pd.DataFrame, outlines: Mapping, top: float, *, alone: bool
) -> float:
    """Circles over the outlines, the largest first so that none is hidden, and their scale."""
    canvas = draft.canvas
    box = LONE_MAP if alone and not canvas.narrow else PAIR_MAP
    left = (canvas.width - box[0]) / 2 if alone else NAMES + GAP
    if canvas.narrow:
        left = 0.0
    if not alone:
        top = _write_heading(draft, 0, top, f"Habitants en {known['vintage'].iloc[0]}")
    area = lay_out(outlines, left, top, *box)
    numbers = dict(zip(known["insee"], known["inhabitants"], strict=True))
    most = known["inhabitants"].max()
    for code, rings in area.rings.items():
        if code in numbers:
            add_shape(canvas, rings, theme.TRACK)
        else:
            add_unknown(canvas, rings)

    def radius(number: float) -> float:
        return LARGEST * box[0] * math.sqrt(number / most)

    shown = [row for row in known.itertuples() if row.insee in area.middles]
    for row in shown:
        size = radius(row.inhabitants)
        canvas.dot(*area.middles[row.insee], size, draft.accent, edge=theme.PAPER, layer=2.3)
        canvas.record(row.insee, row.inhabitants, math.pi * size**2, "aire")
    named = shown[: int(draft.spec.get("labels", DEFAULT_LABELS))]
    unit = f"{french.NO_BREAK}hab."
    names = label_communes(
        area,
        [(row.insee, row.name, [french.format_number(row.inhabitants) + unit]) for row in named],
    )
    if canvas.narrow:
        bottom = write_beside(canvas, names, area, GAP)
    elif alone:
        bottom = write_around(canvas, names, area, 2 * GAP)
    else:
        bottom = write_names(canvas, names, left - GAP, NAMES, top, area.bottom, leftwards=True)
    return _draw_circle_scale(draft, most, radius, max(bottom, area.bottom) + 0.1)


def _draw_circle_scale(
    draft: Draft, most: float, radius: Callable[[float], float], top: float
) -> float:
    """Circles of round numbers side by side, each with its number."""
    canvas = draft.canvas
    sizes = find_round_numbers(most)
    half = max(radius(sizes[0]), line_height(theme.SMALL) / 2)
    x, middle = 0.0, top + half
    for number in sizes:
        size = radius(number)
        words = french.format_number(number)
        canvas.dot(x + size, middle, size, draft.accent, edge=theme.PAPER)
        canvas.write_small(x + 2 * size + 0.05, middle, words)
        x += 2 * size + 0.05 + measure(words, theme.SMALL) + 0.14
    canvas.write_small(x - 0.04, middle, "habitants")
    return middle + half


def _draw_classes(draft: Draft, growth: GrowthClasses, outlines: Mapping, top: float) -> float:
    """The second map: classes, their signs, the strongest changes named, and the scale."""
    canvas = draft.canvas
    left = 0.0 if canvas.narrow else canvas.width - NAMES - GAP - PAIR_MAP[0]
    heading = f"Évolution par an, {growth.since}-{growth.vintage}"
    top = _write_heading(draft, left, top, heading)
    area = lay_out(outlines, left, top, *PAIR_MAP)
    ranks, extremes = growth.rank_of, growth.extremes
    named = set(extremes["insee"])
    for code, rings in area.rings.items():
        if code not in ranks:
            add_unknown(canvas, rings)
            continue
        shape = add_shape(canvas, rings, growth.fill(ranks[code]))
        sign = growth.sign(ranks[code])
        if sign and code not in named:  # the line to its name stands there, and says its growth
            write_sign(canvas, shape, area.middles[code], sign)
    names = label_communes(
        area,
        [
            (row.insee, row.name, [format_growth(row.growth_pct_per_year)])
            for row in extremes.itertuples()
        ],
    )
    bottom = write_beside(canvas, names, area, GAP)
    bottom = _draw_class_scale(draft, growth, left, max(bottom, area.bottom) + 0.1)
    return draw_distribution(canvas, growth, left, bottom + 0.1)


def _draw_class_scale(draft: Draft, growth: GrowthClasses, left: float, top: float) -> float:
    """Boxes side by side: the sign in each, its bounds below, how many communes above."""
    canvas = draft.canvas
    side = (canvas.width - left) / len(growth.ranks)
    small = line_height(theme.SMALL)
    counts, boxes, words = top + small / 2, top + small + 0.1, top + small + 0.28
    for rank in growth.ranks:
        x, fill = left + rank * side, growth.fill(rank)
        middle = x + side / 2
        number = growth.count(rank)
        said = str(number) if rank else count_communes(number)
        canvas.write_small(middle, counts, said, align="center")
        canvas.bar(x, boxes, side, 0.17, fill, edge=theme.PAPER)
        sign = growth.sign(rank)
        style = {"weight": "bold" if sign else "normal", "align": "center", "size": theme.NOTE}
        ink = colours.choose_ink(fill, theme.INK)
        canvas.write(middle, boxes, sign or "stable", colour=ink, **style)
    for rank, bound in enumerate(growth.bounds, start=1):
        x = left + rank * side
        canvas.write(x, words, format_bound(bound), size=theme.SMALL, align="center")
    return words + small / 2
