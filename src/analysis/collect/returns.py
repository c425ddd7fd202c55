"""What goes back to the services and to the analyst: copies with comments, a report, JSON.

Gives bytes by file name, the same
for the same forms; writes nothing.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime

from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from analysis.collect.form_contract import name_form
from analysis.collect.outcomes import LISTS, Outcome, Remark
from analysis.collect.workbook_reader import Form

REPORT = "rapport-de-collecte.md"
#: Who signs the comments: those of an earlier collection are recognised and taken away.
AUTHOR = "Collecte"
WRONG = "FFF4B6A6"
_EPOCH = (1980, 1, 1, 0, 0, 0)

_TITLES = {
    "imported": "importé",
    "unchanged": "déjà dans le dossier",
    "revised": "révisé",
    "flagged": "à regarder",
    "absent": "non disponible",
    "errors": "à corriger",
}


def clean_name(name: str) -> str:
    """A file name without what leads out of its folder or out of its line."""
    plain = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*\u200b-\u200f\u202a-\u202e]', "_", name).lstrip(".")
    return plain[:150] or "sans-nom"


def name_returns(outcomes: Sequence[Outcome]) -> dict[str, str]:
    """Stem of what is written about each file, by ``Outcome.file``; files of one name in several
    folders are told apart."""
    stems: dict[str, str] = {}
    for outcome in outcomes:
        folder, _, name = outcome.file.rpartition("/")
        stem = clean_name(name.rpartition(".")[0] or name)
        if stem.casefold() in {used.casefold() for used in stems.values()} and folder:
            stem = clean_name(f"{folder.replace('/', ' - ')} - {stem}")
        base, rank = stem, 2
        while stem.casefold() in {used.casefold() for used in stems.values()}:
            stem, rank = f"{base} ({rank})", rank + 1
        stems[outcome.file] = stem
    return stems


# --- copies ---------------------------------------------------------------------------------------


def format_copy(form: Form, errors: Sequence[Remark]) -> bytes | None:
    """The form with each wrong cell coloured and commented; None when no cell is wrong.

    Changes ``form.workbook``. Comments of an earlier collection go. A formula that looks into
    another file is kept as text: its link is not.
    """
    book = form.workbook
    by_cell: dict[tuple[str, str], list[str]] = {}
    for error in errors:
        if error.sheet in book.sheetnames and error.cell:
            by_cell.setdefault((error.sheet, error.cell), []).append(error.message)
    if not by_cell:
        return None
    for worksheet in book.worksheets:
        _clear_former(worksheet)
    for (sheet, ref), messages in by_cell.items():
        _mark(book[sheet], ref, messages)
    book.active = book.sheetnames.index(next(iter(by_cell))[0])
    for worksheet in book.worksheets:  # one tab selected, or the others are edited with it
        worksheet.sheet_view.tabSelected = worksheet.title == book.active.title
    content = io.BytesIO()
    book.save(content)
    return _settle(content.getvalue(), form.modified)


def _clear_former(worksheet: Worksheet) -> None:
    for row in worksheet.iter_rows():
        for cell in row:
            if isinstance(cell, MergedCell):
                continue
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
                if cell.fill.fgColor.rgb == WRONG:
                    cell.fill = PatternFill()
            if cell.data_type == "f" and re.search(r"\[\d+\]", str(cell.value)):
                cell.value = str(cell.value)
                cell.data_type = "s"


def _mark(worksheet: Worksheet, ref: str, messages: list[str]) -> None:
    cell = worksheet[ref]
    if isinstance(cell, MergedCell):
        ranges = worksheet.merged_cells.ranges
        span = next(merged for merged in ranges if ref in merged)
        cell = worksheet[f"{get_column_letter(span.min_col)}{span.min_row}"]
    text = "À corriger. " + "\n".join(messages)
    if cell.comment is not None:
        text = f"{text}\n\n{cell.comment.text}"
    cell.comment = Comment(text, AUTHOR, width=320, height=60 + 18 * (len(text) // 40))
    cell.fill = PatternFill("solid", fgColor=WRONG)


def _settle(content: bytes, modified: datetime | None) -> bytes:
    """The same archive without the hour at which it was made; it says when the form was saved."""
    stamp = (modified.isoformat(timespec="seconds") + "Z").encode() if modified else b""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                if stamp:
                    data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
                else:
                    data = re.sub(rb"<dcterms:modified.*?</dcterms:modified>", b"", data)
                    data = re.sub(rb"<dcterms:created.*?</dcterms:created>", b"", data)
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            new.writestr(entry, data)
    return out.getvalue()


# --- report ---------------------------------------------------------------------------------------


def format_json(outcomes: Sequence[Outcome]) -> bytes:
    """What became of the file of a service (or of its files together), for other programs."""
    content = outcomes[0].describe()
    for outcome in outcomes[1:]:
        for name, value in outcome.describe().items():
            if isinstance(value, list):
                content[name] += value
            elif name != "service":
                content[name] += f" | {value}"
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode("utf-8")


def name_readings(
    outcomes: Sequence[Outcome], stems: dict[str, str], year: int
) -> dict[str, list[Outcome]]:
    """The outcomes of each JSON file: those of a service under the name of its form, even when
    the file was renamed; those of nobody under the file's own."""
    names: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        form = name_form(outcome.service, year).rpartition(".")[0]
        stem = form if outcome.service else stems[outcome.file]
        names.setdefault(f"{stem}.json", []).append(outcome)
    return names


