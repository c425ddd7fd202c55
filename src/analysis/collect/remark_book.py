"""The workbook in which a reviewer answers: one a chapter, of the same make as the services' forms.

Three sheets to be seen (« Lisez-moi », « Remarques », « Repères ») and two hidden ones: what it
held when it was made, and what each mark stood at. A workbook that somebody has written in is
never lost: it is set aside under a name that a collection reads.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from analysis.base.atomic import write_file
from analysis.base.command_names import name_command
from analysis.base.moving import move
from analysis.base.paths import Dossier
from analysis.collect import form_contract
from analysis.collect.form_contract import CHAPTER_NAME, REVIEW_LABELS, TERRITORY_NAME, YEAR_NAME
from analysis.collect.form_writer import (
    Introduction,
    Line,
    date_opening,
    describe_book,
    put_cell,
    save_workbook,
    seal,
    split_guide,
    write_readme,
    write_sheet,
)
from analysis.collect.leftovers import is_filled
from analysis.execute.chapter_content import CHART, FORMULA, PHRASE, VALUE, Item
from analysis.execute.remarks import (
    Remark,
    place_remarks,
    quote_item,
    read_remarks,
    show_mark,
)
from analysis.model.store import Edition
from analysis.words import french

#: Headings of the hidden table of marks, below the digest of what was read.
CONTENT_COLUMNS = ("mark", "kind", "key", "section", "text")
_LONGEST = 32_000  # characters of a cell
_NATURES = {VALUE: "chiffre", CHART: "figure"}

_GUIDE = """
# À quoi sert ce classeur

Vous relisez un chapitre du rapport. Dans la copie de relecture, chaque nombre, chaque titre et
paragraphe (§), chaque graphique et chaque tableau porte un numéro : c’est son repère.

# Comment remplir

« Remarques » : une ligne par remarque. Dans « Repère », ce que vous lisez dans la copie : n° 6 (ou
6) pour le nombre 6, §6 pour un paragraphe, fig. 3, tab. 2, formule 6 pour le calcul du nombre 6 ;
laissez vide si la remarque vaut pour tout le chapitre. « Passage visé » montre aussitôt ce que le
repère désigne : vérifiez que c’est bien cela. La feuille « Repères » les donne tous.

Donnez votre nom au moins une fois : il vaut pour toutes vos lignes. La date est facultative. La
colonne « Code » se remplit à la lecture : n’y écrivez rien.

« État » : rien à choisir pour une nouvelle remarque, elle est ouverte.

# Quand on vous a répondu

Le classeur suivant commence par les remarques déjà faites, avec leur réponse. Si elle vous
convient, choisissez « levée » dans « État ». Sinon, laissez « ouverte » et dites ce qui manque sur
une nouvelle ligne, au même repère.

# Comment rendre

Enregistrez ce classeur au format .xlsx (ou .ods), sous le nom que vous voulez, et joignez-le en
réponse au message par lequel vous l’avez reçu. Un fichier .csv de quatre colonnes (repère ;
remarque ; nom ; date), nommé {chapter}.csv, est lu aussi.

Ce que vous écrivez ailleurs, ou dans un commentaire, n’est pas perdu, mais sera placé en tête du
chapitre.

# Comment signer

