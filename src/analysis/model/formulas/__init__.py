"""Formulas of derived indicators: their grammar, their order, their rules of meaning, their value.

``grammar`` reads a formula with ``ast``, checks it node by node and evaluates the tree;
``evaluation_order`` says which formula comes first; ``meaning`` refuses what may not be added or
divided; ``forbidden_pairs`` finds listed values brought together; ``inheritance`` gives a result
its period and its qualifier.
"""

from analysis.model.formulas.evaluation_order import find_cycles, order_formulas
from analysis.model.formulas.forbidden_pairs import find_forbidden
from analysis.model.formulas.grammar import Formula, FormulaError, evaluate_formula, parse_formula
from analysis.model.formulas.inheritance import (
    find_leading_terms,
    join_periods,
    propagate_qualifier,
)
from analysis.model.formulas.meaning import MixedExercises, UnevenPeriods, check_rules
