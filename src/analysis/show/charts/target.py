"""« objectif »: the way travelled towards a target, the way left, and the pace each asks for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

import pandas as pd

from analysis.base.lists import join_list, split_list
from analysis.model.progress import CEILING, list_earlier
from analysis.model.references import PERCENT, Row, Value
from analysis.model.store import Edition, to_records
from analysis.show import theme
from analysis.show.charts.bar_rows import GAP, BarRow, draw_rows, row_of
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.chart_rows import (
    ChartRows,
    list_data,
    select_item,
    select_reference,
    select_value,
)
from analysis.show.charts.drawing import Draft, Drawing, UndrawableChart, begin, say
from analysis.show.charts.facts import Fact
from analysis.show.charts.registry import register
from analysis.show.charts.text_fitting import line_height, measure, wrap
from analysis.words import french
from analysis.words.hidden_markup import capitalise, mark
from analysis.words.lineage import name_row_reference
from analysis.words.progress_words import (
    describe_due,
    describe_gap,
    describe_share,
    describe_verdict,
    find_pace_step,
    list_paces,
)

PLOT_HEIGHT = 1.6

Point = tuple[float, float]


#: Role of a number of ``progress`` → its column, and the word that stands for a modifier.
_PROGRESS = {
    "baseline": ("baseline", "depart"),
    "share": ("attained_pct", "part-atteinte"),
    "distance": ("distance", "ecart"),
    "observed-pace": ("observed_pace_per_year", "rythme-observe"),
    "required-pace": ("required_pace_per_year", "rythme-necessaire"),
}


def select_target(edition: Edition, spec: Mapping) -> Iterator[Row]:
    """The latest value, the target, what compares with the latest before it, then what
    ``progress`` computed: share made, distance, paces, starting point."""
    item = {"indicator": spec["indicator"], "label": spec.get("label")}
    goal = {"indicator": f"{spec['indicator']}:cible", "label": "Objectif"}
    known = [*select_item(edition, "indicator", item), *select_item(edition, "target", goal)]
    yield from known
    latest, target = edition.value(item["indicator"]), edition.value(goal["indicator"])
    if target.value is None:
        return
    row = _find_progress(edition, target)
    if latest.value is not None and latest.period_end is not None:
        yield from _select_earlier(edition, latest, row)
    cells = {
        "reference": goal["indicator"],
        "label": known[0]["label"],
        "calculated": True,
        **{
            name: join_list(dict.fromkeys(c for r in known for c in split_list(r[name])))
            for name in ("source", "locator")
        },
    }
    for role, (column, word) in _PROGRESS.items():
        if row[column] is not None:
            number = replace(latest, value=row[column], modifier=word, qualifier="exact", status="")
            if role == "share":
                whole = math.isclose(row[column], round(row[column]), abs_tol=1e-9)
                number = replace(number, unit=PERCENT, precision=1 if whole else 0.1)
            if role.endswith("pace"):
                number = replace(number, precision=find_pace_step(row))
            if role == "baseline":
                number = replace(number, period_start=None, period_end=row["baseline_date"])
            if role == "required-pace":
                number = replace(number, period_start=None, period_end=target.period_end)
            yield select_value(number, role=role, **cells)


def _select_earlier(edition: Edition, latest: Value, progress: Row) -> Iterator[Row]:
    """The dated values that compare with the latest, oldest first."""
    history = [known for known in edition.ledger.rows(latest.indicator) if known["rank"] >= 0]
    history.sort(key=lambda known: known["rank"])
    for known in reversed(list_earlier(latest.measure, history, progress)):
        if "indicator" not in known:
            continue  # the starting point, which has a row of its own
        cells = {"role": "earlier", "label": latest.title}
        if reference := name_row_reference(edition, known):
            yield select_reference(edition, reference=reference, **cells)
        else:  # of a year that has two
            reference = f"{latest.indicator}:{known['period_end']}"
            cells |= {"source": known["source"], "locator": known["locator"]}
            yield select_value(Value.from_row(known), reference=reference, **cells)


@register("objectif", select=select_target, required=("indicator",), optional=("label",))
def build_target(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """Observed line, required line and target where a value is on its way up to a dated one; else
    bars: the starting point where there is one, the value, the target."""
    latest, target = rows.require("indicator"), rows.require("target")
    if target.number is None:
        raise UndrawableChart(spec, f"aucun objectif connu pour l’édition {edition.year}.")
    draft = begin(edition, spec, [latest, target], width)
    row = _read_progress(edition, rows, target)
    paces = {name: french.typeset(pace) for name, pace in list_paces(edition, row).items()}
    points = _observed_points(rows, latest)
    said = [french.typeset(words) for words in _list_words(edition, row)]
    said += [f"rythme {name} : {pace}" for name, pace in paces.items()]
    values = [
        say(latest, with_period=True),
        f"objectif : {target.quantity} ({describe_due(target.value)})",
    ]
    table = _tabulate(edition, latest, target, row)
    data = list_data(rows.facts)
    plot = _plan_way(draft, points, latest, target) if _is_on_the_way_up(row, points) else None
    if plot:
        _draw_way(draft, plot, points, latest, target, paces)
        return draft.complete("Courbe vers l’objectif", [*values, *said], table, data)
    starts = [_start_row(fact) for fact in rows.list("baseline") if rows.find("share")]
    draw_rows(draft, [*starts, row_of(latest), row_of(target, look="target")])
    draft.note(capitalise(" ; ".join(said)) + ".")
    values += [f"{start.label} : {start.display}" for start in starts]
    return draft.complete("Diagramme en barres horizontales", values, table, data)


def _find_progress(edition: Edition, target: Value) -> Row:
    """The row of ``progress`` of the target that is drawn: an indicator may have several."""
    rows = to_records(edition.rows("progress", indicator=target.indicator))
    return next(row for row in rows if row["target_date"] == target.period_end)


def _read_progress(edition: Edition, rows: ChartRows, target: Fact) -> Row:
    """The same, its numbers being those of the chart's rows; its verdict is the edition's."""
    numbers = {column: rows.find(role) for role, (column, _) in _PROGRESS.items()}
    return (
        dict(_find_progress(edition, target.value))
        | {column: fact and fact.number for column, fact in numbers.items()}
        | {"target_value": target.number}
    )


def _list_words(edition: Edition, row: Row) -> list[str]:
    """Share made and verdict, those that there are."""
    verdict = describe_verdict(row, describe_gap(edition, row))
    return [words for words in (verdict, describe_share(edition, row)) if words]


def _start_row(start: Fact) -> BarRow:
    """The bar of the point from which the share made is counted."""
    period = f" ({start.period})" if start.value.period_end else ""
    return row_of(start, label=f"Point de départ{period}", look="previous")


def _observed_points(rows: ChartRows, latest: Fact) -> list[tuple[date, float]]:
    """Dated values that compare, oldest first; a flow alone, counted since its start, begins there
    at zero."""
    value = latest.value
    if value.value is None or value.period_end is None:
        return []
    dated = [fact for fact in rows.list("baseline", "earlier") if fact.value.period_end]
    points = [
        (fact.value.period_end, fact.number)
        for fact in sorted(dated, key=lambda fact: fact.value.period_end)
        if fact.number is not None and fact.value.period_end < value.period_end
    ]
    if value.measure == "flux" and not points and value.period_start:
        points = [(value.period_start, 0.0)]
    return [*points, (value.period_end, value.value)]


def _is_on_the_way_up(row: Row, points: Sequence[tuple[date, float]]) -> bool:
    """Whether values that never fell still have a dated target above and ahead of them."""
    numbers = [number for _, number in points]
    return (
        row["required_pace_per_year"] is not None
        and row["aim"] != CEILING
        and len(numbers) > 1
        and min(numbers) >= 0
        and [*numbers, row["target_value"]] == sorted([*numbers, row["target_value"]])
    )


def _tabulate(edition: Edition, latest: Fact, target: Fact, row: Row) -> pd.DataFrame:
    # The target's trail says the paces, the share and the gap.
    said = {"Part atteinte": describe_share(edition, row), "Écart": describe_gap(edition, row)}
    said |= {f"Rythme {name}": pace for name, pace in list_paces(edition, row).items()}
    rows = [
        ("Valeur observée", latest.marked_quantity, latest.period),
        ("Objectif", target.marked_quantity, describe_due(target.value)),
        *(
            (name, mark(french.typeset(words), target.trace), "")
            for name, words in said.items()
            if words
        ),
    ]
    return pd.DataFrame(rows, columns=["Élément", "Valeur", "Période"])


@dataclass(frozen=True)
class _Plot:
    """Whole years from left to right, values from the baseline up."""

    years: range
    left: float
    right: float
    base: float
    scale: float

    @property
    def pitch(self) -> float:
        """Width of a year."""
        return (self.right - self.left) / len(self.years)

    def place(self, day: date, value: float) -> Point:
        first, after = date(self.years[0], 1, 1), date(self.years[-1] + 1, 1, 1)
        share = (day - first).days / (after - first).days
        return self.left + share * (self.right - self.left), self.base - value * self.scale


def _plan_way(
    draft: Draft, observed: Sequence[tuple[date, float]], latest: Fact, target: Fact
) -> _Plot | None:
    """The plot, or None where the latest value has no room for its words, between the canvas's
    edge and the line and under the target's level."""
    canvas, due = draft.canvas, target.value.period_end
    plot = _Plot(
        range(observed[0][0].year, due.year + 1),
        left=0.02,
        right=canvas.width - (0.45 if canvas.narrow else 0.75),
        base=draft.y + line_height(theme.BODY) + 0.1 + PLOT_HEIGHT,
        scale=PLOT_HEIGHT / target.number,
    )
    (x, y), (_, level) = plot.place(*observed[-1]), plot.place(due, target.number)
    words = max(measure(latest.quantity, theme.BODY, "bold"), measure(latest.period, theme.SMALL))
    height = line_height(theme.BODY) + line_height(theme.SMALL) + 0.05
    return plot if words <= x - 0.12 and height <= y - level else None


