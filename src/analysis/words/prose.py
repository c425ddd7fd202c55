"""Sentences: references in hand-written texts become formatted, traced values.

draws and computes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

import pandas as pd

from analysis.base.lists import split_list
from analysis.base.rounding import round_bound, round_to_step
from analysis.model.followups import list_overdue
from analysis.model.milestones import DONE, describe_standing
from analysis.model.references import (
    EVOLUTION_PRECISION,
    FORMATS,
    MONEY,
    PERCENT,
    Reference,
    Row,
    UnknownReference,
    Value,
    find_in_prose,
    find_monthly_step,
    find_side,
    is_lasting,
)
from analysis.model.schema import DOCUMENT, JUDGEMENT, NEVER, UNCONFIRMED
from analysis.model.store import Edition, name_communes, to_records
from analysis.words import french
from analysis.words.citations import cite_source, name_day
from analysis.words.hidden_markup import hide, mark
from analysis.words.smallmarkdown import write_line, write_plain, write_prose
from analysis.words.typed_times import find_times, split_sentences

#: From 1 to 15 is said so, not as + 1 400 %: see ``is_telling``.
SMALL_COUNT, LARGE_GROWTH = 20, 100


def format_number(value: Value) -> str:
    """The number alone at its precision, with its qualifier: « environ 500 », « 1,89 M€ »."""
    if value.value is None:
        return french.MISSING
    signed = value.modifier == "evolution"
    number = round_bound(value.value, value.precision, find_side(value.qualifier))
    write = french.format_euros if value.unit == MONEY else french.format_number
    text = write(number, value.precision, signed=signed)
    qualifier = french.QUALIFIER_WORDS[value.qualifier]
    return f"{qualifier} {text}" if qualifier else text


def is_timeless(edition: Edition, indicator: str) -> bool:
    """Whether a value of this indicator needs no date where it has none: a threshold, a duration,
    or what there is of something for good (the 17 goals of the United Nations)."""
    entry = edition.catalogue[indicator]
    given = entry["measure"] == "stock" and entry["kind"] == "contexte" and entry["asked"] == NEVER
    return given or is_lasting(entry["measure"], entry["unit"])


class Units(Protocol):
    """Who knows the words of a unit: an edition, or a dossier of which less was read."""

    def unit(self, id: str, /) -> Mapping[str, str]:
        """Row of units.csv."""


def attach_unit(edition: Units, text: str, number: float, unit: str) -> str:
    """A number already in words, with its unit in words or as a symbol (money has its own)."""
    if unit in ("", MONEY):
        return text
    row = edition.unit(unit)
    if row["symbol"]:
        return text + french.NARROW + row["symbol"]
    word = french.choose_form(number, row["singular"], row["plural"])
    return f"{text}{french.NO_BREAK}{word}" if word else text


def format_measure(edition: Units, number: float, unit: str, step: float) -> str:
    """A number of no indicator in particular (a sum, a printed figure) with its unit."""
    if unit == MONEY:
        return french.format_euros(number, step)
    return attach_unit(edition, french.format_number(number, step), number, unit)


def is_telling(growth: float, before: float, measure: str, unit: str) -> bool:
    """Whether a growth in % tells more than the two numbers. It does not where a small number of
    things is counted, where it more than doubled, where nothing is left, nor where it is too
    little to be seen: 1 → 15 is no + 1 400 %, 157 910 → 157 868 no 0,0 %."""
    small = measure != "taux" and unit != MONEY and before < SMALL_COUNT
    seen = french.round_sign(growth, EVOLUTION_PRECISION) != 0
    return seen and -100 < growth <= LARGE_GROWTH and not small


def format_difference(edition: Edition, before: float, after: float, unit: str, step: float) -> str:
    """By how much a value moved, with its sign: « + 14 bornes », « − 2,1 points » for a share. It
    is that of the two numbers as they are printed beside it."""
    difference = round_to_step(after, step) - round_to_step(before, step)
    if unit == PERCENT:
        return french.format_points(difference, step, signed=True)
    sign = "+" + french.NARROW if difference > 0 else ""
    return sign + format_measure(edition, difference, unit, step)


#: Of a number as it was typed.
_MOST_DECIMALS = 6


def refine_step(number: float, step: float) -> float:
    """The step, or a finer one where it would hide something of a number as it was typed: 456 € is
    no « 0,00 M€ »."""
    if abs(number / step - round(number / step)) < 1e-9 * max(1.0, abs(number / step)):
        return step
    if float(number).is_integer():
        return 1
    decimals = len(f"{Decimal(repr(float(number))):f}".partition(".")[2])
    return min(step, 10.0 ** -min(decimals, _MOST_DECIMALS))


def format_quantity(edition: Units, value: Value) -> str:
    """The number with its unit in words or symbol: « plus de 5 000 visiteurs », « 38 % »."""
    number = format_number(value)
    if value.value is None:
        return number
    return attach_unit(edition, number, value.value, value.unit)


def split_quantity(edition: Units, value: Value) -> tuple[str, str]:
    """The number and its unit apart, for a column of each: « plus de 5 000 » and « visiteurs »,
    « 1,89 » and « M€ »."""
    whole, number = format_quantity(edition, value), format_number(value)
    if value.unit == MONEY and value.value is not None:
        number = re.sub(r"[^\d]*$", "", whole)
    return number, whole.removeprefix(number).strip()


def describe_rates(
    values: Sequence[Value], rates: Sequence[float], latest: float | None = None
) -> list[str]:
    """« plus de 500 », « 475 »: monthly rates of an indicator, each qualified as its value is and
    all rounded as ``:par-mois`` is, by the ``latest`` (by default the last)."""
    step = find_monthly_step(rates[-1] if latest is None else latest, values[-1].precision)
    means = [
        replace(value, value=rate, unit="", precision=step, modifier="")
        for value, rate in zip(values, rates, strict=True)
    ]
    return [french.typeset(format_number(mean)) for mean in means]


def describe_missing(value: Value) -> str:
    """« non disponible (périodes non comparables : …) »."""
    return f"{french.MISSING} ({value.missing})" if value.missing else french.MISSING


def name_territory(edition: Edition, id: str) -> str:
    """Name of a territory by its id, of a commune by its INSEE code: its name of the year."""
    found = [*edition.rows("territories", id=id)["name"]]
    communes = name_communes(edition.rows("communes", insee=id), edition.year)
    return found[0] if found else communes.get(id, id)


def name_places(action: str) -> str:
    """What the places of an action are called in links: where the map of the communes shows
    them."""
    return f"lieux-{action}"


def link_places(edition: Edition, action: str) -> str:
    """« Ville, Bourg »: the communes of an action's places, as a link to the map; ''
    where it has none."""
    codes = dict.fromkeys(edition.rows("places", action=action)["insee"])
    names = sorted(name_territory(edition, code) for code in codes)
    if not names:
        return ""
    return write_link(french.typeset(", ".join(names)), name_places(action))


def title_value(edition: Edition, title: str, territory: str) -> str:
    """An indicator's title, with the territory where it is another than the report's own."""
    if territory in ("", edition.territory["id"]):
        return title
    return f"{title} ({name_territory(edition, territory)})"


def name_reference(edition: Edition, value: Value) -> str:
    """The reference that gives this value; the report's own territory is not named in it."""
    elsewhere = value.territory not in ("", edition.territory["id"])
    return str(Reference(value.indicator, value.territory if elsewhere else "", value.modifier))


