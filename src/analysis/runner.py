"""Papermill once for each chapter and year: order, parallelism, progress, failures.

May import paths and store; the notebooks themselves import the rest in their own kernels.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

from jupyter_client.localinterfaces import localhost
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_runtime_dir
from traitlets import CaselessStrEnum

from analysis.paths import DOSSIER_VARIABLE, NOTEBOOKS, Dossier
from analysis.store import Edition

#: Which template makes the chapters of a kind, and the parameter that names the chapter.
TEMPLATES = {
    "finalité": ("finality.ipynb", "finality"),
    "démarche": ("approach.ipynb", "element"),
}
WORKERS = 2

#: Kernels see nothing of the clock or of the user's settings, so that runs repeat to the byte.
#: The run adds a folder of its own for profiles and sockets: no personal IPython profile.
KERNEL_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


class UnknownParameter(ValueError):
    """A job names a parameter that its notebook does not declare."""


@dataclass(frozen=True)
class Job:
    """One notebook to execute: template × parameters → ``<name>.ipynb``."""

    name: str
    title: str
    template: Path
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Failure:
    """Where a notebook stopped, in words for the analyst.

    ``cell`` counts the cells of the template from 1; 0 where no cell is to blame.
    """

    cell: int
    error: str
    message: str
    source: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a job."""

    job: Job
    seconds: float
    failure: Failure | None = None

    def describe(self) -> str:
        """A line for the log: which notebook, which cell, which error."""
        if self.failure is None:
            return f"{self.job.name} : fait en {self.seconds:.1f} s"
        where = f"cellule {self.failure.cell}, " if self.failure.cell else ""
        text = (
            f"{self.job.name} ({self.job.title}) : échec, {where}"
            f"{self.failure.error} : {self.failure.message}"
        )
        code = "\n".join(f"    | {line}" for line in self.failure.source.splitlines()[:12])
        return f"{text}\n{code}" if code else text


@dataclass(frozen=True)
class Run:
    """All outcomes of a run, in the book's order."""

    outcomes: Sequence[Outcome] = field(default_factory=tuple)

    @property
    def failures(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.failure]


def plan_jobs(edition: Edition, templates: Path = NOTEBOOKS) -> list[Job]:
    """The jobs of an edition in the book's order: summary, chapters, annexes."""
    year = edition.year
    jobs = [Job("summary", "Sommaire", templates / "summary.ipynb", {"year": year})]
    for chapter in edition.chapters.sort_values("order").itertuples():
        template, parameter = TEMPLATES[chapter.kind]
        jobs.append(
            Job(
                chapter.id,
                chapter.title,
                templates / template,
                {parameter: chapter.id, "year": year},
            )
        )
    jobs.append(Job("annexes", "Annexes", templates / "annexes.ipynb", {"year": year}))
    return jobs


def read_parameters(template: Path) -> set[str]:
    """Names assigned in the cell tagged ``parameters`` (empty if there is none)."""
    import nbformat

    notebook = nbformat.read(template, as_version=4)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            return set(re.findall(r"^(\w+)\s*(?::[^=\n]+)?=", cell.source, re.MULTILINE))
    return set()


def check_parameters(jobs: Sequence[Job]) -> None:
    """Raise on a parameter that the notebook does not declare (papermill only warns).

    Raises
    ------
    UnknownParameter
        with the notebook, the parameter and the declared names, in French.
    """
    declared: dict[Path, set[str]] = {}
    problems = []
    for job in jobs:
        names = declared.setdefault(job.template, read_parameters(job.template))
        for name in sorted(set(job.parameters) - names):
            problems.append(
                f"{job.template.name} : paramètre inconnu « {name} » ; paramètres déclarés : "
                + (", ".join(sorted(names)) or "aucun")
                + "."
            )
    if problems:
        raise UnknownParameter("\n".join(dict.fromkeys(problems)))


