"""The rows of a form to answers: what a service says, checked against what was asked.

Decides nothing about raw files: an answer is right in itself, or its cells are reported, all at
once.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from analysis.base.characters import find_bad_characters
from analysis.collect import form_contract
from analysis.collect.cell_answers import (
    Edge,
    Quantity,
    Span,
    Unit,
    clean,
    fold,
    is_counted,
    parse_choice,
    parse_date,
    parse_span,
    parse_text,
    parse_value,
    read_unit,
)
from analysis.collect.form_reader import ReturnedCell, ReturnedForm, ReturnedRow
from analysis.collect.outcomes import FormOutcome, Message
from analysis.collect.snapshot import Indicator, Snapshot, StoredValue, ValueRequest, make_key
from analysis.compute.dossier.cells import CellError
from analysis.compute.dossier.valuechecks import find_bounds
from analysis.model.decisions import DECISION_FIELDS
from analysis.model.partial_dates import DAY, read_precision
from analysis.model.references import MONEY, PERCENT
from analysis.words import french

#: From which ratio to the last value an answer is looked at again, and which ratios are a slip of
#: thousands.
_FACTOR = 10
_THOUSAND = (300, 3000)
#: Below, a count that is ten times another may well be right: it is told without « dix fois ».
_FEW = 10
#: Twelve months and a leap day: what is asked for longer is a total over several years.
_ONE_YEAR = 366
#: A remark that says nothing, and one that holds back what it stands beside.
_SAYS_NOTHING = re.compile(
    r"(?:r\.?a\.?s|rien a (?:signaler|dire|ajouter)|neant|idem|ok|aucune?)?[\W_]*"
)
_PROVISIONAL = re.compile(r"\bprovisoires?\b|\ba (?:confirmer|consolider)\b|\bnon definitif")
#: What a service writes of an amount that is not spent yet.
_BUDGETED = re.compile(r"\b(?:bp|bs|dm|budgets?|vote|voter|prevus?|prevues?|previsionnels?)\b")


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

    @property
    def question(self) -> Hashable:
        """What two answers share that are to the same question."""
        return self.code

    def tell(self, kind: str, message: str) -> None:
        """Add a message to a list of the outcome (see ``outcomes.LISTS``)."""
        self.outcome.tell(kind, Message(self.cell.sheet, self.cell.ref, message, self.code))


@dataclass(frozen=True)
class NewRow:
    """A row of a table for what a service describes: the cells that it says, and those that are
    filled in by rule where the row is new."""

    table: str
    said: dict[str, Any]
    supposed: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ValueAnswer(RowAnswer):
    """A value that a service gives, and the table that takes it. Of what it describes: ``rows`` of
    other tables that the value needs; ``amount``: what budget.csv says besides."""

    request: ValueRequest
    indicator: Indicator
    table: str
    start: date | None
    end: date | None
    value: float
    qualifier: str
    status: str
    note: str
    doubts: tuple[str, ...] = ()
    rows: tuple[NewRow, ...] = ()
    amount: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple:
        """Key of the row it becomes."""
        return make_key(self.table, self.code, self.request.territory, self.start, self.end)

    @property
    def question(self) -> Hashable:
        """What a service describes may be told of several periods."""
        described = self.rows or self.amount
        return (self.code, self.start, self.end) if described else self.code

    @property
    def content(self) -> tuple:
        status = "" if self.table == "budget" else self.status
        beside = (repr(self.amount), *(repr(row.said) for row in self.rows))
        return (self.value, self.qualifier, status, self.start, self.end, *beside)

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
    #: Of an improvement: what is said of the decision that it calls for, by column.
    decision: Mapping[str, Any] = field(default_factory=dict)

    @property
    def content(self) -> tuple:
        said = (self.state, self.new_due, self.note, self.proposed_text, self.proposed_dates)
        return (*said, *self.decision.items())


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
    groups: dict[Hashable, list[AnyAnswer]] = {}
    for answer in answers:
        groups.setdefault(answer.question, []).append(answer)
    return list(groups.values())


def agree(answers: Iterable[RowAnswer]) -> bool:
    """Whether all answers to a question say the same."""
    return len({answer.content for answer in answers}) == 1


def join_answers(same: list[AnyAnswer]) -> AnyAnswer:
    """One answer for several that say the same, with the remarks of all."""
    return replace(same[0], note=join_notes(*dict.fromkeys(answer.note for answer in same)))


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
        sheets = (sheet for sheet, _ in form_contract.FOLLOWED_STATES)
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
class RowReader:
    """Reads the cells of a row; what is wrong goes to the outcome, all of it."""

    form: ReturnedForm
    row: ReturnedRow
    snapshot: Snapshot
    outcome: FormOutcome
    failed: bool = False
    beside: str = ""  # said with what is wrong

    def tell(self, kind: str, cell: ReturnedCell, message: str) -> None:
        self.form.settle(cell)
        told = Message(cell.sheet, cell.ref, message, self.row.code)
        if told not in getattr(self.outcome, kind):  # a cell may be read twice
            self.outcome.tell(kind, told)

    def refuse(self, cell: ReturnedCell, message: str) -> None:
        self.failed = True
        self.tell("errors", cell, message + self.beside)

    def read(self, key: str, parse: Callable[[Any], Any], default: Any = None) -> Any:
        """A cell through ``parse``; ``default`` where it is empty, gone or wrong."""
        cell = self.row.get(key)
        if cell is None or not cell.filled:
            return default
        self.form.settle(cell)
        if cell.kind:
            self.refuse(cell, _NOT_READ[cell.kind].format(cell=cell))
            return default
        try:
            if isinstance(cell.value, str):  # the tables would refuse it, and all that they hold
                for _, _, problem, expected in find_bad_characters(clean(cell.value)):
                    raise CellError(problem, expected)
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

    def read_span(self, key: str) -> Span | None:
        return self.read(key, partial(parse_span, epoch=self.form.epoch))

    def read_text(self, key: str) -> str:
        text = self.read(key, parse_text, "")
        if key == "note" and _SAYS_NOTHING.fullmatch(fold(text)):
            return ""
        if text.endswith("…") and len(clean(str(self.row.cells[key].value))) > len(text):
            self.tell("flagged", self.row.cells[key], f"Texte coupé après {len(text)} caractères.")
        return text


def drop_repeated(answers: list[AnyAnswer]) -> list[AnyAnswer]:
    """A row copied twice in one form: the same answer counts once, two answers count for none."""
    kept = []
    for same in group_by_code(answers):
        if agree(same):
            kept.append(join_answers(same))
            continue
        places = ", ".join(answer.cell.ref for answer in same)
        for answer in same:
            message = f"Deux réponses différentes à la même question ({places}). Attendu : une."
            answer.tell("errors", message)
    return kept


def is_new_row(form: ReturnedForm, row: ReturnedRow) -> bool:
    """Whether a service wrote a line of its own among the questions: a title that the form did not
    hold, without a code."""
    title = row.get("title")
    if row.code or not form.sent or title is None or title.kind or not title.filled:
        return False
    words = re.search(r"[^\W\d_]{3}", str(title.value))
    return bool(words) and not form.was_sent(title.value)


# --- values ---------------------------------------------------------------------------------------


def read_values(form: ReturnedForm, snapshot: Snapshot, outcome: FormOutcome) -> list[ValueAnswer]:
    """The answers of the sheet of indicators."""
    content = form.contents.get(form_contract.INDICATORS.key)
    answers = []
    for row in content.rows if content else []:
        reader = ValueReader(form, row, snapshot, outcome)
        if "value" in row.cells and reader.is_asked() and (answer := reader.read_answer()):
            answers.append(answer)
    return drop_repeated(answers)


class ValueReader(RowReader):
    """Reads a row of the sheet of indicators; ``cell``: that of the value; ``doubts``: what the
    analyst should look at if it is imported."""

    doubts: tuple[str, ...] = ()

    @property
    def cell(self) -> ReturnedCell:
        return self.row.cells["value"]

    def is_asked(self) -> bool:
        """Whether the row asks something of this service; if filled without, that is an error."""
        row, cell, snapshot = self.row, self.cell, self.snapshot
        request = snapshot.requests.get(row.code)
        if request is not None and request.service == self.outcome.service:
            return True
        if is_new_row(self.form, row):
            return False  # a new indicator: see ``proposals``
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
        note = self.read_note()
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
        return self.complete(request, indicator, quantity, note)

    def complete(
        self, request: ValueRequest, indicator: Indicator, quantity: Quantity | None, note: str
    ) -> ValueAnswer | None:
        """The answer with what the other cells say, checked; None where one of them is wrong."""
        qualifier = self.read_choice("qualifier", form_contract.QUALIFIERS)
        status = self._choose_status(note)
        first, last = self.read_span("period_start"), self.read_span("period_end")
        if not (first or last):
            last = self._read_changed_request()
        factor, beside = self._read_unit(indicator.unit)
        if quantity is None or self.failed:
            return None
        if factor != 1 and not re.search(r"[^\d\s.,+−-]", str(self.cell.value)):
            quantity = replace(quantity, value=float(Decimal(repr(quantity.value)) * factor))
        self.check_qualifiers(quantity.qualifier, qualifier)
        start, end = self._choose_period(request, indicator, first, last)
        if start is None and last is not None and last.end == end:
            end = last.last_known
        history = self.snapshot.list_values(request)
        table = history[-1].table if history else "observations"
        self._check_whole(indicator, quantity.value, history)
        note = join_notes(quantity.note, beside, note, self._note_vague_day(start, end, last))
        self._doubt_what_is_beside(join_notes(quantity.note, beside), history)
        self._check_end(history[-1] if table == "budget" else None, status, end)
        self.check_bounds(indicator, quantity.value)
        if self.failed:
            return None
        if table == "budget":
            note = _note_amount(note, status, start, end)
            start, end = date((start or end).year, 1, 1), date(end.year, 12, 31)
        qualifier = quantity.qualifier or qualifier or "exact"
        said = (start, end, quantity.value, qualifier, status, note, self.doubts)
        return ValueAnswer(self.outcome, self.cell, self.row.code, request, indicator, table, *said)

    def read_note(self) -> str:
        """Remark and document; what is wrong with them does not hold back a right number."""
        failed = self.failed
        remark, document = self.read_text("note"), self.read_text("document")
        self.failed = failed
        return join_notes(remark, document and f"document : {document}")

    def _choose_status(self, note: str) -> str:
        """What the service chose; where it chose nothing, what its remark holds back."""
        status = self.read_choice("status", form_contract.STATUSES)
        if status in ("", "définitif") and _PROVISIONAL.search(fold(note)):
            self.doubts += (f"État lu « provisoire », d’après la remarque : « {note} ».",)
            return "provisoire"
        return status or "définitif"

    def _read_unit(self, unit: Unit) -> tuple[Decimal, str]:
        """The unit is locked in the form; a service that has changed it answers in another, or in
        a multiple (« M€ (BP 2018) ») : its size, and what is written beside it."""
        cell = self.row.get("unit")
        if cell is None or cell.kind or not cell.filled:
            return Decimal(1), ""
        if unit.is_called(str(cell.value)):
            return Decimal(1), ""
        try:
            factor, beside = read_unit(clean(str(cell.value)), unit)
        except CellError:
            problem = f"L’unité de la ligne a été changée en « {parse_text(cell.value, 40)} »."
            self.refuse(cell, f"{problem} Attendu : une valeur en {unit.plural or unit.shown}.")
            return Decimal(1), ""
        self.form.settle(cell)
        if factor != 1:
            words = f"L’unité de la ligne a été changée en « {parse_text(cell.value, 40)} »"
            self.doubts += (f"{words} : la valeur a été lue ainsi.",)
        return factor, beside

    def _read_changed_request(self) -> Span | None:
        """The period asked is locked in the form; a service that has changed it says its own."""
        cell = self.row.get("asked")
        if cell is None or not cell.filled or not self.form.sent:
            return None
        if self.form.was_sent(cell.value, self.row.code):
            return None
        span = self.read_span("asked")
        return span and replace(span, period=True)

    def _note_vague_day(self, start: date | None, end: date, last: Span | None) -> str:
        """The raw files take a day where the service wrote a quarter, a season or the end of a
        year: the note says so."""
        if start is not None or last is None or not last.vague or read_precision(end) != DAY:
            return ""
        return f"jour non précisé (« {french.name_period(last.start, last.end)} »)"

    def _doubt_what_is_beside(self, beside: str, history: list[StoredValue]) -> None:
        if not beside:
            return
        doubt = f"Écrit avec la valeur et mis en note : « {beside} »."
        is_spent = history and history[-1].cells.get("stage") == "réalisé"
        if is_spent and _BUDGETED.search(fold(beside)):
            doubt += " Le montant attendu est un montant réalisé, pas un montant prévu ou voté."
        self.doubts += (doubt,)

    def _check_whole(self, indicator: Indicator, value: float, history: list[StoredValue]) -> None:
        """What is counted one by one is a whole number, unless it was not so before."""
        if value.is_integer() or not is_counted(indicator.unit) or indicator.precision < 1:
            return
        if all(stored.value.is_integer() for stored in history):
            shown = describe_value(value, indicator)
            self.refuse(
                self.cell,
                f"{shown} : ce qui se compte est un nombre entier. Attendu : un nombre entier ; des"
                " équivalents temps plein ou une moyenne se disent en « Remarque ».",
            )

    def check_qualifiers(self, in_value: str, in_column: str) -> None:
        if in_value and in_column not in ("", "exact", in_value):
            both = f"« {in_value} » dans la valeur, « {in_column} » dans la colonne Précision"
            self.refuse(self.cell, f"{both}. Attendu : une seule des deux.")

    def _choose_period(
        self, request: ValueRequest, indicator: Indicator, first: Span | None, last: Span | None
    ) -> tuple[date | None, date | None]:
        """What the service wrote, else what was asked, side by side; a period that has a name of
        its own (a semester, a school year) needs no other side."""
        if first is None and last is None:
            return request.start, request.end
        place = self.row.get("period_start" if first else "period_end") or self.cell
        end = last.end if last else request.end
        if indicator.measure == "stock":
            if first and end not in (first.start, first.end):
                expected = "laisser « Du » vide, mettre la date dans « Au »."
                self.refuse(place, f"C’est un état à une date : {expected}")
            return None, end
        start = first.start if first else None
        alone = (first or last) if first is None or last is None else None
        asked_for_years = (
            request.start and request.end and ((request.end - request.start).days > _ONE_YEAR)
        )
        if alone and alone.period and not asked_for_years and (start or request.start):
            start, end = alone.start, alone.end
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

    def check_bounds(self, indicator: Indicator, value: float) -> None:
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
    doubts = [*answer.doubts]
    request = answer.request
    written, asked = (answer.start, answer.end), (request.start, request.end)
    if answer.table == "budget":  # fiscal years
        days = [day for day in asked if day]
        asked = (date(days[0].year, 1, 1), date(days[-1].year, 12, 31)) if days else written
    if written != asked:
        doubts.append(
            f"Période écrite par le service : {french.name_period(*written)}"
            f" (demandée : {french.name_period(*asked)})."
        )
    earlier = [
        stored
        for stored in snapshot.list_values(request)
        if stored.key != answer.key and (stored.end or date.min) < (answer.end or date.max)
    ]
    if earlier and earlier[-1].value > 0:
        doubts += _compare_sizes(answer, earlier[-1])
    return doubts


def _compare_sizes(answer: ValueAnswer, former: StoredValue) -> list[str]:
    """Why a value is surprising beside the one before."""
    unit, ratio = answer.indicator.unit, answer.value / former.value
    if 1 / _FACTOR < ratio < _FACTOR:
        return []
    before = describe_value(former.value, answer.indicator, "", former.start, former.end)
    both = f"{answer.describe()}, contre {before}"
    size = "plus" if ratio > 1 else "moins"
    low, high = _THOUSAND
    if not answer.value:
        return [f"{both} : est-ce bien zéro ? « n.d. » si la valeur n’est pas connue."]
    if is_counted(unit) and min(answer.value, former.value) < _FEW:
        return [f"{both} : à confirmer."]
    if low <= ratio <= high or low <= 1 / ratio <= high:
        is_money = MONEY in unit.id.split("-")
        slip = "k€ pour des €, ou l’inverse" if is_money else "des milliers pour des unités"
        return [f"{both} : environ mille fois {size}, sans doute {slip}."]
    if unit.id == PERCENT and answer.value <= 1:
        return [f"{both} : une part (0,38) écrite pour un pourcentage (38 %) ?"]
    return [f"{both} : au moins dix fois {size}."]


# --- what became of actions and improvements ------------------------------------------------------


def read_followups(
    form: ReturnedForm, snapshot: Snapshot, outcome: FormOutcome
) -> list[FollowupAnswer]:
    """The answers of the sheets of actions, of due dates and of improvements."""
    answers = []
    for sheet, states in form_contract.FOLLOWED_STATES:
        content = form.contents.get(sheet.key)
        for row in content.rows if content else []:
            columns = [column.key for column in sheet.columns if column.answer]
            filled = [cell for key in columns if (cell := row.get(key)) and cell.filled]
            reader = RowReader(form, row, snapshot, outcome)
            if is_new_row(form, row):
                continue  # see ``proposals``
            if filled and (answer := _read_followup(reader, filled[0], states)):
                answers.append(answer)
    return drop_repeated(answers)


def _read_followup(
    reader: RowReader, filled: ReturnedCell, states: tuple[str, ...]
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
    decision = _read_decision(reader) if states == form_contract.DECISION_STATES else {}
    if reader.failed:
        return None
    place = reader.row.get("state") or filled
    if state:
        said = (state, new_due, note, text, dates, _find_shown(reader.row))
        return FollowupAnswer(reader.outcome, place, code, *said, decision)
    if news or new_due or text or dates or decision:
        reader.refuse(place, f"Attendu : où en est-elle ? ({', '.join(states)})")
    else:
        reader.tell("flagged", place, f"Remarque sans réponse : {note}")
    return None


def _read_decision(reader: RowReader) -> dict[str, Any]:
    """What a service says of a decision: the fields that it fills in."""
    said = {
        name: reader.read_date(name, "end") if name == "due" else reader.read_text(name)
        for name in DECISION_FIELDS
        if name in reader.row.cells
    }
    return {name: cell for name, cell in said.items() if cell and not _is_declined(cell)}


def _is_declined(cell: Any) -> bool:
    return isinstance(cell, str) and fold(cell) in (fold(form_contract.NOT_AVAILABLE), "a preciser")


def _read_correction(reader: RowReader, key: str) -> str:
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
