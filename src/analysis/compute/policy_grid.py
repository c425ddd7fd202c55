"""The grid of policies: what is rated of each, what its actions say where it has no rating of its
own, how much is rated, what it weighs in euros. Ratings are counted, never averaged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pandas as pd

from analysis.model.references import Value
from analysis.model.schema.columns import (
    ACTIONS_ALONE,
    ACTIONS_BAD,
    ACTIONS_BOTH,
    ACTIONS_GOOD,
    ACTIONS_NEUTRAL,
    BAD,
    BY_ACTIONS,
    ELEMENT_RATINGS,
    GOOD,
    MIXED,
    MOMENTS,
    NEUTRAL,
    OFF_TOPIC,
    RATINGS,
    UNRATED,
    VERY_BAD,
    VERY_GOOD,
)
from analysis.model.store import Edition

#: How euros are told: unfavourable first, then what has no rating of its own.
_WEIGHED = (VERY_BAD, BAD, MIXED, VERY_GOOD, GOOD, NEUTRAL, OFF_TOPIC, UNRATED)

#: A cell of the grid: ``rating``, the policy's own or « non évalué »; ``counts``: how many ratings
#: of its actions say what, by rating; ``outlook``: see ``judge_actions``.
CELLS = ("policy", "criterion", "moment", "rating", "counts", "outlook")


def list_subjects(edition: Edition) -> pd.DataFrame:
    """What may be rated, once each: ``id``, ``title``, ``chapter``, ``policy`` ('' where none), in
    the order of the report."""
    frames = [edition.policies.assign(policy=edition.policies["id"])]
    frames += [edition.actions, edition.planned, edition.improvements.assign(policy="")]
    columns = ["id", "title", "chapter", "policy"]
    return pd.concat([frame[columns] for frame in frames], ignore_index=True)


def list_criteria(edition: Edition) -> list[tuple[str, str]]:
    """Each finality, then each element at each moment: the columns of the whole grid."""
    elements = edition.elements.sort_values("order", kind="stable")["id"]
    return [(id, "") for id in list_finalities(edition)["id"]] + [
        (id, moment) for id in elements for moment in MOMENTS
    ]


def list_finalities(edition: Edition) -> pd.DataFrame:
    """The chapters that are finalities, in their order."""
    rows = edition.chapters[edition.chapters["kind"] == "finalité"]
    return rows.sort_values("order", kind="stable")


def judge_actions(counts: Mapping[str, int]) -> str:
    """What the ratings of actions have in common: see ``BY_ACTIONS``, the last of an element, which
    has no sides; « non évalué » where none says anything."""
    said = set(counts) - {OFF_TOPIC, UNRATED}
    if said & set(ELEMENT_RATINGS):
        return ACTIONS_ALONE
    good, bad = said & {VERY_GOOD, GOOD}, said & {VERY_BAD, BAD}
    if MIXED in said or (good and bad):
        return ACTIONS_BOTH
    if bad or good:
        return ACTIONS_BAD if bad else ACTIONS_GOOD
    return ACTIONS_NEUTRAL if said else UNRATED


def compute_grid(edition: Edition) -> pd.DataFrame:
    """Columns ``CELLS``: every policy × criterion (× moment of an element), in their order."""
    own: dict[tuple[str, str, str], str] = {}
    counts: dict[tuple[str, str, str], Counter[str]] = {}
    for row in list_ratings(edition).itertuples():
        key = (row.policy, row.criterion, row.moment)
        if row.subject == row.policy:
            own[key] = row.rating
        else:
            counts.setdefault(key, Counter())[row.rating] += 1
    rows = []
    for policy in edition.policies.sort_values("order", kind="stable")["id"]:
        for criterion, moment in list_criteria(edition):
            key = (policy, criterion, moment)
            found = counts.get(key, Counter())
            said = {name: found[name] for name in RATINGS if found[name]}
            rating = own.get(key, UNRATED)
            outlook = rating if rating != UNRATED else judge_actions(said)
            rows.append((*key, rating, said, outlook))
    return pd.DataFrame(rows, columns=list(CELLS))


def sort_outlook(outlook: str) -> str:
    """Whether a cell has a rating of its ``own``, is none of its business (``apart``), is known by
    its ``actions``, or ``unrated``."""
    if outlook in (UNRATED, OFF_TOPIC):
        return "unrated" if outlook == UNRATED else "apart"
    return "actions" if outlook in BY_ACTIONS else "own"


def measure_coverage(grid: pd.DataFrame) -> pd.DataFrame:
    """``criterion``, ``moment``: of how many ``policies`` it has a rating of their ``own``, is none
    of their business (``apart``), knows what their ``actions`` say alone, or has nothing
    (``unrated``)."""
    kinds = grid["outlook"].map(sort_outlook)
    names = ("own", "apart", "actions", "unrated")
    counts = {name: (kinds == name).astype("int64") for name in names}
    keys = ["criterion", "moment"]
    marked = grid[keys].assign(policies=1, **counts)
    return marked.groupby(keys, sort=False).sum().reset_index()


def list_ratings(edition: Edition) -> pd.DataFrame:
    """The ratings of what this edition describes, with the ``title``, the ``chapter`` and the
    ``policy`` of each subject, in the order of the subjects and of the criteria."""
    subjects = list_subjects(edition)
    rows = edition.ratings.merge(
        subjects.assign(rank=range(len(subjects))), left_on="subject", right_on="id"
    )
    places = {key: place for place, key in enumerate(list_criteria(edition))}
    pairs = zip(rows["criterion"], rows["moment"], strict=True)
    rows["place"] = [places[pair] for pair in pairs]
    rows = rows.sort_values(["rank", "place"], kind="stable", ignore_index=True)
    return rows.drop(columns=["rank", "place"])


def list_unfavourable(edition: Edition) -> pd.DataFrame:
    """The ratings (``list_ratings``) that are unfavourable to a finality, worst first, then those
    that are mixed; what the second reader finds so counts too."""
    rows, ranks = list_ratings(edition), [VERY_BAD, BAD, MIXED]
    said = zip(rows["rating"], rows["reader_rating"], strict=True)
    worst = [min((ranks.index(name) for name in pair if name in ranks), default=9) for pair in said]
    rows = rows.assign(worst=worst).sort_values("worst", kind="stable", ignore_index=True)
    return rows[rows["worst"] < 9].drop(columns="worst")


def list_disagreements(edition: Edition) -> pd.DataFrame:
    """The ratings that the second reader gave otherwise."""
    rows = list_ratings(edition)
    other = (rows["reader_rating"] != "") & (rows["reader_rating"] != rows["rating"])
    return rows[other].reset_index(drop=True)


def select_spending(edition: Edition) -> pd.DataFrame:
    """Columns policy, value, whole, reason: the amount of each policy that has one. Those that are
    added have no ``reason``: parts of one ``whole`` that go together, of one period, one stage and
    one payer; of several such groups, the one of most policies."""
    values: dict[str, Value] = {}
    groups: dict[tuple[Any, ...], list[str]] = {}
    for policy in edition.policies.sort_values("order", kind="stable").itertuples():
        value = edition.value(policy.indicator) if policy.indicator else None
        if value is None or value.value is None:
            continue
        values[policy.id] = value
        parts = edition.rows("parts", part=value.indicator)
        same = (value.stage, value.payer, value.period_start, value.period_end)
        for part in parts[parts["addition"] != "aucune"].itertuples():
            groups.setdefault((part.whole, part.breakdown, *same), []).append(policy.id)
    whole, *_ = best = max(groups, key=lambda key: len(groups[key]), default=("",))
    added = groups.get(best, [])
    model = values[added[0]] if added else None
    rows = [
        (id, value, *((whole, "") if id in added else ("", _explain_apart(value, model))))
        for id, value in values.items()
    ]
    return pd.DataFrame(rows, columns=["policy", "value", "whole", "reason"])


def _explain_apart(value: Value, model: Value | None) -> str:
    """Why an amount does not go with those that are added, ``model`` being one of them."""
    if model and value.period != model.period:
        return "d’un autre exercice"
    if model and (value.stage, value.payer) != (model.stage, model.payer):
        return "d’une autre étape ou d’un autre financeur"
    return "d’un autre ensemble"


def weigh_grid(edition: Edition, grid: pd.DataFrame) -> pd.DataFrame:
    """``criterion``, ``rating``, ``policies`` (largest first), ``amount``: the euros of the
    policies of each rating on each finality, unfavourable first, « non évalué » where a policy has
    none of its own; only the amounts that may be added. Nothing where no policy is rated itself:
    what actions say of a part of a policy is not said of all its euros."""
    spending = select_spending(edition)
    amounts = {
        row.policy: row.value.value for row in spending[spending["reason"] == ""].itertuples()
    }
    rows, grid = [], grid[grid["moment"] == ""]
    rated = not set(grid["rating"]) <= {UNRATED, OFF_TOPIC}
    for finality in list_finalities(edition)["id"] if rated else ():
        cells = grid[(grid["criterion"] == finality) & grid["policy"].isin(list(amounts))]
        for rating in _WEIGHED:
            of = list(cells.loc[cells["rating"] == rating, "policy"])
            of.sort(key=lambda id: -amounts[id])
            if of:
                rows.append((finality, rating, of, sum(amounts[id] for id in of)))
    return pd.DataFrame(rows, columns=["criterion", "rating", "policies", "amount"])
