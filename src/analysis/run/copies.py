"""Reviewers' copies of the executed notebooks: each made anew where its notebook, what reviewers
said or the page's own code changed. A remark makes no chapter anew.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from analysis.base.atomic import build_beside, write_file
from analysis.base.command_names import name_command
from analysis.base.errors import UserError
from analysis.base.file_digests import digest_file
from analysis.base.moving import move
from analysis.base.paths import COMPARISONS, REPORTS, Dossier
from analysis.base.rawfiles import list_files
from analysis.execute import FIGURES, NARROW, Job, plan_jobs
from analysis.execute.signatures import describe_review
from analysis.model.schema import DOCUMENTS_FOLDER, suggest
from analysis.model.store import Edition
from analysis.publish.manifest import read_commit
from analysis.publish.notebook_pages import TABLES_PAGE
from analysis.run.dependencies import VERSION, describe_code, digest_files
from analysis.run.step_records import Record, StepRecords, digest_outputs
from analysis.show.identity import colour_chapters
from analysis.show.tables import locate_lines
from analysis.words.french import format_count
from analysis.words.hidden_markup import capitalise

#: The folder of the copies, in ``processed/<year>`` and in the report's.
COPIES = "carnets"
#: Letters of a digest or a commit that are shown.
_SHORT = 10
#: What a reviewer is told of the versions.
_TOLD = ("python", "pandas", "matplotlib", "papermill", "nbconvert")


def describe_heading(edition: Edition, job: Job) -> dict[str, object]:
    """What a copy says of itself (``review_copies.Heading``)."""
    chapters = edition.chapters
    labels = dict(zip(chapters["id"], chapters["kind"] + " " + chapters["number"], strict=True))
    given = ", ".join(f"{name} = {value}" for name, value in job.parameters.items())
    return {
        "title": job.title,
        "year": edition.year,
        "label": capitalise(labels.get(job.name, "")),
        "territory": edition.territory["name"],
        "notebook": f"{job.template.name} ({given})",
        "colour": colour_chapters(chapters, edition.identity).get(job.name, ""),
    }


def describe_pages() -> dict[str, str]:
    """Digest of each sheet, script and template of the copies."""
    style = REPORTS / "style"
    files = [*list_files(style, "*.css"), *list_files(style, "*.js")]
    files += [(f"carnet/{name}", path) for name, path in list_files(style / "carnet")]
    return digest_files(files, "reports/style/")


def make_copy(
    executed: Path,
    folder: Path,
    dossier: Path,
    heading: Mapping[str, object],
    edition: Edition | None = None,
) -> None:
    """Write the copy of an executed notebook into ``folder``, with what reviewers said of it and
    what differs since they signed it (for which the edition is read, if it is not given)."""
    from analysis.execute.review_copies import Heading, export_review, read_notebook
    from analysis.execute.signatures import read_state

    notebook = read_notebook(executed)
    state = read_state(Dossier(dossier), heading["year"], executed.stem, notebook, edition)
    export_review(executed, folder, state, Heading(**heading), Dossier(dossier).raw)


class Copies:
    """The copies of an edition, in ``processed/<year>/carnets``, each with a record of its own; the
    caller holds the edition."""

    def __init__(self, dossier: Dossier, edition: Edition, surroundings: Mapping[str, str]):
        self.dossier, self.edition, self.surroundings = dossier, edition, surroundings
        self.records = StepRecords.of_copies(dossier, edition.year)
        self.folder = self.records.root / COPIES

    @cached_property
    def _common(self) -> dict[str, str]:
        """What every copy depends on besides its own notebook and heading."""
        return {
            **self.surroundings,
            **describe_pages(),
            **describe_code(modules=["analysis.execute.review_copies", __name__]),
        }

    @cached_property
    def _formulas(self) -> str:
        """What a signed chapter is compared by besides its notebook."""
        formulas = sorted((id, row["formula"]) for id, row in self.edition.catalogue.items())
        return hashlib.sha256(repr(formulas).encode()).hexdigest()

    def _locate(self, job: Job) -> Path:
        return self.folder / f"{job.name}.html"

    def _locate_executed(self, job: Job) -> Path:
        return self.dossier.executed(self.edition.year) / f"{job.name}.ipynb"

    def _describe(self, job: Job) -> dict[str, str]:
        heading = describe_heading(self.edition, job)
        executed = self._locate_executed(job)
        own = {"en-tête": repr(heading), "carnet": digest_file(executed)}
        # The notebook holds the wide drawings alone.
        narrow = list_files(executed.parent / FIGURES, f"fig-{job.name}-*{NARROW}")
        own |= digest_files(narrow, f"{FIGURES}/")
        own |= digest_files(list_files(self.dossier.raw / DOCUMENTS_FOLDER), "documents/")
        said = describe_review(self.dossier, self.edition.year, job.name)
        return {**self._common, **own, **said, **({"formules": self._formulas} if said else {})}

    def _record(self, job: Job) -> None:
        outputs = digest_outputs(self.records.root, [self._locate(job)])
        self.records.write(job.name, Record(self._describe(job), outputs))

    def remove(self, name: str) -> None:
        """Take a copy away, with its record first."""
        self.records.forget(name)
        (self.folder / f"{name}.html").unlink(missing_ok=True)

    def store(self, job: Job, made: Path) -> None:
        """Put the copy that a job just made, if it made one, into its place; its notebook stands in
        its own."""
        if not made.is_file():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        move(made, self._locate(job))
        self._record(job)

    def refresh(self, jobs: Iterable[Job]) -> None:
        """Make anew those copies that are not what they would be today."""
        for job in jobs:
            if not self.records.is_current(job.name, self._describe(job)):
                self.remove(job.name)
                heading = describe_heading(self.edition, job)
                executed = self._locate_executed(job)
                make_copy(executed, self.folder, self.dossier.root, heading, self.edition)
                self._record(job)

    def remove_others(self, names: Collection[str]) -> None:
        """Take away all copies but these, and what is no copy."""
        for name in {*self.records.list_steps()} - {*names}:
            self.remove(name)
        for path in self.folder.glob("*"):
            if path.stem not in names:
                path.unlink()


def _check_chapter(editions: Sequence[Edition], chapter: str) -> None:
    names = {edition.year: [job.name for job in plan_jobs(edition)] for edition in editions}
    years = [year for year, known in names.items() if chapter in known]
    if not years:
        hint = suggest(chapter, {*itertools.chain(*names.values())})
        raise UserError(f"Aucun chapitre ne s’appelle « {chapter} ». {hint}".strip())
    if len(years) < len(names):
        raise UserError(
            f"Le chapitre « {chapter} » n’est que dans l’édition {years[0]} : "
            "il n’y a rien à lui comparer."
        )


def _find_executed(dossier: Dossier, edition: Edition, chapter: str) -> Path:
    path = dossier.executed(edition.year) / f"{chapter}.ipynb"
    if not path.is_file():
        raise UserError(
            f"Le carnet « {chapter} » de l’édition {edition.year} n’est pas exécuté : "
            f"« {name_command('notebooks', year=edition.year)} » l’exécute."
        )
    return path


def compare_chapter(dossier: Dossier, edition: Edition, earlier: Edition, chapter: str) -> Path:
    """Write the page that shows a chapter of two editions side by side; returns it.

    Raises
    ------
    UserError
        when an edition has no such chapter, or its notebook is not executed (French).
    """
    from analysis.execute.notebook_comparison import compare_notebooks, compose_comparison
    from analysis.execute.review_copies import BOOK, point_to_lines, read_notebook

    editions = (earlier, edition)
    _check_chapter(editions, chapter)
    paths = [_find_executed(dossier, each, chapter) for each in editions]
    books = (f"../../{earlier.year}/html", BOOK)
    rows = compare_notebooks(*map(read_notebook, paths), books)
    (job,) = [job for job in plan_jobs(edition) if job.name == chapter]
    sides = [f"édition {each.year}" for each in editions]
    colour = describe_heading(edition, job)["colour"]
    page = dossier.report(edition.year) / COMPARISONS / f"{chapter}-{earlier.year}.html"
    text = compose_comparison(rows, job.title, sides, colour)
    for book, each in zip(books, editions, strict=True):
        text = point_to_lines(text, book, locate_lines(each), TABLES_PAGE)
    write_file(page, text)
    return page


def describe_origin(edition: Edition, surroundings: Mapping[str, str]) -> dict[str, str]:
    """From what a report's copies were made, in French terms."""
    lines = (f"{name}\0{digest}\n" for name, digest in sorted(edition.checksums.items()))
    data = hashlib.sha256("".join(lines).encode()).hexdigest()[:_SHORT]
    files = format_count(len(edition.checksums), "fichier", "fichiers")
    git = read_commit()
    commit = git["commit"][:_SHORT]
    versions = (f"{name} {surroundings[f'{VERSION}:{name}']}" for name in _TOLD)
    facts = {
        "Données": f"{files}, empreinte {data}",
        "Version du projet": f"{commit} (modifiée depuis)" if git["modified"] else commit,
        "Logiciels": ", ".join(versions),
    }
    return {term: fact for term, fact in facts.items() if fact}


def publish_copies(dossier: Dossier, edition: Edition, surroundings: Mapping[str, str]) -> Path:
    """Put the copies into the report's folder, with what they were made from; returns their folder
    there."""
    from analysis.execute.review_copies import BOOK, point_to_lines, stamp_origin

    lines = locate_lines(edition)
    report = dossier.report(edition.year)
    origin = describe_origin(edition, surroundings)
    with build_beside(report) as built:
        for name, path in list_files(dossier.processed_year(edition.year) / COPIES):
            page = stamp_origin(path.read_text(encoding="utf-8"), origin)
            page = point_to_lines(page, BOOK, lines, TABLES_PAGE)
            write_file(built / COPIES / name, page)
    return report / COPIES
