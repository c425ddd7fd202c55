"""References to values: their grammar, and how they find a value.

``indicator[@territory][:modifier]``, in one pair of braces in formulas, in two in prose, there with
an optional ``|format``.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from analysis.base.errors import UserError
from analysis.base.rounding import round_bound, round_to_step
from analysis.model.periods import Comparability, Period, compare
from analysis.model.schema import POPULATION_INDICATORS

#: Units that the rules know by name: money, shares and growth, and how a share changes.
MONEY = "eur"
PERCENT = "pourcent"
POINT = "point"
#: Payer that stands for all payers together: parts may be subtracted from it.
ALL_PAYERS = "ensemble"
EVOLUTION_PRECISION = 0.1
#: How a mention in prose may be printed, besides the number with its unit.
FORMATS = ("nombre", "periode", "annee", "date", "complet")
MODIFIERS = ("precedent", "N", "N-1", "evolution", "par-mois", "cible", "en-vigueur")
#: The legal population in force at a date.
IN_FORCE = "en-vigueur"

_ID = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_REFERENCE = re.compile(rf"({_ID})(?:@([a-zA-Z0-9-]+))?(?::([A-Za-z0-9-]+))?")
_YEARS_BEFORE = re.compile(r"N(?:-(\d+))?")
_IN_FORMULA = re.compile(r"\{([^{}]*)\}")
_IN_PROSE = re.compile(r"\{\{([^{}|]*)(?:\|([^{}|]*))?\}\}")

#: A row of a table, dates as ``datetime.date``, None for what is missing.
Row = Mapping[str, Any]


class UnknownReference(UserError, KeyError):
    """A reference that names nothing, or is malformed. The message is French, for the analyst.

    ``problem`` is what is wrong, ``near`` what may have been meant.
    """

    def __init__(self, reference: str, problem: str, near: Iterable[str] = ()):
        self.reference = reference
        self.problem = problem
        self.near = tuple(near)
        super().__init__(reference)

    @property
    def hint(self) -> str:
        """« Vouliez-vous dire … ? » with what is near; empty where nothing is."""
        near = " ou ".join(f"« {name} »" for name in self.near)
        return f"Vouliez-vous dire {near} ?" if near else ""

    def __str__(self) -> str:
        text = f"référence « {self.reference} » : {self.problem}"
        return f"{text}. {self.hint}" if self.near else text


@dataclass(frozen=True)
class Reference:
    """A parsed reference; ``territory`` and ``modifier`` are empty when not written."""

    indicator: str
    territory: str = ""
    modifier: str = ""

    def __str__(self) -> str:
        text = self.indicator
        if self.territory:
            text += f"@{self.territory}"
        if self.modifier:
            text += f":{self.modifier}"
        return text


@dataclass(frozen=True)
class Mention:
    """A reference as it stands in prose: where, and in what format it is to be printed."""

    start: int
    end: int
    reference: str
    format: str


def is_lasting(measure: str, unit: str) -> bool:
    """Whether what is so measured holds beyond its year: a threshold, a duration, a floor. A share
    or a mean, once dated, is that of its year."""
    return measure == "taux" and unit != PERCENT and "-par-" not in unit


@dataclass(frozen=True)
class Value:
    """What a reference stands for.

    ``value`` is in ``unit``, None when it cannot be given: ``missing`` then says why, in French.
    """

    indicator: str
    title: str
    value: float | None
    unit: str
    measure: str
    qualifier: str
    status: str
    period_start: date | None
    period_end: date | None
    precision: float
    stage: str
    payer: str
    missing: str
    modifier: str
    territory: str = ""
    estimate: str = ""  # « oui » where it is an estimate, or computed from one

    @classmethod
    def from_row(cls, row: Row, modifier: str = "") -> Value:
        """The value of a row of ``values``."""
        return cls(**{name: row[name] for name in _COPIED if name in row}, modifier=modifier)

    @property
    def period(self) -> Period:
        """``period_start`` and ``period_end`` together."""
        return Period(self.period_start, self.period_end)

    @property
    def is_constant(self) -> bool:
        """Whether it holds beyond its year (``is_lasting``)."""
        return is_lasting(self.measure, self.unit)


_COPIED = [field.name for field in fields(Value) if field.name != "modifier"]


def parse_reference(text: str) -> Reference:
    """Parse ``indicator[@territory][:modifier]``; raises UnknownReference when malformed."""
    match = _REFERENCE.fullmatch(text)
    if not match:
        raise UnknownReference(
            text, "écriture non reconnue, attendu identifiant[@territoire][:mot]"
        )
    reference = Reference(match[1], match[2] or "", match[3] or "")
    word = reference.modifier
    if word and word not in MODIFIERS and not _YEARS_BEFORE.fullmatch(word):
        near = difflib.get_close_matches(word, MODIFIERS, n=2, cutoff=0.5)
        raise UnknownReference(text, f"« :{word} » n’est pas un mot connu", near)
    return reference


def names_year(modifier: str) -> bool:
    """Whether a modifier names a year by the edition's: ``N``, ``N-1``…"""
    return _YEARS_BEFORE.fullmatch(modifier) is not None


