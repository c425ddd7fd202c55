"""The whole report of an edition, each part done again only where something of it has changed.

Heavy imports stand inside the functions: that nothing changed is found without pandas.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from analysis.base.atomic import build_beside, finish_interrupted
from analysis.base.paths import OPEN_DATA, REPORTS, Dossier, name_archive
from analysis.base.rawfiles import list_files
from analysis.publish.manifest import NAME as MANIFEST
from analysis.publish.manifest import OUTPUTS, describe_jobs, write_manifest
from analysis.run.dependencies import (
    describe_code,
    describe_everything,
    describe_surroundings,
    digest_files,
)
from analysis.run.locking import hold_edition
from analysis.run.progress_display import DONE, FINISH, KEPT, ProgressDisplay, Result, Step
from analysis.run.step_records import WORK, Record, StepRecords, digest_outputs

if TYPE_CHECKING:
    from analysis.model.store import Edition
    from analysis.publish.engine import Engine

REPORT, BOOK, GUIDE, PACKAGE = "rapport", "livre", "guide", "donnees-ouvertes"
_TITLES = {BOOK: "Livre (HTML, PDF, DOCX)", GUIDE: "Guide", PACKAGE: "Données ouvertes"}
#: Seconds that the steps are expected to take the first time.
_GUESSES = {BOOK: 10.0, GUIDE: 1.0, PACKAGE: 0.5}


@dataclass(frozen=True)
class Request:
    """What is asked for.

    ``book``: « auto », « quarto » or « embedded ». ``notebooks``: « warm » or « plain ».
    ``force``: nothing kept is used. ``workers``: notebooks at a time, None for one a core.
    """

    book: str = "auto"
    notebooks: str = "warm"
    force: bool = False
    workers: int | None = None


@dataclass(frozen=True)
class ReportResult:
    """What came of it: ``engine`` (name and version) of the book, and what was done or kept."""

    engine: str
    results: Sequence[Result] = field(default_factory=tuple)

    @property
    def changed(self) -> bool:
        """Whether anything was made anew."""
        return any(result.state == DONE for result in self.results)


def _list_outputs(report: Path, patterns: Sequence[str]) -> list[Path]:
    return sorted({path for pattern in patterns for _, path in list_files(report, pattern)})


def _describe_step(records: StepRecords, name: str) -> Step:
    """A step after the chapters, expected to take what it took last."""
    record = records.read(name)
    return Step(name, _TITLES[name], record.seconds if record else _GUESSES[name], FINISH)


@dataclass
class _ReportRun:
    """What the steps after the chapters share."""

    dossier: Dossier
    edition: Edition
    engine: Engine
    surroundings: Mapping[str, str]
    request: Request
    progress: ProgressDisplay
    results: list[Result]

    @property
    def report(self) -> Path:
        """The report's folder."""
        return self.dossier.report(self.edition.year)

    def is_kept(self, name: str, inputs: Mapping[str, str]) -> bool:
        """Whether what a step made last can stay."""
        records = StepRecords.of_report(self.dossier, self.edition.year)
        known = {**inputs, **self.surroundings}
        return not self.request.force and records.is_current(name, known)

    def run_step(
        self,
        name: str,
        inputs: dict[str, str],
        outputs: Sequence[str],
        make: Callable[[], object],
    ) -> None:
        """One step, whose results are the files of the report that fit ``outputs``; ``make`` may
        still change ``inputs``."""
        records = StepRecords.of_report(self.dossier, self.edition.year)
        step = _describe_step(records, name)
        if self.is_kept(name, inputs):
            result = Result(step, KEPT)
        else:
            records.forget(name)
            start = perf_counter()
            make()
            seconds = perf_counter() - start
            files = digest_outputs(self.report, _list_outputs(self.report, outputs))
            known = {**inputs, **self.surroundings}
            records.write(name, Record(known, files, seconds=round(seconds, 3)))
            result = Result(step, DONE, seconds)
        self.results.append(result)
        self.progress.finish(result)


