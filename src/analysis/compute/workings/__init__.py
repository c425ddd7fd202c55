"""How each number of a chapter came about, as frames: what a notebook shows and asserts.

Every function takes the edition and a chapter (or frames made here) and returns a frame with one
row a thing and the columns that it names. Numbers are in the unit of their row (``unit``; what ends
in ``_pct`` is in %), dates are as precise as they are known, a missing text is ''. A
``reference`` is what a number's trail is found by. ``show.pages.show_frame`` shows any of them.

``typed_rows`` lists what is known, ``recomputation`` computes it again from its terms,
``verdicts`` sets it against printed figures, earlier periods, targets and controls; ``agreement``
says which rows do not agree.
"""

from analysis.compute.workings.agreement import differ, name_rows
from analysis.compute.workings.recomputation import list_derived, list_terms, recompute
from analysis.compute.workings.typed_rows import (
    list_dates,
    list_known,
    list_rated,
    list_sources,
)
from analysis.compute.workings.verdicts import (
    compute_growth,
    count_verdicts,
    list_comparisons,
    list_controls,
    list_pairs,
    list_printed,
    list_progress,
)

__all__ = [
    "compute_growth",
    "count_verdicts",
    "differ",
    "list_comparisons",
    "list_controls",
    "list_dates",
    "list_derived",
    "list_known",
    "list_pairs",
    "list_printed",
    "list_progress",
    "list_rated",
    "list_sources",
    "list_terms",
    "name_rows",
    "recompute",
]
