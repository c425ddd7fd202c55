"""Which indicators have a time series to draw, and the chart that each then gets by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from analysis.model.periods import Period, select_comparable
from analysis.model.store import Edition
from analysis.words.lineage import name_row_reference
from analysis.words.smallmarkdown import write_plain

KIND = "evolution"
#: Periods that make a series.
FEWEST = 3
FORECAST = "prévisionnel"


def find_series(edition: Edition, indicator: str, fewest: int = FEWEST) -> list[str]:
    """References of the comparable values of an indicator, oldest first, one a year at most; empty
    where there are fewer than ``fewest``. Forecasts take no part."""
    rows = [
        row
        for row in edition.ledger.rows(indicator)
        if row["rank"] >= 0
        and row["value"] is not None
        and row["period_end"] is not None
        and row["status"] != FORECAST
    ]
    if len(rows) < fewest:
        return []
    rows.sort(key=lambda row: row["rank"])
    kept = select_comparable(rows[0]["measure"], [Period.of_row(row) for row in rows])
    found: dict[int, str] = {}
    for row in (rows[number] for number in kept):
        reference = name_row_reference(edition, row)
        if reference:
            found.setdefault(row["period_end"].year, reference)
    return [*reversed(found.values())] if len(found) >= fewest else []


def find_points(edition: Edition, spec: Mapping, fewest: int = FEWEST) -> list[tuple[str, int]]:
    """Reference of each point of a series, oldest first, and how many years before the period of
    that reference it lies: one for an estimate (``estimate``: an indicator that works out, of what
    is known of a year, the value of the year before), which may stand before the first value."""
    series = find_series(edition, spec["indicator"], fewest=1)
    points = [(reference, 0) for reference in series]
    if series and spec.get("estimate"):
        year = edition.value(series[0]).period_end.year
        rows = edition.ledger.rows(spec["estimate"])
        known = (r for r in rows if r["value"] is not None and _read_year(r) == year)
        references = filter(None, (name_row_reference(edition, row) for row in known))
        points = [*((reference, 1) for reference in [*references][:1]), *points]
    return points if len(points) >= fewest else []


def _read_year(row: Mapping) -> int | None:
    return row["period_end"].year if row["period_end"] is not None else None


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


def find_spec(edition: Edition, indicator: str) -> Mapping | None:
    """The chart of charts.yml that shows the series of an indicator."""
    named = edition.charts_naming(indicator)
    return next((s for s in named if (s["kind"], s.get("indicator")) == (KIND, indicator)), None)


def compose_specs(edition: Edition, chapter: str) -> Iterator[Mapping]:
    """A specification for each series of a chapter that no chart of charts.yml shows."""
    for row in edition.rows("indicators", chapter=chapter).itertuples():
        if find_spec(edition, row.id):
            continue
        series = find_series(edition, row.id)
        if series:
            yield {
                "id": f"serie-{row.id}",
                "chapter": row.chapter,
                "action": row.action,
                "kind": KIND,
                "indicator": row.id,
                "finding": _compose_finding(edition, row.title, series),
            }


def _compose_finding(edition: Edition, title: str, series: Sequence[str]) -> str:
    title = write_plain(title)  # its braces are none of the template's
    first, last = series[0], series[-1]
    periods = f"{{{{{first}|periode}}}}", f"{{{{{last}|periode}}}}"
    if edition.value(first).value == edition.value(last).value:
        return f"{title} : la valeur est la même {periods[0]} et {periods[1]}, {{{{{last}}}}}"
    return f"{title} : {{{{{first}}}}} {periods[0]}, {{{{{last}}}}} {periods[1]}"
