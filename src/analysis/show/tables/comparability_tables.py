"""Values that are not to be compared: because of their periods, because of their subjects."""

from __future__ import annotations

import pandas as pd

from analysis.model.references import Value, find_in_prose
from analysis.model.store import Edition
from analysis.show.tables.pipe_tables import format_table
from analysis.words import french, prose
from analysis.words.citations import cite_place
from analysis.words.lineage import describe_title


def tabulate_not_comparable(edition: Edition, comparisons: pd.DataFrame) -> str:
    """Pairs of values whose periods forbid a growth, with the monthly rates that may be set side
    by side."""
    columns = {"Indicateur": 24, "Avant": 20, "Après": 24, "Raison": 18, "Par mois": 14}
    rows = []
    for row in comparisons.itertuples():
        reference = f"{row.indicator}@{row.territory}"
        after, before = edition.value(reference), edition.value(f"{reference}:precedent")
        reason = row.reason.removeprefix("périodes non comparables : ")
        values = [_describe_value(edition, before), _describe_value(edition, after)]
        rows.append((after.title, *values, reason, _mark_rates(edition, row, (before, after))))
    caption = "Couples de valeurs aux périodes non comparables"
    return format_table(columns, rows, caption, "annexes-comparabilite")


def _describe_value(edition: Edition, value: Value) -> str:
    period = french.name_period(value.period_start, value.period_end)
    return f"{prose.mark_quantity(edition, value)} ({period})"


def _mark_rates(edition: Edition, row: object, values: tuple[Value, Value]) -> str:
    """« 2,8 puis 11,8 », with their references; '' where one is not known."""
    rates = (row.monthly_precedent, row.monthly_latest)
    if any(pd.isna(rate) for rate in rates):
        return ""
    pairs = zip(values, prose.describe_rates(values, rates), strict=True)
    return " puis ".join(prose.mark_value(edition, value, rate) for value, rate in pairs)


def tabulate_forbidden_pairs(edition: Edition, pairs: pd.DataFrame) -> str:
    """The pairs of not_comparable.csv with their values, the reason and where it is seen."""
    columns = {"Première valeur": 26, "Seconde valeur": 26, "Raison": 36, "Source": 12}
    lines = []
    # Values kept apart from the same one for the same reason stand in one row.
    groups = pairs.groupby(["second", "reason", "carried_from"], sort=False, dropna=False)
    for (second, reason, year), rows in groups:
        newer = ", périodes à jour" if find_in_prose(reason) else ""
        told = "" if pd.isna(year) else f"Raison de l’édition {year}{newer} : "
        locators = " ; ".join(rows["locator"]).split(" ; ")
        lines.append(
            (
                " ; ".join(_describe_titled(edition, first) for first in rows["first"]),
                _describe_titled(edition, second),
                told + prose.resolve_plain(edition, reason),
                cite_place(edition, "", " ; ".join(dict.fromkeys(locators)), lines=True),
            )
        )
    caption = "Couples de valeurs que leur objet interdit de rapprocher"
    return format_table(columns, lines, caption, "annexes-couples")


def _describe_titled(edition: Edition, reference: str) -> str:
    """« Taux de chômage, 15,1 % (3e trimestre 2017) »; the reason where the value is missing."""
    value = edition.value(reference)
    if value.value is None:
        missing = prose.mark_value(edition, value, prose.describe_missing(value))
        return f"{describe_title(edition, value)}, {missing}"
    return f"{describe_title(edition, value)}, {_describe_value(edition, value)}"
