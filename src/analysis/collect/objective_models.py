"""Objectives and indicators of a theme, added to a dossier as proposals to be edited.

The values that the model's source sets are no territory's: they are told in the notes, and no
target is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from analysis.base.command_names import name_command
from analysis.base.errors import UserError
from analysis.base.journal import write_together
from analysis.base.paths import Dossier
from analysis.collect.raw_edits import CsvFile
from analysis.compute.objectives import Branch, Model, read_model
from analysis.model.schema import TABLES
from analysis.model.store import Edition
from analysis.words import french
from analysis.words.progress_words import describe_model_target

#: What is copied, in this order.
_COPIED = ("sources", "units", "indicators", "improvements", "objectives", "objective_links")


def add_model(dossier: Dossier, edition: Edition, name: str) -> str:
    """Add to an edition what it lacks of a model; what was added (French). A row whose key is there
    stays as it is. Raises UserError when there is no such model, or the territory has not its
    chapter (French)."""
    model = read_model(name)
    chapters = {row["chapter"] for table in ("objectives", "indicators") for row in
                model.tables[table]} - set(edition.chapters["id"])  # fmt: skip
    if chapters:
        raise UserError(f"Le dossier n’a pas de chapitre {french.join_list(sorted(chapters))}.")
    contents, lines = {}, []
    for table in _COPIED:
        file = TABLES[table].file(edition.year)
        changed = CsvFile.read(dossier.raw, file, TABLES[table].header)
        rows = [*_list_new(model, edition, table)]
        for row in rows:
            changed.append(row)
        if rows:
            contents[dossier.raw / file] = changed.content
            lines.append(f"  raw/{file} : {french.format_count(len(rows), 'ligne', 'lignes')}")
    if not lines:
        return f"Rien à ajouter : le dossier a déjà tout le modèle « {name} »."
    write_together(dossier.raw, contents)
    return "\n".join(
        [
            "Ajouté, sans toucher à ce qui était saisi :",
            *lines,
            "Ce sont des propositions : les relire, retirer ce qui ne convient pas, nommer qui en"
            " répond. Les valeurs du référentiel sont dans les notes : la cible du territoire est à"
            " fixer, puis à saisir dans targets.csv avec son point de départ.",
            f"Ensuite : « {name_command('data', year=edition.year)} ».",
        ]
    )


def _list_new(model: Model, edition: Edition, table: str) -> Iterator[dict[str, Any]]:
    """The rows of a table of the model that an edition lacks, as they stand in a dossier: after
    those that it has, of its year, with what the source's values were."""
    frame, key = getattr(edition, table), list(TABLES[table].key)
    known = set(frame[key].itertuples(index=False, name=None))
    ranks = Counter(frame["chapter"]) if "order" in frame else {}
    notes = {
        branch.row["id"]: _tell_values(model, branch)
        for top in model.branches
        for branch in top.walk()
    }
    for row in model.tables[table]:
        if tuple(row[name] for name in key) in known:
            continue
        if "order" in row:
            row = {**row, "order": row["order"] + ranks[row["chapter"]]}
        if table == "objectives":
            row = {**row, "note": notes[row["id"]]}
        if table == "improvements":
            row = {**row, "first_edition": edition.year}
        yield row


def _tell_values(model: Model, branch: Branch) -> str:
    said = [
        describe_model_target(model, row, model.targets[row["id"]]) for row in branch.indicators
    ]
    return f"À titre d’exemple, non du territoire : {' ; '.join(said)}" if said else ""
