"""Ranks and quartiles, worked by hand."""

import pandas as pd
import pytest

from analysis.compute.ranking import Rank, Summary, rank_among, rank_values, summarise

NONE = float("nan")

#: Values, their ranks.
RANKS = [
    ([30, 10, 20], [1, 3, 2]),
    ([5, 7, 7, 1], [3, 1, 1, 4]),  # the rank after a shared one is left out
    ([4, 4, 4], [1, 1, 1]),
    ([8, NONE, 2, 5], [1, None, 3, 2]),  # missing is missing, not last
    ([0.1 + 0.2, 0.3, 0.4], [2, 2, 1]),  # no noise in the sixteenth digit
    ([-1, 0, -2], [2, 1, 3]),
    ([2, 1], [None, None]),  # never a rank of two
    ([2, 1, NONE], [None, None, None]),
    ([], []),
]


@pytest.mark.parametrize(("values", "expected"), RANKS)
def test_ranks(values, expected):
    series = pd.Series(values, index=[f"t{n}" for n in range(len(values))], dtype=float)
    ranks = rank_values(series)
    assert list(ranks.index) == list(series.index)
    assert [None if pd.isna(rank) else rank for rank in ranks] == expected
    for own, place in zip(values, expected, strict=True):
        found = rank_among(series, own)
        assert (found and found.place) == place


def test_how_many_are_just_as_high():
    values = pd.Series([5, 7, 7, 1, NONE, 7])
    assert rank_among(values, 7) == Rank(place=1, count=5, equals=2)
    assert rank_among(values, 5) == Rank(place=4, count=5)
    with pytest.raises(ValueError, match="6"):
        rank_among(values, 6)


#: Values; lowest, first quartile, median, third quartile, highest.
SPREADS = [
    ([1, 2, 3, 4, 5], (1, 2, 3, 4, 5)),  # places 2, 3, 4
    ([4, 1, 3, 2], (1, 1.75, 2.5, 3.25, 4)),  # places 1.75, 2.5, 3.25
    ([10, 30, 20], (10, 15, 20, 25, 30)),  # places 1.5, 2, 2.5
    ([0, 0, 0, 100, NONE], (0, 0, 0, 25, 100)),  # place 3.25: a quarter of the way to 100
]


@pytest.mark.parametrize(("values", "expected"), SPREADS)
def test_quartiles(values, expected):
    assert summarise(pd.Series(values)) == Summary(pd.Series(values).count(), *expected)


def test_two_values_have_no_median():
    assert summarise(pd.Series([1.0, 2.0, NONE])) is None


def test_quarters():
    spread = Summary(5, 1, 2, 3, 4, 5)
    assert [spread.find_quarter(v) for v in (1, 2, 2.5, 3, 3.5, 4, 4.1, 5)] == [
        1, 1, 2, 2, 3, 3, 4, 4,
    ]  # fmt: skip
