"""Where a territory stands, in words: rank, median, quartiles. No rank is good or bad here.

Everything is compared as it is printed: two numbers that read alike are equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.base.rounding import round_to_step
from analysis.model.references import PERCENT
from analysis.words import french
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table

Row = Mapping[str, Any]


def compare_rounded(one: float, other: float, step: float) -> int:
    """1 where the first number is printed as the greater, −1 the smaller, 0 where both read
    alike."""
    difference = round_to_step(one, step) - round_to_step(other, step)
    return 0 if abs(difference) < step / 2 else 1 if difference > 0 else -1


def find_quarter(row: Row) -> int:
    """1 where the territory is above the third quartile of the others, −1 below the first, 0
    between them, or where they are not known."""
    if row["rank"] == 0 or row["median"] is None:
        return 0
    own, step = row["value"], row["precision"]
    if compare_rounded(own, row["third_quartile"], step) > 0:
        return 1
    return -1 if compare_rounded(own, row["first_quartile"], step) < 0 else 0


def describe_rank(row: Row) -> str:
    """« 53e sur 122 », with its reference; '' where there is no rank."""
    if row["rank"] == 0:
        return ""
    place, among = french.format_ordinal(row["rank"]), french.format_number(row["ranked"])
    return mark(f"{place}{french.NO_BREAK}sur{french.NO_BREAK}{among}", name_table("standing"))


def quote_numbers(row: Row, *names: str) -> str:
    """Columns of a row as they are printed without their unit (« % » stays), joined by « et », with
    their reference; « — » where they are not known."""
    if any(row[name] is None for name in names):
        return "—"
    said = " et ".join(write_number(row, name) for name in names)
    return mark(said, name_table("standing"))


def write_number(row: Row, name: str) -> str:
    """The number alone, as its title says what it counts; « % » stays."""
    write = french.format_percentage if row["unit"] == PERCENT else french.format_number
    return write(row[name], row["precision"])


def list_quarters(rows: list[Row]) -> dict[str, list[str]]:
    """Titles of what is « élevé » (above the third quartile) and « bas » among the rows of one
    group; empty where none of them has a rank and quartiles."""
    ranked = [row for row in rows if row["rank"] and row["median"] is not None]
    ends = {"élevé": 1, "bas": -1} if ranked else {}
    return {
        word: [row["title"] for row in ranked if find_quarter(row) == sign]
        for word, sign in ends.items()
    }


def summarise_quarters(rows: list[Row]) -> str:
    """« dans le quart le plus élevé pour 3 indicateurs sur 8 et dans le quart le plus bas pour 2 »
    of the rows of one group; where none is at either end, that they are between; '' where none has
    a quartile."""
    ranked = sum(bool(row["rank"]) and row["median"] is not None for row in rows)
    said: list[str] = []
    for word, titles in list_quarters(rows).items():
        count = french.format_number(len(titles))
        if titles and not said:
            count += f" {french.choose_form(len(titles), 'indicateur', 'indicateurs')} sur {ranked}"
        if titles:
            said.append(f"dans le quart le plus {word} pour {mark(count, name_table('standing'))}")
    between = "entre les quartiles pour chaque indicateur" if ranked else ""
    return french.join_list(said) or between
