"""Tables of what is written rather than measured: plans, improvements, dates, effects, sources,
gaps, acronyms.
"""

from __future__ import annotations

import pandas as pd

from analysis.model.store import Edition
from analysis.show.tables.pipe_tables import format_markdown
from analysis.show.tables.row_text import describe_locator, read_text
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
    rows = edition.rows("planned", chapter=chapter).sort_values("order")
    frame = pd.DataFrame(
        {
            "Action": [name_place(row.title, row.id) for row in rows.itertuples()],
            "Contenu": [prose.resolve_line(edition, text) for text in rows["summary"]],
            "Échéance": [describe_due(row.due_start, row.due_end) for row in rows.itertuples()],
            "État": list(rows["status"]),
            "Portage": [_services(edition, cell) for cell in rows["services"]],
        }
    )
    widths = [25, 37, 13, 12, 18]
    if not frame.empty and not frame["Portage"].any():
        frame, widths = frame.drop(columns="Portage"), [28, 46, 14, 12]
    return format_markdown(
        frame, "Contenu, échéance et état de chaque action", f"{chapter}-court-terme", widths=widths
    )


def tabulate_effects(edition: Edition, chapter: str) -> str:
    """Actions × finalities (+, 0, −), then the reason of each effect."""
    actions = edition.rows("actions", chapter=chapter)
    finalities = edition.chapters[edition.chapters["kind"] == "finalité"].sort_values("order")
    effects = edition.rows("effects", action=list(actions["id"]))
    if effects.empty or not (effects["effect"] != "0").any():
        return ""
    marks = {(row.action, row.finality): MARKS[row.effect] for row in effects.itertuples()}
    grid = pd.DataFrame(
        {"Action": list(actions["title"])}
        | {
            row.short_title: [marks.get((action, row.id), "0") for action in actions["id"]]
            for row in finalities.itertuples()
        }
    )
    matrix = format_markdown(
        grid,
        "Effet des actions sur les finalités : + favorable, − défavorable, 0 sans effet signalé",
        f"{chapter}-contributions",
        # A heading is never cut: its longest word gives its width.
        widths=[38, *(max(len(word) for word in title.split()) + 2 for title in grid.columns[1:])],
    )
    return f"{matrix}\n\n{_tabulate_reasons(edition, chapter, actions, finalities, effects)}"


def _tabulate_reasons(
    edition: Edition,
    chapter: str,
    actions: pd.DataFrame,
    finalities: pd.DataFrame,
    effects: pd.DataFrame,
) -> str:
    titles = actions.set_index("id")["title"]
    shorts = finalities.set_index("id")["short_title"]
    order = {action: rank for rank, action in enumerate(actions["id"])}
    places = {finality: rank for rank, finality in enumerate(finalities["id"])}
    rows = effects[effects["effect"] != "0"]
    rows = sorted(
        rows.itertuples(), key=lambda row: (order[row.action], places.get(row.finality, 9))
    )
    frame = pd.DataFrame(
        {
            "Action": [titles[row.action] for row in rows],
            "Finalité": [shorts.get(row.finality, row.finality) for row in rows],
            "Effet": [MARKS[row.effect] for row in rows],
            "Raison": [row.reason for row in rows],
            "Source": [describe_locator(row.locator) for row in rows],
        }
    )
    # An action is named once, on its first line.
    repeated = frame["Action"].eq(frame["Action"].shift())
    frame = frame.assign(Action=frame["Action"].mask(repeated, ""))
    return format_markdown(
        frame,
        "Raison de chaque effet signalé",
        f"{chapter}-contributions-raisons",
        widths=[26, 15, 6, 42, 11],
    )


def tabulate_sources(edition: Edition) -> str:
    """Documents and files, producer, licence, remark."""
    rows = edition.sources
    frame = pd.DataFrame(
        {
            "Source": list(rows["title"]),
            "Producteur": [read_text(cell) for cell in rows["producer"]],
            "Licence": [read_text(cell) for cell in rows["licence"]],
            "Remarque": [read_text(cell) for cell in rows["remark"]],
        }
    )
    return format_markdown(frame, "Sources des données", "annexes-sources", widths=[20, 20, 18, 42])


def tabulate_discrepancies(edition: Edition) -> str:
    """The register: what is printed where, what the computation gives, which reading is kept."""
    frame = pd.DataFrame(
        [
            {
                "Objet": f"{row.title} ({row.kind})",
                "Imprimé dans la source": f"{row.printed} ({describe_locator(row.locator)})",
                "Calcul ou autre passage": row.computed,
                "Lecture retenue et raison": f"{row.kept} {row.reason}",
            }
            for row in edition.discrepancies.itertuples()
        ]
    )
    return format_markdown(
        frame, "Registre des écarts de la source", "annexes-ecarts", widths=[18, 28, 22, 32]
    )


def tabulate_gaps(edition: Edition) -> str:
    """What the source showed and is lost, or never gave."""
    shorts = edition.chapters.set_index("id")["short_title"]
    rows = edition.gaps
    frame = pd.DataFrame(
        {
            "Chapitre": [shorts.get(chapter, "") for chapter in rows["chapter"]],
            "Donnée": list(rows["title"]),
            "Ce qui manque": list(rows["description"]),
            "Source": [describe_locator(cell) for cell in rows["locator"]],
        }
    )
    return format_markdown(
        frame, "Données perdues ou non données", "annexes-lacunes", widths=[15, 27, 46, 12]
    )


def tabulate_glossary(edition: Edition) -> str:
    """Acronyms in alphabetical order."""
    rows = edition.glossary.sort_values("short", key=lambda column: column.str.casefold())
    frame = pd.DataFrame({"Sigle": list(rows["short"]), "Développement": list(rows["long"])})
    return format_markdown(frame, "Sigles", "annexes-glossaire", widths=[20, 80])
