"""What goes back to the services and to the analyst: copies with comments, a report, JSON.

Gives bytes, the same for the same forms; writes nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date

from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Color, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from analysis.base.command_names import name_command
from analysis.base.output_streams import show_unseen
from analysis.collect import form_contract
from analysis.collect import form_styles as looks
from analysis.collect.form_contract import PROPOSALS, name_source
from analysis.collect.form_reader import ReturnedForm, list_cells
from analysis.collect.form_writer import put_cell, save_workbook
from analysis.collect.leftovers import (
    AUTHOR,
    CLOSING,
    OPENINGS,
    THEIR_COMMENT,
    is_from_collection,
    read_comment,
)
from analysis.collect.outcomes import LISTS, Collection, FormOutcome, Message
from analysis.words import french

REPORT = "rapport-de-collecte.md"
WRONG, DOUBTFUL = "FFF4B6A6", "FFFFE699"
#: Date of the parts of a copy: the earliest that a zip can say.
_DAY = date(1980, 1, 1)
_DEVICES = re.compile("(?i)con|prn|aux|nul|(com|lpt)[0-9]")
#: Files of one fault that the terminal names; the report names them all.
_SHOWN = 10
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
#: Of a formula that looks out of its workbook: a file, a program, an address.
_REACHES_OUT = re.compile(
    r"[\[|]|\b(HYPERLINK|WEBSERVICE|FILTERXML|IMAGE|RTD|DDE|CALL|REGISTER|CUBE\w+|STOCKHISTORY)\b",
    re.IGNORECASE,
)

_TITLES = {
    "imported": "importé",
    "unchanged": "déjà dans le dossier",
    "revised": "révisé",
    "flagged": "à regarder",
    "absent": "non disponible",
    "errors": "à corriger",
}


def clean_name(name: str) -> str:
    """A file name without what leads out of its folder or out of its line, that every system
    takes: of some 250 bytes, none of Windows's devices."""
    plain = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e]', "_", name).lstrip(".")
    if _DEVICES.fullmatch(plain.partition(".")[0].strip()):
        plain = f"_{plain}"
    return plain.encode()[:150].decode(errors="ignore").rstrip(". ") or "sans-nom"


def name_files(outcomes: Sequence[FormOutcome]) -> dict[str, str]:
    """Stem of what is written about each file, by ``FormOutcome.file``; files of one name in
    several folders are told apart."""
    stems: dict[str, str] = {}
    used: set[str] = set()
    for outcome in outcomes:
        folder, _, name = outcome.file.rpartition("/")
        stem = clean_name(name.rpartition(".")[0] or name)
        if folder and stem.casefold() in used:
            stem = clean_name(f"{folder.replace('/', ' - ')} - {stem}")
        base, rank = stem, 2
        while stem.casefold() in used:
            stem, rank = f"{base} ({rank})", rank + 1
        used.add(stem.casefold())
        stems[outcome.file] = stem
    return stems


def format_copy(form: ReturnedForm, outcome: FormOutcome) -> bytes | None:
    """The form with each wrong or doubtful cell coloured and commented; None when there is none.

    Changes ``form.workbook``. Comments of an earlier collection go, those of the service stay. A
    formula that looks out of the workbook is kept as text.
    """
    book = form.workbook
    by_cell: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
    for rank, messages in enumerate((outcome.errors, outcome.flagged)):
        for message in messages:
            if message.sheet in book.sheetnames and message.cell:
                place = (message.sheet, message.cell)
                by_cell.setdefault(place, ([], []))[rank].append(message.message)
    if not by_cell:
        return None
    for worksheet in book.worksheets:
        _clear_former(worksheet)
    if form_contract.CORRECTIONS in book.sheetnames:
        del book[form_contract.CORRECTIONS]
    for (sheet, ref), (errors, doubts) in by_cell.items():
        _mark(book[sheet], ref, errors, doubts)
        wrong = errors or book[sheet].sheet_properties.tabColor == Color(WRONG)
        book[sheet].sheet_properties.tabColor = WRONG if wrong else DOUBTFUL
    _list_corrections(book.create_sheet(form_contract.CORRECTIONS, 0), outcome)
    book.active = 0
    for worksheet in book.worksheets:  # one tab selected, or the others are edited with it
        worksheet.sheet_view.tabSelected = worksheet.title == book.active.title
    return save_workbook(book, form.modified, _DAY)


