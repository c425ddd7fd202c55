"""Distance to a target, share attained, pace observed and pace required.

Linear. The pace required is what is left divided by the years from the value's date to the
target's; the pace observed is, for a flow, its value divided by the length of its period (a flow
with a target is read as accumulating towards it), for a stock, the change from its earliest dated
value to its latest divided by the years between.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.model.periods import MONTHS_PER_YEAR, Period, years_between

REACHED = "atteint"
ON_COURSE = "en bonne voie"
TOO_SLOW = "rythme insuffisant"
NOT_REACHED = "non atteint"
OVERDUE = "non atteint à l’échéance"
UNKNOWN_PACE = "rythme observé inconnu"
NO_VALUE = "sans valeur"

_UPPER = ("au plus", "moins de")
_LOWER = ("au moins", "plus de")


@dataclass(frozen=True)
class Progress:
    """Where a value stands against a target. Paces are in the indicator's unit per year."""

    distance: float | None
    attained_pct: float | None
    observed_pace_per_year: float | None
    required_pace_per_year: float | None
    verdict: str
    reason: str


def is_ceiling(qualifier: str, direction: str) -> bool:
    """Whether the target is not to be exceeded: its own words first, else the wanted direction."""
    if qualifier in _UPPER + _LOWER:
        return qualifier in _UPPER
    return direction == "baisse"


def compute_observed_pace(
    measure: str, history: Sequence[Mapping[str, Any]]
) -> tuple[float | None, str]:
    """Pace per year from the rows of an indicator, latest first; or None and the French reason."""
    latest = history[0]
    if measure == "flux":
        months = Period(latest["period_start"], latest["period_end"]).months
        if months is None:
            return None, "durée de la valeur non précisée"
        return latest["value"] * MONTHS_PER_YEAR / months, ""
    dated = [row for row in history if row["period_end"] and row["value"] is not None]
    if len(dated) < 2 or latest["period_end"] is None:
        return None, "une seule date connue : pas de rythme observé"
    first = dated[-1]
    years = years_between(first["period_end"], latest["period_end"])
    return (latest["value"] - first["value"]) / years, ""


def compute_progress(
    target: Mapping[str, Any],
    measure: str,
    direction: str,
    history: Sequence[Mapping[str, Any]],
    missing: str = "",
) -> Progress:
    """Progress towards one target.

    Parameters
    ----------
    target : value, qualifier, date (or None).
    history : rows of ``values`` (value, period_start, period_end), latest first; may be empty.
    missing : why there is no value, said back as the reason.
    """
    if not history or history[0]["value"] is None:
        return Progress(None, None, None, None, NO_VALUE, missing or "aucune valeur connue")
    value, goal = history[0]["value"], target["value"]
    ceiling = is_ceiling(target["qualifier"], direction)
    distance = goal - value
    attained = 100 * value / goal if goal else None
    pace, reason = compute_observed_pace(measure, history)
    if ceiling and measure == "flux":
        pace, reason = None, "plafond d’un flux : pas de rythme vers l’objectif"
    day, value_day = target["date"], history[0]["period_end"]
    reached = value <= goal if ceiling else value >= goal
    if reached:
        return Progress(distance, attained, pace, None, REACHED, reason)
    if day is None:
        return Progress(distance, attained, pace, None, NOT_REACHED, "objectif sans échéance")
    if value_day is None:
        reason = "date de la valeur non précisée"
        return Progress(distance, attained, pace, None, NOT_REACHED, reason)
    if day <= value_day:
        return Progress(distance, attained, pace, None, OVERDUE, reason)
    required = distance / years_between(value_day, day)
    if pace is None:
        verdict = UNKNOWN_PACE
    elif (pace <= required) if ceiling else (pace >= required):
        verdict = ON_COURSE
    else:
        verdict = TOO_SLOW
    return Progress(distance, attained, pace, required, verdict, reason)
