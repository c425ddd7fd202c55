"""What the slides of the session say: ten at most, each few enough words to be read from the back
of the room. Numbers are those of the report, rounded as there; what is not known is not said, or is
marked as to be completed. The notes say of each thing where the report treats it.

``publish.slides`` draws them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analysis.compute.budget_tables import (
    AccountView,
    cover_axes,
    cross_axes,
    cross_policies,
    list_finalities,
    list_views,
)
from analysis.compute.law import count_inhabitants, explain_doubt, list_requirements, name_law
from analysis.compute.national import POPULATION
from analysis.compute.policy_grid import select_spending
from analysis.model.council_fields import BUDGET_YEAR, DATES, comes_late
from analysis.model.decisions import list_open_decisions
from analysis.model.progress import TOO_SLOW, find_gravity
from analysis.model.references import Row
from analysis.model.schema import (
    CROSS_CUTTING,
    LEGAL_THRESHOLD,
    MEMBERS_INDICATOR,
    ON_REPORT,
    PORTRAIT,
    TEXT_READ,
    TO_DECIDE,
)
from analysis.model.schema.columns import BAD, GOOD
from analysis.model.store import DERIVED, Edition, title_pages, to_records
from analysis.show.pages.budget_page import write_amount
from analysis.show.pages.display import APPROACH, count_tables
from analysis.show.pages.summary_page import find_place
from analysis.show.pages.unfinished import count_known
from analysis.show.tables.keyfigures import choose_headline, choose_key_figures, read_figure
from analysis.show.tables.value_rows import read_own_values
from analysis.words import french
from analysis.words.citations import name_answer
from analysis.words.hidden_markup import capitalise, strip_marks
from analysis.words.progress_words import list_verdicts

#: Slides at most, words of each at most, and how many of them are for the finalities.
SLIDES, WORDS, FINALITIES = 10, 40, 5
#: What stands where something is to be typed in council.yml.
TODO = "[à compléter]"
#: Of a finality, figures and actions each; figures of the territory beside its outline; decisions
#: told, on the slide or in its notes.
_EACH, _PORTRAYED, _DECISIONS = 2, 3, 7
#: Figures of a slide at most, and lines.
_LINES = 6
#: Words of a title beyond which its beginning stands for it.
_LONG = 6
_WORD = re.compile(r"\d[\d\s.,/–-]*(?:M€)?|[^\W\d_][\w’'.-]*")


@dataclass(frozen=True)
class Item:
    """Something that a slide says: ``words`` after ``lead``, which of a ``figure`` is the number;
    without a lead it goes on with that of the item before.

    ``place``: label of the section of the report that treats it; ``source``: what stands behind
    it.
    """

    lead: str
    words: str
    figure: bool = False
    place: str = ""
    source: str = ""

    def count_words(self) -> int:
        """Those that are read."""
        return count_words(self.lead) + count_words(self.words)


@dataclass(frozen=True)
class Slide:
    """A slide: its title is a sentence; ``chapter`` gives it its colour; ``mapped``: it shows the
    outline of the territory; ``ranked``: its items are, from the largest on; ``aside``: what there
    was no room for, for the notes."""

    title: str
    items: Sequence[Item]
    chapter: str = ""
    mapped: bool = False
    ranked: bool = False
    aside: Sequence[Item] = ()

    def count_words(self, *more: Item) -> int:
        """Those that are read, with ``more`` items."""
        return count_words(self.title) + sum(one.count_words() for one in (*self.items, *more))


def count_words(text: str) -> int:
    """Words as a person counts them: a number is one, signs are none."""
    return len(_WORD.findall(text))


def compose_slides(edition: Edition) -> list[Slide]:
    """The slides in order: duty and calendar, method, territory, one for each finality (the first
    five; the others are named with the method), spending, what is put to the council."""
    finalities = [row for row in to_records(edition.chapters) if row["kind"] != APPROACH]
    finalities.sort(key=lambda row: row["order"])
    shown, others = finalities[:FINALITIES], finalities[FINALITIES:]
    slides = [
        compose_duty(edition),
        compose_method(edition, others),
        compose_territory(edition),
        *(compose_finality(edition, chapter) for chapter in shown),
        compose_spending(edition),
        compose_request(edition),
    ]
    return [_fit(slide) for slide in slides]


def _fit(slide: Slide) -> Slide:
    """The slide as typeset, with as many of its items as it has words for; the others go to its
    notes, of those that are ranked all that come after."""
    fitted = replace(slide, title=_typeset(slide.title), items=[], aside=[])
    kept, aside = fitted.items, [_typeset_item(item) for item in slide.aside]
    for item in map(_typeset_item, slide.items):
        fits = fitted.count_words(item) <= WORDS and not (slide.ranked and aside)
        fits &= sum(one.figure == item.figure for one in kept) < _LINES
        (kept if fits else aside).append(item)
    return replace(fitted, aside=aside)


def _typeset(text: str) -> str:
    return french.draw_ordinals(strip_marks(french.typeset(text)))


def _typeset_item(item: Item) -> Item:
    lead, words, source = map(_typeset, (item.lead, item.words, item.source))
    return replace(item, lead=lead, words=words, source=source)


# --- the session ----------------------------------------------------------------------------------


def compose_duty(edition: Edition) -> Slide:
    """Why and when: the law is said to ask for the report where that was read in its text, the
    report to come before the debate where the dates do not say otherwise."""
    council, budget = edition.council, edition.council[BUDGET_YEAR]
    people, laws = count_inhabitants(edition)["value"], list_requirements(edition, ON_REPORT)[:1]
    title = f"Ce rapport {edition.year} précède le débat sur le budget {budget}"
    if comes_late(council):
        title = f"Ce rapport {edition.year} est présenté pour le budget {budget}"
    elif (people or 0) > LEGAL_THRESHOLD and all(law.certain for law in laws):
        title = f"La loi demande ce rapport {edition.year} avant le débat sur le budget {budget}"
    items = []
    for key in ("convened_on", "session_on", "orientation_debate_on"):
        said = [french.format_date(council[key]) if council[key] else TODO]
        if key == "session_on":
            said += filter(None, (council["session_time"], council["session_place"]))
        items.append(Item(capitalise(DATES[key]), ", ".join(said)))
    for law in laws:
        items.append(Item("Texte", name_law(law), place="sec-loi", source=explain_doubt(law)))
    return Slide(title, items)


def compose_method(edition: Edition, others: Sequence[Row]) -> Slide:
    """What the report holds, and that its numbers can be followed back."""
    known = count_known(edition)
    title = "Chaque nombre renvoie à sa source" if known else "Le rapport est encore à compléter"
    items = []
    for said in filter(None, [*count_tables(edition), known]):
        number, _, words = strip_marks(said).partition(french.NO_BREAK)
        items.append(Item(number, words, figure=True, place="sec-synthese"))
    if gaps := len(edition.gaps):
        number = french.format_count(gaps, "lacune recensée", "lacunes recensées")
        items.append(Item("Ce qui manque", number, place="sec-annexes-lacunes"))
    for chapter in others:
        place = f"sec-{chapter['id']}"
        items.append(Item("Aussi dans le rapport", chapter["short_title"], place=place))
    return Slide(title, items)


def compose_territory(edition: Edition) -> Slide:
    """How many communes and inhabitants, then the first key figures of the report."""
    counted = [MEMBERS_INDICATOR, edition.territory.get("population_indicator", "")]
    values = _index_values(edition, counted)
    named = [values[id] for id in counted if id in values]
    said = [_name_figure(edition, row) for row in named]
    name = edition.territory["name"]
    title = f"{name} réunit {french.join_list(said)}" if said else f"{name} : à compléter"
    items = [
        make_figure(edition, row)
        for row in choose_key_figures(edition, PORTRAIT).itertuples()
        # Not twice what the title says, nor that nothing moved.
        if not (row.missing or row.indicator == POPULATION)
        and french.round_sign(row.value, row.precision)
        and _name_figure(edition, row) not in said
    ]
    aside = [make_figure(edition, row) for row in named]
    return Slide(title, items[:_PORTRAYED], mapped=True, aside=aside)


def _index_values(edition: Edition, indicators: Iterable[str]) -> dict[str, Any]:
    """The territory's own value of each indicator of which one is known, by its id."""
    rows = read_own_values(edition, missing="", indicator=[*indicators])
    return {row.indicator: row for row in rows.drop_duplicates("indicator").itertuples()}


