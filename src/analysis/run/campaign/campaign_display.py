"""Show how far a campaign is, and write down what became of each edition."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TextIO

from tqdm import tqdm

from analysis.run.campaign.work import Done
from analysis.words.french import format_seconds

#: Columns of the log, one row for each edition in the order in which they ended.
COLUMNS = (
    "dossier",
    "annee",
    "executes",
    "gardes",
    "echecs",
    "secondes",
    "machine",
    "processus",
    "probleme",
)
_BAR = "Campagne {percentage:3.0f} % |{bar}| {n_fmt} sur {total_fmt}, {elapsed}, reste {remaining}"


class Told:
    """Counts what became of the editions and says it."""

    def __init__(self, total: int, stream: TextIO, log: TextIO | None):
        self.stream, self.start = stream, perf_counter()
        self.executed = self.kept = self.failed = 0
        self.bar = (
            tqdm(total=total, bar_format=_BAR, file=stream, leave=False)
            if stream.isatty()
            else None
        )
        self.rows = csv.writer(log, lineterminator="\n") if log else None
        if self.rows:
            self.rows.writerow(COLUMNS)

    def say(self, text: str) -> None:
        """A line of its own."""
        if self.bar is not None:
            tqdm.write(text, file=self.stream)
        else:
            print(text, file=self.stream, flush=True)

    def tell(self, done: Done) -> None:
        """An edition has ended."""
        self.executed += done.executed
        self.kept += done.kept
        self.failed += done.is_failure
        if self.rows:
            self.rows.writerow(
                (
                    *(done.task.root, done.task.year, done.executed, done.kept, done.failed),
                    *(f"{done.seconds:.2f}", done.machine, done.process, done.said),
                )
            )
        if done.is_failure:
            self.say(f"{done.task.name} : {done.said}")
        elif self.bar is None:
            state = f"{done.executed} carnets exécutés, {done.kept} gardés"
            self.say(f"  {done.task.name} : {state} · {format_seconds(done.seconds)}")
        if self.bar is not None:
            self.bar.update()

    def close(self) -> None:
        """The summary."""
        if self.bar is not None:
            self.bar.close()
            self.bar = None
        self.say(
            f"Carnets : {self.executed} exécutés, {self.kept} gardés ; éditions en échec : "
            f"{self.failed} · {format_seconds(perf_counter() - self.start)}"
        )


@contextmanager
def open_campaign(
    total: int, log: Path | None = None, stream: TextIO | None = None
) -> Iterator[Told]:
    """A bar where somebody watches, else a line for each edition; the summary at the end. ``log``:
    a CSV file for all of it, under its name when the campaign has ended; ``stream``: by default the
    standard output."""
    stream = stream or sys.stdout
    if log is None:
        told = Told(total, stream, None)
        try:
            yield told
        finally:
            told.close()
        return
    partial = log.with_name(f".{log.name}.partiel")
    with partial.open("w", encoding="utf-8", newline="") as file:
        told = Told(total, stream, file)
        try:
            yield told
        finally:
            told.close()
    os.replace(partial, log)
