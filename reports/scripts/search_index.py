"""Index of the full-text search, from the HTML pages as they were built by either engine.

Writes ``search-index.js`` and, for the appendices, ``search-annexes.js`` (scripts, so that they
also load when a page is opened from the disk) beside the pages. Run by Quarto after rendering
(project: post-render) and by the embedded engine; needs Python alone.
"""

from __future__ import annotations

import json
import os
import re
import sys
from html.parser import HTMLParser
from pathlib import Path

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
SKIPPED = {"script", "style", "nav", "button", "svg"}
#: Words that stand above a title, and belong to no section; those that say a sign.
SKIPPED_CLASSES = {"surtitre", "dit"}
#: Symbols of units, in the cell after that of their number.
_SYMBOL = re.compile(r"(?<=\d) (?=(?:%|[kM]?€|k?m²|km|ha|kg|[kMG]Wh|t|h|min)(?![\w’'-]))")
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "wbr"}
BLOCKS = {"p", "li", "td", "th", "tr", "div", "figcaption", "caption", "summary", "section", "br"}


class PageReader(HTMLParser):
    """Text of ``<main>``, cut at its headings and at what has a label of its own in a table:
    ``sections`` of (anchor, heading, text)."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.sections: list[dict[str, str]] = []
        self.links: list[str] = []
        self.stack: list[tuple[str, str, bool]] = []
        self.main = self.skip = self.opened = 0
        self.heading: list[str] | None = None
        self.text: list[str] = []
        self.anchor = ""
        self.appendix = False

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        self.appendix |= tag == "body" and "annexe" in (names.get("class") or "").split()
        if tag == "a" and (names.get("href") or "").endswith(".html"):
            self.links.append(names["href"].removeprefix("./"))
        if tag in VOID:
            if tag in BLOCKS:
                self.text.append(" ")
            return
        identifier = names.get("id") or ""
        classes = set((names.get("class") or "").split())
        skipped = tag in SKIPPED or bool(classes & SKIPPED_CLASSES)
        self.stack.append((tag, identifier if tag == "section" else "", skipped))
        self.main += tag == "main"
        self.skip += skipped
        if not self.main or self.skip:
            return
        labelled = tag == "span" and identifier.startswith("sec-") and self.heading is None
        if tag in HEADINGS or labelled:
            self._close_section()
            self.opened = len(self.stack)
            enclosing = next((name for _, name, _ in reversed(self.stack) if name), "")
            self.anchor = identifier or names.get("data-anchor-id") or enclosing
            self.heading = []
        elif tag in BLOCKS:
            self.text.append(" ")
        if identifier.startswith("sec-") and self.heading is not None:
            self.anchor = identifier  # Quarto puts a chapter's id on a span inside its title

    def handle_endtag(self, tag):
        if tag in VOID or not any(name == tag for name, _, _ in self.stack):
            return
        while self.stack:
            name, _, skipped = self.stack.pop()
            self.main -= name == "main"
            self.skip -= skipped
            if self.heading is not None and len(self.stack) < self.opened:
                title = _clean("".join(self.heading))
                self.sections.append({"a": self.anchor, "h": title, "x": ""})
                self.heading = None
            if name == tag:
                break

    def handle_data(self, data):
        if self.main and not self.skip:
            (self.text if self.heading is None else self.heading).append(data)

    def _close_section(self):
        text = _clean("".join(self.text))
        self.text = []
        if text and self.sections:
            self.sections[-1]["x"] = text
        elif text:
            self.sections.append({"a": "", "h": "", "x": text})

    def finish(self) -> None:
        self.close()
        self._close_section()


def _clean(text: str) -> str:
    """One line; spaces that do not break are French typography, which readers see: they stay."""
    text = _SYMBOL.sub("\u202f", re.sub(r"[ \t\r\n\f]+", " ", text))
    return re.sub(" ?\u00a0 ?", "\u00a0", text).strip()  # « 1 Titre » has both between


def read_page(path: Path) -> PageReader:
    reader = PageReader()
    reader.feed(path.read_text(encoding="utf-8"))
    reader.finish()
    return reader


def build_index(folder: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """One entry for each section of each page, in the order of the navigation; those of the
    appendices apart."""
    pages = {path.name: read_page(path) for path in sorted(folder.glob("*.html"))}
    order = ["index.html", *(pages["index.html"].links if "index.html" in pages else [])]
    rank = {name: position for position, name in reversed(list(enumerate(order)))}
    book: list[dict[str, str]] = []
    appendices: list[dict[str, str]] = []
    for name in sorted(pages, key=lambda name: (rank.get(name, len(rank)), name)):
        sections = pages[name].sections
        title = next((section["h"] for section in sections if section["h"]), name)
        entries = appendices if pages[name].appendix else book
        entries += [{"p": name, "t": title, **section} for section in sections]
    return book, appendices


def write_index(folder: Path) -> None:
    for name, part in zip(("index", "annexes"), build_index(folder), strict=True):
        entries = json.dumps(part, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
        text = f"(window.INDEX_RECHERCHE=window.INDEX_RECHERCHE||[]).push(...{entries});\n"
        (folder / f"search-{name}.js").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_index(Path(sys.argv[1] if sys.argv[1:] else os.environ["QUARTO_PROJECT_OUTPUT_DIR"]))
