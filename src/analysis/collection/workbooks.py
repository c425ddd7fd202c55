"""A returned workbook, opened safely, to the answers it holds: sheets, columns and rows found again.

May import ``answers`` and ``contract``. A workbook comes from outside: its size and its XML are
looked at before openpyxl parses anything, nothing of it is run or followed (macros, links,
formulas), nothing of it is written to disk. What cannot be read is said in French.
"""

from __future__ import annotations

import hashlib
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.saxutils import XMLGenerator

import openpyxl
from defusedxml import sax as safe_sax
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from analysis.collection.answers import EPOCH, EPOCH_MAC, clean, fold, is_empty
from analysis.collection.contract import SERVICE_NAME, SHEETS, YEAR_NAME, Sheet

SUFFIXES = (".xlsx", ".xlsm")

# A form weighs some tens of kilobytes; these bounds leave room for what people paste into it.
MAX_FILE = 25 * 2**20
MAX_ENTRIES = 1_500
MAX_TOTAL = 120 * 2**20
MAX_RATIO = 300  # of a part of more than a megabyte; text compresses 5 to 60 times, a bomb 1000
MAX_FILLED = 200_000
#: Beyond, cells without content are dropped before openpyxl makes an object of each.
HEAVY_ROWS, HEAVY_CELLS = 5_000, 100_000
#: What is read of a sheet; a form has some hundreds of rows.
MAX_ROWS, MAX_COLUMNS = 5_000, 80
_WIDE = 10_000  # cells of one merged range
_HEADER_ROWS = 40

_ONE_CELL = re.compile(r"\$?[A-Z]{1,3}\$?\d{1,7}")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TOO_BIG = (
    "Un formulaire pèse quelques dizaines de kilo-octets : recopier les réponses dans le"
    " formulaire d’origine."
)


class UnreadableForm(ValueError):
    """A file that is not read at all; the message says why and what to do, in French."""


@dataclass(frozen=True)
class Cell:
    """What a cell holds. ``kind``: '' (a plain value), « formula », « error », « shared » (it is
    part of a merged range that begins elsewhere, or that covers several rows)."""

    sheet: str
    ref: str
    value: Any = None
    number_format: str = "General"
    kind: str = ""
    range: str = ""

    @property
    def filled(self) -> bool:
        """Whether something stands there to be read."""
        return bool(self.kind) or not is_empty(self.value)


@dataclass(frozen=True)
class Row:
    """A row below the headings: its number, the code it holds ('' if none), cells by heading."""

    number: int
    code: str
    cells: dict[str, Cell]

    def get(self, key: str) -> Cell | None:
        """The cell of a heading; None when the column has gone."""
        return self.cells.get(key)


@dataclass(frozen=True)
class Content:
    """A sheet of the contract as found: its tab, its rows, the headings that have gone."""

    sheet: Sheet
    title: str
    rows: list[Row]
    missing: list[str]


@dataclass
class Form:
    """A returned workbook. ``service`` and ``year``: as its defined names say ('' if they have
    gone). ``notices``: what was left aside or not found (French)."""

    path: Path
    sha256: str
    workbook: Workbook
    modified: datetime | None
    service: str = ""
    year: str = ""
    contents: dict[str, Content] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def epoch(self) -> date:
        """Day 0 of its dates."""
        return EPOCH_MAC if self.workbook.epoch == MAC_EPOCH else EPOCH


# --- opening --------------------------------------------------------------------------------------


