"""The rows of a form to answers: what a service says, checked against what was asked.

Decides nothing about raw files: an answer is right in itself, or its cells are reported, all at
once.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, TypeVar

from analysis.base.csvtext import format_row
from analysis.collect import form_contract
from analysis.collect.cell_answers import (
    Edge,
    Quantity,
    Unit,
    fold,
    parse_choice,
    parse_date,
    parse_text,
    parse_value,
)
from analysis.collect.form_reader import ReturnedCell, ReturnedForm, ReturnedRow
from analysis.collect.outcomes import FormOutcome, Message, NewItem
from analysis.collect.snapshot import Indicator, Snapshot, StoredValue, ValueRequest, make_key
from analysis.compute.dossier.cells import CellError
from analysis.compute.dossier.valuechecks import find_bounds
from analysis.model.references import MONEY
from analysis.model.schema import TABLES
from analysis.words import french

#: From which ratio to the last value an answer is looked at again, and which ratios are a slip of
#: thousands.
_FACTOR = 10
_THOUSAND = (300, 3000)


@dataclass(frozen=True)
class RowAnswer:
    """An answer: where it stands (``cell``), what it answers (``code``: the id of an indicator, an
    action or an improvement), and the form's outcome to which messages go."""

    outcome: FormOutcome
    cell: ReturnedCell
    code: str

    @property
    def content(self) -> tuple:
        """What two answers to a question must share to say the same."""
        raise NotImplementedError

    def tell(self, kind: str, message: str) -> None:
        """Add a message to a list of the outcome (see ``outcomes.LISTS``)."""
        self.outcome.tell(kind, Message(self.cell.sheet, self.cell.ref, message, self.code))


@dataclass(frozen=True)
class ValueAnswer(RowAnswer):
    """A value that a service gives, and the table that takes it."""

    request: ValueRequest
    indicator: Indicator
    table: str
    start: date | None
    end: date | None
    value: float
    qualifier: str
    status: str
    note: str

    @property
    def key(self) -> tuple:
        """Key of the row it becomes."""
        return make_key(self.table, self.code, self.request.territory, self.start, self.end)

    @property
    def content(self) -> tuple:
        status = "" if self.table == "budget" else self.status
        return (self.value, self.qualifier, status, self.start, self.end)

    def describe(self) -> str:
        """« environ 300 arbres, en 2018 »."""
        return describe_value(self.value, self.indicator, self.qualifier, self.start, self.end)


@dataclass(frozen=True)
class FollowupAnswer(RowAnswer):
    """What a service says has become of an action or an improvement."""

    state: str
    new_due: date | None
    note: str
    #: What is said of the text and of the dates that the form ``shown``; '' when nothing.
    proposed_text: str = ""
    proposed_dates: str = ""
    shown: str = ""

    @property
    def content(self) -> tuple:
        return (self.state, self.new_due, self.note, self.proposed_text, self.proposed_dates)


AnyAnswer = TypeVar("AnyAnswer", bound=RowAnswer)


def describe_value(
    value: float,
    indicator: Indicator,
    qualifier: str = "",
    start: date | None = None,
    end: date | None = None,
) -> str:
    """A value in words, as exactly as it was written."""
    step = indicator.precision
    while step > 1e-6 and abs(value / step - round(value / step)) > 1e-6:
        step /= 10
    unit = indicator.unit
    words = unit.symbol or french.choose_form(value, unit.singular, unit.plural)
    text = f"{french.format_number(value, min(step, 1))}{french.NO_BREAK}{words}"
    if qualifier not in ("", "exact"):
        text = f"{qualifier} {text}"
    return f"{text}, {french.format_period(start, end)}" if start or end else text


def join_notes(*parts: str) -> str:
    """Parts of a note in one cell, without the empty ones."""
    return " ; ".join(filter(None, parts))


def group_by_code(answers: Iterable[AnyAnswer]) -> list[list[AnyAnswer]]:
    """Answers to the same question together, in their order."""
    groups: dict[str, list[AnyAnswer]] = {}
    for answer in answers:
        groups.setdefault(answer.code, []).append(answer)
    return list(groups.values())


def agree(answers: Iterable[RowAnswer]) -> bool:
    """Whether all answers to a question say the same."""
    return len({answer.content for answer in answers}) == 1


# --- whose form -----------------------------------------------------------------------------------


