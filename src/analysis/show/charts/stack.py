"""The parts of one whole as one bar, or as dots where they can be counted, each with its words.

Words stand below their part, from its left edge on; a part too thin for them is led to by a line.
Where they do not fit in a row, they become a list with the colour of each part.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from analysis.show import colours, theme
from analysis.show.charts.bar_rows import paint
from analysis.show.charts.bars import write_heading
from analysis.show.charts.drawing import Plate
from analysis.show.charts.facts import Fact
from analysis.show.charts.sheet import line_height, measure, wrap_evenly
from analysis.show.charts.threshold import Dots, are_countable, arrange_dots
from analysis.words import french

BAR = 0.3
GAP = 0.16
LABEL_WIDTH, THINNEST = 1.75, 0.85
#: Share of the whole by which rounded parts may miss it.
ROUNDING = 0.005


@dataclass(frozen=True)
class Part:
    """A part of the whole. ``look`` is « shade » (one of the accent's, in turn) or one of
    ``rows.paint``; ``remark`` is said under its label."""

    fact: Fact
    look: str = "shade"
    remark: str = ""


@dataclass(frozen=True)
class _Piece:
    """What is drawn of a part: from ``left``, ``length`` inches, painted, with its words."""

    left: float
    length: float
    fill: str
    hatch: str | None
    edge: str | None
    label: str
    number: str = ""  # empty where only the name of the rest is known
    share: str = ""  # what is said beside the number, unless it stands inside the bar
    remark: str = ""

    @property
    def right(self) -> float:
        return self.left + self.length

    def wrap(self, room: float) -> list[str]:
        return wrap_evenly(self.label, room, theme.BODY)

    def width(self, room: float) -> float:
        """Of its words, their lines no longer than ``room``."""
        first = measure(self.number, theme.STRONG, "bold")
        first += 0.08 + measure(self.share, theme.SMALL) if self.share else 0
        remark = wrap_evenly(self.remark, room, theme.SMALL)
        return max(
            first,
            *(measure(line, theme.BODY) for line in self.wrap(room)),
            *(measure(line, theme.SMALL) for line in remark),
        )


def draw_stack(
    plate: Plate,
    parts: Sequence[Part],
    whole: Fact,
    *,
    remark: str = "",
    others: str = "",
    subtotal: Fact | None = None,
) -> None:
    """The whole in words, the bar or the dots, the words of the parts.

    What the parts leave of the whole is hatched, unless ``others`` says what it is; ``subtotal``
    is what they make together.
    """
    write_heading(plate, whole, remark)
    known = [part for part in parts if part.fact.number]
    added = sum(part.fact.number for part in known)
    extent = max(added, whole.number or 0.0)
    if not known or not extent:
        raise ValueError("a whole without parts is refused before it is drawn")
    exceeds = bool(whole.number) and added > whole.number * (1 + ROUNDING)
    gap = bool(whole.number) and added < whole.number * (1 - ROUNDING)
    if are_countable(*(part.fact for part in known), whole) and not gap:
        pieces, in_row = _draw_dots(plate, known, whole, exceeds)
    else:
        scale = plate.sheet.width / extent
        if subtotal and subtotal.number:
            _write_subtotal(plate, subtotal, added * scale)
        elif exceeds:  # else the bar is as long as the whole
            _draw_bracket(plate, whole.number * scale)
        pieces, in_row = _draw_bar(plate, known, scale), True
    if gap:
        pieces += _fill_rest(plate, pieces[-1].right, others)
    _write_words(plate, pieces, in_row)
    for part in parts:
        if part.fact.number is None:
            plate.note(f"{part.fact.label} : {french.MISSING}.")
    if exceeds:
        total = french.format_number(added, whole.value.precision)
        plate.note(
            f"Les parts données par la source font {total}, plus que le total qu’elle annonce "
            f"({whole.display})."
        )


def _paint(plate: Plate, parts: Sequence[Part]) -> list[tuple[str, str | None, str | None]]:
    shades = iter(colours.shade(plate.accent, sum(part.look == "shade" for part in parts)))
    return [
        (next(shades), None, theme.PAPER)
        if part.look == "shade"
        else paint(part.look, plate.accent)
        for part in parts
    ]


def _draw_bar(plate: Plate, parts: Sequence[Part], scale: float) -> list[_Piece]:
    """The bar, the shares inside it where all can be read there."""
    sheet, x, pieces = plate.sheet, 0.0, []
    middle = plate.y + BAR / 2
    for part, (fill, hatch, edge) in zip(parts, _paint(plate, parts), strict=True):
        length = part.fact.number * scale
        sheet.bar(x, middle, length, BAR, fill, hatch=hatch, edge=edge)
        sheet.mark(part.fact.reference, part.fact.number, length)
        pieces.append(_Piece(x, length, fill, hatch, edge, *_words(part, part.fact.detail)))
        x += length
    plate.y += BAR
    if not all(_holds_share(piece) for piece in pieces):
        return pieces
    for piece in pieces:
        ink = _choose_ink(piece.fill)
        sheet.write(piece.left + 0.08, middle, piece.share, weight="bold", colour=ink)
    return [replace(piece, share="") for piece in pieces]


def _choose_ink(fill: str) -> str:
    return colours.choose_ink(fill, theme.INK, theme.PAPER)


def _holds_share(piece: _Piece) -> bool:
    """Whether what is said beside the number can be read inside the bar."""
    if not piece.share:
        return True
    contrast = colours.contrast(_choose_ink(piece.fill), piece.fill)
    fits = measure(piece.share, theme.BODY, "bold") + 0.16 <= piece.length
    return not piece.hatch and contrast >= colours.TEXT_CONTRAST and fits


def _write_subtotal(plate: Plate, subtotal: Fact, length: float) -> None:
    """What the first parts make together, over them."""
    words = f"{subtotal.label} : {subtotal.display}"
    words += f" ({subtotal.detail})" if subtotal.detail else ""
    plate.y += plate.sheet.write(0, plate.y, words, anchor="top", width=plate.sheet.width)
    _draw_bracket(plate, length)


def _words(part: Part, share: str) -> tuple[str, str, str, str]:
    return part.fact.label, part.fact.display, share, part.remark


def _draw_bracket(plate: Plate, length: float) -> None:
    y, end = plate.y + 0.01, length - 0.005
    plate.sheet.line([0.005, 0.005, end, end], [y + 0.06, y, y, y + 0.06], theme.INK, width=0.9)
    plate.y = y + 0.08


def _fill_rest(plate: Plate, x: float, others: str) -> list[_Piece]:
    """What is left of the whole; nothing to name where the source says nothing of it."""
    fill, hatch, edge = paint("track" if others else "remainder", plate.accent)
    length = plate.sheet.width - x
    plate.sheet.bar(x, plate.y - BAR / 2, length, BAR, fill, hatch=hatch, edge=edge)
    if others:
        return [_Piece(x, length, fill, hatch, edge, others)]
    plate.note("Hachures : reste non détaillé dans la source.")
    return []


def _draw_dots(
    plate: Plate, parts: Sequence[Part], whole: Fact, bracketed: bool
) -> tuple[list[_Piece], bool]:
    """One dot for each unit, part after part; whether they stand in one row."""
    sheet = plate.sheet
    count = int(sum(part.fact.number for part in parts))
    top = plate.y + (0.09 if bracketed else 0)
    dots = arrange_dots(sheet, top, count)
    in_row = dots.each_row >= dots.count
    if bracketed and in_row:
        _draw_bracket(plate, whole.number * dots.pitch)
    done, pieces = 0, []
    for part, (fill, hatch, edge) in zip(parts, _paint(plate, parts), strict=True):
        number = int(part.fact.number)
        outline = plate.accent if part.look == "shade" else edge
        _draw_units(plate, dots, range(done, done + number), fill, outline)
        length = number * dots.pitch
        sheet.mark(part.fact.reference, number, length)
        words = _words(part, part.fact.detail)
        pieces.append(_Piece(done * dots.pitch, length, fill, hatch, outline, *words))
        done += number
    plate.y = dots.bottom
    return pieces, in_row


def _draw_units(plate: Plate, dots: Dots, numbers: range, fill: str, edge: str | None) -> None:
    for number in numbers:
        plate.sheet.dot(*dots.place(number), dots.radius, fill, edge=edge)


# --- words -------------------------------------------------------------------------------------


def _write_words(plate: Plate, pieces: Sequence[_Piece], in_row: bool) -> None:
    """Below their parts where they fit in a row, else as a list."""
    width = plate.sheet.width
    room = min(LABEL_WIDTH, (width - GAP * (len(pieces) - 1)) / len(pieces))
    widths = [piece.width(max(room, min(piece.length, LABEL_WIDTH))) for piece in pieces]
    if sum(widths) + GAP * (len(pieces) - 1) > width + 0.01:
        widths = [piece.width(room) for piece in pieces]
    fits = sum(widths) + GAP * (len(pieces) - 1) <= width + 0.01
    if in_row and fits and room >= THINNEST:
        _write_row(plate, pieces, widths)
    else:
        _write_list(plate, pieces)


def _write_row(plate: Plate, pieces: Sequence[_Piece], widths: Sequence[float]) -> None:
    sheet = plate.sheet
    lefts = place_blocks([piece.left for piece in pieces], widths, GAP, sheet.width)
    top = plate.y
    blocks = [
        _Block(piece, left, width, at_right=left < piece.left - 0.02 < left + width)
        for piece, left, width in zip(pieces, lefts, widths, strict=True)
    ]
    drop = 0.17 if any(block.lead for block in blocks) else 0.05
    for block in blocks:
        if block.lead:
            ys = [top, top + 0.07, top + 0.07, top + drop - 0.03]
            sheet.line(block.lead, ys, theme.PREVIOUS)
        plate.y = max(plate.y, _write_block(plate, block, top + drop))
    plate.y += 0.03


@dataclass(frozen=True)
class _Block:
    """The words of a part where they stand: from its left edge on, or, where the next part or the
    sheet's end leaves too little room, up to their own right edge."""

    piece: _Piece
    left: float
    width: float
    at_right: bool

    @property
    def edge(self) -> float:
        return self.left + self.width if self.at_right else self.left

    @property
    def lead(self) -> list[float] | None:
        """The line from a part to words that do not stand under it."""
        if self.piece.left - 0.02 <= self.edge <= self.piece.right + 0.02:
            return None
        start = self.piece.left + self.piece.length / 2
        end = min(max(start, self.left + 0.06), self.left + self.width)
        return [start, start, end, end]


def _write_block(plate: Plate, block: _Block, y: float) -> float:
    """Number, label, remark, one under the other; returns the y below."""
    sheet, piece = plate.sheet, block.piece
    align = "right" if block.at_right else "left"
    if piece.number:
        x = block.left
        if block.at_right:
            x = block.edge - measure(piece.number, theme.STRONG, "bold")
            x -= 0.08 + measure(piece.share, theme.SMALL) if piece.share else 0
        y += _write_number(plate, piece, x, y)
    words = "\n".join(piece.wrap(block.width + 0.01))
    y += sheet.write(block.edge, y, words, align=align, anchor="top")
    if piece.remark:
        words = "\n".join(wrap_evenly(piece.remark, block.width + 0.01, theme.SMALL))
        y += sheet.write(
            block.edge, y, words, size=theme.SMALL, colour=theme.QUIET, align=align, anchor="top"
        )
    return y


def _write_number(plate: Plate, piece: _Piece, left: float, y: float) -> float:
    height = plate.sheet.write(
        left, y, piece.number, size=theme.STRONG, weight="bold", anchor="top"
    )
    if piece.share:
        x = left + measure(piece.number, theme.STRONG, "bold") + 0.08
        plate.sheet.write(x, y + height / 2, piece.share, size=theme.SMALL, colour=theme.QUIET)
    return height


def place_blocks(
    starts: Sequence[float], widths: Sequence[float], gap: float, limit: float
) -> list[float]:
    """Left edges of blocks, each as near its start as its neighbours and the sheet allow."""
    lefts, floor = list(starts), 0.0
    for index, width in enumerate(widths):
        lefts[index] = max(lefts[index], floor)
        floor = lefts[index] + width + gap
    ceiling = limit
    for index in reversed(range(len(widths))):
        lefts[index] = min(lefts[index], ceiling - widths[index])
        ceiling = lefts[index] - gap
    return lefts


def _write_list(plate: Plate, pieces: Sequence[_Piece]) -> None:
    """One line for each part, from left to right as in the bar, with its colour and its number."""
    sheet, swatch = plate.sheet, 0.13
    step = line_height(theme.BODY)
    column = swatch + 0.1 + max(measure(piece.number, theme.BODY, "bold") for piece in pieces)
    plate.y += 0.08
    for piece in pieces:
        remarks = [text for text in (piece.share, piece.remark) if text]
        words = piece.label + (f" ({', '.join(remarks)})" if remarks else "")
        middle = plate.y + step / 2
        sheet.bar(0.005, middle, swatch, swatch, piece.fill, hatch=piece.hatch, edge=piece.edge)
        sheet.write(column, middle, piece.number, weight="bold", align="right")
        left = column + 0.1
        plate.y += sheet.write(left, plate.y, words, anchor="top", width=sheet.width - left) + 0.03
