"""The data of an edition: read, validated and computed, or taken as they were computed last."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter

from analysis.base.paths import Dossier
from analysis.compute import indicators
from analysis.compute.changes import Changes, compare_editions, write_changes
from analysis.compute.dossier import CHARTS_FILE, Fault, InvalidDossier
from analysis.model.store import Edition, read_edition, write_edition
from analysis.run.cache import Record, Shelf, describe_code, digest_outputs
from analysis.run.production.report_inputs import describe_data_files
from analysis.run.production.steps import DONE, KEPT, Result, Silence, Step, Teller
from analysis.show.charts import check_specs

NAME = "donnees"
#: Seconds the first time.
_GUESS = 2.0
#: What the store writes.
_SUFFIXES = (".csv", ".json")


def open_shelf(dossier: Dossier, year: int) -> Shelf:
    """The records of an edition's steps but its chapters."""
    folder = dossier.processed_year(year)
    return Shelf(folder / "kept", folder)


def find_step(dossier: Dossier, year: int) -> Step:
    """The step of the data, expected to take what it took last."""
    record = open_shelf(dossier, year).read(NAME)
    return Step(NAME, "Données", record.seconds if record else _GUESS)


def load_edition(dossier: Dossier, year: int) -> Edition:
    """The edition, read, validated and computed; nothing is written.

    Raises
    ------
    InvalidDossier
        with every fault of every file, those of the charts' specifications included.
    """
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


def run_data(
    dossier: Dossier,
    year: int,
    surroundings: Mapping[str, str],
    *,
    force: bool = False,
    teller: Teller | None = None,
) -> Edition:
    """data/raw → validated tables → indicators → ``processed/<year>``; the caller holds the
    edition's lock. What changed since the edition before, where there is one, is kept beside it.

    Raises
    ------
    InvalidDossier
        with every fault of every file; what was computed before stays.
    """
    teller = teller or Silence()
    shelf = open_shelf(dossier, year)
    inputs = {
        **describe_data_files(dossier, year),
        **describe_code(modules=[__name__]),
        **surroundings,
    }
    step = find_step(dossier, year)
    teller.plan(step)
    if not force and shelf.is_current(NAME, inputs):
        teller.tell(Result(step, KEPT))
        return read_edition(year, dossier)
    start = perf_counter()
    edition = load_edition(dossier, year)
    earlier = edition.earlier
    changes = None if earlier is None else compare_with(dossier, edition, earlier)
    shelf.forget(NAME)
    files = _write(edition, changes, dossier)
    seconds = perf_counter() - start
    outputs = digest_outputs(shelf.root, files)
    shelf.write(NAME, Record(inputs, outputs, seconds=round(seconds, 3)))
    teller.tell(Result(step, DONE, seconds))
    return read_edition(year, dossier)  # as the notebooks will read it
