"""« periodes » (an indicator over all its periods, visitors for instance) and « annees » (several
indicators for the same years): small multiples, a group for each indicator, a bar for each year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pandas as pd

from analysis.model.store import Edition
from analysis.show.charts.chart_rows import ITEMS, ChartRows, Row, list_data, select_item
from analysis.show.charts.drawing import Drawing, begin, say
from analysis.show.charts.groups import BarGroup, bar_of_period, draw_groups
from analysis.show.charts.pairs import read_pairs, select_pairs
from analysis.show.charts.registry import register
from analysis.words.hidden_markup import strip_marks


@register("periodes", select=select_pairs)
def build_periods(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """The period stands beside each bar, cut-offs are hatched. Indicators of one unit share a
    scale; a number alone of its unit is written without a bar."""
    groups, facts, sentences, lines = [], [], [], []
    for pair in read_pairs(rows):
        known = pair.known or pair.facts[-1:]
        bars = [
            replace(bar_of_period(fact, before=fact is not known[-1]), scale=fact.value.unit)
            for fact in known
        ]
        marked = pair.marked_verdict if len(known) == 2 else ""
        groups.append(BarGroup(pair.label, strip_marks(marked), bars))
        facts += known
        sentences += [say(fact, with_period=True) for fact in known] + [strip_marks(marked)]
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
    changes = [fact for fact in rows.list("growth", "rate") if fact.number is not None]
    return draft.complete(kind, sentences, pd.DataFrame(lines), list_data([*facts, *changes]))


def select_years(edition: Edition, spec: Mapping) -> Iterator[Row]:
    """Each item in each year, the earliest first."""
    for item in spec["items"]:
        item = {"indicator": item} if isinstance(item, str) else dict(item)
        name = item["indicator"]
        for modifier in sorted(spec["years"], key=_count_back, reverse=True):
            read = item | {"indicator": f"{name}:{modifier}"}
            yield from select_item(edition, ITEMS, read, of=name)


def _count_back(modifier: str) -> int:
    """How many years before the edition's « N-2 » is."""
    return int(modifier[2:] or 0)


@register("annees", select=select_years, required=("items", "years"))
def build_years(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """The same indicators for several years (``N``, ``N-1``…), on one scale; a missing year is
    said to be missing."""
    facts = rows.list(ITEMS)
    years = [edition.year - _count_back(fact.value.modifier) for fact in facts]
    dated = list(zip(facts, years, strict=True))
    draft = begin(edition, spec, facts, width)
    bars = {
        fact.reference: replace(
            bar_of_period(fact, before=year != max(years)), label=str(year), scale="x"
        )
        for fact, year in dated
    }
    groups = [
        BarGroup(of_item[0].label, "", [bars[fact.reference] for fact in of_item])
        for of_item in rows.group().values()
    ]
    draw_groups(draft, groups)
    table = pd.DataFrame(
        {
            "Élément": [fact.marked_label for fact in facts],
            "Année": [str(year) for _, year in dated],
            "Valeur": [fact.marked_quantity for fact in facts],
        }
    )
    sentences = [f"{fact.label}, {year} : {fact.quantity}" for fact, year in dated]
    return draft.complete("Diagramme en barres horizontales, une par année", sentences, table)
