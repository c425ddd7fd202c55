"""One cell of a form, as a service filled it in, to a value.

Takes what the cell holds and what is asked, returns a value or raises CellError (problem and
expectation in French). Nothing is guessed: an answer that can be read in two ways is refused.
"""

from __future__ import annotations

import math
import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Literal

from analysis.base.characters import compose
from analysis.compute.dossier.cells import LARGEST, CellError, read_date, read_number
from analysis.model.references import MONEY, PERCENT
from analysis.words import french

Edge = Literal["start", "end"]

#: Day 0 of a spreadsheet's dates, and that of workbooks made on an old Mac.
EPOCH, EPOCH_MAC = date(1899, 12, 30), date(1904, 1, 1)

_ANY_SPACE = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f]")
_YEARS = range(1900, 2101)
_SERIALS = range(10_000, 80_000)  # 1927 to 2119: no year is mistaken for one

#: What a service writes when it has no value to give (folded: no case, accents, dots, spaces).
_ABSENT = set(
    "nd nondisponible nondispo indisponible pasdisponible donneenondisponible nc noncommunique "
    "nonconnu nonconnue inconnu inconnue nonrenseigne nonrenseignee".split()
)
#: Words that may mean zero or « not known »: the service has to say which.
_DOUBTFUL = {"", *"? ?? - – — / x 0? na n/a so sansobjet neant aucun aucune rien zero".split()}
_DOUBTFUL |= set("vide ok idem id".split())

_ABOUT = r"environ|env\b\.?|approx\b\.?|approximativement|a peu pres|de l'ordre de|autour de"
_WORDS = (
    ("environ", rf"{_ABOUT}|quelque|~|≈"),
    ("près de", r"(?:tout )?pres de|presque"),
    ("au moins", r"au moins|au minimum|minimum|mini?\b\.?|>=|≥|=>"),
    ("au plus", r"au plus|au maximum|maximum|maxi?\b\.?|jusqu'a|<=|≤|=<"),
    ("plus de", r"(?:un peu )?plus de|superieur a|>|\+ ?de"),
    ("moins de", r"(?:un peu )?moins de|inferieur a|<|- ?de"),
)
_BEFORE = [(name, re.compile(rf"(?:{words})\s*")) for name, words in _WORDS]
_AFTER = [(name, re.compile(rf"(.*\S)\s*\(?(?:{words})\)?")) for name, words in _WORDS[:4]]

