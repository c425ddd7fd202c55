"""Arithmetic of colours: contrast as WCAG 2 defines it, shades that keep it.

A colour is ``#RRGGBB``.
"""

from __future__ import annotations

from collections.abc import Callable

#: Contrasts asked for by WCAG 2: words, and marks that carry meaning.
TEXT_CONTRAST, MARK_CONTRAST = 4.5, 3.0
WHITE, BLACK = "#ffffff", "#000000"

Channels = tuple[float, float, float]


def read_channels(colour: str) -> Channels:
    """Red, green and blue, 0 to 1. Raises ValueError when ``colour`` is not #RRGGBB."""
    digits = colour.removeprefix("#")
    if len(digits) != 6:
        raise ValueError(f"« {colour} » n’est pas une couleur comme #1A7F37.")
    red, green, blue = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return red, green, blue


def write_colour(channels: Channels) -> str:
    """Channels from 0 to 1 → #rrggbb."""
    return "#" + "".join(f"{round(channel * 255):02x}" for channel in channels)


def mix(colour: str, other: str, share: float) -> str:
    """``colour`` with a ``share`` (0 to 1) of ``other``."""
    pairs = zip(read_channels(colour), read_channels(other), strict=True)
    red, green, blue = (one + (two - one) * share for one, two in pairs)
    return write_colour((red, green, blue))


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2, 0 (black) to 1 (white)."""
    channels = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in read_channels(colour)
    ]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of WCAG 2 between two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


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
