"""The forms of an edition: what each service is asked, in words, and the files sent out.

A form that somebody has filled in is never overwritten.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import openpyxl

from analysis.base.paths import Dossier
from analysis.collect import form_contract
from analysis.collect.requests import Question, list_questions, list_services
from analysis.collect.workbook_writer import Band, Form, Line, format_form, has_answers
from analysis.model.periods import Period
from analysis.model.references import UnknownReference
from analysis.model.store import Edition, to_records
from analysis.show.identity import colour_chapters
from analysis.words import french, prose
from analysis.words.hidden_markup import strip_marks

Outcome = Literal["nouveau", "inchangé", "refait", "remplacé", "gardé"]
#: A larger file is no form of ours: it is not opened.
_LARGEST = 20_000_000


@dataclass(frozen=True)
class Written:
    """A form and what became of its file."""

    path: Path
    service: str
    outcome: Outcome
    rows: int


# --- words ----------------------------------------------------------------------------------------


def describe_asked(period: Period) -> str:
    """The period asked: « Année 2018 », « Fin 2018 », « De 2011 à 2018 »."""
    words = french.format_period(period.start, period.end)
    if words == f"en {period.end.year}":
        words = f"année {period.end.year}"
    return words[:1].upper() + words[1:]


def describe_last(edition: Edition, indicator: str, territory: str) -> str:
    """The last value known to ``edition``: « plus de 5 000 visiteurs en 2017 (provisoire) »."""
    try:
        value = edition.value(f"{indicator}@{territory}")
    except UnknownReference:  # never measured here: asked by the analyst for the first time
        return "aucune"
    if value.value is None:
        return "aucune"
    text = prose.format_quantity(edition, value)
    if not value.period.undated:
        period = french.format_period(value.period_start, value.period_end)
        text += f"{', ' if period.startswith('fin') else ' '}{period}"
    else:
        text += ", date non précisée"
    return text if value.status in ("", "définitif") else f"{text} ({value.status})"


def _describe_unit(edition: Edition, id: str) -> str:
    unit = edition.unit(id)
    word, symbol = unit["plural"] or unit["singular"], unit["symbol"]
    return f"{word} ({symbol})" if word and symbol and word != symbol else word or symbol


def _describe_definition(entry: dict[str, Any], last: dict[str, Any], payers: dict) -> str:
    """The catalogue's definition; for an amount, its stage and who pays."""
    text = entry["definition"].rstrip()
    if last.get("stage"):
        text += "" if text.endswith((".", "!", "?")) else "."
        text += f" Montant {last['stage']} ; financeur : {payers[last['payer']]}."
    return french.typeset(text)


def _describe_due(question: Question, put_off: dict[str, date]) -> str:
    row = question.row
    if day := put_off.get(question.id):
        return f"Reportée au {french.format_date(day)}"
    if question.kind == "improvement":
        year = row["first_edition"]
        return f"Piste proposée en {year}" if isinstance(year, int) else "Piste proposée"
    start, end = row["due_start"], row["due_end"]
    if start and not end:
        return f"À partir du {french.format_date(start)}"
    if not end:
        return "Sans date"
    name = french.name_period(start, end)
    return name[:1].upper() + name[1:]


def compose_forms(edition: Edition, previous: Edition) -> list[Form]:
    """A form for each service that has something to answer, in the order of their ids.

    Parameters
    ----------
    edition : the edition being prepared, with its requests.
    previous : the newest edition before it: its values, texts and announcements are shown.
    """
    questions = list_questions(edition, previous)
    names = dict(edition.services[["id", "name"]].itertuples(index=False))
    general = edition.requests["due"].min()
    forms = []
    for service in list_services(edition.requests, questions):
        asked = edition.requests[edition.requests["service"] == service]
        due = asked["due"].min() if len(asked) else general
        own = [question for question in questions if question.service == service]
        lines = {
            form_contract.INDICATORS.key: _list_values(edition, previous, service),
            form_contract.ACTIONS.key: _list_actions(edition, previous, own),
            form_contract.DUE.key: _list_due(edition, previous, own),
        }
        forms.append(
            Form(
                service,
                french.typeset(names[service]),
                edition.territory["name"],
                edition.year,
                None if due != due or due is None else due.date(),
                lines,
            )
        )
    return forms


def _band_rows(edition: Edition, rows: list[tuple[str, Line]]) -> list[Band | Line]:
    """Rows below the title of their chapter, chapters in the order of the report."""
    lines: list[Band | Line] = []
    colours = colour_chapters(edition.chapters)
    for chapter in edition.chapters.itertuples():
        own = [line for name, line in rows if name == chapter.id]
        if own:
            title = f"{chapter.number}. {french.typeset(chapter.title)}"
            lines += [Band(title, colours[chapter.id]), *own]
    return lines


