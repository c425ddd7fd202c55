"""Rows of a raw table, every column as the schema asks for it.

What the caller does not give is made from the column itself: left
empty where it may be, else one of its codes, a code of the table it refers to, or a value of its
kind. A column that nothing can be made for is an error, never an empty or a wrong cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from random import Random
from typing import Any

from analysis.base.lists import join_list
from analysis.model.schema import COLUMNS, Column, Table

#: What makes a text of a column's pattern, from a table's name and the rank of the row.
Pattern = Callable[[str, int], str]
PATTERNS: dict[str, Pattern] = {
    COLUMNS["id"].pattern: lambda table, rank: f"{table.replace('_', '-')}-{rank}",
    COLUMNS["insee"].pattern: lambda table, rank: f"99{rank:03d}",
    COLUMNS["letter"].pattern: lambda table, rank: chr(ord("A") + rank % 26),
}


class CannotFill(ValueError):
    """The schema asks for something that the generator does not know how to make up."""


def write_cell(value: Any) -> str:
    """A cell as it stands in a CSV file: dot decimals, ISO dates, lists with « | »."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, float):
        return repr(round(value, 10)).removesuffix(".0")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return join_list(map(write_cell, value))
    return str(value)


def fill_row(
    table: Table,
    given: Mapping[str, Any],
    rank: int,
    draw: Callable[[], Random],
    find_codes: Callable[[str], Iterable[str]],
) -> dict[str, str]:
    """Every column of a table as text: the cells given, the others by their column.

    Parameters
    ----------
    rank : number of the row in its table, from 1; makes keys differ.
    draw : gives the chance of this row, where a cell needs any.
    find_codes : the codes known so far for « table.column ».

    Raises
    ------
    CannotFill
        when a cell is given for a column that the schema does not have, or a required column can
        be made by no rule.
    """
    header = set(table.header)
    if unknown := [name for name in given if name not in header]:
        raise CannotFill(f"{table.name} : le schéma n’a pas de colonne « {', '.join(unknown)} ».")
    row = {}
    for column in table.columns:
        cell = write_cell(given.get(column.name))
        if not cell and column.required:
            cell = make_cell(table, column, rank, draw(), find_codes)
        row[column.name] = cell
    return row


def make_cell(
    table: Table,
    column: Column,
    rank: int,
    rng: Random,
    find_codes: Callable[[str], Iterable[str]],
) -> str:
    """A valid cell of a column that must not be empty; raises CannotFill without a rule for it."""
    where = f"{table.name}.{column.name}"
    if column.codes:
        return rng.choice(column.codes)
    if column.refers:
        codes = [code for key in column.refers for code in find_codes(key) if code]
        if not codes:
            raise CannotFill(f"{where} : aucun code connu de {' ou '.join(column.refers)}.")
        return codes[rank % len(codes)] if column.name in table.key else rng.choice(codes)
    if column.pattern and column.pattern not in PATTERNS:
        raise CannotFill(f"{where} : rien n’invente de texte de la forme {column.pattern}.")
    if column.pattern:
        return PATTERNS[column.pattern](table.name, rank)
    if column.kind == "text":
        return f"Inventé ({column.description}) {rank}"
    if column.kind == "list":
        return f"Inventé {rank}"
    if column.kind in ("number", "integer"):
        return write_cell(int(max(column.minimum or 0, 0)) + rank)
    if column.kind == "date":
        return f"2001-01-{1 + rank % 28:02d}"
    raise CannotFill(f"{where} : sorte de colonne inconnue « {column.kind} ».")
