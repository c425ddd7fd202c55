"""Maps: members of the year, circles and classes as the data say, names that touch nothing."""

from __future__ import annotations

import csv
import math
from dataclasses import replace
from itertools import combinations, pairwise

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch
from matplotlib.text import Text
from overlaps import find_overlaps

from analysis.base.paths import PROJECT
from analysis.compute.indicators import compute_inhabitants, load_edition
from analysis.show import charts, colours, theme
from analysis.show.charts.canvas import Canvas
from analysis.show.identity import colour_chapters
from analysis.show.maps import (
    action_places,
    commune_names,
    growth_classes,
    outlines,
    population_map,
)
from analysis.words import french
from analysis.words.hidden_markup import find_marks, strip_marks
from analysis.words.prose import name_territory

SPEC = {
    "id": "carte",
    "chapter": "air",
    "kind": "carte",
    "finding": "[premiere] est la plus peuplée avec [premiere|nombre], sur [communes] communes",
    "labels": 3,
}
CHANGE = {
    "finding": "de [depuis] à [millesime], [croissantes] croissent et [decroissantes] déclinent",
    "classes": [-1, -0.2, 0.2, 1],
    "labels": 1,
}
PLACES = {
    "id": "lieux",
    "chapter": "air",
    "kind": "carte-lieux",
    "finding": "[lieux] lieux dans [communes] communes sur [membres]",
    "panels": [
        {"label": "Nature", "kinds": ["nature"]},
        {"label": "Réseau", "actions": ["prevu-reseau"]},
    ],
}
ACTIONS = {
    "id": "actions",
    "chapter": "portrait",
    "kind": "carte-actions",
    "finding": "[premiere] est nommée par [premiere|nombre]",
}
#: Municipal populations five years before: one commune falls, one rises, one is not known.
FORMER = {"99001": 1100, "99002": 470}


@pytest.fixture
def older(edition):
    """The made-up edition with a vintage that growth may be counted from."""
    rows = pd.DataFrame(
        [{"insee": code, "vintage": 2025, "municipal": n} for code, n in FORMER.items()]
    )
    known = pd.concat([edition.population, rows], ignore_index=True)
    inhabitants = compute_inhabitants(edition.communes, known, edition.year)
    return replace(edition, inhabitants=inhabitants)


def shapes_of(drawing) -> list[PathPatch]:
    return [patch for patch in drawing.figure.axes[0].patches if isinstance(patch, PathPatch)]


