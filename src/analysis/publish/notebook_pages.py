"""An executed notebook → the page that goes into the book: its Markdown, nothing else; and
``trails/``, what the pages' windows say of each number.

Quarto shows Markdown cells of a notebook as they are, without the wrappers it puts around outputs;
so each Markdown, typed in the notebook (French spaces are put in) or displayed by its code, becomes
a Markdown cell, title first, and both engines read the same text.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from analysis.model.store import Edition
from analysis.publish import BookError
from analysis.words import french
from analysis.words.lineage import compose_entry, name_anchor, read_trail

HIDDEN_TAGS = {"remove-cell", "hide-cell", "hide-output"}
#: Outputs that a reader would see and that are not Markdown: the notebook must not make them.
FOREIGN = ("text/html", "image/png", "image/svg+xml", "image/jpeg", "text/latex")
#: The folder of the trails, a file for each page of the annexes: scripts rather than JSON, so that
#: a page opened from the disk may read them.
TRAILS = "trails"
#: The page with the lines of whole tables.
TABLES_PAGE = "sources"
_HEADING = re.compile(r"#{1,6} ")
_SPAN = re.compile(r'\{\.trace data-trace="([^"]+)"')


def _text(source: str | list[str]) -> str:
    return source if isinstance(source, str) else "".join(source)


def read_blocks(path: Path, lines: Mapping[str, str] | None = None) -> list[str]:
    """The Markdown a reader sees, in order, title first; ``lines`` as ``tables.locate_lines`` has
    them. Raises BookError when a cell failed, shows something other than Markdown, or no title is
    found."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    blocks: list[str] = []
    title = None
    for position, cell in enumerate(notebook["cells"], start=1):
        tags = set(cell.get("metadata", {}).get("tags", []))
        if tags & HIDDEN_TAGS or cell["cell_type"] == "raw":
            continue
        if cell["cell_type"] == "markdown":
            shown = split_heading(french.typeset(_text(cell["source"]).strip()))
        else:
            shown = [text for text in _read_outputs(cell, path, position) if text]
        place = f"{path.stem}.html#cell-id={cell['id']}"
        for text in (place_trails(text.strip(), place, lines or {}) for text in shown):
            if title is None and text.startswith("# "):
                title = text
            elif text:
                blocks.append(text)
    if title is None:
        raise BookError(f"Le carnet {path.name} n’affiche pas de titre de premier niveau.")
    return [title, *blocks]


def lower_headings(text: str) -> str:
    """A block whose headings are one level below: a page's becomes a section of another."""
    return re.sub(r"^(?=#{1,5} )", "#", text, flags=re.MULTILINE)


def split_heading(text: str) -> list[str]:
    """A typed text whose heading stands apart, as those that code displays do: a page's title may
    be taken out of its notebook, and what follows it must not go with it."""
    heading, _, rest = text.partition("\n")
    return [heading, rest] if _HEADING.match(heading) else [text]


def _read_outputs(cell: dict[str, Any], path: Path, position: int) -> list[str]:
    texts = []
    for output in cell.get("outputs", []):
        if output["output_type"] == "error":
            raise BookError(
                f"Le carnet {path.name} contient une erreur, cellule {position} : "
                f"{output.get('ename')} : {output.get('evalue')}"
            )
        data = output.get("data", {})
        if "text/markdown" in data:
            texts.append(_text(data["text/markdown"]))
        elif any(name in data for name in FOREIGN):
            raise BookError(
                f"Le carnet {path.name}, cellule {position}, affiche autre chose que du "
                f"Markdown ({', '.join(sorted(data))}) : le livre ne peut pas le reprendre."
            )
    return texts


def part_shortcodes(text: str) -> str:
    """Markdown whose letters Quarto does not take for a shortcode where it reads its settings: a
    character that is not seen parts their signs."""
    for sign in (r"\{\{\<", r"\>\}\}"):
        text = text.replace(sign, sign[:2] + "\u2060" + sign[2:])
    return text


def write_page(blocks: list[str], folder: Path, stem: str) -> str:
    """A page of the book, the same bytes for the same text; returns its file's name.

    A notebook of Markdown cells; a page without a number is plain Markdown, for Quarto takes a
    notebook's title out of it and forgets that it is ``.unnumbered``.
    """
    if ".unnumbered" in blocks[0].splitlines()[0]:
        path = folder / f"{stem}.qmd"
        path.write_text("\n\n".join(blocks), encoding="utf-8")
        return path.name
    # Quarto joins the lines of a source as they are: each must end by itself.
    cells = [
        {
            "cell_type": "markdown",
            "id": f"bloc-{index:04d}",
            "metadata": {},
            "source": block.splitlines(keepends=True),
        }
        for index, block in enumerate(blocks)
    ]
    notebook = {
        "cells": cells,
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    path = folder / f"{stem}.ipynb"
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path.name


def find_references(texts: Iterable[str]) -> list[str]:
    """Every reference that a Markdown text's numbers carry, once each, in order."""
    return list(dict.fromkeys(found for text in texts for found in _SPAN.findall(text)))


def link_line(reference: str, lines: Mapping[str, str]) -> str:
    """Where a reference's entry stands in the annexes: « calculs-climat.html#calc-… »."""
    anchor = name_anchor(reference)
    return f"{lines.get(anchor, TABLES_PAGE)}.html#{anchor}"


def place_trails(text: str, cell: str, lines: Mapping[str, str]) -> str:
    """The text with, beside each reference, its line of the annexes and the cell of the reviewer's
    notebook that shows it."""
    return _SPAN.sub(
        lambda found: (
            f'{{.trace data-trace="{found[1]}" data-line="{link_line(found[1], lines)}"'
            f' data-cell="{cell}"'
        ),
        text,
    )


def compose_trails(
    edition: Edition, references: Iterable[str], lines: Mapping[str, str]
) -> dict[str, str]:
    """The scripts by the page of the annexes that they go with: an entry for each reference and for
    the terms behind it, and where the entry of each that these name stands."""
    entries: dict[str, dict[str, str]] = defaultdict(dict)
    links: dict[str, dict[str, str]] = defaultdict(dict)
    waiting = list(dict.fromkeys(references))
    known = set(waiting)
    for reference in waiting:  # grows while it is read
        trail = read_trail(edition, reference)
        named = [term.reference for term in trail.terms if term.reference]
        page = link_line(reference, lines).partition(".")[0]
        entries[page][reference] = compose_entry(trail)
        links[page] |= {name: link_line(name, lines) for name in (reference, *named)}
        waiting += [name for name in dict.fromkeys(named) if name not in known]
        known |= {*named}
    return {page: _write_script(page, links[page], entries[page]) for page in sorted(entries)}


def _write_script(page: str, *parts: Mapping[str, str]) -> str:
    said = ",\n".join(
        json.dumps(dict(sorted(part.items())), ensure_ascii=False, indent=0) for part in parts
    )
    return f"window.addTrails({json.dumps(page)},\n{said});\n"
