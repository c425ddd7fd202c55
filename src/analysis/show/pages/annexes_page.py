"""The annexes that are more than a table: every number's trail."""

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


def compose_calculations(edition: Edition, above: str) -> Iterator[Block]:
    """How the pages « Sources et calculs » are read, and the list of them, under a heading."""
    where = "la source"
    if tables.find_main_document(edition):
        where = (
            "le repère dans le document source (son chapitre et sa page imprimée, s’ils sont "
            "connus, puis la ligne)"
        )
    yield above
    yield french.typeset(
        "Chaque indicateur y est avec ses valeurs, puis la formule et les nombres du calcul, ou "
        f"{where} et la ligne du fichier où la valeur est saisie. Chaque nombre du rapport renvoie "
        "à sa ligne."
    )
    titles = title_pages(edition)
    yield "\n".join(f"- [{write_plain(t)}](#sec-annexes-calculs-{id})" for id, t in titles.items())


def compose_calculations_title(edition: Edition, chapter: str) -> list[Block]:
    title = title_pages(edition, "short_title")[chapter]
    title = french.typeset(f"Sources et calculs : {title}")
    return [compose_heading(1, title, f"annexes-calculs-{chapter}")]


def compose_trails(edition: Edition, chapter: str) -> Iterator[Block]:
    """Every indicator of a chapter with its values, calculations and typed rows."""
    table = tables.tabulate_trails(edition, chapter)
    main = tables.find_main_document(edition)
    if not table:
        yield french.typeset("Aucun indicateur de ce chapitre n’a encore de valeur.")
    elif main:
        yield french.typeset(f"Sauf autre mention, le document source est « {write_plain(main)} ».")
    yield table
    if table:
        yield french.typeset(
            f"Carnet qui affiche ces valeurs, code compris : `carnets/{chapter}.html`."
        )
    if any(
        edition.value(f"{row['indicator']}@{row['territory']}").value is None
        for row in tables.list_unanswered(edition, chapter=chapter)
    ):
        yield french.typeset(
            "Ce qui est demandé et n’a pas encore de valeur est parmi les [données "
            "manquantes](#sec-annexes-lacunes)."
        )


def describe_gaps(edition: Edition) -> str:
    """What the tables of missing data hold."""
    said = []
    if len(edition.gaps):
        said.append(
            "Ce que nous ne savons pas : ce qui est perdu, ce que personne n’a publié, ce que les "
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


show_calculations = displayed(compose_calculations, "annexes")
show_calculations_title = displayed(compose_calculations_title, "annexes")
show_trails = displayed(compose_trails, "annexes")
