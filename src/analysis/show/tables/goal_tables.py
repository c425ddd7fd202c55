"""The goals of the 2030 Agenda: which actions contribute to each, why, by how much, who says so."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from analysis.model.references import Row
from analysis.model.store import Edition, to_records
from analysis.show.tables.pipe_tables import format_table
from analysis.words import french, prose
from analysis.words.citations import cite_place
from analysis.words.hidden_markup import hide, mark
from analysis.words.lineage import name_table


def list_contributions(edition: Edition) -> pd.DataFrame:
    """The contributions of the actions, then of the short-term actions, that this edition
    describes, goal by goal, in the report's order; ``title``, ``place`` (what links lead to),
    ``section`` (the label of its section) and ``kind`` (that of its chapter; ``planned``) are those
    of the action, ``judge`` who judged ('': the source says it)."""
    actions, planned = edition.actions, edition.planned
    kinds = actions["chapter"].map(edition.chapters.set_index("id")["kind"])
    places = "sec-" + actions["id"]
    actions = actions.assign(place=places, section=places, kind=kinds)
    sections = "sec-" + planned["chapter"] + "-court-terme"
    planned = planned.assign(place=planned["id"], section=sections, kind="planned")
    described = pd.concat([actions, planned])[["id", "title", "place", "section", "kind"]]
    described = described.assign(rank=range(len(described)))
    found = edition.contributions.merge(described, left_on="action", right_on="id")
    judges = [prose.name_judge(edition, source) for source in found["source"]]
    found = found.assign(judge=pd.Series(judges, dtype="str"))
    return found.sort_values(["goal", "rank"], ignore_index=True).drop(columns=["id", "rank"])


def count_contributions(edition: Edition, contributions: pd.DataFrame) -> pd.DataFrame:
    """Every goal in the order of its number, with the ``count`` of the actions that contribute."""
    counts = contributions.groupby("goal").size()
    goals = edition.sdgs.sort_values("number", ignore_index=True)
    return goals.assign(count=goals["number"].map(counts).fillna(0).astype("int64"))


def tabulate_goals(edition: Edition, contributions: pd.DataFrame) -> str:
    """Each goal (a place that its numbers lead to), how many actions contribute, which: by their
    names where there is room, else (on paper, on a phone) by the numbers of their sections."""
    columns = {"Objectif": 29, "Nombre": 8, "Actions qui y contribuent": 63}
    short, rows = _shorten(set(contributions["title"])), []
    for goal in count_contributions(edition, contributions).itertuples():
        title, place = goal.title, prose.name_goal(goal.number)
        if goal.count:  # the reasons have a section of their own
            title = prose.write_link(title, prose.name_reasons(goal.number))
        badge = prose.write_span(str(goal.number), f".objectif .objectif-{goal.number}")
        served = contributions[contributions["goal"] == goal.number]
        links = [prose.write_link(short[row.title], row.place) for row in served.itertuples()]
        rows.append(
            (
                prose.write_span(f"{badge} {title}", f"#{place}"),
                mark(str(goal.count), name_table("contributions")),
                " ".join([prose.write_span(" ".join(links), ".noms"), _number(served)])
                if links
                else "aucune",
            )
        )
    caption = "Les objectifs de développement durable, et les actions qui y contribuent"
    return format_table(columns, rows, caption, "agenda-objectifs")


def _number(served: pd.DataFrame) -> str:
    """« 1.1.4, 3.1.1 »: the sections of actions, once each."""
    links = [hide(f"[-@{section}]") for section in served["section"].unique()]
    return prose.write_span(", ".join(links), ".numeros")


def _shorten(titles: set[str]) -> dict[str, str]:
    """Titles as a list says them: « Halles rurales » for « Halles rurales : un lieu », where it is
    more than a word and no other begins so."""
    heads = {title: title.split(" : ")[0] for title in titles}
    counts = Counter(heads.values())
    return {t: head if counts[head] == 1 and " " in head else t for t, head in heads.items()}


def tabulate_reasons(edition: Edition, title: str, contributions: pd.DataFrame) -> str:
    """Of a goal (its title): each action, why it contributes, what measures it, who says so."""
    columns = {"Action": 29, "Pourquoi": 34, "Combien": 22, "Source": 15}
    rows = [
        (
            prose.write_link(row["title"], row["place"]),
            prose.resolve_line(edition, row["reason"]),
            tell_measure(edition, row["indicator"]),
            _cite(edition, row),
        )
        for row in to_records(contributions)
    ]
    caption = f"En quoi, et de combien, chaque action y contribue ({title})"
    goal = contributions["goal"].iloc[0]
    return format_table(columns, rows, caption, f"agenda-raisons-{goal}")


def tell_measure(edition: Edition, reference: str) -> str:
    """« Arbres plantés (cumul) : 60 000 arbres fin 2017 »; '' where nothing measures it."""
    if not reference:
        return ""
    value = edition.value(reference)
    title = edition.catalogue[value.indicator]["title"]
    title = prose.title_value(edition, title, value.territory)
    said = prose.format_placeholder(edition, value, "complet")
    return f"{title}{french.NO_BREAK}: {said}"


def _cite(edition: Edition, row: Row) -> str:
    """The place in the source; « d’après » where someone judged or deduced it."""
    place = cite_place(edition, row["source"], row["locator"], lines=True)
    return f"d’après {place}" if place and (row["judge"] or row["basis"] == "déduit") else place
