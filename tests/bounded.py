"""Programs run within bounds of memory and time, for files that mean harm.

The bounds only keep a fault from taking the machine with it; a test asserts what the program says
and, where the fault was memory, the peak.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path

from analysis.base.paths import PROJECT


@dataclass
class Ended:
    """How a program ended. ``code``: negative where a signal ended it; ``said``: both its outputs;
    ``peak``: megabytes resident at most; ``late``: whether it was stopped for lack of time."""

    code: int
    said: str
    peak: float
    late: bool


def run_bounded(
    arguments: list[str],
    *,
    seconds: float = 120,
    megabytes: int = 4000,
    env: dict[str, str] | None = None,
    cwd: Path = PROJECT,
) -> Ended:
    """Run ``python <arguments>`` with at most ``megabytes`` of data, stopped after ``seconds``;
    ``env`` is added to the environment."""

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (megabytes * 2**20,) * 2)

    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
            cwd=cwd, env=os.environ | (env or {}), preexec_fn=bound,
        )  # fmt: skip
        late = threading.Event()
        timer = threading.Timer(seconds, lambda: (late.set(), process.kill()))
        timer.start()
        _, status, used = os.wait4(process.pid, 0)
        timer.cancel()
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        said = out.read().decode("utf-8", "replace")
    return Ended(process.returncode, said, used.ru_maxrss / 1024, late.is_set())


def run_analysis(*arguments: str, **bounds) -> Ended:
    """The program itself, as make calls it."""
    return run_bounded(["-m", "analysis", *arguments], **bounds)
