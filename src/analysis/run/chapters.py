"""The chapters of an edition: executed where something they depend on has changed, else kept.

Each notebook runs in a process and a folder of its own; what it leaves is moved to
``processed/<year>`` by the caller's process alone, which holds the edition's lock: a process that
outlives a killed run spoils nothing.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from analysis import execute
from analysis.base.cores import count_cores
from analysis.base.errors import UserError
from analysis.base.file_digests import digest_file
from analysis.base.moving import move
from analysis.base.paths import READS_VARIABLE, Dossier
from analysis.base.refusals import FOR_ALL, find_refusal
from analysis.execute import Failure, Job, Outcome
from analysis.model.store import Answers, Edition, read_queries
from analysis.run.copies import Copies, describe_heading, make_copy
from analysis.run.dependencies import describe_code
from analysis.run.progress_display import (
    CHAPTERS,
    DONE,
    FAILED,
    KEPT,
    ProgressDisplay,
    Result,
    Step,
)
from analysis.run.step_records import WORK, Record, StepRecords, digest_outputs
from analysis.words.french import format_count

#: Seconds beyond a cell's own time after which its process is given up.
GRACE = 60
#: What is said of a process that the system has killed.
TOO_LITTLE_MEMORY = (
    "le système l’a tué, sans doute faute de mémoire ; fermer d’autres programmes, ou refaire avec "
    "un carnet à la fois (--workers 1)"
)
#: What a chapter is expected to take the first time, seconds.
_GUESS = 2.0


@dataclass(frozen=True)
class Plan:
    """A job with all that it depends on but the data, and what is known of its last run."""

    job: Job
    inputs: Mapping[str, str]
    record: Record | None

    @property
    def step(self) -> Step:
        """As it is told."""
        expected = self.record.seconds if self.record else _GUESS
        return Step(self.job.name, self.job.title, expected, CHAPTERS)


class FailedChapters(UserError):
    """Notebooks failed; each was told as it did. The last report stays."""


def describe_template(template: Path) -> dict[str, str]:
    """What the chapters of a notebook depend on besides data and parameters: itself and modules."""
    cells = json.loads(template.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    # A cell of IPython's own syntax (« %magic ») imports nothing that Python could read.
    readable = [source for source in code if not source.lstrip().startswith(("%", "!"))]
    modules = ("analysis.execute.notebook_run", "analysis.execute.kernels")
    return {
        f"carnet:{template.name}": digest_file(template),
        **describe_code(*readable, modules=modules),
    }


def plan_chapters(
    dossier: Dossier, edition: Edition, surroundings: Mapping[str, str]
) -> list[Plan]:
    """The chapters of an edition in the book's order. Raises execute.TemplateError for a notebook
    that cannot be executed at all (French)."""
    jobs = execute.plan_jobs(edition)
    execute.check_parameters(jobs)
    records = StepRecords.of_chapters(dossier, edition.year)
    described = {template: describe_template(template) for template in {j.template for j in jobs}}
    plans = []
    for job in jobs:
        given = {f"paramètre:{name}": repr(value) for name, value in job.parameters.items()}
        inputs = {**described[job.template], **given, **surroundings}
        plans.append(Plan(job, inputs, records.read(job.name)))
    return plans


def digest_reads(answers: Answers, plans: Iterable[Plan]) -> dict[str, str]:
    """Today's digest of everything that the chapters were seen to read when they last ran."""
    names = {name for plan in plans if plan.record for name in plan.record.reads}
    return answers.digest_all(json.loads(name) for name in sorted(names))


def is_current(plan: Plan, today: Mapping[str, str], records: StepRecords) -> bool:
    """Whether a chapter's result can be kept: all that it depended on and read (``today``, see
    ``digest_reads``) is as it was, and what it wrote is still there."""
    record = plan.record
    return (
        record is not None
        and record.inputs == plan.inputs
        and all(today[name] == digest for name, digest in record.reads.items())
        and not records.list_damaged(record)
    )


