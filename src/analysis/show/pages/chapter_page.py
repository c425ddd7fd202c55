"""The parts of a chapter, in the order of the report: what matters most, stake, actions, plans,
analysis, decisions.

``compose_…`` functions return blocks; ``show_…`` display them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.base.errors import UserError
from analysis.model.store import Edition
from analysis.show import tables
from analysis.show.charts import Drawing, UndrawableChart
from analysis.show.pages.budget_page import find_spending_chapter
from analysis.show.pages.display import (
    Block,
    compose_heading,
    displayed,
    place,
)
from analysis.show.pages.unfinished import describe_chapter, is_blank
from analysis.show.pages.whole_life_page import link_costs
from analysis.words import french, prose
from analysis.words.progress_words import list_verdicts, write_verdict
from analysis.words.smallmarkdown import write_plain


@dataclass(frozen=True)
class ChapterPage:
    """One chapter of an edition: what the functions below need to know."""

    edition: Edition
    id: str
    title: str
    kind: str

    @property
    def texts(self) -> Mapping[str, str]:
        return self.edition.texts.get(self.id, {})


def open_chapter(edition: Edition, chapter: str | None, kind: str) -> ChapterPage:
    """The chapter of that id, or the first of its kind where ``chapter`` is ``None``. Raises
    UserError when the edition has no such chapter (with the known ids)."""
    rows = edition.chapters[edition.chapters["kind"] == kind].sort_values("order", kind="stable")
    known = ", ".join(rows["id"])
    if chapter is not None:
        rows = rows[rows["id"] == chapter]
    if rows.empty:
        raise UserError(
            f"Chapitre inconnu « {chapter} » ({kind}) ; "
            f"chapitres de l’édition {edition.year} : {known}."
        )
    row = rows.iloc[0]
    return ChapterPage(edition, row["id"], row["title"], row["kind"])


def _section_title(chapter: ChapterPage, section: str) -> str:
    sections = chapter.edition.sections
    rows = sections[(sections["id"] == section) & (sections["kind"] == chapter.kind)]
    return rows["title"].iloc[0]


def _text(chapter: ChapterPage, heading: str) -> str:
    name = f"{chapter.id}-{heading.casefold()}"
    return prose.resolve_prose(chapter.edition, chapter.texts.get(heading, ""), name)


def _say_none(edition: Edition, words: str, unknown: str) -> str:
    """``words``, or that what an edition never published would have said is not known."""
    if not edition.is_reconstituted:
        return words
    return french.typeset(
        f"{french.MISSING[:1].upper()}{french.MISSING[1:]} : {unknown} de {edition.year} ne sont "
        "pas connues."
    )


#: The charts of a chapter by their id, as ``charts.draw_all`` gives them.
Drawings = Mapping[str, Drawing | UndrawableChart]


def _place_charts(drawings: Drawings, action: str = "") -> list[Block]:
    """The charts of an action, or those that belong to no single one."""
    return [place(drawing) for drawing in drawings.values() if drawing.action == action]


def compose_title(chapter: ChapterPage) -> list[Block]:
    return [compose_heading(1, chapter.title, chapter.id)]


def compose_stake(chapter: ChapterPage, drawings: Drawings) -> list[Block]:
    """Why the chapter matters; what of it is yet to be gathered, given and written; its key
    figures, the charts that belong to no single action, then figures that go with no action of this
    edition."""
    stake = _text(chapter, "Enjeu")
    return [
        f"::: {{.chapeau}}\n{stake}\n:::" if stake else "",
        describe_chapter(chapter.edition, chapter.id),
        tables.list_key_figures(chapter.edition, chapter.id),
        *_place_charts(drawings),
        tables.show_other_facts(chapter.edition, chapter.id),
        *_explain_actors(chapter),
    ]


def _explain_actors(chapter: ChapterPage) -> Iterator[Block]:
    """What the lines under each action say in short: on paper the names of the goals, everywhere
    who judged what bears an asterisk."""
    edition = chapter.edition
    actions = edition.rows("actions", chapter=chapter.id)
    contributions = edition.rows("contributions", action=[*actions["id"]])
    goals = prose.describe_goals(edition, contributions["goal"], " .nomme")
    if goals:
        said = prose.list_terms([(_GOALS, goals)])
        yield f'::: {{.content-hidden when-format="html"}}\n{said}\n:::'
    planned = edition.rows("planned", chapter=chapter.id)
    cells = [*actions["services_source"], *contributions["source"], *planned["services_source"]]
    judges = prose.name_judges(edition, [s for cell in cells for s in prose.split_list(cell)])
    yield f"::: {{.source}}\n{write_plain(judges)}\n:::" if judges else ""


#: On paper « ODD » (``filters/paper.lua``).
_GOALS = "Objectifs de développement durable"


def describe_actors(edition: Edition, action: pd.Series) -> str:
    """« **Portage :** … », « **Partenaires :** … », each on its line, empty ones left out."""
    services = prose.describe_services(edition, action["services"], action["services_source"])
    contributions = edition.rows("contributions", action=action["id"])
    goals = prose.describe_goals(edition, contributions["goal"])
    judged = prose.name_judges(edition, contributions["source"])
    lines = [
        *tables.describe_facts(edition, action["chapter"], action["id"]),
        ("Portage", services),
        ("Partenaires", "; ".join(prose.split_list(action["partners"]))),
        ("Dates", prose.describe_milestones(edition, action["id"])),
        ("Lieux", prose.link_places(edition, action["id"])),
        ("Suivi", _describe_followup(edition, action)),
        (_GOALS + (prose.JUDGED if judged else ""), goals),
    ]
    return prose.list_terms(lines)


def _describe_followup(edition: Edition, entry: pd.Series) -> str:
    return french.typeset(prose.describe_followup(edition, entry))


def _introduce_text(entry: pd.Series) -> str:
    words = prose.introduce_text(entry)
    return f"*{write_plain(words)}*" if words else ""


def compose_action(chapter: ChapterPage, action: pd.Series, drawings: Drawings) -> Iterator[Block]:
    """One action: heading, summary, who and when, measured facts, charts."""
    edition = chapter.edition
    yield compose_heading(3, action["title"], action["id"])
    yield _introduce_text(action)
    yield prose.resolve_prose(edition, action["summary"], action["id"])
    yield describe_actors(edition, action)
    yield tables.tabulate_facts(edition, chapter.id, action["id"])
    yield from _place_charts(drawings, action["id"])


def compose_actions(chapter: ChapterPage, drawings: Drawings, section: str) -> Iterator[Block]:
    """All actions of a section (« politiques », « interne », « fonctionnements »)."""
    if is_blank(chapter.edition, chapter.id):
        return
    rows = chapter.edition.rows("actions", chapter=chapter.id, section=section)
    yield compose_heading(2, _section_title(chapter, section), f"{chapter.id}-{section}")
    if rows.empty:
        yield _say_none(
            chapter.edition, "Aucune action n’est recensée dans cette édition.", "les actions"
        )
    for _, action in rows.sort_values("order", kind="stable").iterrows():
        yield from compose_action(chapter, action, drawings)


def compose_planned(chapter: ChapterPage) -> Iterator[Block]:
    """Short-term actions, with what is asked, from whom and when; then dates that go with no action
    of this edition."""
    if is_blank(chapter.edition, chapter.id):
        return
    yield compose_heading(2, _section_title(chapter, "court-terme"), f"{chapter.id}-court-terme")
    yield (
        tables.tabulate_planned(chapter.edition, chapter.id)
        or _say_none(
            chapter.edition,
            "Aucune action à court terme n’est annoncée dans cette édition.",
            "les actions à court terme",
        )
    )
    yield tables.describe_dates(chapter.edition, chapter.id)


def compose_analysis(chapter: ChapterPage) -> Iterator[Block]:
    """What the chapter's text says of all this; nothing where it is yet to be written."""
    if text := _text(chapter, "Analyse"):
        yield compose_heading(2, _section_title(chapter, "analyse"), f"{chapter.id}-analyse")
        yield text
        if chapter.id == find_spending_chapter(chapter.edition):
            where = "annexe [-@sec-budget-croise]"
            yield french.typeset(f"Par politique : le budget par finalité et par axe, {where}.")