def _list_corrections(sheet: Worksheet, outcome: FormOutcome) -> None:
    """The first sheet: each cell to correct, then those to check and what was taken."""
    groups = (
        ("À corriger, puis à renvoyer", outcome.errors),
        ("À vérifier", outcome.flagged),
        ("Pris dans le dossier", outcome.imported + outcome.revised + outcome.unchanged),
    )
    for letter, width in {"A": 18, "B": 10, "C": 100}.items():
        sheet.column_dimensions[letter].width = width
    row = 1
    for title, messages in groups:
        heading = looks.style(12, looks.MAIN, None, bold=True)
        put_cell(sheet, row, 1, f"{title} : {len(messages)}", **heading)
        for message in messages:
            row += 1
            put_cell(sheet, row, 1, message.sheet, **looks.style())
            cell = put_cell(sheet, row, 2, message.cell, **looks.style())
            if message.cell:
                cell.hyperlink = Hyperlink(
                    ref=cell.coordinate, location=f"'{message.sheet}'!{message.cell}"
                )
                cell.font = Font(name=looks.FONT, size=10, underline="single")
            words = french.typeset(message.message)
            put_cell(sheet, row, 3, words, **looks.style())
            sheet.row_dimensions[row].height = 4 + 13.2 * looks.count_lines(words, 100, 10)
        row += 2
    sheet.protection.sheet = True
    sheet.sheet_view.showGridLines = False


def _clear_former(worksheet: Worksheet) -> None:
    if worksheet.sheet_properties.tabColor in (Color(WRONG), Color(DOUBTFUL)):
        worksheet.sheet_properties.tabColor = None
    for cell in list_cells(worksheet):
        if isinstance(cell, MergedCell):
            continue
        if cell.comment is not None and is_from_collection(cell):
            text = read_comment(cell)
            cell.comment = Comment(text, "", width=320, height=80) if text else None
            if cell.fill.fgColor.rgb in (WRONG, DOUBTFUL):
                cell.fill = PatternFill()
        if cell.data_type == "f" and _REACHES_OUT.search(str(cell.value)):
            cell.value = str(cell.value)
            cell.data_type = "s"


