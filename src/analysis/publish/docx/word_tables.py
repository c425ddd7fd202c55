"""Tables: widths that hold, heads that repeat, words for who cannot see them.

Of this package wordml, styles, tablestyles.
"""

from __future__ import annotations

import re
from copy import deepcopy

from lxml import etree

from analysis.publish.docx.styles import TEXT_WIDTH
from analysis.publish.docx.tablestyles import KEY_FIGURES, LONG
from analysis.publish.docx.wordml import (
    element,
    ensure,
    every,
    find,
    get,
    name,
    paragraph,
    set_property,
    style_of,
    text_of,
)

#: Room at both sides of a cell's text, in letters.
_PADDING = 3
#: Between columns of text, in twentieths of a point.
GAP = 400
#: A long table of so many columns goes in three columns of text, a wider one in two.
_NARROW = 2
#: Paragraphs before a table that name it, best first.
_NAMES = re.compile(r"Caption|Titredetableau|Titredencadre|Heading\d")
_RUNS = [name("w:r"), name("w:hyperlink")]


def is_long(table: etree._Element) -> bool:
    """Whether the page shows a table in columns of text."""
    return get(find(table, "w:tblPr/w:tblStyle")) == LONG


def count_places(table: etree._Element) -> int:
    """In how many columns of text a long table goes."""
    return 3 if len(find(table, "w:tblGrid")) <= _NARROW else 2


def _rows(table: etree._Element) -> list[etree._Element]:
    return table.findall(name("w:tr"))


def _is_head(row: etree._Element) -> bool:
    return find(row, "w:trPr/w:tblHeader") is not None


def split_groups(document: etree._Element) -> None:
    """A row of one cell, as wide as the table, names the rows below it: it becomes the title of a
    table of theirs, for a screen reader loses its way among cells of several columns."""
    for table in every(document, "w:tbl"):
        width = len(find(table, "w:tblGrid"))
        rows = _rows(table)
        titles = [row for row in rows if _is_title(row, width)]
        heads = [row for row in rows if _is_head(row) and row not in titles]
        last = part = table
        for row in rows if titles else ():
            if row in titles:
                table.remove(row)
                title = paragraph("Titredetableau", *find(row, "w:tc/w:p").iterchildren(*_RUNS))
                frame = (deepcopy(find(table, tag)) for tag in ("w:tblPr", "w:tblGrid"))
                part = element("w:tbl", *frame, *map(deepcopy, heads))
                last.addnext(title)
                title.addnext(part)
                last = part
            elif part is not table:
                part.append(row)
        if titles and len(_rows(table)) == len(heads):
            table.getparent().remove(table)


def _is_title(row: etree._Element, width: int) -> bool:
    cells = row.findall(name("w:tc"))
    return len(cells) == 1 and width > 1 and get(find(cells[0], "w:tcPr/w:gridSpan")) == str(width)


def _measure_columns(table: etree._Element) -> list[int]:
    """Letters that each column must hold: its longest cell, the longest word of its head."""
    head, *rows = [[text_of(c) for c in row.findall(name("w:tc"))] for row in _rows(table)]
    longest = [max(map(len, re.split(r"[ -]", words))) for words in head]
    for row in rows:
        longest = [max(known, len(words)) for known, words in zip(longest, row, strict=True)]
    return [letters + _PADDING for letters in longest]


def mark_heads(document: etree._Element) -> None:
    """Every table has a head, which Word repeats on each page."""
    for table in every(document, "w:tbl"):
        rows = _rows(table)
        if not any(map(_is_head, rows)):
            set_property(ensure(rows[0], "w:trPr"), element("w:tblHeader"))


def fit_tables(document: etree._Element) -> None:
    """Widths in fixed measure: the columns' shares of the share of the text's width."""
    for table in every(document, "w:tbl"):
        properties = ensure(table, "w:tblPr")
        wanted = find(properties, "w:tblW")
        share = int(get(wanted, "w:w")) / 5000 if get(wanted, "w:type") == "pct" else 1
        columns = find(table, "w:tblGrid").findall(name("w:gridCol"))
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
        set_property(properties, element("w:tblW", w=width, type="dxa"))
        set_property(properties, element("w:tblLayout", type="fixed"))
        for row in _rows(table):
            place = 0
            for cell in row.findall(name("w:tc")):
                span = int(get(find(cell, "w:tcPr/w:gridSpan")) or 1)
                cell_width = sum(widths[place : place + span])
                set_property(ensure(cell, "w:tcPr"), element("w:tcW", w=cell_width, type="dxa"))
                place += span


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
