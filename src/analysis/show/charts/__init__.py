"""Charts: what is drawn is first read, as rows that a person can look at.

``list_specs`` says which charts a chapter has, ``select_rows`` reads what they draw (a frame, one
row a number, see ``chart_rows``), ``draw_all`` draws those rows: a number changed in the frame is
drawn, written and handed out as it stands there, a row left out is drawn no more. Only sentences
(findings, notes) are read of the edition again, by their references.

charts.yml is a list; each entry is one chart:

``id``       kebab-case, unique; the figure is named after it
``chapter``  id of a chapter, or ``portrait``
``action``   (optional) id of an action: the chart stands under it, else at the chapter's head
``kind``     one of the kinds below
``finding``  the title: a sentence that says what is seen; numbers are references, ``{{id}}``; what
             it claims has a condition, see ``sentences``
``unit``     (optional) first line of the chart; by default the unit and the period the data share,
             which ``[periode]`` stands for
``note``     (optional) a reservation written under the chart, with conditions or without

An *item* is a reference (``arbres-plantes``, ``arbres-plantes:N-1``, ``id@france``) or a mapping:
``indicator`` (the reference), ``label`` (a shorter name, may hold references), ``detail`` (a second
reference, said after the number: a share; or a list of them, written in columns), ``emphasis:
true`` (classement: the others become paler), ``stage`` (composition: the stage of a calculated
amount, « sollicité » is hatched).

Kinds and their own fields:

classement    items; remainder, subtotal, total (items) — ranked bars, remainder hatched last;
              subtotal is what the items with ``emphasis`` make together
part-du-tout  items, whole — bars on the track of one whole: one of 90, 15 of them filled
composition   items, whole; rest, remainder — one stacked bar; what is left of the whole is ``rest``
              (a number) or ``remainder`` (unknown, hatched); amounts say their stage and payer
periodes      items — each indicator over its latest and its preceding period, one scale for each
              unit, the period beside the bar
evolution     indicator; label, estimate — a line over three comparable periods or more; an
              ``estimate`` is an indicator that works out the value of the year before, of which a
              point is made; such a series is drawn without being asked for
              (``serie-<indicator>``), unless a chart shows it already
objectif      indicator; label, goal — a dot on the way to a target, and where the observed pace
              leads; ``goal`` is what the target is called, « Objectif » by default
``check_specs`` says in French what is wrong in a list of specifications.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts import (  # they register
    bars,
    composition,
    over_time,
    series_drawing,
    target,
)
from analysis.show.charts.chart_rows import ChartRows, UndrawableChart, compose_frame
from analysis.show.charts.drawing import Drawing, title_chart
from analysis.show.charts.registry import KINDS
from analysis.show.charts.specs import check_specs, list_specs


def select_rows(edition: Edition, specs: Iterable[Mapping]) -> pd.DataFrame:
    """What charts draw: one row for each number, with the chart, its role in it, its reference,
    period, qualifier, source and place in it (see ``chart_rows.COLUMNS``)."""
    return compose_frame(
        {**row, "chart": spec["id"]}
        for spec in specs
        for row in KINDS[spec["kind"]].select(edition, spec)
    )


def draw_chart(edition: Edition, spec: Mapping, rows: pd.DataFrame | None = None) -> Drawing:
    """The drawing of one specification: of its rows in a frame of ``select_rows``, or, without one,
    of those that this would select. Raises UndrawableChart when the rows have fewer than two
    numbers, or lack one without which nothing can be drawn (message in French). Raises
    UnknownReference when an item or a template names nothing known."""
    kind = KINDS[spec["kind"]]
    own = ChartRows(edition, spec, select_rows(edition, [spec]) if rows is None else rows)
    with theme.style():
        drawing = kind.build(edition, spec, own, theme.WIDTH)
        return drawing.with_narrow(kind.build(edition, spec, own, theme.NARROW))


def draw_all(
    edition: Edition, specs: Sequence[Mapping], rows: pd.DataFrame | None = None
) -> dict[str, Drawing | UndrawableChart]:
    """The drawing of each specification by its id (see ``draw_chart``); of one whose numbers
    contradict each other, why it is not drawn."""
    drawings: dict[str, Drawing | UndrawableChart] = {}
    for spec in specs:
        try:
            drawings[spec["id"]] = draw_chart(edition, spec, rows)
        except UndrawableChart as refused:
            drawings[spec["id"]] = refused
    return drawings


def title_rows(edition: Edition, spec: Mapping, rows: pd.DataFrame) -> str:
    """What a chart finds, above its rows as above its picture."""
    return title_chart(edition, spec, ChartRows(edition, spec, rows).facts)
