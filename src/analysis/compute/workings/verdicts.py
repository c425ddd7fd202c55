"""A chapter's numbers against printed figures, earlier periods, targets, controls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.compute.audit import ALERT, UNCONTROLLED
from analysis.compute.audit.circular_figures import gives_back
from analysis.compute.audit.printed_figures import (
    DISCREPANCY,
    UNVERIFIABLE,
    find_same_passages,
    is_recomputed,
    judge_figure,
)
from analysis.model.progress import STEPS, compute_progress, judge_step
from analysis.model.references import Row, parse_reference
from analysis.model.store import Edition, to_records
from analysis.words import french, prose
from analysis.words.lineage import describe_title

#: ``printed_value`` in ``unit``, ``precision``: its step; against it ``kept``, a value that was
#: typed (a passage against another), or ``recomputed``. ``verdict``: the audit's; ``judged``: the
#: same, judged here. ``explanation``: what the register of discrepancies says of it, or of what is
#: near; ``explained``: whether it says anything of this one.
PRINTED = (
    "id", "indicator", "reference", "title", "place", "printed_value", "kept", "kept_precision",
    "recomputed", "unit", "precision", "verdict", "judged", "reason", "note", "explanation",
    "explained",
)  # fmt: skip
#: ``precedent`` then ``latest`` of an indicator, in ``unit``, each with its period, qualifier and
#: status; ``difference`` in ``unit``, ``growth_pct``; means by month where they are known and the
#: periods do not compare. ``reason``: why they do not, or with which reservation they do.
COMPARISONS = (
    "reference", "indicator", "territory", "title", "unit", "precision", "precedent",
    "precedent_qualifier", "precedent_status", "precedent_start", "precedent_end", "latest",
    "latest_qualifier", "latest_status", "latest_start", "latest_end", "comparable", "difference",
    "growth_pct", "monthly_precedent", "monthly_latest", "reason",
)  # fmt: skip
#: ``first`` and ``second``: references that not_comparable.csv forbids to set side by side, with
#: their titles; ``reason`` and ``place``: why, and where it is seen.
PAIRS = ("id", "first", "first_title", "second", "second_title", "reason", "place")
#: ``value`` against ``target_value``, both in ``unit``: ``distance`` is the target less the value,
#: ``attained_pct`` the share made, paces are in ``unit`` per year, ``expected_value`` is where the
#: pace observed leads. ``judged``, ``judged_pct``, ``judged_value``: the verdict, the share and
#: that value found again here. A step has a day and a verdict alone.
PROGRESS = (
    "reference", "indicator", "title", "kind", "unit", "precision", "target_value",
    "target_qualifier", "target_date", "duration_years", "value", "qualifier", "value_date",
    "distance", "attained_pct", "judged_pct", "observed_pace_per_year", "required_pace_per_year",
    "expected_value", "judged_value", "verdict", "judged", "reason", "place",
)  # fmt: skip
#: ``message``: the verdict in its numbers; ``explanation``: what the register says of an alert.
CONTROLS = ("id", "control", "indicator", "title", "verdict", "message", "file", "explanation")
#: Ids of the controls of milestones begin with it.
_MILESTONE = "jalon:"


def _list_indicators(edition: Edition, chapter: str) -> list[str]:
    return edition.rows("values", chapter=chapter)["indicator"].unique().tolist()


def _read_register(edition: Edition, column: str, names: list[str]) -> dict[str, str]:
    """What the register says of each of some statements or alerts (``column``: what names them)."""
    rows = to_records(edition.rows("discrepancies", **{column: names})) if names else []
    return {row[column]: f"{row['kept']} {row['reason']}".strip() for row in rows}


def _put_first(frame: pd.DataFrame, *verdicts: str) -> pd.DataFrame:
    """The rows of some verdicts, in this order, before the others."""
    order = frame["verdict"].map({verdict: rank for rank, verdict in enumerate(verdicts)})
    return frame.iloc[order.fillna(len(verdicts)).argsort(kind="stable")].reset_index(drop=True)


def list_printed(edition: Edition, chapter: str) -> pd.DataFrame:
    """Columns ``PRINTED``: every figure that the source prints and an indicator of the chapter
    computes."""
    own = set(_list_indicators(edition, chapter))
    every = edition.columns("checks", "id", "indicator")
    names = every["indicator"].map(lambda text: text and parse_reference(text).indicator)
    ids = every.loc[names.isin(own), "id"].tolist()
    checks = to_records(edition.rows("checks", id=ids)) if ids else []
    rows = [_judge_printed(edition, row) for row in checks]
    found = pd.DataFrame(rows, columns=list(PRINTED))
    found = found.astype(dict.fromkeys(("printed_value", "kept", "recomputed"), "float64"))
    return _put_first(found, DISCREPANCY, UNVERIFIABLE)


def _judge_printed(edition: Edition, row: Row) -> dict[str, Any]:
    value = edition.value(row["indicator"])
    judged, number = UNVERIFIABLE, value.value
    if number is not None and value.unit == row["unit"] and not gives_back(edition, row):
        judged = judge_figure(row["printed_value"], number, row["precision"])
    number = number if judged != UNVERIFIABLE else None
    computed = is_recomputed(edition, row["indicator"])
    register = _read_register(edition, "statement", [row["id"]])
    return {
        **row,
        "indicator": value.indicator,
        "reference": row["indicator"],
        "title": describe_title(edition, value),
        "kept": None if computed else number,
        "kept_precision": prose.refine_step(number or 0, value.precision),
        "recomputed": number if computed else None,
        "judged": judged,
        "place": row["locator"],
        "explanation": _explain(edition, row, register) if row["verdict"] == DISCREPANCY else "",
        "explained": row["id"] in register,
    }


def _explain(edition: Edition, statement: Row, register: Mapping[str, str]) -> str:
    """What the register says of a discrepancy; where it names others of the same two passages
    alone, which ones, to be read again."""
    if statement["id"] in register:
        return register[statement["id"]]
    near = [french.quote(row["title"]) for row in find_same_passages(edition, statement)]
    return f"aucune ; sur les mêmes passages : {french.join_list(near)}" if near else ""


def list_comparisons(edition: Edition, chapter: str) -> pd.DataFrame:
    """Columns ``COMPARISONS``: every indicator of a chapter that is known of two periods."""
    rows = [
        {
            **row,
            "reference": prose.name_reference(edition, edition.value(_name_place(row))),
            "title": prose.title_value(edition, row["title"], row["territory"]),
            "precision": edition.catalogue[row["indicator"]]["precision"],
            "reason": row["reason"] or row["reservation"],
            **(dict.fromkeys(("monthly_precedent", "monthly_latest")) if row["comparable"] else {}),
        }
        for row in to_records(edition.rows("comparisons", chapter=chapter))
    ]
    frame = pd.DataFrame(rows, columns=list(COMPARISONS))
    numbers = ["latest", "precedent", "difference", "growth_pct"]
    numbers += ["monthly_precedent", "monthly_latest"]
    return frame.astype(dict.fromkeys(numbers, "float64") | {"comparable": "bool"})


def _name_place(row: Row) -> str:
    return f"{row['indicator']}@{row['territory']}"


def compute_growth(compared: pd.DataFrame) -> pd.Series:
    """Growth in % of the rows of ``list_comparisons`` from their two values alone, where the
    edition gives one (a share moves in points, a count that goes on by what is added)."""
    growth = 100 * (compared["latest"] - compared["precedent"]) / compared["precedent"]
    return growth.where(compared["growth_pct"].notna())


def list_pairs(edition: Edition, chapter: str) -> pd.DataFrame:
    """Columns ``PAIRS``: pairs of values, one of the chapter, that are not to be set side by
    side."""
    own = set(_list_indicators(edition, chapter))
    every = edition.columns("not_comparable", "id", "first", "second")
    ids = [
        id
        for id, *pair in every.itertuples(index=False)
        if own & {parse_reference(reference).indicator for reference in pair}
    ]
    rows = [
        {
            **row,
            "first_title": describe_title(edition, edition.value(row["first"])),
            "second_title": describe_title(edition, edition.value(row["second"])),
            "reason": prose.resolve_plain(edition, row["reason"]),
            "place": row["locator"],
        }
        for row in to_records(edition.rows("not_comparable", id=ids) if ids else every[:0])
    ]
    return pd.DataFrame(rows, columns=list(PAIRS))


def list_progress(edition: Edition, chapter: str) -> pd.DataFrame:
    """Columns ``PROGRESS``: every target of an indicator of the chapter."""
    rows = [
        _judge_progress(edition, row)
        for row in to_records(edition.rows("progress", chapter=chapter))
    ]
    frame = pd.DataFrame(rows, columns=list(PROGRESS))
    numbers = ["value", "target_value", "distance", "attained_pct", "judged_pct"]
    numbers += ["expected_value", "judged_value"]
    return frame.astype(dict.fromkeys(numbers, "float64"))


def _judge_progress(edition: Edition, row: Row) -> dict[str, Any]:
    indicator, judged = row["indicator"], dict.fromkeys(("precision", "judged_pct"))
    typed = to_records(edition.rows("targets", indicator=indicator, entry=row["entry"]))
    if not indicator:
        (step,) = _find_steps(edition, row["entry"])
        judged["judged"] = judge_step(step, typed[0], edition.year)
    else:
        entry = edition.catalogue[indicator]
        history = [known for known in edition.ledger.rows(indicator) if known["rank"] >= 0]
        found = compute_progress(
            next(target for target in typed if target["date"] == row["target_date"]),
            entry["measure"],
            entry["direction"],
            sorted(history, key=lambda known: known["rank"]),
            edition.value(indicator).missing,
            edition.year,
        )
        judged |= {"precision": entry["precision"], "judged_pct": found.attained_pct}
        judged |= {"judged": found.verdict, "judged_value": found.expected_value}
    return {**row, "reference": indicator, **judged, "place": row["locator"]}


def _find_steps(edition: Edition, id: str) -> list[Row]:
    """The milestone or short-term action of that id."""
    return [r for table in STEPS for r in to_records(edition.rows(table, id=id))]


def list_controls(edition: Edition, chapter: str) -> pd.DataFrame:
    """Columns ``CONTROLS``: every control of an indicator or of a milestone of the chapter, what
    calls for an eye first."""
    milestones = _MILESTONE + edition.rows("milestones", chapter=chapter)["id"]
    every = edition.columns("controls", "id", "indicator")
    own = every["indicator"].isin(_list_indicators(edition, chapter)) | every["id"].isin(milestones)
    ids = every.loc[own, "id"].tolist()
    controls = to_records(edition.rows("controls", id=ids)) if ids else []
    register = _read_register(
        edition, "id", [r["discrepancy"] for r in controls if r["discrepancy"]]
    )
    rows = [
        {
            **row,
            "control": row["control"][:1].upper() + row["control"][1:],
            "explanation": register.get(row["discrepancy"], ""),
        }
        for row in controls
    ]
    return _put_first(pd.DataFrame(rows, columns=list(CONTROLS)), ALERT, UNCONTROLLED)


def count_verdicts(controls: pd.DataFrame) -> pd.DataFrame:
    """How many controls of each kind have each verdict; a verdict that none has is no column."""
    return pd.crosstab(controls["control"], controls["verdict"]).reset_index()
