"""``make preview``: the page of a chapter in the browser, built again when what it is made of
changes.

This process watches files, answers the browser (``preview_server``) and has another one build
(``preview_worker``), which is replaced when code changes. It stays light: nothing that is worked on
is imported here, and nothing is written outside a folder that goes at the end.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from secrets import token_hex
from time import perf_counter

from analysis.base.errors import UserError
from analysis.base.paths import FONTS, NOTEBOOKS, REPORTS, Dossier
from analysis.base.project_folder import CODE
from analysis.base.rawfiles import find_year, is_ignored
from analysis.base.run_process import PREFIX, open_scratch
from analysis.run.preview_server import ADDRESS, name_page, open_server, open_sockets
from analysis.run.preview_worker import PageAnswer, PageRequest, describe_error, serve
from analysis.words.french import format_seconds

#: Seconds between two looks at the files; what was saved is taken when it no longer changes.
_EVERY = 0.1
#: Bytes that memory must have free to be worked in.
_ROOM = 256_000_000
#: Seconds that a process is given to end.
_PATIENCE = 5

Stamps = dict[str, tuple[int, int, int]]


# Files ------------------------------------------------------------------------------------------


def _is_left_out(entry: os.DirEntry[str]) -> bool:
    """What a page is not made of: what programs leave, finished reports, the guide."""
    if is_ignored(entry.name):
        return True
    inside = os.path.dirname(entry.path) == os.fspath(REPORTS)
    return inside and (find_year(entry.name) is not None or entry.name == "guide")


def list_stamps(dossier: Dossier) -> Stamps:
    """Time, size and number of every file that a page is made of: they differ when one is saved."""
    found: Stamps = {}
    left = [os.fspath(folder) for folder in (dossier.raw, NOTEBOOKS, CODE, REPORTS)]
    while left:
        with suppress(OSError):  # gone meanwhile
            for entry in os.scandir(left.pop()):
                if _is_left_out(entry):
                    continue
                # A link to a folder may lead back here, and nothing is read through one.
                if entry.is_dir(follow_symlinks=False):
                    left.append(entry.path)
                    continue
                with suppress(OSError):  # a link that leads nowhere: the others are still seen
                    known = entry.stat()
                    found[entry.path] = known.st_mtime_ns, known.st_size, known.st_ino
    return found


def needs_restart(path: Path) -> bool:
    """Whether a process that has begun does not see a change of this file: code, fonts and the
    identity are read once."""
    if path.suffix == ".py":
        return path.is_relative_to(CODE)
    return path.is_relative_to(FONTS) or path == REPORTS / "style" / "identity.yml"


def list_syntax_faults(paths: Iterable[Path]) -> list[str]:
    """Of the Python files among these, those that cannot be read at all, in words."""
    faults = []
    for path in paths:
        if path.suffix == ".py" and path.is_file():
            try:
                compile(path.read_bytes(), os.fspath(path), "exec")
            except (SyntaxError, ValueError) as error:
                faults.append(describe_error(error))
    return faults


def choose_memory() -> Path | None:
    """Where temporary files are in memory, if there is room and nobody says where (``TMPDIR``)."""
    memory, said = Path("/dev/shm"), Path(os.environ.get("TMPDIR", "/tmp"))
    usual = Path("/tmp") in (said, said.parent if said.name.startswith(PREFIX) else said)
    fits = usual and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    return memory if fits else None


# The process that builds ------------------------------------------------------------------------


class Worker:
    """The process that builds; ``hear`` is called in the loop with each answer, and with None when
    the process is gone."""

    def __init__(
        self,
        dossier: Dossier,
        year: int,
        root: Path,
        hear: Callable[[Worker, PageAnswer | None], None],
    ):
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=serve, args=(theirs, dossier, year, root))
        self._process.start()
        theirs.close()
        loop = asyncio.get_running_loop()

        def listen() -> None:
            answer: PageAnswer | None = None
            while True:
                try:
                    answer = self._connection.recv()
                except (EOFError, OSError):
                    answer = None
                with suppress(RuntimeError):  # the loop has ended
                    loop.call_soon_threadsafe(hear, self, answer)
                if answer is None:
                    return

        threading.Thread(target=listen, daemon=True).start()

    def ask(self, request: PageRequest) -> None:
        """Have a page built."""
        with suppress(OSError):  # it is gone, which is heard
            self._connection.send(request)

    def stop(self) -> None:
        """End the process and what it has begun."""
        self._process.terminate()
        self._process.join(_PATIENCE)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


# What is shown ----------------------------------------------------------------------------------


@dataclass
class PageState:
    """A page as it is known: where its last good version stands, and what is wrong since."""

    version: str = ""
    folder: Path | None = None
    stale: bool = True
    step: str = ""
    error: str = ""
    said: str = ""


class Preview:
    """The pages of an edition; those that are looked at, and ``page``, are kept up to date.

    ``say``: told what a person reads in the terminal.
    """

    def __init__(self, dossier: Dossier, year: int, page: str, say: Callable[[str], None]):
        self.dossier, self.year, self.page, self.say = dossier, year, page, say
        self.titles: Mapping[str, str] = {}
        self._left = ExitStack()
        self._folder = self._left.enter_context(open_scratch(choose_memory()))
        self._session, self._built = token_hex(4), 0
        self._states: dict[str, PageState] = {}
        self._listeners: dict[str, set[asyncio.Queue]] = {}
        self._wanted: dict[str, float] = {}  # page → when it was first asked for
        self._changed: list[str] = []
        self._worker: Worker | None = None
        self._request: PageRequest | None = None
        self._since = 0.0
        self.known = asyncio.Event()

    def want(self, page: str) -> PageState:
        """A page's state; it is built where it is not up to date."""
        state = self._states.setdefault(page, PageState())
        if state.stale and page not in self._wanted:
            self._wanted[page] = perf_counter()
            self._pump()
        return state

    @contextmanager
    def listen(self, page: str) -> Iterator[asyncio.Queue]:
        """What becomes of a page, from now on and beginning with how it is."""
        heard: asyncio.Queue = asyncio.Queue()
        self._listeners.setdefault(page, set()).add(heard)
        heard.put_nowait(self._describe(page))
        self.want(page)
        try:
            yield heard
        finally:
            self._listeners[page].discard(heard)

    def _describe(self, page: str) -> dict:
        state = self._states.setdefault(page, PageState())
        told = {"version": state.version, "error": state.error, "said": state.said}
        return told | {"building": bool(state.step), "step": state.step}

    def _tell(self, page: str) -> None:
        for heard in self._listeners.get(page, ()):
            heard.put_nowait(self._describe(page))

    def change(self, paths: Iterable[str]) -> None:
        """Files have changed: what is looked at is built again."""
        names = [Path(path) for path in paths]
        self._changed = [path.name for path in names]
        looked_at = {self.page, *(page for page, heard in self._listeners.items() if heard)}
        if faults := list_syntax_faults(names):
            for page in looked_at:
                self._states[page].error = "\n".join(faults)
                self._tell(page)
            self.say("\n".join(faults))
            return
        if self._worker and any(map(needs_restart, names)):
            self._worker.stop()
            self._worker = self._request = None
        for page, state in self._states.items():
            state.stale, state.step = True, ""
            if page in looked_at:
                self._wanted[page] = perf_counter()
        self._pump()

    def _pump(self) -> None:
        """Have the next page built, if nothing is being built."""
        if self._request or not self._wanted:
            return
        if self._worker is None:
            self._worker = Worker(self.dossier, self.year, self._folder / "dossier", self._hear)
        page = next(iter(self._wanted))
        self._since = self._wanted.pop(page)
        self._built += 1
        self._request = PageRequest(page, self._folder / "pages" / str(self._built))
        state = self._states[page]
        state.stale, state.step = False, "début"
        self._tell(page)
        self._worker.ask(self._request)

    def _hear(self, worker: Worker, answer: PageAnswer | None) -> None:
        if worker is not self._worker:
            return  # one that was replaced
        request = self._request
        if answer is None:
            worker.stop()
            self._worker = None
            if request is None:
                return
            answer = PageAnswer(
                request.page, error="L’aperçu s’est arrêté en construisant cette page."
            )
        state = self._states[answer.page]
        state.step = answer.step
        if not answer.step:
            self.titles = answer.pages or self.titles
            if self.titles:
                self.known.set()
            self._finish(request, state, answer)
            self._request = None
        self._tell(answer.page)
        self._pump()

    def _finish(self, request: PageRequest, state: PageState, answer: PageAnswer) -> None:
        seconds = format_seconds(perf_counter() - self._since)
        name = answer.page or "Sommaire de l’aperçu"
        state.error = answer.error
        if answer.error:
            self.say(f"{name} : à corriger ({seconds}).\n{answer.error}")
            return
        former, state.folder = state.folder, request.target
        state.version = f"{self._session}-{self._built}"
        changed = f" ({', '.join(self._changed[:3])})" if self._changed else ""
        state.said = f"Page refaite en {seconds}{changed}"
        steps = ", ".join(f"{step} {format_seconds(own)}" for step, own in answer.seconds.items())
        self.say(f"{name} : {seconds}{changed} ; {steps}")
        if former:
            shutil.rmtree(former, ignore_errors=True)

    async def watch(self) -> None:
        """Look for changes, for ever."""

        known = seen = list_stamps(self.dossier)
        while True:
            await asyncio.sleep(_EVERY if seen == known else _EVERY / 2)
            before, seen = seen, list_stamps(self.dossier)
            if seen == before != known:  # saved, and no longer being written
                changed = [name for name in {*known, *seen} if known.get(name) != seen.get(name)]
                known = seen
                self.change(sorted(changed))

    def close(self) -> None:
        """End what has begun and leave nothing behind."""
        if self._worker:
            self._worker.stop()
        self._left.close()


