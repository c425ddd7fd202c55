"""One row of a comparison in French words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from analysis.compute.changes.change_frames import BECAME_ACTION, BECAME_PLANNED
from analysis.model.references import PERCENT, Row, Value
from analysis.model.store import OBSERVED, Edition
from analysis.words import french, prose

_PLACES = ("value", "qualifier", "status", "period_start", "period_end")


def _build_value(edition: Edition, row: Row, **known: Any) -> Value:
    """A number as the catalogue of this edition words it: its unit, its step."""
    entry = edition.value(f"{row['indicator']}@{row['territory']}")
    return replace(entry, missing="", modifier="", **known)


def read_side(edition: Edition, row: Row, side: str) -> Value:
    """``then``, ``then_kept`` or ``now`` of a row of ``values`` as a Value."""
    name = "now" if side == "now" else "then"
    parts = (side, f"{name}_qualifier", f"{name}_status", f"{name}_start", f"{name}_end")
    cells = (row[part] for part in parts)
    return _build_value(edition, row, **dict(zip(_PLACES, cells, strict=True)))


def read_former(edition: Edition, row: Row) -> Value:
    """The value that a row of ``revised`` replaces."""
    former = {name: row[f"former_{name}"] for name in ("value", "qualifier", "status")}
    return replace(read_present(edition, row), **former)


def read_present(edition: Edition, row: Row) -> Value:
    """The value that a row of ``revised`` keeps."""
    return _build_value(edition, row, **{name: row[name] for name in _PLACES})


def describe_title(edition: Edition, row: Row) -> str:
    """The indicator's title, with the territory where it is another than the report's own."""
    return french.typeset(prose.title_value(edition, row["title"], row["territory"]))


def describe_quantity(edition: Edition, value: Value) -> str:
    """« plus de 80 logements »; « non disponible » where there is no number."""
    return french.typeset(prose.format_quantity(edition, value))


def name_period(value: Value) -> str:
    """« 2017 », « janvier à octobre 2017, provisoire », « date non précisée »."""
    name = french.name_period(value.period_start, value.period_end)
    return f"{name}, {value.status}" if value.status not in ("", "définitif") else name


def describe_change(edition: Edition, row: Row) -> tuple[str, str]:
    """What changed (« +5,2 % », « +2,3 points »), '' where nothing may be said; and why not, or
    with what reservation."""
    if row["growth_pct"] is not None:
        return french.format_percentage(row["growth_pct"], signed=True), row["reservation"]
    if row["comparable"] and row["unit"] == PERCENT and row["difference"] is not None:
        step = edition.value(f"{row['indicator']}@{row['territory']}").precision
        word = french.choose_form(row["difference"], "point", "points")
        number = french.format_number(row["difference"], step, signed=True)
        return f"{number}{french.NO_BREAK}{word}", row["reservation"]
    return "", row["reason"]


def list_titles(edition: Edition, rows: Iterable[Row], state: str) -> list[str]:
    """Titles of the indicators in a state. Calculated ones follow from the others: they are left
    to the CSV files."""
    return [
        describe_title(edition, row)
        for row in rows
        if row["state"] == state and row["origin"] == OBSERVED
    ]


#: States in which a date that has passed is no longer of interest.
_SETTLED = ("faite", "abandonnée", BECAME_ACTION, BECAME_PLANNED)


def is_late(row: Row) -> bool:
    """Whether the date of a row of ``programme`` has passed and the thing is not settled."""
    return row["overdue"] and row["state"] not in _SETTLED


def describe_state(row: Row) -> str:
    """« reportée (30 juin 2032) », « sans suite connue »."""
    state = row["state"]
    if row["new_due"] is not None:
        return f"{state} ({french.format_date(row['new_due'])})"
    return state
