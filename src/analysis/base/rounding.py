"""Rounding as the report prints numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable


def count_steps(value: float, step: float) -> int:
    """The size of a number in rounding steps, halves away from zero, as a French reader (and a
    printed source) rounds, not to even."""
    return math.floor(abs(value) / step + 0.5 + 1e-9)


def round_to_step(value: float, step: float) -> float:
    """The number that is printed: 41.8 at step 1 is 42."""
    return math.copysign(count_steps(value, step) * step, value)


#: By how much rounding may move a typed number, as a share of it; beyond that its step is finer.
LARGEST_MOVE = 0.01
_FINEST = 1e-6


def refine_for(numbers: Iterable[float], step: float) -> float:
    """The step, or the power-of-ten fraction of it that rounds none of the numbers by more than a
    hundredth: 8,5 is no « 9 », 9,6 million no « 10 M€ »."""
    for number in numbers:
        while (
            abs(round_to_step(number, step) - number) > LARGEST_MOVE * abs(number)
            and step > _FINEST
        ):
            step /= 10
    return step


def round_bound(value: float, step: float, side: int) -> float:
    """A bound, rounded to the side on which it stays one: « plus de 124,55 » (``side`` 1) is no
    « plus de 125 », « moins de 34,62 » (−1) no « moins de 34,6 ». ``side`` 0: the value as it is,
    to be rounded as any."""
    if not side:
        return value
    steps = value / step
    noise = 1e-9 * max(1.0, abs(steps))
    return (math.floor(steps + noise) if side > 0 else math.ceil(steps - noise)) * step
