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


def is_unconfirmed(milestone: Row, day: date) -> bool:
    """Whether it is overdue on that day, and no service said this year what became of it."""
    return is_overdue(milestone, day) and not milestone["followup"]


def describe_standing(milestone: Row, year: int) -> str:
    """« fait », « en cours », « prévision », or what is not known of a date that has passed."""
    status, last_day = milestone["status"], date(year, 12, 31)
    if is_unconfirmed(milestone, last_day):
        unknown = "terme passé, fin" if status == RUNNING else "échéance passée,"
        return f"{unknown} non confirmée"
    if status == PLANNED and is_overdue(milestone, last_day):
        return "reporté, sans nouvelle date"
    return "prévision" if status == PLANNED else status
