"""Reviewers' copies: each executed notebook as one HTML page with its code and its workings folded,
by nbconvert and a template of ours (``reports/style/carnet``).

The page stands alone and asks nothing of the network; it links into the book's pages, which stand
in ``../html``.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import takewhile
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer
from traitlets.config import Config

from analysis.base.atomic import write_file
from analysis.base.paths import REPORTS
from analysis.compute.audit import ALERT, UNCONTROLLED
from analysis.compute.audit.printed_figures import DISCREPANCY, UNVERIFIABLE
from analysis.compute.dossier.document_files import read_lines, read_plan
from analysis.compute.workings.row_findings import FINDINGS, REFUSED, ROWS, UNEXPLAINED
from analysis.execute.chapter_content import WORKINGS, list_texts, read_words
from analysis.execute.notebook_run import NARROW
from analysis.execute.review_marks import ReviewState, annotate, describe_signature
from analysis.model.schema import DOCUMENTS_FOLDER
from analysis.model.source_documents import DocumentPlan, read_ranges
from analysis.show.identity import read_identity
from analysis.show.markup import render_html
from analysis.show.page_safety import guard
from analysis.show.style_sheet import compose_sheet
from analysis.words.document_places import find_places, name_link
from analysis.words.french import format_count, typeset
from analysis.words.lineage import name_anchor
from analysis.words.smallmarkdown import PICTURES

#: The template's folder in ``reports/style``, and the book's own sheets and script that serve too.
STYLE = REPORTS / "style"
TEMPLATE = "carnet"
SHEETS = (
    "text.css",
    "tables.css",
    "numbers.css",
    "dashboard.css",
    "print.css",
    f"{TEMPLATE}/carnet.css",
)
SCRIPTS = ("tables.js", f"{TEMPLATE}/carnet.js")
#: Cells of preparation, and of parameters.
PREPARATION = "preparation"
APART = {"remove-cell", "parameters", "injected-parameters"}
#: What ``stamp_origin`` replaces, once the copies stand in the report's folder.
ORIGIN = "<!-- origine -->"
#: Where the book's pages stand, seen from the copies, with the fonts below them.
BOOK = "../html"
#: Where a number's line of the annexes is said to be, until ``point_to_lines`` knows its page.
ANNEX = "annexes.html"

#: Lines of a document, alone in a cell or elsewhere.
_PASSAGE = re.compile(
    r'(<td[^>]*>)?<span class="document" data-document="([a-z0-9-]+):([\d,-]+)">(.*?)</span>',
    re.DOTALL,
)
_TRACE = re.compile(r'<span class="trace" data-trace="([^"]+)">(.*?)</span>', re.DOTALL)
#: A goal of the 2030 Agenda, whose row is in a page of the book.
_GOAL = re.compile(r'<a href="#(objectif-\d+)"')
#: What stands before a chart's drawing in its file, and has no place inside a page.
_PROLOGUE = re.compile(r"^.*?(?=<svg\b)", re.DOTALL)
#: The file of a drawing.
_DRAWING = re.compile(r"\]\(([^()]+)\.svg\)\{#")
#: Of a drawing for a telephone, the shapes that cut others: what bears the name of one that is not
#: shown would not be cut.
_CLIP = re.compile(r'(<clipPath id="|url\(#)')
#: A letter's shape: the drawings of a page have most in common.
_GLYPH = re.compile(r'<path id="([^"]+)" d="[^"]*" transform="[^"]*"/>')
_HEADING = re.compile(r"<h([1-6])((?:\s[^>]*)?)>(.*?)</h\1>", re.DOTALL)
_ID = re.compile(r'\bid="([^"]+)"')
_TITLE = re.compile(r"^# (.*?)[ \t]*(?:\{[^{}]*\})?[ \t]*$", re.MULTILINE)
_LINK = re.compile(r"</?a\b[^>]*>")
#: Of a heading, what is for who reads there and not in the contents: its mark and what it was.
_ASIDE = re.compile(r'<(span|a)\b[^>]*\bclass="(?:repere|avant)[^"]*"[^>]*>.*?</\1>', re.DOTALL)
_TAGS = re.compile(r"<[^>]+>")
_REMARK = re.compile(r'<div class="remarque ouverte"')
_SUMMARY = re.compile(r'<div class="relecture">(.*)</div>\s*\Z', re.DOTALL)
_ASSERTION = re.compile(r"^\s*assert\b", re.MULTILINE)
#: What is told of a section, in one and in several.
_TOLD = {
    DISCREPANCY: ("écart", "écarts"),
    ALERT: ("alerte", "alertes"),
    REFUSED: ("refus", "refus"),
    UNVERIFIABLE: ("invérifiable", "invérifiables"),
    UNCONTROLLED: ("non contrôlable", "non contrôlables"),
}
#: What of an output is read.
_SHOWN_AS = ("text/markdown", "image/svg+xml")
#: Letters of a remark that its entry in the list shows.
_SHOWN = 160


@dataclass(frozen=True)
class Heading:
    """What a copy says of itself: the page's title, what kind of page it is (« finalité »), the
    territory, the edition, which notebook was executed with which parameters, the chapter's colour
    ('' where it is none); ``kind``: what the page is; ``home``: the page that lists all of its kind
    ('': none). A page with a home is for readers; it stands in a folder of its own beside
    ``style/``, and no book stands near it."""

    title: str
    year: int | None = None
    label: str = ""
    territory: str = ""
    notebook: str = ""
    colour: str = ""
    kind: str = "Copie de relecture"
    home: str = ""


@dataclass
class _Copy:
    """What the template shows around the cells, besides the heading."""

    signature: str = ""
    discrepancies: str = ""
    open_remarks: str = ""
    contents: list[dict[str, Any]] = field(default_factory=list)
    changes: str = ""
    remarks: list[dict[str, str]] = field(default_factory=list)


@lru_cache(maxsize=4)
def _open_document(
    raw: Path, source: str, stamps: tuple[int, ...]
) -> tuple[DocumentPlan, Mapping[int, str]]:
    """The outline of a document, and the text of its lines; read once as long as its files (of
    these ``stamps``) stay, for a page cites it a hundred times."""
    return read_plan(raw, source), read_lines(raw, source)


def quote_passage(raw: Path, source: str, lines: str, book: str) -> str:
    """Where lines of a document (« 120-124,130 ») stand in it, and what they say, where this
    machine has its text."""
    files = sorted((raw / DOCUMENTS_FOLDER).glob(f"{source}.*"))
    stamps = tuple(path.stat().st_mtime_ns for path in files)
    plan, text = _open_document(raw, source, stamps)
    said = []
    for place in find_places(plan, source, f"l. {lines}"):
        words = f"{place.words}, " if place.words else ""
        link = f'<a href="{book}/{place.link}">{html.escape(f"{words}{place.lines}")}</a>'
        said.append(f"<p>{typeset(link)}</p>")
    for first, last in read_ranges(f"l. {lines}"):
        for number in range(first, last + 1):
            if text.get(number, "").strip():
                said.append(f"<p><b>{number}</b> {html.escape(text[number])}</p>")
    return "".join(said)


def link_to_book(page: str, book: str = BOOK, raw: Path | None = None) -> str:
    """A notebook's HTML with its links into the book's pages: the data of each chart, its pictures,
    for each number its line of the annex, for lines of a document their place in its outline. Where
    the typed data (``raw``) are at hand, a cell that names such lines opens on what they are.
    Without a book ('') the data stand beside the page. A picture says what it shows."""
    page = page.replace(' alt="" data-fig-alt="', ' alt="')
    if not book:
        return page

    def link(found: re.Match[str]) -> str:
        anchor = name_anchor(html.unescape(found[1]))
        return f'<a class="trace" href="{book}/{ANNEX}#{anchor}">{found[2]}</a>'

    def open_document(found: re.Match[str]) -> str:
        cell, source, lines, words = found.groups()
        if cell and raw and (said := quote_passage(raw, source, lines, book)):
            return f'{cell}<details class="passage"><summary>{words}</summary>{said}</details>'
        place = name_link(source, int(re.match(r"\d+", lines)[0]))
        return f'{cell or ""}<a href="{book}/{place}">{words}</a>'

    page = _PASSAGE.sub(open_document, page)
    for folder in (PICTURES, "figures"):
        page = page.replace(f'<img src="{folder}/', f'<img src="{book}/{folder}/')
    page = _GOAL.sub(rf'<a href="{book}/agenda.html#\1"', page)
    return _TRACE.sub(link, page).replace('<a href="figures/', f'<a href="{book}/figures/')


def point_to_lines(page: str, book: str, pages: Mapping[str, str], other: str) -> str:
    """A copy whose numbers lead to the annexes of a book by page: ``pages`` by the anchors of their
    lines (``tables.locate_lines``), ``other`` for those that none has."""
    return re.sub(
        f'(?<=href="{re.escape(book)}/){re.escape(ANNEX)}#([^"]+)',
        lambda found: f"{pages.get(html.unescape(found[1]), other)}.html#{found[1]}",
        page,
    )


def _read_drawing(text: str, picture: str, folder: Path | None) -> str:
    """A figure's drawing, and the one for a telephone where there is one below ``folder``; a screen
    shows one of both."""
    wide = _PROLOGUE.sub("", picture, count=1)
    found = _DRAWING.search(text) if folder else None
    path = folder / f"{found[1]}{NARROW}" if found else None
    if path is None or not path.is_file():
        return wide
    narrow = _PROLOGUE.sub("", path.read_text(encoding="utf-8"), count=1)
    narrow = _CLIP.sub(r"\1etroit-", narrow.replace("<svg ", '<svg class="etroit" ', 1))
    return wide.replace("<svg ", '<svg class="large" ', 1) + narrow


def _list_markdown(
    notebook: NotebookNode, folder: Path | None = None
) -> Iterator[tuple[NotebookNode, Any, str, str]]:
    """Every Markdown of a notebook, of its cells and of what they display, with the drawings of a
    figure (else ''): the cell, the node that holds it, text, drawings."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield cell, cell, typeset(cell.source), ""
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "text/markdown" in data:
                text, picture = ("".join(data.get(name, "")) for name in _SHOWN_AS)
                yield cell, data, text, _read_drawing(text, picture, folder)


