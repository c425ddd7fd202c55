"""The page « Agenda 2030 » and its annex: what the law asks, the goals and their actions, why."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analysis.base.lists import split_list
from analysis.compute.law import explain_doubt, list_elsewhen, list_requirements, name_law
from analysis.model.council_fields import BUDGET_YEAR
from analysis.model.schema import ON_REPORT, TABLES
from analysis.model.store import Edition
from analysis.show import tables
from analysis.show.pages.display import (
    APPROACH,
    COUNTED_TABLES,
    RUNNING_WORDS,
    Block,
    displayed,
    mark_count,
)
from analysis.words import french, prose
from analysis.words.citations import describe_doubt
from analysis.words.hidden_markup import capitalise, mark
from analysis.words.lineage import name_table
from analysis.words.smallmarkdown import write_plain

#: The page of the goals, by which the law's table leads here.
PLACE = "sec-agenda-2030"
_NONE = (
    "Aucune contribution à un objectif de développement durable n’est encore dite dans cette "
    "édition : chaque service dit auxquels ses actions contribuent, et en quoi."
)


def describe_duty(edition: Edition) -> str:
    """What the law asks of the report on these goals, for the budget debated after it; '' where the
    dossier knows nothing of it, or where it does not bear on a territory of this size."""
    budget, said = edition.council[BUDGET_YEAR], "la contribution à l’Agenda 2030"
    for one in list_requirements(edition, ON_REPORT):
        if PLACE in split_list(one.row["anchor"]):
            doubt = explain_doubt(one)
            known = ", ".join(filter(None, (one.row["legal_text"], doubt)))
            known = known if doubt else name_law(one)
            return f"Pour le budget {budget}, {said} est demandée à ce rapport ({known})."
    for row in list_elsewhen(edition, ON_REPORT):
        start = row["budget_from"]
        if PLACE in split_list(row["anchor"]) and start is not None and budget < start:
            asked = f"{said} n’est demandée au rapport qu’à partir du budget {start}"
            asked = ", ".join(filter(None, (asked, describe_doubt(row["certainty"]))))
            return f"Cette page est volontaire : {asked}."
    return ""


def describe_authors(contributions: pd.DataFrame) -> str:
    """Who judged that an action contributes, and whether a source says it of some; '' where
    nobody judged."""
    said = capitalise(french.join_list(sorted(set(contributions["judge"]) - {""})))
    if not said:
        return ""
    if (contributions["judge"] != "").all():
        return f"{said} : la source n’écrit aucune de ces contributions."
    return f"{said}, d’après les lignes citées ; sans « d’après », la source le dit elle-même."


def describe_rules(edition: Edition) -> str:
    """Where the goals' numbers, titles and colours come from, and how they may be used."""
    remarks = edition.sources.loc[edition.sources["file"] == TABLES["sdgs"].file(), "remark"]
    return "".join(remarks[:1])


def _describe_counts(edition: Edition, contributions: pd.DataFrame) -> str:
    """How many actions contribute, to how many of the goals; which have none."""
    goals = tables.count_contributions(edition, contributions)
    kinds = contributions.drop_duplicates("action")["kind"]
    kinds = kinds.where(kinds.isin([APPROACH, "planned"]), "actions")
    named = {table: words for table, *words in COUNTED_TABLES}
    words = {"actions": named["actions"], APPROACH: RUNNING_WORDS, "planned": named["planned"]}
    said = [mark_count(int((kinds == kind).sum()), *words[kind], "contributions") for kind in words]
    without = [f"{row.number}. {row.title}" for row in goals[goals["count"] == 0].itertuples()]
    number = french.join_list([*filter(None, said)])
    verb = french.choose_form(len(kinds), "contribue", "contribuent")
    of = mark(f"{len(goals) - len(without)} des {len(goals)}", name_table("contributions"))
    text = f"{number} {verb} à {of} objectifs de développement durable."
    if not without:
        return text
    number = mark_count(len(without), "objectif n’a", "objectifs n’ont", "contributions")
    return f"{text} {number} aucune action : {french.join_list(without)}."


def compose_goals(edition: Edition) -> Iterator[Block]:
    """What the law asks, then the goals with the names of their actions."""
    contributions = tables.list_contributions(edition)
    duty = describe_duty(edition)
    if contributions.empty:
        yield french.typeset(f"{write_plain(duty)} {_NONE}".strip())
        return
    said = [duty, _describe_counts(edition, contributions), describe_authors(contributions)]
    yield write_plain(" ".join(filter(None, said)))
    yield "[Un numéro est celui de la section qui décrit l’action.]{.numeros}"
    yield f"::: {{.objectifs}}\n{tables.tabulate_goals(edition, contributions)}\n:::"
    rules = describe_rules(edition)
    yield f"::: {{.source}}\n{write_plain(rules)}\n:::" if rules else ""


def compose_reasons(edition: Edition) -> Iterator[Block]:
    """Goal by goal, each action, why it contributes and by how much."""
    contributions = tables.list_contributions(edition)
    if contributions.empty:
        yield french.typeset(_NONE)
        return
    said = [_describe_counts(edition, contributions), describe_authors(contributions)]
    said = write_plain(" ".join(filter(None, said)))
    yield f"{said} [Tous les objectifs](#{PLACE})."
    goals = tables.count_contributions(edition, contributions)
    for goal in goals[goals["count"] > 0].itertuples():
        badge = f"[{goal.number}]{{.objectif .objectif-{goal.number}}}"
        place = prose.name_reasons(goal.number)
        yield f"## {badge} {write_plain(goal.title)} {{#{place} .unnumbered}}"
        served = contributions[contributions["goal"] == goal.number]
        yield tables.tabulate_reasons(edition, goal.title, served)


show_goals = displayed(compose_goals, "agenda")
show_reasons = displayed(compose_reasons, "contributions")
