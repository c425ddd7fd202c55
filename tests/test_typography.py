"""French typography of all that was built, as its readers see it: pages and their windows, words of
scripts, Word, PDF, charts, open data, guide, terminal.

The rules are in ``french_rules``, what is read of each file in ``seen_texts``. A fault is mended
where it comes from: ``french.typeset``, a template, or the words of the data.
"""

from __future__ import annotations

import json
import re
import zipfile

import french_rules as rules
import pytest
from matplotlib.text import Text
from seen_texts import read_docx, read_page, read_pdf, read_script
from site_scripts import read_index, read_trails

from analysis.__main__ import main
from analysis.base.paths import OPEN_DATA
from analysis.model.store import title_pages
from analysis.show.charts import draw_chart, list_specs


def complain(texts, of=rules.ALL):
    """« where: fault » for each fault of (where, text); each text once."""
    said, seen = [], set()
    for where, text in texts:
        if text not in seen:
            seen.add(text)
            faults = [*rules.find_faults(text, of), *rules.find_unbalanced(text)]
            said += [f"{where} : {fault}" for fault in faults]
    return said


def hold(faults):
    """No fault; else the first ones, one a line."""
    shown = "\n".join(faults[:60])
    assert not faults, f"{len(faults)} fautes :\n{shown}"


@pytest.mark.parametrize("rule", rules.ALL, ids=lambda rule: rule.fault)
def test_each_rule_finds_its_fault_and_no_other(rule):
    assert list(rules.find_faults(rule.bad, [rule]))
    assert not list(rules.find_faults(rule.good, [rule]))


def test_what_is_left_open_is_found():
    assert list(rules.find_unbalanced("un (deux «\u00a0trois\u00a0»"))
    assert not list(rules.find_unbalanced("un (deux) «\u00a0trois\u00a0»"))


def test_what_readers_see_is_read_and_nothing_else():
    page = (
        '<p class="x" title="Un titre">Un <em>mot</em>, <code>l\'x : y</code>.</p>'
        "<style>a b</style>"
        '<h2><span class="chapter-number">1</span>\u00a0 <span>Titre</span></h2>'
        '<img alt="Une image">'
    )
    assert read_page(page) == [
        ("@title", "Un titre"),
        ("p", "Un mot, code."),
        ("h2", "Titre"),
        ("@alt", "Une image"),
    ]
    script = """// l'eau "non"
    a.className = "sur-cette-page"; b = 'Fermer la ' + 'fenêtre';
    c = '<b title="Un titre">Oui</b>';"""
    assert read_script(script) == ["Fermer la fenêtre", "Un titre", "Oui"]


# --- the pages ------------------------------------------------------------------------------------


def test_pages(published_report):
    texts = [
        (f"{name}, <{kind}>", text)
        for name, path in published_report.pages.items()
        for kind, text in read_page(path.read_text("utf-8"))
    ]
    assert len(texts) > 1500
    assert sum("@alt" in where for where, _ in texts) >= len(published_report.charts)
    hold(complain(texts))


def test_paragraphs_of_pages_end_as_sentences_do(published_report):
    ends = re.compile(r"[.!?…:](?:\u00a0»|\))*$")
    label = re.compile(r"(?:Portage|Partenaires|Dates|Objectifs de développement durable)\u00a0:")
    seen, unended = 0, []
    for name, path in published_report.pages.items():
        if name == "index":  # the front page is made of cards
            continue
        page = re.search("<main.*</main>", path.read_text("utf-8"), re.DOTALL)[0]
        # Titles, and what a figure is called.
        page = re.sub("<header.*?</header>", "", page, flags=re.DOTALL)
        page = re.sub('<div class="repere">.*?</div>', "", page, flags=re.DOTALL)
        paragraphs = [text for kind, text in read_page(page) if kind == "p" and len(text) > 60]
        seen += len(paragraphs)
        unended += [
            f"{name} : {text}"
            for text in paragraphs
            if not (ends.search(text) or label.match(text))
        ]
    assert seen > 200
    hold(unended)


