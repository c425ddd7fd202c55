"""Source documents: lines, pages and headings worked by hand; hostile files; links."""

import csv
import io
import re
import struct
import subprocess
import time
import zipfile

import pytest
import typst
from pypdf import PdfReader, PdfWriter

from analysis.base.errors import UserError
from analysis.base.paths import PROJECT, Dossier
from analysis.base.rawfiles import list_raw_files
from analysis.collect import document_reading
from analysis.collect.document_reading import read_document
from analysis.collect.judged_headings import judge_headings
from analysis.collect.keep_document import Request, keep_document
from analysis.compute.dossier import InvalidDossier, read_dossier
from analysis.compute.dossier.document_files import read_lines
from analysis.execute.review_copies import link_to_book
from analysis.model.source_documents import DocumentPlan, read_ranges, select_outline
from analysis.publish.document_pages import compose_documents
from analysis.words.document_places import describe_places, find_places
from analysis.words.lineage import compose_entry, describe_trail, read_trail

#: A front page « i », then pages 1 and 2, whose third line of text goes over.
PDF = """
#set document(title: "Rapport inventé")
#set page(width: 12cm, height: 10cm, numbering: "i")
Avertissement de la commune.
#set page(numbering: "1")
#counter(page).update(1)
= I - Le climat
Vingt arbres ont été plantés.
== A. Énergie
Dix toits portent des panneaux.
#pagebreak()
= II - L’eau
Une mare, et un financement efficace.
"""
TEXT = """\
SOMMAIRE

I - Le climat

p. 3

A - ÉNERGIE  4
B - MOBILITÉ **p.6**

II - L’eau .......... 9

I - Le climat

Vingt arbres en 2016.

A. ÉNERGIE

→ Des panneaux sur dix toits :

2 000 personnes sont venues.

B. MOBILITÉ

II - L’eau

IV - Une mare ; rien.
"""
MARKDOWN = "# Un\n\nTexte\n\n```\n# pas un titre\n```\n\n## Deux ##\nFin"


def make_pdf(path, source=PDF):
    path.write_bytes(typst.compile(source.encode()))
    return path


def make_docx(
    path, text="# Un\n\nTexte.\n\n- a\n- b\n\n| x | y |\n|---|---|\n| 1 | 2 |\n\n## Deux"
):
    import pypandoc

    command = [pypandoc.get_pandoc_path(), "--from=markdown", "--output", str(path)]
    subprocess.run(command, input=text.encode(), check=True)
    return path


def list_headings(document):
    return [
        (number, line.level, line.heading, line.page)
        for number, line in enumerate(document.lines, 1)
        if line.heading
    ]


# --- reading ------------------------------------------------------------------------------------


def test_pdf_lines_pages_and_headings(tmp_path):
    document = document_reading._read_content(make_pdf(tmp_path / "a.pdf").read_bytes())
    # Each page ends with its printed number.
    assert [(line.text, line.page, line.sheet) for line in document.lines] == [
        ("Avertissement de la commune.", "i", 1),
        ("i", "i", 1),
        ("I - Le climat", "1", 2),
        ("Vingt arbres ont été plantés.", "1", 2),
        ("A. Énergie", "1", 2),
        ("Dix toits portent des panneaux.", "1", 2),
        ("1", "1", 2),
        ("II - L’eau", "2", 3),
        ("Une mare, et un financement efficace.", "2", 3),
        ("2", "2", 3),
    ]
    assert list_headings(document) == [
        (3, 1, "I - Le climat", "1"),
        (5, 2, "A. Énergie", "1"),
        (8, 1, "II - L’eau", "2"),
    ]
    assert (document.title, document.form) == ("Rapport inventé", "PDF, 3 pages")
    assert not any(line.judged for line in document.lines)


