"""The front page: its figures are the edition's, its cards the chapters, its news the changes."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from notebook_texts import read_notebook

from analysis.compute.changes import compare_editions
from analysis.compute.indicators import load_edition
from analysis.show import tables
from analysis.show.pages import front_page
from analysis.words.hidden_markup import find_marks, strip_marks


@pytest.fixture(scope="session")
def changes(later_dossier, later_edition):
    return compare_editions(load_edition(later_dossier, 2030), later_edition, later_dossier)


def list_for_report(edition, *indicators):
    rows = [
        {"chapter": "sommaire", "order": order, "indicator": id}
        for order, id in enumerate(indicators, start=1)
    ]
    listed = pd.concat([edition.key_figures, pd.DataFrame(rows)], ignore_index=True)
    return replace(edition, key_figures=listed)


@pytest.mark.parametrize(
    ("listed", "chosen"),
    [
        ((), "logements-renoves"),
        (("agents", "arbres-plantes"), "arbres-plantes"),
        (("evolution-visiteurs",), "logements-renoves"),  # it has no value
    ],
)
def test_a_chapter_is_stood_for_by_a_figure_of_the_report(edition, listed, chosen):
    """By the first of its own that key_figures.csv lists for the whole report, else its first."""
    found = tables.choose_headline(list_for_report(edition, *listed), "air")
    assert list(found["indicator"]) == [chosen]


def test_every_number_of_the_page_leads_to_its_trail(edition):
    text = read_notebook("front", edition)
    bare = re.sub(r"\{[^}]*\}|\(#[^)]*\)", "", text)
    for words, _ in find_marks(text):
        bare = bare.replace(words, "", 1)
    bare = re.sub(r"\[\d\](?=\s|$)", "", bare.replace("[1] ", "").replace("[2] ", ""))
    allowed = r"20\d\d|\b1er\b|\b3[01]\b|3e trimestre"
    left = re.sub(allowed, "", strip_marks(bare))
    assert not re.search(r"\d", re.sub(r"\[\d\] \[", "[", left)), left


def test_a_card_for_each_chapter_with_its_title_and_actions(edition):
    text = strip_marks(front_page.compose_cards(edition))
    cards = text.split("::::\n")
    chapters = edition.chapters.sort_values("order")
    found = re.findall(r'data-chapitre="([^"]+)"', text)
    assert found == list(chapters["id"])
    for number, (_, row) in enumerate(chapters.iterrows(), start=1):
        assert f"[{number}]{{.chapter-number}} [" in text
        assert f"](#sec-{row['id']}){{.titre}}" in text
        count = (edition.actions["chapter"] == row["id"]).sum()
        card = next(card for card in cards if f'"{row["id"]}"' in card)
        noun = "mode" if row["kind"] == "démarche" else "action"
        assert (f"[{count}\u00a0{noun}" in card) == (count > 0)


def test_the_lead_counts_what_the_edition_holds(edition):
    words = strip_marks(front_page.compose_lead(edition))
    assert "au Val d’Exemple en 2030" in words
    kinds = edition.actions["chapter"].map(edition.chapters.set_index("id")["kind"])
    ways = int((kinds == "démarche").sum())
    for number, noun in (
        (len(kinds) - ways, "actions engagées"),
        (ways, "modes de fonctionnement"),
        (len(edition.planned), "actions à court terme"),
        (len(edition.improvements), "pistes d’amélioration"),
    ):
        assert f"{number}\u00a0{noun}" in words


def test_the_lead_counts_the_indicators_that_are_known(edition, later_edition):
    """32 in the catalogue and 4 of the portrait, of which one, the change of the visitors, has no
    value this year."""
    assert len(edition.indicators) == 36
    assert "35\u00a0indicateurs" in strip_marks(front_page.compose_lead(edition))
    assert len(later_edition.indicators) == 37
    assert "36\u00a0indicateurs" in strip_marks(front_page.compose_lead(later_edition))


def test_the_first_edition_has_nothing_to_be_compared_with(edition):
    assert edition.earlier is None
    text = read_notebook("front", edition)
    assert "Ce qui est nouveau" not in text
    assert "#sec-changements" not in text


def set_trends(changes, trends):
    found = changes.values["indicator"].map(trends)
    return replace(changes, values=changes.values.assign(trend=found.fillna("")))


def test_news_are_the_strongest_movements_towards_what_is_wanted(later_edition, changes):
    """Agents 161 → 165 (+ 2,5 %), women 84 → 88 (+ 4,8 %), dwellings 100 → 120 (+ 20 %)."""
    trends = dict.fromkeys(("agents", "femmes", "logements-renoves"), "progrès")
    progressed = tables.list_movements(later_edition, set_trends(changes, trends), "progrès", 2)
    assert "**Les plus forts progrès, en proportion**" in progressed
    shown = re.findall(r"\[([^\]]*)\]\{\.intitule\}", strip_marks(progressed))
    assert shown == ["Logements rénovés", "Femmes parmi les agents"]
    assert "non comparable" not in progressed
    declined = tables.list_movements(
        later_edition, set_trends(changes, {"agents": "recul"}), "recul"
    )
    assert "**Reculs**" in declined, "all are shown: none is the strongest"
    assert "{.evolution .defavorable}" in declined


def test_news_say_how_many_moved_which_way(later_edition, changes):
    words = strip_marks(tables.describe_news(later_edition, changes))
    assert words.startswith("Depuis l’édition 2030, ")
    moved = re.findall(r"(\d+)\u00a0(?:en progrès|en recul|en hausse|en baisse|stable)", words)
    compared = int(re.search(r"(\d+)\u00a0se comparent? à la précédente", words)[1])
    assert sum(map(int, moved)) == compared
    assert "actions nouvelles" in words or "action nouvelle" in words
    assert "1\u00a0objectif\u00a0: 1\u00a0en bonne voie." in words
    assert "jugé" not in words.replace("sans jugement possible", "")
    dates = "2\u00a0faites, 1\u00a0reportée et 1\u00a0sans nouvelle."
    assert f"4\u00a0étapes annoncées sont échues\u00a0: {dates}" in words


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        ({"rythme insuffisant": 1}, "1 objectif : 1 au rythme insuffisant."),
        ({"rythme insuffisant": 2, "fait": 2}, "4 objectifs : 2 au rythme insuffisant, 2 faits."),
        ({"obligation non remplie": 2, "à venir": 3},
         "5 objectifs : 2 obligations non remplies, 3 à venir."),
        ({"échéance passée, non atteint": 2},
         "2 objectifs : 2 à l’échéance passée, non atteints."),
        ({"s’éloigne de l’objectif": 2}, "2 objectifs : 2 s’éloignent de l’objectif."),
    ],
)  # fmt: skip
def test_targets_are_counted_by_verdict(later_edition, changes, verdicts, said):
    found = [verdict for verdict, number in verdicts.items() for _ in range(number)]
    counted = replace(changes, targets=pd.DataFrame({"verdict": found}))
    words = strip_marks(tables.describe_news(later_edition, counted)).replace("\u00a0", " ")
    assert said in words


def test_no_movement_is_no_list(later_edition, changes):
    still = replace(changes, values=changes.values.assign(comparable=False, trend=""))
    assert tables.list_movements(later_edition, still, "progrès") == ""
    assert "ne se compare pas à la précédente" in tables.describe_news(later_edition, still)
    none = replace(changes, values=changes.values.iloc[:0])
    words = tables.describe_news(later_edition, none)
    assert "aucun indicateur n’a de valeur plus récente." in words
