"""What is measured: copies of a dossier, made ready before any clock starts."""

from __future__ import annotations

import csv
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.base.paths import PROJECT, Dossier
from analysis.execute import Job, plan_jobs
from analysis.model.store import read_edition

from .spending import run_program


@dataclass(frozen=True)
class Subject:
    """Four copies: ``executed`` whose notebooks are executed, ``finished`` whose report is built
    and stays, ``changed`` and ``reported`` in which one observation changes, before the notebooks
    and before the whole report."""

    year: int
    executed: Dossier
    finished: Dossier
    changed: Dossier
    reported: Dossier

    def list_jobs(self) -> Sequence[Job]:
        """The notebooks of the edition."""
        return plan_jobs(read_edition(self.year, self.executed))


def prepare_subject(source: Dossier, year: int, folder: Path) -> Subject:
    """Copy what was typed into ``folder``, build the report once, copy all that.

    Raises
    ------
    spending.ProgramFailed
        when the report cannot be built.
    """
    copies = [
        Dossier((folder / name).resolve()) for name in ("fini", "execution", "change", "rapport")
    ]
    finished = copies[0]
    shutil.copytree(source.raw, finished.raw)
    command = [sys.executable, "-m", "analysis", "report", "--engine=embedded", f"--year={year}"]
    run_program([*command, f"--dossier={finished.root}"], folder=PROJECT)
    for other in copies[1:]:
        shutil.copytree(finished.root, other.root)
    return Subject(year, copies[1], finished, copies[2], copies[3])


def change_observation(dossier: Dossier, year: int) -> str:
    """Give one observation of the edition another value, or back the one that it had; returns its
    indicator. The same observation each time: the largest integer of a period that ends in the
    edition's year, which no earlier edition tells."""
    path = dossier.raw_year(year) / "observations.csv"
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    value, end, name = (header.index(one) for one in ("value", "period_end", "indicator"))
    whole = [row for row in rows if row[value].isdigit() and row[end].startswith(str(year))]
    if not whole:
        raise ValueError(f"aucune observation entière dont la période finit en {year}")
    # Odd or even, the larger of two neighbours: it stays the largest after the change.
    chosen = max(whole, key=lambda row: int(row[value]) | 1)
    chosen[value] = str(int(chosen[value]) ^ 1)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
    return chosen[name]
