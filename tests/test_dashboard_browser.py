"""The dashboard in a browser: filters, sort, count, keyboard, address; the made-up edition's table
in a bare page, with the project's own style and script."""

from __future__ import annotations

import re
import shutil
import unicodedata
from itertools import groupby
from operator import itemgetter
from urllib.parse import parse_qs

import pytest
from conftest import wait_until

from analysis.base.paths import REPORTS
from analysis.show import tables
from analysis.show.identity import colour_chapters, read_identity
from analysis.show.markup import render_html
from analysis.show.style_sheet import SHEET, compose_sheet
from analysis.words.hidden_markup import write_spans

PAGE = """<!DOCTYPE html>
<html lang="fr"><head><meta charset="utf-8"><title>Essai</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="{sheet}">
<link rel="stylesheet" href="dashboard.css"><script src="dashboard.js" defer></script></head>
<body><main><h1>Tableau de bord</h1>{table}</main></body></html>"""
LINES = "tbody tr:not([hidden])"


@pytest.fixture(scope="module")
def address(edition, tmp_path_factory):
    folder = tmp_path_factory.mktemp("navigateur")
    for name in ("dashboard.css", "dashboard.js"):
        shutil.copy(REPORTS / "style" / name, folder / name)
    (folder / SHEET).write_text(
        compose_sheet(read_identity(), colour_chapters(edition.chapters)), "utf-8"
    )
    (table,) = render_html(
        [(write_spans(tables.tabulate_dashboard(edition, tables.read_board(edition))), "")]
    )
    (folder / "index.html").write_text(PAGE.format(sheet=SHEET, table=table), "utf-8")
    return (folder / "index.html").as_uri()


@pytest.fixture
def total(edition):
    return len(edition.indicators)


def read_titles(page):
    return [line.inner_text() for line in page.locator(f"{LINES} > :first-child").all()]


def read_column(page, number):
    return [line.inner_text() for line in page.locator(f"{LINES} > :nth-child({number})").all()]


def read_address(page):
    chosen = parse_qs(page.evaluate("location.hash.slice(1)"))
    return {name: values[0] for name, values in chosen.items()}


def read_status(page):
    return page.get_by_role("status").inner_text()


def test_at_first_all_lines_stand_and_are_counted(show, total):
    page = show()
    assert page.locator(LINES).count() == total
    assert read_status(page) == f"{total} indicateurs."
    assert read_address(page) == {}


def test_without_script_the_table_is_whole(show, total):
    page = show(java_script_enabled=False)
    assert page.locator(LINES).count() == total
    assert page.locator("form").count() == 0


@pytest.mark.parametrize("filter_name", ["chapitre", "nature", "evolution"])
def test_the_choices_of_a_filter_part_the_lines(show, total, filter_name):
    """Each choice says how many lines it leaves, and leaves them; together they are all."""
    page = show()
    field = page.locator(f"#filtre-{filter_name}")
    seen = []
    for option in field.locator("option").all()[1:]:
        announced = int(re.search(r"\((\d+)\)$", option.inner_text())[1])
        field.select_option(option.get_attribute("value"))
        assert page.locator(LINES).count() == announced
        assert read_status(page).startswith(f"{announced} indicateur")
        seen += read_titles(page)
        assert read_address(page) == {filter_name: option.get_attribute("value")}
    assert len(seen) == len(set(seen)) == total


def test_filters_add_up_and_the_button_takes_them_all_away(show, edition, total):
    page = show()
    page.get_by_label("Chapitre").select_option("suivi")
    page.get_by_label("Nature").select_option("moyens")
    wanted = edition.indicators.query("chapter == 'suivi' and kind == 'moyens'")
    assert sorted(read_titles(page)) == sorted(wanted["title"].str.replace("'", "’"))
    page.get_by_role("button", name="Tout afficher").click()
    assert page.locator(LINES).count() == total
    assert read_address(page) == {}


def test_evolutions_are_told_apart(show):
    page = show("#evolution=non-comparable")
    assert all("non comparable" in cell for cell in read_column(page, 6))
    page.get_by_label("Évolution").select_option("favorable")
    assert all(cell.endswith(", favorable") for cell in read_column(page, 6))
    page.get_by_label("Évolution").select_option("sans")
    assert set(read_column(page, 6)) == {"—"}


def test_a_word_is_found_without_its_accents(show):
    page = show()
    field = page.get_by_label("Mot de l’intitulé")
    field.fill("RENOVES")
    assert read_titles(page) == ["Logements rénovés", "Évolution des logements rénovés"]
    field.fill("renov evol")
    assert read_titles(page) == ["Évolution des logements rénovés"]
    assert read_status(page).startswith("1 indicateur sur ")
    field.fill("introuvable")
    assert read_status(page) == "Aucun indicateur ne répond à ces choix."


def test_titles_are_sorted_as_in_french_then_backwards_then_not_at_all(show):
    page = show()
    button = page.get_by_role("button", name="Indicateur", exact=True)
    head = page.locator("thead th").first
    first = read_titles(page)
    button.click()
    rising = read_titles(page)
    assert head.get_attribute("aria-sort") == "ascending"
    plain = [unicodedata.normalize("NFD", title).casefold() for title in rising]
    plain = [re.sub("[\u0300-\u036f]", "", title).replace("’", "'") for title in plain]
    assert plain == sorted(plain), "« Évolution » stands among the E"
    button.click()
    assert head.get_attribute("aria-sort") == "descending"
    assert read_titles(page) == rising[::-1]
    button.click()
    assert head.get_attribute("aria-sort") is None
    assert read_titles(page) == first


