"""What services answer on the sheets of tools, as rows of the tables that these ask for.

Cells are read here; whether a row is right is for the checks of the dossier to say, as of any row
that an analyst types. A row with which the dossier would be wrong is not imported.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from analysis.base.lists import join_list
from analysis.collect.cell_answers import (
    Unit,
    fold,
    is_empty,
    parse_choice,
    parse_text,
    parse_value,
)
from analysis.collect.followup_effects import is_refused
from analysis.collect.form_contract import NOT_AVAILABLE, FormColumn
from analysis.collect.form_reader import ReturnedForm
from analysis.collect.importing import RawChanges, is_from_service
from analysis.collect.outcomes import FormOutcome, Message
from analysis.collect.proposals import make_id
from analysis.collect.row_answers import NewRow, RowAnswer, RowReader, drop_repeated
from analysis.collect.snapshot import Snapshot, find_key
from analysis.collect.tool_sheets import (
    OWN_ID,
    OWN_NAME,
    SAVED,
    TOOL_SHEETS,
    RawRows,
    ToolLine,
    ToolSheet,
    list_lines,
)
from analysis.compute.dossier import collect_faults
from analysis.compute.dossier.cells import CellError
from analysis.model.partial_dates import DAY, read_precision
from analysis.model.references import MONEY, PERCENT
from analysis.model.schema import REFERRING, TABLES, Column, Fault, suggest

#: Units that the name of a column says.
_UNITS = {"eur": MONEY, "pct": PERCENT}
_NO_UNIT = Unit("", "unité", "unités")
_SEPARATORS = re.compile(r"\s*[;|\n]\s*")


@dataclass(frozen=True)
class TableAnswer(RowAnswer):
    """A row as a service says it. ``title``: what it is about; ``shown``: what the form said of it;
    ``places``: the cell of each column; ``defaults``: what stands where nobody said anything."""

    sheet: ToolSheet
    row: NewRow
    title: str
    shown: str
    places: Mapping[str, str]
    note: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)

    @property
    def content(self) -> tuple:
        return (repr(sorted(self.row.said.items())),)

    @property
    def question(self) -> tuple:
        return (self.sheet.key, find_key(self.sheet.table, self.row.said))


def read_tables(
    form: ReturnedForm, snapshot: Snapshot, outcome: FormOutcome, known: RawRows
) -> list[TableAnswer]:
    """The answers of the sheets of tools; what is wrong with their cells is told. What a line adds
    may be named by those of the sheets that follow."""
    answers = []
    for sheet in TOOL_SHEETS:
        content = form.contents.get(sheet.key)
        if content is None:
            continue
        lines = {
            line.cells["code"]: line
            for line in list_lines(known, sheet, answered=True)
            if line.service == outcome.service
        }
        for row in content.rows:
            reader = _LineReader(form, row, snapshot, outcome)
            answer = reader.read_line(sheet, lines, known)
            if answer is None:
                continue
            answers.append(answer)
            if title := answer.row.said.get("title"):
                known.name(sheet.table).setdefault(answer.row.said["id"], title)
    return drop_repeated(answers)


class _LineReader(RowReader):
    """Reads a line of a tool's sheet; ``line``: what is asked there, None of a free one."""

    line: ToolLine | None = None

    def read_line(
        self, sheet: ToolSheet, lines: Mapping[str, ToolLine], known: RawRows
    ) -> TableAnswer | None:
        """What a line says; None where it says nothing, or something wrong. ``lines``: what this
        service is asked, by code."""
        code, header = self.row.code, TABLES[sheet.table].header
        columns = [c for c in sheet.columns if c.answer and not (code and c.given)]
        filled = [cell for c in columns if (cell := self.row.get(c.key)) and cell.filled]
        if not filled:
            return None
        line = self.line = lines.get(code)
        if line is None and (code or not sheet.free_rows):
            what = f"Le code « {code} » n’est pas demandé à ce service" if code else "Sans code"
            self.refuse(filled[0], f"{what} : remettre la réponse sur la ligne de sa question.")
            return self._give_up()
        cells = {c.key: self._read_cell(sheet, c, known) for c in columns}
        note = "" if sheet.keeps_note else cells.pop("note", "") or ""
        said = {name: cell for name, cell in cells.items() if cell not in (None, "")}
        key = {name: line.row.get(name) for name in TABLES[sheet.table].key} if line else {}
        if line is None and "id" in header:
            key = {"id": make_id(said.get("title", ""))}
            if "title" not in said:
                self.refuse(self.row.cells["title"], "Case vide. Attendu : un intitulé.")
        if self.failed:
            return self._give_up()
        if not said:
            if note:
                self.tell("flagged", filled[0], f"Remarque sans réponse : {note}")
            return None
        shown = line.cells if line else {n: sheet.write(known, n, said[n]) for n in said}
        about = [line.group if line else "", shown.get("title", "").split("\n")[0]]
        about += [shown.get(c.key, "") for c in sheet.columns if c.given and c.key != "title"]
        service, saved = self.outcome.service, self.form.modified
        own = {OWN_ID: service, OWN_NAME: self.snapshot.services[service],
               SAVED: saved and saved.date()}  # fmt: skip
        now = self.row.get("now")
        return TableAnswer(
            self.outcome,
            self.row.get(sheet.expected) or filled[0],
            code,
            sheet,
            NewRow(sheet.table, key | said),
            ", ".join(filter(None, about)),
            _fold_shown(now.value if now else ""),
            {name: cell.ref for name, cell in self.row.cells.items()},
            note,
            {name: own[what] for name, what in sheet.defaults.items()},
        )

    def _give_up(self) -> None:
        """Of a line that has an error, the other cells need nothing more to be said."""
        for cell in self.row.cells.values():
            self.form.settle(cell)

    def _read_cell(self, sheet: ToolSheet, asked: FormColumn, known: RawRows) -> Any:
        """A cell as its column of the table takes it; None where it says nothing."""
        name, cell = asked.key, self.row.get(asked.key)
        if cell is None or not cell.filled:
            return None
        if name == "note":
            return self.read_text(name)
        column = TABLES[sheet.table].column(name)
        if asked.answer == "number":
            return self._read_number(column)
        if asked.answer == "date":
            span = self.read_span(name)
            day = span and (span.start if column.starts else span.last_known)
            if day and not column.precision and read_precision(day) != DAY:
                self.refuse(cell, "Date sans jour. Attendu : un jour, comme 31/10/2018.")
            return day
        if isinstance(cell.value, str) and fold(cell.value) == fold(NOT_AVAILABLE):
            self.form.settle(cell)
            return None
        names = {code: code for code in asked.choices}
        names |= known.name_all(sheet.table, name) if column.refers else {}
        parse = partial(_parse_code, names=names)
        if asked.answer == "choice":
            code = self.read(name, parse)
            return int(code) if code and column.kind == "integer" else code
        if column.kind == "list":
            return self.read(name, partial(_parse_list, parse=parse if names else parse_text))
        text = self.read_text(name)
        if name in REFERRING.get(sheet.table, ()) and is_refused(text, self.snapshot, True):
            tell = self.refuse if column.required else partial(self.tell, "flagged")
            tell(cell, f"« {text} » porte un nombre, ou une mise en forme. {_WITHOUT_NUMBER}")
            return None
        return text

    def _read_number(self, column: Column) -> float | int | None:
        cell = self.row.cells[column.name]
        id = _UNITS.get(column.name.rpartition("_")[2], "")
        unit = next((unit for unit in self.snapshot.units if unit.id == id), _NO_UNIT)
        if self.line and "unité de l’indicateur" in column.note:
            indicator = self.snapshot.indicators.get(self.line.row.get("indicator"))
            unit = indicator.unit if indicator else unit
        parse = partial(parse_value, unit=unit, number_format=cell.number_format)
        quantity = self.read(column.name, parse)
        if quantity is None:
            return None
        if quantity.value is None:
            self.tell("absent", cell, "Le service n’a pas cette valeur.")
        elif quantity.qualifier or quantity.note:
            self.refuse(cell, "Attendu : un nombre seul ; le reste se dit en « Remarque ».")
        elif column.kind == "integer" and not quantity.value.is_integer():
            self.refuse(cell, "Attendu : un nombre entier.")
        return quantity.value


