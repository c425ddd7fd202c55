"""What the slides of the session say: ten at most, each few enough words to be read from the back
of the room. Numbers are those of the report, rounded as there; what is not known is not said, or is
marked as to be completed. The notes say of each thing where the report treats it.

``publish.slides`` draws them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
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
from analysis.model.council_fields import BUDGET_YEAR, DATES
from analysis.model.decisions import list_open_decisions
from analysis.model.progress import TOO_SLOW, find_gravity
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
from analysis.words.hidden_markup import strip_marks
from analysis.words.progress_words import list_verdicts

#: Slides at most, words of each at most, and how many of them are for the finalities.
SLIDES, WORDS, FINALITIES = 10, 40, 5
#: What stands where something is to be typed in council.yml.
TODO = "[à compléter]"
FIGURES, ACTIONS, DECISIONS = 2, 2, 3
#: Figures of the territory beside its outline.
_PORTRAYED = 3
#: Figures of a slide at most, and lines.
_LINES = 6
#: How many of each are tried to find those that fit.
_TRIED = 8
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

    def list_texts(self) -> list[str]:
        """Everything that it says, in reading order."""
        return [self.title, *(text for item in self.items for text in (item.lead, item.words))]


def count_words(texts: Iterable[str]) -> int:
    """Words as a person counts them: a number is one, signs are none."""
    return sum(len(_WORD.findall(text)) for text in texts)


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
    """The slide with as many of its items as it has words for; the others go to its notes, of
    those that are ranked all that come after."""
    kept: list[Item] = []
    aside = [*slide.aside]
    for item in slide.items:
        fits = count_words(replace(slide, items=[*kept, item]).list_texts()) <= WORDS
        fits &= sum(one.figure == item.figure for one in kept) < _LINES
        fits &= not (slide.ranked and aside)
        (kept if fits else aside).append(item)
    return replace(slide, items=kept, aside=aside)


def _say(text: str) -> str:
    return french.draw_ordinals(strip_marks(french.typeset(text)))


# --- the session ----------------------------------------------------------------------------------


def needs_report(edition: Edition) -> bool:
    """Whether the law asks the territory for the report, as far as its population in force says."""
    people = count_inhabitants(edition)["value"]
    return bool(people and people > LEGAL_THRESHOLD)


def compose_duty(edition: Edition) -> Slide:
    """Why and when: the law is said to ask for the report where that was read in its text, the
    report to come before the debate where the dates do not say otherwise."""
    council, budget = edition.council, edition.council[BUDGET_YEAR]
    laws = list_requirements(edition, ON_REPORT)[:1]
    title = f"Ce rapport {edition.year} précède le débat sur le budget {budget}"
    if comes_late(edition):
        title = f"Ce rapport {edition.year} est présenté pour le budget {budget}"
    elif needs_report(edition) and all(law.certain for law in laws):
        title = f"La loi demande ce rapport {edition.year} avant le débat sur le budget {budget}"
    items = []
    for key in ("convened_on", "session_on", "orientation_debate_on"):
        name, day = DATES[key], council[key]
        said = french.format_date(day) if day else TODO
        if key == "session_on":
            more = (council["session_time"], council["session_place"])
            said = ", ".join(filter(None, (said, *more)))
        items.append(Item(f"{name[0].upper()}{name[1:]}", said))
    for law in laws:
        items.append(Item("Texte", name_law(law), place="sec-loi", source=explain_doubt(law)))
    return Slide(_say(title), [_typeset(item) for item in items])


def comes_late(edition: Edition) -> bool:
    """Whether the council is known to hear of the report after its debate on the budget."""
    heard = edition.council["presented_on"] or edition.council["session_on"]
    debate = edition.council["orientation_debate_on"]
    return bool(heard and debate and heard > debate)


def compose_method(edition: Edition, others: Sequence[dict[str, Any]]) -> Slide:
    """What the report holds, and that its numbers can be followed back."""
    known = strip_marks(count_known(edition))
    title = "Chaque nombre renvoie à sa source" if known else "Le rapport est encore à compléter"
    counts = [strip_marks(said) for said in count_tables(edition)]
    items = []
    for said in filter(None, [*counts, known]):
        number, _, words = said.partition(french.NO_BREAK)
        items.append(Item(number, words, figure=True, place="sec-synthese"))
    if gaps := len(edition.gaps):
        number = french.format_count(gaps, "lacune recensée", "lacunes recensées")
        items.append(Item("Ce qui manque", number, place="sec-annexes-lacunes"))
    for chapter in others:
        place = f"sec-{chapter['id']}"
        items.append(Item("Aussi dans le rapport", chapter["short_title"], place=place))
    return Slide(_say(title), [_typeset(item) for item in items])


def compose_territory(edition: Edition) -> Slide:
    """How many communes and inhabitants, then the first key figures of the report."""
    people = edition.territory.get("population_indicator", "")
    rows = _index_values(edition, indicator=[MEMBERS_INDICATOR, people])
    name = edition.territory["name"]
    known = [rows[id] for id in (MEMBERS_INDICATOR, people) if id in rows]
    items = [make_figure(edition, row) for row in known]
    counted = [_name_figure(edition, row) for row in known]
    title = f"{name} réunit {french.join_list(counted)}" if counted else f"{name} : à compléter"
    for row in choose_key_figures(edition, PORTRAIT).itertuples():
        # What the title says is not said twice: its numbers go to the notes. Nor is that nothing
        # moved.
        if row.missing or row.indicator == POPULATION or _name_figure(edition, row) in counted:
            continue
        if french.round_sign(row.value, row.precision):
            items.append(make_figure(edition, row))
    first, then = items[: len(known)], items[len(known) :]
    return Slide(_say(title), then[:_PORTRAYED], mapped=True, aside=first)


def _index_values(edition: Edition, **wanted: Any) -> dict[str, Any]:
    """The territory's own value of each indicator of which one is known, by its id."""
    rows = read_own_values(edition, missing="", **wanted).drop_duplicates("indicator")
    return {row.indicator: row for row in rows.itertuples()}


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
    place = find_place(edition, row.indicator)
    source = "calcul du rapport"
    if row.origin != DERIVED:
        source = name_answer(edition, row.source, row.locator)
    return _typeset(Item(lead, said, True, place[0] if place else f"sec-{row.chapter}", source))


