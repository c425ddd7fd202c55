"""« objectif »: where a value stands on its way to a target, and where the present pace leads.

One line, the scale, from zero (or the starting point, or the lowest negative number) to the largest
number drawn; a dot for the latest value, a ring for the target, a dash for the outlook.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analysis.base.lists import join_list, split_list
from analysis.model.references import PERCENT, Row, Value
from analysis.model.store import Edition, to_records
from analysis.show import theme
from analysis.show.charts.chart_rows import (
    ChartRows,
    list_data,
    select_item,
    select_value,
)
from analysis.show.charts.drawing import Draft, Drawing, UndrawableChart, begin, say
from analysis.show.charts.facts import Fact
from analysis.show.charts.registry import register
from analysis.show.charts.text_fitting import line_height, measure, place_apart
from analysis.words import french
from analysis.words.hidden_markup import capitalise, mark
from analysis.words.progress_words import (
    describe_due,
    describe_gap,
    describe_outlook,
    describe_share,
    describe_verdict,
    find_outlook_step,
    find_pace_step,
    list_paces,
)

#: Role of a number of ``progress`` → its column, and the word that stands for a modifier.
_PROGRESS = {
    "baseline": ("baseline", "depart"),
    "share": ("attained_pct", "part-atteinte"),
    "distance": ("distance", "ecart"),
    "observed-pace": ("observed_pace_per_year", "rythme-observe"),
    "required-pace": ("required_pace_per_year", "rythme-necessaire"),
    "outlook": ("expected_value", "perspective"),
}
DOT = 0.065
GAP = 0.2  # between words on one line


def select_target(edition: Edition, spec: Mapping) -> Iterator[Row]:
    """The latest value, the target, then what ``progress`` computed: share made, distance, paces,
    starting point, and where the observed pace leads."""
    item = {"indicator": spec["indicator"], "label": spec.get("label")}
    goal = {"indicator": f"{spec['indicator']}:cible", "label": spec.get("goal") or "Objectif"}
    known = [*select_item(edition, "indicator", item), *select_item(edition, "target", goal)]
    yield from known
    latest, target = edition.value(item["indicator"]), edition.value(goal["indicator"])
    if target.value is None:
        return
    row = _find_progress(edition, target)
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
            if role == "outlook":
                number = replace(number, precision=find_outlook_step(edition, row))
            if role in ("required-pace", "outlook"):
                number = replace(number, period_start=None, period_end=target.period_end)
            yield select_value(number, role=role, **cells)


def _find_progress(edition: Edition, target: Value) -> Row:
    """The row of ``progress`` of the target that is drawn: an indicator may have several."""
    rows = to_records(edition.rows("progress", indicator=target.indicator))
    return next(row for row in rows if row["target_date"] == target.period_end)


@register("objectif", select=select_target, required=("indicator",), optional=("label", "goal"))
def build_target(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """The scale with its marks; the verdict and the paces below it in words."""
    latest, target = rows.require("indicator"), rows.require("target")
    if target.number is None:
        raise UndrawableChart(spec, f"aucun objectif connu pour l’édition {edition.year}.")
    draft = begin(edition, spec, [latest, target], width)
    row = _read_progress(edition, rows, target)
    marks = [
        _Mark(target, f"{target.label} : {target.quantity}", _name_due(target)),
        _Mark(latest, latest.quantity, latest.period),
    ]
    if outlook := rows.find("outlook"):
        marks.append(_Mark(outlook, "au rythme actuel", describe_outlook(edition, row)))
    if start := rows.find("baseline"):
        marks.append(_Mark(start, "Point de départ", f"{start.quantity} ({start.period})"))
    _draw_scale(draft, marks)
    paces = list_paces(edition, row)
    said = [describe_verdict(row, describe_gap(edition, row))]
    said += [f"rythme {name} : {pace}" for name, pace in paces.items()]
    draft.note(capitalise(" ; ".join(said)) + ".")
    values = [
        say(latest, with_period=True),
        say(target, with_period=target.value.period_end is not None),
        *(f"{one.words} : {one.below}" for one in marks[2:]),
    ]
    table = _tabulate(edition, latest, target, row)
    return draft.complete("Point sur une échelle", values, table, list_data(rows.facts))


def _read_progress(edition: Edition, rows: ChartRows, target: Fact) -> Row:
    """The row of ``progress``, its numbers being those of the chart's rows; its verdict is the
    edition's."""
    numbers = {column: rows.find(role) for role, (column, _) in _PROGRESS.items()}
    return (
        dict(_find_progress(edition, target.value))
        | {column: fact and fact.number for column, fact in numbers.items()}
        | {"target_value": target.number}
    )


def _name_due(target: Fact) -> str:
    return target.period if target.value.period_end else ""


