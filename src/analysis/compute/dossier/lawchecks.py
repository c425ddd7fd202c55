"""Checks of what the law asks (legal.csv), and of the digital strategy's review."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.base.lists import split_list
from analysis.compute.dossier.crosschecks import Loaded
from analysis.model.formulas import FormulaError
from analysis.model.requirement_tests import PAGE_ANCHORS, parse_tests
from analysis.model.schema import MEASURED, TEXT_READ, Fault, suggest


def check_law(loaded: Loaded) -> Iterator[Fault]:
    """Conditions that can be read, places that exist, a day of reading for what was read alone."""
    tables = ("finalities", "approach")
    chapters = {f"sec-{id}" for name in tables for id in loaded.codes(f"{name}.id")}
    anchors = chapters | set(PAGE_ANCHORS)
    for row in loaded.rows("legal"):
        try:
            parse_tests(row["met"])
        except FormulaError as error:
            yield row.fault("met", error.problem, error.expected)
        for anchor in split_list(row["anchor"]):
            if anchor not in anchors and not loaded.unread & set(tables):
                expected = suggest(anchor, anchors)
                yield row.fault("anchor", "passage inconnu du rapport", expected, anchor)
        for column in ("verified_on", "read_to"):
            if pd.notna(row[column]) and row["certainty"] not in ("", TEXT_READ):
                yield row.fault(
                    column,
                    f"le texte n’a pas été lu (« {row['certainty']} »)",
                    f"Laisser vide, ou « {TEXT_READ} » dans certainty.",
                )
    for row in loaded.rows("digital"):
        if (row["block"] == MEASURED) != bool(row["indicator"]):
            yield row.fault(
                "indicator",
                f"indicateur et partie « {row['block']} » ne vont pas ensemble",
                f"Un indicateur pour chaque ligne « {MEASURED} », et pour elles seules.",
            )
