"""The book: staging, embedded engine, the three formats, the checks. All data here are made up."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import string
import subprocess
import sys
import time
import zipfile
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import book_example as example
import pypandoc
import pytest
import yaml
from conftest import heed_interrupts
from pdf_rules import read_pdf_text
from site_scripts import read_index

from analysis.base.paths import REPORTS, Dossier
from analysis.publish import BookError, embedded, pandoc
from analysis.publish.book_checks import (
    check_html,
    read_docx_text,
    read_pdf_titles,
    tight,
)
from analysis.publish.build import build_book, default_epoch
from analysis.publish.embedded import cut_page, join_pages
from analysis.publish.engine import Engine, choose_engine
from analysis.publish.notebook_pages import read_blocks
from analysis.publish.pandoc import LETTERS, join_words, pandoc_path, run_pandoc
from analysis.publish.programs import ProgramPool, _kill, count_cores
from analysis.publish.project import Project, read_all_contents, select_shown
from analysis.publish.staging import list_inputs, stage_book
from analysis.publish.typst_pdf import compile_pdf
from analysis.show.identity import read_identity

pytestmark = pytest.mark.slow

EDITION = example.make_edition()
NAMES = [row[0] for row in example.CHAPTERS]
APPENDICES = [
    *("agenda", "grid", "glossary", "credits", "annexes", "contributions", "objectives"),
    *("whole_life", "budget", "law", "calculs-portrait"),
    *(f"calculs-{name}" for name in NAMES),
    *("targets", "checks", "missing", "ratings", "sources", "dashboard"),
]
PARTS = ("Les finalités", "La démarche", "Annexes")


@pytest.fixture(scope="session")
def dossier(example_dossier) -> Dossier:
    return example_dossier


@pytest.fixture(scope="session")
def book(example_book):
    return example_book


@pytest.fixture(scope="session")
def project(book, dossier) -> Project:
    return Project(dossier.book(example.YEAR))


@pytest.fixture(scope="session")
def pages(book) -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in book.html.parent.glob("*.html")}


@pytest.fixture(scope="session")
def pdf_text(book) -> str:
    return read_pdf_text(book.pdf)


@pytest.fixture(scope="session")
def annexes_text(book) -> str:
    return read_pdf_text(book.annexes)


@pytest.fixture
def own_dossier(tmp_path) -> Dossier:
    """A made-up dossier to be spoilt."""
    return example.make_dossier(tmp_path / "dossier")


# Staging ------------------------------------------------------------------------------------------


def test_templates_become_one_entry_for_each_chapter(project):
    chapters = project.book["chapters"]
    assert chapters[:3] == ["index.qmd", "summary.qmd", "portrait.qmd"]
    assert chapters[3] == {
        "part": "Les finalités",
        "chapters": ["climat.ipynb", "biodiversite.ipynb", "cohesion.ipynb"],
    }
    assert chapters[4] == {
        "part": "La démarche",
        "chapters": ["pilotage.ipynb", "evaluation.ipynb"],
    }


def test_numbers_follow_quarto(project):
    assert [(page.stem, page.mark) for page in project.chapters] == [
        ("index", ""),
        ("summary", ""),
        ("portrait", ""),
        *[(name, str(number)) for number, name in enumerate(NAMES, start=1)],
        *zip(APPENDICES, string.ascii_uppercase, strict=False),
    ]


def test_the_edition_gives_title_files_and_colours(project):
    assert project.book["subtitle"] == ("Communauté d’agglomération du Val d’Essai, édition 2031")
    assert project.book["output-file"] == "rapport-2031"
    climat = read_identity().chapters["climat"]
    assert project.config["identity"]["chapters"][0] == {
        "label": "sec-climat",
        "id": "climat",
        "colour": "c" + climat[1:],
        "brief": False,
    }
    assert (
        f"--chapitre-climat: {climat};" in (project.folder / "style" / "identity.css").read_text()
    )


def test_the_project_is_complete_for_quarto(project):
    """Every file that the configuration names is in the folder."""
    config = project.config
    named = [item if isinstance(item, str) else item["path"] for item in config["filters"]]
    named += config["project"]["resources"] + config["project"]["post-render"]
    named += config["format"]["html"]["css"] + [config["format"]["html"]["template"]]
    named += [config["format"]["typst"]["template"], config["format"]["docx"]["reference-doc"]]
    named += [page.file for page in project.chapters]
    named = [name for name in named if not name.startswith(("figures/*", "document-*", "trails/*"))]
    assert [name for name in named if not any(project.folder.glob(name))] == []
    assert config["execute"] == {"enabled": False, "echo": False}
    assert config["book"]["search"] is False


def test_staged_notebooks_hold_the_markdown_alone(project):
    notebook = json.loads((project.folder / "climat.ipynb").read_text(encoding="utf-8"))
    assert {cell["cell_type"] for cell in notebook["cells"]} == {"markdown"}
    assert notebook["cells"][0]["source"][0].startswith("# Lutte contre")
    text = (project.folder / "climat.ipynb").read_text(encoding="utf-8")
    assert "show_title" not in text
    assert "Note cachée" not in text


def test_a_chapter_more_is_a_change_of_data_only(own_dossier):
    executed = own_dossier.executed(example.YEAR)
    for before in ("", "calculs-"):
        text = (executed / f"{before}climat.ipynb").read_text(encoding="utf-8")
        text = text.replace("sec-climat", "sec-extra").replace("calculs-climat", "calculs-extra")
        (executed / f"{before}extra.ipynb").write_text(text, encoding="utf-8")
    edition = example.make_edition()
    edition.chapters["order"] *= 10
    edition.chapters.loc[len(edition.chapters)] = (
        *("extra", 15, "finalité", "Ia", "Sixième", "Sixième"),
    )
    folder = stage_book(own_dossier, edition, choose_engine("embedded"))
    part = yaml.safe_load((folder / "_quarto.yml").read_text())["book"]["chapters"][3]
    assert part["chapters"][:2] == ["climat.ipynb", "extra.ipynb"]


def test_missing_notebooks_are_all_named(own_dossier):
    for name in ("climat", "annexes"):
        (own_dossier.executed(example.YEAR) / f"{name}.ipynb").unlink()
    with pytest.raises(BookError, match=r"climat\.ipynb, annexes\.ipynb"):
        build_book(own_dossier, EDITION, engine="embedded")


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            {"output_type": "error", "ename": "ValueError", "evalue": "x", "traceback": []},
            "erreur, cellule 2 : ValueError",
        ),
        (
            {"output_type": "display_data", "data": {"text/html": "<b>x</b>"}, "metadata": {}},
            "autre chose que du Markdown",
        ),
    ],
)
def test_a_notebook_that_cannot_be_shown_is_refused(tmp_path, output, said):
    path = tmp_path / "essai.ipynb"
    cells = [
        {"cell_type": "markdown", "id": "a", "metadata": {}, "source": "# Titre {#sec-x}"},
        {"cell_type": "code", "id": "b", "metadata": {}, "source": "", "outputs": [output]},
    ]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    with pytest.raises(BookError, match=said):
        read_blocks(path)


def test_typed_text_goes_into_the_book_its_heading_apart(tmp_path):
    """Notes and workings stay out; a page's heading takes nothing with it into its title."""
    path = tmp_path / "essai.ipynb"
    cells = [
        {"id": "a", "source": "Une note.", "metadata": {"tags": ["remove-cell"]}},
        {"id": "b", "source": "### Calcul", "metadata": {"tags": ["remove-cell", "calculs"]}},
        {"id": "c", "source": ["# Titre {#sec-x .unnumbered}\n", "\n", "Pourquoi ?"]},
        {"id": "d", "source": "## Partie {#sec-y}\n"},
        {"id": "e", "source": "::: {.vers}\n[« Là »](#sec-y)\n:::"},
    ]
    cells = [{"cell_type": "markdown", "metadata": {}, **cell} for cell in cells]
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    assert read_blocks(path) == [
        "# Titre {#sec-x .unnumbered}",
        "Pourquoi\u202f?",
        "## Partie {#sec-y}",
        "::: {.vers}\n[«\u00a0Là\u00a0»](#sec-y)\n:::",
    ]


