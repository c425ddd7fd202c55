"""What real Quarto asks of the project: held without it where that can be, with it where it is.

Met by building this book with Quarto 1.9 and 1.10: each rule here once cost a wrecked page.
"""

import json
import re
from pathlib import Path

import pytest
import yaml
from conftest import slow

from analysis.base.paths import REPORTS, Dossier
from analysis.publish.book_checks import check_html, read_docx_text, read_html_text
from analysis.publish.build import build_book
from analysis.publish.embedded import join_pages
from analysis.publish.engine import Engine, choose_engine
from analysis.publish.page_checks import ROW_CLASSES, find_layout_faults, find_row_styles
from analysis.publish.project import Page, Project
from analysis.publish.quarto import find_complaints
from tests import book_example as example

EDITION = example.make_edition()
CONFIG = yaml.safe_load((REPORTS / "_quarto.yml").read_text(encoding="utf-8"))

#: Of Quarto's schema, what this project uses: an option's values, or the type of any.
ALLOWED = {
    "project.type": {"book"}, "project.output-dir": str, "project.resources": list,
    "project.post-render": list, "print-appendices": list, "format.typst.volume": str,
    "format.docx.volume": str, "lang": str, "book.title": str, "book.subtitle": str,
    "book.output-file": str, "book.chapters": list, "book.appendices": list, "book.search": bool,
    "book.page-footer.left": str, "book.page-footer.right": str, "execute.enabled": bool,
    "execute.echo": bool, "toc": bool, "toc-depth": int, "tbl-colwidths": {True, "auto"},
    "number-sections": bool, "number-depth": int, "crossref.title-delim": str,
    "crossref.fig-title": str, "crossref.fig-prefix": str, "crossref.tbl-title": str,
    "crossref.tbl-prefix": str, "crossref.appendix-title": str, "crossref.appendix-delim": str,
    "language.toc-title-document": str, "language.toc-title-website": str,
    "language.section-title-appendices": str, "filters": list, "format.html.minimal": bool,
    "format.html.template": str, "format.html.section-divs": bool, "format.html.css": list,
    "format.html.html-math-method": {"plain"}, "format.html.code-copy": bool,
    "format.html.code-tools": bool, "format.html.link-external-newwindow": bool,
    "format.html.fig-cap-location": {"top", "bottom", "margin"},
    "format.html.tbl-cap-location": {"top", "bottom", "margin"}, "format.typst.template": str,
    "format.typst.font-paths": list, "format.typst.papersize": str,
    "format.typst.pdf-standard": list, "format.typst.fig-cap-location": {"top", "bottom"},
    "format.typst.tbl-cap-location": {"top", "bottom"}, "format.docx.reference-doc": str,
    "format.docx.toc": bool, "format.docx.toc-depth": int, "format.docx.toc-title": str,
    "format.docx.fig-cap-location": {"top", "bottom"},
    "format.docx.tbl-cap-location": {"top", "bottom"},
}  # fmt: skip

#: Classes of pandoc's and of Bootstrap's own: one of ours with such a name takes on their looks.
TAKEN = {
    *ROW_CLASSES,
    *("alert", "badge", "btn", "callout", "card", "col", "collapse", "container", "content"),
    *("display", "figure", "grid", "lead", "list-group", "nav", "navbar", "row", "sidebar"),
    *("small", "sourceCode", "table", "title", "toc", "visible"),
}


@pytest.fixture(scope="session")
def project(example_book, example_dossier) -> Project:
    return Project(example_dossier.book(example.YEAR))


def walk(node, path=""):
    if isinstance(node, dict):
        for key, child in node.items():
            yield from walk(child, f"{path}.{key}".removeprefix("."))
    else:
        yield path, node


# Without Quarto -----------------------------------------------------------------------------------


def test_options_are_within_quartos_schema():
    for path, value in walk(CONFIG):
        allowed = ALLOWED[path]  # an option unknown here is to be looked up in Quarto's reference
        assert value in allowed if isinstance(allowed, set) else isinstance(value, allowed), path


def test_lines_of_staged_cells_end_by_themselves(project):
    notebooks = sorted(project.folder.glob("*.ipynb"))
    assert notebooks
    for path in notebooks:
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            assert isinstance(cell["source"], list)
            assert all(line.endswith("\n") for line in cell["source"][:-1]), path.name


def test_pages_without_a_number_are_no_notebooks(project):
    """Quarto takes a notebook's title out of it and forgets that it is ``.unnumbered``."""
    unnumbered = [page.file for page in project.chapters if not page.mark]
    assert unnumbered == ["index.qmd", "summary.qmd", "portrait.qmd"]


