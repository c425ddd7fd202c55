"""The tree of objectives, what it lacks, a target that its source cannot resolve, a model that
becomes proposals: on rows worked by hand."""

from __future__ import annotations

import csv
import io
import shutil
from datetime import date

import pytest

from analysis.base.errors import UserError
from analysis.base.paths import PROJECT, Dossier
from analysis.collect.new_year import prepare_year
from analysis.collect.objective_models import add_model
from analysis.collect.pruning import Pruning
from analysis.compute.dossier import collect_faults
from analysis.compute.indicators import load_edition
from analysis.compute.objectives import (
    GAPS,
    NO_ACTION,
    NO_EFFECT_INDICATOR,
    NO_INDICATOR,
    NO_OBJECTIVE,
    NO_OPERATIONAL,
    NO_OWNER,
    NO_STRATEGIC,
    NO_TARGET,
    OUT_OF_TREE,
    count_natures,
    find_gaps,
    grow_tree,
    list_lacks,
    list_models,
    list_targets,
    read_model,
)
from analysis.model.progress import (
    AWAY,
    CANNOT_TELL,
    ON_COURSE,
    REACHED,
    TOO_SLOW,
    UNSEEN,
    compute_progress,
)
from analysis.model.schema import TABLES
from analysis.show import tables
from analysis.show.pages import objectives_page
from analysis.words.hidden_markup import strip_marks

YEAR = 2030
#: id, chapter, parent, level, order, owner, status
OBJECTIVES = """\
air-pur,air,,stratégique,1,environnement,adopté
arbres,air,air-pur,opérationnel,1,,écrit dans un document
velos,air,air-pur,opérationnel,2,,proposé
seul,air,,opérationnel,2,,proposé
eau-saine,eau,,stratégique,1,,adopté
"""
LINKS = """\
arbres,plantations
arbres,arbres-plantes
velos,velo
velos,visiteurs-accueil
eau-saine,reseau
"""


