"""A form as an .xlsx file: sheets, lists to choose from, locked cells, print setup.

Knows nothing of the dossier: takes the words of a form, gives bytes, the same for the same form.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from string import ascii_uppercase
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Color
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from analysis.base.archive import read_zip, write_zip
from analysis.collect import form_contract
from analysis.collect import form_styles as looks
from analysis.collect.cell_answers import clean
from analysis.collect.form_contract import (
    NOT_AVAILABLE,
    FormColumn,
    FormSheet,
    fingerprint,
    name_place,
)
from analysis.collect.tool_sheets import TOOL_SHEETS, ToolSheet
from analysis.words import french

#: Said where a sheet asks nothing of a service.
NOTHING = "Rien n’est demandé à votre service sur cette feuille."
#: Years before and after the edition's between which a date is taken for a date.
_PAST, _AHEAD = 60, 40
_FORMATS = {"date": "DD/MM/YYYY", "text": "@"}


@dataclass(frozen=True)
class Band:
    """The title of a chapter above its rows, in its colour (#RRGGBB)."""

    title: str
    colour: str


#: A row of a sheet: the words (or number) of its locked columns by key of column, answers given
#: before too (of these, a choice may still be changed).
Line = dict[str, Any]


@dataclass(frozen=True)
class BlankForm:
    """What a service is asked, in words. ``due``: last days for its answers, the earliest first;
    ``lines``: key of the sheet → bands and rows. ``first``: of a first edition; ``offers``: the
    dossier's lists from which to choose; ``headings``: what it calls some columns of tools (key of
    the sheet, point, key of the column). ``accounts``: the accounts of the year are asked."""

    service: str
    service_name: str
    territory: str
    year: int
    due: tuple[date, ...]
    lines: dict[str, list[Band | Line]] = field(default_factory=dict)
    territory_id: str = ""
    first: bool = False
    offers: Mapping[form_contract.Offer, Sequence[str]] = field(default_factory=dict)
    headings: Mapping[str, str] = field(default_factory=dict)
    accounts: bool = False

    @property
    def tools(self) -> list[ToolSheet]:
        """The sheets of tools that it has."""
        return [sheet for sheet in TOOL_SHEETS if sheet.key in self.lines]

    def count(self, sheet: str) -> int:
        """How many rows of a sheet ask something."""
        return sum(isinstance(line, dict) for line in self.lines.get(sheet, []))


def format_form(form: BlankForm) -> bytes:
    """The workbook of a form. No time of the clock, no name of a machine."""
    book = Workbook()
    footer = f"{form.service_name} – formulaire {form.year}"
    write_readme(book.active, _introduce(form), footer)
    offers = _offer_choices(form.offers)
    for spec in (*form_contract.choose_sheets(form.first), *form.tools):
        lines = form.lines.get(spec.key, [])
        sheet = book.create_sheet(spec.title)
        write_sheet(sheet, spec, lines, form.year, footer, offers, form.headings)
    _write_choices(book, form.offers)
    describe_book(book, f"Formulaire {form.year} – {form.service_name}", form.territory, form.year)
    seal(book)
    opening = date_opening(form.year)
    return save_workbook(book, opening, opening)


def _offer_choices(offers: Mapping[form_contract.Offer, Sequence[str]]) -> dict[str, str]:
    """Where each list to choose from stands: those of the dossier on a hidden sheet, the actions
    where the service writes them."""
    letters = map(get_column_letter, range(1, len(offers) + 1))
    places = {
        name: f"{form_contract.CHOICES}!${letter}$1:${letter}${max(len(texts), 1)}"
        for letter, (name, texts) in zip(letters, offers.items(), strict=True)
    }
    spec = form_contract.DESCRIBED
    return places | {"actions": f"'{spec.title}'!$A$2:$A${spec.free_rows + 1}"}


def _write_choices(book: Workbook, offers: Mapping[form_contract.Offer, Sequence[str]]) -> None:
    if not offers:
        return
    sheet = book.create_sheet(form_contract.CHOICES)
    sheet.sheet_state, sheet.protection.sheet = "hidden", True
    for column, texts in enumerate(offers.values(), 1):
        for row, text in enumerate(texts, 1):
            put_cell(sheet, row, column, text)


def date_opening(year: int) -> datetime:
    """When a workbook of an edition is said to have been made: no time of the clock."""
    return datetime(year, 1, 1)


def describe_book(book: Workbook, title: str, creator: str, year: int) -> None:
    """Properties of a workbook, and the names of the facts of its first sheet."""
    book.properties.creator = creator
    book.properties.title = title
    book.properties.language = "fr-FR"
    book.properties.created = date_opening(year)
    labels = {cell.value: cell.row for cell in book[form_contract.README]["A"] if cell.value}
    for name, label in (form_contract.LABELS | form_contract.REVIEW_LABELS).items():
        if label in labels:
            place = f"'{form_contract.README}'!$B${labels[label]}"
            book.defined_names[name] = DefinedName(name, attr_text=place)


def seal(book: Workbook) -> None:
    """Keep in the form what it holds now, before anybody answers (see ``form_contract.SENT``)."""
    first = form_contract.DESCRIBED.title in book.sheetnames
    known = (*form_contract.choose_sheets(first), *form_contract.REVIEW_SHEETS, *TOOL_SHEETS)
    sheets = {spec.title: spec for spec in known}
    marks = set()
    for sheet in book.worksheets:
        spec = sheets.get(sheet.title)
        for row in sheet.iter_rows():
            first = clean(str(row[0].value or ""))  # a code, or what a fact of the first sheet is
            for number, cell in enumerate(row):
                if cell.comment:
                    marks.add(fingerprint(cell.comment.text))
                if cell.value is None:
                    continue
                place = (
                    name_place(spec.key, spec.columns[number].key)
                    if spec
                    else name_place(form_contract.README, first if number else "")
                )
                marks |= {fingerprint(cell.value, key) for key in ("", place, first.casefold())}
    kept = book.create_sheet(form_contract.SENT)
    kept.sheet_state, kept.protection.sheet = "veryHidden", True
    for mark in sorted(marks):
        kept.append([mark])


def save_workbook(book: Workbook, modified: datetime | None, day: date) -> bytes:
    """The bytes of a workbook without the hour that openpyxl writes into it.

    Parameters
    ----------
    modified : when the workbook says it was last saved; None: it does not say.
    day : the date of the parts of the archive.
    """
    content = io.BytesIO()
    book.save(content)
    parts = read_zip(content.getvalue())
    core = parts["docProps/core.xml"]
    if modified:
        stamp = f"{modified.isoformat(timespec='seconds')}Z".encode()
        core = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, core)
    else:
        core = re.sub(rb"<dcterms:(modified|created).*?</dcterms:\1>", b"", core)
    return write_zip(parts | {"docProps/core.xml": core}, day)


