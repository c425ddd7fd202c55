"""« avant-apres »: an indicator before and after.

Comparable pairs are slopes, each on its own scale from zero; one alone is two bars. Of pairs that
the periods forbid to compare, what two lengths of time allow to compare is drawn, apart: the rate
of a month; where there is none, the values, hatched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import Row
from analysis.show.charts.drawing import Drawing, Plate, begin, list_data
from analysis.show.charts.facts import Fact, read_fact, round_alike
from analysis.show.charts.groups import Group, bar_of_period, draw_groups
from analysis.show.charts.registry import register
from analysis.show.charts.slopes import Slope, draw_slopes
from analysis.words import french
from analysis.words.hidden_markup import mark, strip_marks

NOT_COMPARABLE = "périodes non comparables"


@dataclass(frozen=True)
class Pair:
    """The value before, the value after, and whether they may be compared."""

    before: Fact
    after: Fact
    comparable: bool
    reason: str
    reservation: str
    growth: Fact
    monthly: tuple[float, float] | None  # before, after; qualified as the values are

    @property
    def label(self) -> str:
        return self.after.label


def read_pair(edition: Edition, item: Mapping | str) -> Pair:
    """The latest value and the one before of an item, with the verdict of ``comparisons``."""
    item = {"indicator": item} if isinstance(item, str) else dict(item)
    reference = item["indicator"]
    after = read_fact(edition, item)
    before = read_fact(edition, item | {"indicator": f"{reference}:precedent"})
    growth = read_fact(edition, f"{reference}:evolution")
    growth = replace(growth, label=after.label, marked_label=after.marked_label)
    before, after = round_alike(edition, [before, after])
    rows = edition.rows(
        "comparisons", indicator=after.value.indicator, territory=after.value.territory
    )
    if rows.empty:
        return Pair(before, after, False, before.value.missing, "", growth, None)
    row = rows.iloc[0]
    rates = (row["monthly_precedent"], row["monthly_latest"])
    monthly = None if any(pd.isna(rate) for rate in rates) else (float(rates[0]), float(rates[1]))
    return Pair(
        before,
        after,
        bool(row["comparable"]),
        row["reason"],
        row.get("reservation", ""),
        growth,
        monthly,
    )


@register("avant-apres")
def build_before_after(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Slopes for what compares, monthly rates or hatched bars for what does not."""
    pairs = [read_pair(edition, item) for item in spec["items"]]
    facts = [fact for pair in pairs for fact in (pair.before, pair.after)]
    plate = begin(edition, spec, facts, width)
    slopes = [pair for pair in pairs if pair.comparable]
    others = [pair for pair in pairs if not pair.comparable]
    if len(slopes) == 1:  # a lone slope would waste the page: two bars say it better
        group = group_pair(slopes[0])
        draw_groups(plate, [replace(group, label="") if len(pairs) == 1 else group])
    elif slopes:
        draw_slopes(plate, [Slope(p.label, describe_change(p), p.before, p.after) for p in slopes])
    if others:
        _draw_apart(plate, others, headed=bool(slopes))
    for pair in pairs:
        if pair.comparable and pair.reservation and "non précisée" not in pair.reservation:
            plate.note(f"{pair.label} : {pair.reservation}.")
    sentences = [_say_pair(pair) for pair in pairs]
    kind = "Pentes, chacune à sa propre échelle" if len(slopes) > 1 else "Barres deux à deux"
    known = [pair.growth for pair in pairs if pair.growth.number is not None]
    data = list_data(edition, [*facts, *known])
    return plate.complete(kind, sentences, _tabulate(pairs), data)


def _mark_change(pair: Pair) -> str:
    if pair.comparable:
        return pair.growth.marked_quantity if pair.growth.number is not None else ""
    return NOT_COMPARABLE


def describe_change(pair: Pair) -> str:
    """« +5,2 % », or the reason why there is none."""
    return strip_marks(_mark_change(pair))


