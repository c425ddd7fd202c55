"""Kinds of programmes: what an action measures, how it is drawn, said and printed.

A programme declares indicators, formulas, parts and charts once
(the reference tables), then makes up the values of each edition. What it prints (statements) it
computes here, with plain arithmetic: the project's own formulas are set against it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar, NamedTuple

from .draft import Draft
from .words import CONSTANTS, COUNTED, Subject

#: Years before the first edition that a long series goes back.
EARLIER_YEARS = 2
MILLION, THOUSAND = 1_000_000, 1_000


class Figure(NamedTuple):
    """A figure that the made-up source prints: the reference that computes it, its true value."""

    reference: str
    number: float
    unit: str
    step: float


@dataclass(frozen=True)
class Place:
    """What a programme belongs to: an action of a chapter, or a chapter alone."""

    chapter: str
    action: str
    subject: Subject
    service: str
    producer: str


@dataclass
class Edition:
    """An edition while its values are made up: its year, the years that its tables tell of."""

    year: int
    years_told: tuple[int, ...]
    source: str
    is_first: bool
    figures: list[Figure] = field(default_factory=list)


def round_half_up(number: float, step: float) -> float:
    """The multiple of a step nearest to a number, a half going away from zero."""
    count = math.floor(abs(number) / step + 0.5 + 1e-9)
    return round(math.copysign(count * step, number), 10) + 0.0


@dataclass
class Programme:
    """Indicators that one action follows. A kind of programme says how in ``declare``,
    ``observe`` and ``list_figures``."""

    draft: Draft
    place: Place
    rng: Random
    key_indicators: list[str] = field(default_factory=list)
    sentences: list[str] = field(default_factory=list)
    requested: list[str] = field(default_factory=list)
    levels: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    #: Whether its first indicator may be paired with another programme's as not comparable.
    is_plain: ClassVar[bool] = False

    def __post_init__(self) -> None:
        self.unit, self.head = self.rng.choice(COUNTED)
        self.base = self.place.action or self.place.subject.slug

    # --- for the kinds ----------------------------------------------------------------------------

    def declare(self) -> None:
        """Reference tables: indicators, parts, charts; the sentences that cite them."""
        raise NotImplementedError

    def observe(self, edition: Edition) -> None:
        """The values of one edition."""
        raise NotImplementedError

    def list_figures(self, year: int) -> Iterator[Figure]:
        """What the source of an edition prints of this programme."""
        yield from ()

    # --- the catalogue ----------------------------------------------------------------------------

    def title(self, head: str, tail: str = "") -> str:
        """« Logements au titre de l’isolation des bâtiments, communes rurales »."""
        return f"{head} au titre {self.place.subject.of}{tail}"

    def indicate(self, end: str, title: str, unit: str, measure: str = "flux", **cells: Any) -> str:
        """A row of the catalogue; returns its id. ``end`` makes it one of this programme's own."""
        id = f"{self.base}-{end}"
        given = {
            "kind": "résultat" if measure == "taux" else "réalisation",
            "direction": "hausse",
            "precision": 0.1 if unit == "pourcent" else 1,
        } | cells
        self.draft.add(
            "indicators", id=id, title=title, unit=unit, measure=measure,
            chapter=self.place.chapter, action=self.place.action, producer=self.place.producer,
            definition=f"{title} : définition et valeurs inventées pour les tests.", **given,
        )  # fmt: skip
        return id

    def measure(self, end: str, title: str, unit: str, measure: str = "flux", **cells: Any) -> str:
        """An indicator that the action's service is asked for every year."""
        period = "fin N" if measure == "stock" else "N"
        cells |= {"asked": "chaque année", "asked_of": self.place.service, "asked_period": period}
        id = self.indicate(end, title, unit, measure, **cells)
        self.requested.append(id)
        return id

    def split(self, whole: str, breakdown: str, parts: list[str], addition: str) -> None:
        """Rows of parts.csv."""
        for part in parts:
            self.draft.add("parts", whole=whole, breakdown=breakdown, part=part, addition=addition)

    def chart(self, kind: str, finding: Any, **keys: Any) -> None:
        """A chart under the action, else at the head of the chapter."""
        chart = {"id": f"{self.base}-{kind}", "chapter": self.place.chapter}
        if self.place.action:
            chart["action"] = self.place.action
        self.draft.charts.append(chart | {"kind": kind, "finding": finding} | keys)

    # --- values -----------------------------------------------------------------------------------

    def level(self, id: str, low: float, high: float, step: float = 1) -> None:
        """Between what the first value of an indicator lies; the years then move it by little."""
        growth = self.rng.uniform(-0.03, 0.06)
        self.levels[id] = self.rng.uniform(low, high), growth, step

    def at(self, id: str, year: int) -> float:
        """The value of an indicator in a year: the one said already, else one made up."""
        known = self.draft.numbers
        if (id, year) not in known:
            level, growth, step = self.levels[id]
            away = max(-10, min(10, year - self.draft.years[0]))
            noise = self.draft.draw(id, year).uniform(0.97, 1.03)
            count = max(1, round(level * (1 + growth) ** away * noise / step))
            known[id, year] = round(count * step, 10)
        return known[id, year]

    def tell(
        self, edition: Edition, id: str, unit: str, value: float,
        start: str | None, end: str | None, **cells: Any,
    ) -> None:  # fmt: skip
        """A row of observations.csv; ``start`` and ``end`` are ISO days."""
        given = {"qualifier": "exact", "status": "définitif", "basis": "écrit"} | cells
        self.draft.add(
            "observations", edition.year, indicator=id, territory=given.pop("territory", None)
            or self.draft.place, period_start=start, period_end=end, value=value, unit=unit,
            source=edition.source, locator=self.draft.locate(), **given,
        )  # fmt: skip

    def tell_flows(self, edition: Edition, unit: str, *ids: str, years: Iterable[int] = ()) -> None:
        """Flows of whole years; by default for every year that the edition tells of."""
        for year in years or edition.years_told:
            for id in ids:
                value = self.at(id, year)
                self.tell(edition, id, unit, value, f"{year}-01-01", f"{year}-12-31")

    def tell_state(self, edition: Edition, unit: str, id: str, **cells: Any) -> None:
        """A stock on the last day of the edition's year."""
        value = self.at(id, edition.year)
        self.tell(edition, id, unit, value, None, f"{edition.year}-12-31", **cells)

    def pay(self, edition: Edition, id: str, amount: float, year: int, **cells: Any) -> None:
        """A row of budget.csv; ``amount`` in euros."""
        self.draft.numbers[id, year] = amount
        self.draft.add(
            "budget", edition.year, indicator=id, action=self.place.action or None,
            amount_eur=amount, fiscal_year=year, source=edition.source,
            locator=self.draft.locate(), note="Montant inventé.",
            **{"qualifier": "exact", "policy": self.place.subject.name, "basis": "écrit"} | cells,
        )  # fmt: skip

    def aim(self, edition: Edition, kind: str, **cells: Any) -> None:
        """A row of targets.csv."""
        self.draft.add(
            "targets", edition.year, kind=kind, qualifier="exact", source=edition.source,
            locator=self.draft.locate(), note="But inventé.", **cells,
        )  # fmt: skip


