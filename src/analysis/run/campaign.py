"""Many territories and years at once: which editions, what is made of one, and what became of each.

Nothing is shared between processes or machines but files: the task's folder is read and written,
and a few numbers are returned. Of thousands of tasks only those under way are held at a time. A
task is an edition of a dossier, or the portrait of a territory (``portraits``).
"""

from __future__ import annotations

import errno
import os
import socket
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Protocol, TextIO

from tqdm import tqdm

from analysis.base.atomic import write_file
from analysis.base.command_names import choose_dossier
from analysis.base.csvtext import format_row
from analysis.base.errors import UserError
from analysis.base.journal import receive_dossier
from analysis.base.paths import Dossier
from analysis.base.rawfiles import list_editions
from analysis.base.refusals import find_refusal, tell_refusal
from analysis.run.machines import CampaignError, Machines
from analysis.words.french import choose_form, format_seconds

#: Tasks handed out for each that is worked on, so that nobody waits for work.
_AHEAD = 2
#: What the log says of any task.
OUTCOME_COLUMNS = (
    *("executes", "gardes", "echecs", "secondes", "machine", "processus", "probleme"),
)
#: Columns of the log, one row for each edition in the order in which they ended.
COLUMNS = ("dossier", "annee", *OUTCOME_COLUMNS)
_BAR = "Campagne {percentage:3.0f} % |{bar}| {n_fmt} sur {total_fmt}, {elapsed}, reste {remaining}"


class Task(Protocol):
    """All that travels to another machine of something to be done."""

    @property
    def name(self) -> str:
        """For people."""

    @property
    def cells(self) -> tuple[object, ...]:
        """What the log knows it by."""


@dataclass(frozen=True)
class EditionTask:
    """One edition of one dossier, as a folder and a year."""

    root: str
    year: int

    @property
    def name(self) -> str:
        """For people: the dossier's folder and the year."""
        return f"{Path(self.root).name} {self.year}"

    @property
    def cells(self) -> tuple[object, ...]:
        """What the log knows it by."""
        return (self.root, self.year)


@dataclass(frozen=True)
class TaskOutcome:
    """What became of a task: notebooks executed, kept and failed, seconds, by which process of
    which machine, and in French what went wrong."""

    task: Task
    executed: int = 0
    kept: int = 0
    failed: int = 0
    seconds: float = 0.0
    machine: str = ""
    process: int = 0
    problem: str = ""


def plan_campaign(roots: Sequence[str], years: Sequence[int] | None) -> list[EditionTask]:
    """The editions that exist of these years (None: all), each dossier once, in order. Raises
    CampaignError naming every folder that is no dossier, or when there is no edition at all."""
    dossiers, problems = [], []
    for root in roots:
        try:
            dossiers.append(receive_dossier(root))
        except FileNotFoundError as error:
            problems.append(str(error))
    if problems:
        raise CampaignError("\n".join(problems))
    tasks = [
        EditionTask(str(dossier.root), year)
        for dossier in dict.fromkeys(dossiers)
        for year in list_editions(dossier)
        if years is None or year in years
    ]
    if not tasks:
        asked = "" if years is None else f" de {min(years)} à {max(years)}"
        raise CampaignError(f"Aucune édition{asked} dans {len(roots)} dossier(s).")
    return tasks


def produce_data(task: EditionTask, engine: str, force: bool) -> TaskOutcome:
    """Bring the data of an edition up to date, and no chapter."""
    return produce_chapters(task, engine, force, chapters=False)


def produce_chapters(
    task: EditionTask, engine: str, force: bool, *, chapters: bool = True
) -> TaskOutcome:
    """Bring the data and chapters of an edition up to date, one notebook at a time.

    Raises nothing for what is wrong with the edition: the outcome's ``problem`` says it.
    """
    start = perf_counter()
    place = {"machine": socket.gethostname(), "process": os.getpid()}
    dossier = Dossier(Path(task.root))
    choose_dossier(task.root)
    if not dossier.raw.is_dir():
        unseen = f"la machine {place['machine']} ne voit pas {dossier.raw}"
        return TaskOutcome(task, **place, problem=unseen)
    if chapters:
        from analysis.execute import start_server

        start_server()
    from analysis.run.chapters import run_chapters
    from analysis.run.dependencies import describe_surroundings
    from analysis.run.edition_data import run_data
    from analysis.run.locking import hold_edition
    from analysis.run.progress_display import DONE, FAILED, KEPT

    try:
        with hold_edition(dossier, task.year, lambda text: None):
            surroundings = describe_surroundings()
            edition = run_data(dossier, task.year, surroundings, force=force)
            results = []
            if chapters:
                results = run_chapters(
                    dossier, edition, surroundings, engine=engine, workers=1, force=force
                )
    except Exception as error:
        refused = find_refusal(error)
        if refused and refused.errno in (errno.ENOSPC, errno.EDQUOT):
            raise refused from error  # nor would there be room for the others
        if not (refused or isinstance(error, UserError | FileNotFoundError)):
            raise
        problem = tell_refusal(refused, [dossier.root]) if refused else str(error)
        return TaskOutcome(task, seconds=perf_counter() - start, **place, problem=problem)
    numbers = [sum(result.state == state for result in results) for state in (DONE, KEPT, FAILED)]
    problem = "\n".join(result.message for result in results if result.message)
    seconds = perf_counter() - start
    return TaskOutcome(task, *numbers, seconds=seconds, **place, problem=problem)


