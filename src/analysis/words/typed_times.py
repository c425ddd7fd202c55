"""Years and dates typed in a prose, and its sentences.

What begins or makes a thing (« depuis 2011 », « signé en 2016 », « la loi du 17 août 2015 ») is of
no value's period.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from analysis.model.periods import Period
from analysis.words import french

_MONTHS = [french.MONTHS[number] for number in range(1, 13)]
#: A reference as it stands in a prose.
REFERENCE = re.compile(r"\{\{[^{}]*\}\}")
_SPACE = "[ \u00a0\u202f]+"
_TIME = re.compile(
    rf"(?:(?:(?P<day>1er|\d{{1,2}}){_SPACE})?(?P<month>{'|'.join(_MONTHS)}){_SPACE})?"
    r"(?<![\w/–-])(?P<year>(?:19|20)\d\d)(?:[-–/](?P<last>(?:19|20)\d\d))?(?![\w-])",
    re.IGNORECASE,
)
_BEGINNINGS = (
    "depuis", "dès", "à partir", "à compter", "loi", "décret", "ordonnance", "directive", "arrêté",
    "délibération", "convention", "obtenu", "créé", "fondé", "né", "lancé", "ouvert", "signé",
    "voté", "adopté", "débattu", "devenu", "conclu", "inauguré", "installé", "renouvelé", "publié",
    "mis en place", "mise en place", "mis en service", "mise en service", "entré en vigueur",
)  # fmt: skip
_SMALL = "le|la|du|de|d’|en|au|fin|début|l’année"
#: What stands just before a time that begins a thing; not where the thing is what is counted.
_EXEMPT = re.compile(
    rf"(?<![\w’])(?:{'|'.join(_BEGINNINGS)})(?:e|s|es)?(?:{_SPACE}(?:{_SMALL}))*{_SPACE}$",
    re.IGNORECASE,
)
_COUNTED = re.compile(rf"\}}\}}(?:{_SPACE}\w+){{0,2}}{_SPACE}\w+{_SPACE}(?:(?:{_SMALL}){_SPACE})*$")
#: What links a time to the one before it: both begin a thing, or neither does.
_LINK = re.compile(rf"\s*(?:,|puis|et|ou)(?:{_SPACE}(?:puis|{_SMALL}))*{_SPACE}")
_SENTENCE_END = re.compile(r"(?<=[.!?…])(?:\*\*)?\s+|\n\s*\n|\n(?=[ \t]*[-*#|])")


@dataclass(frozen=True)
class TypedTime:
    """A year, a month, a day or a span of years, as typed from ``start`` on."""

    text: str
    start: int
    year: int
    last: int
    month: int = 0
    day: int = 0

    def fits(self, period: Period) -> bool:
        """Whether it names the period: its first or last year, month or day."""
        ends = [day for day in (period.start, period.end) if day is not None]
        if self.day:
            return (self.year, self.month, self.day) in {(d.year, d.month, d.day) for d in ends}
        if self.month:
            return (self.year, self.month) in {(d.year, d.month) for d in ends}
        if self.last != self.year:
            return all(self.year <= day.year <= self.last for day in ends)
        return self.year in {day.year for day in ends}


def find_times(text: str) -> list[TypedTime]:
    """The times typed in a text, those that begin a thing excepted."""
    found, exempt = [], -1  # where the last time that was left alone ends
    for match in _TIME.finditer(hide_references(text)):
        before = text[: match.start()]
        linked = exempt >= 0 and _LINK.fullmatch(before[exempt:])
        if linked or (_EXEMPT.search(before) and not _COUNTED.search(before)):
            exempt = match.end()
            continue
        month = _MONTHS.index(match["month"].lower()) + 1 if match["month"] else 0
        day = int(re.sub(r"\D", "", match["day"])) if match["day"] else 0
        year = int(match["year"])
        last = int(match["last"] or year)
        found.append(TypedTime(match[0], match.start(), year, last, month, day))
    return found


def hide_names(text: str, names: Iterable[str]) -> str:
    """The text with its names that contain a digit blanked out."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, " " * len(name))
    return text


def split_sentences(text: str) -> Iterator[tuple[int, str]]:
    """Each sentence of a prose with where it begins."""
    start = 0
    for end in [*_SENTENCE_END.finditer(text), None]:
        stop = end.start() if end else len(text)
        if sentence := text[start:stop].strip():
            yield text.index(sentence, start), sentence
        start = end.end() if end else stop


def hide_references(text: str) -> str:
    """The text with closing braces in the place of each reference."""
    return REFERENCE.sub(lambda match: "}" * len(match[0]), text)
