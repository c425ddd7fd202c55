"""The pages around the text, as ``style/page.html`` places them: opening, navigation, plan of the
page, neighbours, footer.

Either engine writes each page bare, its text between two comments (``style/quarto.html``), and what
the book is in ``_pages.json`` (analysis.publish.staging): so that both give the same pages. Run by
Quarto after rendering (project: post-render), from the project's folder, and by the embedded
engine; needs Python alone. Run twice, it changes nothing more.
"""

from __future__ import annotations

import html
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import unquote

#: What stands around the text of a page as the engines write it.
_TEXT = re.compile(r"<!-- texte -->(.*)<!-- fin du texte -->", re.DOTALL)
_HEADING = re.compile(
    r'<h([23])\b(?![^>]*\bhors-plan\b)[^>]*? id="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL
)
_ANY_HEADING = re.compile(r'<h([2-6])\b[^>]*? id="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)
_SHORT_NUMBER = re.compile(r'<span class="numero">(.*?)</span>')
_REFERENCE = re.compile(
    r'(?P<open><a href="(?P<link>[^"]*)" class="quarto-xref">)(?P<words>(?:(?!</a>).)*)</a>'
)
_LABEL = re.compile(r'<[^>]*?\sid="([^"]+)"')
_LOCAL_LINK = re.compile(r'\shref="#([^"]+)"')
_NUMBER = re.compile(r'<span class="header-section-number">(.*?)</span>\s*')
_BOOK_TITLE = re.compile(r'\s*<h1 class="title">.*?</h1>\s*', re.DOTALL)
_FRONT = re.compile(r"<!-- accueil -->(.*)<!-- fin de l’accueil -->\n?", re.DOTALL)
_TITLE = re.compile(r"<h1\b.*?</h1>\s*", re.DOTALL)
#: What may stand in the opening, after the title: no box inside.
_LEAD = re.compile(r'<div class="chapeau">(?:(?!<div\b).)*?</div>\s*', re.DOTALL)
_FIGURES = re.compile(r'<div class="chiffres-cles"(?:(?!<div\b).)*?</div>\s*', re.DOTALL)
#: The section that says how accessible the report is.
ACCESSIBILITY = "sec-credits-accessibilite"


@dataclass(frozen=True)
class Heading:
    """A heading of level 2 or 3: where a link to it leads, its words as HTML."""

    level: int
    anchor: str
    words: str

    @property
    def link(self) -> str:
        return f'<a href="#{self.anchor}">{self.words}</a>'


@dataclass(frozen=True)
class Page:
    """A page of the book; ``title`` in words, ``mark`` « 3 », « A » or nothing, ``part`` the title
    of the part it stands in."""

    stem: str
    title: str
    id: str
    mark: str
    part: str
    appendix: bool


def _label(page: Page) -> str:
    """« 3 Épanouissement… », « A Annexes », « Sommaire », for navigation."""
    title = html.escape(page.title, quote=False)
    return f'<span class="chapter-number">{page.mark}</span> {title}' if page.mark else title


def compose_title(page: Page, appendix: str) -> str:
    """The page's own title; ``appendix``: what comes before an appendix' letter, and after it."""
    title = html.escape(page.title, quote=False)
    if page.mark and page.appendix:
        before, after = appendix.split("{}")
        title = f"{before}{page.mark}{after}{title}"
    elif page.mark:
        title = (
            f'<span class="chapter-number">{page.mark}</span> '
            f'<span class="chapter-title">{title}</span>'
        )
    name = f' id="{page.id}"' if page.id else ""
    return f"<h1{name}>{title}</h1>"


def list_headings(body: str, pattern: re.Pattern[str] = _HEADING) -> list[Heading]:
    """The page's headings of levels 2 and 3; of their markup only the number's is left."""
    return [
        Heading(int(level), anchor, _simplify(words))
        for level, anchor, words in pattern.findall(body)
    ]


def _simplify(words: str) -> str:
    numbered = _NUMBER.match(words)
    words = re.sub(r"</?[a-z]+\b[^>]*>", "", words[numbered.end() :] if numbered else words)
    return f'<span class="numero">{numbered[1]}</span> {words}' if numbered else words


def _nest(headings: Iterable[Heading]) -> Iterator[str]:
    """Lines of a list in which level 3 stands under the level 2 before it."""
    depth = 0
    for heading in headings:
        if heading.level == 3 and depth == 2:
            yield "<ul>"
        elif heading.level == 2 and depth == 3:
            yield "</li></ul></li>"
        elif depth:
            yield "</li>"
        if not depth and heading.level == 3:
            yield "<li><ul>"
        yield f"<li>{heading.link}"
        depth = heading.level
    yield "</li></ul></li>" if depth == 3 else "</li>"


def compose_contents(headings: list[Heading]) -> str:
    """The page's own table of contents: levels 2 and 3; nothing where there is nothing to list."""
    if not headings:
        return ""
    items = "\n".join(_nest(headings))
    return (
        '<nav class="sur-cette-page" aria-labelledby="sur-cette-page">\n'
        '<a class="evitement" href="#texte">Passer le plan de la page</a>\n'
        '<h2 id="sur-cette-page"><span>Sur cette page</span>'
        '<button type="button" aria-expanded="false" aria-controls="plan">Sur cette page</button>'
        f'</h2>\n<ul id="plan">\n{items}\n</ul>\n</nav>'
    )


def compose_navigation(pages: Iterable[Page], current: Page, headings: Iterable[Heading]) -> str:
    """The list of chapters, by parts, the appendices in one that folds; under the current one,
    its numbered sections."""
    sections = "".join(
        f"<li>{found.link}</li>" for found in headings if found.level == 2 and current.mark
    )
    lines, part, close = ["<ul>"], "", "</ul>"
    for page in pages:
        if page.part != part:
            part = page.part
            lines.append(close)
            name, close = html.escape(part), "</ul>"
            if page.appendix:  # many: they fold
                shown = " open" if current.appendix else ""
                lines.append(f'<details{shown}><summary class="partie">{name}</summary>')
                close = "</ul></details>"
            else:
                lines.append(f'<p class="partie">{name}</p>')
            lines.append("<ul>")
        here, inside = "", ""
        if page == current:
            here = ' aria-current="page"'
            inside = f"\n<ul>{sections}</ul>" if sections else ""
        lines.append(f'<li><a href="{page.stem}.html"{here}>{_label(page)}</a>{inside}</li>')
    return "\n".join([*lines, close])


def compose_neighbours(pages: Sequence[Page], current: Page) -> str:
    """Cards that lead to the chapter before and to the one after; none from a page that stands
    apart."""
    if current not in pages:
        return ""
    place = pages.index(current)
    cards = []
    for step, relation, name, words in (
        (-1, "prev", "precedent", "Précédent"),
        (1, "next", "suivant", "Suivant"),
    ):
        if 0 <= place + step < len(pages):
            page = pages[place + step]
            cards.append(
                f'<a class="{name}" rel="{relation}" href="{page.stem}.html"'
                f' data-chapitre="{page.stem}"><span class="sens">{words}</span> '
                f"<span>{_label(page)}</span></a>"
            )
    return "\n".join(cards)


def _take(pattern: re.Pattern[str], body: str) -> tuple[str, str]:
    """What ``pattern`` finds at the very beginning of ``body``, and the rest."""
    found = pattern.match(body)
    return (found[0].strip(), body[found.end() :]) if found else ("", body)


def split_opening(title: str, body: str, part: str) -> tuple[str, str]:
    """The opening of a page (title, lead, key figures, where they come first) and the rest."""
    lead, body = _take(_LEAD, body)
    figures, body = _take(_FIGURES, body)
    over = f'<p class="surtitre">{html.escape(part)}</p>' if part else ""
    band = "\n".join(filter(None, (over, title, lead)))
    opening = f'<div class="ouverture">\n<div class="bande">\n{band}\n</div>\n{figures}\n</div>'
    return opening, body


def put_front_first(body: str) -> str:
    """The first page, what opens the site before the foreword. (In the source the foreword's title
    comes first: of a page's headings, Quarto takes the first for its title.)"""
    body = _BOOK_TITLE.sub("", body, count=1)
    found = _FRONT.search(body)
    if not found:
        return body
    # The page has one title, that of the front: the foreword's own stand below it.
    foreword = body[: found.start()] + body[found.end() :]
    foreword = re.sub(r"(</?h)([1-5])\b", lambda h: f"{h[1]}{int(h[2]) + 1}", foreword)
    return f"{found[1].strip()}\n{foreword}"


# --- what is said to who listens ------------------------------------------------------------

_TAG = re.compile(r"<[^>]*>")
_ARROW = re.compile(r'(class="evolution[^>]*>\s*)([↗↘→])(?=(.{,400}))', re.DOTALL)
_WAYS = {"↗": "en hausse", "↘": "en baisse", "→": "stable"}
_JUDGED = re.compile(r"\*(?=</(?:td|th|p|li|em|strong|span)>)")
_NAMING = re.compile(
    r"<h[2-6]\b[^>]*>(?P<heading>.*?)</h[2-6]>|<summary\b[^>]*>(?P<summary>.*?)</summary>"
    r"|<table\b(?P<table>[^>]*)>(?!\s*<caption)"
    r"|<figcaption>(?P<number>Figure[ \u00a0][\w.]+)",
    re.DOTALL,
)
_DATA = "Données du graphique"
_FIGURES_TABLE = re.compile(r'<div class="chiffres">.*?</div>', re.DOTALL)
_ROW = re.compile(r'<th[^>]*\bscope="row"[^>]*>(?P<name>.*?)</th>(?P<cells>.*?)</tr>', re.DOTALL)
_NUMBER_LINK = re.compile(r'class="trace"(?P<rest>[^>]*)>(?P<words>.*?)</a>', re.DOTALL)


def _read(markup: str) -> str:
    """The words of a piece of HTML, still escaped, on one line."""
    return re.sub(r"[ \n\t]+", " ", _TAG.sub("", markup)).strip()


def _say(sign: str, words: str) -> str:
    """A sign that is seen, the words that are heard in its place."""
    return f'<span aria-hidden="true">{sign}</span><span class="dit">{words}</span>'


def _name_numbers(found: re.Match[str]) -> str:
    """The links of a table of figures named by their row: heard one after the other in a list of
    links, « 26 » says nothing."""

    def name_row(row: re.Match[str]) -> str:
        name = _read(row["name"]).replace('"', "&quot;")

        def name_link(link: re.Match[str]) -> str:
            label = f"{_read(link['words'])}, {name}"
            return f'class="trace"{link["rest"]} aria-label="{label}">{link["words"]}</a>'

        return row[0].replace(row["cells"], _NUMBER_LINK.sub(name_link, row["cells"]))

    return _ROW.sub(name_row, found[0])


def name_for_listeners(body: str) -> str:
    """Signs said in words, links of figures by their row, tables without a caption named by what
    stands above them, the data of each chart by its number."""

    def say_arrow(found: re.Match[str]) -> str:
        words = _WAYS[found[2]]
        said = _read(found[3]).startswith(words)
        return found[1] + _say(found[2], "" if said else words)

    body = _ARROW.sub(say_arrow, body)
    if "* : appréciation de la rédaction" in body.replace("\u00a0", " "):
        body = _JUDGED.sub(_say("*", " (appréciation de la rédaction)"), body)
    body = _FIGURES_TABLE.sub(_name_numbers, body)
    above, figure = "", ""
    named: dict[str, int] = {}

    def name(found: re.Match[str]) -> str:
        nonlocal above, figure
        if found["number"]:
            figure = found["number"].replace("Figure", "figure")
        elif found["heading"] is not None:
            above = _read(_NUMBER.sub("", found["heading"]))
        elif found["summary"] is not None:
            above = _read(found["summary"])
            if above == _DATA and figure:
                above = f"Données de la {figure}"
                return found[0].replace(_DATA, above)
        elif above:
            named[above] = named.get(above, 0) + 1
            label = above + (f" ({named[above]})" if named[above] > 1 else "")
            label = label.replace('"', "&quot;")
            return found[0].replace("<table", f'<table aria-label="{label}"', 1)
        return found[0]

    return _NAMING.sub(name, body)


def read_numbers(bodies: Mapping[Page, str]) -> dict[str, str]:
    """Number of every chapter and section, by where a link to it leads: « climat.html#sec-… »."""
    numbers = {}
    for page, body in bodies.items():
        file = f"{page.stem}.html"
        if page.mark:
            numbers |= {file: page.mark, f"{file}#{page.id}": page.mark}
        for heading in list_headings(body, _ANY_HEADING):
            if number := _SHORT_NUMBER.match(heading.words):
                numbers[f"{file}#{heading.anchor}"] = number[1]
    return numbers


def name_sections(body: str, stem: str, numbers: Mapping[str, str]) -> str:
    """References to sections by their numbers: on a page without one, Quarto gives their titles."""

    def name(found: re.Match[str]) -> str:
        link = found["link"].removeprefix("./")
        number = numbers.get(f"{stem}.html{link}" if link.startswith("#") else link)
        words = re.sub(r"</?span>", "", found["words"])  # Quarto's, around what it resolved
        if number and html.unescape(words).split()[-1:] != [number]:
            words = number
        return f"{found['open']}{words}</a>"

    return _REFERENCE.sub(name, body)


def list_places(bodies: Mapping[Page, str]) -> dict[str, str]:
    """The page on which each label stands, by the label; none where it stands on several."""
    found: dict[str, str] = {}
    for page, body in bodies.items():
        for label in {page.id, *_LABEL.findall(body)}:
            found[label] = "" if label in found else page.stem
    return found


def link_pages(body: str, places: Mapping[str, str]) -> str:
    """Links to a label of another page with the name of that page: the engines put it where the
    label is a heading's or a figure's, not where it is inside a row or a sentence."""
    own = set(_LABEL.findall(body))

    def link(found: re.Match[str]) -> str:
        label = html.unescape(unquote(found[1]))
        page = "" if label in own else places.get(label, "")
        return f' href="{page}.html#{found[1]}"' if page else found[0]

    return _LOCAL_LINK.sub(link, body)


def _link_accessibility(bodies: Mapping[Page, str]) -> str:
    """The footer's link to what is said of accessibility, where a page says it."""
    for page, body in bodies.items():
        if f'id="{ACCESSIBILITY}"' in body:
            return f'<p><a href="{page.stem}.html#{ACCESSIBILITY}">Accessibilité</a></p>'
    return ""


def compose_page(
    page: Page, body: str, book: Mapping[str, Any], numbers: Mapping[str, str]
) -> dict[str, str]:
    """What the template puts in its own places, from a page's bare ``body``."""
    pages = [Page(**row) for row in book["pages"]]
    title = html.escape(book["words"]["book_title"])
    if page.stem == "index":
        kind, head, opening, headings = " accueil", title, "", []
        body = put_front_first(body)
    else:
        kind = " annexe" if page.appendix else ""
        lead = f"{page.mark}. " if page.mark else ""
        head = f"{html.escape(f'{lead}{page.title}')} – {title}"
        _, body = _take(_TITLE, body)
        headings = list_headings(body)
        own_title = compose_title(page, book["appendix"])
        opening, body = split_opening(own_title, body, "" if page.appendix else page.part)
    return {
        "kind": kind,
        "head_title": head,
        "navigation": compose_navigation(pages, page, headings),
        "opening": opening,
        "contents": compose_contents(headings),
        "body": name_for_listeners(name_sections(body, page.stem, numbers)),
        "neighbours": compose_neighbours(pages, page),
    }


def write_pages(project: Path, folder: Path) -> None:
    """Put the shell around every bare page of ``folder``; ``project``: where the book is staged."""
    book = json.loads((project / "_pages.json").read_text(encoding="utf-8"))
    template = Template((project / "style" / "page.html").read_text(encoding="utf-8"))
    scripts = (project / "style" / "scripts.html").read_text(encoding="utf-8")
    bodies = {}
    for page in (Page(**row) for row in [*book["pages"], *book["apart"]]):
        path = folder / f"{page.stem}.html"
        found = _TEXT.search(path.read_text(encoding="utf-8")) if path.is_file() else None
        if found:
            bodies[page] = found[1].strip()
    places = list_places(bodies)
    bodies = {page: link_pages(body, places) for page, body in bodies.items()}
    numbers = read_numbers(bodies)
    common = {
        **{key: html.escape(words) for key, words in book["words"].items()},
        "styles": "\n".join(f'<link rel="stylesheet" href="{sheet}">' for sheet in book["styles"]),
        "policy": book["policy"],
        "scripts": scripts.strip(),
        "downloads": ", ".join(
            f'<a href="{html.escape(link)}">{words}</a>' for words, link in book["downloads"]
        ),
        "accessibility": _link_accessibility(bodies),
    }
    for page, body in bodies.items():
        text = template.substitute(common, **compose_page(page, body, book, numbers))
        text = text.replace("\u2060", "")  # parts Quarto’s signs in its sources alone
        text = text.replace(' style="text-align: left;"', "")  # as all cells are
        text = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
        (folder / f"{page.stem}.html").write_text(text, encoding="utf-8", newline="")


if __name__ == "__main__":
    write_pages(
        Path.cwd(), Path(sys.argv[1] if sys.argv[1:] else os.environ["QUARTO_PROJECT_OUTPUT_DIR"])
    )
