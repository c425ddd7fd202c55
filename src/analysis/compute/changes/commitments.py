"""What had been announced: targets, and dates of milestones and short-term actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import pandas as pd

from analysis.compute.changes.change_frames import (
    BECAME_ACTION,
    GIVEN_UP,
    KEPT,
    LATE,
    NO_NEWS,
    POSTPONED,
    PUT_OFF,
    RUNNING,
)
from analysis.model.followups import CLOSED
from analysis.model.progress import order_targets
from analysis.model.references import Row
from analysis.model.schema.processed_tables import CHANGED_TARGETS, DEADLINES, PROGRESS
from analysis.model.store import Edition, from_records, to_records

# --- targets --------------------------------------------------------------------------------------


def compare_targets(earlier: Edition, later: Edition) -> pd.DataFrame:
    """Each target of either edition, what was concluded and what is (``CHANGED_TARGETS``)."""
    former, present = _read_targets(earlier), _read_targets(later)
    pairs: list[tuple[Row | None, Row | None]] = [
        (_find_same(row, former, present), row) for row in present
    ]
    met = [id(then) for then, _ in pairs]
    pairs += [(row, None) for row in former if id(row) not in met]
    rows = order_targets([_compare_target(then, now) for then, now in pairs])
    return from_records(rows, CHANGED_TARGETS)


def _read_targets(edition: Edition) -> list[Row]:
    """Rows of ``progress``; a share whose count has a target is said by that one."""
    return [row for row in to_records(edition.progress) if not row["counted"]]


def _find_same(row: Row, former: list[Row], present: list[Row]) -> Row | None:
    """The earlier edition's target: the one of the same date, else the only one of the indicator in
    both editions, whose date was moved."""
    same = row["indicator"], row["entry"]
    mine, those = (
        [other for other in rows if (other["indicator"], other["entry"]) == same]
        for rows in (present, former)
    )
    for other in those:
        if other["target_date"] == row["target_date"]:
            return other
    return those[0] if len(mine) == len(those) == 1 else None


def _compare_target(then: Row | None, now: Row | None) -> dict[str, Any]:
    row: Row = now or then or {}
    return {name: row[name] for name in PROGRESS.header if name in row} | {
        "former_target": then["target_value"] if then else None,
        "former_date": then["target_date"] if then else None,
        "former_verdict": then["verdict"] if then else "",
        "verdict": now["verdict"] if now else "",
        "renewed": now is not None and now["value"] is not None and _is_newer(now, then),
    }


def _is_newer(now: Row, then: Row | None) -> bool:
    if then is None or then["value"] is None:
        return True
    return (now["value_date"], now["value"]) != (then["value_date"], then["value"])


# --- dates ----------------------------------------------------------------------------------------

#: What an outcome of the programme is for a date that has passed.
_OUTCOMES = {"faite": KEPT, BECAME_ACTION: KEPT, POSTPONED: PUT_OFF, "en cours": RUNNING,
             "abandonnée": GIVEN_UP}  # fmt: skip


def list_deadlines(earlier: Edition, later: Edition, programme: pd.DataFrame) -> pd.DataFrame:
    """Milestones and short-term actions of the earlier edition that it did not call done and whose
    date (where only a first day is known, that one) has passed at the end of the later edition's
    year (``DEADLINES``), by date.

    A milestone that tells the date of a short-term action makes one row with it; what is known of
    either is known.
    """
    horizon = date(later.year, 12, 31)
    rows = [*_list_planned(earlier, programme, horizon)]
    twins = dict(earlier.milestones[["id", "planned"]].itertuples(index=False))
    for row in _list_milestones(earlier, later, horizon):
        twin = next((other for other in rows if other["id"] == twins[row["id"]]), None)
        if twin is None:
            rows.append(row)
        elif twin["outcome"] == NO_NEWS:
            twin |= {name: row[name] for name in ("outcome", "new_start", "new_due", "source")}
    rows.sort(key=lambda row: (row["due_end"] or row["due_start"], row["id"]))
    return from_records(rows, DEADLINES)


def _find_due(status: str, start: date | None, end: date | None) -> date | None:
    """The day by which it was to be done; to have begun, where no end is known and it had not."""
    return end or (None if status == RUNNING else start)


def _list_planned(
    earlier: Edition, programme: pd.DataFrame, horizon: date
) -> Iterator[dict[str, Any]]:
    former = {row["id"]: row for row in to_records(earlier.planned)}
    for row in to_records(programme[programme["table"] == "planned"]):
        then = former.get(row["id"])
        if then is None:
            continue
        due = _find_due(then["status"], row["due_start"], row["due_end"])
        if due is None or due > horizon:
            continue
        outcome = _OUTCOMES.get(row["state"], NO_NEWS)
        yield {name: row[name] for name in DEADLINES.header if name in row} | {
            "outcome": outcome, "locator": then["locator"],
        }  # fmt: skip


def _list_milestones(earlier: Edition, later: Edition, horizon: date) -> Iterator[dict[str, Any]]:
    present = {row["id"]: row for row in to_records(later.milestones)}
    followups = {row["id"]: row for row in to_records(later.followups)}
    for then in to_records(earlier.milestones):
        due = _find_due(then["status"], then["date_start"], then["date_end"])
        over = then["status"] == KEPT or then.get("followup") in CLOSED
        if over or due is None or due > horizon:
            continue
        now = present.get(then["id"])
        outcome, new_due, source = _find_outcome(due, then, now, followups.get(then["id"]))
        dated = now is not None and new_due is not None and new_due == now["date_end"]
        yield {
            "table": "milestones", "id": then["id"], "chapter": then["chapter"],
            "title": then["title"], "due_start": then["date_start"], "due_end": then["date_end"],
            "outcome": outcome, "new_start": now["date_start"] if now and dated else None,
            "new_due": new_due, "source": source, "locator": then["locator"],
        }  # fmt: skip


def _find_outcome(
    due: date, then: Row, now: Row | None, followup: Mapping[str, Any] | None
) -> tuple[str, date | None, str]:
    """The outcome, the new date and the source that says so: the follow-up's word, else what this
    edition's own row says where it was changed."""
    if followup is not None:
        outcome = _OUTCOMES.get(followup["state"], NO_NEWS)
        return outcome, followup["new_due"], followup["source"]
    if now is None:
        return NO_NEWS, None, ""
    end = now["date_end"] or now["date_start"]
    source = now["source"] if now["source"] != then["source"] else ""
    if now["status"] == KEPT:
        return (LATE if end and end > due else KEPT), None, source
    if now["status"] in (RUNNING, GIVEN_UP) and now["status"] != then["status"]:
        return now["status"], None, source
    if end is not None and end > due:
        return PUT_OFF, end, source
    return NO_NEWS, None, ""
