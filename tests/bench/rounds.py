"""Compare ways: each once a round, in an order that turns, so that no way always has the machine's
better moments; medians, and ratios of medians.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .spending import Spent
from .subject import Subject
from .tables import format_table, write_csv, write_number
from .ways import (
    BOOK,
    CLEAN_REPORT,
    COMMAND_LINE,
    FLOOR,
    NOTEBOOKS,
    PREVIEW,
    REPORT,
    WHOLE_BOOK,
    Way,
)

HEADERS = (
    *("groupe", "facon", "titre", "mesures", "mediane_s", "minimum_s", "maximum_s"),
    *("processeur_mediane_s", "rapport_au_plancher", "fois_plus_rapide_que_papermill"),
    *("rapport_au_tout", "remarque"),
)


#: What is held against the whole of its group: all made anew; three formats, embedded engine.
_WHOLES = {REPORT: CLEAN_REPORT, BOOK: WHOLE_BOOK}


@dataclass(frozen=True)
class Row:
    """A way's seconds (median, least, most; of processors, median) and its ratios, None where they
    mean nothing or what they are held against was not measured.

    ``to_floor``: median ÷ floor's; ``faster``: papermill command line's median ÷ this one;
    ``to_whole``: median ÷ that of the whole of its group (``_WHOLES``).
    """

    way: Way
    measures: int
    median: float | None = None
    least: float | None = None
    most: float | None = None
    cpu: float | None = None
    to_floor: float | None = None
    faster: float | None = None
    to_whole: float | None = None
    said: str = ""

    def list_cells(self) -> list[object]:
        """One row of the CSV file."""
        return [
            *(self.way.group, self.way.name, self.way.title, self.measures, self.median),
            *(self.least, self.most, self.cpu, self.to_floor, self.faster, self.to_whole),
            self.said,
        ]


def turn(ways: Sequence[Way], number: int) -> list[Way]:
    """The order of a round (from 0): each begins elsewhere, every other one backwards."""
    start = number * max(1, len(ways) // 3) % len(ways) if ways else 0
    turned = [*ways[start:], *ways[:start]]
    return turned[::-1] if number % 2 else turned


def _divide(above: float | None, below: float | None) -> float | None:
    return None if above is None or not below else above / below


def compute_rows(ways: Sequence[Way], measured: Mapping[str, Sequence[Spent]]) -> list[Row]:
    """The table of ``measured`` (name of the way → its measures), in the order of ``ways``."""
    medians = {
        name: median(one.seconds for one in spent) for name, spent in measured.items() if spent
    }
    rows = []
    for way in ways:
        spent = measured.get(way.name, ())
        if not spent:
            rows.append(Row(way, 0, said=way.absent))
            continue
        seconds, mine = [one.seconds for one in spent], medians[way.name]
        ratios = (
            {
                "to_floor": _divide(mine, medians.get(FLOOR)),
                "faster": _divide(medians.get(COMMAND_LINE), mine),
            }
            if way.group == NOTEBOOKS
            else {"to_whole": _divide(mine, medians.get(_WHOLES[way.group]))}
            if way.group in _WHOLES
            else {}
        )
        said = spent[-1].said if len(spent[-1].said) < 80 else ""
        cpu = median(one.cpu for one in spent)
        rows.append(
            Row(way, len(spent), mine, min(seconds), max(seconds), cpu, **ratios, said=said)
        )
    return rows


def describe_rows(rows: Sequence[Row]) -> str:
    """Four tables, notebooks, report, book and preview, for the terminal."""
    parts = []
    times = ("médiane (s)", "min.", "max.", "processeur (s)")
    for group, ratios in (
        (NOTEBOOKS, {"÷ plancher": "to_floor", "× plus rapide que papermill": "faster"}),
        (REPORT, {"÷ tout refait": "to_whole"}),
        (BOOK, {"÷ trois formats": "to_whole"}),
        (PREVIEW, {}),
    ):
        cells = []
        for row in rows:
            if row.way.group != group:
                continue
            title = row.way.title + (f" ({row.said})" if row.said else "")
            values = [row.median, row.least, row.most, row.cpu]
            values += [getattr(row, ratio) for ratio in ratios.values()]
            cells.append([title, str(row.measures), *map(write_number, values)])
        if cells:
            parts.append(format_table((group.capitalize(), "mesures", *times, *ratios), cells))
    return "\n\n".join(parts)


def compare_ways(
    ways: Sequence[Way], subject: Subject, rounds: int, target: Path, say: Callable[[str], None]
) -> list[Row]:
    """Run every way once a round; the CSV file has what is measured so far after each round."""
    measured: dict[str, list[Spent]] = {way.name: [] for way in ways}
    possible = [way for way in ways if not way.absent]
    for number in range(rounds):
        load = f", charge {write_number(os.getloadavg()[0])}" if hasattr(os, "getloadavg") else ""
        say(f"Tour {number + 1} sur {rounds}{load}")
        for way in turn(possible, number):
            spent = way.run(subject)
            measured[way.name].append(spent)
            say(f"  {way.title} : {write_number(spent.seconds)} s")
        write_csv(target, HEADERS, [row.list_cells() for row in compute_rows(ways, measured)])
    return compute_rows(ways, measured)