def _share(part: float, whole: float) -> float:
    return 100 * part / whole


class FollowedFlow(Programme):
    """A flow, its growth, what it makes by commune; drawn before and after."""

    is_plain: ClassVar[bool] = True

    def declare(self) -> None:
        self.flow = self.measure("annuel", self.title(self.head), self.unit)
        self.level(self.flow, 120, 9_000)
        mean = f"{self.unit}-par-commune"
        title = self.title(self.head, ", moyenne par commune")
        formula = f"{{{self.flow}}} / {{communes-membres}}"
        self.mean = self.indicate(
            "par-commune", title, mean, "taux", formula=formula, precision=0.1
        )
        title = self.title(self.head, ", évolution")
        self.growth = self.indicate(
            "evolution", title, "pourcent", "taux", formula=f"{{{self.flow}:evolution}}"
        )
        self.key_indicators = [self.flow]
        self.sentences = [
            f"Le service compte {{{{{self.flow}}}}} {{{{{self.flow}|periode}}}}, contre"
            f" {{{{{self.flow}:precedent|nombre}}}} {{{{{self.flow}:precedent|periode}}}}, soit"
            f" {{{{{self.flow}:evolution}}}}.",
            f"Cela fait en moyenne {{{{{self.mean}}}}}.",
        ]
        self.chart(
            "periodes",
            f"{{{{{self.flow}}}}}, {{{{{self.flow}:evolution}}}} par rapport à l’année précédente",
            items=[{"indicator": self.flow, "label": self.head}],
        )  # fmt: skip

    def observe(self, edition: Edition) -> None:
        self.tell_flows(edition, self.unit, self.flow)

    def list_figures(self, year: int) -> Iterator[Figure]:
        now, before = self.at(self.flow, year), self.at(self.flow, year - 1)
        yield Figure(f"{self.flow}:evolution", 100 * (now - before) / before, "pourcent", 0.1)
        communes = self.draft.numbers["communes-membres", year]
        yield Figure(self.mean, now / communes, f"{self.unit}-par-commune", 0.1)