def _mark_months(pair: Pair) -> str:
    if not pair.monthly or not all(pair.monthly):
        return ""
    words = [
        mark(_say_rate(fact, rate, pair.monthly), fact.trace) + " par mois"
        for fact, rate in zip((pair.before, pair.after), pair.monthly, strict=True)
    ]
    return ", puis ".join(words)


def _say_rate(fact: Fact, rate: float, rates: tuple[float, float]) -> str:
    """The rate of a month, qualified as its value is; both rates are rounded alike."""
    number = french.format_number(rate, 0.1 if min(rates) < 100 else 1)
    return french.typeset(f"{french.QUALIFIER_WORDS[fact.value.qualifier]} {number}".strip())


def mark_verdict(pair: Pair) -> str:
    """The change, or that there is none to show and the monthly rates (« 2,8 par mois, puis 11,9
    par mois »: what two lengths of time allow to compare), with their references."""
    words = (_mark_change(pair), "" if pair.comparable else _mark_months(pair))
    return " ; ".join(word for word in words if word)


def describe_verdict(pair: Pair) -> str:
    """The same in words alone."""
    return strip_marks(mark_verdict(pair))


def _say_pair(pair: Pair) -> str:
    words = [
        f"{pair.before.quantity} ({pair.before.period})",
        f"{pair.after.quantity} ({pair.after.period})",
    ]
    tail = describe_verdict(pair)
    return f"{pair.label} : {' puis '.join(words)}" + (f", {tail}" if tail else "")


def _tabulate(pairs: Sequence[Pair]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Indicateur": [pair.after.marked_label for pair in pairs],
            "Avant": [f"{pair.before.marked_quantity} ({pair.before.period})" for pair in pairs],
            "Après": [f"{pair.after.marked_quantity} ({pair.after.period})" for pair in pairs],
            "Évolution": [mark_verdict(pair) for pair in pairs],
        }
    )


# --- as bars -----------------------------------------------------------------------------------


def group_pair(pair: Pair) -> Group:
    """Two bars under their name, the change beside the second; hatched where they do not
    compare."""
    bars = [
        bar_of_period(fact, hatched=not pair.comparable, before=fact is pair.before)
        for fact in (pair.before, pair.after)
    ]
    if pair.comparable and pair.growth.number is not None:
        bars[-1] = replace(bars[-1], aside=describe_change(pair))
        return Group(pair.label, "", bars)
    return Group(pair.label, describe_verdict(pair), bars)


def _group_rates(pair: Pair) -> Group:
    """The rate of a month in each period; what was counted, and when, beside it."""
    bars = []
    for fact, rate in zip((pair.before, pair.after), pair.monthly, strict=True):
        words = f"{_say_rate(fact, rate, pair.monthly)} par mois"
        bars.append(
            Row(
                reference=f"{fact.reference}:par-mois",
                label=fact.period,
                number=rate,
                display=words,
                look="previous" if fact is pair.before else "accent",
                aside=f"({fact.display})",
                scale=pair.label,
            )
        )
    return Group(pair.label, "", bars)


def _draw_apart(plate: Plate, pairs: Sequence[Pair], headed: bool) -> None:
    sheet = plate.sheet
    if headed:
        plate.y += 0.04
        sheet.line([0, sheet.width], [plate.y, plate.y], theme.RULE)
        plate.y += 0.1
        words = NOT_COMPARABLE.capitalize()
        plate.y += sheet.write(0, plate.y, words, weight="bold", colour=theme.QUIET, anchor="top")
        plate.y += 0.06
    rated = [bool(pair.monthly and all(pair.monthly)) for pair in pairs]
    draw_groups(
        plate,
        [
            _group_rates(pair) if has else group_pair(pair)
            for pair, has in zip(pairs, rated, strict=True)
        ],
    )
    if any(rated):
        plate.note(
            "Périodes non comparables : la barre donne le rythme mensuel moyen, le nombre entre "
            "parenthèses ce qui a été compté dans la période."
        )
