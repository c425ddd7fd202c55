"""What stands around the text: the cover's bands, running titles in the chapters' colours, page
numbers. Each chapter is a section of its own, so that its pages carry its colour.

Bands are shaded paragraphs of the headers, wider than the text: no drawing to place or to describe.
Of this package wordml, package, styles, tables, theme.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy

from lxml import etree

from analysis.publish.docx.docx_package import Package
from analysis.publish.docx.headings import list_summary
from analysis.publish.docx.styles import TEXT_WIDTH, shade, twips
from analysis.publish.docx.word_tables import GAP, count_places, is_long
from analysis.publish.docx.word_theme import Colour
from analysis.publish.docx.wordml import (
    element,
    ensure,
    field,
    find,
    get,
    name,
    paragraph,
    run,
    set_property,
    style_of,
    text,
    text_of,
)

#: A4 and its margins, in twentieths of a point.
_PAGE = (11906, 16838)
_SIDE = (_PAGE[0] - TEXT_WIDTH) // 2
_TOP, _BOTTOM, _FOOT = 1531, 1417, 624
#: Heights in points: the strip of every page, a chapter's opening, the cover's blocks.
_STRIP, _OPENING, _COVER, _STRIPE, _BASE = 6, 30, 240, 10, 24
_COVER_KIND, _PLAIN = "couverture", "courant"


def page_geometry(*, bleeding: bool) -> list[etree._Element]:
    """Size and margins; ``bleeding``: the foot, too, begins at the edge of the page."""
    width, height = _PAGE
    return [
        element("w:pgSz", w=width, h=height),
        element(
            "w:pgMar",
            top=_TOP,
            right=_SIDE,
            bottom=_BOTTOM,
            left=_SIDE,
            header=0,
            footer=0 if bleeding else _FOOT,
            gutter=0,
        ),
    ]


def _band(colour: Colour, height: float) -> etree._Element:
    """A shaded line from edge to edge of the page."""
    made = paragraph("Bandeau")
    properties = ensure(made, "w:pPr")
    for property_ in (
        shade(colour),
        element("w:spacing", before=0, after=0, line=twips(height), lineRule="exact"),
        element("w:ind", left=-_SIDE, right=-_SIDE),
    ):
        set_property(properties, property_)
    return made


def _space(height: float) -> etree._Element:
    made = paragraph("Bandeau")
    set_property(
        ensure(made, "w:pPr"),
        element("w:spacing", before=0, after=0, line=twips(height), lineRule="exact"),
    )
    return made


def _running(title: str) -> etree._Element:
    # By the level: the name of the style changes with the language of Word.
    return paragraph("Header", *field("STYLEREF 1", title))


def _compose_headers(kind: str, title: str, colours: Sequence[Colour]) -> dict[str, etree._Element]:
    """« default » and « first » of a section; ``colours``: its own, or for the cover all."""
    if kind == _COVER_KIND:
        main, *others = colours
        bands = [_band(main, _COVER), *(_band(colour, _STRIPE) for colour in others)]
        return {"default": element("w:hdr", *bands, _space(1))}
    return {
        "default": element("w:hdr", _band(colours[0], _STRIP), _space(18), _running(title)),
        "first": element("w:hdr", _band(colours[0], _OPENING), _space(12)),
    }


def _compose_footers(kind: str, line: str, colours: Sequence[Colour]) -> dict[str, etree._Element]:
    if kind == _COVER_KIND:
        return {"default": element("w:ftr", _space(1), _band(colours[0], _BASE))}
    foot = paragraph("Footer", run(text(line)), run(element("w:tab")), *field("PAGE", "1"))
    return {"default": element("w:ftr", foot)}


def _name_part(kind: str, base: str, number: int) -> str:
    return f"word/{base}{number}.xml" if kind == "default" else f"word/{base}{number}-{kind}.xml"


class Furniture:
    """Puts headers and footers into the file, those that are alike once."""

    def __init__(self, package: Package, line: str, main: Colour, chapters: Sequence[Colour]):
        self._package, self._line, self._main = package, line, main
        self._chapters = chapters
        self._count = 0
        self._footers: dict[str, list[etree._Element]] = {}

    def describe_section(self, title: str, colour: Colour | None) -> etree._Element:
        """« w:sectPr » of a section that begins with a title."""
        return self._compose(_PLAIN, title, [colour or self._main])

    def describe_cover(self) -> etree._Element:
        """« w:sectPr » of the cover, which shows all chapters' colours."""
        return self._compose(_COVER_KIND, "", [self._main, *self._chapters])

    def _compose(self, kind: str, title: str, colours: Sequence[Colour]) -> etree._Element:
        self._count += 1
        references = []
        for place, header in _compose_headers(kind, title, colours).items():
            part = _name_part(place, "header", self._count)
            references.append(self._refer("header", place, self._put(part, header, "header")))
        if kind not in self._footers:
            number = len(self._footers) + 1
            self._footers[kind] = [
                self._put(_name_part(place, "footer", number), footer, "footer")
                for place, footer in _compose_footers(kind, self._line, colours).items()
            ]
        (foot,) = self._footers[kind]
        places = ("default",) if kind == _COVER_KIND else ("default", "first")
        references += [self._refer("footer", place, foot) for place in places]
        return element(
            "w:sectPr",
            *references,
            element("w:type", val="nextPage"),
            *page_geometry(bleeding=kind == _COVER_KIND),
            element("w:cols", space=GAP),
            None if kind == _COVER_KIND else element("w:titlePg"),
        )

    def _put(self, part: str, root: etree._Element, kind: str) -> str:
        return self._package.put(part, root, kind)

    @staticmethod
    def _refer(kind: str, place: str, relation: str) -> etree._Element:
        made = element(f"w:{kind}Reference", type=place)
        made.set(name("r:id"), relation)
        return made


