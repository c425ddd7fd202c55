"""A preview that runs, of a project of its own; for the tests and the benchmark."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic

from analysis.base.paths import FRANCE, PROJECT
from analysis.base.project_folder import PROJECT_VARIABLE
from analysis.base.rawfiles import find_year


def copy_project(target: Path, dossier: Path, *, executed: bool = False) -> Path:
    """A project of one's own in ``target``: the notebooks and the book, what is typed in a dossier
    and, if wanted, its executed notebooks; the program and the national reference stay where they
    are."""

    def leave_out(folder: str, names: list[str]) -> list[str]:
        return [name for name in names if folder == str(PROJECT / "reports") and find_year(name)]

    shutil.copytree(PROJECT / "reports", target / "reports", ignore=leave_out)
    shutil.copytree(PROJECT / "notebooks", target / "notebooks")
    shutil.copytree(dossier / "raw", target / "data" / "raw")
    (target / "data" / "france").symlink_to(FRANCE)
    if executed:
        for path in dossier.glob("processed/*/executed/*.ipynb"):
            copy = target / "data" / path.relative_to(dossier)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    return target


class RunningPreview:
    """``python -m analysis preview`` in a project; to be stopped. ``temporary``: where it has its
    own folder, in memory where none is given."""

    def __init__(self, project: Path, page: str = "", temporary: Path | None = None):
        self.project, self.page, self.version, self.temporary = project, page, "", temporary
        environment = {**os.environ, PROJECT_VARIABLE: str(project)}
        if temporary:
            environment["TMPDIR"] = str(temporary)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "analysis", "preview", *([page] if page else [])],
            cwd=project,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        self.said = self.process.stdout.readline()
        self.address = re.search(r"http://[\d.]+:\d+", self.said)[0]
        self.port = int(self.address.rpartition(":")[2])
        self._line = self.ask(f"/evenements?page={page}")

    def ask(self, path: str, **headers: str) -> http.client.HTTPResponse:
        """The answer to a request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()

    def read_page(self) -> str:
        """The page as it is now."""
        return self.ask(f"/{self.page}/{self.page}.html").read().decode("utf-8")

    def hear(self, limit: float = 180) -> dict:
        """What becomes of what has changed: the next news of a page made anew, or of an error."""
        end = monotonic() + limit
        while monotonic() < end:
            line = self._line.readline().decode("utf-8")
            if not line:
                raise EOFError(self.process.stdout.read())
            state = json.loads(line[6:]) if line.startswith("data: ") else {"building": True}
            if state["building"]:
                continue
            if state["error"] or state["version"] not in ("", self.version):
                self.version = state["version"]
                return state
        raise TimeoutError(f"rien en {limit:.0f} s")

    @contextmanager
    def changed(self, file: str, before: str, after: str) -> Iterator[dict]:
        """Put words in the place of others in a file of the project, which must have them, and hear
        what becomes of it; the file is as it was after the block, and the page too."""
        path = self.project / file
        text = path.read_text("utf-8")
        assert before in text, f"{file}: {before}"
        path.write_text(text.replace(before, after, 1), "utf-8")
        try:
            yield self.hear()
        finally:
            path.write_text(text, "utf-8")
            self.hear()

    def stop(self) -> int:
        """Ctrl-C; the status with which it ends."""
        self.process.send_signal(signal.SIGINT)
        self.said += self.process.communicate(timeout=60)[0]
        return self.process.returncode
