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

#: What tells whether a row is still what it was: these of its cells. Of what is followed up, its
#: source and where in it; of what is explained, the words.
Signature = tuple[str, ...]
_SOURCED = ("source", "locator")
SIGNED: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(FOLLOWED, _SOURCED),
    "not_comparable": ("reason", "locator"),
    "discrepancies": ("printed", "computed", "kept", "reason"),
}


def read_signatures(name: str, frame: pd.DataFrame) -> dict[str, Signature]:
    """The signature of each row of a table, by the name of its entry: ids of what is followed up
    are of one kind, those of the registers each of their own."""
    prefix = "" if name in FOLLOWED else f"{name}:"
    cells = zip(*(frame[column] for column in SIGNED[name]), strict=True)
    return {prefix + id: signature for id, signature in zip(frame["id"], cells, strict=True)}


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
    name: str, frame: pd.DataFrame, carried: Mapping[str, tuple[int, Signature]]
) -> pd.DataFrame:
    """A table with ``carried_from``, the edition from which a row was taken over as it was."""
    years = []
    for entry, signature in read_signatures(name, frame).items():
        year, former = carried.get(entry, (None, ()))
        years.append(year if signature == former else None)
    return frame.assign(carried_from=pd.array(years, dtype="Int64"))


def mark_followed(frame: pd.DataFrame, followups: pd.DataFrame) -> pd.DataFrame:
    """A table marked by ``mark_carried`` with ``followup``, what a service said this year, or
    ``UNCONFIRMED``."""
    states = dict(followups[["id", "state"]].itertuples(index=False))
    bare = frame["carried_from"].notna()
    said = [
        states.get(id, UNCONFIRMED if carried else "")
        for id, carried in zip(frame["id"], bare, strict=True)
    ]
    return frame.assign(followup=pd.array(said, dtype="str"))


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
