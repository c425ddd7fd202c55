"""A returned workbook, opened safely: its size and its XML are looked at before it is parsed.

A workbook comes from outside: nothing of it is run or followed (macros, links, formulas), nothing
of it is written to disk. What is refused is said in French.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import warnings
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ElementTree, iterparse
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler

import openpyxl
from defusedxml import sax as safe_sax
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from openpyxl.utils import range_boundaries
from openpyxl.workbook import Workbook

from analysis.collect.other_formats import (
    TEXTS,
    read_old_excel,
    read_opendocument,
    read_remark_table,
    read_text_table,
)
from analysis.collect.received_files import (
    LOCKED,
    MAX_FILLED,
    MAX_SHEETS,
    MAX_TEXTS,
    TOO_BIG,
    UnreadableForm,
    check_amount,
)

SUFFIXES = (".xlsx", ".xlsm", ".ods", ".xls")

# A form weighs some tens of kilobytes; these bounds leave room for what people paste into it.
MAX_FILE = 25 * 2**20
SECONDS = 60  # of reading; ten forms are read in one
MAX_ENTRIES = 1_500
MAX_TOTAL = 120 * 2**20
MAX_RATIO = 300  # of a part of more than a megabyte; text compresses 5 to 60 times, a bomb 1000
#: Beyond, cells without content are dropped before openpyxl makes an object of each.
HEAVY_ROWS, HEAVY_CELLS = 5_000, 100_000
_WIDE = 10_000  # cells of one merged range
#: How much all parts together may have of each kind. The first are counted here alone, empty cells
#: being most of them; of each of the others openpyxl makes some objects.
LIMITS = {
    "éléments": 2_000_000,
    "cellules remplies": MAX_FILLED,
    "textes": MAX_FILLED,
    "cellules fusionnées ou liées": MAX_FILLED,
    "éléments de présentation": MAX_FILLED,
}
#: Elements of a sheet: what fills a cell, what covers several.
_CONTENT, _RANGES = ("v", "f", "is"), ("mergeCell", "hyperlink")
#: Elements of cells and their texts, of an .ods too.
_CHEAP = {"c", "row", "t", "table-row", "table-cell", "covered-table-cell", "p"}
#: Characters that a cell of Excel may hold.
MAX_TEXT = 32_767
_LARGEST = 1e300
_LAST_ROW, _LAST_COLUMN = 2**20, 2**14

_ONE_CELL = re.compile(r"\$?[A-Z]{1,3}\$?\d{1,7}")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OPEN_DOCUMENT = b"opendocument.spreadsheet"
#: What else is an archive, by a part that only it has.
_OTHER_ARCHIVES = {
    "xl/workbook.bin": "Classeur binaire (.xlsb) : l’enregistrer en .xlsx.",
    "word/document.xml": "C’est un document Word : recopier les réponses dans le formulaire.",
    "Index/Document.iwa": "Classeur Numbers : l’exporter au format .xlsx.",
}


@dataclass
class OpenedWorkbook:
    """A workbook in memory. ``modified``: when it says it was saved; ``notices``: what was left
    aside (French)."""

    workbook: Workbook
    sha256: str
    modified: datetime | None
    notices: list[str] = field(default_factory=list)


def open_workbook(path: Path, *, any_text: bool = False) -> OpenedWorkbook:
    """Open a workbook; a CSV file where it is a table of remarks, or ``any_text``. Raises
    UnreadableForm when it is no workbook, broken, encrypted, or of a size no form has."""
    with path.open("rb") as stream:  # once: what is hashed is what is parsed
        content = stream.read(MAX_FILE + 1)
    is_text = path.suffix.lower() in TEXTS
    try:
        if is_text and not any_text:
            workbook, modified, notices = read_remark_table(content[:MAX_FILE]), None, []
        elif len(content) > MAX_FILE:
            raise UnreadableForm(f"Fichier de plus de {MAX_FILE // 2**20} Mo. {TOO_BIG}")
        elif is_text:
            workbook, modified, notices = read_text_table(content), None, []
        elif _check_kind(content):
            workbook, modified, notices = read_old_excel(content), None, []
        else:
            workbook, modified, notices = _open_archive(content)
        _check_cells(workbook)
    except (UnreadableForm, MemoryError):
        raise
    except DefusedXmlException:
        raise UnreadableForm(
            "Le classeur contient du XML piégé (entités) : il n’est pas ouvert."
        ) from None
    except Exception:  # whatever zipfile, expat or openpyxl say of a broken file
        raise UnreadableForm(
            "Classeur abîmé, illisible : l’ouvrir dans un tableur et l’enregistrer à nouveau."
        ) from None
    return OpenedWorkbook(workbook, hashlib.sha256(content).hexdigest(), modified, notices)


def _open_archive(content: bytes) -> tuple[Workbook, datetime | None, list[str]]:
    """The workbook of an .xlsx or an .ods, when it was saved, what was left aside."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        notices = _check_archive(archive)
        safe = _lighten(archive, content)
        if _OPEN_DOCUMENT in _read_mimetype(archive):
            return *read_opendocument(archive), notices
        modified = _read_modified(archive)
        notices += _list_drawings(archive)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl on the extensions it leaves out
        return openpyxl.load_workbook(safe, keep_vba=False, keep_links=False), modified, notices


