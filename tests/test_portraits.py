"""Portraits of many territories: named, executed, kept, failed, listed; here and on Dask."""

from __future__ import annotations

import csv
import errno
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from time import monotonic, sleep

import nbformat
import pytest
from conftest import heed_interrupts, slow

from analysis.__main__ import main
from analysis.base.errors import UserError
from analysis.base.paths import PROJECT
from analysis.compute import national
from analysis.run import portraits
from analysis.run.campaign import TaskOutcome
from analysis.run.locking import hold_folder
from analysis.run.portrait_index import compose_index
from analysis.run.portraits import Portraits, choose_territories, list_names, produce_portrait

YEAR = 2025
#: A rural one, one of Mayotte (of which there is no census), a small métropole.
RURAL, OVERSEAS, METROPOLIS = "200036549", "200050532", "242900314"
THREE = [RURAL, OVERSEAS, METROPOLIS]
UNKNOWN = "999999999"


def list_made(folder: Path, *sirens: str) -> dict[str, bytes]:
    """Every file of these portraits."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for siren in sirens or THREE
        for path in sorted((folder / siren).rglob("*"))
        if path.is_file()
    }


def read_log(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / portraits.LOG).open(encoding="utf-8", newline="") as file:
        return {row["siren"]: row for row in csv.DictReader(file)}


# Which territories --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "names"),
    [
        ([], []),
        (["200036549"], ["200036549"]),
        (["200036549 pays  basque"], ["200036549", "pays basque"]),
        (["grand lac, 200036549 200050532"], ["grand lac", "200036549", "200050532"]),
        (["grand lac", "pays basque"], ["grand lac", "pays basque"]),
    ],
)
def test_names(texts, names):
    assert list_names(texts) == names


class TestChoice:
    def test_all_of_the_perimeter(self):
        chosen, problems = choose_territories(YEAR)
        assert len(chosen) == 1255 == chosen["siren"].nunique()  # checks.md of the reference
        assert problems == {}

    def test_names_and_numbers_without_accents_each_once(self):
        chosen, problems = choose_territories(YEAR, ["val de gray", RURAL, OVERSEAS, UNKNOWN])
        assert [*chosen["siren"]] == [RURAL, OVERSEAS]
        assert [*problems] == [UNKNOWN]
        assert "Aucune intercommunalité" in problems[UNKNOWN]

    def test_names_without_commas_are_told_apart(self):
        text = "somme sud ouest toulouse metropole"
        _, problems = choose_territories(YEAR, [text, "toulouse metropole inconnue"])
        commas = "Plusieurs noms se séparent par des virgules : « "
        assert f"{commas}somme sud ouest, toulouse metropole »." in problems[text]
        assert commas not in problems["toulouse metropole inconnue"]

    @pytest.mark.parametrize("region", ["06", "Mayotte", "mayotte"])
    def test_a_region(self, region):
        assert {*choose_territories(YEAR, region=region)[0]["department"]} == {"976"}

    def test_an_unknown_region_lists_those_there_are(self):
        with pytest.raises(UserError, match=r"Aucune région « Savoie » : .*Bretagne \(53\)"):
            choose_territories(YEAR, region="Savoie")

    def test_some_from_the_whole_list(self):
        every = [*choose_territories(YEAR)[0]["siren"]]
        ten = [*choose_territories(YEAR, count=10)[0]["siren"]]
        assert len(ten) == 10
        assert ten == sorted(ten)
        assert ten[0] == every[0]
        assert every.index(ten[-1]) >= 0.9 * len(every) - 1
        assert [*choose_territories(YEAR, count=9999)[0]["siren"]] == every


# A campaign ---------------------------------------------------------------------------------------

#: In every new process: who opens a file of the national reference.
WITNESS = """
import os, sys
def _note(event, arguments):
    if event == "open" and "data/france/" in str(arguments[0]):
        line = f"{os.getpid()} {os.path.basename(str(arguments[0]))}\\n"
        target = os.open(os.environ["WITNESS"], os.O_CREAT | os.O_APPEND | os.O_WRONLY)
        os.write(target, line.encode())
        os.close(target)
