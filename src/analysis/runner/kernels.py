"""The kernels notebooks run in: reached through files, and started in a moment where possible.

Imports nothing of ours. A kernel started anew imports ipykernel, pandas and matplotlib: four
seconds of processor, where a chapter's own work takes one. On Linux the fork server of
multiprocessing imports them once for each worker process and every kernel is a fork of it, as fresh
as a new one since the server does nothing but import. Elsewhere kernels start the ordinary way.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing import forkserver, get_context
from pathlib import Path
from typing import Any
from uuid import uuid4

from jupyter_client.localinterfaces import localhost
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from jupyter_core.paths import jupyter_runtime_dir
from traitlets import CaselessStrEnum

#: macOS warns against forking a process that has loaded its system libraries.
CAN_FORK = sys.platform == "linux"
_LAUNCHER = "ipykernel_launcher"


def preload_modules(names: Sequence[str]) -> None:
    """Start this process's fork server; it imports ``names`` and ipykernel in the background.

    The server keeps the environment variables that are set when this is called.
    """
    if CAN_FORK:
        get_context("forkserver").set_forkserver_preload(["ipykernel.kernelapp", *names])
        forkserver.ensure_running()


class LocalKernelManager(AsyncKernelManager):
    """Talks to its kernel through files instead of TCP ports: nothing listens on the network, and
    ipykernel has no unencrypted port to warn about. Windows knows no such sockets."""

    transport = CaselessStrEnum(["tcp", "ipc"], "tcp" if os.name == "nt" else "ipc")

    def _ip_default(self) -> str:
        # The library's default is one name for all kernels: two at a time would share sockets.
        if self.transport == "ipc":
            return str(Path(jupyter_runtime_dir()) / uuid4().hex[:12])
        return localhost()

    async def _async_pre_start_kernel(self, **options: Any) -> tuple[list[str], dict[str, Any]]:
        if CAN_FORK and self.provisioner is None:
            self.kernel_id = self.kernel_id or str(uuid4())
            self.provisioner = ForkedProvisioner(
                kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
            )
        return await super()._async_pre_start_kernel(**options)


class ForkedProvisioner(LocalProvisioner):
    """Starts a Python kernel as a fork of the fork server; any other kernel as jupyter does."""

    async def launch_kernel(self, cmd: list[str], **options: Any) -> dict[str, Any]:
        """Start the kernel that the command line ``cmd`` describes."""
        if _LAUNCHER not in cmd:
            return await super().launch_kernel(cmd, **options)
        arguments = cmd[cmd.index(_LAUNCHER) + 1 :]
        self.cwd = options.get("cwd") or os.getcwd()
        self.process = _ForkedProcess(arguments, str(self.cwd), options["env"])
        self.pid = self.process.pid
        return self.connection_info


class _ForkedProcess:
    """What jupyter asks of a ``subprocess.Popen``, for a child of the fork server."""

    stdin = stdout = stderr = None

    def __init__(self, arguments: Sequence[str], folder: str, environment: Mapping[str, str]):
        self._process = get_context("forkserver").Process(
            target=_run_kernel, args=(list(arguments), folder, dict(environment))
        )
        self._process.start()
        self.pid = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


def _run_kernel(arguments: list[str], folder: str, environment: dict[str, str]) -> None:
    """The life of a forked kernel."""
    from ipykernel.kernelapp import launch_new_instance

    os.setsid()  # Ctrl-C in the terminal stops the run, which then stops its kernels
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    # A kernel ends by itself when the server that forked it is gone.
    launch_new_instance([*arguments, f"--IPKernelApp.parent_handle={os.getppid()}"])