def _list_values(edition: Edition, previous: Edition, service: str) -> list[Band | Line]:
    catalogue = {row["id"]: row for row in to_records(edition.indicators)}
    payers = dict(edition.payers[["id", "name"]].itertuples(index=False))
    own = edition.territory["id"]
    known = previous.values[(previous.values["rank"] == 0) & (previous.values["territory"] == own)]
    last = {row["indicator"]: row for row in to_records(known)}
    rows = []
    for request in to_records(edition.requests[edition.requests["service"] == service]):
        entry = catalogue[request["indicator"]]
        rows.append(
            (
                entry["chapter"],
                {
                    "code": entry["id"],
                    "title": french.typeset(entry["title"]),
                    "definition": _describe_definition(entry, last.get(entry["id"], {}), payers),
                    "unit": _describe_unit(edition, entry["unit"]),
                    "asked": describe_asked(Period(request["period_start"], request["period_end"])),
                    "previous": describe_last(previous, entry["id"], request["territory"]),
                },
            )
        )
    return _band_rows(edition, rows)


def _plain(edition: Edition, text: str) -> str:
    return strip_marks(prose.resolve_line(edition, text))


def _list_actions(
    edition: Edition, previous: Edition, questions: list[Question]
) -> list[Band | Line]:
    summaries = dict(previous.actions[["id", "summary"]].itertuples(index=False))
    rows = [
        (
            question.chapter,
            {
                "code": question.id,
                "title": french.typeset(question.row["title"]),
                "summary": _plain(previous, summaries[question.id]),
            },
        )
        for question in questions
        if question.kind == "action"
    ]
    return _band_rows(edition, rows)


def _list_due(edition: Edition, previous: Edition, questions: list[Question]) -> list[Band | Line]:
    followups = to_records(previous.followups)
    put_off = {row["id"]: row["new_due"] for row in followups if row["new_due"]}
    rows = [
        (
            question.chapter,
            {
                "code": question.id,
                "title": f"{french.typeset(question.row['title'])}\n"
                f"{_plain(previous, question.row['summary'])}",
                "due": _describe_due(question, put_off),
            },
        )
        for question in questions
        if question.kind != "action"
    ]
    return _band_rows(edition, rows)


# --- files ----------------------------------------------------------------------------------------


def write_forms(
    dossier: Dossier, edition: Edition, previous: Edition, *, force: bool = False
) -> Iterator[Written]:
    """Write the forms below ``report(year)/formulaires``, one after the other.

    A form that is there and holds an answer, or cannot be read, is kept (« gardé »), unless
    ``force``: it is then set aside under a name in ``.ancien`` and replaced. A form without any
    answer is written anew when what it asks has changed.
    """
    folder = dossier.report(edition.year) / form_contract.FORMS
    for form in compose_forms(edition, previous):
        path = folder / form_contract.name_form(form.service, edition.year)
        content = format_form(form)
        rows = sum(form.count(sheet.key) for sheet in form_contract.SHEETS)
        outcome = _choose_outcome(path, content, force)
        if outcome == "remplacé":
            _set_aside(path)
        if outcome not in ("inchangé", "gardé"):
            folder.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(f".{path.name}.tmp")
            temporary.write_bytes(content)
            os.replace(temporary, path)
        yield Written(path, form.service, outcome, rows)


def _choose_outcome(path: Path, content: bytes, force: bool) -> Outcome:
    if not path.exists():
        return "nouveau"
    if path.read_bytes() == content:
        return "inchangé"
    if not is_filled(path):
        return "refait"
    return "remplacé" if force else "gardé"


def is_filled(path: Path) -> bool:
    """Whether somebody has written an answer into a form; also when it cannot be read as one."""
    if path.stat().st_size > _LARGEST:
        return True
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            titles = set(book.sheetnames)
            if not titles.issuperset(sheet.title for sheet in form_contract.SHEETS):
                return True
            return any(
                has_answers(sheet.headings, list(book[sheet.title].iter_rows(values_only=True)))
                for sheet in form_contract.SHEETS
            )
        finally:
            book.close()
    except Exception:  # openpyxl lets through whatever a broken archive raises
        return True


def _set_aside(path: Path) -> None:
    rank, aside = 1, path.with_name(path.name + ".ancien")
    while aside.exists():
        rank += 1
        aside = path.with_name(f"{path.name}.ancien-{rank}")
    os.replace(path, aside)


def describe_written(written: list[Written], year: int) -> str:
    """What became of the forms, and what comes next (French, several lines)."""
    if not written:
        return f"Aucun service n’a de question pour l’édition {year}."
    lines = [f"Formulaires {year} dans {written[0].path.parent} :"]
    lines += [
        f"  {form.path.name} : {form.outcome}, {form.rows} ligne{'s' if form.rows > 1 else ''}"
        for form in written
    ]
    if kept := [form.path.name for form in written if form.outcome == "gardé"]:
        lines.append(
            f"{len(kept)} formulaire{'s' if len(kept) > 1 else ''} déjà rempli"
            f"{'s' if len(kept) > 1 else ''}, laissé{'s' if len(kept) > 1 else ''} en l’état ; "
            f"pour refaire : make forms YEAR={year} FORCE=1 (l’ancien est mis de côté)."
        )
    lines.append("Ensuite : les envoyer aux services, puis lire leurs réponses.")
    return "\n".join(lines)
