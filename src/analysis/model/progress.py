"""Where a value stands against a target: met or not, by how much, share made, paces, outlook.

A target is a *floor* (at least so much), a *ceiling* (at most) or a *point* (so much): its own
qualifier says which, else the direction wanted of the indicator. The share made is counted from a
starting point: the one that targets.csv states, else zero for a floor and the earliest dated known
value for a ceiling, of which it is then the share of the reduction. A ceiling that is kept has no
share: what counts is by how much.

Paces are linear. The pace required is what is left divided by the years from the value's date to
the target's; where a source only says in how many years, the whole divided by them (when
they began nobody knows, so the pace observed is told and not judged). The pace
observed is, for a flow that accumulates, its value divided by the length of its period; for a
state, a rate, or a flow counted anew each period, the change from the earliest dated value that
compares with the latest, divided by the years between. What is expected at the due date is where
the pace observed leads.

Where a target says the smallest change that its source can see (``resolution``), no verdict rests
on less: neither on a value nearer to the target than that, nor on a pace that so small a change
would make enough or not.

A duty or a programme without a number is a step (a milestone, a short-term action): it is done, to
come, or its day has passed.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from analysis.model.milestones import DONE, RUNNING
from analysis.model.periods import MONTHS_PER_YEAR, Period, compare, years_between
from analysis.model.references import APPROXIMATE, FORESEEN, combine_qualifiers, find_side
from analysis.model.schema import AID, DUTY, PROGRAMME, UNCONFIRMED

FLOOR, CEILING, POINT = "plancher", "plafond", "valeur visée"

REACHED = "atteint"
RESPECTED = "respecté"
NOT_YET_EXCEEDED = "pas encore dépassé"
ON_COURSE = "en bonne voie"
TOO_SLOW = "rythme insuffisant"
AWAY = "s’éloigne de l’objectif"
NOT_REACHED = "non atteint"
EXCEEDED = "dépassé"
NOT_KEPT = "non respecté"
OVERDUE = "non atteint à l’échéance"
LATE = "échéance passée, non atteint"
NO_VALUE_AT_DUE = "échéance passée, sans valeur à cette date"
UNCERTAIN = "indéterminé"
CANNOT_TELL = "ne peut être dit"
UNKNOWN_PACE = "rythme observé inconnu"
NO_VALUE = "sans valeur"
UNDATED = "sans échéance connue"
UNDATED_START = "début non précisé"
#: Why nothing can be told.
UNSEEN = "l’écart est plus petit que ce que la source sait voir"
#: Tables of what may be a step.
STEPS = ("milestones", "planned")
#: Of a step: done, as a milestone is; begun; of a day to come; of none; of a day that has passed;
#: given up.
TO_COME = "à venir"
NOT_YET = "pas encore fait"
STEP_LATE = "échéance passée, pas fait"
NO_NEWS = "échéance passée, sans nouvelle"
GIVEN_UP = "abandonné"
#: What of a kind of target is said in its own words: met, then not.
_KINDS = {
    DUTY: ("obligation remplie", "obligation non remplie"),
    PROGRAMME: ("programme achevé", "programme inachevé"),
    AID: ("aide utilisée", "aide pas entièrement utilisée"),
}
_UNMET = (NOT_REACHED, EXCEEDED, NOT_KEPT)
#: Verdicts that say that what is wanted is so.
MET = (REACHED, RESPECTED, DONE, *(met for met, _ in _KINDS.values()))
#: Verdicts by how much they matter: what is wrong now, what is late, what will be; what is left to
#: use or to do; what is not known; what goes on as it should. The others are met.
GRAVITY = (
    ("obligation non remplie", EXCEEDED, NOT_KEPT),
    (LATE, OVERDUE, STEP_LATE, NO_NEWS, NO_VALUE_AT_DUE, AWAY),
    (TOO_SLOW,),
    ("aide pas entièrement utilisée", "programme inachevé", NOT_REACHED, NOT_YET, GIVEN_UP),
    (UNKNOWN_PACE, UNCERTAIN, CANNOT_TELL, NO_VALUE),
    (ON_COURSE, NOT_YET_EXCEEDED, RUNNING, TO_COME),
    MET,
)

_UPPER = ("au plus", "moins de")
_LOWER = ("au moins", "plus de")
_STRICT = ("plus de", "moins de")

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Progress:
    """Where a value stands against a target. Paces are in the indicator's unit per year.

    ``distance``: the target less the value. ``attained_pct``: the share made, from ``baseline`` (at
    ``baseline_date``) where there is one, else from zero. ``years_left``: from the value's date to
    the target's; ``expected_value``: where the pace observed leads by then, or in all the years
    that the source gives.
    """

    distance: float | None
    attained_pct: float | None
    observed_pace_per_year: float | None
    required_pace_per_year: float | None
    verdict: str
    reason: str
    aim: str = FLOOR
    baseline: float | None = None
    baseline_date: date | None = None
    years_left: float | None = None
    expected_value: float | None = None


def find_aim(qualifier: str, direction: str, kind: str = "") -> str:
    """Floor, ceiling or point: the target's own words first, else the wanted direction; a duty, a
    programme, an aid are to be filled."""
    if qualifier in _UPPER + _LOWER:
        return CEILING if qualifier in _UPPER else FLOOR
    return {"hausse": FLOOR, "baisse": CEILING}.get(direction, FLOOR if kind in _KINDS else POINT)


def find_gravity(verdict: str) -> int:
    """The place of a verdict in ``GRAVITY``."""
    return next(place for place, verdicts in enumerate(GRAVITY) if verdict in verdicts)


def order_targets(rows: Iterable[Row]) -> list[Row]:
    """Rows of ``progress``, or of its changes, what matters most first, then what is farthest from
    being met; at the end what is dropped, of which nothing is concluded."""

    def weigh(row: Row) -> tuple[int, float]:
        gravity = find_gravity(row["verdict"]) if row["verdict"] else len(GRAVITY)
        return gravity, row["attained_pct"] or 0.0

    return sorted(rows, key=weigh)


def judge_step(step: Row, target: Row, year: int) -> str:
    """The verdict on a milestone or a short-term action at the end of a year. What an edition finds
    under way after the year in which it was due is not done in time."""
    said, status = step["followup"], step["status"]
    if status == DONE or said in ("faite", "achevée"):
        return DONE
    if said == "abandonnée":
        return GIVEN_UP
    due = find_step_due(step, target["date"])
    if due is not None and due <= date(year, 12, 31):
        known_late = not said and status == RUNNING and due.year < year
        if not known_late and said in ("", UNCONFIRMED):
            return NO_NEWS
        return _KINDS[DUTY][1] if target["kind"] == DUTY else STEP_LATE
    if status == RUNNING:
        return RUNNING
    return TO_COME if due else NOT_YET


def find_step_due(step: Row, due: date | None = None) -> date | None:
    """The day by which a step is to be done: the target's own, else the step's last; its first,
    where that alone is known and it has not begun."""
    first, last = (step.get(f"date_{end}", step.get(f"due_{end}")) for end in ("start", "end"))
    return due or last or (first if step["status"] != RUNNING else None)


def is_met(value: float, qualifier: str, goal: float, strict: bool, aim: str) -> bool | None:
    """Whether a value meets a target; None where its qualifier leaves it open (« plus de 50 »
    against at least 60). ``strict``: the target's own number does not do (« moins de 140 »)."""
    equal = _are_equal(value, goal)
    lies = find_side(qualifier)  # of its number, where the value itself is
    if qualifier in APPROXIMATE and equal:
        return None
    excluded = qualifier in _STRICT
    if aim == POINT:
        possible = (equal and not excluded) or lies * (goal - value) > 0
        return (None if possible else False) if lies else equal
    sign = -1 if aim == CEILING else 1
    beyond = 0.0 if equal else sign * (value - goal)
    lies *= sign
    does = beyond > 0 or (beyond == 0 and not strict)
    if lies > 0:
        return True if does or (beyond == 0 and excluded) else None
    if lies < 0:
        return False if beyond < 0 or (beyond == 0 and (strict or excluded)) else None
    return does


