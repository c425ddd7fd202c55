"""Printed figure against recomputed figure.

Computes no
indicator: it reads what ``indicators`` computed.
"""

from __future__ import annotations

import pandas as pd

from analysis.compute.audit.circular_figures import gives_back, read_lines
from analysis.model.references import Row, UnknownReference, parse_reference
from analysis.model.schema.processed_tables import CHECKS
from analysis.model.store import DERIVED, Edition, from_records, to_records
from analysis.words.lineage import find_rows, list_origins
from analysis.words.lineage.origins import CALCULATED

EXACT = "exact"
ROUNDED = "arrondi"
DISCREPANCY = "écart"
UNVERIFIABLE = "invérifiable"
#: Why a figure cannot be verified, though a number is computed.
CIRCULAR = "le calcul part du chiffre imprimé lui-même"

#: Share of the printed step by which binary arithmetic may miss a half.
_NOISE = 1e-6


def check_statements(edition: Edition) -> pd.DataFrame:
    """Each printed figure of ``edition.statements`` against its indicator.

    Returns one row per statement (columns of ``CHECKS``): verdict « exact » (equal), « arrondi »
    (equal at the printed precision, a half going either way), « écart », or « invérifiable » with
    its reason, as where the computation only gives the printed figure back. ``difference`` is
    recomputed minus printed, ``rounded`` the recomputed value at the printed precision.
    """
    return from_records([_check(edition, row) for row in to_records(edition.statements)], CHECKS)


def find_unexplained(edition: Edition) -> list[str]:
    """Ids of the statements found wrong (« écart ») that no row of discrepancies.csv explains."""
    wrong = edition.checks.loc[edition.checks["verdict"] == DISCREPANCY, "id"]
    return [id for id in wrong if id not in set(edition.discrepancies["statement"])]


def _check(edition: Edition, row: dict) -> dict:
    result = {
        **{name: row[name] for name in ("id", "locator", "indicator", "unit", "note")},
        "printed_value": row["printed_value"],
        "precision": row["precision"],
        "title": "",
        "recomputed": None,
        "rounded": None,
        "difference": None,
    }
    if not row["indicator"]:
        return {**result, "verdict": UNVERIFIABLE, "reason": "aucun indicateur ne le recalcule"}
    try:
        value = edition.value(row["indicator"])
    except UnknownReference as error:
        return {**result, "verdict": UNVERIFIABLE, "reason": str(error)}
    result["title"] = value.title
    if value.value is None:
        return {**result, "verdict": UNVERIFIABLE, "reason": value.missing}
    if value.unit != row["unit"]:
        reason = f"unités différentes : {row['unit']} imprimé, {value.unit} calculé"
        return {**result, "verdict": UNVERIFIABLE, "reason": reason}
    if gives_back(edition, row):
        return {**result, "verdict": UNVERIFIABLE, "reason": CIRCULAR}
    step, printed = row["precision"], row["printed_value"]
    difference = value.value - printed
    verdict = judge_figure(printed, value.value, step)
    truncated = verdict == DISCREPANCY and 0 < abs(value.value) - abs(printed) < step
    return {
        **result,
        "recomputed": value.value,
        "rounded": printed if verdict != DISCREPANCY else round_to_step(value.value, step),
        "difference": difference,
        "verdict": verdict,
        "reason": "valeur imprimée tronquée, non arrondie" if truncated else "",
    }


def is_recomputed(edition: Edition, reference: str) -> bool:
    """Whether a value held against a printed figure is computed, and not one that was typed."""
    return parse_reference(reference).modifier in CALCULATED or any(
        row["origin"] == DERIVED for row in find_rows(edition, reference)
    )


def find_same_passages(edition: Edition, statement: Row) -> list[Row]:
    """Rows of the register that explain no figure by its id, but are about the very two passages:
    that of the printed figure and that of the value held against it."""
    if not statement["indicator"]:
        return []
    origins = list_origins(edition, statement["indicator"])
    kept = {line for origin in origins for line in read_lines(origin.locator)}
    printed = read_lines(statement["locator"])
    return [
        row
        for row in to_records(edition.discrepancies)
        if (lines := read_lines(row["locator"])) & printed and lines & (kept - printed)
    ]


def judge_figure(printed: float, recomputed: float, step: float) -> str:
    """« exact », « arrondi » or « écart »: a printed figure against the number that it rounds."""
    difference = abs(recomputed - printed)
    if difference <= _NOISE * step:
        return EXACT
    return ROUNDED if difference <= step * (0.5 + _NOISE) else DISCREPANCY


def round_to_step(number: float, step: float) -> float:
    """The multiple of ``step`` nearest to ``number``, a half going up; free of binary dust."""
    count = int(abs(number) / step + 0.5 + _NOISE)
    return round(count * step * (1 if number >= 0 else -1), 10)
