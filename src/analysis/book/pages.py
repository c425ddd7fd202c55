"""HTML pages of the embedded engine: pandoc's one stream cut into pages, each with its opening,
navigation and footer around it, as ``style/page.html`` places them.

May import project, errors of this package.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from analysis.book.errors import BookError
from analysis.book.project import Page, Project, read_words

MARK = re.compile(r"<!-- quarto-file-metadata-json: (\{.*?\}) -->\n?")
_HEADING = re.compile(r'<h([23])\b[^>]*? id="([^"]+)"[^>]*>(.*?)</h\1>', re.DOTALL)
_NUMBER = re.compile(r'<span class="header-section-number">(.*?)</span>\s*')
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


def split_pages(stream: str) -> dict[str, str]:
    """File name → body, cut at the marks put before each chapter."""
    pieces = MARK.split(stream)
    if len(pieces) < 3 or pieces[0].strip():
        raise BookError("Le HTML n’a pas pu être découpé en pages.")
    return {
        json.loads(mark)["bookItemFile"]: body.strip()
        for mark, body in zip(pieces[1::2], pieces[2::2], strict=True)
    }


def _label(page: Page) -> str:
    """« 3 Épanouissement… », « A Annexes », « Sommaire », for navigation."""
    title = html.escape(page.title)
    return f'<span class="chapter-number">{page.mark}</span> {title}' if page.mark else title


def list_headings(body: str) -> list[Heading]:
    """The page's headings of levels 2 and 3; of their markup only the number's is left."""
    return [
        Heading(int(level), anchor, _simplify(words))
        for level, anchor, words in _HEADING.findall(body)
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


def compose_navigation(project: Project, current: Page, headings: Iterable[Heading]) -> str:
    """The list of chapters, by parts; under the current one, its numbered sections."""
    sections = "".join(
        f"<li>{found.link}</li>" for found in headings if found.level == 2 and current.mark
    )
    lines, part = ["<ul>"], ""
    for page in project.chapters:
        if page.part != part:
            part = page.part
            lines += ["</ul>", f'<p class="partie">{html.escape(part)}</p>', "<ul>"]
        here, inside = "", ""
        if page.file == current.file:
            here = ' aria-current="page"'
            inside = f"\n<ul>{sections}</ul>" if sections else ""
        lines.append(f'<li><a href="{page.stem}.html"{here}>{_label(page)}</a>{inside}</li>')
    return "\n".join([*lines, "</ul>"])


def compose_neighbours(project: Project, current: Page) -> str:
    """Cards that lead to the chapter before and to the one after."""
    place = [page.file for page in project.chapters].index(current.file)
    cards = []
    for step, relation, name, words in (
        (-1, "prev", "precedent", "Précédent"),
        (1, "next", "suivant", "Suivant"),
    ):
        if 0 <= place + step < len(project.chapters):
            page = project.chapters[place + step]
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


def split_opening(body: str, part: str) -> tuple[str, str]:
    """The opening of a page (title, lead, key figures, where they come first) and the rest."""
    title, body = _take(_TITLE, body)
    lead, body = _take(_LEAD, body)
    figures, body = _take(_FIGURES, body)
    over = f'<p class="surtitre">{html.escape(part)}</p>' if part else ""
    # The space after a chapter's number is for where both stand on one line.
    title = title.replace("</span>\u00a0 <span", "</span> <span")
    band = "\n".join(filter(None, (over, title, lead)))
    opening = f'<div class="ouverture">\n<div class="bande">\n{band}\n</div>\n{figures}\n</div>'
    return opening, body


def _list_styles(project: Project) -> list[str]:
    """The style sheets of the project's pages, in order."""
    return project.config["format"]["html"]["css"]


def _link_accessibility(bodies: dict[str, str]) -> str:
    """The footer's link to what is said of accessibility, where a page says it."""
    for file, body in bodies.items():
        if f'id="{ACCESSIBILITY}"' in body:
            return f'<p><a href="{Path(file).stem}.html#{ACCESSIBILITY}">Accessibilité</a></p>'
    return ""


def write_pages(project: Project, stream: str, folder: Path, generator: str) -> None:
    """Write every page of the book into ``folder``."""
    template = Template((project.folder / "style" / "page.html").read_text(encoding="utf-8"))
    settings = project.config["format"]["html"]
    scripts = (project.folder / settings["include-after-body"]).read_text(encoding="utf-8")
    title, subtitle = project.title, project.subtitle
    stem = project.book["output-file"]
    footer = project.book.get("page-footer", {})
    bodies = split_pages(stream)
    common = {
        "generator": html.escape(generator),
        "styles": "\n".join(
            f'<link rel="stylesheet" href="{sheet}">' for sheet in _list_styles(project)
        ),
        "scripts": scripts.strip(),
        "book_title": html.escape(title),
        "book_subtitle": html.escape(subtitle),
        "short_title": html.escape(read_words(project.config["footer-line"])),
        "downloads": (
            f'<a href="../{stem}.pdf">PDF</a>, <a href="../{stem}.docx">Word</a>, '
            f'<a href="../{project.config["edition"]["data"]}">données</a>'
        ),
        "footer_left": html.escape(read_words(footer.get("left", ""))),
        "footer_right": html.escape(read_words(footer.get("right", ""))),
        "accessibility": _link_accessibility(bodies),
    }
    for page in project.chapters:
        body = bodies[page.file]
        is_index = page.stem == "index"
        opening, headings = "", []
        if not is_index:
            headings = list_headings(body)
            opening, body = split_opening(body, "" if page.appendix else page.part)
        lead = f"{page.mark}. " if page.mark else ""
        text = template.substitute(
            common,
            kind=" accueil" if is_index else " annexe" if page.appendix else "",
            head_title=html.escape(title if is_index else f"{lead}{page.title} – {title}"),
            navigation=compose_navigation(project, page, headings),
            opening=opening,
            contents=compose_contents(headings),
            body=body,
            neighbours=compose_neighbours(project, page),
        )
        text = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
        (folder / f"{page.stem}.html").write_text(text, encoding="utf-8")
