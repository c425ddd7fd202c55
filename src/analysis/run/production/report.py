"""The whole report of an edition, each part done again only where something of it has changed.

Heavy imports stand inside the functions: that nothing changed is found without pandas.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from analysis.base.atomic import build_beside
from analysis.base.errors import UserError
from analysis.base.paths import OPEN_DATA, REPORTS, Dossier, name_archive
from analysis.base.rawfiles import list_files
from analysis.run.cache import (
    Record,
    Shelf,
    describe_code,
    describe_files,
    describe_surroundings,
    digest_outputs,
)
from analysis.run.cache.locking import hold_edition
from analysis.run.production.manifest import NAME as MANIFEST
from analysis.run.production.manifest import OUTPUTS, describe_jobs, write_manifest
from analysis.run.production.report_inputs import describe_everything
from analysis.run.production.steps import (
    DONE,
    FAILED,
    FINISH,
    KEPT,
    WORK,
    Result,
    Silence,
    Step,
    Teller,
)

if TYPE_CHECKING:
    from analysis.model.store import Edition
    from analysis.publish import Engine

REPORT, BOOK, GUIDE, PACKAGE = "rapport", "livre", "guide", "donnees-ouvertes"
_TITLES = {BOOK: "Livre (HTML, PDF, DOCX)", GUIDE: "Guide", PACKAGE: "Données ouvertes"}
#: Seconds that the steps are expected to take the first time.
_GUESSES = {BOOK: 10.0, GUIDE: 1.0, PACKAGE: 0.5}


class FailedChapters(UserError):
    """Notebooks failed; each was told as it did. The last report stays."""


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
class Production:
    """What came of it: ``engine`` (name and version) of the book, and what was done or kept."""

    engine: str
    results: Sequence[Result] = field(default_factory=tuple)

    @property
    def changed(self) -> bool:
        """Whether anything was made anew."""
        return any(result.state == DONE for result in self.results)


def open_shelf(dossier: Dossier, year: int) -> Shelf:
    """The records of what stands in ``reports/<year>``."""
    return Shelf(dossier.processed_year(year) / "kept", dossier.report(year))


def _list_outputs(report: Path, patterns: Sequence[str]) -> list[Path]:
    return sorted({path for pattern in patterns for _, path in list_files(report, pattern)})


def find_step(shelf: Shelf, name: str) -> Step:
    """A step after the chapters, expected to take what it took last."""
    record = shelf.read(name)
    return Step(name, _TITLES[name], record.seconds if record else _GUESSES[name], FINISH)


@dataclass
class _Workshop:
    """What the steps of one production share."""

    dossier: Dossier
    edition: Edition
    engine: Engine
    surroundings: Mapping[str, str]
    force: bool
    teller: Teller
    results: list[Result] = field(default_factory=list)
    may_replace: bool = False

    def run(
        self,
        name: str,
        inputs: Mapping[str, str],
        outputs: Sequence[str],
        make: Callable[[], object],
    ) -> None:
        """One step, whose results are the files of the report that fit ``outputs``."""
        report = self.dossier.report(self.edition.year)
        shelf = open_shelf(self.dossier, self.edition.year)
        step = find_step(shelf, name)
        if not self.force and shelf.is_current(name, {**inputs, **self.surroundings}):
            result = Result(step, KEPT)
        else:
            shelf.forget(name)
            start = perf_counter()
            make()
            seconds = perf_counter() - start
            made = digest_outputs(report, _list_outputs(report, outputs))
            inputs = {**inputs, **self.surroundings}
            shelf.write(name, Record(inputs, made, seconds=round(seconds, 3)))
            result = Result(step, DONE, seconds)
        self.results.append(result)
        self.teller.tell(result)


def _name_inputs(dossier: Dossier, files: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    """Files of the Quarto project and of what is computed, under names without this machine."""
    for path in files:
        base = REPORTS if path.is_relative_to(REPORTS) else dossier.processed
        yield path.relative_to(base.parent).as_posix(), path


def _make_book(shop: _Workshop, say: Callable[[str], None]) -> None:
    from analysis.publish import BookError, build_book, list_inputs, replace_engine

    dossier = shop.dossier
    inputs = {
        **describe_files(_name_inputs(dossier, list_inputs(dossier, shop.edition))),
        **describe_code(modules=["analysis.publish.build"]),
        "moteur:livre": str(shop.engine),
    }

    def make() -> None:
        try:
            build_book(dossier, shop.edition, engine=shop.engine, report=say)
        except BookError as error:
            if not shop.may_replace:
                raise
            shop.engine = replace_engine(shop.engine, error)
            build_book(dossier, shop.edition, engine=shop.engine, report=say)
            inputs["moteur:livre"] = str(shop.engine)  # another run tries the first one again

    shop.run(BOOK, inputs, ("html/**/*", "*.pdf", "*.docx"), make)


def describe_tables(dossier: Dossier, year: int) -> dict[str, str]:
    """Digests of the computed tables."""
    folder = dossier.processed_year(year)
    files = [(path.name, path) for path in folder.iterdir() if path.suffix in (".csv", ".json")]
    return describe_files(sorted(files), f"processed/{year}/")


def _make_guide(shop: _Workshop) -> None:
    from analysis.publish import list_guide_inputs, make_guide

    year = shop.edition.year
    inputs = {
        **describe_files(_name_inputs(shop.dossier, list_guide_inputs())),
        **describe_code(modules=["analysis.publish.guide"]),
        "moteur:livre": str(shop.engine),
    }
    shop.run(
        GUIDE,
        inputs,
        ("guide/**/*",),
        lambda: make_guide(shop.dossier, year, shop.engine),
    )


def _make_package(shop: _Workshop) -> None:
    from analysis.publish.opendata import write_package

    dossier, year = shop.dossier, shop.edition.year
    inputs = {
        **describe_tables(dossier, year),
        **describe_code(modules=["analysis.publish.opendata"]),
    }

    def make() -> None:
        with build_beside(dossier.report(year)) as built:
            write_package(shop.edition, dossier, year, built)

    shop.run(
        PACKAGE,
        inputs,
        (f"{OPEN_DATA}/**/*", name_archive(year)),
        make,
    )


def place_copies(dossier: Dossier, year: int) -> Path:
    """Put the copies for reviewers into the report's folder; returns their folder there."""
    from analysis.run.production.chapters import REVIEWS

    report = dossier.report(year)
    with build_beside(report) as built:
        shutil.copytree(dossier.processed_year(year) / REVIEWS, built / REVIEWS)
    return report / REVIEWS


