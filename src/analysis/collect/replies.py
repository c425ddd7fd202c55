"""The rows of a form to replies: what a service answers, checked against what was asked.

Decides nothing about
raw files: a reply is right in itself, or its cells are reported, all at once.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from analysis.collect import answers, form_contract
from analysis.collect.answers import Unit
from analysis.collect.outcomes import News, Outcome, Remark
from analysis.collect.standing import Indicator, Known, Request, make_key
from analysis.collect.workbook_reader import Cell, Content, Form, Row
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
class Reply:
    """A value that a service gives: right in itself. ``key``: what may not repeat."""

    outcome: Outcome
    cell: Cell
    request: Request
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
        return make_key(
            self.table, self.request.indicator, self.request.territory, self.start, self.end
        )

    @property
    def content(self) -> tuple:
        """What two replies must share to say the same."""
        status = "" if self.table == "budget" else self.status
        return (self.value, self.qualifier, status, self.start, self.end)

    @property
    def locator(self) -> str:
        """Where it stands in the form."""
        return locate(self.cell)

    def describe(self) -> str:
        """« environ 300 arbres, en 2018 »."""
        return describe_value(self.value, self.indicator, self.qualifier, self.start, self.end)


@dataclass(frozen=True)
class Followup:
    """What a service says has become of an action or an improvement."""

    outcome: Outcome
    cell: Cell
    id: str
    state: str
    new_due: date | None
    note: str

    @property
    def content(self) -> tuple:
        """What two follow-ups must share to say the same."""
        return (self.state, self.new_due, self.note)

    @property
    def locator(self) -> str:
        """Where it stands in the form."""
        return locate(self.cell)


def locate(cell: Cell) -> str:
    """« feuille Indicateurs, cellule G12 »."""
    return f"feuille {answers.clean(cell.sheet)}, cellule {cell.ref}"


def describe_value(
    value: float, indicator: Indicator, qualifier: str = "", start=None, end=None
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


# --- whose form -----------------------------------------------------------------------------------


def identify_service(form: Form, known: Known) -> str:
    """Id of the service of a form: its defined name, else whose codes it holds; '' in doubt."""
    name = answers.fold(form.service)
    for code, title in known.services.items():
        if name and name in (code.casefold(), answers.fold(title)):
            return code
    votes: dict[str, int] = {}
    for key, content in form.contents.items():
        for row in content.rows:
            if key == form_contract.INDICATORS.key and row.code in known.requests:
                service = known.requests[row.code].service
                votes[service] = votes.get(service, 0) + 1
    if not votes:
        for key in (form_contract.ACTIONS.key, form_contract.DUE.key):
            for row in form.contents[key].rows if key in form.contents else []:
                for service in known.questions.get(row.code, [])[:1]:
                    votes[service] = votes.get(service, 0) + 1
    order = sorted(votes, key=lambda service: -votes[service])
    if not order or (len(order) > 1 and votes[order[0]] == votes[order[1]]):
        return ""
    return order[0] if order[0] in known.services else ""


# --- cells ----------------------------------------------------------------------------------------


class _Reader:
    """Reads the cells of a row; what is wrong goes to the outcome, all of it."""

    def __init__(self, outcome: Outcome, row: Row):
        self._outcome, self._row = outcome, row
        self.failed = False

    def refuse(self, cell: Cell, message: str) -> None:
        self.failed = True
        self._outcome.errors.append(Remark(cell.sheet, cell.ref, message, self._row.code))

    def read(self, key: str, parse: Callable[[Any], Any], default: Any = None) -> Any:
        """A cell through ``parse``; ``default`` where it is empty, gone or wrong."""
        cell = self._row.get(key)
        if cell is None or not cell.filled:
            return default
        if problem := describe_kind(cell):
            self.refuse(cell, problem)
            return default
        try:
            return parse(cell.value)
        except CellError as error:
            shown = answers.parse_text(cell.value, 60)
            self.refuse(cell, _sentence(f"{error.problem} (lu : « {shown} »)", error.expected))
            return default


def _sentence(problem: str, expected: str) -> str:
    return f"{problem[:1].upper()}{problem[1:]}. {expected}"


def describe_kind(cell: Cell) -> str:
    """Why a cell is not read at all; '' when it is."""
    if cell.kind == "formula":
        return (
            "Formule : coller la valeur (copier la cellule, puis collage spécial, « Valeurs »)."
            " Une formule n’est pas calculée ici."
        )
    if cell.kind == "error":
        return f"Erreur de calcul du tableur ({cell.value}). Attendu : la valeur elle-même."
    if cell.kind == "shared":
        return (
            f"Cellules fusionnées ({cell.range}) : on ne sait pas à quelle ligne va la réponse."
            " Défusionner, une réponse par ligne."
        )
    if cell.kind == "several":
        return f"Plusieurs réponses dans la même colonne ({cell.range}). Attendu : une seule."
    return ""


# --- values ---------------------------------------------------------------------------------------


def read_values(form: Form, known: Known, outcome: Outcome) -> list[Reply]:
    """The replies of the sheet of indicators."""
    content = form.contents.get(form_contract.INDICATORS.key)
    if content is None:
        return []
    replies = []
    for row in content.rows:
        cell = row.get("value")
        if cell is None or not _is_asked(row, cell, known, outcome):
            continue
        reply = _read_value(form, row, cell, known, outcome)
        if reply is not None:
            replies.append(reply)
    return _drop_repeated(replies, lambda reply: reply.request.indicator)


def _is_asked(row: Row, cell: Cell, known: Known, outcome: Outcome) -> bool:
    """Whether the row asks something of this service; if it is filled without, that is an error."""
    request = known.requests.get(row.code)
    if request is not None and request.service == outcome.service:
        return True
    if cell.filled and not (cell.kind == "shared" and not row.code):
        if not row.code:
            message = "Réponse sur une ligne sans code : la remettre sur la ligne de sa question."
        elif request is None:
            message = f"Le code « {row.code} » n’est pas demandé pour {known.year}."
        else:
            name = known.services.get(request.service, request.service)
            message = f"« {row.code} » est demandé à un autre service ({name})."
        outcome.errors.append(Remark(cell.sheet, cell.ref, message, row.code))
    return False


def _read_value(form: Form, row: Row, cell: Cell, known: Known, outcome: Outcome) -> Reply | None:
    request = known.requests[row.code]
    indicator = known.indicators[request.indicator]
    reader = _Reader(outcome, row)
    note = _compose_note(_Reader(outcome, row))  # a wrong remark does not hold back a right number
    if not cell.filled:
        if note:
            outcome.flagged.append(
                Remark(cell.sheet, cell.ref, f"Remarque sans valeur : {note}", row.code)
            )
        return None
    answer = reader.read(
        "value", lambda raw: answers.parse_value(raw, indicator.unit, cell.number_format)
    )
    if answer is not None and answer.absent:
        message = "Le service n’a pas cette valeur" + (f" : {note}" if note else ".")
        outcome.absent.append(Remark(cell.sheet, cell.ref, message, row.code))
        return None
    qualifier = reader.read(
        "qualifier", lambda raw: answers.parse_choice(raw, form_contract.QUALIFIERS), ""
    )
    status = reader.read(
        "status", lambda raw: answers.parse_choice(raw, form_contract.STATUSES), ""
    )
    start = reader.read("period_start", lambda raw: answers.parse_date(raw, "start", form.epoch))
    end = reader.read("period_end", lambda raw: answers.parse_date(raw, "end", form.epoch))
    _check_unit(reader, row, indicator.unit)
    if answer is None or reader.failed:
        return None
    if answer.qualifier and qualifier not in ("", "exact", answer.qualifier):
        reader.refuse(
            cell, f"« {answer.qualifier} » dans la valeur, « {qualifier} » dans la colonne"
            " Précision. Attendu : une seule des deux."
        )  # fmt: skip
    table = choose_table(known, request)
    status = status or "définitif"
    start, end = _choose_period(reader, row, cell, request, indicator, start, end)
    _check_not_later(reader, row, cell, known, table, request, status, end)
    _check_bounds(reader, cell, indicator, answer.value)
    if reader.failed:
        return None
    if table == "budget":
        note = _note_amount(note, status, start, end)
        start = start and date(start.year, 1, 1)
        end = date(end.year, 12, 31)
        start = start or date(end.year, 1, 1)
    return Reply(
        outcome, cell, request, indicator, table, start, end, answer.value,
        answer.qualifier or qualifier or "exact", status, note,
    )  # fmt: skip


def _compose_note(reader: _Reader) -> str:
    remark = reader.read("note", answers.parse_text, "")
    document = reader.read("document", answers.parse_text, "")
    parts = [remark, f"document : {document}" if document else ""]
    return " ; ".join(part for part in parts if part)


def _note_amount(note: str, status: str, start: date | None, end: date) -> str:
    """An amount has neither status nor days of its own: they stand in its note."""
    parts = [note, status if status != "définitif" else ""]
    if (end.month, end.day) != (12, 31) or (start and (start.month, start.day) != (1, 1)):
        parts.append(french.format_period(start, end))
    return " ; ".join(part for part in parts if part)


def _check_unit(reader: _Reader, row: Row, unit: Unit) -> None:
    """The unit is locked in the form; a service that has changed it answers in another."""
    cell = row.get("unit")
    if cell is None or cell.kind or not cell.filled:
        return
    written = answers.fold(str(cell.value))
    names = {unit.id, unit.singular, unit.plural, unit.symbol, f"{unit.plural} ({unit.symbol})"}
    if written not in {answers.fold(name) for name in names}:
        shown = answers.parse_text(cell.value, 40)
        reader.refuse(
            cell, f"L’unité de la ligne a été changée en « {shown} ». Attendu : une valeur en"
            f" {unit.plural or unit.shown}."
        )  # fmt: skip


def choose_table(known: Known, request: Request) -> str:
    """Where the indicator's last known value stands: observations, or budget."""
    history = known.history(request.indicator, request.territory)
    return history[-1].table if history else "observations"


