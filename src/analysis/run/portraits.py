"""A campaign of portraits: which territories, what is made of each, what is kept of it.

Each portrait is the notebook ``portrait.ipynb``, executed without any dossier, and its page for
readers, in a folder named by the territory's SIREN. A worker executes it in a folder of its own;
the campaign's own process, which holds the folder, moves it to its place and writes its record: a
process that outlives a killed campaign spoils nothing.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from time import perf_counter

import pandas as pd

from analysis import execute
from analysis.base.atomic import write_file
from analysis.base.csvtext import read_csv
from analysis.base.errors import UserError
from analysis.base.moving import move
from analysis.base.paths import FONTS, FRANCE, NOTEBOOKS, PROJECT
from analysis.base.rawfiles import list_files
from analysis.base.refusals import FOR_ALL, tell_refusal
from analysis.compute import national
from analysis.compute.national.territory_search import UnknownTerritory, find_territory
from analysis.execute import Job
from analysis.execute.notebook_run import NARROW
from analysis.execute.portrait_run import execute_portrait
from analysis.run.campaign import OUTCOME_COLUMNS, CampaignDisplay, TaskOutcome, run_campaign
from analysis.run.chapters import GRACE, describe_template, explain_failure, refuse_machine
from analysis.run.copies import describe_pages
from analysis.run.dependencies import describe_code, describe_surroundings, digest_files
from analysis.run.machines import Machines
from analysis.run.step_records import (
    KEPT_FOLDER,
    WORK,
    Record,
    StepRecords,
    digest_outputs,
    list_differences,
)

#: Where portraits go by default, one folder for each year.
FOLDER = PROJECT / "portraits"
TEMPLATE = NOTEBOOKS / "portrait.ipynb"
#: What the files of a portrait are called, the list of all and the log.
NAME, INDEX, LOG = "portrait", "index.html", "campagne.csv"
#: Columns of the log, one row for each territory.
COLUMNS = ("siren", "nom", *OUTCOME_COLUMNS)
#: Modules that a portrait is made with besides those of its notebook.
_MODULES = ("analysis.execute.portrait_run", "analysis.execute.national_preload")
#: Of a drawing's files, those that neither the notebook nor the page shows.
_UNUSED = (".png", NARROW)
_SIREN = re.compile(r"\b\d{9}\b")


@dataclass(frozen=True)
class PortraitTask:
    """A territory and a year, where its portrait goes, and what it is to be made with."""

    folder: str
    siren: str
    label: str
    year: int
    inputs: Mapping[str, str]

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.label} ({self.siren})" if self.label else self.siren

    @property
    def cells(self) -> tuple[object, ...]:
        """What the log knows it by."""
        return (self.siren, self.label)

    def locate_work(self, machine: str, process: int) -> Path:
        """Where a worker makes it: another, given the same because this one was taken for lost,
        makes it elsewhere."""
        return Path(self.folder) / WORK / f"{self.siren}-{machine}-{process}"


def describe_program() -> dict[str, str]:
    """What every portrait depends on besides its parameters: one digest for each kind of thing
    (notebook, modules, versions, fonts, sheets, national reference)."""
    kinds: dict[str, hashlib._Hash] = {}
    for name, digest in sorted(
        {
            **describe_template(TEMPLATE),
            **describe_code(modules=_MODULES),
            **describe_pages(),
            **describe_surroundings(),
            **digest_files(list_files(FRANCE), "data/france/"),
        }.items()
    ):
        kind = "data/france" if "data/france/" in name else name.split(":")[0]
        kinds.setdefault(kind, hashlib.sha256()).update(f"{name}\0{digest}\n".encode())
    return {kind: found.hexdigest() for kind, found in kinds.items()}


#: What this worker makes portraits with: its server has imported it, it will not change.
_describe_worker = cache(describe_program)


def list_names(texts: Iterable[str]) -> list[str]:
    """« 123456789 pays basque, grand lac » → each number, and the words between as names."""
    found = []
    for text in texts:
        for part in text.split(","):
            found += [*_SIREN.findall(part), _SIREN.sub(",", part)]
    return [name for text in found for part in text.split(",") if (name := " ".join(part.split()))]


def choose_territories(
    year: int, names: Sequence[str] = (), region: str = "", count: int | None = None
) -> tuple[pd.DataFrame, dict[str, str]]:
    """Territories (rows of ``read_national('territories')``) of the year's perimeter: those named,
    or all; of a region (code or name); ``count`` of them, evenly from the list in the order of
    their numbers. With it, what is wrong with each name that is none (French). Raises UserError for
    an unknown region (French)."""
    known = national.read_national("territories")
    perimeter = national.choose_vintages(year).perimeter
    there = known["first_edition"].le(perimeter) & known["last_edition"].ge(perimeter)
    chosen, problems = known[there].sort_values("siren"), {}
    if names:
        wanted = []
        for name in names:
            try:
                wanted.append(find_territory(name, year)["siren"])
            except UnknownTerritory as error:
                problems[name] = f"{error}{_suggest_commas(name, year)}"
        chosen = chosen[chosen["siren"].isin(wanted)]
    if region:
        regions = known[["region", "region_name"]].drop_duplicates().sort_values("region_name")
        named = regions["region_name"].str.casefold().eq(region.casefold())
        codes = regions[named | regions["region"].eq(region)]["region"]
        if codes.empty:
            listed = ", ".join(f"{row.region_name} ({row.region})" for row in regions.itertuples())
            raise UserError(f"Aucune région « {region} » : {listed}.")
        chosen = chosen[chosen["region"].isin(codes)]
    if count is not None and count < len(chosen):
        step = len(chosen) / count
        chosen = chosen.iloc[[int(number * step) for number in range(count)]]
    return chosen, problems


def _suggest_commas(text: str, year: int) -> str:
    """What to write where one name is several, said one after another without commas; '' where it
    is not."""
    words, names = text.split(), []
    while words:
        for length in range(len(words), 0, -1):
            with suppress(UnknownTerritory):
                find_territory(" ".join(words[:length]), year)
                names.append(" ".join(words[:length]))
                del words[:length]
                break
        else:
            return ""
    return f"\nPlusieurs noms se séparent par des virgules : « {', '.join(names)} »."


def produce_portrait(task: PortraitTask, engine: str, force: bool) -> TaskOutcome:
    """Make a portrait in a folder of its own (``locate_work``), in a process forked from a server
    that has read the national reference once for all those of this worker. Raises nothing for what
    is wrong with it, but what the machine refuses to all."""
    start = perf_counter()
    place = {"machine": socket.gethostname(), "process": os.getpid()}
    if not Path(task.folder).is_dir():
        unseen = f"la machine {place['machine']} ne voit pas {task.folder}"
        return TaskOutcome(task, **place, problem=unseen)
    if differing := list_differences(_describe_worker(), task.inputs):
        return TaskOutcome(
            task,
            **place,
            problem=f"le travailleur de {place['machine']} n’a pas le même programme ou les mêmes "
            f"données que cette campagne ({', '.join(differing)}) : mettre son projet à jour et le "
            "redémarrer",
        )
    execute.start_server(task.year)
    engine = engine if execute.can_fork() else execute.PLAIN
    job = Job(NAME, task.label, TEMPLATE, {"territory": task.siren, "year": task.year})
    work = task.locate_work(**place)
    shutil.rmtree(work, ignore_errors=True)
    limit = execute.TIMEOUT + GRACE
    future = execute.call_apart(execute_portrait, job, work, engine, timeout=limit)
    error = future.exception()
    outcome = execute.Outcome(job, 0.0, explain_failure(error, limit)) if error else future.result()
    refuse_machine(error, outcome)
    problem = outcome.describe() if outcome.failure else ""
    numbers = (0, 0, 1) if problem else (1, 0, 0)
    return TaskOutcome(task, *numbers, seconds=perf_counter() - start, **place, problem=problem)


class Portraits:
    """The portraits of a year in a folder, each with a record; the caller holds the folder."""

    def __init__(self, folder: Path, year: int):
        self.folder, self.year = folder, year
        self.program = describe_program()
        self.records = StepRecords(folder / KEPT_FOLDER, folder)

    def plan(self, siren: str, label: str = "") -> PortraitTask:
        """The task of a territory."""
        return PortraitTask(str(self.folder), siren, label, self.year, self.program)

    def _describe(self, siren: str) -> dict[str, str]:
        return {**self.program, "paramètres": f"territory={siren}, year={self.year}"}

    def is_current(self, siren: str) -> bool:
        """Whether a portrait can be kept."""
        return self.records.is_current(siren, self._describe(siren))

    def store(self, outcome: TaskOutcome) -> TaskOutcome:
        """Move what a worker made to its place, in one move, and write its record. What cannot be
        written is the outcome's problem."""
        task = outcome.task
        place = self.folder / task.siren
        work = task.locate_work(outcome.machine, outcome.process)
        try:
            self.records.forget(task.siren)
            shutil.rmtree(place, ignore_errors=True)
            if not work.is_dir():
                return outcome
            for path in [*work.rglob("*")]:
                if path.name.endswith(_UNUSED) or path.name == execute.READS:
                    path.unlink()
            move(work, place)
            if not outcome.problem:
                outputs = digest_outputs(self.folder, (p for _, p in list_files(place)))
                seconds = round(outcome.seconds, 3)
                record = Record(self._describe(task.siren), outputs, seconds=seconds)
                self.records.write(task.siren, record)
        except OSError as error:
            if error.errno in FOR_ALL:
                raise
            return replace(outcome, executed=0, failed=1, problem=tell_refusal(error))
        return outcome

    def read_log(self, besides: Iterable[str]) -> list[tuple[str, ...]]:
        """Rows of the last campaigns for territories of this year ``besides`` those of today."""
        path = self.folder / LOG
        if not path.is_file():
            return []
        rows = read_csv(path)
        if tuple(rows.columns) != COLUMNS:
            return []
        known = choose_territories(self.year)[0]["siren"]
        rows = rows[rows["siren"].isin(known) & ~rows["siren"].isin([*besides])]
        return [*rows.itertuples(index=False, name=None)]

    def write_index(self, asked: Iterable[str], rows: Iterable[Sequence[object]]) -> Path:
        """Write the page that lists every portrait: those of ``asked`` and those of the log's
        ``rows``; returns it."""
        from analysis.run.portrait_index import compose_index

        problems = {str(row[0]): str(row[-1]) for row in rows}
        sirens = {*asked, *problems}
        done = {siren for siren in sirens if self.is_listed(siren)}
        failed = {siren: text for siren, text in problems.items() if text and siren not in done}
        for name, font in list_files(FONTS, "*.woff2"):
            copied = self.folder / "style" / "fonts" / name
            if not copied.is_file():
                write_file(copied, font.read_bytes())
        page = self.folder / INDEX
        write_file(page, compose_index(self.year, done, failed, sirens - done - {*failed}))
        return page

    def is_listed(self, siren: str) -> bool:
        """Whether a portrait of today's program is there (its files are looked at when a campaign
        begins)."""
        record = self.records.read(siren)
        return record is not None and record.inputs == self._describe(siren)


def run_portraits(
    portraits: Portraits,
    tasks: Sequence[PortraitTask],
    machines: Machines,
    display: CampaignDisplay,
    *,
    engine: str,
    force: bool = False,
) -> None:
    """Bring these portraits up to date and show what became of each."""
    kept = [] if force else [task for task in tasks if portraits.is_current(task.siren)]
    for task in kept:
        display.finish(TaskOutcome(task, kept=1))
    left = (task for task in tasks if task not in kept)
    for outcome in run_campaign(left, machines, engine=engine, produce=produce_portrait):
        display.finish(portraits.store(outcome))
    shutil.rmtree(portraits.folder / WORK, ignore_errors=True)
