"""The only reader and writer of ``data/processed``.

May import ``paths``, ``lists``, ``references``: notebooks import this module, so it stays light
(no pandera, no evaluator). Tables are CSV with their types beside them, nested things are JSON;
every file is written under a temporary name, then renamed.
"""

from __future__ import annotations

import difflib
import fnmatch
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.lists import split_list
from analysis.paths import Dossier, locate_dossier
from analysis.references import Ledger, Value

TEXT, NUMBER, INTEGER, DATE, FLAG = "str", "float64", "int64", "datetime64[s]", "bool"

#: Where a value comes from: typed by the analyst (or added up from population.csv), or a formula.
OBSERVED, DERIVED = "observé", "dérivé"

#: Kind of an edition that was never published, made of what later sources say of its year.
RECONSTITUTED = "reconstituée"

#: Columns of ``values``: one row for each indicator × territory × period.
VALUES = {
    "indicator": TEXT, "territory": TEXT, "title": TEXT, "unit": TEXT, "kind": TEXT,
    "measure": TEXT, "direction": TEXT, "chapter": TEXT, "action": TEXT, "origin": TEXT,
    "value": NUMBER, "qualifier": TEXT, "status": TEXT, "period_start": DATE, "period_end": DATE,
    "rank": INTEGER, "precision": NUMBER, "stage": TEXT, "payer": TEXT, "nature": TEXT,
    "policy": TEXT, "source": TEXT, "locator": TEXT, "note": TEXT, "edition": INTEGER,
    "file": TEXT, "line": INTEGER, "formula": TEXT, "terms": TEXT, "missing": TEXT,
}  # fmt: skip

#: Columns of ``comparisons``: indicator × territory with at least two periods.
COMPARISONS = {
    "indicator": TEXT, "territory": TEXT, "title": TEXT, "unit": TEXT, "measure": TEXT,
    "chapter": TEXT, "action": TEXT,
    "latest": NUMBER, "latest_start": DATE, "latest_end": DATE, "latest_qualifier": TEXT,
    "latest_status": TEXT,
    "precedent": NUMBER, "precedent_start": DATE, "precedent_end": DATE,
    "precedent_qualifier": TEXT, "precedent_status": TEXT,
    "comparable": FLAG, "reason": TEXT, "reservation": TEXT, "growth_pct": NUMBER,
    "difference": NUMBER, "monthly_latest": NUMBER, "monthly_precedent": NUMBER,
}  # fmt: skip

#: Columns of ``progress``: one row for each target.
PROGRESS = {
    "indicator": TEXT, "title": TEXT, "unit": TEXT, "chapter": TEXT, "action": TEXT,
    "target_value": NUMBER, "target_qualifier": TEXT, "target_date": DATE, "value": NUMBER,
    "qualifier": TEXT, "value_date": DATE, "distance": NUMBER, "attained_pct": NUMBER,
    "observed_pace_per_year": NUMBER, "required_pace_per_year": NUMBER, "verdict": TEXT,
    "reason": TEXT, "source": TEXT, "locator": TEXT,
}  # fmt: skip

#: Columns of ``checks``: one row for each printed figure of statements.csv.
CHECKS = {
    "id": TEXT, "locator": TEXT, "indicator": TEXT, "title": TEXT, "unit": TEXT,
    "printed_value": NUMBER, "precision": NUMBER, "recomputed": NUMBER, "rounded": NUMBER,
    "difference": NUMBER, "verdict": TEXT, "reason": TEXT, "note": TEXT,
}  # fmt: skip

#: Columns of ``files``: one row for each file of ``raw/`` that the edition may read.
FILES = {"file": TEXT, "bytes": INTEGER, "sha256": TEXT}
#: Columns of ``controls``: one row for each thing controlled. ``file`` and ``row`` say where the
#: value was typed, ``discrepancy`` which row of the register explains an alert.
CONTROLS = {
    "id": TEXT, "control": TEXT, "indicator": TEXT, "title": TEXT, "verdict": TEXT,
    "message": TEXT, "file": TEXT, "row": TEXT, "discrepancy": TEXT,
}  # fmt: skip

_EDITION_FILE = "edition.json"


