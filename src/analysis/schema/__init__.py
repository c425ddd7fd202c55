"""The tables of ``data/raw``: columns, types, keys, allowed codes (pandera).

Imports nothing of ours. ``columns`` defines every column once with its French description,
``tables`` says which table holds which, ``frames`` makes pandera schemas of them, ``faults`` words
the errors.
"""

from analysis.schema.columns import (
    COLUMNS,
    FOLLOWUP_STATES,
    QUALIFIERS,
    Column,
)
from analysis.schema.faults import Fault, InvalidDossier, suggest
from analysis.schema.frames import DTYPES, check_frame, pandera_schema
from analysis.schema.tables import (
    PAGES,
    POPULATION_INDICATORS,
    REFERRING,
    TABLES,
    TEXT_HEADINGS,
    Table,
)

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
