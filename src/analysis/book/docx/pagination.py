"""What stays together on a page: the rest is left to Word, for pages change with every edit.

Of this package wordml.
"""

from __future__ import annotations

from lxml import etree

from analysis.book.docx.wordml import element, ensure, every, name, set_property, style_of

#: A table of so many rows is not cut between two pages.
_SMALL = 7
_LISTS = ("ListBullet", "ListNumber")
_BOXES = ("Titredencadre", "Encadre", "Pucedencadre")


def _keep(paragraph: etree._Element) -> None:
    """On the page of the next paragraph."""
    set_property(ensure(paragraph, "w:pPr"), element("w:keepNext"))


def keep_paragraphs(document: etree._Element) -> None:
    """What announces a list stays with it, and a box is not cut."""
    for paragraph in every(document, "w:p"):
        following = paragraph.getnext()
        if following is None or following.tag != name("w:p"):
            continue
        style, next_style = style_of(paragraph), style_of(following)
        announces = style == "BodyText" and next_style in _LISTS
        if announces or (style in _BOXES and next_style in _BOXES[1:]):
            _keep(paragraph)


def keep_tables(document: etree._Element) -> None:
    """Rows are not cut, nor are small tables; of others no row goes alone to another page."""
    for table in every(document, "w:tbl"):
        rows = table.findall(name("w:tr"))
        for row in rows:
            set_property(ensure(row, "w:trPr"), element("w:cantSplit"))
        for row in _list_joined(rows):
            for paragraph in every(row, "w:p"):
                _keep(paragraph)


def _list_joined(rows: list[etree._Element]) -> list[etree._Element]:
    """The rows that stay on the page of the next: all of a small table; of a longer one the head
    and the first row, and the two before the last."""
    if len(rows) <= _SMALL:
        return rows[:-1]
    return [row for place, row in enumerate(rows[:-1]) if place < 2 or place >= len(rows) - 3]
