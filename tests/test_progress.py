"""Progress towards targets, on numbers worked out by hand."""

from __future__ import annotations

import dataclasses
import itertools
import re
from datetime import date

import pytest

from analysis.model import progress
from analysis.model.milestones import DONE, RUNNING
from analysis.model.progress import compute_progress, find_aim, is_met, judge_step
from analysis.model.schema import AID, DUTY, OBJECTIVE, PROGRAMME
from analysis.words.hidden_markup import strip_marks
from analysis.words.progress_words import (
    describe_gap,
    describe_goal,
    describe_share,
    describe_verdict,
    list_paces,
    list_verdicts,
    write_verdict,
)


def row(value, end=None, start=None, qualifier="exact"):
    return {
        "value": value, "qualifier": qualifier, "period_start": start, "period_end": end
    }  # fmt: skip


def target(value, day=None, qualifier="exact", baseline=None, since=None, kind="", years=None):
    return {
        "value": value, "date": day, "qualifier": qualifier, "duration_years": years,
        "baseline": baseline, "baseline_date": since, "kind": kind,
    }  # fmt: skip


END = date(2017, 12, 31)
BEFORE, LONG_BEFORE = date(2016, 12, 31), date(2015, 12, 31)
YEAR_2017 = (END, date(2017, 1, 1))
YEAR_2016 = (BEFORE, date(2016, 1, 1))
DUE = date(2020, 12, 31)  # three years after END
ALONE = "une seule date connue : pas de rythme observé"
UNDATED = progress.UNDATED
LIMIT = "l’objectif exclut cette valeur même"


def check(goal, measure, direction, history, expected):
    """``expected``: distance, share, pace observed, pace required, verdict, reason."""
    found = compute_progress(goal, measure, direction, history, year=2017)
    for part, number in zip(dataclasses.astuple(found)[:6], expected, strict=True):
        assert part == (pytest.approx(number) if isinstance(number, float) else number)
    return found


