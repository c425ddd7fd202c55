"""Outlines of communes, from GeoJSON to TopoJSON: each border once, on a grid of about a metre.

The usual way: points on a grid, rings cut where the neighbours of a point differ from one ring to
another, equal pieces kept once. Nothing is simplified here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

Point = tuple[int, int]
#: Steps of the grid, in degrees.
_STEP = 1e-5
#: Where a producer writes the code of a commune.
_CODES = ("code", "INSEE_COM", "insee_com", "code_insee", "CODE_INSEE", "codgeo")
#: GRS 80: first eccentricity, and radius (km) of the sphere of the same surface.
_ECCENTRICITY, _AUTHALIC_KM = 0.0818191910428158, 6371.0071809184728


def read_code(feature: dict[str, Any]) -> str:
    """The code of a GeoJSON feature; '' when it bears none."""
    properties = feature.get("properties") or {}
    return next((str(properties[name]) for name in _CODES if properties.get(name)), "")


def list_polygons(feature: dict[str, Any]) -> list[list[list[Sequence[float]]]]:
    """The polygons of a feature, each its ring then its holes; none for what is no surface."""
    geometry = feature.get("geometry") or {}
    kind, coordinates = geometry.get("type"), geometry.get("coordinates") or []
    return {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(kind, [])


def measure_area(feature: dict[str, Any]) -> float:
    """Area of a feature in km², on the sphere of the same surface as the ellipsoid (GRS 80)."""

    def find_height(latitude: float) -> float:
        sine, e = math.sin(math.radians(latitude)), _ECCENTRICITY

        def integrate(s: float) -> float:
            return (1 - e**2) * (s / (1 - (e * s) ** 2) + math.atanh(e * s) / e)

        return integrate(sine) / integrate(1.0)

    total = 0.0
    for polygon in list_polygons(feature):
        for rank, ring in enumerate(polygon):
            heights = [find_height(point[1]) for point in ring]
            turned = sum(
                math.radians(ring[i + 1][0] - ring[i][0]) * (heights[i] + heights[i + 1]) / 2
                for i in range(len(ring) - 1)
            )
            total += abs(turned) if rank == 0 else -abs(turned)
    return total * _AUTHALIC_KM**2


def _snap(ring: list[Sequence[float]], west: float, south: float) -> list[Point]:
    """Points of a closed ring on the grid, without the last and without repeats; [] for a speck."""
    points: list[Point] = []
    for x, y, *_ in ring:
        point = (round((x - west) / _STEP), round((y - south) / _STEP))
        if not points or point != points[-1]:
            points.append(point)
    while len(points) > 1 and points[0] == points[-1]:
        points.pop()
    return points if len(points) > 2 else []


def _find_junctions(rings: Iterator[list[Point]]) -> set[Point]:
    """Points that have other neighbours in one ring than in another."""
    neighbours: dict[Point, tuple[Point, Point]] = {}
    junctions = set()
    for ring in rings:
        for i, point in enumerate(ring):
            before, after = ring[i - 1], ring[(i + 1) % len(ring)]
            pair = (before, after) if before < after else (after, before)
            if neighbours.setdefault(point, pair) != pair:
                junctions.add(point)
    return junctions


def _cut(ring: list[Point], junctions: set[Point]) -> Iterator[tuple[Point, ...]]:
    """The pieces of a ring between junctions; one that has none begins at its least point."""
    starts = [i for i, point in enumerate(ring) if point in junctions]
    if not starts:
        starts = [ring.index(min(ring))]
    for start, end in zip(starts, [*starts[1:], starts[0] + len(ring)], strict=True):
        yield tuple(ring[i % len(ring)] for i in range(start, end + 1))


def build_topology(features: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The TopoJSON of communes (code → GeoJSON feature); property ``insee_code``."""
    corners = [p for f in features.values() for poly in list_polygons(f) for r in poly for p in r]
    west, south = min(p[0] for p in corners), min(p[1] for p in corners)
    shapes = {
        code: [
            rings
            for polygon in list_polygons(feature)
            if (rings := [r for ring in polygon if (r := _snap(ring, west, south))])
        ]
        for code, feature in features.items()
    }
    junctions = _find_junctions(r for polygons in shapes.values() for p in polygons for r in p)
    known: dict[tuple[Point, ...], int] = {}
    arcs: list[tuple[Point, ...]] = []

    def name_arc(piece: tuple[Point, ...]) -> int:
        if piece in known:
            return known[piece]
        if piece[::-1] in known:
            return ~known[piece[::-1]]
        known[piece] = len(arcs)
        arcs.append(piece)
        return known[piece]

    geometries = []
    for code, polygons in sorted(shapes.items()):
        named = [[[name_arc(piece) for piece in _cut(r, junctions)] for r in p] for p in polygons]
        single = len(named) == 1
        geometries.append(
            {
                "type": "Polygon" if single else "MultiPolygon",
                "arcs": named[0] if single else named,
                "properties": {"insee_code": code},
            }
        )
    return {
        "type": "Topology",
        "arcs": [_write_steps(arc) for arc in arcs],
        "transform": {"scale": [_STEP, _STEP], "translate": [west, south]},
        "objects": {"communes": {"type": "GeometryCollection", "geometries": geometries}},
    }


def _write_steps(arc: tuple[Point, ...]) -> list[list[int]]:
    """A first point, then how far each next one is."""
    steps, (x, y) = [list(arc[0])], arc[0]
    for next_x, next_y in arc[1:]:
        steps.append([next_x - x, next_y - y])
        x, y = next_x, next_y
    return steps
