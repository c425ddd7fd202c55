"""What a control finds of one thing, and the values it reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from analysis.base.lists import split_list
from analysis.model.references import MONEY, Row, Value, is_in_force
from analysis.model.schema import PORTRAIT
from analysis.model.store import OBSERVED, Edition, to_records
from analysis.words import french, prose

CONFORM, ALERT, UNCONTROLLED = "conforme", "alerte", "non contrôlable"

#: Which typed row a value is: indicator, territory, first and last day.
Place = tuple[str, str, date | None, date | None]


@dataclass(frozen=True)
class Finding:
    """The verdict on one thing: ``id`` names it for ever, ``message`` says it with its numbers.

    ``place`` is the typed value to look at first, where one value is; ``file`` the file, where
    something else is; ``rows`` are the values that an alert is about.
    """

    id: str
    control: str
    indicator: str
    title: str
    verdict: str
    message: str
    place: Place | None = None
    file: str = ""
    rows: tuple[Row, ...] = field(default=(), compare=False)

    @classmethod
    def of(
        cls, id: str, control: str, row: Row, verdict: str, message: str, *others: Row
    ) -> Finding:
        """What is found of a value, beside ``others``; its place is where it was typed."""
        place = locate(row) if is_typed(row) else None
        about = (row["indicator"], row["title"], verdict, message, place)
        return cls(id, control, *about, rows=(row, *others) if verdict == ALERT else ())


class Values:
    """Rows of ``values`` by indicator and territory, without the populations in force: they are
    those of the vintages again."""

    def __init__(self, edition: Edition):
        self.rows = [row for row in to_records(edition.values) if not is_in_force(row)]
        self.own = edition.territory["id"]
        self._by_indicator: dict[str, dict[str, list[Row]]] = {}
        for row in self.rows:
            places = self._by_indicator.setdefault(row["indicator"], {})
            places.setdefault(row["territory"], []).append(row)

    def territories(self, indicator: str) -> list[str]:
        """Territories of which something is said of an indicator."""
        return list(self._by_indicator.get(indicator, {}))

    def known(self, indicator: str, territory: str) -> list[Row]:
        """The values of an indicator, those without a number left out."""
        rows = self._by_indicator.get(indicator, {}).get(territory, [])
        return [row for row in rows if row["value"] is not None]

    def reference(self, indicator: str, territory: str) -> Row | None:
        """The value that references give by default, which may be missing."""
        rows = self._by_indicator.get(indicator, {}).get(territory, [])
        return next((row for row in rows if row["rank"] == 0), None)

    def at(self, indicator: str, territory: str, row: Row) -> Row | None:
        """The value of an indicator for the period of another value (see ``fits``)."""
        return next((r for r in self.known(indicator, territory) if fits(r, row)), None)


def fits(one: Row, other: Row) -> bool:
    """Whether two values are of the same period; a state fits the flow that ends on its day."""
    if one["period_end"] != other["period_end"]:
        return False
    starts = (one["period_start"], other["period_start"])
    return starts[0] == starts[1] or (None in starts and one["period_end"] is not None)


def locate(row: Row) -> Place:
    """Where a value was typed, as ``indicators`` knows it."""
    return row["indicator"], row["territory"], row["period_start"], row["period_end"]


def is_typed(row: Row) -> bool:
    """Whether an analyst typed the value; the counts of the portrait are added up of tables."""
    return row["origin"] == OBSERVED and row["chapter"] != PORTRAIT


def find_new_sources(edition: Edition) -> set[str]:
    """Sources of the values typed for an edition that no value of an earlier one cites."""
    typed = edition.values[edition.values["origin"] == OBSERVED]
    own = typed["edition"] == edition.year
    return _list_sources(typed.loc[own, "source"]) - _list_sources(typed.loc[~own, "source"])


def _list_sources(cells: Iterable[str]) -> set[str]:
    return {source for cell in cells for source in split_list(cell)}


def is_of_edition(row: Row, year: int, new_sources: set[str]) -> bool:
    """Whether a value is one typed for an edition, or computed with one of its own sources."""
    if is_typed(row):
        return row["edition"] == year
    return bool(_list_sources([row["source"]]) & new_sources)


def suffix(values: Values, row: Row) -> str:
    """What makes the id of a value other than the reference value one of its own. Parts of an id
    are separated by « : », which stands in no name: two things never share an id."""
    parts = [] if row["territory"] in ("", values.own) else [row["territory"].lower()]
    if row["rank"] != 0:
        days = [day for day in (row["period_start"], row["period_end"]) if day is not None]
        # A day, however precisely it is known: an id is one for ever.
        parts += [date.isoformat(day)[:10] for day in days] or ["sans-date"]
    return "".join(f":{part}" for part in parts)


# --- in words -------------------------------------------------------------------------------------


def describe(edition: Edition, row: Row) -> str:
    """The value with its qualifier and unit, at its precision where that hides nothing."""
    value = Value.from_row(row)
    if is_typed(row) and value.value is not None:
        value = replace(value, precision=prose.refine_step(value.value, value.precision))
    return prose.format_quantity(edition, value)


def describe_number(edition: Edition, number: float, like: Iterable[Row]) -> str:
    """A number computed from several values, in their unit, at the finest of their precisions."""
    rows = list(like)
    unit, step = rows[0]["unit"], min(row["precision"] for row in rows)
    if unit == MONEY and abs(number) < step:
        step = 1
    return prose.format_measure(edition, number, unit, step)


def describe_period(row: Row) -> str:
    """« 2016 », « date non précisée »."""
    return french.name_period(row["period_start"], row["period_end"])