#: What other files of the same container are, by the name of one of their streams.
_OLE_KINDS = {
    "EncryptedPackage": LOCKED,
    "__substg1.0_": "C’est un message (.msg) : enregistrer dans ce dossier le classeur qu’il porte"
    " en pièce jointe.",
    "WordDocument": "C’est un document Word : recopier les réponses dans le formulaire.",
}


def _check_kind(content: bytes) -> bool:
    """Whether it is an older workbook, not an archive; UnreadableForm where it is neither."""
    if not content:
        raise UnreadableForm("Fichier vide : le demander à nouveau au service.")
    if content.startswith(_OLE):
        for stream, problem in _OLE_KINDS.items():
            if stream.encode("utf-16-le") in content:
                raise UnreadableForm(problem)
    elif not content.startswith(b"PK"):
        raise UnreadableForm(
            "Ce n’est pas un classeur Excel, malgré le nom du fichier : l’ouvrir, puis"
            " l’enregistrer au format .xlsx."
        )
    return content.startswith(_OLE)


def _read_mimetype(archive: zipfile.ZipFile) -> bytes:
    """How an OpenDocument says what it is; b"" for other archives."""
    return archive.read("mimetype")[:200] if "mimetype" in archive.namelist() else b""


def _list_drawings(archive: zipfile.ZipFile) -> list[str]:
    """What stands over the cells, which no reader of cells sees: text boxes, pictures."""
    notices = []
    names = archive.namelist()
    for name in names:
        if re.fullmatch(r"xl/drawings/drawing\d*\.xml", name):
            root = fromstring(archive.read(name), forbid_dtd=True)
            texts = [e.text for e in root.iter() if _strip_namespace(e.tag) == "t" and e.text]
            if texts:
                notices.append(
                    f"Zone de texte posée sur une feuille, qui n’est pas lue : « {' '.join(texts)}"
                    " ». La recopier dans les cases."
                )
    if any(name.startswith("xl/media/") for name in names):
        notices.append("Le classeur contient une image : ce qu’elle montre n’est pas lu.")
    return notices


def check_sizes(archive: zipfile.ZipFile, what: str, advice: str) -> None:
    """Refuse bombs before anything is parsed; ``what`` the archive is called, ``advice`` what to do
    about one that is too big."""
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise UnreadableForm(f"{what} de {len(entries)} parties. {advice}")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableForm(f"{what} chiffré : l’enregistrer sans mot de passe.")
    total = sum(entry.file_size for entry in entries)
    if total > MAX_TOTAL:
        raise UnreadableForm(f"{what} de {total // 2**20} Mo une fois décompressé. {advice}")
    for entry in entries:
        if entry.file_size > max(2**20, MAX_RATIO * entry.compress_size):
            raise UnreadableForm(f"{what} comprimé de façon anormale. {advice}")


def _check_archive(archive: zipfile.ZipFile) -> list[str]:
    """Refuse bombs and traps before anything is parsed; what is left aside."""
    check_sizes(archive, "Classeur", TOO_BIG)
    names = [entry.filename for entry in archive.infolist()]
    kind = _read_mimetype(archive)
    if b"opendocument" in kind and _OPEN_DOCUMENT not in kind:
        raise UnreadableForm(
            "Document OpenDocument qui n’est pas un classeur : recopier les réponses dans le"
            " formulaire."
        )
    for part, problem in _OTHER_ARCHIVES.items():
        if part in names:
            raise UnreadableForm(problem)
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
    """When the workbook says it was saved (openpyxl gives today where it says nothing)."""
    if "docProps/core.xml" not in archive.namelist():
        return None
    root = fromstring(archive.read("docProps/core.xml"), forbid_dtd=True)
    for element in root.iter("{http://purl.org/dc/terms/}modified"):
        try:
            return datetime.fromisoformat((element.text or "").strip().rstrip("Z"))
        except ValueError:
            return None
    return None


# --- what a workbook weighs -----------------------------------------------------------------------


def _check_cells(workbook: Workbook) -> None:
    """Refuse what no spreadsheet could have saved."""
    check_amount(len(workbook.worksheets), "feuilles", MAX_SHEETS)
    total = 0
    for sheet in workbook.worksheets:
        for (row, column), cell in sheet._cells.items():
            if not (0 < row <= _LAST_ROW and 0 < column <= _LAST_COLUMN):
                raise ValueError  # a broken file, as what openpyxl finds
            value = cell.value
            if isinstance(value, str):
                total += len(value)
                if len(value) > MAX_TEXT:
                    raise UnreadableForm(
                        f"Feuille « {sheet.title[:31]} », cellule {cell.coordinate} : texte de"
                        f" {len(value)} caractères, quand un tableur en admet {MAX_TEXT}. Le couper"
                        " en plusieurs cellules."
                    )
            elif isinstance(value, int) and abs(value) > _LARGEST:
                cell.value = math.inf  # what a shorter one that is too large is read as
    check_amount(total, "caractères", MAX_TEXTS)


