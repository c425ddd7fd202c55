"""The dashboard's table: every indicator once, what moved said with its arrow and its word."""

import re
from dataclasses import replace
from itertools import groupby

import pytest
from notebook_texts import read_notebook

from analysis.show import tables
from analysis.show.pages import dashboard_page
from analysis.show.tables.evolutions import describe_evolution, read_evolution
from analysis.show.tables.indicator_board import COLUMNS
from analysis.words.hidden_markup import find_marks, strip_marks

SPLIT = re.compile(r"(?<!\\)\|")


def read_rows(edition):
    """Cells of the table, without marks and attributes, by the words of their column."""
    text = strip_marks(tables.tabulate_dashboard(edition, tables.read_board(edition)))
    lines = [line for line in text.splitlines() if line.startswith("| ")]
    split = [[cell.strip() for cell in SPLIT.split(line)[1:-1]] for line in lines]
    assert tuple(split[0]) == COLUMNS
    assert {len(cells) for cells in split} == {len(COLUMNS)}
    return [dict(zip(COLUMNS, cells, strict=True)) for cells in split[1:]]


def plain(cell):
    return re.sub(r"\{[^}]*\}|[\[\]\\]", "", cell).replace("\u00a0", " ").replace("\u202f", " ")


def test_every_indicator_has_one_line(edition):
    rows = read_rows(edition)
    assert len(rows) == len(edition.indicators)
    titles = dict(zip(edition.indicators["id"], edition.indicators["title"], strict=True))
    shown = [plain(row["Indicateur"]) for row in rows]
    assert sorted(shown) == sorted(title.replace("'", "’") for title in titles.values())


def test_every_value_leads_to_its_trail(edition):
    text = tables.tabulate_dashboard(edition, tables.read_board(edition))
    marked = {reference for _, reference in find_marks(text) if ":" not in reference}
    assert marked == set(edition.indicators["id"])


def test_chapters_stand_together_in_the_order_of_the_book(edition):
    cells = [row["Chapitre"] for row in read_rows(edition)]
    found = [re.search(r'data-chapitre="([^"]+)"', cell)[1] for cell in cells]
    chapters = list(edition.chapters.sort_values("order")["id"])
    assert [chapter for chapter, _ in groupby(found)] == ["portrait", *chapters]


def find_row(edition, title):
    return next(row for row in read_rows(edition) if plain(row["Indicateur"]) == title)


@pytest.mark.parametrize(
    ("title", "said", "kind"),
    [
        ("Logements rénovés", "↗ + 25,0 % par rapport à 2029, favorable", "favorable"),
        ("Agents", "↗ + 6,7 % par rapport à fin 2029", "neutre"),
        ("Visiteurs accueillis", "non comparable : 12 mois contre 10 mois", "non-comparable"),
        # A rate has no growth in %: its change is said in points.
        ("Part des femmes", "↗ + 2,5 points par rapport à fin 2029", "neutre"),
    ],
)
def test_an_evolution_says_what_it_is_worth(edition, title, said, kind):
    cell = find_row(edition, title)["Évolution"]
    assert plain(cell) == said
    assert f"{{.evolution .{kind}" in cell


def test_where_nothing_came_before_a_dash_stands(edition):
    dashes = [row for row in read_rows(edition) if row["Évolution"] == "—"]
    before = edition.comparisons["indicator"].nunique()
    assert len(dashes) == len(edition.indicators) - before
    assert find_row(edition, "Arbres plantés")["Évolution"] == "—"


def test_lines_can_be_sorted_by_number_and_by_date(edition):
    row = find_row(edition, "Dépenses pour l’air")
    assert 'data-valeur="1200000"' in row["Valeur"]
    assert plain(row["Valeur"]).startswith("1,20 M€")
    assert re.search(r'data-valeur="20\d{6}"', row["Période"])


def test_a_missing_value_says_why_and_has_no_number(edition):
    row = find_row(edition, "Évolution des visiteurs")
    assert plain(row["Valeur"]).startswith("non disponible (")
    assert "data-valeur" not in row["Valeur"]


def test_a_fall_that_is_wanted_is_favourable(edition):
    values = edition.values.copy()
    wanted = edition.indicators.assign(direction="baisse")
    changed = replace(edition, indicators=wanted, values=values)
    row = next(
        row
        for row in tables.read_board(changed).itertuples()
        if row.indicator == "logements-renoves"
    )
    change = read_evolution(changed, row)
    assert (change.arrow, change.worth, change.kind) == ("↗", False, "defavorable")


def test_a_change_too_small_to_be_shown_is_none(edition):
    values = edition.values.copy()
    place = (values["indicator"] == "logements-renoves") & (values["rank"] == 0)
    values.loc[place, "value"] = 80.01
    row = next(values[place].itertuples())
    change = read_evolution(replace(edition, values=values), row)
    assert (change.arrow, strip_marks(change.quantity), change.worth) == ("→", "stable", None)


def test_an_evolution_from_or_to_a_bound_has_no_number(edition):
    """100 after 80: of more than 100 it is a rise, of less than 100 nobody knows."""
    said = {}
    for qualifier in ("plus de", "moins de"):
        values = edition.values.copy()
        place = (values["indicator"] == "logements-renoves") & (values["rank"] == 0)
        values.loc[place, "qualifier"] = qualifier
        row = next(values[place].itertuples())
        cell = describe_evolution(replace(edition, values=values), row, why=True)
        said[qualifier] = plain(strip_marks(cell))
    assert said == {
        "plus de": "↗ en hausse par rapport à 2029, favorable",
        "moins de": "évolution inconnue, l’une des valeurs est une borne",
    }


def test_a_value_before_without_date_is_not_judged(edition):
    """15 000 m² after nearly 12 000, nobody says when."""
    said = plain(find_row(edition, "Surface de zones humides")["Évolution"])
    assert said == "environ + 25,0 % par rapport à une date non précisée"


def test_the_introduction_counts_the_lines_by_kind(edition):
    counts = tables.count_kinds(tables.read_board(edition))
    assert counts["number"].sum() == len(read_rows(edition))
    for kind, number in counts.itertuples(index=False):
        assert number == sum(row["Nature"] == kind for row in read_rows(edition))
    words = strip_marks(dashboard_page.describe_kinds(edition, counts))
    assert words.startswith(f"{len(edition.indicators)}\u00a0indicateurs")


def test_an_edition_without_indicators_says_so(edition):
    empty = replace(edition, indicators=edition.indicators.iloc[:0], values=edition.values.iloc[:0])
    title, said, guide = read_notebook("dashboard", empty).split("\n\n")
    assert title.startswith("# ")
    assert said == "Cette édition ne compte aucun indicateur."
    assert guide.startswith("Chaque indicateur")


def test_what_only_another_territory_has_is_shown_with_its_name(edition):
    values = edition.values
    own = values["territory"] == edition.territory["id"]
    elsewhere = replace(
        edition, values=values[~(own & (values["indicator"] == "soutien-par-habitant"))]
    )
    title = edition.catalogue["soutien-par-habitant"]["title"]
    shown = [plain(row["Indicateur"]) for row in read_rows(elsewhere)]
    named = [words for words in shown if words.startswith(title)]
    assert len(named) == 1
    assert named[0].endswith(")"), "the other territory is named"
    assert len(set(shown)) == len(shown)
