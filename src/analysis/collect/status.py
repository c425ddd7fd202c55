"""How far the collection of an edition has come: who has answered, what each chapter still lacks.

For the analyst, not for the report: it depends on the day.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from analysis.base.paths import Dossier
from analysis.collect import form_contract
from analysis.collect.requests import Question, list_days, list_questions, list_services
from analysis.execute.remarks import describe_remark, read_remarks
from analysis.model.followups import CLOSED, FOLLOWED
from analysis.model.schema import REVIEWED_PAGES, TEXT_HEADINGS, UNCONFIRMED
from analysis.model.store import OBSERVED, Edition, to_records
from analysis.show.identity import colour_chapters
from analysis.words import french, prose


@dataclass(frozen=True)
class Share:
    """``done`` out of ``total``."""

    done: int
    total: int

    @property
    def complete(self) -> bool:
        """Whether nothing is lacking; nothing asked is nothing lacking."""
        return self.done >= self.total

    @property
    def percent(self) -> int:
        """Whole percent, rounded down: 100 only where all is done."""
        return 100 * self.done // self.total if self.total else 100


@dataclass(frozen=True)
class ServiceStatus:
    """Where one service stands. ``errors``, ``flagged``: of the last reading of its answers, None
    where there was none. ``due``: the first day for what it still owes, else its last one; None
    where no date was set. ``described``: how many actions a first edition has from it; None where
    actions are followed up."""

    id: str
    name: str
    sent: bool
    returned: bool
    values: Share
    followups: Share
    errors: int | None
    flagged: int | None
    due: date | None
    late: bool
    described: int | None = None

    @property
    def complete(self) -> bool:
        """Whether it owes nothing more; what nobody has described cannot be counted."""
        back = self.described is None or (self.returned and not self.errors)
        return back and self.values.complete and self.followups.complete


@dataclass(frozen=True)
class ChapterStatus:
    """How much of one chapter is ready; ``described``: how many actions a first edition has of it,
    None where actions are followed up."""

    id: str
    number: str
    title: str
    colour: str
    values: Share
    texts: Share
    followups: Share
    described: int | None = None


@dataclass(frozen=True)
class Status:
    """The state of a collection on a day.

    ``followed``: how many entries of the earlier edition are confirmed, over, given up, without an
    answer (French words → number). ``overdue``: milestones past their date and still awaited.
    ``remarks``: the open remarks of reviewers, a short line each, by the title of their chapter.
    ``first``: no edition is earlier: services describe their actions, none is followed up.
    """

    year: int
    territory: str
    today: date
    services: list[ServiceStatus]
    chapters: list[ChapterStatus]
    followed: dict[str, int] = field(default_factory=dict)
    overdue: list[str] = field(default_factory=list)
    remarks: dict[str, list[str]] = field(default_factory=dict)
    first: bool = False


def read_reading(dossier: Dossier, year: int, service: str) -> dict[str, Any]:
    """The report of the last reading of a service's form; {} where there is none to be read."""
    name = f"{form_contract.name_source(service, year)}.json"
    path = dossier.report(year) / form_contract.RETURNS / name
    try:
        if path.stat().st_size > form_contract.LARGEST_FILE:
            return {}
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _count(reading: dict[str, Any], key: str) -> int | None:
    found = reading.get(key)
    if isinstance(found, list):
        return len(found)
    return found if isinstance(found, int) else None


def _list_absent(reading: dict[str, Any]) -> set[str]:
    """Codes of what the service said it does not have."""
    absent = reading.get("absent")
    rows = absent if isinstance(absent, list) else []
    return {str(row.get("code", "")) for row in rows if isinstance(row, dict)} - {""}


def find_answered(edition: Edition) -> set[str]:
    """Indicators of requests.csv with a value of the asked period in the edition's own folder.

    A value counts when it is a state, or ends, in the year in which the asked period ends: ten
    months are an answer to a year.
    """
    own, year = edition.territory["id"], edition.year
    values = edition.values
    known = values[
        (values["origin"] == OBSERVED)
        & (values["territory"] == own)
        & (values["edition"] == year)
        & values["value"].notna()
    ]
    ends: dict[str, set[int]] = {}
    for row in to_records(known):
        end = row["period_end"]
        ends.setdefault(row["indicator"], set()).add(end.year if end else year)
    return {
        request["indicator"]
        for request in to_records(edition.requests)
        if (request["period_end"].year if request["period_end"] else year)
        in ends.get(request["indicator"], ())
    }


