"""The reference tables of a made-up territory: what its editions share.

What is the
law's or the United Nations', and no territory's (finalities, elements of approach, sections, SDGs,
units), is taken from the project's own ``data/raw/reference``; the rest is made up.
"""

from __future__ import annotations

import csv
import itertools
import json
import math
from dataclasses import dataclass, field
from functools import cache
from random import Random

from analysis.base.paths import PROJECT

from .draft import Draft
from .law import declare_law
from .programmes import KINDS, Communes, Facts, FollowedFlow, Place, Programme
from .projects import declare_rates
from .spending import Spending
from .words import (
    ACRONYM_HEADS,
    ACRONYM_TAILS,
    COMMUNE_HEADS,
    COMMUNE_TAILS,
    COUNTED,
    OTHER_SUBJECTS,
    SERVICE_KINDS,
    SUBJECTS,
    THEMES,
    VERBS,
    Subject,
)

#: Tables of data/raw/reference that any territory has.
SHARED = (
    *("finalities", "finality_wordings", "legal", "approach", "elements", "sections", "sdgs"),
    *("units", "budget_axes"),
)
#: How many actions a chapter has at full size, largest first; who has most is left to chance.
FINALITY_ACTIONS, APPROACH_ACTIONS = (14, 11, 11, 9, 8), (6, 6, 4)
COMMUNES, SERVICES, GLOSSARY, KEY_FIGURES = 47, 36, 43, 7
#: Share of the measured actions of which other numbers are said in passing.
WITH_FACTS = 0.6
#: Vintages of the population before the first edition.
VINTAGES_BEFORE = 6
#: Outlines are squares of this many degrees, in the middle of an ocean.
SIDE, WEST, SOUTH = 0.04, -20.0, 45.0
INTERNAL = "interne"


@dataclass(frozen=True)
class Action:
    """An action: what its row holds in every edition."""

    id: str
    chapter: str
    section: str
    title: str
    subject: Subject
    service: str
    programme: Programme | None = None


@dataclass
class Plan:
    """What the editions are made from: actions and programmes in the order of the chapters."""

    actions: list[Action] = field(default_factory=list)
    programmes: list[Programme] = field(default_factory=list)

    def of_chapter(self, chapter: str) -> list[Programme]:
        """The programmes of a chapter."""
        return [one for one in self.programmes if one.place.chapter == chapter]


@cache
def read_shared(name: str) -> list[dict[str, str]]:
    """Rows of a reference table of the project that is no territory's own."""
    path = PROJECT / "data" / "raw" / "reference" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def declare_territory(draft: Draft) -> Plan:
    """Fill the reference tables; returns what the editions follow."""
    _declare_sources(draft)
    _declare_identity(draft)
    for name in SHARED:
        for row in read_shared(name):
            own = {"source": "tables-inventees"} if name == "budget_axes" else {}
            draft.add(name, **row | own)
    declare_law(draft, f"{draft.years[-1]}-01-15")
    for unit, _ in COUNTED:
        _declare_mean_unit(draft, unit)
    _declare_services(draft)
    _declare_payers(draft)
    _declare_communes(draft)
    _declare_words(draft)
    declare_rates(draft)
    plan = Plan()
    _plan_actions(draft, plan)
    _declare_general(draft, plan)
    for programme in plan.programmes:
        programme.declare()
    _declare_general_charts(draft, plan)
    _declare_key_figures(draft, plan)
    _declare_policies(draft, plan)
    return plan


def _declare_policies(draft: Draft, plan: Plan) -> None:
    """A policy of each finality with its spending, whose actions alone are rated of the last of
    them; one of the approach without an amount, of which nothing is rated."""
    spending = next(one for one in plan.programmes if isinstance(one, Spending))
    finalities = [row["id"] for row in draft.rows["finalities", None]]
    amounts = dict(zip(finalities, spending.policies, strict=True))
    services = draft.find_codes("services.id")
    chapters = [*amounts, draft.rows["approach", None][0]["id"]]
    for order, chapter in enumerate(chapters, 1):
        draft.add(
            "policies", id=f"politique-{chapter}", order=order,
            title=f"Politique inventée n° {order}", chapter=chapter,
            services=[services[order % len(services)]],
            indicator=amounts.get(chapter, ""), source=name_source(draft.years[0]), locator="l. 1",
        )  # fmt: skip


