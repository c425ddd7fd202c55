"""One page of the book alone, as the HTML of the whole book would have it.

The other pages stand in the project as outlines (their titles, sections, figures and tables without
what is in them), so that chapters are numbered, references lead somewhere and one page costs what
one page costs.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from analysis.base.paths import Dossier
from analysis.execute import plan_jobs
from analysis.model.store import Edition
from analysis.publish.embedded import build_html, read_documents
from analysis.publish.engine import Engine
from analysis.publish.notebook_pages import read_blocks
from analysis.publish.programs import ProgramPool
from analysis.publish.project import FIGURE, HEADING, TABLE, Project, select_shown
from analysis.publish.staging import FRONT, list_page_files, read_config, stage_book

#: The page that the notebook ``FRONT`` opens.
FIRST = "index"


def list_pages(edition: Edition) -> dict[str, str]:
    """The book's pages in order: name of the page → the notebook that it is made of; empty for a
    page written by hand."""
    pages = {}
    for file in list_page_files(read_config(edition)["book"]):
        path = Path(file)
        pages[path.stem] = path.stem if path.suffix == ".ipynb" else ""
    return pages | {FIRST: Path(FRONT).stem}


def list_parts(edition: Edition, notebook: str) -> list[str]:
    """The notebook of a page (``list_pages``), then those whose sections stand on it; none of a
    page written by hand."""
    jobs = plan_jobs(edition) if notebook else ()
    return [job.name for job in jobs if notebook in (job.name, job.part_of)]


def outline_blocks(blocks: Iterable[str]) -> list[str]:
    """What the other pages of a book need of a page: its headings, figures and tables, empty."""
    text = select_shown("\n\n".join(blocks), "html")
    found = [(match.start(), match[0].strip()) for match in HEADING.finditer(text)]
    found += [
        (match.start(), f'![.](vide.svg){{#{match["id"]} fig-alt="."}}')
        for match in FIGURE.finditer(text)
    ]
    for match in TABLE.finditer(text):
        name = re.search(r"#(tbl-[^\s}]+)", match[0])[1]
        found.append((match.start(), f"| . |\n|---|\n| . |\n\n: . {{#{name}}}"))
    return [part for _, part in sorted(found)]


def write_outline(executed: Path, target: Path) -> None:
    """Write the outline of an executed notebook, as a notebook."""
    blocks = read_blocks(executed)
    # The first page opens with the title and a lead of its notebook.
    outline = [blocks[0], "."] if executed.name == FRONT else outline_blocks(blocks)
    cells = [
        {"cell_type": "markdown", "id": f"bloc-{number}", "metadata": {}, "source": [part]}
        for number, part in enumerate(outline)
    ]
    target.write_text(json.dumps({"cells": cells}, ensure_ascii=False), encoding="utf-8")


def build_page(
    dossier: Dossier,
    edition: Edition,
    engine: Engine,
    page: str,
    notebook: str,
    executed: Mapping[str, Path],
    target: Path,
) -> None:
    """Build a page and all that it loads into the folder ``target``; ``notebook`` as ``list_pages``
    has it.

    Parameters
    ----------
    dossier
        a folder of one's own: what is executed and staged in it is replaced.
    executed
        each notebook of the book → the folder in which it was executed, with its figures.

    Raises BookError, in French.
    """
    place = dossier.executed(edition.year)
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    shown = list_parts(edition, notebook)
    for name, folder in executed.items():
        if name not in shown:
            write_outline(folder / f"{name}.ipynb", place / f"{name}.ipynb")
        else:
            shutil.copy(folder / f"{name}.ipynb", place)
            figures = dossier.figures(edition.year)
            shutil.copytree(folder / "figures", figures, dirs_exist_ok=True)
    project = Project(stage_book(dossier, edition, engine, paper=False))
    for other in project.chapters:
        if other.stem != page and other.file.endswith(".qmd"):
            outline = outline_blocks([project.read_markdown(other.file)])
            (project.folder / other.file).write_text("\n\n".join(outline), encoding="utf-8")
    with ProgramPool() as pool:
        build_html(read_documents(project, dossier.read_pages(edition.year), pool), target)
