"""Formulas of derived indicators: their grammar, their rules of meaning, their value.

May import ``periods``, ``references``. A formula is arithmetic
only; it is read with ``ast``, checked node by node, and evaluated by ``simpleeval``, never by
``eval``.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from graphlib import CycleError, TopologicalSorter

from simpleeval import SimpleEval

from analysis.periods import Period
from analysis.references import (
    ALL_PAYERS,
    MONEY,
    PERCENT,
    Value,
    combine_qualifiers,
    find_in_formula,
)

#: Constants of nature: powers of ten, months, weeks, hours, minutes, days, and small helpers.
CONSTANTS = frozenset({0, 1, 2, 7, 12, 24, 52, 60, 365, 365.25, *(10**n for n in range(1, 10))})

_ROUNDING_NOISE = 1e-9


def _floor(number: float) -> int:
    """Round down, forgiving the last binary digit (0.06 × 450 is 27, not 26)."""
    return math.floor(number + _ROUNDING_NOISE)


def round_half_up(number: float, digits: float = 0) -> float:
    """Round as the French do by hand: 0,5 goes up."""
    step = Decimal(1).scaleb(-int(digits))
    return float(Decimal(repr(float(number))).quantize(step, rounding=ROUND_HALF_UP))


FUNCTIONS = {"floor": _floor, "round": round_half_up, "min": min, "max": max, "abs": abs}
_OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


class FormulaError(ValueError):
    """A formula that cannot be accepted; ``problem`` and ``expected`` are French."""

    def __init__(self, problem: str, expected: str = ""):
        self.problem = problem
        self.expected = expected
        super().__init__(f"{problem}. {expected}".strip())


@dataclass(frozen=True)
class Formula:
    """A formula read: ``terms`` maps each reference to the name that stands for it in ``tree``."""

    text: str
    expression: str
    tree: ast.expr
    terms: Mapping[str, str]

    @property
    def references(self) -> list[str]:
        return list(self.terms)


def parse_formula(text: str) -> Formula:
    """Read a formula; raises FormulaError when it is not plain arithmetic on references."""
    references = find_in_formula(text)
    terms = {reference: f"term_{number}" for number, reference in enumerate(references)}
    expression = text
    for reference, name in terms.items():
        expression = expression.replace("{" + reference + "}", f" {name} ")
    if "{" in expression or "}" in expression:
        raise FormulaError(
            "accolades mal formées", "Une référence s’écrit entre une paire d’accolades : {id}."
        )
    if not terms:
        raise FormulaError("aucune référence", "Une formule calcule à partir d’autres indicateurs.")
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except SyntaxError:
        raise FormulaError(
            "expression mal formée",
            "Opérations admises : + - * / ( ), floor, round, min, max, abs.",
        ) from None
    known = set(terms.values())
    for node in ast.walk(tree):
        _check_node(node, known)
    return Formula(text, expression.strip(), tree, terms)


def _check_node(node: ast.AST, known: set[str]) -> None:
    allowed = "Opérations admises : + - * / ( ), floor, round, min, max, abs."
    if isinstance(node, ast.Constant):
        if not isinstance(node.value, int | float) or isinstance(node.value, bool):
            raise FormulaError(f"« {node.value} » n’est pas un nombre", allowed)
        if node.value not in CONSTANTS:
            raise FormulaError(
                f"constante {node.value:.12g} écrite dans la formule",
                "Seules les constantes de nature (100, 12…) sont admises : une année ou un chiffre"
                " du territoire est un indicateur, à citer par une référence.",
            )
    elif isinstance(node, ast.Name):
        if node.id not in known and node.id not in FUNCTIONS:
            raise FormulaError(
                f"« {node.id} » n’est pas admis", "Une référence s’écrit entre accolades : {id}."
            )
    elif isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS or node.keywords:
            raise FormulaError("appel non admis", allowed)
    elif isinstance(node, ast.BinOp | ast.UnaryOp):
        if type(node.op) not in _OPERATORS:
            raise FormulaError("opération non admise", allowed)
    elif not isinstance(node, ast.expr_context | ast.operator | ast.unaryop):
        raise FormulaError("écriture non admise", allowed)


def evaluate_formula(formula: Formula, numbers: Mapping[str, float]) -> float:
    """Value of a formula; ``numbers`` gives one for each reference.

    Raises FormulaError when a denominator is zero.
    """
    evaluator = SimpleEval(
        operators=_OPERATORS,
        functions=FUNCTIONS,
        names={name: numbers[reference] for reference, name in formula.terms.items()},
    )
    try:
        return float(evaluator.eval(formula.expression))
    except ZeroDivisionError:
        raise FormulaError("division par zéro") from None


# --- order of computation -------------------------------------------------------------------------


def order_formulas(needs: Mapping[str, set[str]]) -> list[str]:
    """Indicators in an order in which each comes after those it needs (stable).

    Raises FormulaError naming the cycle.
    """
    sorter = TopologicalSorter({name: sorted(needs[name]) for name in sorted(needs)})
    try:
        return [name for name in sorter.static_order() if name in needs]
    except CycleError as error:
        raise FormulaError("formules en cercle : " + " → ".join(error.args[1])) from None


def find_cycles(needs: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Every indicator that stands in a cycle, with the cycle it stands in."""
    cycles: dict[str, list[str]] = {}
    for start in sorted(needs):
        if start in cycles:
            continue
        path, stack = [], [(start, iter(sorted(needs[start])))]
        path.append(start)
        visited = {start}
        while stack:
            _, children = stack[-1]
            for child in children:
                if child == start:
                    for name in path:
                        cycles.setdefault(name, [*path, start])
                    stack = []
                    break
                if child in needs and child not in visited:
                    visited.add(child)
                    path.append(child)
                    stack.append((child, iter(sorted(needs[child]))))
                    break
            else:
                stack.pop()
                path.pop()
    return cycles


