"""The DOCX: Word's own styles, the identity, embedded fonts, what Word and its checker ask for."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import zipfile
from collections import Counter
from pathlib import Path
from uuid import UUID

import book_example as example
import pytest
from docx_rules import (
    NS,
    find_faults,
    get,
    read_parts,
    read_trees,
    style_of,
    text_of,
    w,
)
from fontTools.ttLib import TTFont
from lxml import etree
from PIL import Image
from pypdf import PdfReader

from analysis.publish import summary_pdf
from analysis.publish.build import describe_for_word
from analysis.publish.docx import About, finish_docx, write_reference
from analysis.publish.docx.reference import obfuscate
from analysis.publish.docx.word_template import FOLDER, fill, name_accents
from analysis.publish.pandoc import run_pandoc
from analysis.publish.project import Project
from analysis.show.colours import TEXT_CONTRAST, contrast
from analysis.show.identity import read_identity

IDENTITY = read_identity()
EPOCH = 1_956_441_600
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
#: Names that Word gives to styles of its own (those that the report uses or offers).
BUILT_IN = {
    *("Normal", "Body Text", "Title", "Subtitle", "TOC Heading", "caption", "table of figures"),
    *("heading 1", "heading 2", "heading 3", "heading 4", "heading 5", "heading 6"),
    *("toc 1", "toc 2", "toc 3", "header", "footer", "footnote text", "footnote reference"),
    *("List Bullet", "List Bullet 2", "List Bullet 3", "List Number", "List Number 2"),
    *("List Continue", "List Continue 2", "Quote", "Intense Quote", "HTML Preformatted"),
    *("Default Paragraph Font", "Strong", "Emphasis", "Intense Emphasis", "Hyperlink"),
    *("FollowedHyperlink", "HTML Code", "Normal Table", "No List", "Table Grid", "Plain Table 2"),
}
#: The report's own, which staff find under these names.
OURS = {
    *("Chiffre clé", "Intitulé de chiffre clé", "Détail de chiffre clé", "Unité de chiffre clé"),
    *("Encadré", "Titre d’encadré", "Puce d’encadré", "Source", "Nombre", "Partie", "Chapeau"),
    *("Texte de tableau", "Nombre de tableau", "Symbole de tableau", "Chiffres clés", "Figure"),
    *("Évolution favorable", "Évolution défavorable", "Évolution neutre"),
}


@pytest.fixture(scope="session")
def trees(example_book) -> dict[str, etree._Element]:
    return read_trees(read_parts(example_book.docx))


@pytest.fixture(scope="session")
def document(trees) -> etree._Element:
    return trees["word/document.xml"]


@pytest.fixture(scope="session")
def project(example_book, example_dossier) -> Project:
    return Project(example_dossier.book(example.YEAR))


def list_paragraphs(root: etree._Element) -> list[tuple[str, str]]:
    """Style and text of each paragraph, in order."""
    return [(style_of(node), text_of(node)) for node in root.iter(w("p"))]


def convert(project: Project, text: str, folder: Path, *filters: str) -> dict[str, etree._Element]:
    """A little Markdown through the shared filters, then finished."""
    names = [name for name in project.config["filters"] if isinstance(name, str)]
    path = folder / "essai.docx"
    path.write_bytes(
        run_pandoc(
            [
                *("--from=markdown", "--to=docx", "--output=-"),
                f"--reference-doc={project.config['format']['docx']['reference-doc']}",
                "--metadata-file=_metadata.json",
                *(f"--lua-filter={name}" for name in [*names, *filters]),
            ],
            text,
            folder=project.folder,
        )
    )
    finish_docx(path, EPOCH, About())
    assert find_faults(path) == []
    return read_trees(read_parts(path))


# No fault -----------------------------------------------------------------------------------------


def test_the_book_keeps_every_rule(example_book):
    assert find_faults(example_book.docx) == []


def spoil(path: Path, target: Path, part: str, old: str, new: str) -> None:
    parts = read_parts(path)
    text = parts[part].decode("utf-8")
    assert re.search(old, text), old
    parts[part] = re.sub(old, new, text, count=1).encode("utf-8")
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


SPOILT = [
    ("order: word/document.xml", "document", r"(<w:pStyle [^>]*/>)(<w:keepNext/>)", r"\2\1"),
    ("order: word/styles.xml", "styles", r"(<w:b/><w:bCs/>)(<w:color [^>]*>)", r"\2\1"),
    ("order: word/settings.xml", "settings", r"(<w:zoom [^>]*>)(<w:embedTrue\w*/>)", r"\2\1"),
    ("parts: word/_rels", "_rels/document.xml.rels", r'Target="styles', 'Target="rien'),
    ("parts: no type", "../[Content_Types].xml", r'PartName="/word/styles', 'PartName="/word/x'),
    ("dangling: word/document.xml: style X", "document", 'pStyle w:val="Source"',
     'pStyle w:val="X"'),
    ("dangling: list", "styles", '<w:numId w:val="1"', '<w:numId w:val="77"'),
    ("dangling: place", "document", 'w:name="sec_climat"', 'w:name="sec_perdu"'),
    ("dangling: picture twice", "document", r'<wp:docPr id="\d+"', '<wp:docPr id="2"'),
    ("dangling: bookmark's number", "document", r'(<w:bookmarkStart w:id=)"1"', r'\1"2"'),
    ("fields: ", "document", r'<w:fldChar w:fldCharType="end"/>', ""),
    ("structure: table 1", "document", r"</w:p></w:tc>", "</w:p><w:tcPr/></w:tc>"),
    ("structure: table 1: columns", "document", r'gridCol w:w="\d+"', 'gridCol w:w="9999"'),
    ("by hand: words: color", "document", "<w:r><w:t ", '<w:r><w:rPr><w:color w:val="FF0000"/>'
     "</w:rPr><w:t "),
    ("by hand: paragraph: jc", "document", r'(<w:pStyle w:val="Source"/>)',
     r'\1<w:jc w:val="left"/>'),
    ("accessibility: table 1: no head", "document", r"<w:tblHeader[^>]*/>", ""),
    ("accessibility: table 1: no tblDescription", "document", r"<w:tblDescription [^>]*/>", ""),
    ("accessibility: Image", "document", r' descr="[^"]*"', ' descr=""'),
    ("accessibility: a level is missing", "document", 'w:val="Heading2"', 'w:val="Heading4"'),
    ("accessibility: languages", "styles", 'w:lang w:val="fr-FR"', 'w:lang w:val="en-US"'),
]  # fmt: skip


@pytest.mark.parametrize(("said", "part", "old", "new"), SPOILT, ids=[row[0] for row in SPOILT])
def test_each_rule_can_fail(example_book, tmp_path, said, part, old, new):
    name = part if part.endswith(".rels") else f"{part}.xml"
    name = part[3:] if part.startswith("../") else f"word/{name}"
    spoil(example_book.docx, tmp_path / "faute.docx", name, old, new)
    assert any(fault.startswith(said) for fault in find_faults(tmp_path / "faute.docx"))


def test_it_opens_with_python_docx(example_book):
    import docx

    opened = docx.Document(example_book.docx)
    used = {paragraph.style.name for paragraph in opened.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Heading 3", "Caption", "Source"} <= used
    assert round(opened.sections[0].page_width.cm, 1) == 21.0
    core = opened.core_properties
    assert core.title == "Rapport sur la situation en matière de développement durable"
    assert core.language == "fr-FR"
    assert core.author == "Communauté d’agglomération du Val d’Essai"


# Styles -------------------------------------------------------------------------------------------


def list_styles(trees) -> dict[str, etree._Element]:
    return {
        get(style.find(w("name"))): style for style in trees["word/styles.xml"].iter(w("style"))
    }


def test_styles_are_named_as_word_names_them(trees):
    styles = list_styles(trees)
    own = {name for name, style in styles.items() if get(style, "customStyle") == "1"}
    assert set(styles) - own == BUILT_IN
    assert own >= OURS


def test_our_styles_are_based_on_words_and_offered(trees):
    styles = list_styles(trees)
    by_id = {get(style, "styleId"): name for name, style in styles.items()}
    for name, style in styles.items():
        if get(style, "customStyle") != "1":
            continue
        base = name
        while base not in BUILT_IN:
            base = by_id[get(styles[base].find(w("basedOn")))]
        if name != "Bandeau":  # of the headers
            assert style.find(w("qFormat")) is not None, name


def test_a_heading_takes_its_look_from_its_style_alone(document, trees, project):
    """Who changes the colour of « heading 1 » changes every chapter's title."""
    headings = [node for node in document.iter(w("p")) if style_of(node) == "Heading1"]
    assert len(headings) == len(project.list_pages("print"))
    for heading in headings:
        assert heading.findall(".//w:rPr/*", NS) == []
        assert [child.tag for child in heading.find(w("pPr"))] in (
            [w("pStyle")],
            [w("pStyle"), w("sectPr")],
        )
    style = list_styles(trees)["heading 1"]
    assert get(style.find("w:rPr/w:color", NS), "themeColor") == "text2"


