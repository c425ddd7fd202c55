"""What stands behind a fact, in words: a document by its chapter and printed page, a service's form
by its service and its day. Lines, files and cells are for the analyst."""

from __future__ import annotations

import re
from datetime import date

from analysis.model.schema import JUDGEMENT, TEXT_READ
from analysis.model.source_documents import read_ranges
from analysis.model.store import Edition, to_records
from analysis.words import french
from analysis.words.document_places import cite_places, find_places
from analysis.words.hidden_markup import strip_marks

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_FORM = re.compile(r"formulaire-\d{4}-.+")

#: What stands in the place of a line of a document.
ANSWER = "réponse du service"


def is_form(source: str) -> bool:
    """Whether a source is a service's form."""
    return bool(_FORM.fullmatch(source))


def cite_place(edition: Edition, source: str, locator: str, *, lines: bool = False) -> str:
    """Where in its source something is said: « I.A, p. 8-10 », each place leading to the document;
    with its lines for the analyst (``lines``), and by its lines alone where its document has no
    outline. Of a form, that a service answered. A judgement, and what names no source ('', as the
    register), cite the one document that there is."""
    if is_form(source):
        return ANSWER
    plans = edition.document_plans
    if source not in plans and len(plans) == 1:
        kinds = set(edition.rows("sources", id=source)["kind"])
        source = next(iter(plans)) if kinds <= {JUDGEMENT} else source
    places = find_places(plans.get(source), source, locator)
    return cite_places(places, lines=lines) or join_lines(locator)


def explain_places(edition: Edition) -> str:
    """What « II.A, p. 13-16 » and « l. 384 » stand for, as a rule of a list; '' where the edition
    cites neither."""
    known = [plan for plan in edition.document_plans.values() if plan.has_pages]
    lines = any(map(read_ranges, edition.values["locator"]))
    if not lines:
        return ""
    if not known:
        return "un **repère** tel que « l. » suivi d’un nombre désigne une ligne de la source"
    return (
        "un **repère** donne la partie du document source, puis les pages imprimées entre"
        " lesquelles se trouve le passage, d’après son propre sommaire ; « ou avant » et « ou"
        " après » disent ce qu’il ne borne pas ; en annexe, « l. » et un nombre ajoutent la ligne"
    )


def join_lines(locator: str) -> str:
    """« l. 580 ; l. 647 » → « l. 580, 647 »."""
    return locator.replace(" ; ", ", ").replace(", l. ", ", ")


def cite_source(edition: Edition, source: str, locator: str) -> str:
    """The same, with the document's title where there is another whose place it could be."""
    place = cite_place(edition, source, locator)
    plans = edition.document_plans
    told = place and (not plans or [source] == list(plans))
    if is_form(source) or told:
        return place
    title = edition.source_titles.get(source, source)
    return ", ".join(filter(None, (title, place)))


def describe_doubt(certainty: str) -> str:
    """« à vérifier (de mémoire) »; '' of what was read in the text."""
    return "" if certainty == TEXT_READ else f"à vérifier ({certainty})"


def name_day(typed: str) -> str:
    """A date as sources.csv has it, in words: « 22 novembre 2026 », « janvier 2018 », « 2018 »;
    other words as they are."""
    if _DAY.fullmatch(typed):
        return french.format_date(date.fromisoformat(typed))
    month = _MONTH.fullmatch(typed)
    return f"{french.MONTHS[int(month[2])]} {month[1]}" if month else typed


def describe_publisher(edition: Edition, source: str) -> str:
    """« INSEE, 2018 »: who made a source and when; '' of a form, which is named by its service."""
    if is_form(source):
        return ""
    said = [
        ", ".join(filter(None, (row["producer"], name_day(row["publication"]))))
        for row in to_records(edition.rows("sources", id=source))
    ]
    return said[0] if said else ""


def name_answer(edition: Edition, source: str, locator: str = "") -> str:
    """« réponse du service « Habitat », 5 novembre 2018 »; of a document, its title and where in
    it."""
    if not is_form(source):
        title = edition.source_titles.get(source, source)
        place = strip_marks(cite_place(edition, source, locator))
        return ", ".join(filter(None, (title, place)))
    rows = to_records(edition.rows("sources", id=source))
    if not rows:
        return "réponse d’un service"
    day = rows[0]["accessed"]
    when = f", {name_day(day)}" if _DAY.fullmatch(day) else ""
    return f"{ANSWER} {french.quote(rows[0]['producer'])}{when}"