def read_markdown(notebook: NotebookNode) -> Iterator[tuple[str, str, str]]:
    """Every Markdown of a notebook with the identifier of its cell and the drawing of a figure."""
    for cell, _, text, picture in _list_markdown(notebook):
        yield cell["id"], text, picture


def render_cells(
    notebook: NotebookNode,
    folder: Path | None = None,
    book: str = BOOK,
    raw: Path | None = None,
) -> None:
    """Every Markdown of a notebook as HTML in its place; its drawings for a telephone stand below
    ``folder``. ``raw``: as ``link_to_book``."""
    found = list(_list_markdown(notebook, folder))
    pages = render_html([(text, picture) for _, _, text, picture in found])
    for (cell, node, _, _), page in zip(found, pages, strict=True):
        if node is cell:
            cell.source = link_to_book(page, book, raw)
        else:
            for name in _SHOWN_AS:
                node.pop(name, None)
            node["text/html"] = link_to_book(page, book, raw)


def _list_pages(cell: NotebookNode) -> Iterator[tuple[Any, str]]:
    """What of a cell is HTML by now: the node that holds it, under which name."""
    if cell.cell_type == "markdown":
        yield cell, "source"
    for output in cell.get("outputs", []):
        if "text/html" in output.get("data", {}):
            yield output["data"], "text/html"


