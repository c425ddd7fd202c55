"""The map of the communes: members of the year, the right vintage, shapes in proportion."""

import math

import pytest
from matplotlib.patches import PathPatch

from analysis import charts, french, maps, theme
from analysis.charts.sheet import find_overlaps

SPEC = {
    "id": "carte",
    "chapter": "air",
    "kind": "carte",
    "finding": "[premiere] est la plus peuplée avec [premiere|nombre], sur [communes] communes",
    "labels": 3,
}


@pytest.fixture
def drawing(edition):
    return maps.draw_map(edition, SPEC)


def test_members_and_vintage_of_the_edition(edition):
    table, vintage = maps.read_population(edition, SPEC)
    assert vintage <= edition.year
    assert table["inhabitants"].is_monotonic_decreasing
    assert not table["insee"].duplicated().any()


def test_a_vintage_may_be_asked_for(edition):
    assert maps.read_population(edition, SPEC | {"vintage": 2029})[1] == 2029


def test_every_commune_is_drawn_and_said(edition, drawing):
    table, _ = maps.read_population(edition, SPEC)
    shapes = [patch for patch in drawing.figure.axes[0].patches if isinstance(patch, PathPatch)]
    assert len(shapes) == len(table)
    for row in table.itertuples():
        assert row.name in drawing.alt
        assert french.format_number(row.inhabitants) in drawing.alt


def test_words_do_not_overlap(drawing):
    assert find_overlaps(drawing.figure) == []


def test_title_is_filled(drawing):
    assert "[" not in drawing.title
    assert "habitants" in drawing.title


def test_unknown_population_is_said(edition):
    import dataclasses

    population = edition.population
    first = population["insee"].iloc[0]
    partial = dataclasses.replace(edition, population=population[population["insee"] != first])
    drawing = maps.draw_map(partial, SPEC)
    assert french.MISSING in set(drawing.table["Habitants"])
    assert french.MISSING in drawing.alt


def test_no_population_is_refused(edition):
    import dataclasses

    empty = dataclasses.replace(edition, population=edition.population.iloc[:1])
    with pytest.raises(charts.UndrawableChart):
        maps.draw_map(empty, SPEC)


def test_longitude_is_shortened_by_the_latitude():
    square = {"a": [[(3.0, 50.0), (4.0, 50.0), (4.0, 51.0), (3.0, 51.0), (3.0, 50.0)]]}
    project, height = maps._projection(square, 0.0)
    width = project(4.0, 50.0)[0] - project(3.0, 50.0)[0]
    assert width / height == pytest.approx(math.cos(math.radians(50.5)))
    assert project(3.0, 51.0)[1] == pytest.approx(0.0), "north is up"


def test_centre_of_a_square():
    assert maps._centre([(0, 0), (2, 0), (2, 2), (0, 2)]) == pytest.approx((1, 1))


def test_same_bytes_twice(edition, drawing, tmp_path):
    again = maps.draw_map(edition, SPEC)
    one = theme.save_figure(drawing.figure, tmp_path / "one.svg").read_bytes()
    assert theme.save_figure(again.figure, tmp_path / "two.svg").read_bytes() == one
