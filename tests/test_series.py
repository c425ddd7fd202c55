"""Series of three comparable periods or more: which there are, and how they are drawn."""

import dataclasses

import pytest
from overlaps import find_overlaps

from analysis.base.paths import Dossier
from analysis.compute.indicators import load_edition
from analysis.show import charts
from analysis.show.charts.series import compose_specs, find_series
from analysis.show.charts.sparklines import draw_sparkline
from analysis.show.charts.specs import is_drawable
from analysis.words.hidden_markup import find_marks
from analysis.words.lineage import read_trail

HEADER = (
    "indicator,territory,period_start,period_end,value,unit,qualifier,status,source,locator,note"
)


@pytest.fixture(scope="module")
def gappy(tmp_path_factory, later_dossier):
    """The made-up edition 2031 with older values: a year that misses, one that does not compare."""
    import shutil

    root = tmp_path_factory.mktemp("lacunes") / "invente"
    shutil.copytree(later_dossier.root, root)
    path = root / "raw/2031/observations.csv"
    end = "exact,définitif,rapport-suite,l. 70,\n"
    path.write_text(
        path.read_text("utf-8")
        + f"visiteurs-accueil,val-exemple,2028-01-01,2028-12-31,5500,visiteur,{end}"
        + f"agents,val-exemple,,2027-12-31,140,agent,{end}",
        "utf-8",
    )
    return load_edition(Dossier(root), 2031)


def compose_all(edition):
    """The series of every chapter."""
    return [spec for chapter in edition.chapters["id"] for spec in compose_specs(edition, chapter)]


def test_three_comparable_periods_make_a_series(later_edition):
    assert [spec["id"] for spec in compose_all(later_edition)] == [
        *("serie-logements-renoves", "serie-agents", "serie-femmes", "serie-part-femmes"),
    ]
    assert find_series(later_edition, "logements-renoves") == [
        *("logements-renoves:N-2", "logements-renoves:precedent", "logements-renoves"),
    ]
    assert find_series(later_edition, "visiteurs-accueil") == [], "ten months are no year"


def test_two_periods_make_none(edition):
    assert compose_all(edition) == []


def test_the_published_edition_has_none(published):
    assert compose_all(published) == []


def test_it_stands_under_its_action_unless_a_chart_shows_it(later_edition):
    def ids(edition):
        specs = charts.list_specs(edition, "air")
        return [spec["id"] for spec in specs if spec["action"] == "renovation"]

    assert ids(later_edition)[-1] == "serie-logements-renoves"
    shown = {
        "id": "a-la-main",
        "chapter": "air",
        "action": "renovation",
        "kind": "evolution",
        "finding": "Les rénovations augmentent",
        "indicator": "logements-renoves",
    }
    own = dataclasses.replace(later_edition, charts=[*later_edition.charts, shown])
    assert charts.check_specs([shown], own) == []
    assert "serie-logements-renoves" not in ids(own)
    assert "a-la-main" in ids(own)


def draw(edition, indicator):
    spec = next(s for s in compose_all(edition) if s["indicator"] == indicator)
    return charts.draw_chart(edition, spec)


def test_the_title_says_what_is_seen(later_edition):
    drawing = draw(later_edition, "logements-renoves")
    assert drawing.title.replace("\u00a0", " ") == (
        "Logements rénovés : 82 logements rénovés en 2029, 120 logements rénovés en 2031"
    )
    references = [reference for _, reference in find_marks(drawing.caption)]
    assert references == ["logements-renoves:N-2", "logements-renoves"]
    for reference in references:
        assert read_trail(later_edition, reference).sources


@pytest.mark.parametrize("indicator", ["logements-renoves", "agents", "part-femmes"])
def test_lengths_are_values_from_zero(later_edition, indicator):
    drawing = draw(later_edition, indicator)
    assert len(drawing.lengths) == 3
    scales = {round(drawn.length / drawn.value, 9) for drawn in drawing.lengths}
    assert len(scales) == 1
    assert find_overlaps(drawing.figure) == []
    assert list(drawing.data["value"]) == [drawn.value for drawn in drawing.lengths]
    assert "à partir de zéro" in drawing.alt


def test_a_year_that_misses_is_said_and_not_bridged(gappy):
    agents, visitors = draw(gappy, "agents"), draw(gappy, "visiteurs-accueil")
    assert dict(zip(agents.table["Période"], agents.table["Valeur"], strict=True))["2028"] == (
        "non disponible"
    )
    assert "2030 : non comparable" in visitors.alt.replace("\u00a0", " ")
    assert len(agents.lengths) == 4
    assert len(visitors.lengths) == 3
    drawn = [line for line in agents.figure.axes[0].lines if line.get_linewidth() == 1.8]
    assert len(drawn) == 2, "from 2029 to 2030 and to 2031, nothing from 2027 to 2029"
    assert find_overlaps(agents.figure) == [] == find_overlaps(visitors.figure)


def test_a_share_of_an_earlier_year_leads_to_its_terms(later_edition):
    trail = read_trail(later_edition, "part-femmes:N-2")
    assert [term.reference for term in trail.terms] == ["femmes:N-2", "agents:N-2"]


def test_an_estimate_stands_a_year_before_the_first_value(published):
    """883 in 2016, 8.3 % more than the year before: 815."""
    spec = next(spec for spec in published.charts if spec["kind"] == "evolution")
    drawing = charts.draw_chart(published, spec)
    assert list(drawing.data["value"]) == [815, 883, 844]
    assert [day.year for day in drawing.data["period_end"]] == [2015, 2016, 2017]
    assert "2015 : estimation" in " ".join(drawing.notes).replace("\u00a0", " ")
    assert "environ 815" in drawing.alt
    dashed = [line for line in drawing.figure.axes[0].lines if line.is_dashed()]
    assert len(dashed) == 1, "led to by dashes"
    assert find_overlaps(drawing.figure) == [] == find_overlaps(drawing.narrow)
    alone = {key: value for key, value in spec.items() if key != "estimate"}
    assert not is_drawable(published, alone), "two values are no series"


def test_a_sparkline_says_what_it_shows(published, later_edition, edition):
    line = draw_sparkline(published, "personnes-sensibilisees-eie")
    said = "Tracé : environ 815 (2015, estimation), 883 (2016), 844 (2017)"
    assert line.alt.replace("\u00a0", " ") == said
    assert line.has_estimate
    three = draw_sparkline(later_edition, "logements-renoves")
    assert len(three.alt.split(", ")) == 3
    assert not three.has_estimate
    assert draw_sparkline(edition, "arbres-plantes") is None, "one value has no shape"
    assert draw_sparkline(published, "imprimantes") is None, "nor has one without a date"
