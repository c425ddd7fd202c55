"""What a notebook says of an edition at hand: its cells, run here without a kernel."""

from __future__ import annotations

from tempfile import TemporaryDirectory

import nbformat
import pytest

from analysis.base.paths import BOOK_VARIABLE, NOTEBOOKS
from analysis.publish.notebook_pages import HIDDEN_TAGS
from analysis.show.pages import display
from analysis.words import french


def read_notebook(name, edition, changes=None, **parameters):
    """The Markdown that goes into the book, in one text, with the hidden marks of its numbers."""
    shown, space = [], {}
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setenv(BOOK_VARIABLE, folder)
        patch.setattr("analysis.compute.open_edition", lambda year: edition)
        patch.setattr("analysis.compute.portrait.open_edition", lambda year: edition)
        patch.setattr("analysis.compute.open_changes", lambda edition: changes)
        patch.setattr(display, "display", lambda data, **_: shown.append(data["text/markdown"]))
        patch.setattr(display, "write_spans", str)
        for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells:
            before = len(shown)
            if cell.cell_type == "markdown":
                shown.append(french.typeset(cell.source))
            else:
                exec(cell.source, space)
                if "parameters" in cell.metadata.get("tags", []):
                    space |= parameters
            if HIDDEN_TAGS.intersection(cell.metadata.get("tags", [])):
                del shown[before:]
    return "\n\n".join(shown)
