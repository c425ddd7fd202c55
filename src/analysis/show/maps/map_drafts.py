"""What every map begins and ends with: its placeholders, its outlines, its sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from analysis.model.store import Edition, find_source
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.drawing import Draft, Drawing, UndrawableChart
from analysis.show.charts.facts import cite_places, cite_source, write_source_line
from analysis.show.maps.outlines import Rings, read_outlines
from analysis.words import french
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table

COMMUNES_FILE, OUTLINES_FILE = "reference/communes.csv", "reference/communes.geojson"


def find_members(edition: Edition) -> dict[str, str]:
    """Name of each commune on the map by its INSEE code: the members of the edition's year."""
    members = edition.columns("inhabitants", "insee", "name").sort_values("insee")
    return dict(zip(members["insee"], members["name"].map(french.typeset), strict=True))


def mark_number(number: int, table: str) -> str:
    """« 46 », with the table that it is counted from."""
    return mark(french.format_number(number), name_table(table))


def count_places(rows: pd.DataFrame, members: int) -> dict[str, str]:
    """Placeholders of a map of places: how many places (one on several communes counts once), how
    many communes, of how many members."""
    return {
        "[lieux]": mark_number(len(rows[["action", "name"]].drop_duplicates()), "places"),
        "[communes]": mark_number(rows["insee"].nunique(), "places"),
        "[membres]": mark_number(members, "communes"),
    }


def begin_map(
    edition: Edition, spec: Mapping, names: Mapping[str, str], width: float
) -> tuple[Draft, dict[str, Rings]]:
    """A draft of that width with its first line written, and the outlines of the communes
    ``names`` (by code)."""
    draft = Draft(edition, spec, [], Canvas(width))
    return draft, read_outlines(edition.communes_geojson, names)


def refuse_lone_commune(edition: Edition, spec: Mapping, communes: int) -> None:
    """Refuse a map of a single commune. Raises UndrawableChart when fewer than two communes are
    named (message in French)."""
    if communes < 2:
        raise UndrawableChart(
            spec, f"moins de deux communes nommées dans l’édition {edition.year}."
        )


def note_lacking(draft: Draft, names: Mapping[str, str], outlines: Mapping[str, Rings]) -> None:
    """A note for each commune, by code and name, that has no outline."""
    for code, name in names.items():
        if code not in outlines:
            draft.note(f"{name} : contour {french.MISSING}.")


def name_map_sources(
    edition: Edition, drawing: Drawing, rows: pd.DataFrame | None, files: Iterable[str]
) -> Drawing:
    """The drawing with its source line: the documents of typed rows with their places in them, then
    the sources of the files that it reads, and of the outlines."""
    titles = edition.source_titles
    named: list[str] = []
    if rows is not None:
        for id, locators in rows.groupby("source", sort=False)["locator"]:
            named.append(cite_source(edition, id, cite_places(edition, id, locators)))
    for file in (*files, OUTLINES_FILE):
        if id := find_source(edition.sources, file):
            named.append(titles.get(id, id))
    named = list(dict.fromkeys(named))
    return replace(drawing, source_line=write_source_line(named, len(named)))
