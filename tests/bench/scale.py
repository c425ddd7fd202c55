"""A campaign of more and more territories: time, memory, disk; what a whole country would take.

Of editions of made-up territories, or of portraits of true ones (here, or on a Dask cluster of this
machine).
"""

from __future__ import annotations

import csv
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from analysis.base.cores import count_cores
from analysis.base.paths import PROJECT
from analysis.run.portraits import LOG, choose_territories
from analysis.words.french import format_number
from tests.synthetic import DEFAULT_YEARS, make_dossiers

from .spending import Watch, run_program
from .tables import format_table, write_csv, write_number

COUNTS = (1, 10, 100)
#: Intercommunalités of France and editions of each, as the question was put.
TERRITORIES, YEARS = 1254, 5
#: Cores for which the whole is computed.
CORES = (2, 16, 64)
HEADERS = (
    *("territoires", "coeurs", "secondes", "secondes_processeur", "secondes_par_territoire"),
    *("coeur_secondes_par_territoire", "memoire_parent_mo", "memoire_totale_mo"),
    *("disque_par_territoire_mo", "charge_avant", "echecs"),
)
#: How often the memory of portraits is looked at, seconds: to look costs a part of a core.
_EVERY = 2.0
_MEGA = 1e6


@dataclass(frozen=True)
class Campaign:
    """What a campaign of ``count`` territories of one year cost, with so many at a time.

    ``cpu``: seconds of all processors; memory and disk in bytes, disk of one territory's results;
    ``load``: the machine's load average just before; ``failed``: territories that failed.
    """

    count: int
    cores: int
    seconds: float
    cpu: float
    parent: int
    whole: int
    disk: float
    load: float
    failed: int = 0

    @property
    def core_seconds(self) -> float:
        """Seconds that one core works for one edition. A territory alone occupies one core."""
        return self.seconds * min(self.cores, self.count) / self.count

    @property
    def worker(self) -> float:
        """Bytes of one of those that work at a time, with its part of what all share."""
        return max(self.whole - self.parent, 0) / min(self.cores, self.count)

    def list_cells(self) -> list[object]:
        """One row of the CSV file."""
        return [
            *(self.count, self.cores, self.seconds, self.cpu, self.seconds / self.count),
            *(self.core_seconds, self.parent / _MEGA, self.whole / _MEGA, self.disk / _MEGA),
            *(self.load, self.failed),
        ]


def extrapolate(
    core_seconds: float, cores: int, territories: int = TERRITORIES, years: int = YEARS
) -> float:
    """Seconds for so many territories × years on so many cores, if cores share the work evenly."""
    return core_seconds * territories * years / cores


