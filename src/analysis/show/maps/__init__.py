"""Maps of the member communes: their population and its growth, the places of the actions.

Everything drawn was computed before. Each kind that charts.yml may ask for is a function of an
edition, a specification and a width that returns a ``Drawing``, as a chart's builder is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts import Drawing
from analysis.show.maps.action_counts import draw_actions
from analysis.show.maps.action_places import draw_places
from analysis.show.maps.population_map import draw_population

KINDS: dict[str, Callable[[Edition, Mapping, float], Drawing]] = {
    "carte": draw_population,
    "carte-lieux": draw_places,
    "carte-actions": draw_actions,
}

__all__ = ["KINDS", "draw_map"]


def draw_map(edition: Edition, spec: Mapping) -> Drawing:
    """The drawing of one specification (see ``charts`` for what it may say), with the same for the
    screen of a telephone.

    Raises
    ------
    UndrawableChart
        when fewer than two communes have something to show (message in French).
    """
    draw = KINDS[spec["kind"]]
    with theme.style():
        drawing = draw(edition, spec, theme.WIDTH)
        return replace(drawing, narrow=draw(edition, spec, theme.NARROW).figure)