def _are_equal(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)


def _qualifier(row: Row) -> str:
    return row.get("qualifier") or "exact"


def _is_apart(row: Row, latest: Row) -> bool:
    """Whether an earlier flow ended before the latest began: a count that goes on is no other."""
    return latest["period_start"] is not None and row["period_end"] < latest["period_start"]


def list_earlier(measure: str, history: Sequence[Row], target: Row) -> list[Row]:
    """The dated values, latest first, that ended before the latest and compare with it; then the
    starting point that the target states, if it is dated."""
    latest = history[0]
    if latest["period_end"] is None:
        return []
    earlier = [
        row
        for row in history[1:]
        if row["value"] is not None
        and row.get("status") != FORESEEN
        and row["period_end"]
        and row["period_end"] < latest["period_end"]
        and (measure != "flux" or _is_apart(row, latest))
        and compare(measure, Period.of_row(latest), Period.of_row(row)).comparable
    ]
    stated = target.get("baseline")
    day = target.get("baseline_date")
    if stated is not None and day and day < latest["period_end"]:
        earlier.append({"value": stated, "period_start": None, "period_end": day})
    return earlier


def _find_baseline(
    target: Row, aim: str, earlier: Sequence[Row]
) -> tuple[float | None, date | None]:
    """The value from which the share made is counted, and its date."""
    if target.get("baseline") is not None:
        return target["baseline"], target.get("baseline_date")
    if aim == CEILING and earlier:
        return earlier[-1]["value"], earlier[-1]["period_end"]
    return None, None


