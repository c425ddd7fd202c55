"""The analyst's guide: one self-contained page, beside the report but no part of it.

By Quarto where the book is, else by pandoc, from the same ``reports/guide/guide.qmd``.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from analysis.base.atomic import write_file
from analysis.base.paths import REPORTS
from analysis.base.rawfiles import list_files
from analysis.publish import BookError
from analysis.publish.engine import Engine
from analysis.publish.pandoc import run_pandoc
from analysis.publish.quarto import run_quarto
from analysis.show.page_safety import guard
from analysis.words import french

NAME = "guide.qmd"
FOLDER = "guide"
_OPTIONS = (
    "--from=markdown",
    "--to=html5",
    "--standalone",
    "--embed-resources",
    "--toc",
    "--toc-depth=2",
    "--css=guide.css",
    "--lua-filter=guide.lua",
    "--variable=document-css:false",
    "--metadata=toc-title:Sommaire",
    "--email-obfuscation=none",
    "--wrap=none",
)


def list_guide_inputs() -> list[Path]:
    """Files that ``build_guide`` reads, in order."""
    return [path for _, path in list_files(REPORTS / FOLDER)]


def build_guide(staging: Path, target: Path, engine: Engine, epoch: int) -> Path:
    """Build the guide into ``target/guide/index.html``; returns that page, which takes its place
    when it is whole.

    ``staging`` is a folder for the work, made anew. Raises BookError when the engine fails or warns
    (French).
    """
    shutil.rmtree(staging, ignore_errors=True)
    shutil.copytree(REPORTS / FOLDER, staging)
    source = staging / NAME
    source.write_text(typeset_guide(source.read_text(encoding="utf-8")), encoding="utf-8")
    page = target / FOLDER / "index.html"
    if engine.name == "quarto":
        run_quarto(engine, [str(source.resolve()), "--to", "html"], staging / "quarto.log", epoch)
        built = source.with_suffix(".html")
        if not built.is_file():
            raise BookError("Quarto n’a pas écrit le guide.")
        text = built.read_text(encoding="utf-8")
    else:
        made = run_pandoc(_OPTIONS, source.read_text(encoding="utf-8"), folder=staging)
        text = made.decode("utf-8")
    write_file(page, guard(text, "du guide"))
    return page


def typeset_guide(text: str) -> str:
    """French spaces in the text; the head of the file and blocks of code are left as they are."""
    head, _, body = text.removeprefix("---\n").partition("\n---\n")
    blocks = body.split("```")
    blocks[::2] = [french.typeset(block) for block in blocks[::2]]
    return f"---\n{head}\n---\n" + "```".join(blocks)
