"""The open data package of an edition: CSV files, ``datapackage.json``, one zip.

Frictionless Data Package v2 with Table Schema. Tables and columns are described in
``model.schema.processed_tables``.
"""

from __future__ import annotations

import hashlib
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.archive import write_zip
from analysis.base.csvtext import format_csv, write_cell
from analysis.base.lists import SEPARATOR, join_list, split_list
from analysis.base.moving import move
from analysis.base.paths import OPEN_DATA, Dossier, name_archive
from analysis.compute.dossier import read_dossier
from analysis.model.partial_dates import SEASONS
from analysis.model.schema import PROCESSED, TABLES, Column
from analysis.model.store import Edition, find_source, write_dates
from analysis.words import french

DESCRIPTOR = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"

#: Licences that let anyone use the data again, as sources.csv words them.
_OPEN = re.compile(r"(Licence Ouverte|ODbL|CC0|CC[ -]BY(?![ -]N[CD]))")
#: Types of the Table Schema. A list is a text: the standard names a type for it, which its own
#: published profile refuses.
_FIELD_TYPES = {"text": "string", "list": "string", "flag": "boolean"}
#: What is said of a date that may be known to its year alone, and what it looks like.
_PARTIAL = (
    "Aussi précise qu’elle est connue : AAAA-MM-JJ, AAAA-MM (le mois), AAAA (l’année) ou une saison"
    " (hiver AAAA-AAAA)."
)
PARTIAL_DATE = rf"\d{{4}}(-\d{{2}}){{0,2}}|({'|'.join(SEASONS)}) \d{{4}}(-\d{{4}})?"
#: Raw tables that the package gives together, under one name.
_JOINED = {"finalities": "chapters", "approach": "chapters"}
#: Members of the descriptor that people read.
_READ = frozenset({"title", "description", "remark", "producer", "licence"})

Frames = Mapping[str, pd.DataFrame]


# --- Table Schema ---------------------------------------------------------------------------------


def list_columns(name: str, frame: pd.DataFrame) -> list[Column]:
    """The description of each column of a file, in the frame's order; KeyError for an unknown
    one."""
    known = {column.name: column for column in PROCESSED[name].columns}
    return [known[column] for column in frame.columns]


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def describe_field(column: Column, primary: tuple[str, ...]) -> dict[str, Any]:
    """One field of a Table Schema: type, title, what more there is to know, constraints."""
    partial = bool(column.precision)
    notes = [column.note, _PARTIAL if partial else ""]
    if column.pattern_words:
        notes.append(f"{_capitalise(column.pattern_words)}.")
    if column.kind == "list":
        notes.append(f"Liste : éléments séparés par « {SEPARATOR.strip()} » entre deux espaces.")
    constraints = {
        "required": column.required or None,
        "enum": list(column.codes) or None,
        "pattern": column.pattern or (PARTIAL_DATE if partial else None),
        "minimum": column.minimum,
        "unique": primary == (column.name,) or None,
    }
    field = {
        "name": column.name,
        "type": "string" if partial else _FIELD_TYPES.get(column.kind, column.kind),
        "title": _capitalise(column.description),
        "description": " ".join(filter(None, notes)),
        "constraints": {name: rule for name, rule in constraints.items() if rule is not None},
    }
    return {name: member for name, member in field.items() if member}


def _list_foreign_keys(
    name: str, columns: list[Column], frames: Frames
) -> Iterator[dict[str, Any]]:
    """References to a table of the package, as far as they hold: a catalogue that several editions
    share may name an action of another one."""
    for column in columns:
        parts = {ref.split(".")[1] for ref in column.refers}
        targets = {_JOINED.get(ref.split(".")[0], ref.split(".")[0]) for ref in column.refers}
        if column.kind == "list" or len(targets) != 1 or len(parts) != 1:
            continue
        (target,), (part,) = targets, parts
        if PROCESSED[target].key != (part,):
            continue
        used = {cell for cell in map(write_cell, frames[name][column.name]) if cell}
        if not used <= set(map(write_cell, frames[target][part])):
            continue
        # A reference to the table itself must not name it.
        resource = {} if target == name else {"resource": target}
        yield {"fields": [column.name], "reference": {**resource, "fields": [part]}}


