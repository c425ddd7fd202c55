"""« Objectifs et indicateurs »: the tree of each finality as nested lists, then what it lacks.

One nested list is the tree: a style sheet draws its branches on a screen, ``filters/blocks.lua``
and the template on paper, and whoever has the page read out hears an outline.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from analysis.compute.objectives import (
    GAPS,
    NO_ACTION,
    NO_EFFECT_INDICATOR,
    NO_INDICATOR,
    NO_OBJECTIVE,
    NO_OPERATIONAL,
    NO_OWNER,
    NO_STRATEGIC,
    NO_TARGET,
    Branch,
    Model,
    list_branches,
    list_measures,
    list_targets,
)
from analysis.model.progress import MET, NO_VALUE
from analysis.model.references import Row
from analysis.model.schema import OBJECTIVE_LEVELS, OBJECTIVE_STATUSES, WRITTEN
from analysis.model.store import Edition, title_pages, to_records
from analysis.show.pages.dashboard_page import name_kind, name_kinds
from analysis.show.pages.display import Block, compose_heading, displayed, mark_count
from analysis.show.pages.summary_page import find_place
from analysis.show.pages.verdict_lines import write_sign
from analysis.show.tables.indicator_board import KINDS
from analysis.words import french, prose
from analysis.words.citations import cite_source
from analysis.words.hidden_markup import capitalise, mark, name_place, write_attribute
from analysis.words.lineage import name_table
from analysis.words.progress_words import (
    describe_goal,
    describe_model_target,
    describe_steps,
    list_paces,
)
from analysis.words.smallmarkdown import write_plain

PREFIX = "objectifs"
#: How what serves an objective is called.
_SERVING = {"actions": "action", "planned": "action à court terme", "improvements": "piste"}
#: What is missing, said where it is; that most have no owner is said once, below.
_MISSING = {
    NO_OPERATIONAL: "un objectif opérationnel",
    NO_STRATEGIC: "un objectif stratégique",
    NO_INDICATOR: "un indicateur",
    NO_EFFECT_INDICATOR: "un indicateur de résultat ou d’impact",
    NO_ACTION: "une action",
}


@dataclass
class _Page:
    """What the lines of a tree are written from: by objective what it lacks, the targets, and what
    already has its indicators above."""

    edition: Edition
    lacks: Mapping[str, list[str]]
    targets: list[Row]
    told: set[str] = field(default_factory=set)


def compose_tree(
    edition: Edition, tree: Mapping[str, Sequence[Branch]], gaps: pd.DataFrame
) -> Iterator[Block]:
    """The tree of each chapter under its title, with what it lacks (``find_gaps``); who judged of
    what, below."""
    titles = title_pages(edition)
    lacks = {id: [_MISSING[gap] for gap in found["gap"] if gap in _MISSING]
             for id, found in gaps.groupby("id")}  # fmt: skip
    page = _Page(edition, lacks, list_targets(edition))
    for chapter, tops in tree.items():
        yield compose_heading(2, titles[chapter], f"objectifs-{chapter}")
        yield _box(line for top in tops for line in _compose(page, top, 0))
    links = [link for branch in list_branches(tree) for link in branch.links.values()]
    if judges := prose.name_judges(edition, {link["source"] for link in links}):
        yield f"::: {{.source}}\n{write_plain(f'Lien {judges}')}\n:::"


def _box(lines: Iterator[str]) -> str:
    return "::: {.arbre}\n" + "\n".join(lines) + "\n:::"


def _compose(page: _Page, branch: Branch, depth: int) -> Iterator[str]:
    """The lines of an objective and of all that is below it."""
    edition, row, pad = page.edition, branch.row, "  " * (depth + 1)
    yield f"{'  ' * depth}- {_name(edition, row)}"
    if missing := french.join_list(page.lacks.get(row["id"], [])):
        yield f"{pad}- {_span('il manque', '.nature .manque')} {write_plain(missing)}"
    page.told.update(row["id"] for row in branch.indicators)
    for indicator in _by_kind(branch.indicators):
        yield f"{pad}- {_tell_indicator(page, indicator)}{_judge(edition, branch, indicator)}"
    for table, action in branch.serving:
        tag = _span(_SERVING[table], ".nature .action")
        yield f"{pad}- {tag} {_link(edition, action)}{_judge(edition, branch, action)}"
        if action["id"] not in page.told:
            yield from _compose_measures(page, action["id"], pad + "  ")
            page.told.add(action["id"])
    for below in branch.below:
        yield from _compose(page, below, depth + 1)


def _span(text: str, classes: str) -> str:
    return f"[{write_plain(text)}]{{{classes}}}"


def _name(edition: Edition, row: Row) -> str:
    """An objective: its level, its title, which document says it and where, who answers for it."""
    status = row["status"]
    if row["document"]:
        status = f"{'écrit dans' if status == WRITTEN else status} : {row['document']}"
    owner = prose.describe_services(edition, row["owner"], "")
    place = cite_source(edition, row["source"], row["locator"])
    origin = (status, place, owner and f"responsable : {owner}", row["note"])
    origin = f"{french.NARROW}; ".join(filter(None, origin))
    title = write_plain(name_place(row["title"], f"arbre-{row['id']}"))
    return f"{_span(row['kind'], '.nature .niveau')} **{title}** {_span(f'({origin})', '.origine')}"


def _judge(edition: Edition, branch: Branch, row: Row) -> str:
    judged = prose.name_judge(edition, branch.links[row["id"]]["source"])
    return write_plain(prose.JUDGED) if judged else ""


def _by_kind(rows: Sequence[Row]) -> list[Row]:
    """From what is put in to what comes out of it, context at the end."""
    return sorted(rows, key=lambda row: (*KINDS, row["kind"]).index(row["kind"]))


def _link(edition: Edition, row: Row) -> str:
    """A title that leads to where it is treated."""
    place = find_place(edition, row["id"])
    return prose.write_link(row["title"], place[0]) if place else write_plain(row["title"])


def _tag(kind: str) -> str:
    return _span(kind, f".nature .{'contexte' if kind == 'contexte' else 'mesure'}")


def _tell_indicator(page: _Page, row: Row) -> str:
    """Its kind, its value, its targets and where it stands."""
    edition = page.edition
    parts = [write_plain(prose.format_placeholder(edition, edition.value(row["id"]), "complet"))]
    parts += [_tell_target(edition, one) for one in page.targets if one["indicator"] == row["id"]]
    said = f"{french.NARROW}; ".join(parts)
    return f"{_tag(row['kind'])} {_link(edition, row)}{french.NO_BREAK}: {said}"


def _tell_target(edition: Edition, target: Row) -> str:
    """« objectif : 100 000 arbres en 2020, étape : … ; rythme insuffisant (il faudrait…) »."""
    said = (describe_goal(edition, target), describe_steps(edition, target))
    goal = f"{french.NARROW}; ".join(filter(None, said))
    verdict = target["verdict"]
    pace = list_paces(edition, target).get("nécessaire", "") if verdict not in MET else ""
    pace = mark(pace, f"{target['indicator']}:cible")
    why = ", ".join(filter(None, (target["reason"], pace and f"il faudrait {pace}")))
    reason = f" {write_plain(f'({why})')}" if why and verdict != NO_VALUE else ""
    told = f"{write_sign(verdict)} **{write_plain(verdict)}**{reason}"
    return f"{write_plain(goal)}{french.NARROW}; {told}"


def _compose_measures(page: _Page, action: str, pad: str) -> Iterator[str]:
    """What is measured of an action: in full what has a target, the rest counted by kind; then the
    steps that are targets of their own. What stands above is not said again."""
    aimed = {row["indicator"] for row in page.targets}
    rows = [row for row in list_measures(page.edition, action) if row["id"] not in page.told]
    for row in _by_kind([row for row in rows if row["id"] in aimed]):
        yield f"{pad}- {_tell_indicator(page, row)}"
    rest = [row["kind"] for row in rows if row["id"] not in aimed]
    if rest:
        kinds = [(kind, rest.count(kind)) for kind in KINDS if kind in rest]
        said = mark_count(len(rest), "indicateur", "indicateurs", "indicators")
        named = name_kinds(kinds)
        said += f" : {french.join_list(named)}" if len(named) > 1 else f" {name_kind(rest[0])}"
        yield f"{pad}- {write_plain(said)}"
    for target in page.targets:
        if target["entry"] and action in (target["entry"], target["action"]):
            title = "" if target["entry"] == action else write_plain(f"{target['title']} :") + " "
            said = title + _tell_target(page.edition, target)
            yield f"{pad}- {_span('étape', '.nature .mesure')} {said}"


def describe_tree(edition: Edition, tree: Mapping[str, Sequence[Branch]]) -> str:
    """How many objectives there are, of which levels, and how far they have come."""
    branches, counts = list_branches(tree), []
    for column, words in (("kind", OBJECTIVE_LEVELS), ("status", OBJECTIVE_STATUSES)):
        found = Counter(branch.row[column] for branch in branches)
        named = [mark_count(found[word], word, _agree(word), "objectives") for word in words]
        counts.append(french.join_list([*filter(None, named)]))
    total = mark_count(len(branches), "objectif", "objectifs", "objectives")
    return french.typeset(f"{total} : {' ; '.join(counts)}.") if branches else ""


def list_missing(tree: Mapping[str, Sequence[Branch]], gaps: pd.DataFrame) -> str:
    """What lacks most of the chain, in three lines at most, before the tree."""
    found = Counter(gaps["gap"])
    whole = mark_count(len(list_branches(tree)), "objectif", "objectifs", "objectives")
    said = [
        f"{mark(str(found[gap]), name_table('objectives'))} {words}"
        for gap, words in (
            (NO_INDICATOR, "sans aucun indicateur"),
            (NO_EFFECT_INDICATOR, "dont aucun indicateur n’est de résultat ni d’impact"),
            (NO_ACTION, "sans action"),
            (NO_OWNER, "sans responsable"),
        )
        if found[gap]
    ]
    lines = [f"sur {whole} : {french.join_list(said)}"] if said else []
    for gap, first, table in ((NO_TARGET, "indicateur", "indicators"),
                              (NO_OBJECTIVE, "action", "actions")):  # fmt: skip
        words = gap.removeprefix(first)
        if counted := mark_count(found[gap], first, f"{first}s", table):
            lines.append(f"{counted}{words}")
    titled = "**[Ce qui manque](#sec-objectifs-maillons)**\n\n" if lines else ""
    return titled + french.typeset("\n".join(f"- {capitalise(line)}." for line in lines))


def ask_objectives(edition: Edition) -> str:
    """What is asked of whom where no objective is known."""
    if edition.is_reconstituted:
        return f"Cette édition {edition.year} est reconstituée : aucun objectif n’y est connu."
    return (
        "Aucun objectif n’est encore saisi, et rien n’est dessiné. À chaque service : ce que ses "
        "actions visent, dans quel document c’est écrit, ce qui le mesure (`objectives.csv` et "
        "`objective_links.csv`). À la direction générale : qui répond de chaque objectif."
    )


def _agree(words: str) -> str:
    """« écrits dans un document »."""
    first, *rest = words.split()
    return " ".join([f"{first}s", *rest])


def compose_gaps(edition: Edition, gaps: pd.DataFrame) -> Iterator[Block]:
    """What lacks each link of the chain, chapter by chapter, folded under its name."""
    titles, objectives = title_pages(edition, "short_title"), set(edition.objectives["id"])
    found = gaps[gaps["gap"] != NO_OWNER]  # the tree names who answers for an objective
    for gap in GAPS:
        lines = []
        for chapter, title in titles.items():
            rows = to_records(found[(found["gap"] == gap) & (found["chapter"] == chapter)])
            named = [
                prose.write_link(row["title"], f"arbre-{row['id']}")
                if row["id"] in objectives
                else _link(edition, row)
                for row in rows
            ]
            if rows:
                lines.append(f"- {write_plain(f'{title} :')} {f'{french.NARROW}; '.join(named)}")
        if lines:
            title = write_attribute(
                capitalise(f"{gap}{french.NO_BREAK}: {(found['gap'] == gap).sum()}")
            )
            yield "\n".join([f'::: {{.encadre-note title="{title}"}}', *lines, ":::"])


def compose_model(edition: Edition, model: Model) -> Iterator[Block]:
    """A model of objectives in a frame that says that it is not of the territory."""
    source = model.source
    said = f"{source['title']} ({source['producer']}). {source['remark']}"
    tree = _box(line for top in model.branches for line in _compose_model(model, top, 0))
    box = ':::: {.encadre-important title="Exemple, qui n’est pas du territoire"}'
    yield f"{box}\n{french.typeset(said)}\n\n{tree}\n::::"


def _compose_model(model: Model, branch: Branch, depth: int) -> Iterator[str]:
    row, pad = branch.row, "  " * (depth + 1)
    place = _span(f"({row['locator']})", ".origine")
    level = _span(row["kind"], ".nature .niveau")
    yield f"{'  ' * depth}- {level} **{write_plain(row['title'])}** {place}"
    for indicator in _by_kind(branch.indicators):
        said = describe_model_target(model, indicator, model.targets[indicator["id"]])
        yield f"{pad}- {_tag(indicator['kind'])} {write_plain(said)}"
    for table, action in branch.serving:
        tag, place = _span(_SERVING[table], ".nature .action"), f"({action['locator']})"
        yield f"{pad}- {tag} {write_plain(action['title'])} {_span(place, '.origine')}"
    for below in branch.below:
        yield from _compose_model(model, below, depth + 1)


show_tree = displayed(compose_tree, PREFIX)
show_gaps = displayed(compose_gaps, PREFIX)
show_model = displayed(compose_model, PREFIX)
