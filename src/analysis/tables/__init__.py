"""Markdown tables for the reader: an edition in, a pipe table with caption and id out.

Each function returns '' where there is nothing to show. Ids begin with the chapter's id, so that
two chapters never share one. May import store, references, marks, french, prose and
trails; computes nothing.
"""

from analysis.tables.changes import tabulate_definitions, tabulate_followed, tabulate_revised
from analysis.tables.controls import tabulate_controls
from analysis.tables.dashboard import count_kinds, read_board, tabulate_dashboard
from analysis.tables.keyfigures import (
    choose_headline,
    choose_highlights,
    choose_key_figures,
    describe_headline,
    list_figures,
    list_key_figures,
)
from analysis.tables.markdown import format_markdown
from analysis.tables.news import describe_news, list_movements
from analysis.tables.pairs import tabulate_forbidden_pairs
from analysis.tables.registers import (
    tabulate_discrepancies,
    tabulate_effects,
    tabulate_gaps,
    tabulate_glossary,
    tabulate_planned,
    tabulate_sources,
)
from analysis.tables.summary import list_first_figures
from analysis.tables.trails import find_main_document, tabulate_files, tabulate_trails
from analysis.tables.values import (
    tabulate_facts,
    tabulate_not_comparable,
    tabulate_other_facts,
    tabulate_progress,
    tabulate_statements,
)

__all__ = [
    "choose_headline",
    "choose_highlights",
    "choose_key_figures",
    "count_kinds",
    "describe_headline",
    "describe_news",
    "find_main_document",
    "format_markdown",
    "list_figures",
    "list_first_figures",
    "list_key_figures",
    "list_movements",
    "read_board",
    "tabulate_controls",
    "tabulate_dashboard",
    "tabulate_definitions",
    "tabulate_discrepancies",
    "tabulate_effects",
    "tabulate_facts",
    "tabulate_files",
    "tabulate_followed",
    "tabulate_forbidden_pairs",
    "tabulate_gaps",
    "tabulate_glossary",
    "tabulate_not_comparable",
    "tabulate_other_facts",
    "tabulate_planned",
    "tabulate_progress",
    "tabulate_revised",
    "tabulate_sources",
    "tabulate_statements",
    "tabulate_trails",
]
