"""What is compared: ways of executing an edition's notebooks, ways of making its book; and what one
change takes in a preview.

Every way runs in processes of its own, which are new each time.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from analysis.base.cores import count_cores
from analysis.base.paths import PROJECT
from analysis.execute.notebook_run import compose_variables
from analysis.execute.pool import compose_environment
from analysis.publish.engine import find_quarto

from .saving import list_measures
from .spending import Spent, run_program
from .subject import Subject, change_observation

NOTEBOOKS, REPORT, BOOK, PREVIEW = "carnets", "rapport", "livre", "aperçu"
#: What the others of a group are held against.
FLOOR, COMMAND_LINE, WHOLE_BOOK = "plancher", "papermill-commande", "livre-embarque-trois"
CLEAN_REPORT = "rapport-refait"


@dataclass(frozen=True)
class Way:
    """One row of the table. ``run`` makes it once; ``absent`` says why it cannot be."""

    name: str
    title: str
    group: str
    run: Callable[[Subject], Spent]
    absent: str = ""


def _run_module(*arguments: str) -> Spent:
    return run_program(
        [sys.executable, "-m", *arguments], folder=PROJECT, environment=compose_environment()
    )


def _read_own_clock(spent: Spent) -> Spent:
    return Spent(**json.loads(spent.said.strip().splitlines()[-1]))


def run_command_line(subject: Subject) -> Spent:
    """papermill as a person types it, one notebook after the other."""
    total = Spent(0.0, 0.0)
    with tempfile.TemporaryDirectory(prefix="papermill-") as name:
        for job in subject.list_jobs():
            folder = Path(name) / job.name
            folder.mkdir()
            command = [sys.executable, "-m", "papermill", str(job.template)]
            command += [str(folder / f"{job.name}.ipynb"), "--kernel=python3", "--cwd", str(folder)]
            command += ["--no-progress-bar", "--log-level=ERROR"]
            for parameter, value in job.parameters.items():
                command += ["-p", parameter, str(value)]
            variables = compose_variables(subject.executed.root, folder, str(folder))
            spent = run_program(
                command, folder=PROJECT, environment=compose_environment() | variables
            )
            total = Spent(total.seconds + spent.seconds, total.cpu + spent.cpu)
    return total


def run_loop(subject: Subject) -> Spent:
    """papermill's API, one notebook after the other."""
    with tempfile.TemporaryDirectory(prefix="papermill-") as folder:
        return _run_module(
            "tests.bench.programs.loop", str(subject.executed.root), str(subject.year), folder
        )


def run_cold(copies: str, subject: Subject) -> Spent:
    """This runner, nothing kept, on data already computed: the whole program, from its start."""
    return _run_module(
        *("tests.bench.programs.chapters", str(subject.executed.root)),
        *(str(subject.year), copies, "whole"),
    )


def run_warm(copies: str, subject: Subject) -> Spent:
    """The same from the moment when its fork server is ready, as the floor's processes are."""
    return _read_own_clock(
        _run_module(
            *("tests.bench.programs.chapters", str(subject.executed.root)),
            *(str(subject.year), copies, "warm"),
        )
    )


def run_unchanged(subject: Subject) -> Spent:
    """The whole command on a finished report."""
    spent = _run_module(
        *("analysis", "report", "--engine=embedded", f"--year={subject.year}"),
        f"--dossier={subject.finished.root}",
    )
    if "rien n’a changé" not in spent.said:
        raise RuntimeError(f"le rapport a été refait :\n{spent.said}")
    return spent


def run_changed(subject: Subject) -> Spent:
    """The whole command of the notebooks, data included, after one observation changed."""
    change_observation(subject.changed, subject.year)
    spent = _run_module(
        *("analysis", "notebooks", f"--year={subject.year}", f"--dossier={subject.changed.root}")
    )
    return Spent(spent.seconds, spent.cpu, _count_steps(spent) + ", données comprises")


def run_changed_report(subject: Subject) -> Spent:
    """The whole command of the report, after one observation changed."""
    change_observation(subject.reported, subject.year)
    return _run_report(subject)


