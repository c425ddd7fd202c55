"""The published figures of ``data/``, checked without building the report.

Values were taken by hand from the published report and worked out with pencil and paper.
"""

import re
from datetime import date

import pandas as pd
import pytest

from analysis.compute.audit.printed_figures import find_unexplained
from analysis.model.store import list_members
from analysis.publish.book_checks import squeeze
from analysis.show import tables
from analysis.words import prose
from analysis.words.hidden_markup import strip_marks
from analysis.words.progress_words import list_verdicts, write_verdict

#: Lines of the transcription that locators point at.
LAST_LINE = 1567


@pytest.mark.parametrize(
    ("statement", "printed", "recomputed", "verdict"),
    [
        # shares of the 73.4 M€
        ("tourisme-part-imprimee", 2.58, 100 * 1.89 / 73.4, "écart"),
        ("part-depenses-habitat", 9.5, 100 * 6.96 / 73.4, "arrondi"),
        ("part-dechets-imprimee", 26.8, 100 * 19.7 / 73.4, "arrondi"),
        ("depenses-totales-imprimees", 73.4e6, 73.3e6, "écart"),
        # shares of the real expenses, some 147 M€
        ("part-communes-imprimee", 34, 23 + 100 * 16.2 / (50.05 / 0.34), "arrondi"),
        ("part-solidarite-imprimee", 11, 100 * 16.2 / (50.05 / 0.34), "arrondi"),
        # balances, sums, growth, per inhabitant
        ("tepcv-solde-imprime", 395_000, 392_000, "écart"),
        ("tepcv-solde-sommaire", 395_000, 392_000, "écart"),
        ("plie-budget-total-imprime", 997_426, 907_426, "écart"),
        ("halles-programme", 23, 24, "écart"),
        ("demandes-formation-total", 290, 263 + 13 + 13 + 1, "exact"),
        ("eie-evolution-imprimee", -4.4, 100 * (844 - 883) / 883, "arrondi"),
        ("evolution-agents", -2.5, 100 * (190 - 195) / 195, "écart"),
        ("versements-par-habitant-imprimes", 313, 50_050_000 / 158_170, "écart"),
        # legal thresholds
        ("minimum-agents-handicapes-imprime", 11, 11, "exact"),
        ("obligation-handicap-analyse", 6, 6, "exact"),
        ("obligation-handicap-sommaire", 6, 6, "exact"),
        # the same figure in another place, announced and listed
        ("odd-texte", 17, 17, "exact"),
        ("finalites-padd-annoncees", 5, 5, "exact"),
        ("padd-objectifs-nommes", 2, 2, "exact"),
        ("quartiers-nationaux-nommes", 2, 2, "exact"),
        ("quartiers-etudes-nommes", 2, 2, "exact"),
        ("gemapi-territoires-nommes", 2, 2, "exact"),
        # periods
        ("plh-duree-sommaire", 6, 6, "exact"),
        ("plh-duree-documents", 4, 6, "écart"),
        ("adap-duree-sommaire", 3, 3, "exact"),
        ("contrat-ville-duree-documents", 6, 6, "exact"),
    ],
)
def test_printed_figure_against_the_calculation(published, statement, printed, recomputed, verdict):
    row = published.checks.set_index("id").loc[statement]
    assert row["printed_value"] == printed
    assert row["recomputed"] == pytest.approx(recomputed)
    assert row["verdict"] == verdict


def test_every_discrepancy_of_a_figure_is_explained(published):
    verdicts = published.checks.set_index("id")["verdict"]
    assert set(verdicts) == {"exact", "arrondi", "écart", "invérifiable"}
    # The one figure that can only be worked out of itself: the year before is not printed.
    assert list(verdicts.index[verdicts == "invérifiable"]) == ["eie-evolution-2016-imprimee"]
    assert find_unexplained(published) == []
    assert len(published.checks) >= 78
    known = set(published.statements["id"])
    named = published.discrepancies["statement"]
    assert set(named[named != ""]) <= known


@pytest.mark.parametrize(
    "discrepancy",
    [
        "solde-tepcv-sommaire",
        "budget-plie",
        "halles",
        "periode-plh",
        "padd-adoption",
        "nom-escautpont",
        "nom-lourches",
        "nom-douchy",
        "pcaet-seuil",
        "periodes-inegales",
        "glossaire-ccas",
        "glossaire-ugap",
        "sommaire-titre-vi",
        "sommaire-titres",
    ],
)
def test_register_holds_what_the_source_contradicts(published, discrepancy):
    assert discrepancy in set(published.discrepancies["id"])


def test_every_row_of_the_audit_names_its_lines(published):
    for table in (published.statements, published.discrepancies):
        for locator in table["locator"]:
            assert re.fullmatch(r"l\. \d+(-\d+)?( ; l\. \d+(-\d+)?)*", locator), locator
            lines = re.findall(r"\d+", locator)
            assert all(1 <= int(line) <= LAST_LINE for line in lines), locator


def test_printed_number_of_communes_is_that_of_the_official_list(published):
    members = list_members(published.communes, date(published.year, 12, 31))
    assert len(members) == published.value("communes-membres").value == 46


def test_register_has_no_repeats(published):
    assert len(published.discrepancies) >= 25
    assert published.discrepancies["id"].is_unique
    assert not published.discrepancies["title"].duplicated().any()


