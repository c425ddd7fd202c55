"""What stays together on a page: the rest is left to Word, for pages change with every edit.

Of this package wordml.
"""

from __future__ import annotations

from math import ceil

from lxml import etree

from analysis.publish.docx.wordml import (
    element,
    ensure,
    every,
    find,
    get,
    name,
    set_property,
    style_of,
    text_of,
)

#: A table of so many lines is not cut between two pages; rows at the end of a longer one stay
#: together where they have few.
_SMALL, _FEW = 16, 4
#: Width of a letter in a table and of a cell's margins, in twentieths of a point.
_LETTER, _MARGINS = 80, 170
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
    and the first row, and the two before the last. Tall rows may part: they would leave a page
    half empty."""
    lines = [_count_lines(row) for row in rows]
    if sum(lines) <= _SMALL:
        return rows[:-1]
    joined = rows[:1]
    if sum(lines[1:3]) <= _FEW:
        joined += rows[1:2]
    if sum(lines[-3:]) <= 2 * _FEW:
        joined += rows[max(2, len(rows) - 3) : -1]
    return joined


def _count_lines(row: etree._Element) -> int:
    """About how many lines a row takes."""
    counts = [1]
    for cell in row.findall(name("w:tc")):
        room = max(int(get(find(cell, "w:tcPr/w:tcW"), "w:w")) - _MARGINS, _LETTER)
        paragraphs = cell.findall(name("w:p"))
        counts.append(sum(max(1, ceil(len(text_of(p)) * _LETTER / room)) for p in paragraphs))
    return max(counts)
