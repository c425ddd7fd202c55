"""The synthesis, four pages for who has ten minutes: what improves, what declines, what is not
known, what is to be decided; then, chapter by chapter, the verdict, what is to be retained, a
figure, and every action and proposal with its page.

In HTML and in DOCX as it is written here; on paper ``filters/summary.lua`` sets the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pandas as pd

from analysis.model.followups import CLOSED, FOLLOWED
from analysis.model.progress import TOO_SLOW, find_gravity
from analysis.model.references import Row, find_in_prose, parse_reference
from analysis.model.schema import DECLINES, IMPROVES, IS_UNKNOWN, TO_DECIDE
from analysis.model.schema.raw_tables import WHOLE
from analysis.model.store import Edition, list_terms, title_pages, to_records
from analysis.show import tables
from analysis.show.pages.display import (
    COUNTED_TABLES,
    Block,
    compose_heading,
    count_tables,
    displayed,
    say_unconfirmed,
)
from analysis.show.pages.unfinished import compose_state
from analysis.words import french, prose
from analysis.words.message_words import write_message
from analysis.words.progress_words import list_verdicts, write_verdict
from analysis.words.smallmarkdown import write_plain

PREFIX = "synthese"
#: The rubrics of the first page: what each is named in labels and classes, and its title.
RUBRICS = {
    IMPROVES: ("progresse", "Ce qui progresse"),
    DECLINES: ("recule", "Ce qui recule ou prend du retard"),
    IS_UNKNOWN: ("inconnu", "Ce qu’on ne sait pas"),
    TO_DECIDE: ("decider", "Ce qui est à décider"),
}
#: How many verdicts are told of a chapter, and how many lines verdicts and points make together.
VERDICTS, LINES = 2, 4
_ITEM = re.compile(r"^[-*] +(.+(?:\n(?![-*] |\s*$).+)*)", re.MULTILINE)


def compose_messages(edition: Edition, prefix: str = PREFIX) -> Iterator[Block]:
    """The sentences of the first page that are true, under their rubrics, each with where it is
    treated; ``prefix``: of the page that shows them."""
    rows = to_records(edition.rows("key_messages", missing=""))
    sections = []
    for rubric, (name, title) in RUBRICS.items():
        lines = [f"- {_compose_message(edition, row)}" for row in rows if row["rubric"] == rubric]
        if lines:
            heading = compose_heading(2, title, f"{prefix}-{name}", ".unnumbered")
            body = "\n".join([heading, "", *lines])
            sections.append(f":::: {{.rubrique .{name}}}\n{body}\n::::")
    if sections:
        yield "::::: {.messages}\n" + "\n\n".join(sections) + "\n:::::"


def _compose_message(edition: Edition, row: Row) -> str:
    said = write_message(edition, row)
    found = find_place(edition, row["about"])
    if not found:
        return said
    label, chapter = found
    link = write_plain(title_pages(edition, "short_title")[chapter])
    return f"{said} [{link}](#{label}){{.lieu}} [{label}]{{.page}}"


def find_place(edition: Edition, about: str) -> tuple[str, str] | None:
    """The label of the place where something is treated, and its chapter."""
    for row in to_records(edition.rows("improvements", id=about)):
        return f"sec-{about}", row["chapter"]
    for table in ("planned", "actions"):
        for row in to_records(edition.rows(table, id=about)):
            return about if table == "planned" else f"sec-{about}", row["chapter"]
    for table, key in (("gaps", "id"), ("milestones", "id"), ("indicators", "id")):
        for row in to_records(edition.rows(table, **{key: about})):
            return find_place(edition, row["action"]) or (f"sec-{row['chapter']}", row["chapter"])
    return None


def compose_opening(edition: Edition) -> Iterator[str]:
    """What closes the first page: the landmarks that are typed for it, where the edition stands
    while little is received, what the chapters hold."""
    text = edition.texts.get(WHOLE, {}).get("Repères", "")
    yield prose.resolve_prose(edition, text, PREFIX)
    yield compose_state(edition, PREFIX)
    if words := [*count_tables(edition)]:
        yield french.typeset(f"Suivent, chapitre par chapitre, {french.join_list(words)}.")
    elif edition.is_reconstituted:
        yield write_plain(f"Cette édition {edition.year} est reconstituée. {edition.about['note']}")
    for table, one, many in COUNTED_TABLES:
        if table in FOLLOWED:
            yield say_unconfirmed(edition, table, (one, many))


def compose_chapters(edition: Edition) -> Iterator[Block]:
    """The chapters in order."""
    said = []
    for _, chapter in edition.chapters.sort_values("order", kind="stable").iterrows():
        for block in compose_chapter_summary(edition, chapter):
            said.append(str(block))
            yield block
    yield compose_acronyms(edition, "\n".join(said))


def compose_acronyms(edition: Edition, said: str) -> str:
    """What the acronyms stand for that are said, but where they are spelled out beside."""
    rows = tables.list_acronyms(edition).sort_values(
        "short", key=lambda short: short.str.casefold()
    )
    spelled = [
        f"{row.short}, {row.long}"
        for row in rows.itertuples()
        if re.search(rf"\b{re.escape(row.short)}\b", said) and row.long not in said
    ]
    words = french.typeset(f"{f'{french.NARROW}; '.join(spelled)}.")
    title = f"**Sigles**{french.NO_BREAK}: "
    return f"::: {{.enonces}}\n{title}{write_plain(words)}\n:::" if spelled else ""


def compose_chapter_summary(edition: Edition, chapter: pd.Series) -> Iterator[Block]:
    """One chapter: its heading, its figure, where its targets stand and what is to be retained, all
    that it holds with its page."""
    id = chapter["id"]
    yield compose_heading(2, chapter["title"], f"{PREFIX}-{id}", ".unnumbered")
    yield f"[Chapitre [-@sec-{id}]]{{.renvoi}} [sec-{id}]{{.page}}"
    yield tables.show_headline(edition, id)
    verdicts = list_telling_verdicts(edition, id)
    lines = [write_verdict(edition, row) for row in verdicts]
    told = {row["indicator"] for row in verdicts}
    points = _list_points(edition.texts.get(id, {}).get("Synthèse", ""))
    points = [point for point in points if not _cites(edition, point, told)]
    lines += [prose.resolve_line(edition, p) for p in points[: LINES - len(lines)]]
    yield "\n".join(f"- {line}" for line in lines)
    yield from _compose_entries(edition, chapter)


def list_telling_verdicts(edition: Edition, chapter: str) -> list[Row]:
    """Those told of a chapter: of targets with a number and of steps that are late."""
    late = find_gravity(TOO_SLOW)
    rows = list_verdicts(edition, chapter)
    telling = [row for row in rows if row["indicator"] or find_gravity(row["verdict"]) <= late]
    return telling[:VERDICTS]


def _list_points(text: str) -> list[str]:
    """The points of a chapter's text, or its paragraphs where it lists none."""
    found = _ITEM.findall(text) or re.split(r"\n\s*\n", text.strip())
    return [" ".join(point.split()) for point in found if point.strip()]