def run_clean_report(subject: Subject) -> Spent:
    """The whole command of the report, nothing kept."""
    return _run_report(subject, "--force")


def _run_report(subject: Subject, *options: str) -> Spent:
    spent = _run_module(
        *("analysis", "report", "--engine=embedded", f"--year={subject.year}", *options),
        f"--dossier={subject.reported.root}",
    )
    return Spent(spent.seconds, spent.cpu, _count_steps(spent))


def _count_steps(spent: Spent) -> str:
    """« étapes : 10 faites, 7 gardées », as the command says at its end."""
    done, kept = re.search(r"(\d+)\sfaites?, (\d+)\sgardées?", spent.said).groups()
    return f"étapes\u00a0: {done} faites, {kept} gardées"


def run_floor(processes: int, subject: Subject) -> Spent:
    """The same cells in warm processes."""
    return _read_own_clock(
        _run_module(
            *("tests.bench.programs.floor", str(subject.executed.root)),
            *(str(subject.year), str(processes)),
        )
    )


def run_book(engine: str, formats: str, subject: Subject) -> Spent:
    """The book by an engine, of the finished report's notebooks."""
    return _read_own_clock(
        _run_module(
            *("tests.bench.programs.book", str(subject.executed.root)),
            *(str(subject.year), engine, formats),
        )
    )


def _list_books() -> list[Way]:
    ways = []
    names = {"html": "HTML", "pdf": "PDF", "docx": "DOCX", "all": "les trois formats"}
    absent = "" if find_quarto() else "Quarto absent"
    for engine, label, why in (
        ("embedded", "embarque", ""),
        ("quarto", "quarto", absent),
    ):
        spoken = "moteur embarqué" if engine == "embedded" else "Quarto"
        for formats, title in names.items():
            suffix = "trois" if formats == "all" else formats
            ways.append(
                Way(
                    f"livre-{label}-{suffix}",
                    f"{title}, {spoken}",
                    BOOK,
                    partial(run_book, engine, formats),
                    why,
                )
            )
    return ways


def list_ways() -> Sequence[Way]:
    """All of them, in the table's order."""
    cores = count_cores()
    return [
        Way(
            COMMAND_LINE,
            "papermill, ligne de commande, l’un après l’autre",
            NOTEBOOKS,
            run_command_line,
        ),
        Way("papermill-api", "papermill, API, l’un après l’autre", NOTEBOOKS, run_loop),
        Way(
            "carnets-seuls",
            "ce programme, carnets seuls, serveur prêt (comme le plancher)",
            NOTEBOOKS,
            partial(run_warm, "bare"),
        ),
        Way(
            "carnets-et-copies",
            "ce programme, carnets et copies pour relecture, serveur prêt",
            NOTEBOOKS,
            partial(run_warm, "full"),
        ),
        Way(
            "a-froid-sans-copies",
            "ce programme entier, à froid, sans copies pour relecture",
            NOTEBOOKS,
            partial(run_cold, "bare"),
        ),
        Way(
            "a-froid",
            "ce programme entier, à froid, copies comprises",
            NOTEBOOKS,
            partial(run_cold, "full"),
        ),
        Way("inchange", "make report, rien n’a changé", NOTEBOOKS, run_unchanged),
        Way("une-observation", "ce programme, une observation changée", NOTEBOOKS, run_changed),
        Way(
            FLOOR,
            f"plancher : mêmes cellules, {cores} processus chauds",
            NOTEBOOKS,
            partial(run_floor, cores),
        ),
        Way(
            "plancher-un-processus",
            "plancher, un seul processus",
            NOTEBOOKS,
            partial(run_floor, 1),
        ),
        Way(CLEAN_REPORT, "make report, tout refait", REPORT, run_clean_report),
        Way(
            "rapport-une-observation",
            "make report, une observation changée",
            REPORT,
            run_changed_report,
        ),
        *_list_books(),
        *(Way(name, title, PREVIEW, run) for name, title, run in list_measures()),
    ]
