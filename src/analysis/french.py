"""Numbers, units, dates, lists and typography in French.

Knows nothing of the data: takes plain values, returns text for the reader. Babel (CLDR) does the
formatting of numbers and dates; this module adds what CLDR does not know: units as words, periods
as a French report writes them, and the spaces of French punctuation.
May import ``marks``, whose characters its rules look through.
"""

from __future__ import annotations

import math
import re
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

from babel.dates import format_date as babel_date
from babel.dates import get_month_names
from babel.numbers import format_decimal

from analysis.marks import END, START

LOCALE = "fr_FR"
NARROW = "\u202f"  # espace fine insécable : milliers, %, €, et devant ; ! ?
NO_BREAK = "\u00a0"  # espace insécable : guillemets, deux-points, nombre et unité
MISSING = "non disponible"

MONTHS = get_month_names("wide", locale=LOCALE)

#: A source that says « hiver » gives no day: the season's usual bounds stand for its name.
SEASONS = {
    ((12, 21), (3, 20)): "hiver",
    ((3, 21), (6, 20)): "printemps",
    ((6, 21), (9, 22)): "été",
    ((9, 23), (12, 20)): "automne",
}

#: Qualifiers as they stand before a number; an exact value has none.
QUALIFIER_WORDS = {
    "exact": "",
    "environ": "environ",
    "près de": "près de",
    "plus de": "plus de",
    "moins de": "moins de",
    "au moins": "au moins",
    "au plus": "au plus",
}


def count_decimals(step: float) -> int:
    """How many decimals a rounding step shows: 1 → 0, 0.1 → 1, 10 000 → 0."""
    return max(0, math.ceil(-math.log10(step) - 1e-9)) if step > 0 else 0


def _count_steps(value: float, step: float) -> int:
    """The size of a number in rounding steps, halves away from zero."""
    return math.floor(abs(value) / step + 0.5 + 1e-9)


def round_sign(value: float, step: float = 1) -> int:
    """−1, 0 or 1: the sign of a number as ``format_number`` shows it."""
    return 0 if _count_steps(value, step) == 0 else 1 if value > 0 else -1


def format_number(value: float, step: float = 1, *, signed: bool = False) -> str:
    """``4752`` → « 4 752 »; ``step`` is the rounding step (0.1 shows one decimal).

    Halves are rounded away from zero, as a French reader (and the source) does, not to even.
    """
    decimals = count_decimals(step)
    rounded = _count_steps(value, step) * step
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    text = format_decimal(rounded, pattern, locale=LOCALE)
    negative = value < 0 and rounded != 0
    if signed and rounded != 0:
        return ("−" if negative else "+") + NARROW + text
    return ("−" if negative else "") + text


def format_euros(amount: float, step: float = 1, *, signed: bool = False) -> str:
    """An amount in euros at its own precision: « 1 227 702 € », « 1,89 M€ » (step 10 000)."""
    if step >= 10_000:
        return format_number(amount / 1e6, step / 1e6, signed=signed) + NARROW + "M€"
    return format_number(amount, step, signed=signed) + NARROW + "€"


def choose_form(value: float, singular: str, plural: str) -> str:
    """French plural: from two on (1,9 takes the singular)."""
    return singular if abs(value) < 2 else plural


def format_percentage(value: float, step: float = 0.1, *, signed: bool = False) -> str:
    """A value already in %: ``26.8`` → « 26,8 % »."""
    return format_number(value, step, signed=signed) + NARROW + "%"


def format_seconds(seconds: float) -> str:
    """« 3,2 s », for what the commands say (plain space: a terminal may know no other)."""
    return f"{seconds:.1f} s".replace(".", ",")


def format_ordinal(number: int, feminine: bool = False) -> str:
    """« 1er », « 1re », « 2e »."""
    return ("1re" if feminine else "1er") if number == 1 else f"{number}e"


def format_date(day: date) -> str:
    """« 31 octobre 2017 », « 1er janvier 2018 »."""
    text = babel_date(day, "d MMMM y", locale=LOCALE)
    if day.day == 1:
        text = "1er" + text[1:]
    return text.replace(" ", NO_BREAK, 1)


def _is_month_start(day: date) -> bool:
    return day.day == 1


