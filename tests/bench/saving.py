"""From a file that is saved to the news in the browser: what ``make preview`` takes, kind by kind.

Each measure has a project and a preview of its own, whose page stands when the clock starts;
nothing else runs meanwhile.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from time import perf_counter

import psutil

from analysis.base.paths import Dossier
from tests.preview_example import RunningPreview, copy_project

from .spending import Spent
from .subject import Subject, change_observation

Change = Callable[[Path, int, str], None]


def find_chapter(subject: Subject) -> str:
    """The chapter of the observation that is changed."""
    dossier = subject.changed
    indicator = change_observation(dossier, subject.year)
    with (dossier.reference / "indicators.csv").open(encoding="utf-8", newline="") as file:
        return next(row["chapter"] for row in csv.DictReader(file) if row["id"] == indicator)


def _substitute(path: Path, pattern: str, replacement: str) -> None:
    text = path.read_text("utf-8")
    changed = re.sub(pattern, replacement, text, count=1, flags=re.MULTILINE)
    if changed == text:
        raise ValueError(f"rien à changer dans {path.name}")
    path.write_text(changed, "utf-8")


def change_text(project: Path, year: int, chapter: str) -> None:
    """A sentence more at the end of the first paragraph."""
    path = project / "data" / "raw" / str(year) / "texts" / f"{chapter}.md"
    _substitute(path, r"^(## [^\n]+\n\n[^\n]+)", r"\1 Une phrase de plus.")


def change_row(project: Path, year: int, chapter: str) -> None:
    """Another value of an observation."""
    change_observation(Dossier(project / "data"), year)


def change_formula(project: Path, year: int, chapter: str) -> None:
    """Brackets around a formula of the chapter."""
    path = project / "data" / "raw" / "reference" / "indicators.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    place, formula = header.index("chapter"), header.index("formula")
    row = next(row for row in rows if row[place] == chapter and row[formula])
    row[formula] = f"({row[formula]})"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])


def change_chart(project: Path, year: int, chapter: str) -> None:
    """Other words in a chart's title: one of the chapter, where it has any."""
    path = project / "data" / "raw" / "reference" / "charts.yml"
    mine = chapter if f"chapter: {chapter}\n" in path.read_text("utf-8") else ".*"
    title = rf'(chapter: {mine}\n(?:  .*\n)*?.*(?:finding|say): "[^"\n]*)"'
    _substitute(path, title, r'\1, ici"')


def change_sheet(project: Path, year: int, chapter: str) -> None:
    """A comment more in a style sheet."""
    _substitute(project / "reports" / "style" / "text.css", r"\A", "/* autre */\n")


def change_identity(project: Path, year: int, chapter: str) -> None:
    """Another comment in the identity, which asks for another process."""
    _substitute(project / "reports" / "style" / "identity.yml", r"\A", "# autre\n")


#: Name and title of each kind of change.
KINDS: Mapping[str, tuple[str, Change]] = {
    "texte": ("un texte", change_text),
    "ligne": ("une ligne d’observations", change_row),
    "formule": ("une formule", change_formula),
    "graphique": ("le catalogue des graphiques", change_chart),
    "style": ("une feuille de style", change_sheet),
    "identite": ("identity.yml (un autre processus)", change_identity),
}


def _read_processors(process: psutil.Process) -> float:
    """Seconds of processors of a program and of its children, ended or not."""
    family = [process, *process.children(recursive=True)]
    return sum(sum(one.cpu_times()[:4]) for one in family)


def measure_change(change: Change, subject: Subject) -> Spent:
    """Save one change; seconds until the browser is told that the page is made anew."""
    chapter = find_chapter(subject)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        project = copy_project(Path(folder) / "projet", subject.changed.root, executed=True)
        preview = RunningPreview(project, chapter)
        try:
            preview.hear()
            process = psutil.Process(preview.process.pid)
            before, start = _read_processors(process), perf_counter()
            change(project, subject.year, chapter)
            state = preview.hear()
            seconds = perf_counter() - start
            if state["error"]:
                raise RuntimeError(state["error"])
            return Spent(seconds, _read_processors(process) - before)
        finally:
            preview.stop()


def measure_opening(subject: Subject) -> Spent:
    """From the command to the page, where a report stands already."""
    chapter = find_chapter(subject)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        project = copy_project(Path(folder) / "projet", subject.changed.root, executed=True)
        start = perf_counter()
        preview = RunningPreview(project, chapter)
        try:
            preview.hear()
            seconds = perf_counter() - start
            return Spent(seconds, _read_processors(psutil.Process(preview.process.pid)))
        finally:
            preview.stop()


def list_measures() -> list[tuple[str, str, Callable[[Subject], Spent]]]:
    """Name, title and way to measure of each."""
    return [
        ("apercu-ouverture", "aperçu, de la commande à la page", measure_opening),
        *(
            (f"apercu-{name}", f"aperçu, {title}", partial(measure_change, change))
            for name, (title, change) in KINDS.items()
        ),
    ]
