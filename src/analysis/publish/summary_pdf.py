"""The synthesis as a document of its own, for the council: four pages that point into the report.

By pandoc and Typst whichever engine made the report, whose PDF says on which page each section
stands. The same filter and the same functions of ``style/template.typ`` set it as in the report.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from analysis.publish import BookError
from analysis.publish.book_checks import tight
from analysis.publish.pandoc import LETTERS, READER, run_pandoc
from analysis.publish.programs import ProgramPool
from analysis.publish.project import Page, Project, read_words
from analysis.publish.typst_pdf import compile_pdf

#: The label of the summary's title, and the pages it is meant to take.
LABEL, PAGES = "sec-synthese", 4
#: What it says at its end where it takes more.
NOTICE = "Cette synthèse dépasse quatre pages"
STANDARDS = ("a-2a", "ua-1")

#: A title that leads to its place, whose page follows.
_ENTRY = re.compile(r"\[(?P<title>[^\[\]]+)\]\(#(?P<label>[\w-]+)\) \[(?P=label)\]\{\.page\}")
_TARGET = re.compile(r"\[(?P<target>[\w-]+)\]\{\.page\}")


def find_summary(project: Project) -> Page | None:
    """The book's page that is its summary; none where the book has none."""
    return next((page for page in project.chapters if page.id == LABEL), None)


def name_summary(project: Project) -> str:
    """The file's name."""
    return f"{project.config['edition']['summary']}.pdf"


def list_entries(project: Project) -> Iterator[tuple[str, str]]:
    """Every title of the summary that leads to its place, in words, with the label of the place."""
    page = find_summary(project)
    for found in _ENTRY.finditer(project.read_markdown(page.file) if page else ""):
        yield read_words(found["title"]), found["label"]


def find_pages(project: Project, pdf: Path) -> dict[str, dict[str, object]]:
    """Page of the report, counted from one, of all that the summary leads to, by label; for a
    chapter its number too. Raises BookError naming what the PDF does not hold (French)."""
    page = find_summary(project)
    wanted = dict.fromkeys(_TARGET.findall(project.read_markdown(page.file) if page else ""))
    named = read_pages(pdf, wanted)
    if missing := sorted(name for name in wanted if name not in named):
        raise BookError(f"{pdf.name} ne dit pas où se trouvent : {', '.join(missing)}.")
    marks = {page.id: page.mark for page in project.chapters if page.mark}
    return {
        name: {"page": named[name]} | ({"number": marks[name]} if name in marks else {})
        for name in wanted
    }


def read_pages(pdf: Path, wanted: Iterable[str]) -> dict[str, int]:
    """Page of a report, counted from one, of each label wanted that stands in it."""
    from pypdf import PdfReader

    reader = PdfReader(pdf, strict=True)  # else it looks at each of twenty thousand objects first
    named = reader.named_destinations
    return {
        name: (reader.get_destination_page_number(named[name]) or 0) + 1
        for name in wanted
        if name in named
    }


def build_summary(project: Project, pdf: Path, target: Path, epoch: int, pool: ProgramPool) -> None:
    """Write the summary beside the report ``pdf``, into ``target``; nothing where the book has no
    summary. Raises BookError when pandoc or Typst fails or warns (French)."""
    page = find_summary(project)
    if page is None:
        return
    settings = project.config["format"]["typst"]
    places = project.folder / f"{target.stem}-pages.json"
    places.write_text(json.dumps(find_pages(project, pdf), ensure_ascii=False), encoding="utf-8")
    edition = project.config["edition"]["year"]
    council = {"title": f"{page.title} {edition}", "places": places.name}
    metadata = project.folder / f"{target.stem}-meta.json"
    metadata.write_text(
        json.dumps(project.metadata | {"council": council}, ensure_ascii=False), encoding="utf-8"
    )
    text = run_pandoc(
        [
            f"--from={READER}",
            "--to=typst",
            "--wrap=none",
            "--standalone",
            f"--metadata-file={metadata.name}",
            "--lua-filter=filters/summary.lua",
            "--lua-filter=filters/pages.lua",
            f"--lua-filter={LETTERS}",
            f"--template={settings['template']}",
            f"--metadata=papersize:{settings['papersize']}",
        ],
        project.read_markdown(page.file),
        folder=project.folder,
        pool=pool,
    )
    source = project.folder / f"{target.stem}.typ"
    source.write_bytes(text)
    fonts = project.folder / settings["font-paths"][0]
    compile_pdf(source, target, fonts, epoch, STANDARDS, pool)


def check_summary(project: Project, path: Path) -> list[str]:
    """What is missing in the summary, as French lines: the file, a line of it, or the word that it
    takes more pages than it is meant to."""
    from pypdf import PdfReader

    if find_summary(project) is None:
        return []
    if not path.is_file() or path.stat().st_size == 0:
        return [f"{path.name} : absent ou vide"]
    pages = [page.extract_text() for page in PdfReader(path).pages]
    text = tight("".join(pages))
    problems = [
        f"{path.name} : titre absent, « {title} »"
        for title, _ in list_entries(project)
        # Where a page ends in a title, its foot and the next one's head stand between.
        if not any(part in text for part in (tight(title)[:20], tight(title)[-20:]))
    ]
    if len(pages) > PAGES and tight(NOTICE) not in text:
        problems.append(f"{path.name} : {len(pages)} pages, et il n’est pas dit pourquoi")
    return problems
