"""A chart draws the rows of its frame: what is changed there is drawn, written and handed out, what
is left out is gone."""

import re

import pandas as pd
import pytest
from matplotlib.text import Text
from test_charts import make_spec

from analysis.base.csvtext import format_csv
from analysis.show import charts
from analysis.show.charts.chart_rows import COLUMNS, ROLES
from analysis.show.charts.hotspot_list import list_hotspots
from analysis.show.pages.chart_tables import compose_rows
from analysis.words import french
from analysis.words.hidden_markup import strip_marks

#: Each kind with a number of its rows: the specification, the number's role and what it is of, the
#: number that takes its place, and whether the rest can be drawn without it.
CASES = {
    "classement": (make_spec("classement"), "items", "depenses-eau", 1_230_000, True),
    "part-du-tout": (make_spec("part-du-tout"), "items", "femmes", 37, True),
    "composition": (
        make_spec("composition", items=["femmes", "agents-handicapes"]),
        *("items", "agents-handicapes", 19, True),
    ),
    "periodes": (make_spec("periodes"), "items", "agents", 143, True),
    "objectif": (make_spec("objectif"), "target", "arbres-plantes:cible", 87_000, False),
}


@pytest.fixture(params=sorted(CASES))
def case(request, edition):
    spec, role, of, number, alone = CASES[request.param]
    rows = charts.select_rows(edition, [spec])
    chosen = (rows["role"] == role) & (rows["of"] == of)
    assert chosen.any(), rows[["role", "of", "value"]]
    return edition, spec, rows, chosen, number, alone


def read_words(figure):
    return " | ".join(artist.get_text() for artist in figure.findobj(Text))


def says(text, number):
    """Whether a text has the number as French writes it, in full or in millions."""
    step = 1 if float(number).is_integer() else 0.1
    forms = [french.format_number(number, step), french.format_euros(number, 10_000)]
    return any(re.search(rf"(?<![\d\u202f,]){re.escape(form)}(?![\d,])", text) for form in forms)


def test_every_kind_is_tried_here(edition):
    assert {*CASES, "evolution"} == set(charts.KINDS)


def test_a_number_changed_in_the_frame_is_drawn_written_and_handed_out(case):
    edition, spec, rows, chosen, number, _ = case
    before = charts.draw_chart(edition, spec, rows)
    changed = rows.assign(value=rows["value"].mask(chosen, number))
    drawing = charts.draw_chart(edition, spec, changed)
    for said in (before.alt, read_words(before.figure)):
        assert not says(said, number)
    assert number not in {drawn.value for drawn in before.lengths}
    assert says(read_words(drawing.figure), number)
    assert says(read_words(drawing.narrow), number)
    assert says(drawing.alt, number)
    assert str(number) in re.split(r"[,\n]", format_csv(drawing.data))
    assert any(says(strip_marks(str(cell)), number) for cell in drawing.table.to_numpy().flat)
    (drawn, *_) = [drawn for drawn in drawing.lengths if drawn.value == number]
    peers = [d for d in drawing.lengths if d.scale == drawn.scale and d.value]
    assert drawn.length / number == pytest.approx(peers[0].length / peers[0].value)
    assert any(says(spot["value"], number) for spot in list_hotspots(edition, drawing))


def test_a_row_left_out_is_gone(case):
    edition, spec, rows, chosen, number, alone = case
    marked = rows.assign(value=rows["value"].mask(chosen, number))
    left = marked[~chosen]
    if not alone:
        with pytest.raises(charts.UndrawableChart):
            charts.draw_chart(edition, spec, left)
        return
    drawing = charts.draw_chart(edition, spec, left)
    for said in (drawing.alt, read_words(drawing.figure), read_words(drawing.narrow)):
        assert not says(said, number)
    assert str(number) not in re.split(r"[,\n]", format_csv(drawing.data))
    assert number not in {drawn.value for drawn in drawing.lengths}


def test_a_year_left_out_of_a_series_stays_empty(later_edition):
    specs = charts.list_specs(later_edition, "air")
    spec = next(s for s in specs if s["id"] == "serie-logements-renoves")
    rows = charts.select_rows(later_edition, [spec])
    (middle,) = rows.index[rows["period_end"].map(lambda day: day.year) == 2030]
    changed = rows.assign(value=rows["value"].mask(rows.index == middle, 47))
    drawing = charts.draw_chart(later_edition, spec, changed)
    assert 47 in {drawn.value for drawn in drawing.lengths}
    assert says(drawing.alt, 47)
    assert 47 in set(drawing.data["value"])
    left = charts.draw_chart(later_edition, spec, rows.drop(index=middle))
    assert len(left.lengths) == len(rows) - 1
    assert f"2030 : {french.MISSING}" in left.alt.replace("\u00a0", " ").replace("\u202f", " ")


def test_one_row_a_number_with_its_source_and_its_place(edition):
    rows = charts.select_rows(edition, [make_spec("classement")])
    assert list(rows.columns) == list(COLUMNS)
    assert list(rows["role"]) == ["items", "items", "detail", "remainder", "total"]
    assert set(rows["role"]) <= set(ROLES)
    share = rows.set_index("reference").loc["part-depenses-eau"]
    assert share["of"] == "depenses-eau"
    assert share["calculated"]
    assert (rows["source"] != "").all()
    assert (rows["locator"] != "").all()
    assert set(rows["chart"]) == {"essai"}


def test_a_chart_without_a_row_that_it_needs_says_which(edition):
    spec = make_spec("composition")
    rows = charts.select_rows(edition, [spec])
    (refused,) = charts.draw_all(edition, [spec], rows[rows["role"] != "whole"]).values()
    assert "il manque la ligne « ensemble »" in str(refused).replace("\u00a0", " ")


@pytest.mark.parametrize("id", ["air", "eau", "suivi"])
def test_a_reviewer_sees_the_rows_of_each_chart_under_its_title(edition, id):
    specs = charts.list_specs(edition, id)
    rows = charts.select_rows(edition, specs)
    shown = list(compose_rows(edition, specs, rows))
    for block, drawing in zip(shown, charts.draw_all(edition, specs, rows).values(), strict=False):
        assert drawing.title in strip_marks(block)
        assert "| Rôle |" in block
    assert shown == ["*Ce chapitre n’a pas de graphique.*"] or len(shown) == len(specs)


def test_no_chart_no_row():
    assert list(charts.select_rows(None, []).columns) == list(COLUMNS)
    assert isinstance(charts.select_rows(None, []), pd.DataFrame)
