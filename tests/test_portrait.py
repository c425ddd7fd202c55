"""The portrait: context indicators of the dossier's own tables, classes of its maps, words of its
standing; and the portrait of a territory of which there is no dossier."""

import re
from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from notebook_texts import read_notebook

from analysis.base.paths import DOSSIER_VARIABLE
from analysis.compute.context_indicators import add_to_catalogue, compute_counts, list_entries
from analysis.compute.edition_standing import compute_standing
from analysis.compute.national import UnknownTerritory
from analysis.compute.portrait import compute_by_commune, open_portrait
from analysis.publish.book_texts import compose_duty
from analysis.publish.page_checks import find_untraced, list_names
from analysis.show.maps.choropleth import say_growth
from analysis.show.maps.commune_classes import GROWTH, CommuneClasses, choose_bounds, list_classes
from analysis.show.maps.outlines import thin_rings
from analysis.show.pages import portrait_page
from analysis.words.hidden_markup import strip_marks, write_spans
from analysis.words.standing_words import (
    describe_rank,
    find_quarter,
    list_quarters,
    quote_numbers,
    summarise_quarters,
)

#: Two members, and a commune that joins later; 12.5 km² in all.
COMMUNES = pd.DataFrame(
    {
        "insee": ["99001", "99002", "99003"],
        "name": ["Aubépine", "Bruyère", "Charme"],
        "member_from": pd.to_datetime([None, None, "2031-01-01"]),
        "member_to": pd.to_datetime([None, None, None]),
        "area_km2": [10.0, 2.5, 4.0],
    }
)
PEOPLE = {(2022, "99001"): 1000, (2022, "99002"): 250, (2027, "99001"): 1100, (2027, "99002"): 275}
COUNTED = {"population": 400.0, "pop_0_19": 100.0, "pop_65_plus": 80.0, "dwellings": 250.0,
           "main_residences": 160.0, "secondary_residences": 65.0, "vacant_dwellings": 25.0,
           "flats": 50.0}  # fmt: skip


def make_tables(people=PEOPLE, census_of=("99001", "99002"), vintage=2026):
    population = [
        {"insee": code, "vintage": year, "municipal": number}
        for (year, code), number in people.items()
    ]
    census = [{"insee": code, "vintage": vintage, **COUNTED} for code in census_of]
    columns = ["insee", "vintage", *COUNTED]
    return {
        "communes": COMMUNES,
        "population": pd.DataFrame(population, columns=["insee", "vintage", "municipal"]),
        "census": pd.DataFrame(census, columns=columns),
    }


class TestCounts:
    def test_they_add_up_the_members_of_the_first_of_january(self):
        counts = compute_counts(make_tables(), 2030)
        assert {name: count.value for name, count in counts.items()} == {
            "municipal": 1375.0,  # 1 100 + 275, vintage 2027, in force in 2030
            # 1 375 for 1 250 five years before: 1.1 to the fifth root is 1.01924, + 1.924 % a year
            "earlier": pytest.approx(1.9244876),
            "area_km2": 12.5,
            **{name: 2 * number for name, number in COUNTED.items()},
        }
        assert counts["municipal"].locator == "population légale 2027, en vigueur depuis 2030"

    def test_nothing_is_later_than_the_edition(self):
        counts = compute_counts(make_tables(), 2025)
        assert set(counts) == {"municipal", "area_km2"}
        assert (counts["municipal"].value, counts["municipal"].period_end) == (
            1250.0,
            date(2025, 12, 31),
        )

    def test_the_year_s_own_vintage_serves_where_none_in_force_is_known(self):
        counts = compute_counts(make_tables(), 2022)
        assert counts["municipal"].locator == "millésime 2022"
        assert counts["municipal"].period_end == date(2022, 1, 1)

    def test_growth_needs_three_to_five_years(self):
        near = {(2025, code): n for (year, code), n in PEOPLE.items() if year == 2022}
        far = {(2021, code): n for (year, code), n in PEOPLE.items() if year == 2022}
        now = {key: n for key, n in PEOPLE.items() if key[0] == 2027}
        assert "earlier" not in compute_counts(make_tables(near | now), 2030)
        assert "earlier" not in compute_counts(make_tables(far | now), 2030)

    def test_of_one_commune_unknown_the_sum_is_unknown(self):
        counts = compute_counts(make_tables(census_of=["99001"]), 2030)
        assert counts["dwellings"].value is None
        assert counts["dwellings"].cells["99001"] == 250

    def test_a_formula_stands_for_each_indicator_whose_terms_are_known(self):
        entries = {e["id"]: e for e in list_entries(compute_counts(make_tables(), 2030))}
        assert entries["part-logements-vacants"]["formula"] == (
            "100 * {logements-vacants} / {logements-recensement}"
        )
        assert entries["densite"]["formula"] == "{population-en-vigueur} / {superficie}"
        bare = list_entries(compute_counts(make_tables(census_of=[]), 2030))
        assert [entry["id"] for entry in bare] == [
            "population-en-vigueur", "evolution-population", "densite", "superficie",
        ]  # fmt: skip


