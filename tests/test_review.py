"""Reviewers' copies of a made-up executed notebook."""

import os
import re
import subprocess

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from analysis.execute.review_copies import export_review
from analysis.show import markup

#: Copies are made by pandoc.
pytestmark = pytest.mark.slow

SVG = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" viewBox="0 0 9 9">
 <defs>
  <style type="text/css">*{stroke-linejoin: round}</style>
  <clipPath id="b">
   <rect x="1" y="2"/>
  </clipPath>
 </defs>
 <text x="1">Été &amp; hiver &lt; « 3 »</text> <g/>
 <path d="M 0 1
L 2 3
z
" style="fill: #fff"/>
</svg>
"""


def show(**data):
    return new_output("display_data", data={k.replace("_", "/"): v for k, v in data.items()})


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("carnets")
    figure = show(
        text_markdown='![Constat *inventé*.](figures/a.svg){#fig-a fig-alt="Deux « valeurs »"}'
    )
    figure["data"]["image/svg+xml"] = SVG
    notebook = new_notebook(
        cells=[
            new_code_cell(
                "layout.show_stake(chapter)",
                outputs=[
                    show(text_markdown="# Titre {#sec-a}\n\nVoir [-@sec-b] et @fig-a."),
                    show(text_markdown="| A | B |\n|---|--:|\n| x | 1 |\n\n: Légende {#tbl-a}"),
                    figure,
                ],
            )
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}},
    )
    nbformat.write(notebook, folder / "climat.ipynb")
    path = export_review(folder / "climat.ipynb", folder / "html")
    assert [path.name for path in (folder / "html").iterdir()] == ["climat.html"]
    return path.read_text(encoding="utf-8")


#: One of everything that notebooks write.
EVERYTHING = """\
# Titre {#sec-a}

::: {.chapeau}
Un enjeu, « avec » [60 000]{.trace data-trace="arbres"} arbres *et* **plus**...
:::

::: {.chiffres-cles role="group" aria-label="Chiffres clés"}
- [[12]{.trace data-trace="b"}]{.chiffre} [%]{.unite} [parts]{.intitule}
- un autre
:::

## Une action {#une-action .action}

[**Portage :** un service]{.fiche}\\
[**Dates :** 2031]{.fiche}

| Indicateur | Valeur |
|:-----------|-------:|
| Des mots, [un lien](figures/a.csv) et `du code` | [1,5]{.trace data-trace="c"} |
| Une ligne | 2 |

: Chiffres de l’*action* {#tbl-a}

| Sans | légende |
|------|---------|
| x | 1 |

::: {.encadre-important title="À retenir"}
1. Un
2. Deux
:::

terme
:   sa définition
"""


def test_everything_reads_as_the_book_reads_it(monkeypatch):
    """The reader of the copies is another one, for its speed; of the widths of columns alone it
    knows nothing."""

    def render():
        page = markup.render_html([(EVERYTHING, ""), ("| a |\n|---|\n| 1 |\n\n: B {#tbl-b}", "")])
        return [
            re.sub(r"<colgroup>.*?</colgroup>\n", "", part, flags=re.DOTALL).replace(
                ' style="width:100%;"', ""
            )
            for part in page
        ]

    ours = render()
    monkeypatch.setattr(markup, "_READER", "markdown-citations")
    assert ours == render()
    assert ours[0].count("<caption>") == 1
    assert '<table id="tbl-b">\n<caption>B</caption>' in ours[1]


def test_one_pandoc_for_a_page(tmp_path, monkeypatch):
    outputs = [show(text_markdown=f"Texte {number}.") for number in range(3)]
    notebook = new_notebook(cells=[new_code_cell("x", outputs=outputs)])
    nbformat.write(notebook, tmp_path / "a.ipynb")
    markup.render_html([("x", "")])  # the first one looks for pandoc
    real, started = subprocess.Popen, []

    class Popen(real):
        def __init__(self, arguments, *more, **named):
            started.append(os.path.basename(arguments[0]))
            super().__init__(arguments, *more, **named)

    monkeypatch.setattr(subprocess, "Popen", Popen)
    export_review(tmp_path / "a.ipynb", tmp_path)
    assert started == ["pandoc"]


def test_a_page_that_fails_leaves_the_old_one(tmp_path, monkeypatch):
    (tmp_path / "a.html").write_text("l'ancienne", "utf-8")
    cell = new_code_cell("x", outputs=[show(text_markdown="Texte.")])
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "a.ipynb")
    monkeypatch.setattr(markup, "_READER", "inconnu")
    with pytest.raises(RuntimeError, match="pandoc n’a pas pu"):
        export_review(tmp_path / "a.ipynb", tmp_path)
    assert (tmp_path / "a.html").read_text("utf-8") == "l'ancienne"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "a.ipynb"]


def test_shows_code_and_rendered_markdown(page):
    assert "show_stake" in page
    assert "<table" in page
    assert "Légende" in page
    assert "<h1" in page


def test_figure_has_its_picture_caption_and_alternative(page):
    assert '<div role="img" aria-label="Deux « valeurs »"><svg xmlns:xlink' in page
    assert '<text x="1">Été &amp; hiver &lt; « 3 »</text>' in page, "the drawing as it is"
    assert "<figcaption>" in page
    assert "<em>inventé</em>" in page


def test_leaves_no_markup_of_the_book(page):
    assert "{#" not in page.split("<body", 1)[1]
    assert "@sec-b" not in page
    assert "![" not in page.split("<body", 1)[1]


def test_asks_nothing_of_the_outside(page):
    assert 'lang="fr"' in page
    assert "<script" not in page
    assert "<link" not in page
    assert "@import" not in page
