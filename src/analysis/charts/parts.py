"""« composition » (the parts of a whole, with the whole) and « financement » (who pays what).

Parts that would make up a whole are one stacked bar under the whole's bracket. Amounts of
different payers or stages are stacked only where the source gives the total they belong to; else
they stand side by side and are not added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis import colours, french, theme
from analysis.charts.drawing import Drawing, Plate, begin, say
from analysis.charts.facts import Fact, read_fact, read_facts
from analysis.charts.registry import register
from analysis.charts.rows import draw_rows, row_of
from analysis.charts.sheet import measure, wrap, wrap_evenly
from analysis.store import Edition

BAR = 0.34
LABEL_WIDTH = 1.75
#: Share of the whole by which rounded parts may miss it.
ROUNDING = 0.005
#: Stages as the reader sees them beside an amount.
STAGES = {
    "prévu": "prévu",
    "engagé": "engagé",
    "réalisé": "réalisé",
    "sollicité": "sollicité, non acquis",
    "obtenu": "obtenu",
}


@register("composition", required=("items", "whole"), optional=("remainder",))
def build_composition(edition: Edition, spec: Mapping) -> Drawing:
    """One stacked bar under the bracket of its whole."""
    facts = read_facts(edition, spec["items"])
    whole = read_fact(edition, spec["whole"])
    remainder = read_fact(edition, spec["remainder"]) if spec.get("remainder") else None
    rest = [remainder] if remainder else []
    details = {fact.reference: fact.detail for fact in (*facts, *rest) if fact.detail}
    plate = begin(edition, spec, [*facts, *rest, whole])
    _draw_stack(plate, facts, whole, remainder, details)
    sentences = [say(fact) for fact in (whole, *facts, *rest)]
    return plate.complete("Barre empilée, parts d’un ensemble", sentences)


@register("financement", optional=("whole", "remainder"))
def build_funding(edition: Edition, spec: Mapping) -> Drawing:
    """Amounts by payer with their stage."""
    facts = read_facts(edition, spec["items"])
    whole = read_fact(edition, spec["whole"]) if spec.get("whole") else None
    remainder = read_fact(edition, spec["remainder"]) if spec.get("remainder") else None
    rest = [fact for fact in (remainder, whole) if fact]
    plate = begin(edition, spec, [*facts, *rest])
    details = {fact.reference: fact.detail for fact in (*facts, *rest) if fact.detail}
    stages = _stages(spec["items"], [*facts, *rest])
    for fact in (*facts, *rest):
        stage = stages[fact.reference]
        if stage:
            said = details.get(fact.reference)
            details[fact.reference] = f"{said}, {stage}" if said else stage
    if whole:
        _draw_stack(plate, facts, whole, remainder, details, stages)
        kind = "Barre empilée, plan de financement"
    else:
        rows = [row_of(fact, aside=details.get(fact.reference, "")) for fact in facts]
        plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent)
        if len({(fact.value.payer, fact.value.stage) for fact in facts}) > 1:
            plate.note("Montants de financeurs ou de stades différents : non additionnés.")
        kind = "Diagramme en barres horizontales, montants par financeur"
    ordered = [*([whole] if whole else []), *facts, *([remainder] if remainder else [])]
    sentences = [
        say(fact) + (f", {stages[fact.reference]}" if stages[fact.reference] else "")
        for fact in ordered
    ]
    return plate.complete(kind, sentences, _tabulate_funding(edition, ordered, stages))


def _stages(items: Sequence, facts: Sequence[Fact]) -> dict[str, str]:
    """The stage of each amount in words: the item's own (a calculated amount has none of its
    own), else the amount's."""
    said = {
        item["indicator"]: item["stage"]
        for item in items
        if isinstance(item, Mapping) and item.get("stage")
    }
    return {
        fact.reference: STAGES.get(stage, stage)
        for fact in facts
        for stage in [said.get(fact.reference, fact.value.stage)]
    }


def _name_year(fact: Fact) -> str:
    """The budget year under its heading; empty where the amount is missing."""
    if fact.number is None:
        return ""
    dated = fact.value.period_start is not None or fact.value.period_end is not None
    return fact.period if dated else "non précisé"


def _tabulate_funding(
    edition: Edition, facts: Sequence[Fact], stages: Mapping[str, str]
) -> pd.DataFrame:
    payers = edition.payers.set_index("id")["name"]
    frame = pd.DataFrame(
        {
            "Élément": [fact.marked_label for fact in facts],
            "Montant": [fact.marked_quantity for fact in facts],
            "Précision": [fact.marked_detail for fact in facts],
            "Stade": [stages[fact.reference] for fact in facts],
            "Financeur": [payers.get(fact.value.payer, "") for fact in facts],
            "Exercice": [_name_year(fact) for fact in facts],
        }
    )
    return frame if frame["Précision"].any() else frame.drop(columns="Précision")


