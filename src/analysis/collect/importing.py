"""What the answers change in the raw files: rows added, values revised, conflicts left alone.

Works on bytes in memory: the caller writes everything or nothing. A value is never replaced
silently: only the service that gave it may change it, and its former value is kept; what somebody
else typed stays.
"""

from __future__ import annotations

import math
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from analysis.base.atomic import write_file
from analysis.base.csvtext import write_cell
from analysis.base.lists import join_list, split_list
from analysis.base.paths import Dossier
from analysis.collect.cell_answers import clean
from analysis.collect.followup_effects import find_changes, find_decision
from analysis.collect.form_contract import find_sender, name_source
from analysis.collect.outcomes import FormOutcome
from analysis.collect.raw_edits import CsvFile, list_uncovered
from analysis.collect.row_answers import (
    AnyAnswer,
    FollowupAnswer,
    NewRow,
    RowAnswer,
    ValueAnswer,
    agree,
    describe_value,
    find_doubts,
    group_by_code,
    join_answers,
    join_notes,
)
from analysis.collect.snapshot import Snapshot, StoredValue, find_key
from analysis.model.schema import TABLES
from analysis.words import french

#: Said of a file some answers of which were kept back: copies of the form differed.
PENDING = ", réponses en attente"

#: When each form was last saved, by its SHA-256; None where it does not say.
SaveTimes = dict[str, datetime | None]


def is_from_service(source: str, service: str) -> bool:
    """Whether a value came from a form of this service, of this edition or an earlier one."""
    return find_sender(source) == service


