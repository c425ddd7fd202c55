"""One cell as typed, to a value: numbers and dates as a French spreadsheet writes them.

Each reader takes a stripped, non-empty text and raises CellError.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from analysis.model.partial_dates import MONTH, SEASONS, YEAR, PartialDate, find_season
from analysis.words.french import MONTHS

#: Thousands separators a spreadsheet may write: space, no-break space, narrow no-break, thin.
SPACES = " \u00a0\u202f\u2009"
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?", re.ASCII)
_GROUPED = re.compile(rf"[-+]?\d{{1,3}}([{SPACES}]\d{{3}})+([.,]\d+)?", re.ASCII)
#: Beyond, a number as typed is no longer exact.
LARGEST = 10**15
#: What a spreadsheet, French or English, shows for a result that it could not compute or draw.
_FAILED = re.compile(r"#(?:[A-ZÉ_/0]+ ?[!?]|N/?A|#+)|Err ?: ?\d{3}")
#: A date in a column without a date format: the days since 1899-12-30, from 1927 to 2119.
_DAY_NUMBER = re.compile(r"[1-7]\d{4}([.,]0+)?", re.ASCII)
_FIRST_DAY = date(1899, 12, 30).toordinal()
_SHORT_YEAR = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{2}", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})([ T]00:00(:00(\.0+)?)?)?", re.ASCII)
_FRENCH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})( 00:00(:00)?)?", re.ASCII)


class CellError(ValueError):
    """A cell that cannot be read; ``problem`` and ``expected`` are French."""

    def __init__(self, problem: str, expected: str):
        self.problem = problem
        self.expected = expected
        super().__init__(problem)


def clean_text(text: str) -> str:
    """Without the spaces around, nor what is no word: hyphens that are not seen; the typography
    inside is the analyst's."""
    text = text.strip(SPACES + "\t\r\n\ufeff")
    return text if text.strip(SPACES + "\u00ad") else ""


def clean_code(text: str) -> str:
    """A code or a list of codes: every kind of space is a plain one."""
    return re.sub(rf"[{SPACES}]+", " ", clean_text(text))


def has_failed(text: str) -> bool:
    """Whether a cell is what a spreadsheet shows for no result: « #REF! », « #NOM? »."""
    return text.strip()[:1] in ("#", "E") and bool(_FAILED.fullmatch(clean_code(text)))


def read_number(text: str) -> float:
    """« 1 234,5 », « 1234.5 », « 1 234 » with any kind of space."""
    expected = "Attendu : un nombre seul, sans unité, comme 1234,5 ou 1 234,5."
    plain = text.replace("−", "-")
    if _GROUPED.fullmatch(plain):
        plain = re.sub(rf"[{SPACES}]", "", plain)
    if "," in plain and "." not in plain:
        plain = plain.replace(",", ".", 1)
    if plain.startswith(("'", "’")):
        expected = "Retirer l’apostrophe du début : elle fait du nombre un texte."
    if not _NUMBER.fullmatch(plain):
        raise CellError("nombre illisible", expected)
    number = float(plain)
    if not abs(number) <= LARGEST:
        raise CellError("nombre trop grand pour être lu", expected)
    return number + 0.0  # never « -0 »


def read_integer(text: str) -> int:
    """A whole number, also as a spreadsheet writes it (2017,0)."""
    expected = "Attendu : un nombre entier, comme 3."
    try:
        number = read_number(text)
    except CellError as error:
        raise CellError(error.problem, expected) from None
    if number != int(number):
        raise CellError("nombre entier attendu", expected)
    return int(number)


def read_date(text: str) -> date:
    """« 2017-10-31 » or « 31/10/2017 »."""
    expected = "Attendu : une date comme 2017-10-31 ou 31/10/2017."
    if match := _ISO.fullmatch(text):
        year, month, day = (int(match[n]) for n in (1, 2, 3))
    elif match := _FRENCH.fullmatch(text):
        day, month, year = (int(match[n]) for n in (1, 2, 3))
    elif _DAY_NUMBER.fullmatch(text):
        day_number = date.fromordinal(_FIRST_DAY + int(text[:5]))
        said = (
            f"Mettre la colonne au format Date et enregistrer : sans doute {day_number:%d/%m/%Y}."
        )
        raise CellError("date devenue un nombre de jours dans le tableur", said)
    elif _SHORT_YEAR.fullmatch(text):
        raise CellError("année de deux chiffres", expected)
    else:
        raise CellError("date illisible", expected)
    try:
        return date(year, month, day)
    except ValueError:
        raise CellError("cette date n’existe pas", expected) from None


_PARTIAL = re.compile(r"(\d{4})(?:-(\d{1,2}))?", re.ASCII)
_FRENCH_MONTH = re.compile(r"(\d{1,2})/(\d{4})", re.ASCII)
#: « février 2017 », and « févr-17 », which a French Excel makes of « 2017-02 ».
_NAMED_MONTH = re.compile(r"([^\W\d_]+)\.?[ -]([0-9]{4}|[0-9]{2})")
_SEASON = re.compile(rf"({'|'.join(SEASONS)}) (\d{{4}})(?:[-–/](\d{{4}}))?")


def read_partial_date(text: str, starts: bool) -> date:
    """A date to the day, or what is known of it: « 2017-02 », « 02/2017 », « février 2017 »,
    « 2017 », « hiver 2015-2016 ». Its first day where it ``starts`` a period, else its last."""
    expected = "Attendu : une date comme 2017-10-31 ou 31/10/2017, un mois comme 2017-10, une année"
    try:
        return _read_partial(text.casefold(), starts) or read_date(text)
    except CellError as error:
        raise CellError(error.problem, f"{expected} comme 2017.") from None


def _read_partial(text: str, starts: bool) -> date | None:
    """None of what is neither a month nor a season nor a year."""
    if match := _SEASON.fullmatch(text):
        if not date.min.year <= int(match[2]) < date.max.year:
            raise CellError("cette date n’existe pas", "")
        day = find_season(match[1], int(match[2]), starts=False)
        if (day.year != int(match[2])) != bool(match[3]) or match[3] not in (None, str(day.year)):
            raise CellError("saison mal écrite (comme hiver 2015-2016, été 2016)", "")
        return find_season(match[1], int(match[2]), starts)
    month: int | None
    if match := _PARTIAL.fullmatch(text):
        year, month = int(match[1]), int(match[2]) if match[2] else None
    elif match := _FRENCH_MONTH.fullmatch(text):
        year, month = int(match[2]), int(match[1])
    elif match := _NAMED_MONTH.fullmatch(text):
        found = [n for n, name in MONTHS.items() if len(match[1]) > 2 and name.startswith(match[1])]
        if len(found) != 1:
            return None
        (month,) = found
        year = int(match[2] if len(match[2]) == 4 else f"20{match[2]}")
    else:
        return None
    first, last = (1, 12) if month is None else (month, month)
    if not 1 <= first <= 12 or not year:
        raise CellError("cette date n’existe pas", "")
    precision = YEAR if month is None else MONTH
    if starts:
        return PartialDate(year, first, 1, precision)
    return PartialDate(year, last, monthrange(year, last)[1], precision)