def test_text_lines_are_those_of_an_editor_and_headings_are_judged():
    document = document_reading._read_content(TEXT.replace("\n", "\r\n").encode())
    assert [line.text for line in document.lines] == TEXT.removesuffix("\n").split("\n")
    assert list_headings(document) == [
        (12, 1, "I - Le climat", "3"),
        (16, 2, "A. ÉNERGIE", "4"),
        (18, 3, "Des panneaux sur dix toits", ""),
        (22, 2, "B. MOBILITÉ", "6"),
        (24, 1, "II - L’eau", "9"),
    ]
    assert all(line.judged for line in document.lines if line.heading)
    assert "règle" in document.notices[0]


def test_markdown_headings_are_its_own():
    document = document_reading._read_content(MARKDOWN.encode())
    assert list_headings(document) == [(1, 1, "Un", ""), (9, 2, "Deux", "")]
    assert len(document.lines) == 10


def test_form_feeds_are_pages():
    document = document_reading._read_content(b"un\ndeux\n\ftrois\n\fquatre")
    assert [line.sheet for line in document.lines] == [1, 1, 2, 3]


def test_decimal_numbering_and_its_traps():
    lines = ["1. Le climat", "", "1.1 Les arbres", "", "2017 fut sec", "", "1.2 Les toits", ""]
    lines += ["3 200 euros", "", "2. L’eau", "", "7. Une liste", "", "Une phrase. A. B"]
    found = [(found.index, found.level) for found in judge_headings(lines, spaced=True)]
    assert found == [(0, 1), (2, 2), (6, 2), (10, 1)]


@pytest.mark.slow
def test_word_and_opendocument_lines(tmp_path):
    expected = ["Un", "Texte.", "a", "b", "x | y", "1 | 2", "Deux"]
    for name in ("a.docx", "a.odt"):
        document = read_document(make_docx(tmp_path / name))
        assert [line.text for line in document.lines] == expected
        assert list_headings(document) == [(1, 1, "Un", ""), (7, 2, "Deux", "")]


@pytest.mark.slow
def test_the_same_bytes_give_the_same_lines(tmp_path):
    path = make_pdf(tmp_path / "a.pdf")
    assert read_document(path) == read_document(path)


# --- what is refused ------------------------------------------------------------------------------


def write_locked_pdf(path):
    writer = PdfWriter(clone_from=PdfReader(make_pdf(path)))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(path)


def write_scan(path):
    writer = PdfWriter()
    writer.add_blank_page(300, 300)
    writer.write(path)


def write_cut_pdf(path):
    path.write_bytes(make_pdf(path).read_bytes()[:700])


def write_archive(path, **parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)


LAUGHS = (
    '<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "'
    + "&a;" * 100
    + '"><!ENTITY c "'
    + "&b;" * 100
    + '"><!ENTITY d "'
    + "&c;" * 1000
    + '">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
    "<w:body><w:p><w:r><w:t>&d;</w:t></w:r></w:p></w:body></w:document>"
)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
HOSTILE = {
    "mot de passe": write_locked_pdf,
    "pages sont des images": write_scan,
    "abîmé": write_cut_pdf,
    "Document sans texte": lambda path: path.write_bytes(b"\n \n"),
    "Ni PDF, ni document Word ou OpenDocument": lambda path: path.write_bytes(
        b"\x89PNG\r\n\x1a\n\0\0" + struct.pack(">20I", *range(20))
    ),
    "comprimé de façon anormale": lambda path: write_archive(
        path, **{"word/document.xml": b" " * 40_000_000}
    ),
    "Ni document Word (.docx)": lambda path: write_archive(path, **{"xl/workbook.xml": b"<a/>"}),
    "Ancien document Word": lambda path: path.write_bytes(OLE + b"\0" * 600),
    "protégé": lambda path: path.write_bytes(OLE + "EncryptedPackage".encode("utf-16-le")),
    "document abîmé": lambda path: write_archive(path, **{"word/document.xml": b"<w:document"}),
    "document": lambda path: write_archive(path, **{"word/document.xml": LAUGHS.encode()}),
}


