"""Values of different indicators that are not to be compared, and why.

Computes nothing.
"""

from __future__ import annotations

import pandas as pd

from analysis.model.store import Edition
from analysis.show.tables.pipe_tables import format_markdown
from analysis.show.tables.row_text import describe_locator
from analysis.words import french, prose
from analysis.words.lineage import describe_title


def _describe(edition: Edition, reference: str) -> str:
    """« Taux de chômage, 15,1 % (3e trimestre 2017) »; the reason where the value is missing."""
    value = edition.value(reference)
    if value.value is None:
        missing = prose.mark_value(edition, value, prose.describe_missing(value))
        return f"{describe_title(edition, value)}, {missing}"
    period = french.name_period(value.period_start, value.period_end)
    return f"{describe_title(edition, value)}, {prose.mark_quantity(edition, value)} ({period})"


def tabulate_forbidden_pairs(edition: Edition) -> str:
    """The pairs of not_comparable.csv with their values, the reason and where it is seen."""
    lines = []
    # Values kept apart from the same one for the same reason stand in one row.
    for (second, reason), rows in edition.not_comparable.groupby(["second", "reason"], sort=False):
        places = " ; ".join(rows["locator"]).split(" ; ")
        lines.append(
            {
                "Première valeur": " ; ".join(_describe(edition, first) for first in rows["first"]),
                "Seconde valeur": _describe(edition, second),
                "Raison": prose.resolve_plain(edition, reason),
                "Source": describe_locator(" ; ".join(dict.fromkeys(places))),
            }
        )
    return format_markdown(
        pd.DataFrame(lines),
        "Couples de valeurs que leur objet interdit de rapprocher",
        "annexes-couples",
        widths=[26, 26, 36, 12],
    )
