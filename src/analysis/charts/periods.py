"""« periodes » (an indicator over all its periods, visitors for instance) and « annees » (several
indicators side by side for the same years)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis import french, theme
from analysis.charts.drawing import Drawing, begin, say
from analysis.charts.facts import Fact, read_fact
from analysis.charts.pairs import (
    PeriodGroup,
    describe_verdict,
    draw_period_groups,
    mark_verdict,
    read_pair,
)
from analysis.charts.registry import register
from analysis.charts.rows import Row, draw_rows, find_scales, label_column
from analysis.store import Edition


@register("periodes")
def build_periods(edition: Edition, spec: Mapping) -> Drawing:
    """The period stands beside each bar, cut-offs are hatched. Indicators of one unit share a
    scale; a number alone of its unit is written without a bar."""
    groups, facts, sentences, lines = [], [], [], []
    for item in spec["items"]:
        pair = read_pair(edition, item)
        known = [fact for fact in (pair.before, pair.after) if fact.number is not None]
        remark = describe_verdict(pair) if len(known) == 2 else ""
        known = known or [pair.after]
        groups.append(PeriodGroup(pair.label, remark, known, scale=pair.after.value.unit))
        facts += known
        sentences += [say(fact, with_period=True) for fact in known] + [remark]
        marked = mark_verdict(pair) if remark else ""
        lines += [(fact, marked if fact is known[-1] else "") for fact in known]
    plate = begin(edition, spec, facts)
    draw_period_groups(plate, groups)
    plate.y -= 0.08
    if any(fact.is_partial for fact in facts):
        plate.note("Hachures : décompte arrêté avant la fin de la période, ou prévision.")
    table = pd.DataFrame(
        {
            "Indicateur": [fact.marked_label for fact, _ in lines],
            "Période": [fact.period for fact, _ in lines],
            "Valeur": [fact.marked_quantity for fact, _ in lines],
            "Remarque": [remark for _, remark in lines],
        }
    )
    kind = "Diagramme en barres horizontales, une échelle par unité"
    return plate.complete(kind, sentences, table)


@register("annees", required=("items", "years"))
def build_years(edition: Edition, spec: Mapping) -> Drawing:
    """The same indicators for several years (``N``, ``N-1``…), on one scale; a missing year is
    said to be missing."""
    years = {word: edition.year - int(word[2:] or 0) for word in spec["years"]}
    groups: list[tuple[int, list[Fact]]] = []
    for word, year in sorted(years.items(), key=lambda pair: pair[1]):
        facts = []
        for item in spec["items"]:
            item = {"indicator": item} if isinstance(item, str) else dict(item)
            facts.append(read_fact(edition, item | {"indicator": f"{item['indicator']}:{word}"}))
        groups.append((year, facts))
    everything = [fact for _, facts in groups for fact in facts]
    plate = begin(edition, spec, everything)
    sheet, looks = plate.sheet, ("accent", "previous", "soft")
    rows = [
        [
            Row(
                reference=fact.reference,
                label=fact.label,
                number=fact.number,
                display=fact.display if fact.number is not None else french.MISSING,
                look="partial" if fact.is_partial else looks[index % len(looks)],
            )
            for index, fact in enumerate(facts)
        ]
        for _, facts in groups
    ]
    start = label_column([row for group in rows for row in group], sheet.width, 0.32) + 0.62
    scales = find_scales([row for group in rows for row in group], start, sheet.width)
    for (year, _), group in zip(groups, rows, strict=True):
        top = plate.y
        plate.y = draw_rows(
            sheet, plate.y, group, plate.accent, start=start, indent=0.55, scales=scales
        )
        sheet.write(0, (top + plate.y) / 2, str(year), size=theme.STRONG, weight="bold")
        plate.y += 0.12
    plate.y -= 0.06
    sentences = [
        f"{year} : {fact.label}, {fact.quantity}" for year, facts in groups for fact in facts
    ]
    table = pd.DataFrame(
        {
            "Année": [str(year) for year, facts in groups for _ in facts],
            "Élément": [fact.marked_label for fact in everything],
            "Valeur": [fact.marked_quantity for fact in everything],
        }
    )
    return plate.complete("Diagramme en barres horizontales groupées par année", sentences, table)
