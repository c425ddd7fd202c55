"""Programs that run at the same time (pandoc, Typst) and end together.

When one of them fails or the user interrupts, the others are stopped at once: nobody waits for a
PDF that will be thrown away.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from analysis.base.cores import count_cores
from analysis.publish import BookError


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a program and those that it has started."""
    if os.name == "nt":  # which has no groups; what it started would keep our pipes open
        ending = ["taskkill", "/F", "/T", "/PID", str(process.pid)]
        with suppress(OSError):
            subprocess.run(ending, capture_output=True, check=False)
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


class ProgramPool:
    """Threads that each wait for a program of their own; to be used with ``with``.

    At the end of the block no program runs any more, however the block ended.
    """

    def __init__(self, workers: int | None = None) -> None:
        self._pool = ThreadPoolExecutor(workers or count_cores())
        self._running: set[subprocess.Popen[bytes]] = set()
        self._lock = Lock()
        self._stopped = False

    def __enter__(self) -> ProgramPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, work: Callable[..., Any], *arguments: object) -> Future[Any]:
        """Have a thread do this; those started first are done first."""
        return self._pool.submit(work, *arguments)

    def finish(self, jobs: Iterable[Future[Any]]) -> list[Any]:
        """The results in order; the first failure ends all work and is raised."""
        jobs = list(jobs)
        done, _ = wait(jobs, return_when=FIRST_EXCEPTION)
        failures = [job for job in jobs if job in done and job.exception()]
        if failures:
            self.stop()
            raise failures[0].exception()
        return [job.result() for job in jobs]

    def stop(self) -> None:
        """End every program and every thread; what was waiting does not start."""
        with self._lock:
            self._stopped = True
            for process in self._running:
                _kill(process)
        self._pool.shutdown(wait=True, cancel_futures=True)

    def run(
        self,
        arguments: Sequence[str],
        content: bytes = b"",
        *,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        """Run a program to its end, ``content`` on its standard input; output and errors kept.
        Raises BookError when the pool was stopped."""
        with self._lock:
            if self._stopped:
                raise BookError("Composition interrompue.")
            process = subprocess.Popen(
                list(arguments),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=folder,
                env=dict(environment) if environment is not None else None,
                # A group of its own: what it starts in its turn (Quarto does) ends with it.
                **({} if os.name == "nt" else {"process_group": 0}),
            )
            self._running.add(process)
        try:
            output, said = process.communicate(content)
        finally:
            with self._lock:
                self._running.discard(process)
            if process.poll() is None:
                _kill(process)
                process.wait()
        return subprocess.CompletedProcess(process.args, process.returncode, output, said)
