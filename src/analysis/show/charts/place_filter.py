"""Which of an edition's places a map, or a panel of it, shows."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.model.store import Edition


def find_places(edition: Edition, panel: Mapping) -> pd.DataFrame:
    """Rows of ``places`` of the actions and of the kinds that a panel names, in the table's order;
    all of them where it names none."""
    chosen = {
        column: list(panel[key])
        for key, column in (("actions", "action"), ("kinds", "kind"))
        if panel.get(key)
    }
    return edition.rows("places", **chosen)