#: How many choices a message lists.
_FEW = 15
#: What a text that cites its numbers does with one that is typed.
_WITHOUT_NUMBER = "Attendu : des mots ; l’analyste y reprend les nombres, chacun par un renvoi."


def _fold_shown(value: Any) -> str:
    return fold(parse_text(value, 30_000))


def _parse_code(raw: Any, names: Mapping[str, str]) -> str:
    """The code of a choice, be it written as it is called or as it is."""
    text = parse_text(raw)
    codes = {fold(code): code for code in names}
    if code := codes.get(fold(text)):
        return code
    try:
        words = parse_choice(text, tuple(names.values()))
    except CellError as error:
        if len(names) <= _FEW:
            raise
        expected = suggest(text, {*names.values()}) or "Attendu : une réponse de la liste."
        raise CellError(error.problem, expected) from None
    return next(code for code, own in names.items() if own == words)


def _parse_list(raw: Any, parse: Callable[[Any], str]) -> str:
    parts = _SEPARATORS.split(str(raw).strip())
    return join_list(parse(part) for part in parts if not is_empty(part))


# --- into the tables ------------------------------------------------------------------------------


def import_tables(answers: Iterable[TableAnswer], changes: RawChanges, known: RawRows) -> None:
    """Add, change or leave alone the row of each answer; told in its outcome."""
    kept = sorted(answers, key=lambda answer: answer.outcome.service)
    while faulty := _find_faulty(kept, changes, known):
        for answer, fault in faulty:
            ref = answer.places.get(fault.column, answer.cell.ref)
            column = "" if fault.column in answer.places else f" (colonne « {fault.column} »)"
            shown = f" (lu : « {fault.value} »)" if fault.value else ""
            problem = f"{fault.problem[:1].upper()}{fault.problem[1:]}{column}{shown}."
            message = Message(answer.cell.sheet, ref, f"{problem} {fault.expected}", answer.code)
            answer.outcome.tell("errors", message)
        wrong = {id(answer) for answer, _ in faulty}
        kept = [answer for answer in kept if id(answer) not in wrong]
    for answer in kept:
        former = _find_former(answer, changes)
        said, before = (
            answer.sheet.describe(known, row).replace("\n", " ; ")
            for row in (answer.row.said, former)
        )
        words = f"{answer.title} : {said}" if said else answer.title
        state = _compare(answer, changes, known)
        if state == "same":
            answer.tell("unchanged", f"{words}.")
        elif state == "settled":
            answer.tell("unchanged", f"{answer.title} : déjà lu, remplacé depuis par : {before}.")
        elif state == "taken":
            answer.tell(
                "errors",
                f"Conflit : le dossier dit depuis l’envoi du formulaire « {before} » (source"
                f" « {former.get('source', '')} »). Rien n’est remplacé : l’analyste tranche.",
            )
        else:
            _put(answer, changes)
            if before:
                answer.tell("revised", f"{words} (avant : {before}).")
            else:
                answer.tell("imported", f"{words}.")
        if answer.note:
            answer.tell("flagged", f"Remarque du service : {answer.note}")


