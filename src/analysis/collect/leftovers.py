"""What a service wrote that nothing has read: beside the questions, in grey cells, in comments, on
sheets of its own.

Run after everything else. A cell that the form did not hold when it was sent has been read, or
something has been said of it, or it is told here: none is lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from analysis.collect import form_contract
from analysis.collect.cell_answers import clean, fold, is_empty, parse_text
from analysis.collect.form_reader import ReturnedForm, ReturnedSheet, list_cells, read_apart
from analysis.collect.outcomes import FormOutcome, Message
from analysis.collect.received_files import UnreadableForm
from analysis.collect.tool_sheets import TOOL_SHEETS
from analysis.words import french

#: Who signs the comments of an earlier collection, how they begin, and what ends them: what
#: follows was added by the service.
AUTHOR = "Collecte"
OPENINGS = ("À corriger. ", "À vérifier. ")
CLOSING = "Répondre dans la case."
#: What stands before the service's own comment where it had one.
THEIR_COMMENT = "Commentaire du service :"
#: What Excel writes before a threaded comment, for programs that do not know these.
_THREAD = re.compile(r"^\[[^\]]*+\].*?(?:Comment|Commentaire)\s*:\s*", re.DOTALL)
_WIDEST = 12
#: What the headings of a form explain in their comments.
_HELP = {
    fold(french.typeset(column.help))
    for sheet in (*form_contract.SHEETS, *form_contract.REVIEW_SHEETS, *TOOL_SHEETS)
    for column in sheet.columns
}


def read_comment(cell: Cell) -> str:
    """What a service wrote in the comment of a cell, without what a collection wrote there."""
    if cell.comment is None:
        return ""
    text = cell.comment.text or ""
    if THEIR_COMMENT in text:
        return clean(text.partition(THEIR_COMMENT)[2])
    begins = text.find(OPENINGS[0]) if OPENINGS[0] in text else text.find(OPENINGS[1])
    if begins >= 0 and CLOSING in text:
        before, after = text[:begins], text.rpartition(CLOSING)[2]
        is_author = before.strip().rstrip(":") in ("", AUTHOR)
        return clean(after if is_author else f"{before} {after}")
    return clean(_THREAD.sub("", text))


def is_from_collection(cell: Cell) -> bool:
    """Whether a comment holds what a collection wrote, be it with an answer to it."""
    text = cell.comment.text or ""
    return cell.comment.author == AUTHOR or (
        CLOSING in text and any(opening in text for opening in OPENINGS)
    )


def count_typed(form: ReturnedForm) -> int:
    """How many cells hold something that they did not hold when the form was sent."""
    return sum(1 for sheet in list_sheets(form) for _ in list_typed(form, sheet))


def is_filled(path: Path) -> bool:
    """Whether somebody has written into a workbook, be it a comment; also when it cannot be read as
    one of ours."""
    try:
        with read_apart() as read:
            form = read(path)
    except (UnreadableForm, OSError):
        return True
    return not form.contents or any(
        next(found, None)
        for sheet in list_sheets(form)
        for found in (list_typed(form, sheet), list_comments(form, sheet))
    )


def tell_leftovers(form: ReturnedForm, outcome: FormOutcome) -> None:
    """Say of each cell typed in that nothing has read what it holds and where it should stand; the
    same for comments. All in the outcome."""
    told = {(message.sheet, message.cell) for message in outcome.list_messages()}
    for sheet in list_sheets(form):
        content = find_content(form, sheet)
        left = group_left(form, sheet, form.settled | told)
        if content is None and left and sheet.title != form_contract.README:
            _tell_sheet(form, sheet, left, outcome)
        else:
            for row, cells in left.items():
                _tell_row(form, content, row, cells, outcome)
        _tell_comments(form, sheet, content, outcome)


def list_lost(form: ReturnedForm, outcome: FormOutcome) -> list[str]:
    """Places of the cells typed in of which nothing was read or said: none, once all is told."""
    told = {(message.sheet, message.cell) for message in outcome.list_messages()}
    return [
        f"{sheet.title} {cell.coordinate}"
        for sheet in list_sheets(form)
        for cells in group_left(form, sheet, form.settled | told).values()
        for cell in cells
    ]


def group_left(
    form: ReturnedForm, sheet: Worksheet, known: set[tuple[str, str]]
) -> dict[int, list[Cell]]:
    """The cells of a sheet that somebody filled in or changed, but for those of which is known what
    they say; by row."""
    left: dict[int, list[Cell]] = {}
    for cell in list_typed(form, sheet):
        if (sheet.title, cell.coordinate) not in known:
            left.setdefault(cell.row, []).append(cell)
    return left


def list_sheets(form: ReturnedForm) -> list[Worksheet]:
    """The sheets that people see."""
    sheets = form.workbook.worksheets
    return [sheet for sheet in sheets if sheet.title not in form_contract.HIDDEN]


def find_content(form: ReturnedForm, sheet: Worksheet) -> ReturnedSheet | None:
    """What a sheet is of the contract; None where it is none of it."""
    return next((c for c in form.contents.values() if c.title == sheet.title), None)


def list_typed(form: ReturnedForm, sheet: Worksheet) -> Iterator[Cell]:
    """The cells of a sheet that the service filled in or changed."""
    content = find_content(form, sheet)
    for cell in list_cells(sheet):
        if not is_empty(cell.value) and not _is_as_sent(form, content, cell):
            yield cell


def _is_as_sent(form: ReturnedForm, content: ReturnedSheet | None, cell: Cell) -> bool:
    code = content.codes.get(cell.row, "") if content else ""
    column = _find_column(content, cell)
    key = column.key if column else ""
    if content and column and column.answer and cell.row > content.header:
        # A reviewer's workbook holds answers from the first: those of earlier remarks. A form holds
        # the titles of what it asks where a service may write others.
        given = form.is_review or key == "title" or column.given
        return given and bool(code) and form.was_sent(cell.value, code)
    if key == "quote" and not code and _is_looked_up(cell):
        return True
    if form.sent:
        if content is not None:
            place = form_contract.name_place(content.spec.key, key)
        elif cell.parent.title == form_contract.README:
            label = cell.parent.cell(cell.row, 1).value if cell.column > 1 else ""
            place = form_contract.name_place(form_contract.README, str(label or ""))
        else:
            place = ""
        return form.was_sent(cell.value, code or place)
    # The form does not say any more what it held: grey cells cannot be told from changed ones.
    if content is None:
        return cell.parent.title == form_contract.README
    return cell.row <= content.header or (bool(key) and (bool(code) or key in ("code", "title")))


def _is_looked_up(cell: Cell) -> bool:
    """Whether a reviewer's workbook filled in a cell itself (a passage of which no formula is left
    is known to who reads the marks)."""
    told = map(fold, (form_contract.WHOLE_CHAPTER, form_contract.UNKNOWN_MARK))
    text = str(cell.value)
    return cell.data_type == "e" or "MATCH(" in text.upper() or fold(text) in told


def _find_column(content: ReturnedSheet | None, cell: Cell) -> form_contract.FormColumn | None:
    """The column of the contract in which a cell stands."""
    key = content.columns.get(cell.column, "") if content else ""
    return next((c for c in content.spec.columns if c.key == key), None) if content else None


def _show(value: Any) -> str:
    return f"« {parse_text(value, 80)} »"


def _tell_sheet(
    form: ReturnedForm, sheet: Worksheet, left: dict[int, list[Cell]], outcome: FormOutcome
) -> None:
    """A sheet of the service's own: one message for all of it."""
    cells = [cell for row in left.values() for cell in row]
    for cell in cells:
        form.settled.add((sheet.title, cell.coordinate))
    count = french.format_count(len(cells), "cellule écrite", "cellules écrites")
    shown = ", ".join(_show(cell.value) for cell in cells[:3]) + ("…" if len(cells) > 3 else "")
    outcome.tell(
        "errors",
        Message(
            sheet.title,
            cells[0].coordinate,
            f"Cette feuille n’est pas du formulaire : elle n’est pas lue ({count} en"
            f" {sheet.dimensions} : {shown}). Attendu : les réponses dans les cases du"
            f" formulaire, le reste sur la feuille « {_name_free_sheet(form)} ».",
        ),
    )