def _compute_share(value: float, goal: float, baseline: float | None, aim: str) -> float | None:
    """The share of the way from the baseline to the goal, in %; None where there is no such way, or
    none of it is made: the value went the other way."""
    if baseline is None and (aim != FLOOR or goal <= 0):
        return None
    start = baseline or 0.0
    way = goal - start
    wanted = {FLOOR: way > 0, CEILING: way < 0}.get(aim, way != 0)
    share = 100 * (value - start) / way if wanted and way else None
    return share if share is not None and share >= 0 else None


def compute_observed_pace(
    measure: str, history: Sequence[Row], earlier: Sequence[Row], aim: str = FLOOR
) -> tuple[float | None, str, str]:
    """Pace per year from the rows of an indicator, latest first, and its qualifier; or None, and
    the French reason why. ``earlier``: those that compare with the latest."""
    latest = history[0]
    if measure == "flux" and not earlier:
        if aim == CEILING:
            return None, "", "une seule période connue : pas de rythme vers le plafond"
        months = Period.of_row(latest).months
        if months is None:
            return None, "", "durée de la valeur non précisée"
        return latest["value"] * MONTHS_PER_YEAR / months, _qualifier(latest), ""
    if not earlier:
        return None, "", "une seule date connue : pas de rythme observé"
    first = earlier[-1]
    years = years_between(first["period_end"], latest["period_end"])
    qualifier = combine_qualifiers([(_qualifier(latest), 1), (_qualifier(first), -1)])
    if qualifier is None:
        return None, "", "valeurs connues comme des bornes"
    return (latest["value"] - first["value"]) / years, qualifier, ""


def compute_progress(
    target: Row,
    measure: str,
    direction: str,
    history: Sequence[Row],
    missing: str = "",
    year: int = 0,
) -> Progress:
    """Progress towards one target.

    Parameters
    ----------
    target : value, qualifier, date (or None), baseline and baseline_date where they are stated;
        kind, duration_years and resolution where they are.
    history : rows of ``values`` (value, qualifier, period_start, period_end), latest first; may be
        empty.
    missing : why there is no value, said back as the reason.
    year : the edition's; a target due before it that no value of its date meets has run out.
    """
    kind = target.get("kind", "")
    target = {**target, "date": _find_due(target)}
    aim = find_aim(target["qualifier"], direction, kind)
    if target["value"] is None or not history or history[0]["value"] is None:
        reason = missing or "aucune valeur connue"
        return Progress(None, None, None, None, NO_VALUE, reason, aim)
    latest, goal = history[0], target["value"]
    value, qualifier = latest["value"], _qualifier(latest)
    strict = target["qualifier"] in _STRICT
    earlier = list_earlier(measure, history, target)
    baseline, since = _find_baseline(target, aim, earlier)
    met = is_met(value, qualifier, goal, strict, aim)
    resolution = target.get("resolution") or 0.0
    if unseen := abs(goal - value) < resolution:
        met = None
    if latest.get("status") == FORESEEN and not (kind == AID and met is False):
        reason = "valeur prévue, non constatée"
        return Progress(goal - value, None, None, None, UNCERTAIN, reason, aim, baseline, since)
    pace, sure, reason = compute_observed_pace(measure, history, earlier, aim)
    required = _compute_required_pace(target, latest, met, year)
    years = _count_years_left(target, latest)
    if met:
        counted_once = measure == "flux" and not earlier
        verdict, reason = _judge_met(target, latest, aim, counted_once)
    elif unseen:
        verdict, reason = CANNOT_TELL, UNSEEN
    elif met is None:
        verdict = UNCERTAIN
        reason = "valeur approchée" if qualifier in APPROXIMATE else "valeur connue comme une borne"
    elif required is None or target["date"] is None:
        verdict, reason = _judge_unmet(target, latest, aim, year)
    else:
        blur = resolution / _count_years_seen(latest, earlier) if pace is not None else 0.0
        verdict, reason = _judge_pace(pace, sure, required, reason, blur)
    if find_side(sure) or verdict == CANNOT_TELL:
        pace = None  # of a bound, what is judged is said; no pace was observed
    share = _compute_share(value, goal, baseline, aim)
    if (met and aim != FLOOR) or (not met and _are_equal(value, goal)):
        share = (
            None  # a kept ceiling has no share; the very limit that is excluded is not « 100 % »
        )
    expected = None
    if required is not None and pace is not None:
        start = value if years else target.get("baseline") or 0.0
        expected = max(start + pace * (years or target["duration_years"]), min(value, 0.0))
    if kind in _KINDS and verdict in (REACHED, RESPECTED, *_UNMET):
        verdict = _KINDS[kind][verdict in _UNMET]
    return Progress(
        goal - value, share, pace, required, verdict, reason, aim, baseline, since, years, expected
    )


