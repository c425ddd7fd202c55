"""Shares of a whole as a bar in a line of a table: each look has its sign, where there is room."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from analysis.show import colours, theme
from analysis.show.charts.bar_rows import paint
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.text_fitting import measure

WIDTH, HEIGHT = 1.3, 0.2


def draw_share_bar(parts: Sequence[tuple[float, str, str]], accent: str) -> Figure:
    """``parts``: share of the whole (0 to 1), look (see ``paint``), sign."""
    with theme.style():
        canvas, left = Canvas(WIDTH), 0.0
        for share, look, sign in parts:
            length = share * canvas.width
            fill, hatch, edge = paint(look, accent)
            canvas.bar(left, HEIGHT / 2, length, HEIGHT - 0.03, fill, hatch=hatch, edge=edge)
            if not hatch and measure(sign, theme.BODY, "bold") + 0.06 < length:
                ink = colours.choose_ink(fill, theme.INK, theme.PAPER)
                style = {"weight": "bold", "colour": ink, "align": "center"}
                canvas.write(left + length / 2, HEIGHT / 2, sign, **style)
            left += length
        return canvas.finish(HEIGHT)
