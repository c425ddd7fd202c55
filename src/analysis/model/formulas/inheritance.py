"""What a result takes over from its terms: its period and its qualifier."""

from __future__ import annotations

import ast
from collections.abc import Mapping

from analysis.model.formulas.grammar import Formula, name_call
from analysis.model.partial_dates import PRECISIONS
from analysis.model.periods import Period
from analysis.model.references import Value, combine_qualifiers


def find_leading_terms(formula: Formula, terms: Mapping[str, Value]) -> list[str]:
    """References whose period is the result's.

    The rule: of a quotient the numerator; of a sum or of min/max every member; of a difference what
    it is taken from; of a product the first factor that is a quantity; of floor, round and abs
    their first argument. A target, a rate and a legal constant lead only where nothing else can.
    """
    names = {name: reference for reference, name in formula.terms.items()}

    def weak(reference: str) -> bool:
        value = terms[reference]
        return value.modifier == "cible" or (
            value.measure == "taux" and value.modifier != "evolution"
        )

    def lead(node: ast.expr) -> list[str]:
        if isinstance(node, ast.Name):
            return [names[node.id]]
        if isinstance(node, ast.UnaryOp):
            return lead(node.operand)
        if isinstance(node, ast.Call):
            several = name_call(node) in ("min", "max")
            return [r for a in (node.args if several else node.args[:1]) for r in lead(a)]
        if not isinstance(node, ast.BinOp):
            return []
        left, right = lead(node.left), lead(node.right)
        if isinstance(node.op, ast.Add):
            return left + right
        first, second = (left, right) if any(not weak(r) for r in left) else (right, left)
        if isinstance(node.op, ast.Div):
            first, second = left, right
        return first or second

    found = list(dict.fromkeys(lead(formula.tree)))
    strong = [reference for reference in found if not weak(reference)]
    return strong or found


def join_periods(periods: list[Period]) -> Period:
    """The one period when all agree, no more precise than any; of several flows their span; else
    the latest."""
    distinct = list(dict.fromkeys(periods))
    if len(distinct) == 1:
        return max(periods, key=lambda period: PRECISIONS.index(period.precision))
    spans = [period.span for period in distinct if period.span]
    if len(spans) == len(distinct):
        return Period(min(start for start, _ in spans), max(end for _, end in spans))
    return max(distinct, key=Period.sort_key)


def propagate_qualifier(formula: Formula, terms: Mapping[str, Value]) -> str:
    """Qualifier of the result: bounds follow the sign with which their term enters.

    Terms are taken as positive quantities, which every indicator of the catalogue is.
    """
    names = {name: reference for reference, name in formula.terms.items()}
    signs: dict[str, set[int]] = {}

    def walk(node: ast.expr, sign: int) -> None:
        if isinstance(node, ast.Name):
            signs.setdefault(names[node.id], set()).add(sign)
        elif isinstance(node, ast.UnaryOp):
            walk(node.operand, -sign if isinstance(node.op, ast.USub) else sign)
        elif isinstance(node, ast.Call):
            for argument in node.args:
                walk(argument, 0 if name_call(node) == "abs" else sign)
        elif isinstance(node, ast.BinOp):
            walk(node.left, sign)
            walk(node.right, -sign if isinstance(node.op, ast.Sub | ast.Div) else sign)

    walk(formula.tree, 1)
    return combine_qualifiers(
        (terms[reference].qualifier, next(iter(found)) if len(found) == 1 else 0)
        for reference, found in signs.items()
    )
