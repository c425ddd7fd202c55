"""Write files and folders whole or not at all, whatever stops the program.

A report is built in a hidden folder beside its place (``.2031-…``). Complete and checked, this
folder is renamed (``.2031-pret``): from then on the report will take its place, even when the run
is killed between two entries, since ``finish_interrupted`` goes on where it stopped; a run killed
before that has changed nothing. What else stands in the report's folder (reviewers' copies, forms)
is left alone. Several files of a folder that people write into: ``journal``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analysis.base.errors import UserError
from analysis.base.moving import move

#: How a former folder is named inside the ready one, until all is in place.
ASIDE = ".ancien-"


def write_file(path: Path, content: str | bytes) -> None:
    """Write a file under a temporary name, then rename it: it is there whole, or as it was. Its
    folder is made; text is UTF-8, its line ends as given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}-{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
        move(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def name_ready(report: Path) -> Path:
    """The folder of a report that is complete and not, or not wholly, in its place."""
    return report.with_name(f".{report.name}-pret")


@contextmanager
def build_beside(report: Path) -> Iterator[Path]:
    """A folder to build in; when the block ends well, what is in it takes its place in ``report``.

    When it does not, nothing has happened.
    """
    report.parent.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f".{report.name}-", dir=report.parent))
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    ready = name_ready(report)
    if ready.exists():  # an interrupted run's: its rest first, and ours over it
        _put_in_place(ready, report)
    move(folder, ready)
    _put_in_place(ready, report)


def finish_interrupted(report: Path) -> bool:
    """After a run that was killed: put in place what was complete, delete what was not; whether
    something was put in place.

    To be called while nobody else builds this report (under the lock of the run).
    """
    ready = name_ready(report)
    found = ready.is_dir()
    if found:
        _put_in_place(ready, report)
    for folder in sorted(report.parent.glob(f".{report.name}-*")):
        shutil.rmtree(folder, ignore_errors=True)
    return found


def _put_in_place(ready: Path, report: Path) -> None:
    """Entry by entry, each in one rename or two; may be done again from wherever it stopped.
    Raises UserError naming the entry that is not to be replaced (French)."""
    report.mkdir(parents=True, exist_ok=True)
    for new in sorted(path for path in ready.iterdir() if not path.name.startswith(ASIDE)):
        old = report / new.name
        try:
            if old.is_dir():
                aside = ready / f"{ASIDE}{new.name}"
                shutil.rmtree(aside, ignore_errors=True)
                move(old, aside)
            move(new, old)
        except PermissionError:
            raise UserError(
                f"{old} : écriture refusée. S’il est ouvert dans un autre programme (Acrobat, Word,"
                " Excel), l’y fermer ; sinon, demander le droit d’écrire dans son dossier. Ce qui"
                " devait le remplacer est complet : la même commande le met à sa place."
            ) from None
    shutil.rmtree(ready, ignore_errors=os.name == "nt")  # what is open there goes the next time
