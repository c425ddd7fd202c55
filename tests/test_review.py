"""Reviewers' copies of a made-up executed notebook."""

import re
import subprocess
from datetime import date
from html.parser import HTMLParser

import nbformat
import pypandoc
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from analysis.base.paths import PROJECT
from analysis.compute.workings.row_findings import count_findings
from analysis.execute import review_copies
from analysis.execute.content_differences import Difference
from analysis.execute.remarks import Remark
from analysis.execute.review_copies import Heading, export_review, stamp_origin
from analysis.execute.review_marks import ReviewState
from analysis.show import markup

SVG = """<?xml version="1.0" encoding="utf-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
  "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="9pt" viewBox="0 0 9 9">
 <defs>
  <style type="text/css">*{stroke-linejoin: round}</style>
  <clipPath id="b">
   <rect x="1" y="2"/>
  </clipPath>
 </defs>
 <text x="1">Été &amp; hiver &lt; « 3 »</text> <g/>
 <path d="M 0 1
L 2 3
z
" style="fill: #fff"/>
</svg>
"""


def show(**data):
    return new_output("display_data", data={k.replace("_", "/"): v for k, v in data.items()})


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    folder = tmp_path_factory.mktemp("carnets")
    figure = show(
        text_markdown='![Constat *inventé*.](figures/a.svg){#fig-a fig-alt="Deux « valeurs »"}'
    )
    figure["data"]["image/svg+xml"] = SVG
    notebook = new_notebook(
        cells=[
            new_code_cell(
                "layout.show_stake(chapter)",
                outputs=[
                    show(text_markdown="# Titre {#sec-a}\n\nVoir [-@sec-b] et @fig-a."),
                    show(text_markdown="| A | B |\n|---|--:|\n| x | 1 |\n\n: Légende {#tbl-a}"),
                    figure,
                ],
            )
        ],
        metadata={"kernelspec": {"name": "python3", "display_name": "P", "language": "python"}},
    )
    nbformat.write(notebook, folder / "climat.ipynb")
    path = export_review(folder / "climat.ipynb", folder / "html")
    assert [path.name for path in (folder / "html").iterdir()] == ["climat.html"]
    return path.read_text(encoding="utf-8")


#: One of everything that notebooks write.
EVERYTHING = """\
# Titre {#sec-a}

::: {.chapeau}
Un enjeu, « avec » [60 000]{.trace data-trace="arbres"} arbres *et* **plus**...
:::

::: {.chiffres-cles role="group" aria-label="Chiffres clés"}
- [[12]{.trace data-trace="b"}]{.chiffre} [%]{.unite} [parts]{.intitule}
- un autre
:::

## Une action {#une-action .action}

[**Portage :** un service]{.fiche}\\
[**Dates :** 2031]{.fiche}

| Indicateur | Valeur |
|:-----------|-------:|
| Des mots, [un lien](figures/a.csv) et `du code` | [1,5]{.trace data-trace="c"} |
| Une ligne | 2 |

: Chiffres de l’*action* {#tbl-a}

| Sans | légende |
|------|---------|
| x | 1 |

::: {.encadre-important title="À retenir"}
1. Un
2. Deux
:::

terme
:   sa définition
"""


class Structure(HTMLParser):
    """A page as its tags with their attributes, and its words."""

    def __init__(self, page):
        super().__init__()
        self.parts = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag not in ("colgroup", "col"):
            kept = [
                (name, (value or "").replace(" ", "").rstrip(";")) for name, value in attributes
            ]
            kept = [pair for pair in kept if pair not in (("style", "width:100%"), ("type", "1"))]
            self.parts.append((tag, *sorted(kept)))

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        if tag != "colgroup":
            self.parts.append("/" + tag)

    def handle_data(self, data):
        words = " ".join(data.split(" \n"))
        words = re.sub(r"[ \n]+", " ", words).strip(" ")
        if words:
            self.parts.append(("words", words))


