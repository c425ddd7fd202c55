"""One theme: readable, distinguishable without colour, and leaving nothing behind."""

import matplotlib as mpl
import pytest
from matplotlib.figure import Figure

from analysis.base.paths import DRAWN_VARIABLE
from analysis.show import colours, theme


def test_style_leaves_no_setting_behind():
    before = dict(mpl.rcParams)
    with theme.style():
        assert mpl.rcParams["svg.fonttype"] == "path"
        assert mpl.rcParams["font.family"] == [theme.FONT]
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("colour", [theme.INK, theme.QUIET, theme.TARGET])
def test_words_are_readable_on_paper(colour):
    assert colours.contrast(colour, theme.PAPER) >= colours.TEXT_CONTRAST


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_saved_twice_gives_the_same_bytes(tmp_path, suffix):
    figure = Figure(figsize=(2, 1))
    figure.text(0.1, 0.5, "1 227 702 €")
    one = theme.save_figure(figure, tmp_path / f"a{suffix}").read_bytes()
    two = theme.save_figure(figure, tmp_path / f"b{suffix}").read_bytes()
    assert one == two
    assert b"Matplotlib" not in one


def test_a_figure_that_was_drawn_is_taken_where_it_is_known(tmp_path, monkeypatch):
    drawn = tmp_path / "dessins"
    drawn.mkdir()
    (drawn / "a.svg").write_text("<svg>connu</svg>", "utf-8")
    monkeypatch.setenv(DRAWN_VARIABLE, str(drawn))
    figure = Figure(figsize=(2, 1))
    assert theme.save_figure(figure, tmp_path / "a.svg").read_text("utf-8") == "<svg>connu</svg>"
    assert "<svg " in theme.save_figure(figure, tmp_path / "b.svg").read_text("utf-8")
