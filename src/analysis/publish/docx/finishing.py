"""Finish what an engine wrote: Word's styles, the identity, what accessibility asks, fixed dates.

The same for Quarto and the embedded engine.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from lxml import etree

from analysis.publish.docx.captions import (
    describe_pictures,
    explain_links,
    number_captions,
    raise_captions,
)
from analysis.publish.docx.docx_package import DOCUMENT, Package
from analysis.publish.docx.headings import (
    anchor_headings,
    fill_contents,
    list_summary,
    rename_bookmarks,
)
from analysis.publish.docx.naming import (
    Level,
    carry_styles,
    keep_used_lists,
    name_paragraphs,
    name_summary,
    name_tables,
    name_words,
    read_list_kinds,
)
from analysis.publish.docx.sections import divide
from analysis.publish.docx.word_tables import (
    describe_tables,
    fit_tables,
    keep_paragraphs,
    keep_tables,
)
from analysis.publish.docx.word_template import fill, write_colour
from analysis.publish.docx.wordml import every, find, paragraph, run, style_of, text

_STYLES, _NUMBERING = "word/styles.xml", "word/numbering.xml"
#: Parts of pandoc's that say nothing of the report.
_USELESS = ("word/comments.xml", "word/webSettings.xml", "docProps/custom.xml")
_USES_STYLES = re.compile(r"word/(?:document|header|footer|footnotes|endnotes)[\w-]*\.xml")


@dataclass(frozen=True)
class About:
    """What the file says of the report besides its text.

    ``colours``: the chapters', by the label of their heading; ``brief``: those that follow each
    other on a page; ``alternatives``: of pictures, by the stem of their file; ``line``: at the foot
    of each page; ``main``: the report's own colour, where it is not the project's.
    """

    title: str = ""
    subject: str = ""
    author: str = ""
    line: str = ""
    year: str = ""
    main: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    brief: Collection[str] = ()
    alternatives: Mapping[str, str] = field(default_factory=dict)


def finish_docx(path: Path, epoch: int, about: About) -> None:
    """Finish the file in its place; the same bytes for the same content.

    Theme and fonts are in it already: the engines took them from the reference document.
    """
    package = Package(path.read_bytes())
    document, numbering = package.load(DOCUMENT), package.load(_NUMBERING)
    _finish_text(document, read_list_kinds(numbering), about.alternatives)
    ground = {"main": write_colour(about.main)} if about.main else {}
    _compose_title(document, about.year)
    divide(package, document, about.line, about.colours, ground, about.brief)
    package.save(DOCUMENT, document)
    keep_used_lists(numbering, document)
    package.save(_NUMBERING, numbering)
    styles = fill(_STYLES, **ground)
    roots = [package.load(part) for part in package.parts if _USES_STYLES.fullmatch(part)]
    carry_styles(styles, package.load(_STYLES), roots)
    package.save(_STYLES, styles)
    path.write_bytes(describe_package(package, epoch, about.title, about.subject, about.author))


def describe_package(package: Package, epoch: int, title: str, subject: str, author: str) -> bytes:
    """The bytes of a file of pandoc's that says what it is, and is of this moment."""
    for part in _USELESS:
        package.remove(part)
    moment = datetime.fromtimestamp(epoch, UTC)
    said = {"title": title, "subject": subject, "author": author}
    said["moment"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    for part in ("word/settings.xml", "docProps/core.xml", "docProps/app.xml"):
        package.save(part, fill(part, **said))
    return package.pack(moment)


def _compose_title(document: etree._Element, year: str) -> None:
    """On the cover, the logo above the title and the year under it."""
    for node in list(every(document, "w:p")):
        if style_of(node) == "Logo":
            find(document, "w:body").insert(0, node)
        elif style_of(node) == "Subtitle" and year:
            node.addnext(paragraph("Millesime", run(text(year))))


def _finish_text(
    document: etree._Element, kinds: Mapping[Level, str], alternatives: Mapping[str, str]
) -> None:
    """The order counts: names first, for the rest looks for them."""
    name_tables(document)
    name_paragraphs(document, kinds)
    name_words(document)
    anchor_headings(document)
    rename_bookmarks(document)
    name_summary(list_summary(document))
    raise_captions(document)
    number_captions(document)
    fit_tables(document)
    describe_tables(document)
    keep_tables(document)
    keep_paragraphs(document)
    describe_pictures(document, alternatives)
    explain_links(document)
    fill_contents(document)
