"""Styles of tables: « Plain Table 2 » for data, « Chiffres clés », and Word's own two."""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from analysis.publish.docx.styles import border, compose_style, shade
from analysis.publish.docx.word_theme import name_colours
from analysis.publish.docx.wordml import element
from analysis.show.identity import Identity

#: The table of data: Word's « Tableau simple 2 », which has rules between its rows alone.
DATA, KEY_FIGURES = "PlainTable2", "Chiffrescles"
#: A long narrow table of data, which the page shows in columns.
LONG = "Listelongue"


def _margins(top: int, left: int, bottom: int, right: int) -> etree._Element:
    sides = {"top": top, "left": left, "bottom": bottom, "right": right}
    return element(
        "w:tblCellMar",
        *(element(f"w:{side}", w=width, type="dxa") for side, width in sides.items()),
    )


def _properties(*content: etree._Element) -> etree._Element:
    return element("w:tblPr", element("w:tblInd", w=0, type="dxa"), *content)


def compose_table_styles(identity: Identity) -> list[etree._Element]:
    """Styles of tables, with the list style and the table style that Word takes for granted."""
    colours = name_colours(identity)
    ink, rule, main = colours["ink"], colours["rule"], colours["main"]
    plain = compose_style(
        "table",
        "TableNormal",
        "Normal Table",
        quick=False,
        default=True,
        more=[_properties(_margins(0, 108, 0, 108))],
    )
    no_list = compose_style("numbering", "NoList", "No List", quick=False, default=True)
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    grid = compose_style(
        "table",
        "TableGrid",
        "Table Grid",
        based="TableNormal",
        priority=39,
        quick=False,
        more=[
            _properties(
                element("w:tblBorders", *(border(side, 0.5, rule) for side in sides)),
            )
        ],
    )
    head = element(
        "w:tblStylePr",
        element("w:rPr", element("w:b"), element("w:bCs")),
        element(
            "w:tcPr",
            element("w:tcBorders", border("bottom", 1, ink)),
            shade(colours["veil"]),
            element("w:vAlign", val="bottom"),
        ),
        type="firstRow",
    )
    data = compose_style(
        "table",
        DATA,
        "Plain Table 2",
        based="TableNormal",
        priority=42,
        more=[
            _properties(
                element(
                    "w:tblBorders",
                    border("top", 1, ink),
                    border("bottom", 0.75, ink),
                    border("insideH", 0.5, rule),
                ),
                _margins(45, 85, 45, 85),
            ),
            head,
        ],
    )
    figures = compose_style(
        "table",
        KEY_FIGURES,
        "Chiffres clés",
        based="TableNormal",
        priority=30,
        custom=True,
        more=[
            _properties(
                element(
                    "w:tblBorders",
                    border("top", 1.5, main),
                    border("bottom", 1.5, main),
                    border("insideH", 0.5, rule),
                ),
                _margins(60, 85, 60, 85),
            ),
            element("w:tcPr", element("w:vAlign", val="center")),
            element(
                "w:tblStylePr",
                element(
                    "w:tcPr",
                    element("w:tcBorders", border("bottom", 0.5, rule)),
                    shade(colours["veil"]),
                ),
                type="firstRow",
            ),
        ],
    )
    long = compose_style(
        "table", LONG, "Liste longue", based=DATA, priority=42, custom=True, more=[deepcopy(head)]
    )
    return [plain, no_list, grid, data, long, figures]
