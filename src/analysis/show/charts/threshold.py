"""« seuil »: a value against the minimum asked for, or against all there are; one dot for each unit
where they can be counted.
"""

from __future__ import annotations

from collections.abc import Mapping

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import GAP, draw_rows, row_of
from analysis.show.charts.chart_rows import ChartRows
from analysis.show.charts.dots import are_countable, arrange_dots
from analysis.show.charts.drawing import (
    Draft,
    Drawing,
    begin,
    refuse_impossible_parts,
    refuse_mixed_years,
    say,
)
from analysis.show.charts.facts import Fact
from analysis.show.charts.registry import register
from analysis.show.charts.text_fitting import measure


@register("seuil", required=("value", "threshold"), optional=("missing",))
def build_threshold(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """Dots, or two bars."""
    value, threshold = rows.require("value"), rows.require("threshold")
    facts = [value, threshold, *rows.list("missing")]
    draft = begin(edition, spec, facts, width)
    if len(edition.rows("parts", whole=threshold.value.indicator, part=value.value.indicator)):
        refuse_impossible_parts(spec, [value], threshold)
    refuse_mixed_years(edition, spec, [value], threshold)
    if are_countable(value, threshold):
        _draw_dots(draft, value, threshold, rows.find("missing"))
        kind = "Rangée de points, un par unité"
    else:
        draw_rows(draft, [row_of(value), row_of(threshold, look="target")])
        kind = "Diagramme en barres horizontales"
    return draft.complete(kind, [say(fact) for fact in facts])


def _draw_dots(draft: Draft, value: Fact, threshold: Fact, missing: Fact | None) -> None:
    """The units there are filled, those that lack in outline, a bracket under what is asked for."""
    canvas, count, needed = draft.canvas, int(value.number), int(threshold.number)
    draft.write(f"{value.label} : {value.display}", weight="bold", colour=draft.accent)
    below = f"{threshold.label} : {threshold.display}"
    dots = arrange_dots(canvas, draft.y + 0.03, max(count, needed))
    dots.draw(canvas, range(count), draft.accent, None)
    dots.draw(canvas, range(count, dots.count), theme.PAPER, theme.TARGET)
    # What is asked for is the bracket under the dots, or, in several rows, their last line.
    ends = ((value, count, dots.place(0)[1] - dots.pitch / 2), (threshold, needed, dots.bottom))
    for fact, number, top in ends:
        length = number * dots.pitch
        right = min(length, dots.pitch * dots.each_row)
        bottom = dots.bottom if fact is value else dots.bottom + 0.06
        canvas.record(fact.reference, number, length, spot=fact.spot(0, top, right, bottom))
    if missing and missing.number and dots.count > count:
        lack = f"{missing.label} : {missing.display}"
        x = dots.place(dots.count - 1)[0] + dots.pitch / 2 + GAP
        if dots.has_one_row and measure(lack, theme.BODY) <= canvas.width - x:
            canvas.write(x, dots.place(0)[1], lack)
        else:
            below = f"{below} ; {lack[:1].lower()}{lack[1:]}"
    y = dots.bottom + 0.04
    if dots.has_one_row:
        end = dots.pitch * needed
        canvas.line([0.01, 0.01, end, end], [y - 0.05, y, y, y - 0.05], theme.TARGET, width=1.0)
    draft.y = y + 0.02
    draft.write(below)
