"""No text that a person types breaks the report, or is read otherwise than as letters.

One hostile dossier (see ``hostile``), built once; then what once broke a report, row by row.
"""

from __future__ import annotations

import csv
import html
import io
import re
import shutil
import unicodedata
import zipfile
from pathlib import Path

import hostile
import pytest
import yaml
from built_report import describe
from conftest import slow
from lxml.html import document_fromstring
from openpyxl import load_workbook
from pdf_rules import read_pdf_text
from pypdf import PdfReader
from pypdf.generic import IndirectObject
from site_scripts import read_index

from analysis.__main__ import main
from analysis.base.lists import split_list
from analysis.base.paths import FONTS, Dossier
from analysis.compute.comparison import compare_sides, read_side
from analysis.compute.dossier.crosschecks import is_place
from analysis.compute.dossier.reading import collect_faults
from analysis.model.schema import TABLES
from analysis.publish import BookError, build
from analysis.publish.book_checks import read_docx_text, read_html_text, tight
from analysis.publish.build import name_rows
from analysis.publish.comparison_page import compose_page
from analysis.publish.pandoc import run_pandoc
from analysis.publish.typst_pdf import find_label
from analysis.run.arguments import COMMANDS
from analysis.show.markup import render_html
from analysis.words import french
from analysis.words.hidden_markup import write_attribute, write_spans
from analysis.words.smallmarkdown import find_faults, write_prose

FORMATS = ("HTML", "PDF", "DOCX")
YEAR = hostile.YEAR


@pytest.fixture(scope="module")
@slow
def report(tmp_path_factory):
    root = tmp_path_factory.mktemp("hostile") / "dossier"
    hostile.make_hostile(root)
    arguments = ["report", "--dossier", str(root), "--year", str(YEAR), "--engine", "embedded"]
    assert main(arguments) == 0
    return describe(root, YEAR)


@pytest.fixture(scope="module")
def texts(report):
    """What is read in each format, without spaces nor hyphens; a PDF cuts words where it likes."""
    pages = " ".join(read_html_text(path) for path in report.pages.values())
    copies = sorted((report.folder / "carnets").glob("*.html"))
    found = {
        "HTML": pages,
        "PDF": " ".join(map(read_pdf_text, (report.pdf, report.annexes))),
        "DOCX": read_docx_text(report.docx),
        "carnets": " ".join(map(read_html_text, copies)),
    }
    return {name: tight(text) for name, text in found.items()}


def read_cells(raw, table, column):
    """Cells of a column, each item of a list by itself, in every file of that table."""
    kind = next(each.kind for each in TABLES[table].columns if each.name == column)
    for path in sorted(raw.rglob(f"{table}.csv")):
        for row in csv.DictReader(io.StringIO(path.read_text("utf-8"))):
            yield from filter(None, split_list(row[column]) if kind == "list" else [row[column]])


def find_start(cell):
    """What stood in a cell before its suffix; '' where it has none."""
    suffixes = (hostile.FULL, hostile.SUFFIX, hostile.MEEK)
    return next((cell.removesuffix(end) for end in suffixes if cell.endswith(end)), "")