def _tell_row(
    form: ReturnedForm,
    content: ReturnedSheet | None,
    number: int,
    cells: list[Cell],
    outcome: FormOutcome,
) -> None:
    """What stands in a row and was not read: one message, on the first of these cells."""
    code = content.codes.get(number, "") if content else ""
    for cell in cells:
        form.settled.add((cell.parent.title, cell.coordinate))
    parts = [f"{_describe_place(content, cell)} : {_show(cell.value)}" for cell in cells[:_WIDEST]]
    if len(cells) > _WIDEST:
        parts.append(f"et {len(cells) - _WIDEST} autres jusqu’en {cells[-1].coordinate}")
    message = f"Écrit là où rien n’est lu ({' ; '.join(parts)}). {_expect(form, content, number)}"
    outcome.tell("errors", Message(cells[0].parent.title, cells[0].coordinate, message, code))


def _name_free_sheet(form: ReturnedForm) -> str:
    """The sheet for what no question asks."""
    first = form_contract.DESCRIBED.key in form.contents
    return (form_contract.DESCRIBED if first else form_contract.NEWS).title


def _describe_place(content: ReturnedSheet | None, cell: Cell) -> str:
    column = _find_column(content, cell)
    if column is None:
        return cell.coordinate
    return f"{cell.coordinate}, {'' if column.answer else 'case grise '}« {column.heading} »"


