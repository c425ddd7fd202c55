"""Formulas in words: with the titles of their terms, and with their values.

May import references, store, french; computes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from analysis import french
from analysis.references import find_in_formula, parse_reference
from analysis.store import Edition

_MODIFIERS = {
    "": "",
    "N": "",
    "N-1": " (année précédente)",
    "precedent": " (période précédente)",
    "evolution": " (évolution)",
    "par-mois": " (par mois)",
    "cible": " (objectif)",
}
_FUNCTIONS = {
    "floor": "partie entière de ",
    "round": "arrondi de ",
    "min": "plus petit de ",
    "max": "plus grand de ",
    "abs": "valeur absolue de ",
}


def describe_formula(edition: Edition, formula: str) -> str:
    """``100 * {a} / {b:N-1}`` → « 100 × Titre de a ÷ Titre de b (année précédente) »."""
    titles = edition.indicators.set_index("id")["title"]
    terms = {}
    for reference in find_in_formula(formula):
        parsed = parse_reference(reference)
        title = titles.get(parsed.indicator, parsed.indicator)
        terms[reference] = french.quote(title) + name_modifier(parsed.modifier)
    return _write_formula(formula, terms)


def _write_formula(formula: str, terms: Mapping[str, str]) -> str:
    text = formula
    for name, words in _FUNCTIONS.items():
        text = re.sub(rf"\b{name}\s*\(", f"{words}(", text)
    # Operators stand between spaces or beside parentheses; hyphens inside braces are part of ids.
    parts = re.split(r"(\{[^{}]*\})", text)
    for index, part in enumerate(parts):
        if index % 2:
            parts[index] = terms[part[1:-1].strip()]
        else:
            part = re.sub(r"(?<=\d)\.(?=\d)", ",", part)
            for sign, words in (("*", "×"), ("/", "÷"), ("-", "−")):
                part = part.replace(sign, words)
            parts[index] = re.sub(r"1000\b", f"1{french.NARROW}000", part)
    return "".join(parts)


def name_modifier(modifier: str) -> str:
    """« (période précédente) » after a title; empty for the value itself."""
    return _MODIFIERS.get(modifier, f" ({modifier})" if modifier else "")


def write_number(number: float) -> str:
    """A number as it enters a calculation: all its decimals up to the fourth."""
    for step in (1, 0.1, 0.01, 0.001):
        if abs(number / step - round(number / step)) < 1e-9 * max(1, abs(number / step)):
            return french.format_number(number, step)
    return french.format_number(number, 0.0001)


def describe_calculation(formula: str, numbers: Mapping[str, float | None]) -> str:
    """The formula with the values of its terms: « 100 × 60 000 ÷ 100 000 »; empty where one is
    missing."""
    if any(number is None for number in numbers.values()):
        return ""
    return _write_formula(formula, {term: write_number(n) for term, n in numbers.items()})
