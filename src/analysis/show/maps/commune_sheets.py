"""What the report says of each commune: its population, what is known of it, the actions that name
it and their places; and the data of the one map on which a page lets the communes be explored.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

import pandas as pd

from analysis.model.store import Edition, to_records
from analysis.show.charts.hotspot_list import compose_data
from analysis.show.maps.commune_classes import ACTIONS, GROWTH, CommuneClasses
from analysis.show.maps.outlines import Rings, lay_out, write_path
from analysis.show.tables.pipe_tables import format_table
from analysis.words import french, prose
from analysis.words.hidden_markup import capitalise, hide, mark, name_place
from analysis.words.lineage import name_table
from analysis.words.smallmarkdown import write_plain

#: How far a place is, in words that need no agreement with its name.
STATUS_WORDS = {
    "réalisé": "en place",
    "en cours": "en cours",
    "prévu": "en projet",
    "étudié": "à l’étude",
}
#: The kind of place whose name alone does not say it.
_QUARTER = "quartier"
#: The longer side of the map, in units of its paths.
_SIDE = 1000


@dataclass(frozen=True)
class PlacedAction:
    """An action with places: the label of what tells it; its places, one row each."""

    id: str
    title: str
    chapter: str
    label: str
    places: pd.DataFrame

    @property
    def anchor(self) -> str:
        """Where a link to its places leads."""
        return prose.name_places(self.id)

    def list_places(self, insee: str) -> list[str]:
        """« Médiathèque (en cours) », « Théâtre »: those of a commune."""
        rows = to_records(self.places[self.places["insee"] == insee])
        return list(dict.fromkeys(map(describe_place, rows)))


def describe_place(row: Mapping) -> str:
    """« Rénovation de la médiathèque (en cours) », « Quartier Schneider »."""
    status = describe_status(row)
    return f"{name_kind(row)} ({status})" if status else name_kind(row)


def name_kind(row: Mapping) -> str:
    """A place's name, with its kind where the name alone does not say it."""
    name = row["name"]
    known = row["kind"] != _QUARTER or _QUARTER in name.casefold()
    return name if known else f"{_QUARTER.capitalize()} {name}"


def describe_status(row: Mapping) -> str:
    """« en cours »; '' where it is not known."""
    return STATUS_WORDS.get(row["status"], "").replace(" ", french.NO_BREAK)


def list_placed(edition: Edition) -> list[PlacedAction]:
    """The actions that have places, short-term ones too, in the order of the chapters."""
    order = list(edition.chapters.sort_values("order", kind="stable")["id"])
    places = edition.places.assign(
        name=[prose.resolve_plain(edition, name) for name in edition.places["name"]]
    )
    found = []
    for table in ("actions", "planned"):
        for row in getattr(edition, table).sort_values("order", kind="stable").itertuples():
            own = places[places["action"] == row.id]
            label = row.id if table == "planned" else f"sec-{row.id}"
            if not own.empty:
                title = french.typeset(row.title)
                found.append(PlacedAction(row.id, title, row.chapter, label, own))
    return sorted(found, key=lambda one: order.index(one.chapter))


def name_communes(edition: Edition) -> dict[str, str]:
    """Name of each commune of the map by its code, in the order of names: the members of the year,
    and what joined or left within it where an action names it."""
    members = edition.columns("inhabitants", "insee", "name")
    names = dict(members.itertuples(index=False))
    for code in edition.places["insee"]:
        if code not in names:
            names[code] = prose.name_territory(edition, code)
    typeset = {code: french.typeset(name) for code, name in names.items()}
    return dict(sorted(typeset.items(), key=lambda pair: _fold(pair[1])))


def _fold(name: str) -> str:
    """A name as an alphabetical list sees it: without accents, spaces or hyphens."""
    return "".join(c for c in normalize("NFKD", name.casefold()) if c.isalnum())


# --- one commune after the other ------------------------------------------------------------------


def compose_sheets(edition: Edition, placed: Sequence[PlacedAction]) -> str:
    """A sheet for each commune under its name, a heading (« commune-59172 »), in their order."""
    first = find_first(edition, placed)
    return "\n\n".join(
        f"::: {{.commune}}\n{sheet}\n:::"
        for code, name in name_communes(edition).items()
        for sheet in ["\n\n".join(_compose_sheet(edition, code, name, placed, first))]
    )


def find_first(edition: Edition, placed: Sequence[PlacedAction]) -> dict[str, str]:
    """The commune under which the places of each action can be linked to: its first one."""
    codes = list(name_communes(edition))
    return {one.id: min(one.places["insee"], key=codes.index) for one in placed}


def _compose_sheet(
    edition: Edition,
    code: str,
    name: str,
    placed: Sequence[PlacedAction],
    first: Mapping[str, str],
) -> Iterator[str]:
    yield f"### {write_plain(name)} {{#commune-{code} .unnumbered .hors-plan}}"
    yield f"{capitalise(write_plain(_say_population(edition, code)))}."
    own = [one for one in placed if code in set(one.places["insee"])]
    if not own:
        yield "Aucune action du rapport ne nomme cette commune."
        return
    yield write_plain(_count_places(code, own))
    yield "\n".join(
        f"- {write_plain(_link(one, code, first))}{french.NO_BREAK}: "
        f"{write_plain(' ; '.join(one.list_places(code)))}"
        for one in own
    )


