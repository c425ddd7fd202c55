"""What each finished step was made of: is its result still good, and if not, what has changed?

Each step of a run (the data, a chapter, the book) leaves a record, one JSON file: the digest of
everything that it depended on, and of everything that it wrote. The result is kept as long as both
hold; the times of files say nothing. A record is written last, when all that it speaks of stands in
its place, and taken away first, before anything of it is replaced: whatever stops the program, a
record never vouches for what is not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from math import isfinite
from pathlib import Path

from analysis.base.atomic import write_file
from analysis.base.file_digests import digest_file
from analysis.base.paths import Dossier, is_inside
from analysis.model.queries import is_query

#: The records' folder in ``processed/<year>``, that of the chapters' and that of their copies'.
KEPT_FOLDER, KEPT_CHAPTERS, KEPT_COPIES = "kept", "kept/chapters", "kept/copies"
#: The folder of work under way there, for who holds the edition.
WORK = ".en-cours"


@dataclass(frozen=True)
class Record:
    """What a step depended on and what it wrote.

    ``inputs``: name → digest, known before it ran. ``reads``: name → digest of the data that it was
    seen to read. ``outputs``: path below the records' root → digest. ``seconds``: how long it took.
    """

    inputs: Mapping[str, str]
    outputs: Mapping[str, str]
    reads: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def list_differences(known: Mapping[str, str], today: Mapping[str, str]) -> list[str]:
    """Names whose digests differ, new and gone ones included, in order."""
    names = sorted({*known, *today})
    return [name for name in names if known.get(name) != today.get(name)]


def digest_outputs(root: Path, paths: Iterable[Path]) -> dict[str, str]:
    """Digest of each file, under its path below ``root``."""
    return {path.relative_to(root).as_posix(): digest_file(path) for path in sorted(paths)}


@dataclass(frozen=True)
class StepRecords:
    """The records in ``folder``; outputs are named by their path below ``root``."""

    folder: Path
    root: Path

    @classmethod
    def of_data(cls, dossier: Dossier, year: int) -> StepRecords:
        """The record of an edition's data."""
        folder = dossier.processed_year(year)
        return cls(folder / KEPT_FOLDER, folder)

    @classmethod
    def of_chapters(cls, dossier: Dossier, year: int) -> StepRecords:
        """The records of an edition's chapters."""
        folder = dossier.processed_year(year)
        return cls(folder / KEPT_CHAPTERS, folder)

    @classmethod
    def of_copies(cls, dossier: Dossier, year: int) -> StepRecords:
        """The records of the copies that reviewers read of these chapters."""
        folder = dossier.processed_year(year)
        return cls(folder / KEPT_COPIES, folder)

    @classmethod
    def of_report(cls, dossier: Dossier, year: int) -> StepRecords:
        """The records of what stands in the report's folder."""
        return cls(dossier.processed_year(year) / KEPT_FOLDER, dossier.report(year))

    def _path(self, step: str) -> Path:
        return self.folder / f"{step}.json"

    def list_steps(self) -> list[str]:
        """Steps that have a record."""
        return sorted(path.stem for path in self.folder.glob("*.json"))

    def read(self, step: str) -> Record | None:
        """The record of a step; None where there is none, or none that can be read, or one that we
        would not write: a dossier comes from anywhere."""
        try:
            record = Record(**json.loads(self._path(step).read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError, RecursionError):
            return None
        return record if self._is_sound(record) else None

    def _is_sound(self, record: Record) -> bool:
        """Whether a record holds what it is to hold, and names no file outside, nor a folder."""
        digests = (record.inputs, record.outputs, record.reads)
        return (
            all(isinstance(named, dict) for named in digests)
            and all(isinstance(digest, str) for named in digests for digest in named.values())
            and isinstance(record.seconds, int | float)
            and isfinite(record.seconds)
            and all(is_inside(name) and not (self.root / name).is_dir() for name in record.outputs)
            and all(map(is_query, record.reads))
        )

    def write(self, step: str, record: Record) -> None:
        """Write a step's record."""
        text = json.dumps(asdict(record), ensure_ascii=False, indent=1, sort_keys=True)
        write_file(self._path(step), text)

    def forget(self, step: str) -> None:
        """Take a record away, before anything that it vouches for is touched."""
        self._path(step).unlink(missing_ok=True)

    def list_damaged(self, record: Record) -> list[str]:
        """Files that the step wrote and that are gone or changed since."""
        return [
            name
            for name, digest in record.outputs.items()
            if digest_file(self.root / name) != digest
        ]

    def is_current(self, step: str, inputs: Mapping[str, str]) -> bool:
        """Whether the step's result can be kept: same inputs, and its outputs untouched. What it
        was seen to read is for who knows the data (see ``store.Answers``)."""
        record = self.read(step)
        return record is not None and record.inputs == inputs and not self.list_damaged(record)
