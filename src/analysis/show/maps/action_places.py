"""The communes that the actions name: one small map for each theme, with its places."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.model.store import Edition
from analysis.show import theme
from analysis.show.charts.chart_rows import ChartRows, Row
from analysis.show.charts.drawing import Draft, Drawing, fill_placeholders
from analysis.show.charts.facts import resolve, resolve_marked
from analysis.show.charts.registry import register
from analysis.show.charts.specs import find_places
from analysis.show.maps.commune_names import NameLabel, label_communes, write_around, write_beside
from analysis.show.maps.map_drafts import (
    COMMUNES_FILE,
    begin_map,
    count_places,
    find_members,
    name_map_sources,
    note_lacking,
    refuse_lone_commune,
)
from analysis.show.maps.outlines import CommuneMap, Rings, add_shape, lay_out
from analysis.words import french, prose
from analysis.words.hidden_markup import strip_marks
from analysis.words.lineage import name_table

#: Inches: the map's box where a panel has the canvas, where two share it; between map and names,
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
UNKNOWN = "état non précisé"
DEFAULT_UNIT = "Communes et lieux nommés dans la source, et leur état quand elle le dit"


@dataclass(frozen=True)
class MapPanel:
    """One map: what it is about, its rows of ``places`` with the commune's name."""

    label: str
    rows: pd.DataFrame

    @property
    def shared(self) -> str:
        """What is said of every commune, where that is the same for all; else empty."""
        said = {describe_place(row) for row in self.rows.itertuples()}
        return said.pop() if len(said) == 1 and len(self.rows) > 1 else ""

    def list_communes(self, unknown: str = "") -> list[tuple[str, str, tuple[str, ...]]]:
        """INSEE code, name and places of each commune, in the order of the table; ``unknown``: what
        is said of a state that is not known, where that of another place of the commune is."""
        communes = []
        for insee, rows in self.rows.groupby("insee", sort=False):
            said = unknown if (rows["status"] != "").any() else ""
            places = tuple(describe_place(row, said) for row in rows.itertuples())
            communes.append((insee, rows["name_commune"].iloc[0], places))
        return communes

    def list_names(self) -> list[tuple[str, str, tuple[str, ...]]]:
        """The same as it is written on the map: what all share is said once, above it."""
        return [
            (insee, name, () if self.shared else places)
            for insee, name, places in self.list_communes()
        ]


def describe_place(row, unknown: str = "") -> str:
    """« Rénovation de la médiathèque (en cours) »; the status (or ``unknown``) on one line."""
    status = STATUS_WORDS.get(row.status, unknown).replace(" ", french.NO_BREAK)
    return f"{row.name_place} ({status})" if status else row.name_place


#: What a place has of its own, as it was typed.
_TYPED = ("action", "kind", "status", "note", "source", "locator")


def select_places(edition: Edition, spec: Mapping) -> Iterator[Row]:
    """The places of each panel, with the name of their commune; a place told twice with one commune
    (by two actions) is shown once."""
    names = find_members(edition)
    for panel in spec["panels"]:
        found = find_places(edition, panel).drop_duplicates(["insee", "name", "status"])
        for row in found.itertuples():
            # One that joined, or left, within the year is no member of its first day.
            name = names.get(row.insee) or french.typeset(prose.name_territory(edition, row.insee))
            yield {
                "role": "place",
                "reference": name_table("places"),
                "of": row.insee,
                "label": name,
                "panel": resolve(edition, panel["label"]),
                "place": resolve_marked(edition, row.name),
                "carried_from": None if pd.isna(row.carried_from) else int(row.carried_from),
            } | {name: getattr(row, name) for name in _TYPED}


def _read_panels(rows: ChartRows) -> list[MapPanel]:
    """The panels that have places, in the order of the rows."""
    found: dict[str, list[Row]] = {}
    for row in rows.records:
        place = {name: row[name] for name in (*_TYPED, "panel", "carried_from")}
        place |= {"insee": row["of"], "name_commune": row["label"]}
        place |= {"name": row["place"], "name_place": strip_marks(row["place"])}
        found.setdefault(row["panel"], []).append(place)
    return [MapPanel(label, pd.DataFrame(places)) for label, places in found.items()]


def _join_panels(panels: Sequence[MapPanel]) -> pd.DataFrame:
    return pd.concat([panel.rows for panel in panels])


def fill_places(edition: Edition, spec: Mapping, rows: ChartRows) -> Mapping:
    """The finding with how many places there are, on how many communes of how many."""
    refuse_lone_commune(edition, spec, len({row["of"] for row in rows.records}))
    places = _join_panels(_read_panels(rows))
    members = {*find_members(edition), *places["insee"]}  # at any time of the year
    counts = count_places(places, len(members))
    return fill_placeholders(edition, {"unit": DEFAULT_UNIT, **spec}, counts)


@register(
    "carte-lieux",
    select=select_places,
    fill=fill_places,
    required=("panels",),
    counts_items=False,
)
def build_places(edition: Edition, spec: Mapping, rows: ChartRows, width: float) -> Drawing:
    """A map for each panel of ``spec``: its communes filled and named, each with its places and,
    where the source says it, how far they are."""
    panels = _read_panels(rows)
    rows = _join_panels(panels)
    draft, outlines = begin_map(edition, spec, find_members(edition), width)
    draft.note(describe_age(rows))
    note_lacking(draft, dict(zip(rows["insee"], rows["name_commune"], strict=True)), outlines)
    if outlines:
        draft.y = _draw_panels(draft, panels, outlines)
    kind = "Carte des communes"
    if len(panels) > 1:
        kind = f"Cartes des communes, une par thème ({len(panels)})"
    drawing = draft.complete(
        f"{kind}, celles que nomment les actions sont remplies",
        [_say_panel(panel) for panel in panels],
        tabulate_places(panels),
        list_data(panels),
    )
    return name_map_sources(edition, drawing, rows, [COMMUNES_FILE])


