"""The two kernels that papermill executes a notebook in: the calling process itself, or an ordinary
one.

« warm » (``InProcessEngine``): an ordinary kernel costs a process, its imports and a conversation
through sockets. Here the calling process, just forked by the pool and never used again, is the
kernel: ipykernel's own in-process kernel answers, nbclient turns its messages into outputs.
Programs that a notebook calls write to the process's own descriptors, which are gathered and added
to the cell (after what Python wrote there); a cell that takes too long is interrupted by an alarm,
and a process that does not hear it is given up by the pool.

« plain » (``LocalKernelManager``): a kernel process, reached through files.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

from ipykernel.inprocess.client import InProcessKernelClient
from ipykernel.inprocess.ipkernel import InProcessKernel
from ipykernel.inprocess.manager import InProcessKernelManager
from jupyter_client.localinterfaces import localhost
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_runtime_dir
from nbclient.exceptions import CellExecutionComplete, CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets import CaselessStrEnum
from traitlets.config import Config

#: Under what name papermill knows ``InProcessEngine``.
WARM_ENGINE = "warm"
#: Seconds that a message already sent may take from one thread of the process to another.
_PATIENCE = 60


class CellTimeout(Exception):
    """A cell that did not end in time."""


class _Kernel(InProcessKernel):
    """ipykernel's in-process kernel, in which a cell may await: ipykernel 7 then asks for the
    thread that reads an ordinary kernel's socket, and whether it is the present one."""

    shell_channel_thread = SimpleNamespace(parent_thread=None)
    _supports_kernel_subshells = False


@contextmanager
def _limit(seconds: float | None) -> Iterator[None]:
    """Interrupt what runs after so many seconds (None: never), as a person would."""

    def interrupt(*_: Any) -> None:
        raise CellTimeout(f"pas fini après {seconds:g} s")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds or 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _Gathered:
    """What is written to a file descriptor of this process, from now on."""

    def __init__(self, descriptor: int):
        self._descriptor, self._kept = descriptor, os.dup(descriptor)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the rest)
        self._position = 0
        os.dup2(self._file.fileno(), descriptor)

    def read_new(self) -> str:
        """What was written since the last time."""
        # Reading at a place of one's own: both ends of the descriptor share their position.
        written = os.pread(self._file.fileno(), 1 << 24, self._position)
        self._position += len(written)
        return written.decode("utf-8", "replace")

    def close(self) -> None:
        os.dup2(self._kept, self._descriptor)
        os.close(self._kept)
        self._file.close()


class InProcessClient(PapermillNotebookClient):
    """papermill's client, its conversation with a kernel replaced by calls."""

    def execute(self, **_: Any) -> NotebookNode:
        """Execute all cells, up to the first that fails; papermill's own bookkeeping."""
        self.reset_execution_trackers()
        # A history in a file would be shared by all notebooks that run at the time.
        quiet = Config({"HistoryManager": {"enabled": False}})
        manager = InProcessKernelManager(config=quiet)
        self.kernel = manager.kernel = _Kernel(parent=manager, session=manager.session)
        # As in an ordinary kernel, where the first import of pyplot asks for it.
        self.kernel.shell.enable_matplotlib("inline")
        self.client: InProcessKernelClient = manager.client()
        self.client.start_channels()
        self.written = {"stdout": _Gathered(1), "stderr": _Gathered(2)}
        try:
            self.papermill_execute_cells()
        finally:
            for gathered in self.written.values():
                gathered.close()
        self.nb.metadata["language_info"] = self.kernel.language_info
        self.set_widgets_metadata()
        return self.nb

    def execute_cell(self, cell: NotebookNode, cell_index: int, **_: Any) -> NotebookNode:
        """Execute one cell. Raises nbclient.exceptions.CellExecutionError as nbclient does."""
        skipped = self.skip_cells_with_tag in cell.metadata.get("tags", [])
        if cell.cell_type != "code" or not cell.source.strip() or skipped:
            return cell
        cell["outputs"] = []
        self.clear_before_next_output = False
        with _limit(self.timeout):
            self.client.execute(cell.source, allow_stdin=False)
        reply = self.client.get_shell_msg(timeout=_PATIENCE)
        self._take_outputs(cell, cell_index)
        for name, gathered in self.written.items():
            if text := gathered.read_new():
                cell.outputs.append(new_output("stream", name=name, text=text))
        self.code_cells_executed += 1
        content = reply["content"]
        if content["status"] == "error" and not self._allows(cell, content.get("ename")):
            raise CellExecutionError.from_cell_and_msg(cell, content)
        return cell

    def _allows(self, cell: NotebookNode, error: str | None) -> bool:
        tagged = "raises-exception" in cell.metadata.get("tags", [])
        return self.allow_errors or error in self.allow_error_names or tagged

    def _take_outputs(self, cell: NotebookNode, cell_index: int) -> None:
        # What Python wrote is sent when it is asked for: after the word that the cell has ended.
        for stream in (self.kernel.stdout, self.kernel.stderr):
            stream.flush()
        ended = False
        while True:
            try:
                message = self.client.get_iopub_msg(timeout=0 if ended else _PATIENCE)
            except Empty:
                if ended:
                    return
                raise
            try:
                self.process_message(message, cell, cell_index)
            except CellExecutionComplete:
                ended = True


class InProcessEngine(Engine):
    """What papermill calls « warm »."""

    used = False

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, **options: Any
    ) -> None:
        """Execute the notebook of ``nb_man`` in this process, once in its life.

        ``execution_timeout`` of ``options``: seconds that each cell may take.
        """
        if cls.used:
            raise RuntimeError("a process executes one notebook: the next would see its traces")
        cls.used = True
        if "" not in sys.path:  # a kernel finds modules beside its notebook
            sys.path.insert(0, "")
        InProcessClient(
            nb_man, record_timing=False, timeout=options.get("execution_timeout")
        ).execute()


papermill_engines.register(WARM_ENGINE, InProcessEngine)


class LocalKernelManager(AsyncKernelManager):
    """Talks to its kernel through files instead of TCP ports: nothing listens on the network, and
    ipykernel has no unencrypted port to warn about. Windows knows no such sockets."""

    transport = CaselessStrEnum(["tcp", "ipc"], "tcp" if os.name == "nt" else "ipc")

    def _ip_default(self) -> str:
        # The library's default is one name for all kernels: two at a time would share sockets.
        if self.transport == "ipc":
            return str(Path(jupyter_runtime_dir()) / uuid4().hex[:12])
        return localhost()
