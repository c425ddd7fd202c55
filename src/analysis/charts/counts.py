"""« decompte »: how many rows of an edition's table fall under each heading (actions by SDG…).

Counting rows is the only thing done here; the headings come from the reference tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from analysis import french, prose
from analysis.charts.drawing import Drawing, Plate, UndrawableChart
from analysis.charts.registry import register
from analysis.charts.rows import Row, draw_rows
from analysis.marks import mark
from analysis.store import Edition
from analysis.trails import name_table


@dataclass(frozen=True)
class Heading:
    """A table's column that can be counted: what a row is called, where headings are named."""

    one: str
    many: str
    feminine: bool
    names: str  # the edition's table that names the headings, or '' when they name themselves
    key: str = "id"
    title: str = "title"


#: What can be counted: (table, column) → heading.
COUNTABLE: dict[tuple[str, str], Heading] = {
    ("actions", "sdgs"): Heading("action", "actions", True, "sdgs", "number"),
    ("actions", "chapter"): Heading("action", "actions", True, "chapters"),
    ("actions", "services"): Heading("action", "actions", True, "services", "id", "name"),
    ("improvements", "chapter"): Heading("piste", "pistes", True, "chapters"),
    ("planned", "chapter"): Heading("action", "actions", True, "chapters"),
    ("indicators", "kind"): Heading("indicateur", "indicateurs", False, ""),
    ("indicators", "chapter"): Heading("indicateur", "indicateurs", False, "chapters"),
    ("gaps", "chapter"): Heading("lacune", "lacunes", True, "chapters"),
    ("effects", "finality"): Heading("action", "actions", True, "chapters"),
}


@register("decompte", required=("table", "by"), optional=("top", "least"), counts_items=False)
def build_count(edition: Edition, spec: Mapping) -> Drawing:
    """Ranked bars of counts. In the finding, ``[premier]``, ``[premier|nombre]``, ``[total]`` and
    ``[groupes]`` are replaced by the first heading, its count, the number of rows counted and of
    headings. ``top`` keeps the first headings, ``least`` the ones counted at least so often."""
    heading = COUNTABLE[(spec["table"], spec["by"])]
    counts, total = _count(edition, spec, heading)
    shown = counts[counts >= spec.get("least", 1)]
    shown = shown.head(spec.get("top", len(shown)))
    if len(shown) < 2:
        raise UndrawableChart(
            f"Graphique « {spec['id']} » : moins de deux rubriques à compter dans l’édition "
            f"{edition.year}."
        )
    counted = name_table(spec["table"])
    said = {
        "[premier]": str(shown.index[0]),
        "[premier|nombre]": mark(french.format_number(shown.iloc[0]), counted),
        "[total]": mark(french.format_number(total), counted),
        "[groupes]": mark(french.format_number(len(counts)), counted),
    }
    finding = spec["finding"]
    for name, words in said.items():
        finding = finding.replace(name, words)
    plate = Plate(edition, dict(spec) | {"finding": finding}, [])
    plate.write_unit_line()
    rows = [
        Row(
            reference=f"{spec['table']}-{name}",
            label=french.typeset(str(name)),
            number=float(number),
            display=french.format_number(number),
        )
        for name, number in shown.items()
    ]
    plate.y = draw_rows(plate.sheet, plate.y, rows, plate.accent)
    left_out = len(counts) - len(shown)
    if left_out and spec.get("least", 1) > 1:
        plate.note(f"Seules les rubriques comptées au moins {spec['least']} fois sont montrées.")
    sentences = [
        f"{row.label} : {row.display} {french.choose_form(row.number, heading.one, heading.many)}"
        for row in rows
    ]
    table = pd.DataFrame(
        {
            "Rubrique": [row.label for row in rows],
            "Nombre": [mark(row.display, counted) for row in rows],
        }
    )
    data = pd.DataFrame(
        {"heading": [row.label for row in rows], "count": [int(row.number) for row in rows]}
    )
    drawing = plate.complete("Diagramme en barres horizontales", sentences, table, data)
    source = f"Source : décompte des {heading.many} de l'édition {edition.year}."
    return replace(drawing, source_line=french.typeset(source))


def _count(edition: Edition, spec: Mapping, heading: Heading) -> tuple[pd.Series, int]:
    """Counts by heading, largest first (then in the reference table's order), and the total."""
    if spec["table"] == "effects":
        frame = edition.columns("effects", "action", "effect", spec["by"])
        frame = frame[frame["effect"] == "+"]
    else:
        frame = edition.columns(spec["table"], spec["by"])
    lists = [prose.split_list(str(cell)) for cell in frame[spec["by"]]]
    names = pd.Series([name for names in lists for name in dict.fromkeys(names)], dtype="str")
    counts = names.value_counts()
    total = len(frame) if spec["table"] != "effects" else frame["action"].nunique()
    if heading.names:
        reference: pd.DataFrame = getattr(edition, heading.names)
        titles = {str(row[heading.key]): _title(row, heading) for _, row in reference.iterrows()}
        order = {key: rank for rank, key in enumerate(titles)}
    else:
        titles = {name: name[:1].upper() + name[1:] for name in counts.index}
        order = {name: rank for rank, name in enumerate(sorted(titles))}
    keys = sorted(counts.index, key=lambda key: (-counts[key], order.get(key, len(order))))
    return pd.Series({titles.get(key, key): int(counts[key]) for key in keys}), total


def _title(row: pd.Series, heading: Heading) -> str:
    title = str(row.get("short_title") or row[heading.title])
    return f"{row[heading.key]}. {title}" if heading.key == "number" else title