@pytest.mark.slow
@pytest.mark.parametrize("said", HOSTILE)
def test_hostile_files_are_refused_in_french(tmp_path, said):
    path = tmp_path / "recu.pdf"
    HOSTILE[said](path)
    with pytest.raises(UserError) as error:
        read_document(path)
    message = str(error.value)
    assert said.casefold() in message.casefold(), message
    assert message.startswith("recu.pdf : ")
    assert "Traceback" not in message


def test_a_missing_or_enormous_file_is_refused(tmp_path, monkeypatch):
    with pytest.raises(UserError, match="introuvable"):
        read_document(tmp_path / "rien.pdf")
    monkeypatch.setattr(document_reading, "MAX_FILE", 10)
    (tmp_path / "a.txt").write_text("plus de dix lettres")
    with pytest.raises(UserError, match="Mo"):
        read_document(tmp_path / "a.txt")


@pytest.mark.slow
@pytest.mark.skipif("not hasattr(__import__('os'), 'fork')", reason="needs a forked process")
def test_a_reading_without_end_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(document_reading, "SECONDS", 1)
    monkeypatch.setattr(document_reading, "_read_content", lambda content: time.sleep(600))
    (tmp_path / "a.txt").write_text("un texte")
    with pytest.raises(UserError, match="arrêtée"):
        read_document(tmp_path / "a.txt")


# --- keeping --------------------------------------------------------------------------------------


@pytest.fixture
def kept(dossier_copy, tmp_path):
    """A made-up dossier of one's own with a text as one of its documents."""
    path = tmp_path / "recu.txt"
    path.write_text(TEXT, encoding="utf-8")
    return dossier_copy, path


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.mark.slow
def test_a_document_is_kept_once(kept):
    dossier, path = kept
    said = keep_document(dossier, Request(path, "rapport-recu", year="2016"))
    assert "26 lignes, 5 titres" in said.replace("\u00a0", " ")
    rows = read_rows(dossier.raw / "documents/rapport-recu.csv")
    assert [row["text"].strip() for row in rows] == TEXT.removesuffix("\n").split("\n")
    assert rows[11] | {"text": ""} == {
        "line": "12", "level": "1", "heading": "I - Le climat", "basis": "déduit", "page": "3",
        "sheet": "", "text": "",
    }  # fmt: skip
    source = read_rows(dossier.raw / "sources.csv")[-1]
    assert (source["id"], source["kind"], source["published"]) == (
        "rapport-recu",
        "document",
        "non",
    )
    assert (source["publication"], len(source["sha256"])) == ("2016", 64)
    before = {file: file.read_bytes() for file in dossier.raw.rglob("*") if file.is_file()}
    assert "Rien n’a changé" in keep_document(dossier, Request(path, "rapport-recu"))
    other = path.with_name("autre.txt")
    other.write_text("Préface\n\n" + TEXT, encoding="utf-8")
    with pytest.raises(UserError) as error:
        keep_document(dossier, Request(other, "rapport-recu"))
    assert "titre « II - L’eau » : de la l. 24 à la l. 26" in str(error.value)
    assert before == {file: file.read_bytes() for file in dossier.raw.rglob("*") if file.is_file()}


@pytest.mark.slow
def test_an_outline_keeps_its_text_apart(kept):
    dossier, path = kept
    keep_document(dossier, Request(path, "rapport-recu", outline=True))
    rows = read_rows(dossier.raw / "documents/rapport-recu.csv")
    assert [row["line"] for row in rows] == ["12", "16", "18", "22", "24", "26"]
    assert "text" not in rows[0]
    assert read_lines(dossier.raw, "rapport-recu")[14] == "Vingt arbres en 2016."
    assert "documents/rapport-recu.txt" not in dict(list_raw_files(dossier, 2030))
    read_dossier(dossier, 2030)  # nothing is wrong with it


@pytest.mark.slow
def test_an_original_is_kept_and_known(kept, tmp_path):
    dossier, _ = kept
    path = make_pdf(tmp_path / "a.pdf")
    keep_document(dossier, Request(path, "rapport-pdf", keep=True))
    original = dossier.raw / "documents/rapport-pdf.pdf"
    assert original.read_bytes() == path.read_bytes()
    read_dossier(dossier, 2030)
    original.write_bytes(b"%PDF- un autre")
    with pytest.raises(InvalidDossier, match="ce n’est pas le document"):
        read_dossier(dossier, 2030)


