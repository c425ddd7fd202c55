"""What a comparison of two editions holds, and its files below ``processed/<year>/changes/``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.command_names import name_command
from analysis.base.paths import Dossier, locate_dossier
from analysis.model.schema.processed_tables import CHANGES
from analysis.model.store import read_frames, write_frames

#: States of a row of ``values``.
FOLLOWED, NOT_RENEWED, NEW = "suivi", "sans valeur plus récente", "nouveau"

#: Trends of a row of ``values``: towards what is wanted, away from it, where nothing is wanted up
#: or down, neither.
PROGRESS, DECLINE, RISE, FALL, STABLE = "progrès", "recul", "hausse", "baisse", "stable"

#: Causes of a row of ``revised``. The last is no revision: a term now is another value, not the
#: same one corrected.
CORRECTED, CONSEQUENCE = "révision", "conséquence d’une révision"
OTHER_FORMULA, OTHER_TERMS = "formule changée", "autres termes"
CAUSES = (CORRECTED, CONSEQUENCE, OTHER_FORMULA, OTHER_TERMS)

#: Outcomes of a row of ``deadlines``.
KEPT, LATE, PUT_OFF, RUNNING = "fait", "fait plus tard que prévu", "reporté", "en cours"
GIVEN_UP, NO_NEWS = "abandonné", "échéance passée, sans nouvelle"
OUTCOMES = (KEPT, LATE, PUT_OFF, RUNNING, GIVEN_UP, NO_NEWS)

#: States of a row of ``programme``; the others are those of followups.csv.
NEW_ENTRY = "nouvelle"
CONTINUED = "se poursuit"
STILL_PLANNED = "toujours programmée"
STILL_PROPOSED = "toujours proposée"
BECAME_ACTION = "devenue une action"
BECAME_PLANNED = "devenue une action à court terme"
POSTPONED = "reportée"
UNKNOWN = "sans suite connue"

_FOLDER, _INDEX = "changes", "changes.json"


@dataclass(frozen=True)
class Changes:
    """What changed in the edition ``year`` since the edition ``against``.

    ``against_kind`` and ``against_note``: see ``store.Edition.about``. ``unknown``: name of what
    cannot be compared (indicators, programme, definitions) → French reason.
    The frames have the columns of ``processed_tables.CHANGES``.
    """

    year: int
    against: int
    against_kind: str
    against_note: str
    values: pd.DataFrame
    targets: pd.DataFrame
    deadlines: pd.DataFrame
    revised: pd.DataFrame
    programme: pd.DataFrame
    definitions: pd.DataFrame
    unknown: Mapping[str, str] = field(default_factory=dict)


def _folder(dossier: Dossier, year: int) -> Path:
    return dossier.processed_year(year) / _FOLDER


def write_changes(changes: Changes, dossier: Dossier) -> Path:
    """Keep a comparison beside its edition; returns the folder."""
    folder = _folder(dossier, changes.year)
    frames = {name: getattr(changes, name) for name in CHANGES}
    nested: dict[str, Any] = {
        name: getattr(changes, name)
        for name in ("year", "against", "against_kind", "against_note", "unknown")
    }
    write_frames(folder, _INDEX, frames, nested)
    return folder


def read_changes(year: int, dossier: Dossier | None = None) -> Changes:
    """What ``write_changes`` kept. Raises FileNotFoundError when the edition was not compared
    (message in French)."""
    folder = _folder(dossier or locate_dossier(), year)
    if not (folder / _INDEX).is_file():
        raise FileNotFoundError(
            f"L’édition {year} n’est comparée à aucune autre ({folder / _INDEX} manque) : "
            f"lancer « {name_command('data', year=year)} »."
        )
    frames, nested = read_frames(folder, _INDEX)
    return Changes(**frames, **nested)
