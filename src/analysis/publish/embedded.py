"""The embedded engine: pandoc and Typst build what Quarto would, from the same staged project.

Thin: pandoc reads the pages, which are joined as Quarto joins them, and writes the formats; the
project's filters and ``filters/embedded.lua`` add what Quarto adds. One pandoc for each format.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from analysis.publish import BookError
from analysis.publish.pandoc import LETTERS, VOLUMES, read_texts, run_pandoc
from analysis.publish.programs import ProgramPool
from analysis.publish.project import PRINT, Page, Project
from analysis.publish.summary_pdf import build_summary, name_summary
from analysis.publish.typst_pdf import compile_pdf
from analysis.words import french
from analysis.words.smallmarkdown import PICTURES

#: A document as pandoc writes it, without metadata: what stands around its blocks.
_DOCUMENT = re.compile(r'\{"pandoc-api-version":\[[\d,]+\],"meta":\{\},"blocks":\[')
_END = "]}"
_IDENTIFIER = re.compile(r'\{"t":"Header","c":\[\d,\["([^"]+)"')
#: Where a long page may be cut, what opens and what closes a division of it, and what in it is
#: said elsewhere (a footnote, the address of a link).
_SECTION = re.compile(r"^(?=#{2,3} )", re.MULTILINE)
_OPENED, _CLOSED = (re.compile(rf"^:::+{end}", re.MULTILINE) for end in (r" *[^:\s]", r"\s*$"))
_ELSEWHERE = re.compile(r"\[\^|^```|^~~~|^ {0,3}\[[^\]\n]+\]:", re.MULTILINE)
#: Letters of a piece that is worth a program of its own.
_PIECE = 30_000
_MARK = re.compile(r"<!-- quarto-file-metadata-json: (\{.*?\}) -->\n?")


#: Of the settings of Typst's format, those that the template and the filters read.
VOLUME_METADATA = ("papersize", "volume", "volume-title")


class Inseparable(Exception):
    """Pages that must be read as one text: they share names or bring metadata of their own."""


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


def describe_start(page: Page) -> str:
    """The comment before a page, as Quarto writes it."""
    data = json.dumps(describe_page(page), ensure_ascii=False)
    return f"<!-- quarto-file-metadata-json: {data} -->"


def write_part(page: Page) -> str:
    """The title of a part, for the formats made of one file."""
    data = json.dumps(describe_page(page), ensure_ascii=False)
    code = b64encode(data.encode("utf-8")).decode("ascii")
    mark = f"```{{=html}}\n<!-- quarto-file-metadata: {code} -->\n```"
    return f"::: {{.quarto-book-part}}\n{mark}\n\n# {page.title}\n:::\n"


def join_pages(project: Project, *, parts: bool) -> str:
    """The whole book as one Markdown; ``parts``: with the titles of parts (one-file formats)."""
    texts = []
    for page in project.pages:
        if page.file:
            body = project.read_markdown(page.file)
            texts.append(f"```{{=html}}\n{describe_start(page)}\n```\n\n{body}")
        elif parts:
            texts.append(write_part(page))
    return "\n\n".join(texts)


def _cut_blocks(document: str) -> str:
    """The blocks of pandoc's document, as they stand between the brackets of a JSON list."""
    document = document.rstrip()
    found = _DOCUMENT.match(document)
    if not found or not document.endswith(_END):
        raise Inseparable("métadonnées dans une page")
    return document[found.end() : -len(_END)]


def _check_identifiers(documents: Iterable[str]) -> None:
    # Read as one text, pandoc would have numbered those that it made itself, and complained of the
    # others.
    counts = Counter(name for text in documents for name in _IDENTIFIER.findall(text))
    if shared := [name for name, count in counts.items() if count > 1]:
        raise Inseparable(f"titres de même identifiant : {', '.join(shared)}")


def join_documents(pages: Sequence[Page], documents: Sequence[str]) -> tuple[str, str]:
    """One document of those of all pages: without the titles of parts, then with them.

    Raises
    ------
    Inseparable
        when that would not be what pandoc reads of the whole text.
    """
    _check_identifiers(documents)
    alone, whole = [], []
    for page, document in zip(pages, documents, strict=True):
        blocks = [_cut_blocks(document)]
        if page.file:
            start = {"t": "RawBlock", "c": ["html", describe_start(page)]}
            blocks.insert(0, json.dumps(start, ensure_ascii=False))
            alone += blocks
        whole += blocks
    head = _DOCUMENT.match(documents[0])[0]
    alone, whole = (head + ",".join(filter(None, parts)) + _END + "\n" for parts in (alone, whole))
    return alone, whole


