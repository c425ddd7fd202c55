"""Where a milestone stands at the end of an edition's year."""

from __future__ import annotations

from datetime import date

from analysis.model.references import Row

DONE, RUNNING, PLANNED = "fait", "en cours", "prévu"


def is_unconfirmed(milestone: Row, year: int) -> bool:
    """Whether it was to begin, or to end, by the end of the year, and nobody said that it did."""
    day = milestone["date_end"] or milestone["date_start"]
    if milestone["status"] == RUNNING:
        day = milestone["date_end"]
    past = day is not None and day <= date(year, 12, 31)
    return past and milestone["status"] != DONE


def describe_standing(milestone: Row, year: int) -> str:
    """« fait », « en cours », « prévision », or what is not known of a date that has passed."""
    status = milestone["status"]
    if is_unconfirmed(milestone, year):
        unknown = "terme passé, fin" if status == RUNNING else "échéance passée,"
        return f"{unknown} non confirmée"
    return "prévision" if status == PLANNED else status
