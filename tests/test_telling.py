"""What a production says while it runs, on a terminal and in a log."""

from __future__ import annotations

import io
import re

import pytest

from analysis.run.progress_display import (
    CHAPTERS,
    DONE,
    FAILED,
    FINISH,
    KEPT,
    BarProgress,
    LineProgress,
    Result,
    Step,
    open_progress,
    shorten,
)

STEPS = [
    Step("livre", "Livre", 8.0, FINISH),
    Step("air", "Qualité de l’air", 2.0, CHAPTERS),
    Step("eau", "Eau", 2.0, CHAPTERS),
]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def finish_all(progress):
    for step in STEPS:
        progress.announce(step)
    book, air, water = STEPS
    progress.finish(Result(air, DONE, 1.25))
    progress.finish(Result(water, FAILED, 1.0, "eau (Eau) : échec, cellule 2, ValueError : vide"))
    progress.finish(Result(book, KEPT))


def test_a_log_has_a_line_for_each_thing_done():
    stream = io.StringIO()
    with open_progress(stream) as progress:
        assert isinstance(progress, LineProgress)
        finish_all(progress)
    lines = stream.getvalue().replace("\u202f", " ").replace("\u00a0", " ").splitlines()
    assert lines[:2] == [
        "  Qualité de l’air : 1,2 s",
        "eau (Eau) : échec, cellule 2, ValueError : vide",
    ]
    assert re.fullmatch(r"Étapes : 1 faite, 1 gardée, 1 en échec · [\d,]+ s", lines[2])
    assert len(lines) == 3


def test_the_summary_is_said_after_an_error_too():
    stream = io.StringIO()

    def fail():
        with open_progress(stream) as progress:
            finish_all(progress)
            raise ValueError("défaut")

    with pytest.raises(ValueError, match="défaut"):
        fail()
    assert "Étapes : 1\u00a0faite," in stream.getvalue()


def test_a_terminal_has_one_bar_with_names_and_the_time_left():
    stream = Terminal()
    with open_progress(stream) as progress:
        assert isinstance(progress, BarProgress)
        for step in STEPS:
            progress.announce(step)
        progress.finish(Result(STEPS[1], DONE, 1.25))
        shown = str(progress.bar)
        assert shown.startswith("Eau"), "the step of the earliest stage that is left"
        assert re.search(r"\b1[67] %", shown), "2 of 12 expected seconds"
        assert "reste" in shown
        progress.finish(Result(STEPS[2], DONE, 1.0))
        assert str(progress.bar).startswith("Livre")
        progress.finish(Result(STEPS[0], DONE, 1.0))
        assert "100 %" in str(progress.bar)
    assert "Étapes : 3\u00a0faites, 0\u00a0gardée, 0 en échec" in stream.getvalue()
    assert "  Eau : " not in stream.getvalue(), "no line for each"


def test_the_bar_never_goes_back_and_names_each_step_at_one_width():
    stream = Terminal()
    with open_progress(stream) as progress:
        assert str(progress.bar).startswith("Préparation ")
        for step in STEPS:
            progress.announce(step)
        progress.announce(STEPS[2])
        progress.finish(Result(STEPS[1], DONE, 1.25))
        before = progress.bar.n
        assert before == pytest.approx(2 / 12, rel=0.1), "a step planned twice counts once"
        long = "Modes de production et de consommation, responsables"
        progress.announce(Step("modes", long, 30.0, CHAPTERS))
        progress.finish(Result(STEPS[2], DONE, 0.1))
        assert progress.bar.n >= before, "though 4 of 42 expected seconds are done"
        assert str(progress.bar).startswith("Modes de production et de consommation… ")
        assert {len(shorten(title)) for title in ("Eau", long)} == {40}
