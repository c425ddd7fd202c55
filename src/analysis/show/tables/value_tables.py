"""Tables of values: facts of an action, what else is known of a chapter, ways to targets."""

from __future__ import annotations

import pandas as pd

from analysis.model.references import Row
from analysis.model.store import DERIVED, OBSERVED, Edition, to_records
from analysis.show.tables.evolutions import describe_before
from analysis.show.tables.pipe_tables import format_markdown, format_table
from analysis.show.tables.value_rows import (
    describe_amount,
    describe_origin,
    describe_period,
    read_reference_values,
    title_row,
)
from analysis.words import prose
from analysis.words.citations import is_form
from analysis.words.hidden_markup import mark
from analysis.words.progress_words import (
    describe_course,
    describe_gap,
    describe_goal,
    describe_share,
    describe_verdict,
)

#: From this share of rows on, what came before has a column of its own.
BEFORE_COLUMN = 0.2


def _tabulate_rows(edition: Edition, rows: pd.DataFrame, caption: str, id: str) -> str:
    """Indicator, value, period, what came before, source: observed values first, then the
    calculated ones. Where few values have one before, it is said beside the value instead of in a
    column that would stand nearly empty."""
    rows = rows.sort_values("origin", key=lambda origin: origin == DERIVED, kind="stable")
    lines = [
        {
            "Indicateur": title_row(edition, row),
            "Valeur": describe_amount(edition, row),
            "Période": describe_period(row, edition.year),
            "Avant, évolution": describe_before(edition, row),
            "Source": describe_origin(edition, row),
        }
        for row in rows.itertuples()
    ]
    frame = pd.DataFrame(lines)
    if frame.empty:
        return ""
    widths = [32, 22, 18, 24, 12]
    before = frame["Avant, évolution"]
    if before.astype(bool).mean() < BEFORE_COLUMN:
        said = before.where(before == "", " ; avant : " + before)
        frame = frame.assign(Valeur=frame["Valeur"] + said).drop(columns="Avant, évolution")
        widths = [40, 28, 20, 12]
    return format_markdown(frame, caption, id, widths=widths)


def tabulate_facts(edition: Edition, chapter: str, action: str) -> str:
    """What is measured of an action."""
    rows = read_reference_values(edition, chapter=chapter, action=action)
    # What nobody gave yet is said with what is asked.
    rows = rows[~rows["indicator"].isin(list(edition.find_awaited(chapter=chapter)))]
    # The heading just above says which action it is.
    return _tabulate_rows(edition, rows, "Chiffres de l’action", f"{chapter}-{action}-faits")


def tabulate_other_facts(edition: Edition, chapter: str) -> str:
    """What is known of actions that this edition does not describe, what a service answered of no
    action, and all of a chapter where no action is described; key figures are not said again."""
    rows = read_reference_values(edition, chapter=chapter)
    listed = edition.rows("key_figures", chapter=chapter)["indicator"]
    rows = rows[(rows["missing"] == "") & ~rows["indicator"].isin(listed)]
    if len(edition.rows("actions", chapter=chapter)):
        described = [id for id in rows["action"].unique() if _is_described(edition, id)]
        answered = (rows["origin"] == OBSERVED) & rows["source"].map(is_form).astype(bool)
        rows = rows[~rows["action"].isin(described) & ((rows["action"] != "") | answered)]
    return _tabulate_rows(
        edition, rows, "Autres chiffres connus du chapitre", f"{chapter}-autres-chiffres"
    )


def _is_described(edition: Edition, action: str) -> bool:
    """Whether this edition describes an action, short-term action or improvement."""
    return any(
        len(edition.rows(table, id=action)) for table in ("actions", "planned", "improvements")
    )


def tabulate_progress(edition: Edition, progress: pd.DataFrame) -> str:
    """Targets, where the value stands, the share made, the paces and the outlook, the verdict."""
    columns = {
        "Indicateur ou étape": 20, "Objectif": 18, "Valeur": 12, "Atteint": 12, "Rythme": 19,
        "Constat": 19,
    }  # fmt: skip
    rows = [_describe_progress(edition, row) for row in to_records(progress)]
    caption = "Objectifs, obligations, programmes et aides, et chemin restant"
    return format_table(columns, rows, caption, "annexes-objectifs")


def _describe_progress(edition: Edition, row: Row) -> tuple[str, ...]:
    goal, verdict = describe_goal(edition, row), row["verdict"]
    if not row["indicator"]:
        return row["title"], goal, "", "", "", verdict
    target, value = f"{row['indicator']}:cible", edition.value(row["indicator"])
    gap, share = (mark(say(edition, row), target) for say in (describe_gap, describe_share))
    return (
        value.title,
        goal,
        prose.mark_quantity(edition, value),
        share,
        describe_course(edition, row) or "sans objet",
        describe_verdict(row, gap),
    )
