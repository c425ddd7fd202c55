"""Headings and what leads to them: bookmarks, the table of contents, the summary's lines."""

from __future__ import annotations

import re

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
_SUMMARY = "sec_synthese"
_LEVELS = re.compile(r'\\o "1-(\d)"')
_REFERENCE = re.compile(r"(\b(?:PAGE)?REF\s+)(\S+)")


def name_bookmark(label: str) -> str:
    """« sec-climat » → « sec_climat »: Word offers bookmarks of letters, digits and « _ » alone."""
    return re.sub(r"\W", "_", label)


def rename_bookmarks(document: etree._Element) -> None:
    """Bookmarks and what leads to them under names that Word takes, with ids that stand once."""
    starts = list(every(document, "w:bookmarkStart"))
    numbers = {get(start, "w:id"): str(number) for number, start in enumerate(starts, start=1)}
    for start in starts:
        start.set(name("w:name"), name_bookmark(get(start, "w:name")))
    for mark in [*starts, *every(document, "w:bookmarkEnd")]:
        mark.set(name("w:id"), numbers[get(mark, "w:id")])
    for link in every(document, "w:hyperlink"):
        if get(link, "w:anchor"):
            link.set(name("w:anchor"), name_bookmark(get(link, "w:anchor")))
    for code in every(document, "w:instrText"):
        code.text = _REFERENCE.sub(
            lambda found: found[1] + name_bookmark(found[2]), code.text or ""
        )


def list_bookmarks(node: etree._Element) -> list[str]:
    """Names of the bookmarks that begin in a paragraph."""
    return [get(mark, "w:name") for mark in every(node, "w:bookmarkStart")]


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
        if following is not None and _level(following):
            place = 1 if find(following, "w:pPr") is not None else 0
            following[place:place] = [start, ends[get(start, "w:id")]]


def list_summary(document: etree._Element) -> list[etree._Element]:
    """What the summary holds below its first chapter's title, up to the next title of the first
    level."""
    lines: list[etree._Element] = []
    inside = False
    for node in find(document, "w:body"):
        level = _level(node)
        if level == 1:
            inside = _SUMMARY in list_bookmarks(node)
        elif inside and node.tag == name("w:p") and (lines or style_of(node) == "Renvoi"):
            lines.append(node)
    return [line for line in lines if style_of(line) != "Partie"]


def fill_contents(document: etree._Element) -> None:
    """Put the headings into the field of contents, so that it shows before Word updates it."""
    for box in every(document, "w:sdt"):
        code = next((node for node in box.iter(name("w:instrText")) if "TOC" in node.text), None)
        if code is None:
            continue
        depth = int(_LEVELS.search(code.text)[1])
        entries = [
            _compose_entry(node) for node in every(document, "w:p") if 1 <= _level(node) <= depth
        ]
        if not entries:
            continue
        content = find(box, "w:sdtContent")
        for old in list(content):
            if style_of(old) != "TOCHeading":
                content.remove(old)
        begin, instruction, separate, _, end = field(code.text.strip(), "", stale=True)
        # LibreOffice computes no page number inside a field of contents.
        entries[0].insert(1, only_word(begin, instruction, separate))
        entries[-1].append(only_word(end))
        content.extend(entries)


def _compose_entry(heading: etree._Element) -> etree._Element:
    """The line of a heading, with its page where it has a bookmark."""
    words = run(text(text_of(heading)))
    entry = paragraph(f"TOC{_level(heading)}")
    marks = list_bookmarks(heading)
    if marks:
        page = field(f"PAGEREF {marks[-1]} \\h", "…", stale=True)
        link = element("w:hyperlink", words, run(element("w:tab")), *page, anchor=marks[-1])
        link.set(name("w:history"), "1")
        entry.append(link)
    else:
        entry.append(words)
    return entry
