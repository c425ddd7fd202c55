"""« avant-apres »: an indicator before and after.

Comparable pairs are slopes, each on its own scale from zero; one alone is two bars. Of pairs that
the periods forbid to compare, what two lengths of time allow to compare is drawn, apart: the rate
of a month; where there is none, the values, hatched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import BarRow
from analysis.show.charts.chart_rows import ChartRows, list_data
from analysis.show.charts.drawing import Draft, Drawing, begin
from analysis.show.charts.groups import BarGroup, bar_of_period, draw_groups
from analysis.show.charts.pairs import NOT_COMPARABLE, BeforeAfter, read_pairs, select_pairs
from analysis.show.charts.registry import register
from analysis.show.charts.slopes import draw_slopes


@register("avant-apres", select=select_pairs)
def build_before_after(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """Slopes for what compares, monthly rates or hatched bars for what does not."""
    pairs = read_pairs(rows)
    facts = [fact for pair in pairs for fact in pair.facts]
    draft = begin(edition, spec, facts, width)
    compared = [pair for pair in pairs if pair.comparable]
    if len(compared) == 1:  # a lone slope would waste the page: two bars say it better
        group = _group_values(compared[0])
        draw_groups(draft, [replace(group, label="") if len(pairs) == 1 else group])
    elif compared:
        draw_slopes(draft, compared)
    _draw_apart(draft, [pair for pair in pairs if not pair.comparable], headed=bool(compared))
    for pair in compared:
        if pair.reservation and "non précisée" not in pair.reservation:
            draft.note(f"{pair.label} : {pair.reservation}.")
    kind = "Pentes, chacune à sa propre échelle" if len(compared) > 1 else "Barres deux à deux"
    growths = [fact for fact in rows.list("growth") if fact.number is not None]
    return draft.complete(
        kind,
        [_say_pair(pair) for pair in pairs],
        pd.DataFrame([_tabulate_pair(pair) for pair in pairs]),
        list_data([*facts, *growths, *rows.list("rate")]),
    )


def _say_pair(pair: BeforeAfter) -> str:
    values = " puis ".join(f"{fact.quantity} ({fact.period})" for fact in pair.facts)
    return f"{pair.label} : {values}" + (f", {pair.verdict}" if pair.verdict else "")


def _tabulate_pair(pair: BeforeAfter) -> dict[str, str]:
    before, after = (
        f"{fact.marked_quantity} ({fact.period})" if fact else ""
        for fact in (pair.before, pair.after)
    )
    return {
        "Indicateur": pair.facts[-1].marked_label,
        "Avant": before,
        "Après": after,
        "Évolution": pair.marked_verdict,
    }


def _group_values(pair: BeforeAfter) -> BarGroup:
    """Two bars under their name, the change beside the second; hatched where they do not
    compare."""
    bars = [
        bar_of_period(fact, hatched=not pair.comparable, before=fact is pair.before)
        for fact in pair.facts
    ]
    if pair.comparable and pair.growth.number is not None:
        bars[-1] = replace(bars[-1], aside=pair.change)
        return BarGroup(pair.label, "", bars)
    return BarGroup(pair.label, pair.verdict, bars)


def _group_rates(pair: BeforeAfter) -> BarGroup:
    """The rate of a month in each period; what was counted, and when, beside it."""
    bars = [
        BarRow(
            reference=f"{rate.reference}:{rate.value.modifier}",
            label=rate.period,
            number=rate.number,
            display=f"{rate.display} par mois",
            look="previous" if pair.find_counted(rate) is pair.before else "accent",
            aside=f"({pair.find_counted(rate).display})",
            scale=pair.label,
            fact=rate,
            said=f"{rate.quantity} par mois",
        )
        for rate in pair.rates
    ]
    return BarGroup(pair.label, "", bars)


def _draw_apart(draft: Draft, pairs: Sequence[BeforeAfter], headed: bool) -> None:
    """Pairs that do not compare, under a heading where others stand above."""
    if not pairs:
        return
    if headed:
        draft.y += 0.04
        draft.canvas.line([0, draft.canvas.width], [draft.y, draft.y], theme.RULE)
        draft.y += 0.1
        draft.write(NOT_COMPARABLE.capitalize(), after=0.06, weight="bold", colour=theme.QUIET)
    draw_groups(draft, [(_group_rates if p.rates else _group_values)(p) for p in pairs])
    if any(pair.rates for pair in pairs):
        draft.note(
            "Périodes non comparables : la barre donne le rythme mensuel moyen, le nombre entre "
            "parenthèses ce qui a été compté dans la période."
        )
