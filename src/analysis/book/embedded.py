"""The embedded engine: pandoc and Typst build what Quarto would, from the same staged project.

Thin: the chapters are joined in one Markdown as Quarto joins them, pandoc reads and writes, the
project's filters and ``filters/embedded.lua`` add what Quarto adds. One pandoc for each format.
May import french; of this package project, pandoc, pages, trails, errors.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

from analysis import french
from analysis.book import trails
from analysis.book.errors import BookError
from analysis.book.pages import write_pages
from analysis.book.pandoc import run_pandoc
from analysis.book.project import Page, Project

#: Files of ``style/`` that the pages load.
ASSETS = ("report.css", "chapters.css", "search.js", "trace.js", "page.js")


def describe_page(page: Page) -> dict[str, object]:
    """What Quarto's own marks say of a page or of a part's title, for the filters."""
    kind = page.kind if not page.file else "chapter"
    return {
        "bookItemType": kind,
        "bookItemNumber": page.number,
        "bookItemFile": page.file,
        "appendix": page.appendix,
        "page": page.stem,
    }


def join_pages(project: Project, *, parts: bool) -> str:
    """The whole book as one Markdown; ``parts``: with the titles of parts (one-file formats)."""
    texts = []
    for page in project.pages:
        data = json.dumps(describe_page(page), ensure_ascii=False)
        if page.file:
            mark = f"quarto-file-metadata-json: {data}"
            body = project.read_markdown(page.file)
            texts.append(f"```{{=html}}\n<!-- {mark} -->\n```\n\n{body}")
        elif parts:
            code = b64encode(data.encode("utf-8")).decode("ascii")
            mark = f"```{{=html}}\n<!-- quarto-file-metadata: {code} -->\n```"
            texts.append(f"::: {{.quarto-book-part}}\n{mark}\n\n# {page.title}\n:::\n")
    return "\n\n".join(texts)


def common_arguments(project: Project, format_name: str, metadata: Path) -> list[str]:
    """pandoc's arguments that all formats share; ``format_name`` is pandoc's."""
    # Entries that say where among Quarto's filters they run are for Quarto alone.
    shared = [name for name in project.config.get("filters", []) if isinstance(name, str)]
    filters = [*shared, "filters/embedded.lua"]
    arguments = ["--from=markdown", f"--to={format_name}", "--wrap=none"]
    arguments += [f"--metadata-file={metadata}"]
    return arguments + [f"--lua-filter={name}" for name in filters]


def write_metadata(project: Project, path: Path) -> None:
    """The project's own metadata as pandoc reads them (JSON is YAML)."""
    keys = (
        "lang",
        "crossref",
        "language",
        "number-depth",
        "territory",
        "edition",
        "chapter-colours",
        "footer-line",
    )
    metadata = {key: project.config[key] for key in keys if key in project.config}
    metadata |= {key: project.book[key] for key in ("title", "subtitle") if project.book.get(key)}
    path.write_text(json.dumps(metadata, ensure_ascii=False), encoding="utf-8")


def build_html(project: Project, arguments: list[str], target: Path, generator: str) -> None:
    """The site into the folder ``target``: pages, styles, figures, search index."""
    html = run_pandoc(
        [*arguments, "--reference-location=section", "--email-obfuscation=none"],
        join_pages(project, parts=False),
        folder=project.folder,
    ).decode("utf-8")
    target.mkdir(parents=True)
    write_pages(project, html, target, generator)
    (target / "style").mkdir()
    for name in ASSETS:
        shutil.copy(project.folder / "style" / name, target / "style" / name)
    shutil.copy(project.folder / trails.NAME, target / trails.NAME)
    if (project.folder / "figures").is_dir():
        shutil.copytree(
            project.folder / "figures", target / "figures", ignore=shutil.ignore_patterns("*.png")
        )
    for script in project.config["project"].get("post-render", []):
        subprocess.run(
            [sys.executable, str(project.folder / script)],
            check=True,
            cwd=project.folder,
            env=os.environ | {"QUARTO_PROJECT_OUTPUT_DIR": str(target.resolve())},
        )


def build_pdf(project: Project, arguments: list[str], target: Path, epoch: int) -> None:
    """The PDF by pandoc and Typst; raises BookError on any warning of theirs."""
    import typst

    settings = project.config["format"]["typst"]
    source = run_pandoc(
        [
            *arguments,
            "--standalone",
            f"--template={settings['template']}",
            f"--metadata=papersize:{settings['papersize']}",
            f"--metadata=toc-title:{project.config['language']['toc-title-document']}",
        ],
        join_pages(project, parts=True),
        folder=project.folder,
    )
    # Typst reads pictures beside its source; the file is kept for who wants to see it.
    path = project.folder / f"{target.stem}.typ"
    path.write_bytes(source)
    try:
        pdf, warnings = typst.compile_with_warnings(
            str(path),
            root=str(project.folder),
            format="pdf",
            ignore_system_fonts=True,
            pdf_standards=settings["pdf-standard"],
            timestamp=epoch,
        )
    except typst.TypstError as error:
        raise BookError(f"Typst ne compose pas le PDF : {error}") from error
    if warnings:
        said = "\n- ".join(dict.fromkeys(str(warning) for warning in warnings))
        raise BookError(f"Typst avertit :\n- {said}")
    target.write_bytes(pdf)


def build_docx(project: Project, arguments: list[str], target: Path, epoch: int) -> None:
    """The DOCX by pandoc, as ``docx.finish_docx`` takes it over."""
    settings = project.config["format"]["docx"]
    run_pandoc(
        [
            *arguments,
            f"--output={target}",
            f"--reference-doc={settings['reference-doc']}",
            "--toc",
            f"--toc-depth={settings['toc-depth']}",
            f"--metadata=toc-title:{settings['toc-title']}",
        ],
        join_pages(project, parts=True),
        folder=project.folder,
        environment=os.environ | {"SOURCE_DATE_EPOCH": str(epoch)},
    )


def build_embedded(
    project: Project,
    target: Path,
    epoch: int,
    generator: str,
    report: Callable[[str], None] = lambda text: None,
) -> dict[str, float]:
    """Build the three formats into ``target``; seconds of each."""
    metadata = project.folder / "_metadata.json"
    write_metadata(project, metadata)
    stem = project.book["output-file"]
    seconds: dict[str, float] = {}

    def timed(name: str, build: Callable[..., None], format_name: str, *rest: object) -> None:
        start = perf_counter()
        arguments = common_arguments(project, format_name, metadata.resolve())
        build(project, arguments, *rest)
        seconds[name] = perf_counter() - start
        report(f"  {name} : {french.format_seconds(seconds[name])}")

    target = target.resolve()
    with ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(timed, "PDF", build_pdf, "typst", target / f"{stem}.pdf", epoch),
            pool.submit(timed, "HTML", build_html, "html5", target / "html", generator),
            pool.submit(timed, "DOCX", build_docx, "docx", target / f"{stem}.docx", epoch),
        ]
        for job in jobs:
            job.result()
    return seconds
