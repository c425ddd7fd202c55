"""Values that may not be brought together: where a formula adds, subtracts or divides them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from itertools import combinations

from analysis.model.formulas.grammar import Formula, name_call
from analysis.model.references import Reference, are_apart, parse_reference

#: Operations that set one quantity against another. A product converts; it compares nothing.
_OPERATIONS = ast.Add | ast.Sub | ast.Div


def find_forbidden(
    formula: Formula, pairs: Iterable[tuple[Reference, Reference]]
) -> list[tuple[str, str]]:
    """The references of a formula, two by two, that a listed pair keeps apart.

    Only what the formula itself names: a value calculated from one of the two is another value,
    whose own definition says what may be done with it.
    """
    listed = list(pairs)
    names = {name: reference for reference, name in formula.terms.items()}
    found: dict[tuple[str, str], None] = {}
    for sides in _list_sides(formula.tree):
        for left, right in combinations([_list_terms(side, names) for side in sides], 2):
            for one in left:
                for other in right:
                    if are_apart(parse_reference(one), parse_reference(other), listed):
                        found[one, other] = None
    return list(found)


def _list_sides(tree: ast.AST) -> Iterator[list[ast.expr]]:
    """The operands of each operation that sets quantities against each other."""
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and isinstance(node.op, _OPERATIONS):
            yield [node.left, node.right]
        elif isinstance(node, ast.Call) and name_call(node) in ("min", "max"):
            yield node.args


def _list_terms(node: ast.expr, names: dict[str, str]) -> list[str]:
    return [
        names[leaf.id] for leaf in ast.walk(node) if isinstance(leaf, ast.Name) and leaf.id in names
    ]
