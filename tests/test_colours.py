"""Arithmetic of colours: contrasts as WCAG defines them, shades that keep them."""

from itertools import pairwise

import pytest

from analysis.show import colours, theme


def test_contrast_of_black_on_white():
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", ["#FCC30B", "#56C02B", "#ffffff", "#0A3B03", "#B35C10"])
def test_any_chapter_colour_becomes_readable(colour):
    shade = colours.darken_until_readable(colour)
    assert colours.contrast(shade, theme.PAPER) >= colours.TEXT_CONTRAST


def test_a_readable_colour_is_kept():
    assert colours.darken_until_readable("#0a3b03") == "#0a3b03"


@pytest.mark.parametrize("count", [2, 3, 5])
def test_shades_differ_by_lightness(count):
    shades = colours.shade("#0674A9", count)
    lights = [colours.luminance(shade) for shade in shades]
    assert len(shades) == count
    assert lights == sorted(lights)
    assert all(colours.contrast(a, b) > 1.15 for a, b in pairwise(shades))


def test_lighten_reaches_white():
    assert colours.lighten("#123456", 1) == "#ffffff"


@pytest.mark.parametrize("colour", ["#22344A", "#7B3FA0", "#000000"])
def test_any_colour_becomes_readable_on_a_dark_ground(colour):
    shade = colours.lighten_until_readable(colour, "#12191E")
    assert colours.contrast(shade, "#12191E") >= colours.TEXT_CONTRAST


@pytest.mark.parametrize(("ground", "ink"), [("#FCC30B", "#000000"), ("#19486A", "#ffffff")])
def test_the_ink_that_reads_better_is_chosen(ground, ink):
    assert colours.choose_ink(ground, "#000000") == ink


@pytest.mark.parametrize(
    ("wrong", "words"), [("red", "red"), ("#12345", "12345"), ("#GGGGGG", "GGGGGG")]
)
def test_what_is_no_colour_is_an_error(wrong, words):
    with pytest.raises(ValueError, match=words):
        colours.read_channels(wrong)
