"""Formulas in words: with the titles of their terms, and with their values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from analysis.model.references import find_in_formula, parse_reference
from analysis.model.store import Edition
from analysis.words import french

_MODIFIERS = {
    "precedent": "période précédente",
    "evolution": "évolution",
    "par-mois": "par mois",
    "cible": "objectif",
    "en-vigueur": "population légale en vigueur",
    "antérieur": "",
}
_YEARS_BEFORE = re.compile(r"N(?:-(\d+))?")
_FUNCTIONS = {
    "floor": "partie entière de ",
    "round": "arrondi de ",
    "min": "plus petit de ",
    "max": "plus grand de ",
    "abs": "valeur absolue de ",
}


def name_modifier(modifier: str, year: int) -> str:
    """« (période précédente) », « (2016) » after a title; empty for the value itself.

    ``year`` is the edition's: ``:N-1`` names a year, which « l’année précédente » would not.
    """
    if match := _YEARS_BEFORE.fullmatch(modifier):
        return f" ({year - int(match[1] or 0)})"
    words = _MODIFIERS.get(modifier, modifier)
    return f" ({words})" if words else ""


def describe_formula(edition: Edition, formula: str) -> str:
    """``100 * {a} / {b:N-1}`` → « 100 × Titre de a ÷ Titre de b (2016) »."""
    terms = {}
    for reference in find_in_formula(formula):
        parsed = parse_reference(reference)
        title = edition.catalogue[parsed.indicator]["title"]
        terms[reference] = french.quote(title) + name_modifier(parsed.modifier, edition.year)
        terms[_LENGTH + reference] = f"nombre de mois de {terms[reference]}"
    return _write_formula(formula, terms)


def write_number(number: float) -> str:
    """A number as it enters a calculation: its decimals up to the fourth, none that says
    nothing; the sign beside it, for it is no operator."""
    text = french.format_number(number, 0.0001).replace("−" + french.NARROW, "−")
    return text.rstrip("0").rstrip(",") if "," in text else text


def write_term(number: float) -> str:
    """The same beside an operator: a negative number stands in parentheses."""
    return f"({write_number(number)})" if number < 0 else write_number(number)


def is_whole(number: float) -> bool:
    """Whether four decimals show all of a number."""
    return abs(number * 1e4 - round(number * 1e4)) < 1e-6 * max(1, abs(number))


def describe_calculation(
    formula: str,
    numbers: Mapping[str, float | None],
    months: Mapping[str, float | None] = MappingProxyType({}),
) -> str:
    """The formula with the values of its terms, and the months of those whose months it counts:
    « 100 × 60 000 ÷ 100 000 », introduced by « environ » where one of them is shown rounded; empty
    where one is missing."""
    counted = {f"{_LENGTH}{term}": number for term, number in months.items()}
    used = [match[1].strip() for match in _TERM.finditer(_MONTHS.sub(_NAME_LENGTH, formula))]
    known = {
        term: number
        for term, number in {**numbers, **counted}.items()
        if number is not None and term in used
    }
    if len(known) < len(set(used)):
        return ""
    text = _write_formula(formula, {term: write_term(number) for term, number in known.items()})
    return text if all(map(is_whole, known.values())) else f"environ {text}"


_TERM = re.compile(r"\{([^{}]*)\}")
#: ``mois({x})`` is written as one term, so named.
_MONTHS, _LENGTH = re.compile(r"\bmois\(\s*\{([^{}]*)\}\s*\)"), "mois de "
_NAME_LENGTH = rf"{{{_LENGTH}\1}}"
#: What stands for a term, and for a decimal comma while those between arguments are still there.
_PLACE, _COMMA = "\ue300", "\ue301"


def _write_formula(formula: str, terms: Mapping[str, str]) -> str:
    """Operators, functions and constants as a French reader writes them; terms put back last, so
    that their hyphens and digits are left alone."""
    formula = _MONTHS.sub(_NAME_LENGTH, formula)
    found = [terms[match[1].strip()] for match in _TERM.finditer(formula)]
    text = re.sub(r"\s+", "", _TERM.sub(_PLACE, formula))
    text = re.sub(
        r"\d+(?:\.\d+)?", lambda match: write_number(float(match[0])).replace(",", _COMMA), text
    )
    text = text.replace(",", f"{french.NARROW}; ").replace(_COMMA, ",")
    text = text.replace("*", " × ").replace("/", " ÷ ").replace("+", " + ")
    text = re.sub(rf"(?<=[\d){_PLACE}])-", " − ", text).replace("-", "−")
    for name, words in _FUNCTIONS.items():
        text = re.sub(rf"\b{name}\(", f"{words}(", text)
    for words in found:
        text = text.replace(_PLACE, words, 1)
    return text
