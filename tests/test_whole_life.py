"""Whole-life cost: each rule on cases worked by hand, rows that are refused, what is shown."""

import dataclasses
import os
import shutil
import subprocess
import sys

import nbformat
import numpy as np
import pandas as pd
import pytest
from synthetic import make_dossier

from analysis import execute
from analysis.base.paths import DOSSIER_VARIABLE, NOTEBOOKS, Dossier
from analysis.compute import whole_life
from analysis.compute.indicators import load_edition
from analysis.compute.whole_life import Cost, Hypotheses
from analysis.execute import plan_jobs
from analysis.model.schema import InvalidDossier
from analysis.model.store import write_edition
from analysis.show.pages import whole_life_page

YEAR = 2029
FLAT = Hypotheses(0, 10)


def cost(kind, amount=100.0, category="travaux", **known):
    return Cost("a", category, "poste", kind, amount, **known)


def present(one, rate=0.0, years=10):
    """Net present cost of one cost."""
    return whole_life.compute_items([one], Hypotheses(rate, years))["present_eur"].sum()


# --- by hand --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "factor"), [(0, 50), (1.5, 35.0), (3.2, 24.8), (4.5, 19.8)])
def test_fifty_equal_years_are_worth_what_the_method_says(rate, factor):
    assert round(whole_life.compute_annuity_factor(rate, 50), 1) == factor


def test_the_factor_is_that_of_the_closed_formula():
    assert whole_life.compute_annuity_factor(3.2, 50) == pytest.approx((1 - 1.032**-50) / 0.032)


@pytest.mark.parametrize(
    ("one", "years"),
    [
        (cost("une fois"), [0]),
        (cost("une fois", first=3), [3]),
        (cost("une fois", first=12), []),  # a period shorter than the row's
        (cost("une fois", category="fin de vie"), [10]),
        (cost("une fois", category="valeur résiduelle"), [10]),
        (cost("une fois", category="fin de vie", first=4), [4]),
        (cost("chaque année"), list(range(1, 11))),
        (cost("chaque année", first=0, last=2), [0, 1, 2]),
        (cost("chaque année", last=30), list(range(1, 11))),
        (cost("renouvellement", life=4), [4, 8]),
        (cost("renouvellement", life=5), [5]),  # not in the last year
        (cost("renouvellement", life=4, first=1), [1, 5, 9]),
        (cost("renouvellement", life=4, last=5), [4]),
        (cost("renouvellement", life=20), []),
    ],
)  # fmt: skip
def test_a_cost_is_paid_in_these_years(one, years):
    assert list(whole_life.list_years(one, 10)) == years


@pytest.mark.parametrize(
    ("one", "rate", "expected"),
    [
        (cost("une fois"), 5, 100),  # at once: nothing is discounted
        (cost("une fois", first=2), 10, 100 / 1.21),
        (cost("une fois", first=2, drift_pct=10), 10, 100),  # drift and rate undo each other
        (cost("une fois", first=1, drift_pct=-50), 0, 50),
        (cost("chaque année"), 0, 1000),
        (cost("chaque année", last=2), 10, 100 / 1.1 + 100 / 1.21),
        (cost("chaque année", last=2, drift_pct=100), 0, 200 + 400),
        # Of the one of year 8, two years of four are used: half comes back.
        (cost("renouvellement", life=4), 0, 200 - 50),
        (cost("renouvellement", life=4), 10, 100 / 1.1**4 + 100 / 1.1**8 - 50 / 1.1**10),
        # At the price paid: 100 × 2^8.
        (cost("renouvellement", life=4, drift_pct=100), 0, 1600 + 25600 - 12800),
        (cost("renouvellement", life=5), 0, 100),  # used up at the end
        (cost("renouvellement", life=3, last=4), 0, 100),  # ended before the period
        (cost("une fois", -100, category="subvention", first=1), 25, -80),
        (cost("une fois", category="fin de vie"), 0, 100),
    ],
)  # fmt: skip
def test_net_present_cost(one, rate, expected):
    assert present(one, rate) == pytest.approx(expected)


