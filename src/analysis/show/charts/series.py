"""Which indicators have a time series to draw, and the chart that each then gets by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analysis.model.periods import Period, select_comparable
from analysis.model.store import Edition
from analysis.words.lineage import name_row_reference
from analysis.words.smallmarkdown import write_plain

#: Periods that make a series.
FEWEST = 3
FORECAST = "prévisionnel"


def find_series(edition: Edition, indicator: str) -> list[str]:
    """References of the comparable values of an indicator, oldest first, one a year at most; empty
    where there are fewer than ``FEWEST``. Forecasts take no part."""
    rows = [
        row
        for row in edition.ledger.rows(indicator)
        if row["rank"] >= 0
        and row["value"] is not None
        and row["period_end"] is not None
        and row["status"] != FORECAST
    ]
    if len(rows) < FEWEST:
        return []
    rows.sort(key=lambda row: row["rank"])
    kept = select_comparable(rows[0]["measure"], [Period.of_row(row) for row in rows])
    found: dict[int, str] = {}
    for row in (rows[number] for number in kept):
        reference = name_row_reference(edition, row)
        if reference:
            found.setdefault(row["period_end"].year, reference)
    return [*reversed(found.values())] if len(found) >= FEWEST else []


def list_gaps(edition: Edition, indicator: str, references: Sequence[str]) -> dict[int, bool]:
    """Years of a series without a point → whether a value is known that does not compare."""
    years = [edition.value(reference).period_end.year for reference in references]
    known = {
        row["period_end"].year
        for row in edition.ledger.rows(indicator)
        if row["value"] is not None and row["period_end"] is not None
    }
    missing = [year for year in range(min(years), max(years)) if year not in years]
    return {year: year in known for year in missing}


def compose_specs(edition: Edition, chapter: str) -> Iterator[Mapping]:
    """A specification for each series of a chapter that no chart of charts.yml shows."""
    for row in edition.rows("indicators", chapter=chapter).itertuples():
        if any(row.id in _list_shown(spec) for spec in edition.charts_naming(row.id)):
            continue
        series = find_series(edition, row.id)
        if series:
            yield {
                "id": f"serie-{row.id}",
                "chapter": row.chapter,
                "action": row.action,
                "kind": "evolution",
                "indicator": row.id,
                "finding": _compose_finding(edition, row.title, series),
            }


def _list_shown(spec: Mapping) -> Iterator[str]:
    """Indicators whose series a chart shows: its own, or those of ``FEWEST`` years or more."""
    if spec.get("kind") == "evolution":
        yield spec.get("indicator", "")
    elif spec.get("kind") == "annees" and len(spec.get("years") or []) >= FEWEST:
        for item in spec.get("items") or []:
            yield item if isinstance(item, str) else item.get("indicator", "")


def _compose_finding(edition: Edition, title: str, series: Sequence[str]) -> str:
    title = write_plain(title)  # its braces are none of the template's
    first, last = series[0], series[-1]
    periods = f"{{{{{first}|periode}}}}", f"{{{{{last}|periode}}}}"
    if edition.value(first).value == edition.value(last).value:
        return f"{title} : la valeur est la même {periods[0]} et {periods[1]}, {{{{{last}}}}}"
    return f"{title} : {{{{{first}}}}} {periods[0]}, {{{{{last}}}}} {periods[1]}"