def identify_service(form: ReturnedForm, snapshot: Snapshot) -> str:
    """Id of the service of a form: its defined name, else whose codes it holds; '' in doubt."""
    name = fold(form.service)
    for code, title in snapshot.services.items():
        if name and name in (code.casefold(), fold(title)):
            return code
    asked = {code: request.service for code, request in snapshot.requests.items()}
    votes = _count_services(form, (form_contract.INDICATORS,), asked)
    if not votes:
        sheets = (form_contract.ACTIONS, form_contract.DUE)
        votes = _count_services(form, sheets, snapshot.item_services)
    ranking = votes.most_common(2)
    if not ranking or (len(ranking) == 2 and ranking[0][1] == ranking[1][1]):
        return ""
    return ranking[0][0] if ranking[0][0] in snapshot.services else ""


def _count_services(
    form: ReturnedForm, sheets: Iterable[form_contract.FormSheet], services: dict[str, str]
) -> Counter[str]:
    """How many rows of some sheets are asked of each service."""
    contents = [form.contents[sheet.key] for sheet in sheets if sheet.key in form.contents]
    codes = [row.code for content in contents for row in content.rows]
    return Counter(services[code] for code in codes if code in services)


# --- cells ----------------------------------------------------------------------------------------


#: Why a cell is not read at all, by its kind.
_NOT_READ = {
    "formula": "Formule : coller la valeur (copier la cellule, puis collage spécial, « Valeurs »)."
    " Une formule n’est pas calculée ici.",
    "error": "Erreur de calcul du tableur ({cell.value}). Attendu : la valeur elle-même.",
    "shared": "Cellules fusionnées ({cell.range}) : on ne sait pas à quelle ligne va la réponse."
    " Défusionner, une réponse par ligne.",
    "several": "Plusieurs réponses dans la même colonne ({cell.range}). Attendu : une seule.",
}


@dataclass
class _RowReader:
    """Reads the cells of a row; what is wrong goes to the outcome, all of it."""

    form: ReturnedForm
    row: ReturnedRow
    snapshot: Snapshot
    outcome: FormOutcome
    failed: bool = False

    def tell(self, kind: str, cell: ReturnedCell, message: str) -> None:
        self.outcome.tell(kind, Message(cell.sheet, cell.ref, message, self.row.code))

    def refuse(self, cell: ReturnedCell, message: str) -> None:
        self.failed = True
        self.tell("errors", cell, message)

    def read(self, key: str, parse: Callable[[Any], Any], default: Any = None) -> Any:
        """A cell through ``parse``; ``default`` where it is empty, gone or wrong."""
        cell = self.row.get(key)
        if cell is None or not cell.filled:
            return default
        if cell.kind:
            self.refuse(cell, _NOT_READ[cell.kind].format(cell=cell))
            return default
        try:
            return parse(cell.value)
        except CellError as error:
            shown = parse_text(cell.value, 60)
            problem = f"{error.problem[:1].upper()}{error.problem[1:]}"
            self.refuse(cell, f"{problem} (lu : « {shown} »). {error.expected}")
            return default

    def read_choice(self, key: str, choices: tuple[str, ...]) -> str:
        return self.read(key, partial(parse_choice, choices=choices), "")

    def read_date(self, key: str, edge: Edge) -> date | None:
        parse = partial(parse_date, edge=edge, epoch=self.form.epoch)
        return self.read(key, parse)

    def read_text(self, key: str) -> str:
        return self.read(key, parse_text, "")


def _drop_repeated(answers: list[AnyAnswer]) -> list[AnyAnswer]:
    """A row copied twice in one form: the same answer counts once, two answers count for none."""
    kept = []
    for same in group_by_code(answers):
        if agree(same):
            kept.append(same[0])
            continue
        places = ", ".join(answer.cell.ref for answer in same)
        for answer in same:
            message = f"Deux réponses différentes à la même question ({places}). Attendu : une."
            answer.tell("errors", message)
    return kept


# --- values ---------------------------------------------------------------------------------------


def read_values(form: ReturnedForm, snapshot: Snapshot, outcome: FormOutcome) -> list[ValueAnswer]:
    """The answers of the sheet of indicators."""
    content = form.contents.get(form_contract.INDICATORS.key)
    answers = []
    for row in content.rows if content else []:
        reader = _ValueReader(form, row, snapshot, outcome)
        if "value" in row.cells and reader.is_asked() and (answer := reader.read_answer()):
            answers.append(answer)
    return _drop_repeated(answers)


