"""Finish what an engine wrote: Word's styles, the identity, what accessibility asks, fixed dates.

The same for Quarto and the embedded engine.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from analysis.publish.docx import numbering, settings, stylesheet, word_theme
from analysis.publish.docx.bookmarks import name_bookmark, rename_bookmarks
from analysis.publish.docx.captions import number_captions, raise_captions
from analysis.publish.docx.docx_package import DOCUMENT, Package
from analysis.publish.docx.fonts import embed_fonts
from analysis.publish.docx.furniture import Furniture, divide, drop_furniture
from analysis.publish.docx.headings import anchor_headings, fill_contents, list_summary
from analysis.publish.docx.links import explain_links
from analysis.publish.docx.naming import (
    list_used_styles,
    name_paragraphs,
    name_summary,
    name_tables,
    name_words,
)
from analysis.publish.docx.numbering import Numbering
from analysis.publish.docx.pagination import keep_paragraphs, keep_tables
from analysis.publish.docx.pictures import describe_pictures
from analysis.publish.docx.styles import LANGUAGE
from analysis.publish.docx.word_tables import describe_tables, fit_tables, mark_heads, split_groups
from analysis.publish.docx.wordml import every, get, write
from analysis.show.identity import Identity, read_identity

#: Parts of pandoc's that say nothing of the report.
_USELESS = ("word/comments.xml", "word/webSettings.xml", "docProps/custom.xml")
_USES_STYLES = re.compile(r"word/(?:header|footer|footnotes|endnotes)[\w-]*\.xml")


@dataclass(frozen=True)
class About:
    """What the file says of the report besides its text.

    ``colours``: the chapters', by the label of their heading; ``alternatives``: of pictures, by the
    stem of their file; ``line``: at the foot of each page.
    """

    title: str = ""
    subject: str = ""
    author: str = ""
    line: str = ""
    colours: Mapping[str, str] = field(default_factory=dict)
    alternatives: Mapping[str, str] = field(default_factory=dict)


def finish_docx(path: Path, epoch: int, about: About) -> None:
    """Finish the file in its place; the same bytes for the same content."""
    identity = read_identity()
    package = Package.read(path)
    for part in _USELESS:
        package.remove(part)
    document = package.load(DOCUMENT)
    engine_lists = package.load(numbering.NAME) if numbering.NAME in package.parts else None
    lists = Numbering(engine_lists)
    _finish_text(document, lists, about)
    _divide(package, document, identity, about)
    package.save(DOCUMENT, document)
    used = {get(node) for node in every(document, "w:numId")}
    package.put(numbering.NAME, lists.compose(used), "numbering")
    _put_styles(package, document, identity)
    colours = list(about.colours.values())
    package.put(word_theme.NAME, word_theme.compose_theme(identity, colours), "theme")
    package.put(settings.NAME, settings.compose_settings(LANGUAGE), "settings")
    embed_fonts(package, identity)
    package.parts["docProps/core.xml"] = write(
        settings.compose_core(about.title, about.subject, about.author, LANGUAGE, epoch)
    )
    package.parts["docProps/app.xml"] = write(settings.compose_application())
    package.write(path, epoch)


def _finish_text(document: etree._Element, lists: Numbering, about: About) -> None:
    """The order counts: names first, for the rest looks for them."""
    name_tables(document)
    name_paragraphs(document, lists)
    name_words(document)
    anchor_headings(document)
    rename_bookmarks(document)
    name_summary(list_summary(document))
    raise_captions(document)
    number_captions(document)
    split_groups(document)
    fit_tables(document)
    mark_heads(document)
    describe_tables(document)
    keep_tables(document)
    keep_paragraphs(document)
    describe_pictures(document, about.alternatives)
    explain_links(document)
    fill_contents(document)


def _divide(package: Package, document: etree._Element, identity: Identity, about: About) -> None:
    colours = word_theme.colour_chapters(list(about.colours.values()))
    main = word_theme.name_colours(identity)["main"]
    drop_furniture(package)
    furniture = Furniture(package, about.line, main, colours)
    divide(document, furniture, dict(zip(map(name_bookmark, about.colours), colours, strict=True)))


def _put_styles(package: Package, document: etree._Element, identity: Identity) -> None:
    """Our styles, and those of the engine's that some part asks for."""
    sheet = stylesheet.compose_stylesheet(identity)
    others = [part for part in package.parts if _USES_STYLES.match(part)]
    used = list_used_styles(document, *map(package.load, others))
    stylesheet.carry_styles(sheet, package.load(stylesheet.NAME), used)
    package.put(stylesheet.NAME, sheet, "styles")
