"""Whole-life cost: what each option of a project costs from its studies to its end, and on which
hypotheses the answer hangs.

Euros are constant, those of the project's price year, and rates are real: inflation is nowhere.
Year 0 is the beginning; what is paid in a year is paid at its end. The method is that of net
present cost, which ISO 15686-5 describes for alternatives over one stated period.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from analysis.model.references import Row
from analysis.model.schema import COST_CATEGORIES, ONE_TIME, RENEWED
from analysis.model.store import Edition, to_records

#: What comes in deduction, and what happens at the end of the period unless a year is typed.
RECEIPTS = ("subvention", "recettes", "valeur résiduelle")
AT_THE_END = ("fin de vie", "valeur résiduelle")
ENERGY = "énergie"
#: Lowest and highest that each hypothesis is tried at: % a year, % a year above inflation, years.
RATES, ENERGY_DRIFTS, PERIODS = (0.0, 4.5), (-1.0, 4.0), (20, 50)
#: A hypothesis (its name, or ``Cost.row``), its lowest and highest value, both as hypotheses.
Trial = tuple[str | tuple[str, str], tuple[float, float], list["Hypotheses"]]
#: Euros a year by which two options must differ for one of them to be the cheaper.
EQUAL = 0.5


@dataclass(frozen=True)
class Cost:
    """One row of project_costs.csv for one option. ``amount`` (euros, negative for a receipt) and
    ``carbon`` (kg of CO2 equivalent, None where nobody gave it) are of each time it comes back;
    ``bounds``: the lowest and the highest amount, where the row gives them; ``row``: the option
    ('' of all) and the item of the row."""

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
    bounds: tuple[float, float] | None = None
    row: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Hypotheses:
    """What is supposed besides the rows: a real discount rate (% a year), a period (years), for the
    energy another drift than the rows', for a row its lowest (0) or highest (1) amount."""

    rate_pct: float
    years: int
    energy_drift_pct: float | None = None
    ends: Mapping[tuple[str, str], int] = field(default_factory=dict)

    def settle(self, cost: Cost) -> Cost:
        """The cost under these hypotheses."""
        if self.energy_drift_pct is not None and cost.category == ENERGY:
            return replace(cost, drift_pct=self.energy_drift_pct)
        if cost.bounds and cost.row in self.ends:
            return replace(cost, amount=cost.bounds[self.ends[cost.row]])
        return cost


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
    if cost.kind == RENEWED and cost.life and len(paid):
        weights[years] -= weights[paid[-1]] * max(paid[-1] + cost.life - years, 0) / cost.life
    return weights


def discount(rate_pct: float, years: int) -> np.ndarray:
    """What one euro of each year from 0 to ``years`` is worth in year 0: 1 / (1 + rate)^t."""
    return (1 + rate_pct / 100) ** -np.arange(years + 1.0)


def compute_annuity_factor(rate_pct: float, years: int) -> float:
    """What one euro paid at the end of each of ``years`` years is worth in year 0, in euros."""
    return float(discount(rate_pct, years)[1:].sum())


# --- options --------------------------------------------------------------------------------------


def read_cost(row: Row, option: str) -> Cost:
    """A row of project_costs.csv as a cost of ``option``: the amount typed, or quantity × unit
    price; a receipt is typed positive and counted negative."""
    sign = -1 if row["category"] in RECEIPTS else 1
    amount, quantity, carbon = row["amount_eur"], row["quantity"], row["carbon_kg"]
    low, high = row["amount_low_eur"], row["amount_high_eur"]
    first, last, life = (
        None if pd.isna(row[name]) else int(row[name])
        for name in ("first_year", "last_year", "life_years")
    )
    return Cost(
        option, row["category"], row["item"], row["kind"],
        sign * (quantity * row["unit_price_eur"] if amount is None else amount),
        first, last, life, row["drift_pct"] or 0.0,
        None if carbon is None else carbon * quantity,
        None if low is None else (min(sign * low, sign * high), max(sign * low, sign * high)),
        (row["option"], row["item"]),
    )  # fmt: skip


