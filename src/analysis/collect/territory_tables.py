"""What a territory's dossier takes of the national reference: communes with their dates,
populations, census and outlines.

A dossier describes the communes as they were on 1 January of one year, that of its perimeter: what
merged before is counted in the commune that it joined, in every vintage, so that a series is of the
same places. Reads no dossier and writes none.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

import pandas as pd

from analysis.compute.national import (
    list_editions_known,
    list_memberships,
    list_populations,
    read_censuses,
    read_national,
    select_outlines,
)
from analysis.compute.national.perimeters import choose_perimeter, find_current
from analysis.compute.national.reference_files import IN_FORCE_AFTER
from analysis.model.schema import TABLES
from analysis.words import french

#: Decimals of a degree in outlines: about ten metres.
DECIMALS = 4
#: Corners of the smallest ring, its first point repeated.
_CORNERS = 4


@dataclass(frozen=True)
class TerritoryTables:
    """``communes``, ``population``, ``census``: as the schema has them; ``outlines``: GeoJSON.
    ``notes``: what the reader of each must know (French), by name of the file."""

    perimeter: int
    communes: pd.DataFrame
    population: pd.DataFrame
    census: pd.DataFrame
    outlines: str
    notes: dict[str, list[str]]


@cache
def _group_codes(edition: int) -> dict[str, frozenset[str]]:
    """Codes of communes in an edition by the commune of today that covers them."""
    rows = read_national("communes").query("first_edition <= @edition <= last_edition")
    return {now: frozenset(codes) for now, codes in rows.groupby("current")["insee"]}


@cache
def _find_current(insee: str) -> str:
    return find_current()[insee]


@cache
def _find_parted(perimeter: int) -> frozenset[str]:
    """Communes of today from which one has been taken since, that is a commune again."""
    communes = read_national("communes")
    rows = communes[communes["restored_from"].ne("") & communes["first_edition"].gt(perimeter)]
    return frozenset(map(_find_current, rows["restored_from"]))


def _is_whole(insee: str, perimeter: int) -> bool:
    """Whether the commune of today is the same place as that of the perimeter."""
    now = _find_current(insee)
    then = _group_codes(perimeter).get(now, frozenset())
    return len(then) <= 1 and now not in _find_parted(perimeter)


def _take_old(table: str, codes: list[str], perimeter: int) -> pd.DataFrame:
    """Rows of communes that have merged or parted since: those of the editions in which the same
    codes shared the ground of the commune of today, each with its own extent."""
    rows = read_national(table)
    rows = rows[rows["insee"].isin(codes)]
    editions = rows["edition"] if "edition" in rows else rows["vintage"] + IN_FORCE_AFTER
    same = [
        _group_codes(int(edition)).get(_find_current(insee))
        == _group_codes(perimeter).get(_find_current(insee))
        for insee, edition in zip(rows["insee"], editions, strict=True)
    ]
    return rows[pd.Series(same, index=rows.index, dtype=bool)]


def _list_stays(siren: str, perimeter: int) -> tuple[pd.DataFrame, list[tuple[str, str, int]]]:
    """Stays of communes as the perimeter knows them; those left out, since another member covers
    them: name, name of that member, first year without them."""
    stays = list_memberships(siren)
    named = read_national("communes").set_index("insee")["name"]
    status = read_national("communes").set_index("insee")["status"]
    there = {c for codes in _group_codes(perimeter).values() for c in codes}
    members = set(stays["insee"]) & there
    kept, covered = [], []
    for row in stays.itertuples():
        heirs = _group_codes(perimeter).get(row.current, frozenset()) & members
        if row.insee in there or (row.last_edition < perimeter and not heirs):
            kept.append(row.Index)
        elif row.last_edition < perimeter and status[row.insee] == "recoded":
            kept.append(row.Index)  # the same commune under its former code
        elif row.last_edition < perimeter:
            covered.append((named[row.insee], named[min(heirs)], row.last_edition + 1))
    return stays.loc[kept], covered


def tabulate_territory(siren: str, year: int) -> TerritoryTables:
    """What is known of a territory for an edition of ``year``, as tables of its dossier."""
    perimeter = choose_perimeter(year)
    first, last = list_editions_known()[0], list_editions_known()[-1]
    stays, covered = _list_stays(siren, perimeter)
    opened = [
        "" if start == first and year < first else date(start, 1, 1)
        for start in stays["first_edition"]
    ]
    closed = ["" if end == last else date(end, 12, 31) for end in stays["last_edition"]]
    communes = stays[["insee", "name", "area_km2"]].assign(member_from=opened, member_to=closed)
    communes = communes.assign(name=communes["name"].str.replace("'", "’"))
    communes = communes.sort_values(["insee", "member_from"], key=lambda s: s.astype(str))
    communes = communes[TABLES["communes"].header].reset_index(drop=True)
    codes = list(dict.fromkeys(communes["insee"]))
    whole = [c for c in codes if _is_whole(c, perimeter)]
    others = [c for c in codes if c not in whole]
    population = pd.concat(
        [list_populations(whole), _take_old("populations", others, perimeter)]
    ).dropna(subset="municipal")
    census = pd.concat([read_censuses(whole), _take_old("census", others, perimeter)])
    frames = []
    for name, frame in {"population": population, "census": census}.items():
        frame = frame[TABLES[name].header]
        frames.append(frame.sort_values(["insee", "vintage"]).reset_index(drop=True))
    notes = {
        "communes": [*_note_dates(stays, year, perimeter), *_note_covered(covered)],
        "population": _note_population(frames[0], codes),
        "census": _note_census(frames[1], codes),
        "outlines": _note_outlines(others, communes),
    }
    outlines = _write_outlines(communes)
    return TerritoryTables(perimeter, communes, frames[0], frames[1], outlines, notes)


def _note_dates(stays: pd.DataFrame, year: int, perimeter: int) -> list[str]:
    first, last = list_editions_known()[0], list_editions_known()[-1]
    notes = [
        f"Périmètres du 1er janvier des années {first} à {last} : une commune qui entre ou sort en"
        " cours d’année est datée du 1er janvier suivant, ou du 31 décembre."
    ]
    if (stays["first_edition"] == first).any():
        notes.append(
            f"Un membre du 1er janvier {first} l’était au plus tard ce jour : la date de son"
            " adhésion, antérieure, n’est pas dans la référence"
            + (", et « member_from » est laissé vide." if year < first else ".")
        )
    if perimeter != year:
        notes.append(f"Périmètre de {perimeter}, le plus proche de {year} qui soit connu.")
    return notes


def _note_covered(covered: list[tuple[str, str, int]]) -> list[str]:
    heirs: dict[tuple[str, int], list[str]] = {}
    for name, heir, when in covered:
        heirs.setdefault((heir, when), []).append(name)
    said = [
        f"{french.join_list(sorted(names))} (dans {heir}, {when} au plus tard)"
        for (heir, when), names in sorted(heirs.items())
    ]
    if not said:
        return []
    text = f"Communes fusionnées, comptées dans la commune nouvelle : {' ; '.join(said)}."
    return [text.replace("'", "’")]


def _note_population(population: pd.DataFrame, codes: list[str]) -> list[str]:
    known = sorted(set(read_national("populations")["vintage"]))
    found = population.groupby("vintage")["insee"].nunique()
    lacking = [
        f"{v} ({len(codes) - found.get(v, 0)})" for v in known if found.get(v, 0) < len(codes)
    ]
    notes = [
        f"Millésimes {known[0]} à {known[-1]} ; un millésime entre en vigueur {IN_FORCE_AFTER} ans"
        " plus tard. Communes dans leurs limites de l’année du périmètre."
    ]
    if lacking:
        notes.append(f"Millésimes inconnus de communes (combien) : {', '.join(lacking)}.")
    return notes


def _note_census(census: pd.DataFrame, codes: list[str]) -> list[str]:
    known = set(census["insee"])
    if not known:
        return ["Aucune commune n’est dans le recensement de la référence."]
    lacking = [code for code in codes if code not in known]
    return [f"Communes sans recensement connu : {', '.join(lacking)}."] if lacking else []


def _note_outlines(others: list[str], communes: pd.DataFrame) -> list[str]:
    names = dict(communes[["insee", "name"]].itertuples(index=False))
    notes = ["Contours des communes d’aujourd’hui, généralisés ; WGS 84."]
    if others:
        wider = ", ".join(names[code] for code in others)
        notes.append(f"Communes dont les limites ont changé depuis le périmètre : {wider}.")
    return notes


def _write_outlines(communes: pd.DataFrame) -> str:
    """GeoJSON of the communes, a line each; one that has merged since has none but that of the
    commune which kept its code."""
    rows = communes.drop_duplicates("insee")
    shapes = select_outlines(dict.fromkeys(_find_current(code) for code in rows["insee"]))
    taken: set[str] = set()
    features = []
    for row in sorted(
        rows.itertuples(), key=lambda r: (r.insee != _find_current(r.insee), r.insee)
    ):
        now = _find_current(row.insee)
        if now in taken or now not in shapes:
            continue
        taken.add(now)
        polygons = [polygon for polygon in map(_round_polygon, shapes[now]) if polygon]
        single = len(polygons) == 1
        features.append(
            {
                "type": "Feature",
                "properties": {"code": row.insee, "nom": row.name, "km2": row.area_km2},
                "geometry": {
                    "type": "Polygon" if single else "MultiPolygon",
                    "coordinates": polygons[0] if single else polygons,
                },
            }
        )
    features.sort(key=lambda feature: feature["properties"]["code"])
    lines = ",\n".join(_dump(feature) for feature in features)
    return f'{{"type":"FeatureCollection","features":[\n{lines}\n]}}\n'


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _round_polygon(polygon: list) -> list:
    """A polygon with fewer decimals and no point twice in a row; [] when nothing is left of it."""
    rings = []
    for ring in polygon:
        points = [(round(x, DECIMALS), round(y, DECIMALS)) for x, y in ring]
        thin = [points[0], *(b for a, b in pairwise(points) if a != b)]
        if len(thin) >= _CORNERS:
            rings.append(thin)
        elif not rings:
            return []
    return rings


def name_departments(row: pd.Series) -> list[tuple[str, str]]:
    """Code and name of each department of a territory, the most peopled first."""
    known = read_national("territories").drop_duplicates("department").set_index("department")
    codes = row["departments"].replace("|", " ").replace(",", " ").split()
    return [(code, known.at[code, "department_name"]) for code in codes if code in known.index]
