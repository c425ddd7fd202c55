"""The report's visual identity, read from ``reports/style/identity.yml``: the one place where
fonts, colours, sizes and spaces are chosen, for charts, pages, PDF, Word and forms alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from analysis.base.paths import FONTS, REPORTS
from analysis.show.colours import darken_until_readable, lighten_until_readable, read_channels

if TYPE_CHECKING:  # an unchanged report is told without pandas
    import pandas as pd

FILE = REPORTS / "style" / "identity.yml"
#: Entries of the file that hold colours by name.
COLOURS = ("chapters", "sdgs", "light", "dark", "evolution")


@dataclass(frozen=True)
class Font:
    """A family: its name, the stems of its files by style, what may stand for it."""

    family: str
    files: Mapping[str, str]
    fallback: tuple[str, ...]

    def file(self, style: str) -> Path:
        """The TrueType file of a style (« regular », « italic », « semibold »…)."""
        return FONTS / f"{self.files[style]}.ttf"


@dataclass(frozen=True)
class Identity:
    """Everything of the file, checked.

    ``light`` and ``dark``: colour by meaning on either ground; ``type`` and ``space``: points.
    """

    fonts: Mapping[str, Font]
    chapters: Mapping[str, str]
    other_chapters: tuple[str, ...]
    sdgs: Mapping[int, str]
    light: Mapping[str, str]
    dark: Mapping[str, str]
    evolution: Mapping[str, str]
    type: Mapping[str, float]
    space: tuple[float, ...]
    radius: float

    def colour_chapters(self, ids: Iterable[str]) -> dict[str, str]:
        """The colour of each chapter (ids in their order); those that are not named take the others
        in turn, so that a finality added in the data has a colour of its own."""
        others = cycle(self.other_chapters)
        return {id: self.chapters.get(id) or next(others) for id in ids}


def _check_colours(values: Mapping[object, str], where: str) -> None:
    for name, colour in values.items():
        try:
            read_channels(colour)
        except (ValueError, AttributeError) as error:
            raise ValueError(f"identity.yml, {where}, {name} : {error}") from None


@lru_cache
def read_identity(path: Path = FILE) -> Identity:
    """The identity, read once. Raises ValueError naming the entry that is no colour (French).
    Raises KeyError when an entry is missing."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    for name in COLOURS:
        _check_colours(content[name], name)
    _check_colours(dict(enumerate(content["other-chapters"], start=1)), "other-chapters")
    fonts = {
        name: Font(font["family"], font["files"], tuple(font["fallback"]))
        for name, font in content["fonts"].items()
    }
    return Identity(
        fonts=fonts,
        other_chapters=tuple(content["other-chapters"]),
        space=tuple(content["space"]),
        **{name: content[name] for name in (*COLOURS, "type", "radius")},
    )


def adapt_identity(own: Mapping) -> Identity:
    """The identity with what a territory's own says (``Edition.identity``) in its place; a colour
    is darkened, or lightened on a dark ground, until words in it read on the ground of boxes."""
    identity = read_identity()
    veil = identity.light["veil"]
    chapters = {
        id: darken_until_readable(colour, veil)
        for id, colour in (own.get("chapters") or {}).items()
    }
    identity = replace(identity, chapters={**identity.chapters, **chapters})
    if main := own.get("main"):
        light = {**identity.light, "main": darken_until_readable(main, veil)}
        dark = {**identity.dark, "main": lighten_until_readable(main, identity.dark["veil"])}
        identity = replace(identity, light=light, dark=dark)
    return identity


def colour_chapters(chapters: pd.DataFrame, own: Mapping | None = None) -> dict[str, str]:
    """The colour of each chapter of an edition (columns id, order), by its id, in order; ``own``:
    the territory's own identity."""
    return adapt_identity(own or {}).colour_chapters(chapters.sort_values("order")["id"])