def _tags(cell: NotebookNode) -> set[str]:
    return {*cell.metadata.get("tags", [])}


def _is_working(cell: NotebookNode) -> bool:
    return WORKINGS in _tags(cell)


def _lower_headings(cells: list[NotebookNode]) -> None:
    """Headings one below the other from the second level on: the first is the page's own."""
    pages = [(node, name) for cell in cells for node, name in _list_pages(cell)]
    levels = [int(found[1]) for node, name in pages for found in _HEADING.finditer(node[name])]
    shift = 2 - min(levels, default=2)
    if not shift:
        return

    def lower(found: re.Match[str]) -> str:
        level = min(int(found[1]) + shift, 6)
        return f"<h{level}{found[2]}>{found[3]}</h{level}>"

    for node, name in pages:
        node[name] = _HEADING.sub(lower, node[name])


def _strip(text: str) -> str:
    """A heading's HTML for another place: without links, marks and identifiers."""
    return _ID.sub("", _LINK.sub("", _ASIDE.sub("", text))).strip()


def lower_title(cells: list[NotebookNode]) -> list[NotebookNode]:
    """The cells with the chapter's title below the workings that follow it: the page has its own
    above them."""
    start = next((rank for rank, cell in enumerate(cells) if "title" in _tags(cell)), len(cells))
    end = start + 1
    while end < len(cells) and _is_working(cells[end]):
        end += 1
    return [*cells[:start], *cells[start + 1 : end], *cells[start : start + 1], *cells[end:]]


