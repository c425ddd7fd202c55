"""Who answered, in words: a service's form is cited by its service and its day. Its file and its
cells are for the analyst, not for the readers of the report."""

from __future__ import annotations

import re
from datetime import date

from analysis.model.store import Edition, to_records
from analysis.words import french

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FORM = re.compile(r"formulaire-\d{4}-.+")

#: What stands in the place of a line of a document.
ANSWER = "réponse du service"


def is_form(source: str) -> bool:
    """Whether a source is a service's form."""
    return bool(_FORM.fullmatch(source))


def cite_place(source: str, locator: str) -> str:
    """Where in its source something is said; that a service answered, for a form."""
    return ANSWER if is_form(source) else locator


def name_answer(edition: Edition, source: str, locator: str = "") -> str:
    """« réponse du service « Habitat », 5 novembre 2018 »; of a document, its title and where in
    it."""
    if not is_form(source):
        title = edition.source_titles.get(source, source)
        return ", ".join(filter(None, (title, locator)))
    rows = to_records(edition.rows("sources", id=source))
    if not rows:
        return "réponse d’un service"
    day = rows[0]["accessed"]
    when = f", {french.format_date(date.fromisoformat(day))}" if _DAY.fullmatch(day) else ""
    return f"{ANSWER} {french.quote(rows[0]['producer'])}{when}"
