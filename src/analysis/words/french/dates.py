"""Dates and periods as a French report writes them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from babel.dates import format_date as babel_date
from babel.dates import get_month_names

from analysis.words.french.numbers import LOCALE, NO_BREAK, format_ordinal

MONTHS = get_month_names("wide", locale=LOCALE)

#: A source that says « hiver » gives no day: the season's usual bounds stand for its name.
SEASONS = {
    ((12, 21), (3, 20)): "hiver",
    ((3, 21), (6, 20)): "printemps",
    ((6, 21), (9, 22)): "été",
    ((9, 23), (12, 20)): "automne",
}


def format_date(day: date) -> str:
    """« 31 octobre 2017 », « 1er janvier 2018 »."""
    text = babel_date(day, "d MMMM y", locale=LOCALE)
    if day.day == 1:
        text = "1er" + text[1:]
    return text.replace(" ", NO_BREAK, 1)


def name_day(day: date | None, precision: str = "jour") -> str:
    """A date without preposition, as precise as it is known: « 26 octobre 2017 », « fin octobre
    2017 » (to the month), « fin 2017 » (to the year, or its last day)."""
    if day is None:
        return "date non précisée"
    if precision == "année" or (day.month, day.day) == (12, 31):
        return f"fin {day.year}"
    return f"fin {MONTHS[day.month]} {day.year}" if precision == "mois" else format_date(day)


def name_years(start: date | None, end: date | None) -> str:
    """The year of a period, or its first and last: « 2016 », « 2016-2017 »."""
    years = [day.year for day in (start, end) if day is not None]
    if not years:
        return "année non précisée"
    return str(years[0]) if years[0] == years[-1] else f"{years[0]}-{years[-1]}"


def name_period(start: date | None, end: date | None) -> str:
    """A period without preposition: « 2016 », « janvier à octobre 2017 », « 3e trimestre 2017 »."""
    day = end or start
    if day is None:
        return "date non précisée"
    if start is None or end is None or start == end:
        return f"fin {day.year}" if (day.month, day.day) == (12, 31) else format_date(day)
    bounds = (start.month, start.day), (end.month, end.day)
    years = str(end.year) if start.year == end.year else f"{start.year}–{end.year}"
    if bounds == ((1, 1), (12, 31)):
        return years
    if bounds == ((9, 1), (8, 31)) and end.year == start.year + 1:
        return f"saison {years}"
    if bounds in SEASONS and (end - start).days < 100:
        return f"{SEASONS[bounds]} {years}"
    if start.day == 1 and end.day == monthrange(end.year, end.month)[1]:
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
    if re.fullmatch(r"\d{4}–\d{4}", name):
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
    if re.fullmatch(r"\d{4}(?:–\d{4})?|fin \d{4}", name):
        return f"par rapport à {name}"
    said = format_period(start, end)
    if said.startswith("au "):
        return f"par rapport {said}"
    if said.startswith("pendant "):
        return f"par rapport à {said.removeprefix('pendant ')}"
    return f"par rapport à {name}" if said.startswith("en ") else f"par rapport à la période {said}"
