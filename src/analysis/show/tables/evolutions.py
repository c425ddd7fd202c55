"""How a value moved since the period before: an arrow, a number, and what it is worth in a word."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.model.references import BOUNDED, POINT, Value, judge_pair, read_movement
from analysis.model.store import Edition
from analysis.show.tables.value_rows import name_row
from analysis.words import french, prose
from analysis.words.smallmarkdown import write_plain

#: How a change is shown without colour: its direction as an arrow, what it is worth as a word.
ARROWS = {1: "↗", -1: "↘", 0: "→"}
#: What is said of a change whose size is not known, or is none.
WAYS = {1: "en hausse", -1: "en baisse", 0: "stable"}
WORTH = {True: "favorable", False: "défavorable"}
CLASSES = {True: "favorable", False: "defavorable", None: "neutre"}
_NOT_COMPARABLE = "périodes non comparables"


@dataclass(frozen=True)
class Evolution:
    """From the period before to the reference value (``references.read_movement``).

    ``quantity``: with its sign and unit, in words that carry their trail (« en hausse » where one
    of the values is a bound, « stable »); '' where none may be said, and ``reason`` says why if
    that is known. ``size``: the same number, in %, in points or in the unit; ``arrow``: '' where
    the period before has no date. ``worth``: whether this is the way that is wanted, None where
    none is or nobody can say so. ``since``: « par rapport à 2016 ».
    """

    quantity: str
    size: float | None = None
    arrow: str = ""
    worth: bool | None = None
    since: str = ""
    reason: str = ""

    @property
    def kind(self) -> str:
        """« favorable », « defavorable », « neutre », « non-comparable »: a class for styles."""
        return CLASSES[self.worth] if self.quantity else "non-comparable"


def read_evolution(edition: Edition, row: object) -> Evolution | None:
    """The change of a row of ``values``; None where nothing came before."""
    reference = name_row(row)
    latest, before = edition.value(reference), edition.value(f"{reference}:precedent")
    if before.value is None:
        return None
    growth = edition.value(f"{reference}:evolution")

    def mark(words: str) -> str:
        return prose.mark_value(edition, growth, words)

    if latest.value is None:
        return Evolution("", reason=mark(f"non comparable : valeur {french.MISSING}"))
    verdict = judge_pair(latest, before)
    if not verdict.comparable:
        reason = verdict.reason.removeprefix(_NOT_COMPARABLE).removeprefix(" : ")
        return Evolution("", reason=mark(f"non comparable : {reason}"))
    movement = read_movement(latest, before, edition.catalogue[row.indicator]["direction"])
    if movement.sense is None:
        return Evolution("", reason=mark(f"évolution inconnue, {BOUNDED}"))
    if movement.sense == 0 or movement.bounded:
        words, size = WAYS[movement.sense], 0.0 if movement.sense == 0 else None
    else:
        words, size = _measure(edition, latest, before, growth)
    since = french.format_comparison(before.period_start, before.period_end)
    arrow = "" if before.period.undated else ARROWS[movement.sense]
    return Evolution(mark(words), size, arrow, movement.worth, since)


def _measure(edition: Edition, latest: Value, before: Value, growth: Value) -> tuple[str, float]:
    """Growth in %, in points for a share; for what has none (a value that was zero, a cumulated
    count), and where it tells less, the difference in the unit. In words, and as a number."""
    assert latest.value is not None
    assert before.value is not None
    telling = growth.value is not None and prose.is_telling(
        growth.value, before.value, latest.measure, latest.unit
    )
    if growth.value is not None and (telling or growth.unit == POINT):
        return prose.format_quantity(edition, growth), growth.value
    pair = before.value, latest.value
    words = prose.format_difference(edition, *pair, latest.unit, latest.precision)
    if growth.value is None:
        return words, latest.value - before.value
    return f"{french.QUALIFIER_WORDS[growth.qualifier]} {words}".strip(), growth.value


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
        return write_evolution(evolution, evolution.reason)
    words = evolution.arrow + french.NO_BREAK if evolution.arrow else ""
    words += f"{evolution.quantity} {evolution.since}"
    words += f", {WORTH[evolution.worth]}" if evolution.worth is not None else ""
    return write_evolution(evolution, words, evolution.size if why else None)


def describe_before(edition: Edition, row: object) -> str:
    """The value before and the change, or why there is none; empty where nothing came before."""
    evolution = read_evolution(edition, row)
    if evolution is None:
        return ""
    before = edition.value(f"{name_row(row)}:precedent")
    period = french.name_period(before.period_start, before.period_end)
    said = f"{prose.mark_quantity(edition, before)} ({period})"
    growth = edition.value(f"{name_row(row)}:evolution")
    reason = evolution.reason
    if growth.missing and growth.missing != BOUNDED:
        reason = prose.mark_value(edition, growth, growth.missing)
    return f"{said} ; {evolution.quantity or reason}"
