"""« classement » (ranked bars), « part-du-tout » (parts of one whole) and « comparaison » (bars
against a mean)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import GAP, THICKNESS, draw_rows, plan_rows, row_of
from analysis.show.charts.drawing import (
    Draft,
    Drawing,
    begin,
    refuse_impossible_parts,
    refuse_mixed_years,
    say,
)
from analysis.show.charts.facts import Fact, read_named
from analysis.show.charts.registry import register
from analysis.show.charts.text_fitting import line_height, measure

#: Up to so many rows, the whole is said beside each number; beyond, once above them.
FEW = 3


def _rank(facts: Sequence[Fact], items: Sequence, spec: Mapping) -> list[tuple[Fact, object]]:
    """Longest first, missing ones last, unless the order given is meant."""
    pairs = list(zip(facts, items, strict=True))
    if spec.get("order") == "donné":
        return pairs
    return sorted(pairs, key=lambda pair: (pair[0].number is None, -(pair[0].number or 0)))


def _is_emphasised(item: object) -> bool:
    return isinstance(item, Mapping) and bool(item.get("emphasis"))


@register("classement", optional=("remainder", "order", "total"))
def build_ranking(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Ranked bars; the remainder stands last, hatched; the total is said, not drawn."""
    facts, named = read_named(edition, spec, "remainder", "total")
    remainder, total = named["remainder"], named["total"]
    pairs = _rank(facts, spec["items"], spec)
    ranked = [*(fact for fact, _ in pairs), *([remainder] if remainder else [])]
    draft = begin(edition, spec, [*ranked, *([total] if total else [])], width)
    others = "soft" if any(_is_emphasised(item) for _, item in pairs) else "accent"
    looks = [
        "partial" if fact.is_partial else "accent" if _is_emphasised(item) else others
        for fact, item in pairs
    ]
    looks += ["remainder"] if remainder else []
    rows = [row_of(fact, look=look) for fact, look in zip(ranked, looks, strict=True)]
    if any(row.columns for row in rows):
        rows = [replace(row, aside="", columns=(row.aside,)) if row.aside else row for row in rows]
    if total:
        if all((fact.number or 0) >= 0 for fact in ranked):  # else one may exceed what all make
            refuse_impossible_parts(spec, ranked, total)
        # The total heads the list in words, as a sum heads its parts: its bar would dwarf them.
        write_heading(draft, total)
    draw_rows(draft, rows)
    sentences = [say(fact) for fact in (*([total] if total else []), *ranked)]
    return draft.complete("Diagramme en barres horizontales", sentences)


def write_heading(draft: Draft, fact: Fact, remark: str = "") -> None:
    """« Ensemble des politiques : 73,4 M€ (prévu) »: what the parts below belong to."""
    words = f"{fact.label} : {fact.display}" + (f" ({remark})" if remark else "")
    draft.write(words, after=0.06, weight="bold")


@register("part-du-tout", required=("items", "whole"), optional=("order",))
def build_shares_of_whole(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Bars on the track of one whole: « 27 sur 46 »."""
    facts, named = read_named(edition, spec, "whole")
    whole = named["whole"]
    facts = [fact for fact, _ in _rank(facts, spec["items"], spec)]
    draft = begin(edition, spec, [*facts, whole], width)
    refuse_impossible_parts(spec, facts, whole)
    refuse_mixed_years(edition, spec, facts, whole)
    aside = f"sur {whole.display}" if whole.number and len(facts) <= FEW else ""
    rows = [
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
    layout = plan_rows(draft.canvas, rows)
    if whole.number and not aside:
        _head_tracks(draft, whole, layout.zero + whole.number * layout.scales["x"])
    draw_rows(draft, rows, layout)
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
def build_comparison(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Bars against a reference (a national mean), whose level crosses them as a dashed line; what
    lies between is measured below them."""
    facts, named = read_named(edition, spec, "reference", "difference")
    reference, difference = named["reference"], named["difference"]
    drawn = [*facts, reference, *([difference] if difference else [])]
    draft = begin(edition, spec, drawn, width)
    rows = [row_of(fact) for fact in facts] + [row_of(reference, look="previous")]
    layout = plan_rows(draft.canvas, rows)
    top = draft.y + (line_height(theme.BODY) if layout.above else 0)
    draw_rows(draft, rows, layout)
    if reference.number is not None:
        x = layout.zero + reference.number * layout.scales["x"]
        line = [x, x], [top, draft.y]
        draft.canvas.line(*line, theme.PAPER, width=2.4, layer=5)  # seen on a dark bar too
        draft.canvas.line(*line, theme.TARGET, width=1.0, dashes=(3, 2), layer=6)
        if difference and difference.number is not None:
            ends = [layout.zero + row.number * layout.scales["x"] for row in rows[:-1]
                    if row.number is not None]  # fmt: skip
            free = max(x, layout.zero) + GAP + measure(rows[-1].display, theme.BODY, "bold") + GAP
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
