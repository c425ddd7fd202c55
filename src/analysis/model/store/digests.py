"""Whether what was read of an edition is still the same: a digest of each answer.

A digest holds the cells, the columns, the types and the order of the rows, not their index; it is
the same in every process.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.base.paths import FRANCE, Dossier
from analysis.model.queries import Query, name_query
from analysis.model.schema import SHIFTING
from analysis.model.store.edition import FRAMES, NESTED, Edition

#: The digest of what is not there: no such table, column, file.
ABSENT = "absent"
_BYTES = 10


def _digest(*parts: bytes) -> str:
    total = blake2b(digest_size=_BYTES)
    for part in parts:
        total.update(len(part).to_bytes(8, "little"))
        total.update(part)
    return total.hexdigest()


class Answers:
    """What an edition answers, hashed row by row as tables come to be asked for, each table once
    however many chapters ask for it; ``dossier``: where the files that queries name are."""

    def __init__(self, edition: Edition, dossier: Dossier):
        self._edition, self._dossier = edition, dossier
        self._hashes: dict[tuple[str, ...], tuple[bytes, np.ndarray]] = {}

    def digest_all(self, queries: Iterable[Query]) -> dict[str, str]:
        """Digest of the answer to each query, by ``name_query``."""
        return {name_query(query): self.digest(query) for query in queries}

    def digest(self, query: Query) -> str:
        """Digest of the answer to a query; ``ABSENT`` where there is nothing."""
        if "file" in query:
            return _digest_files([self._dossier.processed / query["file"]])
        if "france" in query:
            return _digest_files([FRANCE / query["france"]])
        if "edition" in query:
            return self._digest_edition(query["edition"])
        table = query["table"]
        try:
            if table in FRAMES:
                return self._digest_rows(table, query)
            if table in NESTED:
                answer = self._find_nested(table, query.get("where"))
                text = json.dumps(answer, ensure_ascii=False, default=str)
                return _digest(text.encode("utf-8"))
        except KeyError:
            pass  # a column, a text that is not there
        return ABSENT

    def _digest_edition(self, year: int) -> str:
        """An edition that was opened is asked further questions; of another than this one, they
        cannot be told apart from this one's, so that it counts whole."""
        if year == self._edition.year:
            return _digest(str(year).encode())
        folder = self._dossier.processed_year(year)
        return _digest_files(sorted(path for path in folder.glob("*") if path.is_file()))

    def _find_nested(self, table: str, where: dict[str, str] | None) -> Any:
        if not where:
            return getattr(self._edition, table)
        if table == "texts":
            return self._edition.texts[where["chapter"]]
        if "names" in where:
            return self._edition.charts_naming(where["names"])
        return self._edition.charts_of(where["chapter"])

    def _digest_rows(self, table: str, query: Query) -> str:
        frame: pd.DataFrame = getattr(self._edition, table)
        where, columns = query.get("where"), query.get("columns")
        if where and not columns and table in SHIFTING:
            columns = [name for name in frame.columns if name not in SHIFTING[table]]
        header, hashes = self._hash_rows(table, frame, columns)
        if where:
            hashes = hashes[self._edition.find_places(table, where)]
        return _digest(header, hashes.tobytes())

    def _hash_rows(
        self, table: str, frame: pd.DataFrame, columns: list[str] | None
    ) -> tuple[bytes, np.ndarray]:
        """Names and types of the columns (all, where none is named), and a number for each row."""
        key = (table, *(columns or ()))
        if key not in self._hashes:
            part = frame[columns] if columns else frame
            header = json.dumps([[name, str(dtype)] for name, dtype in part.dtypes.items()])
            numbers = pd.util.hash_pandas_object(part, index=False).to_numpy().astype("<u8")
            self._hashes[key] = (header.encode("utf-8"), numbers)
        return self._hashes[key]


def _digest_files(paths: Iterable[Path]) -> str:
    contents = [part for path in paths if path.is_file() for part in _read_file(path)]
    return _digest(*contents) if contents else ABSENT


def _read_file(path: Path) -> tuple[bytes, bytes]:
    return path.name.encode("utf-8"), path.read_bytes()