def put_cell(sheet: Worksheet, row: int, column: int, text: str | int | None, **styles) -> Cell:
    """A cell with its styles; a text stays a text, even one that begins with « = »."""
    cell = sheet.cell(row, column)
    cell.value = form_contract.CONTROL.sub(" ", text) if isinstance(text, str) else text
    if isinstance(text, str):
        cell.data_type = "s"
    for name, value in styles.items():
        setattr(cell, name, value)
    return cell


def _set_up(sheet: Worksheet, footer: str, orientation: str) -> None:
    """Locked without a password, A4 on one page's width, a footer on each page."""
    sheet.protection.sheet = True
    sheet.protection.formatColumns = False  # False: the service may do it
    sheet.protection.formatRows = False
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.orientation = orientation
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom, margins.footer = 0.5, 0.6, 0.3
    sheet.oddFooter.left.text = footer.replace("&", "&&")
    sheet.oddFooter.right.text = "&A – page &P sur &N"
    sheet.oddFooter.left.size = sheet.oddFooter.right.size = 8


# --- « Lisez-moi » --------------------------------------------------------------------------------

#: What the first sheet explains: titles, each with its paragraphs.
_PURPOSE = """
# À quoi servent vos réponses

Chaque année, avant le débat budgétaire, l’assemblée reçoit un rapport sur la situation en matière
de développement durable. Les élus et les habitants le lisent : chaque nombre y porte sa période et
le nom du service qui le donne.

Rien n’est estimé à votre place : ce qui n’est pas connu est dit « non disponible ».

# Comment remplir

Les cases jaunes attendent une réponse ; elles deviennent blanches quand elles l’ont. Sur une ligne
que vous commencez, celles qui sont obligatoires deviennent jaunes. Les autres cases blanches sont
facultatives, les grises ne changent pas.
"""
_HOW_TO_GIVE = """
« Indicateurs » : un nombre seul dans « Votre valeur », dans l’unité indiquée (pas de « 12 k€ », pas
de « environ »). Choisissez « environ », « plus de »… dans la colonne « Précision » ; vide, elle
veut dire « exact ». « État » : définitif si elle est vide.

Vous n’avez pas la valeur ? Écrivez « {not_available} » et dites pourquoi dans « Remarque ». Une
case laissée vide est redemandée.

Votre valeur porte sur une autre période ? Donnez-la quand même, avec ses dates dans « Du » et
« Au » (31/10/{year} se tape tel quel).
"""
_HOW_TO_FOLLOW = """
« Actions », « Échéances » et « Pistes » : choisissez où en est chaque ligne, puis dites en une ou
deux phrases ce qui a changé. D’une piste, dites aussi qui en décide, ce qu’il faut, pour quand et à
quel coût : ce qui reste vide est publié « à préciser ». Le texte et les dates qui seront publiés
sont affichés : s’ils sont encore justes, écrivez « {still_right} » ; sinon, corrigez-les. Une ligne
sans réponse sera publiée comme « reprise sans confirmation du service ».

« Nouveautés » : ce que la dernière édition ne connaissait pas, une action ou un indicateur par
ligne.
"""
_HOW_TO_DESCRIBE = """
« Vos actions » : c’est la première édition, elle ne connaît pas encore ce que fait votre service.
Écrivez une action par ligne, avec son chapitre et où elle en est ; si vous nommez des communes,
dites aussi la nature du lieu. Celles qui sont prévues à court
terme et les pistes à étudier comptent aussi. Votre description sera publiée telle quelle : pas de
nombre dans ses phrases, ils vont sur les deux feuilles qui suivent.

« Chiffres » : ce que l’action a produit ou changé, un nombre et son unité par ligne, avec sa
période (« Du » et « Au ») ou sa date (« Au » seul), et l’objectif s’il y en a un.

« Montants » : ce que l’action coûte et qui la paie, en euros, une ligne pour chaque étape (prévu,
engagé, réalisé…) et pour chaque financeur ; nature et étape sont obligatoires. Les lignes qui ont
un code vous sont demandées.
"""
_HOW_TO_USE = """
Les dernières feuilles sont facultatives. Le dossier y montre ce qu’il sait ; une case laissée vide
n’y change rien, une case remplie remplace ce qu’il dit. Sur une ligne libre, dites quelque chose
qu’il ne connaît pas.
"""
#: Asked of who answers for the accounts, as long as there are none.
_ACCOUNTS = """
# Comptes à joindre

Joindre l’export des comptes {before} (compte administratif ou compte financier unique) et du
budget primitif {year}, budget principal et budgets annexes, tel que votre logiciel le donne
(.xlsx, .ods ou .csv). Une ligne par compte, avec : budget, exercice, étape, section, dépense ou
recette, réel ou ordre, compte par nature, fonction, opération s’il y en a une, libellé, montant.
Ne rien recopier ni additionner ; à la personne qui vous a adressé ce classeur.

"""
_HOW_TO_RETURN = """
Rien de ce que vous écrivez n’est perdu, mais une réponse n’est prise que dans sa case : à côté,
dans une case grise ou en commentaire, elle est montrée à la personne qui prépare le rapport, et
vous est redemandée.

{mistaken}

# Comment rendre

Enregistrez ce classeur sous le même nom, au format .xlsx (ou .ods), et renvoyez-le {until}à la
personne qui vous l’a adressé.

# À ne pas changer

La colonne « Code », le nom des feuilles et la première ligne de chacune : ils permettent de lire
vos réponses sans les recopier.
"""


