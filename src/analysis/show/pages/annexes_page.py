"""The annexes: every number's trail, every check, gap, source, file and acronym of the edition."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from analysis.model.store import Edition
from analysis.show import charts, tables
from analysis.show.charts import Drawing
from analysis.show.pages.chapter_page import Drawings
from analysis.show.pages.display import Block, compose_heading, displayed, place
from analysis.words import french
from analysis.words.smallmarkdown import write_plain

#: The chapter id under which charts.yml lists the charts of the annexes.
CHAPTER = "annexes"


def compose_territory(edition: Edition) -> Iterator[Block]:
    """The territory and its member communes: map and population."""
    yield compose_heading(2, "Le territoire et ses communes", "annexes-territoire")
    drawings = charts.draw_all(edition, charts.list_specs(edition, CHAPTER))
    yield from compose_charts(edition, drawings)


def compose_charts(edition: Edition, drawings: Drawings) -> Iterator[Block]:
    """The charts of the annexes, each with its values for paper."""
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
    yield compose_heading(2, "Sources et calculs", "annexes-calculs")
    main = tables.find_main_document(edition)
    yield french.typeset(
        "Tous les indicateurs, dans l’ordre des chapitres : leurs valeurs, puis la formule et les "
        "nombres du calcul, ou le repère dans le document source et la ligne du fichier où la "
        "valeur est saisie. Chaque nombre du rapport renvoie ici."
        + (f" Sauf autre mention, le document source est « {write_plain(main)} »." if main else "")
    )
    for _, chapter in edition.chapters.sort_values("order").iterrows():
        table = tables.tabulate_trails(edition, chapter["id"])
        if table:
            yield compose_heading(3, chapter["title"], f"annexes-calculs-{chapter['id']}")
            yield table  # a sentence between heading and table would leave both on another page
            yield french.typeset(
                f"Carnet qui affiche ces valeurs, code compris : `carnets/{chapter['id']}.html`."
            )


def tabulate_missing(edition: Edition) -> str:
    """What the source never gave, then what the services were asked and did not give."""
    missing = (tables.tabulate_gaps(edition), tables.tabulate_unanswered(edition))
    return "\n\n".join(table for table in missing if table)


def tabulate_comparability(edition: Edition) -> str:
    """Pairs that the periods keep apart, then those that their subjects keep apart."""
    pairs = (tables.tabulate_not_comparable(edition), tables.tabulate_forbidden_pairs(edition))
    return "\n\n".join(table for table in pairs if table)


#: Heading, anchor, introduction and table of the remaining annexes, in their order.
PARTS: tuple[tuple[str, str, str, Callable[[Edition], str]], ...] = (
    (
        "Objectifs et rythmes",
        "objectifs",
        "Les cibles que la source énonce et le chemin qui reste à parcourir.",
        tables.tabulate_progress,
    ),
    (
        "Valeurs à ne pas comparer",
        "comparabilite",
        "Deux sortes de couples. Dans les premiers, un même indicateur est connu pour deux "
        "périodes qui ne se comparent pas : aucune évolution n’en est tirée. Dans les seconds, le "
        "périmètre, le financeur, le stade ou la date de deux indicateurs diffèrent : aucun calcul "
        "ne les additionne, ne les soustrait ni ne les divise, et aucun graphique ne les met à la "
        "même échelle.",
        tabulate_comparability,
    ),
    (
        "Chiffres publiés et chiffres recalculés",
        "verifications",
        "Les chiffres imprimés dans le rapport source, confrontés au calcul à la précision "
        "imprimée.",
        tables.tabulate_statements,
    ),
    (
        "Registre des écarts de la source",
        "ecarts",
        "Les endroits où le rapport source se contredit, se trompe dans un calcul ou écrit un nom "
        "de deux façons : ce qui est imprimé, ce que donne le calcul, la lecture retenue ici et "
        "pourquoi.",
        tables.tabulate_discrepancies,
    ),
    (
        "Contrôles des données",
        "controles",
        "Chaque valeur est confrontée aux autres. Ce qui ne peut pas être vrai ensemble, comme une "
        "partie plus grande que son tout, donne une alerte ; elle n’arrête pas le rapport, car une "
        "source peut se contredire : le registre des écarts l’explique alors. Les valeurs "
        "impossibles par elles-mêmes (négatives, parts de plus de 100 %, dates qui n’existent pas) "
        "sont refusées à la saisie et ne figurent pas ici.",
        tables.tabulate_controls,
    ),
    (
        "Données manquantes",
        "lacunes",
        "Ce que la source montrait et qui est perdu, ou qu’elle ne donne pas ; ce que les services "
        "n’ont pas donné, quand il leur a été demandé. Les quelques valeurs approchées par un "
        "calcul sont dites « estimation » partout où elles paraissent.",
        tabulate_missing,
    ),
    (
        "Sources",
        "sources",
        "Les documents et les fichiers dont viennent les données, et les appréciations de la "
        "rédaction, avec leur date. Dans tout le rapport, « l. » suivi d’un nombre désigne une "
        "ligne du document source, transcrit en texte ; « Déduit par la rédaction » précède ce que "
        "cette ligne n’écrit pas.",
        tables.tabulate_sources,
    ),
    (
        "Fichiers de données",
        "fichiers",
        "Les fichiers où les données sont saisies, avec l’empreinte qui permet de vérifier qu’ils "
        "n’ont pas changé depuis ce calcul.",
        tables.tabulate_files,
    ),
    (
        "Glossaire",
        "glossaire",
        "Les sigles employés dans ce rapport ou dans ses sources.",
        tables.tabulate_glossary,
    ),
)


def compose_annexes(edition: Edition) -> Iterator[Block]:
    """All annexes in order."""
    yield from compose_territory(edition)
    yield from compose_trails(edition)
    for title, anchor, introduction, tabulate in PARTS:
        yield compose_heading(2, title, f"annexes-{anchor}")
        yield french.typeset(introduction)
        yield tabulate(edition) or "Aucune ligne dans cette édition."


TITLE = "# Indicateurs, calculs et sources {#sec-annexes}"
show_annexes_title = displayed(lambda edition: [TITLE], CHAPTER)
show_charts = displayed(compose_charts, CHAPTER)
show_annexes = displayed(compose_annexes, CHAPTER)