def _name_figure(edition: Edition, row: Any) -> str:
    words = read_figure(edition, row)
    return french.NO_BREAK.join(filter(None, (words["chiffre"], words["unite"])))


def make_figure(edition: Edition, row: Any) -> Item:
    """A value as a figure: number and unit, what it counts, of when; the unit is left out where the
    title names it."""
    words = read_figure(edition, row)
    unit = "" if words["unite"].casefold() in words["intitule"].casefold() else words["unite"]
    lead = french.NO_BREAK.join(filter(None, (words["chiffre"], unit)))
    said = ", ".join(filter(None, (words["intitule"], words["periode"])))
    label, _ = find_place(edition, row.indicator) or (f"sec-{row.chapter}", "")
    source = "calcul du rapport"
    if row.origin != DERIVED:
        source = name_answer(edition, row.source, row.locator)
    return Item(lead, said, figure=True, place=label, source=source)


# --- a finality -----------------------------------------------------------------------------------


def compose_finality(edition: Edition, chapter: Row) -> Slide:
    """Two figures, two actions, one weak point: the first of each that fit together."""
    id, short = chapter["id"], chapter["short_title"]
    worst = find_gravity(TOO_SLOW)
    alerts = [row for row in list_verdicts(edition, id) if find_gravity(row["verdict"]) <= worst]
    figures, actions = list_figures(edition, id), list_actions(edition, id)
    title = f"{short} : rien n’est encore renseigné"
    if actions:
        words = ("action est présentée", "actions sont présentées")
        title = f"{short} : {french.format_count(len(actions), *words)}"
        if alerts:
            title += f", {french.format_count(len(alerts), 'alerte', 'alertes')}"
    elif figures:
        title = f"{short} : aucune action n’est encore recensée"
    slide = Slide(title, find_weak_point(edition, id, alerts), chapter=id)
    if not (figures or actions):
        return replace(slide, items=[*slide.items, Item("Chiffres et actions", TODO)])
    return _choose(slide, figures, actions)