def _explain(form: BlankForm) -> list[tuple[str, list[str]]]:
    days = [french.format_date(day) for day in form.due]
    until = f"avant le {days[-1]} inclus " if days else ""
    if len(days) > 1:
        until = f"avant le {days[0]} avec les lignes qui le précisent, puis {until}avec le reste, "
    words = {"not_available": NOT_AVAILABLE, "still_right": form_contract.STILL_RIGHT}
    mistaken = "Si une ligne relève d’un autre service, dites-le dans « Remarque »."
    if not form.first:
        mistaken = mistaken.replace("Si", "Si une valeur de la dernière édition est fausse, ou si")
    how = _HOW_TO_DESCRIBE if form.first else _HOW_TO_FOLLOW
    given = _HOW_TO_GIVE if not form.first or form.count(form_contract.INDICATORS.key) else ""
    tools = "".join(f"\n« {tool.title} » : {tool.intro}\n" for tool in form.tools)
    accounts = _ACCOUNTS if form.accounts else ""
    text = [accounts, _PURPOSE, given, how, tools and _HOW_TO_USE + tools, _HOW_TO_RETURN]
    years = {"year": form.year, "before": form.year - 1}
    return split_guide("".join(text).format(until=until, mistaken=mistaken, **years, **words))


def split_guide(text: str) -> list[tuple[str, list[str]]]:
    """Titles (« # … ») of a guide with their paragraphs, ready to be shown."""
    sections = []
    for section in text.split("# ")[1:]:
        title, *paragraphs = section.strip().split("\n\n")
        sections.append((title, [french.typeset(p.replace("\n", " ")) for p in paragraphs]))
    return sections


