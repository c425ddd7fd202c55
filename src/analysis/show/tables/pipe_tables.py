"""Pipe tables and the cells of rows: typeset in French, escaped, with width hints, a caption and an
id.

Pandoc reads relative widths from the number of dashes when a line is longer than its 72 columns,
so a table of long cells wraps in HTML, PDF and DOCX alike and a short one keeps its natural width.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from analysis.words.french import NARROW, NO_BREAK
from analysis.words.hidden_markup import end_sentence, strip_marks
from analysis.words.smallmarkdown import write_plain

#: Dashes of a full-width table, shared between its columns.
FULL_WIDTH = 100
#: A column of years is one of names.
_YEAR = re.compile(r"(?:1[89]|2\d)\d\d")
_NUMERIC = re.compile(r"[+−-]?\d[\d\s\u202f\u00a0]*(?:,\d+)?[\s\u202f\u00a0]*(?:%|€|M€)?")


def read_text(cell: object) -> str:
    """The cell's text; '' where it is missing."""
    return "" if cell is None or (not isinstance(cell, str) and pd.isna(cell)) else str(cell)


def format_caption(caption: str, id: str) -> str:
    """« : Légende {#tbl-…} »; ``id`` without its prefix, in kebab-case."""
    return f": {write_plain(caption)} {{#tbl-{id}}}"


def format_table(
    columns: Mapping[str, int],
    rows: Iterable[Sequence[str]],
    caption: str = "",
    id: str = "",
    *,
    right: Sequence[str] = (),
) -> str:
    """Rows of display strings under the heads ``columns``, each with its weight in the table's
    width (see ``format_markdown``). A column without a word is left out; a single row is no
    table, but a sentence."""
    frame = pd.DataFrame(list(rows), columns=list(columns))
    if len(frame) == 1:
        return _write_row(frame.iloc[0])
    frame = frame[[name for name in columns if frame[name].astype(bool).any()]]
    widths = [columns[name] for name in frame.columns]
    return format_markdown(frame, caption, id, widths=widths, right=right)


def _write_row(row: pd.Series) -> str:
    """« **Marchés à clause**, édition 2016 : 15 marchés ; évolution : + 1 marché. »: one row, each
    cell under its head."""
    title, *cells = row.items()
    said = [
        f"{write_plain(head[:1].lower() + head[1:])}{NO_BREAK}:"
        f" {write_plain(cell).removesuffix('.')}"
        for head, cell in cells
        if cell
    ]
    words = (f"**{write_plain(title[1])}**", f"{NARROW}; ".join(said))
    return end_sentence(", ".join(filter(None, words)))


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
        head in right or _is_numeric([cell for cell in column if cell])
        for head, column in zip(frame.columns, columns, strict=True)
    ]
    dashes = _share(widths, heads, columns)
    rule = "|".join(_rule(count, is_right) for count, is_right in zip(dashes, aligned, strict=True))
    lines = [f"| {' | '.join(heads)} |", f"|{rule}|"]
    lines += [f"| {' | '.join(row)} |" for row in cells]
    table = "\n".join(lines)
    return f"{table}\n\n{format_caption(caption, id)}" if id else table


def _is_numeric(cells: Sequence[str]) -> bool:
    return all(map(_NUMERIC.fullmatch, cells)) and not all(map(_YEAR.fullmatch, cells))


def _rule(count: int, is_right: bool) -> str:
    """Dashes of one column with the colon of its alignment."""
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