def mark_value(edition: Edition, value: Value, text: str) -> str:
    """``text``, words of this value, carrying its reference (see ``hidden_markup``)."""
    return mark(text, name_reference(edition, value))


def mark_quantity(edition: Edition, value: Value) -> str:
    """``format_quantity``, carrying its reference."""
    return mark_value(edition, value, format_quantity(edition, value))


def format_placeholder(edition: Edition, value: Value, style: str) -> str:
    """One resolved placeholder in the style asked for: '' or one of ``references.FORMATS``. The
    number carries its reference; a period is no number and carries none."""
    period = french.format_period(value.period_start, value.period_end)
    if style == "periode":
        return period
    if style == "annee":
        return french.name_years(value.period_start, value.period_end)
    if style == "date":
        return french.name_day(value.period_end, getattr(value.period, "precision", "jour"))
    if value.value is None:
        return mark_value(edition, value, describe_missing(value))
    if style == "nombre":
        return mark_value(edition, value, format_number(value))
    text = mark_quantity(edition, value)
    return f"{text} {period}" if style == "complet" else text


def _replace_mentions(
    edition: Edition, text: str, write: Callable[[str], str], *, dated: bool = False
) -> str:
    """``text`` with ``write(words)`` in the place of each ``{{reference|format}}``.

    Formats: none (number and unit), ``nombre`` (number), ``periode`` (« en 2016 »), ``annee``
    (« 2016 »), ``date`` (« 26 octobre 2017 », the last day), ``complet`` (number, unit and period).
    The words carry their reference. Where a sentence holds values of several years, each one of a
    year that it does not name is followed by its period: « 48,7 M€ (2016) »; not where what stands
    beside says the period of each (``dated``).
    """
    parts, done = [], 0
    periods = {} if dated else _find_undated(edition, text)
    for place, period in sorted(periods.items(), reverse=True):
        text = text[:place] + period + text[place:]
    for mention in find_in_prose(text):
        if mention.format and mention.format not in FORMATS:
            known = french.join_list([f"« {name} »" for name in FORMATS], "ou")
            raise UnknownReference(
                mention.reference, f"format inconnu « {mention.format} », attendu : {known}"
            )
        value = edition.value(mention.reference)
        words = format_placeholder(edition, value, mention.format)
        parts += [text[done : mention.start], write(words)]
        done = mention.end
    return "".join(parts) + text[done:]


