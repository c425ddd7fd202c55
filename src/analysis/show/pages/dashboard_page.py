"""The dashboard: every indicator of the edition in one table, filtered and sorted on a screen."""

from __future__ import annotations

from collections.abc import Iterator

from analysis.model.store import Edition
from analysis.show import tables
from analysis.show.pages.display import Block, displayed, mark_count
from analysis.words import french

PREFIX = "tableau-de-bord"

#: How a kind of indicators is counted in a sentence.
_OF_KIND = {
    "moyens": "de moyens",
    "réalisation": "de réalisation",
    "résultat": "de résultat",
    "impact": "d’impact",
    "contexte": "de contexte",
}


def compose_introduction(edition: Edition) -> str:
    """How many indicators of which kinds there are, and how to read their evolution."""
    counts = tables.count_kinds(edition)
    total = sum(number for _, number in counts)
    kinds = [mark_count(number, *[_OF_KIND.get(kind, kind)] * 2, "indicators")
             for kind, number in counts]  # fmt: skip
    all_of_them = mark_count(total, "indicateur", "indicateurs", "indicators")
    return french.typeset(
        f"{all_of_them} : {french.join_list(kinds)}. "
        "Chacun est donné à sa valeur la plus récente, avec sa réserve et sa période. Une flèche "
        "dit s’il monte (↗), baisse (↘) ou ne bouge pas (→) par rapport à la période précédente, "
        "et un mot si cela va dans le sens souhaité ; « — » : aucune valeur d’une période "
        "antérieure n’est donnée ni calculée ici."
    )


def compose_dashboard(edition: Edition) -> Iterator[Block]:
    """The introduction, then the table."""
    if len(edition.indicators) == 0:
        yield "Cette édition ne compte aucun indicateur."
        return
    yield compose_introduction(edition)
    yield tables.tabulate_dashboard(edition)


TITLE = f"# Tableau de bord {{#sec-{PREFIX}}}"
show_dashboard_title = displayed(lambda edition: [TITLE], PREFIX)
show_dashboard = displayed(compose_dashboard, PREFIX)