#: Columns of which the report shows nothing, or whose cells are found in other words alone.
UNSEEN = {
    *(("digit_names", "reason"), ("glossary", "locator"), ("finality_wordings", "legal_text")),
    *(("indicators", "definition"), ("indicators", "producer"), ("observations", "note")),
    *(("planned", "locator"), ("improvements", "locator"), ("statements", "note")),
    *(("improvements", "decision_locator"), ("credits", "locator"), ("key_messages", "when")),
    *(("requests", "guess"), ("followups", "proposed_text"), ("followups", "proposed_dates")),
    *(("places", "note"), ("territories", "kind"), ("targets", "note"), ("budget", "note")),
    *(("objectives", "locator"), ("objective_links", "locator"), ("targets", "baseline_locator")),
    ("reviews", "reviewer"),  # what was signed is no longer there; the copies name who remarks
    *(("budget_axes", "locator"), ("project_options", "note"), ("documents_used", "note")),
    ("accounts", "budget"),  # its first letter is raised
}
#: What the copies for reviewers alone show.
OF_REVIEWERS = {
    *(("remarks", column.name) for column in TABLES["remarks"].columns if not column.published),
    *(("accounts", column) for column in ("operation", "label", "reason")),
}
#: What stands in the annexes alone, on the site and in their own PDF.
IN_ANNEXES = {
    *(("sources", column) for column in ("producer", "licence", "remark")),
    *(("gaps", "title"), ("not_comparable", "reason")),
    *(("objectives", column) for column in ("title", "document", "note")),
    *(("discrepancies", column.name) for column in TABLES["discrepancies"].columns),
    *((table, column.name) for table in ("legal", "documents_used")
      for column in TABLES[table].columns),
    *((table, column.name)
      for table in ("budget_axes", "cost_breakdowns", "discount_rates", "projects",
                    "project_options", "project_costs")
      for column in TABLES[table].columns),
    *((table, "locator") for table in ("accounts", "gaps", "milestones", "not_comparable",
                                       "policies", "statements", "actions")),
    *(("accounts", "rated_by"), ("approach", "short_title")),
}  # fmt: skip
COLUMNS = [
    (table, column)
    for table in TABLES
    for column in hostile.list_plain(table)
    if (table, column) not in UNSEEN
]


@pytest.mark.parametrize(("table", "column"), COLUMNS)
def test_every_plain_text_is_shown_letter_by_letter(report, texts, table, column):
    cells = list(read_cells(report.dossier.raw, table, column))
    spoilt = [cell for cell in cells if find_start(cell)]
    assert spoilt
    ends = (hostile.FULL, hostile.SUFFIX, hostile.MEEK)
    whole = {
        cell: [tight(french.typeset(find_start(cell) + end)) for end in ends] for cell in spoilt
    }
    shown = {}
    for name, text in texts.items():
        begun = [
            cell for cell in spoilt if tight(french.typeset(find_start(cell) + " *a*")) in text
        ]
        # A page of paper ends where it likes, the PDF's own words then stand in the middle.
        finished = [
            cell for cell in begun if name == "PDF" or any(words in text for words in whole[cell])
        ]
        shown[name] = bool(finished)
        # What is begun is finished: nothing follows the first letters but the suffix. (« l. 1 »
        # stands in « l. 21 », places of one source are joined.)
        assert column.endswith("locator") or finished == begun, name
    if (table, column) in OF_REVIEWERS:
        assert shown == {name: name == "carnets" for name in texts}
    else:
        awaited = {"DOCX"} if (table, column) not in IN_ANNEXES else set()
        assert {name for name in FORMATS if shown[name]} >= {"HTML", "PDF", *awaited}


def test_every_text_column_says_how_it_is_written():
    for table in TABLES.values():
        for column in table.columns:
            expected = ("",) if column.kind in ("number", "integer", "date") else (
                "code", "plain", "prose", "line",
            )  # fmt: skip
            assert column.writing in expected, (table.name, column.name)


#: What was typed, then what is to be read; the pages, search, copies and forms where it stands.
ROWS = {
    "backslash, angle brackets in a summary": (
        "(dossier S:\\Projets\\Arbres, et bilan <à compléter> par zone <Nord>)"
    ),
    "backslash in a name": "DGA\\SIG",
    "ampersand and tag in a name": "R&D <Lab>",
    "point of thousands": "Une enveloppe de 100.000\u202f€",
    "number at the beginning of a title": "1. Planter des arbres",
    "line break in a title": "Rénover les logements",
    "decomposed accents": unicodedata.normalize("NFC", "Été\u00a0: rénover l’étang"),
    "at sign": "écrire à @valexemple",
    "dollars and a hyphen": "5$-10$",
    "shortcode": "{{< include x >}}",
    "finding": hostile.FINDING,
}


