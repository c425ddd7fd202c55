"""Where a number comes from: reference → formula → typed rows → source and line.

``origins`` walks from a reference to the rows typed by the analyst, ``formula_words`` puts formulas
into words, ``trail`` gathers all that is behind one number, ``trail_html`` and ``trail_lines``
write it for a page and for the terminal.
"""

from analysis.words.lineage.formula_words import describe_formula
from analysis.words.lineage.origins import Origin, find_rows, list_origins, name_row_reference
from analysis.words.lineage.trail import (
    Source,
    Trail,
    describe_title,
    list_related,
    name_anchor,
    name_calculation,
    name_calculations,
    name_table,
    read_trail,
)
from analysis.words.lineage.trail_html import compose_entry
from analysis.words.lineage.trail_lines import describe_trail