def _choose(slide: Slide, figures: Sequence[Item], actions: Sequence[Item]) -> Slide:
    """The slide with figures and actions before what it says: in turn the first of each that fits;
    what is left of the first ones goes to the notes."""
    shown: list[Item] = []
    for pool in (figures, actions) * _EACH:
        left = WORDS - slide.count_words(*shown) - 1  # the lead of the actions
        fitting = (item for item in pool if item not in shown and item.count_words() <= left)
        shown += [*fitting][:1]
    aside = [item for item in (*figures[:_EACH], *actions[:_EACH]) if item not in shown]
    shown.sort(key=lambda item: not item.figure)
    if acts := [item for item in shown if not item.figure]:
        lead = "Actions" if len(acts) > 1 else "Action"
        shown[shown.index(acts[0])] = replace(acts[0], lead=lead)
    return replace(slide, items=[*shown, *slide.items], aside=aside)


def list_figures(edition: Edition, chapter: str) -> list[Item]:
    """The figure that stands for the chapter first, then its other key figures that are known,
    those of its own action last."""
    known = choose_key_figures(edition, chapter)
    head = choose_headline(edition, chapter)
    known = known[known["missing"] == ""]
    again = known["action"].isin(head["action"]) & (known["action"] != "")
    order = (1 + again).mask(known["indicator"].isin(head["indicator"]), 0)
    known = known.assign(first=order).sort_values("first", kind="stable")
    return [make_figure(edition, row) for row in known.itertuples()]


def list_actions(edition: Edition, chapter: str) -> list[Item]:
    """Those that the key figures speak of, then the others in the order of the report; what a long
    title says after its colon is left out."""
    rows = edition.rows("actions", chapter=chapter)
    spoken = [*dict.fromkeys(choose_key_figures(edition, chapter)["action"])]
    order = rows["id"].map({id: rank for rank, id in enumerate(spoken)}).fillna(len(spoken))
    items = []
    for row in to_records(rows.assign(first=order).sort_values("first", kind="stable")):
        title, source = row["title"], name_answer(edition, row["source"], row["locator"])
        head = title.partition(" : ")[0]
        said = head if count_words(title) > _LONG and count_words(head) > 1 else title
        items.append(Item("", said, place=f"sec-{row['id']}", source=source))
    return items


