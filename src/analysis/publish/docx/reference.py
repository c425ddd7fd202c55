"""The reference document of the format docx, for both engines: pandoc's own with our styles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lxml import etree

from analysis.publish.docx import settings, stylesheet, word_theme
from analysis.publish.docx.docx_package import DOCUMENT, Package
from analysis.publish.docx.furniture import page_geometry
from analysis.publish.docx.styles import LANGUAGE
from analysis.publish.docx.wordml import element, every
from analysis.publish.pandoc import run_pandoc
from analysis.show.identity import read_identity


def write_reference(path: Path, colours: Sequence[str]) -> None:
    """Where the engines find our styles by their names; ``colours``: the chapters', in order."""
    identity = read_identity()
    package = Package.read(run_pandoc(["--print-default-data-file", "reference.docx"]))
    package.put(stylesheet.NAME, stylesheet.compose_stylesheet(identity), "styles")
    package.put(word_theme.NAME, word_theme.compose_theme(identity, colours), "theme")
    package.put(settings.NAME, settings.compose_settings(LANGUAGE), "settings")

    def set_page(document: etree._Element) -> None:
        for section in every(document, "w:sectPr"):
            section.getparent().replace(
                section, element("w:sectPr", *page_geometry(bleeding=False))
            )

    package.edit(DOCUMENT, set_page)
    package.write(path, 0)
