"""The figures that the summary repeats: the first of each chapter's key figures, a line each.

Computes nothing.
"""

from __future__ import annotations

from analysis.model.store import Edition
from analysis.show.tables.keyfigures import choose_key_figures
from analysis.show.tables.value_tables import describe_period, list_details, name_row, title_row
from analysis.words import prose
from analysis.words.smallmarkdown import write_plain

#: How many of a chapter's key figures the summary repeats.
FIRST = 3


def list_first_figures(edition: Edition, chapter: str, count: int = FIRST) -> str:
    """« Arbres plantés : **60 000 arbres** (2017) », as a list in a box of its own."""
    rows = choose_key_figures(edition, chapter)
    lines = []
    for row in rows[rows["missing"] == ""].head(count).itertuples():
        number = prose.mark_quantity(edition, edition.value(name_row(row)))
        details = ", ".join(filter(None, [*list_details(edition, row), describe_period(row)]))
        title = write_plain(f"{title_row(edition, row)} :")
        lines.append(f"- {title} **{write_plain(number)}** ({write_plain(details)})")
    return "::: {.reperes}\n" + "\n".join(lines) + "\n:::" if lines else ""
