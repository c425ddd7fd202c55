"""Charts: lengths equal values, words never overlap, everything drawn is said."""

import dataclasses
import re
from collections import defaultdict

import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from overlaps import find_overlaps

from analysis.compute.indicators import load_edition
from analysis.compute.indicators.comparisons import compute_all_progress
from analysis.show import charts, colours, tables, theme
from analysis.show.charts.canvas import Canvas
from analysis.show.charts.chart_rows import COLUMNS, ITEMS, select_item
from analysis.show.charts.facts import merge_locators, name_sources, tell_row
from analysis.show.charts.hotspot_list import list_hotspots
from analysis.show.charts.specs import align_years, find_references, is_drawable
from analysis.show.charts.text_fitting import measure, place_apart, wrap, wrap_evenly
from analysis.show.dark_ground import darken_colours
from analysis.show.identity import read_identity
from analysis.show.tables import keyfigures
from analysis.words import french
from analysis.words.hidden_markup import find_marks, strip_marks
from analysis.words.lineage import read_trail

#: Made-up specifications, one for each kind, on the made-up edition.
SPECS = {
    "classement": {
        "items": [
            "depenses-air",
            {"indicator": "depenses-eau", "label": "Eau", "detail": "part-depenses-eau"},
        ],
        "remainder": "depenses-non-detaillees",
        "total": "depenses-totales",
    },
    "part-du-tout": {"items": ["femmes", "agents-handicapes"], "whole": "agents"},
    "composition": {"items": ["femmes"], "whole": "agents"},
    "periodes": {"items": ["visiteurs-accueil", "agents"]},
    "objectif": {"indicator": "arbres-plantes"},
}


#: Who pays what of a planting.
FUNDING = {
    "items": [{"indicator": "plantation-etat", "label": "État"}, "plantation-region"],
    "remainder": "plantation-reste",
    "whole": "plantation-cout",
}


def make_spec(kind, /, **changes):
    return (
        {"id": "essai", "chapter": "air", "kind": kind, "finding": "Un constat."}
        | SPECS[kind]
        | changes
    )


@pytest.fixture(scope="module", params=sorted(SPECS))
def drawing(request, edition):
    return charts.draw_chart(edition, make_spec(request.param))


# --- every kind ----------------------------------------------------------------------------------


def test_every_kind_is_tried_here():
    # A series needs more periods than this edition has: see test_series.
    assert {*SPECS, "evolution"} == set(charts.KINDS)


def test_each_length_is_said_where_it_stands_on_both_drawings(edition, drawing):
    """What a pointer is told is a row's: its words, its period, where it comes from; with the
    reservations of the other words of the chart, and of wholes and subtotals too."""
    spots = list_hotspots(edition, drawing)
    assert len(spots) == len(drawing.narrow_hotspots)
    said = " ".join([drawing.alt, *map(strip_marks, drawing.table.to_numpy().flat)])
    told = said.lower()
    for spot in spots:
        for words in spot["value"].split(", "):
            assert words.split(" (")[0].lower() in told
        assert spot["source"].startswith("Source")
        for left, top, width, height in (spot["wide"], spot["narrow"]):
            assert 0 <= left <= left + width <= 1000
            assert 0 <= top <= top + height <= 1000
    lengths = [drawn.reference for drawn in drawing.lengths]
    pointed = [spot.references[0] for spot in drawing.hotspots]
    assert [reference for reference in pointed if reference in lengths] == lengths
    if "Élément" in drawing.table and "Rythme" not in told.title():
        known = drawing.table["Valeur"].map(strip_marks) != french.MISSING
        assert len(spots) == known.sum(), "a number of the table has no button"


def test_lengths_equal_values(drawing):
    by_scale = defaultdict(list)
    for drawn in drawing.lengths:
        assert drawn.value >= 0
        by_scale[drawn.scale].append(drawn)
    for marks in by_scale.values():
        ratios = [drawn.length / drawn.value for drawn in marks if drawn.value]
        assert ratios == pytest.approx([ratios[0]] * len(ratios))


@pytest.mark.parametrize("shape", ["figure", "narrow"])
def test_no_words_overlap_or_leave_the_figure(drawing, shape):
    assert find_overlaps(getattr(drawing, shape)) == []


def test_width_is_the_text_column_and_height_sensible(drawing):
    width, height = drawing.figure.get_size_inches()
    assert width == pytest.approx(theme.WIDTH)
    assert 0.4 < height < 8


