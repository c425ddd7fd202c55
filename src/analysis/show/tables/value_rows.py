"""Rows of an edition's ``values``: which ones a table shows, and their cells in words."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analysis.model.references import MONEY
from analysis.model.schema import CHECK_KIND, COLUMNS
from analysis.model.store import DERIVED, Edition
from analysis.words import french, prose
from analysis.words.citations import cite_source

FORECAST = "prévisionnel"
UNDATED = "date non précisée"
#: Of what is calculated, where another row names its source.
CALCULATED = "calcul"
#: Payers that name nobody in particular.
UNNAMED_PAYERS = ("ensemble", "non-precise")


def read_reference_values(
    edition: Edition, *, checks: bool = False, **wanted: str | list[str]
) -> pd.DataFrame:
    """Rows of ``values`` that references give by default, in the order of the catalogue; ``wanted``
    as ``Edition.rows`` takes it. What is computed only to check a printed figure is no indicator of
    a chapter: with ``checks`` alone, in the annexes."""
    values = edition.rows("values", rank=0, **wanted)
    if not checks:
        values = values[values["kind"] != CHECK_KIND]
    order = {id: rank for rank, id in enumerate(values["indicator"].unique())}
    return values.assign(catalogue=values["indicator"].map(order)).sort_values(
        ["catalogue", "territory"], kind="stable"
    )


def read_own_values(edition: Edition, **wanted: str | list[str]) -> pd.DataFrame:
    """Rows of ``read_reference_values``: of an indicator that the territory has a value of, that
    one alone; of the others, whatever is known (the country's, each commune's)."""
    rows = read_reference_values(edition, **wanted)
    foreign = ~rows["territory"].isin(["", edition.territory["id"]])
    return rows[~(foreign & rows["indicator"].isin(rows.loc[~foreign, "indicator"]))]


def name_row(row: object) -> str:
    """The reference of a row of ``values``."""
    return f"{row.indicator}@{row.territory}" if row.territory else row.indicator


def title_row(edition: Edition, row: object) -> str:
    """The indicator's title, with the territory where it is another than the report's own."""
    return prose.title_value(edition, row.title, row.territory)


def describe_amount(edition: Edition, row: object) -> str:
    """The value with qualifier and unit; for an amount, its stage and a named payer other than
    the territory; why it is missing where it is."""
    value = edition.value(name_row(row))
    if value.value is None:
        return prose.mark_value(edition, value, prose.describe_missing(value))
    details = list_details(edition, row)
    return prose.mark_quantity(edition, value) + (f" ({', '.join(details)})" if details else "")


def list_details(edition: Edition, row: object) -> list[str]:
    """Whether it is an estimate, or out of its bounds; the stage of an amount, and its payer where
    it is another than the territory."""
    details = ["estimation"] if row.estimate else []
    details += _list_reserves(edition, row)
    if row.unit != MONEY:
        return details
    # A threshold, a floor is a rule: that it is foreseen says nothing.
    details += [row.stage] if row.stage and not _holds_always(edition, row) else []
    if row.payer and row.payer not in (edition.territory["id"], *UNNAMED_PAYERS):
        payers = edition.payers.set_index("id")["name"]
        details.append(payers.get(row.payer, row.payer))
    return details


def _list_reserves(edition: Edition, row: object) -> list[str]:
    """« part supérieure à 100 %, à vérifier » of a calculated value out of its bounds; what the
    register explains needs no more looking at."""
    if row.origin != DERIVED:
        return []
    own = row.territory in ("", edition.territory["id"])
    place = row.indicator if own else f"{row.indicator}:{row.territory.lower()}"
    ids = [f"part-en-pourcent:{place}", f"bornes:{place}"]
    alerts = edition.rows("controls", id=ids, verdict="alerte")
    return [
        f"{problem[0].lower()}{problem[1:]}{'' if alert.discrepancy else ', à vérifier'}"
        for alert in alerts.itertuples()
        for problem in [alert.message.split(" : ")[0]]
    ]


def _holds_always(edition: Edition, row: object) -> bool:
    return _read_period(row) == (None, None) and prose.is_timeless(edition, row.indicator)


def _read_period(row: object) -> tuple[date | None, date | None]:
    cells = row._asdict()
    return COLUMNS["period_start"].read_date(cells), COLUMNS["period_end"].read_date(cells)


def describe_period(edition: Edition, row: object) -> str:
    """« janvier à octobre 2017, provisoire », « prévision sans date », « 2018, prévision, échéance
    passée » of what was foreseen for a date before the end of the edition's year; empty where the
    value is missing, or holds always. (The stage of an amount says that it was only foreseen.)"""
    if row.missing or _holds_always(edition, row):
        return ""
    start, end = _read_period(row)
    if start is None and end is None:
        foreseen = row.status == FORECAST and row.origin != DERIVED and row.unit != MONEY
        return "prévision sans date" if foreseen else UNDATED
    name = french.name_period(start, end)
    if row.status in ("", "définitif") or row.origin == DERIVED:
        return name
    if row.status != FORECAST:
        if row.basis == "déduit":  # where it begins is supposed
            name = french.name_period(None, end)
        return f"{name}, {row.status}"
    # A state has no due date: that of which it was said that it would be five years is not past.
    spans = start is not None and end is not None
    past = spans and end < date(edition.year, 12, 31) and row.unit != MONEY
    return f"{name}, prévision" + (", échéance passée" if past else "")


def describe_origin(edition: Edition, row: object) -> str:
    """« calcul », the chapter and page of the source, that a service answered, or the source's
    title."""
    return CALCULATED if row.origin == DERIVED else cite_source(edition, row.source, row.locator)
