"""What services tell of their own accord (new actions, new indicators), as rows nearly ready.

Wherever it was typed: on the sheet of news, below the questions of another sheet, in a remark that
begins with « nouvelle action : ». The rows are for the analyst to complete and paste; what the
service did not say is filled in by the surest rule there is, and named.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import PurePosixPath
from typing import Any

from analysis.base.csvtext import format_row, write_cell
from analysis.collect import form_contract
from analysis.collect.cell_answers import (
    Quantity,
    Span,
    Unit,
    fold,
    parse_text,
    parse_value,
)
from analysis.collect.form_reader import ReturnedForm, ReturnedRow, ReturnedSheet
from analysis.collect.outcomes import FormOutcome, NewItem
from analysis.collect.row_answers import RowReader, is_new_row, join_notes
from analysis.collect.snapshot import Snapshot
from analysis.collect.tool_sheets import TOOL_SHEETS
from analysis.compute.dossier.cells import CellError
from analysis.model.references import MONEY, PERCENT
from analysis.model.schema import TABLES

ACTION, INDICATOR, ANNOUNCED = (*form_contract.NATURES, "échéance")
#: What a row among the questions of a sheet is about.
_NATURES = {
    form_contract.INDICATORS.key: INDICATOR,
    form_contract.ACTIONS.key: ACTION,
    form_contract.DUE.key: ANNOUNCED,
    form_contract.DECISIONS.key: ACTION,
}
_IN_REMARK = re.compile(
    r"(?:nouvel(?:le)? |une nouvelle |un nouvel )(action|indicateur)(?: (?:a signaler|en \d{4}))?"
    r"\s*[:–—-]\s*",
)
_EMPTY_WORDS = {"de", "du", "des", "la", "le", "les", "un", "une", "et", "a", "au", "aux", "en"}


@dataclass
class _Item:
    """A new thing as a service tells it. ``guesses``: names of the cells that it does not say."""

    title: str
    nature: str
    chapter: str
    locator: str
    service: str
    description: str = ""
    unit: str = ""
    quantity: Quantity | None = None
    span: tuple[date | None, date | None] = (None, None)
    note: str = ""
    guesses: list[str] = field(default_factory=list)


def read_news(form: ReturnedForm, snapshot: Snapshot, outcome: FormOutcome) -> list[NewItem]:
    """New actions and indicators, with the rows that the analyst may paste and complete."""
    found = []
    for content in form.contents.values():
        if content.spec in (*form_contract.DESCRIBING, *TOOL_SHEETS):
            continue  # see ``descriptions``, ``table_answers``
        for row in content.rows:
            is_news = content.spec.key == form_contract.NEWS.key
            if is_news or is_new_row(form, row):
                reader = RowReader(form, row, snapshot, outcome)
                found.append(_read_row(reader, content))
            else:
                found += _read_remarks(row, content, snapshot, outcome)
    return [item for item in found if item is not None]


def _read_row(reader: RowReader, content: ReturnedSheet) -> NewItem | None:
    """A line that a service wrote; what is wrong with a cell of it is told there."""
    row, snapshot, service = reader.row, reader.snapshot, reader.outcome.service
    filled = [cell for cell in row.cells.values() if cell.filled]
    nature = _NATURES.get(content.spec.key, "")
    if not nature:
        nature = reader.read_choice("nature", form_contract.NATURES)
    texts = {key: reader.read_text(key) for key in ("title", "description", "definition", "news",
                                                    "summary", "unit", "document", "note", "due")
             if row.get(key)}  # fmt: skip
    described = [texts.get(k, "") for k in ("description", "definition", "summary", "news", "due")]
    title = texts.get("title") or next(filter(None, described), "")
    item = _Item(
        title or "(sans intitulé)",
        nature or (INDICATOR if row.get("value") and row.cells["value"].filled else ACTION),
        _find_chapter(reader, content),
        filled[0].locator,
        service,
        join_notes(*described),
        texts.get("unit", ""),
    )
    if not nature:
        item.guesses.append("nature")
    if not _is_told(reader, "chapter"):
        item.guesses.append("chapitre")
    unit = find_unit(item.unit, snapshot.units) or Unit("", item.unit, item.unit)
    quantity = reader.read("value", partial(parse_value, unit=unit)) if row.get("value") else None
    item.quantity = quantity if quantity and quantity.value is not None else None
    item.span = _read_days(reader)
    document = texts.get("document", "")
    item.note = join_notes(texts.get("note", ""), document and f"document : {document}")
    if not any(cell.filled and not cell.kind for cell in row.cells.values()):
        return None
    return _make_item(item, filled[0].sheet, filled[0].ref, snapshot)


def _is_told(reader: RowReader, key: str) -> bool:
    cell = reader.row.get(key)
    return cell is not None and cell.filled


def _read_days(reader: RowReader) -> tuple[date | None, date | None]:
    first, last = map(reader.read_span, ("period_start", "period_end"))
    if isinstance(last, Span) and last.period and first is None:
        return last.start, last.end
    end = last.end if last else first.end if first and first.period else None
    return first.start if first else None, end


def _find_chapter(reader: RowReader, content: ReturnedSheet) -> str:
    """What the service wrote, else the chapter of the nearest question above (or below), else the
    one for which the service answers most."""
    snapshot = reader.snapshot
    if _is_told(reader, "chapter"):
        chapter = reader.read("chapter", partial(parse_chapter, chapters=snapshot.chapters))
        if chapter:
            return chapter
    number = reader.row.number
    near = sorted(content.codes, key=lambda n: (n > number, abs(n - number)))
    of_rows = [snapshot.item_chapters.get(content.codes[n], "") for n in near]
    return next(filter(None, of_rows), "") or snapshot.find_main_chapter(reader.outcome.service)


def parse_chapter(raw: Any, chapters: dict[str, tuple[str, ...]]) -> str:
    """Id of a chapter from its number, its title or a part of it."""
    text = fold(parse_text(raw)).rstrip(".")
    exact = [id for id, names in chapters.items() if text in map(fold, (id, *names))]
    within = [id for id, names in chapters.items() if any(text in fold(name) for name in names)]
    if len(exact) == 1 or (len(text) > 3 and len(within) == 1):
        return (exact or within)[0]
    listed = ", ".join(f"« {names[0]} »" for names in chapters.values())
    raise CellError("chapitre inconnu", f"Attendu : {listed}.")


def _read_remarks(
    row: ReturnedRow, content: ReturnedSheet, snapshot: Snapshot, outcome: FormOutcome
) -> Iterator[NewItem]:
    """« Nouvelle action : ouvrir un atelier vélo » in the remark of a question."""
    for key in ("news", "note"):
        cell = row.get(key)
        if cell is None or not cell.filled or cell.kind:
            continue
        text = parse_text(cell.value)
        if match := _IN_REMARK.match(fold(text)):
            title = text[match.end() :] if len(fold(text)) == len(text) else text
            chapter = snapshot.item_chapters.get(row.code, "")
            chapter = chapter or snapshot.find_main_chapter(outcome.service)
            title = title[:1].upper() + title[1:]
            item = _Item(title, match[1], chapter, cell.locator, outcome.service)
            item.guesses.append("chapitre")
            yield _make_item(item, cell.sheet, cell.ref, snapshot)


def _make_item(item: _Item, sheet: str, ref: str, snapshot: Snapshot) -> NewItem:
    id = make_id(item.title)
    if id in snapshot.item_chapters:
        rows: tuple[tuple[str, str], ...] = ()
        item.guesses = [f"déjà dans le dossier sous l’identifiant « {id} »"]
    else:
        rows = tuple(_compose_rows(item, id, snapshot))
    return NewItem(sheet, ref, item.nature, item.title, rows, tuple(item.guesses))


# --- rows -----------------------------------------------------------------------------------------


def make_id(title: str) -> str:
    """« Ouvrir l’atelier vélo » → ouvrir-atelier-velo."""
    folded = unicodedata.normalize("NFKD", fold(title))
    plain = folded.encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", re.sub(r"\b(?:d|l|qu|n|s)'", "", plain))
    id = "-".join(word for word in words if word not in _EMPTY_WORDS)
    return id[:60].strip("-") or "a-nommer"


def find_unit(text: str, units: Iterable[Unit]) -> Unit | None:
    """The unit of units.csv that a service names by one of its forms."""
    words = fold(text).rstrip(".")
    return next((unit for unit in units if words and unit.is_called(words)), None)


def find_order(table: str, chapter: str, snapshot: Snapshot) -> int:
    """The number after the highest one of a chapter's rows, proposed ones included."""
    known = [
        int(row["order"] or 0)
        for entries in snapshot.entries.values()
        for name, _, _, row in entries
        if name == table and row["chapter"] == chapter
    ]
    snapshot.proposed[table, chapter] += 1
    return max(known, default=0) + snapshot.proposed[table, chapter]


