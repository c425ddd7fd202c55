"""« classement » (ranked bars), « part-du-tout » (parts of one whole) and « comparaison » (bars
against a mean)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import GAP, THICKNESS, draw_rows, plan_rows, row_of
from analysis.show.charts.chart_rows import ITEMS, ChartRows
from analysis.show.charts.drawing import (
    Draft,
    Drawing,
    begin,
    refuse_impossible_parts,
    refuse_mixed_years,
    say,
)
from analysis.show.charts.facts import Fact
from analysis.show.charts.registry import register
from analysis.show.charts.text_fitting import line_height, measure

#: Up to so many rows, the whole is said beside each number; beyond, once above them.
FEW = 3


def _rank(spec: Mapping, rows: ChartRows) -> list[Fact]:
    """Longest first, missing ones last, unless the order given is meant."""
    facts = rows.list(ITEMS)
    if spec.get("order") == "donné":
        return facts
    return sorted(facts, key=lambda fact: (fact.number is None, -(fact.number or 0)))


def _list_emphasised(spec: Mapping) -> set[str]:
    """References of the items that stand out."""
    return {
        item["indicator"]
        for item in spec["items"]
        if isinstance(item, Mapping) and item.get("emphasis")
    }


@register("classement", optional=("remainder", "order", "total"))
def build_ranking(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """Ranked bars; the remainder stands last, hatched; the total is said, not drawn."""
    remainder, total = rows.find("remainder"), rows.find("total")
    emphasised = _list_emphasised(spec)
    ranked = [*_rank(spec, rows), *rows.list("remainder")]
    draft = begin(edition, spec, [*ranked, *rows.list("total")], width)

    def find_look(fact: Fact) -> str:
        if fact is remainder or fact.is_partial:
            return "remainder" if fact is remainder else "partial"
        return "soft" if emphasised and fact.reference not in emphasised else "accent"

    bars = [row_of(fact, look=find_look(fact)) for fact in ranked]
    if any(bar.columns for bar in bars):
        bars = [replace(bar, aside="", columns=(bar.aside,)) if bar.aside else bar for bar in bars]
    if total:
        if all((fact.number or 0) >= 0 for fact in ranked):  # else one may exceed what all make
            refuse_impossible_parts(spec, ranked, total)
        # The total heads the list in words, as a sum heads its parts: its bar would dwarf them.
        write_heading(draft, total)
    draw_rows(draft, bars)
    sentences = [say(fact) for fact in (*rows.list("total"), *ranked)]
    return draft.complete("Diagramme en barres horizontales", sentences)


def write_heading(draft: Draft, fact: Fact, remark: str = "") -> None:
    """« Ensemble des politiques : 73,4 M€ (prévu) »: what the parts below belong to."""
    words = f"{fact.label} : {fact.display}" + (f" ({remark})" if remark else "")
    draft.write(words, after=0.06, weight="bold")


@register("part-du-tout", required=("items", "whole"), optional=("order",))
def build_shares_of_whole(
    edition: Edition, spec: Mapping, rows: ChartRows, width: float
) -> Drawing:
    """Bars on the track of one whole: « 27 sur 46 »."""
    whole, facts = rows.require("whole"), _rank(spec, rows)
    draft = begin(edition, spec, [*facts, whole], width)
    refuse_impossible_parts(spec, facts, whole)
    refuse_mixed_years(edition, spec, facts, whole)
    aside = f"sur {whole.display}" if whole.number and len(facts) <= FEW else ""
    bars = [
        row_of(fact)
        if fact.number is None
        else row_of(
            fact,
            whole=whole.number,
            aside=aside,
            look="partial" if fact.is_partial else "accent",
        )
        for fact in facts
    ]
    layout = plan_rows(draft.canvas, bars)
    if whole.number and not aside:
        _head_tracks(draft, whole, layout.zero + whole.number * layout.scales["x"])
    draw_rows(draft, bars, layout)
    sentences = [say(fact) for fact in (whole, *facts)]
    return draft.complete("Diagramme en barres horizontales sur fond de l’ensemble", sentences)


def _head_tracks(draft: Draft, whole: Fact, end: float) -> None:
    """What all tracks stand for, above their common end."""
    words = f"{whole.label} : {whole.display}"
    x = max(end, measure(words, theme.SMALL))
    draft.y += draft.canvas.write_small(x, draft.y, words, align="right", anchor="top")
    draft.canvas.line([end, end], [draft.y, draft.y + 0.05], theme.PREVIOUS)
    draft.y += 0.02


@register("comparaison", required=("items", "reference"), optional=("difference",))
def build_comparison(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """Bars against a reference (a national mean), whose level crosses them as a dashed line; what
    lies between is measured below them."""
    reference, difference = rows.require("reference"), rows.find("difference")
    drawn = [*rows.list(ITEMS), reference, *rows.list("difference")]
    draft = begin(edition, spec, drawn, width)
    bars = [row_of(fact) for fact in rows.list(ITEMS)] + [row_of(reference, look="previous")]
    layout = plan_rows(draft.canvas, bars)
    top = draft.y + (line_height(theme.BODY) if layout.above else 0)
    draw_rows(draft, bars, layout)
    if reference.number is not None:
        x = layout.zero + reference.number * layout.scales["x"]
        line = [x, x], [top, draft.y]
        draft.canvas.line(*line, theme.PAPER, width=2.4, layer=5)  # seen on a dark bar too
        draft.canvas.line(*line, theme.TARGET, width=1.0, dashes=(3, 2), layer=6)
        if difference and difference.number is not None:
            ends = [layout.zero + bar.number * layout.scales["x"] for bar in bars[:-1]
                    if bar.number is not None]  # fmt: skip
            free = max(x, layout.zero) + GAP + measure(bars[-1].display, theme.BODY, "bold") + GAP
            words = f"{difference.label} : {difference.quantity}"
            _measure_gap(draft, (x, free), ends, words)
    return draft.complete("Diagramme en barres horizontales", [say(fact) for fact in drawn])


def _measure_gap(
    draft: Draft, level: tuple[float, float], ends: Sequence[float], words: str
) -> None:
    """From the reference's level to the end of a lone bar, with its words; else the words alone.
    The second of ``level`` is where the words beside the reference's bar end."""
    canvas, y = draft.canvas, draft.y + 0.05
    if len(ends) != 1:
        draft.note(f"{words}.")
        return
    low, high = sorted((level[0], ends[0]))
    if not low < ends[0] < level[1]:
        canvas.line([ends[0]] * 2, [draft.y - THICKNESS, y], theme.PREVIOUS, dashes=(1, 2))
    bracket = [low, low, high, high], [y - 0.05, y, y, y - 0.05]
    canvas.line(*bracket, theme.TARGET, width=1.0, layer=6)
    x = min(max((low + high) / 2, measure(words, theme.BODY) / 2), canvas.width)
    x = min(x, canvas.width - measure(words, theme.BODY) / 2)
    y += GAP / 2
    draft.y = y + canvas.write(x, y, words, align="center", anchor="top", width=canvas.width)
