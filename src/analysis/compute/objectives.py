"""The tree of objectives, from each finality to what serves it, and the links that it lacks.

An indicator hangs where ``objective_links`` puts it; the others of an action hang below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import import_module

import pandas as pd

from analysis.base.errors import UserError
from analysis.base.paths import MODELS
from analysis.model.progress import FLOOR, POINT, find_aim
from analysis.model.references import Row
from analysis.model.schema import (
    CHECK_KIND,
    DUTY,
    OPERATIONAL,
    STRATEGIC,
    TABLES,
    Fault,
    InvalidDossier,
)
from analysis.model.store import Edition, to_records

#: Kinds that say what was obtained; those that only the territory's own doing moves come before.
EFFECTS = ("résultat", "impact")
#: Tables of a model of objectives, as a dossier has them.
MODEL_TABLES = (
    "sources", "units", "indicators", "objectives", "improvements", "objective_links", "targets",
)  # fmt: skip
#: Tables of what may serve an objective; those that make a tree.
SERVING = ("actions", "planned", "improvements")
_JOINED = ("indicators", *SERVING, "objectives", "objective_links")

#: Missing links of the chain: of an objective, of an indicator, of a target, of an action.
(
    NO_OPERATIONAL, NO_STRATEGIC, NO_INDICATOR, NO_EFFECT_INDICATOR, NO_ACTION, NO_OWNER,
    NO_TARGET, OUT_OF_TREE, NO_OBJECTIVE,
) = GAPS = (
    "objectif stratégique sans objectif opérationnel",
    "objectif opérationnel sans objectif stratégique",
    "objectif sans aucun indicateur",
    "objectif sans indicateur de résultat ni d’impact",
    "objectif sans action",
    "objectif sans responsable",
    "indicateur de résultat ou d’impact sans cible",
    "cible hors de l’arbre",
    "action sans objectif",
)  # fmt: skip


@dataclass
class Branch:
    """An objective with what measures it (rows of the catalogue), what serves it (table and row of
    each, the ``links`` that say so by id) and the objectives ``below`` it."""

    row: Row
    indicators: list[Row] = field(default_factory=list)
    serving: list[tuple[str, Row]] = field(default_factory=list)
    links: dict[str, Row] = field(default_factory=dict)
    below: list[Branch] = field(default_factory=list)

    def walk(self) -> Iterator[Branch]:
        """Itself, then all that is below it."""
        yield self
        for branch in self.below:
            yield from branch.walk()


def grow_tree(edition: Edition) -> dict[str, list[Branch]]:
    """The objectives below each chapter that has some, in the book's order: what stands below no
    other comes by its rank, among the strategic ones."""
    tops = _join({name: to_records(edition.rows(name)) for name in _JOINED})
    chapters = edition.chapters.sort_values("order")["id"]
    found = {id: [top for top in tops if top.row["chapter"] == id] for id in chapters}
    return {id: branches for id, branches in found.items() if branches}


def _join(tables: Mapping[str, Sequence[Row]]) -> list[Branch]:
    """The objectives below no other, each with what it holds. ``tables``: rows by table."""
    known = {row["id"]: (name, row) for name in ("indicators", *SERVING)
             for row in tables.get(name, ())}  # fmt: skip
    rows = sorted(tables["objectives"], key=lambda row: row["order"])
    branches = {row["id"]: Branch(row) for row in rows}
    for link in tables["objective_links"]:
        branch, (table, row) = branches[link["objective"]], known[link["linked"]]
        branch.links[row["id"]] = link
        if table == "indicators":
            branch.indicators.append(row)
        else:
            branch.serving.append((table, row))
    for branch in branches.values():
        if branch.row["parent"]:
            branches[branch.row["parent"]].below.append(branch)
    return [branch for branch in branches.values() if not branch.row["parent"]]


def list_branches(tree: Mapping[str, Sequence[Branch]]) -> list[Branch]:
    """Every objective of a tree (``grow_tree``), each before those below it."""
    return [branch for tops in tree.values() for top in tops for branch in top.walk()]


@dataclass(frozen=True)
class Model:
    """Objectives of a theme that are no territory's: their ``branches``, the ``targets`` that their
    source sets by indicator, the ``source`` itself; the rows of each of the ``tables``."""

    name: str
    branches: list[Branch]
    targets: dict[str, Row]
    source: Row
    tables: dict[str, list[Row]]

    def unit(self, id: str, /) -> Mapping[str, str]:
        """Row of its units."""
        return next(row for row in self.tables["units"] if row["id"] == id)


def list_models() -> list[str]:
    """Names of the models that there are."""
    return sorted(path.name for path in MODELS.iterdir() if path.is_dir())


def read_model(name: str) -> Model:
    """The model of this name. Raises UserError when there is none, InvalidDossier when it has
    faults (French)."""
    if name not in list_models():
        known = ", ".join(list_models())
        raise UserError(f"Modèle d’objectifs inconnu : « {name} ». Modèles connus : {known}.")
    # Imported by name: a page of the report does not depend on how a dossier is read.
    typed = import_module("analysis.compute.dossier.typed_tables")
    tables: dict[str, list[Row]] = {}
    faults: list[Fault] = []
    for table in MODEL_TABLES:
        file = f"{name}/{table}.csv"
        frame, found = typed.read_table(MODELS / file, TABLES[table], file)
        tables[table] = [*to_records(frame)]
        faults += found
    faults = faults or list(_check_model(name, tables))
    if faults:
        raise InvalidDossier(faults)
    targets = {row["indicator"]: row for row in tables["targets"]}
    return Model(name, _join(tables), targets, tables["sources"][0], tables)


def _check_model(name: str, tables: Mapping[str, Sequence[Row]]) -> Iterator[Fault]:
    """What a model that came from elsewhere names and does not have."""
    known = {
        "objectives": {row["id"] for row in tables["objectives"]},
        "units": {row["id"] for row in tables["units"]},
        "indicators": {row["id"] for row in tables["indicators"]},
    }
    linked = known["indicators"] | {row["id"] for table in SERVING for row in tables.get(table, ())}
    named = (
        ("objective_links", "objective", known["objectives"]),
        ("objective_links", "linked", linked),
        ("objectives", "parent", {*known["objectives"], ""}),
        ("indicators", "unit", known["units"]),
    )
    for table, column, allowed in named:
        for number, row in enumerate(tables[table], 2):
            if row[column] not in allowed:
                yield Fault(
                    f"{name}/{table}.csv", number, column, row[column],
                    "identifiant que le modèle n’a pas", "Attendu : celui d’une de ses lignes.",
                )  # fmt: skip


def list_measures(edition: Edition, action: str) -> list[Row]:
    """What the catalogue measures of an action; what only checks a printed figure measures
    nothing."""
    rows = to_records(edition.rows("indicators", action=action))
    return [row for row in rows if row["kind"] != CHECK_KIND]


def list_targets(edition: Edition) -> list[Row]:
    """The rows of ``progress`` with what was typed of each target; its ``steps`` are those due
    before it of the same indicator and kind, which have no row of their own."""
    typed = {
        (row["indicator"], row["entry"], row["date"] if row["indicator"] else None): row
        for row in to_records(edition.rows("targets"))
    }
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in to_records(edition.rows("progress")):
        day = row["target_date"] if row["indicator"] else None
        own = typed[row["indicator"], row["entry"], day]
        groups.setdefault((row["indicator"], row["entry"], row["kind"]), []).append({**own, **row})
    found: list[Row] = []
    for rows in groups.values():
        # What has no day comes after all that has one.
        rows.sort(key=lambda row: (row["target_date"] is None, row["target_date"] or date.min))
        found.append({**rows[-1], "steps": rows[:-1]})
    return found


def list_lacks(edition: Edition, target: Row) -> list[str]:
    """What a target of ``list_targets`` does not say of what it takes to be followed."""
    dated = target["target_date"] or target["duration_years"]
    lacks = {"échéance": not dated, "responsable": not target["owner"]}
    if target["indicator"]:
        direction = edition.catalogue[target["indicator"]]["direction"]
        aim = find_aim(target["target_qualifier"], direction, target["kind"])
        stated = pd.notna(target["baseline"])
        # A count that goes on begins with nothing, on the first day of its period.
        counted = aim == FLOOR and edition.value(target["indicator"]).period_start is not None
        daily = target["kind"] == DUTY and not dated  # a duty is of every day
        lacks = {
            "sens voulu": aim == POINT and direction == "neutre",
            "point de départ": not (stated or counted or daily),
            "date du point de départ": stated and target["baseline_date"] is None,
            "source du point de départ": stated and not target["baseline_source"],
            "échéance": not (dated or daily),
            "étape intermédiaire": not (target["steps"] or daily),
            "périmètre daté": pd.isna(target["perimeter"]),
            "responsable": not target["owner"],
            "délai de la donnée": pd.isna(target["lag_months"]),
        }
    return [name for name, lacking in lacks.items() if lacking]


def find_gaps(edition: Edition, tree: Mapping[str, Sequence[Branch]]) -> pd.DataFrame:
    """The missing links of the chain: ``gap`` (of ``GAPS``), ``chapter``, ``id``, ``title``. None
    where there is no objective at all: nothing is said of a chain that nobody has begun."""
    found: list[Row] = []
    if branches := list_branches(tree):
        found += [{**b.row, "gap": gap} for b in branches for gap in _list_gaps(edition, b)]
        linked = {id for branch in branches for id in branch.links}
        targets = list_targets(edition)
        aimed = {row["indicator"] for row in targets}
        found += [
            {**row, "gap": NO_TARGET}
            for row in to_records(edition.rows("indicators", kind=list(EFFECTS), formula=""))
            if row["id"] not in aimed  # what is computed of others has its target with them
        ]
        inside = linked | {row["id"] for id in linked for row in list_measures(edition, id)}
        found += [
            {**row, "id": row["indicator"] or row["entry"], "gap": OUT_OF_TREE}
            for row in targets
            if not {row["indicator"], row["entry"], row["action"]} & inside
        ]
        # The chapters of the approach tell how things are run, which serves every objective.
        finalities = [*edition.rows("chapters", kind="finalité")["id"]]
        found += [
            {**row, "gap": NO_OBJECTIVE}
            for table in ("actions", "planned")
            for row in to_records(edition.rows(table, chapter=finalities))
            if row["id"] not in linked
        ]
    return pd.DataFrame(found, columns=["gap", "chapter", "id", "title"])


def _list_gaps(edition: Edition, branch: Branch) -> list[str]:
    """What an objective lacks; it has what those below it have."""
    below, row = [*branch.walk()], branch.row
    serving = [pair for one in below for pair in one.serving]
    measures = [row for one in below for row in one.indicators]
    measures += [row for _, entry in serving for row in list_measures(edition, entry["id"])]
    kinds = {measure["kind"] for measure in measures} - {"contexte"}
    lacks = {
        NO_OPERATIONAL: row["kind"] == STRATEGIC and not branch.below,
        NO_STRATEGIC: row["kind"] == OPERATIONAL and not row["parent"],
        NO_INDICATOR: not kinds,
        NO_EFFECT_INDICATOR: kinds and not kinds.intersection(EFFECTS),
        NO_ACTION: all(table == "improvements" for table, _ in serving),  # proposals are none yet
        NO_OWNER: not row["owner"],
    }
    return [gap for gap, lacking in lacks.items() if lacking]


def count_natures(edition: Edition) -> pd.DataFrame:
    """How many indicators of each kind the catalogue has, by chapter: ``chapter``, ``kind``,
    ``number``."""
    rows = edition.rows("indicators")
    rows = rows[rows["kind"] != CHECK_KIND]
    return rows.groupby(["chapter", "kind"])["id"].count().rename("number").reset_index()
