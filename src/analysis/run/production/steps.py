"""What became of each step of a production."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

DONE, KEPT, FAILED = "fait", "gardé", "échec"
#: Folder of ``processed/<year>`` in which work under way stands, for who holds the edition.
WORK = ".en-cours"
#: Stages of a production.
DATA, CHAPTERS, FINISH = range(3)


@dataclass(frozen=True)
class Step:
    """Something to be done: ``name`` for files, ``title`` for people, ``expected`` seconds; stages
    follow one another, steps of one stage run together."""

    name: str
    title: str
    expected: float = 1.0
    stage: int = DATA


@dataclass(frozen=True)
class Result:
    """What became of a step: ``DONE``, ``KEPT`` or ``FAILED``, and the seconds it took; ``said``
    tells the analyst of a failure."""

    step: Step
    state: str
    seconds: float = 0.0
    said: str = ""


class Teller(Protocol):
    """Who is told how far a production is."""

    def plan(self, step: Step) -> None:
        """One more step is to be done, or more is known of one of that name."""

    def tell(self, result: Result) -> None:
        """A step has ended."""


class Silence:
    """A teller that says nothing."""

    def plan(self, step: Step) -> None:
        """Nothing."""

    def tell(self, result: Result) -> None:
        """Nothing."""
