"""Fixtures shared by the tests. The made-up dossiers of tests/dossiers hold no true figure."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from analysis.base.paths import Dossier

MADE_UP = Path(__file__).parent / "dossiers" / "invente"
MADE_UP_YEAR = 2030
#: What makes an edition 2031 of it, as made up as the rest.
LATER = Path(__file__).parent / "dossiers" / "suite"
LATER_YEAR = 2031


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
def example_dossier(tmp_path_factory) -> Dossier:
    """Executed notebooks of a made-up edition, as ``book_example`` writes them."""
    from book_example import make_dossier

    return make_dossier(tmp_path_factory.mktemp("livre") / "dossier")


@pytest.fixture(scope="session")
def example_book(example_dossier):
    """The made-up book, built once by the embedded engine."""
    from book_example import make_edition

    from analysis.publish.build import build_book

    return build_book(example_dossier, make_edition(), engine="embedded")


_watchers: list[set[Path]] = []


def _watch(event: str, arguments: tuple) -> None:
    if event == "open" and _watchers and isinstance(arguments[0], str):
        for seen in _watchers:
            seen.add(Path(arguments[0]))


@pytest.fixture(scope="session")
def opened_files():
    """A block in which every file that this process opens is seen: ``with opened_files() as seen``.

    An audit hook of Python, which cannot be taken away: it stays and does nothing outside blocks.
    """
    sys.addaudithook(_watch)

    @contextmanager
    def watch():
        seen: set[Path] = set()
        _watchers.append(seen)
        try:
            yield seen
        finally:
            _watchers.remove(seen)

    return watch


@pytest.fixture(scope="session")
def published_report(tmp_path_factory):
    """The real report (see ``built_report``), built once for all tests: where they run in several
    processes, the first one builds and the others wait."""
    from built_report import build, describe
    from filelock import FileLock

    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    root, finished = folder / "rapport", folder / "rapport.fini"
    with FileLock(folder / "rapport.lock"):
        if not finished.exists():
            build(root)
            finished.touch()
    return describe(root)
