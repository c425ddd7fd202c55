"""Markdown tables for the reader: an edition in, a pipe table with caption and id out.

Each function returns '' where there is nothing to show. Ids begin with the chapter's id, so that
two chapters never share one.
"""

from analysis.show.tables.audit_tables import (
    tabulate_controls,
    tabulate_discrepancies,
    tabulate_statements,
)
from analysis.show.tables.change_tables import (
    tabulate_definitions,
    tabulate_moves,
    tabulate_revised,
    tabulate_targets,
)
from analysis.show.tables.comparability_tables import (
    tabulate_forbidden_pairs,
    tabulate_not_comparable,
)
from analysis.show.tables.decision_tables import tabulate_decisions
from analysis.show.tables.indicator_board import count_kinds, read_board, tabulate_dashboard
from analysis.show.tables.keyfigures import (
    choose_headline,
    describe_headline,
    list_figures,
    list_key_figures,
    show_headline,
)
from analysis.show.tables.law_tables import (
    count_documents,
    list_document_notes,
    list_law_notes,
    tabulate_documents_used,
    tabulate_law,
)
from analysis.show.tables.news import describe_news, list_movements
from analysis.show.tables.pipe_tables import format_markdown
from analysis.show.tables.provenance_tables import (
    cites_lines,
    find_main_document,
    has_estimates,
    locate_lines,
    tabulate_files,
    tabulate_trails,
)
from analysis.show.tables.rating_tables import (
    PROFILE,
    describe_outlooks,
    describe_profile,
    tabulate_coverage,
    tabulate_grid,
    tabulate_moments,
    tabulate_ratings,
    tabulate_weights,
)
from analysis.show.tables.registers import (
    describe_dates,
    list_acronyms,
    list_unanswered,
    tabulate_gaps,
    tabulate_glossary,
    tabulate_planned,
    tabulate_sources,
    tabulate_unanswered,
)
from analysis.show.tables.value_tables import (
    describe_facts,
    show_other_facts,
    tabulate_facts,
    tabulate_progress,
)