def ask_pandoc(text):
    """What the book's own reader makes of a text, with its filter for boxes."""
    reader = "--from=commonmark_x-tex_math_dollars"
    box = PROJECT / "reports" / "filters" / "encadres.lua"
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), reader, "--to=html5", "--wrap=none", f"--lua-filter={box}"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    page = done.stdout.decode()
    # That reader knows no captions: the paragraph below a table is its caption.
    return re.sub(
        r"<table>(?P<table>(?:(?!<table>).)*?</table>)\n<p>: (?P<words>(?:(?!</p>).)*?)"
        r'(?:<span id="(?P<id>[^"]+)" data-wrapper="1">\s*</span>)?</p>',
        r'<table id="\g<id>"><caption>\g<words></caption>\g<table>',
        page,
        flags=re.DOTALL,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "text",
    [
        EVERYTHING,
        "| a |\n|---|\n| 1 |\n\n: B {#tbl-b}",
        '[[12]{.trace data-trace="b"}]{.chiffre}[§4]{#r-4 .repere} [a [b]{.avant}]{.change}',
        '::: {.a}\n::: {.b role="group"}\n- un\n\n  deux\n:::\n\nTexte\n:::\n\nAprès',
        "1. un\n2. deux\n\n> cité \\(*non*\\)\n\nx\\\ny & z < t l\\. 12",
        "### Sans nom, « été » 2\n\nTexte `code *x*`\n\n```\na = 1\n```",
    ],
)
def test_everything_reads_as_the_book_reads_it(text):
    """The reader of the copies is another one, for its speed; of the widths of columns alone it
    knows nothing."""
    (ours,) = markup.render_html([(text, "")])
    assert Structure(ours).parts == Structure(ask_pandoc(text)).parts


def test_headings_without_a_name_get_one_each():
    first, second = markup.render_html([("## Été 2", ""), ("## Été 2", "")])
    assert first == '<h2 id="été-2">Été 2</h2>'
    assert 'id="été-2-1"' in second


def test_no_program_is_started_for_a_page(tmp_path, monkeypatch):
    outputs = [show(text_markdown=f"Texte {number}.") for number in range(3)]
    notebook = new_notebook(cells=[new_code_cell("x", outputs=outputs)])
    nbformat.write(notebook, tmp_path / "a.ipynb")

    def refuse(*_, **__):
        raise AssertionError("a program is started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    page = export_review(tmp_path / "a.ipynb", tmp_path).read_text("utf-8")
    assert "<p>Texte 2.</p>" in page


def test_a_page_that_fails_leaves_the_old_one(tmp_path, monkeypatch):
    (tmp_path / "a.html").write_text("l'ancienne", "utf-8")
    cell = new_code_cell("x", outputs=[show(text_markdown="Texte.")])
    nbformat.write(new_notebook(cells=[cell]), tmp_path / "a.ipynb")

    def fail(_):
        raise RuntimeError("illisible")

    monkeypatch.setattr(review_copies, "render_html", fail)
    with pytest.raises(RuntimeError, match="illisible"):
        export_review(tmp_path / "a.ipynb", tmp_path)
    assert (tmp_path / "a.html").read_text("utf-8") == "l'ancienne"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "a.ipynb"]


def test_shows_code_and_rendered_markdown(page):
    assert "show_stake" in page
    assert "<table" in page
    assert "Légende" in page
    assert "<h1>Titre</h1>" in page
    assert '<h2 id="sec-a">Titre</h2>' in page


def test_figure_has_its_picture_caption_and_alternative(page):
    assert '<div role="img" aria-label="Deux « valeurs »"><svg xmlns:xlink' in page
    assert '<text x="1">Été &amp; hiver &lt; « 3 »</text>' in page, "the drawing as it is"
    assert "<figcaption>" in page
    assert "<em>inventé</em>" in page


def test_leaves_no_markup_of_the_book(page):
    assert "{#" not in page.split("<body", 1)[1]
    assert "@sec-b" not in page.split("<body", 1)[1]
    assert "![" not in page.split("<body", 1)[1]


def test_asks_nothing_of_the_outside(page):
    assert 'lang="fr"' in page
    assert "<script src" not in page
    assert re.findall(r"<link [^>]*>", page) == ['<link rel="icon" href="data:,">']
    assert "@import" not in page


def test_a_telephone_gets_the_narrow_drawing(tmp_path):
    """Both under one name; a letter's shape is there once, and what cuts shapes is each one's."""
    glyph = '<path id="Font-1" d="M 1 2" transform="scale(0.01)"/>'
    svg = f'<svg xmlns="x"><clipPath id="b"/>{glyph}<g clip-path="url(#b)"/><text>%s</text></svg>'
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "a-etroit.svg").write_text(f"<?xml?>\n{svg % 'étroit'}", "utf-8")
    outputs = []
    for name in ("a", "b"):
        figure = show(text_markdown=f'![C.](figures/{name}.svg){{#fig-{name} fig-alt="Dit"}}')
        figure["data"]["image/svg+xml"] = svg % "large"
        outputs.append(figure)
    nbformat.write(new_notebook(cells=[new_code_cell("x", outputs=outputs)]), tmp_path / "a.ipynb")
    page = export_review(tmp_path / "a.ipynb", tmp_path / "html").read_text("utf-8")
    first, second = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    assert re.findall(r'<svg class="(\w+)"', first) == ["large", "etroit"]
    assert first.count('role="img"') == first.count('aria-label="Dit"') == 1
    assert re.findall(r'clipPath id="(.*?)".*?url\(#(.*?)\)', first) == [
        ("b", "b"), ("etroit-b", "etroit-b"),
    ]  # fmt: skip
    assert '<svg xmlns="x">' in second, "no other drawing: the wide one serves"
    assert page.count(glyph) == 1


