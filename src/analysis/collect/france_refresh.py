"""The national reference brought up to date with files newly downloaded from their producers.

Each file is optional: what is not given stays. A year of communes and of perimeters that is newer
by one is added, one that is known is replaced; so is a vintage of populations or of the census.
Everything is checked before the folder changes, and all that is wrong is said at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.base.atomic import build_beside, finish_interrupted
from analysis.base.errors import UserError
from analysis.collect.commune_topology import (
    build_topology,
    list_polygons,
    measure_area,
    read_code,
)
from analysis.collect.producer_files import Delivery, read_delivery
from analysis.compute.national.reference_files import (
    FILES,
    FOLDER,
    IN_FORCE_AFTER,
    OUTLINES,
    pack_table,
    pack_topology,
    read_table,
)
from analysis.model.schema import Fault

#: Codes of movements: re-established; another code for the same commune.
_RESTORED, _RECODED, _RENAMED = ("20", "21"), ("41", "50"), ("10",)
_NATURES = {"ME": "METRO", "METLYON": "MET69"} | {
    n: n for n in ("CC", "CA", "CU", "METRO", "MET69")
}
_LONG_KINDS = {
    "CC": "Communauté de communes",
    "CA": "Communauté d'agglomération",
    "CU": "Communauté urbaine",
}
#: By how much a number of communes or territories, and a population, may differ from the former.
_COUNT_SHARE, _COUNT_LEAST, _PEOPLE_SHARE = 0.05, 5, 0.03
_SHOWN = 5
_REPEATED = r"-\d{4}$"


@dataclass
class Refresh:
    """The tables of the reference while they are brought up to date; ``said``: what was done, in
    French; ``changed``: names of tables."""

    tables: dict[str, pd.DataFrame]
    delivery: Delivery
    faults: list[Fault] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    changed: set[str] = field(default_factory=set)

    def keep(self, name: str, table: pd.DataFrame, keys: str) -> None:
        """A table takes its new state, in the order of its keys."""
        self.tables[name] = table.sort_values(keys.split(",")).reset_index(drop=True)
        self.changed.add(name)

    def blame(
        self, part: str, year: int, problem: str, expected: str = "", value: str = ""
    ) -> None:
        """A fault of the file of a part."""
        self.faults.append(Fault(self.delivery.files[part, year], 0, "", value, problem, expected))

    @property
    def newest(self) -> int:
        """The newest edition whose communes are known."""
        return int(self.tables["communes"]["last_edition"].max())

    def list_codes(self, edition: int) -> set[str]:
        """Codes of the communes of an edition."""
        rows = self.tables["communes"]
        known = rows["first_edition"].le(edition) & rows["last_edition"].ge(edition)
        return set(rows.loc[known.fillna(False).astype(bool), "insee"])


def _show(codes: set[str] | list[str]) -> str:
    found = sorted(codes)
    more = f" et {len(found) - _SHOWN} autres" if len(found) > _SHOWN else ""
    return ", ".join(found[:_SHOWN]) + more


def _is_far(count: int, former: int) -> bool:
    return abs(count - former) > max(_COUNT_LEAST, _COUNT_SHARE * former)


# --- communes -------------------------------------------------------------------------------------


def _find_successors(moves: pd.DataFrame | None, cog: pd.DataFrame) -> dict[str, list[tuple]]:
    """Code that named a commune → (code that covers it, status, day, how the day is known), of its
    last end; several where it was divided."""
    found: dict[str, list[tuple]] = {}
    parts = cog[cog["TYPECOM"].isin(["COMD", "COMA"])]
    for code, parent in zip(parts["COM"], parts["COMPARENT"], strict=True):
        found[code] = [(parent, "merged", "", "edition")]
    if moves is None:
        return found
    ends = moves[
        moves["TYPECOM_AV"].eq("COM")
        & moves["TYPECOM_AP"].eq("COM")
        & moves["COM_AV"].ne(moves["COM_AP"])
        & ~moves["MOD"].isin([*_RESTORED, *_RENAMED])
    ]
    for code, rows in ends.groupby("COM_AV"):
        last = rows[rows["DATE_EFF"] == rows["DATE_EFF"].max()].drop_duplicates("COM_AP")
        found[str(code)] = [
            (row.COM_AP, "recoded" if row.MOD in _RECODED else "merged", row.DATE_EFF, "history")
            for row in last.itertuples()
        ]
    return found


def _find_former(code: str, moves: pd.DataFrame | None, current: pd.Series) -> str:
    """The commune that a re-established one was a part of; '' when nothing says it."""
    if moves is not None:
        rows = moves[
            moves["MOD"].isin(_RESTORED)
            & moves["TYPECOM_AV"].eq("COM")
            & moves["COM_AP"].eq(code)
            & moves["COM_AV"].ne(code)
        ]
        if len(rows):
            return str(rows.sort_values("DATE_EFF")["COM_AV"].iloc[-1])
    former = current.get(code, "")
    return "" if former == code else former


def apply_cog(refresh: Refresh, year: int) -> None:
    """Communes of an edition: names, those that ended and what covers them, those that came."""
    cog, moves = refresh.delivery.cog[year], refresh.delivery.moves.get(year)
    newest = refresh.newest
    if not newest <= year <= newest + 1:
        expected = f"Attendu : {newest} ou {newest + 1}, une année à la fois."
        refresh.blame("cog", year, f"la référence connaît les communes jusqu’en {newest}", expected)
        return
    now = cog[cog["TYPECOM"] == "COM"].set_index("COM")
    table = refresh.tables["communes"].set_index("insee")
    before = set(table.index[table["status"] == "current"])
    if _is_far(len(now), len(before)) or not now.index.is_unique:
        problem = f"{len(now)} communes, au lieu de {len(before)} dans la référence"
        refresh.blame("cog", year, problem, "Le fichier est-il entier, et celui de la France ?")
        return
    successors = _find_successors(moves, cog)
    gone, fresh = before - set(now.index), set(now.index) - before
    unsure = [code for code in gone if len(successors.get(code, [])) != 1]
    made = {found[0][0] for code in gone if (found := successors.get(code))}
    former = {code: _find_former(code, moves, table["current"]) for code in fresh - made}
    lost = [code for code, found in former.items() if not found]
    for codes, problem in (
        (unsure, "ne sont plus des communes, et rien ne dit quelle commune les recouvre"),
        (lost, "sont des communes nouvelles, et rien ne dit d’où elles viennent"),
    ):
        if codes:
            expected = f"Joindre v_mvt_commune_{year}.csv, du même millésime."
            refresh.blame("cog", year, problem, expected, _show(codes))
    if unsure or lost:
        return
    table = _end_communes(table, gone, successors, year)
    table = _begin_communes(table, now, fresh, former, year)
    refresh.keep("communes", _date_ends(table, refresh.delivery.history).reset_index(), "insee")
    _mark_wider(refresh)
    came = f"{len(gone)} anciennes, {len(fresh)} nouvelles dont {len(former)} rétablies"
    refresh.said.append(f"Communes du 1er janvier {year} : {len(now)} ({came}).")


def _end_communes(
    table: pd.DataFrame, gone: set[str], successors: dict[str, list[tuple]], year: int
) -> pd.DataFrame:
    """Those that are no commune any more, and all that they covered, go to what covers them now."""
    heirs: dict[str, str] = {}
    for code in sorted(gone):
        heir, (_, status, day, basis) = code, successors[code][0]
        while heir in gone:
            heir = successors[heir][0][0]
        heirs[code] = heir
        values = (status, day or f"{year}-01-01", basis)
        table.loc[code, ["status", "ended", "date_basis"]] = values
    area = table["area_km2"]
    for heir in sorted(set(heirs.values())):
        parts = [code for code, found in heirs.items() if found == heir]
        whole = [heir, *parts] if heir in table.index else parts
        table.loc[heir, "area_km2"] = area.reindex(whole).sum(skipna=False)
    return table.assign(current=table["current"].replace(heirs))


def _begin_communes(
    table: pd.DataFrame, now: pd.DataFrame, fresh: set[str], former: dict[str, str], year: int
) -> pd.DataFrame:
    """Those that are communes now; the area of those that were divided is to be measured again."""
    table = table.reindex(table.index.union(now.index)).rename_axis("insee")
    added = sorted(fresh)
    table.loc[added, ["status", "ended", "date_basis"]] = ("current", "", "")
    table.loc[added, "current"] = added
    table.loc[added, "first_edition"] = year
    table.loc[added, "restored_from"] = [former.get(code, "") for code in added]
    for column, named in (("name", "LIBELLE"), ("department", "DEP"), ("region", "REG")):
        table.loc[now.index, column] = now[named]
    table.loc[now.index, "last_edition"] = year
    table.loc[sorted({*former, *former.values()}), "area_km2"] = float("nan")
    return table


def _date_ends(table: pd.DataFrame, history: pd.DataFrame | None) -> pd.DataFrame:
    """Exact days for ends that were known by their edition alone."""
    if history is not None:
        last = history[history["DATE_FIN"] != ""].groupby("COM")["DATE_FIN"].max()
        days = last.reindex(table.index)
        # INSEE's is the day on which the commune is no more, not its last one.
        known = days.notna() & table["date_basis"].eq("edition") & days.le(table["ended"])
        table.loc[known, "ended"] = days[known]
        table.loc[known, "date_basis"] = "history"
    return table


def _mark_wider(refresh: Refresh) -> None:
    """Populations of a commune that then included one re-established since are said to be wider."""
    communes, rows = refresh.tables["communes"], refresh.tables["populations"]
    restored = communes[communes["restored_from"] != ""]
    until = restored.groupby("restored_from")["first_edition"].max()
    edition = rows["insee"].map(until)
    wider = edition.gt(rows["vintage"] + IN_FORCE_AFTER).fillna(False) & rows["note"].eq("")
    if wider.any():
        notes = rows["note"].where(~wider.astype(bool), "wider")
        refresh.keep("populations", rows.assign(note=notes), "insee,vintage")


# --- perimeters -----------------------------------------------------------------------------------


def _unpack(rows: pd.DataFrame) -> pd.DataFrame:
    """Stays → a row for each edition."""
    years = [
        range(a, b + 1) for a, b in zip(rows["first_edition"], rows["last_edition"], strict=True)
    ]
    return rows.assign(edition=years).explode("edition")[["insee", "siren", "edition"]]


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
    if _is_far(len(territories), former):
        expected = "Le fichier est-il entier, et celui de la France ?"
        yield f"{len(territories)} intercommunalités, au lieu de {former}", expected, ""
    sirens = territories["EPCI"]
    if wrong := set(sirens[~sirens.str.fullmatch(r"\d{9}")]):
        yield "n’est pas un SIREN de neuf chiffres", "", _show(wrong)
    if twice := set(sirens[sirens.duplicated()]):
        yield "intercommunalité écrite deux fois", "", _show(twice)
    if odd := set(territories["NATURE_EPCI"]) - set(_NATURES):
        yield "nature inconnue", f"Attendu : {', '.join(_NATURES)}.", _show(odd)
    if strange := set(members["EPCI"]) - set(sirens):
        yield (
            "des communes sont d’une intercommunalité que la feuille EPCI n’a pas",
            "",
            _show(strange),
        )
    if twice := set(members.loc[members["CODGEO"].duplicated(), "CODGEO"]):
        yield "commune membre de deux intercommunalités", "", _show(twice)
    codes, there = set(members["CODGEO"]), refresh.list_codes(year)
    if strange := codes - there:
        yield f"code qui n’est pas celui d’une commune du 1er janvier {year}", "", _show(strange)
    if _is_far(len(there - codes), 4):
        yield f"{len(there - codes)} communes sans intercommunalité", "", _show(there - codes)
    if "NB_COM" in territories:
        held = sirens.map(members["EPCI"].value_counts()).fillna(0)
        said = pd.to_numeric(territories["NB_COM"], errors="coerce")
        if len(unequal := sirens[held.ne(said) & said.notna()]):
            yield (
                "le nombre de communes (NB_COM) n’est pas celui des membres",
                "",
                _show([*unequal]),
            )


def apply_perimeter(refresh: Refresh, year: int) -> None:
    """Territories and members of an edition."""
    found = [*_check_perimeter(refresh, year)]
    for problem, expected, value in found:
        refresh.blame("perimeters", year, problem, expected, value)
    if found:
        return
    listed, members = refresh.delivery.perimeters[year]
    others = _unpack(refresh.tables["memberships"]).query("edition != @year")
    added = members.set_axis(["insee", "siren"], axis=1).assign(edition=year)
    refresh.keep("memberships", _pack(pd.concat([others, added])), "insee,first_edition")
    table = refresh.tables["territories"].set_index("siren")
    newest = year >= int(table["last_edition"].max())
    listed = listed.set_index("EPCI").rename_axis("siren")
    came = listed.index.difference(table.index)
    table = table.reindex(table.index.union(listed.index))
    renamed = listed if newest else listed.loc[came]
    table.loc[renamed.index, "name"] = renamed["LIBEPCI"]
    table.loc[renamed.index, "long_name"] = renamed["LIBEPCI"].map(_lengthen)
    table.loc[renamed.index, "nature"] = renamed["NATURE_EPCI"].map(_NATURES)
    stays = refresh.tables["memberships"].groupby("siren")
    table["first_edition"] = stays["first_edition"].min()
    table["last_edition"] = stays["last_edition"].max()
    table = table.dropna(subset=["first_edition"]).fillna({"tax_regime": ""})
    table = table.astype({"first_edition": "int64", "last_edition": "int64"})
    refresh.keep("territories", _place(refresh, table).reset_index(), "siren")
    refresh.said.append(
        f"Intercommunalités du 1er janvier {year} : {len(listed)}, dont {len(came)} qui n’étaient"
        f" pas connues ; {len(members)} communes membres."
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


# --- populations, census, outlines ----------------------------------------------------------------


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
            refresh.blame("populations", vintage, problem, value=_show(codes))
    if len(former):
        near = int(former["vintage"].max())
        before = float(former.loc[former["vintage"] == near, "municipal"].sum())
        people = float(rows["municipal"].sum() + repeated["municipal"].sum())
        if abs(people - before) > _PEOPLE_SHARE * before:
            problem = f"{people:.0f} habitants en tout, au lieu de {before:.0f} en {near}"
            refresh.blame("populations", vintage, problem, "Est-ce le bon millésime ?")
    if refresh.faults:
        return
    added = pd.concat([rows.assign(note=""), repeated.drop(columns="vintage")])
    added = added.assign(vintage=vintage)[list(table)]
    kept = table[table["vintage"] != vintage]
    refresh.keep("populations", pd.concat([kept, added]), "insee,vintage")
    _mark_wider(refresh)
    _add_territories(refresh, vintage)
    refresh.said.append(
        f"Populations légales de {vintage} : {len(rows)} communes,"
        f" {rows['municipal'].sum():.0f} habitants."
        + (f" Inconnues, reprises de leur recensement : {len(repeated)}." if len(repeated) else "")
    )


def _add_territories(refresh: Refresh, vintage: int) -> None:
    """Populations of territories: sums over their members of the edition when it is in force."""
    held = _unpack(refresh.tables["memberships"]).query("edition == @vintage + @IN_FORCE_AFTER")
    table = refresh.tables["territory_populations"]
    if held.empty:
        return
    rows = refresh.tables["populations"].query("vintage == @vintage").set_index("insee")
    joined = held.join(rows[["municipal", "total"]], on="insee")
    sums = joined.groupby("siren")[["municipal", "total"]].agg(lambda part: part.sum(skipna=False))
    sums.insert(0, "communes", joined.groupby("siren").size())
    added = sums.reset_index().assign(vintage=vintage, basis="computed")[list(table)]
    kept = table[table["vintage"] != vintage]
    refresh.keep("territory_populations", pd.concat([kept, added]), "siren,vintage")


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
        refresh.blame("ages", vintage, "code de commune inconnu", value=_show(strange))
    ages = rows[["pop_0_19", "pop_20_64", "pop_65_plus"]].sum(axis=1)
    if len(odd := rows.loc[(ages - rows["population"]).abs() > 3 + 0.02 * ages, "insee"]):
        refresh.blame("ages", vintage, "les âges ne font pas la population", value=_show([*odd]))
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
        f"Recensement de {vintage} : {len(rows)} communes (celles du 1er janvier {edition}),"
        f" {rows['population'].sum():.0f} habitants."
    )


def apply_outlines(refresh: Refresh) -> dict | None:
    """The topology of new outlines, and the area of each commune; None when they do not serve."""
    features = {
        read_code(feature): feature for feature in (refresh.delivery.outlines or {})["features"]
    }
    table = refresh.tables["communes"].set_index("insee")
    current = set(table.index[table["status"] == "current"])
    if missing := current - set(features):
        problem = f"{len(missing)} communes de {refresh.newest} sont sans contour"
        refresh.blame("outlines", 0, problem, value=_show(missing))
    if empty := {code for code in current & set(features) if not list_polygons(features[code])}:
        refresh.blame("outlines", 0, "contour sans surface", value=_show(empty))
    if refresh.faults:
        return None
    features = {code: features[code] for code in sorted(current)}
    area = pd.Series({code: round(measure_area(found), 2) for code, found in features.items()})
    table.loc[area.index, "area_km2"] = area
    refresh.keep("communes", table.reset_index(), "insee")
    refresh.said.append(f"Contours : {len(features)} communes, {area.sum():.0f} km².")
    return build_topology(features)


# --- all of it ------------------------------------------------------------------------------------

#: Row of sources.csv, parts that bring it up to date.
_SOURCES = {
    "perimetres": ("perimeters",),
    "communes": ("cog", "moves", "history"),
    "populations": ("populations",),
    "recensement": ("ages", "dwellings"),
    "contours": ("outlines",),
}


def _name_years(title: str, years: list[int]) -> str:
    """A title whose years are those now known: « …, millésimes 2016 à 2031 »."""
    head, separator, last = title.rpartition(", ")
    words = [word for word in last.split() if not word.isdecimal() and word != "à"]
    span = f"{years[0]} à {years[-1]}" if len(years) > 1 else str(years[0])
    return f"{head}{separator}{' '.join([*words, span])}" if separator else title


def _update_sources(refresh: Refresh, day: date) -> None:
    """Each source whose files came: its years, the day, the files."""
    table = refresh.tables["sources"].set_index("id")
    years = {
        "perimetres": range(int(refresh.tables["memberships"]["first_edition"].min()),
                            int(refresh.tables["memberships"]["last_edition"].max()) + 1),
        "populations": sorted(refresh.tables["populations"]["vintage"].unique()),
    }  # fmt: skip
    for id, parts in _SOURCES.items():
        came = {key: name for key, name in refresh.delivery.files.items() if key[0] in parts}
        if not came or id not in table.index:
            continue
        row = table.loc[id].copy()
        if id in years:
            row["title"] = _name_years(row["title"], [int(year) for year in years[id]])
        if newest := max(year for _, year in came):
            row["publication"] = str(newest)
        names = ", ".join(sorted(name.rsplit("/", 1)[-1] for name in came.values()))
        said = f" Mis à jour le {day:%d/%m/%Y} avec {names}, du producteur."
        row["accessed"] = day.isoformat()
        row["remark"] = row["remark"].split(" Mis à jour le ")[0] + said
        table.loc[id] = row
    refresh.tables["sources"] = table.reset_index()
    refresh.changed.add("sources")


def check_reference(tables: dict[str, pd.DataFrame]) -> Iterator[str]:
    """What a national reference must not be, in French: nothing, for one that holds together."""
    keys = {
        "territories": ["siren"],
        "territory_populations": ["siren", "vintage"],
        "communes": ["insee"],
        "populations": ["insee", "vintage"],
        "census": ["insee", "vintage"],
    }
    for name, key in keys.items():
        if tables[name].duplicated(key).any():
            yield f"{FILES[name]} : deux lignes ont la même clé ({', '.join(key)})"
    known, sirens = set(tables["communes"]["insee"]), set(tables["territories"]["siren"])
    current = set(tables["communes"].query("status == 'current'")["insee"])
    for name in ("memberships", "populations", "census"):
        if strange := set(tables[name]["insee"]) - known:
            yield f"{FILES[name]} : communes inconnues : {_show(strange)}"
    for name in ("memberships", "territory_populations"):
        if strange := set(tables[name]["siren"]) - sirens:
            yield f"{FILES[name]} : intercommunalités inconnues : {_show(strange)}"
    if wrong := set(tables["communes"]["current"]) - current:
        yield f"{FILES['communes']} : « current » n’est pas une commune actuelle : {_show(wrong)}"
    held = _unpack(tables["memberships"])
    if len(twice := held[held.duplicated(["insee", "edition"])]):
        yield f"{FILES['memberships']} : membres de deux à la fois : {_show(set(twice['insee']))}"


def refresh_france(source: Path, day: date, folder: Path = FOLDER) -> str:
    """Bring the national reference up to date with the files of a folder; what was done, in French.
    Raises UserError (French) with all that is wrong; nothing has changed then."""
    if not source.is_dir():
        raise UserError(f"« {source} » n’est pas un dossier : y poser les fichiers téléchargés.")
    finish_interrupted(folder)
    delivery, faults = read_delivery(source)
    refresh = Refresh({name: read_table(folder, name) for name in FILES}, delivery, faults)
    if not delivery.files and not faults:
        raise UserError(f"Aucun fichier connu dans « {source} » : voir docs/donnees.md.")
    steps = [*((apply_cog, year) for year in sorted(delivery.cog))]
    steps += [(apply_perimeter, year) for year in sorted(delivery.perimeters)]
    steps += [(apply_populations, year) for year in sorted(delivery.populations)]
    steps += [(apply_census, year) for year in sorted({*delivery.ages, *delivery.dwellings})]
    for step, year in steps:
        step(refresh, year)
    outlines = apply_outlines(refresh) if delivery.outlines is not None else None
    problems = [] if refresh.faults else [*check_reference(refresh.tables)]
    if refresh.faults or problems:
        lines = [f"  - {fault.file} : {fault.describe()}" for fault in sorted(set(refresh.faults))]
        lines += [f"  - {problem}." for problem in problems]
        head = "La référence nationale n’a pas changé ; à corriger :"
        raise UserError("\n".join([head, *lines]))
    _update_sources(refresh, day)
    with build_beside(folder) as built:
        for name in sorted(refresh.changed):
            (built / FILES[name]).write_bytes(pack_table(name, refresh.tables[name]))
        if outlines is not None:
            (built / OUTLINES).write_bytes(pack_topology(outlines))
    return "\n".join([*refresh.said, *_list_left(refresh, outlines is None)])


def _list_left(refresh: Refresh, kept_outlines: bool) -> Iterator[str]:
    """What is to be known of what was not done."""
    communes = refresh.tables["communes"].query("status == 'current'")
    if kept_outlines and len(unknown := communes.loc[communes["area_km2"].isna(), "name"]):
        yield (
            f"ATTENTION : la superficie de {_show([*unknown])} n’est plus connue, et les contours"
            " sont d’avant : joindre ceux des communes actuelles (GeoJSON)."
        )
    if refresh.delivery.ignored:
        yield f"Laissés de côté : {', '.join(refresh.delivery.ignored)}."