class _Survey(ContentHandler):
    """Counts what a part holds as it streams by; keeps nothing of it. ``counts``: of all parts.

    A part is known by its root, since an archive may call it as it likes. openpyxl makes an object
    of each cell that a merged range, a link or a comment covers: ``wide`` says that some cover a
    sheet, and a comment must hang on one cell.
    """

    def __init__(self, counts: Counter[str]) -> None:
        super().__init__()
        self.root = ""
        self.rows = self.cells = 0
        self.wide = False
        self._counts = counts
        self._in_cell = False

    @property
    def heavy(self) -> bool:
        """Whether openpyxl is to be spared its empty cells."""
        return self.root == "worksheet" and (
            self.wide or self.rows > HEAVY_ROWS or self.cells > HEAVY_CELLS
        )

    def _count(self, what: str, number: int = 1) -> None:
        self._counts[what] += number
        check_amount(self._counts[what], what, LIMITS[what])

    def startElement(self, name: str, attrs) -> None:
        name = _strip_namespace(name)
        self.root = self.root or name
        self._count("éléments")
        if name == "c":
            self.cells += 1
            self._in_cell = True
        elif name == "row":
            self.rows += 1
        elif name in _CONTENT:
            if self._in_cell:
                self._count("cellules remplies")
                self._in_cell = False
        elif name == "si":
            self._count("textes")
        elif name not in _CHEAP:  # an attribute may list a million ranges
            lists = sum(value.count(" ") for value in attrs.values())
            self._count("éléments de présentation", 1 + lists)
            if name in _RANGES:
                covered = _count_cells(attrs.get("ref", ""))
                self.wide = self.wide or covered > _WIDE
                self._count("cellules fusionnées ou liées", covered if covered <= _WIDE else 0)
            elif name == "comment" and not _ONE_CELL.fullmatch(attrs.get("ref", "A1")):
                raise UnreadableForm("Classeur abîmé : un commentaire ne tient à aucune cellule.")

    def endElement(self, name: str) -> None:
        if _strip_namespace(name) == "c":
            self._in_cell = False


def _drop_empty_cells(sheet: IO[bytes]) -> bytes:
    """A sheet's XML without its empty cells and rows, nor ranges that cover half of it.

    To be given what ``_Survey`` has parsed before: this parser knows no traps.
    """
    ancestors: list[Element] = []
    for event, element in iterparse(sheet, events=("start", "end")):
        if event == "start":
            ancestors.append(element)
            continue
        ancestors.pop()
        if ancestors and _is_empty(element):
            del ancestors[-1][-1]  # the element that has just ended
    out = io.BytesIO()
    ElementTree(element).write(out, encoding="utf-8", xml_declaration=True)
    return out.getvalue()


def _is_empty(element: Element) -> bool:
    """Whether an element of a sheet may go without loss; its own children have gone before."""
    name = _strip_namespace(element.tag)
    if name == "c":
        return not any(_strip_namespace(child.tag) in _CONTENT for child in element)
    if name == "row":
        return not len(element)
    return name in _RANGES and _count_cells(element.get("ref", "")) > _WIDE


def _strip_namespace(name: str) -> str:
    """« {http://…}row » and « x:row » are a row."""
    return name.rpartition("}")[2].rpartition(":")[2]


def _count_cells(ref: str) -> int:
    try:
        left, top, right, bottom = range_boundaries(ref)
    except (ValueError, TypeError):
        return 0
    if None in (left, top, right, bottom):
        return _WIDE + 1  # whole rows or columns
    return (right - left + 1) * (bottom - top + 1)


def _parse(stream: IO[bytes], handler: ContentHandler) -> None:
    parser = safe_sax.make_parser()
    parser.forbid_dtd = True  # no workbook has one; without it, no entity can be declared
    parser.setContentHandler(handler)
    parser.parse(stream)


def _lighten(archive: zipfile.ZipFile, content: bytes) -> io.BytesIO:
    """The archive as openpyxl may parse it: every XML part parsed once here with DTDs forbidden,
    sheets with a million empty cells without these."""
    light: dict[str, bytes] = {}
    counts: Counter[str] = Counter()
    for entry in archive.infolist():
        name = entry.filename
        survey = _Survey(counts)
        with archive.open(entry) as stream:
            try:
                _parse(stream, survey)  # whatever its name and its first bytes
            except SAXParseException:
                if survey.heavy or name.lower().endswith((".xml", ".rels")):
                    raise
                continue  # an old drawing (.vml), often no well-formed XML; a picture
        if survey.heavy:
            with archive.open(entry) as stream:
                light[name] = _drop_empty_cells(stream)
    if not light:
        return io.BytesIO(content)
    lighter = io.BytesIO()
    with zipfile.ZipFile(lighter, "w", zipfile.ZIP_DEFLATED) as copy:
        for entry in archive.infolist():
            copy.writestr(entry.filename, light.get(entry.filename) or archive.read(entry))
    lighter.seek(0)
    return lighter
