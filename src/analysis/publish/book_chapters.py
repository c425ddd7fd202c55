"""Which executed notebooks stand for the two templates named in ``reports/_quarto.yml``."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

#: The name in ``_quarto.yml`` that stands for all chapters of a kind.
TEMPLATES = {"finality.ipynb": "finalité", "approach.ipynb": "démarche"}


class Chapter(NamedTuple):
    """A chapter made from a template: the notebook is ``<id>.ipynb``, its label ``sec-<id>``."""

    id: str
    order: int
    kind: str
    title: str


def list_chapters(frame: pd.DataFrame) -> list[Chapter]:
    """Chapters in order, from an edition's ``chapters`` (columns id, order, kind, title)."""
    rows = frame.sort_values("order").itertuples()
    return [Chapter(row.id, int(row.order), row.kind, row.title) for row in rows]
