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
from itertools import takewhile
from typing import Any, Literal

from analysis.base.characters import compose
from analysis.compute.dossier.cells import LARGEST, CellError, read_date, read_number
from analysis.model.partial_dates import MONTH, SEASONS, YEAR, YEARS, find_season, set_precision
from analysis.model.references import MONEY, PERCENT
from analysis.words import french

Edge = Literal["start", "end"]

#: Day 0 of a spreadsheet's dates, and that of workbooks made on an old Mac.
EPOCH, EPOCH_MAC = date(1899, 12, 30), date(1904, 1, 1)

_ANY_SPACE = re.compile(r"[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u2060\ufeff\x00-\x08\x0e-\x1f]")
_SERIALS = range(10_000, 80_000)  # 1927 to 2119: no year is mistaken for one

#: What a service writes when it has no value to give (folded: no case, accents, dots, spaces).
_ABSENT = set(
    "nd nondisponible nondispo indisponible pasdisponible donneenondisponible nc noncommunique "
    "nonconnu nonconnue inconnu inconnue nonrenseigne nonrenseignee".split()
)
#: Words that may mean zero or « not known »: the service has to say which.
_DOUBTFUL = {"", *"? ?? - – — / x 0? na n/a so sansobjet neant aucun aucune rien zero".split()}
_DOUBTFUL |= set("vide ok ras neant0".split())
#: The answer stands elsewhere.
_ELSEWHERE = re.compile(
    r"(?:idem|id\b|cf\b|voir|vu|ci-(?:joint|dessus|dessous)|inchang|meme |pareil|sans changement).*"
)
#: « une vingtaine » : about twenty.
_COLLECTIVES = {
    "dizaine": 10,
    "douzaine": 12,
    "quinzaine": 15,
    "vingtaine": 20,
    "trentaine": 30,
    "quarantaine": 40,
    "cinquantaine": 50,
    "soixantaine": 60,
    "centaine": 100,
    "millier": 1000,
}
_COLLECTIVE = re.compile(rf"\bune? ({'|'.join(_COLLECTIVES)})\b")

_ABOUT = r"environ|env\b\.?|approx\b\.?|approximativement|a peu pres|de l'ordre de|autour de"
_WORDS = (
    ("environ", rf"{_ABOUT}|quelque|~|≈"),
    ("près de", r"(?:tout )?pres d(?:e|')|presque"),
    ("au moins", r"au moins|au minimum|minimum|mini?\b\.?|>=|≥|=>"),
    ("au plus", r"au plus|au maximum|maximum|maxi?\b\.?|jusqu'a|<=|≤|=<"),
    ("plus de", r"(?:un peu )?plus d(?:e|')|superieur a|>|\+ ?de"),
    ("moins de", r"(?:un peu )?moins d(?:e|')|inferieur a|<|- ?de"),
)
_BEFORE = [(name, re.compile(rf"(?:{words})\s*")) for name, words in _WORDS]
_AFTER = [(name, re.compile(rf"(.*\S)\s*\(?(?:{words})\)?")) for name, words in _WORDS[:4]]