def _cites(edition: Edition, text: str, told: set[str]) -> bool:
    """Whether a text gives a number of some indicators, or one computed of theirs."""
    ids = [parse_reference(mention.reference).indicator for mention in find_in_prose(text)]
    values = edition.rows("values", indicator=ids, rank=0)
    return any({row.indicator, *list_terms(row)} & told for row in values.itertuples())


def _compose_entries(edition: Edition, chapter: pd.Series) -> Iterator[str]:
    """A paragraph for each section that holds something: its title, then its entries."""
    sections = edition.sections
    sections = sections[sections["kind"] == chapter["kind"]].sort_values("order", kind="stable")
    paragraphs = []
    for section in sections.itertuples():
        if entries := _list_entries(edition, chapter["id"], section.id):
            label = f"sec-{chapter['id']}-{section.id}"
            title = f"[{write_plain(section.title)}](#{label}){{.volet}}"
            joined = f"{french.NARROW}; ".join(entries)
            paragraphs.append(f"{title}{french.NO_BREAK}: {joined}.")
    if paragraphs:
        yield "::: {.enonces}\n" + "\n\n".join(paragraphs) + "\n:::"


def _list_entries(edition: Edition, chapter: str, section: str) -> list[str]:
    """What a section holds: each title leads to its place, whose page follows."""
    if section == "court-terme":
        rows, prefix = edition.rows("planned", chapter=chapter), ""
    elif section == "decisions":
        rows, prefix = edition.rows("improvements", chapter=chapter), "sec-"
    else:
        rows, prefix = edition.rows("actions", chapter=chapter, section=section), "sec-"
    return [
        f"[{write_plain(_title(row))}](#{prefix}{row.id}) [{prefix}{row.id}]{{.page}}"
        for row in rows.sort_values("order", kind="stable").itertuples()
    ]


def _title(entry: Any) -> str:
    """The title of an entry, with its state where its service said this year that it is over."""
    return f"{entry.title} ({entry.followup})" if entry.followup in CLOSED else entry.title


show_messages = displayed(compose_messages, PREFIX)
show_opening = displayed(compose_opening, PREFIX)
show_chapters = displayed(compose_chapters, PREFIX)
