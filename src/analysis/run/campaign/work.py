"""One edition's data and chapters, in whatever process on whatever machine.

Nothing is shared with who asks but files:
the dossier's folder is read and written, and a few numbers are returned.
"""

from __future__ import annotations

import os
import socket
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from analysis.base.errors import UserError
from analysis.base.paths import Dossier
from analysis.run.campaign.plan import Task


@dataclass(frozen=True)
class Done:
    """What became of an edition: chapters executed, kept and failed, seconds, by which process of
    which machine, and in French what went wrong."""

    task: Task
    executed: int = 0
    kept: int = 0
    failed: int = 0
    seconds: float = 0.0
    machine: str = ""
    process: int = 0
    said: str = ""

    @property
    def is_failure(self) -> bool:
        """Whether something of the edition could not be made."""
        return bool(self.said)


def produce_chapters(task: Task, engine: str, force: bool) -> Done:
    """Bring the data and chapters of an edition up to date, one notebook at a time.

    Raises nothing for what is wrong with the edition: ``Done.said`` says it.
    """
    start = perf_counter()
    place = {"machine": socket.gethostname(), "process": os.getpid()}
    dossier = Dossier(Path(task.root))
    if not dossier.raw.is_dir():
        return Done(task, **place, said=f"la machine {place['machine']} ne voit pas {dossier.raw}")
    from analysis.execute import start_server

    start_server()
    from analysis.run.cache import describe_surroundings
    from analysis.run.cache.locking import hold_edition
    from analysis.run.production.chapters import run_chapters
    from analysis.run.production.edition_data import run_data
    from analysis.run.production.steps import DONE, FAILED, KEPT

    try:
        with hold_edition(dossier, task.year, lambda text: None):
            surroundings = describe_surroundings()
            edition = run_data(dossier, task.year, surroundings, force=force)
            results = run_chapters(
                dossier, edition, surroundings, engine=engine, workers=1, force=force
            )
    except (UserError, OSError) as error:
        return Done(task, seconds=perf_counter() - start, **place, said=str(error))
    numbers = [sum(result.state == state for result in results) for state in (DONE, KEPT, FAILED)]
    said = "\n".join(result.said for result in results if result.said)
    return Done(task, *numbers, seconds=perf_counter() - start, **place, said=said)
