"""Tables of what changed: values side by side, past values revised, definitions.

No caption: they stand in a chapter without a number, under a heading that says what they show.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis.compute.changes import FOLLOWED, Changes, change_words
from analysis.model.store import OBSERVED, Edition, to_records
from analysis.show.tables.pipe_tables import format_markdown
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
    lines = [
        {
            "Indicateur": change_words.describe_title(edition, row),
            f"Édition {changes.against}": _mark_then(edition, row),
            f"Édition {changes.year}": _mark_side(edition, row, "now"),
            "Évolution": _mark_change(edition, row),
        }
        for row in to_records(rows)
    ]
    return format_markdown(pd.DataFrame(lines), widths=[32, 23, 23, 22])


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
    # A growth has a trail of its own where it goes from the period before.
    before = f"{row['reference']}:precedent"
    reference = (
        f"{row['reference']}:evolution" if row["then_reference"] == before else row["reference"]
    )
    parts = [mark(french.typeset(text), reference) for text in (change, remark) if text]
    return " ; ".join(parts)


def tabulate_revised(edition: Edition, changes: Changes) -> str:
    """Past values that this edition gives otherwise. Calculated ones follow from these."""
    rows = changes.revised[changes.revised["origin"] == OBSERVED]
    sources = dict(zip(edition.sources["id"], edition.sources["title"], strict=True))
    lines = []
    for row in to_records(rows):
        former = change_words.read_former(edition, row)
        present = change_words.read_present(edition, row)
        file = row["former_file"].removesuffix(".csv")
        source = ", ".join(
            text for text in (sources.get(row["source"], row["source"]), row["locator"]) if text
        )
        lines.append(
            {
                "Indicateur": change_words.describe_title(edition, row),
                "Période": change_words.name_period(present),
                f"Édition {changes.against}": mark(
                    change_words.describe_quantity(edition, former), name_table(file)
                ),
                "Valeur retenue": mark(
                    change_words.describe_quantity(edition, present),
                    row["reference"] or name_table(row["file"].removesuffix(".csv")),
                ),
                "Source de la révision": source,
            }
        )
    return format_markdown(pd.DataFrame(lines), widths=[30, 14, 16, 16, 24])


def tabulate_definitions(edition: Edition, changes: Changes) -> str:
    """What the catalogue of indicators said and says."""
    lines = [
        {
            "Indicateur": french.typeset(row["title"]),
            "Ce qui change": row["field"],
            "Avant": _say_field(edition, row["field"], row["former"]),
            "Maintenant": _say_field(edition, row["field"], row["present"]),
        }
        for row in to_records(changes.definitions)
    ]
    return format_markdown(pd.DataFrame(lines), widths=[26, 14, 30, 30])


def _say_field(edition: Edition, field: str, text: str) -> str:
    if not text:
        return "aucune"
    if field == "formule":
        text = describe_formula(edition, text)
    elif field == "unité":
        plurals = dict(zip(edition.units["id"], edition.units["plural"], strict=True))
        text = plurals.get(text) or text
    return mark(french.typeset(text), name_table("indicators"))
