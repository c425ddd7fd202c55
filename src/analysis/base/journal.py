"""Files that belong together are written all or none, whatever stops the program, and read as one
state, whatever others write meanwhile.

What a folder (``raw/``, ``data/france``) held is copied beside it, with the list of what is to
change (``.raw-ecriture/liste.json``); then the new files are renamed into place; without its list
the journal counts for nothing. A list that is found there is that of a run that was killed: the
next command puts back what was there, ``finish_writing``, and the interrupted one can be run again.
Who writes holds the system's lock (``.raw-verrou``), which goes with its process.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

from analysis.base.errors import UserError
from analysis.base.file_digests import digest_file
from analysis.base.moving import move
from analysis.base.paths import PROJECT, REPORTS, Dossier, choose_root, locate_dossier, relate
from analysis.base.rawfiles import is_ignored

_JOURNAL, _LOCK, _WRITER, _LIST = "ecriture", "verrou", "ecrivain", "liste.json"
#: How often a folder that changes while it is read is read again.
_READINGS = 5
#: What no folder of ours is named.
_FILE_SUFFIXES = (".csv", ".yml", ".md", ".geojson")
#: A junction of Windows, as ``os.lstat`` names it there.
_JUNCTION = 0xA0000003

_State = dict[str, tuple[int, ...]]
_Read = TypeVar("_Read")
#: The folders that this process holds, as they were when it began.
_held: dict[Path, _State] = {}


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _beside(home: Path, what: str) -> Path:
    real = home.resolve()
    return real.with_name(f".{real.name}-{what}")


def _is_link(path: str | Path) -> bool:
    return os.path.islink(path) or getattr(os.lstat(path), "st_reparse_tag", 0) == _JUNCTION


# --- reading --------------------------------------------------------------------------------------


def survey_files(home: Path) -> _State:
    """Size, time and number of each file below a folder, by its relative path. Raises UserError
    naming all that is neither a file nor a folder of its own (French)."""
    found: _State = {}
    odd: list[str] = []
    folders = [home] if home.is_dir() else []
    for folder in folders:  # which grows meanwhile
        for entry in os.scandir(folder) if folder.exists() else ():
            name = Path(entry.path).relative_to(home).as_posix()
            if is_ignored(entry.name) or not os.path.lexists(entry.path):
                continue
            try:
                about = os.stat(entry.path)
            except OSError:
                odd.append(f"{name} : un lien qui ne mène à rien, ou un fichier inaccessible")
                continue
            if not stat.S_ISDIR(about.st_mode):
                found[name] = (about.st_size, about.st_mtime_ns, about.st_ino)
                if not stat.S_ISREG(about.st_mode):
                    odd.append(f"{name} : ni un fichier ni un dossier (tube, périphérique)")
            elif _is_link(entry.path):
                odd.append(f"{name} : un lien vers un dossier, et non ce dossier")
            elif entry.name.endswith(_FILE_SUFFIXES):
                odd.append(f"{name} : un dossier, là où un fichier est attendu")
            else:
                folders.append(Path(entry.path))
    if odd:
        lines = "\n".join(f"  - {line}" for line in sorted(odd))
        typed = home.resolve() if home.is_symlink() else home  # a preview sees it through a link
        raise UserError(f"À retirer de {typed}, ou à remplacer par le fichier même :\n{lines}")
    return found


def read_steadily(home: Path, read: Callable[[], _Read]) -> _Read:
    """What ``read`` makes of a folder in one state, read again where it changed meanwhile. Raises
    UserError where it goes on changing (French)."""
    for _ in range(_READINGS):
        finish_writing(home)
        before, result, failure = survey_files(home), None, None
        try:
            result = read()
        except Exception as error:  # perhaps of a state that nobody meant
            failure = error
        after = survey_files(home)
        if before == after and (home.resolve() in _held or not _find_list(home)):
            if failure:
                raise failure
            return result  # type: ignore[return-value]
    changed = sorted(name for name, _ in before.items() ^ after.items())
    raise UserError(
        f"{', '.join(dict.fromkeys(changed)) or home} : change pendant la lecture. Attendre que le"
        " programme qui l’écrit ait fini (enregistrement, synchronisation), puis relancer."
    )


#: What the program writes beside ``raw/``.
_OURS = ("processed", "reports", "raw-a-revoir", ".raw-ecriture", ".raw-verrou", ".raw-ecrivain")


def refuse_links(root: Path) -> None:
    """Raise UserError (French) for each link among the files that the program writes in a dossier:
    to write or to tidy up there would change what it leads to. The project's own ``data/`` and
    ``reports/`` come from nobody else: they may be links to another disk."""
    if root.resolve() == PROJECT / "data":
        return
    links = []
    places = [root / name for name in _OURS if os.path.lexists(root / name)]
    for place in places:  # which grows meanwhile
        with suppress(FileNotFoundError):  # a run's, which has just put it elsewhere
            if _is_link(place):
                links.append(place.relative_to(root).as_posix())
            elif place.is_dir():
                places += map(Path, os.scandir(place))
    if links:
        raise UserError(
            f"{root} contient des liens, là où le programme écrit : {', '.join(sorted(links))}."
            " Les retirer ; d’un dossier reçu, ne garder que « raw »."
        )


def receive_dossier(path: str | os.PathLike[str] | None = None) -> Dossier:
    """The dossier on which a command is to work, without what a killed one left half-written.
    Raises as ``locate_dossier`` and ``refuse_links`` do."""
    root = choose_root(path)
    refuse_links(root)
    finish_writing(root / "raw")
    return locate_dossier(root)


# --- writing --------------------------------------------------------------------------------------


@contextmanager
def hold_files(home: Path, who: str = "", say: Callable[[str], None] = _tell) -> Iterator[None]:
    """Be the only one who writes into a folder, and have it as the last one left it; says whom this
    takes waiting for. ``who``: the command that writes."""
    key, writer = home.resolve(), _beside(home, _WRITER)
    if key in _held:
        yield
        return
    from filelock import FileLock, Timeout

    refuse_links(home.parent)
    key.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(_beside(home, _LOCK))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        other = "une autre commande"
        with suppress(OSError):
            other = writer.read_text(encoding="utf-8") or other
        say(f"En cours d’écriture dans {home} par {other} : attente de sa fin…")
        lock.acquire()
    try:
        writer.write_text(f"« {who} » (processus {os.getpid()})" if who else "", encoding="utf-8")
        _undo(home)
        _held[key] = survey_files(home)
        yield
    finally:
        _held.pop(key, None)
        writer.unlink(missing_ok=True)
        lock.release()


def write_together(home: Path, contents: Mapping[Path, bytes | str | None]) -> None:
    """Write files of a folder, and others that go with them, all or none; None: the file goes.

    Raises UserError naming the file (French) where one was changed since ``hold_files``, is a link
    or read-only, or where the system refuses it; nothing is written then.
    """
    if not contents:
        return
    with hold_files(home):
        key, journal = home.resolve(), _beside(home, _JOURNAL)
        # The folder of a file may be a link, of reports on another disk for instance.
        files: dict[Path, bytes | None] = {}
        for path, text in contents.items():
            content = text.encode("utf-8") if isinstance(text, str) else text
            files[path.parent.resolve() / path.name] = content
        _refuse(key, files)
        path = journal
        try:
            _record(journal, files)
            for path, content in files.items():
                if content is not None:
                    path.parent.mkdir(parents=True, exist_ok=True)
                    _write_through(_name_temporary(path), content)
                    if path.exists():
                        shutil.copymode(path, _name_temporary(path))
            for path, content in files.items():
                if content is None:
                    path.unlink(missing_ok=True)
                else:
                    move(_name_temporary(path), path)
            for folder in {path.parent for path in files if path.parent.is_dir()}:
                _sync(folder)
        except BaseException as error:
            _undo(home, told=False)
            if isinstance(error, PermissionError):
                raise UserError(
                    f"{path} : écriture refusée. S’il est ouvert dans un autre programme (Excel,"
                    " LibreOffice), l’y fermer ; sinon, demander le droit d’écrire dans son"
                    " dossier. Rien n’a été changé : relancer ensuite."
                ) from None
            if isinstance(error, OSError) and error.errno is not None:
                place = error.filename if path is journal else path
                raise OSError(error.errno, error.strerror, str(place)) from None
            raise
        _close(journal)
        _held[key] = survey_files(home)


def _refuse(home: Path, files: Mapping[Path, Any]) -> None:
    """Raise UserError for each file that is not to be replaced (French)."""
    faults = []
    now = survey_files(home)
    for path in files:
        if not path.is_relative_to(home) or not os.path.lexists(path):
            continue
        name, about = path.relative_to(home).as_posix(), os.lstat(path)
        if _is_link(path):
            faults.append(f"{name} : un lien vers {os.path.realpath(path)}. Le remplacer par une"
                          " copie de ce fichier")  # fmt: skip
        elif about.st_nlink > 1:
            faults.append(f"{name} : le même fichier a un autre nom ailleurs (lien dur). Le"
                          " remplacer par une copie")  # fmt: skip
        elif not about.st_mode & stat.S_IWUSR:
            faults.append(f"{name} : en lecture seule. Lui rendre le droit d’être écrit")
        elif now.get(name) != _held[home].get(name):
            faults.append(f"{name} : changé, par un autre programme, depuis sa lecture")
    if faults:
        lines = "\n".join(f"  - {fault}." for fault in faults)
        raise UserError(f"Rien n’a été écrit dans {home} ; relancer une fois ceci réglé :\n{lines}")


def _name_temporary(path: Path) -> Path:
    return path.with_name(f".{path.name}.ecriture")


def _write_through(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Have the disk know the names in a folder; Windows sees to it itself."""
    if os.name != "nt":
        opened = os.open(folder, os.O_RDONLY)
        with suppress(OSError):  # some network disks cannot
            os.fsync(opened)
        os.close(opened)