def _draw_way(
    draft: Draft,
    plot: _Plot,
    observed: Sequence[tuple[date, float]],
    latest: Fact,
    target: Fact,
    paces: Mapping[str, str],
) -> None:
    """The observed line, the line that is required from there to the target, their paces."""
    canvas, accent, due = draft.canvas, draft.accent, target.value.period_end
    _draw_axis(canvas, plot)
    points = [plot.place(day, value) for day, value in observed]
    now, goal = points[-1], plot.place(due, target.number)
    level = [plot.left, plot.right], [goal[1]] * 2
    canvas.line(*level, theme.TARGET, width=0.9, dashes=(1, 2))
    canvas.line(*zip(*points, strict=True), accent, width=2.2, layer=3)
    required = zip(now, goal, strict=True)
    canvas.line(*required, accent, width=1.6, dashes=(4, 2.5), layer=3)
    canvas.dot(*now, 0.06, accent, layer=5)
    canvas.dot(*goal, 0.065, theme.PAPER, edge=theme.TARGET, layer=5)
    for fact, number in ((latest, observed[-1][1]), (target, target.number)):
        canvas.record(fact.reference, number, number * plot.scale)
    _label_ends(canvas, now, latest, goal, target, accent)
    for name, start, end, pace in (
        ("rythme moyen observé", points[0], now, paces.get("observé") if len(points) > 1 else ""),
        ("rythme nécessaire", now, goal, paces.get("nécessaire")),
    ):
        bent = start != now and len(points) > 2
        if pace and (bent or not _write_pace(canvas, start, end, (name, pace), plot.base)):
            draft.note(f"{name.capitalize()} : {pace}.")
    draft.y = plot.base + 0.09 + line_height(theme.SMALL)


