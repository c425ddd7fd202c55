"""What a report depends on, found without reading any of it: a moment, where nothing changed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from analysis.base.paths import NOTEBOOKS, OPEN_DATA, PROJECT, REPORTS, Dossier
from analysis.base.rawfiles import find_year, list_files, list_raw_files, list_years
from analysis.run.cache import describe_file, describe_files
from analysis.run.production.manifest import digest_folder, read_commit


def describe_data_files(dossier: Dossier, year: int) -> dict[str, str]:
    """All files that an edition's data are made of: those of ``raw/`` up to its year, and the
    definitions published with earlier reports."""
    published = [
        (f"reports/{known}/{OPEN_DATA}/indicators.csv", path)
        for known in list_years(dossier)
        if known < year and (path := dossier.report(known) / OPEN_DATA / "indicators.csv").is_file()
    ]
    return describe_files(list_raw_files(dossier, year), "raw/") | describe_files(published)


def list_project(
    reports: Path = REPORTS, notebooks: Path = NOTEBOOKS
) -> Iterator[tuple[str, Path]]:
    """The notebooks, and the Quarto project without what is built in ``<year>/``."""
    for name, path in list_files(notebooks, "*.ipynb"):
        yield f"{notebooks.name}/{name}", path
    for name, path in list_files(reports):
        if find_year(name) is None:
            yield f"{reports.name}/{name}", path


def describe_book_engine(requested: str) -> str:
    """Which engine will make the book, without starting it: what is asked for and, where Quarto is
    on this machine, its launcher and the file that says its version."""
    beside = Path(sys.executable).parent / "quarto"
    found = str(beside) if beside.is_file() else shutil.which("quarto")
    if requested == "embedded" or found is None:
        return f"{requested}, sans Quarto"
    launcher = Path(found).resolve()
    version = launcher.parent.parent / "share" / "version"
    return f"{requested}, {describe_file(launcher)}, {describe_file(version)}"


def describe_everything(
    dossier: Dossier, year: int, engine: str, surroundings: Mapping[str, str]
) -> dict[str, str]:
    """All that a finished report depends on, the commit that its manifest names included."""
    commit = read_commit(PROJECT)
    return {
        **describe_data_files(dossier, year),
        **describe_files(list_project()),
        "code:src": digest_folder(PROJECT / "src")["sha256"],
        "moteur:livre": describe_book_engine(engine),
        "commit:commit": f"{commit['commit']} {commit['modified']}",
        **surroundings,
    }
