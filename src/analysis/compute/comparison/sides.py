"""What a computed dossier knows of its own territory."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.base.errors import UserError
from analysis.base.paths import Dossier
from analysis.model.references import Row, is_in_force
from analysis.model.store import read_tables, to_records

_TABLES = ("values", "indicators", "units", "sources")


@dataclass(eq=False)
class Side:
    """A territory as its dossier tells of it.

    ``catalogue``: the newest edition's. ``values``: indicator → the rows that hold a number for the
    territory itself, each with the ``told_by`` edition that gives it, the newest edition first.
    ``missing``: indicator → why the newest edition has no value. ``inhabitants``: year → row of the
    population in force.
    """

    dossier: str
    territory: Mapping[str, Any]
    years: tuple[int, ...]
    catalogue: Mapping[str, Row]
    units: Mapping[str, Mapping[str, str]]
    sources: Mapping[str, str]
    values: dict[str, list[Row]] = field(default_factory=dict)
    missing: dict[str, str] = field(default_factory=dict)
    inhabitants: dict[int, Row] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """Id of the territory."""
        return self.territory["id"]

    @property
    def name(self) -> str:
        """Name of the territory."""
        return self.territory["name"]

    def unit(self, id: str, /) -> Mapping[str, str]:
        """Row of units.csv."""
        return self.units[id]


def read_side(dossier: Dossier, years: Iterable[int]) -> Side:
    """The territory of a dossier in these of its editions. Raises FileNotFoundError when one of
    them has not been computed."""
    newest_first = sorted(years, reverse=True)
    side: Side | None = None
    for year in newest_first:
        tables, content = read_tables(dossier, year, *_TABLES)
        if side is None:
            side = Side(
                dossier.root.name,
                content["territory"],
                tuple(reversed(newest_first)),
                {row["id"]: row for row in to_records(tables["indicators"])},
                {row["id"]: row for row in tables["units"].to_dict("records")},
                dict(zip(tables["sources"]["id"], tables["sources"]["title"], strict=True)),
            )
        values = tables["values"]
        _enter(side, year, to_records(values[values["territory"] == side.id]))
    assert side is not None
    return side


def _enter(side: Side, year: int, rows: Sequence[Row]) -> None:
    population = side.territory.get("population_indicator")
    known: set[str] = set()
    for row in rows:
        indicator = row["indicator"]
        if is_in_force(row):
            if indicator == population and row["period_end"]:
                side.inhabitants.setdefault(row["period_end"].year, row)
        elif row["rank"] >= 0 and row["value"] is not None:
            known.add(indicator)
            side.values.setdefault(indicator, []).append({**row, "told_by": year})
    if year == side.years[-1]:
        side.missing = {
            row["indicator"]: row["missing"]
            for row in rows
            if row["missing"] and row["indicator"] not in known
        }


def check_sides(sides: Sequence[Side]) -> None:
    """Raises UserError when two dossiers are of one territory (it would be ranked twice), naming
    all of them, or when there is nothing to compare with."""
    problems = []
    for name, words in (("siren", "numéro SIREN"), ("id", "identifiant")):
        seen: dict[str, list[str]] = {}
        for side in sides:
            if code := str(side.territory.get(name) or ""):
                seen.setdefault(code, []).append(side.dossier)
        problems += [
            f"Un territoire n’est comparé qu’une fois : {', '.join(dossiers)} ont le même {words},"
            f" {code}."
            for code, dossiers in seen.items()
            if len(dossiers) > 1
        ]
    if not problems and len(sides) < 2:
        problems = ["Une comparaison demande au moins deux dossiers dont les données sont justes."]
    if problems:
        raise UserError("\n".join(problems))
