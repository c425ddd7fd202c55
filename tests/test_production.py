"""What is kept, what is done again, and that neither a kill nor a crowd changes a byte.

On the made-up dossier; whole reports run as the commands that a person gives.
"""

from __future__ import annotations

import errno
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from time import sleep

import nbformat
import pytest
from conftest import MADE_UP, MADE_UP_YEAR

from analysis import execute
from analysis.__main__ import main
from analysis.base.paths import Dossier
from analysis.run.cache import describe_surroundings
from analysis.run.production import chapters
from analysis.run.production.chapters import run_chapters
from analysis.run.production.edition_data import run_data
from analysis.run.production.steps import DONE, FAILED, KEPT
from analysis.run.production.why import UnknownChapter, explain_chapter

YEAR = MADE_UP_YEAR
ALL = {"front", "summary", "air", "eau", "suivi", "annexes", "dashboard"}


def produce(dossier, force=False, surroundings=None, **options):
    """The chapters of the made-up edition; names by what became of them."""
    known = surroundings or describe_surroundings()
    edition = run_data(dossier, YEAR, known, force=force)
    results = run_chapters(dossier, edition, known, force=force, **options)
    states = {DONE: set(), KEPT: set(), FAILED: set()}
    for result in results:
        states[result.state].add(result.step.name)
    return states


def read_tree(folder):
    """Relative path → bytes of all files; what is hidden is no result."""
    found = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not any(part.startswith(".") for part in relative.parts):
            found[relative.as_posix()] = path.read_bytes()
    return found


def read_results(dossier):
    year = dossier.processed_year(YEAR)
    return read_tree(year / "executed") | read_tree(year / chapters.REVIEWS)


@pytest.fixture(scope="module")
def produced(tmp_path_factory):
    """The made-up dossier with all its chapters; not to be written to."""
    root = tmp_path_factory.mktemp("produit") / "invente"
    shutil.copytree(MADE_UP, root)
    dossier = Dossier(root)
    assert produce(dossier)[DONE] == ALL
    return dossier


@pytest.fixture
def dossier(produced, tmp_path):
    """A copy of it, elsewhere and with other file times: neither matters."""
    shutil.copytree(produced.root, tmp_path / "invente", copy_function=shutil.copyfile)
    return Dossier(tmp_path / "invente")


@pytest.fixture
def no_process(monkeypatch):
    def refuse(*_):
        raise AssertionError("a process is started")

    monkeypatch.setattr(execute, "open_pool", refuse)


def change(dossier, file, old, new):
    path = dossier.raw / file
    text = path.read_text("utf-8")
    assert old in text, f"{old} is not in {file}"
    path.write_text(text.replace(old, new, 1), "utf-8")


