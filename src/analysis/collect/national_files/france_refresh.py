"""The national reference brought up to date with files newly downloaded from their producers.

Each file is optional: what is not given stays. A year of communes and of perimeters that is newer
by one is added, one that is known is replaced; so is a vintage of populations or of the census.
Everything is checked before the folder changes, and all that is wrong is said at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pandas as pd

from analysis.base.errors import UserError
from analysis.base.journal import write_together
from analysis.collect.national_files.commune_changes import apply_cog
from analysis.collect.national_files.new_figures import (
    apply_census,
    apply_outlines,
    apply_populations,
)
from analysis.collect.national_files.perimeter_changes import apply_perimeter
from analysis.collect.national_files.producer_files import read_delivery
from analysis.collect.national_files.reference_state import Refresh, show_codes, unpack_stays
from analysis.compute.national.reference_files import (
    FILES,
    FOLDER,
    OUTLINES,
    pack_table,
    pack_topology,
    read_table,
)

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
            yield f"{FILES[name]} : communes inconnues : {show_codes(strange)}"
    for name in ("memberships", "territory_populations"):
        if strange := set(tables[name]["siren"]) - sirens:
            yield f"{FILES[name]} : intercommunalités inconnues : {show_codes(strange)}"
    if wrong := set(tables["communes"]["current"]) - current:
        shown = show_codes(wrong)
        yield f"{FILES['communes']} : « current » n’est pas une commune actuelle : {shown}"
    held = unpack_stays(tables["memberships"])
    if len(twice := held[held.duplicated(["insee", "edition"])]):
        shown = show_codes(set(twice["insee"]))
        yield f"{FILES['memberships']} : membres de deux à la fois : {shown}"


def refresh_france(source: Path, day: date, folder: Path = FOLDER) -> str:
    """Bring the national reference up to date with the files of a folder; what was done, in French.
    Raises UserError (French) with all that is wrong; nothing has changed then."""
    if not source.is_dir():
        raise UserError(f"« {source} » n’est pas un dossier : y poser les fichiers téléchargés.")
    delivery, faults = read_delivery(source)
    if not delivery.files and not faults:
        raise UserError(f"Aucun fichier connu dans « {source} » : voir docs/donnees.md.")
    refresh = Refresh({name: read_table(folder, name) for name in FILES}, delivery, faults)
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
    contents = {
        folder / FILES[name]: pack_table(name, refresh.tables[name])
        for name in sorted(refresh.changed)
    }
    if outlines is not None:
        contents[folder / OUTLINES] = pack_topology(outlines)
    write_together(folder, contents)
    return "\n".join([*refresh.said, *_list_left(refresh, outlines is None)])


def _list_left(refresh: Refresh, kept_outlines: bool) -> Iterator[str]:
    """What is to be known of what was not done."""
    communes = refresh.tables["communes"].query("status == 'current'")
    if kept_outlines and len(unknown := communes.loc[communes["area_km2"].isna(), "name"]):
        yield (
            f"ATTENTION : la superficie de {show_codes([*unknown])} n’est plus connue, et les"
            " contours sont d’avant : joindre ceux des communes actuelles (GeoJSON)."
        )
    if refresh.delivery.ignored:
        yield f"Laissés de côté : {', '.join(refresh.delivery.ignored)}."
