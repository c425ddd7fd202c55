"""Tables of the chain from objectives to actions: what it lacks, what targets lack, of which kinds
the indicators are."""

from __future__ import annotations

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
from analysis.words import french
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table
from analysis.words.progress_words import describe_goal, list_paces

#: The table that holds what lacks a link of the chain.
_TABLES = {NO_TARGET: "indicators", OUT_OF_TREE: "targets", NO_OBJECTIVE: "actions"}
#: Of a target for which nobody answers.
NOBODY = "non nommé"


def _tabulate_by_chapter(
    edition: Edition, counts: pd.DataFrame, first: str, tables: dict[str, str], *caption: str
) -> str:
    """Numbers, of the columns ``row``, ``chapter``, ``number``, in a table: a row of each in the
    order of ``tables`` (the table that each is counted from), a column of each chapter that has
    any, and the total."""
    titles = title_pages(edition, "short_title")
    chapters = [id for id in titles if id in set(counts["chapter"])]
    known = {(r.row, r.chapter): int(r.number) for r in counts.itertuples()}

    def write(row: str, number: int) -> str:
        return mark(str(number), name_table(tables[row])) if number else "0"

    lines = []
    for row in tables:
        numbers = [known.get((row, id), 0) for id in chapters]
        if any(numbers):
            lines.append((row, *(write(row, n) for n in (*numbers, sum(numbers)))))
    columns = {first: 30} | {titles[id]: max(map(len, titles[id].split())) + 2 for id in chapters}
    return format_table(columns | {"Total": 8}, lines, *caption, right=[*columns][1:])


def tabulate_missing_links(edition: Edition, gaps: pd.DataFrame) -> str:
    """How many of each missing link (``find_gaps``), by chapter."""
    counts = gaps.groupby(["gap", "chapter"])["id"].count().rename("number").reset_index()
    return _tabulate_by_chapter(
        edition,
        counts.rename(columns={"gap": "row"}),
        "Maillon qui manque",
        {gap: _TABLES.get(gap, "objectives") for gap in GAPS},
        "Maillons qui manquent entre les objectifs, les indicateurs, les cibles et les actions",
        "objectifs-maillons",
    )


def tabulate_natures(edition: Edition) -> str:
    """How many indicators of each kind, by chapter."""
    return _tabulate_by_chapter(
        edition,
        count_natures(edition).rename(columns={"kind": "row"}),
        "Nature",
        dict.fromkeys(KINDS, "indicators"),
        "Indicateurs du catalogue par nature et par chapitre",
        "objectifs-natures",
    )


def tabulate_target_lacks(edition: Edition) -> str:
    """Each target with its steps, its pace, who answers for it, and what it does not say."""
    services = edition.services.set_index("id")["name"]
    rows = []
    for target in order_targets(list_targets(edition)):
        steps = [describe_goal(edition, step) for step in target["steps"]]
        pace = list_paces(edition, target).get("nécessaire", "")
        pace = mark(pace, f"{target['indicator']}:cible")
        rows.append(
            (
                target["title"],
                describe_goal(edition, target) + "".join(f" ; étape, {step}" for step in steps),
                pace or "sans objet",
                services.get(target["owner"], NOBODY),
                french.join_list(list_lacks(edition, target)) or "rien",
            )
        )
    columns = {
        "Cible": 24, "Ce qui est visé": 24, "Rythme nécessaire": 14, "Responsable": 14,
        "Ce qui n’est pas dit": 26,
    }  # fmt: skip
    caption = "Ce que chaque cible dit, et ce qu’il lui manque pour être suivie"
    return format_table(columns, rows, caption, "objectifs-cibles")
