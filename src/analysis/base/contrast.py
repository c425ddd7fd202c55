"""How well two colours read on each other, as WCAG 2 defines it. A colour is ``#RRGGBB``."""

from __future__ import annotations

import re

#: Contrasts asked for by WCAG 2: words, and marks that carry meaning.
TEXT_CONTRAST, MARK_CONTRAST = 4.5, 3.0
WHITE, BLACK = "#ffffff", "#000000"

Channels = tuple[float, float, float]


def read_channels(colour: str) -> Channels:
    """Red, green and blue, 0 to 1. Raises ValueError when ``colour`` is not #RRGGBB."""
    digits = colour.removeprefix("#")
    if not re.fullmatch("[0-9A-Fa-f]{6}", digits):
        raise ValueError(f"« {colour} » n’est pas une couleur comme #1A7F37.")
    red, green, blue = (int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4))
    return red, green, blue


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
