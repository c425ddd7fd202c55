"""Tables of what is written rather than measured: plans, effects, sources, gaps, acronyms."""

from __future__ import annotations

import pandas as pd

from analysis.model.store import Edition
from analysis.show.tables.pipe_tables import describe_locator, format_table, read_text
from analysis.words import french, prose
from analysis.words.hidden_markup import name_place

MARKS = {"+": "+", "−": "−", "-": "−", "0": "0"}


def _day(cell: object) -> object:
    return None if cell is None or cell == "" or pd.isna(cell) else cell


def describe_due(start: object, end: object) -> str:
    """« 2018 », « à partir de janvier 2018 », « sans date »."""
    start, end = _day(start), _day(end)
    if start is None and end is None:
        return "sans date"
    if end is None:
        return f"à partir du {french.format_date(start)}"
    if start is None:
        return f"avant le {french.format_date(end)}"
    return french.format_date(end) if start == end else french.name_period(start, end)


def _services(edition: Edition, cell: str) -> str:
    names = edition.services.set_index("id")["name"]
    return " ; ".join(names.get(service, service) for service in prose.split_list(cell))


def tabulate_planned(edition: Edition, chapter: str) -> str:
    """Short-term actions: what, when, who. Each title is a place under its id."""
    columns = {"Action": 25, "Contenu": 37, "Échéance": 13, "État": 12, "Portage": 18}
    rows = [
        (
            name_place(row.title, row.id),
            prose.resolve_line(edition, row.summary),
            describe_due(row.due_start, row.due_end),
            prose.describe_followup(row._asdict(), edition.year) or row.status,
            _services(edition, row.services),
        )
        for row in edition.rows("planned", chapter=chapter).sort_values("order").itertuples()
    ]
    if not any(services for *_, services in rows):
        columns = {"Action": 28, "Contenu": 46, "Échéance": 14, "État": 12}
        rows = [row[:-1] for row in rows]
    caption = "Contenu, échéance et état de chaque action"
    return format_table(columns, rows, caption, f"{chapter}-court-terme")


def tabulate_effects(edition: Edition, chapter: str) -> str:
    """Actions × finalities (+, 0, −), then the reason of each effect."""
    actions = edition.rows("actions", chapter=chapter)
    finalities = edition.chapters[edition.chapters["kind"] == "finalité"].sort_values("order")
    effects = edition.rows("effects", action=list(actions["id"]))
    if effects.empty or not (effects["effect"] != "0").any():
        return ""
    marks = {(row.action, row.finality): MARKS[row.effect] for row in effects.itertuples()}
    # A heading is never cut: its longest word gives its width.
    columns = {"Action": 38} | {
        title: max(len(word) for word in title.split()) + 2 for title in finalities["short_title"]
    }
    matrix = format_table(
        columns,
        [
            (action.title, *(marks.get((action.id, id), "0") for id in finalities["id"]))
            for action in actions.itertuples()
        ],
        "Effet des actions sur les finalités : + favorable, − défavorable, 0 sans effet signalé",
        f"{chapter}-contributions",
    )
    return f"{matrix}\n\n{_tabulate_reasons(chapter, actions, finalities, effects)}"


def _tabulate_reasons(
    chapter: str, actions: pd.DataFrame, finalities: pd.DataFrame, effects: pd.DataFrame
) -> str:
    """Effects in the order of actions and finalities; an action is named on its first line."""
    columns = {"Action": 26, "Finalité": 15, "Effet": 6, "Raison": 42, "Source": 11}
    titles = actions.set_index("id")["title"]
    shorts = finalities.set_index("id")["short_title"]
    order = {action: rank for rank, action in enumerate(actions["id"])}
    places = {finality: rank for rank, finality in enumerate(finalities["id"])}
    found = sorted(
        effects[effects["effect"] != "0"].itertuples(),
        key=lambda row: (order[row.action], places.get(row.finality, 9)),
    )
    rows, named = [], None
    for row in found:
        title = "" if row.action == named else titles[row.action]
        named = row.action
        finality, locator = shorts.get(row.finality, row.finality), describe_locator(row.locator)
        rows.append((title, finality, MARKS[row.effect], row.reason, locator))
    caption = "Raison de chaque effet signalé"
    return format_table(columns, rows, caption, f"{chapter}-contributions-raisons")


def tabulate_sources(edition: Edition) -> str:
    """Documents and files, producer, licence, remark."""
    columns = {"Source": 20, "Producteur": 20, "Licence": 18, "Remarque": 42}
    rows = [
        (row.title, read_text(row.producer), read_text(row.licence), read_text(row.remark))
        for row in edition.sources.itertuples()
    ]
    return format_table(columns, rows, "Sources des données", "annexes-sources")


def tabulate_gaps(edition: Edition) -> str:
    """What the source showed and is lost, or never gave."""
    columns = {"Chapitre": 15, "Donnée": 27, "Ce qui manque": 46, "Source": 12}
    shorts = edition.chapters.set_index("id")["short_title"]
    rows = [
        (shorts.get(row.chapter, ""), row.title, row.description, describe_locator(row.locator))
        for row in edition.gaps.itertuples()
    ]
    return format_table(columns, rows, "Données perdues ou non données", "annexes-lacunes")


def tabulate_glossary(edition: Edition) -> str:
    """Acronyms in alphabetical order."""
    rows = edition.glossary.sort_values("short", key=lambda column: column.str.casefold())
    acronyms = rows[["short", "long"]].itertuples(index=False)
    columns = {"Sigle": 20, "Développement": 80}
    return format_table(columns, acronyms, "Sigles", "annexes-glossaire")