def _typeset(item: Item) -> Item:
    return replace(item, lead=_say(item.lead), words=_say(item.words), source=_say(item.source))


# --- a finality -----------------------------------------------------------------------------------


def compose_finality(edition: Edition, chapter: dict[str, Any]) -> Slide:
    """Two figures, two actions, one weak point: the first of each that fit together."""
    id, short = chapter["id"], chapter["short_title"]
    alerts = [
        row
        for row in list_verdicts(edition, id)
        if find_gravity(row["verdict"]) <= find_gravity(TOO_SLOW)
    ]
    figures = list_figures(edition, id)
    actions = list_actions(edition, id)
    count = len(edition.rows("actions", chapter=id))
    title = f"{short} : rien n’est encore renseigné"
    if count:
        words = ("action est présentée", "actions sont présentées")
        title = f"{short} : {french.format_count(count, *words)}"
        if alerts:
            title += f", {french.format_count(len(alerts), 'alerte', 'alertes')}"
    elif figures:
        title = f"{short} : aucune action n’est encore recensée"
    weak = next(list_weak_points(edition, id, alerts), None)
    slide = Slide(_say(title), [weak] if weak else [], chapter=id)
    if not (figures or actions):
        return replace(slide, items=[*slide.items, Item("Chiffres et actions", TODO)])
    return _choose(slide, figures, actions)