def test_a_telephone_has_a_drawing_of_its_own_width(drawing):
    assert drawing.narrow.get_size_inches()[0] == pytest.approx(theme.NARROW)
    assert _read_numbers(drawing.narrow), "it says numbers too"
    smallest = min(artist.get_fontsize() for artist in _texts(drawing.narrow))
    assert smallest == min(artist.get_fontsize() for artist in _texts(drawing.figure))


@pytest.mark.parametrize("shape", ["figure", "narrow"])
def test_alternative_text_says_every_number_drawn(drawing, shape):
    numbers = _read_numbers(getattr(drawing, shape))
    assert numbers, "a chart without a number"
    missing = {number for number in numbers if number not in drawing.alt}
    # The axis of a way to a target names the years between; a goal on its square is in its title.
    assert {n for n in missing if not re.fullmatch(r"20\d\d", n)} == set()


def _read_numbers(figure):
    drawn = " ".join(artist.get_text() for artist in _texts(figure))
    return set(re.findall(r"\d[\d\u202f]*(?:,\d+)?", drawn))


def test_the_title_stands_above_the_picture_and_is_not_said_again(drawing):
    assert f"{drawing.title}." not in drawing.alt
    assert drawing.title not in {artist.get_text() for artist in _texts(drawing.figure)}


@pytest.mark.parametrize("ground", ["light", "dark"])
def test_words_are_readable_on_what_lies_behind_them(drawing, ground):
    assert list(find_faint_words(drawing.figure, ground)) == []


def find_faint_words(figure, ground):
    """Words whose contrast with the paper, or with the bar they stand on, is too small."""
    identity = read_identity()
    bars = [
        (patch.get_bbox(), to_hex(patch.get_facecolor()))
        for patch in sorted(figure.axes[0].patches, key=lambda patch: patch.get_zorder())
        if isinstance(patch, Rectangle)
    ]
    used = {colour for _, colour in bars} | {to_hex(a.get_color()) for a in _texts(figure)}
    shown = {colour: colour for colour in used} | {theme.PAPER: theme.PAPER}
    if ground == "dark":
        shown |= darken_colours(identity, {*used, theme.PAPER.lower()})
        shown[theme.PAPER] = identity.dark["paper"]
    for artist in _texts(figure):
        x, y = artist.get_position()
        x += {"left": 0.02, "center": 0, "right": -0.02}[artist.get_ha()]
        behind = [fill for box, fill in bars if box.contains(x, y - 0.03)]
        fill = behind[-1] if behind else theme.PAPER
        ratio = colours.contrast(shown[to_hex(artist.get_color())], shown[fill])
        if ratio < colours.TEXT_CONTRAST:
            yield artist.get_text(), fill, round(ratio, 2)


def _texts(figure):
    return [artist for artist in figure.findobj(Text) if artist.get_text()]


def test_drawing_is_complete(drawing):
    assert drawing.title == "Un constat" or drawing.title[0].isupper()
    assert drawing.unit_line in drawing.alt
    assert drawing.alt.endswith(".")
    assert len(drawing.table) >= 2
    assert all(
        isinstance(cell, str) for row in drawing.table.itertuples(index=False) for cell in row
    )
    assert "{{" not in drawing.title + drawing.alt + drawing.unit_line


@pytest.mark.parametrize("kind", sorted(SPECS))
def test_same_bytes_twice(edition, tmp_path, kind):
    one, two = (charts.draw_chart(edition, make_spec(kind)) for _ in range(2))
    for shape in ("figure", "narrow"):
        saved = [
            theme.save_figure(getattr(drawing, shape), tmp_path / f"{shape}.svg").read_bytes()
            for drawing in (one, two)
        ]
        assert saved[0] == saved[1], shape


# --- what is refused, what is missing ------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("classement", {"items": ["depenses-air"], "remainder": None, "total": None}),
        ("periodes", {"items": ["arbres-plantes"]}),
    ],
)
def test_a_chart_of_one_number_is_refused(edition, kind, changes):
    spec = {k: v for k, v in make_spec(kind, **changes).items() if v is not None}
    with pytest.raises(charts.UndrawableChart, match="au moins deux"):
        charts.draw_chart(edition, spec)
    assert not is_drawable(edition, spec)


def test_missing_is_said_and_not_drawn_as_zero(edition):
    spec = make_spec("classement", items=["depenses-air", "depenses-eau", "arbres-plantes:N-1"])
    drawing = charts.draw_chart(edition, spec)
    assert french.MISSING in drawing.alt
    assert french.MISSING in {strip_marks(cell) for cell in drawing.table["Valeur"]}
    assert french.MISSING in {artist.get_text() for artist in _texts(drawing.figure)}
    assert "arbres-plantes:N-1" not in {drawn.reference for drawn in drawing.lengths}