def test_words_can_be_read_on_their_ground(trees):
    """Every colour of words against the ground of its paragraph, or paper."""
    seen = 0
    for style in trees["word/styles.xml"].iter(w("style")):
        colour = get(style.find("w:rPr/w:color", NS))
        ground = get(style.find("w:pPr/w:shd", NS), "fill") or "FFFFFF"
        if colour:
            seen += 1
            for under in (ground, IDENTITY.light["veil"].lstrip("#")):
                assert contrast(f"#{colour}", f"#{under}") >= TEXT_CONTRAST, get(style, "styleId")
    assert seen > 12


def test_sizes_are_those_of_the_identity(trees):
    sizes = {
        get(style, "styleId"): get(style.find("w:rPr/w:sz", NS))
        for style in trees["word/styles.xml"].iter(w("style"))
    }
    wanted = {
        "Title": "title",
        "Heading1": "heading-1",
        "Heading2": "heading-2",
        "Heading3": "heading-3",
        "Heading4": "heading-4",
        "Caption": "small",
        "Source": "note",
        "Chiffrecle": "figure",
        "Chapeau": "lead",
    }
    for id, name in wanted.items():
        assert sizes[id] == str(round(IDENTITY.type[name] * 2)), id


def test_lists_emphasis_code_and_quotes_are_words_own(project, tmp_path):
    text = (
        "# Titre {#sec-x}\n\nAvant la liste :\n\n- un *mot* et un **autre**\n"
        "    - dedans\n        - encore\n- ***deux***\n\nEt `ceci`.\n\n1. premier\n2. second\n\n"
        "Entre.\n\n1. un autre premier\n\n    suite de l’élément\n\n> Une citation.\n\n"
        "```\ncode\n```\n\nUne note[^1].\n\n[^1]: Au pied.\n"
    )
    made = convert(project, text, tmp_path)
    document = made["word/document.xml"]
    shown = list_paragraphs(document)
    for style, words in [
        ("ListBullet", "un mot et un autre"),
        ("ListBullet2", "dedans"),
        ("ListBullet3", "encore"),
        ("ListNumber", "premier"),
        ("ListNumber", "un autre premier"),
        ("ListContinue", "suite de l’élément"),
        ("Quote", "Une citation."),
        ("HTMLPreformatted", "code"),
    ]:
        assert (style, words) in shown
    words = {text_of(run): get(run.find("w:rPr/w:rStyle", NS)) for run in document.iter(w("r"))}
    assert words["mot"] == "Emphasis"
    assert words["autre"] == "Strong"
    assert words["deux"] == "IntenseEmphasis"
    assert words["ceci"] == "HTMLCode"
    numbered = [
        node for node in document.iter(w("p")) if node.find("w:pPr/w:numPr", NS) is not None
    ]
    assert {style_of(node) for node in numbered} == {"ListNumber"}
    first, second, third = [get(node.find("w:pPr/w:numPr/w:numId", NS)) for node in numbered]
    assert first == second != third, "each list counts from one"
    lists = {get(node, "numId") for node in made["word/numbering.xml"].iter(w("num"))}
    assert lists == {"1", "2", first, third}, "no list that nothing uses"
    notes = list_paragraphs(made["word/footnotes.xml"])
    assert ("FootnoteText", " Au pied.") in notes
    introduced = next(node for node in document.iter(w("p")) if text_of(node) == "Avant la liste :")
    assert introduced.find("w:pPr/w:keepNext", NS) is not None


