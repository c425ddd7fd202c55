"""« decompte »: how many rows of an edition's table fall in each category (actions by SDG…).

Counting rows is the only thing done here; categories are named by the reference tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from analysis.base.lists import join_list, split_list
from analysis.model.schema import CHECK_KIND
from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import BarRow, draw_rows, row_of
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.chart_rows import ITEMS, ChartRows, Row
from analysis.show.charts.drawing import Draft, Drawing, UndrawableChart, fill_placeholders
from analysis.show.charts.facts import Fact
from analysis.show.charts.registry import register
from analysis.show.identity import colour_chapters
from analysis.words import french, prose
from analysis.words.hidden_markup import capitalise
from analysis.words.lineage import name_table
from analysis.words.smallmarkdown import write_plain


@dataclass(frozen=True)
class Grouping:
    """A table's column whose values are counted: what a row is called, where values are named."""

    one: str
    many: str
    names: str = ""  # the edition's table that names the categories; '' when they name themselves
    key: str = "id"
    title: str = "title"
    badged: bool = False  # each category is a number on its own colour
    said_by: str = ""  # the column that names who says it, where a row may be judged


#: What can be counted: (table, column) → grouping.
COUNTABLE: dict[tuple[str, str], Grouping] = {
    ("actions", "sdgs"): Grouping(
        "action", "actions", "sdgs", "number", badged=True, said_by="sdgs_source"
    ),
    ("actions", "chapter"): Grouping("action", "actions", "chapters"),
    ("actions", "services"): Grouping(
        "action", "actions", "services", "id", "name", said_by="services_source"
    ),
    ("improvements", "chapter"): Grouping("piste", "pistes", "chapters"),
    ("planned", "chapter"): Grouping("action", "actions", "chapters"),
    ("indicators", "kind"): Grouping("indicateur", "indicateurs"),
    ("indicators", "chapter"): Grouping("indicateur", "indicateurs", "chapters"),
    ("gaps", "chapter"): Grouping("lacune", "lacunes", "chapters"),
    ("effects", "finality"): Grouping("action", "actions", "chapters", said_by="source"),
}


def select_categories(edition: Edition, spec: Mapping) -> Iterator[Row]:
    """Each category with how many rows fall in it, largest first (then in the reference table's
    order): ``top`` keeps the first ones, ``least`` those counted at least so often, ``stated``
    leaves out what the editors judged. Then how many categories there are, how many rows were
    counted and how many of them as somebody judged, and not as their source says."""
    grouping = COUNTABLE[(spec["table"], spec["by"])]
    pairs = _read_pairs(edition, spec, grouping)
    if spec.get("stated"):  # of the rows about which the source says something
        pairs = pairs[pairs["key"] != ""]
    numbers = pairs.loc[pairs["key"] != "", "key"].value_counts()
    names = _name_categories(edition, grouping, numbers.index)
    order = {key: rank for rank, key in enumerate(names)}
    ranked = sorted(numbers.index, key=lambda key: (-numbers[key], order.get(key, len(order))))
    shown = [key for key in ranked if numbers[key] >= spec.get("least", 1)]
    counted = {"reference": name_table(spec["table"]), "qualifier": "exact"}
    for key in shown[: spec.get("top", len(shown))]:
        row = {"role": ITEMS, "of": key, "label": names.get(key, key), "value": int(numbers[key])}
        yield row | counted
    yield {"role": "groups", "label": "Rubriques", "value": len(ranked)} | counted
    judged = pairs[pairs["judge"] != ""]
    totals = {"total": (pairs, ""), "judged": (judged, join_list(sorted(set(judged["judge"]))))}
    for role, (rows, judges) in totals.items():
        label = capitalise(grouping.many)
        row = {"role": role, "label": label, "value": rows["row"].nunique(), "remark": judges}
        yield row | counted


def _rank_categories(rows: ChartRows) -> list[Fact]:
    return sorted(rows.list(ITEMS), key=lambda fact: -(fact.number or 0))


def _title_category(spec: Mapping, fact: Fact) -> str:
    """The category's name, after its number where it has one."""
    badged = COUNTABLE[(spec["table"], spec["by"])].badged
    return french.typeset(f"{fact.row['of']}. {fact.label}" if badged else fact.label)


def fill_counts(edition: Edition, spec: Mapping, rows: ChartRows) -> Mapping:
    """In the finding, ``[premier]``, ``[premier|nombre]``, ``[total]`` and ``[groupes]`` are the
    first category, its count, the number of rows counted and of categories."""
    shown = _rank_categories(rows)
    if len(shown) < 2:
        raise UndrawableChart(
            spec, f"moins de deux rubriques à compter dans l’édition {edition.year}."
        )
    placeholders = {
        "[premier]": write_plain(_title_category(spec, shown[0])),
        "[premier|nombre]": shown[0].marked_quantity,
        "[total]": rows.require("total").marked_quantity,
        "[groupes]": rows.require("groups").marked_quantity,
    }
    alone = shown[0].number > shown[1].number
    return fill_placeholders(edition, spec, placeholders, alone=alone)