def test_the_first_heading_of_a_page_is_its_title(project):
    """Also inside of what one format alone shows: Quarto takes the first for the page's title."""
    for page in project.chapters:
        first = re.search(r"^(#+) .*", project.read_markdown(page.file), re.MULTILINE)
        assert first[1] == "#", (page.file, first[0])


def test_templates_hold_the_variables_that_quarto_fills():
    typst = (REPORTS / "style" / "template.typ").read_text(encoding="utf-8")
    assert "$body$" in typst
    assert "$highlighting-definitions$" in typst, "inline code calls #NormalTok"
    page = (REPORTS / "style" / "quarto.html").read_text(encoding="utf-8")
    assert page.index("<!-- texte -->") < page.index("$body$") < page.index("<!-- fin du texte -->")


def test_no_class_of_ours_is_pandocs_or_bootstraps(project):
    written = join_pages(project, parts=True)
    named = set(re.findall(r"\{[^{}\n]*?\.([a-z][\w-]*)", written))
    named |= set(re.findall(r"(?<=\s)\.([a-z][\w-]*)(?=[^{}\n]*\})", written))
    for path in (REPORTS / "style").glob("*.css"):
        rules = re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", path.read_text("utf-8"), flags=re.DOTALL)
        named |= set(re.findall(r"\.([a-z][\w-]*)", rules))
    assert {"chiffres-cles", "encadre-note", "trace"} <= named
    assert named & TAKEN == set()


def test_complaints_are_found_in_any_of_their_forms():
    log = (
        "Output created: html/index.html\n\x1b[33mWARN: x\x1b[39m\n(WARN) y\n[WARNING] z\n"
        "WARNING (refs.lua:1) t\nERROR: u\nwarning: unknown font family: v\n"
    )
    assert len(find_complaints(log)) == 6


@pytest.mark.parametrize(
    "line",
    [
        "[1/9] index.qmd",
        "Warnings are welcome",
        "      warning: c8F6100",  # metadata that Quarto repeats
        "WARN: verapdf is not installed; the PDF is not validated",
        "WARNING (main.lua:1) \nThe following string was found in the document: :::\n",
    ],
)
def test_other_lines_of_a_log_are_no_complaints(line):
    assert find_complaints(line) == []


def test_the_staged_project_says_what_it_is(project):
    head = (project.folder / "_quarto.yml").read_text(encoding="utf-8").partition("\nproject:")[0]
    assert head.startswith("# FICHIER PRODUIT")
    assert "quarto render" in head
    assert all(line.startswith("#") for line in head.splitlines())


# A wrecked page -----------------------------------------------------------------------------------

CHAPTER = Page("climat.ipynb", "chapter", "Climat", "sec-climat", 1)
TITLE = '<h1 id="sec-climat"><span class="chapter-number">{}</span> Climat</h1>'
SECTION = '<h2><span class="header-section-number">{}</span> A</h2>'
ROW = '<tr><th scope="row">a</th><td>1</td></tr>'
HEAD = '<tr><th scope="col">A</th><th scope="col">B</th></tr>'


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (TITLE.format(1) + SECTION.format("1.1") + f"<table>{HEAD}{ROW}</table>", ""),
        (TITLE.format(3), "chapitre numéroté 3, attendu : 1"),
        ("<h1>Climat</h1>", "chapitre numéroté aucun, attendu : 1"),
        (TITLE.format(1) + SECTION.format("3.1"), "section numérotée 3.1 dans le chapitre 1"),
        (TITLE.format(1) + "<table><tr><td>a</td><td>1</td></tr></table>", "sans portée"),
        (TITLE.format(1) + "<table><tr><th>a</th><th>b</th></tr></table>", "sans portée"),
        (
            TITLE.format(1) + f"<table>{HEAD}<tr><th scope='row'>a</th></tr></table>",
            "des lignes de 1 et de 2 colonnes",
        ),
        (
            TITLE.format(1)
            + f"<table>{HEAD}<tr><th rowspan='2' scope='rowgroup'>a</th><td>1</td></tr>"
            + "<tr><td>2</td></tr></table>",
            "",
        ),
    ],
)
def test_a_wrecked_page_is_noticed(body, said):
    found = "\n".join(find_layout_faults(f"<main>{body}</main>", CHAPTER))
    assert (said in found) if said else found == ""


def test_a_style_for_the_rows_of_every_table_is_noticed():
    assert find_row_styles(
        ".objectif { color: red } /* .even */ main .odd > td { color: red }"
    ) == ["odd"]


