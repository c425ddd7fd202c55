"""What the slides of the session say: ten at most, each few enough words to be read from the back
of the room. Numbers are those of the report, rounded as there; what is not known is not said, nor
what of the law was not read. The notes say of each thing where the report treats it.

``publish.slides`` draws them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from analysis.compute.budget_tables import (
    TELLING,
    AccountView,
    cover_axes,
    cross_axes,
    cross_policies,
    list_finalities,
    list_views,
    select_lines,
)
from analysis.compute.law import count_inhabitants, explain_doubt, list_requirements, name_law
from analysis.compute.national import POPULATION
from analysis.compute.policy_grid import select_spending
from analysis.model.council_fields import BUDGET_YEAR, DATES, comes_first, comes_late
from analysis.model.decisions import list_open_decisions, list_sources
from analysis.model.progress import TOO_SLOW, find_gravity
from analysis.model.references import Row
from analysis.model.schema import (
    COMPUTED_INDICATORS,
    CROSS_CUTTING,
    DECLINES,
    IMPROVES,
    IS_UNKNOWN,
    LEGAL_THRESHOLD,
    MEMBERS_INDICATOR,
    ON_REPORT,
    POPULATION_INDICATORS,
    PORTRAIT,
    TEXT_READ,
    TO_DECIDE,
)
from analysis.model.store import DERIVED, Edition, title_pages, to_records
from analysis.show.pages.display import APPROACH, count_tables
from analysis.show.pages.summary_page import RUBRICS, find_place, list_telling_verdicts
from analysis.show.pages.unfinished import count_known
from analysis.show.tables.evolutions import WORTH, read_evolution
from analysis.show.tables.keyfigures import choose_headline, choose_key_figures, read_figure
from analysis.show.tables.value_rows import name_row, read_own_values
from analysis.words import french, prose
from analysis.words.citations import name_answer
from analysis.words.hidden_markup import capitalise, strip_marks
from analysis.words.message_words import write_message
from analysis.words.progress_words import describe_goal, name_verdict, write_verdict

#: Slides at most, words of each at most (of one of sentences, or of accounts), and how many of them
#: are for the finalities.
SLIDES, WORDS, SENTENCES, FINALITIES = 10, 55, 80, 5
#: Of a finality, figures and actions each; decisions told, on the slide or in its notes.
_EACH, _DECISIONS = 2, 7
#: Figures of a slide at most, and lines.
_LINES = 8
#: Parts of a whole that are told by themselves.
_PARTS = 5
#: Words of a title beyond which its beginning stands for it.
_LONG = 6
_SENTENCE = re.compile(r"(?<=[.?!])\s+")
_WORD = re.compile(r"\d[\d\s.,/–-]*(?:M€)?|[^\W\d_][\w’'.-]*")


@dataclass(frozen=True)
class Item:
    """Something that a slide says: ``words`` after ``lead``, which of a ``figure`` is the number;
    without a lead it goes on with that of the item before.

    ``place``: label of the section of the report that treats it; ``source``: what stands behind
    it. ``heading``: it names those that follow, up to the next.
    """

    lead: str
    words: str
    figure: bool = False
    heading: bool = False
    place: str = ""
    source: str = ""

    def count_words(self) -> int:
        """Those that are read."""
        return count_words(self.lead) + count_words(self.words)


@dataclass(frozen=True)
class Slide:
    """A slide: its title is a sentence; ``chapter`` gives it its colour; ``mapped``: it shows the
    outline of the territory; ``limit``: words at most; ``aside``: what there was no room for, for
    the notes."""

    title: str
    items: Sequence[Item]
    chapter: str = ""
    mapped: bool = False
    limit: int = WORDS
    aside: Sequence[Item] = ()

    def count_words(self, *more: Item) -> int:
        """Those that are read, with ``more`` items."""
        return count_words(self.title) + sum(one.count_words() for one in (*self.items, *more))


def count_words(text: str) -> int:
    """Words as a person counts them: a number is one, signs are none."""
    return len(_WORD.findall(text))


def compose_slides(edition: Edition) -> list[Slide]:
    """The slides in order: duty, calendar and territory; the first page of the synthesis; one for
    each finality of which something is known (the first five); spending, if it is known; what is
    put to the council."""
    chapters = to_records(edition.chapters.sort_values("order", kind="stable"))
    finalities = [row for row in chapters if row["kind"] != APPROACH]
    approach = [row for row in chapters if row["kind"] == APPROACH]
    shown, others = finalities[:FINALITIES], finalities[FINALITIES:]
    told = [compose_finality(edition, chapter) for chapter in shown]
    spending = compose_spending(edition)
    slides = [
        compose_duty(edition),
        compose_movements(edition),
        compose_unknown(edition),
        *told,
        spending,
        compose_request(edition, [row["short_title"] for row in [*others, *approach]]),
    ]
    return [_fit(slide) for slide in slides if slide]


def _fit(slide: Slide) -> Slide:
    """The slide as typeset, with as many of its items as it has words for; the others go to its
    notes. No heading stands over nothing."""
    fitted = replace(slide, title=_typeset(slide.title), items=[], aside=[])
    kept, aside = fitted.items, [_typeset_item(item) for item in slide.aside]
    for item in map(_typeset_item, slide.items):
        fits = fitted.count_words(item) <= slide.limit
        fits &= sum(one.figure == item.figure for one in kept) < _LINES
        (kept if fits else aside).append(item)
    following = [*kept[1:], Item("", "", heading=True)]
    items = [a for a, b in zip(kept, following, strict=False) if not (a.heading and b.heading)]
    return replace(fitted, items=items, aside=[item for item in aside if not item.heading])


def _typeset(text: str) -> str:
    return french.draw_ordinals(strip_marks(french.typeset(text)))


def _typeset_item(item: Item) -> Item:
    lead, words, source = map(_typeset, (item.lead, item.words, item.source))
    return replace(item, lead=lead, words=words, source=source)


# --- the session ----------------------------------------------------------------------------------


def compose_duty(edition: Edition) -> Slide:
    """Why, when and for whom: the law is said to ask for the report where that was read in its
    text, the report to come before the debate where the dates say so."""
    council, budget = edition.council, edition.council[BUDGET_YEAR]
    people, laws = count_inhabitants(edition)["value"], list_requirements(edition, ON_REPORT)[:1]
    title = f"Ce rapport {edition.year} est présenté pour le budget {budget}"
    if comes_first(council):
        title = f"Ce rapport {edition.year} précède le débat sur le budget {budget}"
    if not comes_late(council) and (people or 0) > LEGAL_THRESHOLD and laws and laws[0].certain:
        title = f"La loi demande ce rapport {edition.year} avant le débat sur le budget {budget}"
    counted = [MEMBERS_INDICATOR, edition.territory.get("population_indicator", "")]
    values = _index_values(edition, counted)
    items = [make_figure(edition, values[id]) for id in counted if id in values]
    for key in ("session_on", "orientation_debate_on", "convened_on"):
        if council[key]:
            said = [french.format_date(council[key])]
            if key == "session_on":
                said += filter(None, (council["session_time"], council["session_place"]))
            items.append(Item(capitalise(DATES[key]), ", ".join(said)))
    if held := [*filter(None, [*count_tables(edition), count_known(edition)])]:
        words = french.join_list([strip_marks(one) for one in held])
        items.append(Item("Dans le rapport", words, place="sec-synthese"))
    aside: list[Item] = []
    for law in laws:
        text = Item("Texte", name_law(law), place="sec-loi", source=explain_doubt(law))
        (items if law.certain else aside).append(text)
    rows = choose_key_figures(edition, PORTRAIT)
    rows = rows[(rows["missing"] == "") & (rows["indicator"] != POPULATION)]  # told above
    aside += [make_figure(edition, row) for row in rows.itertuples()]
    return Slide(title, items, mapped=True, aside=aside)


def compose_movements(edition: Edition) -> Slide | None:
    """What improves, and what declines or is late, in the synthesis' sentences."""
    items = [item for rubric in (IMPROVES, DECLINES) for item in _list_told(edition, rubric)]
    return Slide("L’essentiel : où l’on en est", items, limit=SENTENCES) if items else None