_ASKED = {
    "indicators": ("valeur à donner", "valeurs à donner"),
    "actions": ("action à suivre", "actions à suivre"),
    "due": ("échéance à suivre", "échéances à suivre"),
    "decisions": ("piste à suivre", "pistes à suivre"),
    "amounts": ("montant à donner", "montants à donner"),
}


def _describe_days(days: tuple[date, ...]) -> str:
    """« 31 octobre 2018 (lignes qui le précisent), 31 janvier 2019 (tout le reste) »."""
    named = [french.format_date(day) for day in days] or ["non précisé"]
    early = [f"{day} (lignes qui le précisent)" for day in named[:-1]]
    return ", ".join([*early, f"{named[-1]} (tout le reste)" if early else named[-1]])


def _describe_asked(form: BlankForm) -> str:
    counts = {words: form.count(sheet) for sheet, words in _ASKED.items()}
    asked = [french.format_count(n, *words) for words, n in counts.items() if n]
    asked += ["vos actions à décrire"] if form.first else []
    asked += ["vos comptes à joindre (ci-dessous)"] if form.accounts else []
    if titles := [f"« {tool.title} »" for tool in form.tools]:
        number = french.format_count(len(titles), "feuille facultative", "feuilles facultatives")
        asked.append(f"{number} ({', '.join(titles)})")
    return french.typeset(french.join_list(asked))


@dataclass(frozen=True)
class Introduction:
    """What the first sheet says: facts (label and value), then titles with their paragraphs."""

    title: str
    subtitle: str
    facts: list[tuple[str, str | int]]
    guide: list[tuple[str, list[str]]]


def _introduce(form: BlankForm) -> Introduction:
    labels = form_contract.LABELS
    return Introduction(
        f"Rapport développement durable {form.year}",
        f"{form.territory} : formulaire {'d’une première édition' if form.first else 'annuel'} des"
        " services",
        [
            ("Service", form.service_name),
            (labels[form_contract.YEAR_NAME], form.year),
            ("À rendre pour le", _describe_days(form.due)),
            ("Ce qui est demandé", _describe_asked(form)),
            (labels[form_contract.SERVICE_NAME], form.service),
            (labels[form_contract.TERRITORY_NAME], form.territory_id),
        ],
        _explain(form),
    )


def write_readme(sheet: Worksheet, said: Introduction, footer: str) -> None:
    """The first sheet of a form."""
    sheet.title = form_contract.README
    _set_up(sheet, footer, "portrait")
    widths = {"A": 24, "B": 82}
    for letter, width in widths.items():
        sheet.column_dimensions[letter].width = width
    put_cell(sheet, 1, 1, said.title, **looks.style(18, looks.MAIN, None, bold=True))
    sheet.row_dimensions[1].height = 28
    subtitle = french.typeset(said.subtitle)
    put_cell(sheet, 2, 1, subtitle, **looks.style(11, looks.QUIET, looks.TOP_ON_ONE_LINE))
    sheet.row_dimensions[2].height = 26
    for row, (label, value) in enumerate(said.facts, 3):
        small = label.startswith("Code ")
        size, colour = (9, looks.QUIET) if small else (11, looks.INK)
        put_cell(sheet, row, 1, label, **looks.style(size, looks.QUIET))
        put_cell(sheet, row, 2, value, **looks.style(size, colour, bold=not small))
        lines = looks.count_lines(str(value), widths["B"], size)
        sheet.row_dimensions[row].height = (15 if small else 18) + (lines - 1) * 15
    row = len(said.facts) + 4
    for title, paragraphs in said.guide:
        put_cell(sheet, row, 1, title, **looks.style(11, looks.MAIN, bold=True))
        lines = looks.count_lines(title, widths["A"], 11)
        for text in paragraphs:
            put_cell(sheet, row, 2, text, **looks.style(11))
            lines = max(lines, looks.count_lines(text, widths["B"], 11))
            sheet.row_dimensions[row].height = lines * looks.LINE_HEIGHT[11] + 6
            row, lines = row + 1, 0
        row += 1
    sheet.print_area = f"A1:B{row - 2}"


