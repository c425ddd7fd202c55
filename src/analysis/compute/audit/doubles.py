"""One figure of the source typed under two indicators.

The alert: same source and line, same territory, unit, period and value, for a number of at least
three digits. Small numbers meet by chance on a line (« 4 en construction, 4 en projet »), and the
parts of one breakdown may be equal: neither is an alert. The same indicator typed twice is a
fault, found when the tables are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

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
from analysis.compute.audit.magnitudes import list_siblings
from analysis.model.references import Row
from analysis.model.store import Edition

DOUBLE = "doublon"
#: From this number on, meeting by chance is unlikely.
LEAST = 100


def control_doubles(edition: Edition, values: Values) -> Iterator[Finding]:
    """One finding for each typed number large enough; the second of two bears the alert."""
    siblings = list_siblings(edition)
    seen: dict[tuple[Any, ...], list[Row]] = {}
    for row in values.rows:
        if not is_typed(row) or row["value"] is None or abs(row["value"]) < LEAST:
            continue
        key = tuple(row[name] for name in ("source", "locator", "territory", "unit", "value",
                                           "period_start", "period_end"))  # fmt: skip
        before = next(
            (
                other
                for other in seen.get(key, [])
                if other["indicator"] not in siblings.get(row["indicator"], [])
            ),
            None,
        )
        seen.setdefault(key, []).append(row)
        value = f"{describe(edition, row)} ({describe_period(row)})"
        yield Finding(
            f"doublon:{row['indicator']}{suffix(values, row)}",
            DOUBLE,
            row["indicator"],
            row["title"],
            CONFORM if before is None else ALERT,
            f"{value}, {row['locator']}."
            if before is None
            else f"Doublon probable de « {before['title']} » : même valeur, {value}, même ligne"
            f" ({row['locator']}). Attendu : un seul indicateur pour un chiffre de la source.",
            locate(row),
            rows=(row,),
        )