# --- the journal ----------------------------------------------------------------------------------


def _find_list(home: Path) -> bool:
    return (_beside(home, _JOURNAL) / _LIST).exists()


def _record(journal: Path, files: Mapping[Path, bytes | None]) -> None:
    """Copy what will change, then list it: from here on, an interruption is undone."""
    journal.mkdir()
    listed, missing = [], []
    for number, (path, content) in enumerate(files.items()):
        if path.exists():
            _write_through(journal / str(number), path.read_bytes())
            shutil.copymode(path, journal / str(number))
        after = "absent" if content is None else hashlib.sha256(content).hexdigest()
        listed.append([relate(path, journal.parent), digest_file(path), after])
        missing += [folder for folder in path.parents if not folder.exists()]
    folders = sorted({relate(path, journal.parent) for path in missing}, key=len)
    _write_through(journal / "ebauche", json.dumps([listed, folders[::-1]]).encode("utf-8"))
    move(journal / "ebauche", journal / _LIST)
    _sync(journal)


def _read_list(home: Path, journal: Path) -> tuple[list[list[str]], list[str]]:
    """What a journal lists. Raises UserError (French) where it is none of ours: a dossier comes
    from anywhere, and nothing outside of it is to be put back for its sake."""
    roots = [home.resolve(), home.parent.resolve() / "reports"]
    if home.parent.resolve() == PROJECT / "data":
        roots.append(REPORTS.resolve())
    try:
        listed, folders = json.loads((journal / _LIST).read_text(encoding="utf-8"))
        for name in [*(name for name, _, _ in listed), *folders]:
            place = journal.parent / name
            place = place.parent.resolve() / place.name
            if not any(place.is_relative_to(root) for root in roots):
                raise ValueError(name)
            if os.path.lexists(place) and _is_link(place):
                raise ValueError(name)
        if any(map(_is_link, journal.iterdir())):
            raise ValueError(journal)
        for number, (_, before, _) in enumerate(listed):
            if digest_file(journal / str(number)) != before:  # what it is to be put back from
                raise ValueError(before)
    except (ValueError, TypeError):
        raise UserError(
            f"{journal} : ce n’est pas la trace d’une écriture interrompue de ce dossier, ou elle"
            " est abîmée. Retirer ce dossier caché, puis vérifier les données."
        ) from None
    return listed, folders


