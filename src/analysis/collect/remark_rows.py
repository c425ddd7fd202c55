"""What reviewers wrote in their workbooks, into remarks.csv.

Nothing typed is lost: what is in its cell becomes a remark at its mark, what is elsewhere (a
comment, a grey cell, another sheet) or under a mark that nobody can read becomes one at the
chapter's head, and is told. A remark of the file is never changed, but for its state: what is
corrected in a workbook is a new remark that settles the former one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from openpyxl.cell import Cell

from analysis.base.paths import Dossier
from analysis.collect import form_contract
from analysis.collect.cell_answers import fold, is_empty, parse_choice, parse_date, parse_text
from analysis.collect.form_reader import ReturnedCell, ReturnedForm, ReturnedRow
from analysis.collect.leftovers import find_content, group_left, list_comments, list_sheets
from analysis.collect.mark_reading import read_mark
from analysis.collect.outcomes import FormOutcome, Message
from analysis.collect.raw_edits import CsvFile
from analysis.collect.received_files import UnreadableForm
from analysis.collect.remark_book import date_opening, name_book, read_items
from analysis.collect.safe_opening import open_workbook
from analysis.compute.dossier.cells import CellError
from analysis.execute.chapter_content import Item
from analysis.execute.remarks import Remark, quote_item, read_numbered_remarks, show_mark
from analysis.model.schema import REMARK_STATES, SETTLED, TABLES, UNSETTLED
from analysis.words import french

_TABLE = TABLES["remarks"]
_WHOLE = 30_000  # characters of a cell: more than it can hold
#: Two remarks of one reviewer at one place may be one, corrected.
_ALIKE = 0.75
_SHOWN = 120
#: Who is said to have settled a remark where the workbook does not name anybody.
_NOBODY = "relecteur sans nom"


@dataclass(frozen=True)
class _TypedRemark:
    """A remark as typed, and where; ``settles``: the remark that it corrects."""

    remark: Remark
    place: tuple[str, str]
    doubts: tuple[str, ...] = ()
    settles: str = ""


@dataclass
class RemarkChanges:
    """remarks.csv as it will be. ``rows``: number in the file and remark, by id; those added
    last."""

    dossier: Dossier
    year: int
    file: CsvFile
    rows: dict[str, tuple[int, Remark]]

    @classmethod
    def read(cls, dossier: Dossier, year: int) -> RemarkChanges:
        """The file as it is; raises InvalidDossier when it has faults."""
        rows = {row[1].id: row for row in read_numbered_remarks(dossier, year)}
        return cls(dossier, year, CsvFile.read(dossier.raw, _TABLE.file(year), _TABLE.header), rows)

    @property
    def remarks(self) -> list[Remark]:
        """All of them."""
        return [remark for _, remark in self.rows.values()]

    def find(self, id: str) -> Remark | None:
        """A remark by its id."""
        return self.rows[id][1] if id in self.rows else None

    def add(self, remark: Remark) -> Remark:
        """A new last remark, with an id of its own."""
        rank = 1
        while (id := f"{remark.chapter}-{rank}") in self.rows:
            rank += 1
        kept = replace(remark, id=id)
        self.file.append({name: getattr(kept, name) for name in _TABLE.header})
        self.rows[id] = self.file.last, kept
        return kept

    def change(self, id: str, **cells: str | date | None) -> None:
        """Other cells for a remark."""
        number, remark = self.rows[id]
        self.file.replace(number, cells)
        self.rows[id] = number, replace(remark, **cells)

    def settle(self, remark: Remark, by: str, day: date | None, answer: str = "") -> None:
        """A remark that waits no more; what is said of it already stays, and no answer is of a day
        before it (which was typed)."""
        if day and remark.date and day < remark.date:
            day = None
        self.change(
            remark.id,
            state=SETTLED,
            answer=remark.answer or answer,
            answered_by=remark.answered_by or by,
            answered_on=remark.answered_on or day,
        )

    def list_contents(self) -> dict[Path, bytes]:
        """The file, where it changes, with its bytes."""
        path = self.dossier.raw / _TABLE.file(self.year)
        return {path: self.file.content} if self.file.changed else {}


def identify_chapter(form: ReturnedForm, name: str, chapters: Mapping[str, str]) -> str:
    """The chapter that a workbook is about, by what it says or else by its file name; '' where
    neither names one, and one alone."""
    names = {_hyphenate(word): id for id, title in chapters.items() for word in (id, title)}
    for text in (form.chapter, Path(name).stem):
        named = [word for word in names if f"-{word}-" in f"-{_hyphenate(text)}-"]
        longest = max(named, key=len, default="")
        if named and all(word in longest for word in named):
            return names[longest]
    return ""


def _hyphenate(text: str) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", fold(text)))


def import_remarks(form: ReturnedForm, outcome: FormOutcome, changes: RemarkChanges) -> None:
    """Everything that a reviewer's workbook says; told in its outcome."""
    reader = _BookReader(form, outcome, changes)
    for typed in [*reader.read_rows(), *reader.read_elsewhere()]:
        _import(typed, outcome, changes)