@pytest.mark.parametrize(
    ("goal", "measure", "history", "expected"),
    [
        # 30 to go in 3 years; from 40 to 60 in 2 years, whatever lies between: 10 a year.
        (target(90, DUE), "stock", [row(60, END), row(55, BEFORE), row(40, LONG_BEFORE)],
         (30, 100 * 60 / 90, 10, 10, progress.ON_COURSE, "")),
        (target(93, DUE), "stock", [row(60, END), row(50, BEFORE)],
         (33, 100 * 60 / 93, 10, 11, progress.TOO_SLOW, "")),
        # A starting point that is stated: 5 of 20, and 5 in the year since.
        (target(75, DUE, "exact", 55, BEFORE), "stock", [row(60, END)],
         (15, 25.0, 5, 5, progress.ON_COURSE, "")),
        (target(75, DUE, "exact", 55), "stock", [row(60, END)],
         (15, 25.0, None, 5, progress.UNKNOWN_PACE, ALONE)),
        # It is the target, or lies beyond it: there is no way of which to say a share.
        (target(75, None, "exact", 75), "stock", [row(60, END)],
         (15, None, None, None, progress.NOT_REACHED, UNDATED)),
        (target(75, None, "exact", 80), "stock", [row(60, END)],
         (15, None, None, None, progress.NOT_REACHED, UNDATED)),
        # One date only: what has none, and what has no number, gives no pace.
        (target(90, DUE), "stock", [row(60, END), row(50), row(None, BEFORE)],
         (30, 100 * 60 / 90, None, 10, progress.UNKNOWN_PACE, ALONE)),
        # Two values of one day: no year lies between them.
        (target(90, DUE), "stock", [row(60, END), row(50, END)],
         (30, 100 * 60 / 90, None, 10, progress.UNKNOWN_PACE, ALONE)),
        # A flow alone accumulates: 5 in half a year is 10 a year.
        (target(35, DUE), "flux", [row(5, END, date(2017, 7, 1))],
         (30, 100 * 5 / 35, 10, 10, progress.ON_COURSE, "")),
        (target(35, DUE), "flux", [row(5, END)],
         (30, 100 * 5 / 35, None, 10, progress.UNKNOWN_PACE, "durée de la valeur non précisée")),
        # Counted since one start: 30 in two years, not 20 more than the year before.
        (target(75, DUE), "flux", [row(30, END, date(2016, 1, 1)), row(10, *YEAR_2016)],
         (45, 40.0, 15, 15, progress.ON_COURSE, "")),
        # Counted anew each year: 15 after 12 is 3 more a year, not 15.
        (target(27, DUE), "flux", [row(15, *YEAR_2017), row(12, *YEAR_2016)],
         (12, 100 * 15 / 27, 3, 4, progress.TOO_SLOW, "")),
        # Reached, to the point, and beyond; a pace is no longer asked for.
        (target(6, DUE), "flux", [row(6, *YEAR_2017)], (0, 100, 6, None, progress.REACHED, "")),
        (target(6, DUE), "stock", [row(9, END)], (-3, 150, None, None, progress.REACHED, "")),
        (target(0.3, None), "stock", [row(0.1 + 0.2, END)],
         (0.0, 100.0, None, None, progress.REACHED, "")),
        # Zero is wanted, or less than zero: nothing to take a share of.
        (target(0, DUE), "stock", [row(-6, END)],
         (6, None, None, 2, progress.UNKNOWN_PACE, ALONE)),
        (target(0), "stock", [row(0, END)], (0, None, None, None, progress.REACHED, "")),
        (target(-5), "stock", [row(-10, END)],
         (5, None, None, None, progress.NOT_REACHED, UNDATED)),
        (target(5), "stock", [row(-10, END)],
         (15, None, None, None, progress.NOT_REACHED, UNDATED)),
        # From −10 to 5, two fifths of the way are made at −4.
        (target(5, None, "exact", -10), "stock", [row(-4, END)],
         (9, 40.0, None, None, progress.NOT_REACHED, UNDATED)),
        # Due on the value's own day: no year is left, and nothing is divided by it.
        (target(8, END), "flux", [row(4, *YEAR_2017)], (4, 50, 4, None, progress.OVERDUE, "")),
        # A value of after the due day: what was so on that day is not known.
        (target(8, BEFORE), "flux", [row(4, *YEAR_2017)],
         (4, 50, 4, None, progress.LATE, "d’après une valeur postérieure à l’échéance")),
        (target(8, BEFORE), "stock", [row(9, END)],
         (-1, 112.5, None, None, progress.REACHED, "d’après une valeur postérieure à l’échéance")),
        # The due day has gone by, and no value is known of it.
        (target(8, BEFORE), "stock", [row(4, LONG_BEFORE)],
         (4, 50, None, None, progress.NO_VALUE_AT_DUE,
          "dernière valeur connue antérieure à l’échéance")),
        (target(8), "flux", [row(4, *YEAR_2017)], (4, 50, 4, None, progress.NOT_REACHED, UNDATED)),
        (target(8, DUE), "stock", [row(4), row(3, END), row(2, BEFORE)],
         (4, 50, None, None, progress.NOT_REACHED, "date de la valeur non précisée")),
        (target(8, DUE), "stock", [row(None, END)],
         (None, None, None, None, progress.NO_VALUE, "aucune valeur connue")),
        # « Plus de 6 » is not met by 6, of which it would be « 100 % ».
        (target(6, DUE, "plus de"), "stock", [row(6, END)],
         (0, None, None, None, progress.NOT_REACHED, LIMIT)),
        # Known as a bound: the answer, or the pace, may lie on either side.
        (target(60, DUE), "stock", [row(50, END, qualifier="plus de")],
         (10, 100 * 50 / 60, None, None, progress.UNCERTAIN,
          "valeur connue comme une borne")),
        (target(90, DUE), "stock", [row(60, END, qualifier="moins de"), row(50, BEFORE)],
         (30, 100 * 60 / 90, None, 10, progress.UNKNOWN_PACE, "valeurs connues comme des bornes")),
        (target(93, DUE), "stock", [row(60, END, qualifier="moins de"), row(50, BEFORE)],
         (33, 100 * 60 / 93, None, 11, progress.TOO_SLOW, "")),
        (target(60), "stock", [row(62, END, qualifier="environ")],
         (-2, 100 * 62 / 60, None, None, progress.REACHED, "d’après une valeur approchée")),
    ],
)  # fmt: skip
def test_floors_worked_by_hand(goal, measure, history, expected):
    found = check(goal, measure, "hausse", history, expected)
    assert found.aim == progress.FLOOR