def test_hand_written_pages_name_no_territory_and_no_year():
    for page in REPORTS.glob("*.qmd"):
        text = page.read_text(encoding="utf-8")
        assert "Hainaut" not in text
        assert "édition 20" not in text


# Engine -------------------------------------------------------------------------------------------


def fake_quarto(folder: Path, version: str, log: str = "") -> Path:
    """A program that answers as an old or a complaining Quarto would."""
    path = folder / "quarto"
    path.write_text(
        f'#!/bin/sh\nif [ "$1" = "--version" ]; then echo "{version}"; else echo "{log}" >&2; fi\n'
    )
    path.chmod(0o755)
    return path


@pytest.mark.parametrize(
    ("version", "name", "said"),
    [
        ("1.9.38", "quarto", "Quarto 1.9.38 compose"),
        ("1.8.27", "embedded", "trop ancien"),
        ("n'importe quoi", "embedded", "ne répond pas"),
    ],
)
def test_the_engine_is_chosen_by_version(tmp_path, monkeypatch, version, name, said):
    path = fake_quarto(tmp_path, version)
    monkeypatch.setattr("analysis.publish.engine.find_quarto", lambda: path)
    engine = choose_engine()
    assert engine.name == name
    assert said in engine.message


def test_without_quarto_the_embedded_engine_says_why(monkeypatch):
    monkeypatch.setattr("analysis.publish.engine.find_quarto", lambda: None)
    assert "n’est pas installé" in choose_engine().message
    with pytest.raises(BookError, match="Quarto est demandé"):
        choose_engine("quarto")