class RawChanges:
    """The raw files as they will be, from the ``snapshot`` of what they were."""

    def __init__(self, dossier: Dossier, snapshot: Snapshot, saved: SaveTimes):
        self.dossier, self.snapshot, self.saved = dossier, snapshot, saved
        self._raw = dossier.raw
        self._files: dict[str, CsvFile] = {}
        self._remarks = {name: str(row["remark"]) for name, (_, row) in snapshot.sources.items()}
        self._cited: dict[str, list[FormOutcome]] = {}

    def _file(self, table: str) -> CsvFile:
        name = TABLES[table].file(self.snapshot.year)
        if name not in self._files:
            self._files[name] = CsvFile.read(self._raw, name, TABLES[table].header)
        return self._files[name]

    def add(self, table: str, row: dict[str, Any]) -> None:
        """A new row at the end of a table of this edition."""
        self._file(table).append(row)

    def change(self, table: str, number: int, changes: dict[str, Any]) -> None:
        """Other cells for a row of a table of this edition."""
        self._file(table).replace(number, changes)

    def has(self, table: str, id: str) -> bool:
        """Whether a table that takes what services describe holds an id."""
        return (id,) in self.snapshot.typed[table]

    def compare(self, row: NewRow, outcome: FormOutcome) -> str:
        """What stands in the dossier for a row: « new »; « same »; « changed », of the same form;
        « settled », what this very file said was changed since; « taken », by somebody else."""
        _, former = self.snapshot.typed[row.table].get(find_key(row.table, row.said), (0, None))
        if former is None:
            return "new"
        if "source" not in former or not self.list_changes(row):
            return "same"  # units, payers, indicators stay as they are
        if not is_from_service(former["source"], outcome.service):
            return "taken"
        return "settled" if self.was_collected(outcome) else "changed"

    def list_changes(self, row: NewRow) -> dict[str, tuple[str, str]]:
        """The cells of a row that the dossier has otherwise: as they are, as they are said."""
        _, former = self.snapshot.typed[row.table][find_key(row.table, row.said)]
        cells = {name: (_write(former.get(name)), _write(cell)) for name, cell in row.said.items()}
        return {name: both for name, both in cells.items() if both[0] != both[1]}

    def put(
        self,
        row: NewRow,
        answer: RowAnswer,
        sourced: Sequence[str] = ("source", "locator"),
        rest: str = "",
    ) -> None:
        """Add a row, or change the cells that the service now says otherwise. ``sourced``: the
        columns that name the form, where the table has them, and the cell; ``rest``: what is said
        there of the other cells."""
        key, header = find_key(row.table, row.said), TABLES[row.table].header
        cells = dict(row.said)
        if named := [name for name in sourced if name in header]:
            origin = (self.cite(answer.outcome), join_notes(answer.cell.locator, rest))
            cells |= dict(zip(named, origin, strict=False))
        number, former = self.snapshot.typed[row.table].get(key, (0, row.supposed))
        if number:
            self.change(row.table, number, cells)
        else:
            self.add(row.table, former | cells)
            number = self._file(row.table).last
        self.snapshot.typed[row.table][key] = (number, former | cells)

    def remove(self, table: str, key: tuple[str, ...]) -> None:
        """Take away the row of a key from a table of this edition."""
        number, _ = self.snapshot.typed[table].pop(key)
        self._file(table).remove(number)

    def cite(self, outcome: FormOutcome) -> str:
        """Id of the form's source, which will stand in sources.csv."""
        source = name_source(outcome.service, self.snapshot.year)
        cited = self._cited.setdefault(source, [])
        if outcome not in cited:
            cited.append(outcome)
        return source

    def was_collected(self, outcome: FormOutcome) -> bool:
        """Whether this very file has been imported from before, all its answers settled."""
        remark = self._remarks.get(name_source(outcome.service, self.snapshot.year), "")
        return outcome.sha256 in remark and outcome.sha256 + PENDING not in remark

    def list_contents(self) -> dict[Path, bytes]:
        """Every raw file that changes, with its bytes; sources.csv last."""
        self._declare_sources()
        names = sorted(name for name, file in self._files.items() if file.changed)
        sources = TABLES["sources"].file()
        names.sort(key=lambda name: name == sources)
        return {self._raw / name: self._files[name].content for name in names}

    @contextmanager
    def preview(self) -> Iterator[Dossier]:
        """The dossier as it will be, in a folder that goes."""
        with TemporaryDirectory() as folder:
            after = Dossier(Path(folder))
            shutil.copytree(self._raw, after.raw)
            for path, content in deepcopy(self).list_contents().items():
                write_file(after.raw / path.relative_to(self._raw), content)
            yield after

    def _declare_sources(self) -> None:
        """A row of sources.csv for each form cited; new files that none covers go to the first."""
        cells = [row["file"] for _, row in self.snapshot.sources.values()]
        changed = [name for name, file in sorted(self._files.items()) if file.changed]
        new = [n for n in list_uncovered(changed, cells) if not (self._raw / n).exists()]
        for source, outcomes in sorted(self._cited.items()):
            if source in self.snapshot.sources:
                self._update_source(source, outcomes)
            else:
                self._add_source(source, outcomes, new)
                new = []
        if new and self._cited:  # all were declared by earlier collections
            source = min(self._cited)
            number, row = self.snapshot.sources[source]
            self.change("sources", number, {"file": join_list([*split_list(row["file"]), *new])})

    def _describe_files(self, source: str, outcomes: Sequence[FormOutcome]) -> tuple[str, str]:
        """Names and checksums of the files that the source's row does not name yet, and the day
        on which the newest of all was saved ('' if none says)."""
        files = [
            f"{Path(o.file).name} (SHA-256 : {o.sha256}{PENDING if o.withheld else ''})"
            for o in outcomes
            if o.sha256 not in self._remarks.get(source, "")
        ]
        days = [day for o in outcomes if (day := self.saved.get(o.sha256))]
        return join_notes(*files), max(days).date().isoformat() if days else ""

    def _add_source(self, source: str, outcomes: Sequence[FormOutcome], new: list[str]) -> None:
        files, day = self._describe_files(source, outcomes)
        name = outcomes[0].service_name
        title = f"Formulaire {self.snapshot.year} : {name}"
        row = {"id": source, "file": join_list(new), "title": title, "producer": name}
        kind = {"kind": "formulaire"} if self._file("sources").has("kind") else {}
        self.add("sources", row | kind | {"accessed": day, "remark": files})

    def _update_source(self, source: str, outcomes: Sequence[FormOutcome]) -> None:
        files, day = self._describe_files(source, outcomes)
        remark = former = self._remarks[source]
        for outcome in outcomes:
            if not outcome.withheld:
                remark = remark.replace(outcome.sha256 + PENDING, outcome.sha256)
        if files or remark != former:
            number, _ = self.snapshot.sources[source]
            accessed = {"accessed": day} if day else {}
            self.change("sources", number, {"remark": join_notes(remark, files)} | accessed)