def _choose_period(
    reader: _Reader,
    row: Row,
    cell: Cell,
    request: Request,
    indicator: Indicator,
    start: date | None,
    end: date | None,
) -> tuple[date | None, date | None]:
    """What the service wrote, else what was asked, side by side."""
    if start is None and end is None:
        return request.start, request.end
    written = (start, end)
    end = end or request.end
    if indicator.measure == "stock":
        if start not in (None, end):
            reader.refuse(
                row.get("period_start") or cell,
                "C’est un état à une date : laisser « Du » vide, mettre la date dans « Au ».",
            )
        return None, end
    start = start or request.start
    place = row.get("period_start" if written[0] else "period_end") or cell
    if start and end and end < start:
        reader.refuse(
            place, f"La période finit ({end:%d/%m/%Y}) avant de commencer ({start:%d/%m/%Y})."
        )
    elif indicator.measure == "flux" and not (start and end):
        reader.refuse(place, "Attendu : le premier et le dernier jour de la période.")
    return start, end


def _check_not_later(
    reader: _Reader,
    row: Row,
    cell: Cell,
    known: Known,
    table: str,
    request: Request,
    status: str,
    end: date | None,
) -> None:
    if table == "budget":
        last = known.history(request.indicator, request.territory)[-1]
        measured = last.cells["stage"] == "réalisé"
        if end is None:
            reader.refuse(cell, "Attendu : l’exercice du montant, dans « Du » et « Au ».")
    else:
        measured = status != "prévisionnel"
    if end and measured and end.year > known.year:
        reader.refuse(
            row.get("period_end") or cell,
            f"La période s’achève le {end:%d/%m/%Y}, après l’édition {known.year}. Attendu : une"
            f" date jusqu’au 31/12/{known.year}"
            + ("." if table == "budget" else ", ou l’état « prévisionnel »."),
        )


