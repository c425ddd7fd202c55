"""« decompte »: how many rows of an edition's table fall in each category (actions by SDG…).

Counting rows is the only thing done here; categories are named by the reference tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analysis.model.schema import CHECK_KIND
from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import BarRow, draw_rows
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.drawing import Draft, Drawing, UndrawableChart, fill_placeholders
from analysis.show.charts.registry import register
from analysis.show.identity import colour_chapters
from analysis.words import french, prose
from analysis.words.hidden_markup import mark
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

    @property
    def coloured(self) -> bool:
        """Whether a category's bar has the colour that it has everywhere."""
        return self.names == "chapters"


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


@dataclass(frozen=True)
class Category:
    """How many rows fall in a category; ``title`` names it with its number, if it has one,
    ``name`` without."""

    key: str
    name: str
    title: str
    colour: str
    count: int


@dataclass(frozen=True)
class Count:
    """Categories, largest first; how many rows were counted, how many of them as somebody judged
    (``judges``) and not as their source says."""

    categories: list[Category]
    total: int
    judged: int
    judges: tuple[str, ...]


@register(
    "decompte", required=("table", "by"), optional=("top", "least", "stated"), counts_items=False
)
def build_count(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Ranked bars of counts. In the finding, ``[premier]``, ``[premier|nombre]``, ``[total]`` and
    ``[groupes]`` are replaced by the first category, its count, the number of rows counted and of
    categories. ``top`` keeps the first ones, ``least`` those counted at least so often; ``stated``
    leaves out what the editors judged, which is otherwise counted and said to be theirs."""
    grouping = COUNTABLE[(spec["table"], spec["by"])]
    count = _count(edition, spec, grouping)
    categories, total = count.categories, count.total
    shown = [category for category in categories if category.count >= spec.get("least", 1)]
    shown = shown[: spec.get("top", len(shown))]
    if len(shown) < 2:
        raise UndrawableChart(
            spec, f"moins de deux rubriques à compter dans l’édition {edition.year}."
        )

    def mark_count(number: int) -> str:
        return mark(french.format_number(number), name_table(spec["table"]))

    placeholders = {
        "[premier]": write_plain(shown[0].title),
        "[premier|nombre]": mark_count(shown[0].count),
        "[total]": mark_count(total),
        "[groupes]": mark_count(len(categories)),
    }
    alone = shown[0].count > shown[1].count
    filled = fill_placeholders(edition, spec, placeholders, alone=alone)
    draft = Draft(edition, filled, [], Canvas(width))
    rows = [_make_row(spec["table"], grouping, category) for category in shown]
    draw_rows(draft, rows)
    if len(shown) < len(categories) and spec.get("least", 1) > 1:
        draft.note(f"Seules les rubriques comptées au moins {spec['least']} fois sont montrées.")
    if note := _describe_judged(count, grouping):
        draft.note(note)
    titles = [french.typeset(category.title) for category in shown]
    counts = [category.count for category in shown]
    drawing = draft.complete(
        "Diagramme en barres horizontales",
        [
            f"{title} : {french.format_number(count)} "
            + french.choose_form(count, grouping.one, grouping.many)
            for title, count in zip(titles, counts, strict=True)
        ],
        pd.DataFrame({"Rubrique": titles, "Nombre": [mark_count(count) for count in counts]}),
        pd.DataFrame({"heading": titles, "count": counts}),
    )
    source = f"Source : décompte des {grouping.many} de l’édition {edition.year}"
    source = " ; ".join([source, *count.judges]) + "."
    return replace(drawing, source_line=french.typeset(source))


def _describe_judged(count: Count, grouping: Grouping) -> str:
    if not count.judged:
        return ""
    judges = french.join_list(list(count.judges))
    if count.judged == count.total:
        return f"Ce décompte est une {judges} : le document source ne dit pas ces rattachements."
    number = french.format_count(count.judged, grouping.one, grouping.many)
    return f"Pour {number}, le rattachement est en tout ou partie une {judges}."


def _make_row(table: str, grouping: Grouping, category: Category) -> BarRow:
    return BarRow(
        reference=f"{table}-{category.title}",
        label=french.typeset(category.name if grouping.badged else category.title),
        number=float(category.count),
        display=french.format_number(category.count),
        colour=category.colour if grouping.coloured else "",
        badge=(category.key, category.colour) if grouping.badged else None,
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


def _count(edition: Edition, spec: Mapping, grouping: Grouping) -> Count:
    """Categories, largest first (then in the reference table's order), and the total."""
    pairs = _read_pairs(edition, spec, grouping)
    if spec.get("stated"):  # of the rows about which the source says something
        pairs = pairs[pairs["key"] != ""]
    judged = pairs[pairs["judge"] != ""]
    total = pairs["row"].nunique()
    numbers = pairs.loc[pairs["key"] != "", "key"].value_counts()
    names, colours = _name_categories(edition, grouping, numbers.index)
    order = {key: rank for rank, key in enumerate(names)}
    ranked = sorted(numbers.index, key=lambda key: (-numbers[key], order.get(key, len(order))))
    categories = []
    for key in ranked:
        name = names.get(key, key)
        title = f"{key}. {name}" if grouping.badged else name
        categories.append(Category(key, name, title, colours.get(key, ""), int(numbers[key])))
    judges = tuple(sorted(judged["judge"].unique()))
    return Count(categories, total, judged["row"].nunique(), judges)


def _name_categories(
    edition: Edition, grouping: Grouping, found: Iterable[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Name and colour of each category by its key, in the reference table's order."""
    if not grouping.names:
        return {key: key[:1].upper() + key[1:] for key in sorted(found)}, {}
    reference: pd.DataFrame = getattr(edition, grouping.names)
    rows = [(str(row[grouping.key]), row) for _, row in reference.iterrows()]
    names = {key: str(row.get("short_title") or row[grouping.title]) for key, row in rows}
    if grouping.badged:
        return names, {key: theme.SDGS[int(key)] for key in names}
    return names, colour_chapters(reference) if grouping.coloured else {}
