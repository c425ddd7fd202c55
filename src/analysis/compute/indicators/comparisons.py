"""Latest against precedent, and values against targets, for every indicator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import pandas as pd

from analysis.model.periods import Period
from analysis.model.progress import compute_progress, find_step_due, judge_step
from analysis.model.references import (
    PERCENT,
    Ledger,
    Value,
    compute_difference,
    judge_pair,
    parse_reference,
)
from analysis.model.schema import OBJECTIVE
from analysis.model.schema.processed_tables import COMPARISONS, PROGRESS
from analysis.model.store import from_records, to_records


def compute_comparisons(values: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """One row for each indicator × territory that has a latest and a precedent value.

    ``growth_pct`` and ``difference`` only where the values are comparable and neither is a bound;
    ``monthly_*`` for dated flows, comparable or not.
    """
    by_key: dict[tuple[str, str], dict[int, dict]] = {}
    for row in to_records(values):
        if row["rank"] in (0, 1) and row["value"] is not None:
            by_key.setdefault((row["indicator"], row["territory"]), {})[row["rank"]] = row
    pairs = (ranks for ranks in by_key.values() if len(ranks) == 2)
    return from_records([_compare(ranks[0], ranks[1], ledger) for ranks in pairs], COMPARISONS)


def _compare(latest: dict, precedent: dict, ledger: Ledger) -> dict:
    periods = [Period.of_row(row) for row in (latest, precedent)]
    values = [Value.from_row(row) for row in (latest, precedent)]
    verdict = judge_pair(*values)
    place = f"{latest['indicator']}@{latest['territory']}"
    change = ledger.resolve(parse_reference(f"{place}:evolution"))
    copied = ("indicator", "territory", "title", "unit", "measure", "chapter", "action")
    row: dict[str, Any] = {name: latest[name] for name in copied}
    for name, source, period in zip(
        ("latest", "precedent"), (latest, precedent), periods, strict=True
    ):
        monthly = latest["measure"] == "flux" and period.is_span
        row |= {
            name: source["value"],
            f"{name}_start": period.start,
            f"{name}_end": period.end,
            f"{name}_qualifier": source["qualifier"],
            f"{name}_status": source["status"],
            f"monthly_{name}": source["value"] / period.months if monthly else None,
        }
    difference, reason = compute_difference(*values)
    return row | {
        "comparable": verdict.comparable,
        "reason": reason,
        "reservation": verdict.reservation,
        "growth_pct": change.value if change.unit == PERCENT else None,
        "difference": difference,
    }


def settle_targets(targets: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """The targets with the value of each that is another indicator's."""
    frame = targets.copy()
    for place in frame.index[frame["value_of"] != ""]:
        known = ledger.resolve(frame.at[place, "value_of"])
        frame.loc[place, ["value", "qualifier"]] = known.value, known.qualifier
    frame["qualifier"] = frame["qualifier"].mask(frame["qualifier"] == "", "exact")
    return frame


def compute_all_progress(
    targets: pd.DataFrame,
    catalogue: Mapping[str, Mapping[str, Any]],
    ledger: Ledger,
    steps: Mapping[str, Mapping[str, Any]],
) -> pd.DataFrame:
    """One row for each target of targets.csv. ``steps``: milestones and short-term actions."""
    rows = []
    blank = {column.name: "" if column.writing else None for column in PROGRESS.columns}
    for target in to_records(targets):
        copied = ("indicator", "entry", "kind", "duration_years", "counted", "source", "locator")
        row = blank | {name: target[name] for name in copied}
        row |= {"kind": target["kind"] or OBJECTIVE, "target_date": target["date"]}
        named = {"title": target["title"]} if target.get("title") else {}
        if target["entry"] in steps:
            step = steps[target["entry"]]
            due = find_step_due(step, target["date"])
            told = {name: step[name] for name in ("title", "chapter", "action")} | named
            verdict = judge_step(step, target, ledger.year)
            rows.append(row | told | {"target_date": due, "verdict": verdict})
            continue
        entry = catalogue.get(target["indicator"])
        if entry is None:
            continue
        current = ledger.resolve(target["indicator"])
        history = sorted(
            (known for known in ledger.rows(target["indicator"]) if known["rank"] >= 0),
            key=lambda known: known["rank"],
        )
        progress = compute_progress(
            target, entry["measure"], entry["direction"], history, current.missing, ledger.year
        )
        rows.append(
            row
            | {name: entry[name] for name in ("title", "unit", "chapter", "action")}
            | named
            | {
                "target_value": target["value"],
                "target_qualifier": target["qualifier"],
                "value": current.value,
                "qualifier": current.qualifier,
                "value_date": current.period_end,
                **asdict(progress),
            }
        )
    return from_records(rows, PROGRESS)
