"""Markdown written for Quarto → HTML that stands alone, where a person reads a notebook.

Neither nbconvert nor JupyterLab knows pipe tables with captions, boxes or spans with attributes:
markdown-it does, with what this module adds to it. The book itself is read by pandoc, which takes
seven times longer for a page; a test holds that both read alike.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.attrs import attrs_plugin
from mdit_py_plugins.attrs.parse import ParseError, parse
from mdit_py_plugins.deflist import deflist_plugin

#: Cross-references are Quarto's business; a reviewer sees their target in code style.
_REFERENCE = re.compile(r"\[-?@((?:sec|fig|tbl)-[\w-]+)\]|(?<![\w`\\])@((?:sec|fig|tbl)-[\w-]+)")
#: A figure as ``layout`` writes it: caption, file, attributes with the alternative text.
_FIGURE = re.compile(r'^!\[(?P<caption>.*)\]\([^)]*\)\{#(?P<id>[\w-]+) fig-alt="(?P<alt>[^"]*)"\}$')
#: Attributes that end a heading or a caption (those of a span stand right behind its bracket), and
#: a fence: what opens a box bears attributes, what closes it none.
_ENDING = re.compile(r"\s(\{[^{}]*\})\s*$")
_FENCE = re.compile(r":{3,}[ \t]*(.*?)[ \t]*$")
#: Attributes of HTML.
_KNOWN = {"id", "class", "title", "role", "style", "lang", "href", "src", "alt", "width", "height"}
#: Boxes with a title; the first is folded.
_FOLDED, _BOXES = "encadre-note", ("encadre-note", "encadre-important")


def render_html(outputs: Sequence[tuple[str, str]]) -> list[str]:
    """HTML of each output.

    Parameters
    ----------
    outputs : pairs of Markdown and, for a figure, its picture as SVG (else ''). A figure's Markdown
        only names a file: its picture is set in place, with caption and alternative text.
    """
    pages = []
    known: dict[str, int] = {}  # identifiers given to headings of all these outputs
    for text, svg in outputs:
        figure = _FIGURE.match(text.strip())
        words = _REFERENCE.sub(
            lambda found: f"`{found[1] or found[2]}`", figure["caption"] if figure else text
        )
        page = _reader().render(words, {"known": known}).strip()
        pages.append(_compose_figure(figure, page, svg) if figure else page)
    return pages


@cache
def _reader() -> MarkdownIt:
    reader = MarkdownIt("commonmark", {"xhtmlOut": True}).enable("table")
    attrs_plugin(reader, spans=True)
    deflist_plugin(reader)
    reader.block.ruler.before(
        "fence", "box", _read_box, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    reader.core.ruler.after("block", "captions", _place_captions)
    reader.core.ruler.after("captions", "headings", _name_headings)
    reader.core.ruler.push("inlines", _finish_inlines)
    reader.add_render_rule("box_open", lambda self, tokens, i, options, env: tokens[i].content)
    reader.add_render_rule("box_close", lambda self, tokens, i, options, env: tokens[i].content)
    return reader


def _read_attributes(text: str) -> dict[str, str] | None:
    try:
        end, attributes = parse(text)
    except ParseError:
        return None
    return attributes if end == len(text) - 1 else None


def _read_box(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """``::: {.class title="…"}`` up to its ``:::``, with boxes inside."""

    def read_fence(line: int) -> re.Match[str] | None:
        return _FENCE.match(state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]])

    opened = read_fence(start)
    if not opened or not opened[1]:
        return False
    attributes = _read_attributes(opened[1]) if opened[1].startswith("{") else {"class": opened[1]}
    if attributes is None:
        return False
    if silent:
        return True
    depth, line = 1, start
    while depth and line + 1 < end:
        line += 1
        if found := read_fence(line):
            depth += 1 if found[1] else -1
    last = line if depth == 0 else end
    head, tail = _compose_box(attributes)
    state.push("box_open", "div", 1).content = head
    parent, limit = state.parentType, state.lineMax
    state.parentType, state.lineMax = "container", last
    state.md.block.tokenize(state, start + 1, last)
    state.parentType, state.lineMax = parent, limit
    state.push("box_close", "div", -1).content = tail
    state.line = last + 1 if depth == 0 else end
    return True


def _compose_box(attributes: dict[str, str]) -> tuple[str, str]:
    """What opens and what closes a box: as the book's pages have it (``filters/encadres.lua``)."""
    kind = next((name for name in attributes.get("class", "").split() if name in _BOXES), "")
    if kind:
        box, head = ("details", "summary") if kind == _FOLDED else ("div", "div")
        title = html.escape(html.unescape(attributes.get("title", "")))
        return (
            f'<{box} class="encadre {kind}">\n<{head} class="encadre-titre">{title}</{head}>\n'
            '<div class="encadre-corps">\n',
            f"</div>\n</{box}>\n",
        )
    words = "".join(
        f' {name}="{html.escape(value)}"' for name, value in _finish_attributes(attributes).items()
    )
    return f"<div{words}>\n", "</div>\n"


