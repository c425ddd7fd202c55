"""What is known of a chapter: the rows that were typed, each with who says it and where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from analysis.base.lists import split_list
from analysis.compute.policy_grid import list_ratings
from analysis.model.schema import JUDGEMENT
from analysis.model.store import DERIVED, Edition, to_records
from analysis.words import prose
from analysis.words.citations import is_form
from analysis.words.lineage import name_row_reference

#: Who says what a row says.
STATED, DEDUCED = "écrit dans la source", "en partie déduit par la rédaction"
#: Which part (the value, the beginning of its period), the data say in a note alone.
_TOLD = "voir la remarque"
JUDGED, ANSWERED = "jugé par la rédaction", "répondu par un service"
WHOLE_TABLE, ESTIMATED = "lu dans une table de référence", "estimation"

#: The subject of what goes with an action that this edition does not have.
OTHER_EDITION = "Actions d’autres éditions"
#: ``subject``: title of the action, '' of the chapter as a whole. ``value``: in ``unit``, rounded
#: nowhere (``precision``: its step); where there is none, ``missing`` says why. ``role``:
#: « objectif » of a target, whose period is its due date.
KNOWN = (
    "reference", "indicator", "territory", "subject", "title", "role", "value", "unit", "qualifier",
    "precision", "status", "period_start", "period_end", "stage", "payer", "said_by", "source",
    "place", "file", "note", "missing",
)  # fmt: skip
#: ``due_start``, ``due_end``: the date of a milestone; ``status``: done or foreseen.
DATES = (
    "subject", "id", "title", "due_start", "due_end", "status", "said_by", "source", "place",
)  # fmt: skip
#: What is rated (an action, a policy), of what, with who rates so and why.
RATED = (
    "subject", "criterion", "moment", "rating", "reason", "author", "reader_rating", "said_by",
    "source", "place",
)  # fmt: skip
#: ``rows``: how many of the rows cite the source.
SOURCES = ("source", "title", "producer", "publication", "rows")


def list_known(edition: Edition, chapter: str) -> pd.DataFrame:
    """Columns ``KNOWN``: every typed value of a chapter, latest and earlier, and every target."""
    values = edition.rows("values", chapter=chapter)
    typed = [row for row in to_records(values) if row["origin"] != DERIVED]
    targets = to_records(edition.rows("targets", indicator=values["indicator"].unique().tolist()))
    titles = _name_subjects(edition, chapter)
    kinds = _read_kinds(edition, [row["source"] for row in (*typed, *targets)])
    rows = [_read_value(edition, row, titles, kinds) for row in typed]
    rows += [_read_target(edition, row, titles, kinds) for row in targets]
    order = {subject: place for place, subject in enumerate(titles.values())}
    rows.sort(key=lambda row: order.get(row["subject"], len(order)))  # stable: else as catalogued
    return pd.DataFrame(rows, columns=list(KNOWN))


def list_dates(edition: Edition, chapter: str) -> pd.DataFrame:
    """Columns ``DATES``: every milestone of a chapter."""
    typed = to_records(edition.rows("milestones", chapter=chapter))
    titles = _name_subjects(edition, chapter)
    kinds = _read_kinds(edition, [row["source"] for row in typed])
    rows = [
        {
            **row,
            "subject": titles.get(row["action"], OTHER_EDITION),
            "due_start": row["date_start"],
            "due_end": row["date_end"],
            "said_by": _say_who(row, kinds),
            "place": row["locator"],
        }
        for row in typed
    ]
    return pd.DataFrame(rows, columns=list(DATES))


def list_rated(edition: Edition, chapter: str) -> pd.DataFrame:
    """Columns ``RATED``: the ratings of what a chapter describes."""
    rows = list_ratings(edition)
    typed = to_records(rows[rows["chapter"] == chapter])
    kinds = _read_kinds(edition, [row["source"] for row in typed])
    names = dict(edition.columns("chapters", "id", "short_title").itertuples(index=False))
    names |= dict(edition.elements[["id", "title"]].itertuples(index=False))
    rows = [
        {
            **row,
            "subject": row["title"],
            "criterion": names.get(row["criterion"], row["criterion"]),
            "said_by": _say_who(row, kinds),
            "place": row["locator"],
        }
        for row in typed
    ]
    return pd.DataFrame(rows, columns=list(RATED))


def list_sources(edition: Edition, *frames: pd.DataFrame) -> pd.DataFrame:
    """Columns ``SOURCES``: what the rows of some frames cite, the most cited first."""
    cited = [name for frame in frames for cell in frame["source"] for name in split_list(cell)]
    counts = pd.Series(cited, dtype="str").value_counts()
    rows = to_records(edition.rows("sources", id=counts.index.tolist()))
    rows = [row | {"source": row["id"], "rows": int(counts[row["id"]])} for row in rows]
    found = pd.DataFrame(rows, columns=list(SOURCES))
    return found.sort_values(["rows", "source"], ascending=[False, True], ignore_index=True)


def _name_subjects(edition: Edition, chapter: str) -> dict[str, str]:
    """Title of each action, short-term action and improvement by its id, in the report's order;
    '' for what is of none."""
    tables = ("actions", "planned", "improvements")
    rows = [edition.rows(table, chapter=chapter)[["id", "title"]] for table in tables]
    return {"": ""} | dict(pd.concat(rows).itertuples(index=False, name=None))


def _read_kinds(edition: Edition, cells: Iterable[str]) -> dict[str, str]:
    sources = {name for cell in cells for name in split_list(cell)}
    rows = edition.rows("sources", id=sorted(sources))
    return dict(zip(rows["id"], rows["kind"], strict=True))


def _say_who(row: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
    """Who says what a row says: its source, a service, or the editors."""
    cited = split_list(row["source"])
    if any(kinds.get(source) == JUDGEMENT for source in cited):
        said = JUDGED
    elif row.get("basis") == "déduit":
        said = DEDUCED + (f" ({_TOLD})" if row.get("note") else "")
    elif any(map(is_form, cited)):
        said = ANSWERED
    elif row.get("file", "").startswith("reference/"):
        said = WHOLE_TABLE
    else:
        said = STATED if cited else ""
    return ", ".join(filter(None, [said, ESTIMATED if row.get("estimate") else ""]))


def _read_value(
    edition: Edition, row: Mapping[str, Any], titles: Mapping[str, str], kinds: Mapping[str, str]
) -> dict[str, Any]:
    known = row["value"] is not None
    return {
        **row,
        "reference": name_row_reference(edition, row) if known else row["indicator"],
        "subject": titles.get(row["action"], OTHER_EDITION),
        "title": prose.title_value(edition, row["title"], row["territory"]),
        "role": "",
        "precision": prose.refine_step(row["value"], row["precision"]) if known else None,
        "said_by": _say_who(row, kinds),
        "place": row["locator"],
    }


def _read_target(
    edition: Edition, row: Mapping[str, Any], titles: Mapping[str, str], kinds: Mapping[str, str]
) -> dict[str, Any]:
    entry = edition.catalogue[row["indicator"]]
    return {
        **row,
        "reference": f"{row['indicator']}:cible",
        "territory": edition.territory["id"],
        "subject": titles.get(entry["action"], OTHER_EDITION),
        "title": entry["title"],
        "role": "objectif",
        "unit": entry["unit"],
        "precision": prose.refine_step(row["value"] or 0, entry["precision"]),
        "status": "",
        "period_start": None,
        "period_end": row["date"],
        "stage": "",
        "payer": "",
        "said_by": _say_who(row, kinds),
        "place": row["locator"],
        "missing": "",
    }