def _say_population(edition: Edition, code: str) -> str:
    """« 19 825 habitants en 2017, −0,4 % par an depuis 2012 »; the indicators stand in the figure's
    table."""
    found = to_records(edition.rows("inhabitants", insee=code))
    if not found or found[0]["municipal"] is None:
        return f"population {french.MISSING}"
    row, source = found[0], name_table("population")
    people = french.format_count(int(row["municipal"]), "habitant", "habitants")
    said = f"{mark(people, source)} en {int(row['vintage'])}"
    if row["growth_pct_per_year"] is not None:
        rate = french.format_percentage(row["growth_pct_per_year"], 0.1, signed=True)
        said += f", {mark(rate, source)} par an depuis {int(row['since'])}"
    return said


def _count_places(code: str, own: Sequence[PlacedAction]) -> str:
    """« 9 actions, 8 lieux nommés. »: a place that two actions name is one."""
    source = name_table("places")
    names = {name for one in own for name in one.places.loc[one.places["insee"] == code, "name"]}
    actions = mark(french.format_count(len(own), "action", "actions"), source)
    places = mark(french.format_count(len(names), "lieu nommé", "lieux nommés"), source)
    return f"{actions}, {places}."


def _link(one: PlacedAction, code: str, first: Mapping[str, str]) -> str:
    """The action's title as a link to where it is told; a place to be linked to, once."""
    linked = f"{hide('[')}{one.title}{hide(f'](#{one.label})')}"
    return name_place(linked, one.anchor) if first[one.id] == code else linked


def tabulate_places(edition: Edition, placed: Sequence[PlacedAction]) -> str:
    """For paper: each commune that actions name, its population, how many name it, its places, each
    with the pages that tell of it."""
    first = find_first(edition, placed)
    people = edition.columns("inhabitants", "insee", "municipal").set_index("insee")["municipal"]
    rows = []
    for code, name in name_communes(edition).items():
        own = [one for one in placed if code in set(one.places["insee"])]
        if not own:
            continue
        anchors = [f"[]{{#{one.anchor}}}" for one in own if first[one.id] == code]
        count = people.get(code)
        known = "" if pd.isna(count) else french.format_number(int(count))
        rows.append((
            hide("".join(anchors)) + name,
            mark(known, name_table("population")) if known else "",
            mark(str(len(own)), name_table("places")),
            " ; ".join(_tell_places(code, own)),
        ))  # fmt: skip
    columns = {"Commune": 20, "Habitants": 9, "Actions": 8, "Lieux que nomment les actions": 63}
    return format_table(columns, rows, right=("Habitants", "Actions"))


def _tell_places(code: str, own: Sequence[PlacedAction]) -> Iterator[str]:
    """« Piscine (en projet, p. 17 ; à l’étude, p. 41) »: a place once, what is said of it where."""
    places: dict[str, dict[str, list[str]]] = {}
    for one in own:
        for row in to_records(one.places[one.places["insee"] == code]):
            told = places.setdefault(name_kind(row), {}).setdefault(describe_status(row), [])
            told.append(one.label)
    for name, states in places.items():
        said = [
            " ".join(filter(None, [state, *(hide(f"[{label}]{{.page}}") for label in labels)]))
            for state, labels in states.items()
        ]
        yield f"{name} ({' ; '.join(said)})"


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


# --- the map that can be explored -----------------------------------------------------------------


def compose_explorer(
    edition: Edition,
    classes: Sequence[CommuneClasses],
    placed: Sequence[PlacedAction],
    outlines: Mapping[str, Rings],
    figure: str,
) -> str:
    """The data of the map in the figure of that id: communes (code, name, path; none without
    outline) and what may be shown on it (style/communes.js)."""
    area = lay_out(outlines, 0, 0, _SIDE, _SIDE)
    names = name_communes(edition)
    paths = {code: write_path(rings) for code, rings in area.rings.items()}
    return compose_data("communes", figure, {
        "box": [round(area.width), round(area.height)],
        "communes": [[code, name, paths.get(code, "")] for code, name in names.items()],
        "choices": [*_list_choices(edition, list(names), classes, placed)],
    })  # fmt: skip


def _list_choices(
    edition: Edition,
    codes: Sequence[str],
    classes: Sequence[CommuneClasses],
    placed: Sequence[PlacedAction],
) -> Iterator[dict]:
    """What the map may show: a name, the group that it stands in, the words of its classes from the
    lightest, the class of each commune (a digit; « . » where it is not known); whether the
    sheets tell it."""
    for one in classes:
        ranks = one.ranks
        yield {
            "id": one.id,
            "group": "Actions" if one.id == ACTIONS else "Population et logements",
            "title": one.title,
            "legend": [one.describe(edition, rank) for rank in range(len(one.bounds) + 1)],
            "ranks": "".join(str(ranks.get(code, ".")) for code in codes),
            "told": one.id in (ACTIONS, GROWTH),
        }

    def tell(id: str, group: str, title: str, own: Sequence[PlacedAction]) -> dict:
        named = {code for one in own for code in one.places["insee"]}
        return {
            "id": id, "group": group, "title": title, "legend": ["non nommée", "nommée"],
            "ranks": "".join(str(int(code in named)) for code in codes),
        }  # fmt: skip

    for chapter in edition.chapters.sort_values("order", kind="stable").itertuples():
        if own := [one for one in placed if one.chapter == chapter.id]:
            yield tell(chapter.id, "Lieux d’un chapitre", french.typeset(chapter.title), own)
    for one in placed:
        yield tell(one.anchor, "Lieux d’une action", one.title, [one])
