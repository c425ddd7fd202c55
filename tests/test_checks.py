"""Printed figures against recomputed ones: the four verdicts."""

from __future__ import annotations

import pytest

from analysis.compute.audit.printed_figures import check_statements, round_to_step


def test_verdicts(edition):
    found = check_statements(edition).set_index("id")
    assert found["verdict"].to_dict() == {
        "imprime-part-air": "exact",
        "imprime-part-femmes": "arrondi",  # 52,5 printed 53
        "imprime-evolution": "écart",  # 80 → 100 is 25 %, not 20 %
        "imprime-visiteurs": "invérifiable",
    }
    assert found.loc["imprime-evolution", "difference"] == pytest.approx(5)
    assert found.loc["imprime-visiteurs", "reason"].startswith("périodes non comparables")


def test_the_edition_carries_its_checks(edition):
    assert edition.checks.equals(check_statements(edition))


@pytest.mark.parametrize(
    ("number", "step", "rounded"),
    [(26.839, 0.1, 26.8), (52.5, 1, 53), (-52.5, 1, -53), (1_894_999, 10_000, 1_890_000),
     (2.675, 0.01, 2.68)],
)  # fmt: skip
def test_rounding_to_a_step(number, step, rounded):
    assert round_to_step(number, step) == rounded


def test_an_unexplained_discrepancy_is_named(edition):
    """A printed figure spoilt on purpose is found, and is explained by its register row only."""
    from dataclasses import replace

    import pandas as pd

    from analysis.compute.audit.printed_figures import find_unexplained

    statements = edition.statements.assign(printed_value=edition.statements["printed_value"] + 1)
    spoilt = replace(edition, statements=statements)
    spoilt = replace(spoilt, checks=check_statements(spoilt))
    wrong = find_unexplained(spoilt)
    assert set(wrong) == set(spoilt.checks.loc[spoilt.checks["verdict"] == "écart", "id"])
    assert wrong
    explained = replace(spoilt, discrepancies=pd.DataFrame({"statement": wrong[:1]}))
    assert find_unexplained(explained) == wrong[1:]
