"""Derived values computed again, from the values of their terms through the grammar of formulas."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields
from typing import Any

import pandas as pd

from analysis.base.lists import split_list
from analysis.compute.workings.typed_rows import DEDUCED, ESTIMATED
from analysis.model.formulas import (
    FormulaError,
    evaluate_formula,
    parse_formula,
    propagate_qualifier,
)
from analysis.model.periods import Period
from analysis.model.references import Row, Value
from analysis.model.store import DERIVED, Edition, to_records
from analysis.words import french, prose
from analysis.words.lineage import describe_formula, describe_title, name_row_reference
from analysis.words.lineage.formula_words import describe_calculation
from analysis.words.lineage.origins import CALCULATED as WORKED_OUT
from analysis.words.lineage.origins import find_targets, find_term_rows, read_term
from analysis.words.lineage.trail import read_calculation

#: ``result`` names a value of an indicator among its periods and territories. ``stored``: what the
#: edition gives, in ``unit``; where it gives none, ``missing`` says why. ``formula`` as typed,
#: ``in_titles`` with the titles of its terms. ``recompute`` adds ``in_numbers``, ``recomputed``,
#: ``recomputed_qualifier`` and ``reservation``.
RESULTS = (
    "result", "reference", "indicator", "territory", "title", "formula", "in_titles", "stored",
    "unit", "qualifier", "precision", "estimate", "period_start", "period_end", "missing",
)  # fmt: skip
_VALUE = tuple(field.name for field in fields(Value))
#: A row for each ``term`` (as the formula names it) of each ``result``, with all that the value of
#: the term is; ``months``: the length of its period; ``place``: where it was typed, or « calcul »;
#: ``calculation``: how it is worked out of the typed value, where it is a mean or a change;
#: ``reservation``: what is not written of it (its date, or what the editors deduced).
TERMS = (
    "result", "of", "term", "reference", *_VALUE, "months", "calculation", "reservation", "place",
)  # fmt: skip
UNDATED = "sans date"
#: A value without the growth that led to it is one of the year before.
_WITHOUT_GROWTH = re.compile(r"(?:round\()?\{[^{}]+\} / \(1 \+ \{[^{}]+\} / 100\)\)?")
CALCULATED = "calcul"


def list_derived(edition: Edition, chapter: str) -> pd.DataFrame:
    """Columns ``RESULTS``: every value of a chapter that a formula gives, of every period."""
    rows = to_records(edition.rows("values", chapter=chapter, origin=DERIVED))
    return pd.DataFrame([_describe_result(edition, row) for row in rows], columns=list(RESULTS))


def _describe_result(edition: Edition, row: Row) -> dict[str, Any]:
    return {
        **row,
        "result": _name_result(row),
        "reference": name_row_reference(edition, row),
        "title": describe_title(edition, Value.from_row(row)),
        "in_titles": french.typeset(describe_formula(edition, row["formula"])),
        "stored": row["value"],
    }


def _name_result(row: Row) -> str:
    return f"{row['indicator']}@{row['territory']}#{row['rank']}"


def list_terms(edition: Edition, derived: pd.DataFrame) -> pd.DataFrame:
    """Columns ``TERMS``: the values that the formulas of ``derived`` take, each of its own period.

    They are looked up again in what is known (``Ledger.resolve_term``), whatever was computed.
    """
    rows = []
    for result in derived.to_dict("records"):
        of_indicator = edition.ledger.rows(result["indicator"], result["territory"])
        row = next(row for row in of_indicator if _name_result(row) == result["result"])
        named = {"result": result["result"], "of": result["title"]}
        for term in split_list(row["terms"]):
            rows.append(named | _describe_term(edition, row, term))
    return pd.DataFrame(rows, columns=list(TERMS)).astype({"value": "float64"})


def _describe_term(edition: Edition, row: Row, term: str) -> dict[str, Any]:
    value = read_term(edition, row, term)
    found = find_targets(edition, value) if value.modifier == "cible" else ()
    found = found or find_term_rows(edition, value)
    places = [CALCULATED if r.get("origin") == DERIVED else r["locator"] for r in found]
    reference = prose.name_reference(edition, value) if value == edition.value(term) else ""
    worked = reference and value.modifier in WORKED_OUT  # else its own rows say it
    return {
        **asdict(value),
        "term": term,
        "title": describe_title(edition, value),
        "reference": reference,
        "calculation": read_calculation(edition, value, [])[1] if worked else "",
        "months": value.period.months,
        "reservation": _doubt(value, found),
        "place": " ; ".join(dict.fromkeys(places)),
    }


def _doubt(value: Value, found: Iterable[Row]) -> str:
    undated = value.value is not None and value.period.undated and not value.is_constant
    deduced = any(row.get("basis") == "déduit" for row in found)
    said = (UNDATED if undated and value.modifier != "cible" else "", DEDUCED if deduced else "")
    return ", ".join(filter(None, said))


def recompute(derived: pd.DataFrame, terms: pd.DataFrame) -> pd.DataFrame:
    """``derived`` with ``in_numbers``, ``recomputed`` (in its unit) and ``recomputed_qualifier``:
    each formula evaluated on the values of its ``terms``; ``reservation``: what is to be known of
    them. What the edition refuses to give is left empty."""
    by_result: dict[str, dict[str, Value]] = {}
    worked_out: dict[tuple[str, str], str] = {}
    doubts: dict[str, list[str]] = {}
    for row in terms.to_dict("records"):
        by_result.setdefault(row["result"], {})[row["term"]] = _read_value(row)
        worked_out[row["result"], f"{{{row['term']}}}"] = row["calculation"]
        if row["reservation"]:
            said = f"{french.quote(row['title'])} : {row['reservation']}"
            doubts.setdefault(row["result"], []).append(said)
    computed = []
    for row in derived.to_dict("records"):
        in_numbers, *result = _compute(row, by_result.get(row["result"], {}))
        # A formula that is one mean or one change: how that is worked out, not its own number.
        alone = in_numbers and worked_out.get((row["result"], row["formula"].replace(" ", "")))
        known = [_say_estimate(row), *doubts.get(row["result"], ())]
        computed.append((alone or in_numbers, *result, " ; ".join(filter(None, known))))
    columns = ["in_numbers", "recomputed", "recomputed_qualifier", "reservation"]
    found = pd.DataFrame(computed, columns=columns, index=derived.index)
    return derived.join(found.astype({"recomputed": "float64"}))


def _say_estimate(row: Row) -> str:
    """« estimation », « estimation 2015 » of what a value of 2016 comes from."""
    if not row["estimate"]:
        return ""
    period = Period(row["period_start"], row["period_end"])
    if not _WITHOUT_GROWTH.fullmatch(row["formula"]) or not period.end or period.months != 12:
        return ESTIMATED
    return f"{ESTIMATED} {period.end.year - 1}"


def _read_value(row: Mapping[str, Any]) -> Value:
    number = None if pd.isna(row["value"]) else row["value"]
    return Value(**{name: row[name] for name in _VALUE} | {"value": number})


def _compute(row: Row, terms: Mapping[str, Value]) -> tuple[str, float | None, str]:
    """The calculation in numbers, its result and what is known of it."""
    numbers = {term: value.value for term, value in terms.items() if value.value is not None}
    if row["missing"] or len(numbers) < len(terms):
        return "", None, ""
    formula = parse_formula(row["formula"])
    months = {term: value.period.months for term, value in terms.items()}
    try:
        number = evaluate_formula(formula, numbers, months)
    except (FormulaError, KeyError):  # zero to divide by, a term that is no longer there
        return "", None, ""
    qualifier = propagate_qualifier(formula, terms) or ""
    if row["estimate"] and qualifier == "exact":
        qualifier = "environ"  # as ``indicators.derived`` says of what is estimated
    return describe_calculation(row["formula"], numbers, months), number, qualifier