@pytest.mark.parametrize("row", ROWS)
def test_what_once_broke_a_report_is_read_in_every_format(report, texts, row):
    for name, text in texts.items():
        assert tight(ROWS[row]) in text, name


def test_titles_keep_their_hyphens_and_spaces(report):
    pages = " ".join(read_html_text(path) for path in report.pages.values())
    document = read_docx_text(report.docx)
    for row in ("dollars and a hyphen", "number at the beginning of a title", "shortcode"):
        assert ROWS[row] in pages
        assert ROWS[row] in document
    assert "5$-10$" in read_pdf_text(report.pdf), "no minus"


def test_search_holds_the_same_letters(report):
    entries = read_index(report.folder / "html")
    found = tight(" ".join(str(text) for entry in entries for text in entry.values()))
    for row, words in ROWS.items():
        if row != "finding":
            assert tight(words) in found, row
    assert tight(french.typeset("Conduire les piscines" + hostile.FULL)) in found


def test_word_names_its_author_letter_by_letter(report):
    with zipfile.ZipFile(report.docx) as archive:
        core = read_words(archive.read("docProps/core.xml").decode())
    name = report.edition.territory["full_name"]
    assert tight(french.typeset(name)) in tight(core)


def test_territory_and_note_of_an_edition_are_letters(report, texts):
    note = "Une édition jamais publiée" + hostile.MEEK
    for name in FORMATS:
        assert tight(french.typeset(note)) in texts[name]
        assert tight(french.typeset(report.edition.territory["to_name"])) in texts[name]


def test_chart_texts_are_letters(report, texts):
    pages = "".join(path.read_text("utf-8") for path in report.pages.values())
    spoilt = tight(french.typeset("Une réserve" + hostile.MEEK))
    assert spoilt in tight(html.unescape(pages)), "the alternative text"
    assert tight(french.typeset("Agents formés" + hostile.MEEK)) in texts["HTML"]


def test_nothing_typed_is_a_tag_of_a_page(report):
    for path in [*report.pages.values(), *(report.folder / "carnets").glob("*.html")]:
        page = path.read_text("utf-8")
        for tag in ("<b>", "<lab>", "<nord>", "<!-- s -->", "<div class=a", "<script>alert"):
            assert tag not in page.lower(), path.name
        assert not re.search(r'href="(?:d|http://k\.l/m)"', page), path.name


# --- what would run ---------------------------------------------------------------------------

TORTURE = "Lettres"
#: An attribute in which an address or a script runs, and what none of ours holds.
_LIVE = """() => [...document.querySelectorAll("*")].flatMap(element =>
  [...element.attributes].filter(({name, value}) =>
    (name.startsWith("on") || ["href", "src", "srcdoc", "style", "action", "data", "xlink:href"]
      .includes(name)) && /hit\\(|k\\.l|^\\s*javascript:|^\\s*data:text/i.test(value)
  ).map(({name, value}) => `${element.tagName} ${name}=${value.slice(0, 80)}`)
).concat([...document.querySelectorAll(
  "base, object, embed, iframe, meta[http-equiv=refresh], svg[onload]"
)].map(element => element.outerHTML.slice(0, 80)))"""


_INSIDE = ("file:", "data:image", "data:font", "blob:")


def open_pages(browser, paths):
    """What ran, was asked of the outside or is a live attribute, in each of these pages opened from
    disk, its boxes unfolded; ``hit`` is the witness."""
    found: list[str] = []
    context = browser.new_context()
    context.add_init_script("window.hit = () => console.error('a script ran')")
    tell = found.append
    for path in paths:
        tell(path.name)
        page = context.new_page()
        page.on("dialog", lambda dialog: (tell(dialog.message), dialog.dismiss()))
        page.on("pageerror", lambda error: tell(str(error)))
        page.on("console", lambda said: said.type == "error" and tell(said.text))
        page.on("request", lambda asked: asked.url.startswith(_INSIDE) or tell(asked.url))
        page.goto(path.as_uri())
        page.evaluate("document.querySelectorAll('details').forEach(box => box.open = true)")
        found += page.evaluate(_LIVE)
        assert page.url.startswith(path.as_uri()), "it went elsewhere"
        page.close()
        if found[-1] == path.name:
            found.pop()
    context.close()
    return found


