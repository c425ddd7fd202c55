"""Reviewers' copies: each executed notebook as one HTML page with its code, by nbconvert.

May import trails (names of anchors) and markup, which turns the Markdown written for Quarto into
HTML first.
"""

from __future__ import annotations

import html
import os
import re
from functools import cache
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from analysis.markup import render_html
from analysis.trails import name_anchor

#: nbconvert's scripts are fetched from outside, and a reviewer's page needs none.
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
_TRACE = re.compile(r'<span class="trace" data-trace="([^"]+)">(.*?)</span>', re.DOTALL)
#: What stands in a figure's place while nbconvert works on the page.
_PLACE = "PLACE-DE-LA-FIGURE-{:04d}."
_TAG = re.compile(r'<(/?)([A-Za-z][\w:.-]*)((?:\s+[\w:.-]+="[^"]*")*)\s*(/?)>')
_ATTRIBUTE = re.compile(r'([\w:.-]+)="([^"]*)"')
_BLANK = re.compile(r">\s*\n\s*<")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>]*>")


def link_to_book(page: str) -> str:
    """A notebook's HTML with its links into the book's pages, which stand in ``../html``: the data
    of each chart, and for each number its line of the annex."""

    def link(found: re.Match[str]) -> str:
        anchor = name_anchor(html.unescape(found[1]))
        return f'<a class="trace" href="../html/annexes.html#{anchor}">{found[2]}</a>'

    return _TRACE.sub(link, page).replace('href="figures/', 'href="../html/figures/')


def write_as_html(svg: str) -> str:
    """A chart's SVG as nbconvert's parser of HTML would write it again, fifteen times quicker.

    That parser reads a page of nbconvert's once more to add a few attributes, and spends most of
    its time on the thousands of strokes of the charts; they are kept from it and put in their place
    afterwards.
    """

    def write(found: re.Match[str]) -> str:
        end, name, attributes, empty = found.groups()
        name = name.lower()
        pairs = sorted((key.lower(), value) for key, value in _ATTRIBUTE.findall(attributes))
        tag = f"<{end}{name}" + "".join(f' {key}="{value}"' for key, value in pairs)
        return f"{tag}></{name}>" if empty else f"{tag}>"

    return _DOCTYPE.sub(r"\g<0>\n", _BLANK.sub(">\n<", _TAG.sub(write, svg)), count=1)


def render_outputs(notebook: NotebookNode) -> list[str]:
    """Replace the Markdown outputs of a notebook by HTML, with a mark for each figure's picture;
    returns the pictures (SVG) in order."""
    outputs = [
        output["data"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/markdown" in output.get("data", {})
    ]
    pictures: list[str] = []
    pairs = []
    for data in outputs:
        place, svg = "", data.pop("image/svg+xml", "")
        if svg:
            place = _PLACE.format(len(pictures))
            pictures.append("".join(svg))
        pairs.append(("".join(data.pop("text/markdown")), place))
    for data, page in zip(outputs, render_html(pairs), strict=True):
        data["text/html"] = link_to_book(page)
    return pictures


@cache
def _exporter() -> HTMLExporter:
    # Made once a process: its templates are compiled at their first use.
    # The numbers of its cells, « In [1] », say nothing to who reads the report again.
    return HTMLExporter(
        exclude_anchor_links=True,
        exclude_input_prompt=True,
        exclude_output_prompt=True,
        optimistic_validation=True,
    )


def warm_up() -> None:
    """Load and compile what every page needs, for a process from which others are forked."""
    render_html([("x", "")])  # looks for pandoc
    cell = nbformat.v4.new_code_cell("x = 1", id="a")
    cell.outputs = [nbformat.v4.new_output("display_data", data={"text/html": "<p>x</p>"})]
    _exporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))


def export_review(path: Path, folder: Path) -> Path:
    """Write ``<name>.html`` for one executed notebook into ``folder``; returns the page.

    The page is static and needs no network: the styles are inlined, nbconvert's scripts (MathJax,
    RequireJS and Mermaid, fetched from outside) are taken out. It takes its place when it is whole.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata["title"] = path.stem
    pictures = render_outputs(notebook)
    body, _ = _exporter().from_notebook_node(notebook)
    for number, svg in enumerate(pictures):
        body = body.replace(_PLACE.format(number), write_as_html(svg))
    body = _SCRIPT.sub("", body.replace('<html lang="en">', '<html lang="fr">'))
    folder.mkdir(parents=True, exist_ok=True)
    page, partial = folder / f"{path.stem}.html", folder / f".{path.stem}.partiel"
    partial.write_text(body, encoding="utf-8")
    os.replace(partial, page)
    return page
