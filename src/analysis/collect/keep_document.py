"""Keep a document of the client as the source of an edition: its lines numbered in
``raw/documents``, its row in sources.csv. What stands there is never replaced.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from analysis.base.command_names import name_command
from analysis.base.csvtext import format_row
from analysis.base.errors import UserError
from analysis.base.journal import write_together
from analysis.base.lists import join_list, split_list
from analysis.base.paths import Dossier
from analysis.base.rawfiles import list_years
from analysis.collect.document_reading import Line, ReadDocument, read_document
from analysis.collect.raw_edits import CsvFile
from analysis.compute.dossier.document_files import list_rows, name_document_file, read_lines
from analysis.compute.dossier.typed_tables import read_table
from analysis.model.schema import DOCUMENT_LINES, TABLES, Fault, InvalidDossier
from analysis.model.schema.columns import ID
from analysis.model.source_documents import read_ranges, select_outline
from analysis.words.french import format_count

SOURCES = TABLES["sources"]
#: How many moves are shown of a document that is another one.
_SHOWN = 12


@dataclass(frozen=True)
class Request:
    """What is asked for: the file, the id of its source, the year of its publication ('' where it
    is not said); ``outline``: its plan alone goes into the table; ``keep``: the original is kept
    beside it; ``today``: the day on which it is read."""

    file: Path
    id: str
    year: str = ""
    outline: bool = False
    keep: bool = False
    today: date | None = None


def keep_document(dossier: Dossier, request: Request) -> str:
    """Number the lines of a document and write its files; what was done, in French.

    Raises
    ------
    UserError
        when the document cannot be read, the id is none, or another document has it (French).
    InvalidDossier
        when sources.csv cannot be read or completed.
    """
    if not re.fullmatch(ID, request.id):
        raise UserError(
            f"« {request.id} » n’est pas un identifiant : minuscules sans accents, chiffres et"
            " tirets, comme « rapport-de-l-annee »."
        )
    source = _find_source(dossier, request.id)
    document = read_document(request.file)
    file = name_document_file(request.id)
    original = _plan_original(dossier, request, document)
    if (dossier.raw / file).is_file():
        known = (source or {}).get("sha256", "")
        if known != document.sha256:
            raise UserError(_describe_moves(dossier, request, document, known))
        write_together(dossier.raw, original)
        added = f" {', '.join(path.name for path in original)} gardé." if original else ""
        return f"Rien n’a changé : {file} est déjà ce document.{added}"
    rows = _list_cells(document)
    contents = {dossier.raw / file: _format_table(rows, request.outline)}
    contents |= {dossier.raw / SOURCES.file(): _complete_sources(dossier, request, document)}
    write_together(dossier.raw, contents | original)
    return "\n".join(_describe(request, document, source is None, [*original]))


def _find_source(dossier: Dossier, id: str) -> dict[str, Any] | None:
    """The row of sources.csv, with its number (``row``)."""
    frame, faults = read_table(dossier.raw / SOURCES.file(), SOURCES, SOURCES.file())
    if faults:
        raise InvalidDossier(faults)
    for number, row in zip(frame.index, frame.to_dict("records"), strict=True):
        if row["id"] == id:
            return {**row, "row": number}
    return None


def _list_cells(document: ReadDocument) -> list[dict[str, Any]]:
    return [
        {
            "line": number,
            "level": line.level,
            "heading": line.heading,
            "basis": ("déduit" if line.judged else "écrit") if line.heading else "",
            "page": line.page,
            "sheet": line.sheet,
            "text": line.text,
        }
        for number, line in enumerate(document.lines, 1)
    ]


def _format_table(rows: Sequence[Mapping[str, Any]], outline: bool) -> bytes:
    kept = select_outline(rows) if outline else rows
    header = [name for name in DOCUMENT_LINES.header if not (outline and name == "text")]
    lines = [format_row(header)]
    lines += [format_row(row[name] or "" for name in header) for row in kept]
    return "".join(lines).encode("utf-8")


def _plan_original(dossier: Dossier, request: Request, document: ReadDocument) -> dict[Path, bytes]:
    """What is kept beside the table and is not there yet: the original, where that is asked for;
    of an outline, the text of the lines, for who prepares the edition."""
    kept = {}
    if request.keep:
        kept[name_document_file(request.id, document.suffix)] = request.file.read_bytes()
    if request.outline:
        text = "".join(f"{line.text}\n" for line in document.lines)
        kept.setdefault(name_document_file(request.id, ".txt"), text.encode("utf-8"))
    missing = {dossier.raw / name: content for name, content in kept.items()}
    return {path: content for path, content in missing.items() if not path.exists()}


def _complete_sources(dossier: Dossier, request: Request, document: ReadDocument) -> bytes:
    """sources.csv with the document's row; of a row that is there, the cells that are empty."""
    typed = CsvFile.read(dossier.raw, SOURCES.file(), SOURCES.header)
    file = name_document_file(request.id)
    known = _find_source(dossier, request.id)
    own = {"published": "non", "sha256": document.sha256}
    if known is None:
        title = document.title or _find_title(document.lines) or request.file.stem
        typed.append({
            "id": request.id,
            "kind": "document",
            "file": file,
            "title": title,
            "publication": request.year,
            "accessed": (request.today or date.today()).isoformat(),
            "remark": f"Lignes numérotées d’après « {request.file.name} » ({document.form}).",
            **own,
        })  # fmt: skip
        return typed.content
    if known["sha256"] and known["sha256"] != document.sha256:
        problem = "empreinte d’un autre document que celui qui est donné"
        expected = "Donner un autre identifiant à ce document, ou vider cette cellule."
        fault = Fault(SOURCES.file(), known["row"], "sha256", known["sha256"], problem, expected)
        raise InvalidDossier([fault])
    changes = {name: cell for name, cell in own.items() if not known[name]}
    if file not in split_list(known["file"]):
        changes["file"] = join_list([*split_list(known["file"]), file])
    typed.replace(known["row"], changes)
    return typed.content


