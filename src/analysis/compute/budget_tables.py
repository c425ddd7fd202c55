"""The accounts in cross-tables: policies by finality, investment by axis of the budget annex.

A view is one budget, one fiscal year, one stage; nothing is added across views, nor across axes.
Mouvements d'ordre are in no sum, receipts in no table of spending. Each sum says the lines of
accounts.csv that it is made of (``lines``: « 2-5, 9 »).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

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
        return f"{self.budget[:1].upper()}{self.budget[1:]}, {self.stage} {self.fiscal_year}"


def list_views(edition: Edition) -> list[AccountView]:
    """The views that the accounts hold: the main budget first, then the latest year, what was spent
    before what was voted."""
    rows = edition.columns("accounts", "budget", "fiscal_year", "stage").drop_duplicates()
    views = [
        AccountView(row.budget or MAIN, int(row.fiscal_year), row.stage)
        for row in rows.itertuples()
    ]
    return sorted(
        set(views),
        key=lambda view: (
            view.budget != MAIN,
            view.budget,
            -view.fiscal_year,
            view.stage not in CLOSED_STAGES,
            ACCOUNT_STAGES.index(view.stage),
        ),
    )


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
    known = _title_policies(edition)
    sums = added.groupby("policy")["amount_eur"].sum()
    policies = sorted(
        sums.index,
        key=lambda id: (id == "", [*known, id].index(id), -sums[id], id),
    )
    finalities = list_finalities(edition)
    ranks = zip(added["policy"], added["finality"], strict=True)
    added["rank"] = [(policies.index(p), finalities.index(f)) for p, f in ranks]
    added = added.sort_values("rank").drop(columns="rank").reset_index(drop=True)
    added.insert(1, "title", [known.get(id, id) for id in added["policy"]])
    return added


def list_finalities(edition: Edition) -> list[str]:
    """Columns of policies by finality: the finalities in their order, what serves all of them at
    once, what is assigned to none."""
    chapters = edition.rows("chapters", kind="finalité").sort_values("order")
    return [*chapters["id"], CROSS_CUTTING, ""]


def cross_axes(edition: Edition, view: AccountView) -> pd.DataFrame:
    """Real spending on investment, once for each axis: columns axis (its number), title, rating
    (one of ``AXIS_RATINGS``, or « » where nobody looked), amount_eur, share_pct (of what the axis
    counts; none out of scope), lines. Every axis has a row for each rating, without lines where
    nothing has it. Rows of several axes are the same euros: they are never added."""
    spent = _select_investment(edition, view)
    found = []
    for axis in _list_axes(edition):
        column = f"axis_{axis['order']}"
        counted = spent.loc[spent[column] != OUT_OF_SCOPE, "amount_eur"].sum()
        for rating in (*AXIS_RATINGS, NOBODY):
            rows = spent[spent[column] == rating]
            amount = float(rows["amount_eur"].sum())
            share = 100 * amount / counted if counted > 0 and rating != OUT_OF_SCOPE else None
            found.append(
                {
                    "axis": axis["order"],
                    "title": axis["title"],
                    "rating": rating,
                    "amount_eur": amount,
                    "share_pct": share,
                    "lines": write_lines(rows["line"]),
                }
            )
    names = ("axis", "title", "rating", "amount_eur", "share_pct", "lines")
    return pd.DataFrame(found, columns=list(names)).astype({"share_pct": "float64"})


def cover_axes(edition: Edition, view: AccountView) -> pd.DataFrame:
    """How much of the investment each axis rates: columns axis, title, counted_eur (real spending
    on investment, less what the service says out of scope), rated_eur (favourable, neutral, mixed
    or unfavourable), coverage_pct, untold_eur (nobody looked), out_of_scope_eur, from_fiscal_year
    (<NA> where it is not known), required (whether this fiscal year's accounts must rate it; the
    certainty is that of ``budget_axes``)."""
    found = []
    for axis, rows in cross_axes(edition, view).groupby("axis", sort=False):
        amounts = rows.set_index("rating")["amount_eur"]
        counted = float(amounts.drop(OUT_OF_SCOPE).sum())
        rated = float(amounts[list(TELLING)].sum())
        (row,) = (one for one in _list_axes(edition) if one["order"] == axis)
        begun = not pd.isna(row["from_fiscal_year"]) and row["from_fiscal_year"] <= view.fiscal_year
        found.append(
            {
                "axis": axis,
                "title": row["title"],
                "counted_eur": counted,
                "rated_eur": rated,
                "coverage_pct": 100 * rated / counted if counted > 0 else None,
                "untold_eur": float(amounts[NOBODY]),
                "out_of_scope_eur": float(amounts[OUT_OF_SCOPE]),
                "from_fiscal_year": row["from_fiscal_year"],
                "required": bool(begun and view.stage in CLOSED_STAGES),
            }
        )
    names = ["axis", "title", "counted_eur", "rated_eur", "coverage_pct", "untold_eur"]
    return pd.DataFrame(found, columns=[*names, "out_of_scope_eur", "from_fiscal_year", "required"])


def list_known_spending(edition: Edition) -> pd.DataFrame:
    """What the edition knows of each policy's spending where it has no accounts: columns policy,
    title, chapter (where it is mostly described; its finality, where that is one), indicator,
    reference. A policy whose amount is not known has no reference."""
    found = []
    for row in edition.columns("policies", "id", "title", "chapter", "indicator").itertuples():
        known = bool(row.indicator) and edition.value(row.indicator).value is not None
        reference = row.indicator if known else ""
        found.append((row.id, row.title, row.chapter, row.indicator, reference))
    names = ("policy", "title", "chapter", "indicator", "reference")
    return pd.DataFrame(found, columns=list(names))


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


def _select_investment(edition: Edition, view: AccountView) -> pd.DataFrame:
    rows = _select_spending(edition, view)
    return rows[rows["budget_section"] == INVESTMENT]


def _add_up(rows: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """The rows added up for each combination of ``by`` that stands among them."""
    added = [
        (*key, float(group["amount_eur"].sum()), write_lines(group["line"]))
        for key, group in rows.groupby(by)
    ]
    return pd.DataFrame(added, columns=[*by, "amount_eur", "lines"])


def _title_policies(edition: Edition) -> dict[str, str]:
    rows = edition.columns("policies", "id", "title", "order").sort_values("order")
    return dict(zip(rows["id"], rows["title"], strict=True))


def _list_axes(edition: Edition) -> list[dict[str, Any]]:
    return (
        edition.columns("budget_axes", "order", "title", "from_fiscal_year")
        .sort_values("order")
        .to_dict("records")
    )
