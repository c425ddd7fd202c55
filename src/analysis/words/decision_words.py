"""What became of a proposal from edition to edition, in words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pandas as pd

from analysis.model.decisions import DECISION_FIELDS, list_filled
from analysis.model.followups import UNDERTAKEN, Tables
from analysis.model.partial_dates import DAY, read_precision
from analysis.model.references import Row
from analysis.model.schema import UNCONFIRMED
from analysis.model.store import Edition, to_records
from analysis.words import french, prose
from analysis.words.hidden_markup import START, mark, strip_marks
from analysis.words.lineage import name_table

#: What each field of a decision is called, where it stands before what is said.
HEADS = dict(zip(DECISION_FIELDS, ("Qui déciderait", "Ce qu’il faut", "Pour quand", "Coût"),
                 strict=True))  # fmt: skip

#: States that say what is to come, with what comes before its date; the date of the others is that
#: of what was done.
_AHEAD = {"programmée": "pour", "en cours": "échéance :", "reportée": "nouvelle échéance :"}


def tell_history(
    year: int, tables: Mapping[str, pd.DataFrame], past: Mapping[int, Tables]
) -> dict[str, pd.DataFrame]:
    """The tables of an edition with the ``history`` of what is or was an improvement: « proposée en
    2017, décidée en mars 2018, programmée pour juin 2019 ». ``past``: those of each earlier
    edition, by year; the followed up ones alone change."""
    told: dict[str, list[str]] = {}
    for edition, typed in (*past.items(), (year, tables)):
        for row in to_records(typed["improvements"]):
            first = row["first_edition"]
            proposed = edition if pd.isna(first) else first
            told.setdefault(row["id"], [f"proposée en {proposed}"])
        for row in to_records(typed["followups"]):
            if row["id"] in told:
                told[row["id"]].append(_describe_event(edition, row["state"], row["new_due"]))
    for row in to_records(tables["improvements"]):  # typed as decided, whoever said so
        said = told[row["id"]]
        if row["status"] in UNDERTAKEN and not any(row["status"] in part for part in said):
            said.append(row["status"])
    lines = {id: french.typeset(", ".join(parts)) for id, parts in told.items()}
    names = ("planned", "improvements")
    return {**tables} | {
        name: tables[name].assign(
            history=pd.array([lines.get(id, "") for id in tables[name]["id"]], dtype="str")
        )
        for name in names
    }


def _describe_event(edition: int, state: str, day: date | None) -> str:
    if state == "proposée":
        return f"toujours proposée en {edition}"
    if day is None:
        return f"{state} (réponse de {edition})"
    the = "le " if read_precision(day) == DAY else ""
    if before := _AHEAD.get(state):
        if before != "pour":
            return f"{state} ({before} {french.format_date(day)})"
        return f"{state} {before} {the}{french.format_date(day)}"
    when = f"{the}{french.format_date(day)}" if the else french.format_period(None, day)
    return f"{state} {when}"


def describe_history(year: int, row: Row) -> str:
    """What a row of ``improvements`` became, and that nothing is known of it in an edition to which
    no service answered."""
    unknown = f" ; suite inconnue en {year}" if row["followup"] == UNCONFIRMED else ""
    return french.typeset(f"{row['history']}{unknown}")


def describe_field(edition: Edition, row: Row, name: str) -> str:
    """A field of a decision; a number that its source gives in words leads to the table."""
    if name == "due":
        return french.format_date(row["due"])
    if name == "decider":
        return french.typeset(row["decider"])
    said = prose.resolve_line(edition, row[name])
    typed = START not in said and any(letter.isdigit() for letter in said)
    return mark(said, name_table("improvements")) if typed else said


def list_decision_facts(edition: Edition, row: Row) -> list[tuple[str, str]]:
    """What is known of a decision in plain words, each after its head."""
    return [
        (HEADS[name], strip_marks(describe_field(edition, row, name))) for name in list_filled(row)
    ]
