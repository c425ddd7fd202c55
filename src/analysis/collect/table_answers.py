"""What services answer on the sheets of tools, as rows of the tables that these ask for.

Cells are read here; whether a row is right is for the checks of the dossier to say, as of any row
that an analyst types. A row with which the dossier would be wrong is not imported. Only what a
service gave may it withdraw (``WITHDRAWN``).
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
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
    SECOND_READING,
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
from analysis.model.schema.columns import OFF_TOPIC, UNRATED

#: Units that the name of a column says.
_UNITS = {
    "eur": MONEY, "pct": PERCENT, "m2": Unit("", "mètre carré", "mètres carrés", "m²"),
    "kg": Unit("", "kilogramme", "kilogrammes", "kg"), "years": Unit("", "an", "ans"),
    "months": Unit("", "mois", "mois"),
}  # fmt: skip
_NO_UNIT = Unit("", "unité", "unités")
_SEPARATORS = re.compile(r"[;|\n]")
#: What a service writes in any cell of a line that it takes back.
WITHDRAWN = "à retirer"
_WITHDRAWN = re.compile(r"a (?:retirer|supprimer|enlever)[\W_]*")
#: What a locator says of the cells of a row that the form did not give.
_REST = re.compile(r"le reste \(([^()]*)\) : (.*)")
#: Each rating with its reason, and what else was said for it alone.
_REASONS = {"rating": ("reason", "evidence"), "reader_rating": ("reader_reason",)}
_READING = ("reader_rating", "reader_reason", "reader_date")
_SILENT = (OFF_TOPIC, UNRATED)  # need no reason
#: A category whose values count only where a document establishes them.
_EXTERNAL = "externalités"


@dataclass(frozen=True)
class TableAnswer(RowAnswer):
    """A row as a service says it. ``title``: what it is about; ``shown``: what the form said of it;
    ``places``: the cell of each column; ``defaults``: what stands where nobody said anything;
    ``given``: the lines of what the form showed; ``withdrawn``: the row is to go."""

    sheet: ToolSheet
    row: NewRow
    title: str
    shown: str
    places: Mapping[str, str]
    note: str = ""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    given: tuple[str, ...] = ()
    withdrawn: bool = False

    @property
    def content(self) -> tuple:
        return (repr(sorted(self.row.said.items())), self.withdrawn)

    @property
    def question(self) -> tuple:
        return (self.sheet.key, find_key(self.sheet.table, self.row.said))

    def refuse(self, column: str, message: str) -> None:
        """An error of the cell of a column."""
        ref = self.places.get(column, self.cell.ref)
        self.outcome.tell("errors", Message(self.cell.sheet, ref, message, self.code))


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
        taken = (c for c in filled if isinstance(c.value, str))
        withdrawn = any(_WITHDRAWN.fullmatch(fold(cell.value)) for cell in taken)
        if withdrawn:  # what else stands there says only which row it is
            columns = [c for c in columns if c.key in (*TABLES[sheet.table].key, "title")]
        cells = {c.key: self._read_cell(sheet, c, known) for c in columns}
        note = "" if sheet.keeps_note else cells.pop("note", "") or ""
        said = {name: cell for name, cell in cells.items() if cell not in (None, "")}
        key = {name: line.row.get(name) for name in TABLES[sheet.table].key} if line else {}
        if line is None and "id" in header:
            key = {"id": make_id(said.get("title", ""))}
            if "title" not in said:
                self.refuse(self.row.cells["title"], "Case vide. Attendu : un intitulé.")
        main = next((c for c in columns if c.key == sheet.expected), None)
        if line is None and main and main.answer == "text" and main.key not in said:
            problem = f"Cellule vide. Attendu : « {main.heading} » ; une ligne sans contenu"
            self.refuse(self.row.cells[main.key], f"{problem} n’est pas reprise.")
        if self.failed or withdrawn:
            self._give_up()
        if self.failed:
            return None
        if not said and not withdrawn:
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
        shut = (self.row.get(c.key) for c in sheet.columns if not c.answer)
        return TableAnswer(
            self.outcome,
            next((cell for cell in filled if cell == self.row.get(sheet.expected)), filled[0]),
            code,
            sheet,
            NewRow(sheet.table, key | said),
            ", ".join(filter(None, about)),
            _fold_shown(now.value if now else ""),
            {name: cell.ref for name, cell in self.row.cells.items()},
            note,
            {name: own[what] for name, what in sheet.defaults.items()},
            tuple(fold(part) for cell in shut if cell for part in str(cell.value).splitlines()),
            withdrawn,
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
        own = _UNITS.get(column.name.rpartition("_")[2], _NO_UNIT)
        unit = next((unit for unit in self.snapshot.units if unit.id == own), own)
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
    return join_list(parse(part.strip()) for part in parts if not is_empty(part))


# --- into the tables ------------------------------------------------------------------------------


def import_tables(answers: Iterable[TableAnswer], changes: RawChanges, known: RawRows) -> None:
    """Add, change, leave alone or take away the row of each answer; told in its outcome. A second
    reading comes after the ratings: it may be of one that is corrected at the same time."""
    ordered = sorted(answers, key=lambda answer: answer.outcome.service)
    for late in (False, True):
        group = [a for a in ordered if (a.sheet is SECOND_READING) == late and not a.withdrawn]
        _import_rows(group, changes, known)
    # An option goes after its costs, a project after its options.
    ranks = {sheet.key: rank for rank, sheet in enumerate(TOOL_SHEETS)}
    for answer in sorted(ordered, key=lambda answer: -ranks[answer.sheet.key]):
        if answer.withdrawn:
            _withdraw(answer, changes, known)
    _tell_incomplete(ordered, changes)


def _import_rows(answers: Iterable[TableAnswer], changes: RawChanges, known: RawRows) -> None:
    kept = [whole for answer in answers if (whole := _make_whole(answer, changes, known))]
    while faulty := _find_faulty(kept, changes, known):
        for answer, fault in faulty:
            answer.refuse(fault.column, _word_fault(answer, fault, known))
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
            if "reader_date" in answer.row.said and answer.sheet is not SECOND_READING:
                answer.tell(
                    "flagged",
                    f"{answer.title} : relue avant correction, à relire. La lecture de"
                    f" {former['reader']} (« {former['reader_rating']} ») est retirée.",
                )
            if answer.row.said.get("category") == _EXTERNAL:
                answer.tell(
                    "flagged",
                    f"{answer.title} : externalité, à vérifier dans le document que dit la remarque"
                    f" (« {answer.row.said['note']} »).",
                )
        if answer.note:
            answer.tell("flagged", f"Remarque du service : {answer.note}")


def _make_whole(answer: TableAnswer, changes: RawChanges, known: RawRows) -> TableAnswer | None:
    """An answer with what its row needs besides; None where a part is missing, which is told. A
    rating and its reason are one: neither outlives the other, nor does who read them."""
    said, former, main = answer.row.said, _find_former(answer, changes), answer.sheet.expected
    if _compare(answer, changes, known) not in ("new", "changed"):
        return answer
    if said.get("category") == _EXTERNAL and "note" not in said:
        answer.refuse(
            "note",
            "Externalité sans preuve. Attendu : en « Remarque », le document qui établit cette"
            " valeur ; sans lui, pas de ligne.",
        )
        return None
    if main not in _REASONS:
        return answer
    reason, *beside = _REASONS[main]
    headings = {column.key: column.heading for column in answer.sheet.columns}
    reading = answer.sheet is SECOND_READING
    if reading and not _has_read(answer, former, known):
        answer.tell(
            "flagged",
            f"{answer.title} : relue avant correction, à relire. La note est maintenant"
            f" « {former['rating']} » : renvoyer le formulaire refait.",
        )
        return None
    for name in (main, reason):
        silent = name == reason and said[main] in ((former["rating"],) if reading else _SILENT)
        if name not in said and not silent:
            other = headings[reason if name == main else main]
            problem = f"Attendu : « {headings[name]} », avec « {other} »"
            answer.refuse(name, f"{problem}. Une note et sa raison changent ensemble.")
            return None
    told = {main: said[main], reason: said.get(reason, "")}
    if any((former.get(name) or "") != cell for name, cell in told.items()):
        if former.get(main) != said[main]:
            told |= {name: said.get(name, "") for name in beside}
        if not reading and former.get("reader_rating"):
            told |= dict.fromkeys(_READING, "")
    return replace(answer, row=NewRow(answer.row.table, said | told))


def _has_read(answer: TableAnswer, rated: Mapping[str, Any], known: RawRows) -> bool:
    """Whether the form showed to the second reader the rating that stands, with its reason."""
    shown = [fold(answer.sheet.write(known, name, rated[name])) for name in ("rating", "reason")]
    return all(
        any(line == words or line.endswith(f": {words}") for line in answer.given)
        for words in shown
        if words
    )


def _word_fault(answer: TableAnswer, fault: Fault, known: RawRows) -> str:
    """What is wrong with a row, in the words of its form: headings, names, choices."""
    table = TABLES[answer.sheet.table]
    asked = {column.key: column for column in answer.sheet.columns}
    words = {name: f"« {column.heading} »" for name, column in asked.items()}
    headings = {name: words.get(name, f"« {table.column(name).description} »")
                for name in table.header if "_" in name or name == "kind"}  # fmt: skip
    names, expected = {}, fault.expected
    if fault.column in table.header:
        names = known.name_all(answer.sheet.table, fault.column)
        if fault.problem == "cellule vide":
            choices = asked[fault.column].choices if fault.column in asked else ()
            listed = f" : {', '.join(f'« {choice} »' for choice in choices)}" if choices else ""
            expected = (
                f"À remplir : {words.get(fault.column, table.column(fault.column).description)}"
            )
            expected += f"{listed}."
        elif fault.column.endswith("_eur") and fault.value.startswith("-"):
            expected += (
                " Une subvention, une recette ou une valeur résiduelle s’écrit sans signe : elle"
                " vient d’elle-même en déduction."
            )
    pattern = re.compile(rf"« ({'|'.join(headings)}) »|\b({'|'.join(headings)})\b")
    problem, expected = (  # a table may have no such column: then nothing is found
        pattern.sub(lambda found: headings.get(found[1] or found[2], found[0]), text)
        for text in (fault.problem, expected)
    )
    expected = re.sub("« ([^»]*) »", lambda found: f"« {names.get(found[1], found[1])} »", expected)
    place = ""
    if fault.column in table.header and fault.column not in asked:
        description = table.column(fault.column).description
        place = f" (« {description} », que ce formulaire ne demande pas : l’analyste la complète)"
    value = names.get(fault.value, fault.value)
    shown = f" (lu : « {value} »)" if value else ""
    return f"{problem[:1].upper()}{problem[1:]}{place}{shown}. {expected}"


def _withdraw(answer: TableAnswer, changes: RawChanges, known: RawRows) -> None:
    """Take away the row that a service takes back or, of a row that is not its own, what it said
    there; told. What somebody else gave, or something else needs, stays."""
    sheet, table, former = answer.sheet, answer.sheet.table, _find_former(answer, changes)
    service = answer.outcome.service
    changes.cite(answer.outcome)
    said = [c.key for c in sheet.columns if c.answer and not c.given and c.key != "note"]
    removed = sheet.sourced[:1] == ("source",) or (sheet.free_rows and not sheet.sourced)
    if not former or not (removed or any(former.get(name) for name in said)):
        answer.tell("unchanged", f"{answer.title} : rien à retirer, le dossier n’en dit rien.")
        return
    before = sheet.describe(known, former).replace("\n", " ; ") or answer.title
    if sheet.sourced:
        own = is_from_service(former.get(sheet.sourced[0]) or "", service)
        own = own and not _REST.search(former.get("locator") or "")
    else:
        own = sheet.find_service(known, former) == service
    if not own:
        answer.tell(
            "flagged",
            f"{answer.title} : « {WITHDRAWN} », mais ce n’est pas, ou pas tout entier, d’un"
            " formulaire de ce service. Rien n’est retiré : l’analyste tranche.",
        )
        return
    cleared = dict.fromkeys((*said, *sheet.defaults, *sheet.sourced), "")
    trial = copy.deepcopy(changes)
    for edits in (trial, changes):
        if removed:
            edits.remove(table, find_key(table, former))
        else:
            edits.put(NewRow(table, answer.row.said | cleared), answer, ())
        if edits is trial and (fault := _find_harm(changes, trial)):
            answer.tell(
                "errors",
                f"{answer.title} : autre chose en a besoin ({fault.file}, ligne {fault.row} :"
                f" {fault.problem}). Rien n’est retiré.",
            )
            return
    answer.tell("revised", f"{answer.title} : retiré (avant : {before}).")


def _find_harm(changes: RawChanges, trial: RawChanges) -> Fault | None:
    """A fault that the dossier has with a row less."""
    found = []
    for edits in (changes, trial):
        with edits.preview() as after:
            found.append(collect_faults(after, changes.snapshot.year)[1])
    before = {(fault.file, fault.column, fault.value, fault.problem) for fault in found[0]}
    return next((f for f in found[1] if (f.file, f.column, f.value, f.problem) not in before), None)


def _tell_incomplete(answers: Iterable[TableAnswer], changes: RawChanges) -> None:
    """Of the projects that a form speaks of: the options that have no cost of their own, where
    there is another to compare them with."""
    typed = changes.snapshot.typed
    having = {key[:2] for key in typed["project_costs"]}
    options = {key: row["title"] for key, (_, row) in typed["project_options"].items()}
    for (project, id), title in options.items():
        if (project, id) in having or sum(key[0] == project for key in options) < 2:
            continue
        about = (a for a in answers if a.sheet.table in ("project_options", "project_costs"))
        if answer := next((a for a in about if a.row.said.get("project") == project), None):
            answer.tell(
                "flagged",
                f"« {title} » n’a aucun coût qui lui soit propre : tant qu’il manque, les options"
                " de ce projet ne se comparent pas.",
            )


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
    source = changes.cite(answer.outcome)  # also of a table without: the form was collected
    said = {name: cell for name, cell in answer.defaults.items() if cell} | answer.row.said
    former = _find_former(answer, changes)
    if said.get("carbon_kg") not in (None, former.get("carbon_kg")):
        said["carbon_source"] = source
    if former.get("basis") or said.get("category") == _EXTERNAL:
        said["basis"] = "écrit"
    ranks = (int(row.get("order") or 0) for _, row in stored.values())
    supposed = {"order": max(ranks, default=0) + 1} if "order" in TABLES[table].header else {}
    rest = _name_rest(answer, former)
    changes.put(NewRow(table, said, supposed), answer, answer.sheet.sourced, rest)
    return stored[find_key(table, said)][0]


def _name_rest(answer: TableAnswer, former: Mapping[str, Any]) -> str:
    """« le reste (Projet / Hypothèses) : rapport, l. 10 »: what else the row says, and where that
    comes from; '' where the service says it all."""
    sheet, key = answer.sheet, TABLES[answer.sheet.table].key
    if not former or sheet.sourced != ("source", "locator"):
        return ""
    headings = {c.heading: c.key for c in sheet.columns if c.answer and c.key not in key}
    left = [name for name, column in headings.items() if former.get(column) not in (None, "")]
    origin = f"{former['source']}, {former['locator']}"
    if is_from_service(former["source"], answer.outcome.service):
        match = _REST.search(former["locator"])
        left, origin = (match[1].split(" / "), match[2]) if match else ([], "")
    left = [name for name in left if headings.get(name) not in answer.row.said]
    return f"le reste ({' / '.join(left)}) : {origin}" if left else ""


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
