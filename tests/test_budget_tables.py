"""Cross-tables of the accounts, worked out by hand on a few lines; what the page says of them."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis.compute.budget_tables import (
    MAIN,
    AccountView,
    cover_axes,
    cross_axes,
    cross_policies,
    list_views,
    total_sections,
    write_lines,
)
from analysis.compute.dossier import collect_faults
from analysis.compute.indicators import load_edition
from analysis.model.schema import TABLES
from analysis.show.pages import budget_page
from analysis.words.hidden_markup import strip_marks

DONE, VOTED = "compte financier unique", "budget primitif"
VIEW = AccountView(MAIN, 2029, DONE)
HEADER = TABLES["accounts"].header
AXES = """id,order,title,title_certainty,from_fiscal_year,scope,certainty,source,locator
axe-air,1,Air,texte lu,2024,Tout.,texte lu,rapport,p. 1
axe-eau,2,Eau,source secondaire,2035,Tout.,déduit,rapport,p. 1
"""


def line(amount, label, **cells):
    """A line of real spending on investment, unless it says otherwise."""
    known = {
        "fiscal_year": 2029, "stage": DONE, "budget_section": "investissement", "flow": "dépense",
        "movement": "réel", "account": "2151", "function": "84", "label": label,
        "amount_eur": amount, "source": "rapport", "locator": "p. 1",
    }  # fmt: skip
    return known | cells


#: Lines 2 to 9 of the file.
LINES = [
    line(100, "a", axis_1="favorable", axis_2="neutre", finality="air", policy="Voirie"),
    line(50, "b", axis_1="défavorable", finality="transversal", policy="Voirie"),
    line(30, "c", axis_1="non coté"),
    line(20, "d", axis_1="hors champ", axis_2="hors champ"),
    line(7, "e", movement="ordre"),
    line(9, "f", flow="recette"),
    line(400, "g", budget_section="fonctionnement", policy="Culture", finality="air"),
    line(60, "h", stage=VOTED, fiscal_year=2030),
]


@pytest.fixture
def write(dossier_copy):
    """Write lines of accounts into the made-up dossier; returns it."""
    year = 2030
    source = pd.read_csv(dossier_copy.raw / "sources.csv", dtype=str)["id"].iloc[0]

    def put(lines):
        rows = [{**one, "source": source} for one in lines]
        frame = pd.DataFrame(rows).reindex(columns=HEADER)
        frame.to_csv(dossier_copy.raw_year(year) / "accounts.csv", index=False)
        axes = AXES.replace("rapport", source)
        (dossier_copy.raw / "reference/budget_axes.csv").write_text(axes, "utf-8")
        return dossier_copy

    return put


@pytest.fixture
def counted(write):
    return load_edition(write(LINES), 2030)


def test_views_are_told_apart_what_was_spent_first(counted):
    assert list_views(counted) == [VIEW, AccountView(MAIN, 2030, VOTED)]
    assert VIEW.title == "Budget principal, compte financier unique 2029"


def test_orders_stand_beside_the_real_amounts(counted):
    rows = total_sections(counted, VIEW).set_index(["budget_section", "flow", "movement"])
    assert rows.loc[("investissement", "dépense", "réel"), "amount_eur"] == 200
    assert rows.loc[("investissement", "dépense", "réel"), "lines"] == "2-5"
    assert rows.loc[("investissement", "dépense", "ordre"), "amount_eur"] == 7
    assert rows.loc[("investissement", "recette", "réel"), "amount_eur"] == 9


def test_policies_by_finality_take_both_sections_and_no_order(counted):
    rows = cross_policies(counted, VIEW)
    assert rows[["policy", "finality", "amount_eur", "lines"]].values.tolist() == [
        ["Culture", "air", 400, "8"],
        ["Voirie", "air", 100, "2"],
        ["Voirie", "transversal", 50, "3"],
        ["", "", 50, "4-5"],
    ]


def test_each_axis_shares_the_same_investment(counted):
    rows = cross_axes(counted, VIEW)
    assert (rows.groupby("axis")["amount_eur"].sum() == 200).all()
    air = rows[rows["axis"] == 1].set_index("rating")
    assert air["amount_eur"].to_dict() == {
        "favorable": 100, "neutre": 0, "mixte": 0, "défavorable": 50, "non coté": 30,
        "hors champ": 20, "": 0,
    }  # fmt: skip
    assert air["share_pct"]["favorable"] == pytest.approx(100 * 100 / 180)
    assert pd.isna(air["share_pct"]["hors champ"])
    water = rows[rows["axis"] == 2].set_index("rating")
    assert water["amount_eur"][""] == 80, "nobody looked: lines 3 and 4"
    assert water["lines"][""] == "3-4"


def test_coverage_counts_neither_unrated_nor_out_of_scope(counted):
    rows = cover_axes(counted, VIEW).set_index("axis")
    assert rows["counted_eur"].to_dict() == {1: 180, 2: 180}
    assert rows["rated_eur"].to_dict() == {1: 150, 2: 100}
    assert rows["coverage_pct"][1] == pytest.approx(100 * 150 / 180)
    assert rows["untold_eur"].to_dict() == {1: 0, 2: 80}
    assert rows["required"].to_dict() == {1: True, 2: False}, "from 2024, from 2035"
    voted = cover_axes(counted, AccountView(MAIN, 2030, VOTED))
    assert not voted["required"].any(), "the annex is to accounts, not to budgets"


def test_an_edition_without_accounts_or_axes_has_empty_tables(edition):
    assert list_views(edition) == []
    assert cross_axes(edition, VIEW).empty
    assert cover_axes(edition, VIEW).empty


@pytest.mark.parametrize(
    ("numbers", "words"), [([], ""), ([3], "3"), ([2, 3, 4, 9], "2-4, 9"), ([5, 4], "4-5")]
)
def test_lines_are_written_as_runs(numbers, words):
    assert write_lines(numbers) == words


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"amount_eur": -1}, "montant négatif"),
        ({"fiscal_year": 2032}, "exercice à venir"),
        ({"axis_1": "favorable", "flow": "recette"}, "qui n’est pas une dépense réelle"),
        ({"axis_1": "neutre", "movement": "ordre"}, "qui n’est pas une dépense réelle"),
        ({"axis_3": "neutre"}, "axe absent de budget_axes.csv"),
        ({"axis_1": "bon"}, "valeur inconnue"),
        ({"account": "21 51"}, "écriture non admise"),
        ({"finality": "suivi"}, "code absent de finalities.csv"),
        ({"label": "a"}, "clé en double, déjà présente ligne 2"),
    ],
)
def test_a_line_that_cannot_be_is_refused_where_it_stands(write, cells, words):
    _, faults = collect_faults(write([LINES[0], line(5, "z") | cells]), 2030)
    assert [(fault.file, fault.row) for fault in faults] == [("2030/accounts.csv", 3)]
    assert words in faults[0].problem


def test_a_change_of_the_budget_may_be_negative(write):
    lines = [line(-5, "z", stage="décision modificative")]
    assert collect_faults(write(lines), 2030)[1] == []


def test_two_axes_may_not_share_a_number(write):
    dossier = write(LINES[:1])
    path = dossier.raw / "reference/budget_axes.csv"
    path.write_text(path.read_text("utf-8").replace(",2,Eau", ",1,Eau"), "utf-8")
    _, faults = collect_faults(dossier, 2030)
    assert "axe déjà présent ligne 2" in [fault.problem for fault in faults]


# --- the page -------------------------------------------------------------------------------------


def say(blocks):
    texts = [getattr(block, "text", block) for block in blocks]
    return strip_marks("\n".join(texts)).replace("\u00a0", " ").replace("\u202f", " ")


def test_the_page_says_each_view_and_never_adds_axes(counted):
    said = say(budget_page.compose_accounts(counted))
    assert "Dépenses réelles : 400 € de fonctionnement et 200 € d’investissement" in said
    assert "Les mouvements d’ordre (7 € de dépenses) ne comptent nulle part." in said
    assert "les axes ne s’additionnent pas" in said
    assert "l’axe 1 à 83 %" in said
    assert "L’annexe est incomplète : toute dépense n’est pas cotée sur l’axe 1." in said
    assert "Rien n’oblige encore à tout coter sur l’axe 2." in said
    assert "Axe 1 : Air (demandé)" in said
    assert "Axe 2 : Eau (non demandé)" in said
    base = "180 € = 200 € d’investissement réel − 20 € que le service dit hors champ."
    assert f"Base des parts sur les axes 1 et 2 : {base}" in said
    assert said.count("Aucune dépense d’investissement n’est cotée sur un axe.") == 1, "voted"
    assert "remboursement d’emprunts" not in said
    assert "ne se comparent pas" not in said, "no other amount of that year"


def test_policies_have_a_total_and_every_finality(write):
    loans = line(70_000, "Remboursement des emprunts", account="1641")
    lines = [line(3_000, "a", finality="air", policy="Voirie"), line(5_000, "b"), loans]
    said = say(budget_page.compose_accounts(load_edition(write(lines), 2030)))
    rows = [row for row in said.splitlines() if row.startswith(("| Voirie", "| Sans", "| Total"))]
    assert rows == [
        "| Voirie | 3 | 3 | 0 | 0 | 0 |",
        "| Sans politique | 75 | 0 | 0 | 0 | 75 |",
        "| Total | 78 | 3 | 0 | 0 | 75 |",
    ]
    assert "Dont, en investissement, 70 000 € de remboursement d’emprunts." in said
    duty = "n’est cotée sur un axe, alors que l’annexe demande l’axe 1 pour ces comptes."
    assert duty in said


def test_amounts_of_the_same_year_from_elsewhere_are_not_compared(write):
    dossier = write([line(100, "a")])
    (dossier.reference / "policies.csv").write_text(
        "id,order,title,chapter,services,indicator,source,locator\n"
        "nature,1,Nature,air,,depenses-air,rapport-invente,l. 33\n", "utf-8"
    )  # fmt: skip
    said = say(budget_page.compose_accounts(load_edition(dossier, 2030)))
    assert "dites ailleurs dans ce rapport pour 2029 ne se comparent pas à celles-ci" in said


def test_no_share_is_said_of_negative_amounts(write):
    change = {"stage": "décision modificative", "axis_1": "neutre"}
    lines = [line(-5, "a", **change), line(20, "b", **change)]
    blocks = list(budget_page.compose_accounts(load_edition(write(lines), 2030)))
    assert all(isinstance(block, str) for block in blocks)
    assert "Des montants sont négatifs : aucune part n’est dite ni dessinée." in say(blocks)


def test_without_accounts_the_page_asks_and_draws_nothing(edition):
    blocks = list(budget_page.compose_accounts(edition))
    assert all(isinstance(block, str) for block in blocks)
    assert "demandé à la direction chargée des finances" in say(blocks)
    assert ".csv" not in say(blocks)
    assert "cotation" not in say(blocks), "no axis is asked of this year"
    past = replace(edition, about={"kind": "reconstituée", "note": ""})
    assert "demandé" not in say(budget_page.compose_accounts(past))


def test_what_is_not_read_in_the_text_is_to_be_checked(counted):
    said = say(budget_page.compose_axes(counted))
    assert "texte lu" in said
    assert "à vérifier (déduit)" in said
    assert "Intitulés à vérifier (source secondaire)." in said
    assert "rien n’en était demandé" not in said


def test_what_the_real_edition_knows_is_said_and_no_axis_is_drawn(published):
    blocks = list(budget_page.compose_accounts(published))
    assert all(isinstance(block, str) for block in blocks)
    said = say(blocks)
    assert "| Gestion des déchets | 19,7 M€ | 2016 |" in said
    assert "rien n’en était demandé pour 2017" in say(budget_page.compose_axes(published))
    assert budget_page.find_spending_chapter(published) == "pilotage"
