"""The grid of policies: what may be typed, what is counted, what is added, what is said."""

from __future__ import annotations

import pytest
from test_dossier import faults_of

from analysis.collect.new_year import prepare_year
from analysis.compute import policy_grid
from analysis.compute.dossier import read_dossier
from analysis.compute.indicators import load_edition
from analysis.model.schema.columns import (
    ACTIONS_ALONE,
    ACTIONS_BAD,
    ACTIONS_BOTH,
    ACTIONS_GOOD,
    ACTIONS_NEUTRAL,
    UNRATED,
)
from analysis.show import pages, tables
from analysis.show.pages import grid_page
from analysis.words import rating_words
from analysis.words.hidden_markup import strip_marks, write_spans

YEAR = 2030
POLICIES = """id,order,title,chapter,services,indicator,source,locator
nature,1,Nature en ville,air,environnement,depenses-air,rapport-invente,l. 33
rivieres,2,Rivières,eau,,depenses-eau,rapport-invente,l. 33
arbres,3,Arbres,air,,plantation-cout,rapport-invente,l. 11
calme,4,Calme,suivi,,,rapport-invente,l. 30
"""
ELEMENTS = "id,order,title,chapter\nparticipation,1,Participation,suivi\n"
HEAD = (
    "subject,criterion,moment,rating,reason,evidence,author,date,reader,reader_rating,"
    "reader_reason,reader_date,source,locator\n"
)
END = "rapport-invente,l. 10"
RATINGS = [
    f"plantations,air,,favorable,Des arbres.,,Ana,2031-01,,,,,{END}",
    f"renovation,air,,favorable,Moins de chauffage.,,Ana,2031-01-02,,,,,{END}",
    f"reseau,air,,défavorable,Des engins.,,Ana,2031-01,Bob,mixte,Peu.,2031-02-01,{END}",
    f"reseau,eau,,très favorable,Oui.,,Ana,2031-01,Bob,très favorable,,2031-02-01,{END}",
    f"rivieres,eau,,mixte,Des deux.,Voir {{{{depenses-eau}}}}.,Ana,2031-01,,,,,{END}",
    f"nature,participation,élaboration,partiel,Un début.,,Ana,2031-01,,,,,{END}",
    f"plantations,participation,mise en œuvre,complet,Tous.,,Ana,2031-01,,,,,{END}",
    f"nature,eau,,sans objet,,,Ana,2031-01,,,,,{END}",
]
OF_POLICY = {"plantations": "nature", "renovation": "nature", "reseau": "rivieres"}


def fill(dossier, ratings=RATINGS, policies=POLICIES):
    """The made-up dossier with a grid."""
    (dossier.reference / "policies.csv").write_text(policies, "utf-8")
    (dossier.reference / "elements.csv").write_text(ELEMENTS, "utf-8")
    path = dossier.raw_year(YEAR) / "ratings.csv"
    path.write_text(HEAD + "\n".join(ratings) + "\n", "utf-8")
    path = dossier.raw_year(YEAR) / "actions.csv"
    head, *lines = path.read_text("utf-8").splitlines()
    lines = [f"{line},{OF_POLICY.get(line.split(',')[0], '')}" for line in lines]
    path.write_text("\n".join([f"{head},policy", *lines]) + "\n", "utf-8")
    return dossier


@pytest.fixture
def graded(dossier_copy):
    return fill(dossier_copy)


def plain(text):
    return strip_marks(text).replace("\u00a0", " ").replace("\u202f", " ")


# --- what may be typed ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "column", "problem"),
    [
        (f"calme,air,,partiel,Non.,,Ana,2031,,,,,{END}", "rating",
         "note qui n’est pas celle d’une finalité"),
        (f"calme,participation,évaluation,favorable,Non.,,Ana,2031,,,,,{END}", "rating",
         "note qui n’est pas celle d’un élément de démarche"),
        (f"calme,participation,,absent,Non.,,Ana,2031,,,,,{END}", "moment",
         "un élément de démarche sans moment"),
        (f"calme,air,évaluation,neutre,Non.,,Ana,2031,,,,,{END}", "moment",
         "moment d’une finalité"),
        (f"calme,air,,neutre,,,Ana,2031,,,,,{END}", "reason", "note sans raison"),
        (f"calme,air,,neutre,Oui.,,Ana,2019,,,,,{END}", "date",
         "note antérieure aux finalités du développement durable"),
        (f"calme,air,,neutre,Oui.,,Ana,2031,Bob,neutre,,,{END}", "reader_date",
         "seconde lecture incomplète"),
        (f"calme,air,,neutre,Oui.,,Ana,2031,Bob,mixte,,2032-01-01,{END}", "reader_reason",
         "désaccord sans raison"),
        (f"calme,air,,neutre,Oui.,,Ana,2031,ANA,neutre,,2032-01-01,{END}", "reader",
         "second lecteur qui est l’auteur"),
        (f"calme,air,,neutre,Oui.,,Ana,2031,Bob,neutre,,2030-01-01,{END}", "reader_date",
         "seconde lecture antérieure à la note"),
        (f"personne,air,,neutre,Oui.,,Ana,2031,,,,,{END}", "subject",
         "code absent de policies.csv ou actions.csv ou planned.csv ou improvements.csv"),
    ],
)  # fmt: skip
def test_a_wrong_rating_is_named(dossier_copy, row, column, problem):
    (fault,) = faults_of(fill(dossier_copy, [*RATINGS, row]))
    assert (fault.file, fault.row, fault.column, fault.problem) == (
        f"{YEAR}/ratings.csv", len(RATINGS) + 2, column, problem,
    )  # fmt: skip


