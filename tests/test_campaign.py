"""Many dossiers and years: by processes of this machine, and by a real Dask cluster."""

from __future__ import annotations

import csv
import shutil
from argparse import ArgumentTypeError
from concurrent.futures import Future

import pytest
from conftest import MADE_UP, MADE_UP_YEAR, add_later_edition, slow
from dask_cluster import open_dask

from analysis.__main__ import main
from analysis.base.paths import Dossier
from analysis.run.arguments import read_years
from analysis.run.campaign import (
    COLUMNS,
    EditionTask,
    TaskOutcome,
    plan_campaign,
    produce_chapters,
    run_campaign,
)
from analysis.run.machines import CampaignError

YEAR = MADE_UP_YEAR


def make_dossier(root):
    shutil.copytree(MADE_UP, root)
    return Dossier(root)


def read_executed(dossier, year=YEAR):
    folder = dossier.executed(year)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def alone(made_up_report):
    """The chapters as one ordinary run leaves them."""
    return read_executed(made_up_report)


class TestPlan:
    @pytest.mark.parametrize(
        ("text", "years"),
        [
            ("2016-2018", [2016, 2017, 2018]),
            ("2017", [2017]),
            ("2017-2017", [2017]),
            ("2018,2016", [2016, 2018]),
        ],
    )
    def test_years(self, text, years):
        assert list(read_years(text)) == years

    @pytest.mark.parametrize("text", ["", "2018-2016", "17", "2016-", "2016;2017", "2016 2017"])
    def test_years_that_say_nothing(self, text):
        with pytest.raises(ArgumentTypeError, match="ne dit pas des années"):
            read_years(text)

    @pytest.mark.parametrize("text", ["2016-9999", "0000", "1899,2017"])
    def test_years_that_nobody_means(self, text):
        with pytest.raises(ArgumentTypeError, match="n’est pas une année de 1900 à 2100"):
            read_years(text)

    def test_only_editions_that_exist(self, tmp_path):
        one = make_dossier(tmp_path / "un")
        two = add_later_edition(make_dossier(tmp_path / "deux").root)
        roots = [str(one.root), str(two.root), str(one.root)]
        assert [task.name for task in plan_campaign(roots, None)] == [
            "un 2030",
            "deux 2030",
            "deux 2031",
        ]
        assert [task.name for task in plan_campaign(roots, range(2031, 2040))] == ["deux 2031"]

    def test_all_folders_that_are_no_dossier_are_named(self, tmp_path):
        make_dossier(tmp_path / "un")
        for name in ("vide", "autre"):
            (tmp_path / name).mkdir()
        with pytest.raises(CampaignError) as refused:
            plan_campaign([str(tmp_path / name) for name in ("vide", "un", "autre")], None)
        assert str(refused.value).count("ne contient pas de sous-dossier « raw »") == 2

    def test_no_edition_at_all(self, tmp_path):
        one = make_dossier(tmp_path / "un")
        with pytest.raises(CampaignError, match="Aucune édition de 2016 à 2018"):
            plan_campaign([str(one.root)], range(2016, 2019))


class Counting:
    """Machines that do nothing, and count how much is handed out at a time."""

    slots = 3

    def __init__(self):
        self.most = self.out = 0

    def submit(self, function, task, engine, force):
        self.out += 1
        self.most = max(self.most, self.out)
        future = Future()
        future.set_result(TaskOutcome(task))
        return future


def test_only_what_is_under_way_is_held():
    """Thousands of editions: neither they nor their futures pile up."""
    machines, drawn = Counting(), 0

    def draw():
        nonlocal drawn
        for number in range(5000):
            drawn += 1
            yield EditionTask(f"/dossier-{number}", YEAR)

    for number, _ in enumerate(run_campaign(draw(), machines, engine="warm"), start=1):
        machines.out -= 1
        assert drawn - number <= 2 * machines.slots
    assert number == drawn == 5000
    assert machines.most <= 2 * machines.slots


def test_on_this_machine(tmp_path, alone, capsys):
    """Two dossiers, one of them with a fault: the other one finishes, the fault is told."""
    good, bad = make_dossier(tmp_path / "bon"), make_dossier(tmp_path / "fautif")
    path = bad.raw_year(YEAR) / "observations.csv"
    path.write_text(path.read_text("utf-8").replace("environ", "enviton", 1), "utf-8")
    log = tmp_path / "campagne.csv"
    arguments = ["campaign", str(good.root), str(bad.root), "--years", "2029-2031"]
    assert main([*arguments, "--log", str(log)]) == 1
    assert read_executed(good) == alone
    said = capsys.readouterr().out
    assert "Campagne : 2 éditions, " in said
    assert "valeur inconnue (lu : « enviton »)" in said
    assert "Carnets : 25 exécutés, 0 gardé ; éditions en échec : 1" in said
    with log.open(encoding="utf-8", newline="") as file:
        rows = {row["dossier"]: row for row in csv.DictReader(file)}
    assert tuple(rows[str(good.root)]) == COLUMNS
    assert rows[str(good.root)]["executes"] == "25"
    assert rows[str(good.root)]["probleme"] == ""
    assert "enviton" in rows[str(bad.root)]["probleme"]
    assert main(["campaign", str(good.root)]) == 0
    assert "Carnets : 0 exécuté, 25 gardés ; éditions en échec : 0" in capsys.readouterr().out


@pytest.fixture
@slow
def cluster(tmp_path_factory):
    """A real scheduler and two workers, each a process of its own, as a cluster's are."""
    pytest.importorskip("distributed")
    with open_dask(tmp_path_factory.mktemp("dask"), 2) as address:
        yield address


def test_on_a_dask_cluster(cluster, tmp_path, alone, capsys):
    """The same bytes, made by both workers, none of them by this process."""
    dossiers = [make_dossier(tmp_path / f"territoire-{number}") for number in range(2)]
    log = tmp_path / "campagne.csv"
    roots = [str(dossier.root) for dossier in dossiers]
    assert main(["campaign", *roots, "--scheduler", cluster, "--log", str(log)]) == 0
    assert "Campagne : 2 éditions, 2 à la fois." in capsys.readouterr().out
    for dossier in dossiers:
        assert read_executed(dossier) == alone
    with log.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    notebooks = [name for name in alone if name.endswith(".ipynb")]
    assert {int(row["executes"]) for row in rows} == {len(notebooks)}
    assert len({row["processus"] for row in rows}) == 2, "both workers took part"


def test_a_scheduler_that_does_not_answer(tmp_path, monkeypatch, capsys):
    one = make_dossier(tmp_path / "un")
    monkeypatch.setattr("analysis.run.machines.PATIENCE", "200ms")
    assert main(["campaign", str(one.root), "--scheduler", "tcp://127.0.0.1:9"]) == 1
    assert "Aucun ordonnanceur Dask ne répond à tcp://127.0.0.1:9" in capsys.readouterr().err


def test_a_worker_that_does_not_see_the_folder_says_so(tmp_path):
    done = produce_chapters(EditionTask(str(tmp_path / "ailleurs"), YEAR), "warm", False)
    assert "ne voit pas" in done.problem
