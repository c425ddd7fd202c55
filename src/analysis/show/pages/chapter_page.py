"""The parts of a chapter, in the order of the report: stake, actions, plans, analysis, synthesis.

``compose_…`` functions return blocks; ``show_…`` display them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.base.errors import UserError
from analysis.model.schema import UNCONFIRMED
from analysis.model.store import Edition
from analysis.show import tables
from analysis.show.charts import Drawing, UndrawableChart
from analysis.show.pages.display import (
    Block,
    compose_heading,
    displayed,
    place,
    say_unconfirmed,
)
from analysis.show.pages.unfinished import describe_chapter, is_blank
from analysis.words import french, prose
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
    figures, the charts that belong to no single action, then figures and dates that go with no
    action of this edition."""
    stake = _text(chapter, "Enjeu")
    return [
        f"::: {{.chapeau}}\n{stake}\n:::" if stake else "",
        describe_chapter(chapter.edition, chapter.id),
        tables.list_key_figures(chapter.edition, chapter.id),
        *_place_charts(drawings),
        tables.tabulate_other_facts(chapter.edition, chapter.id),
        tables.tabulate_milestones(chapter.edition, chapter.id),
    ]


def describe_actors(edition: Edition, action: pd.Series) -> str:
    """« **Portage :** … », « **Partenaires :** … », each on its line, empty ones left out."""
    services = prose.describe_services(edition, action["services"], action["services_source"])
    sdgs = prose.describe_sdgs(edition, action["sdgs"], action["sdgs_source"])
    lines = [
        ("Portage", services),
        ("Partenaires", "; ".join(prose.split_list(action["partners"]))),
        ("Dates", prose.describe_milestones(edition, action["id"])),
        ("Lieux", prose.link_places(edition, action["id"])),
        ("Suivi", _describe_followup(edition, action)),
        ("Objectifs de développement durable", sdgs),
    ]
    return _list_facts(lines)


def _describe_followup(edition: Edition, entry: pd.Series) -> str:
    return french.typeset(prose.describe_followup(edition, entry))


def _introduce_text(entry: pd.Series) -> str:
    words = prose.introduce_text(entry)
    return f"*{write_plain(words)}*" if words else ""


def _list_facts(lines: list[tuple[str, str]]) -> str:
    """« **Label :** text » on a line for each that has a text."""
    return "\n".join(
        f"[**{label}{french.NO_BREAK}:** {write_plain(text)}]{{.fiche}}\\"
        for label, text in lines
        if text
    ).rstrip("\\")


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
    """Short-term actions, with what is asked, from whom and when."""
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


def compose_improvements(chapter: ChapterPage, level: int) -> Iterator[Block]:
    """Each proposed improvement under its own heading, so that the summary can point to it; one
    level deeper under another that stands above it (a level left out is no title in a PDF)."""
    rows = chapter.edition.rows("improvements", chapter=chapter.id).sort_values(
        "order", kind="stable"
    )
    if rows.empty:
        yield _say_none(chapter.edition, "", "les pistes d’amélioration")
    said = ""
    if (rows["followup"] == UNCONFIRMED).all():
        wanted = {"chapter": chapter.id}
        said = say_unconfirmed(chapter.edition, "improvements", ("piste", "pistes"), **wanted)
    yield said
    shown = set()
    for _, row in rows.iterrows():
        deeper = row["parent"] in shown
        shown.add(row["id"])
        yield compose_heading(level + deeper, row["title"], row["id"])
        yield "" if said else _introduce_text(row)  # else it was said of all at once
        yield prose.resolve_prose(chapter.edition, row["summary"], row["id"])
        if not said:
            yield _list_facts([("Suivi", _describe_followup(chapter.edition, row))])


def compose_contributions(chapter: ChapterPage) -> list[Block]:
    """How the chapter's actions bear on the five finalities, and who says so."""
    table = tables.tabulate_effects(chapter.edition, chapter.id)
    anchor = f"{chapter.id}-contributions"
    return (
        [compose_heading(3, "Contribution des actions aux finalités", anchor), table]
        if table
        else []
    )


def compose_analysis(chapter: ChapterPage) -> Iterator[Block]:
    """A chapter's last section: analysis, contributions (of a finality), improvements; nothing
    where there is none of them."""
    is_finality = chapter.kind == "finalité"
    section = "analyse" if is_finality else "pistes"
    blocks = [
        _text(chapter, "Analyse"),
        *(compose_contributions(chapter) if is_finality else []),
        *compose_improvements(chapter, 3),
    ]
    if any(blocks):
        yield compose_heading(2, _section_title(chapter, section), f"{chapter.id}-{section}")
        yield from blocks


def compose_synthesis(chapter: ChapterPage) -> list[Block]:
    """What is to be remembered of the chapter, in a box."""
    text = _text(chapter, "Synthèse")
    if not text:  # said with what else is yet to be written
        return []
    return [
        compose_heading(2, "Synthèse", f"{chapter.id}-synthese"),
        f'::: {{.encadre-important title="À retenir"}}\n{text}\n:::',
    ]


show_title = displayed(compose_title)
show_stake = displayed(compose_stake)
show_actions = displayed(compose_actions)
show_planned = displayed(compose_planned)
show_analysis = displayed(compose_analysis)
show_synthesis = displayed(compose_synthesis)
