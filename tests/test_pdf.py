"""The PDFs of the real report (print edition, annexes, four-page summary): conformance as declared,
alternative texts, bookmarks, fonts, density, reading order (``pdf_rules``, each held against a
document that breaks it).
"""

from __future__ import annotations

import itertools
import re
import shutil
from pathlib import Path

import pytest
from pdf_rules import (
    find_disorder,
    find_faint_texts,
    find_foreign_fonts,
    find_hollow_pages,
    find_last_headings,
    find_lone_rows,
    find_undeclared,
    find_wrong_bookmarks,
    list_figures,
    read_bookmarks,
    read_headings,
    read_runs,
    squeeze,
)
from pypdf import PdfReader

from analysis.base.paths import FONTS
from analysis.publish import BookError, summary_pdf
from analysis.publish.programs import ProgramPool
from analysis.publish.project import PRINT, Project, read_all_contents
from analysis.show.identity import read_identity
from analysis.words import french

#: The most pages of the real report's print edition.
PAGES = 70


@pytest.fixture(scope="module")
def report(published_report):
    return published_report


@pytest.fixture(scope="module")
def project(report) -> Project:
    return Project(report.dossier.book(report.year))


@pytest.fixture(scope="module")
def summary(report, project) -> Path:
    return report.folder / summary_pdf.name_summary(project)


@pytest.fixture(scope="module")
def runs(report):
    return read_runs(report.pdf)


@pytest.fixture(scope="module")
def annexes_runs(report):
    return read_runs(report.annexes)


@pytest.fixture(scope="module")
def summary_runs(summary):
    return read_runs(summary)


def find_openings(pdf: Path) -> list[int]:
    """Pages where a chapter or what is like one begins."""
    return [page for depth, _, page in read_bookmarks(pdf) if depth == 1]


def list_our_fonts() -> list[str]:
    """The names by which a PDF calls them, and that of raw text."""
    families = [font.family.replace(" ", "") for font in read_identity().fonts.values()]
    return [*families, "DejaVuSansMono"]


# The report ---------------------------------------------------------------------------------------


def test_it_declares_what_it_is(report, summary):
    """PDF/UA-1 and PDF/A-2a (the compiler holds the document to both), French, its title shown."""
    assert find_undeclared(report.pdf) == []
    assert find_undeclared(report.annexes) == []
    assert find_undeclared(summary) == []
    territory = report.edition.territory["name"]
    about = PdfReader(report.pdf).metadata
    assert (about.title, about.author) == (
        "Rapport sur la situation en matière de développement durable",
        territory,
    )
    assert PdfReader(report.annexes).metadata.title == f"Annexes. {about.title}"
    assert PdfReader(summary).metadata.title == f"Synthèse {report.year}"


def test_every_figure_says_what_it_shows(report, project):
    """Each chart and map with its own words; what is for the eye alone is no figure."""
    wanted = [
        words
        for contents in read_all_contents(project, "typst", PRINT)
        for words in contents.figures.values()
    ]
    assert len(wanted) == len(report.charts)
    drawn = list_figures(report.pdf)
    said = [words for words in drawn if not words.startswith("Tracé")]
    assert len(drawn) - len(said) == len(report.lines)
    assert [squeeze(words) for words in said] == [squeeze(words) for words in wanted]
    assert all(len(words) > 60 for words in said)


def test_bookmarks_are_the_headings(report, summary, runs, annexes_runs, summary_runs):
    assert find_wrong_bookmarks(report.pdf, runs) == []
    assert find_wrong_bookmarks(report.annexes, annexes_runs) == []
    assert find_wrong_bookmarks(summary, summary_runs) == []
    assert len(read_bookmarks(report.pdf)) > len(report.edition.actions)


@pytest.mark.parametrize("volume", ["print", "annexes"])
def test_headings_are_those_of_the_pages_in_order(project, runs, annexes_runs, volume):
    """And no level is left out on the way down."""
    headings = read_headings(runs if volume == "print" else annexes_runs)
    wanted = [
        squeeze(title)
        for contents in read_all_contents(project, "typst", volume)
        for _, title in contents.headings
    ]
    places = iter(squeeze(heading.text) for heading in headings)
    assert [title for title in wanted if not any(place.endswith(title) for place in places)] == []
    levels = [heading.level for heading in headings]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_fonts_are_ours_and_in_the_document(report, summary):
    assert sorted(path.stem for path in FONTS.glob("*.ttf"))
    assert find_foreign_fonts(report.pdf, list_our_fonts()) == []
    assert find_foreign_fonts(report.annexes, list_our_fonts()) == []
    assert find_foreign_fonts(summary, list_our_fonts()) == []


