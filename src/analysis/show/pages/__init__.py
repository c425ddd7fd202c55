"""What a notebook displays. One module a part of the book; notebooks import this package alone."""

from analysis.show.pages.agenda_page import show_goals, show_reasons
from analysis.show.pages.annexes_page import (
    describe_gaps,
    describe_sources,
    show_calculations,
    show_calculations_title,
    show_trails,
)
from analysis.show.pages.budget_page import show_accounts, show_axes
from analysis.show.pages.changes_page import (
    compose_chapters,
    compose_deadlines,
    compose_recalculated,
    describe_unknown,
    show_moves,
    show_reservations,
)
from analysis.show.pages.chapter_page import (
    open_chapter,
    show_actions,
    show_analysis,
    show_decisions,
    show_essential,
    show_planned,
    show_stake,
    show_title,
)
from analysis.show.pages.chart_tables import show_chart_rows
from analysis.show.pages.dashboard_page import describe_kinds
from analysis.show.pages.display import explain_lines, say, show_part
from analysis.show.pages.frame_display import show_frame
from analysis.show.pages.front_page import show_cards, show_lead, show_news, show_state
from analysis.show.pages.grid_page import (
    describe_agreement,
    describe_favourable,
    describe_ratings,
    describe_spending,
    explain_signs,
    show_profiles,
)
from analysis.show.pages.law_page import show_digital, show_law
from analysis.show.pages.objectives_page import (
    ask_objectives,
    describe_tree,
    list_missing,
    show_gaps,
    show_model,
    show_tree,
)
from analysis.show.pages.portrait_page import (
    show_charts,
    show_communes,
    show_portrait,
    show_standing,
)
from analysis.show.pages.summary_page import show_chapters, show_messages, show_opening
from analysis.show.pages.verdict_lines import compose_verdicts, show_verdicts
from analysis.show.pages.whole_life_page import (
    list_hypotheses,
    list_inputs,
    list_options,
    list_rates,
    show_breakdowns,
    show_cost_title,
    show_given,
    show_limits,
    show_method,
    show_projects,
    show_results,
)
from analysis.words.smallmarkdown import write_plain
