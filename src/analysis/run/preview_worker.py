"""The process that builds the pages of a preview: it keeps warm what a page needs, and another one
takes its place when code changes.

It reads what is typed and writes in a folder of its own alone, laid out as a dossier, so that it
disturbs no production and none disturbs it. A notebook is executed where something that it reads
has changed (see ``store.reads``).

When texts alone have changed, its figures are not saved anew, for none shows a text.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from time import perf_counter, time_ns
from typing import TYPE_CHECKING, Any

from analysis.base.errors import UserError
from analysis.base.moving import move
from analysis.base.paths import DRAWN_VARIABLE, PROJECT, REPORTS, Dossier
from analysis.base.project_folder import CODE

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from pebble import ProcessPool

    from analysis.execute import Job
    from analysis.model.store import Answers, Edition


class FailedNotebook(UserError):
    """A notebook that stopped, in words for the analyst."""


@dataclass(frozen=True)
class PageRequest:
    """A page to be built into the folder ``target``."""

    page: str
    target: Path


@dataclass(frozen=True)
class PageAnswer:
    """What is under way (``step``) or, at the end (``step`` empty), what became of a request.

    ``error``: why there is no page, in words; ``pages``: page → title of all that the book has, as
    far as it is known.
    """

    page: str
    step: str = ""
    error: str = ""
    pages: Mapping[str, str] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Execution:
    """Where a notebook was executed, and all that it came from: its file and parameters
    (``made_of``), the data that it read (query → digest)."""

    folder: Path
    made_of: str
    reads: Mapping[str, str] = field(default_factory=dict)

    def list_changed(self, answers: Answers) -> list[dict[str, Any]]:
        """Of the queries, those that are answered otherwise now."""
        queries = ((json.loads(name), digest) for name, digest in self.reads.items())
        return [query for query, digest in queries if answers.digest(query) != digest]


def execute_known(job: Job, dossier: Path, folder: Path, drawn: Path | None, engine: str) -> Any:
    """Execute a notebook (see ``execute_job``); its figures are those of ``drawn``, if given."""
    from analysis.execute import WARM, execute_job

    if engine == WARM:  # an ordinary kernel has sockets there, whose names must be short
        tempfile.tempdir = os.fspath(dossier)  # what is ended leaves nothing elsewhere
    if drawn:
        os.environ[DRAWN_VARIABLE] = str(drawn)
    return execute_job(job, dossier, folder, engine)


class Workshop:
    """Builds pages of one edition, one after the other; ``root`` is the folder of its own."""

    def __init__(self, dossier: Dossier, year: int, root: Path, pool: ProcessPool):
        from analysis.publish.engine import choose_engine

        self.dossier, self.year, self.pool = dossier, year, pool
        self.own = open_own(dossier, year, root)
        self.engine = choose_engine("embedded")
        self.edition: Edition | None = None
        self.answers: Answers | None = None
        self.executed: dict[str, Execution] = {}
        #: Page → the notebook that it is made of.
        self.pages: Mapping[str, str] = {}
        self._files: Mapping[str, str] = {}
        self._compared: Mapping[str, str] = {}
        self._earlier: tuple[Mapping[str, str], Edition] | None = None
        self._numbers = count()

    # Data ---------------------------------------------------------------------------------------

    def read_data(self) -> None:
        """Read, validate and compute the edition where a file has changed. Raises InvalidDossier
        with every fault; the edition is then the one of before."""
        from analysis.model.store import Answers, write_edition
        from analysis.run.dependencies import describe_data_files
        from analysis.run.edition_data import load_edition

        files = describe_data_files(self.own, self.year)
        if files == self._files:
            return
        self.edition = load_edition(self.own, self.year)
        write_edition(self.edition, self.own)
        self.answers = Answers(self.edition, self.own)
        self._files = files

    def _compare(self) -> None:
        """Bring what changed since the edition before up to date."""
        from analysis.compute.changes import compare_editions, write_changes
        from analysis.compute.indicators import load_edition
        from analysis.run.dependencies import describe_data_files

        if self._compared == self._files:
            return
        if (year := self.edition.earlier) is not None:
            files = describe_data_files(self.own, year)
            if self._earlier is None or self._earlier[0] != files:
                self._earlier = files, load_edition(self.own, year)
            write_changes(compare_editions(self._earlier[1], self.edition, self.own), self.own)
        self._compared = self._files

    def _name_folder(self) -> Path:
        """A new folder to execute a notebook in; later names come later."""
        # The clock of Windows stands still for a sixtieth of a second: many names fit in there.
        return self.own.root / f"execution-{time_ns()}-{next(self._numbers):06}"

    # Notebooks ----------------------------------------------------------------------------------

    def _list_jobs(self) -> dict[str, Job]:
        from analysis.execute import plan_jobs

        return {job.name: job for job in plan_jobs(self.edition)}

    def _list_arguments(self, job: Job) -> tuple:
        from analysis.execute import FIGURES, PLAIN, WARM, can_fork

        drawn, known = None, self.executed.get(job.name)
        if known and known.made_of == describe_job(job):
            changed = known.list_changed(self.answers)
            if changed and all(query.get("table") == "texts" for query in changed):
                drawn = known.folder / FIGURES
        return job, self.own.root, self._name_folder(), drawn, WARM if can_fork() else PLAIN

    def is_current(self, job: Job) -> bool:
        """Whether a notebook's last execution still stands."""
        known = self.executed.get(job.name)
        if known is None or known.made_of != describe_job(job):
            self._compare()  # it may read that, nobody knows
            return False
        if any("file" in json.loads(query) for query in known.reads):
            self._compare()
        return not known.list_changed(self.answers)

    def execute(self, jobs: list[Job]) -> dict[str, str]:
        """Execute notebooks; name of each that failed → why."""
        from analysis.base.cores import count_cores
        from analysis.execute import TIMEOUT, Outcome, check_parameters, run_each
        from analysis.run.chapters import GRACE, explain_failure

        check_parameters(jobs)
        calls = {job.name: self._list_arguments(job) for job in jobs}
        failed = {}
        limit = TIMEOUT + GRACE
        for name, future in run_each(self.pool, count_cores(), execute_known, calls, limit):
            job, _, folder, *_ = calls[name]
            if error := future.exception():
                outcome = Outcome(job, 0.0, explain_failure(error, limit))
            else:
                outcome = future.result()
            if outcome.failure:
                failed[name] = outcome.describe(kept=False)
                shutil.rmtree(folder, ignore_errors=True)
            else:
                self._keep(job, folder)
        return failed

    def _keep(self, job: Job, folder: Path) -> None:
        from analysis.execute import READS
        from analysis.model.store import read_queries

        if former := self.executed.get(job.name):
            shutil.rmtree(former.folder, ignore_errors=True)
        reads = self.answers.digest_all(read_queries(folder / READS))
        # Under another name: what a process that is ended was executing is not taken for whole.
        kept = folder.with_name(folder.name.replace("execution", "executed"))
        move(folder, kept)
        self.executed[job.name] = Execution(kept, describe_job(job), reads)

    def _take_executed(self) -> None:
        """For the outlines of the other pages: notebooks that a process before this one executed,
        else those of the last production."""
        for name in [name for name in self._list_jobs() if name not in self.executed]:
            path = self.dossier.executed(self.year) / f"{name}.ipynb"
            if found := sorted(self.own.root.glob(f"executed-*/{name}.ipynb")):
                self.executed[name] = Execution(found[-1].parent, "")
            elif path.is_file():
                folder = self._name_folder()
                folder.mkdir()
                shutil.copy(path, folder)
                self.executed[name] = Execution(folder, "")

    def _keep_title(self, job: Job) -> None:
        """Of a notebook that fails while another is worked on: its title alone."""
        folder = self._name_folder()
        folder.mkdir()
        cell = {"cell_type": "markdown", "id": "titre", "metadata": {}}
        cell["source"] = f"# {job.title} {{#sec-{job.name}}}"
        text = json.dumps({"cells": [cell]}, ensure_ascii=False)
        (folder / f"{job.name}.ipynb").write_text(text, encoding="utf-8")
        self.executed[job.name] = Execution(folder, "")

    # Pages --------------------------------------------------------------------------------------

    def list_titles(self) -> dict[str, str]:
        """Page → title of all pages."""
        if self.edition is None:
            return {}
        from analysis.publish.project import read_title

        jobs = self._list_jobs()
        return {
            page: jobs[name].title if name else read_title(REPORTS / f"{page}.qmd")
            for page, name in self.pages.items()
        }

    def build(self, request: PageRequest, tell: Callable[[str], None]) -> None:
        """Build a page; ``tell`` is called with each step. Raises UserError with what is wrong, as
        the commands say it."""
        from analysis.publish import BookError
        from analysis.publish.build import name_rows
        from analysis.publish.page_preview import list_pages, list_parts

        tell("données")
        self.read_data()
        self.pages, jobs = list_pages(self.edition), self._list_jobs()
        if not request.page:  # what the pages are is asked, nothing else
            return
        if request.page not in self.pages:
            raise UserError(
                f"Page inconnue : « {request.page} » ; pages de l’édition {self.year} : "
                f"{', '.join(self.pages)}."
            )
        tell("carnet")
        name = self.pages[request.page]
        self._take_executed()
        shown = [jobs[one] for one in list_parts(self.edition, name)]
        wanted = [job for job in shown if not self.is_current(job)]
        if failed := self.execute(wanted):
            raise FailedNotebook(failed[name])
        missing = [job for job in jobs.values() if job.name not in self.executed]
        if missing:
            tell(f"les {len(missing)} autres carnets, une fois")
            self._compare()
            for failed in self.execute(missing):
                self._keep_title(jobs[failed])
        tell("page")
        try:
            self._compose(request, name)
        except BookError as error:
            # Perhaps it refers to what is new in another page.
            old = [job for job in jobs.values() if job not in shown and not self.is_current(job)]
            if not old:
                raise name_rows(self.own, self.year, error) from error
            tell("les autres carnets")
            failed = self.execute(old)
            try:
                self._compose(request, name)
            except BookError as again:
                words = [str(name_rows(self.own, self.year, again)), *failed.values()]
                raise BookError("\n\n".join(words)) from again

    def _compose(self, request: PageRequest, notebook: str) -> None:
        from analysis.publish.page_preview import build_page

        page, target = request.page, request.target
        shutil.rmtree(target, ignore_errors=True)
        executed = {name: known.folder for name, known in self.executed.items()}
        build_page(self.own, self.edition, self.engine, page, notebook, executed, target)