# --- the sheets to fill in ------------------------------------------------------------------------


def write_sheet(
    sheet: Worksheet,
    spec: FormSheet,
    lines: list[Band | Line],
    year: int,
    footer: str,
    offers: Mapping[str, str] | None = None,
    headings: Mapping[str, str] | None = None,
) -> None:
    """A sheet of a form: its headings, bands and rows, then its blank rows. ``offers``: where the
    lists stand from which its columns choose; ``headings``: see ``BlankForm``."""
    _set_up(sheet, footer, "landscape")
    _write_headings(sheet, spec, headings or {})
    lines = [*lines, *[{}] * spec.free_rows]
    for row, line in enumerate(lines, 2):
        if isinstance(line, Band):
            _write_band(sheet, spec, row, line)
        else:
            _write_line(sheet, spec, row, line)
    if not lines:
        put_cell(sheet, 2, 2, NOTHING, **looks.style(10, looks.QUIET, None, italic=True))
    last = max(len(lines) + 1, 2)
    first = 3 if spec.free_rows and isinstance(lines[0], Band) else 2
    asked = [line for line in lines if isinstance(line, dict)]
    if lines:
        for number, column in enumerate(spec.columns, 1):
            letter = get_column_letter(number)
            if asked and all(line.get(column.key) == form_contract.CLOSED for line in asked):
                sheet.column_dimensions[letter].hidden = True
            place = (offers or {}).get(column.offers, "")
            rule = _make_rule(column, f"{letter}{first}", year, place)
            _check_answers(sheet, spec, column, f"{letter}{first}:{letter}{last}", rule)
    sheet.freeze_panes = "C2" if spec.columns[0].heading == form_contract.CODE else "A2"
    sheet.print_title_rows = "1:1"
    sheet.print_area = f"A1:{get_column_letter(len(spec.columns))}{last}"


