"""What became of actions, short-term actions and improvements.

Nothing is guessed: what this edition neither describes nor follows up is « sans suite connue », and
what it only carries over, with the words of the same source, « reprise sans confirmation ».
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from analysis.compute.changes.change_frames import (
    BECAME_ACTION,
    BECAME_PLANNED,
    CONTINUED,
    NEW_ENTRY,
    POSTPONED,
    STILL_PLANNED,
    STILL_PROPOSED,
    UNKNOWN,
)
from analysis.model.followups import list_closed
from analysis.model.references import Row
from analysis.model.schema.processed_tables import CHANGED_PROGRAMME
from analysis.model.store import Edition, from_records, to_records
from analysis.words.french import join_list

#: What is said of an entry that this edition describes anew, from another source or another place
#: in it, table by table.
_STILL = {"actions": CONTINUED, "planned": STILL_PLANNED, "improvements": STILL_PROPOSED}
TABLES = tuple(_STILL)
_NAMES = {
    "actions": "les actions",
    "planned": "les actions à court terme",
    "improvements": "les pistes d’amélioration",
}


def find_unknown(earlier: Edition) -> list[str]:
    """Tables of which an edition that was never published knows nothing."""
    if not earlier.is_reconstituted:
        return []
    return [table for table in TABLES if getattr(earlier, table).empty]


def describe_unknown(earlier: Edition) -> str:
    """What ``find_unknown`` finds in words; '' where it finds nothing."""
    names = [_NAMES[table] for table in find_unknown(earlier)]
    return f"{join_list(names)} de {earlier.year} ne sont pas connues" if names else ""


def compare_programme(earlier: Edition, later: Edition) -> pd.DataFrame:
    """What became of each entry (``CHANGED_PROGRAMME``), in the order of the report; a table of
    which the earlier edition knows nothing has no row, nor has what that edition itself told of as
    over, and this one leaves out."""
    followups = {row["id"]: row for row in to_records(later.followups)}
    places = {table: set(getattr(later, table)["id"]) for table in TABLES}
    unknown, closed = find_unknown(earlier), list_closed(earlier)
    rows: list[dict[str, Any]] = []
    for table in TABLES:
        if table in unknown:
            continue
        former = {row["id"]: row for row in to_records(getattr(earlier, table))}
        present = {row["id"]: row for row in to_records(getattr(later, table))}
        gone = [id for id in former if id not in present and (id not in closed or id in followups)]
        for id in [*present, *gone]:
            then, now = former.get(id), present.get(id)
            followup = followups.get(id)
            rows.append(_follow(table, then, now, followup, places, later.year))
    order = dict(zip(later.chapters["id"], later.chapters["order"], strict=True))
    rows.sort(key=lambda row: (TABLES.index(row["table"]), order[row["chapter"]]))
    return from_records(rows, CHANGED_PROGRAMME)


def _follow(
    table: str,
    then: Row | None,
    now: Row | None,
    followup: Row | None,
    places: Mapping[str, set[str]],
    year: int,
) -> dict[str, Any]:
    entry, due = now or then or {}, then or now or {}
    end = due.get("due_end")
    state, new_due = _find_state(table, then, now, followup, places)
    said = followup or {}
    shown = now is not None and new_due is not None and new_due == now.get("due_end")
    return {
        "table": table,
        "id": entry["id"],
        "chapter": entry["chapter"],
        "title": entry["title"],
        "due_start": due.get("due_start"),
        "due_end": end,
        "overdue": then is not None and end is not None and end <= date(year, 12, 31),
        "state": state,
        "new_start": now["due_start"] if now and shown else None,
        "new_due": new_due,
        "note": said.get("note", ""),
        "source": said.get("source", ""),
        "locator": said.get("locator", ""),
        "described": now is not None,
    }


def _find_state(
    table: str,
    then: Row | None,
    now: Row | None,
    followup: Row | None,
    places: Mapping[str, set[str]],
) -> tuple[str, date | None]:
    """The state and the new date. What the follow-up says goes before what the tables show."""
    if followup is not None:
        return followup["state"], followup["new_due"]
    if then is None:
        return NEW_ENTRY, None
    if now is not None:
        if table == "planned" and (now["due_end"] or date.min) > (then["due_end"] or date.max):
            return POSTPONED, now["due_end"]
        return now["followup"] or _STILL[table], None
    if table != "actions" and then["id"] in places["actions"]:
        return BECAME_ACTION, None
    if table == "improvements" and then["id"] in places["planned"]:
        return BECAME_PLANNED, None
    return UNKNOWN, None
