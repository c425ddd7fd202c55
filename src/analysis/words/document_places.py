"""Where in a source document something is said, as a reader finds it: chapter and heading, printed
page; then the line, for the analyst."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from analysis.model.source_documents import DocumentPlan, Page, number_heading, read_ranges
from analysis.model.store import Edition, to_records
from analysis.words import french
from analysis.words.hidden_markup import PASSAGE, START, mark

#: Of a heading, letters that are enough to know it by.
_SHOWN = 90


@dataclass(frozen=True)
class DocumentPlace:
    """Lines of a document under one heading. ``headings``: those above them, outermost first;
    ``pages``: « p. 8 », « p. 8-10 », '' where unknown; ``lines``: « l. 346, 352 »; ``short``:
    headings by their numbers alone, and pages (« II.A, p. 13-16 »)."""

    source: str
    first: int
    headings: tuple[str, ...]
    pages: str
    lines: str
    short: str

    @property
    def link(self) -> str:
        """Where the place is in the site."""
        return name_link(self.source, self.first)

    @property
    def words(self) -> str:
        """« I - Climat › A. Territoire, p. 8-10 »."""
        path = " › ".join(map(_shorten, self.headings))
        return french.typeset(", ".join(filter(None, (path, self.pages))))


def name_page(source: str) -> str:
    """The site's page of a document, without its suffix."""
    return f"document-{source}"


def name_line(source: str, line: int) -> str:
    """The anchor of a line, on that page."""
    return f"doc-{source}-l{line}"


def name_link(source: str, line: int) -> str:
    """Where a line is in the site."""
    return f"{name_page(source)}.html#{name_line(source, line)}"


def mark_place(edition: Edition, source: str, locator: str, words: str) -> str:
    """``words`` with the lines of the document that they stand for, so that a link may lead there;
    as they are where the source has no document (see ``check_documents``)."""
    passage = name_passage(source, locator)
    if not passage or not words or START in words:
        return words
    rows = to_records(edition.rows("sources", id=source))
    return mark(words, PASSAGE + passage) if rows and rows[0]["sha256"] else words


def name_passage(source: str, locator: str) -> str:
    """« rapport-2030:120-124,130 »: lines of a document, in one word; '' where there is none."""
    ranges = read_ranges(locator)
    parts = [str(first) if first == last else f"{first}-{last}" for first, last in ranges]
    return f"{source}:{','.join(parts)}" if parts else ""


def describe_page(page: Page) -> str:
    """« 12 », « 12 du fichier » where the document numbers no page."""
    return page.label or f"{page.sheet} du fichier"


def describe_pages(plan: DocumentPlan, first: int, last: int) -> str:
    """« p. 8 », « p. 8-10 », « p. 42 ou après »; '' where no page is known."""
    start, end = plan.find_pages(first), plan.find_pages(last)
    if start is None or end is None:
        return ""
    known = [describe_page(page) for page in (start[0], end[1]) if page != Page()]
    if len(known) == 1:
        return f"p. {known[0]} ou {'après' if start[0] != Page() else 'avant'}"
    return f"p. {known[0]}" if known[0] == known[1] else f"p. {known[0]}-{known[1]}"


def find_places(plan: DocumentPlan | None, source: str, locator: str) -> list[DocumentPlace]:
    """The places in its document that a locator names, those under one heading together; none for a
    source without a document (no ``plan``), or another locator than lines."""
    if plan is None:
        return []

    def situate(lines: tuple[int, int]) -> tuple[tuple[str, ...], str]:
        heading = plan.find_heading(lines[0])
        return heading.path if heading else (), describe_pages(plan, *lines)

    places = []
    for (path, pages), group in groupby(read_ranges(locator), situate):
        ranges = list(group)
        shown = [f"{a}" if a == b else f"{a}-{b}" for a, b in ranges]
        short = ", ".join(filter(None, (_number(path), pages)))
        lines = f"l. {', '.join(shown)}"
        places.append(DocumentPlace(source, ranges[0][0], path, pages, lines, short))
    return places


def describe_places(places: Iterable[DocumentPlace]) -> str:
    """« II.A, p. 13-16 ; IV.B, p. 27 »: for where there is little room."""
    return french.typeset(" ; ".join(dict.fromkeys(place.short for place in places if place.short)))


def cite_places(places: Iterable[DocumentPlace], *, lines: bool = False) -> str:
    """The same, each a link to the document; with the lines after it (``lines``), or in its stead
    where neither part nor page is known."""
    cited: dict[str, str] = {}
    for place in places:
        shown = (place.short, place.lines if lines or not place.short else "")
        words = french.typeset(", ".join(filter(None, shown)))
        cited.setdefault(words, f"{PASSAGE}{name_passage(place.source, place.lines)}")
    return " ; ".join(mark(words, passage) for words, passage in cited.items())


def _number(path: Iterable[str]) -> str:
    """« II.A »: headings by their numbers, down to the first that has none."""
    number = ""
    for heading in path:
        own = number_heading(heading)
        if not own:
            break
        number = own if not number or own.startswith(f"{number}.") else f"{number}.{own}"
    return number


def _shorten(heading: str) -> str:
    if len(heading) <= _SHOWN:
        return heading
    return heading[:_SHOWN].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