def test_qualifiers_are_kept(edition):
    drawing = charts.draw_chart(edition, make_spec("periodes"))
    words = {artist.get_text() for artist in _texts(drawing.figure)}
    assert any("plus de 6" in word for word in words)
    assert "plus de 6\u202f000" in drawing.alt


@pytest.mark.parametrize(
    ("items", "line", "notes"),
    [
        (["depenses-air", "depenses-eau"], "Euros, en 2029 : montants", 0),
        # Another year beside: no period for all, each is said.
        (["depenses-air", "logements-renoves"], "Euros : montants", 1),
        (["agents", "femmes"], "Euros, fin 2030 : montants", 0),
        (["agents", "logements-renoves"], "Euros, en 2030 : montants", 0),
    ],
)
def test_a_period_is_said_where_all_share_it(edition, items, line, notes):
    spec = make_spec("classement", items=items, unit="Euros, [periode] : montants")
    del spec["remainder"], spec["total"]
    drawing = charts.draw_chart(edition, spec)
    assert drawing.unit_line.replace("\u00a0", " ") == line
    assert len(drawing.notes) == notes
    for note in drawing.notes:
        assert note.replace("\u00a0", " ").replace("\u202f", " ") == (
            "Périodes : 2029 (Dépenses pour l’air) ; 2030 (Logements rénovés)."
        )


def test_not_comparable_shows_no_growth(edition):
    drawing = charts.draw_chart(edition, make_spec("periodes", items=["visiteurs-accueil"]))
    assert "périodes non comparables" in drawing.alt
    assert "par mois" not in drawing.alt, "no rate to compare either"
    assert "%" not in drawing.alt


def test_comparable_shows_growth(edition):
    drawing = charts.draw_chart(edition, make_spec("periodes", items=["logements-renoves"]))
    assert "25" in drawing.alt
    assert "%" in drawing.alt


def test_remainder_and_cut_offs_are_hatched(edition):
    for spec in (make_spec("classement"), make_spec("periodes"), make_spec("composition")):
        figure = charts.draw_chart(edition, spec).figure
        assert any(patch.get_hatch() for patch in figure.axes[0].patches), spec["kind"]


@pytest.mark.parametrize(
    ("stage", "hatched", "said"),
    [
        ("prévu", False, ""),
        ("sollicité", True, "sollicité, non acquis"),
        ("obtenu", False, "obtenu"),
        ("réalisé", False, ""),
    ],
)
def test_an_amount_only_asked_for_is_hatched(edition, stage, hatched, said):
    asked = edition.values["indicator"] == "plantation-region"
    values = edition.values.assign(stage=edition.values["stage"].mask(asked, stage))
    spec = make_spec("composition", **FUNDING)
    drawing = charts.draw_chart(dataclasses.replace(edition, values=values), spec)
    state, region, rest = drawing.figure.axes[0].patches
    assert bool(region.get_hatch()) is hatched
    assert not state.get_hatch()
    assert rest.get_hatch()
    assert {"Stade", "Financeur"} <= {*drawing.table.columns}
    assert not said or said in words_of(drawing), "and named, where it is not that of the whole"


def test_parts_beyond_the_whole_are_said(edition):
    spec = make_spec("composition", items=["agents", "femmes"], whole="agents")
    assert "plus que le total" in " ".join(charts.draw_chart(edition, spec).notes)


def test_unknown_reference_is_refused(edition):
    from analysis.model.references import UnknownReference

    with pytest.raises(UnknownReference):
        charts.draw_chart(edition, make_spec("composition", whole="agent"))


def test_target_without_date_has_no_outlook(edition):
    spec = make_spec("objectif", indicator="communes-diagnostiquees")
    drawing = charts.draw_chart(edition, spec)
    assert [drawn.value for drawn in drawing.lengths] == [2, 2]
    assert "au rythme actuel" not in words_of(drawing)


# --- each kind's own ways ------------------------------------------------------------------------


def words_of(drawing):
    return {artist.get_text() for artist in _texts(drawing.figure)}


def test_a_picture_rounds_as_the_text_and_the_table_do(published):
    spec = next(spec for spec in published.charts if spec["id"] == "plie-financement")
    drawing = charts.draw_chart(published, spec)
    assert "450\u202f926\u202f€" in words_of(drawing)
    assert "450\u202f926\u202f€" in {strip_marks(cell) for cell in drawing.table["Valeur"]}
    assert 450_926 in set(drawing.data["value"])


