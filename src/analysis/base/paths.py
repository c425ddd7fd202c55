"""Where the folders of a dossier are."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from analysis.base.project_folder import find_project

PROJECT = find_project() or Path.cwd()
NOTEBOOKS = PROJECT / "notebooks"
#: What official data say of every territory; see ``compute.national``.
FRANCE = PROJECT / "data" / "france"
#: Objectives and indicators of a theme, to begin with; see ``collect.objective_models``.
MODELS = PROJECT / "data" / "modeles"
REPORTS = PROJECT / "reports"
FONTS = REPORTS / "style" / "fonts"

#: Names the dossier to a kernel started by the runner.
DOSSIER_VARIABLE = "ANALYSIS_DOSSIER"
#: Set by the runner: the notebook’s outputs go into the book, not before a person’s eyes, and its
#: figures into the folder that it names.
BOOK_VARIABLE = "ANALYSIS_BOOK"
#: Set by the runner: the file in which the data that a notebook reads are written down.
READS_VARIABLE = "ANALYSIS_READS"
#: Set by the preview where nothing but texts has changed: the folder of the same figures, as they
#: were drawn last.
DRAWN_VARIABLE = "ANALYSIS_DRAWN"


def relate(path: str | os.PathLike[str], start: str | os.PathLike[str] = os.curdir) -> str:
    """A path from a folder; whole where it is on another of Windows's disks, from which nothing
    leads to it."""
    try:
        return os.path.relpath(path, start)
    except ValueError:
        return os.fspath(path)


#: Letters of such a path, and of a name in it: systems find no longer ones.
_LONGEST, _LONGEST_NAME = 1_000, 255


def is_inside(name: str) -> bool:
    """Whether a relative path, as a file of a dossier says it, names something below its folder."""
    path = Path(name)
    fits = len(name) <= _LONGEST and all(len(part) <= _LONGEST_NAME for part in path.parts)
    return fits and bool(path.parts) and not path.anchor and not {"..", "\0"} & {*path.parts, *name}


@dataclass(frozen=True)
class Dossier:
    """A territory's folder: ``raw/`` as typed by the analyst, ``processed/`` as computed."""

    root: Path

    @property
    def raw(self) -> Path:
        """What the analyst types; written by code in ``collect`` alone, when it is told to."""
        return self.root / "raw"

    @property
    def reference(self) -> Path:
        """The catalogues that all editions share."""
        return self.raw / "reference"

    @property
    def processed(self) -> Path:
        """What is computed; may be deleted at any time."""
        return self.root / "processed"

    @property
    def is_default(self) -> bool:
        """Whether it is the project's own ``data/``."""
        return self.root == PROJECT / "data"

    def raw_year(self, year: int) -> Path:
        """The folder of an edition as typed."""
        return self.raw / str(year)

    def processed_year(self, year: int) -> Path:
        """The folder of an edition as computed."""
        return self.processed / str(year)

    def executed(self, year: int) -> Path:
        """Notebooks as papermill left them."""
        return self.processed_year(year) / "executed"

    def book(self, year: int) -> Path:
        """The staged Quarto project of one edition."""
        return self.processed_year(year) / "book"

    def read_pages(self, year: int) -> Path:
        """What pandoc read of each page of the book, kept by content from one run to the next."""
        return self.processed_year(year) / "pages"

    def figures(self, year: int) -> Path:
        """Beside the executed notebooks, which name them by a relative path."""
        return self.executed(year) / "figures"

    def report(self, year: int) -> Path:
        """Where the finished report goes: beside the project for ``data/``, else in the dossier."""
        base = REPORTS if self.is_default else self.root / "reports"
        return base / str(year)


#: A folder of comparisons that were asked for: in a report's, of a chapter with an earlier edition;
#: in ``reports/``, of several dossiers. No output of a run, no input of a book.
COMPARISONS = "comparaisons"
#: The folder of an edition's open data, beside the report.
OPEN_DATA = "donnees"


def name_archive(year: int) -> str:
    """Name of the open data of an edition in one file, beside the report."""
    return f"donnees-{year}.zip"


def choose_root(path: str | os.PathLike[str] | None = None) -> Path:
    """The folder ``path``, else ``$ANALYSIS_DOSSIER``, else the project's ``data/``. Raises
    FileNotFoundError where it is a link that leads to itself (French)."""
    named = path or os.environ.get(DOSSIER_VARIABLE) or PROJECT / "data"
    root = Path(os.path.realpath(named))
    if root.is_symlink():
        raise FileNotFoundError(f"Dossier introuvable : {root} est un lien qui mène à lui-même.")
    return root


def locate_dossier(path: str | os.PathLike[str] | None = None) -> Dossier:
    """The dossier in the folder that ``choose_root`` says; a command takes it by
    ``journal.receive_dossier``. Raises FileNotFoundError when it has no ``raw/`` (French)."""
    dossier = Dossier(choose_root(path))
    if not dossier.raw.is_dir():
        raise FileNotFoundError(
            f"Dossier introuvable : {dossier.root} ne contient pas de sous-dossier « raw »."
        )
    return dossier
