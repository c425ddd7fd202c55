"""What must be true before a sentence of charts.yml is said: ``when`` of a finding or of a note.

A condition is a few words, several joined by « et »; no other form exists:

``{a} > {b}``                             also < >= <= =; each side a formula (``formulas``)
``{a} proche de {b} à 5 %``
``{a} le plus grand``, ``le plus petit``  of all the chart's items
``{a} augmente``, ``{a} diminue``, ``{a} stable à 5 %``
                                          the latest period against the one before it
``{a} dépasse déjà sa période précédente``  which was longer
``{a} imprimé autrement``                 the source prints another figure than the one computed

A condition holds where it is certain: of everything that the qualifiers and the rounding of the
values allow (``intervals``). It fails where a value is missing, where periods do not go together,
and between equal values.
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import product
from math import inf, isnan

from analysis.model.formulas import Formula, FormulaError, check_rules, parse_formula
from analysis.model.formulas.grammar import LONGEST, name_call
from analysis.model.intervals import Interval, read_interval
from analysis.model.periods import compare
from analysis.model.references import Value

_REFERENCE = r"\{([^{}]+)\}"
_SHARE = r"à (\d+(?:,\d+)?)[ \u00a0\u202f]?%"
_FORMS = [
    ("grand", re.compile(rf"{_REFERENCE} l[ea] plus grande?")),
    ("petit", re.compile(rf"{_REFERENCE} l[ea] plus petite?")),
    ("augmente", re.compile(rf"{_REFERENCE} augmente")),
    ("diminue", re.compile(rf"{_REFERENCE} diminue")),
    ("stable", re.compile(rf"{_REFERENCE} stable {_SHARE}")),
    ("déjà", re.compile(rf"{_REFERENCE} dépasse déjà sa période précédente")),
    ("imprimé", re.compile(rf"{_REFERENCE} imprimée?s? autrement")),
]
_NEAR = re.compile(rf"(.+) proches? de (.+) {_SHARE}")
_COMPARISON = re.compile(r"([^<>=]+?)\s*(>=|<=|>|<|=)\s*([^<>=]+)")
_EXPECTED = (
    "Attendu, par exemple : « {a} > {b} », « {a} = {b} », « {a} proche de {b} à 5 % », « {a} le"
    " plus grand », « {a} augmente », « {a} stable à 5 % » ; plusieurs conditions sont liées par"
    " « et »."
)


@dataclass(frozen=True)
class Condition:
    """One condition read. ``formula`` is the difference of the two sides of a comparison; the
    other forms name one ``reference``."""

    form: str
    reference: str = ""
    formula: Formula | None = None
    tolerance: float = 0.0

    @property
    def needs_period_before(self) -> bool:
        """Whether it holds a value against the one of the period before."""
        return self.form in ("augmente", "diminue", "stable", "déjà")

    @property
    def is_of_items(self) -> bool:
        """Whether it holds an item of the chart against the others."""
        return self.form in ("grand", "petit")

    @property
    def references(self) -> list[str]:
        """What it reads, without the periods before."""
        if self.formula:
            return self.formula.references
        return [self.reference] if self.reference else []


@dataclass(frozen=True)
class Facts:
    """What conditions are held against: how references are resolved, the references of the
    chart's items, which values the source prints differently."""

    resolve: Callable[[str], Value]
    items: Collection[str] = ()
    is_printed_otherwise: Callable[[str], bool] = field(default=lambda _: False)


def parse_conditions(text: str) -> list[Condition]:
    """The conditions of a ``when``; raises FormulaError (French) where one has no known form."""
    if len(text) > LONGEST:
        raise FormulaError("condition trop longue", f"Attendu : {LONGEST} caractères au plus.")
    return [_parse(part) for part in " ".join(text.split()).split(" et ")]


def _parse(text: str) -> Condition:
    for form, pattern in _FORMS:
        if match := pattern.fullmatch(text):
            share = _read_share(match[2]) if form == "stable" else 0.0
            return Condition(form, match[1], None, share)
    if match := _NEAR.fullmatch(text):
        return Condition("proche", "", _subtract(match[1], match[2]), _read_share(match[3]))
    if match := _COMPARISON.fullmatch(text):
        return Condition(match[2], "", _subtract(match[1], match[3]))
    raise FormulaError(f"condition non reconnue « {text} »", _EXPECTED)


def _read_share(text: str) -> float:
    return float(text.replace(",", ".")) / 100


def _subtract(left: str, right: str) -> Formula:
    formula = parse_formula(f"({left}) - ({right})")
    for node in ast.walk(formula.tree):
        if isinstance(node, ast.Call) and name_call(node) in ("floor", "round"):
            raise FormulaError("arrondi dans une condition", "Comparer les valeurs elles-mêmes.")
    return formula


def hold(conditions: Collection[Condition], facts: Facts) -> bool:
    """Whether all of them are certain."""
    return all(_holds(condition, facts) for condition in conditions)


def _holds(condition: Condition, facts: Facts) -> bool:
    if condition.formula:
        return _compare_sides(condition, condition.formula, facts)
    if condition.form == "imprimé":
        return facts.is_printed_otherwise(condition.reference)
    latest = facts.resolve(condition.reference)
    if condition.form in ("grand", "petit"):
        others = [facts.resolve(item) for item in facts.items if item != condition.reference]
        return bool(others) and all(
            _exceeds(latest, other) if condition.form == "grand" else _exceeds(other, latest)
            for other in others
        )
    before = facts.resolve(f"{condition.reference}:precedent")
    return _compare_periods(condition, latest, before)


