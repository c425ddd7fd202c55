"""Files that come from outside, each read in another process, bounded in time and memory.

What is known to do harm is counted and refused where it is read. These bounds hold for the rest:
whatever a file makes a library do, it costs one message, and the other files are read. Time bounds
memory too where the system bounds none (Windows, macOS): a library that makes objects takes some
tens of megabytes a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import TimeoutError as TooLong
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from analysis.base.run_process import follow_parent, stop_pool

MEMORY = 2 * 2**30
#: More filled cells, sheets and characters than any form or export has: repeated ones would fill a
#: memory.
MAX_FILLED, MAX_SHEETS, MAX_TEXTS = 200_000, 200, 10_000_000
#: Files that one process reads: another takes its place, so that what a library keeps goes with it.
_FILES = 50

Read = TypeVar("Read")

TOO_BIG = (
    "Un formulaire pèse quelques dizaines de kilo-octets : recopier les réponses dans le"
    " formulaire d’origine."
)
LOCKED = "Classeur protégé par un mot de passe : le demander au service sans mot de passe."


class UnreadableForm(ValueError):
    """A file that is not read at all; the message says why and what to do, in French."""


class NoRemarks(UnreadableForm):
    """A file of text that is no table of remarks."""


def check_amount(count: int, what: str, limit: int = MAX_FILLED) -> None:
    """UnreadableForm where a workbook has more of something than any form."""
    if count > limit:
        raise UnreadableForm(f"Classeur de plus de {limit} {what}. {TOO_BIG}")


def _begin() -> None:
    """Bound the memory of this process where the system can; it ends with its parent."""
    follow_parent()
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit, macOS ignores it
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))


@contextmanager
def open_reader(
    function: Callable[[Path], Read], seconds: float, advice: str
) -> Iterator[Callable[[Path], Read]]:
    """The function, called apart. It raises what the function raises; UnreadableForm where a bound
    is reached, with an ``advice``, or the reading breaks its process."""

    def read(path: Path) -> Read:
        # The pool's types say nothing of what its functions give.
        job: Any = pool.schedule(function, args=[path], timeout=seconds)
        try:
            return job.result()
        except TooLong:
            problem = f"La lecture a duré plus de {seconds:.0f} secondes et a été arrêtée."
        except (ProcessExpired, MemoryError):
            problem = "Sa lecture demande trop de mémoire."
        raise UnreadableForm(f"{problem} {advice}")

    pool = ProcessPool(max_workers=1, max_tasks=_FILES, initializer=_begin)
    try:
        yield read
    finally:
        stop_pool(pool)
