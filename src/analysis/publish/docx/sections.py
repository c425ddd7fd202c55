"""Sections: the cover, the contents, each chapter with its colour in its headers, long tables in
columns.

Bands are shaded paragraphs of the headers, wider than the text: no drawing to place or to describe.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from itertools import pairwise

from lxml import etree

from analysis.publish.docx.docx_package import Package
from analysis.publish.docx.headings import list_bookmarks, name_bookmark
from analysis.publish.docx.word_tables import count_places, is_long
from analysis.publish.docx.word_template import fill, name_accents
from analysis.publish.docx.wordml import (
    every,
    find,
    name,
    paragraph,
    set_property,
    style_of,
    text_of,
    write,
)

#: Where a section begins (None: with the file) and its « w:sectPr ».
Section = tuple[etree._Element | None, etree._Element]
#: The bookmark of the foreword's title.
_FOREWORD = "sec_avant_propos"
#: Placeholders of a header that has a colour of its own: see ``name_accents``.
Paint = Mapping[str, str]


def divide(
    package: Package,
    document: etree._Element,
    line: str,
    colours: Mapping[str, str],
    ground: Paint | None = None,
    brief: Collection[str] = (),
) -> None:
    """Put headers and footers into the file and end each section with what it shows.

    The paragraph « Partie » that announces a part is said again above each of its chapters.

    Parameters
    ----------
    line
        at the foot of each page.
    colours
        the chapters', by the label of their heading.
    ground
        the report's own colour, where it is not the project's.
    brief
        labels of the chapters that follow each other on a page, without a colour.
    """
    body = find(document, "w:body")
    for old in every(body, "w:sectPr"):
        old.getparent().remove(old)
    accents = dict(zip(map(name_bookmark, colours), name_accents(colours.values()), strict=True))
    sections = [
        _compose_cover(package, list(accents.values()), ground or {}),
        *_compose_chapters(
            package, _list_chapters(body, accents, {*map(name_bookmark, brief)}), line, ground or {}
        ),
    ]
    sections += _compose_columns(body, [first for first, _ in sections])
    if body[-1].tag == name("w:tbl"):
        body.append(paragraph("Normal"))  # Word wants one after a table
    sections.sort(key=lambda section: -1 if section[0] is None else body.index(section[0]))
    for (_, ending), (first, _) in pairwise(sections):
        _end_section(body, body.index(first), ending)
    body.append(sections[-1][1])


def _put(package: Package, part: str, root: etree._Element) -> str:
    kind = "header" if "header" in part else "footer"
    return package.add(f"word/{part}.xml", write(root), kind)


def _compose_cover(package: Package, chapters: list[Paint], ground: Paint) -> Section:
    """A band of the report's colour, then one of each chapter's."""
    header = fill("word/header-cover.xml", **ground)
    header[1:1] = [fill("word/header-cover-stripe.xml", **chapter) for chapter in chapters]
    section = fill(
        "word/section-cover.xml",
        header=_put(package, "header1", header),
        footer=_put(package, "footer1", fill("word/footer-cover.xml", **ground)),
    )
    return None, section


def _compose_chapters(
    package: Package,
    chapters: list[tuple[etree._Element, str, Paint]],
    line: str,
    ground: Paint,
) -> list[Section]:
    footer = _put(package, "footer2", fill("word/footer.xml", line=line))
    sections = []
    for number, (first, title, paint) in enumerate(chapters, start=2):
        header = fill("word/header.xml", title=title, **{**ground, **paint})
        opening = fill("word/header-first.xml", **{**ground, **paint})
        section = fill(
            "word/section.xml",
            header=_put(package, f"header{number}", header),
            first=_put(package, f"header{number}-first", opening),
            footer=footer,
        )
        sections.append((first, section))
    return sections


def _list_chapters(
    body: etree._Element, accents: Mapping[str, Paint], brief: Collection[str]
) -> list[tuple[etree._Element, str, Paint]]:
    """Where the contents and each « heading 1 » begin, their titles and colours; of several
    ``brief`` ones, the first. The foreword goes on below the contents."""
    starts: list[tuple[etree._Element, str, Paint]] = []
    after_brief = opens_part = False
    part: etree._Element | None = None
    for child in list(body):
        style = style_of(child) if child.tag == name("w:p") else ""
        if child.tag == name("w:sdt"):
            titles = [node for node in every(child, "w:p") if style_of(node) == "TOCHeading"]
            starts += [(child, text_of(title), {}) for title in titles[:1]]
        elif style == "Partie":
            part, opens_part = child, True
            body.remove(child)
        elif style == "Heading1" and _FOREWORD not in list_bookmarks(child):
            marks = [mark for mark in list_bookmarks(child) if mark in accents]
            is_brief = not brief.isdisjoint(marks)
            if is_brief and after_brief and not opens_part:
                continue
            after_brief, opens_part = is_brief, False
            first = child
            if part is not None:
                first = deepcopy(part)
                child.addprevious(first)
            starts.append(
                (first, text_of(child), accents[marks[0]] if marks and not is_brief else {})
            )
    return starts


def _compose_columns(body: etree._Element, chapters: list[etree._Element | None]) -> list[Section]:
    """Long tables, with what follows them in one column again."""
    sections = []
    for table in body.iterchildren(name("w:tbl")):
        if is_long(table):
            sections.append((table, count_places(table)))
            following = table.getnext()
            if following is not None and following not in chapters:
                sections.append((following, 1))
    return [
        (first, fill("word/section-columns.xml", columns=count if count > 1 else ""))
        for first, count in sections
    ]


def _end_section(body: etree._Element, place: int, section: etree._Element) -> None:
    """End a section before the child at ``place``, in the last paragraph there or a new one."""
    last = place - 1
    while last >= 0 and body[last].tag in (name("w:bookmarkEnd"), name("w:bookmarkStart")):
        last -= 1
    previous = body[last] if last >= 0 else None
    if previous is None or previous.tag != name("w:p"):
        previous = paragraph("Normal")
        body.insert(place, previous)
    set_property(previous, "w:pPr", section)