# --- reading --------------------------------------------------------------------------------------


@dataclass
class _BookReader:
    """Reads the rows of a workbook, then what is written elsewhere."""

    form: ReturnedForm
    outcome: FormOutcome
    changes: RemarkChanges
    items: list[Item] = field(init=False)
    saved: date | None = field(init=False)
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.items = read_items(self.form.workbook) or self._read_last_items()
        modified = self.form.modified
        untouched = modified is None or modified == date_opening(self.changes.year)
        # A clock that is wrong says nothing.
        self.saved = None if untouched or modified.date() > date.today() else modified.date()
        self.name = self._find_name()

    def _read_last_items(self) -> list[Item]:
        """The marks of the workbook written last, for a file that has none of its own."""
        dossier, year = self.changes.dossier, self.changes.year
        folder = dossier.report(year) / form_contract.REVIEWS
        try:
            items = read_items(open_workbook(folder / name_book(self.outcome.chapter)).workbook)
        except (UnreadableForm, OSError):
            items = []
        self.outcome.notices.append(
            "Repères lus d’après le dernier classeur de relecture écrit pour ce chapitre : vérifier"
            " que c’est bien cette copie qui a été relue."
            if items
            else "Rien ne dit à quoi renvoient les repères de ce fichier : ses remarques sont en"
            " tête du chapitre."
        )
        return items

    def _list_rows(self) -> list[ReturnedRow]:
        content = self.form.contents.get("remarks")
        return content.rows if content else []

    def _find_name(self) -> str:
        """The only name on the rows that are no earlier remark's; '' where there are several."""
        names = {
            fold(text): text
            for row in self._list_rows()
            if self.changes.find(row.code) is None and (text := self._read(row, "reviewer"))
        }
        return next(iter(names.values())) if len(names) == 1 else ""

    def _read(self, row: ReturnedRow, key: str) -> str:
        cell = row.get(key)
        return "" if cell is None else parse_text(cell.value, _WHOLE)

    def _settle(self, row: ReturnedRow, *keys: str) -> None:
        for key in keys:
            cell = row.get(key)
            if cell is not None and cell.filled:
                if cell.kind == "several":  # only the first of them has been read
                    cell = replace(cell, range="")
                self.form.settle(cell)

    def read_rows(self) -> Iterator[_TypedRemark]:
        """The rows of the sheet « Remarques »."""
        passages = {fold(quote_item(item)) for item in self.items}
        for row in self._list_rows():
            if fold(self._read(row, "quote")) in passages:  # shown by the workbook, or copied
                self._settle(row, "quote")
            known = self.changes.find(row.code)
            is_known = known is not None and known.chapter == self.outcome.chapter
            if typed := self._read_known(row, known) if is_known else self._read_new(row):
                yield typed

    def _settle_unsaid(self, row: ReturnedRow) -> None:
        """Of a row without remark: a name and a date drawn down the sheet say nothing; a name that
        stands nowhere else may be a remark in the wrong cell."""
        name = fold(self._read(row, "reviewer"))
        names = [fold(self._read(other, "reviewer")) for other in self._list_rows()]
        if names.count(name) > 1:
            self._settle(row, "reviewer")
        self._read_day(row, [], doubts := [])
        if not doubts:
            self._settle(row, "date")
        self._settle(row, "state")

    def _read_new(self, row: ReturnedRow) -> _TypedRemark | None:
        mark, text = self._read(row, "mark"), self._read(row, "remark")
        doubts: list[str] = []
        said = [text] if text else []
        try:
            state = parse_choice(self._read(row, "state"), REMARK_STATES)
        except CellError:
            state = ""
            said.append(f"(écrit dans « État » : « {self._read(row, 'state')} »)")
        if not mark and not said:
            self._settle_unsaid(row)
            return None
        self._settle(row, "mark", "remark", "reviewer", "date", "state")
        found = self._place(row, said, doubts)
        if not text and mark:
            doubts.append("repère sans remarque")
            said.append("(repère cité sans remarque)")
        day = self._read_day(row, said, doubts)
        remark = self._make(found, " ".join(said), self._read(row, "reviewer") or self.name, day)
        if state == SETTLED:
            by = remark.reviewer or _NOBODY
            remark = replace(remark, state=SETTLED, answered_by=by, answered_on=day)
        cell = row.get("remark" if text else "mark") or row.get("state")
        return _TypedRemark(remark, (cell.sheet, cell.ref), tuple(doubts))

    def _place(self, row: ReturnedRow, said: list[str], doubts: list[str]) -> Item | None:
        """The passage of a mark; what was written besides it goes before what is ``said``."""
        cell = row.get("mark")
        found = read_mark(None if cell is None else cell.value, self.items)
        if found.problem:
            doubts.append(f"{found.problem} : remarque en tête du chapitre")
        elif found.rest:
            doubts.append(f"repère écrit « {found.rest} », lu {show_mark(found.item)}")
        if found.rest:
            said.insert(0, f"[repère écrit : « {found.rest} »]")
        return found.item

    def _read_day(self, row: ReturnedRow, said: list[str], doubts: list[str]) -> date | None:
        """The day of a remark: as written, else when the workbook was saved, if it says."""
        cell = row.get("date")
        try:
            day = parse_date(None if cell is None else cell.value, "end", self.form.epoch)
        except CellError:
            day = None
        written = self._read(row, "date")
        if written and (day is None or type(day) is not date or day > date.today()):
            doubts.append("date illisible, ou à venir : gardée dans la remarque")
            said.append(f"(date écrite : « {written} »)")
            return self.saved
        return day or self.saved

    def _make(self, item: Item | None, text: str, reviewer: str, day: date | None) -> Remark:
        place = (item.kind, item.key, item.mark, quote_item(item)) if item else ("",) * 4
        return Remark("", self.outcome.chapter, *place, text, reviewer, day)

    def _read_known(self, row: ReturnedRow, known: Remark) -> _TypedRemark | None:
        """An earlier remark: settled by its reviewer, or rewritten."""
        self._settle(row, "mark", "remark", "state")
        self._read_state(row, known)
        changed = {
            key: self._read(row, key)
            for key in ("mark", "remark")
            if (cell := row.get(key)) and not self.form.was_sent(cell.value, row.code)
        }
        if not self.form.sent:  # nothing says what the workbook held: the file does
            changed = {"remark": self._read(row, "remark")}
            self._settle(row, "reviewer", "date")
        cell = row.get("remark")
        if not changed.get("mark") and fold(changed.get("remark", "")) in ("", fold(known.remark)):
            if self.form.sent and "remark" in changed:
                self._doubt(cell, f"Remarque {known.id} effacée ici : elle est gardée.")
            return None
        doubts = [f"corrige la remarque {known.id}, qui est levée"]
        said = [changed.get("remark") or known.remark]
        item = self._place(row, said, doubts) if changed.get("mark") else _recall_item(known)
        remark = self._make(item, " ".join(said), self.name or known.reviewer, self.saved)
        return _TypedRemark(remark, (cell.sheet, cell.ref), tuple(doubts), known.id)

    def _read_state(self, row: ReturnedRow, known: Remark) -> None:
        cell = row.get("state")
        if cell is None or is_empty(cell.value) or self.form.was_sent(cell.value, row.code):
            return
        try:
            state = parse_choice(cell.value, REMARK_STATES)
        except CellError:
            self.form.settled.discard((cell.sheet, cell.ref))  # kept as what stands elsewhere
            return
        if state == SETTLED and known.is_open:
            by = self.name or known.answered_by or known.reviewer or _NOBODY
            self.changes.settle(known, by, self.saved)
            message = f"Remarque {known.id} levée par {by}."
            self.outcome.tell("revised", Message(cell.sheet, cell.ref, message, known.id))
        elif state == UNSETTLED and not known.is_open and self.form.sent:
            self._doubt(
                cell,
                f"Remarque {known.id} rouverte dans le classeur : elle reste levée ; une nouvelle"
                " remarque au même repère dit ce qui manque encore.",
            )

    def _doubt(self, cell: ReturnedCell, message: str) -> None:
        self.outcome.tell("flagged", Message(cell.sheet, cell.ref, message))

    # --- what is written elsewhere ----------------------------------------------------------------

    def read_elsewhere(self) -> Iterator[_TypedRemark]:
        """What was typed where nothing is read, and comments."""
        for sheet in list_sheets(self.form):
            for cells in group_left(self.form, sheet, self.form.settled).values():
                text = " ; ".join(parse_text(cell.value, _WHOLE) for cell in cells)
                yield self._keep(cells, text, "écrit")
            for cell, text in list_comments(self.form, sheet):
                yield self._keep([cell], text, "en commentaire")

    def _keep(self, cells: Sequence[Cell], text: str, how: str) -> _TypedRemark:
        """A text of its own, at the mark of its row where it has one."""
        cell = cells[0]
        for other in cells:
            self.form.settled.add((other.parent.title, other.coordinate))
        item = self._find_row_item(cell)
        place = f"{cell.parent.title} {cell.coordinate}"
        remark = self._make(item, f"{text} ({how} : {place})", self.name, self.saved)
        doubts = ("écrit hors des cases, gardé",)
        return _TypedRemark(remark, (cell.parent.title, cell.coordinate), doubts)

    def _find_row_item(self, cell: Cell) -> Item | None:
        content = find_content(self.form, cell.parent)
        if content is None or cell.row <= content.header:
            return None
        code = content.codes.get(cell.row, "")
        if content.spec == form_contract.PASSAGES:
            return read_mark(code, self.items).item
        known = self.changes.find(code)
        if known is not None and known.kind:
            return _recall_item(known)
        row = content.find(cell.row)
        return read_mark(self._read(row, "mark"), self.items).item if row else None


