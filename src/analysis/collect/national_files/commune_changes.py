"""Communes of a new edition: those that ended and what covers them, those that came."""

from __future__ import annotations

import pandas as pd

from analysis.collect.national_files.reference_state import Refresh, is_far, mark_wider, show_codes

#: Codes of movements: re-established; another code for the same commune; another name.
_RESTORED, _RECODED, _RENAMED = ("20", "21"), ("41", "50"), ("10",)


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
    if is_far(len(now), len(before)) or not now.index.is_unique:
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
            refresh.blame("cog", year, problem, expected, show_codes(codes))
    if unsure or lost:
        return
    table = _end_communes(table, gone, successors, year)
    table = _begin_communes(table, now, fresh, former, year)
    refresh.keep("communes", _date_ends(table, refresh.delivery.history).reset_index(), "insee")
    mark_wider(refresh)
    refresh.said.append(
        f"Communes du 1er janvier {year} : {len(now)} ; disparues : {len(gone)} ; nouvelles :"
        f" {len(fresh)} ; dont rétablies : {len(former)}."
    )


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
