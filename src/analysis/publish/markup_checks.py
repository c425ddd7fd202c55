"""Is a built page laid out as it should be? Its number, the numbers of its sections, its tables.

A page may hold every word and yet be wrecked: chapters numbered two too high, tables without their
headers, rows that are none. For either engine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from analysis.publish.project import Page

#: Classes that pandoc gives to rows and columns of every table: a style for one restyles them all.
ROW_CLASSES = ("odd", "even", "header", "footer")
_NUMBERS = {"chapter-number", "header-section-number"}


@dataclass
class _Table:
    """A table as it is read: its rows as lists of (columns, rows) that a cell takes."""

    id: str
    rows: list[list[tuple[int, int]]] = field(default_factory=list)
    heads: int = 0
    scopes: int = 0

    def list_widths(self) -> list[int]:
        """How many columns each row takes, with the cells that come down from above."""
        widths, above = [], []
        for row in self.rows:
            columns = sum(columns for columns, _ in row)
            widths.append(columns + sum(left[0] for left in above))
            above = [(columns, rows - 1) for columns, rows in [*above, *row] if rows > 1]
        return widths


class _Reader(HTMLParser):
    """Numbers of the headings and tables of ``<main>``."""

    def __init__(self) -> None:
        super().__init__()
        self.numbers: list[tuple[int, str]] = []
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._inside = False
        self._level = 0
        self._number: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attributes}
        self._inside = self._inside or tag == "main"
        if not self._inside:
            return
        if re.fullmatch("h[1-6]", tag):
            self._level = int(tag[1])
        elif tag == "span" and self._level and names.get("class") in _NUMBERS:
            self._number = ""
        elif tag == "table":
            self._open.append(_Table(names.get("id", "")))
            self.tables.append(self._open[-1])
        elif tag == "tr" and self._open:
            self._open[-1].rows.append([])
        elif tag in ("th", "td") and self._open and self._open[-1].rows:
            size = int(names.get("colspan") or 1), int(names.get("rowspan") or 1)
            self._open[-1].rows[-1].append(size)
            self._open[-1].heads += tag == "th"
            self._open[-1].scopes += tag == "th" and "scope" in names

    def handle_endtag(self, tag: str) -> None:
        if tag == "span" and self._number is not None:
            self.numbers.append((self._level, self._number.strip()))
            self._number = None
        elif re.fullmatch("h[1-6]", tag):
            self._level = 0
        elif tag == "table" and self._open:
            self._open.pop()
        elif tag == "main":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._number is not None:
            self._number += data


def find_wrecks(html: str, page: Page) -> Iterator[str]:
    """French lines that say what of a page is not laid out as it should be."""
    reader = _Reader()
    reader.feed(html)
    yield from _check_numbers(reader.numbers, page)
    for table in reader.tables:
        name = f"tableau {table.id}" if table.id else "un tableau"
        widths = table.list_widths()
        if len(set(widths)) > 1:
            yield f"{name} : des lignes de {min(widths)} et de {max(widths)} colonnes"
        if max(widths, default=0) > 1 and (not table.heads or table.scopes < min(table.heads, 1)):
            yield f"{name} : des en-têtes sans portée (scope)"


def _check_numbers(numbers: list[tuple[int, str]], page: Page) -> Iterator[str]:
    chapters = [number for level, number in numbers if level == 1]
    expected = [page.mark] if page.mark and not page.appendix else []
    if chapters != expected:
        read = ", ".join(chapters) or "aucun"
        yield f"chapitre numéroté {read}, attendu : {page.mark or 'aucun numéro'}"
    for _, number in numbers:
        if page.mark and number.split(".")[0] != page.mark:
            yield f"section numérotée {number} dans le chapitre {page.mark}"
            return
    if not page.mark and numbers:
        yield f"section numérotée {numbers[0][1]} dans une page sans numéro"


def find_row_styles(sheet: str) -> list[str]:
    """Classes of ``ROW_CLASSES`` that a style sheet styles."""
    without = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", sheet, flags=re.DOTALL)
    return [name for name in ROW_CLASSES if re.search(rf"\.{name}(?![\w-])", without)]