def test_an_id_is_an_id(kept):
    dossier, path = kept
    with pytest.raises(UserError, match="n’est pas un identifiant"):
        keep_document(dossier, Request(path, "Rapport 2016"))


@pytest.mark.slow
def test_a_formula_stays_a_text(kept, tmp_path):
    dossier, _ = kept
    path = tmp_path / "a.txt"
    path.write_text("=1+1\n- un point", encoding="utf-8")
    keep_document(dossier, Request(path, "piege"))
    assert [row["text"] for row in read_rows(dossier.raw / "documents/piege.csv")] == [
        "'=1+1",
        "'- un point",
    ]
    assert read_lines(dossier.raw, "piege") == {1: "=1+1", 2: "- un point"}


# --- checks ---------------------------------------------------------------------------------------


def write_document(dossier, source, text):
    folder = dossier.raw / "documents"
    folder.mkdir(exist_ok=True)
    (folder / f"{source}.csv").write_text(text, encoding="utf-8")
    path = dossier.raw / "sources.csv"
    rows = read_rows(path)
    for row in rows:
        row |= {"published": "", "sha256": ""}
        if row["id"] == source:
            row |= {"file": f"documents/{source}.csv", "sha256": "0" * 64}
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(out.getvalue(), encoding="utf-8")


def find_main(dossier):
    rows = read_rows(dossier.raw / "2030/observations.csv")
    return rows[0]["source"]


def test_a_locator_lies_within_its_document(dossier_copy):
    source = find_main(dossier_copy)
    rows = read_rows(dossier_copy.raw / "2030/observations.csv")
    number, row = next(
        (number, row)
        for number, row in enumerate(rows, 2)
        if row["source"] == source and read_ranges(row["locator"])
    )
    last = max(end for _, end in read_ranges(row["locator"])) - 1
    write_document(dossier_copy, source, f"line,level,heading,basis,page,sheet\n{last},,,,,\n")
    with pytest.raises(InvalidDossier) as error:
        read_dossier(dossier_copy, 2030)
    faults = [fault for fault in error.value.faults if fault.column == "locator"]
    assert ("2030/observations.csv", number) in {(fault.file, fault.row) for fault in faults}
    assert f"« {source} » a {last} lignes" in faults[0].expected


@pytest.mark.parametrize(
    ("rows", "column", "said"),
    [
        ("3,,,,,,\n2,,,,,,", "line", "ne suit pas"),
        ("1,,,,,,un\n3,,,,,,trois", "line", "ne suit pas"),
        ("1,,Titre,,,,\n9000,,,,,,", "level", "titre dit à moitié"),
        ("1,1,,,,,\n9000,,,,,,", "heading", "titre dit à moitié"),
        ("0,,,,,,\n9000,,,,,,", "line", ""),
        ("1,1,Titre,peut-être,,,\n9000,,,,,,", "basis", ""),
    ],
)
def test_faults_of_a_document_name_their_cell(dossier_copy, rows, column, said):
    source = find_main(dossier_copy)
    write_document(dossier_copy, source, f"line,level,heading,basis,page,sheet,text\n{rows}\n")
    with pytest.raises(InvalidDossier) as error:
        read_dossier(dossier_copy, 2030)
    file = f"documents/{source}.csv"
    assert [
        fault
        for fault in error.value.faults
        if (fault.file, fault.column) == (file, column) and fault.row > 1 and said in fault.problem
    ]


def test_a_document_of_no_source_is_named(dossier_copy):
    folder = dossier_copy.raw / "documents"
    folder.mkdir()
    (folder / "inconnu.csv").write_text("line,level,heading,basis,page,sheet\n1,,,,,\n")
    with pytest.raises(InvalidDossier, match="document d’une source absente"):
        read_dossier(dossier_copy, 2030)


# --- places ---------------------------------------------------------------------------------------


