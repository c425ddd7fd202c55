"""Cells that hold a list: « a | b »."""

from __future__ import annotations

from collections.abc import Iterable

SEPARATOR = " | "


def split_list(cell: str) -> list[str]:
    """Items of a cell: « a | b » → ``["a", "b"]``; spaces around items and empty ones go."""
    return [item for part in cell.split(SEPARATOR.strip()) if (item := part.strip())]


def join_list(items: Iterable[str]) -> str:
    """One cell from its items, as ``split_list`` reads it."""
    return SEPARATOR.join(items)