def _declare_sources(draft: Draft) -> None:
    made_up = f"Données inventées pour les tests (graine {draft.seed})"
    day = f"{draft.years[-1] + 1}-02-01"

    def add(
        id: str, file: str | list[str], title: str, kind: str = "données", **cells: str
    ) -> None:
        draft.add(
            "sources", id=id, kind=kind, file=file, title=title, producer="tests/synthetic",
            publication=str(draft.years[-1] + 1), licence="aucune", accessed=day,
            remark="Aucun chiffre de ce dossier n’est vrai.", **cells,
        )  # fmt: skip

    for year in draft.years:
        add(name_source(year), "", f"{made_up} : rapport {year}")
        add(f"edition-{year}", f"{year}/*", f"{made_up} : édition {year}")
        add(name_judgement(year), "", f"{made_up} : appréciation {year}", "jugement")
    add("tables-inventees", "reference/*", f"{made_up} : tables de référence")
    add("population-inventee", "reference/population.csv", f"{made_up} : populations")
    census = {"url": "https://example.org/recensement-invente"}
    add("recensement-invente", "reference/census.csv", f"{made_up} : recensement", **census)
    add("territoire-invente", ["territory.yml", "LISEZMOI.txt"], f"{made_up} : territoire")


def name_judgement(year: int) -> str:
    """Id of what the made-up editors judge in an edition."""
    return f"appreciation-{year}"


def name_source(year: int) -> str:
    """Id of the made-up report of an edition."""
    return f"rapport-invente-{year}"


def _declare_identity(draft: Draft) -> None:
    name = draft.name
    draft.files["LISEZMOI.txt"] = (
        f"{name} n’existe pas.\n\n"
        "Ce dossier est fait de données inventées pour les tests, par tests/synthetic"
        f" (graine {draft.seed}).\nAucun chiffre, aucun nom, aucune date n’y est vrai.\n"
    )
    identity = {
        "id": draft.place,
        "name": name,
        "of_name": f"du {name}",
        "to_name": f"au {name}",
        "full_name": f"Communauté d’agglomération du {name} (données inventées)",
        "kind": "communauté d’agglomération inventée",
        "siren": f"{draft.seed:09d}",
        "website": "https://exemple.invalid",
        "population_indicator": "population-municipale",
        "population_note": "Population inventée, additionnée sur les communes membres.",
    }
    lines = [f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in identity.items()]
    draft.files["territory.yml"] = "\n".join(["# Données inventées pour les tests.", *lines, ""])


def _declare_mean_unit(draft: Draft, unit: str) -> None:
    known = {row["id"]: row for row in draft.rows["units", None]}
    id = f"{unit}-par-commune"
    if id not in known:
        names = {key: f"{known[unit][key]} par commune" for key in ("singular", "plural")}
        draft.add("units", id=id, **names)


def _declare_services(draft: Draft) -> None:
    rows = [
        (f"{start}-{theme}", kind, f"{head} {words}", theme)
        for theme, words in THEMES
        for kind, start, head in SERVICE_KINDS
    ]
    for rank, (id, kind, name, theme) in enumerate(rows[: draft.scale(SERVICES, 6)]):
        parent = f"direction-{theme}" if kind == "service" else None
        tools = "numérique | documents | objectifs | projets" if rank == 1 else None
        tools = "comptes" if id == "direction-finances" else tools
        draft.add("services", id=id, name=name, kind=kind, parent=parent, answers_for=tools)


def _declare_payers(draft: Draft) -> None:
    for id, name in (
        (draft.place, draft.name), ("etat", "État"), ("departement", "Département inventé"),
        ("region", "Région inventée"), ("prive", "Financeurs privés inventés"),
        ("ensemble", "Ensemble des financeurs"),
    ):  # fmt: skip
        draft.add("payers", id=id, name=name)
    for id, name, kind in (
        (draft.place, draft.name, "intercommunalité"),
        ("departement-invente", "Département inventé", "département"),
        ("region-inventee", "Région inventée", "région"),
        ("pays-invente", "Pays inventé", "pays"),
    ):
        draft.add("territories", id=id, name=name, kind=kind)