#: Formats that say the period of their value.
_DATING = ("periode", "annee", "date", "complet")
#: What a number counts, if that is the word after it.
_COUNTED = re.compile(r"[ \u00a0](?!(?:et|ou|à|de|en|sur|par|contre|pour|dont|puis)\b)[^\W\d]+")


def _find_undated(edition: Edition, text: str) -> dict[int, str]:
    """What follows which place of a text: the period of each value of a year that its sentence
    does not name, in those that hold values of no common year. A goal, a growth and a constant are
    of no year; a value and the one before it (« de 8 à 12 ») date one another."""
    found: dict[int, str] = {}
    for start, sentence in split_sentences(text):
        values = {}
        for mention in find_in_prose(sentence):
            with suppress(UnknownReference):
                values[mention] = edition.value(mention.reference)
        read = [(value.indicator, value.period) for value in values.values()]
        moved = {name for name, period in read for other, then in read
                 if name == other and period != then}  # fmt: skip
        years = {
            mention: set(range((value.period_start or value.period_end).year,
                               value.period_end.year + 1))
            for mention, value in values.items()
            if value.value is not None
            and value.period_end is not None
            and value.modifier not in ("cible", "evolution")
            and value.indicator not in moved
            and not value.is_constant
        }  # fmt: skip
        if not years or set.intersection(*years.values()):
            continue
        named = {y for m, one in years.items() if m.format in _DATING for y in one}
        named |= {y for time in find_times(sentence) for y in range(time.year, time.last + 1)}
        for mention, one in years.items():
            if mention.format in _DATING or one & named:
                continue
            end = mention.end
            if mention.format == "nombre" and (counted := _COUNTED.match(sentence, end)):
                end = counted.end()
            period = values[mention].period
            found[start + end] = f" ({french.name_period(period.start, period.end)})"
    return found