def _is_month_end(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def name_period(start: date | None, end: date | None) -> str:
    """A period without preposition: « 2016 », « janvier à octobre 2017 », « 3e trimestre 2017 »."""
    if end is None and start is None:
        return "date non précisée"
    if start is None or end is None or start == end:
        day = end or start
        return f"fin {day.year}" if (day.month, day.day) == (12, 31) else format_date(day)
    if (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        return str(start.year) if start.year == end.year else f"{start.year}-{end.year}"
    if (start.month, start.day, end.month, end.day) == (9, 1, 8, 31) and (
        end.year == start.year + 1
    ):
        return f"saison {start.year}-{end.year}"
    season = SEASONS.get(((start.month, start.day), (end.month, end.day)))
    if season and (end - start).days < 100:
        years = str(end.year) if start.year == end.year else f"{start.year}-{end.year}"
        return f"{season} {years}"
    if _is_month_start(start) and _is_month_end(end):
        return _name_months(start, end)
    first = format_date(start)
    if start.year == end.year:
        first = first.removesuffix(f" {start.year}")
    return f"{first} au {format_date(end)}"


def _name_months(start: date, end: date) -> str:
    first, last = MONTHS[start.month], MONTHS[end.month]
    if start.year != end.year:
        return f"{first} {start.year} à {last} {end.year}"
    if start.month == end.month:
        return f"{first} {end.year}"
    span = end.month - start.month + 1
    if span == 3 and start.month % 3 == 1:
        return f"{format_ordinal((start.month + 2) // 3)}{NO_BREAK}trimestre {end.year}"
    if span == 6 and start.month in (1, 7):
        return f"{format_ordinal(1 if start.month == 1 else 2)}{NO_BREAK}semestre {end.year}"
    return f"{first} à {last} {end.year}"


def format_period(start: date | None, end: date | None) -> str:
    """A period as it stands in a sentence: « en 2016 », « au 31 octobre 2017 »."""
    name = name_period(start, end)
    if start is None and end is None:
        return f"({name})"
    if start is None or end is None or start == end:
        return name if name.startswith("fin ") else f"au {name}"
    if name.split()[0] in SEASONS.values():
        return f"{'au' if name.startswith('printemps') else 'pendant l’'} {name}".replace("’ ", "’")
    if name.startswith("saison"):
        return f"pendant la {name}"
    if "trimestre" in name or "semestre" in name:
        return f"au {name}"
    if re.fullmatch(r"\d{4}-\d{4}", name):
        return f"de {start.year} à {end.year}"
    if " au " in name:
        return f"du {name}"
    if " à " in name:
        return ("d’" if name[0] in "aoAO" else "de ") + name
    return f"en {name}"


def format_comparison(start: date | None, end: date | None) -> str:
    """What something is set against: « par rapport à 2016 », « par rapport au 31 octobre 2017 »."""
    name = name_period(start, end)
    if start is None and end is None:
        return f"par rapport à une {name}"
    if re.fullmatch(r"\d{4}(?:-\d{4})?|fin \d{4}", name):
        return f"par rapport à {name}"
    said = format_period(start, end)
    if said.startswith("au "):
        return f"par rapport {said}"
    if said.startswith("pendant "):
        return f"par rapport à {said.removeprefix('pendant ')}"
    return f"par rapport à {name}" if said.startswith("en ") else f"par rapport à la période {said}"


def join_list(items: Sequence[str], last: str = "et") -> str:
    """« a », « a et b », « a, b et c »."""
    words = [item for item in items if item]
    if len(words) <= 1:
        return "".join(words)
    return ", ".join(words[:-1]) + f" {last} {words[-1]}"


def quote(title: str) -> str:
    """« Title », whose own guillemets become quotation marks of the second level."""
    inner = re.sub(r"\s*»", "”", re.sub(r"«\s*", "“", title))
    return f"«{NO_BREAK}{inner}{NO_BREAK}»"


# What the typographer must not touch: code, link targets, attributes, addresses, fenced divs.
_PROTECTED = re.compile(r"(`[^`]*`|\]\([^)]*\)|\{[^}]*\}|https?://\S+|^:{3,}.*$|^: )", re.MULTILINE)


# What stands before or after a mark is its words: a number, with its unit or without.
_BEFORE = rf"(?<=[\w».)\]’*…€%{END}])"
_AFTER_NUMBER = rf"(?<=[\d{END}])"


def _typeset_run(text: str) -> str:
    text = re.sub(rf"(?<=\w)'(?=[\w«*_\[{START}])", "’", text)
    text = text.replace("...", "…")
    # A sentence that ends with « hab. », marked or not.
    text = re.sub(rf"(?<=\w)\.({END}?)\.(?!\.)", r".\1", text)
    text = re.sub(r"«[ \u00a0\u202f]*", "«" + NO_BREAK, text)
    text = re.sub(r"[ \u00a0\u202f]*»", NO_BREAK + "»", text)
    text = re.sub(_BEFORE + r"[ \u00a0\u202f]*([;!?])(?=\s|$|[)»*_\u00a0])", NARROW + r"\1", text)
    text = re.sub(_BEFORE + r"[ \u00a0]*:(?=\s|$)", NO_BREAK + ":", text)
    text = re.sub(_AFTER_NUMBER + r"[ \u00a0](?=[%€])", NARROW, text)
    text = re.sub(_AFTER_NUMBER + r"[ \u00a0](?=(?:M€|k€|m²|GWh|t\b))", NARROW, text)
    text = re.sub(r"(?<=\d) (?=\d{3}\b)", NARROW, text)
    return re.sub(rf"\b(1er|n°|p\.|l\.) (?=[\w{START}])", r"\1" + NO_BREAK, text)


def typeset(text: str) -> str:
    """French spaces, apostrophes and ellipses in running text or Markdown.

    Link targets, attributes, code and addresses are left as they are. Applying it twice changes
    nothing more.
    """
    parts = _PROTECTED.split(text)
    for index in range(0, len(parts), 2):
        run = _typeset_run(parts[index])
        if index and parts[index - 1].endswith((")", "}", "`")):  # the word is the protected part
            run = re.sub(r"^ ?([;!?])(?=\s|$)", NARROW + r"\1", run)
            run = re.sub(r"^ ?:(?=\s|$)", NO_BREAK + ":", run)
        parts[index] = run
    return "".join(parts)