def test_a_dossier_s_own_indicator_stays_its_own(edition):
    tables = {
        name: getattr(edition, name) for name in ("communes", "population", "census", "units")
    }
    own = edition.indicators.assign(title="à nous")
    catalogue, units = add_to_catalogue({**tables, "indicators": own}, edition.year)
    assert set(catalogue["title"]) == {"à nous"}
    assert units.equals(edition.units)


def test_indicators_are_values_of_the_edition(edition):
    """Invented: 1 000 + 500 + 250 inhabitants on 10.5 + 20 + 5.25 km²."""
    area = edition.value("superficie")
    assert (area.value, area.unit) == (35.75, "km2")
    people = edition.value("population-en-vigueur").value
    assert edition.value("densite").value == pytest.approx(people / 35.75)
    rows = edition.rows("values", chapter="portrait")
    assert set(rows["territory"]) == {edition.territory["id"]}
    assert "part-logements-vacants" not in set(rows["indicator"]), "no census"


def test_each_commune_has_its_own_ratio(edition):
    census = make_tables(census_of=["99001"], vintage=2029)["census"]
    rows = compute_by_commune(replace(edition, census=census))
    found = rows[rows["indicator"] == "part-logements-vacants"].set_index("insee")["value"]
    assert found["99001"] == 10.0  # 25 of 250
    assert found.drop("99001").isna().all()


class TestClasses:
    @pytest.mark.parametrize(
        ("numbers", "step", "bounds"),
        [
            # Twenty communes; fifths at 4.8, 8.6, 12.4 and 16.2, 3.8 apart: whole numbers.
            (range(1, 21), 1, [5, 9, 12, 16]),
            ([1.0, 1.0, 1.0, 1.0, 1.0, 1.0], 0.1, []),
            ([3.0, 4.0], 0.1, []),
        ],
    )
    def test_bounds_part_equal_numbers_and_are_round(self, numbers, step, bounds):
        assert choose_bounds(pd.Series([float(n) for n in numbers]), step) == bounds

    def test_no_class_is_empty(self):
        values = pd.Series([0.0] * 12 + [5.0, 6.0, 7.0])
        bounds = choose_bounds(values, 0.1)
        ranks = values.map(lambda value: sum(value >= bound for bound in bounds))
        assert set(ranks) == set(range(len(bounds) + 1))

    def test_shared_points_move_alike(self):
        shared = [(0.1012, 0.2), (0.1049, 0.2), (0.1062, 0.213)]
        one = [*shared, (0.2, 0.3), (0.1012, 0.2)]
        other = [*shared[::-1], (0.0, 0.3), (0.1062, 0.213)]
        assert thin_rings([one])[0][:2] == [(0.1, 0.2), (0.105, 0.2)]
        assert set(thin_rings([one])[0]) & set(thin_rings([other])[0]) == {
            (0.1, 0.2), (0.105, 0.2), (0.105, 0.215),
        }  # fmt: skip


ROW = {
    "compared_with": "comparables", "unit": "pourcent", "precision": 0.1, "value": 8.3, "rank": 3,
    "ranked": 9, "equals": 0, "others": 8, "first_quartile": 6.5,
    "median": 8.0, "third_quartile": 9.7, "title": "Part",
}  # fmt: skip


class TestWords:
    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({}, "3e sur 9"),
            ({"rank": 1}, "1er sur 9"),
            ({"rank": 0}, ""),
        ],
    )
    def test_ranks(self, changed, said):
        assert strip_marks(describe_rank(ROW | changed)).replace("\u00a0", " ") == said

    @pytest.mark.parametrize(
        ("value", "quarter"), [(8.3, 0), (9.7, 0), (9.74, 0), (9.8, 1), (6.5, 0), (6.4, -1)]
    )
    def test_a_quartile_belongs_to_neither_end(self, value, quarter):
        assert find_quarter(ROW | {"value": value}) == quarter

    def test_numbers_of_the_table(self):
        said = strip_marks(quote_numbers(ROW, "first_quartile", "third_quartile"))
        assert said.replace("\u202f", " ") == "6,5 % et 9,7 %"
        assert quote_numbers(ROW | {"median": None}, "median") == "—"

    def test_quarters_are_counted(self):
        high, low = ROW | {"value": 10.0}, ROW | {"value": 1.0}
        rows = [ROW, high, high, low, high | {"rank": 0}]
        assert strip_marks(summarise_quarters(rows)) == (
            "dans le quart le plus élevé pour 2 indicateurs sur 4 et dans le quart le plus bas"
            " pour 1"
        )
        assert list_quarters(rows) == {"élevé": ["Part", "Part"], "bas": ["Part"]}
        assert summarise_quarters([ROW]) == "entre les quartiles pour chaque indicateur"
        assert summarise_quarters([ROW | {"rank": 0}]) == ""


