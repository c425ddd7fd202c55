"""Rates, published shares and projects of a made-up territory, for the whole-life cost."""

from __future__ import annotations

from typing import Any

from .draft import Draft

SOURCE = "tables-inventees"
SHARES = {"Études": 4, "Travaux": 36, "Entretien": 60}


def declare_rates(draft: Draft) -> None:
    """Two rates, of which one is to be checked, and one breakdown, values of indicators too."""
    cited = {"source": SOURCE, "note": "Inventé pour l’exemple."}
    for id, rate, day, certainty in (
        ("taux-ancien", 4, "2005", "de mémoire"), ("taux-nouveau", 2.5, "2021-10-21", "texte lu"),
    ):  # fmt: skip
        draft.add(
            "discount_rates", id=id, title=f"Taux {id.split('-')[1]}, inventé", rate_pct=rate,
            decided_on=day, producer="Comité inventé", certainty=certainty,
            locator="taux inventé", **cited,
        )  # fmt: skip
    chapter = draft.rows["approach", None][0]["id"]
    for order, (title, share) in enumerate(SHARES.items(), 1):
        indicator = f"part-cout-global-{order}"
        draft.add(
            "indicators", id=indicator, title=f"{title}, part du coût global", unit="pourcent",
            kind="contexte", measure="taux", direction="neutre", chapter=chapter, precision=1,
            definition="Part inventée.", producer="Producteur inventé", asked="jamais",
        )  # fmt: skip
        draft.add(
            "cost_breakdowns", breakdown="exemple", name="Bâtiment inventé", order=order,
            title=title, share_pct=share, indicator=indicator, territory=draft.place,
            period_end=str(draft.years[0] - 1), certainty="source secondaire",
            locator=f"poste {order}", **cited,
        )  # fmt: skip


def tell_projects(draft: Draft, year: int, source: str) -> None:
    """A project with two options that cross, one with a single option, one without any cost."""
    rng = draft.draw("projets", year)
    action = draft.rows["actions", year][0]
    for order, (id, title) in enumerate(
        {"ecole": "École inventée : chaufferie", "halle": "Halle inventée",
         "piscine": "Piscine inventée"}.items(), 1,
    ):  # fmt: skip
        draft.add(
            "projects", year, id=id, order=order, title=title, chapter=action["chapter"],
            action=action["id"], services=[action["services"].split(" | ")[0]],
            area_m2=1200 * order, area_kind="SU", period_years=30, price_year=year,
            taxes="HT" if id == "ecole" else None,
            rate="taux-nouveau", assumptions="Énergie : hypothèse inventée.", source=source,
            locator=draft.locate(),
        )  # fmt: skip
    for project, id, title in (
        ("ecole", "gaz", "Chaudière au gaz"), ("ecole", "reseau", "Réseau de chaleur"),
        ("halle", "bois", "Charpente en bois"), ("piscine", "neuve", "Piscine neuve"),
    ):  # fmt: skip
        order = 2 if id == "reseau" else 1
        draft.add("project_options", year, project=project, id=id, order=order, title=title,
                  note="Option inventée.")  # fmt: skip

    def cost(option: str, category: str, item: str, kind: str, **cells: Any) -> None:
        draft.add(
            "project_costs", year, project="halle" if option == "bois" else "ecole", option=option,
            category=category, item=item, kind=kind, source=source, locator=draft.locate(),
            **cells,
        )  # fmt: skip

    works = 10_000 * rng.randint(18, 22)
    once, yearly, renewed = "une fois", "chaque année", "renouvellement"
    cost("", "études", "Études", once, amount_eur=20_000, note="Inventé.", basis="écrit")
    for option, times, price, kg in (("gaz", 1, 0.12, 0.2), ("reseau", 2, 0.08, 0.05)):
        amount = works * times
        cost(option, "travaux", "Chaufferie", once, amount_eur=amount,
             amount_low_eur=amount - 20_000, amount_high_eur=amount + 60_000)  # fmt: skip
        cost(option, "énergie", "Chaleur", yearly, quantity=150_000, unit="kwh",
             unit_price_eur=price, drift_pct=2, carbon_kg=kg, carbon_source=source)  # fmt: skip
    cost("gaz", "maintenance", "Contrat", yearly, amount_eur=4_000, first_year=1, last_year=20)
    cost("gaz", "renouvellement", "Brûleur", renewed, amount_eur=30_000, life_years=12)
    cost("reseau", "subvention", "Aide inventée", once, amount_eur=50_000, first_year=1)
    cost("reseau", "fin de vie", "Dépose", once, amount_eur=15_000, basis="déduit",
         note="Supposé : comme ailleurs, dans cet exemple.")  # fmt: skip
    cost("bois", "travaux", "Charpente", once, amount_eur=works)
    cost("bois", "nettoyage", "Nettoyage", yearly, amount_eur=3_000)
