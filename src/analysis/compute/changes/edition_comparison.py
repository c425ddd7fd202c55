"""Two editions → what changed."""

from __future__ import annotations

from analysis.base.paths import Dossier
from analysis.compute.changes.catalogue import compare_definitions, read_published
from analysis.compute.changes.change_frames import NEW, Changes
from analysis.compute.changes.changed_values import compare_values, find_revised
from analysis.compute.changes.commitments import compare_targets, list_deadlines
from analysis.compute.changes.programme import compare_programme, describe_unknown
from analysis.model.store import Edition


def compare_editions(earlier: Edition, later: Edition, dossier: Dossier) -> Changes:
    """What changed from ``earlier`` to ``later``. ``earlier, later``: both computed from ``raw/``
    as each edition reads it; ``dossier``: where the catalogue published with the earlier edition is
    looked for. Raises ValueError when ``earlier`` is not the earlier one (French)."""
    if earlier.year >= later.year:
        raise ValueError(
            f"L’édition {later.year} se compare à une édition antérieure, pas à {earlier.year}."
        )
    values = compare_values(earlier, later)
    programme = describe_unknown(earlier)
    unknown = {"programme": programme} if programme else {}
    if earlier.is_reconstituted:
        # What it does not hold is unknown: no indicator can be called new against it.
        values = values[values["state"] != NEW].reset_index(drop=True)
        unknown["indicators"] = (
            f"seul est connu de {earlier.year} ce que des documents plus récents en disent : "
            "aucun indicateur n’est donc signalé comme nouveau"
        )
    published, reason = read_published(dossier, earlier)
    if reason:
        unknown["definitions"] = reason
    definitions = compare_definitions(published, later)
    reworded = definitions.groupby("indicator")["field"].agg(set).to_dict()
    followed = compare_programme(earlier, later)
    return Changes(
        year=later.year,
        against=earlier.year,
        against_kind=earlier.about.get("kind", ""),
        against_note=earlier.about.get("note", ""),
        values=values,
        targets=compare_targets(earlier, later),
        deadlines=list_deadlines(earlier, later, followed),
        revised=find_revised(earlier, later, reworded),
        programme=followed,
        definitions=definitions,
        unknown=unknown,
    )
