"""« objectif »: the way travelled towards a target, the way left, and the pace each asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import GAP, draw_rows, row_of
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.drawing import Draft, Drawing, UndrawableChart, begin, say
from analysis.show.charts.facts import Fact, read_fact
from analysis.show.charts.registry import register
from analysis.show.charts.text_fitting import line_height, measure, wrap
from analysis.words import french
from analysis.words.hidden_markup import mark

PLOT_HEIGHT = 1.6

Point = tuple[float, float]


@register("objectif", required=("indicator",), optional=("label",))
def build_target(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Observed line, required line and target where dates are known; else two bars."""
    item = {"indicator": spec["indicator"], "label": spec.get("label")}
    goal = {"indicator": f"{spec['indicator']}:cible", "label": "Objectif"}
    latest, target = read_fact(edition, item), read_fact(edition, goal)
    before = read_fact(edition, item | {"indicator": f"{spec['indicator']}:precedent"})
    rows = edition.rows("progress", indicator=latest.value.indicator)
    paces = _describe_paces(edition, latest, rows.iloc[0]) if len(rows) else {}
    points = _observed_points(before, latest)
    dated = target.value.period_end is not None and bool(points)
    if target.number is None and not dated:
        raise UndrawableChart(
            f"Graphique « {spec['id']} » : aucun objectif connu pour l’édition {edition.year}."
        )
    draft = begin(edition, spec, [latest, target], width)
    table = _tabulate(latest, target, paces)
    if not dated:
        bars = [row_of(latest), row_of(target, look="target")]
        draw_rows(draft, bars)
        sentences = [say(latest, with_period=True), say(target)]
        return draft.complete("Diagramme en barres horizontales", sentences, table)
    _draw_way(draft, points, latest, target, paces)
    if paces and not paces["observé"]:
        reason = str(rows.iloc[0]["reason"]) or french.MISSING
        draft.note(f"Rythme observé non disponible : {reason}.")
    sentences = [
        say(latest, with_period=True),
        f"objectif : {target.quantity} ({target.period})",
        *(f"rythme {name} : {pace or french.MISSING}" for name, pace in paces.items()),
    ]
    return draft.complete("Courbe vers l’objectif", sentences, table)


def _observed_points(before: Fact, latest: Fact) -> list[tuple[date, float]]:
    """Dated observations, oldest first; a flow counted since its start begins there at zero."""
    value = latest.value
    if value.value is None or value.period_end is None:
        return []
    points = [(value.period_end, float(value.value))]
    if value.measure == "flux" and value.period_start:
        points.insert(0, (value.period_start, 0.0))
    elif before.number is not None and before.value.period_end:
        points.insert(0, (before.value.period_end, before.number))
    return points


def _describe_paces(edition: Edition, latest: Fact, progress: pd.Series) -> dict[str, str]:
    """« observé » and « nécessaire » → « 8 570 arbres par an » (a mean, hence three digits), or ''
    where it is not known."""
    unit = edition.unit(latest.value.unit)
    paces = {}
    for name, column in (("observé", "observed"), ("nécessaire", "required")):
        number = progress[f"{column}_pace_per_year"]
        if pd.isna(number):
            paces[name] = ""
            continue
        step = 10.0 ** max(math.floor(math.log10(abs(number) or 1)) - 2, -1)
        words = unit["symbol"] or french.choose_form(number, unit["singular"], unit["plural"])
        paces[name] = french.typeset(f"{french.format_number(number, step)} {words} par an")
    return paces


def _tabulate(latest: Fact, target: Fact, paces: Mapping[str, str]) -> pd.DataFrame:
    due = target.period if target.value.period_end else "sans date"
    rows = [
        ("Valeur observée", latest.marked_quantity, latest.period),
        ("Objectif", target.marked_quantity, due),
        # The target's trail says the paces.
        *((f"Rythme {name}", mark(pace, target.trace), "") for name, pace in paces.items() if pace),
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


def _draw_way(
    draft: Draft,
    observed: Sequence[tuple[date, float]],
    latest: Fact,
    target: Fact,
    paces: Mapping[str, str],
) -> None:
    """The observed line, the line that is required from there to the target, their paces."""
    canvas, accent, due = draft.canvas, draft.accent, target.value.period_end
    highest = max([target.number, *(value for _, value in observed)])
    plot = _Plot(
        range(observed[0][0].year, due.year + 1),
        left=0.02,
        right=canvas.width - (0.45 if canvas.narrow else 0.75),
        base=draft.y + line_height(theme.BODY) + 0.1 + PLOT_HEIGHT,
        scale=PLOT_HEIGHT / highest,
    )
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
        if pace and not _write_pace(canvas, start, end, (name, pace), plot.base):
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
