"""The accounts in cross-tables: policies by finality, investment by axis of the budget annex.

A view is one budget, one fiscal year, one stage; nothing is added across views, nor across axes.
Mouvements d'ordre are in no sum, receipts in no table of spending. Each sum says the lines of
accounts.csv that it is made of (``lines``: « 2-5, 9 »).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from analysis.compute import policy_grid
from analysis.model.schema import (
    ACCOUNT_STAGES,
    AXIS_RATINGS,
    CROSS_CUTTING,
    INVESTMENT,
    NOT_RATED,
    OUT_OF_SCOPE,
    REAL,
    SPENT,
)
from analysis.model.store import Edition
from analysis.words.hidden_markup import capitalise

#: The budget of a line that names none.
MAIN = "budget principal"
#: The rating of a cell that nobody filled.
NOBODY = ""
#: Ratings that say what a line does; « non coté » and an empty cell do not.
TELLING = AXIS_RATINGS[: AXIS_RATINGS.index(NOT_RATED)]
#: Stages that tell what was spent, which the annex is about; the others are forecasts.
CLOSED_STAGES = ("compte administratif", "compte financier unique")


@dataclass(frozen=True)
class AccountView:
    """One budget, one fiscal year, one stage."""

    budget: str
    fiscal_year: int
    stage: str

    @property
    def title(self) -> str:
        """« Budget principal, compte administratif 2025 »."""
        return f"{capitalise(self.budget)}, {self.stage} {self.fiscal_year}"


def list_views(edition: Edition) -> list[AccountView]:
    """The views that the accounts hold: the main budget first, what was spent before what was
    voted, the latest year first."""
    rows = edition.columns("accounts", "budget", "fiscal_year", "stage")
    return sorted(
        {AccountView(row.budget or MAIN, int(row.fiscal_year), row.stage)
         for row in rows.itertuples()},
        key=lambda view: (
            view.budget != MAIN,
            view.budget,
            view.stage not in CLOSED_STAGES,
            -view.fiscal_year,
            ACCOUNT_STAGES.index(view.stage),
        ),
    )  # fmt: skip


def select_lines(edition: Edition, view: AccountView) -> pd.DataFrame:
    """The lines of a view, as typed (see ``accounts`` in the schema)."""
    rows = edition.rows("accounts", fiscal_year=view.fiscal_year, stage=view.stage)
    return rows[rows["budget"].replace("", MAIN) == view.budget].reset_index(drop=True)


def total_sections(edition: Edition, view: AccountView) -> pd.DataFrame:
    """What a finance service checks first: columns budget_section, flow, movement, amount_eur,
    lines. Mouvements d'ordre are shown beside the real ones, never added to them."""
    return _add_up(select_lines(edition, view), ["budget_section", "flow", "movement"])


def cross_policies(edition: Edition, view: AccountView) -> pd.DataFrame:
    """Real spending, both sections, by policy and finality: columns policy (its id, or what is
    typed; « » where a line has none), title, finality (id of a chapter, « transversal » or « »),
    amount_eur, lines. Rows in the order of policies.csv, then of the amounts; finalities in the
    order of the chapters."""
    added = _add_up(_select_spending(edition, view), ["policy", "finality"])
    titles = edition.policies.sort_values("order").set_index("id")["title"]
    sums = added.groupby("policy")["amount_eur"].sum()
    ranked = [*titles.index]
    policies = sorted(sums.index, key=lambda id: (id == "", [*ranked, id].index(id), -sums[id], id))
    finalities = list_finalities(edition)
    ranks = {"policy": policies.index, "finality": finalities.index}
    added = added.sort_values([*ranks], key=lambda column: column.map(ranks[column.name]))
    added.insert(1, "title", added["policy"].map(lambda id: titles.get(id, id)))
    return added.reset_index(drop=True)


def total_repayments(edition: Edition, view: AccountView) -> float:
    """Real spending on investment that its line says repays loans."""
    spent = _select_spending(edition, view)
    repaid = spent["label"].str.contains("emprunt", case=False)
    return float(spent.loc[repaid & (spent["budget_section"] == INVESTMENT), "amount_eur"].sum())


