"""The runner on tiny made-up notebooks: parameters, engines, failures, freshness."""

import json
import os
import shutil
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from analysis import execute
from analysis.base.paths import NOTEBOOKS
from analysis.execute import PLAIN, WARM, Failure, Job, Outcome, UnknownParameter, check_parameters
from analysis.execute.notebook_run import clean_notebook

pytestmark = pytest.mark.slow

YEAR = 1999
ENGINES = (WARM, PLAIN)


def write_notebook(path, *sources):
    """A made-up notebook; a source may be a pair with the tags of its cell."""
    cells = [new_code_cell("topic = None\nyear = None", metadata={"tags": ["parameters"]})]
    for source in sources:
        text, tags = source if isinstance(source, tuple) else (source, [])
        cells.append(new_code_cell(text, metadata={"tags": tags} if tags else {}))
    for index, cell in enumerate(cells):
        cell["id"] = f"cellule-{index}"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), path)
    return path


def execute_alone(*arguments):
    """As outside of pytest: where its variable stands, ipykernel gathers no descriptor."""
    os.environ.pop("PYTEST_CURRENT_TEST", None)
    return execute.execute_job(*arguments)


@pytest.fixture
def run_jobs(tmp_path):
    """Execute jobs one after the other in a folder each; returns outcomes and folders."""

    def run(*jobs, engine=WARM, timeout=execute.TIMEOUT, workers=1):
        outcomes, folders = [], []
        with execute.open_pool(workers) as pool:
            for job in jobs:
                folder = tmp_path / engine / job.name
                shutil.rmtree(folder, ignore_errors=True)
                call = pool.schedule(execute_alone, args=(job, tmp_path, folder, engine, timeout))
                outcomes.append(call.result())
                folders.append(folder)
        return outcomes, folders

    return run


def read_outputs(path):
    """All outputs of a notebook; pictures counted, not held (matplotlib signs them)."""
    cells = nbformat.read(path, as_version=4).cells
    outputs = [dict(output) for cell in cells for output in cell.get("outputs", [])]
    for output in outputs:
        output.pop("traceback", None)
    return outputs


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


def test_unknown_parameter_is_refused(good):
    job = Job("a", "A", good, {"topik": "x", "year": YEAR})
    with pytest.raises(UnknownParameter, match=r"paramètre inconnu « topik ».*topic, year"):
        check_parameters([job])


def test_known_parameters_pass(good):
    check_parameters([Job("a", "A", good, {"topic": "x", "year": YEAR})])


@pytest.mark.parametrize(
    ("engine", "parameters"), [(WARM, {"topic": "x"}), (WARM, {}), (PLAIN, {"topic": "x"})]
)
def test_a_failing_notebook_leaves_its_copy_and_the_cell_that_the_analyst_counts(
    run_jobs, bad, engine, parameters
):
    (outcome,), (folder,) = run_jobs(Job("fautif", "Le fautif", bad, parameters), engine=engine)
    assert outcome.failure.error == "ZeroDivisionError"
    template = nbformat.read(bad, as_version=4)
    assert "faute voulue" in template.cells[outcome.failure.cell - 1].source
    assert "faute voulue" in outcome.describe(), "the cell's code is shown"
    assert [path.name for path in folder.glob("*.ipynb")] == ["fautif.echec.ipynb"]
    (error,) = read_outputs(folder / "fautif.echec.ipynb")
    assert error["ename"] == "ZeroDivisionError"


#: What a notebook can do, and what the two engines must make of it alike.
EVERYTHING = (
    "print(topic, year)",
    "print('un')\nprint('deux', end='')",
    "import sys\nprint('erreur', file=sys.stderr)",
    "6 * 7",
    "import warnings\nwarnings.warn('attention')",
    "from IPython.display import display, Markdown, clear_output\ndisplay(Markdown('**gras**'))",
    "shown = display(Markdown('avant'), display_id='montre')",
    "shown.update(Markdown('après'))",
    "print('effacé')\nclear_output()\nprint('reste')",
    # What is written to a descriptor is gathered by a thread of ipykernel, in its own time.
    "import subprocess, time\n_ = subprocess.run(['echo', 'sous-processus'])\ntime.sleep(0.5)",
    "!echo commande",
    "import os\n_ = os.write(2, b'descripteur')\ntime.sleep(0.5)",
    "import asyncio\nawait asyncio.sleep(0)\nprint('attendu')",
    ("raise RuntimeError('sautée')", ["skip-execution"]),
    "",
    "import matplotlib.pyplot as plt\nfigure, axes = plt.subplots()\n_ = axes.plot([1, 2])",
    "_ = plt.figure()\nplt.plot([2, 1])\nplt.show()",
    "try:\n    input('?')\nexcept Exception as error:\n    print(type(error).__name__)",
    "%%bash\necho magie",
    "with open('voisin.py', 'w') as file:\n    _ = file.write('NOM = 6')",
    "import voisin\nprint('voisin', voisin.NOM)",
    "print(_i1)\nprint(len(In))",
    "print(os.path.basename(os.getcwd()), '' in sys.path, __name__)",
)