def _find_due(target: Row) -> date | None:
    """The target's day; from a stated start, the day its years have passed."""
    span, start = target.get("duration_years"), target.get("baseline_date")
    if target["date"] is not None or not span or start is None:
        return target["date"]
    return start.replace(year=start.year + int(span))


def _count_years_left(target: Row, latest: Row) -> float | None:
    day, known = target["date"], latest["period_end"]
    return years_between(known, day) if day and known and day > known else None


def _count_years_seen(latest: Row, earlier: Sequence[Row]) -> float:
    """The years that the pace observed is of."""
    if earlier:
        return years_between(earlier[-1]["period_end"], latest["period_end"])
    return (Period.of_row(latest).months or MONTHS_PER_YEAR) / MONTHS_PER_YEAR


def _has_run_out(target: Row, year: int) -> bool:
    return target["date"] is not None and target["date"].year < year


def _compute_required_pace(target: Row, latest: Row, met: bool | None, year: int) -> float | None:
    """What is left divided by the years that are left, the whole by those that the source gives;
    None where no year or nothing is left."""
    if met is not False or _are_equal(target["value"], latest["value"]):
        return None
    if target["date"] is None and (span := target.get("duration_years")):
        return (target["value"] - (target.get("baseline") or 0.0)) / span
    years = _count_years_left(target, latest)
    if years is None or _has_run_out(target, year):
        return None
    return (target["value"] - latest["value"]) / years


def _judge_met(target: Row, latest: Row, aim: str, counted_once: bool) -> tuple[str, str]:
    """Verdict and reservation where the target is met. A flow of which one period is known may be
    counted on until the target's date, and beyond a ceiling."""
    months, day = Period.of_row(latest).months, target["date"]
    if aim == CEILING and counted_once:
        if day is not None and (latest["period_end"] is None or latest["period_end"] < day):
            return NOT_YET_EXCEEDED, "le compte peut se poursuivre jusqu’à l’échéance"
        if months and months < MONTHS_PER_YEAR - 0.1:
            return NOT_YET_EXCEEDED, "la valeur ne couvre pas une année entière"
    reason = ""
    if _qualifier(latest) in APPROXIMATE:
        reason = "d’après une valeur approchée"
    elif target["date"] and latest["period_end"] and latest["period_end"] > target["date"]:
        reason = "d’après une valeur postérieure à l’échéance"
    return RESPECTED if aim == CEILING else REACHED, reason


def _judge_unmet(target: Row, latest: Row, aim: str, year: int) -> tuple[str, str]:
    """Verdict and reason where the target is not met and no pace could still lead there."""
    day, known = target["date"], latest["period_end"]
    if day is not None and known is not None:
        if day < known:
            return LATE, "d’après une valeur postérieure à l’échéance"
        if day == known:
            return OVERDUE, ""
        if _has_run_out(target, year):
            return NO_VALUE_AT_DUE, "dernière valeur connue antérieure à l’échéance"
    equal = _are_equal(target["value"], latest["value"])
    verdict = NOT_REACHED if aim != CEILING else NOT_KEPT if equal else EXCEEDED
    if equal:
        return verdict, "l’objectif exclut cette valeur même"
    if day is None:  # a duty is of every day
        if target.get("duration_years"):
            return verdict, UNDATED_START
        return verdict, "" if target.get("kind") == DUTY else UNDATED
    return verdict, "date de la valeur non précisée"


def _judge_pace(
    pace: float | None, qualifier: str, required: float, reason: str, blur: float = 0.0
) -> tuple[str, str]:
    """Whether the pace observed is the one required, as far as its qualifier lets one say so, and
    what its source can see (``blur``, per year)."""
    if pace is None:
        return UNKNOWN_PACE, reason
    sign = 1 if required > 0 else -1
    enough = pace * sign >= required * sign or _are_equal(pace, required)
    if find_side(qualifier) * sign * (1 if enough else -1) < 0:
        return UNKNOWN_PACE, "valeurs connues comme des bornes"
    if blur and abs(pace - required) < blur:
        return CANNOT_TELL, UNSEEN
    reason = "d’après des valeurs approchées" if qualifier in APPROXIMATE else ""
    return ON_COURSE if enough else AWAY if pace * sign + blur < 0 else TOO_SLOW, reason
