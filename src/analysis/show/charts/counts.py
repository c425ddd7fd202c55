"""« decompte »: how many rows of an edition's table fall under each heading (actions by SDG…).

Counting rows is the only thing done here; the headings come from the reference tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.bar_rows import Row, draw_rows
from analysis.show.charts.drawing import Drawing, Plate, UndrawableChart
from analysis.show.charts.registry import register
from analysis.show.charts.sheet import Sheet
from analysis.show.identity import colour_chapters
from analysis.words import french, prose
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table
from analysis.words.smallmarkdown import write_plain


@dataclass(frozen=True)
class Heading:
    """A table's column that can be counted: what a row is called, where headings are named."""

    one: str
    many: str
    feminine: bool
    names: str  # the edition's table that names the headings, or '' when they name themselves
    key: str = "id"
    title: str = "title"
    coloured: bool = False  # each heading's bar has the colour that it has everywhere
    badged: bool = False  # each heading is a number on its own colour


_BY_CHAPTER = {"names": "chapters", "coloured": True}
#: What can be counted: (table, column) → heading.
COUNTABLE: dict[tuple[str, str], Heading] = {
    ("actions", "sdgs"): Heading("action", "actions", True, "sdgs", "number", badged=True),
    ("actions", "chapter"): Heading("action", "actions", True, **_BY_CHAPTER),
    ("actions", "services"): Heading("action", "actions", True, "services", "id", "name"),
    ("improvements", "chapter"): Heading("piste", "pistes", True, **_BY_CHAPTER),
    ("planned", "chapter"): Heading("action", "actions", True, **_BY_CHAPTER),
    ("indicators", "kind"): Heading("indicateur", "indicateurs", False, ""),
    ("indicators", "chapter"): Heading("indicateur", "indicateurs", False, **_BY_CHAPTER),
    ("gaps", "chapter"): Heading("lacune", "lacunes", True, **_BY_CHAPTER),
    ("effects", "finality"): Heading("action", "actions", True, **_BY_CHAPTER),
}


@register("decompte", required=("table", "by"), optional=("top", "least"), counts_items=False)
def build_count(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """Ranked bars of counts. In the finding, ``[premier]``, ``[premier|nombre]``, ``[total]`` and
    ``[groupes]`` are replaced by the first heading, its count, the number of rows counted and of
    headings. ``top`` keeps the first headings, ``least`` the ones counted at least so often."""
    heading = COUNTABLE[(spec["table"], spec["by"])]
    counts, total = _count(edition, spec, heading)
    shown = [count for count in counts if count.number >= spec.get("least", 1)]
    shown = shown[: spec.get("top", len(shown))]
    if len(shown) < 2:
        raise UndrawableChart(
            f"Graphique « {spec['id']} » : moins de deux rubriques à compter dans l’édition "
            f"{edition.year}."
        )
    counted = name_table(spec["table"])
    said = {
        "[premier]": write_plain(shown[0].title),
        "[premier|nombre]": mark(french.format_number(shown[0].number), counted),
        "[total]": mark(french.format_number(total), counted),
        "[groupes]": mark(french.format_number(len(counts)), counted),
    }
    finding = spec["finding"]
    for name, words in said.items():
        finding = finding.replace(name, words)
    plate = Plate(edition, dict(spec) | {"finding": finding}, [], Sheet(width))
    plate.write_unit_line()
    rows = [
        Row(
            reference=f"{spec['table']}-{count.title}",
            label=french.typeset(count.name if heading.badged else count.title),
            number=float(count.number),
            display=french.format_number(count.number),
            colour=count.colour if heading.coloured else "",
            badge=(count.key, count.colour) if heading.badged else None,
        )
        for count in shown
    ]
    plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent)
    left_out = len(counts) - len(shown)
    if left_out and spec.get("least", 1) > 1:
        plate.note(f"Seules les rubriques comptées au moins {spec['least']} fois sont montrées.")
    titles = [french.typeset(count.title) for count in shown]
    sentences = [
        f"{title} : {row.display} {french.choose_form(row.number, heading.one, heading.many)}"
        for title, row in zip(titles, rows, strict=True)
    ]
    table = pd.DataFrame(
        {
            "Rubrique": titles,
            "Nombre": [mark(row.display, counted) for row in rows],
        }
    )
    data = pd.DataFrame({"heading": titles, "count": [count.number for count in shown]})
    drawing = plate.complete("Diagramme en barres horizontales", sentences, table, data)
    source = f"Source : décompte des {heading.many} de l’édition {edition.year}."
    return replace(drawing, source_line=french.typeset(source))


@dataclass(frozen=True)
class Count:
    """A heading with how many rows fall under it; ``title`` names it with its number, if it has
    one, ``name`` without."""

    key: str
    name: str
    title: str
    colour: str
    number: int


def _count(edition: Edition, spec: Mapping, heading: Heading) -> tuple[list[Count], int]:
    """Counts by heading, largest first (then in the reference table's order), and the total."""
    if spec["table"] == "effects":
        frame = edition.columns("effects", "action", "effect", spec["by"])
        frame = frame[frame["effect"] == "+"]
    else:
        frame = edition.columns(spec["table"], spec["by"])
    lists = [prose.split_list(str(cell)) for cell in frame[spec["by"]]]
    keys = pd.Series([key for keys in lists for key in dict.fromkeys(keys)], dtype="str")
    numbers = keys.value_counts()
    total = len(frame) if spec["table"] != "effects" else frame["action"].nunique()
    names, colours_ = _name_headings(edition, heading, numbers.index)
    order = {key: rank for rank, key in enumerate(names)}
    ranked = sorted(numbers.index, key=lambda key: (-numbers[key], order.get(key, len(order))))
    counts = [
        Count(
            key,
            names.get(key, key),
            f"{key}. {names.get(key, key)}" if heading.badged else names.get(key, key),
            colours_.get(key, ""),
            int(numbers[key]),
        )
        for key in ranked
    ]
    return counts, total


def _name_headings(
    edition: Edition, heading: Heading, found: Iterable[str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Name and colour of each heading by its key, in the reference table's order."""
    if not heading.names:
        return {key: key[:1].upper() + key[1:] for key in sorted(found)}, {}
    reference: pd.DataFrame = getattr(edition, heading.names)
    rows = [(str(row[heading.key]), row) for _, row in reference.iterrows()]
    names = {key: str(row.get("short_title") or row[heading.title]) for key, row in rows}
    if heading.badged:
        return names, {key: theme.SDGS[int(key)] for key in names}
    return names, colour_chapters(reference) if heading.names == "chapters" else {}
