"""The first page: what the data propose, worked by hand; what is chosen, while it is true; what a
second year makes of it.
"""

import csv
import io

import pytest

from analysis.base.errors import UserError
from analysis.collect.message_file import write_messages
from analysis.collect.new_year import prepare_year
from analysis.compute.indicators import load_edition
from analysis.compute.key_messages import CHOSEN, PROPOSED, judge_indicators, list_unsaid
from analysis.model.schema import DECLINES, IMPROVES, IS_UNKNOWN, TABLES, TO_DECIDE
from analysis.model.store import to_records
from analysis.show.pages import summary_page
from analysis.words.hidden_markup import find_marks, strip_marks
from analysis.words.message_words import AWAITED, NOTHING, OUTDATED, write_message

YEAR = 2030
TREES = "2026-01-01,2030-12-31,6000,"
DWELLINGS = "2030-01-01,2030-12-31,100,logement"
BEFORE = "2029-01-01,2029-12-31,6000,visiteur,plus de"


def change(dossier, file, old, new):
    path = dossier.raw / file
    text = path.read_text("utf-8")
    assert old in text, f"{file} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), "utf-8")


def choose(dossier, *rows, year=YEAR):
    """Write key_messages.csv: id, order, rubric, sentence, when, about."""
    text = io.StringIO()
    csv.writer(text).writerows([TABLES["key_messages"].header, *rows])
    (dossier.raw / f"{year}/key_messages.csv").write_text(text.getvalue(), "utf-8")


def read(edition):
    return {row["id"]: row for row in to_records(edition.key_messages)}


def say(edition, id):
    return strip_marks(write_message(edition, read(edition)[id])).replace("\u00a0", " ")


# --- what the data say ----------------------------------------------------------------------------


def test_what_has_a_target_comes_first_then_what_moved(edition):
    """6 000 trees in five years are 1 200 a year, 4 000 in the four years left 1 000; two communes
    for at least two; 100 dwellings after 80. 15 000 m² after a state without a date say nothing,
    nor do 4 752 visitors in ten months after more than 6 000 in twelve."""
    assert judge_indicators(edition) == {
        "arbres-plantes": IMPROVES,
        "logements-renoves": IMPROVES,
    }


@pytest.mark.parametrize(
    ("file", "old", "new", "indicator", "rubric"),
    [
        # 800 trees a year, where 6 000 in four years are 1 500
        ("2030", TREES, TREES.replace("6000", "4000"), "arbres-plantes", DECLINES),
        ("2030", DWELLINGS, DWELLINGS.replace("100", "60"), "logements-renoves", DECLINES),
        ("2030", DWELLINGS, DWELLINGS.replace("100", "80"), "logements-renoves", None),
        # 16 after 15: a small count that moved by one
        ("2029", "80,logement", "15,logement", "logements-renoves", None),
        # ten months that exceed the twelve before
        ("2029", BEFORE, BEFORE.replace("6000,visiteur,plus de", "4000,visiteur,exact"),
         "visiteurs-accueil", IMPROVES),
        # ten months below the twelve before say nothing
        ("2029", BEFORE, BEFORE.replace("plus de", "exact"), "visiteurs-accueil", None),
    ],
)  # fmt: skip
def test_each_branch_of_what_is_judged(dossier_copy, file, old, new, indicator, rubric):
    change(dossier_copy, f"{file}/observations.csv", old, new)
    if "15,logement" in new:
        change(dossier_copy, "2030/observations.csv", DWELLINGS, DWELLINGS.replace("100", "16"))
    assert judge_indicators(load_edition(dossier_copy, YEAR)).get(indicator) == rubric


def test_what_should_fall_and_already_exceeds_the_year_before_declines(dossier_copy):
    change(dossier_copy, "2029/observations.csv", "6000,visiteur,plus de", "4000,visiteur,exact")
    row = "résultat,flux,hausse,air,velo"
    change(dossier_copy, "reference/indicators.csv", row, row.replace("hausse", "baisse"))
    assert judge_indicators(load_edition(dossier_copy, YEAR))["visiteurs-accueil"] == DECLINES


@pytest.mark.parametrize("listed", [False, True])
def test_a_key_figure_of_the_report_comes_before_what_moved_more(dossier_copy, listed):
    """Dwellings + 25 % (100 after 80), visitors at least + 18,8 % (4 752 after 4 000)."""
    change(dossier_copy, "2029/observations.csv", "6000,visiteur,plus de", "4000,visiteur,exact")
    path = dossier_copy.raw / "reference/key_figures.csv"
    rows = [line for line in path.read_text("utf-8").splitlines() if "-renoves" not in line]
    rows = [line for line in rows if "visiteurs-accueil" not in line]
    rows += ["sommaire,1,visiteurs-accueil"] if listed else []
    path.write_text("\n".join(rows) + "\n", "utf-8")
    moved = [*judge_indicators(load_edition(dossier_copy, YEAR))][-2:]
    first = ["visiteurs-accueil", "logements-renoves"]
    assert moved == (first if listed else first[::-1])