@pytest.mark.long
@pytest.mark.torture(TORTURE, "un script dans chaque colonne, chaque page ouverte", "réparé")
def test_nothing_typed_runs_in_a_page(browser, report):
    pages = sorted(report.folder.rglob("*.html"))
    assert len(pages) > 70, "pages, copies and guide"
    assert open_pages(browser, pages) == []


@pytest.mark.long
@pytest.mark.torture(TORTURE, "un script dans les données comparées de deux dossiers", "survécu")
def test_nothing_typed_runs_in_a_comparison(browser, report, tmp_path):
    other = tmp_path / "autre"
    shutil.copytree(report.dossier.root, other, ignore=shutil.ignore_patterns("reports"))
    for folder in ("raw", f"processed/{YEAR}"):
        for path in (other / folder).glob("*"):
            if path.suffix in (".csv", ".yml", ".json"):
                text = path.read_text("utf-8")
                for old, another in (
                    ("territoire-invente-0001", "ailleurs"),
                    ("000000001", "9" * 9),
                ):
                    text = text.replace(old, another)
                path.write_text(text, "utf-8")
    sides = [read_side(one, [YEAR]) for one in (report.dossier, Dossier(other))]
    page = tmp_path / "index.html"
    left_out = {"<img src=x onerror=hit()>": "<script>hit()</script>"}
    shutil.copytree(FONTS, tmp_path / "fonts")
    page.write_text(compose_page(compare_sides(sides, {}), left_out, "fonts"), "utf-8")
    assert "hit()" in page.read_text("utf-8")
    assert open_pages(browser, [page]) == []


#: Addresses that a reader may be led to: the report's own, those of sources.
_SAFE = re.compile(r"https?://(?!k\.l)|mailto:|[\w./-]+\.(?:html|pdf|docx)(?:#|$)|#")


@pytest.mark.torture(TORTURE, "des blocs bruts, des liens et des scripts dans le DOCX", "survécu")
def test_a_document_holds_no_raw_part(report):
    with zipfile.ZipFile(report.docx) as archive:
        parts = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
    assert not [name for name in parts if re.search(r"vba|embeddings|activeX|afchunk", name, re.I)]
    for name, text in parts.items():
        for target in re.findall(r'Target="([^"]+)" TargetMode="External"', text):
            assert _SAFE.match(target), (name, target)
        assert not re.search(r"<w:(?:altChunk|object|control)\b", text), name
        for field in re.findall(r"<w:instrText[^>]*>([^<]*)", text):
            assert "hit()" not in field, name


@pytest.mark.torture(TORTURE, "des actions et des adresses interdites dans les PDF", "survécu")
def test_a_pdf_does_nothing(report):
    for path in report.folder.glob("*.pdf"):
        pdf = PdfReader(path, strict=True)
        size = int(pdf.trailer["/Size"])
        assert size > 50, path.name
        for number in range(1, size):
            held = pdf.get_object(IndirectObject(number, 0, pdf))
            if not isinstance(held, dict):
                continue
            assert not {"/JS", "/JavaScript", "/AA", "/EmbeddedFile"} & set(held), path.name
            assert held.get("/S") not in ("/JavaScript", "/Launch", "/SubmitForm"), path.name
            if uri := held.get("/URI"):
                assert _SAFE.match(str(uri)), (path.name, uri)


@pytest.mark.torture(TORTURE, "des scripts dans le diaporama et la délibération", "survécu")
def test_papers_of_the_council_are_letters(report):
    root = str(report.dossier.root)
    assert main(["council", "--dossier", root, "--year", str(YEAR)]) == 0
    papers = [*report.folder.rglob("*.pptx"), *report.folder.rglob("*deliberation*.docx")]
    assert len(papers) == 2
    for path in papers:
        with zipfile.ZipFile(path) as archive:
            parts = {n: archive.read(n).decode("utf-8", "replace") for n in archive.namelist()}
        assert any("hit()" in html.unescape(text) for text in parts.values()), path.name
        for name, text in parts.items():
            for target in re.findall(r'Target="([^"]+)" TargetMode="External"', text):
                assert _SAFE.match(target), (path.name, name, target)
            assert not re.search(r"<(?:script|img|svg) ", text), (path.name, name)