def test_it_is_as_long_as_it_need_be(report):
    assert len(PdfReader(report.pdf).pages) <= PAGES


@pytest.mark.parametrize("volume", ["pdf", "annexes"])
def test_no_page_is_more_than_half_empty_but_ends_of_chapters(report, volume):
    pdf = getattr(report, volume)
    assert find_hollow_pages(pdf, find_openings(pdf)) == []


def test_no_heading_stands_last_on_its_page(runs, annexes_runs, summary_runs):
    assert find_last_headings(runs) == []
    assert find_last_headings(annexes_runs) == []
    assert find_last_headings(summary_runs) == []


def test_no_row_of_a_table_is_alone_on_its_page(runs, annexes_runs):
    assert find_lone_rows(runs) == []
    assert find_lone_rows(annexes_runs) == []


def test_words_are_read_in_the_order_of_the_page(runs, annexes_runs, summary_runs):
    """By the tags: down each column, none left out."""
    assert find_disorder(runs) == []
    assert find_disorder(annexes_runs) == []
    assert find_disorder(summary_runs) == []


def test_words_are_read_on_what_is_drawn_behind_them(report, summary):
    """White on the bands of the chapters and of the summary, too."""
    assert find_faint_texts(report.pdf) == []
    assert find_faint_texts(report.annexes) == []
    assert find_faint_texts(summary) == []


def test_words_are_cut_in_french_but_short_ones_not_before_their_last_accent(runs):
    """« mar-chés », « mobili-té »."""
    text = "\n".join(run.text.strip() for run in runs if run.roles)
    cut = re.findall(r"(\w+)\n?[-\u2010\u00ad\ufffe\x02]\n(\w+)", text)
    assert len(cut) > 100
    ugly = re.compile(r"\w{2,6}ée?s?|\w+té")
    ends = [(start, end) for start, end in cut if len(end) <= 4 and end.islower()]
    assert [start + end for start, end in ends if ugly.fullmatch(start + end)] == []


# Its summary --------------------------------------------------------------------------------------


def read_titles(edition) -> list[str]:
    frames = (edition.actions, edition.planned, edition.improvements)
    return [french.typeset(title) for frame in frames for title in frame["title"]]


def read_lines(runs) -> str:
    return squeeze("".join(run.text for run in runs if run.roles))


def test_the_summary_takes_four_pages_in_the_report(report, runs):
    """Every action, short-term action and improvement is in it."""
    bookmarks = read_bookmarks(report.pdf)
    first = next(page for _, title, page in bookmarks if title == "Synthèse")
    after = next(page for depth, _, page in bookmarks if depth == 1 and page > first)
    assert after - first == summary_pdf.PAGES
    text = read_lines(run for run in runs if first <= run.page < after)
    assert [title for title in read_titles(report.edition) if squeeze(title) not in text] == []


def test_the_summary_alone_takes_four_pages(summary, summary_runs, report, project):
    assert len(PdfReader(summary).pages) == summary_pdf.PAGES
    text = read_lines(summary_runs)
    assert [title for title in read_titles(report.edition) if squeeze(title) not in text] == []
    assert squeeze("Les numéros renvoient aux pages du rapport complet") in text
    assert summary_pdf.check_summary(project, summary) == []


def test_its_numbers_are_the_pages_of_the_report(report, project, runs, summary_runs):
    """Each line's number, read in either summary, is a page on which its title stands."""
    pages: dict[int, str] = {}
    for run in runs:
        pages[run.page] = pages.get(run.page, "") + run.text
    pages = {number: squeeze(text) for number, text in pages.items()}
    places = summary_pdf.find_pages(project, report.pdf)
    alone, within = read_lines(summary_runs), "".join(pages.values())
    entries = list(summary_pdf.list_entries(project))
    assert len(entries) >= len(read_titles(report.edition))
    for title, target in entries:
        page = places[target]["page"]
        words = squeeze(title)
        assert words in pages[page], (title, page)
        assert page in find_named_pages(alone, words), (title, page)
        assert page in find_named_pages(within, words), (title, page)


