"""The same picture on a dark ground: what its colours become, and a style sheet that says so inside
the SVG itself, so that a picture follows the reader's setting wherever it is shown on a screen.

A program that knows no media query (Typst, a printer) shows the colours as they were drawn.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from analysis.show.colours import (
    WHITE,
    contrast,
    lighten_until_readable,
    luminance,
    mix,
    read_channels,
)
from analysis.show.identity import Identity

#: In a style; in an attribute, for the ground of hatches.
_DECLARATION = re.compile(r"\b(?:fill|stroke)(?:: |=\")(#[0-9a-f]{6})\b")
_START = '<g id="figure_1">'
#: By how much a channel may miss a mixture that it is taken for: colours are whole numbers.
_ROUNDING = 1.6 / 255


def darken_colours(identity: Identity, found: Iterable[str]) -> dict[str, str]:
    """The counterpart of each colour of a picture drawn on paper.

    A colour of the identity has its own. Another is lightened as the pages lighten a chapter's;
    one that is a stronger one of the same picture, mixed with white, is mixed with the dark paper
    in the same proportion: pale stays pale, and the order of a scale is kept.
    """
    own = {name.lower(): identity.dark[key].lower() for key, name in identity.light.items()}
    paper, veil = identity.dark["paper"], identity.dark["veil"]
    counterparts: dict[str, str] = {}
    bases: list[str] = []
    for colour in sorted(dict.fromkeys(found), key=lambda colour: (luminance(colour), colour)):
        if colour in own:
            counterparts[colour] = own[colour]
            continue
        for base in bases:
            share = _find_white(colour, base)
            if share is not None:
                counterparts[colour] = mix(counterparts[base], paper, share)
                break
        else:
            counterparts[colour] = lighten_until_readable(colour, veil)
            if contrast(colour, WHITE) > 1.05:
                bases.append(colour)
    return counterparts


def _find_white(colour: str, base: str) -> float | None:
    """The share of white that makes ``base`` into ``colour``; none where no share does."""
    pairs = list(zip(read_channels(base), read_channels(colour), strict=True))
    strength = sum((1 - one) ** 2 for one, _ in pairs)
    share = 1 - sum((1 - one) * (1 - two) for one, two in pairs) / strength
    missed = max(abs(one + (1 - one) * share - two) for one, two in pairs)
    return share if 0 < share < 1 and missed <= _ROUNDING else None


def add_dark_ground(svg: str, identity: Identity) -> str:
    """``svg``, as matplotlib writes it, with a style sheet for a dark screen."""
    found = sorted(set(_DECLARATION.findall(svg)))
    rules = [
        f"{selector}{{{name}:{dark}!important}}"
        for colour, dark in sorted(darken_colours(identity, found).items())
        for name in ("fill", "stroke")
        for written, selector in (
            (f"{name}: {colour}", f'[style*="{name}: {colour}"]'),
            (f'{name}="{colour}"', f'[{name}="{colour}"]'),
        )
        if written in svg
    ]
    sheet = "\n".join(rules)
    style = f"<style>@media screen and (prefers-color-scheme: dark){{\n{sheet}\n}}</style>\n"
    return svg.replace(_START, style + _START, 1)
