"""Where the project is: the folder of ``notebooks/``, ``reports/`` and ``data/``.

An editable install has its sources in the project. Another (uv tool, pipx) has them elsewhere, and
the project is looked for.
"""

from __future__ import annotations

import os
from pathlib import Path

#: Names the project, for the command and for the processes that it starts, wherever they run.
PROJECT_VARIABLE = "ANALYSIS_PROJECT"
#: The folder of the program's own modules.
CODE = Path(__file__).resolve().parents[1]


def is_project(folder: Path) -> bool:
    """Whether a folder holds the book and the notebooks."""
    return (folder / "reports" / "_quarto.yml").is_file() and (folder / "notebooks").is_dir()


def find_project(*starts: Path) -> Path | None:
    """The folder named by ``$ANALYSIS_PROJECT``; else that of the sources; else the first project
    among ``starts``, the current folder and the folders above each."""
    if named := os.environ.get(PROJECT_VARIABLE):
        return Path(named).resolve()
    if is_project(CODE.parents[1]):
        return CODE.parents[1]
    starts = (*(Path(os.path.realpath(start)) for start in starts), Path.cwd())
    folders = (folder for start in starts for folder in (start, *start.parents))
    return next(filter(is_project, folders), None)
