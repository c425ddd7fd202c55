"""The dashboard: every indicator of the edition in one table, filtered and sorted on a screen.

Computes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.model.store import Edition
from analysis.show import tables
from analysis.show.pages.display import Block, show
from analysis.words import french
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table

PREFIX = "tableau-de-bord"

#: How a kind of indicators is counted in a sentence.
_OF_KIND = {
    "moyens": "de moyens",
    "réalisation": "de réalisation",
    "résultat": "de résultat",
    "impact": "d’impact",
    "contexte": "de contexte",
}


def show_dashboard_title(edition: Edition) -> None:
    show(edition, PREFIX, [f"# Tableau de bord {{#sec-{PREFIX}}}"])


def _mark_count(number: int, words: str) -> str:
    return mark(french.format_number(number) + french.NO_BREAK + words, name_table("indicators"))


def compose_introduction(edition: Edition) -> str:
    """How many indicators of which kinds there are, and how to read their evolution."""
    counts = tables.count_kinds(edition)
    total = sum(number for _, number in counts)
    kinds = [_mark_count(number, _OF_KIND.get(kind, kind)) for kind, number in counts]
    word = french.choose_form(total, "indicateur", "indicateurs")
    return french.typeset(
        f"{_mark_count(total, word)} : {french.join_list(kinds)}. "
        "Chacun est donné à sa valeur la plus récente, avec sa réserve et sa période. Une flèche "
        "dit s’il monte (↗), baisse (↘) ou ne bouge pas (→) par rapport à la période précédente, "
        "et un mot si cela va dans le sens souhaité ; « — » : rien n’est connu d’avant."
    )


def compose_dashboard(edition: Edition) -> Iterator[Block]:
    """The introduction, then the table."""
    if len(edition.indicators) == 0:
        yield "Cette édition ne compte aucun indicateur."
        return
    yield compose_introduction(edition)
    yield tables.tabulate_dashboard(edition)


def show_dashboard(edition: Edition) -> None:
    show(edition, PREFIX, compose_dashboard(edition))
