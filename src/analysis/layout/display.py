"""Display blocks in a notebook: Markdown as it is, drawings as a figure with its source and data.

May import store, french, theme, charts, maps, tables.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping

from IPython.display import display

from analysis import charts, french, maps, tables, theme
from analysis.charts import Drawing
from analysis.paths import locate_dossier
from analysis.store import Edition

Block = str | Drawing


def compose_heading(level: int, title: str, anchor: str, classes: str = "") -> str:
    extra = f" {classes}" if classes else ""
    return f"{'#' * level} {french.typeset(title)} {{#sec-{anchor}{extra}}}"


def draw(edition: Edition, spec: Mapping) -> Drawing:
    """A chart or a map, as its specification says."""
    drawer = maps.draw_map if spec["kind"] == "carte" else charts.draw_chart
    return drawer(edition, spec)


def show(edition: Edition, prefix: str, blocks: Iterable[Block]) -> None:
    """Display blocks in order; a drawing is saved as ``fig-<prefix>-<id>``, in SVG and PNG."""
    for block in blocks:
        if isinstance(block, Drawing):
            _show_drawing(edition, prefix, block)
        elif block.strip():
            display({"text/markdown": block.strip()}, raw=True)


def _show_drawing(edition: Edition, prefix: str, drawing: Drawing) -> None:
    name = f"fig-{prefix}-{drawing.id}"
    folder = locate_dossier().figures(edition.year)
    folder.mkdir(parents=True, exist_ok=True)
    theme.save_figure(drawing.figure, folder / f"{name}.png")
    svg = theme.save_figure(drawing.figure, folder / f"{name}.svg")
    path = os.path.relpath(svg).replace(os.sep, "/")
    # Quarto and JupyterLab take the Markdown; the reviewer's copy takes the picture itself.
    display(
        {
            "text/markdown": compose_figure(drawing, name, path),
            "image/svg+xml": svg.read_text(encoding="utf-8"),
        },
        raw=True,
    )
    display({"text/markdown": compose_chart_notes(drawing)}, raw=True)


def escape_attribute(text: str) -> str:
    """Text fit for a quoted attribute of Markdown: one line, no straight quotes."""
    return " ".join(text.split()).replace("\\", "").replace('"', "”")


def compose_figure(drawing: Drawing, name: str, path: str) -> str:
    """A Markdown figure whose caption says the finding (the picture itself says the unit)."""
    caption = drawing.title.rstrip(".") + "."
    return f'![{caption}]({path}){{#{name} fig-alt="{escape_attribute(drawing.alt)}"}}'


def compose_chart_notes(drawing: Drawing) -> str:
    """The source line and, folded in HTML, the chart's data as a table."""
    return (
        f"::: {{.source}}\n{drawing.source_line}\n:::\n\n"
        '::: {.callout-note collapse="true" title="Données du graphique"}\n'
        f"{tables.format_markdown(drawing.table)}\n:::"
    )