# --- what is proposed -----------------------------------------------------------------------------


def test_two_of_each_rubric_are_proposed(edition):
    rows = edition.key_messages
    assert set(rows["origin"]) == {PROPOSED}
    assert not rows["missing"].any()
    assert [(row.rubric, row.about) for row in rows.itertuples()] == [
        (IMPROVES, "arbres-plantes"),
        (IMPROVES, "logements-renoves"),  # a target met, of one count alone, is no progress
        (DECLINES, ""),  # nothing does, and that is said
        (IS_UNKNOWN, "graphique-perdu"),
        (TO_DECIDE, "piste-eau"),  # who would decide it is known
        (TO_DECIDE, "piste-arbres"),  # of another chapter
    ]
    assert say(edition, NOTHING[DECLINES]).startswith("Les valeurs reçues ne montrent ni recul")
    assert say(edition, "dire-graphique-perdu").startswith("Graphique des fuites. Le graphique")


def test_a_proposal_that_names_a_missed_target_comes_first(dossier_copy):
    change(dossier_copy, "2030/observations.csv", TREES, TREES.replace("6000", "4000"))
    change(
        dossier_copy, "2030/improvements.csv", "Réunir un panel.", "Planter {{arbres-restants}}."
    )
    change(
        dossier_copy, "2030/improvements.csv", "Publier les", "Planter {{arbres-plantes}} et les"
    )
    edition = load_edition(dossier_copy, YEAR)
    rows = edition.key_messages[edition.key_messages["rubric"] == TO_DECIDE]
    assert list(rows["about"]) == ["piste-eau", "piste-arbres"]


def test_movements_are_said_with_both_values_and_periods(dossier_copy):
    change(dossier_copy, "2029/observations.csv", "6000,visiteur,plus de", "4000,visiteur,exact")
    (dossier_copy.raw / "2030/targets.csv").write_text(
        (dossier_copy.raw / "2030/targets.csv").read_text("utf-8").splitlines()[0] + "\n", "utf-8"
    )
    edition = load_edition(dossier_copy, YEAR)
    assert say(edition, "dire-logements-renoves") == (
        "Logements rénovés : 100 logements rénovés en 2030, contre 80 logements rénovés en 2029"
        " (+\u202f25,0\u202f%)."
    )
    assert "de janvier à octobre 2030, déjà plus que 4 000 visiteurs en 2029." in say(
        edition, "dire-visiteurs-accueil"
    ).replace("\u202f", " ")


# --- what is chosen -------------------------------------------------------------------------------


MORE = "{{logements-renoves}}, contre {{logements-renoves:precedent|nombre}}."


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ((IMPROVES, MORE, "{logements-renoves} augmente", "logements-renoves"), ""),
        ((DECLINES, MORE, "{logements-renoves} diminue", "logements-renoves"), "condition"),
        ((IMPROVES, "", "", "arbres-plantes"), ""),
        ((DECLINES, "", "", "arbres-plantes"), "ne disent pas"),
        ((IMPROVES, "", "", "visiteurs-accueil"), "ne disent pas"),
        ((IS_UNKNOWN, "{{evolution-visiteurs}}.", "", "velo"), "{{evolution-visiteurs}} : "),
        ((IS_UNKNOWN, "", "", "graphique-perdu"), ""),
        ((TO_DECIDE, "Faut-il planter ?", "", "piste-arbres"), ""),
    ],
)
def test_a_sentence_is_said_only_while_it_is_true(dossier_copy, row, reason):
    rubric, sentence, when, about = row
    choose(dossier_copy, ("phrase", 1, rubric, sentence, when, about))
    edition = load_edition(dossier_copy, YEAR)
    found = read(edition)["phrase"]
    assert found["origin"] == CHOSEN
    assert (reason in found["missing"]) if reason else found["missing"] == ""
    told = list_unsaid(edition)
    assert [line.partition(" : ")[0] for line in told] == (
        ["key_messages.csv, « phrase »"] if reason else []
    )
    (shown,) = [*summary_page.compose_messages(edition)] or [""]
    assert (write_message(edition, found) in shown) == (not reason)


