"""Which communes a territory has and had, and what is known of each."""

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
def find_current() -> pd.Series:
    """The commune of today that covers each code, current or former."""
    return read_national("communes").set_index("insee")["current"]


@cache
def group_communes(edition: int) -> pd.Series:
    """What a commune of today was in an edition: its own code, or that of the commune with which
    it was still one, when it has been re-established since (index: codes of today)."""
    communes = read_national("communes")
    today = communes[communes["insee"] == communes["current"]].set_index("insee")
    restored = today["restored_from"].ne("") & today["first_edition"].gt(edition)
    former = today.loc[restored, "restored_from"].map(find_current())
    return today.index.to_series().where(~restored, former.reindex(today.index))


def sum_groups(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Sums of rows (insee of some edition) by commune of today, as it was in that edition; a sum
    of which one part is unknown is unknown."""
    groups = rows["insee"].map(find_current()).rename("group")
    sums = rows.groupby(groups)[columns].sum(min_count=1)
    return sums.where(~rows[columns].isna().groupby(groups).any())


def find_repeated(note: pd.Series) -> pd.Series:
    """The year of the census that a legal population only repeats (``mayotte-2017``: 2017), 0 for
    all others."""
    return note.str.extract(r"-(\d{4})$")[0].fillna("0").astype(int)


@cache
def sum_populations(vintage: int) -> pd.DataFrame:
    """Legal populations of a vintage by commune of today, as it was when it came into force
    (``group_communes``): municipal, total, repeats (the year of the census repeated, or 0)."""
    rows = read_national("populations").query("vintage == @vintage")
    sums = sum_groups(rows, ["municipal", "total"])
    repeats = find_repeated(rows["note"]).groupby(rows["insee"].map(find_current())).max()
    return sums.assign(repeats=repeats.reindex(sums.index).fillna(0).astype(int))


@cache
def sum_census(vintage: int) -> pd.DataFrame:
    """Census counts by commune of today, as it was in the geography of the census."""
    rows = read_national("census").query("vintage == @vintage")
    return sum_groups(rows, [c for c in rows if c not in ("insee", "vintage", "edition")])


def find_census_edition(vintage: int) -> int:
    """The edition whose communes a census is counted in."""
    return int(read_national("census").query("vintage == @vintage")["edition"].max())


def _select_whole(insee: Iterable[str], groups: pd.Series, sums: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``sums`` for codes whose commune of today was then a commune by itself."""
    codes = pd.DataFrame({"insee": list(dict.fromkeys(insee))})
    codes["current"] = codes["insee"].map(find_current())
    alone = groups[~groups.duplicated(keep=False)]
    return codes[codes["current"].isin(alone)].join(sums, on="current", how="inner")


def list_populations(insee: Iterable[str]) -> pd.DataFrame:
    """Legal populations of communes (codes of any edition) in the outlines of today: insee,
    vintage, municipal, total; a vintage that is not known of the whole commune, that counts another
    one re-established since with it, or that only repeats an earlier census, has no row."""
    codes, frames = list(insee), []
    for vintage in sorted(read_national("populations")["vintage"].unique()):
        groups = group_communes(int(vintage) + IN_FORCE_AFTER)
        rows = _select_whole(codes, groups, sum_populations(int(vintage)))
        frames.append(rows[rows["repeats"].eq(0)].assign(vintage=int(vintage)))
    rows = pd.concat(frames)[["insee", "vintage", "municipal", "total"]]
    rows = rows[rows["municipal"].notna()].astype({"municipal": "int64"})
    return rows.sort_values("insee", kind="stable").reset_index(drop=True)


def read_censuses(insee: Iterable[str]) -> pd.DataFrame:
    """Census counts of communes (codes of any edition) in the outlines of today: insee, vintage and
    counts; a commune that the census does not know, or counts with another, has no row."""
    codes, frames = list(insee), []
    for vintage in sorted(read_national("census")["vintage"].unique()):
        groups = group_communes(find_census_edition(int(vintage)))
        rows = _select_whole(codes, groups, sum_census(int(vintage))).drop(columns="current")
        rows.insert(1, "vintage", int(vintage))
        frames.append(rows.dropna())
    return pd.concat(frames).reset_index(drop=True)


@cache
def _decode_arc(index: int) -> Ring:
    topology = read_topology()
    (sx, sy), (tx, ty) = topology["transform"]["scale"], topology["transform"]["translate"]
    x = y = 0
    points = []
    for dx, dy in topology["arcs"][index]:
        x, y = x + dx, y + dy
        points.append((round(x * sx + tx, 5), round(y * sy + ty, 5)))
    return points


@cache
def _list_shapes() -> dict[str, dict]:
    shapes = read_topology()["objects"]["communes"]["geometries"]
    return {shape["properties"]["insee_code"]: shape for shape in shapes}


def select_outlines(insee: Iterable[str]) -> dict[str, list[list[Ring]]]:
    """The outlines of communes of today by code: polygons, each its ring then its holes, rings of
    (longitude, latitude) in degrees, rounded alike on both sides of a border."""

    def join_ring(indexes: list[int]) -> Ring:
        points: Ring = []
        for index in indexes:
            arc = _decode_arc(index) if index >= 0 else _decode_arc(~index)[::-1]
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
