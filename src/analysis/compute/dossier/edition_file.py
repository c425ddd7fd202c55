"""What kind of edition a year folder holds: ``<year>/edition.yml``, which most editions lack.

``kind: reconstituée`` says that the edition was never published: it is made of what later sources
say of its year, and what it does not hold is unknown. ``note`` says so in a French sentence.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from analysis.base.rawfiles import KIND_FILE
from analysis.compute.dossier.crosschecks import Loaded
from analysis.compute.dossier.prosechecks import References, check_prose
from analysis.compute.dossier.tree_files import read_yaml
from analysis.model.schema import RECONSTITUTED, Fault, Table, suggest

_KEYS = ("kind", "note")


def read_kind(raw: Path, year: int) -> tuple[dict[str, str], list[Fault]]:
    """``kind`` and ``note`` of an edition ('' where there is no such file), and their faults."""
    file = f"{year}/{KIND_FILE}"
    nothing = dict.fromkeys(_KEYS, "")
    if not (raw / file).is_file():
        return nothing, []
    content, faults = read_yaml(raw / file, file)
    if faults:
        return nothing, faults
    if not isinstance(content, dict):
        expected = "Attendu : deux lignes, kind et note."
        return nothing, [Fault.of_file(file, "fichier mal formé", expected)]
    faults = [
        Fault(file, 0, str(key), "", "clé inconnue", suggest(str(key), set(_KEYS)))
        for key in content
        if key not in _KEYS
    ]
    about = {key: str(content.get(key) or "").strip() for key in _KEYS}
    if about["kind"] != RECONSTITUTED:
        said = "sorte d’édition inconnue", suggest(about["kind"], {RECONSTITUTED})
        faults.append(Fault(file, 0, "kind", about["kind"], *said))
    if not about["note"]:
        said = "renseignement manquant", "Dire pourquoi, en une phrase."
        faults.append(Fault(file, 0, "note", "", *said))
    return about, faults


def check_note(loaded: Loaded, references: References) -> Iterator[Fault]:
    """The note obeys the rules of any prose: no typed digit but years and dates."""
    names = loaded.codes("digit_names.text")
    for _, read, problem, expected in check_prose(loaded.about["note"], references, names):
        yield Fault(f"{loaded.year}/{KIND_FILE}", 0, "note", read, problem, expected)


def relax_table(table: Table, about: dict[str, str]) -> Table:
    """The table as it is asked of this kind of edition: one that was never published may lack any
    table of its year."""
    unpublished = table.place == "year" and about["kind"] == RECONSTITUTED
    return replace(table, may_be_empty=True, optional=True) if unpublished else table
