"""Pipe tables: cells typeset in French, escaped, with width hints, a caption and an id.

Pandoc reads relative widths from the number of dashes when a line is longer than its 72 columns,
so a table of long cells wraps in HTML, PDF and DOCX alike and a short one keeps its natural width.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from analysis.words.hidden_markup import strip_marks
from analysis.words.smallmarkdown import write_plain

#: Dashes of a full-width table, shared between its columns.
FULL_WIDTH = 100
#: Cells of a column that is centred.
MARKS = ("+", "0", "−")
_NUMERIC = re.compile(r"[+−-]?\d[\d\s\u202f\u00a0]*(?:,\d+)?[\s\u202f\u00a0]*(?:%|€|M€)?")


def format_caption(caption: str, id: str) -> str:
    """« : Légende {#tbl-…} »; ``id`` without its prefix, in kebab-case."""
    return f": {write_plain(caption)} {{#tbl-{id}}}"


def format_markdown(
    frame: pd.DataFrame,
    caption: str = "",
    id: str = "",
    *,
    widths: Sequence[int] | None = None,
    right: Sequence[str] = (),
) -> str:
    """``frame`` of display strings as a pipe table; empty text for an empty frame.

    Parameters
    ----------
    caption, id : the caption's line is left out where there is no id.
    widths : a weight for each column; by default from the longest cells.
    right : columns aligned right; a column of plain numbers is so without being named.
    """
    if frame.empty:
        return ""
    cells = [[write_plain(cell) for cell in row] for row in frame.itertuples(index=False)]
    heads = [write_plain(head) for head in frame.columns]
    columns = [[strip_marks(cell) for cell in column] for column in zip(*cells, strict=True)]
    aligned = [
        head in right or all(_NUMERIC.fullmatch(cell) for cell in column if cell)
        for head, column in zip(frame.columns, columns, strict=True)
    ]
    dashes = _share(widths, heads, columns)
    rule = "|".join(
        _rule(count, is_right, all(cell in MARKS for cell in column))
        for count, is_right, column in zip(dashes, aligned, columns, strict=True)
    )
    lines = [f"| {' | '.join(heads)} |", f"|{rule}|"]
    lines += [f"| {' | '.join(row)} |" for row in cells]
    table = "\n".join(lines)
    return f"{table}\n\n{format_caption(caption, id)}" if id else table


def _rule(count: int, is_right: bool, is_marks: bool) -> str:
    """Dashes of one column with the colons of its alignment."""
    if is_marks:
        return ":" + "-" * (count - 2) + ":"
    return "-" * (count - 1) + ":" if is_right else ":" + "-" * (count - 1)


def _share(
    widths: Sequence[int] | None, heads: Sequence[str], columns: Sequence[Sequence[str]]
) -> list[int]:
    """Dashes of each column: by the weights given, else by the longest cell, none starved."""
    if widths is not None:
        total = sum(widths)
        return [max(3, round(FULL_WIDTH * width / total)) for width in widths]
    longest = [
        max(len(head), *(len(cell) for cell in column))
        for head, column in zip(heads, columns, strict=True)
    ]
    return [min(max(length, 6), 40) + 2 for length in longest]