def test_the_engine_s_own_styles_are_carried_only_where_they_are_used(project, tmp_path):
    names = list_styles(
        convert(project, '# T {#sec-t}\n\n::: {custom-style="À part"}\nMot.\n:::\n', tmp_path)
    )
    assert "À part" in names
    assert not {"Compact", "First Paragraph", "Table Caption", "Author"} & set(names)


# The parts of the book ----------------------------------------------------------------------------


def test_headings_are_real_and_numbered(document):
    titles = list_paragraphs(document)
    assert ("Heading1", "1. Lutte contre le changement climatique") in titles
    assert ("Heading3", "1.1.1 Plan de rénovation inventé") in titles
    assert ("Heading1", "Annexe D\u00a0— Méthode, fabrication et crédits") in titles
    for node in document.iter(w("p")):
        if style_of(node).startswith("Heading"):
            assert node.find(w("bookmarkStart")) is not None, text_of(node)


def test_contents_are_filled_and_lead_to_the_headings(document):
    box = document.find(".//w:sdt", NS)
    entries = [
        (int(style_of(node)[-1]), text_of(node).removesuffix("…"))
        for node in box.iter(w("p"))
        if style_of(node).startswith("TOC") and style_of(node) != "TOCHeading"
    ]
    headings = [
        (int(style[-1]), text)
        for style, text in list_paragraphs(document)
        if style in ("Heading1", "Heading2")
    ]
    assert entries == headings
    codes = [node.text for node in box.iter(w("instrText"))]
    assert codes[0].strip().startswith('TOC \\o "1-2"')
    assert sum("PAGEREF" in code for code in codes) == len(entries)
    assert len(list(box.iter(w("hyperlink")))) == len(entries)


