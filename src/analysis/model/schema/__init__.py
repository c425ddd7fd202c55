"""The tables of ``data/raw`` and ``data/processed``: columns, types, keys, allowed codes.

``columns`` defines every column once with its French description; ``raw_tables`` and
``processed_tables`` say which table holds which; ``faults`` words what is wrong with a raw file.
``validation`` checks raw tables with pandera; it is imported apart, for notebooks do without.
"""

from analysis.model.schema.columns import COLUMNS, DTYPES, FOLLOWUP_STATES, QUALIFIERS, Column
from analysis.model.schema.faults import Fault, InvalidDossier, suggest
from analysis.model.schema.processed_tables import (
    DERIVED,
    OBSERVED,
    PROCESSED,
    RECONSTITUTED,
    SHIFTING,
    ProcessedTable,
)
from analysis.model.schema.raw_tables import (
    CHECK_KIND,
    JUDGEMENT,
    PAGES,
    POPULATION_INDICATORS,
    REFERRING,
    TABLES,
    TEXT_HEADINGS,
    Table,
)

__all__ = [
    "CHECK_KIND",
    "COLUMNS",
    "DERIVED",
    "DTYPES",
    "FOLLOWUP_STATES",
    "JUDGEMENT",
    "OBSERVED",
    "PAGES",
    "POPULATION_INDICATORS",
    "PROCESSED",
    "QUALIFIERS",
    "RECONSTITUTED",
    "REFERRING",
    "SHIFTING",
    "TABLES",
    "TEXT_HEADINGS",
    "Column",
    "Fault",
    "InvalidDossier",
    "ProcessedTable",
    "Table",
    "suggest",
]