def _read_outcome(future: Future, task: Task) -> TaskOutcome:
    error = future.exception()
    if error is None:
        return future.result()
    if refused := find_refusal(error):
        raise refused from error
    stopped = f"le processus s’est arrêté ({type(error).__name__} : {error})"
    return TaskOutcome(task, problem=stopped)


def run_campaign(
    tasks: Iterable[Task],
    machines: Machines,
    *,
    engine: str,
    force: bool = False,
    produce: Callable[..., TaskOutcome] = produce_chapters,
) -> Iterator[TaskOutcome]:
    """What became of each task, as they end. One that fails stops no other."""
    under_way: dict[Future, Task] = {}
    left = iter(tasks)
    while True:
        for task in left:
            under_way[machines.submit(produce, task, engine, force)] = task
            if len(under_way) >= _AHEAD * machines.slots:
                break
        if not under_way:
            return
        ended, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in ended:
            yield _read_outcome(future, under_way.pop(future))


class CampaignDisplay:
    """Counts what became of the tasks (``noun``) and shows it; ``rows``: for the log;
    ``without_data``: editions whose data have faults, and which."""

    def __init__(self, total: int, stream: TextIO, noun: str = "éditions"):
        self.stream, self.start, self.noun = stream, perf_counter(), noun
        self.executed = self.kept = self.failed = 0
        self.without_data: dict[str, str] = {}
        self.rows: list[tuple[object, ...]] = []
        self.bar = (
            tqdm(total=total, bar_format=_BAR, file=stream, leave=False)
            if stream.isatty()
            else None
        )

    def say(self, text: str) -> None:
        """A line of its own."""
        if self.bar is not None:
            tqdm.write(text, file=self.stream)
        else:
            print(text, file=self.stream, flush=True)

    def finish(self, outcome: TaskOutcome) -> None:
        """A task has ended."""
        task, problem = outcome.task, outcome.problem
        self.executed += outcome.executed
        self.kept += outcome.kept
        self.failed += bool(problem)
        if problem and not (outcome.executed or outcome.kept or outcome.failed):
            self.without_data[task.name] = problem
        numbers = (outcome.executed, outcome.kept, outcome.failed, f"{outcome.seconds:.2f}")
        self.rows.append((*task.cells, *numbers, outcome.machine, outcome.process, problem))
        if problem:
            self.say(f"{task.name} : {problem}")
        elif self.bar is None and (outcome.executed or self.noun == "éditions"):
            state = _say_notebooks(outcome.executed, outcome.kept, "carnet")
            if not (outcome.executed or outcome.kept):
                state = "données calculées"
            self.say(f"  {task.name} : {state} · {format_seconds(outcome.seconds)}")
        if self.bar is not None:
            self.bar.update()

    def close(self) -> None:
        """The summary."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None
        self.say(
            f"Carnets : {_say_notebooks(self.executed, self.kept)} ; {self.noun} en échec : "
            f"{self.failed} · {format_seconds(perf_counter() - self.start)}"
        )


def _say_notebooks(executed: int, kept: int, noun: str = "") -> str:
    """« 2 carnets exécutés, 1 gardé »."""
    one = f"{noun} exécuté".strip()
    many = f"{noun}s exécutés" if noun else "exécutés"
    made = f"{executed} {choose_form(executed, one, many)}"
    return f"{made}, {kept} {choose_form(kept, 'gardé', 'gardés')}"


@contextmanager
def open_display(
    total: int,
    log: Path | None = None,
    noun: str = "éditions",
    columns: Sequence[str] = COLUMNS,
    former: Iterable[tuple[object, ...]] = (),
) -> Iterator[CampaignDisplay]:
    """A bar where somebody watches, else a line for each task; the summary at the end. ``log``: a
    CSV file for all of it, below ``former`` rows, written when the campaign ends, even in
    failure."""
    display = CampaignDisplay(total, sys.stdout, noun)

    def write_log() -> None:
        if log:
            rows = [tuple(columns), *former, *display.rows]
            write_file(log, "".join(map(format_row, rows)))

    write_log()  # a place that cannot be written to is refused now
    try:
        yield display
    finally:
        display.close()
        write_log()
