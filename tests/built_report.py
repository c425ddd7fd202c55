"""The real report, built once for every test that reads it (fixture ``published_report``).

The newest published edition of ``data/`` is built in a copy, so that no finished report is touched.
Nothing here may be changed by a test: another one reads it too, perhaps from another process.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

from analysis.__main__ import main
from analysis.base.paths import PROJECT, Dossier
from analysis.model.store import read_edition

#: The edition whose figures were published: later ones must not move these tests.
YEAR = 2017


def build(root: Path) -> None:
    """Copy the data into ``root`` and make their report there, with the embedded engine."""
    shutil.copytree(PROJECT / "data/raw", root / "raw")
    arguments = ["report", "--dossier", str(root), "--year", str(YEAR), "--engine", "embedded"]
    assert main(arguments) == 0


def describe(root: Path, year: int = YEAR) -> SimpleNamespace:
    """What was built in ``root``: its dossier, edition, pages and files."""
    dossier = Dossier(root)
    folder = dossier.report(year)
    return SimpleNamespace(
        dossier=dossier,
        year=year,
        folder=folder,
        edition=read_edition(year, dossier),
        pages={path.stem: path for path in sorted((folder / "html").glob("*.html"))},
        pdf=next(folder.glob("rapport-*.pdf")),
        docx=next(folder.glob("*.docx")),
    )
