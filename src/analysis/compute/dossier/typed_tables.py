"""Files of ``data/raw`` to typed tables, every cell's fault collected.

Never writes. A table read is indexed by spreadsheet row.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.characters import NotText, UnknownEncoding, decode, find_bad_characters
from analysis.base.csvtext import LONGEST, EndlessCell, find_separator, split_csv
from analysis.compute.dossier.cells import (
    CellError,
    clean_code,
    clean_text,
    has_failed,
    read_date,
    read_integer,
    read_number,
    read_partial_date,
)
from analysis.model.partial_dates import write_precisions
from analysis.model.schema import DTYPES, Column, Fault, Table
from analysis.model.schema.validation import check_frame

_READERS = {"number": read_number, "integer": read_integer, "date": read_date}
#: What reading a file's characters may raise; ``explain`` words it.
UNREADABLE = (NotText, UnknownEncoding)
#: Bytes of a file that people type, its pictures apart; lines and columns of a table. The largest
#: of ours have some hundred kilobytes, a thousand lines.
LARGEST_FILE, MOST_ROWS, MOST_COLUMNS = 20 * 2**20, 100_000, 200

#: Tables that were read, by content, and how many of them are held: those of two editions.
_READ: dict[tuple[bytes, Table, str], tuple[pd.DataFrame, list[Fault]]] = {}
_MOST = 100
#: Rows above the names of the columns that people may have typed.
_TITLE_ROWS = 6


class TooLarge(NotText):
    """A file of more than ``LARGEST_FILE``."""


def read_text(path: Path) -> str:
    """The text of a file (see ``characters.decode``). Raises NotText and UnknownEncoding."""
    if path.stat().st_size > LARGEST_FILE:
        raise TooLarge
    return decode(path.read_bytes())


def explain(error: ValueError, file: str) -> Fault:
    """The one fault to report of a file that is no text, or whose characters cannot be told."""
    form = "CSV UTF-8" if file.endswith(".csv") else "texte brut (UTF-8)"
    if isinstance(error, UnknownEncoding):
        expected = f"Ouvrir le fichier dans son logiciel et l’enregistrer au format {form}."
        problem = "caractères impossibles à lire avec certitude"
        return Fault.of_file(file, problem, expected, error.sample)
    if isinstance(error, TooLarge):
        expected = "Vérifier que c’est le bon fichier ; sinon, l’alléger ou le partager."
        return Fault.of_file(file, f"fichier de plus de {LARGEST_FILE // 2**20} Mo", expected)
    return Fault.of_file(
        file,
        "ce n’est pas un fichier texte",
        "Renommer un classeur ou un document ne le convertit pas : l’ouvrir dans son logiciel"
        f" et l’enregistrer au format {form}.",
    )


def check_characters(text: str, file: str) -> list[Fault]:
    """What of a whole file, that is no table, no reader could see."""
    return [
        Fault(file, line + 1, "", read, problem, expected)
        for line, read, problem, expected in find_bad_characters(text)
    ]


def empty_frame(table: Table) -> pd.DataFrame:
    """The table without rows, typed."""
    return pd.DataFrame(
        {column.name: pd.Series(dtype=DTYPES[column.kind]) for column in table.read_columns},
        index=pd.Index([], dtype="int64"),
    )


def read_table(path: Path, table: Table, file: str) -> tuple[pd.DataFrame, list[Fault]]:
    """A typed table indexed by row number, and its faults. Rows wholly empty are skipped.

    What was read of the same content is not read again: two editions share most of their files.
    """
    if not path.is_file() or path.stat().st_size > LARGEST_FILE:
        return _read_table(path, table, file)
    key = (hashlib.sha256(path.read_bytes()).digest(), table, file)
    if key not in _READ:
        while len(_READ) >= _MOST:
            del _READ[next(iter(_READ))]
        _READ[key] = _read_table(path, table, file)
    frame, faults = _READ[key]
    return frame.copy(), [*faults]


def _read_table(path: Path, table: Table, file: str) -> tuple[pd.DataFrame, list[Fault]]:
    nothing = empty_frame(table)
    if table.optional and not path.exists():
        return nothing, []
    header = ", ".join(table.header)
    if not path.is_file():
        near = [p.name for p in path.parent.glob("*") if p.stem.lower() == path.stem.lower()]
        expected = f"Colonnes attendues : {header}."
        if near:
            expected = (
                f"Attendu : du CSV, sous le nom {path.name}. Trouvé : {', '.join(sorted(near))}."
            )
        return nothing, [Fault.of_file(file, "fichier manquant", expected)]
    try:
        text = read_text(path)
        rows = split_csv(text, find_separator(text))
    except UNREADABLE as error:
        return nothing, [explain(error, file)]
    except EndlessCell as error:
        expected = (
            f"Attendu : {LONGEST} caractères au plus. Un guillemet droit y est sans doute ouvert et"
            " n’est pas fermé ; sinon, raccourcir le texte."
        )
        return nothing, [Fault(file, error.args[0], "", "", "cellule sans fin", expected)]
    if len(rows) > MOST_ROWS or max(map(len, rows), default=0) > MOST_COLUMNS:
        expected = f"Attendu : {MOST_ROWS} lignes et {MOST_COLUMNS} colonnes au plus."
        return nothing, [Fault.of_file(file, "table trop grande", expected)]
    if not rows or not any(clean_text(cell) for cell in rows[0]):
        expected = f"Première ligne attendue : {header}."
        return nothing, [Fault.of_file(file, "fichier vide", expected)]
    names = _clean_names(rows[0])
    faults = _check_header(names, table, file)
    if faults:
        return nothing, _find_header_below(text, table, file) or faults
    frame, faults = _read_rows(names, rows[1:], table, file)
    if frame.empty and not table.may_be_empty and not faults:
        said = "aucune ligne sous l’en-tête", "Au moins une ligne attendue."
        faults.append(Fault.of_file(file, *said))
    bad = {(fault.row, fault.column) for fault in faults}
    faults += [
        fault for fault in check_frame(table, frame, file) if (fault.row, fault.column) not in bad
    ]
    return frame, faults


def _clean_names(row: list[str]) -> list[str]:
    """The names of the columns, without those at the end that have none: Excel leaves them."""
    names = [clean_code(cell) for cell in row]
    while names and not names[-1]:
        names.pop()
    return names


def _find_header_below(text: str, table: Table, file: str) -> list[Fault]:
    """The fault of a file whose columns are named below a title, or below what a spreadsheet says
    of the separator (« sep=; »)."""
    for number, line in enumerate(text.split("\n")[1:_TITLE_ROWS], 2):
        if len(line) > LONGEST:
            continue
        (names, *_) = split_csv(line, find_separator(line)) or [[]]
        if not _check_header(_clean_names(names), table, file):
            expected = f"Retirer ce qui précède la ligne {number}, qui nomme les colonnes."
            return [Fault(file, 1, "", "", "les colonnes n’y sont pas nommées", expected)]
    return []


def _check_header(header: list[str], table: Table, file: str) -> list[Fault]:
    faults = []
    wanted = table.header
    missing = [c.name for c in table.columns if c.name not in header]
    for name in header:
        if name in wanted:
            continue
        near = difflib.get_close_matches(name.lower(), missing or wanted, n=1, cutoff=0.5)
        hint = f"Vouliez-vous dire « {near[0]} » ?" if near else ""
        if near and near[0] in missing:
            missing.remove(near[0])
        expected = hint or f"Colonnes attendues : {', '.join(wanted)}."
        faults.append(Fault(file, 1, name or "(sans nom)", "", "colonne inconnue", expected))
    described = {c.name: c.description for c in table.columns if not c.optional}
    for name in (name for name in missing if name in described):
        expected = f"Attendu : {described[name]}."
        faults.append(Fault(file, 1, name, "", "colonne manquante", expected))
    for name in sorted({name for name in header if header.count(name) > 1 and name in wanted}):
        faults.append(Fault(file, 1, name, "", "colonne en double", "Une seule fois chacune."))
    return faults


def _read_rows(
    header: list[str], rows: list[list[str]], table: Table, file: str
) -> tuple[pd.DataFrame, list[Fault]]:
    faults: list[Fault] = []
    columns = {column.name: column for column in table.columns}
    read: dict[str, list[Any]] = {name: [] for name in header}
    left = [name for name in table.header if name not in read]  # optional columns
    least = len(header)  # cells of a row: the last ones may be left out where they are optional
    while columns[header[least - 1]].optional:
        least -= 1
    index = []
    for number, row in enumerate(rows, 2):
        if not any(clean_text(cell) for cell in row):
            continue
        if [clean_code(cell) for cell in row] == header:
            faults.append(
                Fault(file, number, "", "", "noms des colonnes répétés", "Retirer cette ligne.")
            )
            continue
        if least <= len(row) < len(header):
            row = [*row, *[""] * (len(header) - len(row))]
        if len(row) != len(header):
            extra = [cell for cell in row[len(header) :] if clean_text(cell)]
            if len(row) < len(header) or extra:
                cells = f"{len(row)} cellule{'s' if len(row) > 1 else ''}"
                problem = f"{cells} au lieu de {len(header)}"
                expected = "Une cellule qui contient le séparateur se met entre guillemets droits."
                faults.append(Fault(file, number, "", clean_code(row[0]), problem, expected))
                continue
        index.append(number)
        for name, cell in zip(header, row, strict=False):
            value, fault = _read_cell(cell, columns[name])
            read[name].append(value)
            if fault:
                faults.append(Fault(file, number, name, clean_text(cell), *fault))
    read |= {name: ["" if columns[name].writing else None] * len(index) for name in left}
    for precision in table.read_columns[len(table.columns) :]:
        days = [read[c.name] for c in table.columns if c.precision == precision.name]
        read[precision.name] = [write_precisions(*row) for row in zip(*days, strict=True)]
    frame = pd.DataFrame(
        {
            column.name: pd.Series(read[column.name], index=index, dtype=DTYPES[column.kind])
            for column in table.read_columns
        },
        index=pd.Index(index, dtype="int64"),
    )
    return frame, faults


def _read_cell(cell: str, column: Column) -> tuple[Any, tuple[str, str] | None]:
    for _, _, problem, expected in find_bad_characters(cell) if column.published else ():
        return cell if column.kind not in _READERS else None, (problem, expected)
    if has_failed(cell):
        expected = "Corriger la formule dans le tableur, puis coller la valeur elle-même."
        return None if column.kind in _READERS else "", ("erreur de calcul du tableur", expected)
    if column.kind in _READERS:
        text = clean_text(cell)
        if not text:
            return None, None
        try:
            if column.precision:
                return read_partial_date(text, column.starts), None
            return _READERS[column.kind](text), None
        except CellError as error:
            words = f"Attendu : {column.pattern_words}." if column.pattern_words else ""
            return None, (error.problem, words or error.expected)
    if column.codes or column.refers or column.pattern or column.kind == "list":
        return clean_code(cell), None
    text = clean_text(cell)
    if column.writing == "plain":  # Alt+Entrée
        text = re.sub(r"(?<![ \t])[ \t]*\n\s*|\t", " ", text)
    return text, None
