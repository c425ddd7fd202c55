"""Charts and the map of the communes in a browser: pointer, keyboard, finger, and without script;
the made-up edition's in a bare page, with the project's own styles and scripts."""

from __future__ import annotations

import re
import shutil

import pytest
from conftest import wait_until
from test_charts import make_spec

from analysis.base.paths import REPORTS
from analysis.show import charts, theme
from analysis.show.charts.hotspot_list import compose_hotspots, list_hotspots
from analysis.show.identity import colour_chapters, read_identity
from analysis.show.maps.choropleth import draw_choropleths
from analysis.show.maps.commune_classes import list_classes
from analysis.show.maps.commune_sheets import (
    compose_explorer,
    compose_sheets,
    list_placed,
    name_communes,
)
from analysis.show.maps.outlines import read_outlines
from analysis.show.markup import render_html
from analysis.show.style_sheet import SHEET, compose_sheet
from analysis.words.hidden_markup import write_spans

STYLES, SCRIPTS = ("text.css", "explore.css"), ("charts.js", "communes.js")
FIGURE = """<figure id="{id}"><figcaption>Essai</figcaption><picture>
<source media="(max-width: 36rem)" srcset="{id}-etroit.svg"><img src="{id}.svg" alt="Essai">
</picture></figure>{data}"""
ACTIVE = "document.activeElement.getAttribute('aria-label')"


def write_figure(folder, id, drawing, data):
    theme.save_figure(drawing.figure, folder / f"{id}.svg")
    theme.save_figure(drawing.narrow, folder / f"{id}-etroit.svg")
    return FIGURE.format(id=id, data=re.sub(r"^```.*\n?", "", data, flags=re.MULTILINE))


@pytest.fixture(scope="module")
def chart(edition):
    return charts.draw_chart(edition, make_spec("classement"))


@pytest.fixture(scope="module")
def address(edition, chart, tmp_path_factory):
    folder = tmp_path_factory.mktemp("navigateur")
    for name in (*STYLES, *SCRIPTS):
        shutil.copy(REPORTS / "style" / name, folder / name)
    sheet = compose_sheet(read_identity(), colour_chapters(edition.chapters))
    (folder / SHEET).write_text(sheet, "utf-8")
    placed, names = list_placed(edition), name_communes(edition)
    outlines = read_outlines(edition.communes_geojson, names)
    maps = list_classes(edition, edition.places.iloc[:0].assign(indicator="", value=0.0))
    drawing = draw_choropleths(edition, maps, names, outlines, "", "Source : essai.")
    figures = [
        write_figure(folder, "fig-x", chart, compose_hotspots(edition, chart, "fig-x")),
        write_figure(folder, "fig-c", drawing,
                     compose_explorer(edition, maps, placed, outlines, "fig-c")),
    ]  # fmt: skip
    (sheets,) = render_html([(write_spans(compose_sheets(edition, placed)), "")])
    links = "".join(f'<link rel="stylesheet" href="{name}">' for name in (SHEET, *STYLES))
    scripts = "".join(f'<script src="{name}" defer></script>' for name in SCRIPTS)
    (folder / "index.html").write_text(
        '<!DOCTYPE html><html lang="fr" class="js"><head><meta charset="utf-8">'
        f'<title>Essai</title><link rel="icon" href="data:,">{links}{scripts}</head>'
        '<body class="livre"><main>'
        f"<h1>Essai</h1><h2>Communes</h2>{''.join(figures)}<details><summary>Fiches</summary>{sheets}</details>"
        "</main></body></html>",
        "utf-8",
    )
    return (folder / "index.html").as_uri()


