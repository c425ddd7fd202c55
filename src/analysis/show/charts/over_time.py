"""« periodes » (an indicator over all its periods, visitors for instance) and « annees » (several
indicators for the same years): small multiples, a group for each indicator, a bar for each year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from analysis.model.store import Edition
from analysis.show.charts.before_after import describe_verdict, mark_verdict, read_pair
from analysis.show.charts.drawing import Drawing, begin, say
from analysis.show.charts.facts import read_fact, round_alike
from analysis.show.charts.groups import Group, bar_of_period, draw_groups
from analysis.show.charts.registry import register


@register("periodes")
def build_periods(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """The period stands beside each bar, cut-offs are hatched. Indicators of one unit share a
    scale; a number alone of its unit is written without a bar."""
    groups, facts, sentences, lines = [], [], [], []
    for item in spec["items"]:
        pair = read_pair(edition, item)
        known = [fact for fact in (pair.before, pair.after) if fact.number is not None]
        remark = describe_verdict(pair) if len(known) == 2 else ""
        known = known or [pair.after]
        bars = [
            replace(bar_of_period(fact, before=fact is not known[-1]), scale=pair.after.value.unit)
            for fact in known
        ]
        groups.append(Group(pair.label, remark, bars))
        facts += known
        sentences += [say(fact, with_period=True) for fact in known] + [remark]
        marked = mark_verdict(pair) if remark else ""
        lines += [(fact, marked if fact is known[-1] else "") for fact in known]
    plate = begin(edition, spec, facts, width)
    draw_groups(plate, groups)
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
def build_years(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """The same indicators for several years (``N``, ``N-1``…), on one scale; a missing year is
    said to be missing."""
    words = {edition.year - int(word[2:] or 0): word for word in spec["years"]}
    years = sorted(words)
    items = [{"indicator": i} if isinstance(i, str) else dict(i) for i in spec["items"]]
    facts = round_alike(
        edition,
        [
            read_fact(edition, item | {"indicator": f"{item['indicator']}:{words[year]}"})
            for item in items
            for year in years
        ],
    )
    plate = begin(edition, spec, facts, width)
    dated = list(zip(facts, years * len(items), strict=True))
    groups = []
    for first in range(0, len(dated), len(years)):
        own = dated[first : first + len(years)]
        bars = [
            replace(bar_of_period(fact, before=year != years[-1]), label=str(year), scale="x")
            for fact, year in own
        ]
        groups.append(Group(own[0][0].label, "", bars))
    draw_groups(plate, groups)
    table = pd.DataFrame(
        {
            "Élément": [fact.marked_label for fact in facts],
            "Année": [str(year) for _, year in dated],
            "Valeur": [fact.marked_quantity for fact in facts],
        }
    )
    sentences = [f"{fact.label}, {year} : {fact.quantity}" for fact, year in dated]
    return plate.complete("Diagramme en barres horizontales, une par année", sentences, table)
