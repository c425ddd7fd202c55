"""What a PDF of the report must be, as functions that list its faults; for the tests alone.

Each is held against a document with that very fault (``test_pdf``). Structure and text are read by
PDFium: the tags of a page, in their order, and the words that each one holds.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from pypdf import PdfReader

from analysis.publish import book_checks
from analysis.show.colours import TEXT_CONTRAST, contrast

#: Points of a millimetre.
MM = 72 / 25.4
#: Bands at the top and at the bottom of a page, where only running heads and folios stand.
HEAD, FOOT = 20 * MM, 17 * MM
HEADING, TABLE, ROW = re.compile(r"H[1-6]$"), re.compile("Table$"), re.compile("TR$")


@dataclass(frozen=True)
class Run:
    """Words of one piece of text: where they stand, and the tags around them, outermost first;
    ``heading``, ``table`` and ``row`` tell those of a page apart."""

    page: int
    roles: tuple[str, ...]
    heading: int
    table: int
    row: int
    text: str
    left: float
    bottom: float
    right: float
    top: float
    size: float  # of the type, in points


@dataclass(frozen=True)
class Heading:
    level: int
    text: str
    page: int
    bottom: float


def _read_role(element) -> str:
    size = raw.FPDF_StructElement_GetType(element, None, 0)
    memory = ctypes.create_string_buffer(size)
    raw.FPDF_StructElement_GetType(element, memory, size)
    return memory.raw[:size].decode("utf-16-le").rstrip("\0")


def _read_size(item: pdfium.PdfObject) -> float:
    size = ctypes.c_float()
    raw.FPDFTextObj_GetFontSize(item, size)
    return size.value * abs(item.get_matrix().d)


def _read_objects(page: pdfium.PdfPage) -> dict[int, list[tuple[str, tuple[float, ...]]]]:
    """Text and place of each piece of text, under the number that tags call it by (-1: none)."""
    found: dict[int, list[tuple[str, tuple[float, ...]]]] = {}
    wanted = [raw.FPDF_PAGEOBJ_TEXT]
    for item in page.get_objects(wanted, max_depth=8, textpage=page.get_textpage()):
        number = raw.FPDFPageObj_GetMarkedContentID(item)
        found.setdefault(number, []).append(
            (item.extract(), (*item.get_bounds(), _read_size(item)))
        )
    return found


def _walk(element, roles: tuple[str, ...], ranks: tuple[int, ...], counter: list[int]):
    """(roles, ranks of heading, table and row, number of marked content) of all that a tag holds,
    in order."""
    role = _read_role(element)
    for place, kind in enumerate((HEADING, TABLE, ROW)):
        if kind.match(role):
            counter[place] += 1
            ranks = (*ranks[:place], counter[place], *ranks[place + 1 :])
    for place in range(raw.FPDF_StructElement_CountChildren(element)):
        child = raw.FPDF_StructElement_GetChildAtIndex(element, place)
        if child:
            yield from _walk(child, (*roles, role), ranks, counter)
        else:
            number = raw.FPDF_StructElement_GetChildMarkedContentID(element, place)
            if number >= 0:
                yield (*roles, role), ranks, number


def _read_page(page: pdfium.PdfPage, number: int) -> Iterator[Run]:
    objects = _read_objects(page)
    tree, counter = raw.FPDF_StructTree_GetForPage(page), [0, 0, 0]
    for place in range(raw.FPDF_StructTree_CountChildren(tree)):
        top = raw.FPDF_StructTree_GetChildAtIndex(tree, place)
        for roles, ranks, content in _walk(top, (), (0, 0, 0), counter):
            for text, box in objects.pop(content, []):
                yield Run(number, roles, *ranks, text, *box)
    raw.FPDF_StructTree_Close(tree)
    for left in objects.values():  # no tag holds these
        for text, box in left:
            yield Run(number, (), 0, 0, 0, text, *box)


def read_runs(path: Path) -> list[Run]:
    """All text, page by page: what tags hold, in their order, then what none holds (no roles)."""
    document = pdfium.PdfDocument(path)
    return [run for n in range(len(document)) for run in _read_page(document[n], n + 1)]


def read_pdf_text(path: Path) -> str:
    """All text of a PDF, its spaces made one."""
    return book_checks.squeeze(" ".join(page.extract_text() for page in PdfReader(path).pages))


def squeeze(text: str) -> str:
    """Without spaces and hyphens: a line may end anywhere."""
    return re.sub(r"[\s\u00a0\u202f\u00ad\-\u2010\u2011\ufffe\x02]+", "", text.replace("’", "'"))


def read_headings(runs: Iterable[Run]) -> list[Heading]:
    """The tagged headings in order."""
    found: dict[tuple[int, int], list[Run]] = {}
    for run in runs:
        if run.heading and any(HEADING.match(role) for role in run.roles):
            found.setdefault((run.page, run.heading), []).append(run)
    return [
        Heading(
            next(int(role[1]) for role in parts[0].roles if HEADING.match(role)),
            "".join(part.text for part in parts),
            page,
            min(part.bottom for part in parts),
        )
        for (page, _), parts in found.items()
    ]


def read_bookmarks(path: Path) -> list[tuple[int, str, int]]:
    """(depth, title, page) of each bookmark, in order."""
    reader = PdfReader(path)

    def walk(entries, depth):
        for entry in entries:
            if isinstance(entry, list):
                yield from walk(entry, depth + 1)
            else:
                yield depth, entry.title, reader.get_destination_page_number(entry) + 1

    return list(walk(reader.outline, 1))


# Faults -------------------------------------------------------------------------------------------


def find_undeclared(path: Path) -> list[str]:
    """What the document does not say of itself: PDF/UA-1, PDF/A-2a, French, tags, its title."""
    reader = PdfReader(path)
    root = reader.trailer["/Root"]
    said = root["/Metadata"].get_object().get_data().decode("utf-8") if "/Metadata" in root else ""
    wanted = {
        "PDF/UA-1": "<pdfuaid:part>1</pdfuaid:part>" in said,
        "PDF/A-2a": "<pdfaid:part>2</pdfaid:part>" in said
        and "<pdfaid:conformance>A</pdfaid:conformance>" in said,
        "langue": str(root.get("/Lang", "")).lower().startswith("fr"),
        "balises": bool(root.get("/MarkInfo", {}).get("/Marked")),
        "titre": bool(reader.metadata and reader.metadata.title),
        "titre montré": bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")),
    }
    return [name for name, is_there in wanted.items() if not is_there]


def list_figures(path: Path) -> list[str]:
    """The alternative text of every tag Figure, in the structure's order; '' where it lacks."""
    found = []
    waiting = [PdfReader(path).trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        node = waiting.pop().get_object()
        if isinstance(node, list):
            waiting += reversed(node)
        elif hasattr(node, "get"):
            if node.get("/S") == "/Figure":
                found.append(str(node.get("/Alt", "")))
            waiting += [node["/K"]] if "/K" in node else []
    return found


def find_foreign_fonts(path: Path, ours: Sequence[str]) -> list[str]:
    """Fonts whose names begin otherwise than ours, or whose file the document does not hold."""
    faults, seen = set(), set()

    def look(font) -> None:
        name = str(font.get("/BaseFont", "?")).lstrip("/").rpartition("+")[2]
        for inner in font.get("/DescendantFonts", []):
            look(inner.get_object())
        if font.get("/Subtype") in ("/Type0", "/Type3"):
            return
        description = font.get("/FontDescriptor", {})
        if not any(f"/FontFile{kind}" in description for kind in ("", "2", "3")):
            faults.add(f"{name} : absente du document")
        if not name.startswith(tuple(ours)):
            faults.add(f"{name} : étrangère")

    def search(resources) -> None:
        fonts = resources.get("/Font", {})
        for name in fonts:
            if fonts.raw_get(name).idnum not in seen:
                seen.add(fonts.raw_get(name).idnum)
                look(fonts[name])
        drawings = resources.get("/XObject", {})
        for name in drawings:
            if drawings.raw_get(name).idnum not in seen:
                seen.add(drawings.raw_get(name).idnum)
                search(drawings[name].get("/Resources", {}))

    for page in PdfReader(path).pages:
        search(page["/Resources"])
    return sorted(faults)


def find_wrong_bookmarks(path: Path, runs: Iterable[Run]) -> list[str]:
    """Headings and bookmarks that are not the same, in the same order, at the same level."""
    headings = read_headings(runs)
    bookmarks = read_bookmarks(path)
    faults = [
        f"p. {heading.page} : titre « {heading.text} » ({heading.level}), signet « {title} » "
        f"({depth}, p. {page})"
        for heading, (depth, title, page) in zip(headings, bookmarks, strict=False)
        if not squeeze(heading.text).endswith(squeeze(title))
        or (heading.level, heading.page) != (depth, page)
    ]
    if len(headings) != len(bookmarks):
        faults.append(f"{len(headings)} titres, {len(bookmarks)} signets")
    return faults


def measure_pages(path: Path, scale: float = 0.4) -> list[float]:
    """How far down each page is printed, from nothing (0) to the foot (1), running heads and folios
    apart."""
    found = []
    for page in pdfium.PdfDocument(path):
        picture = page.render(scale=scale, grayscale=True).to_numpy()
        picture = picture.reshape(picture.shape[:2])
        body = picture[int(HEAD * scale) : int((page.get_height() - FOOT) * scale)]
        printed = (body < 250).any(axis=1).nonzero()[0]
        found.append(float(printed[-1] + 1) / len(body) if len(printed) else 0.0)
    return found


def find_hollow_pages(path: Path, openings: Iterable[int], least: float = 0.5) -> list[str]:
    """Pages that end above their middle though no chapter begins on the next one; ``openings``: the
    pages where one begins."""
    ends = {page - 1 for page in openings}
    filled = measure_pages(path)
    ends.add(len(filled))
    return [
        f"p. {page} : remplie à {share:.0%}"
        for page, share in enumerate(filled, start=1)
        if share < least and page not in ends
    ]


def find_last_headings(runs: Sequence[Run]) -> list[str]:
    """Headings with nothing but headings below them on their page."""
    lowest: dict[int, float] = {}
    for run in runs:
        is_heading = any(HEADING.match(role) for role in run.roles)
        if run.roles and not is_heading and run.text.strip():
            lowest[run.page] = min(lowest.get(run.page, 1e9), run.bottom)
    return [
        f"p. {heading.page} : « {heading.text} »"
        for heading in read_headings(runs)
        if lowest.get(heading.page, 1e9) > heading.bottom
    ]


def find_lone_rows(runs: Sequence[Run]) -> list[str]:
    """Rows that stand alone on a page while the rest of their table stands on the next one or on
    the one before. (The head said again is in no tag: a table that goes on begins with a cell.)"""
    pages: dict[int, list[Run]] = {}
    for run in runs:
        if run.roles and run.text.strip():
            pages.setdefault(run.page, []).append(run)
    faults = []
    for before, after in pairwise(sorted(pages)):
        last, first = pages[before][-1], pages[after][0]
        if "TD" in last.roles and "TD" in first.roles and "TH" not in first.roles:
            for edge in (last, first):
                rows = {
                    run.row
                    for run in pages[edge.page]
                    if run.table == edge.table and "TD" in run.roles
                }
                if len(rows) == 1:
                    faults.append(f"p. {edge.page} : « {edge.text} »")
    return faults


def join_lines(runs: Iterable[Run]) -> list[Run]:
    """Pieces that follow each other on one line, as one."""
    lines: list[Run] = []
    for run in runs:
        last = lines[-1] if lines else None
        if last and (last.page, last.roles, last.table, last.row, round(last.bottom)) == (
            *(run.page, run.roles, run.table, run.row),
            round(run.bottom),
        ) and last.right - 1 < run.left < last.right + 2 * run.size:  # fmt: skip
            lines[-1] = replace(last, text=last.text + run.text, right=run.right)
        else:
            lines.append(run)
    return lines


def _are_neighbours(before: Run, after: Run) -> bool:
    """Whether the second stands in a cell to the right of the first one's, in the same row."""
    same = (before.table, before.row) == (after.table, after.row)
    return "TD" in before.roles and same and after.left > before.right


def find_disorder(runs: Sequence[Run], height: float = 297 * MM) -> list[str]:
    """Words outside of all tags that are neither a running head, a folio nor the head of a table
    said again; words read before others that stand above them in the same column."""
    heads = {run.text.strip() for run in runs if "TH" in run.roles}
    faults = [
        f"p. {run.page} : « {run.text} » n’est dans aucune balise"
        for run in runs
        if not run.roles and run.text.strip() and FOOT < run.bottom < height - HEAD
        if run.text.strip() not in heads
    ]
    tagged = join_lines(
        run for run in runs if run.roles and run.text.strip() and "Figure" not in run.roles
    )
    faults += [
        f"p. {after.page} : « {before.text} » se lit avant « {after.text} »"
        for before, after in pairwise(tagged)
        if before.page == after.page
        and after.bottom > before.top
        and after.left < before.left + 8 * MM
        and not _are_neighbours(before, after)
    ]
    return faults


def _hide_texts(page: pdfium.PdfPage) -> Iterator[tuple[str, tuple[float, ...], str]]:
    """Words, place and colour of each piece of text, which is no longer drawn."""
    wanted = [raw.FPDF_PAGEOBJ_TEXT]
    for item in page.get_objects(wanted, max_depth=8, textpage=page.get_textpage()):
        if words := item.extract().strip():
            channels = [ctypes.c_uint() for _ in range(4)]
            raw.FPDFPageObj_GetFillColor(item, *channels)
            colour = "#{:02x}{:02x}{:02x}".format(*(channel.value for channel in channels[:3]))
            yield words, item.get_bounds(), colour
            raw.FPDFTextObj_SetTextRenderMode(item, raw.FPDF_TEXTRENDERMODE_INVISIBLE)


def find_faint_texts(path: Path) -> list[str]:
    """Words that cannot be read on what is drawn behind them: most of their box, once no text is
    drawn."""
    faults = []
    for number, page in enumerate(pdfium.PdfDocument(path), start=1):
        texts, height = list(_hide_texts(page)), page.get_height()
        picture = page.render(rev_byteorder=True).to_numpy()[:, :, :3].astype(np.uint32)
        picture = picture @ np.array([1 << 16, 1 << 8, 1], np.uint32)
        for words, (left, bottom, right, top), colour in texts:
            rows = slice(max(0, int(height - top)), int(height - bottom) + 1)
            behind = picture[rows, max(0, int(left)) : int(right) + 1]
            shades, counts = np.unique(behind, return_counts=True)
            if len(shades) and contrast(colour, ground := f"#{shades[counts.argmax()]:06x}") < (
                TEXT_CONTRAST
            ):
                faults.append(f"p. {number} : « {words} », {colour} sur {ground}")
    return faults