def write(dossier, name, rows):
    path = dossier.raw / TABLES[name].file(YEAR)
    text = io.StringIO()
    writer = csv.DictWriter(text, TABLES[name].header, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    path.write_text(text.getvalue(), "utf-8")


def add_objectives(dossier, objectives=OBJECTIVES, links=LINKS):
    said = {"source": "rapport-invente", "locator": "l. 1"}
    names = ("id", "chapter", "parent", "kind", "order", "owner", "status")
    rows = [dict(zip(names, line.split(","), strict=True)) for line in objectives.splitlines()]
    write(dossier, "objectives", [{"title": f"But {row['id']}"} | row | said for row in rows])
    rows = [dict(zip(("objective", "linked"), line.split(","), strict=True))
            for line in links.splitlines()]  # fmt: skip
    write(dossier, "objective_links", [row | said for row in rows])


def change(dossier, file, old, new):
    path = dossier.raw / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def full(dossier_copy):
    add_objectives(dossier_copy)
    return load_edition(dossier_copy, YEAR)


def read_gaps(edition):
    gaps = find_gaps(edition, grow_tree(edition))
    return {gap: set(gaps.loc[gaps["gap"] == gap, "id"]) for gap in GAPS}


# --- the tree -------------------------------------------------------------------------------------


def test_the_tree_goes_from_chapters_to_what_serves_each_objective(full):
    tree = grow_tree(full)
    assert [*tree] == ["air", "eau"]
    first, alone = tree["air"]
    assert [branch.row["id"] for branch in first.walk()] == ["air-pur", "arbres", "velos"]
    assert alone.row["id"] == "seul"
    trees = first.below[0]
    assert [row["id"] for row in trees.indicators] == ["arbres-plantes"]
    assert [(table, row["id"]) for table, row in trees.serving] == [("actions", "plantations")]


def test_each_missing_link_is_found_where_it_is(full):
    """Strategic « eau-saine » has nothing below and an action whose one indicator is of
    « réalisation »; operational « seul » nothing at all. « arbres » has results through its action
    (its rate of aid), « velos » through its indicator."""
    gaps = read_gaps(full)
    assert gaps[NO_OPERATIONAL] == {"eau-saine"}
    assert gaps[NO_STRATEGIC] == gaps[NO_INDICATOR] == {"seul"}
    assert gaps[NO_ACTION] == {"seul"}
    assert gaps[NO_EFFECT_INDICATOR] == {"eau-saine"}
    assert gaps[NO_OWNER] == {"arbres", "velos", "seul", "eau-saine"}
    typed = full.indicators[full.indicators["formula"] == ""]
    effects = typed[typed["kind"].isin(["résultat", "impact"])]
    assert gaps[NO_TARGET] == set(effects["id"]) - set(full.targets["indicator"])
    assert gaps[OUT_OF_TREE] == set()  # both targets hang: of an action, of an indicator
    assert "renovation" in gaps[NO_OBJECTIVE]
    assert not gaps[NO_OBJECTIVE] & {"plantations", "velo", "reseau", "formation"}


def test_a_proposal_is_no_action_and_a_target_may_be_out_of_the_tree(dossier_copy):
    piste = next(csv.DictReader((dossier_copy.raw / "2030/improvements.csv").open("r")))["id"]
    add_objectives(dossier_copy, links=f"seul,{piste}\n")
    gaps = read_gaps(load_edition(dossier_copy, YEAR))
    assert "seul" in gaps[NO_ACTION]
    assert gaps[OUT_OF_TREE] == {"arbres-plantes", "communes-diagnostiquees"}


def test_without_objectives_nothing_is_drawn(edition):
    assert grow_tree(edition) == {}
    assert objectives_page.describe_tree(edition, {}) == ""
    assert "objectives.csv" in objectives_page.ask_objectives(edition)


@pytest.mark.parametrize(
    ("old", "new", "column", "problem"),
    [
        ("arbres,air,air-pur", "arbres,air,seul", "parent", "stratégique de la même finalité"),
        ("velos,air,air-pur", "velos,air,eau-saine", "parent", "stratégique de la même finalité"),
        ("eau-saine,eau,,", "eau-saine,eau,air-pur,", "parent", "un objectif stratégique sous"),
        ("seul,air,,", "seul,air,perdu,", "parent", "code absent de objectives.csv"),
        ("adopté", "voté", "status", ""),
    ],
)
def test_a_wrong_objective_is_said(dossier_copy, old, new, column, problem):
    add_objectives(dossier_copy, OBJECTIVES.replace(old, new, 1))
    _, faults = collect_faults(dossier_copy, YEAR)
    (fault,) = [fault for fault in faults if fault.file.endswith("objectives.csv")]
    assert (fault.column, fault.row > 1) == (column, True)
    assert problem in fault.problem


def test_a_link_to_nothing_is_said(dossier_copy):
    add_objectives(dossier_copy, links="arbres,inconnu\nperdu,plantations\n")
    _, faults = collect_faults(dossier_copy, YEAR)
    found = [fault for fault in faults if fault.file.endswith("objective_links.csv")]
    assert [(fault.row, fault.column) for fault in found] == [(2, "linked"), (3, "objective")]


# --- targets --------------------------------------------------------------------------------------


def test_the_last_dated_target_is_the_end_and_the_others_its_steps(dossier_copy):
    """And what it does not say: it has a step now, an owner, a perimeter; a count that goes on
    needs no starting point."""
    path = dossier_copy.raw / "2030/targets.csv"
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))
    end = next(row for row in rows if row["indicator"] == "arbres-plantes")
    step = end | {"value": "8000", "date": "2032-12-31"}
    end |= {"owner": "environnement", "perimeter": "2030", "lag_months": "3"}
    write(dossier_copy, "targets", [step, *rows])
    targets = list_targets(load_edition(dossier_copy, YEAR))
    (trees,) = [row for row in targets if row["indicator"] == "arbres-plantes"]
    assert trees["target_value"] == 10000
    assert [row["target_value"] for row in trees["steps"]] == [8000]
    edition = load_edition(dossier_copy, YEAR)
    assert list_lacks(edition, trees) == []
    (communes,) = [row for row in targets if row["indicator"] == "communes-diagnostiquees"]
    assert list_lacks(edition, communes) == [
        "point de départ", "échéance", "étape intermédiaire", "périmètre daté", "responsable",
        "délai de la donnée",
    ]  # fmt: skip


