"""Tables of the chain from objectives to actions: what it lacks, what targets lack, of which kinds
the indicators are."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from analysis.compute.objectives import (
    GAPS,
    NO_OBJECTIVE,
    NO_TARGET,
    OUT_OF_TREE,
    count_natures,
    list_lacks,
    list_targets,
)
from analysis.model.progress import order_targets
from analysis.model.store import Edition, title_pages
from analysis.show.tables.indicator_board import KINDS
from analysis.show.tables.pipe_tables import format_table
from analysis.words import french, prose
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table
from analysis.words.progress_words import describe_goal, describe_steps, list_paces

#: The table that holds what lacks a link of the chain.
_TABLES = {NO_TARGET: "indicators", OUT_OF_TREE: "targets", NO_OBJECTIVE: "actions"}


def _write(number: int, table: str) -> str:
    return mark(str(number), name_table(table)) if number else "0"


def tabulate_missing_links(edition: Edition, gaps: pd.DataFrame) -> str:
    """How many of each missing link (``find_gaps``), by chapter."""
    titles = title_pages(edition, "short_title")
    titles = {id: title for id, title in titles.items() if id in set(gaps["chapter"])}
    rows = []
    for gap in GAPS:
        found = Counter(gaps.loc[gaps["gap"] == gap, "chapter"])
        numbers = [*(found[id] for id in titles), found.total()]
        if found:
            rows.append((gap, *(_write(n, _TABLES.get(gap, "objectives")) for n in numbers)))
    # A heading is never cut: its longest word gives its width.
    widths = {title: max(map(len, title.split())) + 2 for title in titles.values()}
    columns = {"Maillon qui manque": 30} | widths | {"Total": 8}
    caption = (
        "Maillons qui manquent entre les objectifs, les indicateurs, les cibles et les actions"
    )
    return format_table(columns, rows, caption, "objectifs-maillons", right=[*columns][1:])


def tabulate_natures(edition: Edition) -> str:
    """How many indicators of each kind, by chapter."""
    counts = count_natures(edition).set_index(["chapter", "kind"])["number"]
    rows = []
    for id, title in title_pages(edition).items():
        numbers = [int(counts.get((id, kind), 0)) for kind in KINDS]
        if any(numbers):
            rows.append((title, *(_write(n, "indicators") for n in (*numbers, sum(numbers)))))
    heads = [name.capitalize() for name in (*KINDS, "total")]
    columns = {"Chapitre": 40} | dict.fromkeys(heads, 12)
    caption = "Indicateurs du catalogue par chapitre et par nature"
    return format_table(columns, rows, caption, "objectifs-natures", right=heads)


def tabulate_target_lacks(edition: Edition) -> str:
    """Each target with its steps, its pace, who answers for it, and what it does not say."""
    rows = []
    for target in order_targets(list_targets(edition)):
        if target["counted"]:
            continue  # said with what it is a share of
        aims = (describe_goal(edition, target), describe_steps(edition, target))
        pace = list_paces(edition, target).get("nécessaire", "")
        pace = mark(pace, f"{target['indicator']}:cible")
        rows.append(
            (
                target["title"],
                " ; ".join(filter(None, aims)),
                pace or "sans objet",
                prose.describe_services(edition, target["owner"], "") or "non nommé",
                french.join_list(list_lacks(edition, target)) or "rien",
            )
        )
    columns = {
        "Cible": 24, "Ce qui est visé": 24, "Rythme nécessaire": 14, "Responsable": 14,
        "Ce qui n’est pas dit": 26,
    }  # fmt: skip
    caption = "Ce que chaque cible dit, et ce qu’il lui manque pour être suivie"
    return format_table(columns, rows, caption, "objectifs-cibles")
