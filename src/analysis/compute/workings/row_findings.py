"""What the rows of a frame of the workings found, counted: a reviewer's copy says it of each
section (``execute.review_copies``), from what the notebook itself showed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from analysis.compute.audit import ALERT
from analysis.compute.audit.printed_figures import DISCREPANCY

#: Where an output holds them, in its metadata.
FINDINGS = "constats"
#: All rows; refused computations and comparisons; discrepancies and alerts that the register does
#: not explain. Verdicts are counted under their own names.
ROWS, REFUSED, UNEXPLAINED = "lignes", "refus", "à éclaircir"


def count_findings(rows: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Rows by what they say; verdicts of those that the register may explain alone."""
    found = Counter({ROWS: len(rows)})
    for row in rows:
        if "explanation" in row:
            found[row["verdict"]] += 1
            explained = row.get("explained", row["explanation"] != "")
            found[UNEXPLAINED] += row["verdict"] in (DISCREPANCY, ALERT) and not explained
        else:
            refused = row.get("comparable") is False or "first_title" in row
            found[REFUSED] += refused or bool("recomputed" in row and row.get("missing"))
    return {name: number for name, number in found.items() if number or name == ROWS}
