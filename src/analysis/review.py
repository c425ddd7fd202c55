"""Reviewers' copies: each executed notebook as one HTML page with its code, by nbconvert.

May import trails (names of anchors) and markup, which turns the Markdown written for Quarto into
HTML first.
"""

from __future__ import annotations

import html
import os
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbconvert.preprocessors import Preprocessor

from analysis.markup import render_html
from analysis.trails import name_anchor

#: nbconvert's scripts are fetched from outside, and a reviewer's page needs none.
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
_TRACE = re.compile(r'<span class="trace" data-trace="([^"]+)">(.*?)</span>', re.DOTALL)


def link_to_book(page: str) -> str:
    """A notebook's HTML with its links into the book's pages, which stand in ``../html``: the data
    of each chart, and for each number its line of the annex."""

    def link(found: re.Match[str]) -> str:
        anchor = name_anchor(html.unescape(found[1]))
        return f'<a class="trace" href="../html/annexes.html#{anchor}">{found[2]}</a>'

    return _TRACE.sub(link, page).replace('href="figures/', 'href="../html/figures/')


class RenderMarkdown(Preprocessor):
    """Replace Markdown outputs by HTML, figures with their picture in place."""

    def preprocess(self, notebook, resources):
        """nbconvert's hook: the notebook with its Markdown outputs as HTML."""
        outputs = [
            output["data"]
            for cell in notebook.cells
            for output in cell.get("outputs", [])
            if "text/markdown" in output.get("data", {})
        ]
        pairs = [
            ("".join(data.pop("text/markdown")), data.pop("image/svg+xml", "")) for data in outputs
        ]
        for data, page in zip(outputs, render_html(pairs), strict=True):
            data["text/html"] = link_to_book(page)
        return notebook, resources


def export_reviews(notebooks: Sequence[Path], folder: Path) -> list[Path]:
    """Write ``<name>.html`` for each executed notebook into ``folder``; returns the pages.

    The pages are static and need no network: the styles are inlined, nbconvert's scripts (MathJax,
    RequireJS and Mermaid, fetched from outside) are taken out.
    """
    exporter = HTMLExporter(preprocessors=[RenderMarkdown], exclude_anchor_links=True)
    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        notebook.metadata["title"] = path.stem
        body, _ = exporter.from_notebook_node(notebook)
        page, partial = folder / f"{path.stem}.html", folder / f".{path.stem}.partiel"
        body = _SCRIPT.sub("", body.replace('<html lang="en">', '<html lang="fr">'))
        partial.write_text(body, encoding="utf-8")
        os.replace(partial, page)
        pages.append(page)
    return pages
