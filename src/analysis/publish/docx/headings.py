"""Headings and the table of contents: bookmarks inside headings, a field that is already filled.

Of this package wordml.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

from analysis.publish.docx.wordml import (
    element,
    every,
    field,
    find,
    get,
    name,
    only_word,
    paragraph,
    run,
    style_of,
    text,
    text_of,
)

_STYLE = re.compile(r"Heading(\d)$")
#: The bookmark of the summary's title.
_SUMMARY = "sec_sommaire"
_LEVELS = re.compile(r'\\o "1-(\d)"')


class Heading(NamedTuple):
    """Level, bookmark (or « ») and text."""

    level: int
    bookmark: str
    text: str


def _level(node: etree._Element) -> int:
    found = _STYLE.match(style_of(node)) if node.tag == name("w:p") else None
    return int(found[1]) if found else 0


def anchor_headings(document: etree._Element) -> None:
    """Put a heading's bookmark inside its paragraph: some readers lose one that follows a table."""
    ends = {get(node, "w:id"): node for node in every(document, "w:bookmarkEnd")}
    for start in every(document, "w:bookmarkStart"):
        following = start.getnext()
        while following is not None and following.tag == name("w:bookmarkStart"):
            following = following.getnext()
        if following is None or not _level(following):
            continue
        end = ends[get(start, "w:id")]
        for mark in (start, end):
            mark.getparent().remove(mark)
        place = 1 if find(following, "w:pPr") is not None else 0
        following[place:place] = [start, end]


def read_headings(document: etree._Element) -> list[Heading]:
    """All headings in order."""
    found = []
    for node in every(document, "w:p"):
        level = _level(node)
        if level:
            marks = [get(mark, "w:name") for mark in node.iter(name("w:bookmarkStart"))]
            found.append(Heading(level, marks[-1] if marks else "", text_of(node)))
    return found


def list_summary(document: etree._Element) -> list[etree._Element]:
    """What the summary holds from its first chapter on, up to the next title of the first level."""
    lines: list[etree._Element] = []
    inside = False
    for node in find(document, "w:body"):
        level = _level(node)
        if level == 1:
            marks = [get(mark, "w:name") for mark in node.iter(name("w:bookmarkStart"))]
            inside = _SUMMARY in marks
        elif inside and node.tag == name("w:p") and (lines or level == 2):
            lines.append(node)
    return [line for line in lines if style_of(line) != "Partie"]


def fill_contents(document: etree._Element) -> None:
    """Put the headings into the field of contents, so that it shows before Word updates it."""
    for box in every(document, "w:sdt"):
        code = next((node for node in box.iter(name("w:instrText")) if "TOC" in node.text), None)
        if code is None:
            continue
        depth = int(_LEVELS.search(code.text)[1])
        headings = [heading for heading in read_headings(document) if heading.level <= depth]
        if not headings:
            continue
        content = find(box, "w:sdtContent")
        for old in list(content):
            if style_of(old) != "TOCHeading":
                content.remove(old)
        begin, instruction, separate, _, end = field(code.text.strip(), "", stale=True)
        entries = [_compose_entry(heading) for heading in headings]
        # LibreOffice computes no page number inside a field of contents.
        entries[0].insert(1, only_word(begin, instruction, separate))
        entries[-1].append(only_word(end))
        content.extend(entries)


def _compose_entry(heading: Heading) -> etree._Element:
    made = paragraph(f"TOC{heading.level}")
    if not heading.bookmark:
        made.append(run(text(heading.text)))
        return made
    link = element("w:hyperlink", anchor=heading.bookmark, history=1)
    link.append(run(text(heading.text)))
    link.append(run(element("w:tab")))
    link.extend(field(f"PAGEREF {heading.bookmark} \\h", "…", stale=True))
    made.append(link)
    return made