def make_row(line, level=0, heading="", page="", sheet=0):
    return {
        "line": line, "level": level, "heading": heading, "basis": "", "page": page, "sheet": sheet,
    }  # fmt: skip


PLAN = DocumentPlan([
    make_row(5, 1, "I - Le climat", "8"),
    make_row(9, 2, "A. Énergie", "8"),
    make_row(20, 2, "B. Mobilité", "10"),
    make_row(30, 1, "L’eau"),
    make_row(40),
])  # fmt: skip


@pytest.mark.parametrize(
    ("locator", "words", "short"),
    [
        ("l. 3", "p. 8 ou avant", "p. 8 ou avant"),
        ("l. 6", "I – Le climat, p. 8", "I, p. 8"),
        ("l. 12-14", "I – Le climat › A. Énergie, p. 8–10", "I.A, p. 8–10"),
        ("l. 20", "I – Le climat › B. Mobilité, p. 10", "I.B, p. 10"),
        ("l. 31", "L’eau, p. 10 ou après", "p. 10 ou après"),
        ("annexe 3", None, ""),
    ],
)
def test_a_place_is_said_as_a_reader_finds_it(locator, words, short):
    places = find_places(PLAN, "rapport", locator)
    plain = lambda text: text.replace("\u00a0", " ").replace("\u202f", " ")  # noqa: E731
    assert [plain(place.words) for place in places] == ([words] if words else [])
    assert plain(describe_places(places)) == short


def test_lines_under_one_heading_are_one_place():
    places = find_places(PLAN, "rapport", "l. 10, 12-14 ; l. 20")
    assert [place.lines for place in places] == ["l. 10, 12-14", "l. 20"]
    assert places[1].link == "document-rapport.html#doc-rapport-l20"


def test_pages_of_a_file_that_numbers_none():
    plan = DocumentPlan([make_row(1, sheet=1), make_row(9, sheet=1), make_row(10, sheet=2)])
    assert [place.pages for place in find_places(plan, "r", "l. 4 ; l. 10")] == [
        "p. 1 du fichier",
        "p. 2 du fichier",
    ]


