"""Pictures: what they show in words, or that they only decorate; ids that stand once.

Of this package wordml.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from lxml import etree

from analysis.publish.docx.wordml import NAMESPACES, every, name

_DECORATIVE = "http://schemas.microsoft.com/office/drawing/2017/decorative"
_EXTENSION = "{C183D7F6-B498-43B3-948B-1728B52AA6E4}"


def describe_pictures(document: etree._Element, alternatives: Mapping[str, str]) -> None:
    """Alternative text of each picture, by the name of its file where the engine lost it; a picture
    that has none is marked as decorative."""
    for place, drawing in enumerate(every(document, "w:drawing"), start=1):
        for side in ("distT", "distB", "distL", "distR"):
            drawing[0].set(side, "0")  # unsaid, LibreOffice leaves 3 mm at its sides
        shown = next(drawing.iter(name("wp:docPr")))
        source = next(drawing.iter(name("pic:cNvPr")), None)
        stem = PurePosixPath(source.get("descr", "")).stem if source is not None else ""
        described = alternatives.get(stem) or shown.get("descr", "")
        shown.attrib.clear()
        shown.set("id", str(place))
        shown.set("name", f"Image {place}")
        if described:
            shown.set("descr", described)
        else:
            _mark_decorative(shown)
        if source is not None:
            source.set("id", str(place))
            source.set("name", shown.get("name"))
            source.attrib.pop("descr", None)


def _mark_decorative(shown: etree._Element) -> None:
    extensions = etree.SubElement(shown, name("a:extLst"), nsmap={"a": NAMESPACES["a"]})
    extension = etree.SubElement(extensions, name("a:ext"), uri=_EXTENSION)
    mark = etree.SubElement(extension, f"{{{_DECORATIVE}}}decorative", nsmap={"adec": _DECORATIVE})
    mark.set("val", "1")
