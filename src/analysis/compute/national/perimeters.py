"""Which communes a territory has and had, and what is known of each: populations, census, outlines."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pandas as pd

from analysis.compute.national.reference_files import IN_FORCE_AFTER, read_national, read_topology

Ring = list[tuple[float, float]]


def list_editions_known() -> list[int]:
    """Years whose perimeters are known, oldest first."""
    known = read_national("memberships")
    return list(range(known["first_edition"].min(), known["last_edition"].max() + 1))


def choose_perimeter(year: int) -> int:
    """The year of the perimeters for an edition: its own, else the nearest that is known."""
    known = list_editions_known()
    return min(max(year, known[0]), known[-1])


def list_memberships(siren: str) -> pd.DataFrame:
    """Communes that a territory has or had since the first edition known, one row per stay:
    insee, name, first_edition, last_edition (years, 1 January), area_km2, current."""
    rows = read_national("memberships").query("siren == @siren")
    named = read_national("communes")[["insee", "name", "area_km2", "current"]]
    return rows.drop(columns="siren").merge(named, on="insee", how="left", validate="many_to_one")


def list_members(siren: str, year: int) -> pd.DataFrame:
    """Communes of a territory on 1 January of the nearest edition known to ``year`` (same columns
    as ``list_memberships``)."""
    perimeter = choose_perimeter(year)
    rows = list_memberships(siren)
    return rows[rows["first_edition"].le(perimeter) & rows["last_edition"].ge(perimeter)]


@cache
def _constant_populations() -> pd.DataFrame:
    """Populations in the communes of today: current, vintage, municipal, total; unknown where a
    part is unknown, or where the commune of then was wider."""
    current = read_national("communes").set_index("insee")["current"]
    rows = read_national("populations")
    rows = rows.assign(current=rows["insee"].map(current))
    rows.loc[rows["note"] == "wider", ["municipal", "total"]] = float("nan")
    # A sum of one unknown part is unknown.
    return (
        rows.groupby(["current", "vintage"])[["municipal", "total"]]
        .sum(min_count=1)
        .where(
            ~rows[["municipal", "total"]].isna().groupby([rows["current"], rows["vintage"]]).any()
        )
        .reset_index()
    )


def list_populations(insee: Iterable[str]) -> pd.DataFrame:
    """Legal populations of communes (codes of any edition) in the outlines of today: insee, vintage,
    municipal, total; a vintage that is not known of the whole commune has no row."""
    codes = pd.DataFrame({"insee": list(dict.fromkeys(insee))})
    codes["current"] = codes["insee"].map(read_national("communes").set_index("insee")["current"])
    rows = codes.merge(_constant_populations(), on="current").drop(columns="current")
    return rows[rows["municipal"].notna()].astype({"municipal": "int64"})


def read_censuses(insee: Iterable[str]) -> pd.DataFrame:
    """Census counts of communes (codes of any edition) in the outlines of today: insee, vintage and
    counts; a commune that the census does not know has no row."""
    current = read_national("communes").set_index("insee")["current"]
    counts = read_national("census")
    summed = counts.assign(current=counts["insee"].map(current)).drop(columns="insee")
    summed = summed.groupby(["current", "vintage"], as_index=False).sum()
    codes = pd.DataFrame({"insee": list(dict.fromkeys(insee))})
    codes["current"] = codes["insee"].map(current)
    return codes.merge(summed, on="current").drop(columns="current")


@cache
def _decode_arcs() -> list[Ring]:
    topology = read_topology()
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            points.append((round(x * sx + tx, 5), round(y * sy + ty, 5)))
        arcs.append(points)
    return arcs


@cache
def _list_shapes() -> dict[str, dict]:
    shapes = read_topology()["objects"]["communes"]["geometries"]
    return {shape["properties"]["insee_code"]: shape for shape in shapes}


def select_outlines(insee: Iterable[str]) -> dict[str, list[list[Ring]]]:
    """The outlines of communes of today by code: polygons, each its ring then its holes, rings of
    (longitude, latitude) in degrees, rounded alike on both sides of a border."""
    arcs = _decode_arcs()

    def join_ring(indexes: list[int]) -> Ring:
        points: Ring = []
        for index in indexes:
            arc = arcs[index] if index >= 0 else arcs[~index][::-1]
            points += arc[1:] if points else arc
        return points

    found = {}
    for code in insee:
        if shape := _list_shapes().get(code):
            polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
            found[code] = [[join_ring(ring) for ring in polygon] for polygon in polygons]
    return found


def find_in_force(year: int) -> int:
    """The vintage of the legal population in force in a year."""
    return year - IN_FORCE_AFTER
