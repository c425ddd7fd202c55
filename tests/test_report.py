"""The real report, end to end: data/raw → HTML, PDF, DOCX; published figures; the same bytes twice.

It is built once for all tests.
"""

import re
import shutil
import zipfile

import pandas as pd
import pytest
from conftest import PUBLISHED_YEAR as YEAR
from docx_rules import find_faults
from pdf_rules import read_pdf_text
from pypdf import PdfReader
from site_scripts import read_trails

from analysis.__main__ import main
from analysis.base.paths import Dossier
from analysis.execute import plan_jobs
from analysis.publish.book_checks import read_docx_text, read_html_text
from analysis.publish.page_checks import check_traces, find_untraced
from analysis.words import french

#: Charts that the page on whole-life cost draws of published breakdowns: none of charts.yml.
BREAKDOWNS = "fig-cout-global-repartition"


@pytest.fixture(scope="module")
def report(published_report):
    return published_report


@pytest.fixture(scope="module")
def texts(report):
    pages = " ".join(read_html_text(path) for path in report.pages.values())
    return {
        "HTML": pages,
        "PDF": read_pdf_text(report.pdf),
        "annexes": read_pdf_text(report.annexes),
        "DOCX": read_docx_text(report.docx),
    }


def test_every_action_plan_and_improvement_stands_in_the_three_formats(report, texts):
    edition = report.edition
    for frame in (edition.actions, edition.planned, edition.improvements):
        for title in frame["title"]:
            wanted = tighten(french.typeset(title))
            for name in ("HTML", "PDF", "DOCX"):
                assert wanted in tighten(texts[name]), f"{name}: {title}"


def tighten(text):
    return re.sub(r"[\s\u00a0\u202f\u00ad\-\u2010\u2011]+", "", text.replace("’", "'"))


def test_the_data_hold_together_and_the_report_is_complete(report, capsys):
    """What « make check » asks of the project itself."""
    arguments = ["check", "--dossier", str(report.dossier.root), "--year", str(YEAR)]
    assert main(arguments) == 0
    told = capsys.readouterr()
    assert told.out.count("Complet : ") == 4  # site, Word, two PDFs
    assert "non expliqué" not in told.out
    assert told.err == ""


def test_every_chart_of_the_data_is_drawn(report):
    """Each one in HTML with its alternative, its source and its data; as a file in both kinds."""
    pages = "".join(path.read_text("utf-8") for path in report.pages.values())
    alternatives = re.findall(r'<img src="figures/(fig-[\w-]+)\.svg"[^>]*?alt="([^"]+)"', pages)
    alternatives = [one for one in alternatives if not one[0].startswith(BREAKDOWNS)]
    assert len(alternatives) == len(report.charts) >= 12
    assert all(len(text) > 60 for _, text in alternatives)
    drawn = report.dossier.figures(report.year)
    for name, _ in alternatives:
        assert (drawn / f"{name}.png").stat().st_size > 2000
        assert (drawn / f"{name}.svg").stat().st_size > 2000
    assert pages.count('class="source"') >= len(alternatives)


def test_nothing_unfinished_is_shown(texts):
    for name, text in texts.items():
        for trace in ("nan", "NaT", "None", "<NA>", "inf", "Traceback", "?@", "Error"):
            assert not re.search(rf"(?<!\w){re.escape(trace)}(?!\w)", text), f"{name}: {trace}"
        assert "{{" not in text


ENGLISH = (
    "the and of with from this that figure table chapter contents search note warning source data "
    "next previous page appendix summary not available unknown value values year total mean"
).split()
#: Words of both languages, and names that are English.
FRENCH_TOO = {"figure", "table", "note", "source", "page", "total", "contents", "data"}
NAMES = ("Arenberg Creative Mine", "Made in Hainaut", "VideoMapping European Center", "Blue Bot")


def test_no_english_word_in_the_report(texts):
    for name, text in texts.items():
        for known in NAMES:
            text = text.replace(known, "")
        words = set(re.findall(r"\w+", text))
        assert not words & (set(ENGLISH) - FRENCH_TOO), name


def test_html_pages_are_linked_and_ask_nothing_of_the_outside(report):
    targets = set()
    for path in report.pages.values():
        page = path.read_text("utf-8")
        assert '<html lang="fr"' in page
        for address in re.findall(r'(?:href|src)="([^"]+)"', page):
            if re.match(r"(?:https?|mailto|data):", address):
                assert f'src="{address}"' not in page or address.startswith("data:")
                continue
            file, _, anchor = address.partition("#")
            target = (path.parent / file) if file else path
            assert target.exists(), f"{path.name}: {address}"
            if anchor and target.suffix == ".html":
                targets.add((target, anchor))
    known = {}
    for target, anchor in targets:
        ids = known.setdefault(target, set(re.findall(r'id="([^"]+)"', target.read_text("utf-8"))))
        assert anchor in ids, f"{target.name}#{anchor}"


def test_every_number_of_a_chapter_leads_to_its_trail(report):
    """No digit without a trail but those of ``untraced.ALLOWED`` and of digit_names.csv."""
    check_traces(report.edition, report.folder / "html")
    chapters = ["summary", "changes", "portrait", *report.edition.chapters["id"]]
    pages = {name: report.pages[name].read_text("utf-8") for name in chapters}
    assert sum(page.count('class="trace"') for page in pages.values()) > 900
    spoilt = pages["climat"].replace("</main>", "<p>Il y a 12 arbres.</p></main>")
    assert find_untraced(spoilt) == [*find_untraced(pages["climat"]), "Il y a 12 arbres."]


