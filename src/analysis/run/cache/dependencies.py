"""Digests of what a step depends on, each under a name that says what it is.

Names are « kind:name », as the analyst reads them: « module:analysis.words.prose »,
« fichier:raw/2017/actions.csv », « version:pandas ».
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from analysis.base.paths import FONTS, PROJECT
from analysis.base.rawfiles import list_files
from analysis.base.versions import LOCKS, read_versions
from analysis.show.identity import FILE as STYLE

FILE, MODULE, VERSION, LOCK, FONT = "fichier", "module", "version", "verrou", "police"

_SOURCES = Path(__file__).resolve().parents[2]
#: A statement that imports something of ours, wherever it stands: « from … import ( … ) » up to its
#: bracket, anything else up to the end of its line.
_IMPORT = re.compile(
    rf"^[ \t]*((?:from[ \t]+{_SOURCES.name}\b[^\n(]*\((?:[^)#]|#[^\n]*)*\))"
    rf"|(?:from[ \t]+{_SOURCES.name}\b[^\n(;#]*)"
    rf"|(?:import[ \t][^\n;#]*\b{_SOURCES.name}\b[^\n;#]*))",
    re.MULTILINE,
)


def describe_file(path: Path) -> str:
    """Digest of a file's content; « absent » where there is none."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return "absent"


def describe_files(files: Iterable[tuple[str, Path]], prefix: str = "") -> dict[str, str]:
    """Digest of each file (name and path), under « fichier:<prefix><name> »."""
    return {f"{FILE}:{prefix}{name}": describe_file(path) for name, path in files}


def _locate(module: str) -> Path | None:
    path = _SOURCES.parent.joinpath(*module.split("."))
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
    return tuple(sorted(name for name in names if name.split(".")[0] == _SOURCES.name))


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
    ours = [name for name in names if name.split(".")[0] == _SOURCES.name]
    return {f"{MODULE}:{name}": describe_file(path) for name, path in find_modules(ours).items()}


def list_fonts() -> Iterator[tuple[str, Path]]:
    """The fonts that charts are drawn with: ours, and those that matplotlib brings."""
    yield from list_files(FONTS, "*.ttf")
    package = find_spec("matplotlib")
    yield from list_files(Path(package.submodule_search_locations[0]) / "mpl-data" / "fonts", "*/*")


def describe_surroundings(project: Path = PROJECT) -> dict[str, str]:
    """What every step depends on besides data and code: versions, locks, fonts and
    visual identity."""
    versions = {f"{VERSION}:{name}": number for name, number in read_versions(project).items()}
    locks = {f"{LOCK}:{name}": describe_file(project / name) for name in LOCKS}
    fonts = hashlib.sha256()
    for name, path in list_fonts():
        fonts.update(f"{name}\0{describe_file(path)}\n".encode())
    drawing = {
        f"{FONT}:graphiques": fonts.hexdigest(),
        f"{FILE}:identity.yml": describe_file(STYLE),
    }
    return versions | locks | drawing