def test_captions_count_as_word_would(document):
    """The fields, computed again, give the numbers that are printed."""
    seen = Counter()
    for node in document.iter(w("p")):
        code = next((c.text for c in node.iter(w("instrText")) if "SEQ" in c.text), None)
        if style_of(node) != "Caption":
            assert code is None
            continue
        label = code.split()[1]
        assert label in ("Figure", "Tableau")
        count = 1 if "\\r 1" in code else seen[label] + 1
        seen[label] = count
        found = re.match(rf"{label}\u00a0(?:[\dA-Z]+\.)(\d+)\u00a0: \w", text_of(node))
        assert found, text_of(node)
        assert int(found[1]) == count
    assert seen.keys() == {"Figure", "Tableau"}


def test_figures_tables_and_sources_follow_each_other(document):
    shown = [style_of(node) for node in document.iter(w("p"))]
    for place, style in enumerate(shown):
        if style == "Figure":
            assert [shown[place - 1], shown[place + 1]] == ["Caption", "Source"]
    assert shown.count("Figure") == len(example.CHAPTERS)
    drawing = document.find(".//w:drawing", NS)
    assert "Diagramme à barres : bâtiments 12,5 GWh" in drawing[0].find("wp:docPr", NS).get("descr")


def test_tables_say_what_they_are(document):
    table = next(
        node
        for node in document.iter(w("tbl"))
        if "Ce que l’action" in get(node.find("w:tblPr/w:tblCaption", NS))
    )
    described = get(table.find("w:tblPr/w:tblDescription", NS))
    assert described == (
        "Tableau de 5 lignes. Colonnes\u00a0: Indicateur, Valeur, Valeur précédente, Remarque."
    )
    assert get(table.find("w:tblPr/w:tblStyle", NS)) == "PlainTable2"
    rows = table.findall(w("tr"))
    kept = [row.find(".//w:keepNext", NS) is not None for row in rows]
    assert kept == [True] * (len(rows) - 1) + [False], "a small table is not cut"


def test_a_long_table_leaves_no_row_alone(project, tmp_path):
    rows = "".join(f"| {number} | mot |\n" for number in range(60))
    parts = convert(
        project, f"# T {{#sec-t}}\n\n| a | b |\n|---|---|\n{rows}\n: Un long tableau\n", tmp_path
    )
    table = parts["word/document.xml"].find(".//w:tbl", NS)
    kept = [row.find(".//w:keepNext", NS) is not None for row in table.findall(w("tr"))]
    assert len(kept) == 61
    assert kept[:2] == [True, True]
    assert kept[-3:] == [True, True, False]
    assert sum(kept) == 4


def test_numbers_stand_at_the_right_without_formatting_by_hand(document):
    styles = {style for style, _ in list_paragraphs(document)}
    assert {"Textedetableau", "Nombredetableau"} <= styles


KEY_FIGURES = """# Titre {#sec-x}

::: {.chapeau}
L’enjeu.
:::

::: {.chiffres-cles role="group" aria-label="Chiffres clés"}
- [[844]{.trace data-trace="a" data-line="sec-x" data-cell="x"}]{.chiffre} [personnes]{.unite}\\
  [Personnes conseillées]{.intitule}\\
  [2031]{.periode}\\
  [↘ − 4,4 % par rapport à 2030, défavorable]{.evolution .defavorable}
- [38 %]{.chiffre}\\
  [Économie]{.intitule}\\
  [2031]{.periode}\\
  [objectif : 40 %]{.cible}
:::

[**Portage :** service inventé]{.fiche}\\
[**Dates :** 2031]{.fiche}
"""


