"""Where a map comes from, and what every map says of its outlines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

import pandas as pd

from analysis.model.store import Edition, find_source
from analysis.show.charts.drawing import Drawing, Plate
from analysis.show.charts.facts import merge_locators
from analysis.show.maps.outlines import Rings
from analysis.words import french

OUTLINES_FILE = "reference/communes.geojson"


def name_map_sources(
    edition: Edition, drawing: Drawing, rows: pd.DataFrame | None, files: Iterable[str]
) -> Drawing:
    """The drawing with its source line: the documents of typed rows with their places in them, then
    the sources of the files that it reads, and of the outlines."""
    titles = edition.source_titles
    named: dict[str, None] = {}
    if rows is not None:
        for id, locators in rows.groupby("source", sort=False)["locator"]:
            lines = merge_locators(locators)
            named[f"{titles.get(id, id)}, {lines}" if lines else titles.get(id, id)] = None
    for file in (*files, OUTLINES_FILE):
        if id := find_source(edition.sources, file):
            named[titles.get(id, id)] = None
    word = "Sources" if len(named) > 1 else "Source"
    line = french.typeset(f"{word} : {' ; '.join(named)}.") if named else ""
    return replace(drawing, source_line=line)


def note_lacking(plate: Plate, names: Mapping[str, str], outlines: Mapping[str, Rings]) -> None:
    """A note for each commune, by code and name, that has no outline."""
    for code, name in names.items():
        if code not in outlines:
            plate.note(f"{name} : contour {french.MISSING}.")


def fill(text: str, said: Mapping[str, str]) -> str:
    """A template with its own marks (« [communes] ») replaced."""
    return re.sub(r"\[[^\[\]]+\]", lambda found: said.get(found[0], found[0]), text)