@dataclass(frozen=True)
class Edition:
    """Everything that is known and computed for one edition. Missing text is '', never NaN.

    ``chapters``: id, order, number (roman), kind (finalité, démarche), title, short_title, colour,
    elements. ``actions``: as typed, with ``chapter_order``, in the order of the report.
    ``effects``: every action × finality. ``budget``: every amount known up to this edition, with
    the ``edition`` whose folder holds it. ``targets``: as typed, with ``file`` and ``line``.
    ``earlier``: year of the edition before, None for the first. ``about``: ``kind``
    (``RECONSTITUTED`` or '') and ``note``, the French sentence that says why.
    ``values``, ``comparisons``, ``progress``, ``checks``, ``controls``,
    ``files``: the columns named above. The other frames are as typed.
    """

    year: int
    territory: dict
    chapters: pd.DataFrame
    sections: pd.DataFrame
    wordings: pd.DataFrame
    sdgs: pd.DataFrame
    services: pd.DataFrame
    payers: pd.DataFrame
    units: pd.DataFrame
    territories: pd.DataFrame
    glossary: pd.DataFrame
    sources: pd.DataFrame
    credits: pd.DataFrame
    communes: pd.DataFrame
    population: pd.DataFrame
    actions: pd.DataFrame
    effects: pd.DataFrame
    planned: pd.DataFrame
    improvements: pd.DataFrame
    milestones: pd.DataFrame
    targets: pd.DataFrame
    statements: pd.DataFrame
    gaps: pd.DataFrame
    discrepancies: pd.DataFrame
    requests: pd.DataFrame
    followups: pd.DataFrame
    revisions: pd.DataFrame
    key_figures: pd.DataFrame
    parts: pd.DataFrame
    not_comparable: pd.DataFrame
    budget: pd.DataFrame
    indicators: pd.DataFrame
    values: pd.DataFrame
    comparisons: pd.DataFrame
    progress: pd.DataFrame
    checks: pd.DataFrame
    files: pd.DataFrame
    digit_names: pd.DataFrame
    controls: pd.DataFrame
    charts: list[dict] = field(default_factory=list)
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    communes_geojson: dict = field(default_factory=dict)
    earlier: int | None = None
    about: dict[str, str] = field(default_factory=dict)

    @property
    def is_reconstituted(self) -> bool:
        """Whether it was never published: what it does not hold is unknown, not absent."""
        return self.about.get("kind") == RECONSTITUTED

    @cached_property
    def ledger(self) -> Ledger:
        """What references look their values up in."""
        return build_ledger(
            self.year, self.territory["id"], self.indicators, self.targets, self.values
        )

    def value(self, reference: str) -> Value:
        """The value of ``indicator[@territory][:modifier]``.

        Raises
        ------
        references.UnknownReference
            when indicator, territory or modifier does not exist (French, with close matches).
            A value that exists but cannot be given is no error: see ``Value.missing``.
        """
        return self.ledger.resolve(reference)

    @cached_property
    def catalogue(self) -> dict[str, dict[str, Any]]:
        """The rows of ``indicators`` by id."""
        return {row["id"]: row for row in to_records(self.indicators)}

    @cached_property
    def source_titles(self) -> dict[str, str]:
        """Title of each source by id."""
        return dict(zip(self.sources["id"], self.sources["title"], strict=True))

    @cached_property
    def first_comparisons(self) -> dict[tuple[str, str], dict[str, Any]]:
        """The first row of ``comparisons`` for each (indicator, territory)."""
        rows = reversed(to_records(self.comparisons))
        return {(row["indicator"], row["territory"]): row for row in rows}

    @cached_property
    def checksums(self) -> dict[str, str]:
        """SHA-256 of each file of data by its name."""
        return dict(zip(self.files["file"], self.files["sha256"], strict=True))

    @cached_property
    def _units(self) -> dict[str, dict[str, str]]:
        return {row["id"]: row for row in self.units.to_dict("records")}

    def unit(self, id: str) -> Mapping[str, str]:
        """Row of units.csv: id, singular, plural, symbol. Raises KeyError (French) if unknown."""
        if id not in self._units:
            near = difflib.get_close_matches(id, list(self._units), n=2)
            hint = f" Vouliez-vous dire {' ou '.join(near)} ?" if near else ""
            raise KeyError(f"Unité inconnue : « {id} ».{hint}")
        return self._units[id]


FRAMES = tuple(f.name for f in fields(Edition) if f.type == "pd.DataFrame")
NESTED = ("year", "territory", "charts", "texts", "communes_geojson", "earlier", "about")


