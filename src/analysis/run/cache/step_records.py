"""Records of finished steps, one JSON file each.

A record is written last, when all that it speaks of stands in its
place, and taken away first, before anything of it is replaced: whatever stops the program, a record
never vouches for what is not there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from analysis.run.cache.dependencies import describe_file


@dataclass(frozen=True)
class Record:
    """What a step depended on and what it wrote.

    ``inputs``: name → digest, known before it ran. ``reads``: name → digest of the data that it was
    seen to read. ``outputs``: path below the shelf's root → digest. ``seconds``: how long it took.
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
    return {path.relative_to(root).as_posix(): describe_file(path) for path in sorted(paths)}


@dataclass(frozen=True)
class Shelf:
    """The records in ``folder``; outputs are named by their path below ``root``."""

    folder: Path
    root: Path

    def _path(self, step: str) -> Path:
        return self.folder / f"{step}.json"

    def list_steps(self) -> list[str]:
        """Steps that have a record."""
        return sorted(path.stem for path in self.folder.glob("*.json"))

    def read(self, step: str) -> Record | None:
        """The record of a step; None where there is none, or none that can be read."""
        try:
            return Record(**json.loads(self._path(step).read_text(encoding="utf-8")))
        except (FileNotFoundError, ValueError, TypeError):
            return None

    def write(self, step: str, record: Record) -> None:
        """Put a record on the shelf; it is there whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self._path(step)
        temporary = path.with_suffix(".tmp")
        text = json.dumps(asdict(record), ensure_ascii=False, indent=1, sort_keys=True)
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)

    def forget(self, step: str) -> None:
        """Take a record away, before anything that it vouches for is touched."""
        self._path(step).unlink(missing_ok=True)

    def list_damaged(self, record: Record) -> list[str]:
        """Files that the step wrote and that are gone or changed since."""
        return [
            name
            for name, digest in record.outputs.items()
            if describe_file(self.root / name) != digest
        ]

    def holds(self, record: Record) -> bool:
        """Whether everything that the step wrote is still there, unchanged."""
        return not self.list_damaged(record)

    def is_current(self, step: str, inputs: Mapping[str, str]) -> bool:
        """Whether the step's result can be kept: same inputs, and its outputs untouched. What it
        was seen to read is for who knows the data (see ``store.digest_queries``)."""
        record = self.read(step)
        return record is not None and record.inputs == inputs and self.holds(record)
