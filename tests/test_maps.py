"""The communes on one map: members of the year, classes as the data say, a sheet for each, every
place of the actions, and what the page needs to let it be explored."""

from __future__ import annotations

import csv
import json
import math
import re
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch
from notebook_texts import read_notebook
from overlaps import find_overlaps

from analysis.base.paths import PROJECT
from analysis.compute.indicators import load_edition
from analysis.compute.portrait import open_portrait
from analysis.model.schema.raw_tables import PLACE_STATUSES
from analysis.show import theme
from analysis.show.maps import commune_sheets, outlines
from analysis.show.maps.choropleth import draw_choropleths
from analysis.show.maps.commune_classes import ACTIONS, GROWTH, CommuneClasses, list_classes
from analysis.show.maps.commune_sheets import (
    compose_explorer,
    compose_sheets,
    list_placed,
    name_communes,
    tabulate_places,
)
from analysis.show.pages import portrait_page
from analysis.show.pages.chapter_page import describe_actors
from analysis.show.tables import tabulate_planned
from analysis.words import french
from analysis.words.hidden_markup import strip_marks, write_spans
from analysis.words.prose import name_territory

NO_ONE = pd.DataFrame(columns=["indicator", "insee", "name", "value", "small"])


def plain(text: str) -> str:
    """With plain spaces, to be compared."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def draw(edition, maps=None, finding=""):
    names = name_communes(edition)
    found = outlines.read_outlines(edition.communes_geojson, names)
    maps = list_classes(edition, NO_ONE) if maps is None else maps
    return draw_choropleths(edition, maps, names, found, finding, "Source : essai.")


def shapes_of(figure) -> list[PathPatch]:
    return [patch for patch in figure.axes[0].patches if isinstance(patch, PathPatch)]


def read_data(text: str) -> dict:
    """The data of a page's script."""
    return json.loads(re.search(r">(\{.*\})</script>", text)[1])


def explore(edition) -> dict:
    found = outlines.read_outlines(edition.communes_geojson, name_communes(edition))
    maps = list_classes(edition, NO_ONE)
    return read_data(compose_explorer(edition, maps, list_placed(edition), found, "fig-x"))


def read_sheets(text: str) -> dict[str, str]:
    """Sheets by the code of their commune, as Markdown in words, each under its heading."""
    parts = plain(strip_marks(text)).split("::: {.commune}")[1:]
    return {re.match(r"\n### .+ \{#commune-(\w+) ", part)[1]: part for part in parts}


# --- what is drawn --------------------------------------------------------------------------------


def test_actions_are_counted_by_commune(edition):
    (actions,) = list_classes(edition, NO_ONE)
    assert dict(actions.values) == {"99001": 1, "99002": 2, "99003": 1}
    assert actions.bounds[0] == 1


def test_every_commune_is_drawn_and_tabulated_in_each_map(edition):
    drawing = draw(edition)
    for figure in (drawing.figure, drawing.narrow):
        assert len(shapes_of(figure)) == 3
        assert find_overlaps(figure) == []
    assert list(drawing.table["Commune"]) == ["Aubépine", "Bruyère", "Charme"]
    assert [strip_marks(cell) for cell in drawing.table["Actions qui nomment la commune"]] == [
        "1\u00a0action", "2\u00a0actions", "1\u00a0action",
    ]  # fmt: skip
    assert list(drawing.data["actions"]) == [1, 2, 1]


