"""Charts for the screen of a telephone, set into the pages by the script that both engines run."""

import importlib.util

import pytest

from analysis.base.paths import REPORTS

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{}pt" height="90pt" viewBox="0 0 9 9"/>'
IMAGE = '<img src="figures/fig-a.svg" class="img-fluid" alt="Barres : 3 &gt; 2">'


@pytest.fixture(scope="module")
def script():
    path = REPORTS / "scripts" / "narrow_charts.py"
    spec = importlib.util.spec_from_file_location("narrow_charts", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def site(tmp_path):
    figures = tmp_path / "figures"
    figures.mkdir()
    (figures / "fig-a.svg").write_text(SVG.format(453.6), "utf-8")
    (figures / "fig-a-etroit.svg").write_text(SVG.format(244.8), "utf-8")
    (figures / "fig-b.svg").write_text(SVG.format(453.6), "utf-8")
    return tmp_path


def test_a_chart_with_a_narrow_drawing_is_a_picture(script, site):
    page = script.adapt_page(f"<figure>{IMAGE}</figure>", site)
    assert page == (
        '<figure><picture><source media="(max-width: 36rem)" srcset="figures/fig-a-etroit.svg"'
        f' width="326" height="120">{IMAGE[:-1]} width="605" height="120"'
        ' loading="lazy"></picture></figure>'
    )


def test_another_is_no_picture(script, site):
    page = script.adapt_page('<img src="./figures/fig-b.svg" alt="" />', site)
    assert page == '<img src="./figures/fig-b.svg" alt="" width="605" height="120" loading="lazy">'


@pytest.mark.parametrize(
    "html",
    [
        '<img src="images/photo.png" alt="Une photo">',
        '<img src="figures/absent.svg" alt="">',
        '<p>img src="figures/fig-a.svg"</p>',
    ],
)
def test_what_is_no_chart_is_left(script, site, html):
    assert script.adapt_page(html, site) == html


def test_run_twice_it_changes_nothing_more(script, site):
    page = site / "page.html"
    page.write_text(f"<p>{IMAGE}</p>\n<p>{IMAGE}</p>", "utf-8")
    script.adapt_pages(site)
    once = page.read_text("utf-8")
    assert once.count("<picture>") == 2
    script.adapt_pages(site)
    assert page.read_text("utf-8") == once