def _draw_stack(
    plate: Plate,
    facts: Sequence[Fact],
    whole: Fact,
    remainder: Fact | None,
    details: Mapping[str, str],
    stages: Mapping[str, str] | None = None,
) -> None:
    """The bar, its bracket above, its labels below, spread so that none overlaps."""
    sheet = plate.sheet
    known = [fact for fact in facts if fact.number is not None]
    parts = known + ([remainder] if remainder and remainder.number else [])
    added = sum(fact.number for fact in parts)
    extent = max(added, whole.number or 0.0)
    scale = sheet.width / extent
    _draw_bracket(plate, whole, (whole.number or added) * scale, details)

    shades = dict(
        zip(
            (fact.reference for fact in known), colours.shade(plate.accent, len(known)), strict=True
        )
    )
    middle, x, centres = plate.y + BAR / 2, 0.0, []
    for fact in parts:
        length = fact.number * scale
        if fact is remainder:
            sheet.bar(
                x,
                middle,
                length,
                BAR,
                theme.REMAINDER,
                hatch=theme.HATCH_REMAINDER,
                edge=theme.PREVIOUS,
            )
        elif (stages or {}).get(fact.reference) == STAGES["sollicité"]:
            sheet.bar(
                x,
                middle,
                length,
                BAR,
                colours.lighten(plate.accent, 0.75),
                hatch=theme.HATCH_REMAINDER,
                edge=plate.accent,
            )
        else:
            sheet.bar(x, middle, length, BAR, shades[fact.reference], edge=theme.PAPER)
        sheet.mark(fact.reference, fact.number, length)
        centres.append(x + length / 2)
        x += length
    if whole.number and added < whole.number * (1 - ROUNDING) and not remainder:
        sheet.bar(
            x,
            middle,
            sheet.width - x,
            BAR,
            theme.REMAINDER,
            hatch=theme.HATCH_REMAINDER,
            edge=theme.PREVIOUS,
        )
        plate.note("Hachures : reste non détaillé dans la source.")
    plate.y += BAR
    _write_part_labels(plate, parts, centres, details)
    for fact in facts:
        if fact.number is None:
            plate.note(f"{fact.label} : {french.MISSING}.")
    if whole.number and added > whole.number * (1 + ROUNDING):
        total = french.format_number(added, whole.value.precision)
        plate.note(
            f"Les parts données par la source font {total}, plus que le total qu’elle annonce "
            f"({whole.display})."
        )


def _draw_bracket(plate: Plate, whole: Fact, length: float, details: Mapping[str, str]) -> None:
    sheet = plate.sheet
    words = f"{whole.label} : {whole.display}"
    if details.get(whole.reference):
        words += f" ({details[whole.reference]})"
    plate.y += sheet.write(0, plate.y, words, weight="bold", anchor="top", width=sheet.width)
    y = plate.y + 0.04
    sheet.line(
        [0.005, 0.005, length - 0.005, length - 0.005],
        [y + 0.06, y, y, y + 0.06],
        theme.INK,
        width=0.9,
    )
    plate.y = y + 0.09


def _write_part_labels(
    plate: Plate, parts: Sequence[Fact], centres: Sequence[float], details: Mapping[str, str]
) -> None:
    """Labels in a row under the bar where they fit, else a list in the bar's order."""
    sheet = plate.sheet
    gap = 0.14
    room = min(LABEL_WIDTH, (sheet.width - gap * (len(parts) - 1)) / max(len(parts), 1))
    blocks = [
        (wrap_evenly(fact.label, room, theme.BODY), fact.display, details.get(fact.reference, ""))
        for fact in parts
    ]
    widths = [
        max(
            *(measure(line, theme.BODY) for line in label),
            measure(number, theme.STRONG, "bold"),
            *(measure(line, theme.SMALL) for line in wrap(detail, room, theme.SMALL)),
        )
        for label, number, detail in blocks
    ]
    if sum(widths) + gap * (len(parts) - 1) > sheet.width + 0.01:
        _write_list(plate, parts, details)
        return
    lefts = _place(centres, widths, gap, sheet.width)
    top, bottom = plate.y, plate.y
    for (label, number, detail), centre, left, width in zip(
        blocks, centres, lefts, widths, strict=True
    ):
        middle = left + width / 2
        sheet.line(
            [centre, centre, middle, middle],
            [top, top + 0.06, top + 0.06, top + 0.12],
            theme.PREVIOUS,
        )
        y = top + 0.14
        y += sheet.write(
            middle, y, number, size=theme.STRONG, weight="bold", align="center", anchor="top"
        )
        y += sheet.write(middle, y, "\n".join(label), align="center", anchor="top")
        if detail:
            y += sheet.write(
                middle,
                y,
                "\n".join(wrap(detail, room, theme.SMALL)),
                size=theme.SMALL,
                colour=theme.QUIET,
                align="center",
                anchor="top",
            )
        bottom = max(bottom, y)
    plate.y = bottom + 0.03


def _place(
    centres: Sequence[float], widths: Sequence[float], gap: float, limit: float
) -> list[float]:
    """Left edges of blocks, each as near its centre as its neighbours and the sheet allow."""
    lefts = [centre - width / 2 for centre, width in zip(centres, widths, strict=True)]
    floor = 0.0
    for index, width in enumerate(widths):
        lefts[index] = max(lefts[index], floor)
        floor = lefts[index] + width + gap
    ceiling = limit
    for index in reversed(range(len(widths))):
        lefts[index] = min(lefts[index], ceiling - widths[index])
        ceiling = lefts[index] - gap
    return lefts


def _write_list(plate: Plate, parts: Sequence[Fact], details: Mapping[str, str]) -> None:
    """One line for each part in the bar's order, from left to right."""
    sheet = plate.sheet
    column = max(measure(fact.display, theme.BODY, "bold") for fact in parts) + 0.1
    plate.y += 0.07
    for rank, fact in enumerate(parts, start=1):
        detail = details.get(fact.reference)
        words = f"{fact.label} ({detail})" if detail else fact.label
        top = plate.y
        sheet.write(0, top, f"{rank}.", colour=theme.QUIET, anchor="top")
        sheet.write(
            0.22 + column - 0.1, top, fact.display, weight="bold", align="right", anchor="top"
        )
        plate.y += (
            sheet.write(0.22 + column, top, words, anchor="top", width=sheet.width - column - 0.22)
            + 0.02
        )