def _close(journal: Path) -> None:
    (journal / _LIST).unlink(missing_ok=True)
    shutil.rmtree(journal, ignore_errors=True)


def finish_writing(home: Path) -> None:
    """Undo what a killed run left half-written; waits where another one is writing."""
    while _beside(home, _JOURNAL).exists() and home.resolve() not in _held:
        from filelock import FileLock, Timeout

        with suppress(Timeout), FileLock(_beside(home, _LOCK)).acquire(timeout=0.1):
            _undo(home)
        if not _find_list(home):
            return


def _undo(home: Path, *, told: bool = True) -> None:
    """Put back what was there, again from wherever this itself was stopped. What somebody else has
    made of a file since then is kept beside."""
    journal = _beside(home, _JOURNAL)
    if not (journal / _LIST).exists():
        shutil.rmtree(journal, ignore_errors=True)
        return
    listed, folders = _read_list(home, journal)
    for number, (name, before, after) in enumerate(listed):
        path = journal.parent / name
        _name_temporary(path).unlink(missing_ok=True)
        now = digest_file(path)
        if now == before:
            continue
        try:
            if now not in (after, "absent"):  # by the analyst, who saw it half-written
                aside = home.with_name(f"{home.name}-a-revoir") / f"{now[:8]}-{path.name}"
                aside.parent.mkdir(exist_ok=True)
                shutil.copy2(path, aside)
                _tell(f"{path}, changé depuis une écriture interrompue, est gardé : {aside}")
            if before == "absent":
                path.unlink(missing_ok=True)
            else:
                _write_through(_name_temporary(path), (journal / str(number)).read_bytes())
                shutil.copymode(journal / str(number), _name_temporary(path))
                move(_name_temporary(path), path)
        except PermissionError:
            raise UserError(
                f"{path} : une écriture interrompue n’a pu être défaite. L’y fermer s’il est ouvert"
                " dans un autre programme (Excel, LibreOffice), puis relancer."
            ) from None
    for name in folders:
        with suppress(OSError):
            (journal.parent / name).rmdir()
    _close(journal)
    if told:
        _tell(
            f"Une écriture interrompue dans {home} a été défaite, rien n’en reste : relancer la"
            " commande qui l’avait commencée."
        )
