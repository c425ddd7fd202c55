"""Dates and periods; when two values may be compared.

A period is a pair of dates: a flow has both, a state at a date has only the end, a value whose date
the source does not give has neither.
"""

from __future__ import annotations

import calendar
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, TypeVar

from analysis.model.partial_dates import DAY, MONTH, YEAR, read_coarsest, read_precision

Key = TypeVar("Key", bound=Hashable)

#: Days by which two lengths or two starts may differ (leap years, uneven month ends).
TOLERANCE_DAYS = 3
MONTHS_PER_YEAR = 12
#: Years after which the calendar repeats itself.
_ROUND = 400


@dataclass(frozen=True)
class Period:
    """``start`` and ``end`` inclusive; see the module's first lines for what may be missing."""

    start: date | None
    end: date | None

    def __post_init__(self) -> None:
        if self.start and self.end and self.end < self.start:
            raise ValueError(f"période dont la fin précède le début : {self.start} – {self.end}")

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Period:
        """The period of a row of ``values``."""
        return cls(row["period_start"], row["period_end"])

    @property
    def undated(self) -> bool:
        """Whether the source gives no date at all."""
        return self.end is None

    @property
    def span(self) -> tuple[date, date] | None:
        """Both dates where both are known: the period of a flow."""
        return None if self.start is None or self.end is None else (self.start, self.end)

    @property
    def is_span(self) -> bool:
        """Whether both dates are known."""
        return self.span is not None

    @property
    def days(self) -> int | None:
        """Number of days, both ends counted; None for a state or an undated value."""
        return count_days(*self.span) if self.span else None

    @property
    def months(self) -> float | None:
        """Length in calendar months, a begun month counted by its share of days."""
        return months_between(*self.span) if self.span else None

    @property
    def precision(self) -> str:
        """How precisely its dates are known, the less precise one where they differ."""
        return read_coarsest(self.start, self.end)

    @property
    def earliest(self) -> date | None:
        """The first day on which a state may have been, as precisely as its date is known."""
        if self.end is None:
            return self.end
        first = {YEAR: self.end.replace(month=1, day=1), MONTH: self.end.replace(day=1)}
        return first.get(read_precision(self.end), self.end)

    def begins_after(self, day: date) -> bool:
        """Whether all of it lies after ``day`` (an undated value never does)."""
        first = self.start or self.end
        return first is not None and first > day

    def sort_key(self) -> tuple[date, date]:
        """Oldest first; undated values before all others."""
        return (self.end or date.min, self.start or date.min)


def year_period(first: int, last: int | None = None) -> Period:
    """From 1 January of ``first`` to 31 December of ``last`` (same year by default)."""
    return Period(date(first, 1, 1), date(last or first, 12, 31))


def count_days(start: date, end: date) -> int:
    """Days from ``start`` to ``end``, both counted."""
    return (end - start).days + 1


def months_between(start: date, end: date) -> float:
    """Calendar months from ``start`` to ``end``, both days counted.

    Whole months count 1 whatever their length: 1 January–31 October is exactly 10; what is left
    over counts as a share of the month in which it falls (1 January–15 February: 1 + 15/28).
    """
    if end == date.max:  # which no day follows: the same day, one round of the calendar earlier
        former = end.replace(year=end.year - _ROUND)
        if start <= former:
            return months_between(start, former) + _ROUND * MONTHS_PER_YEAR
        start, end = start.replace(year=start.year - _ROUND), former
    stop = end + timedelta(days=1)
    whole = (stop.year - start.year) * MONTHS_PER_YEAR + stop.month - start.month
    if _add_months(start, whole) > stop:
        whole -= 1
    anchor = _add_months(start, whole)
    return whole + (stop - anchor).days / calendar.monthrange(anchor.year, anchor.month)[1]


def _add_months(day: date, months: int) -> date:
    index = day.year * MONTHS_PER_YEAR + day.month - 1 + months
    year, month = divmod(index, MONTHS_PER_YEAR)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def years_between(start: date, end: date) -> float:
    """Years from the close of one day to the close of another, by calendar months.

    From 31 December to 31 December three years later is exactly 3.
    """
    return months_between(start + timedelta(days=1), end) / MONTHS_PER_YEAR


def is_valid_on(day: date, first: date | None, last: date | None) -> bool:
    """Whether ``day`` lies within ``first``…``last``, both inclusive; None leaves a side open."""
    return (first is None or first <= day) and (last is None or day <= last)


@dataclass(frozen=True)
class Comparability:
    """Whether two values compare; if not, why; if so, with what reservation (French).

    ``cumulative``: both are counts of the same thing since the same day. What was added is known;
    a growth in % would say nothing, for such a count can but grow.
    """

    comparable: bool
    reason: str = ""
    reservation: str = ""
    cumulative: bool = False