class _ValueReader(_RowReader):
    """Reads a row of the sheet of indicators; ``cell``: that of the value."""

    @property
    def cell(self) -> ReturnedCell:
        return self.row.cells["value"]

    def is_asked(self) -> bool:
        """Whether the row asks something of this service; if filled without, that is an error."""
        row, cell, snapshot = self.row, self.cell, self.snapshot
        request = snapshot.requests.get(row.code)
        if request is not None and request.service == self.outcome.service:
            return True
        if cell.filled and (row.code or cell.kind != "shared"):
            if not row.code:
                problem = (
                    "Réponse sur une ligne sans code : la remettre sur la ligne de sa question."
                )
            elif request is None:
                problem = f"Le code « {row.code} » n’est pas demandé pour {snapshot.year}."
            else:
                name = snapshot.services.get(request.service, request.service)
                problem = f"« {row.code} » est demandé à un autre service ({name})."
            self.refuse(cell, problem)
        return False

    def read_answer(self) -> ValueAnswer | None:
        """The answer; None where there is none, or it is refused."""
        request = self.snapshot.requests[self.row.code]
        indicator = self.snapshot.indicators[request.indicator]
        note = self._read_note()
        if not self.cell.filled:
            if note:
                self.tell("flagged", self.cell, f"Remarque sans valeur : {note}")
            return None
        number_format = self.cell.number_format
        parse = partial(parse_value, unit=indicator.unit, number_format=number_format)
        quantity = self.read("value", parse)
        if quantity is not None and quantity.value is None:
            message = "Le service n’a pas cette valeur" + (f" : {note}" if note else ".")
            self.tell("absent", self.cell, message)
            return None
        return self._complete(request, indicator, quantity, note)

    def _complete(
        self, request: ValueRequest, indicator: Indicator, quantity: Quantity | None, note: str
    ) -> ValueAnswer | None:
        """The answer with what the other cells say, checked; None where one of them is wrong."""
        qualifier = self.read_choice("qualifier", form_contract.QUALIFIERS)
        status = self.read_choice("status", form_contract.STATUSES) or "définitif"
        start, end = self.read_date("period_start", "start"), self.read_date("period_end", "end")
        self._check_unit(indicator.unit)
        if quantity is None or self.failed:
            return None
        self._check_qualifiers(quantity.qualifier, qualifier)
        start, end = self._choose_period(request, indicator, start, end)
        history = self.snapshot.list_values(request)
        table = history[-1].table if history else "observations"
        self._check_end(history[-1] if table == "budget" else None, status, end)
        self._check_bounds(indicator, quantity.value)
        if self.failed:
            return None
        if table == "budget":
            note = _note_amount(note, status, start, end)
            start, end = date((start or end).year, 1, 1), date(end.year, 12, 31)
        qualifier = quantity.qualifier or qualifier or "exact"
        said = (start, end, quantity.value, qualifier, status, note)
        return ValueAnswer(self.outcome, self.cell, self.row.code, request, indicator, table, *said)

    def _read_note(self) -> str:
        """Remark and document; what is wrong with them does not hold back a right number."""
        failed = self.failed
        remark, document = self.read_text("note"), self.read_text("document")
        self.failed = failed
        return join_notes(remark, document and f"document : {document}")

    def _check_unit(self, unit: Unit) -> None:
        """The unit is locked in the form; a service that has changed it answers in another."""
        cell = self.row.get("unit")
        if cell is None or cell.kind or not cell.filled:
            return
        names = {unit.id, unit.singular, unit.plural, unit.symbol, f"{unit.plural} ({unit.symbol})"}
        if fold(str(cell.value)) not in map(fold, names):
            problem = f"L’unité de la ligne a été changée en « {parse_text(cell.value, 40)} »."
            self.refuse(cell, f"{problem} Attendu : une valeur en {unit.plural or unit.shown}.")

    def _check_qualifiers(self, in_value: str, in_column: str) -> None:
        if in_value and in_column not in ("", "exact", in_value):
            both = f"« {in_value} » dans la valeur, « {in_column} » dans la colonne Précision"
            self.refuse(self.cell, f"{both}. Attendu : une seule des deux.")

    def _choose_period(
        self, request: ValueRequest, indicator: Indicator, start: date | None, end: date | None
    ) -> tuple[date | None, date | None]:
        """What the service wrote, else what was asked, side by side."""
        if start is None and end is None:
            return request.start, request.end
        place = self.row.get("period_start" if start else "period_end") or self.cell
        end = end or request.end
        if indicator.measure == "stock":
            if start not in (None, end):
                expected = "laisser « Du » vide, mettre la date dans « Au »."
                self.refuse(place, f"C’est un état à une date : {expected}")
            return None, end
        start = start or request.start
        if start and end and end < start:
            days = f"finit ({end:%d/%m/%Y}) avant de commencer ({start:%d/%m/%Y})"
            self.refuse(place, f"La période {days}.")
        elif indicator.measure == "flux" and not (start and end):
            self.refuse(place, "Attendu : le premier et le dernier jour de la période.")
        return start, end

    def _check_end(self, amount: StoredValue | None, status: str, end: date | None) -> None:
        """What is measured does not end after the edition's year. ``amount``: the last one known,
        where the indicator is an amount."""
        year = self.snapshot.year
        if amount:
            measured, otherwise = amount.cells["stage"] == "réalisé", "."
            if end is None:
                self.refuse(self.cell, "Attendu : l’exercice du montant, dans « Du » et « Au ».")
        else:
            measured, otherwise = status != "prévisionnel", ", ou l’état « prévisionnel »."
        if end and measured and end.year > year:
            self.refuse(
                self.row.get("period_end") or self.cell,
                f"La période s’achève le {end:%d/%m/%Y}, après l’édition {year}. Attendu : une date"
                f" jusqu’au 31/12/{year}{otherwise}",
            )

    def _check_bounds(self, indicator: Indicator, value: float) -> None:
        """Within the bounds that validation will hold the value to."""
        low, high, _ = find_bounds(indicator.unit.id, indicator.minimum, indicator.maximum)
        if value < low:
            problem = "Valeur négative" if value < 0 else "Valeur trop basse"
            bound = f"d’au moins {describe_value(low, indicator)}" if low else "positive ou nulle"
            expected = f"une valeur {bound}"
        elif high is not None and value > high:
            problem = "Part supérieure à 100 %" if high == 100 else "Valeur trop haute"
            expected = f"au plus {describe_value(high, indicator)}"
        else:
            return
        shown = describe_value(value, indicator)
        self.refuse(self.cell, f"{problem} ({shown}). Attendu : {expected}.")


