"""Who is asked what, for an edition: values, and what became of actions and improvements.

Reads and writes no file.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import pandas as pd

from analysis.base.lists import split_list
from analysis.collect.cell_answers import fold
from analysis.model.partial_dates import MONTH, YEAR, PartialDate, read_precision
from analysis.model.periods import MONTHS_PER_YEAR, Period, year_period
from analysis.model.schema import POPULATION_INDICATORS, PROCESSED, TABLES
from analysis.model.store import OBSERVED, Edition, from_records, to_records

#: States after which an action or an improvement is neither carried over nor asked about again.
CLOSED = ("achevée", "abandonnée", "faite")
#: How many folders back a last value may stand: older ones were one-off figures.
RECENT_FOLDERS = 2
#: Part of a month by which twelve months may be missed (a leap day).
_MONTH_TOLERANCE = 0.1

Kind = Literal["action", "planned", "improvement"]


@dataclass(frozen=True)
class Question:
    """Something a service is asked to follow up: ``row`` is its line of the table, as typed, in
    this edition or, where it is not carried over, in the previous one."""

    id: str
    kind: Kind
    service: str
    chapter: str
    row: dict[str, Any]


class Directory:
    """Which service answers for what.

    Services of the action (or of the short-term action) first; then, for an indicator, the service
    that bears its producer's name; at last the service that carries most actions of the chapter.
    Where several services share an action, the first one named answers for all: one question, one
    answer.

    Raises
    ------
    ValueError
        when the dossier has no service at all (French).
    """

    def __init__(self, edition: Edition):
        if edition.services.empty:
            raise ValueError("Aucun service dans reference/services.csv : à qui demander ?")
        self._by_name = {fold(row.name): row.id for row in edition.services.itertuples(index=False)}
        self._of_item: dict[str, str] = {}
        for frame in (edition.actions, edition.planned):
            for row in frame.itertuples():
                if services := split_list(row.services):
                    self._of_item.setdefault(row.id, services[0])
        self._carried: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row in edition.actions.itertuples():
            self._carried[row.chapter].update(split_list(row.services))
        self._all = sum(self._carried.values(), Counter())
        self._first = edition.services["id"].iloc[0]

    def of_chapter(self, chapter: str) -> str:
        """The service that carries most actions of a chapter; at equal numbers, the one that comes
        first in the report."""
        counts = self._carried.get(chapter) or self._all
        return counts.most_common(1)[0][0] if counts else self._first

    def of_item(self, id: str, action: str, chapter: str) -> str:
        """The service of an action, a short-term action or an improvement; ``action``: another one
        to which it belongs, or ''."""
        return self._of_item.get(id) or self._of_item.get(action) or self.of_chapter(chapter)

    def of_indicator(self, action: str, producer: str, chapter: str) -> str:
        """The service asked for a value."""
        by_action = self._of_item.get(action)
        return by_action or self._by_name.get(fold(producer)) or self.of_chapter(chapter)


def _move(day: date, year: int) -> date:
    """The same day in another year, or the same month where no more is known of it; 29 February
    becomes 28 where there is none."""
    last = monthrange(year, day.month)[1]
    if read_precision(day) == MONTH and day.day > 1:
        return PartialDate(year, day.month, last, MONTH)
    return PartialDate(year, day.month, min(day.day, last), read_precision(day))


def choose_period(measure: str, last: Period, year: int) -> Period:
    """The period to ask, after that of the last value.

    A state: the same day or month of ``year``, its end where only the year is known. A year or a
    part of it: the whole of ``year``, since a part only meant that the report was written before
    its end. Twelve months that are no calendar year
    (a school year): the twelve that end in ``year``. A longer span: from the same beginning to the
    same day of ``year``, unless it goes beyond. No date: ``year``, at its end for a stock.
    """
    if measure == "stock" or (last.start is None and last.end is not None):
        known = last.end is not None and read_precision(last.end) != YEAR
        return Period(None, _move(last.end, year) if known else date(year, 12, 31))
    whole = year_period(year)
    if not last.is_span:
        return whole
    if last.months > MONTHS_PER_YEAR + _MONTH_TOLERANCE:
        return last if last.end.year >= year else Period(last.start, _move(last.end, year))
    is_year = last.months > MONTHS_PER_YEAR - _MONTH_TOLERANCE
    if is_year and last.start.year != last.end.year:
        return Period(_move(last.start, year - 1), _move(last.end, year))
    return whole


def list_requests(edition: Edition, year: int, due: date) -> pd.DataFrame:
    """The rows of requests.csv for ``year``, from the newest earlier ``edition``.

    One for each measured indicator of the dossier's own territory (population is computed, other
    territories are context) whose last value stands in one of the two newest folders.

    Parameters
    ----------
    year : the edition for which values are asked.
    due : last day for an answer.
    """
    own = edition.territory["id"]
    values = edition.values
    measured = values[(values["origin"] == OBSERVED) & values["value"].notna()]
    folders = sorted(set(measured["edition"]))[-RECENT_FOLDERS:]
    last = measured[
        (measured["rank"] == 0)
        & (measured["territory"] == own)
        & measured["edition"].isin(folders)
        & ~measured["indicator"].isin(list(POPULATION_INDICATORS))
    ]
    directory = Directory(edition)
    producers = dict(edition.indicators[["id", "producer"]].itertuples(index=False))
    rows = []
    for row in to_records(last):
        period = choose_period(row["measure"], Period(row["period_start"], row["period_end"]), year)
        service = directory.of_indicator(row["action"], producers[row["indicator"]], row["chapter"])
        rows.append((row["indicator"], own, service, period.start, period.end, due))
    header = TABLES["requests"].header
    found = (dict(zip(header, row, strict=True)) for row in rows)
    return from_records(found, PROCESSED["requests"])


def list_closed(edition: Edition) -> set[str]:
    """Ids of what an edition's follow-ups say is over."""
    followups = edition.followups
    return set(followups.loc[followups["state"].isin(CLOSED), "id"])


def list_questions(edition: Edition, previous: Edition) -> list[Question]:
    """What the services are asked to follow up: all that the ``previous`` edition presented, in
    its order, but what it said was over.

    A thing typed for the first time in ``edition`` is not asked about. What ``edition`` changed of
    a line (its services, its title) stands.
    """
    closed = list_closed(previous)
    directory = Directory(edition)
    tables: tuple[tuple[Kind, str, str], ...] = (
        ("action", "actions", ""),
        ("planned", "planned", "action"),
        ("improvement", "improvements", "parent"),
    )
    questions = []
    for kind, table, parent in tables:
        now = {row["id"]: row for row in to_records(getattr(edition, table))}
        for former in to_records(getattr(previous, table)):
            row = now.get(former["id"], former)
            if row["id"] in closed:
                continue
            named = split_list(row.get("services", ""))[:1]
            found = named or [directory.of_item(row["id"], row.get(parent, ""), row["chapter"])]
            questions.append(Question(row["id"], kind, found[0], row["chapter"], row))
    return questions


def list_services(requests: pd.DataFrame, questions: Iterable[Question]) -> list[str]:
    """Ids of the services that are asked something, in alphabetical order."""
    return sorted({*requests["service"], *(question.service for question in questions)})
