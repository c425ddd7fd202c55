"""Show how far a production is: one bar on a terminal, plain lines elsewhere, a summary at the end.

May import french, production.steps.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any, TextIO

from tqdm import tqdm

from analysis.french import format_seconds
from analysis.production.steps import DONE, FAILED, KEPT, Result, Step

#: The step, how much is done, time gone and time left.
_BAR = "{desc} {percentage:3.0f} % |{bar}| {elapsed}, reste {remaining}"


class Telling:
    """Counts what became of the steps and says so at the end."""

    def __init__(self, stream: TextIO):
        self.stream, self.start = stream, perf_counter()
        self.counts: Counter[str] = Counter()

    def say(self, text: str) -> None:
        """A line of its own."""
        print(text, file=self.stream, flush=True)

    def plan(self, step: Step) -> None:
        """One more step is to be done."""

    def tell(self, result: Result) -> None:
        """A step has ended; a failure is said in full."""
        self.counts[result.state] += 1
        if result.state == FAILED:
            self.say(result.said)

    def close(self) -> None:
        """The summary: ran, kept, failed, seconds."""
        total = format_seconds(perf_counter() - self.start)
        self.say(
            f"Étapes : {self.counts[DONE]} faites, {self.counts[KEPT]} gardées, "
            f"{self.counts[FAILED]} en échec · {total}"
        )


class Lines(Telling):
    """One line for each step that was done: logs of integration servers."""

    def tell(self, result: Result) -> None:
        if result.state == DONE:
            self.say(f"  {result.step.title} : {format_seconds(result.seconds)}")
        super().tell(result)


class Bar(Telling):
    """One bar for the whole; it counts the seconds that steps are expected to take."""

    def __init__(self, stream: TextIO, **options: Any):
        super().__init__(stream)
        self.bar = tqdm(total=0, bar_format=_BAR, file=stream, leave=False, **options)

    def say(self, text: str) -> None:
        tqdm.write(text, file=self.stream)

    def plan(self, step: Step) -> None:
        self.bar.total += step.expected
        self.bar.set_description_str(f"{step.title[:40]:<40}", refresh=False)
        self.bar.refresh()

    def tell(self, result: Result) -> None:
        if result.state != KEPT:
            self.bar.set_description_str(f"{result.step.title[:40]:<40}", refresh=False)
            self.bar.update(result.step.expected)
        super().tell(result)

    def close(self) -> None:
        self.bar.close()
        super().close()


@contextmanager
def open_teller(stream: TextIO | None = None) -> Iterator[Telling]:
    """A bar where somebody watches, else lines; the summary when it ends, even in failure.

    ``stream``: by default the standard output.
    """
    stream = stream or sys.stdout
    teller = Bar(stream) if stream.isatty() else Lines(stream)
    try:
        yield teller
    finally:
        teller.close()