def _take_heading(cell: NotebookNode) -> re.Match[str] | None:
    """The heading of a section that a Markdown cell begins with."""
    found = _HEADING.match(cell.source.lstrip()) if cell.cell_type == "markdown" else None
    return found if found and found[1] == "2" else None


def _take_title(page: str) -> str:
    """A chapter's title as a line above what follows, with its mark and what was said of it."""
    return _HEADING.sub(lambda h: f'<p class="titre"{h[2]}>{h[3]}</p>', page, count=1)


def _group_workings(cells: Iterable[NotebookNode]) -> Iterator[list[NotebookNode]]:
    """The sections of the workings, each from its heading to the next or to the workings' end."""
    section: list[NotebookNode] = []
    for cell in cells:
        working = _is_working(cell)
        if section and (not working or _take_heading(cell)):
            yield section
            section = []
        if working:
            section.append(cell)
    if section:
        yield section


def fold_cells(cells: Sequence[NotebookNode]) -> None:
    """Into boxes: the preparation at the beginning, and each section of the workings. A heading
    that nothing follows stays a heading; the chapter's title below it goes, as the page has it."""
    apart = list(takewhile(lambda cell: cell["place"]["apart"], cells))
    if apart:
        _fold(apart, PREPARATION, "Préparation du carnet", PREPARATION)
    for number, section in enumerate(_group_workings(cells), start=1):
        found = _take_heading(section[0])
        rest = section[0].source.lstrip()[found.end() :] if found else section[0].source
        if len(section) == 1 and not rest.strip():
            section[0]["place"]["alone"] = True
            after = cells[cells.index(section[0]) + 1 :][:1]
            for node, key in _list_pages(after[0]) if after and "title" in _tags(after[0]) else ():
                node[key] = _take_title(node[key])
            continue
        name = _ID.search(found[2]) if found else None
        title = _strip(found[3]) if found else "Calculs"
        section[0].source = rest
        _fold(section, WORKINGS, title, name[1] if name else f"{WORKINGS}-{number}")


def _count_findings(outputs: Iterable[NotebookNode]) -> Counter[str]:
    """What the frames among these outputs found, all together."""
    told = (output.get("metadata", {}).get(FINDINGS, {}) for output in outputs)
    return sum(map(Counter, told), Counter())


def _tell_discrepancies(found: Mapping[str, int]) -> str:
    """« 3 écarts et 2 alertes, dont 1 à éclaircir », « 2 écarts, avec explication »; '' where there
    is none."""
    parts = [format_count(found[n], *_TOLD[n]) for n in (DISCREPANCY, ALERT) if found[n]]
    unexplained = found[UNEXPLAINED]
    rest = f"dont {unexplained} à éclaircir" if unexplained else "avec explication"
    return f"{' et '.join(parts)}, {rest}" if parts else ""


def describe_findings(cells: Sequence[NotebookNode]) -> str:
    """What a section of the workings says of its numbers: its discrepancies; where there is none,
    that its assertions hold (a notebook with a false one has no copy), or that nothing was there
    to be verified; then what was refused or cannot be verified. '' of one that verifies nothing."""
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    asserted = sum(len(_ASSERTION.findall(source)) for source in code)
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    found = _count_findings(outputs)
    if any(FINDINGS in output.get("metadata", {}) for output in outputs) and not found[ROWS]:
        return "rien à vérifier"
    parts = [_tell_discrepancies(found) or ("cohérence interne vérifiée" if asserted else "")]
    parts += [
        format_count(found[name], *_TOLD[name])
        for name in (REFUSED, UNVERIFIABLE, UNCONTROLLED)
        if found[name]
    ]
    return typeset(" ; ".join(filter(None, parts)))


