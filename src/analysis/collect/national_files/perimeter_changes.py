"""Territories and their members of an edition, new or known."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.collect.national_files.reference_state import (
    Refresh,
    is_far,
    show_codes,
    sum_territories,
    unpack_stays,
)
from analysis.compute.national.reference_files import IN_FORCE_AFTER
from analysis.words.french import format_count

_NATURES = {"ME": "METRO", "METLYON": "MET69"} | {
    n: n for n in ("CC", "CA", "CU", "METRO", "MET69")
}
_LONG_KINDS = {
    "CC": "Communauté de communes",
    "CA": "Communauté d'agglomération",
    "CU": "Communauté urbaine",
}


def _pack(rows: pd.DataFrame) -> pd.DataFrame:
    """A row for each edition → stays, of editions that follow each other."""
    rows = rows.astype({"edition": "int64"}).sort_values(["insee", "siren", "edition"])
    same = rows[["insee", "siren"]].eq(rows[["insee", "siren"]].shift()).all(axis=1)
    stay = (~(same & rows["edition"].diff().eq(1))).cumsum()
    return rows.groupby(stay).agg(
        insee=("insee", "first"), siren=("siren", "first"),
        first_edition=("edition", "min"), last_edition=("edition", "max"),
    )  # fmt: skip


def _check_perimeter(refresh: Refresh, year: int) -> Iterator[tuple[str, str, str]]:
    """Problem, expectation and value of what is wrong with a list of territories and members."""
    territories, members = refresh.delivery.perimeters[year]
    known = refresh.tables["memberships"]
    first, last = int(known["first_edition"].min()), int(known["last_edition"].max())
    if not first <= year <= last + 1:
        yield f"la référence va de {first} à {last}", f"Attendu : {first} à {last + 1}.", str(year)
        return
    if year > refresh.newest:
        files = f"v_commune_{year}.csv et v_mvt_commune_{year}.csv"
        yield f"les communes de {year} ne sont pas connues", f"Joindre aussi {files}.", ""
        return
    former = len(refresh.tables["territories"].query("first_edition <= @last <= last_edition"))
    if is_far(len(territories), former):
        expected = "Le fichier est-il entier, et celui de la France ?"
        yield f"{len(territories)} intercommunalités, au lieu de {former}", expected, ""
    sirens = territories["EPCI"]
    if wrong := set(sirens[~sirens.str.fullmatch(r"\d{9}")]):
        yield "n’est pas un SIREN de neuf chiffres", "", show_codes(wrong)
    if twice := set(sirens[sirens.duplicated()]):
        yield "intercommunalité écrite deux fois", "", show_codes(twice)
    if odd := set(territories["NATURE_EPCI"]) - set(_NATURES):
        yield "nature inconnue", f"Attendu : {', '.join(_NATURES)}.", show_codes(odd)
    if strange := set(members["EPCI"]) - set(sirens):
        yield (
            "des communes sont d’une intercommunalité que la feuille EPCI n’a pas",
            "",
            show_codes(strange),
        )
    if twice := set(members.loc[members["CODGEO"].duplicated(), "CODGEO"]):
        yield "commune membre de deux intercommunalités", "", show_codes(twice)
    codes, there = set(members["CODGEO"]), refresh.list_codes(year)
    if strange := codes - there:
        yield (
            f"code qui n’est pas celui d’une commune du 1er janvier {year}",
            "",
            show_codes(strange),
        )
    if is_far(len(there - codes), 4):
        yield f"{len(there - codes)} communes sans intercommunalité", "", show_codes(there - codes)
    if "NB_COM" in territories:
        held = sirens.map(members["EPCI"].value_counts()).fillna(0)
        said = pd.to_numeric(territories["NB_COM"], errors="coerce")
        if len(unequal := sirens[held.ne(said) & said.notna()]):
            yield (
                "le nombre de communes (NB_COM) n’est pas celui des membres",
                "",
                show_codes([*unequal]),
            )


def apply_perimeter(refresh: Refresh, year: int) -> None:
    """Territories and members of an edition."""
    found = [*_check_perimeter(refresh, year)]
    for problem, expected, value in found:
        refresh.blame("perimeters", year, problem, expected, value)
    if found:
        return
    listed, members = refresh.delivery.perimeters[year]
    others = unpack_stays(refresh.tables["memberships"]).query("edition != @year")
    added = members.set_axis(["insee", "siren"], axis=1).assign(edition=year)
    refresh.keep("memberships", _pack(pd.concat([others, added])), "insee,first_edition")
    table = refresh.tables["territories"].set_index("siren")
    newest = year >= int(table["last_edition"].max())
    listed = listed.set_index("EPCI").rename_axis("siren")
    came = listed.index.difference(table.index)
    table = table.reindex(table.index.union(listed.index))
    known = listed["LIBEPCI"] == table["name"].reindex(listed.index)
    renamed = listed[~known] if newest else listed.loc[came]
    table.loc[renamed.index, "name"] = renamed["LIBEPCI"]
    table.loc[renamed.index, "long_name"] = renamed["LIBEPCI"].map(_lengthen)
    natures = listed if newest else renamed
    table.loc[natures.index, "nature"] = natures["NATURE_EPCI"].map(_NATURES)
    stays = refresh.tables["memberships"].groupby("siren")
    table["first_edition"] = stays["first_edition"].min()
    table["last_edition"] = stays["last_edition"].max()
    table = table.dropna(subset=["first_edition"]).fillna({"tax_regime": ""})
    table = table.astype({"first_edition": "int64", "last_edition": "int64"})
    refresh.keep("territories", _place(refresh, table).reset_index(), "siren")
    sum_territories(refresh, year - IN_FORCE_AFTER)
    refresh.said.append(
        f"Intercommunalités du 1er janvier {year} : {len(listed)} ; nouvelles : {len(came)} ;"
        f" {format_count(len(members), 'commune membre', 'communes membres')}."
    )


def _lengthen(name: str) -> str:
    kind, _, rest = name.partition(" ")
    return f"{_LONG_KINDS[kind]} {rest}" if kind in _LONG_KINDS else name


def _place(refresh: Refresh, table: pd.DataFrame) -> pd.DataFrame:
    """Department and region of each territory: those where most of its inhabitants live, since no
    producer names the seat."""
    communes = refresh.tables["communes"].set_index("insee")
    populations = refresh.tables["populations"].sort_values("vintage").groupby("insee")["municipal"]
    rows = refresh.tables["memberships"]
    rows = rows[rows["last_edition"] == rows["siren"].map(table["last_edition"])]
    rows = rows.assign(
        people=rows["insee"].map(populations.last()).fillna(0) + 1e-6,  # none known: by communes
        department=rows["insee"].map(communes["department"]),
        region=rows["insee"].map(communes["region"]),
    )
    names = {
        column: table.dropna(subset=[column])
        .drop_duplicates(column)
        .set_index(column)[f"{column}_name"]
        for column in ("department", "region")
    }
    for column in ("department", "region"):
        sums = rows.groupby(["siren", column], as_index=False)["people"].sum()
        sums = sums.sort_values(["people", column], ascending=[False, True])
        by_siren = sums.groupby("siren", sort=False)[column]
        table[column] = by_siren.first().reindex(table.index)
        table[f"{column}_name"] = table[column].map(names[column]).fillna(table[column])
        if column == "department":
            table["departments"] = by_siren.agg(" ".join).reindex(table.index)
    return table
