"""What an edition puts to the decision: its proposals, what each needs to be decided."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from analysis.base.lists import split_list
from analysis.model.followups import CLOSED, UNDERTAKEN
from analysis.model.references import Row
from analysis.model.store import Edition, to_records

#: What a decision needs, in the order in which ``decision_source`` names who says each of them.
DECISION_FIELDS = ("decider", "needs", "due", "cost")


def list_filled(row: Mapping[str, Any]) -> list[str]:
    """The fields of a decision of which something is known."""
    return [name for name in DECISION_FIELDS if not pd.isna(row.get(name)) and row[name] != ""]


def list_sources(row: Mapping[str, Any]) -> dict[str, str]:
    """The source of each field that is known: that of the row where no other is named."""
    return _share_out(row, "source")


def list_places(row: Mapping[str, Any]) -> dict[str, str]:
    """Where in its source each of them is said."""
    return _share_out(row, "locator")


def _share_out(row: Mapping[str, Any], column: str) -> dict[str, str]:
    filled, named = list_filled(row), row.get(f"decision_{column}")  # no column in an older file
    said = split_list(named or "") or [row[column]]
    return dict(zip(filled, said if len(said) > 1 else said * len(filled), strict=True))


def is_open(row: Mapping[str, Any]) -> bool:
    """Whether something is still to be decided: nobody said that it is, or is done or dropped."""
    return row["followup"] not in CLOSED and row["status"] not in UNDERTAKEN


def list_open_decisions(edition: Edition, **wanted: Any) -> list[Row]:
    """Proposals still to be decided, as rows of ``improvements`` (``wanted`` as ``Edition.rows``
    takes it). First what is due first, then that of which most is known, then the order of the
    report."""
    rows = filter(is_open, to_records(edition.rows("improvements", **wanted)))
    return sorted(rows, key=lambda row: (row["due"] or date.max, -len(list_filled(row))))