def _declare_communes(draft: Draft) -> None:
    """Communes on a grid, their populations; one joins after the first edition, then one leaves."""
    rng = draft.draw("communes")
    names = list(itertools.product(COMMUNE_HEADS, COMMUNE_TAILS))
    rng.shuffle(names)
    names = names[: draft.scale(COMMUNES, 4)]
    first = draft.years[0]
    vintages = range(first - VINTAGES_BEFORE, draft.years[-1] + 1)
    width = math.ceil(math.sqrt(len(names)))
    areas = []
    people = dict.fromkeys(vintages, 0)
    in_force = dict.fromkeys(draft.years, 0)
    members = dict.fromkeys(vintages, 0)
    for rank, (head, tail) in enumerate(names):
        insee = f"99{rank + 1:03d}"
        joins = first + 1 if rank == len(names) - 1 else first - 10
        leaves = first + 1 if rank == len(names) - 2 else None
        name = f"{head}-{tail}"
        draft.add(
            "communes", insee=insee, name=name, member_from=f"{joins}-01-01",
            member_to=leaves and f"{leaves}-12-31",
            area_km2=round(rng.uniform(3, 15), 2),
        )  # fmt: skip
        inhabitants = int(math.exp(rng.uniform(math.log(300), math.log(20_000))))
        for vintage in vintages:
            inhabitants = max(50, int(inhabitants * rng.uniform(0.99, 1.012)))
            total = inhabitants + inhabitants // 60
            draft.add(
                "population", insee=insee, vintage=vintage, municipal=inhabitants, total=total
            )
            if joins <= vintage <= (leaves or vintage):
                people[vintage] += inhabitants
                members[vintage] += 1
            year = vintage + 3  # a vintage applies three years later, to who is a member then
            if year in in_force and joins <= year <= (leaves or year):
                in_force[year] += inhabitants
        _count_homes(
            draft, draft.draw("census", insee), insee, first - VINTAGES_BEFORE, inhabitants
        )
        areas.append(_outline(insee, name, rank % width, rank // width))
    outlines = {"type": "FeatureCollection", "features": areas}
    text = json.dumps(outlines, ensure_ascii=False)
    draft.files["reference/communes.geojson"] = text + "\n"
    for year, inhabitants in in_force.items():
        draft.numbers["population-municipale:en-vigueur", year] = inhabitants
    for vintage in vintages:
        draft.numbers["population-municipale", vintage] = people[vintage]
        draft.numbers["communes-membres", vintage] = members[vintage]


def _count_homes(draft: Draft, rng: Random, insee: str, vintage: int, inhabitants: int) -> None:
    """The census of a commune: ages and dwellings that add up."""
    young, old = inhabitants * rng.randint(18, 30) // 100, inhabitants * rng.randint(14, 32) // 100
    homes = max(20, inhabitants // 2)
    vacant, second, flats = (homes * rng.randint(1, most) // 100 for most in (14, 20, 60))
    draft.add(
        "census", insee=insee, vintage=vintage, population=inhabitants, pop_0_19=young,
        pop_20_64=inhabitants - young - old, pop_65_plus=old, dwellings=homes,
        main_residences=homes - vacant - second, secondary_residences=second,
        vacant_dwellings=vacant, houses=homes - flats, flats=flats,
    )  # fmt: skip


def _outline(insee: str, name: str, column: int, row: int) -> dict:
    """A square of a grid as GeoJSON."""
    west, east = (round(WEST + SIDE * (column + n), 4) for n in (0, 1))
    south, north = (round(SOUTH + SIDE * (row + n), 4) for n in (0, 1))
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {
        "type": "Feature",
        "properties": {"code": insee, "nom": name},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def _declare_words(draft: Draft) -> None:
    acronyms = [
        (f"{head[0]}I{initial}", f"{head} inventé {tail}")
        for head in ACRONYM_HEADS
        for initial, tail in ACRONYM_TAILS
    ]
    source = name_source(draft.years[0])
    for rank, (short, long) in enumerate(acronyms[: draft.scale(GLOSSARY, 3)], 1):
        draft.add("glossary", short=short, long=long, source=source, locator=f"glossaire, {rank}")
    cited = {"source": source, "locator": "dernière page"}
    for role, name, detail, where in (
        ("Rédaction", "Personne inventée", "textes de remplissage", {}),
        ("Conception", "Atelier inventé", "aucune image", cited),
        ("Droits", draft.name, "données inventées pour les tests", {}),
    ):
        draft.add("credits", role=role, name=name, detail=detail, **where)
    draft.add("digit_names", text=draft.name, reason="nom du territoire inventé")
    draft.add("digit_names", text=f"graine {draft.seed}", reason="graine des données inventées")
    draft.add("digit_names", text="17 ODD", reason="nom usuel de la liste des objectifs")


# --- actions and programmes -----------------------------------------------------------------------


def _plan_actions(draft: Draft, plan: Plan) -> None:
    """The actions of every chapter, each with a programme or none.

    The first ones drawn have one of each kind, so that the smallest territory has them all.
    """
    rng = draft.draw("actions")
    places = []
    for table, numbers, least in (
        ("finalities", FINALITY_ACTIONS, 3), ("approach", APPROACH_ACTIONS, 1),
    ):  # fmt: skip
        counts = rng.sample(numbers, len(numbers))
        for row, count in zip(draft.rows[table, None], itertools.cycle(counts)):
            for rank in range(draft.scale(count, least)):
                places.append((row["id"], table == "finalities", rank))
    kinds: list[type[Programme] | None] = list(KINDS)
    rng.shuffle(kinds)
    finalities = [place for place in places if place[1]]
    others = rng.choices((*KINDS, None, None, None), k=len(finalities))
    chosen = (kinds + others)[: len(finalities)]
    rng.shuffle(chosen)
    drawn = dict(zip(finalities, chosen, strict=True))
    for place in places:
        kind = drawn[place] if place in drawn else rng.choice((FollowedFlow, Communes, None, None))
        action = _make_action(draft, *place, kind)
        plan.actions.append(action)
        if action.programme is None:
            continue
        plan.programmes.append(action.programme)
        if kind is not Facts and rng.random() < WITH_FACTS:
            programme = action.programme
            plan.programmes.append(Facts(draft, programme.place, draft.draw("faits", action.id)))


def _make_action(
    draft: Draft, chapter: str, is_finality: bool, rank: int, kind: type[Programme] | None
) -> Action:
    subjects = SUBJECTS.get(chapter, OTHER_SUBJECTS)
    subject = subjects[rank % len(subjects)]
    again, title = "", f"Conduire {subject.name}"
    if turn := rank // len(subjects):
        verb = VERBS[(turn - 1) % len(VERBS)]
        again, title = f"-{verb.slug}", f"{verb.name} {subject.name}"
    id = f"{subject.slug}{again}"
    rng = draft.draw("action", id)
    service = rng.choice(draft.rows["services", None])
    section = "fonctionnements"
    if is_finality:
        section = INTERNAL if rank % 4 == 1 else "politiques"
    place = Place(chapter, id, subject, service["id"], service["name"])
    programme = kind(draft, place, rng) if kind else None
    return Action(id, chapter, section, title, subject, service["id"], programme)


def _declare_general(draft: Draft, plan: Plan) -> None:
    """Indicators of the territory as a whole and its spending, in the first démarche chapter."""
    chapter = draft.rows["approach", None][0]["id"]
    for id, title, unit in (
        ("population-municipale", "Population municipale", "habitant"),
        ("population-totale", "Population totale", "habitant"),
        ("communes-membres", "Communes membres", "commune"),
    ):
        draft.add(
            "indicators", id=id, title=title, unit=unit, kind="contexte", measure="stock",
            direction="neutre", chapter=chapter, definition=f"{title}, donnée inventée.",
            producer="Producteur inventé", precision=1,
        )  # fmt: skip
    draft.add(
        "parts", whole="population-totale", breakdown="par-population",
        part="population-municipale", addition="au plus",
    )  # fmt: skip
    action = next(action for action in plan.actions if action.chapter == chapter)
    place = Place(chapter, action.id, action.subject, action.service, "Producteur inventé")
    plan.programmes.append(Spending(draft, place, draft.draw("depenses")))


def _declare_general_charts(draft: Draft, plan: Plan) -> None:
    """Charts that gather the communes and the flows of all actions."""
    last = [row["id"] for row in draft.rows["approach", None]][-1]
    middle = draft.rows["approach", None][1]["id"]

    communes = [one for one in plan.programmes if isinstance(one, Communes)][:6]
    draft.charts.append(
        {
            "id": "communes-participantes",
            "chapter": middle,
            "kind": "part-du-tout",
            "finding": "Les démarches associent une partie des communes membres",
            "items": [
                {"indicator": id, "label": f"{words}, {one.place.subject.name}"}
                for one in communes
                for id, words in zip(one.shares, ("Engagées", "Équipées"), strict=True)
            ],
            "whole": {"indicator": "communes-membres", "label": "Communes membres"},
        }
    )
    flows = [one for one in plan.programmes if isinstance(one, FollowedFlow)][:4]
    draft.charts.append(
        {
            "id": "evolutions-mesurables",
            "chapter": last,
            "kind": "periodes",
            "finding": "Des indicateurs se comparent d’une année à l’autre",
            "items": [
                {"indicator": one.flow, "label": one.title(one.head)} for one in flows
            ],
        }
    )  # fmt: skip


def _declare_key_figures(draft: Draft, plan: Plan) -> None:
    for table in ("finalities", "approach"):
        for row in draft.rows[table, None]:
            keys = [id for one in plan.of_chapter(row["id"]) for id in one.key_indicators]
            for order, id in enumerate(keys[:KEY_FIGURES], 1):
                draft.add("key_figures", chapter=row["id"], order=order, indicator=id)