def _tabulate(edition: Edition, latest: Fact, target: Fact, row: Row) -> pd.DataFrame:
    # The target's trail says the paces, the share and the gap.
    said = {"Part atteinte": describe_share(edition, row), "Écart": describe_gap(edition, row)}
    said |= {f"Rythme {name}": pace for name, pace in list_paces(edition, row).items()}
    said["Au rythme actuel"] = describe_outlook(edition, row)
    rows = [
        ("Valeur observée", latest.marked_quantity, latest.period),
        (target.marked_label, target.marked_quantity, describe_due(target.value)),
        *(
            (name, mark(french.typeset(words), target.trace), "")
            for name, words in said.items()
            if words
        ),
    ]
    return pd.DataFrame(rows, columns=["Élément", "Valeur", "Période"])


@dataclass(frozen=True)
class _Mark:
    """A number on the scale: its ``words``, and what is said ``below`` them, in quieter words."""

    fact: Fact
    words: str
    below: str

    @property
    def width(self) -> float:
        weight = "bold" if self.fact.role != "baseline" else "normal"
        return max(measure(self.words, theme.BODY, weight), measure(self.below, theme.SMALL))


def _draw_scale(draft: Draft, marks: list[_Mark]) -> None:
    """The target's words above the line, those of the other marks below it."""
    canvas, accent = draft.canvas, draft.accent
    marks = [one for one in marks if one.fact.number is not None]
    numbers = [one.fact.number for one in marks]
    low, high = min(0.0, *numbers), max(0.0, *numbers)
    inset = DOT + 0.01
    scale = (canvas.width - 2 * inset) / ((high - low) or 1.0)
    zero = inset - low * scale
    xs = {one.fact.role: zero + one.fact.number * scale for one in marks}
    target = next(one for one in marks if one.fact.role == "target")
    _write_above(draft, target, xs["target"])
    draft.y += DOT + 0.05
    y = draft.y
    canvas.line([inset, canvas.width - inset], [y, y], theme.RULE)
    canvas.line([zero, zero], [y - 0.05, y + 0.05], theme.INK, width=0.7)
    if "indicator" in xs:
        canvas.line([xs.get("baseline", zero), xs["indicator"]], [y, y], accent, width=2.2)
    if "outlook" in xs:
        ends = [xs["indicator"], xs["outlook"]]
        canvas.line(ends, [y, y], accent, width=1.4, dashes=(3, 2), layer=2)
        canvas.line([ends[1]] * 2, [y - 0.07, y + 0.07], accent, width=1.4, layer=4)
    canvas.dot(xs["target"], y, DOT, theme.PAPER, edge=theme.TARGET, layer=5)
    for role, fill in (("baseline", theme.PREVIOUS), ("indicator", accent)):
        if role in xs:
            canvas.dot(xs[role], y, DOT, fill, layer=6)
    for one in marks:
        x = xs[one.fact.role]
        spot = one.fact.spot(x - DOT, y - DOT, x + DOT, y + DOT)
        if one.fact.role in ("outlook", "baseline"):
            spot = replace(spot, label=capitalise(one.words))
        if one.fact.role == "outlook":  # with what makes it no more than an outlook
            spot = replace(spot, value=one.below, period="")
        canvas.record(one.fact.reference, one.fact.number, one.fact.number * scale, spot=spot)
    draft.y += DOT + 0.04
    others = sorted((m for m in marks if m is not target), key=lambda m: xs[m.fact.role])
    _write_below(draft, others, xs)


def _write_above(draft: Draft, target: _Mark, x: float) -> None:
    """The target and its day on one line, ending over its one where that is on the right."""
    canvas = draft.canvas
    words, day = measure(target.words, theme.BODY, "bold"), measure(target.below, theme.SMALL)
    width = words + (0.08 + day if target.below else 0)
    (left,) = place_apart([x - width / 2], [width], 0.0, 0.0, canvas.width)
    middle = draft.y + line_height(theme.BODY) / 2
    canvas.write(left, middle, target.words, weight="bold")
    if target.below:
        canvas.write_small(left + words + 0.08, middle, target.below)
    draft.y += line_height(theme.BODY)


def _write_below(draft: Draft, marks: list[_Mark], xs: Mapping[str, float]) -> None:
    """The words of each one under it: side by side where they have room, else one under the
    other."""
    canvas = draft.canvas
    widths = [min(one.width, canvas.width) for one in marks]
    fits = sum(widths) + GAP * (len(marks) - 1) <= canvas.width
    for row in [list(zip(marks, widths, strict=True))] if fits else [
        [pair] for pair in zip(marks, widths, strict=True)
    ]:  # fmt: skip
        sizes = [width for _, width in row]
        starts = [xs[one.fact.role] - width / 2 for one, width in row]
        lefts = place_apart(starts, sizes, GAP, 0.0, canvas.width)
        heights = []
        for (one, width), left in zip(row, lefts, strict=True):
            latest = one.fact.role == "indicator"
            style = {"anchor": "top", "align": "center"}
            look = {"weight": "bold", "colour": draft.accent} if latest else {}
            x = left + width / 2
            height = canvas.write(x, draft.y, one.words, **style, **look)
            height += canvas.write_small(x, draft.y + height, one.below, **style)
            heights.append(height)
        draft.y += max(heights, default=0.0) + (0.0 if fits else 0.03)
