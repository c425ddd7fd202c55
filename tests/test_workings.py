"""How each number came about: rows worked by hand on the made-up dossier, one for each branch, and
what a reader of the notebook sees of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest
from conftest import MADE_UP_YEAR

from analysis.base.errors import UserError
from analysis.base.paths import BOOK_VARIABLE, DOSSIER_VARIABLE, READS_VARIABLE
from analysis.compute import open_changes, open_edition, workings
from analysis.compute.audit.printed_figures import check_statements, judge_figure
from analysis.model.store import TracedEdition, write_edition
from analysis.show import pages
from analysis.show.pages import display


def plain(text):
    """As the tests type it: typography (thin spaces) is for the reader."""
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def pick(frame, *columns, **wanted):
    """The cells of the one row wanted."""
    rows = frame[(frame[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    assert len(rows) == 1, rows
    cells = [rows.iloc[0][column] for column in columns]
    return [plain(str(c)) if not isinstance(c, float) else c for c in cells]


def change(edition, table, wanted, **cells):
    """The edition with cells of the rows wanted of a table changed."""
    frame = getattr(edition, table).copy()
    rows = (frame[list(wanted)] == pd.Series(wanted)).all(axis=1)
    assert rows.any()
    for column, cell in cells.items():
        frame.loc[rows, column] = cell
    return replace(edition, **{table: frame})


def recompute(edition, chapter):
    derived = workings.list_derived(edition, chapter)
    return workings.recompute(derived, workings.list_terms(edition, derived))


# --- what is known --------------------------------------------------------------------------------


class TestKnown:
    columns = ("value", "unit", "qualifier", "said_by", "place", "file")

    @pytest.mark.parametrize(
        ("changed", "said_by"),
        [
            ({}, "écrit dans la source"),
            ({"basis": "déduit"}, "en partie déduit par la rédaction"),
            (
                {"basis": "déduit", "note": "début supposé"},
                "en partie déduit par la rédaction (voir la remarque)",
            ),
            ({"source": "formulaire-2030-environnement"}, "répondu par un service"),
            ({"source": "avis"}, "jugé par la rédaction"),
            ({"file": "reference/population.csv"}, "lu dans une table de référence"),
            ({"estimate": "oui"}, "écrit dans la source, estimation"),
        ],
    )
    def test_who_says_it(self, edition, changed, said_by):
        judged = edition.sources.iloc[:1].assign(id="avis", kind="jugement")
        edition = replace(edition, sources=pd.concat([edition.sources, judged]))
        edition = change(edition, "values", {"indicator": "aide-renovation"}, **changed)
        known = workings.list_known(edition, "air")
        assert pick(known, "said_by", indicator="aide-renovation") == [said_by]

    def test_a_value_with_its_qualifier_its_period_and_its_place(self, edition):
        known = workings.list_known(edition, "air")
        cells = pick(known, *self.columns, indicator="arbres-plantes", role="")
        assert cells == [
            6000.0, "arbre", "environ", "écrit dans la source", "l. 10", "2030/observations.csv",
        ]  # fmt: skip
        assert pick(known, "period_start", indicator="arbres-plantes", role="") == ["2026-01-01"]

    def test_a_target_is_known_too_with_its_due_date(self, edition):
        known = workings.list_known(edition, "air")
        cells = pick(known, "value", "period_end", "place", "reference", role="objectif")
        assert cells == [10000.0, "2034-12-31", "l. 10", "arbres-plantes:cible"]

    def test_every_period_is_listed_and_a_derived_value_is_not(self, edition):
        known = workings.list_known(edition, "air")
        rows = known[known["indicator"] == "logements-renoves"]
        assert list(rows["value"]) == [100.0, 80.0]
        assert list(rows["reference"]) == ["logements-renoves", "logements-renoves:precedent"]
        assert "aide-par-logement" not in set(known["indicator"])

    def test_what_is_not_known_says_why(self, edition):
        known = workings.list_known(edition, "suivi")
        rows = known[known["missing"] == "aucune population en vigueur connue pour 2030"]
        assert rows["value"].isna().all()
        assert list(rows["indicator"]) == ["population-totale"]

    def test_rows_stand_by_action_in_the_order_of_the_report(self, edition):
        subjects = workings.list_known(edition, "air")["subject"]
        assert list(dict.fromkeys(subjects)) == [
            "Planter des arbres", "Rénover les logements", "Aller au travail à vélo",
        ]  # fmt: skip

    def test_another_territory_is_named(self, edition):
        known = workings.list_known(edition, "suivi")
        assert pick(known, "title", territory="pays-exemple") == [
            "Soutien public par habitant (Pays d’Exemple)"
        ]

    def test_dates_and_ratings_with_who_says_so(self, edition):
        dates = workings.list_dates(edition, "air")
        cells = pick(dates, "title", "due_end", "status", "place", id="fin-plantations")
        assert cells == ["Fin du programme", "2034-12-31", "prévu", "l. 10"]
        rated = workings.list_rated(edition, "eau")
        wanted = {"subject": "Surveiller le réseau", "rating": "défavorable"}
        cells = pick(rated, "criterion", "reason", "place", "said_by", **wanted)
        assert cells == [
            "Air",
            "Les travaux demandent des engins.",
            "l. 22",
            "écrit dans la source",
        ]
        assert set(rated["subject"]) == {"Restaurer les zones humides", "Surveiller le réseau"}

    def test_sources_are_counted(self, edition):
        known = workings.list_known(edition, "air")
        sources = workings.list_sources(edition, known)
        assert pick(sources, "rows", source="rapport-invente") == [str(len(known))]


# --- what is computed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chapter", "result", "in_numbers", "number", "qualifier"),
    [
        # 1 200 000 of 3 000 000; a target less about so many; a whole number of six in a hundred
        ("air", "part-depenses-air", "100 × 1 200 000 ÷ 3 000 000", 40.0, "exact"),
        ("air", "arbres-restants", "10 000 − 6 000", 4000.0, "environ"),
        ("suivi", "obligation-emploi", "partie entière de (6 ÷ 100 × 160)", 9.0, "exact"),
        # of a derived term; of the population in force in 2029; of ten months; of two years
        ("air", "plantation-taux-aide", "100 × (1 − 30 000 ÷ 100 000)", 70.0, "exact"),
        ("suivi", "depenses-par-habitant", "3 000 000 ÷ 1 500", 2000.0, "exact"),
        ("air", "visiteurs-par-mois", "4 752 ÷ 10", 475.2, "exact"),
        ("air", "evolution-logements", "100 × (100 − 80) ÷ 80", 25.0, "exact"),
        # of an earlier period, each term of that one
        ("suivi", "part-femmes#1", "100 × 75 ÷ 150", 50.0, "exact"),
        ("suivi", "part-femmes#0", "100 × 84 ÷ 160", 52.5, "exact"),
    ],
)
def test_a_result_is_computed_from_its_terms(
    edition, chapter, result, in_numbers, number, qualifier
):
    indicator, _, rank = result.partition("#")
    computed = recompute(edition, chapter)
    row = {"result": f"{indicator}@{edition.territory['id']}#{rank or 0}"}
    columns = ("in_numbers", "recomputed", "recomputed_qualifier")
    assert pick(computed, *columns, **row) == [in_numbers, number, qualifier]


class TestRecomputation:
    def test_what_is_stored_plays_no_part(self, edition):
        wanted = {"indicator": "aide-par-logement"}
        computed = recompute(change(edition, "values", wanted, value=2600.0), "air")
        assert pick(computed, "stored", "recomputed", **wanted) == [2600.0, 2500.0]
        wrong = computed[workings.differ(computed["stored"], computed["recomputed"])]
        assert (
            workings.name_rows(wrong)
            == "aide-par-logement («\u00a0Aide par logement rénové\u00a0»)"
        )

    def test_a_changed_term_and_a_changed_formula_change_it(self, edition):
        derived = workings.list_derived(edition, "air")
        terms = workings.list_terms(edition, derived)
        terms.loc[terms["term"] == "logements-renoves", "value"] = 125.0
        wanted = {"indicator": "aide-par-logement"}
        assert pick(workings.recompute(derived, terms), "recomputed", **wanted) == [2000.0]
        derived["formula"] = derived["formula"].str.replace("} / {", "} - {")
        assert pick(workings.recompute(derived, terms), "recomputed", **wanted) == [249875.0]

    def test_a_term_has_its_own_period_place_and_length(self, edition):
        terms = workings.list_terms(edition, workings.list_derived(edition, "air"))
        columns = ("value", "period_end", "months", "place", "reference")
        cells = pick(terms, *columns, term="arbres-plantes")
        assert cells == [6000.0, "2030-12-31", 60.0, "l. 10", "arbres-plantes"]
        cells = pick(terms, *columns[:2], "place", term="arbres-plantes:cible")
        assert cells == [10000.0, "2034-12-31", "l. 10"]
        assert pick(terms, "place", term="plantation-reste") == ["calcul"]
        cells = pick(terms, "calculation", "months", term="visiteurs-accueil:par-mois")
        assert cells == ["4 752 ÷ 10", 10.0]

    def test_what_is_refused_is_left_empty(self, edition):
        computed = recompute(edition, "air")
        cells = pick(computed, "in_numbers", "missing", indicator="evolution-visiteurs")
        assert cells == [
            "", "« Visiteurs accueillis » : périodes non comparables : 12 mois contre 10 mois",
        ]  # fmt: skip
        assert computed.set_index("indicator")["recomputed"].isna()["evolution-visiteurs"]

    def test_nothing_is_made_of_a_zero_below_or_of_a_term_that_is_gone(self, edition):
        derived = workings.list_derived(edition, "air")
        terms = workings.list_terms(edition, derived)
        zero = terms.assign(value=terms["value"].where(terms["term"] != "logements-renoves", 0.0))
        wanted = {"indicator": "aide-par-logement"}
        assert pick(workings.recompute(derived, zero), "in_numbers", **wanted) == [""]
        without = terms[terms["term"] != "logements-renoves"]
        assert pick(workings.recompute(derived, without), "in_numbers", **wanted) == [""]

    def test_an_estimate_is_about_so_much(self, edition):
        wanted = {"indicator": "aide-par-logement"}
        estimated = change(edition, "values", wanted, estimate="oui")
        assert pick(recompute(estimated, "air"), "recomputed_qualifier", **wanted) == ["environ"]

    def test_what_is_not_written_of_a_term_is_said_of_the_result(self, edition):
        wanted = {"indicator": "aide-par-logement"}
        assert pick(recompute(edition, "air"), "reservation", **wanted) == [""]
        term = {"indicator": "aide-renovation"}
        undated = change(edition, "values", term, period_start=None, period_end=None)
        doubt = "« Aides à la rénovation » : sans date"
        assert pick(recompute(undated, "air"), "reservation", **wanted) == [doubt]
        deduced = change(edition, "values", term, basis="déduit")
        doubt = "« Aides à la rénovation » : en partie déduit par la rédaction"
        assert pick(recompute(deduced, "air"), "reservation", **wanted) == [doubt]

    @pytest.mark.parametrize(
        ("formula", "said"),
        [
            ("round({a} / (1 + {b} / 100))", "estimation 2029"), ("{a} / {b}", "estimation"),
            ("{a} / (1 + {b} / 100)", "estimation 2029"),
        ],
    )  # fmt: skip
    def test_what_a_growth_began_from_is_of_the_year_before(self, edition, formula, said):
        wanted = {"indicator": "aide-par-logement"}
        derived = workings.list_derived(edition, "air").assign(
            estimate="oui", formula=formula, terms="",
            period_start=date(2030, 1, 1), period_end=date(2030, 12, 31),
        )  # fmt: skip
        row = workings.recompute(derived, workings.list_terms(edition, derived)[:0])
        assert pick(row, "reservation", **wanted) == [said]

    def test_a_chapter_without_formula(self, edition):
        lone = replace(edition, values=edition.values[edition.values["origin"] != "dérivé"])
        assert recompute(lone, "air").empty

    def test_every_chapter_agrees(self, edition, later_edition):
        for known in (edition, later_edition):
            for chapter in known.chapters["id"]:
                given = recompute(known, chapter).query("missing == ''")
                assert not workings.differ(given["recomputed"], given["stored"]).any()
                assert not workings.differ(given["recomputed_qualifier"], given["qualifier"]).any()


@pytest.mark.parametrize(
    ("one", "other", "differs"),
    [
        (0.1 + 0.2, 0.3, False), (1e9, 1e9 + 1, False), (1.0, 1.001, True), (None, None, False),
        (1.0, None, True), ("exact", "exact", False), ("exact", "environ", True), (None, "", False),
    ],
)  # fmt: skip
def test_what_differs(one, other, differs):
    kind = "float64" if isinstance(one or other, float) else "object"
    pair = [pd.Series([cell], dtype=kind) for cell in (one, other)]
    assert list(workings.differ(*pair)) == [differs]


# --- against something ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("printed", "recomputed", "step", "verdict"),
    [
        (40.0, 40.0, 1.0, "exact"), (53.0, 52.5, 1.0, "arrondi"), (52.0, 52.5, 1.0, "arrondi"),
        (52.0, 52.6, 1.0, "écart"), (-2.5, -2.5641, 0.01, "écart"), (-4.4, -4.4168, 0.1, "arrondi"),
    ],
)  # fmt: skip
def test_a_printed_figure_is_judged(printed, recomputed, step, verdict):
    assert judge_figure(printed, recomputed, step) == verdict


class TestVerdicts:
    def test_printed_figures_of_the_chapter_discrepancies_first(self, edition):
        printed = workings.list_printed(edition, "air")
        assert list(printed["id"]) == ["imprime-evolution", "imprime-visiteurs", "imprime-part-air"]
        assert list(printed["judged"]) == ["écart", "invérifiable", "exact"]
        assert pick(printed, "recomputed", "place", id="imprime-evolution") == [25.0, "l. 13"]
        assert workings.list_printed(edition, "eau").empty

    def test_a_verdict_is_judged_again_from_the_value(self, edition):
        wanted = {"id": "imprime-part-air"}
        printed = workings.list_printed(change(edition, "checks", wanted, verdict="écart"), "air")
        assert pick(printed, "verdict", "judged", **wanted) == ["écart", "exact"]
        other_unit = change(edition, "checks", wanted, unit="arbre")
        assert pick(workings.list_printed(other_unit, "air"), "judged", **wanted) == [
            "invérifiable"
        ]

    def test_the_register_explains_a_discrepancy(self, edition):
        row = dict.fromkeys(edition.discrepancies.columns, "") | {
            "id": "croissance", "statement": "imprime-evolution", "kept": "25 %.",
            "reason": "La source arrondit.", "carried_from": None,
        }  # fmt: skip
        explained = replace(edition, discrepancies=pd.DataFrame([row]))
        printed = workings.list_printed(explained, "air")
        assert pick(printed, "explanation", id="imprime-evolution") == ["25 %. La source arrondit."]
        assert pick(printed, "explanation", id="imprime-part-air") == [""]

    @pytest.mark.parametrize(
        ("locator", "said"),
        [
            ("l. 60 ; l. 13", "aucune ; sur les mêmes passages : « Deux dates »"),
            ("l. 60", ""), ("l. 13", ""), ("l. 60 ; l. 14", ""),
        ],
    )  # fmt: skip
    def test_the_register_names_others_of_the_same_two_passages(self, edition, locator, said):
        """100 homes are typed from l. 13; l. 60 prints 90."""
        row = dict.fromkeys(edition.discrepancies.columns, "") | {
            "id": "dates", "title": "Deux dates", "locator": locator, "carried_from": None,
        }  # fmt: skip
        register = pd.DataFrame([row])
        statement = {
            "id": "repete", "locator": "l. 60", "printed_value": 90.0, "unit": "logement",
            "precision": 1.0, "indicator": "logements-renoves", "note": "",
        }  # fmt: skip
        known = replace(edition, statements=pd.DataFrame([statement]), discrepancies=register)
        known = replace(known, checks=check_statements(known))
        printed = workings.list_printed(known, "air")
        assert pick(printed, "kept", "verdict", "explanation") == [100.0, "écart", said]
        assert printed["recomputed"].isna().all(), "it is what was typed, not computed"

    def test_two_periods_compared_and_refused(self, edition):
        compared = workings.list_comparisons(edition, "air")
        columns = ("precedent", "latest", "difference", "growth_pct", "reason")
        made = compared[compared["comparable"]]
        assert pick(made, *columns, indicator="logements-renoves") == [80.0, 100.0, 20.0, 25.0, ""]
        assert list(workings.compute_growth(made)) == [25.0]
        assert made["monthly_latest"].isna().all(), "a mean by month is for what does not compare"
        refused = compared[~compared["comparable"]]
        columns = ("monthly_precedent", "monthly_latest", "reason")
        assert pick(refused, *columns, indicator="visiteurs-accueil") == [
            500.0, 475.2, "périodes non comparables : 12 mois contre 10 mois",
        ]  # fmt: skip
        assert workings.compute_growth(refused).isna().all(), "none where the edition gives none"

    def test_pairs_that_touch_the_chapter(self, edition):
        pairs = workings.list_pairs(edition, "air")
        columns = ("first_title", "second_title", "place")
        assert pick(pairs, *columns, id="arbres-visiteurs") == [
            "Arbres plantés", "Visiteurs accueillis", "l. 10 ; l. 17",
        ]  # fmt: skip
        assert workings.list_pairs(edition, "eau").empty

    def test_progress_is_judged_again_from_typed_values(self, edition):
        wanted = {"indicator": "arbres-plantes"}
        wrong = change(edition, "progress", wanted, verdict="atteint", attained_pct=100.0)
        progress = workings.list_progress(wrong, "air")
        columns = ("distance", "attained_pct", "judged_pct", "verdict", "judged")
        cells = pick(progress, *columns, **wanted)
        assert cells == [4000.0, 100.0, 60.0, "atteint", "en bonne voie"]
        assert workings.list_progress(edition, "suivi").empty

    def test_controls_of_indicators_and_of_milestones_alerts_first(self, edition):
        wanted = {"id": "doublon:aide-renovation"}
        controls = workings.list_controls(
            change(edition, "controls", wanted, verdict="alerte"), "air"
        )
        assert controls["id"].iloc[0] == wanted["id"]
        assert "jalon:fin-plantations" in set(controls["id"])
        assert not set(controls["indicator"]) & {"agents", "depenses-totales"}
        assert list(dict.fromkeys(controls["verdict"])) == ["alerte", "conforme"]


# --- shown ----------------------------------------------------------------------------------------


@pytest.fixture
def shown(monkeypatch, edition):
    """What ``show_frame`` displays in a run of the book."""
    texts = []
    monkeypatch.setenv(BOOK_VARIABLE, "figures")
    monkeypatch.setattr(display, "display", lambda data, **_: texts.append(data["text/markdown"]))

    def run(frame, **options):
        pages.show_frame(frame, edition, **options)
        return plain(texts[-1]).replace("\\", "")

    return run


def read_cells(table):
    """Heading → cell of the first row of a pipe table."""
    lines = [line for line in table.splitlines() if line.startswith("|")]
    heads, cells = ([c.strip() for c in line[1:-1].split("|")] for line in (lines[0], lines[2]))
    return dict(zip(heads, cells, strict=True))


def select(frame, **wanted):
    return frame[(frame[list(wanted)] == pd.Series(wanted)).all(axis=1)]


class TestShowFrame:
    def test_a_number_has_its_unit_its_qualifier_and_its_trace(self, edition, shown):
        known = workings.list_known(edition, "air")
        cells = read_cells(shown(select(known, indicator="arbres-plantes", role="")))
        assert cells["Valeur"] == '[environ 6 000 arbres]{.trace data-trace="arbres-plantes"}'
        assert cells["Période"] == "2026–2030"
        assert cells["Endroit"] == "l. 10"
        assert not {"unit", "Unit", "Rôle", "État", "Financeur"} & set(cells)

    def test_money_and_what_is_not_settled(self, edition, shown):
        known = workings.list_known(edition, "air")
        cells = read_cells(shown(select(known, indicator="plantation-etat")))
        assert cells["Valeur"].startswith("[50 000 €]")
        assert [cells["État"], cells["Financeur"]] == ["prévu", "État"]
        row = select(known, indicator="visiteurs-accueil", qualifier="exact")
        assert read_cells(shown(row))["État"] == "provisoire"

    def test_a_due_date_and_a_value_that_is_missing(self, edition, shown):
        known = workings.list_known(edition, "air")
        cells = read_cells(shown(select(known, role="objectif")))
        assert cells["Période"] == "échéance : fin 2034"
        wanted = {"missing": "aucune population en vigueur connue pour 2030"}
        cells = read_cells(shown(select(workings.list_known(edition, "suivi"), **wanted)))
        assert cells["Valeur"] == "non disponible (aucune population en vigueur connue pour 2030)"
        assert "Période" not in cells

    def test_a_calculation(self, edition, shown):
        row = select(recompute(edition, "air"), indicator="aide-par-logement")
        cells = read_cells(shown(row))
        assert (
            cells["Calcul, en toutes lettres"]
            == "« Aides à la rénovation » ÷ « Logements rénovés »"
        )
        assert cells["En nombres"] == "250 000 ÷ 100"
        assert cells["Recalculé ici, avant arrondi"].startswith("[2 500 €/logement]")

    def test_two_periods_and_a_target(self, edition, shown):
        compared = workings.list_comparisons(edition, "air")
        cells = read_cells(shown(select(compared, comparable=True)))
        assert cells["Avant"] == (
            '[80 logements rénovés]{.trace data-trace="logements-renoves:precedent"} (2029)'
        )
        assert cells["Écart"] == "+ 20 logements rénovés"
        assert cells["Évolution"].startswith("[+ 25 %]")
        cells = read_cells(shown(select(compared, comparable=False)))
        assert cells["Après"].endswith("(janvier à octobre 2030, provisoire)")
        assert cells["Comparable"] == "non"
        cells = read_cells(shown(workings.list_progress(edition, "air")))
        assert cells["Objectif"].endswith("(fin 2034)")
        assert cells["Reste"] == "4 000 arbres"

    def test_a_share_moves_in_points(self, edition, shown):
        row = select(workings.list_comparisons(edition, "suivi"), indicator="part-femmes")
        assert read_cells(shown(row))["Écart"] == "+ 2,5 points"

    def test_a_difference_is_rounded_as_what_it_is_between(self, edition, shown):
        """5,3466 and 5,6 at one decimal: −0,3, as one reads it beside them."""
        row = select(workings.list_comparisons(edition, "suivi"), indicator="part-femmes")
        row = row.assign(precedent=5.6, latest=5.3466, difference=-0.2534)
        assert read_cells(shown(row))["Écart"] == "− 0,3 point"

    def test_what_all_rows_share_is_said_once(self, edition, shown):
        known = workings.list_known(edition, "air")
        text = shown(known, by="subject")
        first, *tables = text.split("\n\n")
        assert "Ici, endroit : l. 17." in tables, "of the rows of one action"
        assert first.startswith("Pour toutes ces lignes, origine : écrit dans la source ; source :")
        assert text.count("rapport-invente") == 1
        assert "Source" not in "".join(tables)
        assert "Source" in read_cells(shown(known.iloc[:1])), "one row has nothing to share"

    def test_a_verdict_judged_again_is_shown_where_it_is_another(self, edition, shown):
        printed = workings.list_printed(edition, "air")
        assert "refait" not in shown(printed)
        other = printed.assign(judged=printed["judged"].replace("exact", "écart"))
        assert "Verdict refait ici" in shown(other)

    def test_a_bound_is_never_rounded_past_itself(self, edition, shown):
        wanted = {"indicator": "part-femmes", "rank": 0}
        made = change(edition, "values", wanted, value=52.46, qualifier="plus de")
        row = select(workings.list_derived(made, "suivi"), reference="part-femmes")
        assert read_cells(shown(row))["Dans l’édition"].startswith("[plus de 52,4 %]")

    def test_a_table_for_each_word_of_a_column(self, edition, shown):
        text = shown(workings.list_known(edition, "air"), by="subject")
        assert [line for line in text.splitlines() if line.startswith("**")] == [
            "**Planter des arbres**", "**Rénover les logements**", "**Aller au travail à vélo**",
        ]  # fmt: skip
        assert "Objet" not in text
        text = shown(workings.list_known(edition, "suivi"), by="subject")
        assert text.startswith("**L’ensemble du chapitre**")

    def test_links_lead_to_the_first_row_of_each_value(self, edition, shown):
        known = workings.list_known(edition, "air")
        rows = known[known["indicator"].isin(["arbres-plantes", "logements-renoves"])]
        text = shown(rows, places=True)
        assert text.count("[Arbres plantés]{#calcul-arbres-plantes}") == 1, "not at its target"
        assert text.count("[Logements rénovés]{#calcul-logements-renoves}") == 1
        assert len(rows) == 4
        assert "{#" not in shown(rows)

    def test_a_frame_of_ones_own_and_an_empty_one(self, shown):
        frame = pd.DataFrame({"ratio": [0.5, None], "sûr": [True, False]})
        assert read_cells(shown(frame)) == {"Ratio": "0,5", "Sûr": "oui"}
        assert "nan" not in shown(frame)
        assert shown(frame[:0], none="Rien à voir.") == "*Rien à voir.*"


# --- an edition opened by a person ------------------------------------------------------------


class TestOpenEdition:
    @pytest.fixture(autouse=True)
    def here(self, dossier_copy, monkeypatch):
        for name in (BOOK_VARIABLE, READS_VARIABLE):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(DOSSIER_VARIABLE, str(dossier_copy.root))

    def test_it_is_computed_as_it_is_typed_now_and_nothing_is_written(self, dossier_copy):
        assert open_edition().value("logements-renoves").value == 100
        path = dossier_copy.raw_year(MADE_UP_YEAR) / "observations.csv"
        path.write_text(path.read_text("utf-8").replace("12-31,100,", "12-31,125,"), "utf-8")
        edition = open_edition(MADE_UP_YEAR)
        assert edition.value("aide-par-logement").value == 2000
        assert not dossier_copy.processed.exists()

    def test_what_is_wrong_is_told_without_a_traceback(self, dossier_copy):
        path = dossier_copy.raw_year(MADE_UP_YEAR) / "observations.csv"
        path.write_text(path.read_text("utf-8").replace("12-31,100,", "12-31,cent,"), "utf-8")
        with pytest.raises(UserError) as error:
            open_edition()
        shown = "\n".join(error.value._render_traceback_())
        assert shown == str(error.value)
        assert "2030/observations.csv\n  - ligne 3, colonne « value »" in plain(shown)
        with pytest.raises(UserError, match="L’édition 2028 n’existe pas"):
            open_edition(2028)

    def test_in_a_run_of_the_book_it_is_the_one_that_was_computed(
        self, dossier_copy, edition, monkeypatch, tmp_path
    ):
        monkeypatch.setenv(BOOK_VARIABLE, str(tmp_path / "figures"))
        monkeypatch.setenv(READS_VARIABLE, str(tmp_path / "reads"))
        with pytest.raises(FileNotFoundError, match="n’a pas encore été calculée"):
            open_edition(MADE_UP_YEAR)
        write_edition(edition, dossier_copy)
        assert isinstance(open_edition(MADE_UP_YEAR), TracedEdition)

    def test_changes_are_computed_too(self, later_dossier, later_edition, monkeypatch):
        monkeypatch.setenv(DOSSIER_VARIABLE, str(later_dossier.root))
        changes = open_changes(later_edition)
        assert (changes.year, changes.against) == (later_edition.year, MADE_UP_YEAR)
        followed = changes.values.set_index("indicator").loc["logements-renoves"]
        assert (followed["then_kept"], followed["now"]) == (100, 120)