def _finish_attributes(attributes: Mapping[str, str]) -> dict[str, str]:
    """As pandoc writes them: identifier and classes first; what is none of HTML's is data."""

    def name_attribute(name: str) -> str:
        known = name in _KNOWN or name.startswith(("data-", "aria-"))
        return name if known else f"data-{name}"

    ordered = sorted(attributes.items(), key=lambda pair: (pair[0] != "id", pair[0] != "class"))
    return {name_attribute(name): html.unescape(str(value)) for name, value in ordered}


def _place_captions(state: StateCore) -> None:
    """``: Caption {#identifier}`` below a table becomes the table's."""
    tokens, start = state.tokens, 0
    for position, token in enumerate(tokens):
        if token.type == "table_open":
            start = position
        elif (
            token.type == "inline"
            and token.content.startswith(": ")
            and position >= 2
            and tokens[position - 2].type == "table_close"
        ):
            _take_attributes(tokens[start], token)
            token.content = token.content.removeprefix(": ")
            tokens[position - 1].hidden = tokens[position + 1].hidden = True
            opened, closed = (
                Token(f"caption_{end}", "caption", n) for end, n in (("open", 1), ("close", -1))
            )
            opened.block = closed.block = True
            moved = [opened, token, closed]
            del tokens[position - 1 : position + 2]
            tokens[start + 1 : start + 1] = moved
            _place_captions(state)
            return


def _take_attributes(token: Token, inline: Token) -> None:
    """Attributes that end a text, to what bears it."""
    found = _ENDING.search(inline.content)
    attributes = _read_attributes(found[1]) if found else None
    if attributes is not None:
        inline.content = inline.content[: found.start()]
        for name, value in attributes.items():
            token.attrSet(name, value)


def _name_headings(state: StateCore) -> None:
    for opened, inline in zip(state.tokens, state.tokens[1:], strict=False):
        if opened.type != "heading_open":
            continue
        _take_attributes(opened, inline)
        if not opened.attrGet("id"):
            opened.attrSet("id", _name_heading(inline.content, state.env["known"]))


def _name_heading(text: str, known: dict[str, int]) -> str:
    words = re.sub(r"\]\{[^}]*\}|[^\w\s-]", "", unicodedata.normalize("NFC", text).lower())
    name = re.sub(r"\s", "-", words.strip()) or "section"
    known[name] = known.get(name, -1) + 1
    return f"{name}-{known[name]}" if known[name] else name


def _finish_inlines(state: StateCore) -> None:
    for token in state.tokens:
        for child in token.children or ():
            if child.type == "text":
                child.content = child.content.replace("...", "…")
            if child.attrs:
                child.attrs = _finish_attributes(child.attrs)


def _compose_figure(figure: re.Match[str], caption: str, svg: str) -> str:
    picture = f'<div role="img" aria-label="{figure["alt"]}">{svg}</div>'
    return f'<figure id="{figure["id"]}">{picture}<figcaption>{caption}</figcaption></figure>'
