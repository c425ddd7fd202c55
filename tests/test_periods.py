"""Periods: lengths, comparability, ranks, on cases checked by hand."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.model.periods import (
    Period,
    compare,
    is_valid_on,
    months_between,
    rank_periods,
    year_period,
    years_between,
)


def span(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


def at(day: str) -> Period:
    return Period(None, date.fromisoformat(day))


UNDATED = Period(None, None)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2017-01-01", "2017-12-31", 12),
        ("2017-01-01", "2017-10-31", 10),
        ("2016-02-01", "2016-02-29", 1),
        ("2017-01-01", "2017-10-26", 9 + 26 / 31),
        ("2017-01-01", "2017-02-15", 1 + 15 / 28),
        ("2017-01-31", "2017-02-27", 1),  # a month that begins on the 31st ends with February
        ("2016-09-01", "2017-08-31", 12),
        ("2015-12-21", "2016-03-20", 3),
    ],
)
def test_months(start, end, months):
    assert months_between(date.fromisoformat(start), date.fromisoformat(end)) == pytest.approx(
        months
    )


def test_years_between_ends_of_years_are_whole():
    assert years_between(date(2017, 12, 31), date(2020, 12, 31)) == 3


def test_a_period_does_not_end_before_it_starts():
    with pytest.raises(ValueError, match="précède"):
        span("2017-02-01", "2017-01-01")


@pytest.mark.parametrize(
    ("measure", "latest", "precedent", "reason", "reservation"),
    [
        ("flux", year_period(2017), year_period(2016), "", ""),  # leap year within tolerance
        (
            "flux", span("2017-01-01", "2017-10-31"), year_period(2016),
            "périodes non comparables : 12 mois contre 10 mois", "",
        ),
        (
            "flux", span("2017-01-01", "2017-10-26"), year_period(2016),
            "périodes non comparables : 12 mois contre 9,8 mois", "",
        ),
        ("flux", span("2017-01-01", "2017-10-31"), span("2016-01-01", "2016-10-31"), "", ""),
        (
            "flux", span("2017-07-01", "2017-09-30"), span("2017-01-01", "2017-03-31"),
            "périodes non comparables : même durée, mais pas la même saison", "",
        ),
        ("flux", span("2016-09-01", "2017-08-31"), span("2015-09-01", "2016-08-31"), "", ""),
        ("flux", year_period(2017), span("2015-09-01", "2016-08-31"), "", ""),
        (
            "flux", span("2016-09-01", "2017-08-31"), year_period(2016),
            "périodes non comparables : elles se chevauchent", "",
        ),
        ("flux", year_period(2017, 2019), year_period(2014, 2016), "", ""),
        ("flux", year_period(2017), UNDATED, "périodes non comparables : durée non précisée", ""),
        ("stock", at("2017-12-31"), at("2016-06-30"), "", ""),
        ("stock", at("2017-12-01"), UNDATED, "", "date antérieure non précisée"),
        (
            "stock", UNDATED, at("2016-12-31"),
            "périodes non comparables : date de la valeur non précisée", "",
        ),
        ("taux", year_period(2017), year_period(2016), "", ""),
        (
            "taux", at("2017-12-31"), year_period(2016),
            "périodes non comparables : une date d’un côté, une durée de l’autre", "",
        ),
    ],
)  # fmt: skip
def test_comparability(measure, latest, precedent, reason, reservation):
    verdict = compare(measure, latest, precedent)
    assert (verdict.reason, verdict.reservation) == (reason, reservation)
    assert verdict.comparable is (reason == "")


def test_ranks_latest_first_undated_last_future_out():
    periods = {
        "undated": UNDATED,
        "year": year_period(2016),
        "ten months": span("2017-01-01", "2017-10-31"),
        "next year": year_period(2018),
    }
    assert rank_periods(periods, date(2017, 12, 31)) == {"ten months": 0, "year": 1, "undated": 2}


def test_a_programme_that_has_begun_is_not_future_and_alone_the_future_counts():
    assert rank_periods({"p": year_period(2017, 2020)}, date(2017, 12, 31)) == {"p": 0}
    assert rank_periods({"p": year_period(2019)}, date(2017, 12, 31)) == {"p": 0}


@pytest.mark.parametrize(
    ("first", "last", "valid"),
    [
        (None, None, True),
        (date(2017, 12, 31), None, True),
        (date(2018, 1, 1), None, False),
        (None, date(2017, 12, 31), True),
        (None, date(2017, 12, 30), False),
    ],
)
def test_validity_includes_both_ends(first, last, valid):
    assert is_valid_on(date(2017, 12, 31), first, last) is valid