def compose_unknown(edition: Edition) -> Slide | None:
    """What is not known, in the synthesis' sentences and in counts; what is to be decided, by its
    name (the last slide says it whole)."""
    items = []
    if gaps := len(edition.gaps):
        number = french.format_count(gaps, "donnée manquante", "données manquantes")
        items.append(Item(f"{number} en tout", "", place="sec-annexes-lacunes"))
    chapters = to_records(edition.chapters[edition.chapters["kind"] != APPROACH])
    if empty := [row["short_title"] for row in chapters if _is_empty(edition, row["id"])]:
        items.append(Item("Rien n’est encore renseigné", french.join_list(empty)))
    told = _list_told(edition, IS_UNKNOWN)[1:]
    items = [_head(IS_UNKNOWN), *told, *items] if told or items else []
    if names := [item.lead for item in _list_told(edition, TO_DECIDE)[1:]]:
        items += [_head(TO_DECIDE), Item("", " ; ".join(names), place="sec-synthese")]
    return Slide("L’essentiel : questions ouvertes", items, limit=SENTENCES) if items else None


def _head(rubric: str) -> Item:
    return Item(RUBRICS[rubric][1], "", heading=True)


def _list_told(edition: Edition, rubric: str) -> list[Item]:
    """The heading of a rubric of the synthesis' first page, then the first sentence of each of its
    messages, what it is about as its lead; nothing where it has none."""
    items = [_head(rubric)]
    for row in to_records(edition.rows("key_messages", rubric=rubric, missing="")):
        first = _SENTENCE.split(strip_marks(write_message(edition, row)).strip())[0].removesuffix(
            "."
        )
        lead, _, words = first.partition(f"{french.NO_BREAK}: ")
        label, _ = find_place(edition, row["about"]) or ("sec-synthese", "")
        items.append(Item(lead, words, place=label))
    return items if len(items) > 1 else []


