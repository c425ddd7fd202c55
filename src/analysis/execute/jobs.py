"""Which notebooks an edition needs, with which parameters; what became of each."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.base.errors import UserError
from analysis.base.paths import NOTEBOOKS
from analysis.model.schema import PORTRAIT, REVIEWED_PAGES

if TYPE_CHECKING:
    from analysis.model.store import Edition

#: Which template makes the chapters of a kind, and the parameter that names the chapter.
TEMPLATES = {
    "finalité": ("finality.ipynb", "finality"),
    "démarche": ("approach.ipynb", "element"),
}
#: The annex that is a page for the portrait and for each chapter.
CALCULATIONS = "calculations.ipynb"
#: The page of the method, on which a notebook for each project stands: a page each would take the
#: letters of the annexes, which end with Z.
WHOLE_LIFE = "whole_life"
#: The pages after the chapters, then those after the calculations.
BEFORE, AFTER = (
    (
        *("agenda", "grid", "glossary", "annexes", "contributions", "objectives", WHOLE_LIFE),
        *("budget", "law"),
    ),
    ("targets", "checks", "missing", "ratings", "sources", "dashboard"),
)


class TemplateError(UserError, ValueError):
    """A notebook that cannot be executed at all; the message is French."""


class UnknownParameter(TemplateError):
    """A job names a parameter that its notebook does not declare."""


@dataclass(frozen=True)
class Job:
    """One notebook to execute: template × parameters → ``<name>.ipynb``; ``part_of``: the job on
    whose page it stands, if it has none of its own."""

    name: str
    title: str
    template: Path
    parameters: Mapping[str, Any]
    part_of: str = ""


@dataclass(frozen=True)
class Failure:
    """Where a notebook stopped, in words for the analyst.

    ``cell`` counts the cells of the template from 1; 0 where no cell is to blame.
    """

    cell: int
    error: str
    message: str
    source: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of a job, and the seconds it took."""

    job: Job
    seconds: float
    failure: Failure | None = None

    def describe(self, *, kept: bool = True) -> str:
        """Of a failure, for the log: which notebook, which cell and its code, which error, and
        where it is ``kept`` as far as it was executed."""
        if self.failure is None:
            return f"{self.job.name} ({self.job.title}) : sans faute"
        where = f"cellule {self.failure.cell}, " if self.failure.cell else ""
        text = (
            f"{self.job.name} ({self.job.title}) : échec, {where}"
            f"{self.failure.error} : {self.failure.message}"
        )
        if kept and self.failure.cell:
            text += f"\n    exécuté jusque-là : {self.job.name}.echec.ipynb"
        code = "\n".join(f"    | {line}" for line in self.failure.source.splitlines()[:12])
        return f"{text}\n{code}" if code else text


def plan_jobs(edition: Edition, templates: Path = NOTEBOOKS) -> list[Job]:
    """The jobs of an edition in the book's order: front page, summary, what changed (where there
    is an edition before), portrait, chapters, the digital strategy (where it is asked for, or
    something is said of it), annexes."""
    from analysis.compute.law import needs_digital
    from analysis.model.store import title_pages
    from analysis.words.lineage import name_calculations

    year = edition.year

    def plan_page(name: str) -> Job:
        return Job(name, REVIEWED_PAGES[name], templates / f"{name}.ipynb", {"year": year})

    projects = edition.rows("projects").sort_values("order", kind="stable")[["id", "title"]].values
    changes = ["changes"] if edition.earlier is not None else []
    jobs = [plan_page(name) for name in ("front", "summary", *changes, PORTRAIT)]
    for chapter in edition.chapters.sort_values("order").itertuples():
        template, parameter = TEMPLATES[chapter.kind]
        given = {parameter: chapter.id, "year": year}
        jobs.append(Job(chapter.id, chapter.title, templates / template, given))
    if needs_digital(edition):
        jobs.append(plan_page("digital"))
    for name in BEFORE:
        jobs.append(plan_page(name))
        for id, title in projects if name == WHOLE_LIFE else ():
            given = {"project": id, "year": year}
            title = f"{REVIEWED_PAGES[name]}\u00a0: {title}"
            jobs.append(Job(f"{name}-{id}", title, templates / f"{name}.ipynb", given, name))
    for id, title in title_pages(edition, "short_title").items():
        given = {"chapter": id, "year": year}
        title = f"Sources et calculs\u00a0: {title}"
        jobs.append(Job(name_calculations(id), title, templates / CALCULATIONS, given))
    return jobs + [plan_page(name) for name in AFTER]


def read_parameters(template: Path) -> set[str]:
    """Names assigned in the cell tagged ``parameters`` (empty if there is none). Raises
    TemplateError when there is no such notebook, or none that can be read (French)."""
    # Not through nbformat, which takes longer to import than all the rest that is done before a
    # notebook runs; papermill checks the notebook when it executes it.
    try:
        cells = json.loads(template.read_text(encoding="utf-8"))["cells"]
        tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
        sources = ["".join(cell["source"]) for cell in tagged[:1]]
    except FileNotFoundError:
        raise TemplateError(f"Carnet introuvable : {template}.") from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        problem = f"{type(error).__name__} : {error}"[:120]
        raise TemplateError(f"{template.name} n’est pas un carnet lisible ({problem}).") from error
    return {
        name
        for source in sources
        for name in re.findall(r"^(\w+)\s*(?::[^=\n]+)?=", source, re.MULTILINE)
    }


def check_parameters(jobs: Sequence[Job]) -> None:
    """Raise on a parameter that the notebook does not declare (papermill only warns). Raises
    UnknownParameter with the notebook, the parameter and the declared names, in French."""
    declared: dict[Path, set[str]] = {}
    problems = []
    for job in jobs:
        names = declared.setdefault(job.template, read_parameters(job.template))
        for name in sorted(set(job.parameters) - names):
            problems.append(
                f"{job.template.name} : paramètre inconnu « {name} » ; paramètres déclarés : "
                + (", ".join(sorted(names)) or "aucun")
                + "."
            )
    if problems:
        raise UnknownParameter("\n".join(dict.fromkeys(problems)))
