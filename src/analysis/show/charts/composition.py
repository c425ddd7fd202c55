"""« composition »: the parts of a whole as one stacked bar, with the whole; who pays what of it.

Amounts of different payers or stages are stacked because the source gives the total that they
belong to; what is only asked for is hatched.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.model.store import Edition
from analysis.show.charts.chart_rows import ITEMS, ChartRows
from analysis.show.charts.drawing import (
    Drawing,
    begin,
    refuse_impossible_parts,
    refuse_mixed_years,
    say,
    tabulate_data,
)
from analysis.show.charts.facts import Fact
from analysis.show.charts.registry import register
from analysis.show.charts.stack import StackPart, draw_stack

#: Stages that the reader sees otherwise than they are typed: what is done is simply so.
ASKED = "sollicité"
STAGES = {ASKED: "sollicité, non acquis", "réalisé": ""}
#: What is left of a whole: something else, or nobody knows what.
_LOOKS = {"rest": "track", "remainder": "remainder"}


@register("composition", required=("items", "whole"), optional=("rest", "remainder"))
def build_composition(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """What is left of the whole is known to be something else (``rest``) or is not
    (``remainder``). A stage is said of a part where it is not that of the whole."""
    whole, parts = rows.require("whole"), rows.list(ITEMS, *_LOOKS)
    draft = begin(edition, spec, [*parts, whole], width)
    refuse_impossible_parts(spec, parts, whole)
    refuse_mixed_years(edition, spec, parts, whole)
    typed = {
        item["indicator"]: item["stage"]
        for item in spec["items"]
        if isinstance(item, Mapping) and item.get("stage")
    }
    stages = {f.reference: typed.get(f.reference, f.value.stage) for f in (whole, *parts)}
    said = {name: STAGES.get(stage, stage) for name, stage in stages.items()}
    shared = said[whole.reference]
    stack = [
        StackPart(
            fact,
            _LOOKS.get(fact.role) or ("partial" if stages[fact.reference] == ASKED else "shade"),
            "" if said[fact.reference] == shared else said[fact.reference],
        )
        for fact in parts
    ]
    draw_stack(draft, stack, whole, shared)
    ordered = [whole, *parts]
    sentences = [", ".join(filter(None, (say(f), said[f.reference]))) for f in ordered]
    table = _tabulate(edition, ordered, said)
    return draft.complete("Parts d’un ensemble", sentences, table)


def _tabulate(edition: Edition, facts: list[Fact], stages: Mapping[str, str]) -> pd.DataFrame:
    """The data, with the stages and the payers that are known."""
    payers = edition.payers.set_index("id")["name"]
    told = {
        "Stade": [stages[fact.reference] for fact in facts],
        "Financeur": [payers.get(fact.value.payer, "") for fact in facts],
    }
    return tabulate_data(facts).assign(
        **{name: cells for name, cells in told.items() if any(cells)}
    )