def read_form(path: Path) -> Form:
    """Open a workbook and find its sheets, columns and rows again.

    Raises
    ------
    UnreadableForm
        when it is no workbook, broken, encrypted, or of a size no form has.
    """
    if path.stat().st_size > MAX_FILE:
        raise UnreadableForm(f"Fichier de plus de {MAX_FILE // 2**20} Mo. {_TOO_BIG}")
    content = path.read_bytes()
    _check_kind(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            notices = _check_archive(archive)
            modified = _read_modified(archive)
            safe = _lighten(archive, content)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl on the extensions it leaves out
            workbook = openpyxl.load_workbook(safe, keep_vba=False, keep_links=False)
    except UnreadableForm:
        raise
    except DefusedXmlException:
        raise UnreadableForm(
            "Le classeur contient du XML piégé (entités) : il n’est pas ouvert."
        ) from None
    except Exception:  # whatever zipfile, expat or openpyxl say of a broken file
        raise UnreadableForm(
            "Classeur abîmé, illisible : l’ouvrir dans un tableur et l’enregistrer à nouveau."
        ) from None
    form = Form(path, hashlib.sha256(content).hexdigest(), workbook, modified, notices=notices)
    form.service = _read_name(workbook, SERVICE_NAME)
    form.year = _read_name(workbook, YEAR_NAME)
    _find_contents(form)
    return form


def _check_kind(content: bytes) -> None:
    if not content:
        raise UnreadableForm("Fichier vide.")
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise UnreadableForm(
                "Classeur protégé par un mot de passe : l’enregistrer sans mot de passe."
            )
        raise UnreadableForm("Classeur d’un ancien format (.xls) : l’enregistrer en .xlsx.")
    if not content.startswith(b"PK"):
        raise UnreadableForm("Ce n’est pas un classeur Excel, malgré le nom du fichier.")


def _check_archive(archive: zipfile.ZipFile) -> list[str]:
    """Refuse bombs and traps before anything is parsed; what is left aside."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise UnreadableForm(f"Classeur de {len(entries)} parties. {_TOO_BIG}")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableForm("Classeur chiffré : l’enregistrer sans mot de passe.")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL:
        raise UnreadableForm(f"Classeur de {total // 2**20} Mo une fois décompressé. {_TOO_BIG}")
    for entry in entries:
        if entry.file_size > max(2**20, MAX_RATIO * entry.compress_size):
            raise UnreadableForm(f"Classeur comprimé de façon anormale. {_TOO_BIG}")
    names = [entry.filename for entry in entries]
    if "mimetype" in names and b"opendocument" in archive.read("mimetype")[:200]:
        raise UnreadableForm("Classeur au format OpenDocument : l’enregistrer en .xlsx.")
    if len(names) != len(set(names)):
        raise UnreadableForm("Classeur abîmé : deux de ses parties ont le même nom.")
    lower = [name.lower() for name in names]
    notices = []
    if any(name.endswith("vbaproject.bin") for name in lower):
        notices.append("Le classeur contient des macros : elles ne sont ni lues ni exécutées.")
    if any("/externallinks/" in name for name in lower):
        notices.append("Le classeur a des liens vers d’autres fichiers : ils ne sont pas suivis.")
    if "xl/connections.xml" in lower:
        notices.append("Le classeur a des connexions à des données : elles ne sont pas ouvertes.")
    return notices


def _read_modified(archive: zipfile.ZipFile) -> datetime | None:
    """When the workbook says it was last saved (openpyxl would give today where it says nothing)."""
    if "docProps/core.xml" not in archive.namelist():
        return None
    root = fromstring(archive.read("docProps/core.xml"), forbid_dtd=True)
    for element in root.iter("{http://purl.org/dc/terms/}modified"):
        try:
            return datetime.fromisoformat((element.text or "").strip().rstrip("Z"))
        except ValueError:
            return None
    return None


# --- what a sheet weighs --------------------------------------------------------------------------


class _Survey(ContentHandler):
    """Counts rows and cells of a part as it streams by; keeps nothing of them.

    A part is known by its root, since an archive may call it as it likes. openpyxl makes an object
    of each cell that a merged range, a link or a comment covers: ``wide`` says that some cover a
    sheet, and a comment must hang on one cell.
    """

    def __init__(self) -> None:
        super().__init__()
        self.root = ""
        self.rows = self.cells = self.filled = 0
        self.wide = False
        self._in_cell = False

    @property
    def heavy(self) -> bool:
        """Whether openpyxl is to be spared its empty cells."""
        return self.root == "worksheet" and (
            self.wide or self.rows > HEAVY_ROWS or self.cells > HEAVY_CELLS
        )

    def startElement(self, name: str, attrs) -> None:
        name = name.rpartition(":")[2]
        self.root = self.root or name
        if name == "c":
            self.cells += 1
            self._in_cell = True
        elif name == "row":
            self.rows += 1
        elif self._in_cell and name in ("v", "f", "is"):
            self.filled += 1
            self._in_cell = False
            if self.filled > MAX_FILLED:
                raise UnreadableForm(
                    f"Feuille de plus de {MAX_FILLED} cellules remplies. {_TOO_BIG}"
                )
        elif name in ("mergeCell", "hyperlink"):
            self.wide = self.wide or _count_cells(attrs.get("ref", "")) > _WIDE
        elif name == "comment" and not _ONE_CELL.fullmatch(attrs.get("ref", "A1")):
            raise UnreadableForm("Classeur abîmé : un commentaire ne tient à aucune cellule.")

    def endElement(self, name: str) -> None:
        if name.rpartition(":")[2] == "c":
            self._in_cell = False


class _Lightener(XMLGenerator):
    """Copies a sheet without its empty cells and rows, without ranges that cover half of it."""

    def __init__(self, out: io.BytesIO) -> None:
        super().__init__(out, encoding="utf-8", short_empty_elements=True)
        self._row: list[tuple] | None = None
        self._cell: list[tuple] | None = None
        self._filled = False
        self._keeps_row = False
        self._skipped = 0

    def startElement(self, name: str, attrs) -> None:
        local = name.rpartition(":")[2]
        if self._skipped or (
            local in ("mergeCell", "hyperlink") and _count_cells(attrs.get("ref", "")) > _WIDE
        ):
            self._skipped += 1
            return
        if local == "row":
            self._row, self._keeps_row = [], False
        if local == "c":
            self._cell, self._filled = [], False
        elif self._cell is not None and local in ("v", "f", "is"):
            self._filled = True
        self._send(("startElement", name, dict(attrs)))

    def characters(self, content: str) -> None:
        if not self._skipped:
            self._send(("characters", content))

    def endElement(self, name: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        self._send(("endElement", name))
        local = name.rpartition(":")[2]
        if local == "c" and self._cell is not None:
            cell, self._cell = self._cell, None
            if self._filled:
                self._keeps_row = True
                for event in cell:
                    self._send(event)
        elif local == "row" and self._row is not None:
            row, self._row = self._row, None
            if self._keeps_row:
                for event in row:
                    self._send(event)

    def _send(self, event: tuple) -> None:
        if self._cell is not None:
            self._cell.append(event)
        elif self._row is not None:
            self._row.append(event)
        else:
            getattr(XMLGenerator, event[0])(self, *event[1:])


def _count_cells(ref: str) -> int:
    try:
        left, top, right, bottom = range_boundaries(ref)
    except (ValueError, TypeError):
        return 0
    if None in (left, top, right, bottom):
        return _WIDE + 1  # whole rows or columns
    return (right - left + 1) * (bottom - top + 1)


def _parse(stream, handler: ContentHandler) -> None:
    parser = safe_sax.make_parser()
    parser.forbid_dtd = True  # no workbook has one; without it, no entity can be declared
    parser.setContentHandler(handler)
    parser.parse(stream)


def _lighten(archive: zipfile.ZipFile, content: bytes) -> io.BytesIO:
    """The archive as openpyxl may parse it: every XML part parsed once here with DTDs forbidden,
    sheets with a million empty cells without these."""
    light: dict[str, bytes] = {}
    for entry in archive.infolist():
        name = entry.filename
        survey = _Survey()
        with archive.open(entry) as stream:
            # A part may be parsed as XML whatever its name: pictures alone do not begin like one.
            if stream.read(1) not in (
                b"",
                b"<",
                b"\xef",
                b"\xfe",
                b"\xff",
                b"\0",
                b" ",
                b"\n",
                b"\r",
            ):
                continue
            stream.seek(0)
            try:
                _parse(stream, survey)
            except SAXParseException:
                if name.lower().endswith((".xml", ".rels")):
                    raise
                continue  # an old drawing (.vml), often no well-formed XML; a JPEG
        if survey.heavy:
            out = io.BytesIO()
            with archive.open(entry) as stream:
                _parse(stream, _Lightener(out))
            light[name] = out.getvalue()
    if not light:
        return io.BytesIO(content)
    lighter = io.BytesIO()
    with zipfile.ZipFile(lighter, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in archive.infolist():
            copy.writestr(entry.filename, light.get(entry.filename) or archive.read(entry))
    lighter.seek(0)
    return lighter


# --- finding again --------------------------------------------------------------------------------


def _read_name(workbook: Workbook, name: str) -> str:
    """Text of a defined name, be it a constant or a cell; '' when it has gone."""
    found = {key.casefold(): value for key, value in workbook.defined_names.items()}
    defined = found.get(name.casefold())
    if defined is None or not defined.attr_text:
        return ""
    text = defined.attr_text.strip().lstrip("=")
    if text.startswith('"'):
        return clean(text.strip('"').replace('""', '"'))
    if "!" not in text:
        return clean(text)
    title, _, ref = text.rpartition("!")
    title = title.strip("'").replace("''", "'")
    ref = ref.replace("$", "")
    if title not in workbook.sheetnames or not _ONE_CELL.fullmatch(ref):
        return ""
    value = workbook[title][ref].value
    return "" if value is None else clean(str(value))


def _find_contents(form: Form) -> None:
    sheets = [sheet for sheet in form.workbook.worksheets]
    taken: set[str] = set()
    for wanted in SHEETS:
        by_title = [ws for ws in sheets if fold(ws.title) == fold(wanted.title)]
        by_headings = [ws for ws in sheets if fold(ws.title) not in _TITLES]
        for worksheet in (*by_title, *by_headings):
            if worksheet.title in taken:
                continue
            header = _find_header(worksheet, wanted)
            if header is None:
                continue
            taken.add(worksheet.title)
            form.contents[wanted.key] = _read_rows(worksheet, wanted, *header)
            if worksheet not in by_title:
                form.notices.append(
                    f"Feuille « {wanted.title} » lue sous le nom « {clean(worksheet.title)} »."
                )
            break
        else:
            form.missing.append(
                f"Feuille « {wanted.title} » sans en-tête reconnaissable : elle n’est pas lue."
                if by_title
                else f"Feuille « {wanted.title} » absente : ses réponses ne sont pas lues."
            )
    for worksheet in sheets:
        if worksheet.title not in taken and any(
            _find_header(worksheet, wanted) for wanted in SHEETS
        ):
            form.notices.append(
                f"Feuille « {clean(worksheet.title)} » laissée de côté : une autre tient ce rôle."
            )


_TITLES = {fold(sheet.title) for sheet in SHEETS}


def _words(text: Any) -> str:
    """A heading as words alone: no punctuation, no accent, no case."""
    return " ".join(re.findall(r"[a-z0-9]+", fold(str(text)))) if text is not None else ""


def _find_header(worksheet: Worksheet, wanted: Sheet) -> tuple[int, dict[str, list[int]]] | None:
    """Row of the headings and the columns of each: the first row where most of them stand."""
    best: tuple[int, dict[str, list[int]]] | None = None
    for number in range(1, min(worksheet.max_row, _HEADER_ROWS) + 1):
        columns = _match_headings(worksheet, number, wanted)
        if best is None or len(columns) > len(best[1]):
            best = (number, columns)
    if best is None or len(best[1]) * 2 <= len(wanted.headings):
        return None
    keys = {heading.key for heading in wanted.headings}
    return None if "code" in keys and "code" not in best[1] else best


def _match_headings(worksheet: Worksheet, number: int, wanted: Sheet) -> dict[str, list[int]]:
    spans = _merged_at(worksheet)
    texts = {
        column: words
        for column in range(1, min(worksheet.max_column, MAX_COLUMNS) + 1)
        if (words := _words(worksheet.cell(number, column).value))
    }
    found: dict[str, list[int]] = {}
    for exact in (True, False):
        for heading in wanted.headings:
            words = _words(heading.text)
            if heading.key in found or (not exact and len(words) < 5):
                continue
            for column, text in texts.items():
                if any(column in columns for columns in found.values()):
                    continue
                if text == words or (not exact and text.startswith(words + " ")):
                    span = spans.get((number, column))
                    last = span[3] if span else column
                    found[heading.key] = list(range(column, last + 1))
                    break
    return found


def _merged_at(worksheet: Worksheet) -> dict[tuple[int, int], tuple[int, int, int, int, str]]:
    """Merged range (top, left, bottom, right, name) of each cell that is part of one."""
    spans = {}
    for merged in worksheet.merged_cells.ranges:
        bounds = (merged.min_row, merged.min_col, merged.max_row, merged.max_col, merged.coord)
        for row in range(merged.min_row, min(merged.max_row, MAX_ROWS) + 1):
            for column in range(merged.min_col, min(merged.max_col, MAX_COLUMNS) + 1):
                spans[row, column] = bounds
    return spans


def _read_rows(
    worksheet: Worksheet, wanted: Sheet, header: int, columns: dict[str, list[int]]
) -> Content:
    spans = _merged_at(worksheet)
    last = min(worksheet.max_row, header + MAX_ROWS)
    code_columns = columns.get("code", [])
    codes = {
        number: code
        for number in range(header + 1, last + 1)
        if (code := _read_code(worksheet, number, code_columns))
    }
    rows = []
    for number in range(header + 1, last + 1):
        cells = {
            heading.key: _read_cell(worksheet, number, columns[heading.key], heading.key, spans,
                                    codes)
            for heading in wanted.headings
            if heading.key in columns
        }  # fmt: skip
        if any(cell.filled for cell in cells.values()):
            rows.append(Row(number, codes.get(number, ""), cells))
    missing = [heading.text for heading in wanted.headings
               if heading.answer and heading.key not in columns]  # fmt: skip
    return Content(wanted, worksheet.title, rows, missing)


def _read_code(worksheet: Worksheet, number: int, columns: list[int]) -> str:
    for column in columns:
        value = worksheet.cell(number, column).value
        if isinstance(value, str) and not value.startswith("=") and clean(value):
            return clean(value).casefold()
    return ""


def _read_cell(
    worksheet: Worksheet,
    number: int,
    columns: list[int],
    key: str,
    spans: dict[tuple[int, int], tuple[int, int, int, int, str]],
    codes: dict[int, str],
) -> Cell:
    """The cell of a heading in a row; the first filled one where the heading covers several."""
    read = [_read_one(worksheet, number, column, key, spans, codes) for column in columns]
    filled = [cell for cell in read if cell.filled]
    return filled[0] if filled else read[0]


def _read_one(worksheet, number, column, key, spans, codes) -> Cell:
    ref = f"{get_column_letter(column)}{number}"
    top, left, bottom, _, name = spans.get((number, column), (number, column, number, column, ""))
    shared = [row for row in range(top, bottom + 1) if row in codes]
    if len(shared) > 1 and key == "value" and number in codes:
        origin = worksheet.cell(top, left)
        # One number for two questions: whose is it?
        return Cell(worksheet.title, ref, origin.value, kind="shared", range=name)
    if (top, left) != (number, column):
        if left != column or number not in codes:  # what is read stands in another column or row
            kind = "shared" if key == "value" and left != column and number in codes else ""
            return Cell(worksheet.title, ref, None, kind=kind, range=name)
        cell = worksheet.cell(top, left)
    else:
        cell = worksheet.cell(number, column)
    kind = {"f": "formula", "e": "error"}.get(cell.data_type, "")
    return Cell(worksheet.title, ref, cell.value, cell.number_format, kind, name)


def iter_texts(row: Row, keys: tuple[str, ...]) -> Iterator[Cell]:
    """Filled cells of a row, for the headings named."""
    for key in keys:
        cell = row.get(key)
        if cell is not None and cell.filled:
            yield cell
