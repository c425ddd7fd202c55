"""What a made-up territory spends, by policy and by nature, and by inhabitant."""

from __future__ import annotations

from collections.abc import Iterator

from .programmes import MILLION, Edition, Figure, Programme

STEP = 10_000


class Spending(Programme):
    """The spending of a year: one policy for each finality, operation and investment."""

    def declare(self) -> None:
        money = {"kind": "moyens", "direction": "neutre", "precision": STEP}
        self.base = "depenses"
        self.total = self.indicate("totales", "Dépenses des politiques", "eur", **money)
        finalities = self.draft.rows["finalities", None]
        self.policies: dict[str, str] = {}
        self.shares: dict[str, str] = {}
        self.heads: dict[str, str] = {}
        for row in finalities:
            title = f"Dépenses, {row['short_title'].lower()}"
            id = self.indicate(row["id"], title, "eur", **money)
            self.policies[id] = row["short_title"]
            self.shares[id] = self.indicate(
                f"part-{row['id']}", f"{title}, part du total", "pourcent", "taux",
                formula=f"100 * {{{id}}} / {{{self.total}}}",
            )  # fmt: skip
            self.heads[id] = self.indicate(
                f"habitant-{row['id']}", f"{title}, par habitant", "eur-par-habitant", "taux",
                formula=f"{{{id}}} / {{population-municipale:en-vigueur}}", kind="moyens",
                precision=0.1,
            )  # fmt: skip
        terms = "".join(f" - {{{id}}}" for id in self.policies)
        self.rest = self.indicate(
            "non-detaillees", "Dépenses non détaillées", "eur",
            formula=f"{{{self.total}}}{terms}", **money,
        )  # fmt: skip
        self.natures = {
            self.indicate(nature, f"Dépenses, {words}", "eur", **money): words
            for nature, words in (("fonctionnement", "fonctionnement"),
                                  ("investissement", "investissement"))
        }  # fmt: skip
        self.operation, self.investment = self.natures
        self.operation_share = self.indicate(
            "part-fonctionnement", "Dépenses de fonctionnement, part du total", "pourcent", "taux",
            formula=f"100 * {{{self.operation}}} / {{{self.total}}}",
        )  # fmt: skip
        self.split(self.total, "par-politique", list(self.policies), "au plus")
        self.split(self.total, "par-nature", list(self.natures), "égale")
        self.key_indicators = [self.total]
        largest = next(iter(self.policies))
        self.sentences = [
            f"Les politiques ont coûté {{{{{self.total}|complet}}}}, dont"
            f" {{{{{self.operation_share}}}}} pour le fonctionnement ; la première d’entre elles"
            f" reçoit {{{{{self.shares[largest]}}}}} du total.",
        ]
        self._declare_charts(largest)

    def _declare_charts(self, largest: str) -> None:
        self.chart(
            "classement", f"La première politique reçoit {{{{{self.shares[largest]}}}}} du total",
            items=[{"indicator": id, "label": label, "detail": self.shares[id]}
                   for id, label in self.policies.items()],
            remainder={"indicator": self.rest, "label": "Non détaillé"},
            total={"indicator": self.total, "label": "Ensemble des politiques"},
        )  # fmt: skip
        self.base = "depenses-habitant"
        self.chart(
            "classement", f"La première politique coûte {{{{{self.heads[largest]}}}}}",
            items=[{"indicator": self.heads[id], "label": label}
                   for id, label in self.policies.items()],
        )  # fmt: skip
        self.base = "depenses"
        self.chart(
            "composition", f"Le fonctionnement prend {{{{{self.operation_share}}}}} des dépenses",
            items=[{"indicator": self.operation, "label": "Fonctionnement",
                    "detail": self.operation_share},
                   {"indicator": self.investment, "label": "Investissement"}],
            whole={"indicator": self.total, "label": "Ensemble des politiques"},
        )  # fmt: skip

    def observe(self, edition: Edition) -> None:
        for year in edition.years_told:
            rng = self.draft.draw("depenses", year)
            total = STEP * rng.randint(30 * MILLION // STEP, 90 * MILLION // STEP)
            weights = [rng.uniform(1, 3) for _ in self.policies]
            detailed = rng.uniform(0.7, 0.9) / sum(weights)
            operation = STEP * int(total * rng.uniform(0.55, 0.75) / STEP)
            amounts = {self.total: total}
            for id, weight in zip(self.policies, weights, strict=True):
                amounts[id] = STEP * int(total * weight * detailed / STEP)
            amounts |= {self.operation: operation, self.investment: total - operation}
            for id, amount in amounts.items():
                nature = self.natures.get(id, "crédits de paiement")
                self.pay(
                    edition, id, amount, year, nature=nature, stage="réalisé",
                    payer=self.draft.place, policy=self.policies.get(id, "toutes"),
                )  # fmt: skip

    def list_figures(self, year: int) -> Iterator[Figure]:
        total = self.draft.numbers[self.total, year]
        people = self.draft.numbers["population-municipale:en-vigueur", year]
        for id in self.policies:
            amount = self.draft.numbers[id, year]
            yield Figure(self.shares[id], 100 * amount / total, "pourcent", 0.1)
            yield Figure(self.heads[id], amount / people, "eur-par-habitant", 0.1)