def test_what_is_chosen_keeps_its_order_under_its_rubric(dossier_copy):
    choose(
        dossier_copy,
        ("b", 2, TO_DECIDE, "Deuxième.", "", "piste-eau"),
        ("c", 1, IS_UNKNOWN, "Lacune.", "", "graphique-perdu"),
        ("a", 1, TO_DECIDE, "Première.", "", "piste-arbres"),
    )
    edition = load_edition(dossier_copy, YEAR)
    assert list(edition.key_messages["id"]) == [NOTHING[DECLINES], "c", "a", "b"]


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        (("regresse", "Oui.", "", "velo"), "rubric", "valeur inconnue"),
        ((IMPROVES, "Bien.", "", "velo"), "when", "affirmation sans condition : progresse"),
        ((TO_DECIDE, "Plus de {{agents}} et tous.", "", "velo"), "when", "« tous »"),
        ((IMPROVES, MORE, "{logements-renoves} grandit", "velo"), "when", "non reconnue"),
        ((IMPROVES, MORE, "{logement} augmente", "velo"), "when", "indicateur inconnu"),
        ((IMPROVES, MORE, "{logements-renoves} le plus grand", "velo"), "when", "graphique"),
        ((TO_DECIDE, "Il en faut 12.", "", "velo"), "sentence", "chiffre tapé"),
        ((TO_DECIDE, "{{logements-renoves}} en 2029.", "", "velo"), "sentence", "2029"),
        ((TO_DECIDE, "Rien.", "", "velos"), "about", "code absent"),
        ((TO_DECIDE, "", "", "velo"), "sentence", "phrase vide"),
    ],
)
def test_what_is_wrong_in_the_file_is_said_in_its_place(dossier_copy, row, column, problem):
    rubric, sentence, when, about = row
    choose(dossier_copy, ("phrase", 1, rubric, sentence, when, about))
    with pytest.raises(UserError) as found:
        load_edition(dossier_copy, YEAR)
    said = str(found.value)
    assert "2030/key_messages.csv" in said
    assert f"ligne 2, colonne « {column} »" in said
    assert problem in said


# --- the file to begin with -----------------------------------------------------------------------


def test_the_proposals_are_a_file_to_begin_with(dossier_copy):
    edition = load_edition(dossier_copy, YEAR)
    said = write_messages(dossier_copy, edition)
    assert "à décider : Planter en ville. Planter aussi au centre des bourgs." in said
    again = load_edition(dossier_copy, YEAR)
    assert set(again.key_messages["origin"]) == {CHOSEN, PROPOSED}  # that nothing declines
    for table in (edition, again):
        assert [say(table, id) for id in read(table)] == [say(edition, id) for id in read(edition)]
    with pytest.raises(UserError, match="existe déjà"):
        write_messages(dossier_copy, again)


# --- a second year --------------------------------------------------------------------------------


def test_a_new_year_says_nothing_of_the_one_before(dossier_copy):
    """What was chosen stays with its edition; what was known then moves nothing now."""
    choose(dossier_copy, ("phrase", 1, TO_DECIDE, "Faut-il planter ?", "", "piste-arbres"))
    prepare_year(dossier_copy, YEAR + 1)
    assert not (dossier_copy.raw / f"{YEAR + 1}/key_messages.csv").exists()
    edition = load_edition(dossier_copy, YEAR + 1)
    rows = read(edition)
    assert {row["rubric"] for row in rows.values()} == {IS_UNKNOWN, TO_DECIDE}
    assert "n’ont pas encore de réponse" in say(edition, AWAITED)
    said = say(edition, OUTDATED)
    assert "arbres plantés (environ 6" in said
    assert "de 2026 à 2030" in said


def test_a_sentence_copied_by_hand_is_not_said_of_older_values(dossier_copy):
    row = ("phrase", 1, IMPROVES, MORE, "{logements-renoves} augmente", "logements-renoves")
    prepare_year(dossier_copy, YEAR + 1)
    choose(dossier_copy, row, year=YEAR + 1)
    edition = load_edition(dossier_copy, YEAR + 1)
    assert "n’est pas de cette édition" in read(edition)["phrase"]["missing"]


# --- on the page ----------------------------------------------------------------------------------


def test_each_sentence_leads_to_where_it_is_treated(edition):
    (shown,) = summary_page.compose_messages(edition, "accueil")
    assert "[Air](#sec-plantations){.lieu} [sec-plantations]{.page}" in shown
    assert "(#sec-piste-arbres){.lieu}" in shown
    assert "{#sec-accueil-progresse .unnumbered}" in shown
    numbers = {reference for _, reference in find_marks(shown)}
    assert {"arbres-plantes", "logements-renoves"} <= numbers


def test_every_number_of_the_published_first_page_is_traced(published):
    rows = to_records(published.key_messages)
    assert 6 <= len(rows) <= 8
    assert not any(row["missing"] for row in rows)
    for row in rows:
        assert summary_page.find_place(published, row["about"]), row["id"]
