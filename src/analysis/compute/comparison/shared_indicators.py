"""Values of several territories that may stand beside one another, ranked where a rank says
something; and, of all others, why not.

Beside one another stand values of equal definition (``definitions``), of one period
(``periods.judge_same``) and of one kind: an estimate is not set against a count, nor what is
foreseen against what is done, nor an amount against one of another stage, nature or payer.

A ratio (a share, a mean, a density, whatever is said per something: ``Side.is_ratio``) is ranked as
it is. A sum (a count, an amount, a quantity of the territory's own) depends on the territory's
size: it is shown, and ranked by inhabitant, by the population in force in the year in which its
period ends. What says nothing by inhabitant (``find_unrankable``) is shown only, so are bounds
(« plus de 500 »). Ranks are those of the numbers as they are printed: see ``ranking``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from analysis.base.rounding import round_to_step
from analysis.compute.comparison.declarations import Declarations
from analysis.compute.comparison.definitions import Catalogues, find_commonest
from analysis.compute.comparison.sides import Side
from analysis.compute.ranking import LEAST, Summary, rank_values, summarise
from analysis.model.periods import Period, judge_same
from analysis.model.references import FORESEEN, MONEY, Row, Value, find_side
from analysis.model.schema import CHECK_KIND, MEMBERS_INDICATOR, POPULATION_INDICATORS, PORTRAIT

#: Reasons of a refusal, besides those of ``definitions``.
ALONE = "propre à un seul dossier"
CHECK = "recalcul de contrôle"
ABSENT = "absent du catalogue du dossier"
MISSING = "sans valeur"
OTHER_PERIOD = "période non comparable"
NO_COMMON_PERIOD = "aucune période commune à deux dossiers"
OTHER_YEAR = "sans valeur pour cette période"
#: What must be the same of two values besides definition and period, in the order of
#: ``_describe_kind``.
KINDS = (
    "estimation d’un côté, relevé de l’autre",
    "prévision d’un côté, constat de l’autre",
    "autre étape du montant",
    "autre nature du montant",
    "autre financeur",
)
#: Why a value is shown and not ranked.
BOUND = "borne"
FEW = f"moins de {('zéro', 'une', 'deux', 'trois')[LEAST]} valeurs à classer"
CONSTANT = "constante, sans classement"
POPULATION = "la population est ce à quoi les autres valeurs se rapportent"
OFFICIAL = "effectif officiel : les indicateurs de contexte qui en sont tirés sont classés"
DURATION = "durée : ni somme, ni part d’habitant"
COMMUNES = "un nombre de communes ne se rapporte pas aux habitants"
#: Units that are a length of time (hours may be added up: of work), and communes.
_TIMES, _HOUR = frozenset({"an", "mois", "semaine", "jour", "heure", "minute"}), "heure"
_COMMUNE = "commune"
#: For how many inhabitants a count is said; an amount in euros is said for one.
PER = 1000


@dataclass(frozen=True)
class Refusal:
    """What is not compared of an indicator, of which territories (ids), and why; ``kept`` is what
    is compared in its place, ``own`` what these have, in words; ``period``: beside which."""

    indicator: str
    title: str
    reason: str = ""
    territories: tuple[str, ...] = ()
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
    found = [one for indicator in catalogues.typed for one in _compare(catalogues, indicator)]
    return Comparison(
        tuple(sides),
        tuple(one for one in found if isinstance(one, SharedIndicator)),
        tuple(one for one in found if isinstance(one, Refusal)),
        {indicator: reason for indicator, (_, reason) in declared.items()},
    )


def _refuse(blank: Refusal, told: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterator[Refusal]:
    """One refusal for all territories of which the same is told, in the order in which they
    come."""
    groups: dict[Refusal, list[str]] = {}
    for id, changes in told:
        groups.setdefault(replace(blank, **changes), []).append(id)
    for refusal, ids in groups.items():
        yield replace(refusal, territories=tuple(ids))


def _compare(catalogues: Catalogues, indicator: str) -> Iterator[Refusal | SharedIndicator]:
    holders = catalogues.typed[indicator]
    agreement = catalogues.agree(indicator)
    blank = Refusal(indicator, agreement.kept.title)
    if len(holders) == 1 or agreement.kept.kind == CHECK_KIND:
        reason = ALONE if len(holders) == 1 else CHECK
        yield replace(blank, reason=reason, territories=tuple(holders))
        return
    others = [*agreement.others.items()]
    if len(agreement.equal) == 1:
        # Nobody else has the one that is kept: it is compared with nothing either.
        _, told = others[0]
        turned = told | {"kept": told["own"], "own": told["kept"]} if told["kept"] else told
        others.insert(1, (agreement.equal[0], turned))
    yield from _refuse(blank, others)
    absent = [id for id in catalogues.sides if id not in holders]
    yield from _refuse(blank, ((id, {"reason": ABSENT}) for id in absent))
    if len(agreement.equal) > 1:
        sides = [catalogues.sides[id] for id in agreement.equal]
        yield from _compare_values(blank, sides, agreement.declared)


# --- periods --------------------------------------------------------------------------------------


def _compare_values(
    blank: Refusal, sides: Sequence[Side], declared: Sequence[str]
) -> Iterator[Refusal | SharedIndicator]:
    indicator = blank.indicator
    valued = {side.id: side for side in sides if indicator in side.values}
    unknown = "aucune valeur du territoire lui-même"
    yield from _refuse(
        blank,
        ((side.id, {"reason": MISSING, "own": side.missing.get(indicator, unknown)})
         for side in sides if side.id not in valued),
    )  # fmt: skip
    if len(valued) < 2:
        return
    groups = _group_by_period(indicator, [*valued.values()])
    placed = {id for _, rows in groups for id in rows}
    largest = max(groups, key=lambda group: len(group[1]), default=(None, {}))[0]
    owns = {id: Period.of_row(_list_references(indicator, valued[id])[0])
            for id in valued if id not in placed}  # fmt: skip
    alone = []
    for id, own in owns.items():
        other = largest or next(period for one, period in owns.items() if one != id)
        reason = OTHER_PERIOD if largest else NO_COMMON_PERIOD
        told = {"reason": reason, "own": judge_same(other, own).reason, "period": own}
        alone.append((id, told))
    yield from _refuse(blank, alone)
    for period, rows in groups:
        beside = replace(blank, period=period)
        elsewhere = [id for id in valued if id in placed and id not in rows]
        yield from _refuse(beside, ((id, {"reason": OTHER_YEAR}) for id in elsewhere))
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
        rows: dict[str, Row] = {}
        for side in sides:
            for row in side.values[indicator]:  # the newest edition first
                if judge_same(period, Period.of_row(row)).comparable:
                    rows.setdefault(side.id, row)
        if len(rows) > 1:
            groups.append((period, rows))
    return groups


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
    beside: Refusal,
    rows: Mapping[str, Row],
    sides: Mapping[str, Side],
    declared: Sequence[str],
) -> Iterator[Refusal | SharedIndicator]:
    kinds = {id: _describe_kind(sides[id], row) for id, row in rows.items()}
    kept = find_commonest(kinds)
    equal = [id for id, kind in kinds.items() if kind == kept]
    refused = []
    for id, own in kinds.items():
        if own == kept and len(equal) > 1:
            continue
        other = kept if own != kept else next(kind for kind in kinds.values() if kind != kept)
        told = zip(KINDS, other, own, strict=True)
        differing = next(found for found in told if found[1] != found[2])
        refused.append((id, dict(zip(("reason", "kept", "own"), differing, strict=True))))
    yield from _refuse(beside, refused)
    if len(equal) > 1:
        values = [ComparedValue(sides[id], rows[id]) for id in equal]
        assert beside.period is not None
        yield rank_shared(values, beside.period, tuple(id for id in declared if id in equal))


# --- ranks ----------------------------------------------------------------------------------------


def find_unrankable(side: Side, row: Row) -> str:
    """Why a number of this kind is never ranked, not even by inhabitant; '' where it may be: the
    first that holds."""
    value, entry = Value.from_row(row), side.catalogue[row["indicator"]]
    populations = {*POPULATION_INDICATORS, side.territory.get("population_indicator")}
    hours = value.unit == _HOUR and value.measure == "flux"
    fixed = value.is_constant and not (row["formula"] or side.is_per_something(value.unit))
    reasons = {
        CONSTANT: fixed,
        "": side.is_ratio(value.indicator),
        POPULATION: value.indicator in populations,
        OFFICIAL: entry.get("chapter") == PORTRAIT,
        DURATION: value.unit in _TIMES and not hours,
        COMMUNES: value.unit == _COMMUNE or value.indicator == MEMBERS_INDICATOR,
    }
    return next((reason for reason, holds in reasons.items() if holds), "")


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
    side, indicator = values[0].side, values[0].row["indicator"]
    unranked = find_unrankable(side, values[0].row)
    by_inhabitant = not unranked and not side.is_ratio(indicator)
    if by_inhabitant:
        values = [_divide(one) for one in values]
        step = _find_step([one.ratio for one in values if one.ratio is not None])
    else:
        step = max(one.row["precision"] for one in values)
    values = [
        replace(one, unranked=BOUND) if find_side(one.row["qualifier"]) else one for one in values
    ]
    shared = SharedIndicator(
        side.catalogue[indicator], period, (), by_inhabitant, step, unranked, None,
        declared,
    )  # fmt: skip
    ranked = [None if one.unranked or unranked else shared.number(one) for one in values]
    numbers = pd.Series(ranked, dtype=float)
    summary = summarise(numbers)
    ranks = [None if pd.isna(rank) else int(rank) for rank in rank_values(numbers)]
    return replace(
        shared,
        values=tuple(replace(one, rank=rank) for one, rank in zip(values, ranks, strict=True)),
        unranked=unranked or ("" if summary else FEW),
        summary=summary,
    )
