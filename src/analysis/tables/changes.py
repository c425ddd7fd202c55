"""Tables of what changed: values side by side, past values revised, definitions.

No caption: they stand in a chapter without a number, under a heading that says what they show.
May import changes, store, references, marks, french, prose, trails and its siblings.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from analysis import french
from analysis.changes import FOLLOWED, Changes, wording
from analysis.marks import mark
from analysis.store import OBSERVED, Edition, to_records
from analysis.tables.markdown import format_markdown
from analysis.trails import describe_formula, name_table


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
            "Indicateur": wording.describe_title(edition, row),
            f"Édition {changes.against}": _mark_then(edition, row),
            f"Édition {changes.year}": _mark_side(edition, row, "now"),
            "Évolution": _mark_change(edition, row),
        }
        for row in to_records(rows)
    ]
    return format_markdown(pd.DataFrame(lines), widths=[32, 23, 23, 22])


def _mark_side(edition: Edition, row: dict[str, Any], side: str) -> str:
    value = wording.read_side(edition, row, side)
    reference = row["reference" if side == "now" else "then_reference"]
    quantity = mark(wording.describe_quantity(edition, value), reference)
    return f"{quantity} ({wording.name_period(value)})"


def _mark_then(edition: Edition, row: dict[str, Any]) -> str:
    """The earlier value as it is kept today, and that it was revised."""
    revised = row["then"] != row["then_kept"]
    return _mark_side(edition, row, "then_kept") + (" ; révisée depuis" if revised else "")


def _mark_change(edition: Edition, row: dict[str, Any]) -> str:
    change, remark = wording.describe_change(edition, row)
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
        former = wording.read_former(edition, row)
        present = wording.read_present(edition, row)
        file = row["former_file"].removesuffix(".csv")
        source = ", ".join(
            text for text in (sources.get(row["source"], row["source"]), row["locator"]) if text
        )
        lines.append(
            {
                "Indicateur": wording.describe_title(edition, row),
                "Période": wording.name_period(present),
                f"Édition {changes.against}": mark(
                    wording.describe_quantity(edition, former), name_table(file)
                ),
                "Valeur retenue": mark(
                    wording.describe_quantity(edition, present),
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