class Series(Programme):
    """A flow known for several years: its evolution is drawn without being asked for."""

    is_plain: ClassVar[bool] = True

    def declare(self) -> None:
        self.flow = self.measure("serie", self.title(self.head), self.unit)
        self.level(self.flow, 300, 20_000)
        self.key_indicators = [self.flow]
        self.sentences = [
            f"Suivi depuis plusieurs années : {{{{{self.flow}|complet}}}}, après"
            f" {{{{{self.flow}:N-1|nombre}}}} l’année précédente."
        ]

    def observe(self, edition: Edition) -> None:
        if edition.is_first:
            for back in range(EARLIER_YEARS, 1, -1):
                year = edition.year - back
                days = f"{year}-01-01", f"{year}-12-31"
                self.tell(edition, self.flow, self.unit, self.at(self.flow, year), *days)
        self.tell_flows(edition, self.unit, self.flow)

    def list_figures(self, year: int) -> Iterator[Figure]:
        now, before = self.at(self.flow, year), self.at(self.flow, year - 1)
        yield Figure(f"{self.flow}:evolution", 100 * (now - before) / before, "pourcent", 1)


class Target(Programme):
    """A flow added up since a programme's start, on its way to a dated target."""

    def declare(self) -> None:
        first = self.draft.years[0]
        self.start, self.due = first - self.rng.randint(2, 4), first + self.rng.randint(9, 12)
        self.pace = 10 * self.rng.randint(8, 600)
        self.goal = 20 * self.pace
        self.sum = self.measure("cumul", self.title(self.head, " (cumul)"), self.unit)
        title = self.title(self.head, ", reste à faire")
        formula = f"max(0, {{{self.sum}:cible}} - {{{self.sum}}})"
        self.left = self.indicate(
            "reste", title, self.unit, "stock", formula=formula, direction="baisse"
        )
        title = self.title(self.head, ", part de l’objectif atteinte")
        formula = f"100 * {{{self.sum}}} / {{{self.sum}:cible}}"
        self.share = self.indicate("atteinte", title, "pourcent", "taux", formula=formula)
        self.key_indicators = [self.share]
        self.sentences = [
            f"Depuis le début du programme, le total atteint {{{{{self.sum}}}}}, pour un objectif"
            f" de {{{{{self.sum}:cible|nombre}}}}, soit {{{{{self.share}}}}}.",
        ]
        self.chart(
            "objectif",
            f"{{{{{self.share}}}}} de l’objectif est atteint, il reste {{{{{self.left}}}}}",
            indicator=self.sum,
        )  # fmt: skip

    def at(self, id: str, year: int) -> float:
        done = self.pace * (year - self.start + 1) * self.draft.draw(id).uniform(0.7, 1.1)
        return float(min(self.goal, 10 * round(done / 10)))

    def observe(self, edition: Edition) -> None:
        days = f"{self.start}-01-01", f"{edition.year}-12-31"
        value = self.at(self.sum, edition.year)
        self.tell(edition, self.sum, self.unit, value, *days, note="Cumul inventé.")
        if not self.due % 2:
            self.aim(edition, "objectif", indicator=self.sum, value=self.goal, duration_years=10)
            return
        told = {
            "owner": self.place.service, "perimeter": edition.year, "lag_months": 3,
            "resolution": self.goal / 2 if self.pace % 30 == 0 else 1, "baseline": 0,
            "baseline_date": f"{self.start}-01-01", "baseline_source": edition.source,
            "baseline_locator": self.draft.locate(),
        }  # fmt: skip
        step = {"value": self.pace, "date": f"{edition.year - 1}-12-31"}
        self.aim(edition, "objectif", indicator=self.sum, **step)
        end = {"value": self.goal, "date": f"{self.due}-12-31"}
        self.aim(edition, "objectif", indicator=self.sum, **end, **told)

    def list_figures(self, year: int) -> Iterator[Figure]:
        done = self.at(self.sum, year)
        yield Figure(self.share, _share(done, self.goal), "pourcent", 1)
        yield Figure(self.left, self.goal - done, self.unit, 1)