@pytest.mark.parametrize(
    ("goal", "measure", "history", "expected", "baseline"),
    [
        # 160 where at most 140 are wanted: 20 too many, and no share (« 114 % ») of anything.
        (target(140, None, "au plus"), "stock", [row(160, END)],
         (-20, None, None, None, progress.EXCEEDED, UNDATED), None),
        # From 180, the earliest known, half of the reduction is made.
        (target(140, None, "au plus"), "stock",
         [row(160, END), row(150, BEFORE), row(180, LONG_BEFORE)],
         (-20, 50, -10, None, progress.EXCEEDED, UNDATED), 180),
        # A starting point that is stated goes before what is known.
        (target(140, None, "au plus", 220), "stock", [row(160, END), row(180, LONG_BEFORE)],
         (-20, 75, -10, None, progress.EXCEEDED, UNDATED), 220),
        # It rose instead of falling; it began at the target, or under it.
        (target(140, None, "au plus"), "stock", [row(160, END), row(150, BEFORE)],
         (-20, None, 10, None, progress.EXCEEDED, UNDATED), 150),
        (target(140, None, "au plus"), "stock", [row(160, END), row(140, BEFORE)],
         (-20, None, 20, None, progress.EXCEEDED, UNDATED), 140),
        (target(140, None, "au plus"), "stock", [row(160, END), row(130, BEFORE)],
         (-20, None, 30, None, progress.EXCEEDED, UNDATED), 130),
        # Kept, to the point or with room: no share.
        (target(140, DUE, "au plus"), "stock", [row(140, END)],
         (0, None, None, None, progress.RESPECTED, ""), None),
        (target(140, DUE, "au plus"), "stock", [row(120, END), row(180, BEFORE)],
         (20, None, -60, None, progress.RESPECTED, ""), 180),
        (target(140, None, "moins de"), "stock", [row(140, END), row(180, BEFORE)],
         (0, None, -40, None, progress.NOT_KEPT, LIMIT), 180),
        # None is wanted: from 8 to 6, a quarter of the way.
        (target(0, None, "au plus"), "stock", [row(6, END), row(8, BEFORE)],
         (-6, 25, -2, None, progress.EXCEEDED, UNDATED), 8),
        (target(0, None, "au plus"), "taux", [row(0, END)],
         (0, None, None, None, progress.RESPECTED, ""), None),
        # To fall by 30 in 3 years, and falling by 10, by 11, by 9.
        (target(30, DUE, "au plus"), "stock", [row(60, END), row(70, BEFORE)],
         (-30, 25, -10, -10, progress.ON_COURSE, ""), 70),
        (target(30, DUE), "stock", [row(60, END), row(71, BEFORE)],
         (-30, 100 * 11 / 41, -11, -10, progress.ON_COURSE, ""), 71),
        (target(30, DUE), "stock", [row(60, END), row(69, BEFORE)],
         (-30, 100 * 9 / 39, -9, -10, progress.TOO_SLOW, ""), 69),
        (target(30, DUE), "stock", [row(60, END, qualifier="plus de"), row(70, BEFORE)],
         (-30, 25, None, -10, progress.UNKNOWN_PACE, "valeurs connues comme des bornes"), 70),
        # A flow under a ceiling compares with equal lengths of time alone.
        (target(4, DUE, "moins de"), "flux", [row(7, *YEAR_2017), row(8, *YEAR_2016)],
         (-3, 25, -1, -1, progress.ON_COURSE, ""), 8),
        (target(4, DUE, "moins de"), "flux",
         [row(7, *YEAR_2017), row(5, date(2016, 6, 30), date(2016, 1, 1))],
         (-3, None, None, -1, progress.UNKNOWN_PACE,
          "une seule période connue : pas de rythme vers le plafond"), None),
        # Ten months under a year's ceiling do not say that the year kept it; over it they do.
        (target(8, None, "au plus"), "flux", [row(7, date(2017, 10, 31), date(2017, 1, 1))],
         (1, None, None, None, progress.NOT_YET_EXCEEDED,
          "la valeur ne couvre pas une année entière"), None),
        (target(8, None, "au plus"), "flux", [row(8, *YEAR_2017)],
         (0, None, None, None, progress.RESPECTED, ""), None),
        (target(8, END, "au plus"), "flux", [row(8, *YEAR_2017)],
         (0, None, None, None, progress.RESPECTED, ""), None),
        # What accumulates until the due day may still exceed; what is counted anew has kept it.
        (target(8, DUE, "au plus"), "flux", [row(6, END, date(2016, 1, 1))],
         (2, None, None, None, progress.NOT_YET_EXCEEDED,
          "le compte peut se poursuivre jusqu’à l’échéance"), None),
        (target(8, DUE, "au plus"), "flux", [row(6, *YEAR_2017), row(9, *YEAR_2016)],
         (2, None, -3, None, progress.RESPECTED, ""), 9),
        (target(8, None, "au plus"), "flux", [row(9, date(2017, 10, 31), date(2017, 1, 1))],
         (-1, None, None, None, progress.EXCEEDED, UNDATED), None),
    ],
)  # fmt: skip
def test_ceilings_worked_by_hand(goal, measure, history, expected, baseline):
    direction = "baisse" if goal["qualifier"] == "exact" else "hausse"
    found = check(goal, measure, direction, history, expected)
    assert (found.aim, found.baseline) == (progress.CEILING, baseline)