def _note_amount(note: str, status: str, start: date | None, end: date) -> str:
    """An amount has neither status nor days of its own: they stand in its note."""
    whole = (end.month, end.day) == (12, 31) and (not start or (start.month, start.day) == (1, 1))
    days = "" if whole else french.format_period(start, end)
    return join_notes(note, "" if status == "définitif" else status, days)


def find_doubts(answer: ValueAnswer, snapshot: Snapshot) -> list[str]:
    """Why the analyst should look at an answer that is imported all the same."""
    doubts = []
    request = answer.request
    written, asked = (answer.start, answer.end), (request.start, request.end)
    if answer.table == "observations" and written != asked:
        doubts.append(
            f"Période écrite par le service : {french.name_period(*written)}"
            f" (demandée : {french.name_period(*asked)})."
        )
    earlier = [
        stored
        for stored in snapshot.list_values(request)
        if stored.key != answer.key and (stored.end or date.min) < (answer.end or date.max)
    ]
    if not earlier or not earlier[-1].value > 0:
        return doubts
    former = earlier[-1]
    ratio = answer.value / former.value
    if 1 / _FACTOR < ratio < _FACTOR:
        return doubts
    before = describe_value(former.value, answer.indicator, "", former.start, former.end)
    size = "plus" if ratio > 1 else "moins"
    low, high = _THOUSAND
    if low <= ratio <= high or (ratio and low <= 1 / ratio <= high):
        is_money = MONEY in answer.indicator.unit.id.split("-")
        slip = "k€ pour des €, ou l’inverse" if is_money else "des milliers pour des unités"
        reason = f"environ mille fois {size}, sans doute {slip}."
    else:
        reason = f"au moins dix fois {size}."
    return [*doubts, f"{answer.describe()}, contre {before} : {reason}"]


# --- what became of actions and improvements ------------------------------------------------------


def read_followups(
    form: ReturnedForm, snapshot: Snapshot, outcome: FormOutcome
) -> list[FollowupAnswer]:
    """The answers of the sheets of actions and of due dates."""
    answers = []
    for sheet, states in (
        (form_contract.ACTIONS, form_contract.ACTION_STATES),
        (form_contract.DUE, form_contract.DUE_STATES),
    ):
        content = form.contents.get(sheet.key)
        for row in content.rows if content else []:
            columns = [column.key for column in sheet.columns if column.answer]
            filled = [cell for key in columns if (cell := row.get(key)) and cell.filled]
            reader = _RowReader(form, row, snapshot, outcome)
            if filled and (answer := _read_followup(reader, filled[0], states)):
                answers.append(answer)
    return _drop_repeated(answers)


