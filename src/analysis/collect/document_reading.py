"""The lines of a document that somebody gave us: PDF, Word or OpenDocument text, plain text,
Markdown; for each its page, and the heading that begins there.

The file comes from outside: it is read in a process of its own, bounded in time and memory, and
what is refused is said in French. The same bytes give the same lines.
"""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re
import subprocess
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.base.characters import NotText, UnknownEncoding, decode
from analysis.base.errors import UserError
from analysis.collect.judged_headings import judge_headings
from analysis.collect.received_files import MEMORY, UnreadableForm, open_reader
from analysis.collect.safe_opening import check_sizes
from analysis.compute.dossier.document_files import split_lines

#: What a report may weigh; its reading takes some seconds for a hundred pages.
MAX_FILE = 200 * 2**20
MAX_PAGES, MAX_LINES, MAX_TEXT = 3_000, 100_000, 20 * 2**20
SECONDS = 240
#: Letters of a page below which it is taken for a picture of one.
_FEW = 20

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOCKED = "Document protégé par un mot de passe : en demander une copie sans protection."
_BROKEN = "Document abîmé, illisible : l’ouvrir dans son logiciel et l’enregistrer à nouveau."
_TOO_BIG = "Le couper en plusieurs documents, ou en donner le texte seul."
_MARKDOWN = re.compile(r"(#{1,6})\s++(.*?)(?:(?<!\s)\s+#+)?")
_CODE = re.compile(r"\s*(?:```|~~~)")


@dataclass
class Line:
    """A line with what begins there. ``judged``: a rule says that it is a heading."""

    text: str
    page: str = ""
    sheet: int = 0
    level: int = 0
    heading: str = ""
    judged: bool = False


@dataclass
class ReadDocument:
    """A document's lines; ``form``: what it is (« PDF, 42 pages »); ``notices``: what the analyst
    must know of the reading (French)."""

    form: str
    lines: list[Line]
    title: str = ""
    sha256: str = ""
    suffix: str = ""
    notices: list[str] = field(default_factory=list)


def read_document(path: Path) -> ReadDocument:
    """Read a document apart. Raises UserError when it cannot be, or is of a size that no
    report has."""
    if not path.is_file():
        raise UserError(f"Fichier introuvable : {path}.")
    if path.stat().st_size > MAX_FILE:
        raise UserError(f"{path.name} : plus de {MAX_FILE // 2**20} Mo. {_TOO_BIG}")
    try:
        with open_reader(_read_apart, SECONDS, _TOO_BIG) as read:
            return read(path)
    except UnreadableForm as error:
        raise UserError(f"{path.name} : {error}") from None


def _read_apart(path: Path) -> ReadDocument:
    """A document's lines, or why there are none: no exception of a library leaves this process."""
    logging.disable(logging.CRITICAL)  # pypdf says what it mends
    content = path.read_bytes()
    try:
        document = _read_content(content)
        _check_amount(document.lines)
    except (MemoryError, UnreadableForm):
        raise
    except Exception:  # whatever pypdf, zipfile or pandoc say of a broken file
        raise UnreadableForm(_BROKEN) from None
    document.sha256 = hashlib.sha256(content).hexdigest()
    return document


def _check_amount(lines: Sequence[Line]) -> None:
    if not any(line.text for line in lines):
        raise UnreadableForm("Document sans texte.")
    if len(lines) > MAX_LINES or sum(len(line.text) for line in lines) > MAX_TEXT:
        raise UnreadableForm(f"Document de {len(lines)} lignes. {_TOO_BIG}")


def _read_content(content: bytes) -> ReadDocument:
    if content[:1024].lstrip().startswith(b"%PDF-"):
        return _read_pdf(content)
    if content.startswith(_OLE):
        locked = "EncryptedPackage".encode("utf-16-le") in content
        older = "Ancien document Word (.doc) : l’enregistrer en .docx ou en PDF."
        raise UnreadableForm(_LOCKED if locked else older)
    if content.startswith(b"PK"):
        return _read_archive(content)
    try:
        return _read_text(decode(content))
    except NotText:
        raise UnreadableForm(
            "Ni PDF, ni document Word ou OpenDocument, ni texte : l’enregistrer sous l’une de ces"
            " formes."
        ) from None
    except UnknownEncoding as error:
        raise UnreadableForm(
            f"Caractères impossibles à lire avec certitude (« {error.sample} ») : l’enregistrer en"
            " texte UTF-8."
        ) from None


