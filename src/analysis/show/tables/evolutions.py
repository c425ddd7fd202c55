"""How a value moved since the period before: an arrow, a number, and what it is worth in a word."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.model.references import Value
from analysis.model.store import Edition, to_records
from analysis.show.tables.value_rows import name_row
from analysis.words import french, prose
from analysis.words.smallmarkdown import write_plain

#: How a change is shown without colour: its direction as an arrow, what it is worth as a word.
RISE, FALL, STEADY = "↗", "↘", "→"
WORTH = {True: "favorable", False: "défavorable"}
CLASSES = {True: "favorable", False: "defavorable", None: "neutre"}
_NOT_COMPARABLE = "périodes non comparables"


@dataclass(frozen=True)
class Evolution:
    """From the period before to the reference value.

    ``quantity``: with its sign and unit, in words that carry their trail; '' where none may be
    said, and ``reason`` says why if that is known. ``size``: the same number, in %, in points or
    in the unit; ``moved``: −1, 0 or 1, as it is shown. ``worth``: whether this is the way that is
    wanted, None where none is or nothing moved. ``since``: « par rapport à 2016 ».
    """

    quantity: str
    size: float
    moved: int
    worth: bool | None
    since: str
    reason: str = ""

    @property
    def arrow(self) -> str:
        return {1: RISE, -1: FALL, 0: STEADY}[self.moved]

    @property
    def kind(self) -> str:
        """« favorable », « defavorable », « neutre », « non-comparable »: a class for styles."""
        return CLASSES[self.worth] if self.quantity else "non-comparable"


def read_evolution(edition: Edition, row: object) -> Evolution | None:
    """The change of a row of ``values``; None where nothing came before."""
    reference = name_row(row)
    before = edition.value(f"{reference}:precedent")
    if before.value is None:
        return None
    growth = edition.value(f"{reference}:evolution")
    since = french.format_comparison(before.period_start, before.period_end)
    size, words, step = _measure(edition, row, growth)
    if size is None:
        latest = edition.value(reference).value
        reason = growth.missing if latest is not None else f"valeur {french.MISSING}"
        reason = reason.removeprefix(_NOT_COMPARABLE).removeprefix(" : ")
        return Evolution("", 0, 0, None, since, prose.mark_value(edition, growth, reason))
    moved = french.round_sign(size, step)
    worth = judge_evolution(edition, row.indicator, moved)
    return Evolution(prose.mark_value(edition, growth, words), size, moved, worth, since)


def _measure(edition: Edition, row: object, growth: Value) -> tuple[float | None, str, float]:
    """Growth in %, in points for a share; for what has none (a value that was zero, a cumulated
    count) the difference in its unit; None where nothing may be said. In words, and the step they
    are rounded to. A growth that tells less than the difference is said as such."""
    rows = edition.rows("comparisons", indicator=row.indicator, territory=row.territory)
    for known in to_records(rows):
        difference = known["difference"]
        if known["comparable"] and difference is not None:
            pair = known["precedent"], known["latest"]
            words = prose.format_difference(edition, *pair, row.unit, row.precision)
            if growth.value is None:
                return difference, words, row.precision
            telling = prose.is_telling(growth.value, known["precedent"], row.measure, row.unit)
            if not telling and french.round_sign(growth.value, growth.precision):
                qualifier = french.QUALIFIER_WORDS[growth.qualifier]
                return growth.value, f"{qualifier} {words}".strip(), growth.precision
    if growth.value is not None:
        return growth.value, prose.format_quantity(edition, growth), growth.precision
    return None, "", 1


def judge_evolution(edition: Edition, indicator: str, moved: float) -> bool | None:
    """Whether a change goes the way that is wanted; None where none is, or nothing moved."""
    wanted = next(iter(edition.rows("indicators", id=indicator)["direction"]), "neutre")
    if wanted == "neutre" or moved == 0:
        return None
    return (moved > 0) == (wanted == "hausse")


def write_evolution(evolution: Evolution, words: str, size: float | None = None) -> str:
    """The words as a Markdown span whose classes say what the change is worth; ``size`` is what a
    page's script may sort it by."""
    number = "" if size is None else f' data-valeur="{size:.6g}"'
    return f"[{write_plain(words)}]{{.evolution .{evolution.kind}{number}}}"


def describe_evolution(edition: Edition, row: object, *, why: bool = False) -> str:
    """« ↘ −5,2 % par rapport à 2016, défavorable » as a span of class ``evolution``; empty where
    no change can be said, or, with ``why``, « non comparable : … » where something came before."""
    evolution = read_evolution(edition, row)
    if evolution is None or not (evolution.quantity or why):
        return ""
    if not evolution.quantity:
        words = "non comparable" + (f" : {evolution.reason}" if evolution.reason else "")
        return write_evolution(evolution, words)
    words = f"{evolution.arrow}{french.NO_BREAK}{evolution.quantity} {evolution.since}"
    words += f", {WORTH[evolution.worth]}" if evolution.worth is not None else ""
    return write_evolution(evolution, words, evolution.size if why else None)
