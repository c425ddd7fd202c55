"""Tables of values: facts of an action, what else is known of a chapter, ways to targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.model.progress import order_targets
from analysis.model.references import Row
from analysis.model.store import DERIVED, OBSERVED, Edition, to_records
from analysis.show.tables.evolutions import describe_before
from analysis.show.tables.pipe_tables import format_markdown, format_table
from analysis.show.tables.value_rows import (
    UNDATED,
    describe_origin,
    describe_period,
    list_details,
    name_row,
    read_reference_values,
    title_row,
)
from analysis.words import french, prose
from analysis.words.citations import is_form
from analysis.words.hidden_markup import end_sentence, mark, strip_marks
from analysis.words.progress_words import (
    describe_course,
    describe_gap,
    describe_goal,
    describe_share,
    describe_verdict,
)
from analysis.words.smallmarkdown import write_plain

#: So few values are said in a line: a table of one or two rows is none.
FEW = 2
#: So many values that are calculated from others are said below these; more are rows as well.
FEW_CALCULATED = 5
#: From this share of rows on, what came before has a column of its own.
BEFORE_COLUMN = 0.4
#: From this share of rows on, what they have in common is said once, below the table.
COMMON = 0.6
_TITLE, _NUMBER, _UNIT, _PERIOD, _BEFORE, _SOURCE = _COLUMNS = (
    "Indicateur", "Valeur", "Unité", "Période", "Avant, évolution", "Source"
)  # fmt: skip


@dataclass(frozen=True)
class _Facts:
    """Rows of values by how they are shown: as ``rows`` of a table or, where these are few, as
    items of a line; as words below (``said``: calculated from them); as what ``refused`` to be
    calculated."""

    rows: pd.DataFrame
    said: pd.DataFrame
    refused: pd.DataFrame

    @property
    def few(self) -> bool:
        return len(self.rows) <= FEW


def _sort(rows: pd.DataFrame) -> _Facts:
    calculated = rows["origin"] == DERIVED
    refused = calculated & (rows["missing"] != "")
    observed, known = rows[~calculated], rows[calculated & ~refused]
    if len(observed) and len(known) <= FEW_CALCULATED:
        return _Facts(observed, known, rows[refused])
    return _Facts(pd.concat([observed, known]), known.iloc[:0], rows[refused])


def _compose(edition: Edition, facts: _Facts, caption: str = "", id: str = "") -> str:
    """Values as a table in a box, observed ones first, each number beside its unit; below it, what
    all rows share, what is calculated from them, and what could not be. '' where there are few."""
    if facts.few:
        return ""
    frame = pd.DataFrame([_read_cells(edition, row) for row in facts.rows.itertuples()])
    period, source = _share_period(frame), _share_source(frame)
    before = frame[_BEFORE]
    if before.astype(bool).mean() < BEFORE_COLUMN:
        frame[_TITLE] += before.where(before == "", " ; avant : " + before)
        frame[_BEFORE] = ""
    details = frame["details"].where(frame["details"] == "", " (" + frame["details"] + ")")
    frame[_UNIT] = (frame[_UNIT] + details).str.strip()
    shown = [name for name in _COLUMNS if frame[name].astype(bool).any()]
    table = format_markdown(frame[shown], caption, id, right=[_NUMBER])
    derived = facts.rows[facts.rows["origin"] == DERIVED]
    which = "La dernière valeur est calculée." if len(derived) == 1 else ""
    if len(derived) > 1:
        first = french.quote(_name_in_list(edition, next(derived.itertuples())))
        which = f"À partir de {first}, les valeurs sont calculées."
    told = [end_sentence(f"{label} : {text}") for label, text in _list_calculated(edition, facts)]
    notes = [period, which, *told, source]
    note = " ".join(write_plain(note) for note in notes if note)
    return f"::: {{.chiffres}}\n{table}\n:::\n\n::: {{.source}}\n{note}\n:::"


def _read_cells(edition: Edition, row: Any) -> dict[str, str]:
    value = edition.value(name_row(row))
    number, unit = prose.split_quantity(edition, value)
    known = value.value is not None
    calculated = row.origin == DERIVED
    return {
        _TITLE: title_row(edition, row),
        _NUMBER: prose.mark_value(edition, value, number),
        _UNIT: unit,
        _PERIOD: describe_period(edition, row),
        _BEFORE: describe_before(edition, row),
        _SOURCE: "" if calculated else describe_origin(edition, row),
        "details": ", ".join(list_details(edition, row)) if known else value.missing,
    }


def _share_period(frame: pd.DataFrame) -> str:
    """« Période : 2017, sauf mention. » where most rows are of one period, which then stands beside
    the unit of the others alone, no more in a column."""
    periods = frame[_PERIOD]
    dated = periods[periods != ""]
    if dated.empty:
        return ""
    common = dated.value_counts().index[0]
    if (dated == common).mean() < COMMON:
        return ""
    others = periods.where(periods != common, "")
    both = (frame["details"] != "") & (others != "")
    frame["details"] += others.where(~both, ", " + others)
    frame[_PERIOD] = ""
    but = "" if (dated == common).all() else ", sauf mention"
    named = f"Période : {common}{but}."
    return named if common != UNDATED else f"{UNDATED.capitalize()}{but}."


def _share_source(frame: pd.DataFrame) -> str:
    """« Source : II.A, p. 13-16. » where nearly all rows have the same, no more in a column; one or
    two others are named with what they are the source of."""
    sources = frame.loc[frame[_SOURCE] != "", _SOURCE]
    words = sources.map(strip_marks)  # each leads to lines of its own
    if words.empty:
        return ""
    common = words.value_counts().index[0]
    others = words.index[words != common]
    if len(others) > FEW or len(others) * 2 > len(words):
        return ""
    frame[_SOURCE] = ""
    named = [sources[words == common].iloc[0]]
    for _, found in words[others].groupby(words[others], sort=False):
        titles = map(french.quote, frame.loc[found.index, _TITLE])
        named.append(f"pour {french.join_list([*titles])}, {sources[found.index[0]]}")
    return f"{'Sources' if len(others) else 'Source'} : {' ; '.join(named)}."


def _list_calculated(edition: Edition, facts: _Facts) -> Iterator[tuple[str, str]]:
    """« Calculé » and « a : 43 % ; b : 46,2 % », then « Non calculé » with what refuses to be and
    why: « C ; D (périodes non comparables) »."""
    if len(facts.said):
        said = (_describe_row(edition, row, "") for row in facts.said.itertuples())
        yield "Calculé", " ; ".join(said)
    for missing, rows in facts.refused.groupby("missing", sort=False):
        titles = (
            prose.mark_value(edition, edition.value(name_row(row)), _name_in_list(edition, row))
            for row in rows.itertuples()
        )
        why = prose.mark_value(edition, edition.value(name_row(rows.iloc[0])), missing)
        yield "Non calculé", f"{' ; '.join(titles)} ({why})"


def _describe(edition: Edition, facts: _Facts, label: str) -> list[tuple[str, str]]:
    """Few values as lines of an action's card: « Antennes ouvertes : 1 antenne (31 octobre 2017 ;
    II.A, p. 13-16) » under the ``label``, then what is calculated; none where they are more."""
    if not facts.few:
        return []
    said = [
        prose.write_span(_describe_row(edition, row, describe_origin(edition, row)), ".jalon")
        for row in facts.rows.itertuples()
    ]
    lines = [(label, " ; ".join(said))] if said else []
    return [*lines, *_list_calculated(edition, facts)]


def _describe_row(edition: Edition, row: Any, origin: str) -> str:
    value = edition.value(name_row(row))
    if value.value is None:
        quantity = prose.mark_value(edition, value, prose.describe_missing(value))
    else:
        quantity = prose.mark_quantity(edition, value)
    when = ", ".join(filter(None, [*list_details(edition, row), describe_period(edition, row)]))
    beside = " ; ".join(filter(None, (when, origin)))
    before = describe_before(edition, row).replace(" ; ", ", ")  # it stands in a list
    said = f"{_name_in_list(edition, row)} : {quantity}" + (f" ({beside})" if beside else "")
    return said + (f", avant : {before}" if before else "")


def _name_in_list(edition: Edition, row: Any) -> str:
    return french.lower_initial(title_row(edition, row))


def _select_facts(edition: Edition, chapter: str, action: str) -> _Facts:
    rows = read_reference_values(edition, chapter=chapter, action=action)
    # What nobody gave yet is said with what is asked.
    return _sort(rows[~rows["indicator"].isin(list(edition.find_awaited(chapter=chapter)))])


def tabulate_facts(edition: Edition, chapter: str, action: str) -> str:
    """What is measured of an action; '' where its card says it (``describe_facts``). No caption:
    the heading above says which action it is."""
    return _compose(edition, _select_facts(edition, chapter, action))


def describe_facts(edition: Edition, chapter: str, action: str) -> list[tuple[str, str]]:
    """What is measured of an action, where that is little: terms and texts of its card."""
    return _describe(edition, _select_facts(edition, chapter, action), "Chiffres")


def show_other_facts(edition: Edition, chapter: str) -> str:
    """What is known of actions that this edition does not describe, what a service answered of no
    action, and all of a chapter where no action is described; key figures are not said again."""
    rows = read_reference_values(edition, chapter=chapter)
    listed = edition.rows("key_figures", chapter=chapter)["indicator"]
    rows = rows[(rows["missing"] == "") & ~rows["indicator"].isin(listed)]
    if len(edition.rows("actions", chapter=chapter)):
        described = [id for id in rows["action"].unique() if _is_described(edition, id)]
        answered = (rows["origin"] == OBSERVED) & rows["source"].map(is_form).astype(bool)
        rows = rows[~rows["action"].isin(described) & ((rows["action"] != "") | answered)]
    facts = _sort(rows)
    said = prose.list_terms(_describe(edition, facts, "Autres chiffres"))
    caption = "Autres chiffres connus du chapitre"
    return said or _compose(edition, facts, caption, f"{chapter}-autres-chiffres")


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
    rows = [_describe_progress(edition, row) for row in order_targets(to_records(progress))]
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