def cut_page(text: str) -> list[str]:
    """A page's Markdown in pieces that pandoc reads as it would the whole: of a long page each is
    read by itself, and only where its text changed."""
    if _ELSEWHERE.search(text):
        return [text]
    pieces = [""]
    for section in _SECTION.split(text):
        last = pieces[-1]
        if len(last) > _PIECE and len(_OPENED.findall(last)) == len(_CLOSED.findall(last)):
            pieces.append(section)
        else:
            pieces[-1] += section
    return pieces


def _read_pages(texts: Sequence[str], kept: Path, pool: ProgramPool) -> list[str]:
    """``read_texts``, of each text piece by piece."""
    pieces = [cut_page(text) for text in texts]
    documents = iter(read_texts([piece for parts in pieces for piece in parts], kept, pool))
    pages = []
    for parts in pieces:
        first, *others = (next(documents) for _ in parts)
        blocks = ",".join(filter(None, map(_cut_blocks, [first, *others])))
        pages.append(_DOCUMENT.match(first)[0] + blocks + _END if others else first)
    return pages


def read_book(project: Project, kept: Path, pool: ProgramPool) -> tuple[str, str]:
    """The book as pandoc reads it (JSON): the pages alone, then with the titles of parts. Read page
    by page, and as one text where that would not give the same."""
    texts = [
        project.read_markdown(page.file) if page.file else write_part(page)
        for page in project.pages
    ]
    try:
        documents = _read_pages(texts, kept, pool)
        return join_documents(project.pages, documents)
    except Inseparable:
        # Each page has been read without complaint; of what they share the filters will speak.
        joined = [join_pages(project, parts=parts) for parts in (False, True)]
        pages_alone, with_parts = read_texts(joined, kept, pool, ["--quiet"])
        return pages_alone, with_parts


@dataclass(frozen=True)
class BookDocuments:
    """What the builders of the three formats share: the project, its documents, who works."""

    project: Project
    pages: str
    whole: str
    metadata: Path
    pool: ProgramPool

    def run_pandoc(self, format_name: str, document: str, *arguments: str, **more: str) -> bytes:
        """pandoc with the project's filters; ``format_name`` is pandoc's, ``more`` environment."""
        # Entries that say where among Quarto's filters they run are for Quarto alone.
        filters = [name for name in self.project.config.get("filters", []) if isinstance(name, str)]
        more["BOOK_FILTERS"] = "\n".join([*filters, "filters/embedded.lua", VOLUMES, LETTERS])
        return run_pandoc(
            [
                "--from=json",
                f"--to={format_name}",
                "--wrap=none",
                f"--metadata-file={self.metadata}",
                "--lua-filter=filters/together.lua",
                *arguments,
            ],
            document,
            folder=self.project.folder,
            environment=os.environ | more,
            pool=self.pool,
        )


def read_documents(project: Project, kept: Path, pool: ProgramPool) -> BookDocuments:
    """What the three formats are made of; ``kept`` as ``read_texts`` has it."""
    metadata = project.folder / "_metadata.json"  # JSON is YAML
    metadata.write_text(json.dumps(project.metadata, ensure_ascii=False), encoding="utf-8")
    return BookDocuments(project, *read_book(project, kept, pool), metadata.resolve(), pool)


def list_resources(project: Project) -> list[Path]:
    """What the project's HTML loads or offers beside its pictures: style sheets and resources."""
    sheets = project.config["format"]["html"]["css"]
    patterns = [*sheets, *project.config["project"].get("resources", [])]
    found = {path for pattern in patterns for path in project.folder.glob(pattern)}
    return sorted(path for path in found if path.is_file())


def split_pages(stream: str) -> dict[str, str]:
    """File name → body, cut at the marks put before each chapter."""
    pieces = _MARK.split(stream)
    if len(pieces) < 3 or pieces[0].strip():
        raise BookError("Le HTML n’a pas pu être découpé en pages.")
    return {
        json.loads(mark)["bookItemFile"]: body.strip()
        for mark, body in zip(pieces[1::2], pieces[2::2], strict=True)
    }


def _copy_resources(project: Project, target: Path) -> None:
    for path in list_resources(project):
        copy = target / path.relative_to(project.folder)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    for name, left_out in (("figures", "*.png"), (PICTURES, "")):
        if (project.folder / name).is_dir():
            ignored = shutil.ignore_patterns(left_out)
            shutil.copytree(
                project.folder / name, target / name, ignore=ignored, dirs_exist_ok=True
            )