def test_key_figures_are_a_table_that_can_be_read_aloud(project, tmp_path):
    document = convert(project, KEY_FIGURES, tmp_path)["word/document.xml"]
    table = document.find(".//w:tbl", NS)
    assert get(table.find("w:tblPr/w:tblStyle", NS)) == "Chiffrescles"
    assert [list_paragraphs(row) for row in table.iter(w("tr"))] == [
        [("Textedetableau", "Chiffre clé"), ("Textedetableau", "Ce qu’il mesure")],
        [
            ("Chiffrecle", "844 personnes"),
            ("Intituledechiffrecle", "Personnes conseillées"),
            ("Detaildechiffrecle", "2031"),
            ("Evolutiondefavorable", "↘ − 4,4 % par rapport à 2030, défavorable"),
        ],
        [
            ("Chiffrecle", "38 %"),
            ("Intituledechiffrecle", "Économie"),
            ("Detaildechiffrecle", "2031"),
            ("Detaildechiffrecle", "objectif : 40 %"),
        ],
    ]
    link = table.find(".//w:hyperlink", NS)
    assert get(link, "tooltip") == "Source et calcul de ce nombre"
    widths = [int(get(node, "w")) for node in table.iter(w("gridCol"))]
    assert widths[0] > 3500, "« environ 20 communes » holds on one line"
    shown = list_paragraphs(document)
    assert ("Chapeau", "L’enjeu.") in shown
    strong = convert(project, "# T {#sec-x}\n\n**[7]{.trace data-line=sec-x}**\n", tmp_path)
    styles = [get(node) for node in strong["word/document.xml"].iter(w("rStyle"))]
    assert "Nombrefort" in styles
    assert any(style == "Fiche" and "service inventé" in text for style, text in shown)


def test_a_long_narrow_table_stands_in_columns(project, tmp_path):
    rows = "\n".join(f"| Commune inventée {n} | {n} |" for n in range(60))
    text = (
        "# Titre {#sec-x}\n\nAvant.\n\n::: {.liste-longue}\n| Commune | Nombre |\n|:--|--:|\n"
        f"{rows}\n:::\n\nAprès.\n\n# Autre {{#sec-y}}\n\nFin.\n"
    )
    made = convert(project, text, tmp_path)
    shown = [
        (get(node.find(w("type"))), get(node.find(w("cols")), "num"), len(parts))
        for node, parts in list_sections(made)
    ]
    assert shown[1:] == [
        ("nextPage", "", 4),
        ("continuous", "3", 0),
        ("continuous", "", 0),
        ("nextPage", "", 4),
    ]
    table = made["word/document.xml"].find(".//w:tbl", NS)
    width = sum(int(get(node, "w")) for node in table.iter(w("gridCol")))
    assert 2600 < width < 9072 / 3


def test_a_table_of_tall_rows_may_part(project, tmp_path):
    """Kept together, the last three would leave a page half empty."""
    rows = "\n".join(f"| {n} | {example.LOREM * 3} | {example.LOREM} |" for n in range(8))
    text = f"# Titre {{#sec-x}}\n\n| A | B | C |\n|:--|:--|:--|\n{rows}\n"
    table = convert(project, text, tmp_path)["word/document.xml"].find(".//w:tbl", NS)
    kept = [row.find(".//w:keepNext", NS) is not None for row in table.findall(w("tr"))]
    assert kept == [True] + [False] * 8


def test_boxes_are_whole_and_their_lists_belong_to_them(document):
    shown = list_paragraphs(document)
    place = shown.index(("Titredencadre", "À retenir"))
    assert [style for style, _ in shown[place + 1 : place + 3]] == ["Pucedencadre"] * 2
    paragraphs = list(document.iter(w("p")))
    kept = [node.find("w:pPr/w:keepNext", NS) is not None for node in paragraphs[place : place + 3]]
    assert kept[1:] == [True, False]


def test_a_picture_without_words_is_marked_as_decoration(project, tmp_path):
    shutil.copy(next((project.folder / "figures").glob("*.png")), tmp_path / "trait.png")
    text = f"# T {{#sec-t}}\n\nMot ![]({tmp_path}/trait.png){{width=1cm}}\n"
    shown = convert(project, text, tmp_path)["word/document.xml"].find(".//wp:docPr", NS)
    assert shown.get("descr") is None
    assert shown.find(".//adec:decorative", NS).get("val") == "1"