def covers(listed: Reference, used: Reference) -> bool:
    """Whether a listed reference means a used one: the same indicator, and the same territory and
    modifier where the listed one names them."""
    return (
        listed.indicator == used.indicator
        and listed.territory in ("", used.territory)
        and listed.modifier in ("", used.modifier)
    )


def are_apart(
    one: Reference, other: Reference, pairs: Iterable[tuple[Reference, Reference]]
) -> bool:
    """Whether a pair of values not to be compared, in either order, is these two."""
    return any(
        (covers(first, one) and covers(second, other))
        or (covers(first, other) and covers(second, one))
        for first, second in pairs
    )


def find_in_prose(text: str) -> list[Mention]:
    """Every ``{{reference|format}}`` of a text, in order (not yet parsed)."""
    return [
        Mention(match.start(), match.end(), match[1].strip(), (match[2] or "").strip())
        for match in _IN_PROSE.finditer(text)
    ]


def find_in_formula(text: str) -> list[str]:
    """Every ``{reference}`` of a formula, in order, once each (not yet parsed)."""
    return list(dict.fromkeys(match[1].strip() for match in _IN_FORMULA.finditer(text)))


# --- qualifiers -----------------------------------------------------------------------------------

#: Qualifiers that bound a value: the side on which it may lie, and whether the bound is left out.
BOUNDS = {
    "plus de": (1, True),
    "au moins": (1, False),
    "moins de": (-1, True),
    "au plus": (-1, False),
}
_WORDS = {bound: word for word, bound in BOUNDS.items()}
NEAR, ABOUT = APPROXIMATE = ("près de", "environ")
#: Why a result of such terms is not given.
OPPOSITE_BOUNDS = "bornes de sens contraires (« plus de », « moins de »…) : rien ne s’en déduit"
#: Why no change is given from or to a bound.
BOUNDED = "l’une des valeurs est une borne"
#: How many years of surveys a legal population sums up, and what is said of two that share some.
YEARS_OF_SURVEYS = 5
OVERLAPPING_SURVEYS = (
    "périodes non comparables : une population légale se compare à celle de cinq ans plus tôt"
)
#: Why one is not given of a cumulated count that falls.
FALLING_COUNT = "comptées depuis le même jour, la plus récente est pourtant la plus petite"
FORESEEN = "prévisionnel"


def find_side(qualifier: str) -> int:
    """1 where the true number is above the one given (« plus de »), −1 below, 0 where neither."""
    return BOUNDS.get(qualifier, (0, False))[0]


def combine_qualifiers(terms: Iterable[tuple[str, int]]) -> str | None:
    """Qualifier of a result from its terms' qualifiers; None where nothing can be said of it.

    Each term comes with +1 when the result grows with it, −1 when it falls, 0 when neither is
    sure. Bounds that point the same way stay a bound, also beside a term that is only about right:
    « au plus » over « environ » is « au plus ». Bounds that point to both sides leave nothing that
    could be said. What comes close from below keeps doing so where the result grows with it.
    """
    bounds: set[tuple[int, bool]] = set()
    near = about = False
    for qualifier, direction in terms:
        side, strict = BOUNDS.get(qualifier, (0, False))
        if side:
            bounds.add((side * direction, strict))
        near |= qualifier == NEAR and direction > 0
        about |= qualifier == ABOUT or (qualifier == NEAR and direction <= 0)
    sides = {side for side, _ in bounds}
    if len(sides) > 1 or 0 in sides:
        return None
    if not sides:
        return ABOUT if about else NEAR if near else "exact"
    side = next(iter(sides))
    loose = about or (near and side > 0)  # « près de » is itself bounded from above
    return _WORDS[side, not loose and all(strict for _, strict in bounds)]


