"""What a program costs: seconds by the clock, seconds of processors, memory while it runs."""

from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, perf_counter, sleep

import psutil

#: Linux: who asks for it inherits the orphans among its descendants (a fork server outlives the
#: process that started it by a moment), and with them the account of what they spent.
_SUBREAPER = 36
#: Seconds that orphans are given to end.
_PATIENCE = 20


class ProgramFailed(Exception):
    """A program that is measured did not succeed; with the end of what it said."""


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of all processors together; ``said``: the program's output."""

    seconds: float
    cpu: float
    said: str = ""


def adopt_orphans() -> None:
    """Have the seconds of processors counted of processes whose parent ended first."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)


def _read_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _list_children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def _bury_orphans(known: set[int]) -> None:
    """Wait for the children that are not ``known``: those that a program has left behind."""
    limit = monotonic() + _PATIENCE
    left = _list_children() - known
    while left and monotonic() < limit:
        for pid in left:
            with suppress(ChildProcessError):
                os.waitpid(pid, os.WNOHANG)
        sleep(0.02)
        left = _list_children() - known


def run_program(
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    watch: Watch | None = None,
    statuses: Collection[int] = (0,),
) -> Spent:
    """Run a program to its end; no other may run meanwhile, whose seconds would count as well.

    Raises
    ------
    ProgramFailed
        when it ends with another status than these.
    """
    known = _list_children()
    before, start = _read_children(), perf_counter()
    process = subprocess.Popen(
        list(command),
        cwd=folder,
        env={**os.environ, **(environment or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    if watch:
        watch.start(process.pid)
    said, _ = process.communicate()
    seconds = perf_counter() - start
    if watch:
        watch.stop()
    _bury_orphans(known)
    if process.returncode not in statuses:
        raise ProgramFailed(f"{' '.join(command)} :\n{said[-2000:]}")
    return Spent(seconds, _read_children() - before, said)


def _measure(process: psutil.Process) -> int:
    """Bytes of a process; of pages that it shares with others, only its part (Linux)."""
    if psutil.LINUX:
        return process.memory_full_info().pss
    return process.memory_info().rss


class Watch:
    """The memory of a program, looked at now and then while it runs.

    ``parent``: most bytes of the program's own process (resident); ``whole``: most bytes of that
    process and all its descendants together.
    """

    def __init__(self, every: float = 0.5):
        self.parent = self.whole = 0
        self._every = every
        self._end = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, pid: int) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._look, args=(pid,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._end.set()
        if self._thread:
            self._thread.join()

    def _look(self, pid: int) -> None:
        while not self._end.wait(self._every):
            try:
                parent = psutil.Process(pid)
                self.parent = max(self.parent, parent.memory_info().rss)
                family = [parent, *parent.children(recursive=True)]
            except psutil.Error:
                continue
            total = 0
            for process in family:
                try:
                    total += _measure(process)
                except psutil.Error:  # it has just ended
                    continue
            self.whole = max(self.whole, total)
