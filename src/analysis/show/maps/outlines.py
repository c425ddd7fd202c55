"""Outlines of communes: from GeoJSON to shapes on a canvas.

One degree of longitude is shortened by the cosine of the latitude, which is right to a few metres
over an agglomeration.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline

from analysis.model.geojson_codes import geojson_code
from analysis.show import theme
from analysis.show.charts.canvas import Canvas

Point = tuple[float, float]
Rings = list[list[Point]]

#: Borders between communes, points of type: thin, and lighter than what is drawn over them.
BORDER = 0.6
#: Communes above which what is drawn for each becomes smaller.
_MANY = 60
#: Points of a map beyond which its outlines are thinned, to a grid of so many inches.
_DENSE, _STEP = 6000, 0.005


def shrink(count: int) -> float:
    """How large what is drawn for each of ``count`` communes is, 1 being its usual size."""
    return min(1.0, math.sqrt(_MANY / count))


def read_outlines(geojson: Mapping, wanted: Iterable[str]) -> dict[str, Rings]:
    """Rings (longitude, latitude) of each wanted commune by INSEE code, in the file's order."""
    codes = set(wanted)
    found: dict[str, Rings] = {}
    for feature in geojson.get("features", []):
        code = geojson_code(feature)
        if code in codes:
            geometry = feature["geometry"]
            polygons = geometry["coordinates"]
            if geometry["type"] == "Polygon":
                polygons = [polygons]
            found[code] = [[(p[0], p[1]) for p in ring] for polygon in polygons for ring in polygon]
    return found


@dataclass(frozen=True)
class CommuneMap:
    """Communes laid on a canvas: rings in inches, the box that they fill."""

    rings: Mapping[str, Rings]
    left: float
    top: float
    width: float
    height: float


def lay_out(
    outlines: Mapping[str, Rings], left: float, top: float, width: float, height: float
) -> CommuneMap:
    """The outlines as large as a box of ``width`` × ``height`` inches allows, north up, at its left
    and at its top."""
    points = [point for rings in outlines.values() for ring in rings for point in ring]
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    shrink = math.cos(math.radians((south + north) / 2))
    scale = min(width / ((east - west) * shrink), height / (north - south))
    rings = {
        code: [
            [(left + (x - west) * shrink * scale, top + (north - y) * scale) for x, y in ring]
            for ring in polygon
        ]
        for code, polygon in outlines.items()
    }
    if len(points) > _DENSE:
        rings = {code: thin_rings(polygon) for code, polygon in rings.items()}
    return CommuneMap(rings, left, top, (east - west) * shrink * scale, (north - south) * scale)


def thin_rings(rings: Rings) -> Rings:
    """The rings with their points moved to the grid ``_STEP``, those that fall together once: a
    border that two communes share moves alike on both sides. An islet of less than a step goes,
    unless the commune is nothing else."""
    thinned: Rings = []
    for ring in rings:
        moved: list[Point] = []
        for x, y in ring:
            point = (round(round(x / _STEP) * _STEP, 4), round(round(y / _STEP) * _STEP, 4))
            if not moved or point != moved[-1]:
                moved.append(point)
        if len(moved) > 3:
            thinned.append(moved)
    return thinned or rings


def write_path(rings: Rings) -> str:
    """Rings laid out as the path of an SVG: whole numbers, each from the point before, those that
    fall together once."""
    parts = []
    for ring in rings:
        points = [(round(x), round(y)) for x, y in ring]
        steps = [(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in pairwise(points)]
        moves = " ".join(f"{x} {y}" for x, y in steps[:-1] if (x, y) != (0, 0))
        if moves or len(rings) == 1:
            parts.append(f"M{points[0][0]} {points[0][1]}l{moves}z")
    return "".join(parts).replace(" -", "-")


def add_shape(
    canvas: Canvas, rings: Rings, fill: str, *, edge: str = theme.PAPER, hatch: str | None = None
) -> PathPatch:
    """One commune, as it was drawn; a ring inside another is a hole."""
    vertices: list[Point] = []
    codes: list[int] = []
    for ring in rings:
        vertices += ring
        codes += [Outline.MOVETO] + [Outline.LINETO] * (len(ring) - 2) + [Outline.CLOSEPOLY]
    shape = PathPatch(
        Outline(vertices, codes),
        facecolor=fill,
        edgecolor=edge,
        linewidth=BORDER,
        joinstyle="round",
        hatch=hatch,
        zorder=2,
    )
    canvas.axes.add_artist(shape)
    return shape


def add_unknown(canvas: Canvas, rings: Rings) -> None:
    """A commune of which nothing is known: hatched on paper, as everywhere in the report."""
    add_shape(canvas, rings, theme.PAPER, edge=theme.PREVIOUS, hatch=theme.HATCH_REMAINDER)
