"""Years and dates typed beside references: a reference moves on with each edition, they do not.

Within a clause, each typed year must be of the period of one of the values, and each dated value
must be of one of the typed years. A clause without a reference speaks of the next one (« En 2016,
… »). Left alone: a name of digit_names.csv, what begins or makes a thing (« depuis 2011 », « signé
en 2016 », « la loi du 17 août 2015 »), a year to come (« pour 2020 ») unless it is a target's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise

from analysis.model.references import Mention, UnknownReference, Value, find_in_prose
from analysis.words import french
from analysis.words.typed_times import (
    TypedTime,
    find_times,
    hide_names,
    hide_references,
    split_sentences,
)

#: As many words after the last reference's clause still speak of it (« …, en 2016 »).
_FEW = 3
_CLAUSE_END = re.compile(r"[,;:()]|\bcontre\b|\baprès\b")
_HOW = "Écrire l’année ou la date par un renvoi : {{%s|annee}}, {{%s|date}} ou {{%s|periode}}."


def split_clauses(sentence: str) -> list[str]:
    """The parts of a sentence between commas, colons, brackets."""
    hidden = hide_references(sentence)
    ends = [0, *(match.start() for match in _CLAUSE_END.finditer(hidden)), len(sentence)]
    return [sentence[start:end] for start, end in pairwise(ends)]


def check_years(
    text: str, names: Iterable[str], year: int, resolve: Callable[[str], Value]
) -> Iterator[tuple[str, str, str]]:
    """(sentence, problem, expectation) for each sentence whose typed years are not those of its
    values; ``year``: the edition's. References that name nothing are said elsewhere."""
    for _, sentence in split_sentences(text):
        bare = hide_names(sentence, names)
        for clause, times in _pair_clauses(bare):
            values = {}
            for mention in clause:
                try:
                    values[mention.reference] = resolve(mention.reference)
                except UnknownReference:
                    continue
            if fault := _check_clause(times, values, year):
                yield (sentence, *fault)
                break  # once a sentence


def check_reason(
    text: str, names: Iterable[str], year: int, values: Mapping[str, Value]
) -> Iterator[tuple[str, str, str]]:
    """The same of a text that speaks of values without citing them: a year of none of them."""
    dated = {name: value for name, value in values.items() if not value.period.undated}
    for time in find_times(hide_names(text, names)):
        if dated and time.last <= year and not any(time.fits(v.period) for v in dated.values()):
            yield (text, *_describe(time.text, *next(iter(dated.items()))))
            return


def _pair_clauses(sentence: str) -> Iterator[tuple[list[Mention], list[TypedTime]]]:
    """The references of each clause that has some, with the times that go with them."""
    sentence = sentence.rstrip(" .!?…*")
    mentions, times = find_in_prose(sentence), find_times(sentence)
    hidden = hide_references(sentence)
    breaks = [match.start() for match in _CLAUSE_END.finditer(hidden)]

    def place(start: int) -> int:
        return sum(end <= start for end in breaks)

    clauses: dict[int, list[Mention]] = {}
    for mention in mentions:
        clauses.setdefault(place(mention.start), []).append(mention)
    paired: dict[int, list[TypedTime]] = {number: [] for number in clauses}
    for time in times:
        number = place(time.start)
        following = [other for other in clauses if other >= number]
        if following:
            paired[min(following)].append(time)
        elif clauses and len(hidden[breaks[number - 1] + 1 :].split()) <= _FEW:
            paired[max(clauses)].append(time)
    for number, found in clauses.items():
        if paired[number]:
            yield found, paired[number]


def _check_clause(
    times: list[TypedTime], values: dict[str, Value], year: int
) -> tuple[str, str] | None:
    """What is wrong between the times and the values of a clause."""
    dated = {text: value for text, value in values.items() if not value.period.undated}
    if not any(value.modifier == "cible" for value in dated.values()):
        times = [time for time in times if time.last <= year]
    if not dated or not times:
        return None
    for time in times:
        if not any(time.fits(value.period) for value in dated.values()):
            return _describe(time.text, *next(iter(dated.items())))
    for text, value in dated.items():
        if value.modifier != "cible" and not any(time.fits(value.period) for time in times):
            return _describe(times[0].text, text, value)
    return None


def _describe(time: str, reference: str, value: Value) -> tuple[str, str]:
    period = french.name_period(value.period_start, value.period_end)
    problem = f"« {time} » est tapé à côté de « {reference} », dont la période est « {period} »"
    return problem, _HOW.replace("%s", reference)
