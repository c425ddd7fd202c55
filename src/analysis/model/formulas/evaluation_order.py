"""In which order formulas are computed, and which ones depend on themselves."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from graphlib import CycleError, TopologicalSorter

from analysis.model.formulas.grammar import FormulaError


def order_formulas(needs: Mapping[str, set[str]]) -> list[str]:
    """Indicators in an order in which each comes after those it needs (stable).

    Raises FormulaError naming the cycle.
    """
    sorter = TopologicalSorter({name: sorted(needs[name]) for name in sorted(needs)})
    try:
        return [name for name in sorter.static_order() if name in needs]
    except CycleError as error:
        raise FormulaError("formules en cercle : " + " → ".join(error.args[1])) from None


def find_cycles(needs: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Every indicator that stands in a cycle, with the cycle it stands in."""
    cycles: dict[str, list[str]] = {}
    sorter = TopologicalSorter(needs)
    with suppress(CycleError):  # what stands in none is ready all the same
        sorter.prepare()
    free: set[str] = set()
    while ready := sorter.get_ready():
        free.update(ready)
        sorter.done(*ready)
    for start in sorted(needs.keys() - free):
        if start in cycles:
            continue
        path, stack = [], [(start, iter(sorted(needs[start])))]
        path.append(start)
        visited = {start}
        while stack:
            _, children = stack[-1]
            for child in children:
                if child == start:
                    for name in path:
                        cycles.setdefault(name, [*path, start])
                    stack = []
                    break
                if child in needs and child not in free and child not in visited:
                    visited.add(child)
                    path.append(child)
                    stack.append((child, iter(sorted(needs[child]))))
                    break
            else:
                stack.pop()
                path.pop()
    return cycles
