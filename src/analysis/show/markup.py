"""Markdown written for Quarto → HTML that stands alone, where a person reads a notebook.

Neither nbconvert nor JupyterLab knows pipe tables with identifiers, callouts or figures with
attributes: pandoc does.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Sequence

import pypandoc

#: Of pandoc's readers the one that reads our Markdown three to four times quicker than the one that
#: the book needs, and alike but for two things: it knows no widths of columns, and no captions of
#: tables, which ``_place_captions`` puts in their place.
_READER = "commonmark_x"
#: A comment: no text that a person types becomes one.
_SEPARATOR = "<!-- sortie -->"
#: Cross-references are Quarto's business; a reviewer sees their target in code style.
_REFERENCE = re.compile(r"\[-?@((?:sec|fig|tbl)-[\w-]+)\]|(?<![\w`\\])@((?:sec|fig|tbl)-[\w-]+)")
#: What that reader makes of a table's caption, with its identifier if it has one, below the table.
_CAPTION = re.compile(
    r"(?<=</table>)\n<p>: (?P<text>(?:(?!</p>).)*?)"
    r'(?:<span id="(?P<id>[^"]+)" data-wrapper="1">\s*</span>)?</p>'
)
#: A figure as ``layout`` writes it: caption, file, attributes with the alternative text.
_FIGURE = re.compile(r'^!\[(?P<caption>.*)\]\([^)]*\)\{#(?P<id>[\w-]+) fig-alt="(?P<alt>[^"]*)"\}$')


def render_html(outputs: Sequence[tuple[str, str]]) -> list[str]:
    """HTML of each output, with one pandoc call for all.

    Parameters
    ----------
    outputs : pairs of Markdown and, for a figure, its picture as SVG (else ''). A figure's Markdown
        only names a file: its picture is set in place, with caption and alternative text.
    """
    if not outputs:
        return []
    figures = [_FIGURE.match(text) for text, _ in outputs]
    texts = [
        _quote_references(figure["caption"] if figure else text)
        for figure, (text, _) in zip(figures, outputs, strict=True)
    ]
    joined = f"\n\n{_SEPARATOR}\n\n".join(texts)
    page = _place_captions(_convert(joined))
    parts = page.split(_SEPARATOR)
    return [
        _compose_figure(figure, part.strip(), svg) if figure else part.strip()
        for figure, part, (_, svg) in zip(figures, parts, outputs, strict=True)
    ]


def _convert(text: str) -> str:
    # Not pypandoc's own call, which starts two more pandocs to ask for the names of formats.
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), f"--from={_READER}", "--to=html5", "--wrap=none"],
        input=text.encode("utf-8"),
        capture_output=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise RuntimeError(f"pandoc n’a pas pu mettre un carnet en HTML : {said}")
    return done.stdout.decode("utf-8")


def _place_captions(page: str) -> str:
    """The captions of tables in their tables."""
    parts, end = [], 0
    for found in _CAPTION.finditer(page):
        start = page.rindex("<table>", end, found.start())
        name = f' id="{found["id"]}"' if found["id"] else ""
        caption = f"<table{name}>\n<caption>{found['text']}</caption>"
        parts += [page[end:start], caption, page[start + len("<table>") : found.start()]]
        end = found.end()
    return "".join([*parts, page[end:]])


def _quote_references(text: str) -> str:
    return _REFERENCE.sub(lambda match: f"`{match.group(1) or match.group(2)}`", text)


def _compose_figure(figure: re.Match[str], caption: str, svg: str) -> str:
    picture = f'<div role="img" aria-label="{figure["alt"]}">{svg}</div>'
    return f'<figure id="{figure["id"]}">{picture}<figcaption>{caption}</figcaption></figure>'
