"""The communes that the actions name: one small map for each theme, with its places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.drawing import Drawing, Plate, UndrawableChart
from analysis.show.charts.facts import resolve, resolve_marked
from analysis.show.charts.place_filter import find_places
from analysis.show.charts.sheet import Sheet
from analysis.show.maps.commune_names import Name, measure_width, write_around, write_names
from analysis.show.maps.map_sources import fill, name_map_sources, note_lacking
from analysis.show.maps.outlines import Map, Rings, add_shape, lay_out, read_outlines
from analysis.words import french
from analysis.words.hidden_markup import mark
from analysis.words.lineage import name_table

#: Inches: the map's box where a panel has the sheet, where two share it; between map and names,
#: between two panels, between two rows of them.
LONE_MAP, PAIR_MAP = (1.9, 2.7), (1.3, 1.9)
SPACE, GUTTER, ROW_GAP = 0.22, 0.2, 0.18
#: How far a place is, in words that need no agreement with its name.
STATUS_WORDS = {
    "réalisé": "en place",
    "en cours": "en cours",
    "prévu": "en projet",
    "étudié": "à l’étude",
}
DEFAULT_UNIT = "Communes et lieux nommés dans la source, et leur état quand elle le dit"
_COMMUNES_FILE = "reference/communes.csv"


@dataclass(frozen=True)
class Panel:
    """One map: what it is about, its rows of ``places`` with the commune's name."""

    label: str
    rows: pd.DataFrame

    @property
    def shared(self) -> str:
        """What is said of every commune, where that is the same for all; else empty."""
        said = {describe_place(row) for row in self.rows.itertuples()}
        return said.pop() if len(said) == 1 and len(self.rows) > 1 else ""

    def list_communes(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """INSEE code, name and places of each commune, in the order of the table."""
        return [
            (insee, rows["name_commune"].iloc[0], tuple(map(describe_place, rows.itertuples())))
            for insee, rows in self.rows.groupby("insee", sort=False)
        ]

    def list_names(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """The same as it is written on the map: what all share is said once, above it."""
        return [
            (insee, name, () if self.shared else places)
            for insee, name, places in self.list_communes()
        ]


def describe_place(row) -> str:
    """« Rénovation de la médiathèque (en cours) »; the status stays on one line."""
    status = STATUS_WORDS.get(row.status, "").replace(" ", french.NO_BREAK)
    return f"{row.name_place} ({status})" if status else row.name_place


def draw_places(edition: Edition, spec: Mapping, width: float) -> Drawing:
    """A map for each panel of ``spec``: its communes filled and named, each with its places and,
    where the source says it, how far they are."""
    names = find_members(edition)
    panels = [
        Panel(resolve(edition, entry["label"]), read_places(edition, entry, names))
        for entry in spec["panels"]
    ]
    panels = [panel for panel in panels if len(panel.rows)]
    rows = pd.concat([panel.rows for panel in panels]) if panels else pd.DataFrame()
    if not panels or rows["insee"].nunique() < 2:
        raise UndrawableChart(
            f"Carte « {spec['id']} » : moins de deux communes nommées dans l’édition "
            f"{edition.year}."
        )
    plate = Plate(edition, fill_finding(spec, rows, len(names)), [], Sheet(width))
    plate.write_unit_line()
    outlines = read_outlines(edition.communes_geojson, names)
    note_lacking(plate, {code: names[code] for code in dict.fromkeys(rows["insee"])}, outlines)
    if outlines:
        plate.y = _draw_panels(plate, panels, outlines)
    drawing = plate.complete(
        "Carte des communes, celles que nomment les actions sont remplies"
        if len(panels) == 1
        else f"Cartes des communes, une par thème ({len(panels)}), celles que nomment les actions "
        "sont remplies",
        [_say_panel(panel) for panel in panels],
        tabulate_places(edition, panels),
        list_data(panels),
    )
    return name_map_sources(edition, drawing, rows, [_COMMUNES_FILE])


# --- rows -----------------------------------------------------------------------------------------


def find_members(edition: Edition) -> dict[str, str]:
    """Name of each commune on the map by its INSEE code: the members of the edition's year."""
    members = edition.columns("inhabitants", "insee", "name").sort_values("insee")
    return dict(zip(members["insee"], members["name"].map(french.typeset), strict=True))


def read_places(edition: Edition, panel: Mapping, names: Mapping[str, str]) -> pd.DataFrame:
    """Rows of ``places`` that a panel asks for, with ``name_commune`` and ``name_place``; a place
    told twice with one commune (by two actions) is shown once."""
    rows = find_places(edition, panel)
    communes = [names.get(code, code) for code in rows["insee"]]
    rows = rows.assign(
        name_commune=communes, name_place=[resolve(edition, name) for name in rows["name"]]
    )
    return rows.drop_duplicates(["insee", "name", "status"])


def fill_finding(spec: Mapping, rows: pd.DataFrame, members: int) -> dict:
    """The specification with its own marks replaced: how many places (one on several communes
    counts once), how many communes, of how many members."""
    counts = {
        "[lieux]": len(rows[["action", "name"]].drop_duplicates()),
        "[communes]": rows["insee"].nunique(),
    }
    said = {
        name: mark(french.format_number(count), name_table("places"))
        for name, count in counts.items()
    }
    said["[membres]"] = mark(french.format_number(members), name_table("communes"))
    filled = dict(spec)
    filled.setdefault(
        "unit", "Communes et lieux nommés dans la source, et leur état quand elle le dit"
    )
    for key in ("finding", "unit", "note"):
        if key in filled:
            filled[key] = fill(filled[key], said)
    return filled


def _say_panel(panel: Panel) -> str:
    said = [f"{name} : {french.join_list(places)}" for _, name, places in panel.list_communes()]
    if panel.shared:
        communes = french.join_list([name for _, name, _ in panel.list_communes()])
        said = [f"{panel.shared} : {communes}"]
    return f"{panel.label} : {' ; '.join(said)}"


def tabulate_places(edition: Edition, panels: Sequence[Panel]) -> pd.DataFrame:
    """The places as display strings, panel by panel."""
    return pd.DataFrame(
        [
            {
                "Commune": row.name_commune,
                "Lieu": resolve_marked(edition, row.name),
                "État": STATUS_WORDS.get(row.status, "non précisé"),
                "Repère": french.typeset(row.locator),
            }
            for panel in panels
            for row in panel.rows.itertuples(index=False)
        ]
    )


def list_data(panels: Sequence[Panel]) -> pd.DataFrame:
    """The places for machines, with the columns of the open data and the panel's name."""
    columns = ["action", "insee", "kind", "name", "status", "source", "locator", "note"]
    parts = [
        panel.rows[columns].assign(commune=panel.rows["name_commune"], panel=panel.label)
        for panel in panels
    ]
    return pd.concat(parts, ignore_index=True)[["panel", "commune", *columns]]


# --- drawing --------------------------------------------------------------------------------------


def _draw_panels(plate: Plate, panels: Sequence[Panel], outlines: Mapping[str, Rings]) -> float:
    """One panel in the middle of the sheet, or rows of two (of one on a narrow sheet); returns how
    low they go."""
    across = 1 if plate.sheet.narrow else 2
    if len(panels) == 1 < across:
        return _draw_alone(plate, panels[0], outlines)
    y = plate.y
    for first in range(0, len(panels), across):
        row = panels[first : first + across]
        widths = _share_width(plate, row)
        lefts = [0.0, widths[0] + GUTTER]
        tops = [
            _write_head(plate, panel, left, y, width)
            for panel, left, width in zip(row, lefts, widths, strict=False)
        ]
        y = ROW_GAP + max(
            _draw_beside(plate, panel, outlines, left, max(tops), width)
            for panel, left, width in zip(row, lefts, widths, strict=False)
        )
    return y - ROW_GAP + 0.04


def _share_width(plate: Plate, row: Sequence[Panel]) -> list[float]:
    """Widths of the two panels of a row: halves, unless one needs less and the other more."""
    if len(row) == 1:
        return [plate.sheet.width]
    whole = plate.sheet.width - GUTTER
    needs = [
        PAIR_MAP[0]
        + SPACE
        + measure_width([Name((0, 0), name, places) for _, name, places in panel.list_names()])
        for panel in row
    ]
    half = whole / 2
    first = half
    if needs[0] > half > needs[1]:
        first = min(needs[0], whole - needs[1])
    elif needs[1] > half > needs[0]:
        first = max(needs[0], whole - needs[1])
    return [first, whole - first]


def _write_head(plate: Plate, panel: Panel, left: float, top: float, width: float) -> float:
    """A panel's name, and what is the same in all its communes; returns where its map begins."""
    sheet = plate.sheet
    if len(plate.spec["panels"]) > 1:
        top += sheet.write(left, top, panel.label, weight="bold", anchor="top", width=width)
    if panel.shared:
        top += sheet.write(
            left, top, panel.shared, size=theme.SMALL, colour=theme.QUIET, anchor="top",
            width=width,
        )  # fmt: skip
    return top + 0.07


def _fill_shapes(plate: Plate, panel: Panel, area: Map) -> list[Name]:
    """The communes, those of the panel filled; returns their names."""
    names = panel.list_names()
    marked = {insee for insee, _, _ in names}
    for code, rings in area.rings.items():
        add_shape(plate.sheet, rings, plate.accent if code in marked else theme.TRACK)
    return [
        Name(area.middles[insee], name, places)
        for insee, name, places in names
        if insee in area.middles
    ]


def _draw_beside(
    plate: Plate,
    panel: Panel,
    outlines: Mapping[str, Rings],
    left: float,
    top: float,
    width: float,
) -> float:
    area = lay_out(outlines, left, top, *PAIR_MAP)
    names = _fill_shapes(plate, panel, area)
    x = area.right + SPACE
    bottom = write_names(plate.sheet, names, x, left + width - x, top, area.bottom)
    return max(area.bottom, bottom)


def _draw_alone(plate: Plate, panel: Panel, outlines: Mapping[str, Rings]) -> float:
    top = plate.y
    if panel.shared:
        top = _write_head(plate, panel, 0, top, plate.sheet.width)
    area = lay_out(outlines, (plate.sheet.width - LONE_MAP[0]) / 2, top, *LONE_MAP)
    names = _fill_shapes(plate, panel, area)
    return max(area.bottom, write_around(plate.sheet, names, area, SPACE)) + 0.04