_SETTLED = ("", "définitif")
_STATUS_ORDER = (*_SETTLED, "provisoire", FORESEEN)


def combine_status(statuses: Iterable[str]) -> str:
    """The least settled of the statuses."""
    return max(statuses, key=_STATUS_ORDER.index, default="")


# --- resolution -----------------------------------------------------------------------------------


class Ledger:
    """Everything known, by indicator and territory, as references look it up.

    Parameters
    ----------
    year : the edition's year, for ``:N`` and ``:N-1``.
    territory : id of the dossier's own territory, meant when a reference names none.
    catalogue : id → row of the catalogue (title, unit, measure, precision).
    targets : id → list of target rows (value, qualifier, date).
    rows : rows of the table ``values`` as dicts, dates as ``datetime.date`` or None.
    """

    def __init__(
        self,
        year: int,
        territory: str,
        catalogue: Mapping[str, Row],
        targets: Mapping[str, Sequence[Row]],
        rows: Iterable[Row] = (),
    ):
        self.year = year
        self.territory = territory
        self._catalogue = catalogue
        self._targets = targets
        self._entered: dict[str, dict[str, list[Row]]] = {}
        self._rows: Mapping[str, Mapping[str, list[Row]]] = self._entered
        for row in rows:
            self.add(row)

    def add(self, row: Row) -> None:
        """Enter one row of ``values``."""
        self._entered.setdefault(row["indicator"], {}).setdefault(row["territory"], []).append(row)

    def watch(self, wrap: Callable[[str, Mapping[str, Any]], Mapping[str, Any]]) -> Ledger:
        """The same ledger, to be asked but not added to: each mapping by indicator that it looks
        things up in is replaced by ``wrap(table, mapping)``, the table being ``indicators``,
        ``targets`` or ``values``."""
        seen = copy(self)
        seen._catalogue = wrap("indicators", self._catalogue)
        seen._targets = wrap("targets", self._targets)
        seen._rows = wrap("values", self._rows)
        return seen

    def rows(self, indicator: str, territory: str = "") -> list[Row]:
        """Rows of an indicator, for the named territory, else for the one meant by default."""
        by_territory = self._rows.get(indicator, {})
        if territory:
            return by_territory.get(territory, [])
        if self.territory in by_territory:
            return by_territory[self.territory]
        return next(iter(by_territory.values())) if len(by_territory) == 1 else []

    def check(self, reference: str | Reference) -> Reference:
        """Parse and check that indicator and territory exist; raises UnknownReference."""
        parsed = parse_reference(reference) if isinstance(reference, str) else reference
        if parsed.indicator not in self._catalogue:
            near = difflib.get_close_matches(parsed.indicator, list(self._catalogue), n=3)
            raise UnknownReference(str(parsed), "indicateur inconnu", near)
        places = self._rows.get(parsed.indicator, {})
        # An indicator first measured by a later edition has no value anywhere: missing, not wrong.
        valued = any(row["value"] is not None for rows in places.values() for row in rows)
        if valued and parsed.territory and parsed.territory not in places:
            raise UnknownReference(
                str(parsed),
                f"aucune valeur de cet indicateur pour le territoire « {parsed.territory} »",
                [f"{parsed.indicator}@{place}" for place in places],
            )
        if not parsed.territory and len(places) > 1 and self.territory not in places:
            raise UnknownReference(
                str(parsed),
                "plusieurs territoires possibles, préciser lequel",
                [f"{parsed.indicator}@{place}" for place in places],
            )
        rows = self.rows(parsed.indicator, parsed.territory)
        if valued and parsed.modifier == IN_FORCE and not any(map(is_in_force, rows)):
            raise UnknownReference(
                str(parsed), f"« :{IN_FORCE} » ne se dit que de la population du territoire"
            )
        return parsed

    def resolve(self, reference: str | Reference, year: int | None = None) -> Value:
        """The Value of a reference; raises UnknownReference, never for a missing value.

        ``year``: that of the value beside which a population stands in force; the edition's where
        None.
        """
        parsed = self.check(reference)
        rows = self.rows(parsed.indicator, parsed.territory)
        modifier = parsed.modifier
        if modifier == "cible":
            return self._target(parsed)
        if modifier == "evolution":
            return self._evolution(parsed, rows)
        if modifier == "par-mois":
            return _average_month(self._ranked(parsed, rows, 0))
        if modifier == IN_FORCE:
            return self._in_force(parsed, rows, year or self.year)
        if match := _YEARS_BEFORE.fullmatch(modifier):
            return self._of_year(parsed, rows, self.year - int(match[1] or 0))
        return self._ranked(parsed, rows, 1 if modifier == "precedent" else 0)

    def resolve_term(self, reference: str | Reference, row: Row) -> Value | None:
        """What a reference stands for beside a derived value, of which ``row`` gives the period,
        the rank and the edition; None where an earlier one had no such term.

        A population is the one in force at the value's date; where the source does not date it, in
        the year of the edition that gave it. A plain reference is the latest value, or, if that is
        of another year, the one of the value's own year or period.
        """
        parsed = self.check(reference)
        period = Period.of_row(row)
        if parsed.modifier == IN_FORCE:
            return self.resolve(parsed, period.end.year if period.end else row["edition"])
        latest = self.resolve(parsed)
        # The mean by month of an earlier period moves as what was counted: it is not said again.
        plain = parsed.modifier == "" or (parsed.modifier == "par-mois" and row["rank"] == 0)
        if row["rank"] == 0 and not (plain and _is_of_other_year(latest, period)):
            return latest
        if not plain:
            return None  # « l’année N » and « le précédent » are relative to the edition
        found = self._at(parsed, period, row["rank"] == 0)
        if found is None:
            return latest if row["rank"] == 0 or latest.is_constant else None
        value = Value.from_row(found, parsed.modifier)
        return _average_month(value) if parsed.modifier else value

    def _at(self, parsed: Reference, period: Period, same_year: bool) -> Row | None:
        """The known value of exactly a period, else, where that will do, the last of its year."""
        rows = [
            row
            for row in self.rows(parsed.indicator, parsed.territory)
            if row["value"] is not None and not is_in_force(row)
        ]
        for row in rows:
            if (row["period_start"], row["period_end"]) == (period.start, period.end):
                return row
        if not same_year or period.end is None:
            return None
        within = [r for r in rows if r["period_end"] and r["period_end"].year == period.end.year]
        return max(within, key=lambda row: row["period_end"], default=None)

    def _absent(self, parsed: Reference, reason: str) -> Value:
        entry = self._catalogue[parsed.indicator]
        return Value(
            parsed.indicator, entry["title"], None, entry["unit"], entry["measure"], "", "",
            None, None, entry["precision"], "", "", reason, parsed.modifier, parsed.territory,
        )  # fmt: skip

    def _ranked(self, parsed: Reference, rows: list[Row], rank: int) -> Value:
        for row in rows:
            if row["rank"] == rank:
                return Value.from_row(row, parsed.modifier)
        return self._absent(parsed, "pas de période précédente" if rank else "aucune valeur connue")

    def _of_year(self, parsed: Reference, rows: list[Row], year: int) -> Value:
        found = [
            row
            for row in rows
            if row["period_end"] and row["period_end"].year == year and not is_in_force(row)
        ]
        if not found:
            return self._absent(parsed, f"aucune valeur pour {year}")
        known = [row for row in found if row["value"] is not None] or found
        latest = max(known, key=lambda row: Period.of_row(row).sort_key())
        return Value.from_row(latest, parsed.modifier)

    def _in_force(self, parsed: Reference, rows: list[Row], year: int) -> Value:
        for row in rows:
            if is_in_force(row) and row["period_end"].year == year:
                return Value.from_row(row, IN_FORCE)
        return self._absent(parsed, f"aucune population en vigueur connue pour {year}")

    def _evolution(self, parsed: Reference, rows: list[Row]) -> Value:
        latest, precedent = (self._ranked(parsed, rows, rank) for rank in (0, 1))
        result = replace(latest, unit=PERCENT, precision=EVOLUTION_PRECISION, measure="taux")
        if latest.unit == PERCENT:
            result = replace(latest, unit=POINT)
            change, reason = compute_difference(latest, precedent)
            if change is not None and latest.value is not None and precedent.value is not None:
                # As the two shares are printed: from 41.8 to 50.4, at step 1, is 8 points.
                change = round_to_step(latest.value, latest.precision)
                change -= round_to_step(precedent.value, latest.precision)
        else:
            change, reason = compute_growth(latest, precedent)
        if reason:
            return replace(result, value=None, qualifier="", missing=reason)
        return replace(
            result,
            value=change,
            qualifier=_qualify_change(latest, precedent) or "",
            status=combine_status([latest.status, precedent.status]),
        )

    def _target(self, parsed: Reference) -> Value:
        target = choose_target(self._targets.get(parsed.indicator, []), self.year)
        value = self._absent(parsed, "aucun objectif donné")
        if target is None:
            return value
        if target["value"] is None and target.get("value_of"):
            known = self.resolve(target["value_of"])
            target = {**target, "value": known.value, "qualifier": known.qualifier}
        return replace(
            value,
            value=target["value"],
            qualifier=target["qualifier"],
            status="prévisionnel",
            period_end=target["date"],
            missing="",
            territory=parsed.territory or self.territory,
        )