ROW = {
    "option": "", "category": "énergie", "item": "Chaleur", "kind": "chaque année",
    "amount_eur": None, "quantity": 2000.0, "unit_price_eur": 0.1, "amount_low_eur": None,
    "amount_high_eur": None, "first_year": pd.NA, "last_year": pd.NA, "life_years": pd.NA,
    "drift_pct": None, "carbon_kg": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({}, {"amount": 200.0, "carbon": None, "drift_pct": 0.0, "bounds": None, "first": None}),
        ({"carbon_kg": 0.5, "drift_pct": 2.0}, {"carbon": 1000.0, "drift_pct": 2.0}),
        ({"amount_eur": 210.4}, {"amount": 210.4}),
        ({"amount_low_eur": 150.0, "amount_high_eur": 300.0}, {"bounds": (150.0, 300.0)}),
        ({"category": "subvention"}, {"amount": -200.0}),
        ({"category": "recettes", "amount_low_eur": 150.0, "amount_high_eur": 300.0},
         {"amount": -200.0, "bounds": (-300.0, -150.0)}),
        ({"category": "valeur résiduelle"}, {"amount": -200.0}),
        ({"first_year": 3, "last_year": 5}, {"first": 3, "last": 5}),
    ],
)  # fmt: skip
def test_a_row_as_a_cost(cells, expected):
    read = dataclasses.asdict(whole_life.read_cost(ROW | cells, "a"))
    assert {name: read[name] for name in expected} == expected


def costs_of(a, b):
    """Two options: works at once, then so much each year."""
    return [
        Cost(option, category, category, kind, float(amount))
        for option, (works, energy) in {"a": a, "b": b}.items()
        for category, kind, amount in (
            ("travaux", "une fois", works), ("énergie", "chaque année", energy),
        )
    ]  # fmt: skip


def test_an_item_has_its_terms_and_emissions_are_not_discounted():
    one = cost("chaque année", carbon=10.0, drift_pct=0.0)
    (row,) = whole_life.compute_items([one], Hypotheses(10, 2)).to_dict("records")
    assert row["payments"] == 2
    assert row["factor"] == pytest.approx(1 / 1.1 + 1 / 1.21)
    assert row["present_eur"] == pytest.approx(row["amount_eur"] * row["factor"])
    assert row["carbon_kg"] == 20
    (row,) = whole_life.compute_items([cost("une fois")], FLAT).to_dict("records")
    assert np.isnan(row["carbon_kg"])


def test_curves_and_the_year_in_which_they_cross():
    spent = whole_life.accumulate(costs_of((100, 30), (200, 10)), FLAT)
    assert spent.loc["a", [0, 1, 10]].tolist() == [100, 130, 400]
    assert spent.loc["b", [0, 1, 10]].tolist() == [200, 210, 300]
    # 100 + 30 t = 200 + 10 t at t = 5: from then on b has cost no more.
    assert whole_life.find_crossing(spent.loc["b"], spent.loc["a"]) == 5
    assert whole_life.find_crossing(spent.loc["b"], spent.loc["b"] + 1) == 0


@pytest.mark.parametrize(("rate", "expected"), [(0, 40.0), (10, 30 + 100 / 6.144567)])
def test_the_yearly_sum_is_worth_as_much(rate, expected):
    yearly = whole_life.compute_yearly(costs_of((100, 30), (1, 1)), Hypotheses(rate, 10))
    assert yearly["a"] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    ("yearly", "winner", "gap"),
    [
        ({"a": 40.0, "b": 30.0}, "b", 10.0),
        ({"a": 40.0, "b": 30.0, "c": 35.0}, "b", 5.0),
        ({"a": 30.2, "b": 30.0}, "", 0.2),
        ({"b": 30.0}, "", 30.0),  # alone: no winner, its own cost
    ],
)
def test_which_option_wins_and_by_how_much(yearly, winner, gap):
    found = pd.Series(yearly)
    assert whole_life.find_winner(found) == winner
    assert whole_life.measure_gap(found, "b") == pytest.approx(gap)