def judge(values, goal, resolution, direction="hausse"):
    """The verdict on yearly shares up to 2030, for a goal at the end of 2040."""
    history = [
        {"value": value, "qualifier": "exact", "period_start": None,
         "period_end": date(2030 - back, 12, 31)}
        for back, value in enumerate(reversed(values))
    ]  # fmt: skip
    target = {
        "value": goal,
        "date": date(2040, 12, 31),
        "qualifier": "exact",
        "resolution": resolution,
    }
    found = compute_progress(target, "taux", direction, history, year=2030)
    return found.verdict, found.reason, found.observed_pace_per_year


@pytest.mark.parametrize(
    ("values", "goal", "resolution", "verdict"),
    [
        # From 3 to 4 in one year, one point a year; to 10 in ten years, 0.6 a year are needed.
        ((3, 4), 10, None, ON_COURSE),
        ((3, 4), 10, 0.3, ON_COURSE),  # 0.7 a year at least
        ((3, 4), 10, 2, CANNOT_TELL),  # between − 1 and 3 a year
        ((3, 3.2), 10, 0.2, TOO_SLOW),  # 0.4 a year at most, 0.68 needed
        ((3.2, 3), 10, 0.1, AWAY),
        ((3.2, 3), 10, 0.3, TOO_SLOW),  # 0.1 a year at most: away, nobody knows
        # A value nearer to the goal than what can be seen is neither beyond nor below it.
        ((3, 9), 10, 2, CANNOT_TELL),
        ((3, 10), 10, 2, CANNOT_TELL),
        ((3, 12), 10, 2, REACHED),
    ],
)
def test_no_verdict_rests_on_less_than_the_source_can_see(values, goal, resolution, verdict):
    found, reason, pace = judge(values, goal, resolution)
    assert found == verdict
    if verdict == CANNOT_TELL:
        assert (reason, pace) == (UNSEEN, None)


# --- what is shown --------------------------------------------------------------------------------


def test_every_objective_indicator_and_action_is_in_the_nested_list(full):
    tree = grow_tree(full)
    blocks = [
        strip_marks(b) for b in objectives_page.compose_tree(full, tree, find_gaps(full, tree))
    ]
    text = "\n".join(blocks)
    for id in ("air-pur", "arbres", "velos", "seul", "eau-saine"):
        assert f"**But {id}**" in text
    line = next(line for line in text.splitlines() if "Arbres plantés" in line)
    assert line.startswith("    - [réalisation]")  # below « arbres », below « air-pur »
    assert "objectif" in line
    assert "\n  - [il manque]{.nature .manque} un objectif stratégique" in text


def test_what_is_missing_is_said_first_in_three_lines(full):
    """« seul » has no indicator and no action, « eau-saine » none of result; four have no owner."""
    tree = grow_tree(full)
    gaps = find_gaps(full, tree)
    said = strip_marks(objectives_page.list_missing(tree, gaps)).replace("\u00a0", " ")
    title, _, *lines = said.splitlines()
    assert title == "**[Ce qui manque](#sec-objectifs-maillons)**"
    assert len(lines) <= 3
    assert lines[0] == (
        "- Sur 5 objectifs : 1 sans aucun indicateur, 1 dont aucun indicateur n’est de résultat ni"
        " d’impact, 1 sans action et 4 sans responsable."
    )
    found = read_gaps(full)
    assert any(line.startswith(f"- {len(found[NO_TARGET])} indicateur") for line in lines)
    assert objectives_page.list_missing({}, gaps.iloc[:0]) == ""


