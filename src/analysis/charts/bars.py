"""« classement » (ranked bars), « part-du-tout » (parts of one whole), « comparaison » (against a
mean) and « seuil » (against a legal minimum or an objective)."""

from __future__ import annotations

from collections.abc import Mapping

from analysis import theme
from analysis.charts.drawing import Drawing, Plate, begin, say
from analysis.charts.facts import Fact, read_fact, read_facts
from analysis.charts.registry import register
from analysis.charts.rows import GAP, draw_rows, row_of
from analysis.charts.sheet import Sheet, line_height, measure, wrap
from analysis.store import Edition


def _rank(pairs: list[tuple[Fact, Mapping]]) -> list[tuple[Fact, Mapping]]:
    """Longest first, missing ones last."""
    return sorted(pairs, key=lambda pair: (pair[0].number is None, -(pair[0].number or 0)))


def _look(fact: Fact, item: Mapping, emphasised: bool) -> str:
    if fact.is_partial:
        return "partial"
    return "soft" if emphasised and not item.get("emphasis") else "accent"


@register("classement", optional=("remainder", "order", "total"))
def build_ranking(edition: Edition, spec: Mapping) -> Drawing:
    """Ranked bars; the remainder stands last, hatched; the total is said, not drawn."""
    items = [{"indicator": i} if isinstance(i, str) else i for i in spec["items"]]
    pairs = list(zip(read_facts(edition, items), items, strict=True))
    if spec.get("order") != "donné":
        pairs = _rank(pairs)
    facts = [fact for fact, _ in pairs]
    remainder = read_fact(edition, spec["remainder"]) if spec.get("remainder") else None
    total = read_fact(edition, spec["total"]) if spec.get("total") else None
    everything = [*facts, *(fact for fact in (remainder, total) if fact)]
    plate = begin(edition, spec, everything)

    emphasised = any(item.get("emphasis") for item in items)
    rows, sentences = [], []
    for fact, item in pairs:
        rows.append(row_of(fact, look=_look(fact, item, emphasised)))
        sentences.append(say(fact))
    if remainder:
        rows.append(row_of(remainder, look="remainder"))
        sentences.append(say(remainder))
    if total:
        # The total heads the list in words, as a sum heads its parts: its bar would dwarf them.
        y = plate.y + line_height(theme.BODY) / 2
        plate.sheet.write(0, y, total.label)
        x = measure(total.label, theme.BODY) + GAP
        plate.sheet.write(x, y, total.display, weight="bold")
        plate.y += line_height(theme.BODY) + 0.07
        sentences.insert(0, say(total))
    plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent)
    return plate.complete("Diagramme en barres horizontales", sentences)


@register("part-du-tout", required=("items", "whole"), optional=("order",))
def build_shares_of_whole(edition: Edition, spec: Mapping) -> Drawing:
    """Bars on the track of one whole: « 27 sur 46 »."""
    facts = read_facts(edition, spec["items"])
    whole = read_fact(edition, spec["whole"])
    if spec.get("order") != "donné":
        facts = [fact for fact, _ in _rank([(fact, {}) for fact in facts])]
    plate = begin(edition, spec, [*facts, whole])
    rows = [
        row_of(
            fact,
            whole=whole.number,
            aside=f"sur {whole.display}" if whole.number else "",
            look="partial" if fact.is_partial else "accent",
        )
        if fact.number is not None
        else row_of(fact)
        for fact in facts
    ]
    plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent)
    sentences = [say(whole), *(say(fact) for fact in facts)]
    return plate.complete("Diagramme en barres horizontales sur fond de l’ensemble", sentences)