def test_a_warning_of_quarto_is_an_error_and_the_old_report_stays(own_dossier, monkeypatch):
    target = own_dossier.report(example.YEAR) / "html"
    target.mkdir(parents=True)
    (target / "index.html").write_text("l'ancien")
    quarto = fake_quarto(own_dossier.root, "1.9.38", "WARN: Unable to resolve crossref @fig-x")
    engine = Engine("quarto", "Quarto", "1.9.38", quarto, "")
    monkeypatch.setattr("analysis.publish.build.choose_engine", lambda preferred: engine)
    with pytest.raises(BookError, match="Unable to resolve crossref @fig-x"):
        build_book(own_dossier, EDITION)
    assert (target / "index.html").read_text() == "l'ancien"
    assert [path.name for path in target.parent.parent.iterdir()] == [str(example.YEAR)]


def test_quarto_renders_each_volume_and_its_files_are_placed(book, own_dossier, tmp_path):
    """A program in place of Quarto, which brings the files that the embedded engine made."""
    built, calls = book.pdf.parent, tmp_path / "appels"
    quarto = own_dossier.root / "quarto"
    quarto.write_text(
        f'#!/bin/sh\necho "$1 $SOURCE_DATE_EPOCH" >>"{calls}"\n'
        f'if [ "$3" = --profile ]; then mkdir "$8" && cp "{built}/$4-2031.pdf" "$8"; else\n'
        f'cp -r "{built}/html/." "{built}/rapport-2031.pdf" "{built}/rapport-2031.docx" "$4"; fi\n'
    )
    quarto.chmod(0o755)
    engine = Engine("quarto", "Quarto", "1.9.38", quarto, "")
    result = build_book(own_dossier, EDITION, engine=engine)
    assert calls.read_text() == 2 * f"render {default_epoch(example.YEAR)}\n"
    assert result.html.is_file()
    assert result.pdf.read_bytes() == book.pdf.read_bytes()
    assert sorted(path.name for path in own_dossier.report(example.YEAR).iterdir()) == [
        "annexes-2031.pdf",
        "html",
        "rapport-2031.docx",
        "rapport-2031.pdf",
        "synthese-2031.pdf",
    ]
    assert not own_dossier.read_pages(example.YEAR).exists(), "Quarto reads the pages itself"


# Three formats ------------------------------------------------------------------------------------


def test_every_heading_caption_and_figure_of_the_notebooks_is_in_the_html(project, pages):
    for contents in read_all_contents(project, "html"):
        text = pages[contents.page.stem]
        body = tight(re.sub(r"<[^>]+>", "", text).replace("&amp;", "&"))
        assert [title for _, title in contents.headings if tight(title) not in body] == []
        assert [words for words in contents.captions if tight(words) not in body] == []
        assert [stem for stem in contents.figures if f"figures/{stem}.svg" not in text] == []


def test_html_numbers_captions_and_references(pages):
    text = pages["climat"]
    assert '<span class="chapter-number">1</span>' in text
    assert '<span class="header-section-number">1.1.1</span>' in text
    assert "Figure\u00a01.1\u00a0: Les bâtiments" in text
    assert "Tableau\u00a01.1\u00a0: Ce que" in text
    assert 'href="biodiversite.html#fig-biodiversite-energie" class="quarto-xref">Figure' in text
    assert 'href="biodiversite.html" class="quarto-xref">Chapitre\u00a02</a>' in text
    assert f'href="biodiversite.html#sec-biodiversite-{example.PLAN}"' in text
    assert 'href="biodiversite.html">le chapitre voisin</a>' in text
    assert "Annexe E\u00a0— Annexes</h1>" in pages["annexes"]
    assert "Tableau\u00a0E.1" in pages["annexes"]
    assert "p.\u00a0" not in read_html_of(pages["summary"])


def read_html_of(page: str) -> str:
    return re.search(r"<main\b.*?</main>", page, re.DOTALL)[0]


def test_html_navigation_callouts_and_language(pages):
    text = pages["climat"]
    assert '<html lang="fr">' in text
    assert '<a href="climat.html" aria-current="page">' in text
    assert '<p class="partie">Les finalités</p>' in text
    assert 'rel="prev" href="portrait.html"' in text
    assert 'rel="next" href="biodiversite.html"' in text
    assert '<details class="encadre encadre-note">' in text
    assert '<div class="encadre encadre-important">' in text
    assert "Composé par le moteur embarqué" in text
    assert re.search(r'<img[^>]*alt="Diagramme à barres : bâtiments 12,5 GWh', text)