def _index_values(edition: Edition, indicators: Iterable[str]) -> dict[str, Any]:
    """The territory's own value of each indicator of which one is known, by its id."""
    rows = read_own_values(edition, missing="", indicator=[*indicators])
    return {row.indicator: row for row in rows.drop_duplicates("indicator").itertuples()}


def make_figure(edition: Edition, row: Any) -> Item:
    """A value as a figure: number and unit, what it counts, of when (a population: of which
    vintage), what it is held against; the unit is left out where the title names it."""
    words = read_figure(edition, row)
    unit = "" if words["unite"].casefold() in words["intitule"].casefold() else words["unite"]
    lead = french.NO_BREAK.join(filter(None, (words["chiffre"], unit)))
    said = ", ".join(filter(None, (words["intitule"], words["periode"])))
    if row.indicator in POPULATION_INDICATORS:
        lead = words["chiffre"]
        kind = french.lower_initial(words["intitule"])
        said = f"{capitalise(words['unite'])}, {kind}, {row.locator}"
    if beside := _hold_against(edition, row):
        said += f" ; {beside}"
    label, _ = find_place(edition, row.indicator) or (f"sec-{row.chapter}", "")
    source = "calcul du rapport"
    if row.origin != DERIVED:
        source = name_answer(edition, row.source, row.locator)
    return Item(lead, said, figure=True, place=label, source=source)


def _hold_against(edition: Edition, row: Any) -> str:
    """« objectif : 100 000 arbres en 2020 », else « 883 personnes en 2016, évolution défavorable »,
    else « 33 logements en 2016 » of what does not compare."""
    for progress in to_records(edition.rows("progress", indicator=row.indicator)):
        return describe_goal(edition, progress)
    before = edition.value(f"{name_row(row)}:precedent")
    if before.value is None or row.indicator in COMPUTED_INDICATORS:
        return ""
    said = prose.format_placeholder(edition, before, "complet")
    evolution = read_evolution(edition, row)
    if evolution and evolution.worth is not None:
        said += f", évolution {WORTH[evolution.worth]}"
    return said


# --- a finality ---------------------------------------------------------------------------------


def compose_finality(edition: Edition, chapter: Row) -> Slide | None:
    """Where its first target stands, as the synthesis tells it; two figures, their actions, what is
    late or not known: the first of each that fit together."""
    id, short = chapter["id"], chapter["short_title"]
    if _is_empty(edition, id):
        return None
    verdicts, actions = list_telling_verdicts(edition, id), list_actions(edition, id)
    title = f"{short} : {french.format_count(len(actions), 'action engagée', 'actions engagées')}"
    if not actions:
        title = f"{short} : aucune action n’est encore recensée"
    for row in verdicts[:1]:
        title = f"{short} : {french.lower_initial(row['title'])}, {name_verdict(row)}"
    figures = list_figures(edition, id, [row["indicator"] for row in verdicts[:1]])
    weak = find_weak_point(edition, id, verdicts)
    slide = _choose(Slide(title, weak[:1], id), figures, actions)
    return replace(slide, items=[*slide.items, *weak[1:]])


def _is_empty(edition: Edition, chapter: str) -> bool:
    return not (list_figures(edition, chapter) or list_actions(edition, chapter))