def plain(text: str) -> str:
    """With plain spaces, to be compared."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def write_down(drawing) -> list[str]:
    """Every line of words of the picture, with plain spaces."""
    return [plain(text.get_text()) for text in drawing.figure.findobj(Text)]


def count_fills(drawing, colour: str) -> int:
    return sum(to_hex(s.get_facecolor()) == colour.lower() for s in shapes_of(drawing))


# --- population -----------------------------------------------------------------------------------


def test_every_commune_is_drawn_and_said(edition):
    drawing = charts.draw_chart(edition, SPEC)
    table = edition.inhabitants
    assert len(shapes_of(drawing)) == len(table) == 3
    for row in table.itertuples():
        assert row.name in drawing.alt
        assert french.format_number(row.municipal) in drawing.alt
    assert (
        plain(drawing.title) == "Aubépine est la plus peuplée avec 1 010 habitants, sur 3 communes"
    )
    assert find_marks(drawing.caption) == [
        ("1\u202f010 habitants", "table:population"),
        ("3", "table:communes"),
    ]


def test_areas_of_circles_are_in_proportion(edition):
    drawing = charts.draw_chart(edition, SPEC)
    areas = {drawn.reference: drawn.length for drawn in drawing.lengths}
    numbers = dict(edition.inhabitants[["insee", "municipal"]].itertuples(index=False))
    assert set(areas) == set(numbers)
    for one, other in combinations(numbers, 2):
        assert areas[one] / areas[other] == pytest.approx(numbers[one] / numbers[other])


@pytest.mark.parametrize(
    ("most", "numbers"),
    [(19_825, [10_000, 2_000, 500]), (1_010, [1_000, 200, 50]), (7, [5, 1]), (0.5, [1])],
)
def test_a_legend_of_circles_shows_round_numbers(most, numbers):
    assert population_map.find_round_numbers(most) == numbers


def test_without_an_older_vintage_no_growth_is_drawn(edition):
    drawing = charts.draw_chart(edition, SPEC | {"change": CHANGE})
    assert len(shapes_of(drawing)) == 3
    assert plain(drawing.title).endswith("avec 1 010 habitants, sur 3 communes")
    assert any("aucune population connue 5 ans avant 2030" in note for note in drawing.notes)
    assert list(drawing.table.columns) == ["Commune", "Habitants"]


def test_growth_is_told_by_class_sign_and_words(older):
    drawing = charts.draw_chart(older, SPEC | {"change": CHANGE})
    assert len(shapes_of(drawing)) == 6, "two maps"
    assert drawing.title.endswith("de 2025 à 2030, 1 croissent et 1 déclinent")
    rows = {row.Commune: row for row in drawing.table.itertuples(index=False)}
    assert [plain(strip_marks(cell)) for cell in rows["Aubépine"][1:]] == [
        "1 010",
        "1 100",
        "− 1,7 %",
    ]
    assert [plain(strip_marks(cell)) for cell in rows["Bruyère"][1:]] == ["490", "470", "+ 0,8 %"]
    assert rows["Charme"][3] == french.MISSING
    data = drawing.data.set_index("insee")
    assert data.loc["99001", "growth_class"] == "moins de −\u202f1\u202f%"
    assert data.loc["99002", "growth_class"] == "de 0,2\u202f% à 1\u202f%"
    assert data.loc["99003", "growth_class"] == ""
    for words in (
        "Aubépine : 1 010 habitants, − 1,7 % par an (classe moins de − 1 %)",
        "moins de − 1 %, 1 commune",
        "Charme : évolution non disponible (population 2025 non connue)",
    ):
        assert words in plain(drawing.alt)
    assert find_overlaps(drawing.figure) == []


def test_a_commune_of_unknown_growth_is_hatched(older):
    drawing = charts.draw_chart(older, SPEC | {"change": CHANGE})
    hatched = [shape for shape in shapes_of(drawing) if shape.get_hatch()]
    assert len(hatched) == 1


def test_classes_are_told_apart_without_colour(published):
    spec = next(spec for spec in published.charts if spec["kind"] == "carte")
    growth = growth_classes.classify_growth(published.inhabitants, spec["change"])
    signs = [growth.sign(rank) for rank in growth.ranks]
    assert signs == ["−−", "−", "", "+", "++"]
    assert growth.count(*growth.ranks) == 46
    grounds = [growth.fill(rank) for rank in growth.ranks]
    for ground in grounds:
        ink = colours.choose_ink(ground, theme.INK)
        assert colours.contrast(ink, ground) >= colours.TEXT_CONTRAST
    assert growth.fill(growth.middle) == theme.TRACK


@pytest.mark.parametrize("shape", ["figure", "narrow"])
def test_each_commune_is_a_dot_at_its_growth(published, shape):
    spec = next(spec for spec in published.charts if spec["kind"] == "carte")
    growth = growth_classes.classify_growth(published.inhabitants, spec["change"])
    figure = getattr(charts.draw_chart(published, spec), shape)
    (axes,) = figure.axes[0].child_axes
    figure.canvas.draw()  # dots are moved apart when they are drawn
    (swarm,) = axes.collections
    offsets = swarm.get_offsets()
    assert list(offsets[:, 0]) == pytest.approx(list(growth.table["growth_pct_per_year"]))
    fills = [growth.fill(rank) for rank in growth.table["class"]]
    assert [to_hex(colour) for colour in swarm.get_facecolors()] == [f.lower() for f in fills]
    places = axes.transData.transform(offsets)
    diameter = math.sqrt(swarm.get_sizes()[0]) * figure.dpi / 72
    assert min(math.dist(*pair) for pair in combinations(places, 2)) >= 0.99 * diameter
    box = axes.get_window_extent()
    assert all(box.contains(*place) for place in places)
    zero = axes.transData.transform((0, 0))[0]
    (label,) = [text for text in figure.findobj(Text) if plain(text.get_text()) == "0 %"]
    assert label.get_window_extent().x0 < zero < label.get_window_extent().x1


def test_a_late_vintage_is_said_to_be_one(edition):
    late = [note for note in charts.draw_chart(edition, SPEC).notes if "en vigueur" in note]
    assert late == [
        french.typeset(
            "La population légale de 2030 n’est en vigueur que depuis le 1er janvier 2033 : elle "
            "n’était pas connue à la fin de l’année de l’édition."
        )
    ]


def test_unknown_population_is_said(edition):
    unknown = edition.inhabitants.assign(municipal=[1010.0, None, 260.0])
    drawing = charts.draw_chart(replace(edition, inhabitants=unknown), SPEC)
    assert french.MISSING in set(drawing.table["Habitants"])
    assert "Bruyère : population non disponible" in plain(drawing.alt)
    assert [bool(shape.get_hatch()) for shape in shapes_of(drawing)].count(True) == 1


def test_a_commune_without_outline_is_said(edition):
    features = edition.communes_geojson["features"][1:]
    partial = replace(edition, communes_geojson={"features": features})
    for spec in (SPEC, PLACES, ACTIONS):
        drawing = charts.draw_chart(partial, spec)
        assert "Aubépine : contour non disponible." in plain(" ".join(drawing.notes))


def test_no_population_is_refused(edition):
    empty = replace(edition, inhabitants=edition.inhabitants.iloc[:1])
    with pytest.raises(charts.UndrawableChart, match="population connue pour 1 commune"):
        charts.draw_chart(empty, SPEC)


# --- the official figures -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("insee", "former", "latest", "growth"),
    [
        ("59172", 20_270, 19_825, -0.443),  # 19 825 / 20 270 = 0,978 05, five years
        ("59526", 16_836, 15_889, -1.151),
        ("59519", 1_604, 1_797, 2.299),  # 1 797 / 1 604 = 1,120 32
        ("59109", 738, 738, 0.0),
    ],
)
def test_growth_by_hand_from_the_official_file(published, insee, former, latest, growth):
    path = PROJECT / "data/raw/reference/population.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        typed = {
            int(row["vintage"]): int(row["municipal"])
            for row in csv.DictReader(stream)
            if row["insee"] == insee
        }
    assert (typed[2012], typed[2017]) == (former, latest)
    row = published.inhabitants.set_index("insee").loc[insee]
    assert (row["since"], row["vintage"]) == (2012, 2017)
    found = row["growth_pct_per_year"]
    assert found == pytest.approx(growth, abs=0.001)
    assert found == pytest.approx((math.exp(math.log(latest / former) / 5) - 1) * 100)
    assert former * (1 + found / 100) ** 5 == pytest.approx(latest)


@pytest.mark.parametrize(
    ("vintage", "total"),
    [(2011, 157_232), (2012, 157_877), (2013, 158_170), (2017, 157_868)],
)
def test_communes_add_up_to_what_the_state_published(published, vintage, total):
    """The first three: population of the whole agglomeration in the State's lists of 2014 to 2016;
    the last, the indicator of this edition."""
    members = set(published.inhabitants["insee"])
    rows = published.population[published.population["vintage"] == vintage]
    assert rows.loc[rows["insee"].isin(members), "municipal"].sum() == total


def test_the_published_map_says_what_grows_and_what_falls(published):
    spec = next(spec for spec in published.charts if spec["kind"] == "carte")
    drawing = charts.draw_chart(published, spec)
    assert "25 communes croissent, 9 restent stables et 12 déclinent" in drawing.title
    written = write_down(drawing)
    for name in ("Rumegies", "Thiant", "La Sentinelle", "Noyelles-sur-Selle", "Denain"):
        assert name in written
    assert len(drawing.data) == 46
    assert set(drawing.data["since"]) == {2012}


# --- places ---------------------------------------------------------------------------------------


def test_communes_of_each_panel_are_filled_and_named(edition):
    drawing = charts.draw_chart(edition, PLACES)
    assert drawing.title == "3 lieux dans 3 communes sur 3"
    assert len(shapes_of(drawing)) == 6, "the whole territory in each panel"
    accent = colours.darken_until_readable(colour_chapters(edition.chapters)["air"])
    assert count_fills(drawing, accent) == 3 + 1
    assert "Nature : Aubépine : Bois des écoles (en place)" in plain(drawing.alt)
    assert "Réseau : Bruyère : Château d’eau." in plain(drawing.alt)
    assert list(drawing.table["État"]) == ["en place", "en cours", "en projet", "non précisé"]
    assert list(drawing.data["panel"]) == ["Nature"] * 3 + ["Réseau"]
    assert set(drawing.data["commune"]) == {"Aubépine", "Bruyère", "Charme"}
    assert drawing.source_line.startswith(
        "Sources\u00a0: Rapport inventé du Val d’Exemple, l.\u00a010–11, 20, 41"
    )
    assert find_overlaps(drawing.figure) == []


def test_a_commune_under_a_new_name_is_shown_under_that_of_the_year(dossier_copy):
    """Renamed in July 2030; one that joins in July is named, too, though no member in January."""
    path = dossier_copy.raw / "reference/communes.csv"
    text = path.read_text("utf-8").replace(
        "99002,Bruyère,2027-01-01,,20\n",
        "99002,Bruyère,2027-01-01,2030-06-30,20\n99002,Bruyère-les-Landes,2030-07-01,,20\n",
    )
    path.write_text(text.replace("Charme,2030-01-01", "Charme,2030-07-01"), "utf-8")
    edition = load_edition(dossier_copy, 2030)
    drawing = charts.draw_chart(edition, PLACES)
    assert drawing.title == "3 lieux dans 3 communes sur 3"
    assert "Réseau : Bruyère-les-Landes : Château d’eau." in plain(drawing.alt)
    assert set(drawing.data["commune"]) == {"Aubépine", "Bruyère-les-Landes", "Charme"}
    assert list(edition.inhabitants["name"]) == ["Aubépine", "Bruyère-les-Landes"]
    assert name_territory(edition, "99002") == "Bruyère-les-Landes"
    assert name_territory(replace(edition, year=2029), "99002") == "Bruyère"


def test_what_all_communes_share_is_said_once(edition):
    spec = PLACES | {"panels": [{"label": "Bois", "actions": ["plantations"]}]}
    shared = edition.places.assign(status="en cours")
    drawing = charts.draw_chart(replace(edition, places=shared), spec)
    written = write_down(drawing)
    assert written.count("Bois des écoles (en cours)") == 1
    assert "Bois : Bois des écoles (en cours) : Aubépine et Bruyère." in plain(drawing.alt)


def test_a_place_told_by_two_actions_is_shown_once(edition):
    again = edition.places.iloc[[0]].assign(action="renovation")
    twice = replace(edition, places=pd.concat([edition.places, again], ignore_index=True))
    spec = PLACES | {"panels": [{"label": "Nature", "kinds": ["nature"]}]}
    assert len(charts.draw_chart(twice, spec).table) == 3


def test_every_status_has_words():
    from analysis.model.schema.raw_tables import PLACE_STATUSES

    assert tuple(action_places.STATUS_WORDS) == PLACE_STATUSES


def test_one_commune_makes_no_map(edition):
    spec = PLACES | {"panels": [{"label": "Réseau", "actions": ["prevu-reseau"]}]}
    assert not charts.specs.is_drawable(edition, spec)
    with pytest.raises(charts.UndrawableChart, match="moins de deux communes"):
        charts.draw_chart(edition, spec)
    assert charts.specs.is_drawable(edition, PLACES)


def test_an_edition_without_places_has_no_map_of_them(edition):
    none = replace(edition, places=edition.places.iloc[:0])
    for spec in (PLACES, ACTIONS):
        assert not charts.specs.is_drawable(none, spec)
        with pytest.raises(charts.UndrawableChart):
            charts.draw_chart(none, spec)


@pytest.mark.parametrize(
    ("panels", "problem"),
    [
        ([{"kinds": ["nature"]}], "sans nom"),
        ([{"label": "Nature"}], "« actions » ou « kinds » attendu"),
        ([{"label": "Nature", "kinds": ["nature"], "colour": "vert"}], "champ inconnu « colour »"),
    ],
)
def test_a_wrong_panel_is_said(edition, panels, problem):
    found = charts.check_specs([PLACES | {"panels": panels}], edition)
    assert len(found) == 1
    assert problem in found[0]


def test_actions_are_counted_by_commune(edition):
    drawing = charts.draw_chart(edition, ACTIONS)
    counts = dict(drawing.data[["name", "actions"]].itertuples(index=False))
    assert counts == {"Bruyère": 2, "Aubépine": 1, "Charme": 1}
    assert drawing.title == "Bruyère est nommée par 2 actions"
    assert find_overlaps(drawing.figure) == []
    few = charts.draw_chart(edition, ACTIONS | {"labels": 1})
    assert few.data.equals(drawing.data)


def test_places_of_the_source_are_members_and_of_its_actions(published):
    rows = published.places
    assert set(rows["insee"]) <= set(published.inhabitants["insee"])
    known = {*published.actions["id"], *published.planned["id"]}
    assert set(rows["action"]) <= known
    assert rows["insee"].nunique() == 20
    heating = rows[rows["name"].str.startswith("Réseau de chaleur")]
    assert set(heating["insee"]) == {"59172", "59179"}
    five = rows[rows["action"] == "energie-communes"]
    assert set(five["insee"]) == {"59504", "59064", "59285", "59002", "59038"}
    assert set(five["locator"]) == {"l. 353"}


def test_every_published_map_is_sound(published):
    drawn = [spec for spec in published.charts if charts.KINDS[spec["kind"]].is_map]
    assert len(drawn) >= 10
    for spec in drawn:
        drawing = charts.draw_chart(published, spec)
        assert find_overlaps(drawing.figure) == [], spec["id"]
        assert find_overlaps(drawing.narrow) == [], spec["id"]
        assert len(shapes_of(drawing)) == len(shapes_of(replace(drawing, figure=drawing.narrow)))
        assert "[" not in drawing.title + drawing.alt, spec["id"]
        for name in drawing.data.get("commune", drawing.data.get("name")):
            assert name in drawing.alt, spec["id"]


# --- outlines -------------------------------------------------------------------------------------

SQUARE = [(0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0), (0.0, 0.0)]
HORSESHOE = [
    *((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (7.0, 9.0), (7.0, 2.0), (2.0, 2.0), (2.0, 9.0)),
    *((0.0, 9.0), (0.0, 0.0)),
]


def test_longitude_is_shortened_by_the_latitude():
    square = {"a": [[(3.0, 50.0), (4.0, 50.0), (4.0, 51.0), (3.0, 51.0), (3.0, 50.0)]]}
    area = outlines.lay_out(square, 1.0, 2.0, 3.0, 3.0)
    assert area.width / area.height == pytest.approx(math.cos(math.radians(50.5)))
    assert (area.left, area.top, area.height) == (1.0, 2.0, pytest.approx(3.0))
    assert area.rings["a"][0][2][1] == pytest.approx(2.0), "north is up"


def test_the_middle_of_a_square_and_of_a_bent_shape():
    assert outlines.find_middle(SQUARE) == pytest.approx((1, 1), abs=0.1)
    x, y = outlines.find_middle(HORSESHOE)
    assert not (2 < x < 7 and y > 2), "the centroid of a horseshoe lies outside"


# --- names ----------------------------------------------------------------------------------------


def label(point, name, *details):
    return commune_names.NameLabel(point, (name,), details)


def test_lines_to_names_do_not_cross():
    points = [(0.2, 0.5), (1.8, 0.6), (0.1, 0.9), (1.9, 1.0), (1.0, 0.7), (0.4, 1.4)]
    names = [label(point, f"Commune {point}") for point in points]
    placed = commune_names.arrange_names(names, 3.0, 0.0, 2.0)
    lines = [(name.point, (3.0, top + 0.08)) for name, top in placed]
    assert not [pair for pair in combinations(lines, 2) if commune_names._cross(*pair)]


def test_names_that_do_not_fit_go_on_below():
    names = [label((0.5, 1.0), f"Commune {number}", "1 %") for number in range(5)]
    placed = commune_names.arrange_names(names, 3.0, 0.0, 1.0)
    tops = [top for _, top in placed]
    assert tops[0] == pytest.approx(0.0)
    assert tops[-1] > 1.0
    assert all(b >= a + names[0].height + 0.06 for a, b in pairwise(tops))


def test_a_long_name_is_broken_after_a_hyphen():
    assert label((0, 0), "Saint-Amand-les-Eaux").wrap(1.0).title == ("Saint-Amand-", "les-Eaux")
    assert label((0, 0), "La Sentinelle").wrap(3.0).title == ("La Sentinelle",)


def test_names_stand_on_both_sides_of_a_map():
    canvas = Canvas()
    square = {code: [[(x + 3 + n, y + 50) for x, y in SQUARE]] for n, code in enumerate("abcd")}
    area = outlines.lay_out(square, 2.0, 0.0, 2.0, 2.0)
    names = [label(point, code) for code, point in area.middles.items()]
    commune_names.write_around(canvas, names, area, 0.2)
    words = [text for text in canvas.figure.findobj(Text) if text.get_text()]
    places_of = {text.get_text(): text.get_position()[0] for text in words}
    assert [code for code, x in places_of.items() if x < area.left] == ["a", "b"]
    assert [code for code, x in places_of.items() if x > area.right] == ["c", "d"]


@pytest.mark.parametrize(
    "spec", [SPEC | {"change": CHANGE}, PLACES, ACTIONS], ids=lambda spec: spec["kind"]
)
def test_same_bytes_twice(older, spec, tmp_path):
    one, two = (
        theme.save_figure(charts.draw_chart(older, spec).figure, tmp_path / f"{n}.svg").read_bytes()
        for n in (1, 2)
    )
    assert one == two