def compute_items(costs: Iterable[Cost], hypotheses: Hypotheses) -> pd.DataFrame:
    """Each cost with the terms of its present value: ``amount_eur`` × ``factor`` (drift, discount
    and ``payments`` together) = ``present_eur``, and its ``carbon_kg``, which nothing discounts.
    NPC = Σ amount × (1 + drift)^t / (1 + rate)^t."""
    worth = discount(hypotheses.rate_pct, hypotheses.years)
    rows = []
    for cost in map(hypotheses.settle, costs):
        factor = float(weigh_years(cost, hypotheses.years) @ worth)
        payments = len(list_years(cost, hypotheses.years))
        carbon = np.nan if cost.carbon is None else cost.carbon * payments
        rows.append({
            "option": cost.option, "category": cost.category, "item": cost.item,
            "amount_eur": cost.amount, "payments": payments, "factor": factor,
            "present_eur": cost.amount * factor, "carbon_kg": carbon,
        })  # fmt: skip
    return pd.DataFrame(rows)


def accumulate(costs: Iterable[Cost], hypotheses: Hypotheses) -> pd.DataFrame:
    """What each option (row) has cost from the beginning to the end of each year (column), in euros
    of year 0."""
    worth = discount(hypotheses.rate_pct, hypotheses.years)
    spent: dict[str, np.ndarray] = {}
    for cost in map(hypotheses.settle, costs):
        paid = cost.amount * weigh_years(cost, hypotheses.years) * worth
        spent[cost.option] = spent.get(cost.option, 0.0) + paid
    return pd.DataFrame.from_dict(spent, orient="index").cumsum(axis=1)


def compute_yearly(costs: Sequence[Cost], hypotheses: Hypotheses) -> pd.Series:
    """For each option, the equal yearly sum that is worth as much: NPC × d / (1 − (1 + d)^−n), the
    cost over the years at a rate of 0. Those of unlike periods compare."""
    total = compute_items(costs, hypotheses).groupby("option", sort=False)["present_eur"].sum()
    return total / compute_annuity_factor(hypotheses.rate_pct, hypotheses.years)


def find_crossing(cheaper: pd.Series, other: pd.Series) -> int:
    """The first year from which an option that is cheaper in the end has cost no more than the
    other, up to the end (both accumulated)."""
    dearer = np.flatnonzero(cheaper > other + EQUAL)
    return int(dearer[-1]) + 1 if len(dearer) else 0


def find_winner(yearly: pd.Series) -> str:
    """The option that costs least; '' where there is but one, or the next costs as much."""
    ranked = yearly.sort_values()
    return "" if len(ranked) < 2 or ranked.iloc[1] - ranked.iloc[0] < EQUAL else ranked.index[0]


def measure_gap(yearly: pd.Series, first: str) -> float:
    """By how many euros a year the option ``first`` beats the cheapest of the others; its cost
    itself where it is alone."""
    others = yearly.drop(first)
    return float(others.min() - yearly[first] if len(others) else yearly[first])


# --- what it hangs on -----------------------------------------------------------------------------


def list_trials(costs: Sequence[Cost], central: Hypotheses) -> Iterator[Trial]:
    """Each hypothesis: the rate, the drift of energy where there is some, the period, the amount of
    each row that has bounds. What is supposed lies between the ends."""
    ends = (min(RATES[0], central.rate_pct), max(RATES[1], central.rate_pct))
    yield "rate_pct", ends, [replace(central, rate_pct=end) for end in ends]
    if any(cost.category == ENERGY for cost in costs):
        ends = ENERGY_DRIFTS
        yield "energy_drift_pct", ends, [replace(central, energy_drift_pct=end) for end in ends]
    spans = (min(PERIODS[0], central.years), max(PERIODS[1], central.years))
    yield "years", spans, [replace(central, years=span) for span in spans]
    for row, bounds in {cost.row: cost.bounds for cost in costs if cost.bounds}.items():
        yield row, bounds, [replace(central, ends={row: end}) for end in (0, 1)]


