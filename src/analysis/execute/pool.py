"""Processes for one task each, as fresh as new ones and ready in a moment.

A Python process that is to draw charts first imports for seconds. On Linux the fork server of
multiprocessing imports once, and each task gets a fork of it: it has everything imported and has
seen nothing else, since the server does nothing but import. Elsewhere processes start the ordinary
way (macOS warns against forking a process that has loaded its system libraries).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from importlib.util import find_spec
from multiprocessing import current_process, forkserver, get_context, resource_tracker
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from pebble import ProcessPool
from pebble.concurrent import process as run_in_process

from analysis.base.run_process import follow_parent, stop_pool

#: What every notebook sees: nothing of the clock or of the user's settings, so that runs repeat to
#: the byte. The pictures that a cell shows by itself are its outputs, as in Jupyter.
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "SOURCE_DATE_EPOCH": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}

#: What the fork server imports.
_PRELOAD, _NATIONAL = "analysis.execute.preload", "analysis.execute.national_preload"
#: Tells the fork server for which year it reads the national reference ('' : it does not).
NATIONAL_VARIABLE = "ANALYSIS_NATIONAL_YEAR"
_starting = Lock()
_started_for: int | None = None
_open_pools = 0

Key = TypeVar("Key", bound=Hashable)


def can_fork() -> bool:
    """Whether processes can be forked from a server that has loaded system libraries."""
    return sys.platform == "linux"


def compose_environment() -> dict[str, str]:
    """``ENVIRONMENT``, and matplotlib's own settings in place of the user's."""
    package = find_spec("matplotlib")
    settings = Path(package.submodule_search_locations[0]) / "mpl-data" / "matplotlibrc"
    return ENVIRONMENT | {"MATPLOTLIBRC": str(settings)}


def start_server(national: int | None = None) -> None:
    """Start this process's fork server, which imports ``preload`` in the background; once started,
    it stays. Does nothing where processes cannot be forked.

    ``national``: the edition for which it also reads the national reference, once for all that are
    forked from it. A server that has not is replaced, where no pool needs it.
    """
    global _started_for
    if not can_fork():
        return
    with _starting:  # a Dask worker may have several threads
        if national is not None and national != _started_for and not _open_pools:
            forkserver._forkserver._stop()
            _started_for = national
        _run_server()


def _run_server() -> None:
    modules = [_PRELOAD] if _started_for is None else [_PRELOAD, _NATIONAL]
    get_context("forkserver").set_forkserver_preload(modules)
    ours = compose_environment() | {NATIONAL_VARIABLE: str(_started_for or "")}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)  # the server takes the environment of this moment
    # Ctrl-C is for the run, which stops its processes; a server that still imports would complain.
    resource_tracker.ensure_running()  # or the server starts it, and lets Ctrl-C through again
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _allow_children() -> Any:
    """The context in which a task's process is started."""
    # A Dask worker is a « daemon », which multiprocessing forbids to have children; ours never
    # outlive their task, nor the pool.
    current_process()._config.pop("daemon", None)
    return get_context("forkserver" if can_fork() else "spawn")


def call_apart(function: Callable[..., Any], *arguments: Any, timeout: float) -> Future:
    """Call a function in a process of its own, forked from this process's server if there is one;
    a call that takes longer than ``timeout`` seconds is given up with its process."""
    # What pebble reads is « context », whatever its annotations say.
    settings: dict[str, Any] = {"timeout": timeout, "context": _allow_children()}
    return run_in_process(**settings)(function)(*arguments)


@contextmanager
def open_pool(workers: int) -> Iterator[ProcessPool]:
    """A pool whose tasks each run in a process of their own, for ``workers`` of them at a time
    (``run_each``). One process more stands ready: pebble replaces those that have ended ten times a
    second only, and nobody is to wait for that.

    Left by an error (Ctrl-C among them), it kills what still runs; else it waits.
    """
    global _open_pools
    start_server()
    with _starting:
        _open_pools += 1
    pool = ProcessPool(max_workers=workers + 1, max_tasks=1, context=_allow_children())
    try:
        yield pool
        pool.close()
        pool.join()
    except BaseException:
        stop_pool(pool)
        raise
    finally:
        with _starting:
            _open_pools -= 1


def run_each(
    pool: ProcessPool,
    workers: int,
    function: Callable[..., Any],
    calls: Mapping[Key, Sequence[Any]],
    timeout: float | None = None,
) -> Iterator[tuple[Key, Future]]:
    """Call the function once with the arguments of each key, ``workers`` at a time, those named
    first begun first; each key with its ended future, as they end. A call that takes longer than
    ``timeout`` seconds is given up with its process."""
    left = iter(calls.items())
    under_way: dict[Future, Key] = {}
    ended: list[tuple[Key, Future]] = []
    while True:
        # First the next call, then what the caller does with the one that has ended.
        while len(under_way) < workers and (call := next(left, None)):
            key, arguments = call
            under_way[pool.schedule(function, args=arguments, timeout=timeout)] = key
        yield from ended
        if not under_way:
            return
        done, _ = wait(under_way, return_when=FIRST_COMPLETED)
        ended = [(under_way.pop(future), future) for future in done]


def set_environment(variables: Mapping[str, str]) -> None:
    """What a task does first: its own variables, besides those of ``compose_environment``; and it
    does not outlive who asked for it."""
    follow_parent()
    os.environ.update({**compose_environment(), **variables})