def compare(measure: str, latest: Period, precedent: Period) -> Comparability:
    """Whether the latest value may be set against the precedent one.

    Two flows: same length (± ``TOLERANCE_DAYS``), and the same day and month of start or a whole
    year each (calendar year, school year), and no overlap; or counted from the same day on, the
    latest for more than a year: a cumulated count. Two states: where one is known to be the
    earlier; an undated earlier state, or one known to its year, with a reservation. A rate follows
    the rule of flows when it has a start on both sides, the rule of states when on neither.
    """
    if measure == "flux" or (measure == "taux" and latest.is_span and precedent.is_span):
        return _compare_flows(latest, precedent)
    if latest.is_span != precedent.is_span and not (latest.undated or precedent.undated):
        return Comparability(
            False, "périodes non comparables : une date d’un côté, une durée de l’autre"
        )
    if latest.undated:
        return Comparability(False, "périodes non comparables : date de la valeur non précisée")
    if precedent.undated:
        return Comparability(True, reservation="date antérieure non précisée")
    return _compare_states(latest, precedent)


def select_comparable(measure: str, periods: Sequence[Period]) -> list[int]:
    """Places of the periods that all compare with one another, the first one's above all.

    ``periods``: latest first. A later one is kept where it compares with every one kept before it.
    """
    kept: list[int] = []
    for place, period in enumerate(periods):
        if all(compare(measure, periods[other], period).comparable for other in kept):
            kept.append(place)
    return kept


def _compare_states(latest: Period, precedent: Period) -> Comparability:
    if latest.precision == precedent.precision == DAY:
        return Comparability(True)
    first, last = latest.earliest, precedent.end
    if first and last and first <= last:
        reason = "périodes non comparables : dates trop peu précises pour dire laquelle précède"
        return Comparability(False, reason)
    rough = [p is latest for p in (latest, precedent) if p.precision == YEAR]
    if not rough:
        return Comparability(True)
    which = "dates connues" if len(rough) > 1 else f"date {'' if rough[0] else 'antérieure '}connue"
    return Comparability(True, reservation=f"{which} à l’année près")


def _compare_flows(latest: Period, precedent: Period) -> Comparability:
    now, before = latest.span, precedent.span
    if now is None or before is None:
        return Comparability(False, "périodes non comparables : durée non précisée")
    months = months_between(*now), months_between(*before)
    if now[0] == before[0] and now[1] > before[1] and months[0] > MONTHS_PER_YEAR:
        return Comparability(True, cumulative=True)
    if not have_like_lengths(latest, precedent):
        lengths = f"{describe_months(precedent)} contre {describe_months(latest)}"
        return Comparability(False, f"périodes non comparables : {lengths}")
    if now[0] <= before[1]:
        return Comparability(False, "périodes non comparables : elles se chevauchent")
    whole_years = all(abs(length - MONTHS_PER_YEAR) * 30 <= TOLERANCE_DAYS for length in months)
    if not whole_years and _days_apart_in_year(now[0], before[0]) > TOLERANCE_DAYS:
        return Comparability(
            False, "périodes non comparables : même durée, mais pas la même saison"
        )
    return Comparability(True)


def judge_same(one: Period, other: Period) -> Comparability:
    """Whether the values of two territories are of one and the same period: two states of the same
    day, known as precisely; two flows, give or take ``TOLERANCE_DAYS``. If not, why (French)."""
    reason = ""
    if one.undated or other.undated:
        reason = "date de la valeur non précisée"
    elif one.is_span != other.is_span:
        reason = "une date d’un côté, une durée de l’autre"
    elif one.precision != other.precision:
        reason = "dates connues avec une autre précision"
    elif one.span and other.span:
        gaps = (abs((a - b).days) for a, b in zip(one.span, other.span, strict=True))
        if not have_like_lengths(one, other):
            reason = f"{describe_months(other)} contre {describe_months(one)}"
        elif max(gaps) > TOLERANCE_DAYS:
            reason = "même durée, mais d’autres dates"
    elif one.end != other.end:
        reason = "autre date"
    return Comparability(not reason, reason)


def have_like_lengths(one: Period, other: Period) -> bool:
    """Whether two periods with both dates are as long as one another, give or take
    ``TOLERANCE_DAYS`` a year."""
    years = max(1, round((one.months or 0) / MONTHS_PER_YEAR))
    return abs((one.days or 0) - (other.days or 0)) <= TOLERANCE_DAYS * years


def _days_apart_in_year(one: date, other: date) -> int:
    gap = abs(one.timetuple().tm_yday - other.timetuple().tm_yday)
    return min(gap, 365 - gap)


def describe_months(period: Period) -> str:
    """« 12 mois », « 9,8 mois », « 20 jours » : for the reasons given above."""
    months, days = period.months or 0, period.days or 0
    if months < 1:
        return f"{days} jour{'s' if days > 1 else ''}"
    return f"{round(months, 1):g}".replace(".", ",") + " mois"


def rank_periods(periods: Mapping[Key, Period], horizon: date) -> dict[Key, int]:
    """Rank 0 for the latest period, 1 for the one before, and so on.

    A period that lies wholly after ``horizon`` (the last day of the edition's year) takes no rank
    and is left out, unless nothing else is known: what is foreseen is not the reference value.
    """
    known = {key: p for key, p in periods.items() if not p.begins_after(horizon)} or periods
    order = sorted(known, key=lambda key: known[key].sort_key(), reverse=True)
    return {key: rank for rank, key in enumerate(order)}
