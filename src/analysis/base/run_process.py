"""A run as the machine sees it: what ends it, where its temporary files are, and what becomes of
the processes that it started when it is gone."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

from analysis.base.errors import UserError

#: How the folder of a run's temporary files begins, and the file in it that a living run holds.
PREFIX, HELD = "rapport-dd-", ".verrou"
#: Bytes that the path of temporary files may have: sockets in there have names of a hundred.
_LONGEST = 48
#: Seconds that stopping processes may take.
_PATIENCE = 20
_TEMPORARY = ("TMPDIR", "TEMP", "TMP")
#: What the system says where somebody else has the lock.
_OTHERS = (errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK)
_STOPS = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class Stopped(KeyboardInterrupt):
    """Somebody wants this run to end: Ctrl-C, or one of the other signals (``number``)."""

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number


def heed_signals() -> None:
    """Have every signal that asks for an end do what Ctrl-C does, once: what follows tidies up, and
    is not to be stopped half-way. Those that are ignored (nohup) stay so."""
    heeded: list[int] = []

    def stop(number: int, _: object) -> None:
        for each in heeded:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    for name in _STOPS:
        number = getattr(signal, name, None)
        if number and signal.getsignal(number) not in (signal.SIG_IGN, None):
            heeded.append(number)
            signal.signal(number, stop)


def _hold(folder: Path) -> int | None:
    """Lock a folder for as long as this process lives; None when another has it, or it is gone."""
    place = folder / HELD
    held = os.open(place, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(held, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in _OTHERS:  # a disk without locks: nobody sweeps there
            return held
        os.close(held)
        return None
    if place.exists():  # another may have taken it away between the two
        return held
    os.close(held)
    return None


def sweep(place: Path) -> None:
    """Take away what killed runs of this user have left in a folder of temporary files."""
    for folder in place.glob(f"{PREFIX}*"):
        with suppress(OSError):
            ours = os.name == "nt" or folder.lstat().st_uid == os.geteuid()
            if ours and (folder / HELD).is_file() and (held := _hold(folder)) is not None:
                shutil.rmtree(folder, ignore_errors=True)
                os.close(held)
                shutil.rmtree(folder, ignore_errors=True)  # Windows keeps what is open


@contextmanager
def open_scratch(place: Path | None = None) -> Iterator[Path]:
    """A folder for the temporary files of this run and of all that it starts, in the one of the
    system or in ``place``; taken away in the end. What killed runs left goes before."""
    try:
        place = place or Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        raise UserError(
            "Aucun dossier où écrire des fichiers temporaires : en donner un par TMPDIR (Windows : "
            "TEMP)."
        ) from error
    if os.name != "nt" and len(os.fsencode(place)) > _LONGEST and os.access("/tmp", os.W_OK):
        place = Path("/tmp")
    sweep(place)
    while (held := _hold(folder := Path(tempfile.mkdtemp(prefix=PREFIX, dir=place)))) is None:
        pass
    before = {name: os.environ.get(name) for name in _TEMPORARY}
    os.environ.update(dict.fromkeys(_TEMPORARY, str(folder)))
    former, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = former
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)
        shutil.rmtree(folder, ignore_errors=True)


def follow_parent() -> None:
    """End this process when the one that asked for it is gone, whatever it is doing."""
    from multiprocessing import connection, parent_process

    if parent := parent_process():
        sentinel = parent.sentinel

        def watch() -> None:
            connection.wait([sentinel])
            os._exit(1)

        Thread(target=watch, daemon=True).start()


def stop_pool(pool: Any) -> None:
    """Stop a pool of processes and what they do. Its thread that hands out work was seen to wait
    for ever after its processes had ended: nobody waits for it longer than that."""
    pool.stop()
    ending = Thread(target=pool.join, daemon=True)
    ending.start()
    ending.join(_PATIENCE)
