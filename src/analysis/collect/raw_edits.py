"""A raw CSV file changed line by line: what is not touched stays byte for byte as it was.

Keeps the encoding, the BOM, the separator, the line ends, the quoting and the order of the columns
as found. Rows are numbered as a spreadsheet shows them (header = 1).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from typing import Any

from analysis.base.characters import find_encoding
from analysis.base.csvtext import find_separator, format_row, split_csv, write_cell
from analysis.base.lists import split_list
from analysis.compute.dossier.cells import clean_text
from analysis.model.schema import Fault, InvalidDossier


class CsvFile:
    """A CSV file as its records, each with the characters it was written with. Raises
    InvalidDossier when it cannot be written back as it was, or does not take a character of a new
    cell."""

    def __init__(self, content: bytes, header: Sequence[str], name: str = ""):
        """``content``: the file's bytes, b"" when there is none; ``header``: its columns then;
        ``name``: how a fault names the file."""
        self.changed = False
        self._name, self._header = name, tuple(header)
        content = content or format_row(header).encode("utf-8")
        try:
            self._encoding, self._mark = find_encoding(content)
            text = content.removeprefix(self._mark).decode(self._encoding)
        except ValueError:  # NotText, UnknownEncoding or a character that is none
            raise self._refuse(
                "des caractères n’y sont pas lisibles : l’enregistrer en UTF-8"
            ) from None
        self._separator = find_separator(text)
        self._records = _split_records(text, self._separator)
        self._columns = [clean_text(cell) for cell in self._cells(0)]
        first = self._records[0]
        self._newline = "\r\n" if first.endswith("\r\n") else "\n"
        quoted = re.escape(f'"{self._separator}"')
        self._quotes_all = bool(re.fullmatch(rf'".*{quoted}.*"', first.rstrip("\r\n")))

    @classmethod
    def read(cls, raw: Path, name: str, header: Sequence[str]) -> CsvFile:
        """The file of this name below ``raw``; one with this header alone when there is none."""
        path = raw / name
        return cls(path.read_bytes() if path.is_file() else b"", header, name)

    def _refuse(self, problem: str) -> InvalidDossier:
        problem = f"fichier qui ne peut être complété : {problem}"
        return InvalidDossier([Fault(self._name, 0, "", "", problem)])

    def _cells(self, index: int) -> list[str]:
        return split_csv(self._records[index], self._separator)[0]

    def append(self, row: Mapping[str, Any]) -> None:
        """A new last line. ``row``: numbers, dates and texts by column; columns missing are
        empty."""
        self._add_columns(name for name, value in row.items() if value not in (None, ""))
        line = self._format([self._write(row.get(name)) for name in self._columns])
        if not self._records[-1].endswith(("\n", "\r")):
            self._records[-1] += self._newline
        self._records.append(line)
        self.changed = True

    def replace(self, number: int, changes: Mapping[str, Any]) -> None:
        """Change some cells of the row of this number; the other cells keep their text."""
        self._add_columns(name for name, value in changes.items() if value not in (None, ""))
        cells = self._cells(number - 1)
        cells += [""] * (len(self._columns) - len(cells))
        for name, value in changes.items():
            if name in self._columns:
                cells[self._columns.index(name)] = self._write(value)
        ended = self._records[number - 1].endswith(("\n", "\r"))
        line = self._format(cells)
        self._records[number - 1] = line if ended else line.removesuffix(self._newline)
        self.changed = True

    def remove(self, number: int) -> None:
        """Leave out the row of this number; the others keep theirs."""
        self._records[number - 1] = ""
        self.changed = True

    @property
    def last(self) -> int:
        """Number of its last row."""
        return len(self._records)

    def has(self, name: str) -> bool:
        """Whether the file holds a column, which an older one may not."""
        return name in self._columns

    def _add_columns(self, names: Iterable[str]) -> None:
        """Columns that the file was made before (``Column.optional``), empty in the rows above."""
        for name in names:
            if name in self._header and name not in self._columns:
                self._columns.append(name)
                for index, record in enumerate(self._records):
                    line = self._format([*self._cells(index), "" if index else name])
                    ended = record.endswith(("\n", "\r"))
                    self._records[index] = line if ended else line.removesuffix(self._newline)

    def _write(self, value: Any) -> str:
        text = write_cell(float(value) if isinstance(value, int) else value)
        if isinstance(value, (int, float)) and self._separator == ";":
            # What reads semicolons is a French spreadsheet: to it, 12.5 is the twelfth of May.
            text = text.replace(".", ",")
        if isinstance(value, str):
            text = " ".join(text.split("\n")).strip()
        if self._encoding == "cp1252":
            text = text.replace("\u202f", "\u00a0").replace("−", "-")
        return text

    def _format(self, cells: list[str]) -> str:
        line = format_row(cells, self._separator, self._newline, self._quotes_all)
        try:
            line.encode(self._encoding)
        except UnicodeEncodeError as error:
            raise self._refuse(
                f"son encodage ne connaît pas le caractère « {line[error.start]} » :"
                " l’enregistrer en UTF-8"
            ) from None
        return line

    @property
    def content(self) -> bytes:
        """The whole file as bytes."""
        return self._mark + "".join(self._records).encode(self._encoding, errors="replace")


def list_uncovered(names: Iterable[str], cells: Iterable[str]) -> list[str]:
    """Files of ``raw/`` that no row of sources.csv covers; ``cells``: its column « file »."""
    patterns = [pattern for cell in cells for pattern in split_list(cell)]
    return [name for name in names if not any(map(partial(fnmatch, name), patterns))]


def _split_records(text: str, separator: str) -> list[str]:
    """The text of each record with its line end; a cell in quotes may hold line ends.

    As the csv module reads: a quote opens at the beginning of a cell only.
    """
    quoted = r'"[^"]*+(?:""[^"]*+)*+(?:"|\Z)'
    cell = rf"(?:{quoted})?+[^{separator}\r\n]*+"
    record = rf"{cell}(?:{separator}{cell})*+(?:\r\n?|\n|\Z)"
    return [found[0] for found in re.finditer(record, text) if found[0]]
