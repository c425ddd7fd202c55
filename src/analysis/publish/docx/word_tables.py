"""Tables: widths that hold, heads that repeat, rows that stay together, words for who cannot see
them. The other pages' breaks are left to Word, for they change with every edit."""

from __future__ import annotations

import re
from math import ceil

from lxml import etree

from analysis.publish.docx.word_template import GAP, TEXT_WIDTH
from analysis.publish.docx.wordml import (
    element,
    every,
    find,
    get,
    name,
    set_property,
    style_of,
    text_of,
)

#: Styles of tables: of data, of key figures, and a long narrow one that the page shows in columns.
DATA, KEY_FIGURES, LONG = "PlainTable2", "Chiffrescles", "Listelongue"
#: Room at both sides of a cell's text, in letters.
_PADDING = 3
#: A long table of so many columns goes in three columns of text, a wider one in two.
_NARROW = 2
#: Styles of paragraphs before a table that name it.
_TITLES = re.compile(r"Caption|Titredencadre|Heading\d")
#: A table of so many lines is not cut between two pages; rows at the end of a longer one stay
#: together where they have few.
_SMALL, _FEW = 16, 4
#: Width of a letter in a table and of a cell's margins, in twentieths of a point.
_LETTER, _MARGINS = 80, 170
_LISTS = ("ListBullet", "ListNumber")
_BOXES = ("Titredencadre", "Encadre", "Pucedencadre")


def is_long(table: etree._Element) -> bool:
    """Whether the page shows a table in columns of text."""
    return get(find(table, "w:tblPr/w:tblStyle")) == LONG


def count_places(table: etree._Element) -> int:
    """In how many columns of text a long table goes."""
    return 3 if len(find(table, "w:tblGrid")) <= _NARROW else 2


def _rows(table: etree._Element) -> list[etree._Element]:
    return table.findall(name("w:tr"))


def _cells(row: etree._Element) -> list[etree._Element]:
    return row.findall(name("w:tc"))


def _span(cell: etree._Element) -> int:
    return int(get(find(cell, "w:tcPr/w:gridSpan")) or 1)


def _is_head(row: etree._Element) -> bool:
    return find(row, "w:trPr/w:tblHeader") is not None


def fit_tables(document: etree._Element) -> None:
    """Widths in fixed measure: the columns' shares of the share of the text's width."""
    for table in every(document, "w:tbl"):
        wanted = find(table, "w:tblPr/w:tblW")
        share = int(get(wanted, "w:w")) / 5000 if get(wanted, "w:type") == "pct" else 1
        columns = list(find(table, "w:tblGrid"))
        shares = [int(get(column, "w:w")) for column in columns]
        width = round(TEXT_WIDTH * min(share, 1))
        if is_long(table):
            places = count_places(table)
            width = (TEXT_WIDTH - (places - 1) * GAP) // places
            shares = _measure_columns(table)
        widths = [round(width * share / sum(shares)) for share in shares]
        widths[-1] += width - sum(widths)
        for column, place in zip(columns, widths, strict=True):
            column.set(name("w:w"), str(place))
        set_property(table, "w:tblPr", element("w:tblW", w=width, type="dxa"))
        set_property(table, "w:tblPr", element("w:tblLayout", type="fixed"))
        for row in _rows(table):
            place = 0
            for cell in _cells(row):
                cell_width = sum(widths[place : place + _span(cell)])
                set_property(cell, "w:tcPr", element("w:tcW", w=cell_width, type="dxa"))
                place += _span(cell)


def _measure_columns(table: etree._Element) -> list[int]:
    """Letters that each column must hold: its longest cell, the longest word of its head."""
    head, *rows = [[text_of(cell) for cell in _cells(row)] for row in _rows(table)]
    longest = [max(map(len, re.split(r"[ -]", words))) for words in head]
    for row in rows:
        longest = [max(known, len(words)) for known, words in zip(longest, row, strict=True)]
    return [letters + _PADDING for letters in longest]


def describe_tables(document: etree._Element) -> None:
    """Title and description of each table, as screen readers say them; a head, which Word repeats
    on each page; in tables of data the first column names the rows."""
    for table in every(document, "w:tbl"):
        rows = _rows(table)
        if not any(map(_is_head, rows)):
            set_property(rows[0], "w:trPr", element("w:tblHeader"))
        key_figures = get(find(table, "w:tblPr/w:tblStyle")) == KEY_FIGURES
        look = element(
            "w:tblLook",
            val="0420" if key_figures else "04A0",
            firstRow=1,
            lastRow=0,
            firstColumn=0 if key_figures else 1,
            lastColumn=0,
            noHBand=0,
            noVBand=1,
        )
        set_property(table, "w:tblPr", look)
        if title := _find_title(table):
            set_property(table, "w:tblPr", element("w:tblCaption", val=title))
        count = sum(not _is_head(row) for row in rows)
        lines = "d’une ligne" if count == 1 else f"de {count} lignes"
        heads = [text_of(cell).strip() for cell in _cells(rows[0])]
        columns = ", ".join(head for head in heads if head)
        described = f"Tableau {lines}. Colonnes\u00a0: {columns}."
        set_property(table, "w:tblPr", element("w:tblDescription", val=described))


def _find_title(table: etree._Element) -> str:
    """The caption, the title of the box or the heading that stands before a table."""
    before = table.itersiblings(name("w:p"), preceding=True)
    return next((text_of(node) for node in before if _TITLES.match(style_of(node))), "")


def _keep(node: etree._Element) -> None:
    """On the page of the next paragraph."""
    set_property(node, "w:pPr", element("w:keepNext"))


def keep_paragraphs(document: etree._Element) -> None:
    """What announces a list stays with it, and a box is not cut."""
    for node in every(document, "w:p"):
        following = node.getnext()
        if following is None or following.tag != name("w:p"):
            continue
        style, next_style = style_of(node), style_of(following)
        announces = style == "BodyText" and next_style in _LISTS
        if announces or (style in _BOXES and next_style in _BOXES[1:]):
            _keep(node)


def keep_tables(document: etree._Element) -> None:
    """Rows are not cut, nor are small tables; of others no row goes alone to another page."""
    for table in every(document, "w:tbl"):
        rows = _rows(table)
        for row in rows:
            set_property(row, "w:trPr", element("w:cantSplit"))
        for row in _list_joined(rows):
            for node in every(row, "w:p"):
                _keep(node)


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
    for cell in _cells(row):
        room = max(int(get(find(cell, "w:tcPr/w:tcW"), "w:w")) - _MARGINS, _LETTER)
        lines = (ceil(len(text_of(node)) * _LETTER / room) for node in every(cell, "w:p"))
        counts.append(sum(max(1, count) for count in lines))
    return max(counts)