class TestKept:
    def test_without_a_change_nothing_runs(self, dossier, no_process):
        assert produce(dossier)[KEPT] == ALL

    def test_file_times_say_nothing(self, dossier, no_process):
        for path in dossier.root.rglob("*"):
            os.utime(path, (1e9, 1e9))
        assert produce(dossier)[KEPT] == ALL

    def test_a_change_that_keeps_size_and_time_is_seen(self, dossier):
        path = dossier.raw_year(YEAR) / "texts" / "air.md"
        times = path.stat()
        text = path.read_text("utf-8")
        word = re.search(r"\b[a-z]{5}\b", text)[0]
        path.write_text(text.replace(word, word[::-1]), "utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
        assert "air" in produce(dossier)[DONE]

    def test_force_runs_all(self, dossier, produced):
        assert produce(dossier, force=True)[DONE] == ALL
        assert read_results(dossier) == read_results(produced), "and gives the same bytes"

    @pytest.mark.parametrize(
        "name",
        ["version:pandas", "verrou:requirements.lock", "police:graphiques", "fichier:identity.yml"],
    )
    def test_versions_lock_and_fonts_run_all(self, dossier, name):
        known = describe_surroundings()
        assert name in known
        changed = known | {name: "autre"}
        assert produce(dossier, surroundings=changed)[DONE] == ALL

    def test_a_changed_module_runs_who_imports_it(self, dossier, monkeypatch, tmp_path):
        found = chapters.describe_code

        def pretend(*sources, **options):
            described = found(*sources, **options)
            assert "module:analysis.show.theme" in described, "notebooks depend on how charts look"
            assert "module:analysis.publish.notebook_pages" not in described
            return described | {"module:analysis.show.theme": "autre"}

        monkeypatch.setattr(chapters, "describe_code", pretend)
        assert produce(dossier)[DONE] == ALL

    def test_a_changed_notebook_runs_its_chapters(self, dossier, monkeypatch, tmp_path):
        templates = tmp_path / "notebooks"
        shutil.copytree(execute.jobs.NOTEBOOKS, templates)
        approach = nbformat.read(templates / "approach.ipynb", as_version=4)
        approach.cells[0].source += " Mot de plus."
        nbformat.write(approach, templates / "approach.ipynb")
        plan = execute.plan_jobs
        monkeypatch.setattr(execute, "plan_jobs", lambda edition: plan(edition, templates))
        assert produce(dossier)[DONE] == {"suivi"}

    @pytest.mark.parametrize("spoil", ["effacé", "modifié"])
    @pytest.mark.parametrize("kind", ["executed/air.ipynb", "carnets/air.html", "figures"])
    def test_a_spoilt_result_is_made_again(self, dossier, produced, kind, spoil):
        folder = dossier.processed_year(YEAR)
        path = (
            next((folder / "executed/figures").glob("fig-air-*.svg"))
            if kind == "figures"
            else folder / kind
        )
        if spoil == "effacé":
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[:-1])
        assert produce(dossier)[DONE] == {"air"}
        assert read_results(dossier) == read_results(produced)

    def test_what_no_chapter_left_is_taken_away(self, dossier, produced):
        stray = dossier.figures(YEAR) / "fig-air-d-avant.svg"
        stray.write_text("<svg/>")
        (dossier.executed(YEAR) / "chapitre-d-avant.ipynb").write_text("{}")
        assert produce(dossier)[KEPT] == ALL
        assert read_results(dossier) == read_results(produced)


def test_ordinary_kernels_where_nothing_can_be_forked(fresh, produced, monkeypatch):
    """As on a machine that is not under Linux: the same bytes, by the reference."""
    asked = []
    monkeypatch.setattr(execute, "can_fork", lambda: False)
    monkeypatch.setattr(execute.pool, "can_fork", lambda: False)
    schedule = execute.pool.ProcessPool.schedule

    def listen(pool, function, args=(), **options):
        assert function is chapters.execute_chapter
        asked.append(args[3])
        return schedule(pool, function, args=args, **options)

    monkeypatch.setattr(execute.pool.ProcessPool, "schedule", listen)
    assert produce(fresh)[DONE] == ALL
    assert set(asked) == {execute.PLAIN}
    assert read_results(fresh) == read_results(produced)


class TestStale:
    """After a change, what is kept and what is made anew are what one gets from nothing."""

    def check(self, dossier, tmp_path):
        states = produce(dossier)
        fresh = Dossier(tmp_path / "neuf")
        shutil.copytree(dossier.raw, fresh.raw)
        assert produce(fresh)[DONE] == ALL
        assert read_results(dossier) == read_results(fresh)
        return states

    def test_an_observation(self, dossier, tmp_path):
        change(dossier, "2030/observations.csv", "6000,arbre", "6001,arbre")
        states = self.check(dossier, tmp_path)
        assert "air" in states[DONE]
        assert {"annexes", "dashboard"} <= states[DONE]
        assert "eau" in states[KEPT], "which shows nothing of it"
        assert "suivi" in states[KEPT]

    def test_a_text(self, dossier, tmp_path):
        change(dossier, "2030/texts/eau.md", "## Analyse\n", "## Analyse\n\nMot de plus.\n")
        states = self.check(dossier, tmp_path)
        assert states[DONE] == {"eau", "annexes"}, "the annexes show the checksum of every file"

    def test_a_key_figure_of_the_whole_report(self, dossier, tmp_path):
        path = dossier.reference / "key_figures.csv"
        path.write_text(path.read_text("utf-8") + "sommaire,1,agents\n", "utf-8")
        states = self.check(dossier, tmp_path)
        assert states[DONE] == {"front", "annexes"}, "the annexes show the checksum of every file"

    def test_a_direction(self, dossier, tmp_path):
        """What the catalogue wishes for is what an evolution is worth."""
        line = "Agents,agent,moyens,stock,neutre"
        change(dossier, "reference/indicators.csv", line, line.replace("neutre", "hausse"))
        assert "dashboard" in self.check(dossier, tmp_path)[DONE]

    def test_rows_drawn_by_lot(self, dossier, tmp_path):
        """A digit of a random cell of each of some tables; seeded."""
        draw = random.Random(5)
        for name in ("observations.csv", "budget.csv", "actions.csv", "improvements.csv"):
            path = dossier.raw_year(YEAR) / name
            lines = path.read_text("utf-8").splitlines()
            row = draw.randrange(1, len(lines))
            lines[row] = lines[row].rstrip("\n")
            if name in ("actions.csv", "improvements.csv"):
                lines[row] = re.sub(r"(?<=,)([A-ZÉ])([a-zé]+) ", r"\1\2 bien ", lines[row], count=1)
            else:
                lines[row] = re.sub(r",(\d)(\d+),", r",\g<1>\g<2>0,", lines[row], count=1)
            path.write_text("\n".join(lines) + "\n", "utf-8")
        self.check(dossier, tmp_path)


