"""What became of the entries of an earlier edition: actions, short-term actions, improvements, and
the dates that have passed.

What a service said stands in followups.csv. What nobody answered is not known to go on: an entry
carried over as it was, without a row there, is ``UNCONFIRMED``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pandas as pd

from analysis.model.milestones import is_overdue
from analysis.model.schema import UNCONFIRMED
from analysis.model.store import Edition, to_records

#: Tables of what is followed up, in the order of the report.
FOLLOWED = ("actions", "planned", "improvements")
#: States after which an entry is neither carried over nor asked about again.
CLOSED = ("achevée", "abandonnée", "faite")

#: What tells whether a row is still what it was: its source, and where in it.
Signature = tuple[str, str]


def trace_carried(
    folders: Iterable[tuple[int, Mapping[str, Signature], set[str]]],
) -> dict[str, tuple[int, Signature]]:
    """The edition that last said something of each entry, and the entry's signature since.

    Parameters
    ----------
    folders : of each earlier edition, oldest first: its year, the signatures of its entries by id,
        the ids that its follow-ups name. An entry that a service confirmed is that edition's.
    """
    said: dict[str, tuple[int, Signature]] = {}
    for year, entries, followed in folders:
        for id, signature in entries.items():
            if id not in said or said[id][1] != signature or id in followed:
                said[id] = (year, signature)
    return said


def mark_carried(
    frame: pd.DataFrame, carried: Mapping[str, tuple[int, Signature]], followups: pd.DataFrame
) -> pd.DataFrame:
    """A table with ``carried_from``, the edition from which a row was taken over as it was, and
    ``followup``, what a service said this year, or ``UNCONFIRMED``."""
    states = dict(followups[["id", "state"]].itertuples(index=False))
    years, said = [], []
    for row in frame.itertuples():
        year, signature = carried.get(row.id, (None, ("", "")))
        if signature != (row.source, row.locator):
            year = None
        years.append(year)
        said.append(states.get(row.id, UNCONFIRMED if year else ""))
    return frame.assign(
        carried_from=pd.array(years, dtype="Int64"), followup=pd.array(said, dtype="str")
    )


def list_closed(edition: Edition) -> set[str]:
    """Ids of what an edition's follow-ups say is over."""
    followups = edition.followups
    return set(followups.loc[followups["state"].isin(CLOSED), "id"])


def list_followup_states(edition: Edition, previous: Edition) -> dict[str, str]:
    """What is known in ``edition`` of each entry that ``previous`` presented and did not close: by
    id, a state of followups.csv, ``UNCONFIRMED``, or '' where ``edition`` describes it anew or no
    longer."""
    states = {
        row["id"]: row["followup"] for table in FOLLOWED for row in to_records(edition.rows(table))
    }
    states |= dict(edition.followups[["id", "state"]].itertuples(index=False))
    closed = list_closed(previous)
    return {
        id: states.get(id, "")
        for table in FOLLOWED
        for id in getattr(previous, table)["id"]
        if id not in closed
    }


def list_overdue(edition: Edition, today: date | None = None) -> list[dict[str, Any]]:
    """Milestones past their date and still awaited on a day, by default the last of the edition's
    year; the oldest first."""
    day = today or date(edition.year, 12, 31)
    rows = [row for row in to_records(edition.milestones) if is_overdue(row, day)]
    return sorted(rows, key=lambda row: (row["date_end"] or row["date_start"], row["id"]))


# --- what was explained ---------------------------------------------------------------------------

#: Tables whose rows explain, and the words by which one is known to be an earlier edition's.
REGISTERS = {
    "not_comparable": ("reason", "locator"),
    "discrepancies": ("printed", "computed", "kept", "reason"),
}


def read_words(name: str, frame: pd.DataFrame) -> dict[str, Any]:
    """The words of each row of a register, by its id."""
    cells = zip(*(frame[column] for column in REGISTERS[name]), strict=True)
    return dict(zip(frame["id"], cells, strict=True))


def mark_explained(
    name: str, frame: pd.DataFrame, past: Mapping[int, pd.DataFrame]
) -> pd.DataFrame:
    """A register with ``carried_from``, the edition for which a row was written as it is.

    ``past``: the same table of each earlier edition, by year, oldest first.
    """
    carried = trace_carried((year, read_words(name, rows), set()) for year, rows in past.items())
    years = []
    for id, words in read_words(name, frame).items():
        year, former = carried.get(id, (None, ()))
        years.append(year if words == former else None)
    return frame.assign(carried_from=pd.array(years, dtype="Int64"))
