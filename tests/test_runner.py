"""The runner on tiny made-up notebooks: parameters, failures, order, cleanliness."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from analysis import runner
from analysis.book import chapters as book_chapters
from analysis.paths import NOTEBOOKS, Dossier
from analysis.runner import (
    Failure,
    Job,
    Outcome,
    UnknownParameter,
    check_parameters,
    kernels,
    run_jobs,
)
from analysis.runner.execution import execute_job

YEAR = 1999


def write_notebook(path, *sources):
    cells = [new_code_cell("topic = None\nyear = None", metadata={"tags": ["parameters"]})]
    cells += [new_code_cell(source) for source in sources]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), path)
    return path


@pytest.fixture
def dossier(tmp_path):
    (tmp_path / "raw").mkdir()
    return Dossier(tmp_path)


@pytest.fixture
def good(tmp_path):
    return write_notebook(
        tmp_path / "good.ipynb",
        "from IPython.display import display\n"
        "display({'text/markdown': f'# {topic} {year}'}, raw=True)",
    )


@pytest.fixture
def bad(tmp_path):
    return write_notebook(tmp_path / "bad.ipynb", "total = 1\ntotal / 0  # faute voulue")


def test_unknown_parameter_is_refused_before_anything_runs(dossier, good):
    job = Job("a", "A", good, {"topik": "x", "year": YEAR})
    with pytest.raises(UnknownParameter, match=r"paramètre inconnu « topik ».*topic, year"):
        run_jobs([job], dossier, YEAR)
    assert not dossier.processed.exists()


def test_known_parameters_pass(good):
    check_parameters([Job("a", "A", good, {"topic": "x", "year": YEAR})])


def test_a_failing_notebook_is_named_and_the_others_finish(dossier, good, bad):
    seen = []
    run = run_jobs(
        [
            Job("fautif", "Le fautif", bad, {"topic": "x"}),
            Job("premier", "Le premier", good, {"topic": "un", "year": YEAR}),
            Job("second", "Le second", good, {"topic": "deux", "year": YEAR}),
        ],
        dossier,
        YEAR,
        on_done=lambda outcome: seen.append(outcome.job.name),
    )
    assert [outcome.job.name for outcome in run.outcomes] == ["fautif", "premier", "second"]
    assert sorted(seen) == ["fautif", "premier", "second"]
    (failure,) = run.failures
    text = failure.describe()
    assert "Le fautif" in text
    assert "ZeroDivisionError" in text
    assert "faute voulue" in text, "the cell's code is shown"
    folder = dossier.executed(YEAR)
    assert sorted(path.name for path in folder.glob("*.ipynb")) == [
        "fautif.echec.ipynb",
        "premier.ipynb",
        "second.ipynb",
    ]
    executed = nbformat.read(folder / "second.ipynb", as_version=4)
    texts = [o["data"]["text/markdown"] for c in executed.cells for o in c.get("outputs", [])]
    assert texts == [f"# deux {YEAR}"]


def test_failed_cell_number_is_the_one_the_analyst_counts(dossier, bad):
    for parameters in ({"topic": "x"}, {}):
        run = run_jobs([Job("fautif", "Le fautif", bad, parameters)], dossier, YEAR)
        template = nbformat.read(bad, as_version=4)
        number = run.failures[0].failure.cell
        assert "faute voulue" in template.cells[number - 1].source


def test_two_runs_give_the_same_bytes(dossier, good):
    jobs = [Job("a", "A", good, {"topic": "x", "year": YEAR})]
    run_jobs(jobs, dossier, YEAR)
    first = (dossier.executed(YEAR) / "a.ipynb").read_bytes()
    run_jobs(jobs, dossier, YEAR)
    assert (dossier.executed(YEAR) / "a.ipynb").read_bytes() == first
    assert b"papermill" not in first
    assert b"T0" not in first.split(b'"metadata"')[-1], "no time stamp"


def test_kernels_do_not_see_each_other(dossier, tmp_path):
    probe = write_notebook(
        tmp_path / "probe.ipynb",
        "import os\nassert 'TRACE' not in os.environ\nos.environ['TRACE'] = '1'",
    )
    jobs = [Job(name, name, probe, {"topic": name}) for name in ("a", "b", "c")]
    assert run_jobs(jobs, dossier, YEAR).failures == []


def test_a_dead_kernel_is_a_failure_not_a_hang(dossier, tmp_path):
    killer = write_notebook(tmp_path / "killer.ipynb", "import os\nos._exit(3)")
    run = run_jobs([Job("tueur", "Le tueur", killer, {"topic": "x"})], dossier, YEAR)
    assert "tueur" in run.failures[0].describe()


def test_every_kind_of_chapter_has_its_template():
    for template, parameter in runner.TEMPLATES.values():
        assert parameter in runner.read_parameters(NOTEBOOKS / template)


def test_templates_of_the_runner_are_those_of_the_book():
    named = {template: kind for kind, (template, _) in runner.TEMPLATES.items()}
    assert named == book_chapters.TEMPLATES


@pytest.mark.skipif(not kernels.CAN_FORK, reason="kernels are forked on Linux only")
def test_kernels_start_with_what_notebooks_import(dossier, tmp_path):
    probe = write_notebook(
        tmp_path / "probe.ipynb",
        "import os, sys\nassert 'colorsys' in sys.modules\n"
        "assert os.getcwd().endswith('executed'), os.getcwd()\n"
        "assert os.environ['PYTHONHASHSEED'] == '0'",
    )
    jobs = [Job("a", "A", probe, {"topic": "x"})]
    assert run_jobs(jobs, dossier, YEAR, preload=["colorsys"]).failures == []


def test_kernels_start_where_nothing_can_be_forked(dossier, good, monkeypatch):
    monkeypatch.setattr(kernels, "CAN_FORK", False)
    outcome = execute_job(Job("a", "A", good, {"topic": "x"}), dossier.root)
    assert outcome.failure is None
    assert (dossier.root / "a.ipynb").is_file()


def test_a_failure_is_told_with_its_title(good):
    job = Job("a", "Le titre", good, {})
    said = Outcome(job, 1.0, Failure(3, "KeyError", "clé", "total / 0")).describe()
    assert said.splitlines() == [
        "a (Le titre) : échec, cellule 3, KeyError : clé",
        "    exécuté jusque-là : a.echec.ipynb",
        "    | total / 0",
    ]
    assert "cellule" not in Outcome(job, 1.0, Failure(0, "OSError", "disque")).describe()
