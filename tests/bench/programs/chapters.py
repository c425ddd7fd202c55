"""This project's runner on data already computed, nothing kept: with the copies for reviewers, or
(``bare``) the notebooks alone, as the other ways leave them.

``python -m tests.bench.programs.chapters DOSSIER YEAR full|bare``
"""

from __future__ import annotations

import sys
from pathlib import Path

from analysis import runner
from analysis.paths import Dossier


def execute_all(dossier: Dossier, year: int, *, copies: bool) -> None:
    """Execute an edition's notebooks as ``python -m analysis notebooks --force`` does."""
    from analysis.production import chapters

    runner.start_server(chapters.PRELOAD)
    from analysis.kept import describe_surroundings
    from analysis.production.report import fail_on
    from analysis.store import read_edition

    surroundings = dict(describe_surroundings())
    if not copies:
        chapters.execute_chapter = runner.execute_job
        # What lacks its copy must never be taken for a whole result.
        surroundings["mesure:copies"] = "sans"
    edition = read_edition(year, dossier)
    fail_on(chapters.run_chapters(dossier, edition, surroundings, force=True))


if __name__ == "__main__":
    execute_all(Dossier(Path(sys.argv[1])), int(sys.argv[2]), copies=sys.argv[3] == "full")
