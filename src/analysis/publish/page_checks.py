"""Checks of one built HTML page, whichever engine made it.

A page may hold every word and yet be wrong: chapters numbered two too high, tables without their
headers (``find_layout_faults``), a number that leads to no trail (``find_untraced``).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from lxml.etree import Comment
from lxml.html import HtmlElement, document_fromstring, fragment_fromstring

from analysis.compute.national import list_context, read_national
from analysis.model.store import Edition, title_pages
from analysis.publish import BookError
from analysis.publish.project import Page
from analysis.words import french

#: Classes that pandoc gives to rows and columns of every table: a style for one restyles them all.
ROW_CLASSES = ("odd", "even", "header", "footer")
_NUMBERS = {"chapter-number", "header-section-number"}
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_SPACE = r"[ \u00a0\u202f]"

#: All that may hold a digit without a trail, by name. Nothing else may.
ALLOWED: dict[str, re.Pattern[str]] = {
    "jour": re.compile(rf"\b\d{{1,2}}(?:er)?{_SPACE}(?:{_MONTHS})\b"),
    "trimestre ou semestre": re.compile(rf"\b[1-4](?:er|e){_SPACE}(?:trimestre|semestre)"),
    "année": re.compile(r"\b(?:19|20)\d\d\b"),
    "numéro de figure ou de tableau": re.compile(
        rf"^(?:(?:Figure|Tableau){_SPACE}[\dA-Z]+(?:\.\d+)?{_SPACE}?:"
        rf"|Données de la figure{_SPACE}[\dA-Z]+(?:\.\d+)?$)"
    ),
    "repère dans le document source": re.compile(
        rf"\b[lp]\.{_SPACE}\d+(?:[-–]\d+)?(?:,{_SPACE}\d+(?:[-–]\d+)?)*"
    ),
    "rang d’une proposition": re.compile(r"^\d+\. (?=\w)"),
    "effet nul d’une action": re.compile(r"^0$|(?<=, )0(?= sans effet signalé)"),
}

#: Numbers of titles, of chapters, of sections referred to, of ODD; and the trails themselves.
_SKIPPED_CLASSES = {
    "trace", "header-section-number", "chapter-number", "quarto-xref", "objectif",
    "recherche", "suite",
}  # fmt: skip
_SKIPPED_TAGS = {"script", "style", "nav", "svg"}
_BLOCKS = {
    "p", "li", "td", "th", "figcaption", "caption", "summary", "div", "dd", "dt", "blockquote",
    "h1", "h2", "h3", "h4", "h5", "h6", "main", "section", "table", "ul", "ol", "figure",
}  # fmt: skip
#: The pages of the summary and of the dashboard, besides those of the chapters; the first page, and
#: what begins in it after what opens the pages: the law's own numbers have no trail.
_SUMMARY, _DASHBOARD = "summary", "dashboard"
_FIRST, _FOREWORD = "index", 'id="sec-avant-propos"'


def _parse_main(page: str) -> HtmlElement:
    """The ``<main>`` of a page; empty where it has none."""
    found = document_fromstring(page).find(".//main")
    return fragment_fromstring("<main></main>") if found is None else found


def _list_widths(rows: list[list[HtmlElement]]) -> list[int]:
    """How many columns each row of cells takes, with the cells that come down from above."""
    widths, above = [], []
    for row in rows:
        sizes = [(int(cell.get("colspan") or 1), int(cell.get("rowspan") or 1)) for cell in row]
        widths.append(sum(columns for columns, _ in [*above, *sizes]))
        above = [(columns, height - 1) for columns, height in [*above, *sizes] if height > 1]
    return widths


def find_layout_faults(page_html: str, page: Page) -> Iterator[str]:
    """French lines that say what of a page is not laid out as it should be: the chapter's number,
    its sections' numbers, the columns and headers of its tables."""
    main = _parse_main(page_html)
    yield from _check_numbers(
        [
            (int(heading.tag[1]), span.text_content().strip())
            for heading in main.iter("h1", "h2", "h3", "h4", "h5", "h6")
            for span in heading.iter("span")
            if span.get("class") in _NUMBERS
        ],
        page,
    )
    for table in main.iter("table"):
        rows = [
            [cell for cell in row if cell.tag in ("th", "td")]
            for row in table.iter("tr")
            if next(row.iterancestors("table")) is table
        ]
        heads = [cell for row in rows for cell in row if cell.tag == "th"]
        name = f"tableau {table.get('id')}" if table.get("id") else "un tableau"
        widths = _list_widths(rows)
        if len(set(widths)) > 1:
            yield f"{name} : des lignes de {min(widths)} et de {max(widths)} colonnes"
        if max(widths, default=0) > 1 and not any("scope" in cell.attrib for cell in heads):
            yield f"{name} : des en-têtes sans portée (scope)"