def execute_chapter(
    job: Job,
    dossier: Path,
    folder: Path,
    engine: str,
    timeout: float,
    heading: Mapping[str, object] | None,
) -> Outcome:
    """Execute a notebook and make its copy for reviewers (where it is given a heading), in
    ``folder``; see ``execute_job``."""
    outcome = execute.execute_job(job, dossier, folder, engine, timeout)
    if outcome.failure is None and heading:
        os.environ.pop(READS_VARIABLE, None)  # the copy's reads are none of the chapter's
        make_copy(folder / f"{job.name}.ipynb", folder, dossier, heading)
    return outcome


def explain_failure(error: BaseException, seconds: float) -> Failure:
    """What became of a process that did not end as it should; ``seconds``: what it was given."""
    if isinstance(error, TimeoutError):
        return Failure(0, "TimeoutError", f"arrêté : pas fini après {seconds:.0f} s")
    if type(error).__name__ == "ProcessExpired":
        if getattr(error, "exitcode", 0) == -9:  # nobody but the system does that
            return Failure(0, "ProcessExpired", f"son processus s’est arrêté : {TOO_LITTLE_MEMORY}")
        return Failure(0, "ProcessExpired", f"son processus s’est arrêté ({error})")
    return Failure(0, type(error).__name__, str(error))


def refuse_machine(error: BaseException | None, outcome: Outcome) -> None:
    """Raise what the machine refused to a notebook, which it would refuse to the others too (no
    room on the disk…): said once, not by each. A notebook that wants too much memory may be the
    only one."""
    failure = outcome.failure
    refused = find_refusal(error) or (failure and find_refusal(failure.message))
    if refused and refused.errno in FOR_ALL - {errno.ENOMEM}:
        raise refused from error


def _move_results(folder: Path, target: Path, name: str) -> list[Path]:
    """Move what a job left in ``folder`` to its place below ``target``; returns the files."""
    places = {
        folder / f"{name}.ipynb": target / "executed",
        folder / f"{name}.echec.ipynb": target / "executed",
    }
    places |= dict.fromkeys((folder / execute.FIGURES).iterdir(), target / "executed" / "figures")
    moved = []
    for path, parent in places.items():
        if path.is_file():
            parent.mkdir(parents=True, exist_ok=True)
            move(path, parent / path.name)
            moved.append(parent / path.name)
    return moved


def store_result(
    plan: Plan,
    outcome: Outcome,
    folder: Path,
    answers: Answers,
    records: StepRecords,
    copies: Copies,
) -> None:
    """Move what a job left in ``folder`` to its place and, where it did not fail, write its record
    and its copy's."""
    name = plan.job.name
    records.forget(name)
    copies.remove(name)
    old = plan.record.outputs if plan.record else ()
    for path in (*old, f"executed/{name}.ipynb", f"executed/{name}.echec.ipynb"):
        (records.root / path).unlink(missing_ok=True)
    moved = _move_results(folder, records.root, name) if folder.is_dir() else []
    if outcome.failure is None:
        record = Record(
            inputs=plan.inputs,
            reads=answers.digest_all(read_queries(folder / execute.READS)),
            outputs=digest_outputs(records.root, moved),
            seconds=round(outcome.seconds, 3),
        )
        records.write(name, record)
        copies.store(plan.job, folder / f"{name}.html")
    shutil.rmtree(folder, ignore_errors=True)


def remove_strays(records: StepRecords, plans: Sequence[Plan], failed: Iterable[str]) -> None:
    """Take away the results of chapters that the edition no longer has, and what no record names:
    the book takes what it finds."""
    planned = {plan.job.name for plan in plans}
    for step in records.list_steps():
        if step not in planned:
            records.forget(step)
    known = {f"executed/{name}.echec.ipynb" for name in failed}
    for plan in plans:
        record = records.read(plan.job.name)
        known |= {*record.outputs} if record else set()
    for path in (records.root / "executed").glob("**/*"):
        if path.is_file() and path.relative_to(records.root).as_posix() not in known:
            path.unlink()


