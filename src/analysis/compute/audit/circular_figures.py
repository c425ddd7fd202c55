"""Whether what is computed only gives a printed figure back, since it was worked out of it.

« 883 people, 8,3 % more than the year before »: the year before worked out of the 8,3 %, then the
growth between the two, is 8,3 % again, whatever was printed. Nothing is verified by that.
"""

from __future__ import annotations

import re

from analysis.base.lists import split_list
from analysis.model.formulas import FormulaError, evaluate_formula, parse_formula
from analysis.model.references import Row
from analysis.model.store import DERIVED, Edition
from analysis.words.lineage import find_rows, list_origins
from analysis.words.lineage.origins import find_term_rows, read_term

#: By how many of its steps the printed figure is moved, to see whether what is computed moves with
#: it, to the step.
_SHIFT = 10
_LINES = re.compile(r"(\d+)(?:-(\d+))?")


def gives_back(edition: Edition, statement: Row) -> bool:
    """Whether the value held against a printed figure rests on that very figure (its number and
    unit, typed from the same line) and moves with it, step for step."""
    derived = [row for row in find_rows(edition, statement["indicator"]) if _is_derived(row)]
    if not derived:
        return False
    printed, step = statement["printed_value"], statement["precision"]
    for origin in list_origins(edition, statement["indicator"]):
        if (
            (origin.value, origin.unit) == (printed, statement["unit"])
            and read_lines(origin.locator) & read_lines(statement["locator"])
            and all(
                _follows(edition, derived[0], origin.row, printed + shift * step, step)
                for shift in (-_SHIFT, _SHIFT)
            )
        ):
            return True
    return False


def read_lines(locator: str) -> set[int]:
    """« l. 388, 400 ; l. 713-715 » → 388, 400, 713, 714, 715."""
    lines: set[int] = set()
    for first, last in _LINES.findall(locator):
        lines |= set(range(int(first), int(last or first) + 1))
    return lines


def _is_derived(row: Row) -> bool:
    return row["origin"] == DERIVED and row["value"] is not None


def _follows(edition: Edition, row: Row, figure: Row, moved: float, step: float) -> bool:
    try:
        return abs(_compute(edition, row, figure, moved) - moved) <= step
    except FormulaError:  # zero to divide by
        return False


def _compute(edition: Edition, row: Row, figure: Row, moved: float) -> float:
    """The value of a row, were that of ``figure`` another. A term that is itself worked out of a
    value (a mean, a change), and a target, stay as they are."""
    if row is figure:
        return moved
    if row["origin"] != DERIVED:
        return row["value"]
    numbers: dict[str, float] = {}
    months = {}
    for term in split_list(row["terms"]):
        value = read_term(edition, row, term)
        assert value.value is not None  # or the row would have none
        found = [r for r in find_term_rows(edition, value) if r["value"] == value.value]
        same = len(found) == 1 and value.modifier != "cible"
        numbers[term] = _compute(edition, found[0], figure, moved) if same else value.value
        months[term] = value.period.months
    return evaluate_formula(parse_formula(row["formula"]), numbers, months)