class Communes(Programme):
    """Communes that take part in two ways, of all the members."""

    def declare(self) -> None:
        self.shares: dict[str, str] = {}
        for end, words in (("engagees", "Communes engagées"), ("equipees", "Communes équipées")):
            title = self.title(words)
            id = self.measure(end, title, "commune", "stock", minimum=0)
            formula = f"100 * {{{id}}} / {{communes-membres}}"
            self.shares[id] = self.indicate(
                f"part-{end}", f"{title}, part des membres", "pourcent", "taux", formula=formula
            )
        self.split("communes-membres", "par-demarche", list(self.shares), "aucune")
        first, second = self.shares
        self.key_indicators = [first]
        self.sentences = [
            f"{{{{{first}}}}} sont engagées, soit {{{{{self.shares[first]}}}}} des membres ;"
            f" {{{{{second}}}}} sont équipées."
        ]
        self.chart(
            "part-du-tout", f"{{{{{first}}}}} engagées, {{{{{second}|nombre}}}} équipées",
            items=[{"indicator": first, "label": "Engagées"},
                   {"indicator": second, "label": "Équipées"}],
            whole={"indicator": "communes-membres", "label": "Communes membres"},
        )  # fmt: skip

    def at(self, id: str, year: int) -> float:
        members = self.draft.numbers["communes-membres", year]
        return float(max(1, int(members * self.draft.draw(id).uniform(0.2, 0.95))))

    def observe(self, edition: Edition) -> None:
        for id in self.shares:
            self.tell_state(edition, "commune", id, qualifier=self.rng_word(id))

    def rng_word(self, id: str) -> str:
        """« exact » or « environ », once for all years."""
        return self.draft.draw(id, "mot").choice(("exact", "exact", "environ"))

    def list_figures(self, year: int) -> Iterator[Figure]:
        members = self.draft.numbers["communes-membres", year]
        for id, share in self.shares.items():
            yield Figure(share, _share(self.at(id, year), members), "pourcent", 1)