@pytest.mark.parametrize(
    ("goal", "history", "expected"),
    [
        (target(140), [row(140, END)], (0, None, None, None, progress.REACHED, "")),
        (target(140), [row(150, END)], (-10, None, None, None, progress.NOT_REACHED, UNDATED)),
        (target(140), [row(130, END)], (10, None, None, None, progress.NOT_REACHED, UNDATED)),
        # Down by 20 of the 30 that a stated starting point is away, in one year.
        (target(140, DUE, "exact", 170, BEFORE), [row(150, END)],
         (-10, 100 * 20 / 30, -20, -10 / 3, progress.ON_COURSE, "")),
        (target(140), [row(130, END, qualifier="plus de")],
         (10, None, None, None, progress.UNCERTAIN,
          "valeur connue comme une borne")),
    ],
)  # fmt: skip
def test_points_worked_by_hand(goal, history, expected):
    """Neither more nor less is wanted."""
    assert check(goal, "stock", "neutre", history, expected).aim == progress.POINT


@pytest.mark.parametrize(
    ("known", "wanted", "floor", "ceiling"),
    [
        # Against « au moins 60 » or « au plus 60 », then « plus de 60 » or « moins de 60 ».
        ("exact 60", "", True, True),
        ("exact 60", "strict", False, False),
        ("exact 59", "", False, True),
        ("exact 61", "strict", True, False),
        ("plus de 50", "", None, None),
        ("plus de 60", "", True, False),
        ("plus de 60", "strict", True, False),
        ("au moins 60", "", True, None),
        ("au moins 60", "strict", None, False),
        ("plus de 70", "", True, False),
        ("moins de 70", "", None, None),
        ("moins de 60", "", False, True),
        ("au plus 60", "", None, True),
        ("au plus 60", "strict", False, None),
        ("moins de 50", "strict", False, True),
        ("environ 60", "", None, None),
        ("près de 61", "", True, False),
    ],
)
def test_a_bound_answers_only_what_it_knows(known, wanted, floor, ceiling):
    qualifier, number = known.rsplit(" ", 1)
    for aim, expected in ((progress.FLOOR, floor), (progress.CEILING, ceiling)):
        assert is_met(float(number), qualifier, 60, wanted == "strict", aim) is expected


@pytest.mark.parametrize(
    ("qualifier", "number", "expected"),
    [
        ("exact", 60, True), ("exact", 61, False), ("environ", 60, None), ("environ", 70, False),
        ("plus de", 50, None), ("plus de", 60, False), ("au moins", 60, None),
        ("plus de", 70, False), ("moins de", 70, None), ("moins de", 60, False),
        ("au plus", 60, None), ("moins de", 50, False),
    ],
)  # fmt: skip
def test_a_point_is_met_by_itself_alone(qualifier, number, expected):
    assert is_met(number, qualifier, 60, False, progress.POINT) is expected


def test_the_targets_words_go_before_the_wanted_direction():
    assert find_aim("au plus", "hausse") == find_aim("exact", "baisse") == progress.CEILING
    assert find_aim("au moins", "baisse") == find_aim("environ", "hausse") == progress.FLOOR
    assert find_aim("exact", "neutre") == progress.POINT


def test_what_is_foreseen_attains_nothing():
    foreseen = row(9, END) | {"status": "prévisionnel"}
    found = compute_progress(target(8, DUE), "stock", "hausse", [foreseen, row(7, BEFORE)])
    assert (found.verdict, found.reason) == (progress.UNCERTAIN, "valeur prévue, non constatée")
    assert found.attained_pct is found.observed_pace_per_year is None
    past = row(5, LONG_BEFORE) | {"status": "prévisionnel"}
    found = compute_progress(target(8, DUE), "stock", "hausse", [row(7, END), row(6, BEFORE), past])
    assert found.observed_pace_per_year == 1, "from the year before"


