"""One cell as typed, to a value: numbers and dates as a French spreadsheet writes them.

Each reader takes a stripped, non-empty text and raises CellError.
"""

from __future__ import annotations

import math
import re
from datetime import date

#: Thousands separators a spreadsheet may write: space, no-break space, narrow no-break, thin.
SPACES = " \u00a0\u202f\u2009"
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
_GROUPED = re.compile(rf"[-+]?\d{{1,3}}([{SPACES}]\d{{3}})+([.,]\d+)?")
#: Beyond, a number as typed is no longer exact.
LARGEST = 10**15
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})([ T]00:00(:00(\.0+)?)?)?")
_FRENCH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})( 00:00(:00)?)?")


class CellError(ValueError):
    """A cell that cannot be read; ``problem`` and ``expected`` are French."""

    def __init__(self, problem: str, expected: str):
        self.problem = problem
        self.expected = expected
        super().__init__(problem)


def clean_text(text: str) -> str:
    """Without the spaces around; the typography inside is the analyst's."""
    return text.strip(SPACES + "\t\r\n\ufeff")


def clean_code(text: str) -> str:
    """A code or a list of codes: every kind of space is a plain one."""
    return re.sub(rf"[{SPACES}]+", " ", clean_text(text))


def read_number(text: str) -> float:
    """« 1 234,5 », « 1234.5 », « 1 234 » with any kind of space."""
    expected = "Attendu : un nombre seul, sans unité, comme 1234,5 ou 1 234,5."
    plain = text.replace("−", "-")
    if _GROUPED.fullmatch(plain):
        plain = re.sub(rf"[{SPACES}]", "", plain)
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".", 1)
    if not _NUMBER.fullmatch(plain):
        raise CellError("nombre illisible", expected)
    number = float(plain)
    if not math.isfinite(number):
        raise CellError("nombre trop grand pour être lu", expected)
    return number


def read_integer(text: str) -> int:
    """A whole number, also as a spreadsheet writes it (2017,0)."""
    expected = "Attendu : un nombre entier, comme 3."
    try:
        number = read_number(text)
    except CellError as error:
        raise CellError(error.problem, expected) from None
    if number != int(number):
        raise CellError("nombre entier attendu", expected)
    if abs(number) > LARGEST:
        raise CellError("nombre trop grand pour être lu", expected)
    return int(number)


def read_date(text: str) -> date:
    """« 2017-10-31 » or « 31/10/2017 »."""
    expected = "Attendu : une date comme 2017-10-31 ou 31/10/2017."
    if match := _ISO.fullmatch(text):
        year, month, day = (int(match[n]) for n in (1, 2, 3))
    elif match := _FRENCH.fullmatch(text):
        day, month, year = (int(match[n]) for n in (1, 2, 3))
    else:
        raise CellError("date illisible", expected)
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError("cette date n’existe pas", expected) from None
