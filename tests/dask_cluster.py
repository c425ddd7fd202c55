"""A real Dask scheduler and its workers on this machine, each a process of its own, as a cluster's
are."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

#: Seconds that they may take to start.
_PATIENCE = 120


def _wait_for_workers(file: Path, number: int) -> str:
    from distributed import Client

    limit = monotonic() + _PATIENCE
    while not file.is_file() or not file.read_text():
        if monotonic() > limit:
            raise TimeoutError("the scheduler does not start")
        sleep(0.1)
    address = json.loads(file.read_text())["address"]
    with Client(address, set_as_default=False) as client:
        client.wait_for_workers(number, timeout=_PATIENCE)
    return address


@contextmanager
def open_dask(folder: Path, workers: int) -> Iterator[str]:
    """The address of a scheduler with so many workers of one thread, which end with the block."""
    file = folder / "ordonnanceur.json"
    base = [sys.executable, "-m"]
    options = ["--scheduler-file", str(file), "--no-dashboard"]
    worker = [*base, "distributed.cli.dask_worker", *options, "--nthreads", "1"]
    commands = [[*base, "distributed.cli.dask_scheduler", *options, "--port", "0"]]
    commands += [[*worker, "--name", f"travailleur-{number}"] for number in range(workers)]
    with (folder / "journal.txt").open("w") as log:
        started = [
            subprocess.Popen(command, stdout=log, stderr=log, cwd=folder) for command in commands
        ]
        try:
            yield _wait_for_workers(file, workers)
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                process.wait(timeout=60)