def _recall_item(known: Remark) -> Item | None:
    """The passage of an earlier remark."""
    return Item(known.kind, known.key, known.mark, "", known.quote) if known.kind else None


# --- importing ------------------------------------------------------------------------------------


def _import(typed: _TypedRemark, outcome: FormOutcome, changes: RemarkChanges) -> None:
    remark, (sheet, ref) = typed.remark, typed.place
    shown = _describe(remark)
    own = [known for known in changes.remarks if known.chapter == remark.chapter]
    same = next((known for known in own if _says_the_same(known, remark)), None)
    if same is None:
        near = next((known for known in own if _may_be_the_same(known, remark)), None)
        same = changes.add(remark)
        outcome.tell("imported", Message(sheet, ref, shown, same.id))
        if near is not None and near.id != typed.settles:
            message = (
                f"Ressemble à la remarque {near.id}, du même relecteur : les deux sont gardées."
            )
            outcome.tell("flagged", Message(sheet, ref, message, same.id))
        for doubt in typed.doubts:
            message = f"{doubt[:1].upper()}{doubt[1:]}. {shown}"
            outcome.tell("flagged", Message(sheet, ref, message, same.id))
    elif remark.reviewer and not same.reviewer:
        changes.change(same.id, reviewer=remark.reviewer)
        outcome.tell("revised", Message(sheet, ref, f"{shown} : nom ajouté.", same.id))
    else:
        outcome.tell("unchanged", Message(sheet, ref, shown, same.id))
    former = changes.find(typed.settles)
    if former is not None and former.is_open and former.id != same.id:
        answer = f"Remplacée par la remarque {same.id}."
        changes.settle(former, remark.reviewer or _NOBODY, remark.date, answer)


