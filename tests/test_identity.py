"""The visual identity: one file, readable on both grounds, fonts that hold every letter."""

import re
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from analysis.base.paths import FONTS, REPORTS
from analysis.publish.styling import describe_for_typst
from analysis.show.colours import (
    BLACK,
    MARK_CONTRAST,
    TEXT_CONTRAST,
    WHITE,
    choose_ink,
    contrast,
    lighten_until_readable,
)
from analysis.show.identity import FILE, read_identity
from analysis.show.style_sheet import compose_sheet

IDENTITY = read_identity()
#: What French typography and the report write beyond ASCII.
LETTERS = "àâäçéèêëîïôöùûüÿœæÀÂÇÉÈÊËÎÏÔÙÛÜŸŒÆ«»’‘“”–—−…•·°²³₂€×≥≤→↗↘▲▼\u00a0\u202f\u2009\u2011"


@pytest.mark.parametrize("ground", ["paper", "veil"])
@pytest.mark.parametrize("side", ["light", "dark"])
@pytest.mark.parametrize("word", ["ink", "quiet", "main"])
def test_words_are_readable_on_both_grounds(side, ground, word):
    colours = getattr(IDENTITY, side)
    assert contrast(colours[word], colours[ground]) >= TEXT_CONTRAST


@pytest.mark.parametrize("side", ["light", "dark"])
def test_a_found_passage_is_readable(side):
    colours = getattr(IDENTITY, side)
    assert contrast(colours["ink"], colours["highlight"]) >= TEXT_CONTRAST


@pytest.mark.parametrize("side", ["light", "dark"])
def test_the_period_before_can_be_seen(side):
    colours = getattr(IDENTITY, side)
    assert contrast(colours["previous"], colours["paper"]) >= MARK_CONTRAST


@pytest.mark.parametrize(
    "colour",
    [
        *IDENTITY.chapters.values(),
        *IDENTITY.other_chapters,
        *IDENTITY.evolution.values(),
    ],
)
def test_a_chapter_or_a_verdict_reads_on_paper_and_carries_white_words(colour):
    assert contrast(colour, WHITE) >= TEXT_CONTRAST
    on_dark = lighten_until_readable(colour, IDENTITY.dark["veil"])
    assert contrast(on_dark, IDENTITY.dark["paper"]) >= TEXT_CONTRAST


@pytest.mark.parametrize("colour", [*IDENTITY.chapters.values(), *IDENTITY.other_chapters])
def test_a_chapter_reads_on_the_ground_of_its_boxes(colour):
    assert contrast(colour, IDENTITY.light["veil"]) >= TEXT_CONTRAST


@pytest.mark.parametrize("number", range(1, 18))
def test_the_number_of_a_goal_is_readable_on_its_colour(number):
    colour = IDENTITY.sdgs[number]
    # The United Nations' colours cannot be changed: the ink is chosen for each.
    ratio = contrast(colour, choose_ink(colour, BLACK))
    assert ratio >= TEXT_CONTRAST


@pytest.mark.parametrize("name", ["sans", "serif"])
def test_the_fonts_hold_every_letter_and_may_be_embedded(name):
    for style in IDENTITY.fonts[name].files:
        path = IDENTITY.fonts[name].file(style)
        with TTFont(path) as font:
            missing = [letter for letter in LETTERS if ord(letter) not in font.getBestCmap()]
            assert missing == [], path.name
            assert font["OS/2"].fsType == 0, "installable embedding"
            assert IDENTITY.fonts[name].family in {
                str(record) for record in font["name"].names if record.nameID in (1, 16)
            }


def test_the_licence_of_each_family_stands_beside_it():
    for path in FONTS.glob("LICENSE-*.md"):
        assert "SIL Open Font License" in path.read_text(encoding="utf-8")
    assert len(list(FONTS.glob("LICENSE-*.md"))) == len(IDENTITY.fonts)


def test_a_chapter_that_the_data_add_has_a_colour_of_its_own():
    colours = IDENTITY.colour_chapters(["climat", "sols", "air"])
    assert colours["climat"] == IDENTITY.chapters["climat"]
    assert list(colours.values())[1:] == list(IDENTITY.other_chapters[:2])


def test_what_is_no_colour_is_named(tmp_path: Path):
    text = FILE.read_text(encoding="utf-8").replace('climat: "#0B6E99"', 'climat: "bleu"')
    path = tmp_path / "identity.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"identity\.yml, chapters, climat"):
        read_identity(path)


def test_every_format_takes_the_same_colours():
    chapters = {"climat": "#0B6E99", "sols": "#7A5C1E"}
    sheet = compose_sheet(IDENTITY, chapters)
    typst = describe_for_typst(IDENTITY, chapters)
    assert "--chapitre-sols: #7A5C1E;" in sheet
    assert typst["chapters"][1]["colour"] == "c7A5C1E"
    for name, word in (("ink", "encre"), ("main", "principal")):
        assert f"--{word}: {IDENTITY.light[name]};" in sheet
        assert f"--{word}: {IDENTITY.dark[name]};" in sheet
        assert typst["colour"][name] == "c" + IDENTITY.light[name][1:]


def test_the_guide_has_the_colours_of_the_report():
    """The guide is one file by itself; its style sheet repeats them, and has no others."""
    sheet = (REPORTS / "guide" / "guide.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)
    colour = re.compile(r"#[0-9a-fA-F]{3,8}\b")
    assert set(colour.findall(light)) <= set(IDENTITY.light.values())
    assert set(colour.findall(dark)) <= set(IDENTITY.dark.values())
    assert not colour.search(sheet.replace(light, "").replace(dark, ""))