def _clean(text: str) -> str:
    """A line without what is not seen: controls, private signs of a font; its spaces made one."""
    text = unicodedata.normalize("NFC", text)
    seen = "".join(c if unicodedata.category(c)[0] != "C" or c == "\t" else " " for c in text)
    return " ".join(seen.split())


# --- PDF ------------------------------------------------------------------------------------------


def _read_pdf(content: bytes) -> ReadDocument:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError

    reader = PdfReader(io.BytesIO(content))
    try:
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableForm(_LOCKED)
    except DependencyError:  # a cipher that asks for another library
        raise UnreadableForm(_LOCKED) from None
    count = len(reader.pages)
    if count > MAX_PAGES:
        raise UnreadableForm(f"PDF de {count} pages. {_TOO_BIG}")
    labelled = "/PageLabels" in reader.root_object
    labels = reader.page_labels if labelled else [""] * count
    lines: list[Line] = []
    empty = []
    for sheet, (page, label) in enumerate(zip(reader.pages, labels, strict=True), 1):
        found = [text for line in page.extract_text().split("\n") if (text := _clean(line))]
        if sum(map(len, found)) < _FEW:
            empty.append(sheet)
        lines += [Line(text, _clean(label), sheet) for text in found]
    if len(empty) == count:
        raise UnreadableForm(
            "PDF sans texte : ses pages sont des images (document numérisé). En demander le fichier"
            " d’origine, ou le passer d’abord par une reconnaissance de caractères."
        )
    form = f"PDF, {count} page{'s' if count > 1 else ''}"
    metadata = reader.metadata
    document = ReadDocument(form, lines, _clean((metadata and metadata.title) or ""), suffix=".pdf")
    if empty:
        document.notices.append(f"Pages sans texte (images ?) : {_list_some(empty)}.")
    if not _place_bookmarks(lines, list(_list_bookmarks(reader, reader.outline, 1))):
        _judge(document, spaced=False)
    return document


def _list_some(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:12]))
    return f"{shown} et {len(numbers) - 12} autres" if len(numbers) > 12 else shown


def _list_bookmarks(
    reader: Any, entries: Iterable[Any], level: int
) -> Iterator[tuple[int, str, int]]:
    """Level, title and page (from 1) of each bookmark, in order."""
    for entry in entries:
        if isinstance(entry, list):
            if level < 6:
                yield from _list_bookmarks(reader, entry, level + 1)
            continue
        place = None
        with suppress(Exception):  # a bookmark that leads nowhere
            place = reader.get_destination_page_number(entry)
        title = _clean(entry.title or "")
        if title and place is not None and place >= 0:
            yield level, title, place + 1


def _fold(text: str) -> str:
    """Letters alone, without the number that a heading begins with: a bookmark may leave it out."""
    letters = "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalnum())
    return letters.lstrip("0123456789") or letters


def _place_bookmarks(lines: Sequence[Line], bookmarks: Iterable[tuple[int, str, int]]) -> bool:
    """Put each bookmark's title on its line of its page, where the title begins, else on the first
    of the page that has none; whether there was one."""
    by_sheet: dict[int, list[Line]] = {}
    for line in lines:
        by_sheet.setdefault(line.sheet, []).append(line)
    placed = False
    for level, title, sheet in bookmarks:
        free = [line for line in by_sheet.get(sheet, []) if not line.heading]
        wanted = _fold(title)
        exact = [line for line in free if _fold(line.text) == wanted]
        begun = [
            line for line in free if len(own := _fold(line.text)) > 5 and wanted.startswith(own)
        ]
        for line in (*exact, *begun, *free)[:1]:
            line.level, line.heading, placed = level, title, True
    return placed


# --- Word and OpenDocument ------------------------------------------------------------------------


def _read_archive(content: bytes) -> ReadDocument:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        check_sizes(archive, "Document", _TOO_BIG)
        names = archive.namelist()
        kind = archive.read("mimetype")[:200] if "mimetype" in names else b""
        if "META-INF/manifest.xml" in names and b"encryption-data" in archive.read(
            "META-INF/manifest.xml"
        ):
            raise UnreadableForm(_LOCKED)
    if "word/document.xml" in names:
        form, suffix = "document Word", ".docx"
    elif kind.startswith(b"application/vnd.oasis.opendocument.text"):
        form, suffix = "document OpenDocument", ".odt"
    else:
        raise UnreadableForm("Ni document Word (.docx), ni OpenDocument (.odt), ni PDF.")
    tree = _run_pandoc(content, suffix[1:])
    lines = [line for line in _list_blocks(tree["blocks"]) if line.text]
    title = _clean(_write_inlines(tree["meta"].get("title", {}).get("c", [])))
    document = ReadDocument(form, lines, title, suffix=suffix)
    if not any(line.heading for line in lines):
        _judge(document, spaced=False)
    return document