class Funding(Programme):
    """A cost and what two payers bring; the rest is computed."""

    def declare(self) -> None:
        self.span = self.rng.choice((1, 3))
        money = {"kind": "moyens", "direction": "neutre", "precision": 1000}
        self.cost = self.indicate("cout", self.title("Coût"), "eur", **money)
        self.parts = {
            payer: self.indicate(payer, self.title("Aide", f", part de {words}"), "eur", **money)
            for payer, words in (("etat", "l’État"), ("region", "la Région inventée"))
        }
        etat, region = self.parts.values()
        formula = f"{{{self.cost}}} - {{{etat}}} - {{{region}}}"
        self.left = self.indicate(
            "solde",
            self.title("Reste à financer"),
            "eur",
            formula=formula,
            estimate="oui",
            **money,
        )
        formula = f"100 * {{{etat}}} / {{{self.cost}}}"
        self.share = self.indicate(
            "taux-aide", self.title("Taux d’aide de l’État"), "pourcent", "taux", formula=formula
        )
        self.split(self.cost, "par-financeur", [etat, region], "au plus")
        self.key_indicators = [self.cost]
        self.sentences = [
            f"Le coût prévu est de {{{{{self.cost}|complet}}}} ; l’État en apporte"
            f" {{{{{self.share}}}}} et il reste {{{{{self.left}}}}} à financer."
        ]
        self.chart(
            "composition", f"L’État apporte {{{{{self.share}}}}} du coût",
            items=[{"indicator": etat, "label": "État", "detail": self.share},
                   {"indicator": region, "label": "Région inventée"}],
            remainder={"indicator": self.left, "label": "Reste à financer"},
            whole={"indicator": self.cost, "label": "Coût prévu"},
        )  # fmt: skip

    def observe(self, edition: Edition) -> None:
        rng = self.draft.draw(self.cost, edition.year)
        cost = THOUSAND * rng.randint(40, 2_500)
        last = edition.year + self.span - 1
        self.amounts = {self.cost: cost}
        for id, low, high in zip(self.parts.values(), (0.2, 0.1), (0.5, 0.3), strict=True):
            self.amounts[id] = max(THOUSAND, THOUSAND * int(cost * rng.uniform(low, high) / 1000))
        payers = dict(zip(self.amounts, ("ensemble", *self.parts), strict=True))
        for id, amount in self.amounts.items():
            self.pay(
                edition, id, amount, edition.year, payer=payers[id], stage="prévu",
                nature="coût" if id == self.cost else "subvention",
                fiscal_year_end=last if self.span > 1 else None,
            )  # fmt: skip

    def list_figures(self, year: int) -> Iterator[Figure]:
        cost, etat, region = (self.draft.numbers[id, year] for id in self.amounts)
        yield Figure(self.share, _share(etat, cost), "pourcent", 0.1)
        yield Figure(self.left, cost - etat - region, "eur", 1000)


class Composition(Programme):
    """Parts that make up a whole."""

    ENDS: ClassVar = (("villes", "villes"), ("bourgs", "bourgs"), ("villages", "villages"))

    def declare(self) -> None:
        self.parts = []
        for end, words in self.ENDS:
            id = self.measure(end, self.title(self.head, f", {words}"), self.unit)
            self.level(id, 150, 4_000)
            self.parts.append(id)
        self.whole = self.measure("ensemble", self.title(self.head, ", ensemble"), self.unit)
        title = self.title(self.head, f", part des {self.ENDS[0][1]}")
        formula = f"100 * {{{self.parts[0]}}} / {{{self.whole}}}"
        self.share = self.indicate("part", title, "pourcent", "taux", formula=formula)
        self.split(self.whole, "par-lieu", self.parts, "égale")
        self.key_indicators = [self.whole]
        self.sentences = [
            f"Sur {{{{{self.whole}}}}} {{{{{self.whole}|periode}}}}, la part des villes est de"
            f" {{{{{self.share}}}}}."
        ]
        items = [
            {"indicator": id, "label": end[1].capitalize()}
            for id, end in zip(self.parts, self.ENDS, strict=True)
        ]
        items[0]["detail"] = self.share
        self.chart(
            "composition", f"Les villes comptent pour {{{{{self.share}}}}} de l’ensemble",
            items=items, whole={"indicator": self.whole, "label": "Ensemble"},
        )  # fmt: skip

    def at(self, id: str, year: int) -> float:
        if id == self.whole:
            return sum(self.at(part, year) for part in self.parts)
        return super().at(id, year)

    def observe(self, edition: Edition) -> None:
        self.tell_flows(edition, self.unit, *self.parts, self.whole, years=[edition.year])

    def list_figures(self, year: int) -> Iterator[Figure]:
        share = _share(self.at(self.parts[0], year), self.at(self.whole, year))
        yield Figure(self.share, share, "pourcent", 0.1)


