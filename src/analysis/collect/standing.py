"""What the dossier knows before a collection: what was asked, which values stand where.

Reads raw files of any state of completeness:
an edition in preparation has no text yet. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pandas as pd

from analysis.base.paths import Dossier
from analysis.collect.answers import Unit
from analysis.compute.dossier.typed_tables import read_table, read_yaml
from analysis.model.schema import TABLES, Fault, InvalidDossier

_VALUES = {"observations": "value", "budget": "amount_eur"}


@dataclass(frozen=True)
class Request:
    """An indicator asked of a service, for a territory and a period."""

    indicator: str
    territory: str
    service: str
    start: date | None
    end: date | None


@dataclass(frozen=True)
class Indicator:
    """An indicator of the catalogue, with its bounds where the catalogue gives some."""

    id: str
    title: str
    unit: Unit
    measure: str
    precision: float
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class Standing:
    """A value that stands in the dossier: its table, its folder's year, its row in that file.

    ``start`` and ``end``: its period (that of the fiscal years, for an amount).
    """

    table: str
    year: int
    row: int
    indicator: str
    territory: str
    start: date | None
    end: date | None
    value: float
    cells: dict[str, Any]

    @property
    def key(self) -> tuple:
        """What may not repeat."""
        return make_key(self.table, self.indicator, self.territory, self.start, self.end)


def make_key(table: str, indicator: str, territory: str, start, end) -> tuple:
    """Key of a value; an amount has no territory of its own."""
    return (table, indicator, "" if table == "budget" else territory, start, end)


@dataclass
class Known:
    """The dossier as a collection needs it. ``standing``: by key, the latest folder's row."""

    year: int
    territory: str
    services: dict[str, str] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    indicators: dict[str, Indicator] = field(default_factory=dict)
    standing: dict[tuple, Standing] = field(default_factory=dict)
    questions: dict[str, list[str]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    followups: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    revisions: dict[tuple, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    sources: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)

    def history(self, indicator: str, territory: str) -> list[Standing]:
        """Values of an indicator, oldest first."""
        own = [
            value for value in self.standing.values()
            if value.indicator == indicator
            and (value.table == "budget" or value.territory == territory)
        ]  # fmt: skip
        return sorted(own, key=lambda v: (v.end or date.min, v.start or date.min, v.year))


def read_known(dossier: Dossier, year: int) -> Known:
    """Read what a collection needs.

    Raises
    ------
    FileNotFoundError
        when nothing was asked for this edition (French).
    InvalidDossier
        when a table that a collection reads or changes has faults: it is not touched then.
    """
    path = dossier.raw / TABLES["requests"].file(year)
    if not path.is_file():
        raise FileNotFoundError(
            f"Rien n’a été demandé aux services pour {year} (raw/{year}/requests.csv manque) :"
            " préparer d’abord cette édition."
        )
    faults: list[Fault] = []
    years = sorted(
        int(folder.name)
        for folder in dossier.raw.iterdir()
        if folder.is_dir() and folder.name.isdigit() and int(folder.name) <= year
    )

    def read(name: str, of: int = year, optional: bool = False) -> list[tuple[int, dict]]:
        table = TABLES[name]
        file = table.file(of)
        if optional and not (dossier.raw / file).exists():
            return []
        frame, found = read_table(dossier.raw / file, table, file)
        faults.extend(found)
        return list(_iterate(frame))

    territory, found = read_yaml(dossier.raw / "territory.yml", "territory.yml")
    faults.extend(found)
    known = Known(year, territory["id"] if isinstance(territory, dict) else "")
    known.sources = {row["id"]: (number, row) for number, row in read("sources")}
    known.services = {row["id"]: row["name"] for _, row in read("services")}
    units = {
        row["id"]: Unit(row["id"], row["singular"], row["plural"], row["symbol"])
        for _, row in read("units")
    }
    for _, row in read("indicators"):
        unit = units.get(row["unit"]) or Unit(row["unit"], row["unit"], row["unit"])
        known.indicators[row["id"]] = Indicator(
            row["id"], row["title"], unit, row["measure"], row["precision"] or 1,
            row.get("minimum"), row.get("maximum"),
        )  # fmt: skip
    for _, row in read("requests"):
        known.requests[row["indicator"]] = Request(
            row["indicator"], row["territory"], row["service"], row["period_start"],
            row["period_end"],
        )  # fmt: skip
    for of in years:
        for name in ("actions", "planned", "improvements"):
            for _, row in read(name, of, optional=True):
                known.questions[row["id"]] = str(row.get("services") or "").split(" | ")
                known.titles[row["id"]] = row["title"]
        for name in _VALUES:
            for number, row in read(name, of, optional=True):
                standing = _make_standing(name, of, number, row, known.territory)
                known.standing[standing.key] = standing
    known.followups = {row["id"]: (number, row) for number, row in read("followups")}
    for number, row in read("revisions"):
        key = (row["indicator"], row["territory"], row["period_start"], row["period_end"])
        known.revisions[key] = (number, row)
    missing = sorted(set(known.requests) - set(known.indicators))
    faults += [
        Fault(TABLES["requests"].file(year), 0, "indicator", code, "code absent de indicators.csv")
        for code in missing
    ]
    if faults:
        raise InvalidDossier(faults)
    return known


def _iterate(frame: pd.DataFrame) -> Iterable[tuple[int, dict[str, Any]]]:
    """Rows with their number, missing cells as None, days as ``date``."""
    for number, row in zip(frame.index, frame.to_dict("records"), strict=True):
        yield int(number), {name: _plain(cell) for name, cell in row.items()}


def _plain(cell: Any) -> Any:
    if isinstance(cell, str):
        return cell
    if pd.isna(cell):
        return None
    return cell.date() if isinstance(cell, pd.Timestamp) else cell


def _make_standing(table: str, year: int, number: int, row: dict, own: str) -> Standing:
    if table == "budget":
        first, last = row["fiscal_year"], row["fiscal_year_end"] or row["fiscal_year"]
        start = date(int(first), 1, 1) if first else None
        end = date(int(last), 12, 31) if last else None
        territory = own
    else:
        start, end, territory = row["period_start"], row["period_end"], row["territory"]
    value = row[_VALUES[table]]
    return Standing(
        table, year, number, row["indicator"], territory, start, end,
        float("nan") if value is None else float(value), row,
    )  # fmt: skip