def test_every_heading_of_the_book_is_known_before_it_is_built(report):
    """What ``is_place`` says is taken is all that a typed id could meet."""
    rows, _ = collect_faults(report.dossier, YEAR)
    chapters = {*rows["finalities"]["id"], *rows["approach"]["id"]}
    typed = chapters | {*rows["actions"]["id"], *rows["improvements"]["id"]}
    for page in sorted(report.dossier.book(YEAR).glob("*.ipynb")):
        for anchor in re.findall(r"#+ [^\n]*?\{#sec-([\w-]+)", page.read_text("utf-8")):
            assert anchor in typed or is_place(anchor, chapters, rows["sections"]["id"]), page.name


# --- prose ------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", hostile.LETTERS)
def test_what_is_no_small_markdown_is_letters(texts, words):
    for name in FORMATS:
        shown = french.typeset(words)
        # A mark of quotation, a dot of a list… is none: the line stands as typed.
        assert tight(shown) in texts[name], name


def test_prose_has_its_markup_in_pages(report):
    page = report.pages["climat"].read_text("utf-8")
    for markup in (
        "<em>italique</em>",
        "<strong>gras</strong>",
        '<a href="https://exemple.invalid/a_b"',
        "<em>capteurs</em>",
    ):
        assert markup in page
    assert re.search(r"<li>(<p>)?premier", page)
    assert re.search(r"<td[^>]*>Saule\|Aulne</td>", page)
    assert re.search(r'<img [^>]*src="textes/mare\.png"[^>]*alt="La mare de l’école"', page)
    assert (report.folder / "html/textes/mare.png").is_file()


def test_two_chapters_may_have_notes_of_one_name(report, texts):
    for chapter, note in (("climat", "capteurs"), ("biodiversite", "rivières")):
        page = report.pages[chapter].read_text("utf-8")
        assert page.count('role="doc-noteref"') == 1
        assert note in page[page.index('<li id="fn') :]
    with zipfile.ZipFile(report.docx) as archive:
        notes = read_words(archive.read("word/footnotes.xml").decode())
        media = [name for name in archive.namelist() if name.startswith("word/media/")]
        document = archive.read("word/document.xml").decode()
    assert "D’après le relevé des capteurs." in notes
    assert "D’après le relevé des rivières." in notes
    assert any(name.endswith(".png") for name in media)
    assert 'descr="La mare de l’école"' in document
    assert "[^a]" not in texts["PDF"]
    assert texts["PDF"].count(tight("D’après le relevé des")) == 2
    assert "La mare de l’école" in (report.dossier.book(YEAR) / f"rapport-{YEAR}.typ").read_text(
        "utf-8"
    )


def read_words(xml):
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", xml)))


# --- what is refused, with its place ------------------------------------------------------------


def find(dossier):
    _, faults = collect_faults(dossier, 2030)
    return [(fault.file, fault.row, fault.column, fault.problem) for fault in faults]


def change(path, old, new, encoding="utf-8"):
    text = path.read_text("utf-8")
    assert old in text
    text = text.replace(old, new)
    if encoding == "cp850":  # which has no such apostrophe
        text = text.replace("’", "'")
    path.write_bytes(text.encode(encoding))


