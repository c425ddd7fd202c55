"""« objectif »: the way travelled towards a target, the way left, and the pace each asks for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date

import pandas as pd

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import GAP, draw_rows, row_of
from analysis.show.charts.drawing import Drawing, Plate, UndrawableChart, begin, say
from analysis.show.charts.facts import Fact, read_fact, round_alike
from analysis.show.charts.registry import register
from analysis.show.charts.sheet import Sheet, line_height, measure, wrap
from analysis.words import french
from analysis.words.hidden_markup import mark

PLOT_HEIGHT = 1.6


@register("objectif", required=("indicator",), optional=("label",))
def build_target(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Observed line, required line and target where dates are known; else two bars."""
    item = {"indicator": spec["indicator"], "label": spec.get("label")}
    latest, target = round_alike(
        edition,
        [
            read_fact(edition, item),
            read_fact(edition, {"indicator": f"{spec['indicator']}:cible", "label": "Objectif"}),
        ],
    )
    before = read_fact(edition, item | {"indicator": f"{spec['indicator']}:precedent"})
    progress = _progress(edition, latest)
    points = _observed_points(before, latest)
    if target.value.period_end is None or len(points) < 1 or points[-1][0] is None:
        return _build_bars(edition, spec, (latest, target), progress, width)
    plate = begin(edition, spec, [latest, target], width)
    _draw_way(plate, points, latest, target, progress)
    if progress is not None and pd.isna(progress["observed_pace_per_year"]):
        reason = str(progress["reason"]) or french.MISSING
        plate.note(f"Rythme observé non disponible : {reason}.")
    sentences = [
        say(latest, with_period=True),
        f"objectif : {target.quantity} ({target.period})",
        *_paces(edition, latest, progress),
    ]
    return plate.complete(
        "Courbe vers l’objectif", sentences, _tabulate(edition, latest, target, progress)
    )


def _progress(edition: Edition, latest: Fact) -> pd.Series | None:
    rows = edition.rows("progress", indicator=latest.value.indicator)
    return rows.iloc[0] if len(rows) else None


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


def _build_bars(
    edition: Edition,
    spec: Mapping,
    facts: tuple[Fact, Fact],
    progress: pd.Series | None,
    width: float,
) -> Drawing:
    """No date to draw a way along: the value and the target as two bars."""
    latest, target = facts
    if target.number is None:
        raise UndrawableChart(
            f"Graphique « {spec['id']} » : aucun objectif connu pour l’édition {edition.year}."
        )
    plate = begin(edition, spec, [latest, target], width)
    rows = [row_of(latest), row_of(target, look="target")]
    plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent)
    sentences = [say(latest, with_period=True), say(target)]
    return plate.complete(
        "Diagramme en barres horizontales", sentences, _tabulate(edition, latest, target, progress)
    )


def _pace(edition: Edition, latest: Fact, number: float | None) -> str:
    """« 8 570 arbres par an »: a mean, hence three digits."""
    if number is None or pd.isna(number):
        return french.MISSING
    unit = edition.unit(latest.value.unit)
    step = 10.0 ** max(math.floor(math.log10(abs(number) or 1)) - 2, -1)
    words = unit["symbol"] or french.choose_form(number, unit["singular"], unit["plural"])
    return french.typeset(f"{french.format_number(number, step)} {words} par an")


def _paces(edition: Edition, latest: Fact, progress: pd.Series | None) -> list[str]:
    if progress is None:
        return []
    observed = _pace(edition, latest, progress["observed_pace_per_year"])
    required = _pace(edition, latest, progress["required_pace_per_year"])
    return [f"rythme observé : {observed}", f"rythme nécessaire : {required}"]


def _tabulate(
    edition: Edition, latest: Fact, target: Fact, progress: pd.Series | None
) -> pd.DataFrame:
    rows = [
        ("Valeur observée", latest.marked_quantity, latest.period),
        (
            "Objectif",
            target.marked_quantity,
            target.period if target.value.period_end else "sans date",
        ),
    ]
    if progress is not None:
        for label, column in (
            ("Rythme observé", "observed_pace_per_year"),
            ("Rythme nécessaire", "required_pace_per_year"),
        ):
            if not pd.isna(progress[column]):
                pace = _pace(edition, latest, progress[column])
                rows.append((label, mark(pace, target.trace), ""))  # its trail says the paces
    return pd.DataFrame(rows, columns=["Élément", "Valeur", "Période"])


