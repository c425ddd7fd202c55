"""How many actions name each commune: shades, and the number written in the commune."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.model.store import Edition
from analysis.show import colours, theme
from analysis.show.charts.drawing import Drawing, Plate, UndrawableChart
from analysis.show.charts.sheet import Sheet
from analysis.show.maps.action_places import fill_finding, find_members
from analysis.show.maps.commune_names import Name, write_around, write_names, write_sign
from analysis.show.maps.map_sources import fill, name_map_sources, note_lacking
from analysis.show.maps.outlines import add_shape, lay_out, read_outlines
from analysis.words import french
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table

#: Inches, on a page and on a telephone; how many communes are named on the latter.
MAP, NARROW_MAP, SPACE = (2.9, 4.0), (1.95, 2.9), 0.16
NARROW_LABELS = 8
_FILES = ("reference/communes.csv",)


def draw_actions(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """The member communes with the number of actions (short-term ones too) that name each.

    ``spec``: ``labels``, how many communes are named beside the map (all, unless it says fewer).
    A commune that no action names stays pale: the source may have spoken of it without naming it.
    """
    names = find_members(edition)
    rows = edition.places
    counted = rows.groupby("insee")["action"].nunique()
    table = pd.DataFrame({"insee": list(names), "name": list(names.values())})
    table = table.assign(actions=table["insee"].map(counted).fillna(0).astype("int64"))
    table = table.sort_values(["actions", "name"], ascending=[False, True])
    named = table[table["actions"] > 0]
    if len(named) < 2:
        raise UndrawableChart(
            f"Carte « {spec['id']} » : moins de deux communes nommées dans l’édition "
            f"{edition.year}."
        )
    plate = Plate(edition, _with_finding(spec, rows, table), [], Sheet(width))
    plate.write_unit_line()
    outlines = read_outlines(edition.communes_geojson, names)
    note_lacking(plate, names, outlines)
    if outlines:
        plate.y = _draw_map(plate, table, outlines)
    sentences = [f"{row.name} : {_count_actions(row.actions)}" for row in named.itertuples()]
    others = french.join_list(sorted(table.loc[table["actions"] == 0, "name"]))
    if others:
        sentences.append(f"aucune action ne nomme {others}")
    drawing = plate.complete(
        "Carte des communes, d’autant plus foncées que plus d’actions les nomment",
        sentences,
        pd.DataFrame(
            {
                "Commune": list(named["name"]),
                "Actions": [
                    mark(french.format_number(number), name_table("places"))
                    for number in named["actions"]
                ],
            }
        ),
        table.reset_index(drop=True),
    )
    return name_map_sources(edition, drawing, rows.assign(locator=""), _FILES)


def _with_finding(spec: Mapping, rows: pd.DataFrame, table: pd.DataFrame) -> dict:
    first = table.iloc[0]
    said = {
        "[premiere]": str(first["name"]),
        "[premiere|nombre]": mark(_count_actions(first["actions"]), name_table("places")),
    }
    filled = {"unit": "Actions, engagées ou programmées, qui nomment chaque commune", **spec}
    for key in ("finding", "unit", "note"):
        if key in filled:
            filled[key] = fill(filled[key], said)
    return fill_finding(filled, rows, len(table))


def _count_actions(number: int) -> str:
    return f"{french.format_number(number)} {french.choose_form(number, 'action', 'actions')}"


def _draw_map(plate: Plate, table: pd.DataFrame, outlines: Mapping) -> float:
    sheet = plate.sheet
    if sheet.narrow:
        area = lay_out(outlines, 0.0, plate.y, *NARROW_MAP)
    else:
        area = lay_out(outlines, (sheet.width - MAP[0]) / 2, plate.y, *MAP)
    numbers = dict(zip(table["insee"], table["actions"], strict=True))
    most = max(numbers.values())
    shades = [theme.TRACK, *colours.sequential(plate.accent, most)]
    labels = int(plate.spec.get("labels", len(table)))
    led = table[table["actions"] > 0].head(min(labels, NARROW_LABELS) if sheet.narrow else labels)
    for code, rings in area.rings.items():
        shape = add_shape(sheet, rings, shades[numbers[code]])
        if numbers[code] and code not in set(led["insee"]):
            write_sign(sheet, shape, area.middles[code], french.format_number(numbers[code]))
    names = [
        Name(area.middles[row.insee], row.name, (_count_actions(row.actions),))
        for row in led.itertuples()
        if row.insee in area.middles
    ]
    if sheet.narrow:
        x = area.right + SPACE
        bottom = write_names(sheet, names, x, sheet.width - x, area.top, area.bottom)
    else:
        bottom = write_around(sheet, names, area, SPACE)
    return max(area.bottom, bottom) + 0.06
