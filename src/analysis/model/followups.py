"""What became of the entries of an earlier edition: actions, short-term actions, improvements, and
the dates that have passed.

What a service said stands in followups.csv. What nobody answered is not known to go on: an entry
carried over as it was, without a row there, is ``UNCONFIRMED``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from analysis.base.lists import split_list
from analysis.model.milestones import is_unconfirmed
from analysis.model.references import Row
from analysis.model.schema import PROCESSED, STILL_RIGHT, UNCONFIRMED
from analysis.model.store import OBSERVED, Edition, from_records, to_records

#: Tables of what is followed up, in the order of the report.
FOLLOWED = ("actions", "planned", "improvements")
#: States after which an entry is neither carried over nor asked about again.
CLOSED = ("achevée", "faite", "abandonnée")

#: States of an improvement that the next edition tells as a short-term action, and of all on which
#: nothing is to be decided any more.
SCHEDULED = ("programmée", "en cours")
UNDERTAKEN = ("décidée", *SCHEDULED)

#: Tables of an edition that say what became of what an earlier one presented, and what they tell
#: of: in an earlier edition's folder these are read too.
TRACED = (*FOLLOWED, "milestones", "places", "followups")
#: What tells whether a row is still what it was: its source, and where in it; its text.
Signature = tuple[str, ...]
Tables = Mapping[str, pd.DataFrame]


def trace_carried(
    folders: Iterable[tuple[int, Mapping[Any, Signature], set]],
) -> dict[Any, tuple[int, Signature]]:
    """The edition that last said something of each entry, and the entry's signature since.
    ``folders``: of each earlier edition, oldest first: its year, the signatures of its entries by
    id, the ids that its follow-ups name. An entry that a service confirmed is that edition's."""
    said: dict[Any, tuple[int, Signature]] = {}
    for year, entries, followed in folders:
        for id, signature in entries.items():
            if id not in said or said[id][1] != signature or id in followed:
                said[id] = (year, signature)
    return said


def mark_carried(
    frame: pd.DataFrame, carried: Mapping[str, tuple[int, Signature]], followups: pd.DataFrame
) -> pd.DataFrame:
    """A table with ``carried_from``, the edition from which a row was taken over as it was, and
    ``followup``, what a service said this year, or ``UNCONFIRMED``."""
    states = dict(followups[["id", "state"]].itertuples(index=False))
    places = zip(frame["source"], frame["locator"], strict=True)
    years = _date_rows(zip(frame["id"], places, strict=True), carried)
    said = [
        states.get(id, "" if pd.isna(year) else UNCONFIRMED)
        for id, year in zip(frame["id"], years, strict=True)
    ]
    return frame.assign(carried_from=years, followup=pd.array(said, dtype="str"))


def _date_rows(
    rows: Iterable[tuple[Any, Signature]], carried: Mapping[Any, tuple[int, Signature]]
) -> pd.api.extensions.ExtensionArray:
    """The edition that said each row, given by its id and its signature, as it still is."""
    found = ((carried.get(id, (None, None)), signature) for id, signature in rows)
    years = [year if former == signature else None for (year, former), signature in found]
    return pd.array(years, dtype="Int64")