def test_windows_of_numbers(published_report):
    _, entries = read_trails(published_report.folder / "html")
    texts = [(name, text) for name, entry in entries.items() for _, text in read_page(entry)]
    assert len(texts) > 3000
    hold(complain(texts))


def test_words_of_scripts(published_report):
    style = published_report.folder / "html" / "style"
    texts = [
        (path.name, text)
        for path in sorted(style.rglob("*.js"))
        for text in read_script(path.read_text("utf-8"))
        if text not in ("Home", "End")  # keys
    ]
    words = " ".join(text for _, text in texts)
    for known in (
        "Rechercher dans le rapport",
        "Aucun passage trouvé.",
        "Fermer",
        "Ligne de l’annexe",
    ):
        assert known in words, "read as they are"
    hold(complain(texts))


def test_search_shows_texts_as_they_are_typeset(published_report):
    entries = read_index(published_report.folder / "html")
    assert len(entries) > 150
    # Texts of neighbouring cells follow each other: « 2017 114 logements » is no number.
    kept = [
        rule for rule in rules.ALL if "milliers" not in rule.fault and "répété" not in rule.fault
    ]
    texts = [(entry["p"], entry[key]) for entry in entries for key in ("t", "h", "x")]
    hold(complain(texts, kept))


# --- Word, PDF ------------------------------------------------------------------------------------


def test_word(published_report):
    # Word puts the number of a page in its place as it opens the document.
    texts = [(where, text.replace("p.\u00a0…", "p.\u00a01"))
             for where, text in read_docx(published_report.docx)]  # fmt: skip
    assert len(texts) > 2000
    assert sum(where == "@descr" for where, _ in texts) >= len(published_report.charts)
    hold(complain(texts))


def test_pdf(published_report):
    """The text of its lines, and where they break: what must not stand alone never does."""
    # Second-level quotation marks may open in one line and close in the next; a checksum's digits
    # stand beside a number, and a unit that has a column of its own.
    left_out = ("guillemet anglais", "milliers", "nombre de cinq", "symbole")
    kept = [
        rule for rule in (*rules.NARROW_SPACES, *rules.MARKS) if not rule.fault.startswith(left_out)
    ]
    said, lines = [], 0
    volumes = (published_report.pdf, published_report.annexes)
    pages = [(f"{path.stem}, p. {n}", page) for path in volumes
             for n, page in enumerate(read_pdf(path), 1)]  # fmt: skip
    for number, page in pages:
        lines += len(page)
        for line in page:
            faults = list(rules.find_faults(line, kept))
            if re.match(r"[;:!?»%€)\],.…]|(?:[kM]€|m²|km|ha)\b", line):
                faults.append(f"ligne qui commence mal : {line}")
            if re.search(r"[«(]$|\b(?:n°|[lp]\.)$", line):
                faults.append(f"ligne qui finit mal : {line}")
            said += [f"{number} : {fault}" for fault in faults]
    assert lines > 5000
    hold(said)


# --- ordinals -------------------------------------------------------------------------------------

#: An ordinal in one piece, where a page could raise its end.
FLAT = re.compile(r"(?<![\w-])\d+(?:er|re|e)s?(?![\w’-])")


def test_ordinals_are_raised_on_pages_and_on_paper(published_report):
    raised = 0
    for path in published_report.pages.values():
        source = re.sub(r'(?:alt|title|aria-label)="[^"]*"', "", path.read_text("utf-8"))
        raised += len(re.findall(r"\d<sup>(?:er|re|e)</sup>", source))
        for _, text in read_page(re.sub(r"<sup>\w+</sup>", "", source)):
            assert not FLAT.search(text), f"{path.name} : {text}"
    assert raised > 50
    with zipfile.ZipFile(published_report.docx) as archive:
        document = archive.read("word/document.xml").decode("utf-8")
    runs = re.findall(r'<w:r>\s*<w:rPr>(?:(?!</w:rPr>).)*"superscript"(?:(?!</w:r>).)*', document)
    assert sum(bool(re.search(r">(?:er|re|e)</w:t>", run)) for run in runs) > 50
    book = published_report.dossier.book(published_report.year)
    paper = [book / f"{path.stem}.typ" for path in (published_report.pdf, published_report.annexes)]
    assert sum(path.read_text("utf-8").count("#super[er]") for path in paper) > 50


