"""A formula as text, read and evaluated: plain arithmetic on references, nothing else."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from analysis.model.references import find_in_formula

#: What converts a unit: powers of ten from a hundred on, minutes of an hour, seconds of an hour;
#: and the small helpers of arithmetic.
#: No length of time: those are counted on the periods of the values.
CONSTANTS = frozenset({0, 1, 2, 60, 3600, *(10**n for n in range(2, 10))})
_ROUNDING_NOISE = 1e-9
#: Beyond, a number has no decimals.
_EXACT = 10**15
#: Characters of a formula and operations within one another: ours have some hundreds, five deep.
LONGEST, DEEPEST = 4000, 100


def _floor(number: float) -> int:
    """Round down, forgiving the last binary digit (0.06 × 450 is 27, not 26)."""
    return math.floor(number + _ROUNDING_NOISE)


def round_half_up(number: float, digits: float = 0) -> float:
    """Round as the French do by hand: 0,5 goes up."""
    if abs(number) >= _EXACT:  # no decimal of it is known; also what is no number
        return number
    step = Decimal(1).scaleb(-int(digits))
    return float(Decimal(repr(float(number))).quantize(step, rounding=ROUND_HALF_UP))


_FUNCTIONS: dict[str, Callable[..., float]] = {
    "floor": _floor, "round": round_half_up, "min": min, "max": max, "abs": abs,
}  # fmt: skip
#: The months of a value's period: the one function of a value's time, not of its number.
MONTHS = "mois"
#: How many arguments each function takes, at least and at most.
_ARGUMENTS = {
    "floor": (1, 1), "round": (1, 2), "min": (2, 99), "max": (2, 99), "abs": (1, 1), MONTHS: (1, 1),
}  # fmt: skip
_ALLOWED = f"Opérations admises : + - * / ( ), floor, round, min, max, abs, {MONTHS}."
_OPERATORS: dict[type[ast.AST], Callable[..., float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}


#: Begins the name that stands for a reference.
_TERM = "term_"
#: What ``round`` may keep; less than nothing: tens, hundreds.
_DIGITS = ("0", "1", "2", "-1", "-2")
_SPLIT = (
    f"Attendu : {LONGEST} caractères et {DEEPEST} opérations au plus ; la partager en plusieurs"
    " indicateurs."
)


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
    tree: ast.expr
    terms: Mapping[str, str]

    @property
    def references(self) -> list[str]:
        """The references of the formula in order, once each."""
        return list(self.terms)


def parse_formula(text: str) -> Formula:
    """Read a formula; raises FormulaError when it is not plain arithmetic on references."""
    if len(text) > LONGEST:
        raise FormulaError("formule trop longue", _SPLIT)
    references = find_in_formula(text)
    terms = {reference: f"{_TERM}{number}" for number, reference in enumerate(references)}
    if _TERM in text:
        raise FormulaError(f"« {_TERM} » n’est pas admis", _ALLOWED)
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
    except (SyntaxError, ValueError):
        raise FormulaError("expression mal formée", _ALLOWED) from None
    except (RecursionError, MemoryError):
        raise FormulaError("formule trop emboîtée", _SPLIT) from None
    _check_depth(tree)
    _check_tree(tree, set(terms.values()))
    return Formula(text, tree, terms)


def _check_depth(tree: ast.expr) -> None:
    """Raise FormulaError where reading the tree would go too deep."""
    level: list[ast.AST] = [tree]
    for _ in range(DEEPEST):
        level = [child for node in level for child in ast.iter_child_nodes(node)]
    if level:
        raise FormulaError("formule trop emboîtée", _SPLIT)


def _check_tree(tree: ast.expr, known: set[str]) -> None:
    """Raise FormulaError unless every node is arithmetic on ``known`` names."""
    called = {node.func for node in ast.walk(tree) if isinstance(node, ast.Call)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            _check_constant(node.value)
        elif isinstance(node, ast.Name):
            if node.id not in known and node not in called:
                raise FormulaError(
                    f"« {node.id} » n’est pas admis",
                    "Une référence s’écrit entre accolades : {id}.",
                )
        elif isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            least, most = _ARGUMENTS.get(name, (1, 0))
            if node.keywords or not least <= len(node.args) <= most:
                raise FormulaError("appel non admis", _ALLOWED)
            if name == "round" and ast.unparse(node.args[-1]) not in _DIGITS and node.args[1:]:
                raise FormulaError("nombre de décimales non admis", "Attendu : 0, 1 ou 2.")
            if name == MONTHS and not isinstance(node.args[0], ast.Name):
                raise FormulaError(
                    f"« {MONTHS} » compte les mois d’une seule valeur",
                    f"Écrire {MONTHS}({{id}}), avec une référence et rien d’autre.",
                )
        elif isinstance(node, ast.BinOp | ast.UnaryOp):
            if type(node.op) not in _OPERATORS:
                raise FormulaError("opération non admise", _ALLOWED)
        elif not isinstance(node, ast.expr_context | ast.operator | ast.unaryop):
            raise FormulaError("écriture non admise", _ALLOWED)


def _check_constant(value: object) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise FormulaError(f"« {value} » n’est pas un nombre", _ALLOWED)
    if value not in CONSTANTS:
        raise FormulaError(
            f"constante {min(value, 1e300):.12g} écrite dans la formule",
            "Les mois d’une valeur se comptent sur sa période : écrire {id:par-mois} pour la"
            f" moyenne par mois, {MONTHS}({{id}}) pour le nombre de mois. Seules les constantes qui"
            " convertissent une unité (100, 1000…) sont admises : une année, une durée fixe, un"
            " chiffre du territoire sont des indicateurs, à citer par une référence.",
        )


def evaluate_formula(
    formula: Formula,
    numbers: Mapping[str, float],
    months: Mapping[str, float | None] | None = None,
) -> float:
    """Value of a formula; ``numbers`` gives one for each reference, ``months`` the length of its
    period, where it has one.

    Raises FormulaError when a denominator is zero, when the months of a value are not known, when
    the result is no finite number.
    """
    names = formula.terms.items()
    by_name = {name: numbers[reference] for reference, name in names}
    lengths = {name: (months or {}).get(reference) for reference, name in names}
    try:
        result = float(_evaluate(formula.tree, by_name, lengths))
    except ZeroDivisionError:
        raise FormulaError("division par zéro") from None
    except OverflowError:
        result = math.inf
    if not math.isfinite(result):
        raise FormulaError("résultat trop grand pour être écrit")
    return result


def _evaluate(
    node: ast.expr, numbers: Mapping[str, float], months: Mapping[str, float | None]
) -> float:
    """Value of a part of a tree whose nodes ``parse_formula`` has checked."""

    def compute(part: ast.expr) -> float:
        return _evaluate(part, numbers, months)

    match node:
        case ast.Constant(value=int() | float() as number):
            return number
        case ast.Name(id=name):
            return numbers[name]
        case ast.UnaryOp(op=sign, operand=operand):
            return _OPERATORS[type(sign)](compute(operand))
        case ast.BinOp(left=left, op=sign, right=right):
            return _OPERATORS[type(sign)](compute(left), compute(right))
        case ast.Call(func=ast.Name(id=name), args=[ast.Name(id=term)]) if name == MONTHS:
            if not (length := months[term]):
                raise FormulaError("durée de la période non précisée : mois non comptés")
            return length
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _FUNCTIONS[name](*map(compute, arguments))
    raise FormulaError("écriture non admise")


def name_call(node: ast.Call) -> str:
    """Name of the function that a checked tree calls."""
    assert isinstance(node.func, ast.Name)
    return node.func.id
