"""Checks of the whole-life cost: amounts, lives and years of a project's rows, published shares."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.compute.dossier.crosschecks import Loaded, TypedRow
from analysis.model.schema import ONE_TIME, RENEWED, Fault, suggest

#: By how many points rounded shares may miss 100 %, by how many euros an amount its product.
_SHARES, _EURO = 1.0, 1.0


def check_project_costs(loaded: Loaded) -> Iterator[Fault]:
    """What a project's rows need to be computed, and what they may not say."""
    options: dict[str, set[str]] = {}
    for row in loaded.rows("project_options"):
        options.setdefault(row["project"], set()).add(row["id"])
    periods = {row["id"]: row["period_years"] for row in loaded.rows("projects")}
    for row in loaded.rows("projects"):
        if (row["area_kind"] == "") != pd.isna(row["area_m2"]):
            empty = "area_kind" if row["area_kind"] == "" else "area_m2"
            yield row.fault(empty, "surface à demi décrite", "Attendu : les m² et quelle surface.")
    for row in loaded.rows("project_costs"):
        known = options.get(row["project"], set())
        if row["option"] and known and row["option"] not in known:
            yield row.fault("option", "option d’un autre projet", suggest(row["option"], known))
        for wrong, *fault in _list_rules(row, periods.get(row["project"])):
            if wrong:
                yield row.fault(*fault)


def _list_rules(row: TypedRow, period: int | None) -> Iterator[tuple[bool, str, str, str]]:
    """Whether each rule is broken, the column, what is wrong, what is expected."""
    empty = {name: bool(pd.isna(cell) or cell == "") for name, cell in row.cells.items()}
    product, amount = row["quantity"] * row["unit_price_eur"], row["amount_eur"]
    low, high = row["amount_low_eur"], row["amount_high_eur"]
    known = product if empty["amount_eur"] else amount
    yield (bool(pd.isna(known)), "amount_eur", "coût sans montant",
           "Attendu : un montant, ou une quantité et un prix unitaire.")  # fmt: skip
    yield (abs(product - amount) > _EURO, "amount_eur", "montant qui contredit la quantité",
           f"Quantité × prix unitaire : {product:.12g}. Corriger, ou laisser vide.")  # fmt: skip
    yield (pd.isna(low) != pd.isna(high), "amount_low_eur" if pd.isna(low) else "amount_high_eur",
           "une borne sans l’autre", "Attendu : les deux bornes, ou aucune.")  # fmt: skip
    yield (low <= high and not low <= known <= high, "amount_eur", "montant hors de ses bornes",
           f"Attendu : entre {low:.12g} et {high:.12g}.")  # fmt: skip
    renewed = row["kind"] == RENEWED
    yield (renewed and empty["life_years"], "life_years", "renouvellement sans durée de vie",
           "À remplir : un renouvellement revient tous les tant d’ans.")  # fmt: skip
    yield (not (renewed or empty["kind"] or empty["life_years"]), "life_years",
           "durée de vie de ce qui n’est pas renouvelé",
           f"Attendu : « {RENEWED} » dans kind, ou rien ici.")  # fmt: skip
    yield (row["kind"] == ONE_TIME and not empty["last_year"], "last_year",
           "dernière année d’une dépense faite une fois",
           "Attendu : rien ici ; l’année de la dépense est dans first_year.")  # fmt: skip
    for name in ("first_year", "last_year"):
        late = not (pd.isna(period) or empty[name]) and row[name] > period
        yield (late, name, "année après la fin du calcul",
               f"Attendu : au plus {period}, compté du début du calcul (0).")  # fmt: skip
    carbon = not empty["carbon_kg"]
    yield (carbon and empty["quantity"], "quantity", "émissions par unité, sans quantité",
           "À remplir : les émissions s’y multiplient.")  # fmt: skip
    yield (carbon and empty["carbon_source"], "carbon_source", "émissions sans source",
           "À remplir : une source de sources.csv.")  # fmt: skip
    yield (row["category"] == "externalités" and row["basis"] == "déduit", "basis",
           "externalité dont la valeur n’est pas vérifiée",
           "Attendu : une valeur que la source établit (« écrit »), ou pas de ligne.")  # fmt: skip


def check_breakdowns(loaded: Loaded) -> Iterator[Fault]:
    """The shares of a published breakdown make a whole."""
    groups: dict[str, list[TypedRow]] = {}
    for row in loaded.rows("cost_breakdowns"):
        groups.setdefault(row["breakdown"], []).append(row)
    for name, parts in groups.items():
        total = sum(row["share_pct"] for row in parts)
        if abs(total - 100) > _SHARES:  # not where one is missing, which is another fault
            problem = f"les parts de « {name} » font {total:.12g} %".replace(".", ",")
            yield parts[-1].fault("share_pct", problem, "Attendu : 100 %.")
