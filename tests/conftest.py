"""Fixtures shared by the tests, and what makes a test slow.

The made-up dossiers of tests/dossiers hold no true figure. A test is slow, and left out by
``make quick``, where it is marked so or uses a fixture decorated with ``slow``; no other test may
start a program or a process: it would fail, so that the quick ones stay quick.
"""

from __future__ import annotations

import multiprocessing.process
import multiprocessing.util
import os
import pickle
import shutil
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from types import SimpleNamespace

import pytest
from filelock import FileLock

from analysis.base.cores import count_cores
from analysis.base.paths import PROJECT, Dossier

MADE_UP = Path(__file__).parent / "dossiers" / "invente"
MADE_UP_YEAR = 2030
#: What makes an edition 2031 of it, as made up as the rest.
LATER = Path(__file__).parent / "dossiers" / "suite"
LATER_YEAR = 2031
#: The edition whose figures were published: later ones must not move the tests.
PUBLISHED_YEAR = 2017

# --- slow and quick -------------------------------------------------------------------------------


def slow(function):
    """Mark a fixture that needs a built report, a browser…: the tests that use it are slow."""
    function.slow = True
    return function


def _is_slow(item: pytest.Item) -> bool:
    fixtures = getattr(item, "_fixtureinfo", None)
    found = fixtures.name2fixturedefs.values() if fixtures else ()
    return item.get_closest_marker("slow") is not None or any(
        getattr(definition.func, "slow", False)
        for definitions in found
        for definition in definitions
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the slow tests. Modules that are slow as a whole come first, then those that hold slow
    tests, so that the workers end at about the same time."""
    slow_modules = {item.path for item in items if item.parent.get_closest_marker("slow")}
    for item in items:
        if _is_slow(item):
            item.add_marker("slow")
        if attack := item.get_closest_marker("torture"):
            item.user_properties.append(("torture", list(attack.args)))
    with_slow_tests = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow_modules, item.path not in with_slow_tests))


@pytest.hookimpl(optionalhook=True)  # the mutation run does without xdist
def pytest_xdist_auto_num_workers() -> int:
    """As many as there are cores; on one core none, for it would only wait."""
    cores = min(count_cores(), 8)
    return cores if cores > 1 else 0


#: Of Python's audit events, those that start a program or a process.
STARTS = {"subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.system", "os.exec"}
#: The quick test that is running, its fixtures included; the blocks that watch opened files.
_quick: list[str] = []
_watchers: list[set[Path]] = []


def _refuse(what: str) -> None:
    if _quick:
        pytest.fail(f"{_quick[-1]} starts a process ({what}): it is to be marked slow")


def _watch(event: str, arguments: tuple) -> None:
    if event in STARTS:
        _refuse(event)
    elif event == "open" and _watchers and isinstance(arguments[0], str):
        for seen in _watchers:
            seen.add(Path(arguments[0]))


sys.addaudithook(_watch)  # for good: a hook cannot be taken away


def _guard(owner: object, name: str) -> None:
    """Have a way to start processes, of which no audit event tells, ask first."""
    start = getattr(owner, name)

    def guarded(*arguments, **named):
        _refuse(f"multiprocessing, {name}")
        return start(*arguments, **named)

    setattr(owner, name, guarded)


_guard(multiprocessing.process.BaseProcess, "start")
_guard(multiprocessing.util, "spawnv_passfds")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    if item.get_closest_marker("slow"):
        return (yield)
    _quick.append(item.nodeid)
    try:
        return (yield)
    finally:
        _quick.pop()


class HerePool:
    """Files from outside read in this process, in tests that start none."""

    def __init__(self, **_) -> None:
        self.stop = self.join = lambda: None

    def schedule(self, function, args, timeout):
        return SimpleNamespace(result=lambda: pickle.loads(pickle.dumps(function(*args))))


@pytest.fixture(autouse=True)
def _read_here(request):
    with pytest.MonkeyPatch.context() as patch:
        if not request.node.get_closest_marker("slow"):
            patch.setattr("analysis.collect.received_files.ProcessPool", HerePool)
        yield


def heed_interrupts() -> None:
    """For a program about to start (``preexec_fn``): where Ctrl-C is ignored, as in a shell's
    background, or the end of the session, as under ``nohup``, it would ignore them too."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def opened_files():
    """``with opened_files() as seen``: every file that this process opens in the block."""

    @contextmanager
    def watch():
        seen: set[Path] = set()
        _watchers.append(seen)
        try:
            yield seen
        finally:
            _watchers.remove(seen)

    return watch


# --- attacks --------------------------------------------------------------------------------------


def pytest_addoption(parser):
    parser.addoption("--write-torture", action="store_true", help="write docs/solidite.md's table")


def pytest_terminal_summary(terminalreporter):
    """What became of each attack; with ``--write-torture``, the table of docs/solidite.md too."""
    import torture_table

    reports = [
        report
        for kind in ("passed", "failed", "error", "xfailed", "skipped")
        for report in terminalreporter.stats.get(kind, ())
    ]
    if terminalreporter.config.option.markexpr == "torture":
        rows = torture_table.count(reports)
        terminalreporter.write_line(torture_table.write_table(rows))
        if terminalreporter.config.option.write_torture:
            torture_table.put_in_docs(rows)


# --- dossiers and editions ------------------------------------------------------------------------


@pytest.fixture(scope="session")
def made_up_dossier(tmp_path_factory) -> Path:
    """Path of a valid made-up dossier (a copy: ``processed/`` may be written, ``raw/`` not)."""
    root = tmp_path_factory.mktemp("dossier") / "invente"
    shutil.copytree(MADE_UP, root)
    return root


@pytest.fixture
def dossier_copy(tmp_path) -> Dossier:
    """A made-up dossier of one's own, to be spoilt."""
    root = tmp_path / "invente"
    shutil.copytree(MADE_UP, root)
    return Dossier(root)


@pytest.fixture(scope="session")
def edition(made_up_dossier):
    """The computed edition 2030 of the made-up dossier."""
    from analysis.compute.indicators import load_edition

    return load_edition(Dossier(made_up_dossier), MADE_UP_YEAR)


def add_later_edition(root: Path) -> Dossier:
    """Add the made-up edition 2031 to a copy of the made-up dossier. A table that is there already
    takes the rows of the other one."""
    for path in sorted(file for file in LATER.rglob("*") if file.is_file()):
        target = root / path.relative_to(LATER)
        target.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text("utf-8")
        if target.is_file():
            header, _, rows = text.partition("\n")
            known = target.read_text("utf-8")
            assert known.startswith(header + "\n"), path
            text = known + rows
        target.write_text(text, "utf-8")
    return Dossier(root)


@pytest.fixture(scope="session")
def later_dossier(tmp_path_factory) -> Dossier:
    """The made-up dossier with a made-up edition 2031, with all that a year may change."""
    root = tmp_path_factory.mktemp("suite") / "invente"
    shutil.copytree(MADE_UP, root)
    return add_later_edition(root)


@pytest.fixture(scope="session")
def later_edition(later_dossier):
    """The computed edition 2031 of the made-up dossier."""
    from analysis.compute.indicators import load_edition

    return load_edition(later_dossier, LATER_YEAR)


@pytest.fixture(scope="session")
def published():
    """The published edition of ``data/``, computed; not to be changed."""
    from analysis.compute.indicators import load_edition

    return load_edition(Dossier(PROJECT / "data"), PUBLISHED_YEAR)


# --- built once for all tests ---------------------------------------------------------------------


@pytest.fixture(scope="session")
def build_once(tmp_path_factory):
    """``build_once(name, build)``: the folder that ``build(folder)`` fills, once for all processes
    of a test run; the first one builds, the others wait. Nothing in it may be changed by a test."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def build_folder(name, build):
        folder, finished = shared / name, shared / f"{name}.fini"
        with FileLock(shared / f"{name}.lock"):
            if not finished.exists():
                shutil.rmtree(folder, ignore_errors=True)
                build(folder)
                finished.touch()
        return folder

    return build_folder


@pytest.fixture(scope="session")
@slow
def example_dossier(build_once) -> Dossier:
    """The made-up executed notebooks of ``book_example``, and the book that the embedded engine
    made of them."""
    from book_example import make_dossier, make_edition

    from analysis.publish.build import build_book

    def build(folder):
        build_book(make_dossier(folder), make_edition(), engine="embedded")

    return Dossier(build_once("livre-invente", build))


@pytest.fixture(scope="session")
def example_book(example_dossier) -> SimpleNamespace:
    """The files of that book."""
    from book_example import YEAR

    folder = example_dossier.report(YEAR)
    return SimpleNamespace(
        html=folder / "html" / "index.html",
        pdf=folder / f"rapport-{YEAR}.pdf",
        annexes=folder / f"annexes-{YEAR}.pdf",
        docx=folder / f"rapport-{YEAR}.docx",
    )


@pytest.fixture(scope="session")
@slow
def made_up_report(build_once) -> Dossier:
    """The made-up dossier with the report of its edition 2030, made by the command itself."""
    from built_report import build_report

    def build(folder):
        build_report(folder, MADE_UP_YEAR, MADE_UP)

    return Dossier(build_once("rapport-invente", build))


@pytest.fixture(scope="session")
@slow
def published_report(build_once):
    """The real report (see ``built_report``)."""
    from built_report import build_report, describe

    def build(folder):
        build_report(folder, PUBLISHED_YEAR)

    return describe(build_once("rapport", build), PUBLISHED_YEAR)


# --- a browser ------------------------------------------------------------------------------------

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
@slow
def browser():
    """Chromium; without one the test is skipped, with that reason."""
    chromium = next(filter(None, map(shutil.which, BROWSERS)), None)
    if chromium is None:
        names = ", ".join(BROWSERS)
        pytest.skip(f"aucun navigateur pour essayer les pages ({names}) ; .ci/run l’installe")
    from playwright.sync_api import sync_playwright

    arguments = ["--disable-gpu", "--no-first-run", "--disable-background-networking"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=chromium, args=arguments)
        yield opened
        opened.close()


def wait_until(page, condition, argument=None, seconds=10):
    """Wait for a condition of a page. (playwright's own way runs a text as a script, which the
    pages' policy forbids.)"""
    end = monotonic() + seconds
    while not page.evaluate(condition, argument):
        assert monotonic() < end, condition
        page.wait_for_timeout(50)


@pytest.fixture(scope="module")
def axe():
    """What axe finds wrong in a page: a line a kind of violation."""
    from axe_playwright_python.sync_playwright import Axe

    checker = Axe()
    # Style sheets are in the page; read again, they would be requests.
    always = {"resultTypes": ["violations"], "preload": False}

    def find_violations(page, **options):
        found = checker.run(page, options=always | options)
        return [
            f"{violation['id']}: {violation['help']} {violation['nodes'][0]['html'][:120]}"
            for violation in found.response["violations"]
        ]

    return find_violations


@pytest.fixture
def show(browser, address):
    """Open a page at the end of the module's ``address``; what it complains of is a failure."""
    contexts, complaints = [], []

    def open_page(end="", **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + end)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
