"""The tables of ``data/raw``: columns, types, keys, allowed codes (pandera).

May import ``paths``. ``columns`` defines every column once with its French description, ``tables``
says which table holds which, ``frames`` makes pandera schemas of them, ``faults`` words the errors.
"""

from .columns import (
    ALL_PAYERS,
    COLUMNS,
    LIST_SEPARATOR,
    MONEY,
    PERCENT,
    QUALIFIERS,
    Column,
)
from .faults import Fault, InvalidDossier, suggest
from .frames import DTYPES, check_frame, pandera_schema
from .tables import PROSE, TABLES, TEXT_HEADINGS, Table

__all__ = [
    "ALL_PAYERS", "COLUMNS", "Column", "DTYPES", "Fault", "InvalidDossier", "LIST_SEPARATOR",
    "MONEY", "PERCENT", "PROSE", "QUALIFIERS", "TABLES", "TEXT_HEADINGS", "Table", "check_frame",
    "pandera_schema", "suggest",
]  # fmt: skip
