"""Targets at the head of a chapter: one line each, with a sign, words, and how much is made."""

import re
from dataclasses import replace

from analysis.model.progress import GRAVITY
from analysis.show.pages import compose_verdicts
from analysis.show.pages.verdict_lines import _SIGNS
from analysis.words.hidden_markup import strip_marks


def test_a_line_has_a_sign_words_and_the_share_made(published):
    (block,) = compose_verdicts(published, "epanouissement")
    assert block.startswith('::: {.verdicts}\n- [▲]{.signe .reste aria-hidden="true"} ')
    lines = strip_marks(block).split("\n")[1:-1]
    assert len(lines) == len(published.rows("progress", chapter="epanouissement"))
    gauge = re.compile(r"\[11,8\s%\sdu programme\]\{\.jauge style=\"--part: 12%\"\}$")
    assert sum(bool(gauge.search(line)) for line in lines) == 1
    # None is wanted of what is left to build, and a step has no share: nothing to measure.
    assert [".jauge" in line for line in lines].count(True) == 2


def test_a_chapter_without_targets_has_no_block(published):
    bare = replace(published, progress=published.progress.iloc[:0])
    assert compose_verdicts(bare) == compose_verdicts(published, "pilotage") == []


def test_every_gravity_has_its_sign():
    assert len(_SIGNS) == len(GRAVITY)
