"""The reference document of the format docx, for both engines: pandoc's own with our styles.

May import identity; of this package of ours package, stylesheet, theme, furniture, settings; of the
book pandoc.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lxml import etree

from analysis.book.docx import settings, stylesheet, theme
from analysis.book.docx.furniture import page_geometry
from analysis.book.docx.package import DOCUMENT, Package
from analysis.book.docx.styles import LANGUAGE
from analysis.book.docx.wordml import element, every
from analysis.book.pandoc import run_pandoc
from analysis.identity import read_identity


def write_reference(path: Path, colours: Sequence[str]) -> None:
    """Where the engines find our styles by their names; ``colours``: the chapters', in order."""
    identity = read_identity()
    package = Package.read(run_pandoc(["--print-default-data-file", "reference.docx"]))
    package.put(stylesheet.NAME, stylesheet.compose_stylesheet(identity), "styles")
    package.put(theme.NAME, theme.compose_theme(identity, colours), "theme")
    package.put(settings.NAME, settings.compose_settings(LANGUAGE), "settings")

    def set_page(document: etree._Element) -> None:
        for section in every(document, "w:sectPr"):
            section.getparent().replace(
                section, element("w:sectPr", *page_geometry(bleeding=False))
            )

    package.edit(DOCUMENT, set_page)
    package.write(path, 0)
