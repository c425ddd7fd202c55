"""Checks of the accounts: what one line says agrees with itself, with the axes, the policies."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.compute.dossier.crosschecks import Loaded, name_absence
from analysis.compute.dossier.valuechecks import write_number
from analysis.model.schema import AXES, INVESTMENT, REAL, SPENT, Fault, suggest

#: The one stage whose amounts may be negative: it says by how much a budget is changed.
_CHANGE = "décision modificative"


def check_accounts(loaded: Loaded) -> Iterator[Fault]:
    """Amounts that cannot be, ratings that no table would count, a policy that is not in the list,
    a year yet to come."""
    known = set() if "policies" in loaded.unread else loaded.codes("policies.id")
    axes = {int(order) for order in loaded.tables["budget_axes"]["order"].dropna()}
    for row in loaded.rows("accounts"):
        amount, year = row["amount_eur"], row["fiscal_year"]
        if pd.notna(amount) and amount < 0 and row["stage"] != _CHANGE:
            yield row.fault(
                "amount_eur",
                "montant négatif",
                f"Une dépense et une recette sont positives (la colonne « flow » dit laquelle) ;"
                f" seule une {_CHANGE} peut être négative.",
                write_number(amount),
            )
        if pd.notna(year) and year > loaded.year + 1:
            yield row.fault(
                "fiscal_year",
                "exercice à venir",
                f"Au plus {loaded.year + 1}, le budget débattu après le rapport.",
            )
        if row["policy"] and known and row["policy"] not in known:
            said = suggest(row["policy"], known)
            yield row.fault("policy", name_absence("policies"), said)
        rated = [f"axis_{axis}" for axis in AXES if row[f"axis_{axis}"]]
        investment = (row["budget_section"], row["flow"], row["movement"])
        if rated and all(investment) and investment != (INVESTMENT, SPENT, REAL):
            yield row.fault(
                rated[0],
                "cotation d’une ligne qui n’est pas une dépense réelle d’investissement",
                "Vider les cotations de cette ligne : l’annexe ne porte pas sur elle.",
            )
        for column in rated if "budget_axes" not in loaded.unread else ():
            if int(column.removeprefix("axis_")) not in axes:
                yield row.fault(
                    column,
                    "axe absent de budget_axes.csv",
                    "Ajouter sa ligne (colonne « order »), ou vider cette cotation.",
                )


def check_axes(loaded: Loaded) -> Iterator[Fault]:
    """Axes without a column in the accounts, or that stand twice."""
    known: dict[int, int] = {}
    for row in loaded.rows("budget_axes"):
        order = row["order"]
        if pd.notna(order) and order not in AXES:
            yield row.fault("order", "axe sans colonne", f"De {AXES[0]} à {AXES[-1]}.")
        elif pd.notna(order) and known.setdefault(order, row.number) != row.number:
            said = f"axe déjà présent ligne {known[order]}", "Une ligne par axe."
            yield row.fault("order", *said)
