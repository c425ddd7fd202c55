"""Values of two editions side by side, and past values that were revised."""

from __future__ import annotations

from collections.abc import Mapping
from math import isclose
from typing import Any

import pandas as pd

from analysis.compute.changes.change_frames import FOLLOWED, NEW, NOT_RENEWED
from analysis.model.periods import Period, compare
from analysis.model.references import Row, Value, compute_difference, compute_growth
from analysis.model.schema.processed_tables import CHANGED_VALUES, REVISED_VALUES
from analysis.model.store import OBSERVED, Edition, from_records, to_records
from analysis.words.lineage import name_row_reference

_Key = tuple[str, str]


def _read_known(edition: Edition) -> dict[_Key, list[Row]]:
    """Rows of ``values`` that hold a number, by indicator and territory."""
    known: dict[_Key, list[Row]] = {}
    for row in to_records(edition.values):
        if row["value"] is not None:
            known.setdefault((row["indicator"], row["territory"]), []).append(row)
    return known


def _find_latest(rows: list[Row]) -> Row | None:
    return next((row for row in rows if row["rank"] == 0), None)


def _period(row: Row) -> Period:
    return Period(row["period_start"], row["period_end"])


def _list_keys(earlier: Mapping[_Key, Any], later: Mapping[_Key, Any], edition: Edition) -> list:
    order = {id: place for place, id in enumerate(edition.indicators["id"])}
    own = edition.territory["id"]
    return sorted({*earlier, *later}, key=lambda key: (order[key[0]], key[1] != own, key[1]))


def compare_values(earlier: Edition, later: Edition) -> pd.DataFrame:
    """The reference value of each edition, and whether they compare (``CHANGED_VALUES``)."""
    former, present = _read_known(earlier), _read_known(later)
    rows = []
    for key in _list_keys(former, present, later):
        then, now = (_find_latest(known.get(key, [])) for known in (former, present))
        if then is None and now is None:
            continue
        rows.append(_compare(later, then, now, present.get(key, [])))
    return from_records(rows, CHANGED_VALUES)


def _compare(edition: Edition, then: Row | None, now: Row | None, known: list[Row]) -> dict:
    entry = now or then or {}
    copied = ("indicator", "territory", "title", "unit", "measure", "chapter", "action", "origin")
    row = {name: entry[name] for name in copied} | {
        **_side("then", then),
        **_side("now", now),
        "comparable": False,
        "reason": "",
        "reservation": "",
        "growth_pct": None,
        "difference": None,
        "then_kept": None,
        "reference": name_row_reference(edition, now) if now else "",
        "then_reference": "",
    }
    if then is None:
        return row | {"state": NEW}
    kept = next((other for other in known if _period(other) == _period(then)), None)
    if kept is not None:
        row |= {"then_kept": kept["value"], "then_reference": name_row_reference(edition, kept)}
    if now is None or _period(now).sort_key() <= _period(then).sort_key():
        missing = _say_missing(edition, then) if now is None else ""
        return row | {"state": NOT_RENEWED, "reason": missing}
    return row | {"state": FOLLOWED, **_measure_change(now, kept or then)}


def _side(name: str, row: Row | None) -> dict[str, Any]:
    if row is None:
        return {name: None, f"{name}_qualifier": "", f"{name}_status": ""} | dict.fromkeys(
            (f"{name}_start", f"{name}_end")
        )
    return {
        name: row["value"],
        f"{name}_qualifier": row["qualifier"],
        f"{name}_status": row["status"],
        f"{name}_start": row["period_start"],
        f"{name}_end": row["period_end"],
    }


def _say_missing(edition: Edition, then: Row) -> str:
    """Why this edition has no value at all: what its own row says."""
    rows = edition.ledger.rows(then["indicator"], then["territory"])
    return next((row["missing"] for row in rows if row["missing"]), "aucune valeur connue")


def _measure_change(now: Row, then: Row) -> dict[str, Any]:
    verdict = compare(now["measure"], _period(now), _period(then))
    pair = Value.from_row(now), Value.from_row(then)
    growth, reason = compute_growth(*pair)
    difference, _ = compute_difference(*pair)
    return {
        "comparable": verdict.comparable,
        "reason": reason,
        "reservation": verdict.reservation,
        "growth_pct": growth,
        "difference": difference,
    }


def find_revised(earlier: Edition, later: Edition) -> pd.DataFrame:
    """Columns of ``REVISED_VALUES``: the same indicator, territory and period, another value.

    What was typed, or counted in the population: a calculated value follows its terms, and is no
    revision of its own.
    """
    former, present = _read_known(earlier), _read_known(later)
    declared = {
        (row["indicator"], row["territory"], row["period_start"], row["period_end"])
        for row in to_records(later.revisions)
    }
    rows = []
    for key in _list_keys(former, present, later):
        now = {_period(row): row for row in present.get(key, [])}
        for then in former.get(key, []):
            row = now.get(_period(then))
            if row is not None and row["origin"] == OBSERVED and _differ(then, row):
                span = (row["period_start"], row["period_end"])
                rows.append(_revise(later, then, row, (*key, *span) in declared))
    return from_records(rows, REVISED_VALUES)


def _differ(then: Row, now: Row) -> bool:
    same = isclose(then["value"], now["value"], rel_tol=1e-9, abs_tol=1e-12)
    return not same or then["qualifier"] != now["qualifier"]


def _revise(edition: Edition, then: Row, now: Row, declared: bool) -> dict[str, Any]:
    copied = ("indicator", "territory", "title", "unit", "chapter", "origin", "period_start",
              "period_end", "value", "qualifier", "status", "source", "locator", "file",
              "line")  # fmt: skip
    former = ("value", "qualifier", "status", "source", "locator", "file", "line")
    return (
        {name: now[name] for name in copied}
        | {f"former_{name}": then[name] for name in former}
        | {"declared": declared, "reference": name_row_reference(edition, now)}
    )
