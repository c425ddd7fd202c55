"""Tables of what changed: values side by side, past values revised, definitions.

No caption: they stand in a chapter without a number, under a heading that says what they show.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.compute.changes import Changes, change_words
from analysis.compute.changes.change_frames import CORRECTED, DECLINE, PROGRESS
from analysis.model.references import Row
from analysis.model.store import Edition, to_records
from analysis.show.tables.evolutions import CLASSES
from analysis.show.tables.pipe_tables import format_table
from analysis.words import french
from analysis.words.citations import name_answer
from analysis.words.hidden_markup import hide, mark
from analysis.words.lineage import describe_formula, name_table


def tabulate_moves(
    edition: Edition, changes: Changes, rows: Sequence[Row], pictures: Mapping[str, str]
) -> str:
    """Values in both editions, with the picture of each indicator where it has one (by reference),
    its change and whether that is progress."""
    columns = {
        "Indicateur": 32,
        f"Série{french.NO_BREAK}connue": 13,
        f"Édition {changes.against}": 20,
        f"Édition {changes.year}": 20,
        "Évolution": 20,
    }
    lines = []
    for row in rows:
        title, then, now, change = change_words.describe_row(edition, changes, row)
        if row["trend"] in (PROGRESS, DECLINE):
            kind = CLASSES[row["trend"] == PROGRESS]
            change = f"{hide('[')}{change}, {row['trend']}{hide(f']{{.evolution .{kind}}}')}"
        lines.append((title, pictures.get(row["reference"], ""), then, now, change))
    return format_table(columns, lines)


def tabulate_targets(edition: Edition, changes: Changes) -> str:
    """Targets: what is wanted, what is known, what is concluded."""
    columns = {"Indicateur": 26, "Objectif": 20, "Dernière valeur connue": 22}
    columns[f"Constat à la fin de {changes.year}"] = 32
    rows = to_records(changes.targets)
    return format_table(
        columns, [change_words.describe_target(edition, changes, row) for row in rows]
    )


def tabulate_revised(edition: Edition, changes: Changes) -> str:
    """Typed values of the past that this edition gives otherwise. Calculated ones follow from
    these and are said below."""
    columns = {
        "Indicateur": 30,
        "Période": 14,
        f"Édition {changes.against}": 16,
        "Valeur retenue": 16,
        "Source de la révision": 24,
    }
    lines = []
    for row in change_words.list_revised(changes, CORRECTED):
        former = change_words.read_former(edition, row)
        present = change_words.read_present(edition, row)
        files = (row[name].removesuffix(".csv") for name in ("former_file", "file"))
        before, after = map(name_table, files)
        lines.append(
            (
                change_words.describe_title(edition, row),
                change_words.name_period(present),
                mark(change_words.describe_quantity(edition, former), before),
                mark(change_words.describe_quantity(edition, present), row["reference"] or after),
                name_answer(edition, row["source"], row["locator"]),
            )
        )
    return format_table(columns, lines)


def tabulate_definitions(edition: Edition, changes: Changes) -> str:
    """What the catalogue of indicators said and says."""
    columns = {"Indicateur": 26, "Ce qui change": 14, "Avant": 30, "Maintenant": 30}
    lines = [
        (
            french.typeset(row["title"]),
            row["field"],
            _say_field(edition, row["field"], row["former"]),
            _say_field(edition, row["field"], row["present"]),
        )
        for row in to_records(changes.definitions)
    ]
    return format_table(columns, lines)


def _say_field(edition: Edition, field: str, text: str) -> str:
    if not text:
        return "aucune"
    if field == "formule":
        text = describe_formula(edition, text)
    elif field == "unité":
        plurals = dict(zip(edition.units["id"], edition.units["plural"], strict=True))
        text = plurals.get(text) or text
    return mark(french.typeset(text), name_table("indicators"))