def resolve_plain(edition: Edition, text: str, *, dated: bool = False) -> str:
    """A plain text that may hold references, typeset: none of its letters is Markdown's, yet they
    are not escaped (see ``hidden_markup.write_letters``). Raises UnknownReference when a reference
    or a format does not exist (message in French)."""
    return french.typeset(_replace_mentions(edition, text, str, dated=dated))


#: What stands for the words of a reference while a text is read as Markdown.
_PLACE = 0xE400
_PLACES = re.compile("[\ue400-\uefff]")


def _set_aside(edition: Edition, text: str) -> tuple[str, Callable[[str], str]]:
    """The text, a character in the place of each reference; what puts the words back."""
    words: list[str] = []

    def keep(said: str) -> str:
        words.append(said)
        return chr(_PLACE + len(words) - 1)

    held = _replace_mentions(edition, text, keep)
    return held, lambda line: _PLACES.sub(lambda found: words[ord(found[0]) - _PLACE], line)


def resolve_prose(edition: Edition, text: str, name: str) -> str:
    """Hand-written prose as blocks of Markdown (``smallmarkdown``); ``name``: what its notes are
    called after. Raises UnknownReference as ``resolve_plain`` does."""
    held, fill = _set_aside(edition, text)
    return write_prose(held, name, fill)


def resolve_line(edition: Edition, text: str) -> str:
    """The same on one line, for a cell of a table."""
    held, fill = _set_aside(edition, text)
    return write_line(held, fill)


def write_span(words: str, attributes: str) -> str:
    """Words as a span of Markdown with these attributes; marks in them stay."""
    return hide("[") + write_plain(words) + hide(f"]{{{attributes}}}")


def write_link(words: str, label: str) -> str:
    """Words as a link of Markdown to a label of the book; marks in them stay."""
    return hide("[") + write_plain(words) + hide(f"](#{label})")


def list_terms(lines: Iterable[tuple[str, str]]) -> str:
    """« **Label :** text » on a line for each that has a text: the card of an action."""
    return "\n".join(
        f"[**{write_plain(label)}{french.NO_BREAK}:** {write_plain(text)}]{{.fiche}}\\"
        for label, text in lines
        if text
    ).rstrip("\\")


def describe_milestones(edition: Edition, action: str) -> str:
    """The dates of an action in order, each a span: « signature (octobre 2016) ; travaux (2018,
    prévision) »."""
    return write_milestones(edition, list_milestones(edition, action=action))


def write_milestones(edition: Edition, rows: Iterable[Row], *, cited: bool = False) -> str:
    """The same of any rows of milestones; with their sources (``cited``)."""
    parts = []
    for row in rows:
        when = french.name_period(row["date_start"], row["date_end"])
        standing = "" if row["status"] == DONE else f", {describe_standing(row, edition.year)}"
        source = cite_source(edition, row["source"], row["locator"]) if cited else ""
        said = " ; ".join(filter(None, (when + standing, source)))
        parts.append(write_span(f"{row['title']} ({said})", ".jalon"))
    return " ; ".join(parts)


def name_judge(edition: Edition, source: str) -> str:
    """Who judged and when: « appréciation de la rédaction, 22 novembre 2026 »; '' for a source that
    is no judgement."""
    rows = edition.rows("sources", id=source)
    if rows.empty or rows["kind"].iloc[0] != JUDGEMENT:
        return ""
    title, day = rows["title"].iloc[0], rows["publication"].iloc[0]
    return ", ".join(filter(None, [french.lower_initial(title), name_day(day)]))


def name_judges(edition: Edition, sources: Iterable[str]) -> str:
    """« * : appréciation de la rédaction, 22 novembre 2026. », the mark being ``JUDGED``; '' where
    none of the sources is a judgement."""
    judges = {name_judge(edition, source) for source in sources} - {""}
    return f"*{french.NO_BREAK}: {french.join_list(sorted(judges))}." if judges else ""