def _choose(slide: Slide, figures: Sequence[Item], actions: Sequence[Item]) -> Slide:
    """The slide with as many figures and actions as fit: the first figure, then those that come
    first rather than others; what is left of the first ones goes to the notes."""
    most = (min(FIGURES, len(figures)), min(ACTIONS, len(actions)))
    sizes = sorted(product(range(most[0] + 1), range(most[1] + 1)), key=lambda n: (-sum(n), -n[0]))
    for headed, (some, many) in product((True, False), sizes):
        found = [
            (sum(f) + sum(a), f, a)
            for f in combinations(range(min(_TRIED, len(figures))), some)
            for a in combinations(range(min(_TRIED, len(actions))), many)
            if count_words(_list_words([*_take(figures, f), *_take(actions, a), *slide.items]))
            <= WORDS - count_words([slide.title]) - bool(a)
            and (not headed or not figures or 0 in f)
        ]
        if found:
            _, f, a = min(found)
            first = [*figures[: most[0]], *actions[: most[1]]]
            acts = _take(actions, a)
            aside = [item for item in first if item not in [*_take(figures, f), *acts]]
            if acts:
                acts[0] = replace(acts[0], lead="Actions" if len(acts) > 1 else "Action")
            chosen = [*_take(figures, f), *acts, *slide.items]
            return replace(slide, items=chosen, aside=aside)
    return slide


def _take(items: Sequence[Item], places: Iterable[int]) -> list[Item]:
    return [items[place] for place in places]


def _list_words(items: Iterable[Item]) -> list[str]:
    return [text for item in items for text in (item.lead, item.words)]


def list_figures(edition: Edition, chapter: str) -> list[Item]:
    """The figure that stands for the chapter first, then its other key figures that are known,
    those of its own action last."""
    rows = choose_key_figures(edition, chapter)
    head = choose_headline(edition, chapter)
    known = rows[rows["missing"] == ""]
    order = 1 + (known["action"].isin(head["action"]) & (known["action"] != "")).astype(int)
    order = order.mask(known["indicator"].isin(head["indicator"]), 0)
    known = known.assign(first=order).sort_values("first", kind="stable")
    return [make_figure(edition, row) for row in known.itertuples()]


def list_actions(edition: Edition, chapter: str) -> list[Item]:
    """Those that the key figures speak of, then the others in the order of the report; what a long
    title says after its colon is left out."""
    known = choose_key_figures(edition, chapter)
    spoken = [id for id in dict.fromkeys(known["action"]) if id]
    rows = to_records(edition.rows("actions", chapter=chapter))
    rows.sort(key=lambda row: spoken.index(row["id"]) if row["id"] in spoken else len(spoken))
    return [
        _typeset(
            Item("", _shorten(row["title"]), place=f"sec-{row['id']}",
                 source=name_answer(edition, row["source"], row["locator"]))
        )
        for row in rows
    ]  # fmt: skip


def _shorten(title: str) -> str:
    head = title.partition(" : ")[0]
    return head if count_words([title]) > _LONG and count_words([head]) > 1 else title


def list_weak_points(edition: Edition, chapter: str, alerts: Sequence[dict]) -> Iterator[Item]:
    """What is wrong, late or too slow, else what is not known of the chapter as a whole, then of an
    action, each short enough to leave room."""
    for row in alerts:
        place = find_place(edition, row["indicator"] or row["entry"])
        said = f"{row['title']} : {row['verdict']}"
        yield _typeset(Item("Alerte", said, place=place[0] if place else f"sec-{chapter}"))
    gaps = to_records(edition.rows("gaps", chapter=chapter))
    for row in sorted(gaps, key=lambda row: bool(row["action"])):
        place = f"sec-{row['action'] or chapter}"
        yield _typeset(Item("Lacune", french.lower_initial(row["title"]), place=place))


# --- money, and what is asked ---------------------------------------------------------------------


