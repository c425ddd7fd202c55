"""Which executed notebooks stand for the two templates named in ``reports/_quarto.yml``.

Imports nothing of ours.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

#: The name in ``_quarto.yml`` that stands for all chapters of a kind.
TEMPLATES = {"finality.ipynb": "finalité", "approach.ipynb": "démarche"}


class Chapter(NamedTuple):
    """A chapter made from a template: the notebook is ``<id>.ipynb``, its label ``sec-<id>``."""

    id: str
    order: int
    kind: str
    title: str


def list_chapters(source: Any) -> list[Chapter]:
    """Chapters in order, from an edition's ``chapters`` frame or any rows with the same names."""
    rows: Iterable[Any] = source.itertuples() if hasattr(source, "itertuples") else source
    chapters = [Chapter(row.id, int(row.order), row.kind, row.title) for row in rows]
    return sorted(chapters, key=lambda chapter: chapter.order)
