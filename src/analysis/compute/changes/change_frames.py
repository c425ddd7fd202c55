"""What a comparison of two editions holds: columns of its frames, and how it is kept.

Kept below ``processed/<year>/changes/``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.paths import Dossier, locate_dossier
from analysis.model.store import DATE, FLAG, INTEGER, NUMBER, TEXT, read_frames, write_frames

#: States of a row of ``values``.
FOLLOWED, NOT_RENEWED, NEW = "suivi", "sans valeur plus récente", "nouveau"

#: States of a row of ``programme``; the others are those of followups.csv.
NEW_ENTRY = "nouvelle"
CONTINUED = "se poursuit"
STILL_PLANNED = "toujours programmée"
STILL_PROPOSED = "toujours proposée"
BECAME_ACTION = "devenue une action"
BECAME_PLANNED = "devenue une action à court terme"
POSTPONED = "reportée"
UNKNOWN = "sans suite connue"

#: Columns of ``values``: one row for each indicator × territory that either edition values.
#: ``then`` is what the earlier edition gave, ``then_kept`` what this one gives for that period
#: (another number where it was revised); ``growth_pct`` and ``difference`` (in the indicator's
#: unit) go from ``then_kept`` to ``now`` and are given for comparable periods only, else
#: ``reason`` says why not. ``reference`` and ``then_reference`` name ``now`` and ``then_kept`` in
#: this edition ('' where no reference does).
VALUES = {
    "indicator": TEXT, "territory": TEXT, "title": TEXT, "unit": TEXT, "measure": TEXT,
    "chapter": TEXT, "action": TEXT, "origin": TEXT, "state": TEXT,
    "then": NUMBER, "then_qualifier": TEXT, "then_status": TEXT, "then_start": DATE,
    "then_end": DATE, "then_kept": NUMBER,
    "now": NUMBER, "now_qualifier": TEXT, "now_status": TEXT, "now_start": DATE, "now_end": DATE,
    "comparable": FLAG, "reason": TEXT, "reservation": TEXT, "growth_pct": NUMBER,
    "difference": NUMBER, "reference": TEXT, "then_reference": TEXT,
}  # fmt: skip

#: Columns of ``revised``: one row for each indicator × territory × period that both editions
#: value otherwise. ``declared``: revisions.csv says so.
REVISED = {
    "indicator": TEXT, "territory": TEXT, "title": TEXT, "unit": TEXT, "chapter": TEXT,
    "origin": TEXT, "period_start": DATE, "period_end": DATE,
    "former_value": NUMBER, "former_qualifier": TEXT, "former_status": TEXT,
    "former_source": TEXT, "former_locator": TEXT, "former_file": TEXT, "former_line": INTEGER,
    "value": NUMBER, "qualifier": TEXT, "status": TEXT, "source": TEXT, "locator": TEXT,
    "file": TEXT, "line": INTEGER, "declared": FLAG, "reference": TEXT,
}  # fmt: skip

#: Columns of ``programme``: one row for each action, short-term action and improvement of either
#: edition. ``table``: actions, planned, improvements. ``overdue``: its date fell before the end
#: of this edition's year. ``source`` and ``locator``: of the follow-up.
PROGRAMME = {
    "table": TEXT, "id": TEXT, "chapter": TEXT, "title": TEXT, "due_start": DATE, "due_end": DATE,
    "overdue": FLAG, "state": TEXT, "new_due": DATE, "note": TEXT, "source": TEXT,
    "locator": TEXT, "described": FLAG,
}  # fmt: skip

#: Columns of ``definitions``: one row for each field of the catalogue that changed.
DEFINITIONS = {
    "indicator": TEXT, "title": TEXT, "chapter": TEXT, "field": TEXT, "former": TEXT,
    "present": TEXT,
}  # fmt: skip

FRAMES = ("values", "revised", "programme", "definitions")
_FOLDER, _INDEX = "changes", "changes.json"


@dataclass(frozen=True)
class Changes:
    """What changed in the edition ``year`` since the edition ``against``.

    ``against_kind`` and ``against_note``: see ``store.Edition.about``. ``unknown``: name of what
    cannot be compared (indicators, programme, definitions) → French reason.
    The frames have the columns named above.
    """

    year: int
    against: int
    against_kind: str
    against_note: str
    values: pd.DataFrame
    revised: pd.DataFrame
    programme: pd.DataFrame
    definitions: pd.DataFrame
    unknown: Mapping[str, str] = field(default_factory=dict)


def _folder(dossier: Dossier, year: int) -> Path:
    return dossier.processed_year(year) / _FOLDER


def write_changes(changes: Changes, dossier: Dossier) -> Path:
    """Keep a comparison beside its edition; returns the folder."""
    folder = _folder(dossier, changes.year)
    frames = {name: getattr(changes, name) for name in FRAMES}
    nested: dict[str, Any] = {
        name: getattr(changes, name)
        for name in ("year", "against", "against_kind", "against_note", "unknown")
    }
    write_frames(folder, _INDEX, frames, nested)
    return folder


def read_changes(year: int, dossier: Dossier | None = None) -> Changes:
    """What ``write_changes`` kept.

    Raises
    ------
    FileNotFoundError
        when the edition was not compared (message in French).
    """
    folder = _folder(dossier or locate_dossier(), year)
    if not (folder / _INDEX).is_file():
        raise FileNotFoundError(
            f"L’édition {year} n’est comparée à aucune autre ({folder / _INDEX} manque) : "
            "lancer « make data »."
        )
    frames, nested = read_frames(folder, _INDEX)
    return Changes(**frames, **nested)