def test_every_link_of_a_number_has_its_window_its_line_and_its_cell(report):
    links, entries = read_trails(report.folder / "html")
    places = {
        f"{path.name}#{anchor}"
        for path in report.pages.values()
        for anchor in re.findall(r'id="(calc-[^"]+)"', path.read_text("utf-8"))
    }
    cells = {
        path.name: set(re.findall(r'id="(cell-id=[^"]+)"', path.read_text("utf-8")))
        for path in (report.folder / "carnets").glob("*.html")
    }
    seen = 0
    for path in report.pages.values():
        for tag in re.findall(r'<a [^>]*class="trace"[^>]*>', path.read_text("utf-8")):
            name = re.search(r'data-trace="([^"]+)"', tag)[1]
            page, _, cell = re.search(r'data-cell="([^"]+)"', tag)[1].partition("#")
            assert links[name] in places, name
            assert f'href="{links[name]}"' in tag
            assert cell in cells[page], f"{name}: {page}#{cell}"
            seen += 1
    assert seen > 1500
    for name, entry in entries.items():
        for term in re.findall(r'data-trace="([^"]+)"', entry):
            assert term in entries, f"{name} → {term}"
            assert links[term] in places


def test_a_page_asks_only_for_the_windows_of_one_annex(report):
    """What a number opens is in the file that its link names, and so of each term of its window."""
    for path in (report.folder / "html" / "trails").glob("*.js"):
        assert path.stat().st_size < 250_000, path.name
        assert (report.folder / "html" / f"{path.stem}.html").is_file()


def test_a_window_is_two_clicks_from_the_line_of_the_source(report):
    """Every window of a known value says line and document itself; those of tables the file."""
    for name, entry in read_trails(report.folder / "html")[1].items():
        if ":" in name and "non disponible (aucune" in entry:
            continue  # nothing was typed
        if name == "table:standing":  # made of the national reference
            assert "référence nationale" in re.sub(r"\s", " ", entry)
            continue
        assert re.search("[Ss]aisi dans <code>", entry), name
        counted = any(
            f"{table}.csv" in entry for table in ("population", "communes", "cost_breakdowns")
        )
        if not name.startswith("table:") and not counted:
            assert re.search(r"(?:<strong>|&nbsp;: )(?:l\.|p\.|art)", entry), name


def test_a_sign_is_no_mark_of_a_list_on_paper(texts):
    """« + 6,7 % » stood as « 1. 6,7 % »: Typst reads a plus at the start of a link as a list."""
    for name in ("PDF", "annexes"):
        assert "1. 6,7" not in re.sub(r"\s", " ", texts[name])
    assert "+ 6,7 %" in re.sub(r"\s", " ", texts["annexes"])


def test_numbers_of_the_annexes_link_to_their_lines(report):
    """On paper too; those of the print edition: ``test_volumes``."""
    reader = PdfReader(report.annexes)
    lines = {name for name in reader.named_destinations if name.startswith("calc-")}
    marks = (mark.get_object() for page in reader.pages for mark in page.get("/Annots") or [])
    to_lines = [mark for mark in marks if str(mark.get("/Dest", "")).lstrip("/") in lines]
    assert len(to_lines) > 600
    with zipfile.ZipFile(report.docx) as archive:
        document = archive.read("word/document.xml").decode("utf-8")
    anchors = set(re.findall(r'<w:hyperlink w:anchor="([^"]+)"', document))
    bookmarks = set(re.findall(r'<w:bookmarkStart [^>]*w:name="([^"]+)"', document))
    assert anchors
    assert anchors <= bookmarks


def test_the_word_document_keeps_every_rule_of_word_s(report):
    assert find_faults(report.docx) == []


def test_each_chart_has_its_data_beside_it(report):
    figures = report.folder / "html" / "figures"
    values = report.edition.values.set_index("indicator")["value"]
    drawn = sorted({*figures.glob("fig-*.svg")} - {*figures.glob("*-etroit.svg")})
    drawn = [path for path in drawn if not path.name.startswith(BREAKDOWNS)]
    assert len(drawn) == len(report.charts)
    pages = "".join(path.read_text("utf-8") for path in report.pages.values())
    checked = 0
    for path in drawn:
        table = pd.read_csv(path.with_suffix(".csv"))
        assert len(table) >= 2, path.name
        assert f'href="figures/{path.stem}.csv"' in pages
        if {"indicator", "modifier"} <= set(table.columns):
            for row in table[table["modifier"].isna()].itertuples():
                known = values.loc[[row.indicator]]
                assert pd.isna(row.value) or row.value in set(known), row.indicator
                checked += 1
    assert checked > 60


def test_reviewers_get_a_copy_of_every_notebook(report):
    names = {path.stem for path in (report.folder / "carnets").glob("*.html")}
    assert names == {job.name for job in plan_jobs(report.edition)}


def test_two_runs_give_the_same_notebooks_and_figures(report, tmp_path):
    """The book made of them is made twice of made-up ones (``test_book``, ``test_production``)."""
    shutil.copytree(report.dossier.raw, tmp_path / "raw")
    assert main(["notebooks", "--dossier", str(tmp_path), "--year", str(YEAR)]) == 0
    first, second = (read_files(one.executed(YEAR)) for one in (report.dossier, Dossier(tmp_path)))
    assert len([name for name in first if name.endswith(".ipynb")]) == len(
        plan_jobs(report.edition)
    )
    assert first == second


def read_files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