class Balance(HTMLParser):
    """Open and closed elements, ids: what makes a page valid at all."""

    VOID = frozenset({"meta", "link", "img", "br", "hr", "input", "col"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.faults: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag, attributes):
        names = dict(attributes)
        self.ids += [names["id"]] if "id" in names else []
        self.links += [names["href"]] if "href" in names else []
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.VOID and (not self.open or self.open.pop() != tag):
            self.faults.append(tag)


def parse(page: str) -> Balance:
    parser = Balance()
    parser.feed(page)
    return parser


def test_html_is_balanced_and_its_links_lead_somewhere(pages):
    parsed = {name: parse(text) for name, text in pages.items()}
    anchors = {name: set(page.ids) for name, page in parsed.items()}
    for name, page in parsed.items():
        assert (page.faults, page.open) == ([], []), name
        assert len(page.ids) == len(anchors[name]), f"{name}: an id stands twice"
        for link in page.links:
            target, _, anchor = link.partition("#")
            if target.startswith(("..", "style/", "data:")):
                continue
            stem = target.removesuffix(".html") or name
            assert stem in pages, f"{name}: {link}"
            assert not anchor or anchor in anchors[stem], f"{name}: {link}"


def test_html_asks_nothing_outside(pages, book):
    for text in pages.values():
        assert not re.search(r'(?:src|href)="(?:https?:)?//', text)
    for path in (book.html.parent / "style").glob("*.*s"):
        assert not re.search(r"https?://|@import", path.read_text(encoding="utf-8")), path.name


def test_search_index_holds_every_section(book, project):
    entries = read_index(book.html.parent)
    places = {(entry["p"], entry["a"]) for entry in entries}
    assert ("climat.html", f"sec-climat-{example.PLAN}") in places
    assert ("annexes.html", "sec-annexes-calculs") in places
    pages_in_order = list(dict.fromkeys(entry["p"] for entry in entries))
    assert pages_in_order == [f"{page.stem}.html" for page in project.chapters]
    plan = next(entry for entry in entries if entry["a"].endswith(example.PLAN))
    assert "isolation" in plan["x"]


@pytest.mark.parametrize(
    ("volume", "parts"),
    [("print", ["Les finalités", "La démarche", "Annexes"]), ("annexes", ["Annexes"])],
)
def test_pdf_bookmarks_are_the_headings_in_order(book, project, volume, parts):
    titles = [
        tight(title) for title in read_pdf_titles(book.pdf if volume == "print" else book.annexes)
    ]
    wanted = [
        tight(title)
        for contents in read_all_contents(project, "typst", volume)
        for _, title in contents.headings
    ]
    places = iter(titles)
    missing = [title for title in wanted if not any(title in found for found in places)]
    assert missing == []
    found = dict.fromkeys(title for title in titles if title in {*map(tight, PARTS)})
    assert sorted(found) == sorted(map(tight, parts))


def test_pdf_numbers_references_and_pages(pdf_text, annexes_text):
    flat = tight(pdf_text)
    for words in ("Figure 1.1 Les bâtiments", "Chapitre 2, 2.1.1"):
        assert tight(words) in flat
    assert tight("Tableau E.1 : Tous") in tight(annexes_text)
    found = re.search(r"p\.\s(\d+) Plan de rénovation inventé", pdf_text)
    assert found
    assert int(found[1]) > 5


def test_pdf_is_tagged_french_and_described(book):
    from pypdf import PdfReader

    reader = PdfReader(book.pdf)
    root = reader.trailer["/Root"]
    assert root["/Lang"] == "fr-FR"
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata.title == "Rapport sur la situation en matière de développement durable"
    xmp = root["/Metadata"].get_object().get_data().decode("utf-8")
    assert "pdfuaid:part" in xmp
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in xmp


ENGLISH = re.compile(
    r"\b(?:Chapter|Appendix|Table of contents|Figure \d+: |Page \d|Next|Previous|Search|Contents|"
    r"Toggle|Published|Section of|the|and|with)\b"
)


def test_no_english_word_reaches_the_reader(book, pages, pdf_text):
    for text in (*map(read_html_of, pages.values()), pdf_text, read_docx_text(book.docx)):
        visible = re.sub(r"<[^>]+>", " ", text)
        assert not ENGLISH.search(visible), ENGLISH.search(visible)


# First page and dashboard -------------------------------------------------------------------------


def test_the_front_page_opens_the_first_page_and_is_none_of_its_own(project, pages):
    staged = (project.folder / "_accueil.md").read_text("utf-8")
    assert "en bref" not in staged, "its title is the book's"
    assert f"<h1>{project.book['title']}</h1>" in staged
    assert "front" not in pages
    text = read_html_of(pages["index"])
    marks = ['class="heros"', "accroche", "chiffres-cles", "cartes", "Télécharger", "Avant-propos<"]
    places = [text.index(mark) for mark in marks]
    assert places == sorted(places)
    assert text.count("chiffres-cles") == 1, "the foreword's box is for paper"
    assert project.chapters[0].title == "Avant-propos"
    for number, name in enumerate(NAMES, start=1):
        card = re.search(rf'<div class="carte" data-chapitre="{name}">.*?</div>', text, re.DOTALL)[
            0
        ]
        assert f'<span class="chapter-number">{number}</span> <a href="{name}.html"' in card
        assert pages[name].count(f'<span class="chapter-number">{number}</span>') >= 2


def test_the_first_page_offers_what_stands_beside_it(pages):
    links = re.findall(r'href="\.\./([^"]+)"', read_html_of(pages["index"]))
    for name in ("rapport-2031.pdf", "synthese-2031.pdf", "rapport-2031.docx", "donnees-2031.zip"):
        assert name in links


def test_on_paper_the_foreword_is_not_the_front_page(book, pdf_text):
    for text in (pdf_text, read_docx_text(book.docx)):
        assert "Avant-propos" in text
        assert "Télécharger" not in text
        assert "en une phrase" not in text


def test_on_paper_the_dashboard_is_gathered_by_chapter(annexes_text):
    words = annexes_text[annexes_text.rindex("Tous les indicateurs inventés") :]
    places = [words.index(name) for name in NAMES]
    assert places == sorted(places)
    assert words.count("1. Indicateur inventé") == 2, "no list is made of « 1. »"


def test_in_the_pages_the_dashboard_is_one_table_to_be_sorted(pages):
    (board,) = re.findall(r'<div class="tableau-de-bord">.*?</div>', pages["dashboard"], re.DOTALL)
    assert board.count("<tr") == 1 + 2 * len(NAMES)
    assert board.count('data-valeur="') == 2 * len(NAMES)
    assert '<span class="chapitre" data-chapitre="climat">' in board


@pytest.mark.parametrize(
    ("shown_in", "kept"),
    [("html", "a b d"), ("docx", "a c d e"), ("typst", "a c d f"), ("", "a b c d e f")],
)
def test_the_text_of_a_format_leaves_out_what_is_for_others(shown_in, kept):
    text = """# a
::: {.content-visible when-format="html"}
::: {.box}
# b
:::
:::
:::: {.content-hidden when-format="html"}
# c
::::
::: box
# d
:::
::: {.content-visible when-format="docx"}
# e
:::
::: {.content-visible when-format="pdf"}
# f
:::
"""
    shown = select_shown(text, shown_in) if shown_in else text
    assert " ".join(re.findall(r"^# (\w)$", shown, re.MULTILINE)) == kept


@pytest.mark.parametrize(
    ("to", "said"),
    [
        ("typst", '#odd("7") Énergie propre \\; #odd("13")\n'),
        ("html", '<span class="objectif objectif-7 nomme">7. Énergie propre</span>'),
    ],
)
def test_the_number_of_a_goal_is_a_chip_on_paper(to, said):
    """With its words once a chapter."""
    goals = (
        "[7. Énergie propre]{.objectif .objectif-7 .nomme} ; [13. Climat]{.objectif .objectif-13}"
    )
    text = f"[**Objectifs :** {goals}]{{.fiche}}"
    assert said in convert(text, to, "blocks.lua")


@pytest.mark.parametrize(
    ("to", "name", "said"),
    [
        ("typst", "blocks.lua", '#link(<objectif-7>)[#odd("7")]'),
        ("html", "trails.lua", 'href="contributions.html#sec-annexes-agenda-7"'),
    ],
)
def test_a_goal_leads_to_its_row_on_paper_and_to_the_reasons_elsewhere(to, name, said):
    goal = "[[7. Énergie propre](#objectif-7)]{.objectif .objectif-7}"
    assert said in convert(f"[**Objectifs :** {goal}]{{.fiche}}", to, name)


def test_the_number_of_a_goal_has_a_style_in_word():
    made = convert("[7. Énergie propre]{.objectif .objectif-7}", "docx", "blocks.lua", "--output=-")
    with zipfile.ZipFile(BytesIO(made.encode("latin-1"))) as archive:
        document = archive.read("word/document.xml").decode("utf-8")
    assert re.search(r'<w:rStyle w:val="ODD"\s*/></w:rPr><w:t[^>]*>7</w:t>', document)


def convert(text: str, to: str, name: str, *options: str) -> str:
    """A Markdown text through one filter of the project."""
    command = [pandoc_path(), "-f", "markdown", "-t", to, "--wrap=none"]
    made = subprocess.run(
        [*command, f"--lua-filter={REPORTS / 'filters' / name}", *options],
        input=text.encode("utf-8"),
        capture_output=True,
        check=True,
    ).stdout
    return made.decode("latin-1" if to == "docx" else "utf-8")


# Faults -------------------------------------------------------------------------------------------


def spoil(dossier: Dossier, old: str, new: str) -> None:
    path = dossier.executed(example.YEAR) / "climat.ipynb"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("@fig-biodiversite-energie", "@fig-nulle-part", "fig-nulle-part"),
        ("@sec-biodiversite,", "@sec-synthese,", "titre sans numéro"),
        ("#sec-climat-analyse", "#sec-biodiversite-analyse", "employée deux fois"),
        ("isolation et suit", "isolation {{sans-valeur}} et suit", "non remplacée"),
        ("isolation et suit", "isolation ::: {.perdu} et suit", "non interprété"),
        ("fig-alt=", "autre=", "sans texte de remplacement"),
    ],
)
def test_a_faulty_book_is_refused_and_the_old_one_stays(own_dossier, old, new, said):
    target = own_dossier.report(example.YEAR)
    (target / "carnets").mkdir(parents=True)
    (target / "rapport-2031.pdf").write_text("l'ancien")
    spoil(own_dossier, old, new)
    with pytest.raises(BookError, match=said):
        build_book(own_dossier, EDITION, engine="embedded")
    assert (target / "rapport-2031.pdf").read_text() == "l'ancien"
    assert (target / "carnets").is_dir()


