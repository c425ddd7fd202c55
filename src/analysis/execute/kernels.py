"""The ordinary kernels of the « plain » engine, reached through files."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import uuid4

from jupyter_client.localinterfaces import localhost
from jupyter_client.manager import AsyncKernelManager
from jupyter_core.paths import jupyter_runtime_dir
from traitlets import CaselessStrEnum


class LocalKernelManager(AsyncKernelManager):
    """Talks to its kernel through files instead of TCP ports: nothing listens on the network, and
    ipykernel has no unencrypted port to warn about. Windows knows no such sockets."""

    transport = CaselessStrEnum(["tcp", "ipc"], "tcp" if os.name == "nt" else "ipc")

    def _ip_default(self) -> str:
        # The library's default is one name for all kernels: two at a time would share sockets.
        if self.transport == "ipc":
            return str(Path(jupyter_runtime_dir()) / uuid4().hex[:12])
        return localhost()
