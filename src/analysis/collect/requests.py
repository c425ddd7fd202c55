"""Who is asked what, for an edition: values, and what became of actions and improvements.

Reads and writes no file.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd

from analysis.base.csvtext import format_csv
from analysis.base.lists import split_list
from analysis.collect.cell_answers import fold
from analysis.collect.form_contract import find_sender
from analysis.compute.dossier.asked_periods import parse_asked_period
from analysis.model.followups import list_closed
from analysis.model.milestones import is_overdue
from analysis.model.partial_dates import MONTH, YEAR, PartialDate, read_precision
from analysis.model.periods import MONTHS_PER_YEAR, Period, year_period
from analysis.model.schema import COMPUTED_INDICATORS, EVERY_YEAR, ONCE, PORTRAIT, PROCESSED, TABLES
from analysis.model.store import OBSERVED, Edition, from_records, to_records, write_dates
from analysis.words import french

#: How many folders back a last value may stand: older ones were one-off figures.
RECENT_FOLDERS = 2
#: Part of a month by which twelve months may be missed (a leap day).
_MONTH_TOLERANCE = 0.1

Kind = Literal["action", "planned", "improvement", "milestone"]


@dataclass(frozen=True)
class Addressee:
    """The service asked; ``guess``: why it is only supposed to be the right one ('' when it is
    known)."""

    service: str
    guess: str = ""


@dataclass(frozen=True)
class Question:
    """Something a service is asked to follow up: ``row`` is its line of the table, as typed, in
    this edition or, where it is not carried over, in the previous one. ``guess``: see
    ``Addressee``."""

    id: str
    kind: Kind
    service: str
    chapter: str
    row: dict[str, Any]
    guess: str = ""


class Directory:
    """Which service answers for what.

    The service that the catalogue names; the services of the action (or of the short-term action);
    then, for an indicator, the service that bears its producer's name, else the one that was asked
    for it last; for an improvement, the service whose form proposed it. At last the service that
    carries most actions of the chapter or, where there is no action yet, is asked for most of its
    values: a guess, which is told. Where several services share an action, the first one named that
    is no meeting of elected members answers for all: one question, one answer. Raises
    ValueError when the dossier has no service at all (French).
    """

    def __init__(self, edition: Edition):
        if edition.services.empty:
            raise ValueError("Aucun service dans reference/services.csv : à qui demander ?")
        self._names = dict(edition.services[["id", "name"]].itertuples(index=False))
        self._by_name = {fold(name): id for id, name in self._names.items()}
        kinds = edition.services["kind"]
        self._meetings = set(edition.services.loc[kinds == "instance", "id"])
        self._chapters = dict(edition.chapters[["id", "short_title"]].itertuples(index=False))
        self._of_item: dict[str, str] = {}
        for frame in (edition.actions, edition.planned):
            for row in frame.itertuples():
                if service := self.choose(row.services):
                    self._of_item.setdefault(row.id, service)
        for frame in (edition.planned, edition.improvements):  # told in a service's form
            for row in frame.itertuples():
                if (service := find_sender(row.source)) in self._names:
                    self._of_item.setdefault(row.id, service)
        asked = edition.requests[edition.requests["service"].isin(self._names)]
        self._asked = dict(asked[["indicator", "service"]].itertuples(index=False))
        self._carried: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for row in edition.actions.itertuples():
            self._carried[row.chapter].update(split_list(row.services))
        self._why = "il porte le plus d’actions"
        if not any(self._carried.values()):
            for row in edition.indicators[edition.indicators["asked_of"] != ""].itertuples():
                self._carried[row.chapter][row.asked_of] += 1
            self._why = "le catalogue lui demande le plus de valeurs"
        self._all = sum(self._carried.values(), Counter())
        self._first = next(iter(list_answering(edition)), edition.services["id"].iloc[0])

    def choose(self, cell: str) -> str:
        """The service that answers, of those of a cell of ``services``; '' where it is empty."""
        services = split_list(cell)
        return next((s for s in services if s not in self._meetings), next(iter(services), ""))

    def of_chapter(self, chapter: str, why: str = "") -> Addressee:
        """The service that carries most actions of a chapter; at equal numbers, the one that comes
        first in the report."""
        own, why = self._carried.get(chapter), why or "aucun service connu"
        if counts := own or self._all:
            title = self._chapters.get(chapter, chapter)
            where = f"du chapitre « {title} »" if own else "de tous les chapitres"
            reason = f"{why} ; supposé : {self._why} {where}"
            return Addressee(counts.most_common(1)[0][0], reason)
        return Addressee(self._first, f"{why} ; supposé : c’est le premier de services.csv")

    def of_item(self, id: str, action: str, chapter: str) -> Addressee:
        """The service of an action, a short-term action or an improvement; ``action``: another one
        to which it belongs, or ''."""
        if service := self._of_item.get(id) or self._of_item.get(action):
            return Addressee(service)
        return self.of_chapter(chapter)

    def of_indicator(
        self, action: str, producer: str, chapter: str, asked_of: str = "", id: str = ""
    ) -> Addressee:
        """The service asked for a value."""
        by_action = asked_of or self._of_item.get(action)
        if service := by_action or self._by_name.get(fold(producer)) or self._asked.get(id):
            return Addressee(service)
        why = f"l’action « {action} » n’a pas de service" if action else "aucune action"
        return self.of_chapter(chapter, why)


def list_answering(edition: Edition) -> list[str]:
    """Ids of the services that fill in a form: meetings of elected members do not."""
    services = edition.services
    return [*services.loc[services["kind"] != "instance", "id"]]


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


def choose_due(end: date | None, year: int) -> date:
    """Last day for an answer about a period that ends on ``end``: 31 October of ``year`` for what
    ended a month before (accounts, a school year), else 31 January after it. The edition is
    presented before the budget debate, at the turn of the year: what is of the whole ``year`` is
    known when it is over."""
    if end is not None and end <= date(year, 9, 30):
        return date(year, 10, 31)
    return date(year + 1, 1, 31)


#: How long a service has for an answer of which the usual day has gone by.
DAYS_LEFT = timedelta(days=30)


def list_requests(
    edition: Edition, year: int, due: date | None = None, today: date | None = None
) -> pd.DataFrame:
    """The rows of requests.csv for ``year``: what the catalogue says is asked, of whom, for which
    period. ``guess`` says what it leaves open.

    Where the catalogue does not say whether an indicator is asked, it is when its last value stands
    in one of the two newest folders, for the period that follows that value's.

    Parameters
    ----------
    edition : the newest earlier one; the edition itself where it is the first.
    year : the edition for which values are asked.
    due : last day for all answers; by default that of ``choose_due``.
    today : where the day of ``choose_due`` is before it, ``DAYS_LEFT`` after it is.
    """
    own = edition.territory["id"]
    values = edition.values
    measured = values[(values["origin"] == OBSERVED) & values["value"].notna()]
    folders = sorted(set(measured["edition"]))[-RECENT_FOLDERS:]
    newest = measured[(measured["rank"] == 0) & (measured["territory"] == own)]
    last = {row["indicator"]: row for row in to_records(newest)}
    elsewhere = set(measured["indicator"]) - set(last)  # context: of other territories alone
    directory = Directory(edition)
    rows = []
    for entry in to_records(edition.indicators):
        if entry["formula"] or entry["id"] in elsewhere.union(COMPUTED_INDICATORS):
            continue
        if entry["chapter"] == PORTRAIT:  # computed of official data
            continue
        known = last.get(entry["id"])
        if not _is_asked(entry, known, folders):
            continue
        found = _find_period(entry, known, year)
        if found is None:
            continue
        period, guess = found
        if known and known["edition"] == year and known["period_end"] == period.end:
            continue  # a first edition knows it already
        asked = directory.of_indicator(
            entry["action"], entry["producer"], entry["chapter"], entry["asked_of"], entry["id"]
        )
        day = due or choose_due(period.end, year)
        if not due and today and day < today:
            day = today + DAYS_LEFT
        guesses = " ; ".join(filter(None, (asked.guess, guess)))
        span = (period.start, period.end)
        rows.append((entry["id"], own, asked.service, *span, day, guesses))
    header = TABLES["requests"].header
    return from_records(
        (dict(zip(header, row, strict=True)) for row in rows), PROCESSED["requests"]
    )


def _is_asked(entry: Mapping[str, Any], last: Mapping[str, Any] | None, folders: list[int]) -> bool:
    """Whether an indicator is asked for; ``last``: its newest value, ``folders``: years of the two
    newest folders."""
    if entry["asked"] == ONCE:
        return last is None or last["status"] != "définitif" or last["period_end"] is None
    if entry["asked"]:
        return entry["asked"] == EVERY_YEAR
    return last is not None and last["edition"] in folders


def _find_period(
    entry: Mapping[str, Any], last: Mapping[str, Any] | None, year: int
) -> tuple[Period, str] | None:
    """The period asked and why it is a guess ('' when the catalogue says it); None: nothing is
    asked for this year."""
    if entry["asked_period"]:
        period = parse_asked_period(entry["asked_period"]).find(year)
        return period and (period, "")
    former = Period(last["period_start"], last["period_end"]) if last else Period(None, None)
    lacking = "asked_period" if entry["asked"] else "asked"
    supposed = "période supposée" if last is None else "période supposée d’après la dernière valeur"
    guess = f"{lacking} vide au catalogue : {supposed}"
    return choose_period(entry["measure"], former, year), guess


#: How many questions of one kind, chapter and guess are named.
_NAMED = 5
_KINDS: dict[Kind, tuple[str, str]] = {
    "action": ("action", "actions"),
    "planned": ("action à court terme", "actions à court terme"),
    "improvement": ("piste", "pistes"),
    "milestone": ("échéance", "échéances"),
}


def describe_guesses(
    edition: Edition, requests: pd.DataFrame, questions: Iterable[Question]
) -> list[str]:
    """What is asked of a service that is only supposed to be the right one, or for a supposed
    period (French): a line for each value, then for each chapter and kind of question."""
    names = dict(edition.services[["id", "name"]].itertuples(index=False))
    lines = [
        f"valeur « {row['indicator']} » → {names[row['service']]} : {row['guess']}"
        for row in to_records(requests)
        if row["guess"]
    ]
    groups: dict[tuple[Kind, str, str], list[str]] = {}
    for question in questions:
        if question.guess:
            key = (question.kind, question.service, question.guess)
            groups.setdefault(key, []).append(question.id)
    for (kind, service, guess), ids in groups.items():
        count = french.format_count(len(ids), *_KINDS[kind])
        named = [*ids[:_NAMED], *(["…"] if len(ids) > _NAMED else [])]
        lines.append(f"{count} ({', '.join(named)}) → {names[service]} : {guess}")
    return lines


def format_requests(requests: pd.DataFrame) -> bytes:
    """requests.csv, from the rows of ``list_requests``."""
    return format_csv(write_dates(requests)[TABLES["requests"].header]).encode("utf-8")


def list_questions(edition: Edition, previous: Edition | None) -> list[Question]:
    """What the services are asked to follow up, nothing in a first edition: all that the
    ``previous`` edition presented, in its order, but what it said was over; then its milestones
    that will be past their date at the end of the year of ``edition`` and are still awaited, but
    those that tell the date of a short-term action: one event is asked about once.

    A thing typed for the first time in ``edition`` is not asked about. What ``edition`` changed of
    a line (its services, its title) stands.
    """
    if previous is None:
        return []
    closed = list_closed(previous)
    directory = Directory(edition)
    tables: tuple[tuple[Kind, str, str], ...] = (
        ("action", "actions", ""),
        ("planned", "planned", "action"),
        ("improvement", "improvements", "parent"),
    )
    questions = []
    planned = {row["id"]: row for row in to_records(edition.planned)}
    for table_kind, table, parent in tables:
        now = {row["id"]: row for row in to_records(getattr(edition, table))}
        for former in to_records(getattr(previous, table)):
            kind, row = table_kind, now.get(former["id"], former)
            if row["id"] in closed:
                continue
            if kind == "improvement" and row["id"] in planned:  # scheduled since
                kind, row = "planned", planned[row["id"]]
            named = directory.choose(row.get("services", ""))
            asked = directory.of_item(row["id"], row.get(parent, ""), row["chapter"])
            service, guess = (named, "") if named else (asked.service, asked.guess)
            questions.append(Question(row["id"], kind, service, row["chapter"], row, guess))
    asked_of = {question.id for question in questions}
    now = {row["id"]: row for row in to_records(edition.milestones)}
    answered, last_day = set(edition.followups["id"]), date(edition.year, 12, 31)
    for former in to_records(previous.milestones):
        id, row = former["id"], now.get(former["id"])
        if row is None or former["planned"] in asked_of or not is_overdue(former, last_day):
            continue
        if id in answered or is_overdue(row, last_day):
            asked = directory.of_item(row["action"], "", row["chapter"])
            said = (asked.service, row["chapter"], row, asked.guess)
            questions.append(Question(id, "milestone", *said))
    return questions


def list_days(
    edition: Edition, previous: Edition | None, service: str, questions: Iterable[Question]
) -> tuple[date, ...]:
    """Last days for the answers of a service, the earliest first. What became of an action in the
    year is answered with the last of all values; so is what a service describes of a first
    edition."""
    requests = edition.requests
    days = {row["due"] for row in to_records(requests[requests["service"] == service])}
    everyone = {row["due"] for row in to_records(requests)}
    if previous is None:
        days.add(max(everyone, default=choose_due(None, edition.year)))
    elif everyone and any(question.service == service for question in questions):
        days.add(max(everyone))
    return tuple(sorted(days))


def list_services(
    edition: Edition,
    previous: Edition | None,
    questions: Iterable[Question],
    tools: Iterable[str] = (),
) -> list[str]:
    """Ids of the services that get a form, in alphabetical order: those that are asked something
    (``tools``: by a sheet of a tool) and, in a first edition, all others, to describe what they
    do."""
    asked = {*edition.requests["service"], *(question.service for question in questions), *tools}
    return sorted(asked if previous else asked.union(list_answering(edition)))
