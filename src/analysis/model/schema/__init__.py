"""The tables of ``data/raw``: columns, types, keys, allowed codes (pandera).

``columns`` defines every column once with its French description,
``tables`` says which table holds which, ``frames`` makes pandera schemas of them, ``faults`` words
the errors.
"""

from analysis.model.schema.columns import COLUMNS, FOLLOWUP_STATES, QUALIFIERS, Column
from analysis.model.schema.faults import Fault, InvalidDossier, suggest
from analysis.model.schema.raw_tables import (
    PAGES,
    POPULATION_INDICATORS,
    REFERRING,
    TABLES,
    TEXT_HEADINGS,
    Table,
)
from analysis.model.schema.validation import DTYPES, check_frame, pandera_schema

__all__ = [
    "COLUMNS",
    "DTYPES",
    "FOLLOWUP_STATES",
    "PAGES",
    "POPULATION_INDICATORS",
    "QUALIFIERS",
    "REFERRING",
    "TABLES",
    "TEXT_HEADINGS",
    "Column",
    "Fault",
    "InvalidDossier",
    "Table",
    "check_frame",
    "pandera_schema",
    "suggest",
]  # fmt: skip