@pytest.mark.parametrize("width", [1280, 360])
def test_each_number_of_a_chart_answers_pointer_and_keyboard(show, axe, edition, chart, width):
    page = show(viewport={"width": width, "height": 800})
    spots = list_hotspots(edition, chart)
    buttons = page.locator(".repere-valeur:visible")
    assert buttons.count() == len(spots)
    note = page.locator("#fig-x .bulle")
    for place, spot in enumerate(spots):
        buttons.nth(place).hover()
        assert note.locator("strong").text_content() == spot["value"]
        assert spot["source"] in note.text_content()
        assert buttons.nth(place).get_attribute("aria-label").startswith(spot["label"])
    page.mouse.move(0, 0)
    assert not note.is_visible()
    assert page.locator(".repere-valeur[tabindex='0']").count() == 1, "one stop of Tab"
    buttons.first.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(ACTIVE).startswith(spots[1]["label"])
    page.keyboard.press("End")
    assert note.locator("strong").text_content() == spots[-1]["value"]
    page.keyboard.press("Escape")
    assert not note.is_visible()
    assert axe(page) == []


def test_a_finger_is_told_the_value(show, chart, edition):
    page = show(viewport={"width": 360, "height": 800}, has_touch=True)
    page.locator(".repere-valeur:visible").first.tap()
    said = page.locator("#fig-x .bulle strong").text_content()
    assert said == list_hotspots(edition, chart)[0]["value"]


def test_a_commune_is_chosen_in_the_list_on_the_map_and_by_keyboard(show, axe):
    page = show()
    assert page.locator("#carte-commune option").all_text_contents()[1:] == [
        "Aubépine", "Bruyère", "Charme",
    ]  # fmt: skip
    sheet = page.locator(".fiche-commune")
    page.select_option("#carte-commune", "99001")
    assert "1 010 habitants" in sheet.inner_text().replace("\u202f", " ").replace("\u00a0", " ")
    assert sheet.get_by_role("link").first.text_content() == "Planter des arbres"
    page.locator("path[data-insee='99002']").click()
    assert "Château d’eau" in sheet.inner_text()
    assert page.locator("path[aria-pressed='true']").get_attribute("data-insee") == "99002"
    names = {"Aubépine", "Bruyère", "Charme"}
    seen = set()
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        page.keyboard.press(key)
        seen.add(page.evaluate(ACTIVE).split("\u00a0:")[0])
    assert len(seen & names) > 1
    page.keyboard.press("Enter")
    assert page.locator("#carte-commune").input_value() == page.evaluate(
        "document.activeElement.dataset.insee"
    )
    assert page.locator("path[tabindex='0']").count() == 1
    assert axe(page) == []


def test_tab_enters_the_map_at_one_commune_from_which_arrows_reach_all(show):
    page = show()
    page.locator("#carte-commune").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.dataset.insee") == "99001"
    seen, left = {"99001"}, ["99001"]
    while left:
        start = left.pop()
        for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
            page.locator(f"path[data-insee='{start}']").focus()
            page.keyboard.press(key)
            at = page.evaluate("document.activeElement.dataset.insee")
            left += [at] if at not in seen else []
            seen.add(at)
    assert seen == {"99001", "99002", "99003"}
    page.keyboard.press("End")
    assert page.evaluate("document.activeElement.dataset.insee") == "99003"
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    assert page.locator(".carte-communes .dit").text_content() == "Aubépine\u00a0: 1 action"
    assert page.locator(".fiche-commune h3").text_content() == "Aubépine"
    assert page.locator("[aria-live]").count() == 0, "the whole sheet is not read out"
    assert page.locator(".bilan-carte").text_content() != ""


def test_a_link_to_the_places_of_an_action_chooses_it(show):
    page = show("#lieux-plantations")
    wait_until(page, "document.activeElement.id === 'carte-montre'")
    assert page.locator("#carte-montre").input_value() == "lieux-plantations"
    assert page.locator(".bilan-carte").inner_text().startswith("2 communes")
    assert not page.locator("details").evaluate("box => box.open")
    assert page.locator(".teinte").count() == 2


def test_without_script_and_on_paper_the_drawings_and_the_sheets_stay(show):
    page = show("#lieux-plantations", java_script_enabled=False)
    assert page.locator("img:visible").count() >= 1
    assert page.locator(".commune").count() == 3
    assert page.locator("#lieux-plantations").count() == 1
    scripted = show()
    scripted.emulate_media(media="print")
    assert scripted.locator("#fig-c img").is_visible()
    assert not scripted.locator(".carte-communes").is_visible()
    assert scripted.locator(".repere-valeur:visible").count() == 0