def describe_job(job: Job) -> str:
    """What a notebook's execution depends on besides code and data."""
    from analysis.base.file_digests import digest_file

    return f"{digest_file(job.template)} {dict(job.parameters)}"


def _link_folder(link: Path, place: Path) -> None:
    """Have a folder under another name. Windows asks for a right to make a symbolic link, for none
    to make a junction, which leads to folders of this machine's own disks."""
    if os.name != "nt" or os.fspath(place).startswith("\\\\"):
        link.symlink_to(place, target_is_directory=True)
    elif os.path.isdir(place):
        import _winapi

        _winapi.CreateJunction(os.fspath(place), os.fspath(link))


def open_own(dossier: Dossier, year: int, root: Path) -> Dossier:
    """A dossier in the folder ``root`` that has what was typed in another one, and what was
    published of it; what is computed goes into its own folder."""
    for name, place in {"raw": dossier.raw, "reports": dossier.report(year).parent}.items():
        if os.path.lexists(root / name):
            continue
        try:
            _link_folder(root / name, place)
        except OSError as error:
            raise UserError(
                "L’aperçu a besoin de liens vers les dossiers du territoire ; sous Windows, ceux "
                "d’un disque du réseau demandent le mode développeur (Paramètres, Pour les "
                "développeurs) : sinon, mettre le projet sur un disque de cette machine."
            ) from error
    return Dossier(root)