def find_named_pages(text: str, words: str) -> set[int]:
    """The pages under which words stand: « p. 12 Un titre ; Un autre. p. 13 … »."""
    starts = [found.start() for found in re.finditer(re.escape(words), text)]
    named = [re.findall(r"p\.(\d+?)(?=[^\d]|$)", text[:start]) for start in starts]
    return {int(pages[-1]) for pages in named if pages}


# A summary of other lengths -----------------------------------------------------------------------


def write_summary(folder: Path, count: int) -> Project:
    """A staged project whose summary has so many lines, all of which lead to one section."""
    project = Project(folder)
    label = next(page.id for page in project.chapters if page.mark)
    entries = [
        f"[Action inventée numéro {number}, au titre assez long pour deux lignes]"
        f"(#{label}) [{label}]{{.page}}"
        for number in range(1, count + 1)
    ]
    heading = f"## Un chapitre {{#{label.replace('sec-', 'sec-synthese-')} .unnumbered}}"
    text = ["# Synthèse {#sec-synthese .unnumbered}", "Cette synthèse est inventée.", heading]
    page = summary_pdf.find_summary(project).file
    parts = [entries[start : start + 100] for start in range(0, count, 100)]  # as sections are
    told = "\n\n".join(f"**Actions** : {' ; '.join(part)}." for part in parts)
    body = f"::: {{.enonces}}\n{told}\n:::"
    (folder / page).write_text("\n\n".join([*text, body]), encoding="utf-8")
    return project


@pytest.fixture
def own_project(example_book, example_dossier, tmp_path) -> Path:
    staged = example_dossier.book(int(re.search(r"\d{4}", example_book.pdf.stem)[0]))
    return shutil.copytree(staged, tmp_path / "livre")


@pytest.mark.parametrize(("count", "pages"), [(12, 2), (330, 4), (900, 6)])
def test_a_summary_of_any_length_is_whole(own_project, example_book, tmp_path, count, pages):
    """As large as four pages allow, never smaller than can be read; beyond that it says so."""
    project = write_summary(own_project, count)
    target = tmp_path / "synthese.pdf"
    with ProgramPool() as pool:
        summary_pdf.build_summary(project, example_book.pdf, target, 0, pool)
    runs = read_runs(target)
    assert len(PdfReader(target).pages) == pages
    assert read_lines(runs).count(squeeze("Action inventée numéro")) == count
    assert (squeeze(summary_pdf.NOTICE) in read_lines(runs)) == (pages > summary_pdf.PAGES)
    assert summary_pdf.check_summary(project, target) == []
    assert min(run.size for run in runs if run.roles) > 7.9


def test_a_summary_with_a_line_less_is_refused(own_project, example_book, tmp_path):
    project = Project(own_project)
    whole = example_book.pdf.with_name(summary_pdf.name_summary(project))
    assert summary_pdf.check_summary(project, whole) == []
    write_summary(own_project, 3)
    told = summary_pdf.check_summary(project, whole)
    assert len(told) == 3
    assert "Action inventée numéro 1" in told[0]
    assert summary_pdf.check_summary(project, tmp_path / "absent.pdf") == [
        "absent.pdf : absent ou vide"
    ]


def test_a_target_that_the_report_does_not_hold_is_named(own_project, summary):
    project = write_summary(own_project, 1)
    with pytest.raises(BookError, match=r"ne dit pas où se trouvent : sec-\w+"):
        summary_pdf.find_pages(project, summary)


# The rules see the faults -------------------------------------------------------------------------

HEAD = '#set document(title: "Essai")\n#set text(lang: "fr", font: "Source Sans 3")\n'
BODY = "= Un titre\nDu texte.\n"


def compose(folder: Path, text: str, *standards: str, fonts: bool = True) -> Path:
    import typst

    source, target = folder / "essai.typ", folder / "essai.pdf"
    source.write_text(text, encoding="utf-8")
    typst.compile(
        source,
        output=target,
        font_paths=[FONTS] if fonts else [],
        ignore_system_fonts=True,
        pdf_standards=list(standards),
    )
    return target