class Ranking(Programme):
    """Three flows set side by side."""

    is_plain: ClassVar[bool] = True
    ENDS: ClassVar = (("nord", "au nord"), ("centre", "au centre"), ("sud", "au sud"))

    def declare(self) -> None:
        self.flows = []
        for end, words in self.ENDS:
            id = self.measure(end, self.title(self.head, f", {words}"), self.unit)
            self.level(id, 110, 2_500)
            self.flows.append(id)
        self.flow = self.flows[0]
        formula = f"{{{self.flow}}} / {{communes-membres}}"
        title = self.title(self.head, ", au nord, moyenne par commune")
        self.mean = self.indicate(
            "nord-par-commune", title, f"{self.unit}-par-commune", "taux",
            formula=formula, precision=0.1,
        )  # fmt: skip
        self.key_indicators = [self.flow]
        self.sentences = [
            f"Le nord compte {{{{{self.flow}}}}}, le sud {{{{{self.flows[2]}|nombre}}}}"
            f" {{{{{self.flow}|periode}}}}."
        ]
        self.chart(
            "classement", f"{{{{{self.flow}}}}} au nord, {{{{{self.flows[1]}|nombre}}}} au centre",
            unit=f"{self.head}, [periode]",
            items=[{"indicator": id, "label": end[1].capitalize()}
                   for id, end in zip(self.flows, self.ENDS, strict=True)],
        )  # fmt: skip

    def observe(self, edition: Edition) -> None:
        self.tell_flows(edition, self.unit, *self.flows, years=[edition.year])

    def list_figures(self, year: int) -> Iterator[Figure]:
        mean = self.at(self.flow, year) / self.draft.numbers["communes-membres", year]
        yield Figure(self.mean, mean, f"{self.unit}-par-commune", 0.1)


class Threshold(Programme):
    """A number of people against the minimum that a made-up rule asks for."""

    RATE: ClassVar = 7

    def declare(self) -> None:
        self.staff = self.measure("effectif", self.title("Agents"), "agent", "stock", kind="moyens")
        self.level(self.staff, 160, 480)
        self.rate = self.indicate(
            "taux-regle", self.title("Part d’agents formés demandée"), "pourcent", "taux",
            kind="contexte", minimum=0, maximum=100,
        )  # fmt: skip
        self.trained = self.measure("formes", self.title("Agents formés"), "agent", "stock")
        formula = f"floor({{{self.rate}}} / 100 * {{{self.staff}}})"
        self.least = self.indicate(
            "minimum", self.title("Agents formés : minimum"), "agent", "stock", formula=formula
        )
        formula = f"max(0, {{{self.least}}} - {{{self.trained}}})"
        self.lacking = self.indicate(
            "manquants", self.title("Agents formés manquants"), "agent", "stock",
            formula=formula, direction="baisse",
        )  # fmt: skip
        formula = f"100 * {{{self.trained}}} / {{{self.staff}}}"
        self.share = self.indicate(
            "part-formes", self.title("Part d’agents formés"), "pourcent", "taux", formula=formula
        )
        self.split(self.staff, "par-situation", [self.trained], "aucune")
        self.key_indicators = [self.trained]
        self.sentences = [
            f"Parmi {{{{{self.staff}}}}}, {{{{{self.trained}|nombre}}}} sont formés"
            f" ({{{{{self.share}}}}}) ; la règle inventée en demande {{{{{self.least}|nombre}}}}."
        ]
        self.chart(
            "part-du-tout",
            f"{{{{{self.trained}}}}} sont formés, pour {{{{{self.least}|nombre}}}} demandés",
            items=[{"indicator": self.trained, "label": "Agents formés"}],
            whole={"indicator": self.staff, "label": "Agents"},
        )  # fmt: skip

    def find_least(self, year: int) -> int:
        """The minimum that the rule gives, rounded down."""
        return int(self.RATE * self.at(self.staff, year)) // 100

    def at(self, id: str, year: int) -> float:
        if id == self.trained:
            return float(self.find_least(year) - self.draft.draw(id, year).randint(1, 6))
        return super().at(id, year)

    def observe(self, edition: Edition) -> None:
        if edition.is_first:
            note = "Règle inventée, sans date."
            self.tell(edition, self.rate, "pourcent", self.RATE, None, None, note=note)
        for id in (self.staff, self.trained):
            self.tell_state(edition, "agent", id)
        duty = "obligation légale"
        name = "Emploi de personnes formées"
        self.aim(edition, duty, indicator=self.trained, value_of=self.least, title=name)
        self.aim(edition, duty, indicator=self.share, value=self.RATE, counted=self.trained)

    def list_figures(self, year: int) -> Iterator[Figure]:
        share = _share(self.at(self.trained, year), self.at(self.staff, year))
        yield Figure(self.share, share, "pourcent", 0.1)
        yield Figure(self.least, self.find_least(year), "agent", 1)


