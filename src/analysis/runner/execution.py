"""Execute jobs with papermill, several at a time, each in a fresh kernel.

May import ``paths``, ``runner.jobs``, ``runner.kernels``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

from analysis.paths import BOOK_VARIABLE, DOSSIER_VARIABLE, Dossier
from analysis.runner.jobs import Failure, Job, Outcome, Run, check_parameters
from analysis.runner.kernels import LocalKernelManager, preload_modules

WORKERS = 2

#: Kernels see nothing of the clock or of the user's settings, so that runs repeat to the byte.
#: The run adds a folder of its own for profiles and sockets: no personal IPython profile.
KERNEL_ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "MPLBACKEND": "agg",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}


def _prepare_worker(environment: Mapping[str, str], preload: Sequence[str]) -> None:
    """Pay the imports once for each worker process; kernels inherit the environment."""
    os.environ.update(environment)
    preload_modules(preload)
    import papermill  # noqa: F401  (imported for its cost)


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
            kernel_manager_class=f"{LocalKernelManager.__module__}.{LocalKernelManager.__name__}",
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
    preload: Sequence[str] = (),
    on_done: Callable[[Outcome], None] = lambda outcome: None,
) -> Run:
    """Execute all jobs, ``workers`` at a time, in fresh kernels; a failure stops no other.

    Results are in ``dossier.executed(year)``, the figures below it.

    Parameters
    ----------
    preload : modules that the notebooks import, imported once for all kernels where that can be.
    on_done : called as each job ends (progress bar).

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
            BOOK_VARIABLE: "1",
            "IPYTHONDIR": scratch,
            "JUPYTER_RUNTIME_DIR": scratch,
        }
        # « spawn »: a forked child would inherit the parent's threads and event loops.
        pool = ProcessPoolExecutor(
            max_workers=max(1, min(workers, len(jobs))),
            mp_context=get_context("spawn"),
            initializer=_prepare_worker,
            initargs=(environment, tuple(preload)),
        )
        with pool:
            futures = {pool.submit(execute_job, job, folder): job for job in jobs}
            try:
                for future in as_completed(futures):
                    job = futures[future]
                    try:
                        outcome = future.result()
                    except Exception as error:  # the worker process itself was lost
                        outcome = Outcome(job, 0.0, Failure(0, type(error).__name__, str(error)))
                    outcomes[job.name] = outcome
                    on_done(outcome)
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)  # start no other notebook
                raise
    return Run(tuple(outcomes[job.name] for job in jobs))
