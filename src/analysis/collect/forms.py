"""The forms of an edition: what each service is asked, in words, and the files sent out.

A form that somebody has filled in is never overwritten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

import pandas as pd

from analysis.base.atomic import write_file
from analysis.base.command_names import name_command
from analysis.base.moving import move
from analysis.base.paths import Dossier
from analysis.collect import form_contract, form_styles
from analysis.collect.cell_answers import fold
from analysis.collect.form_writer import Band, BlankForm, Line, format_form
from analysis.collect.leftovers import is_filled
from analysis.collect.requests import (
    Kind,
    Question,
    list_days,
    list_questions,
    list_services,
)
from analysis.collect.tool_sheets import (
    TOOL_SHEETS,
    list_lines,
    list_offers,
    list_writers,
    read_edition_rows,
)
from analysis.model.periods import Period
from analysis.model.references import MONEY, UnknownReference
from analysis.model.store import Edition, to_records
from analysis.show.identity import colour_chapters
from analysis.words import french, prose
from analysis.words.decision_words import list_decision_facts
from analysis.words.hidden_markup import capitalise, strip_marks

FileOutcome = Literal["nouveau", "inchangé", "refait", "remplacé", "gardé"]


@dataclass(frozen=True)
class WrittenForm:
    """A form, what became of its file, and how many rows of it ask something."""

    path: Path
    service: str
    outcome: FileOutcome
    rows: int


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
    if value.period.undated:
        text += ", date non précisée"
    else:
        period = french.format_period(value.period_start, value.period_end)
        text += f"{', ' if period.startswith('fin') else ' '}{period}"
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
    if question.kind == "milestone":
        return _name_dates(row["date_start"], row["date_end"])
    if day := put_off.get(question.id):
        return f"Reportée {french.format_period(None, day)}"
    return _name_dates(row["due_start"], row["due_end"])


def _name_dates(start: date | None, end: date | None) -> str:
    name = french.name_period(start, end) if start or end else "sans date"
    return name[:1].upper() + name[1:]


#: Said to a service of which it is only supposed that it answers.
_GUESSED = "(Pas pour vous ? Dites en remarque quel service répond.)"
#: Order of the questions of the sheet of due dates, within a chapter.
_DUE_ORDER: tuple[Kind, ...] = ("planned", "milestone")


def _add_guess(text: str, guess: str) -> str:
    return f"{text}\n{french.typeset(_GUESSED)}" if guess else text


def _list_offers(edition: Edition) -> dict[form_contract.Offer, list[str]]:
    """The dossier's lists from which a service chooses where it describes what it does."""
    units = [unit["plural"] or unit["symbol"] for unit in to_records(edition.units)]
    return {
        "chapters": [*edition.chapters["short_title"]],
        "units": sorted(filter(None, units), key=fold),
        "payers": [*edition.payers["name"]],
    }


def _describe_summary(previous: Edition, text: str) -> str:
    return strip_marks(prose.resolve_line(previous, text))


def compose_forms(edition: Edition, previous: Edition | None) -> list[BlankForm]:
    """A form for each service that has something to answer or, in a first edition, to describe, in
    the order of their ids.

    Parameters
    ----------
    edition : the edition being prepared, with its requests.
    previous : the newest edition before it: its values, texts and announcements are shown. None for
        a first edition.
    """
    questions = list_questions(edition, previous)
    tools = _ask_tools(edition)
    accountants = read_edition_rows(edition).list_named("comptes")
    names = dict(edition.services[["id", "name"]].itertuples(index=False))
    offers = {} if previous else _list_offers(edition)
    in_money = edition.indicators.loc[edition.indicators["unit"] == MONEY, "id"]
    forms = []
    for service in list_services(edition, previous, questions, tools):
        asked = edition.requests[edition.requests["service"] == service]
        own = [question for question in questions if question.service == service]
        days = list_days(edition, previous, service, own)
        lines: dict[str, list[Band | Line]] = {}
        if previous:
            followed = (
                (form_contract.ACTIONS, _list_actions),
                (form_contract.DUE, _list_due),
                (form_contract.DECISIONS, _list_decisions),
            )
            for sheet, list_rows in followed:
                lines[sheet.key] = _add_bands(edition, list_rows(previous, own))
        else:  # nothing says yet of an amount which one it is: the service does
            amounts = asked["indicator"].isin(in_money)
            lines[form_contract.AMOUNTS.key] = [*_list_amounts(edition, asked[amounts], days)]
            asked = asked[~amounts]
        values = _list_values(edition, previous, asked, days)
        lines[form_contract.INDICATORS.key] = _add_bands(edition, values)
        own_tools, offered, headings = tools.get(service, ({}, {}, {}))
        forms.append(
            BlankForm(
                service,
                french.typeset(names[service]),
                edition.territory["name"],
                edition.year,
                days,
                lines | own_tools,
                edition.territory["id"],
                previous is None,
                offers | offered,
                headings,
                edition.accounts.empty and service in accountants,
            )
        )
    return forms


