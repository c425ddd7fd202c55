"""Where a milestone stands at the end of an edition's year."""

from __future__ import annotations

from datetime import date

from analysis.model.references import Row

DONE, RUNNING, PLANNED = "fait", "en cours", "prévu"


def is_overdue(milestone: Row, day: date) -> bool:
    """Whether it was to be done by that day, or to have begun where no last day is known and it had
    not, and nobody said that it was."""
    last = milestone["date_end"]
    if last is None and milestone["status"] == PLANNED:
        last = milestone["date_start"]
    return milestone["status"] in (RUNNING, PLANNED) and last is not None and last <= day


def is_unconfirmed(milestone: Row, year: int) -> bool:
    """Whether it is overdue at the end of the edition's year."""
    return is_overdue(milestone, date(year, 12, 31))


def describe_standing(milestone: Row, year: int) -> str:
    """« fait », « en cours », « prévision », or what is not known of a date that has passed."""
    status = milestone["status"]
    if is_unconfirmed(milestone, year):
        unknown = "terme passé, fin" if status == RUNNING else "échéance passée,"
        return f"{unknown} non confirmée"
    return "prévision" if status == PLANNED else status