def _write_headings(sheet: Worksheet, spec: FormSheet, headings: Mapping[str, str]) -> None:
    height = 32.0
    for number, column in enumerate(spec.columns, 1):
        heading = headings.get(f"{spec.key}.{column.key}", column.heading)
        lines = looks.count_lines(heading, column.width - 2, 10)
        height = max(height, lines * looks.LINE_HEIGHT[10] + 6)
        ground = looks.MAIN if column.answer else looks.GIVEN
        styles = looks.style(10, "FFFFFF", looks.MIDDLE, ground, bold=bool(column.answer))
        cell = put_cell(sheet, 1, number, heading, **styles)
        if column.help:
            tall = 40 + 18 * (len(column.help) // 38)
            cell.comment = Comment(french.typeset(column.help), "Aide", width=260, height=tall)
        sheet.column_dimensions[get_column_letter(number)].width = column.width
    sheet.row_dimensions[1].height = height


def _write_band(sheet: Worksheet, spec: FormSheet, row: int, band: Band) -> None:
    pale, ink = looks.tint(band.colour)
    # In a locked column: what stands in another is a service's.
    place = next((n for n, c in enumerate(spec.columns, 1) if n > 1 and not c.answer), 2)
    for number in range(1, len(spec.columns) + 1):
        # Not merged: merged cells are in the way of sorting and of reading aloud.
        text = band.title if number == place else None
        ground = band.colour if number == 1 else pale
        styles = looks.style(10.5, ink, looks.ON_ONE_LINE, bold=True)
        put_cell(sheet, row, number, text, fill=looks.fill(ground), **styles)
    sheet.row_dimensions[row].height = 20


def _write_line(sheet: Worksheet, spec: FormSheet, row: int, line: Line) -> None:
    height = looks.LEAST_HEIGHT
    for number, column in enumerate(spec.columns, 1):
        text = line.get(column.key, "")
        closed = text == form_contract.CLOSED
        text = "" if closed else text
        locked = closed or (column.given and line.get("code"))
        if column.answer and not locked and (not text or column.answer == "choice"):
            cell = put_cell(sheet, row, number, text or None, **looks.answer(column.answer))
            cell.number_format = _FORMATS.get(column.answer, "General")
            continue
        small = column.heading == form_contract.CODE
        size, colour = (8, looks.QUIET) if small else (10, looks.INK)
        styles = looks.style(size, colour, ground=looks.LOCKED, bold=column.key == "title")
        cell = put_cell(sheet, row, number, text, **styles)
        if isinstance(text, float):
            cell.number_format, cell.alignment = "#,##0", looks.TOP_RIGHT
        if column.key == "title" and "\n" in text:
            cell.value = _embolden_first_line(cell.value)
        lines = looks.count_lines(str(text), column.width, size)
        height = max(height, lines * looks.LINE_HEIGHT[size] + 4)
    # Given rather than left to the reader's program: not all of them fit rows to wrapped texts.
    sheet.row_dimensions[row].height = height


def _embolden_first_line(text: str) -> CellRichText:
    first, rest = text.split("\n", 1)
    look = {"rFont": looks.FONT, "sz": 10, "color": Color(rgb=f"FF{looks.INK}")}
    return CellRichText(
        TextBlock(InlineFont(**look, b=True), first), TextBlock(InlineFont(**look), f"\n{rest}")
    )


def _check_answers(
    sheet: Worksheet,
    spec: FormSheet,
    column: FormColumn,
    cells: str,
    rule: DataValidation | None,
) -> None:
    """What the cells of a column accept, and how those that wait are shown."""
    first = cells.partition(":")[0]
    if rule:
        sheet.add_data_validation(rule)
        rule.add(cells)
    looked_at = [(_wait_for(spec, column, first), looks.WAITING)]
    if spec.expected == column.key:
        looked_at.append((_is_declined(first), looks.DECLINED))
    for formula, dxf in looked_at:
        if formula:
            sheet.conditional_formatting.add(cells, Rule("expression", dxf=dxf, formula=[formula]))


def _is_declined(cell: str) -> str:
    return f'LOWER(TRIM({cell}))="{NOT_AVAILABLE}"'


def _wait_for(spec: FormSheet, column: FormColumn, cell: str) -> str:
    """When an empty cell of a column waits for an answer, as a formula; '' where it never does."""
    letters = {c.key: get_column_letter(n) for n, c in enumerate(spec.columns, 1)}
    coded, row = spec.columns[0].key == "code", cell.lstrip(ascii_uppercase)
    waits = [f"LEN($A{row})>0"] if spec.expected == column.key else []
    if column.needed == form_contract.ANY:
        started = f"COUNTA(${'B' if coded else 'A'}{row}:${[*letters.values()][-1]}{row})>0"
        waits.append(f"AND(LEN($A{row})=0,{started})" if coded else started)
    elif column.needed:
        other = f"${letters[column.needed]}{row}"
        waits.append(f"AND(LEN(TRIM({other}))>0,NOT({_is_declined(other)}))")
    when = f"OR({','.join(waits)})" if len(waits) > 1 else "".join(waits)
    if when and "now" in letters:  # what is known already may be left as it is
        when = f"{when},LEN(${letters['now']}{row})=0"
    return when and f"AND({when},LEN(TRIM({cell}))=0)"


def _make_rule(column: FormColumn, first: str, year: int, place: str) -> DataValidation | None:
    """What a column accepts, as its ``first`` cell; ``place``: where the list stands that it
    proposes, if one."""
    if place and (column.answer == "text" or column.open_list):  # proposed, not imposed
        return DataValidation("list", formula1=place, allow_blank=True, showErrorMessage=False)
    if column.answer == "choice":
        rule = DataValidation("list", formula1=place or '"' + ",".join(column.choices) + '"')
        problem = "Choisissez une réponse de la liste, ou laissez la case vide."
    elif column.answer == "number":
        rule = DataValidation("custom", formula1=f"OR(ISNUMBER({first}),{_is_declined(first)})")
        problem = (
            "Un nombre seul, sans unité (par exemple 1234,5), ou "
            f"« {NOT_AVAILABLE} » si vous ne l’avez pas."
        )
    elif column.answer == "date":
        earliest, latest = f"DATE({year - _PAST},1,1)", f"DATE({year + _AHEAD},12,31)"
        rule = DataValidation("date", operator="between", formula1=earliest, formula2=latest)
        problem = f"Une date, par exemple 31/12/{year}."
    else:
        return None
    rule.allow_blank = True
    rule.showErrorMessage = True
    rule.errorStyle = "stop"
    rule.errorTitle, rule.error = "Réponse non lue", french.typeset(problem)
    return rule