def _name_inputs(dossier: Dossier, files: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Files of the Quarto project and of what is computed, under names without this machine."""
    for path in files:
        base = REPORTS if path.is_relative_to(REPORTS) else dossier.processed
        yield path.relative_to(base.parent).as_posix(), path


def _make_book(run: _ReportRun, say: Callable[[str], None]) -> None:
    from analysis.publish import BookError
    from analysis.publish.build import build_book
    from analysis.publish.engine import replace_engine
    from analysis.publish.staging import list_inputs

    dossier = run.dossier
    inputs = {
        **digest_files(_name_inputs(dossier, list_inputs(dossier, run.edition))),
        **describe_code(modules=["analysis.publish.build"]),
        "moteur:livre": str(run.engine),
    }

    def make() -> None:
        try:
            build_book(dossier, run.edition, engine=run.engine, report=say)
        except BookError as error:
            if run.request.book != "auto" or run.engine.name != "quarto":
                raise
            run.engine = replace_engine(run.engine, error)
            build_book(dossier, run.edition, engine=run.engine, report=say)
            inputs["moteur:livre"] = str(run.engine)  # another run tries the first one again

    run.run_step(BOOK, inputs, ("html/**/*", "*.pdf", "*.docx"), make)


def _make_guide(run: _ReportRun) -> None:
    from analysis.publish.build import make_guide
    from analysis.publish.guide import list_guide_inputs

    inputs = {
        **digest_files(_name_inputs(run.dossier, list_guide_inputs())),
        **describe_code(modules=["analysis.publish.guide"]),
        "moteur:livre": str(run.engine),
    }
    run.run_step(
        GUIDE,
        inputs,
        ("guide/**/*",),
        lambda: make_guide(run.dossier, run.edition.year, run.engine),
    )


def _describe_package(run: _ReportRun) -> dict[str, str]:
    computed = run.dossier.processed_year(run.edition.year)
    tables = [(path.name, path) for path in computed.iterdir() if path.suffix in (".csv", ".json")]
    return {
        **digest_files(sorted(tables), f"processed/{run.edition.year}/"),
        **describe_code(modules=["analysis.publish.opendata"]),
    }


def _make_package(
    run: _ReportRun, inputs: dict[str, str], files: Future[dict[str, bytes]] | None
) -> None:
    from analysis.publish.opendata import write_package

    def make() -> None:
        with build_beside(run.report) as built:
            asked = (run.edition, run.dossier, run.edition.year)
            write_package(*asked, built, files.result() if files else None)

    outputs = (f"{OPEN_DATA}/**/*", name_archive(run.edition.year))
    run.run_step(PACKAGE, inputs, outputs, make)


def find_finished(dossier: Dossier, year: int, inputs: Mapping[str, str]) -> ReportResult | None:
    """The report that stands there, if it is made of exactly these inputs and untouched."""
    if not StepRecords.of_report(dossier, year).is_current(REPORT, inputs):
        return None
    manifest = json.loads((dossier.report(year) / MANIFEST).read_text(encoding="utf-8"))
    engine = manifest["engine"]
    return ReportResult(f"{engine['name']} {engine['version']}")


def produce_report(
    dossier: Dossier,
    year: int,
    request: Request,
    *,
    progress: ProgressDisplay | None = None,
    explain: Callable[[Edition], None] = lambda edition: None,
) -> ReportResult:
    """Bring the report of an edition up to date.

    Parameters
    ----------
    progress : told of the steps, and what a person should read besides (which engine, another run
        under way…).
    explain : called with the edition once it is computed, before the notebooks run.

    Raises
    ------
    UserError
        in French; what stood in ``reports/<year>`` stays.
    """
    progress = progress or ProgressDisplay()
    with hold_edition(dossier, year, progress.say):
        # What a killed run was about, even where all of the report is found as it should be.
        shutil.rmtree(dossier.processed_year(year) / WORK, ignore_errors=True)
        surroundings = describe_surroundings()
        inputs = describe_everything(dossier, year, request.book, surroundings)
        finished = None if request.force else find_finished(dossier, year, inputs)
        if finished:
            return finished
        run = _run_steps(dossier, year, request, surroundings, progress, explain)
        _finish_report(run, inputs)
        return ReportResult(f"{run.engine.label} {run.engine.version}", run.results)


def _run_steps(
    dossier: Dossier,
    year: int,
    request: Request,
    surroundings: Mapping[str, str],
    progress: ProgressDisplay,
    explain: Callable[[Edition], None],
) -> _ReportRun:
    """Data, chapters, book, guide, open data and copies, each where something of it changed."""
    # From here on something is to be done: the fork server imports while this process does, and
    # while the data are computed.
    from analysis.execute import start_server

    start_server()
    from analysis.publish.engine import choose_engine
    from analysis.publish.opendata import compose_package
    from analysis.run import edition_data
    from analysis.run.chapters import refuse_failures, run_chapters
    from analysis.run.copies import publish_copies

    progress.announce(edition_data.describe_step(StepRecords.of_data(dossier, year)))
    records = StepRecords.of_report(dossier, year)
    for name in _TITLES:
        progress.announce(_describe_step(records, name))
    finish_interrupted(dossier.report(year))
    engine = choose_engine(request.book)  # refused now rather than after the notebooks
    common = {"force": request.force, "progress": progress}
    edition = edition_data.run_data(dossier, year, surroundings, **common)
    explain(edition)
    run = _ReportRun(dossier, edition, engine, surroundings, request, progress, [])
    package = _describe_package(run)
    with ThreadPoolExecutor(1) as beside:  # composed while the notebooks run, which leaves a core
        kept = run.is_kept(PACKAGE, package)
        files = None if kept else beside.submit(compose_package, edition, dossier, year)
        run.results += run_chapters(
            dossier,
            edition,
            surroundings,
            engine=request.notebooks,
            workers=request.workers,
            **common,
        )
    refuse_failures(run.results)
    records.forget(REPORT)
    _make_book(run, progress.say)
    _make_guide(run)
    _make_package(run, package, files)
    publish_copies(dossier, edition, surroundings)
    return run


def _finish_report(run: _ReportRun, inputs: Mapping[str, str]) -> None:
    """The manifest and, where the engine is the one that was chosen, the whole report's record."""
    from analysis.execute import plan_jobs

    engine, year = run.engine, run.edition.year
    made_by = {"name": engine.label, "version": engine.version}
    if engine.failed:
        made_by["instead_of"] = engine.failed
    parameters = {"engine": run.request.book, "jobs": describe_jobs(plan_jobs(run.edition))}
    # What was read: raw/ may be another by now.
    read = run.edition.files[["file", "bytes", "sha256"]].to_dict("records")
    raw = {file.pop("file"): file for file in read}
    write_manifest(run.dossier, year, run.report, made_by, parameters, raw=raw)
    if not engine.failed:
        files = [*_list_outputs(run.report, OUTPUTS), run.report / MANIFEST]
        record = Record(inputs, digest_outputs(run.report, files))
        StepRecords.of_report(run.dossier, year).write(REPORT, record)