def _check_numbers(numbers: list[tuple[int, str]], page: Page) -> Iterator[str]:
    chapters = [number for level, number in numbers if level == 1]
    expected = [page.mark] if page.mark and not page.appendix else []
    if chapters != expected:
        read = ", ".join(chapters) or "aucun"
        yield f"chapitre numéroté {read}, attendu : {page.mark or 'aucun numéro'}"
    for _, number in numbers:
        if page.mark and number.split(".")[0] != page.mark:
            yield f"section numérotée {number} dans le chapitre {page.mark}"
            return
    if not page.mark and numbers:
        yield f"section numérotée {numbers[0][1]} dans une page sans numéro"


def find_row_styles(sheet: str) -> list[str]:
    """Classes of ``ROW_CLASSES`` that a style sheet styles."""
    without = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", sheet, flags=re.DOTALL)
    return [name for name in ROW_CLASSES if re.search(rf"\.{name}(?![\w-])", without)]


def _collect_text(element: HtmlElement, parts: list[str]) -> None:
    """The text of an element and of what is in it, with a null character around each block."""
    classes = set((element.get("class") or "").split())
    if element.tag in _SKIPPED_TAGS or classes & _SKIPPED_CLASSES or element.tag is Comment:
        return
    edge = "\0" if element.tag in _BLOCKS else " " if element.tag == "br" else ""
    parts += [edge, element.text or ""]
    for child in element:
        _collect_text(child, parts)
        parts.append(child.tail or "")
    parts.append(edge)


def read_text_blocks(page: str) -> list[str]:
    """Text of each block of a page's ``<main>``, in order, without its trails and its numbers of
    titles and references."""
    parts: list[str] = []
    _collect_text(_parse_main(page), parts)
    texts = (re.sub(r"[ \n\t]+", " ", text).strip() for text in "".join(parts).split("\0"))
    return [text for text in texts if text]


def find_untraced(page: str, names: Iterable[str] = ()) -> list[str]:
    """Blocks of a page in which a digit stands without a trail and is not allowed.

    ``names``: texts whose digits are part of a name (« 17 ODD », an SDG's number and title).
    """
    ordered = sorted(names, key=len, reverse=True)
    found = []
    for block in read_text_blocks(page):
        left = block
        for name in ordered:
            left = left.replace(name, " ")
        for pattern in ALLOWED.values():
            left = pattern.sub(" ", left)
        if re.search(r"\d", left):
            found.append(block)
    return found


def list_locators(edition: Edition) -> set[str]:
    """Every place in a source that the data cite (« p. 13 », « annexe 3 »), as the pages show it,
    but lines, which ``ALLOWED`` has by themselves (joined, they read « l. 12, 15-17 »).

    A bare number is none: it would excuse that number wherever it stands.
    """
    frames = (edition.values, edition.ratings, edition.targets, edition.gaps)
    cited = {cell for frame in frames for cell in frame["locator"] if cell}
    parts = {part.strip() for cell in cited for part in re.split(r"[;|]", cell)}
    return {part for part in parts if re.search(r"[^\W\d]", part) and not part.startswith("l.")}


def list_names(edition: Edition) -> list[str]:
    """Texts whose digits are part of a name, as the pages show them."""
    names = [*edition.digit_names["text"], *list_locators(edition)]
    # What official data say of themselves: « les moins de 20 ans », « CC des 4 Vallées ».
    catalogue = list_context()
    titles = [*catalogue["title"], *read_national("counts")["title"]]
    names += [*titles, *(f"{title[:1].lower()}{title[1:]}" for title in titles if title)]
    names += [*catalogue["caution"], *read_national("territories")["name"].str.replace("'", "’")]
    names = [name for name in names if re.search(r"\d", name)]
    # A page shows the number of a goal as a chip, without its full stop.
    for dot in (".", ""):
        names += [f"{row.number}{dot} {row.title}" for row in edition.sdgs.itertuples()]
    for _, rows in edition.improvements.sort_values("order", kind="stable").groupby("chapter"):
        names += [f"{rank}. {title}" for rank, title in enumerate(rows["title"], 1)]
    return [form for name in names for form in (name, french.typeset(name))]


def check_traces(edition: Edition, folder: Path) -> None:
    """Look for numbers without a trail on the front page and on the pages of the summary, of what
    changed, of the chapters and of the dashboard, in the ``folder`` of the HTML. Raises BookError
    naming every sentence or cell with a number that leads nowhere (French)."""
    typeset = list_names(edition)
    problems = []
    changes = [] if edition.earlier is None else ["changes"]
    for stem in (_FIRST, _SUMMARY, *changes, *title_pages(edition), _DASHBOARD):
        page = (folder / f"{stem}.html").read_text(encoding="utf-8")
        if stem == _FIRST:
            page = page.partition(_FOREWORD)[0]
        problems += [f"{stem}.html : « {text} »" for text in find_untraced(page, typeset)]
    if problems:
        raise BookError(
            "Nombres dont on ne peut pas suivre l’origine (les citer par une référence {{…}}, ou "
            "inscrire le nom qui les contient dans digit_names.csv) :\n- " + "\n- ".join(problems)
        )