def list_finalities(edition: Edition) -> list[str]:
    """Columns of policies by finality: the finalities in their order, what serves all of them at
    once, what is assigned to none."""
    return [*policy_grid.list_finalities(edition)["id"], CROSS_CUTTING, ""]


def cross_axes(edition: Edition, view: AccountView) -> pd.DataFrame:
    """Real spending on investment, once for each axis: columns axis (its number), title, rating
    (one of ``AXIS_RATINGS``, or « » where nobody looked), amount_eur, share_pct (of what the axis
    counts; none out of scope), lines. Every axis has a row for each rating, without lines where
    nothing has it. Rows of several axes are the same euros: they are never added."""
    spent = _select_spending(edition, view)
    spent = spent[spent["budget_section"] == INVESTMENT]
    found = []
    for axis in edition.budget_axes.sort_values("order").itertuples():
        ratings = spent[f"axis_{axis.order}"]
        counted = spent.loc[ratings != OUT_OF_SCOPE, "amount_eur"].sum()
        for rating in (*AXIS_RATINGS, NOBODY):
            rows = spent[ratings == rating]
            amount = rows["amount_eur"].sum()
            share = 100 * amount / counted if counted > 0 and rating != OUT_OF_SCOPE else None
            found.append((axis.order, axis.title, rating, amount, share, write_lines(rows["line"])))
    names = ["axis", "title", "rating", "amount_eur", "share_pct", "lines"]
    return pd.DataFrame(found, columns=names).astype({"amount_eur": float, "share_pct": float})


def cover_axes(edition: Edition, view: AccountView) -> pd.DataFrame:
    """How much of the investment each axis rates: columns axis, title, counted_eur (real spending
    on investment, less what the service says out of scope), rated_eur (favourable, neutral, mixed
    or unfavourable), coverage_pct, untold_eur (nobody looked), out_of_scope_eur, from_fiscal_year
    (<NA> where it is not known), required (whether this fiscal year's accounts must rate it; the
    certainty is that of ``budget_axes``)."""
    cross = cross_axes(edition, view).set_index(["axis", "rating"])["amount_eur"]
    axes = edition.budget_axes.sort_values("order")[["order", "title", "from_fiscal_year"]]
    rows = axes.rename(columns={"order": "axis"}).reset_index(drop=True)
    amounts = cross.unstack().reindex(rows["axis"]).reset_index(drop=True)
    amounts = amounts.reindex(columns=[*AXIS_RATINGS, NOBODY])
    rows["counted_eur"] = amounts.drop(columns=OUT_OF_SCOPE).sum(axis=1)
    rows["rated_eur"] = amounts[list(TELLING)].sum(axis=1)
    rows["coverage_pct"] = 100 * rows["rated_eur"] / rows["counted_eur"].where(lambda s: s > 0)
    rows["untold_eur"], rows["out_of_scope_eur"] = amounts[NOBODY], amounts[OUT_OF_SCOPE]
    begun = (rows["from_fiscal_year"] <= view.fiscal_year).fillna(False).astype(bool)
    rows["required"] = begun & (view.stage in CLOSED_STAGES)
    return rows


def write_lines(numbers: Iterable[int]) -> str:
    """« 2-5, 9 »: lines of a file, those that follow each other as one."""
    runs: list[list[int]] = []
    for number in sorted(map(int, numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else str(run[0]) for run in runs)


def _select_spending(edition: Edition, view: AccountView) -> pd.DataFrame:
    rows = select_lines(edition, view)
    return rows[(rows["flow"] == SPENT) & (rows["movement"] == REAL)]


def _add_up(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The rows added up for each combination of ``by`` that stands among them."""
    sums = {"amount_eur": ("amount_eur", "sum"), "lines": ("line", write_lines)}
    return rows.groupby(by, as_index=False).agg(**sums)