def follow_up(tables: Tables, past: Mapping[int, Tables]) -> dict[str, pd.DataFrame]:
    """The tables ``TRACED`` of an edition with what its follow-ups say of their rows.

    Actions, short-term actions and improvements get ``carried_from`` and ``followup`` (see
    ``mark_carried``) and ``text_from``, the edition whose text a row still has, unless its service
    said this year that it is right; places get ``carried_from``. A milestone that tells the date of
    a short-term action has the id of that one in ``planned``: an answer to either is that of both,
    in followups, in their dates and in their states (to both: that to the short-term action).

    Parameters
    ----------
    tables : as typed in the edition's folder.
    past : the same of each earlier edition, by year.
    """
    twins = find_twins([*past.values(), tables])
    followups = _share_answers(tables["followups"], twins)
    answers = {row["id"]: row for row in to_records(followups)}
    carried = _trace(past, ["source", "locator"], followed=True)
    right = set(followups.loc[followups["proposed_text"] == STILL_RIGHT, "id"])
    texts = _trace(past, ["summary"], STILL_RIGHT)
    shared = {*twins, *twins.values()}
    marked = {}
    for name in FOLLOWED:
        frame = mark_carried(_update(tables[name], name, answers, shared), carried, followups)
        summaries = ((text,) for text in frame["summary"])
        years = _date_rows(zip(frame["id"], summaries, strict=True), texts)
        years[frame["id"].isin(right).to_numpy()] = pd.NA
        marked[name] = frame.assign(text_from=years)
    milestones = _update(tables["milestones"], "milestones", answers, shared)
    ids = milestones["id"]
    states = dict(followups[["id", "state"]].itertuples(index=False))
    marked["milestones"] = milestones.assign(
        planned=pd.array([twins.get(id, "") for id in ids], dtype="str"),
        followup=pd.array([states.get(id, "") for id in ids], dtype="str"),
    )
    marked["places"] = _mark_places(tables["places"], past)
    return marked | {"followups": followups}


def _trace(
    past: Mapping[int, Tables], columns: list[str], said: str = "", followed: bool = False
) -> dict[Any, tuple[int, Signature]]:
    """``trace_carried`` of the cells ``columns``; what a service said counts where ``followed``, or
    where it said ``said`` of the text."""
    folders = []
    for year, tables in past.items():
        cells: dict[Hashable, Signature] = {}
        for name in FOLLOWED:
            rows = tables[name][["id", *columns]].itertuples(index=False)
            cells |= {id: tuple(signature) for id, *signature in rows}
        answers = tables["followups"]
        told = answers["id"].where(followed | (answers["proposed_text"] == said))
        folders.append((year, cells, set(told.dropna())))
    return trace_carried(folders)


def _mark_places(places: pd.DataFrame, past: Mapping[int, Tables]) -> pd.DataFrame:
    names = ["action", "insee", "name"]

    def sign(frame: pd.DataFrame) -> dict[Hashable, Signature]:
        rows = frame[[*names, "status", "source", "locator"]].itertuples(index=False)
        return {tuple(row[:3]): tuple(row[3:]) for row in rows}

    carried = trace_carried((year, sign(tables["places"]), set()) for year, tables in past.items())
    return places.assign(carried_from=_date_rows(sign(places).items(), carried))


# --- one event, told twice ------------------------------------------------------------------------


def find_twins(editions: Iterable[Tables]) -> dict[str, str]:
    """Milestones that tell the date of a short-term action, with the id of that one: of the same
    chapter, in the same lines of the same source, with the same dates, in any of the editions (an
    answer to one of them moves its date away from the other's)."""
    twins: dict[str, str] = {}
    for tables in editions:
        planned = to_records(tables["planned"])
        for row in to_records(tables["milestones"]):
            twin = next((other["id"] for other in planned if _are_twins(row, other)), None)
            if twin:
                twins.setdefault(row["id"], twin)
    return twins


def _are_twins(milestone: Row, planned: Row) -> bool:
    start, ends = planned["due_start"], {milestone["date_end"], planned["due_end"]} - {None}
    if milestone["date_start"] != start or len(ends) > 1 or not (start or ends):
        return False
    lines = (set(split_list(row["locator"].replace(" ; ", " | "))) for row in (milestone, planned))
    same = all(milestone[name] == planned[name] for name in ("chapter", "source"))
    return same and not next(lines).isdisjoint(next(lines))


def _share_answers(followups: pd.DataFrame, twins: Mapping[str, str]) -> pd.DataFrame:
    """followups.csv with the same answer for a short-term action and for its milestone. What was
    said of a text is of that text alone."""
    answers = {row["id"]: row for row in to_records(followups)}
    for milestone, action in twins.items():
        answer = answers.get(action) or answers.get(milestone)
        if answer:
            other = milestone if answer["id"] == action else action
            answers[other] = answer | {"id": other, "proposed_text": "", "proposed_dates": ""}
    return from_records(answers.values(), PROCESSED["followups"])


_MILESTONE_STATES = {
    "faite": "fait", "en cours": "en cours", "reportée": "prévu", "abandonnée": "abandonné",
}  # fmt: skip


