"""Dates as precisely as they are known: a day, a month, a season, a year.

A partial date is a date like any other (the first day of what is known where it begins a period,
else the last) that says how much of it is known, and is written back as it was typed.
"""

from __future__ import annotations

from datetime import date

#: Years that anybody may mean.
YEARS = range(1900, 2101)
DAY, MONTH, SEASON, YEAR = "jour", "mois", "saison", "année"
PRECISIONS = (DAY, MONTH, SEASON, YEAR)
#: First and last day of each season, as month and day; a winter ends in the next year.
SEASONS = {
    "hiver": ((12, 21), (3, 20)),
    "printemps": ((3, 21), (6, 20)),
    "été": ((6, 21), (9, 22)),
    "automne": ((9, 23), (12, 20)),
}
#: Between the precisions of a beginning and of an end that differ.
_BETWEEN = "/"


class PartialDate(date):
    """A date known to its month, its season or its year. It equals the plain date: what is
    computed (ranks, lengths) needs a day, only words and files must not claim it. A date computed
    from it is a plain one."""

    precision: str

    def __new__(cls, year: int, month: int, day: int, precision: str = DAY) -> PartialDate:
        self = super().__new__(cls, year, month, day)
        self.precision = precision
        return self

    def __reduce__(self) -> tuple:
        return type(self), (self.year, self.month, self.day, self.precision)

    def isoformat(self) -> str:
        """As it is typed: « 2017 », « 2017-02 », « hiver 2015-2016 »."""
        if self.precision == SEASON:
            return name_season(self, "-")
        return super().isoformat()[: {YEAR: 4, MONTH: 7}.get(self.precision)]

    __str__ = isoformat


def read_precision(day: date | None) -> str:
    """How precisely a date is known."""
    return getattr(day, "precision", DAY)


def read_coarsest(*days: date | None) -> str:
    """The least precise of some dates, None left out."""
    return max((read_precision(day) for day in days if day), key=PRECISIONS.index, default=DAY)


def set_precision(day: date, precision: str) -> date:
    """The day, known as precisely as said."""
    return PartialDate(day.year, day.month, day.day, precision)


def write_precisions(*days: date | None) -> str:
    """The precision of a period's dates: « mois », « année/jour » where they differ, '' of none."""
    return _BETWEEN.join(dict.fromkeys(read_precision(day) for day in days if day))


def restore_precision(day: date, written: str, starts: bool) -> date:
    """The date with what ``write_precisions`` wrote of its period."""
    parts = written.split(_BETWEEN)
    precision = parts[0 if starts else -1]
    return day if precision in ("", DAY) else set_precision(day, precision)


def find_season(name: str, year: int, starts: bool) -> date:
    """First or last day of the season that begins in ``year``."""
    first, last = SEASONS[name]
    month, day = first if starts else last
    return PartialDate(year + (not starts and last < first), month, day, SEASON)


def name_season(day: date, dash: str) -> str:
    """« hiver 2015-2016 », from its first or its last day."""
    place = (day.month, day.day)
    name = next(name for name, bounds in SEASONS.items() if place in bounds)
    first, last = SEASONS[name]
    if first < last:
        return f"{name} {day.year}"
    start = day.year - (place == last)
    return f"{name} {start}{dash}{start + 1}"