def _write(cell: Any) -> str:
    """A cell as a file holds it."""
    return clean(cell) if isinstance(cell, str) else write_cell(cell)


# --- copies of one form, forms of several services ------------------------------------------------


def settle_copies(answers: Iterable[AnyAnswer], saved: SaveTimes, newest: bool) -> list[AnyAnswer]:
    """One answer to each question, where several files give some.

    Files that agree count once. Where two copies of one service's form differ, ``newest`` takes
    the one saved last, if both say when; else the question is told in each file and nothing of it
    is kept. Two services are never arbitrated.
    """
    kept = []
    for same in group_by_code(answers):
        if agree(same):
            kept.append(join_answers(same))
            for other in same[1:]:
                other.tell("unchanged", f"Même réponse que dans {same[0].outcome.file}.")
        elif newest and (winner := _choose_newest(same, saved)):
            kept.append(join_answers([winner, *(a for a in same if a.content == winner.content)]))
            for other in same:
                if other.content != winner.content:
                    other.tell("flagged", f"Écarté : {winner.outcome.file} est plus récent.")
        else:
            for answer in same:
                _withhold(answer, same)
    return kept


def _withhold(answer: RowAnswer, same: Sequence[RowAnswer]) -> None:
    """Keep an answer back, and name the cells that say otherwise."""
    answer.outcome.withheld = True
    others = [other for other in same if other.content != answer.content]
    places = sorted({f"{other.outcome.file} ({other.cell.ref})" for other in others})
    answer.tell(
        "errors",
        f"Réponses différentes entre fichiers : voir aussi {', '.join(places)}. Rien n’est importé"
        " de cette réponse ; n’en garder qu’une.",
    )


def _choose_newest(same: Sequence[AnyAnswer], saved: SaveTimes) -> AnyAnswer | None:
    if len({answer.outcome.service for answer in same}) > 1:
        return None
    days = [saved.get(answer.outcome.sha256) for answer in same]
    if None in days or days.count(max(days)) > 1:
        return None
    return same[days.index(max(days))]


# --- values ---------------------------------------------------------------------------------------


def import_values(answers: Iterable[ValueAnswer], changes: RawChanges) -> None:
    """Add, revise or leave alone the value of each answer; told in its outcome."""
    for answer in sorted(answers, key=lambda a: a.outcome.service):
        if not _put_rows(answer, changes):
            continue
        for doubt in find_doubts(answer, changes.snapshot):
            answer.tell("flagged", doubt)
        stored = changes.snapshot.values.get(answer.key)
        if stored is None:
            _add_value(answer, changes, answer.note)
            answer.tell("imported", f"{answer.describe()}.")
            _tell_other_periods(answer, changes.snapshot)
        elif _says_the_same(answer, stored):
            _keep_value(answer, stored, changes)
        elif not is_from_service(stored.cells["source"], answer.outcome.service):
            answer.tell(
                "errors",
                f"Conflit : le dossier a déjà {_describe_stored(stored, answer)} (source"
                f" « {stored.cells['source']} », {stored.cells['locator']}), le formulaire dit"
                f" {answer.describe()}. Rien n’est remplacé : l’analyste tranche.",
            )
        elif changes.was_collected(answer.outcome):
            now = _describe_stored(stored, answer)
            answer.tell("unchanged", f"Réponse déjà lue, remplacée depuis par {now}.")
        else:
            _revise_value(answer, stored, changes)