def test_each_hypothesis_moves_the_gap():
    costs = costs_of((100, 30), (200, 10))
    costs[2] = dataclasses.replace(costs[2], bounds=(150.0, 500.0), row=("b", "travaux"))
    rows = whole_life.compute_tornado(costs, FLAT).set_index("name")
    # In the middle b costs 10 a year less; over 20 years, 20 − 100 / 20.
    assert (rows.loc["years", "low"], rows.loc["years", "high"]) == (10, 50)
    assert rows.loc["years", "low_gap"] == pytest.approx(10)
    assert rows.loc["years", "high_gap"] == pytest.approx(20 - 100 / 50)
    assert (rows.loc["rate_pct", "low"], rows.loc["rate_pct", "high"]) == (0, 4.5)
    assert rows.loc["rate_pct", "high_gap"] < rows.loc["rate_pct", "low_gap"]
    # Works of b from 150 to 500: 5 more or 30 less a year, and then a wins.
    works = rows.loc[[("b", "travaux")]].iloc[0]
    assert (works["low_gap"], works["high_gap"]) == pytest.approx((15, -20))
    assert (works["low_winner"], works["high_winner"]) == ("b", "a")
    energy = whole_life.compute_yearly(costs, dataclasses.replace(FLAT, energy_drift_pct=4))
    grown = sum(1.04**t for t in range(1, 11))
    assert energy["a"] - energy["b"] == pytest.approx((20 * grown - 100) / 10)
    assert rows.index[0] == ("b", "travaux"), "what moves most comes first"


def test_no_energy_no_trial_of_its_drift():
    names = [name for name, *_ in whole_life.list_trials([cost("une fois")], FLAT)]
    assert names == ["rate_pct", "years"]


# --- the rows -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_dossier(tmp_path_factory.mktemp("cout") / "a", seed=7, years=(YEAR,), size=0.05)


@pytest.fixture(scope="module")
def edition(made):
    return load_edition(made, YEAR)


BROKEN = {
    "no amount": ("amount_eur", {"amount_eur": ""}, "coût sans montant"),
    "two amounts": ("amount_eur", {"quantity": "2", "unit_price_eur": "5"},
                    "montant qui contredit la quantité"),
    "a bound alone": ("amount_high_eur", {"amount_low_eur": "5"}, "une borne sans l’autre"),
    "out of bounds": ("amount_eur", {"amount_low_eur": "1", "amount_high_eur": "2"},
                      "montant hors de ses bornes"),
    "no life": ("life_years", {"kind": "renouvellement"}, "renouvellement sans durée de vie"),
    "a life too many": ("life_years", {"life_years": "5"},
                        "durée de vie de ce qui n’est pas renouvelé"),
    "a last year": ("last_year", {"last_year": "5"},
                    "dernière année d’une dépense faite une fois"),
    "too late": ("first_year", {"first_year": "31"}, "année après la fin du calcul"),
    "carbon of nothing": ("quantity", {"carbon_kg": "1", "carbon_source": "tables-inventees"},
                          "émissions par unité, sans quantité"),
    "carbon of nobody": ("carbon_source", {"carbon_kg": "1", "quantity": "1"},
                         "émissions sans source"),
    "unproved": ("basis", {"category": "externalités", "basis": "déduit"},
                 "externalité dont la valeur n’est pas vérifiée"),
    "negative": ("amount_eur", {"amount_eur": "-5"}, "nombre trop petit"),
    "another's option": ("option", {"option": "bois"}, "option d’un autre projet"),
}  # fmt: skip


def change(dossier, name, number, cells):
    path = dossier.raw / name
    frame = pd.read_csv(path, dtype="str", keep_default_na=False)
    frame.loc[number, list(cells)] = list(cells.values())
    frame.to_csv(path, index=False)


def copy(made, tmp_path):
    shutil.copytree(made.root, tmp_path / "d")
    return Dossier(tmp_path / "d")


@pytest.mark.parametrize("case", BROKEN)
def test_a_row_that_cannot_be_computed_is_refused(made, tmp_path, case):
    column, cells, problem = BROKEN[case]
    dossier = copy(made, tmp_path)
    change(dossier, f"{YEAR}/project_costs.csv", 0, cells)
    with pytest.raises(InvalidDossier) as refused:
        load_edition(dossier, YEAR)
    found = {(f.file, f.row, f.column, f.problem) for f in refused.value.faults}
    assert (f"{YEAR}/project_costs.csv", 2, column, problem) in found


