"""What the pages' script adds for who listens, and the page it gives to links; of both engines."""

import importlib.util
import sys

import pytest

from analysis.base.paths import REPORTS


@pytest.fixture(scope="module")
def script():
    path = REPORTS / "scripts" / "pages.py"
    spec = importlib.util.spec_from_file_location("pages", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["pages"] = module  # its dataclasses look there
    spec.loader.exec_module(module)
    yield module
    del sys.modules["pages"]


def test_a_link_to_a_label_of_another_page_names_the_page(script):
    def page(stem):
        return script.Page(stem, stem, f"sec-{stem}", "", "", appendix=False)

    bodies = {
        page("a"): '<a href="#prevu-x">1</a> <a href="#own">2</a> <a href="#gone">3</a>'
        ' <a href="#both">4</a> <p id="own">',
        page("b"): '<td><span id="prevu-x">x</span></td> <p id="both">',
        page("c"): '<p id="both">',
    }
    places = script.list_places(bodies)
    linked = script.link_pages(bodies[page("a")], places)
    assert 'href="b.html#prevu-x"' in linked
    for left in ("#own", "#gone", "#both"):
        assert f'href="{left}"' in linked


@pytest.mark.parametrize(
    ("seen", "heard"),
    [
        ('<span class="evolution neutre">↘ <a>−5 %</a></span>', "en baisse"),
        ('<span class="evolution neutre">↗ <a>en hausse</a></span>', ""),
        ("<p>* : appréciation de la rédaction</p><td>Conseil *</td>",
         " (appréciation de la rédaction)"),
    ],
)  # fmt: skip
def test_a_sign_is_heard_in_words(script, seen, heard):
    said = script.name_for_listeners(seen)
    assert said.count(f'<span class="dit">{heard}</span>') == 1
    assert said.count('aria-hidden="true"') == 1


def test_tables_numbers_and_data_have_a_name_of_their_own(script):
    said = script.name_for_listeners(
        '<h3 id="x"><span class="header-section-number">1.2</span> Forêt</h3>'
        "<table><thead></thead></table><table><caption>Dite</caption></table><table></table>"
        "<figure><figcaption>Figure\u00a06.1 : Essai</figcaption></figure>"
        '<summary class="encadre-titre">\nDonnées du graphique\n</summary><table></table>'
        '<div class="chiffres"><table><tr><th scope="row">Arbres</th>'
        '<td><a href="c.html#x" class="trace" data-trace="a">26</a></td></tr></table></div>'
    )
    assert '<table aria-label="Forêt"><thead>' in said
    assert '<table aria-label="Forêt (2)">' in said
    assert "<table><caption>Dite" in said
    assert "\nDonnées de la figure\u00a06.1\n</summary>" in said
    assert '<table aria-label="Données de la figure\u00a06.1">' in said
    assert 'data-trace="a" aria-label="26, Arbres">26</a>' in said
