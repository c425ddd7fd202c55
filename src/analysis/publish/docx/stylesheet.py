"""« styles.xml »: all styles of the report, and those of the engine that a document still uses."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from analysis.publish.docx.styles import (
    compose_character_styles,
    compose_defaults,
    compose_paragraph_styles,
)
from analysis.publish.docx.tablestyles import compose_table_styles
from analysis.publish.docx.wordml import element, get, name
from analysis.show.identity import Identity

NAME = "word/styles.xml"
#: How many built-in styles Word 2016 and later know.
_KNOWN = 376


def compose_stylesheet(identity: Identity) -> etree._Element:
    """« styles.xml »."""
    latent = element(
        "w:latentStyles",
        defLockedState=0,
        defUIPriority=99,
        defSemiHidden=0,
        defUnhideWhenUsed=0,
        defQFormat=0,
        count=_KNOWN,
    )
    return element(
        "w:styles",
        compose_defaults(identity),
        latent,
        *compose_paragraph_styles(identity),
        *compose_character_styles(identity),
        *compose_table_styles(identity),
    )


def carry_styles(sheet: etree._Element, engine: etree._Element, used: Iterable[str]) -> None:
    """Add the engine's styles that are ``used`` and not ours, with those that they are based on."""
    ours = {get(style, "w:styleId") for style in sheet.iter(name("w:style"))}
    theirs = {get(style, "w:styleId"): style for style in engine.iter(name("w:style"))}
    waiting = sorted(set(used) - ours)
    while waiting:
        id = waiting.pop(0)
        style = theirs.get(id)
        if style is None or id in ours:
            continue
        ours.add(id)
        sheet.append(style)
        for tag in ("w:basedOn", "w:next", "w:link"):
            waiting += [get(found) for found in style.iter(name(tag))]
