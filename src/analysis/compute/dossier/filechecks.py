"""Checks of the files of ``data/raw`` themselves: format, name, provenance in sources.csv."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from analysis.base.lists import join_list, split_list
from analysis.base.pictures import find_picture_fault
from analysis.base.rawfiles import COUNCIL_FILE, PICTURE_SUFFIXES, is_original, is_review_file
from analysis.compute.dossier.crosschecks import Loaded, other_separator
from analysis.model.schema import TABLES, Fault, suggest

SOURCES_FILE = "sources.csv"
_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
#: Folders whose tables are read, the year's own apart.
_READ_FOLDERS = re.compile(r"(reference|documents|\d{4})?")
_DOCUMENTS = (".docx", ".docm", ".doc", ".odt", ".rtf")


def _other_form(file: str) -> str:
    """What to do with a file whose format is not read; empty for the others."""
    suffix = PurePosixPath(file).suffix.lower()
    if suffix in _WORKBOOKS:
        return "Enregistrer en CSV (une feuille par fichier), et sortir le classeur de ce dossier."
    if suffix in _DOCUMENTS:
        return "Enregistrer en texte brut, sous un nom en .md, et sortir le document du dossier."
    if "/texts/" in file and suffix not in (".md", *PICTURE_SUFFIXES):
        return "Attendu : un texte brut dont le nom finit par .md, ou une image .png ou .jpg."
    return ""


def _without_provenance(folder: str, files: list[str]) -> Fault:
    """One fault for the files of a folder, with the row of sources.csv to add."""
    year, _, below = folder.partition("/")
    kind = {"texts": "textes", "reference": "tables", "documents": "documents"}.get(
        below or year, "donnees"
    )
    name = f"{kind}-{year}" if folder else "fichiers-du-dossier"
    suffixes = sorted({PurePosixPath(file).suffix for file in files})
    globs = files if len(files) == 1 or not folder else [f"{folder}/*{s}" for s in suffixes]
    row = f"{name},{join_list(globs)},titre,producteur,publication,licence,date de consultation,"
    several = len(files) > 1
    shown = ", ".join(files[:5]) + (f" et {len(files) - 5} autres" if len(files) > 5 else "")
    advice = f"Ajouter une ligne qui {'les' if several else 'le'} désigne, sur ce modèle : {row}"
    if not folder and {*suffixes} <= {".png", ".jpg", ".jpeg"}:  # a logo
        named = " | ".join(["identity.yml", *files])
        advice = f"Désigner le logo dans la ligne de l’identité, colonne « file » : {named}"
    return Fault.of_file(
        SOURCES_FILE,
        f"{len(files)} fichier{'s' if several else ''} sans provenance",
        advice,
        value=shown,
    )


def check_files(loaded: Loaded, files: Sequence[str]) -> Iterator[Fault]:
    """Every file of ``raw/`` has its provenance, every provenance its file, every CSV a known name;
    none is of a format that is not read."""
    files = [file for file in files if not is_original(file)]
    unread = {file: form for file in files if (form := _other_form(file))}
    for file, form in unread.items():
        yield Fault.of_file(file, "format non lu", form)
    tables = {f"{table.name}.csv" for table in TABLES.values()}
    strange = dict.fromkeys(
        folder
        for folder, _, name in (file.rpartition("/") for file in files)
        if name in tables and not _READ_FOLDERS.fullmatch(folder)
    )
    for folder in strange:
        yield Fault.of_file(
            folder,
            "dossier qui n’est pas lu, alors qu’il contient des tables",
            "Le sortir de raw/ ; ou, s’il est celui d’une année, le mettre dans raw/ sous le nom de"
            " cette année.",
        )
    files = [file for file in files if not file.startswith(tuple(f"{name}/" for name in strange))]
    if "sources" not in loaded.unread:
        yield from _check_provenance(loaded, files, set(unread))
    for file in files:
        folder, _, name = file.rpartition("/")
        if name.lower().endswith(PICTURE_SUFFIXES) and (
            fault := find_picture_fault(loaded.raw / file)
        ):
            yield Fault.of_file(file, *fault)
        place = {"reference": "reference", str(loaded.year): "year"}.get(folder)
        known = {f"{table.name}.csv" for table in TABLES.values() if table.place == place}
        if place and name.endswith(".csv") and name not in known:
            yield Fault.of_file(
                file, "table inconnue, elle ne serait pas lue", suggest(name, known)
            )


def _check_provenance(loaded: Loaded, files: Sequence[str], unread: set[str]) -> Iterator[Fault]:
    patterns = [(row, glob) for row in loaded.rows("sources") for glob in split_list(row["file"])]
    orphans: dict[str, list[str]] = {}
    for file in files:
        named = any(fnmatch.fnmatch(file, glob) for _, glob in patterns)
        own = file == SOURCES_FILE or is_review_file(file) or file.endswith(f"/{COUNCIL_FILE}")
        if not named and file not in unread and not own:
            orphans.setdefault(file.rpartition("/")[0], []).append(file)
    for folder, names in orphans.items():
        yield _without_provenance(folder, names)
    for row, glob in patterns:
        if not fnmatch.filter(files, glob):
            missing = "aucun fichier de ce nom dans le dossier", suggest(glob, set(files))
            yield row.fault("file", *(other_separator(glob, files) or missing), glob)
