"""What the staged pages hold: headings, captions, figures, as lists to hold a built book against.

Reads the project's Markdown; imports project only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from analysis.book.project import Page, Project

HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*(?:\{([^}]*)\})?\s*$", re.MULTILINE)
FIGURE = re.compile(
    r"!\[(?P<caption>[^\n]*?)\]\((?P<path>[^)\s]+)\)\{#(?P<id>[^\s}]+)"
    r'(?:[^}]*?fig-alt="(?P<alt>[^"]*)")?[^}]*\}'
)
TABLE = re.compile(
    r"^(?:: |Table: )(?P<caption>.*?)\s*\{#(?P<id>tbl-[^\s}]+)[^}]*\}\s*$", re.MULTILINE
)


@dataclass(frozen=True)
class Contents:
    """Headings (level, plain text), captions of figures and tables, picture stem → alternative."""

    page: Page
    headings: list[tuple[int, str]]
    captions: list[str]
    figures: dict[str, str]


def plain(text: str) -> str:
    """Markdown inline text without its marks, spaces made equal."""
    text = re.sub(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})", r"\1", text)
    text = re.sub(r"[*_`]", "", text).replace("\\", "")
    return re.sub(r"[\s\u00a0\u202f]+", " ", text).strip()


def read_contents(project: Project, page: Page) -> Contents:
    """Headings, captions and figures of one page of the staged project."""
    text = project.read_markdown(page.file)
    figures = list(FIGURE.finditer(text))
    captions = [plain(found["caption"]) for found in figures]
    captions += [plain(found["caption"]) for found in TABLE.finditer(text)]
    return Contents(
        page,
        [(len(found[1]), plain(found[2])) for found in HEADING.finditer(text)],
        captions,
        {Path(found["path"]).stem: found["alt"] or "" for found in figures},
    )


def read_all_contents(project: Project) -> list[Contents]:
    """The contents of every page, in the book's order."""
    return [read_contents(project, page) for page in project.chapters]


def alternatives(project: Project) -> dict[str, str]:
    """Alternative text of every picture of the book, by file stem."""
    return {
        stem: text
        for contents in read_all_contents(project)
        for stem, text in contents.figures.items()
    }
