"""The annexes that are more than a table: the territory, every number's trail."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.model.schema import JUDGEMENT
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


def compose_trails(edition: Edition, above: str = "") -> Iterator[Block]:
    """Every indicator with its values, calculations and typed rows, chapter by chapter, under a
    heading where there is any."""
    main = tables.find_main_document(edition)
    chapters = [
        (compose_heading(3, chapter.title, f"annexes-calculs-{chapter.id}"), chapter.id, table)
        for chapter in edition.chapters.sort_values("order").itertuples()
        if (table := tables.tabulate_trails(edition, chapter.id))
    ]
    if not chapters:
        return
    yield above
    awaited = [
        row
        for row in tables.list_unanswered(edition)
        if edition.value(f"{row['indicator']}@{row['territory']}").value is None
    ]
    what = "Tous les indicateurs, sauf ceux qui sont demandés et n’ont pas encore de valeur"
    what = what if awaited else "Tous les indicateurs"
    where = "le repère dans le document source" if main else "la source"
    yield french.typeset(
        f"{what}, dans l’ordre des chapitres : leurs valeurs, puis la formule et les nombres du "
        f"calcul, ou {where} et la ligne du fichier où la valeur est saisie. Chaque nombre du "
        "rapport renvoie ici."
    )
    if main:
        yield french.typeset(f"Sauf autre mention, le document source est « {write_plain(main)} ».")
    for heading, chapter, table in chapters:
        yield heading
        yield table  # a sentence between heading and table would leave both on another page
        yield french.typeset(
            f"Carnet qui affiche ces valeurs, code compris : `carnets/{chapter}.html`."
        )


def describe_gaps(edition: Edition) -> str:
    """What the tables of missing data hold."""
    said = []
    if len(edition.gaps):
        said.append(
            "Ce que la source montrait et qui est perdu, ou qu’elle ne donne pas ; ce que les "
            "services n’ont pas donné, quand il leur a été demandé."
        )
    elif len(edition.requests):
        said.append("Ce que les services n’ont pas encore donné, et à qui il est demandé.")
    if tables.has_estimates(edition):
        said.append(
            "Les quelques valeurs approchées par un calcul sont dites « estimation » partout où "
            "elles paraissent."
        )
    return " ".join(said)


def describe_sources(edition: Edition) -> str:
    """What the table of sources holds; what « l. 12 » means, where a document's lines are cited."""
    judged = (edition.sources["kind"] == JUDGEMENT).any()
    said = "Les documents et les fichiers dont viennent les données"
    said += ", et les appréciations de la rédaction, avec leur date." if judged else "."
    if tables.cites_lines(edition.values["locator"]):
        said += (
            " Dans tout le rapport, « l. » suivi d’un nombre désigne une ligne du document source, "
            "transcrit en texte ; « Déduit par la rédaction » précède ce que cette ligne n’écrit "
            "pas."
        )
    return said


show_territory = displayed(compose_territory, CHAPTER)
show_trails = displayed(compose_trails, CHAPTER)
