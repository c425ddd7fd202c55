"""What a production says while it runs, on a terminal and in a log."""

from __future__ import annotations

import io
import re

import pytest

from analysis.run.production.progress_display import Bar, Lines, open_teller, shorten
from analysis.run.production.steps import CHAPTERS, DONE, FAILED, FINISH, KEPT, Result, Step

STEPS = [
    Step("livre", "Livre", 8.0, FINISH),
    Step("air", "Qualité de l’air", 2.0, CHAPTERS),
    Step("eau", "Eau", 2.0, CHAPTERS),
]


class Terminal(io.StringIO):
    def isatty(self):
        return True


def tell_all(teller):
    for step in STEPS:
        teller.plan(step)
    book, air, water = STEPS
    teller.tell(Result(air, DONE, 1.25))
    teller.tell(Result(water, FAILED, 1.0, "eau (Eau) : échec, cellule 2, ValueError : vide"))
    teller.tell(Result(book, KEPT))


def test_a_log_has_a_line_for_each_thing_done():
    stream = io.StringIO()
    with open_teller(stream) as teller:
        assert isinstance(teller, Lines)
        tell_all(teller)
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
        with open_teller(stream) as teller:
            tell_all(teller)
            raise ValueError("défaut")

    with pytest.raises(ValueError, match="défaut"):
        fail()
    assert "Étapes : 1 faite," in stream.getvalue()


def test_a_terminal_has_one_bar_with_names_and_the_time_left():
    stream = Terminal()
    with open_teller(stream) as teller:
        assert isinstance(teller, Bar)
        for step in STEPS:
            teller.plan(step)
        teller.tell(Result(STEPS[1], DONE, 1.25))
        shown = str(teller.bar)
        assert shown.startswith("Eau"), "the step of the earliest stage that is left"
        assert re.search(r"\b1[67] %", shown), "2 of 12 expected seconds"
        assert "reste" in shown
        teller.tell(Result(STEPS[2], DONE, 1.0))
        assert str(teller.bar).startswith("Livre")
        teller.tell(Result(STEPS[0], DONE, 1.0))
        assert "100 %" in str(teller.bar)
    assert "Étapes : 3 faites, 0 gardée, 0 en échec" in stream.getvalue()
    assert "  Eau : " not in stream.getvalue(), "no line for each"


def test_the_bar_never_goes_back_and_names_each_step_at_one_width():
    stream = Terminal()
    with open_teller(stream) as teller:
        assert str(teller.bar).startswith("Préparation ")
        for step in STEPS:
            teller.plan(step)
        teller.plan(STEPS[2])
        teller.tell(Result(STEPS[1], DONE, 1.25))
        before = teller.bar.n
        assert before == pytest.approx(2 / 12, rel=0.1), "a step planned twice counts once"
        long = "Modes de production et de consommation, responsables"
        teller.plan(Step("modes", long, 30.0, CHAPTERS))
        teller.tell(Result(STEPS[2], DONE, 0.1))
        assert teller.bar.n >= before, "though 4 of 42 expected seconds are done"
        assert str(teller.bar).startswith("Modes de production et de consommation… ")
        assert {len(shorten(title)) for title in ("Eau", long)} == {40}