@register(
    "decompte",
    select=select_categories,
    fill=fill_counts,
    required=("table", "by"),
    optional=("top", "least", "stated"),
    counts_items=False,
)
def build_count(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """Ranked bars of counts. What the editors judged is said to be theirs."""
    grouping = COUNTABLE[(spec["table"], spec["by"])]
    shown = _rank_categories(rows)
    draft = Draft(edition, spec, [], Canvas(width))
    colours = _colour_categories(edition, grouping)
    draw_rows(draft, [_make_bar(fact, grouping, colours) for fact in shown])
    if len(shown) < rows.require("groups").number and spec.get("least", 1) > 1:
        draft.note(f"Seules les rubriques comptées au moins {spec['least']} fois sont montrées.")
    judged = rows.find("judged")
    judges = split_list(judged.row["remark"]) if judged else []
    if judged and judged.number:
        cited = edition.columns(spec["table"], "source")["source"]
        where = prose.name_source(edition, cited)
        draft.note(_describe_judged(judged, rows.require("total"), judges, grouping, where))
    titles = [_title_category(spec, fact) for fact in shown]
    drawing = draft.complete(
        "Diagramme en barres horizontales",
        [
            f"{title} : {fact.display} "
            + french.choose_form(fact.number, grouping.one, grouping.many)
            for title, fact in zip(titles, shown, strict=True)
        ],
        pd.DataFrame({"Rubrique": titles, "Nombre": [fact.marked_quantity for fact in shown]}),
        pd.DataFrame({"heading": titles, "count": [fact.number for fact in shown]}),
    )
    source = f"Source : décompte des {grouping.many} de l’édition {edition.year}"
    return replace(drawing, source_line=french.typeset(" ; ".join([source, *judges]) + "."))


def _describe_judged(
    judged: Fact, total: Fact, judges: Sequence[str], grouping: Grouping, where: str
) -> str:
    names = french.join_list(judges)
    if judged.number == total.number:
        return f"Ce décompte est une {names} : {where} ne dit pas ces rattachements."
    number = french.format_count(judged.number, grouping.one, grouping.many)
    return f"Pour {number}, le rattachement est en tout ou partie une {names}."


def _make_bar(fact: Fact, grouping: Grouping, colours: Mapping[str, str]) -> BarRow:
    """A category's bar, in its colour; a badge has its number, on its colour."""
    key = fact.row["of"]
    noun = french.choose_form(fact.number, grouping.one, grouping.many)
    return row_of(
        fact,
        label=french.typeset(fact.label),
        said=french.typeset(f"{fact.display} {noun}"),
        colour="" if grouping.badged else colours.get(key, ""),
        badge=(key, colours[key]) if grouping.badged else None,
    )


def _read_pairs(edition: Edition, spec: Mapping, grouping: Grouping) -> pd.DataFrame:
    """The categories of each row (``row``, ``key``, ``judge``: '' where its source says it)."""
    table, by = spec["table"], spec["by"]
    # Of the table of effects, an action is what is counted.
    names = ["action", "effect"] if table == "effects" else []
    names += ["kind"] if table == "indicators" and by != "kind" else []
    frame = edition.columns(table, *names, by, *filter(None, [grouping.said_by]))
    if table == "effects":
        frame = frame[frame["effect"] == "+"].set_index("action")
    if table == "indicators":
        frame = frame[frame["kind"] != CHECK_KIND]
    said = frame[grouping.said_by] if grouping.said_by else [""] * len(frame)
    pairs = [
        (row, key, judge)
        for row, cell, sources in zip(frame.index, frame[by], said, strict=True)
        for key, judge in dict(prose.list_said(edition, str(cell), sources) or [("", "")]).items()
        if not (judge and spec.get("stated"))
    ]
    return pd.DataFrame(pairs, columns=["row", "key", "judge"])


def _name_categories(edition: Edition, grouping: Grouping, found: Iterable[str]) -> dict[str, str]:
    """Name of each category by its key, in the reference table's order."""
    if not grouping.names:
        return {key: key[:1].upper() + key[1:] for key in sorted(found)}
    rows = getattr(edition, grouping.names).to_dict("records")
    return {
        str(row[grouping.key]): str(row.get("short_title") or row[grouping.title]) for row in rows
    }


def _colour_categories(edition: Edition, grouping: Grouping) -> Mapping[str, str]:
    """Colour of each category that has one everywhere, by its key."""
    if grouping.badged:
        return {str(number): colour for number, colour in theme.SDGS.items()}
    if grouping.names != "chapters":
        return {}
    return colour_chapters(edition.chapters, edition.identity)
