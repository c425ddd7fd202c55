"""Populations, census and outlines of a new year."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.collect.national_files.commune_topology import (
    build_topology,
    list_polygons,
    measure_area,
    read_code,
)
from analysis.collect.national_files.reference_state import (
    Refresh,
    mark_wider,
    show_codes,
    sum_territories,
)
from analysis.compute.national.reference_files import IN_FORCE_AFTER
from analysis.words.french import format_count, format_number

#: By how much a population may differ from the former, as a share.
_PEOPLE_SHARE = 0.03
#: How a note ends that says of which census a population is only the repetition.
_REPEATED = r"-\d{4}$"


def _say_size(rows: pd.DataFrame, column: str) -> str:
    communes = format_count(len(rows), "commune", "communes")
    return f"{communes}, {format_count(int(rows[column].sum()), 'habitant', 'habitants')}"


def apply_populations(refresh: Refresh, vintage: int) -> None:
    """Legal populations of a vintage, by commune and, where its perimeters are known, by
    territory."""
    rows, edition = refresh.delivery.populations[vintage], vintage + IN_FORCE_AFTER
    table = refresh.tables["populations"]
    first, last = int(table["vintage"].min()), refresh.newest - IN_FORCE_AFTER
    if not first <= vintage <= last:
        expected = f"Attendu : {first} à {last}. Il y faut les communes de trois ans plus tard."
        refresh.blame("populations", vintage, f"communes de {edition} inconnues", expected)
        return
    there, former = refresh.list_codes(edition), table[table["vintage"] < vintage]
    # A territory whose own census is apart repeats its last one until another is published.
    repeated = former[former["note"].str.contains(_REPEATED)].sort_values("vintage")
    repeated = repeated.drop_duplicates("insee", keep="last")
    repeated = repeated[repeated["insee"].isin(there - set(rows["insee"]))]
    absent = there - set(rows["insee"]) - set(repeated["insee"])
    for codes, problem in (
        (set(rows["insee"]) - there, f"code qui n’est pas celui d’une commune de {edition}"),
        (absent, f"communes de {edition} sans population"),
    ):
        if codes:
            refresh.blame("populations", vintage, problem, value=show_codes(codes))
    if len(former):
        near = int(former["vintage"].max())
        before = float(former.loc[former["vintage"] == near, "municipal"].sum())
        people = float(rows["municipal"].sum() + repeated["municipal"].sum())
        if abs(people - before) > _PEOPLE_SHARE * before:
            problem = (
                f"{format_number(people)} habitants en tout, au lieu de {format_number(before)} en"
                f" {near}"
            )
            refresh.blame("populations", vintage, problem, "Est-ce le bon millésime ?")
    if refresh.faults:
        return
    added = pd.concat([rows.assign(note=""), repeated.drop(columns="vintage")])
    added = added.assign(vintage=vintage)[list(table)]
    kept = table[table["vintage"] != vintage]
    refresh.keep("populations", pd.concat([kept, added]), "insee,vintage")
    mark_wider(refresh)
    refresh.tables["territory_populations"] = refresh.tables["territory_populations"].query(
        "vintage != @vintage"
    )
    sum_territories(refresh, vintage)
    refresh.said.append(
        f"Populations légales de {vintage} : {_say_size(rows, 'municipal')}."
        + (f" Inconnues, reprises de leur recensement : {len(repeated)}." if len(repeated) else "")
    )


def apply_census(refresh: Refresh, vintage: int) -> None:
    """Ages and dwellings of a census; whose communes these are is found by their codes."""
    delivery, table = refresh.delivery, refresh.tables["census"]
    pair = {"ages": delivery.ages, "dwellings": delivery.dwellings}
    for part, other in (("ages", "dwellings"), ("dwellings", "ages")):
        if vintage in pair[part] and vintage not in pair[other]:
            name = "base-ic-logement" if other == "dwellings" else "base-ic-evol-struct-pop"
            refresh.blame(part, vintage, "l’autre moitié manque", f"Joindre {name}-{vintage}.csv.")
            return
    rows = delivery.ages[vintage].merge(delivery.dwellings[vintage], on="insee", how="outer")
    codes = set(rows["insee"])
    if strange := codes - set(refresh.tables["communes"]["insee"]):
        refresh.blame("ages", vintage, "code de commune inconnu", value=show_codes(strange))
    ages = rows[["pop_0_19", "pop_20_64", "pop_65_plus"]].sum(axis=1)
    if len(odd := rows.loc[(ages - rows["population"]).abs() > 3 + 0.02 * ages, "insee"]):
        refresh.blame(
            "ages", vintage, "les âges ne font pas la population", value=show_codes([*odd])
        )
    legal = refresh.tables["populations"].query("vintage == @vintage and insee in @codes")
    if len(legal):
        before, people = float(legal["municipal"].sum()), float(rows["population"].sum())
        if abs(people - before) > _PEOPLE_SHARE * before:
            problem = (
                f"{people:.0f} habitants, au lieu de {before:.0f} d’après les populations légales"
            )
            refresh.blame("ages", vintage, problem, "Est-ce le bon millésime ?")
    if refresh.faults:
        return
    known = refresh.tables["memberships"]["first_edition"].min()
    editions = range(int(known), refresh.newest + 1)
    edition = min(editions, key=lambda year: len(codes ^ refresh.list_codes(year)))
    added = rows.assign(vintage=vintage, edition=edition)[list(table)]
    kept = table[table["vintage"] != vintage]
    refresh.keep("census", pd.concat([kept, added]), "insee,vintage")
    refresh.said.append(
        f"Recensement de {vintage} : {_say_size(rows, 'population')} (communes du 1er janvier"
        f" {edition})."
    )


def apply_outlines(refresh: Refresh) -> dict[str, Any] | None:
    """The topology of new outlines, and the area of each commune; None when they do not serve."""
    features = {
        read_code(feature): feature for feature in (refresh.delivery.outlines or {})["features"]
    }
    table = refresh.tables["communes"].set_index("insee")
    current = set(table.index[table["status"] == "current"])
    if missing := current - set(features):
        problem = f"communes de {refresh.newest} sans contour : {len(missing)}"
        refresh.blame("outlines", 0, problem, value=show_codes(missing))
    if empty := {code for code in current & set(features) if not list_polygons(features[code])}:
        refresh.blame("outlines", 0, "contour sans surface", value=show_codes(empty))
    if refresh.faults:
        return None
    features = {code: features[code] for code in sorted(current)}
    area = pd.Series({code: round(measure_area(found), 2) for code, found in features.items()})
    table.loc[area.index, "area_km2"] = area
    refresh.keep("communes", table.reset_index(), "insee")
    refresh.said.append(f"Contours : {len(features)} communes, {area.sum():.0f} km².")
    return build_topology(features)