def choose_target(targets: Sequence[Row], year: int) -> Row | None:
    """The next target not yet due at the edition's year, else the undated one, else the last."""
    dated = sorted((t for t in targets if t["date"]), key=lambda t: t["date"])
    ahead = [target for target in dated if target["date"].year >= year]
    undated = [target for target in targets if not target["date"]]
    return next(iter(ahead + undated + dated[::-1]), None)


def find_monthly_step(latest: float, precision: float) -> float:
    """The rounding step of an indicator's monthly rates, by the latest of them: a mean shows a
    decimal under a hundred, and never more than one digit beyond what was counted."""
    return max(0.1 if abs(latest) < 100 else 1.0, precision / 10)


def is_in_force(row: Row) -> bool:
    """Whether a row of ``values`` is a population with the year in which it is in force: that of a
    vintage is a state, and has no start."""
    return row["indicator"] in POPULATION_INDICATORS and row["period_start"] is not None


def _is_of_other_year(value: Value, period: Period) -> bool:
    return (
        value.period_end is not None
        and period.end is not None
        and not value.is_constant
        and value.period_end.year != period.end.year
    )


def _average_month(value: Value) -> Value:
    """The mean by month of a flow, or why there is none."""
    if value.value is None:
        return value
    months = value.period.months
    if value.measure != "flux":
        reason = "ce n’est pas un flux : pas de moyenne par mois"
        return replace(value, value=None, missing=reason)
    if not months:
        return replace(value, value=None, missing="durée de la période non précisée")
    rate = value.value / months
    return replace(value, value=rate, precision=find_monthly_step(rate, value.precision))


