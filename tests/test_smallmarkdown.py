"""Plain text letter by letter; the small Markdown of prose, its faults and their lines."""

import pytest

from analysis.words.hidden_markup import strip_marks, write_spans
from analysis.words.smallmarkdown import (
    find_faults,
    split_sections,
    write_line,
    write_plain,
    write_prose,
)

NB, NARROW = "\u00a0", "\u202f"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("1. Planter", r"1\. Planter"),
        ("a) Planter", r"a\) Planter"),
        ("- tiret", r"\- tiret"),
        ("= égal", r"\= égal"),
        ("en 2017. Puis", "en 2017. Puis"),
        ("S:\\Projets <Nord>", r"S:\\Projets \<Nord\>"),
        ("5$-10$", r"5\$-10\$"),
        ("{{< include x >}}", r"\{\{\< include x \>\}\}"),
        ("R&D @x #y ^z~", r"R\&D \@x \#y \^z\~"),
        ("deux\nlignes", "deux lignes"),
        ("100.000 €", f"100.000{NARROW}€"),
        ("a -- b", r"a \-\- b"),
        ("voir https://a.b", r"voir https\://a.b"),
        ("l'eau : oui", f"l’eau{NB}: oui"),
        ("::: note", r"\:\:\: note"),
    ],
)
def test_plain_text_is_escaped(typed, written):
    assert write_spans(write_plain(typed)) == written
    assert write_spans(write_plain(write_plain(typed))) == written, "twice is once"


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Un *mot* et **deux**.", "Un *mot* et **deux**."),
        ("2*3*4", r"2\*3\*4"),
        ("Du `code`, $x$.", r"Du \`code\`, \$x\$."),
        ("<b>gras</b>", r"\<b\>gras\</b\>"),
        ("[mots](https://a.b/c_d)", "[mots](<https://a.b/c_d>)"),
        ("- un\n- deux", "-   un\n-   deux"),
        ("3. un\n4. deux", "3.  un\n4.  deux"),
        ("Note[^1].\n\n[^1]: D’après.", "Note[^n-1].\n\n[^n-1]: D’après."),
        ("![La mare](m.png)", '![](textes/m.png){fig-alt="La mare"}'),
        ("::: x", r"\:\:\: x"),
        ("```{=typst}", r"\`\`\`\{=typst\}"),
        ("---", r"\-\-\-"),
        ("Selon @a et [@b].", r"Selon \@a et \[\@b\]."),
        ("Un mot{.k}", r"Un mot\{.k\}"),
    ],
)
def test_prose_keeps_its_small_markdown_alone(typed, written):
    assert write_spans(write_prose(typed, "n")) == written


def test_two_texts_have_notes_of_their_own():
    text = "A[^a].\n\n[^a]: Bien."
    assert write_spans(write_prose(text, "air")) == "A[^air-1].\n\n[^air-1]: Bien."
    assert write_spans(write_prose(text, "eau")) == "A[^eau-1].\n\n[^eau-1]: Bien."


def test_a_table_has_its_cells_and_alignments():
    written = write_spans(write_prose("| A | B |\n|---|--:|\n| a\\|b | 5 |", "n"))
    head, rule, row = written.splitlines()
    assert head == "| A | B |"
    assert rule.endswith("-:|")
    assert row == "| a\\|b | 5 |"


def test_words_put_in_the_place_of_references_are_no_markdown():
    assert write_spans(write_line("Soit X.", lambda text: text.replace("X", "*5*"))) == (
        r"Soit \*5\*."
    )


def test_a_line_joins_what_stands_apart():
    assert strip_marks(write_line("un\n\ndeux *trois*")) == "un deux trois"


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("a\n\n# Titre", 2, "titre dans un texte"),
        ("a\n\n[x](d)", 2, "lien vers une adresse inconnue"),
        ("[x](https://a.b 'c')", 0, "lien avec une bulle"),
        ("a\n\n![b](c.jpg)", 2, "image introuvable"),
        ("![b](c.gif)", 0, "image d’un format non lu"),
        ("a\n\n![](m.png)", 2, "image sans texte de remplacement"),
        ("a ![b](m.png)", 0, "image dans une phrase"),
        ("a\n\nb[^c]", 2, "note sans texte"),
        ("a[^c]\n\n[^c]: d\n[^c]: e", 3, "définie deux fois"),
        ("a\n\n[^c]: d", 2, "définie, mais rien n’y renvoie"),
        ("a[^c]\n\n[^c]: d\n\n# Titre", 4, "titre dans un texte"),
    ],
)
def test_faults_are_found_on_their_lines(text, line, problem):
    assert [fault[0::2] for fault in find_faults(text, ["m.png"])] == [(line, problem)]


@pytest.mark.parametrize("text", ["- a", "1. a", "![b](m.png)", "| a |\n|---|\n| b |"])
def test_a_cell_of_a_table_takes_a_line_alone(text):
    found = [problem for _, _, problem, _ in find_faults(text, ["m.png"], line_only=True)]
    assert "mise en forme impossible dans un tableau du rapport" in found


def test_each_section_has_the_notes_that_it_calls():
    text = "## A\n\na[^x]\n\n## B\n\nb[^y]\n\n[^x]: X\n[^y]: Y"
    assert split_sections(text) == {"A": "a[^x]\n\n[^x]: X", "B": "b[^y]\n\n[^y]: Y"}
