"""What the engine names and formats by hand becomes Word's styles, in the document.

Of this package wordml, numbering, tablestyles.
"""

from __future__ import annotations

from lxml import etree

from analysis.publish.docx import tablestyles
from analysis.publish.docx.numbering import Numbering
from analysis.publish.docx.wordml import (
    drop_property,
    element,
    ensure,
    every,
    find,
    get,
    name,
    set_property,
    set_style,
    style_of,
)

#: Pandoc's paragraph styles (and those of its custom styles' names) → ours.
_PARAGRAPHS = {
    "": "BodyText",
    "FirstParagraph": "BodyText",
    "Compact": "BodyText",
    "BlockText": "Quote",
    "SourceCode": "HTMLPreformatted",
    "FootnoteBlockText": "FootnoteText",
    "ImageCaption": "Caption",
    "TableCaption": "Caption",
    "CaptionedFigure": "Figure",
    "FigurewithCaption": "Figure",
}
_WORDS = {"VerbatimChar": "HTMLCode"}
#: A style of words → the one for the same in bold.
_STRONG = {"Nombre": "Nombrefort", "ODD": "ODD"}
_TABLES = {
    "": tablestyles.DATA,
    "Table": tablestyles.DATA,
    # Pandoc gives the name where Word wants the id.
    "Chiffres clés": tablestyles.KEY_FIGURES,
    "Liste longue": tablestyles.LONG,
}
_CELLS = {"right": "Nombredetableau", "center": "Symboledetableau"}
#: Styles of a box's paragraphs, and of its lists.
_BOX, _BOX_LIST = "Encadre", "Pucedencadre"
#: What is smaller in the summary.
_SUMMARY = {
    "BodyText": "Rubriquedesommaire",
    "Renvoi": "Rubriquedesommaire",
    "ListBullet": "Lignedesommaire",
}
#: Bold, italic → the style of words that says it.
_EMPHASIS = {
    (True, False): "Strong",
    (False, True): "Emphasis",
    (True, True): "IntenseEmphasis",
}


def name_paragraphs(document: etree._Element, numbering: Numbering) -> None:
    """Every paragraph has a style of ours, and lists belong to theirs."""
    for paragraph in every(document, "w:p"):
        properties = ensure(paragraph, "w:pPr")
        style = style_of(paragraph)
        style = _PARAGRAPHS.get(style, style)
        number = find(properties, "w:numPr")
        if number is not None:
            style = _name_item(properties, number, style, numbering)
        elif style == "BodyText" and paragraph.getparent().tag == name("w:tc"):
            alignment = get(find(properties, "w:jc"))
            style = _CELLS.get(alignment, "Textedetableau")
        drop_property(properties, "w:jc")
        set_style(paragraph, style)


def name_summary(lines: list[etree._Element]) -> None:
    """The lines of the summary are small: four pages hold them."""
    for paragraph in lines:
        style = style_of(paragraph)
        if style in _SUMMARY:
            set_style(paragraph, _SUMMARY[style])


def _name_item(
    properties: etree._Element, number: etree._Element, style: str, numbering: Numbering
) -> str:
    level = get(find(number, "w:ilvl")) or "0"
    kind = numbering.kind(get(find(number, "w:numId")), level)
    deep = "" if level == "0" else str(min(int(level) + 1, 3))
    if kind == "bullet" or (style == _BOX and kind == "none"):
        drop_property(properties, "w:numPr")
        if style == _BOX:
            return _BOX_LIST if kind == "bullet" else _BOX
        return f"ListBullet{deep}"
    if kind == "none":
        drop_property(properties, "w:numPr")
        return f"ListContinue{deep and '2'}"
    return f"ListNumber{deep and '2'}"


def name_words(document: etree._Element) -> None:
    """Bold and italic words are « Strong » and « Emphasis », unless a style says more."""
    for properties in every(document, "w:rPr"):
        if properties.getparent().tag != name("w:r"):
            continue
        style = find(properties, "w:rStyle")
        if style is not None:
            named = _WORDS.get(get(style), get(style))
            if named in _STRONG and find(properties, "w:b") is not None:
                named = _STRONG[named]
                drop_property(properties, "w:b")
                drop_property(properties, "w:bCs")
            style.set(name("w:val"), named)
            continue
        marks = tuple(find(properties, tag) is not None for tag in ("w:b", "w:i"))
        if marks in _EMPHASIS:
            for tag in ("w:b", "w:bCs", "w:i", "w:iCs"):
                drop_property(properties, tag)
            set_property(properties, element("w:rStyle", val=_EMPHASIS[marks]))


def name_tables(document: etree._Element) -> None:
    """Every table has a style of ours."""
    for table in every(document, "w:tbl"):
        properties = ensure(table, "w:tblPr")
        style = get(find(properties, "w:tblStyle"))
        set_property(properties, element("w:tblStyle", val=_TABLES.get(style, style)))


def list_used_styles(*roots: etree._Element) -> set[str]:
    """Ids of the styles that these parts of the file ask for."""
    return {
        get(node) for root in roots for node in every(root, "w:pStyle", "w:rStyle", "w:tblStyle")
    }
