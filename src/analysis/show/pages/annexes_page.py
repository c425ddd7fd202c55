"""The annexes that are more than a table: the territory, every number's trail."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.model.store import Edition
from analysis.show import tables
from analysis.show.charts import Drawing
from analysis.show.pages.chapter_page import ChapterPage, Drawings
from analysis.show.pages.display import Block, compose_heading, displayed, place
from analysis.words import french
from analysis.words.smallmarkdown import write_plain

#: The chapter id under which charts.yml lists the charts of the annexes.
CHAPTER = "annexes"


def open_annexes(edition: Edition) -> ChapterPage:
    """The annexes as a chapter: under its id charts.yml lists their charts."""
    return ChapterPage(edition, CHAPTER, "Annexes", "")


def compose_territory(edition: Edition, drawings: Drawings, above: str = "") -> Iterator[Block]:
    """The territory and its member communes, under a heading where there is any map or chart: each
    with its values for paper."""
    yield above if drawings else ""
    for drawing in drawings.values():
        yield place(drawing)
        if isinstance(drawing, Drawing):
            yield compose_paper_values(drawing)


def compose_paper_values(drawing: Drawing) -> str:
    """What a drawing of the annexes shows, as a long narrow table: on paper it stands nowhere else,
    and HTML has it under the drawing."""
    return (
        '::: {.content-hidden when-format="html"}\n::: {.liste-longue}\n'
        f"{tables.format_markdown(drawing.table)}\n:::\n:::"
    )


def compose_trails(edition: Edition) -> Iterator[Block]:
    """Every indicator with its values, calculations and typed rows, chapter by chapter."""
    if main := tables.find_main_document(edition):
        yield french.typeset(f"Sauf autre mention, le document source est « {write_plain(main)} ».")
    for _, chapter in edition.chapters.sort_values("order").iterrows():
        table = tables.tabulate_trails(edition, chapter["id"])
        if table:
            yield compose_heading(3, chapter["title"], f"annexes-calculs-{chapter['id']}")
            yield table  # a sentence between heading and table would leave both on another page
            yield french.typeset(
                f"Carnet qui affiche ces valeurs, code compris : `carnets/{chapter['id']}.html`."
            )


show_territory = displayed(compose_territory, CHAPTER)
show_trails = displayed(compose_trails, CHAPTER)