@pytest.mark.parametrize(
    ("goal", "measure", "history", "years", "expected", "verdict"),
    [
        # 60 000 in the seven years 2011 to 2017 are 8 571.43 a year: 85 714 three years later.
        (target(100_000, DUE), "flux", [row(60_000, END, date(2011, 1, 1))],
         3, 60_000 + 3 * 60_000 / 7, progress.TOO_SLOW),
        # A state that loses 10 a year is at 30 in three years, at none in six, and never under.
        (target(20, DUE, "au plus"), "stock", [row(60, END), row(70, BEFORE)],
         3, 30, progress.TOO_SLOW),
        (target(0, DUE, "au plus"), "stock", [row(20, END), row(30, BEFORE)],
         3, 0, progress.ON_COURSE),
        (target(20, DUE, "au plus"), "stock", [row(60, END), row(50, BEFORE)],
         3, 90, progress.AWAY),
        # In how many years, not since when: four a year make twenty in five, which judges nothing.
        (target(34, years=5), "flux", [row(4, *YEAR_2017)], None, 20, progress.NOT_REACHED),
        (target(20, years=5), "flux", [row(4, *YEAR_2017)], None, 20, progress.NOT_REACHED),
        (target(34, years=5, baseline=10), "flux", [row(14, *YEAR_2017)],
         None, 10 + 5 * 14, progress.NOT_REACHED),
        # It says since when too: five years after the end of 2015 is the end of 2020.
        (target(40, years=5, since=LONG_BEFORE, baseline=0), "stock", [row(16, END)],
         3, 16 + 3 * 8, progress.ON_COURSE),
        # Met, without a date, or one date alone: nothing is foretold.
        (target(50, DUE), "stock", [row(60, END), row(50, BEFORE)], 3, None, progress.REACHED),
        (target(90), "stock", [row(60, END), row(50, BEFORE)], None, None, progress.NOT_REACHED),
        (target(90, DUE), "stock", [row(60, END)], 3, None, progress.UNKNOWN_PACE),
        # Of a bound, no pace was observed.
        (target(90, DUE), "stock", [row(60, END, qualifier="moins de"), row(50, BEFORE)],
         3, None, progress.UNKNOWN_PACE),
    ],
)  # fmt: skip
def test_where_the_present_pace_leads(goal, measure, history, years, expected, verdict):
    found = compute_progress(goal, measure, "hausse", history, year=2017)
    assert (found.years_left, found.verdict) == (years and pytest.approx(years), verdict)
    assert found.expected_value == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("kind", "value", "verdict", "reason"),
    [
        (DUTY, 6, "obligation non remplie", ""), (DUTY, 11, "obligation remplie", ""),
        (PROGRAMME, 6, "programme inachevé", UNDATED), (PROGRAMME, 11, "programme achevé", ""),
        (AID, 6, "aide pas entièrement utilisée", UNDATED), (AID, 11, "aide utilisée", ""),
        (OBJECTIVE, 6, progress.NOT_REACHED, UNDATED),
    ],
)  # fmt: skip
def test_a_kind_of_target_has_words_of_its_own(kind, value, verdict, reason):
    """And is to be filled, where nobody wants the indicator up or down."""
    direction = "hausse" if kind == OBJECTIVE else "neutre"
    found = compute_progress(target(11, kind=kind), "stock", direction, [row(value, END)])
    assert (found.verdict, found.reason, found.aim) == (verdict, reason, progress.FLOOR)
    assert (found.verdict in progress.MET) == (value == 11)


def test_an_aid_that_is_not_even_planned_whole_is_left_to_use():
    planned = row(108_000, *YEAR_2017) | {"status": "prévisionnel"}
    found = compute_progress(target(500_000, kind=AID), "flux", "neutre", [planned], year=2017)
    assert (found.verdict, found.distance) == ("aide pas entièrement utilisée", 392_000)
    whole = compute_progress(target(108_000, kind=AID), "flux", "neutre", [planned], year=2017)
    assert whole.verdict == progress.UNCERTAIN, "planned is not used"


NEW_YEAR = date(2018, 1, 1)


