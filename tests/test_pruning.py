"""Pruning a catalogue: what only names an indicator or a service goes with it, all or nothing; what
somebody typed stands in the way; a row deleted by hand says what it has left behind."""

from __future__ import annotations

import csv
import re
import shutil

import pytest
import yaml

from analysis.base.errors import UserError
from analysis.base.paths import Dossier
from analysis.collect.new_territory import make_territory
from analysis.collect.pruning import Pruning
from analysis.compute.audit.audit_lines import list_incomplete
from analysis.compute.dossier import InvalidDossier, collect_faults, list_idle_requests
from analysis.compute.indicators import check_formulas, load_edition
from analysis.compute.national.peers import PeersRule, read_rule

YEAR = 2025


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    root = tmp_path_factory.mktemp("neuf") / "dossier"
    make_territory("247400690", YEAR, root)
    return root


@pytest.fixture
def dossier(fresh, tmp_path):
    shutil.copytree(fresh, tmp_path / "dossier")
    return Dossier(tmp_path / "dossier")


def read(dossier, file):
    with (dossier.raw / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def read_all(dossier):
    return {p: p.read_bytes() for p in dossier.raw.rglob("*") if p.is_file()}


def delete_rows(dossier, file, *ids):
    path = dossier.raw / file
    lines = path.read_text("utf-8").splitlines(keepends=True)
    kept = [line for line in lines if line.split(",")[0] not in ids]
    assert len(kept) == len(lines) - len(ids)
    path.write_text("".join(kept), "utf-8")


def prune(dossier, *ids):
    pruning = Pruning(dossier, YEAR, ids)
    assert not pruning.blocking
    pruning.apply()
    return pruning.describe(applied=True)


def test_to_remove_nothing_is_refused(dossier):
    with pytest.raises(UserError, match="Préciser ce qui est à retirer"):
        Pruning(dossier, YEAR, [])


def test_an_indicator_goes_with_all_that_only_names_it(dossier):
    before = read_all(dossier)
    listed = Pruning(dossier, YEAR, ["agents"]).describe()
    assert read_all(dossier) == before  # a listing changes nothing
    assert 'make prune REMOVE="agents" APPLY=1' in listed
    assert "« part-agents-formes » (Part des agents formés dans l’année), qui a besoin" in listed
    assert "graphique « agents-formes »" in listed
    prune(dossier, "agents")
    gone = {"agents", "part-agents-formes", "part-femmes-agents", "taux-agents-handicapes"}
    left = {row["id"] for row in read(dossier, "reference/indicators.csv")}
    assert not gone & left
    assert {"agents-formes", "femmes-agents"} <= left  # measured: nothing else needs them gone
    assert "agents" not in {row["whole"] for row in read(dossier, "reference/parts.csv")}
    assert not gone & {row["indicator"] for row in read(dossier, "reference/key_figures.csv")}
    assert "agents" not in {row["indicator"] for row in read(dossier, f"{YEAR}/requests.csv")}
    load_edition(dossier, YEAR)  # raises where anything is left


CHARTS = """\
# Les nôtres.
- id: communes
  chapter: biodiversite
  kind: part-du-tout
  finding: "Des communes"  # à relire
  unit: Communes
  items:
    # la première
    - {indicator: communes-conseil-energie, label: Conseil}
    - indicator: communes-atlas-biodiversite
      label: Atlas
    - {indicator: communes-instruction-urbanisme, label: Urbanisme}
  whole: {indicator: communes-membres, label: Communes}

# --- Arbres ---
- id: arbres
  chapter: biodiversite
  kind: valeur
  finding: "{{communes-atlas-biodiversite}}"
  unit: Arbres
  items: [{indicator: arbres-plantes, label: Arbres}]

# --- Fin ---
"""


def test_charts_keep_their_comments_and_other_items(dossier):
    path = dossier.reference / "charts.yml"
    path.write_text(CHARTS, "utf-8")
    prune(dossier, "communes-atlas-biodiversite")
    item = "    - indicator: communes-atlas-biodiversite\n      label: Atlas\n"
    chart = CHARTS[CHARTS.index("- id: arbres") : CHARTS.index("\n# --- Fin")]
    assert path.read_text("utf-8") == CHARTS.replace(item, "").replace(chart, "")


def test_what_a_service_was_asked_is_asked_of_another_one_that_is_told(dossier):
    asked = {
        row["indicator"] for row in read(dossier, f"{YEAR}/requests.csv")
        if row["service"] == "culture"
    }  # fmt: skip
    said = prune(dossier, "culture", "sport")
    rows = {row["indicator"]: row for row in read(dossier, f"{YEAR}/requests.csv")}
    services = {row["id"] for row in read(dossier, "reference/services.csv")}
    assert not {"culture", "sport"} & services
    assert asked
    assert asked <= set(rows)
    assert all(rows[id]["service"] in services and rows[id]["guess"] for id in asked)
    assert all(f"« {id} » sera demandé à" in said for id in asked)
    load_edition(dossier, YEAR)


def test_what_was_typed_or_cited_stands_in_the_way_and_nothing_changes(dossier):
    text = dossier.raw / f"{YEAR}/texts/climat.md"
    text.write_text("## Enjeu\n\n{{arbres-plantes}} ici.\n\n## Analyse\n\n## Synthèse\n", "utf-8")
    with (dossier.raw / f"{YEAR}/observations.csv").open("a", encoding="utf-8") as stream:
        stream.write(f"agents,{dossier_id(dossier)},,{YEAR}-12-31,12,agent,exact,définitif,,,\n")
    before = read_all(dossier)
    pruning = Pruning(dossier, YEAR, ["agents", "arbres-plantes", "population-municipale"])
    said = pruning.describe()
    assert f"{YEAR}/observations.csv, ligne 2 : indicator cite « agents »" in said
    assert f"{YEAR}/texts/climat.md, ligne 3 : le texte cite « arbres-plantes »" in said
    assert "« population-municipale » sert à tout rapport" in said
    assert read_all(dossier) == before


def dossier_id(dossier):
    return yaml.safe_load((dossier.raw / "territory.yml").read_text("utf-8"))["id"]


def test_a_name_of_nothing_is_refused(dossier):
    with pytest.raises(UserError, match=r"« agent ».*Vouliez-vous dire.*« agents »"):
        Pruning(dossier, YEAR, ["agent", "culture"])


def test_rows_deleted_by_hand_are_told_at_once_and_one_command_clears_the_rest(dossier):
    delete_rows(dossier, "reference/indicators.csv", "agents", "arbres-plantes")
    delete_rows(dossier, "reference/services.csv", "culture")
    faults = collect_faults(dossier, YEAR, [check_formulas])[1]
    expected = [fault.expected for fault in faults]
    command = 'make prune REMOVE="agents arbres-plantes culture"'
    assert sum(command in text for text in expected) == 1
    assert command in expected[0]
    for fault in faults:
        how = {"asked_of": "nommer ici un autre service", "service": "nommer ici un autre service"}
        what = "retirer cette ligne" if fault.row else "retirer ce graphique"
        assert f"Si le retrait est voulu, {how.get(fault.column, what)}" in fault.expected
    prune(dossier, "agents", "arbres-plantes", "culture")
    assert collect_faults(dossier, YEAR, [check_formulas])[1] == []


def test_requests_of_what_is_no_longer_in_the_catalogue_stop_nothing(dossier):
    id = "amenagements-cyclables"
    (row,) = (r for r in read(dossier, f"{YEAR}/requests.csv") if r["indicator"] == id)
    delete_rows(dossier, "reference/indicators.csv", id)
    delete = [r for r in read(dossier, "reference/key_figures.csv") if r["indicator"] == id]
    assert len(delete) == 1
    path = dossier.raw / "reference/key_figures.csv"
    path.write_text(re.sub(rf"^.*,{id}\n", "", path.read_text("utf-8"), flags=re.M), "utf-8")
    edition = load_edition(dossier, YEAR)
    assert row["indicator"] not in set(edition.requests["indicator"])
    assert list(list_idle_requests(dossier, YEAR).values()) == [id]


# --- what make data says of texts ---------------------------------------------------------------


def test_a_reference_without_a_value_is_listed_and_is_no_error(dossier):
    text = dossier.raw / f"{YEAR}/texts/climat.md"
    text.write_text(
        "## Enjeu\n\n{{emissions-territoire}} et {{communes-membres}}.\n\n## Analyse\n\n"
        "## Synthèse\n",
        "utf-8",
    )
    (line,) = list_incomplete(load_edition(dossier, YEAR))
    assert line.startswith("climat.md : {{emissions-territoire}} (demandé à « Direction")


def test_every_typed_number_and_year_of_a_text_is_said_at_once(dossier):
    text = dossier.raw / f"{YEAR}/texts/climat.md"
    text.write_text(
        "## Enjeu\n\nDe 832 348 à 40 %.\n\n## Analyse\n\n## Synthese\n\n"
        "Au 1er janvier 2019, {{communes-membres}}.\n",
        "utf-8",
    )
    with pytest.raises(InvalidDossier) as caught:
        load_edition(dossier, YEAR)
    problems = [(fault.row, fault.problem.split(",")[0]) for fault in caught.value.faults]
    assert problems.count((3, "chiffre tapé dans un texte")) == 2
    assert any(problem == "titres différents de ceux attendus" for _, problem in problems)
    assert any("1er janvier 2019" in problem for _, problem in problems)


@pytest.mark.parametrize("typed", ["meme", "même", "Même"])
def test_the_rule_of_peers_is_read_as_an_analyst_types_it(typed):
    rule = {"peers": {"nature": typed, "smallest": "0,5", "largest": "2,5", "region": typed}}
    assert read_rule(rule) == PeersRule(True, True, 0.5, 2.5)
    with pytest.raises(UserError, match="mot inconnu"):
        read_rule({"peers": {"nature": "memes"}})
