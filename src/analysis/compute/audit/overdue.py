"""Milestones against the edition's year: one that has passed and that nobody confirmed is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from analysis.compute.audit.findings import CONFORM, UNCONTROLLED, Finding, Values
from analysis.model.milestones import describe_standing, is_unconfirmed
from analysis.model.schema import TABLES
from analysis.model.store import Edition, to_records
from analysis.words import french

OVERDUE = "échéance passée"


def control_milestones(edition: Edition, values: Values) -> Iterator[Finding]:
    """One finding for each milestone."""
    file = TABLES["milestones"].file(edition.year)
    for row in to_records(edition.milestones):
        when = french.name_period(row["date_start"], row["date_end"])
        said = f"{when} : {describe_standing(row, edition.year)}."
        verdict = UNCONTROLLED if is_unconfirmed(row, date(edition.year, 12, 31)) else CONFORM
        yield Finding(f"jalon:{row['id']}", OVERDUE, "", row["title"], verdict, said, file=file)
