"""From a reference to the rows that were typed: directly, or through the terms of formulas."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from analysis.base.lists import split_list
from analysis.model.references import IN_FORCE, Row, Value, is_in_force, parse_reference
from analysis.model.store import DERIVED, Edition, to_records

#: Words after which a number is no longer the one that was typed.
CALCULATED = ("evolution", "par-mois")
#: Folder of the tables whose values are worked out of the whole file, not typed on a line of it.
_WHOLE = "reference/"


@dataclass(frozen=True)
class Origin:
    """A typed row that a number rests on; ``calculated``: through a calculation.

    ``file`` and ``line`` say where it stands below ``raw/`` (line 0: the whole file). ``value`` is
    in ``unit``. ``row`` is the row itself.
    """

    indicator: str
    title: str
    value: float | None
    unit: str
    qualifier: str
    status: str
    period: tuple[Any, Any]
    source: str
    locator: str
    note: str
    file: str
    calculated: bool
    row: Row = field(repr=False)
    is_target: bool = False

    @property
    def line(self) -> int:
        """Looked up when asked for: charts do not say it, and do not depend on it."""
        return self.row["line"]


def find_rows(edition: Edition, reference: str) -> list[Row]:
    """The rows of ``values`` that a reference reads: two for an evolution, none for a target."""
    parsed = parse_reference(reference)
    value = edition.value(reference)
    if parsed.modifier == "cible":
        return []
    rows = edition.ledger.rows(parsed.indicator, value.territory)
    ranks = {"": (0,), "par-mois": (0,), "precedent": (1,), "evolution": (0, 1)}
    if parsed.modifier in ranks:
        return [row for row in rows if row["rank"] in ranks[parsed.modifier]]
    span = (value.period_start, value.period_end)
    if span == (None, None):
        return []  # no value of that year
    return [row for row in rows if (row["period_start"], row["period_end"]) == span]


def name_row_reference(edition: Edition, row: Row) -> str:
    """The reference that gives a row of ``values``: the plain one, ``:precedent``, or the year
    before (``:N-2``); '' where none does (two values of one year, a revised one)."""
    place = row["indicator"]
    if row["territory"] not in ("", edition.territory["id"]):
        place += f"@{row['territory']}"
    modifiers = ["", "precedent", IN_FORCE] if is_in_force(row) else ["", "precedent"]
    if row["period_end"] is not None and row["period_end"].year <= edition.year:
        modifiers.append(f"N-{edition.year - row['period_end'].year}".removesuffix("-0"))
    for modifier in modifiers:
        reference = f"{place}:{modifier}".removesuffix(":")
        value = edition.value(reference)
        span = (value.period_start, value.period_end)
        if value.value is not None and span == (row["period_start"], row["period_end"]):
            return reference
    return ""


def read_term(edition: Edition, row: Row, term: str) -> Value:
    """What a term stood for when a derived row was computed."""
    return edition.ledger.resolve_term(term, row) or edition.value(term)


def find_term_rows(edition: Edition, value: Value) -> list[Row]:
    """The rows of ``values`` of a value's period."""
    span = (value.period_start, value.period_end)
    rows = edition.ledger.rows(value.indicator, value.territory)
    return [found for found in rows if (found["period_start"], found["period_end"]) == span]


def find_targets(edition: Edition, value: Value) -> list[Row]:
    """The rows of targets.csv that ``:cible`` reads."""
    return [
        row
        for row in to_records(edition.rows("targets", indicator=value.indicator))
        if (row["value"], row["date"]) == (value.value, value.period_end)
    ]


def list_origins(edition: Edition, reference: str) -> list[Origin]:
    """Every typed row behind a reference, once each, those read directly first."""
    found: dict[tuple, Origin] = {}
    for origin in _walk(edition, reference, False, set()):
        key = _identify(origin)
        if key not in found or (found[key].calculated and not origin.calculated):
            found[key] = origin
    return sorted(found.values(), key=lambda origin: origin.calculated)


def _identify(origin: Origin) -> tuple:
    """What two origins share when they are one: all their cells, or, of a reference table that is
    read whole, its file and what was read there."""
    if origin.file.startswith(_WHOLE):
        return origin.file, origin.locator
    return tuple(cell for name, cell in origin.row.items() if name != "line")


def _walk(edition: Edition, reference: str, calculated: bool, seen: set[str]) -> list[Origin]:
    if reference in seen:
        return []
    seen.add(reference)
    modifier = parse_reference(reference).modifier
    calculated = calculated or modifier in CALCULATED
    if modifier == "cible":
        value = edition.value(reference)
        rows = find_targets(edition, value)
        found = [_target_origin(value, row, calculated) for row in rows]
        known = [row["value_of"] for row in rows if row["value_of"]]
        return found + [o for text in known for o in _walk(edition, text, True, seen)]
    rows = find_rows(edition, reference)
    return [o for row in rows for o in _walk_row(edition, row, calculated, seen)]


def _walk_row(edition: Edition, row: Row, calculated: bool, seen: set[str]) -> list[Origin]:
    if row["origin"] != DERIVED:
        return [_origin(row, calculated)] if row["source"] else []
    found = []
    for term in split_list(row["terms"]):
        value = read_term(edition, row, term)
        if value == edition.value(term):
            found += _walk(edition, term, True, seen)
        else:
            rows = find_term_rows(edition, value)
            found += [o for r in rows for o in _walk_row(edition, r, True, seen)]
    return found


_COPIED = ("indicator", "value", "qualifier", "source", "locator", "note", "file")


def _origin(row: Row, calculated: bool) -> Origin:
    return Origin(
        **{name: row[name] for name in (*_COPIED, "title", "unit", "status")},
        period=(row["period_start"], row["period_end"]),
        calculated=calculated,
        row=row,
    )


def _target_origin(value: Value, row: Row, calculated: bool) -> Origin:
    return Origin(
        **{name: row[name] for name in _COPIED},
        title=value.title,
        unit=value.unit,
        status=value.status,
        period=(None, row["date"]),
        calculated=calculated,
        row=row,
        is_target=True,
    )