_NUMBER_THEN = re.compile(r"([+\-−]?\s?\d(?:[\d .,]*\d)?)\s*(.*)")
_RANGE = re.compile(r"(?:-|–|—|/|a|et|ou)\s*\d.*")
_AMBIGUOUS = re.compile(r"[+\-]?[1-9]\d{0,2}\.\d{3}")
_DOTTED = re.compile(r"[+\-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_ENGLISH = re.compile(r"[+\-]?\d{1,3}(?:(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+)")

#: Multiples of the euro, folded but for the M (m€ is read as thousands by some).
_MULTIPLES = (
    (1, r"€|eur|euros?"),
    (1_000, r"[kK] ?(?:€|eur|euros?)|milliers? d'euros?|mille euros"),
    (1_000_000, r"M ?(?:€|eur|euros?)|millions? d'euros?"),
    (1_000_000_000, r"M(?:d|ds|rd|rds) ?(?:€|eur|euros?)|milliards? d'euros?"),
)
_PERCENTS = ("%", "pour cent", "pourcent", "p. cent", "pourcents")

_DATE_EXPECTED = "Attendu : une date comme 31/10/2018, 31 octobre 2018 ou 2018."


@dataclass(frozen=True)
class Unit:
    """The unit asked (a row of units.csv): its id, its words, its symbol ('' if none)."""

    id: str
    singular: str
    plural: str
    symbol: str = ""

    @property
    def shown(self) -> str:
        """As a service reads it."""
        return self.symbol or self.plural


@dataclass(frozen=True)
class Quantity:
    """A value in the unit asked (None: the service has none to give) and its qualifier ('' when
    nothing is said of it)."""

    value: float | None
    qualifier: str = ""


def clean(text: str) -> str:
    """One line: every kind of space is a plain one, nothing invisible, none around."""
    return _ANY_SPACE.sub(" ", _INVISIBLE.sub("", compose(text))).strip()


def fold(text: str) -> str:
    """Without accents, in lower case, straight apostrophes: to compare words."""
    plain = unicodedata.normalize("NFD", clean(text).replace("’", "'"))
    letters = "".join(c for c in plain if not unicodedata.combining(c)).casefold()
    return letters.replace("œ", "oe").replace("²", "2").replace("³", "3")


def is_empty(raw: Any) -> bool:
    """Whether a cell holds nothing that can be seen."""
    return raw is None or (isinstance(raw, str) and not clean(raw))


# --- numbers --------------------------------------------------------------------------------------


def parse_value(raw: Any, unit: Unit, number_format: str = "General") -> Quantity | None:
    """The value of an answer cell; None when it is empty.

    Parameters
    ----------
    raw : what the cell holds: a number, a text, a date, a boolean.
    unit : the unit asked; a number of another unit is refused, but for multiples of the euro.
    number_format : the cell's format: « 38 % » typed into a spreadsheet is 0.38 shown as a share.

    Raises
    ------
    CellError
        when it is no number, a number that can be read in two ways, or of another unit.
    """
    if is_empty(raw):
        return None
    try:
        if isinstance(raw, bool):
            raise CellError("la cellule dit vrai ou faux, pas un nombre", "")
        if isinstance(raw, (date, datetime, time, timedelta)):
            hint = " Mettre la cellule au format Standard, puis saisir le nombre."
            raise CellError("le tableur a lu une date ou une heure", _expect(unit) + hint)
        if isinstance(raw, (int, float)):
            quantity = Quantity(_scale_typed(raw, unit, number_format))
        else:
            quantity = _parse_text(clean(str(raw)), unit)
        if quantity.value is not None and not abs(quantity.value) <= LARGEST:
            raise CellError("nombre trop grand pour être lu", "")
    except CellError as error:
        raise CellError(error.problem, error.expected or _expect(unit)) from None
    return quantity


def _expect(unit: Unit) -> str:
    return f"Attendu : un nombre seul, en {unit.shown}, ou « n.d. » si vous ne l’avez pas."


def _scale_typed(raw: float, unit: Unit, number_format: str) -> float:
    """A number typed as such, whose format may carry a unit."""
    shown = re.sub(r"\\.|\[\$-[^\]]*\]", "", number_format or "")
    if "%" in re.sub(r'"[^"]*"', "", shown):
        if unit.id != PERCENT:
            raise CellError("la cellule est au format pourcentage", "")
        return float(Decimal(repr(raw)) * 100)
    if "€" in shown and MONEY not in unit.id.split("-"):
        raise CellError("la cellule est au format monétaire (€)", "")
    return float(raw)


def _parse_text(text: str, unit: Unit) -> Quantity:
    bare = re.sub(r"[ .]", "", fold(text)).strip("()[]«»\"'")
    if bare in _ABSENT:
        return Quantity(None)
    if bare in _DOUBTFUL:
        raise CellError(
            "réponse qui peut se comprendre de deux façons",
            "Attendu : 0 si c’est zéro, « n.d. » si vous n’avez pas la valeur.",
        )
    if text.startswith("#"):
        raise CellError("erreur de calcul du tableur", "")
    qualifier, rest = _split_qualifier(text)
    match = _NUMBER_THEN.fullmatch(rest)
    if not match:
        raise CellError("nombre illisible", "")
    digits, tail = match[1].replace("−", "-"), match[2].strip()
    if not qualifier:
        qualifier, tail = _split_tail(tail)
    if _RANGE.fullmatch(fold(tail)):
        raise CellError(
            "plusieurs nombres dans la cellule",
            "Attendu : un seul nombre ; une fourchette s’explique en remarque.",
        )
    factor = _read_factor(tail, unit)
    return Quantity(float(Decimal(repr(_read_digits(digits))) * factor), qualifier)


def _split_qualifier(text: str) -> tuple[str, str]:
    """« env. 300 arbres » → environ, « 300 arbres ». The rest keeps its case (M€ is not m€)."""
    # Folding may change the length of a text: the rest is taken from the end.
    folded = fold(text)
    for name, pattern in _BEFORE:
        if (match := pattern.match(folded)) and match.end() < len(folded):
            rest = folded[match.end() :]
            kept = text[len(text) - len(rest) :] if len(folded) == len(text) else rest
            if re.match(r"[+\-−]?\d", kept):
                return name, kept
    return "", text


def _split_tail(tail: str) -> tuple[str, str]:
    """« arbres environ » → environ, « arbres »."""
    folded = fold(tail)
    if len(folded) != len(tail):
        return "", tail
    for name, pattern in _AFTER:
        if re.fullmatch(rf"\(?(?:{dict(_WORDS)[name]})\)?", folded):
            return name, ""
        if match := pattern.fullmatch(folded):
            return name, tail[: match.end(1)]
    return "", tail


def _read_digits(digits: str) -> float:
    """A number as ``cells`` reads it, or with the separators of other habits."""
    digits = re.sub(r"^([+\-]) ", r"\1", digits)
    if _AMBIGUOUS.fullmatch(digits):
        plain = digits.replace(".", "")
        raise CellError(
            "nombre qui peut se lire de deux façons",
            f"Attendu : {plain} ou {digits.replace('.', ',')}, selon ce que vous voulez dire.",
        )
    if _DOTTED.fullmatch(digits) and not digits.lstrip("+-").startswith("0"):
        digits = digits.replace(".", "")
    elif _ENGLISH.fullmatch(digits):
        digits = digits.replace(",", "")
    try:
        return read_number(digits)
    except CellError as error:
        raise CellError(error.problem, "") from None


def _read_factor(tail: str, unit: Unit) -> int:
    """By how much the number is multiplied for the unit written after it."""
    tail = tail.strip().strip("()").strip()
    folded = fold(tail).rstrip(".")
    own = {fold(name).rstrip(".") for name in (unit.singular, unit.plural, unit.symbol, unit.id)}
    if not tail or folded in own - {""} or (folded in _PERCENTS and unit.id == PERCENT):
        return 1
    if folded.replace(" ", "") in {"m€", "meur", "meuros"} and tail[0] == "m":
        raise CellError(
            f"unité « {tail} » qui peut se comprendre de deux façons",
            "Attendu : k€ pour des milliers d’euros, M€ pour des millions.",
        )
    words = tail.replace("’", "'").rstrip(".")
    for factor, pattern in _MULTIPLES:
        without_mega = pattern.replace("M", "(?!)")
        if re.fullmatch(pattern, words) or re.fullmatch(without_mega, folded):
            if unit.id == MONEY:
                return factor
            break
    raise CellError(f"unité « {tail} » autre que celle demandée", "")


# --- dates ----------------------------------------------------------------------------------------


def parse_date(raw: Any, edge: Edge, epoch: date = EPOCH) -> date | None:
    """A day; a year, a quarter or a month alone is its first or its last day according to
    ``edge``.

    Takes real dates, a spreadsheet's day numbers (from ``epoch``), « 31/10/2018 », « 31 octobre
    2018 », « octobre 2018 », « T3 2018 », « 2018 ». None when the cell is empty; raises CellError.
    """
    if is_empty(raw):
        return None
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    try:
        if isinstance(raw, (bool, time, timedelta)):
            raise CellError("ce n’est pas une date", "")
        if isinstance(raw, (int, float)):
            return _read_day_number(raw, edge, epoch)
        return _read_date_text(fold(str(raw)).rstrip("."), edge, epoch)
    except CellError as error:
        raise CellError(error.problem, _DATE_EXPECTED) from None


def _read_date_text(text: str, edge: Edge, epoch: date) -> date:
    """A date from a folded text. Month names become numbers, which the last lines read."""
    text = re.sub(r"^(?:le|au|du|depuis|jusqu'au|a partir du) ", "", text)
    lead = re.match(r"(?:(fin|debut) )?(?:de )?(?:l'annee )?", text)
    if lead[1]:
        edge = "end" if lead[1] == "fin" else "start"
    text = text[lead.end() :]
    if re.fullmatch(r"\d{4,5}([.,]0+)?", text):
        return _read_day_number(float(text.replace(",", ".")), edge, epoch)
    if match := re.fullmatch(r"(?:t([1-4])|([1-4])(?:er|e|eme) trimestre) (\d{4})", text):
        month = 3 * int(match[1] or match[2])
        return _pick_day(int(match[3]), edge, month - 2, month)
    if match := re.fullmatch(r"(?:(\d{1,2} ?)(?:er)? )?([a-z]+)\.? (\d{4})", text):
        month = _find_month(match[2])
        text = f"{match[1].strip()}/{month}/{match[3]}" if match[1] else f"{month}/{match[3]}"
    if match := re.fullmatch(r"(\d{1,2})[/.-](\d{4})", text):
        return _pick_day(int(match[2]), edge, int(match[1]), int(match[1]))
    if match := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})", text):
        year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
        text = f"{match[1]}/{match[2]}/{year}"
    day = read_date(text)
    _check_year(day.year)
    return day


