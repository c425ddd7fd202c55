"""The portrait of a territory: its communes, and where it stands among the others.

Of a dossier's edition, or of any territory of the national reference, with nothing of a dossier:
its edition is then made here, of what the reference knows, in memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import pandas as pd

from analysis.base.paths import BOOK_VARIABLE
from analysis.compute.context_indicators import compute_counts
from analysis.compute.edition_opening import open_edition
from analysis.compute.edition_standing import (
    GROUPS,
    OWN,
    find_siren,
    list_national_sources,
    list_positions,
)
from analysis.compute.national import (
    PeersRule,
    PeersWords,
    Vintages,
    choose_peers,
    choose_vintages,
    describe_peers,
    find_territory,
    list_context,
    list_members,
    list_populations,
    read_censuses,
    read_national,
    read_rule,
    select_outlines,
)
from analysis.compute.national.reference_files import FOLDER, IN_FORCE_AFTER
from analysis.model.schema import PORTRAIT, TABLES
from analysis.model.store import Edition
from analysis.model.store.reads import open_log


@dataclass(frozen=True)
class Portrait:
    """What the portrait of an edition is drawn and told from.

    ``communes``: one row for each context indicator that parts into communes and each member
    (indicator, insee, name, value, numerator, denominator; missing where not known).
    ``positions``: the value of each indicator in every territory of France (indicator, siren,
    value, ``group``: territoire, comparables, toutes); none where the reference does not know the
    territory, as ``peers`` then (siren, name, department_name, municipal). ``published``: the
    municipal population published for the territory as a whole (vintage, municipal).
    """

    edition: Edition
    siren: str
    vintages: Vintages
    rule: PeersRule
    words: PeersWords | None
    communes: pd.DataFrame
    positions: pd.DataFrame
    peers: pd.DataFrame
    published: pd.DataFrame

    @property
    def id(self) -> str:
        """What the page and its figures are called."""
        return PORTRAIT

    @property
    def headings(self) -> dict[str, str]:
        """What the columns of its frames, and of the standing, are called."""
        return {
            "name": "Commune", "numerator": "Numérateur", "denominator": "Dénominateur",
            "indicator": "Indicateur", "others": "Autres connues", "rank": "Rang",
            "ranked": "Rangées", "equals": "À égalité", "first_quartile": "Premier quartile",
            "median": "Médiane", "third_quartile": "Troisième quartile", "perimeter": "Périmètre",
            "vintage": "Millésime",
        }  # fmt: skip

    def select_others(self, indicator: str, group: str) -> pd.Series:
        """The values, as they are printed, of an indicator in the others of a group."""
        rows = self.positions[self.positions["indicator"] == indicator]
        out = [OWN] if group == GROUPS["all"] else [OWN, GROUPS["all"]]
        return rows.loc[~rows["group"].isin(out), "value"]

    def compare_sum(self) -> pd.DataFrame:
        """The population of the members added up beside the one published for the territory, of the
        edition's vintage; no row where a member's is not known, or nothing is published."""
        members = self.edition.inhabitants
        summed = members.groupby("vintage")["municipal"].sum(min_count=len(members)).dropna()
        published = self.published.set_index("vintage")["municipal"]
        both = pd.DataFrame({"Somme des communes": summed, "Publié": published}).dropna()
        same = both.index + IN_FORCE_AFTER == self.vintages.perimeter
        same &= self.vintages.perimeter == self.edition.year
        return both.rename_axis("Millésime").reset_index().assign(**{"Même périmètre": same})


def open_portrait(year: int | None = None, territory: str | None = None) -> Portrait:
    """The portrait of a dossier's edition (the newest where ``year`` is None), or of the
    ``territory`` of that SIREN number or name, of which no dossier is read. Raises UserError where
    there is no such edition or territory (French)."""
    if territory is None:
        edition = open_edition(year)
        _note_files()
    else:
        edition = compose_edition(territory, choose_year(year))
    siren, year = find_siren(edition.territory), edition.year
    rule = read_rule(edition.territory)
    columns = ["siren", "name", "department_name", "municipal"]
    published = read_national("territory_populations").query("siren == @siren")
    return Portrait(
        edition=edition,
        siren=siren,
        vintages=choose_vintages(year),
        rule=rule,
        words=describe_peers(siren, year, rule) if siren else None,
        communes=compute_by_commune(edition),
        positions=list_positions(edition.territory, year),
        peers=choose_peers(siren, year, rule)[columns] if siren else pd.DataFrame(columns=columns),
        published=published[["vintage", "municipal"]].reset_index(drop=True),
    )


def choose_year(year: int | None) -> int:
    """The newest year of which the reference knows the perimeters, where None is asked for."""
    return int(read_national("memberships")["last_edition"].max()) if year is None else year


def _note_files() -> None:
    """In a run of the book: the chapter is made again when the national reference changes."""
    if os.environ.get(BOOK_VARIABLE) and (log := open_log()):
        for path in sorted(FOLDER.iterdir()):
            log.note_file(path)


def compute_by_commune(edition: Edition) -> pd.DataFrame:
    """Each context indicator of the edition that is one count over another, in each member commune;
    the columns are those of ``Portrait.communes``."""
    tables = {name: getattr(edition, name) for name in ("communes", "population", "census")}
    counts = compute_counts(tables, edition.year)
    names = edition.columns("inhabitants", "insee", "name").sort_values("insee")
    found = []
    for row in list_context().query("measure == 'rapport'").itertuples():
        if not {row.numerator, row.denominator} <= counts.keys():
            continue
        terms = [counts[column].cells for column in (row.numerator, row.denominator)]
        above, below = (cells.reindex(names["insee"]).to_numpy() for cells in terms)
        ratios = names.assign(indicator=row.id, value=row.factor * above / below)
        found.append(ratios.assign(numerator=above, denominator=below))
    columns = ["indicator", "insee", "name", "value", "numerator", "denominator"]
    return pd.concat(found, ignore_index=True)[columns] if found else pd.DataFrame(columns=columns)


# --- an edition of the national reference alone ---------------------------------------------------


def compose_edition(territory: str, year: int) -> Edition:
    """The edition of a territory of which nothing is known but what the national reference says, by
    its SIREN number or its name. Raises UnknownTerritory (French)."""
    found = find_territory(territory, year)
    members = list_members(found["siren"], year).drop_duplicates("current")
    known = read_national("communes").set_index("insee")
    codes = members["current"]
    communes = known.loc[codes].reset_index()[["insee", "name", "area_km2"]]
    vintages = choose_vintages(year)
    populations = list_populations(codes)
    wanted = [v for v in (vintages.population, vintages.earlier) if v is not None]
    censuses = read_censuses(codes)
    given = {
        "communes": communes,
        "population": populations[populations["vintage"].isin(wanted)],
        "census": censuses[censuses["vintage"] <= year],
        "sources": list_national_sources().assign(file=_name_files()),
        "units": read_national("units"),
    }
    # Named where ``run.dependencies`` looks for no import (see ``edition_opening``).
    dossier = import_module("analysis.compute.dossier")
    indicators = import_module("analysis.compute.indicators")
    raw = dossier.RawEdition(
        year=year,
        territory={"id": found["siren"], "siren": found["siren"], "name": found["name"]},
        tables=dict(_fill_tables(given)),
        charts=[],
        texts={},
        geojson=compose_geojson(communes),
    )
    raw.tables["indicators"], raw.tables["units"] = import_module(
        "analysis.compute.context_indicators"
    ).add_to_catalogue(raw.tables, year)
    return indicators.compute_edition(raw, year)


def _name_files() -> pd.Series:
    """The file of a dossier that each source of the reference stands for."""
    files = {"communes": "communes.csv", "populations": "population.csv",
             "recensement": "census.csv", "contours": "communes.geojson"}  # fmt: skip
    files = {id: f"reference/{name}" for id, name in files.items()}
    return read_national("sources")["id"].map(files).fillna("")


def _fill_tables(given: dict[str, pd.DataFrame]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every raw table, empty but for those given."""
    typed = import_module("analysis.compute.dossier.typed_tables")
    for table in TABLES.values():
        frame = typed.empty_frame(table)
        if table.history:
            frame = frame.assign(edition=0, file="")
        if table.name in given:
            rows = given[table.name].reindex(columns=frame.columns)
            texts = [name for name, dtype in frame.dtypes.items() if dtype == "str"]
            rows[texts] = rows[texts].astype(object).fillna("")
            frame = rows.astype(frame.dtypes)
            frame = frame.reset_index(drop=True)
        yield table.name, frame


def compose_geojson(communes: pd.DataFrame) -> dict[str, Any]:
    """The outlines of communes as a collection of features, as a dossier has it."""
    outlines = select_outlines(communes["insee"])
    names = dict(communes[["insee", "name"]].itertuples(index=False))
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "properties": {"code": code, "nom": names[code]},
                "geometry": {"type": "MultiPolygon", "coordinates": polygons},
            }
            for code, polygons in outlines.items()
        ],
    }