def test_pictures_are_whole(published_report):
    """As wide as high in the page as in their file, at the margin, no ink at their edges."""
    parts = read_parts(published_report.docx)
    trees = read_trees(parts)
    files = {node.get("Id"): node.get("Target") for node in trees["word/_rels/document.xml.rels"]}
    drawings = list(trees["word/document.xml"].iter(w("drawing")))
    assert len(drawings) == len(published_report.charts) + len(published_report.lines)
    for drawing in drawings:
        inline = drawing.find("wp:inline", NS)
        assert [inline.get(f"dist{side}") for side in "TBLR"] == ["0"] * 4
        name = files[drawing.find(f".//{A}blip").get(f"{{{NS['r']}}}embed")]
        with Image.open(io.BytesIO(parts[f"word/{name}"])) as picture:
            width, height = picture.size
            ink = picture.convert("L").point(lambda shade: 255 * (shade < 200)).getbbox()
        extent = inline.find("wp:extent", NS)
        assert int(extent.get("cx")) <= 9072 * 635, "no wider than the text"
        ratio = int(extent.get("cx")) / int(extent.get("cy"))
        assert ratio == pytest.approx(width / height, rel=0.005), name
        assert min(ink[0], ink[1], width - ink[2], height - ink[3]) >= 2, name


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not here")
def test_libreoffice_shows_the_pages_and_a_summary_of_four(published_report, tmp_path):
    """Each entry of the contents says the page where its title stands."""
    subprocess.run(
        ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile",
         "--convert-to", "pdf", "--outdir", str(tmp_path), str(published_report.docx)],
        check=True, capture_output=True, timeout=180,
    )  # fmt: skip
    shown = [page.extract_text() for page in PdfReader(next(tmp_path.glob("*.pdf"))).pages]
    document = read_trees(read_parts(published_report.docx))["word/document.xml"]
    titles = [
        text for style, text in list_paragraphs(document) if style in ("Heading1", "Heading2")
    ]
    entries = re.findall(r"^(.+?)\s*\.{3,}\s*(\d+)$", "\n".join(shown[1:4]), re.MULTILINE)
    assert len(entries) == len(titles)
    for (entry, page), title in zip(entries, titles, strict=True):
        words = re.sub(r"\W", "", title)
        assert words.endswith(re.sub(r"\W", "", entry)), title
        assert words in re.sub(r"\W", "", shown[int(page) - 1]), (title, page)
    first = {title: int(page) for (_, page), title in zip(entries, titles, strict=True)}
    following = next(title for title in titles if title.startswith("Ce qui a changé"))
    assert first[following] - first["Synthèse"] <= summary_pdf.PAGES


# Templates ----------------------------------------------------------------------------------------


def test_templates_take_every_colour_and_font_from_the_identity():
    for path in FOLDER.rglob("*.xml"):
        text = path.read_text("utf-8")
        assert re.findall(r'"#?[0-9A-Fa-f]{6}"', text) == [], path.name
        assert not any(font.family in text for font in IDENTITY.fonts.values()), path.name


def test_a_header_holds_any_title_and_a_seventh_chapter_s_colour():
    painted = name_accents(["#abcdef"] * 7)
    shades = [
        fill("word/header.xml", title="Eau & « air » <2>", **paint).find(".//w:shd", NS)
        for paint in painted[5:]
    ]
    assert [get(shade, "fill") for shade in shades] == ["ABCDEF"] * 2
    assert shades[0].get(w("themeFill")) == "accent6"
    assert w("themeFill") not in shades[1].attrib, "Word's theme has six accents"
    assert text_of(shades[1].getroottree().getroot()) == "Eau & « air » <2>"
    with pytest.raises(KeyError, match="title"):
        fill("word/header.xml")


# Around the text ----------------------------------------------------------------------------------


def list_sections(trees) -> list[tuple[etree._Element, dict[tuple[str, str], etree._Element]]]:
    """Sections in order, with their headers and footers by kind and place."""
    document = trees["word/document.xml"]
    relations = {
        node.get("Id"): node.get("Target") for node in trees["word/_rels/document.xml.rels"]
    }
    sections = []
    for section in document.iter(w("sectPr")):
        parts = {}
        for kind in ("header", "footer"):
            for node in section.iter(w(f"{kind}Reference")):
                target = relations[node.get(f"{{{NS['r']}}}id")]
                parts[kind, get(node, "type")] = trees[f"word/{target}"]
        sections.append((section, parts))
    return sections


