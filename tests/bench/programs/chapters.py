"""This project's runner on data already computed, nothing kept: with the copies for reviewers, or
(``bare``) the notebooks alone, as the other ways leave them. The whole program, or (``warm``) from
the moment when the fork server has everything imported, as the floor's processes have, to the last
notebook in its place; of that it says the seconds.

``python -m tests.bench.programs.chapters DOSSIER YEAR full|bare whole|warm``
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import forkserver
from pathlib import Path
from time import perf_counter

import psutil

from analysis import execute
from analysis.base.paths import Dossier


def _measure_processors() -> float:
    """Seconds of processors spent by this process, by its fork server and by all that ended."""
    server = psutil.Process(forkserver._forkserver._forkserver_pid)
    own = psutil.Process().cpu_times()
    return sum(server.cpu_times()[:4]) + own.user + own.system


@contextmanager
def watch_clock() -> Iterator[None]:
    """Say what the block took, by the clock and of processors, once the server is ready."""
    with execute.open_pool(1) as pool:
        pool.schedule(perf_counter).result()
    start, spent = perf_counter(), _measure_processors()
    yield
    seconds, cpu = perf_counter() - start, _measure_processors() - spent
    print(json.dumps({"seconds": seconds, "cpu": cpu}))


def execute_all(dossier: Dossier, year: int, *, copies: bool, warm: bool) -> None:
    """Execute an edition's notebooks as ``python -m analysis notebooks --force`` does."""
    execute.start_server()
    from analysis.model.store import read_edition
    from analysis.run import chapters
    from analysis.run.dependencies import describe_surroundings

    def run() -> None:
        surroundings = dict(describe_surroundings())
        if not copies:
            chapters.describe_heading = lambda edition, job: None
            # What lacks its copy must never be taken for a whole result.
            surroundings["mesure:copies"] = "sans"
        edition = read_edition(year, dossier)
        chapters.refuse_failures(chapters.run_chapters(dossier, edition, surroundings, force=True))

    if warm:
        with watch_clock():
            run()
    else:
        run()


if __name__ == "__main__":
    root, year, copies, clock = sys.argv[1:]
    execute_all(Dossier(Path(root)), int(year), copies=copies == "full", warm=clock == "warm")
