"""Checks of parts.csv: like units, one rule of addition for a breakdown, no whole within itself.

Whether the values obey is
not asked here: a source may break its own sums, which ``controls`` finds and the register explains.
"""

from __future__ import annotations

from collections.abc import Iterator

from analysis.compute.dossier.crosschecks import Loaded
from analysis.model.formulas import find_cycles
from analysis.model.schema import COLUMNS, Fault


def check_parts(loaded: Loaded) -> Iterator[Fault]:
    """Relations between a whole and its parts that cannot be right, whatever the values."""
    units = dict(loaded.tables["indicators"][["id", "unit"]].itertuples(index=False))
    for file, frame in loaded.files("parts"):
        additions: dict[tuple[str, str], tuple[str, int]] = {}
        inside: dict[str, set[str]] = {}
        for row in frame.itertuples():
            whole, part = units.get(row.whole), units.get(row.part)
            if row.whole == row.part:
                yield Fault(
                    file, row.Index, "part", row.part, "un tout donné comme sa propre partie",
                    "Une partie est un autre indicateur que le tout.",
                )  # fmt: skip
            elif whole and part and whole != part:
                yield Fault(
                    file, row.Index, "part", row.part,
                    f"partie comptée en « {part} », tout compté en « {whole} »",
                    "Une partie et son tout ont la même unité (indicators.csv).",
                )  # fmt: skip
            else:
                inside.setdefault(row.whole, set()).add(row.part)
            if row.addition not in COLUMNS["addition"].codes:
                continue  # reported with the column
            first = additions.setdefault((row.whole, row.breakdown), (row.addition, row.Index))
            if row.addition != first[0]:
                yield Fault(
                    file, row.Index, "addition", row.addition,
                    f"le découpage « {row.breakdown} » a déjà « {first[0]} » (ligne {first[1]})",
                    "Toutes les parties d’un même découpage s’additionnent de la même façon.",
                )  # fmt: skip
        cycles = find_cycles(inside)
        for row in frame.itertuples():
            cycle = cycles.get(row.whole, [])
            if row.part in cycle and row.whole != row.part:
                yield Fault(
                    file, row.Index, "part", row.part,
                    "tout et parties en cercle : " + " → ".join(cycle),
                    "Un tout ne peut pas être une partie de ses propres parties.",
                )  # fmt: skip
