"""Headings that a rule finds among lines of which none is said to be one: short, numbered in order
(« II - », « A. », « 1.2 ») or behind an arrow, between blank lines; and the pages that a table of
contents gives them. A judgement: who prepares the document looks at it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from analysis.model.source_documents import NUMBER

_LONGEST = 200
#: What stands before a heading that has no number.
_ARROW = re.compile(r"[→►▶■]\s*(?=\S)")
#: The end of an entry of a table of contents: its page, behind dots, a wide space or « p. ».
_ENTRY = re.compile(r"(?:\s*\.{3,}\s*|\s{2,}|\s+p\.\s*)(?P<page>\d{1,4})$")
_PAGE_ALONE = re.compile(r"p\.?\s*(?P<page>\d{1,4})")
_ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
#: How many numbers may be missing between a heading and the next (one was not seen).
_GAP = 1

#: A way to number headings, and a number of it.
Number = tuple[str, int]


@dataclass(frozen=True)
class JudgedHeading:
    """A heading at the line of this index (from 0); ``page``: what a table of contents says."""

    index: int
    level: int
    title: str
    page: str = ""


@dataclass(frozen=True)
class _Candidate:
    index: int
    title: str
    page: str = ""


def _read_roman(text: str) -> int:
    numbers = [_ROMAN[letter] for letter in text]
    after = [*numbers[1:], 0]
    return sum(-n if n < following else n for n, following in zip(numbers, after, strict=True))


def _list_numbers(title: str) -> list[Number]:
    """What a heading's number may be: « C. » is a letter or a hundred."""
    found = NUMBER.match(title)
    if not found:
        return []
    if found["path"]:
        parts = found["path"].split(".")
        return [(f"décimal {len(parts)}", int(parts[-1]))]
    text = found["number"]
    if text.isdigit():
        return [("décimal 1", int(text))]
    numbers = [("lettre", ord(text) - ord("A") + 1)] if len(text) == 1 else []
    return numbers + ([("romain", _read_roman(text))] if set(text) <= set(_ROMAN) else [])


def _list_candidates(lines: Sequence[str], spaced: bool) -> Iterator[_Candidate]:
    """Lines that look like a heading; ``spaced``: blank lines stand between paragraphs."""
    plain = [line.replace("**", "").strip() for line in lines]
    for index, text in enumerate(plain):
        if not text or len(text) > _LONGEST:  # before the search: a line of blanks may be endless
            continue
        entry = _ENTRY.search(text)
        if spaced and index and plain[index - 1] and not entry:
            continue
        start = NUMBER.match(text) or _ARROW.match(text)
        rest = text[start.end() :] if start else ""
        if not rest or not rest.lstrip('«“" ')[:1].isupper():
            continue
        after = next((line for line in plain[index + 1 : index + 3] if line), "")
        alone = _PAGE_ALONE.fullmatch(after)
        if entry:
            yield _Candidate(index, text[: entry.start()], entry["page"])
        elif alone:
            yield _Candidate(index, text, alone["page"])
        elif text[-1] not in ".;," and not (spaced and plain[index + 1 : index + 2] > [""]):
            yield _Candidate(index, text.rstrip(" :"))


def _number_all(
    candidates: Iterable[_Candidate],
) -> Iterator[tuple[_Candidate, tuple[Number, ...]]]:
    """Those that follow each other in their numbering, with the numbers above them and their own; a
    heading behind an arrow has none of its own."""
    above: list[Number] = []
    for candidate in candidates:
        if arrow := _ARROW.match(candidate.title):
            title = candidate.title[arrow.end() :]
            yield replace(candidate, title=title), (*above, ("flèche", candidate.index))
            continue
        known = {kind: place for place, (kind, _) in enumerate(above)}
        numbers = _list_numbers(candidate.title)
        # One that goes on with a numbering is believed before one that begins another.
        for kind, number in sorted(numbers, key=lambda own: own[0] not in known):
            if kind in known and above[known[kind]][1] < number <= above[known[kind]][1] + 1 + _GAP:
                above = [*above[: known[kind]], (kind, number)]
            elif kind not in known and number == 1:
                above = [*above, (kind, number)]
            else:
                continue
            yield candidate, tuple(above)
            break


def judge_headings(lines: Sequence[str], spaced: bool) -> list[JudgedHeading]:
    """The headings of a text, with the pages that its own table of contents gives."""
    candidates = list(_list_candidates(lines, spaced))
    entries = _number_all(candidate for candidate in candidates if candidate.page)
    pages = {numbers: entry.page for entry, numbers in entries}
    return [
        JudgedHeading(found.index, len(numbers), found.title, pages.get(numbers, ""))
        for found, numbers in _number_all(c for c in candidates if not c.page)
    ]
