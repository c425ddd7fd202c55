"""« composition » (the parts of a whole, with the whole) and « financement » (who pays what).

Parts that would make up a whole are one stacked bar. Amounts of different payers or stages are
stacked only where the source gives the total they belong to; else they stand side by side and are
not added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.model.store import Edition
from analysis.show.charts.bar_rows import draw_rows, row_of
from analysis.show.charts.chart_rows import ITEMS, ChartRows
from analysis.show.charts.drawing import (
    Draft,
    Drawing,
    begin,
    name_fact_period,
    refuse_impossible_parts,
    refuse_mixed_years,
    say,
)
from analysis.show.charts.facts import Fact, resolve
from analysis.show.charts.registry import register
from analysis.show.charts.stack import StackPart, draw_stack

#: Stages that the reader sees otherwise than they are typed.
STAGES = {"sollicité": "sollicité, non acquis"}
#: What is left of a whole: something else, or nobody knows what.
_LOOKS = {"rest": "track", "remainder": "remainder"}


@register(
    "composition", required=("items", "whole"), optional=("others", "rest", "remainder", "subtotal")
)
def build_composition(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """One stacked bar, or dots. What is left of the whole is known to be something else (``rest``
    with its number, ``others`` by its name alone) or is not (``remainder``)."""
    whole, parts = rows.require("whole"), rows.list(ITEMS, *_LOOKS)
    said = [*rows.list("subtotal"), *parts]
    draft = begin(edition, spec, [*said, whole], width)
    refuse_impossible_parts(spec, said, whole)
    refuse_mixed_years(edition, spec, said, whole)
    stack = [StackPart(fact, _LOOKS.get(fact.role, "shade")) for fact in parts]
    others = resolve(edition, spec.get("others"))
    draw_stack(draft, stack, whole, others=others, subtotal=rows.find("subtotal"))
    return draft.complete("Parts d’un ensemble", [say(fact) for fact in (whole, *said)])


@register("financement", optional=("whole", "others", "rest", "remainder"))
def build_funding(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """Amounts by payer with their stage: that of the whole is said with it, and not again."""
    whole = rows.require("whole") if spec.get("whole") else None
    parts = rows.list(ITEMS, *_LOOKS)
    draft = begin(edition, spec, [*parts, *rows.list("whole")], width)
    if whole:
        refuse_impossible_parts(spec, parts, whole)
        refuse_mixed_years(edition, spec, parts, whole)
    stages = _read_stages(spec["items"], draft.facts)
    shared = stages[whole.reference] if whole else ""
    if len(set(stages.values())) == 1:
        shared = stages[draft.facts[0].reference]
    remarks = {name: "" if stage == shared else stage for name, stage in stages.items()}
    if whole:
        looks = {STAGES["sollicité"]: "partial"}
        stack = [
            StackPart(
                fact,
                _LOOKS.get(fact.role) or looks.get(stages[fact.reference], "shade"),
                remarks[fact.reference],
            )
            for fact in parts
        ]
        others = resolve(edition, spec.get("others"))
        draw_stack(draft, stack, whole, remark=shared, others=others)
        kind = "Plan de financement, parts d’un ensemble"
    else:
        _draw_side_by_side(draft, rows.list(ITEMS), remarks)
        kind = "Diagramme en barres horizontales, montants par financeur"
    ordered = [*rows.list("whole"), *parts]
    sentences = [", ".join(filter(None, (say(f), stages[f.reference]))) for f in ordered]
    return draft.complete(kind, sentences, _tabulate_funding(edition, ordered, stages))


def _draw_side_by_side(draft: Draft, facts: Sequence[Fact], remarks: Mapping[str, str]) -> None:
    """Amounts of which the source gives no total."""
    asides = [", ".join(filter(None, (f.detail, remarks[f.reference]))) for f in facts]
    draw_rows(draft, [row_of(f, aside=aside) for f, aside in zip(facts, asides, strict=True)])
    if len({(fact.value.payer, fact.value.stage) for fact in facts}) > 1:
        draft.note("Montants de financeurs ou de stades différents : non additionnés.")


def _read_stages(items: Sequence, facts: Sequence[Fact]) -> dict[str, str]:
    """The stage of each amount in words: the item's own (a calculated amount has none of its
    own), else the amount's."""
    typed = {
        item["indicator"]: item["stage"]
        for item in items
        if isinstance(item, Mapping) and item.get("stage")
    }
    stages = {fact.reference: typed.get(fact.reference, fact.value.stage) for fact in facts}
    return {name: STAGES.get(stage, stage) for name, stage in stages.items()}


def _tabulate_funding(
    edition: Edition, facts: Sequence[Fact], stages: Mapping[str, str]
) -> pd.DataFrame:
    payers = edition.payers.set_index("id")["name"]
    frame = pd.DataFrame(
        {
            "Élément": [fact.marked_label for fact in facts],
            "Montant": [fact.marked_quantity for fact in facts],
            "Précision": [fact.marked_detail for fact in facts],
            "Stade": [stages[fact.reference] for fact in facts],
            "Financeur": [payers.get(fact.value.payer, "") for fact in facts],
            "Exercice": [name_fact_period(fact, "non précisé") for fact in facts],
        }
    )
    return frame if frame["Précision"].any() else frame.drop(columns="Précision")
