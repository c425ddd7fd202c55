"""Small multiples of bars: one group for each indicator, under its name, one bar a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.show import theme
from analysis.show.charts.bar_rows import Row, draw_rows, plan_rows
from analysis.show.charts.drawing import Plate
from analysis.show.charts.facts import Fact
from analysis.show.charts.sheet import line_height, measure, wrap
from analysis.words import french

BETWEEN = 0.12


@dataclass(frozen=True)
class Group:
    """Bars under their name (none where the title says it), with a quieter ``remark``. Bars of one
    ``scale`` compare; by default each group has its own."""

    label: str
    remark: str
    bars: Sequence[Row]


def bar_of_period(fact: Fact, *, hatched: bool = False, before: bool = False) -> Row:
    """A bar named by its period: hatched where it is cut off or not comparable, grey when it is the
    period before."""
    hatched = hatched or fact.is_partial
    return Row(
        reference=fact.reference,
        label=fact.period,
        number=fact.number,
        display=fact.display if fact.number is not None else french.MISSING,
        look="partial" if hatched else "previous" if before else "accent",
        aside=fact.value.status if fact.is_partial else "",
        scale="",
    )


def draw_groups(plate: Plate, groups: Sequence[Group]) -> None:
    """Each group under its name; the bars of all begin at one line."""
    sheet = plate.sheet
    everything = [
        [replace(bar, scale=bar.scale or group.label or "x") for bar in group.bars]
        for group in groups
    ]
    flat = [bar for bars in everything for bar in bars]
    alone = [sum(other.scale == bar.scale for other in flat) == 1 for bar in flat]
    flat = [replace(bar, bar=not lone) for bar, lone in zip(flat, alone, strict=True)]
    layout = plan_rows(sheet, flat)
    for number, group in enumerate(groups):
        if number:
            plate.y += BETWEEN
        _write_head(plate, group)
        bars = flat[: len(group.bars)]
        flat = flat[len(group.bars) :]
        plate.y = draw_rows(sheet, plate.y, bars, plate.accent, layout)


def _write_head(plate: Plate, group: Group) -> None:
    """The name, and the remark beside it where there is room, else below."""
    sheet = plate.sheet
    if not group.label and not group.remark:
        return
    lines = wrap(group.label, sheet.width, theme.BODY, "bold") if group.label else []
    if lines:
        plate.y += sheet.write(0, plate.y, "\n".join(lines), weight="bold", anchor="top")
    if group.remark:
        after = measure(lines[-1], theme.BODY, "bold") + 0.1 if lines else 0.0
        if lines and after + measure(group.remark, theme.SMALL) <= sheet.width:
            middle = plate.y - line_height(theme.BODY) / 2
            sheet.write(after, middle, group.remark, size=theme.SMALL, colour=theme.QUIET)
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
