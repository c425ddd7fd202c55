"""Two executed notebooks of one template side by side, word for word, as one HTML page: a chapter
of two editions.

nbdime was tried: it shows displayed Markdown as typed, pairs outputs only where they are the same
and cannot say which words of one differ. What is shown here is what the copies show.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from nbformat import NotebookNode

from analysis.execute.chapter_content import read_words
from analysis.execute.review_copies import (
    compose_styles,
    get_template,
    link_to_book,
    read_markdown,
    read_script,
)
from analysis.show.markup import render_html
from analysis.show.page_safety import guard

#: From which likeness (0 to 1) a piece is what became of another.
_ALIKE = 0.5
#: Of a text: the heading of a section, where a table with a title of its own begins, what names it.
_SECTION = re.compile(r"#{1,2} ([^\n]*)")
_TITLED = re.compile(r"\n{2,}(?=\*\*)")
_NAME = re.compile(r"\*\*([^*\n]+)\*\*\n|(?:!\[.*\]\([^)]*\)|#+ .*)\{#([\w-]+)")
_ATTRIBUTES = re.compile(r"[ \t]*\{[^{}]*\}[ \t]*$", re.MULTILINE)
#: Of a page: its headings and identifiers; drawings, tags, words and blanks, of which words alone
#: are compared.
_HEADING = re.compile(r"<(/?)h[1-6]\b[^>]*>")
_ID = re.compile(r' id="[^"]*"')
_DRAWING = re.compile(r"<svg\b.*?</svg>", re.DOTALL)
_TOKENS = re.compile(r"<svg\b.*?</svg>|<[^>]+>|[^<\s]+|\s+", re.DOTALL)


@dataclass(frozen=True)
class Piece:
    """What a cell says or displays at once: as HTML, its words, the identifier or the title that it
    bears ('' if none); ``is_title``: a heading of the first two levels, alone."""

    page: str
    words: str
    name: str
    is_title: bool


@dataclass(frozen=True)
class Row:
    """What became of what, as HTML; '' beside what is gone or new. ``state``: « pareil »,
    « different » (what differs is marked), « remplace », « parti » or « nouveau »."""

    before: str
    after: str
    state: str
    title: str = ""


def split_text(text: str) -> list[str]:
    """A Markdown in pieces: a section's heading, what follows it, each table with its title."""
    text = text.strip()
    if _SECTION.match(text):
        return [part for part in text.split("\n", 1) if part.strip()]
    return [text] if ":::" in text else _TITLED.split(text)


def list_pieces(notebook: NotebookNode, book: str) -> dict[str, list[Piece]]:
    """The pieces of each cell, by the cell's identifier, with links into the book's pages that
    stand in ``book``."""
    found = [
        (cell, part, picture)
        for cell, text, picture in read_markdown(notebook)
        for part in split_text(text)
    ]
    pages = render_html([(text, picture) for _, text, picture in found])
    pieces: dict[str, list[Piece]] = {}
    for (cell, text, _), page in zip(found, pages, strict=True):
        name = _NAME.match(text)
        section = _SECTION.match(text)
        pieces.setdefault(cell, []).append(
            Piece(
                _strip_page(link_to_book(page, book)),
                read_words(_ATTRIBUTES.sub("", section[1] if section else text)),
                next(filter(None, name.groups()), "") if name else "",
                section is not None,
            )
        )
    return pieces


def _strip_page(page: str) -> str:
    """Without identifiers, which would stand twice in the page, and without headings."""
    tokens = _TOKENS.findall(page)
    for place, token in enumerate(tokens):
        if not token.startswith("<svg"):
            tokens[place] = _ID.sub("", _HEADING.sub(r"<\1p>", token))
    return "".join(tokens).replace("<p>", '<p class="titre">', page.startswith("<h"))


def _measure(before: Piece, after: Piece) -> float:
    if before.name or after.name:
        return float(before.name == after.name)
    matcher = SequenceMatcher(None, before.words.split(), after.words.split(), autojunk=False)
    return matcher.ratio() if matcher.quick_ratio() >= _ALIKE else 0.0


