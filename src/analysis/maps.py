"""The map of the communes: population in classes, the largest named on the map.

May import colours, periods, store, french, prose, theme and charts (sheet, drawing). Draws GeoJSON
polygons with matplotlib alone: one degree of longitude is shortened by the cosine of the latitude,
which is right to a few metres over an agglomeration.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pandas as pd
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from analysis import colours, french, theme
from analysis.charts.drawing import Drawing, Plate, UndrawableChart
from analysis.charts.sheet import Sheet, line_height, measure, spread
from analysis.marks import mark
from analysis.periods import is_valid_on
from analysis.store import Edition, to_records
from analysis.trails import name_table

#: The map's box on the sheet, inches; names stand right of it, the legend right of the names.
MAP_WIDTH, MAP_HEIGHT = 3.2, 4.2
NAMES_AT = MAP_WIDTH + 0.3
DEFAULT_LABELS = 8
#: Classes of a commune's population: upper bounds, inhabitants.
DEFAULT_CLASSES = (1_000, 2_500, 5_000, 10_000, 20_000)


def draw_map(edition: Edition, spec: Mapping) -> Drawing:
    """Population by commune. ``spec``: ``column`` (municipal or total), ``vintage``, ``labels``
    (how many communes are named), ``classes`` (upper bounds in inhabitants).

    Communes without a known population are left white and said to be so. The source line names
    the tables ``population`` and ``communes`` come from.
    """
    with theme.style():
        return _draw(edition, spec)


def read_population(edition: Edition, spec: Mapping) -> tuple[pd.DataFrame, int]:
    """Member communes on 1 January of the edition's year with their population, largest first, and
    its vintage: the one asked for, else the latest not after the edition."""
    column = spec.get("column", "municipal")
    day = date(edition.year, 1, 1)  # as for the population indicators
    rows = to_records(edition.communes)
    kept = [is_valid_on(day, row["member_from"], row["member_to"]) for row in rows]
    members = edition.communes[kept]
    population = edition.population.dropna(subset=[column])
    vintages = sorted(int(v) for v in population["vintage"].unique())
    known = [v for v in vintages if v <= edition.year] or vintages
    vintage = int(spec.get("vintage") or known[-1])
    of_vintage = population[population["vintage"] == vintage]
    table = members.merge(of_vintage[["insee", column]], on="insee", how="left")
    table = table.rename(columns={column: "inhabitants"})
    return table.sort_values(["inhabitants", "name"], ascending=[False, True]), vintage


def _draw(edition: Edition, spec: Mapping) -> Drawing:
    table, vintage = read_population(edition, spec)
    known = table.dropna(subset=["inhabitants"])
    if len(known) < 2:
        raise UndrawableChart(
            f"Carte « {spec['id']} » : population connue pour {len(known)} commune, il en faut "
            "au moins deux."
        )
    plate = Plate(edition, _with_finding(spec, table, vintage), [])
    plate.write_unit_line()
    asked = list(spec.get("classes") or DEFAULT_CLASSES)
    most = known["inhabitants"].max()
    bounds = [bound for bound in asked if bound <= most] or asked[:1]
    shades = colours.sequential(plate.accent, len(bounds) + 1)
    outlines = dict(_outlines(edition.communes_geojson, set(table["insee"])))
    missing_shape = [row.name for row in table.itertuples(index=False) if row.insee not in outlines]
    project, height = _projection(outlines, plate.y)
    numbers = known.set_index("insee")["inhabitants"]
    for insee, rings in outlines.items():
        fill = shades[_class_of(numbers[insee], bounds)] if insee in numbers else theme.PAPER
        _add_shape(plate.sheet, [[project(*point) for point in ring] for ring in rings], fill)
    labels = known.head(int(spec.get("labels", DEFAULT_LABELS)))
    legend_bottom = _draw_legend(plate, bounds, shades, known["inhabitants"])
    bottom = _name_communes(plate, labels, outlines, project, legend_bottom + 0.15)
    plate.y = max(plate.y + height, bottom, legend_bottom) + 0.06
    for name in missing_shape:
        plate.note(f"{name} : contour {french.MISSING}.")
    for row in table[table["inhabitants"].isna()].itertuples():
        plate.note(f"{row.name} : population {french.MISSING}.")
    sentences = [
        f"{row.name} : {french.format_number(row.inhabitants)} habitants"
        for row in known.itertuples()
    ]
    data = table[["insee", "name", "inhabitants"]].assign(vintage=vintage)
    drawing = plate.complete(
        "Carte des communes colorée par classes", sentences, _tabulate(table), data
    )
    return _with_sources(edition, drawing)


def _with_finding(spec: Mapping, table: pd.DataFrame, vintage: int) -> dict:
    """Replaces ``[premiere]``, ``[premiere|nombre]``, ``[communes]`` and ``[millesime]``."""
    first = table.iloc[0]
    said = {
        "[premiere]": str(first["name"]),
        "[premiere|nombre]": mark(
            f"{french.format_number(first['inhabitants'])} habitants", name_table("population")
        ),
        "[communes]": mark(french.format_number(len(table)), name_table("communes")),
        "[millesime]": str(vintage),
    }
    filled = dict(spec)
    for key in ("finding", "unit", "note"):
        for name, words in said.items():
            if key in filled:
                filled[key] = filled[key].replace(name, words)
    filled.setdefault("unit", f"Habitants par commune, population légale {vintage}")
    return filled


def _with_sources(edition: Edition, drawing: Drawing) -> Drawing:
    sources = edition.sources
    files = sources["file"].fillna("")
    wanted = files.str.contains(r"communes|population", regex=True)
    titles = list(dict.fromkeys(sources.loc[wanted, "title"]))
    word = "Sources" if len(titles) > 1 else "Source"
    line = french.typeset(f"{word} : {' ; '.join(titles)}.") if titles else ""
    return replace(drawing, source_line=line)


def _tabulate(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Commune": list(table["name"]),
            "Habitants": [
                french.MISSING
                if pd.isna(number)
                else mark(french.format_number(number), name_table("population"))
                for number in table["inhabitants"]
            ],
        }
    )


# --- geometry ----------------------------------------------------------------------------------


def _outlines(geojson: Mapping, wanted: set[str]) -> Iterator[tuple[str, list[list]]]:
    """INSEE code and rings (longitude, latitude) of each wanted commune."""
    for feature in geojson["features"]:
        properties = feature["properties"]
        code = str(properties.get("insee") or properties.get("code"))
        if code not in wanted:
            continue
        geometry = feature["geometry"]
        polygons = geometry["coordinates"]
        if geometry["type"] == "Polygon":
            polygons = [polygons]
        yield code, [ring for polygon in polygons for ring in polygon]


def _projection(
    outlines: Mapping[str, list], top: float
) -> tuple[Callable[[float, float], tuple[float, float]], float]:
    """Degrees to inches on the sheet, fitted to the map's box, and the height taken."""
    points = [point for rings in outlines.values() for ring in rings for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = min(MAP_WIDTH / ((east - west) * shrink), MAP_HEIGHT / (north - south))

    def project(longitude: float, latitude: float) -> tuple[float, float]:
        return (longitude - west) * shrink * scale, top + (north - latitude) * scale

    return project, (north - south) * scale


def _add_shape(sheet: Sheet, rings: Sequence[Sequence[tuple[float, float]]], fill: str) -> None:
    vertices, codes = [], []
    for ring in rings:
        vertices += list(ring)
        codes += [Outline.MOVETO] + [Outline.LINETO] * (len(ring) - 2) + [Outline.CLOSEPOLY]
    sheet.axes.add_patch(
        PathPatch(
            Outline(vertices, codes), facecolor=fill, edgecolor=theme.PAPER, linewidth=0.8, zorder=2
        )
    )


def _centre(ring: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Centroid of a ring."""
    area = x = y = 0.0
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x0 * y1 - x1 * y0
        area += cross
        x += (x0 + x1) * cross
        y += (y0 + y1) * cross
    return x / (3 * area), y / (3 * area)


def _class_of(number: float, bounds: Sequence[float]) -> int:
    return sum(number >= bound for bound in bounds)


# --- words -------------------------------------------------------------------------------------


def _name_communes(
    plate: Plate,
    labels: pd.DataFrame,
    outlines: Mapping[str, list],
    project: Callable[[float, float], tuple[float, float]],
    top: float,
) -> float:
    """The largest communes are named right of the map, in the order of their latitude, a line
    leading to each: no name hides a commune, and none overlaps. Returns the lowest y."""
    sheet = plate.sheet
    rows = []
    for row in labels.itertuples():
        rings = outlines.get(row.insee)
        if rings:
            ring = max(rings, key=len)
            rows.append((row, *_centre([project(*point) for point in ring])))
    step = line_height(theme.BODY) + line_height(theme.SMALL) + 0.06
    ys = spread([y for *_, y in rows], step, top, plate.y + MAP_HEIGHT)
    for (row, x, y), label_y in zip(rows, ys, strict=True):
        sheet.line(
            [x, NAMES_AT - 0.12, NAMES_AT - 0.04],
            [y, label_y, label_y],
            theme.INK,
            width=0.6,
            layer=5,
        )
        sheet.dot(x, y, 0.035, theme.INK, edge=theme.PAPER, layer=6)
        sheet.write(NAMES_AT, label_y, row.name, weight="bold")
        sheet.write(
            NAMES_AT,
            label_y + line_height(theme.BODY) - 0.01,
            f"{french.format_number(row.inhabitants)}{french.NO_BREAK}hab.",
            size=theme.SMALL,
            colour=theme.QUIET,
        )
    return max(ys, default=plate.y) + line_height(theme.BODY) * 1.5


def _draw_legend(
    plate: Plate, bounds: Sequence[float], shades: Sequence[str], numbers: pd.Series
) -> float:
    """Classes from many to few, each with how many communes it holds. Returns the lowest y."""
    sheet = plate.sheet
    counts = numbers.map(lambda number: _class_of(number, bounds)).value_counts()
    words = [f"moins de {french.format_number(bounds[0])}"]
    words += [
        f"{french.format_number(low)} à {french.format_number(high - 1)}"
        for low, high in pairwise(bounds)
    ]
    words.append(f"{french.format_number(bounds[-1])} et plus")
    swatch, size = 0.2, theme.SMALL
    widest = max(measure(word, size) for word in words)
    right = sheet.width
    left = right - widest - swatch - 0.5
    y = plate.y + 0.02
    y += (
        sheet.write(
            right, y, "Communes", size=size, colour=theme.QUIET, align="right", anchor="top"
        )
        + 0.03
    )
    for index in reversed(range(len(shades))):
        middle = y + 0.1
        sheet.bar(left, middle, swatch, 0.17, shades[index], edge=theme.RULE)
        sheet.write(left + swatch + 0.07, middle, words[index], size=size)
        sheet.write(
            right,
            middle,
            french.format_number(counts.get(index, 0)),
            size=size,
            align="right",
            colour=theme.QUIET,
        )
        y += 0.22
    return y