def _read_followup(
    reader: _RowReader, filled: ReturnedCell, states: tuple[str, ...]
) -> FollowupAnswer | None:
    """The answer of a row; ``filled``: its first answer."""
    code = reader.row.code
    if code not in reader.snapshot.titles:
        what = f"Le code « {code} » n’est pas connu" if code else "Réponse sans code"
        reader.refuse(filled, f"{what} : la remettre sur la ligne de sa question.")
        return None
    state = reader.read_choice("state", states)
    new_due = reader.read_date("new_due", "end")
    news = reader.read_text("news")
    note = join_notes(news, reader.read_text("note"))
    text, dates = (_read_correction(reader, f"proposed_{name}") for name in ("text", "dates"))
    if reader.failed:
        return None
    place = reader.row.get("state") or filled
    if state:
        said = (state, new_due, note, text, dates, _find_shown(reader.row))
        return FollowupAnswer(reader.outcome, place, code, *said)
    if news or new_due or text or dates:
        reader.refuse(place, f"Attendu : où en est-elle ? ({', '.join(states)})")
    else:
        reader.tell("flagged", place, f"Remarque sans réponse : {note}")
    return None


def _read_correction(reader: _RowReader, key: str) -> str:
    """What a service says of what the form shows: ``STILL_RIGHT``, or its correction."""
    text = reader.read_text(key)
    return form_contract.STILL_RIGHT if _RIGHT.fullmatch(fold(text)) else text


_RIGHT = re.compile(r"(?:exacte?s?|ok|oui|juste|inchangee?s?|sans changement|ras)[ .!]*")


def _find_shown(row: ReturnedRow) -> str:
    """The text that the form showed, a line: in a column of its own, or below the title."""
    if cell := row.get("summary"):
        return str(cell.value or "").split("\n")[0]
    cell = row.get("title")
    lines = str(cell.value if cell else "").split("\n")
    return lines[1] if len(lines) > 1 else lines[0]


# --- what is new ----------------------------------------------------------------------------------


def read_news(form: ReturnedForm, snapshot: Snapshot) -> list[NewItem]:
    """New actions and indicators, with the rows that the analyst may paste and complete."""
    content = form.contents.get(form_contract.NEWS.key)
    news = []
    for row in content.rows if content else []:
        texts = {
            key: parse_text(cell.value)
            for key, cell in row.cells.items()
            if cell.filled and not cell.kind
        }
        if not texts:
            continue
        cell = next(cell for cell in row.cells.values() if cell.filled)
        title = texts.get("title") or texts.get("description") or "(sans intitulé)"
        nature = texts.get("nature", "nature non précisée")
        rows = _compose_rows(texts, title, snapshot, cell.locator)
        news.append(NewItem(cell.sheet, cell.ref, nature, title, rows))
    return news


_EMPTY_WORDS = {"de", "du", "des", "la", "le", "les", "un", "une", "et", "a", "au", "aux", "en"}


def _make_id(title: str) -> str:
    """« Ouvrir l’atelier vélo » → ouvrir-atelier-velo."""
    folded = unicodedata.normalize("NFKD", fold(title))
    plain = folded.encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", re.sub(r"\b(?:d|l|qu|n|s)'", "", plain))
    id = "-".join(word for word in words if word not in _EMPTY_WORDS)
    return id[:60].strip("-") or "a-nommer"


def _compose_rows(
    texts: dict[str, str], title: str, snapshot: Snapshot, locator: str
) -> tuple[tuple[str, str], ...]:
    """File and line of CSV of each row that a new item would take, as far as the service says."""
    id, year = _make_id(title), snapshot.year
    if not fold(texts.get("nature", "")).startswith("ind"):
        summary = texts.get("description", "")
        cells = {"id": id, "title": title, "summary": summary, "locator": locator}
        return (_compose_row("actions", year, cells),)
    given = {name: texts.get(name, "") for name in ("unit", "period_start", "period_end")}
    entry = {"id": id, "title": title, "definition": texts.get("description", "")}
    rows = [_compose_row("indicators", year, given | entry)]
    if "value" in texts:
        observation = {"indicator": id, "territory": snapshot.territory, "value": texts["value"]}
        observation |= {"qualifier": "exact", "status": "définitif", "locator": locator}
        observation["note"] = texts.get("document", "")
        rows.append(_compose_row("observations", year, given | observation))
    return tuple(rows)


def _compose_row(table: str, year: int, cells: dict[str, str]) -> tuple[str, str]:
    spec = TABLES[table]
    return spec.file(year), format_row([cells.get(name, "") for name in spec.header], newline="")
