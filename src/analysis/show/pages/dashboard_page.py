"""What the dashboard says above its table (``tables.tabulate_dashboard``)."""

from __future__ import annotations

import pandas as pd

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


def describe_kinds(counts: pd.DataFrame) -> str:
    """How many indicators there are, and of which kinds (``tables.count_kinds``)."""
    if counts.empty:
        return "Cette édition ne compte aucun indicateur."
    kinds = [mark_count(row.number, *[_OF_KIND.get(row.kind, row.kind)] * 2, "indicators")
             for row in counts.itertuples()]  # fmt: skip
    total = mark_count(counts["number"].sum(), "indicateur", "indicateurs", "indicators")
    return french.typeset(f"{total} : {french.join_list(kinds)}.")