def _draw_way(
    plate: Plate,
    points: list[tuple[date, float]],
    latest: Fact,
    target: Fact,
    progress: pd.Series | None,
) -> None:
    sheet, accent, edition = plate.sheet, plate.accent, plate.edition
    end = target.value.period_end
    first_year, last_year = points[0][0].year, end.year
    top = plate.y + line_height(theme.BODY) + 0.1
    base = top + PLOT_HEIGHT
    left, right = 0.02, sheet.width - (0.45 if sheet.narrow else 0.75)
    span = (date(last_year + 1, 1, 1) - date(first_year, 1, 1)).days
    highest = max([target.number, *(value for _, value in points)])
    scale = PLOT_HEIGHT / highest

    def at(day: date) -> float:
        return left + (day - date(first_year, 1, 1)).days / span * (right - left)

    def level(value: float) -> float:
        return base - value * scale

    sheet.line([left, right], [base, base], theme.RULE)
    years = range(first_year, last_year + 1)
    widest = measure(str(last_year), theme.SMALL) + 0.08
    pitch = (right - left) / len(years)
    every = next(n for n in (1, 2, 5, 10, 20, 50) if n * pitch >= widest)
    for year in (*years, last_year + 1):
        x = at(date(year, 1, 1))
        sheet.line([x, x], [base, base + 0.05], theme.RULE)
        if year in years[::-every]:
            sheet.write(
                max(x + pitch / 2, measure(str(year), theme.SMALL) / 2),
                base + 0.07,
                str(year),
                size=theme.SMALL,
                colour=theme.QUIET,
                align="center",
                anchor="top",
            )
    sheet.line([left, right], [level(target.number)] * 2, theme.TARGET, width=0.9, dashes=(1, 2))

    xs = [at(day) for day, _ in points]
    ys = [level(value) for _, value in points]
    sheet.line(xs, ys, accent, width=2.2, layer=3)
    sheet.line(
        [xs[-1], at(end)],
        [ys[-1], level(target.number)],
        accent,
        width=1.6,
        dashes=(4, 2.5),
        layer=3,
    )
    for day, value in points[-1:]:
        sheet.dot(at(day), level(value), 0.06, accent, layer=5)
        sheet.mark(latest.reference, value, value * scale)
    sheet.dot(at(end), level(target.number), 0.065, theme.PAPER, edge=theme.TARGET, layer=5)
    sheet.mark(target.reference, target.number, target.number * scale)

    _label_value(sheet, latest, xs, ys, accent)
    words = f"Objectif : {target.quantity}"
    edge, y = at(end) + 0.05, level(target.number) - 0.1
    date_width = measure(target.period, theme.SMALL) + GAP
    sheet.write(edge - date_width, y, words, weight="bold", align="right", anchor="bottom")
    middle = y - line_height(theme.BODY) / 2
    sheet.write(edge, middle, target.period, size=theme.SMALL, colour=theme.QUIET, align="right")
    if progress is not None:
        _label_paces(
            plate, edition, latest, progress, xs, ys, (at(end), level(target.number)), base
        )
    plate.y = base + 0.09 + line_height(theme.SMALL)


def _label_value(sheet: Sheet, latest: Fact, xs: list, ys: list, accent: str) -> None:
    """Above and left of the last observed point, where the line (rising) never is."""
    sheet.write(
        xs[-1] - 0.12,
        ys[-1] - line_height(theme.SMALL) - 0.02,
        latest.quantity,
        weight="bold",
        colour=accent,
        align="right",
        anchor="bottom",
    )
    sheet.write(
        xs[-1] - 0.12,
        ys[-1] - 0.03,
        latest.period,
        size=theme.SMALL,
        colour=theme.QUIET,
        align="right",
        anchor="bottom",
    )


def _label_paces(
    plate: Plate,
    edition: Edition,
    latest: Fact,
    progress: pd.Series,
    xs: list,
    ys: list,
    goal: tuple[float, float],
    base: float,
) -> None:
    """Each pace stands below its own line, right of its middle."""
    sheet = plate.sheet
    observed, required = (
        None if pd.isna(progress[column]) else _pace(edition, latest, progress[column])
        for column in ("observed_pace_per_year", "required_pace_per_year")
    )
    if observed and len(xs) > 1:
        name = "rythme moyen observé"
        if not _write_pace(sheet, (xs[0], ys[0]), (xs[-1], ys[-1]), (name, observed), base):
            plate.note(f"{name.capitalize()} : {observed}.")
    if required:
        name = "rythme nécessaire"
        if not _write_pace(sheet, (xs[-1], ys[-1]), goal, (name, required), base):
            plate.note(f"{name.capitalize()} : {required}.")


def _write_pace(
    sheet: Sheet,
    start: tuple[float, float],
    end: tuple[float, float],
    words: tuple[str, str],
    base: float,
) -> bool:
    """Name and pace of a rising line, below it and right of its middle, where they fit between it,
    the axis and the sheet's edge; returns whether they do."""
    room = min(1.5, max(sheet.width - (start[0] + end[0]) / 2 - 0.12, 0.6))
    lines = [line for text in words for line in wrap(text, room, theme.SMALL)]
    widest = max(measure(line, theme.SMALL) for line in lines)
    x = min((start[0] + end[0]) / 2 + 0.12, sheet.width - widest)
    slope = (end[1] - start[1]) / ((end[0] - start[0]) or 1.0)
    top = start[1] + slope * (x - start[0]) + 0.08  # the line only rises further right
    if x < start[0] or top + line_height(theme.SMALL) * len(lines) > base - 0.02:
        return False
    sheet.write(x, top, "\n".join(lines), size=theme.SMALL, colour=theme.INK, anchor="top")
    return True