def test_a_missing_page_is_found(book, project, tmp_path):
    html = tmp_path / "html"
    shutil.copytree(book.html.parent, html)
    (html / "cohesion.html").unlink()
    assert "HTML : page cohesion.html absente" in check_html(project, html)


# Same bytes ---------------------------------------------------------------------------------------


def digest(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_builds_give_the_same_bytes(book, own_dossier, monkeypatch):
    """One after the other on one core, or at the same time: the same."""
    monkeypatch.setattr("analysis.publish.programs.count_cores", lambda: 1)
    again = build_book(own_dossier, EDITION, engine="embedded")
    assert digest(again.pdf.parent) == digest(book.pdf.parent)


# Pages read once ----------------------------------------------------------------------------------


@pytest.fixture
def reads(monkeypatch) -> list[str]:
    """The texts that pandoc is given to read, as they come."""
    given: list[str] = []
    real = pandoc.run_pandoc

    def run(arguments, text="", **more):
        given.append(text)
        return real(arguments, text, **more)

    monkeypatch.setattr(pandoc, "run_pandoc", run)
    return given


@pytest.mark.slow
def test_lines_end_alike_on_every_system(monkeypatch):
    """Windows's pandoc would end them with two signs, of which a page's policy knows one."""
    real = ProgramPool.run

    def run(pool, arguments, content=b"", **more):
        return real(pool, [arguments[0], "--eol=crlf", *arguments[1:]], content, **more)

    monkeypatch.setattr(ProgramPool, "run", run)
    assert run_pandoc(["--to=html5"], "a\n\nb") == b"<p>a</p>\n<p>b</p>\n"


def test_only_a_page_whose_text_changed_is_read_again(own_dossier, reads):
    first = build_book(own_dossier, EDITION, engine="embedded")
    others = 3 + len(APPENDICES) + 3  # index, summary, portrait; annexes; titles of parts
    assert len(reads) == len(NAMES) + others
    before = digest(first.pdf.parent)
    reads.clear()
    build_book(own_dossier, EDITION, engine="embedded")
    assert reads == []
    assert digest(first.pdf.parent) == before
    spoil(own_dossier, "isolation et suit", "isolation, puis suit")
    build_book(own_dossier, EDITION, engine="embedded")
    assert [text.partition("\n")[0][:14] for text in reads] == ["# Lutte contre"]
    kept = own_dossier.read_pages(example.YEAR)
    assert len(list(kept.iterdir())) == len(NAMES) + others, "what is not asked for any more goes"


def test_headings_of_one_name_in_two_pages_are_told_apart(own_dossier, reads):
    """Without identifiers of their own: pandoc numbers them when it reads the book as one text."""
    for name in ("climat", "cohesion"):
        path = own_dossier.executed(example.YEAR) / f"{name}.ipynb"
        notebook = json.loads(path.read_text("utf-8"))
        cell = {
            "cell_type": "markdown",
            "id": "z",
            "metadata": {},
            "source": "## Même titre\n\nMot.",
        }
        notebook["cells"].append(cell)
        path.write_text(json.dumps(notebook), "utf-8")
    built = build_book(own_dossier, EDITION, engine="embedded")
    found = [
        re.search(r'<h2[^>]* id="([^"]+)">(?:(?!</h2>).)*Même titre', text)[1]
        for text in ((built.html.parent / f"{name}.html").read_text("utf-8") for name in
                     ("climat", "cohesion"))
    ]  # fmt: skip
    assert found == ["même-titre", "même-titre-1"]


def test_filters_put_together_do_what_they_do_one_by_one(project):
    shared = [name for name in project.config["filters"] if isinstance(name, str)]
    names = [*shared, "filters/embedded.lua"]
    assert len(names) > 5
    text = join_pages(project, parts=True)
    for name in ("typst", "html5", "docx"):
        common = ["--from=markdown", f"--to={name}", "--output=-", "--wrap=none"]
        common.append(f"--metadata-file={project.folder}/_metadata.json")
        one_by_one = [f"--lua-filter={filter_name}" for filter_name in names]
        separate = run_pandoc([*common, *one_by_one], text, folder=project.folder)
        together = run_pandoc(
            [*common, "--lua-filter=filters/together.lua"],
            text,
            folder=project.folder,
            environment=os.environ | {"BOOK_FILTERS": "\n".join(names)},
        )
        assert read_body(together) == read_body(separate), name
        assert len(separate) > 10_000


def test_a_long_page_is_read_in_pieces_as_in_one(project, monkeypatch):
    monkeypatch.setattr(embedded, "_PIECE", 200)
    most = 0
    for page in project.chapters:
        text = project.read_markdown(page.file)
        pieces = cut_page(text)
        most = max(most, len(pieces))
        assert "".join(pieces) == text
        read = [run_pandoc(["--from=markdown", "--to=json"], each) for each in (text, *pieces)]
        # A citation's number among the others is for bibliographies.
        same = [re.sub(rb'"citationNoteNum":\d+', b'"citationNoteNum":0', each) for each in read]
        whole, *parts = (json.loads(each)["blocks"] for each in same)
        assert [block for part in parts for block in part] == whole, page.file
    assert most > 3


@pytest.mark.parametrize(
    ("opening", "rest"),
    [
        ("::: {.encadre-note}\n", "\n:::\n"),
        ("Un mot[^1].\n", "\n[^1]: Note.\n"),
        ("```\n", "```\n"),
    ],
)
def test_what_stands_across_sections_is_not_cut(opening, rest):
    text = f"# Un\n\n{opening}{'mot ' * 9000}\n\n## Deux\n{rest}\n"
    assert cut_page(text) == [text]


def test_words_put_together_are_written_as_they_were(project):
    text = join_pages(project, parts=True)
    typed = (
        "\n\nUn (petit) mot, l’1er d’entre-eux - 2e ; 3. « fin » -5 et ’n’ 12 = +.\n\n- a b : c d"
    )
    document = run_pandoc(["--from=markdown", "--to=json"], text + typed).decode("utf-8")
    joined = join_words(document)
    assert joined.count('"t":"Str"') < document.count('"t":"Str"') / 2
    names = [name for name in project.config["filters"] if isinstance(name, str)]
    names += ["filters/embedded.lua", LETTERS]
    for name in ("typst", "html5", "docx"):
        words, texts = (
            run_pandoc(
                [
                    *("--from=json", f"--to={name}", "--output=-", "--wrap=none"),
                    f"--metadata-file={project.folder}/_metadata.json",
                    "--lua-filter=filters/together.lua",
                ],
                content,
                folder=project.folder,
                environment=os.environ | {"BOOK_FILTERS": "\n".join(names)},
            )
            for content in (document, joined)
        )
        assert read_body(texts) == read_body(words), name


def test_what_is_kept_of_a_text_depends_on_how_it_is_read(monkeypatch):
    known = pandoc._name_file("mot")
    assert known != pandoc._name_file("mots")
    with monkeypatch.context() as patch:
        patch.setattr(pandoc, "READER", "gfm")
        assert pandoc._name_file("mot") != known
    with monkeypatch.context() as patch:
        patch.setattr(pandoc, "_TEXTS", re.compile("a"))
        assert pandoc._name_file("mot") != known
    monkeypatch.setattr(pypandoc, "get_pandoc_version", lambda: "0")
    assert pandoc._name_file("mot") != known


def test_words_that_filters_look_at_stay_alone():
    def write(*words):
        texts = [json.dumps({"t": "Str", "c": word}, ensure_ascii=False) for word in words]
        return ',{"t":"Space"},'.join(texts).replace('": "', '":"').replace(', "c', ',"c')

    assert join_words(write("deux", "mots,", "12", "l’eau")) == write("deux mots, 12 l’eau")
    for word in ("3.", "-", "-5", "1er", "’n’", "=", "(", "Portage\u00a0:"):
        assert join_words(write("a", word, "b")) == write("a", word, "b")


def read_body(output: bytes) -> bytes:
    """What pandoc wrote; of a DOCX the text, for its dates are the clock's."""
    if not output.startswith(b"PK"):
        return output
    with zipfile.ZipFile(BytesIO(output)) as archive:
        return archive.read("word/document.xml")


# Interrupted --------------------------------------------------------------------------------------

SLEEP = [sys.executable, "-c", "import time; print('là', flush=True); time.sleep(3600)"]


def wait_for(condition) -> None:
    for _ in range(12_000):
        if condition():
            return
        time.sleep(0.01)
    raise AssertionError("ce qui était attendu n’est pas venu")


def interrupt_once_at_work(pool: ProgramPool) -> None:
    wait_for(lambda: pool._running)
    raise KeyboardInterrupt


def test_who_interrupts_waits_for_nobody():
    jobs = []

    def work() -> None:
        with ProgramPool(1) as pool:
            jobs.extend([pool, *(pool.start(pool.run, SLEEP) for _ in range(2))])
            interrupt_once_at_work(pool)

    with pytest.raises(KeyboardInterrupt):
        work()
    pool, asleep, waiting = jobs
    assert asleep.result().returncode == -signal.SIGKILL
    assert waiting.cancelled()
    with pytest.raises(BookError, match="interrompue"):
        pool.run(SLEEP)


def test_one_failure_ends_the_others():
    def fail() -> None:
        wait_for(lambda: pool._running)
        raise BookError("un défaut")

    with ProgramPool(2) as pool:
        jobs = [pool.start(pool.run, SLEEP), pool.start(fail)]
        with pytest.raises(BookError, match="un défaut"):
            pool.finish(jobs)
        assert jobs[0].result().returncode == -signal.SIGKILL


def test_workers_are_the_cores_that_may_be_used(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {3, 5, 8}, raising=False)
    assert count_cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 7)
    assert count_cores() == 7


