"""How the numbers of one chart are rounded: alike, as finely as the eye can use.

Counts stay as they are; amounts and rates are cut to the digits of the largest of them. The table
under the chart keeps every number at its own precision.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from analysis.model.references import MONEY, Value

#: Digits that the largest number keeps.
DIGITS = 3
MILLION, THOUSANDS = 1_000_000, 100_000


def find_steps(values: Iterable[Value]) -> dict[str, float]:
    """The rounding step of each unit among ``values``; units that need none are left out.

    An amount under a million keeps hundreds of euros, so that the parts of a budget still add up.
    """
    largest: dict[str, float] = {}
    for value in values:
        if value.value and (value.unit == MONEY or value.measure == "taux"):
            largest[value.unit] = max(largest.get(value.unit, 0.0), abs(value.value))
    steps = {unit: 10.0 ** (math.floor(math.log10(most)) + 1 - DIGITS)
             for unit, most in largest.items()}  # fmt: skip
    if MONEY in steps and largest[MONEY] < MILLION:
        steps[MONEY] = 100.0 if largest[MONEY] >= THOUSANDS else 1.0
    return steps


def round_step(value: Value, steps: Mapping[str, float]) -> float:
    """The step at which ``value`` is shown: never finer than it is known."""
    return max(value.precision, steps.get(value.unit, 0.0))
