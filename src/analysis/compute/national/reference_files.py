"""The files of ``data/france``, read once by a process.

All codes are text. A year (``edition``) is that of the official geographic code and of the
perimeters on 1 January; a ``vintage`` is that of a legal population, in force three years later.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.csvtext import format_csv, restore_texts
from analysis.base.errors import UserError
from analysis.base.paths import FRANCE

FOLDER = FRANCE
#: Years after its vintage in which a legal population comes into force.
IN_FORCE_AFTER = 3

#: Name of each table and its file.
FILES = {
    "territories": "intercommunalites.csv",
    "territory_populations": "populations-intercommunales.csv",
    "communes": "communes.csv.xz",
    "memberships": "appartenance.csv.xz",
    "populations": "populations.csv.xz",
    "census": "recensement.csv.xz",
    "context": "context.csv",
    "counts": "counts.csv",
    "units": "units.csv",
    "sources": "sources.csv",
}
OUTLINES = "contours.topojson.xz"
#: The smallest files.
_PRESET = 9 | lzma.PRESET_EXTREME
_YEARS = ("first_edition", "last_edition", "vintage", "edition")
_NUMBERS = (
    *("communes", "municipal", "total", "area_km2", "factor", "precision"),
    *("population", "pop_0_19", "pop_20_64", "pop_65_plus", "dwellings", "main_residences"),
    *("secondary_residences", "vacant_dwellings", "houses", "flats", "main_residences_in_flats"),
)


@cache
def read_national(name: str) -> pd.DataFrame:
    """A table of the national reference, not to be changed by who asks for it.

    ``territories``: siren, name, long_name, nature, tax_regime, department, department_name,
    departments, region, region_name, first_edition, last_edition.
    ``territory_populations``: siren, vintage, communes, municipal, total, basis.
    ``communes``: insee, name, department, region, status, current (the commune that covers it
    today), ended, date_basis, first_edition, last_edition, area_km2, restored_from (the commune
    that a re-established one was a part of).
    ``memberships``: insee, siren, first_edition, last_edition.
    ``populations``: insee, vintage, municipal, total, note; in the codes of the edition three years
    after the vintage.
    ``census``: insee, vintage, edition (whose codes they are), counts.
    ``context``: the indicators known of all; ``counts``: what they are made of, ``units``: those of
    both. ``sources``: where each file comes from.
    Counts in inhabitants and dwellings, areas in km².
    """
    table = read_table(FOLDER, name)
    if name == "territories":  # the DGCL's list has neither ligatures nor French quotation marks
        words = table["name"].str.replace("oeu", "œu")
        table["name"] = words.str.replace(r"''(.+?)''", "« \\1 »", regex=True)
    return table


@contextmanager
def _refuse_damage(path: Path) -> Iterator[None]:
    """Raise UserError (French) where a file is not what it was written as: cut short, of another
    encoding, a pointer in its place."""
    try:
        yield
    except (EOFError, lzma.LZMAError, ValueError, TypeError, RecursionError) as error:
        raise UserError(
            f"{path} : fichier de la référence nationale abîmé ou incomplet. Le reprendre tel que"
            " le projet le donne, sans l’ouvrir dans un tableur."
        ) from error


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """A table of a national reference that stands in a folder, read anew."""
    path = folder / FILES[name]
    with _refuse_damage(path):
        return _read_table(path, name)


def _read_table(path: Path, name: str) -> pd.DataFrame:
    header = pd.read_csv(path, nrows=0).columns
    types: dict[str, Any] = {
        column: "float64" if column in _NUMBERS else "Int64" if column in _YEARS else "str"
        for column in header
    }
    if name == "context":  # there they name counts
        types |= dict.fromkeys(("numerator", "denominator", "counts"), "str")
    table = pd.read_csv(
        path, dtype=types, keep_default_na=False, na_values={c: [""] for c in (*_NUMBERS, *_YEARS)}
    )
    whole = {c: "int64" for c in _YEARS if c in table and table[c].notna().all()}
    return restore_texts(table).astype(whole)


def pack_table(name: str, table: pd.DataFrame) -> bytes:
    """The bytes of the file of a table, the same for the same table."""
    text = format_csv(table).encode()
    return lzma.compress(text, preset=_PRESET) if FILES[name].endswith(".xz") else text


@cache
def read_topology() -> dict[str, Any]:
    """The outlines of all current communes (TopoJSON, longitude and latitude), shared borders
    once."""
    return unpack_topology(FOLDER)


def unpack_topology(folder: Path) -> dict[str, Any]:
    """The outlines that stand in a folder, read anew."""
    with _refuse_damage(folder / OUTLINES), lzma.open(folder / OUTLINES) as stream:
        return json.load(stream)


def pack_topology(topology: dict[str, Any]) -> bytes:
    """The bytes of the file of outlines."""
    text = json.dumps(topology, ensure_ascii=False, separators=(",", ":"))
    return lzma.compress(text.encode(), preset=_PRESET)