INTERRUPTED = """
import sys
from pathlib import Path
import book_example as example
from analysis.publish import typst_program
from analysis.publish.build import build_book
from analysis.base.paths import Dossier
typst_program.__file__ = sys.argv[2]
try:
    build_book(Dossier(Path(sys.argv[1])), example.make_edition(), engine="embedded")
except KeyboardInterrupt:
    raise SystemExit(130)
"""


def test_windows_ends_what_a_program_has_started_too(monkeypatch):
    """It has no groups: Quarto's own programs would keep the pipes open on which we wait."""
    called = []
    process = SimpleNamespace(pid=12, kill=lambda: called.append("kill"))
    monkeypatch.setattr(subprocess, "run", lambda command, **_: called.append(command))
    with monkeypatch.context() as patched:
        patched.setattr(os, "name", "nt")
        _kill(process)
    assert called == [["taskkill", "/F", "/T", "/PID", "12"], "kill"]


@pytest.mark.slow
def test_typst_says_letters_whatever_the_console_of_the_machine(tmp_path, monkeypatch):
    """Windows would write them in cp1252, which is read as UTF-8."""
    monkeypatch.setenv("PYTHONUTF8", "0")
    monkeypatch.setenv("PYTHONCOERCECLOCALE", "0")
    monkeypatch.setenv("LC_ALL", "C")
    source = tmp_path / "a.typ"
    source.write_text('#panic("été")', "utf-8")
    with ProgramPool(1) as pool, pytest.raises(BookError, match="été"):
        compile_pdf(source, tmp_path / "a.pdf", tmp_path, 0, [], pool)