AIR, ACTIONS = "2030/texts/air.md", "2030/actions.csv"


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        (ACTIONS, "Planter des arbres", "Planter 🌱", (ACTIONS, 2, "title", "U+1F331")),
        (AIR, "Texte inventé", "Texte 🌱", (AIR, 3, "", "U+1F331")),
        (AIR, "Texte inventé", "# Titre\n\nTexte", (AIR, 3, "", "titre dans un texte")),
        (AIR, "Texte inventé", "![La mare](mare.jpg)\n\nTexte", (AIR, 3, "", "image introuvable")),
        (AIR, "Texte inventé", "Un appel[^z]. Texte", (AIR, 3, "", "note sans texte")),
        (AIR, "Texte inventé", "```{=typst}\n\nTexte", (AIR, 3, "", "accolades mal formées")),
        (ACTIONS, "Former les agents", "Former Ã©tÃ©", (ACTIONS, 7, "title", "lu deux fois")),
        *(
            (ACTIONS, "Former les agents", sign, (ACTIONS, 7, "title", said))
            for sign, said in (
                ("\u202eFormer", "U+202E"),
                ("For\u200bmer", "U+200B"),
                ("For\x01mer", "U+0001"),
                ("שלום", "U+05E9"),
                ("\u0332F", "U+0332"),
                ("\u00ad", "cellule vide"),
            )
        ),
        *(
            (AIR, "Texte inventé", f"[x]({link}) Texte", (AIR, 3, "", "adresse inconnue"))
            for link in ("//k.l/m", "#sec-x", "ftp://k.l", "x:hit()", "mare.html")
        ),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_place(dossier_copy, file, old, new, expected):
    change(dossier_copy.raw / file, old, new)
    found = find(dossier_copy)
    assert len(found) == 1
    assert found[0][:3] == expected[:3]
    assert expected[3] in found[0][3]


#: A text that is none of what such a column holds.
SCRIPT = "<script>hit()</script>"
#: Columns of letters that are compared with others, or say anything: what is of no use is left out.
_ANYTHING = {
    *(("digit_names", "text"), ("discrepancies", "control"), ("budget", "policy")),
    *(("remarks", "key"), ("remarks", "mark"), ("sources", "accessed"), ("sources", "publication")),
    ("requests", "indicator"),  # no longer in the catalogue: no longer asked
}
CODES = [
    (table.name, column.name)
    for table in TABLES.values()
    for column in table.columns
    if (column.writing in ("code", "") or (table.name, column.name) in hostile.NAMING - _ANYTHING)
    and table.name != "reviews"  # whose digest refuses all that is signed otherwise
    and (table.name, column.name) not in _ANYTHING
]


@pytest.fixture(scope="module")
def refused(tmp_path_factory):
    """Columns of ``CODES`` of which a script is refused with its file, row and column: those that
    others refer to in one dossier, the rest in another, so that none hides another."""
    referred = {ref for table in TABLES.values() for c in table.columns for ref in c.refers}
    found = set()
    for named in (False, True):
        draft, put = hostile.compose_typed(), {}
        for name, column in CODES:
            if (f"{name}.{column}" in referred) == named:
                table = TABLES[name]
                rows = draft.rows[name, YEAR if table.place == "year" else None]
                place = table.header.index(column) % len(rows)
                rows[place][column] = SCRIPT
                put[table.file(YEAR), place + 2, column] = name, column
        root = tmp_path_factory.mktemp("refuse")
        draft.write(root / "raw")
        _, faults = collect_faults(Dossier(root), YEAR)
        told = {(fault.file, fault.row, fault.column) for fault in faults}
        found |= {typed for where, typed in put.items() if where in told}
    return found


@pytest.mark.torture("Lettres", "un script dans un code, un nombre ou une date", "réparé")
@pytest.mark.parametrize(("table", "column"), CODES)
def test_a_script_is_no_code_no_number_and_no_address(refused, table, column):
    assert (table, column) in refused


