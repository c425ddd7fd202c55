"""Lists: bullets that belong to the styles, numbered lists as the engine made them.

Of this package wordml.
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy

from lxml import etree

from analysis.publish.docx.wordml import drop_property, element, find, get, name

NAME = "word/numbering.xml"
#: The lists of our styles: « List Bullet » and its deeper levels, « Puce d’encadré ».
BULLETS, BOX_BULLETS = 1, 2
_MARKS = "•–·"
_OWN = {
    BULLETS: ("ListBullet", "ListBullet2", "ListBullet3"),
    BOX_BULLETS: ("Pucedencadre",),
}


def _compose_bullets(number: int, styles: Iterable[str]) -> etree._Element:
    """A list whose levels belong to styles: their indents are the styles'."""
    return element(
        "w:abstractNum",
        element("w:nsid", val=f"{0x5D2A0000 + number:08X}"),
        element("w:multiLevelType", val="hybridMultilevel"),
        *(
            element(
                "w:lvl",
                element("w:start", val=1),
                element("w:numFmt", val="bullet"),
                element("w:pStyle", val=style),
                element("w:lvlText", val=_MARKS[level]),
                element("w:lvlJc", val="left"),
                ilvl=level,
            )
            for level, style in enumerate(styles)
        ),
        abstractNumId=number,
    )


class Numbering:
    """What the engine's numbering says of its lists."""

    def __init__(self, root: etree._Element | None) -> None:
        self._abstract: dict[str, etree._Element] = {}
        self._lists: dict[str, etree._Element] = {}
        if root is not None:
            self._abstract = {
                get(node, "w:abstractNumId"): node for node in root.iter(name("w:abstractNum"))
            }
            self._lists = {get(node, "w:numId"): node for node in root.iter(name("w:num"))}

    def kind(self, number: str, level: str) -> str:
        """« bullet », « decimal »…; « none » where a paragraph only continues an item."""
        known = self._lists.get(number)
        abstract = self._abstract.get(get(find(known, "w:abstractNumId")), None)
        for found in () if abstract is None else abstract.iter(name("w:lvl")):
            if get(found, "w:ilvl") == level:
                shown = get(find(found, "w:lvlText")).strip()
                return get(find(found, "w:numFmt")) if shown else "none"
        return "none"

    def compose(self, used: Iterable[str]) -> etree._Element:
        """« numbering.xml »: our styles' lists, and of the engine's those that are ``used``; the
        indents of these are taken from their paragraphs' style."""
        kept = sorted((number for number in used if number in self._lists), key=int)
        first = max(_OWN) + 1
        abstract = sorted({get(find(self._lists[n], "w:abstractNumId")) for n in kept}, key=int)
        made = {old: str(new) for new, old in enumerate(abstract, start=first)}
        root = element("w:numbering")
        root.extend(_compose_bullets(number, styles) for number, styles in _OWN.items())
        for old, new in made.items():
            copy = deepcopy(self._abstract[old])
            copy.set(name("w:abstractNumId"), new)
            for level in copy.iter(name("w:lvl")):
                drop_property(level, "w:pPr")
            root.append(copy)
        root.extend(
            element("w:num", element("w:abstractNumId", val=number), numId=number)
            for number in _OWN
        )
        for number in kept:
            copy = deepcopy(self._lists[number])
            pointer = find(copy, "w:abstractNumId")
            pointer.set(name("w:val"), made[get(pointer)])
            root.append(copy)
        return root