@register("comparaison", required=("items", "reference"), optional=("difference",))
def build_comparison(edition: Edition, spec: Mapping) -> Drawing:
    """Bars against a reference (a national mean), whose level crosses them as a dashed line."""
    facts = read_facts(edition, spec["items"])
    reference = read_fact(edition, spec["reference"])
    difference = read_fact(edition, spec["difference"]) if spec.get("difference") else None
    extra = [difference] if difference else []
    plate = begin(edition, spec, [*facts, reference, *extra])
    rows = [row_of(fact) for fact in facts] + [row_of(reference, look="previous")]
    top = plate.y
    plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent)
    marks = {mark.reference: mark.length for mark in plate.sheet.marks}
    if reference.reference in marks:
        start = _bars_start(plate.sheet)
        x = start + marks[reference.reference]
        ys = [top - 0.02, plate.y]
        plate.sheet.line([x, x], ys, theme.PAPER, width=2.4, layer=5)  # seen on a dark bar too
        plate.sheet.line([x, x], ys, theme.TARGET, width=1.0, dashes=(3, 2), layer=6)
    if difference and difference.number is not None:
        plate.note(f"{difference.label} : {difference.quantity}.")
    sentences = [say(fact) for fact in (*facts, reference, *extra)]
    return plate.complete("Diagramme en barres horizontales", sentences)


def _bars_start(sheet: Sheet) -> float:
    """Where the bars begin: the left of the rectangles drawn."""
    return min(patch.get_x() for patch in sheet.axes.patches if hasattr(patch, "get_x"))


#: Above this number a threshold is drawn as a bar, below as one dot for each unit.
MAX_DOTS = 40


@register("seuil", required=("value", "threshold"), optional=("missing",))
def build_threshold(edition: Edition, spec: Mapping) -> Drawing:
    """A value against the minimum asked for: one dot for each unit where they can be counted."""
    value = read_fact(edition, spec["value"])
    threshold = read_fact(edition, spec["threshold"])
    missing = read_fact(edition, spec["missing"]) if spec.get("missing") else None
    plate = begin(edition, spec, [value, threshold, *([missing] if missing else [])])
    counts = [fact.number for fact in (value, threshold)]
    if all(n is not None and float(n).is_integer() and 0 <= n <= MAX_DOTS for n in counts):
        _draw_dots(plate, value, threshold, missing)
        kind = "Rangée de points, un par unité"
    else:
        rows = [row_of(value), row_of(threshold, look="target")]
        plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent)
        kind = "Diagramme en barres horizontales"
    sentences = [say(fact) for fact in (value, threshold, missing) if fact]
    return plate.complete(kind, sentences)


def _draw_dots(plate: Plate, value: Fact, threshold: Fact, missing: Fact | None) -> None:
    sheet, count, needed = plate.sheet, int(value.number), int(threshold.number)
    slots = max(count, needed)
    pitch = min(0.34, sheet.width / max(slots, 1))
    radius = pitch * 0.38
    above = f"{value.label} : {value.display}"
    below = f"{threshold.label} : {threshold.display}"
    lack = f"{missing.label} : {missing.display}" if missing and missing.number else ""
    y = plate.y + line_height(theme.BODY)
    sheet.write(0, y - line_height(theme.BODY) / 2, above, weight="bold", colour=plate.accent)
    y += radius + 0.08
    for slot in range(slots):
        x = pitch * (slot + 0.5)
        if slot < count:
            sheet.dot(x, y, radius, plate.accent)
        else:
            sheet.dot(x, y, radius, theme.PAPER, edge=theme.TARGET)
    sheet.mark(value.reference, count, count * pitch)
    sheet.mark(threshold.reference, needed, needed * pitch)
    if lack and slots > count:
        x = pitch * slots + GAP
        lines = wrap(lack, sheet.width - x, theme.BODY)
        sheet.write(x, y, "\n".join(lines), colour=theme.INK)
    y += radius + 0.09
    end = pitch * needed
    sheet.line([0.01, 0.01, end, end], [y - 0.05, y, y, y - 0.05], theme.TARGET, width=1.0)
    y += 0.04
    y += sheet.write(0, y, below, anchor="top", width=sheet.width)
    plate.y = y
