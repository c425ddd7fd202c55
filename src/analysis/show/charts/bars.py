"""« classement » (ranked bars), « part-du-tout » (parts of one whole) and « comparaison » (bars
against a mean)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import GAP, THICKNESS, draw_rows, plan_rows, row_of
from analysis.show.charts.drawing import Drawing, Plate, begin, say
from analysis.show.charts.facts import Fact, read_named
from analysis.show.charts.registry import register
from analysis.show.charts.sheet import line_height, measure

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


def _look(fact: Fact, emphasised: bool, some: bool) -> str:
    if fact.is_partial:
        return "partial"
    return "soft" if some and not emphasised else "accent"


@register("classement", optional=("remainder", "order", "total"))
def build_ranking(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Ranked bars; the remainder stands last, hatched; the total is said, not drawn."""
    facts, named = read_named(edition, spec, "remainder", "total")
    remainder, total = named["remainder"], named["total"]
    pairs = _rank(facts, spec["items"], spec)
    rest = [fact for fact in (remainder, total) if fact]
    plate = begin(edition, spec, [*(fact for fact, _ in pairs), *rest], width)
    some = any(_is_emphasised(item) for _, item in pairs)
    rows = [row_of(fact, look=_look(fact, _is_emphasised(item), some)) for fact, item in pairs]
    sentences = [say(fact) for fact, _ in pairs]
    if remainder:
        rows.append(row_of(remainder, look="remainder"))
        sentences.append(say(remainder))
    if any(row.columns for row in rows):
        rows = [replace(row, aside="", columns=(row.aside,)) if row.aside else row for row in rows]
    if total:
        # The total heads the list in words, as a sum heads its parts: its bar would dwarf them.
        write_heading(plate, total)
        sentences.insert(0, say(total))
    plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent)
    return plate.complete("Diagramme en barres horizontales", sentences)


def write_heading(plate: Plate, fact: Fact, remark: str = "") -> None:
    """« Ensemble des politiques : 73,4 M€ (prévu) »: what the parts below belong to."""
    words = f"{fact.label} : {fact.display}" + (f" ({remark})" if remark else "")
    width = plate.sheet.width
    plate.y += plate.sheet.write(0, plate.y, words, weight="bold", anchor="top", width=width) + 0.06


@register("part-du-tout", required=("items", "whole"), optional=("order",))
def build_shares_of_whole(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Bars on the track of one whole: « 27 sur 46 »."""
    facts, named = read_named(edition, spec, "whole")
    whole = named["whole"]
    facts = [fact for fact, _ in _rank(facts, spec["items"], spec)]
    plate = begin(edition, spec, [*facts, whole], width)
    aside = f"sur {whole.display}" if whole.number and len(facts) <= FEW else ""
    rows = [
        row_of(
            fact,
            whole=whole.number,
            aside=aside,
            look="partial" if fact.is_partial else "accent",
        )
        if fact.number is not None
        else row_of(fact)
        for fact in facts
    ]
    layout = plan_rows(plate.sheet, rows)
    if whole.number and not aside:
        _head_tracks(plate, whole, layout.start + whole.number * layout.scales["x"])
    plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent, layout)
    sentences = [say(whole), *(say(fact) for fact in facts)]
    return plate.complete("Diagramme en barres horizontales sur fond de l’ensemble", sentences)


def _head_tracks(plate: Plate, whole: Fact, end: float) -> None:
    """What all tracks stand for, above their common end."""
    words = f"{whole.label} : {whole.display}"
    x = max(end, measure(words, theme.SMALL))
    plate.y += plate.sheet.write(
        x, plate.y, words, size=theme.SMALL, colour=theme.QUIET, align="right", anchor="top"
    )
    plate.sheet.line([end, end], [plate.y, plate.y + 0.05], theme.PREVIOUS)
    plate.y += 0.02


@register("comparaison", required=("items", "reference"), optional=("difference",))
def build_comparison(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Bars against a reference (a national mean), whose level crosses them as a dashed line; what
    lies between is measured below them."""
    facts, named = read_named(edition, spec, "reference", "difference")
    reference, difference = named["reference"], named["difference"]
    extra = [difference] if difference else []
    plate = begin(edition, spec, [*facts, reference, *extra], width)
    rows = [row_of(fact) for fact in facts] + [row_of(reference, look="previous")]
    layout = plan_rows(plate.sheet, rows)
    top = plate.y
    plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent, layout)
    if reference.number is not None:
        x = layout.start + reference.number * layout.scales["x"]
        ys = [top + (line_height(theme.BODY) if layout.above else 0), plate.y]
        plate.sheet.line([x, x], ys, theme.PAPER, width=2.4, layer=5)  # seen on a dark bar too
        plate.sheet.line([x, x], ys, theme.TARGET, width=1.0, dashes=(3, 2), layer=6)
        if difference and difference.number is not None:
            ends = [layout.start + row.number * layout.scales["x"] for row in rows[:-1]
                    if row.number is not None]  # fmt: skip
            free = x + GAP + measure(rows[-1].display, theme.BODY, "bold") + GAP
            words = f"{difference.label} : {difference.quantity}"
            _measure_gap(plate, (x, free), ends, words)
    sentences = [say(fact) for fact in (*facts, reference, *extra)]
    return plate.complete("Diagramme en barres horizontales", sentences)


def _measure_gap(
    plate: Plate, level: tuple[float, float], ends: Sequence[float], words: str
) -> None:
    """From the reference's level to the end of a lone bar, with its words; else the words alone.
    The second of ``level`` is where the words beside the reference's bar end."""
    sheet, y = plate.sheet, plate.y + 0.05
    if len(ends) != 1:
        plate.note(f"{words}.")
        return
    low, high = sorted((level[0], ends[0]))
    if not low < ends[0] < level[1]:
        sheet.line([ends[0]] * 2, [plate.y - THICKNESS, y], theme.PREVIOUS, dashes=(1, 2))
    sheet.line([low, low, high, high], [y - 0.05, y, y, y - 0.05], theme.TARGET, width=1.0, layer=6)
    x = min(max((low + high) / 2, measure(words, theme.BODY) / 2), sheet.width)
    x = min(x, sheet.width - measure(words, theme.BODY) / 2)
    y += GAP / 2
    plate.y = y + sheet.write(x, y, words, align="center", anchor="top", width=sheet.width)
