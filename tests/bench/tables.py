"""Results as a table for the terminal and as CSV."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from analysis.words.french import format_number


def write_number(value: float | None, step: float = 0.01) -> str:
    """« 1,25 »; nothing for what is not known."""
    return "" if value is None else format_number(value, step)


def format_table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns side by side: the first to the left, the others, which are numbers, to the right."""
    widths = [max(map(len, column)) for column in zip(headers, *rows, strict=True)]
    lines = []
    for row in (headers, ["-" * width for width in widths], *rows):
        first, *others = zip(row, widths, strict=True)
        cells = [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)


def write_csv(path: Path, headers: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    """Write a CSV file (comma, decimal point, as in ``data/raw``); it is there whole or not at
    all. Floats are rounded to the thousandth."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partiel")
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(headers)
        for row in rows:
            writer.writerow(
                ["" if cell is None else f"{cell:.3f}" if isinstance(cell, float) else cell
                 for cell in row]
            )  # fmt: skip
    os.replace(partial, path)
    return path