def describe_table(name: str, frames: Frames) -> dict[str, Any]:
    """The Table Schema of a file of the package. A key that may stand empty in part is unique, but
    no primary key."""
    columns, key = list_columns(name, frames[name]), PROCESSED[name].key
    primary = key if all(column.required for column in columns if column.name in key) else ()
    schema: dict[str, Any] = {
        "fields": [describe_field(column, primary) for column in columns],
        "missingValues": [""],
        **({"primaryKey": list(key)} if primary else {"uniqueKeys": [list(key)]}),
    }
    if foreign := list(_list_foreign_keys(name, columns, frames)):
        schema["foreignKeys"] = foreign
    return schema


# --- sources and licences -------------------------------------------------------------------------


def describe_licence(licences: Iterable[str]) -> dict[str, str]:
    """One licence for data of several sources, which is never wider than the narrowest of theirs.

    Open only where every source is; a text of sources.csv stands as its title.
    """
    texts = list(dict.fromkeys(licences))
    if texts and all(map(_OPEN.match, texts)):
        return {"name": "other-open", "title": " ; ".join(texts)}
    return {
        "name": "other-closed",
        "title": "Aucune licence de réutilisation d’ensemble : une partie des données vient de "
        "sources qui n’en indiquent pas. La licence de chaque source est dite avec elle.",
    }


def _describe_source(row: Mapping[str, str]) -> dict[str, str]:
    """A source, with the columns of sources.csv that the standard does not know kept as they are.
    The licence is always said, even when there is none."""
    kept = ("id", "producer", "publication", "accessed", "remark")
    return {
        "title": row["title"],
        **{name: row[name] for name in kept if row[name]},
        **({"path": row["url"]} if row["url"] else {}),
        "licence": row["licence"] or "aucune licence indiquée",
    }


def find_sources(name: str, frames: Frames, year: int) -> list[str]:
    """Ids of sources.csv from which a file of the package comes, in the order of sources.csv."""
    frame, sources = frames[name], frames["sources"]
    used: set[str] = set()
    for table in PROCESSED[name].raw:
        years = sorted(set(frame["edition"])) if TABLES[table].history else [year]
        used |= {find_source(sources, TABLES[table].file(int(number))) for number in years}
    if "source" in frame.columns:
        used |= {source for cell in frame["source"] for source in split_list(cell)}
    if name == "comparisons":
        used |= set(find_sources("values", frames, year))
    return [source for source in sources["id"] if source in used]


# --- the package ----------------------------------------------------------------------------------


def collect_frames(edition: Edition, dossier: Dossier) -> dict[str, pd.DataFrame]:
    """Every table of the package, in its order; lists are written in one way. Raises InvalidDossier
    when data/raw, from which the observations are read as typed, is not valid any more."""
    raw = read_dossier(dossier, edition.year)
    frames = {}
    for name in PROCESSED:
        if name == "observations":
            frame = raw[name].drop(columns="file").reset_index(drop=True)
        else:
            frame = getattr(edition, name)
        lists = [column.name for column in list_columns(name, frame) if column.kind == "list"]
        frames[name] = write_dates(frame).assign(
            **{column: frame[column].map(split_list).map(join_list) for column in lists}
        )
    return frames


def _describe_resource(name: str, frames: Frames, content: bytes, year: int) -> dict[str, Any]:
    table = PROCESSED[name]
    resource: dict[str, Any] = {
        "name": name,
        "type": "table",
        "path": f"{name}.csv",
        "title": table.title,
        **({"description": table.description} if table.description else {}),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(content),
        "hash": f"sha256:{hashlib.sha256(content).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\n"},
    }
    used = find_sources(name, frames, year)
    rows = [row for row in frames["sources"].to_dict("records") if row["id"] in used]
    if rows:
        resource["sources"] = [_describe_source(row) for row in rows]
        licence = describe_licence(row["licence"] for row in rows)
        if licence["name"] == "other-open":  # else the package's own stands
            resource["licenses"] = [licence]
    return resource | {"schema": describe_table(name, frames)}


