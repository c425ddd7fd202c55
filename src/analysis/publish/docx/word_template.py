"""The parts of the DOCX that follow the visual identity, as templates in ``reports/style/docx``.

A file there is a part of the package under its own name (``word/styles.xml``) or a piece that
repeats (a header, a section), with ``$main``, ``$size_text`` or ``$title`` in attributes and texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from string import Template

from lxml import etree

from analysis.base.paths import REPORTS
from analysis.publish.docx.wordml import parse
from analysis.show.identity import read_identity

FOLDER = REPORTS / "style" / "docx"
#: Widths of an A4 page, of its text and between columns of text, in twentieths of a point.
PAGE_WIDTH, TEXT_WIDTH, GAP = 11906, 9072, 400
#: Colours of chapters that Word's theme has room for.
ACCENTS = 6
_SPACES = ("hair", "tiny", "small", "medium", "large", "wide", "broad")


def write_colour(colour: str) -> str:
    """« #1b4965 » as Word takes it: 1B4965."""
    return colour.lstrip("#").upper()


@lru_cache
def _list_values() -> dict[str, str | int]:
    """What every template may ask for: styles.xml says which."""
    identity = read_identity()
    values: dict[str, str | int] = {
        "page_width": PAGE_WIDTH,
        "text_width": TEXT_WIDTH,
        "margin": (PAGE_WIDTH - TEXT_WIDTH) // 2,
        "gap": GAP,
    }
    values |= {kind: font.family for kind, font in identity.fonts.items()}
    for colours in (identity.light, identity.evolution):
        values |= {name: write_colour(colour) for name, colour in colours.items()}
    for name, points in identity.type.items():
        values[f"size_{name.replace('-', '_')}"] = round(2 * points)
    for name, points in zip(_SPACES, identity.space, strict=False):
        values[f"space_{name}"] = round(20 * points)
        values[f"points_{name}"] = round(points)
    # A header of no chapter has the report's own colour.
    return values | {"colour": values["main"], "accent": "text2"}


def fill(part: str, **values: str | int) -> etree._Element:
    """A template with the identity's values and these; an attribute that comes out empty goes.
    Raises KeyError naming what the template asks for and nobody gives."""
    known = _list_values() | ({"colour": values["main"]} if "main" in values else {}) | values
    root = parse((FOLDER / part).read_bytes())
    for node in root.iter(etree.Element):
        for key, value in node.items():
            if "$" in value:
                node.set(key, Template(value).substitute(known))
                if not node.get(key):
                    del node.attrib[key]
        if node.text and "$" in node.text:
            node.text = Template(node.text).substitute(known)
    return root


def name_accents(colours: Iterable[str]) -> list[dict[str, str]]:
    """Colours of the chapters, in order, for the headers' templates: each with its name in the
    theme, those after the sixth with none."""
    return [
        {"colour": write_colour(colour), "accent": f"accent{place}" if place <= ACCENTS else ""}
        for place, colour in enumerate(colours, start=1)
    ]
