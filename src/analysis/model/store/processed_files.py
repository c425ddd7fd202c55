"""Reads and writes ``data/processed``: tables as CSV with their types beside them, nested things
as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.atomic import write_file
from analysis.base.command_names import name_command
from analysis.base.csvtext import format_csv, read_csv
from analysis.base.paths import Dossier, locate_dossier
from analysis.model.council_fields import restore_council
from analysis.model.store.edition import FRAMES, NESTED, Edition
from analysis.model.store.reads import TracedEdition, open_log

_EDITION_FILE = "edition.json"


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
        write_file(folder / f"{name}.csv", format_csv(frame))
    content = {"types": types, **nested}
    write_file(folder / index, json.dumps(content, ensure_ascii=False, default=str))


def read_frames(folder: Path, index: str) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    """What ``write_frames`` wrote: the frames with their types, and the nested things. These files
    count as read (see ``reads``)."""
    frames, content = _read_frames(folder, index)
    if log := open_log():
        for path in (folder / index, *(folder / f"{name}.csv" for name in frames)):
            log.note_file(path)
    return frames, content


def _read_frames(folder: Path, index: str) -> tuple[dict[str, pd.DataFrame], dict[str, Any]]:
    content = json.loads((folder / index).read_text(encoding="utf-8"))
    types = content.pop("types")
    return {name: _read_frame(folder / f"{name}.csv", types[name]) for name in types}, content


def find_newest(dossier: Dossier) -> int:
    """The newest computed edition. Raises FileNotFoundError (French) when there is none."""
    years = [int(path.parent.name) for path in dossier.processed.glob(f"[0-9]*/{_EDITION_FILE}")]
    if not years:
        raise FileNotFoundError(
            f"Aucune édition n’est calculée dans {dossier.processed} : "
            f"lancer « {name_command('data')} »."
        )
    return max(years)


def read_edition(year: int | None = None, dossier: Dossier | None = None) -> Edition:
    """Read what ``write_edition`` wrote, types and all; the newest edition where ``year`` is None.
    Where ``READS_VARIABLE`` names a file, what is asked of the edition is written down in it.
    Raises FileNotFoundError when the edition has not been computed (message in French)."""
    dossier = dossier or locate_dossier()
    if year is None:
        year = find_newest(dossier)
    folder = dossier.processed_year(year)
    path = folder / _EDITION_FILE
    if not path.is_file():
        raise FileNotFoundError(
            f"L’édition {year} n’a pas encore été calculée ({path} manque) : "
            f"lancer « {name_command('data')} »."
        )
    frames, content = _read_frames(folder, _EDITION_FILE)
    content["council"] = restore_council(content.get("council", {}))
    edition = Edition(**frames, **content)
    log = open_log()
    return TracedEdition(edition, log) if log else edition


def read_tables(dossier: Dossier, year: int, *names: str) -> tuple[dict[str, pd.DataFrame], dict]:
    """Some frames of a computed edition, and its nested things, for who reads many editions and
    little of each. Raises FileNotFoundError when the edition has not been computed."""
    folder = dossier.processed_year(year)
    content = json.loads((folder / _EDITION_FILE).read_text(encoding="utf-8"))
    types = content.pop("types")
    return {name: _read_frame(folder / f"{name}.csv", types[name]) for name in names}, content


def _read_frame(path: Path, types: Mapping[str, str]) -> pd.DataFrame:
    # Read as text, then converted: an exact number comes back exact in every version of pandas.
    text = read_csv(path)
    return pd.DataFrame({name: _convert(text[name], dtype) for name, dtype in types.items()})


def _convert(column: pd.Series, dtype: str) -> pd.Series:
    if dtype == "str":
        return column
    if dtype == "bool":
        return column == "true"
    if dtype.startswith("datetime64"):
        return pd.to_datetime(column, format="%Y-%m-%d").astype(dtype)
    read = float if dtype == "float64" else int
    return pd.Series([read(cell) if cell else None for cell in column], dtype=dtype)
