"""Derived values: each formula evaluated once the values it needs are known.

Period of a derived value: that of its leading terms (``formulas.find_leading_terms``). A formula
without modifiers is also computed for each earlier period for which every one of its terms has a
value of exactly that period, so that a share has a before and an after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from analysis.base.lists import SEPARATOR, join_list
from analysis.compute.indicators.observed import Row, blank_row
from analysis.model.formulas import (
    Formula,
    FormulaError,
    MixedExercises,
    check_rules,
    evaluate_formula,
    find_cycles,
    find_leading_terms,
    join_periods,
    order_formulas,
    parse_formula,
    propagate_qualifier,
)
from analysis.model.periods import Period
from analysis.model.references import (
    PERCENT,
    Ledger,
    UnknownReference,
    Value,
    combine_status,
    parse_reference,
)
from analysis.model.store import DERIVED

#: An indicator and what is wrong with its formula.
FormulaFault = tuple[str, FormulaError]


def derive_values(
    catalogue: Mapping[str, Mapping[str, Any]], ledger: Ledger, year: int
) -> tuple[list[Row], list[FormulaFault]]:
    """Rows of all derived indicators, entered into the ledger as they come, and what is wrong with
    their formulas, by indicator.

    Formulas that cannot be read, or stand in a circle, are left out: validation reports them.
    """
    formulas = _read_formulas(catalogue)
    rows: list[Row] = []
    faults: list[FormulaFault] = []
    for indicator in order_formulas(_needs(formulas)):
        entry, formula = catalogue[indicator], formulas[indicator]
        try:
            terms = {text: ledger.resolve(text) for text in formula.references}
        except UnknownReference as error:
            faults.append(
                (indicator, FormulaError(f"{error.reference}, {error.problem}", error.hint))
            )
            terms = {}
        broken = _check(formula, terms, entry["unit"]) if terms else []
        faults += [(indicator, error) for error in broken]
        found = (
            list(_derive(entry, formula, terms, ledger, year))
            if terms and not broken
            else [_missing_row(entry, ledger.territory, year, "formule non valide")]
        )
        for row in found:
            ledger.add(row)
        rows += found
    return rows, faults


def _check(formula: Formula, terms: Mapping[str, Value], unit: str) -> list[FormulaError]:
    """Rules that a formula breaks by itself. Amounts whose latest values are of different years
    because one of them is not known yet make a missing value, not a fault: a new edition's figures
    come one after the other."""
    uneven = len(find_years(terms)) > 1
    broken = check_rules(formula, terms, unit)
    return [error for error in broken if not (uneven and isinstance(error, MixedExercises))]


def _read_formulas(catalogue: Mapping[str, Mapping[str, Any]]) -> dict[str, Formula]:
    formulas = {}
    for indicator, entry in catalogue.items():
        if not entry["formula"]:
            continue
        try:
            formula = parse_formula(entry["formula"])
            for text in formula.references:
                parse_reference(text)
        except (FormulaError, UnknownReference):
            continue
        formulas[indicator] = formula
    for indicator in find_cycles(_needs(formulas)):
        del formulas[indicator]
    return formulas


def _needs(formulas: Mapping[str, Formula]) -> dict[str, set[str]]:
    return {
        indicator: {
            reference.indicator
            for reference in map(parse_reference, formula.references)
            if reference.modifier != "cible"
        }
        for indicator, formula in formulas.items()
    }


def _missing_row(entry: Mapping[str, Any], territory: str, year: int, reason: str) -> Row:
    return blank_row(entry, territory) | {
        "origin": DERIVED, "rank": 0, "edition": year, "missing": reason,
    }  # fmt: skip


def _derive(
    entry: Mapping[str, Any],
    formula: Formula,
    terms: Mapping[str, Value],
    ledger: Ledger,
    year: int,
) -> Iterator[Row]:
    """The reference value, then the earlier periods."""
    first = _compute_row(entry, formula, terms, ledger, year)
    yield first
    if any(parse_reference(text).modifier for text in terms):
        return  # « l’année N » or « le précédent » are relative to this edition
    seen = {(first["period_start"], first["period_end"])}
    leading = find_leading_terms(formula, terms)
    rank = 1
    for candidate in _earlier_rows(ledger, leading[0]) if leading else []:
        span = (candidate["period_start"], candidate["period_end"])
        if span in seen:
            continue
        seen.add(span)
        found = {text: _value_at(ledger, text, value, span) for text, value in terms.items()}
        earlier = {text: value for text, value in found.items() if value is not None}
        if len(earlier) < len(found):
            continue
        if check_rules(formula, earlier, entry["unit"]):
            continue
        row = _compute_row(entry, formula, earlier, ledger, year)
        if row["value"] is not None:
            yield row | {"rank": rank}
            rank += 1


def _earlier_rows(ledger: Ledger, text: str) -> list[Mapping[str, Any]]:
    reference = parse_reference(text)
    rows = ledger.rows(reference.indicator, reference.territory)
    return sorted((row for row in rows if row["rank"] > 0), key=lambda row: row["rank"])


def _value_at(ledger: Ledger, text: str, value: Value, span: tuple) -> Value | None:
    reference = parse_reference(text)
    for row in ledger.rows(reference.indicator, reference.territory):
        if (row["period_start"], row["period_end"]) == span and row["value"] is not None:
            found = Value.from_row(row, value.modifier)
            return replace(found, title=value.title, territory=value.territory, missing="")
    return None


def _compute_row(
    entry: Mapping[str, Any],
    formula: Formula,
    terms: Mapping[str, Value],
    ledger: Ledger,
    year: int,
) -> Row:
    leading = [terms[text] for text in find_leading_terms(formula, terms)]
    known = [value for value in leading if value.value is not None]
    period = join_periods([v.period for v in known]) if known else Period(None, None)
    places = [value.territory for value in leading if value.territory]
    row = blank_row(entry, places[0] if places else ledger.territory) | {
        "origin": DERIVED,
        "rank": 0,
        "edition": year,
        "terms": join_list(formula.references),
        "period_start": period.start,
        "period_end": period.end,
        "stage": _shared(value.stage for value in terms.values()),
        "payer": _shared(value.payer for value in terms.values()),
        **_trace(terms, ledger),
    }
    if any(value.estimate for value in terms.values()):
        row["estimate"] = "oui"
    numbers: dict[str, float] = {}
    for text, value in terms.items():
        if value.value is None:
            return row | {"missing": explain_missing(value, ledger)}
        numbers[text] = value.value
    years = find_years(terms)
    if len(years) > 1:
        return row | {"missing": f"années différentes : {' et '.join(map(str, years))}"}
    try:
        number = evaluate_formula(formula, numbers)
    except FormulaError as error:
        return row | {"missing": error.problem}
    # A target or a legal constant does not make a result less settled.
    statuses = [v.status for v in terms.values() if v.modifier != "cible"]
    qualifier = propagate_qualifier(formula, terms)
    if row["estimate"] and qualifier == "exact":
        qualifier = "environ"  # what is estimated is said so wherever its number stands
    return row | {
        "value": number,
        "qualifier": qualifier,
        "status": combine_status(statuses),
    }


def find_years(terms: Mapping[str, Value]) -> list[int]:
    """The years in which the terms' latest values end: more than one, and they do not go together.

    A term that names its year (« :N-1 », « :precedent ») is meant as it is. A threshold or a
    duration holds beyond its year, and a value without date says nothing; a share or a mean, once
    dated, is that of its year.
    """
    return sorted(
        {
            value.period_end.year
            for text, value in terms.items()
            if not parse_reference(text).modifier and value.period_end and not _holds_on(value)
        }
    )


def _holds_on(value: Value) -> bool:
    """Whether a value is a constant: a threshold, a duration, a floor."""
    return value.measure == "taux" and value.unit != PERCENT and "-par-" not in value.unit


def explain_missing(value: Value, ledger: Ledger) -> str:
    """Why a result is missing: the title of the term at the root, and its own reason."""
    rows = ledger.rows(value.indicator, value.territory)
    if not value.modifier and rows and rows[0]["origin"] == DERIVED:
        return value.missing  # already names the term it comes from
    return f"« {value.title} » : {value.missing}"


def _shared(cells: Iterator[str]) -> str:
    distinct = {cell for cell in cells if cell}
    return distinct.pop() if len(distinct) == 1 else ""


def _trace(terms: Mapping[str, Value], ledger: Ledger) -> dict[str, str]:
    """Sources and locators of the rows behind the terms; aligned lists when sources differ."""
    by_source: dict[str, list[str]] = {}
    for value in terms.values():
        for row in ledger.rows(value.indicator, value.territory):
            if (row["period_start"], row["period_end"]) != (value.period_start, value.period_end):
                continue
            # Not ``split_list``: an empty locator keeps its place beside its source.
            sources = row["source"].split(SEPARATOR) if row["source"] else []
            locators = row["locator"].split(SEPARATOR) if row["locator"] else []
            for source, locator in zip(sources, locators, strict=False):
                for part in locator.split(" ; "):
                    if part not in by_source.setdefault(source, []):
                        by_source[source].append(part)
    return {
        "source": join_list(by_source),
        "locator": join_list(" ; ".join(parts) for parts in by_source.values()),
    }