def align(
    before: Sequence[Piece], after: Sequence[Piece]
) -> Iterator[tuple[Piece | None, Piece | None]]:
    """Pieces of a cell beside what became of them, in the order of both."""
    pairs = itertools.product(range(len(before)), range(len(after)))
    likes = {(i, j): _measure(before[i], after[j]) for i, j in pairs}

    def pair(then: range, now: range) -> Iterator[tuple[Piece | None, Piece | None]]:
        """The two that are most alike, after what stands above them and before what is below."""
        best = max(itertools.product(then, now), key=likes.__getitem__, default=None)
        if best is None or likes[best] < _ALIKE:
            if len(then) == len(now):  # one thing in the place of another
                yield from ((before[i], after[j]) for i, j in zip(then, now, strict=True))
            else:
                yield from ((before[i], None) for i in then)
                yield from ((None, after[j]) for j in now)
            return
        i, j = best
        yield from pair(range(then.start, i), range(now.start, j))
        yield before[i], after[j]
        yield from pair(range(i + 1, then.stop), range(j + 1, now.stop))

    yield from pair(range(len(before)), range(len(after)))


def mark_words(before: str, after: str) -> tuple[str, str]:
    """Both pages, the words that the other lacks in ``<del>`` and ``<ins>``."""
    parts = [_TOKENS.findall(page) for page in (before, after)]
    words = [
        [place for place, token in enumerate(tokens) if not token.startswith("<") and token.strip()]
        for tokens in parts
    ]
    texts = [
        [tokens[place] for place in places] for tokens, places in zip(parts, words, strict=True)
    ]
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, *texts, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for mark, tokens, places in (
            ("del", parts[0], words[0][i1:i2]),
            ("ins", parts[1], words[1][j1:j2]),
        ):
            for place in places:
                tokens[place] = f"<{mark}>{tokens[place]}</{mark}>"
    marked = ["".join(tokens) for tokens in parts]
    return tuple(re.sub(r"</(del|ins)>(\s+)<\1>", r"\2", page) for page in marked)


def compare_notebooks(
    before: NotebookNode, after: NotebookNode, books: tuple[str, str]
) -> list[Row]:
    """The rows of the page, in the order of reading; ``books``: where the pages of each edition's
    book stand."""
    then, now = list_pieces(before, books[0]), list_pieces(after, books[1])
    cells = list(now)
    for rank, cell in enumerate(then):  # a cell that only the earlier notebook has
        if cell not in now:
            cells.insert(min(rank, len(cells)), cell)
    return [_pair(*pair) for cell in cells for pair in align(then.get(cell, []), now.get(cell, []))]


def _pair(before: Piece | None, after: Piece | None) -> Row:
    if before is None:
        return Row("", after.page, "nouveau", after.words if after.is_title else "")
    if after is None:
        return Row(before.page, "", "parti", before.words if before.is_title else "")
    title = after.words if after.is_title else ""
    # Links lead into the book of each edition: the words, and the drawing, are what is compared.
    drawings = [_DRAWING.findall(piece.page) for piece in (before, after)]
    if before.words == after.words and drawings[0] == drawings[1]:
        return Row(before.page, after.page, "pareil", title)
    if _measure(before, after) < _ALIKE:
        return Row(before.page, after.page, "remplace", title)
    return Row(*mark_words(before.page, after.page), "different", title)


def compose_comparison(rows: Sequence[Row], title: str, sides: tuple[str, str], colour: str) -> str:
    """The page; ``sides``: what each column is (« édition 2017 »)."""
    groups = [
        {"same": same, "rows": list(found)}
        for same, found in itertools.groupby(
            rows, lambda row: row.state == "pareil" and not row.title
        )
    ]
    differing = sum(row.state != "pareil" for row in rows)
    page = get_template("comparison.html.j2").render(
        page={"title": title, "sides": sides, "styles": compose_styles(colour)},
        script=read_script("tables.js"),
        groups=groups,
        differing=differing,
        total=len(rows),
    )
    return guard(page, title)
