"""The front page: the year in one sentence, what the synthesis says first, the chapters as cards,
what is new.

No page of its own: staging puts it before the foreword (``_accueil.md``).
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.compute.changes import Changes
from analysis.compute.changes.change_frames import DECLINE, PROGRESS
from analysis.compute.changes.change_words import is_unchanged
from analysis.model.store import Edition
from analysis.show import tables
from analysis.show.pages.display import (
    APPROACH,
    RUNNING_WORDS,
    count_entries,
    count_tables,
    displayed,
    mark_count,
)
from analysis.show.pages.unfinished import compose_state, count_known, is_blank
from analysis.words import french
from analysis.words.smallmarkdown import write_plain

PREFIX = "accueil"


def compose_lead(edition: Edition) -> str:
    """What the edition holds, in one sentence."""
    counts = [*count_tables(edition), count_known(edition)]
    place = edition.territory.get("to_name") or f"à {edition.territory['name']}"
    held = french.join_list([count for count in counts if count])
    said = f"{held}, chacun avec sa source" if counts[-1] else held
    said = said or "une édition à compléter"
    sentence = f"Le développement durable {place} en {edition.year} : {said}."
    return f"::: {{.accroche}}\n{write_plain(sentence)}\n:::"


def compose_cards(edition: Edition) -> str:
    """A card for each chapter: number, title, the figure that stands for it, and the number of
    actions (where nothing is listed yet, what is asked)."""
    chapters = edition.chapters.sort_values("order")
    cards = [
        _compose_card(edition, chapter, number)
        for number, (_, chapter) in enumerate(chapters.iterrows(), start=1)
    ]
    return '::: {.cartes role="list"}\n' + "\n\n".join(cards) + "\n:::"


def _compose_card(edition: Edition, chapter: pd.Series, number: int) -> str:
    title = write_plain(chapter["title"])
    headline = tables.choose_headline(edition, chapter["id"])
    counted = {"chapter": chapter["id"]}
    actions = ""
    if len(edition.rows("actions", **counted)):
        words = RUNNING_WORDS if chapter["kind"] == APPROACH else ("action", "actions")
        actions = count_entries(edition, "actions", *words, **counted)
    elif is_blank(edition, chapter["id"]):
        asked = len(tables.list_unanswered(edition, **counted))
        actions = mark_count(asked, "valeur demandée", "valeurs demandées", "requests")
        actions = actions or "à recenser"
    parts = [
        f"[{number}]{{.chapter-number}} [{title}](#sec-{chapter['id']}){{.titre}}",
        *(tables.describe_headline(edition, row) for row in headline.itertuples()),
        f"[{actions}]{{.actions}}" if actions else "",
    ]
    body = "\n\n".join(part for part in parts if part)
    return f':::: {{.carte role="listitem" data-chapitre="{chapter["id"]}"}}\n{body}\n::::'


def compose_news(edition: Edition, changes: Changes | None, above: str = "") -> Iterator[str]:
    """What is new since the edition before, under its heading (``above``); nothing where there is
    none."""
    if changes is None or is_unchanged(edition, changes):
        return
    yield above
    yield tables.describe_news(edition, changes)
    for trend in (PROGRESS, DECLINE):
        yield tables.list_movements(edition, changes, trend)
    yield "::: {.vers}\n[Tout ce qui a changé, chapitre par chapitre](#sec-changements)\n:::"


show_lead = displayed(lambda edition: [compose_lead(edition)], PREFIX)
show_cards = displayed(lambda edition: [compose_cards(edition)], PREFIX)
show_state = displayed(lambda edition: [compose_state(edition, PREFIX)], PREFIX)
show_news = displayed(compose_news, PREFIX)