def list_new_cells(table: str, state: str, new_due: date | None) -> dict[str, Any]:
    """State and dates that an answer gives a row of ``planned`` or of ``milestones``."""
    if table == "planned":
        cells: dict[str, Any] = {"status": "en cours"} if state == "en cours" else {}
        if new_due and state in ("reportée", "en cours"):
            cells |= {"due_start": None, "due_end": new_due}
    elif table == "improvements" and state in UNDERTAKEN:
        cells = {"status": state}
    elif table == "milestones" and state in _MILESTONE_STATES:
        cells = {"status": _MILESTONE_STATES[state]}
        if new_due:
            start = new_due if state == "faite" else None
            cells |= {"date_start": start, "date_end": new_due}
    else:
        return {}
    return cells


def _update(
    frame: pd.DataFrame, table: str, answers: Mapping[str, Row], shared: set[str]
) -> pd.DataFrame:
    """A table whose rows ``shared`` say what their answer says, with its source, where they did not
    (the answer was to the other of the two)."""
    rows, changed = to_records(frame), False
    for row in rows:
        answer = answers.get(row["id"]) if row["id"] in shared else None
        cells = list_new_cells(table, answer["state"], answer["new_due"]) if answer else {}
        if answer and any(row[name] != cell for name, cell in cells.items()):
            row |= cells | {name: answer[name] for name in ("source", "locator")}
            changed = True
    if not changed:
        return frame
    columns = tuple(c for c in PROCESSED[table].columns if c.name in frame.columns)
    return from_records(rows, replace(PROCESSED[table], columns=columns)).set_index(frame.index)


# --- what is known --------------------------------------------------------------------------------


def list_closed(edition: Edition) -> set[str]:
    """Ids of what an edition's follow-ups say is over."""
    followups = edition.followups
    return set(followups.loc[followups["state"].isin(CLOSED), "id"])


def list_overdue(edition: Edition, today: date | None = None) -> list[dict[str, Any]]:
    """Milestones past their date on a day, by default the last of the edition's year, still awaited
    and of which no service said anything this year; the oldest first."""
    day = today or date(edition.year, 12, 31)
    rows = [row for row in to_records(edition.milestones) if is_unconfirmed(row, day)]
    return sorted(rows, key=lambda row: (row["date_end"] or row["date_start"], row["id"]))


# --- what was explained ---------------------------------------------------------------------------

#: Tables whose rows explain, and the words by which one is known to be an earlier edition's.
REGISTERS = {
    "not_comparable": ("reason", "locator"),
    "discrepancies": ("printed", "computed", "kept", "reason"),
}


def read_words(name: str, frame: pd.DataFrame) -> dict[str, Any]:
    """The words of each row of a register, by its id."""
    cells = zip(*(frame[column] for column in REGISTERS[name]), strict=True)
    return dict(zip(frame["id"], cells, strict=True))


def mark_explained(
    name: str, frame: pd.DataFrame, past: Mapping[int, pd.DataFrame]
) -> pd.DataFrame:
    """A register with ``carried_from``, the edition for which a row was written as it is.

    ``past``: the same table of each earlier edition, by year, oldest first.
    """
    folders: list[tuple[int, Mapping[Any, Signature], set[str]]] = [
        (year, read_words(name, rows), set()) for year, rows in past.items()
    ]
    rows = read_words(name, frame).items()
    return frame.assign(carried_from=_date_rows(rows, trace_carried(folders)))


def list_unanswered(edition: Edition, **wanted: str) -> list[Row]:
    """Rows of ``requests`` to which no value answers, nor a word that there is none, in their
    order; ``wanted``: of which indicators, as ``Edition.rows`` takes it."""
    ids = list(edition.rows("indicators", **wanted)["id"])
    given = edition.rows("values", indicator=ids, origin=OBSERVED, edition=edition.year)
    given = given[given["source"] != ""]  # else it only says that it is not known
    known = set(zip(given["indicator"], given["territory"], strict=True))
    requests = to_records(edition.rows("requests", indicator=ids))
    return [row for row in requests if (row["indicator"], row["territory"]) not in known]