@dataclass(frozen=True)
class Movement:
    """Which way a value moved since an earlier one that it compares with.

    ``sense``: −1, 0 or 1, as the two are printed; None where a bound leaves it open (more than 80,
    then 85). ``bounded``: by how much is not known. ``worth``: whether this is the way that is
    wanted; None where none is, where nothing moved, or where nobody can say so: one of them is of
    no date, is but foreseen or provisional, or the change is within ``find_margin``.
    """

    sense: int | None
    bounded: bool = False
    worth: bool | None = None


def _find_sign(number: float) -> int:
    return 0 if abs(number) < 1e-9 else 1 if number > 0 else -1


def judge_pair(latest: Value, precedent: Value) -> Comparability:
    """Whether two known values compare (``periods.compare``): a cumulated count can but grow, and a
    legal population sums up five years of surveys."""
    verdict = compare(latest.measure, latest.period, precedent.period)
    if latest.indicator in POPULATION_INDICATORS and latest.period_end and precedent.period_end:
        years = latest.period_end.year - precedent.period_end.year
        verdict = (
            verdict if years >= YEARS_OF_SURVEYS else Comparability(False, OVERLAPPING_SURVEYS)
        )
    if not (verdict.cumulative and latest.measure == "flux"):
        return verdict
    assert latest.value is not None
    assert precedent.value is not None
    may_have_grown = find_side(latest.qualifier) > 0 or find_side(precedent.qualifier) < 0
    if latest.value < precedent.value and not may_have_grown:
        return Comparability(False, FALLING_COUNT)
    return verdict