class Comparison(Programme):
    """A rate here and in the made-up country."""

    UNIT: ClassVar = "eur-par-habitant"

    def declare(self) -> None:
        money = {"kind": "contexte", "direction": "neutre", "precision": 0.1}
        self.mean = self.measure("soutien", self.title("Soutien"), self.UNIT, "taux", **money)
        self.level(self.mean, 12, 90, 0.5)
        there = f"{self.mean}@pays-invente"
        self.gap = self.indicate(
            "ecart", self.title("Soutien, écart au pays"), self.UNIT, "taux",
            formula=f"{{{self.mean}}} - {{{there}}}", **money,
        )  # fmt: skip
        self.relative = self.indicate(
            "ecart-relatif", self.title("Soutien, écart relatif au pays"), "pourcent", "taux",
            formula=f"100 * ({{{self.mean}}} - {{{there}}}) / {{{there}}}",
            minimum=-100, maximum=1000, direction="neutre",
        )  # fmt: skip
        self.key_indicators = [self.mean]
        self.sentences = [
            f"Le soutien est de {{{{{self.mean}}}}} ici, de {{{{{there}}}}} dans le pays inventé."
        ]
        self.chart(
            "classement", f"Le soutien s’écarte de {{{{{self.gap}}}}} de la moyenne du pays",
            items=[{"indicator": self.mean, "label": "Territoire inventé"},
                   {"indicator": there, "label": "Pays inventé"}],
        )  # fmt: skip

    def find_reference(self, year: int) -> float:
        """The mean of the country: not far from the territory's."""
        ratio = self.draft.draw(self.mean, "pays", year).uniform(0.7, 0.95)
        return max(0.5, round_half_up(self.at(self.mean, year) * ratio, 0.5))

    def observe(self, edition: Edition) -> None:
        days = f"{edition.year}-01-01", f"{edition.year}-12-31"
        self.tell(edition, self.mean, self.UNIT, self.at(self.mean, edition.year), *days)
        self.tell(
            edition, self.mean, self.UNIT, self.find_reference(edition.year), *days,
            territory="pays-invente", qualifier="environ",
        )  # fmt: skip

    def list_figures(self, year: int) -> Iterator[Figure]:
        here, there = self.at(self.mean, year), self.find_reference(year)
        yield Figure(self.gap, here - there, self.UNIT, 0.1)
        yield Figure(self.relative, 100 * (here - there) / there, "pourcent", 1)


class Years(Programme):
    """A part and its whole for the same years, on one scale."""

    def declare(self) -> None:
        self.whole = self.measure("tous", self.title("Marchés"), "marche")
        self.level(self.whole, 120, 400)
        self.part = self.measure("clauses", self.title("Marchés avec clause"), "marche")
        formula = f"100 * {{{self.part}}} / {{{self.whole}}}"
        title = self.title("Marchés avec clause, part")
        self.share = self.indicate("part-clauses", title, "pourcent", "taux", formula=formula)
        self.split(self.whole, "par-clause", [self.part], "au plus")
        self.key_indicators = [self.share]
        self.sentences = [
            f"{{{{{self.part}}}}} ont une clause {{{{{self.part}|periode}}}}, soit"
            f" {{{{{self.share}}}}}, après {{{{{self.part}:precedent|nombre}}}} l’année d’avant."
        ]
        self.chart(
            "part-du-tout", f"{{{{{self.part}|nombre}}}} marchés ont une clause,"
            f" {{{{{self.part}:N-1|nombre}}}} l’année d’avant",
            items=[{"indicator": self.part, "label": "Avec une clause"}],
            whole={"indicator": self.whole, "label": "Tous les marchés"},
        )  # fmt: skip

    def at(self, id: str, year: int) -> float:
        if id == self.part:
            share = self.draft.draw(id, year).uniform(0.1, 0.6)
            return float(max(1, round(self.at(self.whole, year) * share)))
        return super().at(id, year)

    def observe(self, edition: Edition) -> None:
        self.tell_flows(edition, "marche", self.part, self.whole)

    def list_figures(self, year: int) -> Iterator[Figure]:
        share = _share(self.at(self.part, year), self.at(self.whole, year))
        yield Figure(self.share, share, "pourcent", 0.1)


