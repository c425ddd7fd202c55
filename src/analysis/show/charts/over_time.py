"""« periodes »: indicators over their latest period and the one before, a group of bars for each,
the period beside each bar.

What the periods forbid to compare is said to be so; then only the values are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import BarRow, draw_rows, plan_rows, row_of
from analysis.show.charts.chart_rows import (
    ITEMS,
    ChartRows,
    Row,
    list_data,
    select_item,
    select_reference,
)
from analysis.show.charts.drawing import Draft, Drawing, begin, say
from analysis.show.charts.facts import Fact, read_label
from analysis.show.charts.registry import register
from analysis.show.charts.text_fitting import line_height, measure, wrap
from analysis.words.hidden_markup import strip_marks

NOT_COMPARABLE = "périodes non comparables"
BETWEEN = 0.12


def select_pairs(edition: Edition, spec: Mapping) -> Iterator[Row]:
    """The value before, the latest and their change for each item, with the verdict of
    ``comparisons``."""
    for item in spec["items"]:
        item = {"indicator": item} if isinstance(item, str) else dict(item)
        name = item["indicator"]
        before = item | {"indicator": f"{name}:precedent"}
        yield from select_item(edition, "before", before, of=name)
        yield from select_item(edition, ITEMS, item)
        latest = edition.value(name)
        rows = edition.rows("comparisons", indicator=latest.indicator, territory=latest.territory)
        comparable = not rows.empty and rows["comparable"].iloc[0]
        yield select_reference(
            edition,
            "growth",
            f"{name}:evolution",
            of=name,
            label=read_label(edition, item.get("label"), latest.title),
            remark="" if comparable else NOT_COMPARABLE,
        )


@register("periodes", select=select_pairs)
def build_periods(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """Cut-offs are hatched. Indicators of one unit share a scale; a number alone of its unit is
    written without a bar."""
    groups, facts, sentences, lines = [], [], [], []
    for found in rows.group().values():
        pair = [fact for fact in found if fact.role != "growth"]
        if not pair:
            continue
        known = [fact for fact in pair if fact.number is not None] or pair[-1:]
        marked = _tell_change(found) if len(known) == 2 else ""
        remark = strip_marks(marked)
        bars = _draw_pair(known)
        if remark == NOT_COMPARABLE:
            bars = [replace(bar, remark=remark) for bar in bars]
        groups.append((known[-1].label, remark, bars))
        facts += known
        sentences += [
            ", ".join(filter(None, (say(fact, with_period=True), fact.state))) for fact in known
        ] + [remark]
        lines += [
            {
                "Indicateur": fact.marked_label,
                "Période": fact.period,
                "Valeur": fact.marked_quantity,
                "Remarque": marked if fact is known[-1] else "",
            }
            for fact in known
        ]
    draft = begin(edition, spec, facts, width)
    _draw_groups(draft, groups)
    if any(fact.is_partial for fact in facts):
        draft.note("Hachures : décompte arrêté avant la fin de la période, ou prévision.")
    kind = "Diagramme en barres horizontales, une échelle par unité"
    changes = [fact for fact in rows.list("growth") if fact.number is not None]
    return draft.complete(kind, sentences, pd.DataFrame(lines), list_data([*facts, *changes]))


def _tell_change(facts: Sequence[Fact]) -> str:
    """« +5,2 % » with its reference, or that there is none to show."""
    growth = next((fact for fact in facts if fact.role == "growth"), None)
    if growth is None or growth.row["remark"]:
        return growth.row["remark"] if growth else ""
    return growth.marked_quantity if growth.number is not None else ""


def _draw_pair(facts: Sequence[Fact]) -> list[BarRow]:
    """A bar named by its period: hatched where it is cut off, grey when it is the one before."""
    return [
        row_of(
            fact,
            label=fact.period,
            look="partial" if fact.is_partial else "accent" if fact is facts[-1] else "previous",
            aside=fact.state,
            columns=(),
            scale=fact.value.unit,
        )
        for fact in facts
    ]


def _draw_groups(draft: Draft, groups: Sequence[tuple[str, str, list[BarRow]]]) -> None:
    """Each group under its name and its remark; the bars of all begin at one line."""
    scales = [bar.scale for *_, bars in groups for bar in bars]
    groups = [
        (label, remark, [replace(bar, bar=scales.count(bar.scale) > 1) for bar in bars])
        for label, remark, bars in groups
    ]
    layout = plan_rows(draft.canvas, [bar for *_, bars in groups for bar in bars])
    for number, (label, remark, bars) in enumerate(groups):
        draft.y += BETWEEN if number else 0.0
        _write_head(draft, label, remark)
        draw_rows(draft, bars, layout)


def _write_head(draft: Draft, label: str, remark: str) -> None:
    """The name, and the remark beside it where there is room, else below."""
    canvas = draft.canvas
    lines = wrap(label, canvas.width, theme.BODY, "bold")
    draft.write(lines, weight="bold")
    after = measure(lines[-1], theme.BODY, "bold") + 0.1
    if remark and after + measure(remark, theme.SMALL) <= canvas.width:
        canvas.write_small(after, draft.y - line_height(theme.BODY) / 2, remark)
    elif remark:
        draft.write(remark, size=theme.SMALL, colour=theme.QUIET)
    draft.y += 0.03