def _put_rows(answer: ValueAnswer, changes: RawChanges) -> bool:
    """The rows that a value needs: its indicator, its unit; whether it may be imported with them. A
    unit that is not the catalogue's is told."""
    for row in answer.rows:
        state = changes.compare(row, answer.outcome)
        if state == "taken" or (row.table == "indicators" and state == "same"):
            both = changes.list_changes(row)
            if state == "taken" or "unit" in both:
                before, now = next(iter(both.values()))
                answer.tell(
                    "errors",
                    f"Conflit : {row.table}.csv a déjà « {answer.code} », avec « {before} » et non"
                    f" « {now} ». Rien n’est remplacé : l’analyste tranche.",
                )
                return False
    for row in answer.rows:
        state = changes.compare(row, answer.outcome)
        if state in ("new", "changed"):
            changes.put(row, answer)
            if row.table in ("units", "payers"):
                id = row.said["id"]
                answer.tell("flagged", f"« {id} » ajouté à reference/{row.table}.csv : à relire.")
    return True


def _describe_stored(stored: StoredValue, answer: ValueAnswer) -> str:
    qualifier = stored.cells["qualifier"]
    return describe_value(stored.value, answer.indicator, qualifier, stored.start, stored.end)


def _says_the_same(answer: ValueAnswer, stored: StoredValue) -> bool:
    return (
        math.isclose(answer.value, stored.value, rel_tol=1e-12)
        and answer.qualifier == stored.cells["qualifier"]
        and (answer.table == "budget" or answer.status == stored.cells["status"])
        and all(_write(stored.cells[name]) == _write(cell) for name, cell in answer.amount.items())
    )


def _keep_value(answer: ValueAnswer, stored: StoredValue, changes: RawChanges) -> None:
    """The value stands; a remark that has changed replaces the service's own former one."""
    own = stored.cells["source"] == name_source(answer.outcome.service, changes.snapshot.year)
    note, new = str(stored.cells["note"]), answer.note
    if own and new and not note.startswith(new) and not changes.was_collected(answer.outcome):
        changes.cite(answer.outcome)
        locator = answer.cell.locator
        changes.change(answer.table, stored.row, {"note": new, "locator": locator})
        answer.tell("revised", f"{answer.describe()} : remarque changée (avant : « {note} »).")
    elif not own and new and new not in note:
        answer.tell("flagged", f"Valeur déjà dans le dossier ; remarque à y reprendre : « {new} ».")
    else:
        answer.tell("unchanged", f"{answer.describe()}.")


def _tell_other_periods(answer: ValueAnswer, snapshot: Snapshot) -> None:
    source = name_source(answer.outcome.service, snapshot.year)
    for stored in snapshot.list_values(answer.request):
        if stored.cells["source"] == source and stored.key != answer.key:
            answer.tell(
                "flagged",
                f"Le même formulaire avait donné {_describe_stored(stored, answer)} : les deux"
                " périodes restent dans le dossier.",
            )


def _list_cells(answer: ValueAnswer, changes: RawChanges, note: str) -> dict[str, Any]:
    """What an answer says, by column of its table."""
    source, locator = changes.cite(answer.outcome), answer.cell.locator
    cells = {"qualifier": answer.qualifier, "source": source, "locator": locator, "note": note}
    if answer.table == "budget":
        return cells | {"amount_eur": answer.value} | answer.amount
    return cells | {"value": answer.value, "status": answer.status}


def _add_value(answer: ValueAnswer, changes: RawChanges, note: str) -> None:
    row = _list_cells(answer, changes, note) | {"indicator": answer.code}
    if answer.table == "budget":
        if not answer.amount:
            last = changes.snapshot.list_values(answer.request)[-1].cells
            row |= {name: last[name] for name in ("action", "policy", "nature", "stage", "payer")}
        if answer.start:
            row["fiscal_year"] = answer.start.year
            if answer.start.year != answer.end.year:
                row["fiscal_year_end"] = answer.end.year
    else:
        row |= {"territory": answer.request.territory, "unit": answer.indicator.unit.id}
        row |= {"period_start": answer.start, "period_end": answer.end}
    changes.add(answer.table, row)