_NUMBER_THEN = re.compile(r"([+\-−]?\s?\d(?:[\d .,]*\d)?)\s*(.*)")
_RANGE = re.compile(r"(?:-|–|—|/|a|et|ou)\s*\d.*")
_AMBIGUOUS = re.compile(r"[+\-]?[1-9]\d{0,2}\.\d{3}")
_DOTTED = re.compile(r"[+\-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_ENGLISH = re.compile(r"[+\-]?\d{1,3}(?:(?:,\d{3}){2,}(?:\.\d+)?|,\d{3}\.\d+)")

#: Multiples of whatever is counted.
_MAGNITUDES = {"mille": 1_000, "millier": 1_000, "million": 1_000_000, "milliard": 1_000_000_000}
_MAGNITUDE = re.compile(r"(mille|millier|million|milliard)s?(?:$| (?:d'|de )?)(.*)")
#: What a prefix multiplies a unit by. No small « m »: it would be milli, which nobody measures in.
_PREFIXES = {"": 1, "k": 10**3, "kilo": 10**3, "mega": 10**6, "giga": 10**9, "tera": 10**12}
_CAPITALS = {"M": 10**6, "G": 10**9, "T": 10**12} | dict.fromkeys(
    ("Md", "Mds", "Mrd", "Mrds"), 10**9
)
#: Units of one kind, by their size: those that a prefix multiplies, those that stand alone.
_MULTIPLIED, _ALONE = (
    {name: (kind, size) for kind, sizes in scales.items() for size, names in sizes.items()
     for name in names.split(",")}
    for scales in (
        {"g": {1: "g,gramme", 10**6: "t,tonne"}, "m": {1: "m,metre"}, "l": {1: "l,litre"},
         "wh": {1: "wh,wattheure"}, "w": {1: "w,watt"}, "wc": {1: "wc,watt-crete"},
         "eur": {1: "€,eur,euro"}},
        {"g": {10**3: "kilo"}, "m2": {1: "m2,metre carre", 10**4: "ha,hectare",
         10**6: "km2,kilometre carre"}, "l": {10**3: "m3,metre cube"}},
    )
)  # fmt: skip
#: What is weighed of a gas: « tonne de CO₂ équivalent », « kt éq. CO₂ », « tCO₂e ».
_CARBON = re.compile(
    r"(.*?)(?: ?(?:de |d')?(?:equivalent |eq\.? ?)?co2(?: ?(?:equivalent|eq\.?|e))?)"
)
#: Where what is written after the unit begins: « (BP 2018) », « , dont Hasnon », « sur 47 ».
_ASIDE = re.compile(
    r"\s*[,;:(]\s*"
    r"|(?:^|\s+)(?=(?:dont|soit|hors|y compris)\b|(?:sur|au) \d|en (?:[^\W\d]+ )?20\d\d)"
)
_PERCENTS = ("%", "pour cent", "pourcent", "p. cent", "pourcents")

#: No unit with its aside is longer, nor any date or period: reading on would take time without end.
_LONGEST = 120

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

    def is_called(self, text: str) -> bool:
        """Whether a text is its id, its symbol or one of its names."""
        both = f"{self.plural} ({self.symbol})"
        return fold(text) in map(fold, (self.id, self.singular, self.plural, self.symbol, both))


@dataclass(frozen=True)
class Quantity:
    """A value in the unit asked (None: the service has none to give), its qualifier ('' when
    nothing is said of it), what is written after it."""

    value: float | None
    qualifier: str = ""
    note: str = ""


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

    Raises CellError when it is no number, a number that can be read in two ways, or of another
    unit.
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
    # « 5 » that its format shows as « 5 k€ »: which of the two is meant, nobody knows.
    unit_shown = "".join(re.findall(r'"([^"]*)"', shown.partition(";")[0])).strip()
    if unit_shown != "€" and read_unit(unit_shown, unit) != (1, ""):
        raise CellError(f"la cellule affiche « {unit_shown} », qui n’y est pas écrit", "")
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
    if _ELSEWHERE.fullmatch(fold(text)):
        raise CellError("nombre illisible : la réponse renvoie ailleurs", "")
    about = _COLLECTIVE.search(fold(text))
    if about:
        text = _COLLECTIVE.sub(lambda match: str(_COLLECTIVES[match[1]]), fold(text))
    qualifier, rest = _split_qualifier(text)
    match = _NUMBER_THEN.fullmatch(rest)
    if not match:
        raise CellError("nombre illisible", "")
    digits, tail = match[1].replace("−", "-"), match[2].strip()
    if not qualifier:
        qualifier, tail = _split_tail(tail)
    if about:
        qualifier, tail = qualifier or "environ", re.sub(r"^(?:d'|de )", "", tail)
    if _RANGE.fullmatch(fold(tail)):
        raise _refuse_several()
    factor, note = read_unit(tail, unit)
    return Quantity(float(Decimal(repr(_read_digits(digits))) * factor), qualifier, note)


def _refuse_several() -> CellError:
    return CellError(
        "plusieurs nombres dans la cellule",
        "Attendu : un seul nombre ; une fourchette s’explique en remarque.",
    )


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


def read_unit(tail: str, unit: Unit) -> tuple[Decimal, str]:
    """By how much the number is multiplied for the unit written after it, and what is written
    besides (« communes, dont Hasnon » : 1, « dont Hasnon »). Raises CellError when it is another
    unit, or may be."""
    tail = tail.strip()
    asides = ((found.start(), found.end()) for found in _ASIDE.finditer(tail))
    for end, after in ((len(tail), len(tail)), *takewhile(lambda cut: cut[0] <= _LONGEST, asides)):
        words, aside = tail[:end], tail[after:]
        factor = _find_factor(words, unit) if end <= _LONGEST else None
        if factor is None:
            continue
        note = aside.strip(" ;,:)") + (")" if "(" in aside else "")
        is_year = re.fullmatch(r"(?:19|20)\d\d", note)
        if re.match(r"ou\b", fold(note)) or (re.fullmatch(r"[\d .,%]+", note) and not is_year):
            raise _refuse_several()
        if unit.id == PERCENT and not words and note.startswith("sur "):
            break
        return factor, note
    raise CellError(f"unité « {tail} » autre que celle demandée", "")


def _find_factor(words: str, unit: Unit) -> Decimal | None:
    """The size of a unit in that asked; None when it is another one."""
    words = words.strip().strip("()").strip().rstrip(".")
    folded = fold(words)
    own = {fold(name).rstrip(".") for name in (unit.singular, unit.plural, unit.symbol, unit.id)}
    if not words or folded in own - {""} or (folded in _PERCENTS and unit.id == PERCENT):
        return Decimal(1)
    if folded.replace(" ", "") in {"m€", "meur", "meuros"} and words[0] == "m":
        raise CellError(
            f"unité « {words} » qui peut se comprendre de deux façons",
            "Attendu : k€ pour des milliers d’euros, M€ pour des millions.",
        )
    if unit.id == MONEY and (words in _CAPITALS or folded == "k"):
        words += "€"
    if match := _MAGNITUDE.fullmatch(folded):
        within = _find_factor(match[2], unit)
        return within and within * _MAGNITUDES[match[1]]
    other = "" if _measure(unit.symbol) else unit.symbol
    asked = [found for name in own if (found := _measure(name, other))]
    written = None if words in ("M", "G") else _measure(words, other)
    if written is None or written[1:] not in [found[1:] for found in asked]:
        return None
    return written[0] / asked[0][0]


def _measure(words: str, symbol: str = "") -> tuple[Decimal, str, str] | None:
    """Size and kind of a unit of measure, and what it is counted for (« hab »); None where it is no
    unit that has a size. ``symbol``: one of no known kind, which a prefix may multiply too."""
    numerator, _, ratio = re.sub(r" par ", "/", fold(words).replace("₂", "2")).partition("/")
    ratio = _make_singular(ratio.strip(" ."))
    name = re.sub(r"watts?[ -]heures?", "wattheure", numerator.strip())
    gas = ""
    if carbon := _CARBON.fullmatch(name):
        name, gas = carbon[1], " co2e" if re.search("eq|co2 ?e", name) else " co2"
    name = _make_singular(name)
    if name in _ALONE:
        kind, size = _ALONE[name]
        return Decimal(size), kind + gas, ratio
    own = fold(symbol).partition("/")[0]
    bases = {own: (own, 1)} | _MULTIPLIED if own else _MULTIPLIED
    for base, (kind, size) in bases.items():
        prefix = name.removesuffix(base)
        if prefix != name:
            typed = words[: len(prefix)].strip()
            if kind == "wh":  # nobody counts thousandths of a watt-hour
                typed = typed.upper()
            if factor := _PREFIXES.get(prefix.strip()) or _CAPITALS.get(typed):
                return Decimal(factor * size), kind + gas, ratio
    return None


#: What is measured though its unit has no symbol.
_MEASURED = {"an", "mois", "semaine", "jour", "heure", "minute", "fois", PERCENT, MONEY}


def is_counted(unit: Unit) -> bool:
    """Whether a unit is a thing that is counted one by one, neither measured nor a ratio."""
    if unit.symbol or unit.id in _MEASURED or re.search(r"-(?:par|pour)-", unit.id):
        return False
    return _measure(unit.singular) is None


def _make_singular(folded: str) -> str:
    """« metres carres » → metre carre."""
    return " ".join(word.removesuffix("s") for word in folded.split())


# --- dates ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Span:
    """First and last day of what a cell names. ``period``: it names both by itself (a semester, a
    school year, a year); ``vague``: no day is written (a month, a year)."""

    start: date
    end: date
    period: bool = False
    vague: bool = False

    @property
    def last_known(self) -> date:
        """The end, no more precise than it is written: of a month its month, of a year, a half or a
        quarter of it its year."""
        if self.vague and self.start.year == self.end.year and self.start != self.end:
            month = self.start.month == self.end.month
            return set_precision(self.end, MONTH if month else YEAR)
        return self.end


def parse_date(raw: Any, edge: Edge, epoch: date = EPOCH) -> date | None:
    """A day; what is longer, as its first or its last day according to ``edge``.

    None when the cell is empty; raises CellError.
    """
    span = parse_span(raw, epoch)
    return span and (span.start if edge == "start" else span.last_known)


def parse_span(raw: Any, epoch: date = EPOCH) -> Span | None:
    """The days that a date cell names.

    Takes real dates, a spreadsheet's day numbers (from ``epoch``), « 31/10/2018 », « 31 octobre
    2018 », « octobre 2018 », « T3 2018 », « 1er semestre 2018 », « saison 2017/2018 », « hiver
    2015-2016 », « janvier à octobre 2018 », « 2018 ». A year typed into a cell that has the format
    of a date is a day of 1905: the year is meant. None when the cell is empty; raises CellError.
    """
    if is_empty(raw):
        return None
    try:
        if isinstance(raw, date):
            day = raw.date() if isinstance(raw, datetime) else raw
            number = (day - epoch).days
            return _name_year(number) if number in YEARS else Span(day, day)
        if isinstance(raw, (bool, time, timedelta)):
            raise CellError("ce n’est pas une date", "")
        if isinstance(raw, (int, float)):
            return _read_day_number(raw, epoch)
        text = fold(str(raw)).rstrip(".").replace("–", "-")
        if len(text) > _LONGEST:
            raise CellError("date illisible", "")
        return _read_span_text(text, epoch)
    except CellError as error:
        raise CellError(error.problem, error.expected or _DATE_EXPECTED) from None


_TWO_YEARS = r"(\d{4}) ?[-/] ?(\d{2}|\d{4})"
_SCHOOL_YEAR = re.compile(rf"(?:saison|annee scolaire|annee universitaire|scolaire) {_TWO_YEARS}")
_SEASON = re.compile(r"(hiver|printemps|ete|automne) (\d{4})(?: ?[-/] ?(\d{2}|\d{4}))?")
_RANKS = {"premier": 1, "deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4}
_PART = re.compile(
    rf"(?:([ts]) ?([1-4])|([1-4]|{'|'.join(_RANKS)})(?:er|e|eme|nd)? (trimestre|semestre))"
    r" ?[-/]? ?(?:de )?(\d{4})"
)
_FROM_TO = re.compile(r"(.*[^\W\d_].*?|\d\d?/\d\d?/\d{4}) (?:a|au|-) (.*\d{4})")


def _read_span_text(text: str, epoch: date) -> Span:
    """A date or a period from a folded text."""
    text = re.sub(
        r"^(?:(?:le|la|au|du|de|en|pendant|durant|depuis|jusqu'au|a partir du) |l')+", "", text
    )
    if match := _FROM_TO.fullmatch(text):
        last = _read_span_text(match[2], epoch)
        begins = match[1] if re.search(r"\d{4}", match[1]) else f"{match[1]} {last.end.year}"
        first = _read_span_text(begins, epoch)
        if last.end < first.start:
            raise CellError("la période finit avant de commencer", "")
        return Span(first.start, last.end, period=True, vague=first.vague or last.vague)
    lead = re.match(
        r"(?:(fin|debut) )?(?:de )?(?:l'annee |annee )?(?!scolaire|universitaire)", text
    )
    if lead and lead[1]:
        span = _read_span_text(text[lead.end() :], epoch)
        day = span.end if lead[1] == "fin" else span.start
        return Span(day, day, vague=True)
    text = text[lead.end() :] if lead else text
    if re.fullmatch(r"\d{4,5}([.,]0+)?", text):
        return _read_day_number(float(text.replace(",", ".")), epoch)
    return _read_named_period(text) or _read_day_or_month(text)


def _read_named_period(text: str) -> Span | None:
    """A semester, a quarter, a school year, a season; None where the text is none."""
    if match := _PART.fullmatch(text):
        rank = int(match[2] or _RANKS.get(match[3], 0) or match[3])
        months = 3 if (match[1] or match[4])[0] == "t" else 6
        return _pick_months(int(match[5]), months * (rank - 1) + 1, months * rank, period=True)
    if match := _SCHOOL_YEAR.fullmatch(text):
        first, last = int(match[1]), int(match[1][: 4 - len(match[2])] + match[2])
        if last != first + 1:
            raise CellError("une saison va d’une année à la suivante", "")
        _check_year(first)
        return Span(date(first, 9, 1), date(last, 8, 31), period=True, vague=True)
    if match := _SEASON.fullmatch(text):
        name = next(name for name in SEASONS if fold(name) == match[1])
        first = int(match[2])
        last = int(match[2][: 4 - len(match[3])] + match[3]) if match[3] else first
        _check_year(first)
        end = find_season(name, first, starts=False)
        if end.year != last:
            raise CellError("on ne sait pas quelle saison c’est", "Attendu : « hiver 2017-2018 ».")
        return Span(find_season(name, first, starts=True), end, period=True, vague=True)
    if re.fullmatch(r"\d{4} ?[-/] ?\d{4}", text):
        raise CellError(
            "période qui peut se comprendre de deux façons",
            "Attendu : « saison 2017/2018 » (de septembre à août), ou le premier et le dernier"
            " jour.",
        )
    return None


def _read_day_or_month(text: str) -> Span:
    """Month names become numbers, which the last lines read."""
    if match := re.fullmatch(r"(?:(\d{1,2} ?)(?:er)? )?([a-z]+)\.? (\d{4})", text):
        month = _find_month(match[2])
        text = f"{match[1].strip()}/{month}/{match[3]}" if match[1] else f"{month}/{match[3]}"
    if match := re.fullmatch(r"(\d{1,2})[/.-](\d{4})|(\d{4})-(\d{2})", text):
        month = int(match[1] or match[4])
        return _pick_months(int(match[2] or match[3]), month, month)
    if match := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2}|\d{4})", text):
        year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
        text = f"{match[1]}/{match[2]}/{year}"
    try:
        day = read_date(text)
    except CellError as error:
        raise CellError(error.problem, "") from None
    _check_year(day.year)
    return Span(day, day)


