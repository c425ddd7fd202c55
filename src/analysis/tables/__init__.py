"""Markdown tables for the reader: an edition in, a pipe table with caption and id out.

Each function returns '' where there is nothing to show. Ids begin with the chapter's id, so that
two chapters never share one. May import store, references, french and prose; computes nothing.
"""

from analysis.tables.controls import tabulate_controls
from analysis.tables.markdown import escape_cell, format_markdown
from analysis.tables.pairs import tabulate_forbidden_pairs
from analysis.tables.registers import (
    tabulate_discrepancies,
    tabulate_effects,
    tabulate_gaps,
    tabulate_glossary,
    tabulate_planned,
    tabulate_sources,
)
from analysis.tables.values import (
    describe_formula,
    tabulate_catalogue,
    tabulate_derived,
    tabulate_facts,
    tabulate_key_figures,
    tabulate_not_comparable,
    tabulate_progress,
    tabulate_statements,
)

__all__ = [
    "describe_formula",
    "escape_cell",
    "format_markdown",
    "tabulate_catalogue",
    "tabulate_controls",
    "tabulate_derived",
    "tabulate_discrepancies",
    "tabulate_effects",
    "tabulate_facts",
    "tabulate_forbidden_pairs",
    "tabulate_gaps",
    "tabulate_glossary",
    "tabulate_key_figures",
    "tabulate_not_comparable",
    "tabulate_planned",
    "tabulate_progress",
    "tabulate_sources",
    "tabulate_statements",
]
