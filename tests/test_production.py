"""What is kept, what is done again, and that neither a kill nor a crowd changes a byte.

On the made-up dossier, whose finished report all tests share.
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
from tempfile import TemporaryDirectory
from time import sleep

import nbformat
import pytest
from conftest import MADE_UP, MADE_UP_YEAR, heed_interrupts

from analysis import execute
from analysis.__main__ import main
from analysis.base.paths import Dossier
from analysis.model.store import Answers
from analysis.run import chapters
from analysis.run.chapters import run_chapters
from analysis.run.copies import COPIES
from analysis.run.dependencies import describe_surroundings
from analysis.run.edition_data import run_data
from analysis.run.progress_display import DONE, FAILED, KEPT
from analysis.run.step_records import StepRecords
from analysis.run.why import UnknownChapter, explain_chapter

pytestmark = pytest.mark.slow

YEAR = MADE_UP_YEAR
#: What shows the checksum of every file.
FILES = "sources"
PAGES = {"portrait", "air", "eau", "suivi"}
CALCULATIONS = {f"calculs-{name}" for name in PAGES}
ALL = {
    *(*PAGES, *CALCULATIONS, "front", "summary", "annexes", "targets", "checks", "missing"),
    *("ratings", "sources", "dashboard", "glossary", "agenda", "grid", "contributions"),
    *("objectives", "whole_life", "budget", "law"),
}


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
    return read_tree(year / "executed") | read_tree(year / COPIES)


@pytest.fixture
def dossier(made_up_report, tmp_path):
    """A copy of the finished one, elsewhere and with other file times: neither matters."""
    shutil.copytree(made_up_report.root, tmp_path / "invente", copy_function=shutil.copyfile)
    return Dossier(tmp_path / "invente")


@pytest.fixture
def fresh(tmp_path):
    shutil.copytree(MADE_UP, tmp_path / "neuf")
    return Dossier(tmp_path / "neuf")


def find_current(dossier, surroundings):
    """The chapters whose results could be kept."""
    edition = run_data(dossier, YEAR, surroundings)
    plans = chapters.plan_chapters(dossier, edition, surroundings)
    records = StepRecords.of_chapters(dossier, YEAR)
    today = chapters.digest_reads(Answers(edition, dossier), plans)
    return {plan.job.name for plan in plans if chapters.is_current(plan, today, records)}


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

    def test_force_runs_all(self, dossier, made_up_report):
        assert produce(dossier, force=True)[DONE] == ALL
        assert read_results(dossier) == read_results(made_up_report), "and gives the same bytes"

    @pytest.mark.parametrize(
        "name",
        ["version:pandas", "verrou:requirements.lock", "police:graphiques", "fichier:identity.yml"],
    )
    def test_versions_lock_and_fonts_run_all(self, dossier, name):
        known = describe_surroundings()
        assert name in known
        assert find_current(dossier, known) == ALL
        assert find_current(dossier, known | {name: "autre"}) == set()

    def test_a_changed_module_runs_who_imports_it(self, dossier, monkeypatch):
        found = chapters.describe_code

        def pretend(*sources, **options):
            described = found(*sources, **options)
            assert "module:analysis.show.theme" in described, "notebooks depend on how charts look"
            assert "module:analysis.publish.staging" not in described
            return described | {"module:analysis.show.theme": "autre"}

        monkeypatch.setattr(chapters, "describe_code", pretend)
        assert find_current(dossier, describe_surroundings()) == set()

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
    def test_a_spoilt_result_is_made_again(self, dossier, made_up_report, spoil):
        """A notebook, a copy for reviewers, a figure: each of another chapter. A copy is made again
        of its notebook, which is kept."""
        folder = dossier.processed_year(YEAR)
        figures = (folder / "executed/figures").glob("fig-air-*.svg")
        for path in (folder / "executed/eau.ipynb", folder / "carnets/suivi.html", next(figures)):
            if spoil == "effacé":
                path.unlink()
            else:
                path.write_bytes(path.read_bytes()[:-1])
        assert produce(dossier)[DONE] == {"air", "eau"}
        assert read_results(dossier) == read_results(made_up_report)

    def test_what_no_chapter_left_is_taken_away(self, dossier, made_up_report):
        stray = dossier.figures(YEAR) / "fig-air-d-avant.svg"
        stray.write_text("<svg/>")
        (dossier.executed(YEAR) / "chapitre-d-avant.ipynb").write_text("{}")
        assert produce(dossier)[KEPT] == ALL
        assert read_results(dossier) == read_results(made_up_report)


@pytest.fixture
def plan_only(monkeypatch):
    """Have only some chapters planned: ``plan_only(condition on the name)``."""
    plan = execute.plan_jobs

    def choose(wanted):
        monkeypatch.setattr(
            execute, "plan_jobs", lambda edition: [job for job in plan(edition) if wanted(job.name)]
        )

    return choose


def check_chapters(dossier, names, finished):
    """The results are those of these chapters, byte for byte."""
    made = read_results(dossier)
    assert {Path(name).stem for name in made if name.endswith(".ipynb")} == names
    assert made.items() <= read_results(finished).items()


def test_ordinary_kernels_are_the_reference(fresh, made_up_report, plan_only):
    """papermill's plain engine gives the same notebooks and figures for every kind of chapter."""
    plan_only(lambda name: name != "eau")
    assert produce(fresh, engine=execute.PLAIN)[DONE] == ALL - {"eau"}
    check_chapters(fresh, ALL - {"eau"}, made_up_report)


