"""All controls of an edition, as one table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import pandas as pd

from analysis.compute.audit.bounds import control_bounds
from analysis.compute.audit.discrepancy_register import (
    control_register,
    describe_outdated,
    explain_alerts,
)
from analysis.compute.audit.findings import ALERT, CONFORM, UNCONTROLLED, Finding, Place, Values
from analysis.compute.audit.typed_values import control_cumulated, control_doubles, control_scales
from analysis.compute.audit.wholes import control_parts, control_sums
from analysis.model.milestones import describe_standing, is_unconfirmed
from analysis.model.schema import TABLES
from analysis.model.schema.processed_tables import CONTROLS
from analysis.model.store import Edition, from_records, to_records
from analysis.words import french

OVERDUE = "échéance passée"


def control_milestones(edition: Edition, values: Values) -> Iterator[Finding]:
    """One finding for each milestone: one that has passed and that nobody confirmed is said."""
    file = TABLES["milestones"].file(edition.year)
    for row in to_records(edition.milestones):
        when = french.name_period(row["date_start"], row["date_end"])
        said = f"{when} : {describe_standing(row, edition.year)}."
        verdict = UNCONTROLLED if is_unconfirmed(row, date(edition.year, 12, 31)) else CONFORM
        yield Finding(f"jalon:{row['id']}", OVERDUE, "", row["title"], verdict, said, file=file)


_CONTROLS = (
    control_parts,
    control_sums,
    control_bounds,
    control_scales,
    control_cumulated,
    control_doubles,
    control_milestones,
)


def _list_findings(edition: Edition) -> list[Finding]:
    """Everything controlled in an edition that has its values and its checks, but for its register,
    in a stable order."""
    values = Values(edition)
    findings = [finding for control in _CONTROLS for finding in control(edition, values)]
    # What nobody gave yet is no control that failed.
    awaited = edition.find_awaited()
    return [found for found in findings if found.indicator not in awaited]


def list_alerts(edition: Edition) -> list[Finding]:
    """The alerts about values, with these, that no row of discrepancies.csv explains."""
    findings = _list_findings(edition)
    explained, _ = explain_alerts(edition, findings)
    return [f for f in findings if f.verdict == ALERT and f.id not in explained]


def control_edition(edition: Edition) -> pd.DataFrame:
    """What is found, with what the register says (columns of ``CONTROLS``), in a stable order."""
    findings = _list_findings(edition)
    findings += control_register(edition, findings)
    explained, outdated = explain_alerts(edition, findings)
    findings = [_say_outdated(finding, outdated) for finding in findings]
    places = {
        (row["indicator"], row["territory"], row["period_start"], row["period_end"]): (
            row["file"],
            row["line"],
        )
        for row in to_records(edition.values[edition.values["line"] > 0])
    }
    return from_records([_write_row(finding, places, explained) for finding in findings], CONTROLS)


def _say_outdated(finding: Finding, outdated: Mapping[str, int]) -> Finding:
    if finding.id not in outdated:
        return finding
    said = describe_outdated(outdated[finding.id])
    return replace(finding, message=f"{finding.message} {said}.")


def _write_row(
    finding: Finding, places: Mapping[Place, tuple[str, int]], explained: Mapping[str, str]
) -> dict[str, str]:
    file, row = places.get(finding.place, ("", "")) if finding.place else (finding.file, "")
    return {
        **{name: getattr(finding, name)
           for name in ("id", "control", "indicator", "title", "verdict", "message")},
        "file": file,
        "row": str(row),
        "discrepancy": explained.get(finding.id, ""),
    }  # fmt: skip


def find_unexplained_alerts(edition: Edition) -> list[str]:
    """Ids of the alerts that no row of discrepancies.csv explains."""
    controls = edition.controls
    alone = (controls["verdict"] == ALERT) & (controls["discrepancy"] == "")
    return list(controls.loc[alone, "id"])


def check_register(edition: Edition) -> list[str]:
    """Ids of controls that the register names and that nothing is called."""
    known = {"", *edition.controls["id"]}
    return [id for id in dict.fromkeys(edition.discrepancies["control"]) if id not in known]
