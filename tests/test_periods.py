"""Periods: lengths, comparability, ranks, on cases checked by hand."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.model.periods import (
    Period,
    compare,
    describe_months,
    is_valid_on,
    months_between,
    rank_periods,
    select_comparable,
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
        (
            "2017-01-15",
            "2017-04-05",
            2 + 22 / 31,
        ),  # to 14 March, then 22 of the 31 days that follow
        ("2017-03-08", "2017-03-08", 1 / 31),
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
    assert span("2017-02-01", "2017-02-01").days == 1


def test_lengths_of_a_flow_of_a_state_and_of_an_undated_value():
    quarter = span("2017-01-01", "2017-03-31")
    assert (quarter.days, quarter.months, quarter.is_span, quarter.undated) == (90, 3, True, False)
    state = at("2017-03-31")
    assert (state.days, state.months, state.is_span, state.undated) == (None, None, False, False)
    assert (UNDATED.days, UNDATED.is_span, UNDATED.undated) == (None, False, True)


def test_years_are_whole():
    assert year_period(2017) == Period(date(2017, 1, 1), date(2017, 12, 31))
    assert year_period(2014, 2016) == Period(date(2014, 1, 1), date(2016, 12, 31))


@pytest.mark.parametrize(
    ("period", "after"),
    [
        (span("2018-01-01", "2018-03-31"), True),
        (span("2017-12-31", "2018-03-31"), False),  # begins on the day itself
        (at("2018-01-01"), True),
        (at("2017-12-31"), False),
        (UNDATED, False),
    ],
)
def test_what_begins_after_a_day(period, after):
    assert period.begins_after(date(2017, 12, 31)) is after


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2017-01-01", "2017-01-01", "1 jour"),
        ("2017-01-01", "2017-01-02", "2 jours"),
        ("2017-01-01", "2017-01-31", "1 mois"),
        ("2017-01-01", "2017-02-14", "1,5 mois"),
        ("2017-01-01", "2017-12-31", "12 mois"),
    ],
)
def test_lengths_in_words(start, end, words):
    assert describe_months(span(start, end)) == words


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
        # Counted from the same day on, for more than a year: a cumulated count.
        ("flux", year_period(2011, 2018), year_period(2011, 2017), "", ""),
        ("flux", year_period(2016, 2017), year_period(2016), "", ""),
        (
            "flux", year_period(2017), span("2017-01-01", "2017-10-31"),
            "périodes non comparables : 10 mois contre 12 mois", "",
        ),
        (
            "flux", year_period(2011, 2018), span("2011-01-02", "2017-12-31"),
            "périodes non comparables : 84 mois contre 96 mois", "",
        ),
        (
            "flux", year_period(2011, 2016), year_period(2011, 2017),
            "périodes non comparables : 84 mois contre 72 mois", "",
        ),
        # Three days more or less are the same length (91 and 88 days), four are not.
        ("flux", span("2017-01-01", "2017-03-29"), span("2016-01-01", "2016-03-31"), "", ""),
        (
            "flux", span("2017-01-01", "2017-03-28"), span("2016-01-01", "2016-03-31"),
            "périodes non comparables : 3 mois contre 2,9 mois", "",
        ),
        # Three days for each year: 9 for three years, 21 for seven.
        ("flux", span("2017-01-01", "2019-12-23"), year_period(2014, 2016), "", ""),
        (
            "flux", span("2017-01-01", "2019-12-20"), year_period(2014, 2016),
            "périodes non comparables : 36 mois contre 35,6 mois", "",
        ),
        ("flux", span("2010-01-01", "2016-12-11"), year_period(2003, 2009), "", ""),
        # One day in common is one too many.
        (
            "flux", span("2016-06-30", "2016-12-31"), span("2016-01-01", "2016-06-30"),
            "périodes non comparables : elles se chevauchent", "",
        ),
        # A year that ends three days early is whole: it may begin in another month.
        ("flux", span("2016-12-01", "2017-11-27"), year_period(2015), "", ""),
        # The same season: it begins three days later, not four; over the new year too.
        ("flux", span("2015-03-04", "2015-06-03"), span("2014-03-01", "2014-05-31"), "", ""),
        (
            "flux", span("2015-03-05", "2015-06-04"), span("2014-03-01", "2014-05-31"),
            "périodes non comparables : même durée, mais pas la même saison", "",
        ),
        ("flux", span("2016-01-01", "2016-03-30"), span("2014-12-29", "2015-03-28"), "", ""),
        (
            "flux", span("2016-01-01", "2016-03-30"), span("2014-12-28", "2015-03-27"),
            "périodes non comparables : même durée, mais pas la même saison", "",
        ),
        ("flux", year_period(2017), UNDATED, "périodes non comparables : durée non précisée", ""),
        ("stock", at("2017-12-31"), at("2016-06-30"), "", ""),
        ("stock", at("2017-12-01"), UNDATED, "", "date antérieure non précisée"),
        (
            "stock", UNDATED, at("2016-12-31"),
            "périodes non comparables : date de la valeur non précisée", "",
        ),
        ("taux", year_period(2017), year_period(2016), "", ""),
        (
            "taux", span("2017-01-01", "2017-10-31"), year_period(2016),
            "périodes non comparables : 12 mois contre 10 mois", "",
        ),
        ("taux", year_period(2017), UNDATED, "", "date antérieure non précisée"),
        ("stock", span("2017-01-01", "2017-10-31"), year_period(2016), "", ""),
        ("flux", at("2017-12-31"), year_period(2016),
         "périodes non comparables : durée non précisée", ""),
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


def test_of_two_periods_with_one_end_the_shorter_is_the_latest():
    periods = {"two years": year_period(2016, 2017), "one": year_period(2017)}
    assert rank_periods(periods, date(2017, 12, 31)) == {"one": 0, "two years": 1}


def test_periods_that_all_compare_are_kept():
    """The ten months do not compare with the year before them; school years overlap them all."""
    cut = span("2017-01-01", "2017-10-31")
    whole = [year_period(year) for year in (2018, 2016, 2015)]
    assert select_comparable("flux", [whole[0], cut, *whole[1:]]) == [0, 2, 3]
    school = span("2015-09-01", "2016-08-31")
    assert select_comparable("flux", [whole[0], school, *whole[1:]]) == [0, 1]
    assert select_comparable("stock", [whole[0], cut]) == [0, 1]
    assert select_comparable("flux", []) == []


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