@pytest.mark.torture("Lettres", "un identifiant déjà pris par une page ou un titre", "réparé")
@pytest.mark.parametrize(
    "id",
    ["climat", "loi", "annexes-sources", "climat-analyse", "climat-essentiel", "synthese-climat",
     "grille-euros", "cout-global-ecole", "notes-climat", "annexes-calculs-climat"],
)  # fmt: skip
def test_no_action_takes_the_name_of_a_place(tmp_path, id):
    draft = hostile.compose_typed()
    draft.rows["actions", YEAR][0]["id"] = id
    draft.write(tmp_path / "raw")
    _, faults = collect_faults(Dossier(tmp_path), YEAR)
    assert (f"{YEAR}/actions.csv", 2, "id", "identifiant déjà pris par une page du rapport") in [
        (fault.file, fault.row, fault.column, fault.problem) for fault in faults
    ]


@pytest.mark.parametrize("id", ["accueil-jeunes", "portrait-de-ville", "numerique-inclusif"])
def test_an_id_that_is_like_a_page_s_is_none(id):
    assert not is_place(id, {"climat"}, {"analyse"})


@pytest.mark.torture("Lettres", "un chapitre nommé comme une page ou un fichier réservé", "réparé")
@pytest.mark.parametrize("id", ["index", "summary", "dashboard", "calculs-climat", "grille"])
def test_no_chapter_takes_the_name_of_a_file(tmp_path, id):
    draft = hostile.compose_typed()
    draft.rows["finalities", None][1]["id"] = id
    draft.write(tmp_path / "raw")
    _, faults = collect_faults(Dossier(tmp_path), YEAR)
    assert (
        "reference/finalities.csv",
        3,
        "id",
        "identifiant déjà pris par une page du rapport",
    ) in [(fault.file, fault.row, fault.column, fault.problem) for fault in faults]


@pytest.mark.torture("Lettres", "une image au nom d’accent, d’espace ou de balise", "réparé")
@pytest.mark.parametrize("name", ["école.png", "ma mare.png", "a)[b](c)*d*.png", 'a"b.png'])
def test_a_picture_has_a_plain_name(dossier_copy, name):
    raw = dossier_copy.raw
    for folder in (raw, raw / "2030/texts"):
        (folder / name).write_bytes(hostile.draw_picture())
    change(raw / AIR, "Texte inventé", f"![La mare](<{name}>)\n\nTexte")
    logo = yaml.safe_dump({"logo": {"file": name, "alt": "Le logo"}}, allow_unicode=True)
    (raw / "identity.yml").write_text(logo, "utf-8")
    told = {found[0]: found[3] for found in find(dossier_copy) if found[0] != "sources.csv"}
    assert told == dict.fromkeys((name, f"2030/texts/{name}"), "nom d’image à simplifier")


@pytest.mark.torture("Lettres", "une barre dans le texte de remplacement d’une cellule", "réparé")
@pytest.mark.parametrize("text", ["a | [m](javascript:hit())", "un ` seul", "$x", *hostile.ATTACKS])
def test_an_attribute_does_not_end_its_cell(text):
    picture = f'![](a.svg){{fig-alt="{write_attribute(text)}"}}'
    (page,) = render_html([(f"| A | B |\n|---|---|\n| {picture} | {picture} |\n", "")])
    (_, row) = document_fromstring(page).iter("tr")
    assert [cell.find("img").get("data-fig-alt") for cell in row] == [text, text]
    assert row.text_content().strip() == ""


@pytest.mark.torture("Lettres", "un lien qui exécute, dans une prose", "survécu")
@pytest.mark.parametrize(
    "link",
    ["javascript:hit()", "JaVaScRiPt:hit()", "data:text/html,hit", "vbscript:hit",
     "&#106;avascript:hit()", "java&Tab;script:hit()", "javascript&colon;hit()", "file:///x"],
)  # fmt: skip
def test_a_link_that_runs_is_letters_or_refused(link):
    text = f"[x]({link}) et [x]\n\n[x]: {link}"
    if [
        said for _, _, said, _ in find_faults(text, ()) if said == "lien vers une adresse inconnue"
    ]:
        return
    written = write_spans(write_prose(text, "a"))
    assert "](<" not in written
    assert "\\[x\\]" in written


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252", "cp850", "mac_roman"])
def test_a_table_of_an_old_spreadsheet_is_read_right(dossier_copy, encoding):
    change(dossier_copy.raw / ACTIONS, "Région", "Région", encoding)
    edition, faults = collect_faults(dossier_copy, 2030)
    assert faults == []
    assert "Rénover les logements" in set(edition["actions"]["title"])


