"""Build the book of an edition, from executed notebooks to the finished report.

The result is built in a temporary folder beside ``dossier.report(year)`` and takes its place only
when it is complete and checked (``placing``); the last good report stays when something fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from analysis.base import atomic
from analysis.base.paths import Dossier
from analysis.model.store import Edition, read_edition
from analysis.publish.book_chapters import list_chapters
from analysis.publish.book_error import BookError
from analysis.publish.council import build_summary, check_summary, name_summary
from analysis.publish.docx import About, finish_docx
from analysis.publish.embedded import build_embedded
from analysis.publish.engine import Engine, choose_engine
from analysis.publish.failing_rows import name_rows
from analysis.publish.guide import build_guide
from analysis.publish.processes import Crew
from analysis.publish.project import Project, read_words
from analysis.publish.quarto import build_with_quarto
from analysis.publish.report_checks import check_book, check_format, refuse_problems
from analysis.publish.staged_contents import alternatives
from analysis.publish.staging import CHANGES, stage_book
from analysis.publish.untraced import find_untraced
from analysis.words import french

#: The pages of the summary and of the dashboard, besides those of the chapters; the first page, and
#: what begins in it after what opens the pages: the law's own numbers have no trail.
SUMMARY, DASHBOARD = "summary", "dashboard"
FIRST, FOREWORD = "index", 'id="sec-avant-propos"'


@dataclass(frozen=True)
class BookResult:
    """Which engine made the book, where the three formats are, seconds of each stage."""

    engine: str
    version: str
    html: Path
    pdf: Path
    docx: Path
    seconds: dict[str, float] = field(default_factory=dict)


def default_epoch(year: int) -> int:
    """The time stamp in the files: the last day of the edition's year, not the clock's."""
    return int(datetime(year, 12, 31, tzinfo=UTC).timestamp())


def finish_interrupted(dossier: Dossier, year: int) -> bool:
    """After a run that was killed: put a complete report in its place, delete an unfinished one;
    whether a report was put in place. To be called under the lock of the run."""
    return atomic.finish_interrupted(dossier.report(year))


def is_built(dossier: Dossier, year: int) -> bool:
    """Whether the report of an edition was ever begun: there is something to hold it against."""
    return (dossier.book(year) / "_quarto.yml").is_file()


def check_report(dossier: Dossier, year: int) -> list[Path]:
    """Hold the finished report against the staged project; returns its three files.

    Raises
    ------
    BookError
        when a format is missing or a chapter does not stand in it (French).
    """
    folder, report = dossier.book(year), dossier.report(year)
    if not is_built(dossier, year):
        raise BookError(f"Le rapport {year} n’est pas construit : lancer « make report ».")
    project = Project(folder)
    stem = project.book["output-file"]
    files = [report / "html", report / f"{stem}.pdf", report / f"{stem}.docx"]
    check_book(project, *files)
    refuse_problems(check_summary(project, report / name_summary(project)))
    check_traces(read_edition(year, dossier), report / "html")
    return files


def list_locators(edition: Edition) -> set[str]:
    """Every place in a source that the data cite (« p. 13 », « annexe 3 »), as the pages show it,
    but lines, which ``untraced`` knows by themselves (joined, they read « l. 12, 15-17 »).

    A bare number is none: it would excuse that number wherever it stands.
    """
    frames = (edition.values, edition.effects, edition.targets, edition.gaps)
    cited = {cell for frame in frames for cell in frame["locator"] if cell}
    parts = {part.strip() for cell in cited for part in re.split(r"[;|]", cell)}
    return {part for part in parts if re.search(r"[^\W\d]", part) and not part.startswith("l.")}


def check_traces(edition: Edition, folder: Path) -> None:
    """Hold the front page and the pages of the summary, of what changed, of the chapters and of the
    dashboard against ``untraced``.

    Raises
    ------
    BookError
        naming every sentence or cell with a number that leads nowhere (French).
    """
    names = [*edition.digit_names["text"], *list_locators(edition)]
    # A page shows the number of a goal as a chip, without its full stop.
    for dot in (".", ""):
        names += [f"{row.number}{dot} {row.title}" for row in edition.sdgs.itertuples()]
    typeset = [form for name in names for form in (name, french.typeset(name))]
    problems = []
    changes = [] if edition.earlier is None else [CHANGES.removesuffix(".ipynb")]
    for stem in (FIRST, SUMMARY, *changes, *edition.chapters["id"], DASHBOARD):
        page = (folder / f"{stem}.html").read_text(encoding="utf-8")
        if stem == FIRST:
            page = page.partition(FOREWORD)[0]
        problems += [f"{stem}.html : « {text} »" for text in find_untraced(page, typeset)]
    if problems:
        raise BookError(
            "Nombres dont on ne peut pas suivre l’origine (les citer par une référence {{…}}, ou "
            "inscrire le nom qui les contient dans digit_names.csv) :\n- " + "\n- ".join(problems)
        )


def build_book(
    dossier: Dossier,
    edition: Edition,
    *,
    engine: str | Engine = "auto",
    epoch: int | None = None,
    report: Callable[[str], None] = lambda text: None,
) -> BookResult:
    """Stage, render, check, put in place.

    Parameters
    ----------
    engine
        « auto » (Quarto if it can be had), « quarto » or « embedded ».
    epoch
        time stamp of the files, seconds since 1970; by default the end of the edition's year.

    Raises
    ------
    BookError
        in French; the report that stood there before is untouched.
    """
    chosen = engine if isinstance(engine, Engine) else choose_engine(engine)
    report(chosen.message)
    epoch = default_epoch(edition.year) if epoch is None else epoch
    try:
        return _build(dossier, edition, chosen, epoch, report)
    except BookError as error:
        raise name_rows(dossier, edition.year, error) from error


def _build(
    dossier: Dossier,
    edition: Edition,
    chosen: Engine,
    epoch: int,
    report: Callable[[str], None],
) -> BookResult:
    seconds: dict[str, float] = {}
    start = perf_counter()
    rows = list_chapters(edition.chapters)
    project = Project(stage_book(dossier, edition, rows, chosen))
    seconds["mise en place"] = perf_counter() - start
    target = dossier.report(edition.year)
    stem = project.book["output-file"]
    problems: dict[str, list[str]] = {}
    with atomic.build_beside(target) as built:
        files = {
            "HTML": built / "html",
            "DOCX": built / f"{stem}.docx",
            "PDF": built / f"{stem}.pdf",
        }

        def finish(name: str) -> None:
            if name == "DOCX":
                finish_docx(files[name], epoch, describe_for_word(project))
            problems[name] = check_format(project, name, files[name])

        if chosen.name == "quarto":
            seconds |= build_with_quarto(project, chosen, built, epoch, report)
            start = perf_counter()
            with Crew() as crew:
                build_summary(project, files["PDF"], built / name_summary(project), epoch, crew)
            for name in files:
                finish(name)
            seconds["vérification"] = perf_counter() - start
        else:
            kept = dossier.read_pages(edition.year)
            seconds |= build_embedded(project, built, epoch, kept, finish, report)
        problems["sommaire"] = check_summary(project, built / name_summary(project))
        refuse_problems([problem for found in problems.values() for problem in found])
    return BookResult(
        chosen.label,
        chosen.version,
        target / "html" / "index.html",
        target / f"{stem}.pdf",
        target / f"{stem}.docx",
        seconds,
    )


def describe_for_word(project: Project) -> About:
    """What the DOCX says of the report besides its text."""
    config = project.config
    return About(
        title=project.title,
        subject=project.subtitle,
        author=read_words(config["territory"].get("full_name") or config["territory"]["name"]),
        line=read_words(config["footer-line"]),
        colours={row["label"]: f"#{row['colour'][1:]}" for row in config["identity"]["chapters"]},
        alternatives=alternatives(project),
    )


def make_guide(dossier: Dossier, year: int, engine: Engine) -> Path:
    """Build the analyst's guide and put it beside the report; returns its folder.

    Raises
    ------
    BookError
        in French; the guide that stood there before is untouched.
    """
    report = dossier.report(year)
    with atomic.build_beside(report) as built:
        staging = dossier.processed_year(year) / "guide"
        page = build_guide(staging, built, engine, default_epoch(year))
        return report / page.parent.name