def _describe(remark: Remark) -> str:
    """« §4 (« Les arbres… ») : le total ne tient pas »."""
    text = french.typeset(f"« {parse_text(remark.remark, _SHOWN)} »")
    if not remark.kind:
        return f"Tout le chapitre : {text}"
    return f"{show_mark(remark)} (« {parse_text(remark.quote, 50)} ») : {text}"


def _is_same_reviewer(known: Remark, remark: Remark) -> bool:
    return fold(known.reviewer) in ("", fold(remark.reviewer))


def _says_the_same(known: Remark, remark: Remark) -> bool:
    """The same words of the same person at the same place (its mark is enough: a CSV is read by
    the marks of the last copy)."""
    there = (known.kind, known.key) == (remark.kind, remark.key)
    there = there or (bool(known.mark) and known.mark == remark.mark)
    same = _fold(known.remark) == _fold(remark.remark)
    return there and same and _is_same_reviewer(known, remark)


def _fold(text: str) -> str:
    """A file in cp1252 has no minus sign."""
    return fold(text).replace("−", "-")


def _may_be_the_same(known: Remark, remark: Remark) -> bool:
    there = (known.kind, known.key) == (remark.kind, remark.key)
    there = there or known.quote == remark.quote  # of a copy that was numbered otherwise
    if not (there and known.is_open and _is_same_reviewer(known, remark)):
        return False
    pair = fold(known.remark), fold(remark.remark)
    return difflib.SequenceMatcher(None, *pair, autojunk=False).ratio() >= _ALIKE