def test_an_outline_says_the_same_pages_as_the_whole():
    rows = [make_row(n, page=str(n // 4), sheet=n // 4 + 1) for n in range(1, 20)]
    rows[6] |= {"level": 1, "heading": "Un titre"}
    outline = select_outline(rows)
    assert len(outline) < len(rows)
    whole, short = DocumentPlan(rows), DocumentPlan(outline)
    for line in range(1, 20):
        assert short.find_pages(line) == whole.find_pages(line)
        assert short.find_heading(line) == whole.find_heading(line)


# --- the first edition ------------------------------------------------------------------------


def test_the_outline_of_the_published_report(published):
    """Ten places, looked up in the printed contents and in the transcription by hand."""
    plan = published.document_plans["rapport-2017"]
    assert plan.last == 1567
    for line, short in {
        330: "I, p. 8", 352: "I.A, p. 8–10", 433: "I.B, p. 10–11", 465: "I.C, p. 11–12",
        564: "II.A, p. 13–16", 715: "III.A, p. 18–22", 938: "IV.A, p. 24–27",
        1023: "IV.B, p. 27", 1290: "VI.A, p. 36–38", 1499: "p. 42 ou après",
    }.items():  # fmt: skip
        said = describe_places(find_places(plan, "rapport-2017", f"l. {line}"))
        assert said.replace("\u00a0", " ") == short
    (place,) = find_places(plan, "rapport-2017", "l. 564")
    assert place.headings[-1] == "Opérations de reboisement et de plantation"


def test_no_text_of_the_published_report_is_kept():
    rows = read_rows(PROJECT / "data/raw/documents/rapport-2017.csv")
    assert "text" not in rows[0]
    assert all(row["heading"] for row in rows[:-1])
    source = next(
        r for r in read_rows(PROJECT / "data/raw/sources.csv") if r["id"] == "rapport-2017"
    )
    assert source["published"] == "non"


def test_windows_and_terminal_say_the_place(published):
    trail = read_trail(published, "arbres-plantes")
    entry = compose_entry(trail)
    assert 'href="document-rapport-2017.html#doc-rapport-2017-l564"' in entry
    assert "Opérations de reboisement" in entry
    assert "Opérations de reboisement" in describe_trail(trail)


def test_every_place_that_windows_open_is_on_the_page(published):
    pages = compose_documents(Dossier(PROJECT / "data"), published)
    ((name, (_, page)),) = pages.items()
    ids = re.findall(r'id="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    wanted = {
        place.link
        for indicator in published.catalogue
        for source in read_trail(published, indicator).sources
        for place in source.places
    }
    assert len(wanted) > 100
    assert wanted <= {f"{name}.html#{id}" for id in ids}
    assert "Vingt" not in page
    assert "n’est pas publié" in page


# --- pages of a text that may be published, copies ------------------------------------------------


DOCUMENT = """\
line,level,heading,basis,page,sheet,text
1,1,Le climat,déduit,3,,Le climat
2,,,,3,,Vingt arbres <b> & trois
3,1,L’eau,,4,,L’eau
"""


def test_a_copy_opens_on_the_place_and_the_sentence(dossier_copy):
    write_document(dossier_copy, "rapport", DOCUMENT)
    span = '<span class="document" data-document="rapport:2">l. 2</span>'
    page = link_to_book(f"<td>{span}</td><p>{span}</p>", raw=dossier_copy.raw)
    cell, line = page.split("</td>", 1)
    assert "<summary>l. 2</summary>" in cell
    assert 'href="../html/document-rapport.html#doc-rapport-l2"' in cell
    assert "<b>2</b> Vingt arbres &lt;b&gt; &amp; trois" in page
    assert line == '<p><a href="../html/document-rapport.html#doc-rapport-l2">l. 2</a></p>'


def test_the_text_is_published_only_where_it_may_be(dossier_copy):
    from analysis.compute.indicators import load_edition

    source = find_main(dossier_copy)
    last = 500
    rows = "".join(f"{n},,,,,,Ligne {n} <i>\n" for n in range(2, last + 1))
    head = "line,level,heading,basis,page,sheet,text\n1,1,Titre,déduit,3,,Titre\n"
    write_document(dossier_copy, source, head + rows)
    edition = load_edition(dossier_copy, 2030)
    ((_, page),) = compose_documents(dossier_copy, edition).values()
    assert "Ligne 7" not in page
    assert "astérisque" in page
    path = dossier_copy.raw / "sources.csv"
    path.write_text(path.read_text("utf-8").replace(",," + "0" * 64, ",oui," + "0" * 64), "utf-8")
    edition = load_edition(dossier_copy, 2030)
    ((_, page),) = compose_documents(dossier_copy, edition).values()
    assert f'<li id="doc-{source}-l7">Ligne 7 &lt;i&gt;</li>' in page
    assert f'href="#doc-{source}-l1"' in page
    assert "Ligne" not in edition.documents.to_csv()


# --- the built site -------------------------------------------------------------------------------


@pytest.mark.slow
def test_links_of_the_built_site_lead_to_a_place(published_report):
    """Of every page and window, and of the copies."""
    html = published_report.folder / "html"
    texts = [path.read_text("utf-8") for path in html.glob("*.html")]
    texts += [
        path.read_text("utf-8") for path in (published_report.folder / "carnets").glob("*.html")
    ]
    texts += [path.read_text("utf-8") for path in (html / "trails").glob("*.js")]
    links = set(re.findall(r"(document-[a-z0-9-]+\.html)#([a-z0-9-]+)", "\n".join(texts)))
    assert len(links) > 150
    pages = {name: (html / name).read_text("utf-8") for name, _ in links}
    ids = {name: set(re.findall(r'id="([^"]+)"', page)) for name, page in pages.items()}
    assert [link for link in sorted(links) if link[1] not in ids[link[0]]] == []
    for page in pages.values():
        assert '<nav class="chapitres"' in page
        assert page.count("<h1") == 1
