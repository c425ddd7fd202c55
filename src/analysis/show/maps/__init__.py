"""Maps of the member communes: their population and its growth, the places of the actions.

Everything drawn was computed before. ``outlines`` turns degrees into inches and draws shapes,
``naming`` sets names beside a map, ``population``, ``places`` and ``actions`` draw the kinds of map
that charts.yml may ask for.
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