@pytest.mark.parametrize("rating", ["sans objet", "non évalué"])
def test_what_says_nothing_needs_no_reason(dossier_copy, rating):
    row = f"calme,air,,{rating},,,Ana,2031,,,,,{END}"
    assert faults_of(fill(dossier_copy, [*RATINGS, row])) == []


def test_a_second_reader_may_be_asked_who_has_not_read_yet(dossier_copy):
    row = f"calme,air,,neutre,Oui.,,Ana,2031,Bob,,,,{END}"
    assert faults_of(fill(dossier_copy, [*RATINGS, row])) == []


def test_a_policy_bears_no_name_of_an_action(dossier_copy):
    wrong = POLICIES.replace("calme,", "velo,")
    assert [fault.problem for fault in faults_of(fill(dossier_copy, policies=wrong))] == [
        "identifiant déjà pris dans reference/policies.csv"
    ]


# --- what is counted ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "outlook"),
    [
        ({}, UNRATED),
        ({"non évalué": 2, "sans objet": 1}, UNRATED),
        ({"favorable": 2, "neutre": 1}, ACTIONS_GOOD),
        ({"très défavorable": 1}, ACTIONS_BAD),
        ({"favorable": 9, "défavorable": 1}, ACTIONS_BOTH),
        ({"mixte": 1}, ACTIONS_BOTH),
        ({"neutre": 1}, ACTIONS_NEUTRAL),
        ({"absent": 1, "complet": 1}, ACTIONS_ALONE),
    ],
)
def test_actions_are_never_averaged(counts, outlook):
    assert policy_grid.judge_actions(counts) == outlook


def test_a_policy_shows_its_own_rating_else_those_of_its_actions(graded):
    grid = policy_grid.compute_grid(load_edition(graded, YEAR))
    cells = {(c.policy, c.criterion, c.moment): c for c in grid.itertuples()}
    assert len(cells) == 4 * (2 + 3)
    found = {key: (cell.rating, cell.counts, cell.outlook) for key, cell in cells.items()}
    assert found["nature", "air", ""] == (UNRATED, {"favorable": 2}, ACTIONS_GOOD)
    assert found["nature", "eau", ""] == ("sans objet", {}, "sans objet")
    assert found["rivieres", "air", ""] == (UNRATED, {"défavorable": 1}, ACTIONS_BAD)
    assert found["rivieres", "eau", ""] == ("mixte", {"très favorable": 1}, "mixte"), "its own"
    assert found["calme", "air", ""] == (UNRATED, {}, UNRATED)
    assert found["nature", "participation", "élaboration"][0] == "partiel"
    assert found["nature", "participation", "mise en œuvre"][2] == ACTIONS_ALONE
    coverage = policy_grid.measure_coverage(grid).set_index(["criterion", "moment"])
    assert coverage.loc[("air", "")].tolist() == [4, 0, 0, 2, 2]
    assert coverage.loc[("eau", "")].tolist() == [4, 1, 1, 0, 2]


def test_unfavourable_ratings_come_first_the_second_reader_s_too(graded):
    edition = load_edition(graded, YEAR)
    worst = policy_grid.list_unfavourable(edition)
    assert worst[["subject", "rating"]].to_numpy().tolist() == [
        ["reseau", "défavorable"], ["rivieres", "mixte"],
    ]  # fmt: skip
    other = policy_grid.list_disagreements(edition)
    assert list(other["subject"]) == ["reseau"], "who agrees is not listed"


# --- what is added --------------------------------------------------------------------------------


