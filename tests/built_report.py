"""Reports built once for all tests that read them (see ``build_once`` in conftest).

Each is built in a copy of its data, so that no finished report is touched. Nothing here may be
changed by a test: another one reads it too, perhaps from another process.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from types import SimpleNamespace

from analysis.__main__ import main
from analysis.base.paths import PROJECT, Dossier
from analysis.model.store import read_edition


def build_report(root: Path, year: int, source: Path = PROJECT / "data") -> None:
    """Copy what was typed in a dossier and make its report there, with the embedded engine."""
    shutil.copytree(source / "raw", root / "raw")
    arguments = ["report", "--dossier", str(root), "--year", str(year), "--engine", "embedded"]
    assert main(arguments) == 0


def describe(root: Path, year: int) -> SimpleNamespace:
    """What was built in ``root``: its dossier, edition, pages and files."""
    dossier = Dossier(root)
    folder, edition = dossier.report(year), read_edition(year, dossier)
    return SimpleNamespace(
        dossier=dossier,
        year=year,
        folder=folder,
        edition=edition,
        # Those of charts.yml, and the two that the portrait draws unasked.
        charts=[*(spec["id"] for spec in edition.charts), "communes-contexte", "situation"],
        # Small lines in the table of what moved.
        lines=sorted(path.stem for path in dossier.figures(year).glob("*-trace-*.svg")),
        pages={path.stem: path for path in sorted((folder / "html").glob("*.html"))},
        pdf=next(folder.glob("rapport-*.pdf")),
        annexes=next(folder.glob("annexes-*.pdf")),
        docx=next(folder.glob("*.docx")),
    )