def test_ordinary_kernels_where_nothing_can_be_forked(
    fresh, made_up_report, plan_only, monkeypatch
):
    """As on a machine that is not under Linux: the same bytes."""
    plan_only(lambda name: name == "eau")
    asked = []
    monkeypatch.setattr(execute, "can_fork", lambda: False)
    monkeypatch.setattr(execute.pool, "can_fork", lambda: False)
    schedule = execute.pool.ProcessPool.schedule

    def listen(pool, function, args=(), **options):
        assert function is chapters.execute_chapter
        asked.append(args[3])
        return schedule(pool, function, args=args, **options)

    monkeypatch.setattr(execute.pool.ProcessPool, "schedule", listen)
    assert produce(fresh)[DONE] == {"eau"}
    assert asked == [execute.PLAIN]
    check_chapters(fresh, {"eau"}, made_up_report)


def test_a_remark_makes_its_copy_anew_and_no_chapter(dossier, no_process):
    before = read_results(dossier)
    remarks = dossier.raw_year(YEAR) / "remarks.csv"
    remarks.write_text(
        "id,chapter,kind,key,mark,quote,remark,reviewer,date,state,answer,answered_by,answered_on\n"
        "eau-1,eau,,,,,Où est la nappe ?,Mme Durand,2026-11-02,ouverte,,,\n",
        "utf-8",
    )
    assert produce(dossier)[KEPT] == ALL
    after = read_results(dossier)
    assert [name for name in before if after[name] != before[name]] == ["eau.html"]
    assert "Où est la nappe" in after["eau.html"].decode("utf-8")
    remarks.unlink()
    assert produce(dossier)[KEPT] == ALL
    assert read_results(dossier) == before


def check_from_nothing(dossier, fresh):
    """After changes, what is kept and what is made anew are what one gets from nothing."""
    shutil.rmtree(fresh.raw)
    shutil.copytree(dossier.raw, fresh.raw)
    assert produce(fresh)[DONE] == ALL
    assert read_results(dossier) == read_results(fresh)


def test_what_changed_alone_is_made_anew(dossier, fresh):
    """A text, a key figure of the whole report, an observation, one after the other; the synthesis
    tells what is to be retained, an annex shows the checksum of every file, another the acronyms of
    what is said, the front page what is yet to be written."""
    change(dossier, "2030/texts/eau.md", "## Analyse\n", "## Analyse\n\nMot de plus.\n")
    assert produce(dossier)[DONE] == {"eau", "summary", "glossary", FILES, "front"}
    path = dossier.reference / "key_figures.csv"
    path.write_text(path.read_text("utf-8") + "sommaire,1,agents\n", "utf-8")
    assert produce(dossier)[DONE] == {"front", "summary", FILES}
    change(dossier, "2030/observations.csv", "6000,arbre", "6001,arbre")
    states = produce(dossier)
    assert {"air", "calculs-air", FILES, "dashboard"} <= states[DONE]
    assert {"eau", "suivi", "ratings"} <= states[KEPT], "which show nothing of it"
    check_from_nothing(dossier, fresh)


