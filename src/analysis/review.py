"""Reviewers' copies: each executed notebook as one HTML page with its code, by nbconvert.

Imports nothing of ours. Markdown outputs written for Quarto (pipe tables, callouts) are turned into
HTML by pandoc first, since nbconvert's own Markdown knows neither.
"""

from __future__ import annotations

import html
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
#: nbconvert's scripts are fetched from outside, and a reviewer's page needs none.
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
#: A figure as ``layout`` writes it: caption, file, attributes with the alternative text.
_FIGURE = re.compile(r'^!\[(?P<caption>.*)\]\([^)]*\)\{#(?P<id>[\w-]+) fig-alt="(?P<alt>[^"]*)"\}$')


class RenderMarkdown(Preprocessor):
    """Replace Markdown outputs by HTML, with one pandoc call for the whole notebook.

    A figure's Markdown only names a file: its picture is set in place, with caption and
    alternative text.
    """

    def preprocess(self, notebook, resources):
        """nbconvert's hook: the notebook with its Markdown outputs as HTML."""
        outputs = [
            output
            for cell in notebook.cells
            for output in cell.get("outputs", [])
            if "text/markdown" in output.get("data", {})
        ]
        texts, pictures = [], []
        for output in outputs:
            text = "".join(output["data"].pop("text/markdown"))
            figure = _FIGURE.match(text)
            texts.append(self._plain(figure["caption"] if figure else text))
            pictures.append((figure, output["data"].pop("image/svg+xml", "")))
        if texts:
            joined = f"\n\n{_SEPARATOR}\n\n".join(texts)
            pages = pypandoc.convert_text(
                joined, "html5", format=_READER, extra_args=["--wrap=none"]
            )
            pages = pages.split(f"<p>{_SEPARATOR}</p>")
            for output, page, picture in zip(outputs, pages, pictures, strict=True):
                output["data"]["text/html"] = self._compose(page.strip(), *picture)
        return notebook, resources

    @staticmethod
    def _compose(page: str, figure: re.Match[str] | None, svg: str) -> str:
        if figure is None:
            return page
        picture = f'<div role="img" aria-label="{html.escape(figure["alt"])}">{svg}</div>'
        return f'<figure id="{figure["id"]}">{picture}<figcaption>{page}</figcaption></figure>'

    @staticmethod
    def _plain(text: str) -> str:
        return _REFERENCE.sub(lambda match: f"`{match.group(1) or match.group(2)}`", text)


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
