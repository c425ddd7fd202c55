"""Every file that a book or the guide is made of, for who wants to know whether to make it again.

Besides these files, both depend on the engine and its versions (``str(engine)``), on the time stamp
(``default_epoch``) and on this package; the book also states the versions of Python and of
``staging.PACKAGES``.
"""

from __future__ import annotations

from pathlib import Path

import yaml

from analysis.base.paths import REPORTS, Dossier
from analysis.base.rawfiles import list_pictures
from analysis.model.store import Edition
from analysis.publish.book_chapters import list_chapters
from analysis.publish.guide import FOLDER
from analysis.publish.staging import FOLDERS, FRONT, list_notebooks, name_contents


def list_inputs(dossier: Dossier, edition: Edition, reports: Path = REPORTS) -> list[Path]:
    """Files that ``build_book`` reads: the Quarto project by hand, the computed tables, executed
    notebooks and figures; in order, those that are missing left out."""
    config_file = reports / "_quarto.yml"
    config = yaml.safe_load(config_file.read_text(encoding="utf-8"))
    name_contents(config["book"], list_chapters(edition.chapters), edition)
    executed, computed = dossier.executed(edition.year), dossier.processed_year(edition.year)
    files = [config_file, *sorted(reports.glob("*.qmd"))]
    for name in FOLDERS:
        files += _list_files(reports / name)
    files += [*sorted(computed.glob("*.csv")), *sorted(computed.glob("*.json"))]
    files += [executed / name for name in [FRONT, *list_notebooks(config["book"])]]
    files += _list_files(dossier.figures(edition.year))
    files += list_pictures(dossier.raw_year(edition.year))
    return [path for path in files if path.is_file()]


def list_guide_inputs(reports: Path = REPORTS) -> list[Path]:
    """Files that ``build_guide`` reads, in order."""
    return _list_files(reports / FOLDER)


def _list_files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.relative_to(folder).parts
    )
