"""« evolution »: an indicator over its comparable periods, three or more, as a line over zero.

A year without a comparable value stays empty and says why, and no line crosses it. An estimate of
the year before the first is a ring, led to by dashes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pandas as pd

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.chart_rows import (
    ITEMS,
    ChartRows,
    Row,
    select_item,
    select_reference,
    select_value,
)
from analysis.show.charts.drawing import Draft, Drawing, UndrawableChart, begin, say
from analysis.show.charts.facts import Fact
from analysis.show.charts.registry import register
from analysis.show.charts.series import FEWEST, KIND, find_points, list_gaps
from analysis.show.charts.text_fitting import line_height, measure, wrap_evenly
from analysis.words import french

PLOT_HEIGHT, DOT = 0.8, 0.05
NOT_COMPARABLE = "non comparable"
ESTIMATE = "estimate"


def select_series(edition: Edition, spec: Mapping) -> Iterator[Row]:
    """The comparable values, oldest first, then the years without a point, each with its reason."""
    points = find_points(edition, spec)
    yield from select_points(edition, spec, points)
    typed = [reference for reference, back in points if not back]
    gaps = list_gaps(edition, spec["indicator"], typed) if typed else {}
    for year, known in gaps.items():
        reason = NOT_COMPARABLE if known else french.MISSING
        yield {"role": "gap", "label": str(year), "missing": reason}


def select_points(
    edition: Edition, spec: Mapping, points: Sequence[tuple[str, int]]
) -> Iterator[Row]:
    """The rows of the points that ``find_points`` gives."""
    label = {"label": spec["label"]} if spec.get("label") else {}
    for reference, back in points:
        if back:
            yield _select_estimate(edition, reference, back)
        else:
            yield from select_item(edition, ITEMS, {"indicator": reference} | label)


def _select_estimate(edition: Edition, reference: str, back: int) -> Row:
    """What is worked out of a later year, in the year that it is of."""
    value = edition.value(reference)

    def move(day: date | None) -> date | None:
        return day and (pd.Timestamp(day) - pd.DateOffset(years=back)).date()

    moved = replace(value, period_start=move(value.period_start), period_end=move(value.period_end))
    label = f"Estimation pour {moved.period_end.year}"
    return select_reference(edition, ESTIMATE, reference) | select_value(moved, label=label)


@register(KIND, select=select_series, required=("indicator",), optional=("label", ESTIMATE))
def build_evolution(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """One slot a year, the number above its point, the period below."""
    facts = rows.list(ESTIMATE, ITEMS)
    if not facts:
        raise UndrawableChart(
            spec, f"moins de {FEWEST} périodes comparables pour l’édition {edition.year}."
        )
    found = {int(gap.label): gap.value.missing for gap in rows.list("gap")}
    found |= {fact.value.period_end.year: fact for fact in facts}
    draft = begin(edition, spec, facts, width)
    slots = {year: found.get(year, french.MISSING) for year in range(min(found), max(found) + 1)}
    _draw(draft, slots)
    if any(fact.is_partial for fact in facts):
        draft.note("Point vide : valeur provisoire.")
    for fact in rows.list(ESTIMATE):
        year = fact.value.period_end.year
        draft.note(f"{year} : estimation, calculée d’après l’évolution connue de {year + 1}.")
    sentences = [
        say(slot, with_period=True) if isinstance(slot, Fact) else f"{year} : {slot}"
        for year, slot in slots.items()
    ]
    table = pd.DataFrame(
        {
            "Période": [s.period if isinstance(s, Fact) else str(y) for y, s in slots.items()],
            "Valeur": [s.marked_quantity if isinstance(s, Fact) else s for s in slots.values()],
        }
    )
    return draft.complete("Courbe à partir de zéro", sentences, table)


def _draw(draft: Draft, slots: Mapping[int, Fact | str]) -> None:
    """A slot for each year: its number or the reason why there is none, its period below."""
    canvas = draft.canvas
    step = canvas.width / len(slots)
    facts = [slot for slot in slots.values() if isinstance(slot, Fact)]
    highest = max(0.0, *(fact.number for fact in facts))
    lowest = min(0.0, *(fact.number for fact in facts))
    scale = PLOT_HEIGHT / ((highest - lowest) or 1.0)
    room = step - 0.08
    said = _choose_said(facts, room)
    dated = all(_fits(slot.period, room, theme.SMALL) for slot in facts)
    most = max(len(wrap_evenly(f.display, room, theme.BODY, "bold")) for f in said)
    base = draft.y + line_height(theme.BODY) * most + 0.08 + highest * scale
    bottom = base - lowest * scale + (line_height(theme.BODY) * most + 0.06 if lowest < 0 else 0)
    canvas.line([0, canvas.width], [base, base], theme.INK, width=0.7, layer=4)
    canvas.write_small(0, base - 0.02, "0", anchor="bottom")
    points: list[tuple[float, float, Fact] | None] = []
    deepest = 0.0
    for number, (year, slot) in enumerate(slots.items()):
        x = step * (number + 0.5)
        period = slot.period if dated and isinstance(slot, Fact) else str(year)
        if isinstance(slot, Fact) and slot.role == ESTIMATE:
            period += ", estimation"
        lines = wrap_evenly(period, room, theme.SMALL)
        height = canvas.write_small(x, bottom + 0.06, lines, align="center", anchor="top")
        deepest = max(deepest, height)
        if isinstance(slot, str):
            lines = wrap_evenly(slot, room, theme.SMALL)
            canvas.write_small(x, base - 0.06, lines, align="center", anchor="bottom")
            points.append(None)
            continue
        y = base - slot.number * scale
        points.append((x, y, slot))
        spot = slot.spot(x - DOT, y - DOT, x + DOT, y + DOT)
        canvas.record(slot.reference, slot.number, slot.number * scale, spot=spot)
        if slot in said:
            _write_number(draft, x, y, slot, room)
    _draw_points(draft, points)
    draft.y = bottom + 0.06 + deepest


def _fits(words: str, room: float, size: float, weight: str = "normal") -> bool:
    lines = wrap_evenly(words, room, size, weight)
    return len(lines) <= 2 and all(measure(line, size, weight) <= room for line in lines)


def _choose_said(facts: Sequence[Fact], room: float) -> Sequence[Fact]:
    """The facts whose numbers are written: all, or where there is no room the first, the last, the
    highest and the lowest, as far as they do not touch."""
    if all(_fits(fact.display, room, theme.BODY, "bold") for fact in facts):
        return facts
    numbers = [fact.number for fact in facts]
    wanted = [0, len(facts) - 1, numbers.index(max(numbers)), numbers.index(min(numbers))]
    apart = 1 + int(max(measure(f.display, theme.BODY, "bold") for f in facts) // (room + 0.08))
    kept: list[int] = []
    for index in wanted:
        if all(abs(index - other) >= apart for other in kept):
            kept.append(index)
    return [facts[index] for index in kept]


def _write_number(draft: Draft, x: float, y: float, fact: Fact, room: float) -> None:
    """Above a point of zero or more, below a negative one."""
    below = fact.number < 0
    draft.canvas.write(
        x,
        y + (0.07 if below else -0.07),
        wrap_evenly(fact.display, room, theme.BODY, "bold"),
        weight="bold",
        align="center",
        anchor="top" if below else "bottom",
        halo=True,
    )


def _draw_points(draft: Draft, points: Sequence[tuple[float, float, Fact] | None]) -> None:
    """Dots, joined where no year lies empty between them; a ring where nothing is settled yet."""
    canvas, accent = draft.canvas, draft.accent
    for point in filter(None, points):
        x, y, fact = point
        hollow = fact.is_partial or fact.role == ESTIMATE
        canvas.dot(x, y, DOT, theme.PAPER if hollow else accent, edge=accent, layer=5)
    for one, two in pairwise(points):
        if one and two:
            dashes = (3, 2) if one[2].role == ESTIMATE else None
            canvas.line(
                [one[0], two[0]], [one[1], two[1]], accent, width=1.8, dashes=dashes, layer=3
            )
