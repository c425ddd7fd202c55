"""« classement » (ranked bars) and « part-du-tout » (parts of one whole)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import draw_rows, paint, plan_rows, row_of
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


def _rank(rows: ChartRows) -> list[Fact]:
    """Longest first, missing ones last."""
    return sorted(rows.list(ITEMS), key=lambda fact: (fact.number is None, -(fact.number or 0)))


def _list_emphasised(spec: Mapping) -> set[str]:
    """References of the items that stand out."""
    return {
        item["indicator"]
        for item in spec["items"]
        if isinstance(item, Mapping) and item.get("emphasis")
    }


@register("classement", optional=("remainder", "subtotal", "total"))
def build_ranking(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """Ranked bars; the remainder stands last, hatched; the total is said, not drawn. What the items
    that stand out make together (``subtotal``) is said beside their colour."""
    remainder, total = rows.find("remainder"), rows.find("total")
    emphasised = _list_emphasised(spec)
    ranked = [*_rank(rows), *rows.list("remainder")]
    together = rows.list("total", "subtotal")
    draft = begin(edition, spec, [*ranked, *together], width)

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
    if subtotal := rows.find("subtotal"):
        _write_key(draft, subtotal)
    draw_rows(draft, bars)
    sentences = [say(fact) for fact in (*together, *ranked)]
    return draft.complete("Diagramme en barres horizontales", sentences)


def write_heading(draft: Draft, fact: Fact, remark: str = "") -> None:
    """« Ensemble des politiques : 73,4 M€ (prévu) »: what the parts below belong to."""
    words = f"{fact.label} : {fact.display}" + (f" ({remark})" if remark else "")
    top, width = draft.y, measure(words, theme.BODY, "bold")
    draft.write(words, weight="bold")
    draft.canvas.say(fact.spot(0, top, min(width, draft.canvas.width), draft.y, remark))
    draft.y += 0.06


def _write_key(draft: Draft, fact: Fact) -> None:
    """« ■ Confié à des syndicats : 34,4 M€ (46,9 %) »."""
    side = line_height(theme.BODY) * 0.72
    fill, *_ = paint("accent", draft.accent)
    draft.canvas.bar(0, draft.y + line_height(theme.BODY) / 2, side, side, fill)
    detail = f" ({fact.detail})" if fact.detail else ""
    room = draft.canvas.width - side - 0.08
    words = f"{fact.label} : {fact.display}{detail}"
    top = draft.y
    draft.y += draft.canvas.write(side + 0.08, draft.y, words, width=room, anchor="top")
    right = side + 0.08 + min(measure(words, theme.BODY), room)
    draft.canvas.say(fact.spot(0, top, right, draft.y))
    draft.y += 0.05


@register("part-du-tout", required=("items", "whole"))
def build_shares_of_whole(
    edition: Edition, spec: Mapping, rows: ChartRows, width: float
) -> Drawing:
    """Bars on the track of one whole: « 27 sur 46 »."""
    whole, facts = rows.require("whole"), _rank(rows)
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
    end = layout.zero + (whole.number or 0) * layout.scales["x"]
    if whole.number and not aside:
        _head_tracks(draft, whole, end)
    top = draft.y
    draw_rows(draft, bars, layout)
    if whole.number and aside:  # said beside each number: at the end of the tracks
        draft.canvas.say(whole.spot(end - 0.1, top, end, draft.y))
    sentences = [say(fact) for fact in (whole, *facts)]
    return draft.complete("Diagramme en barres horizontales sur fond de l’ensemble", sentences)


def _head_tracks(draft: Draft, whole: Fact, end: float) -> None:
    """What all tracks stand for, above their common end."""
    words = f"{whole.label} : {whole.display}"
    width = measure(words, theme.SMALL)
    x, top = max(end, width), draft.y
    draft.y += draft.canvas.write_small(x, draft.y, words, align="right", anchor="top")
    draft.canvas.say(whole.spot(x - width, top, x, draft.y))
    draft.canvas.line([end, end], [draft.y, draft.y + 0.05], theme.PREVIOUS)
    draft.y += 0.02
