"""The summary: what the year holds in four pages, every action, short-term action and improvement
with its page.

Lists in HTML and in DOCX; on paper ``filters/summary.lua`` sets the same lines in two columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.model.followups import CLOSED, FOLLOWED
from analysis.model.store import Edition
from analysis.show import tables
from analysis.show.pages.display import (
    COUNTED_TABLES,
    Block,
    compose_heading,
    count_entries,
    displayed,
    say_unconfirmed,
)
from analysis.words import french, prose
from analysis.words.smallmarkdown import write_plain

PREFIX = "sommaire"


def compose_counts(edition: Edition) -> Iterator[str]:
    """What the edition holds, counted from its tables, and what of it nobody confirmed."""
    words = [
        count_entries(edition, *names)
        for names in COUNTED_TABLES
        if len(getattr(edition, names[0]))
    ]
    if words:
        yield french.typeset(
            f"Cette édition {edition.year} présente {french.join_list(words)}, chapitre par "
            "chapitre. Chaque ligne renvoie à la section qui la détaille."
        )
    elif edition.is_reconstituted:
        yield write_plain(f"Cette édition {edition.year} est reconstituée. {edition.about['note']}")
    else:
        yield french.typeset(
            f"Cette édition {edition.year} n’a encore recensé ni action ni piste d’amélioration."
        )
    for table, one, many in COUNTED_TABLES:
        if table in FOLLOWED:
            yield say_unconfirmed(edition, table, (one, many))


def compose_opening(edition: Edition) -> Iterator[str]:
    """The landmarks that are typed for the summary."""
    text = edition.texts.get(PREFIX, {}).get("Repères", "")
    yield prose.resolve_prose(edition, text, PREFIX)


def _line(title: str, section: str, target: str) -> str:
    """A title, the number of the section that holds it, the page of what it leads to."""
    return f"- {write_plain(title)} ([-@{section}]) [{target}]{{.page}}"


def _lines(rows: pd.DataFrame) -> list[str]:
    return [_line(_title(row), f"sec-{row.id}", f"sec-{row.id}") for row in rows.itertuples()]


def _title(entry: Any) -> str:
    """The title of an entry, with its state where its service said this year that it is over."""
    return f"{entry.title} ({entry.followup})" if entry.followup in CLOSED else entry.title


def compose_chapter_summary(edition: Edition, chapter: pd.Series) -> Iterator[Block]:
    """One chapter: its heading, its first key figures, then each section's lines."""
    yield compose_heading(2, chapter["title"], f"sommaire-{chapter['id']}", ".unnumbered")
    yield f"[Chapitre [-@sec-{chapter['id']}]]{{.renvoi}} [sec-{chapter['id']}]{{.page}}"
    yield tables.list_first_figures(edition, chapter["id"])
    sections = edition.sections
    sections = sections[sections["kind"] == chapter["kind"]].sort_values("order", kind="stable")
    for section in sections.itertuples():
        lines = _section_lines(edition, chapter["id"], section.id)
        if lines:
            anchor = f"sec-{chapter['id']}-{section.id}"
            title = f"**{section.letter}. {write_plain(section.title)}**"
            yield f"{title} ([-@{anchor}]) [{anchor}]{{.page}}\n\n" + "\n".join(lines)


def _section_lines(edition: Edition, chapter: str, section: str) -> list[str]:
    def of_chapter(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[frame["chapter"] == chapter].sort_values("order", kind="stable")

    if section == "court-terme":
        # They stand in one table, each in a row that bears its id.
        return [
            _line(_title(row), f"sec-{chapter}-court-terme", row.id)
            for row in of_chapter(edition.planned).itertuples()
        ]
    if section == "decisions":
        return [
            _line(_title(row), f"sec-{chapter}-decisions", f"sec-{row.id}")
            for row in of_chapter(edition.improvements).itertuples()
        ]
    actions = of_chapter(edition.actions)
    return _lines(actions[actions["section"] == section])


def compose_chapters(edition: Edition) -> Iterator[Block]:
    """The chapters in order."""
    for _, chapter in edition.chapters.sort_values("order", kind="stable").iterrows():
        yield from compose_chapter_summary(edition, chapter)


show_counts = displayed(compose_counts, PREFIX)
show_opening = displayed(compose_opening, PREFIX)
show_chapters = displayed(compose_chapters, PREFIX)