def compute_tornado(costs: Sequence[Cost], central: Hypotheses) -> pd.DataFrame:
    """One row for each hypothesis, the one that moves most first: its ``low`` and ``high``, what it
    then makes of the gap between the cheapest option of the central case and the next
    (``low_gap``, ``high_gap``, see ``measure_gap``), and which option wins."""
    first = str(compute_yearly(costs, central).idxmin())
    rows = []
    for name, ends, trials in list_trials(costs, central):
        low, high = (compute_yearly(costs, trial) for trial in trials)
        gaps = measure_gap(low, first), measure_gap(high, first)
        winners = find_winner(low), find_winner(high)
        rows.append((name, *ends, *gaps, *winners, abs(gaps[1] - gaps[0])))
    names = ["name", "low", "high", "low_gap", "high_gap", "low_winner", "high_winner", "swing"]
    frame = pd.DataFrame(rows, columns=names)
    return frame.sort_values("swing", ascending=False, kind="stable")


# --- a project ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Project:
    """A project of an edition: its row, the titles of its options by id, its rows of
    project_costs.csv, the same as ``costs`` of each option, the ``central`` hypotheses."""

    row: Row
    options: Mapping[str, str]
    rows: Sequence[Row]
    costs: Sequence[Cost]
    central: Hypotheses

    @property
    def is_complete(self) -> bool:
        """Whether each option has costs, of its own where there are several: else nothing is
        computed, for one that has but what all share would seem the cheapest."""
        own = {cost.option for cost in self.costs if cost.row[0] or not self.is_compared}
        return bool(self.options) and own == set(self.options)

    @property
    def is_compared(self) -> bool:
        return len(self.options) > 1

    def list_absent(self) -> dict[str, list[str]]:
        """Each category of cost that some option has no row of: the titles of those options."""
        having = {(cost.category, cost.option) for cost in self.costs}
        lacking = {
            name: [title for id, title in self.options.items() if (name, id) not in having]
            for name in COST_CATEGORIES
        }
        return {name: titles for name, titles in lacking.items() if titles}

    def list_ends(self) -> list[tuple[str, str, int]]:
        """What is paid each year, or comes back, and stops before the end: the item, the title of
        its option, its last year."""
        return [
            (cost.item, self.options[cost.option], cost.last)
            for cost in self.costs
            if cost.last is not None and cost.last < self.central.years
        ]


def open_project(edition: Edition, id: str, options: Sequence[str] | None = None) -> Project:
    """A project with its ``options`` (all of them where None). Raises KeyError when there is no
    such project or option (French)."""
    known = to_records(edition.rows("projects", id=id))
    if not known:
        listed = ", ".join(edition.projects["id"]) or "aucun"
        raise KeyError(f"Projet inconnu : « {id} ». Projets de cette édition : {listed}.")
    titles = edition.rows("project_options", project=id).sort_values("order", kind="stable")
    offered = titles.set_index("id")["title"].to_dict()
    if unknown := set(options or ()) - set(offered):
        said = f"{', '.join(sorted(unknown))}. Options : {', '.join(offered)}."
        raise KeyError(f"Option inconnue de « {id} » : {said}")
    row, chosen = known[0], {option: offered[option] for option in options or offered}
    rows = to_records(edition.rows("project_costs", project=id, option=[*chosen, ""]))
    costs = [read_cost(one, option) for option in chosen for one in rows
             if one["option"] in (option, "")]  # fmt: skip
    rate = float(edition.rows("discount_rates", id=row["rate"])["rate_pct"].iloc[0])
    return Project(row, chosen, rows, costs, Hypotheses(rate, int(row["period_years"])))