def read_status(
    dossier: Dossier, edition: Edition, previous: Edition | None, today: date
) -> Status:
    """Where each service and each chapter stands.

    Parameters
    ----------
    edition : the edition being prepared.
    previous : the newest one before it, whose actions and improvements are followed up.
    today : the day to which due dates are compared.
    """
    questions = list_questions(edition, previous)
    followed = set(edition.followups["id"])
    answered = find_answered(edition)
    services = list_services(edition, previous, questions)
    readings = {id: read_reading(dossier, edition.year, id) for id in services}
    absent = {id: _list_absent(reading) for id, reading in readings.items()}
    requests = to_records(edition.requests)
    for request in requests:
        if request["indicator"] in absent[request["service"]]:
            answered.add(request["indicator"])
    names = dict(edition.services[["id", "name"]].itertuples(index=False))
    sources = set(edition.sources["id"])
    folder = dossier.report(edition.year) / form_contract.FORMS
    tables = [getattr(edition, name) for name in FOLLOWED]
    described = Counter(source for table in tables for source in table["source"])
    rows = []
    for id in services:
        asked = [request for request in requests if request["service"] == id]
        values = _count_known((request["indicator"] for request in asked), answered)
        followups = _count_known((q.id for q in questions if q.service == id), followed)
        days = list_days(edition, previous, id, questions)
        owed = [request["due"] for request in asked if request["indicator"] not in answered]
        errors = _count(readings[id], "errors")
        returned = bool(errors) or form_contract.name_source(id, edition.year) in sources
        owed += [] if followups.complete and (previous or returned) else days[-1:]
        due = min(owed or days[-1:], default=None)
        rows.append(
            ServiceStatus(
                id,
                names[id],
                sent=(folder / form_contract.name_form(id, edition.year)).is_file(),
                returned=returned,
                values=values,
                followups=followups,
                errors=errors,
                flagged=_count(readings[id], "flagged"),
                due=due,
                # It has answered: what is to be corrected waits for its copy.
                late=bool(owed and min(owed) < today) and not errors,
                described=None
                if previous
                else described[form_contract.name_source(id, edition.year)],
            )
        )
    rows.sort(key=lambda row: (row.name.casefold(), row.id))
    chapters = _list_chapters(edition, answered, followed, questions)
    if previous is None:
        counts = Counter(chapter for table in tables for chapter in table["chapter"])
        chapters = [replace(row, described=counts[row.id]) for row in chapters]
    followups = dict(edition.followups[["id", "state"]].itertuples(index=False))
    states = Counter(_name_followup(followups.get(question.id, "")) for question in questions)
    overdue = prose.describe_overdue(edition, min(today, date(edition.year, 12, 31)))
    head = (edition.year, edition.territory["name"], today)
    remarks = _list_open_remarks(dossier, edition)
    return Status(*head, rows, chapters, states, overdue, remarks, previous is None)


def _list_open_remarks(dossier: Dossier, edition: Edition) -> dict[str, list[str]]:
    titles = {row["id"]: f"{row['number']}. {row['title']}" for row in to_records(edition.chapters)}
    titles |= REVIEWED_PAGES
    lines: dict[str, list[str]] = {title: [] for title in titles.values()}
    for remark in read_remarks(dossier, edition.year):
        if remark.is_open:
            lines[titles[remark.chapter]].append(describe_remark(remark))
    return {title: own for title, own in lines.items() if own}


def count_remarks(remarks: list[str]) -> str:
    """« 2 remarques ouvertes »."""
    return french.format_count(len(remarks), "remarque ouverte", "remarques ouvertes")


#: What the analyst is told of a follow-up, in the order in which it is.
_FOLLOWED_WORDS = {
    "confirmed": ("confirmée par son service", "confirmées par leur service"),
    "over": ("achevée ou faite", "achevées ou faites"),
    "given up": ("abandonnée", "abandonnées"),
    "": ("sans réponse", "sans réponse"),
}


def _name_followup(state: str) -> str:
    """The key of ``_FOLLOWED_WORDS`` for a state of followups.csv."""
    if state in CLOSED:
        return "given up" if state == "abandonnée" else "over"
    return "confirmed" if state else ""


def describe_followed(status: Status) -> str:
    """« Suites : 3 confirmées par leur service, 1 abandonnée, 120 sans réponse (reprises sans
    confirmation). »"""
    parts = [
        french.format_count(status.followed[key], *words)
        for key, words in _FOLLOWED_WORDS.items()
        if status.followed.get(key)
    ]
    if not parts:
        return ""
    end = f" (publiées « {UNCONFIRMED} »)" if status.followed.get("") else ""
    return french.typeset(f"Suites : {', '.join(parts)}{end}.")


REMARKS = french.typeset("Remarques de relecture ouvertes")
OVERDUE = french.typeset("Échéances passées, dont rien ne dit qu’elles ont été tenues")


def _count_known(ids: Iterable[str], known: set[str]) -> Share:
    found = [id in known for id in ids]
    return Share(sum(found), len(found))