def test_check_notices_a_wrecked_book(project, example_book, tmp_path):
    page = tmp_path / "climat.html"
    source = (example_book.html.parent / "climat.html").read_text(encoding="utf-8")
    page.write_text(source.replace('chapter-number">1<', 'chapter-number">3<'), encoding="utf-8")
    problems = check_html(project, tmp_path)
    assert "HTML, climat.html : chapitre numéroté 3, attendu : 1" in problems


# With Quarto --------------------------------------------------------------------------------------


def usable_quarto() -> Engine | None:
    engine = choose_engine()
    return engine if engine.name == "quarto" else None


needs_quarto = pytest.mark.skipif(
    usable_quarto() is None, reason="Quarto 1.9.36 ou plus récent n’est pas installé"
)


@pytest.fixture(scope="module")
@slow
def by_quarto(tmp_path_factory):
    own: Dossier = example.make_dossier(tmp_path_factory.mktemp("quarto") / "dossier")
    return build_book(own, EDITION, engine="quarto")


def name_engine_apart(text: str) -> str:
    return re.sub(r'(?s)<meta name="generator"[^>]*>|<p>Composé par .*?</p>', "", text)


def simplify(page: str) -> list[str]:
    """The tags and words of a page, but for how a serialiser writes them."""
    main = re.search(r"(?s)<main.*?</main>", name_engine_apart(page))[0]
    main = re.sub(r'\s*class="(?:header|odd|even|caption-top)"| caption-top', "", main)
    main = main.replace("&nbsp;", "\u00a0").replace(" />", ">").replace("./", "")
    return re.findall(r"<[^>]+>|[^<\s]+", main)


@needs_quarto
def test_both_engines_give_the_same_pages(example_book, by_quarto, project):
    for page in project.chapters:
        if page.stem == "credits":  # says which engine made the book
            continue
        ours, theirs = (
            (result.html.parent / f"{page.stem}.html").read_text(encoding="utf-8")
            for result in (example_book, by_quarto)
        )
        tags = [
            [re.match(r"</?\w+", word)[0] for word in simplify(text) if word.startswith("<")]
            for text in (ours, theirs)
        ]
        assert tags[0] == tags[1], page.stem
        for attribute in ("id", "scope", "alt", "href", "data-trace", "style"):
            found = [
                re.findall(rf' {attribute}="([^"]*)"', " ".join(simplify(text)))
                for text in (ours, theirs)
            ]
            assert len(found[0]) == len(found[1]), (page.stem, attribute)


@needs_quarto
def test_both_engines_give_the_same_words(example_book, by_quarto, project):
    for page in project.chapters:
        if page.stem == "credits":
            continue
        ours, theirs = (
            read_html_text(result.html.parent / f"{page.stem}.html")
            for result in (example_book, by_quarto)
        )
        assert ours.split() == theirs.split(), page.stem


@needs_quarto
def test_both_engines_give_the_same_document(example_book, by_quarto):
    ours, theirs = (
        read_docx_text(result.docx).partition("Méthode, fabrication et crédits")[0].split()
        for result in (example_book, by_quarto)
    )
    assert ours == theirs


@needs_quarto
def test_both_engines_give_the_same_chapters_and_fonts_in_the_pdf(example_book, by_quarto):
    from pypdf import PdfReader

    def describe(path: Path):
        reader = PdfReader(path)
        fonts = {
            font.get_object()["/BaseFont"].split("+")[-1]
            for page in reader.pages
            for font in page["/Resources"]["/Font"].values()
        }
        titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
        return titles, fonts

    assert describe(example_book.pdf) == describe(by_quarto.pdf)


@needs_quarto
def test_a_quarto_user_renders_the_staged_project_by_hand(by_quarto, project, tmp_path):
    import shutil
    import subprocess

    folder = shutil.copytree(project.folder, tmp_path / "projet")
    quarto = str(usable_quarto().path)
    done = subprocess.run(
        [quarto, "render", "--to", "html"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert check_html(project, folder / "_book") == []


@pytest.mark.torture("Pages", "réglages de Quarto posés dans un dossier", "réparé")
def test_no_setting_of_a_dossier_reaches_a_page():
    """Quarto looks for a project's settings upwards from what it renders: the book and the guide
    have their own, where they are staged, and nothing above counts."""
    assert yaml.safe_load((REPORTS / "guide/_quarto.yml").read_text("utf-8")) == {
        "project": {"type": "default"}
    }
    for text in (REPORTS / "guide/guide.qmd", REPORTS / "_quarto.yml"):
        head = text.read_text("utf-8").partition("\n---\n")[0]
        assert "minimal: true" in head  # none of Quarto's own scripts
