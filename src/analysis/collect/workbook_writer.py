"""A form as an .xlsx file: sheets, lists to choose from, locked cells, print setup.

Knows nothing of the
dossier: takes the words of a form, gives bytes, the same for the same form.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Color
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from analysis.collect import form_contract, form_styles
from analysis.collect.form_contract import Heading, Sheet
from analysis.words import french

#: Columns whose empty cells are shown as waiting; the other answers are welcome, not expected.
EXPECTED = {"indicators": "value", "actions": "state", "due": "state"}
#: Said where a sheet asks nothing of a service.
NOTHING = "Rien n’est demandé à votre service sur cette feuille."
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
#: Years before and after the edition's between which a date is taken for a date.
_PAST, _AHEAD = 60, 40


@dataclass(frozen=True)
class Band:
    """The title of a chapter above its rows, in its colour (#RRGGBB)."""

    title: str
    colour: str


#: A row of a sheet: the words of its locked columns by key of heading.
Line = dict[str, str]


@dataclass(frozen=True)
class Form:
    """What a service is asked, in words. ``lines``: key of the sheet → bands and rows."""

    service: str
    service_name: str
    territory: str
    year: int
    due: date | None
    lines: dict[str, list[Band | Line]] = field(default_factory=dict)

    def count(self, sheet: str) -> int:
        """How many rows of a sheet ask something."""
        return sum(isinstance(line, dict) for line in self.lines.get(sheet, []))


def format_form(form: Form) -> bytes:
    """The workbook of a form. No time of the clock, no name of a machine."""
    book = Workbook()
    _write_readme(book.active, form)
    for sheet in form_contract.SHEETS:
        _write_sheet(book.create_sheet(sheet.title), sheet, form)
    book.properties.creator = form.territory
    book.properties.title = f"Formulaire {form.year} – {form.service_name}"
    book.properties.language = "fr-FR"
    book.properties.created = datetime(form.year, 1, 1)
    for name, cell in ((form_contract.SERVICE_NAME, "$B$7"), (form_contract.YEAR_NAME, "$B$4")):
        book.defined_names[name] = DefinedName(name, attr_text=f"'{form_contract.README}'!{cell}")
    content = io.BytesIO()
    book.save(content)
    return _settle(content.getvalue(), form.year)


def _settle(content: bytes, year: int) -> bytes:
    """The same archive dated from the edition: openpyxl writes the hour into it."""
    settled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(settled, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                stamp = f"{year}-01-01T00:00:00Z".encode()
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, data)
            entry = zipfile.ZipInfo(name, (year, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # as on Unix, wherever it is written
            entry.external_attr = 0o644 << 16
            new.writestr(entry, data, compresslevel=9)
    return settled.getvalue()


# --- cells ----------------------------------------------------------------------------------------


def _put(sheet: Worksheet, row: int, column: int, text: str | int | date | None, **style):
    """A cell with its style; a text stays a text, even one that begins with « = »."""
    cell = sheet.cell(row, column)
    cell.value = _CONTROL.sub(" ", text) if isinstance(text, str) else text
    if isinstance(text, str):
        cell.data_type = "s"
    for name, value in style.items():
        setattr(cell, name, value)
    return cell


def _set_up(sheet: Worksheet, form: Form, landscape: bool = True) -> None:
    """Locked without a password, A4 on one page's width, a footer on each page."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False  # False: the service may do it
    sheet.protection.formatRows = False
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.5, 0.6, 0.3
    service = form.service_name.replace("&", "&&")
    sheet.oddFooter.left.text = f"{service} – formulaire {form.year}"
    sheet.oddFooter.right.text = "&A – page &P sur &N"
    for part in (sheet.oddFooter.left, sheet.oddFooter.right):
        part.size = 8


# --- « Lisez-moi » --------------------------------------------------------------------------------


def _count(number: int, one: str, many: str) -> str:
    return f"{number}{french.NO_BREAK}{french.choose_form(number, one, many)}"


def _describe_asked(form: Form) -> str:
    counts = [
        (form.count("indicators"), "valeur à donner", "valeurs à donner"),
        (form.count("actions"), "action à suivre", "actions à suivre"),
        (form.count("due"), "échéance ou piste à suivre", "échéances ou pistes à suivre"),
    ]
    return french.join_list([_count(*count) for count in counts if count[0]])


def _explain(form: Form) -> list[tuple[str, list[str]]]:
    """What the first sheet says: titles and paragraphs."""
    back = (
        f"Enregistrez ce classeur sous le même nom, au format .xlsx, et renvoyez-le avant le "
        f"{french.format_date(form.due)} inclus à la personne qui vous l’a adressé."
        if form.due
        else "Enregistrez ce classeur sous le même nom, au format .xlsx, et renvoyez-le à la "
        "personne qui vous l’a adressé."
    )
    return [
        (
            "À quoi servent vos réponses",
            [
                "Chaque année, avant le débat budgétaire, l’assemblée reçoit un rapport sur la "
                "situation en matière de développement durable (article L. 2311-1-1 du code "
                "général des collectivités territoriales). Les élus et les habitants le lisent : "
                "chaque nombre y porte sa période et le nom du service qui le donne.",
                "Rien n’est estimé à votre place : ce qui n’est pas connu est dit « non "
                "disponible ».",
            ],
        ),
        (
            "Comment remplir",
            [
                "Les cases jaunes attendent une réponse ; elles deviennent blanches quand elles "
                "l’ont. Les autres cases blanches sont facultatives, les grises ne changent pas.",
                "« Indicateurs » : un nombre seul dans « Votre valeur », dans l’unité indiquée "
                "(pas de « 12 k€ », pas de « environ »). Choisissez « environ », « plus de »… dans "
                "la colonne « Précision » ; vide, elle veut dire « exact ». « État » : définitif "
                "si elle est vide.",
                f"Vous n’avez pas la valeur ? Écrivez « {form_contract.NOT_AVAILABLE} » et dites "
                "pourquoi dans « Remarque ». Une case laissée vide est redemandée.",
                "Votre valeur porte sur une autre période ? Donnez-la quand même, avec ses dates "
                f"dans « Du » et « Au » (31/10/{form.year} se tape tel quel).",
                "« Actions » et « Échéances » : choisissez où en est chaque ligne, puis dites en "
                "une ou deux phrases ce qui a changé.",
                "« Nouveautés » : ce que la dernière édition ne connaissait pas, une action ou un "
                "indicateur par ligne.",
                "Si une valeur ou un texte de la dernière édition est faux, dites-le dans "
                "« Remarque ».",
            ],
        ),
        ("Comment rendre", [back]),
        (
            "À ne pas changer",
            [
                "La colonne « Code », le nom des feuilles et la première ligne de chacune : ils "
                "permettent de lire vos réponses sans les recopier.",
            ],
        ),
    ]


def _write_readme(sheet: Worksheet, form: Form) -> None:
    sheet.title = form_contract.README
    _set_up(sheet, form, landscape=False)
    sheet.column_dimensions["A"].width = 24
    sheet.column_dimensions["B"].width = 82
    _put(sheet, 1, 1, f"Rapport développement durable {form.year}",
         font=form_styles.font(18, form_styles.MAIN, bold=True))  # fmt: skip
    sheet.row_dimensions[1].height = 28
    _put(
        sheet,
        2,
        1,
        french.typeset(f"{form.territory} : formulaire annuel des services"),
        font=form_styles.font(11, form_styles.QUIET),
        alignment=form_styles.TOP_ON_ONE_LINE,
    )
    sheet.row_dimensions[2].height = 26
    facts: list[tuple[str, str | int]] = [
        ("Service", form.service_name),
        ("Édition", form.year),
        ("À rendre pour le", french.format_date(form.due) if form.due else "non précisé"),
        ("Ce qui est demandé", _describe_asked(form)),
        ("Code du service", form.service),
    ]
    for row, (label, value) in enumerate(facts, 3):
        small = label == "Code du service"
        _put(sheet, row, 1, label, font=form_styles.font(9 if small else 11, form_styles.QUIET),
             alignment=form_styles.TOP_LEFT)  # fmt: skip
        _put(
            sheet,
            row,
            2,
            value,
            alignment=form_styles.TOP_LEFT,
            font=form_styles.font(
                9 if small else 11, form_styles.QUIET if small else form_styles.INK, bold=not small
            ),
        )
        sheet.row_dimensions[row].height = 15 if small else 18
    row = len(facts) + 4
    for title, paragraphs in _explain(form):
        _put(sheet, row, 1, title, font=form_styles.font(11, form_styles.MAIN, bold=True),
             alignment=form_styles.TOP_LEFT)  # fmt: skip
        for rank, paragraph in enumerate(paragraphs):
            text = french.typeset(paragraph)
            _put(sheet, row, 2, text, font=form_styles.font(11), alignment=form_styles.TOP_LEFT)
            lines = form_styles.count_lines(text, 82, 11)
            if not rank:
                lines = max(lines, form_styles.count_lines(title, 24, 11))
            sheet.row_dimensions[row].height = lines * form_styles.LINE_HEIGHT[11] + 6
            row += 1
        row += 1
    sheet.print_area = f"A1:B{row - 2}"


# --- the sheets to fill in ------------------------------------------------------------------------


def _write_sheet(sheet: Worksheet, spec: Sheet, form: Form) -> None:
    _set_up(sheet, form)
    _write_headings(sheet, spec)
    lines = form.lines.get(spec.key, [])
    row = 2
    for line in lines:
        if isinstance(line, Band):
            _write_band(sheet, spec, row, line)
        else:
            _write_line(sheet, spec, row, line)
        row += 1
    for _ in range(spec.free_rows):
        _write_line(sheet, spec, row, {})
        sheet.row_dimensions[row].height = form_styles.LEAST_HEIGHT
        row += 1
    if row == 2:
        _put(sheet, row, 2, NOTHING, font=form_styles.font(10, form_styles.QUIET, italic=True))
    last = max(row - 1, 2)
    if lines or spec.free_rows:
        for column, heading in enumerate(spec.headings, 1):
            _check_answers(sheet, spec, heading, get_column_letter(column), last, form.year)
    sheet.freeze_panes = "C2" if spec.headings[0].text == form_contract.CODE else "A2"
    sheet.print_title_rows = "1:1"
    sheet.print_area = f"A1:{get_column_letter(len(spec.headings))}{last}"


def _write_headings(sheet: Worksheet, spec: Sheet) -> None:
    for column, heading in enumerate(spec.headings, 1):
        colour = form_styles.MAIN if heading.answer else form_styles.GIVEN
        cell = _put(sheet, 1, column, heading.text, fill=form_styles.fill(colour),
                    font=form_styles.font(10, "FFFFFF", bold=bool(heading.answer)),
                    alignment=form_styles.MIDDLE, border=form_styles.BORDER)  # fmt: skip
        if heading.help:
            cell.comment = Comment(
                french.typeset(heading.help), "Aide", width=260,
                height=40 + 18 * (len(heading.help) // 38),
            )  # fmt: skip
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = form_styles.WIDTHS[spec.key][heading.key]
    sheet.row_dimensions[1].height = 32


def _write_band(sheet: Worksheet, spec: Sheet, row: int, band: Band) -> None:
    first, others, font = form_styles.band(band.colour)
    for column in range(1, len(spec.headings) + 1):
        # Not merged: merged cells are in the way of sorting and of reading aloud.
        text = band.title if column == 2 else None
        _put(sheet, row, column, text, fill=first if column == 1 else others, font=font,
             alignment=form_styles.ON_ONE_LINE)  # fmt: skip
    sheet.row_dimensions[row].height = 20


def _write_line(sheet: Worksheet, spec: Sheet, row: int, line: Line) -> None:
    height = form_styles.LEAST_HEIGHT
    for column, heading in enumerate(spec.headings, 1):
        if heading.answer:
            _write_answer(sheet, row, column, heading)
            continue
        text, is_code = line[heading.key], heading.key == "code"
        size = 8 if is_code else 10
        cell = _put(sheet, row, column, text, fill=form_styles.fill(form_styles.LOCKED),
                    font=form_styles.font(size, form_styles.QUIET if is_code else form_styles.INK,
                                     bold=heading.key == "title"),
                    border=form_styles.BORDER, alignment=form_styles.TOP_LEFT)  # fmt: skip
        if heading.key == "title" and "\n" in text:
            cell.value = _embolden_first_line(cell.value)
        width = form_styles.WIDTHS[spec.key][heading.key]
        lines = form_styles.count_lines(text, width, size)
        height = max(height, lines * form_styles.LINE_HEIGHT[size] + 4)
    # Given rather than left to the reader's program: not all of them fit rows to wrapped texts.
    sheet.row_dimensions[row].height = height


def _embolden_first_line(text: str) -> CellRichText:
    first, rest = text.split("\n", 1)
    look = {"rFont": form_styles.FONT, "sz": 10, "color": Color(rgb=f"FF{form_styles.INK}")}
    return CellRichText(
        TextBlock(InlineFont(**look, b=True), first), TextBlock(InlineFont(**look), f"\n{rest}")
    )


def _write_answer(sheet: Worksheet, row: int, column: int, heading: Heading) -> None:
    right = heading.answer in ("number", "date")
    cell = _put(sheet, row, column, None, font=form_styles.font(10), border=form_styles.BORDER,
                alignment=form_styles.TOP_RIGHT if right else form_styles.TOP_LEFT,
                protection=form_styles.OPEN)  # fmt: skip
    if heading.answer == "date":
        cell.number_format = "DD/MM/YYYY"
    elif heading.answer == "text":
        cell.number_format = "@"


def _check_answers(
    sheet: Worksheet, spec: Sheet, heading: Heading, letter: str, last: int, year: int
) -> None:
    """What the cells of a column accept, and how those that wait are shown."""
    cells, first = f"{letter}2:{letter}{last}", f"{letter}2"
    if rule := _make_rule(heading, first, year):
        sheet.add_data_validation(rule)
        rule.add(cells)
    if EXPECTED.get(spec.key) == heading.key:
        asked = f"LEN($A2)>0,LEN(TRIM({first}))"
        sheet.conditional_formatting.add(
            cells, Rule("expression", dxf=form_styles.waiting(), formula=[f"AND({asked}=0)"])
        )
        said = f'LOWER(TRIM({first}))="{form_contract.NOT_AVAILABLE}"'
        sheet.conditional_formatting.add(
            cells, Rule("expression", dxf=form_styles.declined(), formula=[said])
        )


def _make_rule(heading: Heading, first: str, year: int) -> DataValidation | None:
    if heading.answer == "choice":
        rule = DataValidation("list", formula1='"' + ",".join(heading.choices) + '"')
        problem = "Choisissez une réponse de la liste, ou laissez la case vide."
    elif heading.answer == "number":
        rule = DataValidation(
            "custom",
            formula1=f'OR(ISNUMBER({first}),LOWER(TRIM({first}))="{form_contract.NOT_AVAILABLE}")',
        )
        problem = (
            f"Un nombre seul, sans unité (par exemple 1234,5), ou "
            f"« {form_contract.NOT_AVAILABLE} » si vous ne l’avez pas."
        )
    elif heading.answer == "date":
        rule = DataValidation(
            "date", operator="between",
            formula1=f"DATE({year - _PAST},1,1)", formula2=f"DATE({year + _AHEAD},12,31)",
        )  # fmt: skip
        problem = f"Une date, par exemple 31/12/{year}."
    else:
        return None
    rule.allow_blank = True
    rule.showErrorMessage = True
    rule.errorStyle = "stop"
    rule.errorTitle, rule.error = "Réponse non lue", french.typeset(problem)
    return rule


# --- what has been filled in ----------------------------------------------------------------------


def has_answers(headings: Sequence[Heading], rows: Sequence[Sequence[object]]) -> bool:
    """Whether a sheet read back holds an answer: ``rows`` as cells' values, headings first."""
    if not rows:
        return False
    answers = {heading.text for heading in headings if heading.answer}
    columns = [n for n, cell in enumerate(rows[0]) if cell in answers]
    return any(row[n] is not None and str(row[n]).strip() for row in rows[1:] for n in columns)