def say_duration(seconds: float) -> str:
    """« 3 jours 4 h », « 5 h 12 min », « 8 min »: two units at most."""
    minutes = round(seconds / 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days} jour{'s' if days > 1 else ''} {hours} h"
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def _measure_disk(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


@dataclass(frozen=True)
class PortraitsAsked:
    """Portraits of which year are measured; ``dask``: on a cluster of this machine."""

    year: int
    dask: bool = False

    @property
    def territories(self) -> int:
        """How many there are."""
        return len(choose_territories(self.year)[0])

    def measure(self, folder: Path, count: int, workers: int | None = None) -> Campaign:
        """Make ``count`` portraits in ``folder``. A portrait that fails is counted."""
        cores = workers or count_cores()
        load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
        options = [f"--year={self.year}", f"--count={count}", f"--to={folder}"]
        if self.dask:
            command = ["tests.bench.programs.portraits", str(cores), *options]
        else:
            command = ["analysis", "portraits", f"--workers={cores}", *options]
        watch = Watch(_EVERY)
        command = [sys.executable, "-m", *command]
        spent = run_program(command, folder=PROJECT, watch=watch, statuses=(0, 1))
        with (folder / str(self.year) / LOG).open(encoding="utf-8", newline="") as file:
            failed = sum(bool(row["probleme"]) for row in csv.DictReader(file))
        disk = _measure_disk(folder) / count
        return Campaign(
            *(count, cores, spent.seconds, spent.cpu, watch.parent, watch.whole, disk, load),
            failed=failed,
        )


def measure_campaign(folder: Path, count: int, workers: int | None = None) -> Campaign:
    """Make ``count`` territories in ``folder`` and run their chapters.

    Raises
    ------
    spending.ProgramFailed
        when the campaign fails.
    """
    dossiers = make_dossiers(folder, count=count, years=DEFAULT_YEARS)
    cores = workers or count_cores()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    command = [sys.executable, "-m", "analysis", "campaign", f"--workers={cores}"]
    watch = Watch()
    command += [str(dossier.root) for dossier in dossiers]
    spent = run_program(command, folder=PROJECT, watch=watch)
    disk = sum(_measure_disk(dossier.processed) for dossier in dossiers) / count
    return Campaign(
        count, cores, spent.seconds, spent.cpu, watch.parent, watch.whole, disk, load
    )  # fmt: skip


def describe_campaigns(
    campaigns: Sequence[Campaign], territories: int = TERRITORIES, years: int = YEARS
) -> str:
    """The table, and what the largest campaign says of a whole country."""
    headers = (
        *("territoires", "secondes", "s par territoire", "cœur × s par territoire"),
        *("dont processeur", "parent (Mo)", "tous (Mo)", "par travailleur (Mo)"),
        *("disque par territoire (Mo)", "échecs"),
    )
    rows = [
        [
            *(str(one.count), write_number(one.seconds, 0.1)),
            *(write_number(one.seconds / one.count, 0.1), write_number(one.core_seconds, 0.1)),
            write_number(one.cpu / one.count, 0.1),
            *(write_number(one.parent / _MEGA, 1), write_number(one.whole / _MEGA, 1)),
            write_number(one.worker / _MEGA, 1),
            *(write_number(one.disk / _MEGA, 0.1), str(one.failed)),
        ]
        for one in campaigns
    ]
    largest = max(campaigns, key=lambda one: one.count)
    lines = [format_table(headers, rows), ""]
    plural = "s" if largest.count > 1 else ""
    lines.append(
        f"{format_number(territories)} intercommunalités × {years} "
        f"{'années' if years > 1 else 'année'}, extrapolé d’après {largest.count} "
        f"territoire{plural}, si le temps se partage également entre les cœurs (et, entre "
        "parenthèses, d’après le temps de processeur : si rien d’autre n’occupait la machine) :"
    )
    for cores in CORES:
        by_clock, by_processor = (
            say_duration(extrapolate(seconds, cores, territories, years))
            for seconds in (largest.core_seconds, largest.cpu / largest.count)
        )
        memory = write_number((largest.parent + cores * largest.worker) / 1e9, 0.1)
        lines.append(f"  {cores:>2} cœurs : {by_clock} ({by_processor}), {memory} Go de mémoire")
    disk = largest.disk * territories * years / 1e9
    lines.append(f"  disque : {write_number(disk, 1)} Go")
    return "\n".join(lines)


def measure_scale(
    counts: Sequence[int],
    target: Path,
    say: Callable[[str], None],
    workers: int | None = None,
    portraits: PortraitsAsked | None = None,
) -> list[Campaign]:
    """Campaigns of each size, each from nothing; the CSV file has what is measured so far after
    each."""
    measure = portraits.measure if portraits else measure_campaign
    done: list[Campaign] = []
    for count in counts:
        say(f"Campagne de {count} territoire{'s' if count > 1 else ''}…")
        with tempfile.TemporaryDirectory(prefix="echelle-") as folder:
            one = measure(Path(folder), count, workers)
        done.append(one)
        write_csv(target, HEADERS, [row.list_cells() for row in done])
        say(f"  {write_number(one.seconds, 0.1)} s")
    return done
