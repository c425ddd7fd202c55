"""Values of several territories that may stand beside one another, ranked where a rank says
something; and, of all others, why not.

Beside one another stand values of equal definition (``definitions``), of one period
(``periods.judge_same``) and of one kind: an estimate is not set against a count, nor what is
foreseen against what is done, nor an amount against one of another stage, nature or payer.

A rate is ranked as it is. A count or an amount depends on the territory's size: it is shown, and
ranked by inhabitant, by the population in force in the year in which its period ends. What says
nothing by inhabitant (durations, communes, the population itself) and constants are shown only, so
are bounds (« plus de 500 »). Ranks are those of the numbers as they are printed: see ``ranking``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.base.rounding import round_to_step
from analysis.compute.comparison.declarations import Declarations
from analysis.compute.comparison.definitions import (
    Agreement,
    Catalogues,
    Difference,
    find_commonest,
)
from analysis.compute.comparison.sides import Side
from analysis.compute.ranking import LEAST, Summary, rank_values, summarise
from analysis.model.periods import Period, judge_same
from analysis.model.references import FORESEEN, MONEY, Row, Value, find_side
from analysis.model.schema import CHECK_KIND, MEMBERS_INDICATOR, POPULATION_INDICATORS

#: Reasons of a refusal, besides those of ``definitions``.
ALONE = "propre à un seul dossier"
CHECK = "recalcul de contrôle"
ABSENT = "absent du catalogue du dossier"
MISSING = "sans valeur"
OTHER_PERIOD = "période non comparable"
NO_COMMON_PERIOD = "aucune période commune à deux dossiers"
OTHER_YEAR = "sans valeur pour cette période"
#: What must be the same of two values besides definition and period.
KINDS = {
    "estimate": "estimation d’un côté, relevé de l’autre",
    "foreseen": "prévision d’un côté, constat de l’autre",
    "stage": "autre étape du montant",
    "nature": "autre nature du montant",
    "payer": "autre financeur",
}
#: Why a value is shown and not ranked.
BOUND = "borne"
FEW = f"moins de {('zéro', 'une', 'deux', 'trois')[LEAST]} valeurs à classer"
CONSTANT = "constante, sans classement"
DURATION = "durée : ni somme, ni part d’habitant"
POPULATION = "la population est ce à quoi les autres valeurs se rapportent"
COMMUNES = "un nombre de communes ne se rapporte pas aux habitants"
#: Units that are a length of time, and communes.
_TIMES = frozenset({"an", "mois", "semaine", "jour", "heure", "minute"})
_COMMUNE = "commune"
#: For how many inhabitants a count is said; an amount in euros is said for one.
PER = 1000


@dataclass(frozen=True)
class Refusal:
    """What is not compared of an indicator, of which territories (ids), and why; ``kept`` is what
    is compared in its place, ``own`` what these have, in words; ``period``: beside which."""

    indicator: str
    title: str
    reason: str
    territories: tuple[str, ...]
    kept: str = ""
    own: str = ""
    period: Period | None = None


@dataclass(frozen=True)
class ComparedValue:
    """A territory's value: its row of ``values``; ``ratio`` by ``PER`` inhabitants (of euros, by
    one); ``rank`` among those ranked, or in ``unranked`` why it has none."""

    side: Side
    row: Row
    inhabitants: float | None = None
    ratio: float | None = None
    rank: int | None = None
    unranked: str = ""

    @property
    def value(self) -> Value:
        """The value itself."""
        return Value.from_row(self.row)


@dataclass(frozen=True)
class SharedIndicator:
    """An indicator of which at least two territories have a value of one period, the values in the
    order of the dossiers. ``by_inhabitant``: whether ``ratio`` is what is ranked; ``step``: at
    which the numbers ranked are rounded; ``unranked``: why none is; ``summary``: of the numbers
    ranked. ``declared``: territories whose wording was declared equal."""

    definition: Row
    period: Period
    values: tuple[ComparedValue, ...]
    by_inhabitant: bool
    step: float
    unranked: str
    summary: Summary | None
    declared: tuple[str, ...]

    @property
    def id(self) -> str:
        """Id of the indicator."""
        return self.definition["id"]

    def number(self, value: ComparedValue) -> float | None:
        """What is ranked of a value, as it is printed."""
        number = value.ratio if self.by_inhabitant else value.row["value"]
        return None if number is None else round_to_step(number, self.step)


@dataclass(frozen=True)
class Comparison:
    """All that several dossiers have in common, and the rest; ``reasons``: why wordings were
    declared equal, by indicator."""

    sides: tuple[Side, ...]
    shared: tuple[SharedIndicator, ...]
    refusals: tuple[Refusal, ...]
    reasons: Mapping[str, str]


def compare_sides(sides: Sequence[Side], declared: Declarations) -> Comparison:
    """Every indicator of the dossiers: compared, or refused."""
    catalogues = Catalogues(sides, declared)
    found = [
        one for indicator in catalogues.list_indicators() for one in _compare(catalogues, indicator)
    ]
    return Comparison(
        tuple(sides),
        tuple(one for one in found if isinstance(one, SharedIndicator)),
        tuple(one for one in found if isinstance(one, Refusal)),
        {indicator: reason for indicator, (_, reason) in declared.items()},
    )


def _compare(catalogues: Catalogues, indicator: str) -> Iterator[Refusal | SharedIndicator]:
    holders = catalogues.list_holders(indicator)
    title = catalogues.sides[holders[0]].catalogue[indicator]["title"]
    blank = Refusal(indicator, title, "", ())
    if len(holders) == 1:
        yield replace(blank, reason=ALONE, territories=tuple(holders))
        return
    agreement = catalogues.agree(indicator)
    if agreement.kept.kind == CHECK_KIND:
        yield replace(blank, reason=CHECK, territories=tuple(holders))
        return
    blank = replace(blank, title=agreement.kept.title)
    yield from _refuse_definitions(blank, agreement)
    absent = tuple(id for id in catalogues.sides if id not in holders)
    if absent:
        yield replace(blank, reason=ABSENT, territories=absent)
    if len(agreement.equal) > 1:
        sides = [catalogues.sides[id] for id in agreement.equal]
        yield from _compare_values(blank, sides, tuple(agreement.declared))


def _refuse_definitions(blank: Refusal, agreement: Agreement) -> Iterator[Refusal]:
    groups: dict[Difference, list[str]] = {}
    for id, difference in agreement.others.items():
        groups.setdefault(difference, []).append(id)
    for rank, (difference, ids) in enumerate(groups.items()):
        kept, own = (
            " ; ".join(texts) for texts in (difference.kept, difference.own or difference.terms)
        )
        found = replace(blank, reason=difference.reason, kept=kept, own=own)
        yield replace(found, territories=tuple(ids))
        if rank == 0 and len(agreement.equal) == 1:
            # Nobody else has the one that is kept: it is compared with nothing either.
            turned = (own, kept) if kept else (kept, own)
            yield replace(found, territories=tuple(agreement.equal), kept=turned[0], own=turned[1])


# --- periods --------------------------------------------------------------------------------------


def _compare_values(
    blank: Refusal, sides: Sequence[Side], declared: tuple[str, ...]
) -> Iterator[Refusal | SharedIndicator]:
    valued = [side for side in sides if blank.indicator in side.values]
    reasons: dict[str, list[str]] = {}
    for side in sides:
        if side not in valued:
            reason = side.missing.get(blank.indicator, "aucune valeur du territoire lui-même")
            reasons.setdefault(reason, []).append(side.id)
    for reason, ids in reasons.items():
        yield replace(blank, reason=MISSING, territories=tuple(ids), own=reason)
    if len(valued) < 2:
        return
    groups = _group_by_period(blank.indicator, valued)
    largest = max(groups, key=lambda group: len(group[1]), default=(None,))[0]
    placed = {id for _, rows in groups for id in rows}
    yield from _refuse_periods(blank, [side for side in valued if side.id not in placed], largest)
    for period, rows in groups:
        beside = replace(blank, period=period)
        elsewhere = tuple(id for id in placed if id not in rows)
        if elsewhere:
            ordered = tuple(side.id for side in valued if side.id in elsewhere)
            yield replace(beside, reason=OTHER_YEAR, territories=ordered)
        yield from _compare_kinds(beside, rows, valued, declared)


def _list_references(indicator: str, side: Side) -> list[Row]:
    """The reference value of each edition, the newest first."""
    return [row for row in side.values[indicator] if row["rank"] == 0]


def _group_by_period(indicator: str, sides: Sequence[Side]) -> list[tuple[Period, dict[str, Row]]]:
    """Rows by territory for each period that at least two of them have, the newest first: those of
    the reference values; a dossier may also be there by an earlier value of the period."""
    periods: list[Period] = []
    for side in sides:
        for row in _list_references(indicator, side):
            period = Period.of_row(row)
            if not period.undated and not any(judge_same(p, period).comparable for p in periods):
                periods.append(period)
    groups: list[tuple[Period, dict[str, Row]]] = []  # a date known to its year equals its last day
    for period in sorted(periods, key=Period.sort_key, reverse=True):
        rows = {}
        for side in sides:
            for row in side.values[indicator]:  # the newest edition first
                if judge_same(period, Period.of_row(row)).comparable:
                    rows[side.id] = row
                    break
        if len(rows) > 1:
            groups.append((period, rows))
    return groups


def _refuse_periods(
    blank: Refusal, sides: Sequence[Side], largest: Period | None
) -> Iterator[Refusal]:
    owns = {side.id: Period.of_row(_list_references(blank.indicator, side)[0]) for side in sides}
    refused: dict[tuple[str, Period], list[str]] = {}
    for id, own in owns.items():
        other = largest or next(period for one, period in owns.items() if one != id)
        refused.setdefault((judge_same(other, own).reason, own), []).append(id)
    reason = OTHER_PERIOD if largest else NO_COMMON_PERIOD
    for (words, own), ids in refused.items():
        yield replace(blank, reason=reason, own=words, territories=tuple(ids), period=own)


# --- kinds ----------------------------------------------------------------------------------------


def _describe_kind(side: Side, row: Row) -> tuple[str, ...]:
    return (
        "estimation" if row["estimate"] else "relevé",
        FORESEEN if row["status"] == FORESEEN else "constat",
        row["stage"] or "aucune",
        row["nature"] or "aucune",
        "le territoire" if row["payer"] == side.id else row["payer"] or "aucun",
    )


def _compare_kinds(
    beside: Refusal, rows: Mapping[str, Row], sides: Sequence[Side], declared: tuple[str, ...]
) -> Iterator[Refusal | SharedIndicator]:
    named = {side.id: side for side in sides}
    kinds = {id: _describe_kind(named[id], row) for id, row in rows.items()}
    kept = find_commonest(kinds)
    equal = [id for id, kind in kinds.items() if kind == kept]
    alone = len(equal) == 1
    refused: dict[tuple[str, str, str], list[str]] = {}
    for id, own in kinds.items():
        if own == kept and not alone:
            continue
        other = kept if own != kept else next(kind for kind in kinds.values() if kind != kept)
        name, then, now = next(
            found for found in zip(KINDS, other, own, strict=True) if found[1] != found[2]
        )
        refused.setdefault((KINDS[name], then, now), []).append(id)
    for (words, then, now), ids in refused.items():
        yield replace(beside, reason=words, territories=tuple(ids), kept=then, own=now)
    if not alone:
        values = [ComparedValue(named[id], rows[id]) for id in equal]
        assert beside.period is not None
        yield rank_shared(values, beside.period, tuple(id for id in declared if id in equal))


# --- ranks ----------------------------------------------------------------------------------------


def find_unrankable(row: Row) -> str:
    """Why a number of this kind is never ranked, not even by inhabitant; '' where it may be."""
    value = Value.from_row(row)
    if value.is_constant and not row["formula"]:
        return CONSTANT
    if value.measure == "taux":
        return ""
    if value.unit in _TIMES:
        return DURATION
    if value.indicator in POPULATION_INDICATORS:
        return POPULATION
    return COMMUNES if value.unit == _COMMUNE or value.indicator == MEMBERS_INDICATOR else ""


def _divide(one: ComparedValue) -> ComparedValue:
    """The value by inhabitant, by the population in force when its period ends."""
    year = one.row["period_end"].year
    population = one.side.inhabitants.get(year)
    inhabitants = population["value"] if population else None
    if not inhabitants:
        return replace(one, unranked=f"population en vigueur en {year} non connue")
    base = 1 if one.row["unit"] == MONEY else PER
    return replace(one, inhabitants=inhabitants, ratio=base * one.row["value"] / inhabitants)


def _find_step(numbers: Sequence[float]) -> float:
    """The power of ten at which the middle one has three significant digits."""
    sizes = sorted(abs(number) for number in numbers if number)
    return 10.0 ** (math.floor(math.log10(sizes[len(sizes) // 2])) - 2) if sizes else 1.0


def rank_shared(
    values: Sequence[ComparedValue], period: Period, declared: tuple[str, ...] = ()
) -> SharedIndicator:
    """Values of one definition, period and kind, with their ranks where they may have any."""
    first = values[0].value
    unranked = find_unrankable(values[0].row)
    by_inhabitant = not unranked and first.measure != "taux"
    if by_inhabitant:
        values = [_divide(one) for one in values]
        step = _find_step([one.ratio for one in values if one.ratio is not None])
    else:
        step = max(one.row["precision"] for one in values)
    values = [
        replace(one, unranked=BOUND) if find_side(one.row["qualifier"]) else one for one in values
    ]
    shared = SharedIndicator(
        values[0].side.catalogue[first.indicator], period, (), by_inhabitant, step, unranked, None,
        declared,
    )  # fmt: skip
    numbers = pd.Series(
        [None if one.unranked or unranked else shared.number(one) for one in values], dtype=float
    )
    summary = summarise(numbers)
    if summary is None and not unranked:
        unranked = FEW
    ranks = rank_values(numbers)
    ranked = tuple(
        replace(one, rank=None if pd.isna(rank) else int(rank))
        for one, rank in zip(values, ranks, strict=True)
    )
    return replace(shared, values=ranked, unranked=unranked, summary=summary)
