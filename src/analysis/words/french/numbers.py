"""Numbers, amounts, shares and ordinals."""

from __future__ import annotations

import math

from babel.numbers import format_decimal

from analysis.base.rounding import count_steps

LOCALE = "fr_FR"
#: The two spaces of French typography that no line ends at.
NARROW = "\u202f"  # espace fine insécable : milliers, %, €, et devant ; ! ?
NO_BREAK = "\u00a0"  # espace insécable : guillemets, deux-points, nombre et unité
MISSING = "non disponible"

#: Qualifiers as they stand before a number; an exact value has none.
QUALIFIER_WORDS = {"exact": ""} | {
    words: words for words in ("environ", "près de", "plus de", "moins de", "au moins", "au plus")
}


def count_decimals(step: float) -> int:
    """How many decimals a rounding step shows: 1 → 0, 0.1 → 1, 10 000 → 0."""
    return max(0, math.ceil(-math.log10(step) - 1e-9)) if step > 0 else 0


def round_sign(value: float, step: float = 1) -> int:
    """−1, 0 or 1: the sign of a number as ``format_number`` shows it."""
    return 0 if count_steps(value, step) == 0 else 1 if value > 0 else -1


def format_number(value: float, step: float = 1, *, signed: bool = False) -> str:
    """``4752`` → « 4 752 »; ``step`` is the rounding step (0.1 shows one decimal).

    Halves are rounded away from zero, as a French reader (and the source) does, not to even.
    """
    decimals = count_decimals(step)
    rounded = count_steps(value, step) * step
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    text = format_decimal(rounded, pattern, locale=LOCALE)
    if rounded == 0:
        return text
    sign = "−" if value < 0 else "+" if signed else ""
    return sign + NARROW + text if sign else text


def format_euros(amount: float, step: float = 1, *, signed: bool = False) -> str:
    """An amount in euros at its own precision: « 1 227 702 € », « 1,89 M€ » (step 10 000)."""
    if step >= 10_000:
        return format_number(amount / 1e6, step / 1e6, signed=signed) + NARROW + "M€"
    return format_number(amount, step, signed=signed) + NARROW + "€"


def choose_form(value: float, singular: str, plural: str) -> str:
    """French plural: from two on (1,9 takes the singular)."""
    return singular if abs(value) < 2 else plural


def format_count(number: int, singular: str, plural: str) -> str:
    """How many of what: « 1 fichier », « 1 240 fichiers », with a no-break space."""
    return format_number(number) + NO_BREAK + choose_form(number, singular, plural)


def format_percentage(value: float, step: float = 0.1, *, signed: bool = False) -> str:
    """A value already in %: ``26.8`` → « 26,8 % »."""
    return format_number(value, step, signed=signed) + NARROW + "%"


def format_points(value: float, step: float = 0.1, *, signed: bool = False) -> str:
    """By how much a share moved: « 1,5 point », « 2 points » (1,9 rounded to two is two)."""
    shown = count_steps(value, step) * step
    return (
        format_number(value, step, signed=signed) + NO_BREAK + choose_form(shown, "point", "points")
    )


def format_seconds(seconds: float) -> str:
    """« 3,2 s », for what the commands say (plain space: a terminal may know no other)."""
    return f"{seconds:.1f} s".replace(".", ",")


def format_ordinal(number: int, feminine: bool = False) -> str:
    """« 1er », « 1re », « 2e »."""
    return ("1re" if feminine else "1er") if number == 1 else f"{number}e"
