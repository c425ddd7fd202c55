"""The annexes that are more than a table: every number's trail, the effects of actions."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.model.schema import JUDGEMENT
from analysis.model.store import Edition, title_pages
from analysis.show import tables
from analysis.show.pages.display import Block, compose_heading, displayed
from analysis.words import french
from analysis.words.citations import explain_places
from analysis.words.hidden_markup import capitalise
from analysis.words.smallmarkdown import write_plain


def compose_trails(edition: Edition, above: str = "") -> Iterator[Block]:
    """Every indicator with its values, calculations and typed rows, chapter by chapter, under a
    heading where there is any."""
    main = tables.find_main_document(edition)
    chapters = [
        (compose_heading(3, title, f"annexes-calculs-{id}"), id, table)
        for id, title in title_pages(edition).items()
        if (table := tables.tabulate_trails(edition, id))
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
    where = "la source"
    if main:
        where = (
            "le repère dans le document source (son chapitre et sa page imprimée, s’ils sont "
            "connus, puis la ligne)"
        )
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


def compose_effects(edition: Edition, chapter: str) -> list[Block]:
    """How a chapter's actions bear on the finalities, and who says so, under the chapter's title;
    nothing where no effect is said of any."""
    table = tables.tabulate_effects(edition, chapter)
    title = title_pages(edition)[chapter]
    return [compose_heading(3, title, f"{chapter}-contributions"), table] if table else []


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
    if places := explain_places(edition):
        deduced = "« Déduit par la rédaction » précède ce qui n’y est pas écrit."
        said += f" {capitalise(places)} ; {deduced}"
    return said


show_trails = displayed(compose_trails, "annexes")
show_effects = displayed(compose_effects, "annexes")
