"""What the dashboard says above its table (``tables.tabulate_dashboard``)."""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from analysis.model.schema import CHECK_KIND
from analysis.model.store import Edition
from analysis.show import tables
from analysis.show.pages.display import mark_count
from analysis.words import french

#: How a kind of indicators is counted in a sentence.
_OF_KIND = {
    "moyens": "de moyens",
    "réalisation": "de réalisation",
    "résultat": "de résultat",
    "impact": "d’impact",
    "contexte": "de contexte",
}


def name_kinds(counts: Iterable[tuple[str, int]]) -> list[str]:
    """« 3 de moyens », « 2 de réalisation » of kinds and how many indicators they have."""
    return [mark_count(number, *[name_kind(kind)] * 2, "indicators") for kind, number in counts]


def name_kind(kind: str) -> str:
    """« de moyens », « d’impact »."""
    return _OF_KIND.get(kind, kind)


def describe_kinds(edition: Edition, counts: pd.DataFrame) -> str:
    """How many indicators the table holds, and of which kinds (``tables.count_kinds``); how many
    have no value yet."""
    left = (edition.indicators["kind"] != CHECK_KIND).sum() - counts["number"].sum()
    said = f"Cette édition ne compte aucun indicateur{' connu' if left else ''}."
    if not counts.empty:
        kinds = name_kinds(zip(counts["kind"], counts["number"], strict=True))
        total = mark_count(counts["number"].sum(), "indicateur", "indicateurs", "indicators")
        said = f"{total} : {french.join_list(kinds)}."
    if left:
        others = mark_count(left, "autre n’a", "autres n’ont", "indicators")
        asked = " : ce qui est demandé, et à qui, est dans l’annexe [-@sec-annexes-lacunes]"
        said += f" {others} pas encore de valeur"
        said += f"{asked if tables.list_unanswered(edition) else ''}."
    return french.typeset(said)