def test_values_are_sorted_as_numbers_and_what_has_none_stays_last(show, edition):
    """Each unit apart, in the same order of units both ways: 7 ans and 6 000 € do not compare."""
    page = show()
    known = edition.values.query("rank == 0").set_index("title")[["value", "unit"]]
    orders = []
    for end, rising in (("#tri=valeur", True), ("#tri=valeur&sens=desc", False)):
        page = show(end)
        titles = [title for title in read_titles(page) if title in known.index]
        lines = [tuple(known.loc[[title]].iloc[0]) for title in titles]
        missing = [number != number for number, _unit in lines]
        assert missing == sorted(missing)
        present = [(number, unit) for number, unit in lines if number == number]
        groups = [
            (unit, [number for number, _unit in group])
            for unit, group in groupby(present, itemgetter(1))
        ]
        for unit, numbers in groups:
            assert numbers == sorted(numbers, reverse=not rising), unit
        orders.append([unit for unit, _numbers in groups])
        assert "de la colonne «\u00a0Valeur\u00a0»" in read_status(page)
    assert orders[0] == orders[1]
    assert len(set(orders[0])) == len(orders[0]) > 2


def test_periods_are_sorted_by_their_end(show, edition):
    page = show("#tri=periode")
    days = [
        line.evaluate("cell => cell.querySelector('[data-valeur]')?.dataset.valeur ?? '9999'")
        for line in page.locator(f"{LINES} > :nth-child(5)").all()
    ]
    assert days == sorted(days)
    assert len(set(days)) > 2


def test_only_one_column_is_said_to_be_sorted(show):
    page = show()
    for name in ("Valeur", "Période", "Évolution"):
        page.get_by_role("button", name=name, exact=True).click()
    assert page.locator("[aria-sort]").count() == 1
    assert read_address(page) == {"tri": "evolution"}


def test_what_is_chosen_comes_back_with_the_address(show):
    page = show()
    page.get_by_label("Chapitre").select_option("air")
    page.get_by_label("Mot de l’intitulé").fill("arbres")
    page.get_by_role("button", name="Valeur", exact=True).click()
    shown, status = read_titles(page), read_status(page)
    again = show(page.evaluate("location.hash"))
    assert read_titles(again) == shown
    assert read_status(again) == status
    assert again.get_by_label("Chapitre").input_value() == "air"


def test_an_address_that_is_none_of_ours_changes_nothing(show, total):
    page = show("#contenu")
    assert page.locator(LINES).count() == total
    page = show("#chapitre=inconnu&tri=inconnu")
    assert page.locator(LINES).count() == total
    page.get_by_label("Nature").select_option("moyens")
    left = page.locator(LINES).count()
    page.evaluate("location.hash = 'contenu'")
    assert page.locator(LINES).count() == left < total, "a place of the page is no choice"


def test_going_to_another_choice_follows(show, total):
    page = show("#nature=moyens")
    page.evaluate("location.hash = 'nature=contexte'")
    wait_until(page, "document.querySelector('#filtre-nature').value === 'contexte'")
    assert set(read_column(page, 3)) == {"contexte"}


def test_everything_is_done_with_the_keyboard(show, total):
    page = show()
    names = []
    for _ in range(11):
        page.keyboard.press("Tab")
        names.append(page.evaluate(
            "document.activeElement.labels && document.activeElement.labels.length"
            " ? document.activeElement.labels[0].textContent : document.activeElement.textContent"
        ))  # fmt: skip
    heads = ["Indicateur", "Chapitre", "Nature", "Valeur", "Période", "Évolution"]
    fields = ["Mot de l’intitulé", "Chapitre", "Nature", "Évolution", "Tout afficher"]
    assert names == [*fields, *heads]
    page.locator("#filtre-nature").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator(LINES).count() < total
    page.get_by_role("button", name="Valeur", exact=True).focus()
    page.keyboard.press("Enter")
    assert read_address(page)["tri"] == "valeur"
    page.keyboard.press("Space")
    assert read_address(page)["sens"] == "desc"
    focused = page.evaluate("document.activeElement.textContent")
    assert focused == "Valeur", "the sort leaves the keyboard where it was"
    page.locator("#filtre-mot").focus()
    page.keyboard.press("Enter")
    assert page.locator("h1").count() == 1, "the form is not sent"


def test_every_field_has_a_name_and_the_count_is_announced(show):
    page = show()
    assert page.get_by_role("search", name="Choisir des indicateurs").count() == 1
    for field in page.locator("form :is(input, select)").all():
        assert page.locator(f"label[for='{field.get_attribute('id')}']").count() == 1
        assert field.get_attribute("aria-controls") == page.locator("table").get_attribute("id")
    assert page.get_by_role("status").count() == 1


def test_paper_has_the_lines_without_the_form(show, total):
    page = show()
    page.emulate_media(media="print")
    assert not page.locator("form").is_visible()
    assert page.locator(LINES).count() == total


def test_axe_finds_no_fault(show, axe):
    for scheme in ("light", "dark"):
        page = show("#tri=valeur", color_scheme=scheme)
        assert axe(page) == []
