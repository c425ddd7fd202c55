"""« periodes » (an indicator over all its periods, visitors for instance) and « annees » (several
indicators for the same years): small multiples, a group for each indicator, a bar for each year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from analysis.model.store import Edition
from analysis.show.charts.drawing import Drawing, begin, say
from analysis.show.charts.facts import read_facts
from analysis.show.charts.groups import BarGroup, bar_of_period, draw_groups
from analysis.show.charts.pairs import read_pair
from analysis.show.charts.registry import register


@register("periodes")
def build_periods(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """The period stands beside each bar, cut-offs are hatched. Indicators of one unit share a
    scale; a number alone of its unit is written without a bar."""
    groups, facts, sentences, lines = [], [], [], []
    for item in spec["items"]:
        pair = read_pair(edition, item)
        known = [fact for fact in pair.facts if fact.number is not None]
        compared = len(known) == 2
        known = known or [pair.after]
        bars = [
            replace(bar_of_period(fact, before=fact is not known[-1]), scale=pair.after.value.unit)
            for fact in known
        ]
        remark = pair.verdict if compared else ""
        groups.append(BarGroup(pair.label, remark, bars))
        facts += known
        sentences += [say(fact, with_period=True) for fact in known] + [remark]
        marked = pair.marked_verdict if compared else ""
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
    draw_groups(draft, groups)
    if any(fact.is_partial for fact in facts):
        draft.note("Hachures : décompte arrêté avant la fin de la période, ou prévision.")
    kind = "Diagramme en barres horizontales, une échelle par unité"
    return draft.complete(kind, sentences, pd.DataFrame(lines))


@register("annees", required=("items", "years"))
def build_years(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """The same indicators for several years (``N``, ``N-1``…), on one scale; a missing year is
    said to be missing."""
    modifiers = {edition.year - int(word[2:] or 0): word for word in spec["years"]}
    years = sorted(modifiers)
    items = [{"indicator": i} if isinstance(i, str) else dict(i) for i in spec["items"]]
    facts = read_facts(
        edition,
        [
            item | {"indicator": f"{item['indicator']}:{modifiers[year]}"}
            for item in items
            for year in years
        ],
    )
    draft = begin(edition, spec, facts, width)
    dated = list(zip(facts, years * len(items), strict=True))
    bars = [
        replace(bar_of_period(fact, before=year != years[-1]), label=str(year), scale="x")
        for fact, year in dated
    ]
    starts = range(0, len(facts), len(years))
    draw_groups(
        draft,
        [BarGroup(facts[first].label, "", bars[first : first + len(years)]) for first in starts],
    )
    table = pd.DataFrame(
        {
            "Élément": [fact.marked_label for fact in facts],
            "Année": [str(year) for _, year in dated],
            "Valeur": [fact.marked_quantity for fact in facts],
        }
    )
    sentences = [f"{fact.label}, {year} : {fact.quantity}" for fact, year in dated]
    return draft.complete("Diagramme en barres horizontales, une par année", sentences, table)