def test_shares_that_make_no_whole_and_half_an_area_are_refused(made, tmp_path):
    dossier = copy(made, tmp_path)
    change(dossier, "reference/cost_breakdowns.csv", 0, {"share_pct": "9.5"})
    change(dossier, f"{YEAR}/projects.csv", 0, {"area_kind": ""})
    with pytest.raises(InvalidDossier) as refused:
        load_edition(dossier, YEAR)
    problems = [fault.problem for fault in refused.value.faults]
    assert problems == ["surface à demi décrite", "les parts de « exemple » font 105,5 %"]


def test_published_shares_are_values_with_their_source(edition):
    value = edition.value("part-cout-global-2")
    assert (value.value, value.unit, value.period_end.year) == (36, "pourcent", YEAR - 1)
    rows = edition.values[edition.values["indicator"] == "part-cout-global-2"]
    assert rows["file"].tolist() == ["reference/cost_breakdowns.csv"]
    assert rows["line"].tolist() == [3]


# --- projects -------------------------------------------------------------------------------------


def test_each_project_has_a_job_after_the_method(edition):
    jobs = [job for job in plan_jobs(edition) if job.template.name == "whole_life.ipynb"]
    assert [job.name for job in jobs] == [
        "whole_life", *(f"whole_life-{id}" for id in ("ecole", "halle", "piscine"))
    ]  # fmt: skip
    assert jobs[0].parameters == {"year": YEAR}
    assert jobs[1].parameters == {"project": "ecole", "year": YEAR}


def test_a_project_is_its_options_with_what_they_share(edition):
    project = whole_life.open_project(edition, "ecole")
    assert project.is_complete
    assert list(project.options) == ["gaz", "reseau"]
    shared = [one for one in project.costs if one.category == "études"]
    assert [one.option for one in shared] == ["gaz", "reseau"]
    assert (project.central.rate_pct, project.central.years) == (2.5, 30)
    alone = whole_life.open_project(edition, "ecole", ["reseau"])
    assert {one.option for one in alone.costs} == {"reseau"}
    assert not whole_life.open_project(edition, "piscine").is_complete


@pytest.mark.parametrize(
    ("project", "options", "said"),
    [("gare", None, "Projet inconnu : « gare »"), ("ecole", ["bois"], "Option inconnue")],
)
def test_what_does_not_exist_is_said(edition, project, options, said):
    with pytest.raises(KeyError, match=said):
        whole_life.open_project(edition, project, options)


def test_what_has_but_what_all_share_is_not_compared(edition):
    """It would seem the cheapest."""
    project = whole_life.open_project(edition, "ecole")
    shared = [one for one in project.costs if one.option == "gaz" or one.category == "études"]
    assert {one.option for one in shared} == {"gaz", "reseau"}
    assert not dataclasses.replace(project, costs=shared).is_complete


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\\", "")


def test_the_verdict_says_what_makes_the_options_unlike(edition):
    project = whole_life.open_project(edition, "ecole")
    said = plain(next(iter(whole_life_page.compose_results(edition, project))))
    assert said.startswith("Comparaison incomplète ")
    assert "maintenance : aucune ligne pour « Réseau de chaleur »" in said
    assert "Chaudière au gaz" in said
    assert "rien après l’année 20" in said
    assert "Sous cette réserve, sur 30 ans, « Réseau de chaleur » coûte le moins." in said
    alike = [one for one in project.costs if one.category in ("études", "travaux", "énergie")]
    said = plain(
        next(
            iter(
                whole_life_page.compose_results(edition, dataclasses.replace(project, costs=alike))
            )
        )
    )
    assert said.startswith("Sur 30 ans, « ")