def _revise_value(answer: ValueAnswer, stored: StoredValue, changes: RawChanges) -> None:
    """The same service answers otherwise: the row changes, revisions.csv keeps what it was."""
    former = _describe_stored(stored, answer)
    if stored.year == changes.snapshot.year:
        changes.change(answer.table, stored.row, _list_cells(answer, changes, answer.note))
    else:  # an earlier edition stays as it was published
        note = f"révise la valeur de l’édition {stored.year} ({former})"
        _add_value(answer, changes, join_notes(answer.note, note))
    answer.tell("revised", f"{answer.describe()}, au lieu de {former}.")
    if not math.isclose(answer.value, stored.value, rel_tol=1e-12):
        _keep_former(answer, stored, changes)


def _keep_former(answer: ValueAnswer, stored: StoredValue, changes: RawChanges) -> None:
    key = (answer.code, answer.request.territory, stored.start, stored.end)
    former = {f"former_{name}": stored.cells[name] for name in ("source", "locator")}
    former["former_value"] = stored.value
    source = changes.cite(answer.outcome)
    now = {"value": answer.value, "source": source, "locator": answer.cell.locator}
    if key not in changes.snapshot.revisions:
        names = ("indicator", "territory", "period_start", "period_end")
        changes.add("revisions", dict(zip(names, key, strict=True)) | former | now)
        return
    # Revised twice: the first value, which may have been published, stays the former one; unless
    # the service comes back to it.
    number, row = changes.snapshot.revisions[key]
    back = math.isclose(row["former_value"], answer.value, rel_tol=1e-12)
    changes.change("revisions", number, (former if back else {}) | now)


# --- follow-ups -----------------------------------------------------------------------------------


def import_followups(answers: Iterable[FollowupAnswer], changes: RawChanges) -> None:
    """Add, revise or leave alone each follow-up; told in its outcome."""
    snapshot = changes.snapshot
    for answer in sorted(answers, key=lambda a: a.outcome.service):
        said = ("state", "new_due", "note", "proposed_text", "proposed_dates")
        row = NewRow("followups", {"id": answer.code} | {n: getattr(answer, n) for n in said})
        _, former = snapshot.typed["followups"].get((answer.code,), (0, {}))
        words = f"{snapshot.titles[answer.code]} : {answer.state}"
        if answer.new_due:
            words += f", nouvelle échéance : {french.name_period(None, answer.new_due)}"
        state = changes.compare(row, answer.outcome)
        if state == "same":
            told = not changes.was_collected(answer.outcome) and _change_decision(answer, changes)
            answer.tell("revised" if told else "unchanged", f"{words}.")
        elif state == "settled":
            answer.tell("unchanged", "Réponse déjà lue, remplacée depuis.")
        elif state == "taken":
            answer.tell(
                "errors",
                f"Conflit : le dossier dit déjà « {former['state']} » (source"
                f" « {former['source']} », {former['locator']}). Rien n’est remplacé : l’analyste"
                " tranche.",
            )
        else:
            changes.put(row, answer)
            if state == "new":
                answer.tell("imported", f"{words}.")
            _change_entry(answer, changes)
            if state == "changed":
                due = former["new_due"]
                before = former["state"] + (f", {french.name_period(None, due)}" if due else "")
                answer.tell("revised", f"{words} (avant : {before} ; « {former['note']} »).")


def _change_entry(answer: FollowupAnswer, changes: RawChanges) -> None:
    """Bring the row that a follow-up speaks of up to date, with the form as its source."""
    table, number, cells = find_changes(answer, changes.snapshot)
    if cells:
        cells["source"] = changes.cite(answer.outcome)
        if number:
            changes.change(table, number, cells)
        else:
            changes.add(table, cells)
    _change_decision(answer, changes)


def _change_decision(answer: FollowupAnswer, changes: RawChanges) -> bool:
    """Put what a service says of a decision into its row; whether it says anything new."""
    if not answer.decision:
        return False
    table, _, number, _ = changes.snapshot.entries[answer.code][-1]
    source = name_source(answer.outcome.service, changes.snapshot.year)
    cells = find_decision(answer, changes.snapshot, source)
    if cells:
        changes.cite(answer.outcome)
        changes.change(table, number, cells)
    return bool(cells)