def _ask_tools(
    edition: Edition,
) -> dict[
    str, tuple[dict[str, list[Band | Line]], dict[form_contract.Offer, list[str]], dict[str, str]]
]:
    """Of each service that a tool asks something: the rows of its sheets, what these propose, how
    the dossier calls some of their columns."""
    known = read_edition_rows(edition)
    found: dict[str, tuple[dict, dict, dict]] = {}
    if edition.accounts.empty:  # whom the accounts are asked of has a form
        found |= {service: ({}, {}, {}) for service in known.list_named("comptes")}
    for sheet in TOOL_SHEETS:
        head = [Band(french.typeset(capitalise(sheet.intro)), f"#{form_styles.QUIET}")]
        numbers = [c.key for c in sheet.columns if c.given and c.answer == "number"]
        own: dict[str, list[Band | Line]] = {
            service: [*head] for service in list_writers(known, sheet)
        }
        lines = sorted(list_lines(known, sheet), key=lambda line: line.service)
        for (service, group), same in groupby(lines, lambda line: (line.service, line.group)):
            own.setdefault(service, [*head])
            own[service] += [Band(group, f"#{form_styles.MAIN}")] if group else []
            own[service] += [
                line.cells
                | {name: line.row[name] for name in numbers}
                | dict.fromkeys(sheet.list_closed(known, line.row), form_contract.CLOSED)
                for line in same
            ]
        for service, rows in own.items():
            sheets, offers, headings = found.setdefault(service, ({}, {}, {}))
            sheets[sheet.key] = rows
            offers |= list_offers(known, sheet, service)
            headings |= {f"{sheet.key}.{n}": words for n, words in sheet.headings(known).items()}
    return found


def _add_bands(edition: Edition, rows: Iterable[tuple[str, Line]]) -> list[Band | Line]:
    """Rows, each with its chapter, below the titles of chapters in the order of the report."""
    by_chapter: dict[str, list[Line]] = {}
    for chapter, line in rows:
        by_chapter.setdefault(chapter, []).append(line)
    lines: list[Band | Line] = []
    colours = colour_chapters(edition.chapters, edition.identity)
    for chapter in edition.chapters.itertuples():
        if own := by_chapter.get(chapter.id):
            title = f"{chapter.number}. {french.typeset(chapter.title)}"
            lines += [Band(title, colours[chapter.id]), *own]
    return lines


def _list_values(
    edition: Edition, previous: Edition | None, requests: pd.DataFrame, days: Sequence[date]
) -> Iterator[tuple[str, Line]]:
    catalogue = {row["id"]: row for row in to_records(edition.indicators)}
    payers = dict(edition.payers[["id", "name"]].itertuples(index=False))
    last = {}
    if previous:
        values, own = previous.values, edition.territory["id"]
        newest = values[(values["rank"] == 0) & (values["territory"] == own)]
        last = {row["indicator"]: row for row in to_records(newest)}
    for request in to_records(requests):
        entry = catalogue[request["indicator"]]
        asked = describe_asked(Period(request["period_start"], request["period_end"]))
        if request["due"] < days[-1]:
            asked += f"\n(pour le {french.format_date(request['due'])})"
        definition = _describe_definition(entry, last.get(entry["id"], {}), payers)
        line = {
            "code": entry["id"],
            "title": french.typeset(entry["title"]),
            "definition": _add_guess(definition, request["guess"]),
            "unit": _describe_unit(edition, entry["unit"]),
            "asked": asked,
        }
        if previous:
            line["previous"] = describe_last(previous, entry["id"], request["territory"])
        yield entry["chapter"], line


def _list_amounts(edition: Edition, requests: pd.DataFrame, days: Sequence[date]) -> Iterator[Line]:
    """The amounts that are asked for the first time, with their definition and their period."""
    for _, line in _list_values(edition, None, requests, days):
        title = f"{line['title']}\n{line['definition']}\n{line['asked']}"
        yield {"code": line["code"], "title": title}


def _list_actions(previous: Edition, questions: list[Question]) -> Iterator[tuple[str, Line]]:
    summaries = dict(previous.actions[["id", "summary"]].itertuples(index=False))
    for question in questions:
        if question.kind == "action":
            title = french.typeset(question.row["title"])
            summary = _describe_summary(previous, summaries[question.id])
            if dates := strip_marks(prose.describe_milestones(previous, question.id)):
                summary += f"\nDates{french.NO_BREAK}: {dates}"
            line = {"code": question.id, "title": _add_guess(title, question.guess)}
            yield question.chapter, line | {"summary": summary}