def _fold(cells: Sequence[NotebookNode], kind: str, title: str, anchor: str) -> None:
    """The template puts these cells into one box, of which the title is shown, and what was
    found there."""
    opens = {"kind": kind, "title": title, "anchor": anchor, "verdict": describe_findings(cells)}
    cells[0]["place"]["opens"] = opens
    cells[-1]["place"]["closes"] = True


def list_contents(cells: Iterable[NotebookNode]) -> Iterator[dict[str, Any]]:
    """The sections of a copy in order, for its contents; of workings the boxes alone."""
    for cell in cells:
        opens = cell["place"].get("opens")
        if opens and opens["kind"] == WORKINGS:
            yield {**opens, "level": 2, "working": True}
        if not cell["place"].get("alone") and (_is_working(cell) or cell["place"]["apart"]):
            continue
        for node, name in _list_pages(cell):
            for found in _HEADING.finditer(node[name]):
                anchor = _ID.search(found[2])
                if anchor and int(found[1]) <= 4:
                    title = _strip(found[3])
                    yield {"title": title, "anchor": anchor[1], "level": int(found[1])}


def _gather_review(cells: Iterable[NotebookNode], copy: _Copy) -> None:
    """What annotations say of the whole chapter, out of its place into the copy's head; an anchor
    for each open remark."""

    def name(found: re.Match[str]) -> str:
        anchor = f"remarque-{len(copy.remarks) + 1}"
        copy.remarks.append({"anchor": anchor})
        return f'<div id="{anchor}" class="remarque ouverte"'

    for cell in cells:
        for node, key in _list_pages(cell):
            page = node[key]
            if "relecture" in page and (found := _SUMMARY.search(page)):
                listed = "<ul>" in found[1] or "remarque" in found[1]
                copy.changes = found[1] if listed else ""
                page = page.replace(found[0], "")
            if "remarque" in page:
                first = len(copy.remarks)
                page = _REMARK.sub(name, page)
                for remark in copy.remarks[first:]:
                    rest = page.split(f'id="{remark["anchor"]}"', 1)[1].split(">", 1)[1]
                    text = html.unescape(_TAGS.sub("", rest.split("</p>", 1)[0])).strip()
                    cut = len(text) > _SHOWN
                    remark["text"] = html.escape(text[:_SHOWN] + "…" if cut else text)
            node[key] = page


@cache
def _highlighter() -> tuple[PythonLexer, HtmlFormatter]:
    return PythonLexer(), HtmlFormatter(nowrap=True)


def highlight_python(source: str) -> str:
    """Code with its parts in classes of pygments."""
    return highlight(source, *_highlighter()).rstrip("\n")


@cache
def _exporter() -> TemplateExporter:
    # Made once a process: its templates are compiled at their first use. Not nbconvert's exporter
    # of HTML, which reads each page once more to name pictures: ours have names.
    priority = ["text/html", "image/svg+xml", "image/png", "image/jpeg", "text/plain"]
    return TemplateExporter(
        template_name=TEMPLATE,
        template_file="index.html.j2",
        extra_template_basedirs=[str(STYLE)],
        default_preprocessors=[],
        filters={"highlight_python": highlight_python},
        config=Config({"NbConvertBase": {"display_data_priority": priority}}),
    )


def get_template(name: str) -> Any:
    """A template of the folder, as nbconvert's environment compiles it."""
    return _exporter().environment.get_template(name)


@cache
def read_script(*names: str) -> str:
    """Sheets or scripts of ``reports/style``, one after the other."""
    return "\n".join((STYLE / name).read_text(encoding="utf-8") for name in names)


@cache
def compose_styles(colour: str, fonts: str = f"{BOOK}/style/fonts") -> str:
    """The sheets of a page, with the colour of its chapter ('' where it has none); ``fonts``: where
    it finds them."""
    sheet = compose_sheet(read_identity(), {"lu": colour} if colour else {}, fonts=fonts)
    colours = ":root { --chapitre: var(--chapitre-lu); }\n" if colour else ""
    return sheet + read_script(*SHEETS) + colours


def _share_shapes(page: str) -> str:
    """The page with each letter's shape once: any drawing uses it from there."""
    known: set[str] = set()

    def keep(found: re.Match[str]) -> str:
        first = found[0] not in known
        known.add(found[0])
        return found[0] if first else ""

    return _GLYPH.sub(keep, page)


