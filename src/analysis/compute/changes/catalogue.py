"""Titles, units, definitions and formulas that changed in the catalogue of indicators.

All editions share ``raw/reference/indicators.csv``: what an earlier edition said is known only from
what was published with it, its open data.
"""

from __future__ import annotations

import pandas as pd

from analysis.base.csvtext import read_csv
from analysis.base.paths import OPEN_DATA, Dossier
from analysis.model.schema.processed_tables import CHANGED_DEFINITIONS
from analysis.model.store import Edition, from_records, to_records

#: Compared fields with what the reader calls them.
FIELDS = {"title": "intitulé", "unit": "unité", "definition": "définition", "formula": "formule"}


def read_published(dossier: Dossier, earlier: Edition) -> tuple[pd.DataFrame | None, str]:
    """The catalogue as published with an edition, or None and the French reason."""
    if earlier.is_reconstituted:
        return None, (
            f"l’édition {earlier.year}, reconstituée, n’a pas ses propres définitions : celles de "
            "cette édition lui sont appliquées"
        )
    path = dossier.report(earlier.year) / OPEN_DATA / "indicators.csv"
    if not path.is_file():
        return None, (
            f"les définitions publiées avec l’édition {earlier.year} ne sont pas à disposition"
        )
    text = read_csv(path)
    if not {"id", *FIELDS} <= set(text.columns):
        return None, f"le catalogue publié avec l’édition {earlier.year} n’est pas lisible"
    return text, ""


def compare_definitions(published: pd.DataFrame | None, later: Edition) -> pd.DataFrame:
    """Columns of ``CHANGED_DEFINITIONS``; no row where nothing was published."""
    if published is None:
        return from_records([], CHANGED_DEFINITIONS)
    former = {row["id"]: row for row in to_records(published)}
    rows = []
    for entry in to_records(later.indicators):
        then = former.get(entry["id"])
        for name, words in FIELDS.items():
            if then is not None and then[name] != entry[name]:
                rows.append(
                    {
                        "indicator": entry["id"],
                        "title": entry["title"],
                        "chapter": entry["chapter"],
                        "field": words,
                        "former": then[name],
                        "present": entry[name],
                    }
                )
    return from_records(rows, CHANGED_DEFINITIONS)
