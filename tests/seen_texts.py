"""What a reader sees or hears of a built file, one text for each block: page, DOCX, PDF, script.

Code, file names and identifiers (``<code>``, the style of code in Word) are a word: « code ».
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

#: Elements that stand inside a line of text.
INLINE = set(
    "a abbr b bdi bdo cite code del em i kbd mark q s samp small span strong sub sup u".split()
)
SKIPPED = {"script", "style", "svg"}
CODE = {"code", "pre", "kbd", "samp"}
VOID = set("area base br col embed hr img input link meta source track wbr".split())
#: Attributes whose words are shown or said.
SAID = ("alt", "title", "aria-label", "placeholder")
#: Numbers that the engine puts before titles, with the space after.
NUMBERS = {"chapter-number", "header-section-number"}


class _Page(HTMLParser):
    """Texts of blocks and attributes; the ``kind`` of a block is its element's name."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[tuple[str, str]] = []
        self._line = ""
        self._open: list[tuple[str, bool]] = []
        self._hidden = self._code = 0
        self._after_number = False

    def _flush(self) -> None:
        blocks = [tag for tag, _ in self._open if tag not in INLINE]
        if self._line.strip(" \n"):
            self.texts.append((blocks[-1] if blocks else "", self._line.strip(" \n")))
        self._line = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        for name in SAID:
            if named.get(name):
                self.texts.append((f"@{name}", named[name]))
        if tag == "meta" and named.get("name") == "description":
            self.texts.append(("@description", named.get("content") or ""))
        if tag not in INLINE:
            self._flush()
        if tag in VOID:
            return
        number = bool(set((named.get("class") or "").split()) & NUMBERS)
        hidden = tag in SKIPPED or number
        if tag in CODE and not self._code and not self._hidden:
            self._line += "code"
        self._hidden += hidden
        self._code += tag in CODE
        self._open.append((tag, hidden))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or tag not in [name for name, _ in self._open]:
            return
        if tag not in INLINE:
            self._flush()
        while self._open:
            name, hidden = self._open.pop()
            self._hidden -= hidden
            self._code -= name in CODE
            if hidden and name == "span":
                self._after_number = True
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if self._hidden or self._code:
            return
        if self._after_number:  # the engine's own space between a number and its title
            data, self._after_number = data.lstrip(" \u00a0\n"), not data.strip(" \u00a0\n")
        self._line += re.sub(r"[ \n\t\r]+", " ", data)
        self._line = re.sub(r"  +", " ", self._line) if data.strip() == "" else self._line


def read_page(source: str) -> list[tuple[str, str]]:
    """(element or « @attribute », text) of each block of a page or of a fragment of HTML."""
    page = _Page()
    page.feed(source)
    page.close()
    page._flush()
    return page.texts


_DOCX_PARTS = re.compile(r"word/(?:document|footnotes|header\d*|footer\d*)\.xml|docProps/core\.xml")
_DOCX_CODE = re.compile(r"<w:r\b[^>]*>(?:(?!</w:r>).)*?w:val=\"VerbatimChar\".*?</w:r>", re.DOTALL)


def read_docx(path: Path) -> Iterator[tuple[str, str]]:
    """(part or « @attribute », text) of each paragraph, alternative text and title of a DOCX."""
    with zipfile.ZipFile(path) as archive:
        for name in filter(_DOCX_PARTS.fullmatch, archive.namelist()):
            source = archive.read(name).decode("utf-8")
            for attribute in re.findall(r'<wp:docPr\b[^>]*\b(?:descr|title)="([^"]+)"', source):
                yield "@descr", html.unescape(attribute)
            source = re.sub(r"<w:instrText\b.*?</w:instrText>", "", source, flags=re.DOTALL)
            ends = r"</w:p>|<w:tab ?/>|<w:br\b[^>]*>|</(?:dc|cp|dcterms):\w+>"
            for paragraph in re.split(ends, _DOCX_CODE.sub("<w:t>code</w:t>", source)):
                runs = re.findall(r"<(?:w:t|m:t|dc:\w+|cp:\w+)\b[^>]*>([^<]*)", paragraph)
                text = html.unescape("".join(runs))
                if text.strip(" \n"):
                    yield name, text.strip(" \n")


def read_pdf(path: Path) -> list[list[str]]:
    """Lines of each page of a PDF. Spaces that do not break are plain there, but the narrow ones;
    a word cut at the end of a line is put together."""
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    pages = []
    for page in document:
        text = page.get_textpage().get_text_range()
        text = re.sub("\ufffe\r?\n?", "", text)
        text = re.sub(r"(?: \.){4,} ?", " ", text)  # the dots of a table of contents
        pages.append([line.strip(" \r") for line in text.split("\n") if line.strip(" \r")])
    document.close()
    return pages


_STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"|\'((?:[^\'\\\n]|\\.)*)\'|`((?:[^`\\]|\\.)*)`')
#: A string of a script that is a sentence or a label: it has a word of several letters and a
#: space, or begins with a capital.
_WORDS = re.compile(r"[A-ZÀ-Ý][a-zà-ÿ’]+|[a-zà-ÿ]{2,}[\u00a0\u202f ][a-zà-ÿ(]")


def read_script(source: str) -> list[str]:
    """Strings of JavaScript that the reader sees; their HTML is read as a page is."""
    source = re.sub(r"/\*.*?\*/|^\s*//[^\n]*$", "", source, flags=re.DOTALL | re.MULTILINE)
    source = re.sub(r"'\s*\+\s*'|\"\s*\+\s*\"", "", source)  # one string on several lines
    seen = []
    for found in _STRING.finditer(source):
        text = found[1] or found[2] or found[3] or ""
        text = re.sub(r"\\u\{?([0-9a-fA-F]{4})\}?", lambda code: chr(int(code[1], 16)), text)
        text = text.replace("\\'", "'").replace('\\"', '"')
        if "<" in text:
            seen += [words for _, words in read_page(text)]
        elif _WORDS.search(text) and not re.search(
            r"[#.\[\]{}=>]|:not\(|^use strict$", text.rstrip(". ")
        ):
            seen.append(text.strip(" "))
    return seen