def _mark(worksheet: Worksheet, ref: str, errors: list[str], doubts: list[str]) -> None:
    cell = worksheet[ref]
    if isinstance(cell, MergedCell):
        ranges = worksheet.merged_cells.ranges
        span = next(merged for merged in ranges if ref in merged)
        cell = worksheet[f"{get_column_letter(span.min_col)}{span.min_row}"]
    said = zip(OPENINGS, (errors, doubts), strict=True)
    text = "\n".join(opening + "\n".join(words) for opening, words in said if words)
    text += f"\n{CLOSING}"
    if cell.comment is not None:
        text = f"{text}\n\n{THEIR_COMMENT} {cell.comment.text}"
    tall = 60 + 20 * sum(1 + len(line) // 38 for line in text.split("\n"))
    cell.comment = Comment(text, AUTHOR, width=320, height=tall)
    cell.fill = PatternFill("solid", fgColor=WRONG if errors else DOUBTFUL)


def format_json(outcomes: Sequence[FormOutcome]) -> bytes:
    """What became of the file of a service (or of its files together), for other programs."""
    content = outcomes[0].describe()
    for outcome in outcomes[1:]:
        for name, value in outcome.describe().items():
            if isinstance(value, (list, int)):
                content[name] += value
            elif name != "service":
                content[name] += f" | {value}"
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def name_readings(done: Collection, stems: dict[str, str]) -> dict[str, list[FormOutcome]]:
    """The outcomes of each JSON file: those of a service under the name of its form, even when
    the file was renamed; those of nobody under the file's own."""
    names: dict[str, list[FormOutcome]] = {}
    for outcome in done.outcomes:
        service = outcome.service
        stem = name_source(service, done.year) if service else stems[outcome.file]
        names.setdefault(f"{stem}.json", []).append(outcome)
    return names


def count_messages(outcome: FormOutcome) -> str:
    """« 12 importés, 3 à corriger »."""
    parts = []
    for name in LISTS:
        if number := len(getattr(outcome, name)):
            plural = "s" if number > 1 and name in ("imported", "revised") else ""
            parts.append(f"{number} {_TITLES[name]}{plural}")
    return ", ".join(parts) or "aucune réponse"


def _one_line(text: str) -> str:
    return show_unseen(_CONTROL.sub(" ", text))


def _escape(text: str) -> str:
    """Somebody else's words as plain text of a Markdown line."""
    return re.sub(r"([\\`*_\[\]<>|#{}$])", r"\\\1", _one_line(text))


def format_report(done: Collection) -> bytes:
    """The collection by service, for the analyst, in Markdown."""
    lines = [f"# Collecte {done.year}", ""]
    if not done.outcomes:
        lines += ["Aucun formulaire dans le dossier lu.", ""]
    lines += _tabulate_services(done)
    for outcome in sorted(done.outcomes, key=lambda o: (not o.service, o.service, o.file)):
        lines += [f"## {_escape(outcome.service_name or 'Service non reconnu')}", ""]
        lines.append(f"Fichier : {_escape(outcome.file)} ({count_messages(outcome)}).")
        if outcome.file in done.copies:
            what = "Copie à renvoyer au service" if outcome.errors else "Copie annotée, à vérifier"
            lines.append(f"{what} : {_escape(done.copies[outcome.file])}.")
        lines.append("")
        if outcome.notices:
            lines += [*(f"- {_escape(notice)}" for notice in outcome.notices), ""]
        for name in ("errors", "flagged", "absent", "revised", "imported", "unchanged"):
            lines += _list_messages(_TITLES[name], getattr(outcome, name))
        lines += _list_news(outcome)
    if done.skipped:
        lines += ["## Fichiers non lus", ""]
        lines += [f"- {_escape(f'{name} : {reason}')}" for name, reason in done.skipped]
        lines.append("")
    return "\n".join(lines).encode("utf-8")


def _tabulate_services(done: Collection) -> Iterator[str]:
    """For each service, what it was asked and what became of all that it wrote."""
    rows: dict[str, list[FormOutcome]] = {}
    for outcome in done.outcomes:
        if not outcome.chapter:
            rows.setdefault(outcome.service, []).append(outcome)
    services = [service for service in done.asked if service not in rows]
    if not rows and not services:
        return
    others = "décrit par le service" if done.first else "suites lues"
    heads = ("Service", "valeurs demandées", "valeurs lues", others, "non disponible",
             "à corriger", "à regarder", "nouveautés", "cases écrites", "perdues")  # fmt: skip
    yield f"| {' | '.join(heads)} |"
    yield f"|---{'|--:' * (len(heads) - 1)}|"
    for service, outcomes in sorted(rows.items()):
        name = outcomes[0].service_name or "Service non reconnu"
        asked = done.asked.get(service, set())
        read = {m.code for o in outcomes for m in (*o.imported, *o.unchanged, *o.revised)}
        counts = [sum(len(getattr(o, key)) for o in outcomes)
                  for key in ("absent", "errors", "flagged", "news")]  # fmt: skip
        typed, lost = sum(o.typed for o in outcomes), sum(o.lost for o in outcomes)
        found = (len(asked), len(read & asked), len(read - asked))
        cells = [_escape(name), *found, *counts, typed, lost]
        yield f"| {' | '.join(map(str, cells))} |"
    for service in services:
        name = _escape(done.service_names.get(service, service))
        yield f"| {name} (rien reçu) | {len(done.asked[service])} |{' |' * (len(heads) - 2)}"
    yield ""


def _list_messages(title: str, messages: Sequence[Message]) -> Iterator[str]:
    if not messages:
        return
    yield from (f"### {title[:1].upper()}{title[1:]} ({len(messages)})", "")
    for message in messages:
        place = f"{message.place} : " if message.place else ""
        code = f" ({message.code})" if message.code else ""
        yield f"- {_escape(f'{place}{message.message}{code}')}"
    yield ""


def _list_news(outcome: FormOutcome) -> Iterator[str]:
    if not outcome.news:
        return
    yield from (f"### Nouveautés, à reprendre à la main ({len(outcome.news)})", "")
    for item in outcome.news:
        yield f"- {_escape(f'{item.sheet} {item.cell} : {item.title} ({item.nature})')}"
        if item.guesses:
            yield f"  À vérifier, le service ne le dit pas : {_escape(', '.join(item.guesses))}."
        for file, row in item.rows:
            place = f"{PROPOSALS}/{file.rpartition('/')[2]}"
            yield from ("", f"  À relire, puis coller dans {file} (aussi dans {place}) :", "")
            yield f"      {_one_line(row)}"
        yield ""


def describe_collection(done: Collection) -> str:
    """What the terminal says: a line a file, then its errors and what is to be looked at."""
    reviews = sum(bool(outcome.chapter) for outcome in done.outcomes)
    forms = len(done.outcomes) - reviews
    read = [french.format_count(forms, "formulaire lu", "formulaires lus")]
    if reviews:
        read.append(french.format_count(reviews, "relecture lue", "relectures lues"))
    lines = [f"Collecte {done.year} : {french.join_list(read[not forms :])}."]
    for outcome in done.outcomes:
        name = outcome.service_name or "service non reconnu"
        lines.append(f"{_one_line(outcome.file)} ({name}) : {count_messages(outcome)}.")
        lines += [f"  {_one_line(notice)}" for notice in outcome.notices]
        for kind in ("errors", "flagged"):
            for message in getattr(outcome, kind):
                place = f" {message.place}" if message.place else ""
                code = f" ({message.code})" if message.code else ""
                lines.append(f"  {_TITLES[kind]}{place}{code} : {_one_line(message.message)}")
        if outcome.news:
            news = french.format_count(len(outcome.news), "nouveauté", "nouveautés")
            lines.append(f"  {news} à reprendre à la main")
        if outcome.file in done.copies:
            lines.append(f"  copie à renvoyer : {done.copies[outcome.file]}")
    by_reason: dict[str, list[str]] = {}
    for name, reason in done.skipped:
        by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        lines += [f"{_one_line(name)} : non lu, {reason}" for name in names[:_SHOWN]]
        if len(names) > _SHOWN:
            more = len(names) - _SHOWN
            lines.append(f"… et {more} autres : non lus, {reason} (tous dans {REPORT})")
    if chapters := sorted(
        {outcome.chapter for outcome in done.outcomes if outcome.imported} - {""}
    ):
        one = {"chapter": chapters[0]} if len(chapters) == 1 else {}
        command = name_command("review", year=done.year, **one)
        lines.append(f"Les remarques, dans la copie et le terminal : {command}")
    return "\n".join(lines)