def test_ordinals_of_windows_are_raised(published_report):
    _, entries = read_trails(published_report.folder / "html")
    assert "".join(entries.values()).count("<sup>er</sup>") > 20


# --- charts ---------------------------------------------------------------------------------------


def test_charts(published_report):
    """The words drawn: pictures hold them as outlines, in which nothing could be read."""
    edition, texts = published_report.edition, []
    specs = [spec for chapter in title_pages(edition) for spec in list_specs(edition, chapter)]
    for spec in specs:
        drawing = draw_chart(edition, spec)
        drawn = [artist.get_text() for artist in drawing.figure.findobj(Text)]
        assert any(drawn), spec["id"]
        texts += [(spec["id"], text) for line in drawn for text in line.split("\n") if text]
        texts += [(spec["id"], text) for text in (drawing.title, drawing.unit_line, drawing.alt)]
    for name, text in texts:
        assert not re.match(r"[;:!?»%€)]", text), f"{name} : {text}"
    assert len(texts) > 150
    # A sentence may go on in the next line.
    faults = [
        fault
        for name, text in texts
        for fault in (f"{name} : {said}" for said in rules.find_faults(text))
    ]
    hold(faults)


# --- the other files ------------------------------------------------------------------------------


def test_open_data(published_report):
    """What the descriptor says; the data are as they were typed."""
    path = published_report.folder / OPEN_DATA / "datapackage.json"
    texts = []

    def read(node, name):
        if isinstance(node, dict):
            for key, value in node.items():
                read(value, key)
        elif isinstance(node, list):
            for item in node:
                read(item, "")
        elif name in ("title", "description", "remark"):
            texts.append((name, node))

    read(json.loads(path.read_text("utf-8")), "")
    assert len(texts) > 300
    # Names of files and of columns stand in the descriptions as they are.
    hold(complain(texts, [rule for rule in rules.ALL if "anglais" not in rule.fault]))


def test_guide(published_report):
    page = (published_report.folder / "guide" / "index.html").read_text("utf-8")
    texts = [(f"guide, <{kind}>", text) for kind, text in read_page(page)]
    assert len(texts) > 250
    hold(complain(texts))


def test_copies_of_notebooks(published_report):
    # What stands among the words for who reviews: marks of figures, codes of communes, files,
    # Python's version.
    aside = re.compile(r"^fig\. \d+ |\b\w+\.ipynb \(.*\)|\bpython 3\.\d+")
    codes = set(published_report.edition.communes["insee"])
    texts = [
        (f"{path.name}, <{kind}>", aside.sub("", text))
        for path in sorted((published_report.folder / "carnets").glob("*.html"))
        for kind, text in read_page(path.read_text("utf-8"))
        if text not in codes
    ]
    assert len(texts) > 3000
    hold(complain(texts))


@pytest.mark.parametrize(
    "arguments", [["check"], ["trace", "arbres-plantes"], ["why", "climat"], ["editions"]]
)
def test_terminal(published_report, capsys, arguments):
    """Marks and words; its spaces are plain ones, for a terminal may know no other."""
    place = ["--dossier", str(published_report.dossier.root)]
    year = [] if arguments == ["editions"] else ["--year", str(published_report.year)]
    assert main([*arguments, *place, *year]) == 0
    said = capsys.readouterr().out
    said = said.replace(str(published_report.dossier.root), "")
    lines = [
        re.sub(r"\S+\.(?:csv|md|ipynb|html|pdf|docx|yml)\b", "code", line)
        for line in said.splitlines()
    ]
    assert lines
    hold(complain([("terminal", line.strip()) for line in lines], (*rules.MARKS, *rules.WORDS)))
