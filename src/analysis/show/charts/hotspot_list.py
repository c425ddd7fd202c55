"""What a page's script needs so that a chart answers the pointer and the keyboard: what is said at
each place of the picture, and where that is on either drawing (style/charts.js).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from matplotlib.figure import Figure

from analysis.model.store import Edition
from analysis.show.charts.canvas import MARGIN, Hotspot
from analysis.show.charts.drawing import Drawing
from analysis.show.charts.facts import name_sources
from analysis.words.hidden_markup import strip_marks

#: The same words at another place are the same number.
_NOWHERE = (0.0, 0.0, 0.0, 0.0)


def list_hotspots(edition: Edition, drawing: Drawing) -> list[dict]:
    """The hotspots of a drawing in their order: ``label``, ``value``, ``period``, ``source``,
    ``trace``, then ``wide`` and ``narrow``: left, top, width, height on the drawing of that width,
    in thousandths of it; empty where it is not said there."""
    found: dict[Hotspot, dict] = {}
    shapes = (
        ("wide", drawing.hotspots, drawing.figure),
        ("narrow", drawing.narrow_hotspots, drawing.narrow),
    )
    for shape, spots, figure in shapes:
        for spot in spots:
            source = name_sources(edition, spot.references) or drawing.source_line
            entry = found.setdefault(replace(spot, box=_NOWHERE), {
                "label": spot.label,
                "value": spot.value,
                "period": spot.period,
                "source": strip_marks(source),
                "trace": spot.trace,
                "wide": [],
                "narrow": [],
            })  # fmt: skip
            entry[shape] = _share(spot.box, figure)
    return list(found.values())


def _share(box: Sequence[float], figure: Figure | None) -> list[int]:
    """A box on a canvas as thousandths of the picture: left, top, width, height."""
    width, height = figure.get_size_inches() if figure else (1.0, 1.0)
    left, top, right, bottom = box
    shares = (
        (left + MARGIN) / width,
        top / height,
        (right - left) / width,
        (bottom - top) / height,
    )
    return [round(1000 * share) for share in shares]


def compose_hotspots(edition: Edition, drawing: Drawing, figure: str) -> str:
    """The script for the picture of the figure of that id: data, in HTML alone; '' where the
    picture says nothing at any place."""
    spots = list_hotspots(edition, drawing)
    return compose_data("reperes", figure, spots) if spots else ""


def compose_data(name: str, figure: str, content: object) -> str:
    """Data of a page's script as Markdown that HTML alone shows: nothing of it is read aloud, nor
    found by a search."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return (
        f'```{{=html}}\n<script type="application/json" class="{name}" data-figure="{figure}">'
        f"{text}</script>\n```"
    )