def test_rows_drawn_by_lot_are_shown(dossier, fresh):
    """A digit of a random cell of each of some tables, seeded; and what the catalogue wishes for,
    which is what an evolution is worth."""
    draw = random.Random(5)
    for name in ("observations.csv", "budget.csv", "actions.csv", "improvements.csv"):
        path = dossier.raw_year(YEAR) / name
        lines = path.read_text("utf-8").splitlines()
        row = draw.randrange(1, len(lines))
        if name in ("actions.csv", "improvements.csv"):
            lines[row] = re.sub(r"(?<=,)([A-ZÉ])([a-zé]+) ", r"\1\2 bien ", lines[row], count=1)
        else:
            lines[row] = re.sub(r",(\d)(\d+),", r",\g<1>\g<2>0,", lines[row], count=1)
        path.write_text("\n".join(lines) + "\n", "utf-8")
    line = "Agents,agent,moyens,stock,neutre"
    change(dossier, "reference/indicators.csv", line, line.replace("neutre", "hausse"))
    assert "dashboard" in produce(dossier)[DONE]
    check_from_nothing(dossier, fresh)


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
        monkeypatch.setattr("analysis.run.why.describe_surroundings", lambda: changed)
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

    def test_others_finish_and_the_copy_is_left(self, dossier, made_up_report, spoilt):
        change(dossier, "2030/texts/eau.md", "## Analyse\n", "## Analyse\n\nMot de plus.\n")
        states = produce(dossier)
        again = {"eau", "summary", "glossary", FILES, "front"}
        assert states == {DONE: again, KEPT: ALL - again - {"suivi"}, FAILED: {"suivi"}}
        left = {path.name for path in dossier.executed(YEAR).glob("suivi*")}
        assert left == {"suivi.echec.ipynb"}
        assert produce(dossier)[FAILED] == {"suivi"}, "a failure is not kept"
        spoilt()
        assert produce(dossier) == {DONE: {"suivi"}, KEPT: ALL - {"suivi"}, FAILED: set()}
        assert not list(dossier.executed(YEAR).glob("*.echec.ipynb"))
        change(dossier, "2030/texts/eau.md", "\n\nMot de plus.\n", "\n")
        produce(dossier)
        assert read_results(dossier) == read_results(made_up_report)

    def test_the_last_report_stays(self, dossier, spoilt, capsys):
        change(dossier, "2030/texts/eau.md", "## Analyse\n", "## Analyse\n\nMot de plus.\n")
        before = read_tree(dossier.report(YEAR))
        assert main(["report", "--dossier", str(dossier.root), "--engine", "embedded"]) == 1
        told = capsys.readouterr()
        assert "suivi" in told.out
        assert "faute voulue" in told.out
        failed = f"1\u00a0carnet en échec sur {len(ALL)} : le rapport n’est pas refait."
        assert failed in told.err
        assert read_tree(dossier.report(YEAR)) == before


def start(dossier, *options, limit=heed_interrupts):
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


