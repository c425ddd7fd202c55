"""Whole-life cost in three pictures: a stacked bar for each option, what was spent from year to
year, and what each hypothesis moves (a tornado). They draw frames, no indicator.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.model.store import Edition
from analysis.show import colours, theme
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.drawing import Draft, Drawing
from analysis.show.charts.text_fitting import line_height, measure
from analysis.words.smallmarkdown import write_plain

BAR, PLOT_HEIGHT = 0.24, 2.0
LINE = line_height(theme.SMALL)
#: Lines are told apart without colour: solid, dashed, dotted.
_DASHES = (None, (5, 2), (1.5, 1.5), (8, 2))


@dataclass(frozen=True)
class CostChart:
    """What the three pictures have in common: what is found, in which unit, from which sources, in
    the colour of which chapter; ``write`` puts a number into words."""

    edition: Edition
    id: str
    finding: str
    unit: str
    source_line: str
    write: Callable[[float], str]
    note: str = ""
    chapter: str = ""

    def draw(
        self, paint: Callable[[Draft], None], kind: str, data: pd.DataFrame, said: Sequence[str]
    ) -> Drawing:
        """What ``paint`` draws, for the page and for a telephone; ``said``: to those who do not see
        it. ``data``: a frame under French heads."""
        # Braces that a person typed in a title are none of a template's.
        spec = {"id": self.id, "kind": "cout-global", "chapter": self.chapter,
                "finding": write_plain(self.finding), "unit": write_plain(self.unit)}  # fmt: skip
        table = data.map(lambda cell: cell if isinstance(cell, str) else self.write(cell))

        def draw_at(width: float) -> Drawing:
            draft = Draft(self.edition, spec, [], Canvas(width))
            paint(draft)
            draft.note(self.note)
            return draft.complete(kind, said, table, data)

        with theme.style():
            drawing = draw_at(theme.WIDTH).with_narrow(draw_at(theme.NARROW))
        return replace(drawing, source_line=self.source_line)


def draw_parts(chart: CostChart, parts: pd.DataFrame) -> Drawing:
    """One stacked bar for each row of ``parts`` (indexed by its label), a column for each part, in
    one scale. A part bears the number of its key, with its value where there is room (of a single
    bar the keys say them); one below zero, in deduction, is hatched, at the
    left of zero."""
    parts = parts.loc[:, (parts != 0).any()]
    keys = {name: str(number) for number, name in enumerate(parts.columns, 1)}
    least = parts.clip(upper=0).sum(axis=1).min()
    extent = parts.clip(lower=0).sum(axis=1).max() - least

    def paint(draft: Draft) -> None:
        canvas, scale = draft.canvas, draft.canvas.width / extent
        fills = dict(zip(keys, colours.shade(draft.accent, len(keys)), strict=True))

        def fill(x: float, y: float, length: float, size: float, name: str, taken: bool) -> None:
            look = (theme.PAPER, theme.HATCH_REMAINDER) if taken else (fills[name], None)
            edge = theme.PREVIOUS if taken else theme.PAPER
            canvas.bar(x, y, length, size, look[0], hatch=look[1], edge=edge)

        for label, row in parts.iterrows():
            total, top = chart.write(row.sum()), draft.y
            room = canvas.width - measure(total, theme.STRONG, "bold") - 0.2
            draft.write(str(label), weight="bold", width=room, after=0.05)
            canvas.write(canvas.width, top, total, size=theme.STRONG, weight="bold",
                         align="right", anchor="top")  # fmt: skip
            ends, middle = {False: -least * scale, True: -least * scale}, draft.y + BAR / 2
            for name, value in row[row != 0].items():
                x, length, taken = ends[value < 0], value * scale, bool(value < 0)
                fill(x, middle, length, BAR, str(name), taken)
                canvas.record(f"{label}:{name}", value, length)
                said = [f"{keys[name]} : {chart.write(value)}"] if len(parts) > 1 else []
                fits = [t for t in (*said, keys[name]) if measure(t, theme.SMALL) + 0.06 <= length]
                if fits and not taken:
                    ink = colours.choose_ink(fills[name], theme.INK, theme.PAPER)
                    canvas.write_small(x + length / 2, middle, fits[0], colour=ink, align="center")
                ends[taken] = x + length
            draft.y += BAR + 0.12
        x = 0.0
        for name, key in keys.items():
            only = f" : {chart.write(parts[name].iloc[0])}" if len(parts) == 1 else ""
            width = 0.35 + measure(words := f"{key} {name}{only}", theme.SMALL)
            if x and x + width > canvas.width:
                x, draft.y = 0.0, draft.y + LINE + 0.05
            fill(x, draft.y + LINE / 2, 0.12, 0.12, name, bool((parts[name] < 0).any()))
            canvas.write(x + 0.17, draft.y + LINE / 2, words, size=theme.SMALL)
            x += width
        draft.y += LINE + 0.05
        if least:
            draft.note("Hachures, à gauche de zéro : ce qui vient en déduction.")

    said = [
        f"{label}, {chart.write(row.sum())} : "
        + ", ".join(f"{name} {chart.write(value)}" for name, value in row.items() if value)
        for label, row in parts.iterrows()
    ]
    return chart.draw(paint, "Barres empilées", parts.rename_axis("Barre").reset_index(), said)


def draw_curves(chart: CostChart, spent: pd.DataFrame, crossing: int) -> Drawing:
    """What was spent (accumulated) from year to year, a line for each row, named below with its
    end; the year in which they cross for good is marked, unless it is 0."""
    years = spent.shape[1] - 1
    high, low = max(0.0, spent.max(axis=None)), min(0.0, spent.min(axis=None))
    said = [f"{label} : {chart.write(curve.iloc[-1])}" for label, curve in spent.iterrows()]

    def paint(draft: Draft) -> None:
        canvas = draft.canvas
        step, scale = canvas.width / years, PLOT_HEIGHT / ((high - low) or 1.0)
        base = draft.y + 0.1 + high * scale
        bottom, top = base - low * scale, base - high * scale
        canvas.line([0, canvas.width], [base, base], theme.INK, width=0.7, layer=4)
        canvas.write_small(0, top, chart.write(high), anchor="top", halo=True)
        canvas.line([0, canvas.width], [top, top])
        tick = next(size for size in (1, 2, 5, 10, 20, 50, 100) if years / size <= 6)
        for year in range(0, years + 1, tick):
            align = "left" if not year else "right" if year == years else "center"
            canvas.line([year * step] * 2, [bottom, bottom + 0.05])
            canvas.write_small(year * step, bottom + 0.08, str(year), anchor="top", align=align)
        if crossing:
            x, is_left = crossing * step, crossing < years / 2
            canvas.line([x, x], [bottom, top], theme.QUIET, dashes=(2, 2))
            canvas.write_small(x + (0.05 if is_left else -0.05), bottom - 0.05, anchor="bottom",
                               text=f"année {crossing}", align="left" if is_left else "right",
                               halo=True)  # fmt: skip
        draft.y = bottom + 0.14 + LINE
        inks = colours.shade(draft.accent, len(spent) + 1)
        for number, (label, curve) in enumerate(spent.iterrows()):
            look = {"width": 2.0, "dashes": _DASHES[number % len(_DASHES)], "layer": 5}
            xs = [year * step for year in range(years + 1)]
            canvas.line(xs, [base - value * scale for value in curve], inks[number], **look)
            canvas.record(str(label), float(curve.iloc[-1]), float(curve.iloc[-1]) * scale)
            canvas.line([0, 0.35], [draft.y + LINE / 2] * 2, inks[number], **look)
            draft.y += canvas.write(0.43, draft.y, said[number], size=theme.SMALL, anchor="top",
                                    width=canvas.width - 0.43)  # fmt: skip

    data = spent.T.rename_axis("Année").reset_index()
    return chart.draw(paint, "Courbes cumulées", data.astype({"Année": "str"}), said)


def draw_tornado(chart: CostChart, rows: pd.DataFrame, central: float, is_gap: bool) -> Drawing:
    """A bar for each hypothesis (``label``, ``low_gap``, ``high_gap``, ``low_words``,
    ``high_words``), from what it gives at one end to what it gives at the other, around what the
    ``central`` case gives, each end with its hypothesis and its value; of a gap (``is_gap``) zero
    is drawn: beyond it another option wins."""
    values = [*rows["low_gap"], *rows["high_gap"], central]
    least, most = (end([*values, *([0.0] if is_gap else ())]) for end in (min, max))
    words = [*rows["low_words"], *rows["high_words"], *map(chart.write, values)]

    def paint(draft: Draft) -> None:
        canvas = draft.canvas
        left = 0.0 if canvas.narrow else 1.9
        pad = max(measure(text, theme.SMALL) for text in words) + 0.1
        scale = (canvas.width - left - 2 * pad) / ((most - least) or 1.0)

        def place(value: float) -> float:
            return left + pad + (value - least) * scale

        top = draft.y
        draft.y += LINE + 0.08
        for row in rows.itertuples():
            if canvas.narrow:
                draft.write(row.label, size=theme.SMALL, after=0.02)
            middle = draft.y + BAR / 2
            if not canvas.narrow:
                canvas.write(0, middle, row.label, size=theme.SMALL, width=left - 0.1)
            lowest = min(row.low_gap, row.high_gap)
            for value, said, fill in (
                (row.low_gap, row.low_words, theme.PREVIOUS),
                (row.high_gap, row.high_words, draft.accent),
            ):
                length, is_left = (value - central) * scale, value == lowest
                canvas.bar(place(central), middle, length, BAR * 0.75, fill)
                canvas.record(f"{row.name}:{said}", value - central, length)
                for text, shift in ((said, -LINE / 2), (chart.write(value), LINE / 2)):
                    canvas.write_small(place(value) + (-0.05 if is_left else 0.05),
                                       middle + shift, text, halo=True,
                                       align="right" if is_left else "left")  # fmt: skip
            draft.y += BAR + 0.14
        canvas.line([place(central)] * 2, [top + LINE, draft.y], theme.INK, layer=4)
        canvas.write_small(place(central), top, chart.write(central), align="center", anchor="top")
        if is_gap:
            canvas.line([place(0)] * 2, [top + LINE, draft.y], theme.INK, layer=4, dashes=(2, 2))
            canvas.write_small(place(0), draft.y, "0", align="center", anchor="top")
            draft.y += LINE
        x, draft.y = 0.0, draft.y + 0.05
        for fill, said in ((theme.PREVIOUS, "l’hypothèse au plus bas"),
                           (draft.accent, "au plus haut")):  # fmt: skip
            canvas.bar(x, draft.y + LINE / 2, 0.12, 0.12, fill)
            canvas.write(x + 0.17, draft.y + LINE / 2, said, size=theme.SMALL)
            x += 0.4 + measure(said, theme.SMALL)
        draft.y += LINE + 0.05

    said = [
        f"{row.label} : {row.low_words}, {chart.write(row.low_gap)} ; {row.high_words},"
        f" {chart.write(row.high_gap)}"
        for row in rows.itertuples()
    ]
    data = rows[["label", "low_words", "low_gap", "high_words", "high_gap"]]
    heads = ["Hypothèse", "Au plus bas", "Au plus haut"]
    named = "Écart" if is_gap else "Coût"
    for place, end in ((2, "bas"), (4, "haut")):
        heads.insert(place, f"{named} au plus {end}, € par an")
    return chart.draw(paint, "Barres autour du cas central", data.set_axis(heads, axis=1), said)