def test_several_second_numbers_stand_in_columns(edition):
    detail = ["part-depenses-eau", "part-depenses-air"]
    items = ["depenses-air", {"indicator": "depenses-eau", "detail": detail}]
    spec = make_spec("classement", items=items)
    assert charts.check_specs([spec], edition) == []
    drawing = charts.draw_chart(edition, spec)
    edges = [
        artist.get_position()[0]
        for artist in _texts(drawing.figure)
        if artist.get_text().endswith("%")
    ]
    assert len(edges) == 2
    assert edges[0] < edges[1]
    wrong = make_spec("classement", items=[{"indicator": "femmes", "detail": ["inconnu"]}])
    assert any("inconnu" in problem for problem in charts.check_specs([wrong], edition))


def test_what_is_left_of_a_whole_is_a_number_or_hatched(edition):
    unnamed = charts.draw_chart(edition, make_spec("composition"))
    assert "Hachures" in " ".join(unnamed.notes)
    assert any(patch.get_hatch() for patch in unnamed.figure.axes[0].patches)
    spec = make_spec("composition", items=["plantation-etat"], rest="plantation-reste",
                     whole="plantation-cout")  # fmt: skip
    fills = [patch.get_hatch() for patch in charts.draw_chart(edition, spec).figure.axes[0].patches]
    assert fills[:2] == [None, None], "the rest is a known amount"


def test_what_stands_out_is_said_beside_its_colour(edition):
    items = [{"indicator": "depenses-air", "emphasis": True}, "depenses-eau"]
    spec = make_spec("classement", items=items, subtotal="depenses-non-detaillees")
    assert "depenses-non-detaillees" in find_references(spec)
    drawing = charts.draw_chart(edition, spec)
    assert sum("Dépenses non détaillées" in words for words in words_of(drawing)) >= 1
    swatch, *bars = drawing.figure.axes[0].patches
    fills = [to_hex(bar.get_facecolor()) for bar in bars]
    assert fills.count(to_hex(swatch.get_facecolor())) == 1, "the one that stands out"
    assert len(set(fills)) == 3, "the other is paler, the remainder grey"


# --- below zero, beyond the whole ----------------------------------------------------------------


def alter(edition, **numbers):
    """The edition with other values: ``agents=-20``, and the one before as ``agents__1=5``."""
    values = edition.values.copy()
    for name, number in numbers.items():
        indicator, _, rank = name.replace("_", "-").partition("--")
        rows = (values["indicator"] == indicator) & (values["rank"] == int(rank or 0))
        assert rows.any(), name
        values.loc[rows, "value"] = number
    return dataclasses.replace(edition, values=values)


NEGATIVE = {
    "classement": [
        {"depenses_eau": -3e6},
        {"depenses_eau": -3e6, "depenses_air": -1e6, "depenses_non_detaillees": -2e6},
    ],
    "periodes": [{"agents": -20, "visiteurs_accueil": -300}, {"agents": 30, "agents__1": -10}],
}


@pytest.mark.parametrize(
    ("kind", "numbers"), [(kind, numbers) for kind, each in NEGATIVE.items() for numbers in each]
)
def test_negative_values_stand_on_their_side_of_zero(edition, kind, numbers):
    drawing = charts.draw_chart(alter(edition, **numbers), make_spec(kind))
    below = [drawn for drawn in drawing.lengths if drawn.value < 0]
    assert below
    by_scale = defaultdict(set)
    for drawn in drawing.lengths:
        by_scale[drawn.scale].add(round(drawn.length / drawn.value, 9))
    assert all(len(ratios) == 1 and min(ratios) > 0 for ratios in by_scale.values())
    assert find_overlaps(drawing.figure) == []
    assert find_overlaps(drawing.narrow) == []
    bars = [p for p in drawing.figure.axes[0].patches if isinstance(p, Rectangle)]
    ends = {round(p.get_x(), 6) for p in bars}
    assert len(ends) == 1, "all bars begin at one line"
    assert sorted(p.get_width() for p in bars)[0] < 0


def test_a_lone_pair_below_zero_is_two_bars(edition):
    spec = make_spec("periodes", items=["agents"])
    drawing = charts.draw_chart(alter(edition, agents=-30), spec)
    before, after = (p.get_width() for p in drawing.figure.axes[0].patches)
    assert before > 0 > after
    assert before / after == pytest.approx(150 / -30)