def test_a_report_of_which_nothing_changed_is_left_alone(dossier):
    """Found without pandas; what a killed run was about goes."""
    work = dossier.processed_year(YEAR) / ".en-cours" / "air"
    work.mkdir(parents=True)
    (work / "lectures.jsonl").write_text("")
    before = {path: path.stat().st_mtime_ns for path in dossier.report(YEAR).rglob("*")}
    code = (
        "import sys; from analysis.__main__ import main\n"
        f"status = main(['report', '--dossier', {str(dossier.root)!r}, '--engine', 'embedded'])\n"
        "sys.exit(status or any(name in sys.modules for name in ('pandas', 'matplotlib')))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert "à jour, rien n’a changé" in done.stdout
    assert before == {path: path.stat().st_mtime_ns for path in dossier.report(YEAR).rglob("*")}
    assert not work.parent.exists()


def test_a_report_after_one_change_is_what_one_gets_from_nothing(dossier, fresh):
    """HTML, DOCX, both PDF, the open data and the guide, byte for byte."""
    for each in (dossier, fresh):
        change(each, "2030/observations.csv", "6000,arbre", "6001,arbre")
    kept = []
    for each in (dossier, fresh):
        code, out, err = finish(start(each))
        assert code == 0, err
        kept.append(int(re.search(r"(\d+)\s+gardée", out)[1]))
    assert kept[0] > kept[1] == 0
    assert read_everything(dossier) == read_everything(fresh)


def test_interrupted_then_killed_the_next_run_gives_the_same_bytes(made_up_report, fresh):
    """Stopped among the chapters by Ctrl-C, which leaves no process, then by a kill, then by a kill
    while the book is made: what was finished is not done again."""
    process = start(fresh)
    wait_for_lines(process, 3)
    os.killpg(process.pid, signal.SIGINT)
    code, _, err = finish(process)
    assert code == 130
    assert "Interrompu : le dernier rapport complet est intact, " in err
    assert "Traceback" not in err
    assert has_ended(process.pid)
    for lines in (4, 9):
        process = start(fresh)
        wait_for_lines(process, lines)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    code, out, err = finish(start(fresh))
    assert code == 0, err
    assert int(re.search(r"(\d+)\s+gardée", out)[1]) > 0
    assert read_everything(fresh) == read_everything(made_up_report)
    hidden = [path.name for path in fresh.root.rglob(".*") if path.name != ".verrou"]
    assert hidden == [], "nothing half-made is left"


def wait_for_lines(process, count):
    for _ in range(count):
        assert process.stdout.readline(), "the run was over before"


@pytest.mark.torture("Machines", "production arrêtée par SIGTERM ou SIGHUP, ou tuée", "réparé")
@pytest.mark.parametrize(
    ("number", "lines", "engine"),
    [
        (signal.SIGTERM, 4, "warm"),
        pytest.param(signal.SIGTERM, 4, "plain", marks=pytest.mark.long),
        pytest.param(signal.SIGHUP, 30, "warm", marks=pytest.mark.long),
        (signal.SIGKILL, 4, "warm"),
        pytest.param(signal.SIGKILL, 4, "plain", marks=pytest.mark.long),
        pytest.param(signal.SIGKILL, 30, "warm", marks=pytest.mark.long),
    ],
)
def test_whatever_ends_it_no_process_and_no_temporary_file_is_left(
    fresh, monkeypatch, number, lines, engine
):
    """Only the run itself is told; what a kill leaves in the temporary folder, the next run takes
    away."""
    with TemporaryDirectory(dir="/tmp") as place:
        monkeypatch.setenv("TMPDIR", place)
        process = start(fresh, "--engine", engine)
        wait_for_lines(process, lines)
        process.send_signal(number)
        code, _, err = finish(process)
        assert has_ended(process.pid)
        assert "Traceback" not in err
        killed = number == signal.SIGKILL
        assert code == (-number if killed else 128 + number)
        assert err.count("Interrompu : le dernier rapport complet est intact, ") == (not killed)
        assert bool(os.listdir(place)) == killed
        analysis = [sys.executable, "-m", "analysis", "editions", "--dossier", str(fresh.root)]
        assert subprocess.run(analysis, capture_output=True, check=True).stdout == b"2030\n"
        assert os.listdir(place) == []


def test_a_disk_that_is_full_is_said_and_two_runs_at_once_go_on(made_up_report, fresh):
    """Files may not grow beyond a size: what the system then answers is what a full disk gives."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    code, out, err = finish(start(fresh, limit=limit))
    assert code == 1
    assert (out + err).count("le système n’accorde pas de fichier aussi grand") == 1
    assert err.startswith("Écriture impossible dans ")
    assert not any(words in out + err for words in ("Traceback", "JSON", os.strerror(errno.EFBIG)))
    assert not Path(fresh.report(YEAR), "html").exists()
    both = [start(fresh), start(fresh)]
    ends = [finish(process) for process in both]
    assert [code for code, _, _ in ends] == [0, 0], [err for _, _, err in ends]
    said = "".join(out for _, out, _ in ends)
    assert "est en cours : attente de sa fin" in said
    assert "rien n’a changé" in said, "the second one finds everything done"
    assert read_everything(fresh) == read_everything(made_up_report)