sys.addaudithook(_note)
"""


@pytest.fixture(scope="module")
@slow
def campaign(tmp_path_factory):
    """Three territories and a number that is none, by one worker; and who read the reference."""
    folder = tmp_path_factory.mktemp("portraits")
    (folder / "sitecustomize.py").write_text(WITNESS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WITNESS", str(folder / "lectures.txt"))
        patch.setenv("PYTHONPATH", str(folder))
        arguments = ["portraits", *THREE, UNKNOWN, "--year", str(YEAR), "--workers", "1"]
        status = main([*arguments, "--to", str(folder)])
    return status, folder / str(YEAR), folder / "lectures.txt"


@pytest.fixture
def copied(campaign, tmp_path):
    """A finished campaign of one's own."""
    return Path(shutil.copytree(campaign[1], tmp_path / str(YEAR)))


def test_one_notebook_each_and_the_failure_named(campaign):
    status, folder, _ = campaign
    assert status == 1
    rows = read_log(folder)
    assert tuple(rows[RURAL]) == portraits.COLUMNS
    assert {siren: row["executes"] for siren, row in rows.items()} == dict.fromkeys(THREE, "1") | {
        UNKNOWN: "0"
    }
    assert "Aucune intercommunalité « 999999999 »" in rows[UNKNOWN]["probleme"]
    assert not (folder / UNKNOWN).exists()
    for siren in THREE:
        notebook = nbformat.read(folder / siren / "portrait.ipynb", as_version=4)
        (given,) = (
            c for c in notebook.cells if "injected-parameters" in c.metadata.get("tags", [])
        )
        assert f'territory = "{siren}"' in given.source
        assert f"year = {YEAR}" in given.source
    assert not [path for path in folder.iterdir() if path.name == portraits.WORK]


def test_a_worker_reads_the_reference_once_for_all_its_notebooks(campaign):
    _, folder, witness = campaign
    readers = defaultdict(set)
    opened = defaultdict(int)
    for line in witness.read_text().splitlines():
        pid, name = line.split()
        readers[name].add(pid)
        opened[name, pid] += 1
    (worker,) = {row["processus"] for row in read_log(folder).values() if row["processus"] != "0"}
    assert {"populations.csv.xz", "contours.topojson.xz"} <= readers.keys()
    for name, found in readers.items():
        found -= {worker}  # which only takes the files' digests
        assert len(found) <= 1, f"{name} is read by {len(found)} processes"
        for pid in found:  # pandas looks at the head first
            assert opened[name, pid] <= 2, name
    assert len(set().union(*readers.values())) == 1, "one server reads for three notebooks"


def test_the_page_of_a_territory_stands_alone(campaign):
    _, folder, _ = campaign
    for siren in THREE:
        page = (folder / siren / "portrait.html").read_text("utf-8")
        assert "Portrait du territoire" in page
        assert "<svg" in page
        for target in re.findall(r'(?:href|src)="([^"#][^"]*)"', page):
            if not target.startswith(("data:", "https://", "http://")):
                assert (folder / siren / target.split("#")[0]).is_file(), target
        for font in re.findall(r'url\("([^"]+\.woff2)"\)', page):
            assert (folder / siren / font).is_file(), font


def test_the_list(campaign):
    _, folder, _ = campaign
    page = (folder / portraits.INDEX).read_text("utf-8")
    for siren in THREE:
        assert f'href="{siren}/portrait.html"' in page
    assert "3 portraits" in page.replace("\xa0", " ").replace("\u202f", " ")
    assert "Aucune intercommunalité « 999999999 »" in page
    # By department: Finistère, Haute-Saône, Mayotte.
    assert re.findall(r'<section class="departement" id="d-(\w+)"', page) == ["29", "70", "976"]
    published = national.read_national("territory_populations")
    for siren in (RURAL, METROPOLIS):
        (count,) = published.query("siren == @siren and vintage == 2022")["municipal"]
        row = re.search(rf"<tr[^>]*>(?:(?!</tr>).)*{siren}.*?</tr>", page, re.DOTALL)[0]
        assert f"<td>{int(count)}</td>" in re.sub(r"(?<=\d)[\s\u202f\xa0](?=\d)", "", row)


