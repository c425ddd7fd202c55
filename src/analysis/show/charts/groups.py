"""Small multiples of bars: one group for each indicator, under its name, one bar a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.show import theme
from analysis.show.charts.bar_rows import BarRow, draw_rows, plan_rows, row_of
from analysis.show.charts.drawing import Draft
from analysis.show.charts.facts import Fact
from analysis.show.charts.text_fitting import line_height, measure, wrap

BETWEEN = 0.12


@dataclass(frozen=True)
class BarGroup:
    """Bars under their name (none where the title says it), with a quieter ``remark``. Bars of one
    ``scale`` compare; where that is empty, the bars of the group do."""

    label: str
    remark: str
    bars: Sequence[BarRow]


def bar_of_period(fact: Fact, *, hatched: bool = False, before: bool = False) -> BarRow:
    """A bar named by its period: hatched where it is cut off or not comparable, grey when it is the
    period before."""
    hatched = hatched or fact.is_partial
    return row_of(
        fact,
        label=fact.period,
        look="partial" if hatched else "previous" if before else "accent",
        aside=fact.value.status if fact.is_partial else "",
        columns=(),
        scale="",
    )


def draw_groups(draft: Draft, groups: Sequence[BarGroup]) -> None:
    """Each group under its name; the bars of all begin at one line. A bar alone of its scale is
    written without a bar."""
    scaled = [
        [replace(bar, scale=bar.scale or group.label or "x") for bar in group.bars]
        for group in groups
    ]
    scales = [bar.scale for bars in scaled for bar in bars]
    shown = [[replace(bar, bar=scales.count(bar.scale) > 1) for bar in bars] for bars in scaled]
    layout = plan_rows(draft.canvas, [bar for bars in shown for bar in bars])
    for number, (group, bars) in enumerate(zip(groups, shown, strict=True)):
        if number:
            draft.y += BETWEEN
        _write_head(draft, group)
        draw_rows(draft, bars, layout)


def _write_head(draft: Draft, group: BarGroup) -> None:
    """The name, and the remark beside it where there is room, else below."""
    canvas = draft.canvas
    if not group.label and not group.remark:
        return
    lines = wrap(group.label, canvas.width, theme.BODY, "bold") if group.label else []
    if lines:
        draft.write(lines, weight="bold")
    if group.remark:
        after = measure(lines[-1], theme.BODY, "bold") + 0.1 if lines else 0.0
        if lines and after + measure(group.remark, theme.SMALL) <= canvas.width:
            canvas.write_small(after, draft.y - line_height(theme.BODY) / 2, group.remark)
        else:
            draft.write(group.remark, size=theme.SMALL, colour=theme.QUIET)
    draft.y += 0.03
