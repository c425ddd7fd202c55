"""Reviewers' copies: each executed notebook as one HTML page with its code, by nbconvert."""

from __future__ import annotations

import html
import os
import re
from functools import cache
from pathlib import Path

import nbformat
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from analysis.show.colours import lighten_until_readable
from analysis.show.identity import read_identity
from analysis.show.markup import render_html
from analysis.words.lineage import name_anchor
from analysis.words.smallmarkdown import PICTURES

#: nbconvert's scripts are fetched from outside, and a reviewer's page needs none.
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
_TRACE = re.compile(r'<span class="trace" data-trace="([^"]+)">(.*?)</span>', re.DOTALL)
#: What stands in an output's place while nbconvert works on the page: it reads the whole page once
#: more to add a few attributes to its own elements, and what pandoc wrote needs none of them.
_PLACE = "PLACE-DE-LA-SORTIE-{:04d}."
_PLACED = re.compile(r"PLACE-DE-LA-SORTIE-(\d{4})\.")
#: What stands before a chart's drawing in its file, and has no place inside a page.
_PROLOGUE = re.compile(r"^.*?(?=<svg\b)", re.DOTALL)


def link_to_book(page: str) -> str:
    """A notebook's HTML with its links into the book's pages, which stand in ``../html``: the data
    of each chart, and for each number its line of the annex."""

    def link(found: re.Match[str]) -> str:
        anchor = name_anchor(html.unescape(found[1]))
        return f'<a class="trace" href="../html/annexes.html#{anchor}">{found[2]}</a>'

    page = page.replace(f'<img src="{PICTURES}/', f'<img src="../html/{PICTURES}/')
    return _TRACE.sub(link, page).replace('<a href="figures/', '<a href="../html/figures/')


def render_outputs(notebook: NotebookNode) -> list[str]:
    """Put a mark in the place of each Markdown output of a notebook; returns what is to stand there
    (HTML), in order."""
    outputs = [
        output["data"]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if "text/markdown" in output.get("data", {})
    ]
    pairs = []
    for number, data in enumerate(outputs):
        picture = _PROLOGUE.sub("", "".join(data.pop("image/svg+xml", "")), count=1)
        pairs.append(("".join(data.pop("text/markdown")), picture))
        data["text/html"] = _PLACE.format(number)
    return [link_to_book(page) for page in render_html(pairs)]


#: nbconvert's own properties, as they end, and the name of our colour for each.
_COLOURS = {
    "layout-color0 layout-color1": "paper",
    "layout-color2 cell-editor-background cell-editor-active-background": "veil",
    "rendermime-table-row-background rendermime-error-background": "veil",
    "rendermime-table-row-hover-background": "track",
    "layout-color3 layout-color4 border-color0 border-color1 border-color2 border-color3": "rule",
    "cell-editor-border-color": "rule",
    "content-font-color0 content-font-color1 ui-font-color0 ui-font-color1": "ink",
    "content-font-color2 content-font-color3 ui-font-color2 ui-font-color3": "quiet",
    "content-link-color": "main",
    "mirror-editor-variable-color mirror-editor-punctuation-color": "ink",
    "mirror-editor-comment-color": "quiet",
    "mirror-editor-keyword-color mirror-editor-operator-color": "main",
    "mirror-editor-string-color mirror-editor-number-color": "typed",
}


@cache
def compose_sheet() -> str:
    """What nbconvert's style lacks: links known by their line, colours of ours that can be read on
    both grounds."""
    identity = read_identity()
    typed = identity.evolution["favourable"]
    grounds = []
    for side, green in (
        (identity.light, typed),
        (identity.dark, lighten_until_readable(typed, identity.dark["veil"])),
    ):
        shades = side | {"typed": green}
        grounds.append(
            " ".join(
                f"--jp-{name}: {shades[colour]};"
                for names, colour in _COLOURS.items()
                for name in names.split()
            )
        )
    light, dark = grounds
    return (
        f"<style>\n:root {{ {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{\n"
        f":root {{ color-scheme: dark; {dark} }}\n}}\n"
        "body.jp-Notebook main a:any-link { text-decoration: underline; }\n</style>\n"
    )


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
    outputs = render_outputs(notebook)
    body, _ = _exporter().from_notebook_node(notebook)
    body = _SCRIPT.sub("", body.replace('<html lang="en">', '<html lang="fr">'))
    body = body.replace("</head>", compose_sheet() + "</head>", 1)
    body = _PLACED.sub(lambda found: outputs[int(found[1])], body)
    folder.mkdir(parents=True, exist_ok=True)
    page, partial = folder / f"{path.stem}.html", folder / f".{path.stem}.partiel"
    partial.write_text(body, encoding="utf-8")
    os.replace(partial, page)
    return page