def compose_decisions(chapter: ChapterPage) -> Iterator[Block]:
    """The chapter's proposals in one table, and what services said of them; nothing where there is
    none."""
    rows = chapter.edition.rows("improvements", chapter=chapter.id)
    table = (
        _say_none(chapter.edition, "", "les pistes d’amélioration")
        if rows.empty
        else tables.tabulate_decisions(chapter.edition, chapter.id)
    )
    if table:
        yield compose_heading(2, _section_title(chapter, "decisions"), f"{chapter.id}-decisions")
        yield table
        yield link_costs(chapter.edition, chapter.id)


def compose_essential(chapter: ChapterPage) -> Iterator[Block]:
    """What is to be known of the chapter first: where its targets stand, what its text says is to
    be remembered, in a box."""
    edition = chapter.edition
    verdicts = [write_verdict(edition, row) for row in list_verdicts(edition, chapter.id)]
    text = _text(chapter, "Synthèse")
    if not (verdicts or text):  # said with what else is yet to be written
        return
    yield compose_heading(2, "L’essentiel", f"{chapter.id}-essentiel", ".unnumbered")
    yield "\n".join(f"- {verdict}" for verdict in verdicts)
    yield f'::: {{.encadre-important title="À retenir"}}\n{text}\n:::' if text else ""


show_title = displayed(compose_title)
show_stake = displayed(compose_stake)
show_actions = displayed(compose_actions)
show_planned = displayed(compose_planned)
show_analysis = displayed(compose_analysis)
show_decisions = displayed(compose_decisions)
show_essential = displayed(compose_essential)
