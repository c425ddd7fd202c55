"""What an edition puts to the decision: its proposals, what each needs to be decided."""

from __future__ import annotations

from datetime import date
from typing import Any

from analysis.model.followups import CLOSED
from analysis.model.references import Row
from analysis.model.store import Edition, to_records

#: What a decision needs, in the order in which ``decision_source`` names who says each of them.
DECISION_FIELDS = ("decider", "needs", "due", "cost")


def list_open_decisions(edition: Edition, **wanted: Any) -> list[Row]:
    """Proposals that no service said are done or dropped, as rows of ``improvements`` (``wanted``
    as ``Edition.rows`` takes it). First what is due first, then that of which most is known, then
    the order of the report."""
    rows = to_records(edition.rows("improvements", **wanted))
    return sorted(
        (row for row in rows if row["followup"] not in CLOSED),
        key=lambda row: (row["due"] or date.max, -sum(bool(row[f]) for f in DECISION_FIELDS)),
    )