def _choose(slide: Slide, figures: Sequence[Item], actions: Sequence[Item]) -> Slide:
    """The slide with figures and actions before what it says: in turn the first figure that fits,
    then its action; without figures, the first actions. What is left of the first ones goes to the
    notes."""
    shown: list[Item] = []
    for pool in (figures, actions) * _EACH:
        left = WORDS - slide.count_words(*shown) - 1  # the lead of the actions
        places = {item.place for item in shown if item.figure}
        fitting = (
            item
            for item in pool
            if item not in shown
            and item.count_words() <= left
            and (item.figure or not places or item.place in places)
        )
        shown += [*fitting][:1]
    aside = [item for item in (*figures[:_EACH], *actions[:_EACH]) if item not in shown]
    shown.sort(key=lambda item: not item.figure)
    if acts := [item for item in shown if not item.figure]:
        lead = "Actions" if len(acts) > 1 else "Action"
        shown[shown.index(acts[0])] = replace(acts[0], lead=lead)
    return replace(slide, items=[*shown, *slide.items], aside=aside)


def list_figures(edition: Edition, chapter: str, first: Sequence[str] = ()) -> list[Item]:
    """The figures of the indicators that come ``first``, then that which stands for the chapter,
    then its other key figures that are known, those of its own action last."""
    known = choose_key_figures(edition, chapter)
    head = choose_headline(edition, chapter)
    known = known[(known["missing"] == "") & ~known["indicator"].isin(first)]
    again = known["action"].isin(head["action"]) & (known["action"] != "")
    order = (1 + again).mask(known["indicator"].isin(head["indicator"]), 0)
    known = known.assign(first=order).sort_values("first", kind="stable")
    rows = [*_index_values(edition, first).values(), *known.itertuples()]
    return [make_figure(edition, row) for row in rows]


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


def find_weak_point(edition: Edition, chapter: str, verdicts: Sequence[Row]) -> list[Item]:
    """Why the first verdict, which the title says: when it was due, or where its pace leads, as a
    figure says the rest; then the next one. Without any, what is not known, of the chapter as a
    whole first."""
    items = []
    for row in verdicts:
        label, _ = find_place(edition, row["indicator"] or row["entry"]) or (f"sec-{chapter}", "")
        name, _, told = strip_marks(write_verdict(edition, row)).partition(". ")
        alert = find_gravity(row["verdict"]) <= find_gravity(TOO_SLOW)
        lead = "Alerte" if alert else "À suivre"
        why = _SENTENCE.split(told)[1 if row["indicator"] else 0 :]
        words = name if row != verdicts[0] else " ".join(why[:1]).removesuffix(".")
        items += [Item(lead, words, place=label)] if words else []
    if verdicts:
        return items
    gaps = to_records(edition.rows("gaps", chapter=chapter))
    for row in sorted(gaps, key=lambda row: bool(row["action"])):
        place = f"sec-{row['action'] or chapter}"
        return [Item("Donnée manquante", french.lower_initial(row["title"]), place=place)]
    return []


# --- money, and what is asked ---------------------------------------------------------------------


def compose_spending(edition: Edition) -> Slide | None:
    """Of the accounts, what each finality weighs and what the axes rate; without accounts, what is
    known of the spending of each policy. Nothing is added across stages, years, payers or axes."""
    if views := list_views(edition):
        return _compose_accounts(edition, views[0])
    titles = dict(zip(edition.policies["indicator"], edition.policies["title"], strict=True))
    spending = select_spending(edition)
    whole = next(filter(None, spending["whole"]), "")
    values = _index_values(edition, [*titles, whole])
    added = {row.value.indicator for row in spending.itertuples() if whole and not row.reason}
    ranked = sorted((values[id] for id in titles if id in values), key=lambda row: -row.value)
    parts = [row for row in ranked if row.indicator in added]
    apart = [_tell_policy(edition, row, titles) for row in ranked if row not in parts]
    if whole not in values:
        title = "Ce que l’on sait des dépenses des politiques, qui ne s’additionnent pas"
        return Slide(title, apart) if apart else None
    total, first, rest = values[whole], parts[:_PARTS], parts[_PARTS:]
    told = make_figure(edition, total)
    items = [_tell_policy(edition, row, titles, "") for row in first]
    left = total.value - sum(row.value for row in first)
    step = max(row.precision for row in [total, *first])
    if left >= step:
        named = french.format_count(len(rest), "autre politique", "autres politiques")
        words = f"environ : {named} et le reste" if rest else "environ : le reste"
        amount = french.format_euros(left, step)
        items.append(Item(amount, words, figure=True, place=told.place, source="différence"))
    title = f"{total.title} : {told.lead} ({read_figure(edition, total)['periode']})"
    aside = [told, *(_tell_policy(edition, row, titles) for row in rest), *apart]
    return Slide(title, items, limit=SENTENCES, aside=aside)