def clean_notebook(notebook) -> None:
    """Drop what differs between two runs of the same inputs (times, random ids) and the banners
    that papermill puts into a failed notebook."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.cells = [
        cell
        for cell in notebook.cells
        if "papermill-error-cell-tag" not in cell.metadata.get("tags", [])
    ]
    for index, cell in enumerate(notebook.cells):
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell["id"] = f"parametres-{index}"
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if len(data) > 1:  # « <IPython.core.display.Markdown object> » says nothing
                data.pop("text/plain", None)


class LocalKernelManager(AsyncKernelManager):
    """Talks to its kernel through files instead of TCP ports: nothing listens on the network, and
    ipykernel has no unencrypted port to warn about. Windows knows no such sockets."""

    transport = CaselessStrEnum(["tcp", "ipc"], "tcp" if os.name == "nt" else "ipc")

    def _ip_default(self) -> str:
        # The library's default is one name for all kernels: two at a time would share sockets.
        if self.transport == "ipc":
            return str(Path(jupyter_runtime_dir()) / uuid4().hex[:12])
        return localhost()


def _prepare_worker(environment: Mapping[str, str]) -> None:
    """Pay the imports once for each worker process; kernels inherit the environment."""
    os.environ.update(environment)
    import papermill  # noqa: F401  (imported for its cost)


def execute_job(job: Job, folder: Path) -> Outcome:
    """Execute one notebook in a fresh kernel; the result appears under its name when complete.

    A failing notebook leaves ``<name>.echec.ipynb`` (executed up to its error) and no result.
    """
    import nbformat
    import papermill
    from papermill.exceptions import PapermillExecutionError

    start = perf_counter()
    target, failed = folder / f"{job.name}.ipynb", folder / f"{job.name}.echec.ipynb"
    partial = folder / f".{job.name}.partiel.ipynb"
    failed.unlink(missing_ok=True)
    failure = None
    try:
        papermill.execute_notebook(
            str(job.template),
            str(partial),
            parameters=dict(job.parameters),
            cwd=str(folder),
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            kernel_manager_class=f"{__name__}.LocalKernelManager",
            extra_arguments=["--log-level=CRITICAL"],  # a kernel's own log is not for the analyst
        )
    except PapermillExecutionError as error:
        # papermill counts from 0, with the cell of parameters that it has injected.
        position = error.cell_index + 1 - bool(job.parameters)
        failure = Failure(position, error.ename, error.evalue, error.source)
    except Exception as error:  # a kernel that dies, a disk that is full: named like the others
        failure = Failure(0, type(error).__name__, str(error))
    if partial.exists():
        notebook = nbformat.read(partial, as_version=4)
        clean_notebook(notebook)
        nbformat.write(notebook, partial)
        os.replace(partial, failed if failure else target)
    if failure:
        target.unlink(missing_ok=True)
    return Outcome(job, perf_counter() - start, failure)


def run_jobs(
    jobs: Sequence[Job],
    dossier: Dossier,
    year: int,
    *,
    workers: int = WORKERS,
    on_done: Callable[[Outcome], None] = lambda outcome: None,
) -> Run:
    """Execute all jobs, ``workers`` at a time, in fresh kernels; a failure stops no other.

    ``on_done`` is called as each job ends (progress bar). Results are in ``dossier.executed``.

    Raises
    ------
    UnknownParameter
        before anything runs.
    """
    check_parameters(jobs)
    folder = dossier.executed(year)
    shutil.rmtree(folder, ignore_errors=True)
    dossier.figures(year).mkdir(parents=True)
    outcomes: dict[str, Outcome] = {}
    with tempfile.TemporaryDirectory(prefix="carnets-") as scratch:
        environment = KERNEL_ENVIRONMENT | {
            DOSSIER_VARIABLE: str(dossier.root),
            "IPYTHONDIR": scratch,
            "JUPYTER_RUNTIME_DIR": scratch,
        }
        # « spawn »: a forked child would inherit the parent's threads and event loops.
        pool = ProcessPoolExecutor(
            max_workers=max(1, min(workers, len(jobs))),
            mp_context=get_context("spawn"),
            initializer=_prepare_worker,
            initargs=(environment,),
        )
        with pool:
            futures = {pool.submit(execute_job, job, folder): job for job in jobs}
            for future in as_completed(futures):
                job = futures[future]
                try:
                    outcome = future.result()
                except Exception as error:  # the worker process itself was lost
                    outcome = Outcome(job, 0.0, Failure(0, type(error).__name__, str(error)))
                outcomes[job.name] = outcome
                on_done(outcome)
    return Run(tuple(outcomes[job.name] for job in jobs))
