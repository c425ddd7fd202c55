"""Markdown tables for the reader: an edition in, a pipe table with caption and id out.

Each function returns '' where there is nothing to show. Ids begin with the chapter's id, so that
two chapters never share one. Computes nothing.
"""

from analysis.show.tables.change_tables import (
    tabulate_definitions,
    tabulate_followed,
    tabulate_revised,
)
from analysis.show.tables.control_tables import tabulate_controls
from analysis.show.tables.first_figures import list_first_figures
from analysis.show.tables.incomparable import tabulate_forbidden_pairs
from analysis.show.tables.indicator_board import count_kinds, read_board, tabulate_dashboard
from analysis.show.tables.keyfigures import (
    choose_headline,
    choose_highlights,
    choose_key_figures,
    describe_headline,
    list_figures,
    list_key_figures,
)
from analysis.show.tables.news import describe_news, list_movements
from analysis.show.tables.pipe_tables import format_markdown
from analysis.show.tables.provenance_tables import (
    find_main_document,
    tabulate_files,
    tabulate_trails,
)
from analysis.show.tables.registers import (
    tabulate_discrepancies,
    tabulate_effects,
    tabulate_gaps,
    tabulate_glossary,
    tabulate_planned,
    tabulate_sources,
)
from analysis.show.tables.value_tables import (
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