def test_both_engines_give_the_same_notebook(run_jobs, tmp_path):
    everything = write_notebook(tmp_path / "tout.ipynb", *EVERYTHING)
    job = Job("tout", "Tout", everything, {"topic": "x"})
    texts = {}
    for engine in ENGINES:
        (outcome,), (folder,) = run_jobs(job, engine=engine)
        assert outcome.failure is None, outcome.describe()
        texts[engine] = (folder / "tout.ipynb").read_text("utf-8")
    warm, plain = (json.loads(texts[engine]) for engine in ENGINES)
    for one, other in zip(warm.pop("cells"), plain.pop("cells"), strict=True):
        assert one == other
    assert warm == plain
    outputs = read_outputs(tmp_path / WARM / "tout" / "tout.ipynb")
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 2, "both figures"
    written = "".join(output.get("text", "") for output in outputs)
    words = "un erreur sous-processus commande descripteur magie voisin".split()
    for word in ("x None", *words):
        assert word in written
    assert "sautée" not in written
    assert "ipykernel_" not in texts[WARM], "no number of a process, no path of this machine"


#: Changes everything that a process shares between notebooks…
MEDDLER = """
import os, random, sys, warnings, locale
import numpy, pandas, matplotlib, analysis.show.theme
os.environ['TRACE'] = '1'
os.chdir('/')
random.seed(3); numpy.random.seed(3)
pandas.set_option('display.precision', 2)
matplotlib.rcParams['font.size'] = 99
sys.path.append('/nulle-part')
warnings.simplefilter('ignore')
analysis.show.theme.INK = 'rose'
import builtins
builtins.trace = 1
"""
#: … and this tells what it sees.
PROBE = """
import builtins, os, random, sys, warnings
import numpy, pandas, matplotlib, analysis.show.theme
print(os.environ.get('TRACE'), os.path.basename(os.getcwd()))
print(random.getstate()[1][:3] == random.Random(3).getstate()[1][:3])
print(pandas.get_option('display.precision'), matplotlib.rcParams['font.size'])
print('/nulle-part' in sys.path, len(warnings.filters), analysis.show.theme.INK)
print(hasattr(builtins, 'trace'), hasattr(builtins, 'topic'))
"""


def test_no_notebook_sees_another(run_jobs, tmp_path):
    probe = Job("sonde", "Sonde", write_notebook(tmp_path / "p.ipynb", PROBE), {"topic": "x"})
    meddler = Job("mêle", "Mêle", write_notebook(tmp_path / "m.ipynb", MEDDLER), {"topic": "x"})
    _, (folder,) = run_jobs(probe)
    before = read_outputs(folder / "sonde.ipynb")
    outcomes, folders = run_jobs(meddler, probe)
    assert [outcome.failure for outcome in outcomes] == [None, None]
    assert read_outputs(folders[1] / "sonde.ipynb") == before
    assert "None sonde" in before[0]["text"], "the probe does tell something"


def test_what_the_server_spared_itself_the_notebook_has(run_jobs, tmp_path):
    source = "import gc, sys\nprint(gc.isenabled())\nimport debugpy\nprint(debugpy.__name__)"
    probe = write_notebook(tmp_path / "p.ipynb", source)
    _, (folder,) = run_jobs(Job("sonde", "Sonde", probe, {}))
    assert read_outputs(folder / "sonde.ipynb")[0]["text"] == "True\ndebugpy\n"


def wait_and_tell(seconds):
    """When this began and ended, and in which process."""
    start = time.time()
    time.sleep(seconds)
    if seconds > 5:
        raise ValueError("trop long")
    return start, time.time(), os.getpid()


def test_so_many_at_a_time_each_in_a_process_of_its_own():
    calls = {f"n{number}": (0.3 + 0.1 * number,) for number in range(5)}
    with execute.open_pool(2) as pool:
        ended = dict(execute.run_each(pool, 2, wait_and_tell, calls))
    assert set(ended) == set(calls)
    told = {key: future.result() for key, future in ended.items()}
    assert len({process for _, _, process in told.values()}) == 5
    starts = [told[key][0] for key in calls]
    assert starts == sorted(starts), "those named first are begun first"
    for start, _, _ in told.values():
        assert sum(one <= start < end for one, end, _ in told.values()) <= 2