def _draw_axis(canvas: Canvas, plot: _Plot) -> None:
    """The baseline with a tick at each New Year; as many years are named as have room."""
    canvas.line([plot.left, plot.right], [plot.base, plot.base], theme.RULE)
    widest = measure(str(plot.years[-1]), theme.SMALL) + 0.08
    every = next(n for n in (1, 2, 5, 10, 20, 50) if n * plot.pitch >= widest)
    for year in (*plot.years, plot.years[-1] + 1):
        x, base = plot.place(date(year, 1, 1), 0)
        canvas.line([x, x], [base, base + 0.05], theme.RULE)
        if year in plot.years[::-every]:
            middle = max(x + plot.pitch / 2, measure(str(year), theme.SMALL) / 2)
            canvas.write_small(middle, base + 0.07, str(year), align="center", anchor="top")


def _label_ends(
    canvas: Canvas, now: Point, latest: Fact, goal: Point, target: Fact, accent: str
) -> None:
    """The latest value above and left of its point, where the line (rising) never is; the target
    over its level."""
    style = {"align": "right", "anchor": "bottom"}
    x, y = now[0] - 0.12, now[1]
    above = y - line_height(theme.SMALL) - 0.02
    canvas.write(x, above, latest.quantity, weight="bold", colour=accent, **style)
    canvas.write_small(x, y - 0.03, latest.period, **style)
    edge, y = goal[0] + 0.05, goal[1] - 0.1
    x = edge - measure(target.period, theme.SMALL) - GAP
    canvas.write(x, y, f"Objectif : {target.quantity}", weight="bold", **style)
    canvas.write_small(edge, y - line_height(theme.BODY) / 2, target.period, align="right")


def _write_pace(
    canvas: Canvas, start: Point, end: Point, words: tuple[str, str], base: float
) -> bool:
    """Name and pace of a rising line, below it and right of its middle, where they fit between it,
    the axis and the canvas's edge; returns whether they do."""
    middle = (start[0] + end[0]) / 2 + 0.12
    room = min(1.5, max(canvas.width - middle, 0.6))
    lines = [line for text in words for line in wrap(text, room, theme.SMALL)]
    widest = max(measure(line, theme.SMALL) for line in lines)
    x = min(middle, canvas.width - widest)
    slope = (end[1] - start[1]) / ((end[0] - start[0]) or 1.0)
    top = start[1] + slope * (x - start[0]) + 0.08  # the line only rises further right
    if x < start[0] or top + line_height(theme.SMALL) * len(lines) > base - 0.02:
        return False
    canvas.write_small(x, top, lines, colour=theme.INK, anchor="top")
    return True
