"""« Ce qui a changé depuis l’édition précédente », chapter by chapter."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from analysis.compute.changes import NEW, NOT_RENEWED, Changes, change_words, read_changes
from analysis.model.store import Edition, to_records
from analysis.show import tables
from analysis.show.pages.display import Block, compose_heading, displayed
from analysis.words import french
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table
from analysis.words.smallmarkdown import write_plain

PREFIX = "changements"

#: Tables of the programme: what they are called, then each state with its words, in order.
PROGRAMME = {
    "actions": {
        "nouvelle": "Actions nouvelles",
        "se poursuit": "Actions reconduites dans cette édition",
        "achevée": "Actions achevées",
        "abandonnée": "Actions abandonnées",
        "sans suite connue": "Actions sans suite connue",
    },
    "planned": {
        "faite": "Actions à court terme faites",
        "devenue une action": "Actions à court terme devenues des actions",
        "en cours": "Actions à court terme en cours",
        "toujours programmée": "Actions à court terme toujours programmées",
        "reportée": "Actions à court terme reportées",
        "abandonnée": "Actions à court terme abandonnées",
        "sans suite connue": "Actions à court terme sans suite connue",
        "nouvelle": "Actions à court terme nouvelles",
    },
    "improvements": {
        "faite": "Pistes suivies",
        "devenue une action": "Pistes devenues des actions",
        "devenue une action à court terme": "Pistes devenues des actions à court terme",
        "en cours": "Pistes en cours",
        "reportée": "Pistes reportées",
        "toujours proposée": "Pistes toujours proposées",
        "abandonnée": "Pistes abandonnées",
        "sans suite connue": "Pistes sans suite connue",
        "nouvelle": "Pistes nouvelles",
    },
}

#: From how many items on a list is folded where a page can fold.
FOLDED = 12


def compose_introduction(changes: Changes, silent: list[str]) -> Iterator[Block]:
    """Which edition it is compared with, of what kind, and what cannot be said; ``silent``: titles
    of the chapters for which nothing can."""
    kind = f" {changes.against_kind}" if changes.against_kind else ""
    yield french.typeset(
        f"L’édition {changes.year} est comparée à l’édition {changes.against}{kind}, chapitre par "
        "chapitre. Deux valeurs sont mises côte à côte, et leur évolution n’est donnée que si "
        "leurs périodes se comparent."
    )
    if changes.against_note:
        yield write_plain(changes.against_note)
    reasons = list(changes.unknown.values())
    if silent:
        quoted = [french.quote(title) for title in silent]
        reasons.append(f"pour {french.join_list(quoted)}, rien de connu ne se compare")
    if reasons:
        lines = f"{french.NARROW};\n".join(f"- {write_plain(reason)}" for reason in reasons)
        yield f"Ce qui n’est pas connu{french.NO_BREAK}:\n\n{lines}."


def compose_chapter(edition: Edition, changes: Changes, chapter: str, title: str) -> list[Block]:
    """Values side by side, indicators that came and went, actions and plans; empty where nothing
    is known."""
    rows = to_records(changes.values[changes.values["chapter"] == chapter])
    blocks = [
        tables.tabulate_followed(edition, changes, chapter),
        _list_indicators(edition, rows, NEW, "Indicateurs nouveaux"),
        _list_indicators(edition, rows, NOT_RENEWED, "Indicateurs sans valeur plus récente"),
        *_list_programme(edition, changes, chapter),
    ]
    blocks = [block for block in blocks if block]
    heading = compose_heading(2, title, f"{PREFIX}-{chapter}", ".unnumbered")
    return [heading, *blocks] if blocks else []


def _list_indicators(edition: Edition, rows: Iterable[dict], state: str, words: str) -> str:
    titles = change_words.list_titles(edition, rows, state)
    return _say(words, [write_plain(title) for title in titles])


def _say(words: str, items: list[str]) -> str:
    """« **Words :** one ; two. »; a long list is folded in HTML, under the same words."""
    if not items:
        return ""
    said = f"{f'{french.NARROW}; '.join(items)}."
    if len(items) > FOLDED:
        title = f'{{.encadre-note title="{words}"}}'
        return f"::: {title}\n{said}\n:::"
    return f"**{words}{french.NO_BREAK}:** {said}"


def _list_programme(edition: Edition, changes: Changes, chapter: str) -> Iterator[str]:
    rows = to_records(changes.programme[changes.programme["chapter"] == chapter])
    for table, states in PROGRAMME.items():
        for state, words in states.items():
            entries = [row for row in rows if (row["table"], row["state"]) == (table, state)]
            yield _say(words, [_describe_entry(edition, row) for row in entries])


def _describe_entry(edition: Edition, row: dict[str, Any]) -> str:
    """« Titre (2.1) », then in brackets the dates and the note of its follow-up."""
    link = f" ([-@sec-{row['id']}])" if row["described"] and row["table"] != "planned" else ""
    said = [_describe_due(row), _mark_note(row["note"])]
    if row["source"]:
        title = edition.source_titles.get(row["source"], "")
        source = ", ".join(filter(None, (title, row["locator"])))
        said.append(mark(write_plain(source), name_table("followups")))
    details = ", ".join(text for text in said if text)
    return write_plain(row["title"]) + link + (f" ({details})" if details else "")


def _describe_due(row: dict[str, Any]) -> str:
    if row["table"] != "planned" or row["due_end"] is None:
        return ""
    due = french.name_period(row["due_start"], row["due_end"])
    words = f"échéance{french.NO_BREAK}: {due}" + (", échue" if change_words.is_late(row) else "")
    if row["new_due"] is not None:
        words += f", reportée {french.format_period(None, row['new_due'])}"
    return words


def _mark_note(note: str) -> str:
    """A note of followups.csv; where it holds a number, it leads to that file."""
    words = write_plain(note.rstrip("."))
    return mark(words, name_table("followups")) if re.search(r"\d", words) else words


def compose_revisions(edition: Edition, changes: Changes) -> Iterator[Block]:
    """Past values revised, definitions changed; that there are none is said, not left out."""
    yield compose_heading(2, "Révisions et définitions", f"{PREFIX}-revisions", ".unnumbered")
    revised = tables.tabulate_revised(edition, changes)
    if revised:
        yield "Valeurs antérieures que cette édition corrige" + french.NO_BREAK + ":"
    yield revised or (
        f"Aucune valeur relevée que donnait l’édition {changes.against} n’a été révisée."
    )
    definitions = tables.tabulate_definitions(edition, changes)
    if definitions:
        yield "Intitulés, unités, définitions et formules qui ont changé" + french.NO_BREAK + ":"
        yield definitions
    elif "definitions" not in changes.unknown:
        yield (
            "Aucun intitulé, aucune unité, aucune définition et aucune formule n’a changé depuis "
            f"l’édition {changes.against}."
        )


def compose_changes(edition: Edition, changes: Changes) -> Iterator[Block]:
    """The whole chapter."""
    chapters = {
        row.title: compose_chapter(edition, changes, row.id, row.title)
        for row in edition.chapters.sort_values("order").itertuples()
    }
    yield from compose_introduction(
        changes, [title for title, blocks in chapters.items() if not blocks]
    )
    for blocks in chapters.values():
        yield from blocks
    yield from compose_revisions(edition, changes)


TITLE = f"# Ce qui a changé depuis l’édition précédente {{#sec-{PREFIX} .unnumbered}}"
show_changes_title = displayed(lambda edition: [TITLE], PREFIX)
show_changes = displayed(
    lambda edition: compose_changes(edition, read_changes(edition.year)), PREFIX
)
