"""The edition that a notebook works on.

In a run of the book it is the one that ``data/processed`` holds, and what is read of it is written
down. A person who opens a notebook has it computed from ``data/raw`` as it is now: what she has
just changed shows when the cells are run again. Nothing is written then.
"""

from __future__ import annotations

import os
from importlib import import_module

from analysis.base.paths import BOOK_VARIABLE, Dossier, locate_dossier
from analysis.base.rawfiles import choose_edition
from analysis.compute.changes import Changes, compare_editions, read_changes
from analysis.model.store import Edition, read_edition


def _load_edition(dossier: Dossier, year: int) -> Edition:
    """Computed from ``raw/``, by modules on which no chapter of the book depends: they are named
    where ``run.dependencies`` looks for no import."""
    indicators = import_module("analysis.compute.indicators")
    return indicators.load_edition(dossier, year)


def open_edition(year: int | None = None) -> Edition:
    """The edition ``year`` of the dossier, the newest where it is None. Raises UserError with every
    fault of every file, or where there is no such edition (French)."""
    if os.environ.get(BOOK_VARIABLE):
        return read_edition(year)
    dossier = locate_dossier()
    return _load_edition(dossier, choose_edition(dossier, year))


def open_changes(edition: Edition) -> Changes:
    """What changed since the edition before (``edition.earlier``, which must be known).

    Raises as ``open_edition`` does.
    """
    if os.environ.get(BOOK_VARIABLE):
        return read_changes(edition.year)
    dossier = locate_dossier()
    assert edition.earlier is not None
    return compare_editions(_load_edition(dossier, edition.earlier), edition, dossier)
