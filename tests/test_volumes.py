"""The volumes on paper: which page is in which, their numbers, the links from one to another."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pypandoc
import pytest
import yaml
from pypdf import PdfReader

from analysis.base.paths import PROJECT
from analysis.publish.book_checks import find_dead_links, read_docx_text, read_pdf_titles, tight
from analysis.publish.project import Project
from analysis.publish.volumes import describe_volumes


def write_project(folder: Path, printed: list[str], **pages: str) -> Project:
    """A staged project of a chapter and of appendices, with a second volume."""
    appendices = [f"{name}.qmd" for name in pages if name != "index"]
    book = {"output-file": "livre", "chapters": ["index.qmd"], "appendices": appendices}
    settings = {"book": book, "print-appendices": printed, "number-depth": 3}
    (folder / "_quarto.yml").write_text(yaml.safe_dump(settings))
    (folder / "_quarto-annexes.yml").write_text("book: {output-file: registres}")
    for name, text in pages.items():
        (folder / f"{name}.qmd").write_text(text)
    return Project(folder)


ANNEX = """# Sources {#sec-sources}

## Avant {#sec-avant .unnumbered}

## Calculs {#sec-calculs}

### Climat {#sec-calculs-climat}

#### Trop profond {#sec-profond}

| [Arbres]{#calc-arbres} | 1 |

: Les calculs {#tbl-calculs}

![Un trait](a.svg){#fig-trait}

## Fichiers {#sec-fichiers}

: Les fichiers {#tbl-fichiers}
"""


def test_labels_have_the_numbers_of_the_whole_book(tmp_path):
    """Counted by hand; what is no heading nor a span is found at the heading above it."""
    project = write_project(
        tmp_path, ["fin.qmd"], index="# Un chapitre {#sec-un}\n", fin="# Fin {#sec-fin}\n", s=ANNEX
    )
    described = json.loads(describe_volumes(project))
    assert described["files"] == {"print": "livre.pdf", "annexes": "registres.pdf"}
    assert described["pages"] == {
        "sec-un": {"volume": "print"},
        "sec-fin": {"volume": "print", "above": 0},
        "sec-sources": {"volume": "annexes", "above": 1},
    }
    assert {
        name: (label["number"], label["target"])
        for name, label in described["labels"].items()
        if label["volume"] == "annexes"
    } == {
        "sec-sources": ("B", "sec-sources"),
        "sec-avant": ("", "sec-avant"),
        "sec-calculs": ("B.1", "sec-calculs"),
        "sec-calculs-climat": ("B.1.1", "sec-calculs-climat"),
        "sec-profond": ("", "sec-profond"),
        "calc-arbres": ("", "calc-arbres"),
        "tbl-calculs": ("B.1", "sec-profond"),
        "fig-trait": ("B.1", "sec-profond"),
        "sec-fichiers": ("B.2", "sec-fichiers"),
        "tbl-fichiers": ("B.2", "sec-fichiers"),
    }


@pytest.mark.slow
def test_where_typst_names_no_place_the_file_is_the_place(tmp_path):
    project = write_project(tmp_path, [], index="# Un {#sec-un}\n", s=ANNEX)
    labels = json.loads(describe_volumes(project, names_places=False))["labels"]
    assert labels["sec-fichiers"] == {"volume": "annexes", "number": "A.2", "target": ""}
    (tmp_path / "_volumes.json").write_text(describe_volumes(project, names_places=False), "utf-8")
    found = pypandoc.convert_text(
        "---\nvolume: print\n---\n\n[les fichiers](#sec-fichiers)\n", "native", "markdown",
        extra_args=["--lua-filter", str(PROJECT / "reports/filters/volumes.lua")],
        cworkdir=str(tmp_path),
    )  # fmt: skip
    assert '"registres.pdf"' in found


def test_a_book_of_one_volume_has_all_its_pages_in_it(tmp_path):
    project = write_project(tmp_path, [], index="# Un {#sec-un}\n", fin="# Fin {#sec-fin}\n")
    (tmp_path / "_quarto-annexes.yml").unlink()
    assert [page.volume for page in Project(project.folder).chapters] == ["print", "print"]


# Built by the embedded engine ---------------------------------------------------------------------


def list_links(pdf: Path) -> list[str]:
    marks = (mark.get_object() for page in PdfReader(pdf).pages for mark in page.get("/Annots", []))
    return [mark["/A"]["/URI"] for mark in marks if "/URI" in mark.get("/A", {})]


def list_word_links(docx: Path) -> list[str]:
    with zipfile.ZipFile(docx) as archive:
        return re.findall(
            r'Target="([^"]+)"', archive.read("word/_rels/document.xml.rels").decode("utf-8")
        )


def test_every_number_of_the_report_leads_into_the_annexes(published_report):
    """From the print edition and from Word, to a place that the second PDF names."""
    places = PdfReader(published_report.annexes).named_destinations
    for links in (list_links(published_report.pdf), list_word_links(published_report.docx)):
        inside = [link for link in links if link.startswith(f"{published_report.annexes.name}#")]
        assert len(set(inside)) > 200
        assert [link for link in inside if link.partition("#")[2] not in places] == []
    volumes = [published_report.pdf, published_report.annexes, published_report.docx]
    assert find_dead_links(volumes) == []


def test_a_place_is_on_the_page_where_it_is_read(published_report):
    """The line of an indicator of the annex « Sources et calculs »."""
    edition, reader = published_report.edition, PdfReader(published_report.annexes)
    places = reader.named_destinations
    names = {row.id: row.title for row in edition.indicators.itertuples()}
    seen = 0
    for name, label in list(names.items())[::12]:
        if found := places.get(f"calc-{name}"):
            page = reader.pages[reader.get_destination_page_number(found)]
            assert tight(label) in tight(page.extract_text()), name
            seen += 1
    assert seen > 10


def test_a_link_that_leads_nowhere_is_found(example_book, tmp_path):
    """The annexes of another book in the place of ours."""
    other = tmp_path / example_book.annexes.name
    other.write_bytes(example_book.pdf.with_name("synthese-2031.pdf").read_bytes())
    found = find_dead_links([example_book.pdf, other])
    assert found
    assert found[0].startswith("rapport-2031.pdf : lien sans destination, annexes-2031.pdf#")


def test_chapters_and_appendices_have_the_same_marks_in_every_volume(example_book, example_dossier):
    project = Project(example_dossier.book(2031))
    titles = {
        "print": [tight(title) for title in read_pdf_titles(example_book.pdf)],
        "annexes": [tight(title) for title in read_pdf_titles(example_book.annexes)],
    }
    for page in project.chapters:
        title = tight(f"{page.mark}{page.title}")
        shown = (example_book.html.parent / f"{page.stem}.html").read_text(encoding="utf-8")
        assert not page.appendix or f"Annexe {page.mark}\u00a0— " in shown
        for volume, names in titles.items():
            assert (title in names) == (volume == page.volume), (volume, page.title)
    words = tight(read_docx_text(example_book.docx))
    assert "AnnexeD—Méthode,fabricationetcrédits" in words
    assert "TableauB.1" not in words


def test_a_reference_to_the_annexes_keeps_its_words(example_book):
    """« annexe E » is read in print as on the site, and leads into the other file."""
    text = tight("".join(page.extract_text() for page in PdfReader(example_book.pdf).pages))
    assert "(annexeE)" in text
    assert "(annexeE)" in tight(read_docx_text(example_book.docx))
    for links in (list_links(example_book.pdf), list_word_links(example_book.docx)):
        assert "annexes-2031.pdf#sec-annexes" in links


@pytest.mark.parametrize("name", ["pdf", "annexes"])
def test_what_only_a_link_needs_is_in_no_outline_and_in_no_tag(published_report, name):
    reader = PdfReader(getattr(published_report, name))
    labels = [label for label in reader.named_destinations if label.startswith("calc-")]
    assert bool(labels) == (name == "annexes")
    text = "".join(page.extract_text() for page in reader.pages)
    assert [label for label in labels if label in text] == []
    assert not {*labels} & {*read_pdf_titles(getattr(published_report, name))}