def _find_month(name: str) -> int:
    """Number of a month by its folded name or its first letters (« janv », « oct »)."""
    names = {number: fold(month) for number, month in french.MONTHS.items()}
    short = 3 <= len(name) <= 5
    found = [n for n, month in names.items() if name == month or (short and month.startswith(name))]
    if len(found) != 1:
        raise CellError(f"mois inconnu « {name} »", "")
    return found[0]


def _check_year(year: int) -> None:
    if year not in _YEARS:
        raise CellError(f"année {year} invraisemblable", "")


def _pick_day(year: int, edge: Edge, first: int = 1, last: int = 12) -> date:
    """The first day of the months ``first`` to ``last`` of a year, or the last one."""
    if not 1 <= first <= last <= 12:
        raise CellError("cette date n’existe pas", "")
    _check_year(year)
    if edge == "start":
        return date(year, first, 1)
    return date(year, last, monthrange(year, last)[1])


def _read_day_number(number: float, edge: Edge, epoch: date) -> date:
    """A year, or a day counted as spreadsheets count them."""
    if math.isfinite(number):
        if number == int(number) and int(number) in _YEARS:
            return _pick_day(int(number), edge)
        if int(number) in _SERIALS:
            return epoch + timedelta(days=int(number))
    raise CellError("ce nombre n’est pas une date", "")


# --- choices and texts ----------------------------------------------------------------------------


def parse_choice(raw: Any, choices: tuple[str, ...]) -> str:
    """One of the choices, whatever its case, accents, gender and number; '' when empty.

    Raises
    ------
    CellError
        with the list of the choices.
    """
    if is_empty(raw):
        return ""
    text = fold(str(raw)).rstrip(".")
    for choice in choices:
        if text == fold(choice) or text.rstrip("es") == fold(choice).rstrip("es"):
            return choice
    for name, words in _WORDS:
        if name in choices and re.fullmatch(words, text):
            return name
    listed = ", ".join(f"« {choice} »" for choice in choices)
    raise CellError("choix inconnu", f"Attendu : {listed}.")


def parse_text(raw: Any, limit: int = 1_500) -> str:
    """A remark as one line of at most ``limit`` characters."""
    if is_empty(raw):
        return ""
    if isinstance(raw, datetime):
        raw = raw.date()
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    text = f"{raw:%d/%m/%Y}" if isinstance(raw, date) else clean(str(raw))
    return text if len(text) <= limit else text[: limit - 1] + "…"
