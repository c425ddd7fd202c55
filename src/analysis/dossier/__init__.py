"""Read and validate ``data/raw``: all errors of all files at once, in the analyst's words.

May import ``paths``, ``lists``, ``schema``, ``references``, ``formulas`` (grammar and order).
Nothing here writes a raw file. Besides the contract's CSV, it reads what a French Excel saves:
semicolons, decimal commas, BOM, cp1252, no-break spaces between thousands, dates as 31/10/2017.
"""

from analysis.dossier.prosechecks import CHARTS_FILE
from analysis.dossier.reading import (
    Check,
    RawEdition,
    collect_faults,
    find_earlier,
    list_editions,
    read_dossier,
)
from analysis.schema import Fault, InvalidDossier

__all__ = [
    "CHARTS_FILE",
    "Check",
    "Fault",
    "InvalidDossier",
    "RawEdition",
    "collect_faults",
    "find_earlier",
    "list_editions",
    "read_dossier",
]
