"""The rows of charts: all that they draw, one row a number, in one frame that a person can read.

``select_rows`` (see ``charts``) reads them of an edition; a builder draws what they say, whatever
the edition holds. ``role`` is the field of the specification that a row comes from (``items``,
``whole``, ``rest``…) or what else a kind draws of it: see ``ROLES``. ``of`` names the item that a
second number, another period or a change belongs to: its reference, or the key of a category, the
INSEE code of a commune.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import pandas as pd

from analysis.base.lists import join_list
from analysis.model.references import Value
from analysis.model.store import Edition, to_records
from analysis.show.charts.facts import VALUE_FIELDS, Fact, list_details, read_label, tell_row
from analysis.words import french
from analysis.words.hidden_markup import strip_marks
from analysis.words.lineage import list_origins

Row = Mapping[str, Any]
#: An edition and a specification in, the rows of the chart out.
Selector = Callable[[Edition, Mapping], Iterable[Row]]

#: Fields of a specification that hold one item each.
SINGLE = (
    "indicator", "estimate", "rest", "subtotal", "remainder", "whole", "total",
)  # fmt: skip
ITEMS, DETAIL = "items", "detail"
#: What a row is to its chart, for the reader.
ROLES = {
    ITEMS: "élément",
    DETAIL: "second nombre",
    "indicator": "valeur",
    "estimate": "estimation de l’année d’avant",
    "rest": "reste",
    "subtotal": "sous-total",
    "remainder": "reste non détaillé",
    "whole": "ensemble",
    "total": "total",
    "before": "période précédente",
    "growth": "évolution",
    "gap": "année sans point",
    "target": "objectif",
    "baseline": "point de départ",
    "share": "part atteinte",
    "distance": "écart à l’objectif",
    "observed-pace": "rythme observé, par an",
    "required-pace": "rythme nécessaire, par an",
    "outlook": "au rythme observé",
}
#: The columns of the frame, each with what stands in it where nothing is known. Kinds may add some.
COLUMNS: dict[str, Any] = {
    "chart": "", "role": "", "reference": "", "of": "", "label": "", "value": None, "unit": "",
    "qualifier": "", "status": "", "period_start": None, "period_end": None, "stage": "",
    "payer": "", "source": "", "locator": "", "calculated": False, "missing": "", "remark": "",
    "indicator": "", "title": "", "territory": "", "modifier": "", "measure": "", "precision": 1.0,
    "estimate": "",
}  # fmt: skip


def select_value(value: Value, **cells: Any) -> Row:
    """The row of a value; ``cells`` say its role and whatever else."""
    return {name: getattr(value, name) for name in VALUE_FIELDS} | cells


def select_reference(edition: Edition, role: str, reference: str, **cells: Any) -> Row:
    """The row of a reference: its value, and where that was typed."""
    origins = list_origins(edition, reference)
    return select_value(
        edition.value(reference),
        role=role,
        reference=reference,
        source=join_list(dict.fromkeys(o.source for o in origins)),
        locator=join_list(dict.fromkeys(o.locator for o in origins)),
        calculated=any(o.calculated for o in origins),
        **cells,
    )


def select_item(edition: Edition, role: str, item: Mapping | str, **cells: Any) -> Iterator[Row]:
    """The row of an item of a specification (a reference, or a mapping with a label of its own),
    then those of its second numbers."""
    item = {"indicator": item} if isinstance(item, str) else item
    reference = item["indicator"]
    row = select_reference(edition, role, reference, **{"of": reference} | cells)
    yield {**row, "label": read_label(edition, item.get("label"), row["title"])}
    for name in list_details(item):
        second = select_reference(edition, DETAIL, name, of=reference)
        yield {**second, "label": second["title"]}


def select_items(edition: Edition, spec: Mapping) -> Iterator[Row]:
    """The rows of a specification's items, then those of the fields that hold one item each."""
    for item in spec.get("items") or []:
        yield from select_item(edition, ITEMS, item)
    for name in SINGLE:
        if spec.get(name):
            yield from select_item(edition, name, spec[name])


def compose_frame(rows: Iterable[Row]) -> pd.DataFrame:
    """Rows as one frame of ``COLUMNS``, and of what else some of them have."""
    rows = list(rows)
    names = dict.fromkeys([*COLUMNS, *(name for row in rows for name in row)])
    empty = dict.fromkeys(names, "") | COLUMNS
    frame = pd.DataFrame([empty | row for row in rows], columns=list(names))
    return frame.astype({"value": "float64", "precision": "float64"})


class UndrawableChart(ValueError):
    """The edition's data do not carry this chart; the message says which and why, in French.

    ``reason`` is the why alone, for the page, its numbers carrying their references; ``action``:
    see ``Drawing``.
    """

    def __init__(self, spec: Mapping, reason: str):
        self.action = spec.get("action", "")
        self.reason = french.typeset(reason)
        super().__init__(f"Graphique « {spec['id']} » : {strip_marks(self.reason)}")


class ChartRows:
    """The rows of one chart: as they stand in the frame, and as facts in words."""

    def __init__(self, edition: Edition, spec: Mapping, frame: pd.DataFrame):
        self.edition, self.spec = edition, spec
        self.records: list[Row] = to_records(frame[frame["chart"] == spec["id"]])

    @cached_property
    def facts(self) -> list[Fact]:
        """The facts, in the order of the rows, each with its second numbers that are known."""
        seconds: dict[str, list[Fact]] = {}
        for row in self.records:
            if row["role"] == DETAIL:
                seconds.setdefault(row["of"], []).append(tell_row(self.edition, row))
        return [
            tell_row(self.edition, row, seconds.get(row["reference"], ()))
            for row in self.records
            if row["role"] != DETAIL
        ]

    def list(self, *roles: str) -> list[Fact]:
        """The facts of one or several roles."""
        return [fact for fact in self.facts if fact.role in roles]

    def find(self, role: str) -> Fact | None:
        """The fact of a role that one row has; None where there is none."""
        return next(iter(self.list(role)), None)

    def require(self, role: str) -> Fact:
        """The same for a chart that cannot be drawn without it. Raises UndrawableChart naming the
        role in French."""
        found = self.find(role)
        if found is None:
            raise UndrawableChart(self.spec, f"il manque la ligne « {ROLES[role]} ».")
        return found

    def group(self) -> dict[str, list[Fact]]:
        """The facts of each item (``of``), in the order of the rows."""
        found: dict[str, list[Fact]] = {}
        for fact in self.facts:
            found.setdefault(fact.row["of"], []).append(fact)
        return found


#: Columns of a chart's data: names as in the open data of the edition.
DATA_COLUMNS = (
    "label", "indicator", "territory", "modifier", "value", "unit", "qualifier", "status",
    "period_start", "period_end", "stage", "payer", "source", "locator", "calculated", "missing",
)  # fmt: skip


def list_data(facts: Iterable[Fact]) -> pd.DataFrame:
    """The rows of facts, and of their second numbers, for machines: in the order drawn, once each.

    ``value`` is in ``unit`` (units.csv), not rounded; empty where it is missing, with the reason
    in ``missing``. ``modifier`` says how the value was read (``precedent``, ``evolution``,
    ``cible``…); ``source`` and ``locator`` are those of every row behind the number.
    """
    rows: dict[tuple[str, str], Row] = {}
    for fact in facts:
        for one in (fact, *fact.details):
            rows[one.reference, one.value.modifier] = one.row | {"label": one.label}
    return pd.DataFrame(list(rows.values()), columns=list(DATA_COLUMNS))