def exceeds_already(latest: Value, before: Value) -> bool:
    """Whether a count already exceeds that of the longer period before it: ten months, a year."""
    return _compare_periods(Condition("déjà"), latest, before)


def _exceeds(one: Value, other: Value) -> bool:
    if one.value is None or other.value is None or not _go_together(one, other):
        return False
    return one.unit == other.unit and read_interval(vars(one)).exceeds(read_interval(vars(other)))


def _compare_periods(condition: Condition, latest: Value, before: Value) -> bool:
    """A value against the one of the period before."""
    if latest.value is None or before.value is None:
        return False
    one, other = read_interval(vars(latest)), read_interval(vars(before))
    if condition.form == "déjà":
        months, earlier = latest.period.months, before.period.months
        if latest.measure != "flux" or not months or not earlier:
            return False
        if not latest.period.begins_after(before.period.end or date.max):
            return False
        return months < earlier and one.exceeds(other)
    if not compare(latest.measure, latest.period, before.period).comparable:
        return False
    if condition.form == "augmente":
        return one.exceeds(other)
    if condition.form == "diminue":
        return other.exceeds(one)
    return _are_near(one, other, condition.tolerance)


def _compare_sides(condition: Condition, formula: Formula, facts: Facts) -> bool:
    values = {text: facts.resolve(text) for text in formula.references}
    if any(value.value is None for value in values.values()):
        return False
    tree = formula.tree
    assert isinstance(tree, ast.BinOp)
    # Whoever pays may be compared, though not added; anything may be held against zero.
    alike = {text: replace(value, payer="") for text, value in values.items()}
    if _list_names(tree.right) and check_rules(formula, alike, ""):
        return False
    sides = [
        [values[text] for text, name in formula.terms.items() if name in _list_names(side)]
        for side in (tree.left, tree.right)
    ]
    if not all(_go_together(one, other) for one, other in product(*sides)):
        return False
    named = {name: read_interval(vars(values[text])) for text, name in formula.terms.items()}
    left, right = _bound(tree.left, named), _bound(tree.right, named)
    match condition.form:
        case ">":
            return left.exceeds(right)
        case "<":
            return right.exceeds(left)
        case ">=":
            return left.low >= right.high > -inf
        case "<=":
            return left.high <= right.low < inf
        case "=":
            return left.low == left.high == right.low == right.high
    return _are_near(left, right, condition.tolerance)


def _are_near(one: Interval, other: Interval, share: float) -> bool:
    """Whether they differ at most by that share of the other, whatever they are."""
    room = share * min(abs(other.low), abs(other.high))
    return max(abs(one.high - other.low), abs(one.low - other.high)) <= room < inf


def _go_together(one: Value, other: Value) -> bool:
    """Whether two values may stand in one sentence that compares them: of one period, or of
    periods of one indicator that compare; a state goes with what ends in its year. A target is of
    no period, and one that the source does not date goes with any."""
    periods = one.period, other.period
    if "cible" in (one.modifier, other.modifier) or any(period.undated for period in periods):
        return True
    if one.indicator == other.indicator and one.territory == other.territory:
        latest, before = sorted(periods, key=lambda period: period.sort_key(), reverse=True)
        return latest == before or compare(one.measure, latest, before).comparable
    if all(period.is_span for period in periods):
        return periods[0] == periods[1]
    ends = [period.end for period in periods if period.end]
    return ends[0].year == ends[1].year


# --- where a formula lies -------------------------------------------------------------------------

_ARITHMETIC: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _list_names(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def _bound(node: ast.expr, terms: Mapping[str, Interval]) -> Interval:
    """Between which numbers a part of a checked formula lies."""
    match node:
        case ast.Constant(value=int() | float() as number):
            return Interval(number, number)
        case ast.Name(id=name):
            return terms[name]
        case ast.UnaryOp(op=sign, operand=operand):
            inner = _bound(operand, terms)
            if isinstance(sign, ast.UAdd):
                return inner
            return Interval(-inner.high, -inner.low, inner.high_open, inner.low_open)
        case ast.BinOp(left=left, op=sign, right=right):
            return _combine(_bound(left, terms), type(sign), _bound(right, terms))
        case ast.Call(args=arguments):
            return _bound_call(name_call(node), [_bound(part, terms) for part in arguments])
    raise FormulaError("écriture non admise")


def _combine(left: Interval, sign: type[ast.operator], right: Interval) -> Interval:
    if sign is ast.Div and right.low <= 0 <= right.high:
        return Interval(-inf, inf)
    if sign in (ast.Add, ast.Sub):
        pairs = [(left.low, right.low), (left.high, right.high)]
        if sign is ast.Sub:
            pairs = [(left.low, right.high), (left.high, right.low)]
    else:
        pairs = list(product((left.low, left.high), (right.low, right.high)))
    ends = [_ARITHMETIC[sign](one, other) for one, other in pairs]
    if any(isnan(end) for end in ends):
        return Interval(-inf, inf)
    # An open end comes of a bound, whose other end is infinite: one flag does for both.
    is_open = left.low_open or left.high_open or right.low_open or right.high_open
    return Interval(min(ends), max(ends), is_open, is_open)


def _bound_call(name: str, parts: list[Interval]) -> Interval:
    if name == "abs":
        low, high = parts[0].low, parts[0].high
        reached = low <= 0 <= high
        return Interval(0 if reached else min(abs(low), abs(high)), max(abs(low), abs(high)))
    choose = max if name == "max" else min
    return Interval(choose(part.low for part in parts), choose(part.high for part in parts))
