"""Whole-life cost: what each option of a project costs from its studies to its end, and on which
hypotheses the answer hangs.

Euros are constant, those of the project's price year, and rates are real: inflation is nowhere.
Year 0 is the beginning, a year's payments fall at its end. The method is that of net present cost,
which ISO 15686-5 describes for alternatives over one stated period.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from analysis.model.schema import COST_CATEGORIES, ONE_TIME, RENEWED
from analysis.model.store import Edition, to_records

#: What comes in deduction, and what happens at the end of the period unless a year is typed.
RECEIPTS = ("subvention", "recettes", "valeur résiduelle")
AT_THE_END = ("fin de vie", "valeur résiduelle")
ENERGY = "énergie"
#: Lowest and highest that each hypothesis is tried at: % a year, % a year above inflation, years.
RATES, ENERGY_DRIFTS, PERIODS = (0.0, 4.5), (-1.0, 4.0), (20, 50)
#: Euros a year by which two options must differ for one of them to be the cheaper.
EQUAL = 0.5


@dataclass(frozen=True)
class Cost:
    """One row of project_costs.csv for one option. ``amount`` (euros, negative for a receipt) and
    ``carbon`` (kg of CO2 equivalent, None where nobody gave it) are of each time it comes back;
    ``low`` and ``high`` bound the amount, where the row says so."""

    option: str
    category: str
    item: str
    kind: str
    amount: float
    first: int | None = None
    last: int | None = None
    life: int | None = None
    drift_pct: float = 0.0
    carbon: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Hypotheses:
    """What is supposed besides the rows: a real discount rate (% a year), a period (years), for the
    energy another drift than the rows', for an item another amount than its row's."""

    rate_pct: float
    years: int
    energy_drift_pct: float | None = None
    amounts: Mapping[str, str] = field(default_factory=dict)  # item → low, high

    def settle(self, cost: Cost) -> Cost:
        """The cost under these hypotheses."""
        if self.energy_drift_pct is not None and cost.category == ENERGY:
            cost = replace(cost, drift_pct=self.energy_drift_pct)
        bound = getattr(cost, self.amounts.get(cost.item, ""), None) if self.amounts else None
        return cost if bound is None else replace(cost, amount=bound)


# --- one cost -------------------------------------------------------------------------------------


def list_years(cost: Cost, years: int) -> range:
    """The years in which a cost is paid: at ``first`` (0, or the period's last for the end of life
    and the residual value); each year from ``first`` (1) to ``last``; every ``life`` years from
    ``first`` (``life``) on, but never in the last year, which would serve nobody."""
    if cost.kind == ONE_TIME:
        first = (years if cost.category in AT_THE_END else 0) if cost.first is None else cost.first
        return range(first, min(first, years) + 1)
    end = years if cost.last is None else min(cost.last, years)
    if cost.kind == RENEWED:
        life = cost.life or years
        return range(life if cost.first is None else cost.first, min(end, years - 1) + 1, life)
    return range(1 if cost.first is None else cost.first, end + 1)


def weigh_years(cost: Cost, years: int) -> np.ndarray:
    """How many times the amount is paid in each year from 0 to ``years``, in constant euros: each
    payment counts (1 + drift)^t; of the last renewal, the share of its life that is left at the
    end comes back then, at the price paid (straight line)."""
    weights = np.zeros(years + 1)
    paid = np.array(list_years(cost, years), dtype=int)
    weights[paid] = (1 + cost.drift_pct / 100) ** paid
    if cost.kind == RENEWED and len(paid) and cost.life:
        left = paid[-1] + cost.life - years
        if left > 0:
            weights[years] -= weights[paid[-1]] * left / cost.life
    return weights


def discount(rate_pct: float, years: int) -> np.ndarray:
    """What one euro of each year from 0 to ``years`` is worth in year 0: 1 / (1 + rate)^t."""
    return (1 + rate_pct / 100) ** -np.arange(years + 1.0)


def compute_annuity_factor(rate_pct: float, years: int) -> float:
    """What one euro paid at the end of each of ``years`` years is worth in year 0."""
    return float(discount(rate_pct, years)[1:].sum())


# --- options --------------------------------------------------------------------------------------


def list_costs(rows: pd.DataFrame, options: Sequence[str]) -> list[Cost]:
    """The costs of each option: its own rows and those of all options (no option typed)."""
    return [
        read_cost(row, option)
        for option in options
        for row in to_records(rows)
        if row["option"] in (option, "")
    ]


def read_cost(row: Mapping[str, Any], option: str) -> Cost:
    """A row of project_costs.csv as a cost of ``option``: the amount typed, or quantity × unit
    price; a receipt is typed positive and counted negative."""
    sign = -1 if row["category"] in RECEIPTS else 1
    amount, quantity = row["amount_eur"], row["quantity"]
    amount = quantity * row["unit_price_eur"] if amount is None else amount
    known = row["carbon_kg"] is not None and quantity is not None
    bounds = sorted(sign * end for end in (row["amount_low_eur"], row["amount_high_eur"])
                    if end is not None)  # fmt: skip
    years = (row[name] for name in ("first_year", "last_year", "life_years"))
    return Cost(
        option, row["category"], row["item"], row["kind"], sign * amount,
        *(None if pd.isna(year) else int(year) for year in years),
        drift_pct=row["drift_pct"] or 0.0,
        carbon=row["carbon_kg"] * quantity if known else None,
        low=bounds[0] if len(bounds) == 2 else None,
        high=bounds[-1] if len(bounds) == 2 else None,
    )  # fmt: skip


def compute_items(costs: Iterable[Cost], hypotheses: Hypotheses) -> pd.DataFrame:
    """Each cost with the terms of its present value: ``amount_eur`` × ``factor`` = ``present_eur``,
    where the factor adds up drift and discount over its ``payments``; ``carbon_kg`` of them all,
    which nothing discounts."""
    worth = discount(hypotheses.rate_pct, hypotheses.years)
    rows = []
    for cost in map(hypotheses.settle, costs):
        payments = len(list_years(cost, hypotheses.years))
        factor = float(weigh_years(cost, hypotheses.years) @ worth)
        rows.append({
            "option": cost.option, "category": cost.category, "item": cost.item,
            "amount_eur": cost.amount, "drift_pct": cost.drift_pct, "payments": payments,
            "factor": factor, "present_eur": cost.amount * factor,
            "carbon_kg": None if cost.carbon is None else cost.carbon * payments,
        })  # fmt: skip
    return pd.DataFrame(rows)


def accumulate(costs: Iterable[Cost], hypotheses: Hypotheses) -> dict[str, np.ndarray]:
    """For each option, what was spent from the beginning to the end of each year, discounted."""
    worth = discount(hypotheses.rate_pct, hypotheses.years)
    spent: dict[str, np.ndarray] = {}
    for cost in map(hypotheses.settle, costs):
        paid = cost.amount * weigh_years(cost, hypotheses.years) * worth
        spent[cost.option] = spent.get(cost.option, 0) + paid
    return {option: np.cumsum(paid) for option, paid in spent.items()}


def find_crossing(cheaper: np.ndarray, other: np.ndarray) -> int | None:
    """The first year from which the option that is cheaper in the end has cost no more than the
    other, up to the end; None where it is not cheaper in the end."""
    dearer = np.flatnonzero(cheaper > other + EQUAL)
    if cheaper[-1] >= other[-1]:
        return None
    return int(dearer[-1]) + 1 if len(dearer) else 0


def compute_yearly(costs: Sequence[Cost], hypotheses: Hypotheses) -> dict[str, float]:
    """For each option, the equal yearly sum that is worth as much: net present cost × d /
    (1 − (1 + d)^−n), the cost over the years at a rate of 0. Sums of unlike periods compare."""
    factor = compute_annuity_factor(hypotheses.rate_pct, hypotheses.years)
    found = accumulate(costs, hypotheses)
    return {option: float(spent[-1]) / factor for option, spent in found.items()}


def find_winner(yearly: Mapping[str, float]) -> str:
    """The option that costs least; '' where there is but one, or the next costs as much."""
    ranked = sorted(yearly, key=lambda option: yearly[option])
    if len(ranked) < 2 or yearly[ranked[1]] - yearly[ranked[0]] < EQUAL:
        return ""
    return ranked[0]


# --- what it hangs on -----------------------------------------------------------------------------


def list_trials(
    costs: Sequence[Cost], central: Hypotheses
) -> Iterator[tuple[str, tuple[Hypotheses, Hypotheses], tuple[Any, Any]]]:
    """Each hypothesis by name with its two ends, and what they are: the rate, the drift of energy
    where there is some, the period, the amount of each row that has a low and a high one. What is
    supposed lies between the ends."""
    rates = min(RATES[0], central.rate_pct), max(RATES[1], central.rate_pct)
    yield "rate", _try(central, "rate_pct", rates), rates
    if any(cost.category == ENERGY for cost in costs):
        yield "energy", _try(central, "energy_drift_pct", ENERGY_DRIFTS), ENERGY_DRIFTS
    periods = min(PERIODS[0], central.years), max(PERIODS[1], central.years)
    yield "years", _try(central, "years", periods), periods
    bounded = {cost.item: cost for cost in costs if cost.low is not None}
    for item, cost in bounded.items():
        changed = [{**central.amounts, item: bound} for bound in ("low", "high")]
        yield item, _try(central, "amounts", changed), (cost.low, cost.high)


def _try(central: Hypotheses, name: str, ends: Sequence[Any]) -> tuple[Hypotheses, Hypotheses]:
    low, high = (replace(central, **{name: end}) for end in ends)
    return low, high


def compute_tornado(costs: Sequence[Cost], central: Hypotheses) -> pd.DataFrame:
    """One row for each hypothesis, the one that moves most first: its ``low`` and ``high``, what
    then is the yearly cost (of a project with one option) or by how much the cheapest option of the
    central case beats the next (``low_gap``, ``high_gap``, negative where it no longer does), and
    which option wins."""
    base = compute_yearly(costs, central)
    rows = []
    for name, trials, ends in list_trials(costs, central):
        found = [compute_yearly(costs, trial) for trial in trials]
        low, high = (measure_gap(yearly, base) for yearly in found)
        winners = [find_winner(yearly) for yearly in found]
        rows.append({
            "name": name, "low": ends[0], "high": ends[1], "low_gap": low, "high_gap": high,
            "low_winner": winners[0], "high_winner": winners[1],
        })  # fmt: skip
    frame = pd.DataFrame(rows)
    swing = (frame["high_gap"] - frame["low_gap"]).abs()
    return frame.loc[swing.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)


def measure_gap(yearly: Mapping[str, float], base: Mapping[str, float]) -> float:
    """By how many euros a year the option that is cheapest in ``base`` beats the cheapest of the
    others; the yearly cost itself of a project with one option."""
    first = min(base, key=lambda option: base[option])
    others = [amount for option, amount in yearly.items() if option != first]
    return min(others) - yearly[first] if others else yearly[first]


def cross_hypotheses(costs: Sequence[Cost], central: Hypotheses) -> pd.DataFrame:
    """Which option wins for each rate and drift of energy together: ``rate_pct``, ``drift_pct``
    (None: as typed), ``winner``. Empty where there is no energy, or but one option."""
    if len({cost.option for cost in costs}) < 2 or all(cost.category != ENERGY for cost in costs):
        return pd.DataFrame()
    rates = sorted({*RATES, central.rate_pct})
    rows = [
        {"rate_pct": rate, "drift_pct": drift, "winner": find_winner(compute_yearly(costs, trial))}
        for rate in rates
        for drift in (ENERGY_DRIFTS[0], None, ENERGY_DRIFTS[1])
        for trial in [replace(central, rate_pct=rate, energy_drift_pct=drift)]
    ]
    return pd.DataFrame(rows)


# --- a project ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Project:
    """A project of an edition that can be computed: its row, the titles of its options by id, its
    rows of project_costs.csv, the same as costs of each option, the central hypotheses."""

    row: Mapping[str, Any]
    options: Mapping[str, str]
    rows: pd.DataFrame
    costs: Sequence[Cost]
    central: Hypotheses

    def list_absent(self) -> list[str]:
        """Categories of cost of which the project has no row."""
        used = {cost.category for cost in self.costs}
        return [category for category in COST_CATEGORIES if category not in used]

    def list_uneven(self) -> dict[str, list[str]]:
        """Categories that some options have and others lack: category → titles of the latter."""
        having: dict[str, set[str]] = {}
        for cost in self.costs:
            having.setdefault(cost.category, set()).add(cost.option)
        lacking = {
            category: [title for id, title in self.options.items() if id not in having[category]]
            for category in COST_CATEGORIES
            if category in having
        }
        return {category: titles for category, titles in lacking.items() if titles}


def open_project(
    edition: Edition, id: str, options: Sequence[str] | None = None
) -> Project | None:
    """A project with its ``options`` (all of them where None); None where one of them has no cost
    yet: nothing is then computed. Raises KeyError when there is no such project or option
    (French)."""
    found = to_records(edition.rows("projects", id=id))
    if not found:
        known = ", ".join(edition.projects["id"]) or "aucun"
        raise KeyError(f"Projet inconnu : « {id} ». Projets de cette édition : {known}.")
    titles = edition.rows("project_options", project=id).sort_values("order", kind="stable")
    known = dict(zip(titles["id"], titles["title"], strict=True))
    if unknown := [option for option in options or () if option not in known]:
        raise KeyError(
            f"Option inconnue de « {id} » : {', '.join(unknown)}. Options : {', '.join(known)}."
        )
    chosen = {option: known[option] for option in options or known}
    rows = edition.rows("project_costs", project=id)
    rows = rows[rows["option"].isin([*chosen, ""])]
    costs = list_costs(rows, list(chosen))
    if not costs or {cost.option for cost in costs} != set(chosen):
        return None
    rates = edition.rows("discount_rates", id=found[0]["rate"])
    central = Hypotheses(float(rates["rate_pct"].iloc[0]), int(found[0]["period_years"]))
    return Project(found[0], chosen, rows, costs, central)
