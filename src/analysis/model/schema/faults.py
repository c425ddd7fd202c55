"""What is wrong in a dossier, said in the analyst's words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.base.errors import UserError

#: How many faults of one file the message lists; the others are counted.
SHOWN = 20


@dataclass(frozen=True, order=True)
class Fault:
    """One error of a raw file.

    ``file`` is relative to ``raw/``; ``row`` is the row number seen in a spreadsheet (header = 1,
    0 when the fault is of the whole file); ``problem`` and ``expected`` are French sentences.
    """

    file: str
    row: int
    column: str
    value: str
    problem: str
    expected: str = ""

    @classmethod
    def of_file(cls, file: str, problem: str, expected: str = "", value: str = "") -> Fault:
        """A fault of a file that is no table, or of a table as a whole."""
        return cls(file, 0, "", value, problem, expected)

    def describe(self) -> str:
        """The fault as one French line, without the file name."""
        place = []
        if self.row:
            place.append(f"ligne {self.row}")
        if self.column:
            # A chart of charts.yml is named as such, a column as a column.
            place.append(
                f"colonne « {self.column} »" if self.file.endswith(".csv") else self.column
            )
        shown = self.value if len(self.value) <= 80 else self.value[:77] + "…"
        text = f"{', '.join(place) or 'fichier entier'} : {self.problem}"
        if shown:
            text += f" (lu : « {shown} »)"
        return f"{text}. {self.expected}".rstrip() if self.expected else f"{text}."


class InvalidDossier(UserError, ValueError):
    """Raised once for a dossier, with every fault of every file in ``faults``."""

    def __init__(self, faults: Iterable[Fault]):
        self.faults = sorted(set(faults))
        super().__init__(self._message())

    def _message(self) -> str:
        files: dict[str, list[Fault]] = {}
        for fault in self.faults:
            files.setdefault(fault.file, []).append(fault)
        number = len(self.faults)
        lines = [
            f"{number} erreur{'s' if number > 1 else ''} dans {len(files)} "
            f"fichier{'s' if len(files) > 1 else ''} du dossier ; rien n’a été calculé."
        ]
        for name, faults in files.items():
            shown, others = faults[:SHOWN], faults[SHOWN:]
            lines += ["", name, *(f"  - {fault.describe()}" for fault in shown)]
            if others:
                rows = {fault.row for fault in others} - {fault.row for fault in shown}
                more, thing = (len(rows), "ligne") if rows else (len(others), "erreur")
                plural = "s" if more > 1 else ""
                lines.append(f"  - et {more} autre{plural} {thing}{plural}.")
        return "\n".join(lines)


def suggest(value: str, known: Sequence[str] | set[str]) -> str:
    """« Vouliez-vous dire … ? » with the close matches, or the whole list when it is short."""
    candidates = sorted(known)
    near = difflib.get_close_matches(value, candidates, n=3, cutoff=0.6)
    if not near:
        folded = {candidate.casefold(): candidate for candidate in candidates}
        near = [
            folded[match]
            for match in difflib.get_close_matches(value.casefold(), list(folded), n=3, cutoff=0.6)
        ]
    if near:
        return "Vouliez-vous dire " + " ou ".join(f"« {name} »" for name in near) + " ?"
    if 0 < len(candidates) <= 12:
        return "Valeurs admises : " + ", ".join(f"« {name} »" for name in candidates) + "."
    return ""
