"""Where a territory stands, in words: rank, median, quartiles. No rank is good or bad here.

Everything is compared as it is printed: two numbers that read alike are equal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.base.rounding import round_to_step
from analysis.model.store import Edition
from analysis.words import french, prose
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table

Row = Mapping[str, Any]

#: The others of each group, with « leur » or « la » of their median.
_OTHERS = {
    "comparables": ("parmi les comparables", "de leur médiane", "à leur médiane"),
    "toutes": ("parmi toutes", "de la médiane", "à la médiane"),
}


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
    """« 53e sur 122 », « 53e sur 122, du moins au plus, à égalité avec 2 autres »; '' where there
    is no rank."""
    if row["rank"] == 0:
        return ""
    said = f"{french.format_ordinal(row['rank'])} sur {french.format_number(row['ranked'])}"
    said += ", du moins au plus" if row["lowest_first"] else ""
    if row["equals"]:
        others = french.format_count(row["equals"], "autre", "autres")
        said += f", à égalité avec {'une autre' if row['equals'] == 1 else others}"
    return said


def describe_standing(edition: Edition, row: Row) -> str:
    """« parmi les comparables, 53e sur 122, au-dessus de leur médiane (8,0 %), entre les quartiles
    (6,5 % et 9,7 %) », its numbers with their reference; '' where there is no rank."""
    if row["rank"] == 0:
        return ""
    among, of_median, to_median = _OTHERS[row["compared_with"]]
    said = [among, mark(describe_rank(row), name_table("standing"))]
    if row["median"] is None:
        return ", ".join([*said, "trop peu nombreuses pour une médiane"])
    sign = compare_rounded(row["value"], row["median"], row["precision"])
    side = {1: f"au-dessus {of_median}", -1: f"au-dessous {of_median}", 0: f"égal {to_median}"}
    said.append(f"{side[sign]} ({_quote(edition, row, 'median')})")
    first, third = (_quote(edition, row, f"{name}_quartile") for name in ("first", "third"))
    said.append({
        1: f"dans le quart le plus élevé (au-dessus de {third})",
        -1: f"dans le quart le plus bas (au-dessous de {first})",
        0: f"entre les quartiles ({first} et {third})",
    }[find_quarter(row)])  # fmt: skip
    return ", ".join(said)


def _quote(edition: Edition, row: Row, name: str) -> str:
    said = prose.format_measure(edition, row[name], row["unit"], row["precision"])
    return mark(said, name_table("standing"))


def summarise_quarters(rows: list[Row]) -> str:
    """« dans le quart le plus élevé pour 3 indicateurs sur 9 et dans le quart le plus bas pour 2 »
    of the rows of one group; where none is at either end, that they are between; '' where none has
    a quartile."""
    ranked = [row for row in rows if row["rank"] and row["median"] is not None]
    if not ranked:
        return ""
    quarters = [find_quarter(row) for row in ranked]
    said = [
        (f"dans le quart le plus {word} pour ", quarters.count(sign))
        for sign, word in ((1, "élevé"), (-1, "bas"))
        if quarters.count(sign)
    ]
    if not said:
        return "entre les quartiles pour chaque indicateur"
    words = [text + french.format_number(number) for text, number in said]
    words[0] += f" {french.choose_form(said[0][1], 'indicateur', 'indicateurs')}"
    words[0] += f" sur {french.format_number(len(ranked))}"
    return french.join_list(words)
