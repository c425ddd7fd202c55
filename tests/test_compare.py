"""Two executed notebooks side by side: what is put beside what, and which words are marked."""

import re
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.base.errors import UserError
from analysis.base.paths import Dossier
from analysis.execute.notebook_comparison import (
    compare_notebooks,
    compose_comparison,
    mark_words,
    split_text,
)
from analysis.run import copies

BOOKS = ("../../2029/html", "../html")


def write_notebook(*texts, drawing=""):
    """One cell with what it displays, after the cell that is the same in all."""
    outputs = [new_output("display_data", data={"text/markdown": text}) for text in texts]
    if drawing:
        outputs[-1]["data"]["image/svg+xml"] = drawing
    cells = [
        new_markdown_cell("## Ce qui est su\n\nLes lignes.", id="a"),
        new_code_cell("show()", id="b", outputs=outputs),
    ]
    return new_notebook(cells=cells)


def compare(before, after):
    rows = compare_notebooks(before, after, BOOKS)
    return [(re.sub(r"</?p>", "", r.before), re.sub(r"</?p>", "", r.after), r.state) for r in rows]


def test_words_that_differ_are_marked_on_their_side():
    assert mark_words("<p>Un an de <b>plus</b> ici</p>", "<p>Un mois de <b>plus</b></p>") == (
        "<p>Un <del>an</del> de <b>plus</b> <del>ici</del></p>",
        "<p>Un <ins>mois</ins> de <b>plus</b></p>",
    )
    # Neighbours under one mark; a drawing and a tag are never taken apart.
    assert mark_words("<i>a b c</i>", "<i>x y c</i><svg><text>a b</text></svg>") == (
        "<i><del>a b</del> c</i>",
        "<i><ins>x y</ins> c</i><svg><text>a b</text></svg>",
    )


def test_a_text_is_cut_at_its_heading_and_before_each_title():
    assert split_text("## Su\n\nDes mots.\n\nD’autres.") == ["## Su", "\nDes mots.\n\nD’autres."]
    assert split_text("**A**\n\n| a |\n\n**B**\n\n| b |") == ["**A**\n\n| a |", "**B**\n\n| b |"]
    assert split_text("::: {.x}\na\n\n**B**\n:::") == ["::: {.x}\na\n\n**B**\n:::"]


def test_what_became_of_each_piece_stands_beside_it():
    long = "Une phrase de plusieurs mots que les deux éditions disent presque ainsi"
    before = write_notebook(f"{long} : 12.", "Ce que la première disait seule.", "La fin.")
    after = write_notebook("Du neuf.", f"{long} : 13.", "Encore du neuf.", "Et encore.", "La fin.")
    assert compare(before, after)[2:] == [
        ("", "Du neuf.", "nouveau"),
        (f"{long} : <del>12.</del>", f"{long} : <ins>13.</ins>", "different"),
        ("Ce que la première disait seule.", "", "parti"),
        ("", "Encore du neuf.", "nouveau"),
        ("", "Et encore.", "nouveau"),
        ("La fin.", "La fin.", "pareil"),
    ]


def test_one_thing_in_the_place_of_another_is_not_marked_word_by_word():
    rows = compare(write_notebook("Rien ne change."), write_notebook("| A |\n|---|\n| 1 |"))
    assert rows[-1][2] == "remplace"
    assert "<del>" not in rows[-1][0]


def test_figures_are_known_by_their_name_and_differ_by_their_drawing():
    figure = '![Constat.](figures/a.svg){#fig-a fig-alt="Deux"}'
    before = write_notebook(figure, drawing='<svg id="x"><path d="M0"/></svg>')
    same = compare(before, write_notebook(figure, drawing='<svg id="x"><path d="M0"/></svg>'))
    assert same[-1][2] == "pareil"
    rows = compare(before, write_notebook(figure, drawing='<svg id="x"><path d="M9"/></svg>'))
    assert rows[-1][2] == "different"
    assert '<svg id="x"><path d="M9"/></svg>' in rows[-1][1]
    assert 'id="fig-a"' not in rows[-1][1], "it would stand twice in the page"


def test_numbers_lead_into_the_book_of_their_edition():
    text = 'Un total de [12]{.trace data-trace="b"}.'
    before, after, state = compare(write_notebook(text), write_notebook(text))[-1]
    assert state == "pareil"
    assert 'href="../../2029/html/annexes.html#' in before
    assert 'href="../html/annexes.html#' in after


def test_the_page_has_two_columns_and_folds_what_is_the_same():
    notebooks = write_notebook("Le même texte.", "Avant."), write_notebook("Le même texte.")
    rows = compare_notebooks(*notebooks, BOOKS)
    page = compose_comparison(rows, "Climat", ("édition 2029", "édition 2030"), "#b0561f")
    assert "<h2>Ce qui est su</h2>" in page
    assert "2 passages identiques" in page
    assert "1 passage diffère, sur 4" in page
    assert re.findall(r'class="rang (\w+)"', page) == ["pareil", "pareil", "parti"]
    assert "<script src" not in page


# The command --------------------------------------------------------------------------------------


@pytest.fixture
def editions(tmp_path, monkeypatch):
    """Two editions of a dossier, of which the chapters are said."""
    known = {2029: ["climat", "eau"], 2030: ["climat", "air"]}
    monkeypatch.setattr(
        copies, "plan_jobs", lambda edition: [SimpleNamespace(name=n) for n in known[edition.year]]
    )
    earlier, edition = SimpleNamespace(year=2029), SimpleNamespace(year=2030)
    return Dossier(tmp_path), edition, earlier


@pytest.mark.parametrize(
    ("chapter", "said"),
    [
        ("climot", "Aucun chapitre ne s’appelle « climot ». Vouliez-vous dire « climat » ?"),
        ("air", "Le chapitre « air » n’est que dans l’édition 2030 : il n’y a rien à lui comparer"),
        ("eau", "Le chapitre « eau » n’est que dans l’édition 2029 : il n’y a rien à lui comparer"),
        ("climat", "Le carnet « climat » de l’édition 2029 n’est pas exécuté : « "),
    ],
)
def test_what_cannot_be_compared_is_told(editions, chapter, said):
    with pytest.raises(UserError, match=re.escape(said)):
        copies.compare_chapter(*editions, chapter)
