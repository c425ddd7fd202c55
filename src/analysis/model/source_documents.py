"""A document whose lines are numbered: which heading and which page each line stands under.

A locator (« l. 120-124 ») counts its lines. A heading holds until the next of its level or above; a
page is known of the lines that say it and of those between two that say the same.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

_RANGE = r"\d+(?:\s*[-–]\s*\d+)?"
_LINES = re.compile(rf"\bl\.\s*({_RANGE}(?:\s*,\s*{_RANGE})*)")
#: A heading's own number: « II - », « A. », « 1.2 », « 3) ».
NUMBER = re.compile(
    r"(?P<number>[IVXLC]+|[A-Z]|\d+)\s*(?:[-–—]|[.)](?!\d))\s*(?=\S)"
    r"|(?P<path>\d+(?:\.\d+)+)[.)]?\s+(?=\S)"
)


def read_ranges(locator: str) -> list[tuple[int, int]]:
    """« l. 388, 400 ; l. 713-715 » → (388, 388), (400, 400), (713, 715)."""
    found = []
    for listed in _LINES.findall(locator):
        for part in listed.split(","):
            first, *last = (int(number) for number in re.findall(r"\d+", part))
            found.append((first, last[0] if last else first))
    return found


def number_heading(heading: str) -> str:
    """« A », « 1.2 »: what a heading is numbered by; '' where it is not."""
    found = NUMBER.match(heading)
    return (found["number"] or found["path"]) if found else ""


@dataclass(frozen=True)
class Heading:
    """A heading of a document: its first and last line, and those above it, outermost first;
    ``judged``: by a rule, the document does not say that it is one."""

    title: str
    level: int
    first: int
    last: int
    above: tuple[str, ...] = ()
    judged: bool = False

    @property
    def path(self) -> tuple[str, ...]:
        """The headings that a line below it stands under, outermost first."""
        return (*self.above, self.title)


@dataclass(frozen=True)
class Page:
    """A page: as the document numbers it ('' where it does not), and its rank in the file (0 where
    there are no pages)."""

    label: str = ""
    sheet: int = 0


class DocumentPlan:
    """The outline of one document, from rows of ``documents`` in the order of their lines."""

    def __init__(self, rows: Sequence[Mapping[str, Any]]):
        self.last: int = rows[-1]["line"] if rows else 0
        self.headings = list(_nest(rows, self.last))
        self._starts = [heading.first for heading in self.headings]
        paged = [row for row in rows if row["page"] or row["sheet"]]
        self._paged = [row["line"] for row in paged]
        self._pages = [Page(row["page"], row["sheet"]) for row in paged]

    @property
    def has_pages(self) -> bool:
        """Whether the page of some line is known."""
        return bool(self._pages)

    def find_heading(self, line: int) -> Heading | None:
        """The innermost heading that holds a line; None before the first."""
        place = bisect_right(self._starts, line)
        return self.headings[place - 1] if place else None

    def find_pages(self, line: int) -> tuple[Page, Page] | None:
        """Between which pages a line stands, the same twice where its page is known; an empty one
        where no page is known before it, or after. None where no page is known at all."""
        if not self._pages:
            return None
        place = bisect_right(self._paged, line)
        before = self._pages[place - 1] if place else Page()
        if place and self._paged[place - 1] == line:
            return before, before
        return before, self._pages[place] if place < len(self._pages) else Page()


def _nest(rows: Iterable[Mapping[str, Any]], last: int) -> Iterator[Heading]:
    """The headings with those above them; each ends where the next begins, whatever its level."""
    titled = [row for row in rows if row["heading"]]
    path: list[tuple[int, str]] = []
    for row, after in zip_longest(titled, titled[1:]):
        level = row["level"] or 1
        path = [entry for entry in path if entry[0] < level]
        above = tuple(title for _, title in path)
        path.append((level, row["heading"]))
        end = after["line"] - 1 if after else last
        judged = row["basis"] == "déduit"
        yield Heading(row["heading"], level, row["line"], end, above, judged)


def select_outline(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Of all lines of a document, those that its outline needs, without their text: where a heading
    begins, where a page begins and ends, the last one."""
    kept = []
    pages = [None, *((row["page"], row["sheet"]) for row in rows), None]
    for place, row in enumerate(rows):
        before, own, after = pages[place : place + 3]
        turns = own != ("", 0) and not before == own == after
        if row["heading"] or turns or place == len(rows) - 1:
            kept.append({name: cell for name, cell in row.items() if name != "text"})
    return kept