def test_a_territory_that_the_reference_does_not_know_stands_nowhere(edition):
    assert compute_standing(edition.territory, edition.year).empty
    text = read_notebook("portrait", edition)
    assert "La référence nationale ne connaît pas ce territoire" in text
    assert "# Portrait du territoire {#sec-portrait .unnumbered}" in text


class TestWithoutDossier:
    def test_no_dossier_is_read(self, monkeypatch, tmp_path):
        monkeypatch.setenv(DOSSIER_VARIABLE, str(tmp_path / "absent"))
        assert open_portrait(2025, "200060457").edition.territory["siren"] == "200060457"

    def test_what_is_unknown_is_said_not_shown(self):
        """Mayotte has no census in the reference."""
        portrait = open_portrait(2025, "200060457")
        values = portrait.edition.values
        assert "part-logements-vacants" not in set(values["indicator"])
        silent = portrait.edition.standing.query("indicator == 'part-logements-vacants'")
        assert silent["value"].isna().all()
        assert silent["reason"].str.len().gt(0).all()

    def test_members_add_up_to_what_is_published(self):
        both = open_portrait(2025, "249740077").compare_sum()
        assert both["Même périmètre"].all()
        assert len(both) == 1
        assert both["Somme des communes"].equals(both["Publié"])

    def test_nothing_is_later_than_the_year(self):
        portrait = open_portrait(2019, "200067106")
        assert portrait.edition.standing["vintage"].max() <= 2019
        assert portrait.edition.census.empty

    def test_an_unknown_number_is_refused_in_words(self):
        with pytest.raises(UnknownTerritory, match="Aucune intercommunalité"):
            open_portrait(2025, "123456789")


def say(blocks):
    text = "\n".join(strip_marks(b) if isinstance(b, str) else b.title for b in blocks)
    return text.replace("\u00a0", " ").replace("\u202f", " ")


class TestWhatIsSaid:
    def test_the_table_ranks_from_the_highest_and_not_by_construction(self):
        """Cap Excellence, against the national files: of the 189 whose vacancy is known, 5 have a
        higher one; it was said « 184e, du moins au plus »."""
        said = say(portrait_page.compose_standing(open_portrait(2025, "200018653")))
        lines = {line.split(" | ")[0][2:]: line for line in said.splitlines() if line[:1] == "|"}
        assert "| 6e sur 189 |" in lines["Part des logements vacants"]
        assert "| sans objet |" in lines["Population du territoire"]
        assert "du moins au plus" not in said
        assert "indicateurs sur 8" in said
        assert "Dans le quart le plus élevé des comparables : densité de population" in said
        assert "aucun indicateur" not in said

    @pytest.mark.parametrize(
        ("values", "said"),
        [
            ((9.8, 6.4), "Dans le quart le plus élevé des comparables : part 0 ; dans le quart le"
             " plus bas des comparables : part 1."),
            ((9.8, 7.0), "Dans le quart le plus élevé des comparables : part 0."),
            ((7.0, 6.4), "Dans le quart le plus bas des comparables : part 1."),
            ((7.0, 9.0), "Chaque indicateur est entre les quartiles des comparables."),
        ],
    )  # fmt: skip
    def test_what_stands_out_names_what_is_at_either_end_only(self, values, said):
        rows = [{**ROW, "value": value, "title": f"Part {n}"} for n, value in enumerate(values)]
        assert portrait_page.say_what_stands_out(rows) == said

    def test_peers_are_named_the_nearest_first_and_those_without_value_too(self):
        portrait = open_portrait(2025, "200018653")
        own = portrait.edition.value("population-en-vigueur").value
        gaps = (portrait.list_nearest()["municipal"] - own).abs()
        assert gaps.is_monotonic_increasing
        assert len(gaps) == 190
        said = say(portrait_page.compose_standing(portrait))
        paper = said.partition('{.content-hidden when-format="html"}')[2].partition(":::::")[0]
        assert paper.count(" ; ") == portrait_page.PEERS_ON_PAPER - 1
        assert "Petite-Terre" in said
        assert "dont 2 comparables" in said

    def test_another_year_s_perimeter_is_said_at_the_head(self):
        gaps = pd.DataFrame([{"id": portrait_page.GAPS[0], "title": "Périmètre",
                              "description": "le plus proche est celui de 2019."}])  # fmt: skip
        portrait = open_portrait(2025, "200018653")
        told = replace(portrait, edition=replace(portrait.edition, gaps=gaps))
        assert "celui de 2019" in say(portrait_page.compose_opening(told))
        assert "celui de 2019" not in say(portrait_page.compose_opening(portrait))

    def test_a_few_communes_have_a_table(self):
        said = say(portrait_page.compose_communes(open_portrait(2025, "200018653")))
        assert "Les Abymes | Baie-Mahault | Pointe-à-Pitre | Territoire" in said
        assert "5 713,5" in said

    def test_a_tiny_commune_is_named_for_no_value(self):
        """Méréaucourt, of six to nine inhabitants."""
        portrait = open_portrait(2025, "200071181")
        blocks = [*portrait_page.compose_communes(portrait)]
        (drawing,) = [b for b in blocks if not isinstance(b, str)]
        assert "de 15,1 hab./km²" in drawing.alt.replace("\u00a0", " ").replace("\u202f", " ")
        assert "Méréaucourt" not in drawing.alt
        assert "### Méréaucourt {#" in say(blocks)
        assert any("deux cents habitants" in note for note in drawing.notes)
        people = portrait.edition.inhabitants.set_index("insee")["municipal"]
        growth = list_classes(portrait.edition, portrait.communes)[0]
        assert growth.id == GROWTH
        assert people[growth.named.index].ge(200).all()
        assert people[growth.values.index].lt(200).any()

    @pytest.mark.parametrize(
        ("rates", "said"),
        [
            # As printed: − 0,24 is « − 0,2 % », at the bound, hence stable; − 0,26 is not.
            ([-0.24, -0.26, -3.0], "1 commune reste stable et 2 déclinent"),
            ([0.2, -1.0], "1 commune croît et 1 décline"),
            ([0.14, 0.0, 0.16, 5.0], "2 communes croissent et 2 restent stables"),
        ],
    )
    def test_moves_agree(self, rates, said):
        edition = open_portrait(2025, "200018653").edition
        values = pd.Series(rates)
        growth = CommuneClasses(GROWTH, "", "pourcent", 0.1, values, [-0.2, 0.2], values)
        assert strip_marks(say_growth(edition, [growth])) == f"de 2017 à 2022, {said}"
        assert say_growth(edition, []) == ""


