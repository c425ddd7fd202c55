"""Read and validate ``data/raw``: all errors of all files at once, in the analyst's words.

Nothing here writes a raw file. Besides the contract's CSV, it reads what a French Excel saves:
semicolons, decimal commas, BOM, cp1252, no-break spaces between thousands, dates as 31/10/2017.
"""

from analysis.compute.dossier.prosechecks import CHARTS_FILE
from analysis.compute.dossier.reading import (
    RawEdition,
    check_reviews,
    collect_faults,
    find_earlier,
    list_idle_requests,
    read_dossier,
)
from analysis.model.schema import Fault, InvalidDossier