# The parts of a copy ------------------------------------------------------------------------------

WORKING = {"tags": ["remove-cell", "calculs"]}
HEADING = Heading("Climat", 2030, "Finalité I", "Inventé", "finality.ipynb (year = 2030)")


def say(text, **metadata):
    return new_markdown_cell(text, metadata=metadata)


def compute(source, *texts, **metadata):
    outputs = [show(text_markdown=text) for text in texts]
    return new_code_cell(source, outputs=outputs, metadata=metadata)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Write the copy of an analysis, with what reviewers said of it."""
    cells = [
        say("Carnet d’une finalité.", tags=["remove-cell"]),
        compute("finality = None", tags=["parameters"]),
        compute('finality = "climat"', tags=["injected-parameters"]),
        compute("pages.show_title(chapter)", "# Climat {#sec-climat}", tags=["title"]),
        say('## Ce qui est su\n\nLes lignes : "saisies".', **WORKING),
        compute("assert known\nassert a < b, f'non'", "| A |\n|---|\n| 1 |", **WORKING),
        say("### Le détail", **WORKING),
        say("## Ce qui en est calculé", **WORKING),
        compute("x = 1", **WORKING),
        say("## Le chapitre", **WORKING),
        compute("pages.show_stake(chapter)", "## Enjeu {#sec-enjeu}", "Un texte assez long."),
    ]
    folder = tmp_path_factory.mktemp("copie")

    def write(state=None):
        nbformat.write(new_notebook(cells=cells), folder / "climat.ipynb")
        path = export_review(folder / "climat.ipynb", folder, state, HEADING)
        return path.read_text("utf-8")

    return write


def test_sections_of_the_workings_are_folded_with_what_was_verified(made):
    page = made()
    boxes = re.findall(
        r'<details class="(preparation|calculs)" id="([^"]+)">\n'
        r"<summary><h2>(.*?)</h2>(.*?)</summary>",
        page,
    )
    assert [(kind, title) for kind, _, title, _ in boxes] == [
        ("preparation", "Préparation du carnet"),
        ("calculs", "Ce qui est su"),
        ("calculs", "Ce qui en est calculé"),
    ]
    assert "cohérence interne vérifiée" in boxes[1][3]
    assert "verdict" not in boxes[2][3], "nothing was asserted"
    # Typed words get their French spaces, in the section that they belong to.
    known = page.split('id="ce-qui-est-su"', 1)[1].split("</details>\n<details", 1)[0]
    assert "Les lignes\u00a0: «\u00a0saisies\u00a0»." in known
    assert "<h3" in known


def test_the_chapter_follows_its_workings_under_headings_in_order(made):
    page = made()
    headings = re.findall(r"<h([1-6])[^>]*>(.*?)</h\1>", page.split("<body", 1)[1])
    assert headings == [
        ("1", "Climat"),
        ("2", "Préparation du carnet"),
        ("2", "Ce qui est su"),
        ("3", "Le détail"),
        ("2", "Ce qui en est calculé"),
        ("2", "Le chapitre"),
        ("3", "Enjeu"),
    ]
    assert '<p class="titre" id="sec-climat">Climat</p>' in page


def test_contents_lead_to_every_section(made):
    page = made()
    contents = page.split('class="sommaire"', 1)[1].split("</nav>", 1)[0]
    links = re.findall(r'<a href="#([^"]+)">(.*?)</a>', contents)
    assert [words for _, words in links] == [
        "Ce qui est su",
        "Ce qui en est calculé",
        "Le chapitre",
        "Enjeu",
    ]
    for anchor, _ in links:
        assert page.count(f'id="{anchor}"') == 1, anchor


#: What is said where nothing was found.
AGREES = "cohérence interne vérifiée"


def find(**findings):
    """A frame of the workings, as ``pages.show_frame`` shows it."""
    output = show(text_markdown="| A |\n|---|\n| 1 |")
    output["metadata"] = {"constats": {name.replace("_", " "): n for name, n in findings.items()}}
    return output


@pytest.mark.parametrize(
    ("frames", "source", "verdict"),
    [
        ([find(lignes=9, écart=3, à_éclaircir=1)], "assert a", "3 écarts, dont 1 à éclaircir"),
        ([find(lignes=2, écart=2)], "assert a", "2 écarts, avec explication"),
        ([find(écart=1), find(alerte=1, à_éclaircir=1, lignes=2)], "",
         "1 écart et 1 alerte, dont 1 à éclaircir"),
        ([find(lignes=0), find(lignes=0)], "assert a", "rien à vérifier"),
        ([find(lignes=0), find(lignes=6, refus=6)], "assert a", f"{AGREES}\u202f; 6 refus"),
        ([find(lignes=4, invérifiable=1)], "assert a", f"{AGREES}\u202f; 1 invérifiable"),
        ([], "assert a", AGREES),
        ([find(lignes=4)], "x = 1", ""),
    ],
)  # fmt: skip
def test_a_section_says_what_it_found(frames, source, verdict):
    cells = [say("## Ici", **WORKING), new_code_cell(source, outputs=frames)]
    assert review_copies.describe_findings(cells).replace("\xa0", " ") == verdict


def test_rows_of_the_workings_are_counted_by_what_they_say():
    printed = [
        {"verdict": "écart", "explanation": ""},
        {"verdict": "écart", "explanation": "Une raison."},
        {"verdict": "exact", "explanation": ""},
        {"verdict": "alerte", "explanation": ""},
    ]
    found = {"lignes": 4, "écart": 2, "à éclaircir": 2, "exact": 1, "alerte": 1}
    assert count_findings(printed) == found
    near = {"verdict": "écart", "explanation": "aucune ; d’un autre", "explained": False}
    assert count_findings([near]) == {"lignes": 1, "écart": 1, "à éclaircir": 1}
    refused = [{"comparable": False}, {"comparable": True}, {"first_title": "A"},
               {"recomputed": None, "missing": "années différentes"}]  # fmt: skip
    assert count_findings(refused) == {"lignes": 4, "refus": 3}
    assert count_findings([{"verdict": "retard", "missing": ""}]) == {"lignes": 1}
    assert count_findings([]) == {"lignes": 0}


def test_code_of_each_cell_is_folded_and_coloured(made):
    page = made()
    numbers = re.findall(r'<details class="code">\n<summary>Code (\d+)</summary>', page)
    assert numbers == ["1", "2", "3", "4", "5", "6"], "in the order of the page"
    assert '<span class="k">assert</span>' in page


def test_head_says_for_what_from_what_and_when_reviewed(made):
    head = made(ReviewState("climat", 2030)).split("<header", 1)[1].split("</header>", 1)[0]
    first, technical = head.split('<details class="technique">')
    for words in ("Finalité I · édition 2030", "Inventé", "pas encore été signé"):
        assert words in first
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", first))
    assert facts["Écarts et alertes"] == "aucun"
    assert facts["Remarques ouvertes"] == "0"
    assert "finality.ipynb (year = 2030)" in technical
    stamped = stamp_origin(head, {"Données": "3 fichiers & plus"})
    assert "<dt>Données</dt><dd>3 fichiers &amp; plus</dd>" in stamped
    signed = ReviewState("climat", 2030, "Mme Durand", date(2031, 3, 2))
    assert re.search(r"Signé par Mme Durand le 2\smars\s2031", made(signed))


def test_what_changed_and_open_remarks_are_listed_with_links_to_their_places(made):
    item = ("phrase", "sec-enjeu/1", "§1", "Enjeu")
    remark = Remark("climat-1", "climat", *item[:3], "Un texte assez long.", "Lequel ?", "M. Petit")
    state = ReviewState(
        "climat",
        2030,
        "Mme Durand",
        date(2031, 3, 2),
        [Difference(*item, "Un autre texte long.", "Un texte assez long.")],
        [remark],
    )
    page = made(state)
    followed = page.split('<section class="suivi"', 1)[1].split("</section>", 1)[0]
    assert "Ce qui a changé depuis la relecture" in followed
    assert "Remarques ouvertes" in followed
    links = re.findall(r'href="#([^"]+)"', followed)
    assert links == ["repere-p1", "remarque-1"]
    for anchor in links:
        assert page.count(f'id="{anchor}"') == 1, anchor
    assert '<section class="suivi"' not in made(ReviewState("climat", 2030))


def test_the_same_notebook_gives_the_same_bytes(made):
    assert made() == made()