def _find_month(name: str) -> int:
    """Number of a month by its folded name or its first letters (« janv », « oct »)."""
    names = {number: fold(month) for number, month in french.MONTHS.items()}
    short = 3 <= len(name) <= 5
    found = [n for n, month in names.items() if name == month or (short and month.startswith(name))]
    if len(found) != 1:
        raise CellError(f"mois inconnu « {name} »", "")
    return found[0]


def _check_year(year: int) -> None:
    if year not in YEARS:
        raise CellError(f"année {year} invraisemblable", "")


def _pick_months(year: int, first: int, last: int, *, period: bool = False) -> Span:
    """The months ``first`` to ``last`` of a year."""
    if not 1 <= first <= last <= 12:
        raise CellError("cette date n’existe pas", "")
    _check_year(year)
    end = date(year, last, monthrange(year, last)[1])
    return Span(date(year, first, 1), end, period=period, vague=True)


def _name_year(year: int) -> Span:
    return _pick_months(year, 1, 12, period=True)


def _read_day_number(number: float, epoch: date) -> Span:
    """A year, or a day counted as spreadsheets count them."""
    if math.isfinite(number):
        if number == int(number) and int(number) in YEARS:
            return _name_year(int(number))
        if int(number) in _SERIALS:
            day = epoch + timedelta(days=int(number))
            return Span(day, day)
    raise CellError("ce nombre n’est pas une date", "")


# --- choices and texts ----------------------------------------------------------------------------


def parse_choice(raw: Any, choices: tuple[str, ...]) -> str:
    """One of the choices, whatever its case, accents, gender and number; '' when empty. Raises
    CellError with the list of the choices."""
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