def test_only_parts_of_one_whole_are_added(graded):
    edition = load_edition(graded, YEAR)
    spending = policy_grid.select_spending(edition)
    assert spending[["policy", "whole", "reason"]].to_numpy().tolist() == [
        ["nature", "depenses-totales", ""],
        ["rivieres", "depenses-totales", ""],
        ["arbres", "", "d’un autre exercice"],
    ]
    weights = policy_grid.weigh_grid(edition, policy_grid.compute_grid(edition))
    assert weights.to_numpy().tolist() == [
        ["air", UNRATED, ["nature", "rivieres"], 1_800_000.0],
        ["eau", "mixte", ["rivieres"], 600_000.0],
        ["eau", "sans objet", ["nature"], 1_200_000.0],
    ]
    said = plain(write_spans(grid_page.describe_spending(edition)))
    assert "Dépenses de 2029" in said
    assert "le reste, 1,2 M€, n’est pas détaillé et peut être celui de politiques sans mon" in said
    assert "non ce qui sert la finalité : un même euro revient à chaque finalité." in said
    grid = policy_grid.compute_grid(edition)
    share = plain(write_spans(tables.tabulate_coverage(edition, grid))).splitlines()
    (water,) = [line for line in share if line.startswith("| Eau")]
    assert water == r"| Eau | 1 \(0,6 M€\) | 0 | 1 \(1,2 M€\) | 2, aucun montant additionné |"
    assert len([1 for line in share if line.startswith("| Air")]) == 1
    assert "Non additionné : Arbres" in said
    assert "1 politique n’a pas de montant connu." in said


def test_no_euro_is_told_by_rating_before_a_policy_is_rated_itself(dossier_copy):
    edition = load_edition(fill(dossier_copy, [*RATINGS[:4], *RATINGS[5:]]), YEAR)
    grid = policy_grid.compute_grid(edition)
    assert policy_grid.weigh_grid(edition, grid).empty
    assert tables.tabulate_weights(edition, grid) == ""
    assert "€" not in tables.tabulate_coverage(edition, grid)
    assert "aucun euro n’est réparti" in plain(write_spans(grid_page.describe_spending(edition)))


# --- what is said ---------------------------------------------------------------------------------


def test_a_rating_is_a_sign_and_words():
    assert plain(write_spans(rating_words.write_rating("mixte"))) == "[± mixte]{.note .note-mixte}"
    assert plain(write_spans(rating_words.write_rating(UNRATED))).startswith("[◊ non évalué]")
    said = rating_words.describe_counts({"favorable": 3, "défavorable": 1})
    assert plain(said) == "3 actions favorables, 1 défavorable"
    assert plain(rating_words.describe_counts({"complet": 1})) == "complet pour 1 action"
    said = plain(rating_words.describe_counts({"partiel": 2, "complet": 1}))
    assert said == "partiel pour 2 actions, complet pour 1"
    assert "note-favorable" not in rating_words.write_counts({"favorable": 2}), "not its own"
    assert set(rating_words.SIGNS) == set(policy_grid.RATINGS)


def test_the_page_shows_each_policy_marked_as_by_its_actions(graded):
    edition = load_edition(graded, YEAR)
    grid = policy_grid.compute_grid(edition)
    text = plain(tables.tabulate_grid(edition, grid))
    (row,) = [line for line in text.splitlines() if "Nature en ville" in line]
    assert "(+) 2 actions favorables" in row
    assert "· sans objet" in row
    moments = plain(tables.tabulate_moments(edition, grid))
    assert "▲▲△ partiel" in moments
    assert "Nature en ville (d’après une action)" in moments
    rows = plain(tables.tabulate_ratings(edition, policy_grid.list_ratings(edition), "x", "X"))
    assert "± mixte : Peu. (Bob, 1er février 2031)" in rows
    assert "Voir 0,60 M€." in rows, "a piece of evidence may name a value"
    assert "moyenne" not in text


def test_nothing_is_drawn_where_nothing_is_rated(dossier_copy):
    edition = load_edition(fill(dossier_copy, []), YEAR)
    said = plain(pages.describe_ratings(edition))
    assert said.startswith("La grille n’est pas commencée.")
    assert "la liste des politiques" not in said, "it is there"
    blocks = [plain(block) for block in grid_page.compose_profiles(edition)]
    assert blocks == [said]
    assert pages.describe_favourable(edition) == pages.describe_agreement(edition) == ""
    (dossier_copy.reference / "policies.csv").unlink()
    path = dossier_copy.raw_year(YEAR) / "actions.csv"
    text = path.read_text("utf-8").replace(",nature\n", ",\n").replace(",rivieres\n", ",\n")
    path.write_text(text, "utf-8")
    edition = load_edition(dossier_copy, YEAR)
    assert "la liste des politiques" in plain(pages.describe_ratings(edition))


def test_ratings_go_on_but_those_of_what_is_closed(graded):
    (graded.raw_year(YEAR) / "followups.csv").write_text(
        f"id,state,new_due,note,source,locator\nreseau,achevée,,Fini.,{END}\n", "utf-8"
    )
    prepare_year(graded, YEAR + 1)
    rows = read_dossier(graded, YEAR + 1)["ratings"]
    assert "reseau" not in set(rows["subject"])
    assert len(rows) == len(RATINGS) - 2
    text = (graded.raw_year(YEAR + 1) / "ratings.csv").read_text("utf-8")
    assert ",Ana,2031-01-02," in text, "with their dates, no more precise than they were"
    assert ",Ana,2031-01," in text
