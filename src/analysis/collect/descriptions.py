"""What a service describes in the form of a first edition, of which no edition has told yet: its
actions, their figures and amounts, as rows of the edition with the form as their source.

What it does not say is filled in by the surest rule there is, and named. Nothing of a line that has
an error is imported.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any

from analysis.base.lists import join_list
from analysis.collect import form_contract
from analysis.collect.cell_answers import Quantity, Span, Unit, fold, parse_choice, parse_value
from analysis.collect.followup_effects import is_refused
from analysis.collect.form_reader import ReturnedCell, ReturnedForm
from analysis.collect.importing import RawChanges
from analysis.collect.outcomes import FormOutcome
from analysis.collect.proposals import (
    compose_entry,
    find_measure,
    find_order,
    find_unit,
    make_id,
    parse_chapter,
)
from analysis.collect.row_answers import (
    NewRow,
    RowAnswer,
    RowReader,
    ValueAnswer,
    ValueReader,
    describe_value,
    drop_repeated,
    join_notes,
)
from analysis.collect.snapshot import Indicator, Snapshot, ValueRequest
from analysis.model.followups import FOLLOWED
from analysis.model.partial_dates import read_precision, set_precision
from analysis.model.periods import year_period
from analysis.model.references import MONEY
from analysis.model.schema import EVERY_YEAR, suggest
from analysis.words import french
from analysis.words.typed_times import split_sentences

#: Payer of an amount of which nobody says who pays it, where payers.csv has it.
_UNKNOWN_PAYER = "non-precise"
#: What becomes of an action a part of which is wrong.
_WITHOUT = "En attendant, l’action est importée sans {}."
_SEPARATORS = re.compile(r"[;|\n]|,\s")


@dataclass(frozen=True)
class Description(RowAnswer):
    """An action as a service describes it: ``rows`` of the tables that take it, its own first."""

    title: str
    chapter: str
    summary: str
    rows: tuple[NewRow, ...]
    note: str = ""

    @property
    def content(self) -> tuple:
        return (self.title, self.summary, self.note, *(repr(row.said) for row in self.rows))

    @property
    def question(self) -> tuple:
        """Two services that describe one action are never arbitrated here: see ``compare``."""
        return ("description", self.outcome.service, self.code)


@dataclass
class Described:
    """All that a form describes: its actions, then the values of each (by the action's id)."""

    actions: list[Description] = field(default_factory=list)
    values: list[tuple[str, ValueAnswer]] = field(default_factory=list)


def read_descriptions(
    forms: Iterable[tuple[ReturnedForm, FormOutcome]], snapshot: Snapshot
) -> Described:
    """The lines of the sheets on which services describe, of all forms; what is wrong is told
    there, nothing where an edition is earlier. A figure may be of an action that another service
    describes."""
    forms, found = list(forms), Described()
    if not snapshot.first:
        return found
    for form, outcome in forms:
        found.actions += _read_actions(form, snapshot, outcome)
    known = _list_known(snapshot, found.actions)
    for form, outcome in forms:
        found.values += _read_values(form, snapshot, outcome, known)
    found.actions = [_cite_figures(action, found.values, snapshot) for action in found.actions]
    return found


def _read_actions(
    form: ReturnedForm, snapshot: Snapshot, outcome: FormOutcome
) -> list[Description]:
    actions = []
    for row in _list_rows(form, form_contract.DESCRIBED):
        reader = _ActionReader(form, row, snapshot, outcome)
        if action := reader.read_action():
            actions.append(action)
        reader.settle_all()
    return drop_repeated(actions)


def _read_values(
    form: ReturnedForm, snapshot: Snapshot, outcome: FormOutcome, known: dict[str, _Known]
) -> list[tuple[str, ValueAnswer]]:
    """Figures and amounts, each with the id of its action."""
    found = []
    for sheet, kind in (
        (form_contract.FIGURES, _FigureReader),
        (form_contract.AMOUNTS, _AmountReader),
    ):
        for row in _list_rows(form, sheet):
            reader = kind(form, row, snapshot, outcome)
            if value := reader.read_described(known):
                found.append(value)
            reader.settle_all()
    kept = {(value.code, value.cell) for value in drop_repeated([value for _, value in found])}
    return [(id, value) for id, value in found if (value.code, value.cell) in kept]


def _list_rows(form: ReturnedForm, sheet: form_contract.FormSheet) -> Iterator:
    """The rows of a sheet in which something was written: the title of what is asked was not."""
    content = form.contents.get(sheet.key)
    for row in content.rows if content else []:
        asked = bool(row.code)
        keys = (c.key for c in sheet.columns if c.answer and not (asked and c.key == "title"))
        if any((cell := row.get(key)) and cell.filled for key in keys):
            yield row


@dataclass(frozen=True)
class _Known:
    """An action to which a value may belong."""

    id: str
    table: str
    chapter: str
    title: str


def _list_known(snapshot: Snapshot, described: Iterable[Description]) -> dict[str, _Known]:
    """Actions of the edition and of the form, by title."""
    known = {}
    for table in FOLLOWED:
        for _, row in snapshot.typed[table].values():
            known[fold(row["title"])] = _Known(row["id"], table, row["chapter"], row["title"])
    for item in described:
        table = item.rows[0].table
        known[fold(item.title)] = _Known(item.code, table, item.chapter, item.title)
    return known


class _DescribingReader(RowReader):
    """Reads a line that a service wrote of its own."""

    def settle_all(self) -> None:
        """Of a line that has an error, the other cells need nothing more to be said."""
        if self.failed:
            for cell in self.row.cells.values():
                self.form.settle(cell)

    def read_apart(self, read: Callable[[], Any], said: str) -> Any:
        """A part that a line can do without; None where something is wrong with it, which is told
        with what becomes of the rest (``said``)."""
        failed, self.failed = self.failed, False
        self.beside = "" if failed else f" {said}"
        part = read()
        wrong, self.failed, self.beside = self.failed, failed, ""
        return None if wrong else part

    def require(self, key: str, expected: str) -> None:
        """An error where the service has not filled in what a line cannot do without."""
        cell = self.row.get(key)
        if cell is not None and not cell.filled:
            self.refuse(cell, f"Case vide. Attendu : {expected}")

    def read_title(self) -> str:
        """A title, which no number may enter: the next edition would make it false."""
        title = self.read_text("title").rstrip(" .;")
        if not title:
            self.require("title", "un intitulé.")
        elif "{" in title or is_refused(title, self.snapshot, line_only=True):
            self.refuse(
                self.row.cells["title"],
                f"L’intitulé « {title} » porte un nombre, ou une mise en forme. Attendu : des"
                " mots ; les nombres vont sur les feuilles « Chiffres » et « Montants ».",
            )
        return title

    def read_list(self, key: str) -> list[str]:
        text = self.read(key, lambda raw: str(raw).strip(), "")
        return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


class _ActionReader(_DescribingReader):
    """Reads a line of « Vos actions »."""

    def read_action(self) -> Description | None:
        snapshot, service = self.snapshot, self.outcome.service
        title, id = self.read_title(), ""
        chapter = self.read("chapter", partial(parse_chapter, chapters=snapshot.chapters), "")
        state = self.read_choice("state", tuple(form_contract.DESCRIBED_STATES))
        summary = self.read_text("summary")
        self.require("chapter", "le chapitre du rapport, dans la liste.")
        self.require("state", "où en est l’action, dans la liste.")
        note, partners = self.read_text("note"), self.read_list("partners")
        table, place_state = form_contract.DESCRIBED_STATES.get(state, ("", ""))
        span = self.read_apart(partial(self.read_span, "date"), _WITHOUT.format("sa date"))
        read_communes = partial(self._read_communes, table)
        communes, kind = self.read_apart(read_communes, _WITHOUT.format("ses lieux")) or ({}, "")
        if self.failed:
            return None
        id = make_id(title)
        said = {"id": id, "chapter": chapter, "title": title, "services": service}
        said |= {"partners": join_list(partners), "summary": summary or title}
        rows = [self._make_row(table, said, span)]
        if table != "actions" and partners:
            note = join_notes(note, f"partenaires : {', '.join(partners)}")
        rows += self._date_action(state, said, span)
        if state == "réalisée":
            rows.append(NewRow("followups", {"id": id, "state": "achevée"}))
        if table == "improvements":
            note = join_notes(note, communes and f"communes : {', '.join(communes)}")
        else:
            place = {"action": id, "kind": kind, "name": title, "status": place_state}
            rows += [NewRow("places", place | {"insee": code}) for code in communes.values()]
        if self.failed:
            return None
        cell = self.row.cells["title"]
        return Description(self.outcome, cell, id, title, chapter, summary, tuple(rows), note)

    def _make_row(self, table: str, said: dict[str, Any], span: Span | None) -> NewRow:
        """The action's own row, with the columns that its table has."""
        if table == "actions":
            section = self.snapshot.find_section(said["chapter"], self.outcome.service)
            return NewRow(table, said, {"section": section})
        said = {name: cell for name, cell in said.items() if name != "partners"}
        if table == "planned":
            if span:
                said |= dict(zip(("due_start", "due_end"), _name_days(span), strict=True))
            return NewRow(table, said, {"status": "programmée"})
        said = {name: cell for name, cell in said.items() if name != "services"}
        said |= {"due": span.last_known} if span else {}
        return NewRow(table, said, {"status": "proposée", "first_edition": self.snapshot.year})

    def _date_action(self, state: str, said: dict[str, Any], span: Span | None) -> Iterator[NewRow]:
        """The date of an action that is running or done, as a milestone."""
        if span is None or state not in ("réalisée", "en cours"):
            return
        last = date(self.snapshot.year, 12, 31)
        later = span.end > last
        if state == "réalisée" and later:
            days = f"{span.end:%d/%m/%Y}, après l’année {self.snapshot.year}"
            self.refuse(self.row.cells["date"], f"Action réalisée le {days} : dire « en cours ».")
        status = "fait" if state == "réalisée" else "prévu" if later else "en cours"
        start, end = _name_days(span)
        dates = {"date_start": None if later else start, "date_end": end}
        cells = {name: said[name] for name in ("chapter", "title")}
        row = {"id": f"{said['id']}-date", "action": said["id"], "status": status}
        yield NewRow("milestones", row | cells | dates)

    def _read_communes(self, table: str) -> tuple[dict[str, str], str]:
        """INSEE codes of the communes that the service names, by name; what stands there."""
        kind = self.read_choice("place", form_contract.PLACE_KINDS)
        names = {fold_commune(name): name for name in self.snapshot.communes}
        texts = self.read_list("communes")
        unknown = [text for text in texts if fold_commune(text) not in names]
        if unknown:
            shown = ", ".join(f"« {text} »" for text in unknown)
            hint = suggest(unknown[0], set(self.snapshot.communes))
            self.refuse(
                self.row.cells["communes"], f"Pas une commune du territoire : {shown}. {hint}"
            )
        if texts and not kind and table != "improvements":
            self.require("place", "ce qui se trouve, ou se fera, dans ces communes.")
        found = [names[folded] for text in texts if (folded := fold_commune(text)) in names]
        return {name: self.snapshot.communes[name] for name in found}, kind


def fold_commune(name: str) -> str:
    """« Pointe à Pitre », « ST-DENIS » → pointe a pitre, saint denis."""
    words = re.sub(r"[^a-z0-9]+", " ", fold(name)).strip()
    return re.sub(r"\bst(e?)\b", r"saint\1", words)


def _name_days(span: Span) -> tuple[date, date]:
    """First and last day of a date, no more precise than it is written."""
    end = span.last_known
    return set_precision(span.start, read_precision(end)), end


class _ValueOfAction(_DescribingReader, ValueReader):
    """Reads a line of « Chiffres » or of « Montants »."""

    key = "value"

    @property
    def cell(self) -> ReturnedCell:
        return self.row.cells[self.key]

    def find_action(self, known: dict[str, _Known]) -> _Known | None:
        """The action that the service names by its title, or by a part of it."""
        text = self.read_text("action")
        if not text:
            self.require("action", "l’action, telle qu’elle est sur la feuille « Vos actions ».")
            return None
        near = [action for title, action in known.items() if len(text) > 4 and fold(text) in title]
        action = known.get(fold(text)) or (near[0] if len(near) == 1 else None)
        if action is None:
            self.refuse(
                self.row.cells["action"],
                f"Action inconnue : « {text} ». Attendu : l’intitulé d’une ligne de « Vos actions »"
                " qui n’a rien à corriger.",
            )
        return action

    def read_quantity(self, unit: Unit) -> Quantity | None:
        parse = partial(parse_value, unit=unit, number_format=self.cell.number_format)
        quantity = self.read(self.key, parse)
        if quantity is not None and quantity.value is None:
            self.tell("absent", self.cell, "Le service n’a pas cette valeur.")
        return quantity if quantity and quantity.value is not None else None

    def make_entry(
        self, id: str, title: str, action: _Known, unit: Unit, value: float | None, measure: str
    ) -> NewRow:
        """A row of the catalogue for a value that it does not know yet."""
        snapshot, service = self.snapshot, self.outcome.service
        said = {"id": id, "unit": unit.id}
        supposed = compose_entry(unit, value, measure) | {
            "title": title,
            "chapter": action.chapter,
            "action": action.id if action.table == "actions" else "",
            "definition": f"{title}, donnée du service « {snapshot.services[service]} ».",
            "producer": snapshot.services[service],
        }
        return NewRow("indicators", said, supposed)

    def check_derived(self, id: str) -> None:
        """An error where the catalogue computes what a service gives."""
        _, entry = self.snapshot.typed["indicators"].get((id,), (0, {}))
        if entry.get("formula"):
            self.refuse(self.cell, f"« {id} » est calculé par le rapport : ne pas le donner.")


class _FigureReader(_ValueOfAction):
    """Reads a line of « Chiffres »."""

    def read_described(self, known: dict[str, _Known]) -> tuple[str, ValueAnswer] | None:
        title, action = self.read_title(), self.find_action(known)
        words = self.read_text("unit")
        self.require("unit", "ce qui se compte (arbres, logements, %…).")
        unit = find_unit(words, self.snapshot.units)
        rows = []
        if unit is None and words:
            unit = Unit(make_id(words), words, words)
            rows.append(NewRow("units", {"id": unit.id}, {"singular": words, "plural": words}))
        if unit and unit.id == MONEY:
            self.refuse(self.row.cells["unit"], "Un montant va sur la feuille « Montants ».")
        if self.failed or unit is None or action is None:
            return None
        quantity = self.read_quantity(unit)
        said = "En attendant, la valeur est importée sans son objectif."
        target, when = self.read_apart(partial(self._read_target, unit), said) or (None, None)
        if quantity is None and not self.failed:
            problem = "Attendu : la valeur d’aujourd’hui, d’où se compte le chemin vers l’objectif."
            self.refuse(self.cell, problem if target else "Case vide. Attendu : une valeur.")
        first, last = self.read_span("period_start"), self.read_span("period_end")
        alone = last if last and last.period else None
        start = first.start if first else alone and alone.start
        dated = last or (first if first and first.period else None)
        end = dated.end if dated else None
        measure = find_measure(unit, start, end)
        id = make_id(title)
        _, entry = self.snapshot.typed["indicators"].get((id,), (0, {}))
        measure = entry.get("measure") or measure
        year = year_period(self.snapshot.year)
        asked = (None, year.end) if measure == "stock" else (year.start, year.end)
        own = self.snapshot.territory
        request = ValueRequest(id, own, self.outcome.service, *asked)
        value = quantity.value if quantity else None
        row = self.make_entry(id, title, action, unit, value, measure)
        indicator = Indicator(
            id, unit, measure, entry.get("precision") or row.supposed["precision"]
        )
        self.check_derived(id)
        if requested := self.snapshot.requests.get(id):
            name = self.snapshot.services.get(requested.service, requested.service)
            problem = f"« {title} » est demandé au service « {name} » : il le donne sur sa feuille"
            self.refuse(self.cell, f"{problem} « Indicateurs » ou « Montants ».")
        answer = self.complete(request, indicator, quantity, self.read_note())
        if answer is None:
            return None
        row.supposed["direction"] = _find_direction(answer.value, target)
        row.supposed.update(self._ask_again(answer))
        if target is not None:
            cells = {"indicator": id, "value": target, "qualifier": "exact", "date": when}
            rows.append(NewRow("targets", cells))
        if not (first or last):
            problem = f"Période non dite : {french.name_period(*asked)} est supposé."
            answer = replace(answer, doubts=(*answer.doubts, problem))
        said = ValueRequest(id, own, self.outcome.service, answer.start, answer.end)
        answer = replace(answer, code=id, request=said, rows=(*rows, row))
        return action.id, answer

    def _read_target(self, unit: Unit) -> tuple[float | None, date | None]:
        quantity = self.read("target", partial(parse_value, unit=unit))
        return quantity.value if quantity else None, self.read_date("target_date", "end")

    def _ask_again(self, answer: ValueAnswer) -> dict[str, Any]:
        """What the catalogue says of the years to come: the same service gives it each year."""
        year, start, end = self.snapshot.year, answer.start, answer.end
        asked = {"asked": EVERY_YEAR, "asked_of": self.outcome.service}
        whole = end and (end.month, end.day) == (12, 31) and end.year in (year, year - 1)
        if whole and (start is None or start == date(end.year, 1, 1)):
            name = "N" if end.year == year else "N-1"
            asked["asked_period"] = name if start else f"fin {name}"
        return asked


def _find_direction(value: float, target: float | None) -> str:
    """The way to a target; nothing else says what is wanted."""
    if target is None or target == value:
        return "neutre"
    return "hausse" if target > value else "baisse"


class _AmountReader(_ValueOfAction):
    """Reads a line of « Montants »: of what is asked (it has a code), or of the service's own."""

    key = "amount"

    def read_described(self, known: dict[str, _Known]) -> tuple[str, ValueAnswer] | None:
        snapshot, code = self.snapshot, self.row.code
        if not self._is_asked():
            return None
        title = "" if code else self.read_title()
        named = self.row.get("action")
        action = self.find_action(known) if not code or (named and named.filled) else None
        if action and action.table == "improvements":
            self.refuse(
                named, "Une piste à étudier n’a pas encore de montant : le dire dans son texte."
            )
        unit = next((u for u in snapshot.units if u.id == MONEY), Unit(MONEY, "euro", "euros", "€"))
        quantity = self.read_quantity(unit)
        if quantity is None:
            for key in () if self.failed or self.cell.filled else (self.key,):
                self.require(key, "un montant en euros.")
            self.read_note()
            return None
        amount, payer, rows = self._read_kind()
        start, end = self._read_exercise(amount["stage"])
        qualifier = self.read_choice("qualifier", form_contract.QUALIFIERS)
        self.check_qualifiers(quantity.qualifier, qualifier)
        if self.failed:
            return None
        payer = "" if amount["payer"] == _UNKNOWN_PAYER else payer
        id = code or make_id(f"{title} {amount['stage']} {payer}")
        indicator = snapshot.indicators.get(id) or Indicator(id, unit, "flux", 1)
        self.check_derived(id)
        self.check_bounds(indicator, quantity.value)
        if self.failed:
            return None
        if not code and action:
            shown = f"{title} – {payer}" if payer else title
            rows.append(self.make_entry(id, shown, action, unit, quantity.value, "flux"))
        amount["action"] = action.id if action else ""
        request = ValueRequest(id, snapshot.territory, self.outcome.service, start, end)
        said = (start, end, quantity.value, quantity.qualifier or qualifier or "exact", "définitif")
        answer = ValueAnswer(
            self.outcome, self.cell, id, request, indicator, "budget", *said,
            join_notes(quantity.note, self.read_note()), self.doubts, tuple(rows), amount,
        )  # fmt: skip
        return amount["action"], answer

    def _is_asked(self) -> bool:
        """Whether a line may be read: its own, or asked of this service."""
        request = self.snapshot.requests.get(self.row.code)
        if self.row.code and (request is None or request.service != self.outcome.service):
            self.refuse(self.cell, f"« {self.row.code} » n’est pas demandé à ce service.")
            return False
        return True

    def _read_kind(self) -> tuple[dict[str, Any], str, list[NewRow]]:
        """Nature, stage and payer of an amount; the payer's name; its row where it is a new one."""
        nature = self.read("nature", partial(parse_choice, choices=_choices("nature")), "")
        stage = self.read("stage", partial(parse_choice, choices=_choices("stage")), "")
        self.require("nature", "la nature du montant, dans la liste.")
        self.require("stage", "l’étape du montant, dans la liste.")
        payers = {row["id"]: row["name"] for _, row in self.snapshot.typed["payers"].values()}
        name, rows = self.read_text("payer"), []
        id = next((id for id, own in payers.items() if fold(name) in (id, fold(own))), "")
        if not name and _UNKNOWN_PAYER in payers:
            id = _UNKNOWN_PAYER
        elif not name:
            self.require("payer", "qui paie ce montant.")
        elif not id:
            id = make_id(name)
            rows.append(NewRow("payers", {"id": id}, {"name": name}))
        return {"nature": nature, "stage": stage, "payer": id}, payers.get(id, name), rows

    def _read_exercise(self, stage: str) -> tuple[date | None, date | None]:
        """First day of the first fiscal year, last day of the last one; none where none is said."""
        first, last = self.read_span("fiscal_year"), self.read_span("fiscal_year_end")
        if first is None:
            if last is not None:
                self.require("fiscal_year", "le premier exercice.")
            return None, None
        start, end = first.start.year, (last or first).end.year
        if end < start:
            self.refuse(
                self.row.cells["fiscal_year_end"], "Le dernier exercice précède le premier."
            )
        elif stage == "réalisé" and end > self.snapshot.year:
            self.refuse(
                self.row.cells["fiscal_year"],
                f"Montant réalisé d’un exercice postérieur à {self.snapshot.year} : dire"
                " « prévu ».",
            )
        return date(start, 1, 1), date(end, 12, 31)


def _choices(key: str) -> tuple[str, ...]:
    return next(c.choices for c in form_contract.AMOUNTS.columns if c.key == key)


# --- texts ----------------------------------------------------------------------------------------


def _cite_figures(
    action: Description, values: Iterable[tuple[str, ValueAnswer]], snapshot: Snapshot
) -> Description:
    """The summary as the report can print it: a number that the service gives as a figure becomes
    its reference; a sentence with any other number is left out, and told."""
    kept, left = [], []
    service = action.outcome.service
    own = [v for id, v in values if id == action.code and v.outcome.service == service]
    row = action.rows[0]
    for _, sentence in split_sentences(action.summary):
        line_only = row.table == "planned"
        cited = sentence
        if is_refused(sentence, snapshot, line_only):
            for value in own:
                cited = _cite(cited, value)
        if "{" in sentence or is_refused(cited, snapshot, line_only):
            left.append(sentence)
        else:
            kept.append(cited)
    if not action.summary:
        action.tell("flagged", "Sans description : son intitulé en tient lieu.")
    if left:
        action.tell(
            "flagged",
            "Laissé hors du résumé, à reprendre à la main, chaque nombre par un renvoi : « "
            + " ".join(left) + " ».",
        )  # fmt: skip
    said = row.said | {"summary": " ".join(kept) or action.title}
    return replace(action, rows=(replace(row, said=said), *action.rows[1:]))


def _cite(text: str, value: ValueAnswer) -> str:
    """A text with a reference in the place of a value's words, where they stand once."""
    words = describe_value(value.value, value.indicator)
    if value.qualifier != "exact":
        words = f"{value.qualifier} {words}"
    pattern = r"\s*".join(re.escape(part) for part in words.split())
    if len(re.findall(rf"(?<!\d){pattern}\b", text)) != 1:
        return text
    return re.sub(rf"(?<!\d){pattern}\b", f"{{{{{value.code}}}}}", text)


# --- into the tables ------------------------------------------------------------------------------


def import_descriptions(descriptions: Iterable[Description], changes: RawChanges) -> None:
    """Add, change or leave alone the rows of each action; told in its outcome."""
    for action in sorted(descriptions, key=lambda a: a.outcome.service):
        states = [changes.compare(row, action.outcome) for row in action.rows]
        elsewhere = _find_elsewhere(action, changes)
        if elsewhere:
            action.tell("errors", f"{elsewhere} Rien n’est importé : l’analyste la déplace.")
        elif "taken" in states:
            table = action.rows[states.index("taken")].table
            action.tell(
                "errors",
                f"Conflit : {table}.csv a déjà « {action.code} », d’une autre source. Rien n’est"
                " remplacé : l’analyste tranche.",
            )
        elif set(states) <= {"same", "settled"}:
            since = " : déjà lu, remplacé depuis" if "settled" in states else ""
            action.tell("unchanged", f"{action.title}{since}.")
        else:
            _put_all(action, states, changes)
        if action.note:
            action.tell("flagged", f"Remarque du service : {action.note}")


def _put_all(action: Description, states: list[str], changes: RawChanges) -> None:
    before = _find_before(action, changes)
    for row, state in zip(action.rows, states, strict=True):
        if state == "new":
            if row.table in FOLLOWED:
                row.supposed["order"] = find_order(row.table, action.chapter, changes.snapshot)
            changes.put(row, action)
        elif state == "changed":
            for name, (former, now) in changes.list_changes(row).items():
                action.tell(
                    "revised", f"{action.title}, {name} : « {now} » (avant : « {former} »)."
                )
            changes.put(row, action)
    if states[0] == "new":
        own = action.rows[0]
        section = own.supposed.get("section")
        supposed = f" ; section supposée : « {section} »" if section else ""
        action.tell("imported", f"{action.title} : {own.table}.csv{supposed}.")
    elif added := sorted({row.table for row, state in zip(action.rows, states, strict=True)
                          if state == "new"}):  # fmt: skip
        files = ", ".join(f"{table}.csv" for table in added)
        action.tell("revised", f"{action.title} : complétée ({files}).")
    if before:
        action.tell(
            "flagged",
            f"La même ligne du formulaire avait donné « {before} » : si c’est la même action,"
            " retirer l’ancienne.",
        )


def _find_elsewhere(action: Description, changes: RawChanges) -> str:
    """Where the edition has an action in another table than its state says now."""
    own = action.rows[0].table
    for table in (*FOLLOWED, "milestones"):
        if table != own and changes.has(table, action.code):
            return f"« {action.title} » est déjà dans {table}.csv."
    return ""


def _find_before(action: Description, changes: RawChanges) -> str:
    """Title of another action that came from the same line of the same form."""
    place = (changes.cite(action.outcome), action.cell.locator)
    rows = changes.snapshot.typed[action.rows[0].table].values()
    same = (row for _, row in rows if (row["source"], row["locator"]) == place)
    return next((row["title"] for row in same if row["id"] != action.code), "")


def keep_imported(
    values: Iterable[tuple[str, ValueAnswer]], changes: RawChanges
) -> list[ValueAnswer]:
    """The values whose action stands in the dossier; of the others it is told."""
    kept = []
    for id, value in values:
        if not id or any(changes.has(table, id) for table in FOLLOWED):
            kept.append(value)
        else:
            value.tell("errors", f"Son action (« {id} ») n’est pas importée : la corriger d’abord.")
    return kept