@pytest.mark.parametrize(
    ("status", "start", "end", "said", "due", "verdict"),
    [
        ("fait", NEW_YEAR, NEW_YEAR, "", None, DONE),
        ("prévu", NEW_YEAR, NEW_YEAR, "", None, progress.TO_COME),
        ("prévu", END, END, "", None, progress.NO_NEWS),
        ("prévu", END, END, "reportée", None, progress.STEP_LATE),
        ("prévu", END, END, "reportée", DUE, progress.TO_COME),
        ("prévu", None, None, "faite", None, DONE),
        ("prévu", None, None, "abandonnée", None, progress.GIVEN_UP),
        ("programmée", None, None, "reprise sans confirmation", None, progress.NOT_YET),
        # Begun in 2016, to end with 2018; to begin in 2016, without an end.
        ("en cours", BEFORE, date(2018, 12, 31), "", None, RUNNING),
        ("en cours", BEFORE, None, "", None, RUNNING),
        ("prévu", BEFORE, None, "", None, progress.NO_NEWS),
        # Due in 2016, found under way in 2017: not in time. An edition that only repeats it, or the
        # year itself, does not know.
        ("en cours", None, None, "", BEFORE, progress.STEP_LATE),
        ("en cours", None, None, "reprise sans confirmation", BEFORE, progress.NO_NEWS),
        ("en cours", None, None, "", END, progress.NO_NEWS),
    ],
)  # fmt: skip
def test_a_step_at_the_end_of_2017(status, start, end, said, due, verdict):
    for names in (("date_start", "date_end"), ("due_start", "due_end")):
        step = dict(zip(names, (start, end), strict=True)) | {"status": status, "followup": said}
        assert judge_step(step, target(None, due, kind=PROGRAMME), 2017) == verdict
        if verdict == progress.STEP_LATE:
            unmet = judge_step(step, target(None, due, kind=DUTY), 2017)
            assert unmet == "obligation non remplie"


def test_a_verdict_matters_in_one_way():
    verdicts = [*itertools.chain(*progress.GRAVITY)]
    assert len(verdicts) == len(set(verdicts))


def test_without_value_the_reason_is_said():
    found = compute_progress(target(8), "stock", "hausse", [], "aucune valeur en 2017")
    assert (found.verdict, found.reason) == (progress.NO_VALUE, "aucune valeur en 2017")


def test_progress_table(edition):
    trees = edition.progress.set_index("indicator").loc["arbres-plantes"]
    assert trees["distance"] == 4000
    assert trees["attained_pct"] == pytest.approx(60)
    assert trees["observed_pace_per_year"] == pytest.approx(1200)
    assert trees["required_pace_per_year"] == pytest.approx(1000)
    assert trees["verdict"] == progress.ON_COURSE


# --- in words ------------------------------------------------------------------------------------


def plain(text):
    return re.sub(r"\s", " ", text)


@pytest.mark.parametrize(
    ("unit", "number", "said"),
    [
        # Three digits from ten on, two below; a share moves in points.
        ("arbre", 8571.43, "8 570 arbres par an"),
        ("arbre", 13_333.3, "13 300 arbres par an"),
        ("arbre", 12.54, "12,5 arbres par an"),
        ("arbre", 10.0, "10 arbres par an"),
        ("arbre", 1.94, "1,9 arbre par an"),
        ("arbre", 0.254, "0,25 arbre par an"),
        ("arbre", 0.033, "0,033 arbre par an"),
        ("arbre", 0.0, "0 arbre par an"),
        ("arbre", -3.25, "− 3,3 arbres par an"),
        ("pourcent", 5.0, "5,0 points par an"),
        ("pourcent", -1.125, "− 1,1 point par an"),
        ("eur", 1_234_567.0, "1,23 M€ par an"),
        ("eur", 4321.0, "4 320 € par an"),
    ],
)
def test_a_pace_in_words(edition, unit, number, said):
    row = {"unit": unit, "observed_pace_per_year": number, "required_pace_per_year": None}
    assert plain(list_paces(edition, row)["observé"]) == said


def test_two_paces_are_rounded_alike(edition):
    """By the smaller: 8 570 beside 13 300 would be read as more precise."""
    row = {"unit": "arbre", "observed_pace_per_year": 8571.43, "required_pace_per_year": 13_333.3}
    said = {name: plain(pace) for name, pace in list_paces(edition, row).items()}
    assert said == {"observé": "8 570 arbres par an", "nécessaire": "13 330 arbres par an"}