def to_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as dicts with ``datetime.date`` and None in place of timestamps and missing numbers."""
    columns = {}
    for name in frame.columns:
        series = frame[name]
        if pd.api.types.is_datetime64_any_dtype(series.dtype):
            columns[name] = [None if pd.isna(day) else day.date() for day in series]
        elif pd.api.types.is_float_dtype(series.dtype):
            columns[name] = [None if pd.isna(number) else float(number) for number in series]
        else:
            columns[name] = series.tolist()
    return [dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)]


def from_records(rows: list[Mapping[str, Any]], columns: Mapping[str, str]) -> pd.DataFrame:
    """A frame of exactly these columns and types (see ``VALUES``) from rows as dicts."""
    return pd.DataFrame(
        {
            name: pd.Series([_plain(row[name]) for row in rows], dtype=dtype)
            for name, dtype in columns.items()
        }
    )


def _plain(cell: Any) -> Any:
    return pd.Timestamp(cell) if isinstance(cell, date) else cell


def find_source(sources: pd.DataFrame, file: str) -> str:
    """Id of the source of a raw file: the row that names it, else the first glob that fits, else
    an empty text."""
    patterns = [
        (pattern, row.id) for row in sources.itertuples() for pattern in split_list(row.file)
    ]
    exact = [name for pattern, name in patterns if pattern == file]
    fitting = [name for pattern, name in patterns if fnmatch.fnmatch(file, pattern)]
    return next(iter(exact + fitting), "")


def build_ledger(
    year: int,
    territory: str,
    indicators: pd.DataFrame,
    targets: pd.DataFrame,
    values: pd.DataFrame | None = None,
) -> Ledger:
    """A Ledger from frames."""
    by_indicator: dict[str, list[dict[str, Any]]] = {}
    for row in to_records(targets):
        by_indicator.setdefault(row["indicator"], []).append(row)
    return Ledger(
        year,
        territory,
        {row["id"]: row for row in to_records(indicators)},
        by_indicator,
        [] if values is None else to_records(values),
    )


def write_edition(edition: Edition, dossier: Dossier) -> Path:
    """Write an edition below ``processed/<year>/``; returns that folder."""
    folder = dossier.processed_year(edition.year)
    frames = {name: getattr(edition, name) for name in FRAMES}
    write_frames(folder, _EDITION_FILE, frames, {name: getattr(edition, name) for name in NESTED})
    return folder


def write_frames(
    folder: Path, index: str, frames: Mapping[str, pd.DataFrame], nested: Mapping[str, Any]
) -> None:
    """Write frames as CSV, then their types and nested things as JSON under the name ``index``."""
    folder.mkdir(parents=True, exist_ok=True)
    types = {}
    for name, frame in frames.items():
        types[name] = {column: str(dtype) for column, dtype in frame.dtypes.items()}
        text = frame.to_csv(index=False, lineterminator="\n", date_format="%Y-%m-%d")
        _write(folder / f"{name}.csv", text)
    content = {"types": types, **nested}
    _write(folder / index, json.dumps(content, ensure_ascii=False, default=str))


def read_frames(folder: Path, index: str) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """What ``write_frames`` wrote: the frames with their types, and the nested things."""
    content = json.loads((folder / index).read_text(encoding="utf-8"))
    types = content.pop("types")
    return {name: _read_frame(folder / f"{name}.csv", types[name]) for name in types}, content


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, encoding="utf-8", newline="")
    os.replace(temporary, path)


def find_newest(dossier: Dossier) -> int:
    """The newest computed edition. Raises FileNotFoundError (French) when there is none."""
    years = [int(path.parent.name) for path in dossier.processed.glob(f"[0-9]*/{_EDITION_FILE}")]
    if not years:
        raise FileNotFoundError(
            f"Aucune édition n’est calculée dans {dossier.processed} : lancer « make data »."
        )
    return max(years)


def read_edition(year: int | None = None, dossier: Dossier | None = None) -> Edition:
    """Read what ``write_edition`` wrote, types and all; the newest edition where ``year`` is None.

    Raises
    ------
    FileNotFoundError
        when the edition has not been computed (message in French).
    """
    dossier = dossier or locate_dossier()
    if year is None:
        year = find_newest(dossier)
    folder = dossier.processed_year(year)
    path = folder / _EDITION_FILE
    if not path.is_file():
        raise FileNotFoundError(
            f"L’édition {year} n’a pas encore été calculée ({path} manque) : lancer « make data »."
        )
    frames, content = read_frames(folder, _EDITION_FILE)
    return Edition(**frames, **content)


def _read_frame(path: Path, types: Mapping[str, str]) -> pd.DataFrame:
    # Read as text, then converted: an exact number comes back exact in every version of pandas.
    text = pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8")
    return pd.DataFrame({name: _convert(text[name], dtype) for name, dtype in types.items()})


def _convert(column: pd.Series, dtype: str) -> pd.Series:
    if dtype == "str":
        return column
    if dtype == "bool":
        return column == "True"
    if dtype.startswith("datetime64"):
        return pd.to_datetime(column, format="%Y-%m-%d").astype(dtype)
    read = float if dtype == "float64" else int
    return pd.Series([read(cell) if cell else None for cell in column], dtype=dtype)