def run_again(folder: Path, *options: str) -> int:
    arguments = ["portraits", *THREE, "--year", str(YEAR), "--workers", "1", *options]
    return main([*arguments, "--to", str(folder.parent)])


@slow
class TestResumed:
    def test_what_is_current_is_kept(self, copied, capsys):
        before = list_made(copied)
        assert run_again(copied) == 0
        assert "Carnets : 0 exécuté, 3 gardés ; portraits en échec : 0" in capsys.readouterr().out
        assert list_made(copied) == before

    def test_what_is_damaged_is_done_again_to_the_same_bytes(self, copied, capsys):
        before = list_made(copied)
        (copied / OVERSEAS / "portrait.html").write_text("abîmé")
        left = copied / portraits.WORK / f"{RURAL}-ailleurs-1"  # by a run that was killed
        left.mkdir(parents=True)
        assert run_again(copied) == 0
        assert "Carnets : 1 exécuté, 2 gardés" in capsys.readouterr().out
        assert list_made(copied) == before
        assert not (copied / portraits.WORK).exists()

    def test_a_part_asked_for_leaves_the_rest_in_the_list(self, copied):
        arguments = ["portraits", RURAL, "--year", str(YEAR), "--to", str(copied.parent)]
        assert main(arguments) == 0
        page = (copied / portraits.INDEX).read_text("utf-8")
        assert all(f'href="{siren}/portrait.html"' in page for siren in THREE)
        assert {*read_log(copied)} == {*THREE}

    def test_another_campaign_in_the_folder_is_refused(self, copied, capsys):
        with hold_folder(copied):
            assert run_again(copied) == 1
        assert "Une autre campagne écrit dans" in capsys.readouterr().err


@slow
def test_a_changed_national_file_makes_every_portrait_anew(copied, tmp_path, monkeypatch):
    assert all(map(Portraits(copied, YEAR).is_current, THREE))
    france = tmp_path / "france"
    shutil.copytree(portraits.FRANCE, france)
    with (france / "populations-intercommunales.csv").open("a") as file:
        file.write("\n")
    monkeypatch.setattr(portraits, "FRANCE", france)
    changed = Portraits(copied, YEAR)
    assert not any(map(changed.is_current, THREE))
    # A worker that has other files, or another program, says so and makes nothing.
    monkeypatch.undo()
    outcome = produce_portrait(changed.plan(RURAL, "CC"), "warm", False)
    assert "n’a pas le même programme ou les mêmes données" in outcome.problem
    assert "data/france" in outcome.problem


@pytest.fixture
def template(tmp_path, monkeypatch):
    """A notebook of one's own code in the place of the portrait's."""

    def write(code: str) -> None:
        cells = [
            nbformat.v4.new_code_cell(
                "year = territory = None", id="p", metadata={"tags": ["parameters"]}
            ),
            nbformat.v4.new_code_cell(code, id="c"),
        ]
        kernel = {"kernelspec": {"name": "python3", "display_name": "p", "language": "python"}}
        path = tmp_path / "portrait.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
        monkeypatch.setattr(portraits, "TEMPLATE", path)
        portraits._describe_worker.cache_clear()

    yield write
    portraits._describe_worker.cache_clear()