def tell(indicator, unit, goal, measure, direction, history):
    """The row of ``progress`` of a target, as it is told."""
    found = compute_progress(goal, measure, direction, history, year=2017)
    return {
        "indicator": indicator, "entry": "", "title": "Agents", "unit": unit,
        "kind": goal["kind"] or OBJECTIVE, "target_value": goal["value"],
        "duration_years": goal["duration_years"],
        "target_qualifier": goal["qualifier"], "target_date": goal["date"],
        "value": history[0]["value"], "qualifier": history[0]["qualifier"],
        **dataclasses.asdict(found),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("goal", "direction", "history", "share", "verdict"),
    [
        (target(200), "hausse", [row(120, END)],
         "60 % de l’objectif", "non atteint, il manque 80 agents (sans échéance connue)"),
        (target(180), "hausse", [row(120, END)],
         "66,7 % de l’objectif", "non atteint, il manque 60 agents (sans échéance connue)"),
        (target(10_000), "hausse", [row(9999, END)],
         "près de 100 % de l’objectif",
         "non atteint, il manque 1 agent (sans échéance connue)"),
        (target(100), "hausse", [row(114, END)],
         "114 % de l’objectif", "atteint, 14 agents de plus"),
        (target(100), "hausse", [row(100, END)], "100 % de l’objectif", "atteint"),
        (target(140, None, "au plus"), "hausse", [row(160, END)],
         "", "dépassé, 20 agents de trop (sans échéance connue)"),
        (target(140, None, "au plus"), "hausse", [row(160, END), row(180, LONG_BEFORE)],
         "50 % de la baisse (depuis 180 agents, fin 2015)",
         "dépassé, 20 agents de trop (sans échéance connue)"),
        (target(140, None, "au plus", 180), "hausse", [row(160, END)],
         "50 % de la baisse (depuis 180 agents)",
         "dépassé, 20 agents de trop (sans échéance connue)"),
        (target(200, None, "au moins", 100), "hausse", [row(125, END)],
         "25 % de la hausse (depuis 100 agents)",
         "non atteint, il manque 75 agents (sans échéance connue)"),
        (target(140, None, "au plus"), "hausse", [row(130, END)],
         "", "respecté, 10 agents de moins"),
        (target(140, None, "moins de"), "hausse", [row(140, END)],
         "", "non respecté (l’objectif exclut cette valeur même)"),
        (target(0, None, "au plus"), "hausse", [row(0, END)], "", "respecté"),
        (target(140), "neutre", [row(160, END)],
         "", "non atteint, 20 agents de plus que visé (sans échéance connue)"),
        (target(140), "neutre", [row(139, END)],
         "", "non atteint, 1 agent de moins que visé (sans échéance connue)"),
        # What qualifies the value qualifies what is said of it, the other way round for a lack.
        (target(200), "hausse", [row(120, END, qualifier="moins de")],
         "moins de 60 % de l’objectif",
         "non atteint, il manque plus de 80 agents (sans échéance connue)"),
        (target(140, None, "au plus"), "hausse", [row(160, END, qualifier="plus de")],
         "", "dépassé, plus de 20 agents de trop (sans échéance connue)"),
        (target(200, None, "environ"), "hausse", [row(120, END)],
         "environ 60 % de l’objectif",
         "non atteint, il manque environ 80 agents (sans échéance connue)"),
        (target(60), "hausse", [row(50, END, qualifier="plus de")],
         "plus de 83,3 % de l’objectif", "indéterminé (valeur connue comme une borne)"),
        (target(60), "hausse", [row(60, END, qualifier="environ")],
         "", "indéterminé (valeur approchée)"),
    ],
)  # fmt: skip
def test_a_target_in_words(edition, goal, direction, history, share, verdict):
    told = tell("agents", "agent", goal, "stock", direction, history)
    assert plain(describe_share(edition, told)) == share
    assert plain(describe_verdict(told, describe_gap(edition, told))) == verdict


def test_a_gap_that_rounding_would_hide_is_shown(edition):
    """5,96 % is shown as 6,0 %, and is not 6 %."""
    told = tell("part-femmes", "pourcent", target(6), "taux", "hausse", [row(5.96, END)])
    assert plain(describe_gap(edition, told)) == "il manque 0,04 point"


def test_both_paces_have_names(edition):
    history = [row(60, END), row(50, BEFORE)]
    told = tell("agents", "agent", target(93, DUE), "stock", "hausse", history)
    said = {name: plain(pace) for name, pace in list_paces(edition, told).items()}
    assert said == {"observé": "10 agents par an", "nécessaire": "11 agents par an"}


