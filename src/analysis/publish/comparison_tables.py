"""What several dossiers have in common as two tables: the values compared, and what is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from analysis.base.lists import join_list, split_list
from analysis.compute.comparison import (
    ComparedValue,
    Comparison,
    Refusal,
    SharedIndicator,
    Side,
)
from analysis.compute.comparison.shared_indicators import PER
from analysis.model.references import MONEY
from analysis.words import french, prose


class Field(NamedTuple):
    """A column: its name in the CSV, its French heading, its width in a spreadsheet."""

    name: str
    heading: str
    width: int = 12


VALUES = (
    Field("title", "Intitulé", 44),
    Field("territory_name", "Territoire", 28),
    Field("period", "Période", 20),
    Field("qualifier", "Réserve", 11),
    Field("value", "Valeur", 16),
    Field("unit", "Unité", 18),
    Field("ratio", "Rapportée aux habitants", 14),
    Field("ratio_unit", "Unité du rapport", 32),
    Field("rank", "Rang", 7),
    Field("ranked", "Sur", 7),
    Field("unranked", "Pourquoi sans rang", 36),
    Field("edition", "Édition", 9),
    Field("inhabitants", "Population en vigueur", 13),
    Field("status", "État", 14),
    Field("estimate", "Estimation", 11),
    Field("note", "Remarque", 36),
    Field("definition", "Définition", 60),
    Field("measure", "Mesure", 9),
    Field("kind", "Nature", 12),
    Field("indicator", "Code de l’indicateur", 30),
    Field("dossier", "Dossier", 20),
    Field("territory", "Code du territoire", 24),
    Field("period_start", "Début", 12),
    Field("period_end", "Fin", 12),
    Field("source", "Source", 60),
)
REFUSALS = (
    Field("title", "Intitulé", 44),
    Field("reason", "Pourquoi ce n’est pas comparé", 36),
    Field("kept", "Ce qui est comparé", 52),
    Field("own", "Ce que ces territoires ont", 52),
    Field("period", "Période", 20),
    Field("number", "Combien", 9),
    Field("territory_names", "Territoires", 60),
    Field("indicator", "Code de l’indicateur", 30),
    Field("territories", "Codes des territoires", 60),
)
#: Territories of a refusal up to which each is listed.
_MANY = 20
DECLARED = "définition déclarée égale par l’analyste"


def tabulate_values(comparison: Comparison) -> pd.DataFrame:
    """A row for each value compared, in the order of the catalogue; numbers as numbers."""
    rows = [_list_cells(shared, one) for shared in comparison.shared for one in shared.values]
    return _frame(rows, VALUES)


def tabulate_refusals(comparison: Comparison) -> pd.DataFrame:
    """A row for each refusal."""
    names = {side.id: side.name for side in comparison.sides}
    rows = [
        {
            **vars(refusal),
            "period": name_period(refusal),
            "number": len(refusal.territories),
            "territory_names": _list_all(refusal.territories, names, names),
            "territories": _list_all(refusal.territories, names, {id: id for id in names}),
        }
        for refusal in comparison.refusals
    ]
    return _frame(rows, REFUSALS)


def _list_all(listed: Sequence[str], every: Iterable[str], words: Mapping[str, str]) -> str:
    """The territories, or all others where that says the same in fewer words."""
    known = set(listed)
    others = [id for id in every if id not in known]
    if len(listed) > _MANY and len(others) < len(listed):
        return f"tous sauf : {join_list(words[id] for id in others)}" if others else "tous"
    return join_list(words[id] for id in listed)


def _frame(rows: Sequence[Mapping[str, Any]], columns: Sequence[Field]) -> pd.DataFrame:
    return pd.DataFrame(
        {name: pd.Series([row[name] for row in rows], dtype="object") for name, *_ in columns}
    )


def name_period(told: Refusal | SharedIndicator) -> str:
    """Its period in words; '' where there is none."""
    period = told.period
    return french.name_period(period.start, period.end) if period else ""


def _list_cells(shared: SharedIndicator, one: ComparedValue) -> dict[str, Any]:
    row, entry = one.row, shared.definition
    titles = (one.side.sources.get(id, id) for id in split_list(row["source"]))
    return {
        **{name: row[name] for name in ("value", "qualifier", "status")},
        "indicator": shared.id,
        **{name: entry[name] for name in ("title", "definition", "unit", "measure", "kind")},
        "dossier": one.side.dossier,
        "territory": one.side.id,
        "territory_name": one.side.name,
        "edition": row["told_by"],
        "period": french.name_period(row["period_start"], row["period_end"]),
        "period_start": row["period_start"],
        "period_end": row["period_end"],
        "estimate": row["estimate"],
        "inhabitants": one.inhabitants,
        "ratio": one.ratio,
        "ratio_unit": "" if one.ratio is None else name_ratio(one.side, row["unit"]),
        "rank": one.rank,
        "ranked": shared.summary.count if shared.summary and one.rank else None,
        "unranked": one.unranked or shared.unranked,
        "note": DECLARED if one.side.id in shared.declared else "",
        "source": join_list(titles),
    }


def name_ratio(side: Side, unit: str) -> str:
    """« arbres pour 1 000 habitants », « euros par habitant »."""
    return f"{'euros' if unit == MONEY else side.unit(unit)['plural']} {_say_base(unit)}"


def _say_base(unit: str) -> str:
    return "par habitant" if unit == MONEY else f"pour {french.format_number(PER)} habitants"


def format_compared(one: ComparedValue) -> str:
    """The value with its qualifier and unit, as the report of its dossier writes it."""
    return prose.format_quantity(one.side, one.value)


def format_ranked(shared: SharedIndicator, number: float) -> str:
    """A number of those that are ranked, or a median of them, with its unit."""
    unit = shared.definition["unit"]
    text = prose.format_measure(shared.values[0].side, number, unit, shared.step)
    return f"{text} {_say_base(unit)}" if shared.by_inhabitant else text