class TestWhy:
    def test_nothing(self, dossier):
        before = read_tree(dossier.processed)
        assert "rien n’a changé" in explain_chapter(dossier, YEAR, "air")
        assert read_tree(dossier.processed) == before, "it writes nothing"

    def test_a_value(self, dossier):
        change(dossier, "2030/observations.csv", "6000,arbre", "6001,arbre")
        said = explain_chapter(dossier, YEAR, "air")
        assert "à exécuter de nouveau" in said
        assert "données : valeurs de l’indicateur arbres" in said
        assert "rien n’a changé" in explain_chapter(dossier, YEAR, "eau")

    def test_a_version_and_a_spoilt_result(self, dossier, monkeypatch):
        changed = describe_surroundings() | {"version:pandas": "0.1"}
        monkeypatch.setattr("analysis.run.production.why.describe_surroundings", lambda: changed)
        (dossier.executed(YEAR) / "air.ipynb").unlink()
        said = explain_chapter(dossier, YEAR, "air")
        assert re.search(r"version pandas : \S+ → 0\.1", said)
        assert "résultat executed/air.ipynb : effacé ou modifié depuis" in said

    def test_never_executed(self, dossier_copy):
        assert "aucun résultat n’est gardé" in explain_chapter(dossier_copy, YEAR, "air")

    def test_unknown_chapter(self, dossier):
        with pytest.raises(UnknownChapter, match=r"« aire ».* Vouliez-vous dire « air » \?"):
            explain_chapter(dossier, YEAR, "aire")


class TestFailure:
    @pytest.fixture
    def spoilt(self, tmp_path, monkeypatch):
        """The notebook of the démarche chapters fails half-way; returns how to mend it."""
        templates = tmp_path / "notebooks"
        shutil.copytree(execute.jobs.NOTEBOOKS, templates)
        good = (templates / "approach.ipynb").read_bytes()
        approach = nbformat.read(templates / "approach.ipynb", as_version=4)
        approach.cells[-1].source = "1 / 0  # faute voulue"
        nbformat.write(approach, templates / "approach.ipynb")
        plan = execute.plan_jobs
        monkeypatch.setattr(execute, "plan_jobs", lambda edition: plan(edition, templates))
        return lambda: (templates / "approach.ipynb").write_bytes(good)

    def test_others_finish_and_the_copy_is_left(self, dossier, produced, spoilt):
        change(dossier, "2030/texts/eau.md", "## Analyse\n", "## Analyse\n\nMot de plus.\n")
        states = produce(dossier)
        again = {"eau", "annexes"}
        assert states == {DONE: again, KEPT: ALL - again - {"suivi"}, FAILED: {"suivi"}}
        left = {path.name for path in dossier.executed(YEAR).glob("suivi*")}
        assert left == {"suivi.echec.ipynb"}
        assert produce(dossier)[FAILED] == {"suivi"}, "a failure is not kept"
        spoilt()
        assert produce(dossier) == {DONE: {"suivi"}, KEPT: ALL - {"suivi"}, FAILED: set()}
        assert not list(dossier.executed(YEAR).glob("*.echec.ipynb"))
        change(dossier, "2030/texts/eau.md", "\n\nMot de plus.\n", "\n")
        produce(dossier)
        assert read_results(dossier) == read_results(produced)

    def test_the_last_report_stays(self, dossier, spoilt, capsys):
        report = dossier.report(YEAR)
        report.mkdir(parents=True)
        (report / "rapport-2030.pdf").write_bytes(b"le dernier")
        assert main(["report", "--dossier", str(dossier.root), "--engine", "embedded"]) == 1
        told = capsys.readouterr()
        assert "suivi" in told.out
        assert "faute voulue" in told.out
        assert "1 carnet en échec sur 7 : le rapport n’est pas refait." in told.err
        assert read_tree(report) == {"rapport-2030.pdf": b"le dernier"}