def test_a_picture_beside_its_text_is_read(dossier_copy):
    change(dossier_copy.raw / AIR, "Texte inventé", "![La mare](mare.png)\n\nTexte")
    (dossier_copy.raw / "2030/texts/mare.png").write_bytes(hostile.draw_picture())
    assert find(dossier_copy) == []


# --- what still fails ---------------------------------------------------------------------------


def test_a_failure_of_the_book_names_the_typed_row(dossier_copy):
    for said, rows in (
        ("Typst ne compose pas x.pdf, après « sec-velo » : panicked", "actions.csv, ligne 4"),
        ("DOCX : titre absent, « Planter en ville »", "improvements.csv, ligne 2"),
        ("x.pdf ne dit pas où se trouvent : prevu-reseau.", "planned.csv, ligne 3"),
        ("étiquette « autre » employée deux fois", ""),
    ):
        told = str(name_rows(dossier_copy, 2030, BookError(said)))
        assert told == said + (f"\nÀ regarder : {rows}." if rows else "")


def test_typst_says_after_which_title_it_stopped():
    source = "= Un <sec-un>\n\\<sec-typed\\>\n#panic()\n= Deux <sec-deux>\n"
    said = "error: panicked\n  ┌─ rapport.typ:3:1"
    assert find_label(source, said) == ", après « sec-un »"
    assert find_label(source, "error: rien") == ""


@pytest.mark.slow
def test_a_filter_that_stops_is_said_without_its_stack(tmp_path):
    bad = tmp_path / "mauvais.lua"
    bad.write_text('function Pandoc(doc) error("voir « sec-velo »", 0) end', "utf-8")
    with pytest.raises(BookError) as told:
        run_pandoc(["--to=html", f"--lua-filter={bad}"], "mots")
    assert "mauvais.lua s’arrête, voir « sec-velo »" in str(told.value)
    assert not re.search("Error running|traceback", str(told.value))


def test_a_built_book_that_fails_names_its_row(report, monkeypatch):
    def fail(*arguments, **named):
        raise BookError("Typst ne compose pas rapport.pdf, après « sec-piscines » : non")

    monkeypatch.setattr(build, "build_embedded", fail)
    with pytest.raises(BookError, match=r"À regarder : actions\.csv, ligne 9\."):
        build.build_book(report.dossier, report.edition, engine="embedded")


def test_a_missing_file_is_said_in_french(monkeypatch, capsys):
    def fail(arguments, dossier):
        Path("/nulle/part.csv").read_text("utf-8")

    monkeypatch.setitem(COMMANDS, "editions", (fail, *COMMANDS["editions"][1:]))
    assert main(["editions"]) == 1
    told = capsys.readouterr().err
    assert "/nulle/part.csv" in told
    assert "introuvable" in told
    assert not re.search("Errno|Traceback", told)


def test_a_trail_in_the_terminal_is_said_letter_by_letter(report, capsys):
    root = str(report.dossier.root)
    assert main(["trace", "isolation-tous", "--dossier", root, "--year", str(YEAR)]) == 0
    told = tight(capsys.readouterr().out)
    assert tight("au titre de l’isolation des bâtiments" + french.typeset(hostile.FULL)) in told


def test_forms_hold_the_letters_that_were_typed(report):
    root = str(report.dossier.root)
    assert main(["forms", "--dossier", root, "--year", str(YEAR)]) == 0
    forms = sorted((report.folder / "formulaires").glob("*.xlsx"))
    sheets = [sheet for form in forms for sheet in load_workbook(form).worksheets]
    words = tight(" ".join(str(cell.value) for sheet in sheets for row in sheet for cell in row))
    assert tight("au titre de l’isolation des bâtiments" + french.typeset(hostile.FULL)) in words
    assert tight("DGA\\SIG") in words
