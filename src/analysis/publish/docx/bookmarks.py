"""Bookmarks under names that Word takes: letters, digits and « _ », where pandoc writes hyphens.

Staff can then refer to them from Word's own lists. Of this package wordml.
"""

from __future__ import annotations

import re

from lxml import etree

from analysis.publish.docx.wordml import every, get, name

_FIELD = re.compile(r"(\b(?:PAGE)?REF\s+)(\S+)")


def name_bookmark(label: str) -> str:
    """« sec-climat » → « sec_climat »."""
    return re.sub(r"\W", "_", label)


def rename_bookmarks(document: etree._Element) -> None:
    """Bookmarks, what leads to them, and ids that stand once."""
    starts = list(every(document, "w:bookmarkStart"))
    numbers = {get(start, "w:id"): str(number) for number, start in enumerate(starts, start=1)}
    for start in starts:
        start.set(name("w:name"), name_bookmark(get(start, "w:name")))
    for mark in [*starts, *every(document, "w:bookmarkEnd")]:
        mark.set(name("w:id"), numbers[get(mark, "w:id")])
    for link in every(document, "w:hyperlink"):
        if get(link, "w:anchor"):
            link.set(name("w:anchor"), name_bookmark(get(link, "w:anchor")))
    for code in every(document, "w:instrText"):
        code.text = _FIELD.sub(lambda found: found[1] + name_bookmark(found[2]), code.text or "")
