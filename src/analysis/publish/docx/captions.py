"""Captions, pictures and links: what is said of a figure before it is seen, of a link before it is
followed.

« Figure 3.2 » is the chapter's number, typed as in the headings, then a field that counts the
figures (so that Word can make a table of figures), begun anew at the first of each chapter:
computed again, it gives the same. (To count from the last heading of the first level, « \\s 1 », is
unknown to LibreOffice: it would show others.)
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from lxml import etree

from analysis.publish.docx.wordml import (
    NAMESPACES,
    every,
    field,
    find,
    get,
    name,
    run,
    style_of,
    text,
)

_NUMBERED = re.compile(r"^(?P<label>[^\W\d]+)(?P<lead>[\s\u00a0]+(?:[\dA-Z]+\.)?)(?P<number>\d+)")
_DECORATIVE = "http://schemas.microsoft.com/office/drawing/2017/decorative"
_EXTENSION = "{C183D7F6-B498-43B3-948B-1728B52AA6E4}"
#: Styles of words of a number that links to its line of the annex.
_NUMBERS = {"Nombre", "Nombrefort"}
_NUMBER_TIP = "Source et calcul de ce nombre"


def raise_captions(document: etree._Element) -> None:
    """A figure's caption says what it shows before it is seen."""
    for figure in every(document, "w:p"):
        caption = figure.getnext()
        if style_of(figure) != "Figure" or caption is None or caption.tag != figure.tag:
            continue
        following = caption.getnext()
        of_a_table = following is not None and following.tag == name("w:tbl")
        if style_of(caption) == "Caption" and not of_a_table:
            figure.addprevious(caption)


def number_captions(document: etree._Element) -> None:
    """A field in place of the last number of each caption's label."""
    for caption in every(document, "w:p"):
        first = find(caption, "w:r") if style_of(caption) == "Caption" else None
        words = None if first is None else find(first, "w:t")
        found = None if words is None else _NUMBERED.match(words.text or "")
        if not found:
            continue
        label, lead, number = found.groups()
        words.text = words.text[found.end() :]
        first.addprevious(run(text(label + lead)))
        anew = " \\r 1" if number == "1" else ""
        for part in field(f"SEQ {label} \\* ARABIC{anew}", number):
            first.addprevious(part)


def describe_pictures(document: etree._Element, alternatives: Mapping[str, str]) -> None:
    """Alternative text of each picture, by the stem of its file where the engine lost it; a picture
    that has none is marked as decorative."""
    for place, drawing in enumerate(every(document, "w:drawing"), start=1):
        for side in ("distT", "distB", "distL", "distR"):
            drawing[0].set(side, "0")  # unsaid, LibreOffice leaves 3 mm at its sides
        shown = next(drawing.iter(name("wp:docPr")))
        source = next(drawing.iter(name("pic:cNvPr")))
        stem = PurePosixPath(source.get("descr", "")).stem
        described = alternatives.get(stem) or shown.get("descr", "")
        shown.attrib.clear()
        source.attrib.pop("descr", None)
        for node in (shown, source):  # ids stand once
            node.set("id", str(place))
            node.set("name", f"Image {place}")
        if described:
            shown.set("descr", described)
        else:
            _mark_decorative(shown)


def _mark_decorative(shown: etree._Element) -> None:
    extensions = etree.SubElement(shown, name("a:extLst"), nsmap={"a": NAMESPACES["a"]})
    extension = etree.SubElement(extensions, name("a:ext"), uri=_EXTENSION)
    mark = etree.SubElement(extension, f"{{{_DECORATIVE}}}decorative", nsmap={"adec": _DECORATIVE})
    mark.set("val", "1")


def explain_links(document: etree._Element) -> None:
    """A tip on each link whose words are a number."""
    for link in every(document, "w:hyperlink"):
        if _NUMBERS & {get(style) for style in every(link, "w:rStyle")}:
            link.set(name("w:tooltip"), _NUMBER_TIP)
