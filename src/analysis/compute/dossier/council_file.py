"""The session of the council that an edition is made for: ``<year>/council.yml``, which may be
absent, and say as little as is known."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from analysis.base.rawfiles import COUNCIL_FILE
from analysis.compute.dossier.cells import CellError, clean_text, read_date, read_integer
from analysis.compute.dossier.tree_files import read_yaml
from analysis.model.council_fields import BUDGET_YEAR, DATES, KEYS, ORDER, complete_council
from analysis.model.schema import Fault, suggest

_TIME = re.compile(r"(\d{1,2})\s*(?:h|:|heures?)\s*(\d{2})?", re.IGNORECASE)
#: Years between an edition and the budget debated after it, and the facts of its session.
_LATER = 2


def read_council(raw: Path, year: int) -> tuple[dict[str, Any], list[Fault]]:
    """All of ``council_fields.KEYS`` (dates as dates, None or '' where nothing is said), and every
    fault of the file."""
    file = f"{year}/{COUNCIL_FILE}"
    if not (raw / file).is_file():
        return complete_council({}, year), []
    node, faults = read_yaml(raw / file, file, nodes=True)
    if node is not None and not isinstance(node, yaml.MappingNode):
        expected = "Attendu : une ligne par renseignement, comme « session_on: 2031-12-15 »."
        faults, node = [Fault.of_file(file, "fichier mal formé", expected)], None
    known: dict[str, Any] = {}
    rows: dict[str, int] = {}
    for key, cell in node.value if node else ():  # none where it is comments alone
        row, name = key.start_mark.line + 1, str(key.value)
        try:
            if name not in rows and (text := _read_text(name, cell)):
                known[name] = _read_fact(name, text, year)
        except CellError as error:
            read = cell.value if isinstance(cell.value, str) else ""
            faults.append(Fault(file, row, name, read, error.problem, error.expected))
        rows.setdefault(name, row)
    return complete_council(known, year), [*faults, *_check_order(known, rows, file)]


def _read_text(name: str, cell: yaml.Node) -> str:
    """What stands after a key, on one line."""
    if name not in KEYS:
        known = f"Clés admises : {', '.join(KEYS)}."
        raise CellError("clé inconnue", suggest(name, set(KEYS)) or known)
    if not isinstance(cell, yaml.ScalarNode):
        raise CellError("une seule valeur est attendue", f"Attendu : « {name}: … », une ligne.")
    return " ".join(filter(None, map(str.strip, clean_text(cell.value).split("\n"))))


def _read_fact(name: str, text: str, year: int) -> Any:
    if name == "session_time":
        found = _TIME.fullmatch(text)
        if not found or int(found[1]) > 23 or int(found[2] or 0) > 59:
            raise CellError("heure illisible", "Attendu : une heure comme 18 h 30 ou 18:30.")
        return f"{int(found[1])} h" + (f" {found[2]}" if int(found[2] or 0) else "")
    if name in DATES:
        day = read_date(text)
        _check_near(day.year, year, "date loin de l’édition", "une date")
        return day
    if name == BUDGET_YEAR:
        budget = read_integer(text)
        _check_near(budget, year, "exercice loin de l’édition", "une année")
        return budget
    return text


def _check_near(read: int, year: int, problem: str, wanted: str) -> None:
    if not year <= read <= year + _LATER:
        raise CellError(problem, f"Attendu : {wanted} de {year} à {year + _LATER}.")


def _check_order(known: Mapping[str, Any], rows: Mapping[str, int], file: str) -> Iterator[Fault]:
    for first, then, strictly in ORDER:
        a, b = known.get(first), known.get(then)
        if a and b and (b < a or (strictly and a == b)):
            verb = "doit suivre" if strictly else "ne peut précéder"
            problem = f"date impossible : la {DATES[then]} {verb} la {DATES[first]}"
            expected = f"Lu : {first} le {a:%d/%m/%Y}, ligne {rows[first]}."
            yield Fault(file, rows[then], then, f"{b:%d/%m/%Y}", problem, expected)