def test_shades_follow_the_classes(edition):
    values = pd.Series({"99001": 1.0, "99002": 5.0})
    one = CommuneClasses("essai", "Essai", "pourcent", 1, values, [3.0], values)
    drawing = draw(edition, [one])
    fills = [to_hex(shape.get_facecolor()) for shape in shapes_of(drawing.figure)]
    assert len(set(fills)) == 3
    hatched = [bool(shape.get_hatch()) for shape in shapes_of(drawing.figure)]
    assert hatched == [False, False, True], "what is not known is hatched"
    assert "Charme (hachurée) : valeur non disponible." in plain(" ".join(drawing.notes))
    assert "de 1 % (Aubépine) à 5 % (Bruyère), classes séparées à 3 %" in plain(drawing.alt)


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ([1.0], ["aucune action", "1 et plus"]),
        ([1.0, 2.0, 5.0], ["aucune action", "1", "2 à 4", "5 et plus"]),
    ],
)
def test_classes_of_counts_in_words(edition, bounds, words):
    values = pd.Series({"99001": 0.0})
    one = CommuneClasses(ACTIONS, "", "", 1, values, bounds, values)
    assert [one.describe(edition, rank) for rank in range(len(bounds) + 1)] == words


def test_classes_of_growth_in_words(edition):
    values = pd.Series({"99001": 0.0})
    one = CommuneClasses(GROWTH, "", "pourcent", 0.1, values, [-0.2, 0.2, 1.0], values)
    assert [plain(one.describe(edition, rank)) for rank in range(4)] == [
        "moins de − 0,2 %", "de − 0,2 % à 0,2 %", "de 0,2 % à 1,0 %", "1,0 % et plus",
    ]  # fmt: skip


def test_a_commune_without_outline_is_said(edition):
    features = edition.communes_geojson["features"][1:]
    partial = replace(edition, communes_geojson={"features": features})
    drawing = draw(partial)
    assert "Aubépine (sans contour) : contour non disponible." in plain(" ".join(drawing.notes))
    communes = {code: path for code, _, path in explore(partial)["communes"]}
    assert communes["99001"] == ""
    assert communes["99002"].startswith("M")


def test_same_bytes_twice(edition, tmp_path):
    one, two = (
        theme.save_figure(draw(edition).figure, tmp_path / f"{n}.svg").read_bytes() for n in (1, 2)
    )
    assert one == two


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


@pytest.fixture(scope="module")
def portrait():
    return open_portrait(2017)


def test_the_published_map_says_what_is_named_and_what_grows(portrait):
    (drawing,) = [b for b in portrait_page.compose_communes(portrait) if not isinstance(b, str)]
    # Of the growths to a tenth of a percent: 25 of 0,2 % or more, 11 below − 0,2 %.
    assert plain(drawing.title) == (
        "Les actions nomment 20 communes sur 46 ; de 2012 à 2017, 25 communes croissent,"
        " 10 restent stables et 11 déclinent"
    )
    assert len(drawing.data) == 46
    for figure in (drawing.figure, drawing.narrow):
        assert find_overlaps(figure) == []
    assert "l. 353" not in drawing.source_line
    assert drawing.source_line.startswith("Sources\u00a0: Rapport")


def test_the_text_names_the_first_where_it_is_alone(edition):
    said = plain(strip_marks(" ".join(portrait_page._say_first(edition, name_communes(edition)))))
    assert said.startswith("Aubépine est la commune la plus peuplée, avec 1 010 habitants en 2030.")
    assert "Bruyère est celle que les actions nomment le plus souvent (2 actions)." in said
    level = edition.inhabitants.assign(municipal=[500.0, 500.0, 260.0])
    places = edition.places[edition.places["insee"] != "99002"]
    even = replace(edition, inhabitants=level, places=places)
    assert list(portrait_page._say_first(even, name_communes(edition))) == []


# --- sheets and places ----------------------------------------------------------------------------


def test_each_commune_has_one_sheet_and_each_place_stands_on_it(edition):
    sheets = read_sheets(compose_sheets(edition, list_placed(edition)))
    assert list(sheets) == ["99001", "99002", "99003"]
    assert "### Aubépine {#commune-99001" in sheets["99001"]
    assert "\n\n1 010 habitants en 2030" in sheets["99001"]
    assert "Bois des écoles (en place)" in sheets["99001"]
    assert "Bois des écoles (en cours)" in sheets["99002"]
    assert "2 lieux nommés" in sheets["99002"]
    assert "Château d’eau" in sheets["99002"]
    assert "Mare restaurée (en projet)" in sheets["99003"]