# Sections -----------------------------------------------------------------------------------------


def _bookmarks(heading: etree._Element) -> list[str]:
    return [get(mark, "w:name") for mark in heading.iter(name("w:bookmarkStart"))]


def _end_section(body: etree._Element, place: int, section: etree._Element) -> None:
    """End a section before the child at ``place``, in the last paragraph there or a new one."""
    last = place - 1
    while last >= 0 and body[last].tag in (name("w:bookmarkEnd"), name("w:bookmarkStart")):
        last -= 1
    previous = body[last] if last >= 0 else None
    if previous is None or previous.tag != name("w:p"):
        previous = paragraph("Normal")
        body.insert(place, previous)
    set_property(ensure(previous, "w:pPr"), section)


def divide(document: etree._Element, furniture: Furniture, colours: Mapping[str, Colour]) -> None:
    """One section for the cover, for the contents and for each « heading 1 », with the paragraph
    « Partie » that announces it: the part's title is said again above each of its chapters. A long
    table is a section too, in columns. ``colours``: of the headings that have one, by bookmark."""
    body = find(document, "w:body")
    for old in [*body.iter(name("w:sectPr"))]:
        old.getparent().remove(old)
    sections = [(None, furniture.describe_cover())]
    for first, title, colour in _list_chapters(body, colours):
        sections.append((first, furniture.describe_section(title, colour)))
    if (lines := list_summary(document)) and lines[-1].getnext() is not None:
        sections.append((lines[0], _describe_columns(2)))
    chapters = {first for first, _ in sections}
    for table in body.iterchildren(name("w:tbl")):
        if is_long(table):
            sections.append((table, _describe_columns(count_places(table))))
            following = table.getnext()
            if following is not None and following not in chapters:
                sections.append((following, _describe_columns(1)))
    if body[-1].tag == name("w:tbl"):
        body.append(paragraph("Normal"))  # Word wants one after a table
    (_, section), *others = sorted(
        sections, key=lambda pair: -1 if pair[0] is None else body.index(pair[0])
    )
    for first, following in others:
        _end_section(body, body.index(first), section)
        section = following
    body.append(section)


def _list_chapters(
    body: etree._Element, colours: Mapping[str, Colour]
) -> list[tuple[etree._Element, str, Colour | None]]:
    """Where sections begin, their titles and colours; « Partie » is put above each chapter."""
    starts: list[tuple[etree._Element, str, Colour | None]] = []
    part: etree._Element | None = None
    for child in list(body):
        style = style_of(child) if child.tag == name("w:p") else ""
        if child.tag == name("w:sdt"):
            title = next((p for p in child.iter(name("w:p")) if style_of(p) == "TOCHeading"), None)
            if title is not None:
                starts.append((child, text_of(title), None))
        elif style == "Partie":
            part = child
            body.remove(child)
        elif style == "Heading1":
            colour = next((colours[mark] for mark in _bookmarks(child) if mark in colours), None)
            first = child
            if part is not None:
                first = deepcopy(part)
                child.addprevious(first)
            starts.append((first, text_of(child), colour))
    return starts


def _describe_columns(count: int) -> etree._Element:
    """« w:sectPr » of a section that goes on on its page, with the headers of the one before."""
    more = {"num": count} if count > 1 else {}
    return element(
        "w:sectPr",
        element("w:type", val="continuous"),
        *page_geometry(bleeding=False),
        element("w:cols", space=GAP, **more),
    )


def drop_furniture(package: Package) -> None:
    """Take away the engine's headers and footers."""
    for part in list(package.parts):
        if part.startswith(("word/header", "word/footer")):
            package.remove(part)
