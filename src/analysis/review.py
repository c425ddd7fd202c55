"""Reviewers' copies: each executed notebook as one HTML page with its code, by nbconvert.

May import paths. Markdown outputs written for Quarto (pipe tables, callouts) are turned into HTML
by pandoc first, since nbconvert's own Markdown knows neither.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import nbformat
import pypandoc
from nbconvert import HTMLExporter
from nbconvert.preprocessors import Preprocessor

_READER = "markdown+pipe_tables+fenced_divs+bracketed_spans+implicit_figures-citations"
_SEPARATOR = "SEPARATION-DES-SORTIES"
#: Cross-references are Quarto's business; a reviewer sees their target in code style.
_REFERENCE = re.compile(r"\[-?@((?:sec|fig|tbl)-[\w-]+)\]|(?<![\w`])@((?:sec|fig|tbl)-[\w-]+)")


class RenderMarkdown(Preprocessor):
    """Replace Markdown outputs by HTML, with one pandoc call for the whole notebook.

    Outputs that also hold a picture keep the picture (the Markdown only names its file).
    """

    def preprocess(self, notebook, resources):
        outputs = [
            output
            for cell in notebook.cells
            for output in cell.get("outputs", [])
            if "text/markdown" in output.get("data", {})
        ]
        texts = []
        for output in outputs:
            text = "".join(output["data"].pop("text/markdown"))
            texts.append("" if "image/svg+xml" in output["data"] else self._plain(text))
        if texts:
            joined = f"\n\n{_SEPARATOR}\n\n".join(texts)
            pages = pypandoc.convert_text(joined, "html5", format=_READER, extra_args=["--wrap=none"])
            for output, page in zip(outputs, pages.split(f"<p>{_SEPARATOR}</p>"), strict=True):
                if page.strip():
                    output["data"]["text/html"] = page.strip()
        return notebook, resources

    @staticmethod
    def _plain(text: str) -> str:
        return _REFERENCE.sub(lambda match: f"`{match.group(1) or match.group(2)}`", text)


def export_reviews(notebooks: Sequence[Path], folder: Path) -> list[Path]:
    """Write ``<name>.html`` for each executed notebook into ``folder``; returns the pages.

    Needs no network: no MathJax, no RequireJS, styles inlined.
    """
    exporter = HTMLExporter(preprocessors=[RenderMarkdown], mathjax_url="", require_js_url="")
    exporter.exclude_anchor_links = True
    folder.mkdir(parents=True, exist_ok=True)
    pages = []
    for path in notebooks:
        notebook = nbformat.read(path, as_version=4)
        notebook.metadata["title"] = path.stem
        body, _ = exporter.from_notebook_node(notebook)
        page, partial = folder / f"{path.stem}.html", folder / f".{path.stem}.partiel"
        partial.write_text(body.replace('<html lang="en">', '<html lang="fr">'), encoding="utf-8")
        os.replace(partial, page)
        pages.append(page)
    return pages
