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
from analysis.show.charts.drawing import Drawing, begin, say
from analysis.show.charts.facts import Fact, read_named, resolve
from analysis.show.charts.registry import register
from analysis.show.charts.stack import Part, draw_stack

#: Stages as the reader sees them beside an amount.
STAGES = {
    "prévu": "prévu",
    "engagé": "engagé",
    "réalisé": "réalisé",
    "sollicité": "sollicité, non acquis",
    "obtenu": "obtenu",
}


@register(
    "composition", required=("items", "whole"), optional=("others", "rest", "remainder", "subtotal")
)
def build_composition(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """One stacked bar, or dots. What is left of the whole is known to be something else (``rest``
    with its number, ``others`` by its name alone) or is not (``remainder``)."""
    facts, named = read_named(edition, spec, "whole", "rest", "remainder", "subtotal")
    others = {name: named[name] for name in ("rest", "remainder") if named[name]}
    subtotal = named["subtotal"]
    everything = [*([subtotal] if subtotal else []), *facts, *others.values()]
    plate = begin(edition, spec, [*everything, named["whole"]], width)
    parts = [Part(fact) for fact in facts]
    parts += [Part(fact, _LOOKS[name]) for name, fact in others.items()]
    words = resolve(edition, spec.get("others"))
    draw_stack(plate, parts, named["whole"], others=words, subtotal=subtotal)
    sentences = [say(fact) for fact in (named["whole"], *everything)]
    return plate.complete("Parts d’un ensemble", sentences)


#: What is left of a whole: something else, or nobody knows what.
_LOOKS = {"rest": "track", "remainder": "remainder"}


@register("financement", optional=("whole", "others", "rest", "remainder"))
def build_funding(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Amounts by payer with their stage: that of the whole is said with it, and not again."""
    facts, named = read_named(edition, spec, "whole", "rest", "remainder")
    others = {name: named[name] for name in ("rest", "remainder") if named[name]}
    whole, parts = named["whole"], [*facts, *others.values()]
    everything = [*parts, *([whole] if whole else [])]
    plate = begin(edition, spec, everything, width)
    stages = _stages(spec["items"], everything)
    shared = stages[whole.reference] if whole else ""
    if len(set(stages.values())) == 1:
        shared = stages[everything[0].reference]
    said = {name: "" if stage == shared else stage for name, stage in stages.items()}
    if whole:
        looks = dict.fromkeys((fact.reference for fact in facts), "shade")
        looks |= {fact.reference: _LOOKS[name] for name, fact in others.items()}
        for fact in facts:
            if stages[fact.reference] == STAGES["sollicité"]:
                looks[fact.reference] = "partial"
        draw_stack(
            plate,
            [Part(fact, looks[fact.reference], said[fact.reference]) for fact in parts],
            whole,
            remark=shared,
            others=resolve(edition, spec.get("others")),
        )
        kind = "Plan de financement, parts d’un ensemble"
    else:
        rows = [row_of(fact, aside=_join(fact.detail, said[fact.reference])) for fact in facts]
        plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent)
        if len({(fact.value.payer, fact.value.stage) for fact in facts}) > 1:
            plate.note("Montants de financeurs ou de stades différents : non additionnés.")
        kind = "Diagramme en barres horizontales, montants par financeur"
    ordered = [*([whole] if whole else []), *parts]
    sentences = [
        say(fact) + (f", {stages[fact.reference]}" if stages[fact.reference] else "")
        for fact in ordered
    ]
    return plate.complete(kind, sentences, _tabulate_funding(edition, ordered, stages))


def _join(*words: str) -> str:
    return ", ".join(word for word in words if word)


def _stages(items: Sequence, facts: Sequence[Fact]) -> dict[str, str]:
    """The stage of each amount in words: the item's own (a calculated amount has none of its
    own), else the amount's."""
    said = {
        item["indicator"]: item["stage"]
        for item in items
        if isinstance(item, Mapping) and item.get("stage")
    }
    return {
        fact.reference: STAGES.get(stage, stage)
        for fact in facts
        for stage in [said.get(fact.reference, fact.value.stage)]
    }


def _name_year(fact: Fact) -> str:
    """The budget year under its heading; empty where the amount is missing."""
    if fact.number is None:
        return ""
    dated = fact.value.period_start is not None or fact.value.period_end is not None
    return fact.period if dated else "non précisé"


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
            "Exercice": [_name_year(fact) for fact in facts],
        }
    )
    return frame if frame["Précision"].any() else frame.drop(columns="Précision")
