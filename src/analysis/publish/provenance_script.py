"""What the pages' windows say of each number: ``trails.js`` of the staged project.

A script rather than JSON, so that a page opened from the disk may read it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from analysis.model.store import Edition
from analysis.words.lineage import compose_entry, name_anchor, read_trail

NAME = "trails.js"
_SPAN = re.compile(r'\{\.trace data-trace="([^"]+)"')


def find_references(texts: Iterable[str]) -> list[str]:
    """Every reference that a Markdown text's numbers carry, once each, in order."""
    return list(dict.fromkeys(found for text in texts for found in _SPAN.findall(text)))


def place_trails(text: str, page: str, cell: str) -> str:
    """The text with, beside each reference, its line of the annex and the cell of the reviewer's
    notebook that shows it."""
    place = f"{page}.html#cell-id={cell}"
    return _SPAN.sub(
        lambda found: (
            f'{{.trace data-trace="{found[1]}" data-line="{name_anchor(found[1])}"'
            f' data-cell="{place}"'
        ),
        text,
    )


def compose_trails(edition: Edition, references: Iterable[str]) -> str:
    """The script: an entry and an anchor for each reference, and for the terms behind it."""
    entries: dict[str, str] = {}
    anchors: dict[str, str] = {}
    waiting = list(references)
    while waiting:
        reference = waiting.pop(0)
        if reference in entries:
            continue
        trail = read_trail(edition, reference)
        entries[reference] = compose_entry(trail)
        anchors[reference] = trail.anchor
        waiting += [term.reference for term in trail.terms if term.reference]
    content = {"anchors": dict(sorted(anchors.items())), "entries": dict(sorted(entries.items()))}
    return f"window.reportTrails = {json.dumps(content, ensure_ascii=False, indent=0)};\n"