@pytest.mark.parametrize(
    ("goal", "measure", "history", "said"),
    [
        (target(11, kind=DUTY), "stock", [row(6, END)],
         "Agents : obligation non remplie. 160 agents fin 2030 ; la loi demande au moins 11 "
         "agents : il manque 5 agents."),
        (target(34, kind=PROGRAMME, years=5), "flux", [row(4, *YEAR_2017)],
         "Agents : programme inachevé. 160 agents fin 2030, pour un programme de 34 agents en "
         "5 ans, début non précisé. À 4 agents par an, on arriverait à 20 agents en 5 ans."),
        (target(100_000, DUE, "au moins"), "flux", [row(60_000, END, date(2011, 1, 1))],
         "Agents : rythme insuffisant. 160 agents fin 2030, pour un objectif d’au moins "
         "100 000 agents fin 2020. Le rythme moyen constaté, 8 570 agents par an, mène à environ "
         "85 700 agents fin 2020 ; il faudrait 13 330 agents par an."),
        (target(90, DUE), "stock", [row(60, END), row(50, BEFORE)],
         "Agents : en bonne voie. 160 agents fin 2030, pour un objectif de 90 agents fin 2020. "
         "Le rythme moyen constaté, 10 agents par an, y suffit : il faut 10 agents par an."),
        (target(90, DUE), "stock", [row(60, END)],
         "Agents : rythme observé inconnu. 160 agents fin 2030, pour un objectif de 90 agents "
         "fin 2020, une seule date connue : pas de rythme observé. Il faudrait 10 agents par an."),
        (target(46, kind=AID), "stock", [row(30, END)],
         "Agents : aide pas entièrement utilisée. 160 agents fin 2030, sur une aide de 46 "
         "agents : il reste 16 agents, sans échéance connue."),
        (target(0, kind=PROGRAMME, qualifier="au plus"), "stock", [row(2, END)],
         "Agents : programme inachevé. 160 agents fin 2030 ; le but est de descendre à zéro, "
         "sans échéance connue."),
    ],
)  # fmt: skip
def test_a_verdict_in_a_sentence(edition, goal, measure, history, said):
    """The value is the edition's own; what is said of it is worked out above."""
    told = tell("agents", "agent", goal, measure, "hausse", history)
    assert plain(strip_marks(write_verdict(edition, told))) == said


@pytest.mark.parametrize(
    ("kind", "verdict", "due", "line", "goal"),
    [
        (DUTY, progress.TO_COME, date(2018, 1, 1), "à venir. Échéance légale : 1er janvier 2018 "
         "(situation à la fin de 2030).",
         "obligation légale, échéance : 1er janvier 2018"),
        (DUTY, progress.RUNNING, None, "en cours. Obligation légale sans échéance connue.",
         "obligation légale, sans échéance connue"),
        (DUTY, progress.DONE, date(2018, 1, 1), "c’est fait. Obligation légale, 1er janvier 2018.",
         "obligation légale, échéance : 1er janvier 2018"),
        (PROGRAMME, progress.RUNNING, date(2022, 6, 1), "en cours. Fin du programme : 1er juin "
         "2022.", "programme, échéance : 1er juin 2022"),
    ],
)  # fmt: skip
def test_a_step_in_a_sentence(edition, kind, verdict, due, line, goal):
    told = {"indicator": "", "entry": "plan", "title": "Plan", "kind": kind, "verdict": verdict}
    told["target_date"] = due
    assert plain(strip_marks(write_verdict(edition, told))) == f"Plan : {line}"
    assert plain(describe_goal(edition, told)) == goal


@pytest.mark.parametrize(
    ("goal", "words"),
    [
        (target(11, kind=DUTY), "obligation légale : au moins 11 agents"),
        (target(11, kind=DUTY, qualifier="au plus"), "obligation légale : au plus 11 agents"),
        (target(0, kind=PROGRAMME, qualifier="au plus"), "programme : descendre à zéro"),
        (target(34, kind=PROGRAMME), "programme : 34 agents"),
    ],
)
def test_a_goal_in_a_table(edition, goal, words):
    told = tell("agents", "agent", goal, "stock", "hausse", [row(6, END)])
    assert plain(strip_marks(describe_goal(edition, told))) == words


def test_what_matters_most_comes_first(edition):
    verdicts = [row["verdict"] for row in list_verdicts(edition)]
    gravities = [progress.find_gravity(verdict) for verdict in verdicts]
    assert gravities == sorted(gravities)
    assert len(verdicts) == len(edition.progress)