def describe_age(rows: pd.DataFrame) -> str:
    """From when the states of places are that an earlier edition told; '' where there is none."""
    carried = rows[rows["carried_from"].notna()]
    if not (carried["status"] != "").any():
        return ""
    years = sorted(set(carried["carried_from"]))
    where = "les éditions" if len(years) > 1 else "l’édition"
    some = ", sauf ceux des lieux ajoutés ou revus depuis" if len(carried) < len(rows) else ""
    return (
        f"États relevés dans {where} {french.join_list([str(int(year)) for year in years])}{some}."
    )


# --- rows -----------------------------------------------------------------------------------------


def _say_panel(panel: MapPanel) -> str:
    # Of places one after the other, a state is that of its own alone.
    said = [
        f"{name} : {french.join_list(places)}" for _, name, places in panel.list_communes(UNKNOWN)
    ]
    if panel.shared:
        communes = french.join_list([name for _, name, _ in panel.list_communes()])
        said = [f"{panel.shared} : {communes}"]
    return f"{panel.label} : {' ; '.join(said)}"


def tabulate_places(panels: Sequence[MapPanel]) -> pd.DataFrame:
    """The places as display strings, panel by panel."""
    return pd.DataFrame(
        [
            {
                "Commune": row.name_commune,
                "Lieu": row.name,
                "État": STATUS_WORDS.get(row.status, UNKNOWN.removeprefix("état ")),
                "Repère": french.typeset(row.locator),
            }
            for panel in panels
            for row in panel.rows.itertuples(index=False)
        ]
    )


def list_data(panels: Sequence[MapPanel]) -> pd.DataFrame:
    """The places for machines, with the columns of the open data and the panel's name."""
    columns = ["action", "insee", "kind", "name", "status", "source", "locator", "note"]
    rows = _join_panels(panels)
    rows = rows.assign(commune=rows["name_commune"], name=rows["name_place"])
    return rows[["panel", "commune", *columns]].reset_index(drop=True)


# --- drawing --------------------------------------------------------------------------------------


def _draw_panels(draft: Draft, panels: Sequence[MapPanel], outlines: Mapping[str, Rings]) -> float:
    """One panel in the middle of the canvas, or rows of two (of one on a narrow one); returns how
    low they go."""
    across = 1 if draft.canvas.narrow else 2
    if len(panels) == 1 < across:
        return _draw_alone(draft, panels[0], outlines)
    y = draft.y
    for first in range(0, len(panels), across):
        row = panels[first : first + across]
        widths = _share_width(draft, row)
        lefts = [0.0, widths[0] + GUTTER]
        tops = [
            _write_head(draft, panel, left, y, width)
            for panel, left, width in zip(row, lefts, widths, strict=False)
        ]
        y = ROW_GAP + max(
            _draw_beside(draft, panel, outlines, left, max(tops), width)
            for panel, left, width in zip(row, lefts, widths, strict=False)
        )
    return y - ROW_GAP + 0.04


def _share_width(draft: Draft, row: Sequence[MapPanel]) -> list[float]:
    """Widths of the two panels of a row: halves, unless one needs less and the other more."""
    if len(row) == 1:
        return [draft.canvas.width]
    whole = draft.canvas.width - GUTTER
    needs = [
        PAIR_MAP[0]
        + SPACE
        + max(NameLabel((0, 0), (name,), places).width for _, name, places in panel.list_names())
        for panel in row
    ]
    half = whole / 2
    first = half
    if needs[0] > half > needs[1]:
        first = min(needs[0], whole - needs[1])
    elif needs[1] > half > needs[0]:
        first = max(needs[0], whole - needs[1])
    return [first, whole - first]


def _write_head(draft: Draft, panel: MapPanel, left: float, top: float, width: float) -> float:
    """A panel's name, and what is the same in all its communes; returns where its map begins."""
    style = {"anchor": "top", "width": width}
    if len(draft.spec["panels"]) > 1:
        top += draft.canvas.write(left, top, panel.label, weight="bold", **style)
    if panel.shared:
        top += draft.canvas.write_small(left, top, panel.shared, **style)
    return top + 0.07


def _fill_shapes(draft: Draft, panel: MapPanel, area: CommuneMap) -> list[NameLabel]:
    """The communes, those of the panel filled; returns their names."""
    names = panel.list_names()
    named = {insee for insee, _, _ in names}
    for code, rings in area.rings.items():
        add_shape(draft.canvas, rings, draft.accent if code in named else theme.TRACK)
    return label_communes(area, names)


def _draw_beside(
    draft: Draft,
    panel: MapPanel,
    outlines: Mapping[str, Rings],
    left: float,
    top: float,
    width: float,
) -> float:
    """A map with its names at the right; returns how low they go."""
    area = lay_out(outlines, left, top, *PAIR_MAP)
    names = _fill_shapes(draft, panel, area)
    return max(area.bottom, write_beside(draft.canvas, names, area, SPACE, left + width))


def _draw_alone(draft: Draft, panel: MapPanel, outlines: Mapping[str, Rings]) -> float:
    """A map in the middle with its names on both sides; returns how low they go."""
    top = draft.y
    if panel.shared:
        top = _write_head(draft, panel, 0, top, draft.canvas.width)
    area = lay_out(outlines, (draft.canvas.width - LONE_MAP[0]) / 2, top, *LONE_MAP)
    names = _fill_shapes(draft, panel, area)
    return max(area.bottom, write_around(draft.canvas, names, area, SPACE)) + 0.04
