"""The floor: an edition's cells in warm processes, which have all imports done before the clock
starts and do nothing but execute: no kernel, no outputs, no notebook written.

``python -m tests.bench.programs.floor DOSSIER YEAR PROCESSES``
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from contextlib import redirect_stdout
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter

import nbformat

from analysis.base.paths import Dossier
from analysis.execute import FIGURES, READS, plan_jobs
from analysis.execute.notebook_run import compose_variables
from analysis.execute.pool import set_environment
from analysis.model.store import read_edition
from analysis.run.step_records import StepRecords


def execute_cells(job, dossier: Path, folder: Path) -> None:
    """The code cells of a notebook, one after the other, in names of their own."""
    (folder / FIGURES).mkdir(parents=True)
    (folder / READS).write_text("")
    set_environment(compose_variables(dossier, folder, str(folder)))
    os.chdir(folder)
    names = {"__name__": "__main__"}
    for cell in nbformat.read(job.template, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        exec(compile(cell.source, f"<{job.name}>", "exec"), names)
        if "parameters" in cell.metadata.get("tags", []):
            names.update(job.parameters)


def _work(queue, ready, dossier: Path, folder: Path) -> None:
    ready.wait()
    with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
        while (job := queue.get()) is not None:
            execute_cells(job, dossier, folder / job.name)


def measure_floor(dossier: Dossier, year: int, processes: int) -> dict[str, float]:
    """Seconds by the clock and of processors, from the first cell to the last."""
    records = StepRecords.of_chapters(dossier, year)
    jobs = plan_jobs(read_edition(year, dossier))
    # The longest first, as the runner does.
    known = {job.name: records.read(job.name) for job in jobs}
    jobs.sort(key=lambda job: -(known[job.name].seconds if known[job.name] else 0))
    context = get_context("fork")
    queue, ready = context.SimpleQueue(), context.Barrier(processes + 1)
    with tempfile.TemporaryDirectory(prefix="plancher-") as folder:
        workers = [
            context.Process(target=_work, args=(queue, ready, dossier.root, Path(folder)))
            for _ in range(processes)
        ]
        for worker in workers:
            worker.start()
        ready.wait()
        start = perf_counter()
        for job in [*jobs, *[None] * processes]:
            queue.put(job)
        for worker in workers:
            worker.join()
        seconds = perf_counter() - start
        if any(worker.exitcode for worker in workers):
            raise SystemExit("une cellule a échoué")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {"seconds": seconds, "cpu": used.ru_utime + used.ru_stime}


if __name__ == "__main__":
    root, year, processes = sys.argv[1:]
    print(json.dumps(measure_floor(Dossier(Path(root)), int(year), int(processes))))