def _execute_plans(
    plans: Mapping[str, Plan],
    dossier: Dossier,
    edition: Edition,
    work: Path,
    *,
    engine: str,
    workers: int | None,
    timeout: float,
) -> Iterator[tuple[Plan, Outcome]]:
    """Execute the chapters, by name, each in a folder of ``work``; what became of each, as they
    end."""
    if not plans:
        return
    calls = {
        name: (
            plan.job,
            dossier.root,
            work / name,
            engine,
            timeout,
            describe_heading(edition, plan.job),
        )
        for name, plan in plans.items()
    }
    workers = max(1, min(workers or count_cores(), len(plans)))
    limit = timeout + GRACE
    with execute.open_pool(workers) as pool:
        for name, future in execute.run_each(pool, workers, execute_chapter, calls, limit):
            error = future.exception()
            failure = explain_failure(error, limit) if error else None
            outcome = Outcome(plans[name].job, 0.0, failure) if failure else future.result()
            refuse_machine(error, outcome)
            yield plans[name], outcome


def run_chapters(
    dossier: Dossier,
    edition: Edition,
    surroundings: Mapping[str, str],
    *,
    engine: str = execute.WARM,
    workers: int | None = None,
    force: bool = False,
    progress: ProgressDisplay | None = None,
    timeout: float = execute.TIMEOUT,
    only: Collection[str] | None = None,
) -> list[Result]:
    """Bring all chapters up to date; the caller holds the edition's lock.

    Results are in ``processed/<year>/executed`` (figures below it), the copies for reviewers in
    ``processed/<year>/carnets`` (see ``copies``). A failing notebook stops no other.

    Parameters
    ----------
    surroundings : see ``describe_surroundings``.
    engine : « warm » or « plain »; the latter wherever processes cannot be forked.
    workers : how many run at a time; by default as many as there are cores.
    force : run again what could be kept.
    only : names of the chapters to bring up to date; the others stay as they are.

    Returns
    -------
    one result for each chapter, in the book's order.

    Raises execute.TemplateError before anything runs.
    """
    progress = progress or ProgressDisplay()
    engine = engine if execute.can_fork() else execute.PLAIN
    records = StepRecords.of_chapters(dossier, edition.year)
    work = records.root / WORK
    shutil.rmtree(work, ignore_errors=True)
    plans = plan_chapters(dossier, edition, surroundings)
    if only is not None:
        plans = [plan for plan in plans if plan.job.name in only]
    answers = Answers(edition, dossier)
    today = digest_reads(answers, plans)
    results: dict[str, Result] = {}
    left: dict[str, Plan] = {}
    # The longest first: the last to end then ends early.
    plans_by_length = sorted(plans, key=lambda plan: -plan.step.expected)
    for plan in plans_by_length:
        progress.announce(plan.step)
    for plan in plans_by_length:
        if force or not is_current(plan, today, records):
            left[plan.job.name] = plan
        else:
            results[plan.job.name] = Result(plan.step, KEPT)
            progress.finish(results[plan.job.name])
    copies = Copies(dossier, edition, surroundings)
    executed = _execute_plans(
        left, dossier, edition, work, engine=engine, workers=workers, timeout=timeout
    )
    with closing(executed):  # its processes end whatever fails here
        for plan, outcome in executed:
            name = plan.job.name
            store_result(plan, outcome, work / name, answers, records, copies)
            state, message = (FAILED, outcome.describe()) if outcome.failure else (DONE, "")
            results[name] = Result(plan.step, state, outcome.seconds, message)
            progress.finish(results[name])
    copies.refresh(plan.job for plan in plans if results[plan.job.name].state == KEPT)
    if only is None:
        failed = [name for name, each in results.items() if each.state == FAILED]
        remove_strays(records, plans, failed)
        copies.remove_others({*results} - {*failed})
    shutil.rmtree(work, ignore_errors=True)
    return [results[plan.job.name] for plan in plans]


def refuse_failures(results: Sequence[Result]) -> None:
    """Raise FailedChapters (French) where notebooks failed."""
    failed = sum(result.state == FAILED for result in results)
    if failed:
        notebooks = format_count(failed, "carnet", "carnets")
        raise FailedChapters(
            f"{notebooks} en échec sur {len(results)} : le rapport n’est pas refait."
        )
