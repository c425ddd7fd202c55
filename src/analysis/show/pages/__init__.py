"""What a notebook displays. One module a part of the book; notebooks import this package alone."""
# ruff: noqa: F401 (the names that notebooks use)

from analysis.show.pages.annexes_page import show_annexes, show_annexes_title, show_charts
from analysis.show.pages.changes_page import show_changes, show_changes_title
from analysis.show.pages.chapter_page import (
    open_chapter,
    show_actions,
    show_analysis,
    show_planned,
    show_stake,
    show_synthesis,
    show_title,
)
from analysis.show.pages.chart_tables import show_chart_rows
from analysis.show.pages.dashboard_page import show_dashboard, show_dashboard_title
from analysis.show.pages.frame_display import show_frame
from analysis.show.pages.front_page import show_front, show_front_title
from analysis.show.pages.summary_page import show_summary, show_summary_title