def _turn_to_readers(cells: Iterable[NotebookNode]) -> list[NotebookNode]:
    """What is said first, without its code; then the workings, with theirs; no preparation."""
    told = [cell for cell in cells if not _is_working(cell) and not cell["place"]["apart"]]
    for cell in told:
        if cell.cell_type == "code":
            cell.source = ""
    return [*told, *filter(_is_working, cells)]


def compose_copy(
    notebook: NotebookNode,
    heading: Heading,
    state: ReviewState | None,
    folder: Path | None = None,
    raw: Path | None = None,
) -> str:
    """The page of an executed notebook (which is changed), with its drawings for a telephone where
    they stand below ``folder``. ``raw``: as ``link_to_book``."""
    if state:
        annotate(notebook, state)
    book = "" if heading.home else BOOK
    render_cells(notebook, folder, book, raw)
    cells = notebook.cells = lower_title(notebook.cells)
    number = 0
    for cell in cells:
        number += cell.cell_type == "code"
        apart = bool(APART & _tags(cell)) and not _is_working(cell)
        cell["place"] = {"number": number, "apart": apart}
    if heading.home:
        cells = notebook.cells = _turn_to_readers(cells)
    _lower_headings([cell for cell in cells if _is_working(cell)])
    _lower_headings([cell for cell in cells if not _is_working(cell)])
    fold_cells(cells)
    signed = state and (heading.label or state.signed_by)  # chapters alone are
    copy = _Copy(describe_signature(state) if signed else "")
    if heading.label:
        outputs = (output for cell in cells for output in cell.get("outputs", []))
        copy.discrepancies = _tell_discrepancies(_count_findings(outputs)) or "aucun"
        copy.open_remarks = str(len(state.open_remarks)) if state else ""
    _gather_review(cells, copy)
    copy.contents += list_contents(cells)
    resources = {
        **vars(heading),
        **vars(copy),
        "origin": ORIGIN,
        "styles": compose_styles(heading.colour, f"{book or '..'}/style/fonts"),
        "scripts": [read_script(name) for name in SCRIPTS],
    }
    page, _ = _exporter().from_notebook_node(notebook, resources={"page": resources})
    return guard(_share_shapes(page), heading.title, raw)


def read_notebook(path: Path) -> NotebookNode:
    """An executed notebook; papermill has checked its form."""
    return nbformat.v4.reads(path.read_text(encoding="utf-8"))


def read_title(notebook: NotebookNode) -> str:
    """The first heading of the first level that a notebook displays; '' where there is none."""
    for _, _, text in list_texts(notebook):
        if found := _TITLE.search(text):
            return read_words(found[1])
    return ""


def warm_up() -> None:
    """Load and compile what every page needs, for a process from which others are forked."""
    cell = nbformat.v4.new_code_cell("x = 1", id="a")
    cell.outputs = [nbformat.v4.new_output("display_data", data={"text/markdown": "# x"})]
    notebook = nbformat.v4.new_notebook(cells=[cell])
    compose_copy(notebook, Heading("x", 0), ReviewState("x", 0))


def export_review(
    path: Path,
    folder: Path,
    state: ReviewState | None = None,
    heading: Heading | None = None,
    raw: Path | None = None,
) -> Path:
    """Write ``<name>.html`` for one executed notebook into ``folder``; returns the page, which
    takes its place when it is whole.

    ``state``: where the review of a chapter stands; without it, a notebook that nobody signs.
    ``heading``: by default the title that the notebook displays. ``raw``: as ``link_to_book``.
    """
    notebook = read_notebook(path)
    heading = heading or Heading(read_title(notebook) or path.stem, state.year if state else None)
    page = folder / f"{path.stem}.html"
    write_file(page, compose_copy(notebook, heading, state, path.parent, raw))
    return page


def stamp_origin(page: str, facts: Mapping[str, str]) -> str:
    """A copy with what it was made from, as terms and what they are (French)."""
    lines = [
        f"<div><dt>{html.escape(term)}</dt><dd>{html.escape(fact)}</dd></div>"
        for term, fact in facts.items()
    ]
    return page.replace(ORIGIN, "\n".join(lines), 1)