@pytest.mark.parametrize("siren", ["200018653", "200071181", "243100518"])
def test_each_number_of_a_new_territory_s_portrait_leads_somewhere(siren):
    portrait = open_portrait(2025, siren)
    blocks = [
        *portrait_page.compose_opening(portrait),
        *portrait_page.compose_communes(portrait),
        *portrait_page.compose_standing(portrait),
    ]
    said = [b if isinstance(b, str) else f"{b.caption}\n\n{b.source_line}" for b in blocks]
    text = re.sub(r"\[[^\[\]]*\]\{\.trace[^}]*\}", " ", write_spans("\n\n".join(said)))
    text = re.sub(r"\\([^\w\s])", r"\1", text)  # as Markdown escapes letters
    text = re.sub(r"\{#[^{}]*\}", "", text)  # names of places are not shown
    page = "<main>" + "".join(f"<p>{line}</p>" for line in text.splitlines()) + "</main>"
    assert find_untraced(page, list_names(portrait.edition)) == []


class TestDuty:
    def test_a_small_territory_reports_of_its_own_will(self):
        """Somme Sud-Ouest: 38 709 in total population; Cap Excellence: about a hundred thousand."""
        small = compose_duty(open_portrait(2025, "200071181").edition)
        assert "Ce rapport est volontaire" in small
        assert "38\u202f709" in small
        assert not compose_duty(open_portrait(2025, "200018653").edition).strip()


class TestNotebook:
    @pytest.fixture
    def ranked(self, edition):
        """The made-up edition, standing where a real territory does."""
        territory = edition.territory | {"siren": "249740077"}
        return replace(edition, territory=territory, standing=compute_standing(territory, 2030))

    def test_it_says_where_the_territory_stands(self, ranked):
        text = strip_marks(read_notebook("portrait", ranked))
        assert "Comparables, d’après la règle retenue" in text
        assert "Sur les communes et les années de l’édition elle-même" in text

    @pytest.mark.parametrize(
        ("column", "wrong", "said"),
        [("rank", 2, "Rang faux"), ("median", -1000.0, "Médiane fausse")],
    )
    def test_a_wrong_standing_stops_it(self, ranked, column, wrong, said):
        standing = ranked.standing.copy()
        standing.loc[standing.index[0], column] = wrong
        with pytest.raises(AssertionError, match=said):
            read_notebook("portrait", replace(ranked, standing=standing))