def describe_package(
    edition: Edition, frames: Frames, contents: Mapping[str, bytes]
) -> dict[str, Any]:
    """The descriptor: ``contents`` are the bytes of each CSV file. No time of the clock."""
    territory, year = edition.territory, edition.year
    sources = frames["sources"].to_dict("records")
    credited: dict[str, list[str]] = {}
    for row in edition.credits.to_dict("records"):
        # A notice of rights is no contributor, nor who made a document that is cited.
        if not row["name"].startswith("©") and not row["source"]:
            credited.setdefault(row["name"], []).append(row["role"])
    contributors = [{"title": name, "roles": roles} for name, roles in credited.items()]
    return {
        "$schema": PROFILE,
        "name": f"rapport-developpement-durable-{territory['id']}-{year}",
        "title": "Données du rapport sur la situation en matière de développement durable "
        f"{territory['of_name']}, édition {year}",
        "description": "Ce que le rapport affiche et ce dont il est calculé : valeurs relevées "
        "avec leur période, leur réserve, leur source et leur repère ; valeurs dérivées avec leur "
        "formule ; actions, montants, objectifs, vérifications et lacunes. Un fichier CSV par "
        "table, en UTF-8, décimales avec un point, dates au format ISO, aussi précises qu’elles "
        "sont connues. Où un tableur prendrait un texte pour une formule (il commence par =, +, "
        "- ou @, au début ou après une virgule, un point-virgule, une tabulation ou une fin de "
        "ligne), une apostrophe droite est écrite devant : pour relire le texte, la retirer.",
        "version": f"{year}.0.0",
        "keywords": ["développement durable", "collectivité territoriale", "indicateurs"],
        "licenses": [describe_licence(row["licence"] for row in sources)],
        "sources": [_describe_source(row) for row in sources],
        **({"contributors": contributors} if contributors else {}),
        "resources": [
            _describe_resource(name, frames, content, year) for name, content in contents.items()
        ],
    }


def typeset_words(node: Any, name: str = "") -> Any:
    """The descriptor with French typography in what people read; the data are left as typed."""
    if isinstance(node, dict):
        return {key: typeset_words(value, key) for key, value in node.items()}
    if isinstance(node, list):
        return [typeset_words(item) for item in node]
    return french.typeset(node) if name in _READ and isinstance(node, str) else node


def compose_package(edition: Edition, dossier: Dossier, year: int) -> dict[str, bytes]:
    """The package's files by name; the same edition gives the same bytes. Its observations are read
    as typed in the ``dossier``. Raises ValueError when ``edition`` is of another year. Raises
    InvalidDossier when data/raw is not valid any more."""
    if edition.year != year:
        raise ValueError(f"Édition {edition.year} donnée, édition {year} demandée.")
    frames = collect_frames(edition, dossier)
    contents = {name: format_csv(frame).encode("utf-8") for name, frame in frames.items()}
    descriptor = typeset_words(describe_package(edition, frames, contents))
    text = json.dumps(descriptor, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    files = {DESCRIPTOR: text.encode("utf-8")}
    return files | {f"{name}.csv": contents[name] for name in sorted(contents)}


def write_package(
    edition: Edition,
    dossier: Dossier,
    year: int,
    folder: Path,
    files: Mapping[str, bytes] | None = None,
) -> Path:
    """Write ``<folder>/donnees/`` and ``<folder>/donnees-<year>.zip``; returns the former. The
    folder is made if need be. ``files``: what ``compose_package`` gave, where it was asked already.

    Both are made under another name and take their place when they are complete. Raises as
    ``compose_package`` does.
    """
    files = files or compose_package(edition, dossier, year)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / OPEN_DATA
    with tempfile.TemporaryDirectory(prefix=f".{OPEN_DATA}-", dir=folder) as scratch:
        built, archive = Path(scratch) / OPEN_DATA, Path(scratch) / name_archive(year)
        built.mkdir()
        for name, content in files.items():
            (built / name).write_bytes(content)
        archive.write_bytes(write_zip(files, date(year, 12, 31)))
        if target.exists():
            move(target, Path(scratch) / "ancien")
        move(built, target)
        move(archive, folder / archive.name)
    return target
