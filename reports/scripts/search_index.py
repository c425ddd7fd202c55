"""Index of the full-text search, from the HTML pages as they were built by either engine.

Writes ``search-index.js`` (a script, so that it also loads when a page is opened from the disk)
beside the pages. Run by Quarto after rendering (project: post-render) and by the embedded engine;
needs Python alone.
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
#: Words that stand above a title, and belong to no section.
SKIPPED_CLASSES = {"surtitre"}
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

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
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

    def finish(self) -> list[dict[str, str]]:
        self.close()
        self._close_section()
        return self.sections


def _clean(text: str) -> str:
    """One line; spaces that do not break are French typography, which the reader sees: they stay."""
    text = re.sub(r"[ \t\r\n\f]+", " ", text)
    return re.sub(" ?\u00a0 ?", "\u00a0", text).strip()  # « 1 Titre » has both between


def read_page(path: Path) -> tuple[list[dict[str, str]], list[str]]:
    reader = PageReader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader.finish(), reader.links


def build_index(folder: Path) -> list[dict[str, str]]:
    """One entry for each section of each page, in the order of the navigation."""
    pages = {path.name: read_page(path) for path in sorted(folder.glob("*.html"))}
    order = ["index.html", *pages.get("index.html", ([], []))[1]]
    rank = {name: position for position, name in reversed(list(enumerate(order)))}
    entries = []
    for name in sorted(pages, key=lambda name: (rank.get(name, len(rank)), name)):
        sections, _ = pages[name]
        title = next((section["h"] for section in sections if section["h"]), name)
        entries += [{"p": name, "t": title, **section} for section in sections]
    return entries


def write_index(folder: Path) -> Path:
    target = folder / "search-index.js"
    entries = json.dumps(build_index(folder), ensure_ascii=False, separators=(",", ":"))
    target.write_text(
        "window.INDEX_RECHERCHE=" + entries.replace("</", "<\\/") + ";\n", encoding="utf-8"
    )
    return target


if __name__ == "__main__":
    write_index(Path(sys.argv[1] if sys.argv[1:] else os.environ["QUARTO_PROJECT_OUTPUT_DIR"]))
