"""A raw CSV file changed line by line: what is not touched stays byte for byte as it was.

Keeps the encoding, the BOM, the separator, the line ends, the quoting and
the order of the columns as found. Rows are numbered as a spreadsheet shows them (header = 1).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analysis.base.csvtext import write_cell

_SEPARATORS = ",;\t"
_SPACES = " \u00a0\u202f\u2009\t\r\n\ufeff"


class CsvFile:
    """A CSV file as its records, each with the bytes it was written with.

    Raises
    ------
    ValueError
        when it cannot be written back as it was (French; the file is named by the caller).
    """

    def __init__(self, content: bytes, header: Sequence[str]):
        """``content``: the file's bytes, b"" when there is none; ``header``: its columns then."""
        self.changed = False
        if not content:
            content = (",".join(header) + "\n").encode("utf-8")
        self._encoding, self._mark = _find_encoding(content)
        text = content[len(self._mark) :].decode(self._encoding, errors="replace")
        if text.encode(self._encoding, errors="replace") != content[len(self._mark) :]:
            raise ValueError("des caractères n’y sont pas lisibles : l’enregistrer en UTF-8")
        lead = len(text) - len(text.lstrip("\r\n"))
        first = text[lead:].split("\n", 1)[0]
        self._separator = max(_SEPARATORS, key=first.count)
        self._newline = "\r\n" if first.endswith("\r") else "\n"
        self._records = _split_records(text, self._separator)
        self._columns = [cell.strip(_SPACES) for cell in self._cells(0)]
        bare = first.strip("\r")
        self._quotes_all = bare.startswith('"') and bare.endswith('"') and '","' in bare.replace(
            self._separator, ","
        )  # fmt: skip

    @classmethod
    def read(cls, path: Path, header: Sequence[str]) -> CsvFile:
        """The file at ``path``; an empty one with this header when there is none."""
        return cls(path.read_bytes() if path.is_file() else b"", header)

    def _cells(self, index: int) -> list[str]:
        rows = list(
            csv.reader(io.StringIO(self._records[index], newline=""), delimiter=self._separator)
        )
        return rows[0] if rows else []

    def append(self, row: Mapping[str, Any]) -> None:
        """A new last line. ``row``: numbers, dates and texts by column; columns missing are empty.

        Raises ValueError (French) for a character that the file's encoding does not have.
        """
        line = self._format([self._write(row.get(name)) for name in self._columns])
        if not self._records[-1].endswith(("\n", "\r")):
            self._records[-1] += self._newline
        self._records.append(line)
        self.changed = True

    def replace(self, number: int, changes: Mapping[str, Any]) -> None:
        """Change some cells of the row of this number; the other cells keep their text."""
        cells = self._cells(number - 1)
        cells += [""] * (len(self._columns) - len(cells))
        for name, value in changes.items():
            cells[self._columns.index(name)] = self._write(value)
        ended = self._records[number - 1].endswith(("\n", "\r"))
        line = self._format(cells)
        self._records[number - 1] = line if ended else line.removesuffix(self._newline)
        self.changed = True

    def _write(self, value: Any) -> str:
        text = write_cell(float(value) if isinstance(value, int) else value)
        if isinstance(value, (int, float)) and self._separator == ";":
            # What reads semicolons is a French spreadsheet: to it, 12.5 is the twelfth of May.
            text = text.replace(".", ",")
        if isinstance(value, str):
            text = " ".join(text.split("\n")).strip()
            if text.startswith(("=", "+", "-", "@", "\t")):
                text = f"« {text} »"  # a service's remark must not become a spreadsheet's formula
        if self._encoding == "cp1252":
            text = text.replace("\u202f", "\u00a0").replace("−", "-")
        return text

    def _format(self, cells: list[str]) -> str:
        line = io.StringIO()
        csv.writer(
            line, delimiter=self._separator, lineterminator=self._newline,
            quoting=csv.QUOTE_ALL if self._quotes_all else csv.QUOTE_MINIMAL,
        ).writerow(cells)  # fmt: skip
        text = line.getvalue()
        try:
            text.encode(self._encoding)
        except UnicodeEncodeError as error:
            raise ValueError(
                f"son encodage ne connaît pas le caractère « {text[error.start]} » :"
                " l’enregistrer en UTF-8"
            ) from None
        return text

    @property
    def content(self) -> bytes:
        """The whole file as bytes."""
        return self._mark + "".join(self._records).encode(self._encoding, errors="replace")


def _find_encoding(content: bytes) -> tuple[str, bytes]:
    """As ``dossier`` reads: UTF-8 with or without a mark, UTF-16 with one, else cp1252."""
    for mark, encoding in (
        (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"),
    ):  # fmt: skip
        if content.startswith(mark):
            return encoding, mark
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252", b""
    return "utf-8", b""


def _split_records(text: str, separator: str) -> list[str]:
    """The text of each record with its line end; a cell in quotes may hold line ends.

    As the csv module reads: a quote opens at the beginning of a cell only.
    """
    records, start, position = [], 0, 0
    quoted, opens = False, True
    while position < len(text):
        character = text[position]
        if quoted:
            quoted = character != '"'
            opens = not quoted  # a doubled quote opens again
        elif character in "\r\n":
            if text[position : position + 2] == "\r\n":
                position += 1
            records.append(text[start : position + 1])
            start = position + 1
            opens = True
        else:
            quoted = opens and character == '"'
            opens = character == separator
        position += 1
    if start < len(text):
        records.append(text[start:])
    return records
