"""Where a number comes from: reference → formula → typed rows → source and line.

computes nothing. ``origins`` walks from
a reference to the rows typed by the analyst, ``wording`` puts formulas into words, ``reading``
gathers one number's trail, ``pages`` and ``terminal`` write it for a reader.
"""

from analysis.words.provenance.formula_words import describe_formula
from analysis.words.provenance.origins import (
    Origin,
    Row,
    find_rows,
    list_origins,
    name_row_reference,
)
from analysis.words.provenance.trail import (
    Trail,
    describe_title,
    list_related,
    name_anchor,
    name_table,
    read_trail,
)
from analysis.words.provenance.trail_html import compose_entry
from analysis.words.provenance.trail_lines import describe_trail

__all__ = [
    "Origin",
    "Row",
    "Trail",
    "compose_entry",
    "describe_formula",
    "describe_title",
    "describe_trail",
    "find_rows",
    "list_origins",
    "list_related",
    "name_anchor",
    "name_row_reference",
    "name_table",
    "read_trail",
]