On ne signe pas dans ce classeur. Quand vos remarques sont levées et que le chapitre vous convient,
répondez « je signe » au même message : votre nom et la date sont inscrits dans le dossier et
paraissent en tête de la copie. Si le chapitre change ensuite, la copie marque ce qui n’est plus ce
que vous avez signé.
"""


@dataclass(frozen=True)
class WrittenBook:
    """A workbook of remarks written; ``aside``: where the one that stood there and was filled in
    is now, to be collected (None: nothing was written in it)."""

    path: Path
    aside: Path | None = None


def name_book(chapter: str) -> str:
    """File name of the workbook of a chapter."""
    return f"{chapter}.xlsx"


def write_remark_book(
    dossier: Dossier, edition: Edition, chapter: str, title: str, items: Sequence[Item]
) -> WrittenBook:
    """Write ``report(year)/relecture/<chapter>.xlsx`` for the chapter as its copy shows it.

    Parameters
    ----------
    title : of the chapter, as its reader knows it.
    items : the pieces of the executed chapter (``read_content``), formulas included.
    """
    remarks = read_remarks(dossier, edition.year, chapter)
    path = dossier.report(edition.year) / form_contract.REVIEWS / name_book(chapter)
    content = format_book(edition, chapter, title, items, remarks)
    if not path.exists():
        write_file(path, content)
        return WrittenBook(path)
    if path.read_bytes() == content:
        return WrittenBook(path)
    aside = _set_aside(path) if is_filled(path) else None
    write_file(path, content)
    return WrittenBook(path, aside)


def describe_books(books: Sequence[WrittenBook], year: int) -> str:
    """Where the workbooks are, and which of them had been filled in (French)."""
    if not books:
        return "Aucun classeur de remarques : aucun chapitre n’est exécuté."
    first = books[0].path
    one = len(books) == 1
    lines = [f"Classeur des remarques : {first}" if one else f"Classeurs : {first.parent}"]
    for book in books:
        if book.aside:
            options = {"year": year, "from": f'"{book.aside.parent}"'}
            command = name_command("collect", **options)
            lines.append(
                f"  {book.path.name} était rempli : mis de côté sous « {book.aside.name} », lu par"
                f" {command}"
            )
    return "\n".join(lines)


def _set_aside(path: Path) -> Path:
    rank = 1
    while (aside := path.with_name(f"{path.stem} (rempli {rank}){path.suffix}")).exists():
        rank += 1
    move(path, aside)
    return aside


def format_book(
    edition: Edition, chapter: str, title: str, items: Sequence[Item], remarks: Sequence[Remark]
) -> bytes:
    """The workbook of a chapter; the same for the same content and remarks."""
    year, territory = edition.year, edition.territory
    book = Workbook()
    footer = f"{title} – relecture {year}"
    facts = [
        ("Chapitre", title),
        (REVIEW_LABELS[YEAR_NAME], year),
        (REVIEW_LABELS[CHAPTER_NAME], chapter),
        (REVIEW_LABELS[TERRITORY_NAME], territory["id"]),
    ]
    said = Introduction(
        f"Relecture : {title}",
        f"{territory['name']} : rapport développement durable {year}",
        facts,
        split_guide(_GUIDE.format(chapter=chapter)),
    )
    write_readme(book.active, said, footer)
    lines = {
        form_contract.REMARKS: list(_list_remarks(items, remarks)),
        form_contract.PASSAGES: list(_list_passages(items)),
    }
    for spec in form_contract.REVIEW_SHEETS:
        write_sheet(book.create_sheet(spec.title), spec, lines[spec], year, footer)
    describe_book(book, f"Relecture {year} – {title}", territory["name"], year)
    _look_up_passages(book, len(remarks), len(items))
    seal(book)
    _keep_content(book, items)
    book.active = book.sheetnames.index(form_contract.REMARKS.title)
    for sheet in book.worksheets:  # one tab selected, or the others are edited with it
        sheet.sheet_view.tabSelected = sheet.title == book.active.title
    return save_workbook(book, date_opening(year), date_opening(year))


def _list_remarks(items: Sequence[Item], remarks: Sequence[Remark]) -> Iterator[Line]:
    """Earlier remarks, the open ones first, each with its answer and its mark of today."""
    for placed in sorted(place_remarks(items, remarks), key=lambda p: not p.remark.is_open):
        remark = placed.remark
        quote = placed.note or remark.quote
        if placed.item and placed.note:
            quote += french.typeset(f" Il dit maintenant : « {quote_item(placed.item)} ».")
        yield {
            "code": remark.id,
            "mark": show_mark(placed.item) if placed.item else "",
            "remark": remark.remark,
            "reviewer": remark.reviewer,
            "date": f"{remark.date:%d/%m/%Y}" if remark.date else "",
            "state": remark.state,
            "answer": describe_answer(remark),
            "quote": quote,
        }


def describe_answer(remark: Remark) -> str:
    """« Le total est corrigé. (M. Petit, 4 mars 2018) »; '' where nobody has answered."""
    day = french.format_date(remark.answered_on) if remark.answered_on else ""
    who = ", ".join(filter(None, (remark.answered_by, day)))
    return french.typeset(f"{remark.answer} ({who})") if remark.answer else ""


def _list_passages(items: Sequence[Item]) -> Iterator[Line]:
    """In the order of reading; a formula beside its number, those of no number last."""
    ranks = {item.mark: rank for rank, item in enumerate(items) if item.kind == VALUE}
    last = len(items)
    places = [ranks.get(i.mark, last) if i.kind == FORMULA else n for n, i in enumerate(items)]
    for _, item in sorted(zip(places, items, strict=True), key=lambda pair: pair[0]):
        text = item.text if item.kind == FORMULA else quote_item(item)
        yield {
            "code": show_mark(item),
            "kind": _name_nature(item),
            "section": item.section,
            "text": text[:_LONGEST],
        }


def _name_nature(item: Item) -> str:
    if item.kind == PHRASE and "/titre" in item.key:
        return "titre"
    if item.kind == PHRASE and item.text.startswith(("Source :", "Sources :")):
        return "source"
    return _NATURES.get(item.kind, item.kind)


def _look_up_passages(book: Workbook, first: int, number: int) -> None:
    """« Passage visé » of the rows to fill in: found in the hidden table as soon as a mark stands
    there, however it is spaced."""
    sheet = book[form_contract.REMARKS.title]
    columns = [column.key for column in form_contract.REMARKS.columns]
    mark, remark, quote = (
        get_column_letter(columns.index(key) + 1) for key in ("mark", "remark", "quote")
    )
    texts, typed = (f"{form_contract.CONTENT}!${c}$3:${c}${number + 2}" for c in "EF")
    for row in range(first + 2, sheet.max_row + 1):
        bare = f'LOWER({mark}{row}&"")'
        for sign in (" ", "\u00a0", "\u202f", ".", "n°"):
            bare = f'SUBSTITUTE({bare},"{sign}","")'
        sheet.row_dimensions[row].height = None  # grows with what is typed
        sheet[f"{quote}{row}"] = (
            f'=IF({bare}="",IF({remark}{row}="","","{form_contract.WHOLE_CHAPTER}"),'
            f'IFERROR(INDEX({texts},MATCH({bare},{typed},0)),"{form_contract.UNKNOWN_MARK}"))'
        )


def digest_items(items: Sequence[Item]) -> str:
    """Digest of what a chapter says, mark by mark."""
    parts = (f"{item.kind}|{item.key}|{item.mark}|{item.text}" for item in items)
    return hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()


def _keep_content(book: Workbook, items: Sequence[Item]) -> None:
    """The hidden table of marks, after ``seal``: no reviewer types there."""
    kept = book.create_sheet(form_contract.CONTENT)
    kept.sheet_state, kept.protection.sheet = "veryHidden", True
    rows = [("digest", digest_items(items)), CONTENT_COLUMNS]
    for i in items:
        typed = re.sub(r"n°|[\s.]", "", show_mark(i)).lower()  # as a row to fill in looks for it
        rows.append((i.mark, i.kind, i.key, i.section, quote_item(i)[:_LONGEST], typed))
    for number, row in enumerate(rows, 1):
        for column, text in enumerate(row, 1):
            put_cell(kept, number, column, text)


def read_items(book: Workbook) -> list[Item]:
    """What each mark of a workbook stood at; [] where its hidden table has gone."""
    if form_contract.CONTENT not in book.sheetnames:
        return []
    kept = book[form_contract.CONTENT].iter_rows(max_col=len(CONTENT_COLUMNS), values_only=True)
    rows = [["" if cell is None else str(cell) for cell in row] for row in kept]
    heads = next((n for n, row in enumerate(rows) if tuple(row) == CONTENT_COLUMNS), len(rows))
    return [
        Item(kind, key, mark, section, text)
        for mark, kind, key, section, text in rows[heads + 1 :]
        if kind
    ]