def _expect(form: ReturnedForm, content: ReturnedSheet | None, number: int) -> str:
    """Where it should stand."""
    row = content.find(number) if content else None
    if content is None or row is None or not row.code:
        return (
            "Attendu : dans la case jaune ou blanche de la question, ou sur la feuille"
            f" « {_name_free_sheet(form)} »."
        )
    main = row.get(content.spec.expected)
    note = row.get("note")
    headings = {column.key: column.heading for column in content.spec.columns}
    if main is not None and not main.filled:
        return f"Attendu : la réponse dans « {headings[content.spec.expected]} » ({main.ref})."
    if note is not None:
        return f"Attendu : dans « {headings['note']} » ({note.ref}), ou rien."
    return "Attendu : dans les cases de la question, ou rien."


def _tell_comments(
    form: ReturnedForm, sheet: Worksheet, content: ReturnedSheet | None, outcome: FormOutcome
) -> None:
    """What services write in the comment of a cell: asked again where the answer is missing, else
    for the analyst."""
    for cell, text in list_comments(form, sheet):
        code = content.codes.get(cell.row, "") if content else ""
        row = content.find(cell.row) if content else None
        main = row.get(content.spec.expected) if row and code else None
        missing = main is not None and not main.filled
        message = f"Écrit en commentaire de la cellule : {_show(text)}. Rien n’en est lu."
        if missing:
            message += f" {_expect(form, content, cell.row)}"
        kind = "errors" if missing else "flagged"
        outcome.tell(kind, Message(sheet.title, cell.coordinate, message, code))


def list_comments(form: ReturnedForm, sheet: Worksheet) -> Iterator[tuple[Cell, str]]:
    """The comments that somebody wrote, with their cells."""
    for cell in list_cells(sheet):
        text = read_comment(cell) if cell.comment is not None else ""
        if text and not form.was_sent(text) and fold(text) not in _HELP:
            yield cell, text