def test_what_stops_says_when_and_a_receipt_emits_nothing(edition):
    project = whole_life.open_project(edition, "ecole")
    rows = whole_life_page.list_inputs(edition, project).set_index("Poste")["Quand"]
    assert rows["Contrat (maintenance)"] == "chaque année, de l’année 1 à l’année 20"
    table = whole_life_page.list_options(project).set_index("Option")
    # Études, chaufferie, énergie, dépose; not the grant.
    assert table.loc["Réseau de chaleur", "Carbone"] == "non connu (dit pour 1 sur 4 postes)"
    (text,) = whole_life_page.compose_limits(edition, project)
    assert "Aide inventée" not in text
    all_known = [one for one in project.costs if one.carbon is not None]
    table = whole_life_page.list_options(dataclasses.replace(project, costs=all_known)).set_index(
        "Option"
    )
    # 150 000 kWh × 0,05 kg × 30 years.
    assert plain(table.loc["Réseau de chaleur", "Carbone"]) == "225 t CO₂e"


def test_what_is_left_out_is_named(edition):
    project = whole_life.open_project(edition, "ecole")
    (text,) = whole_life_page.compose_limits(edition, project)
    text = plain(text)
    assert "Sans aucune ligne : acquisition, eau, nettoyage" in text
    assert "Subvention : aucune ligne pour « Chaudière au gaz »." in text
    assert "Émissions non connues" in text


def test_pictures_are_as_long_as_what_they_show(edition):
    project = whole_life.open_project(edition, "ecole")
    blocks = [*whole_life_page.compose_results(edition, project)]
    drawings = [block for block in blocks if not isinstance(block, str)]
    assert len(drawings) == 3
    for drawing in drawings:
        scales = {round(d.length / d.value, 6) for d in drawing.lengths if d.value}
        assert len(scales) == 1, drawing.id
        assert drawing.narrow is not None
        assert drawing.source_line.startswith("Source")
    items = whole_life.compute_items(project.costs, project.central)
    assert sum(d.value for d in drawings[0].lengths) == pytest.approx(items["present_eur"].sum())
    assert "coûte le moins" in blocks[0]
    alone, *_ = whole_life_page.compose_results(edition, whole_life.open_project(edition, "halle"))
    assert plain(alone) == "Une seule option : rien à comparer."


def test_an_uncertain_rate_is_to_be_checked(edition):
    table = whole_life_page.list_rates(edition)
    assert table["Certitude"].tolist() == ["à vérifier (de mémoire)", "texte lu"]


@pytest.mark.slow
def test_papermill_runs_it_alone_with_one_option(made, tmp_path):
    """As an analyst would: no book, nothing computed before, other options."""
    target = tmp_path / "essai.ipynb"
    options = ["-p", "project", "ecole", "-y", "options: [reseau]", "-p", "year", str(YEAR)]
    command = [sys.executable, "-m", "papermill", str(NOTEBOOKS / "whole_life.ipynb"), str(target)]
    subprocess.run(
        [*command, *options, "-k", "python3", "--cwd", str(NOTEBOOKS)], check=True,
        capture_output=True, env={**os.environ, DOSSIER_VARIABLE: str(made.root)},
    )  # fmt: skip
    text = target.read_text("utf-8")
    assert "Réseau de chaleur" in text
    assert "Chaudière" not in text


@pytest.mark.slow
def test_each_page_is_made_in_a_run_of_the_book(edition, made, tmp_path):
    write_edition(edition, made)
    jobs = [job for job in plan_jobs(edition) if job.template.name == "whole_life.ipynb"]
    with execute.open_pool(2) as pool:
        calls = [
            pool.schedule(execute.execute_job, args=(job, made.root, tmp_path / job.name))
            for job in jobs
        ]
        assert [call.result().failure for call in calls] == [None] * len(jobs)
    method, compared, alone, awaited = (read_outputs(tmp_path, job.name) for job in jobs)
    assert "(#sec-cout-global-ecole)" in method
    assert "de mémoire" in method
    assert "{#fig-cout-global-ecole-hypotheses" in compared
    assert "#sec-cout-global-ecole-hypotheses" in compared
    assert "#sec-cout-global-halle-hypotheses" not in alone, "nothing to compare"
    assert "rien n’est encore calculé ni dessiné" in awaited
    assert "fig-cout-global" not in awaited


def read_outputs(folder, name):
    """What a notebook shows, with plain spaces."""
    cells = nbformat.read(folder / name / f"{name}.ipynb", as_version=4).cells
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    shown = "\n".join(output["data"]["text/markdown"] for output in outputs)
    return shown.replace("\u00a0", " ").replace("\u202f", " ")