def fail_on(results: Sequence[Result]) -> None:
    """Raise FailedChapters (French) where notebooks failed."""
    failed = sum(result.state == FAILED for result in results)
    if failed:
        plural = "s" if failed > 1 else ""
        raise FailedChapters(
            f"{failed} carnet{plural} en échec sur {len(results)} : le rapport n’est pas refait."
        )


def find_finished(dossier: Dossier, year: int, inputs: Mapping[str, str]) -> Production | None:
    """The report that stands there, if it is made of exactly these inputs and untouched."""
    shelf = open_shelf(dossier, year)
    if not shelf.is_current(REPORT, inputs):
        return None
    manifest = json.loads((dossier.report(year) / MANIFEST).read_text(encoding="utf-8"))
    engine = manifest["engine"]
    return Production(f"{engine['name']} {engine['version']}")


def produce_report(
    dossier: Dossier,
    year: int,
    request: Request,
    *,
    teller: Teller | None = None,
    say: Callable[[str], None] = lambda text: None,
    explain: Callable[[Edition], None] = lambda edition: None,
) -> Production:
    """Bring the report of an edition up to date.

    Parameters
    ----------
    say : what a person should read besides (which engine, another run under way…).
    explain : called with the edition once it is computed, before the notebooks run.

    Raises
    ------
    UserError
        in French; what stood in ``reports/<year>`` stays.
    """
    with hold_edition(dossier, year, say):
        return _produce(dossier, year, request, teller or Silence(), say, explain)


def _produce(
    dossier: Dossier,
    year: int,
    request: Request,
    teller: Teller,
    say: Callable[[str], None],
    explain: Callable[[Edition], None],
) -> Production:
    # What a killed run was about, even where all of the report is found as it should be.
    shutil.rmtree(dossier.processed_year(year) / WORK, ignore_errors=True)
    surroundings = describe_surroundings()
    inputs = describe_everything(dossier, year, request.book, surroundings)
    finished = None if request.force else find_finished(dossier, year, inputs)
    if finished:
        return finished
    # From here on something is to be done: the fork server imports while this process does, and
    # while the data are computed.
    from analysis.execute import start_server

    start_server()
    from analysis import execute
    from analysis.publish import choose_engine, finish_interrupted
    from analysis.run.production import edition_data
    from analysis.run.production.chapters import run_chapters

    shelf = open_shelf(dossier, year)
    teller.plan(edition_data.find_step(dossier, year))
    for name in _TITLES:
        teller.plan(find_step(shelf, name))
    finish_interrupted(dossier, year)
    engine = choose_engine(request.book)  # refused now rather than after the notebooks
    edition = edition_data.run_data(dossier, year, surroundings, force=request.force, teller=teller)
    explain(edition)
    results = run_chapters(
        dossier,
        edition,
        surroundings,
        engine=request.notebooks,
        workers=request.workers,
        force=request.force,
        teller=teller,
    )
    fail_on(results)
    shop = _Workshop(dossier, edition, engine, surroundings, request.force, teller, list(results))
    shop.may_replace = request.book == "auto" and engine.name == "quarto"
    shelf.forget(REPORT)
    _make_book(shop, say)
    _make_guide(shop)
    _make_package(shop)
    place_copies(dossier, year)
    engine = shop.engine
    made_by = {"name": engine.label, "version": engine.version}
    write_manifest(
        dossier,
        year,
        dossier.report(year),
        made_by | ({"instead_of": engine.failed} if engine.failed else {}),
        {"engine": request.book, "jobs": describe_jobs(execute.plan_jobs(edition))},
    )
    report = dossier.report(year)
    outputs = digest_outputs(report, [*_list_outputs(report, OUTPUTS), report / MANIFEST])
    if not engine.failed:
        shelf.write(REPORT, Record(inputs, outputs))
    return Production(f"{engine.label} {engine.version}", shop.results)
