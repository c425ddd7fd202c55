"""The period asked of the services, as the catalogue writes it relative to the edition's year N.

« N », « N-1 » (a calendar year, a fiscal year), « fin N », « fin N-1 » (a state), « T3 N »,
« avril N », « saison N-1/N » (September to August), « hiver N-1/N », « depuis 2011 » (a cumulated
count, to the end of N); what happens less often adds « , tous les 2 ans depuis 2017 ».
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from analysis.model.partial_dates import MONTH, YEAR, PartialDate, find_season
from analysis.model.periods import Period, year_period
from analysis.words.french import MONTHS

_NUMBERS = {name: number for number, name in MONTHS.items()}
_GRAMMAR = re.compile(
    rf"""(?:(?P<state>fin\ )?(?P<year>N(?:-[1-9])?)
    |(?P<span>saison|hiver)\ N-1/N
    |T(?P<quarter>[1-4])\ N
    |(?P<month>{"|".join(_NUMBERS)})\ N
    |depuis\ (?P<since>\d{{4}}))
    (?:,\ tous\ les\ (?P<every>[2-9])\ ans\ depuis\ (?P<first>\d{{4}}))?""",
    re.VERBOSE,
)
EXPECTED = (
    "Attendu : N, N-1, fin N, T3 N, avril N, saison N-1/N, hiver N-1/N ou depuis 2011 ; au besoin "
    "suivi de « , tous les 2 ans depuis 2017 »."
)


@dataclass(frozen=True)
class AskedPeriod:
    """A period relative to an edition. ``parts``: the groups of the grammar."""

    parts: dict[str, str | None]

    @property
    def is_state(self) -> bool:
        """Whether a state at a date is asked, rather than what happened in a period."""
        return bool(self.parts["state"])

    def find(self, year: int) -> Period | None:
        """The period for the edition of a year; None where nothing is asked that year."""
        parts = self.parts
        if parts["every"] and (year - int(parts["first"] or 0)) % int(parts["every"]):
            return None
        if parts["year"]:
            asked = year_period(year + int(parts["year"][1:] or 0))
            return Period(None, asked.end) if self.is_state else asked
        if parts["since"]:
            start = PartialDate(int(parts["since"]), 1, 1, YEAR)
            return Period(start, PartialDate(year, 12, 31, YEAR))
        if parts["span"] == "saison":
            return Period(PartialDate(year - 1, 9, 1, MONTH), PartialDate(year, 8, 31, MONTH))
        if parts["span"]:
            return Period(*(find_season("hiver", year - 1, starts) for starts in (True, False)))
        quarter = parts["quarter"]
        last = 3 * int(quarter) if quarter else _NUMBERS[parts["month"] or ""]
        first = last - 2 if quarter else last
        return Period(date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]))


def parse_asked_period(text: str) -> AskedPeriod:
    """Read a cell of ``asked_period``. Raises ValueError when it is none of these (French: what is
    expected)."""
    match = _GRAMMAR.fullmatch(text)
    if not match:
        raise ValueError(EXPECTED)
    return AskedPeriod(match.groupdict())
