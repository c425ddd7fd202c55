"""Build the book of an edition, from executed notebooks to the finished report.

The result is built in a temporary folder beside ``dossier.report(year)`` and takes its place only
when it is complete and checked; the last good report stays when something fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from analysis.base.atomic import build_beside
from analysis.base.command_names import name_command
from analysis.base.paths import Dossier
from analysis.compute.dossier.typed_tables import read_table
from analysis.model.schema import TABLES
from analysis.model.store import Edition, read_edition
from analysis.publish import BookError
from analysis.publish.book_checks import (
    check_format,
    find_dead_links,
    refuse_problems,
    tight,
)
from analysis.publish.docx import About, finish_docx
from analysis.publish.embedded import build_embedded
from analysis.publish.engine import Engine, choose_engine
from analysis.publish.guide import build_guide
from analysis.publish.page_checks import check_traces
from analysis.publish.programs import ProgramPool
from analysis.publish.project import PRINT, Project, read_alternatives, read_words
from analysis.publish.quarto import build_with_quarto
from analysis.publish.staging import stage_book
from analysis.publish.summary_pdf import build_summary, check_summary, name_summary
from analysis.show.page_safety import find_unsafe_files, locate_typed
from analysis.words import french

#: Tables whose rows have a heading, or a line of the summary, of their own.
_SHOWN_TABLES = ("actions", "planned", "improvements")


@dataclass(frozen=True)
class BookResult:
    """Where the formats are; ``annexes``: the second PDF."""

    html: Path
    pdf: Path
    docx: Path
    annexes: Path


def default_epoch(year: int) -> int:
    """The time stamp in the files: the last day of the edition's year, not the clock's."""
    return int(datetime(year, 12, 31, tzinfo=UTC).timestamp())


def is_built(dossier: Dossier, year: int) -> bool:
    """Whether the report of an edition was ever begun: there is something to hold it against."""
    return (dossier.book(year) / "_quarto.yml").is_file()


def _name_formats(project: Project, folder: Path) -> dict[str, Path]:
    """Where each format stands in a report: of HTML, the folder; of paper, each volume."""
    volumes = dict(project.volumes)
    stem = volumes.pop(PRINT)
    return {
        "HTML": folder / "html",
        "DOCX": folder / f"{stem}.docx",
        "PDF": folder / f"{stem}.pdf",
        **{volume: folder / f"{name}.pdf" for volume, name in volumes.items()},
    }


def check_report(dossier: Dossier, year: int) -> list[Path]:
    """Hold the finished report against the staged project; returns its files.

    Raises
    ------
    BookError
        when a format is missing or a chapter does not stand in it (French).
    """
    if not is_built(dossier, year):
        command = name_command("report", year=year)
        raise BookError(f"Le rapport {year} n’est pas construit : lancer « {command} ».")
    project, report = Project(dossier.book(year)), dossier.report(year)
    formats = _name_formats(project, report)
    refuse_problems(
        [problem for name in formats for problem in check_format(project, name, formats[name])]
    )
    refuse_problems(find_unsafe_files(report))  # reviewers' copies, guide, comparisons too
    refuse_problems(check_summary(project, report / name_summary(project)))
    refuse_problems(find_dead_links([path for path in formats.values() if path.is_file()]))
    check_traces(read_edition(year, dossier), report / "html")
    return [*formats.values()]


def build_book(
    dossier: Dossier,
    edition: Edition,
    *,
    engine: str | Engine = "auto",
    report: Callable[[str], None] = lambda text: None,
) -> BookResult:
    """Stage, render, check, put in place.

    Parameters
    ----------
    engine
        « auto » (Quarto if it can be had), « quarto » or « embedded ».
    report
        told which engine is chosen and why, and the seconds of each format.

    Raises
    ------
    BookError
        in French, with the typed rows it comes from where they can be told; the report that stood
        there before is untouched.
    """
    chosen = engine if isinstance(engine, Engine) else choose_engine(engine)
    report(chosen.message)
    target = dossier.report(edition.year)
    try:
        project = Project(stage_book(dossier, edition, chosen))
        with build_beside(target) as built:
            _render(project, chosen, built, dossier, edition.year, report)
    except BookError as error:
        raise name_rows(dossier, edition.year, error) from error
    formats = _name_formats(project, target)
    pages = formats["HTML"] / "index.html"
    return BookResult(pages, formats["PDF"], formats["DOCX"], formats["annexes"])


def _render(
    project: Project,
    engine: Engine,
    built: Path,
    dossier: Dossier,
    year: int,
    report: Callable[[str], None],
) -> None:
    """All formats of the staged project into ``built``, finished and checked."""
    epoch = default_epoch(year)
    formats = _name_formats(project, built)
    summary = built / name_summary(project)
    problems: list[str] = []

    def finish(name: str) -> None:
        if name == "DOCX":
            finish_docx(formats[name], epoch, describe_for_word(project))
        problems.extend(check_format(project, name, formats[name]))

    if engine.name == "quarto":
        build_with_quarto(project, engine, built, epoch, report)
        with ProgramPool() as pool:
            build_summary(project, formats["PDF"], summary, epoch, pool)
        for name in formats:
            finish(name)
    else:
        build_embedded(project, built, epoch, dossier.read_pages(year), finish, report)
    refuse_problems([*problems, *check_summary(project, summary)])
    refuse_problems(find_dead_links([path for path in formats.values() if path.is_file()]))


def describe_for_word(project: Project) -> About:
    """What the DOCX says of the report besides its text."""
    config = project.config
    return About(
        title=project.title,
        subject=project.subtitle,
        author=read_words(config["territory"].get("full_name") or config["territory"]["name"]),
        line=read_words(config["footer-line"]),
        year=config["edition"]["year"],
        main=f"#{config['identity']['colour']['main'][1:]}",
        colours={row["label"]: f"#{row['colour'][1:]}" for row in config["identity"]["chapters"]},
        brief={row["label"] for row in config["identity"]["chapters"] if row.get("brief")},
        alternatives=read_alternatives(project),
    )


def make_guide(dossier: Dossier, year: int, engine: Engine) -> None:
    """Build the analyst's guide and put it beside the report.

    Raises
    ------
    BookError
        in French; the guide that stood there before is untouched.
    """
    with build_beside(dossier.report(year)) as built:
        build_guide(dossier.processed_year(year) / "guide", built, engine, default_epoch(year))


def _list_rows(dossier: Dossier, year: int) -> Iterator[tuple[str, str, str]]:
    """Id, title, « actions.csv, ligne 12 » of every typed row that the book may name."""
    for name in _SHOWN_TABLES:
        file = TABLES[name].file(year)
        frame, _ = read_table(dossier.raw / file, TABLES[name], file)
        for number, row in frame[["id", "title"]].iterrows():
            yield row["id"], row["title"], f"{name}.csv, ligne {number}"


def name_rows(dossier: Dossier, year: int, error: BookError) -> BookError:
    """The error, with the typed rows that its message names by their id, by their label or, between
    guillemets, by their title."""
    text = str(error)
    ids = {word.removeprefix("sec-") for word in re.findall(r"[\w-]+", text)}
    quoted = {tight(words) for words in re.findall(r"«\s*([^«»]+?)\s*»", text)}
    rows = [
        row
        for id, title, row in _list_rows(dossier, year)
        if id in ids or tight(french.typeset(title)) in quoted
    ]
    rows += locate_typed(dossier.raw, text)
    return BookError(f"{text}\nÀ regarder : {' ; '.join(rows)}.") if rows else error