def test_each_chapter_carries_its_colour_from_the_theme(trees):
    sections = [
        (section, parts)
        for section, parts in list_sections(trees)
        if get(section.find("w:type", NS)) != "continuous"
    ]
    titles = [
        text
        for style, text in list_paragraphs(trees["word/document.xml"])
        if style == "Heading1" and text != "Avant-propos"  # below the contents, on their page
    ]
    assert len(sections) == 2 + len(titles), "the cover, the contents, the chapters"
    shown = {}
    for (_, parts), title in zip(sections[2:], titles, strict=True):
        running = parts["header", "default"]
        assert text_of(running) == title
        bands = [running, parts["header", "first"]]
        fills = {
            get(node, "themeFill") or get(node, "fill")
            for band in bands
            for node in band.iter(w("shd"))
        }
        assert len(fills) == 1
        shown[title] = fills.pop()
        assert "PAGE" in "".join(
            node.text for node in parts["footer", "first"].iter(w("instrText"))
        )
    assert shown["1. Lutte contre le changement climatique"] == "accent1"
    assert shown["5. Évaluation et amélioration continue"] == "accent5"
    assert shown["Synthèse"] == "text2"
    accents = [
        node[0].get("val")
        for node in trees["word/theme/theme1.xml"].iter(f"{A}accent1", f"{A}accent5")
    ]
    colours = list(IDENTITY.colour_chapters(row[0] for row in example.CHAPTERS).values())
    assert accents == [colours[0][1:], colours[4][1:]]


def test_the_part_is_said_above_each_of_its_chapters(document, project):
    shown = list_paragraphs(document)
    for place, (style, text) in enumerate(shown):
        if style == "Heading1" and text.startswith("4."):
            assert shown[place - 1] == ("Partie", "La démarche")
    said = [text for style, text in shown if style == "Partie"]
    assert said == [page.part for page in project.list_pages("print") if page.part]
    assert set(said) == {"Les finalités", "La démarche", "Annexes"}


def test_the_cover_has_title_bands_and_no_page_number(trees):
    cover, parts = list_sections(trees)[0]
    holder = cover.getparent().getparent()
    assert style_of(holder) == "Millesime"  # the year in large letters ends the cover
    assert cover.find(w("titlePg")) is None
    bands = [get(node, "themeFill") for node in parts["header", "default"].iter(w("shd"))]
    assert bands == ["text2", *(f"accent{n}" for n in range(1, 6))]
    assert list(parts["footer", "default"].iter(w("instrText"))) == []


def test_theme_fonts_are_the_identity_s(trees):
    theme = trees["word/theme/theme1.xml"]
    for kind, family in (("major", "sans"), ("minor", "serif")):
        latin = theme.find(f".//{A}{kind}Font/{A}latin")
        assert latin.get("typeface") == IDENTITY.fonts[family].family
    defaults = trees["word/styles.xml"].find(".//w:rPrDefault/w:rPr", NS)
    assert get(defaults.find(w("rFonts")), "asciiTheme") == "minorHAnsi"
    heading = list_styles(trees)["heading 1"]
    assert get(heading.find("w:rPr/w:rFonts", NS), "asciiTheme") == "majorHAnsi"


def test_embedded_fonts_are_the_files_themselves(example_book, trees):
    parts = read_parts(example_book.docx)
    relations = {
        node.get("Id"): node.get("Target") for node in trees["word/_rels/fontTable.xml.rels"]
    }
    seen = set()
    for font in trees["word/fontTable.xml"].iter(w("font")):
        for slot in ("Regular", "Bold", "Italic"):
            node = font.find(w(f"embed{slot}"))
            content = parts[f"word/{relations[node.get(f'{{{NS[chr(114)]}}}id')]}"]
            key = get(node, "fontKey")
            assert re.fullmatch(r"\{[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12}\}", key)
            plain = obfuscate(content, UUID(key))
            assert plain != content
            with TTFont(io.BytesIO(plain)) as opened:
                # Word finds an embedded font by the name in the file, in four styles.
                assert opened["name"].getDebugName(1) == get(font, "name")
                assert opened["name"].getDebugName(2) == slot
                assert opened["OS/2"].fsType == 0
            seen.add((get(font, "name"), slot))
    assert len(seen) == 6
    settings = trees["word/settings.xml"]
    assert settings.find(w("embedTrueTypeFonts")) is not None
    mode = settings.find(".//w:compatSetting[@w:name='compatibilityMode']", NS)
    assert get(mode) == "15", "else it opens in a mode of compatibility"


def test_the_obfuscation_is_the_standard_s():
    """By hand: the last byte of the key meets the first of the font."""
    key = UUID("00112233-4455-6677-8899-aabbccddeeff")
    assert obfuscate(bytes(40), key)[:16].hex() == "ffeeddccbbaa99887766554433221100"
    assert obfuscate(bytes(40), key)[16:32] == obfuscate(bytes(40), key)[:16]
    assert obfuscate(bytes(40), key)[32:] == bytes(8)


