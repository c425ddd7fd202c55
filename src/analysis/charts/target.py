"""« objectif »: the way travelled towards a target, the way left, and the pace each asks for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from analysis import french, theme
from analysis.charts.drawing import Drawing, Plate, UndrawableChart, begin, say
from analysis.charts.facts import Fact, read_fact
from analysis.charts.registry import register
from analysis.charts.rows import draw_rows, row_of
from analysis.charts.sheet import Sheet, line_height, measure, wrap
from analysis.marks import mark
from analysis.store import Edition

PLOT_HEIGHT = 2.05


@register("objectif", required=("indicator",), optional=("label",))
def build_target(edition: Edition, spec: Mapping) -> Drawing:
    """Observed line, required line and target where dates are known; else two bars."""
    item = {"indicator": spec["indicator"], "label": spec.get("label")}
    latest = read_fact(edition, item)
    target = read_fact(edition, {"indicator": f"{spec['indicator']}:cible", "label": "Objectif"})
    before = read_fact(edition, item | {"indicator": f"{spec['indicator']}:precedent"})
    progress = _progress(edition, latest)
    points = _observed_points(before, latest)
    if target.value.period_end is None or len(points) < 1 or points[-1][0] is None:
        return _build_bars(edition, spec, latest, target, progress)
    plate = begin(edition, spec, [latest, target])
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
    edition: Edition, spec: Mapping, latest: Fact, target: Fact, progress: pd.Series | None
) -> Drawing:
    """No date to draw a way along: the value and the target as two bars."""
    if target.number is None:
        raise UndrawableChart(
            f"Graphique « {spec['id']} » : aucun objectif connu pour l’édition {edition.year}."
        )
    plate = begin(edition, spec, [latest, target])
    rows = [row_of(latest), row_of(target, look="target")]
    plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent)
    sentences = [say(latest, with_period=True), say(target)]
    return plate.complete(
        "Diagramme en barres horizontales", sentences, _tabulate(edition, latest, target, progress)
    )


def _pace(edition: Edition, latest: Fact, number: float | None) -> str:
    """« 8 571 arbres par an »; rounded to the unit, or to the indicator's step when finer."""
    if number is None or pd.isna(number):
        return french.MISSING
    unit = edition.unit(latest.value.unit)
    step = 1 if abs(number) >= 10 else 0.1
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
    top = plate.y + line_height(theme.BODY) * 2 + 0.05
    base = top + PLOT_HEIGHT
    left, right = 0.3, sheet.width - 0.75
    span = (date(last_year + 1, 1, 1) - date(first_year, 1, 1)).days
    highest = max([target.number, *(value for _, value in points)])
    scale = PLOT_HEIGHT / highest

    def at(day: date) -> float:
        return left + (day - date(first_year, 1, 1)).days / span * (right - left)

    def level(value: float) -> float:
        return base - value * scale

    sheet.line([left, right], [base, base], theme.RULE)
    every = 1 if last_year - first_year <= 12 else 5
    for year in range(first_year, last_year + 2, every):
        x = at(date(year, 1, 1))
        sheet.line([x, x], [base, base + 0.05], theme.RULE)
        if year <= last_year:
            middle = (x + at(date(year + 1, 1, 1))) / 2
            sheet.write(
                middle,
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
    sheet.write(
        at(end) + 0.05,
        level(target.number) - 0.1,
        words,
        weight="bold",
        align="right",
        anchor="bottom",
    )
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
        x, y = (xs[0] + xs[-1]) / 2, (ys[0] + ys[-1]) / 2
        _write_pace(sheet, x + 0.18, y, "rythme observé", observed, base)
    if required:
        x, y = (xs[-1] + goal[0]) / 2, (ys[-1] + goal[1]) / 2
        _write_pace(sheet, x + 0.1, y, "rythme nécessaire", required, base)


def _write_pace(sheet: Sheet, x: float, y: float, name: str, pace: str, base: float) -> None:
    """Two lines of words under a rising line, kept inside the sheet and above the axis."""
    room = min(1.5, sheet.width - x)
    lines = [*wrap(name, room, theme.SMALL), *wrap(pace, room, theme.SMALL)]
    widest = max(measure(line, theme.SMALL) for line in lines)
    x = min(x, sheet.width - widest)
    height = line_height(theme.SMALL) * len(lines)
    top = min(y + 0.08, base - height - 0.03)
    sheet.write(x, top, "\n".join(lines), size=theme.SMALL, colour=theme.INK, anchor="top")
