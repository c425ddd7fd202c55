"""Tables of what changed: values side by side, past values revised, definitions.

No caption: they stand in a chapter without a number, under a heading that says what they show.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from analysis.compute.changes import FOLLOWED, Changes, change_words
from analysis.model.store import OBSERVED, Edition, to_records
from analysis.show.tables.pipe_tables import format_table
from analysis.words import french
from analysis.words.hidden_markup import mark
from analysis.words.lineage import describe_formula, name_table


def tabulate_followed(edition: Edition, changes: Changes, chapter: str) -> str:
    """Values of a chapter in both editions. A value that no reference of this edition gives any
    more (a mean by month, a ratio to another year's population) is left to the CSV files."""
    rows = changes.values[
        (changes.values["chapter"] == chapter)
        & (changes.values["state"] == FOLLOWED)
        & (changes.values["reference"] != "")
        & (changes.values["then_reference"] != "")
    ]
    columns = {
        "Indicateur": 32,
        f"Édition {changes.against}": 23,
        f"Édition {changes.year}": 23,
        "Évolution": 22,
    }
    lines = [
        (
            change_words.describe_title(edition, row),
            _mark_then(edition, row),
            _mark_side(edition, row, "now"),
            _mark_change(edition, row),
        )
        for row in to_records(rows)
    ]
    return format_table(columns, lines)


def _mark_side(edition: Edition, row: dict[str, Any], side: str) -> str:
    value = change_words.read_side(edition, row, side)
    reference = row["reference" if side == "now" else "then_reference"]
    quantity = mark(change_words.describe_quantity(edition, value), reference)
    return f"{quantity} ({change_words.name_period(value)})"


def _mark_then(edition: Edition, row: dict[str, Any]) -> str:
    """The earlier value as it is kept today, and that it was revised."""
    revised = row["then"] != row["then_kept"]
    return _mark_side(edition, row, "then_kept") + (" ; révisée depuis" if revised else "")


def _mark_change(edition: Edition, row: dict[str, Any]) -> str:
    change, remark = change_words.describe_change(edition, row)
    reference = name_growth(row)
    return " ; ".join(mark(french.typeset(text), reference) for text in (change, remark) if text)


def name_growth(row: Mapping[str, Any]) -> str:
    """Reference of a change: a growth has a trail of its own where it goes from the period
    before."""
    before = f"{row['reference']}:precedent"
    return f"{row['reference']}:evolution" if row["then_reference"] == before else row["reference"]


def tabulate_revised(edition: Edition, changes: Changes) -> str:
    """Past values that this edition gives otherwise. Calculated ones follow from these."""
    rows = changes.revised[changes.revised["origin"] == OBSERVED]
    sources = edition.source_titles
    columns = {
        "Indicateur": 30,
        "Période": 14,
        f"Édition {changes.against}": 16,
        "Valeur retenue": 16,
        "Source de la révision": 24,
    }
    lines = []
    for row in to_records(rows):
        former = change_words.read_former(edition, row)
        present = change_words.read_present(edition, row)
        files = (row[name].removesuffix(".csv") for name in ("former_file", "file"))
        before, after = map(name_table, files)
        source = sources.get(row["source"], row["source"])
        lines.append(
            (
                change_words.describe_title(edition, row),
                change_words.name_period(present),
                mark(change_words.describe_quantity(edition, former), before),
                mark(change_words.describe_quantity(edition, present), row["reference"] or after),
                ", ".join(filter(None, (source, row["locator"]))),
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
