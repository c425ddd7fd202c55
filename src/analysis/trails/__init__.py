"""Where a number comes from: reference → formula → typed rows → source and line.

May import marks, lists, references, store, french, prose; computes nothing. ``origins`` walks from
a reference to the rows typed by the analyst, ``wording`` puts formulas into words, ``reading``
gathers one number's trail, ``pages`` and ``terminal`` write it for a reader.
"""

from analysis.trails.origins import Origin, find_rows, list_origins
from analysis.trails.pages import compose_entry
from analysis.trails.reading import (
    Trail,
    describe_title,
    list_related,
    name_anchor,
    name_table,
    read_trail,
)
from analysis.trails.terminal import describe_trail
from analysis.trails.wording import describe_formula

__all__ = [
    "Origin",
    "Trail",
    "compose_entry",
    "describe_formula",
    "describe_title",
    "describe_trail",
    "find_rows",
    "list_origins",
    "list_related",
    "name_anchor",
    "name_table",
    "read_trail",
]
