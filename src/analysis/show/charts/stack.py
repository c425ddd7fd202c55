"""The parts of one whole as one bar, each with its words.

Words stand below their part, from its left edge on; a part too thin for them is led to by a line.
Where they do not fit in a row, they become a list with the colour of each part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.show import colours, theme
from analysis.show.charts.bar_rows import paint
from analysis.show.charts.bars import write_heading
from analysis.show.charts.drawing import ROUNDING, Draft, UndrawableChart
from analysis.show.charts.facts import Fact
from analysis.show.charts.text_fitting import line_height, measure, place_apart, wrap_evenly
from analysis.words import french, prose

BAR = 0.24
GAP = 0.16
LABEL_WIDTH, THINNEST = 1.75, 0.85


@dataclass(frozen=True)
class StackPart:
    """A part of the whole. ``look`` is « shade » (one of the accent's, in turn) or one of
    ``bar_rows.paint``; ``remark`` is said under its label."""

    fact: Fact
    look: str = "shade"
    remark: str = ""


@dataclass(frozen=True)
class _Segment:
    """What is drawn of a part: from ``left``, ``length`` inches, painted, with its words."""

    left: float
    length: float
    fill: str
    hatch: str | None
    edge: str | None
    label: str
    number: str
    share: str = ""  # what is said beside the number, unless it stands inside the bar
    remark: str = ""

    @property
    def right(self) -> float:
        return self.left + self.length

    @property
    def number_width(self) -> float:
        """Of the number and what is said beside it."""
        share = 0.08 + measure(self.share, theme.SMALL) if self.share else 0
        return measure(self.number, theme.STRONG, "bold") + share

    def wrap_label(self, room: float) -> list[str]:
        return wrap_evenly(self.label, room, theme.BODY)

    def wrap_remark(self, room: float) -> list[str]:
        return wrap_evenly(self.remark, room, theme.SMALL)

    def width(self, room: float) -> float:
        """Of all its words, their lines no longer than ``room``."""
        return max(
            self.number_width,
            *(measure(line, theme.BODY) for line in self.wrap_label(room)),
            *(measure(line, theme.SMALL) for line in self.wrap_remark(room)),
        )


def draw_stack(
    draft: Draft,
    parts: Sequence[StackPart],
    whole: Fact,
    remark: str,
) -> None:
    """The whole in words, the bar, the words of the parts; what they leave of it is hatched."""
    write_heading(draft, whole, remark)
    known = [part for part in parts if part.fact.number]
    added = sum(part.fact.number for part in known)
    extent = max(added, whole.number or 0.0)
    if not known:
        raise UndrawableChart(draft.spec, "aucune part n’est connue, ou toutes sont nulles.")
    exceeds = bool(whole.number) and added > whole.number * (1 + ROUNDING)
    lacks = bool(whole.number) and added < whole.number * (1 - ROUNDING)
    segments = _draw_bar(draft, known, draft.canvas.width / extent, remark)
    if lacks:
        _draw_rest(draft, segments[-1].right)
    _write_words(draft, segments)
    for part in parts:
        if part.fact.number is None:
            draft.note(f"{part.fact.label} : {french.MISSING}.")
    if exceeds:
        step, unit = whole.value.precision, whole.value.unit
        total = prose.format_measure(draft.edition, added, unit, step)
        draft.note(
            f"Les parts font ensemble {total}, plus que le total annoncé ({whole.quantity})."
        )


def _compose_segments(
    draft: Draft, parts: Sequence[StackPart], scale: float, remark: str
) -> list[_Segment]:
    """Segments one after the other, ``scale`` inches for one unit; ``remark``: of all of them."""
    shades = iter(colours.shade(draft.accent, sum(part.look == "shade" for part in parts)))
    segments, left = [], 0.0
    for part in parts:
        fact, length = part.fact, part.fact.number * scale
        if part.look == "shade":
            look = (next(shades), None, theme.PAPER)
        else:
            look = paint(part.look, draft.accent)
        words = (fact.label, fact.display, fact.detail, part.remark)
        segments.append(_Segment(left, length, *look, *words))
        spot = fact.spot(left, draft.y - BAR, left + length, draft.y, part.remark or remark)
        draft.canvas.record(fact.reference, fact.number, length, spot=spot)
        left += length
    return segments


def _draw_segment(draft: Draft, segment: _Segment, middle: float) -> None:
    style = {"hatch": segment.hatch, "edge": segment.edge}
    draft.canvas.bar(segment.left, middle, segment.length, BAR, segment.fill, **style)


def _draw_bar(
    draft: Draft, parts: Sequence[StackPart], scale: float, remark: str
) -> list[_Segment]:
    """The bar, the shares inside it where all can be read there."""
    middle = draft.y + BAR / 2
    draft.y += BAR
    segments = _compose_segments(draft, parts, scale, remark)
    for segment in segments:
        _draw_segment(draft, segment, middle)
    if not all(_holds_share(segment) for segment in segments):
        return segments
    for segment in segments:
        ink = _choose_ink(segment.fill)
        draft.canvas.write(segment.left + 0.08, middle, segment.share, weight="bold", colour=ink)
    return [replace(segment, share="") for segment in segments]


def _choose_ink(fill: str) -> str:
    return colours.choose_ink(fill, theme.INK, theme.PAPER)


def _holds_share(segment: _Segment) -> bool:
    """Whether what is said beside the number can be read inside the bar."""
    if not segment.share:
        return True
    contrast = colours.contrast(_choose_ink(segment.fill), segment.fill)
    fits = measure(segment.share, theme.BODY, "bold") + 0.16 <= segment.length
    return not segment.hatch and contrast >= colours.TEXT_CONTRAST and fits


def _draw_rest(draft: Draft, x: float) -> None:
    """What is left of the whole, of which the source says nothing."""
    fill, hatch, edge = paint("remainder", draft.accent)
    width, middle = draft.canvas.width - x, draft.y - BAR / 2
    draft.canvas.bar(x, middle, width, BAR, fill, hatch=hatch, edge=edge)
    draft.note("Hachures : reste dont le détail n’est pas connu.")


# --- words -------------------------------------------------------------------------------------


def _write_words(draft: Draft, segments: Sequence[_Segment]) -> None:
    """Below their parts where they fit in a row, else as a list."""
    gaps = GAP * (len(segments) - 1)
    free = draft.canvas.width - gaps
    room = min(LABEL_WIDTH, free / len(segments))
    widths = [segment.width(max(room, min(segment.length, LABEL_WIDTH))) for segment in segments]
    if sum(widths) > free + 0.01:
        widths = [segment.width(room) for segment in segments]
    if sum(widths) <= free + 0.01 and room >= THINNEST:
        _write_row(draft, segments, widths)
    else:
        _write_list(draft, segments)


def _write_row(draft: Draft, segments: Sequence[_Segment], widths: Sequence[float]) -> None:
    starts = [segment.left for segment in segments]
    lefts = place_apart(starts, widths, GAP, 0.0, draft.canvas.width)
    labels = [_SegmentLabel(*each) for each in zip(segments, lefts, widths, strict=True)]
    top = draft.y
    drop = 0.17 if any(label.leader for label in labels) else 0.05
    for label in labels:
        if label.leader:
            ys = [top, top + 0.07, top + 0.07, top + drop - 0.03]
            draft.canvas.line(label.leader, ys, theme.PREVIOUS)
        draft.y = max(draft.y, _write_label(draft, label, top + drop))
    draft.y += 0.03


@dataclass(frozen=True)
class _SegmentLabel:
    """The words of a segment where they stand: from its left edge on, or, where the next segment
    or the canvas's end leaves too little room, up to their own right edge."""

    segment: _Segment
    left: float
    width: float

    @property
    def at_right(self) -> bool:
        return self.left < self.segment.left - 0.02 < self.left + self.width

    @property
    def edge(self) -> float:
        return self.left + self.width if self.at_right else self.left

    @property
    def leader(self) -> list[float] | None:
        """The line from a segment to words that do not stand under it."""
        if self.segment.left - 0.02 <= self.edge <= self.segment.right + 0.02:
            return None
        start = self.segment.left + self.segment.length / 2
        end = min(max(start, self.left + 0.06), self.left + self.width)
        return [start, start, end, end]


def _write_label(draft: Draft, label: _SegmentLabel, y: float) -> float:
    """Number, label, remark, one under the other; returns the y below."""
    canvas, segment, room = draft.canvas, label.segment, label.width + 0.01
    style = {"align": "right" if label.at_right else "left", "anchor": "top"}
    if segment.number:
        x = label.edge - segment.number_width if label.at_right else label.left
        height = canvas.write(x, y, segment.number, size=theme.STRONG, weight="bold", anchor="top")
        if segment.share:
            x += measure(segment.number, theme.STRONG, "bold") + 0.08
            canvas.write_small(x, y + height / 2, segment.share)
        y += height
    y += canvas.write(label.edge, y, segment.wrap_label(room), **style)
    if segment.remark:
        y += canvas.write_small(label.edge, y, segment.wrap_remark(room), **style)
    return y


def _write_list(draft: Draft, segments: Sequence[_Segment]) -> None:
    """One line for each part, from left to right as in the bar, with its colour and its number."""
    canvas, swatch = draft.canvas, 0.13
    numbers = max(measure(segment.number, theme.BODY, "bold") for segment in segments)
    right = swatch + 0.1 + numbers
    left = right + 0.1
    draft.y += 0.08
    for segment in segments:
        remarks = ", ".join(text for text in (segment.share, segment.remark) if text)
        words = segment.label + (f" ({remarks})" if remarks else "")
        middle = draft.y + line_height(theme.BODY) / 2
        style = {"hatch": segment.hatch, "edge": segment.edge}
        canvas.bar(0.005, middle, swatch, swatch, segment.fill, **style)
        canvas.write(right, middle, segment.number, weight="bold", align="right")
        height = canvas.write(left, draft.y, words, anchor="top", width=canvas.width - left)
        draft.y += height + 0.03