def _list_chapters(
    edition: Edition, answered: set[str], followed: set[str], questions: list[Question]
) -> list[ChapterStatus]:
    colours = colour_chapters(edition.chapters, edition.identity)
    chapter_of = dict(edition.indicators[["id", "chapter"]].itertuples(index=False))
    chapters = []
    for chapter in to_records(edition.chapters):
        id = chapter["id"]
        text = edition.texts.get(id, {})
        asked = [code for code in edition.requests["indicator"] if chapter_of[code] == id]
        written = {heading for heading in TEXT_HEADINGS if text.get(heading)}
        chapters.append(
            ChapterStatus(
                id,
                chapter["number"],
                chapter["title"],
                colours[id],
                values=_count_known(asked, answered),
                texts=_count_known(TEXT_HEADINGS, written),
                followups=_count_known((q.id for q in questions if q.chapter == id), followed),
            )
        )
    return chapters


def add_up(shares: Iterable[Share]) -> Share:
    """All of them together."""
    known = list(shares)
    return Share(sum(share.done for share in known), sum(share.total for share in known))


def name_state(service: ServiceStatus) -> str:
    """Where a service stands, in words."""
    if service.complete:
        return "complet"
    if service.errors:
        return "à corriger"
    if service.late:
        return "en retard"
    if service.returned:
        return "à compléter"
    return "attendu" if service.sent else "à envoyer"


def format_share(share: Share | int) -> str:
    """« 12/23 », « — » where nothing is asked; a number alone as it is."""
    if isinstance(share, int):
        return str(share)
    return f"{share.done}/{share.total}" if share.total else "—"


def find_followed(row: ServiceStatus | ChapterStatus) -> Share | int:
    """How many actions and improvements have an answer; in a first edition, how many there are."""
    return row.followups if row.described is None else row.described


def add_up_followed(rows: Iterable[ServiceStatus | ChapterStatus]) -> Share | int:
    """The same of all rows together."""
    known = list(rows)
    numbers = [row.described for row in known if row.described is not None]
    return sum(numbers) if numbers else add_up(row.followups for row in known)


def name_headings(status: Status, headings: tuple[str, ...]) -> tuple[str, ...]:
    """The headings of a table of this status: a first edition has actions, no follow-ups."""
    return tuple("Actions" if status.first and name == "Suites" else name for name in headings)


def _align(rows: list[list[str]]) -> list[str]:
    """Rows of cells as lines, in columns: the first to the left, the others to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for first, *others in rows:
        cells = [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        lines.append("  ".join([first.ljust(widths[0]), *cells]).rstrip())
    return lines


def list_service_cells(service: ServiceStatus) -> list[str]:
    """The cells of a service's row, but for its name."""
    return [
        "oui" if service.sent else "non",
        "oui" if service.returned else "non",
        format_share(service.values),
        format_share(find_followed(service)),
        "—" if service.errors is None else str(service.errors),
        "—" if service.flagged is None else str(service.flagged),
        name_state(service),
    ]


SERVICE_HEADINGS = (
    *("Service", "Envoyé", "Revenu", "Valeurs", "Suites"),
    *("Erreurs", "À revoir", "Où il en est"),
)
CHAPTER_HEADINGS = ("Chapitre", "Valeurs", "Textes", "Suites")


def describe_progress(status: Status) -> str:
    """One sentence: how many services have answered, how many are late."""
    total = len(status.services)
    back = sum(service.returned for service in status.services)
    late = sum(service.late for service in status.services)
    values = add_up(service.values for service in status.services)
    services = french.choose_form(back, f"service sur {total} a", f"services sur {total} ont")
    known = french.choose_form(
        values.done,
        f"valeur sur {values.total} est connue ou dite",
        f"valeurs sur {values.total} sont connues ou dites",
    )
    return french.typeset(
        f"{back} {services} répondu, {late} en retard ; "
        f"{values.done} {known} « {form_contract.NOT_AVAILABLE} »."
    )


def describe_status(status: Status) -> str:
    """Two tables for a terminal: services, then chapters."""
    day = french.format_date(status.today)
    services = [list(name_headings(status, SERVICE_HEADINGS))]
    services += [
        [french.typeset(service.name), *list_service_cells(service)] for service in status.services
    ]
    chapters = [list(name_headings(status, CHAPTER_HEADINGS))]
    for chapter in status.chapters:
        shares = (chapter.values, chapter.texts, find_followed(chapter))
        chapters.append([f"{chapter.number}. {chapter.title}", *map(format_share, shares)])
    title, progress = f"Édition {status.year}, au {day}", describe_progress(status)
    lines = [title, "", *_align(services), "", *_align(chapters), "", progress]
    if status.followed:
        lines.append(describe_followed(status))
    if status.overdue:
        lines += ["", f"{OVERDUE} :", *(f"  {item}" for item in status.overdue)]
    if status.remarks:
        lines += ["", f"{REMARKS} :"]
        for title, remarks in status.remarks.items():
            lines.append(f"  {title} : {count_remarks(remarks)}")
            lines += [f"    {remark}" for remark in remarks]
    return "\n".join(lines)
