"""How many actions name each commune: shades, and the number written in the commune."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from analysis.model.store import Edition
from analysis.show import colours, theme
from analysis.show.charts.chart_rows import ChartRows, Row
from analysis.show.charts.drawing import Draft, Drawing, fill_placeholders
from analysis.show.charts.registry import register
from analysis.show.maps.commune_names import label_communes, write_around, write_beside, write_sign
from analysis.show.maps.map_drafts import (
    COMMUNES_FILE,
    begin_map,
    count_places,
    find_members,
    mark_number,
    name_map_sources,
    note_lacking,
    refuse_lone_commune,
)
from analysis.show.maps.outlines import add_shape, lay_out
from analysis.words import french
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table

#: Inches, on a page and on a telephone; how many communes are named on the latter.
MAP, NARROW_MAP, SPACE = (2.9, 4.0), (1.95, 2.9), 0.16
NARROW_LABELS = 8


def select_actions(edition: Edition, spec: Mapping) -> Iterator[Row]:
    """The member communes with the number of actions (short-term ones too) that name each, those
    named most first."""
    counted = edition.places.groupby("insee")["action"].nunique()
    numbers = {insee: int(counted.get(insee, 0)) for insee in find_members(edition)}
    names = find_members(edition)
    for insee in sorted(numbers, key=lambda insee: (-numbers[insee], names[insee])):
        yield {
            "role": "commune",
            "reference": name_table("places"),
            "of": insee,
            "label": names[insee],
            "value": numbers[insee],
            "qualifier": "exact",
        }


def _read_table(rows: ChartRows) -> pd.DataFrame:
    """The communes with their counts (insee, name, actions), those named most first."""
    known = [
        (fact.row["of"], fact.label, int(fact.number))
        for fact in rows.list("commune")
        if fact.number is not None
    ]
    table = pd.DataFrame(known, columns=["insee", "name", "actions"])
    return table.sort_values(["actions", "name"], ascending=[False, True], ignore_index=True)


def fill_actions(edition: Edition, spec: Mapping, rows: ChartRows) -> Mapping:
    """The finding with the commune that most actions name, and how many places there are."""
    table = _read_table(rows)
    refuse_lone_commune(edition, spec, int((table["actions"] > 0).sum()))
    first, second = table.iloc[0], table.iloc[1]
    placeholders = count_places(edition.places, len(table)) | {
        "[premiere]": str(first["name"]),
        "[premiere|nombre]": mark(_count_actions(first["actions"]), name_table("places")),
    }
    spec = {"unit": "Actions, engagées ou programmées, qui nomment chaque commune", **spec}
    alone = bool(first["actions"] > second["actions"])
    return fill_placeholders(edition, spec, placeholders, alone=alone)


@register(
    "carte-actions",
    select=select_actions,
    fill=fill_actions,
    required=(),
    optional=("labels",),
    counts_items=False,
)
def build_actions(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """The communes with their counts. ``spec``: ``labels``, how many communes are named beside the
    map (all, unless it says fewer). A commune that no action names stays pale: the source may have
    spoken of it without naming it."""
    table = _read_table(rows)
    named = table[table["actions"] > 0]
    names = dict(sorted(zip(table["insee"], table["name"], strict=True)))
    draft, outlines = begin_map(edition, spec, names, width)
    note_lacking(draft, names, outlines)
    if outlines:
        draft.y = _draw_map(draft, table, outlines)
    sentences = [f"{row.name} : {_count_actions(row.actions)}" for row in named.itertuples()]
    others = french.join_list(sorted(table.loc[table["actions"] == 0, "name"]))
    if others:
        sentences.append(f"aucune action ne nomme {others}")
    numbers = [mark_number(number, "places") for number in named["actions"]]
    drawing = draft.complete(
        "Carte des communes, d’autant plus foncées que plus d’actions les nomment",
        sentences,
        pd.DataFrame({"Commune": list(named["name"]), "Actions": numbers}),
        table,
    )
    return name_map_sources(edition, drawing, edition.places.assign(locator=""), [COMMUNES_FILE])


def _count_actions(number: int) -> str:
    return f"{french.format_number(number)} {french.choose_form(number, 'action', 'actions')}"


def _draw_map(draft: Draft, table: pd.DataFrame, outlines: Mapping) -> float:
    """The map, as many names beside it as are asked for; returns how low they go."""
    canvas = draft.canvas
    if canvas.narrow:
        area = lay_out(outlines, 0.0, draft.y, *NARROW_MAP)
    else:
        area = lay_out(outlines, (canvas.width - MAP[0]) / 2, draft.y, *MAP)
    numbers = dict(zip(table["insee"], table["actions"], strict=True))
    shades = [theme.TRACK, *colours.sequential(draft.accent, max(numbers.values()))]
    labels = int(draft.spec.get("labels", len(table)))
    led = table[table["actions"] > 0].head(min(labels, NARROW_LABELS) if canvas.narrow else labels)
    for code, rings in area.rings.items():
        shape = add_shape(canvas, rings, shades[numbers[code]])
        if numbers[code] and code not in set(led["insee"]):
            write_sign(canvas, shape, area.middles[code], french.format_number(numbers[code]))
    names = label_communes(
        area, [(row.insee, row.name, [_count_actions(row.actions)]) for row in led.itertuples()]
    )
    write = write_beside if canvas.narrow else write_around
    return max(area.bottom, write(canvas, names, area, SPACE)) + 0.06