@pytest.mark.slow
class TestFailed:
    def make(self, folder):
        folder.mkdir(exist_ok=True)
        kept = Portraits(folder, YEAR)
        return kept, kept.store(produce_portrait(kept.plan(RURAL, "CC X"), "warm", False))

    def test_a_cell_is_named_and_what_was_executed_is_left(self, tmp_path, template):
        template('raise ValueError("pas de chiffre")')
        kept, outcome = self.make(tmp_path / "ici")
        assert (outcome.executed, outcome.failed) == (0, 1)
        assert "cellule 2, ValueError : pas de chiffre" in outcome.problem
        assert (kept.folder / RURAL / "portrait.echec.ipynb").is_file()
        assert not kept.is_current(RURAL)

    def test_a_process_that_is_killed(self, tmp_path, template):
        template("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
        kept, outcome = self.make(tmp_path / "ici")
        assert "son processus s’est arrêté" in outcome.problem
        assert not kept.is_current(RURAL)

    def test_a_full_disk(self, tmp_path, template, monkeypatch):
        template("1")

        def refuse(*_):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        monkeypatch.setattr(portraits.os, "replace", refuse)
        with pytest.raises(OSError, match="No space left"):  # said once, not by each portrait
            self.make(tmp_path / "ici")


def test_a_folder_that_a_worker_does_not_see(tmp_path):
    task = portraits.PortraitTask(str(tmp_path / "ailleurs"), RURAL, "CC", YEAR, {})
    assert "ne voit pas" in produce_portrait(task, "warm", False).problem


@pytest.mark.slow
def test_interrupted_then_resumed(tmp_path):
    """Ctrl-C after the first portrait: the list is written, the first is kept, the rest is done."""
    command = [sys.executable, "-m", "analysis", "portraits", *THREE, "--year", str(YEAR)]
    command += ["--workers", "1", "--to", str(tmp_path)]
    folder = tmp_path / str(YEAR)
    options = {"cwd": PROJECT, "text": True, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    options |= {"start_new_session": True, "preexec_fn": heed_interrupts}
    with subprocess.Popen(command, **options) as process:
        limit = monotonic() + 240
        while not [*folder.glob("kept/*.json")]:
            assert monotonic() < limit
            assert process.poll() is None
            sleep(0.02)
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in errors
    records = [path.stem for path in folder.glob("kept/*.json")]
    page = (folder / portraits.INDEX).read_text("utf-8")
    assert [siren for siren in THREE if f'href="{siren}/portrait.html"' in page] == [
        siren for siren in THREE if siren in records
    ]
    assert "à faire" in page or len(records) == 3
    done = subprocess.run(command, check=True, **options)
    kept = "gardé" if len(records) < 2 else "gardés"
    assert f"{len(records)} {kept}" in done.stdout
    assert len(json.loads((folder / "kept" / f"{RURAL}.json").read_text())["outputs"]) > 1


@pytest.mark.slow
def test_on_a_dask_cluster(campaign, tmp_path):
    """The same bytes, by two workers that are processes of their own."""
    distributed = pytest.importorskip("distributed")
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with distributed.LocalCluster(**options, local_directory=str(tmp_path)) as cluster:
        address = cluster.scheduler_address
        arguments = ["portraits", *THREE, "--year", str(YEAR), "--to", str(tmp_path)]
        assert main([*arguments, "--scheduler", address]) == 0
    folder = tmp_path / str(YEAR)
    assert list_made(folder) == list_made(campaign[1])
    assert str(os.getpid()) not in {row["processus"] for row in read_log(folder).values()}


# The list -----------------------------------------------------------------------------------------


def test_the_list_of_all_is_light_and_whole():
    every = choose_territories(YEAR)[0]
    done, late = [*every["siren"]][:-1], [*every["siren"]][-1]
    page = compose_index(YEAR, done, {UNKNOWN: "<b>&"}, [late])
    assert page.count('/portrait.html"') == len(done)
    assert page.count("(pas de portrait)") == 1
    assert "<b>&" not in page
    assert "&lt;b&gt;&amp;" in page
    assert len(page.encode()) < 400_000
    # In each department by name; the departments by code.
    codes = re.findall(r'id="d-(\w+)"', page)
    assert codes == sorted(codes)
    assert len(codes) == every["department"].nunique()
    # The nature is chosen without a script.
    assert all(f"#nature-{nature}:checked" in page for nature in every["nature"].unique())


def test_what_a_task_is_called():
    task = portraits.PortraitTask("ici", RURAL, "CC X", YEAR, {})
    assert task.name == f"CC X ({RURAL})"
    assert TaskOutcome(task).task.cells == (RURAL, "CC X")