def test_published_places_are_all_on_the_map_and_on_paper(portrait):
    """Every row of places.csv, read here by its own file."""
    edition = portrait.edition
    with (PROJECT / "data/raw/2017/places.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    placed = list_placed(edition)
    sheets = read_sheets(compose_sheets(edition, placed))
    assert len(sheets) == 46
    assert set(sheets) == set(edition.inhabitants["insee"])
    data = explore(edition)
    codes = [code for code, *_ in data["communes"]]
    assert len(codes) == len(set(codes)) == 46
    assert all(path for *_, path in data["communes"])
    choices = {choice["id"]: choice["ranks"] for choice in data["choices"]}
    paper = plain(strip_marks(tabulate_places(edition, placed)))
    names = name_communes(edition)
    lines = {line.split(" | ")[0][2:]: line for line in paper.splitlines() if line[:2] == "| "}
    assert len(rows) == 58
    for row in rows:
        name = plain(french.typeset(row["name"]))
        assert name in sheets[row["insee"]], row
        assert name in lines[names[row["insee"]]], row
        assert choices[f"lieux-{row['action']}"][codes.index(row["insee"])] == "1", row
    counted = Counter(rank for choice in choices if choice.startswith("lieux-")
                      for rank in choices[choice])  # fmt: skip
    assert counted["1"] == len({(row["action"], row["insee"]) for row in rows})
    actions = next(choice for choice in data["choices"] if choice["id"] == ACTIONS)
    named = {row["insee"] for row in rows}
    shaded = [code for code, rank in zip(codes, actions["ranks"], strict=True) if rank != "0"]
    assert set(shaded) == named


def test_the_data_of_the_map_stay_small(portrait):
    blocks = [b for b in portrait_page.compose_communes(portrait) if isinstance(b, str)]
    (data,) = [block for block in blocks if "application/json" in block]
    assert len(data.encode()) < 20_000
    assert sum(len(block.encode()) for block in blocks) < 60_000


@pytest.mark.parametrize(("siren", "communes"), [("200071181", 119), ("200067106", 158)])
def test_the_map_of_many_communes(siren, communes):
    portrait = open_portrait(2025, siren)
    blocks = [b for b in portrait_page.compose_communes(portrait) if isinstance(b, str)]
    (data,) = [read_data(block) for block in blocks if "application/json" in block]
    assert len(data["communes"]) == communes
    assert all(len(choice["ranks"]) == communes for choice in data["choices"])
    assert {choice["group"] for choice in data["choices"]} == {"Population et logements"}
    assert sum(len(block.encode()) for block in blocks) < 90_000


def test_without_places_no_action_is_named(edition):
    none = replace(edition, places=edition.places.iloc[:0])
    assert list_placed(none) == []
    sheets = read_sheets(compose_sheets(none, []))
    assert all("Aucune action du rapport ne nomme cette commune." in s for s in sheets.values())
    text = read_notebook("portrait", none)
    assert "lieux-" not in text
    assert "nomment" not in text


def test_an_edition_without_outline_has_its_sheets(edition):
    text = read_notebook("portrait", replace(edition, communes_geojson={}))
    assert "{#commune-99001 .unnumbered" in text
    assert "fig-portrait-communes" not in text
    assert "application/json" not in text


def test_places_of_an_action_are_linked_to_once_and_from_its_chapter(edition):
    placed = list_placed(edition)
    for text in (compose_sheets(edition, placed), tabulate_places(edition, placed)):
        anchors = re.findall(r"\{#(lieux-[\w-]+)\}", write_spans(text))
        assert sorted(anchors) == ["lieux-plantations", "lieux-prevu-reseau", "lieux-zones-humides"]
    action = edition.actions.set_index("id", drop=False).loc["plantations"]
    facts = write_spans(describe_actors(edition, action))
    assert "**Lieux\u00a0:** [Aubépine, Bruyère](#lieux-plantations)" in facts
    chapter = edition.planned.set_index("id").loc["prevu-reseau", "chapter"]
    assert "[Bruyère](#lieux-prevu-reseau)" in write_spans(tabulate_planned(edition, chapter))
    velo = edition.actions.set_index("id", drop=False).loc["velo"]
    assert "Lieux" not in describe_actors(edition, velo)


def test_a_commune_under_a_new_name_is_shown_under_that_of_the_year(dossier_copy):
    """Renamed in July 2030; one that joins in July is named, too, though no member in January."""
    path = dossier_copy.raw / "reference/communes.csv"
    text = path.read_text("utf-8").replace(
        "99002,Bruyère,2027-01-01,,20\n",
        "99002,Bruyère,2027-01-01,2030-06-30,20\n99002,Bruyère-les-Landes,2030-07-01,,20\n",
    )
    path.write_text(text.replace("Charme,2030-01-01", "Charme,2030-07-01"), "utf-8")
    edition = load_edition(dossier_copy, 2030)
    assert list(edition.inhabitants["name"]) == ["Aubépine", "Bruyère-les-Landes"]
    assert list(name_communes(edition).values()) == ["Aubépine", "Bruyère-les-Landes", "Charme"]
    assert (
        "Population non disponible"
        in read_sheets(compose_sheets(edition, list_placed(edition)))["99003"]
    )
    assert name_territory(edition, "99002") == "Bruyère-les-Landes"
    assert name_territory(replace(edition, year=2029), "99002") == "Bruyère"


def test_a_place_told_twice_by_an_action_is_said_once(edition):
    again = edition.places.iloc[[0]].assign(note="redit")
    twice = replace(edition, places=pd.concat([edition.places, again], ignore_index=True))
    once = compose_sheets(edition, list_placed(edition))
    assert compose_sheets(twice, list_placed(twice)) == once


def test_every_status_has_words():
    assert tuple(commune_sheets.STATUS_WORDS) == PLACE_STATUSES


def test_places_of_the_source_are_members_and_of_its_actions(published):
    rows = published.places
    assert set(rows["insee"]) <= set(published.inhabitants["insee"])
    known = {*published.actions["id"], *published.planned["id"]}
    assert set(rows["action"]) <= known
    heating = rows[rows["name"].str.startswith("Réseau de chaleur")]
    assert set(heating["insee"]) == {"59172", "59179"}
    five = rows[rows["action"] == "energie-communes"]
    assert set(five["insee"]) == {"59504", "59064", "59285", "59002", "59038"}


# --- outlines -------------------------------------------------------------------------------------


def test_longitude_is_shortened_by_the_latitude():
    square = {"a": [[(3.0, 50.0), (4.0, 50.0), (4.0, 51.0), (3.0, 51.0), (3.0, 50.0)]]}
    area = outlines.lay_out(square, 1.0, 2.0, 3.0, 3.0)
    assert area.width / area.height == pytest.approx(math.cos(math.radians(50.5)))
    assert (area.left, area.top, area.height) == (1.0, 2.0, pytest.approx(3.0))
    assert area.rings["a"][0][2][1] == pytest.approx(2.0), "north is up"


@pytest.mark.parametrize(
    ("rings", "path"),
    [
        ([[(1, 1), (4, 1), (4, 3), (1, 3), (1, 1)]], "M1 1l3 0 0 2-3 0z"),
        # Points that fall together are one; a hole that falls into a point goes.
        ([[(1, 1), (1.2, 1), (4, 1), (4, 3), (1, 1)], [(2, 2), (2.1, 2), (2, 2)]],
         "M1 1l3 0 0 2z"),
    ],
)  # fmt: skip
def test_a_path_goes_by_whole_steps(rings, path):
    assert outlines.write_path(rings) == path