def find_margin(latest: Value, precedent: Value) -> float:
    """By how much a value may move although nothing changed: as many events as the square root of
    those counted (15, then 16), a tenth of what is known about (« environ »), one step of what is
    rounded, a rate or an amount. What there is of a thing does not move by itself: none."""
    before, margin = abs(precedent.value or 0.0), 0.0
    if latest.measure == "taux" or latest.unit in (MONEY, PERCENT):
        margin = latest.precision
    elif latest.measure == "flux" and not _is_cumulative(latest, precedent):
        margin = math.sqrt(before)
    about = latest.qualifier in APPROXIMATE or precedent.qualifier in APPROXIMATE
    return max(margin, before / 10) if about else margin


def _is_cumulative(latest: Value, precedent: Value) -> bool:
    return compare(latest.measure, latest.period, precedent.period).cumulative


def read_movement(latest: Value, precedent: Value, direction: str) -> Movement:
    """How a value moved since one that it compares with; ``direction``: what is wanted."""
    assert latest.value is not None
    assert precedent.value is not None
    printed = [
        round_to_step(round_bound(value.value or 0.0, step, find_side(value.qualifier)), step)
        for value, step in ((latest, latest.precision), (precedent, latest.precision))
    ]
    moves = [latest.value - precedent.value, printed[0] - printed[1]]
    sense: int | None = _find_sign(moves[0]) if _find_sign(moves[1]) else 0
    bounded = bool(find_side(latest.qualifier) or find_side(precedent.qualifier))
    if bounded:
        side, strict = BOUNDS.get(_qualify_change(latest, precedent) or "", (0, False))
        # Equal numbers differ where one of them is itself left out: 6, then more than 6. What is
        # printed must show it too: « plus de 124 » after 125 does not.
        shown = all(_find_sign(move) in ((side, 0) if strict else (side,)) for move in moves)
        sense = side if side and shown else None
    margin = find_margin(latest, precedent)
    unsaid = (
        direction == "neutre"
        or (direction == "baisse" and _is_cumulative(latest, precedent))  # it can but grow
        or latest.period.undated
        or precedent.period.undated
        or not {latest.status, precedent.status} <= {*_SETTLED}
        or (margin and abs(moves[0]) <= margin)
    )
    worth = None if unsaid or not sense else (sense > 0) == (direction == "hausse")
    return Movement(sense, bounded, worth)


def compute_difference(latest: Value, precedent: Value) -> tuple[float | None, str]:
    """Latest less precedent, or None and the French reason why there is none."""
    if latest.value is None or precedent.value is None:
        return None, (precedent if latest.value is not None else latest).missing
    verdict = judge_pair(latest, precedent)
    if not verdict.comparable:
        return None, verdict.reason
    if find_side(latest.qualifier) or find_side(precedent.qualifier):
        return None, BOUNDED
    return latest.value - precedent.value, ""


def _qualify_change(latest: Value, precedent: Value) -> str | None:
    return combine_qualifiers([(latest.qualifier, 1), (precedent.qualifier, -1)])


def compute_growth(latest: Value, precedent: Value) -> tuple[float | None, str]:
    """Growth in % from precedent to latest, or None and the French reason why there is none."""
    difference, reason = compute_difference(latest, precedent)
    if difference is None or precedent.value is None:
        return None, reason
    if compare(latest.measure, latest.period, precedent.period).cumulative and (
        latest.measure == "flux"
    ):
        return None, "un cumul se compare par ce qui s’y ajoute, pas en %"
    if latest.unit == PERCENT:
        return None, "un taux en % se compare en points, pas en %"
    if precedent.value <= 0:
        sign = "nulle" if precedent.value == 0 else "négative"
        return None, f"valeur précédente {sign} : pas de croissance en %"
    return 100 * difference / precedent.value, ""
