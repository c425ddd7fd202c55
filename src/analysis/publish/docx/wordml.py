"""WordprocessingML as a tree: names, elements, and the order of properties that the schema wants.

Word repairs, or refuses, a file whose properties stand in another order (ECMA-376, annex A).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from lxml import etree

NAMESPACES = {
    "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "pic": "http://schemas.openxmlformats.org/drawingml/2006/picture",
    "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
}
_WORD_2013 = {"w15": "http://schemas.microsoft.com/office/word/2012/wordml"}
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
#: Elements whose blanks are text.
_TEXTS = frozenset({"t", "delText", "instrText"})
#: Children of each set of properties, in the schema's order.
_ORDERS = {
    "w:pPr": (
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers "
        "pBdr shd tabs suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE "
        "autoSpaceDN bidi adjustRightInd snapToGrid spacing ind contextualSpacing mirrorIndents "
        "suppressOverlap jc textDirection textAlignment textboxTightWrap outlineLvl divId cnfStyle "
        "rPr sectPr pPrChange"
    ),
    "w:rPr": (
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint "
        "noProof snapToGrid vanish webHidden color spacing w kern position sz szCs highlight u "
        "effect bdr shd fitText vertAlign rtl cs em lang eastAsianLayout specVanish oMath rPrChange"
    ),
    "w:tblPr": (
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc "
        "tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption "
        "tblDescription tblPrChange"
    ),
    "w:tcPr": (
        "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText "
        "vAlign hideMark headers cellIns cellDel cellMerge tcPrChange"
    ),
    "w:trPr": (
        "cnfStyle divId gridBefore gridAfter wBefore wAfter cantSplit trHeight tblHeader "
        "tblCellSpacing jc hidden ins del trPrChange"
    ),
}


@cache
def name(tag: str) -> str:
    """« w:p » as lxml writes it."""
    prefix, _, local = tag.partition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}"


_PLACES = {
    name(tag): {name(f"w:{child}"): place for place, child in enumerate(order.split())}
    for tag, order in _ORDERS.items()
}


def element(tag: str, *children: etree._Element, **attributes: object) -> etree._Element:
    """An element « w:… »; its attributes are of the same namespace."""
    prefix = tag.partition(":")[0]
    made = etree.Element(name(tag), nsmap={prefix: NAMESPACES[prefix]})
    for key, value in attributes.items():
        made.set(name(f"{prefix}:{key}"), str(value))
    made.extend(children)
    return made


def ensure(parent: etree._Element, tag: str) -> etree._Element:
    """The set of properties (« w:pPr »…) of an element, made at its beginning if there is none."""
    found = parent.find(name(tag))
    if found is None:
        found = element(tag)
        parent.insert(0, found)
    return found


def set_property(parent: etree._Element, kind: str, made: etree._Element) -> None:
    """Put a property in its place in an element's set (``kind``: « w:pPr »…), made if there is
    none; the one of its name goes."""
    properties = ensure(parent, kind)
    for old in properties.findall(made.tag):
        properties.remove(old)
    properties.append(made)
    places = _PLACES[properties.tag]
    properties[:] = sorted(properties, key=lambda child: places.get(child.tag, len(places)))


def drop(parent: etree._Element, *tags: str) -> None:
    """Take the children of these names away, where they stand."""
    for tag in tags:
        for found in parent.findall(name(tag)):
            parent.remove(found)


def get(node: etree._Element | None, key: str = "w:val") -> str:
    """An attribute, or nothing."""
    return "" if node is None else node.get(name(key), "")


def find(node: etree._Element, path: str) -> etree._Element | None:
    """The first descendant at a path such as « w:pPr/w:pStyle »."""
    return node.find(_path(path))


@cache
def _path(path: str) -> str:
    return "/".join(name(step) for step in path.split("/"))


def style_of(paragraph: etree._Element) -> str:
    """The id of a paragraph's style, or nothing."""
    return get(find(paragraph, "w:pPr/w:pStyle"))


def set_style(paragraph: etree._Element, style: str) -> None:
    """Give a paragraph a style, by its id."""
    set_property(paragraph, "w:pPr", element("w:pStyle", val=style))


def every(root: etree._Element, *tags: str) -> Iterator[etree._Element]:
    """All descendants of these names, in order; the list is made first, so they may be changed."""
    yield from list(root.iter(*map(name, tags)))


def text_of(node: etree._Element) -> str:
    """The text that an element shows."""
    return "".join(part.text or "" for part in node.iter(name("w:t")))


def text(words: str) -> etree._Element:
    """« w:t » that keeps its spaces."""
    made = element("w:t")
    made.text = words
    made.set(_SPACE, "preserve")
    return made


def run(*content: etree._Element) -> etree._Element:
    """A run of words."""
    return element("w:r", *content)


def paragraph(style: str, *content: etree._Element) -> etree._Element:
    """A paragraph of a style."""
    return element("w:p", element("w:pPr", element("w:pStyle", val=style)), *content)


def field(code: str, shown: str, *, stale: bool = False) -> list[etree._Element]:
    """The runs of a field; ``stale``: Word computes it when it opens the document."""
    instruction = element("w:instrText")
    instruction.text = f" {code} "
    instruction.set(_SPACE, "preserve")
    begin = element("w:fldChar", fldCharType="begin")
    if stale:
        begin.set(name("w:dirty"), "true")
    return [
        run(begin),
        run(instruction),
        run(element("w:fldChar", fldCharType="separate")),
        run(text(shown)),
        run(element("w:fldChar", fldCharType="end")),
    ]


def only_word(*runs: etree._Element) -> etree._Element:
    """A run of what these hold, for who reads Word 2013's own markup: Word, not LibreOffice."""
    choice = etree.Element(name("mc:Choice"), Requires="w15", nsmap=_WORD_2013)
    choice.extend(child for made in runs for child in made)
    alternatives = etree.Element(name("mc:AlternateContent"))
    alternatives.append(choice)
    return run(alternatives)


def parse(content: bytes) -> etree._Element:
    """A part of the file, without comments and the blanks between its elements."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)
    root = etree.fromstring(content, parser)
    for node in root.iter(etree.Element):
        if node.tail and not node.tail.strip():
            node.tail = None
        if node.text and not node.text.strip() and etree.QName(node).localname not in _TEXTS:
            node.text = None
    return root


def write(root: etree._Element) -> bytes:
    """A part of the file; declarations of namespaces stand once, at the top."""
    # What « only_word » requires is named in an attribute's value alone.
    etree.cleanup_namespaces(root, top_nsmap=NAMESPACES, keep_ns_prefixes=list(_WORD_2013))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
