"""What the notebooks display, on the made-up dossier."""

import re
from dataclasses import replace

import pytest
from notebook_texts import read_notebook

from analysis.base.errors import UserError
from analysis.show import charts, pages
from analysis.show.pages import chapter_page, display
from analysis.words.hidden_markup import write_attribute, write_spans


@pytest.fixture
def finality(edition):
    return pages.open_chapter(edition, None, "finalité")


def texts(blocks):
    return [block for block in blocks if isinstance(block, str)]


def test_no_name_opens_the_first_chapter_of_the_kind(edition, finality):
    rows = edition.chapters[edition.chapters["kind"] == "finalité"]
    assert finality.id == rows.sort_values("order")["id"].iloc[0]


def test_unknown_chapter_is_said_with_those_that_exist(edition):
    with pytest.raises(UserError, match=r"Chapitre inconnu « lune ».*air"):
        pages.open_chapter(edition, "lune", "finalité")


def test_every_action_has_a_heading_every_improvement_a_row_with_its_id(edition):
    seen = []
    for _, row in edition.chapters.iterrows():
        chapter = pages.open_chapter(edition, row["id"], row["kind"])
        finality = row["kind"] == "finalité"
        for section in ("politiques", "interne") if finality else ("fonctionnements",):
            seen += texts(chapter_page.compose_actions(chapter, {}, section))
        seen += texts(chapter_page.compose_decisions(chapter))
    joined = write_spans("\n".join(seen))
    for id in [*edition.actions["id"], *edition.improvements["id"]]:
        assert f"{{#sec-{id}}}" in joined, id
    assert joined.count("### ") == len(edition.actions), "an improvement has no heading"


def test_summary_points_to_every_action_and_improvement(edition):
    text = read_notebook("summary", edition)
    for id in [*edition.actions["id"], *edition.improvements["id"]]:
        assert f"](#sec-{id}) [sec-{id}]{{.page}}" in text
    for id in set(edition.improvements["chapter"]):
        assert f"](#sec-{id}-decisions)" in text


def test_an_empty_section_says_so(edition):
    empty = replace(edition, actions=edition.actions.iloc[:0])
    blocks = list(
        chapter_page.compose_actions(pages.open_chapter(empty, None, "finalité"), {}, "interne")
    )
    assert blocks[0].startswith("## ")
    assert blocks[1:] == ["Aucune action n’est recensée dans cette édition."]


def test_figure_keeps_caption_alternative_and_source(edition):
    drawings = [
        drawing
        for id in [*edition.chapters["id"], "portrait"]
        for drawing in charts.draw_all(edition, charts.list_specs(edition, id)).values()
    ]
    assert drawings
    for drawing in drawings:
        figure = display.compose_figure(drawing, "fig-x", "figures/fig-x.svg")
        assert figure.startswith("![")
        assert figure.count('"') == 2, "the alternative text holds no straight quote"
        assert "\n" not in figure
        notes = display.compose_chart_notes(drawing, "figures/fig-x.csv")
        assert "(figures/fig-x.csv)" in notes
        assert drawing.source_line in notes
        assert "Données du graphique" in notes


def test_alternative_text_cannot_break_its_attribute():
    assert write_attribute('un "mot"\net  {\\n}') == "un &quot;mot&quot; et &lcub;&bsol;n&rcub;"


def test_annexes_have_all_their_parts(edition):
    anchors = {
        "annexes": ["", "-calculs"],
        "targets": ["-cibles", "-objectifs", "-comparabilite"],
        # the source contradicts itself nowhere: no register
        "checks": ["-examen", "-verifications", "-controles"],
        "missing": ["-lacunes"],
        "ratings": ["-notes"],
        "sources": ["-provenance", "-sources", "-territoire", "-fichiers"],
        "glossary": ["-glossaire"],
    }
    for name, expected in anchors.items():
        lines = [line for line in read_notebook(name, edition).splitlines() if line.strip()]
        found = [re.search(r"{#sec-annexes(.*)}$", line) for line in lines if line[0] == "#"]
        assert [label[1] for label in found if label] == expected
        for line, following in zip(lines, [*lines[1:], "#"], strict=True):
            assert not (line.startswith("##") and following.startswith("## ")), line


@pytest.mark.parametrize(
    ("name", "table", "column", "said"),
    [
        ("sources", "gaps", "source", "Sources citées et non décrites : inconnu"),
        ("checks", "controls", "verdict", "Contrôles sans verdict : "),
        ("checks", "controls", "discrepancy", "Explications absentes du registre : inconnu"),
        ("checks", "checks", "verdict", "Chiffres imprimés mal jugés : "),
    ],
)
def test_what_is_wrong_in_the_annexes_stops_them_and_is_named(edition, name, table, column, said):
    wrong = getattr(edition, table).assign(**{column: "inconnu"})
    with pytest.raises(AssertionError, match=said):
        read_notebook(name, replace(edition, **{table: wrong}))


@pytest.mark.slow
def test_a_person_sees_html_and_the_book_gets_markdown(edition, monkeypatch, tmp_path):
    """The same blocks: rendered in JupyterLab, left to Quarto in a run of the book."""
    shown = []
    monkeypatch.setattr(display, "display", lambda data, raw: shown.append(data))
    blocks = ["## Titre {#sec-essai}", "| A |\n|---|\n| 1 |\n\n: Légende {#tbl-essai}"]
    monkeypatch.delenv("ANALYSIS_BOOK", raising=False)
    display.show(edition, "essai", blocks)
    (person,) = shown
    assert "<table" in person["text/html"]
    assert "{#" not in person["text/html"]
    shown.clear()
    monkeypatch.setenv("ANALYSIS_BOOK", "1")
    display.show(edition, "essai", blocks)
    assert shown == [{"text/markdown": block} for block in blocks]


@pytest.mark.slow
def test_a_drawing_that_a_person_sees_leaves_no_file(
    edition, made_up_dossier, monkeypatch, tmp_path
):
    shown = []
    monkeypatch.setattr(display, "display", lambda data, raw: shown.append(data["text/html"]))
    monkeypatch.delenv("ANALYSIS_BOOK", raising=False)
    monkeypatch.setenv("ANALYSIS_DOSSIER", str(made_up_dossier))
    monkeypatch.chdir(tmp_path)
    before = sorted(made_up_dossier.rglob("*"))
    specs = charts.list_specs(edition, "air")[:1]
    drawings = charts.draw_all(edition, specs, charts.select_rows(edition, specs))
    display.show(edition, "air", drawings.values())
    assert "<svg" in shown[0]
    assert "Télécharger" not in shown[0], "there is nothing to download"
    assert sorted(made_up_dossier.rglob("*")) == before
    assert not list(tmp_path.iterdir())
