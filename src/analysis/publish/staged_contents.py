"""What the staged pages hold: headings, captions, figures, as lists to hold a built book against.

Reads the project's Markdown, as one format shows it; imports project only.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path

from analysis.publish.project import Page, Project, read_words

HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*(?:(?<!\\)\{([^}]*)\})?\s*$", re.MULTILINE)
FIGURE = re.compile(
    r"!\[(?P<caption>[^\n]*?)\]\((?P<path>[^)\s]+)\)\{#(?P<id>[^\s}]+)"
    r'(?:[^}]*?fig-alt="(?P<alt>[^"]*)")?[^}]*\}'
)
TABLE = re.compile(
    r"^(?:: |Table: )(?P<caption>.*?)\s*\{#(?P<id>tbl-[^\s}]+)[^}]*\}\s*$", re.MULTILINE
)


_FENCE = re.compile(r"^:{3,}\s*(?P<attributes>.*?)\s*:*$")
_CONDITION = re.compile(r'(when|unless)-format="([^"]+)"')


@dataclass(frozen=True)
class Contents:
    """Headings (level, plain text), captions of figures and tables, picture stem → alternative."""

    page: Page
    headings: list[tuple[int, str]]
    captions: list[str]
    figures: dict[str, str]


def _is_hidden(attributes: str, shown_in: str) -> bool:
    """Whether a fenced div is left out of a format: ``.content-visible when-format="html"``…"""
    if ".content-" not in attributes:
        return False
    conditions = [
        (word == "when") == (name == shown_in or (name, shown_in) == ("pdf", "typst"))
        for word, name in _CONDITION.findall(attributes)
    ]
    return (".content-visible" in attributes) != all(conditions)


def select_shown(text: str, shown_in: str) -> str:
    """The Markdown without the fenced divs that are for other formats than ``shown_in``."""
    lines, hidden = [], []
    for line in text.splitlines():
        fence = _FENCE.match(line)
        if fence and fence["attributes"]:
            inside = bool(hidden) and hidden[-1]
            hidden.append(inside or _is_hidden(fence["attributes"], shown_in))
        elif fence and hidden:
            hidden.pop()
        elif not (hidden and hidden[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"


def read_contents(project: Project, page: Page, shown_in: str = "") -> Contents:
    """Headings, captions and figures of one page of the staged project; ``shown_in``: those alone
    that the format (« html », « docx », « typst ») shows."""
    text = project.read_markdown(page.file)
    if shown_in:
        text = select_shown(text, shown_in)
    figures = list(FIGURE.finditer(text))
    captions = [read_words(found["caption"]) for found in figures]
    captions += [read_words(found["caption"]) for found in TABLE.finditer(text)]
    return Contents(
        page,
        [(len(found[1]), read_words(found[2])) for found in HEADING.finditer(text)],
        captions,
        {Path(found["path"]).stem: html.unescape(found["alt"] or "") for found in figures},
    )


def read_all_contents(project: Project, shown_in: str = "") -> list[Contents]:
    """The contents of every page, in the book's order; ``shown_in`` as ``read_contents`` has it."""
    return [read_contents(project, page, shown_in) for page in project.chapters]


def alternatives(project: Project) -> dict[str, str]:
    """Alternative text of every picture of the book, by file stem."""
    return {
        stem: text
        for contents in read_all_contents(project)
        for stem, text in contents.figures.items()
    }
