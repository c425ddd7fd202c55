"""Dates and periods as a French report writes them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from babel.dates import format_date as babel_date
from babel.dates import get_month_names

from analysis.model.partial_dates import (
    DAY,
    MONTH,
    SEASON,
    SEASONS,
    YEAR,
    name_season,
    read_precision,
)
from analysis.words.french.numbers import LOCALE, NO_BREAK, format_ordinal

MONTHS = get_month_names("wide", locale=LOCALE)


def format_date(day: date) -> str:
    """« 31 octobre 2017 », « 1er janvier 2018 »; known less well, « octobre 2017 », « 2017 »."""
    precision = read_precision(day)
    if precision == YEAR:
        return str(day.year)
    if precision == SEASON:
        return name_season(day, "–")
    if precision == MONTH:
        return f"{MONTHS[day.month]} {day.year}"
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
    """A period without preposition: « 2016 », « janvier à octobre 2017 », « 3e trimestre 2017 »; a
    state known to its year is « 2017 », one of its last day « fin 2017 »; what has a beginning
    alone is « à partir de 2018 »."""
    if end is None:
        return f"à partir {_introduce(start)}" if start else "date non précisée"
    if start is None or start == end:
        closes_year = (end.month, end.day) == (12, 31) and read_precision(end) == DAY
        return f"fin {end.year}" if closes_year else format_date(end)
    bounds = (start.month, start.day), (end.month, end.day)
    years = str(end.year) if start.year == end.year else f"{start.year}–{end.year}"
    if bounds == ((1, 1), (12, 31)):
        return years
    first, last = format_date(start), format_date(end)
    if first == last:  # a season
        return first
    precisions = {read_precision(start), read_precision(end)}
    if len(precisions) > 1 and precisions & {YEAR, SEASON}:
        return f"{first} {'au' if read_precision(end) == DAY else 'à'} {last}"
    if bounds == ((9, 1), (8, 31)) and end.year == start.year + 1:
        return f"saison {years}"
    if start.day == 1 and end.day == monthrange(end.year, end.month)[1]:
        return _name_months(start, end)
    if start.year == end.year:
        first = first.removesuffix(f" {start.year}")
    return f"{first} au {last}"


def _introduce(day: date) -> str:
    """« du 5 mars 2018 », « de 2018 », « d’avril 2018 »."""
    name = format_date(day)
    if read_precision(day) == DAY:
        return f"du {name}"
    return f"d’{name}" if name[0] in "aoéh" else f"de {name}"


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
    if end is None or name.startswith("fin "):
        return name
    if (start is None or start == end) and read_precision(end) == DAY:
        return f"au {name}"
    if name.split()[0] in SEASONS and " à " not in name and " au " not in name:
        return f"au {name}" if name.startswith("printemps") else f"pendant l’{name}"
    if name.startswith("saison"):
        return f"pendant la {name}"
    if "trimestre" in name or "semestre" in name:
        return f"au {name}"
    if start and re.fullmatch(r"\d{4}–\d{4}", name):
        return f"de {start.year} à {end.year}"
    if " au " in name:
        return f"{'de' if start and read_precision(start) != DAY else 'du'} {name}"
    if " à " in name and name[0].isdigit() and read_precision(start) == DAY:
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
