"""A made-up dossier while it is made up: its rows, its charts, its texts; then its files.

Every table of the schema is walked when the files are written:
one that nobody filled gets rows made from its columns alone.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from analysis.model.schema import TABLES, Table

from .fill import fill_row

#: Rows of a table that must not be empty and that nobody filled.
FEWEST = 3


@dataclass
class Draft:
    """What is known so far of a made-up territory.

    ``numbers`` holds the value of each measured indicator by year, as last said: what is printed
    is computed from them, independently of the project's own formulas.
    """

    seed: int
    years: tuple[int, ...]
    size: float
    rows: dict[tuple[str, int | None], list[dict[str, str]]] = field(default_factory=dict)
    charts: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)
    numbers: dict[tuple[str, int], float] = field(default_factory=dict)
    _line: int = 0

    @property
    def place(self) -> str:
        """Id of the territory."""
        return f"territoire-invente-{self.seed:04d}"

    @property
    def name(self) -> str:
        """« Territoire inventé 0042 »."""
        return f"Territoire inventé {self.seed:04d}"

    def draw(self, *what: object) -> Random:
        """Chance of one's own for something: what else is made up does not change it."""
        return Random("/".join(map(str, (self.seed, *what))))

    def scale(self, number: int, least: int = 1) -> int:
        """A number of rows at the size asked for."""
        return max(least, round(number * self.size))

    def add(self, name: str, year: int | None = None, /, **cells: Any) -> dict[str, str]:
        """A row of a table; cells that are not given are made from their columns."""
        rows = self.rows.setdefault((name, year), [])
        rank = len(rows) + 1
        row = fill_row(
            TABLES[name], cells, rank, lambda: self.draw(name, year, rank), self.find_codes
        )
        rows.append(row)
        return row

    def find_codes(self, key: str) -> list[str]:
        """Codes given so far in « table.column », of whatever year."""
        table, column = key.split(".")
        return [
            row[column] for (name, _), rows in self.rows.items() if name == table for row in rows
        ]

    def start_source(self) -> None:
        """Lines of the source of an edition are counted from its beginning."""
        self._line = 0

    def locate(self) -> str:
        """The next line of the made-up source: no two facts stand on the same one."""
        self._line += 1
        return f"l. {self._line}"

    def list_files(self) -> Iterator[tuple[str, str]]:
        """Relative path below ``raw/`` and text of every file."""
        for table in TABLES.values():
            for year in self.years if table.place == "year" else (None,):
                self._complete(table, year)
        for table in TABLES.values():
            for year in self.years if table.place == "year" else (None,):
                rows = self.rows.get((table.name, year), [])
                if rows or not table.optional:
                    yield table.file(year), write_table(table, rows)
        yield "reference/charts.yml", write_charts(self.charts)
        yield from self.files.items()

    def _complete(self, table: Table, year: int | None) -> None:
        if table.may_be_empty or self.rows.get((table.name, year)):
            return
        for _ in range(FEWEST):
            self.add(table.name, year)

    def write(self, raw: Path, change: Callable[[str], str] = str) -> None:
        """The files of ``raw/``, their texts changed by ``change``; what stands there under the
        same names is replaced."""
        for name, text in self.list_files():
            path = raw / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(change(text).encode("utf-8"))


def write_table(table: Table, rows: list[dict[str, str]]) -> str:
    """A table as CSV text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    header = table.header
    writer.writerow(header)
    writer.writerows([row[name] for name in header] for row in rows)
    return text.getvalue()


def write_charts(charts: list[Mapping[str, Any]]) -> str:
    """charts.yml: a block for each chart, JSON (which is YAML) for what its keys hold."""
    lines = ["# Données inventées pour les tests."]
    for chart in charts:
        for number, (key, content) in enumerate(chart.items()):
            start = "  " if number else "- "
            lines.append(f"{start}{key}: {json.dumps(content, ensure_ascii=False)}")
    return "\n".join(lines) + "\n"