# --- rules of meaning -----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Quantity:
    """What a part of a formula is: its unit (as powers), and for money stage, payer, period.

    ``constant`` parts and ``free`` ones (a target, a missing value) fit with anything.
    """

    powers: tuple[tuple[str, int], ...] = ()
    stage: str = ""
    payer: str = ""
    period: Period | None = None
    constant: bool = False
    free: bool = False

    @property
    def is_money(self) -> bool:
        return self.powers == ((MONEY, 1),)


def check_rules(formula: Formula, terms: Mapping[str, Value], unit: str) -> list[FormulaError]:
    """Faults of meaning of a formula whose references stand for ``terms``.

    The rule: sums and differences only of like units; of money only within one stage and one
    fiscal year; amounts of different payers are not added, only parts taken from the total of all
    payers; a share (unit « pourcent ») divides like by like.
    """
    faults: list[FormulaError] = []
    by_name = {name: terms[reference] for reference, name in formula.terms.items()}
    result = _measure(formula.tree, by_name, faults)
    if unit == PERCENT and result.powers and not result.free and not faults:
        units = ", ".join(sorted(name for name, _ in result.powers))
        faults.append(
            FormulaError(
                f"part en % entre unités différentes ({units})",
                "Une part divise une quantité par une autre de même unité.",
            )
        )
    return faults


def _measure(node: ast.expr, terms: Mapping[str, Value], faults: list) -> _Quantity:
    if isinstance(node, ast.Constant):
        return _Quantity(constant=True)
    if isinstance(node, ast.Name):
        return _of_value(terms[node.id])
    if isinstance(node, ast.UnaryOp):
        return _measure(node.operand, terms, faults)
    if isinstance(node, ast.Call):
        arguments = [_measure(argument, terms, faults) for argument in node.args]
        if node.func.id in ("min", "max"):  # a constant bounds any quantity: max(0, …)
            arguments = [a for a in arguments if not a.constant] or arguments
            for other in arguments[1:]:
                if not _same_unit(arguments[0], other):
                    faults.append(_mixed(arguments[0], other, f"{node.func.id}()"))
        return arguments[0] if arguments else _Quantity(constant=True)
    left = _measure(node.left, terms, faults)
    right = _measure(node.right, terms, faults)
    if isinstance(node.op, ast.Mult | ast.Div):
        return _multiply(left, right, 1 if isinstance(node.op, ast.Mult) else -1)
    return _add(left, right, isinstance(node.op, ast.Sub), faults)