def name_source(edition: Edition, cited: Iterable[str]) -> str:
    """« le document source » of rows that cite one (``cited``: their cells), else « la source »."""
    ids = sorted({id for cell in cited for id in split_list(cell)})
    kinds = set(edition.rows("sources", id=ids)["kind"])
    return "le document source" if DOCUMENT in kinds else "la source"


def list_said(edition: Edition, items: str, sources: str) -> list[tuple[str, str]]:
    """Each item of a list with who judged that it belongs there, '' where the source of its row
    says so. ``sources``: none, one for all items, or one for each."""
    listed, said = split_list(items), split_list(sources)
    said = said if len(said) == len(listed) else (said or [""])[:1] * len(listed)
    judges = {source: name_judge(edition, source) for source in said}
    return [(item, judges[source]) for item, source in zip(listed, said, strict=True)]


#: After what a judgement puts there; what says the whole stands near.
JUDGED = f"{french.NO_BREAK}*"


def describe_services(edition: Edition, services: str, sources: str) -> str:
    """« Direction des Finances ; Service Sport * », the second of which was judged."""
    names = edition.services.set_index("id")["name"]
    return " ; ".join(
        names.get(service, service) + (JUDGED if judge else "")
        for service, judge in list_said(edition, services, sources)
    )


def list_milestones(edition: Edition, **wanted: str) -> list[Row]:
    """Rows of milestones in the order of their dates; ``wanted`` as ``Edition.rows`` takes it."""
    rows = to_records(edition.rows("milestones", **wanted))
    return sorted(
        rows,
        key=lambda row: (row["date_start"] or date.min, row["date_end"] or date.min, row["id"]),
    )


def describe_overdue(edition: Edition, today: date | None = None) -> list[str]:
    """Milestones past their date and still awaited (``followups.list_overdue``): « Bilan des
    consommations (1er semestre 2018) »."""
    return [
        french.typeset(f"{row['title']} ({french.name_period(row['date_start'], row['date_end'])})")
        for row in list_overdue(edition, today)
    ]


def describe_followup(edition: Edition, entry: Mapping[str, Any]) -> str:
    """What is known of an entry that an earlier edition presented: « se poursuit, d’après les
    réponses de 2018 »; '' where this edition describes it for the first time, or anew. The new date
    of what was put off is said where the entry has no date of its own."""
    said = entry["followup"]
    if said == UNCONFIRMED:
        return f"reprise de l’édition {entry['carried_from']}, sans confirmation du service"
    if said and "due_end" not in entry:
        answers = to_records(edition.rows("followups", id=entry["id"]))
        dates = [french.name_period(None, row["new_due"]) for row in answers if row["new_due"]]
        said += "".join(f" (nouvelle échéance : {when})" for when in dates)
    return f"{said}, d’après les réponses de {edition.year}" if said else ""


def introduce_text(entry: Mapping[str, Any]) -> str:
    """« Texte de l’édition 2017 : » before a text of then that nobody said is still exact, whose
    numbers may be newer; '' before a text of this edition."""
    if pd.isna(entry["text_from"]):
        return ""
    newer = ", nombres à jour" if find_in_prose(entry["summary"]) else ""
    return french.typeset(f"Texte de l’édition {entry['text_from']}{newer} :")


def name_goal(number: int) -> str:
    """What a sustainable development goal is called in links: its row in the table of the goals."""
    return f"objectif-{number}"


def name_reasons(number: int) -> str:
    """The label of the section that says why actions contribute to a goal."""
    return f"sec-annexes-agenda-{number}"


def describe_goals(edition: Edition, numbers: Iterable[int], classes: str = "") -> str:
    """« 7. Énergie propre… ; 13. … »: goals as links, each a span of classes ``objectif`` and
    ``objectif-7``, and of others; on paper the number alone unless ``.nomme``."""
    titles = edition.sdgs.set_index("number")["title"]
    return " ; ".join(
        write_span(
            write_link(f"{number}. {titles[number]}", name_goal(number)),
            f".objectif .objectif-{number}{classes}",
        )
        for number in sorted(set(numbers))
    )
