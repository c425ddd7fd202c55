"""Charts for the screen of a telephone, in the HTML pages as they were built by either engine.

Where a chart « name.svg » has a drawing « name-etroit.svg » beside it, its picture becomes a
``<picture>`` that shows that one on a narrow screen. Every chart gets its size, so that a page does
not move while it loads, and is loaded when a reader comes near it. Run by Quarto after rendering (project: post-render) and by the embedded
engine; needs Python alone. Run twice, it changes nothing more.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

SUFFIX = "-etroit"
#: Screens that the narrow drawing is for: it is drawn for the width of a telephone.
MEDIA = "(max-width: 36rem)"
_IMAGE = re.compile(
    r"(?P<before><picture>\s*(?:<source\b[^>]*>\s*)?)?"
    r'<img\b(?P<attributes>(?:[^>"]|"[^"]*")*?)\s*/?>'
)
_SOURCE = re.compile(r'\bsrc="(?P<path>(?:\./)?figures/[\w-]+)\.svg"')
_SIZE = re.compile(r'<svg\b[^>]*?\bwidth="([\d.]+)pt" height="([\d.]+)pt"')


def read_size(path: Path) -> str:
    """« width="605" height="163" », in the pixels of a screen; empty where the file says none."""
    found = _SIZE.search(path.read_text(encoding="utf-8")[:2000])
    if not found:
        return ""
    width, height = (round(float(points) * 4 / 3) for points in found.groups())
    return f'width="{width}" height="{height}"'


def adapt_page(text: str, folder: Path) -> str:
    """The page with a ``<picture>`` for each chart that has a narrow drawing."""

    def adapt(match: re.Match[str]) -> str:
        attributes = match["attributes"]
        source = _SOURCE.search(attributes)
        if match["before"] or not source or not (folder / f"{source['path']}.svg").is_file():
            return match[0]
        if not re.search(r"\b(?:width|height)=", attributes):
            attributes += f" {read_size(folder / (source['path'] + '.svg'))}".rstrip()
        if " loading=" not in attributes:
            attributes += ' loading="lazy"'
        image = f"<img{attributes}>"
        narrow = f"{source['path']}{SUFFIX}.svg"
        if not (folder / narrow).is_file():
            return image
        size = f" {read_size(folder / narrow)}".rstrip()
        return f'<picture><source media="{MEDIA}" srcset="{narrow}"{size}>{image}</picture>'

    return _IMAGE.sub(adapt, text)


def adapt_pages(folder: Path) -> None:
    for path in sorted(folder.glob("*.html")):
        text = path.read_text(encoding="utf-8")
        adapted = adapt_page(text, folder)
        if adapted != text:
            path.write_text(adapted, encoding="utf-8", newline="")


if __name__ == "__main__":
    adapt_pages(Path(sys.argv[1] if sys.argv[1:] else os.environ["QUARTO_PROJECT_OUTPUT_DIR"]))
