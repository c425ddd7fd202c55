"""A count of the same thing since the same day that falls: it can but grow."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.compute.audit.findings import (
    ALERT,
    CONFORM,
    Finding,
    Values,
    describe,
    describe_period,
    is_typed,
    locate,
    suffix,
)
from analysis.model.references import FALLING_COUNT, Row, Value, judge_pair
from analysis.model.store import Edition

CUMULATED = "cumul qui diminue"


def control_cumulated(edition: Edition, values: Values) -> Iterator[Finding]:
    """One finding for each typed count that an earlier one, begun on the same day, precedes."""
    for row in values.rows:
        if is_typed(row) and row["value"] is not None and row["measure"] == "flux":
            before = _find_before(values, row)
            if before is not None:
                yield _control_count(edition, values, row, before)


def _find_before(values: Values, row: Row) -> Row | None:
    """The last count of before, from the same day on."""
    earlier = [
        other
        for other in values.known(row["indicator"], row["territory"])
        if None not in (row["period_start"], row["period_end"], other["period_end"])
        and other["period_start"] == row["period_start"]
        and other["period_end"] < row["period_end"]
    ]
    return max(earlier, key=lambda other: other["period_end"], default=None)


def _control_count(edition: Edition, values: Values, row: Row, before: Row) -> Finding:
    falls = judge_pair(Value.from_row(row), Value.from_row(before)).reason == FALLING_COUNT
    now, then = (f"{describe(edition, r)} ({describe_period(r)})" for r in (row, before))
    message = f"{now}, après {then}"
    if falls:
        message = (
            f"Compté depuis le même jour, le nombre diminue : {message}. Attendu : au moins"
            " autant ; corriger l’une des deux valeurs, ou la période de la seconde si ce n’est"
            " pas un cumul"
        )
    return Finding(
        f"cumul:{row['indicator']}{suffix(values, row)}",
        control=CUMULATED,
        indicator=row["indicator"],
        title=row["title"],
        verdict=ALERT if falls else CONFORM,
        message=f"{message}.",
        place=locate(row),
        rows=(row, before),
    )
