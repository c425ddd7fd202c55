"""Cells that hold a list."""

import pytest

from analysis.base.lists import join_list, split_list


@pytest.mark.parametrize(
    ("cell", "items"),
    [("", []), ("a", ["a"]), ("a | b", ["a", "b"]), ("a|b |  c d ", ["a", "b", "c d"]), ("|", [])],
)
def test_split(cell, items):
    assert split_list(cell) == items
    assert split_list(join_list(items)) == items