def test_a_sound_document_has_no_fault(tmp_path):
    pdf = compose(tmp_path, HEAD + BODY, "a-2a", "ua-1")
    runs = read_runs(pdf)
    assert find_undeclared(pdf) == []
    assert find_foreign_fonts(pdf, list_our_fonts()) == []
    assert find_wrong_bookmarks(pdf, runs) == []
    assert find_last_headings(runs) == []
    assert find_lone_rows(runs) == []
    assert find_disorder(runs) == []
    assert find_hollow_pages(pdf, [1]) == []


@pytest.mark.parametrize(
    ("text", "standards", "said"),
    [
        (HEAD + BODY, (), ["PDF/UA-1", "PDF/A-2a", "titre montré"]),
        (HEAD + BODY, ("ua-1",), ["PDF/A-2a"]),
        (HEAD.replace('"fr"', '"en"') + BODY, ("a-2a", "ua-1"), ["langue"]),
        (BODY, (), ["PDF/UA-1", "PDF/A-2a", "langue", "titre", "titre montré"]),
    ],
)
def test_what_is_not_declared_is_seen(tmp_path, text, standards, said):
    assert list(find_undeclared(compose(tmp_path, text, *standards))) == said


def test_a_figure_without_words_is_seen(tmp_path):
    (tmp_path / "a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/>'
        "</svg>"
    )
    text = HEAD + '#image("a.svg", alt: "Un carré")\n#image("a.svg")\n'
    assert list_figures(compose(tmp_path, text)) == ["Un carré", ""]


def test_a_foreign_font_is_seen(tmp_path):
    told = find_foreign_fonts(compose(tmp_path, "Du texte."), list_our_fonts())
    assert any("Libertinus" in fault for fault in told)


@pytest.mark.parametrize(
    "text",
    [
        "#heading(bookmarked: false)[Un]\nMot.\n",
        "= Un\nMot.\n#heading(level: 1, outlined: false)[Deux]\nMot.\n",
    ],
)
def test_a_heading_without_a_bookmark_is_seen(tmp_path, text):
    pdf = compose(tmp_path, HEAD + text)
    assert find_wrong_bookmarks(pdf, read_runs(pdf)) != []


def test_a_hollow_page_is_seen(tmp_path):
    pdf = compose(tmp_path, HEAD + BODY + "#pagebreak()\n" + BODY + "#pagebreak()\n" + BODY)
    assert find_hollow_pages(pdf, [1, 2, 3]) == []
    told = find_hollow_pages(pdf, [1, 3])
    assert [fault.partition(" :")[0] for fault in told] == ["p. 1"]


def test_a_last_heading_is_seen(tmp_path):
    text = HEAD + "Du texte.\n#v(1fr)\n#block(sticky: false)[= En bas]\n#pagebreak()\nSuite.\n"
    assert find_last_headings(read_runs(compose(tmp_path, text))) == ["p. 1 : « En bas »"]


@pytest.mark.parametrize(("space", "alone"), [("2cm", ["p. 2"]), ("44mm", ["p. 1"]), ("3cm", [])])
def test_a_row_alone_on_its_page_is_seen(tmp_path, space, alone):
    rows = ", ".join(f"[Ligne {number}], [Valeur]" for number in range(6))
    text = (
        f"{HEAD}#set page(height: 10cm, margin: 2cm)\n#v({space})\n"
        f"#table(columns: 2, table.header[Nom][Valeur], {rows})\n"
    )
    told = find_lone_rows(read_runs(compose(tmp_path, text)))
    assert [fault.partition(" :")[0] for fault in told] == alone


def test_words_out_of_order_or_of_tags_are_seen(tmp_path):
    late = HEAD + "#v(9cm)\nPlus bas.\n\n#place(top, dy: 4cm)[Plus haut.]\n"
    told = find_disorder(read_runs(compose(tmp_path, late)))
    assert told == ["p. 1 : « Plus bas. » se lit avant « Plus haut. »"]
    outside = HEAD + "Du texte.\n#v(5cm)\n#pdf.artifact[Perdu]\n"
    told = find_disorder(read_runs(compose(tmp_path, outside)))
    assert told == ["p. 1 : « Perdu » n’est dans aucune balise"]


def test_faint_words_are_seen(tmp_path):
    text = HEAD + '#block(fill: rgb("#22344a"))[#text(fill: white)[Clair] Foncé]\nEncre.\n'
    assert find_faint_texts(compose(tmp_path, text)) == ["p. 1 : « Foncé », #000000 sur #22344a"]
