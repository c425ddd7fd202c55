"""Progress towards targets, on numbers worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from analysis.model import progress
from analysis.model.progress import compute_progress, is_ceiling


def row(value, end=None, start=None):
    return {"value": value, "period_start": start, "period_end": end}


def target(value, day=None, qualifier="exact"):
    return {"value": value, "date": day, "qualifier": qualifier}


END = date(2017, 12, 31)
GOAL = target(100_000, date(2020, 12, 31))


def test_stock_with_two_dates():
    history = [row(60_000, END), row(40_000, date(2016, 12, 31))]
    found = compute_progress(GOAL, "stock", "hausse", history)
    assert found.distance == 40_000
    assert found.attained_pct == pytest.approx(60)
    assert found.observed_pace_per_year == pytest.approx(20_000)
    assert found.required_pace_per_year == pytest.approx(40_000 / 3)
    assert found.verdict == progress.ON_COURSE


def test_stock_too_slow():
    history = [row(60_000, END), row(50_000, date(2016, 12, 31))]
    assert compute_progress(GOAL, "stock", "hausse", history).verdict == progress.TOO_SLOW


def test_stock_of_one_date_has_no_observed_pace():
    found = compute_progress(GOAL, "stock", "hausse", [row(60_000, END)])
    assert found.observed_pace_per_year is None
    assert found.required_pace_per_year == pytest.approx(13_333.33, abs=0.01)
    assert found.verdict == progress.UNKNOWN_PACE
    assert "une seule date" in found.reason


def test_flow_with_a_start_gives_its_pace():
    history = [row(6_000, date(2030, 12, 31), date(2026, 1, 1))]
    found = compute_progress(target(10_000, date(2034, 12, 31)), "flux", "hausse", history)
    assert (found.observed_pace_per_year, found.required_pace_per_year) == (1_200, 1_000)
    assert found.verdict == progress.ON_COURSE


@pytest.mark.parametrize(
    ("goal", "value", "verdict"),
    [
        (target(6), 7, progress.REACHED),
        (target(6), 3.2, progress.NOT_REACHED),
        (target(6, date(2016, 12, 31)), 3.2, progress.OVERDUE),
        (target(6, None, "au plus"), 7, progress.NOT_REACHED),
        (target(6, None, "au plus"), 5, progress.REACHED),
    ],
)
def test_verdicts(goal, value, verdict):
    assert compute_progress(goal, "taux", "hausse", [row(value, END)]).verdict == verdict


def test_ceiling_by_words_first_then_by_direction():
    assert is_ceiling("au plus", "hausse")
    assert not is_ceiling("au moins", "baisse")
    assert is_ceiling("exact", "baisse")


def test_without_value_the_reason_is_said():
    found = compute_progress(GOAL, "stock", "hausse", [], "aucune valeur en 2017")
    assert (found.verdict, found.reason) == (progress.NO_VALUE, "aucune valeur en 2017")


def test_progress_table(edition):
    trees = edition.progress.set_index("indicator").loc["arbres-plantes"]
    assert trees["distance"] == 4000
    assert trees["attained_pct"] == pytest.approx(60)
    assert trees["observed_pace_per_year"] == pytest.approx(1200)
    assert trees["required_pace_per_year"] == pytest.approx(1000)
    assert trees["verdict"] == progress.ON_COURSE
