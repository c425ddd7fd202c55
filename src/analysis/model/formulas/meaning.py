"""What a formula may add, subtract and divide: units, stages, payers, fiscal years, lengths."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from analysis.model.formulas.grammar import MONTHS, Formula, FormulaError, name_call
from analysis.model.periods import Period, compare, have_like_lengths
from analysis.model.references import (
    ALL_PAYERS,
    MONEY,
    PERCENT,
    Value,
    names_year,
    parse_reference,
)


class MixedExercises(FormulaError):
    """Amounts of different years: the formula's fault where it names the years, else that of the
    values known so far."""


class UnevenPeriods(FormulaError):
    """Flows of periods that do not compare: the result is not known, the formula is not wrong."""


#: Unit that the rules count by themselves, for what is divided by the months of its period.
_MONTH = "mois"


@dataclass(frozen=True)
class _Quantity:
    """What a part of a formula is: its unit (as powers), and for money stage, payer, period.

    ``constant`` parts and ``free`` ones (a target, a missing value) fit with anything. ``flow``:
    counted during its period.
    """

    powers: tuple[tuple[str, int], ...] = ()
    stage: str = ""
    payer: str = ""
    period: Period | None = None
    constant: bool = False
    free: bool = False
    flow: bool = False

    @property
    def is_money(self) -> bool:
        """Whether it is an amount in euros, not an amount per something."""
        return self.powers == ((MONEY, 1),)


def check_rules(formula: Formula, terms: Mapping[str, Value], unit: str) -> list[FormulaError]:
    """Faults of meaning of a formula whose references stand for ``terms``.

    The rule: sums and differences only of like units; of money only within one stage and one
    fiscal year; amounts of different payers are not added, only parts taken from the total of all
    payers; a share (unit « pourcent ») divides like by like; a flow is taken from, or divided by,
    a flow of the same unit only where their periods compare; a term that names the edition's year
    stands beside none that does not.
    """
    faults: list[FormulaError] = [*_check_years(terms)]
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


def _check_years(terms: Mapping[str, Value]) -> Iterator[FormulaError]:
    """A term that follows the edition's year beside one that follows its own latest value: as soon
    as the latter is not renewed, they are of two years."""
    named = next((name for name in terms if names_year(parse_reference(name).modifier)), None)
    own = next(
        (
            name
            for name, value in terms.items()
            if parse_reference(name).modifier in ("", "par-mois", "precedent")
            and not (value.is_constant or value.period.undated)
        ),
        None,
    )
    if named and own:
        yield FormulaError(
            f"{{{named}}} suit l’année de l’édition, {{{own}}} ses propres périodes",
            "Écrire les deux sans année : un terme prend la période de la valeur à laquelle on le"
            " rapporte. La période d’avant s’écrit {id:precedent}, la population du moment"
            " {population-municipale:en-vigueur}.",
        )


def _measure(node: ast.expr, terms: Mapping[str, Value], faults: list[FormulaError]) -> _Quantity:
    if isinstance(node, ast.Constant):
        return _Quantity(constant=True)
    if isinstance(node, ast.Name):
        return _of_value(terms[node.id])
    if isinstance(node, ast.UnaryOp):
        return _measure(node.operand, terms, faults)
    if isinstance(node, ast.Call):
        return _measure_call(node, terms, faults)
    assert isinstance(node, ast.BinOp)
    left = _measure(node.left, terms, faults)
    right = _measure(node.right, terms, faults)
    if isinstance(node.op, ast.Mult | ast.Div):
        if isinstance(node.op, ast.Mult):
            return _multiply(left, right, 1)
        _check_lengths(left, right, faults)
        return _multiply(left, right, -1)
    return _add(left, right, isinstance(node.op, ast.Sub), faults)


def _measure_call(
    node: ast.Call, terms: Mapping[str, Value], faults: list[FormulaError]
) -> _Quantity:
    if name_call(node) == MONTHS:
        return _Quantity(((_MONTH, 1),))
    arguments = [_measure(argument, terms, faults) for argument in node.args]
    if name_call(node) in ("min", "max"):  # a constant bounds any quantity: max(0, …)
        arguments = [a for a in arguments if not a.constant] or arguments
        for other in arguments[1:]:
            if not _same_unit(arguments[0], other):
                faults.append(_mixed(arguments[0], other, f"{name_call(node)}()"))
    return arguments[0]


def _of_value(value: Value) -> _Quantity:
    powers = () if value.unit == PERCENT else ((value.unit, 1),)
    monthly = value.modifier == "par-mois"
    if monthly:
        powers = tuple(sorted([*powers, (_MONTH, -1)]))
    if value.modifier == "cible" or value.value is None:
        return _Quantity(powers, free=True)
    flow = value.measure == "flux" and value.period.is_span and not monthly
    return _Quantity(powers, value.stage, value.payer, value.period, flow=flow)


def _multiply(left: _Quantity, right: _Quantity, sign: int) -> _Quantity:
    """A product is what its one quantity in its own unit is: an amount times a rate, a target
    times a constant."""
    powers = dict(left.powers)
    for name, power in right.powers:
        powers[name] = powers.get(name, 0) + sign * power
    product = tuple(sorted((name, power) for name, power in powers.items() if power))
    factors = [quantity for quantity in (left, right) if not quantity.constant]
    kept = next((q for q in factors if q.powers == product), next(iter(factors), left))
    return replace(
        kept,
        powers=product,
        free=kept.free and (kept.powers == product or all(q.free for q in factors)),
        flow=kept.flow and kept.powers == product,
    )


def _check_lengths(left: _Quantity, right: _Quantity, faults: list[FormulaError]) -> None:
    """A share of like flows divides what was counted for the same length of time."""
    if not (left.flow and right.flow and left.powers == right.powers):
        return
    if left.period and right.period and not have_like_lengths(left.period, right.period):
        _refuse_uneven(left.period, right.period, faults)


def _check_difference(left: _Quantity, right: _Quantity, faults: list[FormulaError]) -> None:
    """What was counted in one period is taken from the same period's count, or from one of a
    period that compares."""
    if left.flow and right.flow and left.period and right.period and left.period != right.period:
        _refuse_uneven(left.period, right.period, faults)


def _refuse_uneven(one: Period, other: Period, faults: list[FormulaError]) -> None:
    before, after = sorted((one, other), key=Period.sort_key)
    verdict = compare("flux", after, before)
    if not verdict.comparable and not any(isinstance(fault, UnevenPeriods) for fault in faults):
        faults.append(UnevenPeriods(verdict.reason))


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


def _add(left: _Quantity, right: _Quantity, minus: bool, faults: list[FormulaError]) -> _Quantity:
    what = "différence" if minus else "somme"
    if not _same_unit(left, right):
        faults.append(_mixed(left, right, what))
        return left
    if left.constant or right.constant:
        return right if left.constant else left
    if left.free or right.free:
        return left if not left.free else right
    if not left.is_money:
        if minus:
            _check_difference(left, right, faults)
        return left
    if left.stage != right.stage:
        faults.append(
            FormulaError(
                f"{what} de montants d’étapes différentes : {left.stage} et {right.stage}",
                "On ne réunit que des montants de même étape (prévu, engagé, réalisé…).",
            )
        )
    if left.period != right.period:
        faults.append(
            MixedExercises(
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
    if period is None or period.end is None:
        return "non précisé"
    first, last = (period.start or period.end).year, period.end.year
    return str(first) if first == last else f"{first}-{last}"