@pytest.mark.parametrize(
    ("kind", "numbers", "said"),
    [
        ("composition", {"femmes": -3}, "« Femmes parmi les agents » (− 3 agents) est négatif"),
        ("composition", {"femmes": 500}, "(500 agents) dépasse l’ensemble"),
        ("part-du-tout", {"femmes": -3}, "est négatif"),
        ("part-du-tout", {"femmes": 500}, "« Agents » (160 agents)"),
        ("composition", {"femmes": 0}, "toutes sont nulles"),
    ],
)
def test_an_impossible_part_is_refused(edition, kind, numbers, said):
    with pytest.raises(charts.UndrawableChart) as refused:
        charts.draw_chart(alter(edition, **numbers), make_spec(kind))
    words = re.sub(r"\s", " ", str(refused.value))
    assert words.startswith("Graphique « essai » : ")
    assert said in words


def test_more_than_all_there_are_is_refused(published):
    """91 of 90; a minimum may well be exceeded."""
    spec = next(spec for spec in published.charts if spec["id"] == "marches-clauses")
    altered = alter(published, marches_avec_clauses__1=91)
    spec = align_years(altered, spec)
    with pytest.raises(charts.UndrawableChart, match="dépasse l’ensemble"):
        charts.draw_chart(altered, spec)
    spec = next(spec for spec in published.charts if spec["id"] == "obligation-handicap")
    assert charts.draw_chart(alter(published, agents_handicapes=50), spec).lengths


def test_a_ranking_whose_item_exceeds_its_total_is_refused(edition):
    with pytest.raises(charts.UndrawableChart, match="dépasse l’ensemble"):
        charts.draw_chart(alter(edition, depenses_eau=4e6), make_spec("classement"))


def test_rounded_parts_may_miss_their_whole_by_a_hair(edition):
    assert charts.draw_chart(alter(edition, femmes=160.5), make_spec("part-du-tout")).lengths


def drop(dossier, file, start):
    path = dossier.raw / file
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(start)]
    assert len(kept) < len(lines)
    path.write_text("".join(kept), "utf-8")


PARTS = {
    "id": "essai", "chapter": "suivi", "kind": "composition",
    "finding": [{"when": "{femmes} < {agents}", "say": "{{femmes}} sur {{agents|nombre}}"},
                {"say": "Femmes"}],
    "unit": "Agents, [periode]",
    "items": [{"indicator": "femmes", "detail": "part-femmes"}], "whole": "agents",
}  # fmt: skip


def test_parts_are_drawn_on_a_whole_of_their_year(edition, dossier_copy):
    """160 agents in 2030, of whom the women are known in 2029: 75 of 150."""
    assert align_years(edition, PARTS) is PARTS
    drop(dossier_copy, "2030/observations.csv", "femmes,")
    edition = load_edition(dossier_copy, 2030)
    spec = align_years(edition, PARTS)
    assert find_references(spec) == ["femmes:N-1", "agents:N-1"]
    assert spec["items"][0]["detail"] == "part-femmes:N-1"
    drawing = charts.draw_chart(edition, spec)
    assert list(drawing.data["value"]) == [75, 50, 150]
    assert drawing.title.replace("\u00a0", " ") == "75 agents sur 150 (2029)"
    assert drawing.unit_line == "Agents, fin 2029"
    with pytest.raises(charts.UndrawableChart, match="pas de la même année"):
        charts.draw_chart(edition, PARTS)
    drop(dossier_copy, "2029/observations.csv", "agents,")
    edition = load_edition(dossier_copy, 2030)
    assert align_years(edition, PARTS) is PARTS, "no year in common"
    with pytest.raises(charts.UndrawableChart, match="pas de la même année"):
        charts.draw_chart(edition, PARTS)


def test_the_first_line_names_another_year_than_the_edition_s(edition):
    """Spending of 2029; of 2030, the edition's, it goes without saying."""
    spec = make_spec("classement", items=["depenses-air", "depenses-eau"], unit="Montants")
    del spec["remainder"], spec["total"]
    assert charts.draw_chart(edition, spec).unit_line == "Montants, en 2029"
    spec["items"] = ["agents", "femmes"]
    assert charts.draw_chart(edition, spec).unit_line == "Montants"