def test_a_call_that_takes_too_long_is_given_up_alone():
    with execute.open_pool(2) as pool:
        calls = {"long": (60,), "court": (0.1,), "autre": (0.1,)}
        ended = dict(execute.run_each(pool, 2, wait_and_tell, calls, timeout=3))
    assert isinstance(ended["long"].exception(), TimeoutError)
    assert ended["court"].exception() is ended["autre"].exception() is None


def test_two_runs_give_the_same_bytes(run_jobs, good):
    job = Job("a", "A", good, {"topic": "x", "year": YEAR})
    _, (folder,) = run_jobs(job)
    first = (folder / "a.ipynb").read_bytes()
    (shown,) = read_outputs(folder / "a.ipynb")
    assert shown["data"]["text/markdown"] == f"# x {YEAR}"
    run_jobs(job)
    assert (folder / "a.ipynb").read_bytes() == first
    assert b"papermill" not in first
    assert b"T0" not in first.split(b'"metadata"')[-1], "no time stamp"


def test_a_cell_that_does_not_end_is_stopped_and_what_it_did_is_kept(run_jobs, tmp_path):
    endless = write_notebook(tmp_path / "sans-fin.ipynb", "print('début')", "while True: pass")
    (outcome,), (folder,) = run_jobs(Job("long", "Le long", endless, {}), timeout=1)
    assert outcome.failure.error == "CellTimeout"
    assert "pas fini après 1 s" in outcome.failure.message
    assert outcome.failure.cell == 3
    outputs = read_outputs(folder / "long.echec.ipynb")
    assert outputs[0]["text"] == "début\n"


def test_a_process_that_dies_is_an_error_of_its_own_notebook_only(tmp_path, good):
    killer = write_notebook(tmp_path / "killer.ipynb", "import os\nos._exit(3)")
    with execute.open_pool(2) as pool:
        dead, alive = (
            pool.schedule(execute.execute_job, args=(Job(name, name, path, {}), tmp_path, folder))
            for name, path, folder in (
                ("tueur", killer, tmp_path / "1"),
                ("sain", good, tmp_path / "2"),
            )
        )
        assert type(dead.exception()).__name__ == "ProcessExpired"
        assert alive.result().failure is None


def test_settings_of_the_user_do_not_reach_a_notebook(run_jobs, tmp_path, monkeypatch):
    (tmp_path / "matplotlibrc").write_text("font.size: 44\n")
    monkeypatch.setenv("MATPLOTLIBRC", str(tmp_path))
    profile = tmp_path / "profil" / "profile_default" / "startup"
    profile.mkdir(parents=True)
    (profile / "00.py").write_text("TRACE = 1\n")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "profil"))
    source = (
        "import matplotlib, os\nprint(matplotlib.rcParams['font.size'], 'TRACE' in globals())\n"
        "print(os.environ['PYTHONHASHSEED'], os.environ['SOURCE_DATE_EPOCH'])"
    )
    probe = write_notebook(tmp_path / "probe.ipynb", source)
    for engine in ENGINES:
        _, (folder,) = run_jobs(Job("sonde", "Sonde", probe, {}), engine=engine)
        assert read_outputs(folder / "sonde.ipynb")[0]["text"] == "10.0 False\n0 0\n"


def test_every_kind_of_chapter_has_its_template():
    for template, parameter in execute.TEMPLATES.values():
        assert parameter in execute.read_parameters(NOTEBOOKS / template)


def test_a_failure_is_told_with_its_title(good):
    job = Job("a", "Le titre", good, {})
    said = Outcome(job, 1.0, Failure(3, "KeyError", "clé", "total / 0")).describe()
    assert said.splitlines() == [
        "a (Le titre) : échec, cellule 3, KeyError : clé",
        "    exécuté jusque-là : a.echec.ipynb",
        "    | total / 0",
    ]
    assert "cellule" not in Outcome(job, 1.0, Failure(0, "OSError", "disque")).describe()


@pytest.mark.parametrize(
    "file",
    [
        "/tmp/ipykernel_12/3456.py",
        r"C:\Users\Jean Dupont\AppData\Local\Temp\ipykernel_12\3456.py",
    ],
)
def test_where_a_cell_was_executed_is_not_told(file):
    """Nor the name of who did it, which is in Windows's temporary folder."""
    text = f"{file}:1: UserWarning: attention"
    stream = new_output("stream", name="stderr", text=text)
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[stream])])
    clean_notebook(notebook)
    assert notebook.cells[0].outputs[0].text == "<cellule>:1: UserWarning: attention"
