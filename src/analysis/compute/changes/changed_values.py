"""Values of two editions side by side, and past values that were revised."""

from __future__ import annotations

from collections.abc import Mapping
from math import isclose
from typing import Any

import pandas as pd

from analysis.compute.changes.change_frames import (
    CONSEQUENCE,
    CORRECTED,
    DECLINE,
    FALL,
    FOLLOWED,
    NEW,
    NOT_RENEWED,
    OTHER_FORMULA,
    OTHER_TERMS,
    PROGRESS,
    RISE,
    STABLE,
)
from analysis.model.conditions import exceeds_already
from analysis.model.periods import Period
from analysis.model.references import (
    Movement,
    Row,
    Value,
    combine_qualifiers,
    compute_growth,
    find_in_formula,
    judge_pair,
    parse_reference,
    read_movement,
)
from analysis.model.schema import CHECK_KIND, PORTRAIT
from analysis.model.schema.processed_tables import CHANGED_VALUES, REVISED_VALUES
from analysis.model.store import OBSERVED, Edition, from_records, to_records
from analysis.words import french
from analysis.words.lineage import name_row_reference

_Key = tuple[str, str]


def _read_known(edition: Edition) -> dict[_Key, list[Row]]:
    """Rows of ``values`` that hold a number, by indicator and territory; none that only checks, nor
    the portrait's: from one year to the next, their difference has no meaning."""
    known: dict[_Key, list[Row]] = {}
    for row in to_records(edition.values):
        told = row["kind"] != CHECK_KIND and row["chapter"] != PORTRAIT
        if row["value"] is not None and told:
            known.setdefault((row["indicator"], row["territory"]), []).append(row)
    return known


def _list_keys(earlier: Mapping[_Key, Any], later: Mapping[_Key, Any], edition: Edition) -> list:
    order = {id: place for place, id in enumerate(edition.indicators["id"])}
    own = edition.territory["id"]
    return sorted({*earlier, *later}, key=lambda key: (order[key[0]], key[1] != own, key[1]))


def compare_values(earlier: Edition, later: Edition) -> pd.DataFrame:
    """The reference value of each edition, and whether they compare (``CHANGED_VALUES``)."""
    former, present = _read_known(earlier), _read_known(later)
    rows = []
    for key in _list_keys(former, present, later):
        then, now = (
            next((row for row in known.get(key, []) if row["rank"] == 0), None)
            for known in (former, present)
        )
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
        **_NOTHING,
        "then_kept": None,
        "reference": name_row_reference(edition, now) if now else "",
        "then_reference": "",
    }
    if then is None:
        return row | {"state": NEW}
    kept = next((other for other in known if Period.of_row(other) == Period.of_row(then)), None)
    if kept is not None:
        row |= {"then_kept": kept["value"], "then_reference": name_row_reference(edition, kept)}
    if now is None or Period.of_row(now).sort_key() <= Period.of_row(then).sort_key():
        missing = _say_missing(edition, then) if now is None else ""
        return row | {"state": NOT_RENEWED, "reason": missing}
    direction = edition.catalogue[now["indicator"]]["direction"]
    return row | {"state": FOLLOWED, **_measure_change(now, kept or then, direction)}


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


#: What is said of a change where nothing may be.
_NOTHING = {
    "comparable": False, "cumulative": False, "reason": "", "reservation": "", "growth_pct": None,
    "difference": None, "change_qualifier": "", "trend": "",
}  # fmt: skip


def _measure_change(now: Row, then: Row, direction: str) -> dict[str, Any]:
    latest, precedent = Value.from_row(now), Value.from_row(then)
    verdict = judge_pair(latest, precedent)
    growth, reason = compute_growth(latest, precedent)
    if not verdict.comparable:
        ahead = direction == "hausse" and exceeds_already(latest, precedent)
        return _NOTHING | {"reason": reason, "trend": PROGRESS if ahead else ""}
    qualifier = combine_qualifiers([(now["qualifier"], 1), (then["qualifier"], -1)])
    return _NOTHING | {
        "comparable": True,
        "cumulative": verdict.cumulative,
        "reason": reason,
        "reservation": verdict.reservation,
        "growth_pct": growth,
        "difference": now["value"] - then["value"],
        "change_qualifier": qualifier or "",
        "trend": _name_trend(read_movement(latest, precedent, direction)),
    }


def _name_trend(movement: Movement) -> str:
    """Which way a change goes; '' where a bound leaves it open."""
    if movement.sense is None:
        return ""
    if movement.worth is not None:
        return PROGRESS if movement.worth else DECLINE
    return {1: RISE, -1: FALL, 0: STABLE}[movement.sense]


def find_revised(
    earlier: Edition, later: Edition, reworded: Mapping[str, set[str]]
) -> pd.DataFrame:
    """Columns of ``REVISED_VALUES``: the same indicator, territory and period, another value.

    A typed value is revised where it differs at all, a calculated one where it differs as it is
    printed. ``reworded``: the fields of the catalogue that changed, by indicator.
    """
    former, present = _read_known(earlier), _read_known(later)
    declared = {
        (row["indicator"], row["territory"], row["period_start"], row["period_end"])
        for row in to_records(later.revisions)
    }
    rows = []
    for key in _list_keys(former, present, later):
        now = {Period.of_row(row): row for row in present.get(key, [])}
        for then in former.get(key, []):
            row = now.get(Period.of_row(then))
            if row is not None and _differ(then, row):
                span = (row["period_start"], row["period_end"])
                rows.append(_revise(later, then, row, (*key, *span) in declared))
    corrected = {row["indicator"] for row in rows if row["origin"] == OBSERVED}
    others = {name for name, fields in reworded.items() if "formule" in fields}
    for row in rows:
        row["cause"] = _find_cause(later, row, corrected, others)
    return from_records(rows, REVISED_VALUES)


def _differ(then: Row, now: Row) -> bool:
    if then["qualifier"] != now["qualifier"]:
        return True
    if now["origin"] == OBSERVED:
        return not isclose(then["value"], now["value"], rel_tol=1e-9, abs_tol=1e-12)
    return _show(then) != _show(now)


def _show(row: Row) -> str:
    return french.format_number(row["value"], row["precision"])


def _find_cause(edition: Edition, row: Row, corrected: set[str], others: set[str]) -> str:
    if row["origin"] == OBSERVED:
        return CORRECTED
    behind = list_behind(edition, row["indicator"])
    if behind & others:
        return OTHER_FORMULA
    return CONSEQUENCE if behind & corrected else OTHER_TERMS


def list_behind(edition: Edition, indicator: str) -> set[str]:
    """An indicator and all those that its value is calculated from."""
    behind, ahead = set(), [indicator]
    while ahead:
        name = ahead.pop()
        if name not in behind and name in edition.catalogue:
            behind.add(name)
            formula = edition.catalogue[name]["formula"]
            ahead += [parse_reference(term).indicator for term in find_in_formula(formula)]
    return behind


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
