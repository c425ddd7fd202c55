"""Digests of what a step depends on, each under a name that says what it is.

Names are « kind:name », as the analyst reads them: « module:analysis.words.prose »,
« fichier:raw/2017/actions.csv », « version:pandas ». Files alone are read: that nothing changed is
found in a moment, without pandas.
"""

from __future__ import annotations

import ast
import hashlib
import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from analysis.base.file_digests import digest_file
from analysis.base.paths import FONTS, FRANCE, MODELS, OPEN_DATA, PROJECT, Dossier
from analysis.base.project_folder import CODE
from analysis.base.rawfiles import list_files, list_raw_files, list_review_files, list_years
from analysis.base.versions import LOCKS, read_versions
from analysis.publish.manifest import (
    digest_folder,
    list_book_files,
    list_notebooks,
    read_commit,
)
from analysis.show.identity import FILE as STYLE

FILE, MODULE, VERSION, LOCK, FONT = "fichier", "module", "version", "verrou", "police"

#: A statement that imports something of ours, wherever it stands: « from … import ( … ) » up to its
#: bracket, anything else up to the end of its line.
_IMPORT = re.compile(
    rf"^[ \t]*((?:from[ \t]+{CODE.name}\b[^\n(]*\((?:[^)#]|#[^\n]*)*\))"
    rf"|(?:from[ \t]+{CODE.name}\b[^\n(;#]*)"
    rf"|(?:import[ \t][^\n;#]*\b{CODE.name}\b[^\n;#]*))",
    re.MULTILINE,
)


def digest_files(files: Iterable[tuple[str, Path]], prefix: str = "") -> dict[str, str]:
    """Digest of each file (name and path), under « fichier:<prefix><name> »."""
    return {f"{FILE}:{prefix}{name}": digest_file(path) for name, path in files}


@cache
def _locate(module: str) -> Path | None:
    path = CODE.parent.joinpath(*module.split("."))
    for candidate in (path.with_suffix(".py"), path / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None


def _list_imports(source: str) -> Iterator[str]:
    # Python reads the statements alone: to read whole files would take most of the time that it
    # takes to find that nothing has changed. What looks like a statement and is none (in a text)
    # names one module too many at worst.
    for statement in _IMPORT.findall(source):
        try:
            (node,) = ast.parse(statement).body
        except (SyntaxError, ValueError):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@cache
def _list_own_imports(module: str) -> tuple[str, ...]:
    names = set(_list_imports(_locate(module).read_text(encoding="utf-8")))
    return tuple(sorted(name for name in names if name.split(".")[0] == CODE.name))


def find_modules(names: Iterable[str]) -> dict[str, Path]:
    """These modules of ours and all that they import, wherever in their text, with their files.

    Names that are no module (a function's) are passed over.
    """
    found: dict[str, Path] = {}
    left = list(names)
    while left:
        name = left.pop()
        path = None if name in found else _locate(name)
        if path is None:
            continue
        found[name] = path
        if "." in name:  # importing a module imports the packages that it stands in
            left.append(name.rpartition(".")[0])
        left += _list_own_imports(name)
    return dict(sorted(found.items()))


def describe_code(*sources: str, modules: Iterable[str] = ()) -> dict[str, str]:
    """Digest of each module of ours that code (``sources``, Python) or ``modules`` import."""
    names = [*modules]
    for source in sources:
        names += _list_imports(source)
    ours = [name for name in names if name.split(".")[0] == CODE.name]
    return {f"{MODULE}:{name}": digest_file(path) for name, path in find_modules(ours).items()}


def list_fonts() -> Iterator[tuple[str, Path]]:
    """The fonts that charts are drawn with: ours, and those that matplotlib brings."""
    yield from list_files(FONTS, "*.ttf")
    package = find_spec("matplotlib")
    yield from list_files(Path(package.submodule_search_locations[0]) / "mpl-data" / "fonts", "*/*")


def describe_surroundings() -> dict[str, str]:
    """What every step depends on besides data and code: versions, locks, fonts, visual identity."""
    fonts = hashlib.sha256()
    for name, path in list_fonts():
        fonts.update(f"{name}\0{digest_file(path)}\n".encode())
    return {
        **{f"{VERSION}:{name}": number for name, number in read_versions(PROJECT).items()},
        **{f"{LOCK}:{name}": digest_file(PROJECT / name) for name in LOCKS},
        f"{FONT}:graphiques": fonts.hexdigest(),
        f"{FILE}:identity.yml": digest_file(STYLE),
    }


def describe_data_files(dossier: Dossier, year: int) -> dict[str, str]:
    """All files that an edition's data are made of: those of ``raw/`` up to its year, the
    definitions published with earlier reports, and the national reference."""
    published = [
        (f"reports/{known}/{OPEN_DATA}/indicators.csv", path)
        for known in list_years(dossier)
        if known < year and (path := dossier.report(known) / OPEN_DATA / "indicators.csv").is_file()
    ]
    return {
        **digest_files(list_raw_files(dossier, year), "raw/"),
        **digest_files(published),
        **digest_files(list_files(FRANCE), "france/"),
        **digest_files(list_files(MODELS), "modeles/"),
    }


def describe_book_engine(requested: str) -> str:
    """Which engine will make the book, without starting it: what is asked for and, where Quarto is
    on this machine, its launcher and the file that says its version."""
    beside = Path(sys.executable).parent / "quarto"
    found = str(beside) if beside.is_file() else shutil.which("quarto")
    if requested == "embedded" or found is None:
        return f"{requested}, sans Quarto"
    launcher = Path(found).resolve()
    version = launcher.parent.parent / "share" / "version"
    return f"{requested}, {digest_file(launcher)}, {digest_file(version)}"


def describe_everything(
    dossier: Dossier, year: int, engine: str, surroundings: Mapping[str, str]
) -> dict[str, str]:
    """All that a finished report depends on, the commit that its manifest names included, and what
    reviewers say, which their copies show."""
    commit = read_commit()
    return {
        **describe_data_files(dossier, year),
        **digest_files(list_review_files(dossier, year), "raw/"),  # for the copies
        **digest_files(list_notebooks()),
        **digest_files(list_book_files()),
        "code:src": digest_folder(CODE)["sha256"],
        "moteur:livre": describe_book_engine(engine),
        "commit:commit": f"{commit['commit']} {commit['modified']}",
        **surroundings,
    }
