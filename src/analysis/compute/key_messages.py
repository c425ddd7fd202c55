"""What the first page of an edition says: what improves, what declines, what is not known, what is
to be decided.

The analyst chooses in ``key_messages.csv``; without that file the data propose, what matters most
first. Either way a sentence is said only while it is true: what it rests on is looked at again in
each edition, and what no longer holds is left out, with the reason for the analyst.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import pandas as pd

from analysis.model.conditions import Facts, exceeds_already, hold, parse_conditions
from analysis.model.decisions import list_open_decisions
from analysis.model.followups import list_unanswered
from analysis.model.progress import MET, ON_COURSE, TOO_SLOW, find_gravity
from analysis.model.references import (
    PERCENT,
    Row,
    find_in_prose,
    judge_pair,
    parse_reference,
    read_movement,
)
from analysis.model.schema import (
    AID,
    CHECK_KIND,
    DECLINES,
    IMPROVES,
    IS_UNKNOWN,
    RUBRICS,
    TO_DECIDE,
)
from analysis.model.schema.processed_tables import KEY_MESSAGES
from analysis.model.schema.raw_tables import WHOLE
from analysis.model.store import DERIVED, Edition, from_records, list_terms, to_records
from analysis.words import prose
from analysis.words.message_words import AWAITED, NOTHING, OUTDATED, list_fresh, list_outdated
from analysis.words.progress_words import list_verdicts

#: Who chose a sentence.
CHOSEN, PROPOSED = "choisi", "proposé"
#: How many the program proposes of each rubric.
PROPOSALS = 2


def settle_messages(edition: Edition, chosen: pd.DataFrame) -> pd.DataFrame:
    """The rows of ``KEY_MESSAGES``, in their order: those ``chosen``, or those proposed."""
    origin = CHOSEN if len(chosen) else PROPOSED
    rows = to_records(chosen) if len(chosen) else [*propose_messages(edition)]
    judged = judge_indicators(edition)
    settled: list[Row] = [
        {**row, "origin": origin, "missing": _find_reason(edition, row, judged)} for row in rows
    ]
    settled += [
        {**row, "origin": PROPOSED, "missing": ""}
        for row in _tell_nothing(edition, settled, judged)
    ]
    order = {rubric: place for place, rubric in enumerate(RUBRICS)}
    settled.sort(key=lambda row: (order[row["rubric"]], row["order"]))
    return from_records(settled, KEY_MESSAGES)


def list_unsaid(edition: Edition) -> list[str]:
    """The sentences of key_messages.csv that are left out, with the reason, one a line (French)."""
    rows = edition.key_messages[edition.key_messages["missing"] != ""]
    return [f"key_messages.csv, « {row.id} » : {row.missing}" for row in rows.itertuples()]


def _find_reason(edition: Edition, row: Row, judged: Mapping[str, str]) -> str:
    """Why a sentence is not said now (French); '' where it is."""
    for mention in find_in_prose(row["sentence"]):
        if (value := edition.value(mention.reference)).value is None:
            return f"{{{{{mention.reference}}}}} : {value.missing}"
    if row["when"] and not holds(edition, row["when"]):
        return f"la condition « {row['when']} » n’est plus remplie"
    about, moves = row["about"], row["rubric"] in (IMPROVES, DECLINES)
    if about in edition.catalogue and moves and about not in list_fresh(edition):
        return f"la valeur de « {about} » n’est pas de cette édition"
    if about in set(edition.improvements["id"]):
        return "" if list_open_decisions(edition, id=about) else f"la piste « {about} » est close"
    composed = about and not row["sentence"] and about not in set(edition.gaps["id"])
    if composed and judged.get(about) != row["rubric"]:
        return f"les données ne disent pas de « {about} » : {row['rubric']}"
    return ""


def _tell_nothing(
    edition: Edition, settled: Iterable[Row], judged: Mapping[str, str]
) -> Iterator[Row]:
    """That nothing improved, or declined, where something could have been seen to: an indicator of
    which something is wanted has a target, or is known of two periods that compare."""
    fresh = list_fresh(edition)
    compared = to_records(edition.rows("comparisons", comparable=True))
    wanted = {
        row["indicator"]
        for row in compared
        if edition.catalogue[row["indicator"]]["direction"] != "neutre"
    }
    if not fresh & (wanted | set(edition.progress["indicator"])):
        return
    said = {row["rubric"] for row in settled if not row["missing"]} | {*judged.values()}
    for rubric, id in NOTHING.items():
        if rubric not in said:
            yield _propose(rubric, id)


def _propose(rubric: str, id: str, about: str = "", order: int = 1) -> Row:
    cells = {"id": id, "order": order, "rubric": rubric, "about": about}
    return {**cells, "sentence": "", "when": ""}


def holds(edition: Edition, conditions: str) -> bool:
    """Whether the conditions of a sentence are met."""
    return hold(parse_conditions(conditions), Facts(edition.value))


def judge_indicators(edition: Edition) -> dict[str, str]:
    """What the data say of indicators, what matters most first: the rubric of each of which they
    say something. First what has a target, then what moved."""
    judged: dict[str, str] = {}
    outdated = {row["indicator"] for row in list_outdated(edition)}
    verdicts = sorted(
        list_verdicts(edition),
        key=lambda row: (find_gravity(row["verdict"]), _rank_figure(edition, row["indicator"])),
    )
    for row in verdicts:
        if row["indicator"] not in outdated and (rubric := _find_rubric(edition, row)):
            judged.setdefault(row["indicator"] or row["entry"], rubric)
    targets = set(edition.progress["indicator"])
    moved = {id: found for id, found in _list_movements(edition).items() if id not in targets}
    for id in sorted(moved, key=lambda id: (_rank_figure(edition, id), -moved[id][1])):
        judged[id] = moved[id][0]
    return judged


def _find_rubric(edition: Edition, row: Row) -> str:
    """Where a target is told, '' where it is not: what is well under way, or met and better than
    before, what is wrong, late or too slow, an aid of which some is left."""
    if find_gravity(row["verdict"]) <= find_gravity(TOO_SLOW):
        return DECLINES
    if not row["indicator"]:
        return ""
    if row["verdict"] == ON_COURSE:
        return IMPROVES
    if row["verdict"] in MET:
        direction = edition.catalogue[row["indicator"]]["direction"]
        return IMPROVES if _judge_movement(edition, row["indicator"], direction) else ""
    return TO_DECIDE if row["kind"] == AID else ""


def _list_movements(edition: Edition) -> dict[str, tuple[str, float]]:
    """Indicators that moved the way that is wanted, or the other, by a telling step, each with its
    rubric and the share of the value before that the movement makes. What follows from the
    movement of another is left to that one."""
    moved: dict[str, tuple[str, float]] = {}
    rows = to_records(edition.rows("comparisons", territory=edition.territory["id"]))
    catalogue, fresh = edition.catalogue, list_fresh(edition)
    for row in sorted(rows, key=lambda row: bool(catalogue[row["indicator"]]["formula"])):
        entry = catalogue[row["indicator"]]
        if entry["kind"] == CHECK_KIND or row["indicator"] not in fresh:
            continue
        terms = edition.rows("values", indicator=row["indicator"], rank=0, origin=DERIVED)
        if any(list_terms(term) & moved.keys() for term in terms.itertuples()):
            continue
        if (worth := _judge_movement(edition, row["indicator"], entry["direction"])) is not None:
            share = abs(row["latest"] / row["precedent"] - 1) if row["precedent"] else 1.0
            moved[row["indicator"]] = (IMPROVES if worth else DECLINES, share)
    return moved


def _judge_movement(edition: Edition, id: str, direction: str) -> bool | None:
    """Whether an indicator moved the way that is wanted since its period before; None where that is
    not certain, or says little."""
    latest, before = edition.value(id), edition.value(f"{id}:precedent")
    if latest.value is None or before.value is None or direction == "neutre":
        return None
    if not judge_pair(latest, before).comparable:
        # Ten months that already exceed the twelve before do say something.
        already = exceeds_already(latest, before)
        return direction == "hausse" if already else None
    movement = read_movement(latest, before, direction)
    if latest.unit == PERCENT:  # it moves in points
        return movement.worth
    growth = edition.value(f"{id}:evolution").value
    telling = growth is not None and prose.is_telling(
        growth, before.value, latest.measure, latest.unit
    )
    return movement.worth if telling else None


def _rank_figure(edition: Edition, id: str) -> int:
    """What the analyst calls a key figure of the report first, then one of a chapter."""
    listed = set(edition.rows("key_figures", indicator=id)["chapter"])
    return 0 if WHOLE in listed else 1 if listed else 2


# --- what is proposed -----------------------------------------------------------------------------


def propose_messages(edition: Edition) -> Iterator[Row]:
    """What the data say that matters most, as rows of ``key_messages`` without a sentence: the
    words are composed where they are shown."""
    judged = judge_indicators(edition)
    found: dict[str, Iterable[str]] = {
        rubric: [id for id, said in judged.items() if said == rubric]
        for rubric in (IMPROVES, DECLINES)
    }
    found[IS_UNKNOWN] = _list_unknown(edition)
    found[TO_DECIDE] = _list_decisions(edition, judged)
    for rubric, subjects in found.items():
        for order, about in enumerate(islice(subjects, PROPOSALS), start=1):
            if about in (AWAITED, OUTDATED):
                yield _propose(rubric, about, order=order)
            else:
                yield _propose(rubric, f"dire-{about}", about, order)


def _list_unknown(edition: Edition) -> Iterator[str]:
    """What services have not answered, targets without a newer value, then gaps: those that touch
    a whole chapter first, one of each chapter before a second of any."""
    if list_unanswered(edition):
        yield AWAITED
    if list_outdated(edition):
        yield OUTDATED
    gaps = to_records(edition.gaps)
    yield from _spread(sorted(gaps, key=lambda row: bool(row["action"])))


def _list_decisions(edition: Edition, judged: Mapping[str, str]) -> list[str]:
    """Proposals that name a missed target, aids of which some is left, then the other proposals
    that are open, one of each chapter before a second of any."""
    rows = to_records(edition.progress)
    missed = {row["indicator"] for row in rows if row["verdict"] not in MET}

    def names_missed(row: Row) -> bool:
        text = " ".join(row[name] for name in ("summary", "needs", "cost"))
        cited = {parse_reference(mention.reference).indicator for mention in find_in_prose(text)}
        return bool(cited & missed)

    proposals = list_open_decisions(edition)
    first = [row["id"] for row in proposals if names_missed(row)]
    aids = [id for id, rubric in judged.items() if rubric == TO_DECIDE]
    return [*first, *aids, *(id for id in _spread(proposals) if id not in first)]


def _spread(rows: Iterable[Row]) -> list[str]:
    """Ids of some rows: the first of each chapter, then the second of each…"""
    seen: Counter[str] = Counter()
    ranked = []
    for row in rows:
        ranked.append((seen[row["chapter"]], row["id"]))
        seen[row["chapter"]] += 1
    return [id for _, id in sorted(ranked, key=lambda pair: pair[0])]