def compose_spending(edition: Edition) -> Slide:
    """Of the accounts, what each finality weighs and what the axes rate; without accounts, what is
    known of the spending of each policy. Nothing is added across stages, years, payers or axes."""
    if views := list_views(edition):
        return _compose_accounts(edition, views[0])
    policies = dict(zip(edition.policies["id"], edition.policies["title"], strict=True))
    spending = select_spending(edition).itertuples()
    known = {row.value.indicator: policies[row.policy] for row in spending}
    rows = _index_values(edition, indicator=list(known))
    if not rows:
        return Slide(_say("Le budget par finalité n’est pas encore connu"), [Item("Comptes", TODO)])
    ranked = sorted(rows.values(), key=lambda row: -row.value)
    said = {row.indicator: read_figure(edition, row)["periode"] for row in ranked}
    common = len(set(said.values())) == 1
    title = f"La dépense est connue pour {len(rows)} politiques sur {len(policies)}"
    if len(policies) == 1:
        title = "La dépense est connue pour la seule politique recensée"
    items = [Item("Montants", said[ranked[0].indicator])] if common else []
    for row in ranked:
        words = known[row.indicator]
        words = words if common else f"{words} ({said[row.indicator]})"
        items.append(replace(make_figure(edition, row), words=words))
    return Slide(_say(title), [_typeset(item) for item in items], ranked=True)


def _compose_accounts(edition: Edition, view: AccountView) -> Slide:
    titles = title_pages(edition, "short_title")
    titles |= {CROSS_CUTTING: "Transversal", "": "Non rattaché"}
    sums = cross_policies(edition, view).groupby("finality")["amount_eur"].sum()
    place, source = "sec-budget-croise", "comptes de l’édition"
    items = [
        Item(strip_marks(write_amount(sums[id])), titles[id], True, place, source)
        for id in list_finalities(edition)
        if id in sums.index
    ]
    shares = cross_axes(edition, view).set_index(["axis", "rating"])["share_pct"]
    axes = edition.budget_axes.set_index("order")["title_certainty"]
    for axis in sorted(
        to_records(cover_axes(edition, view)), key=lambda axis: not axis["required"]
    ):
        if axis["rated_eur"]:
            said = [f"{french.format_percentage(axis['coverage_pct'], 1)} coté"]
            said += [
                f"{french.format_percentage(shares[axis['axis'], rating], 1)} {rating}"
                for rating in (GOOD, BAD)
            ]
            doubt = "" if axes[axis["axis"]] == TEXT_READ else ", intitulé à vérifier"
            note = f"axe {axis['axis']} de l’annexe, {axis['title']}{doubt}"
            items.append(Item(_shorten_axis(axis["title"]), ", ".join(said), False, place, note))
    title = f"{view.title.removeprefix('Budget principal, ')} : poids des finalités"
    return Slide(_say(f"{title[0].upper()}{title[1:]}"), [_typeset(item) for item in items])


def _shorten_axis(title: str) -> str:
    """The beginning of an axis's title, which its number and the notes complete."""
    head = re.split(",| et ", title)[0]
    return head if count_words([head]) > 2 else title


def compose_request(edition: Edition) -> Slide:
    """What is put to the decision, who decides, and what the council is asked today."""
    about = list(edition.rows("key_messages", rubric=TO_DECIDE, missing="")["about"])
    rows = list_open_decisions(edition)
    rows.sort(key=lambda row: about.index(row["id"]) if row["id"] in about else len(about))
    items = [
        _typeset(Item(row["decider"] or TODO, row["title"], place=f"sec-{row['id']}"))
        for row in rows
    ]
    asked = [Item("Aujourd’hui", "prendre acte de la présentation du rapport")]
    asked += [Item("Reste à décider", "")] if items else []
    slide = _fit(Slide(_say("Le conseil est invité à prendre acte du rapport"), [*asked, *items]))
    kept = len(asked) + DECISIONS
    return replace(slide, items=slide.items[:kept], aside=[*slide.items[kept:], *slide.aside][:5])