def find_weak_point(edition: Edition, chapter: str, alerts: Sequence[Row]) -> list[Item]:
    """What is wrong, late or too slow, else what is not known, of the chapter as a whole first."""
    for row in alerts:
        label, _ = find_place(edition, row["indicator"] or row["entry"]) or (f"sec-{chapter}", "")
        return [Item("Alerte", f"{row['title']} : {row['verdict']}", place=label)]
    gaps = to_records(edition.rows("gaps", chapter=chapter))
    for row in sorted(gaps, key=lambda row: bool(row["action"])):
        place = f"sec-{row['action'] or chapter}"
        return [Item("Lacune", french.lower_initial(row["title"]), place=place)]
    return []


# --- money, and what is asked ---------------------------------------------------------------------


def compose_spending(edition: Edition) -> Slide:
    """Of the accounts, what each finality weighs and what the axes rate; without accounts, what is
    known of the spending of each policy. Nothing is added across stages, years, payers or axes."""
    if views := list_views(edition):
        return _compose_accounts(edition, views[0])
    policies = dict(zip(edition.policies["id"], edition.policies["title"], strict=True))
    spending = select_spending(edition).itertuples()
    known = {row.value.indicator: policies[row.policy] for row in spending}
    ranked = sorted(_index_values(edition, known).values(), key=lambda row: -row.value)
    if not ranked:
        return Slide("Le budget par finalité n’est pas encore connu", [Item("Comptes", TODO)])
    title = f"La dépense est connue pour {len(ranked)} politiques sur {len(policies)}"
    if len(policies) == 1:
        title = "La dépense est connue pour la seule politique recensée"
    periods = [read_figure(edition, row)["periode"] for row in ranked]
    common = len(set(periods)) == 1
    items = [Item("Montants", periods[0])] if common else []
    for row, period in zip(ranked, periods, strict=True):
        words = known[row.indicator] if common else f"{known[row.indicator]} ({period})"
        items.append(replace(make_figure(edition, row), words=words))
    return Slide(title, items, ranked=True)


def _compose_accounts(edition: Edition, view: AccountView) -> Slide:
    titles = title_pages(edition, "short_title")
    titles |= {CROSS_CUTTING: "Transversal", "": "Non rattaché"}
    sums = cross_policies(edition, view).groupby("finality")["amount_eur"].sum()
    about: dict[str, Any] = {"place": "sec-budget-croise", "source": "comptes de l’édition"}
    items = [
        Item(write_amount(sums[id]), titles[id], figure=True, **about)
        for id in list_finalities(edition)
        if id in sums.index
    ]
    shares = cross_axes(edition, view).set_index(["axis", "rating"])["share_pct"]
    certainties = edition.budget_axes.set_index("order")["title_certainty"]
    axes = cover_axes(edition, view).sort_values("required", ascending=False, kind="stable")
    for axis in axes[axes["rated_eur"] != 0].itertuples():
        words = f"{french.format_percentage(axis.coverage_pct, 1)} coté"
        for rating in (GOOD, BAD):
            words += f", {french.format_percentage(shares[axis.axis, rating], 1)} {rating}"
        # The beginning of a title, which its number and the notes complete.
        head = re.split(",| et ", axis.title)[0]
        lead = head if count_words(head) > 2 else axis.title
        doubt = "" if certainties[axis.axis] == TEXT_READ else ", intitulé à vérifier"
        about["source"] = f"axe {axis.axis} de l’annexe, {axis.title}{doubt}"
        items.append(Item(lead, words, **about))
    title = f"{view.title.removeprefix('Budget principal, ')} : poids des finalités"
    return Slide(capitalise(title), items)


def compose_request(edition: Edition) -> Slide:
    """What is put to the decision, who decides, and what the council is asked today."""
    about = list(edition.rows("key_messages", rubric=TO_DECIDE, missing="")["about"])
    rows = list_open_decisions(edition)
    rows.sort(key=lambda row: about.index(row["id"]) if row["id"] in about else len(about))
    items = [Item("Aujourd’hui", "prendre acte de la présentation du rapport")]
    items += [Item("Reste à décider", "")] if rows else []
    for row in rows[:_DECISIONS]:
        items.append(Item(row["decider"] or TODO, row["title"], place=f"sec-{row['id']}"))
    return Slide("Le conseil est invité à prendre acte du rapport", items)