def count_remarks(outcome: Outcome) -> str:
    """« 12 importés, 3 à corriger »."""
    parts = []
    for name in LISTS:
        number = len(getattr(outcome, name))
        if number:
            plural = "s" if number > 1 and name in ("imported", "revised") else ""
            parts.append(f"{number} {_TITLES[name]}{plural}")
    return ", ".join(parts) or "aucune réponse"


def _escape(text: str) -> str:
    """Somebody else's words as plain text of a Markdown line."""
    return re.sub(r"([\\`*_\[\]<>|#{}$])", r"\\\1", re.sub(r"[\x00-\x1f\x7f]", " ", text))


def _place(remark: Remark) -> str:
    return f"{remark.sheet} {remark.cell}".strip()


def format_report(
    year: int,
    outcomes: Sequence[Outcome],
    skipped: Sequence[tuple[str, str]],
    copies: dict[str, str],
) -> bytes:
    """The collection by service, for the analyst, in Markdown.

    ``copies``: name of the copy with comments, by ``Outcome.file``.
    """
    lines = [f"# Collecte {year}", ""]
    if not outcomes:
        lines += ["Aucun formulaire dans le dossier lu.", ""]
    order = sorted(outcomes, key=lambda o: (not o.service, o.service, o.file))
    for outcome in order:
        lines += [f"## {_escape(outcome.service_name or 'Service non reconnu')}", ""]
        lines.append(f"Fichier : {_escape(outcome.file)} ({count_remarks(outcome)}).")
        if outcome.file in copies:
            lines.append(f"Copie à renvoyer au service : {_escape(copies[outcome.file])}.")
        lines.append("")
        if outcome.notices:
            lines += [*(f"- {_escape(notice)}" for notice in outcome.notices), ""]
        for name in ("errors", "flagged", "absent", "revised", "imported", "unchanged"):
            remarks = getattr(outcome, name)
            if not remarks:
                continue
            title = _TITLES[name]
            lines += [f"### {title[:1].upper()}{title[1:]} ({len(remarks)})", ""]
            for remark in remarks:
                place = f"{_place(remark)} : " if _place(remark) else ""
                code = f" ({remark.code})" if remark.code else ""
                lines.append(f"- {_escape(f'{place}{remark.message}{code}')}")
            lines.append("")
        lines += _list_news(outcome)
    if skipped:
        lines += ["## Fichiers non lus", ""]
        lines += [f"- {_escape(f'{name} : {reason}')}" for name, reason in skipped]
        lines.append("")
    return "\n".join(lines).encode("utf-8")


def _list_news(outcome: Outcome) -> list[str]:
    if not outcome.news:
        return []
    lines = [f"### Nouveautés, à reprendre à la main ({len(outcome.news)})", ""]
    for news in outcome.news:
        lines.append(f"- {_escape(f'{news.sheet} {news.cell} : {news.title} ({news.nature})')}")
        for file, row in news.rows:
            lines += ["", f"  À compléter, puis coller dans {file} :", ""]
            lines.append("      " + re.sub(r"[\x00-\x1f\x7f]", " ", row))
        lines.append("")
    return lines


def describe_collection(
    year: int,
    outcomes: Sequence[Outcome],
    skipped: Sequence[tuple[str, str]],
    copies: dict[str, str],
) -> str:
    """What the terminal says: a line a file, then its errors and what is to be looked at."""
    lines = [f"Collecte {year} : {len(outcomes)} formulaire{'s' if len(outcomes) > 1 else ''} lu"
             f"{'s' if len(outcomes) > 1 else ''}."]  # fmt: skip
    for outcome in outcomes:
        name = outcome.service_name or "service non reconnu"
        lines.append(f"{_one_line(outcome.file)} ({name}) : {count_remarks(outcome)}.")
        lines += [f"  {_one_line(notice)}" for notice in outcome.notices]
        for kind in ("errors", "flagged"):
            title = _TITLES[kind]
            for remark in getattr(outcome, kind):
                place = f" {_place(remark)}" if _place(remark) else ""
                code = f" ({remark.code})" if remark.code else ""
                lines.append(f"  {title}{place}{code} : {_one_line(remark.message)}")
        if outcome.news:
            plural = "s" if len(outcome.news) > 1 else ""
            lines.append(f"  {len(outcome.news)} nouveauté{plural} à reprendre à la main")
        if outcome.file in copies:
            lines.append(f"  copie à renvoyer : {copies[outcome.file]}")
    lines += [f"{_one_line(name)} : non lu, {reason}" for name, reason in skipped]
    return "\n".join(lines)


def _one_line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", text)