def test_the_page_says_why_a_chart_is_not_drawn(edition):
    from analysis.show.pages import display

    altered = alter(edition, femmes=500)
    (refused,) = charts.draw_all(altered, [make_spec("part-du-tout")]).values()
    said = display.place(refused)
    assert "Graphique non dessiné" in said
    assert "dépasse l’ensemble" in strip_marks(said)
    assert [reference for _, reference in find_marks(said)] == ["femmes", "agents"]
    (drawn,) = charts.draw_all(altered, [make_spec("periodes")]).values()
    assert display.place(drawn) is drawn, "others are drawn"


# --- ways to targets -----------------------------------------------------------------------------

DUE = "2034-12-31"


def aim(edition, indicator, value, qualifier="exact", day=DUE, baseline=None, direction=""):
    """The edition with one target, and the progress towards it."""
    goal = pd.DataFrame(
        {"indicator": [indicator], "entry": "", "kind": "", "value_of": "", "counted": "",
         "duration_years": pd.array([None], dtype="float64"), "value": [float(value)],
         "qualifier": [qualifier], "date": pd.to_datetime([day]),
         "baseline": pd.array([baseline], dtype="float64"),
         "baseline_date": pd.to_datetime(["2025-12-31" if baseline else None]),
         "source": "", "locator": "", "note": "", "file": "2030/targets.csv", "line": [2]},
    )  # fmt: skip
    indicators = edition.indicators.copy()
    if direction:
        indicators.loc[indicators["id"] == indicator, "direction"] = direction
    edition = dataclasses.replace(edition, targets=goal, indicators=indicators)
    progress = compute_all_progress(goal, edition.catalogue, edition.ledger, {})
    return dataclasses.replace(edition, progress=progress)


@pytest.mark.parametrize(
    ("goal", "numbers", "outlook", "said"),
    [
        # 160 agents; 150 the year before; four years to go: 10 a year make 200.
        ({"value": 260, "qualifier": "au moins"}, {}, 200,
         "Rythme insuffisant, il manque 100 agents ; rythme observé : 10 agents par an ; "
         "rythme nécessaire : 25 agents par an"),
        ({"value": 170, "qualifier": "au moins"}, {}, 200, "il manque 10 agents"),
        ({"value": 140, "qualifier": "au plus", "day": None}, {}, None,
         "Dépassé, 20 agents de trop"),
        ({"value": 140, "qualifier": "au plus", "baseline": 200}, {}, 128,
         "En bonne voie, 20 agents de trop"),
        ({"value": 140, "qualifier": "au plus"}, {"agents": 120}, None,
         "Respecté, 20 agents de moins"),
        ({"value": 200, "qualifier": "au moins"}, {"agents": 120}, 0,
         "S’éloigne de l’objectif, il manque 80 agents"),
        ({"value": 0, "qualifier": "au moins"}, {"agents": -20, "agents__1": -40}, 60,
         "En bonne voie, il manque 20 agents"),
        ({"value": 0, "qualifier": "au plus"}, {}, 200, "160 agents de trop"),
        ({"value": 150, "direction": "neutre"}, {}, 200, "10 agents de plus que visé"),
    ],
)  # fmt: skip
def test_a_dot_its_target_and_where_the_pace_leads(edition, goal, numbers, outlook, said):
    edition = aim(alter(edition, **numbers), "agents", **goal)
    drawing = charts.draw_chart(edition, make_spec("objectif", indicator="agents"))
    words = re.sub(r"\s", " ", drawing.alt)
    assert re.sub(r"\s", " ", french.typeset(said)) in words
    found = drawing.data[drawing.data["modifier"] == "perspective"]["value"]
    assert list(found) == pytest.approx([] if outlook is None else [outlook])
    assert ("au rythme actuel" in words_of(drawing)) == (outlook is not None)
    for figure in (drawing.figure, drawing.narrow):
        assert find_overlaps(figure) == []
    for drawn in drawing.lengths:
        assert (drawn.length < 0) == (drawn.value < 0)


def test_a_key_figure_says_what_became_of_its_target(edition):
    def tell(**numbers):
        altered = aim(alter(edition, **numbers), "agents", 140, "au plus")
        rows = altered.rows("values", indicator="agents", rank=0)
        words = keyfigures.describe_target(altered, next(rows.itertuples()))
        return re.sub(r"\s", " ", strip_marks(words))

    assert tell() == "[objectif : au plus 140 agents fin 2034, s’éloigne de l’objectif]{.cible}"
    assert (
        tell(agents=130) == "[objectif : au plus 140 agents fin 2034, 10 agents de moins]{.cible}"
    )
    assert tell(agents=140) == "[objectif : au plus 140 agents fin 2034, respecté]{.cible}"


