"""Arithmetic of colours: contrast as WCAG 2 defines it, shades that keep it.

A colour is ``#RRGGBB``.
"""

from __future__ import annotations

from collections.abc import Callable

from analysis.base.contrast import (
    BLACK as BLACK,
)
from analysis.base.contrast import (
    MARK_CONTRAST as MARK_CONTRAST,
)
from analysis.base.contrast import (
    TEXT_CONTRAST as TEXT_CONTRAST,
)
from analysis.base.contrast import (
    WHITE as WHITE,
)
from analysis.base.contrast import (
    Channels,
    contrast,
    read_channels,
)
from analysis.base.contrast import (
    luminance as luminance,
)


def write_colour(channels: Channels) -> str:
    """Channels from 0 to 1 → #rrggbb."""
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def mix(colour: str, other: str, share: float) -> str:
    """``colour`` with a ``share`` (0 to 1) of ``other``."""
    pairs = zip(read_channels(colour), read_channels(other), strict=True)
    red, green, blue = (one + (two - one) * share for one, two in pairs)
    return write_colour((red, green, blue))


def _step_until_readable(step: Callable[[float], str], against: str, ratio: float) -> str:
    for percent in range(101):
        shade = step(percent / 100)
        if contrast(shade, against) >= ratio:
            return shade
    return step(1)


def darken_until_readable(colour: str, against: str = WHITE, ratio: float = TEXT_CONTRAST) -> str:
    """``colour``, darkened by small steps until its contrast with ``against`` reaches ``ratio``."""
    return _step_until_readable(lambda share: mix(colour, BLACK, share), against, ratio)


def lighten_until_readable(colour: str, against: str) -> str:
    """``colour``, lightened until it can be read on ``against``, a dark ground."""
    return _step_until_readable(lambda share: mix(colour, WHITE, share), against, TEXT_CONTRAST)


def choose_ink(ground: str, dark: str, light: str = WHITE) -> str:
    """Which of two inks reads better on ``ground``."""
    return max((light, dark), key=lambda ink: contrast(ink, ground))


def lighten(colour: str, share: float) -> str:
    """``colour`` mixed with white; ``share`` 0 leaves it, 1 gives white."""
    return mix(colour, WHITE, share)


def shade(colour: str, count: int) -> list[str]:
    """``count`` shades of one hue, from ``colour`` to light: they differ by lightness alone, so
    that every form of colour blindness, and a grey print, tells them apart."""
    if count <= 1:
        return [lighten(colour, 0)]
    lightest = 0.55 if count == 2 else 0.72
    return [lighten(colour, lightest * index / (count - 1)) for index in range(count)]


def sequential(colour: str, count: int) -> list[str]:
    """``count`` colours from light to ``colour`` for ordered classes (a map's legend)."""
    return list(reversed(shade(colour, count)))