class Unfinished(Programme):
    """A flow whose last year is told to the end of October: it has no growth, only a pace."""

    MONTHS: ClassVar = 10

    def declare(self) -> None:
        self.flow = self.measure("provisoire", self.title(self.head), self.unit)
        self.level(self.flow, 500, 30_000, 10)
        formula = f"{{{self.flow}:par-mois}}"
        title = self.title(self.head, ", moyenne par mois")
        self.pace = self.indicate("par-mois", title, self.unit, "taux", formula=formula)
        self.key_indicators = [self.flow]
        self.sentences = [
            f"{{{{{self.flow}|complet}}}} : {{{{{self.pace}|nombre}}}} par mois en moyenne."
        ]
        self.chart(
            "periodes", f"{{{{{self.flow}}}}} {{{{{self.flow}|periode}}}}",
            items=[{"indicator": self.flow, "label": self.head}],
        )  # fmt: skip

    def find_partial(self, year: int) -> float:
        """What was counted by the end of October."""
        return max(10.0, 10.0 * int(self.at(self.flow, year) * self.MONTHS / 120))

    def observe(self, edition: Edition) -> None:
        before = edition.year - 1  # whole by now, whether or not an edition told its ten months
        days = f"{before}-01-01", f"{before}-12-31"
        self.tell(edition, self.flow, self.unit, self.at(self.flow, before), *days)
        days = f"{edition.year}-01-01", f"{edition.year}-{self.MONTHS}-31"
        self.tell(
            edition, self.flow, self.unit, self.find_partial(edition.year), *days,
            status="provisoire", note="Arrêté à la fin d’octobre.",
        )  # fmt: skip

    def list_figures(self, year: int) -> Iterator[Figure]:
        yield Figure(self.pace, self.find_partial(year) / self.MONTHS, self.unit, 1)


class Facts(Programme):
    """What is said once, in passing: numbers without date, a duration, a mean by commune."""

    def declare(self) -> None:
        self.constants: dict[str, str] = {}
        for unit, head in self.rng.sample(COUNTED, self.rng.randint(2, 4)):
            title = self.title(head, ", donnée citée")
            id = self.indicate(f"fait-{unit}", title, unit, "stock")
            self.level(id, 3, 95)
            self.constants[id] = unit
        cited, unit = next(iter(self.constants.items()))
        title = self.title("Moyenne citée par commune")
        self.mean = self.indicate(
            "fait-moyenne", title, f"{unit}-par-commune", "taux", precision=0.1,
            formula=f"{{{cited}}} / {{communes-membres}}",
        )  # fmt: skip
        unit, head = self.rng.choice(CONSTANTS)
        duration = self.indicate(
            "fait-duree", self.title(head), unit, "taux", kind="contexte", direction="neutre"
        )
        self.level(duration, 2, 36)
        self.constants[duration] = unit
        self.sentences = [
            f"Repères donnés une fois pour toutes : {{{{{cited}}}}}, {{{{{duration}}}}}."
        ]

    def observe(self, edition: Edition) -> None:
        if not edition.is_first:
            return
        for id, unit in self.constants.items():
            value = self.at(id, edition.year)
            self.tell(edition, id, unit, value, None, None, note="Sans date.")


#: Every kind of programme; the first actions of a territory have one of each.
KINDS: tuple[type[Programme], ...] = (
    FollowedFlow, Series, Target, Communes, Funding, Composition, Ranking, Threshold, Comparison,
    Years, Unfinished, Facts,
)  # fmt: skip
