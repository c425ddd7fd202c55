"""Calculated values against their bounds: shares in %, and whatever indicators.csv bounds.

Typed values
out of their bounds stop the validation; a calculated one is out of them because of others.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import partial

from analysis.base.lists import split_list
from analysis.compute.audit.findings import (
    ALERT,
    CONFORM,
    UNCONTROLLED,
    Finding,
    Place,
    Values,
    describe,
    describe_number,
    describe_period,
    is_typed,
    locate,
    suffix,
)
from analysis.model.formulas import FormulaError, parse_formula
from analysis.model.references import PERCENT, Row, parse_reference
from analysis.model.store import DERIVED, Edition, to_records

SHARE, BOUNDS = "part en %", "bornes d’un calcul"
#: Between what a share lies where the catalogue says nothing.
LEAST_SHARE, GREATEST_SHARE = 0.0, 100.0


def is_share(text: str) -> bool:
    """Whether a formula is one quantity in a hundred of another: ``100 * {a} / {b}``."""
    try:
        tree = parse_formula(text).tree
    except FormulaError:
        return False
    if not isinstance(tree, ast.BinOp):
        return False
    if isinstance(tree.op, ast.Div):  # (100 * a) / b
        share, divisor = tree.left, tree.right
        return (
            isinstance(divisor, ast.Name)
            and isinstance(share, ast.BinOp)
            and isinstance(share.op, ast.Mult)
            and {_kind(share.left), _kind(share.right)} == {100, "term"}
        )
    if isinstance(tree.op, ast.Mult):  # 100 * (a / b), (a / b) * 100
        sides = (tree.left, tree.right)
        quotient = next((s for s in sides if isinstance(s, ast.BinOp)), None)
        return (
            quotient is not None
            and isinstance(quotient.op, ast.Div)
            and _kind(quotient.left) == _kind(quotient.right) == "term"
            and 100 in map(_kind, sides)
        )
    return False


def _kind(node: ast.expr) -> object:
    if isinstance(node, ast.Constant):
        return node.value
    return "term" if isinstance(node, ast.Name) else None


def control_bounds(edition: Edition, values: Values) -> Iterator[Finding]:
    """Calculated shares below 0 or over 100 %, calculated values out of the bounds declared."""
    catalogue = {row["id"]: row for row in to_records(edition.indicators)}
    for row in values.rows:
        entry = catalogue[row["indicator"]]
        if row["origin"] != DERIVED:
            continue
        share = row["unit"] == PERCENT and is_share(row["formula"])
        low = entry["minimum"] if entry["minimum"] is not None or not share else LEAST_SHARE
        high = entry["maximum"] if entry["maximum"] is not None or not share else GREATEST_SHARE
        if low is not None or high is not None:
            yield _control_value(edition, values, row, share, low, high)


def _find_place(values: Values, row: Row) -> Place | None:
    """The typed value to look at first: of the terms in their order, for the row's period."""
    for term in split_list(row["terms"]):
        reference = parse_reference(term)
        typed = values.at(reference.indicator, reference.territory or row["territory"], row)
        if typed is not None and is_typed(typed):
            return locate(typed)
    return None


def _control_value(
    edition: Edition, values: Values, row: Row, share: bool, low: float | None, high: float | None
) -> Finding:
    code = "part-en-pourcent" if share else "bornes"
    about = {"control": SHARE if share else BOUNDS, "indicator": row["indicator"]}
    about |= {"id": f"{code}:{row['indicator']}{suffix(values, row)}", "title": row["title"]}
    find = partial(Finding, **about, place=_find_place(values, row), rows=(row,))
    if row["value"] is None:
        return find(verdict=UNCONTROLLED, message=f"Pas de valeur : {row['missing']}.")
    said = f"{describe(edition, row)} ({describe_period(row)})"
    slack = row["precision"] / 2  # what the reader sees is rounded
    over = high is not None and row["value"] > high + slack
    under = low is not None and row["value"] < low - slack
    bound = high if over else low if under else None
    if bound is None:
        return find(verdict=CONFORM, message=f"{said}.")
    if share and bound in (LEAST_SHARE, GREATEST_SHARE):
        problem = "Part supérieure à 100 %" if over else "Part négative"
    else:
        problem = f"Valeur {'supérieure' if over else 'inférieure'} à la borne"
        problem += f" {'haute' if over else 'basse'}"
    return find(
        verdict=ALERT,
        message=f"{problem} : {said}. Attendu : {'au plus' if over else 'au moins'}"
        f" {describe_number(edition, bound, [row])} ; si une valeur plus"
        f" {'haute' if over else 'basse'} a un sens, remplir « {'maximum' if over else 'minimum'} »"
        " dans indicators.csv.",
    )