def test_natures_are_counted_by_chapter(full):
    counts = count_natures(full)
    rows = full.indicators[full.indicators["kind"] != "contrôle"]
    assert counts["number"].sum() == len(rows)
    table = strip_marks(tables.tabulate_natures(full))
    moyens = (rows[rows["chapter"] == "air"]["kind"] == "moyens").sum()
    assert f" {moyens} |" in next(line for line in table.splitlines() if "air" in line.lower())


# --- from year to year, and out of the catalogue --------------------------------------------------


def test_objectives_go_on_without_what_is_over(dossier_copy):
    add_objectives(dossier_copy)
    header = ",".join(TABLES["followups"].header)
    row = "velo,achevée,,,rapport-invente,l. 1,,"
    (dossier_copy.raw / "2030/followups.csv").write_text(f"{header}\n{row}\n", "utf-8")
    done = prepare_year(dossier_copy, 2031)
    assert done.dropped["objective_links"] == ["velo"]
    kept = list(csv.DictReader((dossier_copy.raw / "2031/objective_links.csv").open("r")))
    assert [row["linked"] for row in kept] == [
        "plantations", "arbres-plantes", "visiteurs-accueil", "reseau"
    ]  # fmt: skip
    former = (dossier_copy.raw / "2030/objectives.csv").read_bytes()
    assert (dossier_copy.raw / "2031/objectives.csv").read_bytes() == former


def test_what_leaves_the_catalogue_leaves_the_tree(dossier_copy):
    add_objectives(dossier_copy, links="arbres,surface-zones-humides\narbres,plantations\n")
    pruning = Pruning(dossier_copy, YEAR, ["surface-zones-humides"])
    assert any(
        "surface-zones-humides" in what for what in pruning.going["2030/objective_links.csv"]
    )
    assert not any("objective_links" in what for what in pruning.blocking)


# --- the models -----------------------------------------------------------------------------------


def test_every_model_is_sound_and_its_source_is_named():
    assert list_models() == ["mobilite"]
    for name in list_models():
        model = read_model(name)
        assert model.source["url"]
        for table in ("objectives", "improvements", "targets", "objective_links"):
            assert {row["source"] for row in model.tables[table]} == {model.source["id"]}
        linked = {row["id"] for top in model.branches for b in top.walk() for row in b.indicators}
        assert linked == {row["id"] for row in model.tables["indicators"]} == set(model.targets)


def test_a_model_becomes_proposals_once_and_no_target(tmp_path):
    shutil.copytree(PROJECT / "data/raw", tmp_path / "raw")
    dossier = Dossier(tmp_path)
    before = {p: p.read_bytes() for p in (tmp_path / "raw").rglob("*") if p.is_file()}
    said = add_model(dossier, load_edition(dossier, 2017), "mobilite")
    assert "raw/2017/objectives.csv : 4\u00a0lignes" in said
    for path, content in before.items():  # what was typed stands as it was
        assert path.read_bytes().startswith(content.rstrip(b"\n")), path
    edition = load_edition(dossier, 2017)
    own = edition.objectives[edition.objectives["source"] == "territoires-en-transitions"]
    assert set(own["status"]) == {"proposé"}
    assert own["note"].str.contains("non du territoire").all()
    assert not edition.targets["indicator"].str.startswith("part-modale").any()
    assert add_model(dossier, edition, "mobilite").startswith("Rien à ajouter")
    # The former editions still stand.
    assert load_edition(dossier, 2016).year == 2016


def test_a_model_that_is_none_or_does_not_fit_is_said(dossier_copy, edition):
    with pytest.raises(UserError, match="Modèles connus : mobilite"):
        add_model(dossier_copy, edition, "eau")
    with pytest.raises(UserError, match="pas de chapitre climat"):
        add_model(dossier_copy, edition, "mobilite")