def _find_title(lines: Sequence[Line]) -> str:
    return next((line.heading for line in lines if line.level == 1), "")


def _describe(
    request: Request, document: ReadDocument, new: bool, beside: Sequence[Path]
) -> Iterator[str]:
    titles = sum(bool(line.heading) for line in document.lines)
    lines = format_count(len(document.lines), "ligne", "lignes")
    found = f"{lines}, {format_count(titles, 'titre', 'titres')}"
    file = name_document_file(request.id)
    what = "le plan seul" if request.outline else "le texte et le plan"
    yield f"{request.file.name} ({document.form}) : {found}."
    yield from (f"ATTENTION : {notice}" for notice in document.notices)
    yield f"Écrit : raw/{file} ({what}). Titres et pages s’y corrigent à la main."
    if beside:
        names = ", ".join(path.name for path in beside)
        yield f"Gardé à côté : {names} ; ni donnée de l’édition, ni publié."
    row = f"« {request.id} » ajoutée" if new else f"« {request.id} » complétée"
    todo = " ; y dire le producteur et la licence" if new else ""
    yield f"sources.csv : ligne {row}{todo}."
    yield "Le plan est publié ; le texte ne l’est que si « published » y est « oui »."
    yield f"Un repère « l. 120-124 » compte ces lignes. Ensuite : « {name_command('data')} »."


# --- another document under the same id -----------------------------------------------------------


def _describe_moves(dossier: Dossier, request: Request, document: ReadDocument, known: str) -> str:
    """Why another document of the same id is refused, and what would move were it taken."""
    file = name_document_file(request.id)
    frame, _ = read_table(dossier.raw / file, DOCUMENT_LINES, file)
    before = list_rows(frame)
    said = [f"raw/{file} est celui d’un autre fichier : rien n’a été changé."]
    if not known:
        said = [f"raw/{file} existe, sans empreinte dans sources.csv : rien n’a été changé."]
    last = before[-1]["line"] if before else 0
    said.append(f"Lignes : {last} aujourd’hui, {len(document.lines)} dans {request.file.name}.")
    moves = [*_list_moved(before, document.lines)]
    cited = [*_list_cited(dossier, request.id)]
    lines = read_lines(dossier.raw, request.id)
    now = dict(enumerate((line.text for line in document.lines), 1))
    if lines:
        lost = [
            where
            for where, line in cited
            if lines.get(line, "").strip() != now.get(line, "").strip()
        ]
        said.append(f"{len(lost)} repères sur {len(cited)} désigneraient une autre ligne.")
        moves += [f"{where} : repère à revoir" for where in lost]
    said += [f"- {move}" for move in moves[:_SHOWN]]
    said += [f"… et {len(moves) - _SHOWN} autres."] if len(moves) > _SHOWN else []
    said.append(
        "Donner un autre identifiant à ce document (ID=…) ; pour remplacer l’ancien, retirer"
        f" d’abord raw/{file} et son empreinte de sources.csv, puis revoir les repères."
    )
    return "\n".join(said)


def _list_moved(before: Sequence[Mapping[str, Any]], lines: Sequence[Line]) -> Iterator[str]:
    now: dict[str, list[int]] = {}
    for number, line in enumerate(lines, 1):
        if line.heading:
            now.setdefault(line.heading, []).append(number)
    for row in before:
        if not row["heading"]:
            continue
        places = now.get(row["heading"])
        if not places:
            yield f"titre « {row['heading']} » (l. {row['line']}) : n’y est plus"
        elif (place := places.pop(0)) != row["line"]:
            yield f"titre « {row['heading']} » : de la l. {row['line']} à la l. {place}"


def _list_cited(dossier: Dossier, source: str) -> Iterator[tuple[str, int]]:
    """Where each line of a document is cited, and which."""
    tables = [table for table in TABLES.values() if {"source", "locator"} <= set(table.header)]
    for table in tables:
        for year in list_years(dossier) if table.place == "year" else [None]:
            file = table.file(year)
            if not (dossier.raw / file).is_file():
                continue
            frame, _ = read_table(dossier.raw / file, table, file)
            own = frame[frame["source"] == source]
            for number, locator in own["locator"].items():
                for ends in read_ranges(locator):
                    yield from ((f"{file}, ligne {number}", line) for line in sorted({*ends}))
