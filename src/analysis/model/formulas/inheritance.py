"""What a result takes over from its terms: its period and its qualifier."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from analysis.model.formulas.grammar import (
    MONTHS,
    Formula,
    FormulaError,
    evaluate_formula,
    name_call,
)
from analysis.model.periods import Period
from analysis.model.references import BOUNDS, IN_FORCE, Value, combine_qualifiers

#: Binary dust, which is no move.
_DUST = 1e-12


def find_leading_terms(formula: Formula, terms: Mapping[str, Value]) -> list[str]:
    """References whose period is the result's.

    The rule: of a quotient the numerator; of a sum, a difference or min/max every member; of a
    product the first factor that is a quantity; of floor, round and abs their first argument. A
    target, a rate and a legal constant lead only where nothing else can; a population in force
    leads only beside constants: elsewhere it is that of the value beside it. The months of a value
    are no quantity.
    """
    names = {name: reference for reference, name in formula.terms.items()}

    def weak(reference: str) -> bool:
        value = terms[reference]
        return value.modifier == "cible" or (
            value.measure == "taux" and value.modifier != "evolution"
        )

    def lead(node: ast.expr) -> list[str]:
        if isinstance(node, ast.Name):
            reference = names[node.id]
            return [] if terms[reference].modifier == IN_FORCE else [reference]
        if isinstance(node, ast.UnaryOp):
            return lead(node.operand)
        if isinstance(node, ast.Call):
            if name_call(node) == MONTHS:
                return []
            several = name_call(node) in ("min", "max")
            return [r for a in (node.args if several else node.args[:1]) for r in lead(a)]
        if not isinstance(node, ast.BinOp):
            return []
        left, right = lead(node.left), lead(node.right)
        if isinstance(node.op, ast.Add | ast.Sub):
            return left + right
        first, second = (left, right) if any(not weak(r) for r in left) else (right, left)
        if isinstance(node.op, ast.Div):
            first, second = left, right
        return first or second

    found = list(dict.fromkeys(lead(formula.tree)))
    strong = [reference for reference in found if not weak(reference)]
    if strong or any(not terms[r].is_constant and not terms[r].period.undated for r in found):
        return strong or found
    return [text for text, value in terms.items() if value.modifier == IN_FORCE] or found


def join_periods(periods: list[Period], *, change: bool = False) -> Period:
    """The one period when all agree; of several flows their span; else the latest.

    ``change``: the result is how one thing moved, which is said of all the time from its first
    date to its last.
    """
    distinct = list(dict.fromkeys(periods))
    if len(distinct) == 1:
        return distinct[0]
    if change and not any(period.undated for period in distinct):
        starts = [period.start or period.end for period in distinct]
        ends = [period.end for period in distinct]
        return Period(min(filter(None, starts)), max(filter(None, ends)))
    spans = [period.span for period in distinct if period.span]
    if len(spans) == len(distinct):
        return Period(min(start for start, _ in spans), max(end for _, end in spans))
    return max(distinct, key=Period.sort_key)


def propagate_qualifier(formula: Formula, terms: Mapping[str, Value]) -> str | None:
    """Qualifier of the result, None where nothing can be said of it (``combine_qualifiers``).

    With each qualified term the result is computed again, the term a little and a lot off on the
    side where it may lie: so it is seen which way the result then goes. A term that does not move
    the result says nothing of it. The « au moins » of a target says what is wanted, not how well
    the target is known.
    """
    months = {reference: value.period.months for reference, value in terms.items()}
    numbers = {reference: value.value or 0.0 for reference, value in terms.items()}

    def compute(changed: Mapping[str, float]) -> float | None:
        try:
            return evaluate_formula(formula, {**numbers, **changed}, months)
        except FormulaError:
            return None

    base = compute({})
    found = []
    for reference, value in terms.items():
        wanted = value.modifier == "cible" and value.qualifier in BOUNDS
        if value.qualifier in ("", "exact") or wanted or base is None:
            continue
        off = compute_offsets(value.qualifier, numbers[reference])
        moves = []
        for step in off:
            result = compute({reference: numbers[reference] + step})
            moves.append(0 if result is None else _sign(result - base) * _sign(step))
        if any(moves) or value.qualifier not in BOUNDS:
            alike = set(filter(None, moves))
            found.append((value.qualifier, alike.pop() if len(alike) == 1 else 0))
    return combine_qualifiers(found)


def compute_offsets(qualifier: str, number: float) -> list[float]:
    """By how much a value may be off the number that is said of it, on the side of its qualifier:
    a little, half as much again, many times."""
    size = abs(number) or 1.0
    side = BOUNDS[qualifier][0] if qualifier in BOUNDS else -1
    # Towards zero, never through it: what is at most forty is no less than nothing.
    steps = (0.01, 0.5, 9.0) if side > 0 else (0.01, 0.1, 0.5)
    return [side * step * size for step in steps]


def _sign(number: float) -> int:
    return (number > _DUST) - (number < -_DUST)