def _list_due(previous: Edition, questions: list[Question]) -> Iterator[tuple[str, Line]]:
    followups = to_records(previous.followups)
    put_off = {row["id"]: row["new_due"] for row in followups if row["new_due"]}
    actions = dict(previous.actions[["id", "title"]].itertuples(index=False))
    asked = [question for question in questions if question.kind in _DUE_ORDER]
    for question in sorted(asked, key=lambda question: _DUE_ORDER.index(question.kind)):
        title = french.typeset(question.row["title"])
        if question.kind != "milestone":
            below = _describe_summary(previous, question.row["summary"])
        elif action := actions.get(question.row["action"]):
            below = french.typeset(f"Échéance de l’action « {action} »")
        else:
            below = "Échéance du chapitre"
        line = {"code": question.id, "title": _add_guess(f"{title}\n{below}", question.guess)}
        yield question.chapter, line | {"due": _describe_due(question, put_off)}


def _list_decisions(previous: Edition, questions: list[Question]) -> Iterator[tuple[str, Line]]:
    """The improvements, with what is known of the decision that each calls for."""
    told = dict(previous.improvements[["id", "history"]].itertuples(index=False))
    for question in questions:
        if question.kind != "improvement":
            continue
        row = question.row
        title = f"{french.typeset(row['title'])}\n{_describe_summary(previous, row['summary'])}"
        known = [strip_marks(capitalise(told[question.id]))]
        known += [
            f"{head}{french.NO_BREAK}: {said}" for head, said in list_decision_facts(previous, row)
        ]
        line = {"code": question.id, "title": title, "known": "\n".join(known)}
        yield question.chapter, line


def write_forms(
    dossier: Dossier, edition: Edition, previous: Edition | None, *, force: bool = False
) -> Iterator[WrittenForm]:
    """Write the forms below ``report(year)/formulaires``, one after the other.

    A form that is there and holds an answer, or cannot be read, is kept (« gardé »), unless
    ``force``: it is then set aside under a name in ``.ancien`` and replaced. A form without any
    answer is written anew when what it asks has changed.
    """
    folder = dossier.report(edition.year) / form_contract.FORMS
    for form in compose_forms(edition, previous):
        path = folder / form_contract.name_form(form.service, edition.year)
        content = format_form(form)
        outcome = _choose_outcome(path, content, force)
        if outcome == "remplacé":
            _set_aside(path)
        if outcome not in ("inchangé", "gardé"):
            write_file(path, content)
        yield WrittenForm(path, form.service, outcome, sum(map(form.count, form.lines)))


def _choose_outcome(path: Path, content: bytes, force: bool) -> FileOutcome:
    if not path.exists():
        return "nouveau"
    if path.read_bytes() == content:
        return "inchangé"
    if not is_filled(path):
        return "refait"
    return "remplacé" if force else "gardé"


def _set_aside(path: Path) -> None:
    rank, aside = 1, path.with_name(path.name + ".ancien")
    while aside.exists():
        rank += 1
        aside = path.with_name(f"{path.name}.ancien-{rank}")
    move(path, aside)


def describe_written(
    written: list[WrittenForm],
    year: int,
    guesses: Sequence[str] = (),
    past: Iterable[date] = (),
) -> str:
    """What became of the forms, what was supposed of whom they go to (``describe_guesses``), last
    days that have gone by (``past``), and what comes next (French, several lines)."""
    if not written:
        return f"Aucun service n’a de question pour l’édition {year}."
    lines = [f"Formulaires {year} dans {written[0].path.parent} :"]
    for form in written:
        rows = french.format_count(form.rows, "ligne", "lignes") if form.rows else "à décrire"
        lines.append(f"  {form.path.name} : {form.outcome}, {rows}")
    if kept := sum(form.outcome == "gardé" for form in written):
        one, many = "formulaire déjà rempli, laissé", "formulaires déjà remplis, laissés"
        lines.append(
            f"{french.format_count(kept, one, many)} en l’état ; "
            f"pour refaire : {name_command('forms', year=year, force=True)} "
            "(l’ancien est mis de côté)."
        )
    if guesses:
        lines.append("À attribuer avant l’envoi, services ou périodes supposés :")
        lines += [f"  {guess}" for guess in guesses]
    if days := [french.format_date(day) for day in sorted(set(past))]:
        lines.append(
            f"Date{'s' * (len(days) > 1)} de réponse déjà passée{'s' * (len(days) > 1)} :"
            f" {french.join_list(days)}. Avant l’envoi, la changer dans raw/{year}/requests.csv"
            " (colonne due), puis relancer la commande."
        )
    collecting = name_command("collect", year=year, **{"from": "recus"})
    lines.append(
        "Ensuite : les envoyer aux services, puis lire leurs réponses, posées dans un dossier :"
        f" {collecting} ; qui a répondu : {name_command('status', year=year)}."
    )
    return "\n".join(lines)