# The command ------------------------------------------------------------------------------------


async def _check_page(preview: Preview) -> None:
    """Refuse the name of a page that the book does not have, as soon as its pages are known."""
    await preview.known.wait()
    if preview.page and preview.page not in preview.titles:
        raise UserError(
            f"Page inconnue : « {preview.page} » ; pages : {', '.join(preview.titles)}."
        )
    await asyncio.Event().wait()


async def _run(
    dossier: Dossier, year: int, page: str, port: int, say: Callable[[str], None], *, opened: bool
) -> None:
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    for name in ("SIGINT", "SIGTERM"):
        with suppress(NotImplementedError):  # Windows: KeyboardInterrupt
            loop.add_signal_handler(getattr(signal, name), ended.set)
    sockets, chosen = open_sockets(port)
    preview = Preview(dossier, year, page, say)
    server = open_server(preview, sockets, chosen)
    address = f"http://{ADDRESS}:{chosen}{name_page(page) if page else '/'}"
    say(f"Aperçu de l’édition {year} : {address}\nCtrl-C y met fin.")
    preview.want(page)
    if opened:
        import webbrowser

        webbrowser.open(address)
    tasks = [
        asyncio.create_task(task) for task in (preview.watch(), _check_page(preview), ended.wait())
    ]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()  # what went wrong is raised
    finally:
        for task in tasks:
            task.cancel()
        server.stop()
        await server.close_all_connections()
        preview.close()


def run_preview(
    dossier: Dossier,
    year: int,
    page: str = "",
    *,
    port: int,
    opened: bool = False,
    say: Callable[[str], None] = print,
) -> None:
    """Show a page (all pages, where none is named) until Ctrl-C; ``opened``: in the browser."""
    with suppress(KeyboardInterrupt):
        asyncio.run(_run(dossier, year, page, port, say, opened=opened))
    say("Aperçu terminé.")