@contextmanager
def open_workshop(dossier: Dossier, year: int, root: Path) -> Iterator[Workshop]:
    """A workshop with its processes, which end with the block."""
    from analysis.base.cores import count_cores
    from analysis.execute import open_pool

    with open_pool(count_cores()) as pool:
        yield Workshop(dossier, year, root, pool)


def describe_error(error: BaseException) -> str:
    """What went wrong in the analyst's words; of a fault of code, where it is."""
    from analysis.base.refusals import find_refusal, tell_refusal

    if refused := find_refusal(error):
        return tell_refusal(refused)
    if isinstance(error, UserError):
        return str(error)
    places = [(frame.filename, frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        places.append((error.filename, error.lineno))
    for file, line in reversed(places):
        for base in (CODE.parent, PROJECT):
            if Path(file).is_relative_to(base):
                place = Path(file).relative_to(base).as_posix()
                return f"{place}, ligne {line} : {type(error).__name__} : {error}"
    return f"{type(error).__name__} : {error}"


def answer_request(
    workshop: Workshop, request: PageRequest, send: Callable[[PageAnswer], None]
) -> None:
    """Build what is asked for and say what became of it."""
    seconds: dict[str, float] = {}
    start = perf_counter()

    def tell(step: str) -> None:
        nonlocal start
        now = perf_counter()
        if seconds:
            seconds[list(seconds)[-1]] = now - start
        seconds[step] = 0.0
        start = now
        send(PageAnswer(request.page, step))

    error = ""
    try:
        workshop.build(request, tell)
    except Exception as problem:  # of code that is being worked on, anything
        error = describe_error(problem)
    if seconds:
        seconds[list(seconds)[-1]] = perf_counter() - start
    send(PageAnswer(request.page, error=error, pages=workshop.list_titles(), seconds=seconds))


def serve(connection: Connection, dossier: Dossier, year: int, root: Path) -> None:
    """Answer requests until the other side is gone, or asks to end (SIGTERM)."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for who started this process
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    root.mkdir(parents=True, exist_ok=True)
    try:
        with open_workshop(dossier, year, root) as workshop:
            while True:
                answer_request(workshop, connection.recv(), connection.send)
    except (EOFError, BrokenPipeError):
        return
    except Exception as problem:  # code that cannot even be imported
        said = describe_error(problem)
        request: PageRequest = connection.recv()
        connection.send(PageAnswer(request.page, error=said))
