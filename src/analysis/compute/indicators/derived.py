"""Derived values: each formula evaluated once the values it needs are known.

Period of a derived value: that of its leading terms (``formulas.find_leading_terms``), to which the
others are aligned (``Ledger.resolve_term``). A formula none of whose terms is relative to the
edition is also computed for each earlier period for which every one of them has a value, so that a
share has a before and an after.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.base.lists import SEPARATOR, join_list
from analysis.compute.indicators.observed import Row, blank_row
from analysis.model.formulas import (
    Formula,
    FormulaError,
    MixedExercises,
    UnevenPeriods,
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
    IN_FORCE,
    OPPOSITE_BOUNDS,
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
    """Rules that a formula breaks by itself. Flows of uneven periods, and amounts whose latest
    values are of different years because one of them is not known yet, make a missing value, not a
    fault: a new edition's figures come one after the other."""
    harmless = (UnevenPeriods, MixedExercises) if len(find_years(terms)) > 1 else UnevenPeriods
    return [error for error in check_rules(formula, terms, unit) if not isinstance(error, harmless)]


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
    leading = find_leading_terms(formula, terms)
    first = _date_row(terms, leading, ledger, year) | {"rank": 0}
    aligned = {text: ledger.resolve_term(text, first) or value for text, value in terms.items()}
    yield _compute_row(entry, formula, aligned, ledger, first)
    seen = {(first["period_start"], first["period_end"])}
    rank = 1
    for candidate in _list_earlier_rows(ledger, leading, first):
        dated = {name: candidate[name] for name in ("period_start", "period_end", "edition")}
        span = (candidate["period_start"], candidate["period_end"])
        if span in seen:
            continue
        seen.add(span)
        found = {text: ledger.resolve_term(text, dated | {"rank": rank}) for text in terms}
        earlier = {text: value for text, value in found.items() if value is not None}
        if len(earlier) < len(found) or check_rules(formula, earlier, entry["unit"]):
            continue
        row = _compute_row(entry, formula, earlier, ledger, dated | {"edition": year, "rank": rank})
        if row["value"] is not None:
            yield row
            rank += 1


def _list_earlier_rows(ledger: Ledger, leading: list[str], first: Row) -> list[Mapping[str, Any]]:
    """Values of the leading terms of before the result's own period, the latest first."""
    places = {
        (reference.indicator, reference.territory)
        for reference in map(parse_reference, leading)
        if reference.modifier != IN_FORCE
    }
    rows = [row for place in sorted(places) for row in ledger.rows(*place) if row["rank"] >= 0]
    latest = Period(first["period_start"], first["period_end"]).sort_key()
    spans = [(Period.of_row(row).sort_key(), row) for row in rows]
    earlier = [pair for pair in spans if pair[0] < latest]
    return [row for _, row in sorted(earlier, key=lambda pair: pair[0], reverse=True)]


def _date_row(
    terms: Mapping[str, Value], leading: list[str], ledger: Ledger, year: int
) -> dict[str, Any]:
    """Period of the result, and the edition that gives it: where nothing leading is dated, the one
    that gave it, in whatever edition it is read again."""
    known = [terms[text] for text in leading if terms[text].value is not None]
    names = [value.indicator for value in known]
    change = len(set(names)) < len(names)
    period = join_periods([v.period for v in known], change=change) if known else Period(None, None)
    given = [
        row["edition"]
        for value in known
        for row in ledger.rows(value.indicator, value.territory)
        if row["rank"] == 0 and period.undated
    ]
    return {
        "period_start": period.start,
        "period_end": period.end,
        "edition": max(given, default=year),
    }


def _compute_row(
    entry: Mapping[str, Any],
    formula: Formula,
    terms: Mapping[str, Value],
    ledger: Ledger,
    dated: Mapping[str, Any],
) -> Row:
    """The row of a period: ``dated`` gives it, with its rank and its edition."""
    leading = [terms[text] for text in find_leading_terms(formula, terms)]
    places = [value.territory for value in leading if value.territory]
    row = blank_row(entry, places[0] if places else ledger.territory) | {
        "origin": DERIVED,
        "terms": join_list(formula.references),
        "stage": _shared(value.stage for value in terms.values()),
        "payer": _shared(value.payer for value in terms.values()),
        **dated,
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
    for fault in check_rules(formula, terms, entry["unit"]):
        if isinstance(fault, UnevenPeriods):
            return row | {"missing": fault.problem}
    months = {text: value.period.months for text, value in terms.items()}
    try:
        number = evaluate_formula(formula, numbers, months)
    except FormulaError as error:
        return row | {"missing": error.problem}
    qualifier = propagate_qualifier(formula, terms)
    if qualifier is None:
        return row | {"missing": OPPOSITE_BOUNDS}
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

    A term that names its year (« :N-1 », « :precedent ») is meant as it is, a constant holds beyond
    its year, and a value without date says nothing.
    """
    return sorted(
        {
            value.period_end.year
            for text, value in terms.items()
            if not parse_reference(text).modifier and value.period_end and not value.is_constant
        }
    )


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
