"""Reviewers' copies of a made-up executed notebook."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from analysis.review import export_reviews

SVG = '<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>'


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
    (path,) = export_reviews([folder / "climat.ipynb"], folder / "html")
    return path.read_text(encoding="utf-8")


def test_shows_code_and_rendered_markdown(page):
    assert "show_stake" in page
    assert "<table" in page
    assert "Légende" in page
    assert "<h1" in page


def test_figure_has_its_picture_caption_and_alternative(page):
    assert '<div role="img" aria-label="Deux « valeurs »"><?xml' in page or "<svg" in page
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