def test_of_several_targets_the_one_drawn_is_the_one_said(edition):
    two = [aim(edition, "agents", value, "au plus", day).targets
           for value, day in ((155, "2028-12-31"), (140, DUE))]  # fmt: skip
    goals = pd.concat(two, ignore_index=True)
    progress = compute_all_progress(goals, edition.catalogue, edition.ledger, {})
    edition = dataclasses.replace(edition, targets=goals, progress=progress)
    drawing = charts.draw_chart(edition, make_spec("objectif", indicator="agents"))
    assert "20\u00a0agents de trop" in drawing.alt
    text = strip_marks(tables.tabulate_progress(edition, edition.progress)).replace("\u00a0", " ")
    assert "| objectif : au plus 155 agents fin 2028 | 160 agents |" in text
    assert "échéance passée, non atteint, 5 agents de trop" in text
    assert "20 agents de trop" in text
    remarks = " ".join(read_trail(edition, "agents:cible").remarks).replace("\u00a0", " ")
    assert "Constat : s’éloigne de l’objectif, 20 agents de trop." in remarks
    assert "Autre objectif : au plus 155 agents fin 2028" in remarks


# --- specifications ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "changes"),
    [
        ("forme inconnue", {"kind": "camembert"}),
        ("champ « finding » manquant", {"finding": None}),
        ("champ inconnu « couleur »", {"couleur": "rouge"}),
        ("chapitre inconnu", {"chapter": "feu"}),
        ("est du chapitre", {"action": "zones-humides"}),
        ("indicateur inconnu", {"whole": "agent"}),
        ("chiffre écrit à la main", {"finding": "Il y a 84 femmes"}),
        ("identifiant attendu", {"id": "Mon Graphique"}),
    ],
)
def test_faults_of_a_specification_are_named(edition, fault, changes):
    spec = {k: v for k, v in make_spec("composition", **changes).items() if v is not None}
    problems = charts.check_specs([spec], edition)
    assert any(fault in problem for problem in problems), problems


def test_years_dates_and_references_are_no_typed_figures(edition):
    finding = "{{femmes}} depuis le 1er janvier 2029, plan 2029-2030"
    assert charts.check_specs([make_spec("composition", finding=finding)], edition) == []


def test_the_same_id_twice_is_named(edition):
    problems = charts.check_specs([make_spec("periodes"), make_spec("composition")], edition)
    assert any("déjà employé" in problem for problem in problems)


def test_a_condition_on_a_value_of_elsewhere_is_refused(edition):
    finding = [{"when": "{femmes@pays-exemple} > 0", "say": "Oui"}, {"say": "Non"}]
    (problem,) = charts.check_specs([make_spec("periodes", finding=finding)], edition)
    assert "aucune valeur de cet indicateur pour le territoire « pays-exemple »" in problem


def keep_apart(edition, first, second):
    pair = pd.DataFrame(
        {"id": ["a"], "first": [first], "second": [second], "reason": ["R."], "locator": ["l. 1"]}
    )
    return dataclasses.replace(edition, not_comparable=pair)


@pytest.mark.parametrize(
    ("kind", "pair"),
    [
        ("classement", ("depenses-eau", "depenses-air")),
        ("part-du-tout", ("femmes", "agents")),
    ],
)
def test_values_not_to_be_compared_share_no_scale(edition, kind, pair):
    """The chart is refused, once, and drawn without such a pair."""
    assert charts.check_specs([make_spec(kind)], edition) == []
    (problem,) = charts.check_specs([make_spec(kind)], keep_apart(edition, *pair))
    assert "deux valeurs à ne pas comparer sur une même échelle" in problem


@pytest.mark.parametrize(
    ("kind", "pair"),
    [
        ("periodes", ("visiteurs-accueil", "agents")),  # a scale for each unit
        ("classement", ("depenses-eau", "femmes")),  # only one of them is drawn
    ],
)
def test_values_not_to_be_compared_may_stand_in_one_chart(edition, kind, pair):
    assert charts.check_specs([make_spec(kind)], keep_apart(edition, *pair)) == []


def test_periods_share_a_scale_within_a_unit(edition):
    spec = make_spec("periodes", items=["agents", "femmes"])
    assert charts.check_specs([spec], edition) == []
    (problem,) = charts.check_specs([spec], keep_apart(edition, "femmes", "agents"))
    assert "« agents » et « femmes »" in problem


