"""Checks of the whole-life cost: amounts, lives and years of a project's rows, published shares."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.compute.dossier.crosschecks import Loaded, TypedRow
from analysis.model.schema import ONE_TIME, RENEWED, Fault, suggest

#: By how much the rounded shares of a whole may miss 100 %, and an amount its quantity × price.
_SHARES, _EURO = 1.0, 1.0


def check_project_costs(loaded: Loaded) -> Iterator[Fault]:
    """What a row of costs needs to be computed, and what it may not say."""
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
        yield from _check_amount(row)
        yield from _check_years(row, periods.get(row["project"]))
        yield from _check_proof(row)


def _check_amount(row: TypedRow) -> Iterator[Fault]:
    """An amount, or a quantity and its price; both only where they agree; bounds around it."""
    product, amount = row["quantity"] * row["unit_price_eur"], row["amount_eur"]
    if pd.isna(amount) and pd.isna(product):
        expected = "Attendu : un montant, ou une quantité et un prix unitaire."
        yield row.fault("amount_eur", "coût sans montant", expected)
    if abs(product - amount) > _EURO:
        expected = f"La quantité × le prix unitaire font {product:.12g} : corriger ou laisser vide."
        yield row.fault("amount_eur", "montant qui n’est pas celui de la quantité", expected)
    low, high = row["amount_low_eur"], row["amount_high_eur"]
    if pd.isna(low) != pd.isna(high):
        empty = "amount_low_eur" if pd.isna(low) else "amount_high_eur"
        yield row.fault(empty, "une borne sans l’autre", "Attendu : les deux bornes, ou aucune.")
    amount = product if pd.isna(amount) else amount
    if amount < low or amount > high:
        problem = "montant hors de ses bornes"
        yield row.fault("amount_eur", problem, f"Attendu : entre {low:.12g} et {high:.12g}.")


def _check_years(row: TypedRow, period: int | None) -> Iterator[Fault]:
    """A life for what is renewed and for it alone; no year after the period."""
    if row["kind"] == RENEWED and pd.isna(row["life_years"]):
        expected = "À remplir : un renouvellement revient tous les tant d’ans."
        yield row.fault("life_years", "renouvellement sans durée de vie", expected)
    if row["kind"] not in (RENEWED, "") and not pd.isna(row["life_years"]):
        expected = f"Attendu : « {RENEWED} » dans kind, ou rien ici."
        yield row.fault("life_years", "durée de vie de ce qui n’est pas renouvelé", expected)
    if row["kind"] == ONE_TIME and not pd.isna(row["last_year"]):
        expected = "Attendu : rien ici ; l’année de la dépense est dans first_year."
        yield row.fault("last_year", "dernière année d’une dépense faite une fois", expected)
    for name in ("first_year", "last_year"):
        if period is not None and not pd.isna(period) and not pd.isna(row[name]):
            if row[name] > period:
                expected = f"Attendu : au plus {period}, compté du début du calcul (0)."
                yield row.fault(name, "année après la fin du calcul", expected)


def _check_proof(row: TypedRow) -> Iterator[Fault]:
    """Emissions have a quantity and a source; an external cost was verified by its source."""
    if not pd.isna(row["carbon_kg"]):
        if pd.isna(row["quantity"]):
            problem = "émissions par unité, sans quantité"
            yield row.fault("quantity", problem, "À remplir : les émissions s’y multiplient.")
        if row["carbon_source"] == "":
            yield row.fault("carbon_source", "émissions sans source", "À remplir : sources.csv.")
    if row["category"] == "externalités" and row["basis"] == "déduit":
        expected = "Attendu : une valeur que la source établit (« écrit »), ou pas de ligne."
        yield row.fault("basis", "externalité dont la valeur n’est pas vérifiée", expected)


def check_breakdowns(loaded: Loaded) -> Iterator[Fault]:
    """The shares of a published breakdown make a whole."""
    rows = [row for row in loaded.rows("cost_breakdowns") if not pd.isna(row["share_pct"])]
    groups: dict[str, list[TypedRow]] = {}
    for row in rows:
        groups.setdefault(row["breakdown"], []).append(row)
    for name, parts in groups.items():
        total = sum(row["share_pct"] for row in parts)
        if abs(total - 100) > _SHARES:
            shown = f"{total:.12g}".replace(".", ",")
            problem = f"les parts de « {name} » font {shown} %"
            yield parts[-1].fault("share_pct", problem, "Attendu : 100 %.")
