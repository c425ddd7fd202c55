"""What the engine names and formats by hand becomes Word's styles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from lxml import etree

from analysis.publish.docx.word_tables import DATA, KEY_FIGURES, LONG
from analysis.publish.docx.wordml import (
    drop,
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
#: Pandoc gives the name where Word wants the id.
_TABLES = {"": DATA, "Table": DATA, "Chiffres clés": KEY_FIGURES, "Liste longue": LONG}
_CELLS = {"right": "Nombredetableau", "center": "Symboledetableau"}
#: Styles of a box's paragraphs, and of its lists.
_BOX, _BOX_LIST = "Encadre", "Pucedencadre"
#: What is smaller in the synthesis, chapter by chapter.
_SUMMARY = {
    "BodyText": "Enoncedesynthese",
    "ListBullet": "Lignedesynthese",
}
#: Bold, italic → the style of words that says it.
_EMPHASIS = {
    (True, False): "Strong",
    (False, True): "Emphasis",
    (True, True): "IntenseEmphasis",
}
#: Of a list, its number and the level there.
Level = tuple[str, str]


def read_list_kinds(numbering: etree._Element) -> dict[Level, str]:
    """« bullet », « decimal »… of each list's levels; those that show nothing (a paragraph that
    continues an item) are left out."""
    definitions = {get(node, "w:abstractNumId"): node for node in every(numbering, "w:abstractNum")}
    return {
        (get(node, "w:numId"), get(level, "w:ilvl")): get(find(level, "w:numFmt"))
        for node in every(numbering, "w:num")
        for level in every(definitions[get(find(node, "w:abstractNumId"))], "w:lvl")
        if get(find(level, "w:lvlText")).strip()
    }


def name_paragraphs(document: etree._Element, kinds: Mapping[Level, str]) -> None:
    """Every paragraph has a style of ours, and lists belong to theirs."""
    for paragraph in every(document, "w:p"):
        properties = ensure(paragraph, "w:pPr")
        style = _PARAGRAPHS.get(style_of(paragraph), style_of(paragraph))
        number = find(properties, "w:numPr")
        if number is not None:
            level = get(find(number, "w:ilvl")) or "0"
            kind = kinds.get((get(find(number, "w:numId")), level), "")
            style = _name_item(style == _BOX, kind, int(level))
            if not style.startswith("ListNumber"):
                drop(properties, "w:numPr")
        elif style == "BodyText" and paragraph.getparent().tag == name("w:tc"):
            style = _CELLS.get(get(find(properties, "w:jc")), "Textedetableau")
        drop(properties, "w:jc")
        set_style(paragraph, style)


def _name_item(boxed: bool, kind: str, level: int) -> str:
    """The style of an item, or of a paragraph that continues one (no ``kind``)."""
    if boxed and kind in ("bullet", ""):
        return _BOX_LIST if kind else _BOX
    if kind == "bullet":
        return f"ListBullet{min(level + 1, 3) if level else ''}"
    return f"{'ListNumber' if kind else 'ListContinue'}{2 if level else ''}"


def name_summary(lines: Iterable[etree._Element]) -> None:
    """The lines of the summary are small."""
    for paragraph in lines:
        set_style(paragraph, _SUMMARY.get(style_of(paragraph), style_of(paragraph)))


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
                drop(properties, "w:b", "w:bCs")
            style.set(name("w:val"), named)
            continue
        marks = tuple(find(properties, tag) is not None for tag in ("w:b", "w:i"))
        if marks in _EMPHASIS:
            drop(properties, "w:b", "w:bCs", "w:i", "w:iCs")
            style = element("w:rStyle", val=_EMPHASIS[marks])
            set_property(properties.getparent(), "w:rPr", style)


def name_tables(document: etree._Element) -> None:
    """Every table has a style of ours."""
    for table in every(document, "w:tbl"):
        style = get(find(table, "w:tblPr/w:tblStyle"))
        set_property(table, "w:tblPr", element("w:tblStyle", val=_TABLES.get(style, style)))


def keep_used_lists(numbering: etree._Element, document: etree._Element) -> None:
    """Take away the engine's lists that no paragraph asks for; the indents of the others are those
    of their paragraphs' style. Lists whose levels belong to styles stay."""
    used = {get(node) for node in every(document, "w:numId")}
    kept = {
        get(node, "w:abstractNumId")
        for node in every(numbering, "w:abstractNum")
        if find(node, "w:lvl/w:pStyle") is not None
    }
    lists = list(every(numbering, "w:num"))
    used |= {get(node, "w:numId") for node in lists if get(find(node, "w:abstractNumId")) in kept}
    for node in lists:
        if get(node, "w:numId") in used:
            kept.add(get(find(node, "w:abstractNumId")))
        else:
            numbering.remove(node)
    for node in every(numbering, "w:abstractNum"):
        if get(node, "w:abstractNumId") not in kept:
            numbering.remove(node)
        for level in every(node, "w:lvl"):
            drop(level, "w:pPr")


def carry_styles(
    sheet: etree._Element, engine: etree._Element, roots: Iterable[etree._Element]
) -> None:
    """Add to our styles those of the engine's that parts of the file ask for, with those that they
    are based on."""
    ours = {get(style, "w:styleId") for style in every(sheet, "w:style")}
    theirs = {get(style, "w:styleId"): style for style in every(engine, "w:style")}
    asking = ("w:pStyle", "w:rStyle", "w:tblStyle")
    waiting = sorted({get(node) for root in roots for node in every(root, *asking)} - ours)
    while waiting:
        style = theirs.get(id := waiting.pop(0))
        if style is not None and id not in ours:
            ours.add(id)
            sheet.append(style)
            waiting += [get(node) for node in every(style, "w:basedOn", "w:next", "w:link")]
