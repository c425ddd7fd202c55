"""What a follow-up changes in the tables besides followups.csv: texts, dates and states that a
service corrected, in the row that it speaks of, with the form as its source.

A corrected text becomes the row's own where the report can print it: its numbers are again the
references that the form showed as numbers. Any other number is the analyst's to cite.
"""

from __future__ import annotations

import re
from typing import Any

from analysis.base.lists import join_list
from analysis.collect.cell_answers import clean
from analysis.collect.row_answers import FollowupAnswer, join_notes
from analysis.collect.snapshot import Snapshot
from analysis.compute.dossier.prosechecks import check_prose
from analysis.model.decisions import DECISION_FIELDS, list_filled, list_places, list_sources
from analysis.model.followups import list_new_cells
from analysis.model.schema import STILL_RIGHT
from analysis.words.smallmarkdown import find_faults

#: Column of each table that a service reads as the entry's text.
_TEXTS = {
    "actions": "summary", "planned": "summary", "improvements": "summary", "milestones": "title",
}  # fmt: skip
#: A reference, with those that follow it at once: where one's words end cannot be told.
_REFERENCES = re.compile(r"\{\{[^{}]*\}\}(?:\s*\{\{[^{}]*\}\})*")


def find_changes(answer: FollowupAnswer, snapshot: Snapshot) -> tuple[str, int, dict[str, Any]]:
    """Table, row of this edition's file (0: a new one) and cells that an answer changes, but for
    the source; no cells where it changes nothing. What the analyst has to look at is told.

    The locator names the answer's cell, then what the row's source was before.
    """
    entries = snapshot.entries[answer.code]
    table, year, number, row = entries[-1]
    earlier = [entry[-1] for entry in entries if entry[1] < snapshot.year]
    shown = earlier[-1] if earlier else row  # what the form showed
    cells = _find_dates(answer, table) | _find_text(answer, snapshot, table, shown)
    if answer.proposed_dates not in ("", STILL_RIGHT):
        answer.tell(
            "flagged",
            f"Dates à corriger à la main dans milestones.csv : « {answer.proposed_dates} ».",
        )
    if cells:
        former = f"avant : {shown['source']}, {shown['locator']}"
        cells["locator"] = join_notes(answer.cell.locator, former)
        if table == "improvements" and list_filled(row) and not row.get("decision_source"):
            # What the row's source says of the decision stays its own.
            cells |= {f"decision_{name}": row[name] for name in ("source", "locator")}
    if year == snapshot.year:
        return table, number, cells
    if answer.decision:
        said = " ; ".join(f"{name} : {cell}" for name, cell in answer.decision.items())
        answer.tell("flagged", f"La piste n’est plus dans {table}.csv : à reprendre, {said}.")
    if table == "planned" and "due_end" in cells:  # put off after it had fallen due
        return table, 0, row | cells
    return table, 0, {}


def _find_dates(answer: FollowupAnswer, table: str) -> dict[str, Any]:
    dated = table in ("planned", "milestones")
    if dated and answer.state == "reportée" and not answer.new_due:
        answer.tell("flagged", "Reportée, sans nouvelle date : l’ancienne reste dans le dossier.")
    return list_new_cells(table, answer.state, answer.new_due)


def _find_text(
    answer: FollowupAnswer, snapshot: Snapshot, table: str, shown: dict[str, Any]
) -> dict[str, str]:
    if answer.proposed_text in ("", STILL_RIGHT):
        return {}
    text = restore_references(answer.proposed_text, shown[_TEXTS[table]], answer.shown)
    if table != "milestones" and is_refused(text, snapshot, table == "planned"):
        answer.tell(
            "flagged",
            f"Texte corrigé à reprendre à la main dans {table}.csv, chaque nombre par un renvoi :"
            f" « {answer.proposed_text} ».",
        )
        return {}
    answer.tell("flagged", f"Texte remplacé par celui du service, à relire : « {text} ».")
    return {_TEXTS[table]: text}


def find_decision(answer: FollowupAnswer, snapshot: Snapshot, source: str) -> dict[str, Any]:
    """The cells of an improvement of this edition that say of its decision what the service does,
    and that it does; the other fields keep who says them. What takes another's place is told."""
    _, year, _, row = snapshot.entries[answer.code][-1]
    if year != snapshot.year:
        return {}
    said = {name: cell for name, cell in answer.decision.items() if row.get(name) != cell}
    for name in ("needs", "cost"):
        if name in said and is_refused(said[name], snapshot, True, counted=name == "cost"):
            answer.tell(
                "flagged", f"À reprendre à la main dans la colonne « {name} » : « {said[name]} »."
            )
            del said[name]
    if not said:
        return {}
    sources, places = list_sources(row), list_places(row)
    for name in said:
        if former := row.get(name):
            by = f"source « {sources[name]} », {places[name]}"
            answer.tell("flagged", f"« {name} » : « {said[name]} » remplace « {former} » ({by}).")
    cells = {name: said.get(name, row.get(name)) for name in DECISION_FIELDS}
    filled = list_filled(cells)
    by = [(source, answer.cell.locator) if name in said else (sources[name], places[name])
          for name in filled]  # fmt: skip
    if len(set(by)) == 1:
        by = by[:1]
    columns = (join_list(cell) for cell in zip(*by, strict=True))
    return said | dict(zip(("decision_source", "decision_locator"), columns, strict=True))


class _AnyReference:
    """References that the typed text already held: they exist."""

    def problem(self, text: str) -> None:
        return None


def is_refused(text: str, snapshot: Snapshot, line_only: bool, counted: bool = False) -> bool:
    """Whether the dossier would not take a text as it is: Markdown, a typed number unless it may
    be ``counted``."""
    faults = find_faults(text, [], line_only=line_only)
    typed = () if counted else check_prose(text, _AnyReference(), snapshot.digit_names)
    return any(faults) or any(typed)


def restore_references(text: str, template: str, shown: str) -> str:
    """A corrected text with the references of the typed one again, where the service left the
    words that the form ``shown`` for them: « environ 20 communes » → {{communes-renovation}}."""
    between = [_match_words(part) for part in _REFERENCES.split(template)]
    # The first place where the words between stand is the right one: never gone back on, in time
    # that would grow with the power of the references.
    pattern = between[0] + "".join(f"(?>(.+?){words})" for words in between[1:-1])
    pattern += "".join(f"(.+?){words}" for words in between[1:][-1:])
    match = re.fullmatch(pattern, clean(shown))
    mentions = _REFERENCES.findall(template)
    for mention, words in zip(mentions, match.groups() if match else (), strict=False):
        if text.count(words.strip()) == 1:
            text = text.replace(words.strip(), mention)
    return text


def _match_words(text: str) -> str:
    """A pattern for a text as it was typed: typography may have changed its spaces, apostrophes
    and quotation marks."""
    words = [re.escape(word) for word in clean(text).split(" ")]
    return r"\s*".join(re.sub("['’]", "['’]", word) for word in words)