def test_source_is_carried_over_whole(published):
    """Counts taken by hand in the published report (headings, ticks, bullets, glossary)."""
    counts = published.actions.groupby(["chapter", "section"]).size().to_dict()
    assert counts == {
        ("climat", "politiques"): 7,
        ("climat", "interne"): 4,
        ("biodiversite", "politiques"): 9,
        ("biodiversite", "interne"): 2,
        ("epanouissement", "politiques"): 7,
        ("epanouissement", "interne"): 2,
        ("cohesion", "politiques"): 5,
        ("cohesion", "interne"): 3,
        ("production-consommation", "politiques"): 7,
        ("production-consommation", "interne"): 7,
        ("pilotage", "fonctionnements"): 6,
        ("participation", "fonctionnements"): 6,
        ("evaluation", "fonctionnements"): 4,
    }
    assert len(published.actions) == 69
    assert len(published.planned) == 19
    assert len(published.improvements) == 40
    own = published.glossary["locator"].str.fullmatch(r"l\. 1(?:499|5\d\d)")
    assert own.sum() == 43, "the others are spelled out in its text"


@pytest.mark.parametrize(
    ("reference", "printed"),
    [
        # what the published report prints and what the pipeline must give again
        ("part-depenses-dechets", "26,8 %"),
        ("part-depenses-developpement-economique", "16,5 %"),
        ("part-depenses-habitat", "9,5 %"),
        ("part-depenses-culture", "6,2 %"),
        ("part-depenses-sport", "3,6 %"),
        ("part-depenses-numerique", "1,3 %"),
        ("depenses-totales", "73,4 M€"),
        ("arbres-plantes", "60 000 arbres"),
        ("arbres-plantes:cible", "100 000 arbres"),
        ("personnes-sensibilisees-eie:evolution", "− 4,4 %"),
        ("mobilite-propre-taux-subvention", "80 %"),
        ("minimum-agents-handicapes", "11 agents"),
        ("part-agents-demandeurs-formation", "68,9 %"),
    ],
)
def test_published_figures(published, reference, printed):
    text = strip_marks(prose.resolve_plain(published, "{{" + reference + "}}"))
    assert squeeze(text).replace(",0 %", " %") == printed


@pytest.mark.parametrize(
    ("name", "kind", "verdict", "said"),
    [
        # 11 asked of 190, 6 there; 500 000 € less 108 000 €; 4 parks a year make 20 of 34 in five
        # years; 60 000 trees in the seven years 2011 to 2017, 40 000 to plant in three.
        ("agents-handicapes", "obligation légale", "obligation non remplie", "il manque 5 agents"),
        ("tepcv-subventions-prevues", "aide à utiliser", "aide pas entièrement utilisée",
         "il reste 392 000 €"),
        ("parcs-enquetes", "programme", "programme inachevé",
         "À 4 parcs d'activité par an, on arriverait à 20 parcs d'activité en 5 ans"),
        ("arbres-plantes", "objectif", "rythme insuffisant",
         "8 570 arbres par an, mène à environ 85 700 arbres en 2020 ; il faudrait 13 330 arbres"),
        ("halles-realisees", "programme", "programme inachevé", "il reste 7 halles"),
        # The law asked for it by the end of 2016; the report of 2017 finds it under way.
        ("prevu-pcaet", "obligation légale", "obligation non remplie",
         "Échéance légale : fin 2016 ; en cours à la fin de 2017"),
        ("competence-gemapi", "obligation légale", "à venir", "1er janvier 2018"),
    ],
)  # fmt: skip
def test_published_targets(published, name, kind, verdict, said):
    rows = {row["indicator"] or row["entry"]: row for row in list_verdicts(published)}
    told = squeeze(strip_marks(write_verdict(published, rows[name])))
    assert (rows[name]["kind"], rows[name]["verdict"]) == (kind, verdict)
    assert said in told, told
    assert "taux-agents-handicapes" not in rows, "said with the count of agents"


def test_enough_is_derived_and_nothing_is_lost_on_the_way(published):
    values = published.values
    derived = values[(values["origin"] == "dérivé") & values["value"].notna()]
    assert derived["indicator"].nunique() >= 60
    assert values[values["value"].isna()]["missing"].str.len().gt(0).all()


def test_every_listed_key_figure_is_shown(published):
    for chapter, listed in published.key_figures.groupby("chapter"):
        text = tables.list_key_figures(published, chapter)
        items = [line for line in text.splitlines() if line.startswith("- ")]
        assert len(items) == len(listed), f"{chapter}: one item for each"


def test_a_difference_is_not_named_for_one_way_only(published):
    """« Imprimantes retirées : − 29 »: a difference that may change its sign has a neutral name, or
    bounds that say it cannot."""
    one_way = re.compile(
        r"\b(?:retir|rest|économi|gain|avance|évité|baisse|hausse|réduction)", re.I
    )
    for row in published.indicators.itertuples():
        is_difference = re.fullmatch(r"\{[^}]+\} - \{[^}]+\}", row.formula)
        if is_difference and pd.isna(row.minimum):
            assert not one_way.search(row.title), row.id


def test_a_legal_population_compares_with_that_of_five_years_before(published):
    row = published.comparisons.set_index("indicator").loc["population-municipale"]
    assert not row["comparable"]
    assert "cinq ans plus tôt" in row["reason"]