@pytest.mark.skipif(os.name != "posix", reason="signaux POSIX")
def test_an_interrupted_build_leaves_no_program_and_no_trace(own_dossier, tmp_path):
    """Typst asleep, the signal sent to our process alone: the harder case."""
    marker, sleeper = tmp_path / "pid", tmp_path / "typst.py"
    sleeper.write_text(
        "import os, sys, time\n"
        f"marker = {str(marker)!r}\n"
        "with open(marker + '.x', 'w') as file: file.write(str(os.getpid()))\n"
        "os.replace(marker + '.x', marker)\n"
        "time.sleep(3600)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(own_dossier.root), str(sleeper)],
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
        preexec_fn=heed_interrupts,
    )
    wait_for(lambda: marker.exists() or process.poll() is not None)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate()
    assert (process.returncode, said) == (130, "")
    with pytest.raises(ProcessLookupError):
        os.kill(int(marker.read_text()), 0)
    assert list((own_dossier.root / "reports").iterdir()) == []


# Inputs -------------------------------------------------------------------------------------------


def test_every_file_that_the_book_reads_is_an_input(own_dossier, opened_files):
    listed = set(list_inputs(own_dossier, EDITION))
    with opened_files() as opened:
        build_book(own_dossier, EDITION, engine="embedded")
    made = [own_dossier.book(example.YEAR), own_dossier.read_pages(example.YEAR)]
    made.append(own_dossier.root / "reports")
    read = {
        path
        for path in opened
        if path.is_relative_to(REPORTS) or path.is_relative_to(own_dossier.root)
        if path.is_file() and not any(path.is_relative_to(folder) for folder in made)
    }
    assert len(read) > 25
    assert read - listed == set()
    assert {path for path in listed if path.is_relative_to(REPORTS)} <= read
    assert own_dossier.executed(example.YEAR) / "climat.ipynb" in listed


def test_filters_run_with_plain_pandoc(project):
    """The shared filters need nothing of Quarto: pandoc alone runs each."""
    for name in project.config["filters"]:
        if not isinstance(name, str):
            continue
        done = subprocess.run(
            [pandoc_path(), "-f", "markdown", "-t", "typst", "--lua-filter", name],
            input="![x](a.svg)\n\n[sec-a]{.page}\n\n| a |\n|---|\n| b |\n",
            capture_output=True,
            text=True,
            cwd=project.folder,
            check=False,
        )
        assert (done.returncode, done.stderr) == (0, ""), name
