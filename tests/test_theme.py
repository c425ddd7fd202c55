"""One theme: readable, distinguishable without colour, and leaving nothing behind."""

from itertools import pairwise

import matplotlib as mpl
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from analysis import theme


def test_style_leaves_no_setting_behind():
    before = dict(mpl.rcParams)
    with theme.style():
        assert mpl.rcParams["svg.fonttype"] == "path"
        assert mpl.rcParams["font.family"] == [theme.FONT]
    assert dict(mpl.rcParams) == before


def test_contrast_of_black_on_white():
    assert theme.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert theme.contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", [theme.INK, theme.QUIET, theme.TARGET])
def test_words_are_readable_on_paper(colour):
    assert theme.contrast(colour, theme.PAPER) >= theme.TEXT_CONTRAST


@pytest.mark.parametrize("colour", ["#FCC30B", "#56C02B", "#ffffff", "#0A3B03", "#B35C10"])
def test_any_chapter_colour_becomes_readable(colour):
    shade = theme.darken_until_readable(colour)
    assert theme.contrast(shade, theme.PAPER) >= theme.TEXT_CONTRAST


def test_a_readable_colour_is_kept():
    assert theme.darken_until_readable("#0a3b03") == "#0a3b03"


@pytest.mark.parametrize("count", [2, 3, 5])
def test_shades_differ_by_lightness(count):
    shades = theme.shade("#0674A9", count)
    lights = [theme.luminance(shade) for shade in shades]
    assert len(shades) == count
    assert lights == sorted(lights)
    assert all(theme.contrast(a, b) > 1.15 for a, b in pairwise(shades))


def test_lighten_reaches_white():
    assert to_rgb(theme.lighten("#123456", 1)) == (1, 1, 1)


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_saved_twice_gives_the_same_bytes(tmp_path, suffix):
    figure = Figure(figsize=(2, 1))
    figure.text(0.1, 0.5, "1 227 702 €")
    one = theme.save_figure(figure, tmp_path / f"a{suffix}").read_bytes()
    two = theme.save_figure(figure, tmp_path / f"b{suffix}").read_bytes()
    assert one == two
    assert b"Matplotlib" not in one
