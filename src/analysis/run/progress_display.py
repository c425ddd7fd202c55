"""The steps of a run, and how far it is: one bar on a terminal, lines elsewhere, a summary at the
end."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event, RLock, Thread
from time import perf_counter
from typing import TextIO

from tqdm import tqdm

from analysis.words.french import format_count, format_seconds

DONE, KEPT, FAILED = "fait", "gardé", "échec"
#: Stages of a run.
DATA, CHAPTERS, FINISH = range(3)

#: The step, how much is done, time gone and time left.
_BAR = "{desc} {percentage:3.0f} % |{bar}| {elapsed}, reste {remaining}"
#: Seconds between two drawings.
_TICK = 0.5
#: How far a step that has not ended can have come.
_ALMOST = 0.9
#: Characters of a step's title.
_TITLE = 40
#: What is shown before anything is known to be done.
_BEFORE = "Préparation"


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
    """What became of a step: ``DONE``, ``KEPT`` or ``FAILED``, and the seconds it took; ``message``
    tells the analyst of a failure."""

    step: Step
    state: str
    seconds: float = 0.0
    message: str = ""


class ProgressDisplay:
    """Told of the steps of a run; this one shows nothing."""

    def say(self, text: str) -> None:
        """Show a line of its own."""

    def announce(self, step: Step) -> None:
        """One more step is to be done, or more is known of one of that name."""

    def finish(self, result: Result) -> None:
        """A step has ended."""

    def close(self) -> None:
        """The run has ended."""


class LineProgress(ProgressDisplay):
    """One line for each step that was done (logs of integration servers), the summary at the
    end."""

    def __init__(self, stream: TextIO):
        self.stream, self.start = stream, perf_counter()
        self.counts: Counter[str] = Counter()

    def say(self, text: str) -> None:
        print(text, file=self.stream, flush=True)

    def finish(self, result: Result) -> None:
        self.counts[result.state] += 1
        if result.state == FAILED:
            self.say(result.message)
        elif result.state == DONE:
            self.say_done(result)

    def say_done(self, result: Result) -> None:
        """Show that a step was done."""
        self.say(f"  {result.step.title} : {format_seconds(result.seconds)}")

    def close(self) -> None:
        total = format_seconds(perf_counter() - self.start)
        done = format_count(self.counts[DONE], "faite", "faites")
        kept = format_count(self.counts[KEPT], "gardée", "gardées")
        self.say(f"Étapes : {done}, {kept}, {self.counts[FAILED]} en échec · {total}")


def shorten(title: str) -> str:
    """A title at the width of all of them."""
    cut = title if len(title) <= _TITLE else title[: _TITLE - 1].rstrip(" ,") + "…"
    return f"{cut:<{_TITLE}}"


class BarProgress(LineProgress):
    """One bar for the whole, in seconds that steps are expected to take; it names the step that
    will end next, as far as one knows. It never goes back, whatever is still found to be done."""

    def __init__(self, stream: TextIO):
        super().__init__(stream)
        tqdm.set_lock(RLock())  # its own would start a process, to keep an eye on a semaphore
        # The time left follows from the whole run, not from the last step alone.
        self.bar = tqdm(total=1.0, bar_format=_BAR, file=stream, leave=False, smoothing=0)
        self.bar.set_description_str(shorten(_BEFORE))
        self._left: dict[str, Step] = {}
        self._total = self._done = 0.0
        self._since = perf_counter()
        self._closed = Event()
        # Of itself the bar would move when a step ends only, and the longest takes many seconds.
        self._ticking = Thread(target=self._tick, daemon=True)
        self._ticking.start()

    def _tick(self) -> None:
        while not self._closed.wait(_TICK):
            self._draw()

    def _draw(self) -> None:
        step = min(list(self._left.values()), key=lambda step: step.stage, default=None)
        under_way = 0.0
        if step:
            self.bar.set_description_str(shorten(step.title), refresh=False)
            under_way = min(perf_counter() - self._since, _ALMOST * step.expected)
        if self._total:
            self.bar.n = max(self.bar.n, min(1.0, (self._done + under_way) / self._total))
        self.bar.refresh()

    def say(self, text: str) -> None:
        tqdm.write(text, file=self.stream)

    def announce(self, step: Step) -> None:
        known = self._left.get(step.name)
        self._total += step.expected - (known.expected if known else 0.0)
        self._left[step.name] = step

    def finish(self, result: Result) -> None:
        self._left.pop(result.step.name, None)
        self._done, self._since = self._done + result.step.expected, perf_counter()
        self._draw()
        super().finish(result)

    def say_done(self, result: Result) -> None:
        """Nothing: the bar shows it."""

    def close(self) -> None:
        self._closed.set()
        self._ticking.join()
        self.bar.close()
        super().close()


@contextmanager
def open_progress(stream: TextIO | None = None) -> Iterator[ProgressDisplay]:
    """A bar where somebody watches, else lines; the summary when it ends, even in failure.

    ``stream``: by default the standard output.
    """
    stream = stream or sys.stdout
    progress = BarProgress(stream) if stream.isatty() else LineProgress(stream)
    try:
        yield progress
    finally:
        progress.close()
