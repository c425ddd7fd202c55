"""Read a staged Quarto project: its ``_quarto.yml``, its pages in order, their Markdown.

The numbers of chapters follow Quarto (book-config.ts): chapters whose title is not ``.unnumbered``
are counted from one, appendices from A.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from analysis.publish.book_error import BookError

TITLE = re.compile(r"^#\s+(?P<text>.*?)\s*(?:(?<!\\)\{(?P<attributes>[^}]*)\})?\s*$", re.MULTILINE)
#: A letter that is escaped, or markup of a line: links, spans, emphasis, code.
_INLINE = re.compile(r"\\(?P<letter>[!-/:-@\[-`{-~])|\[|\](?:\([^)]*\)|\{[^}]*\})?|[*_`]")
#: What pandoc's template and filters read besides the title.
METADATA = (
    *("lang", "crossref", "language", "number-depth"),
    *("territory", "edition", "identity", "footer-line", "cover"),
)
SHORTCODE = re.compile(r"\{\{<\s*(\w+)\s+(.*?)\s*>\}\}")


@dataclass(frozen=True)
class Page:
    """A page of the book, or a part's title (``file`` empty); ``title`` in words."""

    file: str
    kind: str  # chapter, part, appendix (the title before the appendices)
    title: str
    id: str = ""
    number: int | None = None
    appendix: bool = False
    part: str = ""

    @property
    def stem(self) -> str:
        """Name of the page's file without its suffix, in the sources and in HTML."""
        return Path(self.file).stem

    @property
    def mark(self) -> str:
        """« 3 », « A », or nothing."""
        if self.number is None:
            return ""
        return chr(64 + self.number) if self.appendix else str(self.number)


def read_words(text: str) -> str:
    """A line of Markdown as its reader sees it: without its markup, spaces made equal."""
    words = _INLINE.sub(lambda found: found["letter"] or "", text)
    return re.sub(r"[\s\u00a0\u202f]+", " ", words.replace("\u2060", "")).strip()


def join_cells(cells: Iterable[str]) -> str:
    """The Markdown of a notebook's cells as one text."""
    return "\n\n".join(cells) + "\n"


class Project:
    """A folder that ``quarto render`` could build."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        text = (folder / "_quarto.yml").read_text(encoding="utf-8")
        self.config: dict[str, Any] = yaml.safe_load(text)

    @cached_property
    def book(self) -> dict[str, Any]:
        """The section ``book`` of the configuration."""
        return self.config["book"]

    @property
    def title(self) -> str:
        """The book's title in words."""
        return read_words(self.book["title"])

    @property
    def subtitle(self) -> str:
        """The territory and the edition, in words."""
        return read_words(self.book.get("subtitle") or "")

    @property
    def metadata(self) -> dict[str, Any]:
        """The project's own metadata as pandoc reads them."""
        found = {key: self.config[key] for key in METADATA if key in self.config}
        return found | {k: self.book[k] for k in ("title", "subtitle") if self.book.get(k)}

    @cached_property
    def pages(self) -> list[Page]:
        """Everything in order: foreword, chapters with their parts, appendices."""
        pages: list[Page] = []
        count = 0
        for entry in self.book["chapters"]:
            files, part = [entry], ""
            if isinstance(entry, dict):
                files, part = entry["chapters"], entry["part"]
                pages.append(Page("", "part", part))
            for file in files:
                title, name, numbered = self.read_title(file)
                count += numbered
                number = count if numbered else None
                pages.append(Page(file, "chapter", title, name, number, False, part))
        appendices = self.book.get("appendices") or []
        if appendices:
            label = self.config.get("language", {}).get("section-title-appendices", "Annexes")
            pages.append(Page("", "appendix", label))
        for number, file in enumerate(appendices, start=1):
            title, name, _ = self.read_title(file)
            pages.append(Page(file, "chapter", title, name, number, True, label))
        return pages

    @cached_property
    def chapters(self) -> list[Page]:
        """The pages alone, without the titles of parts."""
        return [page for page in self.pages if page.file]

    def read_title(self, file: str) -> tuple[str, str, bool]:
        """Title in words, label, and whether it takes a number."""
        found = TITLE.search(self.read_markdown(file))
        if not found:
            raise BookError(f"La page {file} n’a pas de titre de premier niveau.")
        attributes = (found["attributes"] or "").split()
        name = next((word[1:] for word in attributes if word.startswith("#")), "")
        return read_words(found["text"]), name, not {".unnumbered", "-"} & set(attributes)

    def read_markdown(self, file: str) -> str:
        """A page as one Markdown text, shortcodes ``meta`` and ``include`` resolved."""
        path = self.folder / file
        if not path.is_file():
            raise BookError(f"Page introuvable dans le livre : {file}")
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            text = join_cells("".join(cell["source"]) for cell in json.loads(text)["cells"])
        else:
            text += "\n"
        return SHORTCODE.sub(lambda found: self._resolve(found[1], found[2], file), text)

    def _resolve(self, name: str, argument: str, file: str) -> str:
        if name == "include":
            return (self.folder / argument).read_text(encoding="utf-8").strip()
        if name == "meta":
            value: Any = self.config
            for key in argument.split("."):
                value = value.get(key) if isinstance(value, dict) else None
            if value is not None:
                return str(value)
        raise BookError(f"{file} : raccourci Quarto inconnu ou vide « {name} {argument} ».")
