"""The annex that is more than a table: every number's trail."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.model.store import Edition, title_pages
from analysis.show import tables
from analysis.show.pages.display import Block, compose_heading, displayed
from analysis.words import french
from analysis.words.smallmarkdown import write_plain


def compose_trails(edition: Edition) -> Iterator[Block]:
    """Every indicator with its values, calculations and typed rows, chapter by chapter."""
    if main := tables.find_main_document(edition):
        yield french.typeset(f"Sauf autre mention, le document source est « {write_plain(main)} ».")
    for id, title in title_pages(edition).items():
        table = tables.tabulate_trails(edition, id)
        if table:
            yield compose_heading(3, title, f"annexes-calculs-{id}")
            yield table  # a sentence between heading and table would leave both on another page
            yield french.typeset(
                f"Carnet qui affiche ces valeurs, code compris : `carnets/{id}.html`."
            )


show_trails = displayed(compose_trails, "annexes")