def _compose_rows(item: _Item, id: str, snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    """File and line of CSV of each row that a new item takes."""
    source = form_contract.name_source(item.service, snapshot.year)
    common = {
        "id": id,
        "chapter": item.chapter,
        "title": item.title,
        "source": source,
        "locator": item.locator,
        "services": item.service,
        "summary": item.description or item.title,
    }
    if item.nature == ACTION:
        section = snapshot.find_section(item.chapter, item.service)
        common["order"] = find_order("actions", item.chapter, snapshot)
        item.guesses.append("section")
        yield _compose_row("actions", snapshot, common | {"section": section})
    elif item.nature == ANNOUNCED:
        days = {"due_start": item.span[0], "due_end": item.span[1], "status": "programmée"}
        item.guesses.append("état")
        days["order"] = find_order("planned", item.chapter, snapshot)
        yield _compose_row("planned", snapshot, common | days)
    else:
        yield from _compose_indicator(item, common, snapshot)


def _compose_indicator(
    item: _Item, common: dict[str, Any], snapshot: Snapshot
) -> Iterator[tuple[str, str]]:
    unit = find_unit(item.unit, snapshot.units)
    if unit is None:
        words = item.unit or "unité"
        unit = Unit(make_id(words), words, words)
        item.guesses.append("unité")
        yield _compose_row("units", snapshot, vars(unit))
    start, end = item.span
    value = item.quantity.value if item.quantity else None
    entry = compose_entry(unit, value, find_measure(unit, start, end)) | {
        "definition": item.description or item.title,
        "producer": snapshot.services.get(item.service, ""),
    }
    item.guesses += ["nature de l’indicateur", "mesure", "sens souhaité"]
    yield _compose_row("indicators", snapshot, common | entry)
    if value is None:
        return
    if end is None:
        item.guesses.append("période")
    observation = {
        "indicator": common["id"],
        "territory": snapshot.territory,
        "period_start": start,
        "period_end": end,
        "value": value,
        "unit": unit.id,
        "qualifier": item.quantity.qualifier or "exact",
        "status": "définitif",
        "note": join_notes(item.quantity.note, item.note),
    }
    yield _compose_row("observations", snapshot, common | observation)


def find_measure(unit: Unit, start: date | None, end: date | None) -> str:
    """What a value of this unit and of this period is: a rate, a state, what happened."""
    return "taux" if unit.id == PERCENT else "stock" if end and not start else "flux"


def compose_entry(unit: Unit, value: float | None, measure: str) -> dict[str, Any]:
    """The cells of a new indicator that a service does not say, by the surest rule there is."""
    decimals = len(str(value).partition(".")[2]) if value and not float(value).is_integer() else 0
    return {
        "unit": unit.id,
        "kind": "moyens" if unit.id == MONEY else "réalisation",
        "measure": measure,
        "direction": "neutre",
        "precision": 10**-decimals if decimals else 1,
    }


def _compose_row(table: str, snapshot: Snapshot, cells: dict[str, Any]) -> tuple[str, str]:
    spec = TABLES[table]
    written = [write_cell(cells.get(name)) for name in spec.header]
    return spec.file(snapshot.year), format_row(written, newline="")


def drop_told_twice(outcomes: Iterable[FormOutcome]) -> None:
    """Where several forms tell of the same thing, the rows of the first one stand for all."""
    first: dict[tuple[str, str], str] = {}
    for outcome in outcomes:
        for number, item in enumerate(outcome.news):
            known = first.setdefault((item.nature, make_id(item.title)), outcome.file)
            if known != outcome.file and item.rows:
                guess = f"même intitulé que dans {known}, dont les lignes valent pour les deux"
                outcome.news[number] = replace(item, rows=(), guesses=(guess,))


def format_proposals(outcomes: Iterable[FormOutcome]) -> dict[str, bytes]:
    """Name and content of a CSV for each table that takes new rows, to be copied from."""
    lines: dict[str, list[str]] = defaultdict(list)
    for outcome in outcomes:
        for item in outcome.news:
            for file, row in item.rows:
                if row not in lines[file]:
                    lines[file].append(row)
    contents = {}
    for file, rows in lines.items():
        header = format_row(TABLES[PurePosixPath(file).stem].header)
        contents[PurePosixPath(file).name] = (header + "".join(f"{row}\n" for row in rows)).encode()
    return contents
