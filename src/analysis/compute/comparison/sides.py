"""What a computed dossier knows of its own territory."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from analysis.base.errors import UserError
from analysis.base.paths import Dossier
from analysis.model.formulas import FormulaError, parse_formula
from analysis.model.references import Row, UnknownReference, is_in_force, parse_reference
from analysis.model.schema import POPULATION_INDICATORS
from analysis.model.store import read_tables, to_records

#: What a unit says that is per something: « par habitant », « pour cent », « hab./km² ».
_PER_SOMETHING = re.compile(r"\b(par|pour)\b|\bau (k?m|kilom)|\bà l’|/")
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

    def is_per_something(self, unit: str) -> bool:
        """Whether a unit is one thing per another."""
        named = self.units.get(unit, {})
        return any(_PER_SOMETHING.search(named.get(name, "")) for name in ("singular", "symbol"))

    def is_ratio(self, indicator: str) -> bool:
        """Whether an indicator is a share, a mean, a density…, which does not grow with the
        territory: by its measure, its unit, or a formula that divides one sum by another."""
        entry = self.catalogue.get(indicator)
        if entry is None:
            return False
        if entry["measure"] == "taux" or self.is_per_something(entry["unit"]):
            return True
        try:
            formula = parse_formula(entry["formula"])
            sums = {
                name: int(not self.is_ratio(parse_reference(text).indicator))
                for text, name in formula.terms.items()
            }
        except (FormulaError, UnknownReference):  # no formula, or none that can be read
            return False
        return _count_sums(formula.tree, sums) <= 0


def _count_sums(node: ast.expr, sums: Mapping[str, int]) -> int:
    """How many sums are multiplied in a formula, less those that it divides by: a × b / c → 1."""
    match node:
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _count_sums(left, sums) + _count_sums(right, sums)
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return _count_sums(left, sums) - _count_sums(right, sums)
        case ast.Name(id=name):
            return sums[name]
        case ast.BinOp(left=left, right=right):
            parts = [left, right]
        case ast.Call(args=parts):
            pass
        case ast.UnaryOp(operand=operand):
            parts = [operand]
        case _:
            return 0
    return max(_count_sums(part, sums) for part in parts)


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
    if population not in POPULATION_INDICATORS:  # the one in force is told for each year by another
        population = next(iter(POPULATION_INDICATORS))
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
