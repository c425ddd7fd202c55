"""HTML pages of the embedded engine: pandoc's one stream cut into pages, each with navigation.

May import project, errors of this package.
"""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from string import Template

from analysis.book.errors import BookError
from analysis.book.project import Page, Project

MARK = re.compile(r"<!-- quarto-file-metadata-json: (\{.*?\}) -->\n?")
HEADING = re.compile(
    r'<h([23])(?: class="[^"]*")? id="([^"]+)"[^>]*>(.*?)</h\1>|'
    r'<h([23]) id="([^"]+)"[^>]*>(.*?)</h\4>',
    re.DOTALL,
)


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
    return f'<span class="chapter-number">{page.mark}</span>\u00a0 {title}' if page.mark else title


def compose_navigation(project: Project, current: Page) -> str:
    """The list of chapters, by parts."""
    lines, part = ["<ul>"], ""
    for page in project.chapters:
        if page.part != part:
            part = page.part
            lines += ["</ul>", f"<h2>{html.escape(part)}</h2>", "<ul>"]
        here = ' aria-current="page"' if page.file == current.file else ""
        lines.append(f'<li><a href="{page.stem}.html"{here}>{_label(page)}</a></li>')
    return "\n".join([*lines, "</ul>"])


def compose_contents(body: str) -> str:
    """The page's own table of contents: levels 2 and 3."""
    lines, depth = [], 0
    for found in HEADING.finditer(body):
        level = int(found[1] or found[4])
        anchor, text = found[2] or found[5], found[3] or found[6]
        text = re.sub(r"</?(?:a|span)[^>]*>", "", text)
        if level == 3 and depth == 2:
            lines.append("<ul>")
        elif level == 2 and depth == 3:
            lines.append("</li></ul></li>")
        elif depth:
            lines.append("</li>")
        if not depth and level == 3:
            lines.append("<li><ul>")
        lines.append(f'<li><a href="#{anchor}">{text}</a>')
        depth = level
    if not lines:
        return ""
    lines.append("</li></ul></li>" if depth == 3 else "</li>")
    title = '<h2 id="sur-cette-page">Sur cette page</h2>'
    items = "\n".join(lines)
    return f'{title}\n<nav aria-labelledby="sur-cette-page">\n<ul>\n{items}\n</ul>\n</nav>'


def compose_neighbours(project: Project, current: Page) -> str:
    place = [page.file for page in project.chapters].index(current.file)
    links = []
    if place > 0:
        page = project.chapters[place - 1]
        links.append(
            f'<a class="precedent" rel="prev" href="{page.stem}.html"><span>Précédent</span>'
            f"{_label(page)}</a>"
        )
    if place + 1 < len(project.chapters):
        page = project.chapters[place + 1]
        links.append(
            f'<a class="suivant" rel="next" href="{page.stem}.html"><span>Suivant</span>'
            f"{_label(page)}</a>"
        )
    return "\n".join(links)


def write_pages(project: Project, stream: str, folder: Path, generator: str) -> None:
    """Write every page of the book into ``folder``."""
    template = Template((project.folder / "style" / "page.html").read_text(encoding="utf-8"))
    title, subtitle = project.book["title"], project.book.get("subtitle", "")
    stem = project.book["output-file"]
    footer = project.book.get("page-footer", {})
    bodies = split_pages(stream)
    for page in project.chapters:
        body = bodies[page.file]
        is_index = page.stem == "index"
        lead = f"{page.mark}. " if page.mark else ""
        text = template.substitute(
            generator=html.escape(generator),
            head_title=html.escape(title if is_index else f"{lead}{page.title} – {title}"),
            short_title=html.escape(title),
            book_title=html.escape(title),
            book_subtitle=html.escape(subtitle),
            navigation=compose_navigation(project, page),
            downloads=(
                f'Télécharger\u00a0: <a href="../{stem}.pdf">PDF</a>, '
                f'<a href="../{stem}.docx">Word</a>, '
                f'<a href="../{project.config["edition"]["data"]}">données</a>'
            ),
            body=body,
            neighbours=compose_neighbours(project, page),
            contents=compose_contents(body),
            footer_left=html.escape(footer.get("left", "")),
            footer_right=html.escape(footer.get("right", "")),
        )
        text = "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
        (folder / f"{page.stem}.html").write_text(text, encoding="utf-8")