def _find_former(answer: TableAnswer, changes: RawChanges) -> Mapping[str, Any]:
    """The row of the dossier that has the key of an answer; {} where there is none."""
    table = answer.sheet.table
    return changes.snapshot.typed[table].get(find_key(table, answer.row.said), (0, {}))[1]


def _compare(answer: TableAnswer, changes: RawChanges, known: RawRows) -> str:
    """What stands in the dossier for a row: « new », « same », « changed » (as the form showed it,
    or said by the service before), « settled » (what this very file said was changed since),
    « taken » (somebody else said it since the form was sent)."""
    former = _find_former(answer, changes)
    if not former:
        return "new"
    if not changes.list_changes(answer.row):
        return "same"
    before = _fold_shown(answer.sheet.describe(known, former))
    if before == answer.shown and answer.code:
        return "changed"
    source = former.get(answer.sheet.sourced[0], "") if answer.sheet.sourced else ""
    if answer.sheet.sourced and not is_from_service(source, answer.outcome.service):
        return "taken"
    return "settled" if changes.was_collected(answer.outcome) else "changed"


def _put(answer: TableAnswer, changes: RawChanges) -> int:
    """Write the row of an answer; its number."""
    table, stored = answer.sheet.table, changes.snapshot.typed[answer.sheet.table]
    changes.cite(answer.outcome)  # also of a table without sources: the form was collected
    said = {name: cell for name, cell in answer.defaults.items() if cell} | answer.row.said
    ranks = (int(row.get("order") or 0) for _, row in stored.values())
    supposed = {"order": max(ranks, default=0) + 1} if "order" in TABLES[table].header else {}
    changes.put(NewRow(table, said, supposed), answer, answer.sheet.sourced)
    return stored[find_key(table, said)][0]


def _find_faulty(
    answers: Iterable[TableAnswer], changes: RawChanges, known: RawRows
) -> list[tuple[TableAnswer, Fault]]:
    """The answers whose rows the dossier would not take, with what is wrong."""
    trial, rows, year = copy.deepcopy(changes), {}, changes.snapshot.year
    for answer in answers:
        if _compare(answer, trial, known) in ("new", "changed"):
            rows[TABLES[answer.sheet.table].file(year), _put(answer, trial)] = answer
    if not rows:
        return []
    with trial.preview() as after:
        faults = [f for f in collect_faults(after, year)[1] if (f.file, f.row) in rows]
    before = collect_faults(changes.dossier, year)[1] if faults else []
    return [(rows[f.file, f.row], f) for f in faults if f not in before]
