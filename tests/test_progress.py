"""Progress towards targets, on numbers worked out by hand."""

from __future__ import annotations

import dataclasses
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


YEAR_2017 = (END, date(2017, 1, 1))
DUE = date(2020, 12, 31)  # three years after END


@pytest.mark.parametrize(
    ("goal", "measure", "direction", "history", "expected"),
    [
        # 30 to go in 3 years; from 40 to 60 in 2 years, whatever lies between: 10 a year.
        (target(90, DUE), "stock", "hausse",
         [row(60, END), row(55, date(2016, 12, 31)), row(40, date(2015, 12, 31))],
         (30, 100 * 60 / 90, 10, 10, progress.ON_COURSE, "")),
        (target(93, DUE), "stock", "hausse", [row(60, END), row(50, date(2016, 12, 31))],
         (33, 100 * 60 / 93, 10, 11, progress.TOO_SLOW, "")),
        # A ceiling: to fall by 30 in 3 years, and falling by 10, by 11, by 9.
        (target(30, DUE, "au plus"), "stock", "hausse", [row(60, END), row(70, date(2016, 12, 31))],
         (-30, 200, -10, -10, progress.ON_COURSE, "")),
        (target(30, DUE), "stock", "baisse", [row(60, END), row(71, date(2016, 12, 31))],
         (-30, 200, -11, -10, progress.ON_COURSE, "")),
        (target(30, DUE), "stock", "baisse", [row(60, END), row(69, date(2016, 12, 31))],
         (-30, 200, -9, -10, progress.TOO_SLOW, "")),
        # One date only: what has none, and what has no number, gives no pace.
        (target(90, DUE), "stock", "hausse", [row(60, END), row(50), row(None, date(2016, 12, 31))],
         (30, 100 * 60 / 90, None, 10, progress.UNKNOWN_PACE,
          "une seule date connue : pas de rythme observé")),
        # A flow: 5 in half a year is 10 a year. A ceiling of a flow is not approached.
        (target(35, DUE), "flux", "hausse", [row(5, date(2017, 12, 31), date(2017, 7, 1))],
         (30, 100 * 5 / 35, 10, 10, progress.ON_COURSE, "")),
        (target(35, DUE), "flux", "hausse", [row(5, END)],
         (30, 100 * 5 / 35, None, 10, progress.UNKNOWN_PACE, "durée de la valeur non précisée")),
        (target(4, DUE, "moins de"), "flux", "hausse", [row(7, *YEAR_2017)],
         (-3, 175, None, -1, progress.UNKNOWN_PACE,
          "plafond d’un flux : pas de rythme vers l’objectif")),
        # Reached, to the point, from either side.
        (target(6, DUE), "flux", "hausse", [row(6, *YEAR_2017)],
         (0, 100, 6, None, progress.REACHED, "")),
        (target(6, DUE, "au plus"), "taux", "hausse", [row(6, END)],
         (0, 100, None, None, progress.REACHED, "une seule date connue : pas de rythme observé")),
        (target(0, None, "au plus"), "taux", "hausse", [row(0, END)],
         (0, None, None, None, progress.REACHED, "une seule date connue : pas de rythme observé")),
        # Due on the value's own day: no year is left, and nothing is divided by it.
        (target(8, END), "flux", "hausse", [row(4, *YEAR_2017)],
         (4, 50, 4, None, progress.OVERDUE, "")),
        (target(8, date(2016, 12, 31)), "flux", "hausse", [row(4, *YEAR_2017)],
         (4, 50, 4, None, progress.OVERDUE, "")),
        (target(8), "flux", "hausse", [row(4, *YEAR_2017)],
         (4, 50, 4, None, progress.NOT_REACHED, "objectif sans échéance")),
        (target(4, None, "au plus"), "stock", "hausse",
         [row(8, END), row(10, date(2016, 12, 31))],
         (-4, 200, -2, None, progress.NOT_REACHED, "objectif sans échéance")),
        (target(8, DUE), "stock", "hausse", [row(4), row(3, END), row(2, date(2016, 12, 31))],
         (4, 50, None, None, progress.NOT_REACHED, "date de la valeur non précisée")),
        (target(8, DUE), "stock", "hausse", [row(None, END)],
         (None, None, None, None, progress.NO_VALUE, "aucune valeur connue")),
    ],
)  # fmt: skip
def test_progress_on_numbers_worked_by_hand(goal, measure, direction, history, expected):
    found = compute_progress(goal, measure, direction, history)
    for part, number in zip(dataclasses.astuple(found), expected, strict=True):
        assert part == (pytest.approx(number) if isinstance(number, float) else number)


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
