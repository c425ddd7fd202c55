"""What the machine refuses (no room, no right, no memory, a path too long), found wherever it was
met and told once, in French."""

from __future__ import annotations

import errno
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from analysis.base.errors import UserError

#: What the system says of a file that cannot be read or written.
SYSTEM = {
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.ENOENT: "fichier ou dossier introuvable",
    errno.EEXIST: "ce fichier existe déjà",
    errno.ENOTDIR: "ce n’est pas un dossier",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTEMPTY: "ce dossier n’est pas vide",
    errno.ENOSPC: "il n’y a plus de place sur le disque",
    errno.EDQUOT: "le quota de cet utilisateur est atteint",
    errno.EFBIG: "le système n’accorde pas de fichier aussi grand",
    errno.EROFS: "ce disque est en lecture seule",
    errno.ENAMETOOLONG: "chemin trop long",
    errno.EMFILE: "trop de fichiers ouverts",
    errno.ENFILE: "trop de fichiers ouverts",
    errno.EAGAIN: "le système n’accorde pas d’autre processus",
    errno.ENOMEM: "mémoire insuffisante",
    errno.EIO: "le disque ne répond pas",
}
#: What stops everything, whoever met it first: nothing that follows would fare better.
FOR_ALL = {
    *(errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO, errno.ENAMETOOLONG),
    *(errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.ENOMEM),
}
#: Megabytes that a first production of an edition takes, as computed, built and in place (85 for
#: the largest one known), and that it is well to have.
ROOM = 100
_MEGA = 10**6
#: Windows, as it comes, does not find a file whose path is longer.
_WINDOWS_PATH = 259
#: Windows's own numbers, which mean other things than Unix's, of what stops everything.
_TOO_LONG = 206
_WINDOWS = {
    4: errno.EMFILE, 8: errno.ENOMEM, 14: errno.ENOMEM, 1455: errno.ENOMEM, 19: errno.EROFS,
    39: errno.ENOSPC, 112: errno.ENOSPC, 1295: errno.EDQUOT, 1117: errno.EIO,
    _TOO_LONG: errno.ENAMETOOLONG,
}  # fmt: skip
#: An error that was written down: Python's, Rust's (Typst, Deno), or in the system's own words
#: (pandoc).
_NUMBER = re.compile(r"\[(Errno|WinError) (\d+)\][^:\n]*(?:: '([^'\n]+)')?|\(os error (\d+)\)")
_TEXTS = {
    os.strerror(number): number
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.ENAMETOOLONG)
}
_TEXTS["can't start new thread"] = errno.EAGAIN
#: What to do besides.
_FEWER = "refaire avec moins de carnets à la fois (--workers 1)"


def check_clock() -> None:
    """Refuse a machine whose clock was never set: no workbook can be dated before 1980, and what is
    late or new would be told wrong. Raises UserError (French)."""
    if (year := time.localtime().tm_year) < 1980:
        raise UserError(
            f"L’horloge de cette machine est en {year} : la mettre à l’heure, puis relancer la même"
            " commande."
        )


def _read_text(text: str) -> OSError | None:
    """The refusal that a message of a program, or of a notebook, tells of."""
    for found in _NUMBER.finditer(text):
        number = int(found[2] or found[4])
        if found[1] == "WinError" or (found[4] and os.name == "nt"):
            number = _WINDOWS.get(number, 0)
        if number in FOR_ALL:
            return OSError(number, os.strerror(number), *([found[3]] if found[3] else []))
    for words, number in _TEXTS.items():
        if words in text:
            return OSError(number, os.strerror(number))
    return None


def find_refusal(error: BaseException | str | None) -> OSError | None:
    """What the machine refused: an error of the system itself, or, behind another error or in its
    message, one of those that stop everything (``FOR_ALL``). None where it is something else."""
    if isinstance(error, OSError) and error.errno:
        return error
    seen: set[int] = set()
    while isinstance(error, BaseException) and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, MemoryError):
            return OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        if isinstance(error, OSError) and error.errno in FOR_ALL:
            return error
        if found := _read_text(str(error)):
            return found
        error = error.__cause__ or error.__context__
    return _read_text(error) if isinstance(error, str) else None


def describe_failure(error: OSError) -> str:
    """What the system says of a file, in French where it is known."""
    if isinstance(error, shutil.Error):  # of a folder: a list of what became of each of its files
        found = re.search(r"\[Errno (\d+)\]", str(error))
        error = OSError(int(found[1]), os.strerror(int(found[1]))) if found else error
    return SYSTEM.get(error.errno or 0, error.strerror or str(error))


def _find_folder(place: str | bytes | os.PathLike[str]) -> Path:
    """The folder of a file, or what there is of it."""
    folder = Path(os.fsdecode(place)).absolute()
    while not folder.is_dir() and folder != folder.parent:
        folder = folder.parent
    return folder


def _format_size(size: int) -> str:
    return f"{size / _MEGA:.1f} Mo".replace(".", ",")  # no import: there may be no memory for it


def tell_refusal(error: OSError, places: Iterable[Path] = ()) -> str:
    """What was refused, where, and what is to be done. ``places``: where the run writes besides the
    temporary folder; of a file that is not named, the fullest disk among them is to blame."""
    number = error.errno
    if number in (errno.ENOMEM, errno.EAGAIN, errno.EMFILE, errno.ENFILE):
        return f"{describe_failure(error).capitalize()} : {_FEWER} ou fermer d’autres programmes."
    # Of two names, the second is that of the file which was to be replaced.
    name = error.filename2 or error.filename
    named = [name] if isinstance(name, (str, bytes, os.PathLike)) else []
    path = os.fsdecode(named[0]) if named else ""
    place = f" ({path})" if named else ""
    # A folder is refused before a file is, from 248 characters on, by a number of its own.
    lost = (
        os.name == "nt"
        and number == errno.ENOENT
        and (len(path) > _WINDOWS_PATH or getattr(error, "winerror", None) == _TOO_LONG)
    )
    if lost or number == errno.ENAMETOOLONG:
        told = f", de {len(path)} caractères" if named else ""
        return (
            f"Chemin trop long pour ce système{told} : mettre le dossier plus près de la racine du"
            f" disque, sous des noms plus courts, puis relancer la même commande{place}"
        )
    if number not in FOR_ALL:
        said = f"Lecture ou écriture impossible{place} : {describe_failure(error)}"
        if os.name == "nt" and number == errno.EACCES:  # what Windows says of a file that is open
            said += (
                ". S’il est ouvert dans un autre programme (Excel, Word, Acrobat), l’y fermer,"
                " puis relancer la même commande."
            )
        return said
    folders = [_find_folder(place) for place in named or [*places, tempfile.gettempdir()]]
    folder = min(folders, key=lambda each: shutil.disk_usage(each).free)
    said = f"Écriture impossible dans {folder} : {describe_failure(error)}"
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        room = (
            ""
            if number != errno.ENOSPC
            else (f" ({_format_size(shutil.disk_usage(folder).free)} libres)")
        )
        said += f"{room}. Une production demande jusqu’à {ROOM} Mo : faire de la place, puis"
    else:
        said += ". Y remédier, puis"
    return f"{said} relancer la même commande ; le dernier rapport complet est intact."