def _run_pandoc(content: bytes, reader: str) -> dict[str, Any]:
    """The document as pandoc reads it, which may open no other file, nor the network."""
    import pypandoc

    bounds = ["+RTS", f"-M{MEMORY // 2**20}M", "-RTS", "--sandbox"]
    command = [pypandoc.get_pandoc_path(), *bounds, f"--from={reader}", "--to=json"]
    done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS / 2)
    if done.returncode:
        heap = b"heap" in done.stderr
        raise UnreadableForm(f"Sa lecture demande trop de mémoire. {_TOO_BIG}" if heap else _BROKEN)
    return json.loads(done.stdout)


_SPACES = {"Space": " ", "SoftBreak": " ", "LineBreak": " "}


def _write_inlines(node: Any) -> str:
    """The words of inline elements; a note's go in brackets behind its call."""
    if isinstance(node, list):
        return "".join(map(_write_inlines, node))
    if not isinstance(node, dict):
        return ""
    kind, content = node["t"], node.get("c")
    if kind == "Str":
        return content
    if kind in ("Code", "Math"):
        return content[1]
    if kind == "Note":
        return f" [{' '.join(line.text for line in _list_blocks(content))}]"
    return _SPACES.get(kind) or _write_inlines(content)


def _list_blocks(blocks: Iterable[Any]) -> Iterator[Line]:
    """A line for each paragraph, heading, entry of a list and row of a table."""
    for block in blocks:
        kind, content = block["t"], block.get("c")
        if kind == "Header":
            title = _clean(_write_inlines(content[2]))
            yield Line(title, level=content[0] if title else 0, heading=title)
        elif kind in ("Para", "Plain"):
            yield Line(_clean(_write_inlines(content)))
        elif kind == "CodeBlock":
            yield from (Line(_clean(line)) for line in content[1].split("\n"))
        elif kind == "LineBlock":
            yield from (Line(_clean(_write_inlines(line))) for line in content)
        elif kind == "Table":
            yield from _list_table(content)
        elif kind == "BulletList":
            for entry in content:
                yield from _list_blocks(entry)
        elif kind == "OrderedList":
            for entry in content[1]:
                yield from _list_blocks(entry)
        elif kind == "DefinitionList":
            for term, definitions in content:
                yield Line(_clean(_write_inlines(term)))
                yield from _list_blocks(block for entry in definitions for block in entry)
        elif kind in ("Div", "BlockQuote", "Figure"):
            yield from _list_blocks(content if kind == "BlockQuote" else content[-1])


def _list_table(content: Any) -> Iterator[Line]:
    _, (_, caption), _, (_, head), bodies, (_, foot) = content
    yield from _list_blocks(caption)
    rows = [*head, *(row for _, _, first, rest in bodies for row in (*first, *rest)), *foot]
    for _, cells in rows:
        words = (" ".join(line.text for line in _list_blocks(cell[4])) for cell in cells)
        yield Line(_clean(" | ".join(words)).strip("| "))


# --- text -----------------------------------------------------------------------------------------


def _read_text(text: str) -> ReadDocument:
    """Each line under its number, blank ones too; a form feed begins a page."""
    raw = split_lines(text)
    paged, sheet = "\f" in text, 1
    document = ReadDocument("texte", [], suffix=".txt")
    code = False
    for line in raw:
        sheet += line.count("\f")
        read = Line(line.replace("\f", "").rstrip(), sheet=sheet if paged else 0)
        code ^= bool(_CODE.match(line))
        if not code and (found := _MARKDOWN.fullmatch(read.text)):
            read.level, read.heading = len(found[1]), _clean(found[2])
        document.lines.append(read)
    if any(line.heading for line in document.lines):
        document.form, document.suffix = "texte Markdown", ".md"
    else:
        _judge(document, spaced=any(not line.text for line in document.lines))
    return document


def _judge(document: ReadDocument, spaced: bool) -> None:
    """The headings that a rule finds, where the document says none."""
    lines = document.lines
    found = judge_headings([line.text for line in lines], spaced)
    for heading in found:
        line = lines[heading.index]
        line.level, line.heading, line.judged = heading.level, _clean(heading.title), True
        line.page = line.page or heading.page
    if found:
        document.notices.append(
            f"{len(found)} titres reconnus par une règle (numérotés, ou derrière une flèche) :"
            " à relire dans le fichier, où « déduit » les désigne."
        )
    else:
        document.notices.append("Aucun titre reconnu : les saisir dans le fichier.")