def _of_value(value: Value) -> _Quantity:
    powers = () if value.unit == PERCENT else ((value.unit, 1),)
    if value.modifier == "cible" or value.value is None:
        return _Quantity(powers, free=True)
    return _Quantity(powers, value.stage, value.payer, value.period)


def _multiply(left: _Quantity, right: _Quantity, sign: int) -> _Quantity:
    powers = dict(left.powers)
    for name, power in right.powers:
        powers[name] = powers.get(name, 0) + sign * power
    product = tuple(sorted((name, power) for name, power in powers.items() if power))
    kept = next((q for q in (left, right) if q.powers == product and not q.constant), left)
    return _Quantity(
        product,
        kept.stage,
        kept.payer,
        kept.period,
        constant=left.constant and right.constant,
        free=left.free and right.free,
    )


def _same_unit(left: _Quantity, right: _Quantity) -> bool:
    if left.constant or right.constant:
        other = right if left.constant else left
        return other.constant or not other.powers
    return left.powers == right.powers


def _mixed(left: _Quantity, right: _Quantity, what: str) -> FormulaError:
    def words(quantity: _Quantity) -> str:
        if quantity.constant:
            return "constante"
        return " ".join(n if p == 1 else f"{n}^{p}" for n, p in quantity.powers) or "sans unité"

    return FormulaError(
        f"{what} d’unités différentes : {words(left)} et {words(right)}",
        "On n’additionne et ne soustrait que des quantités de même unité.",
    )


def _add(left: _Quantity, right: _Quantity, minus: bool, faults: list) -> _Quantity:
    what = "différence" if minus else "somme"
    if not _same_unit(left, right):
        faults.append(_mixed(left, right, what))
        return left
    if left.constant or right.constant:
        return right if left.constant else left
    if left.free or right.free or not left.is_money:
        return left if not left.free else right
    if left.stage != right.stage:
        faults.append(
            FormulaError(
                f"{what} de montants d’étapes différentes : {left.stage} et {right.stage}",
                "On ne réunit que des montants de même étape (prévu, engagé, réalisé…).",
            )
        )
    if left.period != right.period:
        faults.append(
            FormulaError(
                f"{what} de montants d’exercices différents : "
                f"{_exercise(left.period)} et {_exercise(right.period)}",
                "On ne réunit que des montants du même exercice.",
            )
        )
    if left.payer != right.payer and not (minus and left.payer == ALL_PAYERS):
        faults.append(
            FormulaError(
                f"{what} de montants de financeurs différents : {left.payer} et {right.payer}",
                "On peut seulement retrancher des parts d’un total du financeur"
                f" « {ALL_PAYERS} », l’une après l’autre.",
            )
        )
    return left


def _exercise(period: Period | None) -> str:
    if period is None or period.undated:
        return "non précisé"
    first = (period.start or period.end).year
    return str(first) if first == period.end.year else f"{first}-{period.end.year}"


# --- what a result inherits -----------------------------------------------------------------------


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
            several = node.func.id in ("min", "max")
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
    """The one period when all agree; of several flows their span; else the latest."""
    distinct = list(dict.fromkeys(periods))
    if len(distinct) == 1:
        return distinct[0]
    if all(period.is_span for period in distinct):
        return Period(min(p.start for p in distinct), max(p.end for p in distinct))
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
                walk(argument, 0 if node.func.id == "abs" else sign)
        elif isinstance(node, ast.BinOp):
            walk(node.left, sign)
            walk(node.right, -sign if isinstance(node.op, ast.Sub | ast.Div) else sign)

    walk(formula.tree, 1)
    return combine_qualifiers(
        (terms[reference].qualifier, next(iter(found)) if len(found) == 1 else 0)
        for reference, found in signs.items()
    )
