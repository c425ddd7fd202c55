"""The made-up accounts of a territory: what was spent last year, what is voted for this one.

Every case of the cross-tables is there: a policy that serves one finality, several or all, lines
assigned to none, each rating on some axis, cells that nobody filled, orders, receipts, an annex
budget.
"""

from __future__ import annotations

from .draft import Draft
from .programmes import Edition

LAST, VOTED = "compte financier unique", "budget primitif"
WASTE = "budget annexe déchets"
#: Of a line: section, flow, movement, account, function, label, mean amount.
LINES = (
    ("fonctionnement", "dépense", "réel", "611", "020", "Contrats de prestations", 900_000),
    ("fonctionnement", "dépense", "réel", "64111", "020", "Personnel titulaire", 4_000_000),
    ("fonctionnement", "dépense", "réel", "65738", "60", "Subventions aux organismes", 700_000),
    ("fonctionnement", "dépense", "réel", "66111", "01", "Intérêts des emprunts", 300_000),
    ("fonctionnement", "dépense", "ordre", "6811", "01", "Dotations aux amortissements", 800_000),
    ("fonctionnement", "recette", "réel", "73111", "01", "Impôts directs", 6_000_000),
    ("fonctionnement", "recette", "réel", "741124", "01", "Dotation d’intercommunalité", 2_000_000),
    ("investissement", "dépense", "réel", "1641", "01", "Remboursement des emprunts", 1_100_000),
    ("investissement", "dépense", "réel", "2031", "70", "Études du réseau de chaleur", 90_000),
    ("investissement", "dépense", "réel", "21318", "30", "Toiture de la piscine", 650_000),
    ("investissement", "dépense", "réel", "2151", "84", "Voirie des zones d’activité", 1_400_000),
    ("investissement", "dépense", "réel", "2152", "84", "Pistes cyclables", 480_000),
    ("investissement", "dépense", "réel", "2128", "76", "Plantation de haies", 120_000),
    ("investissement", "dépense", "réel", "21828", "84", "Véhicules de service", 210_000),
    ("investissement", "dépense", "réel", "2183", "020", "Matériel informatique", 160_000),
    ("investissement", "dépense", "réel", "2041412", "55", "Fonds de concours", 900_000),
    ("investissement", "dépense", "ordre", "2111", "01", "Opérations patrimoniales", 75_000),
    ("investissement", "recette", "réel", "13111", "01", "Subventions reçues", 500_000),
    ("investissement", "recette", "réel", "10222", "01", "Fonds de compensation", 450_000),
)
#: The last line of each is the one that nobody assigned, or looked at.
OWN = ("climat", "transversal", "cohesion", "", "biodiversite", "epanouissement")
#: Ratings on the axes by label, « · » where nobody looked.
RATINGS = {
    "Remboursement des emprunts": ("hors champ",) * 6,
    "Études du réseau de chaleur": ("favorable", "neutre", "·", "·", "neutre", "neutre"),
    "Toiture de la piscine": ("favorable", "·", "·", "·", "·", "neutre"),
    "Voirie des zones d’activité": ("défavorable", "·", "·", "·", "·", "défavorable"),
    "Pistes cyclables": ("favorable", "·", "·", "·", "favorable", "mixte"),
    "Plantation de haies": ("favorable", "favorable", "·", "·", "·", "favorable"),
    "Véhicules de service": ("défavorable", "·", "·", "·", "non coté", "neutre"),
    "Matériel informatique": ("neutre", "·", "·", "non coté", "·", "non coté"),
}


def tell_accounts(draft: Draft, edition: Edition, judgement: str) -> None:
    """Accounts of the year before, the budget of the year, an annex budget."""
    for budget, year, stage in (
        ("", edition.year - 1, LAST), ("", edition.year, VOTED), (WASTE, edition.year - 1, LAST),
    ):  # fmt: skip
        rng = draft.draw("comptes", budget, year, stage)
        for rank, (section, flow, movement, account, function, label, mean) in enumerate(LINES):
            if budget and rank % 3:
                continue
            spent = (flow, movement) == ("dépense", "réel")
            known = draft.find_codes("policies.id") or ["administration", "mobilités", "habitat"]
            told = spent and stage == LAST
            ratings = RATINGS.get(label, ()) if told and not budget else ()
            draft.add(
                "accounts", edition.year, budget=budget, fiscal_year=year, stage=stage,
                budget_section=section, flow=flow, movement=movement, account=account,
                function=function, label=label, operation=f"Opération {rank}" if rank > 8 else "",
                amount_eur=10 * int(mean * rng.uniform(0.7, 1.3) / 10),
                policy=known[rank % len(known)] if spent and rank % 5 else "",
                finality=OWN[rank % len(OWN)] if told else "",
                reason="Cotation inventée, d’après l’intitulé." if ratings else "",
                rated_by="Service inventé des finances" if told else "",
                rating_source=judgement if told else "",
                source=edition.source, locator=draft.locate(),
                **{f"axis_{n}": r for n, r in enumerate(ratings, 1) if r != "·"},
            )  # fmt: skip
