"""Read a staged Quarto project: its ``_quarto.yml``, its pages in order, their Markdown, and what
stands in it (headings, captions, figures), to hold a built book against.

The numbers of chapters follow Quarto (book-config.ts): chapters whose title is not ``.unnumbered``
are counted from one, appendices from A.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from analysis.publish import BookError

TITLE = re.compile(r"^#\s+(?P<text>.*?)\s*(?:(?<!\\)\{(?P<attributes>[^}]*)\})?\s*$", re.MULTILINE)
#: A letter that is escaped, or markup of a line: links, spans, emphasis, code.
_INLINE = re.compile(r"\\(?P<letter>[!-/:-@\[-`{-~])|\[|\](?:\([^)]*\)|\{[^}]*\})?|[*_`]")
#: What pandoc's template and filters read besides the title.
METADATA = (
    *("lang", "crossref", "language", "number-depth"),
    *("territory", "edition", "identity", "footer-line", "cover", "cover-logo"),
)
SHORTCODE = re.compile(r"\{\{<\s*(\w+)\s+(.*?)\s*>\}\}")
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


#: The volume on paper that has the chapters (PDF and DOCX); others have a profile of their own.
PRINT = "print"


@dataclass(frozen=True)
class Page:
    """A page of the book, or a part's title (``file`` empty); ``title`` in words."""

    file: str
    kind: str  # chapter, part, appendix (the title before the appendices)
    title: str
    id: str = ""
    number: int | None = None
    appendix: bool = False
    part: str = ""
    volume: str = PRINT

    @property
    def stem(self) -> str:
        """Name of the page's file without its suffix, in the sources and in HTML."""
        return Path(self.file).stem

    @property
    def mark(self) -> str:
        """« 3 », « A » (« AA » after « Z », as Typst counts), or nothing."""
        if self.number is None:
            return ""
        if not self.appendix:
            return str(self.number)
        above, last = divmod(self.number - 1, 26)
        return (chr(64 + above) if above else "") + chr(65 + last)


def read_words(text: str) -> str:
    """A line of Markdown as its reader sees it: without its markup, spaces made equal."""
    words = _INLINE.sub(lambda found: found["letter"] or "", text)
    return re.sub(r"[\s\u00a0\u202f]+", " ", words.replace("\u2060", "")).strip()


def read_title(path: Path) -> str:
    """The title of a page written by hand, in words; its file's name where it has none."""
    found = TITLE.search(path.read_text(encoding="utf-8"))
    return read_words(found["text"]) if found else path.stem


class Project:
    """A folder that ``quarto render`` could build."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        text = (folder / "_quarto.yml").read_text(encoding="utf-8")
        self.config: dict[str, Any] = yaml.safe_load(text)

    @cached_property
    def book(self) -> dict[str, Any]:
        """The section ``book`` of the configuration."""
        return self.config["book"]

    @property
    def title(self) -> str:
        """The book's title in words."""
        return read_words(self.book["title"])

    @property
    def subtitle(self) -> str:
        """The territory and the edition, in words."""
        return read_words(self.book.get("subtitle") or "")

    @property
    def metadata(self) -> dict[str, Any]:
        """The project's own metadata as pandoc reads them."""
        found = {key: self.config[key] for key in METADATA if key in self.config}
        return found | {k: self.book[k] for k in ("title", "subtitle") if self.book.get(k)}

    @cached_property
    def volumes(self) -> dict[str, str]:
        """Each volume on paper → its file's name without suffix: the print edition, then those that
        have a profile (« _quarto-annexes.yml »)."""
        found = {PRINT: self.book["output-file"]}
        for name, profile in self.profiles.items():
            found[name] = profile["book"]["output-file"]
        return found

    @cached_property
    def profiles(self) -> dict[str, dict[str, Any]]:
        """What the profiles of the project's other volumes say, by the volume's name."""
        return {
            path.stem.removeprefix("_quarto-"): yaml.safe_load(path.read_text(encoding="utf-8"))
            for path in sorted(self.folder.glob("_quarto-*.yml"))
        }

    @cached_property
    def pages(self) -> list[Page]:
        """Everything in order: foreword, chapters with their parts, appendices."""
        pages: list[Page] = []
        count = 0
        for entry in self.book["chapters"]:
            files, part = [entry], ""
            if isinstance(entry, dict):
                files, part = entry["chapters"], entry["part"]
                pages.append(Page("", "part", part))
            for file in files:
                title, name, numbered = self.read_title(file)
                count += numbered
                number = count if numbered else None
                pages.append(Page(file, "chapter", title, name, number, False, part))
        appendices = self.book.get("appendices") or []
        printed = {Path(file).stem for file in self.config.get("print-appendices", appendices)}
        apart = next((name for name in self.volumes if name != PRINT), PRINT)
        if appendices:
            label = self.config.get("language", {}).get("section-title-appendices", "Annexes")
            pages.append(Page("", "appendix", label))
        for number, file in enumerate(appendices, start=1):
            title, name, _ = self.read_title(file)
            volume = PRINT if Path(file).stem in printed else apart
            pages.append(Page(file, "chapter", title, name, number, True, label, volume))
        return pages

    @cached_property
    def chapters(self) -> list[Page]:
        """The pages alone, without the titles of parts."""
        return [page for page in self.pages if page.file]

    def list_pages(self, volume: str = "") -> list[Page]:
        """The pages of a volume; of the whole book where none is named."""
        return [page for page in self.chapters if volume in ("", page.volume)]

    def read_title(self, file: str) -> tuple[str, str, bool]:
        """Title in words, label, and whether it takes a number."""
        found = TITLE.search(self.read_markdown(file))
        if not found:
            raise BookError(f"La page {file} n’a pas de titre de premier niveau.")
        attributes = (found["attributes"] or "").split()
        name = next((word[1:] for word in attributes if word.startswith("#")), "")
        return read_words(found["text"]), name, not {".unnumbered", "-"} & set(attributes)

    def read_markdown(self, file: str) -> str:
        """A page as one Markdown text, shortcodes ``meta`` and ``include`` resolved."""
        path = self.folder / file
        if not path.is_file():
            raise BookError(f"Page introuvable dans le livre : {file}")
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            text = "\n\n".join("".join(cell["source"]) for cell in cells) + "\n"
        else:
            text += "\n"
        return SHORTCODE.sub(lambda found: self._resolve(found[1], found[2], file), text)

    def _resolve(self, name: str, argument: str, file: str) -> str:
        if name == "include":
            return (self.folder / argument).read_text(encoding="utf-8").strip()
        if name == "meta":
            value: Any = self.config
            for key in argument.split("."):
                value = value.get(key) if isinstance(value, dict) else None
            if value is not None:
                return str(value)
        raise BookError(f"{file} : raccourci Quarto inconnu ou vide « {name} {argument} ».")


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


def read_all_contents(project: Project, shown_in: str = "", volume: str = "") -> list[Contents]:
    """The contents of every page, or of a volume's, in the book's order; ``shown_in`` as
    ``read_contents`` has it."""
    return [read_contents(project, page, shown_in) for page in project.list_pages(volume)]


def read_alternatives(project: Project) -> dict[str, str]:
    """Alternative text of every picture of the book, by file stem."""
    return {
        stem: text
        for contents in read_all_contents(project)
        for stem, text in contents.figures.items()
    }