# Both engines -------------------------------------------------------------------------------------

QUARTO = """
quarto = {
  doc = { crossref = { decorate_caption_with_crossref = function(float)
    local label = float.identifier:match("^fig") and "Figure" or "Tableau"
    float.caption_long:insert(1, pandoc.Space())
    float.caption_long:insert(1, pandoc.Str(label .. "\\u{a0}1.1\\u{a0}:"))
  end } },
  utils = {
    as_blocks = function(value) return pandoc.Blocks(value) end,
    as_inlines = function(value) return pandoc.Inlines(value) end,
  },
}
local treat = dofile("filters/quarto.lua")[1]
local function float(node, content)
  local caption = pandoc.utils.blocks_to_inlines(node.caption.long)
  return treat.FloatRefTarget({
    identifier = node.identifier, content = content, caption_long = caption,
  })
end
function Figure(figure)
  return float(figure, figure.content)
end
function Table(tbl)
  if tbl.identifier ~= "" then
    local bare = tbl:clone()
    bare.caption, bare.identifier = pandoc.Caption(), ""
    return float(tbl, { bare }), false
  end
end
function Div(div)
  if div.classes[1] and div.classes[1]:match("^encadre") then
    return treat.Callout({ title = { pandoc.Str(div.attributes.title) }, content = div.content })
  end
end
"""
MARK = """```{=html}
<!-- quarto-file-metadata-json: {"page": "x", "bookItemNumber": 1, "bookItemType": "chapter"} -->
```

"""


def test_what_quarto_writes_is_finished_to_the_same(project, tmp_path):
    """Quarto's own nodes, made up, through the filter that it runs last; the embedded engine's."""
    (tmp_path / "quarto.lua").write_text(QUARTO)
    text = (
        "# Titre {#sec-x}\n\n"
        + example.figure_block("climat", "climat")
        + "\n\n::: {.source}\nSource : inventée.\n:::\n\n"
        + example.facts_table("climat")
        + '\n\n::: {.encadre-important title="À retenir"}\nUn mot.\n\n- un point\n:::\n'
    )
    theirs = convert(project, text, tmp_path, str(tmp_path / "quarto.lua"))
    ours = convert(project, MARK + text, tmp_path, "filters/embedded.lua")
    shown = list_paragraphs(theirs["word/document.xml"])
    styles = [style for style, _ in shown]
    expected = ["Heading1", "Caption", "Figure", "Source", "Caption", "Textedetableau"]
    place = styles.index("Heading1")
    assert styles[place : place + 6] == expected
    assert styles[-3:] == ["Titredencadre", "Encadre", "Pucedencadre"]
    embedded = [(style, text.replace("1. Titre", "Titre")) for style, text in
                list_paragraphs(ours["word/document.xml"])]  # fmt: skip
    assert shown == [
        (style, re.sub(r"^(Figure|Tableau)\u00a0\d\.\d", "\\1\u00a01.1", text))
        for style, text in embedded
    ]


@pytest.mark.slow
def test_engines_find_our_styles_by_their_names(tmp_path):
    write_reference(tmp_path / "reference.docx", ["#123456"] * 8, IDENTITY)
    trees = read_trees(read_parts(tmp_path / "reference.docx"))
    assert set(list_styles(trees)) >= BUILT_IN | OURS
    accents = {node[0].get("val") for node in trees["word/theme/theme1.xml"].iter(f"{A}accent6")}
    assert accents == {"123456"}


def test_the_same_content_gives_the_same_bytes(project, tmp_path):
    """Whatever the hour, the order of parts and the file's own dates."""
    raw = run_pandoc(
        ["--from=markdown", "--to=docx", "--output=-", "--reference-doc=style/reference.docx"],
        "# Titre {#sec-x}\n\n- mot\n",
        folder=project.folder,
        environment=os.environ | {"SOURCE_DATE_EPOCH": "1"},
    )
    parts = zipfile.ZipFile(io.BytesIO(raw))
    files = []
    for name, order in (("a", 1), ("b", -1)):
        path = tmp_path / f"{name}.docx"
        with zipfile.ZipFile(path, "w") as archive:
            for part in parts.namelist()[::order]:
                archive.writestr(part, parts.read(part))
        finish_docx(path, EPOCH, describe_for_word(project))
        files.append(path.read_bytes())
    assert files[0] == files[1]
