"""Does every number of a built page lead to its trail? What stands without one, and may.

For both engines' HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_SPACE = r"[ \u00a0\u202f]"

#: All that may hold a digit without a trail, by name. Nothing else may.
ALLOWED: dict[str, re.Pattern[str]] = {
    "jour": re.compile(rf"\b\d{{1,2}}(?:er)?{_SPACE}(?:{_MONTHS})\b"),
    "trimestre ou semestre": re.compile(rf"\b[1-4](?:er|e){_SPACE}(?:trimestre|semestre)"),
    "année": re.compile(r"\b(?:19|20)\d\d\b"),
    "numéro de figure ou de tableau": re.compile(
        rf"^(?:Figure|Tableau){_SPACE}[\dA-Z]+(?:\.\d+)?{_SPACE}?:"
    ),
    "repère dans le document source": re.compile(
        rf"\bl\.{_SPACE}\d+(?:[-–]\d+)?(?:,{_SPACE}\d+(?:[-–]\d+)?)*"
    ),
    "effet nul d’une action": re.compile(r"^0$|(?<=, )0(?= sans effet signalé)"),
}

#: Numbers of titles, of chapters, of sections referred to, of ODD; and the trails themselves.
_SKIPPED_CLASSES = {
    "trace", "header-section-number", "chapter-number", "quarto-xref", "objectif",
    "recherche", "suite",
}  # fmt: skip
_SKIPPED_TAGS = {"script", "style", "nav", "svg"}
_VOID = {"br", "img", "hr", "input", "meta", "link", "col", "source", "wbr"}
_BLOCKS = {
    "p", "li", "td", "th", "figcaption", "caption", "summary", "div", "dd", "dt", "blockquote",
    "h1", "h2", "h3", "h4", "h5", "h6", "main", "section", "table", "ul", "ol", "figure",
}  # fmt: skip


class _Reader(HTMLParser):
    """Text of each block inside ``<main>``, what is skipped left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self._open: list[tuple[str, bool]] = []
        self._skipping = 0
        self._inside = False
        self._text: list[str] = []

    def _flush(self) -> None:
        text = re.sub(r"[ \n\t]+", " ", "".join(self._text)).strip()
        if text:
            self.blocks.append(text)
        self._text = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in _VOID:
            if tag == "br":
                self._text.append(" ")
            return
        if tag == "main":
            self._inside = True
        if tag in _BLOCKS:
            self._flush()
        classes = set((dict(attributes).get("class") or "").split())
        skipped = tag in _SKIPPED_TAGS or bool(classes & _SKIPPED_CLASSES)
        self._open.append((tag, skipped))
        self._skipping += skipped

    def handle_endtag(self, tag: str) -> None:
        if not any(name == tag for name, _ in self._open):
            return
        while self._open:
            name, skipped = self._open.pop()
            self._skipping -= skipped
            if name == tag:
                break
        if tag in _BLOCKS:
            self._flush()
        if tag == "main":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._inside and not self._skipping:
            self._text.append(data)


def read_blocks(page: str) -> list[str]:
    """Text of each block of a page's ``<main>``, in order, without its trails and its numbers of
    titles and references."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return reader.blocks


def find_untraced(page: str, names: Iterable[str] = ()) -> list[str]:
    """Blocks of a page in which a digit stands without a trail and is not allowed.

    ``names``: texts whose digits are part of a name (« 17 ODD », an SDG's number and title).
    """
    ordered = sorted(names, key=len, reverse=True)
    found = []
    for block in read_blocks(page):
        left = block
        for name in ordered:
            left = left.replace(name, " ")
        for pattern in ALLOWED.values():
            left = pattern.sub(" ", left)
        if re.search(r"\d", left):
            found.append(block)
    return found
