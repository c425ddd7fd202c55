"""Markdown → what pandoc reads in it (its document as JSON), once for all formats.

Reading takes pandoc longer than anything else it does, so each page is read by itself, several at a
time, and kept in a folder under a key of its text and of pandoc's version: a page whose text did
not change is not read again.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from analysis.publish.notebook_pages import read_blocks
from analysis.publish.pandoc import pandoc_path, run_pandoc
from analysis.publish.processes import Crew
from analysis.publish.project import join_cells

READER = "markdown"
#: A document as pandoc writes it, without metadata: what stands around its blocks.
_DOCUMENT = re.compile(r'\{"pandoc-api-version":\[[\d,]+\],"meta":\{\},"blocks":\[')
_END = "]}"
_IDENTIFIER = re.compile(r'\{"t":"Header","c":\[\d,\["([^"]+)"')


class Inseparable(Exception):
    """Pages that must be read as one text: they share names or bring metadata of their own."""


def name_key(text: str) -> str:
    """The name of the file that keeps what pandoc reads in this text."""
    import pypandoc

    version = pypandoc.get_pandoc_version()
    return hashlib.sha256(f"{version}\n{READER}\n{text}".encode()).hexdigest()


def parse_markdown(
    text: str, kept: Path, crew: Crew | None = None, options: Sequence[str] = ()
) -> str:
    """pandoc's document (JSON) of a text, from the folder ``kept`` where it has been read before.

    Raises
    ------
    BookError
        when pandoc fails or warns.
    """
    path = kept / f"{name_key(text)}.json"
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        pass
    arguments = [f"--from={READER}", "--to=json", *options]
    document = run_pandoc(arguments, text, crew=crew).decode("utf-8")
    kept.mkdir(parents=True, exist_ok=True)
    partial = kept / f".{path.stem}-{os.getpid()}.partiel"
    partial.write_text(document, encoding="utf-8")
    os.replace(partial, path)
    return document


def parse_notebook(path: Path, kept: Path) -> None:
    """Read an executed notebook's Markdown before the book asks for it (a worker may do this as
    soon as the notebook has run).

    Raises
    ------
    BookError
        when the notebook cannot go into a book, or pandoc warns.
    """
    parse_markdown(join_cells(read_blocks(path)), kept)


def parse_texts(
    texts: Sequence[str], kept: Path, crew: Crew, options: Sequence[str] = ()
) -> list[str]:
    """The document of each text, in order; several are read at a time, the longest first. What the
    folder kept of other texts goes.

    Raises
    ------
    BookError
        when pandoc fails or warns.
    """
    pandoc_path()  # looked for once, before the threads ask for it
    order = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
    jobs = {place: crew.start(parse_markdown, texts[place], kept, crew, options) for place in order}
    documents = crew.finish(jobs[place] for place in range(len(texts)))
    wanted = {f"{name_key(text)}.json" for text in texts}
    for path in kept.iterdir():
        if path.name not in wanted:
            path.unlink(missing_ok=True)
    return documents


def read_blocks_of(document: str) -> str:
    """The blocks of a document, as they stand between the brackets of a JSON list.

    Raises
    ------
    Inseparable
        when the document has metadata.
    """
    document = document.rstrip()
    found = _DOCUMENT.match(document)
    if not found or not document.endswith(_END):
        raise Inseparable("métadonnées dans une page")
    return document[found.end() : -len(_END)]


def check_identifiers(documents: Iterable[str]) -> None:
    """Raise Inseparable when two headings have one identifier: read as one text, pandoc would have
    numbered those that it made itself, and complained of the others."""
    counts = Counter(name for text in documents for name in _IDENTIFIER.findall(text))
    if shared := [name for name, count in counts.items() if count > 1]:
        raise Inseparable(f"titres de même identifiant : {', '.join(shared)}")


def write_mark(text: str) -> str:
    """A block of raw HTML, as JSON."""
    return json.dumps({"t": "RawBlock", "c": ["html", text]}, ensure_ascii=False)


def join_documents(version: str, parts: Iterable[str]) -> str:
    """One document of lists of blocks (``read_blocks_of``); ``version`` is any document's."""
    head = _DOCUMENT.match(version)
    if not head:
        raise Inseparable("métadonnées dans une page")
    return head[0] + ",".join(part for part in parts if part) + _END + "\n"