def start(dossier, *options, limit=None):
    """The command as a process of its own group, its lines to be read as they come."""
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "analysis", "report", "--dossier", str(dossier.root)),
            *("--engine", "embedded", *options),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
        preexec_fn=limit,
    )


def finish(process):
    out, err = process.communicate(timeout=300)
    return process.returncode, out, err


def read_everything(dossier):
    """The finished report and the executed notebooks."""
    return read_tree(dossier.report(YEAR)) | read_results(dossier)


def has_ended(group):
    """Whether all processes of a group are gone, some seconds after their parent."""
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        sleep(0.05)
    return False


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
    """The made-up report, made without a stop."""
    root = tmp_path_factory.mktemp("rapport") / "invente"
    shutil.copytree(MADE_UP, root)
    dossier = Dossier(root)
    code, out, err = finish(start(dossier))
    assert code == 0, err
    assert "Étapes : " in out
    return dossier


@pytest.fixture
def fresh(tmp_path):
    shutil.copytree(MADE_UP, tmp_path / "invente")
    return Dossier(tmp_path / "invente")


def test_a_report_of_which_nothing_changed_is_left_alone(reported):
    before = {path: path.stat().st_mtime_ns for path in reported.report(YEAR).rglob("*")}
    code, out, _ = finish(start(reported))
    assert code == 0
    assert "à jour, rien n’a changé" in out
    assert before == {path: path.stat().st_mtime_ns for path in reported.report(YEAR).rglob("*")}


def test_what_a_killed_run_was_about_goes_though_nothing_changed(reported):
    work = reported.processed_year(YEAR) / ".en-cours" / "air"
    work.mkdir(parents=True)
    (work / "lectures.jsonl").write_text("")
    assert "rien n’a changé" in finish(start(reported))[1]
    assert not work.parent.exists()


def test_that_nothing_changed_is_found_without_pandas(reported):
    code = (
        "import sys; from analysis.__main__ import main\n"
        f"status = main(['report', '--dossier', {str(reported.root)!r}, '--engine', 'embedded'])\n"
        "sys.exit(status or any(name in sys.modules for name in ('pandas', 'matplotlib')))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("lines", [1, 3, 6, 9])
def test_killed_at_any_moment_the_next_run_gives_the_same_bytes(reported, fresh, lines):
    process = start(fresh)
    for _ in range(lines):
        assert process.stdout.readline(), "the run was over before"
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.communicate()
    code, out, err = finish(start(fresh))
    assert code == 0, err
    if lines > 3:
        assert " 0 gardée," not in out, "what was finished is not done again"
    assert read_everything(fresh) == read_everything(reported)
    hidden = [path.name for path in fresh.root.rglob(".*") if path.name != ".verrou"]
    assert hidden == [], "nothing half-made is left"


def test_interrupted_it_says_so_and_leaves_no_process(fresh):
    process = start(fresh)
    for _ in range(3):
        process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)
    code, _, err = finish(process)
    assert code == 130
    assert "Interrompu : le dernier rapport complet est intact." in err
    assert "Traceback" not in err
    assert has_ended(process.pid)


def test_two_runs_at_once_do_no_harm(reported, fresh):
    both = [start(fresh), start(fresh)]
    ends = [finish(process) for process in both]
    assert [code for code, _, _ in ends] == [0, 0], [err for _, _, err in ends]
    said = "".join(out for _, out, _ in ends)
    assert "est en cours : attente de sa fin" in said
    assert "rien n’a changé" in said, "the second one finds everything done"
    assert read_everything(fresh) == read_everything(reported)


def test_a_disk_that_is_full_is_said_and_the_next_run_goes_on(reported, fresh):
    """Files may not grow beyond a size: what the system then answers is what a full disk gives."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    code, out, err = finish(start(fresh, limit=limit))
    assert code == 1
    assert "Traceback" not in err
    assert os.strerror(errno.EFBIG) in out + err
    assert not Path(fresh.report(YEAR), "html").exists()
    code, _, err = finish(start(fresh))
    assert code == 0, err
    assert read_everything(fresh) == read_everything(reported)
