"""Rounding as the report prints numbers."""

from __future__ import annotations

import math


def count_steps(value: float, step: float) -> int:
    """The size of a number in rounding steps, halves away from zero, as a French reader (and a
    printed source) rounds, not to even."""
    return math.floor(abs(value) / step + 0.5 + 1e-9)


def round_to_step(value: float, step: float) -> float:
    """The number that is printed: 41.8 at step 1 is 42."""
    return math.copysign(count_steps(value, step) * step, value)