def build_html(documents: BookDocuments, target: Path) -> None:
    """The site into the folder ``target``: pages, styles, figures, search index."""
    project = documents.project
    settings = project.config["format"]["html"]
    above = settings.get("fig-cap-location") == "top"
    html = documents.run_pandoc(
        "html5",
        documents.pages,
        "--reference-location=section",
        "--email-obfuscation=none",
        f"--figure-caption-position={'above' if above else 'below'}",
    ).decode("utf-8")
    target.mkdir(parents=True)
    template = (project.folder / settings["template"]).read_text(encoding="utf-8")
    before, _, after = re.split(r"(?s)(?<=<!-- texte -->)(.*)(?=<!-- fin du texte -->)", template)
    for name, body in split_pages(html).items():
        page = re.sub(r"\$\w+\$", "", before) + f"\n{body}\n" + after
        (target / name).with_suffix(".html").write_text(page, encoding="utf-8")
    _copy_resources(project, target)
    for script in project.config["project"].get("post-render", []):
        done = documents.pool.run(
            [sys.executable, "-X", "utf8", str((project.folder / script).resolve())],
            folder=project.folder,
            environment=os.environ | {"QUARTO_PROJECT_OUTPUT_DIR": str(target)},
        )
        if done.returncode:
            said = done.stderr.decode("utf-8", "replace").strip()
            raise BookError(f"{script} a échoué :\n{said}")


def build_pdf(documents: BookDocuments, target: Path, epoch: int, volume: str = PRINT) -> None:
    """The PDF of a volume by pandoc and Typst; after the print edition the summary, which points
    into it. Raises BookError on any warning of theirs."""
    project = documents.project
    settings = project.config["format"]["typst"]
    if volume != PRINT:
        settings = settings | project.profiles[volume]["format"]["typst"]
    source = documents.run_pandoc(
        "typst",
        documents.whole,
        "--standalone",
        f"--template={settings['template']}",
        *(f"--metadata={key}:{settings[key]}" for key in VOLUME_METADATA if key in settings),
        f"--metadata=toc-title:{project.config['language']['toc-title-document']}",
    )
    # Typst reads pictures beside its source; the file is kept for who wants to see it.
    path = project.folder / f"{target.stem}.typ"
    path.write_bytes(source)
    standards = settings["pdf-standard"]
    standards = [standards] if isinstance(standards, str) else standards
    fonts = project.folder / settings["font-paths"][0]
    compile_pdf(path, target, fonts, epoch, standards, documents.pool)
    if volume == PRINT:
        summary = target.with_name(name_summary(project))
        build_summary(project, target, summary, epoch, documents.pool)


def build_docx(documents: BookDocuments, target: Path, epoch: int) -> None:
    """The DOCX by pandoc, as ``docx.finish_docx`` takes it over."""
    settings = documents.project.config["format"]["docx"]
    document = documents.run_pandoc(
        "docx",
        documents.whole,
        "--output=-",
        f"--reference-doc={settings['reference-doc']}",
        "--toc",
        f"--toc-depth={settings['toc-depth']}",
        f"--metadata=volume:{settings['volume']}",
        f"--metadata=toc-title:{settings['toc-title']}",
        SOURCE_DATE_EPOCH=str(epoch),
    )
    target.write_bytes(document)


def build_embedded(
    project: Project,
    target: Path,
    epoch: int,
    kept: Path,
    finish: Callable[[str], None] = lambda name: None,
    report: Callable[[str], None] = lambda text: None,
) -> None:
    """Build all formats into ``target``, at the same time where cores allow.

    Parameters
    ----------
    kept
        the folder of what pandoc read of each page (``read_texts``).
    finish
        called with the name of a format when it is built (« HTML », « DOCX », « PDF », and the
        name of any other volume), in the thread that built it.
    report
        told the seconds of each format.

    Raises
    ------
    BookError
        in French; the other formats are given up.
    """
    names = {volume: target.resolve() / f"{stem}.pdf" for volume, stem in project.volumes.items()}
    printed = names.pop(PRINT)

    def timed(name: str, build: Callable[..., None], *arguments: object) -> None:
        start = perf_counter()
        build(*arguments)
        finish(name)
        report(f"  {name} : {french.format_seconds(perf_counter() - start)}")

    with ProgramPool() as pool:
        documents = read_documents(project, kept, pool)
        # The longest first.
        jobs = [
            pool.start(timed, "PDF", build_pdf, documents, printed, epoch),
            *(
                pool.start(timed, volume, build_pdf, documents, path, epoch, volume)
                for volume, path in names.items()
            ),
            pool.start(timed, "DOCX", build_docx, documents, printed.with_suffix(".docx"), epoch),
            pool.start(timed, "HTML", build_html, documents, printed.with_name("html")),
        ]
        pool.finish(jobs)