def _check_bounds(reader: _Reader, cell: Cell, indicator: Indicator, value: float) -> None:
    """Within the bounds that validation will hold the value to."""
    low, high, _ = find_bounds(indicator.unit.id, indicator.minimum, indicator.maximum)
    shown = describe_value(value, indicator)
    if value < low:
        words = "positive ou nulle" if low == 0 else f"d’au moins {describe_value(low, indicator)}"
        problem = "Valeur négative" if value < 0 else "Valeur trop basse"
        reader.refuse(cell, f"{problem} ({shown}). Attendu : une valeur {words}.")
    elif high is not None and value > high:
        problem = "Part supérieure à 100 %" if high == 100 else "Valeur trop haute"
        reader.refuse(
            cell, f"{problem} ({shown}). Attendu : au plus {describe_value(high, indicator)}."
        )


def _drop_repeated(replies: list, name: Callable[[Any], str]) -> list:
    """A row copied twice in one form: the same answer counts once, two answers count for none."""
    by_name: dict[str, list] = {}
    for reply in replies:
        by_name.setdefault(name(reply), []).append(reply)
    kept = []
    for code, same in by_name.items():
        if len({reply.content for reply in same}) == 1:
            kept.append(same[0])
            continue
        places = ", ".join(reply.cell.ref for reply in same)
        for reply in same:
            reply.outcome.errors.append(
                Remark(
                    reply.cell.sheet, reply.cell.ref,
                    f"Deux réponses différentes à la même question ({places}). Attendu : une.",
                    code,
                )
            )  # fmt: skip
    return kept


