"""Tables: widths that hold, heads that repeat, whole rows, words for who cannot see them.

Of this package wordml, styles, tablestyles.
"""

from __future__ import annotations

import re

from lxml import etree

from analysis.book.docx.styles import TEXT_WIDTH
from analysis.book.docx.tablestyles import KEY_FIGURES
from analysis.book.docx.wordml import (
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

#: A table of so many rows is not cut between two pages.
_SMALL = 7
#: Paragraphs before a table that name it, best first.
_NAMES = re.compile(r"Caption|Titredencadre|Heading\d")


def _rows(table: etree._Element) -> list[etree._Element]:
    return table.findall(name("w:tr"))


def _is_head(row: etree._Element) -> bool:
    return find(row, "w:trPr/w:tblHeader") is not None


def fit_tables(document: etree._Element) -> None:
    """Widths in fixed measure: the columns' shares of the share of the text's width."""
    for table in every(document, "w:tbl"):
        properties = ensure(table, "w:tblPr")
        wanted = find(properties, "w:tblW")
        share = int(get(wanted, "w:w")) / 5000 if get(wanted, "w:type") == "pct" else 1
        columns = find(table, "w:tblGrid").findall(name("w:gridCol"))
        shares = [int(get(column, "w:w")) for column in columns]
        width = round(TEXT_WIDTH * min(share, 1))
        widths = [round(width * share / sum(shares)) for share in shares]
        widths[-1] += width - sum(widths)
        for column, place in zip(columns, widths, strict=True):
            column.set(name("w:w"), str(place))
        set_property(properties, element("w:tblW", w=width, type="dxa"))
        set_property(properties, element("w:tblLayout", type="fixed"))
        for row in _rows(table):
            place = 0
            for cell in row.findall(name("w:tc")):
                span = int(get(find(cell, "w:tcPr/w:gridSpan")) or 1)
                cell_width = sum(widths[place : place + span])
                set_property(ensure(cell, "w:tcPr"), element("w:tcW", w=cell_width, type="dxa"))
                place += span


def keep_tables(document: etree._Element) -> None:
    """Heads repeat and never stand alone; rows are not cut, nor are small tables."""
    for table in every(document, "w:tbl"):
        rows = _rows(table)
        if not any(map(_is_head, rows)):
            set_property(ensure(rows[0], "w:trPr"), element("w:tblHeader"))
        for row in rows:
            set_property(ensure(row, "w:trPr"), element("w:cantSplit"))
        for row in _list_joined(rows):
            for paragraph in every(row, "w:p"):
                set_property(ensure(paragraph, "w:pPr"), element("w:keepNext"))


def _list_joined(rows: list[etree._Element]) -> list[etree._Element]:
    """The rows that stay on the page of the next: all of a small table; of a longer one the head
    with the first two, and the last three, so that no row goes alone to the next page."""
    if len(rows) <= _SMALL:
        return rows[:-1]
    return [row for place, row in enumerate(rows[:-1]) if place < 2 or place >= len(rows) - 3]


def _name_of(table: etree._Element) -> str:
    """The caption, the title of the box or the heading that stands before a table."""
    previous = table.getprevious()
    while previous is not None:
        if previous.tag == name("w:p") and _NAMES.match(style_of(previous)):
            return text_of(previous)
        previous = previous.getprevious()
    return ""


def describe_tables(document: etree._Element) -> None:
    """Title and description of each table, as screen readers say them; its first row is its head,
    and in tables of data the first column names the rows."""
    for table in every(document, "w:tbl"):
        properties = ensure(table, "w:tblPr")
        rows = _rows(table)
        heads = [text_of(cell).strip() for cell in rows[0].findall(name("w:tc"))]
        count = sum(not _is_head(row) for row in rows)
        lines = "une ligne" if count == 1 else f"{count} lignes"
        columns = ", ".join(head for head in heads if head)
        title = _name_of(table)
        key_figures = get(find(properties, "w:tblStyle")) == KEY_FIGURES
        set_property(
            properties,
            element(
                "w:tblLook",
                val="0420" if key_figures else "04A0",
                firstRow=1,
                lastRow=0,
                firstColumn=0 if key_figures else 1,
                lastColumn=0,
                noHBand=0,
                noVBand=1,
            ),
        )
        if title:
            set_property(properties, element("w:tblCaption", val=title))
        described = f"Tableau de {lines}. Colonnes\u00a0: {columns}."
        set_property(properties, element("w:tblDescription", val=described))
