"""A built page is walked: which digits stand without a trail."""

import pytest

from analysis.publish.page_checks import find_untraced, read_text_blocks

TRACE = '<a class="trace" href="calculs-air.html#calc-a" data-trace="a">12 arbres</a>'


def page(body):
    return f"<html><body><nav>9</nav><main>{body}<script>8</script></main><p>7</p></body></html>"


@pytest.mark.parametrize(
    "body",
    [
        f"<p>Il y a {TRACE} en 2017.</p>",
        "<p>Du 1er mars 2016 au 31 octobre, puis au 3e trimestre 2017.</p>",
        '<h2><span class="header-section-number">2.1</span> Titre</h2>',
        '<p>Voir <a class="quarto-xref" href="#x">Section 2.1.3</a>.</p>',
        "<figcaption>Figure\u00a01.2\u00a0: Ce qu’on voit</figcaption>",
        "<td>l. 580, 647-650</td>",
        "<tr><td>Action</td><td>+</td><td>0</td></tr>",
        "<p>Les 17 ODD.</p>",
        "<td>p. 13</td>",
    ],
)
def test_what_may_stand(body):
    assert find_untraced(page(body), ["17 ODD", "p. 13"]) == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<p>Il y a 12 arbres.</p>", "Il y a 12 arbres."),
        (f"<p>Il y a {TRACE} et 3 haies.</p>", "Il y a et 3 haies."),
        ("<table><tr><td>a</td><td>4,5 %</td></tr></table>", "4,5 %"),
        ("<figcaption>Figure\u00a01.2\u00a0: 40 % de plus</figcaption>", None),
        ("<li>soit <strong>1 234</strong> euros<br>en tout</li>", "soit 1 234 euros en tout"),
        ("<p>Les 18 ODD.</p>", "Les 18 ODD."),
        ("<p>Année 1789 et 3017</p>", "Année 1789 et 3017"),
    ],
)
def test_what_may_not(body, said):
    found = find_untraced(page(body), ["17 ODD"])
    assert len(found) == 1
    if said:
        assert found[0] == said


def test_only_the_page_itself_is_read():
    assert read_text_blocks(page("<p>a<br>b</p><p>c</p>")) == ["a b", "c"]
