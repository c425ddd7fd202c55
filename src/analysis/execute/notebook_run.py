"""Execute one notebook with papermill in a folder of its own, writing nothing outside of it."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

from analysis.base.moving import move
from analysis.base.paths import BOOK_VARIABLE, DOSSIER_VARIABLE, READS_VARIABLE
from analysis.execute.jobs import Failure, Job, Outcome
from analysis.execute.pool import set_environment

#: How notebooks are executed: in the process of the task itself, or in an ordinary kernel.
WARM, PLAIN = "warm", "plain"

#: Seconds after which a cell that has not ended is stopped; the slowest chapter takes two in all.
TIMEOUT = 600

#: Names of what a job leaves in its folder, besides ``<name>.ipynb`` or ``<name>.echec.ipynb``.
FIGURES, READS = "figures", "lectures.jsonl"
#: How the file of a drawing for a telephone ends (``show.pages.display``).
NARROW = "-etroit.svg"

#: Where a kernel says that a cell's code stands: a file of that process, which is nowhere.
_CELL_FILE = re.compile(
    r"(?:/[^\s:\"']*)?/ipykernel_\d+/\d+\.py|[A-Za-z]:\\[^:\"'\n]*\\ipykernel_\d+\\\d+\.py"
)


def clean_notebook(notebook) -> None:
    """Drop what differs between two runs of the same inputs (times, random ids, process numbers,
    Python's patch) and the banners that papermill puts into a failed notebook."""
    notebook.metadata.pop("papermill", None)
    notebook.metadata.pop("widgets", None)
    notebook.metadata.get("language_info", {}).pop("version", None)
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
            if output.output_type == "stream":
                output["text"] = _CELL_FILE.sub("<cellule>", output["text"])


def compose_variables(dossier: Path | None, folder: Path, scratch: str) -> dict[str, str]:
    """The environment of a notebook that is executed in ``folder``, of a dossier or of none."""
    return {
        **({DOSSIER_VARIABLE: str(dossier)} if dossier else {}),
        BOOK_VARIABLE: str(folder / FIGURES),
        READS_VARIABLE: str(folder / READS),
        # No personal profile of IPython; paths short enough for the names of sockets.
        "IPYTHONDIR": scratch,
        "JUPYTER_RUNTIME_DIR": scratch,
    }


def _list_options(engine: str) -> Mapping[str, object]:
    from analysis.execute import kernels

    if engine == WARM:
        return {"engine_name": kernels.WARM_ENGINE}
    manager = kernels.LocalKernelManager
    return {
        "kernel_manager_class": f"{manager.__module__}.{manager.__name__}",
        "extra_arguments": ["--log-level=CRITICAL"],  # a kernel's own log is not for the analyst
    }


def _run_papermill(
    job: Job, target: Path, folder: Path, engine: str, timeout: float
) -> Failure | None:
    import papermill
    from papermill.exceptions import PapermillExecutionError

    try:
        papermill.execute_notebook(
            str(job.template),
            str(target),
            parameters=dict(job.parameters),
            cwd=str(folder),
            kernel_name="python3",
            progress_bar=False,
            log_output=False,
            request_save_on_cell_execute=False,
            autosave_cell_every=0,
            execution_timeout=timeout,
            **_list_options(engine),
        )
    except PapermillExecutionError as error:
        # papermill counts from 0, with the cell of parameters that it has injected.
        position = error.cell_index + 1 - bool(job.parameters)
        return Failure(position, error.ename, error.evalue, error.source)
    except Exception as error:  # a kernel that dies, a full disk: named like the others
        return Failure(0, type(error).__name__, str(error))
    return None


def execute_job(
    job: Job, dossier: Path | None, folder: Path, engine: str = WARM, timeout: float = TIMEOUT
) -> Outcome:
    """Execute one notebook in ``folder`` (made if it is not there), which holds afterwards
    ``<name>.ipynb``, ``figures/`` and ``lectures.jsonl`` (what it read, see ``store.reads``).

    Called in a process that does nothing else: it changes its environment and its folder.
    A failing notebook leaves ``<name>.echec.ipynb`` (executed up to its error) instead.
    """
    import nbformat

    start = perf_counter()
    (folder / FIGURES).mkdir(parents=True, exist_ok=True)
    (folder / READS).write_text("")  # a notebook that reads nothing says so
    target = folder / f"{job.name}.ipynb"
    # What a kernel of Windows still holds there goes with the run's own temporary files.
    with tempfile.TemporaryDirectory(prefix="carnet-", ignore_cleanup_errors=True) as scratch:
        set_environment(compose_variables(dossier, folder, scratch))
        failure = _run_papermill(job, target, folder, engine, timeout)
    if failure and not failure.cell:
        target.unlink(missing_ok=True)  # no room for it, no kernel: nothing that one could read
    if target.exists():
        notebook = nbformat.read(target, as_version=4)
        clean_notebook(notebook)
        nbformat.write(notebook, target)
        if failure:
            move(target, folder / f"{job.name}.echec.ipynb")
    return Outcome(job, perf_counter() - start, failure)
