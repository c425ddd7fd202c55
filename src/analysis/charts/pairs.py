"""« avant-apres »: an indicator before and after.

Comparable pairs are slopes, each on its own scale from zero. Pairs that the periods forbid to
compare are drawn apart, hatched, without a line between them, with what the source allows: the
rate of each month.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis import french, theme
from analysis.charts.drawing import Drawing, Plate, begin, list_data
from analysis.charts.facts import Fact, read_fact
from analysis.charts.registry import register
from analysis.charts.rows import Row, draw_rows, find_scales, label_column
from analysis.charts.sheet import line_height, measure, wrap, wrap_evenly
from analysis.marks import mark, strip_marks
from analysis.store import Edition

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
    growth = read_fact(edition, {"indicator": f"{reference}:evolution", "label": after.label})
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
def build_before_after(edition: Edition, spec: Mapping) -> Drawing:
    """Slopes for what compares, hatched bars for what does not."""
    pairs = [read_pair(edition, item) for item in spec["items"]]
    facts = [fact for pair in pairs for fact in (pair.before, pair.after)]
    plate = begin(edition, spec, facts)
    slopes = [pair for pair in pairs if pair.comparable]
    others = [pair for pair in pairs if not pair.comparable]
    if len(slopes) == 1:  # a lone slope would waste the page: two bars say it better
        draw_period_groups(plate, [_group(slopes[0], hatched=False)])
    elif slopes:
        _draw_slopes(plate, slopes)
    if others:
        _draw_apart(plate, others, headed=bool(slopes))
    for pair in pairs:
        if pair.comparable and pair.reservation:
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
    step = 0.1 if min(pair.monthly) < 100 else 1
    words = []
    for fact, rate in zip((pair.before, pair.after), pair.monthly, strict=True):
        number = french.format_number(rate, step)
        qualified = f"{french.QUALIFIER_WORDS[fact.value.qualifier]} {number}".strip()
        words.append(mark(french.typeset(qualified), fact.trace) + " par mois")
    return ", puis ".join(words)


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


# --- slopes ------------------------------------------------------------------------------------

PLOT_HEIGHT = 0.95
MAX_COLUMNS = 3
GUTTER = 0.3


def _draw_slopes(plate: Plate, pairs: Sequence[Pair]) -> None:
    columns = min(MAX_COLUMNS, max(len(pairs), 2))
    if len(pairs) == 4:
        columns = 2
    width = (plate.sheet.width - GUTTER * (columns - 1)) / columns
    for first in range(0, len(pairs), columns):
        group = pairs[first : first + columns]
        heads = [wrap_evenly(pair.label, width, theme.BODY, "bold") for pair in group]
        room = max(len(head) for head in heads) * line_height(theme.BODY)
        bottoms = [
            _draw_slope(plate, pair, index * (width + GUTTER), width, head, room)
            for index, (pair, head) in enumerate(zip(group, heads, strict=True))
        ]
        plate.y = max(bottoms) + 0.12


def _draw_slope(
    plate: Plate, pair: Pair, left: float, width: float, head: list[str], room: float
) -> float:
    """One panel; its scale goes from zero (the lower rule) to the larger value."""
    sheet, accent = plate.sheet, plate.accent
    y = plate.y
    sheet.write(left, y, "\n".join(head), weight="bold", anchor="top")
    y += room
    change = describe_change(pair)
    sheet.write(left, y, change, anchor="top")
    y += line_height(theme.BODY) * 2 + 0.1
    base = y + PLOT_HEIGHT
    numbers = (pair.before.number, pair.after.number)
    scale = PLOT_HEIGHT / (max(numbers) or 1)
    inset = min(width * 0.22, 0.5)
    xs = (left + inset, left + width - inset)
    ys = tuple(base - number * scale for number in numbers)
    sheet.line([left, left + width], [base, base], theme.RULE)
    for x in xs:
        sheet.line([x, x], [base, y - 0.02], theme.TRACK)
    sheet.line(xs, ys, accent, width=2.0, layer=3)
    rising = numbers[1] >= numbers[0]
    looks = ((theme.PREVIOUS, theme.INK), (accent, accent))
    bottom = base
    for index, (fact, x, dot_y) in enumerate(zip((pair.before, pair.after), xs, ys, strict=True)):
        fill, ink = looks[index]
        sheet.dot(x, dot_y, 0.055, fill, layer=5)
        sheet.mark(fact.reference, fact.number, base - dot_y, scale=pair.after.reference)
        # Below the lower end of the line, above the higher one: the line never crosses a number.
        above = (index == 1) == rising or base - dot_y < line_height(theme.BODY) + 0.12
        sheet.write(
            x,
            dot_y - 0.07 if above else dot_y + 0.07,
            fact.display,
            weight="bold",
            colour=ink,
            align="center",
            anchor="bottom" if above else "top",
        )
        period = wrap(fact.period, width / 2 - 0.06, theme.SMALL)
        foot = sheet.write(
            x,
            base + 0.03,
            "\n".join(period),
            size=theme.SMALL,
            colour=theme.QUIET,
            align="center",
            anchor="top",
        )
        bottom = max(bottom, base + 0.03 + foot)
    return bottom


# --- not comparable ----------------------------------------------------------------------------


def _draw_apart(plate: Plate, pairs: Sequence[Pair], headed: bool) -> None:
    sheet = plate.sheet
    if headed:
        plate.y += 0.04
        sheet.line([0, sheet.width], [plate.y, plate.y], theme.RULE)
        plate.y += 0.1
        plate.y += (
            sheet.write(
                0,
                plate.y,
                NOT_COMPARABLE.capitalize(),
                weight="bold",
                colour=theme.QUIET,
                anchor="top",
            )
            + 0.06
        )
    draw_period_groups(plate, [_group(pair) for pair in pairs])


@dataclass(frozen=True)
class PeriodGroup:
    """Bars of one indicator, one for each period, under its name. Groups of one ``scale`` compare;
    by default each has its own."""

    label: str
    remark: str
    facts: Sequence[Fact]
    hatched: bool = False
    scale: str = ""


def _group(pair: Pair, hatched: bool = True) -> PeriodGroup:
    return PeriodGroup(pair.label, describe_verdict(pair), (pair.before, pair.after), hatched)


def draw_period_groups(plate: Plate, groups: Sequence[PeriodGroup]) -> None:
    """Each group under its name, the period beside each bar, each group on its own scale."""
    sheet = plate.sheet
    sizes: dict[str, int] = {}
    for group in groups:
        scale = group.scale or group.label
        sizes[scale] = sizes.get(scale, 0) + len(group.facts)
    everything = [
        [
            _period_row(group, fact, lone=sizes[group.scale or group.label] == 1)
            for fact in group.facts
        ]
        for group in groups
    ]
    start = label_column([row for rows in everything for row in rows], sheet.width) + 0.07
    scales = find_scales([row for rows in everything for row in rows], start, sheet.width)
    for group, rows in zip(groups, everything, strict=True):
        lines = wrap(group.label, sheet.width, theme.BODY, "bold")
        plate.y += sheet.write(0, plate.y, "\n".join(lines), weight="bold", anchor="top")
        if group.remark:
            if len(lines) == 1 and (
                measure(group.label, theme.BODY, "bold") + 0.12 + measure(group.remark, theme.SMALL)
                <= sheet.width
            ):
                sheet.write(
                    measure(group.label, theme.BODY, "bold") + 0.1,
                    plate.y - line_height(theme.BODY) / 2,
                    group.remark,
                    size=theme.SMALL,
                    colour=theme.QUIET,
                )
            else:
                plate.y += sheet.write(
                    0,
                    plate.y,
                    group.remark,
                    size=theme.SMALL,
                    colour=theme.QUIET,
                    anchor="top",
                    width=sheet.width,
                )
        plate.y += 0.03
        plate.y = draw_rows(sheet, plate.y, rows, plate.accent, start=start, scales=scales) + 0.14


def _period_row(group: PeriodGroup, fact: Fact, lone: bool) -> Row:
    """A bar named by its period; hatched when it is cut off or not comparable, in grey when it is
    the period before."""
    hatched = group.hatched or fact.is_partial
    is_before = len(group.facts) > 1 and fact is not group.facts[-1]
    aside = fact.value.status if fact.is_partial else ""
    return Row(
        reference=fact.reference,
        label=fact.period,
        number=fact.number,
        display=fact.quantity if fact.number is not None else french.MISSING,
        look="partial" if hatched else "previous" if is_before else "accent",
        aside=aside,
        scale=group.scale or group.label,
        bar=not lone,
    )
