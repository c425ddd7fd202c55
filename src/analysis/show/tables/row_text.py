"""Cells of a row as the reader sees them."""

from __future__ import annotations

import pandas as pd


def read_text(cell: object) -> str:
    """The cell's text; '' where it is missing."""
    return "" if cell is None or (not isinstance(cell, str) and pd.isna(cell)) else str(cell)


def describe_locator(cell: object) -> str:
    """« l. 580 ; l. 647 » → « l. 580, 647 »."""
    return read_text(cell).replace(" ; ", ", ").replace(", l. ", ", ")


def capitalise(text: str) -> str:
    """The text as the beginning of a sentence."""
    return text[:1].upper() + text[1:]
