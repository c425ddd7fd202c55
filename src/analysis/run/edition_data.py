"""The data of an edition: read, validated and computed, or taken as they were computed last."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

from analysis.base.journal import read_steadily
from analysis.base.paths import Dossier
from analysis.compute import indicators
from analysis.compute.changes import Changes, compare_editions, write_changes
from analysis.compute.dossier import CHARTS_FILE, Fault, InvalidDossier, check_reviews
from analysis.model.store import Edition, read_edition, write_edition
from analysis.run.dependencies import describe_code, describe_data_files
from analysis.run.progress_display import DONE, KEPT, ProgressDisplay, Result, Step
from analysis.run.step_records import Record, StepRecords, digest_outputs
from analysis.show.charts import check_specs

NAME = "donnees"
#: Seconds the first time.
_GUESS = 2.0
#: What the store writes.
_SUFFIXES = (".csv", ".json")


def describe_step(records: StepRecords) -> Step:
    """The step of the data, expected to take what it took last."""
    record = records.read(NAME)
    return Step(NAME, "Données", record.seconds if record else _GUESS)


def load_edition(dossier: Dossier, year: int) -> Edition:
    """The edition, read, validated and computed; nothing is written. Raises InvalidDossier with
    every fault of every file, those of the charts' specifications included."""
    edition = indicators.load_edition(dossier, year)
    _check_charts(edition)
    return edition


def _check_charts(edition: Edition) -> None:
    """What only the charts know of charts.yml: which fields each kind takes. Told here because a
    kind with a typing error would leave its chart out without a word."""
    problems = check_specs(edition.charts, edition)
    if problems:
        raise InvalidDossier(Fault(CHARTS_FILE, 0, "", "", text.rstrip(".")) for text in problems)


def compare_with(dossier: Dossier, edition: Edition, against: int) -> Changes:
    """What changed since the edition ``against``, computed again from ``raw/`` as it reads it."""
    return compare_editions(indicators.load_edition(dossier, against), edition, dossier)


def _write(edition: Edition, changes: Changes | None, dossier: Dossier) -> list[Path]:
    folders = [write_edition(edition, dossier)]
    if changes is not None:
        folders.append(write_changes(changes, dossier))
    return [path for folder in folders for path in folder.iterdir() if path.suffix in _SUFFIXES]


def describe_inputs(dossier: Dossier, year: int, surroundings: Mapping[str, str]) -> dict[str, str]:
    """Digests of all that the data of an edition depend on."""
    return {
        **describe_data_files(dossier, year),
        **describe_code(modules=[__name__]),
        **surroundings,
    }


def is_computed(dossier: Dossier, year: int, surroundings: Mapping[str, str]) -> bool:
    """Whether the data of an edition are computed, and would be the same today."""
    inputs = describe_inputs(dossier, year, surroundings)
    return StepRecords.of_data(dossier, year).is_current(NAME, inputs)


def run_data(
    dossier: Dossier,
    year: int,
    surroundings: Mapping[str, str],
    *,
    force: bool = False,
    progress: ProgressDisplay | None = None,
) -> Edition:
    """data/raw → validated tables → indicators → ``processed/<year>``; the caller holds the
    edition's lock. What changed since the edition before, where there is one, is kept beside it.
    Raises InvalidDossier with every fault of every file; what was computed before stays."""
    progress = progress or ProgressDisplay()
    records = StepRecords.of_data(dossier, year)
    inputs = describe_inputs(dossier, year, surroundings)
    step = describe_step(records)
    progress.announce(step)
    if not force and records.is_current(NAME, inputs):
        check_reviews(dossier, year)  # no data: they may have changed since
        progress.finish(Result(step, KEPT))
        return read_edition(year, dossier)
    start = perf_counter()

    def read() -> tuple[dict[str, str], Edition, Changes | None]:
        edition = load_edition(dossier, year)
        earlier = edition.earlier
        changes = None if earlier is None else compare_with(dossier, edition, earlier)
        return describe_inputs(dossier, year, surroundings), edition, changes

    inputs, edition, changes = read_steadily(dossier.raw, read)
    records.forget(NAME)
    files = _write(edition, changes, dossier)
    seconds = perf_counter() - start
    outputs = digest_outputs(records.root, files)
    records.write(NAME, Record(inputs, outputs, seconds=round(seconds, 3)))
    progress.finish(Result(step, DONE, seconds))
    return read_edition(year, dossier)  # as the notebooks will read it