def find_doubts(reply: Reply, known: Known) -> list[str]:
    """Why the analyst should look at a reply that is imported all the same."""
    doubts = []
    request = reply.request
    if reply.table == "observations" and (reply.start, reply.end) != (request.start, request.end):
        doubts.append(
            f"Période écrite par le service : {french.name_period(reply.start, reply.end)}"
            f" (demandée : {french.name_period(request.start, request.end)})."
        )
    last = [
        value for value in known.history(request.indicator, request.territory)
        if value.key != reply.key and (value.end or date.min) < (reply.end or date.max)
    ]  # fmt: skip
    if not last or not last[-1].value > 0:
        return doubts
    former = last[-1]
    ratio = reply.value / former.value
    if ratio >= _FACTOR or ratio <= 1 / _FACTOR:
        text = (
            f"{reply.describe()}, contre"
            f" {describe_value(former.value, reply.indicator, '', former.start, former.end)}"
        )
        size = "plus" if ratio > 1 else "moins"
        low, high = _THOUSAND
        if low <= ratio <= high or (ratio and low <= 1 / ratio <= high):
            is_money = MONEY in reply.indicator.unit.id.split("-")
            slip = "k€ pour des €, ou l’inverse" if is_money else "des milliers pour des unités"
            doubts.append(f"{text} : environ mille fois {size}, sans doute {slip}.")
        else:
            doubts.append(f"{text} : au moins dix fois {size}.")
    return doubts


# --- what became of actions and improvements ------------------------------------------------------


def read_followups(form: Form, known: Known, outcome: Outcome) -> list[Followup]:
    """The follow-ups of the sheets of actions and of due dates."""
    followups: list[Followup] = []
    for sheet, states in (
        (form_contract.ACTIONS, form_contract.ACTION_STATES),
        (form_contract.DUE, form_contract.DUE_STATES),
    ):
        content = form.contents.get(sheet.key)
        for row in content.rows if content else []:
            followup = _read_followup(form, content, row, states, known, outcome)
            if followup is not None:
                followups.append(followup)
    return _drop_repeated(followups, lambda followup: followup.id)