def test_charts_of_an_action_and_of_the_chapter(edition):
    actions = {spec["id"]: spec["action"] for spec in charts.list_specs(edition, "air")}
    assert {"arbres": "plantations", "visiteurs": ""}.items() <= actions.items()
    drawings = charts.draw_all(edition, charts.list_specs(edition, "air"))
    assert {id: drawing.action for id, drawing in drawings.items()} == actions


def test_a_chart_whose_data_stop_is_left_out(edition):
    spec = make_spec("periodes", items=["arbres-plantes"])
    later = dataclasses.replace(edition, charts=[spec])
    assert charts.list_specs(later, "air") == []


def test_references_of_a_specification():
    assert "agents:precedent" in find_references(make_spec("periodes"))
    assert "arbres-plantes:cible" in find_references(make_spec("objectif"))


# --- sources and words ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locators", "said"),
    [
        (["l. 715", "l. 717"], "l.\u00a0715, 717"),
        (["l. 715-717", "l. 718", "l. 725"], "l.\u00a0715-718, 725"),
        (["l. 12 ; l. 9"], "l.\u00a09, 12"),
        (["p. 4", ""], "p. 4"),
    ],
)
def test_locators_are_merged(locators, said):
    assert merge_locators(locators) == said


def test_source_line_names_calculations(edition):
    line = name_sources(edition, ["plantation-taux-aide"])
    assert "calculs à partir de" in line
    assert "l.\u00a011" in line


def test_source_line_names_a_document_once(edition):
    line = name_sources(edition, ["agents-handicapes", "obligation-emploi"])
    assert line.count("Rapport") == 1
    assert "calculs à partir du même document" in line
    same = name_sources(edition, ["plantation-etat", "plantation-cout", "plantation-taux-aide"])
    assert same.endswith("calculs à partir des mêmes passages.")


def test_fact_says_its_period_and_unit(edition):
    (row,) = select_item(edition, ITEMS, "visiteurs-accueil")
    fact = tell_row(edition, COLUMNS | row)
    assert fact.is_partial
    assert fact.quantity.endswith("visiteurs")
    assert fact.period == "janvier à octobre 2030"


def test_wrapping_keeps_numbers_with_their_unit():
    lines = wrap("environ 60\u202f000\u00a0arbres plantés", 0.9, 9)
    assert "60\u202f000\u00a0arbres" in lines
    assert wrap_evenly("un deux trois quatre", 100, 9) == ["un deux trois quatre"]
    assert measure("mm", 9) > measure("ii", 9)


def test_blocks_keep_their_distance_and_stay_inside():
    sizes = [0.5, 0.3, 0.5, 0.4]
    starts = place_apart([0.75, 0.95, 0.95, 4.8], sizes, 0.07, 0.0, 6.0)
    ends = [start + size for start, size in zip(starts, sizes, strict=True)]
    assert all(start >= end + 0.06 for end, start in zip(ends, starts[1:], strict=False))
    assert starts[0] == pytest.approx(0.75)
    assert starts[-1] == pytest.approx(4.8), "what has room stays where it is wanted"
    pushed = place_apart([1.0, 1.8], [0.5, 0.5], 0.1, 0.0, 2.0)
    assert pushed == pytest.approx([0.9, 1.5])


def test_overlaps_are_found():
    canvas = Canvas()
    canvas.write(0.1, 0.2, "dessus")
    canvas.write(0.1, 0.22, "dessous")
    canvas.write(6.2, 0.7, "dehors")
    problems = find_overlaps(canvas.finish(1.0))
    assert len(problems) == 2


# --- the published charts ------------------------------------------------------------------------


def test_published_specifications_hold(published):
    assert charts.check_specs(published.charts, published) == []
    assert all(is_drawable(published, spec) for spec in published.charts)


@pytest.mark.slow
def test_published_charts_are_sound(published):
    for spec in published.charts:
        drawing = charts.draw_chart(published, align_years(published, spec))
        for figure in filter(None, (drawing.figure, drawing.narrow)):
            assert find_overlaps(figure) == [], spec["id"]
            for ground in ("light", "dark"):
                assert list(find_faint_words(figure, ground)) == [], spec["id"]
        cells = [cell for row in drawing.table.itertuples(index=False) for cell in row]
        assert sum(bool(re.search(r"\d", cell)) for cell in cells) >= 2, spec["id"]
        assert french.MISSING not in drawing.title, spec["id"]
        assert drawing.source_line.startswith("Source"), spec["id"]
        lengths = [drawn.length for drawn in drawing.lengths]
        assert all(0 <= length <= theme.WIDTH for length in lengths), spec["id"]
