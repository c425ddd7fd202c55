"""What is read of an edition, written down as it is asked.

A chapter's result
is still good when the answers to all that its notebook asked are the same (see ``digests``), so
nothing may be read unseen: what is not asked for through a narrow question counts as the whole
table.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.base.paths import FRANCE, READS_VARIABLE, locate_dossier
from analysis.model.queries import Query, name_query
from analysis.model.references import Ledger
from analysis.model.schema import SHIFTING
from analysis.model.store.edition import FRAMES, NESTED, Edition

_FIELDS = frozenset((*FRAMES, *NESTED))
#: Tables that are looked up by one key: the column that holds it.
KEYS = {"values": "indicator", "targets": "indicator", "indicators": "id", "texts": "chapter"}


class ReadLog:
    """A file that takes each new query as a line (see ``model.queries``)."""

    def __init__(self, path: Path):
        self.path = path
        self._noted: set[str] = set()

    def note(self, query: Query) -> None:
        """Write a query down unless that was done. Opened for each line and appended to: several
        processes may write, and nothing is left to be written when one ends."""
        line = name_query(query)
        if line in self._noted:
            return
        with self.path.open("a", encoding="utf-8", newline="") as file:
            file.write(line + "\n")
        self._noted.add(line)

    def note_file(self, path: Path) -> None:
        """Write down that a file below ``processed/``, or one of the national reference, was read;
        a dossier may move, the reference stays where the program is."""
        national = path.is_relative_to(FRANCE)
        place = os.path.relpath(path, FRANCE if national else locate_dossier().processed)
        self.note({"france" if national else "file": place.replace(os.sep, "/")})


def open_log() -> ReadLog | None:
    """The log that ``READS_VARIABLE`` names; None where it names none."""
    path = os.environ.get(READS_VARIABLE)
    return ReadLog(Path(path)) if path else None


class WatchedMapping(Mapping):
    """A mapping that says which keys it is asked for; to walk through it is to ask for all."""

    def __init__(
        self,
        mapping: Mapping[str, Any],
        note_key: Callable[[str], None],
        note_all: Callable[[], None],
    ):
        self._mapping = mapping
        self._note_key, self._note_all = note_key, note_all
        self._noted: set[str] = set()

    def __getitem__(self, key: str) -> Any:
        if key not in self._noted:
            self._note_key(key)  # before the answer: that a key is absent is an answer too
            self._noted.add(key)
        return self._mapping[key]

    def __iter__(self) -> Iterator[str]:
        self._note_all()
        return iter(self._mapping)

    def __len__(self) -> int:
        self._note_all()
        return len(self._mapping)


class _Row(dict):
    """A row of ``values``; its line is read only where it is asked for."""

    def __init__(self, row: Mapping[str, Any], note_column: Callable[[str], None]):
        super().__init__(
            (name, cell) for name, cell in row.items() if name not in SHIFTING["values"]
        )
        self._row, self._note_column = row, note_column

    def __missing__(self, name: str) -> Any:
        if name in SHIFTING["values"]:
            self._note_column(name)
        return self._row[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self[name] if name in self._row else default  # the built-in one asks no __missing__


class TracedEdition(Edition):
    """An edition that writes down what it is asked, and answers as the plain one does.

    A field counts as read whole, ``texts`` by chapter; ``value``, ``ledger`` and ``catalogue``
    count by indicator.
    """

    def __init__(self, edition: Edition, log: ReadLog):
        # Not as fields: a field held here could be read unseen.
        vars(self).update(_edition=edition, _log=log)
        log.note({"edition": edition.year})

    def __getattribute__(self, name: str) -> Any:
        if name not in _FIELDS:
            return super().__getattribute__(name)
        if name == "texts":
            return self._texts
        self._log.note({"table": name})
        return getattr(self._edition, name)

    def rows(self, table: str, **wanted: Any) -> pd.DataFrame:
        self._log.note({"table": table, "where": wanted})
        return self._edition.rows(table, **wanted)

    def columns(self, table: str, *names: str) -> pd.DataFrame:
        self._log.note({"table": table, "columns": list(names)})
        return self._edition.columns(table, *names)

    def charts_of(self, chapter: str) -> list[dict]:
        self._log.note({"table": "charts", "where": {"chapter": chapter}})
        return self._edition.charts_of(chapter)

    def charts_naming(self, indicator: str) -> list[dict]:
        self._log.note({"table": "charts", "where": {"names": indicator}})
        return self._edition.charts_naming(indicator)

    def _watch(self, table: str, mapping: Mapping[str, Any]) -> WatchedMapping:
        column = KEYS[table]
        return WatchedMapping(
            mapping,
            lambda key: self._log.note({"table": table, "where": {column: key}}),
            lambda: self._log.note({"table": table}),
        )

    @cached_property
    def _texts(self) -> Mapping[str, dict[str, str]]:
        return self._watch("texts", self._edition.texts)

    @cached_property
    def ledger(self) -> Ledger:
        self._log.note({"table": "year"})
        self._log.note({"table": "territory"})
        return self._edition.ledger.watch(self._watch_ledger)

    def _watch_ledger(self, table: str, mapping: Mapping[str, Any]) -> Mapping[str, Any]:
        if table == "values":
            mapping = {
                indicator: {
                    place: [_Row(row, partial(self._note_column, indicator)) for row in rows]
                    for place, rows in by_territory.items()
                }
                for indicator, by_territory in mapping.items()
            }
        return self._watch(table, mapping)

    def _note_column(self, indicator: str, column: str) -> None:
        where = {"indicator": indicator}
        self._log.note({"table": "values", "where": where, "columns": [column]})

    @cached_property
    def catalogue(self) -> Mapping[str, dict[str, Any]]:
        return self._watch("indicators", self._edition.catalogue)