def _read_followup(
    form: Form, content: Content, row: Row, states: tuple, known: Known, outcome: Outcome
) -> Followup | None:
    filled = [
        cell for heading in content.sheet.headings
        if heading.answer and (cell := row.get(heading.key)) and cell.filled
    ]  # fmt: skip
    if not filled:
        return None
    reader = _Reader(outcome, row)
    if row.code not in known.titles:
        what = f"Le code « {row.code} » n’est pas connu" if row.code else "Réponse sans code"
        reader.refuse(filled[0], f"{what} : la remettre sur la ligne de sa question.")
        return None
    state = reader.read("state", lambda raw: answers.parse_choice(raw, states), "")
    new_due = reader.read("new_due", lambda raw: answers.parse_date(raw, "end", form.epoch))
    texts = [reader.read(key, answers.parse_text, "") for key in ("news", "note")]
    note = " ; ".join(text for text in texts if text)
    if reader.failed:
        return None
    place = row.get("state") or filled[0]
    if not state:
        if texts[0] or new_due:
            reader.refuse(place, f"Attendu : où en est-elle ? ({', '.join(states)})")
        else:
            outcome.flagged.append(
                Remark(place.sheet, place.ref, f"Remarque sans réponse : {note}", row.code)
            )
        return None
    return Followup(outcome, place, row.code, state, new_due, note)


# --- what is new ----------------------------------------------------------------------------------


def read_news(form: Form, known: Known) -> list[News]:
    """New actions and indicators, with the rows that the analyst may paste and complete."""
    content = form.contents.get(form_contract.NEWS.key)
    news = []
    for row in content.rows if content else []:
        texts = {
            key: answers.parse_text(cell.value)
            for key, cell in row.cells.items()
            if cell.filled and not cell.kind
        }
        if not texts:
            continue
        place = next(cell for cell in row.cells.values() if cell.filled)
        title = texts.get("title") or texts.get("description") or "(sans intitulé)"
        nature = texts.get("nature", "nature non précisée")
        news.append(
            News(place.sheet, place.ref, nature, title, _compose_rows(texts, title, known, place))
        )
    return news


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", answers.fold(title)).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", re.sub(r"\b(?:d|l|qu|n|s)'", "", plain))
    return (
        "-".join(word for word in words if word not in _EMPTY_WORDS)[:60].strip("-") or "a-nommer"
    )


_EMPTY_WORDS = {"de", "du", "des", "la", "le", "les", "un", "une", "et", "a", "au", "aux", "en"}


def _compose_rows(
    texts: dict[str, str], title: str, known: Known, place: Cell
) -> tuple[tuple[str, str], ...]:
    code, description = _slug(title), texts.get("description", "")
    locator = locate(place)
    if answers.fold(texts.get("nature", "")).startswith("ind"):
        rows = [("reference/indicators.csv", "indicators",
                 {"id": code, "title": title, "unit": texts.get("unit", ""),
                  "definition": description})]  # fmt: skip
        if "value" in texts:
            rows.append((f"{known.year}/observations.csv", "observations",
                         {"indicator": code, "territory": known.territory, "qualifier": "exact",
                          "period_start": texts.get("period_start", ""),
                          "period_end": texts.get("period_end", ""), "value": texts["value"],
                          "unit": texts.get("unit", ""), "status": "définitif",
                          "locator": locator, "note": texts.get("document", "")}))  # fmt: skip
    else:
        cells = {"id": code, "title": title, "summary": description, "locator": locator}
        rows = [(f"{known.year}/actions.csv", "actions", cells)]
    return tuple((file, _format_row(table, cells)) for file, table, cells in rows)


def _format_row(table: str, cells: dict[str, str]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(
        [cells.get(name, "") for name in TABLES[table].header]
    )
    return line.getvalue()
