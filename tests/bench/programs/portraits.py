"""A campaign of portraits on a Dask cluster of this machine, started and ended with it:
``python -m tests.bench.programs.portraits WORKERS OPTION…``."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.dask_cluster import open_dask


def main(workers: str, *options: str) -> int:
    """The campaign's own status."""
    with (
        tempfile.TemporaryDirectory(prefix="dask-") as folder,
        open_dask(Path(folder), int(workers)) as address,
    ):
        command = [sys.executable, "-m", "analysis", "portraits", "--scheduler", address]
        return subprocess.run([*command, *options], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
