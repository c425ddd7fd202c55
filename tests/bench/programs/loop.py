"""papermill's API in a loop: one process, an ordinary kernel for each notebook.

``python -m tests.bench.programs.loop DOSSIER YEAR FOLDER``
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import papermill

from analysis.base.paths import Dossier
from analysis.execute import plan_jobs
from analysis.execute.notebook_run import compose_variables
from analysis.model.store import read_edition


def execute_all(dossier: Dossier, year: int, folder: Path) -> None:
    """Execute an edition's notebooks, each in a folder of its own below ``folder``."""
    for job in plan_jobs(read_edition(year, dossier)):
        place = folder / job.name
        place.mkdir(parents=True)
        os.environ.update(compose_variables(dossier.root, place, str(place)))
        papermill.execute_notebook(
            str(job.template),
            str(place / f"{job.name}.ipynb"),
            parameters=dict(job.parameters),
            cwd=str(place),
            kernel_name="python3",
            progress_bar=False,
        )


if __name__ == "__main__":
    execute_all(Dossier(Path(sys.argv[1])), int(sys.argv[2]), Path(sys.argv[3]))
