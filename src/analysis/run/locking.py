"""One run at a time for an edition: a second one waits for the first. One campaign at a time for a
folder of portraits: a second one is refused.

The lock is the system's (flock): it goes with the process that holds it, however that process
ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from analysis.base.errors import UserError
from analysis.base.paths import Dossier

_NAME = ".verrou"


@contextmanager
def hold_edition(dossier: Dossier, year: int, say: Callable[[str], None]) -> Iterator[None]:
    """Have the edition's results to oneself; says it when that takes waiting for another run."""
    folder = dossier.processed_year(year)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / _NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        say(f"Une autre production de l’édition {year} est en cours : attente de sa fin…")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


@contextmanager
def hold_folder(folder: Path) -> Iterator[None]:
    """Have a campaign's folder to oneself. Raises UserError when another run has it (French)."""
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / _NAME)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise UserError(
            f"Une autre campagne écrit dans {folder} : attendre sa fin, ou en choisir un autre."
        ) from None
    try:
        yield
    finally:
        lock.release()