def _tell_policy(edition: Edition, row: Any, titles: Any, after: str = " ({})") -> Item:
    when = after.format(read_figure(edition, row)["periode"])
    return replace(make_figure(edition, row), words=titles[row.indicator] + when)


def _compose_accounts(edition: Edition, view: AccountView) -> Slide:
    titles = title_pages(edition, "short_title")
    titles |= {CROSS_CUTTING: "Transversal", "": "Sans finalité"}
    sums = cross_policies(edition, view).groupby("finality")["amount_eur"].sum()
    about: dict[str, Any] = {"place": "sec-budget-croise", "source": "comptes de l’édition"}

    def write(amount: float) -> str:
        """All of a slide in one unit."""
        if sums.sum() < 1e6:
            return french.format_euros(amount, 1)
        millions = french.format_number(amount / 1e6, 0.01) if amount else "0"
        return f"{millions}{french.NO_BREAK}M€"

    items = [
        Item(write(sums.get(id, 0)), titles[id], figure=True, **about)
        for id in list_finalities(edition)
        if id or id in sums.index
    ]
    shares = cross_axes(edition, view).set_index(["axis", "rating"])["share_pct"]
    certainties = edition.budget_axes.set_index("order")["title_certainty"]
    axes = cover_axes(edition, view).sort_values("required", ascending=False, kind="stable")
    aside: list[Item] = []
    if (select_lines(edition, view)["amount_eur"] < 0).any():
        axes = axes[:0]  # no share may be told
    for axis in axes[axes["rated_eur"] > 0].itertuples():
        found = {rating: shares[axis.axis, rating] for rating in TELLING}
        found["non coté"] = 100 - axis.coverage_pct
        said = [f"{french.format_percentage(one, 1)} {name}" for name, one in found.items() if one]
        # The beginning of a title, which its number and the notes complete.
        head = re.split(",| et ", axis.title)[0]
        lead = head if count_words(head) > 2 else axis.title
        doubt = "" if certainties[axis.axis] == TEXT_READ else ", intitulé à vérifier"
        about["source"] = f"axe {axis.axis} de l’annexe, {axis.title}{doubt}"
        lead += f" ({write(axis.counted_eur)} investis)"
        told = items if axis.required or not axes["required"].any() else aside
        told.append(Item(lead, ", ".join(said), **about))
    title = f"{capitalise(view.title)} : {write(sums.sum())} de dépenses réelles"
    return Slide(title, items, limit=SENTENCES, aside=aside)


def compose_request(edition: Edition, others: Sequence[str]) -> Slide:
    """What the council is asked today, the chapters that have no slide (``others``), and what is
    put to the decision: the synthesis' sentences, then the other proposals. Who decides is said
    where a source does; a judgement is for the notes."""
    items = [Item("Aujourd’hui", "prendre acte de la présentation du rapport")]
    if others:
        items.append(Item("Aussi dans le rapport", french.join_list(others), place="sec-synthese"))
    before = len(items)
    rows = list_open_decisions(edition)
    messages = edition.rows("key_messages", rubric=TO_DECIDE, missing="")["about"]
    told = dict(zip(messages, _list_told(edition, TO_DECIDE)[1:], strict=True))
    rows.sort(key=lambda row: [*told, row["id"]].index(row["id"]))
    for row in rows[:_DECISIONS]:
        item = told.get(row["id"]) or Item(row["title"], "", place=f"sec-{row['id']}")
        judged = prose.name_judge(edition, list_sources(row).get("decider", ""))
        said = [f"décide : {row['decider']}"] if row["decider"] and not judged else []
        cost = strip_marks(prose.resolve_line(edition, row["cost"] or ""))
        said += [french.lower_initial(cost)] if re.search(r"\d", cost) else []
        words = f"{item.words} ({' ; '.join(said)})".strip() if said else item.words
        source = f"décideur supposé : {row['decider']}, {judged}" if judged else ""
        items.append(replace(item, words=words, source=source))
    if len(items) > before:
        items.insert(before, _head(TO_DECIDE))
    return Slide("Le conseil est invité à prendre acte du rapport", items, limit=SENTENCES)
